"""Exercises and quizzes of lesson 02: loss functions."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number
from course_utils.learning.definitions import Exercise, Matching, Option, Pair, Prediction, Quiz


def softplus(t):
    return np.maximum(t, 0) + np.log1p(np.exp(-np.abs(t)))


def weighted_bce(y, z, w):
    return w * y * softplus(-z) + (1 - y) * softplus(z)


def everything_weighted(y, z, w):
    return w * (softplus(z) - y * z)


def one_term_weighted(y, z, w):
    return softplus(z) - w * y * z


def not_weighted(y, z, w):
    return softplus(z) - y * z


def weighted_zero(y, z, w):
    return y * softplus(-z) + w * (1 - y) * softplus(z)


def minus_forgotten(y, z, w):
    return -weighted_bce(y, z, w)


def logit_reversed(y, z, w):
    return w * y * softplus(z) + (1 - y) * softplus(-z)


def zero_term_missing(y, z, w):
    return w * y * softplus(-z)


def zero_term_always(y, z, w):
    return w * y * softplus(-z) + softplus(z)


def joined_then_weighted(y, z, w):
    weight = w * y + 1 - y
    return weight * np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0) - w * y * z


def two_step_bce(y, z, w):
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-z))
        return -(w * y * np.log(p) + (1 - y) * np.log(1 - p))


def clipped_bce(y, z, w):
    with np.errstate(all="ignore"):
        p = np.clip(1 / (1 + np.exp(-z)), 1e-7, 1 - 1e-7)
        return -(w * y * np.log(p) + (1 - y) * np.log(1 - p))


def overflowing_bce(y, z, w):
    with np.errstate(all="ignore"):
        return w * y * np.log(1 + np.exp(-z)) + (1 - y) * np.log(1 + np.exp(z))


def softmax(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def one_hot(integers, logits):
    return np.eye(logits.shape[1])[integers]


def cross_entropy_delta(integers, logits):
    return (softmax(logits) - one_hot(integers, logits)) / len(logits)


def delta_of_sum(integers, logits):
    return softmax(logits) - one_hot(integers, logits)


def delta_reversed(integers, logits):
    return (one_hot(integers, logits) - softmax(logits)) / len(logits)


def delta_over_everything(integers, logits):
    e = np.exp(logits - logits.max())
    return (e / e.sum() - one_hot(integers, logits)) / len(logits)


def delta_over_columns(integers, logits):
    return (softmax(logits, axis=0) - one_hot(integers, logits)) / len(logits)


def delta_overflowing(integers, logits):
    with np.errstate(all="ignore"):
        e = np.exp(logits)
        p = e / e.sum(axis=-1, keepdims=True)
    return (p - one_hot(integers, logits)) / len(logits)


def probabilities_only(integers, logits):
    return softmax(logits) / len(logits)


def logits_for_probabilities(integers, logits):
    return (logits - one_hot(integers, logits)) / len(logits)


def by_probability(integers, logits):
    with np.errstate(all="ignore"):
        return -one_hot(integers, logits) / softmax(logits) / len(logits)


def mean_of_all_numbers(integers, logits):
    return (softmax(logits) - one_hot(integers, logits)) / logits.size


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
                    1.673976,
                    (
                        "你把两项都加上了；$y=1$ 时第二项乘 0。",
                        "You added both terms; with $y=1$ the second is multiplied by 0.",
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
        why=(
            "交叉熵只看正确那一类得到的概率，取负对数：概率每减半，损失就多 $\\log2$。给 1% 时是多少？试一试，再想想它为什么重罚“很有把握地答错”。",
            "Cross-entropy looks at the probability of the right class alone and takes minus its logarithm: each halving adds $\\log2$. What is it at 1%? Try it, and see why being sure and wrong costs so much.",
        ),
        wrong=[
            (0.287682, "the loss for"),
            (-1.386294, "negative logarithm"),
            (0.602060, "base 10"),
            (2.0, "base 2"),
            (1.674, "both terms"),
            (0.5625, "squared error"),
        ],
    ),
    Exercise(
        id="02-2",
        title=("稳定的加权交叉熵", "A stable weighted cross-entropy"),
        judge=judges.function(
            weighted_bce,
            inputs=[
                (1.0, 0.0, 3.0),
                (0.0, 20.0, 3.0),
                (0.0, 1000.0, 3.0),
                (1.0, -1000.0, 3.0),
                (1.0, 3.0, 1.0),
            ],
            random=lambda rng: (
                float(rng.integers(0, 2)),
                float(rng.normal(scale=5)),
                float(rng.uniform(0.5, 5)),
            ),
            mistakes=[
                (
                    everything_weighted,
                    (
                        "$w$ 只乘标签 1 的那一项；标签 0 的损失不变。",
                        "$w$ multiplies only the term of label 1; the loss of label 0 stays as it is.",
                    ),
                ),
                (
                    one_term_weighted,
                    (
                        "合并后的 $yz$ 只是 $y\\log p$ 的一部分：先把两项分开，再乘 $w$。",
                        "In the joined formula $yz$ is only a part of $y\\log p$: keep the two terms apart, then multiply by $w$.",
                    ),
                ),
                (
                    not_weighted,
                    (
                        "$w$ 还没有用上：乘标签 1 的那一项。",
                        "$w$ is not used yet: multiply the term of label 1.",
                    ),
                ),
                (
                    weighted_zero,
                    (
                        "$w$ 乘错了项：它属于标签 1。",
                        "$w$ stands at the wrong term: it belongs to label 1.",
                    ),
                ),
                (
                    zero_term_missing,
                    (
                        "标签 0 的那一项 $-(1-y)\\log(1-p)$ 不能省。",
                        "The term of label 0, $-(1-y)\\log(1-p)$, cannot be left out.",
                    ),
                ),
                (
                    zero_term_always,
                    (
                        "第二项还要乘 $1-y$：标签是 1 时它是 0。",
                        "The second term is multiplied by $1-y$: with label 1 it is 0.",
                    ),
                ),
                (
                    joined_then_weighted,
                    (
                        "$\\max(z,0)$ 也有一份属于标签 1，它没有乘 $w$：先把两项分开，再乘 $w$。",
                        "A part of $\\max(z,0)$ belongs to label 1 and is not multiplied by $w$: keep the two terms apart, then multiply by $w$.",
                    ),
                ),
                (
                    minus_forgotten,
                    (
                        "符号反了：损失是负对数，不会是负数。",
                        "The sign is the other way round: a loss is minus a logarithm and never negative.",
                    ),
                ),
                (
                    logit_reversed,
                    (
                        "$z$ 的符号反了：$-\\log p=\\log(1+e^{-z})$，$-\\log(1-p)=\\log(1+e^z)$。",
                        "The sign of $z$ is the other way round: $-\\log p=\\log(1+e^{-z})$ and $-\\log(1-p)=\\log(1+e^z)$.",
                    ),
                ),
                (
                    two_step_bce,
                    (
                        "公式对，但中间出现无穷大：$z=1000$ 时 $\\log(1-p)=\\log 0$，$e^{1000}$ 上溢。用 $\\log(1+e^t)=\\max(t,0)+\\log(1+e^{-|t|})$。",
                        "The formula is right, but infinity turns up on the way: at $z=1000$ $\\log(1-p)=\\log 0$, and $e^{1000}$ overflows. Use $\\log(1+e^t)=\\max(t,0)+\\log(1+e^{-|t|})$.",
                    ),
                ),
                (
                    clipped_bce,
                    (
                        "截断让损失停在 16 左右，梯度变成 0；$z=1000$、$y=0$ 时损失应当是 1000。",
                        "Clipping stops the loss at about 16 and makes the gradient 0; for $z=1000$, $y=0$ it should be 1000.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "把两项分开：$-\\log p=\\log(1+e^{-z})$，$-\\log(1-p)=\\log(1+e^z)$。",
                "Keep the two terms apart: $-\\log p=\\log(1+e^{-z})$ and $-\\log(1-p)=\\log(1+e^z)$.",
            ),
            (
                "两项都是 $\\log(1+e^t)$，$t=-z$ 或 $t=z$；安全的算法是 $\\max(t,0)+\\log(1+e^{-|t|})$。",
                "Both are $\\log(1+e^t)$, with $t=-z$ or $t=z$; compute it safely as $\\max(t,0)+\\log(1+e^{-|t|})$.",
            ),
            (
                "第一项乘 $w\\,y$，第二项乘 $1-y$，再相加。",
                "Multiply the first by $w\\,y$, the second by $1-y$, and add.",
            ),
        ],
        reference=weighted_bce,
        solution=(
            (
                "`softplus = lambda t: max(t, 0) + np.log1p(np.exp(-abs(t)))`，"
                "`return w * y * softplus(-z) + (1 - y) * softplus(z)`。"
            ),
            (
                "`softplus = lambda t: max(t, 0) + np.log1p(np.exp(-abs(t)))`, "
                "`return w * y * softplus(-z) + (1 - y) * softplus(z)`."
            ),
        ),
        why=(
            "先合并再计算，$e^z$ 就不会溢出，$\\log$ 也不会遇到 0：数学上相等的两个式子，用浮点数算，一个正常，另一个可能得 NaN。框架里的 `from_logits=True` 做的就是这件事。",
            "Combined before it is computed, $e^z$ cannot overflow and $\\log$ never meets 0: of two formulas that are equal in mathematics, one may work in floating point and the other give NaN. This is what `from_logits=True` does in the frameworks.",
        ),
        wrong=[
            (everything_weighted, "only the term of label 1"),
            (one_term_weighted, "terms apart"),
            (not_weighted, "not used yet"),
            (weighted_zero, "wrong term"),
            (zero_term_missing, "cannot be left out"),
            (zero_term_always, "multiplied by $1-y$"),
            (joined_then_weighted, "A part of"),
            (minus_forgotten, "never negative"),
            (logit_reversed, "sign of $z$"),
            (two_step_bce, "infinity turns up"),
            (clipped_bce, "Clipping"),
            (overflowing_bce, "infinity turns up"),
            (lambda y, z, w: z, "is expected"),
        ],
    ),
    Exercise(
        id="02-3",
        title=("多类交叉熵的 δ", "The δ of categorical cross-entropy"),
        judge=judges.function(
            cross_entropy_delta,
            inputs=[
                (np.array([2, 0]), np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])),
                (np.array([0, 1]), np.array([[1000.0, 1001.0], [0.0, 0.0]])),
            ],
            random=lambda rng: (rng.integers(0, 3, size=4), rng.normal(scale=3, size=(4, 3))),
            mistakes=[
                (
                    delta_of_sum,
                    (
                        "损失取平均：还要除以样本数 $n$。",
                        "The loss is a mean: divide by the number of samples $n$.",
                    ),
                ),
                (
                    mean_of_all_numbers,
                    (
                        "除以样本数 $n$（行数），不是除以所有数的个数。",
                        "Divide by the number of samples $n$ (the rows), not by that of all numbers.",
                    ),
                ),
                (
                    delta_reversed,
                    (
                        "符号反了：概率减标签。",
                        "The sign is the other way round: probabilities minus labels.",
                    ),
                ),
                (
                    logits_for_probabilities,
                    (
                        "logits 还不是概率：先过 softmax，再减标签。",
                        "Logits are not probabilities yet: take softmax first, then subtract the labels.",
                    ),
                ),
                (
                    by_probability,
                    (
                        "这是对概率的导数 $-y_c/p_c$；要的是对 logits 的。",
                        "That is the derivative by the probabilities, $-y_c/p_c$; the one by the logits is asked.",
                    ),
                ),
                (
                    probabilities_only,
                    (
                        "还要在正确类别处减去 1。",
                        "Subtract 1 at the right class.",
                    ),
                ),
                (
                    delta_over_everything,
                    (
                        "每一行的概率要各自加起来等于 1：用 `axis=-1`。",
                        "Each row's probabilities must add up to 1 by themselves: use `axis=-1`.",
                    ),
                ),
                (
                    delta_over_columns,
                    (
                        "你归一化了每一列；类别在每一行里。",
                        "You normalized each column; the classes are in the rows.",
                    ),
                ),
                (
                    delta_overflowing,
                    (
                        "logits 很大时 $e^z$ 上溢：先减去每行的最大值。",
                        "With large logits $e^z$ overflows: subtract each row's largest first.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "概率可以从上面的函数得到：`np.exp(log_softmax(logits))`。",
                "The probabilities come from the function above: `np.exp(log_softmax(logits))`.",
            ),
            (
                "整数标签变成独热编码：`np.eye(C)[integers]`，$C$ 是 `logits` 的列数。",
                "Integer labels become one-hot as `np.eye(C)[integers]`, where $C$ is the number of columns of `logits`.",
            ),
            (
                "概率减独热编码，再除以样本数。",
                "Probabilities minus one-hot labels, divided by the number of samples.",
            ),
        ],
        reference=cross_entropy_delta,
        solution=(
            (
                "`one_hot = np.eye(logits.shape[1])[integers]`，"
                "`return (np.exp(log_softmax(logits)) - one_hot) / len(logits)`。"
            ),
            (
                "`one_hot = np.eye(logits.shape[1])[integers]`, "
                "`return (np.exp(log_softmax(logits)) - one_hot) / len(logits)`."
            ),
        ),
        why=(
            "softmax 和交叉熵合在一起，导数只剩“预测减标签”，不必单独对 softmax 求导；每行加起来是 0，因为预测和标签各自加起来都是 1。",
            "Softmax and cross-entropy together leave a derivative of just “prediction minus label”, with no need to differentiate softmax by itself; each row adds up to 0, since predictions and labels each add up to 1.",
        ),
        wrong=[
            (delta_of_sum, "is a mean"),
            (mean_of_all_numbers, "not by that of all"),
            (delta_reversed, "other way round"),
            (probabilities_only, "at the right class"),
            (logits_for_probabilities, "not probabilities yet"),
            (by_probability, "by the logits is asked"),
            (delta_over_everything, "by themselves"),
            (delta_over_columns, "each column"),
            (delta_overflowing, "overflows"),
            (lambda integers, logits: softmax(logits).max(axis=-1), "shape"),
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
                        "求和时梯度的期望变成 8 倍，学习率不能不变。",
                        "With a sum the expected gradient is 8 times as large; the rate cannot stay.",
                    ),
                ),
                (
                    0.8,
                    (
                        "方向反了：梯度变大，学习率要变小。",
                        "The other way round: the gradient gets larger, so the rate must shrink.",
                    ),
                ),
                (
                    0.1 / 8**0.5,
                    (
                        "$\\sqrt n$ 说的是噪声；求和的梯度，期望与 $n$ 成正比。",
                        "$\\sqrt n$ is about noise; the expectation of a summed gradient grows in proportion to $n$.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "批次变成几倍，求和的梯度的期望就变成几倍。",
                "The expected gradient of a sum grows by the same factor as the batch.",
            ),
            ("$256/32=8$。", "$256/32=8$."),
        ],
        reference=0.0125,
        solution=(
            "批次变成 8 倍，梯度的期望变成 8 倍，学习率除以 8：$0.1/8=0.0125$。",
            "The batch is 8 times as large, so is the expected gradient; divide the rate by 8: $0.1/8=0.0125$.",
        ),
        why=(
            "求和的梯度随批次变大，步子也跟着变大；取平均，梯度的期望就与批大小无关。所以框架默认取平均。",
            "The gradient of a sum grows with the batch, and the steps with it; with a mean, the expected gradient is the same for every batch size. That is why frameworks take the mean by default.",
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
                ("换更大的骨干网络", "Use a larger backbone"),
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
            "猫狗二分类模型，1 个输出，最后一层没有激活函数。Keras 里的损失怎么写？",
            "A cats-vs-dogs model has 1 output, and its last layer has no activation. How do you write the loss in Keras?",
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
    Matching(
        id="02-q4",
        question=(
            "下面每个模型的最后一层都没有激活函数。哪种任务该用哪个损失？",
            "In each of these models the last layer has no activation. Which loss goes with which task?",
        ),
        pairs=[
            Pair(
                (
                    "猫或狗：标签是 0 或 1，模型输出 1 个数",
                    "cat or dog: labels 0 or 1, the model gives 1 number",
                ),
                (
                    "`BinaryCrossentropy(from_logits=True)`",
                    "`BinaryCrossentropy(from_logits=True)`",
                ),
                (
                    "一个 logit 就够：知道了 $p$，也就知道 $1-p$。",
                    "One logit will do: $p$ tells $1-p$ as well.",
                ),
                (
                    "它把每个输出当作一道单独的是非题；这里问的不是是非题。",
                    "It takes each output for a yes-or-no question of its own, and that is not what is asked here.",
                ),
            ),
            Pair(
                (
                    "三个品种：标签是整数 0、1、2，模型输出 3 个数",
                    "three breeds: labels are the integers 0, 1, 2, the model gives 3 numbers",
                ),
                (
                    "`SparseCategoricalCrossentropy(from_logits=True)`",
                    "`SparseCategoricalCrossentropy(from_logits=True)`",
                ),
                (
                    "名字里的 sparse 说的是标签：只给类别的编号，不给一整行独热编码。",
                    "The sparse in its name is about the labels: a class's number instead of a whole one-hot row.",
                ),
                (
                    "它要整数编号作标签，并且每个类一个 logit。",
                    "It wants class numbers as labels, and a logit for each class.",
                ),
            ),
            Pair(
                (
                    "三个品种：标签是独热编码，模型输出 3 个数",
                    "three breeds: labels are one-hot, the model gives 3 numbers",
                ),
                (
                    "`CategoricalCrossentropy(from_logits=True)`",
                    "`CategoricalCrossentropy(from_logits=True)`",
                ),
                (
                    "每个标签是一行，和 3 个 logits 一样长；标签平滑也要这种写法。",
                    "Each label is a row as long as the 3 logits; label smoothing needs this form, too.",
                ),
                (
                    "它要独热编码的标签：每个标签是一整行。",
                    "It wants one-hot labels: each label is a whole row.",
                ),
            ),
            Pair(
                (
                    "狗的体重：标签是公斤数，模型输出 1 个数",
                    "a dog's weight: labels in kilograms, the model gives 1 number",
                ),
                ("`MeanSquaredError()`", "`MeanSquaredError()`"),
                (
                    "要预测的是一个量，不是类别：它是正态误差的负对数似然。",
                    "What is predicted is a quantity, not a class: this is the negative log-likelihood of normal errors.",
                ),
                (
                    "用在类别上并不合适：接在 sigmoid 后面，梯度里多一个 $p(1-p)$，很自信地错的时候几乎学不动；直接用在 logit 上，又连答对而且有把握的也要罚。它适合连续的量。",
                    "It does not suit classes: after a sigmoid its gradient has a factor $p(1-p)$ too many and hardly learns when confidently wrong; on a logit itself it punishes even an answer that is right and sure. It suits a continuous quantity.",
                ),
            ),
        ],
        others=[
            Option(
                ("`SparseCategoricalCrossentropy()`", "`SparseCategoricalCrossentropy()`"),
                (
                    "没有 `from_logits=True`，它就把输出当作概率：不报错，结果却是错的。",
                    "Without `from_logits=True` it takes the outputs for probabilities: no error, but wrong.",
                ),
            ),
        ],
    ),
]

PREDICTIONS = [
    Prediction(
        "02-p3",
        (
            "照片是猫：说 99% 是狗的代价，是说 90% 的几倍？",
            "A cat: “99% dog” costs how many times as much as “90% dog”?",
        ),
        Number(0.1, 100, ("倍", "times"), factor=1.2),
    ),
    Prediction(
        "02-p1",
        (
            "用一半的交叉熵训练，百分之几的照片会被判为狗？",
            "Trained with half a cross-entropy: what per cent of the photos is called a dog?",
        ),
        Number(0, 100, ("%", "%"), close=5),
    ),
    Prediction(
        "02-p2",
        (
            "损失用求和，批次从 8 变成 128，梯度的长度变成几倍？",
            "A summed loss, a batch of 128 instead of 8: how many times as long is the gradient?",
        ),
        Number(0.1, 1000, ("倍", "times"), factor=2),
    ),
]
