# ---
# jupyter:
#   course: {minutes: 80, needs: ["04", "06"]}
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
# # 07 特征提取 · Feature extraction

# %% tags=["setup"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import json

import h5py
import ipywidgets as widgets
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import TSNE
from sklearn.model_selection import StratifiedKFold, cross_val_predict, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from course_utils import (
    assets,
    backbones,
    detectors,
    evaluation,
    explorables,
    features,
    figures,
    paths,
    photos,
)
from course_utils.bilingual import say, table
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
CREDIT = "照片 photos: Oxford-IIIT Pet (Parkhi, Vedaldi, Zisserman, Jawahar), CC BY-SA 4.0"
measured = json.loads((paths.DATA / "results" / "07.json").read_text(encoding="utf-8"))
stored, machine = measured["full"], measured["machine"]


def compiled(model, optimizer="adam"):
    model.compile(optimizer, loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


def new_layer():
    return keras.layers.Dense(1, kernel_initializer="zeros")  # so that every run starts the same


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 两张猫，两张狗，标签都有了。用这 4 张照片能训练出多准的分类器？再加 196 张呢？一张也没有呢？这一课测出每个标签值多少。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Two cats and two dogs, with their labels. How accurate a classifier can these 4 photos train? And 196 more? And none at all? This lesson measures what a label is worth.
#
# </div>

# %% tags=["setup", "keep-output"]
all_photos = photos.default("all")  # 200 training photos, then 116 others
y = all_photos.labels
images = all_photos.images(224)
figures.show_photos(
    [images[place] for place in (280, 286, 298, 304)],
    None,
    "4 张宠物照片：2 张猫，2 张狗。",
    "4 photos of pets: 2 cats and 2 dogs.",
    credit=CREDIT,
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 冻结一个预训练的骨干网络，接上新的分类头，并检查训练只改了分类头；
# * 把特征算一次、存下来，说清楚省了多少，什么时候不能这样做；
# * 把 ImageNet 的 1,000 个概率变成“猫还是狗”的回答，并去掉它的先验：一个标签也不用；
# * 读懂学习曲线：从 0 到 200 个标签，每种做法有多准，标签什么时候帮忙，什么时候帮倒忙；
# * 用线性探测和最近邻在几个骨干网络之间选择，并说出哪些差别没有证据；
# * 逐行修好文章里 VGG16 和 ResNet50 的代码。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * freeze a pretrained backbone, put a new head on it, and check that training changed the head only;
# * compute features once and keep them, and say how much that saves and when it cannot be done;
# * turn the 1,000 probabilities of ImageNet into “cat or dog” and take out its prior, with no label at all;
# * read a learning curve: how accurate each way is with 0 to 200 labels, when labels help and when they hurt;
# * choose between backbones by linear probing and nearest neighbours, and say which differences are not backed by evidence;
# * repair the articles' VGG16 and ResNet50 code line by line.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 04 课（卷积、全局平均池化）和第 06 课（预处理、划分）。特征在缓存里时，在 2 个 CPU 核上运行全部单元格不到 2 分钟；第一次要先算特征，会多几分钟。读完并做练习大约 80 分钟。
#
# 猫是类别 0，狗是类别 1。有标签的照片一共 316 张：前 200 张是课程的训练照片，后 116 张来自另外三组。现场的实验每次把 316 张全部重新抽签，其中也包括第 09 课的测试照片，因此到那时它们已不算全新。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need lesson 04 (convolution, global average pooling) and lesson 06 (preprocessing, splits). With the features in the cache all cells run in less than 2 minutes on 2 CPU cores; the first time, features must be computed, which takes a few minutes more. Reading and doing the exercises takes about 80 minutes.
#
# Cats are class 0, dogs class 1. There are 316 labelled photos: the first 200 are the course's training photos, the other 116 come from three more groups. The live experiments reshuffle all 316 each time, and that includes the test photos of lesson 09: by then they are no longer entirely fresh.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一个网络认得 ImageNet 的 1,000 个类别。骨干网络不动，只在它给出的特征上训练一个线性分类器，用 **10 张**有标签的照片。没见过的猫和狗，它答对百分之几？把数写进 `...`，瞎猜是 50。后面还有 4 个猜测，各在自己的实验之前。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A network knows the 1,000 classes of ImageNet. Leave it as it is and train only a linear classifier on the features that it gives, with **10** labelled photos. What per cent of unseen cats and dogs does it get right? Put a number in place of `...`; chance gives 50. There are 4 more guesses, each before its own experiment.
#
# </div>

# %% tags=["exercise"]
predict("07-p1", ...)  # 50–100

# %% [markdown]
# ## 冻结的骨干网络，新的分类头 · A frozen backbone, a new head

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 预训练的目标是一个**通用**的表示：在 ImageNet 的 1,000 个类别上学会把照片 $x$ 变成特征 $\varphi(x)$。**特征提取**（feature extraction）有三步：
#
# 1. 取一个预训练模型，去掉它的分类头，留下**骨干网络**（backbone）$\varphi$；
# 2. **冻结**（freeze）$\varphi$：训练不改它的任何一个数；
# 3. 接一个新的**分类头**（head），只训练它的 $w$ 和 $b$：
#
# $$\min_{w,b}\;\frac1n\sum_{i=1}^{n}L\bigl(y_i,\;w^\top\varphi(x_i)+b\bigr)$$
#
# $\varphi$ 不在 $\min$ 要找的变量里，这就是“冻结”的意思。源任务的知识全在 $\varphi$ 里。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Pretraining aims at a **general** representation: from the 1,000 classes of ImageNet the network learned to turn a photo $x$ into features $\varphi(x)$. **Feature extraction** has three steps:
#
# 1. take a pretrained model and remove its head; what is left is the **backbone** $\varphi$;
# 2. **freeze** $\varphi$: training changes none of its numbers;
# 3. put a new **head** on it and train only its $w$ and $b$:
#
# $$\min_{w,b}\;\frac1n\sum_{i=1}^{n}L\bigl(y_i,\;w^\top\varphi(x_i)+b\bigr)$$
#
# $\varphi$ is not among the variables that $\min$ searches over: that is what “frozen” means. All knowledge of the source task is in $\varphi$.
#
# </div>

# %% tags=["setup"]
PARTS = [("照片\nphoto\n224×224×3", 0.0, 0.5, 0), ("预处理\npreprocess", 1.35, 0.45, 6),
         ("骨干网络 φ（冻结）\n340 万个参数\nbackbone φ (frozen)\n3.4 M parameters", 2.9, 0.75, 6), ("特征\nfeatures\n1280", 4.45, 0.4, 0),
         ("新的分类头\nnew head\n1281", 5.75, 0.5, 1), ("logit（狗）\nlogit (dog)", 7.1, 0.45, 0)]  # fmt: skip
fig, ax = plt.subplots(figsize=(7.8, 1.9))
for i, (text, place, _, colour) in enumerate(PARTS):
    frame = {"boxstyle": "round,pad=0.35", "fc": "white", "ec": figures.PALETTE[colour], "lw": 1.6}
    ax.text(place, 0.3, text, ha="center", va="center", fontsize=8, bbox=frame)
    if i:
        _, before_it, half, _ = PARTS[i - 1]
        style = {"arrowstyle": "-|>", "color": "#333333"}
        ends = (place - PARTS[i][2] - 0.04, 0.3), (before_it + half + 0.04, 0.3)
        ax.annotate("", *ends, arrowprops=style)
back = {"arrowstyle": "-|>", "color": figures.PALETTE[1], "lw": 1.6}
ax.annotate("", (5.15, -0.5), (7.1, -0.5), arrowprops=back)
ax.plot([5.06, 5.06], [-0.8, -0.2], color=figures.PALETTE[1], lw=3, marker="")
ax.text(
    6.2,
    -0.9,
    "梯度到此为止\nthe gradient stops here",
    ha="center",
    va="center",
    fontsize=8,
    color=figures.PALETTE[1],
)
ax.plot([0.8, 0.8, 4.8, 4.8], [-0.22, -0.34, -0.34, -0.22], color="#777777", lw=1, marker="")
ax.text(
    2.8,
    -0.62,
    "冻结：每张照片只算一次\nfrozen: computed once per photo",
    ha="center",
    va="center",
    fontsize=8,
)
ax.set(xlim=(-0.7, 7.7), ylim=(-1.2, 0.9))
ax.axis("off")
figures.show(
    fig,
    "流程图：照片、预处理、冻结的骨干网络、1280 个特征、新的分类头、logit；预处理到特征这一段括在一起，每张照片只算一次；梯度从 logit 往回，停在分类头，不进骨干网络。",
    "Flow: photo, preprocessing, frozen backbone, 1280 features, new head, logit; a bracket holds preprocessing to features, computed once per photo; the gradient runs back from the logit and stops at the head, before the backbone.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 用 Keras 写出来。`trainable = False` 写在 `compile` **之前**最稳妥：训练步骤在第一次 `fit` 时生成，以后才改 `trainable` 而不重新编译，训练步骤不知道（第 08 课）。`new_layer()` 是 `Dense(1)`：1280 个权重和 1 个偏置，都从 0 开始；`compiled` 给模型定下二元交叉熵。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Written in Keras. `trainable = False` is safest **before** `compile`: the training step is made by the first `fit`, and when `trainable` is changed after that without compiling again, the step does not know (lesson 08). `new_layer()` is a `Dense(1)`: 1280 weights and 1 bias, all starting at 0; `compiled` gives the model binary cross-entropy.
#
# </div>


# %%
def whole_model():
    """raw photos (n, 224, 224, 3; preprocessing is inside) -> logits; only the head is trained"""
    backbone = backbones.load("efficientnet_lite0", pooling="avg")
    backbone.trainable = False
    photo = keras.Input((224, 224, 3))
    return compiled(keras.Model(photo, new_layer()(backbone(photo))), "sgd")


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 再用三个**检测器**（detector）检查：训练之前拍一张快照，训练之后比较。
#
# * `frozen_kept`：冻结的权重一个也没变；
# * `batch_norm_kept`：**批归一化**（batch normalization）层没变。这种层把特征减去平均、除以标准差，用的是训练时边走边记的平均和方差，叫**滑动统计量**（moving statistics）；它们不靠梯度也会变（第 08 课）；
# * `unfrozen_moved`：分类头动了。
#
# 出错时它们说出是哪一层；什么也不打印，就是没有问题。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now check it with three **detectors**: take a snapshot before training, compare after it.
#
# * `frozen_kept`: not one frozen weight has changed;
# * `batch_norm_kept`: the layers of **batch normalization** stayed. Such a layer subtracts a mean from the features and divides by a standard deviation, using a mean and a variance that it notes on the way during training, its **moving statistics**; they can change without any gradient (lesson 08);
# * `unfrozen_moved`: the head moved.
#
# When something is wrong they name the layer; no output means that nothing is wrong.
#
# </div>

# %% tags=["setup"]
some = np.r_[0:16, 100:116]  # 16 cats and 16 dogs
assert y[:200].sum() == 100 and y[some].sum() == 16 and len(y) == 316
thumbnails = all_photos.images(48).astype("float32")
# 8 photos a step: without a graph the outputs of all layers of a batch stay in memory together.
fit_once = {"batch_size": 8, "epochs": 3, "shuffle": False, "verbose": 0}


def in_turn(labels, repeat):
    """places, 100 of each class in random order: cat, dog, cat, dog …"""
    rng = np.random.default_rng(repeat)
    cats_dogs = [rng.permutation(np.flatnonzero(labels == c))[:100] for c in (0, 1)]
    return np.stack(cats_dogs, axis=1).ravel()


def draw(repeat):
    """200 places to learn from, and the 116 others to be judged on"""
    learn = in_turn(y, repeat)
    return learn, np.setdiff1d(np.arange(len(y)), learn)


def new_head(n_features=1280):
    return compiled(keras.Sequential([keras.Input((n_features,)), new_layer()]), "sgd")


def in_batches(network, images):
    """a network's answers, 16 photos at a time"""
    return np.concatenate([network(images[i : i + 16]) for i in range(0, len(images), 16)])


def imagenet(photo_set, name="efficientnet_lite0"):
    """the complete network's probabilities (n, 1000): its last layer, on features known already"""
    last = backbones.load(name, include_top=True).layers[-1]
    return np.asarray(last(features.extract(photo_set, name)))


def random_features(seed):
    """the same structure, never trained: (316, 1280)"""
    keras.utils.set_random_seed(seed)
    untrained = backbones.load("efficientnet_lite0", weights=None, pooling="avg")
    return in_batches(backbones.predictor(untrained), images)


def from_scratch(repeat, places, steps=200):
    """small_cnn, trained on the photos at these places"""
    keras.utils.set_random_seed(repeat)
    data = tf.data.Dataset.from_tensor_slices((thumbnails[places], y[places]))
    model = small_cnn()
    batches = data.shuffle(len(places)).repeat().batch(32)
    model.fit(batches, steps_per_epoch=steps, epochs=1, verbose=0)
    return model


def score_scratch(repeat, n, steps=200):
    """accuracy on the 116 of small_cnn, trained on n photos from scratch"""
    learn, judge = draw(repeat)
    model = from_scratch(repeat, learn[:n], steps)
    return np.mean((np.ravel(model(thumbnails[judge])) > 0) == y[judge])


# %% tags=["any-seed"]
model = whole_model()
before = detectors.snapshot(model)
model.run_eagerly = True  # 12 steps only: quicker than making a graph of them
_ = model.fit(images[some].astype("float32"), y[some], **fit_once)
detectors.frozen_kept(model, before)
detectors.batch_norm_kept(model, before)
detectors.unfrozen_moved(model, before)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 检测器真的会出声吗？故意犯一次错：拍快照之后解冻骨干网络，再训练 2 步。（要 2 步：分类头从 0 开始，第一步传回骨干网络的梯度恰好是 0。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Do the detectors really speak up? Make the mistake on purpose: unfreeze the backbone after the snapshot, then train for 2 steps. (2, because the head starts at 0: in the first step the gradient that reaches the backbone is exactly 0.)
#
# </div>

# %% tags=["setup", "any-seed", "shows-one-formula"]
n_head = sum(w.numpy().size for w in model.trainable_weights)
assert n_head == model.count_params() - model.layers[1].count_params() == 1281  # [1]: the backbone
spoilt = whole_model()
frozen_then = detectors.snapshot(spoilt)
spoilt.layers[1].trainable = True
four = images[[0, 1, 100, 101]].astype("float32"), y[[0, 1, 100, 101]]  # 2 cats and 2 dogs
kernels = [w.numpy() for w in spoilt.layers[1].trainable_variables]
compiled(spoilt, "sgd")
spoilt.run_eagerly = True  # 2 steps only: quicker than making a graph of them
moved = []
for _ in range(2):  # a step each
    spoilt.fit(*four, verbose=0)
    now = spoilt.layers[1].trainable_variables
    moved += [sum(not np.array_equal(w, w0) for w, w0 in zip(now, kernels, strict=True))]
assert moved[0] == 0 and moved[1] > 100
try:
    detectors.frozen_kept(spoilt, frozen_then)
    noticed = False
except detectors.SilentMistake as mistake:
    say((mistake.zh, mistake.en))
    noticed = "stem_conv" in str(mistake)
assert noticed

# %% [markdown]
# ## 每张照片的特征只算一次 · Compute each photo's features once

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# $\varphi$ 不变，所以 $\varphi(x)$ 对同一张照片每一轮都一样。那就只算一次，存成一张表，再在表上训练分类头。旧教程把这张表叫 bottleneck features。
#
# 这不是近似。下面从同样的起点、用同样的批训练两次：一次每轮都穿过整个网络，一次只用存下的特征。得到的是同一组 $w$ 和 $b$，只差舍入误差。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# $\varphi$ does not change, so $\varphi(x)$ is the same for a photo in every epoch. Compute it once, keep the table, and train the head on the table. Older tutorials call it bottleneck features.
#
# This is no approximation. Below, training runs twice from the same start with the same batches: once through the whole network in every epoch, once on the kept features only. The result is the same $w$ and $b$, up to rounding.
#
# </div>


# %% tags=["any-seed"]
eights = images[some].astype("float32").reshape(4, 8, 224, 224, 3)
rows = np.concatenate([model.layers[1](eight) for eight in eights])  # (32, 1280), once
head = new_head()
_ = head.fit(rows, y[some], **fit_once)
for one, other in zip(head.get_weights(), model.layers[-1].get_weights(), strict=True):  # w, b
    assert np.allclose(one, other, rtol=0, atol=1e-3 * np.abs(one).max())

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# `features.extract` 做同样的事，再加一个磁盘缓存：下次运行时连骨干网络都不用载入。
#
# 省了多少？200 张照片、5 轮：每轮都穿过网络是 $200\times5=1000$ 次前向，存下特征是 200 次。按次数算，只要 1/5。图里是一台机器上存下的秒数；秒数因机器而异，只看大概的比例。训练的一步除了前向还有别的开销，所以比例不恰好是 1/5。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# `features.extract` does the same and adds a cache on disk: the next run does not even load the backbone.
#
# How much is saved? 200 photos, 5 epochs: through the network in every epoch means $200\times5=1000$ forward passes, keeping the features 200. Counted in passes, that is 1/5. The figure shows stored seconds of one machine; seconds depend on the machine, so look at the rough ratio only. A training step costs something besides the forward pass, so the ratio is not exactly 1/5.
#
# </div>

# %% tags=["setup"]
x = features.extract(all_photos)  # (316, 1280)
assert x.shape == (316, 1280)
through, once, head_only = (stored["seconds"][k] for k in ("end to end", "features once", "head"))
assert through > 2 * (once + head_only)
fig, ax = plt.subplots(figsize=(6.8, 1.7))
ax.barh([1, 0], [through, once], color=figures.PALETTE[0], label="穿过网络 through the network")
ax.barh([0], [head_only], left=[once], color=figures.PALETTE[1], hatch="//", label="分类头 head")
ax.set_yticks([1, 0], ["每轮都穿过网络\neach epoch", "特征只算一次\nfeatures once"], fontsize=8)
ax.set(xlabel="存下的秒数，5 轮 stored seconds, 5 epochs")
ax.legend(fontsize=8)
figures.show(
    fig,
    f"两条横条：每轮都穿过网络约 {through:.0f} 秒，特征只算一次再训练分类头约 {once + head_only:.1f} 秒。",
    f"Two bars: through the network in each epoch about {through:.0f} s, features once and then the head about {once + head_only:.1f} s.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 两种情况不能这样做：**数据增强**（每一轮的照片都不同，所以特征也不同），和**微调**（$\varphi$ 在变，表马上过时）。
#
# **练习 1**：骨干网络要做多少次前向？一张照片穿过一次算一次。每一轮之后在验证集上评估一次。输入：训练照片数、验证照片数、轮数，以及 `cached`；返回次数。`cached` 为真时，每张训练照片和验证照片先算一次并存下，之后只用存下的；第一次也要算进去。卡住时运行 `hint("07-1")`，再看 `solution("07-1")`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In two cases it cannot be done: **data augmentation** (the photos differ in every epoch, so their features do), and **fine-tuning** ($\varphi$ changes, and the table is out of date at once).
#
# **Exercise 1**: how many forward passes does the backbone make? One photo through it once counts as one. After each epoch the validation set is evaluated once. Input: the number of training photos, of validation photos, of epochs, and `cached`; return the number of passes. When `cached` is true, each training and validation photo is computed once and kept, and only what was kept is used after that; the first time counts. When you are stuck: `hint("07-1")`, then `solution("07-1")`.
#
# </div>


# %% tags=["exercise"]
def backbone_passes(n_train, n_val, epochs, cached):
    """photos through the backbone; cached: True or False"""
    return ...


check("07-1", backbone_passes)

# %% [markdown]
# ## 一个标签也没有 · Without a single label

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# ImageNet 的 1,000 个类别里，118 个是狗的品种（151 到 268），5 个是家猫（281 到 285）。那就不训练：让完整的 EfficientNet-Lite0（简称 Lite0，上文的骨干网络是它的一部分）给出 1,000 个概率 $p(k\mid x)$，$k$ 是类别，狗的加起来，猫的加起来，谁大选谁。这叫**零样本分类**（zero-shot classification）。
#
# 两个和之比取对数，就是一个 logit，大于 0 判为狗：
#
# $$z(x)=\log\frac{\sum_{k\in\text{狗}}p(k\mid x)}{\sum_{k\in\text{猫}}p(k\mid x)}$$
#
# 先猜：316 张里答对百分之几？
#
# <details><summary>“零样本”的两种意思</summary>
#
# 这里指没有用目标任务的标签。这个词常专指网络从没学过的类别，比如 CLIP；猫和狗 Lite0 是学过的。
#
# </details>
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Of the 1,000 classes of ImageNet, 118 are breeds of dogs (151 to 268) and 5 are house cats (281 to 285). So do not train: let the complete EfficientNet-Lite0 (Lite0 for short; the backbone above is part of it) give its 1,000 probabilities $p(k\mid x)$, $k$ being the class, add up those of dogs, add up those of cats, and take the larger. This is **zero-shot classification**.
#
# The log of the ratio of the two sums is a logit; above 0 means dog:
#
# $$z(x)=\log\frac{\sum_{k\in\text{dogs}}p(k\mid x)}{\sum_{k\in\text{cats}}p(k\mid x)}$$
#
# Guess first: what per cent of the 316 are right?
#
# <details><summary>Two meanings of “zero-shot”</summary>
#
# Here it means: no label of the target task. The word is often kept for classes that the network was never trained on, as with CLIP; Lite0 was trained on cats and dogs.
#
# </details>
#
# </div>

# %% tags=["exercise"]
predict("07-p2", ...)  # 50–100


# %%
def log_odds(p):
    """p (n, 1000): ImageNet's probabilities -> log of dog's share over cat's (n,)"""
    return np.log(p[:, backbones.DOGS].sum(axis=1)) - np.log(p[:, backbones.CATS].sum(axis=1))


# %% tags=["nbval-ignore-output"]
p_imagenet = imagenet(all_photos)
wrong = (log_odds(p_imagenet) > 0) != y
outcome("07-p2", round(100 * (1 - wrong.mean())))
columns = ["答对 right", "错的猫 cats wrong", "错的狗 dogs wrong"]
table(columns, [[f"{1 - wrong.mean():.1%}", wrong[y == 0].sum(), wrong[y == 1].sum()]])

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 错的都是猫。为什么偏向狗？用**贝叶斯公式**一步步看。$P(k)$ 是网络见到类别 $k$ 的频率，叫**先验**（prior）：
#
# $$p(k\mid x)=\frac{p(x\mid k)\,P(k)}{p(x)}$$
#
# ImageNet 每类的照片差不多一样多，所以每个 $P(k)\approx\frac1{1000}$。把 118 个狗类加起来：
#
# $$\sum_{k\in\text{狗}}p(k\mid x)=\frac{1}{1000\,p(x)}\sum_{k\in\text{狗}}p(x\mid k)=\frac{118}{1000\,p(x)}\;p(x\mid\text{狗})$$
#
# 最后一步：$p(x\mid\text{狗})$ 是各品种一样多时狗的照片的分布，也就是 118 个 $p(x\mid k)$ 的**平均**；和等于平均乘以 118。猫也一样，只是乘以 5。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# All mistakes are cats. Why this leaning to dogs? Go through **Bayes' formula** step by step. $P(k)$ is how often the network met class $k$, called the **prior**:
#
# $$p(k\mid x)=\frac{p(x\mid k)\,P(k)}{p(x)}$$
#
# ImageNet has about equally many photos of each class, so each $P(k)\approx\frac1{1000}$. Add up the 118 classes of dogs:
#
# $$\sum_{k\in\text{dogs}}p(k\mid x)=\frac{1}{1000\,p(x)}\sum_{k\in\text{dogs}}p(x\mid k)=\frac{118}{1000\,p(x)}\;p(x\mid\text{dog})$$
#
# The last step: $p(x\mid\text{dog})$ is the distribution of dog photos when all breeds are equally frequent, the **mean** of the 118 $p(x\mid k)$; a sum is the mean times 118. The same for cats, times 5.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 相除，$1000\,p(x)$ 消去：
#
# $$z(x)=\log\frac{p(x\mid\text{狗})}{p(x\mid\text{猫})}+\log\frac{118}{5}$$
#
# 第一项是照片说的话；第二项与照片无关：在 ImageNet 的世界里，狗是猫的 23.6 倍，还没看照片就先偏向狗 $\log\frac{118}{5}\approx3.16$。我们的任务里猫狗一样多，先验之比是 1，对数是 0。所以从 logit 里**减去** 3.16。不用一个标签，只要知道我们这里猫狗各占多少。
#
# 图里每一条是一段 logit 的照片数：虚线是原来的界线，实线是去掉先验以后的。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Divide; $1000\,p(x)$ cancels:
#
# $$z(x)=\log\frac{p(x\mid\text{dog})}{p(x\mid\text{cat})}+\log\frac{118}{5}$$
#
# The first term is what the photo says. The second does not depend on the photo: in the world of ImageNet dogs are 23.6 times as frequent as cats, a lead of $\log\frac{118}{5}\approx3.16$ before any look at the photo. In our task cats and dogs are equally frequent, the ratio of priors is 1 and its log 0. So **subtract** 3.16 from the logit. That takes no label, only how frequent cats and dogs are here.
#
# In the figure each bar counts the photos in a range of logits: the dashed line is the old border, the solid one that without the prior.
#
# </div>


# %%
def without_the_prior(p):
    return log_odds(p) - np.log(118 / 5)


assert 0.9 < 1 - wrong.mean() < 0.95
assert wrong[y == 0].sum() > 15 and wrong[y == 1].sum() == 0

# %% tags=["nbval-ignore-output"]
wrong_now = (without_the_prior(p_imagenet) > 0) != y
table(columns, [[f"{1 - wrong_now.mean():.1%}", wrong_now[y == 0].sum(), wrong_now[y == 1].sum()]])

# %% tags=["setup"]
old = log_odds(p_imagenet)
assert len(backbones.DOGS) == 118 and len(backbones.CATS) == 5
assert round(118 / 5, 1) == 23.6 and round(np.log(118 / 5), 2) == 3.16
assert wrong_now.sum() < 0.65 * wrong.sum()
zero = stored["labels"]["zero_shot"]
assert (zero["lite0"]["plain"], zero["lite0"]["prior"]) == (0.908, 0.98)
assert (zero["lite2"]["plain"], zero["lite2"]["prior"]) == (0.932, 0.989)
assert zero["lite0"]["n"] == 1000
for short, how, cats_wrong, dogs_wrong, half in [("lite0", "plain", 92, 0, 0.018), ("lite0", "prior", 18, 2, 0.009),
                                                 ("lite2", "plain", 68, 0, 0.016), ("lite2", "prior", 9, 2, 0.007)]:  # fmt: skip
    low, high = evaluation.wilson_interval(1000 - cats_wrong - dogs_wrong, 1000)
    assert [500 - zero[short][f"{how}_{kind}"] for kind in ("cats", "dogs")] == [
        cats_wrong,
        dogs_wrong,
    ]
    assert abs((high - low) / 2 - half) < 0.0006
fig, ax = plt.subplots(figsize=(7, 2.7))
bins = np.arange(-8, 12.5, 0.5)
for c, (label, hatch) in enumerate([("猫 cat", ""), ("狗 dog", "///")]):
    ax.hist(old[y == c], bins, alpha=0.65, color=figures.PALETTE[c], hatch=hatch, label=label)
ax.axvline(0, color="#333333", ls="--", lw=1.4, marker="", label="原来的界线 0 · old border 0")
ax.axvline(
    np.log(118 / 5),
    color="#111111",
    lw=1.8,
    marker="",
    label="去掉先验 3.16 · without the prior 3.16",
)
ax.set(xlabel="logit（狗对猫）\nlogit (dog against cat)", ylabel="照片 photos", ylim=(0, 38))
ax.legend(fontsize=8, ncols=2, loc="upper left")
figures.show(
    fig,
    "两组直方图：狗几乎都在 3 的右边，猫多在 0 的左边，一部分猫落在 0 与 3.16 两条界线之间。",
    "Two histograms: nearly all dogs are right of 3, most cats left of 0; some cats lie between the borders 0 and 3.16.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 界线移过去，夹在两条线之间的猫就对了；夹在中间的狗则变错；张数在图上面的两张表里。316 张太少，再看 1,000 张别处的照片（500 猫 500 狗）。它们不能随课程分发，结果是**存下的**；做这门课时已经看过它们，所以不是全新的考试。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With the border moved, the cats between the two lines are right; dogs between them turn wrong; the counts are in the two tables above the figure. 316 are few, so look at 1,000 photos from elsewhere (500 cats, 500 dogs). They cannot be handed out with the course, so the results are **stored**; they had been seen while this course was made, so this is no fresh test.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 存下的结果，“±”是 95% 区间的一半，都没有用标签：
#
# | 网络 | 先验 | 答对 | 错的猫 | 错的狗 |
# |---|---|---|---|---|
# | Lite0 | 原样 | 0.908 ± 0.018 | 92 | 0 |
# | Lite0 | 去掉 | 0.980 ± 0.009 | 18 | 2 |
# | Lite2 | 原样 | 0.932 ± 0.016 | 68 | 0 |
# | Lite2 | 去掉 | 0.989 ± 0.007 | 9 | 2 |
#
# Lite2 是同一家族里大两号的网络（骨干网络的参数：Lite0 340 万个，Lite2 490 万个）。移界线也有代价：2 只原来对的狗变错了。推导里有三个近似：ImageNet 每类一样多，网络的概率可信，各品种一样常见。它们不全对，所以错误没有全消失。先验要按**你的**照片来：如果十张里九张是狗，减去的就是 $\log\frac{118}{5}-\log\frac91$。
#
# 第 00 课存下的是 905 张，这里是 908 张：那里缩小后的像素先取整，3 张压在界线上的猫就换了边。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Stored results, “±” is half of the 95% interval, none of them with a label:
#
# | network | prior | right | cats wrong | dogs wrong |
# |---|---|---|---|---|
# | Lite0 | as it is | 0.908 ± 0.018 | 92 | 0 |
# | Lite0 | taken out | 0.980 ± 0.009 | 18 | 2 |
# | Lite2 | as it is | 0.932 ± 0.016 | 68 | 0 |
# | Lite2 | taken out | 0.989 ± 0.007 | 9 | 2 |
#
# Lite2 is two sizes larger in the same family (parameters of the backbone: Lite0 3.4 million, Lite2 4.9 million). Moving the border has its price: 2 dogs that were right are wrong now. The derivation has three approximations: equally many photos of each ImageNet class, probabilities that can be trusted, all breeds equally common. None holds exactly, so some mistakes remain. The prior is that of **your** photos: if nine of ten are dogs, subtract $\log\frac{118}{5}-\log\frac91$.
#
# Lesson 00 has stored 905 photos, here it is 908: there the scaled-down pixels are rounded first, and 3 cats right at the border change sides.
#
# </div>

# %% [markdown]
# ## 学习曲线：迁移有多大用？ · The learning curve: how much does transfer help?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在用标签。比较三种做法：
#
# * **冻结，预训练**：Lite0 的特征加线性分类头；
# * **冻结，随机**：同样的网络，权重是随机的。它是**对照**：如果它也行，功劳就在结构，不在预训练；
# * **从零训练**（training from scratch）：一个小卷积网络，只见过这几张照片。
#
# 公平的比较要重复，而且每次用同样的照片。抽签 `draw(repeat)`：200 张可以用来学（猫狗交替，前 $n$ 张有标签），其余 116 张用来考。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now use labels. Compare three ways:
#
# * **frozen, pretrained**: features of Lite0 and a linear head;
# * **frozen, random**: the same network with random weights. It is the **control**: if it does as well, the credit belongs to the structure and not to pretraining;
# * **training from scratch**: a small convolutional network that has seen these photos only.
#
# A fair comparison is repeated, each time with the same photos for all. `draw(repeat)`: 200 photos may be learned from (cat, dog, cat, dog …; the first $n$ have labels), the other 116 are the test.
#
# </div>


# %%
def score_frozen(x, repeat, n):
    """accuracy on the 116, with a linear head trained on n rows of the table x (316, d)"""
    (learn, judge), unit = draw(repeat), x / x.std()  # one number for the whole table, no labels
    head = LogisticRegression(C=0.1, max_iter=2000).fit(unit[learn[:n]], y[learn[:n]])
    return head.score(unit[judge], y[judge])


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# `LogisticRegression` 就是 `Dense(1)` 加 sigmoid，再加一个权重惩罚（`C` 越小，惩罚越强）；它自己找到最小值，所以可以训练几百次。
#
# 从零训练的网络：三层卷积，照片缩到 48 像素，随机左右翻转，随机失活（dropout：训练时随机把一部分数置 0），最后是全局平均池化（GAP）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# `LogisticRegression` is `Dense(1)` with a sigmoid, plus a penalty on the weights (the smaller `C`, the stronger); it finds the minimum by itself, so hundreds of trainings are affordable.
#
# The network from scratch: three convolutions, photos scaled to 48 pixels, random flips, dropout (in training some numbers are set to 0 at random), and at the end global average pooling (GAP).
#
# </div>


# %%
def small_cnn():
    parts = [keras.Input((48, 48, 3)), keras.layers.RandomFlip("horizontal")]
    parts += [keras.layers.Rescaling(1 / 127.5, offset=-1)]
    for channels in (16, 32, 64):
        parts += [keras.layers.Conv2D(channels, 3, padding="same", activation="relu")]
        parts += [keras.layers.MaxPooling2D()]
    parts += [keras.layers.GlobalAveragePooling2D(), keras.layers.Dropout(0.2), new_layer()]
    return compiled(keras.Sequential(parts))


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第 1 个猜测是 10 张的预训练特征。再猜两个，都用 200 个标签：从零训练答对百分之几？冻结的**随机**网络呢？
#
# 图里的阴影是重复的中间 90%。单元格现场跑少量重复（从零训练只跑 40 步），旁边是存下的平均：特征 40 次重复，从零训练 8 次，每次 200 步，4 个随机网络。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Guess 1 was about pretrained features with 10 photos. Two more, both with 200 labels: what per cent does training from scratch get right? And the frozen **random** network?
#
# Bands in the figure hold the middle 90% of the repeats. The cell runs a few repeats live (from scratch only 40 steps); beside them are stored means: 40 repeats for features, 8 from scratch with 200 steps each, 4 random networks.
#
# </div>

# %% tags=["exercise"]
predict("07-p3", ...)  # from scratch
predict("07-p4", ...)  # frozen, random

# %% tags=["nbval-ignore-output", "result-table"]
untrained = random_features(0)
live = {("pretrained", n): [score_frozen(x, r, n) for r in range(3)] for n in (10, 200)}
live["random", 200] = [score_frozen(untrained, r, 200) for r in range(3)]
live["scratch", 200] = [score_scratch(0, 200, steps=40)]
curve = stored["curve"]
mean = {(name, int(n)): np.mean(v) for name, row in curve.items() for n, v in row.items()}
WAYS = {"pretrained": "冻结，预训练 · frozen, pretrained", "random": "冻结，随机 · frozen, random",
        "scratch": "从零训练 from scratch"}  # fmt: skip
rows = [[WAYS[w], n, f"{np.mean(v):.2f}", f"{mean[w, n]:.2f}"] for (w, n), v in live.items()]
table(["做法 way", "标签 labels", "现场 live", "存下的 stored"], rows)
outcome("07-p1", round(100 * mean["pretrained", 10]))
outcome("07-p3", round(100 * mean["scratch", 200]))
outcome("07-p4", round(100 * mean["random", 200]))

# %% tags=["setup"]
longer = np.mean(stored["longer"])  # from scratch, 200 photos, 1,000 steps
for (way, n), values in live.items():  # the same draws
    assert way == "scratch" or abs(np.mean(values) - np.mean(curve[way][str(n)][:3])) < 0.06
assert live["scratch", 200][0] < np.mean(live["pretrained", 10]) - 0.1
assert untrained.std() < 1e-9
assert mean["pretrained", 10] > max(mean["scratch", 200], longer) + 0.2  # 10 labels beat 200
assert mean["pretrained", 200] - mean["random", 200] > 0.3  # the weights do it, not the structure
assert 0.3 < mean["pretrained", 200] - mean["scratch", 200] < 0.36
unit, (learn, judge) = untrained / untrained.std(), draw(0)
weak = LogisticRegression(C=10, max_iter=5000).fit(unit[learn], y[learn])
assert weak.score(unit[judge], y[judge]) < 0.65
fig, ax = plt.subplots(figsize=(7.2, 3.2))
for i, way in enumerate(WAYS):
    sizes = [4, 10, 20, 50, 100, 200]
    low, high = np.array([np.quantile(curve[way][str(n)], [0.05, 0.95]) for n in sizes]).T
    style = {"color": figures.PALETTE[i], "marker": figures.MARKERS[i], "markevery": 1}
    ax.plot(sizes, [mean[way, n] for n in sizes], label=WAYS[way], **style)
    ax.fill_between(sizes, low, high, color=figures.PALETTE[i], alpha=0.15, lw=0)
ax.set(
    xscale="log", ylim=(0.38, 1.02), xlabel="有标签的照片 labelled photos", ylabel="准确率 accuracy"
)
ax.set_xticks(sizes, sizes)
ax.minorticks_off()
ax.legend(fontsize=8, loc="center right")
figures.show(
    fig,
    "三条存下的学习曲线，4 到 200 张：冻结的预训练特征从约 0.92 升到 0.98；从零训练慢慢升到约 0.66；随机的冻结网络从约 0.53 升到约 0.61。阴影是重复的中间 90%。",
    "Three stored learning curves, 4 to 200 photos: frozen pretrained features go from about 0.92 to 0.98; training from scratch climbs slowly to about 0.66; the frozen random network goes from about 0.53 to about 0.61. Bands hold the middle 90% of the repeats.",
    name="learning-curve",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * **10 张胜过 200 张**：冻结的预训练特征只要 10 个标签，就超过从零训练的 200 个，差距在 0.2 以上。练到 1,000 步也测过 2 次，存下的平均还不到 0.65。
# * **功劳在权重，不在结构**：随机的权重，200 张也只有 0.61 左右。随机网络的特征极小（标准差不到 $10^{-9}$），但 `score_frozen` 除以标准差，所以不是输在太小；把惩罚放松到 `C=10` 也不行。
# * **迁移增益**（transfer gain）：同样 200 个标签，迁移比从零训练高约 0.33。它比的是两套做法：从零训练的网络更小，照片只有 48 像素（另一边是 224），所以不全是预训练的功劳。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * **10 beat 200**: frozen pretrained features with 10 labels are better than training from scratch with 200, by more than 0.2. With 1,000 steps (measured 2 times) the stored mean is below 0.65.
# * **The weights deserve the credit, not the structure**: random weights reach only about 0.61, even with 200. A random network's features are tiny (standard deviation below $10^{-9}$), but `score_frozen` divides by it, so that is not why; nor does a weaker penalty, `C=10`, help.
# * **Transfer gain**: with the same 200 labels transfer is about 0.33 more accurate than training from scratch. It compares two ways of working: the network from scratch is smaller and sees 48 pixels (against 224), so not all credit goes to pretraining.
#
# </div>

# %% [markdown]
# ## 一个标签值多少 · What is one label worth?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 零样本已经知道很多，冻结的分类头却从 0 学起。能不能**从零样本出发**再学？把去掉先验的零样本 logit 记作 $z_0(x)$，分类头只学它还不知道的：
#
# $$z(x)=z_0(x)+w^\top\varphi(x)+b$$
#
# $$\min_{w,b}\;C\sum_{i=1}^{n}L\bigl(y_i,z(x_i)\bigr)+\tfrac12\bigl(\lVert w\rVert^2+b^2\bigr)$$
#
# 惩罚把 $w$ 和 $b$ 拉向 0，也就是拉向零样本；一个标签也没有时，最小值正在 $w=0$、$b=0$。这就是“先有看法，再按证据改”。$L$ 是交叉熵，$\partial L/\partial z=p-y$（第 02 课），所以对 $w$ 的梯度是 $C\sum_i(p_i-y_i)\,\varphi(x_i)+w$。$C=0.1$，与冻结的分类头相同：两者只差出发点（以及 $b$ 也受惩罚）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Zero-shot knows a lot already, while the frozen head starts from 0. Could it **start from zero-shot** and learn on? Call the zero-shot logit without the prior $z_0(x)$, and let the head learn only what it does not know:
#
# $$z(x)=z_0(x)+w^\top\varphi(x)+b$$
#
# $$\min_{w,b}\;C\sum_{i=1}^{n}L\bigl(y_i,z(x_i)\bigr)+\tfrac12\bigl(\lVert w\rVert^2+b^2\bigr)$$
#
# The penalty pulls $w$ and $b$ towards 0, that is, towards zero-shot; without any label the minimum is at $w=0$, $b=0$. An opinion first, changed by evidence. $L$ is cross-entropy, $\partial L/\partial z=p-y$ (lesson 02), so the gradient by $w$ is $C\sum_i(p_i-y_i)\,\varphi(x_i)+w$. $C=0.1$, as for the frozen head: the two differ in their start alone (and in the penalty on $b$).
#
# </div>


# %%
def fit_from(z_start, x, y, C=0.1):
    """w (d,) and b, in one vector: what is added to the logits z_start (n,)"""
    x_b = np.c_[x, np.ones(len(x))]  # the bias is the weight of a column of ones

    def objective(w_b):
        z = z_start + x_b @ w_b
        loss = np.logaddexp(0, z) - y * z  # binary cross-entropy, from the logit
        slope = 1 / (1 + np.exp(-z)) - y  # its derivative by z: p − y
        return C * loss.sum() + w_b @ w_b / 2, C * x_b.T @ slope + w_b

    return minimize(objective, np.zeros(x_b.shape[1]), jac=True, method="L-BFGS-B").x


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 先猜：有了 10 个标签，从零样本出发的分类头比**一个标签也没有**的零样本更准、更不准，还是一样？写 `"A"`（更准）、`"B"`（更不准）或 `"C"`（一样，相差不到 0.002）。
#
# 然后动手：选标签的个数，看四种做法。每种都用课程的 200 张训练照片学，在上面那 1,000 张上考，20 次抽签，四种做法每次用同样的照片。数是**存下的**。阴影是平均的 95% 区间；纵轴越往上拉得越开。**微调**（fine-tuned）从冻结的分类头出发，再训练最后一个块，60 步。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Guess first: with 10 labels, is the head that starts from zero-shot more accurate than zero-shot with **no label**, less accurate, or the same? Write `"A"` (more), `"B"` (less) or `"C"` (the same, within 0.002).
#
# Then try it: choose the number of labels and watch four ways. Each learns from the course's 200 training photos and is judged on the 1,000 photos above, 20 draws, the same photos for all four. The numbers are **stored**. Bands are 95% intervals of the mean; the vertical axis is stretched towards the top. **Fine-tuned** starts from the frozen head and trains the last block as well, for 60 steps.
#
# </div>

# %% tags=["exercise"]
predict("07-p5", ...)  # "A", "B" or "C"

# %% tags=["setup"]
labels = stored["labels"]
counts = labels["counts"]
acc = {way: np.array(labels["methods"][way]["accuracy"]) for way in labels["methods"]}  # (8, 20)
assert counts == [0, 2, 4, 10, 20, 50, 100, 200] and acc["frozen"].shape == (8, labels["draws"])
at = {n: place for place, n in enumerate(counts)}
change = acc["frozen_zero_shot"][at[10]].mean() - acc["frozen_zero_shot"][0].mean()
outcome("07-p5", "ABC"[[change > 0.002, change < -0.002, True].index(True)])


def paired(one, other):
    """mean difference of 20 draws in points, and the two ends of its 95% interval"""
    difference = 100 * (one - other)
    half = 2.093 * difference.std(ddof=1) / np.sqrt(20)  # Student's t, 95%, 20 draws
    return difference.mean() + half * np.array([0, -1, 1])


def apart(way, other):
    """number of labels -> paired difference of two ways, rounded as in the text"""
    return {n: paired(acc[way][at[n]], other[at[n]]).round(1).tolist() for n in counts[1:7]}


alone = np.repeat(acc["frozen_zero_shot"][:1], 8, axis=0)  # zero-shot, whatever the labels
helps, tuned = (apart(*two) for two in [("frozen_zero_shot", acc["frozen"]),
                                              ("fine_tuned", acc["frozen"])])  # fmt: skip
assert helps[2] == [15.5, 9.4, 21.5] and helps[4] == [5.7, 2.5, 8.9]
assert helps[10] == [0.9, 0.2, 1.7]
for n in (20, 50, 100):
    middle, low, high = paired(acc["frozen_zero_shot"][at[n]], acc["frozen"][at[n]])
    assert abs(middle) < 0.1 and low < 0 < high
assert round(np.mean(acc["frozen_zero_shot"][at[200]] - acc["frozen"][at[200]]), 4) == -0.002
assert tuned[20] == [-0.3, -0.5, -0.1]
assert paired(acc["fine_tuned"][at[10]], acc["frozen"][at[10]]).round(2)[1:].tolist() == [
    -0.9,
    -0.01,
]
for n in (2, 4, 50, 100):
    _, low, high = paired(acc["fine_tuned"][at[n]], acc["frozen"][at[n]])
    assert low < 0 < high
assert list(apart("frozen_zero_shot", alone).values()) == [
    [-0.3, -0.5, -0.1], [-0.4, -0.8, -0.1], [-0.6, -1.0, -0.2],
    [-0.4, -0.7, -0.1], [-0.1, -0.2, 0.0], [0.0, -0.1, 0.1],
]  # fmt: skip
for way in ("frozen", "fine_tuned"):
    below = {n: paired(acc[way][at[n]], alone[at[n]]) for n in counts[1:7]}
    assert all(below[n][2] < 0 for n in (2, 4, 10, 20))
    assert all(below[n][1] < 0 < below[n][2] for n in (50, 100))
worth = acc["frozen"].mean(axis=1)
assert worth[at[50]] < zero["lite0"]["prior"] < worth[at[100]]
_, low, high = paired(acc["frozen"][at[4]], np.full(20, zero["lite0"]["plain"]))
assert low < 0 < high  # as it is: about 4 labels
assert round(worth[at[200]] - worth[at[100]], 3) == 0.003
ways = ["scratch", "frozen", "frozen_zero_shot", "fine_tuned"]  # the columns of the table below
means = [[f"{acc[way][at[n]].mean():.3f}" for n in counts] for way in ways]
assert means[0] == "0.500 0.512 0.521 0.556 0.580 0.590 0.606 0.612".split()
assert means[1] == "0.500 0.823 0.919 0.965 0.975 0.979 0.981 0.984".split()
assert means[2] == "0.980 0.977 0.976 0.974 0.976 0.979 0.980 0.982".split()
assert means[3] == "0.500 0.849 0.920 0.960 0.972 0.978 0.981 0.983".split()
assert round(mean["pretrained", 200], 3) == 0.983 and round(mean["scratch", 200], 2) == 0.66

KINDS_OF = {"frozen_zero_shot": ("冻结，从零样本出发 frozen, from zero-shot", "-", "o", 1),
            "frozen": ("冻结 frozen", "--", "s", 0), "fine_tuned": ("微调 fine-tuned", "-.", "D", 3),
            "scratch": ("从零训练 from scratch", ":", "^", 2)}  # fmt: skip
fig, ax = plt.subplots(figsize=(7.4, 4.2))
for way, (label, dash, marker, colour) in KINDS_OF.items():
    right = acc[way].mean(axis=1)
    half = 2.093 * acc[way].std(axis=1, ddof=1) / np.sqrt(20)
    style = {"color": figures.PALETTE[colour], "marker": marker, "ls": dash, "markevery": 1}
    ax.plot(range(8), -np.log10(1 - right), label=label, **style)
    low, high = (-np.log10(1 - (right + side * half)) for side in (-1, 1))
    ax.fill_between(range(8), low, high, color=figures.PALETTE[colour], alpha=0.18, lw=0)
style = {"color": "#333333", "ls": (0, (1, 3)), "marker": "", "lw": 1.4}
ax.axhline(-np.log10(1 - alone.mean()), label="零样本，不动 · zero-shot, left alone", **style)
levels = [0.5, 0.8, 0.9, 0.95, 0.98, 0.99]
ax.set_yticks([-np.log10(1 - level) for level in levels], levels)
ax.set_xticks(range(8), counts)
ax.set(xlabel="标签的个数 number of labels", ylabel="1,000 张上的准确率 accuracy on 1,000 photos")
ax.legend(fontsize=8)
explorables.show(
    "labels",
    fig,
    "四条曲线，横轴是 0 到 200 个标签，纵轴是准确率。从零样本出发的一条一直在 0.97 以上，10 个标签时最低，2 到 20 个时在不动的零样本（虚线，0.980）以下；冻结和微调的两条从 0.5 升起，20 个标签时接近它；从零训练的一条一直远在下面。",
    "Four curves, 0 to 200 labels against accuracy. The one that starts from zero-shot stays above 0.97, lowest at 10 labels, and from 2 to 20 it lies below zero-shot left alone (dashed, 0.980); the frozen and the fine-tuned one rise from 0.5 and come close to it at 20 labels; training from scratch stays far below.",
    counts=np.array(counts),
    draws=labels["draws"],
    scratch=acc["scratch"].ravel(),
    frozen=acc["frozen"].ravel(),
    start=acc["frozen_zero_shot"].ravel(),
    tuned=acc["fine_tuned"].ravel(),
    place=at[4],
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 存下的平均，1,000 张上的准确率（20 次抽签）：
#
# | 标签 | 从零训练 | 冻结 | 冻结，从零样本出发 | 微调 |
# |---|---|---|---|---|
# | 0 | 0.500 | 0.500 | 0.980 | 0.500 |
# | 2 | 0.512 | 0.823 | 0.977 | 0.849 |
# | 4 | 0.521 | 0.919 | 0.976 | 0.920 |
# | 10 | 0.556 | 0.965 | 0.974 | 0.960 |
# | 20 | 0.580 | 0.975 | 0.976 | 0.972 |
# | 50 | 0.590 | 0.979 | 0.979 | 0.978 |
# | 100 | 0.606 | 0.981 | 0.980 | 0.981 |
# | 200 | 0.612 | 0.984 | 0.982 | 0.983 |
#
# “从零样本出发”与“冻结”比，差别是配对的（同一次抽签），括号里是 95% 区间：
#
# * **帮忙**：标签不到 20 个。2 个时高 15.5 个百分点（9.4 到 21.5），4 个时 5.7（2.5 到 8.9），10 个时 0.9（0.2 到 1.7）。
# * **打平**：20 到 100 个标签，差别不到 0.1 个百分点，区间都含 0。
# * **不再帮忙**：200 个时低 0.2 个百分点，也就是 2 张照片，定不了高低。
# * **微调**与冻结比：10 个标签时低 0.5（0.01 到 0.9），20 个时低 0.3（0.1 到 0.5）；2、4、50、100 个时区间含 0。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Stored means, accuracy on the 1,000 photos (20 draws):
#
# | labels | from scratch | frozen | frozen, from zero-shot | fine-tuned |
# |---|---|---|---|---|
# | 0 | 0.500 | 0.500 | 0.980 | 0.500 |
# | 2 | 0.512 | 0.823 | 0.977 | 0.849 |
# | 4 | 0.521 | 0.919 | 0.976 | 0.920 |
# | 10 | 0.556 | 0.965 | 0.974 | 0.960 |
# | 20 | 0.580 | 0.975 | 0.976 | 0.972 |
# | 50 | 0.590 | 0.979 | 0.979 | 0.978 |
# | 100 | 0.606 | 0.981 | 0.980 | 0.981 |
# | 200 | 0.612 | 0.984 | 0.982 | 0.983 |
#
# “From zero-shot” against “frozen”: differences are paired (the same draw), 95% intervals in brackets:
#
# * **It helps** with fewer than 20 labels. With 2 starting from zero-shot gives 15.5 points more (9.4 to 21.5), with 4 it is 5.7 (2.5 to 8.9), with 10 it is 0.9 (0.2 to 1.7).
# * **A tie** from 20 to 100 labels: less than 0.1 points apart, and each interval contains 0.
# * **No help any more** with 200: 0.2 points lower, which is 2 photos and settles nothing.
# * **Fine-tuning** against frozen: 0.5 lower with 10 labels (0.01 to 0.9), 0.3 lower with 20 (0.1 to 0.5); with 2, 4, 50 and 100 the interval contains 0.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 意外在**不动的零样本**：0.980，一个标签也不用。用 2 到 20 个标签从它出发再学，反而低了：
#
# | 标签 | 从零样本出发，比不动的零样本高多少（百分点） | 95% 区间 |
# |---|---|---|
# | 2 | −0.3 | −0.5 到 −0.1 |
# | 4 | −0.4 | −0.8 到 −0.1 |
# | 10 | −0.6 | −1.0 到 −0.2 |
# | 20 | −0.4 | −0.7 到 −0.1 |
# | 50 | −0.1 | −0.2 到 0.0 |
# | 100 | 0.0 | −0.1 到 0.1 |
#
# 冻结和微调的也一样：2 到 20 个标签时都在零样本以下，50 和 100 个时区间含 0。加了标签怎么更差？多半因为几张照片说的不只是“猫还是狗”，还有这几张的背景、姿势和颜色；$w$ 把这些也学进去。惩罚越强，零样本被改得越少，以后的标签也越难改动它；强度该用交叉验证选，第 10 课讲。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The surprise is **zero-shot left alone**: 0.980 without any label. Learning on from there with 2 to 20 labels makes it lower:
#
# | labels | from zero-shot, above zero-shot left alone (points) | 95% interval |
# |---|---|---|
# | 2 | −0.3 | −0.5 to −0.1 |
# | 4 | −0.4 | −0.8 to −0.1 |
# | 10 | −0.6 | −1.0 to −0.2 |
# | 20 | −0.4 | −0.7 to −0.1 |
# | 50 | −0.1 | −0.2 to 0.0 |
# | 100 | 0.0 | −0.1 to 0.1 |
#
# So with frozen and fine-tuned: both are below zero-shot with 2 to 20 labels; with 50 and 100 the interval contains 0. How can labels make it worse? Probably because a few photos do not only say “cat or dog” but also their background, pose and colour; $w$ learns those as well. The stronger the penalty, the less zero-shot is changed, by later labels, too; its strength is for cross-validation to choose, in lesson 10.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 所以“一个标签值多少”没有一个数：在冻结的分类头上，头 4 个标签从 0.5 带到 0.92，从 100 个加到 200 个只添 0.3 个百分点。而零样本原样的 0.908 约等于冻结的头有 4 个标签；**知道该减去 $\log\frac{118}5$**，就等于有 50 到 100 个。
#
# 3 点保留：
#
# * 区间只含抽签的运气；0.3 个百分点是 1,000 张里的 3 张，0.98 本身有 ±0.009 的区间；
# * 200 个标签时每次抽签都是同样的照片，那里没有抽签的运气可言；
# * 从零训练在这里是 0.61，在前面的 116 张上是 0.66，多半因为那里学的和考的照片出自同样的几组；冻结的头两处差不多：0.984 和 0.983。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# So “what is one label worth” has no single answer: for the frozen head the first 4 labels lead from 0.5 to 0.92, going from 100 to 200 adds only 0.3. Zero-shot as it is, 0.908, is about a frozen head with 4 labels; **knowing to subtract $\log\frac{118}5$** makes it one with 50 to 100.
#
# 3 reservations:
#
# * the intervals hold only the luck of the draw; 0.3 points are 3 of 1,000 photos, and 0.98 itself is ±0.009;
# * with 200 labels all draws have the same photos: no luck of the draw;
# * from scratch reaches 0.61 here and 0.66 on the 116, probably as there both kinds of photos came from the same groups; the frozen head: 0.984 and 0.983.
#
# </div>


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 别的任务也能这样吗？ImageNet 里有 118 个狗类和 5 个家猫类，我们的任务几乎是源任务的一部分。没有这些类别的任务没有零样本可用，冻结的特征也帮得少些，第 08 课测一个。数据足够多、训练足够久时，从零训练可以追上来：He 等人 2019 年在 COCO 的检测和分割上看到；本课没有测。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Does it go like this with other tasks? ImageNet has 118 classes of dogs and 5 of house cats, so our task is almost a part of the source task. A task without such classes has no zero-shot, and frozen features help less, too; lesson 08 measures one. Given enough data and time, training from scratch can catch up: He and others saw it in 2019 for detection and segmentation on COCO; this lesson did not measure it.
#
# </div>

# %% [markdown]
# ## 五个标签不如四个 · Five labels, worse than four

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 抽签是猫、狗、猫、狗、猫，所以 5 张是 3 猫 2 狗。存下的平均：4 张 0.92，5 张只有 0.82。多一个标签，怎么会更差？把猫和狗分开，数答对的比例（`2 + 3` 是 2 猫 3 狗；“加权”让少的一类每张算得更重；“惩罚弱”是 `C=10`）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The draw is cat, dog, cat, dog, cat, so 5 photos are 3 cats and 2 dogs. Stored means: 0.92 with 4 photos, only 0.82 with 5. How can one label more be worse? Count the right answers for cats and for dogs separately (`2 + 3` is 2 cats and 3 dogs; “weighted” makes each photo of the smaller class count more; “weak penalty” is `C=10`).
#
# </div>


# %% tags=["setup"]
def right_by_class(places, **settings):
    """mean share of right answers among unseen cats and among unseen dogs, 20 draws"""
    unit, shares = x / x.std(), []
    for learn, judge in map(draw, range(20)):
        few = learn[places]
        # The penalty keeps w among the sums of the few rows: as many coordinates do, and quicker.
        rows = unit @ np.linalg.qr(unit[few].T)[0]
        head = LogisticRegression(**({"C": 0.1} | settings), max_iter=2000).fit(rows[few], y[few])
        right = head.predict(rows[judge]) == y[judge]
        shares.append([right[y[judge] == c].mean() for c in (0, 1)])
    return np.mean(shares, axis=0)


by_class = {"2 + 2": right_by_class(slice(4)), "3 + 2": right_by_class(slice(5)),
            "2 + 3": right_by_class(slice(1, 6)),
            "3 + 2, balanced": right_by_class(slice(5), class_weight="balanced"),
            "3 + 2, C=10": right_by_class(slice(5), C=10)}  # fmt: skip
cats, dogs = by_class["3 + 2"]
assert cats > 0.97 and by_class["2 + 2"].min() > 0.85 > dogs + 0.1
assert by_class["2 + 3"][1] > 0.97 and dogs + 0.1 < by_class["2 + 3"][0] < 0.87  # mirrored
halfway = (np.mean(by_class[f"3 + 2{more}"]) for more in ("", ", C=10", ", balanced"))
assert np.all(np.diff([*halfway, by_class["2 + 2"].mean()]) > 0.01)  # nothing reaches 2 + 2
five = draw(0)[0][:5]
head = LogisticRegression(C=0.1, tol=1e-8, max_iter=2000).fit(x[five] / x.std(), y[five])
assert abs(head.predict_proba(x[five] / x.std())[:, 1].mean() - 2 / 5) < 1e-3
assert round(np.log(2 / 3), 2) == -0.41
assert round(mean["pretrained", 4], 2) == 0.92 and round(mean["pretrained", 5], 2) == 0.82
fig, ax = plt.subplots(figsize=(7, 2.7))
for c, (label, hatch) in enumerate([("猫 cats", ""), ("狗 dogs", "///")]):
    bars = ax.bar(np.arange(5) + 0.4 * c - 0.2, [v[c] for v in by_class.values()], 0.38,
                  color=figures.PALETTE[c], hatch=hatch, label=label)  # fmt: skip
    ax.bar_label(bars, fmt="%.2f", fontsize=7)
ax.set_xticks(
    range(5),
    ["2 + 2", "3 + 2", "2 + 3", "3 + 2\n加权\nweighted", "3 + 2\n惩罚弱\nweak penalty"],
    fontsize=8,
)
ax.set(ylim=(0.4, 1.22), xlabel="猫 + 狗 cats + dogs", ylabel="答对 right")
ax.legend(fontsize=8, ncols=2, loc="upper right")
figures.show(
    fig,
    "五组柱子，每组猫和狗：2 + 2 两类相近；3 + 2 猫近 1，狗约 0.65；2 + 3 反过来；加权或放松惩罚只补回一部分。",
    "Five groups of bars, cats and dogs in each: 2 + 2 is about even; with 3 + 2 cats are near 1 and dogs about 0.65; 2 + 3 is the other way round; weights or a weaker penalty mend part of it.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 多的一类占便宜。一个原因：惩罚压小 $w$，**不压** $b$。在最小值处对 $b$ 的导数 $\sum_i(p_i-y_i)$ 是 0，所以这 5 张的平均概率恰好是狗的份额 $\frac25$。$w$ 被压得很小时，每张的概率都靠近 $\frac25$，也就是 $b\approx\log\frac23\approx-0.41$：还没看照片就偏向猫。这和上文的 $\log\frac{118}5$ 是一回事：一个不属于目标任务的先验。
#
# 给少的一类加权，两类又一样重；放松惩罚，$w$ 长大。两种办法都只补回一部分，剩下的差别本课没有查清。**少样本时，先让各类一样多。**
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The larger class has the advantage. One reason: the penalty makes $w$ small but **not** $b$. At the minimum the derivative by $b$, $\sum_i(p_i-y_i)$, is 0, so the mean probability of the 5 photos is exactly the share of dogs, $\frac25$. With a small $w$ each probability is near $\frac25$, that is, $b\approx\log\frac23\approx-0.41$: leaning to cats before any look at the photo. It is $\log\frac{118}5$ over again: a prior that is not the target task's.
#
# Weights make the classes count equally, a weaker penalty lets $w$ grow. Each mends only part; where the rest comes from this lesson did not find out. **With few photos, first make the classes equal in number.**
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在自己抽签。每个点是一张没见过的照片，横轴是分类头的 logit，0 的右边判为狗。看两件事：4 张、5 张、6 张时换一次抽签，准确率变多少？下面一行（随机权重）分得开吗？随机网络的特征里，区分猫狗的信息只有一点点。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now draw samples yourself. Each dot is an unseen photo, the horizontal axis is the head's logit; right of 0 means dog. Look for two things: with 4, 5 and 6 photos, how much does one more draw change the accuracy? Does the lower row (random weights) come apart? The random network's features say only a little about cat or dog.
#
# </div>


# %% tags=["setup"]
def draw_logits(n, repeat):
    learn, judge = draw(repeat)
    fig, axes = plt.subplots(2, 1, figsize=(6.4, 3.6), sharex=True)
    for ax, x_used, name in zip(
        axes, [x, untrained], [("预训练", "pretrained"), ("随机", "random")], strict=True
    ):
        unit = x_used / x_used.std()
        head = LogisticRegression(C=0.1, max_iter=2000).fit(unit[learn[:n]], y[learn[:n]])
        z, jitter = head.decision_function(unit[judge]), np.linspace(-0.3, 0.3, len(judge))
        for c, label in enumerate(["猫 cat", "狗 dog"]):
            at = y[judge] == c
            ax.scatter(z[at], c + jitter[at], s=14, marker=figures.MARKERS[c], label=label)
        ax.axvline(0, color="#333333", lw=1, marker="")
        ax.set(yticks=[0, 1], yticklabels=["猫 cat", "狗 dog"])
        right = np.mean((z > 0) == y[judge])
        zh, en = name
        ax.set_title(f"{zh}，准确率 {right:.2f} · {en}, accuracy {right:.2f}", fontsize=10)
    axes[1].set_xlabel("logit（分类头）\nlogit (the head)")
    return fig


Explorer(
    draw_logits,
    n=widgets.IntSlider(10, 4, 200, 1, description="有标签的照片 labelled photos"),
    repeat=widgets.IntSlider(0, 0, 20, description="第几次抽签 draw"),
    alt_zh="两排点，每点是一张没见过的照片的 logit。预训练特征：猫在 0 的左边，狗在右边，几乎不重叠。随机特征：两种混在一起。",
    alt_en="Two rows of dots, each the logit of an unseen photo. Pretrained features: cats left of 0, dogs right, hardly any overlap. Random features: both mixed.",
)

# %% [markdown]
# ## 源任务教了什么，也很要紧 · What the source task taught matters too

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 数据集够大就行吗？同样的图、同样的网络，只换源任务的**标签**，再看冻结的特征。数据是手写数字（USPS，16×16）。源任务只用 0 到 4，每张随机保持原样或调暗；目标任务是分 5 到 9，每类只有 4 张有标签。四个源：
#
# * 标签是数字；
# * 标签是“亮还是暗”；
# * 标签是**随机**的；
# * 不训练。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Will any large dataset do? The same pictures and the same network, only the **labels** of the source task change; then look at the frozen features. The data are handwritten digits (USPS, 16×16). The source task uses 0 to 4, each left as it is or made dark at random; the target is to tell 5 to 9 with only 4 labels for each. Four sources:
#
# * the label is the digit;
# * the label is “bright or dark”;
# * the label is **random**;
# * no training.
#
# </div>


# %% tags=["setup"]
def tiny_cnn(n_classes):
    parts = [keras.Input((16, 16, 1))]
    for channels in (16, 32):
        conv = keras.layers.Conv2D(channels, 3, activation="relu")
        parts += [conv, keras.layers.MaxPooling2D()]
    parts += [keras.layers.Flatten(), keras.layers.Dense(n_classes)]
    return keras.Sequential(parts)


def read_usps():
    with h5py.File(assets.fetch("usps")) as file:
        splits = [(file[s]["data"][:], file[s]["target"][:]) for s in ("train", "test")]
    return [(pixels.reshape(-1, 16, 16, 1), digits) for pixels, digits in splits]


def score_sources(seed, kinds=("digit", "bright", "random", "untrained")):
    """source labels -> accuracy on 5 to 9 (20 labels, frozen), with a weaker penalty, on the source"""
    rng = np.random.default_rng(seed)
    (pixels, digits), (test_pixels, test_digits) = read_usps()
    source, bright = np.flatnonzero(digits < 5)[:2000], rng.integers(0, 2, 2000)
    few = np.concatenate([rng.permutation(np.flatnonzero(digits == d))[:4] for d in range(5, 10)])
    learn, is_target = (pixels[few], digits[few]), test_digits > 4
    judge = test_pixels[is_target], test_digits[is_target]
    dimmed = pixels[source] * np.where(bright, 1.0, 0.4)[:, None, None, None]  # 0 to 1
    labels = {"digit": digits[source], "bright": bright, "random": rng.integers(0, 5, 2000)}
    labels["untrained"] = None
    result = {}
    for name in kinds:
        phi, learned = pretrain(dimmed, labels[name], seed)
        result[name] = [probe(phi, learn, judge, C) for C in (0.1, 10)] + [learned]
    return result


def pretrain(pixels, labels, seed):
    """a network trained on these labels (None: not at all) without its head, and its accuracy"""
    keras.utils.set_random_seed(seed)
    model, learned = tiny_cnn(5), None
    if labels is not None:
        model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(pixels, labels, epochs=5, batch_size=64, verbose=0)
        answers = model.predict(pixels, verbose=0).argmax(axis=1)
        learned = round(float(np.mean(answers == labels)), 3)
    return keras.Model(model.inputs, model.layers[-2].output), learned


def probe(phi, learn, judge, C):
    """accuracy on judge of a linear head on phi, trained on learn; both (pixels, digits)"""
    x_learn, x_judge = (np.asarray(phi(part[0])) for part in (learn, judge))
    unit = x_learn.std()
    head = LogisticRegression(C=C, max_iter=2000).fit(x_learn / unit, learn[1])
    return round(float(head.score(x_judge / unit, judge[1])), 3)


KINDS = {"digit": "数字\ndigit", "bright": "亮或暗\nbright or dark", "random": "随机标签\nrandom labels",
         "untrained": "不训练\nno training"}  # fmt: skip
pairs = pd.DataFrame(stored["sources"])  # 5 repeats, by the functions above
sources, weaker, learned = (pairs.map(lambda row, k=k: row[k]) for k in range(3))
names = {"digit": "数字 digit", "bright": "亮或暗 bright or dark", "random": "随机 random"}
table(
    ["源任务的标签 labels of the source", "源任务上的准确率 accuracy on the source"],
    [[words, f"{learned[name].mean():.2f}"] for name, words in names.items()],
)
for name, (accuracy, _, _) in score_sources(0, ("bright", "untrained")).items():
    assert abs(accuracy - sources[name][0]) < 0.12
assert (sources["bright"] < sources.drop(columns="bright").min(axis=1)).all()  # in each repeat
assert (weaker["bright"] < weaker.drop(columns="bright").min(axis=1)).all()  # and with C=10
lost = sources["untrained"] - sources["bright"]  # 5 pairs: Student's t is 2.776
half = 2.776 * lost.std() / np.sqrt(5)  # pandas: n − 1
assert np.round([lost.mean(), lost.mean() - half, lost.mean() + half], 2).tolist() == [
    0.17,
    0.12,
    0.21,
]
assert weaker["bright"].mean() > sources["bright"].mean() + 0.02  # the penalty was a part of it
assert learned[["digit", "bright"]].min().min() > 0.9 and learned["random"].max() < 0.4
assert np.ptp(sources[["digit", "random", "untrained"]].mean()) < 0.05  # a surprise

(pixels, digits), _ = read_usps()
fig, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3), width_ratios=[1, 2.2])
three = [pixels[np.flatnonzero(digits == d)[0], :, :, 0] for d in (0, 2, 3)]
tiles = np.hstack([picture * shade for picture, shade in zip(three, (1, 0.4, 1), strict=True)])
left.imshow(tiles, cmap="gray", vmin=0, vmax=1)
left.axis("off")
lines = [("数字 digit:", "0 2 3"), ("亮暗 bright:", "1 0 1"), ("随机 random:", "4 1 4")]
for row, (what, answers) in enumerate(lines):
    left.text(-1, 21 + 5 * row, what, fontsize=8, va="center", ha="right")
    for column, answer in enumerate(answers.split()):
        left.text(8 + 16 * column, 21 + 5 * row, answer, fontsize=9, va="center", ha="center")
for seed, row in sources[list(KINDS)].iterrows():
    right.plot(range(4), row, "-" + figures.MARKERS[seed % len(figures.MARKERS)],
               label=f"种子 seed {seed}", alpha=0.8, markevery=1, lw=1)  # fmt: skip
right.set_xticks(range(4), KINDS.values())
right.legend(fontsize=7, loc="lower right")
right.set(ylabel="目标准确率 target accuracy", xlabel="源任务的标签 labels of the source")
figures.show(
    fig,
    "左：三张手写数字 0、2、3，第二张调暗，下面是三种标签的例子。右：4 种源的目标准确率，一条线是一个种子；“亮或暗”在每一条线上都最低，其余三种不相上下。",
    "Left: three handwritten digits, 0, 2 and 3, the second made dark, with examples of the three kinds of labels below. Right: target accuracy for 4 sources, a line is a seed; “bright or dark” is lowest on each line, the other three are about equal.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 存下的 5 次重复：
#
# * 学“亮还是暗”的源每次都最差，平均比**不训练**还低 17 个百分点（5 次配对，95% 区间 12 到 21）：多半因为它留下亮度，丢了一部分形状。这是**负迁移**（negative transfer，第 05 课）。惩罚弱到 `C=10`，差距变小，但每次仍是它最差。5 次只说明这会发生，不说明总会这样。
# * 意外：其余三种分不出高低。数字的源自己学到 0.97 左右，所以不是没学；也许图小而简单，随机的卷积已经够用；为什么，我们不知道。猫狗照片上完全不是这样，看上文。
# * 所以：别猜，去测。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In the 5 stored repeats:
#
# * The source that learned “bright or dark” is worst each time, on average 17 points below **no training** (5 pairs, 95% interval 12 to 21): probably it kept brightness and lost part of the shapes. This is **negative transfer** (lesson 05). With a weak penalty, `C=10`, the gap is smaller, but it stays worst. 5 repeats show that it can happen, not that it always does.
# * A surprise: the other three cannot be told apart. The digits' source did learn its own task, to about 0.97; perhaps random convolutions are enough for such simple pictures: why, we do not know. With cats and dogs it is not so, see above.
# * So: do not guess, measure.
#
# </div>

# %% [markdown]
# ## 选哪个骨干网络 · Which backbone to choose

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **预训练模型**不只是结构：它是权重，还有得到这些权重的源任务。候选不止一个，怎样选？在训练照片上做三个便宜的测量：
#
# * **线性探测**（linear probing）：特征上一个线性分类头，5 折**交叉验证**（cross-validation：把照片分成 5 份，轮流留一份来考）；
# * **最近邻**（k-nearest neighbours，k-NN）：不训练，看余弦相似度 $\cos(\varphi_i,\varphi_j)=\frac{\varphi_i^\top\varphi_j}{\lVert\varphi_i\rVert\lVert\varphi_j\rVert}$ 最高的 5 张照片里哪一类占多数；
# * **LEEP**（Nguyen 等，2020）：连特征也不看，只看原网络的 1,000 个概率，下面说。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A **pretrained model** is more than a structure: it is its weights, and the source task that they come from. There are several candidates: how to choose? Take three cheap measurements on the training photos:
#
# * **linear probing**: a linear head on the features, with 5-fold **cross-validation** (of 5 parts of the photos each is the test in turn);
# * **nearest neighbours** (k-NN): no training; which class has the majority among the 5 photos with the highest cosine similarity, $\cos(\varphi_i,\varphi_j)=\frac{\varphi_i^\top\varphi_j}{\lVert\varphi_i\rVert\lVert\varphi_j\rVert}$?
# * **LEEP** (Nguyen et al., 2020): not even features, only the original network's 1,000 probabilities; see below.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 表里的“±”是**标准误**（standard error）$s/\sqrt{200}$：换 200 张同样来历的照片，准确率大约会差多少；$s$ 是对错（1 或 0）的标准差。成本用乘加次数和参数个数，它们与机器无关。
#
# 选好以后，才在另外 116 张上**核实**。为了让你看到不核实会漏掉什么，表里把所有候选都核实了；你自己的数据只核实选中的那一个。表里是存下的数，单元格重新算一遍，并与它们核对。只有 ResNet50 不重算：它的权重不在 Python 软件包索引里。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In the table “±” is the **standard error** $s/\sqrt{200}$: about how much the accuracy would differ with another 200 photos of the same origin; $s$ is the standard deviation of right or wrong (1 or 0). The cost is multiply-accumulate operations and parameters, which do not depend on the machine.
#
# Only after choosing, **verify** on the other 116. To show what choosing would have hidden, this table verifies all candidates; with your own data verify only the chosen one. The table has stored numbers; the cell computes them again and compares, but for ResNet50, whose weights are not in the Python package index.
#
# </div>


# %%
def judge_backbone(x):
    """table (316, d) -> probe accuracy, its standard error, k-NN accuracy, right of the 116"""
    folds = StratifiedKFold(5, shuffle=True, random_state=7)
    unit, probe = x / x[:200].std(), LogisticRegression(C=0.1, max_iter=2000)
    right = cross_val_predict(probe, unit[:200], y[:200], cv=folds) == y[:200]
    near = KNeighborsClassifier(5, metric="cosine")
    neighbours = cross_val_score(near, x[:200], y[:200], cv=folds).mean()
    n_right = (probe.fit(unit[:200], y[:200]).predict(unit[200:]) == y[200:]).sum()
    return right.mean(), right.std() / np.sqrt(200), neighbours, n_right


# %% tags=["setup", "result-table"]
names = ["squeezenet", "mobilenet_v2", "efficientnet_lite0", "efficientnet_lite1",
         "efficientnet_lite2", "vgg16"]  # fmt: skip
LABELS = {
    "squeezenet": "SqueezeNet", "mobilenet_v2": "MobileNetV2", "vgg16": "VGG16", "resnet50": "ResNet50",
    "efficientnet_lite0": "Lite0", "efficientnet_lite1": "Lite1", "efficientnet_lite2": "Lite2",
}  # fmt: skip
judged = {name: judge_backbone(features.extract(all_photos, name)) for name in names}
kept = stored["backbones"]
for name, (score, _, neighbours, n_right) in judged.items():
    row = kept[name]
    assert abs(score - row["probe"]) < 0.02 and abs(neighbours - row["neighbours"]) < 0.03
    assert score > 0.9 and n_right > 100
assert judged["efficientnet_lite0"][0] > 0.97
for column, gap in [(0, 0.005), (2, 0.03)]:  # probe, k-NN
    assert judged["squeezenet"][column] < min(judged[n][column] for n in names[1:]) - gap
intervals = [evaluation.wilson_interval(int(row[3]), 116) for row in judged.values()]
assert max(low for low, _ in intervals) < min(high for _, high in intervals)  # all overlap
assert backbones.SPECS["vgg16"].n_macs > 35 * backbones.SPECS["efficientnet_lite0"].n_macs
costs = {name: (backbones.SPECS[name].n_macs, backbones.SPECS[name].n_params) for name in names}
costs["resnet50"] = 3_855_925_248, 23_587_712  # counted again where its listing is repaired
rows = []
for name, (n_macs, n_params) in costs.items():
    row = kept[name]
    measured_three = [f"{row[key]:.3f}" for key in ("probe", "error", "neighbours")]
    cost = [f"{n_macs / 1e9:.2f}", f"{n_params / 1e6:.1f}"]
    rows += [[LABELS[name], *measured_three, f"{row['n_right']}/116", *cost]]
table(
    [
        "网络 network",
        "探测 probe",
        "±",
        "k-NN",
        "核实 verified",
        "乘加（十亿次） · MACs (billions)",
        "参数（百万个） · parameters (millions)",
    ],
    rows,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# LEEP 问：如果只知道原网络对照片的 1,000 个概率，能把新标签猜到多好？先在训练照片上按概率累加，估计“原来的类别是 $k$ 时，新标签是 $y$ 的比例”，记作 $\hat P(y\mid k)$，再用概率 $p_i(k)$ 加权：
#
# $$\text{LEEP}=\frac1n\sum_{i=1}^{n}\log\sum_k \hat P(y_i\mid k)\,p_i(k)$$
#
# 最大是 0。先想一想：它排出的次序会与探测一样吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# LEEP asks: how well could the new labels be guessed from nothing but the original network's 1,000 probabilities? Add up the probabilities on the training photos to estimate “how often is the new label $y$ when the old class is $k$”, $\hat P(y\mid k)$, and weight it by the probabilities $p_i(k)$:
#
# $$\text{LEEP}=\frac1n\sum_{i=1}^{n}\log\sum_k \hat P(y_i\mid k)\,p_i(k)$$
#
# The largest possible value is 0. Think first: will it put the networks in the same order as the probe?
#
# </div>


# %%
def leep(p, y):
    """p (n, 1000): ImageNet's probabilities, y (n,): 0 or 1 -> the LEEP score, at most 0"""
    joint = np.stack([p[y == c].sum(axis=0) for c in (0, 1)])  # (2, 1000)
    given = joint / joint.sum(axis=0)  # P(y | k)
    return np.log((given[y] * p).sum(axis=1)).mean()


# %% tags=["setup"]
scores = {name: kept[name]["leep"] for name in names if kept[name]["leep"] is not None}
assert abs(leep(p_imagenet[:200], y[:200]) - scores["efficientnet_lite0"]) < 0.01
assert leep(np.eye(2)[y[:200]], y[:200]) == 0  # each class has an old class of its own
assert sorted(scores, key=scores.get)[-2:] == ["squeezenet", "mobilenet_v2"]
fig, ax = plt.subplots(figsize=(6.4, 2.6))
for i, (name, score) in enumerate(scores.items()):
    ax.plot([kept[name]["probe"]], [score], figures.MARKERS[i], markersize=9, markevery=[0])
    ax.annotate(
        LABELS[name],
        (kept[name]["probe"], score),
        (9 if name == "squeezenet" else -9, -3),
        textcoords="offset points",
        fontsize=8,
        ha="left" if name == "squeezenet" else "right",
    )
ax.set(
    xlabel="存下的探测分 stored probe score",
    ylabel="LEEP 分数 LEEP score",
    xlim=(0.95, 0.9935),
    ylim=(-0.37, -0.07),
)
figures.show(
    fig,
    "5 个网络，横轴是探测分，纵轴是 LEEP：MobileNetV2 的 LEEP 最高，SqueezeNet 第二，而它的探测分最低；三个 Lite 在下面。",
    "5 networks, probe score against LEEP: MobileNetV2 has the highest LEEP, SqueezeNet comes next although its probe score is the lowest; the three Lites are below.",
    names=tuple(LABELS[name] for name in scores),
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * LEEP 的次序与探测**不同**。它只看概率：概率分给猫狗共用的类别（比如沙发）越多，分越低，哪怕特征把猫和狗分得很开；探测看的正是特征。打算训练分类头，就用探测。VGG16 和 ResNet50 的权重在这里没有 1,000 类的头，算不了 LEEP。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * LEEP's order is **not** the probe's. It sees only probabilities: the more goes to classes that cats and dogs share (sofa, say), the lower the score, however far apart the features; the probe looks at the features. To train a head, use the probe. The weights of VGG16 and ResNet50 have no head of 1,000 classes here, so there is no LEEP for them.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * SqueezeNet 的最近邻低 0.05 左右，探测也最低。在核实的 116 张上，它的**威尔逊区间**（Wilson interval，准确率的 95% 区间，第 09 课）虽与其余的重叠，却**不能**因此说打平：116 张太少，而且各网络看的是同样的照片，该比成对的差别（第 09 课）。练习 3 给出一条选的规则。
# * VGG16 的乘加次数是 Lite0 的 35 倍以上，在这里没有更准。
# * 核实的照片不参加选择：拿它们选过，就没有照片能说选中的有多准了。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * SqueezeNet is about 0.05 lower by neighbours and lowest by probe, too. On the 116 photos its **Wilson interval** (a 95% interval of an accuracy, lesson 09) overlaps all others, but that does **not** make it a tie: 116 are few, and as all networks saw the same photos, the paired difference is what to compare (lesson 09). Exercise 3 gives a rule for choosing.
# * VGG16 takes more than 35 times the operations of Lite0 and is no more accurate here.
# * Photos for verifying take no part in choosing: once chosen on, none is left that could tell how accurate the chosen one is.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 2**：写最近邻分类器。输入训练特征、训练标签、新的特征；每个新样本返回一个标签：余弦相似度最高的**一**行的标签。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 2**: write a nearest-neighbour classifier. Input: training features, training labels, new features; return a label for each new sample, that of the **one** row with the highest cosine similarity.
#
# </div>


# %% tags=["exercise"]
def nearest(x_train, y_train, x_new):
    """x_train (n, d), y_train (n,), x_new (m, d) -> labels (m,): of the row with the highest cosine"""
    return ...


check("07-2", nearest)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 3**：“一个标准误规则”。先找分数最高的候选；分数不低于“最高分减去最高者的标准误”的都算打平；在打平的里面选乘加次数最少的。输入是元组的列表，每个元组是（名字，分数，标准误，乘加次数）；返回选中的名字。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: the “one-standard-error rule”. Find the candidate with the highest score; all whose score is at least “the highest minus the standard error of the highest” count as tied; among the tied take the one with the fewest multiply-accumulate operations. Input: a list of tuples (name, score, standard error, operations); return the name of the chosen one.
#
# </div>


# %% tags=["exercise"]
def choose(candidates):
    """candidates: list of (name, score, standard_error, macs) -> name"""
    return ...


check("07-3", choose)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在把你的规则用在上面的 7 个网络上。图里的竖线是探测分加减一个标准误。最高的是 ResNet50，$0.990-0.007=0.983$ 就是虚线；达到虚线的候选里，MobileNetV2 的乘加次数最少，SqueezeNet 达不到。课程其余各课用 Lite0，它也在打平之列，多 30% 左右。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now apply your rule to the 7 networks above. In the figure a vertical line is the probe score plus and minus one standard error. The highest is ResNet50, so the dashed line is at $0.990-0.007=0.983$; among those that reach it, MobileNetV2 takes the fewest operations, and SqueezeNet does not reach it. The course's other lessons use Lite0, which is tied, too, with about 30% more.
#
# </div>

# %% tags=["setup"]
macs = {name: cost[0] for name, cost in costs.items()}
points = {name: judged[name][:2] for name in names}
points["resnet50"] = kept["resnet50"]["probe"], kept["resnet50"]["error"]
table_rows = [(name, *points[name], macs[name]) for name in macs]
mine = choose(table_rows)
say(*(("先做练习 3。", "Do exercise 3 first.") if mine is ... else (mine,)))
limit = max(row[1] - row[2] for row in table_rows if row[1] == max(r[1] for r in table_rows))
assert round(limit, 3) == 0.983 and limit == points["resnet50"][0] - points["resnet50"][1]
reach = [name for name in macs if points[name][0] >= limit]
assert "squeezenet" not in reach and "efficientnet_lite0" in reach
assert min(reach, key=macs.get) == "mobilenet_v2"
assert 1.2 < macs["efficientnet_lite0"] / macs["mobilenet_v2"] < 1.4
fig, ax = plt.subplots(figsize=(7.2, 3.6))
for i, name in enumerate(sorted(kept, key=macs.get)):
    score, error = points[name]
    style = {"color": figures.PALETTE[i], "markersize": 9, "linestyle": "", "capsize": 3}
    ax.errorbar([macs[name] / 1e9], [score], [error], label=LABELS[name],
                marker=figures.MARKERS[i], markevery=[0], **style)  # fmt: skip
ax.axhline(limit, color="#555555", ls="--", lw=1, marker="")
ax.set(xscale="log", ylim=(0.92, 1.003), xlabel="每张照片的乘加次数，十亿 MACs of a photo, billions",
       ylabel="探测 probe")  # fmt: skip
ax.set_xticks([0.3, 1, 3, 10], ["0.3", "1", "3", "10"])
ax.minorticks_off()
ax.legend(ncols=4, loc="lower right", fontsize=8)
figures.show(
    fig,
    "7 个骨干网络：横轴是乘加次数（对数），纵轴是探测分和加减一个标准误；虚线是最高分减一个标准误。SqueezeNet 最便宜，但在虚线以下；MobileNetV2 是虚线以上最便宜的。",
    "7 backbones: multiply-accumulate operations (logarithmic) against the probe score with plus and minus one standard error; the dashed line is the highest minus one standard error. SqueezeNet is cheapest but below the line; MobileNetV2 is the cheapest above it.",
    names=tuple(LABELS.values()),
)

# %% [markdown]
# ## 特征的地图 · A map of the features

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 从 1,280 维到 2 维，有两种方法：
#
# * **PCA**（主成分分析，principal component analysis）：转一转坐标，让第 1 根轴指向数据散得最开的方向，第 2 根指向与它垂直的方向里散得最开的；点在这些轴上的坐标叫**主成分**。前 2 个只占全部方差的 15% 左右。
# * **t-SNE**：只想让近邻在图上还是近邻。团的大小不能比；团之间的距离只有一部分可信：它从 PCA 的图出发（`init="pca"`），大致的布局留下一些。
#
# 先测再看：在图上，5 个最近邻有多少时候说对了类别？像素和随机特征是对照。**我们的**标签没有参加画图。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Two ways from 1,280 dimensions to 2:
#
# * **PCA** (principal component analysis): turn the axes so that axis 1 points where the data spread most, axis 2 where they do so at right angles to it; coordinates on these axes are **principal components**. The first 2 hold only about 15% of all variance.
# * **t-SNE**: neighbours shall stay neighbours on the map. Sizes of clusters cannot be compared; distances between them can be trusted only in part: it starts from PCA's map (`init="pca"`) and keeps some of its layout.
#
# Measure before you look: on the map, how often do the 5 nearest neighbours name the right class? Pixels and random features are the controls. **Our** labels took no part in drawing.
#
# </div>


# %%
def pca(x):
    centred = x / x.std() - (x / x.std()).mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    return centred @ directions[:2].T


# %% tags=["setup"]
def neighbours_agree(flat):
    folds = StratifiedKFold(5, shuffle=True, random_state=7)
    return cross_val_score(KNeighborsClassifier(5), flat, y, cv=folds).mean()


tsne, flat_pca = TSNE(init="pca", random_state=7).fit_transform(x), pca(x)
assert min(neighbours_agree(tsne), neighbours_agree(flat_pca)) > 0.85
controls = [pca(untrained), pca(thumbnails[:, ::4, ::4].reshape(316, -1))]  # the second: pixels
assert max(map(neighbours_agree, controls)) < 0.7
share = flat_pca.var(axis=0).sum() / (x / x.std()).var(axis=0).sum()
assert 0.1 < share < 0.2
fig, axes = plt.subplots(1, 2, figsize=(8, 4.9), width_ratios=[1.9, 1])
drawn = []
for place in range(280, 316):  # photos that the course may show, unless one would hide another
    apart = np.linalg.norm(tsne[drawn] - tsne[place], axis=1) / np.ptp(tsne, axis=0).max()
    drawn += [place] if not drawn or apart.min() > 0.12 else []
assert len(drawn) >= 6
for ax, flat, title in zip(axes, [tsne, flat_pca], ["t-SNE", "PCA"], strict=True):
    for c, label in enumerate(["猫 cat", "狗 dog"]):
        at = np.setdiff1d(np.flatnonzero(y == c), drawn if title == "t-SNE" else [])
        ax.scatter(*flat[at].T, s=14, alpha=0.55, marker=figures.MARKERS[c], label=label)
    ax.set(xticks=[], yticks=[], title=title)
for place in drawn:
    picture = OffsetImage(images[place][::4, ::4], zoom=0.5)
    edge = {"edgecolor": figures.PALETTE[y[place]], "linewidth": 2}
    axes[0].add_artist(AnnotationBbox(picture, tsne[place], pad=0.08, bboxprops=edge))
axes[1].legend(loc="best")
fig.supxlabel(CREDIT, fontsize=7, color="#555555")
figures.show(
    fig,
    "316 张照片特征的两张地图，左 t-SNE，右 PCA；左图里互不遮挡的一些宠物照片画成小图。两张图上都是猫在一片，狗在另一片，中间只有几张混杂。",
    "Two maps of the features of 316 photos, t-SNE left, PCA right; on the left some pets that do not hide each other are drawn as little pictures. On both, cats lie on one side and dogs on the other, few mixed between.",
    photo=True,
    names=("t-SNE", "PCA"),
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 我们的标签没有参加画图，猫和狗却各在一片：近邻说对的超过 0.85，随机特征和像素不到 0.7。这不是凭空来的：骨干网络在 ImageNet 上见过猫和狗的标签。在全部 1,280 维里，一个平的分界面（超平面）在没有参与拟合的照片上也很准：交叉验证约 0.985，见上一节的表。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Our labels took no part in drawing, yet cats and dogs lie apart: neighbours are right in more than 0.85, with random features or pixels in less than 0.7. That does not come from nowhere: the backbone has seen labels of cats and dogs in ImageNet. In all 1,280 dimensions a flat boundary (a hyperplane) does well on photos that it was not fitted to: about 0.985 by cross-validation, see the table above.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在自己动手。每个点是一张图片的冻结特征，画的是前 2 个主成分，分类头用 12 个。这个头不用训练：每类把几张有标签的（大的点）取平均，别的图片离哪个平均最近就归哪一类，圈出来的是归错的。猫和狗，每类 5 个标签就答对 0.9 以上。选十种衣物，从 2 类加到 10 类：同样每类 5 个标签，准确率掉到 0.8 以下，标签加到 20 个也只补回一点。再把标签减到 1 个，换几次抽签。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now try it. Each mark is the frozen feature of one picture; the first 2 principal components are drawn, and the head uses 12. This head needs no training: the few labelled pictures of each class (large marks) are averaged, every other picture goes to the nearest average, and circled ones are wrong. Cats and dogs: 5 labels in each class get more than 0.9 right. Choose the ten kinds of clothes and go from 2 classes to 10: with the same 5 labels each the accuracy falls below 0.8, and 20 labels win back only a little. Then go down to 1 label and change the draw.
#
# </div>

# %% tags=["setup"]
space = json.loads((paths.DATA / "results" / "feature_space.json").read_text(encoding="utf-8"))
tables = {}  # name: rows of 12 whole numbers, and each row's class
for name in ["cats and dogs", "clothes"]:
    rows = np.array([row.split() for row in space[name]["values"]], dtype=int)
    tables[name] = rows, np.array(list(space[name]["labels"]), dtype=int)


def nearest_mean(name, n_classes, n):
    """share of right answers, mean of 20 draws of n labels in each class"""
    rows, kinds = (table[tables[name][1] < n_classes] for table in tables[name])
    shares = []
    for repeat in range(20):
        order = np.random.default_rng(repeat).permutation(len(kinds))
        learn = np.array([order[kinds[order] == k][:n] for k in range(n_classes)])
        judge = np.setdiff1d(order, learn)
        distance = np.linalg.norm(rows[judge][:, None] - rows[learn].mean(axis=1), axis=2)
        shares.append(np.mean(distance.argmin(axis=1) == kinds[judge]))
    return np.mean(shares)


assert nearest_mean("cats and dogs", 2, 5) > 0.9 and nearest_mean("clothes", 2, 5) > 0.9
assert nearest_mean("clothes", 10, 5) < nearest_mean("clothes", 10, 20) < 0.8

fig, axes = plt.subplots(1, 2, figsize=(8, 3.6))
kinds_of = {"cats and dogs": ["猫 cat", "狗 dog"],
            "clothes": ["裤子 trousers", "包 bag", "运动鞋 sneaker", "连衣裙 dress"]}  # fmt: skip
for ax, (name, kinds) in zip(axes, kinds_of.items(), strict=True):
    for k, label in enumerate(kinds):
        points = tables[name][0][tables[name][1] == k, :2]
        ax.scatter(*points.T, s=14, alpha=0.7, marker=figures.MARKERS[k], label=label)
    ax.set(xlabel="主成分 component 1", ylabel="主成分 component 2")
    ax.legend(fontsize=8)
explorables.show(
    "space",
    fig,
    "冻结特征的前两个主成分。左：猫和狗各在一片，中间只有几张混杂。右：四种衣物，裤子、包和运动鞋各在一片，连衣裙和裤子、包有些重叠。",
    "The first two principal components of frozen features. Left: cats and dogs lie apart, few mixed between. Right: four kinds of clothes; trousers, bags and sneakers lie apart, dresses overlap some trousers and bags.",
    dims=12,
    pets=(tables["cats and dogs"][0] + 128).astype(np.uint8),
    pets_labels=space["cats and dogs"]["labels"],
    clothes=(tables["clothes"][0] + 128).astype(np.uint8),
    clothes_labels=space["clothes"]["labels"],
)

# %% [markdown]
# ## 选读：同样的特征，回答“在哪里” · Optional: the same features answer “where”

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 冻结的特征不只用来分类。不做池化，特征图上每一格都有 1,280 个数；把同一个线性头用在每一格上（就是一个 1×1 卷积），得到一张粗略的“哪里像狗”的图。先对所有的格求平均再用线性头，或者先用线性头再求平均，得到同一个 logit：两步都是线性的。
#
# 网络是用 224 像素训练的；这里给它 448 像素，格子从 7×7 变成 14×14。图上从每一格减去了共同的 $b$，只留 $w^\top\varphi$ 的那一份。先想一想：明显的颜色落在动物身上，还是背景上？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Frozen features serve more than classification. Without pooling every cell of the feature map has 1,280 numbers; the same linear head on each cell (a 1×1 convolution) gives a coarse map of “where it looks like a dog”. Averaging all cells first and applying the linear head, or the other way round, gives the same logit: both steps are linear.
#
# The network was trained at 224 pixels; here it gets 448, so the cells go from 7×7 to 14×14. The common $b$ is subtracted from each cell of the figure, which leaves the part of $w^\top\varphi$. Think first: do the strong colours fall on the animal or on the background?
#
# </div>

# %% tags=["setup"]
head = LogisticRegression(C=0.1, max_iter=2000).fit(x[:200], y[:200])
w, b = head.coef_[0], head.intercept_[0]
wide = backbones.predictor(backbones.load("efficientnet_lite0", size=(None, None)))
shown = [280, 286, 292, 298, 304, 310]
maps_2d = wide(all_photos.subset(shown).images(448))  # (6, 14, 14, 1280)
where = maps_2d @ w + b  # a 1×1 convolution
assert where.shape == (6, 14, 14)
assert np.allclose(where.mean(axis=(1, 2)), maps_2d.mean(axis=(1, 2)) @ w + b, atol=1e-3)
fig, axes = plt.subplots(2, 6, figsize=(7.6, 2.9))
for (top, bottom), place, answer in zip(axes.T, shown, where - b, strict=True):
    top.imshow(images[place])
    shades = bottom.imshow(answer, vmin=-8, vmax=8, cmap="PuOr")
    for ax in (top, bottom):
        ax.axis("off")
axes[0, 0].set_title("照片 photo", fontsize=8, loc="left")
axes[1, 0].set_title("每格的份额 part of each cell", fontsize=8, loc="left")
fig.colorbar(shades, ax=axes, shrink=0.8, label="猫 cat ← 0 → 狗 dog")
fig.supxlabel(CREDIT, fontsize=7, color="#555555")
figures.show(
    fig,
    "上排 6 张宠物照片，下排是每一格的份额：紫色像狗，橙色像猫。",
    "Top: 6 pet photos; below, the part of each cell: purple looks like a dog, orange like a cat.",
    photo=True,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 深色多半落在动物身上；背景浅得多，也有例外（第 5 张的下边偏橙）。这只是看了 6 个例子，不算测量。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The dark cells mostly fall on the animals; the background is much paler, with exceptions (the lower edge of photo 5 leans to orange). This is a look at 6 examples, not a measurement.
#
# </div>

# %% [markdown]
# ## 误区：一份 VGG16 清单，逐行修好 · Myths: a VGG16 listing, line by line

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# S1 到 S5 是课程要更正的五篇文章（第 00 课）。S1（§3.3 与 §4.4）的清单，与网络有关的 10 行原样抄在这里；S3 的几乎一样。
#
# ```text
#  1  base_model = VGG16(weights='imagenet', include_top=False, input_shape=(224, 224, 3))
#  2  for layer in base_model.layers:
#  3      layer.trainable = False
#  4  x = tf.keras.layers.Flatten()(x)
#  5  x = tf.keras.layers.Dense(256, activation='relu')(x)
#  6  predictions = tf.keras.layers.Dense(1, activation='sigmoid')(x)
#  7  model.compile(optimizer=Adam(learning_rate=0.0001), loss='binary_crossentropy', metrics=['accuracy'])
#  8  train_datagen = ImageDataGenerator(rescale=1./255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True)
#  9  train_generator = train_datagen.flow_from_directory('data/train', target_size=(224, 224), batch_size=32, class_mode='binary')
# 10  model.fit(train_generator, steps_per_epoch=100, epochs=10, validation_data=validation_generator, validation_steps=50)
# ```
#
# | 行 | 正确的做法 | 原文 | 为什么 |
# |---|---|---|---|
# | 1 | `include_top=False` | 同左，注释是“不包括最后一层” | 去掉的是展平和 3 个全连接层 |
# | 2–3 | `base_model.trainable = False` | 逐层冻结；S3 写 `model.layers[:-2]` | 没有一个 VGG16 的权重在训练：这是特征提取；按位置数层，加一层就数错 |
# | 4–6 | `GlobalAveragePooling2D()`，不要隐藏层 | `Flatten()`、`Dense(256)` | 513 个参数代替 6,423,041 个 |
# | 7 | `Adam(1e-3)`：分类头是新的 | S1 `Adam(1e-4)`，S3 默认 | 对新的头都可以；解冻以后，这样的学习率偏大（第 08 课） |
# | 8 | 网络自己的 `preprocess_input`，放进模型 | `rescale=1./255` | Keras 的 VGG16 权重没见过 0 到 1 的数 |
# | 10 | 留出验证集，测试只看一次 | S3 没有验证集 | 看训练准确率，看不出过拟合 |
#
# `shear_range=0.2`、`steps_per_epoch=100` 和 `ImageDataGenerator` 在第 06 课修好。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# S1 to S5 are the five articles that the course corrects (lesson 00). S1's listing (§3.3 and §4.4): the 10 lines about the network, copied as they are; S3's is almost the same.
#
# ```text
#  1  base_model = VGG16(weights='imagenet', include_top=False, input_shape=(224, 224, 3))
#  2  for layer in base_model.layers:
#  3      layer.trainable = False
#  4  x = tf.keras.layers.Flatten()(x)
#  5  x = tf.keras.layers.Dense(256, activation='relu')(x)
#  6  predictions = tf.keras.layers.Dense(1, activation='sigmoid')(x)
#  7  model.compile(optimizer=Adam(learning_rate=0.0001), loss='binary_crossentropy', metrics=['accuracy'])
#  8  train_datagen = ImageDataGenerator(rescale=1./255, shear_range=0.2, zoom_range=0.2, horizontal_flip=True)
#  9  train_generator = train_datagen.flow_from_directory('data/train', target_size=(224, 224), batch_size=32, class_mode='binary')
# 10  model.fit(train_generator, steps_per_epoch=100, epochs=10, validation_data=validation_generator, validation_steps=50)
# ```
#
# | line | what is right | as printed | why |
# |---|---|---|---|
# | 1 | `include_top=False` | the same, commented “excluding the last layer” | it removes flatten and 3 dense layers |
# | 2–3 | `base_model.trainable = False` | freezes layer by layer; S3 writes `model.layers[:-2]` | not one weight of VGG16 is trained: this is feature extraction; counting layers by place goes wrong when one is added |
# | 4–6 | `GlobalAveragePooling2D()`, no hidden layer | `Flatten()`, `Dense(256)` | 513 parameters instead of 6,423,041 |
# | 7 | `Adam(1e-3)`: the head is new | S1 `Adam(1e-4)`, S3 the default | either will do for a new head; rather large once unfrozen (lesson 08) |
# | 8 | the network's own `preprocess_input`, inside the model | `rescale=1./255` | Keras's weights of VGG16 have never seen numbers from 0 to 1 |
# | 10 | keep a validation set, test once | S3 has no validation set | training accuracy does not show overfitting |
#
# `shear_range=0.2`, `steps_per_epoch=100` and `ImageDataGenerator` are repaired in lesson 06.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第 4 到 6 行，数一数。（只看个数，所以 `weights=None`；在你的机器上写 `weights="imagenet"`。）第 8 行，第 06 课看过一个红像素经过三种预处理；没有一种通用的“除以 255”。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Lines 4 to 6, counted. (Numbers only, so `weights=None`; on your machine write `weights="imagenet"`.) Line 8: lesson 06 looked at a red pixel after three kinds of preprocessing; there is no “divide by 255” that suits all.
#
# </div>

# %% tags=["any-seed", "shows-lower-layers"]
base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
for layer in base.layers:  # as S1 prints it
    layer.trainable = False
dense = keras.layers.Dense
printed = keras.Sequential([base, keras.layers.Flatten(), dense(256, "relu"), dense(1, "sigmoid")])
repaired = keras.Sequential([base, keras.layers.GlobalAveragePooling2D(), dense(1, "sigmoid")])
n_trained = [sum(int(np.prod(w.shape)) for w in m.trainable_weights) for m in (printed, repaired)]
say("训练的参数 trained parameters", f"{n_trained[0]:,} → {n_trained[1]:,}")
say(("冻结的 VGG16：", "frozen VGG16:"), f"{base.count_params():,}")
assert not base.trainable_weights and n_trained == [6_423_041, 513]
removed = 25_088 * 4096 + 4096 + 4096 * 4096 + 4096 + 4096 * 1000 + 1000  # fc1, fc2, predictions
assert base.count_params() == 14_714_688 and base.count_params() + removed == 138_357_544

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在测，60 张有标签：照原文的**特征**（除以 255，展平），只改第 4 到 6 行（GAP），第 8 行也改。分类头都是同一种线性头，`C=0.1`，没有分别调；原文的 `Dense(256)` 没有参加。下面跑 1 次重复，表中是存下的 10 次。课程的 VGG16 权重来自 torchvision，它要求先除以 255，再减均值、除以标准差，所以“只除以 255”在这里的错，比在 Keras 自带的权重上**小**。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now measure, with 60 labels: the **features** as printed (divided by 255, flattened), with only lines 4 to 6 repaired (GAP), and with line 8 as well. All get the same linear head, `C=0.1`, which was not tuned; the printed `Dense(256)` takes no part. 1 repeat runs below; the table shows the stored 10. The course's VGG16 weights come from torchvision, which wants division by 255, then mean and standard deviation; so “only divided by 255” is a **smaller** mistake here than with Keras's own weights.
#
# </div>


# %% tags=["setup"]
def vgg16_tables():
    """name -> features (316, d): as printed, with another head, and repaired"""
    wrong = features.extract(all_photos, "vgg16", pooling="flatten", scale=1 / 255)  # 7 · 7 · 512
    return {
        "VGG16, /255, flatten": wrong,
        "VGG16, /255, GAP": wrong.reshape(316, 49, 512).mean(axis=1),
        "VGG16, own, GAP": features.extract(all_photos, "vgg16"),
    }


recipes = pd.DataFrame(stored["recipes"])
for name, rows in vgg16_tables().items():
    again = score_frozen(rows, 0, 60)
    assert abs(again - recipes[name][0]) < 0.03
repairs = [f"VGG16, {kind}" for kind in ("/255, flatten", "/255, GAP", "own, GAP")]
AS_WORDS = ["原文 as printed", "改成 GAP · with GAP", "GAP 和预处理 · GAP and preprocessing"]
rows = [
    [words, f"{recipes[name].mean():.3f}", f"{recipes[name].std():.3f}"]
    for words, name in zip(AS_WORDS, repairs, strict=True)
]
table(["VGG16 的特征 features of VGG16", "平均 mean", "标准差 standard deviation"], rows)
steps = [recipes[name] for name in repairs]
assert steps[0].mean() > mean["scratch", 200] + 0.1  # as printed: fine, it seems
assert steps[1].mean() > steps[0].mean() + 0.01 and steps[2].mean() > steps[1].mean() + 0.01
for later, before_it, points in [(1, 0, [3.9, 2.2, 5.6]), (2, 1, [2.4, 1.1, 3.7])]:
    gain = 100 * (steps[later] - steps[before_it])
    half = 2.262 * gain.std() / np.sqrt(10)  # Student's t, 95%, 10 repeats
    assert np.round([gain.mean(), gain.mean() - half, gain.mean() + half], 1).tolist() == points
assert (steps[2] > steps[0]).all() and n_trained[1] < n_trained[0] / 12_000  # in each of the 10

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 照原文的特征就有 0.9 左右，远胜从零训练，这大概是错误能活下来的原因：**代码照样跑，成绩看上去不错**。改成 GAP 平均高 3.9 个百分点（配对的 95% 区间 2.2 到 5.6），预处理再高 2.4（1.1 到 3.7）；存下的 10 次重复里，全部修好的每一次都胜过原文的特征。要训练的参数不到原文的 1/12,000。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The features as printed reach about 0.9, far better than training from scratch, which is probably why the mistake survives: **the code runs and the score looks fine**. GAP adds 3.9 points on average (paired 95% interval 2.2 to 5.6), preprocessing another 2.4 (1.1 to 3.7); in each of the 10 stored repeats the fully repaired features beat the printed ones. The parameters to be trained are fewer than 1/12,000 as many.
#
# </div>

# %% [markdown]
# ## 误区：一份 ResNet50 清单，逐行修好 · Myths: a ResNet50 listing, line by line

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 文章 S4（§5.1.1）的清单用了 GAP，不用隐藏层，却不能运行：5 个名字没有定义。与网络有关的 7 行：
#
# ```text
# 1  base_model = tf.keras.applications.ResNet50(weights='imagenet', include_top=False)
# 2  base_model.trainable = False
# 3  inputs = tf.keras.Input(shape=(img_height, img_width, 3))
# 4  x = base_model(inputs, training=False)
# 5  x = tf.keras.layers.GlobalAveragePooling2D()(x)
# 6  outputs = tf.keras.layers.Dense(num_classes, activation='softmax')(x)
# 7  model.fit(train_data, train_labels, epochs=10)
# ```
#
# | 行 | 正确的做法 | 原文 | 为什么 |
# |---|---|---|---|
# | 2 | `trainable = False` | 同左 | 对；它还让批归一化只用滑动统计量，不再更新 |
# | 3、6、7 | 先定义 `img_height`、`img_width`、`num_classes`、`train_data`、`train_labels` | 没有定义 | `NameError` |
# | 4 | `preprocess_input`，放进模型 | 没有预处理 | 与 VGG16 一样：BGR，减去均值 |
# | 4 | `training=False` | 同左，没有解释 | 冻结时无害；解冻以后**靠不住**：Keras 3 的 `fit` 会盖过它（第 08 课） |
# | 5 | `GlobalAveragePooling2D()` | 同左 | 对 |
# | 7 | `validation_data`，再微调 | 没有 | 没有验证，就不知道何时停 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The listing of article S4 (§5.1.1) uses GAP and no hidden layer, and does not run: 5 names are undefined. The 7 lines about the network:
#
# ```text
# 1  base_model = tf.keras.applications.ResNet50(weights='imagenet', include_top=False)
# 2  base_model.trainable = False
# 3  inputs = tf.keras.Input(shape=(img_height, img_width, 3))
# 4  x = base_model(inputs, training=False)
# 5  x = tf.keras.layers.GlobalAveragePooling2D()(x)
# 6  outputs = tf.keras.layers.Dense(num_classes, activation='softmax')(x)
# 7  model.fit(train_data, train_labels, epochs=10)
# ```
#
# | line | what is right | as printed | why |
# |---|---|---|---|
# | 2 | `trainable = False` | the same | right; batch normalization then uses its moving statistics and no longer updates them |
# | 3, 6, 7 | define `img_height`, `img_width`, `num_classes`, `train_data`, `train_labels` first | undefined | `NameError` |
# | 4 | `preprocess_input`, inside the model | no preprocessing | as for VGG16: BGR, mean subtracted |
# | 4 | `training=False` | the same, unexplained | harmless while frozen; **not reliable** once unfrozen: `fit` of Keras 3 overrides it (lesson 08) |
# | 5 | `GlobalAveragePooling2D()` | the same | right |
# | 7 | `validation_data`, then fine-tuning | missing | without validation you do not know when to stop |
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 修好的清单全文。为了快，这里用 64 像素、随机权重、一轮；在你的机器上写 224、`weights="imagenet"`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The complete listing, repaired. To be quick: 64 pixels, random weights and one epoch; on your machine write 224 and `weights="imagenet"`.
#
# </div>

# %% tags=["any-seed"]
img_height = img_width = 64
num_classes, train_data, train_labels = 2, all_photos.subset(some).images(64), y[some]
base = keras.applications.ResNet50(weights=None, include_top=False, input_shape=(64, 64, 3))
base.trainable = False
inputs = keras.Input((img_height, img_width, 3))  # raw 0–255
pixels = keras.applications.resnet.preprocess_input(inputs)
pooled = keras.layers.GlobalAveragePooling2D()(base(pixels, training=False))
resnet = keras.Model(inputs, keras.layers.Dense(num_classes, activation="softmax")(pooled))
resnet.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
before = detectors.snapshot(resnet)
resnet.run_eagerly = True  # 1 step only: quicker than making a graph of it
_ = resnet.fit(train_data.astype("float32"), train_labels, epochs=1, verbose=0)
detectors.frozen_kept(resnet, before)
detectors.batch_norm_kept(resnet, before)
assert sum(int(np.prod(v.shape)) for v in resnet.trainable_weights) == 2048 * 2 + 2
n_macs, n_params = costs["resnet50"]  # each side is 64 / 224 = 2/7 as long, in every layer
assert base.count_params() == n_params and backbones.count_macs(base) * 49 == n_macs * 4

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 缺了预处理，会损失多少？用真实的 ResNet50 权重，60 张有标签，每种 10 次重复，都是存下的：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What does the missing preprocessing cost? With the real weights of ResNet50, 60 labels and 10 repeats each, all of them stored:
#
# </div>

# %% tags=["setup", "shows-undefined"]
three_lines = """keras.Input((img_height, img_width, 3))
keras.layers.Dense(num_classes, activation="softmax")
(train_data, train_labels)"""
size, five = {"img_height": 64, "img_width": 64, "num_classes": 2}, []
known = {"keras": keras}
while len(five) < 9:
    try:
        exec(three_lines, known)  # noqa: S102
        break
    except NameError as error:
        five.append(error.name)
        known[error.name] = size.get(error.name, ())
assert five == ["img_height", "img_width", "num_classes", "train_data", "train_labels"]
columns = ["ResNet50, raw, GAP", "ResNet50, own, GAP"]
rows = [
    [words, f"{recipes[name].mean():.3f}", f"{recipes[name].std():.3f}"]
    for words, name in zip(["原文 as printed", "有预处理 with preprocessing"], columns, strict=True)
]
table(["ResNet50 的特征 features of ResNet50", "平均 mean", "标准差 standard deviation"], rows)
differences = (recipes[columns[1]] - recipes[columns[0]]).round(4)
assert (differences < 0).sum() == 2 and (differences == 0).sum() == 1
half = 2.262 * differences.std() / np.sqrt(10)
shown_gain = 100 * np.array(
    [differences.mean(), differences.mean() - half, differences.mean() + half]
)
assert shown_gain.round(1).tolist() == [1.7, 0.4, 3.1]
fig, ax = plt.subplots(figsize=(7.2, 3.2))
groups = [
    (repairs, [0, 1, 2], figures.PALETTE[0], "o"),
    (columns, [3.5, 4.5], figures.PALETTE[1], "s"),
]
for those, places, colour, marker in groups:
    shifted = np.array(places) + np.linspace(-0.12, 0.12, 10)[:, None]
    style = {"color": colour, "alpha": 0.45, "lw": 0.8, "markersize": 5, "markevery": 1}
    for at, row in zip(shifted, recipes[those].to_numpy(), strict=True):
        (line,) = ax.plot(at, row, "-" + marker, **style)
    line.set_label(those[0].split(",")[0])
    ax.plot(places, recipes[those].mean(), "_", color="#111111", markersize=26, mew=2, markevery=1)
ax.legend(loc="lower right", fontsize=8)
ax.set_xticks([0, 1, 2, 3.5, 4.5], ["VGG16\n原文 as printed", "VGG16\nGAP", "VGG16，GAP + 预处理\nVGG16, GAP + preprocessing",
                                    "ResNet50\n原文 as printed", "ResNet50\n预处理 preprocessing"], fontsize=8)  # fmt: skip
ax.set(ylabel="准确率，60 张 accuracy, 60 labels", xlabel="清单 listing")
figures.show(
    fig,
    "10 次重复，每次一条线：VGG16 照原文、改 GAP、再改预处理，平均一步步升高，每条线的终点都高于起点；ResNet50 加上预处理后多半升高，有 2 条线下降。短横是平均。",
    "10 repeats, a line each: VGG16 as printed, with GAP, and with preprocessing as well goes up step by step on average, and each line ends above its start; ResNet50 mostly goes up with preprocessing, 2 lines go down. Short bars are means.",
    names=("VGG16", "ResNet50", "GAP", "VGG16\nGAP"),
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 缺了预处理，平均低 1.7 个百分点（配对的 95% 区间 0.4 到 3.1）；代码不会报错。存下的 10 次里有 2 次没有预处理的反而更高，1 次打平。
#
# **练习 4**：ResNet50 的特征图是 7×7×2048。接上 `Dense(256)` 再接 `Dense(2)`（猫、狗各一个输出），展平时和 GAP（全局平均池化）时，分类头各有多少个参数？两个整数，填进 `"flatten"` 和 `"gap"`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Without preprocessing 1.7 points are lost on average (paired 95% interval 0.4 to 3.1), and the code raises no error. In 2 of the 10 stored repeats the one without preprocessing is even higher, in 1 they tie.
#
# **Exercise 4**: the feature map of ResNet50 is 7×7×2048. With `Dense(256)` and then `Dense(2)` on it (an output for cats, one for dogs), how many parameters has the head, after flattening and after GAP (global average pooling)? Two whole numbers, for `"flatten"` and `"gap"`.
#
# </div>

# %% tags=["exercise"]
answer_heads = {"flatten": ..., "gap": ...}
check("07-4", answer_heads)

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四道练习就在上文各节，每道都有 `hint` 和 `solution`。`progress()` 显示你完成了哪些。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The four exercises stand in the sections above, each with `hint` and `solution`. `progress()` shows what you have done.
#
# </div>

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("07-q1")
quiz("07-q2")
quiz("07-q3")
quiz("07-q4")
progress()

# %% tags=["exercise"]
guesses("07")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 特征提取：骨干网络 $\varphi$ 冻结，只学 $w$ 和 $b$；特征只需算一次，数据增强和微调时不行。
# * 零样本要去掉源任务的先验：减去 $\log\frac{118}5$，不用标签存下的 1,000 张上就从 0.908 到 0.980。
# * 标签在 20 个以内时，去掉先验的零样本不动最好：在它上面训练分类头，反而低 0.3 到 0.6 个百分点；50 和 100 个时分不出高低。10 个标签加预训练特征，胜过 200 个标签从零训练。
# * 标签很少时，先让各类一样多。
# * 源任务教了什么，决定留下什么。
# * 选骨干网络：在训练照片上探测，打平时选便宜的，最后核实一次。
# * 错的预处理不报错：所以把它放进模型。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Feature extraction: the backbone $\varphi$ is frozen, only $w$ and $b$ are learned; compute features once, but not with augmentation or fine-tuning.
# * Zero-shot needs the source's prior taken out: subtract $\log\frac{118}5$, and without a label 0.908 becomes 0.980 on the stored 1,000 photos.
# * With up to 20 labels that zero-shot is best left alone: a head on it is 0.3 to 0.6 points lower; 50 and 100 tie. 10 labels with pretrained features beat 200 from scratch.
# * With few labels, first make the classes equal in number.
# * What the source task taught decides what is kept.
# * Backbones: probe on the training photos, the cheap one when tied, verify once.
# * Wrong preprocessing raises no error: keep it in the model.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S1 §3.3 | 这条注释下面的循环冻结每一层：不是 §3.2 说的微调，而是特征提取，训练的是 6,423,041 个新的数 | <q>冻结底层层</q> |
# | S5 §1.3 | 参数、结构、特征三种迁移都写这一个公式，里面却没有源任务。特征迁移是 $\min_{w,b}\frac1n\sum_i L(y_i,w^\top\varphi(x_i)+b)$，$\varphi$ 来自源任务，固定不动；参数迁移从源任务的权重出发 | $\min_{w} \frac{1}{n} \sum_{i=1}^{n} L(y_i, f(x_i; w)) + \lambda R(w)$ |
# | S4 §5.1 | `train_data`、`train_labels` 没有定义，`img_height`、`img_width`、`num_classes` 也没有：`NameError` | `model.fit(train_data, train_labels, epochs=10)` |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S1 §3.3 | the loop below this comment freezes every layer: that is not the fine-tuning of its §3.2 but feature extraction, and what is trained are 6,423,041 new numbers | <q>冻结底层层 [freeze the lower layers]</q> |
# | S5 §1.3 | it is printed for transfer of parameters, of structure and of features alike, and has no source task in it. Transfer of features is $\min_{w,b}\frac1n\sum_i L(y_i,w^\top\varphi(x_i)+b)$ with $\varphi$ from the source task and fixed; transfer of parameters starts from the source's weights | $\min_{w} \frac{1}{n} \sum_{i=1}^{n} L(y_i, f(x_i; w)) + \lambda R(w)$ |
# | S4 §5.1 | `train_data` and `train_labels` are not defined, nor are `img_height`, `img_width`, `num_classes`: a `NameError` | `model.fit(train_data, train_labels, epochs=10)` |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Yosinski, Clune, Bengio, Lipson, *How transferable are features in deep neural networks?*, NIPS 27, 3320–3328, 2014：特征随层数和任务距离怎样迁移
# * Kornblith, Shlens, Le, *Do Better ImageNet Models Transfer Better?*, CVPR 2019, 2661–2671, arXiv:1805.08974：骨干网络的选择
# * Alain, Bengio, *Understanding Intermediate Layers Using Linear Classifier Probes*, ICLR 2017 workshop, arXiv:1610.01644 (2016)：线性探测
# * Nguyen, Hassner, Seeger, Archambeau, *LEEP: A New Measure to Evaluate Transferability of Learned Representations*, ICML 2020, PMLR 119:7294–7305：LEEP
# * Chollet, *Building powerful image classification models using very little data*, The Keras Blog, 2016：同类做法的公开数字
# * He, Zhang, Ren, Sun, *Deep Residual Learning for Image Recognition*, CVPR 2016, 770–778：ResNet50
# * Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, PMLR 97:6105–6114, arXiv:1905.11946：Lite0 到 Lite2 的前身（EfficientNet-Lite 本身出自 2020 年 3 月）
# * Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208：迁移帮不上多少忙的例子
# * He, Girshick, Dollár, *Rethinking ImageNet Pre-training*, ICCV 2019, arXiv:1811.08883：练得更久，从零训练可以追上
# * Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the American Statistical Association 22(158):209–212, 1927：区间
# * Parkhi, Vedaldi, Zisserman, Jawahar, *Cats and Dogs*, CVPR 2012：图里的宠物照片（Oxford-IIIT Pet 数据集）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Yosinski, Clune, Bengio, Lipson, *How transferable are features in deep neural networks?*, NIPS 27, 3320–3328, 2014: how transfer of features depends on depth and distance of tasks
# * Kornblith, Shlens, Le, *Do Better ImageNet Models Transfer Better?*, CVPR 2019, 2661–2671, arXiv:1805.08974: choosing a backbone
# * Alain, Bengio, *Understanding Intermediate Layers Using Linear Classifier Probes*, ICLR 2017 workshop, arXiv:1610.01644 (2016): linear probes
# * Nguyen, Hassner, Seeger, Archambeau, *LEEP: A New Measure to Evaluate Transferability of Learned Representations*, ICML 2020, PMLR 119:7294–7305: LEEP
# * Chollet, *Building powerful image classification models using very little data*, The Keras Blog, 2016: published numbers of the same kind
# * He, Zhang, Ren, Sun, *Deep Residual Learning for Image Recognition*, CVPR 2016, 770–778: ResNet50
# * Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, PMLR 97:6105–6114, arXiv:1905.11946: the parent of Lite0 to Lite2 (EfficientNet-Lite itself came in March 2020)
# * Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208: a case in which transfer helps little
# * He, Girshick, Dollár, “Rethinking ImageNet Pre-training”, ICCV 2019, arXiv:1811.08883: with longer training, from scratch can catch up
# * Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the American Statistical Association 22(158):209–212, 1927: the interval
# * Parkhi, Vedaldi, Zisserman, Jawahar, *Cats and Dogs*, CVPR 2012: the pet photos in the figures (the Oxford-IIIT Pet data set)
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("07")
