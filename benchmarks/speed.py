"""Speed and memory as ratios measured in one run: ``python benchmarks/speed.py [PART…]``.

Parts: throughput, recipe, train, stream. Each writes its part of data/results/speed.json. All rivals
of one comparison run in turn, several rounds; the middle round counts. Run it on a quiet machine.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

from course.notebooks.machine import describe, peak_bytes, versions
from course_utils import photos
from course_utils.paths import DATA

RESULTS = DATA / "results" / "speed.json"
PRINTED_EPOCHS = 10  # of the articles' recipe
PACKAGES = ("tensorflow-cpu", "tensorflow", "keras", "onnxruntime", "pillow", "scikit-learn")


def main() -> None:
    """Run the parts named on the command line, or all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--photos", type=int, default=20_000, help="of the stream part")
    parser.add_argument("--epochs", type=int, default=10, help="of the articles' recipe to run")
    parser.add_argument("--steps", type=int, default=100, help="of the recipe's epochs")
    parser.add_argument("--dry", action="store_true", help="print, do not write the results")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.child:
        return print(json.dumps(stream_child(args.child)))
    if len(args.parts) > 1:  # a process each: none finds the networks of another in memory
        options = [option for option in sys.argv[1:] if option not in PARTS]
        for part in args.parts:
            subprocess.run([sys.executable, __file__, part, *options], check=True)
        return None
    (part,) = args.parts
    answer = PARTS[part](args)
    print(part, json.dumps(answer, indent=1), flush=True)
    if not args.dry:
        results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
        RESULTS.write_text(
            json.dumps(results | {"machine": machine(), part: answer}, indent=1) + "\n",
            encoding="utf-8",
        )
    return None


def machine() -> dict[str, object]:
    """Processor, cores, memory and versions; nothing that names the machine or its owner."""
    return describe() | {"versions": versions(*PACKAGES)}


def peak_memory_gb() -> float:
    """Largest resident memory of this process so far."""
    return round(peak_bytes() / 1e9, 3)


def timed(work: Callable[[], object]) -> float:
    """Seconds of wall time."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(rivals: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Seconds per rival and round; one round before that does not count."""
    times: dict[str, list[float]] = {name: [] for name in rivals}
    for number in range(rounds + 1):
        for name, work in rivals.items():
            seconds = timed(work)
            if number:
                times[name].append(seconds)
    return times


# ---------------------------------------------------------------- images per second with decoding


def throughput(args: argparse.Namespace) -> dict[str, object]:
    """The 200 training photos, from files to features, nothing cached."""
    paths = photos.default("train").paths
    rivals = {
        "course_lite0": course_rival(paths),
        "onnxruntime_lite0": onnx_rival(paths),
        "keras_predict_mobilenet_v2": keras_rival(paths, "mobilenet_v2"),
        "keras_predict_lite0": keras_rival(paths, "efficientnet_lite0"),
        "keras_dataset_mobilenet_v2": dataset_rival(paths, "mobilenet_v2"),
    }
    times = in_turn(rivals, args.rounds)
    middle = {name: statistics.median(seconds) for name, seconds in times.items()}
    rate = {name: round(len(paths) / seconds, 1) for name, seconds in middle.items()}
    ours = times["course_lite0"]
    ratios = {
        name: round(statistics.median(t / o for t, o in zip(seconds, ours, strict=True)), 3)
        for name, seconds in times.items()
        if name != "course_lite0"
    }
    return {"images_per_second": rate, "course_is_times_as_fast": ratios, "rounds": args.rounds}


def course_rival(paths: list[Path]) -> Callable[[], np.ndarray]:
    """features.extract with an empty cache each time."""
    from course_utils import features

    def work() -> np.ndarray:
        with tempfile.TemporaryDirectory() as folder:
            kept = os.environ.get("COURSE_CACHE")
            os.environ["COURSE_CACHE"] = folder
            try:
                return features.extract(paths)
            finally:
                os.environ.pop("COURSE_CACHE")
                if kept is not None:
                    os.environ["COURSE_CACHE"] = kept

    return work


def onnx_rival(paths: list[Path]) -> Callable[[], np.ndarray]:
    """The same network in ONNX Runtime, fed by the same threads with the same batches."""
    import onnx_graph
    import onnxruntime

    from course_utils import backbones, features

    model = backbones.load("efficientnet_lite0", pooling="avg")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "lite0.onnx")
        onnx_graph.write(model, file)
        session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])

    def rows(chunk: list[Path]) -> np.ndarray:
        pixels = [
            photos.reading.resized(photos.decode(path.read_bytes(), path), 224) for path in chunk
        ]
        return session.run(None, {"image": np.stack(pixels)})[0]

    def work() -> np.ndarray:
        return np.concatenate([table for _, table in features.extraction._batches(paths, rows)])

    difference = np.abs(work() - features.extract(paths)).max()
    if difference > 1e-3:
        raise SystemExit(f"the two networks differ by {difference}: comparing them means nothing")
    return work


def keras_rival(paths: list[Path], backbone: str) -> Callable[[], np.ndarray]:
    """What a learner writes: all photos into an array, then model.predict."""
    from course_utils import backbones

    model = backbones.load(backbone, pooling="avg")
    side = model.input_shape[1]
    return lambda: model.predict(
        np.stack([photos.read(path, side) for path in paths]), batch_size=32, verbose=0
    )


def dataset_rival(paths: list[Path], backbone: str) -> Callable[[], np.ndarray]:
    """What the Keras guides write: ``image_dataset_from_directory``, then model.predict(dataset)."""
    import keras

    from course_utils import backbones

    model = backbones.load(backbone, pooling="avg")
    size = model.input_shape[1:3]
    folder = Path(os.path.commonpath(paths))
    wanted = {str(path) for path in paths}
    options = {"labels": None, "image_size": size, "batch_size": 32, "shuffle": False}
    found = keras.utils.image_dataset_from_directory(folder, **options)
    if len(wanted.intersection(found.file_paths)) != len(paths):
        raise SystemExit("image_dataset_from_directory does not find the same photos")

    def work() -> np.ndarray:
        dataset = keras.utils.image_dataset_from_directory(folder, verbose=False, **options)
        return model.predict(dataset, verbose=0)

    return work


# ------------------------------------------------------------------------------ the VGG16 recipe


def recipe(args: argparse.Namespace) -> dict[str, object]:
    """The articles' recipe against frozen Lite0 features and a linear head, both on 200 photos.

    The recipe: frozen VGG16, pixels / 255, Flatten, Dense(256), Adam, batches of 32 through the
    whole network in every epoch, steps_per_epoch=100. Loading of networks is not counted. Both
    are scored on the 80 test and web photos after every epoch; scoring is not counted either.
    """
    train = photos.default("train")
    tests = [photos.default(split) for split in ("test", "web")]
    paths, truth = tests[0].paths + tests[1].paths, np.concatenate([t.labels for t in tests])
    seconds, accuracy = ours(train, paths, truth)
    history = articles(train, paths, truth, args)
    best = max(share for _, share in history)
    until = next(spent for spent, share in history if share >= min(best, accuracy))
    ran = history[-1][0]
    in_all = ran / args.epochs * PRINTED_EPOCHS  # seconds only; accuracy is never extrapolated
    return {
        "course": {"seconds": round(seconds, 3), "accuracy": round(accuracy, 4)},
        "articles": {
            "epochs_run": args.epochs,
            "steps_per_epoch": args.steps,
            "accuracy_by_epoch": [round(share, 4) for _, share in history],
            "seconds_to_the_best_of_these": round(until, 1),
            "seconds_of_these": round(ran, 1),
            f"seconds_of_the_printed_{PRINTED_EPOCHS}_epochs": round(in_all, 1),
            "these_seconds_are_extrapolated": args.epochs != PRINTED_EPOCHS,
        },
        "times_less_than_the_epochs_run": round(ran / seconds, 1),
        "times_less_to_their_best": round(until / seconds, 1),
        "times_less_than_printed": round(in_all / seconds, 1),
    }


def ours(train: photos.PhotoSet, paths: list[Path], truth: np.ndarray) -> tuple[float, float]:
    """Seconds from files to the trained head (network loaded, no feature cached), accuracy."""
    from course.learner.classifier import head
    from course_utils import features

    extract = course_rival(train.paths)
    extract()  # loads and traces the network
    fitted = head.regression(0.1)
    seconds = timed(lambda: fitted.fit(extract(), train.labels))
    return seconds, float((fitted.predict(features.extract(paths)) == truth).mean())


def articles(
    train: photos.PhotoSet, paths: list[Path], truth: np.ndarray, args: argparse.Namespace
) -> list[tuple[float, float]]:
    """(seconds of training so far, accuracy) after each epoch."""
    import keras

    from course_utils import backbones

    keras.utils.set_random_seed(7)
    base = backbones.load("vgg16", preprocessing=False)
    base.trainable = False
    image = keras.Input(base.input_shape[1:])
    x = base(keras.layers.Rescaling(1 / 255)(image))
    x = keras.layers.Dense(256, activation="relu")(keras.layers.Flatten()(x))
    model = keras.Model(image, keras.layers.Dense(1, activation="sigmoid")(x))
    model.compile("adam", "binary_crossentropy")
    images = train.images(base.input_shape[1:3])
    test = np.stack([photos.read(path, base.input_shape[1:3]) for path in paths])
    random, spent, history = np.random.default_rng(7), 0.0, []
    for _ in range(args.epochs):
        order = random.permutation(np.resize(np.arange(len(images)), args.steps * 32))
        batches = order.reshape(args.steps, 32)
        spent += timed(
            lambda batches=batches: [
                model.train_on_batch(images[batch], train.labels[batch, None]) for batch in batches
            ]
        )
        guesses = model.predict(test, verbose=0)[:, 0] > 0.5
        history.append((spent, float((guesses == truth).mean())))
    return history


# --------------------------------------------- course train --method features as a process


def train(args: argparse.Namespace) -> dict[str, object]:
    """Wall time and peak memory of ``course train --method features``: extracting, then cached."""
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"COURSE_CACHE": folder}
        photos.default("all")
        env["COURSE_ASSETS"] = str(_assets_folder())
        command = [sys.executable, "-m", "course.cli", "train", "--method", "features"]
        command += ["--out", f"{folder}/m.keras"]
        cold = _run_measured(command, env)
        warm = [_run_measured(command, env) for _ in range(args.rounds)]
    warm.sort(key=lambda run: run["seconds"])
    return {"features_to_extract": cold, "features_cached": warm[len(warm) // 2]}


def _assets_folder() -> Path:
    from course_utils import assets

    return assets.fetch("default_photos").parents[1]


def _run_measured(command: list[str], env: dict[str, str]) -> dict[str, float]:
    """Wall seconds and peak resident memory of one process."""
    start, peak = time.perf_counter(), 0
    process = psutil.Popen(command, env=env, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        with contextlib.suppress(OSError, psutil.Error):  # it ended just now
            peak = max(peak, peak_bytes(process))
        time.sleep(0.02)
    if process.returncode:
        raise SystemExit(f"{command} failed with {process.returncode}")
    return {
        "seconds": round(time.perf_counter() - start, 2),
        "peak_memory_gb": round(peak / 1e9, 3),
    }


# ------------------------------------------------------------------------------- many photos


def stream(args: argparse.Namespace) -> dict[str, object]:
    """Time and peak memory for a quarter, half and all of --photos distinct files."""
    found = []
    for count in (args.photos // 4, args.photos // 2, args.photos):
        command = [sys.executable, __file__, "--child", str(count)]
        answer = subprocess.run(
            command, capture_output=True, text=True, check=True, encoding="utf-8"
        )
        found.append(json.loads(answer.stdout))
    first, last = found[0], found[-1]
    pixels = [row["peak_memory_gb"] - row["features_gb"] for row in (first, last)]
    return {
        "runs": found,
        "time_ratio_to_linear": round(
            last["seconds"] / first["seconds"] / (last["photos"] / first["photos"]), 3
        ),
        "memory_growth_gb_without_the_table": round(pixels[1] - pixels[0], 3),
    }


def stream_child(count: int) -> dict[str, float]:
    """Extract ``count`` files that differ in a few bytes after the picture's end."""
    from course_utils import features

    train_paths = photos.default("train").paths
    warm, originals = train_paths[:8], [path.read_bytes() for path in train_paths]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COURSE_CACHE"] = folder
        paths = [Path(folder, f"{i}.jpg") for i in range(count)]
        for i, path in enumerate(paths):
            path.write_bytes(originals[i % len(originals)] + i.to_bytes(4, "big"))
        features.extract(warm)  # loads and traces the network
        start = time.perf_counter()
        table = features.extract(paths)
        seconds = time.perf_counter() - start
    return {
        "photos": count,
        "seconds": round(seconds, 2),
        "images_per_second": round(count / seconds, 1),
        "peak_memory_gb": peak_memory_gb(),
        "features_gb": round(table.nbytes / 1e9, 3),
    }


PARTS = {"throughput": throughput, "recipe": recipe, "train": train, "stream": stream}

if __name__ == "__main__":
    main()
