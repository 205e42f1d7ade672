# ---
# jupyter:
#   course: {minutes: 70, needs: ["01"]}
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 卷积、参数共享与特征 · Convolution, parameter sharing, features

# %% tags=["setup"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import itertools

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from scipy import signal
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedShuffleSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from course_utils import backbones, explorables, figures, photos, waiting
from course_utils.bilingual import say, table
from course_utils.learning import check, guesses, hint, outcome, predict, progress, quiz, solution

figures.use_style()
course_utils.reproducible(7)
rng = np.random.default_rng(np.random.randint(2**31))  # follows the course's seed
CREDIT = "Oxford-IIIT Pet, Parkhi et al. 2012, CC BY-SA 4.0"
NAMES = {
    "dense": "全连接 dense",
    "local": "局部连接 locally connected",
    "conv": "卷积 convolution",
    "separable": "深度可分离卷积 depthwise separable convolution",
}

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一个卷积网络（CNN）怎样认出猫？卷积找图样，ReLU 把负数变成 0，**池化**（pooling）把图缩小，重复多次，最后由分类器给出概率。最大池化（max pooling）在每个 2×2 的格子里只留最大的数：`[[1, 5], [2, 0]]` 变成 5。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# How does a convolutional network (CNN) recognize a cat? Convolution finds patterns, ReLU turns negative numbers into 0, **pooling** shrinks the map; after many rounds a classifier gives a probability. Max pooling keeps only the largest number of each 2×2 square: `[[1, 5], [2, 0]]` becomes 5.
#
# </div>

# %% tags=["setup", "keep-output"]
fig, ax = plt.subplots(figsize=(7, 1.7))
steps = [
    "照片\nphoto",
    "卷积\nconvolution",
    "ReLU",
    "池化\npooling",
    "分类器\nclassifier",
    "猫 0.9\ncat 0.9",
]
for place, name in enumerate(steps):
    ax.text(place, 0, name, ha="center", va="center", bbox={"boxstyle": "round", "fc": "none"})
    if place:
        ax.annotate("", (place - 0.4, 0), (place - 0.6, 0), arrowprops={"arrowstyle": "->"})
ax.plot([3, 3, 1], [0.5, 0.95, 0.95], color="black", linewidth=1, marker="")
ax.annotate("", (1, 0.45), (1, 0.95), arrowprops={"arrowstyle": "->", "shrinkA": 0})
ax.text(2, 1.05, "重复多次 · many times", ha="center", va="bottom", fontsize=9)
ax.set(xlim=(-0.5, 5.5), ylim=(-0.8, 1.5))
ax.axis("off")
figures.show(
    fig,
    "一个卷积网络从左到右：照片、卷积、ReLU、池化、分类器，最后是概率；一个箭头从池化回到卷积：中间三步重复多次。",
    "A convolutional network from left to right: photo, convolution, ReLU, pooling, classifier, and a probability; an arrow from pooling back to convolution: the three steps in the middle repeat many times.",
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 写出带位置下标的卷积公式，用 NumPy 实现它，与 Keras 一致；
# * 说清楚互相关与数学卷积、参数共享与“权重相等”的差别；
# * 算出一层的输出大小、参数个数、乘加次数和感受野；
# * 解释为什么用全局平均池化代替展平，能省多少；
# * 测量一个真实的预训练网络每一层知道什么。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * write the convolution formula with its position indices, implement it in NumPy and agree with Keras;
# * tell cross-correlation from mathematical convolution, and parameter sharing from “equal weights”;
# * compute a layer's output size, parameters, multiply-accumulate operations and receptive field;
# * explain why global average pooling replaces flatten, and how much it saves;
# * measure what each layer of a real pretrained network knows.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 01 课的全连接层和梯度。迁移学习搬来的是一个卷积网络学到的**特征**（features）；要知道搬来的是什么，先看卷积层怎样算，再看每一层学到了什么。在 2 个 CPU 核上运行全部单元格不到 1 分钟，读完并做练习大约 70 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need the dense layer and the gradient from lesson 01. What transfer learning carries over is the **features** that a convolutional network has learned; to know what you carry, first see how a convolutional layer computes, then what each layer has learned. Running all cells takes less than 1 minute on 2 CPU cores, reading and doing the exercises about 70 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 卷积层的输出叫**特征图**（feature map）：好几张数表叠在一起，一张是一个**通道**（channel）。后面用的网络，第一层有 32 个通道；每个通道的数取平均，一张照片就成了 32 个数。**线性分类器**（linear classifier）把它们加权求和，像第 01 课的一个神经元，再看结果大还是小。照片一半是猫，一半是狗：瞎猜的准确率是 0.5。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The output of a convolutional layer is a **feature map**: several tables of numbers, one behind the other; each is a **channel**. The first layer of the network that we use below has 32 channels; average the numbers of each, and a photo becomes 32 numbers. A **linear classifier** takes their weighted sum, like one neuron of lesson 01, and looks whether it is large or small. Half of the photos are cats, half are dogs: guessing gives an accuracy of 0.5.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 1. 只看预训练网络**第一层**的输出（每个通道取平均），一个线性分类器能以多高的准确率分开猫和狗？
# 2. 看最后一层呢？
#
# 还有一个问题，不用写数：“这张照片偏亮还是偏暗”，从第一层还是最后一层的特征里读得更准？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 1. From the output of the **first** layer of a pretrained network (each channel averaged), how accurately can a linear classifier tell cats from dogs?
# 2. And from the last layer?
#
# One more question, without a number: “is this photo bright or dark” – can it be read more accurately from the features of the first layer or of the last?
#
# </div>

# %% tags=["exercise"]
predict("04-p2", ...)  # 0–1
predict("04-p3", ...)  # 0–1

# %% [markdown]
# ## 一个窗口滑过照片 · A window slides over the photo

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **卷积层**（convolutional layer）拿一个小窗口在图上滑动。窗口里的数与**卷积核**（kernel）逐个相乘、全部相加，再加**偏置**（bias），就是输出的一个数。位置 $(m,n)$、输出通道 $o$ 上：
#
# $$y[m,n,o]=b_o+\sum_{c}\sum_{i}\sum_{j}x[s\,m+i,\;s\,n+j,\;c]\;K[i,j,c,o]$$
#
# 分清三组下标：$(m,n)$ 说窗口**在哪里**，$(i,j)$ 说在窗口**里面**的哪一格，$c$ 和 $o$ 是输入和输出通道；$i,j$ 从 0 到 $k-1$，$k$ 是核的边长。$s$ 是**步幅**（stride），窗口每次移动几格。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A **convolutional layer** slides a small window over a picture. The numbers in the window are multiplied by the **kernel** one by one, all are added up, plus the **bias**: one number of the output. At position $(m,n)$, for output channel $o$:
#
# $$y[m,n,o]=b_o+\sum_{c}\sum_{i}\sum_{j}x[s\,m+i,\;s\,n+j,\;c]\;K[i,j,c,o]$$
#
# Keep three kinds of index apart: $(m,n)$ says **where** the window is, $(i,j)$ which cell **inside** the window, $c$ and $o$ are the input and output channels; $i,j$ run from 0 to $k-1$, where $k$ is the kernel's side. $s$ is the **stride**: how far the window moves each time.
#
# </div>


# %%
def conv2d(x, kernel, bias=0.0, stride=1):
    """x (h, w, c_in), kernel (k, k, c_in, c_out) -> (h_out, w_out, c_out)"""
    k, _, _, c_out = kernel.shape
    h, w = ((side - k) // stride + 1 for side in x.shape[:2])
    y = np.empty((h, w, c_out))
    for m, n in np.ndindex(h, w):
        window = x[stride * m : stride * m + k, stride * n : stride * n + k]
        y[m, n] = np.tensordot(window, kernel, axes=3) + bias  # the sum over i, j and c
    return y


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 先用眼睛验一次。左边 0、右边 1，中间是一条竖直的边。这个卷积核叫 Sobel 核，右边减左边，所以只在边上有反应，值是 $1+2+1=4$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Check it by eye first. 0 on the left, 1 on the right, a vertical edge between. This kernel is called Sobel: it subtracts left from right, so it responds at the edge only, with $1+2+1=4$.
#
# </div>

# %%
edge = np.zeros((6, 6))
edge[:, 3:] = 1
sobel = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
answer = conv2d(edge[..., None], sobel[..., None, None])[..., 0]
print(answer)
assert answer.max() == 4 and np.all(answer[:, [0, 3]] == 0)

# %% tags=["setup"]
fig, axes = plt.subplots(1, 3, figsize=(7, 2.7), width_ratios=[6, 3, 4])
titles = ["输入 input", "核 kernel", "输出 output"]
for ax, numbers, title in zip(axes, [edge, sobel, answer], titles, strict=True):
    ax.pcolormesh(np.zeros(numbers.shape), cmap="Greys", vmin=0, vmax=1, edgecolors="0.7")
    for (row, column), number in np.ndenumerate(numbers):
        ax.text(column + 0.5, row + 0.5, f"{number:.0f}", ha="center", va="center")
    ax.set(title=title, ylim=(6, 0), aspect="equal")  # one scale for all three
    ax.axis("off")
for ax, side in zip(axes[[0, 2]], [3, 1], strict=True):
    ax.add_patch(plt.Rectangle((1, 0), side, side, fill=False, edgecolor="C1", linewidth=2))
figures.show(
    fig,
    "三个数表：6×6 的输入左边 3 列是 0、右边 3 列是 1；3×3 的 Sobel 核；4×4 的输出，中间两列是 4，两边是 0。框出的 3×3 窗口从第 2 列开始，算出框出的那个 4。",
    "Three tables of numbers: an input of 6×6 with three columns of 0 and three of 1; the Sobel kernel of 3×3; an output of 4×4, 4 in the two middle columns and 0 beside them. The framed 3×3 window, starting at the second column, gives the framed 4.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 照片有三个通道，式里为什么对 $c$ 求和？手算一个两通道的例子：每个通道有自己的 2×2 窗口和自己的一片核，先各自相乘、相加，再把各通道的和加在一起，最后加一次偏置。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A photo has three channels: why does the formula add over $c$? Work out an example with two: each channel has a 2×2 window and a slice of the kernel of its own; multiply and add within each channel, add up the channels, and add the bias once at the end.
#
# </div>

# %% tags=["setup"]
window = np.array([[[1, 2], [3, 4]], [[0, 1], [1, 0]]])  # two channels, 2 × 2 each
slices = np.array([[[1, 0], [0, 1]], [[2, 3], [3, 2]]])
sums = (window * slices).sum(axis=(1, 2))
rows = [[c, window[c].tolist(), slices[c].tolist(), sums[c]] for c in range(2)]
table(["通道 channel", "窗口 window", "核 kernel", "和 sum"], rows)
one = conv2d(np.moveaxis(window, 0, 2), np.moveaxis(slices, 0, 2)[..., None], bias=-1)
say("相加，再加偏置 −1：", "added up, with the bias −1:", one.item())
assert list(sums) == [5, 6] and one.item() == 5 + 6 - 1

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 再用 Keras 验：随机的输入，3 个输入通道，5 个输出通道，步幅 1、2、3。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Then check it against Keras: random input, 3 input channels, 5 output channels, strides 1, 2 and 3.
#
# </div>

# %% tags=["any-seed", "shows-convolution"]
x, kernel, bias = rng.normal(size=(11, 9, 3)), rng.normal(size=(3, 3, 3, 5)), rng.normal(size=5)
for stride in [1, 2, 3]:
    theirs = keras.ops.conv(x[None], kernel, strides=stride)[0] + bias
    assert np.allclose(conv2d(x, kernel, bias, stride), theirs, atol=1e-5)

# %% [markdown]
# ## 互相关与卷积 · Correlation and convolution

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 数学里的卷积先把核上下左右都翻转：下标是 $x[m-i,\,n-j]$。深度学习的“卷积”不翻转，严格说是**互相关**（cross-correlation），下标是 $x[m+i,\,n+j]$。对会**学习**的核没有差别：要翻转的话，训练学到的就是翻转过的核。对**手写**的核有差别：Sobel 在同一条边上，互相关给 $+4$，卷积给 $-4$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Convolution in mathematics first flips the kernel in both directions: the index is $x[m-i,\,n-j]$. The “convolution” of deep learning does not flip; strictly it is **cross-correlation**, with the index $x[m+i,\,n+j]$. For a kernel that is **learned** this makes no difference: if flipping were done, training would learn the flipped kernel. For one written **by hand** it does: on the same edge Sobel gives $+4$ by correlation and $-4$ by convolution.
#
# </div>

# %%
correlation = signal.correlate2d(edge, sobel, mode="valid")
convolution = signal.convolve2d(edge, sobel, mode="valid")
rows = [["互相关 correlation", correlation[0]], ["卷积 convolution", convolution[0]]]
table(["运算 operation", "第一行 first row"], rows)
assert np.array_equal(answer, correlation) and convolution.min() == -4
assert np.array_equal(conv2d(edge[..., None], sobel[::-1, ::-1, None, None])[..., 0], convolution)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在轮到你在真实的照片上试，也可以用自己的照片（它只在你的浏览器里，不会传到任何地方）。按播放，看窗口怎样一行一行地滑过去。先选现成的核，再改那 9 个数。看三件事：所有数加起来是 0 的核，在平坦的地方（虚化的背景）给出什么？勾上“翻转”，哪些核的结果不变？9 个数都相等的核做了什么？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now try it on a real photo, or on one of your own (it stays in your browser and is sent nowhere). Press play and watch the window slide along row by row. Choose a ready-made kernel, then change the 9 numbers. Look for three things: what does a kernel whose numbers add up to 0 give where the photo is flat (a blurred background)? Tick “flip”: with which kernels does nothing change? What does a kernel of 9 equal numbers do?
#
# </div>

# %% tags=["setup"]
KERNELS = {
    "Sobel 竖边 vertical edges": "-1 0 1\n-2 0 2\n-1 0 1",
    "Sobel 横边 horizontal edges": "-1 -2 -1\n0 0 0\n1 2 1",
    "拉普拉斯 Laplacian": "0 1 0\n1 -4 1\n0 1 0",
    "锐化 sharpen": "0 -1 0\n-1 5 -1\n0 -1 0",
    "模糊 blur": "0.111 0.111 0.111\n0.111 0.111 0.111\n0.111 0.111 0.111",
}
pets = photos.default("pets")
grey = pets.images(128).mean(axis=3)


def read_kernel(text):
    rows = [[float(number) for number in line.split()] for line in text.strip().splitlines()]
    return np.array(rows)


def draw_kernel(name, photo):
    weights = read_kernel(KERNELS[name])
    filtered = signal.correlate2d(grey[photo], weights, "valid")
    fig, axes = plt.subplots(1, 2, figsize=(4.4, 2.5))
    low = -255 if weights.sum() < 0.5 else 0
    axes[0].imshow(grey[photo], cmap="gray", vmin=0, vmax=255)
    axes[1].imshow(filtered, cmap="gray", vmin=low, vmax=255)
    for ax, title in zip(axes, ["照片 photo", "卷积层的输出 output"], strict=True):
        ax.set_title(title)
        ax.axis("off")
    fig.supxlabel(CREDIT, fontsize=7, color="#555555")
    return fig


for name, sign in zip(KERNELS, [-1, -1, 1, 1, 1], strict=True):
    assert np.array_equal(read_kernel(KERNELS[name])[::-1, ::-1], sign * read_kernel(KERNELS[name]))

explorables.show(
    "kernel",
    draw_kernel("Sobel 竖边 vertical edges", 4),
    "左：一张宠物的灰度照片。右：3×3 卷积核的输出；Sobel 竖边核在竖直的边上给出亮或暗的线，平坦处是灰色。",
    "Left: a pet's photo in grey. Right: the output of a 3×3 kernel; the vertical Sobel draws bright or dark lines at vertical edges and grey where the photo is flat.",
    photo=pets.images(96)[4].mean(axis=2).round().astype(np.uint8),
    side=96,
    credit=CREDIT,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 平坦处，和为 0 的核给出 0，画成中间的灰色。翻转以后，拉普拉斯、锐化和模糊不变（转 180° 还是自己），两个 Sobel 变号。相等的 9 个数只会模糊。
#
# **练习 1**：自己设计一个核。它在平坦处给 0，在“左暗右亮”的竖直边上给正数（亮的部分从窗口的第 2 列或第 3 列开始，都要为正），在水平的边上给 0。（Sobel 也对，但请找一个自己的：许多核都对。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Where the photo is flat, a kernel that adds up to 0 gives 0, drawn as middle grey. When flipped, Laplacian, sharpen and blur stay as they are (turned by 180° they look the same), and both Sobel kernels change sign. 9 equal numbers only blur.
#
# **Exercise 1**: design a kernel of your own. It gives 0 where the picture is flat, a positive number on a vertical edge that is dark on the left and bright on the right (whether the bright part starts at column 2 or 3 of the window), and 0 on horizontal edges. (Sobel is right too, but find one of your own: many kernels are.)
#
# </div>

# %% tags=["exercise"]
my_kernel = ...  # 3 rows of 3 numbers: [[.., .., ..], [.., .., ..], [.., .., ..]]
check("04-1", my_kernel)

# %% [markdown]
# ## 输出有多大：填充与步幅 · How large is the output: padding and stride

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 窗口不能伸出图外，所以用 3×3 的窗口（步幅 1），输出比输入小一圈。**填充**（padding）在边上补 $p$ 圈零。这里 $n$ 是一条边的长，不是列。窗口的左边缘可以从 0 走到 $n+2p-k$，一步 $s$ 格，所以有这么多个位置：
#
# $$n_\text{out}=\left\lfloor\frac{n+2p-k}{s}\right\rfloor+1$$
#
# 最容易忘的是 $+1$：窗口还没移动时，已经占了一个位置。下面对 $n$、$k$、$s$、$p$ 的 270 种组合与 Keras 核对。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The window must not stick out of the picture, so with a 3×3 window (at stride 1) the output is smaller by one ring of pixels. **Padding** adds $p$ rings of zeros around it. Here $n$ is a side, not a column. The window's left edge can go from 0 to $n+2p-k$ in steps of $s$, so it has this many positions:
#
# $$n_\text{out}=\left\lfloor\frac{n+2p-k}{s}\right\rfloor+1$$
#
# The $+1$ is easily forgotten: the place where the window starts counts too. Below it is checked against Keras for 270 combinations of $n$, $k$, $s$ and $p$.
#
# </div>

# %%
for n, k, s, p in itertools.product(range(7, 13), range(1, 6), [1, 2, 3], [0, 1, 2]):
    padded = np.pad(np.ones((1, n, n, 1)), [(0, 0), (p, p), (p, p), (0, 0)])
    side = keras.ops.conv(padded, np.ones((k, k, 1, 1)), strides=s).shape[1]
    assert side == (n + 2 * p - k) // s + 1

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# Keras 里 `padding="valid"` 是 $p=0$，`padding="same"` 让 $n_\text{out}=\lceil n/s\rceil$。有一个陷阱：步幅 2 时 `"same"` 可能只在**右边和下边**补零，而别的框架两边都补。搬别人的权重时，这会让每个位置偏一格。下面的格子里是 1 到 6，补的是 0；核只留下窗口的第一格。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In Keras `padding="valid"` is $p=0$, and `padding="same"` makes $n_\text{out}=\lceil n/s\rceil$. There is a trap: with stride 2 `"same"` may add zeros on the **right and bottom only**, while other frameworks add them on both sides. When you carry over someone's weights, every position is then off by one cell. Below, the cells hold 1 to 6, and 0 is padding; the kernel keeps the window's first cell only.
#
# </div>

# %%
row = np.arange(1.0, 7.0)[None, :, None]  # 1 2 3 4 5 6
first = np.array([1.0, 0, 0])[:, None, None]  # shows the window's first cell
same = keras.ops.conv(row, first, strides=2, padding="same")[0, :, 0]
symmetric = keras.ops.conv(np.pad(row, [(0, 0), (1, 1), (0, 0)]), first, strides=2)[0, :, 0]
table(
    ["填充 padding", "窗口从第几格开始 where windows begin"],
    [['"same"', np.array(same)], ["两边各 1 · 1 on both sides", np.array(symmetric)]],
)
assert list(same) == [1, 3, 5] and list(symmetric) == [0, 2, 4]


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 2**：`"same"` 让 $n_\text{out}=\lceil n/s\rceil$。为此，它最少要给一行 $n$ 个像素一共补几个零（两边合起来）？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 2**: `"same"` makes $n_\text{out}=\lceil n/s\rceil$. What is the smallest number of zeros in all (both sides together) that it has to add to a row of $n$ pixels for that?
#
# </div>


# %% tags=["exercise"]
def zeros_for_same(n, k, stride):
    """Zeros that "same" adds to a row of n pixels, for a kernel of k and this stride."""
    return ...


check("04-2", zeros_for_same)

# %% [markdown]
# ## 1×1 卷积与深度可分离卷积 · 1×1 and depthwise separable convolution

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **1×1 卷积**不看邻居，只在每个像素上混合通道：它就是在每个位置上用同一个全连接层（Lin 等，2014）。**深度可分离卷积**（depthwise separable convolution）把一步拆成两步：先每个通道各用一个自己的核，比如 3×3（depthwise，不混合通道），再用 1×1 混合通道（pointwise）。EfficientNet-Lite0 的 16 个 block 都有这两步，其中 9 个的核是 5×5。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A **1×1 convolution** looks at no neighbours and only mixes the channels of each pixel: it is the same dense layer at every position (Lin et al., 2014). A **depthwise separable convolution** splits one step into two: first a kernel for each channel by itself, 3×3 for example (depthwise, channels are not mixed), then a 1×1 to mix the channels (pointwise). Each of EfficientNet-Lite0's 16 blocks has both steps, in 9 of them with a 5×5 kernel.
#
# </div>

# %% tags=["any-seed"]
x, pointwise = rng.normal(size=(6, 6, 3)), rng.normal(size=(1, 1, 3, 4))
assert np.allclose(conv2d(x, pointwise), x @ pointwise[0, 0])  # a dense layer in each pixel

depthwise = rng.normal(size=(3, 3, 3, 1))
channels = [conv2d(x[..., [c]], depthwise[:, :, [c]]) for c in range(3)]
two_steps = conv2d(np.concatenate(channels, axis=2), pointwise)
theirs = keras.ops.separable_conv(x[None], depthwise, pointwise)[0]
assert np.allclose(two_steps, theirs, atol=1e-5)

# %% [markdown]
# ## 误区实测：什么叫参数共享 · The myth, measured: what parameter sharing means

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **参数共享**（parameter sharing）是：**同一个**卷积核 $K$ 用在每一个输出位置 $(m,n)$ 上；式中的 $K$ 不带下标 $m,n$。核里面的 9 个数可以各不相同。
#
# 把卷积写成全连接层的权重矩阵，一看就明白。输入 6×6，输出 4×4，矩阵有 16 行、36 列。每一行是一个输出位置：大部分是 0（只看附近，局部连接），不是 0 的地方每一行都是**同样的 9 个数**，只是往右挪（参数共享）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Parameter sharing** means: the **same** kernel $K$ is used at every output position $(m,n)$; $K$ has no index $m,n$. The 9 numbers inside the kernel may all differ.
#
# Write a convolution as the weight matrix of a dense layer, and you see it. Input 6×6, output 4×4: the matrix has 16 rows and 36 columns. Each row is one output position: it is mostly 0 (it looks at its neighbourhood only, local connections), and where it is not 0 every row has the **same 9 numbers**, just moved to the right (parameter sharing).
#
# </div>

# %% tags=["any-seed"]
kernel9 = rng.normal(size=(3, 3, 1, 1)).astype("float32")
unit_pictures = np.eye(36, dtype="float32").reshape(36, 6, 6, 1)  # one pixel is 1, the rest 0
matrix = np.array(keras.ops.conv(unit_pictures, kernel9)).reshape(36, 16).T
n_used, n_different = np.count_nonzero(matrix), len(np.unique(matrix)) - 1  # without 0
say(f"不为零 not zero: {n_used} / 576", f"  不同的数 different numbers: {n_different}")
assert (n_used, n_different) == (16 * 9, 9)

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(6, 3.1))
shown = ax.imshow(np.where(matrix == 0, np.nan, matrix), cmap="cividis")
ax.set(xlabel="输入像素 input pixel", ylabel="输出位置 output position")
ax.grid(visible=False)
fig.colorbar(shown, label="权重 weight", shrink=0.8)
figures.show(
    fig,
    "卷积写成的 16×36 权重矩阵：大部分空白；每一行是同样的 9 种颜色，逐行向右移动。",
    "A convolution as a 16×36 weight matrix: mostly blank; every row has the same 9 colours, moved to the right from row to row.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 文章 S2 写的是 $W_i=W_j$，并说两者是“卷积核的两个不同位置上的值”。照字面，核里所有的数都相等，就只剩一个自由参数：一个模糊核。这样的核分不清竖边和横边。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Article S2 writes $W_i=W_j$, “the values at two different positions of the kernel”. Taken literally, all numbers in a kernel are equal and only one free parameter is left: a blur. Such a kernel cannot tell a vertical from a horizontal edge.
#
# </div>

# %% tags=["shows-sharing"]
box = np.full((3, 3), 1 / 9)  # W_i = W_j
vertical, horizontal = edge[:3, 2:5], edge.T[2:5, :3]  # an edge in each direction, 3 × 3 pixels
rows = [
    [name, *(f"{np.sum(weights * each):.2f}" for each in (vertical, horizontal))]
    for name, weights in {"9 个数相等 all 9 equal": box, "Sobel": sobel}.items()
]
table(["核 kernel", "竖边 vertical edge", "横边 horizontal edge"], rows)
assert np.isclose(np.sum(box * vertical), np.sum(box * horizontal))
assert np.sum(sobel * vertical) == 4 and np.sum(sobel * horizontal) == 0

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 不共享的层叫**局部连接**（locally connected）：每个位置有自己的核 $K_{mn}$。给所有位置填同一个核，它就变成卷积。训练时也一样：共享的核的梯度，是各个位置的梯度**加起来**，一张照片里每个窗口都在教同一个核。下面的 `tf.GradientTape` 记下计算过程，再替我们求导（第 01 课）；`np.einsum` 按字母求和：只在左边出现的字母要加起来，`"mncij,mnijco->mno"` 就是在每个位置 $(m,n)$ 上对 $c$、$i$、$j$ 求和。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A layer without sharing is **locally connected**: each position has a kernel $K_{mn}$ of its own. Put the same kernel everywhere and it becomes a convolution. In training too: the gradient of the shared kernel is the gradients of all positions **added up**, so every window of a photo teaches the same kernel. Below, `tf.GradientTape` records the computation and takes the derivatives for us (lesson 01); `np.einsum` adds up by letters: what stands on the left only is summed over, so `"mncij,mnijco->mno"` is the sum over $c$, $i$ and $j$ at each position $(m,n)$.
#
# </div>

# %% tags=["any-seed"]
x, kernel = rng.normal(size=(8, 8, 3)), tf.Variable(rng.normal(size=(3, 3, 3, 4)))
windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(0, 1))
everywhere = np.tile(kernel, (6, 6, 1, 1, 1, 1))  # K[m, n]: a kernel for each position
local = np.einsum("mncij,mnijco->mno", windows, everywhere)
with tf.GradientTape() as tape:
    y = keras.ops.conv(x[None], kernel)[0]
    loss = tf.reduce_sum(y**2) / 2  # so that dL/dy = y
per_position = np.einsum("mncij,mno->mnijco", windows, y)  # a locally connected layer's gradient
assert np.allclose(local, y) and np.allclose(per_position.sum((0, 1)), tape.gradient(loss, kernel))

# %% [markdown]
# ## 省了多少：参数与乘加 · What it saves: parameters and work

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 同一件事，32×32×3 → 32×32×16，四种层（3×3 的窗口，`"same"` 填充）。**乘加次数**（multiply-accumulate operations，MACs）是工作量：每个权重每用一次，算一次。算完以后，在小图上与 Keras 核对参数个数（Keras 3 没有局部连接层，只核对另外三种）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The same job, 32×32×3 → 32×32×16, by four kinds of layer (3×3 window, `"same"` padding). **Multiply-accumulate operations** (MACs) are the work: one for each use of each weight. Compute first, then check the parameters against Keras on a small picture (Keras 3 has no locally connected layer; the other three are checked).
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 猜一猜：全连接层的参数是 3×3 卷积层的几倍？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Guess: how many times as many parameters has the dense layer as the 3×3 convolutional layer?
#
# </div>

# %% tags=["exercise"]
predict("04-p1", ...)  # times


# %%
def parameters_and_macs(side, c_in, c_out, k=3):
    places, conv, separable = side**2, k * k * c_in * c_out, k * k * c_in + c_in * c_out
    return {  # (parameters: weights and biases, MACs: weights times their uses)
        "dense": (places**2 * c_in * c_out + places * c_out, places**2 * c_in * c_out),
        "local": (places * conv + places * c_out, places * conv),  # a kernel for each place
        "conv": (conv + c_out, places * conv),  # one kernel, used at each place
        "separable": (separable + c_out, places * separable),
    }


counts = parameters_and_macs(32, 3, 16)
rows = [[NAMES[name], *(f"{n:,}" for n in numbers)] for name, numbers in counts.items()]
table(["层 layer", "参数 parameters", "乘加次数 MACs"], rows)
assert counts["local"][1] == counts["conv"][1]  # sharing saves parameters, not work
times_more = counts["dense"][0] / counts["conv"][0]
outcome("04-p1", times_more)
assert counts["separable"][1] / counts["conv"][1] < 1 / 5

# %% tags=["setup"]
small = parameters_and_macs(8, 3, 16)
picture = keras.Input((8, 8, 3))
same = {"padding": "same"}
for name, layer, given in [
    ("dense", keras.layers.Dense(8 * 8 * 16), keras.layers.Flatten()(picture)),
    ("conv", keras.layers.Conv2D(16, 3, **same), picture),
    ("separable", keras.layers.SeparableConv2D(16, 3, **same), picture),
]:
    layer(given)
    assert layer.count_params() == small[name][0]
assert times_more == 112_384

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 全连接层的参数是卷积层的 112,384 倍。
# * 局部连接与卷积的乘加次数**相同**：参数共享省的是参数（要学的东西），不是计算。
# * 拆成两步的深度可分离卷积连计算也省：乘加次数不到普通卷积的 1/5。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * A dense layer has 112,384 times as many parameters as the convolutional layer.
# * Local and convolutional layers do the **same** number of MACs: sharing saves parameters (what has to be learned), not work.
# * Depthwise separable convolution, in two steps, saves work too: less than 1/5 of the MACs of an ordinary one.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 3**：输入特征图 28×28×32，经过 `Conv2D(64, 5, padding="same")`（有偏置）：参数有多少个？乘加次数是多少（不算偏置）？写进字典，两个整数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: a feature map of 28×28×32 goes through `Conv2D(64, 5, padding="same")` (with bias): how many parameters are there, and how many MACs (without the biases)? Write two integers into the dict.
#
# </div>

# %% tags=["exercise"]
answer_conv = {
    "parameters": ...,
    "macs": ...,
}
check("04-3", answer_conv)

# %% [markdown]
# ## “共享”不是“结构相同” · Sharing is not having the same architecture

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 两个任务之间的参数共享，是两个网络共用一些层：这些层只有**一组**参数，改了一个任务的，另一个也变；各自的输出层不共享（硬共享，第 11 课；Caruana，1997）。文章 S2 说参数共享“可以通过在两个任务中使用相同的神经网络结构来实现”。结构相同、各自随机初始化的两个网络，什么也没有共享。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Parameter sharing between two tasks means that two networks have some layers in common: these have **one** set of parameters, and what changes them for one task changes them for the other; each task keeps an output layer of its own (hard parameter sharing, lesson 11; Caruana, 1997). Article S2 says that parameters can be shared “by using the same network structure in both tasks”. Two networks of the same structure, each initialized at random, share nothing.
#
# </div>

# %% tags=["shows-same-structure"]
photo = rng.normal(size=(1, 8, 8, 3))
first, second = keras.layers.Conv2D(4, 3), keras.layers.Conv2D(4, 3)  # the same structure
shared = first  # a second task that uses the first task's layer
assert not np.allclose(first(photo), second(photo), atol=0.01)
first.bias.assign_add(np.ones(4))  # train the first task ...
assert np.allclose(shared(photo), first(photo)) and np.allclose(second.bias, 0)

# %% [markdown]
# ## 输入移动，输出跟着移动 · The input moves, the output moves with it

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 同一个核用在每个位置，带来一个性质：猫往右挪 2 格，特征图也往右挪 2 格。这叫**平移等变性**（translation equivariance）。它是卷积的**归纳偏置**（inductive bias）：同一个图样，在哪里都得到同样的反应，不用学。全连接层和局部连接没有这个性质，要在每个位置各学一遍。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One kernel at every position brings a property: move the cat 2 pixels to the right, and the feature map moves 2 to the right. This is **translation equivariance**. It is the **inductive bias** of convolution: the same pattern gets the same response wherever it stands, without learning. Dense and locally connected layers do not have it and must learn the cat anew at every position.
#
# </div>

# %% tags=["setup"]
cat = np.zeros((12, 12))
cat[4:7, 3:6] = rng.normal(size=(3, 3))  # something small on an empty background
moved = np.roll(cat, 2, axis=1)
dense_weights, local_kernels = rng.normal(size=(100, 144)), rng.normal(size=(10, 10, 3, 3))


def local_layer(x):
    return np.einsum(
        "mnij,mnij->mn", np.lib.stride_tricks.sliding_window_view(x, (3, 3)), local_kernels
    )


layers = {
    "conv": lambda x: signal.correlate2d(x, kernel9[..., 0, 0], "valid"),
    "local": local_layer,
    "dense": lambda x: (dense_weights @ x.ravel()).reshape(10, 10),
}
even = signal.correlate2d(np.ones((12, 12)), kernel9[..., 0, 0], "same")  # padded with zeros

# %% tags=["any-seed"]
follows = {name: np.allclose(f(moved), np.roll(f(cat), 2, axis=1)) for name, f in layers.items()}
rows = [[NAMES[name], "✓" if moves else "✗"] for name, moves in follows.items()]
table(["层 layer", "输出跟着移动 the output moves too"], rows)
assert follows == {"conv": True, "local": False, "dense": False}

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 三个限制，初学者常忘。**步幅** 2 以后只对 2 的倍数严格成立：挪 1 格，窗口就落在别的格子上。在**边缘**，补的零也会改变结果：处处一样亮的图，输出在边缘却不同。最后，等变不是**不变**（invariance）：特征图跟着动了。要“不管在哪里”，得把位置丢掉，比如取全图平均；展平则把位置全部留下。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Three limits that beginners forget. After **stride** 2 it holds exactly only for multiples of 2: move by 1 and the windows fall on other pixels. At the **border** the padded zeros change the result too: a picture that is evenly bright gives another output there. And equivariance is not **invariance**: the map has moved. For “wherever it is” the position must be thrown away, for example by a mean over the whole map; flatten keeps all positions.
#
# </div>

# %% tags=["any-seed"]
before, after = layers["conv"](cat), layers["conv"](moved)
by_1, start = layers["conv"](np.roll(cat, 1, axis=1))[::2, ::2], before[::2, ::2]  # stride 2
assert np.allclose(after[::2, ::2], np.roll(start, 1, axis=1))  # moved by 2: it follows
assert not any(np.allclose(by_1, np.roll(start, s, axis=1)) for s in range(5))  # by 1: not
assert np.isclose(before.mean(), after.mean()) and not np.allclose(before.ravel(), after.ravel())
assert np.ptp(even[1:-1, 1:-1]) < 1e-5 < 0.01 < np.ptp(even)  # the border differs

# %% [markdown]
# ## 展平还是取平均 · Flatten or average

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 网络最后一张特征图要变成一个向量。**展平**（flatten）把所有数排成一列；**全局平均池化**（global average pooling，GAP）每个通道只留一个平均值（Lin 等，2014）。VGG16 的特征图是 7×7×512；常见的做法是展平后接 `Dense(256)`：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The last feature map must become a vector. **Flatten** puts all numbers in a row; **global average pooling** (GAP) keeps one mean for each channel (Lin et al., 2014). VGG16's feature map is 7×7×512; a common choice is to flatten it before a `Dense(256)`:
#
# </div>

# %%
maps, rows, n_weights = keras.Input((7, 7, 512)), [], []
pools = [keras.layers.Flatten(), keras.layers.GlobalAveragePooling2D()]
for name, pool in zip(["展平 flatten", "GAP"], pools, strict=True):
    vector, dense = pool(maps), keras.layers.Dense(256)
    dense(vector)
    n_weights.append(dense.count_params())
    rows.append([name, f"{vector.shape[1]:,}", f"{n_weights[-1]:,}"])
table(["做法 way", "特征 features", "Dense(256) 的参数 · parameters of Dense(256)"], rows)
assert n_weights == [6_422_784, 131_328]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 权重正好相差 49 倍，也就是 7×7（这里的数还各含 256 个偏置）。参数多不一定错，但样本少时会不会更容易**过拟合**（overfitting）？用真实的网络测：冻结的 EfficientNet-Lite0，从 200 张训练照片里取 60 张训练线性分类器，其余 140 张测准确率，换 5 次取法（± 后面是标准差）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The weights differ by a factor of exactly 49, that is 7×7 (these numbers hold 256 biases each as well). Many parameters are not wrong as such, but do they invite **overfitting** when samples are few? Measure it on a real network: a frozen EfficientNet-Lite0; of the 200 training photos 60 train a linear classifier, the other 140 give its accuracy, for 5 draws (± is the standard deviation).
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# scikit-learn 的 `LogisticRegression` 是线性分类器，相当于一个 sigmoid 神经元，同时限制权重的大小，`C` 越小限制越强；`StratifiedShuffleSplit` 随机划分，猫和狗的比例不变；`cross_val_score` 返回每种划分的准确率。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# From scikit-learn, `LogisticRegression` is a linear classifier, like one sigmoid neuron, that also restrains its weights (the smaller `C`, the more); `StratifiedShuffleSplit` draws at random and keeps the shares of cats and dogs; `cross_val_score` returns the accuracy for each draw.
#
# </div>

# %% tags=["setup"]
backbone = backbones.load("efficientnet_lite0")
spatial = [x for x in backbone.layers if isinstance(x, keras.layers.DepthwiseConv2D)]
sides = [layer.kernel_size[0] for layer in spatial]
assert (len(sides), sides.count(3), sides.count(5)) == (16, 7, 9)
train_photos = photos.default("train")
images, labels = train_photos.images(224), train_photos.labels  # 0 cat, 1 dog
DEPTHS = [*list(backbones.blocks(backbone))[::2], "head"]  # every second block, for later


def with_averages(model, depths):
    """A network that gives the last feature maps, and each depth's maps after GAP, in one pass."""
    parts = backbones.blocks(model)
    pooled = [keras.layers.GlobalAveragePooling2D()(parts[d][-1].output) for d in depths]
    return keras.Model(model.input, [model.output, *pooled])


network = with_averages(backbone, DEPTHS)
last_maps, *learned = network.predict(images, batch_size=20, verbose=0)
print(last_maps.shape)


# %% tags=["nbval-ignore-output"]
def accuracies(features):
    model = LogisticRegression(C=0.1, max_iter=1000)
    return cross_val_score(model, features, labels, cv=draws)


draws = StratifiedShuffleSplit(5, train_size=60, random_state=np.random.randint(1000))
flat, averaged = accuracies(last_maps.reshape(200, -1)), accuracies(last_maps.mean(axis=(1, 2)))
rows = [["展平 flatten", flat], ["GAP", averaged]]
rows = [[name, f"{found.mean():.2f} ± {found.std():.2f}"] for name, found in rows]
table(["做法 way", "准确率 accuracy"], rows)

# %% tags=["any-seed"]
assert abs(averaged.mean() - flat.mean()) < 0.03  # 62,720 features against 1,280
assert min(averaged.mean(), flat.mean()) > 0.93

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这里的线性分类器限制了权重，看不出差别（相差不到 0.03），GAP 的参数却只有约 1/49。别把它变成教条：任务若是问“在哪里”，平均会丢掉答案。上一节的猫移动以后，平均值不变，就是这个意思。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Here, with a restrained linear classifier, there is no difference to see (less than 0.03), while GAP has only about 1/49 of the parameters. Do not turn it into a dogma: if the task asks “where”, the mean loses the answer. In the section above, the cat moved and the mean stayed the same.
#
# </div>


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 4**：有的框架把通道放在前面，数组 `maps` 的形状是 `(n, c, h, w)`：照片、通道、高、宽。写出它的全局平均池化，返回形状是 `(n, c)` 的数组。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 4**: some frameworks put the channels first; the array `maps` has the shape `(n, c, h, w)`: photos, channels, height, width. Write its global average pooling and return an array of shape `(n, c)`.
#
# </div>


# %% tags=["exercise"]
def gap(maps):
    """Feature maps (n, c, h, w), channels first -> global average pooling (n, c)"""
    return ...


check("04-4", gap)

# %% [markdown]
# ## 一个输出看到多大一块 · How much of the photo one output sees

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第一层的一个输出只看到 3×3 个像素，旁边的输出看到往旁边一步的 3×3，下一层再把这些邻居合起来。一个输出在照片上能看到的范围叫**感受野**（receptive field）。设 $r$ 是它的边长，$d$ 是特征图上相邻两格在照片上隔几个像素。还没有层的时候，一格就是一个像素：$r=1$，$d=1$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# An output of the first layer sees just 3×3 pixels; its neighbour sees a 3×3 that is one step further on, and the next layer joins such neighbours. The part of the photo that one output can see is its **receptive field**. Let $r$ be its side, and $d$ how many pixels two neighbouring cells of the feature map are apart on the photo. Before any layer a cell is a pixel: $r=1$ and $d=1$.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 再过一层：窗口的一边有 $k$ 格，第一格与最后一格在照片上相距 $(k-1)\,d$ 个像素。每一格自己看到 $r$ 个，合起来看到 $r+(k-1)\,d$ 个。相邻的两个输出在输入里隔 $s$ 格，所以 $d$ 要乘以 $s$：
#
# $$r\leftarrow r+(k-1)\,d,\qquad d\leftarrow d\cdot s$$
#
# 先加，再乘：这一层的窗口是按**它的输入**的间距摆的。用梯度核对：只有感受野里的像素，导数才不是 0。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One more layer: its window has $k$ cells along a side, and on the photo the first and the last are $(k-1)\,d$ pixels apart. Each sees $r$ pixels, so together they see $r+(k-1)\,d$. Neighbouring outputs are $s$ cells of the input apart, so $d$ is multiplied by $s$:
#
# $$r\leftarrow r+(k-1)\,d,\qquad d\leftarrow d\cdot s$$
#
# Add first, multiply afterwards: a layer's window is laid out in the spacing of **its input**. Check it by the gradient: only pixels inside the receptive field have a derivative other than 0.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 下面各层的名字：stem 是第一层卷积，block 是重复的一组层，head 是最后一层卷积，不是分类头。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The names of the layers below: stem is the first convolution, a block a group of layers that repeats, and head the last convolution, not the classifier.
#
# </div>


# %% tags=["setup"]
def receptive_fields(model):
    r, d, found = 1, 1, {}
    for part, part_layers in backbones.blocks(model).items():
        for layer in part_layers:
            if hasattr(layer, "kernel_size"):
                r += (layer.kernel_size[0] - 1) * d
                d *= layer.strides[0]
        found[part] = r
    return found


fields = receptive_fields(backbone)
some = ["stem", "block1", "block3", "block5", "block8", "block9", "head"]
table(
    ["层 layer", "感受野的边长 side of the receptive field"],
    [[part, fields[part]] for part in some],
)
ends = {part: part_layers[-1].output for part, part_layers in backbones.blocks(backbone).items()}

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(6.4, 2.8))
ax.plot(list(fields), list(fields.values()), "-o", markevery=1)
ax.axhline(224, color="#888888", marker="", linewidth=0.8)
ax.text(0, 235, "照片的边长 photo's side: 224", fontsize=8)
ax.set(xlabel="层，从浅到深 layer, shallow to deep", ylabel="感受野 receptive field r")
ax.tick_params(axis="x", rotation=60)
figures.show(
    fig,
    "感受野逐层变大：第一层是 3 个像素，从 block9 起高过灰线，也就是整张照片的 224 个像素。",
    "The receptive field grows from layer to layer: 3 pixels at the first, and from block9 on it is above the grey line, the photo's 224.",
)

# %%
pixels = tf.Variable(images[:1].astype("float32"))
for part in ["stem", "block1", "block3"]:
    network = keras.Model(backbone.input, ends[part])
    with tf.GradientTape() as tape:
        maps = network(pixels, training=False)
        middle = tf.reduce_sum(maps[0, maps.shape[1] // 2, maps.shape[2] // 2])
    seen = np.any(tape.gradient(middle, pixels)[0] != 0, axis=(1, 2))
    assert seen.sum() == fields[part]
assert fields["block9"] > 224 > fields["block8"]  # from block 9 on, more than the whole photo


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 从 block9 起，感受野比整张照片还大。
#
# **练习 5**：每层都是 `k`×`k`、步幅 `stride`。至少要几层，一个输出才能看到 `pixels` 个像素宽？返回一个整数（0 层看到 1 个像素）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# From block9 on, the receptive field is larger than the whole photo.
#
# **Exercise 5**: every layer is `k`×`k` with stride `stride`. How many layers at least until one output sees a width of `pixels` pixels? Return an integer (0 layers see 1 pixel).
#
# </div>


# %% tags=["exercise"]
def layers_needed(pixels, k, stride):
    """How many equal layers (k × k, this stride) until one output sees so many pixels: an integer."""
    return ...


check("04-5", layers_needed)

# %% [markdown]
# ## 真实网络的第一层 · The first layer of a real network

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# EfficientNet-Lite0 是在 ImageNet 的 1,000 类照片上训练的。它的第一层有 32 个 3×3×3 的核，正好可以当作 3×3 的彩色小图来看：灰色是 0，更亮是正，更暗是负，红、绿、蓝各自如此。没有人写过它们，它们是学来的；找一找边缘、亮斑和颜色对比。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# EfficientNet-Lite0 was trained on ImageNet's photos of 1,000 classes. Its first layer has 32 kernels of 3×3×3, which can be looked at as colour pictures of 3×3: grey is 0, brighter positive, darker negative, for red, green and blue each. Nobody wrote them, they were learned; look for edges, spots and colour contrasts.
#
# </div>


# %% tags=["setup"]
def differences_only(kernels):  # (3, 3, 3, ...)
    return abs(kernels.sum(axis=(0, 1, 2))) / abs(kernels).sum(axis=(0, 1, 2)) < 0.02


def ramp_share(kernels):
    centred = kernels - kernels.mean(axis=(0, 1), keepdims=True)
    ramp = np.array([-1, 0, 1]) / np.sqrt(6)  # length 1 on the 3 × 3 cells
    along = [np.tensordot(ramp, centred.sum(axis=1 - axis), axes=(0, 0)) for axis in (0, 1)]
    return sum(part**2 for part in along).sum(axis=0) / (centred**2).sum(axis=(0, 1, 2))


MEASURES = {
    "只看差别 differences only": differences_only,
    "像一条边 like an edge": lambda kernels: ramp_share(kernels) > 0.5,
}
assert np.isclose(ramp_share(np.repeat(sobel[:, :, None], 3, axis=2)), 8 / 9)
HEAD = ["32 个核里 of 32", "学出来的 learned", "随机，平均 random, mean", "随机，最多 random, most"]
rows = []
filters = backbone.get_layer("stem_conv").get_weights()[0]  # (3, 3, 3, 32)
fig, axes = plt.subplots(4, 8, figsize=(6, 3.2))
for ax, each in zip(axes.flat, np.moveaxis(filters, 3, 0), strict=True):
    ax.imshow(0.5 + 0.5 * each / abs(each).max())  # grey is 0
    ax.axis("off")
figures.show(
    fig,
    "第一层的 32 个 3×3 卷积核画成彩色小图：有的一侧亮一侧暗（边缘），有的中心与周围相反，有的是颜色对比。",
    "The 32 kernels of the first layer as colour pictures of 3×3: some bright on one side and dark on the other (edges), some with a centre unlike its surroundings, some colour contrasts.",
    photo=True,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 眼睛容易看错，所以测两件事。一，**只看差别**：像 Sobel 一样，所有的数加起来几乎是 0，平坦的灰色处几乎给出 0；看“和的绝对值除以绝对值的和”是否小于 0.02。二，**像一条边**：每个通道减去平均值以后，有一半以上的平方和可以用“从一侧到另一侧均匀变化”解释（Sobel 是 0.89）。对照：1,000 组随机（正态分布）的核，每组也是 32 个。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The eye is easily deceived, so measure two things. One, **differences only**: as in Sobel, the numbers add up to almost 0, and flat grey gives almost 0; is the absolute sum, divided by the sum of absolute values, below 0.02? Two, **like an edge**: after each channel's mean is subtracted, a steady change from one side to the other explains more than half of the sum of squares (0.89 for Sobel). The control: 1,000 sets of random (normal) kernels, 32 in each.
#
# </div>


# %%
by_chance = np.random.default_rng(0).normal(size=(3, 3, 3, 32, 1000))
for name, measure in MEASURES.items():
    n_learned, n_random = measure(filters).sum(), measure(by_chance).sum(axis=0)
    rows.append([name, n_learned, f"{n_random.mean():.1f}", n_random.max()])
    assert n_learned > n_random.max()  # no random set has as many
table(HEAD, rows)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 1,000 组随机核里，没有一组在任何一项上有这么多。但也要看到：32 个核里，像边的只有 8 个；第一层不全是边缘，还有亮斑和颜色。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Not one of 1,000 random sets has as many, by either measure. But note: only 8 of the 32 are like an edge; the first layer is not all edges, there are spots and colours too.
#
# </div>


# %% [markdown]
# ## 特征图：从边缘到粗块 · Feature maps: from edges to coarse blocks

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在让一张照片走过网络，看几个深度的特征图。越深，格子越少（112×112 → 7×7），每一格看到的范围越大，最后通道也多得多（32 → 24 → 80 → 1,280）。EfficientNet-Lite0 没有最大池化：缩小特征图的是步幅为 2 的卷积。每行画出变化最大的 5 个通道。浅层的图还能认出照片；最深的图只剩几块亮的地方。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now let a photo walk through the network and look at feature maps at several depths. The deeper, the fewer cells (112×112 → 7×7), the more of the photo each cell sees, and in the end there are many more channels (32 → 24 → 80 → 1,280). EfficientNet-Lite0 has no max pooling: convolutions with stride 2 shrink the map. Each row shows the 5 channels that vary most. In shallow maps you still recognize the photo; in the deepest just a few bright patches are left.
#
# </div>

# %% tags=["setup"]
parts = ["stem", "block2", "block7", "head"]
assert not any(isinstance(x, keras.layers.MaxPooling2D) for x in backbone.layers)
pet = pets.images(224)[4:5]
pet_maps = keras.Model(backbone.input, [ends[part] for part in parts]).predict(pet, verbose=0)
assert [maps.shape[1] for maps in pet_maps] == [112, 56, 14, 7]
assert [maps.shape[3] for maps in pet_maps] == [32, 24, 80, 1280]
fig, axes = plt.subplots(len(parts) + 1, 6, figsize=(6.6, 5.8))
for ax in axes[0]:
    ax.axis("off")
axes[0, 0].text(0.5, 0.5, "照片\nphoto", ha="center", va="center", fontsize=10)
axes[0, 1].imshow(pet[0])
for row, part, maps in zip(axes[1:], parts, pet_maps, strict=True):
    strongest = np.argsort(-maps[0].std(axis=(0, 1)))[:5]
    side = maps.shape[1]
    row[0].text(0.5, 0.5, f"{part}\n{side}×{side}", ha="center", va="center", fontsize=10)
    for ax, channel in zip(row[1:], strongest, strict=True):
        ax.imshow(maps[0, :, :, channel])
        ax.set_title(f"#{channel}", fontsize=8)
    for ax in row:
        ax.axis("off")
fig.supxlabel(CREDIT, fontsize=7, color="#555555")
figures.show(
    fig,
    "一张黑猫照片在四个深度的特征图，每行 5 个通道。stem 里轮廓清晰；block2 是边缘和纹理；block7 只有粗块；head 只有 7×7 格，亮处在猫身上。",
    "Feature maps of a black cat's photo at four depths, 5 channels in each row. In stem the outlines are sharp; block2 shows edges and textures; block7 coarse blocks; head has only 7×7 cells, bright on the cat.",
    photo=True,
)

# %% [markdown]
# ## 说法实测：低层通用，高层专用 · The saying, measured: low layers are general, high layers specific

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# “低层的特征通用，高层的特征专用”，人人都这么说。怎样测？**线性探测**（linear probing；Alain 与 Bengio，2016）：冻结网络，在某一层的特征上训练一个线性分类器，看它能答对多少。线性分类器读得出来的，一定在特征里。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# “Features of low layers are general, those of high layers specific”: everybody says so. How can it be measured? By **linear probing** (Alain and Bengio, 2016): freeze the network, train a linear classifier on the features of one layer, and see how much it gets right. What a linear classifier reads off must be in the features.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 问两个问题，都是一半对一半，瞎猜 50%：是**猫还是狗**；比中位数**亮还是暗**。每层的特征图先取 GAP。再加一个对照：结构相同、权重**随机**的网络。只用 200 张训练照片，做 5 折**交叉验证**（cross-validation）：分成 5 份，轮流用 4 份训练、用另一份测，取平均（详见第 10 课）。测试集留着不碰。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Ask two questions, each half and half, so that guessing gives 50%: **cat or dog**; **brighter or darker** than the median. Each layer's map goes through GAP first. And a control: a network of the same structure with **random** weights. Use only the 200 training photos, with 5-fold **cross-validation**: in 5 parts, train on 4 and measure on the other, in turn, and take the mean (more in lesson 10). The test set stays untouched.
#
# </div>

# %%
course_utils.reproducible(7)  # the same random weights each time
random_network = backbones.load("efficientnet_lite0", weights=None)
network = with_averages(random_network, DEPTHS)
_, *untrained = network.predict(images, batch_size=20, verbose=0)  # `learned` is from above


# %% tags=["nbval-ignore-output", "result-table"]
def classifier():  # the scaler gives each feature mean 0 and standard deviation 1
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))


def probe(features_list, answers):
    return np.array([cross_val_score(classifier(), f, answers, cv=5).mean() for f in features_list])


brightness = images.mean(axis=(1, 2, 3))
cat_or_dog, control = probe(learned, labels), probe(untrained, labels)
bright = (brightness > np.median(brightness)).astype(int)
bright_or_dark, bright_control = probe(learned, bright), probe(untrained, bright)
columns = [
    "猫狗 cat/dog",
    "亮暗 bright/dark",
    "猫狗，未训练 cat/dog, untrained",
    "亮暗，未训练 bright/dark, untrained",
]
found = np.array([cat_or_dog, bright_or_dark, control, bright_control]).T
table(["层 layer", *columns], [[d, *(f"{v:.2f}" for v in row)] for d, row in zip(DEPTHS, found)])
outcome("04-p2", cat_or_dog[0])
outcome("04-p3", cat_or_dog[-1])

# %% tags=["any-seed"]
assert cat_or_dog[-1] > 0.93 and cat_or_dog[-1] - cat_or_dog[0] > 0.2  # grows with depth
assert bright_or_dark[0] > 0.9 and bright_or_dark[0] - bright_or_dark[-1] > 0.25  # fades
assert cat_or_dog[-1] - control.max() > 0.2  # depth alone does not do it
assert bright_control[-1] - bright_or_dark[-1] > 0.2  # losing brightness is learned too
assert control.max() < 0.8 and control[-1] < control[0] + 0.1  # nor does it help without learning
assert abs(cat_or_dog[0] - control[0]) < 0.12  # at the first layer, training hardly matters

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(6.6, 3.5))
ax.plot(DEPTHS, cat_or_dog, "-o", markevery=1, label="猫还是狗 cat or dog")
ax.plot(DEPTHS, bright_or_dark, "--s", markevery=1, label="亮还是暗 bright or dark")
ax.plot(DEPTHS, control, ":^", markevery=1, label="猫狗，随机权重 cat or dog, random weights")
ax.set(xlabel="层，从浅到深 layer, shallow to deep", ylabel="准确率 accuracy", ylim=(0.28, 1.02))
ax.tick_params(axis="x", rotation=35)
ax.axhline(0.5, color="#888888", linewidth=0.8, marker="")
ax.text(9.3, 0.455, "瞎猜 chance", fontsize=8, ha="right")
ax.legend(loc="lower left", fontsize=8)
figures.show(
    fig,
    "三条随深度变化的准确率曲线：猫狗从约 0.7 升到约 0.98；亮暗从约 0.97 降到 0.6 以下；随机权重的猫狗一直不到 0.8，也不随深度上升。",
    "Accuracy against depth, three curves: cat or dog rises from about 0.7 to about 0.98; bright or dark falls from about 0.97 to below 0.6; cat or dog with random weights stays below 0.8 and does not rise with depth.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * **两条曲线交叉**。浅层留着亮度，线性分类器读得很准；“猫还是狗”只读得出一点（约 0.7，瞎猜是 0.5）。深层正相反：从第一层到最后一层，任务需要的更清楚了，不需要的更难读出来（只比较两端）。在这两个问题上，“通用”和“专用”就是这个意思。
# * **学来的，不是结构带来的**：随机权重的网络只读得出一点猫狗，而且不随深度增加；它丢掉的亮度也少得多。第一层上，学过的与随机的差不多。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * **The curves cross**. Shallow layers keep brightness, and a linear classifier reads it off well; “cat or dog” only a little (about 0.7, where guessing gives 0.5). Deep layers are the opposite: from the first layer to the last, what the task needs has become clearer, and what it does not need harder to read off (only the ends are compared). For these two questions that is what “general” and “specific” mean.
# * **Learned, not given by the structure**: with random weights cats and dogs are told apart only a little, and no better with depth; and far less of the brightness is lost. At the first layer, learned and random differ little.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这只是一个随机网络。换几组随机权重，亮度也这样吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# That is one random network. Is it the same for brightness with other random weights?
#
# </div>

# %% tags=["nbval-ignore-output", "any-seed"]
half, by_seed = train_photos.images(112), {}  # smaller photos: a quarter of the work
other = keras.models.clone_model(backbone, keras.Input((112, 112, 3)))
network = with_averages(other, ["stem", "head"])
for seed in waiting.counted([1, 2, 3], "个随机网络", "random networks"):
    keras.utils.set_random_seed(seed)
    other.set_weights(keras.models.clone_model(backbone).get_weights())  # new random weights
    by_seed[seed] = probe(network.predict(half, batch_size=20, verbose=0)[1:], bright)
rows = [[seed, *(f"{score:.2f}" for score in scores)] for seed, scores in by_seed.items()]
table(["随机种子 seed", "亮暗，第一层 bright/dark, first layer", "最后一层 last layer"], rows)
for first_layer, last_layer in by_seed.values():
    assert last_layer < first_layer
    assert first_layer > 0.9 and last_layer - bright_or_dark[-1] > 0.15  # each keeps more of it
    assert first_layer - last_layer < bright_or_dark[0] - bright_or_dark[-1] - 0.1

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 三个都一样：最后一层的准确率比第一层低，仍远高于训练过的网络在最后一层的准确率（照片缩成 112×112，只为省时间）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# All three agree: the last layer's accuracy is lower than the first layer's, but still far above that of the trained network's last layer (photos shrunk to 112×112, just to save time).
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **结论的范围**：这是一个网络、两个问题、取过平均的特征；随机对照，猫狗只有一个，亮暗有四个。源任务 ImageNet 里就有许多猫狗，所以最高层对我们也好用；目标离源任务越远，越该试中间的层（Yosinski 等，2014，测的是整层的迁移；第 07 课会再测）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **How far this goes**: one network, two questions, averaged features; one random control for cats and dogs, four for brightness. The source task, ImageNet, has many cats and dogs itself, so even the topmost layer suits us; the farther the target from the source, the more the middle layers are worth trying (Yosinski et al., 2014, measured transfer of whole layers; lesson 07 measures again).
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 迁移学习的几种方法，现在可以用一句话说清楚各自搬了什么：
#
# | 方法 | 搬什么 | 在哪里学 |
# |---|---|---|
# | 预训练（pretraining） | 在大数据集上学出上面这些层 | 网络的作者替你做了 |
# | 特征提取（feature extraction） | 深层的特征，权重冻结 | 第 07 课 |
# | 微调（fine-tuning） | 权重作为起点，继续训练 | 第 08 课 |
# | 参数共享（parameter sharing） | 几个任务同时用一组权重 | 第 11 课 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What each method of transfer learning carries over can now be said in a line:
#
# | method | carries over | where you learn it |
# |---|---|---|
# | pretraining | learns the layers above on a large dataset | the network's authors did it for you |
# | feature extraction | deep features, weights frozen | lesson 07 |
# | fine-tuning | weights as a start, training goes on | lesson 08 |
# | parameter sharing | several tasks use one set of weights at once | lesson 11 |
#
# </div>

# %% [markdown]
# ## 附：两处更正的证据 · Aside: evidence for two corrections

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 文章 S1 说 `include_top=False` 去掉“最后一层”。它去掉的是展平和**三个**全连接层 fc1、fc2、predictions，VGG16 的绝大部分参数都在那里。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Article S1 says that `include_top=False` removes “the last layer”. It removes flatten and **three** dense layers, fc1, fc2 and predictions, and most of VGG16's parameters are there.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 文章 S2 说，卷积把输入映射到“更高维的特征空间”。不一定：维数是你设计出来的。S2 自己的网络，第一层之后变大（123,008），最后与照片差不多（12,544 对 12,288）；换成 GAP 就只有 64 维。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Article S2 says that convolution maps the input to a “higher-dimensional feature space”. Not in general: the dimension is your design. S2's own network grows after its first layer (123,008) and ends at about the photo's size (12,544 against 12,288); with GAP it is only 64.
#
# </div>

# %% tags=["setup", "shows-last-layer", "shows-more-dimensions"]
kept = keras.applications.VGG16(weights=None, include_top=False).count_params()
sides = [7 * 7 * 512, 4096, 4096, 1000]  # flatten, fc1, fc2, predictions
removed = sum((n_in + 1) * n_out for n_in, n_out in itertools.pairwise(sides))
say(f"留下 kept: {kept:,}", f"  去掉 removed: {removed:,}")
assert kept == 14_714_688 and kept + removed == 138_357_544
assert removed / (kept + removed) > 0.85

x, dimensions = keras.Input((64, 64, 3)), [64 * 64 * 3]
names = ["照片 photo", "Conv2D(32)", "MaxPooling2D", "Conv2D(64)", "MaxPooling2D", "GAP"]
for layer in [
    keras.layers.Conv2D(32, 3),
    keras.layers.MaxPooling2D(),
    keras.layers.Conv2D(64, 3),
    keras.layers.MaxPooling2D(),
]:
    x = layer(x)
    dimensions.append(int(np.prod(x.shape[1:])))
rows = zip(names, [f"{n:,}" for n in [*dimensions, x.shape[-1]]], strict=True)
table(["在这一层之后 after this layer", "几个数 numbers"], rows)
assert dimensions[:2] == [12_288, 123_008] and dimensions[-1] == 12_544 and x.shape[-1] == 64

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 五道练习就在上文各节。卡住时运行 `hint("04-1")`，每次多说一步；`solution("04-1")` 给出完整解答。`progress()` 显示你完成了哪些。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The five exercises stand in the sections above. When you are stuck, run `hint("04-1")`, one step more each time; `solution("04-1")` shows a worked answer. `progress()` shows what you have done.
#
# </div>

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("04-q1")
quiz("04-q2")

# %% tags=["quiz"]
quiz("04-q3")
quiz("04-q4")
quiz("04-q5")
guesses("04")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 卷积层：同一个核滑过所有位置，$y[m,n,o]=b_o+\sum x[sm+i,sn+j,c]\,K[i,j,c,o]$；它不翻转核，是互相关。
# * 参数共享说的是位置 $(m,n)$，不是核里的数相等。它省参数，不省计算，并带来平移等变性。
# * 输出边长 $\lfloor(n+2p-k)/s\rfloor+1$；感受野先加 $(k-1)d$，再把 $d$ 乘以 $s$。
# * GAP 代替展平：VGG16 上 `Dense(256)` 的参数从 6,422,784 变成 131,328。
# * 从第一层到最后一层，“猫还是狗”变得好读得多，亮度变得难读得多；这是学来的：随机权重的网络，猫狗不随深度变好，亮度也降得少得多。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * A convolutional layer slides one kernel over all positions, $y[m,n,o]=b_o+\sum x[sm+i,sn+j,c]\,K[i,j,c,o]$; it does not flip the kernel: it is cross-correlation.
# * Parameter sharing is about positions $(m,n)$, not about equal numbers in a kernel. It saves parameters, not work, and brings translation equivariance.
# * The output's side is $\lfloor(n+2p-k)/s\rfloor+1$; for the receptive field first add $(k-1)d$, then multiply $d$ by $s$.
# * GAP for flatten: on VGG16 the parameters of `Dense(256)` go from 6,422,784 to 131,328.
# * From the first layer to the last, “cat or dog” has become much easier to read and brightness much harder; that is learned: with random weights cat or dog gets no better with depth, and brightness falls far less.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S2 §4.1 | 输出要有位置下标 $m,n$，这里没有，$k_i$、$k_j$ 也没有定义：$y[m,n,o]=b_o+\sum_c\sum_i\sum_j x[sm+i,sn+j,c]\,K[i,j,c,o]$ | $\text{conv}(x, k) = \sum_{i} \sum_{j} x[i + k_{i}, j + k_{j}] \cdot k[i, j]$ |
# | S2 §4.2 | 参数共享是同一个核用在每个输出位置。文章写 $W_i=W_j$：这样核只剩 1 个参数，分不清竖边和横边 | <q>$W_{i}$和$W_{j}$是卷积核的两个不同位置上的值</q> |
# | S2 §3 | 共享要用同一组 $\theta$；结构相同不等于参数相同 | <q>参数共享可以通过在两个任务中使用相同的神经网络结构来实现</q> |
# | S2 §4.1 | 特征的维数是设计出来的，可多可少：这里 12,288 → 123,008 → 12,544，全局平均池化后 64 | <q>并将其转换为更高维的特征空间</q> |
# | S1 §3.3 | `include_top=False` 去掉的不止一层：展平和 fc1、fc2、predictions，138,357,544 → 14,714,688 个参数 | <q>加载预训练的VGG16模型，不包括最后一层</q> |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S2 §4.1 | the output needs an index of its position, $m,n$, and has none here, nor are $k_i$, $k_j$ defined: $y[m,n,o]=b_o+\sum_c\sum_i\sum_j x[sm+i,sn+j,c]\,K[i,j,c,o]$ | $\text{conv}(x, k) = \sum_{i} \sum_{j} x[i + k_{i}, j + k_{j}] \cdot k[i, j]$ |
# | S2 §4.2 | sharing means the same kernel at every output position. The article sets $W_i=W_j$: then a kernel has just 1 parameter and cannot tell vertical from horizontal edges | <q>$W_{i}$和$W_{j}$是卷积核的两个不同位置上的值 [$W_i$ and $W_j$ are the values at two different positions of the kernel]</q> |
# | S2 §3 | sharing means one set $\theta$; the same structure is not the same parameters | <q>参数共享可以通过在两个任务中使用相同的神经网络结构来实现 [parameters can be shared by using the same network structure in both tasks]</q> |
# | S2 §4.1 | how many dimensions the features have is a design choice, more or fewer: here 12,288 → 123,008 → 12,544, and 64 after global average pooling | <q>并将其转换为更高维的特征空间 [and turns them into a feature space of more dimensions]</q> |
# | S1 §3.3 | `include_top=False` takes away more than one layer: flatten and fc1, fc2, predictions, 138,357,544 → 14,714,688 parameters | <q>Load the pre-trained VGG16 model, excluding the last layer</q> |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * LeCun, Bottou, Bengio, Haffner, *Gradient-based learning applied to document recognition*, Proceedings of the IEEE 86(11):2278–2324, 1998：卷积网络与参数共享
# * Goodfellow, Bengio, Courville, *Deep Learning*, MIT Press, 2016：第 9 章讲互相关、参数共享和等变性
# * Dumoulin, Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285, 2016：填充、步幅、转置卷积的图解
# * Lin, Chen, Yan, *Network In Network*, ICLR 2014, arXiv:1312.4400：1×1 卷积与全局平均池化
# * Caruana, *Multitask Learning*, Machine Learning 28:41–75, 1997：任务之间的参数共享
# * Zeiler, Fergus, *Visualizing and Understanding Convolutional Networks*, ECCV 2014, 818–833, arXiv:1311.2901：各层看到什么
# * Yosinski, Clune, Bengio, Lipson, *How transferable are features in deep neural networks?*, NIPS 27, 3320–3328, 2014：哪些层通用
# * Alain, Bengio, *Understanding Intermediate Layers Using Linear Classifier Probes*, ICLR 2017 workshop, arXiv:1610.01644 (2016)：逐层的线性探测
# * Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, PMLR 97:6105–6114, arXiv:1905.11946：EfficientNet
# * Parkhi, Vedaldi, Zisserman, Jawahar, *Cats and Dogs*, CVPR 2012：Oxford-IIIT Pet 数据集，存图的照片
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * LeCun, Bottou, Bengio, Haffner, *Gradient-based learning applied to document recognition*, Proceedings of the IEEE 86(11):2278–2324, 1998: convolutional networks and parameter sharing
# * Goodfellow, Bengio, Courville, *Deep Learning*, MIT Press, 2016: chapter 9 on cross-correlation, parameter sharing and equivariance
# * Dumoulin, Visin, *A guide to convolution arithmetic for deep learning*, arXiv:1603.07285, 2016: padding, stride and transposed convolution in pictures
# * Lin, Chen, Yan, *Network In Network*, ICLR 2014, arXiv:1312.4400: 1×1 convolution and global average pooling
# * Caruana, *Multitask Learning*, Machine Learning 28:41–75, 1997: sharing between tasks
# * Zeiler, Fergus, *Visualizing and Understanding Convolutional Networks*, ECCV 2014, 818–833, arXiv:1311.2901: what layers see
# * Yosinski, Clune, Bengio, Lipson, *How transferable are features in deep neural networks?*, NIPS 27, 3320–3328, 2014: which layers are general
# * Alain, Bengio, *Understanding Intermediate Layers Using Linear Classifier Probes*, ICLR 2017 workshop, arXiv:1610.01644 (2016): linear probes layer by layer
# * Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, PMLR 97:6105–6114, arXiv:1905.11946: EfficientNet
# * Parkhi, Vedaldi, Zisserman, Jawahar, *Cats and Dogs*, CVPR 2012: the Oxford-IIIT Pet data set, the photos in the stored pictures
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("04")
