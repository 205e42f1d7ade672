"""Exercises and quizzes of lesson 05: what transfer learning is."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number
from course_utils.learning.definitions import Exercise, Option, Prediction, Quiz, not_yet

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
                "要返回两个数：平均值和它的标准误。",
                "Return two numbers: the mean and its standard error.",
            ),
        ),
        (
            gain_error_first,
            (
                "次序反了：先是平均值，再是标准误。",
                "The order is reversed: first the mean, then its standard error.",
            ),
        ),
        (
            gain_half_width,
            (
                "第二个数是标准误本身，不乘 1.96；区间以后再算。",
                "The second number is the standard error itself, without 1.96; the interval comes later.",
            ),
        ),
        (
            gain_two_errors,
            (
                "第二个数是标准误本身，不乘 2；区间以后再算。",
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
                "第二个数是平均值的标准误：用 `std(ddof=1)`，再除以 $\\sqrt{R}$。",
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
                "第二个数是平均值的标准误：标准差还要除以 $\\sqrt{R}$。",
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

# --- 05-3: what a report shows ---

VERDICTS = {"shop": "helps", "farm": "unclear", "clinic": "harms", "bank": "unclear"}


def verdict(correct, feedback, otherwise=None):
    texts = {
        "helps": (
            "有用，要整个区间都大于 0。",
            "It helps where the whole interval is above 0.",
        ),
        "harms": (
            "有害，要整个区间都小于 0。",
            "It harms where the whole interval is below 0.",
        ),
        "unclear": (
            "区间不含 0，所以看得出来。",
            "The interval does not contain 0, so it can be told.",
        ),
    }
    return judges.choice(correct, texts | (otherwise or {}) | {correct: feedback})


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
        title=("报告说明了什么", "What a report shows"),
        judge=judges.fields(
            {
                "shop": verdict(
                    "helps",
                    ("对：从 +0.03 到 +0.07，都大于 0。", "Yes: from +0.03 to +0.07, all above 0."),
                ),
                "farm": verdict(
                    "unclear",
                    (
                        "对：从 −0.02 到 +0.10，含 0。",
                        "Yes: from −0.02 to +0.10, with 0 inside.",
                    ),
                ),
                "clinic": verdict(
                    "harms",
                    ("对：从 −0.11 到 −0.05，都小于 0。", "Yes: from −0.11 to −0.05, all below 0."),
                ),
                "bank": verdict(
                    "unclear",
                    (
                        "对：没有对照，就没有增益。",
                        "Yes: without a comparison there is no gain.",
                    ),
                    dict.fromkeys(
                        ["helps", "harms"],
                        (
                            "0.91 是用源的准确率，不是增益：不用源是多少，报告没有说。",
                            "0.91 is the accuracy with the source, not a gain: the report does not say what it is without.",
                        ),
                    ),
                ),
            }
        ),
        hints=[
            (
                "区间是“增益减”到“增益加”：写出两端。",
                "The interval reaches from “gain minus” to “gain plus”: write down both ends.",
            ),
            (
                "两端都大于 0，都小于 0，还是 0 在中间？没有增益的报告又怎样？",
                "Are both ends above 0, both below, or is 0 between them? And what of a report without a gain?",
            ),
        ],
        reference=VERDICTS,
        solution=(
            "`shop` 从 +0.03 到 +0.07，有用。`farm` 从 −0.02 到 +0.10，含 0，看不出来。`clinic` 从 −0.11 到 −0.05，有害。`bank` 没有对照，看不出来。",
            "`shop` reaches from +0.03 to +0.07: it helps. `farm` reaches from −0.02 to +0.10, with 0 inside: unclear. `clinic` reaches from −0.11 to −0.05: it harms. `bank` has no comparison: unclear.",
        ),
        why=(
            "“看不出来”不等于“没有用”：`farm` 的增益也可能是 +0.10。再想想：怎样让它的区间窄一半？（标准误是 $s/\\sqrt{R}$。）",
            "“Unclear” does not mean “of no use”: the gain of `farm` may be as large as +0.10. Think on: what would halve its interval? (The standard error is $s/\\sqrt{R}$.)",
        ),
        wrong=[
            (VERDICTS | {"shop": "unclear"}, "does not contain 0"),
            (VERDICTS | {"farm": "helps"}, "above 0"),
            (VERDICTS | {"clinic": "helps"}, "above 0"),
            (VERDICTS | {"bank": "helps"}, "not a gain"),
            (VERDICTS | {"bank": "harms"}, "not a gain"),
            (VERDICTS | {"farm": "maybe"}, "one of"),
            (["helps", "unclear", "harms", "unclear"], "dict"),
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
                    "没有标签也能用源：例如聚类（第 16 课）。",
                    "A source is of use without labels too, in clustering for example (lesson 16).",
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
]

PREDICTIONS = [
    Prediction(
        "05-p1",
        (
            "猫狗，20 张带标签的照片：ImageNet 特征比像素的准确率高多少？",
            "20 labelled photos: how much higher is the accuracy with ImageNet's features than with pixels?",
        ),
        Number(-1, 1, close=0.1),
    ),
    Prediction(
        "05-p2",
        (
            "认 5 到 9：从学过 0 到 4 的网络开始，比从随机权重开始，准确率高多少？",
            "Digits 5 to 9: how much accuracy does a start from 0 to 4 gain over random weights?",
        ),
        Number(-1, 1, close=0.05),
    ),
    Prediction(
        "05-p3",
        (
            "认 5 到 9：从学过笔墨多少的网络开始，比从随机权重开始，准确率高多少？",
            "Digits 5 to 9: how much accuracy does a start from ink gain over random weights?",
        ),
        Number(-1, 1, close=0.05),
    ),
]
