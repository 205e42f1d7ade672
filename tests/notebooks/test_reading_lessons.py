"""Finding lessons by number, and reading code in which IPython's own lines stand."""

import ast
import re
from pathlib import Path

import pytest

from course.learner.run import without_assertions
from course.learner.workspace.copies import Workspace
from course.notebooks.lessons import built_lessons, choose, python_only
from course.teacher import release
from course_utils import paths
from course_utils.learning import curriculum
from course_utils.messages import CourseError


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("if x:\n    %time f()\nelse:\n    !ls", "if x:\n    pass\nelse:\n    pass\n"),
        ("files = !ls\na, b = %sx ls\nx = 1", "pass\npass\nx = 1"),
        ("?print\nx = 1\nprint??\nx.y?\n", "pass\nx = 1\npass\npass\n"),
        ("%%time\nx = 1\n", "pass\nx = 1\n"),
        ("%%bash\nls | grep 'x\n", "\n\n"),
        ("x = 1\n", "x = 1\n"),
        # Python, although a line begins like a magic
        ("x = (5\n  % 3)\n", "x = (5\n  % 3)\n"),
        ("text = '''\n%d items\n!\n'''\n", "text = '''\n%d items\n!\n'''\n"),
        ("%matplotlib inline\nx = (5\n  % 3)\n", "pass\nx = (5\n  % 3)\n"),
        # wrong in itself: whoever parses it next says so
        ("%matplotlib inline\nx = = 1\n", "%matplotlib inline\nx = = 1\n"),
        ("", ""),
    ],
)
def test_lines_that_are_no_python(source, expected):
    assert python_only(source) == expected
    assert len(python_only(source).splitlines()) == len(source.splitlines())


def test_own_photos_in_a_lesson_with_magics():
    source = "%matplotlib inline\nx = !ls\nassert x, 'none'; print(x)  # why\n!echo assert\n"
    found = without_assertions(source)
    assert found == "%matplotlib inline\nx = !ls\npass; print(x)  # why\n!echo assert\n"
    ast.parse(python_only(found))


def test_nobody_strips_magics_in_another_way():
    """There were four, and one of them forgot to."""
    own = re.compile(r"""startswith\(\(?["'][%!]["']""")
    for folder in ("course", "course_utils"):
        for file in (paths.ROOT / folder).rglob("*.py"):
            if file.name != "lessons.py":
                assert not own.search(file.read_text(encoding="utf-8")), file


@pytest.fixture
def some(tmp_path, monkeypatch):
    """A course with two lessons, and what people leave beside them."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("03_c", "01_a_b", "01_a_b.new-version", "01_a_b (copy)", "notes", "1_x", "index"):
        (folder / f"{name}.ipynb").write_text("{}", encoding="utf-8")
    (folder / "02_x.ipynb.bak").touch()
    monkeypatch.setattr(paths, "NOTEBOOKS", folder)
    return tmp_path


def test_everybody_sees_the_same_lessons(some, monkeypatch):
    names = ["01_a_b.ipynb", "03_c.ipynb"]
    assert [path.name for path in paths.notebooks()] == names
    assert [lesson.notebook.name for lesson in built_lessons(some)] == names
    assert Workspace(some / "notebooks", some / "mine").lessons() == names
    assert [path.name for path in release.choose([])] == names
    monkeypatch.setattr(curriculum, "_entry", lambda file: _Entry(file))
    monkeypatch.setattr(curriculum, "replace", lambda entry, **_: entry)
    assert [entry.file.name for entry in curriculum.read()] == names


class _Entry:
    def __init__(self, file: Path) -> None:
        self.file, self.number, self.needs = file, file.name[:2], ()


def test_everybody_selects_alike(some):
    ways = (
        lambda *numbers: [lesson.number for lesson in choose(built_lessons(some), list(numbers))],
        lambda *numbers: [
            name[:2] for name in Workspace(some / "notebooks", some / "mine").lessons(numbers)
        ],
        lambda *numbers: [path.name[:2] for path in release.choose(list(numbers))],
    )
    for chosen in ways:
        assert chosen() == ["01", "03"]
        assert chosen("3") == chosen("03") == chosen("03_c") == ["03"]
        assert chosen("3", "1", "3") == ["01", "03"]
        with pytest.raises(CourseError, match="no lesson 02, 99. Choose among: 01, 03"):
            chosen("99", "2", "1")
