"""``course run NN``: execute a lesson, show its result table, say where the executed copy is."""

import argparse
from pathlib import Path

from nbformat import NotebookNode
from tqdm import tqdm

from authoring.build import fetch_missing, write_atomically
from authoring.execute import clean, execute
from authoring.lessons import Lesson, built_lessons, choose, read_source, tags
from course_utils import paths
from course_utils.messages import both


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course run``."""
    parser.add_argument("lessons", nargs="+", metavar="NN", help="课的编号 · lesson numbers")


def run(args: argparse.Namespace) -> int:
    """Execute the lessons one after the other."""
    for lesson in choose(built_lessons(), args.lessons):
        run_lesson(lesson, paths.MY_COURSE / "results")
    return 0


def run_lesson(lesson: Lesson, folder: Path) -> Path:
    """Execute the lesson into ``folder``; what stands there already is never overwritten."""
    fetch_missing([lesson])
    folder.mkdir(parents=True, exist_ok=True)
    notebook = execute_with_progress(lesson, folder)
    target = free_name(folder / lesson.notebook.name)
    write_atomically(clean(notebook), target)
    if table := result_table(notebook):
        print(table)
    shown = target.relative_to(paths.ROOT) if target.is_relative_to(paths.ROOT) else target
    print(both(f"执行后的笔记本：{shown}", f"The executed notebook: {shown}"))
    return target


def execute_with_progress(lesson: Lesson, folder: Path) -> NotebookNode:
    """The executed lesson; a progress bar counts its cells."""
    notebook = read_source(lesson)
    n_code = sum(cell.cell_type == "code" for cell in notebook.cells)
    with tqdm(total=n_code, desc=lesson.stem, unit="cell") as bar:
        execute(notebook, folder, lesson.stem, network=True, on_cell=lambda *_: bar.update())
    return notebook


def free_name(path: Path) -> Path:
    """The path itself, or ``name_2.ipynb``, ``name_3.ipynb`` … when it is taken."""
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_stem(f"{path.stem}_{number}")
    return candidate


def result_table(notebook: NotebookNode) -> str:
    """The text that cells tagged ``result-table`` show, as plain text."""
    texts = []
    for cell in notebook.cells:
        if "result-table" in tags(cell):
            for output in cell.get("outputs", []):
                texts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return "\n".join(text.rstrip() for text in texts if text.strip())
