"""``course lab``: all lessons in ``my_course/``, opened in JupyterLab where the learner was."""

from argparse import ArgumentParser, Namespace

from course.learner.start import bring
from course.learner.workspace import jupyter, place
from course.learner.workspace.copies import Workspace
from course_utils.messages import both


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of ``course lab``."""
    jupyter.add_arguments(parser)


def run(args: Namespace) -> int:
    """Bring every lesson and open the one that was in sight last, at first the first one."""
    workspace = Workspace()
    first = bring(workspace, [])[0]
    last = place.last(workspace.mine)
    if last not in (None, first):
        print(both(f"接着上次的地方：{last}", f"Where you left off: {last}"))
    return jupyter.open_lab(workspace.mine, last or first, args)
