"""Exercises and quizzes of lesson 15: compression and privacy."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number, OneOf, YesNo
from course_utils.learning.definitions import (
    Exercise,
    Marking,
    Matching,
    Option,
    Ordering,
    Pair,
    Prediction,
    Quiz,
    Region,
    Step,
)

# --- 15-1: scale and zero point ---


def scale_and_zero(low, high):
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / 255
    return scale, int(np.rint(-low / scale))


def scale_256(low, high):
    scale, _ = scale_and_zero(low, high)
    scale = scale * 255 / 256
    return scale, int(np.rint(-min(low, 0.0) / scale))


def scale_sign(low, high):
    scale, zero = scale_and_zero(low, high)
    return scale, -zero


def scale_without_zero(low, high):
    """The range is not stretched to hold 0."""
    scale = (high - low) / 255
    return scale, int(np.rint(-low / scale))


def scale_symmetric(low, high):
    return max(abs(low), abs(high)) / 127, 0


def scale_swapped(low, high):
    return scale_and_zero(low, high)[::-1]


def scale_not_rounded(low, high):
    scale, _ = scale_and_zero(low, high)
    return scale, -min(low, 0.0) / scale


def scale_inverse(low, high):
    scale, zero = scale_and_zero(low, high)
    return 1 / scale, zero


def scale_from_high(low, high):
    scale, _ = scale_and_zero(low, high)
    return scale, int(np.rint(max(high, 0.0) / scale))


def scale_cut_off(low, high):
    """int() cuts off instead of rounding."""
    scale, _ = scale_and_zero(low, high)
    return scale, int(-min(low, 0.0) / scale)


def random_range(rng):
    """Mostly with 0 inside, sometimes without."""
    low, width = rng.uniform(-6, 2), rng.uniform(2, 9)
    return float(low), float(low + width)


# --- 15-2: clip gradients ---


def clipped_sum(g, r):
    norms = np.linalg.norm(g, axis=1)
    return np.minimum(1, r / norms) @ g


def clip_the_sum(g, r):
    total = g.sum(axis=0)
    return total * min(1, r / np.linalg.norm(total))


def clip_numbers(g, r):
    return np.clip(g, -r, r).sum(axis=0)


def clip_normalise(g, r):
    """All gradients get the length r, short ones as well."""
    return (r / np.linalg.norm(g, axis=1)) @ g


def clip_maximum(g, r):
    return np.maximum(1, r / np.linalg.norm(g, axis=1)) @ g


def clip_mean(g, r):
    return clipped_sum(g, r) / len(g)


def clip_nothing(g, r):
    return g.sum(axis=0)


def clip_drop(g, r):
    """Long gradients are left out."""
    return g[np.linalg.norm(g, axis=1) <= r].sum(axis=0)


def clip_rows(g, r):
    return np.minimum(1, r / np.linalg.norm(g, axis=1))[:, None] * g


def clip_one_norm(g, r):
    """The length of the whole matrix instead of those of its rows."""
    return (min(1, r / np.linalg.norm(g)) * g).sum(axis=0)


def clip_columns(g, r):
    """A length for each column."""
    return (np.minimum(1, r / np.linalg.norm(g, axis=0)) * g).sum(axis=0)


def clip_columns_raises(g, r):
    return np.minimum(1, r / np.linalg.norm(g, axis=0)) @ g


def random_gradients(rng):
    g = rng.normal(size=(6, 4)) * rng.uniform(0.1, 2, (6, 1))
    return g, float(rng.uniform(0.8, 1.6))


# --- 15-3: twice as many steps ---


def to_epsilon(total, orders, delta):
    return total + np.log1p(-1 / orders) - np.log(delta * orders) / (orders - 1)


def epsilon_twice(total, orders, delta):
    return float(to_epsilon(2 * total, orders, delta).min())


def twice_epsilon(total, orders, delta):
    return float(2 * to_epsilon(total, orders, delta).min())


def twice_root(total, orders, delta):
    return float(np.sqrt(2) * to_epsilon(total, orders, delta).min())


def twice_same_order(total, orders, delta):
    """The order that was best before doubling."""
    k = to_epsilon(total, orders, delta).argmin()
    return float(to_epsilon(2 * total, orders, delta)[k])


def twice_not(total, orders, delta):
    return float(to_epsilon(total, orders, delta).min())


def twice_delta(total, orders, delta):
    return float(to_epsilon(2 * total, orders, 2 * delta).min())


def twice_divergence(total, orders, delta):
    """Only the total, without the price of delta."""
    return float(2 * total.min())


def twice_maximum(total, orders, delta):
    return float(to_epsilon(2 * total, orders, delta).max())


def twice_all(total, orders, delta):
    return to_epsilon(2 * total, orders, delta)


def twice_classic(total, orders, delta):
    """The older conversion, which is looser."""
    return float((2 * total + np.log(1 / delta) / (orders - 1)).min())


def random_training(rng):
    """Divergences that grow with the order, as those of the sampled Gaussian do."""
    orders = np.arange(2, 65)
    start, bend = rng.uniform(0.02, 0.3), rng.uniform(0.5, 3)
    return start * orders + np.exp((orders - rng.uniform(6, 20)) / bend).clip(0, 1e6), orders, 1e-4


TRAINING = random_training(np.random.default_rng(5))

# --- 15-4: federated averaging ---


def averaged(weights, counts):
    return counts @ weights / counts.sum()


def averaged_plainly(weights, counts):
    return weights.mean(axis=0)


def averaged_not_divided(weights, counts):
    return counts @ weights


def averaged_by_clients(weights, counts):
    return counts @ weights / len(counts)


def averaged_inverse(weights, counts):
    return (1 / counts) @ weights / (1 / counts).sum()


def averaged_largest(weights, counts):
    return weights[counts.argmax()]


def averaged_axis(weights, counts):
    return weights.mean(axis=1)


def averaged_squares(weights, counts):
    return counts**2 @ weights / (counts**2).sum()


def averaged_rows(weights, counts):
    return weights * counts[:, None] / counts.sum()


def random_clients(rng):
    return rng.normal(size=(5, 3)), rng.integers(20, 400, 5)


EXERCISES = [
    Exercise(
        id="15-1",
        title=("缩放和零点", "Scale and zero point"),
        judge=judges.function(
            scale_and_zero,
            inputs=[(-1.5, 3.6), (0.5, 6.0)],
            random=random_range,
            returns=("scale", "zero"),
            mistakes=[
                (
                    scale_without_zero,
                    (
                        "范围必须含 0：先把 `low` 降到 0 以下、`high` 升到 0 以上。",
                        "The range must hold 0: first lower `low` to 0 at most, and raise `high` to 0 at least.",
                    ),
                ),
                (
                    scale_256,
                    (
                        "从 0 到 255 有 255 个间隔，不是 256 个。",
                        "From 0 to 255 there are 255 gaps, not 256.",
                    ),
                ),
                (
                    scale_sign,
                    (
                        "符号反了：`low` 是负数，零点不能是负的。",
                        "The sign is the wrong way round: `low` is negative, the zero point must not be.",
                    ),
                ),
                (
                    scale_symmetric,
                    (
                        "这是权重用的对称办法；这里要用满 0 到 255。",
                        "That is the symmetric way for weights; here use all of 0 to 255.",
                    ),
                ),
                (
                    scale_swapped,
                    (
                        "两个数的次序反了：先缩放，后零点。",
                        "The two are in the other order: scale first.",
                    ),
                ),
                (
                    scale_not_rounded,
                    (
                        "零点必须是整数，0 才有自己的一格：用 `np.rint`。",
                        "The zero point must be a whole number, so that 0 has a level of its own: use `np.rint`.",
                    ),
                ),
                (
                    scale_cut_off,
                    (
                        "`int` 会截断：用 `np.rint`。",
                        "`int` cuts off: use `np.rint`.",
                    ),
                ),
                (
                    scale_inverse,
                    (
                        "这是每单位有几格；缩放是一格有多宽。",
                        "This counts levels per unit; the scale is the width of one level.",
                    ),
                ),
                (
                    scale_from_high,
                    (
                        "零点数的是 0 下面的格子，从 `low` 算起。",
                        "The zero point counts the levels below 0, so it comes from `low`.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先让范围含 0。一格的宽度是范围除以格子之间的间隔数。",
                "First make the range hold 0. The width of a level is the range divided by the number of gaps.",
            ),
            (
                "`low` 对应整数 0，所以 $0=s\\,(k_0-0)+$ `low`：$k_0=-$`low`$/s$，再取整。",
                "`low` belongs to the integer 0, so $0=s\\,(k_0-0)+$ `low`: $k_0=-$`low`$/s$, rounded.",
            ),
        ],
        reference=scale_and_zero,
        solution=(
            "```python\nlow, high = min(low, 0.0), max(high, 0.0)\nscale = (high - low) / 255\nreturn scale, int(np.rint(-low / scale))\n```",
            "```python\nlow, high = min(low, 0.0), max(high, 0.0)\nscale = (high - low) / 255\nreturn scale, int(np.rint(-low / scale))\n```",
        ),
        why=(
            "0 要精确：补边的像素、被 ReLU 截掉的数都是 0，有误差就处处有误差。对称的办法把 0 放在正中，ReLU 之后的数就浪费了一半的格子。",
            "0 has to be exact: padding and whatever ReLU cuts off are 0, an error there is an error everywhere. The symmetric way puts 0 in the middle and wastes half of the levels after a ReLU.",
        ),
        wrong=[
            (scale_without_zero, "must hold 0"),
            (scale_256, "255 gaps"),
            (scale_sign, "wrong way round"),
            (scale_symmetric, "symmetric way"),
            (scale_swapped, "other order"),
            (scale_not_rounded, "whole number"),
            (scale_cut_off, "cuts off"),
            (scale_inverse, "levels per unit"),
            (scale_from_high, "levels below 0"),
        ],
    ),
    Exercise(
        id="15-2",
        title=("裁剪每一个梯度", "Clip each gradient"),
        judge=judges.function(
            clipped_sum,
            inputs=[(np.array([[3.0, 4.0], [0.3, -0.4]]), 1.0)],
            random=random_gradients,
            mistakes=[
                (
                    clip_the_sum,
                    (
                        "这裁剪的是总和：一个样本仍然可以占满它。要先裁剪每一行，再相加。",
                        "This clips the sum, and one example can still fill it. Clip each row first, then add.",
                    ),
                ),
                (
                    clip_numbers,
                    (
                        "这裁剪的是一个个数；要按整行的长度缩短，方向不变。",
                        "This clips single numbers; shorten each row as a whole and keep its direction.",
                    ),
                ),
                (
                    clip_normalise,
                    (
                        "短的梯度不能拉长：系数最多是 1。",
                        "Short gradients must not grow: the factor is at most 1.",
                    ),
                ),
                (
                    clip_maximum,
                    (
                        "`maximum` 让长的更长；要 `minimum`。",
                        "`maximum` lets long ones stay long and stretches short ones; use `minimum`.",
                    ),
                ),
                (
                    clip_mean,
                    (
                        "要总和，不是平均：噪声是加在总和上的。",
                        "The sum is asked for, not the mean: the noise is added to the sum.",
                    ),
                ),
                (clip_nothing, ("什么都没有裁剪。", "Nothing is clipped.")),
                (
                    clip_one_norm,
                    (
                        "每行一个长度，不是整个矩阵一个：`axis=1`。",
                        "One length per row, not one for the matrix: `axis=1`.",
                    ),
                ),
                (
                    clip_columns,
                    (
                        "每行一个长度，不是每列一个：`axis=1`。",
                        "One length per row, not per column: `axis=1`.",
                    ),
                ),
                (
                    clip_columns_raises,
                    (
                        "每行一个长度，不是每列一个：`axis=1`。",
                        "One length per row, not per column: `axis=1`.",
                    ),
                ),
                (
                    clip_drop,
                    (
                        "太长的要缩短到 `r`，不是丢掉。",
                        "Those that are too long are shortened to `r`, not dropped.",
                    ),
                ),
                (
                    clip_rows,
                    ("裁剪对了，还差相加。", "The clipping is right; now add them up."),
                ),
            ],
        ),
        hints=[
            (
                "每一行的长度：`np.linalg.norm(g, axis=1)`。",
                "The length of each row: `np.linalg.norm(g, axis=1)`.",
            ),
            (
                "系数是 $\\min(1, r/\\text{长度})$，每行一个；系数乘矩阵 `@` 就是加权的总和。",
                "The factor is $\\min(1, r/\\text{length})$, one for each row; factors `@` matrix is the weighted sum.",
            ),
        ],
        reference=clipped_sum,
        solution=(
            "```python\nnorms = np.linalg.norm(g, axis=1)\nreturn np.minimum(1, r / norms) @ g\n```",
            "```python\nnorms = np.linalg.norm(g, axis=1)\nreturn np.minimum(1, r / norms) @ g\n```",
        ),
        why=(
            "现在多一个或少一个样本，总和最多移动 $r$。噪声有了可以比的尺度：这就是 $\\sigma$ 的单位。",
            "Now one example more or less moves the sum by $r$ at most. That is the yardstick for the noise: the unit of $\\sigma$.",
        ),
        wrong=[
            (clip_the_sum, "clips the sum"),
            (clip_numbers, "single numbers"),
            (clip_normalise, "must not grow"),
            (clip_maximum, "use `minimum`"),
            (clip_mean, "not the mean"),
            (clip_nothing, "Nothing is clipped"),
            (clip_one_norm, "not one for the matrix"),
            (clip_columns, "not per column"),
            (clip_columns_raises, "not per column"),
            (clip_drop, "not dropped"),
            (clip_rows, "now add them up"),
        ],
    ),
    Exercise(
        id="15-3",
        title=("两倍的步数", "Twice as many steps"),
        judge=judges.function(
            epsilon_twice,
            inputs=[TRAINING],
            random=random_training,
            mistakes=[
                (
                    twice_epsilon,
                    (
                        "加倍的是散度，不是 $\\varepsilon$：$\\delta$ 的那一项只付一次。",
                        "It is the divergence that doubles, not $\\varepsilon$: the price of $\\delta$ is paid once.",
                    ),
                ),
                (
                    twice_root,
                    (
                        "$\\sqrt2$ 只是粗略的说法；由散度精确地算。",
                        "$\\sqrt2$ is a rough rule; compute it from the divergences.",
                    ),
                ),
                (
                    twice_same_order,
                    (
                        "加倍以后，最好的阶数会变：再取一次最小值。",
                        "After doubling another order is best: take the minimum again.",
                    ),
                ),
                (twice_not, ("步数没有加倍。", "The steps are not doubled.")),
                (
                    twice_delta,
                    (
                        "$\\delta$ 是你自己定的，不随步数变。",
                        "You choose $\\delta$ yourself; it does not change with the steps.",
                    ),
                ),
                (
                    twice_divergence,
                    (
                        "散度还不是 $\\varepsilon$：还要加上含 $\\delta$ 的两项。",
                        "A divergence is no $\\varepsilon$ yet: add the two terms of the conversion, one has $\\delta$ in it.",
                    ),
                ),
                (
                    twice_classic,
                    (
                        "这也是上限，但较松；用上面的式子。",
                        "This is a bound as well, but a looser one; use the formula above.",
                    ),
                ),
                (
                    twice_maximum,
                    (
                        "每个阶数都给出一个成立的上限，所以取最小的。",
                        "Each order gives a bound that holds, so take the smallest.",
                    ),
                ),
                (
                    twice_all,
                    (
                        "每个阶数一个数；还要取最小的。",
                        "That is a number for each order; take the smallest.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "步与步的散度相加：同样的训练再来一遍，每个阶数的散度都加倍。",
                "Divergences of steps add up: the same training again doubles the divergence at each order.",
            ),
            (
                "再用上面那一行换成 $\\varepsilon$，`np.log1p(-1 / orders) - np.log(delta * orders) / (orders - 1)`，最后取最小。",
                "Then the line above turns it into $\\varepsilon$, `np.log1p(-1 / orders) - np.log(delta * orders) / (orders - 1)`, and take the minimum.",
            ),
        ],
        reference=epsilon_twice,
        solution=(
            "```python\nprice = np.log1p(-1 / orders) - np.log(delta * orders) / (orders - 1)\nreturn (2 * total + price).min()\n```",
            "```python\nprice = np.log1p(-1 / orders) - np.log(delta * orders) / (orders - 1)\nreturn (2 * total + price).min()\n```",
        ),
        why=(
            "上面的训练加倍，$\\varepsilon$ 从 3.51 到 4.93，只有 1.4 倍。先走 310 步、再决定走 310 步，也要这样算：看过的东西不能当作没看过。",
            "For the training above $\\varepsilon$ goes from 3.51 to 4.93, a factor of 1.4. It counts in the same way if you first take 310 steps and then decide on 310 more: what has been looked at cannot be unseen.",
        ),
        wrong=[
            (twice_epsilon, "paid once"),
            (twice_root, "rough rule"),
            (twice_same_order, "another order is best"),
            (twice_not, "not doubled"),
            (twice_delta, "choose $\\delta$ yourself"),
            (twice_divergence, "two terms"),
            (twice_classic, "a looser one"),
            (twice_maximum, "take the smallest"),
            (twice_all, "a number for each order"),
        ],
    ),
    Exercise(
        id="15-4",
        title=("联邦平均的权重", "The weights of federated averaging"),
        judge=judges.function(
            averaged,
            inputs=[(np.array([[0.0, 1.0], [3.0, 1.0]]), np.array([100, 200]))],
            random=random_clients,
            mistakes=[
                (
                    averaged_plainly,
                    (
                        "每家一票；应当每张片子一票。",
                        "One vote for each hospital; it should be one for each film.",
                    ),
                ),
                (
                    averaged_not_divided,
                    ("还要除以片子的总数。", "Divide by the number of all films."),
                ),
                (
                    averaged_by_clients,
                    (
                        "除以片子的总数，不是医院的个数。",
                        "Divide by the number of films, not of hospitals.",
                    ),
                ),
                (
                    averaged_inverse,
                    ("反了：片子多的权重大。", "The wrong way round: more films, more weight."),
                ),
                (
                    averaged_largest,
                    (
                        "这只取了最大的一家，别家的没有用上。",
                        "This takes the largest hospital alone and leaves the others out.",
                    ),
                ),
                (
                    averaged_axis,
                    (
                        "平均的方向错了：一行是一家医院，要跨行平均。",
                        "The wrong axis: a row is a hospital, so average over rows.",
                    ),
                ),
                (
                    averaged_squares,
                    (
                        "权重是片子数，不是它的平方。",
                        "The weight is the number of films, not its square.",
                    ),
                ),
                (
                    averaged_rows,
                    (
                        "权重对了，还差跨医院相加。",
                        "The weights are right; now add over the hospitals.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "有 $n_j$ 张片子的医院，权重是 $n_j/n$，$n$ 是总数。",
                "A hospital with $n_j$ films has the weight $n_j/n$, where $n$ is the number of all.",
            ),
            (
                "`counts @ weights` 就是按片子数加权的和。",
                "`counts @ weights` is the sum weighted by the number of films.",
            ),
        ],
        reference=averaged,
        solution=(
            "`return counts @ weights / counts.sum()`",
            "`return counts @ weights / counts.sum()`",
        ),
        why=(
            "只走一步时，这样平均正好等于把所有片子放在一起走一步。每家一票会让小医院的片子分量更重：那也可以是你要的，但它是另一个目标。",
            "With one local step this equals one step on all films together, exactly. One vote for each hospital gives the films of small ones more weight: you may want that, but it is another goal.",
        ),
        wrong=[
            (averaged_plainly, "one for each film"),
            (averaged_not_divided, "Divide by the number of all films"),
            (averaged_by_clients, "not of hospitals"),
            (averaged_inverse, "more films, more weight"),
            (averaged_largest, "largest hospital alone"),
            (averaged_axis, "wrong axis"),
            (averaged_squares, "not its square"),
            (averaged_rows, "add over the hospitals"),
        ],
    ),
]

PREDICTIONS = [
    Prediction(
        "15-p1",
        ("1,000 张照片，int8 的答案变几个？", "1,000 photos: how many answers change with int8?"),
        Number(0, 1000, ("个", "answers"), close=10),
    ),
    Prediction(
        "15-p2",
        ("60% 的权重变成 0，快多少？", "60% of the weights become 0: how much faster?"),
        OneOf(
            (
                ("约 2.5 倍", "about 2.5 times"),
                ("约 1.5 倍", "about 1.5 times"),
                ("一样快", "not at all"),
            )
        ),
    ),
    Prediction(
        "15-p3",
        ("没有名字的记录，认出百分之几？", "Records without names: what percentage is identified?"),
        Number(0, 100, ("%", "%"), close=10),
    ),
    Prediction(
        "15-p4",
        (
            "有隐私（ε 3.5）：100 张少对几张？",
            "With privacy (ε 3.5): how many fewer of 100 are right?",
        ),
        Number(0, 50, ("张", "fewer"), close=2),
    ),
    Prediction(
        "15-p5",
        ("只看梯度，看得出片子吗？", "Can the film be seen in the gradient alone?"),
        YesNo(),
    ),
]


def draw_tensors():
    """Three kernels, each with the largest weight of its eight channels, from a formula."""
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(7.4, 2.6))
    channel = np.arange(8)
    heights = [
        0.8 + 0.1 * np.cos(channel),
        0.5 + 0.4 * channel / 7,
        np.where(channel == 2, 1.0, 0.02 + 0.01 * (channel % 3)),
    ]
    for k, height in enumerate(heights):
        ax.bar(10 * k + channel, height, width=0.8)
    ax.set(xlim=(-1.5, 28.5), ylim=(-0.1, 1.15), xticks=[], yticks=[0, 1])
    ax.grid(False)
    return fig


QUIZZES = [
    Quiz(
        id="15-q1",
        question=(
            "剪掉 60% 的权重以后，普通的程序为什么没有变快？",
            "60% of the weights are pruned. Why is an ordinary program no faster?",
        ),
        options=[
            Option(
                (
                    "它照样把零乘一遍",
                    "it multiplies by the zeros all the same",
                ),
                (
                    "稠密的卷积不看数值。要变快，得去掉整个通道，或者用会跳过零的程序。",
                    "A dense convolution does not look at values. To be faster, drop whole channels or use a program that skips zeros.",
                ),
                right=True,
            ),
            Option(
                ("剪掉的太少", "too few were pruned"),
                (
                    "剪 90% 也一样：乘法的次数由形状决定。",
                    "With 90% it is the same: shapes decide how many multiplications there are.",
                ),
            ),
            Option(
                ("微调把零又变了回去", "fine-tuning brought the zeros back"),
                (
                    "骨干没有再训练，只重新训练了头；零仍是零，压缩后的文件确实变小了。",
                    "The backbone was not trained again, only the head; zeros stay zeros, and the zipped file is smaller indeed.",
                ),
            ),
            Option(
                ("CPU 不支持剪枝", "CPUs do not support pruning"),
                (
                    "剪枝只是改数值，任何机器都能算；问题在程序怎么存、怎么乘。",
                    "Pruning only changes values and runs anywhere; what matters is how the program stores and multiplies them.",
                ),
            ),
        ],
    ),
    Matching(
        id="15-q2",
        question=("哪种办法防什么？", "Which measure guards against what?"),
        pairs=[
            Pair(
                item=("传输时加密", "encryption in transit"),
                match=("传输途中有人偷看数据", "somebody reads the data in transit"),
                why=(
                    "到了以后要解密才能训练，训练好的模型照样记得。",
                    "It is decrypted for training, and the trained model remembers all the same.",
                ),
                elsewhere=("这不是传输途中的事。", "That does not happen in transit."),
            ),
            Pair(
                item=("安全聚合", "secure aggregation"),
                match=("服务器看见一家的更新", "the server sees one hospital's update"),
                why=("它只见到总和。", "It sees the sum only."),
                elsewhere=(
                    "看见一家的更新，是联邦学习里服务器的事。",
                    "Seeing a single update is what a server of federated learning could do.",
                ),
            ),
            Pair(
                item=("DP-SGD", "DP-SGD"),
                match=(
                    "模型泄露某张片子在不在训练里",
                    "the model tells whether a film was in training",
                ),
                why=(
                    "有这张片子和没有它，结果几乎一样。",
                    "Results are almost the same with this film and without.",
                ),
                elsewhere=(
                    "模型本身记住谁，要在训练时防。",
                    "What the model itself remembers has to be prevented in training.",
                ),
            ),
            Pair(
                item=("把生日改成年份", "year instead of date of birth"),
                match=("同几张公开的表对上号", "records are linked with a public list"),
                why=(
                    "每一种组合里的人多了，对上号的就少了；但不是没有。",
                    "More people share each combination, so fewer are linked; but not none.",
                ),
                elsewhere=(
                    "对号靠的是少见的组合。",
                    "Linking works by rare combinations.",
                ),
            ),
        ],
    ),
    Ordering(
        id="15-q3",
        question=("DP-SGD 的一步，先后怎样？", "One step of DP-SGD: in which order?"),
        steps=[
            Step(
                ("每个样本以概率 $q$ 进批次", "each example enters the batch with probability $q$")
            ),
            Step(
                ("给每个样本算一个梯度", "compute one gradient for each example"),
                ("还没有批次。", "There is no batch yet."),
            ),
            Step(
                ("把每个梯度裁剪到 $r$", "clip each gradient to $r$"),
                ("还没有单个的梯度。", "There are no single gradients yet."),
            ),
            Step(
                ("相加", "add them up"),
                (
                    "裁剪要在相加之前：加起来就分不出是谁的了。",
                    "Clip before adding: in the sum nobody's part can be told.",
                ),
            ),
            Step(
                ("加上标准差 $\\sigma r$ 的噪声", "add noise of standard deviation $\\sigma r$"),
                ("噪声加在总和上，一步一次。", "The noise goes on the sum, once a step."),
            ),
            Step(
                ("走一步", "take the step"),
                (
                    "没有噪声的梯度不能用来更新。",
                    "A gradient without noise must not be used for an update.",
                ),
            ),
        ],
        why=(
            "裁剪定出一个样本最多有多大影响，噪声把这么大的影响盖住；次序一换，保证就没有了。",
            "Clipping says how much one example can do at most, the noise hides as much as that; in another order there is no guarantee.",
        ),
    ),
    Marking(
        id="15-q4",
        question=(
            "三个卷积核，各 8 个通道；一根柱子是一个通道最大的权重。整个卷积核只用一个缩放做 int8：哪一个损失最大？",
            "Three kernels of 8 channels each; a bar is the largest weight of a channel. int8 with a single scale for the whole kernel: which one loses most?",
        ),
        picture=draw_tensors,
        alt=(
            "三组柱子，每组 8 根，是各通道最大的权重。左：8 根几乎一样高。中：从 0.5 慢慢升到 0.9。右：一根高 1，其余 7 根只有 0.02 到 0.04。",
            "Three groups of 8 bars, the largest weight of each channel. Left: all about equally high. Middle: rising slowly from 0.5 to 0.9. Right: one bar of 1, the other 7 only 0.02 to 0.04.",
        ),
        options=[
            Region(
                ("左边一组", "the left group"),
                (
                    "各通道差不多大，一个缩放对谁都合适。",
                    "The channels are alike, one scale suits them all.",
                ),
                box=(-1.2, -0.06, 8.2, 1.1),
            ),
            Region(
                ("中间一组", "the middle group"),
                (
                    "最小的通道每边还有一半多的格子，约 70 格：损失不大。",
                    "The smallest channel still gets more than half of the levels, about 70 on each side: little is lost.",
                ),
                box=(8.8, -0.06, 18.2, 1.1),
            ),
            Region(
                ("右边一组", "the right group"),
                (
                    "一格宽 1/127，只有 0.02 的通道只剩 2、3 格：几乎什么都没了。一个通道一个缩放就好。",
                    "A level is 1/127 wide, and a channel of 0.02 has 2 or 3 of them: almost nothing is left. A scale for each channel mends it.",
                ),
                right=True,
                box=(18.8, -0.06, 28.2, 1.1),
            ),
        ],
    ),
    Quiz(
        id="15-q5",
        question=(
            "“数据从没离开医院，所以隐私有保证。”哪里不对？",
            "“The data never left the hospital, so privacy is guaranteed.” What is wrong?",
        ),
        options=[
            Option(
                (
                    "更新和模型都离开了，里面可以有病人",
                    "updates and the model did leave, and patients can be in them",
                ),
                (
                    "看像素的模型，一张片子的梯度就是那张片子；过拟合的模型认得训练过的人。要加裁剪、噪声和安全聚合。",
                    "For a model on pixels the gradient of one film is that film, and an overfitted model knows whom it has seen. It takes clipping, noise and secure aggregation.",
                ),
                right=True,
            ),
            Option(
                ("没有加密", "nothing was encrypted"),
                (
                    "加密只保护传输途中。服务器解开更新，看到的还是更新。",
                    "Encryption only protects data in transit. The server opens the update and has it.",
                ),
            ),
            Option(
                ("没有去掉名字", "names were not removed"),
                (
                    "片子和梯度里本来就没有名字，照样认得出。",
                    "There are no names in films and gradients, and people are found all the same.",
                ),
            ),
            Option(
                ("没有错", "nothing"),
                (
                    "再看梯度的那张图：那张片子就是这样离开的。",
                    "Look at the picture of the gradient again: that is how the film left.",
                ),
            ),
        ],
    ),
]
