"""``course lab``: all lessons in ``my_course/``, opened in JupyterLab."""

from argparse import ArgumentParser, Namespace

from course.learner.start import bring
from course.learner.workspace import jupyter
from course.learner.workspace.copies import Workspace


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of ``course lab``."""
    jupyter.add_arguments(parser)


def run(args: Namespace) -> int:
    """Bring every lesson and open the first one."""
    workspace = Workspace()
    return jupyter.open_lab(workspace.mine, bring(workspace, [])[0], args)
