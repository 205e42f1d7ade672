"""Exercises and quizzes of lesson 07: feature extraction."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number, OneOf
from course_utils.learning.definitions import Exercise, Option, Prediction, Quiz

# --- 07-1: passes through the backbone ---


def backbone_passes(n_train, n_val, epochs, cached):
    return (n_train + n_val) * (1 if cached else epochs)


def without_validation(n_train, n_val, epochs, cached):
    return n_train * (1 if cached else epochs)


def validation_once(n_train, n_val, epochs, cached):
    return n_train * (1 if cached else epochs) + n_val


def ignores_cache(n_train, n_val, epochs, cached):
    return (n_train + n_val) * epochs


def cache_costs_nothing(n_train, n_val, epochs, cached):
    return 0 if cached else (n_train + n_val) * epochs


def validation_not_kept(n_train, n_val, epochs, cached):
    return n_train + n_val * epochs if cached else (n_train + n_val) * epochs


def always_kept(n_train, n_val, epochs, cached):
    return n_train + n_val


def swapped(n_train, n_val, epochs, cached):
    return (n_train + n_val) * (epochs if cached else 1)


def only_the_first_epoch_left_out(n_train, n_val, epochs, cached):
    return (n_train + n_val) * (epochs - 1 if cached else epochs)


# --- 07-2: nearest neighbour by cosine ---


def _unit(x):
    x = np.asarray(x, float)
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def nearest(x_train, y_train, x_new):
    return np.asarray(y_train)[(_unit(x_new) @ _unit(x_train).T).argmax(axis=1)]


def without_norms(x_train, y_train, x_new):
    return np.asarray(y_train)[(np.asarray(x_new) @ np.asarray(x_train).T).argmax(axis=1)]


def farthest(x_train, y_train, x_new):
    return np.asarray(y_train)[(_unit(x_new) @ _unit(x_train).T).argmin(axis=1)]


def places(x_train, y_train, x_new):
    return (_unit(x_new) @ _unit(x_train).T).argmax(axis=1)


def by_distance(x_train, y_train, x_new):
    apart = np.linalg.norm(np.asarray(x_new)[:, None] - np.asarray(x_train)[None], axis=2)
    return np.asarray(y_train)[apart.argmin(axis=1)]


def wrong_axis(x_train, y_train, x_new):
    return np.asarray(y_train)[(_unit(x_train) @ _unit(x_new).T).argmax(axis=1)]


def one_norm(x_train, y_train, x_new):
    one = np.asarray(x_train) / np.linalg.norm(x_train)
    return np.asarray(y_train)[(np.asarray(x_new) / np.linalg.norm(x_new) @ one.T).argmax(axis=1)]


def places_without_norms(x_train, y_train, x_new):
    return (np.asarray(x_new) @ np.asarray(x_train).T).argmax(axis=1)


def random_rows(rng):
    """Small enough to be shown in full; labels differ, or a wrong row could have the right one."""
    x_train = (rng.normal(size=(3, 2)) * rng.uniform(0.2, 5, size=(3, 1))).round(1)
    return x_train, rng.permutation([2, 4, 7]), rng.normal(size=(2, 2)).round(1)


# --- 07-3: the one-standard-error rule ---

FIVE = [
    ("A", 0.96, 0.010, 0.27),
    ("B", 0.985, 0.009, 0.38),
    ("C", 0.99, 0.007, 0.86),
    ("D", 0.97, 0.030, 15.3),
    ("E", 0.984, 0.008, 3.9),
]


# 0.75 − 0.125 is exactly 0.625, in binary numbers as well.
AT_THE_BORDER = [("A", 0.625, 0.0625, 1.0), ("B", 0.75, 0.125, 2.0)]


def choose(candidates):
    _, best, error, _ = max(candidates, key=lambda c: c[1])
    return min((c for c in candidates if c[1] >= best - error), key=lambda c: c[3])[0]


def the_best(candidates):
    return max(candidates, key=lambda c: c[1])[0]


def the_cheapest(candidates):
    return min(candidates, key=lambda c: c[3])[0]


def own_error(candidates):
    best = max(c[1] for c in candidates)
    return min((c for c in candidates if c[1] + c[2] >= best), key=lambda c: c[3])[0]


def the_dearest(candidates):
    _, best, error, _ = max(candidates, key=lambda c: c[1])
    return max((c for c in candidates if c[1] >= best - error), key=lambda c: c[3])[0]


def best_per_mac(candidates):
    return max(candidates, key=lambda c: c[1] / c[3])[0]


def strictly(candidates):
    _, best, error, _ = max(candidates, key=lambda c: c[1])
    tied = [c for c in candidates if c[1] > best - error]
    return min(tied, key=lambda c: c[3])[0]


def bars_overlap(candidates):
    _, best, error, _ = max(candidates, key=lambda c: c[1])
    tied = [c for c in candidates if c[1] + c[2] >= best - error]
    return min(tied, key=lambda c: c[3])[0]


def first_tied(candidates):
    _, best, error, _ = max(candidates, key=lambda c: c[1])
    return next(c for c in candidates if c[1] >= best - error)[0]


def highest_error(candidates):
    best, error = max(c[1] for c in candidates), max(c[2] for c in candidates)
    return min((c for c in candidates if c[1] >= best - error), key=lambda c: c[3])[0]


def lowest_tied(candidates):
    _, best, error, _ = max(candidates, key=lambda c: c[1])
    return min((c for c in candidates if c[1] >= best - error), key=lambda c: c[1])[0]


def names_of_tied(candidates):
    _, best, error, _ = max(candidates, key=lambda c: c[1])
    return tuple(c[0] for c in candidates if c[1] >= best - error)  # matches a list, too


def whole_row(candidates):
    _, best, error, _ = max(candidates, key=lambda c: c[1])
    return min((c for c in candidates if c[1] >= best - error), key=lambda c: c[3])


def random_candidates(rng):
    scores, errors = rng.uniform(0.9, 1, 5), rng.uniform(0.005, 0.03, 5)
    rows = zip("ABCDE", scores, errors, rng.uniform(0.2, 16, 5), strict=True)
    return ([(name, *(round(float(v), 3) for v in numbers)) for name, *numbers in rows],)


# --- 07-4: parameters of two heads ---

# Two outputs and not one: the biases of both layers are 256 + 2, the second layer is 512 + 2.
FLATTEN = 7 * 7 * 2048 * 256 + 256 + 256 * 2 + 2
GAP = 2048 * 256 + 256 + 256 * 2 + 2


def slips(
    right: int, first_weights: int, where: tuple[str, str]
) -> list[tuple[int, tuple[str, str]]]:
    """Wrong numbers of parameters that are the same after flattening and after GAP."""
    return [
        (
            first_weights,
            (
                "这是第一层的权重；还有它的 256 个偏置；`Dense(2)` 又有 512 个权重和 2 个偏置。",
                "These are the first layer's weights; it has 256 biases as well, and `Dense(2)` has 512 weights and 2 biases.",
            ),
        ),
        (
            right - 514,
            (
                "还差 `Dense(2)`：512 个权重和 2 个偏置。",
                "`Dense(2)` is missing: 512 weights and 2 biases.",
            ),
        ),
        (
            right - 258,
            (
                "少了两层的偏置：256 个和 2 个。",
                "The biases of both layers are missing: 256 and 2.",
            ),
        ),
        (
            right - 256,
            (
                "少了第一层 `Dense(256)` 的 256 个偏置。",
                "The 256 biases of `Dense(256)`, the first layer, are missing.",
            ),
        ),
        (
            right - 2,
            ("少了 `Dense(2)` 的 2 个偏置。", "The 2 biases of `Dense(2)` are missing."),
        ),
        (
            right - 257,
            (
                "`Dense(2)` 有 2 个输出，每个有 256 个权重和 1 个偏置。",
                "`Dense(2)` has 2 outputs, each with 256 weights and 1 bias.",
            ),
        ),
        (
            first_weights // 256 * 2 + 2,
            (
                f"这里{where[0]}之后先有 `Dense(256)`，再有 `Dense(2)`。",
                f"Here a `Dense(256)` comes after {where[1]}, and `Dense(2)` after that.",
            ),
        ),
    ]


EXERCISES = [
    Exercise(
        id="07-1",
        title=("骨干网络的前向次数", "Passes through the backbone"),
        judge=judges.function(
            backbone_passes,
            inputs=[(160, 40, 10, False), (160, 40, 10, True)],
            random=lambda rng: (
                int(rng.integers(10, 300)),
                int(rng.integers(5, 90)),
                int(rng.integers(2, 30)),
                bool(rng.integers(0, 2)),
            ),
            mistakes=[
                (
                    without_validation,
                    (
                        "验证照片也要穿过骨干网络。",
                        "The validation photos go through the backbone as well.",
                    ),
                ),
                (
                    validation_once,
                    (
                        "没有存特征时，验证集在每一轮之后都要再算一次。",
                        "Without kept features, the validation set is computed again after each epoch.",
                    ),
                ),
                (
                    ignores_cache,
                    (
                        "`cached` 为真时，每张照片只算一次，与轮数无关。",
                        "When `cached` is true, each photo is computed once, however many epochs.",
                    ),
                ),
                (
                    cache_costs_nothing,
                    (
                        "存下之前，每张照片总要算一次。",
                        "Before it can be kept, each photo must be computed once.",
                    ),
                ),
                (
                    validation_not_kept,
                    (
                        "验证照片的特征也存下了，同样只算一次。",
                        "The features of the validation photos are kept as well: computed once.",
                    ),
                ),
                (
                    always_kept,
                    (
                        "`cached` 为假时什么也没存下：每一轮都要重新算。",
                        "When `cached` is false nothing is kept: everything is computed in each epoch.",
                    ),
                ),
                (
                    only_the_first_epoch_left_out,
                    (
                        "存下之后的各轮一次也不用算：留下的正是第一轮的那一份。",
                        "Once kept, later epochs compute nothing: what remains is the first epoch's part.",
                    ),
                ),
                (
                    swapped,
                    ("`cached` 的两种情况弄反了。", "The two cases of `cached` are swapped."),
                ),
            ],
        ),
        hints=[
            (
                "先数一轮：训练照片和验证照片各穿过一次。",
                "Count one epoch first: training and validation photos go through once each.",
            ),
            (
                "存下特征：总共一轮的数量。不存：再乘以轮数。",
                "With kept features: the number of one epoch in all. Without: times the epochs.",
            ),
        ],
        reference=backbone_passes,
        solution=(
            "`return (n_train + n_val) * (1 if cached else epochs)`",
            "`return (n_train + n_val) * (1 if cached else epochs)`",
        ),
        why=(
            "冻结的骨干网络对同一张照片总给同样的特征，算一次就够，训练多少轮都一样。条件是照片不变：有随机增强时，每一轮都要重算。",
            "A frozen backbone gives the same features for the same photo, so once is enough for any number of epochs. That holds while the photo stays as it is: with random augmentation each epoch has to compute anew.",
        ),
        wrong=[
            (without_validation, "as well"),
            (validation_once, "after each epoch"),
            (ignores_cache, "computed once"),
            (cache_costs_nothing, "Before it can"),
            (validation_not_kept, "kept as well"),
            (always_kept, "nothing is kept"),
            (only_the_first_epoch_left_out, "later epochs compute nothing"),
            (swapped, "swapped"),
            (lambda n_train, n_val, epochs, cached: "2000", "text"),
            (2000, "is a function"),
        ],
    ),
    Exercise(
        id="07-2",
        title=("最近邻分类器", "A nearest-neighbour classifier"),
        judge=judges.function(
            nearest,
            inputs=[
                (
                    np.array([[1.0, 0.0], [10.0, 10.0], [0.0, 2.0]]),
                    np.array([5, 6, 7]),
                    np.array([[3.0, 1.0], [1.0, 1.2]]),  # the second: by angle 6, by distance 5
                )
            ],
            random=random_rows,
            mistakes=[
                (
                    without_norms,
                    (
                        "要除以长度，而且是一行一行地除：`axis=1, keepdims=True`。点积会偏爱长的向量；余弦是单位向量的点积。",
                        "Divide by the lengths, row by row: `axis=1, keepdims=True`. A dot product favours long vectors; the cosine is the dot product of unit vectors.",
                    ),
                ),
                (
                    farthest,
                    (
                        "余弦越**大**越接近：用 `argmax`。",
                        "The **larger** the cosine, the closer: use `argmax`.",
                    ),
                ),
                (
                    places,
                    (
                        "你给出的是行号；再查一次 `y_train`。",
                        "These are row numbers; look them up in `y_train`.",
                    ),
                ),
                (
                    places_without_norms,
                    (
                        "两处：你给出的是行号，不是标签；而且点积没有除以长度。",
                        "Two things: these are row numbers, not labels; and the dot products are not divided by the lengths.",
                    ),
                ),
                (
                    by_distance,
                    (
                        "这是欧氏距离的最近邻；题目要余弦：先把每一行除以它的长度。",
                        "This is nearest by Euclidean distance; cosine is asked: divide each row by its length first.",
                    ),
                ),
                (
                    wrong_axis,
                    (
                        "轴反了：每个**新**的样本要一个答案，结果的形状是 `(m,)`。",
                        "The axis is the other one: each **new** sample gets an answer, the shape is `(m,)`.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "把每一行除以它的长度：`np.linalg.norm(x, axis=1, keepdims=True)`。",
                "Divide each row by its length: `np.linalg.norm(x, axis=1, keepdims=True)`.",
            ),
            (
                "单位向量的点积就是余弦：一个 `(m, n)` 的矩阵，每行一个新样本。",
                "The dot product of unit vectors is the cosine: an `(m, n)` matrix, a row for each new sample.",
            ),
            (
                "每行取 `argmax`，再用它到 `y_train` 里查标签。",
                "Take the `argmax` of each row, then look the label up in `y_train`.",
            ),
        ],
        reference=nearest,
        solution=(
            "```python\nunit = lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)\nreturn y_train[(unit(x_new) @ unit(x_train).T).argmax(axis=1)]\n```",
            "```python\nunit = lambda x: x / np.linalg.norm(x, axis=1, keepdims=True)\nreturn y_train[(unit(x_new) @ unit(x_train).T).argmax(axis=1)]\n```",
        ),
        why=(
            "除以长度以后，内积就是夹角的余弦：只比方向，不比长短。没有训练任何东西也能分类，说明类别在特征空间里已经分开了。",
            "Divided by their lengths, vectors have the cosine of their angle as product: direction counts, length does not. It classifies with nothing trained, which shows that the classes lie apart in feature space already.",
        ),
        wrong=[
            (without_norms, "Divide by the lengths"),
            (one_norm, "row by row"),
            (farthest, "argmax"),
            (places, "row numbers"),
            (by_distance, "Euclidean"),
            (wrong_axis, "other one"),
            (lambda x_train, y_train, x_new: float("nan"), "(2,)"),
        ],
    ),
    Exercise(
        id="07-3",
        title=("一个标准误规则", "The one-standard-error rule"),
        judge=judges.function(
            choose,
            inputs=[(FIVE,), ([("A", 0.9, 0.01, 5.0), ("B", 0.95, 0.01, 9.0)],), (AT_THE_BORDER,)],
            random=random_candidates,
            mistakes=[
                (
                    whole_row,
                    (
                        "选对了，但只返回名字：`[0]`。",
                        "The right one, but return its name only: `[0]`.",
                    ),
                ),
                (
                    the_best,
                    (
                        "最高分不一定赢：打平的里面要最便宜的。",
                        "The highest score need not win: among the tied, the cheapest does.",
                    ),
                ),
                (
                    the_cheapest,
                    (
                        "先看分数：比最高分差不止一个标准误的要去掉。",
                        "Scores first: drop those more than one standard error below the highest.",
                    ),
                ),
                (
                    own_error,
                    (
                        "用**最高者**的标准误定界线，不用每个候选自己的：不然测得越不准越容易入选。",
                        "The line is drawn by the standard error of the **highest**, not each one's own: or the least certain would get in most easily.",
                    ),
                ),
                (
                    strictly,
                    (
                        "恰好在界线上的也算打平：题目说“不低于”，用 `>=`。",
                        "Exactly at the line counts as tied, too: the text says “at least”, so use `>=`.",
                    ),
                ),
                (
                    bars_overlap,
                    (
                        "你看的是误差条重不重叠；规则只用最高者的标准误，候选自己的不加。",
                        "This asks whether error bars overlap; the rule uses the error of the highest only and adds nothing to the candidate's score.",
                    ),
                ),
                (
                    highest_error,
                    (
                        "要的是分数最高的那个候选的标准误，不是最大的标准误。",
                        "It is the error of the candidate with the highest score, not the largest error.",
                    ),
                ),
                (
                    first_tied,
                    (
                        "打平的有好几个：要乘加次数最少的，不是排在最前的。",
                        "Several are tied: take the one with the fewest operations, not the first in the list.",
                    ),
                ),
                (
                    lowest_tied,
                    (
                        "打平以后不再看分数：比较乘加次数 `c[3]`。",
                        "Among the tied scores no longer count: compare operations, `c[3]`.",
                    ),
                ),
                (
                    names_of_tied,
                    (
                        "这是打平的全部名字；还要选出乘加次数最少的一个。",
                        "These are the names of all that are tied; choose the one with the fewest operations.",
                    ),
                ),
                (
                    the_dearest,
                    (
                        "打平的里面要乘加次数最少的，不是最多的。",
                        "Among the tied take the fewest operations, not the most.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "`max(candidates, key=lambda c: c[1])` 找到最高者；记下它的分数和标准误。",
                "`max(candidates, key=lambda c: c[1])` finds the highest; keep its score and error.",
            ),
            (
                "留下分数至少是“最高分减标准误”的，再取 `c[3]` 最小的，返回它的名字。",
                "Keep those that score at least the highest minus the error, take the one with the smallest `c[3]`, and return its name.",
            ),
        ],
        reference=choose,
        solution=(
            "```python\n_, best, error, _ = max(candidates, key=lambda c: c[1])\ntied = [c for c in candidates if c[1] >= best - error]\nreturn min(tied, key=lambda c: c[3])[0]\n```",
            "```python\n_, best, error, _ = max(candidates, key=lambda c: c[1])\ntied = [c for c in candidates if c[1] >= best - error]\nreturn min(tied, key=lambda c: c[3])[0]\n```",
        ),
        why=(
            "相差不到一个标准误，分不出谁好，就选便宜的；“最好”的那个常常只是这一次运气好。",
            "Less than one standard error apart, nobody can say which is better, so take the cheaper one; the “best” was often just lucky this time.",
        ),
        wrong=[
            (whole_row, "its name only"),
            (the_best, "need not win"),
            (the_cheapest, "Scores first"),
            (own_error, "of the **highest**"),
            (the_dearest, "fewest operations"),
            (best_per_mac, "Scores first"),
            (strictly, "use `>=`"),
            (bars_overlap, "error bars overlap"),
            (highest_error, "not the largest error"),
            (first_tied, "not the first"),
            (lowest_tied, "no longer count"),
            (names_of_tied, "all that are tied"),
            (lambda candidates: candidates[0], "not `'B'`"),
            (lambda candidates: 1, "not `'B'`"),
        ],
    ),
    Exercise(
        id="07-4",
        title=("展平与 GAP 的代价", "What flattening and GAP cost"),
        judge=judges.fields(
            {
                "flatten": judges.values(
                    FLATTEN,
                    rtol=1e-9,
                    mistakes=[
                        *slips(FLATTEN, 7 * 7 * 2048 * 256, ("展平", "flattening")),
                        (
                            GAP,
                            (
                                "展平留下全部 7×7 个位置：输入是 100,352 个数。",
                                "Flattening keeps all 7×7 positions: the input has 100,352 numbers.",
                            ),
                        ),
                        *(
                            (
                                wrong,
                                (
                                    "这是 VGG16 的：它只有 512 个通道。",
                                    "That is VGG16, with only 512 channels.",
                                ),
                            )
                            for wrong in (6_423_041, 7 * 7 * 512 * 256 + 256 + 514)
                        ),
                    ],
                ),
                "gap": judges.values(
                    GAP,
                    rtol=1e-9,
                    mistakes=[
                        *slips(GAP, 2048 * 256, ("GAP", "GAP")),
                        (
                            FLATTEN,
                            (
                                "GAP 把 49 个位置平均成一个：输入只有 2048 个数。",
                                "GAP averages the 49 positions into one: the input has only 2048 numbers.",
                            ),
                        ),
                    ],
                ),
            }
        ),
        hints=[
            (
                "展平的输入有 $7\\times7\\times2048$ 个数，GAP 的有 2048 个。",
                "Flattened, the input has $7\\times7\\times2048$ numbers; after GAP 2048.",
            ),
            (
                "一层 `Dense(k)` 有“输入 × k”个权重和 k 个偏置；两层都要算。",
                "A layer `Dense(k)` has inputs × k weights and k biases; count both layers.",
            ),
        ],
        reference={"flatten": FLATTEN, "gap": GAP},
        solution=(
            "展平：$7\\cdot7\\cdot2048\\cdot256+256+256\\cdot2+2=25690882$；GAP：$2048\\cdot256+256+256\\cdot2+2=525058$，约为展平的 1/49。",
            "Flatten: $7\\cdot7\\cdot2048\\cdot256+256+256\\cdot2+2=25690882$; GAP: $2048\\cdot256+256+256\\cdot2+2=525058$, about 1/49 of flattening.",
        ),
        why=(
            "展平给每个位置一套自己的权重，GAP 让 49 个位置共用一套，所以小约 49 倍。本课的 VGG16 上，GAP 也更准。",
            "Flattening gives each place weights of its own, GAP has 49 places share one set, hence about 49 times fewer. With VGG16 in this lesson GAP is also more accurate.",
        ),
        wrong=[
            ({"flatten": 25_690_112, "gap": GAP}, "first layer's weights"),
            ({"flatten": 25_690_368, "gap": GAP}, "`Dense(2)` is missing"),
            ({"flatten": 25_690_624, "gap": GAP}, "both layers"),
            ({"flatten": 25_690_626, "gap": GAP}, "256 biases of"),
            ({"flatten": 25_690_880, "gap": GAP}, "2 biases of"),
            ({"flatten": 25_690_625, "gap": GAP}, "2 outputs"),
            ({"flatten": 200_706, "gap": GAP}, "comes after flattening"),
            ({"flatten": 6_423_041, "gap": GAP}, "VGG16"),
            ({"flatten": 6_423_298, "gap": GAP}, "VGG16"),
            ({"flatten": GAP, "gap": GAP}, "all 7×7"),
            ({"flatten": FLATTEN, "gap": 524_544}, "`Dense(2)` is missing"),
            ({"flatten": FLATTEN, "gap": 524_800}, "both layers"),
            ({"flatten": FLATTEN, "gap": 4098}, "comes after GAP"),
            ({"flatten": FLATTEN, "gap": 524_802}, "256 biases of"),
            ({"flatten": FLATTEN, "gap": 525_056}, "2 biases of"),
            ({"flatten": FLATTEN, "gap": FLATTEN}, "averages the 49"),
            ({"flatten": FLATTEN}, "`gap` is not filled in"),
            ([FLATTEN, GAP], "dict"),
        ],
    ),
]

QUIZZES = [
    Quiz(
        id="07-q1",
        question=(
            "假如“冻结的随机网络”用 200 张照片也到了 0.95，能说明什么？",
            "Suppose the frozen random network had reached 0.95 with 200 photos, too. What would follow?",
        ),
        options=[
            Option(
                (
                    "这个任务上，结构就够了，功劳不在预训练的权重",
                    "On this task the structure is enough; pretrained weights do not deserve the credit",
                ),
                (
                    "对：这个对照与冻结的预训练网络只差权重。实际上它只有 0.61 左右，所以功劳在权重。",
                    "Yes: this control differs from the frozen pretrained network in nothing but the weights. In fact it reaches only about 0.61, so the weights deserve the credit.",
                ),
                right=True,
            ),
            Option(
                (
                    "随机权重与学到的一样好，在哪里都行",
                    "Random weights are as good as learned ones everywhere",
                ),
                (
                    "只测了这个任务；在数字图上，不训练的网络确实不输，在猫狗照片上却输得很多。",
                    "Only this task was measured; with the digits an untrained network did keep up, with photos of cats and dogs it is far behind.",
                ),
            ),
            Option(
                ("从零训练也会到 0.95", "Training from scratch would reach 0.95, too"),
                (
                    "从零训练的是另一个网络，而且更新所有权重；这个对照不说它。",
                    "From scratch is another network, and all of its weights are updated; the control says nothing about it.",
                ),
            ),
        ],
    ),
    Quiz(
        id="07-q2",
        question=(
            "你存下了每张照片的特征，再想用随机翻转做数据增强。会怎样？",
            "You kept the features of each photo and now want random flips as augmentation. What happens?",
        ),
        options=[
            Option(
                (
                    "在特征上翻转就行",
                    "Just flip the features",
                ),
                (
                    "特征没有左右；翻转要在照片上做，再穿过骨干网络。",
                    "Features have no left and right; photos are flipped, before the backbone.",
                ),
            ),
            Option(
                (
                    "照片变了，特征要重新算；可以原图和镜像各存一份",
                    "The photos change, so must the features; both the original's and the mirror image's features can be kept",
                ),
                (
                    "对：变形的种类有限时可以都存下；每轮都不同的增强就存不下了。",
                    "Yes: a few versions can all be kept; augmentation that differs in every epoch cannot.",
                ),
                right=True,
            ),
            Option(
                ("没有影响，分类头会自己学会", "Nothing changes, the head learns it by itself"),
                (
                    "分类头只看见存下的那一份，从没见过翻转的照片。",
                    "The head sees the kept version only and never meets a flipped photo.",
                ),
            ),
        ],
    ),
    Quiz(
        id="07-q3",
        question=(
            "你的 3 类照片在 t-SNE 图上：X 团小而密，Y、Z 团大；X 离 Y 近，离 Z 远。同事说：“X 最好分，Z 与 X 差别最大。”你怎样回答？",
            "A t-SNE map of your 3 classes: cluster X is small and dense, Y and Z are large; X is near Y and far from Z. A colleague says: “X is easiest to tell, and Z differs most from X.” What do you answer?",
        ),
        options=[
            Option(
                (
                    "两句都对，图上看得见",
                    "Both are right, the map shows it",
                ),
                (
                    "t-SNE 里团的大小不能比，团之间的距离也只有一部分可信；要比，就在原来的特征上测。",
                    "In t-SNE sizes of clusters cannot be compared and distances between them can be trusted only in part; to compare, measure on the features themselves.",
                ),
            ),
            Option(
                ("前一句对，后一句不对", "The first is right, the second is not"),
                (
                    "团小也不说明好分：t-SNE 会把密的地方拉开，疏的地方压紧。",
                    "A small cluster is no easier either: t-SNE stretches dense places and squeezes thin ones.",
                ),
            ),
            Option(
                (
                    "图上最可信的是近邻；两句都要在原来的特征上测",
                    "Neighbours are what to trust most on the map; both claims must be measured on the features",
                ),
                (
                    "对：近邻是 t-SNE 想保住的东西，本课用 5 个最近邻测过。",
                    "Yes: neighbours are what t-SNE tries to keep; this lesson measured it with 5 neighbours.",
                ),
                right=True,
            ),
        ],
    ),
    Quiz(
        id="07-q4",
        question=(
            "4 张有标签的照片（2 猫 2 狗），目标是分猫狗。先做什么？",
            "You have 4 labelled photos, 2 cats and 2 dogs, and want to tell cats from dogs. What do you try first?",
        ),
        options=[
            Option(
                ("从零训练一个小网络", "Train a small network from scratch"),
                (
                    "本课里它用 200 张只有 0.66 左右，4 张是 0.55。",
                    "In this lesson it reaches only about 0.66 with 200 photos, and 0.55 with 4.",
                ),
            ),
            Option(
                (
                    "零样本，去掉先验；在它上面训练分类头，要等另一些有标签的照片说它更准",
                    "Zero-shot without the prior; a head on top of it only once other labelled photos show that it is better",
                ),
                (
                    "对：存下的 1,000 张上它有 0.980；再用 4 个标签从它出发学，平均低 0.4 个百分点；4 个标签的冻结特征只有 0.92。但源任务里要有你的类别（ImageNet 有猫和狗）；没有时只剩冻结的特征，并让各类一样多。",
                    "Yes: on the stored 1,000 photos it reaches 0.980; learning on from there with 4 labels is 0.4 points lower on average, and frozen features with 4 labels reach only 0.92. But the source task must have your classes (ImageNet has cats and dogs); where it lacks them frozen features are left, with equally many photos of each class.",
                ),
                right=True,
            ),
            Option(
                ("微调整个骨干网络", "Fine-tune the whole backbone"),
                (
                    "4 张照片要定 3,000,000 多个参数，太少。本课只微调了最后一个块：4 个标签时与冻结的分不出高低，都是 0.92，比不训练的零样本低 6 个百分点。",
                    "4 photos are too few to settle over 3,000,000 parameters. This lesson fine-tuned the last block only: with 4 labels it cannot be told from frozen, 0.92 both, and is 6 points below zero-shot without training.",
                ),
            ),
        ],
    ),
]

PREDICTIONS = [
    Prediction(
        "07-p1",
        (
            "冻结的特征，10 个标签：答对百分之几？",
            "Frozen features, 10 labels: what per cent is right?",
        ),
        Number(0, 100, ("%", "%"), close=4),
    ),
    Prediction(
        "07-p2",
        ("零样本：316 张里答对百分之几？", "Zero-shot: what per cent of the 316 is right?"),
        Number(0, 100, ("%", "%"), close=4),
    ),
    Prediction(
        "07-p3",
        (
            "从零训练，200 个标签：答对百分之几？",
            "From scratch, 200 labels: what per cent is right?",
        ),
        Number(0, 100, ("%", "%"), close=7),
    ),
    Prediction(
        "07-p4",
        (
            "冻结的随机网络，200 个标签：答对百分之几？",
            "Frozen random network, 200 labels: what per cent is right?",
        ),
        Number(0, 100, ("%", "%"), close=7),
    ),
    Prediction(
        "07-p5",
        (
            "从零样本出发，加 10 个标签：更准吗？",
            "Starting from zero-shot, 10 labels more: more accurate?",
        ),
        OneOf((("更准", "more"), ("更不准", "less"), ("一样", "the same"))),
    ),
]
