"""Exercises and quizzes of lesson 04: convolution, parameter sharing, features."""

import math

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number
from course_utils.learning.definitions import (
    Exercise,
    Marking,
    Option,
    Prediction,
    Quiz,
    Region,
    not_yet,
    right,
)

# --- 04-1: a kernel of one's own ---

VERTICAL = np.array([[0.0, 1, 1], [0, 1, 1], [0, 1, 1]])  # dark on the left, bright on the right


def judge_kernel(answer):
    try:
        kernel = judges.to_array(answer)
    except judges.Reason as reason:
        raise judges.Reason(
            f"{reason.zh}要 3 行，每行 3 个数。", f"{reason.en} Give 3 rows of 3 numbers."
        ) from None
    if kernel.shape != (3, 3):
        raise judges.Reason(
            f"形状应是 `(3, 3)`，你的是 `{kernel.shape}`。",
            f"The shape should be `(3, 3)`, and yours is `{kernel.shape}`.",
        )
    if not np.isfinite(kernel).all():
        raise judges.Reason(
            "9 个数都应是有限的数；有 NaN 或无穷大。",
            "All 9 should be finite numbers; there is NaN or infinity.",
        )
    return judge_answers(kernel)


def judge_answers(kernel):
    """What the kernel gives on a flat picture and on edges at either place in the window."""
    size = np.abs(kernel).sum()
    flat = kernel.sum()
    if size == 0:
        return not_yet(
            "9 个数全是 0，这个核什么也找不到：让右边减左边。",
            "All 9 numbers are 0, and such a kernel finds nothing: subtract left from right.",
        )
    if abs(flat) > 1e-6 * size:
        return not_yet(
            f"在全是 1 的平坦处它给出 {flat:.3g}，应是 0：9 个数加起来要等于 0。",
            f"Where the picture is flat (all 1) it gives {flat:.3g}, not 0: the 9 numbers must add up to 0.",
        )
    horizontal = max(abs(kernel[1:].sum()), abs(kernel[2:].sum()))
    if horizontal > 1e-6 * size:
        return not_yet(
            "它对水平的边有反应：每一行的和都要是 0。行和列弄反了吗？",
            "It responds to horizontal edges: each row must add up to 0. Are rows and columns swapped?",
        )
    at_2, at_3 = np.sum(kernel * VERTICAL), kernel[:, 2].sum()
    if at_2 * at_3 < 0 and min(abs(at_2), abs(at_3)) > 1e-6 * size:
        return not_yet(
            f"边从第 2 列开始时它给 {at_2:.3g}，从第 3 列开始时给 {at_3:.3g}：正负号随位置变。中间一列与两边相反的核找的是竖直的细线，不告诉你哪边亮。让右边减左边。",
            f"It gives {at_2:.3g} for an edge that starts at column 2 and {at_3:.3g} at column 3: the sign depends on the place. A kernel whose middle column is opposite to both sides looks for thin vertical lines and does not say which side is bright. Subtract left from right.",
        )
    if max(at_2, at_3) <= 1e-6 * size and min(at_2, at_3) < -1e-6 * size:
        return not_yet(
            "符号反了：左暗右亮的边上它给出负数。卷积层不翻转核，所以右边一列应为正。",
            "The sign is the other way round: dark left, bright right gives a negative number. A convolutional layer does not flip the kernel, so the right column is positive.",
        )
    if min(at_2, at_3) <= 1e-6 * size:
        return not_yet(
            "竖直的边从窗口的第 2 列或第 3 列开始时，它都应给正数：右边一列的和要大于 0，左边一列的和要小于 0。",
            "An edge should give a positive number whether it starts at the window's column 2 or 3: the right column must add up to more than 0, the left to less.",
        )
    return right(
        "平坦处 0，竖直的边为正，水平的边 0。", "Flat 0, vertical edges positive, horizontal 0."
    )


# --- 04-2: how many zeros "same" adds ---


def zeros_for_same(n, k, stride):
    n_out = math.ceil(n / stride)
    return max((n_out - 1) * stride + k - n, 0)


def stride_one_only(n, k, stride):
    return k - 1


def rounded_down(n, k, stride):
    return max((n // stride - 1) * stride + k - n, 0)


def may_be_negative(n, k, stride):
    return (math.ceil(n / stride) - 1) * stride + k - n


def on_each_side(n, k, stride):
    return zeros_for_same(n, k, stride) // 2


def kernel_minus_stride(n, k, stride):
    return max(k - stride, 0)


def kernel_minus_stride_may_be_negative(n, k, stride):
    return k - stride


def forgot_the_start(n, k, stride):
    return max(math.ceil(n / stride) * stride + k - n, 0)


# --- 04-4: global average pooling ---


def gap(maps):
    return maps.mean(axis=(2, 3))


# --- 04-5: receptive field ---


def layers_needed(pixels, k, stride):
    r, d, n = 1, 1, 0
    while r < pixels:
        r, d, n = r + (k - 1) * d, d * stride, n + 1
    return n


LAYERS_CODE = """```python
r, d, n = 1, 1, 0
while r < pixels:
    r += (k - 1) * d
    d *= stride
    n += 1
return n
```

"""


def without_spacing(pixels, k, stride):
    return math.ceil((pixels - 1) / (k - 1))


def whole_kernel(pixels, k, stride):
    r, d, n = 1, 1, 0
    while r < pixels:
        r, d, n = r + k * d, d * stride, n + 1
    return n


def multiply_first(pixels, k, stride):
    r, d, n = 1, 1, 0
    while r < pixels:
        r, d, n = r + (k - 1) * d * stride, d * stride, n + 1
    return n


def product_of_kernels(pixels, k, stride):
    n = 0
    while k**n < pixels:
        n += 1
    return n


def from_zero(pixels, k, stride):
    return layers_needed(pixels + 1, k, stride)


def one_short(pixels, k, stride):
    return layers_needed(pixels, k, stride) - 1


def random_layers(rng):
    return int(rng.integers(5, 300)), int(rng.integers(2, 7)), int(rng.integers(1, 4))


def square_and_ramp():
    """A bright square on grey, and at the right a strip that slowly brightens: 60 × 120 pixels."""
    import matplotlib.pyplot as plt

    pixels = np.full((60, 120), 0.35)
    pixels[14:54, 30:70] = 0.9
    pixels[:, 80:] = np.linspace(0.1, 0.9, 40)
    fig, ax = plt.subplots(figsize=(4.8, 2.4))
    ax.imshow(pixels, cmap="gray", vmin=0, vmax=1)
    ax.axis("off")
    return fig


EXERCISES = [
    Exercise(
        id="04-1",
        title=("设计一个核", "Design a kernel"),
        judge=judges.judged(judge_kernel),
        hints=[
            (
                "平坦处给 0：9 个数加起来等于 0。",
                "Flat gives 0: the 9 numbers add up to 0.",
            ),
            (
                "在水平的边上给 0：每一行自己加起来也是 0。",
                "0 on horizontal edges: each row adds up to 0 by itself.",
            ),
            (
                "每一行用右边减左边，比如 `[-1, 0, 1]`。",
                "In each row subtract left from right, for example `[-1, 0, 1]`.",
            ),
        ],
        reference=[[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
        solution=(
            "`[[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]`（Prewitt 核）：每行的和为 0，右边减左边。",
            "`[[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]` (the Prewitt kernel): each row adds up to 0, right minus left.",
        ),
        why=(
            "每行加起来是 0，平坦的地方就得 0；右减左，只有左右不同的地方才有响应。把它转置，就成了找水平边缘的核。",
            "Each row adds up to 0, so flat areas give 0; right minus left answers only where left and right differ. Transpose it, and you have a kernel for horizontal edges.",
        ),
        wrong=[
            ([[1, 1, 1], [1, 1, 1], [1, 1, 1]], "must add up to 0"),
            ([[-1, -1, -1], [0, 0, 0], [1, 1, 1]], "horizontal edges"),
            ([[1, 0, -1], [1, 0, -1], [1, 0, -1]], "other way round"),
            ([[0, 0, 0], [0, 0, 0], [0, 0, 0]], "finds nothing"),
            ([[1, -2, 1], [1, -2, 1], [1, -2, 1]], "thin vertical lines"),
            ([[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]], "thin vertical lines"),
            ([[-1, 1, 0], [-1, 1, 0], [-1, 1, 0]], "whether it starts"),
            ([-1, 0, 1], "`(3, 3)`"),
            ([[float("nan"), 0, 1]] * 3, "finite"),
            ([["-1", "0", "1"]] * 3, "3 rows of 3 numbers"),
            ([[-1, 0, 1], [-1, 0]], "3 rows of 3 numbers"),
        ],
    ),
    Exercise(
        id="04-2",
        title=("“same”补几个零", "How many zeros “same” adds"),
        judge=judges.function(
            zeros_for_same,
            inputs=[(6, 3, 2), (7, 3, 1), (7, 3, 2), (9, 1, 2), (10, 5, 3)],
            random=lambda rng: tuple(
                int(v) for v in (rng.integers(8, 64), rng.integers(1, 8), rng.integers(1, 5))
            ),
            rtol=1e-9,
            mistakes=[
                (
                    stride_one_only,
                    (
                        "步幅为 1 时才总是 $k-1$；步幅大了，窗口不必盖住每个位置。",
                        "Always $k-1$ only with stride 1; with a larger stride there are fewer windows.",
                    ),
                ),
                (
                    rounded_down,
                    (
                        "窗口有 $\\lceil n/s\\rceil$ 个：向上取整。",
                        "There are $\\lceil n/s\\rceil$ windows: round up.",
                    ),
                ),
                (
                    may_be_negative,
                    (
                        "零的个数不会是负数：窗口没有用到的像素就不用，至少是 0。",
                        "The number of zeros is never negative: pixels that no window needs are left over. At least 0.",
                    ),
                ),
                (
                    on_each_side,
                    (
                        "要的是左右两边一共补几个，不是一边。",
                        "The number on both sides together is asked, not on one side.",
                    ),
                ),
                (
                    kernel_minus_stride,
                    (
                        "$k-s$ 只在 $n$ 是步幅的倍数时对：剩下的像素里还要放一个窗口。",
                        "$k-s$ is right only where $n$ is a multiple of the stride: what is left over takes one more window.",
                    ),
                ),
                (
                    kernel_minus_stride_may_be_negative,
                    (
                        "$k-s$ 只在 $n$ 是步幅的倍数时对，而且零的个数不能小于 0。",
                        "$k-s$ is right only where $n$ is a multiple of the stride, and it must not be below 0.",
                    ),
                ),
                (
                    forgot_the_start,
                    (
                        "窗口走的步数比窗口的个数少 1：第一个窗口不用走。",
                        "The window makes 1 move fewer than there are windows: the first needs none.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先算有几个窗口：$\\lceil n/s\\rceil$，用 `-(-n // stride)`。",
                "First count the windows: $\\lceil n/s\\rceil$, by `-(-n // stride)`.",
            ),
            (
                "最后一个窗口从 $(n_\\text{out}-1)\\,s$ 开始，占 $k$ 格。一共需要多长的一行？",
                "The last window starts at $(n_\\text{out}-1)\\,s$ and takes $k$ cells. How long a row is needed?",
            ),
            (
                "比 $n$ 多出来的就是零的个数；不够 0 时取 0。",
                "What exceeds $n$ is the number of zeros; where it is below 0, take 0.",
            ),
        ],
        reference=zeros_for_same,
        solution=(
            "`n_out = -(-n // stride)`，`return max((n_out - 1) * stride + k - n, 0)`。上面 $n=6$、$k=3$、$s=2$ 的例子是 1 个零，只好补在一边：Keras 补在右边。",
            "`n_out = -(-n // stride)` and `return max((n_out - 1) * stride + k - n, 0)`. In the example above with $n=6$, $k=3$, $s=2$ it is 1 zero, which has to go to one side: Keras puts it on the right.",
        ),
        why=(
            "这样补零，输出的大小由步幅决定，与核的大小无关，网络的形状就容易算了。零是奇数个时左右不能相等：两个框架补在不同的边，权重搬过去就会错开一个像素。",
            "With this padding the size of the output depends on the stride and not on the kernel, so a network's shapes are easy to work out. An odd number of zeros cannot be shared equally: where two frameworks put it on different sides, copied weights are off by one pixel.",
        ),
        wrong=[
            (stride_one_only, "only with stride"),
            (rounded_down, "round up"),
            (may_be_negative, "never negative"),
            (on_each_side, "together"),
            (forgot_the_start, "1 move fewer"),
            (kernel_minus_stride, "what is left over"),
            (kernel_minus_stride_may_be_negative, "must not be below 0"),
            (lambda n, k, stride: "112", "is text"),
        ],
    ),
    Exercise(
        id="04-3",
        title=("参数与乘加次数", "Parameters and work"),
        judge=judges.fields(
            {
                "parameters": judges.values(
                    51_264,
                    rtol=1e-9,
                    mistakes=[
                        (51_200, ("还要 64 个偏置。", "There are 64 biases as well.")),
                        (
                            1_664,
                            (
                                "每个核还要看全部 32 个输入通道：$5\\times5\\times32$ 个数。",
                                "Each kernel looks at all 32 input channels: $5\\times5\\times32$ numbers.",
                            ),
                        ),
                        (
                            1_600,
                            (
                                "每个核还要看全部 32 个输入通道：$5\\times5\\times32$ 个数，还有偏置。",
                                "Each kernel looks at all 32 input channels: $5\\times5\\times32$ numbers, and there are biases.",
                            ),
                        ),
                        (
                            18_496,
                            (
                                "核是 5×5，不是 3×3：$5\\times5\\times32\\times64$ 加 64。",
                                "The kernel is 5×5, not 3×3: $5\\times5\\times32\\times64$ plus 64.",
                            ),
                        ),
                        (
                            51_232,
                            (
                                "偏置是每个**输出**通道一个，共 64 个。",
                                "There is a bias for each **output** channel: 64.",
                            ),
                        ),
                        (
                            40_140_800,
                            (
                                "这是乘加次数。参数共享：不乘位置数。",
                                "Those are the MACs. Parameters are shared: do not multiply by the positions.",
                            ),
                        ),
                    ],
                ),
                "macs": judges.values(
                    40_140_800,
                    rtol=1e-9,
                    mistakes=[
                        (
                            51_200,
                            (
                                "这只是一个位置的；核要用在 $28\\times28$ 个位置上。",
                                "That is for one position; the kernel is used at $28\\times28$ of them.",
                            ),
                        ),
                        (
                            51_264,
                            (
                                "这是参数个数；核要用在 $28\\times28$ 个位置上。",
                                "Those are the parameters; the kernel is used at $28\\times28$ positions.",
                            ),
                        ),
                        (
                            29_491_200,
                            (
                                '`padding="same"` 时输出仍是 $28\\times28$，不是 $24\\times24$。',
                                'With `padding="same"` the output is still $28\\times28$, not $24\\times24$.',
                            ),
                        ),
                        (
                            40_190_976,
                            (
                                "加偏置不是乘法，这里不算。",
                                "Adding the bias is no multiplication and does not count here.",
                            ),
                        ),
                    ],
                ),
            }
        ),
        hints=[
            (
                "先数一个核有多少个数：$5\\times5\\times32$。",
                "First count the numbers in one kernel: $5\\times5\\times32$.",
            ),
            (
                "有 64 个核和 64 个偏置。乘加次数再乘以位置数 $28\\times28$（不算偏置）。",
                "There are 64 kernels and 64 biases. For the MACs multiply by the $28\\times28$ positions (without the biases).",
            ),
        ],
        reference={"parameters": 51_264, "macs": 40_140_800},
        solution=(
            "参数 $5\\cdot5\\cdot32\\cdot64+64=51264$；乘加 $28\\cdot28\\cdot5\\cdot5\\cdot32\\cdot64=40140800$。",
            "Parameters $5\\cdot5\\cdot32\\cdot64+64=51264$; MACs $28\\cdot28\\cdot5\\cdot5\\cdot32\\cdot64=40140800$.",
        ),
        why=(
            "参数与照片大小无关，乘加次数却随输出的每个位置增加：同一组权重用了 $28\\cdot28$ 次。所以“小模型”不一定快。",
            "The parameters do not depend on the size of the photo, while the work grows with every place of the output: the same weights are used $28\\cdot28$ times. So a “small” model need not be fast.",
        ),
        wrong=[
            ({"parameters": 51_200, "macs": 40_140_800}, "biases as well"),
            ({"parameters": 1_664, "macs": 40_140_800}, "input channels"),
            ({"parameters": 40_140_800, "macs": 40_140_800}, "shared"),
            ({"parameters": 51_264, "macs": 51_200}, "one position"),
            ({"parameters": 51_264, "macs": 29_491_200}, "still"),
            ([51_264, 40_140_800], "dict"),
        ],
    ),
    Exercise(
        id="04-4",
        title=("通道在前的全局平均池化", "Global average pooling, channels first"),
        judge=judges.function(
            gap,
            inputs=[(np.arange(120.0).reshape(2, 3, 4, 5),)],
            random=lambda rng: (rng.normal(size=(3, 6, 4, 5)),),
            mistakes=[
                (
                    lambda maps: maps.mean(axis=(1, 2)),
                    (
                        "那是 Keras 的顺序：这里的轴 1 和轴 2 是通道和高。通道要留下，平均的是高和宽。",
                        "That is for the order of Keras: here axes 1 and 2 are channels and height. Keep the channels, average height and width.",
                    ),
                ),
                (
                    lambda maps: maps.max(axis=(2, 3)),
                    ("这是最大池化，不是平均。", "That is max pooling, not an average."),
                ),
                (
                    lambda maps: maps.sum(axis=(2, 3)),
                    (
                        "求和会随图的大小变化；要平均。",
                        "A sum grows with the size of the map; take the mean.",
                    ),
                ),
                (
                    lambda maps: maps.mean(axis=(0, 2, 3)),
                    (
                        "你把不同的照片也平均在一起了；第 0 轴要留下。",
                        "You averaged different photos together as well; keep axis 0.",
                    ),
                ),
                (
                    lambda maps: maps.reshape(len(maps), -1),
                    (
                        "这是展平；每个通道只留一个平均值。",
                        "That is flatten; keep one mean for each channel.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "四个轴是：照片、通道、高、宽。哪两个要消失？",
                "The four axes are photos, channels, height, width. Which two must go?",
            ),
            ("`np.mean` 的 `axis` 可以是元组。", "The `axis` of `np.mean` may be a tuple."),
        ],
        reference=gap,
        solution=("`return maps.mean(axis=(2, 3))`", "`return maps.mean(axis=(2, 3))`"),
        why=(
            "每个通道只留一个平均数，猫在左边还是右边都一样，照片多大也都行；丢掉的是“在哪里”。需要位置的任务（检测、分割）就不能这样做。",
            "One mean for each channel: whether the cat is left or right makes no difference, nor does the size of the photo; what is lost is “where”. A task that needs the place, such as detection or segmentation, cannot do this.",
        ),
        wrong=[
            (lambda maps: maps.mean(axis=(1, 2)), "order of Keras"),
            (lambda maps: maps.max(axis=(2, 3)), "max pooling"),
            (lambda maps: maps.sum(axis=(2, 3)), "take the mean"),
            (lambda maps: maps.mean(axis=(0, 2, 3)), "keep axis 0"),
            (lambda maps: maps.reshape(len(maps), -1), "flatten"),
        ],
    ),
    Exercise(
        id="04-5",
        title=("要几层才看得到", "How many layers to see it"),
        judge=judges.function(
            layers_needed,
            inputs=[(5, 3, 1), (224, 3, 2), (224, 3, 1), (8, 3, 2)],
            random=random_layers,
            rtol=1e-9,
            mistakes=[
                (
                    without_spacing,
                    (
                        "步幅没有用上：有步幅的层以后，相邻两格在照片上隔着 $d$ 个像素。",
                        "The stride is not used: after a layer with stride, neighbours lie $d$ pixels apart on the photo.",
                    ),
                ),
                (
                    multiply_first,
                    (
                        "先加，再乘：一层的窗口按它**输入**的间距摆，它自己的步幅只影响后面的层。",
                        "Add first, multiply afterwards: a window is laid out in the spacing of its **input**, its own stride only matters for later layers.",
                    ),
                ),
                (
                    whole_kernel,
                    (
                        "每层加的是 $(k-1)d$，不是 $kd$：窗口的第一格已经算在 $r$ 里了。",
                        "Each layer adds $(k-1)d$, not $kd$: the window's first cell is in $r$ already.",
                    ),
                ),
                (
                    product_of_kernels,
                    (
                        "窗口重叠，所以感受野不是核的乘积；每层增加 $(k-1)d$。",
                        "Windows overlap, so the receptive field is not the product of the kernels; each layer adds $(k-1)d$.",
                    ),
                ),
                (
                    from_zero,
                    (
                        "从 $r=1$ 开始，刚好看到也算：没有层时，一个输出就是一个像素。",
                        "Start at $r=1$, and just enough is enough: with no layer an output is one pixel.",
                    ),
                ),
                (
                    one_short,
                    (
                        "少了一层：停在 $r$ 还不够大的时候了。",
                        "One layer short: yours stops while $r$ is still too small.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "从 `r, d = 1, 1` 开始，一层一层地加，数一数加了几层。",
                "Start with `r, d = 1, 1`, add layer after layer, and count them.",
            ),
            (
                "只要 `r < pixels` 就再加一层：一个 `while` 循环。",
                "As long as `r < pixels`, add another: a `while` loop.",
            ),
            (
                "每一层先 `r += (k - 1) * d`，然后 `d *= stride`。",
                "For each layer first `r += (k - 1) * d`, then `d *= stride`.",
            ),
        ],
        reference=layers_needed,
        solution=(
            LAYERS_CODE + "要看到 224 个像素，3×3、步幅 1 要 112 层，步幅 2 只要 7 层。",
            LAYERS_CODE
            + "To see 224 pixels takes 112 layers of 3×3 with stride 1, and only 7 with stride 2.",
        ),
        why=(
            "步幅让后面每一层的一步跨过更多像素，感受野成倍增长；步幅 1 时只是每层加一点。网络一层层把图缩小，这是原因之一。",
            "A stride makes one step of every later layer cover more pixels, so the receptive field grows by factors; with stride 1 it only grows by a little each layer. That is one reason why networks shrink the picture on the way.",
        ),
        wrong=[
            (without_spacing, "stride is not used"),
            (multiply_first, "Add first"),
            (product_of_kernels, "overlap"),
            (whole_kernel, "not $kd$"),
            (from_zero, "Start at"),
            (one_short, "One layer short"),
            (lambda pixels, k, stride: [1, 2], "shape"),
        ],
    ),
]

QUIZZES = [
    Quiz(
        id="04-q1",
        question=(
            "“卷积层的参数共享”是什么意思？",
            "What does “parameter sharing in a convolutional layer” mean?",
        ),
        options=[
            Option(
                ("核里的 9 个数相等", "The 9 numbers in a kernel are equal"),
                (
                    "那样只剩一个模糊核，分不清竖边和横边。",
                    "Then only a blur is left, which cannot tell vertical from horizontal edges.",
                ),
            ),
            Option(
                (
                    "每个输出位置用同一个核",
                    "The same kernel is used at every output position",
                ),
                (
                    "对：$K$ 不依赖 $(m,n)$。在矩阵里看，就是每一行同样的 9 个数。",
                    "Yes: $K$ does not depend on $(m,n)$. In the matrix: the same 9 numbers in every row.",
                ),
                right=True,
            ),
            Option(
                (
                    "所有输出通道用同一个核",
                    "All output channels use the same kernel",
                ),
                (
                    "每个输出通道有自己的核，否则所有通道都一样。",
                    "Each output channel has a kernel of its own, or all channels would be the same.",
                ),
            ),
            Option(
                (
                    "两个网络的结构相同",
                    "Two networks have the same structure",
                ),
                (
                    "结构相同、权重不同，什么也没有共享。",
                    "The same structure with different weights shares nothing.",
                ),
            ),
        ],
    ),
    Quiz(
        id="04-q2",
        question=(
            "局部连接层换成卷积层（窗口、通道、输出大小都不变），哪一项变少？",
            "You replace a locally connected layer by a convolutional one (same window, channels and output size). What is reduced?",
        ),
        options=[
            Option(
                ("参数和乘加次数都变少", "Parameters and MACs"),
                (
                    "每个位置仍要算一次窗口，乘加次数不变。",
                    "The window is still computed at every position: the MACs stay.",
                ),
            ),
            Option(
                ("只有参数", "Parameters only"),
                (
                    "对：要学的东西少了，工作量不变。想省计算，可以用深度可分离卷积。",
                    "Yes: less to learn, the same work. To save work, use depthwise separable convolution, for example.",
                ),
                right=True,
            ),
            Option(
                ("只有乘加次数", "MACs only"),
                (
                    "正好相反：一个核代替了所有位置的核，但每个位置仍要用它算一次。",
                    "Just the opposite: one kernel takes the place of all the kernels, and it is still used at every position.",
                ),
            ),
        ],
    ),
    Quiz(
        id="04-q3",
        question=(
            "一只猫在照片里往右移了 2 个像素。步幅为 1 的卷积层的输出会怎样（先不管边缘）？",
            "A cat moves 2 pixels to the right in the photo. What happens to the output of a convolutional layer with stride 1 (borders aside)?",
        ),
        options=[
            Option(
                ("完全不变", "It does not change"),
                (
                    "那是不变性，要再取全图平均之类才有；卷积是等变的。",
                    "That is invariance, which takes one more step, such as a mean over the map; convolution is equivariant.",
                ),
            ),
            Option(
                ("也往右移 2 格", "It moves 2 to the right too"),
                ("对：平移等变性。", "Yes: translation equivariance."),
                right=True,
            ),
            Option(
                ("变成完全不同的数", "It turns into quite different numbers"),
                (
                    "全连接层和局部连接层会这样。",
                    "That is what dense and locally connected layers do.",
                ),
            ),
        ],
    ),
    Quiz(
        id="04-q4",
        question=(
            "目标任务是判断照片偏亮还是偏暗。按本课的测量，应当把哪一层的特征交给线性分类器？",
            "The target task is to tell whether a photo is bright or dark. Going by this lesson's measurement, which layer's features should you give to the linear classifier?",
        ),
        options=[
            Option(
                ("最后一层：深层的特征总是更好", "The last: deep features are always better"),
                (
                    "对猫狗，最后一层确实比第一层好得多；对亮暗正相反：从第一层到最后一层，准确率从 0.9 以上降到 0.7 以下。",
                    "For cats and dogs the last layer is much better than the first; for brightness it is the opposite: from the first layer to the last its accuracy falls from above 0.9 to below 0.7.",
                ),
            ),
            Option(
                ("很浅的层", "A very shallow layer"),
                (
                    "对：从浅层的特征里，线性分类器就能读出亮度。深度要按任务选。",
                    "Yes: from the features of a shallow layer a linear classifier can read the brightness. Choose the depth by the task.",
                ),
                right=True,
            ),
            Option(
                ("都一样", "It makes no difference"),
                (
                    "准确率随深度变化很大，而且两条曲线交叉：每个任务有自己合适的深度。",
                    "Accuracy changes a lot with depth, and the curves cross: each task has a depth that suits it.",
                ),
            ),
        ],
    ),
    Marking(
        id="04-q5",
        question=(
            "竖直的 Sobel 核（右边减左边，如本课开头）滑过这张灰度图，越亮的像素数值越大。哪一处的输出最大？",
            "The vertical Sobel kernel (right minus left, as at the start of this lesson) slides over this grey picture; brighter pixels are larger numbers. Where is its output largest?",
        ),
        picture=square_and_ramp,
        alt=(
            "灰色背景上有一个亮的方块；最右边一条由暗慢慢变亮。五处画了带字母的框：方块的左边缘、上边缘、中间、右边缘，以及渐变的一条。",
            "A bright square on a grey background; at the far right a strip that slowly turns from dark to bright. Lettered frames mark five places: the square's left edge, top edge, middle and right edge, and the strip.",
        ),
        options=[
            Region(
                ("方块的左边缘", "the left edge of the square"),
                (
                    "左暗右亮，差别又大：右边减左边是很大的正数。",
                    "Dark on the left, bright on the right, and a large difference: right minus left is a large positive number.",
                ),
                right=True,
                box=(24, 24, 36, 44),
            ),
            Region(
                ("方块的右边缘", "the right edge of the square"),
                (
                    "这里左亮右暗，右边减左边是**负**数：绝对值一样大，却是最小的输出。",
                    "Here it is bright on the left and dark on the right, so right minus left is **negative**: just as large in size, and the smallest output of all.",
                ),
                box=(64, 24, 76, 44),
            ),
            Region(
                ("方块的上边缘", "the top edge of the square"),
                (
                    "上下不同，左右相同：每一行右边减左边都是 0。",
                    "Above and below differ, left and right do not: in every row right minus left is 0.",
                ),
                box=(42, 8, 58, 20),
            ),
            Region(
                ("方块的中间", "the middle of the square"),
                (
                    "这里最亮，但处处一样亮。核的 9 个数加起来是 0，平坦的地方输出就是 0。",
                    "It is brightest here, but evenly so. The 9 numbers of the kernel add up to 0, so where the picture is flat the output is 0.",
                ),
                box=(43, 27, 57, 41),
            ),
            Region(
                ("右边慢慢变亮的一条", "the strip at the right that slowly turns bright"),
                (
                    "方向对了，输出是正的；但 3 个像素之内只变亮一点点，所以很小。",
                    "The direction is right and the output positive; but within 3 pixels it brightens only a little, so it is small.",
                ),
                box=(86, 24, 114, 44),
            ),
        ],
    ),
]

PREDICTIONS = [
    Prediction(
        "04-p1",
        (
            "全连接层的参数是卷积层的几倍？",
            "How many times as many parameters has the dense layer as the convolution?",
        ),
        Number(1, 1_000_000_000, ("倍", "times"), factor=3),
    ),
    Prediction(
        "04-p2",
        (
            "从第一层的特征分猫狗，准确率是多少？",
            "Cats from dogs by the first layer's features: what is the accuracy?",
        ),
        Number(0, 1, close=0.05),
    ),
    Prediction(
        "04-p3",
        (
            "从最后一层的特征分猫狗，准确率是多少？",
            "Cats from dogs by the last layer's features: what is the accuracy?",
        ),
        Number(0, 1, close=0.05),
    ),
]
