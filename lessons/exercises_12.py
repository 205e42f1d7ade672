"""Exercises and quizzes of lesson 12: domain adaptation and negative transfer."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number, OneOf, YesNo
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

# --- 12-1: the proxy A-distance ---


def a_distance(error):
    return 2 * (1 - 2 * error)


def distance_of_accuracy(error):
    """The accuracy was taken for the error."""
    return 2 * (1 - 2 * (1 - error))


def distance_half(error):
    return 1 - 2 * error


def distance_one_error(error):
    return 2 * (1 - error)


def distance_accuracy_only(error):
    return 1 - error


def distance_twice_subtracted(error):
    """2(1 − 2ε) without the brackets."""
    return 2 - 2 * error


def distance_absolute(error):
    return abs(2 * (1 - 2 * error))


def distance_cut(error):
    return max(0.0, 2 * (1 - 2 * error))


# --- 12-2: CORAL ---


def coral_loss(s, t):
    d = s.shape[1]
    return np.sum((np.cov(s.T) - np.cov(t.T)) ** 2) / (4 * d**2)


def coral_not_centred(s, t):
    d = s.shape[1]
    gap = s.T @ s / (len(s) - 1) - t.T @ t / (len(t) - 1)
    return np.sum(gap**2) / (4 * d**2)


def coral_not_scaled(s, t):
    return coral_loss(s, t) * 4 * s.shape[1] ** 2


def coral_by_n(s, t):
    d = s.shape[1]
    return np.sum((np.cov(s.T, ddof=0) - np.cov(t.T, ddof=0)) ** 2) / (4 * d**2)


def coral_norm(s, t):
    """The norm itself, not its square."""
    d = s.shape[1]
    return np.sqrt(np.sum((np.cov(s.T) - np.cov(t.T)) ** 2)) / (4 * d**2)


def coral_means(s, t):
    return np.sum((s.mean(axis=0) - t.mean(axis=0)) ** 2) / (4 * s.shape[1] ** 2)


def coral_variances(s, t):
    """The diagonal alone."""
    gap = s.var(axis=0, ddof=1) - t.var(axis=0, ddof=1)
    return np.sum(gap**2) / (4 * s.shape[1] ** 2)


def coral_over_samples(s, t):
    """Covariance of samples instead of features."""
    d = s.shape[1]
    return np.sum((np.cov(s) - np.cov(t)) ** 2) / (4 * d**2)


def coral_d(s, t):
    return coral_loss(s, t) * s.shape[1]


def random_pair(rng, n=9, d=3):
    return rng.normal(1, 1, (n, d)), rng.normal(-0.5, 2, (n, d))


# --- 12-3: MMD ---


def mmd_squared(s, t, width):
    def kernel(a, b):
        squares = np.sum((a[:, None] - b[None]) ** 2, axis=2)
        return np.exp(-squares / width)

    return kernel(s, s).mean() + kernel(t, t).mean() - 2 * kernel(s, t).mean()


def mmd_parts(s, t, width, power=2, divide=lambda square, width: square / width):
    gaps = np.linalg.norm
    pairs = [(s, s), (t, t), (s, t)]
    return [
        np.exp(-divide(gaps(a[:, None] - b[None], axis=2) ** power, width)).mean() for a, b in pairs
    ]


def mmd_one_cross(s, t, width):
    ss, tt, st = mmd_parts(s, t, width)
    return ss + tt - st


def mmd_sign(s, t, width):
    return -mmd_squared(s, t, width)


def mmd_plus(s, t, width):
    ss, tt, st = mmd_parts(s, t, width)
    return ss + tt + 2 * st


def mmd_not_squared(s, t, width):
    ss, tt, st = mmd_parts(s, t, width, power=1)
    return ss + tt - 2 * st


def mmd_width_squared(s, t, width):
    ss, tt, st = mmd_parts(s, t, width, divide=lambda square, width: square / width**2)
    return ss + tt - 2 * st


def mmd_width_doubled(s, t, width):
    """The 2σ² of a normal density."""
    return mmd_squared(s, t, 2 * width)


def mmd_others_only(s, t, width):
    """Without the pairs of a sample with itself."""
    ss, tt, st = mmd_parts(s, t, width)
    n, m = len(s), len(t)
    return (n * ss - 1) / (n - 1) + (m * tt - 1) / (m - 1) - 2 * st


def mmd_root(s, t, width):
    return np.sqrt(mmd_squared(s, t, width))


def mmd_sums(s, t, width):
    ss, tt, st = mmd_parts(s, t, width)
    return len(s) ** 2 * ss + len(t) ** 2 * tt - 2 * len(s) * len(t) * st


def mmd_cross_only(s, t, width):
    return mmd_parts(s, t, width)[2]


def mmd_positive_exponent(s, t, width):
    ss, tt, st = mmd_parts(s, t, -width)
    return ss + tt - 2 * st


def mmd_means(s, t, width):
    return np.sum((s.mean(axis=0) - t.mean(axis=0)) ** 2)


def random_mmd(rng):
    return *random_pair(rng, 6, 2), float(rng.uniform(0.5, 4))


# --- 12-4: where the gradient is turned round ---


def dann_gradients(from_head, from_judge, own, strength):
    return from_head - strength * from_judge, own


def dann_no_reversal(from_head, from_judge, own, strength):
    return from_head + strength * from_judge, own


def dann_all_reversed(from_head, from_judge, own, strength):
    return from_head - strength * from_judge, -own


def dann_judge_reversed(from_head, from_judge, own, strength):
    return from_head + strength * from_judge, -own


def dann_head_reversed(from_head, from_judge, own, strength):
    return strength * from_judge - from_head, own


def dann_without_head(from_head, from_judge, own, strength):
    return -strength * from_judge, own


def dann_without_strength(from_head, from_judge, own, strength):
    return from_head - from_judge, own


def dann_strength_on_judge(from_head, from_judge, own, strength):
    return from_head - strength * from_judge, strength * own


def dann_strength_on_both(from_head, from_judge, own, strength):
    return strength * (from_head - from_judge), own


def dann_swapped(from_head, from_judge, own, strength):
    return dann_gradients(from_head, from_judge, own, strength)[::-1]


def dann_mixed(from_head, from_judge, own, strength):
    return (1 - strength) * from_head - strength * from_judge, own


def random_gradients(rng):
    return rng.normal(size=4), rng.normal(size=4), rng.normal(size=3), float(rng.uniform(0.1, 0.9))


# --- 12-5: importance weights ---


def importance_weights(p, n_source, n_target):
    """p_T / p_S for each source sample."""
    p = np.asarray(p, float)
    return p / (1 - p) * n_source / n_target


def weights_without_counts(p, n_source, n_target):
    p = np.asarray(p, float)
    return p / (1 - p)


def weights_inverted(p, n_source, n_target):
    return 1 / importance_weights(p, n_source, n_target)


def weights_counts_inverted(p, n_source, n_target):
    p = np.asarray(p, float)
    return p / (1 - p) * n_target / n_source


def weights_odds_inverted(p, n_source, n_target):
    p = np.asarray(p, float)
    return (1 - p) / p


def weights_half_inverted(p, n_source, n_target):
    p = np.asarray(p, float)
    return (1 - p) / p * n_source / n_target


def weights_scaled_probability(p, n_source, n_target):
    return np.asarray(p, float) * n_source / n_target


def weights_probability(p, n_source, n_target):
    return np.asarray(p, float)


def weights_normalized(p, n_source, n_target):
    w = importance_weights(p, n_source, n_target)
    return w / w.sum()


def weights_mean_one(p, n_source, n_target):
    w = importance_weights(p, n_source, n_target)
    return w / w.mean()


def random_weights(rng):
    return rng.uniform(0.02, 0.98, 5), int(rng.integers(50, 500)), int(rng.integers(20, 400))


EXERCISES = [
    Exercise(
        id="12-1",
        title=("A-距离", "The A-distance"),
        judge=judges.function(
            a_distance,
            inputs=[(0.0,), (0.5,), (0.25,), (0.6,)],
            random=lambda rng: (float(rng.uniform(0, 0.6)),),
            mistakes=[
                (
                    distance_of_accuracy,
                    (
                        "符号反了：把错误率当成了准确率。错误率是 0 时分得最开，距离是 2。",
                        "The sign is the other one: the error was taken for the accuracy. With an error of 0 the domains are easiest to tell, and the distance is 2.",
                    ),
                ),
                (
                    distance_half,
                    (
                        "只有一半：最大是 1，按定义最大是 2。",
                        "Half of it: the largest is 1, and by definition it is 2.",
                    ),
                ),
                (
                    distance_one_error,
                    (
                        "错误率要乘 2：乱猜错 0.5，距离才是 0。（`2 - 2 * error` 也是少了一个 2。）",
                        "The error is doubled first: guessing errs with 0.5, and only then the distance is 0. (`2 - 2 * error` lacks a 2 as well.)",
                    ),
                ),
                (
                    distance_accuracy_only,
                    (
                        "这是分类器的准确率：乱猜是 0.5，而距离要是 0。",
                        "That is the classifier's accuracy: it is 0.5 for guessing, where the distance is to be 0.",
                    ),
                ),
                (
                    distance_absolute,
                    (
                        "不要取绝对值：错得比乱猜还多，只是样本少时的偶然，结果是小小的负数。",
                        "No absolute value: erring more often than by guessing is chance with few samples, and gives a small negative number.",
                    ),
                ),
                (
                    distance_cut,
                    (
                        "公式里没有截断：错误率超过 0.5 时留下负数，平均时才不偏高。",
                        "The formula cuts nothing off: beyond an error of 0.5 keep the negative number, or averages come out too high.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "两个端点：乱猜（错误率 0.5）得 0，全对（错误率 0）得 2。",
                "Two ends: guessing (an error of 0.5) gives 0, all right (an error of 0) gives 2.",
            ),
            (
                "过这两点的直线：$2(1-2E)$。",
                "The straight line through both: $2(1-2E)$.",
            ),
        ],
        reference=a_distance,
        solution=("`return 2 * (1 - 2 * error)`", "`return 2 * (1 - 2 * error)`"),
        why=(
            "它不需要任何类别标签，只要知道每张图从哪里来。换一个更强的分类器，距离只会更大：它说的是“这一族分类器”眼里的距离。",
            "It needs no label of a class, only where each picture comes from. A stronger classifier can only find more: it is the distance in the eyes of one family of classifiers.",
        ),
        wrong=[
            (distance_of_accuracy, "taken for the accuracy"),
            (distance_half, "Half of it"),
            (distance_one_error, "doubled first"),
            (distance_twice_subtracted, "doubled first"),
            (distance_accuracy_only, "classifier's accuracy"),
            (distance_absolute, "No absolute value"),
            (distance_cut, "cuts nothing off"),
            (lambda error: None, "return"),
        ],
    ),
    Exercise(
        id="12-2",
        title=("CORAL 的损失", "The loss of CORAL"),
        judge=judges.function(
            coral_loss,
            inputs=[
                (
                    np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]]),
                    np.array([[5.0, 0.0], [6.0, 1.0], [7.0, 2.0], [8.0, 3.0]]),
                )
            ],
            random=random_pair,
            mistakes=[
                (
                    coral_not_centred,
                    (
                        "先减去各自的平均：没有减时，矩阵里还有平均值，那不是协方差。",
                        "Subtract each side's mean first: without it the matrix still holds the means and is no covariance.",
                    ),
                ),
                (
                    coral_not_scaled,
                    (
                        "还要除以 $4d^2$，$d$ 是特征的个数。",
                        "Divide by $4d^2$ as well; $d$ is the number of features.",
                    ),
                ),
                (
                    coral_by_n,
                    (
                        "协方差除以 $n-1$，不是 $n$。",
                        "The covariance divides by $n-1$, not by $n$.",
                    ),
                ),
                (
                    coral_norm,
                    (
                        "不要开根号：是差的平方之和。",
                        "No root: it is the sum of the squared differences.",
                    ),
                ),
                (
                    coral_means,
                    (
                        "这比较的是平均值；CORAL 比较协方差矩阵。",
                        "That compares the means; CORAL compares the covariance matrices.",
                    ),
                ),
                (
                    coral_variances,
                    (
                        "只用了对角线（方差）；特征两两之间的协方差也要比。",
                        "Only the diagonal (the variances) is used; the covariances between features count, too.",
                    ),
                ),
                (
                    coral_over_samples,
                    (
                        "转置错了：要特征之间的协方差，$d\\times d$，不是样本之间的。",
                        "The other way round: the covariance of features is wanted, $d\\times d$, not of samples.",
                    ),
                ),
                (
                    coral_d,
                    (
                        "$d$ 要平方：矩阵有 $d^2$ 个数。",
                        "$d$ is squared: the matrix has $d^2$ numbers.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "`np.cov(s.T)` 给出 $d\\times d$ 的协方差矩阵（除以 $n-1$）。",
                "`np.cov(s.T)` gives the $d\\times d$ covariance matrix (divided by $n-1$).",
            ),
            (
                "两个矩阵相减，逐个平方，求和，除以 $4d^2$。",
                "Subtract the two matrices, square each number, sum, divide by $4d^2$.",
            ),
        ],
        reference=coral_loss,
        solution=(
            "```python\nd = s.shape[1]\nreturn np.sum((np.cov(s.T) - np.cov(t.T)) ** 2) / (4 * d**2)\n```",
            "```python\nd = s.shape[1]\nreturn np.sum((np.cov(s.T) - np.cov(t.T)) ** 2) / (4 * d**2)\n```",
        ),
        why=(
            "平均值没有出现：两团特征可以隔得很远，CORAL 的损失却是 0。在网络里，后面的层和 BatchNorm 部分地弥补了这一点。",
            "The means do not appear: two clouds may lie far apart and CORAL's loss is 0 all the same. In a network later layers and BatchNorm make up for it in part.",
        ),
        wrong=[
            (coral_not_centred, "Subtract each side's mean"),
            (coral_not_scaled, "Divide by $4d^2$"),
            (coral_by_n, "divides by $n-1$"),
            (coral_norm, "No root"),
            (coral_means, "compares the means"),
            (coral_variances, "Only the diagonal"),
            (coral_over_samples, "The other way round"),
            (coral_d, "$d$ is squared"),
            (lambda s, t: np.cov(s.T) - np.cov(t.T), "shape"),
        ],
    ),
    Exercise(
        id="12-3",
        title=("MMD，一个核", "MMD with one kernel"),
        judge=judges.function(
            mmd_squared,
            inputs=[
                (np.array([[0.0], [1.0]]), np.array([[0.0], [3.0]]), 2.0),
                (np.array([[0.0], [1.0]]), np.array([[0.0], [1.0]]), 2.0),
            ],
            random=random_mmd,
            mistakes=[
                (
                    mmd_one_cross,
                    (
                        "交叉的一项要乘 2：两边一样时结果要是 0。",
                        "The cross term is multiplied by 2: with both sides alike the result is to be 0.",
                    ),
                ),
                (
                    mmd_sign,
                    (
                        "符号反了：同一边的相似度是加，两边之间的是减。",
                        "The sign is the other one: similarities within a side are added, those between the sides subtracted.",
                    ),
                ),
                (
                    mmd_plus,
                    (
                        "两边之间的相似度要减：越像，差异越小。",
                        "Similarities between the sides are subtracted: the more alike, the smaller the discrepancy.",
                    ),
                ),
                (
                    mmd_not_squared,
                    (
                        "高斯核里是距离的平方。",
                        "The Gaussian kernel has the squared distance.",
                    ),
                ),
                (
                    mmd_width_squared,
                    (
                        "`width` 已经是平方的尺度：除以它，不再平方。",
                        "`width` is on the scale of squares already: divide by it as it is.",
                    ),
                ),
                (
                    mmd_width_doubled,
                    (
                        "分母就是 `width`：这里没有正态密度里的 2。",
                        "The denominator is `width` itself: the 2 of a normal density is not in it.",
                    ),
                ),
                (
                    mmd_others_only,
                    (
                        "自己与自己的对也算在平均里，它们的核是 1。",
                        "Pairs of a sample with itself count in the mean, too; their kernel is 1.",
                    ),
                ),
                (
                    mmd_root,
                    (
                        "题目要平方的 MMD：不要开根号。",
                        "The squared MMD is asked for: no root.",
                    ),
                ),
                (
                    mmd_sums,
                    (
                        "三项都是平均，不是求和：否则样本越多越大。",
                        "All three terms are means, not sums: otherwise more samples give more.",
                    ),
                ),
                (
                    mmd_cross_only,
                    (
                        "这只有两边之间的相似度；还要同一边的两项。",
                        "That is the similarity between the sides alone; the two terms within a side are missing.",
                    ),
                ),
                (
                    mmd_positive_exponent,
                    (
                        "指数是负的：离得越远，核越接近 0。",
                        "The exponent is negative: the farther apart, the closer the kernel is to 0.",
                    ),
                ),
                (
                    mmd_means,
                    (
                        "这是平均值之差；核让 MMD 也看得见形状。",
                        "That is the difference of the means; the kernel makes MMD see shapes as well.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "所有的两两距离：`np.sum((a[:, None] - b[None]) ** 2, axis=2)`。",
                "All distances at once: `np.sum((a[:, None] - b[None]) ** 2, axis=2)`.",
            ),
            (
                "写一个小函数 `kernel(a, b)`，用三次：`(s, s)`、`(t, t)`、`(s, t)`。",
                "Write a small function `kernel(a, b)` and use it three times: `(s, s)`, `(t, t)`, `(s, t)`.",
            ),
            (
                "`mean(s, s) + mean(t, t) - 2 * mean(s, t)`，`mean` 是 `kernel` 的平均。",
                "`mean(s, s) + mean(t, t) - 2 * mean(s, t)`, where `mean` is the mean of `kernel`.",
            ),
        ],
        reference=mmd_squared,
        solution=(
            "```python\ndef kernel(a, b):\n    return np.exp(-np.sum((a[:, None] - b[None]) ** 2, axis=2) / width)\nreturn kernel(s, s).mean() + kernel(t, t).mean() - 2 * kernel(s, t).mean()\n```",
            "```python\ndef kernel(a, b):\n    return np.exp(-np.sum((a[:, None] - b[None]) ** 2, axis=2) / width)\nreturn kernel(s, s).mean() + kernel(t, t).mean() - 2 * kernel(s, t).mean()\n```",
        ),
        why=(
            "核太窄，谁都只像自己；太宽，谁都像谁：两头都看不出差异。所以实际中常取几个宽度的平均。",
            "With a kernel that is too narrow everybody is like nobody else, with one too wide everybody is like everybody: neither sees a difference. Hence several widths are averaged in practice.",
        ),
        wrong=[
            (mmd_one_cross, "multiplied by 2"),
            (mmd_sign, "are added"),
            (mmd_plus, "are subtracted"),
            (mmd_not_squared, "squared distance"),
            (mmd_width_squared, "as it is"),
            (mmd_width_doubled, "normal density"),
            (mmd_others_only, "with itself count"),
            (mmd_root, "no root"),
            (mmd_sums, "means, not sums"),
            (mmd_cross_only, "are missing"),
            (mmd_positive_exponent, "is negative"),
            (mmd_means, "see shapes"),
        ],
    ),
    Exercise(
        id="12-4",
        title=("谁的梯度变号", "Whose gradient changes its sign"),
        judge=judges.function(
            dann_gradients,
            inputs=[(np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([2.0]), 0.5)],
            random=random_gradients,
            returns=("phi", "judge"),
            mistakes=[
                (
                    dann_no_reversal,
                    (
                        "没有变号：$\\varphi$ 就会帮判别器分清领域，正好相反。",
                        "No sign was changed: $\\varphi$ would help the discriminator to tell the domains, the very opposite.",
                    ),
                ),
                (
                    dann_all_reversed,
                    (
                        "判别器自己的梯度不变号：它要学会分清领域，否则骗过它没有意义。",
                        "The discriminator's own gradient keeps its sign: it must learn to tell the domains, or fooling it means nothing.",
                    ),
                ),
                (
                    dann_judge_reversed,
                    (
                        "变号的地方错了：反转层在 $\\varphi$ 和判别器之间，只有传给 $\\varphi$ 的变号。",
                        "The wrong place: the reversal lies between $\\varphi$ and the discriminator, and only what goes on to $\\varphi$ changes its sign.",
                    ),
                ),
                (
                    dann_head_reversed,
                    (
                        "分类头的梯度不变号：特征还要能认出数字。",
                        "The head's gradient keeps its sign: the features still have to tell digits.",
                    ),
                ),
                (
                    dann_without_head,
                    (
                        "少了分类头的梯度：没有它，把所有图变成同一个特征就骗过了判别器。",
                        "The head's gradient is missing: without it, giving all pictures the same feature would fool the discriminator.",
                    ),
                ),
                (
                    dann_without_strength,
                    (
                        "还要乘 $\\lambda$：它说对齐有多要紧。",
                        "$\\lambda$ is missing: it says how much alignment counts.",
                    ),
                ),
                (
                    dann_strength_on_judge,
                    (
                        "$\\lambda$ 只乘在反转的梯度上；判别器照常学。",
                        "$\\lambda$ multiplies the reversed gradient only; the discriminator learns as usual.",
                    ),
                ),
                (
                    dann_strength_on_both,
                    (
                        "$\\lambda$ 不乘分类头的梯度。",
                        "$\\lambda$ does not multiply the head's gradient.",
                    ),
                ),
                (
                    dann_mixed,
                    (
                        "不是加权平均：分类头的梯度整个留下，不乘 $1-\\lambda$。",
                        "It is no weighted mean: the head's gradient stays whole, without $1-\\lambda$.",
                    ),
                ),
                (
                    dann_swapped,
                    (
                        "次序反了：先是 $\\varphi$ 的，再是判别器的。",
                        "The other order: first that of $\\varphi$, then the discriminator's.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "$\\varphi$ 从两处得到梯度：分类头和判别器。哪一处经过反转层？",
                "$\\varphi$ gets gradients from two places, head and discriminator. Which of them passes the reversal?",
            ),
            (
                "经过反转层的乘 $-\\lambda$；判别器自己的梯度不经过它，不变。",
                "What passes the reversal is multiplied by $-\\lambda$; the discriminator's own gradient does not pass it and stays.",
            ),
        ],
        reference=dann_gradients,
        solution=(
            "`return from_head - strength * from_judge, own`",
            "`return from_head - strength * from_judge, own`",
        ),
        why=(
            "一次反向传播就同时做了两件相反的事：判别器想分清，特征想让它分不清。$\\lambda$ 太大时，特征宁可不认数字也要混在一起。",
            "One backward pass does two opposite things at once: the discriminator wants to tell the domains, the features want it to fail. With too large a $\\lambda$ the features give up digits to be mixed.",
        ),
        wrong=[
            (dann_no_reversal, "the very opposite"),
            (dann_all_reversed, "fooling it means nothing"),
            (dann_judge_reversed, "The wrong place"),
            (dann_head_reversed, "still have to tell digits"),
            (dann_without_head, "is missing: without it"),
            (dann_without_strength, "$\\lambda$ is missing"),
            (dann_strength_on_judge, "reversed gradient only"),
            (dann_strength_on_both, "does not multiply"),
            (dann_mixed, "no weighted mean"),
            (dann_swapped, "The other order"),
        ],
    ),
    Exercise(
        id="12-5",
        title=("重要性权重", "Importance weights"),
        judge=judges.function(
            importance_weights,
            inputs=[(np.array([0.2, 0.5, 0.9]), 300, 100)],
            random=random_weights,
            mistakes=[
                (
                    weights_without_counts,
                    (
                        "这只在两边一样多时对：样本多的一边 $p$ 本来就偏高，要用 $n_S/n_T$ 修正。",
                        "That holds for equal numbers only: $p$ leans to the larger side, which $n_S/n_T$ corrects.",
                    ),
                ),
                (
                    weights_inverted,
                    (
                        "倒过来了：要 $p_T/p_S$，像目标的样本权重大。",
                        "Upside down: it is $p_T/p_S$; samples that look like the target weigh more.",
                    ),
                ),
                (
                    weights_odds_inverted,
                    (
                        "倒过来了：像目标的样本 $p$ 大，权重也要大；而且还没有用两边的样本数。",
                        "Upside down: where $p$ is large the weight has to be large; and the numbers of samples are missing.",
                    ),
                ),
                (
                    weights_half_inverted,
                    (
                        "$n_S/n_T$ 对了，$p/(1-p)$ 倒过来了：$p$ 大，权重也要大。",
                        "$n_S/n_T$ is right, $p/(1-p)$ is upside down: where $p$ is large the weight has to be large.",
                    ),
                ),
                (
                    weights_scaled_probability,
                    (
                        "$p$ 是概率：先算 $p/(1-p)$，再修正样本数。",
                        "$p$ is a probability: first take $p/(1-p)$, then correct for the numbers.",
                    ),
                ),
                (
                    weights_counts_inverted,
                    (
                        "样本数之比倒过来了：目标样本多，$p$ 就偏高，所以要除以 $n_T$。",
                        "The ratio of the numbers is upside down: many target samples raise $p$, so divide by $n_T$.",
                    ),
                ),
                (
                    weights_probability,
                    (
                        "$p$ 是概率，权重是两个密度之比 $p_T/p_S$。",
                        "$p$ is a probability; the weight is the ratio of the two densities, $p_T/p_S$.",
                    ),
                ),
                (
                    weights_normalized,
                    (
                        "不要归一化：题目要的是密度之比本身。",
                        "Do not normalize: the ratio of densities itself is asked for.",
                    ),
                ),
                (
                    weights_mean_one,
                    (
                        "不要除以平均值：题目要的是密度之比本身。",
                        "Do not divide by the mean: the ratio of densities itself is asked for.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "从 $p=n_T p_T/(n_S p_S+n_T p_T)$ 写出 $1-p$。",
                "From $p=n_T p_T/(n_S p_S+n_T p_T)$ write down $1-p$.",
            ),
            (
                "两式相除：$p/(1-p)=n_T p_T/(n_S p_S)$。",
                "Divide the two: $p/(1-p)=n_T p_T/(n_S p_S)$.",
            ),
            ("解出 $p_T/p_S$。", "Solve for $p_T/p_S$."),
        ],
        reference=importance_weights,
        solution=(
            "$p/(1-p)=n_T p_T/(n_S p_S)$；两边乘 $n_S/n_T$：`return p / (1 - p) * n_source / n_target`",
            "$p/(1-p)=n_T p_T/(n_S p_S)$; multiply by $n_S/n_T$: `return p / (1 - p) * n_source / n_target`",
        ),
        why=(
            "权重对源样本平均约为 1，可以拿来检查。某个样本的权重特别大，说明目标那里几乎没有源：平均值就系于这一个样本。",
            "Over the source samples the weights are about 1 on average, which is a check. A single huge weight says that there is hardly any source where the target is: the mean hangs on that one sample.",
        ),
        wrong=[
            (weights_without_counts, "equal numbers"),
            (weights_inverted, "Upside down"),
            (weights_odds_inverted, "are missing"),
            (weights_half_inverted, "is right"),
            (weights_scaled_probability, "first take"),
            (weights_counts_inverted, "divide by"),
            (weights_probability, "is a probability"),
            (weights_normalized, "Do not normalize"),
            (weights_mean_one, "divide by the mean"),
            (lambda p, n_source, n_target: [1.0], "shape"),
        ],
    ),
]

QUIZZES = [
    Matching(
        id="12-q1",
        question=("哪个方法让什么对齐？", "Which method aligns what?"),
        pairs=[
            Pair(
                item=("AdaBN", "AdaBN"),
                match=("每个通道的均值和方差", "mean and variance of each channel"),
                why=(
                    "不训练，只换滑动统计量。",
                    "Nothing is trained; only the moving statistics are exchanged.",
                ),
                elsewhere=(
                    "一个通道一对数，只有 BatchNorm 的统计量是这样。",
                    "A pair of numbers for each channel: those are the statistics of BatchNorm.",
                ),
            ),
            Pair(
                item=("CORAL", "CORAL"),
                match=("特征两两之间的协方差", "the covariances between features"),
                why=(
                    "两个 $d\\times d$ 矩阵之差。",
                    "The difference of two $d\\times d$ matrices.",
                ),
                elsewhere=(
                    "协方差矩阵是 CORAL 比较的。",
                    "It is CORAL that compares covariance matrices.",
                ),
            ),
            Pair(
                item=("DANN", "DANN"),
                match=(
                    "一个一起训练的判别器能看出的一切",
                    "whatever a discriminator, trained along, can see",
                ),
                why=(
                    "判别器换着地方找差别，特征跟着躲。",
                    "The discriminator looks for differences, and the features evade it.",
                ),
                elsewhere=("判别器是 DANN 才有的。", "Only DANN has a discriminator."),
            ),
            Pair(
                item=("伪标签", "pseudo-labels"),
                match=(
                    "什么分布也不对齐；用有把握的答案继续学",
                    "no distribution at all; it learns on from answers it is sure of",
                ),
                why=(
                    "起点太差时，错的答案也会被学进去。",
                    "From a poor start wrong answers are learned as well.",
                ),
                elsewhere=(
                    "其他方法都不用自己的答案。",
                    "The other methods do not use their own answers.",
                ),
            ),
        ],
    ),
    Ordering(
        id="12-q2",
        question=(
            "新医院寄来一批没有标签的片子。先后怎样？",
            "A new hospital sends pictures without labels. In which order?",
        ),
        steps=[
            Step(("用旧医院的标签训练", "train with the old hospital's labels")),
            Step(
                (
                    "看两边的特征分得开吗（A-距离）",
                    "see whether the two sides' features can be told apart (A-distance)",
                ),
                ("还没有网络，就没有特征。", "Without a network there are no features yet."),
            ),
            Step(
                (
                    "不看新标签，定下方法和 λ，用新片子对齐",
                    "fix method and λ without new labels, and align with the new pictures",
                ),
                (
                    "先看有没有领域偏移，再决定要不要对齐。",
                    "First see whether there is a domain shift at all, then align.",
                ),
            ),
            Step(
                (
                    "请医生标一小批，只用一次，报告区间",
                    "have a doctor label a small set, use it once, report the interval",
                ),
                (
                    "标签只用来报告：方法定下以后才用。",
                    "Labels only report: they are for after the method is fixed.",
                ),
            ),
        ],
        why=(
            "没有标签可以对齐，却不能知道对齐得对不对：最后总要一点标签来核实。",
            "One can align without labels, but not know whether it was right: in the end it takes some labels to verify.",
        ),
    ),
    Quiz(
        id="12-q3",
        question=(
            "对齐以后，特征的 A-距离从 1.9 降到 0.1。目标上会准吗？",
            "After alignment the features' A-distance has fallen from 1.9 to 0.1. Is the target accuracy high?",
        ),
        options=[
            Option(
                ("会：两边一样了", "Yes: both sides are alike now"),
                (
                    "只是混在一起了；猫可能落在狗的一边。可动的图里，类别对调时距离是 0，准确率也接近 0。",
                    "They are mixed, that is all; cats may lie on the side of the dogs. In the explorable, with the classes trading places, the distance is 0 and so, nearly, is the accuracy.",
                ),
            ),
            Option(
                (
                    "不一定：类别可能对错了",
                    "Not necessarily: classes may have been matched wrongly",
                ),
                (
                    "对：上界里还有 $E^{*}$，对齐可能让它变大，而没有目标标签就看不见它。",
                    "Yes: the bound has $E^{*}$, too, which alignment can raise, and without target labels nobody sees it.",
                ),
                right=True,
            ),
            Option(
                ("不会：特征一定都塌成一点了", "No: the features must have collapsed to a point"),
                (
                    "可能，但不一定：源上的损失还要求特征分得开数字。",
                    "That can happen, but need not: the loss on the source still wants features that tell digits.",
                ),
            ),
        ],
    ),
    Quiz(
        id="12-q4",
        question=(
            "同事试了 12 个 λ，选目标测试准确率最高的一个，报告这个数。怎么办？",
            "A colleague tried 12 values of λ, chose the one with the highest target test accuracy, and reports that number. What now?",
        ),
        options=[
            Option(
                ("没问题：训练没有用目标标签", "Fine: training did not use target labels"),
                (
                    "选择用了：12 个里最高的偏乐观；真的没有标签时，这个选法也做不到。",
                    "Choosing did: the best of 12 is optimistic, and with truly no labels nobody could choose like that.",
                ),
            ),
            Option(
                (
                    "λ 要用不看目标标签的规则定",
                    "λ has to be fixed by a rule that sees no target label",
                ),
                (
                    "对：本课用“源上的准确率最多降 1 个百分点的最大 λ”。规则不完美，但做得到。",
                    "Yes: this lesson takes the largest λ that costs at most 1 point of accuracy on the source. The rule is not perfect, but it can be followed.",
                ),
                right=True,
            ),
            Option(
                ("取 12 个的平均", "Take the mean of the 12"),
                (
                    "平均说的是“随便选一个”的结果；你要的是一条选择的规则。",
                    "The mean says what choosing blindly gives; you need a rule for choosing.",
                ),
            ),
        ],
    ),
    Quiz(
        id="12-q5",
        question=(
            "`no_negative_transfer` 没有出声。能说明什么？",
            "`no_negative_transfer` was silent. What follows?",
        ),
        options=[
            Option(
                ("源一定有帮助", "The source surely helps"),
                (
                    "它只查伤害，而且 60 个标签看不见小的伤害。要说有帮助，另测增益和区间。",
                    "It only looks for harm, and 60 labels do not show little harm. To say that it helps, measure the gain with an interval.",
                ),
            ),
            Option(
                ("没有看到大的伤害", "No large harm was seen"),
                (
                    "对：由对变错的没有明显多于由错变对的。标签越多，它看得越细。",
                    "Yes: not clearly more answers turned wrong than right. The more labels, the finer it sees.",
                ),
                right=True,
            ),
            Option(
                ("源和目标的分布一样", "Source and target have the same distribution"),
                (
                    "它不看分布，只看答案；分布不同的源也可以有帮助。",
                    "It looks at answers, not at distributions; a source with another distribution may help as well.",
                ),
            ),
        ],
    ),
]

PREDICTIONS = [
    Prediction(
        "12-p1",
        (
            "USPS 上学，MNIST 上答对百分之几？",
            "Trained on USPS: what per cent of MNIST is right?",
        ),
        Number(0, 100, ("%", "%"), close=6),
    ),
    Prediction(
        "12-p2",
        (
            "文章里的 λD 对 θ 的梯度恰好是 0 吗？",
            "Is the gradient of the article's λD by θ exactly 0?",
        ),
        YesNo(),
    ),
    Prediction(
        "12-p3",
        (
            "USPS → MNIST：哪个方法平均最准？",
            "USPS → MNIST: which method is best on average?",
        ),
        OneOf(
            (
                ("AdaBN", "AdaBN"),
                ("CORAL", "CORAL"),
                ("MMD", "MMD"),
                ("DANN", "DANN"),
                ("伪标签", "pseudo-labels"),
            )
        ),
    ),
    Prediction(
        "12-p4",
        (
            "源里错标签占百分之几，合起来就不如只用目标？",
            "What per cent of wrong source labels makes pooling worse than the target alone?",
        ),
        Number(0, 100, ("%", "%"), close=10),
    ),
]
