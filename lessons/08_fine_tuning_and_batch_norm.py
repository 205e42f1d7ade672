# ---
# jupyter:
#   course: {minutes: 80, needs: ["03", "04", "05", "06", "07"]}
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
# # 08 微调与 BatchNorm · Fine-tuning and BatchNorm

# %% tags=["setup"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import json
import re

import ipywidgets as widgets
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from scipy import stats
from sklearn.linear_model import LogisticRegression

from course_utils import assets, backbones, detectors, figures, paths, photos, waiting
from course_utils.bilingual import say
from course_utils.evaluation import wilson_interval
from course_utils.learning import (
    check,
    guesses,
    hint,
    outcome,
    predict,
    progress,
    quiz,
    solution,
)
from course_utils.widgets import Explorer

figures.use_style()
course_utils.reproducible(7)
rng = np.random.default_rng(7)
BatchNorm = keras.layers.BatchNormalization


def says(detector, *arguments):
    """What the detector says is wrong, or None."""
    try:
        detector(*arguments)
    except detectors.SilentMistake as mistake:
        return str(mistake)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第 07 课的骨干网络一动不动，只有分类头在学。下图里的 `tail` 也学，会更准吗？原来会的，还剩下多少？右边是一个容易出错的地方：BatchNorm 有两条路。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In lesson 07 the backbone did not move at all; only the head learned. If `tail` in the picture learns as well, do we get more accurate? And how much is left of what the network could do? On the right is what easily goes wrong: BatchNorm has two paths.
#
# </div>


# %% tags=["setup", "keep-output"]
def box(ax, x, y, text, color):
    style = {"boxstyle": "round,pad=0.5", "facecolor": color, "edgecolor": "#333333"}
    ax.text(x, y, text, ha="center", va="center", fontsize=8, color="#111111", bbox=style)


def arrow(ax, start, end):
    ax.annotate("", xy=end, xytext=start, arrowprops={"arrowstyle": "->", "color": "#333333"})


fig, axes = plt.subplots(1, 2, figsize=(8, 2.8), layout="constrained")
for ax in axes:
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.axis("off")
for x_box, name, color in [
    (0.14, "trunk", "#d9d9d9"),
    (0.5, "tail", "#9ecae1"),
    (0.86, "head", "#fdd0a2"),
]:
    box(axes[0], x_box, 0.6, name, color)
arrow(axes[0], (0.27, 0.6), (0.39, 0.6))
arrow(axes[0], (0.6, 0.6), (0.74, 0.6))
for x_text, words in [(0.14, "冻结 frozen"), (0.5, "解冻 unfrozen"), (0.86, "先学好 first")]:
    axes[0].text(x_text, 0.3, words, ha="center", fontsize=8)
box(axes[1], 0.25, 0.8, "训练模式 training mode", "#9ecae1")
box(axes[1], 0.75, 0.8, "推理模式 inference mode", "#d9d9d9")
box(axes[1], 0.25, 0.4, "这一批的 μ, σ² of the batch", "#ffffff")
box(axes[1], 0.75, 0.4, "滑动的 μ, σ² moving", "#ffffff")
arrow(axes[1], (0.25, 0.68), (0.25, 0.52))
arrow(axes[1], (0.75, 0.68), (0.75, 0.52))
arrow(axes[1], (0.49, 0.36), (0.59, 0.36))
axes[1].text(0.5, 0.12, "训练时更新 updated in training", ha="center", fontsize=8)
figures.show(
    fig,
    "左：trunk 冻结，tail 解冻，最后的 head 先学好。右：BatchNorm 在训练模式用这一批的均值和方差，并用它们更新滑动的那一对；在推理模式用滑动的那一对。",
    "Left: trunk is frozen, tail is unfrozen, head learned first. Right: in training mode BatchNorm uses mean and variance of the batch and updates the moving pair with them; in inference mode it uses the moving pair.",
    names=("trunk", "tail", "head"),
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 写出微调的公式，说清楚哪些权重从哪里出发；
# * 先探测后微调，改了 `trainable` 之后重新编译，用一行代码查出没有报错的错误；
# * 解释 Keras 3 里 BatchNorm 的滑动统计量什么时候会动，什么时候不会；
# * 选学习率、预热、分层学习率和冻结的深度，正确地早停；
# * 测出微调提高多少、忘掉多少，判断值不值。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * write the formula of fine-tuning and say which weights start from where;
# * probe first, then fine-tune, compile again after changing `trainable`, and find mistakes that raise no error with one line of code;
# * explain when the moving statistics of BatchNorm move in Keras 3 and when they do not;
# * choose a learning rate, warm-up, discriminative rates and the depth to freeze, and stop early in the right way;
# * measure what fine-tuning gains and what it forgets, and judge whether it pays.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 03 课的 Adam、第 04 课的 block 和第 05–07 课的特征提取。第 07 课冻结了整个骨干网络；这一课让它动起来，看看会得到什么，失去什么。在 2 个 CPU 核上运行全部单元格不到 2 分钟，读完并做练习大约 80 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need Adam from lesson 03, the blocks of lesson 04 and the feature extraction of lessons 05–07. Lesson 07 froze the whole backbone; this one lets it move, to see what is gained and what is lost. Running all cells takes less than 2 minutes on 2 CPU cores, reading and doing the exercises about 80 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这一课有 3 个猜测，各在它的实验旁边：先把 `...` 换成你的答案，再运行。最后一节把它们与结果并排放。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# This lesson has 3 predictions, each beside its experiment: put your answer in place of the `...`, then run. At the end they stand beside the results.
#
# </div>

# %% [markdown]
# ## 微调是什么：公式 · What fine-tuning is: the formula

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **微调**（fine-tuning）是在目标数据上继续更新预训练**权重**。网络是骨干网络 $\varphi_\theta$ 加分类头 $h_{w,b}$，就是第 07 课的 $h_{w,b}(a)=w^\top a+b$，目标函数与从零训练时一样：
#
# $$\min_{\theta,\,w,\,b}\;\frac1n\sum_{i=1}^{n}L\bigl(y_i,\,h_{w,b}(\varphi_\theta(x_i))\bigr)+\lambda R(\theta),\qquad \theta^{(0)}=\theta_S$$
#
# 公式里哪里是“迁移”？只有两处：起点 $\theta^{(0)}=\theta_S$（源任务学到的权重），以及可以选用的惩罚 $R(\theta)=\tfrac12\lVert\theta-\theta_S\rVert^2$，它把权重拉回起点（后面的 L2-SP）。
#
# | 做法 | 起点 | 训练什么 |
# |---|---|---|
# | 从零训练 | 随机 | $\theta$ 和 $w,b$ |
# | 特征提取（第 07 课） | $\theta_S$ | 只有 $w,b$，$\theta=\theta_S$ 不动 |
# | 微调 | $\theta_S$ | $w,b$ 和 $\theta$ 的一部分或全部 |
# | 加 L2-SP 的微调 | $\theta_S$ | 同上，并惩罚离开 $\theta_S$ 的距离 |
#
# 学习率、批大小是超参数：它们控制微调，调它们本身不是微调。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Fine-tuning** goes on updating the pretrained **weights** on target data. The network is a backbone $\varphi_\theta$ with a head $h_{w,b}$, lesson 07's $h_{w,b}(a)=w^\top a+b$, and the objective is the one of training from scratch:
#
# $$\min_{\theta,\,w,\,b}\;\frac1n\sum_{i=1}^{n}L\bigl(y_i,\,h_{w,b}(\varphi_\theta(x_i))\bigr)+\lambda R(\theta),\qquad \theta^{(0)}=\theta_S$$
#
# Where is the “transfer” in it? In two places only: the start $\theta^{(0)}=\theta_S$, the weights learned on the source task, and, if you like, the penalty $R(\theta)=\tfrac12\lVert\theta-\theta_S\rVert^2$, which pulls the weights back to the start (L2-SP, below).
#
# | method | start | what is trained |
# |---|---|---|
# | training from scratch | random | $\theta$ and $w,b$ |
# | feature extraction (lesson 07) | $\theta_S$ | only $w,b$; $\theta=\theta_S$ stays |
# | fine-tuning | $\theta_S$ | $w,b$ and a part of $\theta$, or all |
# | fine-tuning with L2-SP | $\theta_S$ | the same, and distance from $\theta_S$ is penalized |
#
# Learning rate and batch size are hyperparameters: they control fine-tuning; choosing them is not fine-tuning.
#
# </div>

# %% [markdown]
# ## 一个远的任务：胸部 X 光片 · A far task: chest X-rays

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 猫狗离 ImageNet 很近。这一课另取一个远的任务：胸部 X 光片，正常还是肺炎。先看文件名：`person906_bacteria_2831.jpeg` 里的 `person906` 是病人的编号。发布者分好的训练集和测试集里有同样的编号吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Cats and dogs are close to ImageNet. This lesson adds a far task: chest X-rays, normal or pneumonia. First look at the file names: `person906` in `person906_bacteria_2831.jpeg` is the number of a patient. Are there numbers in both the training and the test set as they were published?
#
# </div>


# %%
def patient(path):
    return re.match(r"person\d+|(NORMAL2-)?IM-\d+", path.name)[0]


root = assets.fetch("chest_xray")
who = {part: {patient(p) for p in (root / part).rglob("*.jpeg")} for part in ("train", "test")}
print("两边都有的编号 numbers in both:", len(who["train"] & who["test"]))
assert len(who["train"] & who["test"]) == 174

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 174 个编号两边都有。同号不一定是同一个人（其中 54 个在一边是 `bacteria`，细菌，在另一边是 `virus`，病毒），但排除不了泄漏（第 06 课），就按同一个人算，重新划分，每个编号只取 1 张，两类一样多，测试 400 张，训练 200 张。（正常的片子只有检查编号，就按它。）这是教学数据，不能用来诊断。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 174 numbers occur on both sides. The same number need not be the same person (54 are `bacteria` on one side and `virus` on the other), but leakage (lesson 06) cannot be ruled out, so count it as one person and split again: 1 picture for each number, equally many of each class, 400 for testing, 200 for training. (Normal pictures only carry a number of the study, so we go by that.) These are teaching data, not for diagnosis.
#
# </div>


# %% tags=["setup"]
def kinds_of(part, number):
    """bacteria, virus or both: what the file names of one number say."""
    return {p.name.split("_")[1] for p in (root / part).rglob(f"{number}_*.jpeg")}


both = [number for number in who["train"] & who["test"] if number.startswith("person")]
assert sum(kinds_of("train", k).isdisjoint(kinds_of("test", k)) for k in both) == 54

first = {}
for path in sorted(root.rglob("*.jpeg")):
    first.setdefault(patient(path), path)
files = np.array(list(first.values()))
labels = np.array([int(path.parent.name == "PNEUMONIA") for path in files])
order = np.random.default_rng(7).permutation(len(files))
by_class = [order[labels[order] == k] for k in (0, 1)]
test = np.concatenate([places[:200] for places in by_class])
train = np.concatenate([places[200:300] for places in by_class])
assert not {patient(p) for p in files[test]} & {patient(p) for p in files[train]}


def pixels(some_files):
    return np.stack([photos.read(file, 96) for file in some_files]).astype("float32")


def accuracy(model):
    return float(((model.predict(maps_test, verbose=0)[:, 0] > 0) == y_test).mean())


x, y, x_test, y_test = pixels(files[train]), labels[train], pixels(files[test]), labels[test]
held_out = [photos.default(part) for part in ("test", "web", "pets")]
x_pets = np.concatenate([pixels(part.paths) for part in held_out])
assert np.array_equal(x[..., 0], x[..., 2]) and len(x_pets) == 116

# %% tags=["photo-live", "setup"]
figures.show_photos(
    list(x[[0, 1, 2, 3, 100, 101, 102, 103]].astype("uint8")),
    ["正常 normal"] * 4 + ["肺炎 pneumonia"] * 4,
    "8 张胸部 X 光片，96×96 像素：上排 4 张正常，下排 4 张肺炎，肺部更白。",
    "8 chest X-rays of 96×96 pixels: 4 normal ones above, 4 with pneumonia below, whiter in the lungs.",
    columns=4,
    credit="Kermany et al. 2018, CC BY 4.0",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# X 光片是灰度的，网络要 3 个通道。`photos.read` 把同一个灰度复制到 3 个通道（上面的断言），**输入层不用改**；换掉它，就丢掉了学好的第一层卷积核。只有输入真的不同时（比如 5 个波段的卫星图）才换。
#
# 为了快，图片只有 96×96，并把 Lite0 在 block11 前切开：前一段 `trunk` 不动，它的输出只算一次；后一段 `tail`（79% 的参数）可以微调。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# X-rays are grey and the network wants 3 channels. `photos.read` copies the grey value into all 3 (asserted above), so **the input layer stays**; replacing it throws away the first layer's kernels. Replace it only when the input really differs (satellite pictures with 5 bands, say).
#
# To be quick, pictures have only 96×96 pixels and Lite0 is cut before block11: the front, `trunk`, never changes, so its output is computed once; the rest, `tail` (79% of the parameters), may be fine-tuned.
#
# </div>

# %%
net = backbones.load("efficientnet_lite0", size=96, pooling="avg")
enters = backbones.blocks(net)["block11"][0].input
trunk, tail = keras.Model(net.input, enters), keras.Model(enters, net.output)
print(f"tail: {tail.count_params():,}, {tail.count_params() / net.count_params():.0%}")

maps, maps_test, maps_pets = (trunk.predict(v, verbose=0) for v in (x, x_test, x_pets))
pretrained = tail.get_weights()

# %% [markdown]
# ## 第一段：线性探测 · Stage one: the linear probe

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **先探测后微调**（LP-FT）：分类头先在冻结的特征上学好，再动骨干网络。理由：随机的分类头给出随机方向的梯度，会先把好特征弄坏（Kumar 等，2022；他们的结论主要关于与训练数据不同分布的测试数据）。线性头用逻辑回归求，它与 `Dense(1)` 加 sigmoid 是同一个函数，所以系数可以直接放进 Keras。（sigmoid 在损失里：`from_logits=True`。）200 张里先留 40 张做**验证集**（validation set），**头也不许见到它们**：否则起点的验证损失就是在训练用过的照片上测的，偏低，早停就没有公平的标准。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **LP-FT**: let the head learn on frozen features first, then move the backbone. The reason: a random head sends gradients in random directions and spoils good features first (Kumar et al., 2022; their claim is mainly about test data from another distribution). The linear head comes from logistic regression; it is the same function as `Dense(1)` with a sigmoid, so its coefficients go straight into Keras. (The sigmoid is inside the loss: `from_logits=True`.) Of the 200 pictures 40 are put aside as the **validation set**, and **the head must not see them either**: otherwise the validation loss of the start is measured on pictures the head was trained on, is too low, and early stopping has no fair yardstick.
#
# </div>

# %% tags=["nbval-ignore-output"]
val = np.r_[80:100, 180:200]  # 20 of each class, put aside for choices
learn = np.setdiff1d(np.arange(200), val)
features, features_test = (tail.predict(v, verbose=0) for v in (maps, maps_test))
probe = LogisticRegression(C=0.1, max_iter=2000).fit(features[learn], y[learn])
head = keras.layers.Dense(1)
model = keras.Sequential([keras.Input(maps.shape[1:]), tail, head])
probe_head = [probe.coef_.T, probe.intercept_]
head.set_weights(probe_head)
frozen_accuracy = accuracy(model)
print(f"冻结 frozen: {frozen_accuracy:.3f}")

# %% tags=["setup", "any-seed"]
assert abs(frozen_accuracy - probe.score(features_test, y_test)) < 0.006  # the same classifier
assert 0.82 < frozen_accuracy < 0.95

# %% [markdown]
# ## 忘了重新编译 · The forgotten compile

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第二段要解冻 `tail`。先故意犯最常见的错误：编译以后才改 `trainable`，没有重新编译。`detectors.snapshot` 记住权重，每个检测器用一行代码问（用法表在练习 4 之后；`says` 只是把它的提示变成文字，见本课第一个单元格）：该动的动了吗？演示只用 40 张训练照片。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Stage two unfreezes `tail`. First make the most common mistake on purpose: change `trainable` after compiling and do not compile again. `detectors.snapshot` remembers the weights, and each detector asks in one line (table after exercise 4; `says` only turns its message into text; see the first cell of this lesson): did the right weights move? The demonstration uses 40 training pictures.
#
# </div>

# %%
bce, some = keras.losses.BinaryCrossentropy(from_logits=True), learn[60:100]
tail.trainable = False
model.compile(keras.optimizers.Adam(1e-3), loss=bce)
_ = model.fit(maps[some], y[some], batch_size=20, verbose=0)  # the training step is made here

# %% tags=["any-seed"]
tail.trainable = True  # and compile is forgotten
before, before_head = detectors.snapshot(model), head.get_weights()[0]
_ = model.fit(maps[some], y[some], batch_size=20, verbose=0)
assert all(np.array_equal(a, b) for a, b in zip(tail.get_weights(), pretrained, strict=True))
assert not np.array_equal(head.get_weights()[0], before_head)
print(says(detectors.recompiled, model), says(detectors.unfrozen_moved, model, before), sep="\n")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 不报错，分类头照样在学，`tail` 却一点没动：第一次 `fit` 时生成训练函数，以后一直用它。**改了 `trainable`，就重新 `compile`**。反过来的错误也有：训练函数生成以后才冻结，权重还在动；`frozen_kept` 查的就是它。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# No error, the head goes on learning, and `tail` has not moved at all: the first `fit` makes the training step, and later ones keep it. **After changing `trainable`, `compile` again.** The mistake exists the other way round, too: freezing after the step was made, and weights go on moving; `frozen_kept` watches that.
#
# </div>

# %% tags=["any-seed"]
toy = keras.Sequential(
    [keras.Input((4,)), keras.layers.Dense(3, name="base"), keras.layers.Dense(1)]
)
toy.compile("sgd", loss="mse")
_ = toy.fit(np.ones((8, 4)), np.ones(8), verbose=0)
toy.layers[0].trainable = False  # too late without compile
before = detectors.snapshot(toy)
_ = toy.fit(np.ones((8, 4)), np.zeros(8), verbose=0)
print(says(detectors.frozen_kept, toy, before))
assert "base" in says(detectors.frozen_kept, toy, before)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **误区**：`for layer in model.layers[:-2]`（S3）总能冻结骨干网络。`[:-2]` 冻结什么，要看骨干网络后面还有几层；在我们的模型里（只有 `tail`、`head` 这 2 层）它什么也不冻结。写 `base_model.trainable = False`，说的就是你要的意思。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Myth**: `for layer in model.layers[:-2]` (S3) always freezes the backbone. What `[:-2]` freezes depends on how many layers follow the backbone; in our model (2 layers, `tail` and `head`) it freezes nothing. `base_model.trainable = False` says what you mean.
#
# </div>

# %% tags=["any-seed"]
print([type(layer).__name__ for layer in model.layers], "→", model.layers[:-2])
assert len(model.layers) == 2 and model.layers[:-2] == []  # S3's loop has nothing to freeze

# %% [markdown]
# ## BatchNorm：两种权重，两种模式 · BatchNorm: two kinds of weights, two modes

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **批归一化**（batch normalization，BatchNorm）对每个通道减去均值、除以标准差，再乘 $\gamma$ 加 $\beta$（Ioffe 与 Szegedy，2015）：
#
# $$\text{BN}(x)=\gamma\,\frac{x-\mu}{\sqrt{\sigma^2+\varepsilon}}+\beta$$
#
# $\gamma$、$\beta$ 靠梯度学。$\mu$、$\sigma^2$ 有两种来源：**训练模式**用这一批自己的均值和方差，并更新**滑动统计量**（moving statistics）；**推理模式**（inference mode）用滑动统计量，什么也不更新。一次更新是（$m$ 是动量）：
#
# $$\mu_\text{moving}\leftarrow m\,\mu_\text{moving}+(1-m)\,\mu_\text{batch}$$
#
# 它与梯度无关：下面学习率是 0，统计量照样动。这一批的均值约是 5，起点是 0，动量是 0.9，所以应当得到 $0.9\cdot0+0.1\cdot5=0.5$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Batch normalization** (BatchNorm) subtracts the mean of each channel, divides by its standard deviation, multiplies by $\gamma$ and adds $\beta$ (Ioffe and Szegedy, 2015):
#
# $$\text{BN}(x)=\gamma\,\frac{x-\mu}{\sqrt{\sigma^2+\varepsilon}}+\beta$$
#
# $\gamma$ and $\beta$ are learned by gradient. $\mu$ and $\sigma^2$ come from two places: **training mode** takes the mean and variance of the batch itself and updates the **moving statistics**; **inference mode** takes the moving statistics and updates nothing. One update is ($m$ is the momentum):
#
# $$\mu_\text{moving}\leftarrow m\,\mu_\text{moving}+(1-m)\,\mu_\text{batch}$$
#
# It has nothing to do with the gradient: below the learning rate is 0, and the statistics move all the same. The mean of the batch is about 5, the start 0 and the momentum 0.9, so expect $0.9\cdot0+0.1\cdot5=0.5$.
#
# </div>

# %% tags=["setup"]
images, targets = rng.normal(5, 3, (64, 8, 8, 3)).astype("float32"), np.zeros((64, 1))


def small(between=None, **call):
    """A base with BatchNorm inside a functional model; call: what is said when it is built."""
    pool = keras.layers.GlobalAveragePooling2D()
    base = keras.Sequential([keras.Input((8, 8, 3)), BatchNorm(momentum=0.9), pool])
    image = keras.Input((8, 8, 3))
    z = base(between(image) if between else image, **call)
    return keras.Model(image, keras.layers.Dense(1)(z)), base


def fit_at_rate_zero(model):
    model.compile(keras.optimizers.SGD(0.0), loss="mse", run_eagerly=True)
    model.fit(images, targets, batch_size=64, verbose=0)


# %% tags=["any-seed"]
small_model, base = small()
fit_at_rate_zero(small_model)
moving_mean = base.layers[0].moving_mean.numpy()
print(moving_mean.round(2))
assert np.allclose(moving_mean, 0.9 * 0 + 0.1 * images.mean(axis=(0, 1, 2)), atol=1e-4)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 1**：一个 BatchNorm 层有 192 个通道。它有多少个靠梯度学的参数，多少个滑动统计量？`trainable = False` 以后，可训练的还有多少？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 1**: a BatchNorm layer has 192 channels. How many of its numbers are learned by gradient, how many are moving statistics? After `trainable = False`, how many are trainable?
#
# </div>

# %% tags=["exercise"]
answer_batch_norm = {"trainable": ..., "moving": ..., "trainable_when_frozen": ...}
check("08-1", answer_batch_norm)

# %% [markdown]
# ## 误区，测一测：一个标记保住统计量 · The myth, measured: a flag keeps the statistics

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# Keras 自己的迁移学习指南在构造时写 `base_model(inputs, training=False)`，正文说这样 BatchNorm 就一直在推理模式，解冻以后也是（指南后来的提示里也建议冻结 BatchNorm 层本身）。在 Keras 3 里测一测：`fit` 前后的滑动均值变了吗？子类写法是在 `call` 里写 `training=False`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Keras' own guide to transfer learning writes `base_model(inputs, training=False)` when it builds the model and its text says that BatchNorm then stays in inference mode, even after unfreezing (its later notes also advise freezing the BatchNorm layers themselves). Measure it in Keras 3: does the moving mean change during `fit`? The subclassed way writes `training=False` inside `call`.
#
# </div>


# %% tags=["setup"]
class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.base, self.head = small()[1], keras.layers.Dense(1)

    def call(self, image):
        return self.head(self.base(image, training=False))


def moves(model, base, frozen=None):
    """Whether one fit moves the statistics; frozen: nothing, "base" or "BatchNorm"."""
    if frozen:
        (base if frozen == "base" else base.layers[0]).trainable = False
    model(images[:1], training=False)  # a subclassed model gets its weights at the first call
    before = detectors.snapshot(model)
    fit_at_rate_zero(model)
    return says(detectors.batch_norm_kept, model, before) is not None


def moves_when_called(between, method="__call__", **call):
    model, _ = small(between)
    before = detectors.snapshot(model)
    getattr(model, method)(images, **call)
    return says(detectors.batch_norm_kept, model, before) is not None


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 猜：这里的第 2 行 `training=False`（没有冻结），统计量会动吗？写 `True` 或 `False`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Guess: in line 2, `training=False` with nothing frozen, do the statistics move? Write `True` or `False`.
#
# </div>

# %% tags=["exercise"]
predict("08-p1", ...)

# %%
mine, (thawed, base) = Subclassed(), small(training=False)
statistics_move = {  # each line fits a model of its own; * hands over the pair (model, base)
    "plain": moves(*small()),
    "training=False": moves(*small(training=False)),
    "training=False, base.trainable = False": moves(thawed, base, frozen="base"),
    "base.trainable = False": moves(*small(), frozen="base"),
    "BatchNorm trainable = False": moves(*small(), frozen="BatchNorm"),
    "subclass, training=False in call": moves(mine, mine.base),
}
base.trainable = True  # the third model once more, unfrozen and compiled again
statistics_move["training=False, then unfrozen"] = moves(thawed, base)

# %% tags=["result-table", "any-seed"]
for how, moved in statistics_move.items():
    print(f"{how:40} {'动 moves' if moved else '不动 stays'}")
moving = [how for how, moved in statistics_move.items() if moved]
assert moving == ["plain", "training=False", "training=False, then unfrozen"]
outcome("08-p1", statistics_move["training=False"])

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 在 Keras 3.15 的函数式模型里，构造时的 `training=False` **被 `fit` 盖过**：它以 `training=True` 调用整个模型。冻结期间没事，因为 `trainable = False` 的 BatchNorm 总在推理模式；一解冻，统计量就动了。（Keras 的议题 #20285 记录了它。）**可靠的做法：解冻以后，对每个 BatchNorm 层设 `trainable = False`，再编译**（$\gamma$ 和 $\beta$ 也就跟着冻结）。表里还有两种不动：`base` 一直冻结，或者自己写子类，在 `call` 里写 `training=False`。同一个规则也管 Dropout：构造时写的 `Dropout(0.5)(x, training=True)` 在 `predict` 时不再丢弃，下面验证。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In a functional model of Keras 3.15 the `training=False` given at construction is **overridden by `fit`**, which calls the whole model with `training=True`. As long as it is frozen no harm is done, since a BatchNorm with `trainable = False` always runs in inference mode; once unfrozen, the statistics move. (Keras issue #20285 records it.) **What is reliable: after unfreezing, set `trainable = False` on each BatchNorm layer, then compile** (this freezes $\gamma$ and $\beta$, too). Two more in the table stay: `base` left frozen, or a subclass with `training=False` in its `call`. The same rule holds for dropout: with `Dropout(0.5)(x, training=True)`, given at construction, nothing is dropped in `predict`, as checked below.
#
# </div>

# %% tags=["any-seed"]
ones = keras.Input((1000,))
always = keras.Model(ones, keras.layers.Dropout(0.5)(ones, training=True))
predicted = always.predict(np.ones((1, 1000)), verbose=0)  # here the flag is overridden
called = np.array(always(np.ones((1, 1000))))  # and here it is not
print(f"丢弃 dropped: predict {np.mean(predicted == 0):.1f}, model(x) {np.mean(called == 0):.1f}")
assert np.all(predicted == 1) and 0.45 < np.mean(called == 0) < 0.55

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 还有一个更隐蔽的陷阱。直接调用 `model(x)`，不说 `training`，本来是推理。可是如果 BatchNorm **前面**有一个缩放图片的层：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Here is a better-hidden trap. A direct call `model(x)` that does not mention `training` is inference. But let a layer that resizes pictures stand **before** BatchNorm:
#
# </div>

# %% tags=["any-seed"]
kinds = ["Rescaling", "Resizing", "CenterCrop", "RandomFlip"]
arguments = [(0.5,), (8, 8), (8, 8), ()]
for kind, values in zip(kinds, arguments, strict=True):
    layer = getattr(keras.layers, kind)(*values)
    moved = moves_when_called(layer)
    print(f"{kind:12} model(x): {'动 moves' if moved else '不动 stays'}")
    assert moved == (kind != "Rescaling")
    assert not moves_when_called(layer, training=False)
    assert not moves_when_called(layer, "predict", verbose=0)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 只是**看一眼**答案，模型就变了：`Resizing`、`CenterCrop`、`RandomFlip` 后面的层在 `model(x)` 时进入训练模式（Keras 3.15 实测）：这几种层的 `call` 把 `training=True` 当默认值，并传给后面的层。`predict` 和 `model(x, training=False)` 没有这个问题。**规则：直接调用时总是写明 `training=False`，或者用 `predict`**。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Just **looking** at an answer changed the model: behind `Resizing`, `CenterCrop` and `RandomFlip`, layers run in training mode on `model(x)` (measured in Keras 3.15): the `call` of these layers has `training=True` as its default and hands it on. `predict` and `model(x, training=False)` are free of it. **Rule: in a direct call always write `training=False`, or use `predict`.**
#
# </div>

# %% [markdown]
# ## 第二段：微调，并正确地早停 · Stage two: fine-tune, and stop early in the right way

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在做对的一遍。解冻 `tail`，BatchNorm 保持冻结，编译，学习率 1e-4。**早停**（early stopping）：验证损失连续 3 轮不比最好的小就停，取回最好一轮的权重。轮数给足 15。`EarlyStopping` 只比训练过的各轮，不看**起点**：所以先自己测一次起点的验证损失；微调以后没有更小，就留下冻结的那个。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now the right way. Unfreeze `tail`, keep BatchNorm frozen, compile, with a learning rate of 1e-4. **Early stopping**: stop when for 3 epochs the validation loss has not been below its best, and take back the weights of the best epoch. Allow 15 epochs. `EarlyStopping` compares the epochs that were trained and does not look at the **start**: so measure the validation loss of the start yourself; if fine-tuning does not get below it, keep the frozen one.
#
# </div>


# %%
def unfreeze_all_but_batch_norm(network):
    for layer in network.layers:
        layer.trainable = not isinstance(layer, BatchNorm)


tail.trainable = True  # a frozen parent keeps its layers frozen
unfreeze_all_but_batch_norm(tail)
head.set_weights(probe_head)
model.compile(keras.optimizers.Adam(1e-4), loss=bce)
before = detectors.snapshot(model)
loss_at_start = model.evaluate(maps[val], y[val], verbose=0)

# %% tags=["nbval-ignore-output"]
stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
settings = {"epochs": 15, "batch_size": 20, "verbose": 0, "callbacks": [stop]}
history = model.fit(maps[learn], y[learn], validation_data=(maps[val], y[val]), **settings).history
tuned_accuracy = accuracy(model)
print(f"轮 epochs: {len(history['loss'])}  测试 test: {frozen_accuracy:.3f} → {tuned_accuracy:.3f}")
print(f"验证损失 validation loss: {loss_at_start:.3f} → {min(history['val_loss']):.3f}")

# %%
for detector in [detectors.frozen_kept, detectors.unfrozen_moved, detectors.batch_norm_kept]:
    detector(model, before)  # silent: all is right
detectors.recompiled(model)
restored = model.evaluate(maps[val], y[val], verbose=0)  # the best epoch, below the start:
assert np.isclose(restored, min(history["val_loss"]), atol=1e-4) and restored < loss_at_start
assert 0.84 < tuned_accuracy < 0.96

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四个检测器都不作声。验证损失比起点小，可是一次训练的测试准确率可能升，也可能降：400 张测试照片的区间大约有正负 3 个百分点，下一节才用重复的训练说话。验证成绩是在许多轮里**挑**出来的，所以偏乐观（第 10 课测出偏多少）；报告的数字来自测试集，看一次。
#
# **练习 2**：写出早停。轮从 0 数；离最好的一轮过了 `patience` 轮还没有更小的损失，就停；相等不算更小；一直没有停，就停在最后一轮。返回停下的一轮和最好的一轮，按这个次序。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# All four detectors are silent. The validation loss is below the start, yet the test accuracy of one run may rise or fall: the interval of 400 test pictures is about plus or minus 3 percentage points, and only repeated runs, in the next section, can tell. The validation score was **picked** from many epochs, so it is optimistic (lesson 10 measures by how much); the number to report comes from the test set, looked at once.
#
# **Exercise 2**: write early stopping. Epochs count from 0; stop when `patience` epochs after the best one no loss has been lower (an equal one is not lower); if that never happens, it stops at the last epoch. Return the epoch where it stops and the best epoch, in this order.
#
# </div>


# %% tags=["exercise"]
def early_stop(val_losses, patience):
    """val_losses: one number for each epoch -> (epoch where it stops, best epoch)"""
    return ...


check("08-2", early_stop)

# %% [markdown]
# ## 学习率与冻结的深度 · Learning rate and the depth to freeze

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一次训练说明不了什么，从哪里冻结也是个老问题（Yosinski 等，2014）。`course build --full 08` 用同样的 X 光片做了一整张表：从哪个 block 开始解冻，学习率多大，每格的随机种子（不同的训练照片）写在下面，各 10 轮，写进 `data/results/08.json`；代码在 `lessons/full_08.py`。所有的表都是**测试**准确率：这是回头看学习率怎样起作用的实验，不是选超参数的做法；你自己选的时候看验证集。先把你刚才的一次与表里的平均并排放，再画出整张表。右图的**一致**（agreement）是：把原来的 ImageNet 分类层装回微调过的骨干网络，问 116 张猫狗照片，有多大比例的答案与微调前相同。先猜：两张图的形状一样吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One run proves little, and where to freeze is an old question (Yosinski et al., 2014). `course build --full 08` has made a whole table with the same X-rays: unfrozen from which block, at which learning rate, with as many random seeds (other training pictures) as the sliders show, 10 epochs each; it is in `data/results/08.json`, and its code in `lessons/full_08.py`. All tables are **test** accuracies: we read them to learn how rates behave, which is not how to choose one; when you choose, do it on validation data. First put your run above beside the means of the table, then draw all of it. In the right panel, **agreement** is this: put the original ImageNet layer back on the tuned backbone, show it 116 photos of cats and dogs, and see what share of its answers is as before. Guess first: do both panels have the same shape?
#
# </div>

# %% tags=["setup", "nbval-ignore-output"]
measured = json.loads((paths.DATA / "results" / "08.json").read_text(encoding="utf-8"))["full"]
rows = pd.DataFrame(measured["rows"])


def pick(how, n=200, task="xray", rate=None):
    chosen = rows[(rows.how == how) & (rows.n == n) & (rows.task == task)]
    return chosen if rate is None else chosen[chosen.rate == rate]


def paired_gain(one, other):
    """Difference in accuracy seed by seed."""
    both = one.merge(other, on="seed")
    return (both.accuracy_x - both.accuracy_y).to_numpy()


def t_interval(gaps):
    half = stats.t.ppf(0.975, len(gaps) - 1) * gaps.std(ddof=1) / np.sqrt(len(gaps))
    return gaps.mean() - half, gaps.mean() + half


mean_frozen, lp_ft = pick("frozen").accuracy.mean(), pick("block11", rate=1e-4)
print(f"表 table: 冻结 frozen {mean_frozen:.3f} → 微调 tuned {lp_ft.accuracy.mean():.3f}")
print(f"你 you: {frozen_accuracy:.3f} → {tuned_accuracy:.3f}")

# %% tags=["setup"]
assert abs(mean_frozen - frozen_accuracy) < 0.04
assert abs(lp_ft.accuracy.mean() - tuned_accuracy) < 0.06
blocks, rates = ["block15", "block13", "block11"], [1e-5, 1e-4, 1e-3, 1e-2]
fig, axes = plt.subplots(1, 2, figsize=(7.6, 3.4), layout="constrained")
for block, marker in zip(blocks, "os^", strict=True):
    runs = pick(block)
    for ax, key in zip(axes, ["accuracy", "agreement"], strict=True):
        mean = runs.groupby("rate")[key].mean()
        (line,) = ax.plot(mean, "-" + marker, label=f"从 from {block}", markevery=1)
        ax.plot(runs.rate, runs[key], marker, alpha=0.3, color=line.get_color(), markevery=1)
axes[0].axhline(mean_frozen, color="#666666", lw=1, ls="--", marker="", label="冻结 frozen")
axes[0].set(ylabel="X 光片测试准确率 X-ray test accuracy", ylim=(0.45, 1))
axes[1].set(ylabel="不变的 ImageNet 答案 unchanged answers", ylim=(-0.03, 1.03))
for ax in axes:
    ax.set(xscale="log", xlabel="学习率 learning rate")
for ax in axes:
    ax.legend(fontsize=8, loc="lower left")
figures.show(
    fig,
    "左：X 光片准确率，从 1e-5 到 1e-3 都在冻结的虚线附近（block11 有一次塌到 0.5），1e-2 时全部是 0.5。右：不变的 ImageNet 答案，从 0.9 以上一路降到 0；解冻得越多降得越早。小的淡点是各次训练。",
    "Left: X-ray accuracy stays near the dashed frozen line from 1e-5 to 1e-3 (one run of block11 falls to 0.5) and is 0.5 for all at 1e-2. Right: unchanged ImageNet answers fall from 0.9 and more all the way to 0, the earlier the more is unfrozen. Small faint points are single runs.",
    names=tuple(blocks),
)
table = pd.DataFrame({r: [pick(b, rate=r).accuracy.mean() for b in blocks] for r in rates}, blocks)
for how in ("frozen", "block11", "all"):
    rows_of = pick(how, rate=None if how == "frozen" else 1e-4)
    print(f"{how:8} {rows_of.accuracy.mean():.3f}  {rows_of.agreement.mean():.3f}")
assert (rows[rows.rate == 1e-2].accuracy == 0.5).all() and (table[1e-4] > 0.88).all()
assert pick("all").accuracy.mean() > mean_frozen + 0.01

# %% tags=["setup"]
assert abs(pick("block13", rate=1e-3).accuracy.mean() - mean_frozen) < 0.02
assert pick("block13", rate=1e-3).agreement.mean() < 0.05  # the X-ray accuracy does not show it


def draw_sweep(depth, rate):
    here, start = pick(depth, rate=10.0**rate), mean_frozen
    fig, axes = plt.subplots(1, 2, figsize=(6.2, 2.6), sharey=True)
    for ax, key, name in zip(
        axes,
        ["accuracy", "agreement"],
        ["测试准确率 test accuracy", "不变的答案 same answers"],
        strict=True,
    ):
        ax.plot(1 + here.seed, here[key], "o", markevery=1)
        ax.axhline(start if key == "accuracy" else 1, color="#888888", lw=1, marker="")
        ax.set(xlabel="第几次训练 run", xticks=range(1, 10), title=name, xlim=(0.5, 9.5))
    axes[0].set(ylim=(-0.03, 1.03), ylabel="比例 share")
    return fig


Explorer(
    draw_sweep,
    depth=widgets.SelectionSlider(
        options=blocks, value="block11", description="从这里解冻 unfrozen from"
    ),
    rate=widgets.IntSlider(-4, min=-5, max=-2, description="学习率 10 的几次方 rate 10^"),
    alt_zh="左：各个种子的 X 光片测试准确率，灰线是冻结的骨干网络，点在线附近或略高。右：与原网络答案一致的比例，点在 1 以下。",
    alt_en="Left: test accuracy of each seed on X-rays, the grey line is the frozen backbone, the points are near or a little above it. Right: agreement with the original network's answers, the points are below 1.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你的一次与表里差几个百分点，甚至可能比冻结的还低：你只用了 160 张训练照片，还有早停；一次的结果本来就跳动。
#
# **准确率看不出遗忘**：除塌掉的训练以外，左图到 1e-3 几乎是平的，右图早就往下掉。从 block13 解冻、1e-3 时，左边与冻结的一样，右边已经接近 0。用上面两个滑块看每一格的各次训练。
#
# * 1e-2：存下的各次准确率都恰好是 0.500，网络塌了（对所有照片答同一个），10 轮之内学不回来；是有限的数，不是 NaN，后面验证。
# * 1e-3、block11：塌掉**可能发生**。哪个种子会塌，换一台机器就不同。
# * 1e-4：从 block15 到 block11 差别不大。解冻整个网络（图下的 `all`，列是准确率和一致）平均最高，但领先的比 400 张照片的区间小，每一步都要算完整个网络，忘得也更多。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Your run differs from the table by some percentage points, and may even be below the frozen one: you used 160 training pictures and early stopping, and single runs do jump.
#
# **Accuracy does not show forgetting**: apart from collapsed runs the left panel is nearly flat up to 1e-3, while the right one has long been falling. Unfrozen from block13 at 1e-3, the left is as good as frozen and the right is close to 0. Use the two sliders above to see the runs of each setting.
#
# * 1e-2: the accuracy of all stored runs is exactly 0.500, the network has collapsed (the same answer for every picture) and does not learn again within 10 epochs; a finite number, not NaN, as checked further down.
# * 1e-3, block11: a collapse **can happen**. Which seed it hits differs between machines.
# * 1e-4: block15 to block11 differ little. Unfreezing the whole network (`all` below the figure; the columns are accuracy and agreement) has the highest mean, but is ahead by less than the interval of 400 pictures, each step has to go through the whole network, and it forgets more.
#
# </div>

# %% [markdown]
# ## 预热与分层学习率 · Warm-up and discriminative rates

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# Adam 的第一步，每个权重都走大约一整个学习率（第 03 课），不管梯度多小；接下来几步，只要梯度不变号，也差不多。**预热**（warm-up）让学习率从小到大。Keras 里可以与余弦一起写，`decay_steps` 从预热结束时数起：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In Adam's first step each weight moves by about one whole learning rate (lesson 03), however small its gradient; in the next ones nearly as far, as long as the gradient keeps its sign. **Warm-up** lets the rate grow from small to large. Keras writes it together with a cosine; `decay_steps` counts from the end of the warm-up:
#
# </div>

# %%
schedule = keras.optimizers.schedules.CosineDecay(
    initial_learning_rate=0.0, warmup_target=1e-3, warmup_steps=50, decay_steps=50
)
assert np.isclose(schedule(50), 1e-3) and float(schedule(100)) < 1e-8

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(5, 2.6), layout="constrained")
ax.plot([1000 * float(schedule(step)) for step in range(101)], "-", marker="", color="#333333")
ax.set(xlabel="步 step", ylabel="学习率 rate × 1000", xticks=[0, 50, 100])
ax.set_title("预热 + 余弦 warm-up + cosine", fontsize=9)
figures.show(
    fig,
    "100 步的学习率：前 50 步直线上升，后 50 步沿余弦降到 0。",
    "The rate over 100 steps: 50 straight up, and 50 down to 0 along a cosine.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 预热能防止塌掉吗？我们试过：学习率 1e-3，有的种子预热后更好，有的更差；换一台机器，塌掉的又是别的种子。所以只能说预热**可能**有用。先选对学习率。
#
# **练习 3**：写出预热加余弦的学习率。第 `step` 步（从 0 数）：前 `warm_up` 步从 `peak / warm_up` 均匀升到 `peak`（Keras 从 0 开始，这里早一步），之后按余弦降，开头慢，末尾也慢，走到 `total` 时为 0。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Does warm-up prevent a collapse? We tried: at rate 1e-3 some seeds end better with it and some worse, and on another machine other seeds collapse. So all one can say is that it **may** help. Choose the right rate first.
#
# **Exercise 3**: write the learning rate with warm-up and cosine. At `step` (counted from 0): for the first `warm_up` steps rise evenly from `peak / warm_up` to `peak` (Keras starts at 0; here it is one step earlier), then fall along a cosine, slowly at first and slowly at the end, that reaches 0 at `total`.
#
# </div>


# %% tags=["exercise"]
def rate_at(step, warm_up, total, peak):
    """Learning rate at a step; warm_up and total count steps."""
    return ...


check("08-3", rate_at)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **分层学习率**（discriminative learning rates；Howard 与 Ruder，2018）：分类头走大步，骨干网络走小步。把骨干网络的梯度乘以 0.1 行吗？对 Adam 不行：它用梯度除以梯度自己的大小，常数约掉了。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Discriminative learning rates** (Howard and Ruder, 2018): large steps for the head, small ones for the backbone. Could the backbone's gradients be multiplied by 0.1? Not with Adam: it divides the gradient by its own size, and the constant cancels.
#
# </div>


# %% tags=["any-seed"]
steps = []
for factor in (1.0, 0.1):
    optimizer, w = keras.optimizers.Adam(1e-3), keras.Variable([0.0])
    optimizer.apply([keras.ops.array([factor * 2.0])], [w])
    steps.append(float(w[0]))
print([f"{step:.2e}" for step in steps])
assert np.isclose(*steps, rtol=1e-4) and np.isclose(steps[0], -1e-3, rtol=1e-3)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 对 Adam，缩小梯度没有用，要用**两个优化器**。Keras 的 `fit` 只有一个，于是自己写训练步：`GradientTape` 求梯度（第 01 课），每个优化器各更新自己的一组。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With Adam, scaling gradients does nothing, so use **two optimizers**. Keras' `fit` has one, so write the training step: `GradientTape` finds the gradients (lesson 01), and each optimizer updates its own group.
#
# </div>

# %%
tail.set_weights(pretrained)
head.set_weights(probe_head)
groups = [tail.trainable_variables, head.trainable_variables]
optimizers = [keras.optimizers.Adam(1e-5), keras.optimizers.Adam(1e-3)]  # backbone, head


def train_step(x_batch, y_batch):
    with tf.GradientTape() as tape:
        loss = bce(y_batch[:, None], model(x_batch, training=False))  # BatchNorm stays
    for optimizer, group, g in zip(optimizers, groups, tape.gradient(loss, groups), strict=True):
        optimizer.apply(g, group)


# %% tags=["nbval-ignore-output"]
for batch in np.array_split(rng.permutation(learn), 8)[:4]:
    train_step(maps[batch], y[batch].astype("float32"))
went = [np.abs(head.get_weights()[0] - probe.coef_.T).max()]  # the farthest weight of the head
went += [max(np.abs(a - b).max() for a, b in zip(tail.get_weights(), pretrained, strict=True))]
print(f"最远的权重 farthest weight: 头 head {went[0]:.0e}, 骨干 backbone {went[1]:.0e}")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 下面第一张表：一行是一种做法，`accuracy` 是 X 光片的测试准确率，`agreement` 是不变的答案，± 是种子之间的标准差。`BN` 开头的几行让 BatchNorm 的一部分也训练。第二张小表比较批的大小。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In the first table below a row is a method, `accuracy` is the test accuracy on X-rays, `agreement` the share of unchanged answers, ± the standard deviation between seeds. Rows that start with `BN` train a part of BatchNorm as well. The small second table compares batch sizes.
#
# </div>

# %% tags=["setup"]
assert went[1] < 1e-4 and went[0] > 20 * went[1]
norms = {f"BN {kind}": pick(f"BN {kind}") for kind in ("scales", "statistics", "training")}
norms["BN momentum 0.9"] = pick("BN training, momentum 0.9")
chosen = {"LP-FT, 1e-4": lp_ft, "both 1e-5": pick("block11", rate=1e-5)}
chosen |= {how: pick(how) for how in ("discriminative", "random head")} | norms
measures = {how: r[["accuracy", "agreement"]] for how, r in chosen.items()}
other = pd.DataFrame({how: r.mean() for how, r in measures.items()}).T
spread = pd.DataFrame({how: r.std() for how, r in measures.items()}).T
print(other.join(spread.add_suffix(" ±")).round(3))
both_kinds = lp_ft.merge(norms["BN training"], on="seed")
better = (both_kinds.accuracy_x - both_kinds.accuracy_y).to_numpy()
low_bn, high_bn = t_interval(better)
say(
    "冻结比一起训练好 frozen minus trained", f"{better.mean():+.3f} [{low_bn:+.3f}, {high_bn:+.3f}]"
)
first_row = other.loc["LP-FT, 1e-4"]
assert len(better) == 9 and low_bn > 0  # stored, 9 seeds
assert abs(other.accuracy["BN scales"] - first_row.accuracy) < 0.01
assert other.accuracy["BN statistics"] < first_row.accuracy
assert other.accuracy["BN momentum 0.9"] < first_row.accuracy  # not the slow averages
assert other.agreement["random head"] < first_row.agreement
assert other.agreement["discriminative"] > first_row.agreement

frame = {}
for batch in (16, 2):
    for kind in ("frozen", "training"):
        runs = pick(f"BN {kind}, batch {batch}")
        frame[f"BN {kind}, batch {batch}"] = runs[["accuracy", "darker"]].mean()
batches = pd.DataFrame(frame).T
print(batches.round(3))
norm = next(layer for layer in tail.layers if isinstance(layer, BatchNorm))
assert norm.momentum == 0.99 and round(1 - norm.momentum**100, 2) == 0.63

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 先看 BatchNorm：**把它冻结**。存下的 9 个种子，同一个种子配成一对，冻结的平均高 4.6 个百分点，95% 区间不含 0（表下那一行）。为什么？训练时用的是一批 20 张自己的、噪声很大的均值和方差，预测时用的是滑动的。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# BatchNorm first: **freeze it**. Over 9 stored seeds, paired seed by seed, frozen is ahead by 4.6 percentage points on average, and the 95% interval excludes 0 (the line below the table). Why? Training uses the noisy mean and variance of a batch of 20, predicting uses the moving ones.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 其余各行里种子少于 9 个的，只说明可能发生什么：只进训练模式的 `BN statistics` 更差，而只学 $\gamma$、$\beta$ 的 `BN scales` 没有变差，看来要紧的是统计量。随机的分类头变的答案更多。`both 1e-5` 与分层学习率接近：探测以后，分类头没有多少还要学的。`darker` 是亮度减半的照片；批的大小不同时轮数也不同，只在同样大小的两行之间比。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Rows with fewer than 9 seeds only show what can happen: `BN statistics`, training mode alone, is worse, while `BN scales`, where only $\gamma$ and $\beta$ learn, is not; it seems to be the statistics that matter. With a random head more answers change. `both 1e-5` is close to the discriminative rates: after probing the head has little left to learn. `darker` is photos at half their brightness; other batch sizes have other numbers of epochs, so compare only two rows of one size.
#
# </div>

# %% [markdown]
# ## 值不值：近的任务与远的任务 · Does it pay: a close task and a far one

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 常听说：“微调总比特征提取好。”把准确率的差按任务和照片张数列出来；方括号里是**冻结**准确率的区间（威尔逊区间），来自测试照片的张数，X 光片 400 张，猫狗 116 张。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The myth: “fine-tuning always beats feature extraction.” List the gain in accuracy by task and number of pictures; in brackets is the interval (Wilson) of the **frozen** accuracy, which comes from the number of test pictures, 400 X-rays and 116 photos of cats and dogs.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 猜：200 张 X 光片，微调比冻结高几个百分点？写一个数，例如 2.5。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Guess: with 200 X-rays, by how many percentage points is fine-tuning better than frozen? Write a number such as 2.5.
#
# </div>

# %% tags=["exercise"]
predict("08-p2", ...)

# %% tags=["setup", "result-table"]
settings = [("xray", 40), ("xray", 200), ("xray", 800), ("pets", 20), ("pets", 200)]
gains = {}
for task, n in settings:
    frozen, tuned = pick("frozen", n, task), pick("block11", n, task, rate=1e-4)
    gains[task, n] = paired_gain(tuned, frozen)
    total = {"xray": 400, "pets": 116}[task]
    low, high = wilson_interval(round(frozen.accuracy.mean() * total), total)
    print(
        f"{task} {n:4}  冻结 frozen {frozen.accuracy.mean():.3f} [{low:.2f}, {high:.2f}]", end="  "
    )
    print(f"提高 gain {gains[task, n].mean():+.3f}  ({gains[task, n].round(3)})")
outcome("08-p2", 100 * gains["xray", 200].mean())
head_only = rows[rows.how == "head only"].reset_index(drop=True)  # the control
start = rows[rows.how == "frozen"].reset_index(drop=True)
assert len(head_only) == len(start)
assert (head_only.accuracy - start.accuracy).abs().max() < 0.01  # the head alone gains nothing
seen = json.loads((paths.DATA / "results" / "07.json").read_text(encoding="utf-8"))["full"]
assert np.mean(seen["curve"]["pretrained"]["20"]) > pick("frozen", 20, "pets").accuracy.mean() + 0.1
low_gain, high_gain = t_interval(gains["xray", 200])
say("95% 区间 interval, X 200", f"[{100 * low_gain:+.1f}, {100 * high_gain:+.1f}]")
assert len(gains["xray", 200]) == 9 and low_gain > 0  # stored, 9 seeds
assert gains["xray", 800].mean() > 0.01 and abs(gains["pets", 200]).max() < 0.02  # stored
fig, ax = plt.subplots(figsize=(6.2, 3))
names = {"xray": "X 光片 X-rays", "pets": "猫狗 pets"}
for task, marker in {"xray": "o", "pets": "s"}.items():
    places = [place for place, key in enumerate(settings) if key[0] == task]
    points = 100 * np.concatenate([gains[settings[place]] for place in places])
    beside = np.concatenate([p + np.linspace(-0.25, 0.25, len(gains[settings[p]])) for p in places])
    ax.plot(beside, points, marker, markevery=1, label=names[task])
ax.axhline(0, color="#888888", lw=1, marker="")
short = {"xray": "X 光 X-ray", "pets": "猫狗 pets"}
ax.set_xticks(range(5), [f"{short[task]}\nn = {n}" for task, n in settings])
ax.legend(fontsize=8)
ax.set(ylabel="提高的百分点 gain, points", xlabel="任务与张数 task and number")
figures.show(
    fig,
    "每种设置的每个种子一个点：X 光片 40 张时有正有负，200 张和 800 张时多在 0 以上；猫狗 20 张时有正有负，200 张时都在 0 附近。",
    "A point for each seed of a setting: with 40 X-rays of both signs, with 200 and 800 mostly above 0; with 20 photos of pets of both signs, with 200 all near 0.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 200 张 X 光片：9 个种子配对，平均 +1.9 个百分点，95% 区间在 0 以上，所以不是碰巧；可是很小。800 张时会升，40 张时有升有降：没有清楚的好处，就留下冻结的。200 张猫狗几乎没有提高。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 200 X-rays: paired over 9 seeds +1.9 percentage points on average, with the 95% interval above 0, so it is not chance; but it is small. With 800 the runs gain, with 40 some gain and some lose: without a clear gain, stay with the frozen network. With 200 cats and dogs next to nothing is gained.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 20 张猫狗时，这里的冻结网络存下 0.816（96 像素），同样的抽样和照片在 224 像素是 0.991。**大一点的照片**比微调更值。
#
# 保留：学习率 1e-4 是看着测试成绩挑的，分类头的 `C=0.1` 却没有调；调好分类头（特征标准化、`C=1`），冻结的也会升一点，微调的提高可能有一半来自这里。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With 20 cats and dogs the frozen network has a stored 0.816 here (96 pixels); with the same draws and photos at 224 pixels it is 0.991. **Larger photos** are worth more than fine-tuning.
#
# Reservation: the rate 1e-4 was picked with test scores in view, while the head's `C=0.1` was not tuned. With a tuned head (standardized features, `C=1`) the frozen network gains a little, too, and perhaps half of the gain of fine-tuning is that.
#
# </div>

# %% [markdown]
# ## 忘掉了什么 · What was forgotten

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 微调以后，原来会的还会吗？再测一次一致，这次自己来。答案变了不一定就是错了，所以再测真正的旧能力：答案是某种猫（或某种狗），而照片里确实是猫（或狗），占多少？旧能力丢掉，叫**灾难性遗忘**（catastrophic forgetting）。
#
# 这里用全部 200 张 X 光片，从同一个起点重新训练 3 次，各 5 轮，学习率不同：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# After fine-tuning, can it still do what it could? Measure agreement once more, this time yourself. A changed answer need not be a wrong one, so also measure the old skill itself: how often is the answer some cat (or some dog) when the photo does show a cat (or a dog)? Losing the old skill is **catastrophic forgetting**.
#
# Here all 200 X-rays are used, in 3 trainings from the same start, 5 epochs each, at different rates:
#
# </div>

# %% tags=["setup"]
full = backbones.load("efficientnet_lite0", include_top=True, size=96)
kernel, bias = full.layers[-1].get_weights()


def imagenet_answers():
    return (tail.predict(maps_pets, verbose=0) @ kernel + bias).argmax(axis=1)


is_dog = np.concatenate([part.labels for part in held_out])  # 0 cat, 1 dog


def still_right(answers):
    """The share of photos whose answer is some cat, or some dog, as it should be."""
    cat, dog = np.isin(answers, backbones.CATS), np.isin(answers, backbones.DOGS)
    return np.where(is_dog, dog, cat).mean()


parts = [*(f"block{i}" for i in range(11, 16)), "head"]  # head: the last convolution
watched = keras.Model(enters, [backbones.blocks(net)[part][-1].output for part in parts])


def per_part():
    """What each part gives for the 116 photos, averaged over places: (116, channels) each."""
    outputs = watched.predict(maps_pets, verbose=0)
    return [a.mean(axis=(1, 2)) if a.ndim == 4 else a for a in outputs]


tail.set_weights(pretrained)
original = imagenet_answers()
assert np.array_equal(original, full.predict(x_pets, verbose=0).argmax(axis=1))
assert 0.6 < still_right(original) < 0.8

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 猜：用学习率 1e-4 微调以后，116 张猫狗照片里有多大比例的答案不变？写 0 到 1 的数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Guess: after fine-tuning at a rate of 1e-4, for what share of the 116 photos is the answer unchanged? Write a number from 0 to 1.
#
# </div>

# %% tags=["exercise"]
predict("08-p3", ...)

# %% tags=["nbval-ignore-output"]
tried, weights, inside = {}, {}, {0: per_part()}
adam = keras.optimizers.Adam()
model.compile(adam, loss=bce)  # once: each compile would make the training step anew
adam.build(model.trainable_variables)
unused = [variable.numpy() for variable in adam.variables]
for rate in waiting.counted((1e-4, 1e-3, 1e-2), "训练", "training"):
    tail.set_weights(pretrained)
    head.set_weights(probe_head)
    for variable, value in zip(adam.variables, unused, strict=True):
        variable.assign(value)  # Adam forgets the training before
    adam.learning_rate = rate
    _ = model.fit(maps, y, epochs=5, batch_size=20, verbose=0)
    now, spread = imagenet_answers(), np.ptp(model.predict(maps_test, verbose=0))
    tried[rate] = {"same": (now == original).mean(), "right": still_right(now), "spread": spread}
    tried[rate]["x_ray"] = accuracy(model)
    weights[rate], inside[rate] = tail.get_weights(), per_part()
    if rate == 1e-4:
        changed = now[now != original], original[now != original]
print(pd.DataFrame(tried).round(2).assign(start=[1, still_right(original).round(2), np.nan]))
outcome("08-p3", tried[1e-4]["same"])
for n in (20, 200):
    print(f"pets {n}: {pick('block11', n, 'pets', 1e-4).agreement.mean():.2f}")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# `same` 是不变的答案，`right` 是仍然答对猫狗，`x_ray` 是 X 光片准确率，`spread` 是 400 张 X 光片的输出里最大与最小之差。读法：
#
# * 1e-4：约五分之一的答案变了，答对的猫狗却差不多一样多。**变了的答案只是遗忘的上限**：约一半的变化是从一个犬种换到另一个犬种。
# * 1e-3：旧能力几乎全部丢掉，而 X 光片的准确率看不出来。
# * 1e-2：`spread` 是 0，每张 X 光片得到同一个输出：一个有限的数，不是 NaN；网络不再区分照片。
# * 远的任务不一定忘得多：在**猫狗**上微调（1e-4），不变的答案反而更少（最后两行）。可是问的就是猫狗，动的正是这些特征，所以不能直接比远近；那里还有多少答对，也没有测。
#
# 如果旧任务还要用，就留一份原来的权重，或者在旧任务上也测。
#
# 变化发生在哪里？两种测法，逐个 block：权重离起点的距离（除以起点的长度），和**线性 CKA**（Kornblith 等，2019），它比较两个网络对同样 $n$ 张照片的特征 $A$、$B$（每列减去均值）；1 表示只差旋转和一个倍数：
#
# $$\text{CKA}(A,B)=\frac{\lVert A^\top B\rVert_F^2}{\lVert A^\top A\rVert_F\,\lVert B^\top B\rVert_F}$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# `same` is the share of unchanged answers, `right` the cats and dogs that are still right, `x_ray` the accuracy on X-rays, `spread` the largest minus the smallest output for the 400 X-rays. How to read it:
#
# * 1e-4: about a fifth of the answers has changed, yet about as many cats and dogs are right. **Changed answers are only an upper limit of forgetting**: about half of the changes are from one breed of dog to another.
# * 1e-3: the old skill is almost entirely lost, and the accuracy on X-rays does not show it.
# * 1e-2: `spread` is 0, every X-ray gets the same output: a finite number, not NaN; the network no longer tells pictures apart.
# * A far task need not forget more: tuning on **cats and dogs** (1e-4) leaves fewer answers unchanged (the last two lines). But cats and dogs are what is asked, and their features are the ones that move, so far and close cannot be compared directly; nor was it measured there how many are still right.
#
# If the old task is still needed, keep a copy of the old weights, or test on the old task as well.
#
# Where did it change? Two measures for each block: the distance of its weights from their start (divided by the length of the start), and **linear CKA** (Kornblith et al., 2019), which compares the features $A$ and $B$ that two networks have for the same $n$ photos (mean of each column subtracted); 1 means that they differ only by a rotation and a factor:
#
# $$\text{CKA}(A,B)=\frac{\lVert A^\top B\rVert_F^2}{\lVert A^\top A\rVert_F\,\lVert B^\top B\rVert_F}$$
#
# </div>


# %%
def cka(a, b):
    """a (n, p), b (n, q): features of the same n photos -> their linear CKA, 0 to 1"""
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    return np.sum((a.T @ b) ** 2) / np.linalg.norm(a.T @ a) / np.linalg.norm(b.T @ b)


alike = {}
for rate in (1e-4, 1e-3):  # at 1e-2 the features are the same for each photo: 0 / 0
    alike[rate] = [cka(a, b) for a, b in zip(inside[0], inside[rate], strict=True)]
turned = np.linalg.qr(rng.normal(size=(112, 112)))[0]  # a rotation
some_features = inside[0][0][:, :112].astype("float64")
assert np.isclose(cka(some_features, 3 * some_features @ turned), 1)
assert min(alike[1e-4]) > 0.9 and alike[1e-3][-1] < alike[1e-4][-1] - 0.1

# %% tags=["setup"]
agreement = {rate: pick("block11", rate=rate).agreement.mean() for rate in rates}
assert abs(tried[1e-4]["same"] - agreement[1e-4]) < 0.2
assert abs(tried[1e-4]["right"] - still_right(original)) < 0.1 and tried[1e-3]["right"] < 0.2
both_dogs = np.logical_and(*(np.isin(answers, backbones.DOGS) for answers in changed))
assert 0.3 < both_dogs.mean() < 0.75
assert tried[1e-2]["spread"] < 0.01  # NaN would fail here
on_pets = [pick("block11", n, "pets", 1e-4).agreement.mean() for n in (20, 200)]
assert on_pets[0] < on_pets[1] - 0.05 < agreement[1e-4] - 0.1
assert agreement[1e-5] > agreement[1e-4] + 0.02 and agreement[1e-3] < 0.2
assert pick("all").agreement.mean() < agreement[1e-4] - 0.05


def distance(part, rate):
    """How far a part's weights went, relative to their size."""
    mine = {id(w) for layer in backbones.blocks(net)[part] for w in layer.trainable_weights}
    triples = zip(tail.weights, weights[rate], pretrained, strict=True)
    pairs = [(w, w0) for variable, w, w0 in triples if id(variable) in mine]
    return np.sqrt(
        sum(np.sum((w - w0) ** 2) for w, w0 in pairs) / sum(np.sum(w0**2) for _, w0 in pairs)
    )


far = {rate: [distance(part, rate) for part in parts] for rate in (1e-4, 1e-3)}
assert 0.004 < min(far[1e-4]) and max(far[1e-4]) < 0.02 and min(far[1e-3]) > 3 * max(far[1e-4])
fig, axes = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
shown = [part.replace("block", "") if part != "head" else "conv" for part in parts]
for rate, marker in [(1e-4, "o"), (1e-3, "s")]:
    label = f"学习率 rate {rate:g}"
    axes[0].plot(shown, 100 * np.array(far[rate]), "-" + marker, label=label, markevery=1)
    axes[1].plot(shown, alike[rate], "-" + marker, label=label, markevery=1)
axes[0].set(ylabel="走了多远，% distance, %", xlabel="block", yscale="log")
axes[1].set(ylabel="与起点的 CKA CKA with the start", xlabel="block", ylim=(0, 1.05))
for ax in axes:
    ax.legend(fontsize=8)
figures.show(
    fig,
    "左：每个 block（11 到 15）和最后一个卷积的权重走了多远，1e-4 时在 1% 上下，1e-3 时大得多。右：特征的 CKA，1e-4 时每一处都在 0.9 以上，1e-3 时越往后越低。",
    "Left: how far the weights of each block (11 to 15) and of the last convolution went, about 1% at 1e-4, much farther at 1e-3. Right: CKA of the features, above 0.9 everywhere at 1e-4, lower and lower towards the end at 1e-3.",
    names=("block", "conv", *shown),
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 1e-4 时权重只走了自己长度的 1% 左右，每个 block 的 CKA 还在 0.9 以上，答案已经变了约五分之一：改变答案不需要走很远。**L2-SP**（Li 等，2018）把走远的权重拉回来，惩罚是 $\tfrac{\lambda}{2}\lVert\theta-\theta_S\rVert^2$。普通的权重衰减往 0 拉，那不是起点。Keras 里给每个要训练的权重挂一个正则项，再重新编译：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# At 1e-4 the weights moved by about 1% of their length, CKA is still above 0.9 in each block, and about a fifth of the answers changed: changing answers does not take a long way. **L2-SP** (Li et al., 2018) pulls weights back that go far, by the penalty $\tfrac{\lambda}{2}\lVert\theta-\theta_S\rVert^2$. Ordinary weight decay pulls towards 0, which is not the start. In Keras, hang a regularizer on each trainable weight and compile again:
#
# </div>


# %%
class L2SP(keras.regularizers.Regularizer):
    def __init__(self, start, strength):
        self.start, self.strength = keras.ops.copy(start), strength

    def __call__(self, w):
        return self.strength / 2 * keras.ops.sum((w - self.start) ** 2)


dense = keras.layers.Dense(2)
dense.build((None, 3))
dense.kernel.regularizer = L2SP(dense.kernel, strength=0.5)
assert float(sum(dense.losses)) == 0  # at the start nothing is penalized
dense.kernel.assign(dense.kernel + 2.0)
assert np.isclose(float(sum(dense.losses)), 0.5 / 2 * 6 * 2**2)  # 6 weights, each 2 away

# %%
tail.set_weights(pretrained)
for weight in tail.trainable_variables:
    weight.regularizer = L2SP(weight, strength=0.1)
model.compile(keras.optimizers.Adam(1e-4), loss=bce)  # so that fit sees the penalty
assert len(model.losses) == len(tail.trainable_variables) and float(sum(model.losses)) == 0
head.set_weights(probe_head)
_ = model.fit(maps, y, epochs=5, batch_size=20, verbose=0)
pulled = tail.get_weights()
gone = [
    sum(np.sum((a - b) ** 2) for a, b in zip(w, pretrained, strict=True))
    for w in (pulled, weights[1e-4])
]
assert float(sum(model.losses)) > 0 and gone[0] < gone[1]  # closer to the start than without it

# %% tags=["setup"]
tied = {how: pick(how).agreement.mean() for how in ["L2-SP 0.1", "L2-SP 1"]}
tied_accuracy = {how: pick(how).accuracy.mean() for how in tied}
print("一致 agreement:", pd.Series({"0": agreement[1e-4]} | tied).round(3).to_dict())
print(
    "准确率 accuracy:", pd.Series({"0": lp_ft.accuracy.mean()} | tied_accuracy).round(3).to_dict()
)
assert tied["L2-SP 1"] > agreement[1e-4]  # stored

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 存下的 3 个种子里，$\lambda=1$ 时变的答案平均更少；准确率分不出高低。单把学习率降到 1e-5，变的答案也更少：**先试小学习率**。
#
# **练习 4**：写出带 L2-SP 的一步梯度下降：`gradient` 是数据损失的梯度，惩罚的梯度你自己求，返回新的权重。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In 3 stored seeds fewer answers change on average with $\lambda=1$; the accuracies cannot be told apart. Just lowering the rate to 1e-5 changes fewer answers, too: **try a small rate first.**
#
# **Exercise 4**: write one step of gradient descent with L2-SP: `gradient` is the gradient of the data's loss, the penalty's gradient you find yourself; return the new weights.
#
# </div>


# %% tags=["exercise"]
def l2_sp_step(w, start, gradient, learning_rate, strength):
    """w, start, gradient: arrays of one shape -> the weights after one step"""
    return ...


check("08-4", l2_sp_step)

# %% [markdown]
# ## 检测器：用在你自己的模型上 · The detectors, for your own models

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 还有一个没有报错的错误：像素预处理了两次，或者一次也没有。课程的骨干网络自己做预处理，要的是 0–255。`input_range` 在训练之前查：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One more mistake without an error: pixels preprocessed twice, or not at all. The course's backbones preprocess for themselves and want 0–255. `input_range` looks before you train:
#
# </div>

# %%
detectors.input_range(net, x_pets[:16])  # silent
print(says(detectors.input_range, net, x_pets[:16] / 255))
assert says(detectors.input_range, net, x_pets[:16] / 255)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 什么时候 | 一行 |
# |---|---|
# | 设好 `trainable`、编译以后，训练以前 | `detectors.input_range(model, images)`、`detectors.recompiled(model)`、`before = detectors.snapshot(model)` |
# | 训练以后 | `detectors.frozen_kept(model, before)`、`detectors.unfrozen_moved(model, before)`、`detectors.batch_norm_kept(model, before)` |
#
# 它们用于 Keras 模型，没有错就不作声。课程不认识的网络，`input_range` 要你写 `expected=(low, high)`；`batch_norm_kept` 是给冻结 BatchNorm 的微调用的。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | when | one line |
# |---|---|
# | `trainable` set and compiled, before training | `detectors.input_range(model, images)`, `detectors.recompiled(model)`, `before = detectors.snapshot(model)` |
# | after training | `detectors.frozen_kept(model, before)`, `detectors.unfrozen_moved(model, before)`, `detectors.batch_norm_kept(model, before)` |
#
# They are for Keras models and silent when all is right. For a network the course does not know, give `input_range` its `expected=(low, high)`; `batch_norm_kept` is meant for fine-tuning with frozen BatchNorm.
#
# </div>

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四道练习在上文各节。卡住时运行 `hint("08-1")`，每次多说一步；`solution("08-1")` 给出完整解答。`progress()` 显示你完成了哪些。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The four exercises stand in the sections above. When you are stuck, run `hint("08-1")`, one step more each time; `solution("08-1")` shows a worked answer. `progress()` shows what you have done.
#
# </div>

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("08-q1")
quiz("08-q2")
quiz("08-q3")
quiz("08-q4")

# %% tags=["exercise"]
guesses("08")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 微调 = 从 $\theta_S$ 出发，继续更新权重。先训练头，再解冻；改了 `trainable` 就重新 `compile`。
# * 解冻以后，把每个 BatchNorm 层的 `trainable` 设为 `False`。构造时写的 `training=False` 在函数式模型里被 `fit` 盖过；直接调用写 `model(x, training=False)`。
# * 试过的选择里，学习率最要紧：这里 1e-4 可用，1e-2 时网络不再区分照片。对 Adam，缩小梯度没有用，分层学习率要用两个优化器。
# * 微调值不值要测：200 张 X 光片 9 个种子配对，提高约 1.9 个百分点；200 张猫狗几乎没有提高。旧答案会变：1e-4 时答对的猫狗差不多一样多，1e-3 时几乎全忘了；L2-SP 和小的学习率让变化变小。
# * 检测器各一行；没有清楚的好处，就留下冻结的那个。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Fine-tuning = start from $\theta_S$ and go on updating weights. Train the head first, then unfreeze; after changing `trainable`, `compile` again.
# * After unfreezing, set `trainable` to `False` on each BatchNorm layer. In a functional model `fit` overrides the `training=False` given at construction; in a direct call write `model(x, training=False)`.
# * Of the choices tried, the learning rate matters most: here 1e-4 works, and at 1e-2 the network no longer tells pictures apart. With Adam, scaling gradients does nothing; discriminative rates take two optimizers.
# * Whether fine-tuning pays must be measured: about 1.9 percentage points with 200 X-rays, paired over 9 seeds; next to nothing with 200 cats and dogs. Old answers change: at 1e-4 about as many cats and dogs are right as before, at 1e-3 almost all is forgotten; L2-SP and small rates reduce the change.
# * The detectors are a line each; without a clear gain, keep the frozen one.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S4 | `training=False` 冻结时安全；解冻以后在 Keras 3 里被 `fit` 盖过，要冻结 BatchNorm 层本身 | 写了它，没有解释 |
# | S1 | 冻结每一层是特征提取；微调要解冻、重新编译、用小学习率 | 冻结 VGG16 的每一层，叫做微调 |
# | S2 | 微调是继续更新预训练权重；超参数只控制它 | 微调是调整学习率和批大小 |
# | S3 | 写出起点：$\theta^{(0)}=\theta_S$，头先探测好；或者加惩罚 $\lVert\theta-\theta_S\rVert^2$ | 引入 $\theta_1$，目标函数里却只有 $\theta_2$ |
# | S5 | 公式里要有源任务；差别在起点和哪些权重不动；只搬结构，什么知识也没有搬 | 参数、结构、特征三种迁移用同一个公式 |
# | S5 | 通常只换头；输入层只在通道数不同时才换 | 修改输入层和输出层（它的代码也没有改输入层） |
# | S3 | `base_model.trainable = False`；微调用更小的学习率；要有验证集 | `model.layers[:-2]`，`Adam()` 的默认学习率，没有验证 |
# | S1 | 轮数要给足；取回的验证成绩是挑出来的，报告测试成绩 | 早停 `patience=5`，总共 10 轮 |
# | 全部 | 见上文各节的测量 | 没有提 BatchNorm、重新编译、遗忘 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S4 | `training=False` is safe while frozen; once unfrozen, `fit` overrides it in Keras 3; freeze the BatchNorm layers themselves | writes it without a word |
# | S1 | freezing every layer is feature extraction; fine-tuning unfreezes, compiles again and uses a small rate | freezes every layer of VGG16 and calls it fine-tuning |
# | S2 | fine-tuning goes on updating pretrained weights; hyperparameters only control it | fine-tuning is adjusting learning rate and batch size |
# | S3 | write the start: $\theta^{(0)}=\theta_S$ with a head that was probed first; or add the penalty $\lVert\theta-\theta_S\rVert^2$ | introduces $\theta_1$, yet the objective has only $\theta_2$ |
# | S5 | the formula must have the source task in it; the difference is the start and which weights stay; with structure alone no knowledge is carried over | one formula for parameter, structure and feature transfer |
# | S5 | usually only the head; the input layer only for another number of channels | modify the input layer and the output layer (its code does not touch the input either) |
# | S3 | `base_model.trainable = False`; a smaller rate for fine-tuning; a validation set | `model.layers[:-2]`, the default rate of `Adam()`, no validation |
# | S1 | allow enough epochs; the validation score is picked, so report the test score | early stopping with `patience=5` in 10 epochs |
# | all | see the measurements above | nothing on BatchNorm, compiling again, forgetting |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Kumar, Raghunathan, Jones, Ma, Liang, *Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution*, ICLR 2022：先探测后微调
# * Ioffe, Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift*, arXiv:1502.03167, 2015：批归一化
# * Howard, Ruder, *Universal Language Model Fine-tuning for Text Classification*, ACL 2018, 328–339, arXiv:1801.06146：分层学习率
# * Kornblith, Norouzi, Lee, Hinton, *Similarity of Neural Network Representations Revisited*, ICML 2019, arXiv:1905.00414：线性 CKA
# * Li, Grandvalet, Davoine, *Explicit Inductive Bias for Transfer Learning with Convolutional Networks*, ICML 2018, arXiv:1802.01483：L2-SP
# * Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208：医学图像上迁移的好处有限
# * Kermany, Zhang, Goldbaum, *Labeled Optical Coherence Tomography (OCT) and Chest X-Ray Images for Classification*, Mendeley Data, V2, 2018, doi:10.17632/rscbjbr9sj.2：X 光片
# * Yosinski, Clune, Bengio, Lipson, *How transferable are features in deep neural networks?*, NIPS 27, 3320–3328, 2014：冻结到哪里
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Kumar, Raghunathan, Jones, Ma, Liang, *Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution*, ICLR 2022: LP-FT
# * Ioffe, Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift*, arXiv:1502.03167, 2015: batch normalization
# * Howard, Ruder, *Universal Language Model Fine-tuning for Text Classification*, ACL 2018, 328–339, arXiv:1801.06146: discriminative learning rates
# * Kornblith, Norouzi, Lee, Hinton, *Similarity of Neural Network Representations Revisited*, ICML 2019, arXiv:1905.00414: linear CKA
# * Li, Grandvalet, Davoine, *Explicit Inductive Bias for Transfer Learning with Convolutional Networks*, ICML 2018, arXiv:1802.01483: L2-SP
# * Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208: transfer gains little on medical pictures
# * Kermany, Zhang, Goldbaum, *Labeled Optical Coherence Tomography (OCT) and Chest X-Ray Images for Classification*, Mendeley Data, V2, 2018, doi:10.17632/rscbjbr9sj.2: the X-rays
# * Yosinski, Clune, Bengio, Lipson, *How transferable are features in deep neural networks?*, NIPS 27, 3320–3328, 2014: where to freeze
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("08")
