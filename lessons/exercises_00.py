"""Exercises and quizzes of lesson 00: start here."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number, OneOf, YesNo
from course_utils.learning.definitions import Exercise, Option, Prediction, Quiz


def to_batch(photo):
    return np.asarray(photo)[None]


def fixed_size(photo):
    return np.asarray(photo).reshape(1, 224, 224, 3)


def sums(probabilities, dogs=slice(151, 269), cats=slice(281, 286), how=np.sum):
    """(cat, dog): a number for each photo and group."""
    p = np.asarray(probabilities)
    return how(p[:, cats], axis=1), how(p[:, dogs], axis=1)


def three_answers(cat, dog, limit=0.05):
    return np.where(cat + dog < limit, -1, (dog > cat).astype(int))


def cat_dog_or_neither(probabilities):
    return three_answers(*sums(probabilities))


def without_the_last_dog(probabilities):
    return three_answers(*sums(probabilities, dogs=slice(151, 268)))


def without_the_last_cat(probabilities):
    return three_answers(*sums(probabilities, cats=slice(281, 285)))


def without_both_last(probabilities):
    return three_answers(*sums(probabilities, slice(151, 268), slice(281, 285)))


def largest_single_class(probabilities):
    cat, dog = sums(probabilities, how=np.max)
    return np.where(cat_dog_or_neither(probabilities) == -1, -1, (dog > cat).astype(int))


def limit_on_the_largest(probabilities):
    return three_answers(*sums(probabilities, how=np.max))


def mean_instead_of_sum(probabilities):
    cat, dog = sums(probabilities, how=np.mean)
    return np.where(cat_dog_or_neither(probabilities) == -1, -1, (dog > cat).astype(int))


def limit_on_the_mean(probabilities):
    return three_answers(*sums(probabilities, how=np.mean))


def cats_as_one(probabilities):
    answer = cat_dog_or_neither(probabilities)
    return np.where(answer == -1, -1, 1 - answer)


def never_neither(probabilities):
    cat, dog = sums(probabilities)
    return (dog > cat).astype(int)


def each_below_the_limit(probabilities):
    cat, dog = sums(probabilities)
    return np.where((cat < 0.05) & (dog < 0.05), -1, (dog > cat).astype(int))


def one_below_the_limit(probabilities):
    cat, dog = sums(probabilities)
    return np.where((cat < 0.05) | (dog < 0.05), -1, (dog > cat).astype(int))


def more_than_half(probabilities):
    cat, dog = sums(probabilities)
    return np.where(cat + dog < 0.05, -1, (dog > 0.5).astype(int))


def all_photos_together(probabilities):
    p = np.asarray(probabilities)
    return three_answers(p[:, 281:286].sum(), p[:, 151:269].sum())


def with_if(probabilities):
    cat, dog = sums(probabilities)
    if cat + dog < 0.05:
        return -1
    return (dog > cat).astype(int)


def accuracy(y, y_hat):
    return np.mean(np.asarray(y) == np.asarray(y_hat))


def rounded(digits):
    return lambda y, y_hat: round(float(accuracy(y, y_hat)), digits)


def of_those_called_dog(y, y_hat):
    return np.sum(np.asarray(y) * np.asarray(y_hat)) / max(1, np.sum(y_hat))


def of_the_real_dogs(y, y_hat):
    return np.sum(np.asarray(y) * np.asarray(y_hat)) / max(1, np.sum(y))


def random_photo(rng):
    height, width = rng.integers(2, 6, 2)
    return (rng.integers(0, 256, (height, width, 3)),)


def random_probabilities(rng):
    """Photos of every sort, in any order, so that every usual mistake shows."""
    rows = [
        *[_row(rng, cat=0.2, dog=0.4, on_268=0.35) for _ in range(3)],
        *[_row(rng, cat=0.4, dog=0.2, on_285=0.35) for _ in range(3)],
        *[_row(rng, *rng.uniform(0.1, 0.45, 2)) for _ in range(4)],
        *[_row(rng, cat=0.2, dog=0.3) for _ in range(2)],  # spread: a dog by its sum alone
        *[_row(rng, *pair) for pair in [(0.01, 0.03), (0.025, 0.01)]],  # neither
        *[_row(rng, *pair) for pair in [(0.03, 0.04), (0.04, 0.03), (0.02, 0.9), (0.01, 0.4)]],
    ]
    if rng.random() < 0.5:
        rows += [_row(rng, cat=0.9, dog=0.05) for _ in range(8)]
    return (rng.permutation(rows),)


def _row(rng, cat, dog, on_268=0.0, on_285=0.0):
    """(1000,) probabilities of one photo: these sums, so much of them on the last classes."""
    p = rng.dirichlet(np.ones(1000))
    cats, dogs = slice(281, 286), slice(151, 269)
    p[cats] = p[dogs] = 0
    p *= (1 - cat - dog) / p.sum()
    p[cats] = rng.dirichlet(np.ones(5)) * (cat - on_285)
    p[dogs] = rng.dirichlet(np.ones(118)) * (dog - on_268)
    p[285] += on_285
    p[268] += on_268
    return p


def random_labels(rng):
    n = int(rng.integers(3, 20))
    return rng.integers(0, 2, n), rng.integers(0, 2, n)


THREE_ANSWERS = """```python
cat = probabilities[:, 281:286].sum(axis=1)
dog = probabilities[:, 151:269].sum(axis=1)
return np.where(cat + dog < 0.05, -1, (dog > cat).astype(int))
```"""

same_batch = judges.function(
    to_batch,
    inputs=[(np.arange(24).reshape(2, 4, 3),)],
    random=random_photo,
    mistakes=[
        (
            lambda photo: np.asarray(photo),
            (
                "形状没有变：批次的那一维还没有加上。",
                "The shape is unchanged: the batch dimension is still missing.",
            ),
        ),
        (
            lambda photo: np.asarray(photo)[..., None],
            (
                "新的一维在最后；批次要放在最前面。",
                "The new dimension is at the end; the batch comes first.",
            ),
        ),
        (
            lambda photo: np.stack([photo, photo]),
            (
                "批次里有两张；只要一张。",
                "The batch holds two photos; one is wanted.",
            ),
        ),
        (
            lambda photo: np.asarray(photo).reshape(1, -1),
            (
                "展平会丢掉高和宽；只加一维，其余不动。",
                "Flattening loses height and width; add one dimension and leave the rest.",
            ),
        ),
    ],
)


def judge_batch(answer):
    """A list of photos is no batch yet: `model.predict` would take it for several inputs."""
    if isinstance(_tried(answer, (2, 4, 3)), list | tuple):
        raise judges.Reason(
            "返回的是列表，还不是数组：`np.stack` 把列表里的照片叠成一个数组。",
            "It returns a list, not yet an array: `np.stack` stacks a list's photos into one array.",
        )
    only_224 = np.shape(_tried(answer, (224, 224, 3))) == (1, 224, 224, 3)
    if only_224 and _tried(answer, (2, 4, 3)) is None:
        raise judges.Reason(
            "只有 224 × 224 的照片行得通：照片可以有任何高和宽。加一维，不要写死大小。",
            "It works for photos of 224 × 224 only: a photo may have any height and width. Add a "
            "dimension without writing sizes down.",
        )
    return same_batch(answer)


def _tried(answer, shape):
    """What the learner's function gives for such a photo; None where it cannot (yet)."""
    try:
        result = answer(np.arange(np.prod(shape)).reshape(shape))
    except Exception:  # noqa: BLE001 (same_batch says what it raises)
        return None
    return None if judges.untouched(result) else result


EXERCISES = [
    Exercise(
        id="00-1",
        title=("照片里有多少个数", "How many numbers a photo holds"),
        judge=judges.values(
            224 * 224 * 3,
            rtol=0,
            atol=0.5,
            mistakes=[
                (
                    224 * 224,
                    (
                        "这是像素的个数；每个像素有 3 个数。",
                        "That is the number of pixels; each pixel has 3 numbers.",
                    ),
                ),
                (
                    224 + 224 + 3,
                    ("要相乘，不是相加。", "Multiply instead of adding."),
                ),
                (
                    224 * 3,
                    (
                        "这只是一行像素；照片有 224 行。",
                        "That is one row of pixels only; the photo has 224 rows.",
                    ),
                ),
                (
                    3,
                    (
                        "3 是维数，也是通道数；要的是全部的个数。",
                        "3 is the number of dimensions and of channels; all numbers are asked for.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "形状 `(2, 4)` 的数组有 8 个数。",
                "An array of shape `(2, 4)` holds 8 numbers.",
            ),
            ("把形状里的 3 个数乘起来。", "Multiply the 3 numbers of the shape."),
        ],
        reference=150528,
        solution=(
            "$224\\times224\\times3=150528$；代码是 `photo.size`。",
            "$224\\times224\\times3=150528$; in code: `photo.size`.",
        ),
        why=(
            "一张照片在网络眼里就是这 150,528 个数。宽和高都加倍会怎样？数的个数变成 4 倍：所以网络都先把照片缩小。",
            "To a network a photo is these 150,528 numbers. What if width and height both double? There are 4 times as many: that is why networks shrink photos first.",
        ),
        wrong=[
            (224 * 224, "number of pixels"),
            (451, "Multiply"),
            (672, "one row"),
            (3, "number of dimensions"),
        ],
    ),
    Exercise(
        id="00-2",
        title=("只含一张照片的批次", "A batch of one photo"),
        judge=judges.judged(judge_batch),
        hints=[
            (
                "批次的形状是 `(1, h, w, 3)`：在最前面加一维。",
                "A batch has the shape `(1, h, w, 3)`: add a dimension in front.",
            ),
            (
                "`np.expand_dims(photo, axis)` 在第 `axis` 维的位置插入一维；最前面是第几维？",
                (
                    "`np.expand_dims(photo, axis)` inserts a dimension at the place `axis`; which "
                    "number has the first place?"
                ),
            ),
        ],
        reference=to_batch,
        solution=(
            (
                "`return photo[None]`。`None`（也叫 `np.newaxis`）在它的位置插入长度为 1 的一维："
                "`(h, w, 3)` 变成 `(1, h, w, 3)`。`np.expand_dims(photo, 0)` 和 `np.stack([photo])` 也行。"
            ),
            (
                "`return photo[None]`. `None` (also called `np.newaxis`) inserts a dimension of "
                "length 1 where it stands: `(h, w, 3)` becomes `(1, h, w, 3)`. "
                "`np.expand_dims(photo, 0)` and `np.stack([photo])` do as well."
            ),
        ),
        why=(
            "网络总是按批次算，一张照片也要写成长度为 1 的批次；加一维不改动任何一个数。以后看到 `expected shape (None, …)` 一类的报错，先查这一维。",
            "A network always works on a batch, and one photo is a batch of length 1; adding a dimension changes none of the numbers. When an error says `expected shape (None, …)`, look for this dimension first.",
        ),
        wrong=[
            (lambda photo: photo, "still missing"),
            (lambda photo: photo[..., None], "comes first"),
            (lambda photo: np.stack([photo, photo]), "one is wanted"),
            (lambda photo: photo.reshape(1, -1), "loses height"),
            (lambda photo: [photo], "not yet an array"),
            (fixed_size, "224 × 224 only"),
        ],
    ),
    Exercise(
        id="00-3",
        title=("零样本：猫、狗，还是都不是", "Zero-shot: cat, dog or neither"),
        judge=judges.function(
            cat_dog_or_neither,
            random=random_probabilities,
            mistakes=[
                (
                    without_both_last,
                    (
                        "切片 `a:b` 不含 `b`：最后一个狗类（268）和最后一个猫类（285）都漏掉了。",
                        (
                            "A slice `a:b` leaves out `b`: the last dog class (268) and the last "
                            "cat class (285) are both missing."
                        ),
                    ),
                ),
                (
                    without_the_last_dog,
                    (
                        "切片 `a:b` 不含 `b`：最后一个狗类（268）漏掉了。",
                        "A slice `a:b` leaves out `b`: the last dog class (268) is missing.",
                    ),
                ),
                (
                    without_the_last_cat,
                    (
                        "切片 `a:b` 不含 `b`：最后一个猫类（285）漏掉了。",
                        "A slice `a:b` leaves out `b`: the last cat class (285) is missing.",
                    ),
                ),
                *[
                    (
                        function,
                        (
                            "这里比较的是最大的一类；题目要的是每组概率的和。",
                            "This compares the largest classes; the task asks for the groups' sums.",
                        ),
                    )
                    for function in (largest_single_class, limit_on_the_largest)
                ],
                *[
                    (
                        function,
                        (
                            "这里比较的是平均；题目要的是和。",
                            "This compares means; the task asks for sums.",
                        ),
                    )
                    for function in (mean_instead_of_sum, limit_on_the_mean)
                ],
                (
                    cats_as_one,
                    ("0 和 1 反了：1 是狗。", "0 and 1 are the other way round: 1 is a dog."),
                ),
                (
                    never_neither,
                    (
                        "从来没有回答 −1：两组之和加起来不到 0.05 时，要给 −1。",
                        (
                            "It never answers −1: give −1 where the two sums together are less "
                            "than 0.05."
                        ),
                    ),
                ),
                *[
                    (
                        function,
                        (
                            "0.05 要与两组之和加起来比，不是分别比。",
                            "Compare 0.05 with both sums together, not with each of them.",
                        ),
                    )
                    for function in (each_below_the_limit, one_below_the_limit)
                ],
                (
                    more_than_half,
                    (
                        "狗类之和不必超过 0.5，只要比猫类之和大。",
                        "The dogs' sum need not be more than 0.5, only larger than the cats'.",
                    ),
                ),
                (
                    all_photos_together,
                    (
                        "这把所有照片加在一起了；每张照片各加各的类：`.sum(axis=1)`。",
                        (
                            "This adds up over all photos; add up the classes of each photo: "
                            "`.sum(axis=1)`."
                        ),
                    ),
                ),
            ],
        ),
        hints=[
            (
                "切片的末尾比最后一类的编号大一：狗类是 `probabilities[:, 151:269]`。",
                "A slice ends one after the last class: the dogs are `probabilities[:, 151:269]`.",
            ),
            (
                "各自 `.sum(axis=1)`，得到 `cat` 和 `dog`；`(dog > cat).astype(int)` 是两种回答。",
                (
                    "Take `.sum(axis=1)` of each, `cat` and `dog`; `(dog > cat).astype(int)` has two "
                    "of the answers."
                ),
            ),
            (
                "`np.where(condition, a, b)` 在条件（condition）成立的地方取 `a`，别处取 `b`。",
                "`np.where(condition, a, b)` takes `a` where the condition holds, `b` elsewhere.",
            ),
        ],
        reference=cat_dog_or_neither,
        solution=(THREE_ANSWERS, THREE_ANSWERS),
        why=(
            "没有训练，只是把别人的类名分成你要的几组，就得到一个分类器；“都不是”让它在没有把握时不乱答。再想想：把 0.05 换成 0.5 会怎样？",
            "Without any training, you sorted somebody else's classes into your groups and have a classifier; “neither” keeps it from guessing when nothing fits. Think on: what would 0.5 in place of 0.05 do?",
        ),
        wrong=[
            (without_both_last, "both missing"),
            (without_the_last_dog, "dog class (268) is missing"),
            (without_the_last_cat, "cat class (285) is missing"),
            (largest_single_class, "largest classes"),
            (limit_on_the_largest, "largest classes"),
            (mean_instead_of_sum, "compares means"),
            (limit_on_the_mean, "compares means"),
            (cats_as_one, "other way round"),
            (never_neither, "never answers"),
            (each_below_the_limit, "both sums together"),
            (one_below_the_limit, "both sums together"),
            (more_than_half, "more than 0.5"),
            (all_photos_together, "axis=1"),
            (with_if, "np.where(condition, a, b)"),
        ],
    ),
    Exercise(
        id="00-4",
        title=("准确率", "Accuracy"),
        judge=judges.function(
            accuracy,
            inputs=[(np.array([0, 0, 1, 1, 1]), np.array([0, 1, 1, 1, 0]))],
            random=random_labels,
            mistakes=[
                (
                    lambda y, y_hat: np.sum(np.asarray(y) == np.asarray(y_hat)),
                    (
                        "这是答对的个数；准确率是比例，要除以总数。",
                        "That is the number of right answers; accuracy is a share: divide by all.",
                    ),
                ),
                (
                    lambda y, y_hat: 100 * accuracy(y, y_hat),
                    (
                        "这是百分数；比例在 0 和 1 之间，不要乘 100。",
                        "That is per cent; a share lies between 0 and 1: leave out the 100.",
                    ),
                ),
                (
                    lambda y, y_hat: np.sum(np.asarray(y) == np.asarray(y_hat)) / 36,
                    (
                        "照片不一定是 36 张：除以 `len(y)`。",
                        "There need not be 36 photos: divide by `len(y)`.",
                    ),
                ),
                *[(rounded(digits), ("不要四舍五入。", "Do not round.")) for digits in (2, 1, 0)],
                (
                    of_those_called_dog,
                    (
                        "这只看了判为狗的照片里对了多少；要看全部照片，猫也算。",
                        (
                            "This looks only at the photos that are called dogs; look at all "
                            "photos, cats included."
                        ),
                    ),
                ),
                (
                    of_the_real_dogs,
                    (
                        "这只看了真正的狗里对了多少；要看全部照片，猫也算。",
                        "This looks only at the photos of dogs; look at all photos, cats included.",
                    ),
                ),
                (
                    lambda y, y_hat: np.mean(np.asarray(y) != np.asarray(y_hat)),
                    ("这是错误率；两者之和是 1。", "That is the error rate; the two add up to 1."),
                ),
                (
                    lambda y, y_hat: np.mean(np.asarray(y) * np.asarray(y_hat)),
                    (
                        "乘积只数到了狗；猫答对了也算对。",
                        "A product counts dogs only; a cat called a cat is right too.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "`y == y_hat` 给出一串 True 和 False。",
                "`y == y_hat` gives a row of True and False.",
            ),
            (
                "True 算 1，False 算 0：取平均。",
                "True counts 1 and False 0: take the mean.",
            ),
        ],
        reference=accuracy,
        solution=("`return np.mean(y == y_hat)`", "`return np.mean(y == y_hat)`"),
        why=(
            "`True` 算 1，`False` 算 0，所以“答对”的平均值就是答对的比例。照片里 90% 是狗时，永远答“狗”也有 0.9：一个准确率要和这样的基线一起看。",
            "`True` counts as 1 and `False` as 0, so the mean of “is right” is the share of right answers. If 90% of the photos are dogs, always saying “dog” scores 0.9: read an accuracy beside such a baseline.",
        ),
        wrong=[
            (lambda y, y_hat: np.sum(y == y_hat), "divide by all"),
            (lambda y, y_hat: np.mean(y != y_hat), "error rate"),
            (lambda y, y_hat: np.mean(y * y_hat), "dogs only"),
            (lambda y, y_hat: np.mean(y == y_hat) * 100, "per cent"),
            (lambda y, y_hat: (y == y_hat).sum() / 36, "len(y)"),
            (lambda y, y_hat: round(np.mean(y == y_hat), 2), "Do not round"),
            (of_those_called_dog, "called dogs"),
            (of_the_real_dogs, "photos of dogs"),
        ],
    ),
]

QUIZZES = [
    Quiz(
        id="00-q1",
        question=(
            "你在自己的电脑上用种子 7 训练了两次，损失完全相同。同学在另一台电脑上用种子 7，最后两位数字不同。为什么？",
            (
                "You train twice with seed 7 on your computer and get exactly the same loss. A classmate "
                "with seed 7 on another computer gets different last digits. Why?"
            ),
        ),
        options=[
            Option(
                (
                    "同学一定改了代码",
                    "The classmate must have changed the code",
                ),
                (
                    "不一定：代码和种子一样，结果也可能差最后几位。",
                    "Not necessarily: the same code and seed may differ in the last digits.",
                ),
            ),
            Option(
                (
                    "不同的处理器可能以不同的次序相加，舍入就不同",
                    "Different processors may add in a different order and round differently",
                ),
                (
                    "对。所以课程断言有余量的结论。",
                    "Yes. That is why the course asserts claims with a margin.",
                ),
                right=True,
            ),
            Option(
                ("种子只在第一次运行时有效", "A seed works for the first run only"),
                (
                    "你自己的两次运行都用了种子，结果相同。",
                    "Both of your own runs used the seed and agreed.",
                ),
            ),
        ],
    ),
    Quiz(
        id="00-q2",
        question=(
            "模型给照片 0 的最高概率是网球，我们却判断它是猫。凭什么？",
            (
                "The model's highest probability for photo 0 is a tennis ball, yet we call it a cat. Why "
                "is that justified?"
            ),
        ),
        options=[
            Option(
                (
                    "只比较猫类之和与狗类之和：题目只问猫还是狗",
                    (
                        "Only the sums over cats and over dogs are compared: the question is just “cat or "
                        "dog?”"
                    ),
                ),
                (
                    "对。换了题目，就只看与题目有关的概率。",
                    "Yes. With another question, only the probabilities that matter for it count.",
                ),
                right=True,
            ),
            Option(
                ("因为照片里没有网球", "Because there is no tennis ball in the photo"),
                (
                    "照片里真的有一个网球，模型没有看错。",
                    "There is one in the photo; the model is not mistaken.",
                ),
            ),
            Option(
                (
                    "因为我们用猫狗照片重新训练过",
                    "Because we retrained it with photos of cats and dogs",
                ),
                (
                    "这一课没有训练它：这是零样本分类。",
                    "This lesson did not train it: it is zero-shot classification.",
                ),
            ),
        ],
    ),
    Quiz(
        id="00-q3",
        question=(
            "你打开笔记本，没有运行第 2 个单元格就运行第 5 个，出现 `NameError`。最好怎么办？",
            "You open a notebook, run cell 5 without having run cell 2, and get a `NameError`. What is best?",
        ),
        options=[
            Option(
                (
                    "重启内核，从上到下运行",
                    "Restart the kernel and run from top to bottom",
                ),
                (
                    "对。单元格用的是前面单元格留下的变量，次序乱了就不可靠。",
                    "Yes. Cells use what earlier cells left behind; out of order, nothing is sure.",
                ),
                right=True,
            ),
            Option(
                (
                    "删掉出错的单元格",
                    "Delete the cell that failed",
                ),
                (
                    "错误信息在帮你：它说出了哪个名字还没有定义。",
                    "The error helps you: it names what has not been defined yet.",
                ),
            ),
            Option(
                (
                    "重新安装课程",
                    "Install the course again",
                ),
                (
                    "安装没有问题；`course doctor` 可以证实。",
                    "The installation is fine; `course doctor` can confirm it.",
                ),
            ),
        ],
    ),
]

PREDICTIONS = [
    Prediction(
        "00-p1",
        ("36 张宠物照片，它会答对几张？", "How many of the 36 pet photos will it get right?"),
        Number(0, 36, ("张", "right"), close=2),
    ),
    Prediction(
        "00-p2",
        ("一张全灰的图，它会说什么？", "What will it say to a plain grey picture?"),
        OneOf((("猫", "cat"), ("狗", "dog"), ("大概都不是", "probably neither"))),
    ),
    Prediction(
        "00-p3",
        ("改成比平均，错的会变少吗？", "Comparing means: will there be fewer mistakes?"),
        YesNo(),
    ),
    Prediction(
        "00-p4",
        ("同一个种子训练两次，损失完全相等吗？", "One seed, trained twice: exactly the same loss?"),
        YesNo(),
    ),
    Prediction(
        "00-p5",
        ("换一个种子，损失还完全相等吗？", "Another seed: still exactly the same loss?"),
        YesNo(),
    ),
]
