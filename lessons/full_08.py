"""The sweep of lesson 08: ``course build --full 08`` writes it to data/results/08.json.

Everything is measured on 96-pixel pictures, one X-ray from each patient, with a linear head first.
"""

import re

import keras
import numpy as np
import tensorflow as tf
from sklearn.linear_model import LogisticRegression

import course_utils
from course_utils import assets, backbones, photos

SIZE, BATCH, EPOCHS, SEEDS = 96, 20, 10, 3
RATES = [1e-5, 1e-4, 1e-3, 1e-2]


def x_rays(n_test=400, n_pool=800):
    """(pixels, labels) for test and pool, balanced, one picture from each patient."""
    first = {}
    for path in sorted(assets.fetch("chest_xray").rglob("*.jpeg")):
        first.setdefault(re.match(r"person\d+|(NORMAL2-)?IM-\d+", path.name)[0], path)
    paths = np.array(list(first.values()))
    labels = np.array([int(path.parent.name == "PNEUMONIA") for path in paths])
    order = np.random.default_rng(7).permutation(len(paths))
    by_class = [order[labels[order] == k] for k in (0, 1)]
    test = np.concatenate([places[: n_test // 2] for places in by_class])
    pool = np.concatenate([places[n_test // 2 :][: n_pool // 2] for places in by_class])
    return [(pixels(paths[part]), labels[part]) for part in (test, pool)]


def pixels(paths):
    return np.stack([photos.read(path, SIZE) for path in paths]).astype("float32")


class Bench:
    """A network that can be trained from one block on, again and again, from the same start.

    batch_norm: "frozen" (inference mode, gamma and beta stay), "scales" (inference mode, gamma and
    beta are trained), "statistics" (training mode, gamma and beta stay) or "training" (both).
    """

    def __init__(self, depth: str, batch_norm: str = "frozen", strength: float = 0.0) -> None:
        self.net = backbones.load("efficientnet_lite0", size=SIZE, pooling="avg")
        enters = self.net.input if depth == "all" else backbones.blocks(self.net)[depth][0].input
        self.trunk = keras.Model(self.net.input, enters)
        self.tail, self.head = keras.Model(enters, self.net.output), keras.layers.Dense(1)
        self.norms = [w for w in self.tail.layers if isinstance(w, keras.layers.BatchNormalization)]
        for layer in self.tail.layers:
            layer.trainable = not (batch_norm == "frozen" and layer in self.norms)
        for layer in self.norms if batch_norm == "statistics" else []:
            layer.gamma.trainable = layer.beta.trainable = False
        self.training_mode = batch_norm in ("statistics", "training")
        self.strength, self.maps = strength, {}
        self.start = self.tail.get_weights()
        self.head.build((None, 1280))
        self.origin = [tf.constant(w) for w in self.tail.trainable_variables]
        self.optimizers = [keras.optimizers.Adam(), keras.optimizers.Adam()]
        for opt, part in zip(self.optimizers, [self.tail, self.head], strict=True):
            opt.build(part.trainable_variables)
        self.step = tf.function(self._step, reduce_retracing=True)
        self.answer = tf.function(self._answer, reduce_retracing=True)

    def _step(self, x, y):
        with tf.GradientTape() as tape:
            z = self.head(self.tail(x, training=self.training_mode))[:, 0]
            loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, z))
            if self.strength:
                pairs = zip(self.tail.trainable_variables, self.origin, strict=True)
                far = tf.add_n([tf.reduce_sum((w - w0) ** 2) for w, w0 in pairs])
                loss += self.strength / 2 * far
        parts = [self.tail.trainable_variables, self.head.trainable_variables]
        gradients = tape.gradient(loss, parts)
        for opt, gradient, part in zip(self.optimizers, gradients, parts, strict=True):
            opt.apply(gradient, part)

    def _answer(self, x):
        return self.tail(x, training=False)

    def restart(self, head_weights) -> None:
        self.tail.set_weights(self.start)
        self.head.set_weights(head_weights)
        for opt in self.optimizers:
            for variable in opt.variables:
                variable.assign(tf.zeros_like(variable))

    def entering(self, pictures) -> dict:
        """What enters the tail, for each set of pictures; computed once."""
        new = {key: v for key, v in pictures.items() if key not in self.maps}
        self.maps |= {key: self.trunk.predict(v, verbose=0) for key, v in new.items()}
        return {key[0]: self.maps[key] for key in pictures}

    def train(
        self, x, y, rates, seed, *, warm_up=0, after_epoch=None, batch=BATCH, epochs=EPOCHS
    ) -> None:
        """rates: (of the tail, of the head); warm_up: in how many steps they grow from 0."""
        rng, steps = np.random.default_rng(seed), 0
        for _ in range(epochs):
            for places in np.array_split(rng.permutation(len(y)), max(1, len(y) // batch)):
                steps += 1
                for opt, rate in zip(self.optimizers, rates, strict=True):
                    opt.learning_rate = rate * min(1.0, steps / warm_up if warm_up else 1.0)
                self.step(tf.constant(x[places]), tf.constant(y[places], tf.float32))
            if after_epoch is not None:
                after_epoch()

    def features(self, x):
        parts = np.array_split(x, -(-len(x) // 100))
        return np.concatenate([self.answer(tf.constant(part)) for part in parts])

    def accuracy(self, x, y) -> float:
        z = self.features(x) @ np.asarray(self.head.kernel) + np.asarray(self.head.bias)
        return float(((z[:, 0] > 0) == y).mean())


def linear_head(features, labels):
    model = LogisticRegression(C=0.1, max_iter=2000).fit(features, labels)
    return [model.coef_.T.astype("float32"), model.intercept_.astype("float32")]


def balanced(labels, n, seed):
    rng = np.random.default_rng(seed)
    places = [rng.permutation(np.flatnonzero(labels == k))[: n // 2] for k in (0, 1)]
    return np.concatenate(places)


class Sweep:
    """The pictures of both tasks, the original network's answers, and the rows measured so far."""

    def __init__(self) -> None:
        course_utils.reproducible(7)
        net = backbones.load("efficientnet_lite0", size=SIZE, pooling="avg")
        (x_test, y_test), (x_pool, y_pool) = x_rays()
        train = photos.default("train")
        held_out = [photos.default(name) for name in ("test", "web", "pets")]
        self.test = {"xray": x_test, "pets": np.concatenate([pixels(s.paths) for s in held_out])}
        self.pool = {"xray": x_pool, "pets": pixels(train.paths)}
        self.y_test = {"xray": y_test, "pets": np.concatenate([s.labels for s in held_out])}
        self.y_pool = {"xray": y_pool, "pets": train.labels}
        self.features = {task: net.predict(x, verbose=0) for task, x in self.pool.items()}
        top = backbones.load("efficientnet_lite0", include_top=True, size=SIZE)
        self.classify = top.layers[-1].get_weights()
        self.asked = self.test["pets"]
        self.original = self.classes(net.predict(self.asked, verbose=0))
        self.tested = {task: net.predict(x, verbose=0) for task, x in self.test.items()}
        self.rows: list[dict] = []

    def classes(self, features):
        kernel, bias = self.classify
        return (features @ kernel + bias).argmax(axis=1)

    def probe(self, task, n) -> None:
        """Rows of the frozen network with a linear head."""
        for seed in range(SEEDS):
            places = balanced(self.y_pool[task], n, seed)
            kernel, bias = linear_head(self.features[task][places], self.y_pool[task][places])
            z = (self.tested[task] @ kernel + bias)[:, 0]
            accuracy = float(((z > 0) == self.y_test[task]).mean())
            self.add(task, n, seed, "frozen", accuracy=accuracy, agreement=1.0)
            accuracy = self.head_only(task, places, [kernel, bias], seed)
            self.add(task, n, seed, "head only", accuracy=accuracy, agreement=1.0)

    def head_only(self, task, places, start, seed) -> float:
        """The control: the head alone goes on learning, as long and as fast as in fine-tuning."""
        keras.utils.set_random_seed(seed)
        head = keras.Sequential([keras.Input((1280,)), keras.layers.Dense(1)])
        head.set_weights(start)
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        head.compile(keras.optimizers.Adam(1e-4), loss=loss)
        x, y = self.features[task][places], self.y_pool[task][places]
        head.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0)
        z = head.predict(self.tested[task], verbose=0)[:, 0]
        return float(((z > 0) == self.y_test[task]).mean())

    def add(self, task, n, seed, how, **more) -> None:
        row = {"task": task, "n": n, "seed": seed, "how": how}
        self.rows.append(row | {k: round(v, 4) for k, v in more.items()})

    def fine_tune(
        self, bench, how, task, n, rates, *, head_first=True, curve=False, darker=False, **training
    ):
        """SEEDS rows; darker: also the accuracy on test pictures at half their brightness."""
        maps = bench.entering(self.needed(task, darker))
        for seed in range(SEEDS):
            places = balanced(self.y_pool[task], n, seed)
            x, y = maps["pool"][places], self.y_pool[task][places]
            rng = np.random.default_rng(seed)
            head = [rng.normal(0, 0.04, (1280, 1)), np.zeros(1)]
            if head_first:
                head = linear_head(self.features[task][places], y)
            bench.restart(head)
            scores: list[float] = []

            def keep(scores=scores):
                scores.append(round(bench.accuracy(maps["test"], self.y_test[task]), 4))

            bench.train(x, y, rates, seed, after_epoch=keep if curve else None, **training)
            agreement = (self.classes(bench.features(maps["asked"])) == self.original).mean()
            more = {"accuracy": bench.accuracy(maps["test"], self.y_test[task])}
            if darker:
                more["darker"] = bench.accuracy(maps["darker"], self.y_test[task])
            self.add(task, n, seed, how, agreement=float(agreement), **more)
            self.rows[-1] |= {"rate": rates[0], "rate_head": rates[1]}
            self.rows[-1] |= {"curve": scores} if curve else {}
            print(self.rows[-1], flush=True)

    def needed(self, task, darker):
        sets = {("pool", task): self.pool[task], ("test", task): self.test[task]}
        sets["asked", "pets"] = self.asked
        if darker:
            sets["darker", task] = self.test[task] / 2
        return sets


def measure() -> dict:
    """All rows: task, n, seed, how, rate, accuracy on the test set, agreement with the original."""
    sweep = Sweep()
    for task, n in [("xray", 40), ("xray", 200), ("xray", 800), ("pets", 20), ("pets", 200)]:
        sweep.probe(task, n)
    block11(sweep)
    batch_norm(sweep)
    small = (1e-4, 1e-4)
    for strength in (0.1, 1.0):
        tied = Bench("block11", strength=strength)
        sweep.fine_tune(tied, f"L2-SP {strength:g}", "xray", 200, small)
    for depth in ("block13", "block15"):
        bench = Bench(depth)
        for rate in RATES:
            sweep.fine_tune(bench, depth, "xray", 200, (rate, rate))
    sweep.fine_tune(Bench("all"), "all", "xray", 200, small)
    return {"rows": sweep.rows}


def block11(sweep: Sweep) -> None:
    """Everything that is trained from block11 on with frozen BatchNorm."""
    small, large, bench = (1e-4, 1e-4), (1e-3, 1e-3), Bench("block11")
    for rate in RATES:
        sweep.fine_tune(bench, "block11", "xray", 200, (rate, rate), curve=rate == 1e-3)
    for task, n in [("xray", 40), ("xray", 800), ("pets", 20), ("pets", 200)]:
        sweep.fine_tune(bench, "block11", task, n, small)
    sweep.fine_tune(bench, "warm-up", "xray", 200, large, warm_up=50, curve=True)
    sweep.fine_tune(bench, "random head", "xray", 200, small, head_first=False)
    sweep.fine_tune(bench, "discriminative", "xray", 200, (1e-5, 1e-3))
    batches(sweep, bench, "frozen")


def batch_norm(sweep: Sweep) -> None:
    """What of BatchNorm's training matters: gamma and beta, batch statistics, slow averages?"""
    small = (1e-4, 1e-4)
    for kind in ("scales", "statistics", "training"):
        bench = Bench("block11", kind)
        sweep.fine_tune(bench, f"BN {kind}", "xray", 200, small)
    batches(sweep, bench, "training")
    for layer in bench.norms:
        layer.momentum = 0.9
    bench.step = tf.function(bench._step, reduce_retracing=True)
    sweep.fine_tune(bench, "BN training, momentum 0.9", "xray", 200, small)


def batches(sweep: Sweep, bench: Bench, kind: str) -> None:
    """Batches of 16 (10 epochs) and of 2 (2 epochs), also judged on darker pictures."""
    for batch, epochs in [(16, EPOCHS), (2, 2)]:
        how, training = f"BN {kind}, batch {batch}", {"batch": batch, "epochs": epochs}
        sweep.fine_tune(bench, how, "xray", 200, (1e-4, 1e-4), darker=True, **training)
