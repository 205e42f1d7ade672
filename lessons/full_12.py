"""The long runs of lesson 12: ``course build --full 12`` writes them to data/results/12.json.

Four kinds of digits (MNIST, USPS, optdigits, printed ones), a small network, and what helps without
labels of the target. Labels of the target only report, except where "50 labels" says so.
"""

import itertools
from collections.abc import Callable
from pathlib import Path

import h5py
import keras
import matplotlib
import numpy as np
import tensorflow as tf
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import cross_val_predict
from sklearn.svm import SVC

from course_utils import assets, backbones, detectors
from course_utils.evaluation import t_interval

SEEDS, N, STEPS, BATCH = 9, 4000, 300, 64
DOMAINS = ("mnist", "usps", "optdigits", "printed")
SHIFTS = [("mnist", "usps"), ("usps", "mnist"), ("printed", "mnist"), ("printed", "usps")]
# The largest weight of SCAN that costs at most 1 point on the source's own test pictures.
WEIGHTS = {"CORAL": 1000.0, "MMD": 10.0, "DANN": 0.3}
SCAN = {"CORAL": [10.0, 100.0, 1000.0], "MMD": [3.0, 10.0, 30.0], "DANN": [0.1, 0.3, 1.0]}
COUNTS, SHARES = (5, 20, 80, 320, 1280), (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"


# ------------------------------------------------------------------------------------------ digits


def idx(name: str, header: int, shape: tuple[int, ...]) -> np.ndarray:
    """The first numbers of one of MNIST's files."""
    data = (assets.fetch("mnist_small") / name).read_bytes()
    return np.frombuffer(data, np.uint8, int(np.prod(shape)), header).reshape(shape)


def small(images: np.ndarray) -> np.ndarray:
    """MNIST's 28×28 without their margin of 4, as 16×16."""
    inner = images[:, 4:24, 4:24, None].astype("float32") / 255
    return np.array(keras.ops.image.resize(inner, (16, 16)))


def printed(
    n: int, rng: np.random.Generator, varied: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """n digits in matplotlib's fonts, turned a little; varied: slanted, squeezed, thick or thin."""
    y, files = rng.integers(0, 10, n), sorted(FONTS.glob("DejaVu*.ttf"))
    fonts = [ImageFont.truetype(str(f), 48) for f in files if "Display" not in f.name]
    return np.stack([draw(str(k), fonts[rng.integers(len(fonts))], rng, varied) for k in y]), y


def draw(
    text: str, font: ImageFont.FreeTypeFont, rng: np.random.Generator, varied: bool
) -> np.ndarray:
    """One printed character in the middle of 16×16, ink from 0 to 1."""
    page, smooth = Image.new("L", (96, 96)), Image.Resampling.BILINEAR
    strokes = int(rng.integers(0, 5)) if varied else 0
    pen = ImageDraw.Draw(page)
    pen.text((48, 48), text, 255, font=font, anchor="mm", stroke_width=strokes)
    page = page.rotate(rng.uniform(-15, 15), smooth)
    if varied:
        slant, squeeze = rng.uniform(-0.5, 0.5), rng.uniform(1, 2)
        row = (squeeze, slant, 48 - 48 * (squeeze + slant), 0, 1, 0)
        page = page.transform(page.size, Image.Transform.AFFINE, row, smooth)
        page = page.filter(ImageFilter.GaussianBlur(rng.uniform(0, 2)))
    glyph = page.crop(page.point(lambda ink: 255 * (ink > 50)).getbbox())
    scale = rng.uniform(13, 16) / max(glyph.size)
    size = [max(1, round(side * scale)) for side in glyph.size]
    glyph, canvas = glyph.resize(size, smooth), Image.new("L", (16, 16))
    canvas.paste(glyph, ((16 - size[0]) // 2, (16 - size[1]) // 2))
    inked = np.asarray(canvas, "float32")[..., None]
    return inked / inked.max()


def read_digits() -> dict[str, dict[str, np.ndarray]]:
    """Each domain: x, y to learn from and x_test, y_test; pictures (n, 16, 16, 1) from 0 to 1."""
    found = {}
    found["mnist"] = {
        "x": small(idx("train-images.idx3-ubyte", 16, (10_000, 28, 28))),
        "y": idx("train-labels.idx1-ubyte", 8, (10_000,)),
        "x_test": small(idx("t10k-images.idx3-ubyte", 16, (2000, 28, 28))),
        "y_test": idx("t10k-labels.idx1-ubyte", 8, (2000,)),
    }
    with h5py.File(assets.fetch("usps")) as file:
        parts = {"x": "train/data", "y": "train/target", "x_test": "test/data"}
        parts |= {"y_test": "test/target"}
        usps = {key: file[path][:] for key, path in parts.items()}
    for key in ("x", "x_test"):
        usps[key] = usps[key].reshape(-1, 16, 16, 1).astype("float32")
    found["usps"] = usps
    pixels, y = load_digits(return_X_y=True)
    x = np.array(keras.ops.image.resize(pixels.reshape(-1, 8, 8, 1) / 16, (16, 16)), "float32")
    found["optdigits"] = {"x": x[:1200], "y": y[:1200], "x_test": x[1200:], "y_test": y[1200:]}
    x, y = printed(6000, np.random.default_rng(12))
    found["printed"] = {"x": x[:5000], "y": y[:5000], "x_test": x[5000:], "y_test": y[5000:]}
    return {name: {k: np.asarray(v) for k, v in data.items()} for name, data in found.items()}


# ----------------------------------------------------------------------------------------- methods


@tf.custom_gradient
def reverse(x, strength):
    """The same forwards; backwards times minus strength."""
    return tf.identity(x), lambda upstream: (-strength * upstream, None)


def coral(s, t):
    """Squared difference of the two covariance matrices, divided by 4d²."""
    d = tf.cast(tf.shape(s)[1], tf.float32)
    return tf.reduce_sum((covariance(s) - covariance(t)) ** 2) / (4 * d * d)


def covariance(f):
    centred = f - tf.reduce_mean(f, axis=0)
    return tf.transpose(centred) @ centred / (tf.cast(tf.shape(f)[0], tf.float32) - 1)


def mmd(s, t):
    """Squared maximum mean discrepancy, five Gaussian kernels around the mean squared distance."""
    both = tf.concat([s, t], 0)
    norms = tf.reduce_sum(both**2, 1)
    squares = norms[:, None] + norms[None] - 2 * both @ tf.transpose(both)
    width = tf.stop_gradient(tf.reduce_mean(squares))
    kernel = tf.add_n([tf.exp(-squares / (width * k)) for k in (0.25, 0.5, 1.0, 2.0, 4.0)]) / 5
    n = tf.shape(s)[0]
    return (
        tf.reduce_mean(kernel[:n, :n])
        + tf.reduce_mean(kernel[n:, n:])
        - 2 * tf.reduce_mean(kernel[:n, n:])
    )


def network() -> tuple[keras.Sequential, keras.layers.Dense]:
    """phi: 16×16 pictures to 64 features; h: 10 logits."""
    layers, phi = keras.layers, keras.Sequential([keras.Input((16, 16, 1))])
    for channels, strides in ((16, 2), (32, 1)):
        phi.add(layers.Conv2D(channels, 3, strides))
        phi.add(layers.BatchNormalization(momentum=0.9))
        phi.add(layers.ReLU())
    phi.add(layers.Flatten())
    phi.add(layers.Dense(64, activation="relu"))
    h = layers.Dense(10)
    h.build((None, 64))
    return phi, h


def discriminator() -> keras.Sequential:
    """From 64 features to one logit: the target's?"""
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((64,)), layers.Dense(64, activation="relu"), layers.Dense(1)]
    )


class Learner:
    """One network and one way of training; made once, since making a graph takes long."""

    def __init__(self, method: str, weight: float = 0.0) -> None:
        self.method, self.weight = method, weight
        self.phi, self.h = network()
        self.judge = discriminator()
        self.parts = [self.phi, self.h] + ([self.judge] if method == "DANN" else [])
        self.weights = [w for part in self.parts for w in part.trainable_variables]
        self.optimizer = keras.optimizers.Adam(1e-3)
        self.optimizer.build(self.weights)
        signature = (
            tf.TensorSpec((None, 16, 16, 1)),
            tf.TensorSpec((None,), tf.int32),
            tf.TensorSpec((None, 16, 16, 1)),
            tf.TensorSpec(()),
        )
        self.step = tf.function(self._step, input_signature=signature)
        self.features = tf.function(self._features, input_signature=signature[:1])

    def restart(self, seed: int, start: list | None = None) -> None:
        """A new beginning: random weights from ``seed``, or those of another network."""
        keras.utils.set_random_seed(seed)
        fresh = (*network(), discriminator())
        for part, new in zip((self.phi, self.h, self.judge), fresh, strict=True):
            part.set_weights(new.get_weights())
        if start:
            self.phi.set_weights(start[0])
            self.h.set_weights(start[1])
        for variable in self.optimizer.variables:
            if variable is not self.optimizer.learning_rate:
                variable.assign(tf.zeros_like(variable))

    def state(self) -> list:
        return [self.phi.get_weights(), self.h.get_weights()]

    def _step(self, x_s, y_s, x_t, weight):
        n = tf.shape(x_s)[0]
        alone = self.method in ("source only", "labels")
        with tf.GradientTape() as tape:
            x = x_s if alone else tf.concat([x_s, x_t], 0)
            f = self.phi(x, training=True)
            s, t = f[:n], f[n:]
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y_s, self.h(s))
            loss = tf.reduce_mean(losses)
            if self.method == "CORAL":
                loss += weight * coral(s, t)
            elif self.method == "MMD":
                loss += weight * mmd(s, t)
            elif self.method == "DANN":
                is_target = tf.concat([tf.zeros(n), tf.ones(tf.shape(x_t)[0])], 0)
                z = self.judge(reverse(f, weight))[:, 0]
                loss += tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(is_target, z))
        self.optimizer.apply(tape.gradient(loss, self.weights), self.weights)

    def _features(self, x):
        return self.phi(x, training=False)

    def train(self, x, y, x_t, seed: int, steps: int = STEPS, batch: int = BATCH) -> None:
        rng = np.random.default_rng(seed)
        y = np.asarray(y, np.int32)
        source, target = stream(len(x), batch, rng), stream(len(x_t), batch, rng)
        for k in range(steps):
            weight = self.weight
            if self.method == "DANN":  # from 0 to its full strength, as Ganin et al. do it
                weight *= 2 / (1 + np.exp(-10 * k / steps)) - 1
            some = next(source)
            self.step(x[some], y[some], x_t[next(target)], np.float32(weight))

    def logits(self, x) -> np.ndarray:
        return np.asarray(self.h(self.features(x)))

    def accuracy(self, x, y) -> float:
        return float((self.logits(x).argmax(1) == y).mean())

    def adapt_statistics(self, x) -> None:
        """AdaBN: mean and variance of each BatchNorm from pictures of the target, layer by layer."""
        for layer in self.phi.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                mean, variance = tf.nn.moments(tf.convert_to_tensor(x), (0, 1, 2))
                layer.moving_mean.assign(mean)
                layer.moving_variance.assign(variance)
            x = layer(x, training=False)


def stream(n: int, batch: int, rng: np.random.Generator):
    """Batches of places for ever: each epoch in a new order."""
    while True:
        order = rng.permutation(n)
        for start in range(0, max(1, n - batch + 1), batch):
            yield order[start : start + batch]


# ---------------------------------------------------------------------------------------- measures


def a_distance(s: np.ndarray, t: np.ndarray) -> float:
    """Proxy A-distance 2(1 − 2ε): ε is a linear classifier's cross-validated error on the domains."""
    n = min(len(s), len(t), 1000)
    x = np.concatenate([s[:n], t[:n]])
    scale = x.std(axis=0) + 1e-3
    x, is_target = (x - x.mean(axis=0)) / scale, np.repeat([0, 1], n)
    guess = cross_val_predict(LogisticRegression(C=0.1, max_iter=300), x, is_target, cv=5)
    return float(2 * (1 - 2 * np.mean(guess != is_target)))


class Bench:
    """The digits, one Learner for each method, and the source networks that were trained so far."""

    def __init__(self) -> None:
        self.data = read_digits()
        self.learners: dict[tuple[str, float], Learner] = {}
        self.sources: dict[tuple[str, int], list] = {}
        self.scratch: dict[tuple[str, int], float] = {}

    def learner(self, method: str, weight: float | None = None) -> Learner:
        weight = WEIGHTS.get(method, 0.0) if weight is None else weight
        if (method, weight) not in self.learners:
            self.learners[method, weight] = Learner(method, weight)
        return self.learners[method, weight]

    def drawn(self, domain: str, seed: int, n: int = N) -> np.ndarray:
        """Places of n pictures of the domain's pool (all of a smaller one), another draw each seed."""
        pool = len(self.data[domain]["x"])
        return np.random.default_rng(1000 + seed).permutation(pool)[:n]

    def source(self, domain: str, seed: int) -> Learner:
        """The network trained on a domain's labels alone."""
        learner, x, y = self.learner("source only"), self.data[domain]["x"], self.data[domain]["y"]
        learner.restart(seed, self.sources.get((domain, seed)))
        if (domain, seed) not in self.sources:
            places = self.drawn(domain, seed)
            learner.train(x[places], y[places], x[:BATCH], seed)
            self.sources[domain, seed] = learner.state()
        return learner

    def tested(self, learner: Learner, domain: str) -> float:
        return learner.accuracy(self.data[domain]["x_test"], self.data[domain]["y_test"])

    # what helps without labels of the target

    def shift(self, s: str, t: str, seed: int) -> dict[str, float]:
        """Accuracy on the target's test pictures, method by method."""
        from_s, from_t = self.drawn(s, seed), self.drawn(t, seed)
        x, y = self.data[s]["x"][from_s], self.data[s]["y"][from_s]
        x_t = self.data[t]["x"][from_t]  # no labels
        network = self.source(s, seed)
        found = {"source only": self.tested(network, t), "on source": self.tested(network, s)}
        look = s == "usps"  # at the terms of the bound, which need labels of the target
        if look:
            found |= {f"source only: {k}": v for k, v in self.terms(network, s, t).items()}
        network.adapt_statistics(x_t)
        found["AdaBN"] = self.tested(network, t)
        found["pseudo-labels"] = self.pseudo(self.source(s, seed), x, y, x_t, t, seed)
        for method in ("MMD",) if s == "printed" else ("CORAL", "MMD", "DANN"):
            learner = self.learner(method)
            learner.restart(seed)
            learner.train(x, y, x_t, seed)
            found[method] = self.tested(learner, t)
            found[f"{method} on source"] = self.tested(learner, s)
            if look:
                found |= {f"{method}: {k}": v for k, v in self.terms(learner, s, t).items()}
        found["target's labels"] = self.tested(self.source(t, seed), t)
        return found

    def control(self, s: str, t: str, seed: int) -> dict[str, float]:
        """What else a gain may come from: mixed batches alone (λ = 0), or more steps."""
        x, y = (self.data[s][k][self.drawn(s, seed)] for k in "xy")
        x_t = self.data[t]["x"][self.drawn(t, seed)]
        mixed = self.learner("MMD", 0.0)
        mixed.restart(seed)
        mixed.train(x, y, x_t, seed)
        longer = self.longer(self.learner("labels"), self.source(s, seed).state(), x, y, x_t, seed)
        found = {"mixed": self.tested(mixed, t), "longer": self.tested(longer, t)}
        for method in ("CORAL", "MMD"):
            learner = self.learner(method)
            learner.restart(seed)
            learner.train(x, y, x_t, seed)
            learner = self.longer(learner, learner.state(), x, y, x_t, seed)
            found[f"{method} longer"] = self.tested(learner, t)
        return found

    @staticmethod
    def longer(learner: Learner, state: list, x, y, x_t, seed: int) -> Learner:
        """The steps that pseudo-labels take, without pseudo-labels."""
        learner.restart(seed, state)
        for k in range(3):
            learner.train(x, y, x_t, 100 * k + seed, steps=STEPS // 2)
        return learner

    def pseudo(self, network: Learner, x, y, x_t, t: str, seed: int, rounds: int = 3) -> float:
        """Three times: what the network is sure of becomes a label, and it learns on."""
        learner, state = self.learner("labels"), network.state()
        learner.restart(seed, state)
        for k in range(rounds):
            p = tf.nn.softmax(learner.logits(x_t)).numpy()
            sure = p.max(1) > 0.9
            more_x, more_y = x_t[sure], p.argmax(1)[sure]
            both_x, both_y = np.concatenate([x, more_x]), np.concatenate([y, more_y])
            learner.train(both_x, both_y, x_t[:BATCH], 100 * k + seed, steps=STEPS // 2)
        return self.tested(learner, t)

    # how far, and what it buys

    def fine_tuned(self, start: list | None, t: str, seed: int, n: int = 50) -> float:
        """Accuracy after 200 steps on n labels of the target, five of each class."""
        learner, data = self.learner("labels"), self.data[t]
        rng = np.random.default_rng(seed)
        places = np.concatenate(
            [rng.permutation(np.flatnonzero(data["y"] == k))[: n // 10] for k in range(10)]
        )
        learner.restart(seed, start)
        x = data["x"][places]
        learner.train(x, data["y"][places], x, seed, steps=200, batch=25)
        return self.tested(learner, t)

    def pair(self, s: str, t: str, seed: int) -> dict[str, float]:
        network = self.source(s, seed)
        state, found = network.state(), {"drop": self.tested(network, s) - self.tested(network, t)}
        tests = [self.data[name]["x_test"] for name in (s, t)]
        found["distance"] = a_distance(*(np.asarray(network.features(x)) for x in tests))
        if (t, seed) not in self.scratch:
            self.scratch[t, seed] = self.fine_tuned(None, t, seed)
        return found | {"tuned": self.fine_tuned(state, t, seed), "scratch": self.scratch[t, seed]}

    def terms(self, network: Learner, s: str, t: str) -> dict[str, float]:
        """The terms of Ben-David's bound for a network's features, and the target's error."""
        f = {
            (k, part): np.asarray(network.features(self.data[k][part]))
            for k in (s, t)
            for part in ("x", "x_test")
        }
        n = min(2000, len(f[s, "x"]), len(f[t, "x"]))
        joint = LogisticRegression(C=0.1, max_iter=300)
        labels = [self.data[k]["y"][:n] for k in (s, t)]
        joint.fit(np.concatenate([f[s, "x"][:n], f[t, "x"][:n]]), np.concatenate(labels))
        best = [1 - joint.score(f[k, "x_test"], self.data[k]["y_test"]) for k in (s, t)]
        return {
            "source error": 1 - self.tested(network, s),
            "half distance": a_distance(f[s, "x_test"], f[t, "x_test"]) / 2,
            "joint error": float(sum(best)),
            "target error": 1 - self.tested(network, t),
        }

    def stream(self, seed: int, s: str = "usps", t: str = "mnist") -> dict[str, float]:
        """AdaBN from the first n pictures of the target; and of the source's own, faded."""
        network = self.source(s, seed)
        x, y = self.data[s]["x_test"], self.data[s]["y_test"]
        found = {"plain": network.accuracy(x, y), "faded": network.accuracy(fade(x), y)}
        found["0"] = self.tested(network, t)
        for n in COUNTS:
            network = self.source(s, seed)
            network.adapt_statistics(fade(self.data[s]["x"][self.drawn(s, seed)[:n]]))
            found[f"faded {n}"] = network.accuracy(fade(x), y)
            network = self.source(s, seed)
            network.adapt_statistics(self.data[t]["x"][self.drawn(t, seed)[:n]])
            found[str(n)] = self.tested(network, t)
        return found

    def hops(self, seed: int) -> dict[str, float]:
        """Printed → MNIST by pseudo-labels, and by way of USPS."""
        found = {}
        for name, way in (("direct", ["mnist"]), ("by USPS", ["usps", "mnist"])):
            x, y = (self.data["printed"][k][self.drawn("printed", seed)] for k in "xy")
            network = self.source("printed", seed)
            for t in way:
                x_t = self.data[t]["x"][self.drawn(t, seed)]
                found[name] = self.pseudo(network, x, y, x_t, t, seed)
                network = self.learner("labels")
                x, y = x_t, network.logits(x_t).argmax(1)
        return found

    def scan(self, method: str, weight: float, seed: int) -> dict[str, float]:
        """USPS → MNIST with another weight of the alignment."""
        learner = self.learner(method, weight)
        x, y = (self.data["usps"][k][self.drawn("usps", seed)] for k in "xy")
        learner.restart(seed)
        learner.train(x, y, self.data["mnist"]["x"][self.drawn("mnist", seed)], seed)
        return {"source": self.tested(learner, "usps"), "target": self.tested(learner, "mnist")}

    def varied(self, seed: int) -> dict[str, float]:
        """Printed digits in more shapes than one would print, tested on handwriting."""
        x, y = printed(N, np.random.default_rng(100 + seed), varied=True)
        learner = self.learner("source only")
        learner.restart(seed)
        learner.train(x, y, x[:BATCH], seed)
        return {t: self.tested(learner, t) for t in ("printed", "mnist", "usps")}

    # negative transfer

    def pooled(self, share: float, draw: int) -> dict[str, float]:
        """60 labels of USPS, 600 of MNIST; a share of these says the next digit instead."""
        target, source, test = sweep_data(self.data, share, draw)
        pools = target, joined(target, source)
        scores = [make_model().fit(*pool).score(*test) for pool in pools]
        linear = [RidgeClassifier(alpha=10.0).fit(*pool).score(*test) for pool in pools]
        try:
            detectors.no_negative_transfer(make_model(), target, source)
            fired = 0.0
        except detectors.SilentMistake:
            fired = 1.0
        names = ("alone", "pooled", "linear alone", "linear pooled")
        return dict(zip(names, [*scores, *linear], strict=True)) | {"fired": fired}


def fade(x):
    """Grey paper, pale ink."""
    return 0.3 + 0.4 * x


def make_model() -> SVC:
    """A support vector machine with the Gaussian kernel: quick with a few hundred samples."""
    return SVC(C=10)


def joined(target: tuple, source: tuple) -> list[np.ndarray]:
    return [np.concatenate(parts) for parts in zip(target, source, strict=True)]


def sweep_data(data: dict, share: float, draw: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """(x, y) of the target, the source and the target's test pictures, as rows of 256 pixels."""
    rng, found = np.random.default_rng(draw), []
    for name, n in (("usps", 60), ("mnist", 600)):
        y = data[name]["y"]
        each = [rng.permutation(np.flatnonzero(y == k))[: n // 10] for k in range(10)]
        places = np.concatenate(each)
        found.append((data[name]["x"][places].reshape(-1, 256), y[places].astype(int)))
    x, y = found[1]
    wrong = rng.permutation(len(y))[: round(share * len(y))]
    y[wrong] = (y[wrong] + 1) % 10
    test = data["usps"]
    return [*found, (test["x_test"].reshape(-1, 256), test["y_test"].astype(int))]


# ------------------------------------------------------------------------------ pictures, drawings


def emoji_pairs() -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The same emoji as colour pictures and as line drawings, 96×96×3."""
    from matplotlib.font_manager import get_font

    folder, path = assets.fetch("twemoji"), assets.fetch("noto_emoji")
    font = ImageFont.truetype(str(path), 76)
    known = [c for c in sorted(get_font(str(path)).get_charmap()) if 0x1F300 <= c <= 0x1FAFF]
    known = [c for c in known if not 0x1F3FB <= c <= 0x1F3FF and (folder / f"{c:x}.png").exists()]
    pictures, drawings = [], []
    for c in known:
        icon = Image.open(folder / f"{c:x}.png").convert("RGBA")
        page = Image.new("RGBA", icon.size, "white")
        page.alpha_composite(icon)
        pictures.append(np.asarray(page.convert("RGB").resize((96, 96), Image.Resampling.BILINEAR)))
        page = Image.new("RGB", (96, 96), "white")
        ImageDraw.Draw(page).text((48, 48), chr(c), "black", font=font, anchor="mm")
        drawings.append(np.asarray(page))
    return pictures, drawings


def emoji() -> dict:
    """Which picture belongs to a drawing? Statistics come from other emoji than the ones asked."""
    net = backbones.load("efficientnet_lite0", size=96, pooling="avg")
    found = [net.predict(np.stack(x).astype("float32"), 32, verbose=0) for x in emoji_pairs()]
    order = np.random.default_rng(12).permutation(len(found[0]))
    other, asked = np.array_split(order, 2)
    s, t = found
    ways = {
        "raw": (s[asked], t[asked]),
        "mean": tuple(f[asked] - f[other].mean(0) for f in found),
        "mean and scale": tuple(
            (f[asked] - f[other].mean(0)) / (f[other].std(0) + 0.05) for f in found
        ),
    }
    right = {name: nearest(*pair) for name, pair in ways.items()}
    result = {name: float(hit.mean()) for name, hit in right.items()}
    gaps = {name: (right[name] - right["raw"]).tolist() for name in list(ways)[1:]}
    intervals = {name: [round(v, 4) for v in t_interval(gap)] for name, gap in gaps.items()}
    distance = a_distance(s[asked], t[asked])
    return {"n": len(asked), "top1": result, "gain": intervals, "distance": distance}


def nearest(pictures: np.ndarray, drawings: np.ndarray) -> np.ndarray:
    """1.0 where the picture with the largest cosine is the right one."""
    a, b = (f / np.linalg.norm(f, axis=1, keepdims=True) for f in (pictures, drawings))
    return ((b @ a.T).argmax(1) == np.arange(len(b))).astype(float)


# ------------------------------------------------------------------------------------- all of them


def measure(keep: Callable = lambda name, compute: compute()) -> dict:
    """Rows for each question, seed by seed; keep(name, compute) gives what an earlier run has kept."""
    bench, rows = Bench(), []

    def ask(what: str, compute: Callable[..., dict], **about) -> None:
        name = f"{what} {' '.join(map(str, about.values()))}"
        found = keep(name, lambda: {k: round(v, 4) for k, v in compute(*about.values()).items()})
        rows.append({"what": what} | about | found)

    for seed in range(min(SEEDS, 3)):
        for method, weights in SCAN.items():
            for weight in weights:
                ask("scan", bench.scan, method=method, weight=weight, seed=seed)
    for seed in range(SEEDS):
        for s, t in SHIFTS:
            ask("shift", bench.shift, s=s, t=t, seed=seed)
        for s, t in itertools.permutations(DOMAINS, 2):
            ask("pair", bench.pair, s=s, t=t, seed=seed)
        for s, t in SHIFTS[:2]:
            ask("control", bench.control, s=s, t=t, seed=seed)
        ask("stream", bench.stream, seed=seed)
        ask("hops", bench.hops, seed=seed)
        ask("varied", bench.varied, seed=seed)
    for draw in range(SEEDS + 3):
        for share in SHARES:
            ask("pooled", bench.pooled, share=share, draw=draw)
    return {"rows": rows, "emoji": keep("emoji", emoji)}


def gaps(results: dict, what: str, one: str, other: str, **where) -> list[float]:
    """Differences one - other of the rows that fit."""
    rows = [r for r in results["rows"] if r["what"] == what]
    rows = [r for r in rows if all(r[key] == value for key, value in where.items())]
    return [r[one] - r[other] for r in rows]


def gain(method: str, s: str = "usps", t: str = "mnist") -> Callable[[dict], tuple[float, float]]:
    """The interval of what a method gains over the source alone."""
    return lambda results: t_interval(gaps(results, "shift", method, "source only", s=s, t=t))


def by_seed(results: dict, what: str, key: str, s: str = "usps", t: str = "mnist") -> list[float]:
    """What the rows say under a key, in the order of their seeds."""
    where = {"s": s, "t": t}
    rows = [r for r in results["rows"] if r["what"] == what]
    rows = [r for r in rows if all(r.get(k, value) == value for k, value in where.items())]
    return [r[key] for r in sorted(rows, key=lambda r: r["seed"])]


def varied_loss(results: dict) -> tuple[float, float]:
    """Plain printing minus varied printing, tested on MNIST."""
    plain = by_seed(results, "shift", "source only", "printed", "mnist")
    return t_interval(np.subtract(plain, by_seed(results, "varied", "mnist")))


def more_steps(results: dict) -> tuple[float, float]:
    """USPS → MNIST: the source alone with 450 more steps, minus without."""
    plain = by_seed(results, "shift", "source only")
    return t_interval(np.subtract(by_seed(results, "control", "longer"), plain))


def pseudo_over_more_steps(results: dict) -> bool:
    """USPS → MNIST: pseudo-labels cannot be told from as many steps on the source alone."""
    longer = by_seed(results, "control", "longer")
    low, high = t_interval(np.subtract(by_seed(results, "shift", "pseudo-labels"), longer))
    return low < 0 < high


def longer_gain(method: str) -> Callable[[dict], tuple[float, float]]:
    """USPS → MNIST: a method with 450 more steps, minus the source alone with as many."""
    where = {"s": "usps", "t": "mnist"}
    return lambda results: t_interval(
        gaps(results, "control", f"{method} longer", "longer", **where)
    )


def pooled_gain(share: float, sign: int) -> Callable[[dict], tuple[float, float]]:
    """Pooled minus target alone (sign 1) or the other way round (-1)."""

    def interval(results: dict) -> tuple[float, float]:
        found = gaps(results, "pooled", "pooled", "alone", share=share)
        return t_interval([sign * gap for gap in found])

    return interval


# What the lesson says about its stored tables, for course build --full --check 12.
CLAIMS = [
    ("USPS → MNIST：CORAL 有用", "USPS → MNIST: CORAL helps", gain("CORAL")),
    ("USPS → MNIST：MMD 有用", "USPS → MNIST: MMD helps", gain("MMD")),
    ("USPS → MNIST：只是多练，就更好", "USPS → MNIST: training longer helps", more_steps),
    ("多练以后 CORAL 仍有用", "CORAL still helps after more steps", longer_gain("CORAL")),
    ("多练以后 MMD 仍有用", "MMD still helps after more steps", longer_gain("MMD")),
    (
        "伪标签与练得一样久的分不出高低",
        "pseudo-labels cannot be told from training as long",
        pseudo_over_more_steps,
    ),
    (
        "USPS → MNIST：AdaBN 改变不到 3 个百分点",
        "USPS → MNIST: AdaBN changes less than 3 points",
        lambda results: max(abs(end) for end in gain("AdaBN")(results)) < 0.03,
    ),
    (
        "印刷 → MNIST：MMD 多不了 3 个百分点",
        "printed → MNIST: MMD gains less than 3 points",
        lambda results: gain("MMD", "printed", "mnist")(results)[1] < 0.03,
    ),
    (
        "照样印的比多变的印刷好",
        "plain printing is better than varied printing",
        varied_loss,
    ),
    (
        "源的标签都对：合起来更好",
        "source labels all right: pooled is better",
        pooled_gain(0.0, 1),
    ),
    (
        "源的标签错一半：合起来更差",
        "half of the source labels wrong: pooled is worse",
        pooled_gain(0.5, -1),
    ),
    (
        "表情：减去平均，找对的更多",
        "emoji: with means removed more are found",
        lambda results: results["emoji"]["gain"]["mean"],
    ),
]
