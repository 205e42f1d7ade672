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
from course_utils.evaluation import t_interval

SIZE, BATCH, EPOCHS, SEEDS = 96, 20, 10, 9
FEW = 3  # seeds of what only shows what can happen
RATES = [1e-5, 1e-4, 1e-3, 1e-2]
SMALL, LARGE = (1e-4, 1e-4), (1e-3, 1e-3)


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

    def train(self, x, y, rates, seed, *, warm_up=0, batch=BATCH, epochs=EPOCHS) -> None:
        """rates: (of the tail, of the head); warm_up: in how many steps they grow from 0."""
        rng, steps = np.random.default_rng(seed), 0
        for _ in range(epochs):
            for places in np.array_split(rng.permutation(len(y)), max(1, len(y) // batch)):
                steps += 1
                for opt, rate in zip(self.optimizers, rates, strict=True):
                    opt.learning_rate = rate * min(1.0, steps / warm_up if warm_up else 1.0)
                self.step(tf.constant(x[places]), tf.constant(y[places], tf.float32))

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

    def __init__(self, keep) -> None:
        self.keep, self.benches, self.maps = keep, {}, {}
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

    def bench(self, depth, batch_norm="frozen", strength=0.0) -> "Bench":
        """Made when it is first needed; what enters the tail is shared by all of one depth."""
        key = depth, batch_norm, strength
        if key not in self.benches:
            bench = Bench(depth, batch_norm, strength)
            bench.maps = self.maps.setdefault(depth, {})
            self.benches[key] = bench
        return self.benches[key]

    def probe(self, task, n) -> None:
        """Rows of the frozen network with a linear head."""
        self.rows += self.keep(f"frozen {task} {n}", lambda: self._probe(task, n))

    def _probe(self, task, n) -> list[dict]:
        rows = []
        for seed in range(SEEDS):
            places = balanced(self.y_pool[task], n, seed)
            kernel, bias = linear_head(self.features[task][places], self.y_pool[task][places])
            z = (self.tested[task] @ kernel + bias)[:, 0]
            accuracy = float(((z > 0) == self.y_test[task]).mean())
            rows.append(row(task, n, seed, "frozen", accuracy=accuracy, agreement=1.0))
            accuracy = self.head_only(task, places, [kernel, bias], seed)
            rows.append(row(task, n, seed, "head only", accuracy=accuracy, agreement=1.0))
        return rows

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

    def fine_tune(self, made, how, task, n, rates, *, seeds=None, **training) -> None:
        """Rows of min(seeds, SEEDS) trainings; made: (depth, batch_norm, ...) of the Bench."""
        seeds = min(seeds or SEEDS, SEEDS)
        name = f"{how} {task} {n} {rates} {seeds}"
        self.rows += self.keep(
            name, lambda: self._fine_tune(made, how, task, n, rates, seeds, **training)
        )

    def _fine_tune(
        self,
        made,
        how,
        task,
        n,
        rates,
        seeds,
        *,
        head_first=True,
        **training,
    ) -> list[dict]:
        bench, rows = self.bench(*made), []
        maps = bench.entering(self.needed(task))
        for seed in range(seeds):
            places = balanced(self.y_pool[task], n, seed)
            x, y = maps["pool"][places], self.y_pool[task][places]
            rng = np.random.default_rng(seed)
            head = [rng.normal(0, 0.04, (1280, 1)), np.zeros(1)]
            if head_first:
                head = linear_head(self.features[task][places], y)
            bench.restart(head)
            bench.train(x, y, rates, seed, **training)
            agreement = (self.classes(bench.features(maps["asked"])) == self.original).mean()
            more = {"accuracy": bench.accuracy(maps["test"], self.y_test[task])}
            found = row(task, n, seed, how, agreement=float(agreement), **more)
            found |= {"rate": rates[0], "rate_head": rates[1]}
            rows.append(found)
            print(rows[-1], flush=True)
        return rows

    def needed(self, task):
        sets = {("pool", task): self.pool[task], ("test", task): self.test[task]}
        return sets | {("asked", "pets"): self.asked}


def row(task, n, seed, how, **more) -> dict:
    numbers = {key: round(value, 4) for key, value in more.items()}
    return {"task": task, "n": n, "seed": seed, "how": how} | numbers


def measure(keep=lambda name, compute: compute()) -> dict:
    """All rows: task, n, seed, how, rate, accuracy on the test set, agreement with the original.

    keep(name, compute): gives what compute() gave, in this run or in one that was cut off. What the
    lesson compares has SEEDS seeds and comes first; what only shows what can happen has FEW.
    """
    sweep, start = Sweep(keep), ("block11",)
    for task, n in [("xray", 200), ("xray", 40), ("xray", 800), ("pets", 20), ("pets", 200)]:
        sweep.probe(task, n)
    sweep.fine_tune(start, "block11", "xray", 200, SMALL)
    sweep.fine_tune(("block11", "training"), "BN training", "xray", 200, SMALL)
    sweep.fine_tune(start, "block11", "xray", 200, (1e-5, 1e-5))
    few(sweep)
    return {"rows": sweep.rows}


def few(sweep: Sweep) -> None:
    """Other tasks, other rates and depths, BatchNorm's parts, L2-SP: FEW seeds each."""
    start = ("block11",)
    for task, n in [("xray", 800), ("pets", 200), ("xray", 40), ("pets", 20)]:
        sweep.fine_tune(start, "block11", task, n, SMALL, seeds=FEW)
    sweep.fine_tune(start, "block11", "xray", 200, LARGE, seeds=FEW)
    sweep.fine_tune(start, "warm-up", "xray", 200, LARGE, warm_up=50, seeds=FEW)
    sweep.fine_tune(start, "discriminative", "xray", 200, (1e-5, 1e-3), seeds=FEW)
    sweep.fine_tune(start, "random head", "xray", 200, SMALL, head_first=False, seeds=FEW)
    sweep.fine_tune(("block11", "frozen", 0.1), "L2-SP 0.1", "xray", 200, SMALL, seeds=FEW)
    for depth in ("block11", "block13", "block15"):
        for rate in [1e-2] if depth == "block11" else RATES:
            sweep.fine_tune((depth,), depth, "xray", 200, (rate, rate), seeds=FEW)
    sweep.fine_tune(("all",), "all", "xray", 200, SMALL, seeds=FEW)
    sweep.fine_tune(("block11", "frozen", 1.0), "L2-SP 1", "xray", 200, SMALL, seeds=FEW)
    for kind in ("scales", "statistics"):
        sweep.fine_tune(("block11", kind), f"BN {kind}", "xray", 200, SMALL, seeds=FEW)


def paired(results: dict, one: tuple, other: tuple, key="accuracy") -> tuple[float, float]:
    """95 % t interval of the mean difference one - other, seed by seed; each is (how, n, rate)."""
    by_seed = []
    for how, n, rate in (one, other):
        rows = [r for r in results["rows"] if (r["how"], r["n"], r["task"]) == (how, n, "xray")]
        by_seed.append({r["seed"]: r[key] for r in rows if rate in (None, r.get("rate"))})
    first, second = by_seed
    gaps = np.array([first[seed] - second[seed] for seed in sorted(first.keys() & second.keys())])
    if len(gaps) < 2:
        return float("nan"), float("nan")
    return t_interval(gaps)


FROZEN, TUNED, SLOW = ("frozen", 200, None), ("block11", 200, 1e-4), ("block11", 200, 1e-5)
# What the lesson says about its stored table, for course build --full --check 08.
CLAIMS = [
    (
        "200 张 X 光片：微调比冻结准",
        "200 X-rays: fine-tuning is more accurate than frozen",
        lambda results: paired(results, TUNED, FROZEN),
    ),
    (
        "BatchNorm 冻结比一起训练准",
        "frozen BatchNorm is more accurate than training it along",
        lambda results: paired(results, TUNED, ("BN training", 200, None)),
    ),
    (
        "学习率 1e-5 比 1e-4 变的答案少",
        "fewer answers change at rate 1e-5 than at 1e-4",
        lambda results: paired(results, SLOW, TUNED, "agreement"),
    ),
    (
        "先探测比随机的分类头变的答案少",
        "fewer answers change with a probed head than with a random one",
        lambda results: paired(results, TUNED, ("random head", 200, None), "agreement"),
    ),
]
