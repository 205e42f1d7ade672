"""What a person has set for other programs does not reach the kernels of build and tests."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course.notebooks.execute import execute
from course_utils.messages import CourseError

ASK = """
import os, sys, warnings
import matplotlib as mpl
warnings.warn("a warning is no error")
assert "here" not in globals(), "the start-up file"
assert mpl.rcParams["figure.dpi"] != 33, "the settings of matplotlib"
assert "inline" in mpl.get_backend(), mpl.get_backend()
"""
WRONG = "assert 1 == 2, 'an assertion that fails'"


@pytest.fixture
def planted(tmp_path):
    """Variables as somebody's shell may have them."""
    (tmp_path / "startup.py").write_text("here = True", encoding="utf-8")
    (tmp_path / "matplotlibrc").write_text("figure.dpi: 33", encoding="utf-8")
    return {
        "PYTHONSTARTUP": str(tmp_path / "startup.py"),
        "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"),
        "PYTHONOPTIMIZE": "1",
        "PYTHONWARNINGS": "error",
        "MPLBACKEND": "TkAgg",
    }


def test_of_the_build(planted, tmp_path, monkeypatch):
    for name, value in planted.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "empty").mkdir()
    notebook = new_notebook(cells=[new_code_cell(ASK), new_code_cell(WRONG)])
    with pytest.raises(CourseError, match="an assertion that fails"):
        execute(notebook, tmp_path / "empty", "98_test")


def test_of_the_test_run(planted, tmp_path, strict_run):
    (tmp_path / "empty").mkdir()
    cells = [ASK.replace("warnings.warn", "str"), WRONG]
    made = [new_code_cell(source, execution_count=n) for n, source in enumerate(cells, 1)]
    nbformat.write(new_notebook(cells=made), tmp_path / "empty" / "own.ipynb")
    # pytest itself would stop at a warning that is an error, and refuses where assertions vanish.
    others = planted | {"PYTHONWARNINGS": "", "PYTHONOPTIMIZE": ""}
    said = strict_run(tmp_path / "empty" / "own.ipynb", **others).stdout
    assert "PASSED own.ipynb::Cell 0" in said, said
    assert "FAILED own.ipynb::Cell 1" in said, said
