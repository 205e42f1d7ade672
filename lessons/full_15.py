"""Long measurements of lesson 15: ``course build --full 15`` writes them to data/results/15.json.

Compression is measured on EfficientNet-Lite0 without its top and one head, cats against dogs; privacy and
federated averaging on linear heads over its features of chest X-rays.
"""

import importlib
import os
import re
import shutil
import sys
import tempfile
import time
import zlib
from functools import cache
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

import course_utils  # first, so that TensorFlow starts without its messages
from course_utils import assets, backbones, features, photos
from course_utils.evaluation import t_interval
from course_utils.long_runs import packed, rounded

ROOT = Path(__file__).resolve().parents[1]
LOCAL = Path(os.environ.get("COURSE_TEST_PHOTOS") or ROOT.parent / "shared" / "photos")
SEEDS, CANARY_RUNS = 10, 30
SIGMAS = (0.0, 0.5, 1.0, 2.0, 4.0)  # noise multipliers
RATE, STEPS, DELTA = 0.032, 310, 1e-4  # of DP-SGD
PRUNED = (0.3, 0.6)  # shares of each kernel
WORK = Path(tempfile.gettempdir()) / f"course_full_15_{os.getpid()}"


# --- one classifier, many sizes ---


@cache
def test_photos() -> photos.PhotoSet:
    """The 1,000 local photos where they are, else the course's own that training does not see."""
    folder = LOCAL / "cats_dogs_1000"
    return photos.load_folder(folder) if folder.is_dir() else photos.default("test")


@cache
def network() -> keras.Model:
    """Lite0 without top, BatchNorm folded: raw RGB -> 1,280 features."""
    return backbones.fold_batch_norm(backbones.load("efficientnet_lite0", pooling="avg"))


@cache
def pictures() -> tuple[np.ndarray, np.ndarray]:
    """Training photos and test photos, uint8 (n, 224, 224, 3)."""
    return photos.default("train").images(224), test_photos().images(224)


def keras_features(net, images, batch=25) -> np.ndarray:
    run = tf.function(lambda x: net(x, training=False))
    parts = [images[i : i + batch].astype("float32") for i in range(0, len(images), batch)]
    return np.concatenate([run(tf.constant(part)).numpy() for part in parts])


@cache
def head() -> LogisticRegression:
    """The head, trained once on the float32 features of the 200 training photos."""
    train = photos.default("train")
    return LogisticRegression(C=0.01, max_iter=3000).fit(features.extract(train), train.labels)


@cache
def reference() -> np.ndarray:
    return features.extract(test_photos())


def judged(found) -> dict:
    """Right answers, answers that changed, and the largest error of a feature against float32."""
    y, z = test_photos().labels, head().decision_function(found)
    z0 = head().decision_function(reference())
    right, before = (z > 0) == y, (z0 > 0) == y
    return {
        "right": int(right.sum()),
        "n": len(y),
        "lost": int((before & ~right).sum()),
        "gained": int((right & ~before).sum()),
        "error": float(np.abs(found - reference()).max()),
    }


class Lite:
    """A LiteRT program: a photo at a time."""

    def __init__(self, content: bytes, threads=1) -> None:
        self.content, self.size = content, len(content)
        self.run = tf.lite.Interpreter(model_content=content, num_threads=threads)
        self.run.allocate_tensors()
        self.read, self.write = self.run.get_input_details()[0], self.run.get_output_details()[0]

    def __call__(self, images) -> np.ndarray:
        rows = []
        for image in images:
            self.run.set_tensor(self.read["index"], image[None].astype(self.read["dtype"]))
            self.run.invoke()
            rows.append(self.run.get_tensor(self.write["index"])[0])
        return np.array(rows)


def lite(net, kind: str) -> Lite:
    """kind: float32, float16 (weights), dynamic (int8 weights)."""
    converter = tf.lite.TFLiteConverter.from_keras_model(net)
    if kind != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        converter.target_spec.supported_types = [tf.float16]
    return Lite(converter.convert())


class Onnx:
    """An ONNX file with ONNX Runtime: a photo at a time."""

    def __init__(self, file: Path, threads=1) -> None:
        runtime = importlib.import_module("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        self.content, self.size = file, file.stat().st_size
        providers = ["CPUExecutionProvider"]
        self.run = runtime.InferenceSession(str(file), options, providers=providers)

    def __call__(self, images) -> np.ndarray:
        parts = [image[None].astype("float32") for image in images]
        return np.concatenate([self.run.run(None, {"image": part})[0] for part in parts])


@cache
def quantized(per_channel: bool) -> Path:
    """Lite0 quantised by ONNX Runtime, calibrated on 20 training photos."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    graph, tools = (
        importlib.import_module("onnx_graph"),
        importlib.import_module("onnxruntime.quantization"),
    )
    WORK.mkdir(exist_ok=True)
    plain, file = WORK / "float32.onnx", WORK / f"int8_{per_channel}.onnx"
    graph.write(network(), plain)

    class Photos(tools.CalibrationDataReader):
        def __init__(self) -> None:
            self.left = iter(
                [{"image": image[None].astype("float32")} for image in pictures()[0][::10]]
            )

        def get_next(self):
            return next(self.left, None)

    tools.quantize_static(
        plain, file, Photos(), quant_format=tools.QuantFormat.QDQ, per_channel=per_channel,
        activation_type=tools.QuantType.QUInt8, weight_type=tools.QuantType.QInt8,
    )  # fmt: skip
    return file


def in_keras_order(name: str, kernel) -> np.ndarray:
    """An ONNX kernel (out, in, h, w), depthwise (channels, 1, h, w), as Keras has it."""
    return kernel.transpose((2, 3, 0, 1) if "depthwise" in name else (2, 3, 1, 0))


def against_onnx(file: Path, per_channel: bool) -> dict:
    """Kernels quantised by hand against ONNX Runtime's integers, in steps; one of them in full."""
    onnx = importlib.import_module("onnx")
    held = {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(file).graph.initializer}
    furthest, n, kept = 0, 0, {}
    for layer in network().layers:
        if not layer.weights:
            continue
        kernel, own = layer.get_weights()[0], f"{layer.name}_kernel"
        theirs = in_keras_order(layer.name, held[f"{own}_quantized"]).astype(int)
        axis = 2 if "depthwise" in layer.name else 3
        rest = tuple(k for k in range(4) if k != axis) if per_channel else None
        largest = np.abs(kernel).max(axis=rest, keepdims=per_channel)
        alive = np.broadcast_to(largest > 1e-4, kernel.shape)  # in dead channels all is 0 or noise
        mine = np.rint(kernel / np.maximum(largest / 127, 1e-12)).astype(int)
        furthest = max(furthest, int(np.abs(mine - theirs)[alive].max()))
        n += int(alive.sum())
        if layer.name == "block0_project_conv":
            kept["kernel"] = " ".join(str(v) for v in theirs.ravel())
            kept["scale"] = packed(held[f"{own}_scale"])
    out = "block0_project_conv"
    kept["output scale"] = float(held[f"{out}_scale"])
    kept["output zero point"] = int(held[f"{out}_zero_point"])
    return {"steps": furthest, "n": n, "layer": kept}


def levels() -> dict:
    """Weights of two channels of one kernel, the widest and the one nearest to 25 times narrower."""
    kernel = network().get_layer("block15_expand_conv").get_weights()[0][0, 0]  # (192, 1152)
    largest = np.abs(kernel).max(axis=0)
    narrow = np.abs(np.log(largest * 25 / largest.max() + 1e-9)).argmin()
    wide = largest.argmax()
    return {
        "wide": packed(kernel[:, wide]),
        "narrow": packed(kernel[:, narrow]),
        "ratio": float(largest[wide] / largest[narrow]),
    }


def zipped(net) -> int:
    """Bytes of the float32 weights after zlib."""
    return len(zlib.compress(b"".join(w.astype("float32").tobytes() for w in net.get_weights()), 6))


@cache
def thin(share: float) -> keras.Model:
    """The smallest weights of each 1×1 kernel set to 0; those hold 97% of the weights."""
    net = keras.models.clone_model(network())
    for mine, layer in zip(net.layers, network().layers, strict=True):
        if layer.weights:
            kernel, bias = layer.get_weights()
            if kernel.shape[:2] == (1, 1):
                kernel = np.where(np.abs(kernel) > np.quantile(np.abs(kernel), share), kernel, 0)
            mine.set_weights([kernel, bias])
    return net


def pruned(share: float) -> dict:
    """What a pruned network gets right: with the old head, and with a head trained again on its features."""
    net, train = thin(share), photos.default("train")
    found, y = keras_features(net, pictures()[1]), test_photos().labels
    again = LogisticRegression(C=0.01, max_iter=3000)
    again.fit(keras_features(net, pictures()[0]), train.labels)
    right, before = again.predict(found) == y, head().predict(reference()) == y
    after = {
        "right": int(right.sum()),
        "n": len(y),
        "lost": int((before & ~right).sum()),
        "gained": int((right & ~before).sum()),
    }
    sizes = {"zipped": zipped(net), "zipped before": zipped(network())}
    return {"before": judged(found), "after": after} | sizes


LITE = ("float32", "float16", "dynamic")
PROGRAMS = (*LITE, "pruned", "student", "onnx float32", "onnx per tensor", "onnx per channel")


@cache
def program(name: str):
    """One of PROGRAMS, ready to run."""
    if name in LITE:
        return lite(network(), name)
    if name == "pruned":
        return lite(thin(PRUNED[-1]), "float32")
    if name == "student":
        return lite(backbones.load("squeezenet", pooling="avg"), "float32")
    file = quantized(name == "onnx per channel")
    return Onnx(WORK / "float32.onnx" if name == "onnx float32" else file)


def size(name: str) -> dict:
    """Bytes of a program; of those that are not the same network in float32, what they get right."""
    row = {"bytes": program(name).size}
    if name in ("float32", "onnx float32", "student", "pruned"):
        return row
    return row | judged(program(name)(pictures()[1]))


def speeds(rounds=7) -> dict:
    """Photos per second on one thread, the best of some rounds in turns, against float32 of the runtime."""
    shown = photos.default("test")
    images = dict.fromkeys(PROGRAMS, shown.images(224)[:10])
    side = backbones.load("squeezenet", pooling="avg").input_shape[1]
    images["student"] = shown.images(side)[:10]
    alone = {n: type(program(n))(program(n).content, threads=1) for n in PROGRAMS}
    best = dict.fromkeys(PROGRAMS, np.inf)
    for _ in range(rounds):
        for name in PROGRAMS:
            start = time.perf_counter()
            alone[name](images[name])
            best[name] = min(best[name], time.perf_counter() - start)
    base = {True: best["onnx float32"], False: best["float32"]}
    return {name: float(base[name.startswith("onnx")] / best[name]) for name in PROGRAMS}


def sizes(keep) -> dict:
    """Bytes, right answers, errors and speeds of Lite0 in all its forms."""
    rows = {"reference": keep("reference", lambda: judged(reference()))}
    for name in PROGRAMS:
        rows[name] = keep(f"size {name}", lambda n=name: size(n))
    found = {
        "rows": rows,
        "steps": {
            f"{per_channel}": keep(
                f"steps {per_channel}",
                lambda p=per_channel: against_onnx(quantized(p), p),
            )
            for per_channel in (False, True)
        },
        "pruning": {f"{p:g}": keep(f"pruning {p:g}", lambda p=p: pruned(p)) for p in PRUNED},
        "speeds": keep("speeds", speeds),
    }
    if WORK.is_dir():
        shutil.rmtree(WORK)
    return found


@cache
def two_views() -> tuple:
    """Features of Lite0 (teacher) and SqueezeNet (student), standardised, of training and test photos."""
    found = []
    for name in ("efficientnet_lite0", "squeezenet"):
        train = features.extract(photos.default("train"), name)
        test = features.extract(test_photos(), name)
        mean, scale = train.mean(0), train.std(0) + 1e-6
        found += [(train - mean) / scale, (test - mean) / scale]
    return tuple(found)


def soft_head(x, p, C=0.01) -> LogisticRegression:
    """Logistic regression on probabilities: each photo counts p as a dog and 1 - p as a cat."""
    y = np.repeat([0, 1], len(x))
    return LogisticRegression(C=C, max_iter=2000).fit(np.r_[x, x], y, np.r_[1 - p, p])


def distilled(seed: int) -> dict:
    """20 labels; the student alone, and with the teacher's answers to the 180 photos without labels."""
    big, big_test, small, small_test = two_views()
    y, y_test = photos.default("train").labels, test_photos().labels
    rng = np.random.default_rng(seed)
    few = np.concatenate([rng.choice(np.flatnonzero(y == k), 10, replace=False) for k in (0, 1)])
    teacher = LogisticRegression(C=0.01, max_iter=2000).fit(big[few], y[few])
    p = teacher.predict_proba(big)[:, 1]
    p[few] = y[few]
    alone = LogisticRegression(C=0.01, max_iter=2000).fit(small[few], y[few])
    full = LogisticRegression(C=0.01, max_iter=2000).fit(small, y)
    return {
        "teacher": float(teacher.score(big_test, y_test)),
        "alone": float(alone.score(small_test, y_test)),
        "distilled": float(soft_head(small, p).score(small_test, y_test)),
        "all labels": float(full.score(small_test, y_test)),
    }


# --- privacy ---


@cache
def films() -> tuple:
    """Unit features (n, 1280), kinds (0 normal, 1 bacteria, 2 virus), numbers of persons.

    They are scaled by the public cats and dogs: statistics of the films themselves would be a leak, too.
    """
    files = np.array(sorted(assets.fetch("chest_xray").rglob("*.jpeg")))
    names = [file.name for file in files]
    public = features.extract(photos.default("train"))
    x = (features.extract(files) - public.mean(0)) / (public.std(0) + 1e-6)
    kind = np.array([2 if "virus" in n else 1 if "bacteria" in n else 0 for n in names])
    number = np.array([re.match(r"person\d+|(NORMAL2-)?IM-\d+", name)[0] for name in names])
    return x / np.linalg.norm(x, axis=1, keepdims=True), kind, number


def members(places, n: int, rng) -> tuple[np.ndarray, np.ndarray]:
    """n films and all films of other persons, whole persons in random order."""
    number = films()[2][places]
    order = {who: k for k, who in enumerate(rng.permutation(np.unique(number)))}
    turn = np.argsort([order[who] for who in number], kind="stable")
    inside, outside = turn[:n], turn[n:]
    outside = outside[number[outside] != number[inside[-1]]]
    return places[inside], places[outside]


def fitted(x, y, C: float):
    """Logits of a logistic regression, found in the span of its films, which is where it lies."""
    basis = np.linalg.svd(x, full_matrices=False)[2]
    model = LogisticRegression(C=C, max_iter=500).fit(x @ basis.T, y)
    return basis.T @ model.coef_[0], float(model.intercept_[0])


def attacked(seed: int) -> dict:
    """Bacteria or virus, 200 films: accuracy inside and outside, and AUC of guessing who is inside."""
    x, kind, _ = films()
    rng = np.random.default_rng(seed)
    inside, outside = members(np.flatnonzero(kind > 0), 200, rng)
    y, row = kind == 2, {}
    for name, C in (("strong", 1.0), ("weak", 1e3)):
        w, b = fitted(x[inside], y[inside], C)
        margin = (x @ w + b) * (2 * y - 1)
        row[name] = [
            float((margin[inside] > 0).mean()),
            float((margin[outside] > 0).mean()),
            roc_auc_score(np.repeat([1, 0], [len(inside), len(outside)]),
                          np.r_[margin[inside], margin[outside]]),
        ]  # fmt: skip
    if seed == 0:
        row["margins"] = [packed(margin[inside]), packed(margin[outside[:400]])]
    return row


def dp_sgd(x, y, sigma, rng, clip=1.0, lr=2.0, steps=STEPS) -> np.ndarray:
    """Weights (1281,), the bias last: mean of the second half of the steps."""
    a = np.c_[x, np.ones(len(x))]
    norm = np.linalg.norm(a, axis=1)
    w, total = np.zeros(a.shape[1]), np.zeros(a.shape[1])
    for t in range(steps):
        k = np.flatnonzero(rng.random(len(a)) < RATE)
        e = 1 / (1 + np.exp(-a[k] @ w)) - y[k]
        e = e * np.minimum(1, clip / np.maximum(np.abs(e) * norm[k], 1e-12))
        noise = sigma * clip * rng.normal(size=len(w))
        w = w - lr * (e @ a[k] + noise) / (RATE * len(a))
        total += w if t >= steps // 2 else 0
    return total / (steps - steps // 2)


def private(seed: int) -> dict:
    """Normal or pneumonia, 500 and 2,000 films: accuracy on other persons for each noise."""
    x, kind, _ = films()
    y, row = (kind > 0).astype(float), {}
    for n in (500, 2000):
        rng = np.random.default_rng(seed)
        inside, outside = members(np.arange(len(y)), n, rng)
        for sigma in SIGMAS:
            w = dp_sgd(x[inside], y[inside], sigma, rng)
            row[f"{n} {sigma:g}"] = float((((x @ w[:-1] + w[-1]) > 0) == y)[outside].mean())
    return row


def canary(sigma: float) -> dict:
    """One film with a wrong label: of two models, the one that saw it should have its logit higher."""
    x, kind, _ = films()
    y = (kind > 0).astype(float)
    found = {True: [], False: []}
    for seed in range(CANARY_RUNS):
        rng = np.random.default_rng(seed)
        inside, outside = members(np.arange(len(y)), 500, rng)
        odd = outside[:1]
        for with_it in (True, False):
            places = np.r_[inside, odd] if with_it else inside
            target = np.r_[y[inside], 1 - y[odd]] if with_it else y[inside]
            w = dp_sgd(x[places], target, sigma, np.random.default_rng(1000 + 2 * seed + with_it))
            z = float((x[odd] @ w[:-1])[0] + w[-1]) * (1 - 2 * y[odd[0]])
            found[with_it].append(z)
    pairs = zip(found[True], found[False], strict=True)
    return {
        "right": sum(with_it > without for with_it, without in pairs),
        "n": CANARY_RUNS,
        "with": packed(found[True]),
        "without": packed(found[False]),
    }


# --- federated averaging ---

SHARES = {"mixed": (0.95, 0.8, 0.5, 0.2, 0.05), "even": (0.5,) * 5}  # of pneumonia in each hospital
LOCAL_STEPS, TOTAL = (1, 5, 25, 125), 20  # steps between two averages; rounds


def descend(w, a, y, gram, steps: int, lr=2.0) -> np.ndarray:
    """Gradient descent from w; the change is a sum of films, so only their weights c are counted."""
    z, c = a @ w, np.zeros(len(a))
    for _ in range(steps):
        c -= lr * (1 / (1 + np.exp(-(z + gram @ c))) - y) / len(a)
    return w + c @ a


def loss_of(w, a, y) -> float:
    z = a @ w
    return float(np.logaddexp(0, np.where(y == 1, -z, z)).mean())


def federated(seed: int) -> dict:
    """Five hospitals of 100 films: accuracy, loss on their films, after 20 rounds of averaging."""
    x, kind, _ = films()
    y, row = (kind > 0).astype(float), {}
    a = np.c_[x, np.ones(len(x))]
    for name, shares in SHARES.items():
        rng = np.random.default_rng(seed)
        inside, outside = members(np.arange(len(y)), 1400, rng)
        pools = [list(rng.permutation(inside[y[inside] == k])) for k in (0, 1)]
        clients = [
            np.array([pools[int(i < round(100 * s))].pop() for i in range(100)]) for s in shares
        ]
        every = np.concatenate(clients)
        grams = [a[places] @ a[places].T for places in [*clients, every]]
        for steps in LOCAL_STEPS:
            w = np.zeros(a.shape[1])
            for _ in range(TOTAL):
                ends = [
                    descend(w, a[p], y[p], gram, steps)
                    for p, gram in zip(clients, grams, strict=False)
                ]
                w = np.mean(ends, axis=0)
            start = np.zeros_like(w)
            central = descend(start, a[every], y[every], grams[-1], TOTAL * steps)
            row[f"{name} {steps}"] = [
                float((((a @ v) > 0) == y)[outside].mean()) for v in (w, central)
            ] + [loss_of(v, a[every], y[every]) for v in (w, central)]
    return row


def measure(keep=lambda name, compute: compute()) -> dict:
    """Everything that the lesson shows from data/results/15.json, under ``full``.

    keep(name, compute): gives what compute() gave, in this run or in one that was cut off.
    """
    found: dict = {"levels": keep("levels", levels), "sizes": sizes(keep)}
    for name, of_seed in (
        ("attacked", attacked),
        ("private", private),
        ("federated", federated),
        ("distilled", distilled),
    ):
        found[name] = [keep(f"{name} {s}", lambda s=s, f=of_seed: f(s)) for s in range(SEEDS)]
    found["canary"] = {
        f"{sigma:g}": keep(f"canary {sigma:g}", lambda s=sigma: canary(s)) for sigma in SIGMAS
    }
    return rounded(found)


def _difference(part: str, one: str, other: str):
    """A claim: in every draw one number minus another."""
    return lambda results: t_interval([draw[one] - draw[other] for draw in results[part]])


# What the lesson says about its stored numbers, for course build --full --check 15.
CLAIMS = [
    (
        "过拟合的头：成员推断的 AUC 高于 0.5",
        "overfitted head: membership inference has an AUC above 0.5",
        lambda results: t_interval([draw["weak"][2] - 0.5 for draw in results["attacked"]]),
    ),
    (
        "蒸馏的学生比只用标签的好",
        "the distilled student is better than the one with labels alone",
        _difference("distilled", "distilled", "alone"),
    ),
    (
        "各家数据不同时，走 5 步联邦的损失就高于集中的",
        "where hospitals differ, the federated loss is above the central one with 5 local steps already",
        lambda results: t_interval(
            [draw["mixed 5"][2] - draw["mixed 5"][3] for draw in results["federated"]]
        ),
    ),
]
