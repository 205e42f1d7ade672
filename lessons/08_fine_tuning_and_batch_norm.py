# ---
# jupyter:
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

from course_utils import assets, backbones, detectors, figures, paths, photos
from course_utils.evaluation import wilson_interval
from course_utils.learning import check, hint, progress, quiz, solution
from course_utils.widgets import Explorer

figures.use_style()
tf.get_logger().setLevel("ERROR")  # no remarks about models that are built again
course_utils.reproducible(7)
rng = np.random.default_rng(7)
BatchNorm = keras.layers.BatchNormalization


def says(detector, *arguments):
    """What the detector complains about, or None."""
    try:
        detector(*arguments)
    except detectors.SilentMistake as mistake:
        return str(mistake)


# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 写出微调的公式，说清楚哪些权重从哪里出发；
# * 先探测后微调，改了 `trainable` 之后重新编译，用一行代码查出没有报错的错误；
# * 解释 Keras 3 里 BatchNorm 的滑动统计量什么时候会动，什么时候不会；
# * 选学习率、预热、分层的学习率和冻结的深度，正确地早停；
# * 量出微调得到多少、忘掉多少，判断值不值。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * write the formula of fine-tuning and say which weights start from where;
# * probe first, then fine-tune, compile again after changing `trainable`, and find mistakes that raise no error with one line of code;
# * explain when the moving statistics of BatchNorm move in Keras 3 and when they do not;
# * choose a learning rate, warm-up, separate rates and the depth to freeze, and stop early in the right way;
# * measure what fine-tuning gains and what it forgets, and judge whether it pays.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 03 课的 Adam、第 04 课的 block 和第 05–07 课的特征提取。第 07 课冻结了整个骨干网络；这一课让它动起来，看看会得到什么，失去什么。在 2 个 CPU 核上运行全部单元大约 1 分钟，读完并做练习大约 80 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need Adam from lesson 03, the blocks of lesson 04 and the feature extraction of lessons 05–07. Lesson 07 froze the whole backbone; this one lets it move, and sees what is gained and what is lost. Running all cells takes about 1 minute on 2 CPU cores, reading and doing the exercises about 80 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 1. 微调用 200 张胸部 X 光片训练。准确率比冻结的骨干网络高几个百分点？用 200 张猫狗照片呢？
# 2. 微调 X 光片以后，把原来的 ImageNet 分类层装回去，问它 116 张猫狗照片：有多大比例的答案与微调前相同？
# 3. 构造模型时写了 `base(x, training=False)`。解冻以后再 `fit`，BatchNorm 的统计量会动吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 1. Fine-tuning is done with 200 chest X-rays. By how many percentage points is it more accurate than the frozen backbone? And with 200 photos of cats and dogs?
# 2. After fine-tuning on X-rays, put the original ImageNet classifier back and show it 116 photos of cats and dogs: what share of the answers is the same as before?
# 3. The model was built with `base(x, training=False)`. After unfreezing and `fit`, do the statistics of BatchNorm move?
#
# </div>

# %% tags=["setup"]
guess_gain_x_rays, guess_gain_pets = None, None  # percentage points
guess_same_answers = None  # share, 0 to 1
guess_statistics_move = None  # True or False


def compare_guess(question, guess, measured):
    yours = "（没有写 not written）" if guess is None else guess
    print(f"{question}: 你猜 your guess {yours}, 量到 measured {measured}")


# %% [markdown]
# ## 微调是什么：公式 · What fine-tuning is: the formula

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **微调**（fine-tuning）是在目标数据上继续更新预训练**权重**。网络是骨干网络 $\phi_\theta$ 加分类头 $h_v$，目标函数与从零训练时一样：
#
# $$\min_{\theta,\,v}\;\frac1n\sum_{i=1}^{n}L\bigl(y_i,\,h_v(\phi_\theta(x_i))\bigr)+\lambda R(\theta),\qquad \theta^{(0)}=\theta_S$$
#
# 公式里哪里是“迁移”？只有两处：起点 $\theta^{(0)}=\theta_S$（源任务学到的权重），以及可以选用的惩罚 $R(\theta)=\tfrac12\lVert\theta-\theta_S\rVert^2$，它把权重拉回起点。
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
# **Fine-tuning** goes on updating the pretrained **weights** on target data. The network is a backbone $\phi_\theta$ with a head $h_v$, and the objective is the one of training from scratch:
#
# $$\min_{\theta,\,v}\;\frac1n\sum_{i=1}^{n}L\bigl(y_i,\,h_v(\phi_\theta(x_i))\bigr)+\lambda R(\theta),\qquad \theta^{(0)}=\theta_S$$
#
# Where is the “transfer” in it? In two places only: the start $\theta^{(0)}=\theta_S$, the weights learned on the source task, and, if you like, the penalty $R(\theta)=\tfrac12\lVert\theta-\theta_S\rVert^2$, which pulls the weights back to the start.
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
# 猫狗离 ImageNet 很近。这一课另取一个远的任务：胸部 X 光片，正常还是肺炎。先看文件名：`person906_bacteria_2831.jpeg` 里的 `person906` 是一位病人。发布者分好的训练集和测试集里有同样的病人吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Cats and dogs are close to ImageNet. This lesson adds a far task: chest X-rays, normal or pneumonia. First look at the file names: `person906` in `person906_bacteria_2831.jpeg` is a patient. Are there patients in both the training and the test set as they were published?
#
# </div>


# %%
def patient(path):
    return re.match(r"person\d+|(NORMAL2-)?IM-\d+", path.name)[0]


root = assets.fetch("chest_xray")
who = {part: {patient(p) for p in (root / part).rglob("*.jpeg")} for part in ("train", "test")}
print("两边都有 in both:", len(who["train"] & who["test"]))
assert len(who["train"] & who["test"]) == 174

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 174 个编号两边都有：这是泄漏（第 06 课）。所以我们重新划分：每位病人只取 1 张，两类一样多，测试 400 张，训练 200 张。（按文件名认病人；正常的片子只有检查编号，就按编号。）这是教学数据，不能用来诊断。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 174 numbers are on both sides: that is leakage (lesson 06). So we split again: 1 picture from each patient, as many of each class, 400 for testing, 200 for training. (Patients are told by the file name; normal pictures only carry a number of the study, so we go by that.) These are teaching data, not for diagnosis.
#
# </div>

# %% tags=["setup"]
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
# 为了快，图片只有 96×96，并把 Lite0 在 block11 前切开：前半 `trunk` 不动，它的输出只算一次；后半 `tail` 可以微调。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# X-rays are grey and the network wants 3 channels. `photos.read` copies the grey value into all 3 (asserted above), so **the input layer stays**; replacing it throws away the first layer's kernels. Replace it only when the input really differs (satellite pictures with 5 bands, say).
#
# To be quick, pictures have only 96×96 pixels and Lite0 is cut before block11: the first half, `trunk`, never changes, so its output is computed once; the second half, `tail`, may be fine-tuned.
#
# </div>

# %%
net = backbones.load("efficientnet_lite0", size=96, pooling="avg")
enters = backbones.blocks(net)["block11"][0].input
trunk, tail = keras.Model(net.input, enters), keras.Model(enters, net.output)
print(f"tail: {tail.count_params():,} / {net.count_params():,}")
assert 0.75 < tail.count_params() / net.count_params() < 0.85

maps, maps_test, maps_pets = (trunk.predict(v, verbose=0) for v in (x, x_test, x_pets))
pretrained = tail.get_weights()

# %% [markdown]
# ## 第一段：线性探测 · Stage one: the linear probe

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **先探测后微调**（LP-FT）：分类头先在冻结的特征上学好，再动骨干网络。理由：随机的分类头给出随机方向的梯度，会先把好特征弄坏（Kumar 等，2022）。线性头用逻辑回归求，它与 `Dense(1)` 加 sigmoid 是同一个函数，所以系数可以直接放进 Keras。200 张里先留 40 张做**验证集**（validation set），**头也不许见到它们**：否则头早已记住验证照片，验证损失在微调前就最小，早停马上就停。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **LP-FT**: let the head learn on frozen features first, then move the backbone. The reason: a random head sends gradients in random directions and spoils good features first (Kumar et al., 2022). The linear head comes from logistic regression; it is the same function as `Dense(1)` with a sigmoid, so its coefficients go straight into Keras. Of the 200 pictures 40 are put aside as the **validation set**, and **the head must not see them either**: otherwise the head knows the validation pictures by heart, the validation loss is lowest before fine-tuning, and early stopping stops at once.
#
# </div>

# %% tags=["nbval-ignore-output"]
val = np.r_[80:100, 180:200]  # 20 of each class, put aside for choices
fit = np.setdiff1d(np.arange(200), val)
features, features_test = (tail.predict(v, verbose=0) for v in (maps, maps_test))
probe = LogisticRegression(C=0.1, max_iter=2000).fit(features[fit], y[fit])
head = keras.layers.Dense(1)
model = keras.Sequential([keras.Input(maps.shape[1:]), tail, head])
probe_head = [probe.coef_.T, probe.intercept_]
head.set_weights(probe_head)
frozen_accuracy = accuracy(model)
print(f"冻结 frozen: {frozen_accuracy:.3f}")

# %% [markdown]
# ## 忘了重新编译 · The forgotten compile

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第二段要解冻 `tail`。先故意犯最常见的错误：编译以后才改 `trainable`，没有重新编译。`detectors.snapshot` 记住权重，每个检测器用一行代码问（`says` 只是把它的抱怨变成文字，见本课第一个单元）：该动的动了吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Stage two unfreezes `tail`. First make the most common mistake on purpose: change `trainable` after compiling and do not compile again. `detectors.snapshot` remembers the weights, and each detector asks with one line (`says` only turns its complaint into text; see the first cell of this lesson): has moved what should have moved?
#
# </div>

# %%
assert abs(frozen_accuracy - probe.score(features_test, y_test)) < 0.006  # the same classifier
assert 0.82 < frozen_accuracy < 0.95
bce = keras.losses.BinaryCrossentropy(from_logits=True)
tail.trainable = False
model.compile(keras.optimizers.Adam(1e-3), loss=bce)
_ = model.fit(maps[80:120], y[80:120], batch_size=20, verbose=0)  # the training step is made here

# %%
tail.trainable = True  # and compile is forgotten
before = detectors.snapshot(model)
_ = model.fit(maps[80:120], y[80:120], batch_size=20, verbose=0)
assert all(np.array_equal(a, b) for a, b in zip(tail.get_weights(), pretrained, strict=True))
print(says(detectors.recompiled, model))
print(says(detectors.unfrozen_moved, model, before))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 没有报错，损失照样下降（分类头在学），`tail` 却一点没动：`fit` 第一次运行时造好了训练步，之后沿用。**改了 `trainable`，就重新 `compile`**。反过来的错误也有：训练步造好以后才冻结，权重还在动；`frozen_kept` 管这个。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# No error, the loss falls (the head learns), and `tail` has not moved at all: `fit` makes its training step the first time and keeps it. **After changing `trainable`, `compile` again.** The mistake exists the other way round, too: freezing after the step was made, and weights go on moving; `frozen_kept` watches that.
#
# </div>

# %%
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
assert len(model.layers[:-2]) == 0  # S3's way to freeze would freeze nothing here

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 最后一行断言：文章 S3 用 `for layer in model.layers[:-2]` 冻结。骨干网络一旦是模型里的**一层**，这一行什么也不冻结。写 `base_model.trainable = False`，说的就是你要的意思。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The last assertion: article S3 freezes with `for layer in model.layers[:-2]`. As soon as the backbone is **one layer** of the model, that line freezes nothing. `base_model.trainable = False` says what you mean.
#
# </div>

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
# 它与梯度无关：下面学习率是 0，统计量照样动。
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
# It has nothing to do with the gradient: below the learning rate is 0, and the statistics move all the same.
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


# %%
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
# ## 流言实测：一个标记保住统计量 · The myth, measured: a flag keeps the statistics

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


def moves(model, base, freeze=()):
    for layer in freeze:
        layer.trainable = False
    model(images[:1], training=False)  # a subclassed model gets its weights at the first call
    before = detectors.snapshot(model)
    fit_at_rate_zero(model)
    return says(detectors.batch_norm_kept, model, before) is not None


def moves_when_called(between, **call):
    model, _ = small(between)
    before = detectors.snapshot(model)
    model(images, **call)
    return says(detectors.batch_norm_kept, model, before) is not None


# %%
flag = {"training": False}
plain, flagged, only_norm, mine = small(), small(**flag), small(), Subclassed()
statistics_move = {
    "plain": moves(*plain),
    "training=False": moves(*small(**flag)),
    "training=False, base.trainable = False": moves(*flagged, freeze=[flagged[1]]),
    "base.trainable = False": moves(*plain, freeze=[plain[1]]),
    "BatchNorm trainable = False": moves(*only_norm, freeze=only_norm[1].layers[:1]),
    "subclass, training=False in call": moves(mine, mine.base),
}
flagged[1].trainable = True
statistics_move["training=False, then unfrozen"] = moves(*flagged)

# %% tags=["result-table"]
for how, moved in statistics_move.items():
    print(f"{how:40} {'动 moves' if moved else '不动 stays'}")
moving = [how for how, moved in statistics_move.items() if moved]
assert moving == ["plain", "training=False", "training=False, then unfrozen"]
compare_guess("统计量会动 statistics move", guess_statistics_move, True)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 在 Keras 3.15 的函数式模型里，构造时的 `training=False` **被 `fit` 盖过**：它以 `training=True` 调用整个模型。冻结期间没事，因为 `trainable = False` 的 BatchNorm 总在推理模式；一解冻，统计量就动了。（Keras 的议题 #20285 记录了它。）**可靠的做法：解冻以后，对每个 BatchNorm 层设 `trainable = False`，再编译**。同一个规则也管 Dropout：写死的 `Dropout(0.5)(x, training=True)` 在 `predict` 时不再丢弃，下面验证。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In a functional model of Keras 3.15 the `training=False` given at construction is **overridden by `fit`**, which calls the whole model with `training=True`. As long as it is frozen no harm is done, since a BatchNorm with `trainable = False` always runs in inference mode; once unfrozen, the statistics move. (Keras issue #20285 records it.) **What is reliable: after unfreezing, set `trainable = False` on each BatchNorm layer, then compile.** The same rule holds for dropout: a built-in `Dropout(0.5)(x, training=True)` no longer drops in `predict`, as checked below.
#
# </div>

# %%
ones = keras.Input((1000,))
always = keras.Model(ones, keras.layers.Dropout(0.5)(ones, training=True))
assert np.all(always.predict(np.ones((1, 1000)), verbose=0) == 1)  # the flag is overridden
assert 0.4 < np.mean(np.array(always(np.ones((1, 1000)))) == 0) < 0.6  # and here it is not

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 还有一个更隐蔽的。直接调用 `model(x)`，不说 `training`，本来是推理。可是如果 BatchNorm **前面**有一个缩放图片的层：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One more, better hidden. A direct call `model(x)` that does not mention `training` is inference. But let a layer that resizes pictures stand **before** BatchNorm:
#
# </div>

# %%
kinds = ["Rescaling", "Resizing", "CenterCrop", "RandomFlip"]
arguments = [(0.5,), (8, 8), (8, 8), ()]
for kind, values in zip(kinds, arguments, strict=True):
    layer = getattr(keras.layers, kind)(*values)
    moved = moves_when_called(layer)
    print(f"{kind:12} model(x): {'动 moves' if moved else '不动 stays'}")
    assert moved == (kind != "Rescaling")
    assert not moves_when_called(layer, training=False)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 只是**看一眼**答案，模型就变了：`Resizing`、`CenterCrop`、`RandomFlip` 后面的层在 `model(x)` 时进入训练模式（Keras 3.15 实测）：这几种层的 `call` 把 `training=True` 当默认值，并传给后面的层。`predict`、`evaluate` 和 `model(x, training=False)` 没有这个问题。**规则：直接调用时总是写明 `training=False`，或者用 `predict`**。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Just **looking** at an answer changed the model: behind `Resizing`, `CenterCrop` and `RandomFlip`, layers run in training mode on `model(x)` (measured in Keras 3.15): the `call` of these layers has `training=True` as its default and hands it on. `predict`, `evaluate` and `model(x, training=False)` are free of it. **Rule: in a direct call always write `training=False`, or use `predict`.**
#
# </div>

# %% [markdown]
# ## 第二段：微调，并正确地早停 · Stage two: fine-tune, and stop early in the right way

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在做对的一遍。解冻 `tail`，BatchNorm 保持冻结，编译，学习率 1e-4。**早停**（early stopping）：验证损失连续 3 轮不比最好的小就停，取回最好一轮的权重。轮数给足 15：`patience=5` 而总共只有 10 轮（文章 S1），早停很少有机会起作用。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now the right way. Unfreeze `tail`, keep BatchNorm frozen, compile, with a learning rate of 1e-4. **Early stopping**: stop when for 3 epochs the validation loss has not been below its best, and take back the weights of the best epoch. Allow 15 epochs: with `patience=5` and only 10 epochs in all (article S1) early stopping seldom gets a chance to act.
#
# </div>


# %%
def unfreeze(model):
    for layer in model.layers:
        layer.trainable = not isinstance(layer, BatchNorm)


tail.trainable = True  # a frozen parent keeps its layers frozen
unfreeze(tail)
head.set_weights(probe_head)
model.compile(keras.optimizers.Adam(1e-4), loss=bce)
before = detectors.snapshot(model)

# %% tags=["nbval-ignore-output"]
stop = keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)
settings = {"epochs": 15, "batch_size": 20, "verbose": 0, "callbacks": [stop]}
history = model.fit(maps[fit], y[fit], validation_data=(maps[val], y[val]), **settings).history
tuned_accuracy = accuracy(model)
print(f"轮 epochs: {len(history['loss'])}  测试 test: {frozen_accuracy:.3f} → {tuned_accuracy:.3f}")

# %%
for detector in [detectors.frozen_kept, detectors.unfrozen_moved, detectors.batch_norm_kept]:
    detector(model, before)  # silent: all is right
detectors.recompiled(model)
restored = model.evaluate(maps[val], y[val], verbose=0)
assert np.isclose(restored, min(history["val_loss"]), atol=1e-4)  # the best epoch is back
assert 0.86 < tuned_accuracy < 0.96

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四个检测器都不作声。一次训练的成绩可能升，也可能降：400 张测试照片的区间大约有正负 3 个百分点，下一节才用重复的训练说话。验证成绩是在许多轮里**挑**出来的，所以偏乐观（第 10 课量偏多少）；报告的数字来自测试集，看一次。
#
# **练习 2**：写出预热加余弦的学习率。第 `step` 步（从 0 数）：前 `warm_up` 步从 `peak / warm_up` 均匀升到 `peak`，之后按余弦降，走到 `total` 时为 0。**练习 3**：写出早停。轮从 0 数，返回停下的一轮和最好的一轮。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# All four detectors are silent. The score of one training may rise or fall: the interval of 400 test pictures is about plus or minus 3 percentage points, and only repeated trainings, in the next section, can tell. The validation score was **picked** from many epochs, so it is optimistic (lesson 10 measures by how much); the number to report comes from the test set, looked at once.
#
# **Exercise 2**: write the learning rate with warm-up and cosine. At `step` (counted from 0): for the first `warm_up` steps rise evenly from `peak / warm_up` to `peak`, then fall along a cosine that reaches 0 at `total`. **Exercise 3**: write early stopping. Epochs count from 0; return the epoch where it stops and the best epoch.
#
# </div>


# %% tags=["exercise"]
def rate_at(step, warm_up, total, peak):
    """Learning rate at a step; warm_up and total count steps."""
    return ...


check("08-2", rate_at)


# %% tags=["exercise"]
def early_stop(val_losses, patience):
    """val_losses: one number for each epoch -> (epoch where it stops, best epoch)"""
    return ...


check("08-3", early_stop)

# %% [markdown]
# ## 学习率与冻结的深度 · Learning rate and the depth to freeze

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一次训练说明不了什么。`course build --full 08` 用同样的 X 光片做了一整张表：从哪个 block 开始解冻，学习率多大，每格 3 个随机种子（不同的训练照片），各 10 轮，写进 `data/results/08.json`；代码在 `lessons/full_08.py`。先看表是否与你刚才的训练相符。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One training proves little. `course build --full 08` has made a whole table with the same X-rays: unfrozen from which block, at which learning rate, 3 random seeds each (other training pictures), 10 epochs; it is in `data/results/08.json`, and its code in `lessons/full_08.py`. First see whether it agrees with your training above.
#
# </div>

# %% tags=["setup"]
measured = json.loads((paths.DATA / "results" / "08.json").read_text(encoding="utf-8"))["full"]
rows = pd.DataFrame(measured["rows"])


def pick(how, n=200, task="xray", rate=None):
    chosen = rows[(rows.how == how) & (rows.n == n) & (rows.task == task)]
    return chosen if rate is None else chosen[chosen.rate == rate]


assert abs(pick("frozen").accuracy.mean() - frozen_accuracy) < 0.04
assert abs(pick("block11", rate=1e-4).accuracy.mean() - tuned_accuracy) < 0.04

# %%
blocks, rates = ["block15", "block13", "block11"], [1e-5, 1e-4, 1e-3, 1e-2]
table = pd.DataFrame({r: [pick(b, rate=r).accuracy.mean() for b in blocks] for r in rates}, blocks)
print(table.round(3))
print(f"frozen {pick('frozen').accuracy.mean():.3f}   all {pick('all').accuracy.mean():.3f}")
assert (table[1e-2] < 0.6).all() and (table[1e-4] > 0.88).all()
assert pick("all").accuracy.mean() > pick("frozen").accuracy.mean() + 0.01


# %% tags=["setup"]
def draw_sweep(depth, rate):
    here, start = pick(depth, rate=10.0**rate), pick("frozen").accuracy.mean()
    fig, axes = plt.subplots(1, 2, figsize=(6.2, 2.6), sharey=True)
    for ax, key, name in zip(
        axes,
        ["accuracy", "agreement"],
        ["X 光片准确率 X-ray accuracy", "与原网络一致 agreement"],
        strict=True,
    ):
        ax.plot(here.seed, here[key], "o", markevery=1)
        ax.axhline(start if key == "accuracy" else 1, color="#888888", lw=1, marker="")
        ax.set(xlabel="随机种子 seed", xticks=[0, 1, 2], title=name, xlim=(-0.5, 2.5))
    axes[0].set(ylim=(-0.03, 1.03), ylabel="比例 share")
    return fig


Explorer(
    draw_sweep,
    depth=widgets.SelectionSlider(
        options=blocks, value="block11", description="从这里解冻 unfrozen from"
    ),
    rate=widgets.IntSlider(-4, min=-5, max=-2, description="学习率 10 的几次方 rate 10^"),
    alt_zh="左：3 个种子的 X 光片准确率，灰线是冻结的骨干网络，点在线附近或略高。右：与原网络答案一致的比例，点在 1 以下。",
    alt_en="Left: X-ray accuracy of 3 seeds, the grey line is the frozen backbone, the points are near or a little above it. Right: agreement with the original network's answers, the points are below 1.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 拖动两个滑块，灰线是没有微调时的水平。学习率大了 100 倍（1e-2），所有深度都变成抛硬币：特征毁掉了，也学不回来。学习率 1e-4 时，从 block15 到 block11 差别不大；解冻整个网络（表下的 `all`）最准，但每一步都要算完整个网络，也忘得更多。右边一栏正是遗忘，后面说它。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Move both sliders; the grey line is the level without fine-tuning. With a rate 100 times as large (1e-2) every depth ends as a coin toss: the features are destroyed and are not learned again. At 1e-4, block15 to block11 differ little; unfreezing the whole network (`all`, below the table) is the most accurate, but each step has to go through the whole network, and it forgets more. The right panel is about forgetting, of which more below.
#
# </div>

# %% [markdown]
# ## 预热与分开的学习率 · Warm-up and separate rates

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# Adam 最初几步，每个权重的步长都大约是一整个学习率（第 03 课），不管梯度多小。**预热**（warm-up）让学习率从小到大。Keras 里一行：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In Adam's first steps each weight moves by about one whole learning rate (lesson 03), however small its gradient. **Warm-up** lets the rate grow from small to large. In Keras it is one line:
#
# </div>

# %%
schedule = keras.optimizers.schedules.CosineDecay(
    initial_learning_rate=0.0, warmup_target=1e-3, warmup_steps=50, decay_steps=50
)
print([f"{float(schedule(step)):.1e}" for step in (0, 25, 50, 75, 100)])
assert np.isclose(schedule(50), 1e-3) and float(schedule(100)) < 1e-8

# %% tags=["setup"]
fig, axes = plt.subplots(1, 2, figsize=(6.6, 3), sharey=True, layout="constrained")
for ax, how, name in zip(
    axes,
    ["block11", "warm-up"],
    ["没有预热 no warm-up", "预热 50 步 warm-up, 50 steps"],
    strict=True,
):
    for seed, curve in enumerate(pick(how, rate=1e-3).curve):
        ax.plot(range(1, 11), curve, label=f"种子 seed {seed}")
    ax.set(title=name, xlabel="轮 epoch", ylim=(0.45, 1))
fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize=8)
axes[0].set_ylabel("准确率 accuracy")
figures.show(
    fig,
    "学习率 1e-3 时 3 个种子的测试准确率随轮数的变化：左边没有预热，右边预热 50 步；两边都上下跳动。",
    "Test accuracy over epochs at rate 1e-3 for 3 seeds: no warm-up on the left, 50 steps of warm-up on the right; both jump up and down.",
)
worst = {how: min(map(min, pick(how, rate=1e-3).curve)) for how in ("block11", "warm-up")}
print("最差的一轮 worst epoch:", worst)
assert worst["block11"] < 0.55 and worst["warm-up"] > 0.65
assert pick("warm-up").accuracy.mean() < pick("block11", rate=1e-4).accuracy.mean()

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 没有预热时，一个种子塌到 0.5，再也站不稳；有预热的三个种子都没有塌。但是预热没有把 1e-3 变成好的学习率：右边仍然上下跳动，终点仍不如一开始就用 1e-4。**先选对学习率，预热是保险。**
#
# **分开的学习率**（discriminative learning rates；Howard 与 Ruder，2018）：分类头走大步，骨干网络走小步。把骨干网络的梯度乘以 0.1 行吗？对 Adam 不行：它用梯度除以梯度自己的大小，常数约掉了。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Without warm-up one seed collapses to 0.5 and never stands firmly again; with warm-up none of the three does. But warm-up does not turn 1e-3 into a good rate: the right side still jumps, and its end is still worse than plain 1e-4. **Choose the right rate first; warm-up is insurance.**
#
# **Discriminative learning rates** (Howard and Ruder, 2018): large steps for the head, small ones for the backbone. Could the backbone's gradients be multiplied by 0.1? Not with Adam: it divides the gradient by its own size, and the constant cancels.
#
# </div>

# %%
steps = []
for factor in (1.0, 0.1):
    optimizer, w = keras.optimizers.Adam(1e-3), keras.Variable([0.0])
    optimizer.apply([keras.ops.array([factor * 2.0])], [w])
    steps.append(float(w[0]))
assert np.isclose(*steps, rtol=1e-4) and np.isclose(steps[0], -1e-3, rtol=1e-3)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 所以用**两个优化器**。Keras 的 `fit` 只有一个，于是自己写训练步：`GradientTape` 求梯度（第 01 课），每个优化器各更新自己的一组。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# So use **two optimizers**. Keras' `fit` has one, so write the training step: `GradientTape` finds the gradients (lesson 01), and each optimizer updates its own group.
#
# </div>

# %%
tail.set_weights(pretrained)
head.set_weights(probe_head)
groups = [tail.trainable_variables, head.trainable_variables]
optimizers = [keras.optimizers.Adam(1e-5), keras.optimizers.Adam(1e-3)]  # backbone, head


def train_step(x_batch, y_batch):
    with tf.GradientTape() as tape:
        loss = bce(y_batch[:, None], model(x_batch, training=False))
    for optimizer, group, g in zip(optimizers, groups, tape.gradient(loss, groups), strict=True):
        optimizer.apply(g, group)


# %%
for batch in np.array_split(rng.permutation(200), 10)[:4]:
    train_step(maps[batch], y[batch].astype("float32"))
went = [np.abs(head.get_weights()[0] - probe.coef_.T).max()]  # the farthest weight of the head
went += [max(np.abs(a - b).max() for a, b in zip(tail.get_weights(), pretrained, strict=True))]
assert went[1] < 1e-4 and went[0] > 20 * went[1]

# %% tags=["setup"]
chosen = {"LP-FT": pick("block11", rate=1e-4)}
chosen |= {how: pick(how) for how in ("random head", "discriminative", "BN training")}
other = pd.DataFrame({how: r[["accuracy", "agreement"]].mean() for how, r in chosen.items()}).T
print(other.round(3))
assert other.accuracy["BN training"] < other.accuracy["LP-FT"] - 0.03
assert abs(other.accuracy["random head"] - other.accuracy["LP-FT"]) < 0.02
assert other.agreement["random head"] < other.agreement["LP-FT"] - 0.05
assert other.agreement["discriminative"] > other.agreement["LP-FT"] + 0.03

norm = next(layer for layer in tail.layers if isinstance(layer, BatchNorm))
assert norm.momentum == 0.99 and round(1 - norm.momentum**100, 2) == 0.63

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这张表的四行都是 200 张 X 光片、3 个种子的平均。读出三件事：
#
# * **随机的头**：准确率与先探测后微调差不多，但忘掉的多得多。这里先探测的好处不在准确率。
# * **分开的学习率**（骨干网络 1e-5，头 1e-3）：忘得最少，准确率低不到 2 个百分点。
# * **BatchNorm 一起训练**：准确率低了好几个百分点，答案变了一多半。每批只有 20 张，批的均值很吵；预测时用的滑动统计量又跟不上：动量 0.99 时，100 步只走完 $1-0.99^{100}\approx0.63$ 的路。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The four rows are means over 3 seeds with 200 X-rays. Read three things from them:
#
# * **A random head**: about as accurate as LP-FT, but it forgets far more. The benefit of probing first is not in the accuracy here.
# * **Separate rates** (backbone 1e-5, head 1e-3): forgets least, and its accuracy is less than 2 percentage points lower.
# * **BatchNorm in training mode**: several percentage points less accurate, and more than half of the answers changed. Batches have only 20 pictures, so their means are noisy; and the moving statistics used for predicting lag behind: with momentum 0.99 they have gone $1-0.99^{100}\approx0.63$ of the way after 100 steps.
#
# </div>

# %% [markdown]
# ## 值不值：近的任务与远的任务 · Does it pay: a close task and a far one

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 流言：“微调总比特征提取好。”把准确率的差按任务和照片张数列出来，每格 3 个种子；区间（威尔逊区间）来自测试照片的张数，X 光片 400 张，猫狗 116 张。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The myth: “fine-tuning always beats feature extraction.” List the gain in accuracy by task and number of pictures, 3 seeds each; the interval (Wilson) comes from the number of test pictures, 400 X-rays and 116 photos of cats and dogs.
#
# </div>

# %% tags=["result-table"]
settings = [("xray", 40), ("xray", 200), ("xray", 800), ("pets", 20), ("pets", 200)]
gains = {}
for task, n in settings:
    frozen, tuned = pick("frozen", n, task), pick("block11", n, task, rate=1e-4)
    gains[task, n] = tuned.accuracy.to_numpy() - frozen.accuracy.to_numpy()
    total = {"xray": 400, "pets": 116}[task]
    low, high = wilson_interval(round(frozen.accuracy.mean() * total), total)
    print(
        f"{task} {n:4}  冻结 frozen {frozen.accuracy.mean():.3f} [{low:.2f}, {high:.2f}]", end="  "
    )
    print(f"得到 gain {gains[task, n].mean():+.3f}  ({gains[task, n].round(3)})")
compare_guess("X 光片 X-rays", guess_gain_x_rays, f"{100 * gains['xray', 200].mean():.1f}")
compare_guess("猫狗 pets", guess_gain_pets, f"{100 * gains['pets', 200].mean():.1f}")

# %% tags=["setup"]
assert gains["xray", 800].min() > 0 and gains["xray", 800].mean() > 0.01  # far, many pictures
assert abs(gains["pets", 200]).max() < 0.02  # close task: nothing to gain
assert gains["xray", 40].min() < 0.01 < gains["xray", 40].max()  # 40 pictures: a matter of luck
assert np.ptp(gains["pets", 20]) > 0.03  # with 20 photos, too
fig, ax = plt.subplots(figsize=(6.2, 3))
names = {"xray": "X 光片 X-rays", "pets": "猫狗 pets"}
for task, marker in {"xray": "o", "pets": "s"}.items():
    places = [place for place, key in enumerate(settings) if key[0] == task]
    points = 100 * np.concatenate([gains[settings[place]] for place in places])
    ax.plot(np.repeat(places, 3), points, marker, markevery=1, label=names[task])
ax.axhline(0, color="#888888", lw=1, marker="")
ax.set_xticks(range(5), [f"n = {n}" for _, n in settings])
ax.legend(fontsize=8)
ax.set(ylabel="得到的百分点 gain, points", xlabel="任务与张数 task and number")
figures.show(
    fig,
    "每种设置 3 个点：X 光片 40 张时有正有负，200 张时不小于 0，800 张时全部为正；猫狗 20 张时有正有负，200 张时都在 0 附近。",
    "3 points for each setting: with 40 X-rays of both signs, with 200 not below 0, with 800 all above 0; with 20 photos of pets of both signs, with 200 all near 0.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * **远的任务、照片多**（800 张 X 光片）：3 个种子都得到 1 到 3 个百分点，值得。
# * **远的任务、照片少**（40 张）：有的种子得，有的种子失；说不清，就别付这个代价。
# * **近的任务**（200 张猫狗）：几乎没有得到。骨干网络早就认识 118 个犬种，没有什么可学的。20 张时有得有失，全看抽到哪几张。
#
# 保留意见：800 张时 3 个种子用的是同样的照片，只有顺序不同，更新步数也是 200 张时的 4 倍；图片只有 96×96；只试了一个网络。Raghu 等（2019）在两个大的医学任务上发现，迁移本身的好处也不大：多大的好处，要在自己的数据上量。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * **A far task and many pictures** (800 X-rays): all 3 seeds gain 1 to 3 percentage points; it pays.
# * **A far task and few pictures** (40): some seeds gain, some lose; if you cannot tell, do not pay the price.
# * **A close task** (200 cats and dogs): next to no gain. The backbone has long known 118 breeds of dog, there is nothing to learn. With 20 photos it goes both ways, depending on which ones were drawn.
#
# Reservations: with 800 pictures the 3 seeds see the same pictures in another order, and there are 4 times as many updates as with 200; pictures have only 96×96 pixels; one network was tried. Raghu et al. (2019) found on two large medical tasks that transfer itself gains little: how much it is must be measured on your own data.
#
# </div>

# %% [markdown]
# ## 忘掉了什么 · What was forgotten

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 微调以后，原来会的还会吗？把原网络的 ImageNet 分类层装回微调过的骨干网络，问它课程自己的 116 张猫狗照片：1,000 类里的答案，与微调前相同的有多少？这是**灾难性遗忘**（catastrophic forgetting）的量法。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# After fine-tuning, can it still do what it could? Put the original network's ImageNet layer back on the fine-tuned backbone and show it the course's own 116 photos of cats and dogs: out of 1,000 classes, how many answers are the same as before? This measures **catastrophic forgetting**.
#
# </div>

# %%
full = backbones.load("efficientnet_lite0", include_top=True, size=96)
kernel, bias = full.layers[-1].get_weights()


def imagenet_answers():
    return (tail.predict(maps_pets, verbose=0) @ kernel + bias).argmax(axis=1)


tail.set_weights(pretrained)
original = imagenet_answers()
known = np.isin(original, [*backbones.CATS, *backbones.DOGS]).mean()
assert np.array_equal(original, full.predict(x_pets, verbose=0).argmax(axis=1)) and known > 0.7

# %% tags=["nbval-ignore-output"]
model.compile(keras.optimizers.Adam(1e-4), loss=bce)
head.set_weights(probe_head)
_ = model.fit(maps, y, epochs=5, batch_size=20, verbose=0)
same = (imagenet_answers() == original).mean()
compare_guess("相同的答案 same answers", guess_same_answers, f"{same:.2f}")
of_200 = rows[(rows.task == "xray") & (rows.n == 200)]
print(of_200.pivot_table("agreement", "how", "rate").loc[blocks].round(2))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 网络是在 X 光片上训练的，从没有人教它忘掉猫狗；可是学习率 1e-4 时，一部分答案已经变了，1e-3 时**几乎全部**变了，而 X 光片的准确率看不出这一点。表里从左到右，学习率越大，忘得越多；从 block15 到 block11，解冻的层越多，一般也忘得越多。如果旧任务还要用，就留一份原来的权重，或者在旧任务上也测。
#
# 它走了多远？每个 block 的权重与起点的距离，除以起点的长度：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The network was trained on X-rays, and nobody taught it to forget cats and dogs; yet at rate 1e-4 a part of the answers has changed, at 1e-3 **almost all** of them, and the accuracy on X-rays does not show it. In the table, from left to right, the larger the rate the more is forgotten; from block15 to block11, the more layers are unfrozen the more is usually forgotten, too. If the old task is still needed, keep a copy of the old weights, or test on the old task as well.
#
# How far did it go? The distance of each block's weights from their start, divided by the length of the start:
#
# </div>

# %% tags=["setup"]
agreement = {rate: pick("block11", rate=rate).agreement.mean() for rate in rates}
assert abs(same - agreement[1e-4]) < 0.2
assert agreement[1e-5] > agreement[1e-4] + 0.02 and agreement[1e-3] < 0.2
assert pick("all").agreement.mean() < agreement[1e-4] - 0.05


def distance(block):
    """How far a block's weights went, relative to their size."""
    mine = {id(w) for layer in backbones.blocks(net)[block] for w in layer.trainable_weights}
    pairs = [
        (w.numpy(), w0) for w, w0 in zip(tail.weights, pretrained, strict=True) if id(w) in mine
    ]
    gone = sum(np.sum((w - w0) ** 2) for w, w0 in pairs)
    return np.sqrt(gone / sum(np.sum(w0**2) for _, w0 in pairs))


parts = [
    name
    for name in backbones.blocks(net)
    if name in {"head", *(f"block{i}" for i in range(11, 16))}
]
far = [distance(part) for part in parts]
assert 0.002 < min(far) and max(far) < 0.03
fig, ax = plt.subplots(figsize=(5.4, 2.6))
ax.bar(parts, 100 * np.array(far))
ax.set(xlabel="层 layers", ylabel="走了多远，% distance, %")
figures.show(
    fig,
    "柱状图：微调以后每个 block 的权重离起点的相对距离，都在 1% 上下。",
    "Bar chart: how far the weights of each block are from their start after fine-tuning, all around 1%.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 权重只走了自己大小的 1% 左右，答案已经变了不少：遗忘不需要走很远。**L2-SP**（Li 等，2018）把走远的权重拉回来，惩罚是 $\tfrac{\alpha}{2}\lVert\theta-\theta_S\rVert^2$。普通的权重衰减往 0 拉，那不是起点。Keras 里给每个卷积核挂一个正则项就行：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The weights went only about 1% of their own size, and many answers changed: forgetting does not need a long way. **L2-SP** (Li et al., 2018) pulls weights back that go far, by the penalty $\tfrac{\alpha}{2}\lVert\theta-\theta_S\rVert^2$. Ordinary weight decay pulls towards 0, which is not the start. In Keras, hang a regularizer on each kernel:
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
tied = {how: pick(how).agreement.mean() for how in ["L2-SP 0.1", "L2-SP 1"]}
tied_accuracy = {how: pick(how).accuracy.mean() for how in tied}
print("一致 agreement:", pd.Series({"0": agreement[1e-4]} | tied).round(3).to_dict())
print("准确率 accuracy:", pd.Series(tied_accuracy).round(3).to_dict())
assert tied["L2-SP 1"] > agreement[1e-4] + 0.03  # the stronger the pull, the less is forgotten
assert tied_accuracy["L2-SP 0.1"] > tied_accuracy["L2-SP 1"]  # but too strong a pull costs accuracy

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# L2-SP 拉得越紧，忘得越少。$\alpha=0.1$ 时准确率没有损失，$\alpha=1$ 时拉得太紧，准确率又回到冻结的水平：这是一个要选的超参数。
#
# **练习 4**：写出 L2-SP 的惩罚，权重和起点各是一列数组。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The harder L2-SP pulls, the less is forgotten. With $\alpha=0.1$ no accuracy is lost; with $\alpha=1$ the pull is too strong and accuracy is back at the frozen level: this is a hyperparameter to choose.
#
# **Exercise 4**: write the L2-SP penalty for a list of arrays of weights and a list of starts.
#
# </div>


# %% tags=["exercise"]
def l2_sp(weights, start, alpha):
    """weights, start: lists of arrays of equal shapes -> alpha / 2 times the squared distance"""
    return ...


check("08-4", l2_sp)

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
# | 训练以前 | `detectors.input_range(model, images)`、`detectors.recompiled(model)`、`before = detectors.snapshot(model)` |
# | 训练以后 | `detectors.frozen_kept(model, before)`、`detectors.unfrozen_moved(model, before)`、`detectors.batch_norm_kept(model, before)` |
#
# 它们对任何 Keras 模型都可用，没有错就不作声。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | when | one line |
# |---|---|
# | before training | `detectors.input_range(model, images)`, `detectors.recompiled(model)`, `before = detectors.snapshot(model)` |
# | after training | `detectors.frozen_kept(model, before)`, `detectors.unfrozen_moved(model, before)`, `detectors.batch_norm_kept(model, before)` |
#
# They work on any Keras model and are silent when all is right.
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

# %% tags=["quiz"]
quiz("08-q2")

# %% tags=["quiz"]
quiz("08-q3")

# %% tags=["quiz"]
quiz("08-q4")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 微调 = 从 $\theta_S$ 出发，继续更新权重。先训练头，再解冻；改了 `trainable` 就重新 `compile`。
# * 解冻以后，把每个 BatchNorm 层的 `trainable` 设为 `False`。构造时的 `training=False` 在函数式模型里被 `fit` 盖过；直接调用写 `model(x, training=False)`。
# * 学习率是最要紧的选择：1e-4 可用，1e-2 毁掉一切。分开的学习率要用两个优化器。
# * 微调值不值要测：800 张 X 光片得到约 2 个百分点，200 张猫狗几乎没有得到；代价是遗忘，L2-SP 和小的学习率让它变小。
# * 检测器各一行；没有清楚的好处，就留下冻结的那个。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Fine-tuning = start from $\theta_S$ and go on updating weights. Train the head first, then unfreeze; after changing `trainable`, `compile` again.
# * After unfreezing, set `trainable` to `False` on each BatchNorm layer. In a functional model `fit` overrides the `training=False` of the construction; in a direct call write `model(x, training=False)`.
# * The learning rate is the choice that matters most: 1e-4 works, 1e-2 destroys everything. Separate rates need two optimizers.
# * Whether fine-tuning pays must be measured: about 2 percentage points with 800 X-rays, next to nothing with 200 cats and dogs; the price is forgetting, which L2-SP and small rates reduce.
# * The detectors are a line each; without a clear gain, keep the frozen one.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 原文 | 正确的说法 |
# |---|---|---|
# | S4 | `base_model(inputs, training=False)`，没有解释 | 冻结时安全；解冻以后在 Keras 3 里被 `fit` 盖过，要冻结 BatchNorm 层本身 |
# | S1 | 冻结 VGG16 的每一层，叫做微调 | 那是特征提取；微调要解冻、重新编译、用小学习率 |
# | S2 | 微调是调整学习率和批大小 | 微调是继续更新预训练权重；超参数只控制它 |
# | S3 | 引入 $\theta_1$，目标函数里却只有 $\theta_2$ | 写出起点：$\theta_2^{(0)}$ = $\theta_1$ 的前几层加随机的头，或加惩罚 $\lVert\theta-\theta_S\rVert^2$ |
# | S5 | 参数、结构、特征三种迁移用同一个公式 | 公式里没有源任务；差别在起点和哪些权重不动；只搬结构，什么知识也没有搬 |
# | S5 | 修改输入层和输出层 | 通常只换头；输入层只在通道数不同时才换，它的代码也没有改输入层 |
# | S3 | `model.layers[:-2]`，`Adam()` 的默认学习率，没有验证 | `base_model.trainable = False`；微调用更小的学习率；要有验证集 |
# | S1 | 早停 `patience=5`，总共 10 轮 | 轮数要给足；取回的验证成绩是挑出来的，报告测试成绩 |
# | 全部 | 没有提 BatchNorm、重新编译、遗忘 | 见上文各节的测量 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | it says | what is right |
# |---|---|---|
# | S4 | `base_model(inputs, training=False)`, without a word | safe while frozen; once unfrozen, `fit` overrides it in Keras 3; freeze the BatchNorm layers themselves |
# | S1 | freezes every layer of VGG16 and calls it fine-tuning | that is feature extraction; fine-tuning unfreezes, compiles again and uses a small rate |
# | S2 | fine-tuning is adjusting learning rate and batch size | fine-tuning goes on updating pretrained weights; hyperparameters only control it |
# | S3 | introduces $\theta_1$, yet the objective has only $\theta_2$ | write the start: $\theta_2^{(0)}$ = the first layers of $\theta_1$ and a random head, or add the penalty $\lVert\theta-\theta_S\rVert^2$ |
# | S5 | one formula for parameter, structure and feature transfer | it has no source task in it; the difference is the start and which weights stay; with structure alone no knowledge is carried over |
# | S5 | modify the input layer and the output layer | usually only the head; the input layer only for another number of channels, and its code does not touch it either |
# | S3 | `model.layers[:-2]`, the default rate of `Adam()`, no validation | `base_model.trainable = False`; a smaller rate for fine-tuning; a validation set |
# | S1 | early stopping with `patience=5` in 10 epochs | allow enough epochs; the validation score is picked, so report the test score |
# | all | nothing on BatchNorm, compiling again, forgetting | see the measurements above |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Kumar, Raghunathan, Jones, Ma, Liang, *Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution*, ICLR 2022：先探测后微调
# * Ioffe, Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift*, arXiv:1502.03167, 2015：批归一化
# * Howard, Ruder, *Universal Language Model Fine-tuning for Text Classification*, ACL 2018, 328–339, arXiv:1801.06146：分开的学习率
# * Li, Grandvalet, Davoine, *Explicit Inductive Bias for Transfer Learning with Convolutional Networks*, ICML 2018, arXiv:1802.01483：L2-SP
# * Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208：医学图像上迁移的好处有限
# * Yosinski, Clune, Bengio, Lipson, *How transferable are features in deep neural networks?*, NIPS 27, 3320–3328, 2014：冻结到哪里
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Kumar, Raghunathan, Jones, Ma, Liang, *Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution*, ICLR 2022: LP-FT
# * Ioffe, Szegedy, *Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift*, arXiv:1502.03167, 2015: batch normalization
# * Howard, Ruder, *Universal Language Model Fine-tuning for Text Classification*, ACL 2018, 328–339, arXiv:1801.06146: discriminative learning rates
# * Li, Grandvalet, Davoine, *Explicit Inductive Bias for Transfer Learning with Convolutional Networks*, ICML 2018, arXiv:1802.01483: L2-SP
# * Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208: transfer gains little on medical pictures
# * Yosinski, Clune, Bengio, Lipson, *How transferable are features in deep neural networks?*, NIPS 27, 3320–3328, 2014: where to freeze
#
# </div>
