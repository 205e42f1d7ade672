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
from course_utils.evaluation import t_interval

# --- hard sharing: three questions about the same digits ---

SEEDS, WIDTH, STEPS, RATE = 30, 16, 500, 0.2
PAUSE = 100  # steps between two looks at the cosine
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
        self.train = tf.function(self._train)

    def restart(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        for weight in self.weights:
            scale = np.sqrt(2 / weight.shape[0]) if len(weight.shape) == 2 else 0
            weight.assign(scale * rng.normal(size=weight.shape))
        self.log_tau.assign([0.0, 0.0])

    def loss(self, x, y, k):
        z = self.heads[k](self.trunk(x))[:, 0]
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(y, z))

    def _train(self, few, batches, weight, steps, uncertain=False):
        """steps of gradient descent; the loop is compiled as well, so one call trains."""
        every = [*self.weights, self.log_tau] if uncertain else self.weights
        for t in tf.range(steps):
            with tf.GradientTape() as tape:
                part = t % len(batches[0])
                aux = self.loss(batches[0][part], batches[1][part], 1)
                losses = tf.stack([self.loss(*few, 0), aux])
                total = losses[0] + weight * losses[1]
                if uncertain:
                    total = tf.reduce_sum(losses * tf.exp(-2 * self.log_tau) + self.log_tau)
            for w, g in zip(every, tape.gradient(total, every), strict=True):
                w.assign(w - RATE * g)

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
    batches = [tf.constant(v[aux].reshape(10, n_aux // 10, *v.shape[1:])) for v in (x, answers)]
    for _ in range(STEPS // PAUSE):
        net.train(few, batches, tf.constant(float(weight)), PAUSE, uncertain)
        cosines.append(net.cosine(x[rest], y[rest], answers[rest]))
    return {
        "question": question if weight else "none",
        "weight": "uncertain" if uncertain else weight,
        "n": n,
        "seed": seed,
        "accuracy": round(net.accuracy(data.test), 4),
        "auxiliary": round(net.accuracy(data.test, 1, question), 4),
        "cosine": round(float(np.mean(cosines)), 4),
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

PHOTOS, EPISODES, QUERIES, NETWORKS = 40, 100, 15, 9
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
    """Exact in the support set's own span: an L2 penalty does not change under rotation."""
    middle = support.mean(axis=0)
    axes = np.linalg.svd(support - middle, full_matrices=False)[2]
    known, asked = (support - middle) @ axes.T, (query - middle) @ axes.T
    scale = known.std(axis=0).max() or 1.0
    model = LogisticRegression(max_iter=1000).fit(known / scale, labels)
    return model.predict(asked / scale)


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
        print("random network", seed, flush=True)
        for rule in RULES:
            for k in SHOTS:
                scores = [score(untrained, labels, rule, 5, k, e) for e in range(40)]
                row = found["random"].setdefault(rule, {}).setdefault(k, [])
                row.append(round(float(np.mean(scores)), 4))
    found["ten ways"] = {
        rule: {k: [round(score(x, labels, rule, 10, k, e), 3) for e in range(40)] for k in (1, 5)}
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
        made += [rng.normal(0, a**-0.5, (a, b)), np.zeros((1, b))]
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


def meta_gradient(way, weights, x, y, inner_steps):
    """What is handed to Adam: x, y are 2 POINTS points of each task."""
    fast = copies(weights, TASKS)
    if way == "reptile":
        fast = adapt(fast, x, y, inner_steps)
        return [w - tf.reduce_mean(f, axis=0) for w, f in zip(weights, fast, strict=True)]
    with tf.GradientTape() as tape:
        fast = copies(weights, TASKS)
        if way != "joint":
            known = x[:, :POINTS], y[:, :POINTS]
            fast = adapt(fast, *known, inner_steps, second_order=way == "maml")
        loss = tf.reduce_mean(losses(fast, x[:, POINTS:], y[:, POINTS:]))
    return tape.gradient(loss, weights)


class Practice:
    """One way of practising; the compiled training is used again for each seed."""

    def __init__(self, way, rate=3e-3, inner_steps=1) -> None:
        self.way, self.rate, self.inner_steps = way, rate, inner_steps
        self.weights = [tf.Variable(w) for w in fresh(0)]
        self.adam = keras.optimizers.Adam(rate)
        self.adam.build(self.weights)
        self.start = [v.numpy() for v in self.adam.variables]
        self.train = tf.function(self._train)

    def _train(self, x, y):
        for t in tf.range(len(x)):
            gradients = meta_gradient(self.way, self.weights, x[t], y[t], self.inner_steps)
            self.adam.apply(gradients, self.weights)

    def __call__(self, seed, steps) -> list[np.ndarray]:
        for variable, value in zip(self.adam.variables, self.start, strict=True):
            variable.assign(value)
        for variable, value in zip(self.weights, fresh(seed), strict=True):
            variable.assign(value)
        rng = np.random.default_rng(100 + seed)
        for _ in range(steps // 500):
            x, y = sines(rng, 500 * TASKS, 2 * POINTS)
            shape = (500, TASKS, 2 * POINTS, 1)
            self.train(tf.constant(x.reshape(shape)), tf.constant(y.reshape(shape)))
        return [w.numpy() for w in self.weights]


def after_steps(weights, steps=(0, 1, 10), rate=INNER, n_tasks=300, seed=5, freq=1.0):
    """Mean loss on fresh points of new tasks after so many steps on POINTS points."""
    x, y = sines(np.random.default_rng(seed), n_tasks, POINTS + 100, freq)
    known, asked = (x[:, :POINTS], y[:, :POINTS]), (x[:, POINTS:], y[:, POINTS:])
    fast, done, found = copies(weights, n_tasks), 0, []
    for k in steps:
        fast, done = adapt(fast, *known, k - done, rate), k
        found.append(float(tf.reduce_mean(losses(fast, *asked))))
    return [round(v, 4) for v in found]


META_SEEDS, LENGTH = 9, 1000
SETTINGS = {"joint": (5e-3, 1), "maml": (5e-3, 1), "first-order": (5e-3, 1), "reptile": (5e-3, 5)}
RATES = (0.001, 0.003, 0.01, 0.03)


def meta() -> list[dict]:
    """Each way of practice, over seeds: mean loss on new tasks after some steps."""
    rows = []
    for way, (rate, inner_steps) in SETTINGS.items():
        practice = Practice(way, rate, inner_steps)
        for seed in range(min(META_SEEDS, SEEDS)):
            rows.append(judged(practice(seed, LENGTH), way, seed, LENGTH))
            print(rows[-1], flush=True)
    rows += [judged(fresh(seed), "none", seed, 0) for seed in range(min(META_SEEDS, SEEDS))]
    return rows


def judged(weights, way, seed, steps) -> dict:
    """0, 1 and 10 steps at the rate of practice; the best rate for 10 steps, chosen on other tasks."""
    rates = {rate: after_steps(weights, (10,), rate, seed=77)[0] for rate in RATES}
    best = min(rates, key=lambda rate: rates[rate] if np.isfinite(rates[rate]) else np.inf)
    return {
        "way": way,
        "seed": seed,
        "steps": steps,
        "loss": after_steps(weights),
        "faster": after_steps(weights, freq=2.0),
        "best_rate": best,
        "loss_best_rate": after_steps(weights, (10,), best)[0],
    }


def cost(repeats: int = 9) -> dict:
    """Seconds of 200 meta-steps with and without second derivatives, in turn; and their ratios."""
    x, y = sines(np.random.default_rng(0), 200 * TASKS, 2 * POINTS)
    shape = (200, TASKS, 2 * POINTS, 1)
    data = tf.constant(x.reshape(shape)), tf.constant(y.reshape(shape))
    found: dict = {}
    for inner_steps in (1, 5):
        practices = {way: Practice(way, 3e-3, inner_steps) for way in ("maml", "first-order")}
        for practice in practices.values():
            practice.train(*data)  # compiled here
        ratios = []
        for _ in range(repeats):
            seconds = {}
            for way, practice in practices.items():
                begin = time.process_time()
                practice.train(*data)
                seconds[way] = time.process_time() - begin
            ratios.append(round(seconds["maml"] / seconds["first-order"], 3))
        found[inner_steps] = ratios
    return found


def measure(keep=lambda name, compute: compute()) -> dict:
    """Everything that the lesson shows as stored: rows of trainings, episodes, ratios of time."""
    course_utils.reproducible(7)
    return {
        "sharing": keep("sharing", sharing),
        "few_shot": keep("few_shot", few_shot),
        "points": keep("points", points),
        "meta": keep("meta", meta),
        "cost": keep("cost", cost),
    }


# --- what the lesson says about its stored table, for course build --full --check 11 ---


def shared_rows(results, question, weight, n, key="accuracy"):
    """{seed: value} of one way of sharing."""
    rows = [
        r
        for r in results["sharing"]
        if (r["question"], r["weight"], r["n"]) == (question, weight, n)
    ]
    return {r["seed"]: r[key] for r in rows}


def gain(results, question, n=60, weight=1.0) -> list[float]:
    """Change of the main task's accuracy by an auxiliary task, seed by seed."""
    alone, other = shared_rows(results, "none", 0.0, n), shared_rows(results, question, weight, n)
    return [other[seed] - alone[seed] for seed in sorted(alone.keys() & other.keys())]


def few(results, rule, shots, of="pretrained"):
    table = results["few_shot"][of][rule]
    return np.array(table[shots] if shots in table else table[str(shots)])


def log_loss(results, way, step, steps=LENGTH, key="loss"):
    """Logarithms of the losses after 0, 1, 10 steps (step: the place), seed by seed."""
    rows = [r for r in results["meta"] if (r["way"], r["steps"]) == (way, steps)]
    return np.log([r[key][step] for r in sorted(rows, key=lambda r: r["seed"])])


def _sooner(results) -> tuple[float, float]:
    """After one step: how many times joint training's loss is that of MAML (a logarithm)."""
    return t_interval(log_loss(results, "joint", 1) - log_loss(results, "maml", 1))


CLAIMS = [
    (
        "相关的辅助任务（有没有环）有帮助，60 个标签",
        "the related auxiliary task (a loop) helps, with 60 labels",
        lambda results: t_interval(gain(results, "loop")),
    ),
    (
        "有没有环的余弦比移向哪边的大",
        "the cosine is larger for the loop than for the side",
        lambda results: t_interval(
            np.subtract(
                list(shared_rows(results, "loop", 1.0, 60, "cosine").values()),
                list(shared_rows(results, "side", 1.0, 60, "cosine").values()),
            )
        ),
    ),
    (
        "预训练的特征：1 张时比像素好",
        "pretrained features are better than pixels with 1 shot",
        lambda results: t_interval(
            few(results, "prototypes", 1) - few(results, "prototypes", 1, "pixels")
        ),
    ),
    (
        "原型比 1-NN 好，5 张",
        "prototypes are better than 1-NN with 5 shots",
        lambda results: t_interval(few(results, "prototypes", 5) - few(results, "1-NN", 5)),
    ),
    (
        "走一步以后，MAML 的损失比联合训练小",
        "after one step MAML has a smaller loss than joint training",
        _sooner,
    ),
]
