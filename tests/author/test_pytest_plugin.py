"""How the checks are spread over workers."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from course.author import pytest_plugin


@pytest.mark.parametrize(
    ("cores", "memory_gb", "workers"), [(2, 25, 3), (16, 64, 3), (2, 4, 1), (8, 8.2, 2), (1, 16, 2)]
)
def test_checks_at_a_time_fit_cores_and_memory(cores, memory_gb, workers, monkeypatch):
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)
    monkeypatch.setattr(pytest_plugin.os, "cpu_count", lambda: cores)
    total = SimpleNamespace(total=memory_gb * 1e9)
    monkeypatch.setattr(pytest_plugin.psutil, "virtual_memory", lambda: total)
    assert pytest_plugin.pytest_xdist_auto_num_workers() == workers


def test_files_that_take_long_begin_and_stay_whole(monkeypatch):
    monkeypatch.delenv("COURSE_SEED", raising=False)

    def item(file, name, *markers):
        return SimpleNamespace(path=Path(file), name=name, get_closest_marker=markers.count)

    quick = [item("test_a.py", f"quick {n}") for n in range(9)]
    slow = [item("test_b.py", "quick"), item("test_b.py", "slow", "slow")]
    cells = [item("05.ipynb", f"cell {n}") for n in range(45)]
    items = [*quick, *slow, *cells]
    pytest_plugin.pytest_collection_modifyitems(None, items)
    assert items == [*cells, *slow, *quick]


def test_what_the_switch_shows_is_overlooked_and_its_plain_text_is_not():
    notebook = SimpleNamespace(skip_compare=("image/png",))
    for _ in range(2):  # each cell of the notebook asks for it
        pytest_plugin._overlook_layers(notebook)
    assert notebook.skip_compare == ("image/png", "application/vnd.course.bilingual+json")
