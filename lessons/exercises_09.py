"""Exercises and quizzes of lesson 09: the cats-vs-dogs project."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.definitions import Exercise, Option, Quiz


def confusion(y, y_hat):
    """Counts (2, 2): rows are true classes, columns are predictions."""
    counts = np.zeros((2, 2), int)
    np.add.at(counts, (np.asarray(y, int), np.asarray(y_hat, int)), 1)
    return counts


def confusion_transposed(y, y_hat):
    return confusion(y, y_hat).T


def confusion_shares(y, y_hat):
    counts = confusion(y, y_hat)
    return counts / counts.sum()


def confusion_dogs_first(y, y_hat):
    return confusion(y, y_hat)[::-1, ::-1]


def calibration_error(confidence, is_right):
    """Expected calibration error with 5 equal bins from 0.5 to 1."""
    confidence, is_right = np.asarray(confidence, float), np.asarray(is_right, float)
    bins = np.clip(((confidence - 0.5) * 10).astype(int), 0, 4)
    error = 0.0
    for i in range(5):
        here = bins == i
        if here.any():
            error += here.mean() * abs(confidence[here].mean() - is_right[here].mean())
    return error


def calibration_unweighted(confidence, is_right):
    confidence, is_right = np.asarray(confidence, float), np.asarray(is_right, float)
    bins = np.clip(((confidence - 0.5) * 10).astype(int), 0, 4)
    used = [bins == i for i in range(5) if (bins == i).any()]
    return np.mean([abs(confidence[h].mean() - is_right[h].mean()) for h in used])


def calibration_one_bin(confidence, is_right):
    return abs(np.mean(confidence) - np.mean(is_right))


def calibration_each_photo(confidence, is_right):
    return np.mean(np.abs(np.asarray(confidence, float) - np.asarray(is_right, float)))


def random_labels(rng):
    n = int(rng.integers(5, 40))
    return rng.integers(0, 2, n), rng.integers(0, 2, n)


def random_confidence(rng):
    # away from the bins' edges, where rounding decides
    n = int(rng.integers(20, 60))
    confidence = rng.choice([0.53, 0.57, 0.62, 0.68, 0.73, 0.77, 0.84, 0.88, 0.93, 0.97], n)
    return confidence, (rng.random(n) < confidence**2).astype(int)


EXERCISES = [
    Exercise(
        id="09-1",
        title=("三类的分类头", "A head for three classes"),
        judge=judges.values(
            1280 * 3 + 3,
            rtol=0,
            atol=0.5,
            mistakes=[
                (3840, ("每个输出还有一个偏置。", "Each output has a bias as well.")),
                (
                    1281,
                    (
                        "这是一个输出的分类头；3 个类别要 3 个输出。",
                        "That is a head with one output; 3 classes need 3 outputs.",
                    ),
                ),
                (
                    3841,
                    (
                        "偏置不止一个：每个输出各有一个。",
                        "There is more than one bias: one for each output.",
                    ),
                ),
                (
                    2562,
                    (
                        "这是 2 个输出的参数数；兔子也要一个输出。",
                        "That counts 2 outputs; the rabbit needs one too.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "`Dense` 的每个输出与全部 1,280 个特征相连。",
                "Each output of `Dense` is connected to all 1,280 features.",
            ),
            (
                "一个输出：1,280 个权重加 1 个偏置。现在有几个输出？",
                "One output: 1,280 weights plus 1 bias. How many outputs are there now?",
            ),
        ],
        reference=3843,
        solution=("$1280\\times3+3=3843$", "$1280\\times3+3=3843$"),
        wrong=[
            (3840, "has a bias"),
            (1281, "one output"),
            (3841, "more than one bias"),
            (2562, "counts 2 outputs"),
        ],
    ),
    Exercise(
        id="09-2",
        title=("要多少测试照片", "How many test photos"),
        judge=judges.values(
            381,
            rtol=0,
            atol=0.5,
            mistakes=[
                (
                    300,
                    (
                        "$3/n$ 的经验法则给出 300，它对应单侧的界；这里用双侧的威尔逊区间。",
                        (
                            "The rule of thumb $3/n$ gives 300, a one-sided bound; here it is the "
                            "two-sided Wilson interval."
                        ),
                    ),
                ),
                (
                    299,
                    (
                        "$0.99^n\\le0.05$ 给出 299，那是单侧的精确界；这里用威尔逊区间。",
                        (
                            "$0.99^n\\le0.05$ gives 299, the exact one-sided bound; here it is the "
                            "Wilson interval."
                        ),
                    ),
                ),
                (
                    380,
                    (
                        "差一点：380 张时下限是 0.98999…，还不到 0.99。",
                        "Close: with 380 photos the lower end is 0.98999…, not yet 0.99.",
                    ),
                ),
                (
                    100,
                    (
                        "100 张全对只能说 0.963 以上：没有错误不等于错误率为 0。",
                        (
                            "100 out of 100 only says above 0.963: no mistakes seen is not an error "
                            "rate of 0."
                        ),
                    ),
                ),
                (
                    116,
                    (
                        "116 张全对时下限是 0.968，文中已经算过。",
                        "With 116 out of 116 the lower end is 0.968: the lesson computed it.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "用文中的 `wilson(n, n)[0]`，或拖动滑块。",
                "Use the lesson's `wilson(n, n)[0]`, or move the sliders.",
            ),
            (
                "全对时 $\\hat p=1$，下限化简为 $n/(n+z^2)$。",
                "When all are right, $\\hat p=1$ and the lower end becomes $n/(n+z^2)$.",
            ),
            (
                "解 $n/(n+z^2)\\ge0.99$，$z=1.96$，取最小的整数。",
                "Solve $n/(n+z^2)\\ge0.99$ with $z=1.96$ and take the smallest integer.",
            ),
        ],
        reference=381,
        solution=(
            "$n\\ge99z^2=99\\times3.8416=380.3$，所以要 381 张，而且一张都不能错。",
            "$n\\ge99z^2=99\\times3.8416=380.3$, so 381 photos, and not one of them wrong.",
        ),
        wrong=[
            (300, "rule of thumb"),
            (299, "exact one-sided"),
            (380, "Close"),
            (100, "no mistakes seen"),
            (116, "the lesson computed it"),
        ],
    ),
    Exercise(
        id="09-3",
        title=("混淆矩阵", "Confusion matrix"),
        judge=judges.function(
            confusion,
            inputs=[(np.array([0, 0, 1, 1, 1]), np.array([0, 1, 1, 1, 0]))],
            random=random_labels,
            mistakes=[
                (
                    confusion_transposed,
                    (
                        "行和列换了位置：行是真实类别，列是预测类别。",
                        "Rows and columns are swapped: rows are true classes, columns predictions.",
                    ),
                ),
                (
                    confusion_shares,
                    ("要的是个数，不是比例。", "Counts are wanted, not shares."),
                ),
                (
                    confusion_dogs_first,
                    (
                        "顺序反了：第 0 行、第 0 列是类别 0（猫）。",
                        "The order is reversed: row 0 and column 0 are class 0 (cats).",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "左上角是真实为 0、预测也为 0 的个数：`((y == 0) & (y_hat == 0)).sum()`。",
                "Top left counts true 0 and predicted 0: `((y == 0) & (y_hat == 0)).sum()`.",
            ),
            (
                "4 个格子各算一次，排成 `[[…, …], […, …]]`；第一行都是 `y == 0`。",
                "Do the same for all 4 cells, as `[[…, …], […, …]]`; the first row has `y == 0`.",
            ),
        ],
        reference=confusion,
        solution=(
            "```python\nreturn [[((y == i) & (y_hat == j)).sum() for j in (0, 1)] for i in (0, 1)]\n```",
            "```python\nreturn [[((y == i) & (y_hat == j)).sum() for j in (0, 1)] for i in (0, 1)]\n```",
        ),
        wrong=[
            (confusion_transposed, "swapped"),
            (confusion_shares, "not shares"),
            (confusion_dogs_first, "reversed"),
            (lambda y, y_hat: (np.asarray(y) == np.asarray(y_hat)).mean(), "shape"),
        ],
    ),
    Exercise(
        id="09-4",
        title=("期望校准误差", "Expected calibration error"),
        judge=judges.function(
            calibration_error,
            inputs=[(np.array([0.95, 0.95, 0.95, 0.95, 0.55]), np.array([1, 1, 1, 0, 1]))],
            random=random_confidence,
            mistakes=[
                (
                    calibration_unweighted,
                    (
                        "各个区间要按其中的照片数加权，不是直接平均。",
                        "Weight the bins by their numbers of photos; a plain mean is not enough.",
                    ),
                ),
                (
                    calibration_one_bin,
                    (
                        "只比较总平均会让过高和过低互相抵消：先分区间。",
                        "Comparing overall means lets too high and too low cancel: use bins first.",
                    ),
                ),
                (
                    calibration_each_photo,
                    (
                        "单张照片没有“频率”：先在每个区间里平均，再相减。",
                        "A single photo has no frequency: average within each bin, then subtract.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "区间编号：`((confidence - 0.5) * 10).astype(int)`，1.0 归入最后一个。",
                "Bin number: `((confidence - 0.5) * 10).astype(int)`, with 1.0 in the last bin.",
            ),
            (
                "每个非空区间：`abs(confidence[here].mean() - is_right[here].mean())`。",
                (
                    "For each bin that is not empty: "
                    "`abs(confidence[here].mean() - is_right[here].mean())`."
                ),
            ),
            (
                "乘上 `here.mean()`（这个区间占几成），再全部相加。",
                "Multiply by `here.mean()` (the bin's share of all photos) and add up.",
            ),
        ],
        reference=calibration_error,
        solution=(
            (
                "```python\nbins = np.clip(((confidence - 0.5) * 10).astype(int), 0, 4)\n"
                "return sum((bins == i).mean() * abs(confidence[bins == i].mean() - is_right[bins == i].mean())\n"
                "           for i in range(5) if (bins == i).any())\n```"
            ),
            (
                "```python\nbins = np.clip(((confidence - 0.5) * 10).astype(int), 0, 4)\n"
                "return sum((bins == i).mean() * abs(confidence[bins == i].mean() - is_right[bins == i].mean())\n"
                "           for i in range(5) if (bins == i).any())\n```"
            ),
        ),
        wrong=[
            (calibration_unweighted, "Weight the bins"),
            (calibration_one_bin, "cancel"),
            (calibration_each_photo, "within each bin"),
        ],
    ),
]

QUIZZES = [
    Quiz(
        id="09-q1",
        question=(
            "你试了 20 个学习率，每个都在测试集上评估，报告其中最好的准确率。哪里不对？",
            (
                "You try 20 learning rates, evaluate each on the test set and report the best accuracy. "
                "What is wrong?"
            ),
        ),
        options=[
            Option(
                (
                    "没有不对：20 次都用同样的照片，很公平",
                    "Nothing: all 20 use the same photos, which is fair",
                ),
                (
                    "对 20 个候选公平，对你的报告不公平：挑出来的最大值偏高。",
                    "Fair among the 20, but not to your readers: a selected maximum is too high.",
                ),
            ),
            Option(
                (
                    "报告的是挑出来的最大值，测试集已经参与了选择",
                    "A selected maximum is reported: the test set took part in choosing",
                ),
                (
                    "对。选择用验证集或交叉验证，测试集只在最后看一次。",
                    (
                        "Yes. Choose by validation set or cross-validation; look at the test set once, "
                        "at the end."
                    ),
                ),
                right=True,
            ),
            Option(
                ("学习率试得太少", "Too few learning rates"),
                (
                    "试得越多，这样报告的数字越偏高。",
                    "The more you try, the more this number is inflated.",
                ),
            ),
        ],
    ),
    Quiz(
        id="09-q2",
        question=(
            "模型的第一层已经做了预处理，你又把像素除以 255 再送进去。会怎样？",
            (
                "The model's first layer already preprocesses, and you divide the pixels by 255 before. "
                "What happens?"
            ),
        ),
        options=[
            Option(
                ("Keras 报错", "Keras raises an error"),
                (
                    "形状和类型都对，Keras 看不出数值范围不对。",
                    "Shape and type are right; Keras cannot see that the range is wrong.",
                ),
            ),
            Option(
                (
                    "没有影响：网络会适应",
                    "No effect: the network adapts",
                ),
                (
                    "冻结的网络什么也不会适应；它看到的是一片黑。",
                    "A frozen network adapts to nothing; all it sees is black.",
                ),
            ),
            Option(
                (
                    "不报错，但所有照片的特征几乎一样",
                    "No error, but all photos get almost the same features",
                ),
                (
                    "对，文中测量过：余弦相似度超过 0.95。",
                    "Yes, the lesson measured it: a cosine similarity above 0.95.",
                ),
                right=True,
            ),
        ],
    ),
    Quiz(
        id="09-q3",
        question=(
            "两个模型在同样 116 张测试照片上对了 113 张和 115 张。可以说后者更好吗？",
            (
                "Two models are right on 113 and 115 of the same 116 test photos. May you say that the "
                "second is better?"
            ),
        ),
        options=[
            Option(
                ("可以：115 大于 113", "Yes: 115 is more than 113"),
                (
                    "差 2 张完全可能出于偶然：两个威尔逊区间大部分重叠。",
                    (
                        "A difference of 2 photos may well be chance: most of the two Wilson intervals "
                        "overlaps."
                    ),
                ),
            ),
            Option(
                (
                    "还不能：证据不够，需要更多照片或交叉验证",
                    "Not yet: too little evidence; more photos or cross-validation are needed",
                ),
                (
                    "对。即使只看两个模型答案不同的照片，2 张也说明不了什么。",
                    "Yes. Even looking only at the photos on which they differ, 2 photos prove little.",
                ),
                right=True,
            ),
            Option(
                (
                    "可以说它们一样好",
                    "One may say that they are equally good",
                ),
                (
                    "没有证据说不同，不等于有证据说相同。",
                    "No evidence of a difference is not evidence of equality.",
                ),
            ),
        ],
    ),
    Quiz(
        id="09-q4",
        question=(
            "Lite0 的冻结特征在猫狗上错得很少。换成胸部 X 光片的肺炎分类，你预期什么？",
            (
                "Frozen Lite0 features are seldom wrong on cats and dogs. What do you expect for "
                "pneumonia in chest X-rays?"
            ),
        ),
        options=[
            Option(
                ("差不多的准确率", "About the same accuracy"),
                (
                    "ImageNet 有 118 个狗类和 5 个家猫类，却没有 X 光片：猫狗几乎是它的子任务。",
                    (
                        "ImageNet has 118 classes of dogs and 5 of house cats but no X-rays: cats against "
                        "dogs is almost a subtask of it."
                    ),
                ),
            ),
            Option(
                (
                    "不能从猫狗推断，必须测量；可能需要微调，甚至收益很小",
                    (
                        "Cats and dogs do not tell: it must be measured; fine-tuning may be needed, or the "
                        "gain may be small"
                    ),
                ),
                (
                    "对。离源任务越远，越要自己测量（第 14 课）。",
                    "Yes. The further from the source task, the more you must measure (lesson 14).",
                ),
                right=True,
            ),
            Option(
                (
                    "一定没有用",
                    "They are useless for certain",
                ),
                (
                    "边缘和纹理的特征常常仍有用；是多少，要测量。",
                    "Features of edges and textures often still help; how much must be measured.",
                ),
            ),
        ],
    ),
    Quiz(
        id="09-q5",
        question=(
            "同事报告：“微调把交叉验证的损失从 0.076 降到 0.065，所以微调有效。”你先问什么？",
            (
                "A colleague reports: “fine-tuning lowered the cross-validated loss from 0.076 to "
                "0.065, so fine-tuning works.” What do you ask first?"
            ),
        ),
        options=[
            Option(
                ("训练了多少轮", "For how many epochs it was trained"),
                (
                    "值得知道，但损失来自交叉验证，轮数再多也不会使它假。",
                    "Worth knowing, but the loss is cross-validated: epochs cannot fake it.",
                ),
            ),
            Option(
                (
                    "冻结的那一个有没有同样用心地调过",
                    "Whether the frozen one was tuned with the same care",
                ),
                (
                    "对。文中只把 C 从 0.1 换成 1，冻结的分类头就降得更多，微调的好处随之消失。",
                    (
                        "Yes. In the lesson, setting C from 0.1 to 1 lowered the frozen head's loss by "
                        "more, and the gain of fine-tuning vanished."
                    ),
                ),
                right=True,
            ),
            Option(
                ("准确率是不是也变了", "Whether accuracy changed as well"),
                (
                    "准确率比损失更粗：它不变，也不能推翻损失的差别。",
                    "Accuracy is coarser than loss: its not changing would not refute the difference.",
                ),
            ),
        ],
    ),
]
