"""``course start [NN…]``: copy lessons to ``my_course/`` and open the first of them there."""

from argparse import ArgumentParser, Namespace

from course.learner.workspace import jupyter
from course.learner.workspace.copies import Workspace
from course.learner.workspace.report import tell, tell_changed_by_hand
from course_utils.messages import CourseError


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of ``course start``."""
    parser.add_argument("lessons", nargs="*", metavar="NN", help="课的编号 · lesson numbers")
    parser.add_argument(
        "--copy-only", action="store_true", help="只复制，不打开 · copy without opening"
    )
    jupyter.add_arguments(parser)


def run(args: Namespace) -> int:
    """Bring the lessons, say what happened, open JupyterLab."""
    workspace = Workspace()
    names = bring(workspace, args.lessons)
    if args.copy_only:
        return 0
    return jupyter.open_lab(workspace.mine, names[0], args)


def bring(workspace: Workspace, numbers: list[str]) -> list[str]:
    """Copy what is missing, refresh what is untouched; returns the lessons' file names."""
    names = workspace.lessons(numbers)
    if not names:
        raise CourseError(
            f"{workspace.notebooks} 里没有课程笔记本。请重新取得这个项目，或运行 course build。",
            f"There are no notebooks in {workspace.notebooks}. Get the project again, or run `course build`.",
        )
    tell([workspace.bring(name, beside=False) for name in names])
    tell_changed_by_hand(workspace)
    return names
