"""The long version of lesson 07's measurements, for ``course build --full 07``.

The functions that are measured stand in the lesson; they are taken from its source here, so that the
stored table and the short rerun in the lesson cannot drift apart.
"""

import ast
import importlib
import os
import time
from pathlib import Path

import course_utils  # first, so that TensorFlow starts without its messages

LESSON = Path(__file__).with_name("07_feature_extraction.py")
SIZES = [4, 5, 10, 20, 50, 100, 200]  # labelled photos
REPEATS, SCRATCH_REPEATS, RANDOM_NETWORKS = 40, 8, 4
CANDIDATES = [
    "efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2", "mobilenet_v2",
    "squeezenet", "vgg16",
]  # fmt: skip


def measure() -> dict:
    """Everything that the lesson shows from data/results/07.json, under ``full``."""
    lesson = from_lesson()
    resnet50 = resnet50_tables(lesson)
    rows = {name: backbone_row(lesson, name) for name in CANDIDATES}
    rows["resnet50"] = judged(lesson, resnet50["ResNet50, own, GAP"]) | {"leep": None}
    return {
        "curve": curve(lesson),
        "longer": [round(float(lesson["score_scratch"](r, 200, steps=1000)), 4) for r in range(2)],
        "backbones": rows,
        "recipes": recipes(lesson, resnet50),
        "sources": [lesson["score_sources"](seed) for seed in range(5)],
        "seconds": seconds(lesson),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def from_lesson() -> dict:
    """The lesson's imports, functions and the assignments that these need."""
    wanted = {"all_photos", "y", "x", "images", "thumbnails"}
    keep = []
    for node in ast.parse(LESSON.read_text(encoding="utf-8")).body:
        names = {t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)}
        imports = isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef)
        if imports or names & wanted:
            keep.append(node)
    namespace: dict = {}
    exec(compile(ast.Module(keep, []), str(LESSON), "exec"), namespace)  # noqa: S102 (our own)
    return namespace


def curve(lesson: dict) -> dict:
    """method → number of labelled photos → accuracies, one for each repeat (always the same draw)."""
    networks = [lesson["random_features"](seed) for seed in range(RANDOM_NETWORKS)]
    frozen, x = lesson["score_frozen"], lesson["x"]
    is_right = lesson["zero_shot"](lesson["imagenet"](lesson["images"])) == lesson["y"]
    scores = {
        "zero-shot": lambda r, n: is_right[lesson["draw"](r)[1]].mean(),
        "pretrained": lambda r, n: frozen(x, r, n),
        "random": lambda r, n: frozen(networks[r % RANDOM_NETWORKS], r, n),
        "scratch": lesson["score_scratch"],
    }
    repeats = dict.fromkeys(scores, REPEATS) | {"scratch": SCRATCH_REPEATS}
    return {
        name: {str(n): [round(float(score(r, n)), 4) for r in range(repeats[name])] for n in SIZES}
        for name, score in scores.items()
    }


def backbone_row(lesson: dict, name: str) -> dict:
    """Probe, nearest neighbours and LEEP on the training photos, and the check on the others.

    LEEP needs the 1,000 probabilities: None for networks whose weights have no head.
    """
    from course_utils import backbones, features

    spec, score = backbones.SPECS[name], None
    if spec.has_top:
        p = lesson["imagenet"](lesson["all_photos"].images(spec.size)[:200], name)
        score = round(float(lesson["leep"](p, lesson["y"][:200])), 4)
    return judged(lesson, features.extract(lesson["all_photos"], name)) | {"leep": score}


def judged(lesson: dict, x) -> dict:
    """Probe with its standard error, neighbours, and how many of the other photos are right."""
    probe, error, neighbours, n_right = map(float, lesson["judge_backbone"](x))
    rounded = {"probe": probe, "error": error, "neighbours": neighbours}
    return {key: round(value, 4) for key, value in rounded.items()} | {"n_right": int(n_right)}


def recipes(lesson: dict, resnet50: dict) -> dict:
    """The articles' VGG16 and ResNet50, as printed and repaired: accuracies with 60 labels."""
    tables = lesson["vgg16_tables"]() | resnet50
    score = lesson["score_frozen"]
    return {name: [round(score(x, r, 60), 4) for r in range(10)] for name, x in tables.items()}


def resnet50_tables(lesson: dict) -> dict:
    """Features of all photos: S4 as printed feeds raw RGB to kernels that expect BGR minus its mean."""
    import numpy as np

    from course_utils import backbones

    resnet50, images, tables = _benchmark("resnet50"), lesson["images"], {}
    for name, preprocessing in (("raw", False), ("own", True)):
        model = resnet50.load(pooling="avg", preprocessing=preprocessing)
        predict = backbones.predictor(model)
        batches = [predict(images[i : i + 8]) for i in range(0, len(images), 8)]
        tables[f"ResNet50, {name}, GAP"] = np.concatenate(batches)
    return tables


def _benchmark(name: str):
    """A module of benchmarks/: its weights come from elsewhere than the lessons' own."""
    import sys

    from course_utils import paths

    sys.path.append(str(paths.ROOT / "benchmarks"))
    return importlib.import_module(name)


def seconds(lesson: dict) -> dict:
    """200 photos, 5 epochs: through the network each time, or once; and the small CNN."""
    import numpy as np

    from course_utils import backbones

    model, photos, y = lesson["whole_model"](), lesson["images"][:200], lesson["y"][:200]
    model.fit(photos[:16].astype("float32"), y[:16], epochs=1, verbose=0)  # prepares
    order = np.random.default_rng(0).permutation(200)
    photos, y = photos[order].astype("float32"), y[order]
    end_to_end = _clock(lambda: model.fit(photos, y, epochs=5, verbose=0))
    predict = backbones.predictor(backbones.load("efficientnet_lite0", pooling="avg"))
    predict(photos[:16])
    once = _clock(lambda: [predict(photos[i : i + 16]) for i in range(0, 200, 16)])
    features, head = lesson["x"][order], lesson["new_head"]()
    head.fit(features[:16], y[:16], epochs=1, verbose=0)
    return {
        "end to end": round(end_to_end, 2),
        "features once": round(once, 2),
        "head": round(_clock(lambda: head.fit(features, y, epochs=5, verbose=0)), 2),
        "scratch": round(_clock(lambda: lesson["score_scratch"](0, 200)), 2),
    }


def _clock(work) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
