"""``course build``: from lessons/NN_name.py to the executed notebooks/NN_name.ipynb."""

import argparse
import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from nbformat import NotebookNode

from course.arguments import within
from course.author import pairs, solutions
from course.author.checks.figures import CHECKED
from course.notebooks.execute import clean, execute, refuse_private_folders
from course.notebooks.fingerprint import fingerprint
from course.notebooks.lessons import (
    Lesson,
    all_lessons,
    comparable,
    read_notebook,
    read_source,
    select,
    write_notebook,
)
from course.notebooks.needs import fetch_for
from course_utils import paths
from course_utils.learning import curriculum, ending, quizzes, records
from course_utils.messages import CourseError, both


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course build``."""
    parser.add_argument("lessons", nargs="*", metavar="NN", help="课的编号 · lesson numbers")
    parser.add_argument(
        "--jobs", type=within(int, 1, 64), default=1, help="同时生成几课 · lessons at a time"
    )
    parser.add_argument(
        "--check", action="store_true", help="只列出过期的笔记本 · only list stale notebooks"
    )
    parser.add_argument(
        "--full",
        action="store_true",
        help="先测量时间和内存并写入 data/results/ · first measure time and memory",
    )
    parser.add_argument(
        "--seeds",
        type=within(int, 2, 99),
        help="与 --full --check 一起：少用几个种子 · with --full --check: fewer seeds",
    )


def run(args: argparse.Namespace) -> int:
    """Build or check the lessons; 1 when one is stale or failed."""
    lessons = select(args.lessons)
    if args.check and args.full:
        return _check_stored(lessons, args)
    if args.check:
        return _check(lessons, everything=not args.lessons)
    if args.full:
        from course.author.measure import measure

        for lesson in lessons:
            print(measure(lesson).relative_to(paths.ROOT))
    return _build_all(lessons, max(1, args.jobs))


def _check_stored(lessons: list[Lesson], args: argparse.Namespace) -> int:
    if not args.lessons:
        raise CourseError("请写明是哪几课。", "Say which lessons.")
    from course.author.claims import check_stored

    return max(check_stored(lesson, args.seeds) for lesson in lessons)


def build_notebook(lesson: Lesson, network: bool = False) -> NotebookNode:
    """Convert, execute and clean one lesson. CourseError where a cell or a printed solution fails."""
    notebook = pairs.mark(read_source(lesson), lesson.number)
    lesson.notebook.parent.mkdir(exist_ok=True)
    trial = solutions.Trial(notebook, lesson)
    folder, judge = lesson.notebook.parent, trial.judge
    execute(notebook, folder, lesson.stem, network, on_cell=judge, extra=CHECKED)
    trial.finish()
    clean(notebook)
    refuse_private_folders(notebook, lesson.stem)
    source = f"lessons/{lesson.source.name}"
    notebook.metadata.course |= {"source": source, "hash": fingerprint(lesson)}
    return notebook


def build(lesson: Lesson, network: bool = False) -> Path:
    """Build one lesson and put its notebook in place; a failure leaves the old one."""
    write_notebook(build_notebook(lesson, network), lesson.notebook)
    return lesson.notebook


def staleness(lesson: Lesson) -> tuple[str, str] | None:
    """Why the notebook must be rebuilt, in both languages; None when it is up to date."""
    if not lesson.notebook.exists():
        return "还没有生成", "not built yet"
    notebook = read_notebook(lesson.notebook)
    source = pairs.mark(read_source(lesson), lesson.number)
    if comparable(notebook) != comparable(source):
        return "单元格与 lessons/ 里的不同", "its cells differ from those in lessons/"
    if notebook.metadata.get("course", {}).get("hash") != fingerprint(lesson):
        return (
            "它用到的代码、数据或锁定的版本变了",
            "the helpers, data files or locked versions that it depends on have changed",
        )
    if not _leads_on(notebook, lesson):
        return "它的结尾指向的不是下一课", "its end does not lead to the lesson that follows"
    if not _recalls(notebook, lesson):
        return (
            "它结尾问的前面课的题后来改过",
            "the earlier lesson's question at its end has changed since",
        )
    return None


def _leads_on(notebook: NotebookNode, lesson: Lesson) -> bool:
    """Whether ``finish()`` named the lesson that follows today; no hash of the lesson's own knows it."""
    last = notebook.cells[-1]
    if "finish(" not in last.source:
        return True
    shown = "".join(out.get("data", {}).get("text/plain", "") for out in last.get("outputs", []))
    following = next((n for n in all_lessons(lesson.root) if n.number > lesson.number), None)
    if following is None:
        return "Next: " not in shown
    title = curriculum.TITLE.search(following.source.read_text(encoding="utf-8"))
    names = [following.notebook.name, *(title.groups() if title else ())]
    return all(name in shown for name in names)


def _recalls(notebook: NotebookNode, lesson: Lesson) -> bool:
    """Whether the question that ``finish()`` asks again reads as in its own lesson today."""
    last = notebook.cells[-1]
    nothing_done: records.Record = {"exercises": {}, "quizzes": {}}
    question = ending.recalled(lesson.number, nothing_done)
    if "finish(" not in last.source or question is None:
        return True
    shown = "".join(out.get("data", {}).get("text/html", "") for out in last.get("outputs", []))
    return quizzes.static_form(question) in shown


def orphans() -> list[Path]:
    """Notebooks that no lesson in lessons/ makes."""
    made = {lesson.notebook for lesson in all_lessons()}
    return [p for p in sorted(paths.NOTEBOOKS.glob("*.ipynb")) if p not in made]


def _check(lessons: list[Lesson], everything: bool) -> int:
    problems = 0
    for lesson in lessons:
        if reason := staleness(lesson):
            problems += 1
            print(both(f"{lesson.stem}：{reason[0]}", f"{lesson.stem}: {reason[1]}"))
    for path in orphans() if everything else []:
        problems += 1
        print(
            both(f"{path.name}：lessons/ 里没有它的源文件", f"{path.name}: no source in lessons/")
        )
    if problems:
        print(both("请运行 course build。", "Run course build."))
    return 1 if problems else 0


def _build_all(lessons: list[Lesson], jobs: int) -> int:
    fetch_for(lessons)
    if jobs == 1 or len(lessons) == 1:
        results = ((lesson, _build_reporting(lesson)) for lesson in lessons)
    else:
        results = _in_processes(lessons, jobs)
    failed = 0
    for lesson, error in results:
        failed += error is not None
        told = error or f"ok · {solutions.told(lesson.number)}"
        print(f"{lesson.stem}: {told}", file=sys.stderr if error else sys.stdout)
    return 1 if failed else 0


def _in_processes(lessons: list[Lesson], jobs: int):
    # spawn: nbclient's event loop and zmq do not survive a fork
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        waiting = {pool.submit(_build_reporting, lesson): lesson for lesson in lessons}
        for done in as_completed(waiting):
            yield waiting[done], done.result()


def _build_reporting(lesson: Lesson) -> str | None:
    try:
        build(lesson)
    except CourseError as error:
        return str(error)
    return None
