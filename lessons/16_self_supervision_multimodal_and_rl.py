# ---
# jupyter:
#   course: {minutes: 60, needs: ["02", "05", "07", "09", "13"]}
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
# # 16 自监督、多模态与强化迁移 · Self-supervision, multimodal, RL

# %% tags=["setup"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import json

import gymnasium
import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import layers
from PIL import Image
from scipy import stats
from sklearn.linear_model import LogisticRegression

from course_utils import assets, backbones, explorables, features, figures, paths, photos
from course_utils.bilingual import say, table
from course_utils.learning import check, guesses, hint, outcome, predict, progress, quiz, solution

figures.use_style()
course_utils.reproducible(16)
BLUE, ORANGE, GREEN = figures.PALETTE[:3]
CREDIT = "Twemoji, CC BY 4.0"
stored = json.loads((paths.DATA / "results" / "16.json").read_text(encoding="utf-8"))["full"]


def interval(values):
    """mean and half of its 95% interval"""
    values = np.asarray(values, float)
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return values.mean(), half


def shown(values, digits=3, sign=""):
    middle, half = interval(values)
    return f"{middle:{sign}.{digits}f} ± {half:.{digits}f}"


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 下面 8 张小图各转了 0、90、180 或 270 度。你一眼就知道转了多少，没有人给它们贴过标签。
#
# **没有一个标签，能学到什么？**
#
# 这一课有三种回答：从照片自己造出题目（自监督），从图和名字的配对（多模态），从试和错（强化学习）。每一种都要搬到新的任务上，量一量搬过去值多少。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The 8 little pictures below are turned by 0, 90, 180 or 270 degrees. You see at once by how much, and nobody has ever labelled them.
#
# **What can be learned without a single label?**
#
# This lesson gives three answers: from questions made out of the photos themselves (self-supervision), from pairs of pictures and names (multimodal), from trial and error (reinforcement learning). Each is then carried over to a new task, and what that is worth is measured.
#
# </div>

# %% tags=["setup", "keep-output"]
folder = assets.fetch("twemoji")


def emoji_picture(name, size=72):
    """(size, size, 3) uint8, on white"""
    icon = Image.open(folder / f"{name}.png").convert("RGBA")
    page = Image.new("RGBA", icon.size, "white")
    page.alpha_composite(icon)
    return np.asarray(page.convert("RGB").resize((size, size)))


turned = ["1f408", "1f697", "1f34e", "1f418", "1f3b8", "1f332", "1f40c", "1f681"]
figures.show_photos(
    [np.rot90(emoji_picture(name), k) for name, k in zip(turned, (1, 2, 0, 3, 2, 1, 3, 2), strict=True)],
    None,
    "8 张转过的小图：猫向左倒，汽车四轮朝天，苹果端正，大象向右倒，吉他颠倒，松树向左倒，蜗牛向右倒，直升机颠倒。",
    "8 turned pictures: a cat fallen to the left, a car upside down, an upright apple, an elephant fallen to the right, a guitar upside down, a pine fallen to the left, a snail fallen to the right, a helicopter upside down.",
    columns=8,
    credit=CREDIT,
)  # fmt: skip

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 写出 NT-Xent 损失和它的梯度，用差分核对；
# * 用标准差发现坍缩；
# * 用线性探测公平地比较几种特征，也说出自监督在哪里比不过；
# * 选伪标签的阈值，量出确认偏差；
# * 不训练就用中文或英文的句子给照片分类，自己训练一个迷你 CLIP；
# * 写出 Q 学习，搬走一张表，认出坏的迁移，用势能加快学习而不改变最优的走法。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * write the NT-Xent loss and its gradient, and check it by differences;
# * detect collapse by the standard deviation;
# * compare features fairly by linear probing, and say where self-supervision falls short;
# * choose the threshold of pseudo-labels, and measure confirmation bias;
# * classify photos by Chinese or English sentences without training, and train a mini-CLIP;
# * write Q-learning, carry a table over, recognise a bad transfer, and speed learning up by a potential without changing the best policy.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 02 课（交叉熵）、第 05 课（迁移增益、三种设定）、第 07 课（冻结的特征、零样本）、第 09 课（校准）和第 13 课（句子编码器）。特征在缓存里时，全部单元格运行大约 1 分钟，第一次要多等 1–2 分钟；读完并做练习大约 60 分钟。
#
# “存下的”数来自 `data/results/16.json`，每一项有 9 或 12 次成对的抽签，区间是 95%；其余的现场计算。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need lessons 02 (cross-entropy), 05 (transfer gain, three settings), 07 (frozen features, zero-shot), 09 (calibration) and 13 (the sentence encoder). With the features in the cache all cells run in about 1 minute, the first time takes 1–2 minutes more; reading and doing the exercises takes about 60 minutes.
#
# “Stored” numbers come from `data/results/16.json`, each with 9 or 12 paired draws and intervals of 95%; all others are computed here.
#
# </div>

# %% [markdown]
# ## 照片自己出题 · The photos ask the questions

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# CIFAR-10 的 1,500 张照片，32×32 像素，10 类。先把标签收起来。**自监督学习**（self-supervised learning）自己出题，这样的题叫**前置任务**（pretext task）。最简单的一题：把照片转 0、90、180 或 270 度，让网络猜转了多少（Gidaris 等，2018）。要答对，就得知道马的腿朝哪边。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 1,500 photos of CIFAR-10, 32×32 pixels, 10 classes. Put the labels away for now. **Self-supervised learning** makes up its own question, a **pretext task**. The simplest: turn a photo by 0, 90, 180 or 270 degrees and let the network say by how much (Gidaris et al., 2018). To get it right you have to know which way a horse's legs point.
#
# </div>

# %% tags=["setup"]
folders = sorted(path for path in assets.fetch("cifar10").iterdir() if path.is_dir())
files = np.array([file for path in folders for file in sorted(path.iterdir())[:60]])
y = np.repeat(np.arange(10), 60)
x = np.stack([photos.read(file, 32) for file in files]).astype("float32") / 64 - 2
is_test = np.arange(600) % 3 == 2  # 200 of the 600 that are used here
x_free, y_test = x[~is_test], y[is_test]  # 400 photos whose labels stay away


def network():
    """A small network: (n, 32, 32, 3) -> features (n, 128)."""
    net = keras.Sequential([keras.Input((32, 32, 3))])
    for channels in (32, 64, 128):
        net.add(layers.Conv2D(channels, 3, strides=2, padding="same", use_bias=False))
        net.add(layers.BatchNormalization())
        net.add(layers.ReLU())
    net.add(layers.GlobalAveragePooling2D())
    return net


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现场用其中 600 张。一张变四张，答案是我们自己转的：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Here 600 of them are used. One photo becomes four, and the answer is what we did ourselves:
#
# </div>

# %%
x_turned = np.concatenate([np.rot90(x_free, k, (1, 2)) for k in range(4)])
turns = np.repeat(np.arange(4), len(x_free))  # labels that cost nothing

# %% tags=["photo-live", "setup"]
figures.show_photos(
    [((v + 2) * 64).astype("uint8") for v in x_turned[35 + 400 * np.arange(4)]],
    [f"{90 * k} 度 degrees" for k in range(4)],
    "同一张 32×32 的照片，转 0、90、180、270 度。",
    "The same 32×32 photo, turned by 0, 90, 180 and 270 degrees.",
    columns=4,
)

# %% tags=["nbval-ignore-output"]
rotation = network()
model = keras.Sequential([rotation, layers.Dense(4)])
model.compile(
    keras.optimizers.Adam(2e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
)
model.fit(x_turned, turns, batch_size=100, epochs=4, verbose=0)
told = model(x_turned, training=False).numpy().argmax(axis=1) == turns
say("猜对转角 turns guessed right", f"{told.mean():.2f}", "  ", "瞎猜 chance", 0.25)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 到这里还没有迁移：只是做了一道题。**迁移**是把学到的特征用到别的任务上：冻结网络，在特征上训练一个线性分类器，即**线性探测**（linear probing）。没有标签的预训练 + 有标签的小任务，两步合起来才是迁移学习。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# No transfer so far: a question has been answered, that is all. **Transfer** is using the features for another task: freeze the network and train a linear classifier on its features, which is **linear probing**. Pretraining without labels plus a small task with labels: only both steps together are transfer learning.
#
# </div>


# %% tags=["shows-self-supervised"]
def probe(net, n):
    """Accuracy on the 200 test photos with n labels for the features of a frozen network."""
    found = net(x, training=False).numpy()
    found = (found - found.mean(axis=0)) / (found.std(axis=0) + 1e-6)
    some = np.concatenate([np.flatnonzero((y == c) & ~is_test)[: n // 10] for c in range(10)])
    head = LogisticRegression(C=0.01, max_iter=200).fit(found[some], y[some])
    return head.score(found[is_test], y_test)


assert told.mean() > 0.3  # the pretext: no class of CIFAR-10 among its answers
assert model.output_shape == (None, 4) and rotation.output_shape == (None, 128)
assert 0 < probe(rotation, 200) < 1  # transfer begins here, with labels of another task

# %% [markdown]
# ## 两个样子，一张照片 · Two views, one photo

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **对比学习**（contrastive learning）出另一道题：每张照片随机裁剪、翻转、变色，做两个样子；在 $2n$ 个样子里，哪一个和我是同一张？SimCLR（Chen 等，2020）的损失叫 NT-Xent。设 $u_i$ 是第 $i$ 个样子长度为 1 的嵌入，$i$ 的另一半是 $i'=i+n$（后一半减 $n$），$\tau$ 是温度：
#
# $$L=-\frac1{2n}\sum_i\log\frac{e^{u_i\cdot u_{i'}/\tau}}{\sum_{j\ne i}e^{u_i\cdot u_j/\tau}}$$
#
# 就是第 02 课的交叉熵：$2n-1$ 个“类别”，正确的是另一半。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Contrastive learning** asks something else: crop, flip and recolour each photo at random, twice; which of the $2n$ views shows the same photo as mine? The loss of SimCLR (Chen et al., 2020) is called NT-Xent. Let $u_i$ be the embedding of view $i$, of length 1, let $i'=i+n$ be its partner (minus $n$ in the second half), and $\tau$ the temperature:
#
# $$L=-\frac1{2n}\sum_i\log\frac{e^{u_i\cdot u_{i'}/\tau}}{\sum_{j\ne i}e^{u_i\cdot u_j/\tau}}$$
#
# It is the cross-entropy of lesson 02: $2n-1$ “classes”, and the partner is the right one.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 1**：写出 `nt_xent`：输入 $2n$ 行（长度任意，前 $n$ 行和后 $n$ 行配对）和 $\tau$，返回损失。卡住时运行 `hint("16-1")`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 1**: write `nt_xent`: given $2n$ rows (of any length; the first $n$ pair with the second $n$) and $\tau$, return the loss. When you are stuck: `hint("16-1")`.
#
# </div>


# %% tags=["exercise"]
def nt_xent(u, tau):
    """u: array (2n, d), tau: temperature -> the loss, a number"""
    return ...


check("16-1", nt_xent)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 梯度也不难。交叉熵对 logit 的梯度是“概率减正确答案”（第 02 课）：$G=\frac{P-Y}{2n}$，$P$ 是每行的 softmax，$Y$ 在另一半的位置是 1。logit 是 $u_i\cdot u_j/\tau$，一个 $u_i$ 既在行里又在列里，所以
#
# $$\frac{\partial L}{\partial u}=\frac{(G+G^\top)\,u}{\tau}$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The gradient is not hard either. For logits it is “probability minus right answer” (lesson 02): $G=\frac{P-Y}{2n}$, where $P$ is the softmax of each row and $Y$ is 1 at the partner. The logits are $u_i\cdot u_j/\tau$, and each $u_i$ occurs in a row and in a column, so
#
# $$\frac{\partial L}{\partial u}=\frac{(G+G^\top)\,u}{\tau}$$
#
# </div>


# %%
def loss_and_gradient(u, tau=0.5):
    n = len(u) // 2
    logits = np.where(np.eye(2 * n) == 1, -1e9, u @ u.T / tau)  # nobody is compared with itself
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    right = np.roll(np.eye(2 * n), n, axis=1)
    g = (p - right) / (2 * n)
    return -np.log((p * right).sum(axis=1)).mean(), (g + g.T) @ u / tau


# %% tags=["any-seed"]
u, eps = np.random.default_rng(16).normal(size=(8, 3)), 1e-5
gradient = loss_and_gradient(u)[1]
for i, j in np.ndindex(u.shape):  # finite differences, one number at a time
    step = np.zeros_like(u)
    step[i, j] = eps
    slope = (loss_and_gradient(u + step)[0] - loss_and_gradient(u - step)[0]) / (2 * eps)
    assert np.isclose(slope, gradient[i, j], atol=1e-7)
assert np.isclose(loss_and_gradient(np.ones((8, 3)) / 3**0.5)[0], np.log(7))  # all alike: log(2n − 1)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在训练。样子由 `view` 随机做出；网络后面接一个小的**投影头**，损失在它的输出上算，训练完就扔掉。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now train. `view` makes a random view; behind the network comes a small **projection head**, the loss is computed on its output, and after training it is thrown away.
#
# </div>


# %%
def view(x):  # crop, mirror, colours, sometimes grey
    n, u = len(x), tf.random.uniform
    side = u((n,), 0.5, 1.0)
    corner = u((n, 2)) * (1 - side[:, None])
    box = tf.concat([corner, corner + side[:, None]], 1)
    x = tf.image.crop_and_resize(x, box, tf.range(n), (32, 32))
    x = tf.where(u((n, 1, 1, 1)) < 0.5, x[:, :, ::-1], x)
    x = x * u((n, 1, 1, 3), 0.7, 1.3) * u((n, 1, 1, 1), 0.6, 1.4) + u((n, 1, 1, 1), -0.8, 0.8)
    grey = tf.repeat(tf.reduce_mean(x, -1, keepdims=True), 3, -1)
    return tf.where(u((n, 1, 1, 1)) < 0.3, grey, x)


# %%
def contrast(u, tau=0.5):  # NT-Xent in TensorFlow
    n = len(u) // 2
    logits = u @ tf.transpose(u) / tau - 1e9 * tf.eye(2 * n)
    partner = tf.concat([tf.range(n, 2 * n), tf.range(n)], 0)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(partner, logits))


# %%
def train(loss_of, epochs):
    """A network, its losses, and the embeddings of two views of the 400 photos."""
    net = network()
    head = keras.Sequential([layers.Dense(128, activation="relu"), layers.Dense(64)])
    whole, optimizer = keras.Sequential([net, head]), keras.optimizers.Adam(2e-3)

    @tf.function
    def step(batch):
        with tf.GradientTape() as tape:
            views = tf.concat([view(batch), view(batch)], 0)
            loss = loss_of(tf.nn.l2_normalize(whole(views, training=True), 1))
        w = whole.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, w), w, strict=True))
        return loss

    losses = []
    for _ in range(epochs):
        order = np.random.default_rng(len(losses)).permutation(len(x_free))
        losses += [float(step(x_free[part])) for part in np.split(order, 2)]
    views = tf.concat([view(x_free), view(x_free)], 0)
    return net, losses, tf.nn.l2_normalize(whole(views, training=True), 1).numpy()


# %% tags=["nbval-ignore-output"]
simclr, losses, u = train(contrast, epochs=8)
say("第一步的损失 first loss", f"{losses[0]:.2f}", "  ", "最后 last", f"{losses[-1]:.2f}")
say("全一样 all alike", f"{np.log(399):.2f}")

# %% tags=["setup"]
assert losses[-1] < losses[0] - 0.2 and losses[-1] < np.log(399) - 0.2
for size in (8, 40):  # the two ways to write the loss agree
    some = u[:size].astype("float64")
    assert np.isclose(loss_and_gradient(some)[0], float(contrast(tf.constant(u[:size]))), atol=1e-4)

# %% [markdown]
# ## 坍缩：损失最低，什么也没学到 · Collapse: the lowest loss, and nothing learned

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 分母在做什么？它把**别的**照片推开。把它去掉，只把一对拉近：$L=-\frac1n\sum_i u_i\cdot u_{i'}$，最低是 $-1$。同样的网络，同样的照片。猜：损失会降到 $-0.95$ 以下吗？写 `True` 或 `False`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What does the sum below the line do? It pushes **other** photos away. Leave it out and only pull pairs together: $L=-\frac1n\sum_i u_i\cdot u_{i'}$, at best $-1$. The same network, the same photos. Guess: will the loss fall below $-0.95$? Write `True` or `False`.
#
# </div>

# %% tags=["exercise"]
predict("16-p2", ...)  # True or False


# %% tags=["nbval-ignore-output"]
def pull(u):
    n = len(u) // 2
    return -tf.reduce_mean(tf.reduce_sum(u[:n] * u[n:], 1))


def spread(u):  # mean standard deviation of the directions; 1 when spread evenly
    return u.std(axis=0).mean() * u.shape[1] ** 0.5


_, pulled, fallen = train(pull, epochs=8)
say("只拉近的损失 loss of pulling", f"{pulled[-1]:.3f}")
table(["训练 training", "散布 spread"], [["NT-Xent", f"{spread(u):.2f}"], ["只拉近 pulling only", f"{spread(fallen):.2f}"]])  # fmt: skip
outcome("16-p2", pulled[-1] < -0.95)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 损失几乎到底，散布却只剩一小部分：所有照片挤向同一个点，这叫**坍缩**（collapse）。损失看不出它，**标准差**看得出：长度为 1 的 $d$ 维向量均匀散开时，每个方向的标准差约为 $1/\sqrt d$，乘以 $\sqrt d$ 是 1；全都一样时是 0（Chen、He，2021）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The loss is almost as low as it can be, and little of the spread is left: all photos crowd into one point. This is **collapse**. The loss does not show it, the **standard deviation** does: for vectors of length 1 in $d$ dimensions, spread evenly, it is about $1/\sqrt d$ in each direction, times $\sqrt d$ gives 1; when all are alike it is 0 (Chen and He, 2021).
#
# </div>

# %% tags=["setup"]
assert pulled[-1] < -0.95 and spread(fallen) < 0.7 * spread(u)
rng = np.random.default_rng(0)
even = rng.normal(size=(5000, 64))
even /= np.linalg.norm(even, axis=1, keepdims=True)
assert abs(spread(even) - 1) < 0.01 and spread(np.ones((9, 4))) == 0
runs = {key: np.array([draw[key] for draw in stored["pretext"]]) for key in ("spread", "collapsed", "lowest")}  # fmt: skip
fig, ax = plt.subplots(figsize=(6, 1.9))
for row, key in enumerate(("spread", "collapsed")):
    ax.plot(runs[key], np.full(9, -row), "os"[row], color=(BLUE, ORANGE)[row], markevery=1, alpha=0.7)
ax.set(xlim=(-0.02, 1.05), ylim=(-1.6, 0.6), xlabel="散布（存下的，9 次） spread (stored, 9 runs)")
ax.set_yticks([0, -1], ["NT-Xent", "只拉近 pulling only"])
figures.show(
    fig,
    "两行点：NT-Xent 的散布接近 1，只拉近的明显更小，9 次都是。",
    "Two rows of points: the spread of NT-Xent is close to 1, that of pulling only clearly smaller, in all 9 runs.",
)
assert (runs["collapsed"] < runs["spread"] - 0.2).all() and (runs["lowest"] < -0.9).all()

# %% [markdown]
# ## 值多少标签 · What is it worth in labels?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在把标签拿回来一点。存下的 9 次：1,000 张没有标签的照片训练 SimCLR 和旋转，再给 10、50、200 个标签做线性探测，在另外 500 张上测。对照：像素、没训练过的同样的网络、有标签从零训练，和在 ImageNet 上**有监督**训练的 Lite0。先猜：200 个标签，SimCLR 的特征，100 张对几张？瞎猜是 10。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now take some labels back. Stored, 9 runs: SimCLR and rotation are trained on 1,000 photos without labels, then probed with 10, 50 and 200 labels and tested on 500 others. Beside them: pixels, the same network untrained, training from scratch with the labels, and Lite0, trained on ImageNet **with** labels. Guess first: with 200 labels, how many of 100 does SimCLR get right? Chance is 10.
#
# </div>

# %% tags=["exercise"]
predict("16-p1", ...)  # 0–100

# %% tags=["setup"]
WAYS = {"lite0": "ImageNet（Lite0）", "simclr": "SimCLR", "rotation": "旋转 rotation", "scratch": "从零训练 scratch",
        "random": "没训练过 untrained", "pixels": "像素 pixels", "collapse": "只拉近 pulling only"}  # fmt: skip
WAYS["lite0"] = "ImageNet Lite0"


def accuracies(way, n):
    return np.array([draw[way][str(n)] for draw in stored["pretext"]])


counts = (10, 50, 200)
fig, ax = plt.subplots(figsize=(6.6, 3.2))
for way, marker in zip(WAYS, "os^vDPX", strict=True):
    means, halves = zip(*(interval(accuracies(way, n)) for n in counts), strict=True)
    ax.errorbar(counts, means, halves, marker=marker, capsize=3, label=WAYS[way], markevery=1)
ax.axhline(0.1, color="#000000", ls=":", lw=1, marker="")
ax.set(xscale="log", xticks=counts, xticklabels=counts, xlabel="标签 labels", ylabel="准确率 accuracy")
ax.minorticks_off()
ax.legend(fontsize=7, ncols=2, loc="upper left")
ax.set_ylim(0.05, 1.0)
figures.show(
    fig,
    "准确率对标签数：Lite0 的线远远高过其他所有的线；其余的挤在下面。虚线是瞎猜。",
    "Accuracy against number of labels: the line of Lite0 is far above all others, which crowd below. The dotted line is chance.",
)
table(["标签 labels", *map(str, counts)], [[name, *(shown(accuracies(way, n)) for n in counts)] for way, name in WAYS.items()])  # fmt: skip
outcome("16-p1", round(100 * accuracies("simclr", 200).mean()))
