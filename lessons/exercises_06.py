"""Exercises and quizzes of lesson 06: the data pipeline."""

import zlib

import numpy as np

from course_utils.learning import judges
from course_utils.learning.definitions import Exercise, Option, Quiz, not_yet, right

# --- 06-2: torchvision's standardization ---


def standardize(x, mean, std):
    return (np.asarray(x, float) / 255 - mean) / std


def without_255(x, mean, std):
    return (np.asarray(x, float) - mean) / std


def times_std(x, mean, std):
    return (np.asarray(x, float) / 255 - mean) * std


def divide_last(x, mean, std):
    return (np.asarray(x, float) - mean) / std / 255


def one_mean(x, mean, std):
    return (np.asarray(x, float) / 255 - np.mean(mean)) / np.mean(std)


def random_pixels(rng):
    x = rng.integers(0, 256, (2, 3, 3, 3)).astype(float)
    return x, rng.uniform(0.3, 0.6, 3), rng.uniform(0.15, 0.35, 3)


# --- 06-3: the order of the steps ---

STEPS = ["decode", "cache", "shuffle", "augment", "batch", "prefetch"]
# Steps of which the first must stand before the second, and why.
RULES = [
    (
        "decode",
        "cache",
        "`cache` 在 `decode` 前面只记住文件名：每一轮都要重新解码。",
        "With `cache` before `decode` only file names are remembered: every epoch decodes again.",
    ),
    (
        "cache",
        "augment",
        "`cache` 在 `augment` 后面会记住第一轮的随机结果：以后每轮都一样。",
        "With `cache` behind `augment` the first epoch's random results are kept: all epochs are alike.",
    ),
    (
        "cache",
        "shuffle",
        "`cache` 在 `shuffle` 后面会冻结第一轮的顺序。",
        "With `cache` behind `shuffle` the first epoch's order is frozen.",
    ),
    (
        "decode",
        "augment",
        "还没有解码，就没有像素可以增强。",
        "Before decoding there are no pixels to augment.",
    ),
    (
        "shuffle",
        "batch",
        "`shuffle` 在 `batch` 后面只打乱批的顺序，同一批里总是同样的照片。",
        "With `shuffle` behind `batch` only whole batches are shuffled: the same photos always share one.",
    ),
    (
        "batch",
        "prefetch",
        "`prefetch` 放在最后：要预先准备的是成好的批。",
        "`prefetch` comes last: whole batches are what should be ready in advance.",
    ),
    (
        "augment",
        "prefetch",
        "`prefetch` 放在最后，让增强也在网络计算时进行。",
        "`prefetch` comes last, so that augmentation, too, runs while the network computes.",
    ),
]


def judge_order(answer):
    if isinstance(answer, str) or not isinstance(answer, list | tuple):
        raise judges.Reason(
            "答案应是列表：6 个带引号的词。", "The answer is a list of 6 words in quotes."
        )
    words = [word.strip().lower() if isinstance(word, str) else word for word in answer]
    if sorted(map(str, words)) != sorted(STEPS):
        raise judges.Reason(
            "6 个步骤各用一次：`augment`、`batch`、`cache`、`decode`、`prefetch`、`shuffle`。",
            "Use each of the 6 steps once: `augment`, `batch`, `cache`, `decode`, `prefetch`, `shuffle`.",
        )
    for first, second, zh, en in RULES:
        if words.index(first) > words.index(second):
            return not_yet(zh, en)
    return right(
        "每次都一样的在 `cache` 前，每轮不同的在后，`prefetch` 在最后。",
        "What is always the same stands before `cache`, what differs in each epoch behind it, and `prefetch` last.",
    )


# --- 06-5: a split by name ---


def split_of(name):
    place = zlib.crc32(name.encode()) % 100
    return "test" if place < 10 else "validation" if place < 30 else "train"


def one_too_many(name):
    place = zlib.crc32(name.encode()) % 100
    return "test" if place <= 10 else "validation" if place <= 30 else "train"


def sides_swapped(name):
    place = zlib.crc32(name.encode()) % 100
    return "validation" if place < 10 else "test" if place < 30 else "train"


def ten_only(name):
    place = zlib.crc32(name.encode()) % 100
    return "test" if place < 10 else "validation" if place < 20 else "train"


def by_hash(name):
    place = hash(name) % 100
    return "test" if place < 10 else "validation" if place < 30 else "train"


def random_name(rng):
    return (f"{rng.choice(['cat', 'dog'])}.{rng.integers(10_000)}.jpg",)


def name_at(place):
    """A file name whose CRC32 leaves this remainder."""
    return next(
        name
        for name in (f"cat.{i}.jpg" for i in range(10_000))
        if zlib.crc32(name.encode()) % 100 == place
    )


EXERCISES = [
    Exercise(
        id="06-1",
        title=("批与轮", "Batches and epochs"),
        judge=judges.fields(
            {
                "batches": judges.values(
                    7,
                    rtol=0,
                    atol=0.01,
                    mistakes=[
                        (
                            6,
                            (
                                "剩下不满一批的照片也要用：向上取整。",
                                "The photos left over for less than a batch are used, too: round up.",
                            ),
                        ),
                        (
                            6.25,
                            (
                                "批数是整数：剩下的也成一批。",
                                "A number of batches is whole: what is left makes one, too.",
                            ),
                        ),
                    ],
                ),
                "last_batch": judges.values(
                    8,
                    rtol=0,
                    atol=0.01,
                    mistakes=[
                        (
                            32,
                            (
                                "前面几批都是 32 张，最后一批只有剩下的。",
                                "The earlier batches hold 32, the last only what is left.",
                            ),
                        ),
                        (
                            24,
                            (
                                "24 是最后一批缺的张数；要的是有几张。",
                                "24 are missing from the last batch; how many are in it?",
                            ),
                        ),
                    ],
                ),
                "passes": judges.values(
                    100 / 7,
                    rtol=0.01,
                    mistakes=[
                        (
                            16,
                            (
                                "3,200 / 200 = 16 把最后一批也算成 32 张；一遍是 7 批。",
                                "3,200 / 200 = 16 counts the last batch as 32, too; one pass is 7 batches.",
                            ),
                        ),
                        (
                            100 / 6,
                            (
                                "一遍有 7 批，不是 6 批。",
                                "One pass is 7 batches, not 6.",
                            ),
                        ),
                        (
                            100,
                            (
                                "100 步是 100 批；一遍要好几批。",
                                "100 steps are 100 batches; one pass takes several.",
                            ),
                        ),
                    ],
                ),
            }
        ),
        hints=[
            (
                "上面的单元格打印了每一批的张数。",
                "The cell above printed the size of each batch.",
            ),
            (
                "$200=6\\times32+8$。",
                "$200=6\\times32+8$.",
            ),
            (
                "一遍 7 批，所以 100 步是 $100/7$ 遍。",
                "One pass is 7 batches, so 100 steps are $100/7$ passes.",
            ),
        ],
        reference={"batches": 7, "last_batch": 8, "passes": 100 / 7},
        solution=(
            "$\\lceil200/32\\rceil=7$ 批，最后一批 $200-6\\cdot32=8$ 张，$100/7=14.3$ 遍。",
            "$\\lceil200/32\\rceil=7$ batches, $200-6\\cdot32=8$ in the last, $100/7=14.3$ passes.",
        ),
        wrong=[
            ({"batches": 6, "last_batch": 8, "passes": 14.3}, "round up"),
            ({"batches": 7, "last_batch": 32, "passes": 14.3}, "what is left"),
            ({"batches": 7, "last_batch": 8, "passes": 16}, "one pass is 7"),
            ({"batches": 7, "last_batch": 8, "passes": 100}, "takes several"),
            ([7, 8, 14.3], "dict"),
        ],
    ),
    Exercise(
        id="06-2",
        title=("torchvision 的标准化", "torchvision's standardization"),
        judge=judges.function(
            standardize,
            inputs=[
                (
                    np.array([[[255.0, 0.0, 127.5]]]),
                    np.array([0.485, 0.456, 0.406]),
                    np.array([0.229, 0.224, 0.225]),
                )
            ],
            random=random_pixels,
            mistakes=[
                (
                    without_255,
                    (
                        "均值和标准差是给 0 到 1 的像素的：先除以 255。",
                        "Mean and standard deviation are for pixels 0 to 1: divide by 255 first.",
                    ),
                ),
                (
                    times_std,
                    (
                        "要除以标准差，不是乘。",
                        "Divide by the standard deviation, do not multiply.",
                    ),
                ),
                (
                    divide_last,
                    (
                        "先除以 255，再减均值：顺序不同，结果不同。",
                        "Divide by 255 first, then subtract the mean: the order matters.",
                    ),
                ),
                (
                    one_mean,
                    (
                        "三个通道各有自己的均值和标准差；NumPy 沿最后一轴自动对齐。",
                        "Each channel has its own mean and standard deviation; NumPy aligns them with the last axis.",
                    ),
                ),
                (
                    lambda x, mean, std: np.asarray(x, float) / 255,
                    (
                        "这只是除以 255，文章的做法；还要减均值、除以标准差。",
                        "That only divides by 255, as in the articles; subtract the mean and divide by the standard deviation, too.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "均值 0.485 显然不是给 0 到 255 的像素的。",
                "A mean of 0.485 is clearly not for pixels from 0 to 255.",
            ),
            (
                "三步：除以 255，减 `mean`，除以 `std`。",
                "Three steps: divide by 255, subtract `mean`, divide by `std`.",
            ),
        ],
        reference=standardize,
        solution=("`return (x / 255 - mean) / std`", "`return (x / 255 - mean) / std`"),
        wrong=[
            (without_255, "divide by 255 first"),
            (times_std, "do not multiply"),
            (divide_last, "the order matters"),
            (one_mean, "Each channel"),
            (lambda x, mean, std: x / 255, "only divides"),
            (lambda x, mean, std: np.mean(x), "shape"),
        ],
    ),
    Exercise(
        id="06-3",
        title=("步骤的顺序", "The order of the steps"),
        judge=judges.judged(judge_order),
        hints=[
            (
                "哪些步骤每一轮都给出同样的结果？它们在 `cache` 前面。",
                "Which steps give the same result in every epoch? They stand before `cache`.",
            ),
            (
                "打乱的应是单张照片，所以在成批以前；`prefetch` 在最后。",
                "Single photos should be shuffled, so before they become batches; `prefetch` is last.",
            ),
        ],
        reference=STEPS,
        solution=(
            '`["decode", "cache", "shuffle", "augment", "batch", "prefetch"]`；先 `batch` 再 `augment` 也可以。',
            '`["decode", "cache", "shuffle", "augment", "batch", "prefetch"]`; `batch` before `augment` will do, too.',
        ),
        wrong=[
            (["decode", "augment", "cache", "shuffle", "batch", "prefetch"], "random results"),
            (["decode", "shuffle", "cache", "augment", "batch", "prefetch"], "order is frozen"),
            (["cache", "decode", "shuffle", "augment", "batch", "prefetch"], "only file names"),
            (["decode", "cache", "augment", "batch", "shuffle", "prefetch"], "whole batches"),
            (["decode", "cache", "shuffle", "prefetch", "augment", "batch"], "comes last"),
            (["decode", "cache"], "each of the 6 steps"),
            ("decode, cache", "list of 6 words"),
        ],
    ),
    Exercise(
        id="06-4",
        title=("缓存要多少内存", "How much memory the cache takes"),
        judge=judges.fields(
            {
                "float32": judges.values(
                    15.0528,
                    rtol=0.01,
                    mistakes=[
                        (
                            3.7632,
                            (
                                "`float32` 每个数 4 个字节。",
                                "Each `float32` number takes 4 bytes.",
                            ),
                        ),
                        (5.0176, ("还有 3 个通道。", "There are 3 channels as well.")),
                        (
                            120.4224,
                            (
                                "32 是位数；8 位是 1 个字节。",
                                "32 counts bits; 8 of them are 1 byte.",
                            ),
                        ),
                        (
                            14.019,
                            (
                                "你用了 $2^{30}$ 字节（GiB）；题里 1 GB 是 $10^9$ 字节。",
                                "You used $2^{30}$ bytes (GiB); here 1 GB is $10^9$ bytes.",
                            ),
                        ),
                    ],
                ),
                "uint8": judges.values(
                    3.7632,
                    rtol=0.01,
                    mistakes=[
                        (
                            15.0528,
                            (
                                "`uint8` 每个数只要 1 个字节。",
                                "Each `uint8` number takes only 1 byte.",
                            ),
                        ),
                        (1.2544, ("还有 3 个通道。", "There are 3 channels as well.")),
                    ],
                ),
            }
        ),
        hints=[
            (
                "一张照片有 $224\\times224\\times3$ 个数。",
                "One photo is $224\\times224\\times3$ numbers.",
            ),
            (
                "`float32` 每个数 4 个字节，`uint8` 1 个。乘以 25,000，除以 $10^9$。",
                "A `float32` takes 4 bytes, a `uint8` 1. Multiply by 25,000 and divide by $10^9$.",
            ),
        ],
        reference={"float32": 15.0528, "uint8": 3.7632},
        solution=(
            "$25000\\cdot224\\cdot224\\cdot3\\cdot4/10^9=15.05$；`uint8` 是它的四分之一，$3.76$。",
            "$25000\\cdot224\\cdot224\\cdot3\\cdot4/10^9=15.05$; `uint8` takes a quarter of it, $3.76$.",
        ),
        wrong=[
            ({"float32": 3.7632, "uint8": 3.7632}, "4 bytes"),
            ({"float32": 5.0176, "uint8": 3.7632}, "3 channels"),
            ({"float32": 120.42, "uint8": 3.7632}, "bits"),
            ({"float32": 14.02, "uint8": 3.7632}, "GiB"),
            ({"float32": 15.05, "uint8": 15.05}, "only 1 byte"),
            ({"float32": "15 GB", "uint8": 3.76}, "text"),
        ],
    ),
    Exercise(
        id="06-5",
        title=("由文件名决定的划分", "A split decided by the file name"),
        judge=judges.function(
            split_of,
            inputs=[(name_at(place),) for place in (9, 10, 29, 30, 0, 99)],
            random=random_name,
            n_random=40,
            mistakes=[
                (
                    one_too_many,
                    (
                        "边界：余数等于 10 已经是验证，等于 30 已经是训练。",
                        "The limits: a remainder of 10 is validation already, 30 is training.",
                    ),
                ),
                (
                    sides_swapped,
                    (
                        "验证和测试换了位置：小于 10 的是测试。",
                        "Validation and test are swapped: below 10 is test.",
                    ),
                ),
                (
                    ten_only,
                    (
                        "验证从 10 到 29，共 20 个余数。",
                        "Validation goes from 10 to 29: 20 remainders.",
                    ),
                ),
                (
                    by_hash,
                    (
                        "`hash(name)` 每次启动 Python 都不同；用 `zlib.crc32`。",
                        "`hash(name)` differs each time Python starts; use `zlib.crc32`.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "`zlib.crc32` 要字节：`name.encode()`。",
                "`zlib.crc32` takes bytes: `name.encode()`.",
            ),
            (
                "`place = zlib.crc32(name.encode()) % 100`，再用两个 `if`。",
                "`place = zlib.crc32(name.encode()) % 100`, then two `if`s.",
            ),
        ],
        reference=split_of,
        solution=(
            '```python\nplace = zlib.crc32(name.encode()) % 100\nreturn "test" if place < 10 else "validation" if place < 30 else "train"\n```',
            '```python\nplace = zlib.crc32(name.encode()) % 100\nreturn "test" if place < 10 else "validation" if place < 30 else "train"\n```',
        ),
        wrong=[
            (one_too_many, "The limits"),
            (sides_swapped, "swapped"),
            (ten_only, "20 remainders"),
            (by_hash, "each time Python starts"),
            (lambda name: "train", "not `'test'`"),
            (lambda name: zlib.crc32(name) % 100, "bytes"),
        ],
    ),
]

QUIZZES = [
    Quiz(
        id="06-q1",
        question=(
            "训练准确率很快到 1，`augmentation_varies` 报警：两轮的照片完全一样。先看哪里？",
            "Training accuracy soon reaches 1, and `augmentation_varies` complains: two epochs show the very same images. Where do you look first?",
        ),
        options=[
            Option(
                ("学习率太大", "The learning rate is too large"),
                (
                    "学习率不改变照片。",
                    "A learning rate does not change photos.",
                ),
            ),
            Option(
                ("`cache()` 在增强后面", "`cache()` stands behind augmentation"),
                (
                    "对：它记住了第一轮的随机结果。把它移到增强前面。",
                    "Yes: it keeps the first epoch's random results. Move it before augmentation.",
                ),
                right=True,
            ),
            Option(
                ("`prefetch` 太小", "`prefetch` is too small"),
                (
                    "`prefetch` 只改变快慢，不改变内容。",
                    "`prefetch` changes how fast, not what.",
                ),
            ),
            Option(
                ("批太大", "Batches are too large"),
                (
                    "批大小不影响每张照片的样子。",
                    "The batch size does not affect how a photo looks.",
                ),
            ),
        ],
    ),
    Quiz(
        id="06-q2",
        question=(
            "同事说：“我试过，x/255 在我的网络上没有问题，所以预处理不重要。”按本课的测量，怎样回答？",
            "A colleague says: “I tried, x/255 is fine on my network, so preprocessing does not matter.” What do you answer, by this lesson's measurements?",
        ),
        options=[
            Option(
                ("他错了：x/255 在哪个网络上都有害", "Wrong: x/255 hurts every network"),
                (
                    "在 Lite0 上测到几乎无害。别把流言换成相反的流言。",
                    "On Lite0 it was measured to be almost harmless. Do not replace a myth by its opposite.",
                ),
            ),
            Option(
                ("他对：网络自己会适应", "Right: the network adapts by itself"),
                (
                    "冻结的网络什么也不会适应；VGG16 和原始像素都付了代价。",
                    "A frozen network adapts to nothing; VGG16, and raw pixels, did pay.",
                ),
            ),
            Option(
                (
                    "它取决于网络和错误的种类；用权重自己的预处理就不必赌",
                    "It depends on the network and on the mistake; with the weights' own there is no gamble",
                ),
                (
                    "对：同一个 x/255，Lite0 几乎无害，VGG16 不一致时损失 0.15 以上。",
                    "Yes: the same x/255 is almost harmless on Lite0 and costs more than 0.15 on VGG16 as a mismatch.",
                ),
                right=True,
            ),
        ],
    ),
    Quiz(
        id="06-q3",
        question=(
            "任务：胸片上，心脏是否在左边。哪一种增强会改变标签？",
            "Task: does the heart lie on the left in a chest X-ray? Which augmentation changes the label?",
        ),
        options=[
            Option(
                ("亮度加减 10%", "Brightness up or down by 10%"),
                (
                    "心脏的位置不变，标签也不变。",
                    "The heart stays where it is, and so does the label.",
                ),
            ),
            Option(
                ("左右翻转", "Mirroring left and right"),
                (
                    "对：心脏到了另一边，标签却没有改。",
                    "Yes: the heart changes sides, the label does not.",
                ),
                right=True,
            ),
            Option(
                ("旋转 3 度", "Rotation by 3 degrees"),
                (
                    "稍微歪一点，左还是左。",
                    "Slightly tilted, left is still left.",
                ),
            ),
        ],
    ),
    Quiz(
        id="06-q4",
        question=(
            "你从视频里截了 5,000 张图，随机划分，验证准确率 0.99，换一段视频只有 0.6。最可能的原因？",
            "You cut 5,000 pictures from videos and split at random: validation accuracy 0.99, but 0.6 on another video. What is the likeliest reason?",
        ),
        options=[
            Option(
                ("训练得不够久", "Training was too short"),
                (
                    "训练不足时，验证准确率也不会是 0.99。",
                    "With too little training, validation would not reach 0.99 either.",
                ),
            ),
            Option(
                (
                    "相邻的画面几乎相同，分到了两边",
                    "Neighbouring frames are almost the same, and went to both sides",
                ),
                (
                    "对：近似重复造成泄漏。按视频分组划分。",
                    "Yes: near-duplicates leak. Split by video.",
                ),
                right=True,
            ),
            Option(
                ("验证集应当打乱", "The validation set should be shuffled"),
                (
                    "打乱不改变准确率，只会弄错 `predict` 的顺序。",
                    "Shuffling does not change an accuracy; it only spoils the order for `predict`.",
                ),
            ),
            Option(
                ("照片缩放得太小", "The pictures were scaled too small"),
                (
                    "那样两段视频的准确率都会低。",
                    "Then accuracy would be low on both videos.",
                ),
            ),
        ],
    ),
]
