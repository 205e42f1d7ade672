"""Long measurements of lesson 14: ``course build --full 14`` writes them to data/results/14.json.

All of them are about one frozen network, EfficientNet-Lite0, and a logistic regression on its features.
"""

import re
from functools import cache

import keras
import numpy as np
import tensorflow as tf
from PIL import Image, ImageFilter
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import GroupKFold, StratifiedKFold

import course_utils  # first, so that TensorFlow starts without its messages
from course_utils import assets, backbones, features, photos
from course_utils.evaluation import t_interval
from course_utils.long_runs import packed, rounded

SEEDS, SHUFFLES = 20, 9
SIZES = (20, 60, 200, 1000)
RING = 28  # pixels of 224 at each side that stay when the middle is covered


# --- the films ---


class Films:
    """All X-rays: classes, numbers of patients, features, small pictures."""

    def __init__(self) -> None:
        self.root = assets.fetch("chest_xray")
        self.files = np.array(sorted(self.root.rglob("*.jpeg")))
        names = [file.name for file in self.files]
        self.y = np.array([file.parent.name == "PNEUMONIA" for file in self.files]).astype(int)
        self.test = np.array([file.parent.parent.name == "test" for file in self.files])
        # person12 is one number; what follows it (bacteria, virus) may be another person's
        self.number = np.array([re.match(r"person\d+|(NORMAL2-)?IM-\d+", n)[0] for n in names])
        self.patient = np.array(
            [re.match(r"person\d+_[a-z]+|(NORMAL2-)?IM-\d+", n)[0] for n in names]
        )
        self.train = ~self.test & ~np.isin(self.number, self.number[self.test])
        found = features.extract(self.files)
        self.mean, self.scale = found[self.train].mean(0), found[self.train].std(0) + 1e-6
        self.x = (found - self.mean) / self.scale
        small = np.stack([photos.read(file, 32)[..., 0] for file in self.files]).astype("float32")
        self.small = small
        flat = small.reshape(len(small), -1)
        self.pixels = (flat - flat[self.train].mean(0)) / flat[self.train].std(0)

    def big(self, places) -> np.ndarray:
        return np.stack([photos.read(file, 224) for file in self.files[places]]).astype("float32")


@cache
def films() -> Films:
    return Films()


@cache
def network() -> tuple[keras.Model, object]:
    """The bare backbone and a compiled function: pictures (n, 224, 224, 3) -> maps (n, 7, 7, 1280)."""
    net = backbones.load("efficientnet_lite0")
    return net, tf.function(lambda x: net(x, training=False))


def maps_of(images, batch=49) -> np.ndarray:
    run = network()[1]
    return np.concatenate(
        [run(tf.constant(images[i : i + batch])) for i in range(0, len(images), batch)]
    )


def standard(images) -> np.ndarray:
    """Standardised features (n, 1280) of pictures that are no files."""
    parts = [maps_of(images[i : i + 98]).mean((1, 2)) for i in range(0, len(images), 98)]
    return (np.concatenate(parts) - films().mean) / films().scale


def fitted(x, y, C=0.01, **options):
    return LogisticRegression(C=C, max_iter=2000, **options).fit(x, y)


def log_loss(z, y, weight=None) -> float:
    return float(np.average(np.logaddexp(0, np.where(y == 1, -z, z)), weights=weight))


def expected_calibration_error(p, y, weight=None, n_bins=10) -> float:
    """Weighted mean over bins of |mean p - share of pneumonia|."""
    weight = np.ones(len(p)) if weight is None else weight
    which = np.minimum((p * n_bins).astype(int), n_bins - 1)
    gaps = [abs((weight * (p - y))[which == k].sum()) for k in range(n_bins)]
    return float(np.sum(gaps) / weight.sum())


# --- the leak: other films of the same patient in training, or not ---


def leak(seed: int) -> dict:
    """One film is judged of each patient with several: by a model that saw the patient's other films, and
    by one that saw those of as many other patients. All of them have pneumonia: its numbers are persons'.
    """
    data, rng = films(), np.random.default_rng(seed)
    ill = rng.permutation(np.flatnonzero(data.y == 1))
    n_of = dict(zip(*np.unique(data.patient, return_counts=True), strict=True))
    several = ill[[n_of[p] > 1 for p in data.patient[ill]]]
    judged = several[np.unique(data.patient[several], return_index=True)[1]]
    half = dict(zip(data.patient[judged], rng.permutation(len(judged)) % 2, strict=True))
    side = np.array([half[p] for p in data.patient[judged]])
    others = np.setdiff1d(several, judged)
    others_side = np.array([half[p] for p in data.patient[others]])
    base = np.r_[np.flatnonzero(data.y == 0), np.setdiff1d(ill, several)]
    row = {"n": len(judged), "n_others": len(others)}
    unit = data.x / np.linalg.norm(data.x, axis=1, keepdims=True)
    for name, x, C in (
        ("frozen", data.x, 0.01),
        ("weak", data.x, 1.0),
        ("pixels", data.pixels, 0.001),
        ("neighbour", unit, 0.0),
    ):
        z = np.zeros((2, len(judged)))  # of the models with the first and the second half
        same = np.zeros((2, len(judged)))
        for k in (0, 1):
            train = np.r_[base, others[others_side == k]]
            if name == "neighbour":
                nearest = train[(x[judged] @ x[train].T).argmax(1)]
                z[k] = 2.0 * data.y[nearest] - 1
                same[k] = data.patient[nearest] == data.patient[judged]
            else:
                z[k] = fitted(x[train], data.y[train], C).decision_function(x[judged])
        for kind, which in (("with", side), ("without", 1 - side)):
            mine = z[which, np.arange(len(judged))]
            row[f"{name} {kind}"] = [float((mine > 0).mean()), log_loss(mine, np.ones(len(mine)))]
            if name == "neighbour":
                row[f"{name} {kind}"][1] = float(same[which, np.arange(len(judged))].mean())
    return row


# --- how many labels ---


def few(seed: int) -> dict:
    data, row = films(), {}
    order = np.random.default_rng(seed).permutation(np.flatnonzero(data.train))
    for n in SIZES:
        train = np.concatenate([order[data.y[order] == k][: n // 2] for k in (0, 1)])
        for name, x, C in (("transfer", data.x, 0.01), ("pixels", data.pixels, 0.001)):
            z = fitted(x[train], data.y[train], C).decision_function(x[data.test])
            row[f"{name} {n}"] = [
                float(((z > 0) == data.y[data.test]).mean()),
                float(roc_auc_score(data.y[data.test], z)),
            ]
    return row


# --- one test set for the explorable ---


def scores() -> dict:
    """Logits of the test films, of the model trained on all training films, by class."""
    data = films()
    model = fitted(data.x[data.train], data.y[data.train])
    z = model.decision_function(data.x[data.test])
    y = data.y[data.test]
    return {
        "normal": packed(np.sort(z[y == 0]).round(2)),
        "pneumonia": packed(np.sort(z[y == 1]).round(2)),
    }


# --- calibration ---


def temperature(z, y) -> float:
    """The T that makes the log loss of z / T smallest, among 400 between 0.1 and 30."""
    ts = np.geomspace(0.1, 30, 400)
    return float(ts[np.argmin([log_loss(z / T, y) for T in ts])])


def calibration(seed: int) -> dict:
    """Train on 400, set T on 200 others, judge on the test films: for a strong and two weak penalties."""
    data, row = films(), {}
    order = np.random.default_rng(seed).permutation(np.flatnonzero(data.train))
    numbers = data.number[order]
    keep = np.sort(np.unique(numbers, return_index=True)[1])  # one film for each number
    train, val = order[keep][:400], order[keep][400:600]
    y = data.y[data.test]
    for C in (0.001, 0.01, 1.0, 100.0):
        model = fitted(data.x[train], data.y[train], C)
        z, z_val = (model.decision_function(data.x[part]) for part in (data.test, val))
        T = temperature(z_val, data.y[val])
        row[str(C)] = [T]
        for logits in (z, z / T):
            p = 1 / (1 + np.exp(-logits))
            row[str(C)] += [
                float(((logits > 0) == y).mean()),
                log_loss(logits, y),
                expected_calibration_error(p, y),
            ]
        row[str(C)].append(float(roc_auc_score(y, z)))
    return row


# --- 95 : 5 ---

STEPS, BATCH, RATE, PENALTY, GAMMA = 1000, 100, 0.01, 0.01, 2.0
REMEDIES = ("plain", "weights", "over", "under", "focal")


def descent(x, y, kind: str, rng) -> tuple[np.ndarray, float]:
    """Adam on the logistic loss with an L2 penalty; every kind takes STEPS batches of BATCH films."""
    rare, common = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    ratio = len(common) / len(rare)
    if kind == "under":
        common = rng.choice(common, len(rare), replace=False)
    w, b = np.zeros(x.shape[1]), 0.0
    m, v, mb, vb = np.zeros_like(w), np.zeros_like(w), 0.0, 0.0
    for step in range(1, STEPS + 1):
        if kind in ("over", "under"):
            batch = np.r_[rng.choice(rare, BATCH // 2), rng.choice(common, BATCH // 2)]
        else:
            batch = rng.choice(len(y), BATCH, replace=False)
        xb, yb = x[batch], y[batch]
        z = xb @ w + b
        p = 1 / (1 + np.exp(-z))
        slope = p - yb
        if kind == "weights":
            weight = np.where(yb == 1, ratio, 1.0)
            slope = slope * weight / (2 * ratio / (ratio + 1))  # mean weight 1
        if kind == "focal":
            right, sign = np.where(yb == 1, p, 1 - p), np.where(yb == 1, 1, -1)
            log_right = -np.logaddexp(0, -sign * z)
            slope = sign * (1 - right) ** GAMMA * (GAMMA * right * log_right - (1 - right))
        g, gb = xb.T @ slope / BATCH + PENALTY * w, slope.mean()
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        mb, vb = 0.9 * mb + 0.1 * gb, 0.999 * vb + 0.001 * gb**2
        rate = RATE * (1 - step / (STEPS + 1)) * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        w, b = w - rate * m / (np.sqrt(v) + 1e-8), b - rate * mb / (np.sqrt(vb) + 1e-8)
    return w, b


def judged(z, y, threshold=0.0) -> list:
    """At 5% pneumonia, whatever the test set's own share: sensitivity, specificity, cost of 1,000 people
    (a miss 19, a false alarm 1), AUC, average precision, log loss, calibration error, mean probability."""
    weight = np.where(y == 1, 0.05 / y.mean(), 0.95 / (1 - y.mean()))
    p = 1 / (1 + np.exp(-z))
    sensitivity, specificity = (z > threshold)[y == 1].mean(), (z <= threshold)[y == 0].mean()
    cost = 50 * 19 * (1 - sensitivity) + 950 * (1 - specificity)
    return [float(v) for v in (
        sensitivity, specificity, cost, roc_auc_score(y, z),
        average_precision_score(y, z, sample_weight=weight),
        log_loss(z, y, weight), expected_calibration_error(p, y, weight), np.average(p, weights=weight),
    )]  # fmt: skip


def imbalance(seed: int) -> dict:
    data, rng = films(), np.random.default_rng(seed)
    order = rng.permutation(np.flatnonzero(data.train))
    train = np.r_[order[data.y[order] == 0][:950], order[data.y[order] == 1][:50]]
    x, y, row = data.x[train], data.y[train], {}
    x_test, y_test = data.x[data.test], data.y[data.test]
    for kind in REMEDIES:
        w, b = descent(x, y, kind, np.random.default_rng(1000 + seed))
        z = x_test @ w + b
        row[kind] = judged(z, y_test)
        if kind == "plain":
            row["threshold"] = judged(z, y_test, np.log(0.05 / 0.95))
        if kind in ("weights", "over", "under"):
            row[f"{kind} put right"] = judged(z - np.log(19), y_test, -np.log(19))
        if kind == "focal":
            row["focal threshold"] = judged(z, y_test, np.log(0.05 / 0.95))
    return row


# --- explanations and the randomisation test ---


@cache
def gradient():
    net = network()[0]

    def run(x, w):
        with tf.GradientTape() as tape:
            tape.watch(x)
            z = tf.reduce_mean(net(x, training=False), axis=(1, 2)) @ w
        return tape.gradient(z, x)

    return tf.function(run)


def head() -> tuple[np.ndarray, float]:
    """Weights (1280,) and bias of the head for features that are not standardised."""
    data = films()
    model = fitted(data.x[data.train], data.y[data.train])
    w = model.coef_[0] / data.scale
    return w, float(model.intercept_[0] - data.mean @ w)


def cam(images, w) -> np.ndarray:
    return maps_of(images) @ w / 49


def occlusion(image, w) -> np.ndarray:
    """(7, 7): how much lower the logit is with one cell of 32×32 covered by the picture's mean."""
    covered = np.repeat(image[None], 50, 0)
    for k in range(49):
        i, j = divmod(k, 7)
        covered[k, 32 * i : 32 * i + 32, 32 * j : 32 * j + 32] = image.mean()
    z = maps_of(covered, 50).mean((1, 2)) @ w
    return (z[49] - z[:49]).reshape(7, 7)


def integrated(image, w, steps=16) -> np.ndarray:
    """(224, 224): integrated gradients along the straight line from the picture's mean grey.

    The steps are closer together near grey, where the gradient changes most: shares u³, weights 3u².
    """
    u = (np.arange(steps) + 0.5) / steps
    start = np.full_like(image, image.mean())
    line = start + (u**3)[:, None, None, None] * (image - start)
    slope = gradient()(tf.constant(line.astype("float32")), tf.constant(w[:, None], tf.float32))
    weighted = slope.numpy() * (3 * u**2)[:, None, None, None]
    return ((image - start) * weighted.mean(0)).sum(-1)


def cells(values) -> np.ndarray:
    return values.reshape(7, 32, 7, 32).sum((1, 3))


def three_maps(image, w) -> dict:
    fine = integrated(image, w)
    return {
        "cam": cam(image[None], w)[0],
        "occlusion": occlusion(image, w),
        "gradients": cells(fine),
        "fine": np.abs(fine.reshape(56, 4, 56, 4).sum((1, 3))),
    }


def shuffled_weights(net, blocks, rng) -> None:
    """In each kernel of these blocks the numbers change places; BatchNorm stays as it is."""
    for name in blocks:
        for layer in backbones.blocks(net)[name]:
            kernels = [w for w in layer.weights if len(w.shape) == 4]
            for kernel in kernels:
                numbers = kernel.numpy()
                kernel.assign(rng.permutation(numbers.ravel()).reshape(numbers.shape))


def randomised(seed: int) -> dict:
    """Rank correlation of each map with the map of a spoilt network, for 4 films."""
    data, net, rng = films(), network()[0], np.random.default_rng(seed)
    w, _ = head()
    places = np.concatenate(
        [rng.choice(np.flatnonzero(data.test & (data.y == k)), 2, False) for k in (0, 1)]
    )
    images = data.big(places)
    whole = net.get_weights()
    names = list(backbones.blocks(net))
    true = [three_maps(image, w) for image in images]
    row = {}
    for kind, blocks in (("head", []), ("top", names[-6:]), ("all", names)):
        w_now = rng.permutation(w) if kind == "head" else w
        shuffled_weights(net, blocks, rng)
        now = [three_maps(image, w_now) for image in images]
        net.set_weights(whole)
        for what in ("cam", "occlusion", "gradients", "fine"):
            pairs = [
                stats.spearmanr(a[what].ravel(), b[what].ravel())[0]
                for a, b in zip(true, now, strict=True)
            ]
            row[f"{what} {kind}"] = float(np.nanmean(pairs))
    other = np.roll(np.arange(4), 1)  # maps of another film, nothing spoilt
    for what in ("cam", "occlusion", "gradients", "fine"):
        pairs = [
            stats.spearmanr(true[i][what].ravel(), true[j][what].ravel())[0]
            for i, j in enumerate(other)
        ]
        row[f"{what} other film"] = float(np.mean(pairs))
    print("randomised", seed, flush=True)
    return row


# --- inside the lungs? ---


def lungs() -> dict:
    """For the films with masks: share of the maps that lies in the lungs, with three yardsticks."""
    data = films()
    w, b = head()
    root = assets.fetch("lung_masks")
    masks = {path.stem: path for path in root.rglob("*.png")}
    places = np.array(
        [i for i in np.flatnonzero(data.test & (data.y == 0)) if data.files[i].stem in masks]
    )
    inside = np.stack(
        [np.asarray(Image.open(masks[data.files[i].stem]).convert("L")) > 127 for i in places]
    )
    cell_share = inside.reshape(-1, 7, 32, 7, 32).mean((2, 4))
    images = data.big(places)
    maps = np.concatenate([maps_of(images[i : i + 98]) for i in range(0, len(images), 98)])
    cams = maps @ w / 49
    rng = np.random.default_rng(0)

    def share(heat, lung):
        return (heat * lung).sum((1, 2)) / np.maximum(heat.sum((1, 2)), 1e-9)

    row = {"area": packed(inside.mean((1, 2)))}
    for name, sign in (("for", 1), ("against", -1)):
        heat = np.maximum(sign * cams, 0)
        row[name] = packed(share(heat, cell_share))
        row[f"{name} other film"] = packed(share(np.roll(heat, 1, 0), cell_share))
        random_heads = [np.maximum(sign * (maps @ rng.permutation(w)), 0) for _ in range(9)]
        row[f"{name} random head"] = packed(
            np.mean([share(h, cell_share) for h in random_heads], 0)
        )
    z = cams.sum((1, 2)) + b
    fill = images.mean((1, 2, 3))[:, None, None, None]
    for name, hide in (("lungs covered", inside), ("lungs alone", ~inside)):
        covered = np.where(hide[..., None], fill, images).astype("float32")
        found = np.concatenate(
            [maps_of(covered[i : i + 98]).mean((1, 2)) for i in range(0, len(covered), 98)]
        )
        row[name] = packed(found @ w + b)
    row["nothing covered"] = packed(z)
    print("lungs", flush=True)
    return row


# --- what the edge of the picture knows ---


def chosen(n_train: int, seed=7) -> tuple[np.ndarray, np.ndarray]:
    """Training and test films, one for each number, both classes alike."""
    data = films()
    order = np.random.default_rng(seed).permutation(len(data.y))
    order = order[np.sort(np.unique(data.number[order], return_index=True)[1])]
    train = [order[data.train[order] & (data.y[order] == k)][: n_train // 2] for k in (0, 1)]
    test = [order[data.test[order] & (data.y[order] == k)][:200] for k in (0, 1)]
    return np.concatenate(train), np.concatenate(test)


def edge() -> dict:
    """The middle of every film covered, or all but the middle; features and pixels."""
    data = films()
    train, test = chosen(800)
    middle = np.zeros((224, 224), bool)
    middle[RING:-RING, RING:-RING] = True
    row = {}
    for name, hide in (("edge", middle), ("middle", ~middle)):
        parts = []
        for part in (train, test):
            images = data.big(part)
            images[:, hide] = 127
            parts.append(standard(images))
        z = fitted(parts[0], data.y[train]).decision_function(parts[1])
        row[f"transfer {name}"] = int(((z > 0) == data.y[test]).sum())
        small = np.zeros((32, 32), bool)
        small[4:-4, 4:-4] = True
        use = ~small if name == "edge" else small
        x = data.pixels[:, use.ravel()]
        row[f"pixels {name}"] = int(
            (fitted(x[train], data.y[train], 0.001).predict(x[test]) == data.y[test]).sum()
        )
    z = fitted(data.x[train], data.y[train]).decision_function(data.x[test])
    row["transfer whole"] = int(((z > 0) == data.y[test]).sum())
    row["pixels whole"] = int(
        (
            fitted(data.pixels[train], data.y[train], 0.001).predict(data.pixels[test])
            == data.y[test]
        ).sum()
    )
    print("edge", row, flush=True)
    return row | {"n": len(test)}


# --- a planted tag ---


def tagged(images) -> np.ndarray:
    """A white letter L on black, 24×24 pixels, in the upper left corner, as technicians place them."""
    images = images.copy()
    images[:, 8:32, 8:32] = 0
    images[:, 11:29, 12:17] = 255
    images[:, 24:29, 12:28] = 255
    return images


def without_corner(images) -> np.ndarray:
    images = images.copy()
    images[:, :40, :40] = 0
    return images


@cache
def tag_features() -> tuple:
    data = films()
    train, test = chosen(600)
    places = np.r_[train, test]
    images = data.big(places)
    clean = data.x[places]
    with_tag, cut = standard(tagged(images)), standard(without_corner(images))
    return data.y[places], clean, with_tag, cut, len(train)


def tag(seed: int) -> dict:
    """300 films; 95% of the pneumonia and 5% of the normal ones carry the tag, in training."""
    y, clean, with_tag, cut, n = tag_features()
    rng = np.random.default_rng(seed)
    train = np.concatenate([rng.permutation(np.flatnonzero(y[:n] == k))[:150] for k in (0, 1)])
    test = np.arange(n, len(y))
    has = rng.random(len(y)) < np.where(y == 1, 0.95, 0.05)
    x = np.where(has[:, None], with_tag, clean)
    swapped = np.where(has[:, None], clean, with_tag)
    row = {}
    model = fitted(x[train], y[train])
    for name, what in (("same hospital", x), ("no tags", clean), ("tags swapped", swapped)):
        row[name] = float(model.score(what[test], y[test]))
    row["honest"] = float(fitted(clean[train], y[train]).score(clean[test], y[test]))
    row["corner covered"] = float(fitted(cut[train], y[train]).score(cut[test], y[test]))
    both = np.r_[clean[train], with_tag[train]]
    fair = fitted(both, np.r_[y[train], y[train]], 0.005)
    row["tag on all"] = float(fair.score(swapped[test], y[test]))
    row["tag on all, same"] = float(fair.score(x[test], y[test]))
    return row


# --- hospitals ---

SHARES = (0.9, 0.7, 0.3, 0.1)  # of pneumonia in each hospital


def look(images, hospital: int) -> np.ndarray:
    """How the same film would look in four hospitals."""
    if hospital == 0:
        return images
    if hospital == 1:  # brighter
        return (255 * (images / 255) ** 0.6).astype("float32")
    if hospital == 2:  # softer and flatter
        soft = [
            np.asarray(Image.fromarray(i.astype("uint8")).filter(ImageFilter.GaussianBlur(1.5)))
            for i in images
        ]
        return (0.7 * np.stack(soft) + 40).astype("float32")
    dark = (255 * (images / 255) ** 1.5).astype("float32")  # darker, with a black frame
    for side in (np.s_[:, :10], np.s_[:, -10:], np.s_[:, :, :10], np.s_[:, :, -10:]):
        dark[side] = 0
    return dark


@cache
def hospital_features() -> tuple:
    data = films()
    train, _ = chosen(800)
    images = data.big(train)
    return data.y[train], np.stack([data.x[train], *(standard(look(images, k)) for k in (1, 2, 3))])


def hospitals(seed: int) -> dict:
    """100 films in each of four hospitals with their looks and shares; folds at random or by hospital.

    mixed: shares as in SHARES; even: half of the films pneumonia everywhere.
    """
    y, looks = hospital_features()
    rng, row = np.random.default_rng(seed), {}
    for kind, shares in (("mixed", SHARES), ("even", (0.5,) * 4)):
        pools = [list(rng.permutation(np.flatnonzero(y == k))) for k in (0, 1)]
        places, group = [], []
        for hospital, share in enumerate(shares):
            n_ill = round(100 * share)
            places += [pools[1].pop() for _ in range(n_ill)] + [
                pools[0].pop() for _ in range(100 - n_ill)
            ]
            group += [hospital] * 100
        places, group = np.array(places), np.array(group)
        x, t = looks[group, places], y[places]
        for name, folds in (
            ("random", StratifiedKFold(4, shuffle=True, random_state=seed).split(x, t)),
            ("grouped", GroupKFold(4).split(x, t, group)),
        ):
            z = np.zeros(len(t))
            for train, test in folds:
                z[test] = fitted(x[train], t[train]).decision_function(x[test])
            balanced, aucs = [], []
            for hospital in range(4):
                mine = group == hospital
                balanced.append(np.mean([((z > 0) == t)[mine & (t == k)].mean() for k in (0, 1)]))
                aucs.append(roc_auc_score(t[mine], z[mine]))
            row[f"{kind} {name}"] = [
                float(((z > 0) == t).mean()),
                float(np.mean(balanced)),
                float(np.mean(aucs)),
            ]
    return row


def measure(keep=lambda name, compute: compute()) -> dict:
    """Everything that the lesson shows from data/results/14.json, under ``full``.

    keep(name, compute): gives what compute() gave, in this run or in one that was cut off.
    """
    found = {"scores": keep("scores", scores)}
    for name, of_seed, n in (
        ("few", few, SEEDS),
        ("leak", leak, SEEDS),
        ("calibration", calibration, SEEDS),
        ("imbalance", imbalance, SEEDS),
    ):
        found[name] = [keep(f"{name} {s}", lambda s=s, f=of_seed: f(s)) for s in range(n)]
    found["lungs"] = keep("lungs", lungs)
    found["edge"] = keep("edge", edge)
    for name, of_seed, n in (
        ("tag", tag, SEEDS),
        ("hospitals", hospitals, SEEDS),
        ("randomised", randomised, SHUFFLES),
    ):
        found[name] = [keep(f"{name} {s}", lambda s=s, f=of_seed: f(s)) for s in range(n)]
    return rounded(found)


def _difference(part: str, one: str, other: str, k: int | None = None):
    """A claim: in every draw one number minus another, at place k of their lists."""

    def of(results: dict) -> tuple[float, float]:
        pick = (lambda draw, key: draw[key]) if k is None else (lambda draw, key: draw[key][k])
        return t_interval([pick(draw, one) - pick(draw, other) for draw in results[part]])

    return of


# What the lesson says about its stored numbers, for course build --full --check 14.
CLAIMS = [
    (
        "20 张片子：迁移比像素好",
        "20 films: transfer is better than pixels",
        _difference("few", "transfer 20", "pixels 20", 0),
    ),
    (
        "1,000 张片子：迁移比像素好",
        "1,000 films: transfer is better than pixels",
        _difference("few", "transfer 1000", "pixels 1000", 0),
    ),
    (
        "95:5：移动阈值比类别权重便宜",
        "95:5: moving the threshold is cheaper than class weights",
        _difference("imbalance", "weights", "threshold", 2),
    ),
    (
        "95:5：移动阈值比过采样便宜",
        "95:5: moving the threshold is cheaper than oversampling",
        _difference("imbalance", "over", "threshold", 2),
    ),
    (
        "95:5：移动阈值比欠采样便宜",
        "95:5: moving the threshold is cheaper than undersampling",
        _difference("imbalance", "under", "threshold", 2),
    ),
    (
        "95:5：移动阈值比聚焦损失便宜",
        "95:5: moving the threshold is cheaper than focal loss",
        _difference("imbalance", "focal", "threshold", 2),
    ),
    (
        "标签对调：比从来没有标签的模型差",
        "tags swapped: worse than the model that never saw a tag",
        _difference("tag", "honest", "tags swapped"),
    ),
    (
        "随机的折比留一家医院好看",
        "random folds look better than one hospital left out",
        _difference("hospitals", "mixed random", "mixed grouped", 0),
    ),
]
