"""Exercises and quizzes of lesson 00: start here."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.definitions import Exercise, Option, Quiz


def to_batch(photo):
    return np.asarray(photo)[None]


def says_dog_first(probabilities):
    p = np.asarray(probabilities)
    return (p[:, 151:269].sum(axis=1) > p[:, 281:286].sum(axis=1)).astype(int)


def dogs_without_the_last(probabilities):
    p = np.asarray(probabilities)
    return (p[:, 151:268].sum(axis=1) > p[:, 281:285].sum(axis=1)).astype(int)


def largest_single_class(probabilities):
    p = np.asarray(probabilities)
    return (p[:, 151:269].max(axis=1) > p[:, 281:286].max(axis=1)).astype(int)


def cats_as_one(probabilities):
    return 1 - says_dog_first(probabilities)


def mean_instead_of_sum(probabilities):
    p = np.asarray(probabilities)
    return (p[:, 151:269].mean(axis=1) > p[:, 281:286].mean(axis=1)).astype(int)


def accuracy(y, y_hat):
    return np.mean(np.asarray(y) == np.asarray(y_hat))


def random_photo(rng):
    height, width = rng.integers(2, 6, 2)
    return (rng.integers(0, 256, (height, width, 3)),)


def random_probabilities(rng):
    """Few photos whose mass lies on cats and dogs, so that every usual mistake shows."""
    p = rng.random((12, 1000)) * 0.01
    p[:, 281:286] += rng.random((12, 1)) * rng.dirichlet(np.ones(5), 12)
    p[:, 151:269] += rng.random((12, 1)) * rng.dirichlet(np.ones(118) * 0.1, 12)
    p[:4, 268] += 0.5
    p[4:8, 285] += 0.5
    return (p / p.sum(axis=1, keepdims=True),)


def random_labels(rng):
    n = int(rng.integers(3, 20))
    return rng.integers(0, 2, n), rng.integers(0, 2, n)


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
        wrong=[
            (224 * 224, "number of pixels"),
            (451, "Multiply"),
            (3, "number of dimensions"),
        ],
    ),
    Exercise(
        id="00-2",
        title=("一张照片的批", "A batch of one photo"),
        judge=judges.function(
            to_batch,
            inputs=[(np.arange(24).reshape(2, 4, 3),)],
            random=random_photo,
            mistakes=[
                (
                    lambda photo: np.asarray(photo),
                    (
                        "形状没有变：批的那一维还没有加上。",
                        "The shape is unchanged: the batch dimension is still missing.",
                    ),
                ),
                (
                    lambda photo: np.asarray(photo)[..., None],
                    (
                        "新的一维在最后；批要放在最前面。",
                        "The new dimension is at the end; the batch comes first.",
                    ),
                ),
                (
                    lambda photo: np.stack([photo, photo]),
                    (
                        "批里有两张；只要一张。",
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
        ),
        hints=[
            (
                "批的形状是 `(1, h, w, 3)`：在最前面加一维。",
                "A batch has the shape `(1, h, w, 3)`: add a dimension in front.",
            ),
            (
                "`photo[None]` 或 `np.expand_dims(photo, 0)`。",
                "`photo[None]` or `np.expand_dims(photo, 0)`.",
            ),
        ],
        reference=to_batch,
        solution=("`return photo[None]`", "`return photo[None]`"),
        wrong=[
            (lambda photo: photo, "still missing"),
            (lambda photo: photo[..., None], "comes first"),
            (lambda photo: np.stack([photo, photo]), "one is wanted"),
            (lambda photo: photo.reshape(1, -1), "loses height"),
        ],
    ),
    Exercise(
        id="00-3",
        title=("零样本：猫还是狗", "Zero-shot: cat or dog"),
        judge=judges.function(
            says_dog_first,
            random=random_probabilities,
            mistakes=[
                (
                    dogs_without_the_last,
                    (
                        "切片 `a:b` 不含 `b`：最后一个狗类（268）和猫类（285）漏掉了。",
                        (
                            "A slice `a:b` leaves out `b`: the last dog class (268) and cat class (285) "
                            "are missing."
                        ),
                    ),
                ),
                (
                    largest_single_class,
                    (
                        "比较的是最大的一类；要比较整组概率的和。",
                        "This compares the largest single classes; compare the sums of the groups.",
                    ),
                ),
                (
                    mean_instead_of_sum,
                    (
                        "平均会让 118 个狗类吃亏；概率要相加。",
                        "A mean puts the 118 dog classes at a disadvantage; probabilities add up.",
                    ),
                ),
                (
                    cats_as_one,
                    ("0 和 1 反了：1 是狗。", "0 and 1 are the other way round: 1 is a dog."),
                ),
            ],
        ),
        hints=[
            (
                "猫：`probabilities[:, 281:286]`；切片的末尾比最后一类的编号大一。",
                "Cats: `probabilities[:, 281:286]`; the end is one more than the last class.",
            ),
            (
                "各自 `.sum(axis=1)`，再用 `>` 比较。",
                "Take `.sum(axis=1)` of each and compare by `>`.",
            ),
            ("最后 `.astype(int)`。", "At the end, `.astype(int)`."),
        ],
        reference=says_dog_first,
        solution=(
            (
                "```python\ncat = probabilities[:, 281:286].sum(axis=1)\n"
                "dog = probabilities[:, 151:269].sum(axis=1)\nreturn (dog > cat).astype(int)\n```"
            ),
            (
                "```python\ncat = probabilities[:, 281:286].sum(axis=1)\n"
                "dog = probabilities[:, 151:269].sum(axis=1)\nreturn (dog > cat).astype(int)\n```"
            ),
        ),
        wrong=[
            (dogs_without_the_last, "leaves out"),
            (largest_single_class, "largest single"),
            (mean_instead_of_sum, "disadvantage"),
            (cats_as_one, "other way round"),
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
        wrong=[
            (lambda y, y_hat: np.sum(y == y_hat), "divide by all"),
            (lambda y, y_hat: np.mean(y != y_hat), "error rate"),
            (lambda y, y_hat: np.mean(y * y_hat), "dogs only"),
        ],
    ),
]

QUIZZES = [
    Quiz(
        id="00-q1",
        question=(
            "你在自己的电脑上用种子 7 训练了两次，损失完全相同。同学用种子 7，最后两位数字不同。为什么？",
            (
                "You train twice with seed 7 on your computer and get exactly the same loss. A classmate "
                "with seed 7 gets other last digits. Why?"
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
                    "不同的处理器以不同的次序相加，舍入不同",
                    "Other processors add in another order and round differently",
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
                "The model's highest probability for photo 0 is a tennis ball, yet we call it a cat. By "
                "what right?"
            ),
        ),
        options=[
            Option(
                (
                    "只比较猫类之和与狗类之和：题目只有这两个答案",
                    (
                        "Only the sums over cats and over dogs are compared: the question has just these "
                        "two answers"
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
            "你先运行了第 5 个单元格，再运行第 2 个，出现 `NameError`。最好怎么办？",
            "You run cell 5, then cell 2, and get a `NameError`. What is best?",
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
