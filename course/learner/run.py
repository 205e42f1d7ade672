"""``course run NN``: execute a lesson, show its result table, say where the executed copy is.

``--data DIR`` runs a lesson that reads COURSE_PHOTOS on the learner's own photos.
"""

import argparse
import ast
from pathlib import Path

from nbformat import NotebookNode
from tqdm import tqdm

from course.learner.classifier import folders
from course.notebooks.execute import clean, execute
from course.notebooks.lessons import (
    Lesson,
    built_lessons,
    choose,
    python_only,
    read_cells,
    tags,
    write_notebook,
)
from course.notebooks.needs import fetch_for
from course_utils import paths
from course_utils.messages import CourseError, both

# A fifth of the held-out quarter must still hold both classes.
MIN_PER_CLASS = 20
OWN_PHOTOS = "COURSE_PHOTOS"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course run``."""
    parser.add_argument("lessons", nargs="+", metavar="NN", help="课的编号 · lesson numbers")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="第 09 课：用你自己的照片，两个类别各一个子文件夹"
        " · lesson 09: your own photos, one subfolder for each of two classes",
    )


def run(args: argparse.Namespace) -> int:
    """Execute the lessons one after the other."""
    lessons = choose(built_lessons(), args.lessons)
    if args.data is not None:
        for lesson in lessons:
            check_takes_photos(lesson)
        check_photos(args.data)
    for lesson in lessons:
        run_lesson(lesson, paths.MY_COURSE / "results", args.data)
    return 0


def run_lesson(lesson: Lesson, folder: Path, data: Path | None = None) -> Path:
    """Execute the lesson into ``folder``; what stands there already is never overwritten.

    data: a folder of two class folders, instead of the course's photos.
    """
    fetch_for([lesson])
    folder.mkdir(parents=True, exist_ok=True)
    notebook = execute_with_progress(lesson, folder, data)
    target = free_name(folder / lesson.notebook.name)
    write_notebook(clean(notebook), target)
    if table := result_table(notebook):
        print(table)
    shown = target.relative_to(paths.ROOT) if target.is_relative_to(paths.ROOT) else target
    print(both(f"执行后的笔记本：{shown}", f"The executed notebook: {shown}"))
    if data is not None:
        print(
            both(
                "这是你的照片的结果，笔记本里有其中几张。断言说的是课程自己的照片，所以没有运行；"
                "课文里的数字也是课程照片的。",
                "These are results for your photos, and the notebook shows some of them. The "
                "assertions speak of the course's own photos and were left out; so do the numbers "
                "in the text.",
            )
        )
    return target


def execute_with_progress(lesson: Lesson, folder: Path, data: Path | None = None) -> NotebookNode:
    """The executed lesson; a progress bar counts its cells."""
    notebook = read_cells(lesson)
    extra = {}
    if data is not None:
        for_own_photos(notebook)
        extra[OWN_PHOTOS] = str(data.resolve())
    n_code = sum(cell.cell_type == "code" for cell in notebook.cells)
    with tqdm(total=n_code, desc=lesson.stem, unit="cell") as bar:
        execute(
            notebook,
            folder,
            lesson.stem,
            network=True,
            on_cell=lambda *_: bar.update(),
            extra=extra,
        )
    return notebook


def check_takes_photos(lesson: Lesson) -> None:
    """Raise CourseError for a lesson that does not read COURSE_PHOTOS."""
    if not any(OWN_PHOTOS in cell.source for cell in read_cells(lesson).cells):
        raise CourseError(
            f"第 {lesson.number} 课不能用 --data。可以用自己的照片的是：course run 09 --data DIR",
            f"Lesson {lesson.number} takes no --data. With your own photos: "
            "course run 09 --data DIR",
        )


def check_photos(folder: Path) -> None:
    """Raise CourseError unless the folder holds two classes of at least MIN_PER_CLASS photos."""
    photo_set = folders.load(folder, check="header")
    counts = {n: int((photo_set.labels == i).sum()) for i, n in enumerate(photo_set.class_names)}
    found = ", ".join(f"{name}: {n}" for name, n in counts.items())
    if len(counts) != 2:
        raise CourseError(
            f"这一课要恰好两个类别，{folder} 里有 {len(counts)} 个（{found}）。"
            f"类别更多时用：course train --data {folder} --out my.keras",
            f"This lesson takes exactly two classes; {folder} has {len(counts)} ({found}). "
            f"For more classes: course train --data {folder} --out my.keras",
        )
    if min(counts.values()) < MIN_PER_CLASS:
        raise CourseError(
            f"每个类别至少要 {MIN_PER_CLASS} 张可用的照片，{folder} 里只有 {found}。"
            f"照片少也能训练：course train --data {folder} --out my.keras",
            f"Each class needs at least {MIN_PER_CLASS} usable photos; {folder} has {found}. "
            f"Fewer are enough for: course train --data {folder} --out my.keras",
        )


def for_own_photos(notebook: NotebookNode) -> None:
    """Leave out, in place, what holds only for the course's photos.

    Assertions become ``pass``; pictures of ``photo-live`` cells may stay: they are the learner's.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = without_assertions(cell.source)
            cell.metadata["tags"] = sorted(tags(cell) - {"photo-live"})


def without_assertions(source: str) -> str:
    """The code with every ``assert`` statement replaced by ``pass``; all else stays as written."""
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    found = [
        node for node in ast.walk(ast.parse(python_only(source))) if isinstance(node, ast.Assert)
    ]
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        # Columns count bytes, and the line goes on behind a statement: "; print(1)", "# why".
        head, tail = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
        lines[first : last + 1] = [head + b"pass" + tail]
    return b"".join(lines).decode()


def free_name(path: Path) -> Path:
    """The path itself, or ``name_2.ipynb``, ``name_3.ipynb`` … when it is taken."""
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_stem(f"{path.stem}_{number}")
    return candidate


def result_table(notebook: NotebookNode) -> str:
    """The text that cells tagged ``result-table`` show, as plain text."""
    shown = [cell.get("outputs", []) for cell in notebook.cells if "result-table" in tags(cell)]
    texts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in sum(shown, [])]
    return "\n".join(text.rstrip() for text in texts if text.strip())
