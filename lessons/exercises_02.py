"""Exercises and quizzes of lesson 02: loss functions."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.definitions import Exercise, Option, Quiz


def stable_bce(y, z):
    return np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))


def two_step_bce(y, z):
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-z))
        return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def clipped_bce(y, z):
    with np.errstate(all="ignore"):
        p = np.clip(1 / (1 + np.exp(-z)), 1e-7, 1 - 1e-7)
        return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_over_everything(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def one_maximum_for_all(z):
    with np.errstate(all="ignore"):
        e = np.exp(z - z.max())
        return e / e.sum(axis=-1, keepdims=True)


def naive_over_everything(z):
    with np.errstate(all="ignore"):
        e = np.exp(z)
        return e / e.sum()


def softmax_over_columns(z):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


def overflowing_softmax(z):
    with np.errstate(all="ignore"):
        e = np.exp(z)
        return e / e.sum(axis=-1, keepdims=True)


EXERCISES = [
    Exercise(
        id="02-1",
        title=("一个样本的交叉熵", "The cross-entropy of one sample"),
        judge=judges.values(
            1.386294,
            rtol=5e-3,
            mistakes=[
                (
                    0.287682,
                    (
                        "这是 $-\\log(1-p)$，是 $y=0$ 时的损失。",
                        "That is $-\\log(1-p)$, the loss for $y=0$.",
                    ),
                ),
                (
                    -1.386294,
                    (
                        "损失是负对数：$p<1$ 时为正数。",
                        "A loss is the negative logarithm: positive for $p<1$.",
                    ),
                ),
                (
                    0.602060,
                    (
                        "这是以 10 为底的对数；用自然对数。",
                        "That is the logarithm to base 10; use the natural one.",
                    ),
                ),
                (
                    2.0,
                    (
                        "这是以 2 为底的对数；用自然对数。",
                        "That is the logarithm to base 2; use the natural one.",
                    ),
                ),
                (
                    0.5625,
                    ("这是均方误差 $(1-0.25)^2$。", "That is the squared error $(1-0.25)^2$."),
                ),
            ],
        ),
        hints=[
            ("$y=1$ 时，公式只剩 $-\\log p$。", "With $y=1$ only $-\\log p$ is left."),
            ("`-np.log(0.25)`。", "`-np.log(0.25)`."),
        ],
        reference=1.386294,
        solution=("$-\\log 0.25=\\log 4\\approx1.386$。", "$-\\log 0.25=\\log 4\\approx1.386$."),
        wrong=[
            (0.287682, "the loss for"),
            (-1.386294, "negative logarithm"),
            (0.602060, "base 10"),
            (0.5625, "squared error"),
        ],
    ),
    Exercise(
        id="02-2",
        title=("稳定的交叉熵", "A stable cross-entropy"),
        judge=judges.function(
            stable_bce,
            inputs=[(1.0, 0.0), (0.0, 20.0), (0.0, 1000.0), (1.0, -1000.0), (1.0, 3.0)],
            random=lambda rng: (float(rng.integers(0, 2)), float(rng.normal(scale=5))),
            mistakes=[
                (
                    two_step_bce,
                    (
                        "公式对，但分成了两步：$z=1000$ 时 $p$ 等于 1，$\\log(1-p)$ 是无穷大。把两步合起来化简。",
                        "The formula is right but in two steps: at $z=1000$ $p$ is 1 and $\\log(1-p)$ is infinite. Join the steps and simplify.",
                    ),
                ),
                (
                    clipped_bce,
                    (
                        "截断让损失停在 16 左右，梯度变成 0；$z=1000$、$y=0$ 时损失应当是 1000。",
                        "Clipping stops the loss at about 16 and makes the gradient 0; for $z=1000$, $y=0$ it should be 1000.",
                    ),
                ),
                (
                    lambda y, z: np.maximum(z, 0) - y * z + np.log1p(np.exp(min(z, 700))),
                    (
                        "指数里要用 $-|z|$，它永远不会上溢。",
                        "The exponent must be $-|z|$: it never overflows.",
                    ),
                ),
            ],
        ),
        hints=[
            ("不要先算 $p$。", "Do not compute $p$ first."),
            ("$\\max(z,0)-yz+\\log(1+e^{-|z|})$。", "$\\max(z,0)-yz+\\log(1+e^{-|z|})$."),
            (
                "`np.log1p(np.exp(-abs(z)))` 对应最后一项。",
                "`np.log1p(np.exp(-abs(z)))` is the last term.",
            ),
        ],
        reference=stable_bce,
        solution=(
            "`return max(z, 0) - y * z + np.log1p(np.exp(-abs(z)))`",
            "`return max(z, 0) - y * z + np.log1p(np.exp(-abs(z)))`",
        ),
        wrong=[
            (two_step_bce, "in two steps"),
            (clipped_bce, "Clipping"),
            (
                lambda y, z: np.maximum(z, 0) - y * z + np.log1p(np.exp(min(z, 700))),
                "never overflows",
            ),
            (lambda y, z: z, "is expected"),
        ],
    ),
    Exercise(
        id="02-3",
        title=("softmax", "softmax"),
        judge=judges.function(
            softmax,
            inputs=[
                (np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]),),
                (np.array([[1000.0, 1001.0], [0.0, 0.0]]),),
            ],
            random=lambda rng: (rng.normal(scale=3, size=(4, 3)),),
            mistakes=[
                (
                    softmax_over_everything,
                    (
                        "每一行要各自加起来等于 1：用 `axis=-1`。",
                        "Each row must add up to 1 by itself: use `axis=-1`.",
                    ),
                ),
                (
                    one_maximum_for_all,
                    (
                        "要减去每一行自己的最大值：所有行共用一个最大值，小的那些行会下溢成 0/0。",
                        "Subtract each row's own largest: with one maximum for all rows, the small rows underflow to 0/0.",
                    ),
                ),
                (
                    naive_over_everything,
                    (
                        "两处要改：每一行各自加起来等于 1（`axis=-1`），并先减去每行的最大值。",
                        "Two changes: each row must add up to 1 (`axis=-1`), and subtract each row's largest first.",
                    ),
                ),
                (
                    softmax_over_columns,
                    (
                        "你归一化了每一列；类别在每一行里。",
                        "You normalized each column; the classes are in the rows.",
                    ),
                ),
                (
                    overflowing_softmax,
                    (
                        "logits 很大时 $e^z$ 上溢：先减去每行的最大值。",
                        "With large logits $e^z$ overflows: subtract each row's largest first.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先减去每行的最大值，再取指数。",
                "Subtract each row's largest value, then take the exponential.",
            ),
            (
                "除以每行的和，`keepdims=True` 让形状对得上。",
                "Divide by each row's sum; `keepdims=True` makes the shapes fit.",
            ),
        ],
        reference=softmax,
        solution=(
            "`e = np.exp(z - z.max(axis=-1, keepdims=True))`，`return e / e.sum(axis=-1, keepdims=True)`。",
            "`e = np.exp(z - z.max(axis=-1, keepdims=True))`, `return e / e.sum(axis=-1, keepdims=True)`.",
        ),
        wrong=[
            (softmax_over_everything, "by itself"),
            (softmax_over_columns, "each column"),
            (overflowing_softmax, "overflows"),
        ],
    ),
    Exercise(
        id="02-4",
        title=("求和时的学习率", "The learning rate of a sum"),
        judge=judges.values(
            0.0125,
            mistakes=[
                (
                    0.1,
                    (
                        "求和时梯度随批次变长 8 倍，学习率不能不变。",
                        "With a sum the gradient gets 8 times longer; the rate cannot stay.",
                    ),
                ),
                (
                    0.8,
                    (
                        "方向反了：梯度变长，学习率要变小。",
                        "The other way round: the gradient gets longer, so the rate must shrink.",
                    ),
                ),
                (
                    0.1 / 8**0.5,
                    (
                        "$\\sqrt n$ 说的是噪声；梯度本身的长度与 $n$ 成正比。",
                        "$\\sqrt n$ is about noise; the gradient itself grows in proportion to $n$.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "批次变成几倍，求和的梯度就大约变成几倍。",
                "The gradient of a sum grows about as much as the batch does.",
            ),
            ("$256/32=8$。", "$256/32=8$."),
        ],
        reference=0.0125,
        solution=(
            "批次变成 8 倍，梯度约变成 8 倍，学习率除以 8：$0.1/8=0.0125$。",
            "The batch is 8 times larger, the gradient about 8 times longer, so divide the rate by 8: $0.1/8=0.0125$.",
        ),
        wrong=[(0.1, "cannot stay"), (0.8, "other way round"), (0.1 / 8**0.5, "about noise")],
    ),
]

QUIZZES = [
    Quiz(
        id="02-q1",
        question=(
            "训练损失降到接近 0，测试准确率却正好 50%。最先查什么？",
            "The training loss is near 0, but the test accuracy is exactly 50%. What do you check first?",
        ),
        options=[
            Option(
                ("多训练几轮", "Train for more epochs"),
                (
                    "损失已经接近 0，再训练也不会变。",
                    "The loss is near 0 already; more training changes nothing.",
                ),
            ),
            Option(
                (
                    "损失公式：是不是缺了一项，让“全部判为一类”成为最优",
                    "The loss: does a missing term make “everything one class” optimal?",
                ),
                (
                    "对：再看一眼各类被预测的比例。",
                    "Yes: look at the share of each predicted class as well.",
                ),
                right=True,
            ),
            Option(
                ("换更大的主干", "Use a larger backbone"),
                (
                    "特征没有问题：同样的特征用正确的损失超过 90%。",
                    "The features are fine: with the right loss the same features exceed 90%.",
                ),
            ),
        ],
    ),
    Quiz(
        id="02-q2",
        question=(
            "模型最后一层没有激活函数。Keras 里的损失怎么写？",
            "The model's last layer has no activation. How do you write the loss in Keras?",
        ),
        options=[
            Option(
                ("`BinaryCrossentropy()`", "`BinaryCrossentropy()`"),
                (
                    "它会把 logits 当作概率截断到 0 和 1 之间，不报错，但错了。",
                    "It takes the logits for probabilities and clips them between 0 and 1: no error, but wrong.",
                ),
            ),
            Option(
                (
                    "`BinaryCrossentropy(from_logits=True)`",
                    "`BinaryCrossentropy(from_logits=True)`",
                ),
                (
                    "对：稳定，很错的样本也有梯度。",
                    "Yes: stable, and samples that are very wrong have a gradient.",
                ),
                right=True,
            ),
            Option(
                ("`MeanSquaredError()`", "`MeanSquaredError()`"),
                (
                    "它把 logit 往 0 或 1 拉，不是往概率拉。",
                    "It pulls the logit, not the probability, towards 0 or 1.",
                ),
            ),
        ],
    ),
    Quiz(
        id="02-q3",
        question=("为什么分类时 MSE 学得慢？", "Why does MSE learn slowly in classification?"),
        options=[
            Option(
                ("因为平方让损失变大", "Because the square makes the loss larger"),
                (
                    "损失的大小不决定步子，梯度才决定。",
                    "It is not the size of the loss that sets the step but its gradient.",
                ),
            ),
            Option(
                (
                    "因为多了因子 $p(1-p)$，很自信地错的时候几乎是 0",
                    "Because of the factor $p(1-p)$, almost 0 when confidently wrong",
                ),
                (
                    "对：从 $z=-8$ 回来，BCE 不到 12 步，MSE 超过 1000 步。",
                    "Yes: back from $z=-8$ takes BCE fewer than 12 steps and MSE more than 1000.",
                ),
                right=True,
            ),
            Option(
                ("因为 MSE 没有概率含义", "Because MSE has no meaning as a probability"),
                (
                    "它有：正态误差的负对数似然。只是 0/1 标签不是正态的。",
                    "It has: the negative log-likelihood of normal errors. But 0/1 labels are not normal.",
                ),
            ),
        ],
    ),
    Quiz(
        id="02-q4",
        question=(
            "标签是整数 0、1、2，模型输出 3 个 logits。用哪个损失？",
            "Labels are the integers 0, 1, 2 and the model gives 3 logits. Which loss?",
        ),
        options=[
            Option(
                (
                    "`CategoricalCrossentropy(from_logits=True)`",
                    "`CategoricalCrossentropy(from_logits=True)`",
                ),
                ("它要独热编码的标签。", "It wants one-hot labels."),
            ),
            Option(
                (
                    "`SparseCategoricalCrossentropy(from_logits=True)`",
                    "`SparseCategoricalCrossentropy(from_logits=True)`",
                ),
                ("对：整数标签用 sparse。", "Yes: integer labels go with sparse."),
                right=True,
            ),
            Option(
                (
                    "`BinaryCrossentropy(from_logits=True)`",
                    "`BinaryCrossentropy(from_logits=True)`",
                ),
                (
                    "它把每个输出当作独立的是非题；类别互斥时用 softmax。",
                    "It treats each output as a yes-or-no question of its own; for exclusive classes use softmax.",
                ),
            ),
        ],
    ),
]
