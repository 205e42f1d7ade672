"""The full measurements of lesson 06: ``course build --full 06`` keeps them in data/results/06.json.

Five transformations on each of two networks with 20 draws of training photos. The lesson shows
VGG16's table and measures a part of it again.
"""

from collections.abc import Callable

import numpy as np

MEAN = np.float32([123.675, 116.28, 103.53])
STD = np.float32([58.395, 57.12, 57.375])
# How pixels 0–255 reach the bare network.
TRANSFORMATIONS = {
    "(x-127)/128": lambda x: (x - 127) / 128,
    "mean/std": lambda x: (x - MEAN) / STD,
    "x/255": lambda x: x / 255,
    "raw": lambda x: x,
}
RIGHT = {"efficientnet_lite0": "(x-127)/128", "vgg16": "mean/std"}
BGR = "own, BGR"  # the network's own, but with red and blue swapped
N_TRAIN, SEEDS = 200, 20


def measure(keep=lambda name, compute: compute()) -> dict:
    """Accuracies: shares of the 116 photos held out.

    keep(name, compute): gives what compute() gave, in this run or in one that was cut off.
    """
    found = {name: keep(name, lambda name=name: _ablation(name)) for name in RIGHT}
    return {"preprocessing": found}


def _loss(results: dict, name: str, wrong: str, n_train: int = 200) -> float:
    """What wrong pixels cost: accuracy of the right preprocessing minus that of the wrong one."""
    rows = results["preprocessing"][name]
    return rows[RIGHT[name]][f"probe_{n_train}"][0] - rows[wrong][f"probe_{n_train}"][0]


def _mismatch(results: dict, wrong: str, n_train: int = 60) -> float:
    """What wrong pixels cost VGG16 in use, after training on the right ones."""
    rows, way = results["preprocessing"]["vgg16"], f"mismatch_{n_train}"
    return rows[RIGHT["vgg16"]][way][0] - rows[wrong][way][0]


# What the lesson says about its stored table, for course build --full --check 06.
CLAIMS = [
    (
        "像素不缩放时，Lite0 损失 0.1 以上",
        "raw pixels cost Lite0 more than 0.1",
        lambda results: _loss(results, "efficientnet_lite0", "raw") > 0.1,
    ),
    (
        "像素不缩放时，VGG16 损失 0.1 以上",
        "raw pixels cost VGG16 more than 0.1",
        lambda results: _loss(results, "vgg16", "raw") > 0.1,
    ),
    (
        "换成 mean/std，Lite0 的差不到 0.02",
        "mean/std changes Lite0 by less than 0.02",
        lambda results: abs(_loss(results, "efficientnet_lite0", "mean/std")) < 0.02,
    ),
    (
        "红蓝对调，60 张时两个网络的差都不到 0.03",
        "red and blue swapped, 60 photos: both networks change by less than 0.03",
        lambda results: all(abs(_loss(results, name, BGR, 60)) < 0.03 for name in RIGHT),
    ),
    (
        "VGG16 使用时除以 255，训练 60 张和 200 张都损失 0.15 以上",
        "VGG16 divided by 255 in use loses more than 0.15, trained on 60 and on 200 photos",
        lambda results: all(_mismatch(results, "x/255", n) > 0.15 for n in (60, 200)),
    ),
    (
        "VGG16 使用时红蓝对调，60 张时损失 0.02 到 0.1",
        "VGG16 with red and blue swapped in use, 60 photos: loses 0.02 to 0.1",
        lambda results: 0.02 < _mismatch(results, BGR) < 0.1,
    ),
]


def _ablation(name: str) -> dict:
    """Transformation → accuracies of a linear probe on it: mean and sd over draws of photos.

    BGR swaps red and blue: x[-1] first, before the scale of each channel, so that VGG16's means
    meet the wrong channels, as with photos that OpenCV has read.
    """
    from course_utils import photos

    everything = photos.default("all")
    images, y = everything.images(224), everything.labels
    own = TRANSFORMATIONS[RIGHT[name]]
    all_five = TRANSFORMATIONS | {BGR: lambda x: own(x[..., ::-1])}
    features = {key: _features(name, images, change) for key, change in all_five.items()}
    right = features[RIGHT[name]]
    return {key: _row(right, found, y) for key, found in features.items()}


def _features(name: str, images: np.ndarray, change: Callable) -> np.ndarray:
    from course_utils import backbones

    network = backbones.predictor(backbones.load(name, pooling="avg", preprocessing=False))
    batches = (images[i : i + 4].astype(np.float32) for i in range(0, len(images), 4))
    return np.concatenate([network(change(batch)) for batch in batches])


def _row(right: np.ndarray, found: np.ndarray, y: np.ndarray) -> dict:
    row = {}
    for n_train in (20, 60, 200):
        draws = range(SEEDS if n_train < N_TRAIN else 1)  # all 200: nothing to draw
        row[f"probe_{n_train}"] = _mean_sd([_accuracy(found, found, y, d, n_train) for d in draws])
    row["mismatch_60"] = _mean_sd([_accuracy(right, found, y, d, 60) for d in range(SEEDS)])
    row["mismatch_200"] = _mean_sd([_accuracy(right, found, y, 0, N_TRAIN)])
    return row


def _accuracy(train: np.ndarray, test: np.ndarray, y: np.ndarray, draw: int, n_train: int) -> float:
    """Of the 116 photos held out, after training on n_train of the 200, half of each class."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rng, held_out = np.random.default_rng(draw), slice(N_TRAIN, None)
    drawn = [rng.permutation(np.flatnonzero(y[:N_TRAIN] == k))[: n_train // 2] for k in (0, 1)]
    chosen = np.concatenate(drawn)
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    return probe.fit(train[chosen], y[chosen]).score(test[held_out], y[held_out])


def _mean_sd(values: list[float]) -> list[float]:
    sd = np.std(values, ddof=1) if len(values) > 1 else 0.0
    return [round(float(np.mean(values)), 3), round(float(sd), 3)]
