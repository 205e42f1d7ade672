"""``course release DIR [NN…]``: a copy for students, one file to unzip; or lessons for nbgrader."""

import argparse
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat

from course.notebooks.lessons import read_notebook, wanted_numbers
from course.notebooks.results import without_results
from course.teacher import nbgrader
from course.teacher.strip import student_definitions
from course_utils import files, paths
from course_utils.learning import definitions
from course_utils.messages import CourseError, both

NAME = "transfer-learning-course"
FILES = (
    "README.md", "LICENSE", "LICENSE-text", "CITATION.cff", "start.py", "pyproject.toml",
    "requirements.lock", "environment.yml", "docs/troubleshooting.md", "docs/glossary.md",
)  # fmt: skip
# Of `course` what a learner types: no graders, no builder, no solutions.
COURSE = (
    "course/__init__.py", "course/__main__.py", "course/arguments.py", "course/cli.py",
    "course/notebooks", "course/learner",
)  # fmt: skip
FOLDERS = ("bootstrap", "course_utils", *COURSE, "labextension", "data", "docs/pictures")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course release``."""
    parser.add_argument("folder", metavar="DIR", type=Path, help="写到哪里 · where to write it")
    parser.add_argument("lessons", nargs="*", metavar="NN", help="只要这些课 · only these lessons")
    parser.add_argument(
        "--nbgrader",
        action="store_true",
        help="改为导出给 nbgrader · for nbgrader instead",
    )


def run(args: argparse.Namespace) -> int:
    """Write the student copy, or the assignments for nbgrader."""
    notebooks = choose(args.lessons)
    try:
        args.folder.mkdir(parents=True, exist_ok=True)
        if args.nbgrader:
            made = nbgrader.export(notebooks, args.folder)
        else:
            made = [release(notebooks, args.folder)]
    except OSError as error:  # a file of that name, no rights, a full disk
        raise CourseError(
            f"{args.folder} 里写不了（{error.strerror}）。DIR 是一个文件夹，没有就新建；请换一个，或腾出空间。",
            f"Nothing can be written into {args.folder} ({error.strerror}). DIR is a folder, made "
            "where it is missing; name another one, or make room.",
        ) from error
    for path in made:
        print(path)
    print(both(f"共 {len(notebooks)} 课。", f"Lessons: {len(notebooks)}."))
    return 0


def choose(numbers: list[str]) -> list[Path]:
    """Notebooks with these numbers (all when none given); CourseError where there is none."""
    every = paths.notebooks()
    if not every:
        raise CourseError(
            "notebooks/ 里没有笔记本。请先运行 course build。",
            "There are no notebooks in notebooks/. Run course build first.",
        )
    wanted = wanted_numbers(numbers, [notebook.name[:2] for notebook in every])
    return [notebook for notebook in every if notebook.name[:2] in wanted]


def release(notebooks: list[Path], folder: Path) -> Path:
    """Write the zip file; it appears only when it is complete."""
    target = folder / f"{NAME}-student.zip"
    with (
        files.replacing(target) as half,
        zipfile.ZipFile(half, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, content in _contents(notebooks):
            archive.writestr(f"{NAME}/{name}", content)
    return target


def _contents(notebooks: list[Path]) -> Iterator[tuple[str, bytes | str]]:
    """Name inside the copy and content of each file."""
    for name in FILES + FOLDERS:
        for file in sorted([paths.ROOT / name, *(paths.ROOT / name).rglob("*")]):
            if file.is_file() and not {"__pycache__", ".cache"} & set(file.parts):
                yield file.relative_to(paths.ROOT).as_posix(), file.read_bytes()
    exercises = definitions.definition_files()
    for notebook in notebooks:
        yield (
            f"notebooks/{notebook.name}",
            # quizzes as text hold their answers
            nbformat.writes(without_results(read_notebook(notebook), quizzes=False)) + "\n",
        )
        if definition := exercises.get(notebook.name[:2]):
            yield f"lessons/{definition.name}", student_definitions(definition)
