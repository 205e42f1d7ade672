"""``course update``: new versions of lessons, beside the copies that the learner has changed."""

from argparse import ArgumentParser, Namespace

from course.learner.workspace.copies import Outcome, Workspace
from course.learner.workspace.report import tell, tell_changed_by_hand
from course_utils.messages import both


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of ``course update``."""
    parser.add_argument("lessons", nargs="*", metavar="NN", help="课的编号 · lesson numbers")


def run(args: Namespace) -> int:
    """Bring every lesson up to date and say what changed."""
    workspace = Workspace()
    brought = [workspace.bring(name, beside=True) for name in workspace.lessons(args.lessons)]
    tell(brought)
    tell_changed_by_hand(workspace)
    if all(lesson.outcome is Outcome.SAME for lesson in brought):
        print(both("my_course/ 已是最新。", "my_course/ is up to date."))
    return 0
