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
from sklearn.linear_model import LogisticRegression

from course_utils import assets, backbones, detectors, figures, paths, photos, waiting
from course_utils.evaluation import wilson_interval
from course_utils.learning import check, hint, progress, quiz, solution
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


def compare_guess(question, guess, measured):
    yours = "（没有写 not written）" if guess in (None, ...) else guess
    print(f"{question}: 你猜 your guess {yours}, 量到 measured {measured}")


# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 写出微调的公式，说清楚哪些权重从哪里出发；
# * 先探测后微调，改了 `trainable` 之后重新编译，用一行代码查出没有报错的错误；
# * 解释 Keras 3 里 BatchNorm 的滑动统计量什么时候会动，什么时候不会；
# * 选学习率、预热、分层学习率和冻结的深度，正确地早停；
# * 量出微调提高多少、忘掉多少，判断值不值。
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
# 你需要第 03 课的 Adam、第 04 课的 block 和第 05–07 课的特征提取。第 07 课冻结了整个骨干网络；这一课让它动起来，看看会得到什么，失去什么。文章 S1 到 S5 是这门课要核对的 5 篇教程。在 2 个 CPU 核上运行全部单元不到 2 分钟，读完并做练习大约 80 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need Adam from lesson 03, the blocks of lesson 04 and the feature extraction of lessons 05–07. Lesson 07 froze the whole backbone; this one lets it move, to see what is gained and what is lost. Articles S1 to S5 are 5 tutorials that this course checks. Running all cells takes less than 2 minutes on 2 CPU cores, reading and doing the exercises about 80 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 把猜测写进下一个单元格的 `...`（百分点写成 2.5，比例写成 0.8）：
#
# 1. 微调用 200 张胸部 X 光片训练，学习率 1e-4。准确率比冻结的骨干网络高几个百分点？用 200 张猫狗照片呢？
# 2. 用学习率 1e-4 微调 X 光片以后，把原来的 ImageNet 分类层装回去，问它 116 张猫狗照片：有多大比例的答案与微调前相同？
# 3. 构造模型时写了 `base(x, training=False)`。解冻以后再 `fit`，BatchNorm 的统计量会动吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Write your guesses into the next cell in place of the `...` (points as 2.5, a share as 0.8):
#
# 1. Fine-tuning is done with 200 chest X-rays at a learning rate of 1e-4. By how many percentage points is it more accurate than the frozen backbone? And with 200 photos of cats and dogs?
# 2. After fine-tuning on X-rays at a rate of 1e-4, put the original ImageNet classifier back and show it 116 photos of cats and dogs: what share of the answers is the same as before?
# 3. The model was built with `base(x, training=False)`. After unfreezing and `fit`, do the statistics of BatchNorm move?
#
# </div>

# %% tags=["exercise"]
guess_gain_x_rays, guess_gain_pets = ..., ...  # percentage points
guess_same_answers = ...  # share, 0 to 1
guess_statistics_move = ...  # True or False

# %% [markdown]
# ## 微调是什么：公式 · What fine-tuning is: the formula

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **微调**（fine-tuning）是在目标数据上继续更新预训练**权重**。网络是骨干网络 $\varphi_\theta$ 加分类头（下面简称头）$h_v$，就是第 07 课的 $h_v(z)=w^\top z+b$，目标函数与从零训练时一样：
#
# $$\min_{\theta,\,v}\;\frac1n\sum_{i=1}^{n}L\bigl(y_i,\,h_v(\varphi_\theta(x_i))\bigr)+\alpha R(\theta),\qquad \theta^{(0)}=\theta_S$$
#
# 公式里哪里是“迁移”？只有两处：起点 $\theta^{(0)}=\theta_S$（源任务学到的权重），以及可以选用的惩罚 $R(\theta)=\tfrac12\lVert\theta-\theta_S\rVert^2$，它把权重拉回起点（后面的 L2-SP）。
#
# | 做法 | 起点 | 训练什么 |
# |---|---|---|
# | 从零训练 | 随机 | $\theta$ 和 $v$ |
# | 特征提取（第 07 课） | $\theta_S$ | 只有 $v$，$\theta=\theta_S$ 不动 |
# | 微调 | $\theta_S$ | $v$ 和 $\theta$ 的一部分或全部 |
# | 加 L2-SP 的微调 | $\theta_S$ | 同上，并惩罚离开 $\theta_S$ 的距离 |
#
# 学习率、批大小是超参数：它们控制微调，调它们本身不是微调。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Fine-tuning** goes on updating the pretrained **weights** on target data. The network is a backbone $\varphi_\theta$ with a head $h_v$, lesson 07's $h_v(z)=w^\top z+b$, and the objective is the one of training from scratch:
#
# $$\min_{\theta,\,v}\;\frac1n\sum_{i=1}^{n}L\bigl(y_i,\,h_v(\varphi_\theta(x_i))\bigr)+\alpha R(\theta),\qquad \theta^{(0)}=\theta_S$$
#
# Where is the “transfer” in it? In two places only: the start $\theta^{(0)}=\theta_S$, the weights learned on the source task, and, if you like, the penalty $R(\theta)=\tfrac12\lVert\theta-\theta_S\rVert^2$, which pulls the weights back to the start (L2-SP, below).
#
# | method | start | what is trained |
# |---|---|---|
# | training from scratch | random | $\theta$ and $v$ |
# | feature extraction (lesson 07) | $\theta_S$ | only $v$; $\theta=\theta_S$ stays |
# | fine-tuning | $\theta_S$ | $v$ and a part of $\theta$, or all |
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
# **先探测后微调**（LP-FT）：分类头先在冻结的特征上学好，再动骨干网络。理由：随机的分类头给出随机方向的梯度，会先把好特征弄坏（Kumar 等，2022；他们的结论主要关于与训练数据不同分布的测试数据）。线性头用逻辑回归求，它与 `Dense(1)` 加 sigmoid 是同一个函数，所以系数可以直接放进 Keras。（sigmoid 在损失里：`from_logits=True`。）200 张里先留 40 张做**验证集**（validation set），**头也不许见到它们**：否则起点的验证损失就是在训练用过的照片上量的，偏低，早停就没有公平的标准。
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
# 第二段要解冻 `tail`。先故意犯最常见的错误：编译以后才改 `trainable`，没有重新编译。`detectors.snapshot` 记住权重，每个检测器用一行代码问（用法表在练习 4 之后；`says` 只是把它的提示变成文字，见本课第一个单元）：该动的动了吗？演示只用 40 张训练照片。
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
# 文章 S3 用 `for layer in model.layers[:-2]` 冻结。`[:-2]` 冻结什么，要看骨干网络后面还有几层；在我们的模型里（只有 `tail`、`head` 这 2 层）它什么也不冻结。写 `base_model.trainable = False`，说的就是你要的意思。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Article S3 freezes with `for layer in model.layers[:-2]`. What `[:-2]` freezes depends on how many layers follow the backbone; in our model (2 layers, `tail` and `head`) it freezes nothing. `base_model.trainable = False` says what you mean.
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
# ## 常见说法，量一量：一个标记保住统计量 · The myth, measured: a flag keeps the statistics

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# Keras 自己的迁移学习指南在构造时写 `base_model(inputs, training=False)`，说这样 BatchNorm 就一直在推理模式，解冻以后也是；文章 S4 照着写，没有解释。在 Keras 3 里量一量：`fit` 前后的滑动均值变了吗？子类写法是在 `call` 里写 `training=False`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Keras' own guide to transfer learning writes `base_model(inputs, training=False)` when it builds the model and says that BatchNorm then stays in inference mode, even after unfreezing; article S4 writes the same, without an explanation. Measure it in Keras 3: does the moving mean change during `fit`? The subclassed way writes `training=False` inside `call`.
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
compare_guess("统计量会动 statistics move", guess_statistics_move, True)

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
# 现在做对的一遍。解冻 `tail`，BatchNorm 保持冻结，编译，学习率 1e-4。**早停**（early stopping）：验证损失连续 3 轮不比最好的小就停，取回最好一轮的权重。轮数给足 15：文章 S1 总共 10 轮，`patience=5`，只有最好的一轮在前 4 轮里，才省得下时间。`EarlyStopping` 只比训练过的各轮，不看**起点**：所以先自己量一次起点的验证损失；微调以后没有更小，就留下冻结的那个。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now the right way. Unfreeze `tail`, keep BatchNorm frozen, compile, with a learning rate of 1e-4. **Early stopping**: stop when for 3 epochs the validation loss has not been below its best, and take back the weights of the best epoch. Allow 15 epochs: with 10 epochs and `patience=5` (article S1) time is saved only if the best epoch is among the first 4. `EarlyStopping` compares the epochs that were trained and does not look at the **start**: so measure the validation loss of the start yourself; if fine-tuning does not get below it, keep the frozen one.
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
# 四个检测器都不作声。验证损失比起点小，可是一次训练的测试准确率可能升，也可能降：400 张测试照片的区间大约有正负 3 个百分点，下一节才用重复的训练说话。验证成绩是在许多轮里**挑**出来的，所以偏乐观（第 10 课量偏多少）；报告的数字来自测试集，看一次。
#
# **练习 2**：写出早停。轮从 0 数；离最好的一轮过了 `patience` 轮还没有更小的损失，就停；相等不算更小。返回停下的一轮和最好的一轮，按这个次序。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# All four detectors are silent. The validation loss is below the start, yet the test accuracy of one run may rise or fall: the interval of 400 test pictures is about plus or minus 3 percentage points, and only repeated runs, in the next section, can tell. The validation score was **picked** from many epochs, so it is optimistic (lesson 10 measures by how much); the number to report comes from the test set, looked at once.
#
# **Exercise 2**: write early stopping. Epochs count from 0; stop when `patience` epochs after the best one no loss has been lower (an equal one is not lower). Return the epoch where it stops and the best epoch, in this order.
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
# 一次训练说明不了什么，从哪里冻结也是个老问题（Yosinski 等，2014）。`course build --full 08` 用同样的 X 光片做了一整张表：从哪个 block 开始解冻，学习率多大，每格 3 个随机种子（不同的训练照片），各 10 轮，写进 `data/results/08.json`；代码在 `lessons/full_08.py`。所有的表都是**测试**准确率：这是回头看学习率怎样起作用的实验，不是选超参数的做法；你自己选的时候看验证集。先把你刚才的一次与表里的平均并排放，再画出整张表。右图的**一致**（agreement）是：把原来的 ImageNet 分类层装回微调过的骨干网络，问 116 张猫狗照片，有多大比例的答案与微调前相同。先猜：两张图的形状一样吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One run proves little, and where to freeze is an old question (Yosinski et al., 2014). `course build --full 08` has made a whole table with the same X-rays: unfrozen from which block, at which learning rate, 3 random seeds each (other training pictures), 10 epochs; it is in `data/results/08.json`, and its code in `lessons/full_08.py`. All tables are **test** accuracies: we read them to learn how rates behave, which is not how to choose one; when you choose, do it on validation data. First put your run above beside the means of the table, then draw all of it. In the right panel, **agreement** is this: put the original ImageNet layer back on the tuned backbone, show it 116 photos of cats and dogs, and see what share of its answers is as before. Guess first: do both panels have the same shape?
#
# </div>

# %% tags=["setup", "nbval-ignore-output"]
measured = json.loads((paths.DATA / "results" / "08.json").read_text(encoding="utf-8"))["full"]
rows = pd.DataFrame(measured["rows"])


def pick(how, n=200, task="xray", rate=None):
    chosen = rows[(rows.how == how) & (rows.n == n) & (rows.task == task)]
    return chosen if rate is None else chosen[chosen.rate == rate]


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
        ax.set(xlabel="第几次训练 run", xticks=[1, 2, 3], title=name, xlim=(0.5, 3.5))
    axes[0].set(ylim=(-0.03, 1.03), ylabel="比例 share")
    return fig


Explorer(
    draw_sweep,
    depth=widgets.SelectionSlider(
        options=blocks, value="block11", description="从这里解冻 unfrozen from"
    ),
    rate=widgets.IntSlider(-4, min=-5, max=-2, description="学习率 10 的几次方 rate 10^"),
    alt_zh="左：3 个种子的 X 光片测试准确率，灰线是冻结的骨干网络，点在线附近或略高。右：与原网络答案一致的比例，点在 1 以下。",
    alt_en="Left: test accuracy of 3 seeds on X-rays, the grey line is the frozen backbone, the points are near or a little above it. Right: agreement with the original network's answers, the points are below 1.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你的一次与表里差几个百分点，甚至可能比冻结的还低：你只用了 160 张训练照片，还有早停；一次的结果本来就跳动。
#
# **准确率看不出遗忘**：左图到 1e-3 几乎是平的，右图早就往下掉。从 block13 解冻、1e-3 时，左边与冻结的一样，右边已经接近 0。用下面两个滑块看每一格的 3 次训练。
#
# * 1e-2：9 次的准确率都恰好是 0.500，网络塌了（对所有照片答同一个），10 轮之内学不回来；是有限的数，不是 NaN，后面验证。
# * 1e-3、block11：3 次里塌了 1 次。
# * 1e-4：从 block15 到 block11 差别不大。解冻整个网络（图下的 `all`，列是准确率和一致）平均最高，但领先的比 400 张照片的区间小，每一步都要算完整个网络，忘得也更多。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Your run differs from the table by some percentage points, and may even be below the frozen one: you used 160 training pictures and early stopping, and single runs do jump.
#
# **Accuracy does not show forgetting**: the left panel is nearly flat up to 1e-3 while the right one has long been falling. Unfrozen from block13 at 1e-3, the left is as good as frozen and the right is close to 0. Use the two sliders below to see the 3 runs of each setting.
#
# * 1e-2: the accuracy of all 9 runs is exactly 0.500, the network has collapsed (the same answer for every picture) and does not learn again within 10 epochs; a finite number, not NaN, as checked further down.
# * 1e-3, block11: 1 run of 3 collapsed.
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
fig, (first_ax, *axes) = plt.subplots(1, 3, figsize=(8, 3), layout="constrained")
first_ax.plot(
    [1000 * float(schedule(step)) for step in range(101)], "-", marker="", color="#333333"
)
first_ax.set(xlabel="步 step", ylabel="学习率 rate × 1000", xticks=[0, 50, 100])
first_ax.set_title("预热 + 余弦 warm-up + cosine", fontsize=9)
for ax, how, name in zip(
    axes,
    ["block11", "warm-up"],
    ["没有预热 no warm-up", "预热 50 步 warm-up, 50 steps"],
    strict=True,
):
    for seed, curve in enumerate(pick(how, rate=1e-3).curve):
        ax.plot(range(1, 11), curve, label=f"种子 seed {seed}", markevery=1)
    ax.set(xlabel="轮 epoch", ylim=(0.45, 1), xticks=[1, 4, 7, 10])
    ax.set_title(name, fontsize=9)
fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=8)
for ax in axes:
    ax.set_ylabel("测试准确率 test accuracy")
figures.show(
    fig,
    "左：100 步的学习率，前 50 步直线上升，后 50 步沿余弦降到 0。中和右：学习率 1e-3 时 3 个种子的测试准确率随轮数的变化，中间没有预热，右边预热 50 步；两边都上下跳动。",
    "Left: the rate over 100 steps, 50 straight up and 50 down to 0 along a cosine. Middle and right: test accuracy over epochs at rate 1e-3 for 3 seeds, without warm-up in the middle, with 50 steps of warm-up on the right; both jump up and down.",
)
worst = {how: min(map(min, pick(how, rate=1e-3).curve)) for how in ("block11", "warm-up")}
print("最差的一轮 worst epoch:", worst)
assert worst["block11"] < 0.55 and worst["warm-up"] > 0.65
assert pick("warm-up").accuracy.mean() < lp_ft.accuracy.mean()
ends = pick("warm-up").accuracy.to_numpy() - pick("block11", rate=1e-3).accuracy.to_numpy()
assert ends[0] < 0 < ends[1] and ends[2] > 0.3  # one lower, one higher, one saved

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 中间和右边的训练没有余弦：100 步里前 50 步均匀升到 1e-3，之后保持。没有预热时，3 个种子里有 1 个塌到 0.5，第 8、9 轮回升过，第 10 轮又是 0.5；预热后它没有塌。另外两个一升一降，右边仍然上下跳动，终点平均仍不如一开始就用 1e-4。3 个种子只够说预热**可能**有用。**先选对学习率。**
#
# **练习 3**：写出预热加余弦的学习率。第 `step` 步（从 0 数）：前 `warm_up` 步从 `peak / warm_up` 均匀升到 `peak`（Keras 从 0 开始，这里早一步），之后按余弦降，开头慢，末尾也慢，走到 `total` 时为 0。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The trainings in the middle and on the right have no cosine: the rate rises evenly to 1e-3 for 50 of the 100 steps and then stays. Without warm-up 1 seed of 3 collapses to 0.5, recovers in epochs 8 and 9, and is at 0.5 again in epoch 10; with warm-up it does not. Of the other two one ends higher and one lower, the right side still jumps, and on average its end is still worse than plain 1e-4. In 3 seeds warm-up prevented the one collapse: it **may** help, and that is not much evidence. **Choose the right rate first.**
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
first_row = other.loc["LP-FT, 1e-4"]
assert other.accuracy["BN training"] < first_row.accuracy - 0.03
assert abs(other.accuracy["BN scales"] - first_row.accuracy) < 0.01
assert abs(other.accuracy["BN statistics"] - other.accuracy["BN training"]) < 0.02
assert other.accuracy["BN momentum 0.9"] < first_row.accuracy - 0.03  # not the slow averages
assert abs(other.accuracy["random head"] - first_row.accuracy) < 0.02
assert other.agreement["random head"] < first_row.agreement - 0.05
assert other.agreement["discriminative"] > first_row.agreement + 0.03
assert (other.loc["both 1e-5"] - other.loc["discriminative"]).abs().max() < 0.02

frame = {}
for batch in (16, 2):
    for kind in ("frozen", "training"):
        runs = pick(f"BN {kind}, batch {batch}")
        frame[f"BN {kind}, batch {batch}"] = runs[["accuracy", "darker"]].mean()
batches = pd.DataFrame(frame).T
print(batches.round(3))
gap = batches.loc["BN frozen, batch 16"] - batches.loc["BN training, batch 16"]
gap_2 = batches.loc["BN frozen, batch 2"] - batches.loc["BN training, batch 2"]
nearest = pick("BN frozen, batch 16").accuracy.to_numpy()
nearest = nearest - pick("BN training, batch 16").accuracy.to_numpy()
assert 0 < nearest.min() < 0.015 and nearest.max() > 0.1  # seeds differ
assert gap.accuracy > 0.05 and gap_2.accuracy > 0.05  # frozen is better with either batch
assert gap.darker > gap.accuracy + 0.05 and gap_2.darker > gap_2.accuracy + 0.05
norm = next(layer for layer in tail.layers if isinstance(layer, BatchNorm))
assert norm.momentum == 0.99 and round(1 - norm.momentum**100, 2) == 0.63

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 表的每一行是 200 张 X 光片、3 个种子的平均，± 是种子之间的标准差。读法：
#
# * **随机的头**：准确率与先探测后微调差不多，但答案变得多得多。这里先探测的好处不在准确率。
# * **分层学习率**（骨干网络 1e-5，头 1e-3）：答案变得最少，准确率低不到 2 个百分点。可是这主要因为骨干网络只用 1e-5：`both 1e-5` 一行头也用 1e-5，结果几乎一样。探测以后，头没有多少还要学的了。
# * **BatchNorm 怎么办**：先说结论，**把它冻结**。让它一起训练（`BN training`），平均低了好几个百分点，答案变了一多半。是哪一处？只让 $\gamma$、$\beta$ 学（`BN scales`，推理模式）没有害处；$\gamma$、$\beta$ 不学、只进训练模式（`BN statistics`），与一起训练一样差。所以要紧的是**统计量**：训练时用的是一批 20 张自己的、噪声很大的均值和方差，预测时用的是滑动的。滑动得太慢也不是原因：动量 0.99 时 100 步只走完 $1-0.99^{100}\approx0.63$ 的路，改成 0.9 没有救回来（`BN momentum 0.9`）。
# * **批的大小和亮度**（上面的小表；16 张 10 轮，2 张 2 轮，所以只在批大小相同的两行之间比；`darker` 是亮度减半的测试照片）：两种批都是冻结的好，照片变暗时差距更大。3 个种子之间相差很多，有一个种子几乎看不出差别；批大小 16 时，照片不变暗，它与冻结的差不到 1.5 个百分点。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Each row is a mean over 3 seeds with 200 X-rays; ± is the standard deviation between seeds. How to read it:
#
# * **A random head**: about as accurate as LP-FT, but far more answers change. The benefit of probing first is not in the accuracy here.
# * **Discriminative rates** (backbone 1e-5, head 1e-3): the fewest answers change, and accuracy is less than 2 percentage points lower. But nearly all of this comes from the backbone's 1e-5: in the row `both 1e-5` the head has 1e-5, too, and the result is almost the same. After probing the head has little left to learn.
# * **What to do with BatchNorm**: the conclusion first, **freeze it**. Training it along (`BN training`) costs several percentage points on average, and more than half of the answers change. Which part of it? Letting only $\gamma$ and $\beta$ learn (`BN scales`, inference mode) does no harm; only training mode, with $\gamma$ and $\beta$ kept (`BN statistics`), is as bad as all of it. So it is the **statistics**: training uses the noisy mean and variance of a batch of 20, predicting uses the moving ones. That these move too slowly is not the reason either: with momentum 0.99 they have gone $1-0.99^{100}\approx0.63$ of the way after 100 steps, and 0.9 does not save it (`BN momentum 0.9`).
# * **Batch size and brightness** (the small table above; 16 pictures for 10 epochs, 2 for 2 epochs, so compare only the two rows of one batch size; `darker` is test pictures at half their brightness): frozen is better with either batch, and the gap is larger when pictures are darker. The 3 seeds differ a lot, and one hardly shows it: with batches of 16 and pictures as they are it is less than 1.5 percentage points from frozen.
#
# </div>

# %% [markdown]
# ## 值不值：近的任务与远的任务 · Does it pay: a close task and a far one

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 常听说：“微调总比特征提取好。”把准确率的差按任务和照片张数列出来，每格 3 个种子；方括号里是**冻结**准确率的区间（威尔逊区间），来自测试照片的张数，X 光片 400 张，猫狗 116 张。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The myth: “fine-tuning always beats feature extraction.” List the gain in accuracy by task and number of pictures, 3 seeds each; in brackets is the interval (Wilson) of the **frozen** accuracy, which comes from the number of test pictures, 400 X-rays and 116 photos of cats and dogs.
#
# </div>

# %% tags=["setup", "result-table"]
settings = [("xray", 40), ("xray", 200), ("xray", 800), ("pets", 20), ("pets", 200)]
gains = {}
for task, n in settings:
    frozen, tuned = pick("frozen", n, task), pick("block11", n, task, rate=1e-4)
    gains[task, n] = tuned.accuracy.to_numpy() - frozen.accuracy.to_numpy()
    total = {"xray": 400, "pets": 116}[task]
    low, high = wilson_interval(round(frozen.accuracy.mean() * total), total)
    assert low < tuned.accuracy.mean() < high  # each mean gain is within the interval
    print(
        f"{task} {n:4}  冻结 frozen {frozen.accuracy.mean():.3f} [{low:.2f}, {high:.2f}]", end="  "
    )
    print(f"提高 gain {gains[task, n].mean():+.3f}  ({gains[task, n].round(3)})")
compare_guess("X 光片 X-rays", guess_gain_x_rays, f"{100 * gains['xray', 200].mean():.1f}")
compare_guess("猫狗 pets", guess_gain_pets, f"{100 * gains['pets', 200].mean():.1f}")
head_only = rows[rows.how == "head only"].reset_index(drop=True)  # the control
start = rows[rows.how == "frozen"].reset_index(drop=True)
assert len(head_only) == len(start) == 15
assert (head_only.accuracy - start.accuracy).abs().max() < 0.01  # the head alone gains nothing
seen = json.loads((paths.DATA / "results" / "07.json").read_text(encoding="utf-8"))["full"]
assert np.mean(seen["curve"]["pretrained"]["20"]) > pick("frozen", 20, "pets").accuracy.mean() + 0.1
assert np.allclose(400 * gains["xray", 800], [5, 8, 13])  # pictures
assert gains["xray", 800].min() > 0 and gains["xray", 800].mean() > 0.01  # far, many pictures
assert abs(gains["pets", 200]).max() < 0.02  # close task: nothing to gain
assert gains["xray", 40].min() < 0.01 < gains["xray", 40].max()  # 40 pictures: a matter of luck
assert np.ptp(gains["pets", 20]) > 0.03  # with 20 photos, too
fig, ax = plt.subplots(figsize=(6.2, 3))
names = {"xray": "X 光片 X-rays", "pets": "猫狗 pets"}
for task, marker in {"xray": "o", "pets": "s"}.items():
    places = [place for place, key in enumerate(settings) if key[0] == task]
    points = 100 * np.concatenate([gains[settings[place]] for place in places])
    beside = np.repeat(places, 3) + np.tile(
        [-0.1, 0, 0.1], len(places)
    )  # equal points: side by side
    ax.plot(beside, points, marker, markevery=1, label=names[task])
ax.axhline(0, color="#888888", lw=1, marker="")
short = {"xray": "X 光 X-ray", "pets": "猫狗 pets"}
ax.set_xticks(range(5), [f"{short[task]}\nn = {n}" for task, n in settings])
ax.legend(fontsize=8)
ax.set(ylabel="提高的百分点 gain, points", xlabel="任务与张数 task and number")
figures.show(
    fig,
    "每种设置 3 个点：X 光片 40 张时有正有负，200 张时不小于 0，800 张时全部为正；猫狗 20 张时有正有负，200 张时都在 0 附近。",
    "3 points for each setting: with 40 X-rays of both signs, with 200 not below 0, with 800 all above 0; with 20 photos of pets of both signs, with 200 all near 0.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * **200 张 X 光片**，你的猜测：平均 +1.5 个百分点，3 个种子是 +3.5、0、+1.0；我们自己的那一次反而可能下降。
# * **800 张 X 光片**（远、照片多）：3 次都升，400 张测试照片里多对 5、8、13 张。
# * **40 张 X 光片**（远、照片少）：有的种子升，有的种子降；没有清楚的好处，就留下冻结的。
# * **猫狗**（近）：200 张时冻结的网络已经有 0.966，几乎没有提高；20 张时平均高 2.9 个百分点，从 −1 到 6 都有，全看抽到哪几张。
#
# 5 个平均值都落在冻结网络的区间**里面**。测试照片相同，配对比较会更灵敏（第 09 课），但 400 张照片上 2 个百分点只在看得见的边上。提高不是因为头多练了 10 轮：同样的轮数和学习率只练头，15 次里准确率变化都不到 1 个百分点（断言在上面）。
#
# 20 张猫狗时冻结的只有 0.82，第 07 课同样 20 张却有 0.97：那里的照片是 224 像素，这里是 96。这里最便宜的提高是**大一点的照片**，比微调带来的多。
#
# 保留意见：
#
# * 800 张 X 光片和 200 张猫狗时，3 个种子的训练照片相同，只有顺序不同；测试照片总是相同。3 个点不是 3 次独立的实验。
# * 1e-4 是看着测试成绩挑的，所以提高的数偏乐观；800 张时更新步数也是 200 张时的 4 倍。
# * Raghu 等（2019）在两个大的医学任务上发现，迁移本身的好处也不大：要在自己的数据上量。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * **200 X-rays**, your prediction: +1.5 points on average, +3.5, 0 and +1.0 with the 3 seeds; our own run above may even lose.
# * **800 X-rays** (far, many): all 3 runs gained, 5, 8 and 13 more right of 400 test pictures.
# * **40 X-rays** (far, few): some seeds go up, some down; without a clear gain, stay with the frozen network.
# * **Cats and dogs** (close): with 200 the frozen network is already at 0.966, and next to nothing was gained; with 20 the mean gain is 2.9 points, but it ranges from −1 to 6, depending on which ones were drawn.
#
# All 5 means lie **inside** the interval of the frozen network. The test pictures are the same, so a paired comparison is more sensitive (lesson 09); but with 400 pictures a gain of 2 points is at the edge of what can be seen. The gain is not due to 10 more epochs for the head: with the same epochs and rate for the head alone, accuracy changes by less than 1 point in all 15 runs (asserted above).
#
# With 20 photos of cats and dogs the frozen network has only 0.82, and lesson 07 had 0.97 with 20: the photos there have 224 pixels, here 96. The cheapest gain here is **larger pictures**, and it is more than fine-tuning brings.
#
# Caveats:
#
# * With 800 X-rays and with 200 photos of cats and dogs the 3 seeds see the same training pictures in another order; the test pictures are always the same. So 3 points are not 3 independent experiments.
# * The rate 1e-4 was picked with the test scores in view, so the gains are slightly optimistic; with 800 pictures there are also 4 times as many updates as with 200.
# * Raghu et al. (2019) found on two large medical tasks that transfer itself gains little: measure on your own data.
#
# </div>

# %% [markdown]
# ## 忘掉了什么 · What was forgotten

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 微调以后，原来会的还会吗？再量一次一致，这次自己来。答案变了不一定就是错了，所以再量真正的旧能力：答案是某种猫（或某种狗），而照片里确实是猫（或狗），占多少？旧能力丢掉，叫**灾难性遗忘**（catastrophic forgetting）。
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
    weights[rate], inside[rate] = tail.get_weights(), per_part()
    if rate == 1e-4:
        changed = now[now != original], original[now != original]
print(pd.DataFrame(tried).round(2).assign(start=[1, still_right(original).round(2), np.nan]))
compare_guess("相同的答案 same answers", guess_same_answers, f"{tried[1e-4]['same']:.2f}")
for n in (20, 200):
    print(f"pets {n}: {pick('block11', n, 'pets', 1e-4).agreement.mean():.2f}")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# `same` 是不变的答案，`right` 是仍然答对猫狗，`spread` 是 400 张 X 光片的输出里最大与最小之差。读法：
#
# * 1e-4：约五分之一的答案变了，答对的猫狗却差不多一样多。**变了的答案只是遗忘的上限**：约一半的变化是从一个犬种换到另一个犬种。
# * 1e-3：旧能力几乎全部丢掉，而 X 光片的准确率看不出来。
# * 1e-2：`spread` 是 0，每张 X 光片得到同一个输出：一个有限的数，不是 NaN；网络不再区分照片。
# * 远的任务不一定忘得多：在**猫狗**上微调（1e-4），不变的答案反而更少（最后两行，0.63 和 0.73，X 光片 200 张时 0.84）。可是问的就是猫狗，动的正是这些特征，所以不能直接比远近；那里还有多少答对，也没有量。
#
# 如果旧任务还要用，就留一份原来的权重，或者在旧任务上也测。
#
# 变化发生在哪里？两种量法，逐个 block：权重离起点的距离（除以起点的长度），和**线性 CKA**（Kornblith 等，2019），它比较两个网络对同样 $n$ 张照片的特征 $A$、$B$（每列减去均值）；1 表示只差旋转和一个倍数：
#
# $$\text{CKA}(A,B)=\frac{\lVert A^\top B\rVert_F^2}{\lVert A^\top A\rVert_F\,\lVert B^\top B\rVert_F}$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# `same` is the share of unchanged answers, `right` the cats and dogs that are still right, `spread` the largest minus the smallest output for the 400 X-rays. How to read it:
#
# * 1e-4: about a fifth of the answers has changed, yet about as many cats and dogs are right. **Changed answers are only an upper limit of forgetting**: about half of the changes are from one breed of dog to another.
# * 1e-3: the old skill is almost entirely lost, and the accuracy on X-rays does not show it.
# * 1e-2: `spread` is 0, every X-ray gets the same output: a finite number, not NaN; the network no longer tells pictures apart.
# * A far task need not forget more: tuning on **cats and dogs** (1e-4) leaves fewer answers unchanged (the last two lines, 0.63 and 0.73, against 0.84 with 200 X-rays). But cats and dogs are what is asked, and their features are the ones that move, so far and close cannot be compared directly; nor was it measured there how many are still right.
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
assert tried[1e-2]["spread"] < 0.01 and tried[1e-3]["spread"] > 1  # NaN would fail here
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
# 1e-4 时权重只走了自己长度的 1% 左右，每个 block 的 CKA 还在 0.9 以上，答案已经变了约五分之一：改变答案不需要走很远。**L2-SP**（Li 等，2018）把走远的权重拉回来，惩罚是 $\tfrac{\alpha}{2}\lVert\theta-\theta_S\rVert^2$。普通的权重衰减往 0 拉，那不是起点。Keras 里给每个要训练的权重挂一个正则项，再重新编译：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# At 1e-4 the weights moved by about 1% of their length, CKA is still above 0.9 in each block, and about a fifth of the answers changed: changing answers does not take a long way. **L2-SP** (Li et al., 2018) pulls weights back that go far, by the penalty $\tfrac{\alpha}{2}\lVert\theta-\theta_S\rVert^2$. Ordinary weight decay pulls towards 0, which is not the start. In Keras, hang a regularizer on each trainable weight and compile again:
#
# </div>


# %%
class L2SP(keras.regularizers.Regularizer):
    def __init__(self, start, alpha):
        self.start, self.alpha = keras.ops.copy(start), alpha

    def __call__(self, w):
        return self.alpha / 2 * keras.ops.sum((w - self.start) ** 2)


dense = keras.layers.Dense(2)
dense.build((None, 3))
dense.kernel.regularizer = L2SP(dense.kernel, alpha=0.5)
assert float(sum(dense.losses)) == 0  # at the start nothing is penalized
dense.kernel.assign(dense.kernel + 2.0)
assert np.isclose(float(sum(dense.losses)), 0.5 / 2 * 6 * 2**2)  # 6 weights, each 2 away

# %%
tail.set_weights(pretrained)
for weight in tail.trainable_variables:
    weight.regularizer = L2SP(weight, alpha=0.1)
model.compile(keras.optimizers.Adam(1e-4), loss=bce)  # so that fit sees the penalty
assert len(model.losses) == len(tail.trainable_variables) and float(sum(model.losses)) == 0
head.set_weights(probe_head)
_ = model.fit(maps, y, epochs=5, batch_size=20, verbose=0)
assert float(sum(model.losses)) > 0 and (imagenet_answers() == original).mean() > 0.6

# %% tags=["setup"]
tied = {how: pick(how).agreement.mean() for how in ["L2-SP 0.1", "L2-SP 1"]}
tied_accuracy = {how: pick(how).accuracy.mean() for how in tied}
print("一致 agreement:", pd.Series({"0": agreement[1e-4]} | tied).round(3).to_dict())
print(
    "准确率 accuracy:", pd.Series({"0": lp_ft.accuracy.mean()} | tied_accuracy).round(3).to_dict()
)
assert tied["L2-SP 1"] > tied["L2-SP 0.1"] > agreement[1e-4]  # on average
same = {how: pick(how).agreement.to_numpy() for how in tied}
without = lp_ft.agreement.to_numpy()
assert (same["L2-SP 1"] > without).all() and (same["L2-SP 0.1"] >= without).all()
assert (same["L2-SP 0.1"] == without).sum() == 1  # one tie
slow = pick("block11", rate=1e-5)[["accuracy", "agreement"]].mean()
assert abs(slow.agreement - tied["L2-SP 1"]) < 0.02
assert abs(slow.accuracy - tied_accuracy["L2-SP 1"]) < 0.01

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 平均来说，L2-SP 拉得越紧，答案变得越少；3 个种子里，$\alpha=1$ 每次都变得更少，$\alpha=0.1$ 有一次打平。准确率的差比区间小，分不出高低。单把学习率降到 1e-5，准确率和一致也差不多（断言在上面）：**先试小学习率**。
#
# **练习 4**：写出带 L2-SP 的一步梯度下降：`gradient` 是数据损失的梯度，惩罚的梯度你自己求，返回新的权重。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# On average, the harder L2-SP pulls, the fewer answers change; of the 3 seeds, with $\alpha=1$ fewer change each time, with $\alpha=0.1$ there is one tie. The accuracies differ by less than the interval and cannot be told apart. Just lowering the rate to 1e-5 gives about the same accuracy and agreement (asserted above): **try a small rate first.**
#
# **Exercise 4**: write one step of gradient descent with L2-SP: `gradient` is the gradient of the data's loss, the penalty's gradient you find yourself; return the new weights.
#
# </div>


# %% tags=["exercise"]
def l2_sp_step(w, start, gradient, learning_rate, alpha):
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

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 微调 = 从 $\theta_S$ 出发，继续更新权重。先训练头，再解冻；改了 `trainable` 就重新 `compile`。
# * 解冻以后，把每个 BatchNorm 层的 `trainable` 设为 `False`。构造时写的 `training=False` 在函数式模型里被 `fit` 盖过；直接调用写 `model(x, training=False)`。
# * 试过的选择里，学习率最要紧：这里 1e-4 可用，1e-2 时网络不再区分照片。对 Adam，缩小梯度没有用，分层学习率要用两个优化器。
# * 微调值不值要测：800 张 X 光片平均提高约 2 个百分点，仍在 400 张照片的区间之内；200 张猫狗几乎没有提高。旧答案会变：1e-4 时答对的猫狗差不多一样多，1e-3 时几乎全忘了；L2-SP 和小的学习率让变化变小。
# * 检测器各一行；没有清楚的好处，就留下冻结的那个。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Fine-tuning = start from $\theta_S$ and go on updating weights. Train the head first, then unfreeze; after changing `trainable`, `compile` again.
# * After unfreezing, set `trainable` to `False` on each BatchNorm layer. In a functional model `fit` overrides the `training=False` given at construction; in a direct call write `model(x, training=False)`.
# * Of the choices tried, the learning rate matters most: here 1e-4 works, and at 1e-2 the network no longer tells pictures apart. With Adam, scaling gradients does nothing; discriminative rates take two optimizers.
# * Whether fine-tuning pays must be measured: about 2 percentage points on average with 800 X-rays, still within the interval of 400 pictures; next to nothing with 200 cats and dogs. Old answers change: at 1e-4 about as many cats and dogs are right as before, at 1e-3 almost all is forgotten; L2-SP and small rates reduce the change.
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
# | S2 §3 | 微调是继续更新预训练权重；超参数只控制它 | <q>Fine-tuning可以通过调整目标任务的学习率、批量大小等hyper参数来实现</q> |
# | S3 §4.2 | 只写这个目标，与从零训练没有区别。要写明预训练的 $\theta_1$ 用在哪里：作为起点、冻结的部分，或惩罚项的中心，$\lVert\theta_2-\theta_1\rVert^2$ | <q>迁移学习的目标是优化新任务模型的参数$\theta_2$</q> |
# | S5 §1.1 | 通常只换分类头；输入层只在通道数不同时才换：换掉它，就丢了最能迁移的第一层滤波器（它的代码也没有改输入层） | <q>只需要修改输入层和输出层，然后进行微调即可</q> |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S2 §3 | fine-tuning goes on updating pretrained weights; hyperparameters only control it | <q>Fine-tuning可以通过调整目标任务的学习率、批量大小等hyper参数来实现 [fine-tuning can be done by adjusting hyperparameters of the target task such as learning rate and batch size]</q> |
# | S3 §4.2 | this goal alone is that of training from scratch, too. It must be said where the pretrained $\theta_1$ comes in: as the start, as a frozen part, or as the centre of a penalty, $\lVert\theta_2-\theta_1\rVert^2$ | <q>迁移学习的目标是优化新任务模型的参数$\theta_2$ [the goal of transfer learning is to optimize $\theta_2$, the parameters of the new task's model]</q> |
# | S5 §1.1 | usually only the head; the input layer only for another number of channels: replacing it throws away the first filters, which transfer best (its code does not touch the input layer either) | <q>只需要修改输入层和输出层，然后进行微调即可 [one only has to modify the input layer and the output layer, and then fine-tune]</q> |
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
