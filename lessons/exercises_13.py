"""Exercises and quizzes of lesson 13: language and speech."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number
from course_utils.learning.definitions import (
    Exercise,
    Matching,
    Option,
    Ordering,
    Pair,
    Prediction,
    Quiz,
    Step,
)

# --- 13-1: the nearest neighbour by cosine ---


def _unit(x, axis=1):
    return x / np.linalg.norm(x, axis=axis, keepdims=True)


def nearest(a, b):
    return (_unit(a) @ _unit(b).T).argmax(axis=1)


def nearest_by_dot(a, b):
    return (a @ b.T).argmax(axis=1)


def nearest_by_distance(a, b):
    return np.linalg.norm(a[:, None] - b[None], axis=2).argmin(axis=1)


def nearest_is_farthest(a, b):
    return (_unit(a) @ _unit(b).T).argmin(axis=1)


def nearest_of_each_b(a, b):
    return (_unit(a) @ _unit(b).T).argmax(axis=0)


def nearest_as_cosine(a, b):
    return (_unit(a) @ _unit(b).T).max(axis=1)


def nearest_by_columns(a, b):
    """Columns instead of rows get length 1."""
    return (_unit(a, 0) @ _unit(b, 0).T).argmax(axis=1)


def nearest_as_matrix(a, b):
    return _unit(a) @ _unit(b).T


def random_rows(rng):
    n, m, d = rng.integers(3, 9, 3)
    m = n + 1 + m  # never as many: a mistake in the axis shows
    return rng.normal(size=(n, d)), rng.normal(size=(m, d)) * rng.uniform(0.1, 9, (m, 1))


# --- 13-2: scaled dot-product attention ---


def _softmax(scores, axis=-1):
    e = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def attend(q, k, v):
    return _softmax(q @ k.T / np.sqrt(q.shape[1])) @ v


def attend_unscaled(q, k, v):
    return _softmax(q @ k.T) @ v


def attend_by_d(q, k, v):
    return _softmax(q @ k.T / q.shape[1]) @ v


def attend_columns(q, k, v):
    return _softmax(q @ k.T / np.sqrt(q.shape[1]), axis=0) @ v


def attend_without_softmax(q, k, v):
    return q @ k.T / np.sqrt(q.shape[1]) @ v


def attend_weights(q, k, v):
    return _softmax(q @ k.T / np.sqrt(q.shape[1]))


def attend_swapped(q, k, v):
    return _softmax(k @ q.T / np.sqrt(q.shape[1])) @ v


def attend_hardest(q, k, v):
    """Only the best place counts."""
    return v[(q @ k.T).argmax(axis=1)]


def attend_scaled_after(q, k, v):
    return _softmax(q @ k.T) @ v / np.sqrt(q.shape[1])


def attend_without_keepdims(q, k, v):
    """Divides each column, not each row, by the rows' sums."""
    e = np.exp(q @ k.T / np.sqrt(q.shape[1]))
    return e / e.sum(axis=1) @ v


def attend_over_all(q, k, v):
    """One softmax over the whole table."""
    return _softmax(q @ k.T / np.sqrt(q.shape[1]), axis=None) @ v


def attend_by_places(q, k, v):
    """The number of places instead of the number of columns."""
    return _softmax(q @ k.T / np.sqrt(len(q))) @ v


def random_heads(rng):
    n, d, w = rng.integers(2, 7, 3)
    return tuple(rng.normal(size=(n, size)) for size in (d + 1, d + 1, w))


# --- 13-3: the parameters of LoRA ---


def lora_parameters(n_in, n_out, rank, n_layers):
    return rank * (n_in + n_out) * n_layers


def lora_full(n_in, n_out, rank, n_layers):
    return n_in * n_out * n_layers


def lora_product(n_in, n_out, rank, n_layers):
    return n_in * n_out * rank * n_layers


def lora_one_layer(n_in, n_out, rank, n_layers):
    return rank * (n_in + n_out)


def lora_only_a(n_in, n_out, rank, n_layers):
    return rank * n_in * n_layers


def lora_only_b(n_in, n_out, rank, n_layers):
    return rank * n_out * n_layers


def lora_with_bias(n_in, n_out, rank, n_layers):
    return (rank * (n_in + n_out) + n_out) * n_layers


def lora_with_core(n_in, n_out, rank, n_layers):
    """A matrix rank × rank between A and B."""
    return (rank * (n_in + n_out) + rank**2) * n_layers


def lora_all_together(n_in, n_out, rank, n_layers):
    return (n_in * n_out + rank * (n_in + n_out)) * n_layers


def random_layers(rng):
    n_in, n_out = rng.integers(5, 60, 2)
    return int(n_in), int(n_out) + 60, int(rng.integers(2, 5)), int(rng.integers(2, 9))


# --- 13-4: noise at a signal-to-noise ratio ---


def add_noise(sound, noise, snr):
    wanted = np.mean(sound**2) / 10 ** (snr / 10)
    return sound + noise * np.sqrt(wanted / np.mean(noise**2))


def noise_by_20(sound, noise, snr):
    """20 instead of 10, for powers."""
    wanted = np.mean(sound**2) / 10 ** (snr / 20)
    return sound + noise * np.sqrt(wanted / np.mean(noise**2))


def noise_without_root(sound, noise, snr):
    return sound + noise * np.mean(sound**2) / 10 ** (snr / 10) / np.mean(noise**2)


def noise_wrong_sign(sound, noise, snr):
    return add_noise(sound, noise, -snr)


def noise_as_it_is(sound, noise, snr):
    """The noise's own power is not looked at."""
    return sound + noise * np.sqrt(np.mean(sound**2) / 10 ** (snr / 10))


def noise_linear(sound, noise, snr):
    """snr as a plain ratio, not decibels."""
    return (
        sound + noise * np.sqrt(np.mean(sound**2) / snr / np.mean(noise**2)) if snr > 0 else sound
    )


def noise_alone(sound, noise, snr):
    return add_noise(sound, noise, snr) - sound


def noise_of_sums(sound, noise, snr):
    """The mean of the values themselves, before squaring, is almost 0."""
    wanted = np.mean(np.abs(sound)) ** 2 / 10 ** (snr / 10)
    return sound + noise * np.sqrt(wanted) / np.mean(np.abs(noise))


def noise_by_variance(sound, noise, snr):
    """np.std takes the mean away first."""
    return sound + noise * np.std(sound) / np.std(noise) / 10 ** (snr / 20)


def random_sounds(rng):
    n = int(rng.integers(50, 200))
    sound = rng.normal(size=n) ** 3 * rng.uniform(0.5, 20)
    return sound, rng.normal(size=n) * rng.uniform(0.5, 5), float(rng.integers(3, 25))


PREDICTIONS = [
    Prediction(
        "13-p1",
        (
            "24 句英语，几句最近的中文是它的翻译？",
            "Of 24 English sentences, for how many is the nearest Chinese one the translation?",
        ),
        Number(0, 24, ("句", "sentences"), close=2),
    ),
    Prediction(
        "13-p2",
        (
            "不去重：测试行有百分之几也在训练里？",
            "Duplicates kept: what per cent of test lines stand in training, too?",
        ),
        Number(0, 100, ("%", "%"), close=8),
    ),
    Prediction(
        "13-p3",
        (
            "没有英文标签，亚马逊短评对百分之几？",
            "No English labels: what per cent of Amazon snippets are right?",
        ),
        Number(50, 100, ("%", "%"), close=4),
    ),
    Prediction(
        "13-p4",
        ("LoRA 训练全部参数的几分之几？", "What fraction of all parameters does LoRA train?"),
        Number(1e-5, 1, factor=3),
    ),
    Prediction(
        "13-p5",
        (
            "0 分贝的噪声里，20 个词对百分之几？",
            "In noise at 0 decibels, what per cent of 20 words are right?",
        ),
        Number(0, 100, ("%", "%"), close=8),
    ),
]

EXERCISES = [
    Exercise(
        id="13-1",
        title=("最近的句子", "The nearest sentence"),
        judge=judges.function(
            nearest,
            inputs=[
                (
                    np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]),
                    np.array([[0.5, 0.1], [9.0, 9.0], [0.1, 1.0], [-4.0, 0.0]]),
                )
            ],
            random=random_rows,
            mistakes=[
                (
                    nearest_by_dot,
                    (
                        "这里各行的长度不都是 1：长的向量点积大。先把每一行除以它的长度。",
                        "These rows do not all have length 1, and long ones get large dot products: divide each row by its length first.",
                    ),
                ),
                (
                    nearest_by_distance,
                    (
                        "这是欧氏距离：同方向而长度不同的两行也算远。余弦只看方向。",
                        "That is the Euclidean distance: two rows of one direction and different lengths count as far. The cosine looks at directions only.",
                    ),
                ),
                (
                    nearest_is_farthest,
                    (
                        "余弦越大越相似：用 `argmax`，不用 `argmin`。",
                        "The larger the cosine the more alike: `argmax`, not `argmin`.",
                    ),
                ),
                (
                    nearest_of_each_b,
                    (
                        "问的是 `a` 的每一行，你给的是 `b` 的每一行的：换一个 `axis`。",
                        "The question is about each row of `a`; you answer for each row of `b`: take the other `axis`.",
                    ),
                ),
                (
                    nearest_as_cosine,
                    (
                        "这是最大的余弦，问的是它的位置。",
                        "That is the largest cosine; its place is asked.",
                    ),
                ),
                (
                    nearest_by_columns,
                    (
                        "你把每一列的长度变成了 1；一句话是一行。",
                        "You gave each column length 1; a sentence is a row.",
                    ),
                ),
                (
                    nearest_as_matrix,
                    (
                        "这是全部的余弦；再在每一行里取最大的位置。",
                        "These are all the cosines; now take the place of the largest in each row.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "每一行除以它的长度：`np.linalg.norm(a, axis=1, keepdims=True)`。",
                "Divide each row by its length: `np.linalg.norm(a, axis=1, keepdims=True)`.",
            ),
            (
                "两张表相乘得到全部的余弦，形状 `(n, m)`；`argmax(axis=1)`。",
                "The product of both tables holds all cosines, shape `(n, m)`; then `argmax(axis=1)`.",
            ),
        ],
        reference=nearest,
        solution=(
            "```python\na = a / np.linalg.norm(a, axis=1, keepdims=True)\nb = b / np.linalg.norm(b, axis=1, keepdims=True)\nreturn (a @ b.T).argmax(axis=1)\n```",
            "```python\na = a / np.linalg.norm(a, axis=1, keepdims=True)\nb = b / np.linalg.norm(b, axis=1, keepdims=True)\nreturn (a @ b.T).argmax(axis=1)\n```",
        ),
        why=(
            "`a` 的长度不影响答案，`b` 的影响。各行的长度都是 1 时，余弦、点积和距离排出同样的顺序，为什么？",
            "The lengths of `a` do not matter, those of `b` do. When all rows have length 1, cosine, dot product and distance give the same order. Why?",
        ),
        wrong=[
            (nearest_by_dot, "long ones get large"),
            (nearest_by_distance, "Euclidean"),
            (nearest_is_farthest, "not `argmin`"),
            (nearest_of_each_b, "the other `axis`"),
            (nearest_as_cosine, "its place is asked"),
            (nearest_by_columns, "a sentence is a row"),
            (nearest_as_matrix, "all the cosines"),
        ],
    ),
    Exercise(
        id="13-2",
        title=("注意力", "Attention"),
        judge=judges.function(
            attend,
            inputs=[
                (
                    np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]]),
                    np.array([[1.0, 1.0], [0.0, 3.0], [2.0, 0.0]]),
                    np.array([[1.0], [2.0], [4.0]]),
                )
            ],
            random=random_heads,
            mistakes=[
                (
                    attend_unscaled,
                    (
                        "忘了除以 $\\sqrt d$：$d$ 是 `q` 的列数。",
                        "The division by $\\sqrt d$ is missing; $d$ is the number of columns of `q`.",
                    ),
                ),
                (
                    attend_by_d,
                    ("除以 $\\sqrt d$，不是 $d$。", "Divide by $\\sqrt d$, not by $d$."),
                ),
                (
                    attend_columns,
                    (
                        "softmax 要让每一**行**的和为 1：每个位置把自己的注意力分给所有位置。",
                        "Softmax has to make each **row** sum to 1: a place shares its own attention among all places.",
                    ),
                ),
                (
                    attend_without_keepdims,
                    (
                        "每一行要除以它自己的和：`e.sum(axis=1, keepdims=True)`；没有 `keepdims` 就除到列上去了。",
                        "Each row has to be divided by its own sum: `e.sum(axis=1, keepdims=True)`; without `keepdims` the columns are divided.",
                    ),
                ),
                (
                    attend_over_all,
                    (
                        "你除以了整张表的和：softmax 一行一行地做，每行的和为 1。",
                        "You divided by the sum of the whole table: softmax goes row by row, and each row sums to 1.",
                    ),
                ),
                (
                    attend_by_places,
                    (
                        "$d$ 是 `q` 的列数，不是行数：`q.shape[1]`。",
                        "$d$ is the number of columns of `q`, not of rows: `q.shape[1]`.",
                    ),
                ),
                (
                    attend_without_softmax,
                    (
                        "少了 softmax：权重要为正，和为 1。",
                        "Softmax is missing: weights are positive and sum to 1.",
                    ),
                ),
                (
                    attend_weights,
                    (
                        "这是权重；还要用它们对 `v` 求加权和。",
                        "Those are the weights; now take the weighted sum of `v` with them.",
                    ),
                ),
                (
                    attend_swapped,
                    (
                        "`q` 和 `k` 换了位置：行是提问的，列是被看的。",
                        "`q` and `k` have changed places: rows ask, columns are looked at.",
                    ),
                ),
                (
                    attend_hardest,
                    (
                        "你只取了最像的一个；注意力是全部位置的加权平均。",
                        "You take the best match only; attention is a weighted mean of all places.",
                    ),
                ),
                (
                    attend_scaled_after,
                    (
                        "$\\sqrt d$ 要在 softmax 之前除：它缩小的是分数，不是结果。",
                        "Divide by $\\sqrt d$ before softmax: it shrinks the scores, not the result.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "分数是 `q @ k.T / np.sqrt(q.shape[1])`，形状 `(n, n)`。",
                "The scores are `q @ k.T / np.sqrt(q.shape[1])`, shape `(n, n)`.",
            ),
            (
                "每一行：`np.exp`，再除以这一行的和（`keepdims=True`）；最后乘 `v`。",
                "For each row: `np.exp`, divided by the row's sum (`keepdims=True`); then multiply by `v`.",
            ),
        ],
        reference=attend,
        solution=(
            "```python\nscores = q @ k.T / np.sqrt(q.shape[1])\ne = np.exp(scores - scores.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True) @ v\n```",
            "```python\nscores = q @ k.T / np.sqrt(q.shape[1])\ne = np.exp(scores - scores.max(axis=1, keepdims=True))\nreturn e / e.sum(axis=1, keepdims=True) @ v\n```",
        ),
        why=(
            "减去每一行的最大值不改变结果，却防止 `np.exp` 溢出（第 02 课）。$q$、$k$ 的各个数独立、平均为 0、方差为 1 时，点积的方差是 $d$；除以 $\\sqrt d$ 以后又是 1，softmax 才不会一开始就只看一处。",
            "Subtracting each row's maximum changes nothing and keeps `np.exp` from overflowing (lesson 02). When the numbers in $q$ and $k$ are independent with mean 0 and variance 1, the dot product has variance $d$; divided by $\\sqrt d$ it is 1 again, and softmax does not look at a single place from the start.",
        ),
        wrong=[
            (attend_unscaled, "is missing"),
            (attend_by_d, "not by $d$"),
            (attend_columns, "each **row**"),
            (attend_without_keepdims, "the columns are divided"),
            (attend_over_all, "the whole table"),
            (attend_by_places, "not of rows"),
            (attend_without_softmax, "Softmax is missing"),
            (attend_weights, "Those are the weights"),
            (attend_swapped, "changed places"),
            (attend_hardest, "best match only"),
            (attend_scaled_after, "before softmax"),
        ],
    ),
    Exercise(
        id="13-3",
        title=("LoRA 的参数", "The parameters of LoRA"),
        judge=judges.function(
            lora_parameters,
            inputs=[(384, 384, 4, 12), (10, 30, 2, 3)],
            random=random_layers,
            mistakes=[
                (
                    lora_full,
                    (
                        "这是 $W$ 自己的参数；它被冻结，训练的只有 $A$ 和 $B$。",
                        "Those are the parameters of $W$ itself, which is frozen; only $A$ and $B$ are trained.",
                    ),
                ),
                (
                    lora_product,
                    (
                        "两个矩阵的大小相**加**：$A$ 是 $n_{in}\\times r$，$B$ 是 $r\\times n_{out}$。",
                        "The sizes of two matrices **add** up: $A$ is $n_{in}\\times r$, $B$ is $r\\times n_{out}$.",
                    ),
                ),
                (
                    lora_one_layer,
                    (
                        "这是一层的；一共 `n_layers` 层。",
                        "That is one layer; there are `n_layers` of them.",
                    ),
                ),
                (
                    lora_only_a,
                    ("这是 $A$ 的；$B$ 也要训练。", "That is $A$; $B$ is trained, too."),
                ),
                (
                    lora_only_b,
                    ("这是 $B$ 的；$A$ 也要训练。", "That is $B$; $A$ is trained, too."),
                ),
                (
                    lora_with_bias,
                    (
                        "偏置不属于 $A$ 和 $B$，这里不训练它。",
                        "The bias belongs to neither $A$ nor $B$ and is not trained here.",
                    ),
                ),
                (
                    lora_with_core,
                    (
                        "$A$ 和 $B$ 之间没有 $r\\times r$ 的矩阵。",
                        "There is no matrix $r\\times r$ between $A$ and $B$.",
                    ),
                ),
                (
                    lora_all_together,
                    ("$W$ 不训练，不要算进去。", "$W$ is not trained: leave it out."),
                ),
            ],
        ),
        hints=[
            (
                "$W$ 有 `n_in` 行、`n_out` 列，所以 $A$ 是 `n_in × rank`，$B$ 是 `rank × n_out`。",
                "$W$ has `n_in` rows and `n_out` columns, so $A$ is `n_in × rank` and $B$ is `rank × n_out`.",
            ),
            ("两个大小相加，再乘层数。", "Add both sizes and multiply by the number of layers."),
        ],
        reference=lora_parameters,
        solution=(
            "`return rank * (n_in + n_out) * n_layers`",
            "`return rank * (n_in + n_out) * n_layers`",
        ),
        why=(
            "12 个 384×384 的矩阵，秩 4：36,864 个，而矩阵自己有 1,769,472 个。秩多大时，LoRA 就不再省了？",
            "12 matrices of 384×384 and rank 4 take 36,864, while the matrices have 1,769,472. At which rank does LoRA save nothing any more?",
        ),
        wrong=[
            (lora_full, "which is frozen"),
            (lora_product, "**add** up"),
            (lora_one_layer, "That is one layer"),
            (lora_only_a, "That is $A$"),
            (lora_only_b, "That is $B$"),
            (lora_with_bias, "bias belongs to neither"),
            (lora_with_core, "no matrix"),
            (lora_all_together, "leave it out"),
        ],
    ),
    Exercise(
        id="13-4",
        title=("信噪比", "Signal-to-noise ratio"),
        judge=judges.function(
            add_noise,
            inputs=[
                (np.array([3.0, -3.0, 3.0, -3.0]), np.array([1.0, 1.0, -1.0, -1.0]), 10.0),
                (np.array([1.0, 2.0, -2.0, 0.0]), np.array([2.0, -1.0, 0.5, 4.0]), 20.0),
            ],
            random=random_sounds,
            mistakes=[
                (
                    noise_by_20,
                    (
                        "比的是功率：除以 $10^{\\text{SNR}/10}$。20 是用在振幅上的。",
                        "Powers are compared: divide by $10^{\\text{SNR}/10}$. The 20 is for amplitudes.",
                    ),
                ),
                (
                    noise_without_root,
                    (
                        "功率是振幅的平方：`noise` 要乘功率之比的平方根。",
                        "Power is the square of amplitude: multiply `noise` by the root of the ratio of powers.",
                    ),
                ),
                (
                    noise_wrong_sign,
                    (
                        "符号反了：信噪比越高，噪声越小。",
                        "The sign is the wrong way round: the higher the ratio the smaller the noise.",
                    ),
                ),
                (
                    noise_as_it_is,
                    (
                        "`noise` 自己的功率不一定是 1：也要除以它。",
                        "The power of `noise` itself need not be 1: divide by it, too.",
                    ),
                ),
                (
                    noise_linear,
                    (
                        "`snr` 是分贝，不是倍数：先算 $10^{\\text{SNR}/10}$。",
                        "`snr` is in decibels and no plain ratio: take $10^{\\text{SNR}/10}$ first.",
                    ),
                ),
                (
                    noise_alone,
                    ("这只是噪声；还要加上声音。", "That is the noise alone; add the sound."),
                ),
                (
                    noise_by_variance,
                    (
                        "`np.var` 和 `np.std` 先减去平均；功率是 `np.mean(x**2)`。",
                        "`np.var` and `np.std` take the mean away first; power is `np.mean(x**2)`.",
                    ),
                ),
                (
                    noise_of_sums,
                    (
                        "功率是平方的平均，不是平均的平方：`np.mean(x**2)`。",
                        "Power is the mean of squares, not the square of a mean: `np.mean(x**2)`.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "功率是 `np.mean(x**2)`。噪声该有的功率：声音的功率除以 `10 ** (snr / 10)`。",
                "Power is `np.mean(x**2)`. The power that the noise should have: that of the sound divided by `10 ** (snr / 10)`.",
            ),
            (
                "把 `noise` 乘以 $\\sqrt{\\text{该有的功率}/\\text{现有的功率}}$，再加到 `sound` 上。",
                "Multiply `noise` by $\\sqrt{\\text{power it should have}/\\text{power it has}}$ and add it to `sound`.",
            ),
        ],
        reference=add_noise,
        solution=(
            "```python\nwanted = np.mean(sound**2) / 10 ** (snr / 10)\nreturn sound + noise * np.sqrt(wanted / np.mean(noise**2))\n```",
            "```python\nwanted = np.mean(sound**2) / 10 ** (snr / 10)\nreturn sound + noise * np.sqrt(wanted / np.mean(noise**2))\n```",
        ),
        why=(
            "每多 10 分贝，噪声的功率变成十分之一，振幅变成 $1/\\sqrt{10}\\approx0.32$。0 分贝时两者一样响。",
            "Each 10 decibels more leave a tenth of the noise's power and $1/\\sqrt{10}\\approx0.32$ of its amplitude. At 0 decibels both are equally loud.",
        ),
        wrong=[
            (noise_by_20, "for amplitudes"),
            (noise_without_root, "the root of the ratio"),
            (noise_wrong_sign, "wrong way round"),
            (noise_as_it_is, "need not be 1"),
            (noise_linear, "no plain ratio"),
            (noise_alone, "noise alone"),
            (noise_by_variance, "take the mean away"),
            (noise_of_sums, "the mean of squares"),
        ],
    ),
]

QUIZZES = [
    Ordering(
        id="13-q1",
        question=(
            "用中文标签判断英文：先后怎样？",
            "Judging English with Chinese labels: in which order?",
        ),
        steps=[
            Step(("去掉重复的行", "remove duplicate lines")),
            Step(
                ("分成训练和测试", "split into training and test"),
                (
                    "先划分，同一行就会落在两边。",
                    "Split first, and the same line falls on both sides.",
                ),
            ),
            Step(
                ("在中文的训练部分上训练分类头", "train the head on the Chinese training part"),
                ("还没有训练部分。", "There is no training part yet."),
            ),
            Step(
                (
                    "在中文的测试部分上核对，再换到英文",
                    "check it on the Chinese test part, then go to English",
                ),
                ("还没有分类头。", "There is no head yet."),
            ),
        ],
        why=(
            "划分之后两边各自去重，同一行仍会落在两边。",
            "If each half drops its own duplicates after the split, a line can still stand in both.",
        ),
    ),
    Matching(
        id="13-q2",
        question=("哪个是哪个？", "Which is which?"),
        pairs=[
            Pair(
                item=("BERT", "BERT"),
                match=(
                    "编码器，每个位置看左右两边",
                    "an encoder in which each place sees both sides",
                ),
                why=(
                    "猜被遮住的词，左右都有用。",
                    "To guess a masked word, both sides help.",
                ),
                elsewhere=(
                    "看两边，就不能一个词一个词地往后写。",
                    "Seeing both sides, it cannot write on word by word.",
                ),
            ),
            Pair(
                item=("GPT", "GPT"),
                match=(
                    "解码器，每个位置只看左边",
                    "a decoder in which each place sees its left only",
                ),
                why=("它猜下一个词，不许偷看。", "It guesses the next word and must not peek."),
                elsewhere=(
                    "只看左边，是为了猜下一个词。",
                    "It sees only its left because it guesses the next word.",
                ),
            ),
            Pair(
                item=("GloVe", "GloVe"),
                match=(
                    "每个词一个固定的向量，来自共现的次数",
                    "one fixed vector for each word, from counts of co-occurrence",
                ),
                why=("句子变了，向量不变。", "The sentence changes, the vector does not."),
                elsewhere=("固定的向量不看句子。", "A fixed vector does not look at the sentence."),
            ),
        ],
        others=[
            Option(
                ("把句子译成另一种语言的完整模型", "a complete model that translates sentences"),
                (
                    "为翻译设计的完整模型由编码器和解码器组成，像 2017 年的 Transformer；这三个都只有一半，或者连一半也不是。",
                    "A complete model made for translation consists of an encoder and a decoder, like the Transformer of 2017; each of the three is only one half, or not even that.",
                ),
            )
        ],
    ),
    Quiz(
        id="13-q3",
        question=(
            "产品要听懂从没见过的人说话。怎样划分？",
            "A product has to understand people whom it has never met. How do you split?",
        ),
        options=[
            Option(
                ("一个人的录音全在一边", "all recordings of a person on one side"),
                ("这正是将来的情形。", "That is just what will happen later."),
                right=True,
            ),
            Option(
                ("每个词的录音平分到两边", "the recordings of each word on both sides"),
                (
                    "词该分到两边，可是人也被分开了：测试里的嗓音，训练里听过。",
                    "Words should be on both sides, but people are split, too: the voices of the test were heard in training.",
                ),
            ),
            Option(
                ("全部打乱，再切", "shuffle everything, then cut"),
                (
                    "同一段录音的几个带噪副本会落在两边。",
                    "Noisy copies of one recording fall on both sides.",
                ),
            ),
            Option(
                ("不划分，数据太少", "no split: there are too few data"),
                (
                    "数据少就轮流留出每个人。",
                    "With few data leave each person out in turn.",
                ),
            ),
        ],
    ),
    Quiz(
        id="13-q4",
        question=(
            "LoRA 开始时，为什么 $B$ 全是 0，而 $A$ 不是？",
            "When LoRA begins, why is $B$ all 0 and $A$ not?",
        ),
        options=[
            Option(
                (
                    "$AB=0$，输出不变；而 $B$ 的梯度不是 0，能开始学",
                    "$AB=0$ changes no output, while the gradient of $B$ is not 0, so learning can begin",
                ),
                (
                    "两个都是 0，两个的梯度就都是 0。",
                    "With both at 0, both gradients would be 0.",
                ),
                right=True,
            ),
            Option(
                ("为了省内存", "to save memory"),
                ("0 也占地方。", "A 0 takes room, too."),
            ),
            Option(
                ("因为 $B$ 不训练", "because $B$ is not trained"),
                ("两个都训练。", "Both are trained."),
            ),
            Option(
                (
                    "随便哪个都行，都不是 0 也一样",
                    "any way will do, also with neither at 0",
                ),
                (
                    "都不是 0，模型还没有学，就被随机地改了。",
                    "With neither at 0 the model is changed at random before it has learned anything.",
                ),
            ),
        ],
    ),
    Quiz(
        id="13-q5",
        question=(
            "信噪比从 20 分贝降到 0 分贝，噪声的功率变成几倍？",
            "The signal-to-noise ratio falls from 20 to 0 decibels. By what is the noise's power multiplied?",
        ),
        options=[
            Option(
                ("100 倍", "100"),
                (
                    "每 10 分贝是 10 倍，两次就是 100。",
                    "Each 10 decibels make 10 times; twice make 100.",
                ),
                right=True,
            ),
            Option(
                ("20 倍", "20"),
                ("分贝是对数，不是倍数。", "Decibels are a logarithm and no ratio."),
            ),
            Option(
                ("10 倍", "10"),
                (
                    "那是 10 分贝的功率，或 20 分贝的振幅。",
                    "That is the power for 10 decibels, or the amplitude for 20.",
                ),
            ),
            Option(
                ("无穷大", "infinitely much"),
                (
                    "0 分贝是两者功率相等，不是没有信号。",
                    "At 0 decibels both powers are equal; the signal is still there.",
                ),
            ),
        ],
    ),
]
