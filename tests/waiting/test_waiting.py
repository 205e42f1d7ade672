"""A long cell says how far it is, in a real kernel; built and compared notebooks never do."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.notebooks.execute import execute
from course_utils import waiting

CELL = """
from course_utils import waiting
import time
waiting.AFTER = 0.0
print("before")
for step in waiting.counted([1, 2, 3], "折", "folds"):
    time.sleep(0.01)
print("after")
"""


@pytest.mark.parametrize("live", ["", "0"])
def test_nothing_is_left_of_the_line(tmp_path, live):
    cell = new_code_cell(CELL, id="c")
    execute(new_notebook(cells=[cell]), tmp_path, "98_test", extra={"COURSE_PROGRESS": live})
    printed = [output.text for output in cell.outputs if output.output_type == "stream"]
    assert "".join(printed) == "before\nafter\n"
    others = [output for output in cell.outputs if output.output_type != "stream"]
    assert [output.data for output in others] == ([] if live else [{}])


@pytest.fixture
def told(monkeypatch):
    lines = []
    monkeypatch.setattr(waiting, "AFTER", 0.0)
    monkeypatch.setattr(waiting.Line, "_show", lambda self, bundle: lines.append(bundle))
    monkeypatch.setitem(waiting.sys.modules, "ipykernel", None)
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    return lines


def test_items_come_in_order_and_the_line_counts_them(told):
    assert list(waiting.counted("abc", "折", "folds")) == ["a", "b", "c"]
    texts = [line["text/plain"] for line in told if line]
    assert [text.split(",")[0] for text in texts] == ["折 folds 1/3", "折 folds 2/3"]


def test_a_quick_cell_shows_nothing(told, monkeypatch):
    monkeypatch.setattr(waiting, "AFTER", 60.0)
    assert list(waiting.counted(range(3), "折", "folds")) == [0, 1, 2]
    assert told == []


def test_epochs_are_counted_by_keras(told):
    import keras
    import numpy as np

    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    line = waiting.epochs("微调", "fine-tuning")
    model.fit(np.ones((2, 1)), np.ones(2), epochs=2, verbose=0, callbacks=[line])
    texts = [text["text/plain"].split(",")[0] for text in told if text]
    assert texts == ["微调 fine-tuning 1/2", "微调 fine-tuning 2/2"]
