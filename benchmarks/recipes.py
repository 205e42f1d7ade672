"""The articles' recipes, two tutorials' and the course's own, on the same photos and cores.

``python benchmarks/recipes.py`` runs every recipe of recipes.toml that has no row in
data/results/recipes.json, cheapest first; with names only these; ``--again`` replaces their rows;
``--table`` prints what is there; ``--untimed`` measures the answers only, and leaves seconds and
memory empty. Each recipe runs in a process of its own, and its row is written as soon as it is measured.

Seconds run from the photo files to the trained model: reading, loading of networks, features,
training; not imports, nor evaluation. core_seconds are user and system time, so other work on the
machine disturbs them little. A recipe of more than 20 minutes runs two epochs; its seconds, never
its accuracy, are then extrapolated. S1's printed recipe is run in full.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import recipe_steps
import speed
from filelock import FileLock
from recipe_steps import SEED, Dogs, Trained

import course_utils
from course_utils import assets, files, photos
from course_utils.paths import DATA, ROOT, cache_dir

RESULTS = DATA / "results" / "recipes.json"
LOCAL = Path(os.environ.get("COURSE_TEST_PHOTOS") or ROOT.parent / "shared" / "photos")
SPLITS = ("test", "web", "pets")
TIMES = ("seconds", "core_seconds", "peak_memory_gb")  # None in a row that was measured untimed


@dataclass(frozen=True)
class Recipe:
    """``train(epochs)`` does it; the rest is its table in recipes.toml.

    epochs: as printed, None where there are none; run: those to run where they are others, fewer
    only where all would take more than 20 minutes. photos: labelled ones used, validation included.
    checkpoint: an interrupted run goes on after its last whole epoch, with other augmentations than
    an uninterrupted one would have had.
    """

    train: Callable[[int | None], Trained]
    who_zh: str
    who_en: str
    article: str | None = None
    as_printed: bool = False
    changed_zh: str = ""
    changed_en: str = ""
    photos: int = 200
    epochs: int | None = None
    run: int | None = None
    checkpoint: bool = False
    assets: tuple[str, ...] = ()


def read_recipes() -> dict[str, Recipe]:
    """Recipes by name, cheapest first."""
    tables = tomllib.loads((Path(__file__).with_suffix(".toml")).read_text("utf-8"))
    return {
        name: Recipe(getattr(recipe_steps, table.pop("function", name)), **table)
        for name, table in tables.items()
    }


RECIPES = read_recipes()


@contextmanager
def empty_cache() -> Iterator[None]:
    """No features are cached inside; what was downloaded stays within reach."""
    kept = {name: os.environ.get(name) for name in ("COURSE_CACHE", "COURSE_ASSETS")}
    downloads = str(assets.fetch("default_photos").parents[1])
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(COURSE_CACHE=folder, COURSE_ASSETS=downloads)
        try:
            yield
        finally:
            for name, value in kept.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value


class Spent:
    """Wall and processor seconds so far, those of an interrupted run included when ``file`` is there."""

    def __init__(self, file: Path) -> None:
        self.file = file
        earlier = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else [0.0, 0.0]
        self.start = np.subtract(self._now(), earlier)

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.perf_counter(), time.process_time()

    def so_far(self) -> list[float]:
        """[wall, processor]."""
        return np.subtract(self._now(), self.start).tolist()

    def keep(self) -> None:
        """Write them down."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(self.so_far()), encoding="utf-8")

    def callbacks(self) -> list:
        """Keras's own backup of the network after each epoch, and the seconds until then beside it."""
        from keras import callbacks as keras_callbacks

        backup = keras_callbacks.BackupAndRestore(self.file.parent, delete_checkpoint=False)
        written = keras_callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: self.keep())
        return [backup, written]


def measure(name: str, recipe: Recipe, *, busy: bool) -> dict[str, object]:
    """Train in this process and look at the held-out photos: one row of the results."""
    import keras  # noqa: F401 – imports are not timed
    import scipy.ndimage  # noqa: F401
    import sklearn.linear_model  # noqa: F401

    for asset in ("default_photos", "pet_photos", *recipe.assets):
        assets.fetch(asset)
    course_utils.reproducible(SEED)
    spent = Spent(backup_folder(name) / "spent.json")
    options = {"callbacks": spent.callbacks()} if recipe.checkpoint else {}
    with empty_cache():
        trained = recipe.train(recipe.run or recipe.epochs, **options)
        seconds, core_seconds = spent.so_far()
    peak = speed.peak_memory_gb()
    texts = ("who_zh", "who_en", "article", "as_printed", "changed_zh", "changed_en", "photos")
    return {text: getattr(recipe, text) for text in texts} | {
        "epochs_run": trained.epochs,
        "epochs_printed": recipe.epochs,
        "seconds": round(seconds, 2),
        "core_seconds": round(core_seconds, 2),
        "seconds_extrapolated": extrapolated(seconds, trained.epochs, recipe),
        "trained_parameters": trained.parameters,
        "peak_memory_gb": peak,
        **looked_at(trained.dogs),
        "busy": busy,
    }


def backup_folder(name: str) -> Path:
    """Where an interrupted run of a recipe with checkpoints is kept until its row is written."""
    return cache_dir() / "recipes" / name


def extrapolated(seconds: float, epochs: int | None, recipe: Recipe) -> float | None:
    """Seconds of the printed epochs; None where the recipe was not cut short."""
    cut_short = recipe.run is not None and recipe.run < recipe.epochs
    return round(seconds / epochs * recipe.epochs, 1) if cut_short else None


def looked_at(dogs: Dogs) -> dict[str, object]:
    """Right answers on the three held-out sets, and on the local photos where there are any."""

    def right(photo_set: photos.PhotoSet) -> int:
        return int((dogs(photo_set.paths) == (photo_set.labels == 1)).sum())

    sets = {split: photos.default(split) for split in SPLITS}
    folder = LOCAL / "cats_dogs_1000"
    local = photos.load_folder(folder, check="header") if folder.is_dir() else None
    return {
        "right": {split: right(photo_set) for split, photo_set in sets.items()},
        "n": {split: len(photo_set) for split, photo_set in sets.items()},
        "local_right": right(local) if local else None,
        "local_n": len(local) if local else None,
    }


def read_results(file: Path = RESULTS) -> dict[str, dict]:
    """{"machine": …, "recipes": {name: row}}."""
    return json.loads(file.read_text("utf-8")) if file.is_file() else {"machine": {}, "recipes": {}}


def add_row(name: str, row: dict[str, object], file: Path = RESULTS) -> None:
    """Put one row into the file; two processes that write at once lose nothing."""
    mark = zlib.crc32(str(file.resolve()).encode())
    with FileLock(Path(tempfile.gettempdir(), f"recipes-{mark:08x}.lock")):
        results = read_results(file)
        rows = results["recipes"] | {name: row}
        rows = {key: rows[key] for key in [*RECIPES, *rows] if key in rows}
        untimed = row.get("seconds", 0) is None  # the others' seconds stay those of their machine
        machine = results["machine"] if untimed else speed.machine()
        text = json.dumps({"machine": machine, "recipes": rows}, ensure_ascii=False, indent=1)
        files.write_atomically(file, text + "\n")


def table(results: dict[str, dict]) -> str:
    """The rows as text, best first."""
    import pandas as pd

    from course_utils.evaluation import wilson_interval

    lines = []
    for row in results["recipes"].values():
        k, n = sum(row["right"].values()), sum(row["n"].values())
        low, high = wilson_interval(k, n)
        local = row["local_right"]
        seconds = row["seconds_extrapolated"]
        line = {
            "recipe": row["who_en"],
            "right": f"{k}/{n}",
            "accuracy": round(k / n, 3),
            "95 % interval": f"{low:.3f}–{high:.3f}",
            "local photos": "" if local is None else f"{local / row['local_n']:.3f}",
            "labels": row["photos"],
            "epochs": row["epochs_run"] or "",
            "seconds": row["seconds"],
            "in all": "" if seconds is None else f"≈ {seconds:.0f}",
            "core seconds": row["core_seconds"],
            "trained": f"{row['trained_parameters']:,}",
            "GB": row["peak_memory_gb"],
            "busy": "yes" if row["busy"] else "",
        }
        lines.append(((-k / n, -(local or 0)), line))
    ordered = [line for _, line in sorted(lines, key=lambda pair: pair[0])]
    return pd.DataFrame(ordered).to_string(index=False)


def main() -> None:
    """Measure the recipes named, or those without a row."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("names", nargs="*", choices=[*RECIPES, []], metavar="NAME")
    parser.add_argument("--again", action="store_true", help="replace rows that are there")
    parser.add_argument("--untimed", action="store_true", help="measure the answers only")
    parser.add_argument("--busy", action="store_true", help="other work runs on this machine")
    parser.add_argument("--table", action="store_true", help="print the rows and do nothing else")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file of the rows")
    args = parser.parse_args()
    done = read_results(args.results)["recipes"]
    if args.table:
        return print(table(read_results(args.results)))
    names = [name for name in args.names or RECIPES if args.again or name not in done]
    if len(names) == 1:
        row = measure(names[0], RECIPES[names[0]], busy=args.busy)
        row |= dict.fromkeys(TIMES) if args.untimed else {}
        add_row(names[0], row, args.results)
        shutil.rmtree(backup_folder(names[0]), ignore_errors=True)
        return print(names[0], json.dumps(row, ensure_ascii=False), flush=True)
    options = [f"--{name}" for name in ("again", "busy", "untimed") if getattr(args, name)]
    options += ["--results", str(args.results)]
    for name in names:  # a process each: peak memory is a process's own
        subprocess.run([sys.executable, __file__, name, *options], check=True)
    return None


if __name__ == "__main__":
    main()
