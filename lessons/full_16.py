"""Long measurements of lesson 16: ``course build --full 16`` writes them to data/results/16.json.

Features without labels, pseudo-labels, pictures and names, tables of values: each part by seeds, paired.
"""

import json
from functools import cache

import gymnasium
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from scipy import stats
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_rand_score

import course_utils  # first, so that TensorFlow starts without its messages
from course_utils import assets, features, photos
from course_utils.long_runs import rounded

SEEDS = 9
COUNTS = (10, 50, 200)  # labels, the same number of each class
EPOCHS = {"rotation": 3, "simclr": 20, "scratch": 30, "collapse": 4}


# --- photos without labels ---


@cache
def cifar() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Photos (1500, 32, 32, 3) around 0, their classes, their Lite0 features."""
    folders = sorted(p for p in assets.fetch("cifar10").iterdir() if p.is_dir())
    files = [file for folder in folders for file in sorted(folder.iterdir())]
    pictures = np.stack([photos.read(file, 32) for file in files]).astype("float32") / 64 - 2
    return pictures, np.repeat(np.arange(10), 150), features.extract(files)


def split(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of 1,000 photos to learn from and of 500 to be judged, classes equal."""
    y, rng = cifar()[1], np.random.default_rng(seed)
    pool = np.concatenate([rng.permutation(np.flatnonzero(y == c))[:100] for c in range(10)])
    return pool, np.setdiff1d(np.arange(len(y)), pool)


def labelled(pool, n: int) -> np.ndarray:
    """The first of each class: n of the pool, which is in random order within its classes."""
    return pool.reshape(10, 100)[:, : n // 10].ravel()


def network() -> keras.Sequential:
    net = keras.Sequential([keras.Input((32, 32, 3))])
    for channels, size, stride in ((32, 5, 4), (64, 3, 2), (128, 3, 2)):
        net.add(layers.Conv2D(channels, size, stride, padding="same", use_bias=False))
        net.add(layers.BatchNormalization())
        net.add(layers.ReLU())
    net.add(layers.GlobalAveragePooling2D())
    return net


class Trainer:
    """A network with layers behind it, trained anew for each seed without building its graph anew."""

    def __init__(self, behind, loss_of) -> None:
        self.behind, self.net = behind, network()
        self.whole = keras.Sequential([self.net, *behind()])
        self.optimizer = keras.optimizers.Adam(2e-3)
        self.optimizer.build(self.whole.trainable_variables)

        @tf.function(autograph=False)
        def step(x, y):
            with tf.GradientTape() as tape:
                loss = loss_of(self.whole, x, y)
            w = self.whole.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, w), w, strict=True))
            return loss

        self.step = step

    def train(self, x, y, batch: int, epochs: int) -> float:
        """Start from fresh weights; gives the last loss."""
        fresh = keras.Sequential([network(), *self.behind()])
        self.whole.set_weights(fresh.get_weights())
        for value in self.optimizer.variables[2:]:  # not the learning rate
            value.assign(tf.zeros_like(value))
        self.optimizer.iterations.assign(0)
        x, y = tf.constant(x), tf.constant(y)
        for _ in range(epochs):
            order = tf.random.shuffle(tf.range(len(x)))
            for k in range(0, len(x), batch):
                some = order[k : k + batch]
                loss = self.step(tf.gather(x, some), tf.gather(y, some))
        return float(loss)

    def features(self, x) -> np.ndarray:
        return self.net(x, training=False).numpy()


def told_apart(whole, x, y):
    z = whole(x, training=True)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, z))


def projection() -> list:
    return [layers.Dense(128, activation="relu"), layers.Dense(64)]


def embedded(whole, x):
    """Two random views of each photo, as rows of length 1."""
    return tf.nn.l2_normalize(whole(two_views(x), training=True), 1)


@cache
def trainer(kind: str) -> Trainer:
    """The one of its kind: "rotation", "scratch", "simclr", "collapse"."""
    if kind in ("simclr", "collapse"):
        loss_of = {"simclr": contrastive, "collapse": attraction}[kind]
        return Trainer(projection, lambda whole, x, y: loss_of(embedded(whole, x)))
    n = {"rotation": 4, "scratch": 10}[kind]
    return Trainer(lambda: [layers.Dense(n)], told_apart)


def two_views(x):
    """Two random views of each photo: another crop, mirror image, colours; some are grey."""
    return tf.concat([view(x), view(x)], 0)


def view(x):
    n, u = x.shape[0], tf.random.uniform
    side = u((n,), 0.5, 1.0)
    corner = u((n, 2)) * (1 - side[:, None])
    box = tf.concat([corner, corner + side[:, None]], 1)
    x = tf.image.crop_and_resize(x, box, tf.range(n), (32, 32))
    x = tf.where(u((n, 1, 1, 1)) < 0.5, x[:, :, ::-1], x)
    x = x * u((n, 1, 1, 3), 0.7, 1.3) * u((n, 1, 1, 1), 0.6, 1.4) + u((n, 1, 1, 1), -0.8, 0.8)
    grey = tf.repeat(tf.reduce_mean(x, -1, keepdims=True), 3, -1)
    return tf.where(u((n, 1, 1, 1)) < 0.3, grey, x)


def contrastive(z, tau=0.5):
    """NT-Xent of rows of length 1; row i and row i + n belong together."""
    n = z.shape[0] // 2
    s = z @ tf.transpose(z) / tau - 1e9 * tf.eye(2 * n)
    partner = tf.concat([tf.range(n, 2 * n), tf.range(n)], 0)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(partner, s))


def attraction(z):
    """Pulls pairs together, pushes nothing apart."""
    n = z.shape[0] // 2
    return -tf.reduce_mean(tf.reduce_sum(z[:n] * z[n:], 1))


def probe(found, pool, test) -> dict:
    """Accuracy of a logistic regression on the features, for each number of labels."""
    y = cifar()[1]
    found = (found - found[pool].mean(0)) / (found[pool].std(0) + 1e-6)
    result = {}
    for n in COUNTS:
        some = labelled(pool, n)
        model = LogisticRegression(C=0.01, max_iter=100).fit(found[some], y[some])
        result[str(n)] = float(model.score(found[test], y[test]))
    return result


def groups(found, test) -> float:
    """Agreement of 10 clusters of the test photos with their classes; 0 is chance, 1 perfect."""
    found = (found[test] - found[test].mean(0)) / (found[test].std(0) + 1e-6)
    clusters = KMeans(10, n_init=1, random_state=0).fit_predict(found)
    return float(adjusted_rand_score(cifar()[1][test], clusters))


def scratch(x, pool, test) -> dict:
    y, one, result = cifar()[1], trainer("scratch"), {}
    for n in COUNTS:
        some = labelled(pool, n)
        one.train(x[some], y[some], min(25, n), EPOCHS["scratch"])
        told = one.whole(x[test], training=False).numpy().argmax(1)
        result[str(n)] = float((told == y[test]).mean())
    return result


def spread(one: Trainer, x) -> float:
    """Mean standard deviation of the embeddings' directions; 1 when they are spread evenly."""
    u = embedded(one.whole, tf.constant(x)).numpy()
    return float(u.std(axis=0).mean() * np.sqrt(u.shape[1]))


def turned(x) -> tuple[np.ndarray, np.ndarray]:
    """Each photo four times, and by how many quarters it is turned."""
    quarters = [np.rot90(x, k, (1, 2)) for k in range(4)]
    return np.concatenate(quarters), np.repeat(np.arange(4), len(x))


def pretext(seed: int) -> dict:
    """The same photos and labels for seven ways to get features."""
    keras.utils.set_random_seed(seed)
    (x, _, lite0), (pool, test) = cifar(), split(seed)
    ways = {"random": network()(x, training=False).numpy()}
    ways |= {"pixels": x[:, ::2, ::2].reshape(len(x), -1), "lite0": lite0}
    one, (pictures, turns) = trainer("rotation"), turned(x[pool])
    one.train(pictures, turns, 100, EPOCHS["rotation"])
    ways["rotation"] = one.features(x)
    pictures, turns = turned(x[test])
    told = (one.whole(pictures, training=False).numpy().argmax(1) == turns).mean()
    result = {"told": float(told)}
    for kind in ("simclr", "collapse"):
        one = trainer(kind)
        lowest = one.train(x[pool], np.zeros(len(pool)), 250, EPOCHS[kind])
        ways[kind] = one.features(x)
        result |= {f"{kind} loss": lowest, f"{kind} spread": spread(one, x[pool])}
    result |= {name: probe(found, pool, test) for name, found in ways.items()}
    result["groups"] = {name: groups(found, test) for name, found in ways.items()}
    return result | {"scratch": scratch(x, pool, test)}


# --- pseudo-labels ---


THRESHOLDS = (0.0, 0.5, 0.9)


def pseudo(seed: int, rounds=3) -> dict:
    """20 labels, 380 photos without: pseudo-labels above a threshold, and again with the new model."""
    (_, y, found), (pool, test) = cifar(), split(seed)
    found = (found - found[pool].mean(0)) / (found[pool].std(0) + 1e-6)
    own = labelled(pool, 20)
    rest = np.setdiff1d(labelled(pool, 400), own)
    result = {}
    for threshold in THRESHOLDS:
        model = LogisticRegression(C=0.1, max_iter=100).fit(found[own], y[own])
        first = model.predict(found[rest])
        accuracy, taken, right = [model.score(found[test], y[test])], [], []
        for _ in range(rounds):
            p = model.predict_proba(found[rest])
            sure = p.max(1) >= threshold
            told = model.classes_[p.argmax(1)]
            taken.append(float(sure.mean()))
            right.append(float((told == y[rest])[sure].mean()) if sure.any() else 1.0)
            x = np.concatenate([found[own], found[rest[sure]]])
            model = LogisticRegression(C=0.1, max_iter=100)
            model.fit(x, np.concatenate([y[own], told[sure]]))
            accuracy.append(model.score(found[test], y[test]))
        wrong = first != y[rest]
        kept = float((model.predict(found[rest]) == first)[wrong].mean())
        result[str(threshold)] = {
            "accuracy": [float(v) for v in accuracy],
            "taken": taken,
            "right": right,
            "kept": kept,
        }
    return result


# --- pictures and names ---


@cache
def emoji() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features of 1,655 pictures, of their English and of their Chinese names."""
    folder, root = assets.fetch("twemoji"), assets.fetch("emoji_names")
    english, chinese = (
        json.loads((root / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("emoji", "emoji_zh")
    )
    rows = []
    for sign, told in english.items():
        zh, codes = chinese.get(sign), [f"{ord(c):x}" for c in sign]
        zh = zh if isinstance(zh, str) else (zh or {}).get("zh")
        flag = any(0x1F1E6 <= ord(c) <= 0x1F1FF for c in sign)
        if told["status"] != 2 or not zh or flag or "skin_tone" in told["en"]:
            continue
        for name in ("-".join(codes), "-".join(c for c in codes if c != "fe0f")):
            if (folder / f"{name}.png").exists():
                rows.append((folder / f"{name}.png", plain(told["en"]), plain(zh)))
                break
    files, en, zh = zip(*rows, strict=True)
    return features.extract(files), features.of_texts(en), features.of_texts(zh)


def plain(name: str) -> str:
    return name.strip(":").replace("_", " ").replace("-", " ")


def clip(seed: int, epochs=30) -> dict:
    """Two linear maps, trained on 1,455 English names, asked about 200 other pictures."""
    keras.utils.set_random_seed(seed)
    pictures, english, chinese = emoji()
    order = np.random.default_rng(seed).permutation(len(pictures))
    asked, known = order[:200], order[200:]
    pictures = (pictures - pictures[known].mean(0)) / (pictures[known].std(0) + 1e-3)
    of_picture, of_name = layers.Dense(128), layers.Dense(128)
    optimizer = keras.optimizers.Adam(1e-3)

    @tf.function(autograph=False)
    def step(x, t):
        with tf.GradientTape() as tape:
            u = tf.nn.l2_normalize(of_picture(tf.nn.dropout(x, 0.3)), 1)
            s = u @ tf.transpose(tf.nn.l2_normalize(of_name(t), 1)) / 0.07
            loss = tf.reduce_mean(
                [
                    tf.nn.sparse_softmax_cross_entropy_with_logits(tf.range(x.shape[0]), logits)
                    for logits in (s, tf.transpose(s))
                ]
            )
        w = of_picture.trainable_variables + of_name.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, w), w, strict=True))

    of_picture.build((None, 1280))
    of_name.build((None, 512))
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        mixed = rng.permutation(known)
        for i in range(0, len(mixed) - 127, 128):
            step(pictures[mixed[i : i + 128]], english[mixed[i : i + 128]])
    u = tf.nn.l2_normalize(of_picture(pictures[asked]), 1).numpy()
    result = {}
    for language, names in (("en", english), ("zh", chinese)):
        s = u @ tf.nn.l2_normalize(of_name(names[asked]), 1).numpy().T
        rank = (s > np.diag(s)[:, None]).sum(1)  # names that are more similar than the right one
        result[language] = [float((rank < k).mean()) for k in (1, 5)]
    return result


# --- lakes ---

LAKES = {
    "source": ("SFFFFF", "FFHFFF", "FFFFHF", "FHFFFF", "FFFHFF", "HFFFFG"),
    "changed": ("SFFFFF", "FFHFFF", "FFFFHF", "FHFFFF", "FFFHHF", "HFFFFG"),
    "swapped": ("SFFFFF", "FFHFFF", "FFFFHF", "FHFFFF", "FFFHFF", "GFFFFH"),
}
RATE, DISCOUNT, CURIOUS = 0.3, 0.95, 0.1


def lake(name: str):
    return gymnasium.make(
        "FrozenLake-v1",
        desc=list(LAKES[name]),
        is_slippery=True,
        success_rate=0.8,
        max_episode_steps=100,
        disable_env_checker=True,
    )


def learn(world, q, episodes: int, seed: int, potential=None) -> list[int]:
    """Q-learning on the table q (36, 4), in place; gives each episode's reward."""
    rng, won = np.random.default_rng(seed), []
    world.reset(seed=seed)
    for _ in range(episodes):
        s, _ = world.reset()
        over = cut = False
        while not (over or cut):
            best = np.flatnonzero(q[s] == q[s].max())
            a = int(rng.integers(4) if rng.random() < CURIOUS else rng.choice(best))
            t, reward, over, cut, _ = world.step(a)
            extra = 0.0
            if potential is not None:
                extra = DISCOUNT * (not over) * potential[t] - potential[s]
            later = 0.0 if over else q[t].max()
            q[s, a] += RATE * (reward + extra + DISCOUNT * later - q[s, a])
            s = t
        won.append(int(reward))
    return won


def lakes(seed: int) -> dict:
    """The share of episodes that reach the goal, 100 at a time."""
    q = np.zeros((36, 4))
    learn(lake("source"), q, 1500, seed)
    rows, columns = np.divmod(np.arange(36), 6)
    closer = DISCOUNT ** (10 - rows - columns)  # as far as the goal is, with nothing in between
    result = {}
    for name in ("changed", "swapped"):
        for way, table in (("scratch", np.zeros((36, 4))), ("transfer", q.copy())):
            result[f"{name} {way}"] = learn(lake(name), table, 300, 100 + seed)
    result["source scratch"] = learn(lake("source"), np.zeros((36, 4)), 300, 100 + seed)
    result["source shaped"] = learn(lake("source"), np.zeros((36, 4)), 300, 100 + seed, closer)
    return {
        name: [float(np.mean(won[i : i + 100])) for i in range(0, 300, 100)]
        for name, won in result.items()
    }


def measure(keep=lambda name, compute: compute()) -> dict:
    """Everything that the lesson shows from data/results/16.json, under ``full``.

    keep(name, compute): gives what compute() gave, in this run or in one that was cut off.
    """
    parts = {"lakes": lakes, "clip": clip, "pseudo": pseudo, "pretext": pretext}
    found = {}
    for name, of_seed in parts.items():
        found[name] = [keep(f"{name} {s}", lambda s=s, f=of_seed: f(s)) for s in range(SEEDS)]
    return rounded(found)


def _interval(values) -> tuple[float, float]:
    """95% t interval of the mean of paired differences."""
    low, high = stats.ttest_1samp(np.asarray(values), 0).confidence_interval(0.95)
    return float(low), float(high)


def _first_episodes(one: str, other: str):
    """A claim: in each draw, the first 100 episodes of one minus those of the other."""
    return lambda results: _interval([draw[one][0] - draw[other][0] for draw in results["lakes"]])


# What the lesson says about its stored numbers, for course build --full --check 16.
CLAIMS = [
    (
        "多一个洞：搬来的表比从零好",
        "one more hole: the transferred table is better than scratch",
        _first_episodes("changed transfer", "changed scratch"),
    ),
    (
        "洞和目标对调：搬来的表比从零差",
        "hole and goal swapped: the transferred table is worse than scratch",
        _first_episodes("swapped scratch", "swapped transfer"),
    ),
    (
        "势能：学得更快",
        "a potential: learning is faster",
        _first_episodes("source shaped", "source scratch"),
    ),
    (
        "伪标签，阈值 0.5：准确率下降",
        "pseudo-labels, threshold 0.5: the accuracy falls",
        lambda results: _interval(
            [d["0.5"]["accuracy"][0] - d["0.5"]["accuracy"][-1] for d in results["pseudo"]]
        ),
    ),
    (
        "迷你 CLIP：中文第一名远多于瞎猜",
        "mini-CLIP: the first Chinese name is right far more often than by chance",
        lambda results: _interval([draw["zh"][0] - 0.05 for draw in results["clip"]]),
    ),
]
