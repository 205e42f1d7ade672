"""my_course/: what the learner wrote is still there after every update, crash and rename."""

import json
import os

import nbformat
import processes
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.learner.workspace import copies, report
from course.learner.workspace.copies import Outcome, Workspace
from course.notebooks import results
from course_utils.messages import CourseError

NAME = "03_optimizers.ipynb"


def lesson(text: str, source_hash: str = "a") -> bytes:
    cells = [
        new_markdown_cell("## 动量 · Momentum"),
        new_code_cell("answer = ...", outputs=[new_output("stream", text="1\n")]),
        new_markdown_cell("## Adam"),
        new_markdown_cell(text),
    ]
    notebook = new_notebook(cells=cells, metadata={"course": {"hash": source_hash}})
    return nbformat.writes(notebook).encode()


@pytest.fixture
def workspace(tmp_path):
    (tmp_path / "notebooks").mkdir()
    made = Workspace(tmp_path / "notebooks", tmp_path / "my_course")
    (made.notebooks / NAME).write_bytes(lesson("first"))
    return made


def answer_in(path, text="answer = 42"):
    """Change the first code cell and save as JupyterLab does (other ids, counters, spacing)."""
    notebook = nbformat.read(path, 4)
    notebook.cells[1].source = text
    notebook.cells[1].execution_count = 7
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_copies_what_is_missing_and_then_leaves_it(workspace):
    assert workspace.bring(NAME, beside=False).outcome is Outcome.COPIED
    assert (workspace.mine / NAME).read_bytes() == lesson_now(workspace)
    assert workspace.bring(NAME, beside=False).outcome is Outcome.SAME


def lesson_now(workspace) -> bytes:
    """As it comes to a learner."""
    return copies.to_start_with((workspace.notebooks / NAME).read_bytes())


def test_an_answer_survives_an_update_which_lies_beside_it(workspace):
    workspace.bring(NAME, beside=False)
    answer_in(workspace.mine / NAME)
    kept = (workspace.mine / NAME).read_bytes()
    (workspace.notebooks / NAME).write_bytes(lesson("second"))

    assert workspace.bring(NAME, beside=False).outcome is Outcome.WAITING
    brought = workspace.bring(NAME, beside=True)
    assert brought.outcome is Outcome.BESIDE
    assert brought.changes == ["Adam"]
    assert (workspace.mine / NAME).read_bytes() == kept
    assert brought.file.read_bytes() == lesson_now(workspace)
    assert workspace.bring(NAME, beside=True).outcome is Outcome.SAME


def test_an_untouched_copy_becomes_the_new_version(workspace):
    workspace.bring(NAME, beside=False)
    # Opened, saved by JupyterLab, nothing changed: still untouched.
    answer_in(workspace.mine / NAME, text="answer = ...")
    (workspace.notebooks / NAME).write_bytes(lesson("second"))
    assert workspace.bring(NAME, beside=False).outcome is Outcome.REFRESHED
    assert (workspace.mine / NAME).read_bytes() == lesson_now(workspace)


@pytest.mark.parametrize("part", ["source", "new cell", "text", "metadata"])
def test_whatever_the_learner_changes_counts(workspace, part):
    workspace.bring(NAME, beside=False)
    notebook = nbformat.read(workspace.mine / NAME, 4)
    cell = notebook.cells[1]
    if part == "source":
        cell.source += "\n# my note"
    elif part == "new cell":
        notebook.cells.append(new_code_cell("x = 1"))
    elif part == "text":
        notebook.cells[0].source += " (my note)"
    else:
        cell.metadata["tags"] = ["mine"]
    nbformat.write(notebook, workspace.mine / NAME)
    kept = (workspace.mine / NAME).read_bytes()
    (workspace.notebooks / NAME).write_bytes(lesson("second"))
    assert workspace.bring(NAME, beside=True).outcome is Outcome.BESIDE
    assert (workspace.mine / NAME).read_bytes() == kept


def run_all(path):
    """What JupyterLab saves when a lesson was run from top to bottom, and a folded cell opened."""
    notebook = nbformat.read(path, 4)
    cell = notebook.cells[1]
    cell.outputs, cell.execution_count = [new_output("stream", text="0.123 on this machine\n")], 5
    cell.metadata |= {
        "execution": {"iopub.status.busy": "now"},
        "jupyter": {"source_hidden": False},
    }
    notebook.cells.append(new_code_cell(""))
    nbformat.write(notebook, path)


def test_running_a_lesson_is_not_changing_it(workspace):
    workspace.bring(NAME, beside=False)
    run_all(workspace.mine / NAME)
    kept = (workspace.mine / NAME).read_bytes()
    again = lesson("first").replace(b"1\\n", b"1.0 on another\\n")  # built on another machine
    (workspace.notebooks / NAME).write_bytes(again)
    assert workspace.bring(NAME, beside=True).outcome is Outcome.SAME
    assert (workspace.mine / NAME).read_bytes() == kept  # the outputs stay while the lesson does
    (workspace.notebooks / NAME).write_bytes(lesson("second"))
    assert workspace.bring(NAME, beside=False).outcome is Outcome.REFRESHED
    assert (workspace.mine / NAME).read_bytes() == lesson_now(workspace)


def test_a_copy_starts_without_results(workspace):
    png = {"image/png": "AAAA", "text/plain": "alt"}
    picture = [new_output("display_data", data=png)]
    result = new_output("execute_result", data=png, execution_count=3)
    explorable = new_output("display_data", data=png | {results.EXPLORABLE: {"module": "x.js"}})
    explorer = new_output("display_data", data=png | {"text/plain": "Explorer(k=2)"})
    made = {
        "plain": new_code_cell("fit()", outputs=[result], execution_count=3),
        "kept": new_code_cell("draw()", outputs=[result], metadata={"tags": [results.KEEP]}),
        "mixed": new_code_cell("show()", outputs=[*picture, explorable]),
        "explorer": new_code_cell("Explorer(draw)", outputs=[explorer]),
        "quiz": new_code_cell('quiz("03-q1")', outputs=picture, metadata={"tags": ["quiz"]}),
        "progress": new_code_cell("progress()", outputs=picture, metadata={"tags": ["quiz"]}),
    }
    notebook = new_notebook(cells=[new_markdown_cell("# 03"), *made.values()])
    (workspace.notebooks / NAME).write_text(nbformat.writes(notebook), encoding="utf-8")
    before = (workspace.notebooks / NAME).read_bytes()
    workspace.bring(NAME, beside=False)
    copied = nbformat.read(workspace.mine / NAME, 4)
    nbformat.validate(copied)
    cells = dict(zip(made, copied.cells[1:], strict=True))
    assert {name: len(cell.outputs) for name, cell in cells.items()} == {
        "plain": 0, "kept": 1, "mixed": 1, "explorer": 1, "quiz": 1, "progress": 0,
    }  # fmt: skip
    assert results.EXPLORABLE in cells["mixed"].outputs[0].data
    assert all(cell.execution_count is None for cell in cells.values())
    assert cells["kept"].outputs[0].execution_count is None
    assert (workspace.notebooks / NAME).read_bytes() == before  # the course keeps its own
    bare = results.without_results(json.loads(before), quizzes=False)["cells"]
    assert [len(cell["outputs"]) for cell in bare[1:]] == [0, 1, 1, 1, 0, 0]


def test_a_copy_from_before_with_all_its_results_is_untouched_and_stays(workspace):
    """Copies that an older course made hold every output, in my_course/ and in its record."""
    old = lesson("first")
    for folder in (workspace.mine, workspace.last):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NAME).write_bytes(old)
    assert workspace.bring(NAME, beside=False).outcome is Outcome.SAME
    assert (workspace.mine / NAME).read_bytes() == old
    (workspace.notebooks / NAME).write_bytes(lesson("second"))
    assert workspace.bring(NAME, beside=False).outcome is Outcome.REFRESHED


def test_a_new_version_that_the_learner_worked_in_is_kept_too(workspace):
    workspace.bring(NAME, beside=False)
    answer_in(workspace.mine / NAME)
    (workspace.notebooks / NAME).write_bytes(lesson("second"))
    first = workspace.bring(NAME, beside=True).file
    answer_in(first, "answer = 43")
    kept = first.read_bytes()
    (workspace.notebooks / NAME).write_bytes(lesson("third"))
    second = workspace.bring(NAME, beside=True).file
    assert second != first
    assert first.read_bytes() == kept
    # One that was not worked in gives way to the next.
    (workspace.notebooks / NAME).write_bytes(lesson("fourth"))
    assert workspace.bring(NAME, beside=True).file == second
    assert second.read_bytes() == lesson_now(workspace)


@pytest.mark.parametrize("damage", ["lost", "corrupt"])
def test_a_damaged_record_costs_the_learner_nothing(workspace, damage):
    workspace.bring(NAME, beside=False)
    answer_in(workspace.mine / NAME)
    kept = (workspace.mine / NAME).read_bytes()
    record = workspace.last / NAME
    record.unlink() if damage == "lost" else record.write_text("{", encoding="utf-8")
    assert workspace.bring(NAME, beside=True).outcome is Outcome.BESIDE
    assert (workspace.mine / NAME).read_bytes() == kept


def test_a_copy_that_is_no_notebook_any_more_is_kept(workspace):
    workspace.bring(NAME, beside=False)
    (workspace.mine / NAME).write_text("half a file", encoding="utf-8")
    (workspace.notebooks / NAME).write_bytes(lesson("second"))
    assert workspace.bring(NAME, beside=True).outcome is Outcome.BESIDE
    assert (workspace.mine / NAME).read_text(encoding="utf-8") == "half a file"


@pytest.mark.parametrize("fails_at", [1, 2])
def test_a_crash_between_two_writes_heals(workspace, monkeypatch, fails_at):
    workspace.bring(NAME, beside=False)
    (workspace.notebooks / NAME).write_bytes(lesson("second"))
    real, calls = os.replace, []

    def replace(source, target):
        calls.append(target)
        if len(calls) == fails_at:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(copies.files.os, "replace", replace)
    with pytest.raises(CourseError, match="No space left"):
        workspace.bring(NAME, beside=True)
    monkeypatch.undo()
    workspace.bring(NAME, beside=True)
    assert (workspace.mine / NAME).read_bytes() == lesson_now(workspace)
    assert workspace.bring(NAME, beside=True).outcome is Outcome.SAME
    assert {p.name for p in workspace.mine.rglob("*")} == {NAME, ".course"}


def test_an_unknown_lesson_is_named(workspace):
    with pytest.raises(CourseError, match="77"):
        workspace.lessons(["77"])
    assert workspace.lessons(["3"]) == workspace.lessons(["03"]) == [NAME]


@pytest.fixture
def clone(workspace):
    """The workspace as a git clone, my_course/ ignored as in the project."""
    root = workspace.notebooks.parent
    (root / ".gitignore").write_text("my_course/\n", encoding="utf-8")
    git(root, "init", "-q")
    commit(root)
    return workspace


def git(root, *arguments):
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    done = processes.run(["git", *who, *arguments], cwd=root, check=True)
    return done.stdout


def commit(root):
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "lessons")


def test_answer_pull_update_answer_still_there_tree_clean(clone):
    root = clone.notebooks.parent
    clone.bring(NAME, beside=False)
    answer_in(clone.mine / NAME)
    (clone.notebooks / NAME).write_bytes(lesson("second", "b"))
    commit(root)  # what a pull brings
    assert clone.bring(NAME, beside=True).outcome is Outcome.BESIDE
    assert "answer = 42" in (clone.mine / NAME).read_text(encoding="utf-8")
    assert git(root, "status", "--porcelain") == ""
    assert clone.changed_by_hand() == []


def test_a_course_notebook_changed_by_hand_is_reported_and_not_passed_on(clone, capsys):
    answer_in(clone.notebooks / NAME, "answer = 'by hand'")
    assert clone.changed_by_hand() == [NAME]
    clone.bring(NAME, beside=False)
    assert "by hand" not in (clone.mine / NAME).read_text(encoding="utf-8")
    report.tell_changed_by_hand(clone)
    said = capsys.readouterr().out
    assert f"git restore -- notebooks/{NAME}" in said
    assert "被直接改过" in said

    git(clone.notebooks.parent, "restore", "--", f"notebooks/{NAME}")  # what it says
    assert clone.changed_by_hand() == []


def test_a_freshly_built_notebook_is_not_taken_for_one_changed_by_hand(clone):
    (clone.notebooks / NAME).write_bytes(lesson("built again", "b"))
    assert clone.changed_by_hand() == []
    clone.bring(NAME, beside=False)
    assert "built again" in (clone.mine / NAME).read_text(encoding="utf-8")


def test_a_deleted_course_notebook_is_reported(clone):
    (clone.notebooks / NAME).unlink()
    assert clone.changed_by_hand() == [NAME]


def test_line_ends_of_windows_are_no_change(workspace, tmp_path):
    """A clone under core.autocrlf, as Git for Windows makes it, and touched files."""
    root = workspace.notebooks.parent
    (workspace.notebooks / NAME).write_bytes(lesson("first").replace(b"\r\n", b"\n"))
    git(root, "init", "-q")
    commit(root)
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", str(root), str(tmp_path / "windows"))
    clone = Workspace(tmp_path / "windows" / "notebooks", tmp_path / "windows" / "my_course")
    notebook = clone.notebooks / NAME
    assert b"\r\n" in notebook.read_bytes()
    # With "false" git itself takes the line ends for a change, where the file's time is another.
    for time, setting in enumerate(("true", "false"), 1):
        git(clone.notebooks, "config", "core.autocrlf", setting)
        os.utime(notebook, (time, time))
        assert clone.changed_by_hand() == []
        clone.bring(NAME, beside=True)
        assert clone.bring(NAME, beside=True).outcome is Outcome.SAME
    answer_in(notebook, "answer = 'by hand'")
    assert clone.changed_by_hand() == [NAME]
