"""Exercises and quizzes of lesson 05: what transfer learning is."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.definitions import Exercise, Option, Quiz, not_yet

# --- 05-1: the transfer gain and its standard error ---


def transfer_gain(with_source, without_source):
    """The mean of paired differences and its standard error."""
    gain = np.subtract(with_source, without_source)
    return gain.mean(), gain.std(ddof=1) / np.sqrt(len(gain))


def gain_swapped(with_source, without_source):
    return transfer_gain(without_source, with_source)


def gain_with_deviation(with_source, without_source):
    gain = np.subtract(with_source, without_source)
    return gain.mean(), gain.std(ddof=1)


def gain_divided_by_n(with_source, without_source):
    gain = np.subtract(with_source, without_source)
    return gain.mean(), gain.std() / np.sqrt(len(gain))


def gain_unpaired(with_source, without_source):
    n = len(with_source)
    variance = np.var(with_source, ddof=1) + np.var(without_source, ddof=1)
    return np.mean(with_source) - np.mean(without_source), np.sqrt(variance / n)


def gain_only(with_source, without_source):
    return np.mean(np.subtract(with_source, without_source))


def gain_error_first(with_source, without_source):
    return transfer_gain(with_source, without_source)[::-1]


def gain_half_width(with_source, without_source):
    mean, error = transfer_gain(with_source, without_source)
    return mean, 1.96 * error


def gain_population_deviation(with_source, without_source):
    gain = np.subtract(with_source, without_source)
    return gain.mean(), gain.std()


def gain_not_averaged(with_source, without_source):
    gain = np.subtract(with_source, without_source)
    return gain, gain.std(ddof=1) / np.sqrt(len(gain))


def gain_two_errors(with_source, without_source):
    mean, error = transfer_gain(with_source, without_source)
    return mean, 2 * error


def gain_over_r(with_source, without_source):
    gain = np.subtract(with_source, without_source)
    return gain.mean(), gain.std(ddof=1) / len(gain)


def gain_absolute(with_source, without_source):
    gain = np.abs(np.subtract(with_source, without_source))
    return gain.mean(), gain.std(ddof=1) / np.sqrt(len(gain))


def random_scores(rng):
    n = int(rng.integers(4, 12))
    luck = rng.normal(0, 0.05, n)  # the same draw helps both, as in the lesson
    return 0.9 + luck + rng.normal(0, 0.01, n), 0.7 + luck + rng.normal(0, 0.02, n)


GAIN = judges.function(
    transfer_gain,
    inputs=[
        (np.array([0.9, 0.8, 1.0]), np.array([0.5, 0.6, 0.7])),
        (np.array([0.9, 0.6, 0.7]), np.array([0.8, 0.7, 0.9])),  # negative transfer
    ],
    random=random_scores,
    mistakes=[
        (
            gain_only,
            (
                "要返回两个数：平均值和它的标准误差。",
                "Return two numbers: the mean and its standard error.",
            ),
        ),
        (
            gain_error_first,
            (
                "次序反了：先是平均值，再是标准误差。",
                "The order is reversed: first the mean, then its standard error.",
            ),
        ),
        (
            gain_half_width,
            (
                "第二个数是标准误差本身，不乘 1.96；区间以后再算。",
                "The second number is the standard error itself, without 1.96; the interval comes later.",
            ),
        ),
        (
            gain_two_errors,
            (
                "第二个数是标准误差本身，不乘 2；区间以后再算。",
                "The second number is the standard error itself, without the 2; the interval comes later.",
            ),
        ),
        (
            gain_over_r,
            (
                "标准差要除以 $\\sqrt{R}$，不是除以 $R$。",
                "Divide the standard deviation by $\\sqrt{R}$, not by $R$.",
            ),
        ),
        (
            gain_absolute,
            (
                "不要取绝对值：增益可以是负的。",
                "Take no absolute values: a gain can be negative.",
            ),
        ),
        (
            gain_population_deviation,
            (
                "第二个数是平均值的标准误差：用 `std(ddof=1)`，再除以 $\\sqrt{R}$。",
                "The second number is the standard error of the mean: take `std(ddof=1)` and divide it by $\\sqrt{R}$.",
            ),
        ),
        (
            gain_swapped,
            (
                "符号反了：增益是用源减去不用源。",
                "The sign is the other way round: with the source minus without.",
            ),
        ),
        (
            gain_with_deviation,
            (
                "第二个数是平均值的标准误差：标准差还要除以 $\\sqrt{R}$。",
                "The second number is the standard error of the mean: divide the standard deviation by $\\sqrt{R}$.",
            ),
        ),
        (
            gain_divided_by_n,
            (
                "标准差要除以 $R-1$：`std(ddof=1)`。",
                "The standard deviation divides by $R-1$: `std(ddof=1)`.",
            ),
        ),
        (
            gain_unpaired,
            (
                "先逐次相减，再算标准差：两种方法用的是同一批照片，共同的运气会在相减时消去。",
                "Subtract draw by draw first, then take the standard deviation: both methods use the same photos, and the luck they share cancels.",
            ),
        ),
    ],
)


def judge_gain(answer):
    """All differences instead of their mean make no array: say it before they are compared."""
    try:
        first = answer(np.array([0.9, 0.8]), np.array([0.5, 0.6]))[0]
    except Exception:  # noqa: BLE001 (GAIN reports it)
        first = 0
    if np.ndim(first) == 1:
        return not_yet(
            "第一个数要取平均：`gain.mean()`。", "Take the mean of the first: `gain.mean()`."
        )
    return GAIN(answer)


# --- 05-2: settings ---


def setting(correct, feedback):
    texts = {
        "inductive": (
            "归纳式要任务不同，而且目标有一些标签。",
            "Inductive: the tasks differ, and the target has some labels.",
        ),
        "transductive": (
            "直推式要任务相同、领域不同，只有源有标签。",
            "Transductive: the same task, different domains, labels in the source only.",
        ),
        "unsupervised": (
            "无监督要两边都没有标签，目标任务也是无监督的。",
            "Unsupervised: no labels on either side, and an unsupervised target task.",
        ),
        "none": (
            "只有领域和任务都相同，才不是迁移学习；这里至少有一样不同。",
            "It fails to be transfer learning only if domain and task are both the same; here at least one differs.",
        ),
    }
    return judges.choice(correct, texts | feedback)


SETTINGS = {
    "hospital": "transductive",
    "birds": "inductive",
    "customers": "unsupervised",
    "split": "none",
}

# --- 05-3: importance weights ---


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


# --- 05-4: one-dimensional L2-SP ---


def pulled(a, w_source, strength):
    """Where the sum of the two parabolas is lowest."""
    return (a + strength * w_source) / (1 + strength)


def pulled_to_zero(a, w_source, strength):
    return a / (1 + strength)


def pulled_swapped(a, w_source, strength):
    return (w_source + strength * a) / (1 + strength)


def pulled_not_divided(a, w_source, strength):
    return a + strength * w_source


def pulled_away(a, w_source, strength):
    return (a - strength * w_source) / (1 + strength)


def pulled_as_share(a, w_source, strength):
    return (1 - strength) * a + strength * w_source


def pulled_without_strength(a, w_source, strength):
    return (a + w_source) / (1 + strength)


def pulled_twice(a, w_source, strength):
    return pulled(a, w_source, 2 * strength)


EXERCISES = [
    Exercise(
        id="05-1",
        title=("迁移增益", "The transfer gain"),
        judge=judges.judged(judge_gain),
        hints=[
            (
                "先逐次相减，得到 $R$ 个差。",
                "First subtract draw by draw: $R$ differences.",
            ),
            (
                "返回两个数：差的平均，差的标准差除以 $\\sqrt{R}$。",
                "Return two numbers: the mean of the differences, and their standard deviation divided by $\\sqrt{R}$.",
            ),
            (
                "`gain.std(ddof=1)` 除以 $R-1$；$R$ 是 `len(gain)`。",
                "`gain.std(ddof=1)` divides by $R-1$; $R$ is `len(gain)`.",
            ),
        ],
        reference=transfer_gain,
        solution=(
            "`gain = np.subtract(with_source, without_source)`；`return gain.mean(), gain.std(ddof=1) / np.sqrt(len(gain))`",
            "`gain = np.subtract(with_source, without_source)`; `return gain.mean(), gain.std(ddof=1) / np.sqrt(len(gain))`",
        ),
        why=(
            "同一次划分里两种做法面对同样的照片，先相减，运气好坏就抵消了，标准误也小得多。增益小于两个标准误时，先别说“有用”。",
            "In one split both ways meet the same photos: subtract first, and good or bad luck cancels, so the standard error is much smaller. With a gain below two standard errors do not yet say that it helps.",
        ),
        wrong=[
            (gain_swapped, "other way round"),
            (gain_with_deviation, "divide the standard deviation"),
            (gain_divided_by_n, "ddof=1"),
            (gain_unpaired, "draw by draw"),
            (gain_only, "Return two numbers"),
            (gain_error_first, "order is reversed"),
            (gain_half_width, "without 1.96"),
            (gain_population_deviation, "and divide it by"),
            (gain_not_averaged, "Take the mean of the first"),
            (gain_two_errors, "without the 2"),
            (gain_over_r, "not by $R$"),
            (gain_absolute, "can be negative"),
            (lambda a, b: ("0.2", "0.1"), "is text"),
            (0.2, "function"),
        ],
    ),
    Exercise(
        id="05-2",
        title=("哪一种设定", "Which setting"),
        judge=judges.fields(
            {
                "hospital": setting(
                    "transductive",
                    {
                        "transductive": (
                            "对：诊断相同，设备不同，B 没有标签。",
                            "Yes: the same diagnosis, other machines, no labels at B.",
                        ),
                        "inductive": (
                            "B 医院没有标签，而且任务相同。",
                            "Hospital B has no labels, and the task is the same.",
                        ),
                        "unsupervised": (
                            "A 医院有标签，任务是诊断，不是聚类。",
                            "Hospital A has labels, and the task is diagnosis, not clustering.",
                        ),
                    },
                ),
                "birds": setting(
                    "inductive",
                    {
                        "inductive": (
                            "对：任务不同，目标有一些标签。",
                            "Yes: another task, with some target labels.",
                        ),
                        "transductive": (
                            "鸟的照片有标签，而且任务变了：1,000 类变成 200 种鸟。",
                            "The bird photos have labels, and the task has changed: 1,000 classes to 200 birds.",
                        ),
                    },
                ),
                "customers": setting(
                    "unsupervised",
                    {
                        "unsupervised": (
                            "对：两边都没有标签，分群是无监督任务。",
                            "Yes: no labels on either side, and grouping is an unsupervised task.",
                        ),
                        "transductive": (
                            "直推式的源有标签；这里两边都没有。",
                            "A transductive source has labels; here neither side has.",
                        ),
                    },
                ),
                "split": setting(
                    "none",
                    {
                        "none": (
                            "对：随机划分，领域和任务都相同。",
                            "Yes: after a random split domain and task are the same.",
                        ),
                        "transductive": (
                            "随机划分之后，两份的分布相同：领域没有变。",
                            "After a random split both parts have the same distribution: the domain has not changed.",
                        ),
                        "inductive": (
                            "问的是同一个问题，照片来自同一个分布：没有源和目标之分。",
                            "The question is the same and so is the distribution: there is no source and target.",
                        ),
                    },
                ),
            }
        ),
        hints=[
            (
                "先问：领域变了吗？任务变了吗？都没有变就是 `none`。",
                "Ask first: did the domain change? Did the task? If neither, it is `none`.",
            ),
            (
                "再问标签在哪里：目标有一些、只有源有，还是两边都没有。",
                "Then ask where labels are: some in the target, in the source only, or in neither.",
            ),
        ],
        reference=SETTINGS,
        solution=(
            "`hospital` 直推式：诊断相同，设备不同，只有 A 有标签。`birds` 归纳式：问题变了，目标有一些标签。`customers` 无监督：两边都没有标签，目标任务是分群。`split` 不是迁移学习：领域和任务都相同。",
            "`hospital` transductive: the same diagnosis, other machines, labels at A only. `birds` inductive: another question, with some target labels. `customers` unsupervised: no labels on either side, and the target task is grouping. `split` is not transfer learning: domain and task are both the same.",
        ),
        why=(
            "看两件事就够了：任务变没变，哪里有标签。名称不是目的：它们告诉你手里的标签能支持哪一类方法。",
            "Two things decide: has the task changed, and where are the labels? The names are not the point: they tell you which kind of method your labels can support.",
        ),
        wrong=[
            (SETTINGS | {"hospital": "inductive"}, "B has no labels"),
            (SETTINGS | {"birds": "transductive"}, "have labels"),
            (SETTINGS | {"customers": "inductive"}, "the target has some labels"),
            (SETTINGS | {"split": "transductive"}, "random split"),
            (SETTINGS | {"birds": "supervised"}, "one of"),
            (["transductive", "inductive", "unsupervised", "none"], "dict"),
        ],
    ),
    Exercise(
        id="05-3",
        title=("重要性权重", "Importance weights"),
        judge=judges.function(
            importance_weights,
            inputs=[(np.array([0.2, 0.5, 0.9]), 300, 100)],
            random=lambda rng: (
                rng.uniform(0.02, 0.98, 5),
                int(rng.integers(50, 500)),
                int(rng.integers(20, 400)),
            ),
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
            "一个分辨源和目标的分类器就够了，不必分别估计两个密度；它分得开的地方，权重才离 1 远。再想想：两边完全不重叠时，权重会怎样？",
            "One classifier that tells source from target is enough, with no density to estimate; only where it can tell them apart are weights far from 1. Think on: what do the weights do when the two do not overlap at all?",
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
            (lambda p, n_source, n_target: p * np.nan, "NaN"),
        ],
    ),
    Exercise(
        id="05-4",
        title=("拉向源", "Pulled towards the source"),
        judge=judges.function(
            pulled,
            inputs=[(3.0, 1.0, 0.0), (3.0, 1.0, 1.0), (-2.0, 4.0, 0.5)],
            random=lambda rng: (
                float(rng.normal()),
                float(rng.normal()),
                float(rng.uniform(0, 5)),
            ),
            mistakes=[
                (
                    pulled_to_zero,
                    (
                        "这是拉向 0 的普通 $L_2$；L2-SP 拉向 $w_S$。",
                        "That is plain $L_2$, pulling to 0; L2-SP pulls to $w_S$.",
                    ),
                ),
                (
                    pulled_swapped,
                    (
                        "两者弄反了：$\\lambda=0$ 时应得到 $a$。",
                        "The two are swapped: with $\\lambda=0$ it should be $a$.",
                    ),
                ),
                (
                    pulled_not_divided,
                    (
                        "还要除以 $1+\\lambda$：导数里 $w$ 出现两次。",
                        "Divide by $1+\\lambda$: $w$ occurs twice in the derivative.",
                    ),
                ),
                (
                    pulled_away,
                    (
                        "符号反了：$w$ 应被拉向 $w_S$，不是推开。",
                        "The sign is wrong: $w$ is pulled to $w_S$, not pushed away.",
                    ),
                ),
                (
                    pulled_as_share,
                    (
                        "$\\lambda$ 不是比例，它可以大于 1；把导数设为 0 来解。",
                        "$\\lambda$ is no share, it may exceed 1; set the derivative to 0 and solve.",
                    ),
                ),
                (
                    pulled_without_strength,
                    (
                        "分子里 $w_S$ 前面少了 $\\lambda$。",
                        "In the numerator $\\lambda$ is missing before $w_S$.",
                    ),
                ),
                (
                    pulled_twice,
                    (
                        "多了一个 2：$\\frac\\lambda2(w-w_S)^2$ 的导数是 $\\lambda(w-w_S)$。",
                        "There is a 2 too many: the derivative of $\\frac\\lambda2(w-w_S)^2$ is $\\lambda(w-w_S)$.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "对 $w$ 求导：$(w-a)+\\lambda(w-w_S)$。",
                "Take the derivative by $w$: $(w-a)+\\lambda(w-w_S)$.",
            ),
            (
                "设为 0，把含 $w$ 的项放在一边：$(1+\\lambda)w=\\dots$",
                "Set it to 0 and collect $w$: $(1+\\lambda)w=\\dots$",
            ),
            (
                "检查两端：$\\lambda=0$ 给出 $a$，$\\lambda$ 很大时接近 $w_S$。",
                "Check both ends: $\\lambda=0$ gives $a$, a very large $\\lambda$ almost $w_S$.",
            ),
        ],
        reference=pulled,
        solution=(
            "导数为 0：$(w-a)+\\lambda(w-w_S)=0$，所以 $(1+\\lambda)w=a+\\lambda w_S$：`return (a + strength * w_source) / (1 + strength)`，$a$ 和 $w_S$ 的加权平均。",
            "Set the derivative to 0: $(w-a)+\\lambda(w-w_S)=0$, so $(1+\\lambda)w=a+\\lambda w_S$: `return (a + strength * w_source) / (1 + strength)`, a weighted mean of $a$ and $w_S$.",
        ),
        why=(
            "答案是两个参数的加权平均：$\\lambda=0$ 只听目标，$\\lambda$ 很大就只听源。目标数据少、源又离得近时，稍稍拉向源，方差小了，偏差只大一点。",
            "The answer is a weighted mean of the two: with $\\lambda=0$ only the target counts, with a large $\\lambda$ only the source. With little target data and a source that is near, a gentle pull lowers the variance and adds little bias.",
        ),
        wrong=[
            (pulled_to_zero, "plain"),
            (pulled_swapped, "swapped"),
            (pulled_not_divided, "Divide by"),
            (pulled_away, "pushed away"),
            (pulled_as_share, "no share"),
            (pulled_without_strength, "is missing before"),
            (pulled_twice, "a 2 too many"),
            (lambda a, w_source, strength: [a, w_source], "shape"),
        ],
    ),
]

QUIZZES = [
    Quiz(
        id="05-q1",
        question=(
            "“迁移学习与监督学习不同。”这句话错在哪里？",
            "“Transfer learning differs from supervised learning.” What is wrong with that sentence?",
        ),
        options=[
            Option(
                (
                    "两者是不同的轴：用标签微调既是监督学习，也是迁移学习",
                    "They are different axes: fine-tuning on labels is both supervised and transfer learning",
                ),
                (
                    "对：一条轴问信号是什么，另一条问用不用源。",
                    "Yes: one axis asks what the signal is, the other whether a source is used.",
                ),
                right=True,
            ),
            Option(
                ("没有错：迁移学习不用标签", "Nothing: transfer learning uses no labels"),
                (
                    "归纳式迁移学习就用目标标签，本课的猫狗就是。",
                    "Inductive transfer uses target labels, as with this lesson's cats and dogs.",
                ),
            ),
            Option(
                (
                    "迁移学习是监督学习的一种",
                    "Transfer learning is a kind of supervised learning",
                ),
                (
                    "聚类和 Q 学习也能用源，那里没有标签。",
                    "Clustering and Q-learning can use a source too, without labels.",
                ),
            ),
        ],
    ),
    Quiz(
        id="05-q2",
        question=(
            "你照着 VGG16 的结构搭一个网络，用 `weights=None`，在自己的 200 张照片上训练。搬来了源的什么知识？",
            "You build a network of VGG16's structure with `weights=None` and train it on your 200 photos. What knowledge of the source has been carried over?",
        ),
        options=[
            Option(
                ("没有：权重是随机的", "None: the weights are random"),
                (
                    "对。结构里有设计者的经验，没有从 ImageNet 学到的东西。",
                    "Yes. The structure holds its designer's experience, and nothing learned from ImageNet.",
                ),
                right=True,
            ),
            Option(
                ("结构知识，之后微调就行", "Structural knowledge: then fine-tune"),
                (
                    "没有预训练权重可以微调；这是从零训练。",
                    "There are no pretrained weights to fine-tune; this is training from scratch.",
                ),
            ),
            Option(
                ("第一层的边缘检测", "The edge detectors of the first layer"),
                (
                    "那些核是学来的权重，`weights=None` 把它们换成了随机数。",
                    "Those kernels are learned weights; `weights=None` replaces them by random numbers.",
                ),
            ),
        ],
    ),
    Quiz(
        id="05-q3",
        question=(
            "同事说：“我用了一个更大的源，准确率 0.91，所以迁移有用。”你先问什么？",
            "A colleague says: “With a larger source I get accuracy 0.91, so transfer helps.” What do you ask first?",
        ),
        options=[
            Option(
                (
                    "不用源、同样的标签和测试集，是多少？重复几次，区间多宽？",
                    "What is it without the source, with the same labels and test set? How many repeats, and how wide is the interval?",
                ),
                (
                    "对：增益是差，0.91 本身什么也没有说。",
                    "Yes: a gain is a difference; 0.91 alone says nothing.",
                ),
                right=True,
            ),
            Option(
                ("源有多少张图？", "How many pictures does the source have?"),
                (
                    "这里大小不是关键：笔墨任务与 `same` 用同样的图，微调后与从零训练相比，增益却是负的。",
                    "Here size is not the point: the ink task used the same pictures as `same`, and fine-tuning from it was worse than training from scratch.",
                ),
            ),
            Option(
                ("源任务上的准确率是多少？", "How accurate is it on the source task?"),
                (
                    "源任务做得好，不等于对目标有用：数字 0 到 4 的源超过 0.9，微调的增益约为 0。",
                    "Good on the source task does not mean useful: the source of digits 0 to 4 exceeded 0.9, and fine-tuning from it gained about 0.",
                ),
            ),
        ],
    ),
    Quiz(
        id="05-q4",
        question=(
            "重要性加权在哪种情形最可能有帮助？",
            "Where is importance weighting most likely to help?",
        ),
        options=[
            Option(
                (
                    "模型太简单，源和目标有重叠但分布不同",
                    "The model is too simple, and source and target overlap but differ in distribution",
                ),
                (
                    "对：权重决定模型在哪里将就，重叠处有源样本可用。",
                    "Yes: the weights decide where the model compromises, and where they overlap there are source samples to use.",
                ),
                right=True,
            ),
            Option(
                (
                    "模型很灵活，处处都能拟合",
                    "The model is flexible and can fit everywhere",
                ),
                (
                    "它本来就能处处拟合，加权的输赢像抛硬币，还添了方差：5 次多项式偶尔大错，平均误差变大了。",
                    "It can fit everywhere anyway; weighting wins or loses as if by tossing a coin and adds variance: degree 5 failed badly now and then, and its mean error went up.",
                ),
            ),
            Option(
                (
                    "源里没有一个样本像目标",
                    "Not one source sample looks like the target",
                ),
                (
                    "没有样本可以加权：信息不在那里。目标移到 3 时，加权后仍不如永远答平均值。",
                    "There is nothing to give weight to: the information is not there. With the target at 3, even the weighted line was worse than always answering the mean.",
                ),
            ),
        ],
    ),
]
