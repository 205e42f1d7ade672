"""The bar of a transfer: its total, and what stays of it in a notebook."""

import sys

import ipykernel  # noqa: F401 - what tells a notebook from a terminal
import pytest
from tqdm import notebook

from course_utils.assets import bars, manifest


def test_a_transfer_larger_than_was_expected_keeps_its_total(capsys, monkeypatch):
    """tqdm would forget the total: "mnist: 11.7M/?"."""
    monkeypatch.delitem(sys.modules, "ipykernel")
    asset = manifest()["mnist"]
    with bars.downloading(asset, True) as advance:
        for _ in range(3):
            advance(asset.member_size // 2 + 1)
    said = capsys.readouterr().err
    assert "17.4M/17.4M" in said and "?" not in said.split("\r")[-1].split("[")[0]


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_stays_in_a_notebook(monkeypatch, fails):
    """Also where the transfer fails: the place of the bar is emptied."""
    shown, emptied = [], []

    class Place:
        def update(self, data, raw):
            emptied.append((data, raw))

    def display(widget, display_id):
        shown.append(widget)
        return Place()

    monkeypatch.setattr("IPython.display.display", display)
    try:
        with bars.downloading(manifest()["mnist"], None) as advance:
            advance(10)
            assert isinstance(shown[0], notebook.TqdmHBox) and not emptied
            if fails:
                raise ConnectionError
    except ConnectionError:
        assert fails
    assert len(shown) == 1 and emptied == [({}, True)]


def test_a_bar_that_is_not_wanted_is_not_shown(capsys):
    with bars.downloading(manifest()["mnist"], False) as advance:
        advance(10)
    assert capsys.readouterr().err == ""
