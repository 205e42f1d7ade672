"""benchmarks/recipes.py: its rows, how they are added, and what its arithmetic says."""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import processes
import pytest

from course_utils import assets, paths, photos
from course_utils.messages import CourseError

SCRIPT = paths.ROOT / "benchmarks" / "recipes.py"
TEXT = {"who_zh", "who_en", "changed_zh", "changed_en"}
NUMBERS = {"seconds", "core_seconds", "peak_memory_gb", "trained_parameters", "photos"}
OTHERS = {"article", "as_printed", "epochs_run", "epochs_printed", "seconds_extrapolated"}
NOTHING_CHANGED = ("zero_shot", "zero_shot_prior", "zero_shot_prior_lite2", "ours", "ours_lite2")
NOTHING_CHANGED += ("course_train",)
COUNTS = {"right", "n", "local_right", "local_n", "busy"}


@pytest.fixture(scope="module")
def recipes():
    """The script as a module; its neighbours are imported by name, as when it is run."""
    kept = list(sys.path)
    sys.path.insert(0, str(SCRIPT.parent))
    spec = importlib.util.spec_from_file_location("recipes", SCRIPT)
    module = sys.modules["recipes"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = kept
    for name in ("recipes", "recipe_steps", "speed"):
        sys.modules.pop(name, None)


@pytest.fixture
def default_photos():
    try:
        return assets.fetch("default_photos"), assets.fetch("pet_photos")
    except CourseError as error:
        pytest.skip(f"the default photos cannot be fetched here: {error.en}")


def run(*arguments, **env) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    done = processes.run(command, env=os.environ | env, timeout=300)
    assert done.returncode == 0, done.stderr
    return done


def row_is_right(name, row, recipe):
    """One committed row against the schema and against its recipe."""
    assert set(row) == TEXT | NUMBERS | OTHERS | COUNTS, name
    untimed = [key for key in ("seconds", "core_seconds", "peak_memory_gb") if row[key] is None]
    assert len(untimed) in (0, 3), name
    timed = NUMBERS - set(untimed)
    assert all(isinstance(row[key], int | float) and row[key] >= 0 for key in timed), name
    assert isinstance(row["busy"], bool) and isinstance(row["as_printed"], bool)
    for key in ("who_zh", "who_en", "changed_zh", "changed_en", "article", "as_printed", "photos"):
        assert row[key] == getattr(recipe, key), (name, key)
    assert (row["epochs_printed"], row["article"]) == (recipe.epochs, recipe.article)
    assert set(row["right"]) == set(row["n"]) == {"test", "web", "pets"}
    assert all(0 <= row["right"][split] <= row["n"][split] for split in row["n"]), name
    assert row["n"] == {"test": 40, "web": 40, "pets": 36}
    if row["local_right"] is not None:
        assert 0 <= row["local_right"] <= row["local_n"] == 1000
    cut_short = recipe.run is not None and recipe.run < recipe.epochs
    assert (row["seconds_extrapolated"] is not None) == cut_short
    if cut_short:
        whole = row["seconds"] / row["epochs_run"] * row["epochs_printed"]
        assert row["seconds_extrapolated"] == pytest.approx(whole, rel=1e-3)


def test_committed_rows(recipes):
    results = recipes.read_results()
    assert set(results) == {"machine", "recipes"} and results["machine"]["cores"] > 0
    assert set(results["recipes"]) <= set(recipes.RECIPES)
    for name, row in results["recipes"].items():
        row_is_right(name, row, recipes.RECIPES[name])
    assert len(recipes.table(results).splitlines()) == len(results["recipes"]) + 1


def test_every_recipe_says_what_was_changed_in_both_languages(recipes):
    for name, recipe in recipes.RECIPES.items():
        assert callable(recipe.train) and recipe.who_zh and recipe.who_en
        assert bool(recipe.changed_zh) == bool(recipe.changed_en)
        assert recipe.changed_en or name in NOTHING_CHANGED
        assert set(recipe.assets) <= set(assets.manifest())


def test_seconds_are_extrapolated_only_where_epochs_were_left_out(recipes):
    project, full = recipes.RECIPES["s1_project"], recipes.RECIPES["s1_printed"]
    assert recipes.extrapolated(100.0, 2, project) == 500.0
    assert recipes.extrapolated(90.0, 3, replace(project, epochs=20, run=3)) == 600.0
    assert recipes.extrapolated(100.0, 10, full) is None
    assert (
        recipes.extrapolated(100.0, 50, recipes.RECIPES["s1_repaired"]) is None
    )  # more, not fewer
    assert recipes.extrapolated(100.0, None, recipes.RECIPES["ours"]) is None


def test_dogs_by_one_output_and_by_two(recipes):
    """A stub network whose answers are known: threshold, order of classes, batches."""
    answers = np.array([[0.2], [0.5], [0.51], [0.9]])

    def model(table):
        return SimpleNamespace(predict=lambda images, verbose: table[images])

    steps = sys.modules["recipe_steps"]
    one = steps.by_model(model(answers), lambda place: place)
    np.testing.assert_array_equal(one(range(4)), [False, False, True, True])
    assert one([2] * 33 + [0]).sum() == 33  # more than one batch, in order
    logits = steps.by_model(model(answers - 0.5), lambda place: place, threshold=0.0)
    np.testing.assert_array_equal(logits(range(4)), [False, False, True, True])
    two = steps.by_model(model(np.hstack([1 - answers, answers])), lambda place: place)
    np.testing.assert_array_equal(two(range(4)), [False, False, True, True])


def test_folders_hold_the_same_photos_by_class(recipes, default_photos):
    train = photos.default("train").subset([0, 1, 198, 199])
    with sys.modules["recipe_steps"].folders(train=train) as folder:
        found = photos.load_folder(folder / "train")
        assert found.class_names == ("cats", "dogs")
        pairs = zip(train.paths, train.labels, strict=True)
        expected = sorted((int(label), path.read_bytes()) for path, label in pairs)
        pairs = zip(found.paths, found.labels, strict=True)
        assert sorted((int(label), path.read_bytes()) for path, label in pairs) == expected


def test_an_interrupted_run_goes_on_and_its_seconds_add_up(recipes, tmp_path):
    """A network of one layer is stopped in its second epoch, as a power cut would, and run again."""
    import keras

    def network():
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        model.compile("adam", "mse", jit_compile=False)  # tracing is most of this test
        return model

    class PowerCut(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if self.model.optimizer.iterations >= 130:
                raise KeyboardInterrupt

    def batches():
        while True:
            yield np.ones((4, 1)), np.ones((4, 1))

    steps, file = sys.modules["recipe_steps"], tmp_path / "backup" / "spent.json"
    first, model = recipes.Spent(file), network()
    with pytest.raises(KeyboardInterrupt):
        steps.fit_steps(model, batches(), 2, callbacks=[*first.callbacks(), PowerCut()])
    earlier = json.loads(
        file.read_text(encoding="utf-8")
    )  # the seconds of one epoch; those of the second are lost
    assert 0 < earlier[0] < first.so_far()[0]
    again, other = recipes.Spent(file), network()
    assert steps.fit_steps(other, batches(), 2, callbacks=again.callbacks()) == 2
    assert int(other.optimizer.iterations) == 200  # 100 of them in this run
    assert all(np.greater(again.so_far(), earlier))


WRITER = """
import sys; sys.path.insert(0, {folder!r})
from pathlib import Path
import recipes
for number in range(9):
    recipes.add_row(f"{{sys.argv[1]}}-{{number}}", {{"by": sys.argv[1]}}, Path({file!r}))
"""


def test_peak_memory_is_a_processs_own():
    """ru_maxrss of a child would begin with what its parent once held."""
    block = b"x" * 1_000_000_000
    code = f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import speed; "
    code += "block = b'x' * 300_000_000; del block; print(speed.peak_memory_gb())"
    small = processes.python(code, check=True)
    del block
    assert 0.3 < float(small.stdout) < 0.6


def test_processes_that_write_at_once_lose_no_row(tmp_path):
    file = tmp_path / "rows.json"
    code = WRITER.format(folder=str(SCRIPT.parent), file=str(file))
    writers = [subprocess.Popen([sys.executable, "-c", code, name]) for name in "abc"]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    rows = json.loads(file.read_text("utf-8"))["recipes"]
    assert set(rows) == {f"{name}-{number}" for name in "abc" for number in range(9)}
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.slow
def test_again_replaces_a_row_and_otherwise_nothing_is_run_twice(tmp_path, recipes, default_photos):
    """Zero-shot needs no training; the local photos are left out, which the row says with null."""
    file = tmp_path / "rows.json"
    away = {"COURSE_TEST_PHOTOS": str(tmp_path / "none")}
    for name in ("ours", "zero_shot"):
        recipes.add_row(name, {"right": 1}, file)
    before = file.read_bytes()
    run("zero_shot", "--results", file, **away)  # there is a row: nothing to do
    assert file.read_bytes() == before
    run("zero_shot", "--again", "--busy", "--results", file, **away)
    rows = json.loads(file.read_text("utf-8"))["recipes"]
    assert list(rows) == ["zero_shot", "ours"]  # cheapest first; the other row is as it was
    assert rows["ours"] == {"right": 1}
    row = rows["zero_shot"]
    row_is_right("zero_shot", row, recipes.RECIPES["zero_shot"])
    assert row["busy"] and row["local_right"] is None and row["local_n"] is None
    assert sum(row["right"].values()) > 100  # of 116
    assert row["core_seconds"] > 0 and 0.1 < row["peak_memory_gb"] < 4
    committed = recipes.read_results()["recipes"].get("zero_shot", row)
    assert row["right"] == committed["right"]
