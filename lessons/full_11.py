"""Long measurements of lesson 11: ``course build --full 11`` writes them to data/results/11.json."""

import time

import h5py
import keras
import numpy as np
import tensorflow as tf
from PIL import Image
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

import course_utils
from course_utils import assets, backbones, features

# --- hard sharing: three questions about the same digits ---

SEEDS, WIDTH, STEPS, RATE = 30, 16, 500, 0.2
LOOP = [0, 6, 8, 9]


class Digits:
    """USPS digits, each moved 2 pixels to the left or to the right, and the answers to the questions."""

    def __init__(self) -> None:
        with h5py.File(assets.fetch("usps")) as file:
            self.train = self.part(file["train"], 0)
            self.test = self.part(file["test"], 1)

    @staticmethod
    def part(group, seed: int) -> dict:
        pictures, digits = group["data"][:].reshape(-1, 16, 16), group["target"][:]
        side = np.random.default_rng(seed).integers(0, 2, len(digits)) == 1
        moved = np.where(side[:, None, None], np.roll(pictures, 2, 2), np.roll(pictures, -2, 2))
        answers = {"even": digits % 2 == 0, "loop": np.isin(digits, LOOP), "side": side}
        answers["random"] = np.random.default_rng(seed + 2).integers(0, 2, len(digits)) == 1
        return {"x": moved.reshape(-1, 256).astype("float32")} | {
            name: answer.astype("float32") for name, answer in answers.items()
        }


class Shared:
    """One trunk and two heads, that can be trained again and again."""

    def __init__(self, width: int = WIDTH) -> None:
        self.trunk = keras.Sequential(
            [keras.Input((256,)), keras.layers.Dense(width, activation="relu")]
        )
        self.heads = [keras.layers.Dense(1), keras.layers.Dense(1)]
        for head in self.heads:
            head.build((None, width))
        self.weights = [w for part in (self.trunk, *self.heads) for w in part.trainable_variables]
        self.log_tau = tf.Variable([0.0, 0.0])
        self.step = tf.function(self._step)

    def restart(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        for weight in self.weights:
            scale = np.sqrt(2 / weight.shape[0]) if len(weight.shape) == 2 else 0
            weight.assign(scale * rng.normal(size=weight.shape))
        self.log_tau.assign([0.0, 0.0])

    def loss(self, x, y, k):
        z = self.heads[k](self.trunk(x))[:, 0]
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, z))

    def _step(self, x, y, x_aux, y_aux, weight, uncertain=False):
        with tf.GradientTape() as tape:
            losses = tf.stack([self.loss(x, y, 0), self.loss(x_aux, y_aux, 1)])
            total = losses[0] + weight * losses[1]
            if uncertain:
                total = tf.reduce_sum(losses * tf.exp(-2 * self.log_tau) + self.log_tau)
        every = [*self.weights, self.log_tau] if uncertain else self.weights
        for w, g in zip(every, tape.gradient(total, every), strict=True):
            (w if uncertain and w is self.log_tau else w).assign(w - RATE * g)

    def cosine(self, x, y, y_aux) -> float:
        flat = []
        for k, answer in enumerate((y, y_aux)):
            with tf.GradientTape() as tape:
                loss = self.loss(x, answer, k)
            gradient = tape.gradient(loss, self.trunk.trainable_variables)
            flat.append(np.concatenate([np.ravel(g) for g in gradient]))
        return float(flat[0] @ flat[1] / np.linalg.norm(flat[0]) / np.linalg.norm(flat[1]))

    def accuracy(self, data, k=0, question="even") -> float:
        z = np.asarray(self.heads[k](self.trunk(data["x"])))[:, 0]
        return float(((z > 0) == (data[question] > 0.5)).mean())


def share(net, data, seed, question, weight, *, n=60, n_aux=1000, uncertain=False) -> dict:
    """One training: n labelled digits for the main question, n_aux others for the auxiliary one."""
    order = np.random.default_rng(1000 + seed).permutation(len(data.train["x"]))
    main, aux, rest = order[:n], order[n : n + n_aux], order[3000:5000]
    x, y = data.train["x"], data.train["even"]
    answers = data.train[question]
    net.restart(seed)
    cosines = []
    few = tf.constant(x[main]), tf.constant(y[main])
    batches = [
        (tf.constant(x[part]), tf.constant(answers[part]))
        for part in np.array_split(aux, n_aux // 100)
    ]
    for t in range(STEPS):
        if t % 50 == 0:
            cosines.append(net.cosine(x[rest], y[rest], answers[rest]))
        net.step(*few, *batches[t % len(batches)], tf.constant(float(weight)), uncertain)
    return {
        "question": question if weight else "none",
        "weight": "uncertain" if uncertain else weight,
        "n": n,
        "seed": seed,
        "accuracy": round(net.accuracy(data.test), 4),
        "auxiliary": round(net.accuracy(data.test, 1, question), 4),
        "cosine": round(float(np.mean(cosines[1:])), 4),
    }


def sharing() -> list[dict]:
    data, net = Digits(), Shared()
    rows = []
    for n in (30, 60, 200, 1000):
        for seed in range(SEEDS):
            rows.append(share(net, data, seed, "side", 0.0, n=n))
            for question in ("loop", "side", "random", "even"):
                rows.append(share(net, data, seed, question, 1.0, n=n))
    for weight in (0.1, 0.3, 3.0, 10.0):
        for question in ("loop", "side"):
            rows += [share(net, data, seed, question, weight) for seed in range(SEEDS)]
    for question in ("loop", "side"):
        rows += [share(net, data, s, question, 1.0, uncertain=True) for s in range(SEEDS)]
    return rows


# --- few shots ---

PHOTOS, EPISODES, QUERIES, NETWORKS = 100, 300, 15, 9
SHOTS = (1, 2, 5, 10, 20)


def photo_files() -> tuple[list, np.ndarray]:
    """The first PHOTOS of each of CIFAR-10's classes, and their classes 0 to 9."""
    folders = sorted(p for p in assets.fetch("cifar10").iterdir() if p.is_dir())
    files = [file for folder in folders for file in sorted(folder.iterdir())[:PHOTOS]]
    return files, np.repeat(np.arange(len(folders)), PHOTOS)


def episode(rng, labels, ways: int, shots: int) -> tuple[np.ndarray, ...]:
    """Places of the support set and of the query set, and both sets' classes 0 to ways - 1."""
    classes = rng.permutation(10)[:ways]
    drawn = np.stack(
        [rng.permutation(np.flatnonzero(labels == c))[: shots + QUERIES] for c in classes]
    )
    known, asked = drawn[:, :shots], drawn[:, shots:]
    names = np.arange(ways)
    return known.ravel(), np.repeat(names, shots), asked.ravel(), np.repeat(names, QUERIES)


def unit(x: np.ndarray) -> np.ndarray:
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def distances(query, centres):
    return (query**2).sum(1)[:, None] - 2 * query @ centres.T + (centres**2).sum(1)


def by_prototypes(support, labels, query):
    centres = np.stack([support[labels == c].mean(axis=0) for c in range(labels.max() + 1)])
    return distances(query, centres).argmin(axis=1)


def by_neighbour(support, labels, query):
    return labels[distances(query, support).argmin(axis=1)]


def by_regression(support, labels, query):
    scale = support.std()
    model = LogisticRegression(max_iter=2000).fit(support / scale, labels)
    return model.predict(query / scale)


RULES = {"prototypes": by_prototypes, "1-NN": by_neighbour, "logistic": by_regression}


def score(x, labels, rule, ways, shots, seed) -> float:
    known, of, asked, right = episode(np.random.default_rng(seed), labels, ways, shots)
    return float((RULES[rule](x[known], of, x[asked]) == right).mean())


def random_features(files, seed: int) -> np.ndarray:
    keras.utils.set_random_seed(seed)
    net = backbones.load("efficientnet_lite0", weights=None, pooling="avg")
    predict = backbones.predictor(net)
    pixels = features_pixels(files)
    return np.concatenate([predict(pixels[i : i + 20]) for i in range(0, len(pixels), 20)])


def features_pixels(files) -> np.ndarray:
    from course_utils.photos import reading

    size = features.input_size("efficientnet_lite0")
    return np.stack([reading.resized(Image.open(f).convert("RGB"), size) for f in files])


def few_shot() -> dict:
    files, labels = photo_files()
    raw = np.stack([np.asarray(Image.open(f).convert("RGB"), "float32").ravel() for f in files])
    x, pixels = unit(features.extract(files)), raw / 255
    found: dict = {"pretrained": {}, "pixels": {}, "random": {}}
    for rule in RULES:
        found["pretrained"][rule] = {
            k: [round(score(x, labels, rule, 5, k, e), 3) for e in range(EPISODES)] for k in SHOTS
        }
    found["pixels"]["prototypes"] = {
        k: [round(score(pixels, labels, "prototypes", 5, k, e), 3) for e in range(EPISODES)]
        for k in SHOTS
    }
    for seed in range(NETWORKS):
        untrained = unit(random_features(files, seed))
        for rule in RULES:
            for k in SHOTS:
                scores = [score(untrained, labels, rule, 5, k, e) for e in range(60)]
                row = found["random"].setdefault(rule, {}).setdefault(k, [])
                row.append(round(float(np.mean(scores)), 4))
    found["ten ways"] = {
        rule: {k: [round(score(x, labels, rule, 10, k, e), 3) for e in range(60)] for k in (1, 5)}
        for rule in RULES
    }
    return found


def points(classes=(0, 3, 7), n=40) -> dict:
    """Two principal components of some photos of three classes, for the explorable."""
    files, labels = photo_files()
    x = unit(features.extract(files))
    chosen = np.concatenate([np.flatnonzero(labels == c)[:n] for c in classes])
    flat = PCA(2).fit_transform(x[chosen])
    flat = flat / flat.std()
    return {
        "points": " ".join(f"{v:.2f}" for v in flat.ravel()),
        "labels": "".join(str(k) for k in range(len(classes)) for _ in range(n)),
    }


# --- sines ---

TASKS, POINTS, HIDDEN, INNER = 25, 10, 40, 0.01
WAYS = ("joint", "maml", "first-order", "reptile")


def sines(rng, n_tasks, n_points, freq=1.0):
    """Tasks y = A sin(x - psi): x and y, each (n_tasks, n_points, 1)."""
    amplitude, phase = rng.uniform(0.1, 5, (n_tasks, 1, 1)), rng.uniform(0, np.pi, (n_tasks, 1, 1))
    x = rng.uniform(-5, 5, (n_tasks, n_points, 1))
    return x.astype("float32"), (amplitude * np.sin(freq * x - phase)).astype("float32")


def fresh(seed) -> list[np.ndarray]:
    rng, sizes, made = np.random.default_rng(seed), (1, HIDDEN, HIDDEN, 1), []
    for a, b in zip(sizes, sizes[1:], strict=False):
        made += [rng.normal(0, np.sqrt(2 / max(a, 2)), (a, b)), np.zeros((1, b))]
    return [w.astype("float32") for w in made]


def network(weights, x):
    w1, b1, w2, b2, w3, b3 = weights
    h = tf.nn.relu(x @ w1 + b1)
    return tf.nn.relu(h @ w2 + b2) @ w3 + b3


def losses(weights, x, y):
    return tf.reduce_mean((network(weights, x) - y) ** 2, axis=(1, 2))


def adapt(weights, x, y, steps=1, rate=INNER, second_order=False):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss = tf.reduce_sum(losses(weights, x, y))
        gradients = tape.gradient(loss, weights)
        if not second_order:
            gradients = [tf.stop_gradient(g) for g in gradients]
        weights = [w - rate * g for w, g in zip(weights, gradients, strict=True)]
    return weights


def copies(weights, n):
    return [tf.repeat(w[None], n, axis=0) for w in weights]


def trainer(way, weights, rate, inner_steps):
    """A function that makes one meta-step with one batch of tasks."""
    adam = keras.optimizers.Adam(rate)
    adam.build(weights)

    @tf.function
    def step(x, y, x_query, y_query):
        if way == "reptile":
            fast = adapt(copies(weights, TASKS), x, y, inner_steps)
            gradients = [
                w - tf.reduce_mean(f, axis=0) for w, f in zip(weights, fast, strict=True)
            ]
        else:
            with tf.GradientTape() as tape:
                fast = copies(weights, TASKS)
                if way != "joint":
                    fast = adapt(fast, x, y, inner_steps, second_order=way == "maml")
                loss = tf.reduce_mean(losses(fast, x_query, y_query))
            gradients = tape.gradient(loss, weights)
        adam.apply(gradients, weights)

    return step


def practise(way, seed, steps, rate=3e-3, inner_steps=1):
    weights = [tf.Variable(w) for w in fresh(seed)]
    step, rng = trainer(way, weights, rate, inner_steps), np.random.default_rng(100 + seed)
    for _ in range(steps):
        x, y = sines(rng, TASKS, 2 * POINTS)
        if way == "reptile":
            step(x, y, x, y)
        else:
            step(x[:, :POINTS], y[:, :POINTS], x[:, POINTS:], y[:, POINTS:])
    return [w.numpy() for w in weights]


def after_steps(weights, steps=(0, 1, 10), rate=INNER, n_tasks=300, seed=5, freq=1.0):
    """Mean loss on fresh points of new tasks after so many steps on POINTS points."""
    x, y = sines(np.random.default_rng(seed), n_tasks, POINTS + 100, freq)
    known, asked = (x[:, :POINTS], y[:, :POINTS]), (x[:, POINTS:], y[:, POINTS:])
    fast, done, found = copies(weights, n_tasks), 0, []
    for k in steps:
        fast, done = adapt(fast, *known, k - done, rate), k
        found.append(float(tf.reduce_mean(losses(fast, *asked))))
    return [round(v, 4) for v in found]


SETTINGS = {"joint": (3e-3, 1), "maml": (3e-3, 1), "first-order": (3e-3, 1), "reptile": (3e-3, 10)}
