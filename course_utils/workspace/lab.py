"""``course lab``: all lessons in ``my_course/``, opened in JupyterLab."""

from argparse import ArgumentParser, Namespace

from course_utils.workspace import jupyter
from course_utils.workspace.copies import Workspace
from course_utils.workspace.start import bring


def add_arguments(parser: ArgumentParser) -> None:
    """Arguments of ``course lab``."""
    jupyter.add_arguments(parser)


def run(args: Namespace) -> int:
    """Bring every lesson and open the first one."""
    workspace = Workspace()
    return jupyter.open_lab(workspace.mine, bring(workspace, [])[0], args)
