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
# “存下的”数来自 `data/results/16.json`，各 9 次成对的抽签，区间是 95%，有的用了更多照片、更多轮；其余的现场计算。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need lessons 02 (cross-entropy), 05 (transfer gain, three settings), 07 (frozen features, zero-shot), 09 (calibration) and 13 (the sentence encoder). With the features in the cache all cells run in about 1 minute, the first time takes 1–2 minutes more; reading and doing the exercises takes about 60 minutes.
#
# “Stored” numbers come from `data/results/16.json`, 9 paired draws of each, intervals of 95%, some with more photos and more epochs; all others are computed here.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这一课有 5 个猜测，各在它的实验旁边：先把 `...` 换成你的答案，再运行。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# This lesson has 5 guesses, each beside its experiment: put your answer where `...` stands, then run the cell.
#
# </div>

# %% [markdown]
# ## 照片自己出题 · The photos ask the questions

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# CIFAR-10 的 1,500 张照片，32×32 像素，10 类。先把标签收起来。**自监督学习**（self-supervised learning）自己出题，这样的题叫**前置任务**（pretext task）。最简单的一题：把照片转 0、90、180 或 270 度，让网络猜转了多少（Gidaris 等，2018）。知道马的腿朝哪边，就容易答对。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 1,500 photos of CIFAR-10, 32×32 pixels, 10 classes. Put the labels away for now. **Self-supervised learning** makes up its own question, a **pretext task**. The simplest: turn a photo by 0, 90, 180 or 270 degrees and let the network say by how much (Gidaris et al., 2018). It helps to know which way a horse's legs point.
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
    for channels, size, stride in ((32, 5, 4), (64, 3, 2), (128, 3, 2)):
        net.add(layers.Conv2D(channels, size, stride, padding="same", use_bias=False))
        net.add(layers.BatchNormalization())
        net.add(layers.ReLU())
    net.add(layers.GlobalAveragePooling2D())
    return net


def classifier(net, n):
    """The network with a linear head for n classes, ready to be trained."""
    model = keras.Sequential([net, layers.Dense(n)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(2e-3), loss)
    return model


def probe(net, n):
    """Accuracy on the 200 test photos with n labels for the features of a frozen network."""
    found = net(x, training=False).numpy()
    found = (found - found.mean(axis=0)) / (found.std(axis=0) + 1e-6)
    some = np.concatenate([np.flatnonzero((y == c) & ~is_test)[: n // 10] for c in range(10)])
    head = LogisticRegression(C=0.01, max_iter=200).fit(found[some], y[some])
    return head.score(found[is_test], y_test)


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
model = classifier(rotation, 4)
model.fit(x_turned, turns, batch_size=100, epochs=4, verbose=0)
told = model(x_turned, training=False).numpy().argmax(axis=1) == turns
say("猜对转角 turns guessed right", f"{told.mean():.2f}", "  ", "瞎猜 chance", 0.25)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这是在训练过的照片上。存下的 9 次里，没见过的照片猜对 0.52：看得出一些，不多。
#
# 到这里还没有迁移：只是做了一道题。**迁移**是把学到的特征用到别的任务上：冻结网络，在特征上训练一个线性分类器，即**线性探测**（linear probing）。没有标签的预训练 + 有标签的小任务，两步合起来才是迁移学习。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# These are photos it was trained on. In the 9 stored runs it gets 0.52 right on unseen ones: it sees something, not much.
#
# No transfer so far: a question has been answered, that is all. **Transfer** is using the features for another task: freeze the network and train a linear classifier on its features, which is **linear probing**. Pretraining without labels plus a small task with labels: only both steps together are transfer learning.
#
# </div>


# %% tags=["shows-self-supervised"]
assert told.mean() > 0.3  # the pretext: no class of CIFAR-10 among its answers
assert f"{np.mean([draw['told'] for draw in stored['pretext']]):.2f}" == "0.52"
assert model.output_shape == (None, 4) and rotation.output_shape == (None, 128)
probed = probe(rotation, 200)  # transfer begins here, with labels of another task
assert 0.1 < probed < 1  # better than chance

# %% [markdown]
# ## 两个样子，一张照片 · Two views, one photo

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **对比学习**（contrastive learning）出另一道题：$n$ 张照片，每张随机裁剪、翻转、变色两次；$2n$ 个样子里，哪一个和给定的一个来自同一张照片？SimCLR（Chen 等，2020）的损失叫 NT-Xent。设 $u_i$ 是第 $i$ 个样子的嵌入（网络给出的向量，长度变成 1），它的另一半是 $i'=i+n$（后 $n$ 个减 $n$），$\tau$ 是温度：
#
# $$L=-\frac1{2n}\sum_i\log\frac{e^{u_i\cdot u_{i'}/\tau}}{\sum_{j\ne i}e^{u_i\cdot u_j/\tau}}$$
#
# 就是第 02 课的交叉熵：$2n-1$ 个“类别”，正确的是另一半。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Contrastive learning** asks something else: crop, flip and recolour each of $n$ photos at random, twice; which of the $2n$ views shows the same photo as a given one? The loss of SimCLR (Chen et al., 2020) is called NT-Xent. Let $u_i$ be the embedding of view $i$ (the vector that the network gives, made to have length 1), let $i'=i+n$ be its partner (minus $n$ for the last $n$), and $\tau$ the temperature:
#
# $$L=-\frac1{2n}\sum_i\log\frac{e^{u_i\cdot u_{i'}/\tau}}{\sum_{j\ne i}e^{u_i\cdot u_j/\tau}}$$
#
# It is the cross-entropy of lesson 02: $2n-1$ “classes”, and the partner is the right one.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 1**：写出 `nt_xent`：输入 $2n$ 行（长度任意，你先变成 1；前 $n$ 行和后 $n$ 行配对）和 $\tau$，返回损失，一个数。卡住时运行 `hint("16-1")`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 1**: write `nt_xent`: given $2n$ rows (of any length, make it 1 first; the first $n$ pair with the second $n$) and $\tau$, return the loss, a number. When you are stuck: `hint("16-1")`.
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
# 再求梯度。交叉熵对 logit 的梯度是“概率减正确答案”（第 02 课）：$G=\frac{P-Y}{2n}$，$P$ 是每行的 softmax，$Y$ 在另一半的位置是 1。logit 是 $u_i\cdot u_j/\tau$。一个 $u_i$ 在第 $i$ 行给出 $\sum_jG_{ij}u_j/\tau$，在第 $i$ 列给出 $\sum_jG_{ji}u_j/\tau$，加起来（把长度变成 1 的那一步不算在内，训练时交给自动微分）
#
# $$\frac{\partial L}{\partial u}=\frac{(G+G^\top)\,u}{\tau}$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now the gradient. For the logits of a cross-entropy it is “probability minus right answer” (lesson 02): $G=\frac{P-Y}{2n}$, where $P$ is the softmax of each row and $Y$ is 1 at the partner. The logits are $u_i\cdot u_j/\tau$. Each $u_i$ gives $\sum_jG_{ij}u_j/\tau$ by row $i$ and $\sum_jG_{ji}u_j/\tau$ by column $i$, in all (the step that makes lengths 1 is not included; in training automatic differentiation does it)
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
assert np.isclose(
    loss_and_gradient(np.ones((8, 3)) / 3**0.5)[0], np.log(7)
)  # all alike: log(2n − 1)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在训练。样子由 `view` 随机做出，下面是 4 张照片，每张两个样子；网络后面接一个小的**投影头**（projection head），损失在它的输出上算，训练完就扔掉。
#
# 一批 200 张照片，400 个样子。如果向量全一样，399 个“类别”的概率就都一样，损失是 $\log 399$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now train. `view` makes a random view, below are 4 photos with two views of each; behind the network comes a small **projection head**, the loss is computed on its output, and after training it is thrown away.
#
# A batch is 200 photos, 400 views. If all vectors were alike, all 399 “classes” would be equally probable, and the loss $\log 399$.
#
# </div>


# %% tags=["photo-live", "setup"]
def pull(u):
    n = u.shape[0] // 2
    return -tf.reduce_mean(tf.reduce_sum(u[:n] * u[n:], 1))


def spread(u):  # mean standard deviation of the directions; 1 when spread evenly
    return u.std(axis=0).mean() * u.shape[1] ** 0.5


def view(x):  # crop, mirror, colours, sometimes grey
    n, u = x.shape[0], tf.random.uniform
    side = u((n,), 0.5, 1.0)
    corner = u((n, 2)) * (1 - side[:, None])
    box = tf.concat([corner, corner + side[:, None]], 1)
    x = tf.image.crop_and_resize(x, box, tf.range(n), (32, 32))
    x = tf.where(u((n, 1, 1, 1)) < 0.5, x[:, :, ::-1], x)
    x = x * u((n, 1, 1, 3), 0.7, 1.3) * u((n, 1, 1, 1), 0.6, 1.4) + u((n, 1, 1, 1), -0.8, 0.8)
    grey = tf.repeat(tf.reduce_mean(x, -1, keepdims=True), 3, -1)
    return tf.where(u((n, 1, 1, 1)) < 0.3, grey, x)


def train(loss_of, epochs):
    """A network, its losses, and the embeddings of two views of the 400 photos."""
    net = network()
    head = keras.Sequential([layers.Dense(128, activation="relu"), layers.Dense(64)])
    whole, optimizer = keras.Sequential([net, head]), keras.optimizers.Adam(2e-3)

    @tf.function(autograph=False)
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


some = x_free[[5, 85, 205, 325]]
figures.show_photos(
    [((v + 2) * 64).clip(0, 255).astype("uint8") for v in np.concatenate([view(some), view(some)])],
    [name if k == 0 else "" for name in ("一个样子 one view", "另一个 the other") for k in range(4)],
    "上下两排各 4 张小图：同一列是同一张照片的两个样子，裁剪、左右和颜色不同，有的变成灰色。",
    "Two rows of 4 small pictures: in each column two views of one photo, cropped, mirrored and coloured differently, some of them grey.",
    columns=4,
)  # fmt: skip


# %%
def contrast(u, tau=0.5):  # NT-Xent in TensorFlow
    n = u.shape[0] // 2
    logits = u @ tf.transpose(u) / tau - 1e9 * tf.eye(2 * n)
    partner = tf.concat([tf.range(n, 2 * n), tf.range(n)], 0)
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(partner, logits))


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
# ## 坍缩：只拉近，不推开 · Collapse: pulling without pushing

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 分母在做什么？它把**别的**照片推开。把它去掉，只把一对拉近：$L=-\frac1n\sum_{i\le n}u_i\cdot u_{i'}$，最低是 $-1$。同样的网络，同样的照片。猜：损失会降到 $-0.95$ 以下吗？写 `True` 或 `False`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What does the sum below the line do? It pushes **other** photos away. Leave it out and only pull pairs together: $L=-\frac1n\sum_{i\le n}u_i\cdot u_{i'}$, at best $-1$. The same network, the same photos. Guess: will the loss fall below $-0.95$? Write `True` or `False`.
#
# </div>

# %% tags=["exercise"]
predict("16-p2", ...)  # True or False


# %% tags=["nbval-ignore-output"]
_, pulled, fallen = train(pull, epochs=8)
say("只拉近的损失 loss of pulling", f"{pulled[-1]:.3f}")
table(["训练 training", "散布 spread"], [["NT-Xent", f"{spread(u):.2f}"], ["只拉近 pulling only", f"{spread(fallen):.2f}"]])  # fmt: skip
outcome("16-p2", pulled[-1] < -0.95)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 损失几乎到底，散布却只剩一小部分：所有照片挤向同一个点，这叫**坍缩**（collapse）。损失看不出它，**标准差**看得出：长度为 1 的 $d$ 维向量均匀散开时，每个方向的标准差约为 $1/\sqrt d$，乘以 $\sqrt d$ 就是上面的“散布”，约为 1；全都一样时是 0（Chen、He，2021）。
#
# 不推开也不是非坍缩不可：他们的网络有一边不传梯度，就没有坍缩。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The loss is almost as low as it can be, and little of the spread is left: all photos crowd into one point. This is **collapse**. The loss does not show it, the **standard deviation** does: for vectors of length 1 in $d$ dimensions, spread evenly, it is about $1/\sqrt d$ in each direction; times $\sqrt d$ it is the “spread” above, about 1; when all are alike it is 0 (Chen and He, 2021).
#
# Without a push collapse is not inevitable: their network stops the gradient on one side and does not collapse.
#
# </div>

# %% tags=["setup"]
assert pulled[-1] < -0.95 and spread(fallen) < 0.7 * spread(u)
rng = np.random.default_rng(0)
even = rng.normal(size=(5000, 64))
even /= np.linalg.norm(even, axis=1, keepdims=True)
assert abs(spread(even) - 1) < 0.01 and spread(np.ones((9, 4))) == 0
runs = {key: np.array([draw[key] for draw in stored["pretext"]]) for key in ("simclr spread", "collapse spread", "collapse loss")}  # fmt: skip
fig, ax = plt.subplots(figsize=(6, 1.9))
for row, key in enumerate(("simclr spread", "collapse spread")):
    at = np.full(len(runs[key]), -row)
    ax.plot(runs[key], at, "os"[row], color=BLUE, markevery=1, alpha=0.7)
ax.set(xlim=(-0.02, 1.05), ylim=(-1.6, 0.6), xlabel="散布（存下的，9 次） spread (stored, 9 runs)")
ax.set_yticks([0, -1], ["NT-Xent", "只拉近 pulling only"])
figures.show(
    fig,
    "两行点：NT-Xent 的散布接近 1，只拉近的明显更小，9 次都是。",
    "Two rows of points: the spread of NT-Xent is close to 1, that of pulling only clearly smaller, in all 9 runs.",
)
assert (runs["collapse spread"] < runs["simclr spread"] - 0.5).all() and (
    runs["collapse loss"] < -0.9
).all()

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
WAYS = {"lite0": "ImageNet Lite0", "simclr": "SimCLR", "rotation": "旋转 rotation", "scratch": "从零训练 scratch",
        "random": "没训练过 untrained", "pixels": "像素 pixels", "collapse": "只拉近 pulling only"}  # fmt: skip


def accuracies(way, n):
    return np.array([draw[way][str(n)] for draw in stored["pretext"]])


counts = (10, 50, 200)
fig, ax = plt.subplots(figsize=(6.6, 3.2))
for way, marker in zip(WAYS, "os^vDPX", strict=True):
    means, halves = zip(*(interval(accuracies(way, n)) for n in counts), strict=True)
    ax.errorbar(counts, means, halves, marker=marker, capsize=3, label=WAYS[way], markevery=1)
ax.axhline(0.1, color="#000000", ls=":", lw=1, marker="")
ax.set(
    xscale="log", xticks=counts, xticklabels=counts, xlabel="标签 labels", ylabel="准确率 accuracy"
)
ax.minorticks_off()
ax.legend(fontsize=7, ncols=2, loc="upper left")
ax.set_ylim(0.05, 1.0)
figures.show(
    fig,
    "准确率对标签数：Lite0 的线远远高过其他所有的线；其余的挤在下面。虚线是瞎猜。",
    "Accuracy against number of labels: the line of Lite0 is far above all others, which crowd below. The dotted line is chance.",
    names=("SimCLR", "ImageNet Lite0"),
)
table(["标签 labels", *map(str, counts)], [[name, *(shown(accuracies(way, n)) for n in counts)] for way, name in WAYS.items()])  # fmt: skip
outcome("16-p1", round(100 * accuracies("simclr", 200).mean()))
groups = {way: np.array([draw["groups"][way] for draw in stored["pretext"]]) for way in ("pixels", "simclr", "lite0")}  # fmt: skip
table(["特征 features", "调整兰德指数（存下的） adjusted Rand index (stored)"], [[WAYS[way], f"{v.mean():.2f}"] for way, v in groups.items()])  # fmt: skip
assert (groups["lite0"] > groups["simclr"] + 0.2).all() and abs(
    groups["simclr"].mean() - groups["pixels"].mean()
) < 0.03
means = {
    way: f"{accuracies(way, 200).mean():.2f}"
    for way in ("simclr", "rotation", "pixels", "random", "scratch", "collapse", "lite0")
}
assert [*means.values()] == ["0.30", "0.27", "0.27", "0.25", "0.24", "0.22", "0.79"]
ahead = {way: accuracies("simclr", 200) - accuracies(way, 200) for way in WAYS if way not in ("simclr", "lite0")}  # fmt: skip
table(["200 个标签，成对 200 labels, paired", "SimCLR 多 SimCLR is ahead by"], [[WAYS[way], shown(more, 3, "+")] for way, more in ahead.items()])  # fmt: skip
assert all(np.greater(*interval(more)) for more in ahead.values())
assert (accuracies("lite0", 200) > accuracies("simclr", 200) + 0.3).all()
assert shown(accuracies("random", 200) - accuracies("collapse", 200)) == "0.022 ± 0.014"
assert shown(groups["simclr"] - groups["pixels"]) == "0.006 ± 0.005"

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 200 个标签时的准确率：SimCLR 0.30，旋转 0.27，没训练过的同样的网络 0.25，从零训练 0.24，连像素也有 0.27：没有标签的照片值一点，不多。成对地比，SimCLR 比没训练过的多 0.056 ± 0.015，比像素多 0.030 ± 0.018。坍缩的 0.22，比没训练过的还少 0.022 ± 0.014。
#
# ImageNet 的特征 0.79，高得多：Lite0 见过 128 万张**有标签**的照片，网络也大得多，这里只有 1,000 张没有标签的；哪一样最要紧，这个比较分不开。“不要标签”不等于“不要数据”。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With 200 labels SimCLR's features get 0.30 right, rotation's 0.27, the same network untrained 0.25, training from scratch 0.24, and even pixels 0.27: photos without labels are worth something, not much. In pairs SimCLR is ahead of untrained by 0.056 ± 0.015, of pixels by 0.030 ± 0.018. Collapsed features get 0.22, less than untrained ones by 0.022 ± 0.014.
#
# ImageNet's features get 0.79, far more: Lite0 has seen 1.28 million photos **with** labels and is a much larger network, here there are only 1,000 without; which of these matters most this comparison cannot tell. “No labels” does not mean “no data”.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第 05 课的第三种设定，无监督迁移，也在这里：两边都没有标签。把 500 张测试照片的特征聚成 10 组，与真的类别比：上面第二张表，调整兰德指数，瞎猜 0，全对 1。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The third setting of lesson 05, unsupervised transfer, is here as well: no labels on either side. Group the features of the 500 test photos into 10 clusters and compare with the true classes: the second table above, the adjusted Rand index, chance 0, perfect 1.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# SimCLR 的组几乎和像素的一样差，只多 0.006 ± 0.005：这么小的预训练，无监督迁移几乎没有好处。Lite0 的组好得多，但它的**源**有标签，不算这种设定。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# SimCLR's clusters are almost as poor as those of pixels, ahead by 0.006 ± 0.005: with so little pretraining unsupervised transfer gains next to nothing. Lite0's are much better, but its **source** had labels, so it is not this setting.
#
# </div>

# %% [markdown]
# ## 补上被盖住的 · Fill in what is covered

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第三道题：盖住一些格子，让模型补上（He 等，2022，盖住 75%，用很大的网络）。这里盖住一半，用简单的模型，一个线性回归，权重大了要罚：看得见的像素进去，盖住的像素出来，在 400 张小图上学，补另外 4 张。这里只看补得怎样，不再搬到别的任务上。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The third question: cover some cells and let the model fill them in (He et al., 2022, who cover 75%, with very large networks). Here half are covered, and the model is simple, a linear regression with a penalty on large weights, from the pixels that are seen to those that are covered, learned on 400 little pictures and tried on 4 others. We only look at what is filled in and do not carry it to another task.
#
# </div>

# %% tags=["setup"]
names = [path.stem for path in sorted(folder.glob("1f[3-6]??.png"))]
names = [names[k] for k in np.random.default_rng(2).permutation(len(names))[:404]]
icons = np.stack([emoji_picture(name, 24) for name in names]).reshape(404, -1) / 255
cells = (
    np.random.default_rng(3).permutation(36) < 18
)  # 6×6 cells of 4×4 pixels, half of them covered
hidden = np.repeat(np.kron(cells.reshape(6, 6), np.ones((4, 4), bool)).ravel(), 3)

# %%
seen = icons[:, ~hidden]
middle = icons[4:].mean(axis=0)
apart = seen[4:] - middle[~hidden]
kernel = apart @ apart.T + 20 * np.eye(400)  # ridge regression, as many unknowns as pictures
weights = apart.T @ np.linalg.solve(kernel, icons[4:, hidden] - middle[hidden])
filled = icons[:4].copy()
filled[:, hidden] = middle[hidden] + (seen[:4] - middle[~hidden]) @ weights

# %% tags=["setup"]
covered = icons[:4].copy()
covered[:, hidden] = 0.5
rows = [row.clip(0, 1).reshape(4, 24, 24, 3).repeat(4, 1).repeat(4, 2) for row in (covered, filled, icons[:4])]  # fmt: skip
figures.show_photos(
    [picture for row in rows for picture in row],
    [name if k == 0 else "" for name in ("盖住 covered", "补上 filled in", "原图 original") for k in range(4)],
    "上排 4 张小图盖住了一半的格子，中排是补上的，颜色大致对，轮廓模糊，有些没补出来，下排是原图。",
    "Above, 4 little pictures with half of the cells covered; in the middle, filled in, colours roughly right, shapes blurred and some missing; below, the originals.",
    columns=4,
    credit=CREDIT,
)  # fmt: skip
mistake = ((filled - icons[:4])[:, hidden] ** 2).mean()
assert mistake < 0.8 * ((middle - icons[:4])[:, hidden] ** 2).mean()  # better than the mean picture

# %% [markdown]
# ## 伪标签：模型当自己的老师 · Pseudo-labels: a model as its own teacher

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# CIFAR-10 的照片，有 20 个标签，还有 380 张没有。**伪标签**（pseudo-label；Lee，2013）：用 20 个标签训练，给 380 张打上自己的预测，够**有把握**的当作真的，再训练一次。问题是错的预测也当真了，新模型更相信它：**确认偏差**（confirmation bias；Arazo 等，2020）。
#
# **练习 2**：写出 `pseudo_labels`：输入概率（每张一行）和阈值，返回最大概率不低于阈值的行号，和它们的类别。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Photos of CIFAR-10: there are 20 labels, and 380 photos without. **Pseudo-labels** (Lee, 2013): train with the 20, label the 380 by your own predictions, take those that are **certain** enough for true, and train again. The trouble: wrong predictions are taken for true as well, and the new model believes them more. That is **confirmation bias** (Arazo et al., 2020).
#
# **Exercise 2**: write `pseudo_labels`: given probabilities (a row for each photo) and a threshold, return the numbers of the rows whose largest probability is at least the threshold, and their classes.
#
# </div>


# %% tags=["exercise"]
def pseudo_labels(p, threshold):
    """p: array (n, C), a threshold -> (row numbers, classes)"""
    return ...


check("16-2", pseudo_labels)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 存下的 9 次，Lite0 的特征，3 轮。“留下的错”是第一次就错的照片里，3 轮以后答案还一样的比例：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Stored, 9 draws, Lite0's features, 3 rounds. “Mistakes kept” is the share of the photos that were wrong at first and get the same answer after 3 rounds:
#
# </div>

# %% tags=["setup"]
thresholds = ("0.0", "0.5", "0.9")


def of_pseudo(threshold, key, k=None):
    values = [draw[threshold][key] for draw in stored["pseudo"]]
    return np.array([v if k is None else v[k] for v in values])


gains = {c: of_pseudo(c, "accuracy", -1) - of_pseudo(c, "accuracy", 0) for c in thresholds}
table(
    ["阈值 threshold", "最初收下 taken at first", "其中对 of these right", "准确率的改变 change of accuracy", "留下的错 mistakes kept"],
    [[c if float(c) else "0（全收） 0 (all)", f"{of_pseudo(c, 'taken', 0).mean():.2f}", f"{of_pseudo(c, 'right', 0).mean():.2f}" if of_pseudo(c, "taken", 0).any() else "–",
      shown(gains[c], sign="+"), f"{of_pseudo(c, 'kept').mean():.2f}"] for c in thresholds],
)  # fmt: skip
fig, ax = plt.subplots(figsize=(6, 2.4))
for c, colour, marker in zip(thresholds, (ORANGE, BLUE, GREEN), "so^", strict=True):
    means = [of_pseudo(c, "accuracy", k).mean() for k in range(4)]
    ax.plot(range(4), means, color=colour, marker=marker, markevery=1, label=f"阈值 threshold: {c}")
ax.set(xticks=range(4), xlabel="第几轮 round", ylabel="测试准确率 test accuracy")
ax.legend(fontsize=8)
figures.show(
    fig,
    "三条线，测试准确率对轮次：阈值 0.5 的一轮比一轮低，阈值 0 的升高约 0.02，阈值 0.9 的是平的。",
    "Three lines, test accuracy against rounds: threshold 0.5 falls round by round, threshold 0 rises by about 0.02, threshold 0.9 is flat.",
)
assert [f"{abs(gains[c].mean()):.2f}" for c in ("0.5",)] == ["0.09"] and gains["0.5"].mean() < -0.04
assert abs(gains["0.0"].mean()) < 0.03 and abs(gains["0.9"].mean()) < 0.03
assert [
    f"{of_pseudo('0.5', key, k).mean():.2f}" for k in (0, -1) for key in ("taken", "right")
] == ["0.12", "0.90", "0.78", "0.60"]
assert [f"{of_pseudo(c, 'kept').mean():.2f}" for c in ("0.0", "0.5")] == ["1.00", "0.43"]
assert not of_pseudo("0.9", "taken").any() and f"{gains['0.0'].mean():.2f}" == "0.02"

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 出乎意料，最差的是中间的 0.5：准确率降了 0.09。第一轮收下的只有 0.12，其中 0.90 是对的，看上去很安全。可是再训练，模型更自信，收下更多：最后一轮收下 0.78，对的只剩 0.60，新的错也当真了。一个可能的原因：先收下的偏向它最熟的几类。
#
# 留下的错只有 0.43：答案变了许多，准确率却降了。
#
# 全收（0）时错误原样留下 1.00，确认偏差最纯，准确率却多 0.02，区间含 0；0.9 一张也没收，什么也没变。没有一个阈值好很多：**先量，再用**。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Against expectation the one in the middle is worst: with 0.5 the accuracy falls by 0.09. In round one only 0.12 are taken and 0.90 of these are right, which looks safe. But trained again it is surer and takes more: 0.78 in the last round, of which only 0.60 are right, new mistakes taken for true. One possible reason: the first ones are mostly of the classes it knows best.
#
# Only 0.43 of the mistakes are kept: many answers change, yet accuracy falls.
#
# Taking all (0) keeps 1.00 of the mistakes, confirmation bias at its purest, yet accuracy gains 0.02, with an interval that holds 0. 0.9 takes none, nothing changes. No threshold gains much: **measure first, then use**.
#
# </div>

# %% [markdown]
# ## 用一句话分类 · Classify by a sentence

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 换一种不要标签的办法：**描述**要找的东西。Lite0 会给 1,000 个 ImageNet 类别的概率，第 13 课的句子编码器把任何一句话（16 种语言）变成 512 维的向量，英文类名也是。ConSE（Norouzi 等，2014，用的是词向量）把两者接起来，**什么也不训练**：照片的位置 = 最像的 $k$ 个类名的向量，按概率加权平均。再问：离哪句话最近？
#
# **练习 3**：写出 `conse`：输入概率 `(n, C)`、类名的向量 `(C, d)` 和 $k$，返回数组 `(n, d)`，每行长度为 1。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Another way without labels: **describe** what you look for. Lite0 gives probabilities of 1,000 ImageNet classes, and the sentence encoder of lesson 13 turns any sentence (in 16 languages) into a vector of 512 numbers, the English class names as well. ConSE (Norouzi et al., 2014, with word vectors) joins the two and **trains nothing**: the place of a photo is the mean of the vectors of the $k$ class names it resembles most, weighted by probability. Then ask: which sentence is nearest?
#
# **Exercise 3**: write `conse`: given probabilities `(n, C)`, vectors of the class names `(C, d)` and $k$, return an array `(n, d)` with rows of length 1.
#
# </div>


# %% tags=["exercise"]
def conse(p, names, k):
    """probabilities (n, C), vectors of the names (C, d), how many -> (n, d), rows of length 1"""
    return ...


check("16-3", conse)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 200 张猫狗照片，两句中文，或者两句英文，没有一张训练照片。猜：用中文，100 张对几张？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 200 photos of cats and dogs, two Chinese sentences or two English ones, and not one training photo. Guess: with Chinese, how many of 100 are right?
#
# </div>

# %% tags=["exercise"]
predict("16-p3", ...)  # 0–100

# %% tags=["setup"]
head = backbones.load("efficientnet_lite0", include_top=True).weights[-2:]
W, b = (w.numpy() for w in head)
class_names = features.of_texts(backbones.imagenet_classes())
assert W.shape == (1280, 1000) and class_names.shape == (1000, 512)


def probabilities(phi):
    z = phi @ W + b
    p = np.exp(z - z.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


# %%
def place(p, k=10):  # ConSE, as in the exercise
    top = np.argsort(-p, axis=1)[:, :k]
    mixed = (np.take_along_axis(p, top, 1)[..., None] * class_names[top]).sum(axis=1)
    return mixed / np.linalg.norm(mixed, axis=1, keepdims=True)


def nearest(places, captions):
    return (places @ features.of_texts(captions).T).argmax(axis=1)


# %% tags=["nbval-ignore-output"]
pets = photos.default("train")
places = place(probabilities(features.extract(pets)))
zh = nearest(places, ["一张猫的照片", "一张狗的照片"]) == pets.labels
en = nearest(places, ["a photo of a cat", "a photo of a dog"]) == pets.labels
table(["200 张猫狗 200 cats and dogs", "准确率 accuracy"], [["中文 Chinese", f"{zh.mean():.3f}"], ["英文 English", f"{en.mean():.3f}"]])  # fmt: skip
outcome("16-p3", round(100 * zh.mean()))

# %% tags=["setup"]
assert min(zh.mean(), en.mean()) > 0.85

# %% tags=["setup", "nbval-ignore-output"]
ZH = "飞机 汽车 鸟 猫 鹿 狗 青蛙 马 船 卡车".split()
EN = [path.name for path in folders]
p10 = place(probabilities(features.extract(list(files))))
right10 = {"中文 Chinese": nearest(p10, ZH), "英文 English": nearest(p10, EN)}
table(["600 张小照片 600 small photos", "准确率（瞎猜 0.1） accuracy (chance 0.1)"], [[name, f"{(c == y).mean():.2f}"] for name, c in right10.items()])  # fmt: skip
fig, ax = plt.subplots(figsize=(4.6, 3.6))
counts10 = np.zeros((10, 10), int)
np.add.at(counts10, (y, right10["中文 Chinese"]), 1)
ax.imshow(counts10, cmap="Blues", vmax=60)
for i, j in np.ndindex(10, 10):
    if counts10[i, j] >= 6:
        ax.text(
            j,
            i,
            counts10[i, j],
            ha="center",
            va="center",
            fontsize=8,
            color="#ffffff" if counts10[i, j] > 30 else "#000000",
        )
ax.set_xticks(
    range(10), [f"{a}\n{c}" for a, c in zip(ZH, EN, strict=True)], rotation=90, fontsize=6
)
ax.set_yticks(range(10), [f"{a} {c}" for a, c in zip(ZH, EN, strict=True)], fontsize=7)
ax.set(xlabel="答案，用中文问 answer, asked in Chinese", ylabel="真的 truth")
ax.grid(False)
figures.show(
    fig,
    "用中文问的 10×10 混淆矩阵：狗、卡车、船多半在对角线上；马的一行几乎全在鹿和狗两列，对角线上几乎没有；一半以上的汽车成了卡车。",
    "A 10×10 confusion matrix, asked in Chinese: dogs, trucks and ships are mostly on the diagonal; the row of horses lies almost wholly in the columns of deer and dog, hardly anything on the diagonal; more than half of the automobiles became trucks.",
)  # fmt: skip

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 换一种语言，一张照片也不用换。猫和狗对得多，因为 ImageNet 里有许多种狗和几种猫，Lite0 见过它们的标签。
#
# 失败也有意思：1,000 类里没有普通的马，只有“栗色马”这样的邻居。用中文问，60 张马几乎没有一张答“马”，多半答鹿或狗。ConSE 只能说出**类名附近**的东西。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Another language, and not a single photo has to change. Cats and dogs go well because ImageNet has many kinds of dog and a few of cat: Lite0 has seen their labels.
#
# Failures teach, too: the 1,000 classes have no ordinary horse, only neighbours such as the sorrel. Asked in Chinese, hardly any of the 60 horses is called a horse, most a deer or a dog. ConSE can only say what is **near a class name**.
#
# </div>

# %% [markdown]
# ## 迷你 CLIP · A mini-CLIP

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# CLIP（Radford 等，2021）用 4 亿对图和文字，从零训练两个网络，把它们放进**同一个**空间。我们做一个小的：1,655 个彩色表情和它们的英文名。Lite0 和句子编码器都冻结，只训练两个**线性映射**，各到 128 维。损失就是 NT-Xent 的亲戚：一批 128 对，每张图在 128 个名字里找自己的，每个名字在 128 张图里找自己的。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# CLIP (Radford et al., 2021) trains two networks from scratch on 400 million pairs of picture and text to put both into **one** space. Ours is small: 1,655 colour emoji and their English names. Lite0 and the sentence encoder stay frozen, only two **linear maps** are trained, each to 128 numbers. The loss is a relative of NT-Xent: of 128 pairs, each picture looks for its own among 128 names, and each name among 128 pictures.
#
# </div>

# %% tags=["setup"]
assert all((c == y).mean() > 0.35 for c in right10.values())
agree = (right10["中文 Chinese"] == right10["英文 English"]).mean()
assert agree > 0.35
assert counts10[7, 7] < 6 and counts10[7, 4] + counts10[7, 5] > 30  # horses: deer or dogs
assert "sorrel" in backbones.imagenet_classes() and "horse" not in backbones.imagenet_classes()
root = assets.fetch("emoji_names")
english, chinese = (
    json.loads((root / f"{name}.json").read_text(encoding="utf-8"))
    for name in ("emoji", "emoji_zh")
)


def plain(name):
    return name.strip(":").replace("_", " ").replace("-", " ")


def emoji_row(sign):
    """(file, English name, Chinese name), or None for flags, skin tones and what has no picture."""
    codes, told, name = [f"{ord(c):x}" for c in sign], english[sign], chinese.get(sign)
    name = name if isinstance(name, str) else (name or {}).get("zh")
    flag = any(0x1F1E6 <= ord(c) <= 0x1F1FF for c in sign)
    if told["status"] != 2 or not name or flag or "skin_tone" in told["en"]:
        return None
    for stem in ("-".join(codes), "-".join(c for c in codes if c != "fe0f")):
        if (folder / f"{stem}.png").exists():
            return folder / f"{stem}.png", plain(told["en"]), plain(name)
    return None


signs = [row for row in map(emoji_row, english) if row]
pictures, in_english, in_chinese = zip(*signs, strict=True)
images = features.extract(list(pictures))
texts, texts_zh = features.of_texts(in_english), features.of_texts(in_chinese)
order = np.random.default_rng(16).permutation(len(signs))
asked, known = order[:200], order[200:]
images = (images - images[known].mean(axis=0)) / (images[known].std(axis=0) + 1e-3)
assert len(signs) == 1655 and images.shape == (1655, 1280) and texts.shape == (1655, 512)
of_picture, of_name = layers.Dense(128), layers.Dense(128)
of_picture.build((None, 1280))
of_name.build((None, 512))
optimizer = keras.optimizers.Adam(1e-3)


def ranking(names):
    """For each asked picture: numbers of the 200 names, the most similar first."""
    u = tf.nn.l2_normalize(of_picture(images[asked]), 1).numpy()
    return np.argsort(-u @ tf.nn.l2_normalize(of_name(names[asked]), 1).numpy().T, axis=1)


def top(ranks, k):
    return (ranks[:, :k] == np.arange(200)[:, None]).any(axis=1).mean()


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 训练时只有英文名。然后用**中文**问 200 张没见过的图：200 个中文名里，哪一个是它？瞎猜平均对 1 张。猜：第一名对几张？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Training has English names only. Then ask about 200 unseen pictures in **Chinese**: which of 200 Chinese names is it? Chance gets 1 right on average. Guess: how often is the first name right?
#
# </div>

# %% tags=["exercise"]
predict("16-p4", ...)  # 0–200


# %%
@tf.function(autograph=False)
def clip_step(image, text):
    with tf.GradientTape() as tape:
        u = tf.nn.l2_normalize(of_picture(tf.nn.dropout(image, 0.3)), 1)
        logits = u @ tf.transpose(tf.nn.l2_normalize(of_name(text), 1)) / 0.07
        own = tf.range(image.shape[0])  # each with its own
        both = [
            tf.nn.sparse_softmax_cross_entropy_with_logits(own, z)
            for z in (logits, tf.transpose(logits))
        ]
        loss = tf.reduce_mean(both)
    w = of_picture.trainable_variables + of_name.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, w), w, strict=True))


for epoch in range(25):
    mixed = np.random.default_rng(epoch).permutation(known)
    for some in np.split(mixed[: 11 * 128], 11):
        clip_step(images[some], texts[some])

# %% tags=["nbval-ignore-output"]
in_zh = ranking(texts_zh)
rows = [["英文 English", *(f"{top(ranking(texts), k):.3f}" for k in (1, 5))],
        ["中文，没有训练过 Chinese, never trained on", *(f"{top(in_zh, k):.3f}" for k in (1, 5))],
        ["瞎猜 chance", "0.005", "0.025"]]  # fmt: skip
table(["200 张新图 200 new pictures", "第一名 first", "前五名 first five"], rows)
outcome("16-p4", round(200 * top(in_zh, 1)))

# %% tags=["setup"]
assert (
    top(in_zh, 1) > 0.1 and top(in_zh, 5) > 0.25 and top(ranking(texts), 1) > top(in_zh, 1) - 0.03
)
plain_names = [zh.isalpha() and not zh.isascii() and len(zh) < 6 and en.replace(" ", "").isalpha() and len(en) < 16
               and not any(c.isascii() for c in zh) for zh, en in zip(in_chinese, in_english, strict=True)]  # fmt: skip
fits = np.array([plain_names[asked[k]] and plain_names[asked[in_zh[k, 0]]] for k in range(200)])
is_hit = in_zh[:, 0] == np.arange(200)
tiles = [*np.flatnonzero(is_hit & fits)[:4], *np.flatnonzero(~is_hit & fits)[:8]]
answers = [asked[in_zh[k, 0]] for k in tiles]
figures.show_photos(
    [photos.read(pictures[asked[k]], 72).astype("uint8") for k in tiles],
    [f"{'✓' if is_hit[k] else '✗'} {in_chinese[a]} {in_english[a]}" for k, a in zip(tiles, answers, strict=True)],
    "上排 4 张图的中文第一名是对的；下面两排 8 张是错的，有的名字是近邻，例如另一种动物，有的毫不相干。",
    "Above, 4 pictures whose first Chinese name is right; below, 8 that are wrong, some by a neighbour such as another animal, some altogether.",
    columns=4,
    credit=CREDIT,
)  # fmt: skip

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 图和英文名学到的对应，经过多语言的句子空间搬到了中文，训练时**没有一个中文名**。标题是它给出的名字，标 ✗ 的是错的：有的错得近，有的毫不相干。
#
# 另一种失败更重要。这两个映射只见过**画**出来的图。问它真照片里是猫还是狗呢？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What pictures and English names have taught is carried over to Chinese through the encoder's space of sentences, **without one Chinese name** in training. Titles show the name that was given, here in English; those marked ✗ are wrong, some not by far, some altogether.
#
# Another failure matters more. These two maps have seen **drawn** pictures only. Ask about real photos: cat or dog?
#
# </div>

# %% tags=["nbval-ignore-output", "setup"]
raw = features.extract(list(pictures))
phi = (features.extract(pets) - raw[known].mean(axis=0)) / (raw[known].std(axis=0) + 1e-3)
u_pets = tf.nn.l2_normalize(of_picture(phi), 1).numpy()
drawn = {
    name: (u_pets @ tf.nn.l2_normalize(of_name(features.of_texts(words)), 1).numpy().T).argmax(1)
    == pets.labels
    for name, words in {"中文 Chinese": ["猫", "狗"], "英文 English": ["cat", "dog"]}.items()
}
table(["照片 photos", "准确率 accuracy"], [*([name, f"{v.mean():.2f}"] for name, v in drawn.items()), ["瞎猜 chance", "0.50"]])  # fmt: skip

# %% tags=["setup"]
clip_runs = {(lang, k): np.array([draw[lang][k] for draw in stored["clip"]]) for lang in ("en", "zh") for k in (0, 1)}  # fmt: skip
table(["存下的，9 次 stored, 9 runs", "第一名 first", "前五名 first five"],
      [[name, *(shown(clip_runs[lang, k]) for k in (0, 1))] for lang, name in (("en", "英文 English"), ("zh", "中文 Chinese"))])  # fmt: skip
assert interval(clip_runs["zh", 0])[0] - interval(clip_runs["zh", 0])[1] > 0.1
middle, half = interval(clip_runs["en", 0] - clip_runs["zh", 0])
assert middle > half
assert [f"{clip_runs[lang, 0].mean():.2f}" for lang in ("en", "zh")] == ["0.37", "0.25"]
assert all(v.mean() < 0.6 for v in drawn.values())  # two classes: like a coin; ConSE gets 0.85
alike = (texts * texts_zh).sum(axis=1)  # cosines of a name with its own Chinese one
assert alike.mean() < 0.95 and alike.mean() > (texts * np.roll(texts_zh, 1, axis=0)).sum(axis=1).mean() + 0.2  # fmt: skip

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 存下的平均：英文第一名 0.37，中文 0.25，瞎猜 0.005。换成中文问，变的只有名字的向量；两种语言的向量只是相近，所以差一些。
#
# 这一次训练的映射，在真照片上不比抛硬币（0.5）好，什么也没训练的 ConSE 却对了九成多。可能的原因：画和照片是两个领域（第 12 课），1,455 对也太少，CLIP 用了 4 亿对。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Stored means: English first name 0.37, Chinese 0.25, chance 0.005. Asking in Chinese changes nothing but the vectors of the names; those of the two languages are close but not equal, so it is lower.
#
# On real photos the maps of this one training do no better than a coin (0.5), while ConSE, for which nothing was trained, gets more than nine in ten right. Possible reasons: drawings and photos are two domains (lesson 12), and 1,455 pairs are few, where CLIP had 400 million.
#
# </div>

# %% [markdown]
# ## 试和错 · Trial and error

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 最后一种没有标签的学习：**强化学习**（reinforcement learning）。一个湖，6×6 格：从左上走到右下的 ★ 得 1 分，掉进洞（○）得 0 分，这一局就结束；满 100 步也结束。冰是滑的：想走的方向只有 80% 成真，其余滑向两旁。世界来自 `gymnasium` 的 FrozenLake。
#
# 记 $Q(s,a)$ 为在格 $s$ 走方向 $a$、以后都走最好的，平均能得的分；晚一步的分打折扣 $\gamma=0.95$。**Q 学习**（Q-learning；Watkins、Dayan，1992）在这里从一张全 0 的表开始，每走一步，得分 $r$，到了 $s'$：
#
# $$Q(s,a)\leftarrow Q(s,a)+\eta\,\big[r+\gamma\max_{a'}Q(s',a')-Q(s,a)\big]$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The last kind of learning without labels: **reinforcement learning**. A lake of 6×6 squares: walking from the upper left to ★ at the lower right pays 1; falling into a hole (○) pays 0; both end the episode, as do 100 steps. The ice is slippery: only 80% of moves go where they should, the rest slide aside. The world is FrozenLake of `gymnasium`.
#
# Let $Q(s,a)$ be what can be earned on average from square $s$ by move $a$ and the best moves after it; a step later is discounted by $\gamma=0.95$. **Q-learning** (Watkins and Dayan, 1992) starts here from a table of zeros; after each step, with reward $r$ and now in $s'$:
#
# $$Q(s,a)\leftarrow Q(s,a)+\eta\,\big[r+\gamma\max_{a'}Q(s',a')-Q(s,a)\big]$$
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 4**：写出 `q_step`：输入表、$s$、$a$、得分、$s'$、是否结束、$\eta$ 和 $\gamma$，返回**新的** $Q(s,a)$。结束以后没有以后。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 4**: write `q_step`: given the table, $s$, $a$, the reward, $s'$, whether it is over, $\eta$ and $\gamma$, return the **new** $Q(s,a)$. When it is over nothing follows.
#
# </div>


# %% tags=["exercise"]
def q_step(q, s, a, reward, s_next, over, rate, discount):
    """q: array (squares, 4), one step taken -> the new value of q[s, a]"""
    return ...


check("16-4", q_step)


# %% tags=["setup"]
def lake(rows):
    return gymnasium.make(
        "FrozenLake-v1", desc=rows, is_slippery=True, success_rate=0.8, max_episode_steps=100, disable_env_checker=True
    )  # fmt: skip


old = lake(["SFFFFF", "FFHFFF", "FFFFHF", "FHFFFF", "FFFHFF", "HFFFFG"])
changed = lake(["SFFFFF", "FFHFFF", "FFFFHF", "FHFFFF", "FFFHHF", "HFFFFG"])  # one more hole
swapped = lake(
    ["SFFFFF", "FFHFFF", "FFFFHF", "FHFFFF", "FFFHFF", "GFFFFH"]
)  # a hole is the goal, the goal a hole
GAMMA, ETA = 0.95, 0.3


# %%
def learn(world, q, episodes, seed, bonus=lambda s, t, over: 0.0):
    """Q-learning in place on the table q (36, 4); gives the reward of each episode."""
    rng, won = np.random.default_rng(seed), []
    world.reset(seed=seed)
    for _ in range(episodes):
        (s, _), over, cut = world.reset(), False, False
        while not (over or cut):
            best = np.flatnonzero(q[s] == q[s].max())
            a = int(rng.integers(4) if rng.random() < 0.1 else rng.choice(best))  # 10% curiosity
            t, reward, over, cut, _ = world.step(a)
            later = 0.0 if over else q[t].max()
            q[s, a] += ETA * (reward + bonus(s, t, over) + GAMMA * later - q[s, a])
            s = t
        won.append(reward)
    return np.array(won)


# %% tags=["nbval-ignore-output"]
q_old = np.zeros((36, 4))
won = learn(old, q_old, 1500, seed=16)
say(
    ("走到 ★：前 200 局", "reached ★: first 200"),
    f"{won[:200].mean():.2f}",
    "  ",
    ("后 200 局", "last 200"),
    f"{won[-200:].mean():.2f}",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 走的时候，90% 照表里最大的数走，10% 随便走，免得错过更好的。全 0 的表什么也不说，起初只是乱走，碰巧走到 ★ 才有第一个非 0 的数，再一格一格传回来。所以开头那么慢。
#
# 现在湖变了，多了一个洞。迁移就是**把旧表复制过去**，接着学。这既是强化学习，又是迁移学习：两者不是对手，是两条轴。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 90% of moves follow the largest number of the table, 10% are random, so that nothing better is missed. A table of zeros says nothing; at first it is a random walk, and only when it happens to meet ★ does a first number differ from 0 and travel back square by square. That is why the beginning is so slow.
#
# Now the lake changes: one more hole. Transfer here is to **copy the old table** and go on learning. This is reinforcement learning and transfer learning at once: they are not rivals but two axes.
#
# </div>

# %% tags=["shows-two-axes"]
from_zero = learn(changed, np.zeros((36, 4)), 300, seed=17)
carried = learn(changed, q_old.copy(), 300, seed=17)  # the same algorithm, another start
assert carried.mean() > from_zero.mean() + 0.1

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 再换一个湖：右下的 ★ 变成洞，左下的洞变成 ★。旧表还搬过去，前 100 局会比从零开始好、差不多，还是差？写一个字母。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Another lake: ★ at the lower right becomes a hole, the hole at the lower left becomes ★. Carry the old table over again: will the first 100 episodes be better than from scratch, about the same, or worse? Write a letter.
#
# </div>

# %% tags=["exercise"]
predict("16-p5", ...)  # A better, B about the same, C worse

# %% tags=["setup"]
fig, axes = plt.subplots(1, 3, figsize=(8.4, 2.6), sharey=True)
titles = {
    "changed": "多一个洞 one more hole",
    "swapped": "洞和 ★ 对调 swapped",
    "source": "势能（后面） potential (below)",
}
STYLES = {"scratch": (ORANGE, "s", "从零 scratch"), "transfer": (BLUE, "o", "搬来的表 transferred"), "shaped": (GREEN, "^", "势能 potential")}  # fmt: skip
for ax, (name, title) in zip(axes, titles.items(), strict=True):
    for way, (colour, marker, label) in STYLES.items():
        if f"{name} {way}" in stored["lakes"][0]:
            values = np.array([draw[f"{name} {way}"] for draw in stored["lakes"]])
            means, halves = zip(*(interval(v) for v in values.T), strict=True)
            ax.errorbar(
                np.arange(3) * 100 + 50,
                means,
                halves,
                color=colour,
                marker=marker,
                capsize=3,
                label=label,
                markevery=1,
            )
    ax.set(title=title, xlabel="局 episode", ylim=(-0.05, 1))
    ax.title.set_fontsize(9)
    ax.legend(fontsize=7)
axes[0].set_ylabel("走到 ★ reached ★")
figures.show(
    fig,
    "三幅图，走到目标的比例对局数，9 次的平均。左：搬来的表一开始就高，从零开始的几乎是 0。中：从零开始的很快升高，搬来的表从 0 慢慢升高，始终低得多，各次差别很大。右：有势能的很快升高，没有的几乎是 0。",
    "Three panels, share of episodes that reach the goal, means of 9 runs. Left: the transferred table is high from the start, scratch is almost 0. Middle: scratch rises fast, the transferred table climbs slowly from 0 and stays far below, with great differences between runs. Right: with a potential it rises fast, without one it is almost 0.",
)  # fmt: skip


def first(name, k=0):
    return np.array([draw[name][k] for draw in stored["lakes"]])


good, bad = (
    first("changed transfer") - first("changed scratch"),
    first("swapped transfer") - first("swapped scratch"),
)
table(["前 100 局，存下的 9 次 first 100, 9 stored runs", "搬来的减从零 transferred minus scratch"], [[titles["changed"], shown(good, 2, "+")], [titles["swapped"], shown(bad, 2, "+")]])  # fmt: skip
middle, half = interval(bad)
outcome("16-p5", "C" if middle + half < 0 else "A" if middle > half else "B")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 多一个洞：前 100 局，搬来的表走到 ★ 的比例多 0.31，从零开始的还在乱走。
#
# 对调：少 0.38。新的 ★ 离起点只有 5 步，从零很快就找到。旧表说左下是洞，绕着走；说右下最好，直奔新的洞。要先把这些错的数一格一格改掉，而全是零的表没有什么要忘的。这是强化学习里的**负迁移**（第 05、12 课；综述见 Taylor、Stone，2009）。自动驾驶里，从模拟搬到真车、从一座城市搬到另一座，问题是同一个：学到的东西，在哪里还对？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One more hole: in the first 100 episodes the transferred table reaches ★ more often, by 0.31; from scratch it still walks at random.
#
# Swapped: less often, by 0.38. The new ★ is 5 steps away, soon found from scratch. The old table calls the lower left a hole and keeps away, calls the lower right best and heads for the new hole. These wrong numbers must change square by square; a table of zeros has nothing to forget. This is **negative transfer** in reinforcement learning (lessons 05 and 12; survey: Taylor and Stone, 2009). In autonomous driving, from simulation to a real car or from one city to another, the question is the same: where does the old knowledge still hold?
#
# </div>

# %% [markdown]
# ## 势能：指路，不改目的地 · A potential: show the way, keep the destination

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 能不能每走近一步就给一点奖励？随便给会出事：来回走可以一直领（测验 5）。安全的办法（Ng 等，1999）是给**势能**（potential）$\Phi$ 的差：$\gamma\Phi(s')-\Phi(s)$，一局结束后 $\Phi=0$，$Q=0$。为什么最好的走法不变？旧的最优表满足（$E$ 是对打滑取平均）
#
# $$Q(s,a)=E\big[r+\gamma\max_{a'}Q(s',a')\big]$$
#
# 令 $\tilde Q(s,a)=Q(s,a)-\Phi(s)$，代进新奖励的方程：
#
# $$E\big[r+\gamma\Phi(s')-\Phi(s)+\gamma\max_{a'}(Q(s',a')-\Phi(s'))\big]=Q(s,a)-\Phi(s)=\tilde Q(s,a)$$
#
# $\Phi(s')$ 抵消了。$\gamma<1$ 时方程只有一个解，所以 $\tilde Q$ 就是新的最优表，每格里 4 个方向减去同一个数，次序不变。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Why not pay a little for each step closer? Paid carelessly it goes wrong: back and forth collects for ever (quiz 5). The safe way (Ng et al., 1999) pays differences of a **potential** $\Phi$: $\gamma\Phi(s')-\Phi(s)$, with $\Phi=0$ and $Q=0$ once it is over. Why does the best policy stay? The old best table satisfies ($E$ is the mean over slips)
#
# $$Q(s,a)=E\big[r+\gamma\max_{a'}Q(s',a')\big]$$
#
# Let $\tilde Q(s,a)=Q(s,a)-\Phi(s)$ and put it into the equation of the new reward:
#
# $$E\big[r+\gamma\Phi(s')-\Phi(s)+\gamma\max_{a'}(Q(s',a')-\Phi(s'))\big]=Q(s,a)-\Phi(s)=\tilde Q(s,a)$$
#
# $\Phi(s')$ cancels. For $\gamma<1$ the equation has one solution only, so $\tilde Q$ is the new best table; in each square the same number is taken off all 4 moves, and their order stays.
#
# </div>


# %%
def best_table(world, bonus=lambda s, t, over: 0.0):
    """The exact best table (36, 4), by value iteration: gymnasium knows all chances."""
    q = np.zeros((36, 4))
    for _ in range(300):
        q = np.array([[sum(p * (r + bonus(s, t, over) + GAMMA * (not over) * q[t].max())
                           for p, t, r, over in world.unwrapped.P[s][a]) for a in range(4)] for s in range(36)])  # fmt: skip
    return q


row, column = np.divmod(np.arange(36), 6)
potential = GAMMA ** (10 - row - column)  # as if nothing stood between here and ★


# %% tags=["any-seed"]
def shaped(s, t, over):
    return GAMMA * (not over) * potential[t] - potential[s]


def careless(s, t, over):
    return 0.1 * (row[t] + column[t] > row[s] + column[s])  # closer: 0.1, away: nothing


ground = np.array([kind in b"SF" for kind in old.unwrapped.desc.ravel()])
exact, other, greedy = best_table(old), best_table(old, shaped), best_table(old, careless)
assert np.allclose(other[ground], (exact - potential[:, None])[ground], atol=1e-6)
assert (other.argmax(1) == exact.argmax(1))[ground].all()  # the same best moves
assert (greedy.argmax(1) != exact.argmax(1))[ground].any()  # the careless bonus changes them

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 势能取 $\Phi=\gamma^k$，$k$ 是不管洞和滑时到 ★ 的步数。上一幅图的右边是存下的 9 次：前 100 局走到 ★ 的，有势能 0.28，没有 0.01。
#
# 还有一个事实（Wiewiora，2003）：带势能的 Q 学习，和**从 $Q=\Phi$ 开始**的普通 Q 学习，走同样的步，每一步的改变完全相同。所以给一个势能，就是搬来一张每格 4 个数都等于 $\Phi$ 的表：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The potential is $\Phi=\gamma^k$, where $k$ is the number of steps to ★ without holes and slips. On the right of the last figure are 9 stored runs: of the first 100 episodes 0.28 reach ★ with it, 0.01 without.
#
# Another fact (Wiewiora, 2003): Q-learning with a potential and plain Q-learning **started from $Q=\Phi$**, taking the same steps, change by the same amounts at each. So giving a potential is carrying over a table whose 4 numbers in each square equal $\Phi$:
#
# </div>

# %% tags=["any-seed", "setup"]
rng, a_way, b_way = (
    np.random.default_rng(16),
    np.zeros((36, 4)),
    np.repeat(potential[:, None], 4, axis=1),
)
s, _ = old.reset(seed=16)
for _ in range(500):
    a = int(rng.integers(4))  # both learn from the same steps
    t, reward, over, cut, _ = old.step(a)
    a_way[s, a] += ETA * (
        reward + shaped(s, t, over) + GAMMA * (not over) * a_way[t].max() - a_way[s, a]
    )
    b_way[s, a] += ETA * (reward + GAMMA * (not over) * b_way[t].max() - b_way[s, a])
    s = old.reset()[0] if over or cut else t
assert np.allclose(a_way + potential[:, None], b_way)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 动手：每格的数是它的价值 $\max_aQ(s,a)$，箭头是最好的方向。拖动墙（墙只挡路，洞才结束）。**把墙 A、B 堵住起点的两个出口，起点的价值变成 0**。再把墙放回原处，打滑调到 0：从上数第 2 行第 2 格的箭头原来躲开右边的洞，现在敢贴着洞往下走。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Try it: each square shows what it is worth, $\max_aQ(s,a)$, and the arrow is the best move. Drag the walls (walls only block, holes end it). **Close the start's two exits with walls A and B, and the start is worth 0**. Then put the walls back and set the slip to 0: the arrow of row 2 from above, square 2, kept away from the hole on its right; now it dares to go down beside it.
#
# </div>

# %% tags=["setup"]
assert (f"{good.mean():.2f}", f"{-bad.mean():.2f}") == ("0.31", "0.38")
middle, half = interval(good)
assert middle - half > 0.1
middle, half = interval(bad)
assert middle + half < 0
middle, half = interval(first("source shaped") - first("source scratch"))
assert f"{first('source shaped').mean():.2f} {first('source scratch').mean():.2f}" == "0.28 0.01"
assert middle - half > 0.1 and exact.max() < 1.0001
MAP = ["SFFFFF", "FFHFFF", "FFFFHF", "FHFFFF", "FFFHFF", "HFFFFG"]
WALLS = [(1, 4), (3, 2), (4, 5)]
sides = ((0, -1), (1, 0), (0, 1), (-1, 0))  # left, down, right, up


def worth(slip=0.2, discount=GAMMA):
    """Value of each square with the walls standing, and the best move."""
    value, best = np.zeros((6, 6)), np.zeros((6, 6), int)

    def after(i, j, move):
        k, m = i + sides[move][0], j + sides[move][1]
        if not (0 <= k < 6 and 0 <= m < 6) or (k, m) in WALLS:
            k, m = i, j
        return {"G": 1.0, "H": 0.0}.get(MAP[k][m], discount * value[k, m])

    for _ in range(200):
        new = np.zeros((6, 6))
        for i, j in np.ndindex(6, 6):
            if MAP[i][j] in "SF" and (i, j) not in WALLS:
                goes = [after(i, j, move) for move in range(4)]
                q = [
                    (1 - slip) * goes[a] + slip / 2 * (goes[a - 3] + goes[a - 1]) for a in range(4)
                ]
                new[i, j], best[i, j] = max(q), int(np.argmax(q))
        value = new
    return value, best


value, best = worth()
fig, ax = plt.subplots(figsize=(4, 4))
for i, j in np.ndindex(6, 6):
    kind = "W" if (i, j) in WALLS else MAP[i][j]
    shade = {"W": "#808080", "H": "#cccccc", "G": BLUE}.get(kind) or plt.cm.Blues(0.8 * value[i, j])
    ax.add_patch(plt.Rectangle((j, i), 0.96, 0.96, color=shade))
    sign = {"W": "ABC"[WALLS.index((i, j))] if kind == "W" else "", "H": "○", "G": "★"}.get(kind)
    text = sign if sign is not None else f"{'←↓→↑'[best[i, j]]}\n{value[i, j]:.2f}"
    ax.text(j + 0.48, i + 0.48, text, ha="center", va="center", fontsize=9, color="#000000")
ax.set(xlim=(0, 6), ylim=(6, 0), xticks=[], yticks=[])
ax.grid(False)
explorables.show(
    "lake",
    fig,
    "6×6 的湖：三面灰墙、五个洞、右下的目标；每格有价值和箭头，越近目标越深。",
    "A lake of 6×6: three grey walls, five holes, the goal at the lower right; each square has a value and an arrow, darker the nearer to the goal.",
    rows=" ".join(MAP),
    walls=np.array(WALLS).ravel(),
    slip=0.2,
    discount=GAMMA,
)
assert value[5, 4] > value[0, 0] > 0.1 and value[1, 4] == 0
assert best[1, 1] == 0 and worth(slip=0)[1][1, 1] == 1  # left, away from the hole; then down

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
quiz("16-q1")
quiz("16-q2")
quiz("16-q3")
quiz("16-q4")
quiz("16-q5")
progress()

# %% tags=["exercise"]
guesses("16")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 前置任务的标签不要钱；学到的特征用到别的任务上，才是迁移。
# * NT-Xent 是 $2n-1$ 类的交叉熵；这里去掉排斥，9 次都坍缩：看标准差，不看损失。
# * 比较特征用线性探测，对照里要有像素、没训练过的网络和 ImageNet。
# * 伪标签会确认自己的错：阈值要量，不要猜。
# * 同一个空间里，图可以用编码器懂的语言问，不限于训练用的那种；没见过的画风，照样会错。
# * 搬一张表可以快很多，也可以慢很多；势能差不改变最好的走法。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * The labels of a pretext task are free; it becomes transfer when the features serve another task.
# * NT-Xent is a cross-entropy with $2n-1$ classes; without the push all 9 runs collapsed here: look at the standard deviation, not at the loss.
# * Compare features by linear probing, with pixels, an untrained network and ImageNet beside them.
# * Pseudo-labels confirm their own mistakes: measure the threshold, do not guess it.
# * In one space, pictures can be asked for in languages that the encoder knows, not only in that of training; a style never seen still goes wrong.
# * Carrying a table over can be much faster, and much slower; differences of a potential keep the best policy.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S1 §2.5 | 这是两条轴，不是对手：微调就是监督学习，强化学习里也可以迁移 | <q>迁移学习与传统的机器学习方法如监督学习、无监督学习和强化学习等有着显著的区别</q> |
# | S3 §8.2 | 自监督是一种预训练的目标；把学到的表示用到别的任务上，才是迁移 | <q>自监督学习是一种不依赖于标注数据的迁移学习方法</q> |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S1 §2.5 | these are two axes, not rivals: fine-tuning is supervised learning, and there is transfer in reinforcement learning | <q>Transfer learning differs significantly from traditional machine learning methods like supervised learning, unsupervised learning, and reinforcement learning</q> |
# | S3 §8.2 | self-supervision is an objective for pretraining; it becomes transfer when the representation is used for another task | <q>自监督学习是一种不依赖于标注数据的迁移学习方法 [self-supervised learning is a method of transfer learning that does not depend on labelled data]</q> |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Arazo, Ortego, Albert, O’Connor, McGuinness, *Pseudo-Labeling and Confirmation Bias in Deep Semi-Supervised Learning*, IJCNN 2020, arXiv:1908.02983：确认偏差
# * Chen, Kornblith, Norouzi, Hinton, *A Simple Framework for Contrastive Learning of Visual Representations*, ICML 2020, arXiv:2002.05709：SimCLR 和 NT-Xent
# * Chen, He, *Exploring Simple Siamese Representation Learning*, CVPR 2021：用标准差看坍缩
# * Gidaris, Singh, Komodakis, *Unsupervised Representation Learning by Predicting Image Rotations*, ICLR 2018, arXiv:1803.07728：猜转角
# * He, Chen, Xie, Li, Dollár, Girshick, *Masked Autoencoders Are Scalable Vision Learners*, CVPR 2022, 16000–16009, arXiv:2111.06377：盖住再补上
# * Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, technical report, University of Toronto, 2009：CIFAR-10
# * Lee, *Pseudo-Label: The Simple and Efficient Semi-Supervised Learning Method for Deep Neural Networks*, ICML 2013 workshop Challenges in Representation Learning：伪标签
# * Ng, Harada, Russell, *Policy Invariance Under Reward Transformations: Theory and Application to Reward Shaping*, ICML 1999：势能不改变最好的走法
# * Norouzi, Mikolov, Bengio, Singer, Shlens, Frome, Corrado, Dean, *Zero-Shot Learning by Convex Combination of Semantic Embeddings*, ICLR 2014, arXiv:1312.5650：ConSE
# * Pan, Yang, *A Survey on Transfer Learning*, IEEE TKDE 22(10):1345–1359, 2010：三种设定
# * Radford et al., *Learning Transferable Visual Models From Natural Language Supervision*, ICML 2021, arXiv:2103.00020：CLIP
# * Taylor, Stone, *Transfer Learning for Reinforcement Learning Domains: A Survey*, Journal of Machine Learning Research 10:1633–1685, 2009：强化学习里的迁移
# * Towers et al., *Gymnasium: A Standard Interface for Reinforcement Learning Environments*, arXiv:2407.17032, 2024：FrozenLake 从这里来
# * Watkins, Dayan, *Q-learning*, Machine Learning 8:279–292, 1992：Q 学习
# * Wiewiora, *Potential-Based Shaping and Q-Value Initialization are Equivalent*, Journal of Artificial Intelligence Research 19:205–208, 2003, arXiv:1106.5267：势能等于起点
# * Yang et al., *Multilingual Universal Sentence Encoder for Semantic Retrieval*, arXiv:1907.04307, 2019：句子编码器
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Arazo, Ortego, Albert, O’Connor, McGuinness, *Pseudo-Labeling and Confirmation Bias in Deep Semi-Supervised Learning*, IJCNN 2020, arXiv:1908.02983: confirmation bias
# * Chen, Kornblith, Norouzi, Hinton, *A Simple Framework for Contrastive Learning of Visual Representations*, ICML 2020, arXiv:2002.05709: SimCLR and NT-Xent
# * Chen, He, *Exploring Simple Siamese Representation Learning*, CVPR 2021: collapse seen by the standard deviation
# * Gidaris, Singh, Komodakis, *Unsupervised Representation Learning by Predicting Image Rotations*, ICLR 2018, arXiv:1803.07728: predicting rotations
# * He, Chen, Xie, Li, Dollár, Girshick, *Masked Autoencoders Are Scalable Vision Learners*, CVPR 2022, 16000–16009, arXiv:2111.06377: covering and filling in
# * Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, technical report, University of Toronto, 2009: CIFAR-10
# * Lee, *Pseudo-Label: The Simple and Efficient Semi-Supervised Learning Method for Deep Neural Networks*, ICML 2013 workshop Challenges in Representation Learning: pseudo-labels
# * Ng, Harada, Russell, *Policy Invariance Under Reward Transformations: Theory and Application to Reward Shaping*, ICML 1999: potentials keep the best policy
# * Norouzi, Mikolov, Bengio, Singer, Shlens, Frome, Corrado, Dean, *Zero-Shot Learning by Convex Combination of Semantic Embeddings*, ICLR 2014, arXiv:1312.5650: ConSE
# * Pan, Yang, *A Survey on Transfer Learning*, IEEE TKDE 22(10):1345–1359, 2010: the three settings
# * Radford et al., *Learning Transferable Visual Models From Natural Language Supervision*, ICML 2021, arXiv:2103.00020: CLIP
# * Taylor, Stone, *Transfer Learning for Reinforcement Learning Domains: A Survey*, Journal of Machine Learning Research 10:1633–1685, 2009: transfer in reinforcement learning
# * Towers et al., *Gymnasium: A Standard Interface for Reinforcement Learning Environments*, arXiv:2407.17032, 2024: where FrozenLake comes from
# * Watkins, Dayan, *Q-learning*, Machine Learning 8:279–292, 1992: Q-learning
# * Wiewiora, *Potential-Based Shaping and Q-Value Initialization are Equivalent*, Journal of Artificial Intelligence Research 19:205–208, 2003, arXiv:1106.5267: a potential equals a start
# * Yang et al., *Multilingual Universal Sentence Encoder for Semantic Retrieval*, arXiv:1907.04307, 2019: the sentence encoder
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("16")
