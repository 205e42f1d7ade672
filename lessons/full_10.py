"""The long version of lesson 10's measurements, for ``course build --full 10``.

The functions that are measured stand in the lesson; they are taken from its source here, so that the
stored numbers and the short runs in the lesson cannot drift apart.
"""

import ast
import os
from pathlib import Path

import course_utils  # (first, so that TensorFlow starts without its messages)

LESSON = Path(__file__).with_name("10_cross_validation_and_tuning.py")
SIZES, WIDTH_DRAWS = [20, 40, 60, 100, 200], 200  # how wide is a score
REPEATS, REPEAT_DRAWS = 20, 100  # repeated cross-validation of 60 photos
DRAWS = 16  # of the mapped space
LOCAL = Path(os.environ.get("COURSE_TEST_PHOTOS") or LESSON.parents[2] / "shared" / "photos")


def measure(keep=lambda name, compute: compute()) -> dict:
    """Everything that the lesson shows from data/results/10.json, under ``full``.

    keep(name, compute): gives what compute() gave, in this run or in one that was cut off.
    """
    lesson = from_lesson()
    draws = [
        keep(f"draw {seed}", lambda seed=seed: one_draw(lesson, seed)) for seed in range(DRAWS)
    ]
    return {
        "widths": keep("widths", lambda: widths(lesson)),
        "repeated": keep("repeated", lambda: repeated(lesson)),
        "draws": draws,
        "fresh": keep("fresh", lambda: fresh(lesson)),
    }


def from_lesson() -> dict:
    """The lesson's imports, functions and the assignments that these need."""
    wanted = {
        "all_photos",
        "y",
        "BACKBONES",
        "POOLINGS",
        "CS",
        "CORNERS",
        "crops",
        "SPACE",
        "tables",
        "FIXED",
    }
    keep = []
    for node in ast.parse(LESSON.read_text(encoding="utf-8")).body:
        names = {t.id for t in getattr(node, "targets", []) if isinstance(t, ast.Name)}
        imports = isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef)
        if imports or names & wanted:
            keep.append(node)
    namespace: dict = {}
    exec(compile(ast.Module(keep, []), str(LESSON), "exec"), namespace)  # noqa: S102 (our own)
    return namespace


def one_draw(lesson: dict, seed: int) -> dict:
    """60 photos with labels: the map, what other photos say about it, nested, and random labels.

    table: (60, 10) losses and accuracies of two times five folds. truth: of each setting, trained on
    all 60, on the 256 other photos.
    """
    import numpy as np

    mine, rest = lesson["draw"](seed)
    found = {}
    noise = np.random.default_rng(1000 + seed).permutation(lesson["y"])
    for name, labels, repeats in (("real", lesson["y"], 2), ("noise", noise, 1)):
        table = lesson["mapped"](lesson["folds_of"](mine, seed, repeats, labels), labels)
        truth = lesson["mapped"]([(mine, rest)], labels)[:, 0]
        z, t = lesson["nested"](mine, seed, labels), labels[mine]
        nested = [
            np.mean((z["accuracy"] > 0) == t),
            np.logaddexp(0, np.where(t == 1, -z["loss"], z["loss"])).mean(),
        ]
        found[name] = {
            "accuracy": table[:, :5, 0].round(4).tolist(),
            "loss": table[..., 1].round(4).tolist(),
            "true": truth.round(4).tolist(),
            "nested": np.round(nested, 4).tolist(),
        }
    print("draw", seed, flush=True)
    return found


def widths(lesson: dict) -> dict:
    """One fixed head: of each draw the accuracies of its 5 folds, how many are right, and the truth."""
    import numpy as np

    rows = {}
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
