"""Printed solutions are Python, and the lesson has every name that they use before the exercise."""

import ast
import builtins

import pytest

from course.author.solutions import printed
from course.notebooks.lessons import python_only
from course_utils import paths
from course_utils.learning import definitions

SOLVED = [
    (found.exercise, found.code)
    for number in definitions.definition_files()
    for found in printed(number)
]


def names(tree, context):
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


def bound(tree):
    found = names(tree, ast.Store)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(a.asname or a.name).split(".")[0] for a in node.names}
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return found


def missing(code, before):
    """Names that the code uses and nobody has given."""
    tree = ast.parse(code)
    return names(tree, ast.Load) - bound(tree) - before - set(dir(builtins))


def namespace(number, name):
    """What the cells of the lesson above the exercise's check define at their top level."""
    (lesson,) = paths.LESSONS.glob(f"{number}_*.py")
    text = lesson.read_text(encoding="utf-8").partition(f'check("{name}"')[0]
    above = text.rpartition("# %%")[0] + "\n" + _stub(text)
    found = bound(ast.parse(_stub(text)))  # a solution may be the body of the stub's function
    for node in ast.parse(python_only(above)).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        else:
            found |= bound(node)
    return found


def _stub(text):
    """The exercise's own cell up to the check: it may import or prepare something."""
    return text.rpartition("# %%")[2].partition("\n")[2]


@pytest.mark.parametrize(("exercise", "code"), SOLVED, ids=[e.id for e, _ in SOLVED])
def test_the_lesson_has_what_a_solution_uses(exercise, code):
    assert not missing(code, namespace(exercise.id[:2], exercise.id))


def test_a_missing_name_would_be_found():
    assert missing("y = np.exp(sigma(2))", {"np"}) == {"sigma"}
    assert missing("import math\ndef f(a):\n    return math.exp(a)", set()) == set()
