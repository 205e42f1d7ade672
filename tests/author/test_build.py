"""A lesson becomes a notebook: executed, clean, the same every time, and known to be stale."""

import os
from pathlib import Path

import nbformat
import pytest

from course.author import build
from course.learner.run import free_name, result_table
from course.notebooks import execute
from course.notebooks.fingerprint import dependencies, fingerprint
from course.notebooks.lessons import Lesson, all_lessons, read_source, select, tags, write_notebook
from course_utils.messages import CourseError

FIGURE = """
import course_utils
import matplotlib.pyplot as plt
import numpy as np
course_utils.reproducible(7)
fig, ax = plt.subplots()
_ = ax.plot(np.random.rand(9))
plt.show()"""
WIDGET = "\nimport ipywidgets\nipywidgets.IntSlider(3)"
FAILS = ' tags=["raises-exception"]\nimport numpy as np\nnp.zeros(3).reshape(2, 2)'
PHOTO = ' tags=["photo-live"]\nplt.imshow(np.zeros((4, 4)))\nplt.show()'
CLOCK = ' tags=["live-timing", "nbval-ignore-output"]\nimport time\nprint(time.time())'


@pytest.mark.slow
def test_two_builds_give_equal_bytes_and_store_nothing_that_varies(course):
    lesson = course(FIGURE, WIDGET, FAILS, PHOTO, CLOCK, "\nprint(object())")
    first = build.build(lesson).read_bytes()
    assert build.build(lesson).read_bytes() == first

    cells = nbformat.read(lesson.notebook, 4).cells
    figure, slider, failure, photo, clock, address = (cell.outputs for cell in cells)
    assert "image/png" in figure[0].data
    assert set(slider[0].data) == {"text/plain"}
    assert failure[0].ename == "ValueError"
    assert set(photo[-1].data) == {"text/plain"}
    assert clock == []
    assert address[0].text == "<object object at 0xADDRESS>\n"
    for private in (str(Path.home()) + "/", str(lesson.root), "ipykernel_"):
        assert private.encode() not in first


@pytest.mark.slow
def test_strict_run_accepts_what_was_built(course, strict_run):
    lesson = course(FIGURE, WIDGET, FAILS, PHOTO, CLOCK, "\nprint(object())")
    result = strict_run(build.build(lesson))
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
def test_strict_run_finds_changed_output(course, strict_run):
    lesson = course("\nprint(1 + 1)", FAILS)
    path = build.build(lesson)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"2\\n"', '"3\\n"'), encoding="utf-8")
    result = strict_run(path)
    assert result.returncode == 1
    assert "Cell 0" in result.stdout
    path.write_text(text.replace("cannot reshape", "can reshape"), encoding="utf-8")
    assert strict_run(path).returncode == 1


def test_failing_cell_is_named_and_the_old_notebook_stays(course):
    lesson = course("\nprint(1)")
    before = build.build(lesson).read_bytes()
    lesson = course("\nprint(1)", " [markdown]\n# # 标题 · Title", "\nresult = {}['absent']")
    with pytest.raises(CourseError) as raised:
        build.build(lesson)
    message = str(raised.value)
    assert "98_small, cell 3 (code cell 2)" in message
    assert "KeyError" in message
    assert "result = {}['absent']" in message
    assert lesson.notebook.read_bytes() == before
    assert [p.name for p in lesson.notebook.parent.iterdir()] == ["98_small.ipynb"]


def test_printed_folder_of_this_machine_is_refused(course):
    lesson = course("\nfrom pathlib import Path\nprint(Path.home() / 'x')")
    if len(Path.home().parts) < 2:
        pytest.skip("the home folder is the root of the disk")
    with pytest.raises(CourseError, match="shows the folder"):
        build.build(lesson)


def test_pieces_of_a_stream_are_joined(course):
    late = "print('b', flush=True)\ntime.sleep(0.4)\nprint('c')\nprint('e', file=sys.stderr)"
    cell = build.build_notebook(
        course(f"\nimport sys, time\nprint('a', flush=True)\ntime.sleep(0.4)\n{late}")
    ).cells[0]
    assert [(o.name, o.text) for o in cell.outputs] == [("stdout", "a\nb\nc\n"), ("stderr", "e\n")]


def test_cells_that_are_folded_say_so(course):
    draw = "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.show()"
    setup = ' tags=["setup"]\n'
    cells = build.build_notebook(course(f"{setup}{draw}", f"{setup}a = 1", f"\n{draw}")).cells
    folds = [cell.metadata.get("course") for cell in cells]
    assert folds == [{"fold": "drawing"}, {"fold": "setup"}, None]


def test_kernel_has_its_own_progress_folder_and_thread_number(course, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "the-learners-own")
    monkeypatch.setenv("COURSE_THREADS", "3")
    monkeypatch.setenv("COURSE_SEED", "4")
    names = ["COURSE_DATA", "OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "COURSE_SEED"]
    lesson = course(
        f"\nimport os\nprint([os.environ[n] != 'the-learners-own' for n in {names[:1]}])"
        f"\nprint([os.environ[n] for n in {names[1:]}])"
    )
    cell = build.build_notebook(lesson).cells[0]
    assert cell.outputs[0].text == "[True]\n['3', '3', '4']\n"


@pytest.fixture
def dependent(course, tmp_path):
    """A lesson that depends on a helper, which depends on another, which names a data file."""
    files = {
        "course_utils/__init__.py": "",
        "course_utils/a.py": "from . import b\n",
        "course_utils/b.py": 'import course_utils.inner.c\nNAME = "splits.csv"\n',
        "course_utils/inner/__init__.py": "",
        "course_utils/inner/c.py": "from ..d import something\n",
        "course_utils/d.py": "something = 1\n",
        "course_utils/unused.py": "",
        "data/splits.csv": "x\n",
        "data/other.csv": "x\n",
        "data/assets.toml": '[photos]\nlessons = ["98"]\n[speech]\nlessons = ["13"]\n',
        "lessons/exercises_98.py": "",
        "requirements.lock": "numpy==2\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return course("\nfrom course_utils import a\nprint(1)")


def test_dependencies_are_followed(dependent):
    names = {p.relative_to(dependent.root).as_posix() for p in dependencies(dependent)}
    helpers = {"__init__", "a", "b", "inner/__init__", "inner/c", "d"}
    assert names == {f"course_utils/{h}.py" for h in helpers} | {
        "lessons/98_small.py",
        "lessons/exercises_98.py",
        "data/splits.csv",
        "requirements.lock",
    }


@pytest.mark.parametrize(
    ("file", "stale"),
    [
        ("lessons/98_small.py", True),
        ("lessons/exercises_98.py", True),
        ("course_utils/d.py", True),
        ("data/splits.csv", True),
        ("requirements.lock", True),
        ("course_utils/unused.py", False),
        ("data/other.csv", False),
    ],
)
def test_notebook_is_stale_after_a_change(dependent, file, stale):
    before = fingerprint(dependent)
    path = dependent.root / file
    path.write_text(path.read_text(encoding="utf-8") + "\nchanged = 1\n", encoding="utf-8")
    assert (fingerprint(dependent) != before) == stale


@pytest.mark.parametrize(
    ("more", "stale"),
    [
        ("# a comment", False),
        ('def f():\n    """What it does.\n\n    More.\n    """\n', True),
        ("TEXT = 'a # no comment'", True),
    ],
)
def test_what_a_helper_says_of_itself_does_not_count(dependent, more, stale):
    path = dependent.root / "course_utils" / "d.py"
    path.write_text(
        path.read_text(encoding="utf-8") + '\ndef g():\n    """One."""\n    return 1\n',
        encoding="utf-8",
    )
    before = fingerprint(dependent)
    path.write_text(
        path.read_text(encoding="utf-8").replace('"""One."""', '"""Two,\n    longer."""  # why'),
        encoding="utf-8",
    )
    assert fingerprint(dependent) == before
    path.write_text(path.read_text(encoding="utf-8") + more + "\n", encoding="utf-8")
    assert (fingerprint(dependent) != before) == stale


@pytest.mark.parametrize(("name", "stale"), [("photos", True), ("speech", False)])
def test_only_the_lessons_own_assets_count(dependent, name, stale):
    before = fingerprint(dependent)
    manifest = dependent.root / "data" / "assets.toml"
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace(f"[{name}]", f'[{name}]\nsha256 = "2"'),
        encoding="utf-8",
    )
    assert (fingerprint(dependent) != before) == stale


def test_line_endings_do_not_count(dependent):
    before = fingerprint(dependent)
    path = dependent.root / "course_utils" / "d.py"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert fingerprint(dependent) == before


def test_staleness_is_told(course):
    lesson = course("\nprint(1)")
    assert build.staleness(lesson)[1] == "not built yet"
    build.build(lesson)
    assert build.staleness(lesson) is None
    lesson = course("\nprint(2)")
    assert "cells differ" in build.staleness(lesson)[1]
    notebook = build.build_notebook(lesson)
    notebook.metadata.course.hash = "0" * 64
    write_notebook(notebook, lesson.notebook)
    assert "helpers" in build.staleness(lesson)[1]
    lesson.notebook.write_text("<<<<<<< a merge conflict", encoding="utf-8")
    with pytest.raises(CourseError, match="course build 98"):
        build.staleness(lesson)


@pytest.mark.parametrize(("known", "leads_on"), [("04", True), ("03", False)])
def test_a_lesson_is_stale_when_another_follows_than_its_end_says(known, leads_on, monkeypatch):
    lessons = [lesson for lesson in all_lessons() if lesson.number <= known]
    monkeypatch.setattr(build, "all_lessons", lambda root: lessons)
    [lesson] = select(["03"])
    reason = build.staleness(lesson)
    assert reason is None if leads_on else "the lesson that follows" in reason[1]


def test_a_lesson_is_stale_when_the_question_at_its_end_was_changed(monkeypatch):
    [lesson] = select(["04"])
    static_form = build.quizzes.static_form
    reworded = lambda question: static_form(question).replace("</summary>", "</summary>x")
    monkeypatch.setattr(build.quizzes, "static_form", reworded)
    assert "question at its end" in build.staleness(lesson)[1]


def test_a_lesson_is_stale_when_the_next_one_has_another_title(tmp_path, monkeypatch):
    lesson, following = select(["03", "04"])
    renamed = tmp_path / following.source.name
    text = following.source.read_text(encoding="utf-8")
    renamed.write_text(text.replace("# # 04 ", "# # 04 新的", 1), encoding="utf-8")
    monkeypatch.setattr(
        build, "all_lessons", lambda root: [lesson, Lesson(renamed, following.notebook)]
    )
    assert "the lesson that follows" in build.staleness(lesson)[1]


def test_cell_ids_follow_the_text_and_are_unique(course):
    lesson = course("\nprint(1)", "\nprint(2)", "\nprint(1)")
    before = [cell.id for cell in read_source(lesson).cells]
    assert len(set(before)) == 3
    lesson = course("\nx = 0", "\nprint(1)", "\nprint(2)", "\nprint(1)")
    assert [cell.id for cell in read_source(lesson).cells][1:] == before


def test_lessons_are_chosen_by_number(course):
    lesson = course("\nprint(1)")
    assert select(["98"], lesson.root) == select([], lesson.root) == [lesson]
    assert select(["98_small"], lesson.root) == [lesson]
    with pytest.raises(CourseError, match="97"):
        select(["97"], lesson.root)


def test_executed_copy_never_takes_the_place_of_another(tmp_path):
    path = tmp_path / "98_small.ipynb"
    assert free_name(path) == path
    path.write_text("the learner's", encoding="utf-8")
    (tmp_path / "98_small_2.ipynb").write_text("the learner's", encoding="utf-8")
    assert free_name(path).name == "98_small_3.ipynb"


def test_result_table_is_found(course):
    lesson = course("\nprint('no')", ' tags=["result-table"]\nprint("ours 0.99")')
    notebook = build.build_notebook(lesson)
    assert "result-table" in tags(notebook.cells[1])
    assert result_table(notebook) == "ours 0.99"


def test_private_folders_are_this_machines():
    assert str(Path(os.getcwd())).startswith(tuple(execute.private_folders()))


def test_lesson_knows_its_exercises():
    lesson = Lesson(Path("lessons/09_cats.py"), Path("notebooks/09_cats.ipynb"))
    assert (lesson.number, lesson.exercises.name) == ("09", "exercises_09.py")
