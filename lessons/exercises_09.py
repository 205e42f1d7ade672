"""Exercises and quizzes of lesson 09: the cats-vs-dogs project."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number, YesNo
from course_utils.learning.definitions import Exercise, Option, Prediction, Quiz


def error_rates(y, y_hat):
    """Share of the true cats called dog, and of the true dogs called cat; 0 without photos."""
    y, y_hat = np.asarray(y, int), np.asarray(y_hat, int)
    return [float((y_hat[y == i] != i).mean()) if (y == i).any() else 0.0 for i in (0, 1)]


def rates_dogs_first(y, y_hat):
    return error_rates(y, y_hat)[::-1]


def rates_right(y, y_hat):
    y, y_hat = np.asarray(y, int), np.asarray(y_hat, int)
    return [float((y_hat[y == i] == i).mean()) if (y == i).any() else 0.0 for i in (0, 1)]


def rates_of_all(y, y_hat):
    y, y_hat = np.asarray(y, int), np.asarray(y_hat, int)
    return [float(((y == i) & (y_hat != i)).mean()) for i in (0, 1)]


def rates_of_predictions(y, y_hat):  # wrong among those called cat, among those called dog
    return error_rates(y_hat, y)


def rates_of_other_prediction(y, y_hat):  # the right count, divided by the column of the cell
    return error_rates(y_hat, y)[::-1]


def rates_counts(y, y_hat):
    y, y_hat = np.asarray(y, int), np.asarray(y_hat, int)
    return [int(((y == i) & (y_hat != i)).sum()) for i in (0, 1)]


def rates_right_dogs_first(y, y_hat):
    return rates_right(y, y_hat)[::-1]


def rates_in_percent(y, y_hat):
    return [100 * rate for rate in error_rates(y, y_hat)]


def rates_one_without_photos(y, y_hat):  # 1 minus the share right, which is 0 without photos
    return [1 - share for share in rates_right(y, y_hat)]


def rates_all_without_photos(y, y_hat):
    """A class without photos gets the error rate of all photos."""
    y, y_hat = np.asarray(y, int), np.asarray(y_hat, int)
    overall = float((y != y_hat).mean())
    return [float((y_hat[y == i] != i).mean()) if (y == i).any() else overall for i in (0, 1)]


def rates_called_dog(y, y_hat):
    """Share called dog in each class: for the true dogs these are the right ones."""
    cats, dogs = error_rates(y, y_hat)
    return [cats, 1 - dogs if np.any(y) else 0.0]


def rates_called_dog_nan(y, y_hat):  # the same, with 0 / 0
    y, y_hat = np.asarray(y, int), np.asarray(y_hat, int)
    return [float(y_hat[y == i].sum() / ((y == i).sum() or np.nan)) for i in (0, 1)]


def rates_overall(y, y_hat):
    return float((np.asarray(y) != np.asarray(y_hat)).mean())


def rates_twice_overall(y, y_hat):
    return [rates_overall(y, y_hat)] * 2


def rates_nan(y, y_hat):  # 0 / 0 where a class has no photos
    y, y_hat = np.asarray(y, int), np.asarray(y_hat, int)
    n = [(y == i).sum() or np.nan for i in (0, 1)]
    return [float(((y == i) & (y_hat != i)).sum() / n[i]) for i in (0, 1)]


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


def in_bins(bins, confidence, is_right, gap=lambda c, r: abs(c - r), weighted=True):
    """Sum over the bins that are not empty of share × gap(mean confidence, share right)."""
    used = [bins == i for i in np.unique(bins)]
    parts = [(h.mean() if weighted else 1 / len(used), confidence[h], is_right[h]) for h in used]
    return sum(weight * gap(c.mean(), r.mean()) for weight, c, r in parts)


def fifths(confidence):
    return np.clip(((confidence - 0.5) * 10).astype(int), 0, 4)


def calibration_unweighted(confidence, is_right):
    return in_bins(fifths(confidence), confidence, is_right, weighted=False)


def calibration_mean_of_5(confidence, is_right):  # the empty bins count as 0
    n_used = len(np.unique(fifths(confidence)))
    return n_used / 5 * calibration_unweighted(confidence, is_right)


def calibration_plain_sum(confidence, is_right):
    return 5 * calibration_mean_of_5(confidence, is_right)


def calibration_by_count(confidence, is_right):  # weighted by photos, not by their share
    return len(confidence) * calibration_error(confidence, is_right)


def only(keep, confidence, is_right):
    """The error of the photos that a mistake keeps, weighted by the number of all photos."""
    if not keep.any():
        return 0.0
    return keep.mean() * calibration_error(confidence[keep], is_right[keep])


def calibration_without_1(confidence, is_right):  # low <= confidence < high
    return only(confidence < 1, confidence, is_right)


def calibration_without_half(confidence, is_right):  # low < confidence <= high
    return only(confidence > 0.5, confidence, is_right)


def calibration_without_ends(confidence, is_right):
    return only((confidence > 0.5) & (confidence < 1), confidence, is_right)


def calibration_sixth_bin(confidence, is_right):  # 1.0 alone in a bin of its own
    return in_bins(((confidence - 0.5) * 10).astype(int), confidence, is_right)


def calibration_without_last_bin(confidence, is_right):  # np.digitize counts from 1
    return only(confidence < 0.9, confidence, is_right)


def calibration_one_bin(confidence, is_right):
    return abs(np.mean(confidence) - np.mean(is_right))


def calibration_signed(confidence, is_right):
    return in_bins(fifths(confidence), confidence, is_right, gap=lambda c, r: c - r)


def calibration_signed_turned(confidence, is_right):
    return -calibration_signed(confidence, is_right)


def calibration_each_photo(confidence, is_right):
    return np.mean(np.abs(np.asarray(confidence, float) - np.asarray(is_right, float)))


def calibration_from_0(confidence, is_right):
    return in_bins(np.clip((confidence * 5).astype(int), 0, 4), confidence, is_right)


def calibration_10_bins(confidence, is_right):
    return in_bins(np.clip(((confidence - 0.5) * 20).astype(int), 0, 9), confidence, is_right)


def calibration_centres(confidence, is_right):
    bins = fifths(confidence)
    return in_bins(bins, 0.55 + 0.1 * bins, is_right)


def calibration_squared(confidence, is_right):
    return in_bins(fifths(confidence), confidence, is_right, gap=lambda c, r: (c - r) ** 2)


def calibration_empty_bin(confidence, is_right):  # 0 / 0 in an empty bin, as NumPy gives it
    empty = len(np.unique(fifths(confidence))) < 5
    return np.nan if empty else calibration_error(confidence, is_right)


enough = judges.values(
    381,
    rtol=0,
    atol=0.01,
    mistakes=[
        (
            300,
            (
                "$3/N$ 的经验法则给出 300，它对应单侧的界；这里用双侧的威尔逊区间。",
                (
                    "The rule of thumb $3/N$ gives 300, a one-sided bound; here it is the "
                    "two-sided Wilson interval."
                ),
            ),
        ),
        (
            299,
            (
                "$0.99^N\\le0.05$ 给出 299，那是单侧的精确界；这里用威尔逊区间。",
                (
                    "$0.99^N\\le0.05$ gives 299, the exact one-sided bound; here it is the "
                    "Wilson interval."
                ),
            ),
        ),
        *(
            (
                exact,
                (
                    "那是精确算法：$0.99^N\\le0.025$ 给出 368；题目问的是威尔逊区间的下限。",
                    (
                        "That is the exact way: $0.99^N\\le0.025$ gives 368; the lower end of the "
                        "Wilson interval is asked."
                    ),
                ),
            )
            for exact in (367, 368)
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
)


def how_many_photos(answer):
    """The judge of 09-2: any number above the answer is enough photos, but not the fewest."""
    verdict = enough(answer)
    if verdict.state != "not yet":
        return verdict
    number = judges.to_array(answer)
    if number.size != 1 or not np.isfinite(number).all():
        return verdict
    if 380 < number.item() < 381:
        raise judges.Reason(
            "照片只能是整数张：向上取整。",
            "Photos come in whole numbers: round up.",
        )
    if number.item() > 381:
        raise judges.Reason(
            "这么多张够了，但题目要最少的张数。",
            "That many are enough, but the fewest are asked.",
        )
    return verdict


def random_labels(rng):
    n = int(rng.integers(5, 40))
    return rng.integers(0, 2, n), rng.integers(0, 2, n)


def random_confidence(rng):
    # both ends, and else away from the bins' edges, where rounding decides
    n = int(rng.integers(20, 60))
    confidence = rng.choice([0.5, 0.53, 0.57, 0.62, 0.68, 0.73, 0.77, 0.84, 0.88, 0.93, 0.97, 1], n)
    return confidence, (rng.random(n) < confidence**2).astype(int)


PREDICTIONS = [
    Prediction(
        "09-p1",
        ("116 张没见过的照片，会答对几张？", "How many of the 116 new photos will be right?"),
        Number(58, 116, ("张", "right"), close=3),
    ),
    Prediction(
        "09-p2",
        (
            "微调之后，损失的差会整个低于 0 吗？",
            "Fine-tuned, will the whole interval lie below 0?",
        ),
        YesNo(),
    ),
    Prediction(
        "09-p3",
        (
            "5 个错标签，平均几个进前 10 名？",
            "Of 5 wrong labels, how many on average come among the first 10?",
        ),
        Number(0, 5, ("个", "labels"), close=0.7),
    ),
    Prediction(
        "09-p4",
        (
            "亮度只剩 0.1，32 张里对几张？",
            "With 0.1 of the brightness, how many of 32 are right?",
        ),
        Number(0, 32, ("张", "right"), close=3),
    ),
]

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
                    1283,
                    (
                        "偏置数对了；权重还要乘以输出数：每个输出都与全部特征相连。",
                        "The biases are right; each output has weights of its own to all features.",
                    ),
                ),
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
        why=(
            "分类头的大小只取决于特征数和类数，与照片多少、骨干网络多深无关：3,843 个数，几十张照片就教得会。再加一类要多几个数？",
            "A head's size depends on features and classes, not on the photos or the depth of the backbone: 3,843 numbers, which a few dozen photos can teach. How many more does one more class take?",
        ),
        wrong=[
            (3840, "has a bias"),
            (1281, "one output"),
            (3841, "more than one bias"),
            (2562, "counts 2 outputs"),
            (1283, "weights of its own"),
        ],
    ),
    Exercise(
        id="09-2",
        title=("要多少测试照片", "How many test photos"),
        judge=judges.judged(how_many_photos),
        hints=[
            (
                "用文中的 `wilson(N, N)[0]`，或拖动滑块。",
                "Use the lesson's `wilson(N, N)[0]`, or move the sliders.",
            ),
            (
                "全对时 $\\hat p=1$，下限化简为 $N/(N+1.96^2)$。",
                "When all are right, $\\hat p=1$ and the lower end becomes $N/(N+1.96^2)$.",
            ),
            (
                "解 $N/(N+1.96^2)\\ge0.99$，取最小的整数。",
                "Solve $N/(N+1.96^2)\\ge0.99$ and take the smallest integer.",
            ),
        ],
        reference=381,
        solution=(
            "$N\\ge99\\times1.96^2=380.3$，所以要 381 张，而且一张都不能错。",
            "$N\\ge99\\times1.96^2=380.3$, so 381 photos, and not one of them wrong.",
        ),
        why=(
            "一张都没错，也证明不了“从不出错”：区间的下限只随照片数慢慢上升。要把 99% 换成 99.9%，照片大约要十倍。",
            "No mistake at all is no proof of “never wrong”: the lower end of the interval rises slowly with the number of photos. Ask for 99.9% instead of 99%, and it takes about ten times as many.",
        ),
        wrong=[
            (300, "rule of thumb"),
            (299, "exact one-sided"),
            (368, "exact way"),
            (380, "Close"),
            (100, "no mistakes seen"),
            (116, "the lesson computed it"),
            (380.3, "whole numbers"),
            (400, "the fewest"),
        ],
    ),
    Exercise(
        id="09-3",
        title=("每一类的错误率", "Error rate of each class"),
        judge=judges.function(
            error_rates,
            inputs=[
                (np.array([0, 0, 0, 0, 1, 1]), np.array([0, 1, 0, 0, 1, 1])),
                (np.array([1, 1]), np.array([1, 0])),
            ],
            random=random_labels,
            mistakes=[
                (
                    rates_dogs_first,
                    (
                        "顺序反了：猫（类别 0）在前。",
                        "The order is reversed: cats (class 0) first.",
                    ),
                ),
                (
                    rates_right,
                    (
                        "这是答对的比例；要的是答错的比例。",
                        "That is the share of right answers; the share of wrong ones is asked.",
                    ),
                ),
                (
                    rates_of_all,
                    (
                        "除数不是全部照片：每一类的错误率除以**这一类**的张数。",
                        "Do not divide by all photos: divide each by the photos of **that class**.",
                    ),
                ),
                (
                    rates_of_predictions,
                    (
                        "这是预测为猫（狗）的照片里答错的比例；题目问的是**真实**的猫和狗，也就是矩阵的行。",
                        (
                            "That is the share wrong among those **called** cat and dog; the question "
                            "is about the **true** cats and dogs, the rows of the matrix."
                        ),
                    ),
                ),
                (
                    rates_of_other_prediction,
                    (
                        "分子对，除数不对：除以真实这一类的张数（矩阵的一行），不是一列。",
                        (
                            "The count is right, the divisor is not: divide by the true photos of the "
                            "class (a row of the matrix), not by a column."
                        ),
                    ),
                ),
                (
                    rates_counts,
                    ("要的是比例，不是张数。", "Shares are asked, not counts."),
                ),
                (
                    rates_right_dogs_first,
                    (
                        "这是答对的比例，顺序也反了：要答错的比例，猫在前。",
                        "Those are shares of right answers, dogs first: give the wrong ones, cats first.",
                    ),
                ),
                *(
                    (
                        called,
                        (
                            "这是每一类里被认成狗的比例；真实的狗被认成狗是对的：第二个数要被认成猫的比例。",
                            (
                                "That is the share called dog in each class, which is right for a dog: "
                                "the second number is the share called cat."
                            ),
                        ),
                    )
                    for called in (rates_called_dog, rates_called_dog_nan)
                ),
                (
                    rates_in_percent,
                    (
                        "返回 0 到 1 之间的比例，不是百分数。",
                        "Return shares between 0 and 1, not per cent.",
                    ),
                ),
                *(
                    (
                        without,
                        (
                            "没有照片的那一类不对：它的错误率记为 0。",
                            "The class without photos is not right: its error rate counts as 0.",
                        ),
                    )
                    for without in (rates_one_without_photos, rates_all_without_photos)
                ),
                *(
                    (
                        overall,
                        (
                            "这是两类合起来的错误率：两类要分开，各一个数。",
                            "That is the error rate of both classes together: give one number for each.",
                        ),
                    )
                    for overall in (rates_overall, rates_twice_overall)
                ),
                (
                    rates_nan,
                    (
                        "某一类没有照片时会算 0/0：这时返回 0。",
                        "A class without photos gives 0/0: return 0 for it.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先看混淆矩阵：真实的猫在哪一行？这一行里哪一格是答错的？",
                "Look at the matrix: which row has the true cats, and which cell of it is wrong?",
            ),
            (
                "`y_hat[y == 0]` 是真实的猫得到的答案；其中 1 占多大比例？",
                "`y_hat[y == 0]` are the answers for the true cats; what share of them is 1?",
            ),
            (
                "两类各算一次；空数组的平均是 NaN，所以先问 `(y == 0).any()`。",
                (
                    "Do it for both classes; the mean of an empty array is NaN, so ask "
                    "`(y == 0).any()` first."
                ),
            ),
        ],
        reference=error_rates,
        solution=(
            "```python\nreturn [(y_hat[y == i] != i).mean() if (y == i).any() else 0 for i in (0, 1)]\n```",
            "```python\nreturn [(y_hat[y == i] != i).mean() if (y == i).any() else 0 for i in (0, 1)]\n```",
        ),
        why=(
            "每一类只除以自己的张数，少的那一类就不会被多的淹没。总准确率 95% 时，少数类可能全错：两个数一起报告。",
            "Each class is divided by its own number, so the rare one is not drowned by the common one. At 95% accuracy the rare class may be all wrong: report both numbers.",
        ),
        wrong=[
            (rates_dogs_first, "reversed"),
            (rates_right, "right answers"),
            (rates_of_all, "that class"),
            (rates_of_predictions, "called"),
            (rates_of_other_prediction, "not by a column"),
            (rates_counts, "not counts"),
            (rates_nan, "0/0"),
            (rates_right_dogs_first, "cats first"),
            (rates_called_dog, "share called cat"),
            (rates_called_dog_nan, "share called cat"),
            (rates_in_percent, "per cent"),
            (rates_one_without_photos, "counts as 0"),
            (rates_all_without_photos, "counts as 0"),
            (rates_overall, "together"),
            (rates_twice_overall, "together"),
            (lambda y, y_hat: np.zeros((2, 2)), "shape"),
        ],
    ),
    Exercise(
        id="09-4",
        title=("期望校准误差", "Expected calibration error"),
        judge=judges.function(
            calibration_error,
            inputs=[
                (np.array([0.95, 0.95, 0.95, 0.95, 0.55]), np.array([1, 1, 1, 0, 1])),
                (np.array([1.0, 0.97, 0.92, 0.53]), np.array([0, 1, 1, 1])),
                (np.array([0.5, 0.56, 0.97]), np.array([1, 0, 1])),
            ],
            random=random_confidence,
            mistakes=[
                *(
                    (
                        unweighted,
                        (
                            "各个区间要按其中的照片数加权，不是直接平均或相加。",
                            "Weight the bins by their numbers of photos; a plain mean or sum is not enough.",
                        ),
                    )
                    for unweighted in (
                        calibration_unweighted,
                        calibration_mean_of_5,
                        calibration_plain_sum,
                    )
                ),
                (
                    calibration_by_count,
                    (
                        "权重是这个区间占全部照片的比例，不是张数：最后除以总张数。",
                        "The weight is the bin's share of all photos, not their number: divide by the total.",
                    ),
                ),
                *(
                    (
                        without,
                        (
                            "置信度正好是 1 的照片没有归入任何区间：最后一个区间要包括 1。",
                            "Photos whose confidence is exactly 1 are in no bin: the last bin includes 1.",
                        ),
                    )
                    for without in (calibration_without_1, calibration_sixth_bin)
                ),
                (
                    calibration_without_half,
                    (
                        "置信度正好是 0.5 的照片没有归入任何区间：第一个区间要包括 0.5。",
                        "Photos whose confidence is exactly 0.5 are in no bin: the first bin includes 0.5.",
                    ),
                ),
                (
                    calibration_without_ends,
                    (
                        "置信度正好是 0.5 和 1 的照片没有归入任何区间：两端都要包括。",
                        "Photos whose confidence is exactly 0.5 or 1 are in no bin: both ends are included.",
                    ),
                ),
                (
                    calibration_without_last_bin,
                    (
                        "0.9 以上的照片没有算进去：`np.digitize` 从 1 开始编号，`range(5)` 从 0 开始。",
                        (
                            "Photos above 0.9 are left out: `np.digitize` numbers the bins from 1, "
                            "`range(5)` from 0."
                        ),
                    ),
                ),
                (
                    calibration_one_bin,
                    (
                        "只比较总平均会让过高和过低互相抵消：先分区间，并在每个区间里取绝对值。",
                        (
                            "Comparing overall means lets too high and too low cancel: use bins, and "
                            "the absolute value in each."
                        ),
                    ),
                ),
                *(
                    (
                        signed,
                        (
                            "过高和过低会互相抵消：在每个区间里先取绝对值，再相加。",
                            (
                                "Too high and too low cancel: take the absolute value in each bin "
                                "before you add."
                            ),
                        ),
                    )
                    for signed in (calibration_signed, calibration_signed_turned)
                ),
                (
                    calibration_from_0,
                    (
                        "区间从 0.5 开始，不是从 0 开始：每个宽 0.1。",
                        "The bins begin at 0.5, not at 0: each is 0.1 wide.",
                    ),
                ),
                (
                    calibration_10_bins,
                    (
                        "要 5 个区间，每个宽 0.1，你用了 10 个。",
                        "There are 5 bins, each 0.1 wide; yours are 10.",
                    ),
                ),
                (
                    calibration_centres,
                    (
                        "用区间里照片的平均置信度，不是区间的中点。",
                        "Use the mean confidence of the photos in the bin, not its centre.",
                    ),
                ),
                (
                    calibration_squared,
                    (
                        "取绝对值，不要平方。",
                        "Take the absolute value, not the square.",
                    ),
                ),
                (
                    calibration_empty_bin,
                    (
                        "空的区间先跳过：空数组的平均是 NaN。",
                        "Skip the empty bins first: the mean of an empty array is NaN.",
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
                "乘上 `here.mean()`（这个区间占全部照片的比例），再全部相加。",
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
        why=(
            "ECE 问的是：说“90% 把握”的那些，是不是真有 90% 对？每一格按照片数加权，没有照片的格不算。准确率高不等于校准好，两件事要分开看。",
            "ECE asks: of those called “90% sure”, are 90% right? Each bin counts by its photos, empty ones do not count. High accuracy is not good calibration: look at both.",
        ),
        wrong=[
            (calibration_unweighted, "Weight the bins"),
            (calibration_mean_of_5, "Weight the bins"),
            (calibration_plain_sum, "Weight the bins"),
            (calibration_by_count, "not their number"),
            (calibration_without_1, "last bin includes 1"),
            (calibration_sixth_bin, "last bin includes 1"),
            (calibration_without_half, "first bin includes 0.5"),
            (calibration_without_ends, "both ends"),
            (calibration_without_last_bin, "np.digitize"),
            (calibration_one_bin, "cancel"),
            (calibration_signed, "cancel"),
            (calibration_from_0, "begin at 0.5"),
            (calibration_10_bins, "yours are 10"),
            (calibration_centres, "not its centre"),
            (calibration_squared, "not the square"),
            (calibration_empty_bin, "empty bins"),
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
                    "差 2 张完全可能出于偶然：最有利时是 0 比 2，硬币有一半的机会这样分。",
                    (
                        "A difference of 2 photos may well be chance: at best it is 0 to 2, and a coin "
                        "divides 2 photos so in half of all cases."
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
                    "不能从猫狗推断，必须测量；可能需要微调，微调的收益也可能很小",
                    (
                        "Cats and dogs do not tell: it must be measured; fine-tuning may be needed, and its "
                        "gain may be small, too"
                    ),
                ),
                (
                    "对。离源任务越远，越要自己测量。",
                    "Yes. The further from the source task, the more you must measure.",
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
                    "值得问：轮数若事先定好，比较公平；若是看着这个损失挑的，它就偏乐观。但先要问另一个问题。",
                    (
                        "Worth asking: if the epochs were fixed beforehand, the loss is fair; if they "
                        "were picked by this loss, it is optimistic. But another question comes first."
                    ),
                ),
            ),
            Option(
                (
                    "冻结的那一个有没有同样用心地调过",
                    "Whether the frozen one was tuned with the same care",
                ),
                (
                    "对。文中只把 C 从 0.1 换成 1，冻结的分类头损失就比微调之后还低，微调的好处随之消失。",
                    (
                        "Yes. In the lesson, setting C from 0.1 to 1 took the frozen head's loss below that of "
                        "fine-tuning, and the gain of fine-tuning vanished."
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
