"""Exercises and quizzes of lesson 06: the data pipeline."""

import zlib

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number
from course_utils.learning.definitions import Exercise, Option, Prediction, Quiz, not_yet, right

# --- 06-2: back from torchvision's standardization to pixels ---


def pixels_seen(v, mean, std):
    return (np.asarray(v, float) * std + mean) * 255


def forwards(v, mean, std):
    return (np.asarray(v, float) / 255 - mean) / std


def without_255(v, mean, std):
    return np.asarray(v, float) * std + mean


def mean_too_late(v, mean, std):
    return np.asarray(v, float) * std * 255 + mean


def divided_by_std(v, mean, std):
    return (np.asarray(v, float) / std + mean) * 255


def std_forgotten(v, mean, std):
    return (np.asarray(v, float) + mean) * 255


def mean_first(v, mean, std):
    return (np.asarray(v, float) + mean) * std * 255


def one_mean(v, mean, std):
    return (np.asarray(v, float) * np.mean(std) + np.mean(mean)) * 255


def channels_reversed(v, mean, std):
    return (np.asarray(v, float) * std[::-1] + mean[::-1]) * 255


def standardized_again(v, mean, std):
    return (np.asarray(v, float) - mean) / std


def divided_by_255(v, mean, std):
    return (np.asarray(v, float) * std + mean) / 255


def mean_subtracted(v, mean, std):
    return (np.asarray(v, float) * std - mean) * 255


def from_minus_1_to_1(v, mean, std):
    return (np.asarray(v, float) + 1) * 127.5


def rounded(v, mean, std):
    return np.round(pixels_seen(v, mean, std))


def cut_to_whole(v, mean, std):
    return np.floor(pixels_seen(v, mean, std))


def random_input(rng):
    """What a photo becomes: every v comes from a pixel between 0 and 255."""
    mean, std = rng.uniform(0.3, 0.6, 3), rng.uniform(0.15, 0.35, 3)
    return (rng.uniform(0, 1, (2, 3, 3, 3)) - mean) / std, mean, std


# --- 06-3: how often a pipeline decodes and augments ---


def counted(decoded, augmented, mistakes):
    return judges.values([decoded, augmented], rtol=0, atol=0.01, mistakes=mistakes)


SWAPPED = (
    "先写解码次数，再写增强次数。",
    "The order is: decodings first, then augmentations.",
)

# --- 06-5: a split by group ---


def group_of(name):
    return name.removesuffix(".jpg").split("_")[0]


def side(place, test=10, validation=30):
    return "test" if place < test else "validation" if place < validation else "train"


def split_of(name):
    return side(zlib.crc32(group_of(name).encode()) % 100)


def by_whole_name(name):
    return side(zlib.crc32(name.encode()) % 100)


def with_suffix(name):
    return side(zlib.crc32(f"{group_of(name)}.jpg".encode()) % 100)


def suffix_left(name):
    return side(zlib.crc32(name.split("_")[0].encode()) % 100)


def animal_only(name):
    return side(zlib.crc32(name.split(".")[0].encode()) % 100)


def one_too_many(name):
    return side(zlib.crc32(group_of(name).encode()) % 100, 11, 31)


def sides_swapped(name):
    return {"test": "validation", "validation": "test"}.get(split_of(name), "train")


def ten_only(name):
    return side(zlib.crc32(group_of(name).encode()) % 100, 10, 20)


def by_hash(name):
    return side(hash(group_of(name)) % 100)


def random_name(rng):
    version = rng.choice(["", "_small", "_q20"])
    return (f"{rng.choice(['cat', 'dog'])}.{rng.integers(10_000)}{version}.jpg",)


def names_at(place):
    """Two versions of a photo; the CRC32 of their group leaves this remainder."""
    group = next(
        group
        for group in (f"cat.{i}" for i in range(10_000))
        if zlib.crc32(group.encode()) % 100 == place
    )
    return [(f"{group}.jpg",), (f"{group}_small.jpg",)]


EXERCISES = [
    Exercise(
        id="06-1",
        title=("批与轮", "Batches and epochs"),
        judge=judges.fields(
            {
                "batches": judges.values(
                    14,
                    rtol=0,
                    atol=0.01,
                    mistakes=[
                        (
                            13,
                            (
                                "剩下不满一批的照片也要用：向上取整。",
                                "The photos left over for less than a batch are used, too: round up.",
                            ),
                        ),
                        (
                            316 / 24,
                            (
                                "批数是整数：剩下的也成一批。",
                                "A number of batches is whole: what is left makes one, too.",
                            ),
                        ),
                    ],
                ),
                "last_batch": judges.values(
                    4,
                    rtol=0,
                    atol=0.01,
                    mistakes=[
                        (
                            24,
                            (
                                "前面几批都是 24 张，最后一批只有剩下的。",
                                "The earlier batches hold 24, the last only what is left.",
                            ),
                        ),
                        (
                            20,
                            (
                                "20 是最后一批缺的张数；要的是有几张。",
                                "20 are missing from the last batch; how many are in it?",
                            ),
                        ),
                    ],
                ),
                "passes": judges.values(
                    100 / 14,
                    rtol=0.01,
                    mistakes=[
                        (
                            7,
                            (
                                "7 遍是 98 步；另外 2 步在哪里？遍数可以是小数。",
                                "7 passes are 98 steps; where are the other 2? It need not be whole.",
                            ),
                        ),
                        (
                            2400 / 316,
                            (
                                "2,400 / 316 把最后一批也算成 24 张；一遍是 14 批。",
                                "2,400 / 316 counts the last batch as 24, too; one pass is 14 batches.",
                            ),
                        ),
                        (
                            100 / 13,
                            (
                                "一遍有 14 批，不是 13 批。",
                                "One pass is 14 batches, not 13.",
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
                "上面 200 张、每批 32 张是 7 批，最后一批 8 张。换成 316 张、每批 24 张。",
                "Above, 200 photos in batches of 32 made 7 batches, 8 in the last. Now 316 in batches of 24.",
            ),
            (
                "$316=13\\times24+4$。",
                "$316=13\\times24+4$.",
            ),
            (
                "遍数是 100 步除以一遍的批数。",
                "The passes are 100 steps divided by the batches of one pass.",
            ),
        ],
        reference={"batches": 14, "last_batch": 4, "passes": 100 / 14},
        solution=(
            "$\\lceil316/24\\rceil=14$ 批，最后一批 $316-13\\cdot24=4$ 张，$100/14=7.14$ 遍。",
            "$\\lceil316/24\\rceil=14$ batches, $316-13\\cdot24=4$ in the last, $100/14=7.14$ passes.",
        ),
        why=(
            "最后一批不满也是一批，所以向上取整；100 步不等于几遍，要除以每遍的批数。`steps_per_epoch` 写错，网络就会少看或重复看照片。",
            "A last batch that is not full is a batch too, so round up; for the passes, divide the 100 steps by the batches in one pass. With a wrong `steps_per_epoch` a network misses photos or sees some twice.",
        ),
        wrong=[
            ({"batches": 13, "last_batch": 4, "passes": 7.14}, "round up"),
            ({"batches": 14, "last_batch": 24, "passes": 7.14}, "what is left"),
            ({"batches": 14, "last_batch": 20, "passes": 7.14}, "are missing"),
            ({"batches": 14, "last_batch": 4, "passes": 7}, "98 steps"),
            ({"batches": 14, "last_batch": 4, "passes": 7.6}, "one pass is 14"),
            ({"batches": 14, "last_batch": 4, "passes": 100}, "takes several"),
            ([14, 4, 7.14], "dict"),
        ],
    ),
    Exercise(
        id="06-2",
        title=("从标准化回到像素", "From standardized numbers back to pixels"),
        judge=judges.function(
            pixels_seen,
            inputs=[
                (
                    np.array([[[2.0, -1.0, 0.5]]]),
                    np.array([0.485, 0.456, 0.406]),
                    np.array([0.229, 0.224, 0.225]),
                )
            ],
            random=random_input,
            mistakes=[
                (
                    forwards,
                    (
                        "这是从像素到标准化的方向；要的是反过来。",
                        "That goes from pixels to standardized numbers; the way back is asked.",
                    ),
                ),
                (
                    standardized_again,
                    (
                        "这又标准化了一遍；`v` 已经标准化过，要把它撤回。",
                        "That standardizes once more; `v` is standardized already, and that has to be undone.",
                    ),
                ),
                (
                    divided_by_255,
                    (
                        "出去时除以 255，回来就要乘以 255。",
                        "Pixels were divided by 255 on the way there; multiply by 255 on the way back.",
                    ),
                ),
                (
                    mean_subtracted,
                    (
                        "原来减去均值，回来就要加上。",
                        "The mean was subtracted on the way there; add it on the way back.",
                    ),
                ),
                (
                    without_255,
                    (
                        "这是 0 到 1 的像素；再乘以 255。",
                        "These are pixels from 0 to 1; multiply by 255 as well.",
                    ),
                ),
                (
                    mean_too_late,
                    (
                        "均值是给 0 到 1 的像素的：先加均值，再乘以 255。",
                        "The means are for pixels 0 to 1: add them before you multiply by 255.",
                    ),
                ),
                (
                    divided_by_std,
                    (
                        "原来除以标准差，回来就要乘。",
                        "What was divided by the standard deviation has to be multiplied by it.",
                    ),
                ),
                (
                    std_forgotten,
                    (
                        "还没有用标准差。",
                        "The standard deviation is missing.",
                    ),
                ),
                (
                    mean_first,
                    (
                        "最后做的最先撤回：先乘以标准差，再加均值。",
                        "Undo the last step first: multiply by the standard deviation, then add the mean.",
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
                    channels_reversed,
                    (
                        "通道倒过来了：torchvision 的顺序是 R、G、B。",
                        "The channels are reversed: torchvision's order is R, G, B.",
                    ),
                ),
                (
                    rounded,
                    (
                        "不要取整：返回精确的数。",
                        "Do not round: return the exact numbers.",
                    ),
                ),
                (
                    cut_to_whole,
                    (
                        "不要变成整数：返回精确的数。",
                        "Do not turn them into whole numbers: return the exact ones.",
                    ),
                ),
                (
                    from_minus_1_to_1,
                    (
                        "这是从 -1 到 1 的数回来的办法，是另一种预处理的。",
                        "That is the way back from -1 to 1, which belongs to another preprocessing.",
                    ),
                ),
                (
                    lambda v, mean, std: np.asarray(v, float) * 255,
                    (
                        "这只撤回了除以 255；还有均值和标准差。",
                        "That only undoes the division by 255; mean and standard deviation are left.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先写出去的三步：除以 255，减 `mean`，除以 `std`。",
                "Write down the three steps there: divide by 255, subtract `mean`, divide by `std`.",
            ),
            (
                "倒着撤回：最后一步最先。除变成乘，减变成加。",
                "Undo them backwards, the last one first: division becomes multiplication, minus becomes plus.",
            ),
        ],
        reference=pixels_seen,
        solution=("`return (v * std + mean) * 255`", "`return (v * std + mean) * 255`"),
        why=(
            "倒过来做：先乘标准差，再加均值，再乘 255。画图前这样还原，就能看见网络真正收到的东西；颜色怪，就是预处理不对，例如做了两遍。",
            "Go backwards: times the standard deviation, plus the mean, times 255. Doing so before you plot shows what the network really receives; odd colours mean that the preprocessing is not right, for example that it was done twice.",
        ),
        wrong=[
            (forwards, "the way back"),
            (standardized_again, "once more"),
            (divided_by_255, "multiply by 255 on"),
            (mean_subtracted, "add it on"),
            (without_255, "multiply by 255 as well"),
            (mean_too_late, "before you multiply"),
            (divided_by_std, "has to be multiplied"),
            (std_forgotten, "is missing"),
            (mean_first, "Undo the last step first"),
            (one_mean, "Each channel"),
            (channels_reversed, "are reversed"),
            (from_minus_1_to_1, "another preprocessing"),
            (rounded, "Do not round"),
            (lambda v, mean, std: pixels_seen(v, mean, std).astype("uint8"), "whole numbers"),
            (lambda v, mean, std: v * 255, "only undoes"),
            (lambda v, mean, std: np.mean(v), "shape"),
        ],
    ),
    Exercise(
        id="06-3",
        title=("数解码和增强", "Counting decodings and augmentations"),
        judge=judges.fields(
            {
                "A": counted(
                    50,
                    200,
                    [
                        ([200, 50], SWAPPED),
                        (
                            [1, 4],
                            (
                                "按照片数：一轮有 50 张，每张算一次。",
                                "Count photos: an epoch has 50, and each counts once.",
                            ),
                        ),
                        (
                            [50, 150],
                            (
                                "第一轮也增强：那一轮的照片解码以后同样经过 `map(augment)`。",
                                "The first epoch augments as well: its photos pass through `map(augment)`, too.",
                            ),
                        ),
                        (
                            [50, 50],
                            (
                                "增强在 `cache` 后面：每一轮都重新做。",
                                "Augmentation comes after `cache`: it runs anew in each epoch.",
                            ),
                        ),
                        (
                            [200, 200],
                            (
                                "`cache` 记住解码的结果：只有第一轮解码。",
                                "`cache` keeps the decoded photos: only the first epoch decodes.",
                            ),
                        ),
                    ],
                ),
                "B": counted(
                    50,
                    50,
                    [
                        *[
                            (
                                [50, times],
                                (
                                    "增强在 `cache` 前面：它的结果也被记住了。",
                                    "Augmentation comes before `cache`: its results are kept, too.",
                                ),
                            )
                            for times in (200, 150)
                        ],
                        (
                            [200, 50],
                            (
                                "`cache` 在最后：解码也只在第一轮做。",
                                "`cache` comes last: decoding, too, happens in the first epoch only.",
                            ),
                        ),
                        (
                            [200, 200],
                            (
                                "`cache` 在最后：前面的一切只做一轮。",
                                "`cache` comes last: all before it happens in one epoch only.",
                            ),
                        ),
                    ],
                ),
                "C": counted(
                    200,
                    200,
                    [
                        (
                            [50, 200],
                            (
                                "这里 `cache` 只记住文件名：每一轮都要重新解码。",
                                "Here `cache` keeps file names only: every epoch decodes again.",
                            ),
                        ),
                        (
                            [50, 50],
                            (
                                "`cache` 管不到它后面的步骤。",
                                "`cache` has no hold on what comes after it.",
                            ),
                        ),
                        (
                            [200, 50],
                            (
                                "增强在 `cache` 后面：每一轮都重新做。",
                                "Augmentation comes after `cache`: it runs anew in each epoch.",
                            ),
                        ),
                    ],
                ),
            }
        ),
        hints=[
            (
                "在每个 `cache()` 的地方画一条线。线前面的只在第一轮做，后面的每轮都做。",
                "Draw a line at each `cache()`. What is before it happens in the first epoch only, what is after it in every epoch.",
            ),
            (
                "只做第一轮是 50 次，每轮都做是 $4\\times50=200$ 次。",
                "The first epoch only makes 50, every epoch $4\\times50=200$.",
            ),
        ],
        reference={"A": [50, 200], "B": [50, 50], "C": [200, 200]},
        solution=(
            "A 是 50 和 200；B 是 50 和 50，增强被冻结；C 是 200 和 200，缓存的只是文件名。",
            "A: 50 and 200. B: 50 and 50, augmentation is frozen. C: 200 and 200, only file names are cached.",
        ),
        why=(
            "缓存之前的事只做一次，之后的每一轮都做。所以解码放在缓存前，随机的增强放在缓存后：省下重复的，留下要变化的。",
            "What comes before the cache happens once, what comes after it happens in every epoch. So decode before and augment after: the repeated work is saved, and what shall vary varies.",
        ),
        wrong=[
            ({"A": [50, 50], "B": [50, 50], "C": [200, 200]}, "anew in each epoch"),
            ({"A": [200, 50], "B": [50, 50], "C": [200, 200]}, "The order is"),
            ({"A": [200, 200], "B": [50, 50], "C": [200, 200]}, "keeps the decoded"),
            ({"A": [50, 150], "B": [50, 50], "C": [200, 200]}, "first epoch augments as well"),
            ({"A": [1, 4], "B": [1, 1], "C": [4, 4]}, "Count photos"),
            ({"A": [50, 200], "B": [50, 150], "C": [200, 200]}, "results are kept"),
            ({"A": [50, 200], "B": [200, 50], "C": [200, 200]}, "decoding, too"),
            ({"A": [50, 200], "B": [50, 200], "C": [200, 200]}, "results are kept"),
            ({"A": [50, 200], "B": [50, 50], "C": [50, 200]}, "file names only"),
            ({"A": [50, 200], "B": [50, 50], "C": [200, 50]}, "anew in each epoch"),
            ({"A": [50, 200], "B": [50, 50], "C": [150, 150]}, "too small"),
            ({"A": 50, "B": 50, "C": 200}, "shape"),
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
                        (
                            15.0528e9,
                            (
                                "这是字节数：再除以 $10^9$。",
                                "That is bytes: divide by $10^9$.",
                            ),
                        ),
                        (
                            15052.8,
                            (
                                "这是 MB：1 GB 是 1,000 MB。",
                                "That is MB: 1 GB is 1,000 MB.",
                            ),
                        ),
                        (5.0176, ("还有 3 个通道。", "There are 3 channels as well.")),
                        (
                            60.2112,
                            (
                                "4 个字节乘了两遍。",
                                "The 4 bytes have been multiplied twice.",
                            ),
                        ),
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
                        (
                            3.7632e9,
                            (
                                "这是字节数：再除以 $10^9$。",
                                "That is bytes: divide by $10^9$.",
                            ),
                        ),
                        (
                            3763.2,
                            (
                                "这是 MB：1 GB 是 1,000 MB。",
                                "That is MB: 1 GB is 1,000 MB.",
                            ),
                        ),
                        (1.2544, ("还有 3 个通道。", "There are 3 channels as well.")),
                        (
                            30.1056,
                            (
                                "8 是位数；8 位是 1 个字节。",
                                "8 counts bits; 8 of them are 1 byte.",
                            ),
                        ),
                        (
                            3.5048,
                            (
                                "你用了 $2^{30}$ 字节（GiB）；题里 1 GB 是 $10^9$ 字节。",
                                "You used $2^{30}$ bytes (GiB); here 1 GB is $10^9$ bytes.",
                            ),
                        ),
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
        why=(
            "数的个数乘每个数的字节数就是内存，动手之前用纸笔就能算。缓存 `uint8`、用时再转成浮点数，内存只要四分之一。",
            "How many numbers, times bytes for each: memory can be worked out on paper before you start. Cache `uint8` and turn it into floats when it is used, and a quarter will do.",
        ),
        wrong=[
            ({"float32": 3.7632, "uint8": 3.7632}, "4 bytes"),
            ({"float32": 5.0176, "uint8": 3.7632}, "3 channels"),
            ({"float32": 120.42, "uint8": 3.7632}, "bits"),
            ({"float32": 14.02, "uint8": 3.7632}, "GiB"),
            ({"float32": 60.2, "uint8": 15.05}, "twice"),
            ({"float32": 15.05, "uint8": 15.05}, "only 1 byte"),
            ({"float32": 15.05, "uint8": 3.5}, "GiB"),
            ({"float32": 15.05, "uint8": 30.1}, "8 counts bits"),
            ({"float32": 15_052_800_000, "uint8": 3.76}, "bytes"),
            ({"float32": 15.1, "uint8": 3763}, "MB"),
            ({"float32": "15 GB", "uint8": 3.76}, "text"),
        ],
    ),
    Exercise(
        id="06-5",
        title=("由组决定的划分", "A split decided by the group"),
        judge=judges.function(
            split_of,
            inputs=[name for place in (9, 10, 29, 30, 0, 99) for name in names_at(place)],
            random=random_name,
            n_random=40,
            mistakes=[
                (
                    by_whole_name,
                    (
                        "`cat.7_small.jpg` 要和 `cat.7.jpg` 在同一边：算组 `cat.7` 的 CRC32，不是整个文件名的。",
                        "`cat.7_small.jpg` belongs on the side of `cat.7.jpg`: take the CRC32 of the group `cat.7`, not of the whole name.",
                    ),
                ),
                (
                    with_suffix,
                    (
                        "组是 `cat.7`，不带 `.jpg`。",
                        "The group is `cat.7`, without `.jpg`.",
                    ),
                ),
                (
                    suffix_left,
                    (
                        "`cat.7.jpg` 里没有 `_`，它的 `.jpg` 还在：先去掉后缀，再取 `_` 前面的部分。",
                        "`cat.7.jpg` has no `_`, so its `.jpg` stays: remove the suffix first, then take what is before `_`.",
                    ),
                ),
                (
                    animal_only,
                    (
                        "组成了 `cat`：所有的猫都到了同一边。组要到编号为止，例如 `cat.7`。",
                        "That leaves `cat`: every cat lands on one side. The group goes up to the number, as in `cat.7`.",
                    ),
                ),
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
                        "`hash(group)` 每次启动 Python 都不同；用 `zlib.crc32`。",
                        "`hash(group)` differs each time Python starts; use `zlib.crc32`.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先求组：去掉 `.jpg`，再取 `_` 前面的部分。",
                "The group first: leave out `.jpg`, then take what is before `_`.",
            ),
            (
                '`name.removesuffix(".jpg").split("_")[0]`；`zlib.crc32` 要字节：`.encode()`。',
                '`name.removesuffix(".jpg").split("_")[0]`; `zlib.crc32` takes bytes: `.encode()`.',
            ),
        ],
        reference=split_of,
        solution=(
            '```python\ngroup = name.removesuffix(".jpg").split("_")[0]\nplace = zlib.crc32(group.encode()) % 100\nreturn "test" if place < 10 else "validation" if place < 30 else "train"\n```',
            '```python\ngroup = name.removesuffix(".jpg").split("_")[0]\nplace = zlib.crc32(group.encode()) % 100\nreturn "test" if place < 10 else "validation" if place < 30 else "train"\n```',
        ),
        why=(
            "只看组名，同一只动物的照片就总在同一边，以后加照片也不会让旧照片换边；`crc32` 每次运行都一样，Python 自己的 `hash` 却不是。",
            "Only the group's name counts, so all photos of one animal stay on one side, and adding photos never moves the old ones; `crc32` is the same in every run, which Python's own `hash` is not.",
        ),
        wrong=[
            (by_whole_name, "not of the whole name"),
            (with_suffix, "without `.jpg`"),
            (suffix_left, "remove the suffix first"),
            (animal_only, "every cat lands"),
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
                ("`cache()` 在增强后面", "`cache()` comes after augmentation"),
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
                    "在 Lite0 上测到几乎无害。别把一个误解换成相反的误解。",
                    "On Lite0 it was measured to be almost harmless. Do not replace a myth with its opposite.",
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
            "任务：胸片上，心脏是否在病人的左侧。做了哪一种增强之后，原来的标签就错了？",
            "Task: does the heart lie on the patient's left in a chest X-ray? After which augmentation is the old label wrong?",
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

PREDICTIONS = [
    Prediction(
        "06-p1",
        (
            "VGG16：训练时预处理做对，使用时误除以 255，准确率是多少？",
            "VGG16, preprocessed right in training and divided by 255 in use: what is its accuracy?",
        ),
        Number(0, 1, close=0.08),
    ),
    Prediction(
        "06-p2",
        (
            "Lite0：训练时预处理做对，使用时误除以 255，准确率是多少？",
            "Lite0, preprocessed right in training and divided by 255 in use: what is its accuracy?",
        ),
        Number(0, 1, close=0.05),
    ),
    Prediction(
        "06-p3",
        (
            "224 像素高的照片推斜 0.2 度，最上面一行移动几个像素？",
            "A photo of height 224 is slanted by 0.2°: how many pixels does the top row move?",
        ),
        Number(0.1, 200, ("像素", "pixels"), factor=2),
    ),
    Prediction(
        "06-p4",
        (
            "标签是随机发的，照片有副本，随机划分：验证准确率是多少？",
            "Labels at random, photos with copies, a random split: what is the validation accuracy?",
        ),
        Number(0, 1, close=0.05),
    ),
]
