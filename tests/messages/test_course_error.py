"""Whoever a CourseError reaches sees its two sentences and nothing of the course's inside."""

import os
import sys

import processes
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course import cli
from course.notebooks.execute import ANSI, execute
from course_utils.messages import CourseError

SENTENCES = ["杯子空了。", "The cup is empty."]
# Raised in a helper, from another error, while another is handled, below a layer of its own kind.
RAISERS = """
from course_utils import assets, messages

def plain(): raise messages.CourseError("杯子空了。", "The cup is empty.")
def helper(): plain()
def chained():
    try: 1 / 0
    except ZeroDivisionError as error:
        raise messages.CourseError("杯子空了。", "The cup is empty.") from error
def handled():
    try: {}["x"]
    except KeyError: helper()
"""


def errors_of(cells: list[str], folder, **extra: str):
    """The error output of each cell, in a real kernel without a network."""
    made = [new_code_cell(RAISERS, id="c")]
    made += [
        new_code_cell(s, id=f"c{i}", metadata={"tags": ["raises-exception"]})
        for i, s in enumerate(cells)
    ]
    done = execute(new_notebook(cells=made), folder, "98_test", extra=extra)
    for cell in done.cells:
        assert not [o for o in cell.outputs if o.output_type == "stream"], cell.outputs
    return [cell.outputs[-1] for cell in done.cells[1:]]


def test_a_notebook_shows_the_sentences_and_the_debug_variable_brings_the_rest(tmp_path):
    bare = ["helper()", "chained()", "handled()"]
    debug = "import os; os.environ['COURSE_DEBUG'] = '1'; chained()"
    cache = {"COURSE_CACHE": str(tmp_path / "cache")}
    *quiet, offline, loud = errors_of(
        [*bare, "assets.fetch('pet_photos')", debug], tmp_path, **cache
    )
    assert [error.traceback for error in quiet] == [SENTENCES] * 3
    assert len(offline.traceback) == 2
    assert "COURSE_OFFLINE=1 不允许联网" in offline.traceback[0]
    assert "keeps the network off" in offline.traceback[1]
    trace = ANSI.sub("", "\n".join(loud.traceback))
    assert "ZeroDivisionError" in trace and "def chained" in trace and SENTENCES[1] in trace


@pytest.mark.parametrize("call", ["helper()", "chained()"])
def test_a_script_ends_with_the_sentences(call):
    def told(**debug: str) -> str:
        env = {k: v for k, v in os.environ.items() if k != "COURSE_DEBUG"}
        env |= {"PYTHONUTF8": "1", **debug}
        command = [sys.executable, "-c", f"{RAISERS}\n{call}"]
        done = processes.run(command, env=env)
        assert done.returncode == 1
        return done.stderr

    assert told().splitlines() == SENTENCES
    assert "Traceback" in told(COURSE_DEBUG="1")


def test_the_command_says_them_too(monkeypatch, capsys):
    def fails(*_):
        raise CourseError(*SENTENCES) from ValueError("inside")

    monkeypatch.setattr(cli, "_run", fails)
    monkeypatch.delenv("COURSE_DEBUG", raising=False)
    assert cli.main(["doctor"]) == 1
    assert capsys.readouterr().err.splitlines() == SENTENCES
    monkeypatch.setenv("COURSE_DEBUG", "1")
    with pytest.raises(CourseError):
        cli.main(["doctor"])


def test_keras_passes_it_on_as_it_is():
    """Keras makes errors of a layer anew, as RuntimeError with the shapes of what it was given."""
    import keras
    import numpy as np

    class Picky(keras.layers.Layer):
        def call(self, x):
            raise CourseError(*SENTENCES)

    with pytest.raises(CourseError) as caught:
        Picky()(np.ones((1, 2)))
    assert str(caught.value).splitlines() == SENTENCES
