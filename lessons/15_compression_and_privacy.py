# ---
# jupyter:
#   course: {minutes: 60, needs: ["02", "07", "09", "10", "14"]}
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
# # 15 压缩与隐私 · Compression and privacy

# %% tags=["setup"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import json
import re
import zlib
from math import lgamma

import keras
import matplotlib.pyplot as plt
import numpy as np
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from course_utils import (
    assets,
    backbones,
    evaluation,
    explorables,
    features,
    figures,
    paths,
    photos,
)
from course_utils.bilingual import say, table
from course_utils.learning import check, guesses, outcome, predict, progress, quiz

figures.use_style()
course_utils.reproducible(15)
BLUE, ORANGE, GREEN = figures.PALETTE[:3]
CREDIT = "Kermany et al. 2018, CC BY 4.0"
stored = json.loads((paths.DATA / "results" / "15.json").read_text(encoding="utf-8"))["full"]


def numbers(text):
    """stored numbers, one text for an array"""
    return np.array(text.split(), float)


def column(part, key, k=None):
    """one stored number of each draw"""
    return np.array([draw[key] if k is None else draw[key][k] for draw in stored[part]])


def interval(values):
    """mean and half of its 95% interval"""
    values = np.asarray(values)
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return values.mean(), half


def shown(values, digits=3):
    return "{:z.{d}f} ± {:.{d}f}".format(*interval(values), d=digits)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 手机上要跑一个分类器，它在一家医院的片子上训练过。大家对它有两个要求：**要小、要快；并且不许记得病人。**
#
# 下图是同一个网络 EfficientNet-Lite0 的几种存法（存下的）。最短的只有最长的约四分之一。丢掉四分之三的字节，会丢掉多少答案？去掉了名字的训练数据，还认得出人吗？大小用猫狗分类器量，隐私用片子量。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A classifier has to run on a phone; it was trained on a hospital's films. Two things are asked of it: **be small and fast; and do not remember the patients.**
#
# Below are some ways to store the same network, EfficientNet-Lite0 (stored). The shortest bar is about a quarter of the longest. Drop three quarters of the bytes: how many answers are lost? And training data without names: can people still be found in them? Size is measured on a classifier of cats and dogs, privacy on the films.
#
# </div>

# %% tags=["setup", "keep-output"]
rows = stored["sizes"]["rows"]
bars = {"float32": "float32", "float16": "float16", "权重（int8） weights (int8)": "dynamic",
        "全部（int8） all (int8)": "onnx per channel"}  # fmt: skip
fig, ax = plt.subplots(figsize=(7.4, 2.2))
megabytes = [rows[key]["bytes"] / 1e6 for key in bars.values()]
ax.barh(list(bars)[::-1], megabytes[::-1], color=BLUE)
ax.bar_label(ax.containers[0], fmt="%.1f", padding=3)
ax.set(xlabel="文件的大小（MB） size of the file (MB)", xlim=(0, 15.5))
figures.show(
    fig,
    "四根横条：float32 约 13.4 MB，float16 约一半，两种 int8 约 4 MB。",
    "Four bars: float32 about 13.4 MB, float16 about half of that, the two int8 forms about 4 MB.",
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 用缩放和零点把权重变成一个字节，并说出误差有多大；
# * 解释为什么只看权重时一个通道一个缩放更好；
# * 比较量化、剪枝、蒸馏：字节、准确率和速度；
# * 用少见的组合认出没有名字的记录，用成员推断考一个模型；
# * 写出 DP-SGD，算出它的隐私预算；
# * 写出联邦平均，说出更新泄露什么、各家数据不同时多走几步会怎样。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * turn weights into bytes by scale and zero point, and say how large the error is;
# * explain why, for the weights, a scale for each channel is better;
# * compare quantization, pruning and distillation: bytes, accuracy and speed;
# * identify records without names by rare combinations, and examine a model by membership inference;
# * write DP-SGD, and compute its privacy budget;
# * write federated averaging, and say what updates reveal and what a few local steps do where hospitals differ.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 02 课（交叉熵和它的梯度）、第 07 课（冻结的特征）、第 09 课（区间）、第 10 课（折和组）和第 14 课（X 光片、按病人划分）。特征在缓存里时，全部单元格运行约 1 分钟，第一次多等 1–2 分钟；读完并做练习大约 60 分钟。
#
# “存下的”数来自 `data/results/15.json`，其余的现场计算。这不是医疗器械，片子只用来教学。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need lessons 02 (cross-entropy and its gradient), 07 (frozen features), 09 (intervals), 10 (folds and groups) and 14 (X-rays, split by patient). With the features in the cache all cells run in about 1 minute, the first time takes 1–2 minutes more; reading and doing the exercises takes about 60 minutes.
#
# “Stored” numbers come from `data/results/15.json`, all others are computed here. This is no medical device; the films are for teaching only.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一个猫狗分类器有 13.4 MB。把权重和中间结果都改成 8 位整数，文件只剩约四分之一。1,000 张新照片里，它的答案变几个？写一个数。后面还有 4 个猜测。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A classifier of cats and dogs has 13.4 MB. Turn its weights and all that is between its layers into 8-bit integers, and about a quarter is left. For 1,000 new photos, how many of its answers change? Write a number. 4 more guesses follow.
#
# </div>

# %% tags=["exercise"]
predict("15-p1", ...)  # 0–1,000

# %% [markdown]
# ## 一个权重，一个字节 · A weight in one byte

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **量化**（quantization；Jacob 等，2018）把实数换成整数 $k$ 和两个公用的数：**缩放** $s$ 和**零点** $k_0$：
#
# $$x\approx s\,(k-k_0)$$
#
# 权重大致对称，所以取 $k_0=0$，$s=\max|w|/127$：整数从 −127 到 127，一个字节放得下。取整的误差最多是半格，$s/2$。先折叠批归一化（第 07 课的 `predictor` 也这样做），再取一个卷积核来看。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Quantization** (Jacob et al., 2018) replaces real numbers by integers $k$ and two numbers they share, the **scale** $s$ and the **zero point** $k_0$:
#
# $$x\approx s\,(k-k_0)$$
#
# Weights are about symmetric, so take $k_0=0$ and $s=\max|w|/127$: integers from −127 to 127, which fit into a byte. Rounding errs by half a level at most, $s/2$. First fold batch normalization into the kernels (as the `predictor` of lesson 07 does), then look at one of them.
#
# </div>

# %%
net = backbones.fold_batch_norm(backbones.load("efficientnet_lite0", pooling="avg"))
kernels = {layer.name: layer.get_weights()[0] for layer in net.layers if layer.weights}
w = kernels["block0_project_conv"][0, 0]  # 32 channels in, 16 out
s = np.abs(w).max() / 127
k = np.rint(w / s).astype(np.int8)
print(w.shape, w.nbytes, k.nbytes, k[0, :6])

# %% tags=["setup"]
error = s * k - w
fig, ax = plt.subplots(figsize=(7.4, 2.2))
ax.hist(error.ravel(), 40, color=BLUE)
for edge in (-s / 2, s / 2):
    ax.axvline(edge, ls="--", color=ORANGE)
ax.set(xlabel="误差 error", ylabel="权重 weights")
figures.show(
    fig,
    "误差的直方图：0 处一个尖峰，其余大致平；两端各有一条虚线，标出半格，没有误差越过它。",
    "Histogram of the errors: a spike at 0, the rest about flat, with a dashed line at each end that marks half a level; no error lies beyond.",
)
seen = np.abs(w) > 1e-4  # float16 has few digits for tinier ones
say("几乎是 0 的权重 weights that are almost 0:", int((~seen).sum()))
half_float = np.abs(w.astype(np.float16).astype(float) - w)[seen] / np.abs(w)[seen]
assert np.abs(error).max() <= 0.5001 * s and w.nbytes == 4 * k.nbytes
assert half_float.max() <= 2**-11  # float16 keeps 11 bits of each number

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 除了中间的尖峰（几乎是 0 的 64 个权重），误差在一格里大致均匀，标准差约 $s/\sqrt{12}$。float16 不同：每个数保留 11 位，小的数误差也小，但只省一半。
#
# 层与层之间的数不对称。ReLU6 之后都不小于 0，别处可以从 −39 到 42。这时用满 0 到 255，让**整数 $k_0$ 正好代表 0**。
#
# **练习 1**：写出 `scale_and_zero`：输入最小值 `low` 和最大值 `high`，返回 $s$ 和 $k_0$。范围必须含 0；不含的话先把它拉到 0。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Apart from the spike in the middle (64 weights that are almost 0), the error is spread about evenly over a level, its standard deviation is about $s/\sqrt{12}$. float16 is different: it keeps 11 bits of each number, so small numbers have small errors, but it saves only half.
#
# Numbers between layers are not symmetric. After a ReLU6 none is below 0, elsewhere they may go from −39 to 42. Then use all of 0 to 255 and let **the integer $k_0$ stand for 0 exactly**.
#
# **Exercise 1**: write `scale_and_zero`: given the smallest value `low` and the largest `high`, return $s$ and $k_0$. The range must hold 0; where it does not, stretch it to 0.
#
# </div>


# %% tags=["exercise"]
def scale_and_zero(low, high):
    """smallest and largest value -> (scale, zero point), integers from 0 to 255"""
    return ...


check("15-1", scale_and_zero)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **一个张量一个缩放，还是一个通道一个**？折叠以后，同一个核里各通道的大小可以差几十倍。一个缩放要照顾最大的，小的通道只剩几格。动手：下面是同一个核的两个通道（存下的），宽的约是窄的 20 倍。先看 8 位；再拖到 4 位：一个缩放时，**窄的通道全部变成 0**。换成每个通道一个（第三种分法“聚类”在下文）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **One scale for the tensor, or one for each channel?** After folding, channels of one kernel may differ in size by a factor of dozens. A common scale has to suit the largest, and a small channel is left with a few levels. Try it: these are two channels of one kernel (stored), one about 20 times as wide. Look at 8 bits, then drag to 4: with one scale **all weights of the narrow channel become 0**. Switch to a scale for each channel (the third choice, clusters, comes further down).
#
# </div>

# %% tags=["setup"]
wide, narrow = (numbers(stored["levels"][key]) for key in ("wide", "narrow"))
wide, narrow = 100 * wide / np.abs(wide).max(), 100 * narrow / np.abs(wide).max()
fig, axes = plt.subplots(1, 2, figsize=(7.4, 2.3))
for ax, values, name in zip(
    axes, (wide, narrow), ("宽的通道 wide channel", "窄的通道 narrow channel"), strict=True
):
    ax.hist(values, 40, color=BLUE)
    step = np.abs(wide).max() / 127
    for level in np.unique(np.rint(narrow / step)) * step if values is narrow else ():
        ax.axvline(level, color=ORANGE, lw=1.5)
    ax.set(xlabel="权重，最大 = 100 · weight, largest = 100", ylabel="个数 count", title=name)
    ax.set_xlim((-6, 6) if values is narrow else (-110, 110))
explorables.show(
    "quantization",
    fig,
    "左：宽的通道的权重。右：窄的通道，范围小得多；竖线是整数 −7 到 5 所代表的值，它只用到 12 个。",
    "Left: weights of the wide channel. Right: the narrow channel with a much smaller range; upright lines are the values of the integers from −7 to 5, of which it uses just 12.",
    wide=wide,
    narrow=narrow,
    bits=8,
    scheme=0,
)
shared8, shared4 = np.abs(wide).max() / 127, np.abs(wide).max() / 7
assert np.rint(np.abs(narrow) / shared4).max() == 0
assert len(np.unique(np.rint(narrow / shared8))) == 12

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在量整个网络：把全部 49 个核量化再还原，20 张照片的 1,280 个特征最多差多少？这里只动权重。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now for the whole network: quantise and restore all 49 kernels. By how much do the 1,280 features of 20 photos differ at most? Only weights are touched here.
#
# </div>


# %%
def restored(name, kernel, per_channel):
    """kernel (h, w, in, out) -> the same from int8; channels of a depthwise kernel lie on axis 2"""
    channel = 2 if "depthwise" in name else 3
    axes = tuple(a for a in range(4) if a != channel or not per_channel)
    scale = np.maximum(np.abs(kernel).max(axis=axes, keepdims=True), 1e-12) / 127
    return scale * np.rint(kernel / scale)


# %%
copy = keras.models.clone_model(net)
few = photos.default("test").images(224)[:20].astype("float32")


def features_with(change):
    """change(name, kernel) -> the changed network's features (20, 1280)"""
    for mine, layer in zip(copy.layers, net.layers, strict=True):
        if layer.weights:
            kernel, bias = layer.get_weights()
            mine.set_weights([change(layer.name, kernel), bias])
    return copy.predict(few, verbose=0)


# %% tags=["nbval-ignore-output"]
plain = features_with(lambda name, kernel: kernel)
by_tensor = features_with(lambda name, kernel: restored(name, kernel, False))
by_channel = features_with(lambda name, kernel: restored(name, kernel, True))
worst = {
    "整个张量 per tensor": np.abs(by_tensor - plain).max(),
    "每个通道 per channel": np.abs(by_channel - plain).max(),
}
table(
    ["缩放 scale", "特征最大的误差 largest feature error"],
    [[n, f"{v:.2f}"] for n, v in worst.items()],
)
say("特征平均 mean feature", f"{plain.mean():.2f}", "  ", "最大 largest", f"{plain.max():.1f}")

# %%
assert worst["每个通道 per channel"] < 0.6 * worst["整个张量 per tensor"]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 特征平均 0.21，最大 4.2：整个张量一个缩放，误差可以到 2.14；同样 8 位，每个通道一个缩放，只有 0.49。代价是每个通道多存一个数。
#
# **与真的工具一致吗**？ONNX Runtime 用同样的公式。它量化 Lite0 得到的整数和缩放（存下的），与这里手算的比：330 万个权重**一格也不差**（几乎全是 0 的通道不算）。层间的数，它用 20 张照片校准最小、最大值；零点也与我们的相符。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Features average 0.21, the largest is 4.2: with one scale for the tensor they err by up to 2.14; with the same 8 bits and a scale for each channel just by 0.49. It costs one more number per channel.
#
# **Does this agree with a real tool?** ONNX Runtime uses the same formula. Its integers and scales for Lite0 (stored) against those computed by hand here: 3.3 million weights agree **to the last level** (channels of almost nothing but 0 do not count). For numbers between layers it calibrates the smallest and largest value on 20 photos; the zero point agrees with ours, too.
#
# </div>

# %% tags=["nbval-ignore-output", "setup"]
layer = stored["sizes"]["steps"]["True"]["layer"]
channel_scale = np.abs(w).max(axis=0) / 127
by_hand = np.rint(w / channel_scale)
onnx_kernel = numbers(layer["kernel"]).reshape(w.shape)
probe = keras.Model(net.input, net.get_layer("block0_project_conv").output)
out = probe.predict(photos.default("train").images(224)[::10].astype("float32"), verbose=0)
span = (out.max() - out.min()) / 255
table(["", "这里 here", "ONNX Runtime"],
      [["第一个权重 first weight", int(by_hand[0, 0]), int(onnx_kernel[0, 0])],
       ["层间的缩放 scale between layers", f"{span:.3f}", f"{layer['output scale']:.3f}"],
       ["零点 zero point", round(-out.min() / span), layer["output zero point"]]])  # fmt: skip
say("最多差几格 largest difference in levels:", int(np.abs(by_hand - onnx_kernel).max()))

# %% tags=["setup"]
steps = stored["sizes"]["steps"]
assert (
    np.abs(by_hand - onnx_kernel).max() <= 1 and max(part["steps"] for part in steps.values()) == 0
)
assert np.allclose(channel_scale, numbers(layer["scale"]), rtol=2e-3)
assert np.isclose(span, layer["output scale"], rtol=0.01)
assert abs(-out.min() / span - layer["output zero point"]) <= 1

# %% [markdown]
# ## 一个分类器，许多尺寸 · One classifier, many sizes

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 还有别的办法变小。**剪枝**（pruning）把最小的权重变成 0，之后可以再训练；这里只重新训练头。**知识蒸馏**（knowledge distillation）让小的学生学大的老师，连没有标签的照片也用得上。
#
# 猜：剪掉 60% 的权重，用普通的程序（LiteRT，TensorFlow 自带）一张一张地跑。快多少？A：约 2.5 倍；B：约 1.5 倍；C：一样快。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# There are other ways to be small. **Pruning** sets the smallest weights to 0; training may follow, here of the head only. **Knowledge distillation** lets a small student learn from a large teacher, and can use photos without labels.
#
# Guess: 60% of the weights are pruned, and an ordinary program (LiteRT, which comes with TensorFlow) runs it photo by photo. How much faster? A: about 2.5 times; B: about 1.5 times; C: not at all.
#
# </div>

# %% tags=["exercise"]
predict("15-p2", ...)  # "A", "B", "C"


# %%
def pruned(name, kernel, share=0.6):
    """the smallest weights of a 1×1 kernel become 0; these kernels hold most weights"""
    if kernel.shape[:2] != (1, 1):
        return kernel
    return np.where(np.abs(kernel) > np.quantile(np.abs(kernel), share), kernel, 0)


def zipped(change):
    """bytes of all kernels after zlib"""
    return len(
        zlib.compress(b"".join(change(n, v).astype("f4").tobytes() for n, v in kernels.items()))
    )


ratio = zipped(pruned) / zipped(lambda name, kernel: kernel)
say("压缩后剩下的比例 share left after zipping:", f"{ratio:.2f}")

# %% tags=["setup"]
speed, thin = stored["sizes"]["speeds"], stored["sizes"]["pruning"]
forms = {"float32": ("float32", rows["reference"]), "float32，zlib 压缩后 float32, after zlib": ("float32", rows["reference"] | {"zipped": thin["0.6"]["zipped before"]}), "float16": ("float16", rows["float16"]),
         "权重（int8） weights (int8)": ("dynamic", rows["dynamic"]),
         "剪枝 30%，原来的头 pruned 30%, old head": ("pruned", thin["0.3"]["before"]), "剪枝 30%，重新训练的头 pruned 30%, head trained again": ("pruned", thin["0.3"]["after"] | {"zipped": thin["0.3"]["zipped"]}),
         "剪枝 60%，原来的头 pruned 60%, old head": ("pruned", thin["0.6"]["before"]), "剪枝 60%，重新训练的头 pruned 60%, head trained again": ("pruned", thin["0.6"]["after"] | {"zipped": thin["0.6"]["zipped"]}),
         "全部 int8，整个张量 all int8, per tensor": ("onnx per tensor", rows["onnx per tensor"]),
         "全部 int8，每个通道 all int8, per channel": ("onnx per channel", rows["onnx per channel"])}  # fmt: skip


def accuracy_row(name, key, found):
    low, high = evaluation.wilson_interval(found["right"], found["n"])
    changed = found["lost"] + found["gained"]
    size = (
        f"{found.get('zipped', rows[key]['bytes']) / 1e6:.1f}"
        if key != "pruned" or "zipped" in found
        else "–"
    )
    error = f"{found['error']:.2f}" if "error" in found else "–"
    return [
        name,
        size,
        f"{found['right'] / found['n']:.3f} ({low:.3f}–{high:.3f})",
        changed,
        error,
        f"{speed[key]:.1f}",
    ]


table(["存下的 stored", "MB", "准确率（区间） accuracy (interval)", "变了的答案 answers changed", "特征误差 feature error", "速度 speed"],
      [accuracy_row(name, *what) for name, what in forms.items()]
      + [["蒸馏的 SqueezeNet · distilled SqueezeNet", f"{rows['student']['bytes'] / 1e6:.1f}", shown(column("distilled", "distilled")), "–", "–", f"{speed['student']:.1f}"]])  # fmt: skip
outcome("15-p1", rows["onnx per channel"]["lost"] + rows["onnx per channel"]["gained"])
outcome("15-p2", "C" if speed["pruned"] < 1.25 else "B" if speed["pruned"] < 2 else "A")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 1,000 张训练时没有见过的照片（区间是 95% 的威尔逊区间）；float32 对 0.983。权重存成 int8（LiteRT 的动态范围：有些层的输入在运行时也临时变成 int8）：答案变 1 个。层间的数也存成 int8（ONNX Runtime，用 20 张照片校准）：每个通道一个缩放，变 18 个；整个张量一个，变 14 个。**与只看权重时不同**，这里分不出谁好：同样的 1,000 张照片只差 4 张（对 977 和 981），特征最多差 3.0 和 2.9。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 1,000 photos that training did not see (95% Wilson intervals); float32 gets 0.983. Weights stored in int8 (LiteRT's dynamic range: inputs of some layers become int8 while running): answers that change: 1. Numbers between layers as well (ONNX Runtime, calibrated on 20 photos): 18 with a scale per channel, 14 with one per tensor. **Unlike with weights alone**, neither is better here: they differ by 4 of the same 1,000 photos (977 and 981 right), and features err by up to 3.0 and 2.9.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 剪枝 30%、60%（只剪 1×1 的核），用原来的头对 0.973 和 0.500；在剪过的特征上**重新训练头**以后 0.971 和 0.709。这里骨干不再训练，所以 60% 就塌了；剪完再训练剩下的全部权重，可以剪掉多得多（Han 等，2016，更大的网络）。剪枝两行的大小是 zlib 压缩后的，float32 压缩后是 12.4。
#
# 速度是一台 2 核机器上量的，同一个程序前后可以差约 20%：剪枝的与 float32 看不出差别，权重 int8 的慢，全部 int8 的约 1.3–1.5 倍。**零不会让程序变快**：它照样乘。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Pruned by 30% and 60% (1×1 kernels only), the old head gets 0.973 and 0.500; a **head trained again** on the pruned features gets 0.971 and 0.709. The backbone is not trained again here, so 60% breaks it; training all remaining weights afterwards allows far more (Han et al., 2016, in larger networks). Sizes of the two pruned rows are after zlib; float32 after zlib is 12.4.
#
# Speeds are from one machine with 2 cores, where the same program varies by about 20%: pruned cannot be told from float32, weights in int8 are slower, all int8 is about 1.3–1.5 times as fast. **Zeros do not make a program faster**: it multiplies them.
#
# </div>

# %% tags=["setup", "shows-sizes"]
assert (
    0.4 < ratio < 0.6 and speed["pruned"] < 1.25 and speed["dynamic"] < 1
)  # smaller file, same speed
assert thin["0.6"]["zipped"] < 0.6 * thin["0.6"]["zipped before"]
assert (
    thin["0.6"]["after"]["right"] > thin["0.6"]["before"]["right"] + 100
    and thin["0.3"]["before"]["right"] > 960
)
assert (
    rows["float32"]["bytes"] / rows["onnx per channel"]["bytes"]
    > 3.2
    > 1.9
    > rows["float32"]["bytes"] / rows["float16"]["bytes"] / 1.1
)
assert net.count_params() == backbones.fold_batch_norm(net).count_params()
assert abs(rows["onnx per channel"]["error"] - rows["onnx per tensor"]["error"]) < 0.5
assert all(part["n"] > 3.3e6 for part in stored["sizes"]["steps"].values())
head_size = 1281  # what transfer adds to the backbone: it makes nothing smaller
assert head_size / net.count_params() < 0.001 and rows["float32"]["bytes"] > 4 * net.count_params()

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **聚类**（weight clustering）不要求格子一样宽：把权重分成 16 堆，每个权重只存堆号（4 位），另存 16 个中心。下图：同样 16 个值，均匀的格子和 k-means 的中心。权重多的地方，中心也密。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Clustering** the weights does not ask for levels of equal width: sort them into 16 heaps, store only the number of the heap (4 bits) for each, and the 16 centres besides. Below: 16 values as even levels and as centres of k-means. Where weights are many, centres are close.
#
# </div>

# %%
values = kernels["block15_expand_conv"].ravel()[::20].astype(float)
even = np.linspace(-1, 1, 16) * np.abs(values).max()
centres = np.quantile(values, (np.arange(16) + 0.5) / 16)
for _ in range(30):  # k-means on a line
    nearest = np.abs(values[:, None] - centres).argmin(axis=1)
    centres = np.array([values[nearest == k].mean() for k in range(16)])


# %% tags=["setup"]
def lost(values, levels):
    """error of the nearest level, as a share of the weights"""
    near = levels[np.abs(values[:, None] - levels).argmin(axis=1)]
    return np.sqrt(((near - values) ** 2).sum() / (values**2).sum())


fig, axes = plt.subplots(2, 1, figsize=(7.4, 3.2), sharex=True)
for ax, levels, name in zip(
    axes,
    (even, centres),
    ("均匀的格子 even levels", "k-means 的中心 centres of k-means"),
    strict=True,
):
    ax.hist(values, 120, color=BLUE, range=(-0.08, 0.08))
    for level in levels:
        ax.axvline(level, color=ORANGE, lw=1)
    ax.set(xlim=(-0.08, 0.08), yticks=[], title=name)
axes[1].set_xlabel("权重 weight")
figures.show(
    fig,
    "同一批权重的直方图，上面 16 条均匀的竖线，外侧约 6 条落在几乎没有权重的地方；下面 16 条是 k-means 的中心，中间密、两边疏。",
    "Histogram of the same weights; above 16 even lines, about 6 outer ones where there are almost no weights; below the 16 centres of k-means, close in the middle and apart at the sides.",
)
say("误差 error:", f"{lost(values, even):.0%}", "→", f"{lost(values, centres):.0%}")
assert lost(values, centres) < 0.75 * lost(values, even)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **蒸馏**（Hinton 等，2015）：老师 Lite0，学生 SqueezeNet（2.9 MB 的 float32）；两个骨干都冻结，学的只是头。只有 20 张照片有标签。学生可以只学这 20 张；也可以让老师先学，再给其余 180 张打上概率，学生学这 20 个标签和 180 个概率。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Distillation** (Hinton et al., 2015): the teacher is Lite0, the student SqueezeNet (2.9 MB in float32); both backbones are frozen, only heads learn. Only 20 photos have labels. The student may learn those 20 alone; or the teacher learns first and gives the other 180 photos probabilities, and the student learns the 20 labels and the 180 probabilities.
#
# </div>

# %%
y = photos.default("train").labels
views = {
    n: features.extract(photos.default("train"), n) for n in ("efficientnet_lite0", "squeezenet")
}
large, small = ((v - v.mean(axis=0)) / (v.std(axis=0) + 1e-6) for v in views.values())
labelled = np.r_[np.flatnonzero(y == 0)[:10], np.flatnonzero(y == 1)[:10]]
teacher = LogisticRegression(C=0.01, max_iter=2000).fit(large[labelled], y[labelled])
p = teacher.predict_proba(large)[:, 1]  # soft labels of the other 180
p[labelled] = y[labelled]
twice = np.r_[small, small], np.repeat([0, 1], 200), np.r_[1 - p, p]  # each photo as both classes
student = LogisticRegression(C=0.01, max_iter=2000).fit(twice[0], twice[1], twice[2])

# %% tags=["setup"]
kinds = {"teacher": "老师，20 个标签 · teacher, 20 labels", "alone": "学生，20 个标签 · student, 20 labels",
         "distilled": "学生，老师的概率 · student, the teacher's probabilities", "all labels": "学生，200 个标签 · student, 200 labels"}  # fmt: skip
table(
    ["存下的，10 次 stored, 10 draws", "准确率 accuracy"],
    [[name, shown(column("distilled", key))] for key, name in kinds.items()],
)
gain = column("distilled", "distilled") - column("distilled", "alone")
say("配对的差 paired difference:", shown(gain))
middle, half = interval(gain)
assert middle > half > 0
assert np.mean(student.predict(small) == teacher.predict(large)) > 0.85

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 在新照片上（存下的 10 次抽签，每次另抽 20 张标签），只学 20 个标签的学生 0.866 ± 0.011，学老师概率的 0.917 ± 0.011，成对的差 0.051 ± 0.011。老师自己 0.957 ± 0.019；学生用全部 200 个标签也只有 0.937。
#
# 180 张没有标签的照片，由老师变成了有用的。老师错的，学生也照学。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# On new photos (stored, 10 draws, each with 20 other labels) the student with 20 labels alone gets 0.866 ± 0.011, with the teacher's probabilities 0.917 ± 0.011; paired difference 0.051 ± 0.011. The teacher has 0.957 ± 0.019; with all 200 labels the student gets just 0.937.
#
# The teacher made 180 photos without labels useful. Where it is wrong, the student learns that, too.
#
# </div>

# %% [markdown]
# ## 没有名字就安全吗 · Safe without names?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在说隐私。一篇文章建议“加密、匿名化”。加密保护传输途中和硬盘上的数据；训练时要解开，模型照样学。匿名呢？
#
# 一座**虚构的**城市：10,000 人，10 个邮编。医院公布一半人的记录：没有名字，只有邮编、出生日期、性别和病。另有一张公开的名单（比如选民），名单上有全部 10,000 人，各有号码、邮编、出生日期和性别。能认出百分之几的病人？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now for privacy. An article recommends “encryption, anonymisation”. Encryption protects data in transit and on the disk; for training they are decrypted, and the model learns all the same. What about anonymous data?
#
# A **made-up** city: 10,000 people, 10 postcodes. The hospital publishes records of half of them: no names, only postcode, date of birth, sex and illness. There is also a public list (of voters, say) with all 10,000 people on it, each with number, postcode, date of birth and sex. What percentage of the patients can be identified?
#
# </div>

# %% tags=["exercise"]
predict("15-p3", ...)  # 0–100

# %% tags=["setup"]
rng = np.random.default_rng(15)
n_people = 10_000
postcode, sex = rng.integers(10, size=n_people), rng.integers(2, size=n_people)
born = rng.integers(80 * 365, size=n_people)  # days
patients = rng.choice(n_people, n_people // 2, replace=False)


# %%
def linked(day):
    """what is published of the day of birth -> share of patients found by number"""
    who = {}
    for person, key in enumerate(zip(postcode, sex, day, strict=True)):
        who.setdefault(key, []).append(person)
    found = [who[postcode[i], sex[i], day[i]] for i in patients]
    return np.mean([people == [i] for people, i in zip(found, patients, strict=True)])


by_date, by_year = linked(born), linked(born // 365)
say("出生日期 date of birth:", f"{by_date:.1%}", "  ", "只有年份 year only:", f"{by_year:.1%}")
outcome("15-p3", 100 * by_date)

# %% tags=["setup", "shows-linkage", "any-seed"]
assert by_date > 0.95 and by_year < 0.02

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 98%，五行程序。同一个邮编里 1,000 人，而日期和性别有 58,400 种组合：与你撞上的别人平均 0.017 个，独一无二的概率是 $e^{-0.017}\approx 0.98$。在真实的美国人口普查里，邮编、性别、出生日期的估计是 87%（Sweeney，2000）和 63%（Golle，2006）。
#
# 只公布年份，几乎谁也认不出。可是记录里还有别的：就诊日、职业、一张片子……每多一栏，组合就更少见。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 98%, by five lines of code. A postcode has 1,000 people, and date and sex have 58,400 combinations: on average 0.017 others share yours, so being unique has the probability $e^{-0.017}\approx 0.98$. In real US censuses the estimates for postcode, sex and date of birth are 87% (Sweeney, 2000) and 63% (Golle, 2006).
#
# With the year alone hardly anybody is found. But records hold more: days of visits, a profession, an X-ray … Every further column makes combinations rarer.
#
# </div>

# %% [markdown]
# ## 模型记得谁 · Whom does the model remember?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 就算只公布模型，不公布数据，也会泄露。**成员推断攻击**（membership inference attack；Shokri 等，2017）：给你一张片子和模型，猜这张片子在不在训练里。最简单的猜法：损失越小，越像见过。
#
# 题目：肺炎是细菌还是病毒？训练 200 张，惩罚很弱，头就全背下来。片子按病人划分。特征用**公开的**猫狗照片的均值和标准差来标准化：片子自己的统计量也是泄漏。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Even if only the model is published and no data, it leaks. A **membership inference attack** (Shokri et al., 2017): given a film and the model, guess whether the film was in training. The simplest way: the smaller the loss, the more likely it was.
#
# The task: is a pneumonia due to bacteria or to a virus? With 200 training films and a weak penalty the head learns all by heart. Films are split by patient. Features are standardised by mean and deviation of the **public** cats and dogs: the films' own statistics would be a leak, too.
#
# </div>

# %%
files = np.array(sorted(assets.fetch("chest_xray").rglob("*.jpeg")))
public = features.extract(photos.default("train"))
x = (features.extract(files, progress=True) - public.mean(axis=0)) / (public.std(axis=0) + 1e-6)
x = x / np.linalg.norm(x, axis=1, keepdims=True)  # length 1
person = np.array([re.match(r"person\d+|(NORMAL2-)?IM-\d+", f.name)[0] for f in files])
kind = np.array([2 if "virus" in f.name else int("bacteria" in f.name) for f in files])


# %% tags=["nbval-ignore-output"]
def members(places, n, rng):
    """n films, and all films of other persons"""
    turn = {who: k for k, who in enumerate(rng.permutation(np.unique(person[places])))}
    places = places[np.argsort([turn[who] for who in person[places]], kind="stable")]
    return places[:n], places[n:][person[places[n:]] != person[places[n - 1]]]


inside, outside = members(np.flatnonzero(kind > 0), 200, np.random.default_rng(0))
head = LogisticRegression(C=1000, max_iter=500).fit(x[inside], kind[inside] == 2)
margin = head.decision_function(x) * np.where(kind == 2, 1, -1)  # large: sure and right
auc = roc_auc_score(np.r_[np.ones(200), np.zeros(len(outside))], margin[np.r_[inside, outside]])
print(f"{(margin[inside] > 0).mean():.2f} {(margin[outside] > 0).mean():.2f} AUC {auc:.2f}")

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(7.4, 2.4))
groups = {"训练过 in training": numbers(stored["attacked"][0]["margins"][0]), "没有 not": numbers(stored["attacked"][0]["margins"][1])}  # fmt: skip
for (name, values), look in zip(groups.items(), ((BLUE, "-"), (ORANGE, "--")), strict=True):
    share = np.histogram(values, np.arange(-16, 19))[0] / len(values)
    ax.plot(np.arange(-15.5, 18), share, look[1], marker="", lw=2, color=look[0], label=name)
ax.set(xlabel="正确类别的分数 score of the right class", ylabel="比例 share")
ax.legend()
figures.show(
    fig,
    "两条曲线（存下的）：训练过的都大于 0，多数在 2 到 8；没有训练过的散得开，三成在 0 以下。",
    "Two curves (stored): films from training are all above 0, most of them between 2 and 8; the others are spread out, three tenths below 0.",
)
table(["惩罚，存下的 10 次 penalty, 10 stored draws", "训练 training", "别的病人 other patients", "攻击的 AUC · AUC of the attack"],
      [[name, *(shown(column("attacked", key, k)) for k in range(3))] for key, name in (("weak", "弱 weak"), ("strong", "强 strong"))])  # fmt: skip
weak, strong = column("attacked", "weak", 2), column("attacked", "strong", 2)
assert auc > 0.57 and interval(weak)[0] - interval(weak)[1] > 0.6 and (weak > strong).all()

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 惩罚弱的头在训练片子上全对，别的病人上 0.70；只看损失，攻击的 AUC 是 0.688 ± 0.018，远高于 0.5。惩罚强的一样准（0.71），攻击只有 0.531 ± 0.014。
#
# 过拟合泄露，正则化有用。可是 0.53 只说**这一种**攻击、**平均**起来不灵。换一种更聪明的攻击呢？一个少见的人呢？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The head with the weak penalty is right on all training films and on 0.70 of the other patients'; by the loss alone the attack's AUC is 0.688 ± 0.018, far above 0.5. With the strong penalty the head is as accurate (0.71), and the attack has only 0.531 ± 0.014.
#
# Overfitting leaks, regularization helps. But 0.53 says that **this** attack fails **on average**. What of a smarter one? What of somebody unusual?
#
# </div>

# %% [markdown]
# ## 有无你，结果几乎一样 · With or without you, almost the same

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 要的不是“这次攻击失败”，而是**保证**。**差分隐私**（differential privacy）：把一份数据（这里是一张片子）加进去或拿出来，任何结果的概率最多变 $e^{\varepsilon}$ 倍，外加一个很小的 $\delta$：
#
# $$P(\text{有它})\le e^{\varepsilon}\,P(\text{没有它})+\delta$$
#
# $\varepsilon$ 叫隐私预算，越小越好；$\delta$ 大致是保证失效的概率，要小于 $1/n$，越小越好。
#
# **DP-SGD**（Abadi 等，2016）这样做到：每步按抽样率 $q$ 抽每个样本；每个样本的梯度裁剪到长度 $r$；相加；加上标准差 $\sigma r$ 的噪声。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What is wanted is not “this attack fails” but a **guarantee**. **Differential privacy**: with one record (here: a film) put in or taken out, the probability of any result changes by a factor of $e^{\varepsilon}$ at most, plus a tiny $\delta$:
#
# $$P(\text{with it})\le e^{\varepsilon}\,P(\text{without})+\delta$$
#
# $\varepsilon$ is the privacy budget, small is good; $\delta$ is roughly the probability that the guarantee fails; it should be below $1/n$, the smaller the better.
#
# **DP-SGD** (Abadi et al., 2016) gets there: each step draws examples at the sampling rate $q$; clips each example's gradient to the length $r$; adds them up; and adds noise of standard deviation $\sigma r$.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 2**：写出 `clipped_sum`：输入 `g`，形状 `(n, d)`，一行一个样本的梯度，和长度 `r`；返回裁剪以后的和，形状 `(d,)`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 2**: write `clipped_sum`: given `g` of shape `(n, d)`, a row for each example's gradient, and a length `r`, return the sum after clipping, of shape `(d,)`.
#
# </div>


# %% tags=["exercise"]
def clipped_sum(g, r):
    """gradients (n, d), length r -> their sum (d,), each clipped to r first"""
    return ...


check("15-2", clipped_sum)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 线性的头不必真的写出每个梯度。第 02 课：一个样本的梯度是 $(p-y)\,x$，所以长度是 $|p-y|\cdot\lVert x\rVert$，一个数就够。偏置当作多一个恒为 1 的输入。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A linear head need not write out every gradient. Lesson 02: the gradient of one example is $(p-y)\,x$, so its length is $|p-y|\cdot\lVert x\rVert$, a single number. The bias counts as one more input that is always 1.
#
# </div>


# %%
def dp_sgd(x, y, sigma, rng, q=0.032, steps=310, r=1.0, lr=2.0):
    """features (n, d), labels -> weights (d + 1,): the mean over the second half of the steps"""
    a = np.c_[x, np.ones(len(x))]
    length = np.linalg.norm(a, axis=1)
    w, path = np.zeros(a.shape[1]), []
    for _ in range(steps):
        drawn = rng.random(len(a)) < q
        e = 1 / (1 + np.exp(-a[drawn] @ w)) - y[drawn]
        e *= np.minimum(1, r / (np.abs(e) * length[drawn]))
        noise = sigma * r * rng.normal(size=len(w))
        w = w - lr * (e @ a[drawn] + noise) / (q * len(a))
        path.append(w)
    return np.mean(path[steps // 2 :], axis=0)


# %% tags=["nbval-ignore-output"]
ill = (kind > 0).astype(float)
inside, outside = members(np.arange(len(ill)), 2000, np.random.default_rng(1))


def score(w):
    return np.mean(((x[outside] @ w[:-1] + w[-1]) > 0) == ill[outside])


free = score(dp_sgd(x[inside], ill[inside], 0, np.random.default_rng(1)))
table(["噪声 noise", "准确率 accuracy"], [["σ = 0", f"{free:.2f}"]])

# %%
films = np.unique(person, return_counts=True)[1]  # of each person
say("片子 films", len(x), "  ", "人 persons", len(films), "  ", "一人最多 most", films.max())
e = 1 / (1 + np.exp(-x[:5] @ x[9])) - ill[:5]  # any weights will do, here those of a film
assert np.allclose(np.linalg.norm(e[:, None] * x[:5], axis=1), np.abs(e))  # as long as |p - y|
assert free > 0.8

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 注意：这里裁剪的是每一**张**片子，所以 $\varepsilon$ 保证的是“有没有这张片子”。3,166 张片子来自 2,457 人，最多一人 12 张；有 $k$ 张片子的人，保证弱到 $k\varepsilon$（$\delta$ 也变大）。要按人保证，就把一个人的梯度先加起来再裁剪，并按人抽样。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Note: what is clipped here is each **film**, so $\varepsilon$ is a guarantee about one film. The 3,166 films come from 2,457 persons, up to 12 from one; for somebody with $k$ films it weakens to $k\varepsilon$ (and $\delta$ grows). For a guarantee per person, add up each person's gradients before clipping, and draw persons.
#
# </div>

# %% [markdown]
# ## 花了多少隐私 · How much privacy was spent?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# $\varepsilon$ 怎么算？用 **Rényi 散度**记账。$D_\alpha$ 是阶数 $\alpha$ 的散度，量“有它”和“没有它”两个分布差多远。好处：每走一步，散度**相加**。抽样率 $q$ 的一步（Mironov 等，2019），$\alpha$ 是整数时：
#
# $$D_\alpha=\frac{1}{\alpha-1}\log\sum_{k=0}^{\alpha}\binom{\alpha}{k}(1-q)^{\alpha-k}q^k e^{\frac{k^2-k}{2\sigma^2}}$$
#
# 走 $t$ 步，再换成 $\varepsilon$，取最好的阶数（Canonne 等，2020）：
#
# $$\varepsilon=\min_\alpha\; tD_\alpha+\log\frac{\alpha-1}{\alpha}-\frac{\log(\delta\alpha)}{\alpha-1}$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# How large is $\varepsilon$? Keep accounts in **Rényi divergence**. $D_\alpha$, the divergence of order $\alpha$, says how far the distributions “with it” and “without” are apart. Its charm: with every step divergences just **add up**. For one step with sampling rate $q$ (Mironov et al., 2019) and a whole number $\alpha$:
#
# $$D_\alpha=\frac{1}{\alpha-1}\log\sum_{k=0}^{\alpha}\binom{\alpha}{k}(1-q)^{\alpha-k}q^k e^{\frac{k^2-k}{2\sigma^2}}$$
#
# Take $t$ steps, then turn it into $\varepsilon$ at the best order (Canonne et al., 2020):
#
# $$\varepsilon=\min_\alpha\; tD_\alpha+\log\frac{\alpha-1}{\alpha}-\frac{\log(\delta\alpha)}{\alpha-1}$$
#
# </div>


# %%
def divergence(q, sigma, alpha):
    """Rényi divergence of one step, alpha a whole number"""
    k = np.arange(alpha + 1)
    choose = np.array([lgamma(alpha + 1) - lgamma(j + 1) - lgamma(alpha - j + 1) for j in k])
    logs = choose + (alpha - k) * np.log1p(-q) + k * np.log(q) + (k**2 - k) / (2 * sigma**2)
    return np.logaddexp.reduce(logs) / (alpha - 1)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 只用整数阶会把小 $\sigma$ 的 $\varepsilon$ 估高。下面对任何阶数直接积分：上式的和就是 `(1 - q + q * exp((2 * u - 1) / (2 * sigma**2))) ** alpha` 的平均，`u` 服从均值 0、标准差 $\sigma$ 的正态分布。整数阶上两种算法应当一致。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Whole orders alone overstate $\varepsilon$ for small $\sigma$. The next cell integrates for any order: the sum above is the mean of `(1 - q + q * exp((2 * u - 1) / (2 * sigma**2))) ** alpha`, with `u` normal with mean 0 and standard deviation $\sigma$. At whole orders both ways should agree.
#
# </div>

# %% tags=["setup"]
orders = np.r_[np.arange(1.1, 11, 0.1), np.arange(11.0, 64)]


def renyi(q, sigma):
    """divergence of one step at all orders, by integration"""
    u = np.linspace(-12 * sigma, 70 + 12 * sigma, 40001)
    normal = -(u**2) / (2 * sigma**2) - np.log(sigma * np.sqrt(2 * np.pi))
    odds = np.logaddexp(np.log1p(-q), np.log(q) + (2 * u - 1) / (2 * sigma**2))
    total = [np.logaddexp.reduce(normal + alpha * odds) for alpha in orders]
    return (np.array(total) + np.log(u[1] - u[0])) / (orders - 1)


def price(delta):
    return np.log1p(-1 / orders) - np.log(delta * orders) / (orders - 1)


# %% tags=["setup"]
library = {0.5: 20.92, 1: 3.515, 2: 1.125}  # dp-accounting 0.6.0, its own orders
epsilon = {s: float((310 * renyi(0.032, s) + price(1e-4)).min()) for s in library}
strict = {s: float((310 * renyi(0.032, s) + price(1e-5)).min()) for s in library}
whole = np.arange(2, 64)
coarse = {s: min(310 * divergence(0.032, s, a) + np.log1p(-1 / a) - np.log(1e-4 * a) / (a - 1) for a in whole) for s in library}  # fmt: skip
table(["σ", "ε (δ = 10⁻⁴)", "整数阶 whole orders", "dp-accounting", "ε (δ = 10⁻⁵)"],
      [[f"{s:g}", f"{epsilon[s]:.2f}", f"{coarse[s]:.2f}", f"{library[s]:.2f}", f"{strict[s]:.2f}"] for s in library])  # fmt: skip
assert np.isclose(divergence(0.032, 1, 2), np.log1p(0.032**2 * (np.e - 1)))  # the sum for order 2
assert np.allclose(renyi(0.032, 1)[np.isclose(orders, 5)], divergence(0.032, 1, 5), rtol=1e-4)
assert all(epsilon[s] <= coarse[s] + 1e-4 for s in library)
assert all(np.isclose(epsilon[s], library[s], rtol=0.015) for s in library)
assert np.isclose(strict[1], 4.13, atol=0.02)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 与 Google 的库 dp-accounting 0.6.0 相差不到 1.5%。$\sigma=0.5$ 时它多 1%：最好的阶数 1.7 不是整数，级数的项有正有负，而它把绝对值加起来，得到的是一个稍松的上限；积分没有这一步。只用整数阶是 24.39：还是成立的上限，只是松。
#
# **练习 3**：一次训练走完了，各阶的散度总和是 `total`。同样的训练再走一遍，步数加倍。写出 `epsilon_twice`，返回新的 $\varepsilon$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# It agrees with Google's library dp-accounting 0.6.0 within 1.5%. At $\sigma=0.5$ the library has 1% more: the best order, 1.7, is not whole, the terms of its series have both signs, and it adds their absolute values, which gives a slightly loose bound; the integral does not. Whole orders alone give 24.39, a bound that holds and is loose.
#
# **Exercise 3**: a training is over; its divergences, one for each order, are `total`. The same training runs once more, twice as many steps in all. Write `epsilon_twice`, which returns the new $\varepsilon$.
#
# </div>


# %% tags=["exercise"]
def epsilon_twice(total, orders, delta):
    """divergences of a finished training (n,), orders (n,), delta -> epsilon after twice the steps"""
    return ...


check("15-3", epsilon_twice)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这份隐私值多少准确率？题目：正常还是肺炎，2,000 张片子，$q=0.032$，310 步，$\delta=10^{-4}$，$\sigma=1$，所以 $\varepsilon\approx 3.5$。与没有噪声的相比，100 张里少对几张？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What does this privacy cost in accuracy? The task: normal or pneumonia, 2,000 films, $q=0.032$, 310 steps, $\delta=10^{-4}$ and $\sigma=1$, so $\varepsilon\approx 3.5$. Compared with no noise, how many fewer of 100 films are right?
#
# </div>

# %% tags=["exercise"]
predict("15-p4", ...)  # 0–50

# %% tags=["nbval-ignore-output"]
safe = score(dp_sgd(x[inside], ill[inside], 1, np.random.default_rng(1)))
table(["噪声 noise", "准确率 accuracy"], [["σ = 0", f"{free:.2f}"], ["σ = 1", f"{safe:.2f}"]])

# %% tags=["setup"]
curve = {s: float((310 * renyi(0.032, s) + price(1e-4)).min()) for s in (0.5, 1.0, 2.0, 4.0)}
fig, ax = plt.subplots(figsize=(7.4, 2.9))
cost = {}
for n, look in ((2000, (BLUE, "o")), (500, (ORANGE, "s"))):
    middle, half = np.array([interval(column("private", f"{n} {s:g}")) for s in curve]).T
    ax.errorbar(
        list(curve.values()),
        middle,
        half,
        color=look[0],
        marker=look[1],
        capsize=3,
        label=f"{n:,} 张 films",
    )
    ax.axhline(column("private", f"{n} 0").mean(), ls="--", lw=1, color=look[0])
    cost[n] = {s: column("private", f"{n} 0") - column("private", f"{n} {s:g}") for s in curve}
ax.set(
    xscale="log",
    xlabel="隐私预算 privacy budget ε",
    ylabel="准确率 accuracy",
    xticks=[0.5, 1, 2, 5, 10, 20],
    xticklabels=["0.5", "1", "2", "5", "10", "20"],
)
ax.minorticks_off()
ax.legend(loc="lower right")
figures.show(
    fig,
    "准确率对隐私预算，存下的 10 次，带区间。2,000 张：从 ε 0.5 时的约 0.88 升到 0.9，很平。500 张：从约 0.77 升到 0.9，陡得多。虚线是没有噪声的。",
    "Accuracy against the privacy budget, 10 stored draws, with intervals. 2,000 films: from about 0.88 at ε 0.5 up to 0.9, rather flat. 500 films: from about 0.77 up to 0.9, much steeper. Dashed: without noise.",
)
table(["σ", "ε", "代价，2,000 张（存下的） cost, 2,000 films (stored)", "代价，500 张（存下的） cost, 500 films (stored)"],
      [[f"{s:g}", f"{curve[s]:.2f}", *(shown(cost[n][s]) for n in cost)] for s in curve])  # fmt: skip
outcome("15-p4", round(100 * cost[2000][1.0].mean(), 1))
assert safe > 0.8 and free - safe < 0.06
assert all(cost[500][s].mean() > cost[2000][s].mean() for s in (1.0, 2.0, 4.0))
assert cost[500][4.0].mean() > 0.08 > cost[2000][4.0].mean()

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 2,000 张时，$\varepsilon=3.5$ 的代价是 0.001 ± 0.004，量不出来；$\sigma=4$（$\varepsilon=0.48$）是 0.025 ± 0.009。只有 500 张时，两者要 0.021 ± 0.006 和 0.133 ± 0.032。噪声加在总和上，和的大小随片子数增长，噪声不变：**数据越多，隐私越便宜**。（$\delta=10^{-4}$ 是 $1/n$ 的五分之一，偏大；取 $10^{-5}$ 时 $\varepsilon=4.13$。）
#
# 噪声买到什么？看少见的人：在 500 张片子里放进一张标签**写错**的，训练 30 对模型，有它和没有它。攻击者拿到一对，猜哪个见过它：错标签那一类 logit 高的那个。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With 2,000 films $\varepsilon=3.5$ costs 0.001 ± 0.004, which is nothing measurable, and $\sigma=4$ ($\varepsilon=0.48$) 0.025 ± 0.009. With only 500 they cost 0.021 ± 0.006 and 0.133 ± 0.032. The noise goes on a sum that grows with the films while the noise does not: **the more data, the cheaper privacy**. ($\delta=10^{-4}$ is a fifth of $1/n$, which is a lot; $10^{-5}$ gives $\varepsilon=4.13$.)
#
# What does the noise buy? Look at somebody unusual: put one film with a **wrong** label among 500, train 30 pairs of models, with and without it. The attacker gets a pair and guesses which has seen it: the one with the higher logit for the wrong label.
#
# </div>

# %% tags=["setup"]
canary = stored["canary"]
right = {s: canary[f"{s:g}"]["right"] for s in (0, *curve)}
n_pairs = canary["0"]["n"]
hit = {s: numbers(canary[f"{s:g}"]["with"]) > numbers(canary[f"{s:g}"]["without"]) for s in right}
apart = {
    s: (int((hit[0] & ~hit[s]).sum()), int((hit[s] & ~hit[0]).sum())) for s in right
}  # with the same seed
chance = {s: stats.binomtest(a, max(a + b, 1)).pvalue for s, (a, b) in apart.items()}
table(["σ", "ε", "猜对（存下的） right guesses (stored)", "区间 interval", "成对：只有 σ = 0 对 in pairs: only σ = 0 right", "只有它对 only this one", "p"],
      [[f"{s:g}", "∞" if s == 0 else f"{curve[s]:.2f}", f"{count} / {n_pairs}", "{:.2f}–{:.2f}".format(*evaluation.wilson_interval(count, n_pairs))]
       + (["–"] * 3 if s == 0 else [*apart[s], f"{chance[s]:.2f}"]) for s, count in right.items()])  # fmt: skip
assert evaluation.wilson_interval(right[0], n_pairs)[0] > 0.6 and right[0] > max(
    right[2.0], right[4.0]
)
assert all(evaluation.wilson_interval(right[s], n_pairs)[0] < 0.5 for s in (1.0, 2.0, 4.0))
assert all(hit[s].sum() == right[s] and chance[s] > 0.1 for s in (1.0, 2.0, 4.0))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这里是 500 张片子。没有噪声时 30 对猜对 24 对，$\sigma=1$ 猜对 18 对，$\sigma=4$ 19 对；瞎猜是一半。30 对太少：24 和 18 的差别本身还可能是运气（成对 9 比 3，p = 0.15）；没有噪声时高于一半，这一点是量到的。从 $\sigma=1$ 起区间都含一半。
#
# 测出来的只是一种攻击。噪声买到的是保证：$\varepsilon$ 对**每一张片子**都成立，也包括最少见的；对没有想到的攻击也成立。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# These are 500 films. Without noise 24 of 30 guesses are right, with $\sigma=1$ it is 18, with $\sigma=4$ 19; blind guessing gets half. 30 pairs are few: 24 against 18 may still be luck (9 against 3 in pairs, p = 0.15); what was measured is that without noise it is above one half. From $\sigma=1$ on all intervals contain one half.
#
# This measures one attack. What the noise buys is the guarantee: $\varepsilon$ holds for **every film**, the most unusual as well, and for attacks that nobody has thought of.
#
# </div>

# %% [markdown]
# ## 数据留在医院 · The data stay in the hospital

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **联邦学习**（federated learning）：五家医院，片子不出门。服务器发出权重 $w$；每家在自己的片子上走几步，送回 $w_j$；服务器取平均（**联邦平均**，McMahan 等，2017）。每张片子一票：
#
# $$w=\sum_j\frac{n_j}{n}\,w_j$$
#
# $n_j$ 是医院 $j$ 的片子数，$n$ 是总数。
#
# **练习 4**：写出 `averaged`：`weights` 的形状是 `(hospitals, d)`，一行一家，`counts` 是各家的片子数；返回新的权重。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Federated learning**: five hospitals, no film leaves. The server sends the weights $w$; each takes some steps on its own films and returns $w_j$; the server averages (**federated averaging**, McMahan et al., 2017). Each film has one vote:
#
# $$w=\sum_j\frac{n_j}{n}\,w_j$$
#
# $n_j$ is the number of films of hospital $j$, $n$ that of all.
#
# **Exercise 4**: write `averaged`: `weights` has the shape `(hospitals, d)`, a row for each, `counts` holds their numbers of films; return the new weights.
#
# </div>


# %% tags=["exercise"]
def averaged(weights, counts):
    """weights (hospitals, d), numbers of films (hospitals,) -> weights (d,)"""
    return ...


check("15-4", averaged)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 数据没有离开，离开的是更新。一家医院在**一张**片子上算梯度，模型是 56×56 个像素上的逻辑回归。只看这个梯度，看得出片子吗？写 `True` 或 `False`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The data do not leave; updates do. A hospital computes the gradient on **one** film, for a logistic regression on 56×56 pixels. Can the film be seen in that gradient alone? Write `True` or `False`.
#
# </div>

# %% tags=["exercise"]
predict("15-p5", ...)  # True, False

# %% tags=["shows-gradient"]
film = photos.read(files[0], 56)[..., 0] / 255.0
pixels = np.r_[film.ravel(), 1.0]  # and the bias
w = np.random.default_rng(2).normal(size=pixels.size) * 0.01
update = (1 / (1 + np.exp(-pixels @ w)) - ill[0]) * pixels  # all that leaves the hospital
seen = (update[:-1] / update[-1]).reshape(56, 56)
assert np.allclose(seen, film, atol=1e-9)

# %% tags=["setup"]
figures.show_photos(
    [np.repeat(np.clip(v, 0, 1)[..., None], 3, 2) for v in (film, seen)],
    ["片子 film", "来自梯度 from the gradient"],
    "两张一样的小 X 光片：左边是片子，右边由梯度算出，看不出差别。",
    "Two equal small X-rays: left the film, right computed from the gradient; no difference can be seen.",
    columns=2,
    credit=CREDIT,
)
outcome("15-p5", bool(np.allclose(seen, film)))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一模一样。梯度是 $(p-y)\,x$，偏置的梯度是 $p-y$，一除就是 $x$。这里只有一张片子、只走一步，模型直接看像素；我们的头看特征，还原的就是特征。深的网络、小的批次，要搜索一下，有时也做得到（Zhu 等，2019）。所以“数据留在本地”**不是**保证。
#
# **安全聚合**（Bonawitz 等，2017）：每两家约好一个随机数，一家加、一家减。服务器只看得见总和。它不防总和本身泄露，那要靠 DP 的噪声。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The very same. The gradient is $(p-y)\,x$, that of the bias is $p-y$; divide, and there is $x$. Here it is one film, one step and a model on pixels; from a head on features it is the features that come back. For deep networks and small batches a search can sometimes do it as well (Zhu et al., 2019). So “the data stay local” is **no** guarantee.
#
# **Secure aggregation** (Bonawitz et al., 2017): any two hospitals agree on random numbers, one adds them, the other subtracts. The server sees the sum only. It does not guard against what the sum reveals: that takes DP's noise.
#
# </div>

# %%
rng = np.random.default_rng(3)
updates = rng.normal(size=(5, 4))  # of five hospitals
sent = updates.copy()
for i in range(5):
    for j in range(i + 1, 5):
        mask = rng.normal(size=4) * 100
        sent[i], sent[j] = sent[i] + mask, sent[j] - mask
print(np.allclose(sent.sum(axis=0), updates.sum(axis=0)), np.allclose(sent, updates))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 每家只走**一步**（FedSGD），联邦和集中应当完全一样：总梯度就是各家梯度按 $n_j/n$ 的平均。五家医院的大小不同，肺炎的比例从 95% 到 5%，试一试。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With **one** local step (FedSGD), federated and central should be exactly the same: the gradient of all is the mean of the hospitals' gradients, weighted by $n_j/n$. Try it with five hospitals of different size and shares of pneumonia from 95% to 5%.
#
# </div>


# %%
def gradient(w, part):
    """mean gradient of the cross-entropy on some films"""
    return (1 / (1 + np.exp(-x[part] @ w)) - ill[part]) @ x[part] / len(part)


# %% tags=["setup"]
rng, hospitals = np.random.default_rng(4), []
for size, share in zip((40, 80, 120, 160, 200), (0.95, 0.8, 0.5, 0.2, 0.05), strict=True):
    sick = round(size * share)
    pools = ((np.flatnonzero(ill == 1), sick), (np.flatnonzero(ill == 0), size - sick))
    hospitals.append(
        np.concatenate([rng.choice(pool, count, replace=False) for pool, count in pools])
    )
n_films, everybody = [len(h) for h in hospitals], np.concatenate(hospitals)

# %% tags=["any-seed"]
central, federated = np.zeros(1280), np.zeros(1280)
for _ in range(50):
    central = central - 2 * gradient(central, everybody)
    ends = [federated - 2 * gradient(federated, h) for h in hospitals]
    federated = np.average(ends, axis=0, weights=n_films)
off = np.abs(central - federated).max()
say("最大的差 largest difference", f"{off:.6f}")
say("最大的权重 largest weight", f"{np.abs(central).max():.1f}")
assert off < 1e-6 < np.abs(central).max()

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 每一步都要来回一次，太慢。所以每家走很多步再平均。可是各家的片子不同，几步就各走各的：**漂移**（client drift；Karimireddy 等，2020）。存下的 10 次：五家各 100 张，平均 20 回；集中的走同样多的步。纵轴是联邦多出的损失（全部 500 张片子上）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Each step needs a round trip, which is slow. So each hospital takes many steps before the average. But their films differ, and within a few steps they go different ways: **client drift** (Karimireddy et al., 2020). 10 stored draws: five hospitals of 100 films, 20 averages; the central model takes as many steps. Vertical axis: by how much the federated loss (on all 500 films) is higher.
#
# </div>

# %% tags=["setup"]
locals_ = (1, 5, 25, 125)
extra = {m: [column("federated", f"{m} {k}", 2) - column("federated", f"{m} {k}", 3) for k in locals_] for m in ("mixed", "even")}  # fmt: skip
fig, ax = plt.subplots(figsize=(7.4, 2.7))
for mix, look, name in (
    ("mixed", (ORANGE, "s"), "95%–5% 肺炎 pneumonia"),
    ("even", (BLUE, "o"), "都是 50% · all 50%"),
):
    middle, half = np.array([interval(v) for v in extra[mix]]).T
    ax.errorbar(range(4), middle, half, color=look[0], marker=look[1], capsize=3, label=name)
ax.set(
    xticks=range(4),
    xticklabels=locals_,
    xlabel="每回的本地步数 local steps in a round",
    ylabel="多出的损失 extra loss",
)
ax.legend()
figures.show(
    fig,
    "多出的损失对本地步数：1 步时两条都是 0；比例不同的医院从 5 步起在 0.025 到 0.032 之间，比例都是 50% 的一直接近 0。",
    "Extra loss against local steps: both are 0 at 1 step; for hospitals with different shares it lies between 0.025 and 0.032 from 5 steps on, with 50% everywhere it stays close to 0.",
)
gap = {k: column("federated", f"mixed {k}", 1) - column("federated", f"mixed {k}", 0) for k in locals_}  # fmt: skip
table(["本地步数（存下的） local steps (stored)", "联邦的准确率 federated accuracy", "集中 central", "差 difference", "多出的损失 extra loss", "都是 50% 时多出的 extra, all 50%"],
      [[k, *(shown(column("federated", f"mixed {k}", i)) for i in (0, 1)), shown(gap[k]), *(shown(extra[m][i], 4) for m in extra)] for i, k in enumerate(locals_)])  # fmt: skip
drift = {m: extra[m][-1] for m in extra}
assert np.abs(column("federated", "mixed 1", 2) - column("federated", "mixed 1", 3)).max() < 1e-3
assert (drift["mixed"] > 3 * drift["even"]).all() and interval(drift["mixed"])[0] > 0.01
assert all((v > 0.015).all() for v in extra["mixed"][1:]) and gap[125].mean() > gap[5].mean()

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 比例不同的五家，多出的损失从 5 步起就有 0.025–0.032，不随步数增加；准确率的差从 0.001 ± 0.001（5 步）到 0.007 ± 0.004（125 步）。比例都是 50% 的，125 步也只有 0.0024 ± 0.0005。
#
# 也要看另一面：同样来往 20 回，每回 1 步只有 0.886，125 步有 0.922。漂移是有的，可是**多走比少走好得多**：省下的来往抵得过它。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With different shares the extra loss is 0.025–0.032 from 5 steps on and does not grow with the steps; the gap in accuracy goes from 0.001 ± 0.001 (5 steps) to 0.007 ± 0.004 (125). With 50% everywhere it is just 0.0024 ± 0.0005 at 125 steps.
#
# See the other side as well: for the same 20 round trips, 1 step each gets 0.886 and 125 steps get 0.922. There is drift, and yet **many steps are far better than few**: what they save in round trips outweighs it.
#
# </div>

# %% [markdown]
# ## 小了、快了，还记得吗 · Small, fast, and does it remember?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 问题 | 量到的 |
# |---|---|
# | 变小？ | int8 约四分之一，1,000 个答案变 18 个 |
# | 变快？ | 看程序：全部 int8 约 1.3–1.5 倍，剪枝没有变快 |
# | 没有名字？ | 虚构的城市里认出 98% |
# | 过拟合的模型？ | 成员推断 AUC 0.69 |
# | 差分隐私？ | 2,000 张、$\varepsilon=3.5$：少 0.001 ± 0.004 |
# | 数据留在医院？ | 看像素的模型，一张片子的梯度就是那张片子 |
#
# 所以：int8 又小又几乎不丢答案，快不快看程序；**不记得**在 2,000 张、$\varepsilon=3.5$ 时量不出代价，只有 500 张时要 0.021 ± 0.006；而且要写明 $\varepsilon$ 和 $\delta$ 才算数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | question | measured |
# |---|---|
# | small? | int8 about a quarter, 18 of 1,000 answers change |
# | fast? | depends on the program: all int8 about 1.3–1.5 times, pruned: no gain |
# | without names? | 98% identified in a made-up city |
# | an overfitted model? | membership inference, AUC 0.69 |
# | differential privacy? | 2,000 films, $\varepsilon=3.5$: 0.001 ± 0.004 less |
# | data stay in the hospital? | for a model on pixels the gradient of one film is that film |
#
# So: int8 is small and loses few answers, speed depends on the program; **not remembering** has no measurable cost with 2,000 films at $\varepsilon=3.5$ and costs 0.021 ± 0.006 with 500; it counts only with $\varepsilon$ and $\delta$ written down.
#
# </div>

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四道练习就在上文各节，每道都有 `hint` 和 `solution`（例如 `hint("15-1")`）。`progress()` 显示你完成了哪些。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The four exercises stand in the sections above, each with `hint` and `solution` (for example `hint("15-1")`). `progress()` shows what you have done.
#
# </div>

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("15-q1")
quiz("15-q2")
quiz("15-q3")
quiz("15-q4")
quiz("15-q5")
progress()

# %% tags=["exercise"]
guesses("15")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * $x\approx s\,(k-k_0)$：误差最多半格；每个通道一个缩放，小的通道才有格子。
# * 8 位整数小到约四分之一；剪枝让文件小，不让程序快；蒸馏能用没有标签的照片。
# * 没有名字不等于认不出：看组合有多少见。
# * 过拟合的模型泄露谁在训练里；平均的攻击失败，不等于少见的人安全。
# * DP-SGD：裁剪每一个，加噪声，记账。数据越多，隐私越便宜。
# * 联邦：走一步等于集中；各家数据不同时，走几步就会漂移；更新里可以有病人。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * $x\approx s\,(k-k_0)$: half a level at most; only with a scale for each channel do small ones get levels.
# * 8-bit integers take about a quarter; pruning makes the file small, not the program fast; distillation can use photos without labels.
# * Without names is not beyond recognition: it depends on how rare combinations are.
# * An overfitted model reveals who was in training; an attack that fails on average does not mean that rare people are safe.
# * DP-SGD: clip each one, add noise, keep accounts. The more data, the cheaper privacy.
# * Federated: one step equals central; where hospitals differ, a few local steps already drift; and patients can be in the updates.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S3 §9.5 | 不够。上面没有名字的记录，按邮编、出生日期、性别认出 95% 以上；加密的数据要解开才能训练，训练好的模型会泄露谁在训练里。要加上差分隐私（DP-SGD）；联邦学习还要安全聚合 | <q>可以通过数据加密、匿名化等技术来保护数据隐私和安全</q> |
# | S1 §8.5 | 存储是的。计算要看程序：剪掉 60% 的权重，压缩后的文件小了一半左右，普通的程序一样慢，因为它照样乘零；去掉整个通道，或用会跳过零的程序，才变快 | <q>通过模型剪枝、量化等技术，可以显著降低模型的计算复杂度和存储需求</q> |
# | S1 §8.6 | 联邦学习本身不保证：上面由一张片子的梯度算回了那张片子。差分隐私给的是有数字的保证，$\varepsilon$ 和 $\delta$，要连数字一起说 | <q>通过联邦学习、差分隐私等技术，可以在保证数据隐私的前提下实现迁移学习</q> |
# | S3 §8.1 | 迁移本身不压缩：骨干网络一个字节也没有少，还多了头的 1,281 个数。变小靠量化、剪枝和蒸馏；其中蒸馏可以算是一种迁移 | <q>通过迁移学习，我们可以将复杂模型压缩并加速，以适应移动设备和嵌入式系统</q> |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S3 §9.5 | not enough. Of the records without names above, postcode, date of birth and sex identify more than 95%; encrypted data are decrypted for training, and the trained model tells who was in it. It takes differential privacy (DP-SGD), and secure aggregation in federated learning | <q>可以通过数据加密、匿名化等技术来保护数据隐私和安全 [data privacy and security can be protected by techniques such as encryption and anonymisation]</q> |
# | S1 §8.5 | storage, yes. Computing depends on the program: with 60% of the weights pruned the zipped file shrinks by about half, and an ordinary program is as slow as before, as it multiplies by zeros; dropping whole channels, or a program that skips zeros, makes it faster | <q>Through techniques such as model pruning and quantization, it is possible to significantly reduce the computational complexity and storage requirements of models</q> |
# | S1 §8.6 | federated learning alone guarantees nothing: above, a film is computed back from its gradient. Differential privacy gives a guarantee with numbers, $\varepsilon$ and $\delta$, which have to be stated | <q>by using techniques such as federated learning and differential privacy, it will be possible to achieve transfer learning while ensuring data privacy</q> |
# | S3 §8.1 | transfer by itself compresses nothing: the backbone keeps every byte and gets the 1,281 numbers of a head. It is quantization, pruning and distillation that make it small; of these, distillation may be called transfer | <q>通过迁移学习，我们可以将复杂模型压缩并加速，以适应移动设备和嵌入式系统 [by transfer learning we can compress and accelerate complex models, to suit mobile devices and embedded systems]</q> |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Abadi, Chu, Goodfellow, McMahan, Mironov, Talwar, Zhang, *Deep Learning with Differential Privacy*, ACM CCS 2016, doi:10.1145/2976749.2978318：DP-SGD
# * Bonawitz et al., *Practical Secure Aggregation for Privacy-Preserving Machine Learning*, ACM CCS 2017, doi:10.1145/3133956.3133982：安全聚合
# * Canonne, Kamath, Steinke, *The Discrete Gaussian for Differential Privacy*, NeurIPS 2020, arXiv:2004.00010：从散度到 ε
# * Golle, *Revisiting the uniqueness of simple demographics in the US population*, 5th ACM Workshop on Privacy in Electronic Society, 2006：63%
# * Han, Mao, Dally, *Deep Compression: Compressing Deep Neural Networks with Pruning, Trained Quantization and Huffman Coding*, ICLR 2016, arXiv:1510.00149：剪枝、聚类
# * Hinton, Vinyals, Dean, *Distilling the Knowledge in a Neural Network*, arXiv:1503.02531, 2015：蒸馏
# * Jacob et al., *Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference*, CVPR 2018, arXiv:1712.05877：缩放和零点
# * Karimireddy et al., *SCAFFOLD: Stochastic Controlled Averaging for Federated Learning*, ICML 2020, arXiv:1910.06378：漂移
# * Kermany, Zhang, Goldbaum, *Labeled Optical Coherence Tomography (OCT) and Chest X-Ray Images for Classification*, Mendeley Data, V2, 2018, doi:10.17632/rscbjbr9sj.2：片子
# * McMahan, Moore, Ramage, Hampson, Agüera y Arcas, *Communication-Efficient Learning of Deep Networks from Decentralized Data*, AISTATS 2017, PMLR 54, arXiv:1602.05629：联邦平均
# * Mironov, Talwar, Zhang, *Rényi Differential Privacy of the Sampled Gaussian Mechanism*, arXiv:1908.10530, 2019：记账
# * Shokri, Stronati, Song, Shmatikov, *Membership Inference Attacks Against Machine Learning Models*, IEEE Symposium on Security and Privacy 2017, 3–18, doi:10.1109/SP.2017.41：成员推断
# * Sweeney, *Simple Demographics Often Identify People Uniquely*, Data Privacy Working Paper 3, Carnegie Mellon University, 2000：87%
# * Zhu, Liu, Han, *Deep Leakage from Gradients*, NeurIPS 2019, arXiv:1906.08935：梯度里的照片
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Abadi, Chu, Goodfellow, McMahan, Mironov, Talwar, Zhang, *Deep Learning with Differential Privacy*, ACM CCS 2016, doi:10.1145/2976749.2978318: DP-SGD
# * Bonawitz et al., *Practical Secure Aggregation for Privacy-Preserving Machine Learning*, ACM CCS 2017, doi:10.1145/3133956.3133982: secure aggregation
# * Canonne, Kamath, Steinke, *The Discrete Gaussian for Differential Privacy*, NeurIPS 2020, arXiv:2004.00010: from divergence to ε
# * Golle, *Revisiting the uniqueness of simple demographics in the US population*, 5th ACM Workshop on Privacy in Electronic Society, 2006: 63%
# * Han, Mao, Dally, *Deep Compression: Compressing Deep Neural Networks with Pruning, Trained Quantization and Huffman Coding*, ICLR 2016, arXiv:1510.00149: pruning, clustering
# * Hinton, Vinyals, Dean, *Distilling the Knowledge in a Neural Network*, arXiv:1503.02531, 2015: distillation
# * Jacob et al., *Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference*, CVPR 2018, arXiv:1712.05877: scale and zero point
# * Karimireddy et al., *SCAFFOLD: Stochastic Controlled Averaging for Federated Learning*, ICML 2020, arXiv:1910.06378: client drift
# * Kermany, Zhang, Goldbaum, *Labeled Optical Coherence Tomography (OCT) and Chest X-Ray Images for Classification*, Mendeley Data, V2, 2018, doi:10.17632/rscbjbr9sj.2: the films
# * McMahan, Moore, Ramage, Hampson, Agüera y Arcas, *Communication-Efficient Learning of Deep Networks from Decentralized Data*, AISTATS 2017, PMLR 54, arXiv:1602.05629: federated averaging
# * Mironov, Talwar, Zhang, *Rényi Differential Privacy of the Sampled Gaussian Mechanism*, arXiv:1908.10530, 2019: the accounts
# * Shokri, Stronati, Song, Shmatikov, *Membership Inference Attacks Against Machine Learning Models*, IEEE Symposium on Security and Privacy 2017, 3–18, doi:10.1109/SP.2017.41: membership inference
# * Sweeney, *Simple Demographics Often Identify People Uniquely*, Data Privacy Working Paper 3, Carnegie Mellon University, 2000: 87%
# * Zhu, Liu, Han, *Deep Leakage from Gradients*, NeurIPS 2019, arXiv:1906.08935: photos in gradients
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("15")
