"""What explorables store: strict JSON, small, the same everywhere, and compared by nbval."""

import base64
import inspect
import json
import re
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.plugin import IPyNbCell, IPyNbFile

from course.author import explorables as exported
from course.author import export
from course.notebooks import results
from course.notebooks.lessons import read_notebook
from course_utils import explorables, paths
from course_utils.messages import CourseError

ALT = ("一条线 <1>", "a line <1>")


def test_the_command_knows_explorables_by_the_same_type():
    assert results.EXPLORABLE == explorables.MIME


@pytest.fixture
def shown(monkeypatch):
    """What ``show`` displays: (bundle, metadata)."""
    seen = []
    keep = lambda data, raw, metadata: seen.append((data, metadata))
    monkeypatch.setattr("IPython.display.display", keep)

    def show(**data):
        fig, ax = plt.subplots(figsize=(2, 1))
        ax.plot([0, 1])
        explorables.show("neuron", fig, *ALT, **data)
        assert not plt.fignum_exists(fig.number)
        return seen[-1]

    return show


def output(bundle, metadata):
    return new_output("display_data", bundle, metadata=metadata)


def test_bundle_has_three_forms_of_one_thing(shown):
    bundle, metadata = shown(b=np.float32(0.5), steps=3)
    assert set(bundle) == {explorables.MIME, "image/png", "text/plain"}
    assert bundle[explorables.MIME] == {"name": "neuron", "data": {"b": 0.5, "steps": 3}}
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    assert bundle["text/plain"] == "\n".join(ALT) == metadata["image/png"]["alt"]
    assert shown(b=0.5, steps=3) == (bundle, metadata), "not the same twice"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array([[1.23456, -0.0001], [2, 1e6]]), "1.235 0 2 1000000"),
        (np.array([1234567.891, 0.1 + 0.2]), "1234567.891 0.3"),
        (np.array([True, False]), "10"),
        (np.array([[0, 255]], np.uint8), "AP8="),
        (np.array([], float), ""),
    ],
)
def test_an_array_is_one_text(value, text):
    assert explorables.stored("x", {"v": value})["data"]["v"] == text


@pytest.mark.parametrize("value", [np.array([1, np.nan]), np.inf, float("nan"), [1, np.nan]])
def test_what_is_no_strict_json_is_refused(value):
    with pytest.raises(CourseError, match="explorable x hold NaN"):
        explorables.stored("x", {"v": value})


def test_a_picture_without_words_is_refused():
    with pytest.raises(CourseError, match="alt text"):
        explorables.show("neuron", plt.figure(), "", "")


def test_nbval_compares_the_data_and_not_the_picture(shown):
    """Of version 0.11: a type that it does not know is compared as it is."""
    source = inspect.getsource(IPyNbFile.__init__)
    skipped = re.search(r"skip_compare = \((.*?)\)", source, re.DOTALL)[1]
    assert "application/vnd.jupyter" in skipped and explorables.MIME not in skipped

    def same(one, other):
        cell = SimpleNamespace(
            parent=SimpleNamespace(skip_compare=("metadata", "output_type", "image/png")),
            colors=SimpleNamespace(FAIL="", ENDC="", OKBLUE=""),
            sanitize=lambda value: value,
            format_output_compare=lambda *_: None,
        )
        return IPyNbCell.compare_outputs(cell, [one], [other])

    first = output(*shown(v=np.array([0.1])))
    picture = output(*shown(v=np.array([0.1])))
    picture.data["image/png"] = "another"
    assert same(first, picture)
    assert not same(first, output(*shown(v=np.array([0.2]))))


def test_an_exported_page_carries_data_picture_and_modules(shown):
    """All of it inside: the page asks for nothing, and shows the picture where no script runs."""
    cell = new_code_cell("show()", execution_count=1, outputs=[output(*shown(w1=1))])
    page = export.web_page(export.monolingual(new_notebook(cells=[cell]), "en"), "en")
    place = BeautifulSoup(page, "html.parser").select_one("[data-explorable]")
    held = json.loads(place["data-explorable"])
    assert held == {"name": "neuron", "data": {"w1": 1}, "alt": list(ALT)}
    assert place.img["alt"] == ALT[1]
    assert place.img["src"].startswith("data:image/png;base64,iVBOR")
    modules = json.loads(re.search(r"modules = (\{.*\});", page)[1])
    assert modules.keys() == {"kit", "neuron"}
    for name, address in modules.items():
        content = (exported.FOLDER / f"{name}.js").read_bytes()
        assert base64.b64decode(address.partition("base64,")[2]) == content
    assert "<script type" not in export.web_page(new_notebook(cells=[new_code_cell("1")]), "en")


def test_modules_are_short_and_import_nothing():
    """An exported page has no files beside it; and a new explorable stays one small file."""
    files = sorted(exported.FOLDER.glob("*.js"))
    assert len(files) >= 11  # kit, labels, and those of lessons
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"^\s*import\b|\bimport\(|\bfetch\(|innerHTML", text, re.MULTILINE)
        assert len(text.splitlines()) <= (400 if file.stem == "kit" else 210), file.name
        assert len(text.encode()) < 20_000, file.name


# Two explorables are tables to look things up in: the queries and keys of every word that a learner
# may type, and all that the museum shows in both languages.
LARGER = {"attention": 45_000, "museum": 125_000}


def test_what_lessons_store_is_small():
    for notebook in paths.notebooks():
        for found in exported.outputs(read_notebook(notebook).cells):
            stored = found.data[explorables.MIME]
            most = LARGER.get(stored["name"], 20_000)
            assert len(json.dumps(stored)) < most, f"{notebook.name}: {stored['name']}"
            assert found.metadata["image/png"]["alt_zh"] and found.metadata["image/png"]["alt_en"]
