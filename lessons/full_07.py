"""The long version of lesson 07's measurements, for ``course build --full 07``.

The functions that are measured stand in the lesson; they are taken from its source here, so that the
stored table and the short rerun in the lesson cannot drift apart.
"""

import functools
import importlib
import os
import time
from pathlib import Path

import course_utils  # first, so that TensorFlow starts without its messages
from course_utils.evaluation import t_interval
from course_utils.long_runs import from_lesson

LESSON = Path(__file__).with_name("07_feature_extraction.py")
WANTED = {
    "all_photos",
    "y",
    "x",
    "images",
    "thumbnails",
}  # values of the lesson that functions need
SIZES = [4, 5, 10, 20, 50, 100, 200]  # labelled photos
REPEATS, SCRATCH_REPEATS, RANDOM_NETWORKS = 40, 8, 4
COUNTS, SEEDS = [0, 2, 4, 10, 20, 50, 100, 200], 20  # what one label is worth
LOCAL = Path(os.environ.get("COURSE_TEST_PHOTOS") or LESSON.parents[2] / "shared" / "photos")
CANDIDATES = [
    "efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2", "mobilenet_v2",
    "squeezenet", "vgg16",
]  # fmt: skip


def measure(keep=lambda name, compute: compute()) -> dict:
    """Everything that the lesson shows from data/results/07.json, under ``full``.

    keep(name, compute): gives what compute() gave, in this run or in one that was cut off.
    """
    lesson = from_lesson(LESSON, WANTED)
    resnet50 = functools.cache(lambda: resnet50_tables(lesson))  # tables: too large to keep
    rows = {name: keep(name, lambda name=name: backbone_row(lesson, name)) for name in CANDIDATES}
    rows["resnet50"] = keep(
        "resnet50", lambda: judged(lesson, resnet50()["ResNet50, own, GAP"]) | {"leep": None}
    )
    return {
        "curve": keep("curve", lambda: curve(lesson)),
        "labels": keep("labels", lambda: labels(lesson)),
        "longer": keep("longer", lambda: longer(lesson)),
        "backbones": rows,
        "recipes": keep("recipes", lambda: recipes(lesson, resnet50())),
        "sources": keep("sources", lambda: [lesson["score_sources"](seed) for seed in range(5)]),
        "seconds": keep("seconds", lambda: seconds(lesson)),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def longer(lesson: dict) -> list[float]:
    """From scratch with 200 photos and 1,000 steps: is more training enough?"""
    return [round(float(lesson["score_scratch"](r, 200, steps=1000)), 4) for r in range(2)]


def curve(lesson: dict) -> dict:
    """method → number of labelled photos → accuracies, one for each repeat (always the same draw)."""
    networks = [lesson["random_features"](seed) for seed in range(RANDOM_NETWORKS)]
    frozen, x = lesson["score_frozen"], lesson["x"]
    is_right = (lesson["log_odds"](lesson["imagenet"](lesson["all_photos"])) > 0) == lesson["y"]
    scores = {
        "zero-shot": lambda r, n: is_right[lesson["draw"](r)[1]].mean(),
        "pretrained": lambda r, n: frozen(x, r, n),
        "random": lambda r, n: frozen(networks[r % RANDOM_NETWORKS], r, n),
        "scratch": lesson["score_scratch"],
    }
    repeats = dict.fromkeys(scores, REPEATS) | {"scratch": SCRATCH_REPEATS}
    return {
        name: {str(n): [round(float(score(r, n)), 4) for r in range(repeats[name])] for n in SIZES}
        for name, score in scores.items()
    }


def labels(lesson: dict) -> dict:
    """What labels are worth: learned from the 200 training photos, judged on 1,000 local photos.

    methods → accuracy → for each of ``counts`` the accuracies of ``draws`` draws, the same photos
    for each method. With 0 labels nothing is learned: 0.5, and the start alone with zero-shot.
    With 200 labels all draws have the same photos, only their order and the seeds differ.
    """
    import numpy as np

    from course_utils import features, photos

    test = photos.load_folder(LOCAL / "cats_dogs_1000")
    x, y, y_test = lesson["x"][:200], lesson["y"][:200], np.asarray(test.labels)
    x_test, unit = features.extract(test), lesson["x"][:200].std()
    start, start_test = (
        lesson["without_the_prior"](lesson["imagenet"](part))
        for part in (lesson["all_photos"].subset(range(200)), test)
    )
    tune, thumbnails = _fine_tuner(lesson, test), test.images(48).astype("float32")

    def frozen(places, repeat):
        head = lesson["LogisticRegression"](C=0.1, max_iter=2000).fit(x[places] / unit, y[places])
        return head.decision_function(x_test / unit), head

    def frozen_zero_shot(places, repeat):
        w_b = lesson["fit_from"](start[places], x[places] / unit, y[places])
        return start_test + x_test / unit @ w_b[:-1] + w_b[-1]

    def fine_tuned(places, repeat):
        _, head = frozen(places, repeat)
        return tune(places, repeat, head.coef_.T / unit, head.intercept_)

    def scratch(places, repeat):
        network = lesson["from_scratch"](repeat, places)
        return np.ravel(network.predict(thumbnails, batch_size=250, verbose=0))

    methods = {
        "scratch": scratch,
        "frozen": lambda places, repeat: frozen(places, repeat)[0],
        "frozen_zero_shot": frozen_zero_shot,
        "fine_tuned": fine_tuned,
    }
    rows = {name: [] for name in methods}
    for name, logits in methods.items():
        untrained = start_test if name == "frozen_zero_shot" else np.ones(len(y_test))
        for n in COUNTS:
            z = [
                logits(lesson["in_turn"](y, repeat)[:n], repeat) if n else untrained
                for repeat in range(SEEDS)
            ]
            rows[name].append([round(float(np.mean((one > 0) == y_test)), 4) for one in z])
            print(name, n, round(float(np.mean(rows[name][-1])), 4), flush=True)
    return {
        "counts": COUNTS,
        "draws": SEEDS,
        "methods": {name: {"accuracy": row} for name, row in rows.items()},
        "zero_shot": {short: _zero_shot(lesson, test, short) for short in ("lite0", "lite2")},
    }


def _zero_shot(lesson: dict, test, short: str) -> dict:
    """Right answers without a label: the plain sums, and with ImageNet's prior taken out."""
    import numpy as np

    p, y = lesson["imagenet"](test, f"efficientnet_{short}"), np.asarray(test.labels)
    answers = {"plain": lesson["log_odds"](p) > 0, "prior": lesson["without_the_prior"](p) > 0}
    right = {name: answer == y for name, answer in answers.items()}
    by_class = {
        f"{name}_{what}": int(one[y == c].sum())
        for name, one in right.items()
        for c, what in enumerate(("cats", "dogs"))
    }
    return (
        {name: round(float(one.mean()), 4) for name, one in right.items()}
        | by_class
        | {"n": len(y)}
    )


def _fine_tuner(lesson: dict, test):
    """(places, seed, kernel, bias) → logits of the test photos: the last block and head trained.

    What is before the last block does not change, so its output is computed once.
    """
    import keras
    import numpy as np

    from course_utils import backbones

    net = backbones.load("efficientnet_lite0", pooling="avg")
    cut = backbones.blocks(net)["block15"][0].input
    trunk, top = keras.Model(net.input, cut), keras.Model(cut, net.output)
    for layer in top.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    predict, y = backbones.predictor(trunk), lesson["y"]
    maps = lesson["in_batches"](predict, lesson["images"][:200])
    maps_test = np.concatenate(
        [
            lesson["in_batches"](predict, test.subset(range(i, i + 100)).images(224))
            for i in range(0, len(test), 100)
        ]
    )
    tuned = keras.Sequential([keras.Input(maps.shape[1:]), top, keras.layers.Dense(1)])
    adam = keras.optimizers.Adam(1e-4)
    tuned.compile(adam, loss=keras.losses.BinaryCrossentropy(from_logits=True))
    adam.build(tuned.trainable_variables)
    pretrained, unused = top.get_weights(), [v.numpy() for v in adam.variables]

    def tune(places, seed, kernel, bias):
        top.set_weights(pretrained)
        tuned.layers[-1].set_weights([kernel, bias])
        for variable, value in zip(adam.variables, unused, strict=True):
            variable.assign(value)
        rng, batch = np.random.default_rng(seed), min(16, len(places))
        order = [rng.permutation(places) for _ in range(-(-60 * batch // len(places)))]
        order = np.concatenate(order)[: 60 * batch].reshape(60, batch)
        for some in order:  # 60 steps
            tuned.train_on_batch(maps[some], y[some])
        return tuned.predict(maps_test, batch_size=100, verbose=0)[:, 0]

    return tune


def backbone_row(lesson: dict, name: str) -> dict:
    """Probe, nearest neighbours and LEEP on the training photos, and the check on the others.

    LEEP needs the 1,000 probabilities: None for networks whose weights have no head.
    """
    from course_utils import backbones, features

    spec, score = backbones.SPECS[name], None
    if spec.has_top:
        p = lesson["imagenet"](lesson["all_photos"].images(spec.size)[:200], name)
        score = round(float(lesson["leep"](p, lesson["y"][:200])), 4)
    return judged(lesson, features.extract(lesson["all_photos"], name)) | {"leep": score}


def judged(lesson: dict, x) -> dict:
    """Probe with its standard error, neighbours, and how many of the other photos are right."""
    probe, error, neighbours, n_right = map(float, lesson["judge_backbone"](x))
    rounded = {"probe": probe, "error": error, "neighbours": neighbours}
    return {key: round(value, 4) for key, value in rounded.items()} | {"n_right": int(n_right)}


def recipes(lesson: dict, resnet50: dict) -> dict:
    """The articles' VGG16 and ResNet50, as printed and repaired: accuracies with 60 labels."""
    tables = lesson["vgg16_tables"]() | resnet50
    score = lesson["score_frozen"]
    return {name: [round(score(x, r, 60), 4) for r in range(10)] for name, x in tables.items()}


def resnet50_tables(lesson: dict) -> dict:
    """Features of all photos: S4 as printed feeds raw RGB to kernels that expect BGR minus its mean."""
    import numpy as np

    from course_utils import backbones

    resnet50, images, tables = _benchmark("resnet50"), lesson["images"], {}
    for name, preprocessing in (("raw", False), ("own", True)):
        model = resnet50.load(pooling="avg", preprocessing=preprocessing)
        predict = backbones.predictor(model)
        batches = [predict(images[i : i + 8]) for i in range(0, len(images), 8)]
        tables[f"ResNet50, {name}, GAP"] = np.concatenate(batches)
    return tables


def _benchmark(name: str):
    """A module of benchmarks/: its weights come from elsewhere than the lessons' own."""
    import sys

    from course_utils import paths

    sys.path.append(str(paths.ROOT / "benchmarks"))
    return importlib.import_module(name)


def seconds(lesson: dict) -> dict:
    """200 photos, 5 epochs: through the network each time, or once; and the small CNN."""
    import numpy as np

    from course_utils import backbones

    model, photos, y = lesson["whole_model"](), lesson["images"][:200], lesson["y"][:200]
    model.fit(photos[:16].astype("float32"), y[:16], epochs=1, verbose=0)  # prepares
    order = np.random.default_rng(0).permutation(200)
    photos, y = photos[order].astype("float32"), y[order]
    end_to_end = _clock(lambda: model.fit(photos, y, epochs=5, verbose=0))
    predict = backbones.predictor(backbones.load("efficientnet_lite0", pooling="avg"))
    predict(photos[:16])
    once = _clock(lambda: [predict(photos[i : i + 16]) for i in range(0, 200, 16)])
    features, head = lesson["x"][order], lesson["new_head"]()
    head.fit(features[:16], y[:16], epochs=1, verbose=0)
    return {
        "end to end": round(end_to_end, 2),
        "features once": round(once, 2),
        "head": round(_clock(lambda: head.fit(features, y, epochs=5, verbose=0)), 2),
        "scratch": round(_clock(lambda: lesson["score_scratch"](0, 200)), 2),
    }


def _clock(work) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _interval(one, other) -> tuple[float, float]:
    """95% t interval of the mean of one - other, draw by draw (or number by number)."""
    return t_interval([a - b for a, b in zip(one, other, strict=True)])


def _widest(intervals) -> tuple[float, float]:
    """The ends that hold all intervals: it is above 0 where each of them is."""
    lows, highs = zip(*intervals, strict=True)
    return min(lows), max(highs)


def _draws(results: dict, way: str, n: int) -> list[float]:
    """Accuracies on the 1,000 photos of one way with n labels, one for each draw."""
    return results["labels"]["methods"][way]["accuracy"][results["labels"]["counts"].index(n)]


def _better(results: dict, one: str, other: str, counts) -> tuple[float, float]:
    """How much one way is above the other, with each of these numbers of labels."""
    return _widest(_interval(_draws(results, one, n), _draws(results, other, n)) for n in counts)


def _below_zero_shot(results: dict, way: str, counts=(2, 4, 10, 20)) -> tuple[float, float]:
    """How much zero-shot left alone is above a way, with each of these numbers of labels."""
    alone = _draws(results, "frozen_zero_shot", 0)
    return _widest(_interval(alone, _draws(results, way, n)) for n in counts)


def _mean(results: dict, way: str, n: int) -> float:
    """Mean accuracy on the 116 photos, from the learning curve."""
    values = results["curve"][way][str(n)]
    return sum(values) / len(values)


def _tied(results: dict) -> bool:
    """From zero-shot and frozen: with 20, 50 and 100 labels less than 0.1 points, and 0 inside."""
    pairs = [
        (_draws(results, "frozen_zero_shot", n), _draws(results, "frozen", n))
        for n in (20, 50, 100)
    ]
    near = all(abs(sum(one) - sum(other)) / len(one) < 0.001 for one, other in pairs)
    return near and all(low < 0 < high for low, high in (_interval(*pair) for pair in pairs))


def _prior_pays(results: dict) -> bool:
    """Lite0 and Lite2 by more than 0.05; all mistakes before were cats."""
    rows = results["labels"]["zero_shot"].values()
    return all(r["prior"] > r["plain"] + 0.05 and r["plain_dogs"] == r["n"] // 2 for r in rows)


def _brightness_harms(results: dict) -> bool:
    """The lowest of the four sources in each repeat, with either penalty."""
    return all(
        row["bright"][k] < min(value[k] for name, value in row.items() if name != "bright")
        for row in results["sources"]
        for k in (0, 1)
    )


def _lowest(results: dict, key: str) -> bool:
    """SqueezeNet is below all other backbones by this measurement."""
    scores = {name: row[key] for name, row in results["backbones"].items()}
    return scores.pop("squeezenet") < min(scores.values())


def _in_reach(results: dict) -> bool:
    """Within one standard error of the highest probe: MobileNetV2 and Lite0, not SqueezeNet."""
    rows = results["backbones"]
    best = max(rows.values(), key=lambda row: row["probe"])
    reach = {name for name, row in rows.items() if row["probe"] >= best["probe"] - best["error"]}
    return "squeezenet" not in reach and {"mobilenet_v2", "efficientnet_lite0"} <= reach


def _leep_order(results: dict) -> bool:
    """MobileNetV2 has the highest LEEP, SqueezeNet the second: not the order of the probe."""
    scores = {name: row["leep"] for name, row in results["backbones"].items()}
    known = {name: score for name, score in scores.items() if score is not None}
    return sorted(known, key=known.get)[-2:] == ["squeezenet", "mobilenet_v2"]


def _repair(results: dict, after: str, before: str) -> tuple[float, float]:
    return _interval(results["recipes"][after], results["recipes"][before])


# What the lesson says about its stored numbers, for course build --full --check 07.
CLAIMS = [
    (
        "零样本去掉先验，Lite0 和 Lite2 都高 0.05 以上；原来错的全是猫",
        "zero-shot without the prior: Lite0 and Lite2 gain more than 0.05; all mistakes were cats",
        _prior_pays,
    ),
    (
        "10 个标签的预训练特征比从零训练的 200 个高 0.2 以上，练 1,000 步也一样",
        "pretrained features with 10 labels beat 200 from scratch by more than 0.2, with 1,000 steps too",
        lambda results: (
            _mean(results, "pretrained", 10)
            > max(_mean(results, "scratch", 200), sum(results["longer"]) / 2) + 0.2
        ),
    ),
    (
        "200 个标签：预训练的权重比随机的高 0.3 以上",
        "200 labels: pretrained weights beat random ones by more than 0.3",
        lambda results: _mean(results, "pretrained", 200) > _mean(results, "random", 200) + 0.3,
    ),
    (
        "4 张照片比 5 张准 0.05 以上",
        "4 photos are more accurate than 5 by more than 0.05",
        lambda results: _mean(results, "pretrained", 4) > _mean(results, "pretrained", 5) + 0.05,
    ),
    (
        "2、4、10 个标签：从零样本出发比冻结准",
        "2, 4 and 10 labels: starting from zero-shot is more accurate than frozen",
        lambda results: _better(results, "frozen_zero_shot", "frozen", (2, 4, 10)),
    ),
    (
        "20、50、100 个标签：从零样本出发与冻结打平",
        "20, 50 and 100 labels: starting from zero-shot and frozen are tied",
        _tied,
    ),
    (
        "2 到 20 个标签：从零样本出发再学，比不动的零样本低",
        "2 to 20 labels: learning on from zero-shot is below zero-shot left alone",
        lambda results: _below_zero_shot(results, "frozen_zero_shot"),
    ),
    (
        "2 到 20 个标签：冻结在不动的零样本以下",
        "2 to 20 labels: frozen is below zero-shot left alone",
        lambda results: _below_zero_shot(results, "frozen"),
    ),
    (
        "2 到 20 个标签：微调在不动的零样本以下",
        "2 to 20 labels: fine-tuned is below zero-shot left alone",
        lambda results: _below_zero_shot(results, "fine_tuned"),
    ),
    (
        "10 和 20 个标签：冻结比微调准",
        "10 and 20 labels: frozen is more accurate than fine-tuned",
        lambda results: _better(results, "frozen", "fine_tuned", (10, 20)),
    ),
    (
        "“亮或暗”的源每次都最差",
        "the source “bright or dark” is the worst each time",
        _brightness_harms,
    ),
    (
        "“亮或暗”的源比不训练差",
        "the source “bright or dark” is below no training",
        lambda results: _interval(
            [row["untrained"][0] for row in results["sources"]],
            [row["bright"][0] for row in results["sources"]],
        ),
    ),
    (
        "SqueezeNet 的探测和最近邻都最低",
        "SqueezeNet is the lowest by probe and by neighbours",
        lambda results: _lowest(results, "probe") and _lowest(results, "neighbours"),
    ),
    (
        "MobileNetV2 和 Lite0 与最高的打平，SqueezeNet 没有",
        "MobileNetV2 and Lite0 are tied with the highest, SqueezeNet is not",
        _in_reach,
    ),
    (
        "LEEP 最高的是 MobileNetV2，其次 SqueezeNet",
        "MobileNetV2 has the highest LEEP, SqueezeNet comes next",
        _leep_order,
    ),
    (
        "VGG16：GAP 比展平准",
        "VGG16: GAP is more accurate than flattening",
        lambda results: _repair(results, "VGG16, /255, GAP", "VGG16, /255, flatten"),
    ),
    (
        "VGG16：自己的预处理比除以 255 准",
        "VGG16: its own preprocessing is more accurate than dividing by 255",
        lambda results: _repair(results, "VGG16, own, GAP", "VGG16, /255, GAP"),
    ),
    (
        "ResNet50：有预处理比没有准",
        "ResNet50: with preprocessing it is more accurate than without",
        lambda results: _repair(results, "ResNet50, own, GAP", "ResNet50, raw, GAP"),
    ),
    (
        "特征只算一次，时间不到每轮都穿过网络的一半",
        "features once takes less than half the time of going through the network in each epoch",
        lambda results: (
            results["seconds"]["end to end"]
            > 2 * (results["seconds"]["features once"] + results["seconds"]["head"])
        ),
    ),
]
