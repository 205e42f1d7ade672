"""The long version of lesson 10's measurements, for ``course build --full 10``.

The functions that are measured stand in the lesson; they are taken from its source here, so that the
stored numbers and the short runs in the lesson cannot drift apart.
"""

import os
from pathlib import Path

import course_utils  # (first, so that TensorFlow starts without its messages)
from course_utils.evaluation import t_interval
from course_utils.long_runs import from_lesson, packed

LESSON = Path(__file__).with_name("10_cross_validation_and_tuning.py")
WANTED = "all_photos y BACKBONES POOLINGS CS CORNERS crops SPACE tables FIXED".split()
SIZES, WIDTH_DRAWS = [20, 40, 60, 100, 200], 200  # how wide is a score
REPEATS, REPEAT_DRAWS = 20, 100  # repeated cross-validation of 60 photos
SEEDS = 12  # of the mapped space
SHAPES = {"accuracy": (60, 5), "loss": (60, -1), "true": (60, 2), "nested": (2,)}
LOCAL = Path(os.environ.get("COURSE_TEST_PHOTOS") or LESSON.parents[2] / "shared" / "photos")


def measure(keep=lambda name, compute: compute()) -> dict:
    """Everything that the lesson shows from data/results/10.json, under ``full``.

    keep(name, compute): gives what compute() gave, in this run or in one that was cut off.
    """
    lesson = from_lesson(LESSON, WANTED)
    draws = {
        kind: [
            keep(f"{kind} {seed}", lambda seed=seed, kind=kind: one_draw(lesson, seed, kind))
            for seed in range(SEEDS)
        ]
        for kind in ("real", "noise")
    }
    widths_of = keep("widths", lambda: widths(lesson))
    return {
        "widths": {n: packed(rows) for n, rows in widths_of.items()},
        "repeated": packed(keep("repeated", lambda: repeated(lesson))),
        "draws": {kind: [pack_draw(found) for found in many] for kind, many in draws.items()},
        "fresh": keep("fresh", lambda: fresh(lesson)),
    }


def pack_draw(found: dict) -> dict[str, str]:
    """A draw as texts."""
    return {key: packed(value) for key, value in found.items()}


def unpacked(text: str, *shape: int):
    """The array of such a text."""
    import numpy as np

    return np.array(text.split(), float).reshape(shape)


def one_draw(lesson: dict, seed: int, kind: str) -> dict:
    """60 photos with labels: the map of the space, what the other photos say about it, and nested.

    kind: "real", or "noise" for labels that are shuffled, among the 60 and among the others. loss:
    (60, 10), of two times five folds; true: accuracy and loss of each setting on the other photos.
    """
    import numpy as np

    mine, rest = lesson["draw"](seed)
    labels, rng = lesson["y"].copy(), np.random.default_rng(1000 + seed)
    if kind == "noise":
        for part in (mine, rest):  # as many cats as dogs in each, as before
            labels[part] = rng.permutation(labels[part])
    repeats = 2 if kind == "real" else 1
    table = lesson["mapped"](lesson["folds_of"](mine, seed, repeats, labels), labels)
    truth = lesson["mapped"]([(mine, rest)], labels)[:, 0]
    z, t = lesson["nested"](mine, seed, labels), labels[mine]
    nested = [
        np.mean((z["accuracy"] > 0) == t),
        np.logaddexp(0, np.where(t == 1, -z["loss"], z["loss"])).mean(),
    ]
    print(kind, seed, flush=True)
    return {
        "accuracy": table[:, :5, 0].round(4).tolist(),
        "loss": table[..., 1].round(4).tolist(),
        "true": truth.round(4).tolist(),
        "nested": np.round(nested, 4).tolist(),
    }


def widths(lesson: dict) -> dict:
    """One fixed head: of each draw the accuracies of its 5 folds, how many are right, and the truth."""
    import numpy as np

    rows: dict[str, list] = {}
    for n in SIZES:
        rows[str(n)] = []
        for seed in range(WIDTH_DRAWS):
            mine, rest = lesson["draw"](seed, n)
            folds = lesson["folds_of"](mine, seed)
            scores = lesson["fold_scores"](lesson["FIXED"], folds)[:, 0]
            n_right = sum(s * len(judge) for s, (_, judge) in zip(scores, folds, strict=True))
            true = lesson["fold_scores"](lesson["FIXED"], [(mine, rest)])[0, 0]
            rows[str(n)].append([*scores.round(4).tolist(), round(n_right), round(float(true), 4)])
        print(n, np.mean(rows[str(n)], axis=0).round(3), flush=True)
    return rows


def repeated(lesson: dict) -> list:
    """60 photos, dealt into folds 20 times: the mean accuracy of each dealing, draw by draw."""
    import numpy as np

    rows = []
    for seed in range(REPEAT_DRAWS):
        mine, rest = lesson["draw"](seed)
        folds = lesson["folds_of"](mine, seed, repeats=REPEATS)
        scores = lesson["fold_scores"](lesson["FIXED"], folds)[:, 0]
        true = lesson["fold_scores"](lesson["FIXED"], [(mine, rest)])[0, 0]
        dealings = scores.reshape(REPEATS, 5).mean(axis=1)
        rows.append([true, *dealings, scores.std(ddof=1)])
    return np.round(rows, 4).tolist()


def fresh(lesson: dict) -> dict:
    """Each setting, trained on the 200 training photos, on the 1,000 local photos."""
    import numpy as np

    from course_utils import features, photos

    test = photos.load_folder(LOCAL / "cats_dogs_1000")
    rows = []
    for backbone in lesson["BACKBONES"]:
        for pooling in lesson["POOLINGS"]:
            x = features.extract(lesson["all_photos"].subset(range(200)), backbone, pooling)
            x_test = features.extract(test, backbone, pooling)
            unit = features.extract(lesson["all_photos"], backbone, pooling).std()
            for C in lesson["CS"]:
                head = lesson["LogisticRegression"](C=C, tol=1e-6, max_iter=1000)
                head.fit(x / unit, lesson["y"][:200])
                rows.append(int((head.predict(x_test / unit) == test.labels).sum()))
    return {"right": rows, "n": len(test)}


def _optimism(results: dict, labels: str, what: str, how: str) -> list[float]:
    """Draw by draw, how much better the score looks than the other photos say."""
    import numpy as np

    column, gaps = {"accuracy": 0, "loss": 1}[what], []
    for draw in results["draws"][labels]:
        found = {key: unpacked(text, *SHAPES[key]) for key, text in draw.items()}
        means = found[what].reshape(60, -1)[:, :5].mean(axis=1)
        best = means.argmax() if what == "accuracy" else means.argmin()
        score = means[best] if how == "flat" else found["nested"][column]
        gap = score - found["true"][best, column]
        gaps.append(float(gap if what == "accuracy" else -gap))
    return gaps


def _of_folds(results: dict, n: int) -> float:
    """Share of the intervals mean ± 1.96 s/√5 that hold the mean accuracy on the other photos."""
    import numpy as np

    rows = unpacked(results["widths"][str(n)], -1, 7)
    half = 1.96 * rows[:, :5].std(axis=1, ddof=1) / np.sqrt(5)
    return float(np.mean(np.abs(rows[:, :5].mean(axis=1) - rows[:, 6].mean()) <= half))


def _swing(results: dict) -> tuple[float, float]:
    """(real swing of the mean of 20 dealings, what the 100 fold scores claim)"""
    import numpy as np

    rows = unpacked(results["repeated"], -1, 22)
    return float(rows[:, 1:21].mean(axis=1).std(ddof=1)), float(rows[:, 21].mean() / 10)


def _grids_minus_random(results: dict) -> list[float]:
    """Draw by draw: extra loss of the mean of the 45 grids, over that of random search."""
    import itertools

    import numpy as np

    lesson, gaps = from_lesson(LESSON, WANTED), []
    seeds = [np.random.default_rng(seed) for seed in range(100)]
    for draw in results["draws"]["real"]:
        losses = unpacked(draw["loss"], 60, -1)
        true = unpacked(draw["true"], 60, 2)[:, 1]
        pairs = itertools.combinations(range(10), 2)
        grids = [true[lesson["grid"](losses, two)] for two in pairs]
        at_random = [true[lesson["random_search"](losses, rng)] for rng in seeds]
        gaps.append(float(np.mean(grids) - np.mean(at_random)))
    return gaps


# What the lesson says about its stored numbers, for course build --full --check 10.
CLAIMS = [
    (
        "60 张照片：各折给出的 95% 区间，包含真实值的不到 85%",
        "60 photos: less than 85% of the folds' 95% intervals hold the true value",
        lambda results: _of_folds(results, 60) < 0.85,
    ),
    (
        "20 张照片：不到 70%",
        "20 photos: less than 70%",
        lambda results: _of_folds(results, 20) < 0.7,
    ),
    (
        "重复 20 次：真正的摆动是所声称的 2 倍以上",
        "20 repeats: the real swing is more than 2 times what is claimed",
        lambda results: _swing(results)[0] > 2 * _swing(results)[1],
    ),
    (
        "45 种网格的平均，多出的损失比随机搜索大",
        "the mean of the 45 grids has more extra loss than random search",
        lambda results: t_interval(_grids_minus_random(results)),
    ),
    (
        "平的损失好看得过头",
        "the flat loss looks too good",
        lambda results: t_interval(_optimism(results, "real", "loss", "flat")),
    ),
    (
        "平的准确率好看得过头",
        "the flat accuracy looks too good",
        lambda results: t_interval(_optimism(results, "real", "accuracy", "flat")),
    ),
    (
        "标签打乱：平的准确率好看得过头",
        "shuffled labels: the flat accuracy looks too good",
        lambda results: t_interval(_optimism(results, "noise", "accuracy", "flat")),
    ),
]
