# ---
# jupyter:
#   course: {minutes: 70, needs: ["01", "02", "05", "07"]}
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
# # 11 多任务与元学习 · Multi-task and meta-learning

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

from course_utils import assets, explorables, features, figures, paths, photos, waiting
from course_utils.bilingual import say, table
from course_utils.evaluation import t_interval
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
measured = json.loads((paths.DATA / "results" / "11.json").read_text(encoding="utf-8"))["full"]


def shown(values, digits=1):
    low, high = t_interval(values)
    return f"{np.mean(values):+.{digits}f} [{low:+.{digits}f}, {high:+.{digits}f}]"


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 左边是 12 个小任务：振幅和相位各不相同的正弦曲线。右边是一个新任务，只给 10 个点。从零训练的网络要走很多步才画得出它。
#
# **在许多小任务上练习过，下一个会不会变容易？**
#
# 练习有三种：几个任务一起学；先学好特征，新任务只看几张照片；专门学一个“走一步就到”的起点。这一课把三种各量一遍。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# On the left are 12 small tasks: sine curves, each with an amplitude and a phase of its own. On the right is a new task, of which only 10 points are given. A network that starts from scratch needs many steps to draw it.
#
# **Can practice on many small tasks make the next one easier?**
#
# There are three kinds of practice: learn several tasks together; learn features first, so that a new task takes a few photos; learn a start from which one step is enough. This lesson measures all three.
#
# </div>

# %% tags=["setup", "keep-output"]
grid, luck = np.linspace(-5, 5, 200), np.random.default_rng(3)
fig, axes = plt.subplots(1, 2, figsize=(8, 2.5), sharey=True, layout="constrained")
for _ in range(12):
    amplitude, phase = luck.uniform(0.1, 5), luck.uniform(0, np.pi)
    curve = amplitude * np.sin(grid - phase)
    axes[0].plot(grid, curve, "-", marker="", lw=1.2, color=figures.PALETTE[0], alpha=0.6)
places = luck.uniform(-5, 5, 10)
axes[1].plot(places, 4 * np.sin(places - 0.8), "o", color=figures.PALETTE[1], markevery=1)
axes[0].set(title="练习过的任务 tasks of practice", xlabel="x", ylabel="y")
axes[1].set(title="新任务：10 个点 · the new task: 10 points", xlabel="x")
figures.show(
    fig,
    "左：12 条正弦曲线，高矮和左右位置各不相同。右：同样的坐标轴上只有 10 个点，它们在一条没画出来的正弦曲线上。",
    "Left: 12 sine curves of different heights and positions. Right: on the same axes just 10 points, which lie on a sine curve that is not drawn.",
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 写出多任务的损失，用硬共享训练一个主干、两个头，量出辅助任务有没有帮助；
# * 求两个任务的梯度的余弦，说清它说明什么、不说明什么；
# * 推导不确定性加权，数出硬共享与软共享的参数；
# * 用 3 行代码写出原型分类器，用许多回合评估少样本学习；
# * 写出 MAML、一阶 MAML 和 Reptile 的一步，量出它们比联合训练好多少，又在哪里失灵。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * write the loss of several tasks, train one trunk with two heads by hard sharing, and measure whether an auxiliary task helps;
# * take the cosine of two tasks' gradients, and say what it tells and what it does not;
# * derive uncertainty weighting, and count the parameters of hard and soft sharing;
# * write a prototype classifier in 3 lines, and judge few-shot learning by many episodes;
# * write one step of MAML, first-order MAML and Reptile, and measure how much better they are than joint training, and where they fail.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 01 课的梯度、第 02 课的损失、第 05 课的迁移增益和第 07 课的冻结特征。在 2 个 CPU 核上运行全部单元格大约 1 分钟（第一次还要提取特征，再多半分钟），读完并做练习大约 70 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need the gradient from lesson 01, the losses of lesson 02, the transfer gain of lesson 05 and the frozen features of lesson 07. Running all cells takes about 1 minute on 2 CPU cores (the first time half a minute more, to extract features), reading and doing the exercises about 70 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这一课有 5 个猜测，各在它的实验旁边：先把 `...` 换成你的答案，再运行。最后它们与结果并排。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# This lesson has 5 predictions, each beside its experiment: put your answer in place of the `...`, then run. At the end they stand beside the results.
#
# </div>

# %% [markdown]
# ## 硬共享：一个主干，两个头 · Hard sharing: one trunk, two heads

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **多任务学习**（multi-task learning）让几个任务一起学。最简单的是**硬共享**（hard parameter sharing；做法出自 Caruana，1997）：一个主干 $\varphi_\theta$ 给大家用，每个任务有自己的头 $h_1$、$h_2$。损失相加，$\omega$ 是任务的权重：
#
# $$L(\theta,h_1,h_2)=\omega_1L_1(h_1,\theta)+\omega_2L_2(h_2,\theta)$$
#
# $L_1$ 是**主任务**（main task），我们真正要的；$L_2$ 是**辅助任务**（auxiliary task），学它只为帮主任务，学完就扔掉 $h_2$。$h_1$ 只从 $L_1$ 得到梯度，$h_2$ 只从 $L_2$，而 $\theta$ 从两个都得到：
#
# $$\nabla_\theta L=\omega_1g_1+\omega_2g_2,\qquad g_k=\nabla_\theta L_k$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Multi-task learning** learns several tasks together. The simplest way is **hard parameter sharing** (the method is Caruana's, 1997): one trunk $\varphi_\theta$ serves all, and each task has a head of its own, $h_1$ and $h_2$. Losses add up; $\omega$ is the weight of a task:
#
# $$L(\theta,h_1,h_2)=\omega_1L_1(h_1,\theta)+\omega_2L_2(h_2,\theta)$$
#
# $L_1$ belongs to the **main task**, the one we want; $L_2$ to an **auxiliary task**, learned only to help, and $h_2$ is thrown away afterwards. $h_1$ gets gradients from $L_1$ alone, $h_2$ from $L_2$, but $\theta$ from both:
#
# $$\nabla_\theta L=\omega_1g_1+\omega_2g_2,\qquad g_k=\nabla_\theta L_k$$
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 数据是 USPS 手写数字，每张随机向左或向右移 2 个像素（移出去的从另一边进来）。每张图可以问三个问题：
#
# * **主任务**：数字是偶数吗？只有 60 张有这个标签；
# * **相关的**辅助任务：数字里有没有封闭的环（0、6、8、9）？另外 1,000 张有这个标签；
# * **不相关的**辅助任务：图移向了右边吗？同样的 1,000 张。
#
# “有没有环”也要看懂笔画，“移向哪边”却不用认得数字。“有没有环”与主任务的标签本身也相关：有环的 4 个数字里 3 个是偶数，其余 6 个里只有 2 个。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The data are USPS handwritten digits, each moved at random by 2 pixels to the left or right (what leaves on one side enters on the other). Each picture allows three questions:
#
# * **main task**: is the digit even? Only 60 pictures have this label;
# * **related** auxiliary task: does the digit have a closed loop (0, 6, 8, 9)? 1,000 other pictures have this label;
# * **unrelated** auxiliary task: was the picture moved to the right? The same 1,000.
#
# “A loop or not” needs the strokes as well; “which side” needs no digit to be recognized. The first is also correlated with the main label: 3 of the 4 digits with a loop are even, and only 2 of the other 6.
#
# </div>


# %% tags=["setup"]
def questions(group, seed):
    """Pictures (n, 256) and the answers, 0.0 or 1.0, to three questions and to none."""
    pictures, digits = group["data"][:].reshape(-1, 16, 16), group["target"][:]
    side = np.random.default_rng(seed).integers(0, 2, len(digits)) == 1
    moved = np.where(side[:, None, None], np.roll(pictures, 2, 2), np.roll(pictures, -2, 2))
    answers = {"even": digits % 2 == 0, "loop": np.isin(digits, [0, 6, 8, 9]), "side": side}
    answers["random"] = np.random.default_rng(seed + 2).integers(0, 2, len(digits)) == 1
    flat = moved.reshape(-1, 256).astype("float32")
    return {"x": flat} | {name: answer.astype("float32") for name, answer in answers.items()}


with h5py.File(assets.fetch("usps")) as file:
    digits, digits_test = questions(file["train"], 0), questions(file["test"], 1)
fig, axes = plt.subplots(1, 6, figsize=(8, 1.9), layout="constrained")
for ax, i in zip(axes, [0, 1, 5, 8, 11, 13], strict=True):
    even, loop, side = (bool(digits[name][i]) for name in ("even", "loop", "side"))
    words = ["偶 even" if even else "奇 odd", "有环 loop" if loop else "无环 no loop"]
    words.append("右 right" if side else "左 left")
    ax.imshow(digits["x"][i].reshape(16, 16), cmap="gray", vmin=0, vmax=1)
    ax.set_title("\n".join(words), fontsize=8)
    ax.axis("off")
figures.show(
    fig,
    "6 张手写数字，每张上方有三个答案：奇偶、有没有封闭的环、移向左边还是右边。",
    "6 handwritten digits; above each stand three answers: odd or even, a closed loop or not, moved to the left or to the right.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 主干是一层 16 个隐藏单元，每个头是一个 logit。两个损失都是第 02 课的二元交叉熵。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The trunk is one layer of 16 hidden units; each head is one logit. Both losses are the binary cross-entropy of lesson 02.
#
# </div>

# %%
trunk = keras.Sequential([keras.Input((256,)), keras.layers.Dense(16, activation="relu")])
heads = [keras.layers.Dense(1), keras.layers.Dense(1)]
for head in heads:
    head.build((None, 16))  # gives it its weights
every_weight = [w for part in (trunk, *heads) for w in part.trainable_variables]
bce = keras.losses.BinaryCrossentropy(from_logits=True)


# %%
def task_loss(k, x, y):
    return bce(y[:, None], heads[k](trunk(x)))


@tf.function  # compiled, and the loop with it
def train_shared(x, y, x_aux, y_aux, weight, steps):
    for t in tf.range(steps):
        part = t % len(x_aux)  # the auxiliary pictures come in batches
        with tf.GradientTape() as tape:
            loss = task_loss(0, x, y) + weight * task_loss(1, x_aux[part], y_aux[part])
        for w, g in zip(every_weight, tape.gradient(loss, every_weight), strict=True):
            w.assign(w - 0.2 * g)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# $\omega_1=1$，`weight` 是 $\omega_2$；0 就是只学主任务。每种做法都走 500 步，主任务的 60 张每步都用，辅助任务每步 100 张：**只有辅助任务的标签不同**。9 个种子换图和起点，成对相减。
#
# 猜：有环没环，准确率变化几个百分点？移向哪边呢，A 有帮助、B 看不出差别、C 有害？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# $\omega_1=1$, and `weight` is $\omega_2$; with 0 the main task is learned alone. Each way takes 500 steps; each step uses all 60 pictures of the main task and 100 of the auxiliary one: **only the auxiliary labels differ**. 9 seeds change pictures and start; differences are taken in pairs.
#
# Guess: with “a loop or not”, by how many percentage points does the accuracy change? And with “which side”: A it helps, B no clear difference, C it harms?
#
# </div>

# %% tags=["exercise"]
predict("11-p1", ...)
predict("11-p2", ...)


# %% tags=["setup"]
def restart(seed):
    rng = np.random.default_rng(seed)
    for w in every_weight:  # He's random weights for kernels, 0 for biases
        scale = np.sqrt(2 / w.shape[0]) if len(w.shape) == 2 else 0
        w.assign(scale * rng.normal(size=w.shape))


def even_accuracy():
    z = heads[0](trunk(digits_test["x"]))[:, 0]
    return np.mean((z.numpy() > 0) == digits_test["even"])


def data_for(question, seed, n=60):
    """x, y of the main task; x, y of the auxiliary one, in 10 batches of 100; places of 2,000 others"""
    order = np.random.default_rng(1000 + seed).permutation(len(digits["x"]))
    main, auxiliary, others = order[:n], order[n : n + 1000], order[3000:5000]
    batches = (
        digits["x"][auxiliary].reshape(10, 100, 256),
        digits[question][auxiliary].reshape(10, 100),
    )
    return (digits["x"][main], digits["even"][main], *batches), others


def share(question, weight, seed):
    restart(seed)
    data, _ = data_for(question, seed)
    train_shared(*map(tf.constant, data), tf.constant(weight), tf.constant(500))
    return even_accuracy()


# %% tags=["nbval-ignore-output"]
alone = [share("side", 0.0, seed) for seed in range(9)]
gain = {}
for question in waiting.counted(["loop", "side"], "辅助任务", "auxiliary tasks"):
    with_it = [share(question, 1.0, seed) for seed in range(9)]
    gain[question] = 100 * (np.array(with_it) - alone)
QUESTIONS = {"loop": "有没有环 · a loop or not", "side": "移向哪边 which side"}
say("只学主任务 main task alone:", f"{np.mean(alone):.3f}")
table(["辅助任务的标签 auxiliary labels", "变化，百分点 change, points"],
      [[QUESTIONS[name], shown(values)] for name, values in gain.items()])  # fmt: skip
outcome("11-p1", gain["loop"].mean())

low, high = t_interval(gain["side"])
outcome("11-p2", "A" if low > 0 else "C" if high < 0 else "B")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 相关的有帮助：区间在 0 以上。不相关的，9 次看不出大的差别。**存下的** 30 个种子（`course build --full 11`）还换了主任务的标签数和 $\omega_2$，又加了两个对照：辅助标签是**随机**的（没有东西可学），或者就是**主任务自己的**（多 1,000 个真标签）。竖条是 95% 区间：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The related task helps: its interval is above 0. With the unrelated one, 9 runs show no large difference. 30 **stored** seeds (`course build --full 11`) also change the number of main labels and $\omega_2$, and add two controls: auxiliary labels that are **random** (nothing to be learned), or the **main task's own** (1,000 more real ones). Bars are 95% intervals:
#
# </div>


# %% tags=["setup"]
QUESTIONS |= {"random": "随机标签 random labels", "even": "主任务自己的 the main task's own"}
rows = pd.DataFrame(measured["sharing"])


def stored_gain(question, n=60, weight=1.0):
    """Change of accuracy in percentage points against the main task alone, seed by seed."""
    alone = rows[(rows.question == "none") & (rows.n == n)].set_index("seed").accuracy
    one = rows[(rows.question == question) & (rows.n == n) & (rows.weight == weight)]
    return 100 * (one.set_index("seed").accuracy - alone).to_numpy()


def bars(ax, places, gains, label, k):
    means = [np.mean(values) for values in gains]
    half = [np.mean(values) - t_interval(values)[0] for values in gains]
    style = {"fmt": figures.MARKERS[k] + "-", "color": figures.PALETTE[k], "capsize": 3}
    ax.errorbar(places, means, half, label=label, markersize=4, lw=1.2, **style)


fig, axes = plt.subplots(1, 2, figsize=(8, 3.4), sharey=True, layout="constrained")
counts, omegas = [30, 60, 200, 1000], [0.1, 0.3, 1.0, 3.0, 10.0]
for k, (question, label) in enumerate(QUESTIONS.items()):
    bars(axes[0], np.arange(4) + 0.06 * k, [stored_gain(question, n) for n in counts], label, k)
    if k < 2:
        found = [stored_gain(question, weight=omega) for omega in omegas]
        bars(axes[1], np.arange(5) + 0.06 * k, found, label, k)
for ax in axes:
    ax.axhline(0, color="#888888", lw=1, marker="")
axes[0].set_xticks(range(4), counts)
axes[1].set_xticks(range(5), [f"{omega:g}" for omega in omegas])
axes[0].set(xlabel="主任务的标签数 main labels", ylabel="变化，百分点 change, points")
axes[1].set(xlabel="权重 ω₂，60 个标签 · weight ω₂, 60 labels")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, fontsize=7)
figures.show(
    fig,
    "左：横轴是主任务的标签数 30、60、200、1,000，纵轴是准确率的变化。主任务自己的标签最高，从约 +6 降到约 +1；有没有环从约 +1.3 降到 0；移向哪边在 0 附近；随机标签略低于 0。右：60 张时，权重从 0.1 到 3 都在 0 到 +1 之间，权重 10 时两条都掉到 0 以下，有没有环约 −10。",
    "Left: change of accuracy against the number of main labels, 30, 60, 200, 1,000. The main task's own labels are highest and fall from about +6 to about +1; a loop or not falls from about +1.3 to 0; which side is near 0; random labels are a little below 0. Right: with 60 labels, weights of 0.1 to 3 give between 0 and +1, and with a weight of 10 both fall below 0, a loop or not to about −10.",
    names=("ω₂",),
)

gains = {name: stored_gain(name) for name in QUESTIONS}
assert t_interval(gain["loop"])[0] > 0.3 and abs(gain["side"].mean()) < 1.2  # live
assert len(rows[rows.question == "none"]) == 4 * 30
assert t_interval(gains["loop"])[0] > 0.2 and abs(stored_gain("loop", 1000).mean()) < 0.3
assert t_interval(gains["side"])[0] < 0 < t_interval(gains["side"])[1]
assert t_interval(gains["random"])[1] < 0 and t_interval(gains["even"])[0] > 3
assert t_interval(stored_gain("side", weight=3.0))[0] > 0
for count in (30, 60, 200, 1000):  # real labels are worth more
    assert t_interval(stored_gain("even", count) - stored_gain("loop", count))[0] > 0.5
assert t_interval(gains["even"] - gains["loop"])[0] > 1
assert t_interval(stored_gain("loop", weight=10.0))[1] < -5

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * **相关的**：60 个标签时 +0.9 个百分点 [0.3, 1.5]；标签越多越小，1,000 个时看不出了，0.1 [−0.1, 0.2]。
# * **不相关的**：60 个时看不出差别，+0.1 [−0.1, 0.4]。我们原以为它有害，**量出来没有**。权重 3 时甚至 +0.5 [0.2, 0.8]，原因不清楚。
# * **随机标签**：−0.24 [−0.44, −0.04]，一点点害处。
# * **主任务自己的标签**：+4.2 [3.6, 4.8]。同样多的真标签更值。
# * 权重 10 弄坏了有没有环（−9.8 [−11.8, −7.8]）；移向哪边 −2.1 [−4.6, 0.4]，各次相差很大。学习率没有变，主干的步子却大了约 10 倍：这里不能分清是任务的错还是步子的错。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * **Related**: with 60 labels +0.9 percentage points [0.3, 1.5]; less with more labels, and with 1,000 none is seen, 0.1 [−0.1, 0.2].
# * **Unrelated**: with 60 no clear difference, +0.1 [−0.1, 0.4]. We expected harm and **measured none**. With a weight of 3 it is even +0.5 [0.2, 0.8]; why is not clear.
# * **Random labels**: −0.24 [−0.44, −0.04], slight harm.
# * **The main task's own labels**: +4.2 [3.6, 4.8]. As many real labels are worth more.
# * A weight of 10 ruins a loop or not (−9.8 [−11.8, −7.8]); which side: −2.1 [−4.6, 0.4], its runs differ widely. The rate is the same, but the trunk's steps are about 10 times as large: this cannot tell whether task or step is to blame.
#
# </div>

# %% [markdown]
# ## 梯度的余弦 · The cosine of the gradients

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 沿辅助任务的负梯度走一小步，主任务的损失变多少？一阶近似（第 01 课：函数的改变约等于梯度乘位移）：
#
# $$L_1(\theta-\eta g_2)\approx L_1(\theta)-\eta\,g_1^\top g_2$$
#
# 内积是正的，辅助任务的一步也降低主任务的损失；负的，升高；接近 0，各走各的。除以两个长度，就是**余弦相似度**：
#
# $$\cos(g_1,g_2)=\frac{g_1^\top g_2}{\lVert g_1\rVert\,\lVert g_2\rVert}$$
#
# $g$ 有几个数组（权重、偏置），先接成一个长向量。Yu 等（2020）把余弦为负叫作梯度冲突。
#
# **练习 1**：写出这个函数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Take a small step against the auxiliary gradient: how much does the main loss change? To first order (lesson 01: a function changes by about its gradient times the move):
#
# $$L_1(\theta-\eta g_2)\approx L_1(\theta)-\eta\,g_1^\top g_2$$
#
# If the product is positive, the auxiliary step lowers the main loss, too; if negative, it raises it; near 0, each goes its own way. Divided by both lengths it is the **cosine similarity**:
#
# $$\cos(g_1,g_2)=\frac{g_1^\top g_2}{\lVert g_1\rVert\,\lVert g_2\rVert}$$
#
# $g$ comes in several arrays (weights, biases), which are joined into one long vector first. Yu et al. (2020) call a negative cosine a conflict of gradients.
#
# **Exercise 1**: write this function.
#
# </div>


# %% tags=["exercise"]
def gradient_cosine(one, other):
    """two lists of arrays of the same shapes -> the cosine of the two long vectors"""
    return ...


check("11-1", gradient_cosine)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 量一量。在 2,000 张没有参加训练的图上求 $g_1$ 和 $g_2$（这样量的是任务，不是那 60 张的偶然），每 100 步一次，再平均。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Measure it: $g_1$ and $g_2$ on 2,000 pictures that took no part in training (so that it is the tasks that are measured, and not the luck of those 60), every 100 steps, then the mean.
#
# </div>


# %% tags=["setup"]
def trunk_gradient(k, x, y):
    with tf.GradientTape() as tape:
        loss = task_loss(k, x, y)
    gradient = tape.gradient(loss, trunk.trainable_variables)
    return np.concatenate([g.numpy().ravel() for g in gradient])


def cosines(question, seed):
    """Every 100 steps, on pictures that are not trained on."""
    data, others = data_for(question, seed)
    restart(seed)
    found = []
    for _ in range(5):
        train_shared(*map(tf.constant, data), tf.constant(1.0), tf.constant(100))
        g1, g2 = (trunk_gradient(k, digits["x"][others], digits[name][others])
                  for k, name in enumerate(["even", question]))  # fmt: skip
        found.append(g1 @ g2 / (np.linalg.norm(g1) * np.linalg.norm(g2)))
    return np.mean(found)


# %% tags=["nbval-ignore-output"]
live_cosine = {name: [cosines(name, seed) for seed in range(3)] for name in ("loop", "side")}
by_seed = rows[(rows.n == 60) & (rows.weight == 1.0)].pivot(index="seed", columns="question")
stored_cosine = by_seed["cosine"]
table(["辅助任务 auxiliary task", "余弦，3 次 cosine, 3 runs", "存下的 30 次 · 30 stored"],
      [[QUESTIONS[name], f"{np.mean(live_cosine[name]):+.3f}", shown(stored_cosine[name], 3)]
       for name in ("loop", "side")])  # fmt: skip

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 存下的 30 次平均：主任务自己的标签 +0.20，有没有环 +0.08 [0.03, 0.13]，移向哪边 −0.01，随机 +0.02。平均来看，**帮助大的两种余弦也大**；移向哪边和随机都接近 0，余弦分不出它们。
#
# 它**不**说明的：
#
# * 单独一次几乎没有用：30 次里有 10 次，移向哪边的余弦反而更大；这 30 次里，余弦与帮助的相关系数：有没有环 0.03，移向哪边 0.39，都定不准；
# * 主任务有 1,000 个标签时，有没有环的余弦没有变小（+0.14），帮助却看不出了。
#
# 余弦只说此刻的一小步，不说以后的特征会不会更好。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 30 stored runs, means: the main task's own labels +0.20, a loop or not +0.08 [0.03, 0.13], which side −0.01, random +0.02. On average **the two that help have the larger cosines**; which side and random are both near 0, it cannot tell them apart.
#
# What it does **not** tell:
#
# * a single run says almost nothing: in 10 of 30 which side has the larger cosine; over the 30 runs, cosine and help correlate by 0.03 (a loop or not) and 0.39 (which side), poorly known;
# * with 1,000 main labels the cosine of a loop or not is no smaller (+0.14), yet no help is seen.
#
# A cosine speaks of one small step now, not of later features.
#
# </div>

# %% tags=["setup"]
assert t_interval(stored_cosine["loop"] - stored_cosine["side"])[0] > 0.02
assert stored_cosine["even"].mean() > stored_cosine["loop"].mean() + 0.05
assert 4 < (stored_cosine["loop"] < stored_cosine["side"]).sum() < 16
assert abs(np.corrcoef(stored_cosine["loop"], gains["loop"])[0, 1]) < 0.35

# %% [markdown]
# ## 损失的权重：让误差自己定 · Weights of the losses: let the errors decide

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 两个回归任务，一个用米，一个用毫米：后者的均方误差大 $10^6$ 倍，权重相等就等于只学它。Kendall 等（2018）的**不确定性加权**：设任务 $k$ 的误差是正态的，标准差 $\tau_k$ 也要学。一个误差 $y-f$ 的负对数似然是
#
# $$-\log\frac{1}{\sqrt{2\pi}\,\tau_k}e^{-\frac{(y-f)^2}{2\tau_k^2}}=\frac{(y-f)^2}{2\tau_k^2}+\log\tau_k+\text{常数}$$
#
# 对样本平均，去掉常数，两个任务相加（$L_k$ 是均方误差）：
#
# $$L=\sum_k\Bigl(\frac{L_k}{2\tau_k^2}+\log\tau_k\Bigr)$$
#
# 所以权重是 $\omega_k=\frac{1}{2\tau_k^2}$；$\log\tau_k$ 不让 $\tau_k$ 变成无穷大。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Two regression tasks, one in metres, one in millimetres: the second mean squared error is $10^6$ times as large, and with equal weights nothing else is learned. **Uncertainty weighting** (Kendall et al., 2018): let the errors of task $k$ be normal, with a standard deviation $\tau_k$ that is learned, too. The negative log-likelihood of one error $y-f$ is
#
# $$-\log\frac{1}{\sqrt{2\pi}\,\tau_k}e^{-\frac{(y-f)^2}{2\tau_k^2}}=\frac{(y-f)^2}{2\tau_k^2}+\log\tau_k+\text{constant}$$
#
# Averaged over the samples, without the constant, both tasks added ($L_k$ is the mean squared error):
#
# $$L=\sum_k\Bigl(\frac{L_k}{2\tau_k^2}+\log\tau_k\Bigr)$$
#
# So the weight is $\omega_k=\frac{1}{2\tau_k^2}$, and $\log\tau_k$ keeps $\tau_k$ from growing for ever.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# $L_k$ 固定时，最好的 $\tau_k$ 是多少？求导，令它为 0：
#
# $$-\frac{L_k}{\tau_k^3}+\frac{1}{\tau_k}=0\quad\Rightarrow\quad\tau_k^2=L_k,\qquad\omega_k=\frac{1}{2L_k}$$
#
# 误差大的任务权重小。这时 $\omega_k\nabla L_k=\tfrac12\nabla\log L_k$：单位换了，$\log L_k$ 只差一个常数，梯度不变。下面用梯度下降学 $\log\tau_k$（这样 $\tau_k$ 总是正的），两个损失固定在 $0.04$ 平方米和 $40000$ 平方毫米，其实是同样的误差。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With $L_k$ fixed, which $\tau_k$ is best? Differentiate and set to 0:
#
# $$-\frac{L_k}{\tau_k^3}+\frac{1}{\tau_k}=0\quad\Rightarrow\quad\tau_k^2=L_k,\qquad\omega_k=\frac{1}{2L_k}$$
#
# Large errors, small weight. Then $\omega_k\nabla L_k=\tfrac12\nabla\log L_k$: in other units $\log L_k$ differs by a constant only, and the gradient stays. Below $\log\tau_k$ is learned by gradient descent (so that $\tau_k$ is always positive); the two losses are fixed at $0.04$ square metres and $40000$ square millimetres, really the same error.
#
# </div>

# %%
task_losses, log_tau = np.array([0.04, 40000.0]), np.array([0.0, 6.0])
for _ in range(500):
    log_tau -= 0.1 * (1 - task_losses * np.exp(-2 * log_tau))  # derivative by log tau
omega = 1 / (2 * np.exp(2 * log_tau))
table(["损失 loss", "τ", "权重 weight ω", "权重 × 损失 · weight × loss"],
      [[f"{loss:g}", f"{np.exp(lt):.1f}", f"{w:.3g}", f"{w * loss:.2f}"]
       for loss, lt, w in zip(task_losses, log_tau, omega, strict=True)])  # fmt: skip
assert np.allclose(np.exp(2 * log_tau), task_losses) and np.allclose(omega * task_losses, 0.5)
assert t_interval(stored_gain("loop", weight="uncertain"))[1] < -10  # stored

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 两个任务的“权重 × 损失”都是 0.5，单位不再要紧。但它只看**误差的大小**，不知道哪个是主任务，也不知道辅助任务有没有用。
#
# 标签少时还有一个陷阱：训练损失趋于 0，$\frac{1}{2L_k}$ 就没有上限。用在上面的数字上（交叉熵，$L_k/\tau_k^2+\log\tau_k$，最好的权重仍是 $\frac{1}{2L_k}$；有没有环，存下的 30 次，学习率不变），多半的训练最后不比瞎猜好，平均掉了 26 个百分点 [22, 30]。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# For both tasks “weight × loss” is 0.5: units no longer matter. But it looks at the **size of errors** only; it does not know which task is the main one, nor whether the auxiliary one is of any use.
#
# With few labels there is a trap as well: a training loss goes to 0, and $\frac{1}{2L_k}$ has no limit. On the digits above (cross-entropy, $L_k/\tau_k^2+\log\tau_k$, best weight still $\frac{1}{2L_k}$; a loop or not, 30 stored runs, the same rate) most runs end no better than chance, and accuracy falls by 26 percentage points on average [22, 30].
#
# </div>

# %% [markdown]
# ## 硬共享与软共享 · Hard and soft sharing

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 共用一个主干是硬约束。**软共享**（soft parameter sharing）放松它：每个任务有自己的主干 $\theta_k$，损失里加一项，惩罚它们的距离，
#
# $$L=L_1(h_1,\theta_1)+L_2(h_2,\theta_2)+\frac{\lambda}{2}\lVert\theta_1-\theta_2\rVert^2$$
#
# 与第 08 课的 L2-SP 同样的形式，只是两边都在学。$\lambda=0$ 是两个分开的网络，$\lambda$ 很大就成了硬共享。
#
# 同样的**结构**不是共享：两个随机初始化的副本什么也没有共用（第 05 课）。
#
# **练习 2**：三个任务，主干 256 → 16，每个头 16 → 1，都有偏置。硬共享和软共享各有多少参数？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One trunk for all is a hard constraint. **Soft parameter sharing** relaxes it: each task has a trunk $\theta_k$ of its own, and a term of the loss penalizes their distance,
#
# $$L=L_1(h_1,\theta_1)+L_2(h_2,\theta_2)+\frac{\lambda}{2}\lVert\theta_1-\theta_2\rVert^2$$
#
# It has the form of lesson 08's L2-SP, only that both sides learn. $\lambda=0$ means two separate networks; a very large $\lambda$ becomes hard sharing.
#
# The same **structure** is no sharing: two copies with random weights have nothing in common (lesson 05).
#
# **Exercise 2**: three tasks, a trunk 256 → 16, heads 16 → 1, all with biases. How many parameters do hard and soft sharing have?
#
# </div>

# %% tags=["exercise"]
answer_sharing = {"hard": ..., "soft": ...}
check("11-2", answer_sharing)

# %% [markdown]
# ## 少样本：先学好特征 · Few shots: features first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第二种练习：先在一个大的源任务上学好特征，新任务每类只给几张照片，这叫**少样本学习**（few-shot learning）。怎样评估？一次抽签的偶然太大，所以考许多**回合**（episode）：
#
# 1. 随机抽 $C$ 个类别；
# 2. 每类抽 $k$ 张作**支持集**（support set），有标签，用来学；
# 3. 每类再抽 15 张作**查询集**（query set），用来考。
#
# 文献里叫 N-way K-shot。照片来自 CIFAR-10：10 类，32×32 像素，每类取 40 张；特征来自冻结的 Lite0（第 07 课），长度都缩放到 1。要老实说：ImageNet 里就有飞机、猫、青蛙，**对骨干网络，这些类别并不新**，对分类头才新。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The second kind of practice: learn features on a large source task first, then get only a few photos of each class of a new one: **few-shot learning**. A single draw is too much luck, so judge it by many **episodes**:
#
# 1. draw $C$ classes at random;
# 2. draw $k$ photos of each as the **support set**, labelled, to learn from;
# 3. draw 15 more of each as the **query set**, for testing.
#
# The literature says N-way K-shot. The photos are CIFAR-10's: 10 classes, 32×32 pixels, 40 of each; features come from the frozen Lite0 (lesson 07), scaled to length 1. To be honest: ImageNet has airplanes, cats and frogs, so **these classes are not new to the backbone**, only to the head.
#
# </div>

# %% tags=["setup"]
folders = sorted(folder for folder in assets.fetch("cifar10").iterdir() if folder.is_dir())
files = [file for folder in folders for file in sorted(folder.iterdir())[:40]]
labels = np.repeat(np.arange(10), 40)
assert len(folders) == 10 and len(files) == 400
phi = features.extract(files)
phi = phi / np.linalg.norm(phi, axis=1, keepdims=True)  # length 1
small = np.stack([photos.read(file, 32) for file in files]).astype("float32")
pixels = small.reshape(400, -1) / 255


# %%
def episode(seed, ways=5, shots=1):
    """Places and classes 0 … ways − 1 of the support set, then of the query set."""
    rng = np.random.default_rng(seed)
    classes = rng.permutation(10)[:ways]
    drawn = [rng.permutation(np.flatnonzero(labels == c))[: shots + 15] for c in classes]
    known, asked = np.split(np.array(drawn), [shots], axis=1)
    name = np.arange(ways)
    return known.ravel(), np.repeat(name, shots), asked.ravel(), np.repeat(name, 15)


# %% tags=["photo-live", "setup"]
known, of, asked, right = episode(4)
figures.show_photos(
    list(small[[*known, *asked[::15], *asked[1::15]]].astype("uint8")),
    ["支持 support"] * 5 + ["查询 query"] * 10,
    "一个回合：上排 5 个类别各 1 张有标签的照片，下面两排是要归类的照片，很小、很模糊。",
    "One episode: above, 1 labelled photo of each of 5 classes; in the two rows below, photos to be classified, small and blurred.",
    columns=5,
)

# %% [markdown]
# ## 原型：三行代码 · Prototypes: three lines

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 每类的**原型**（prototype）是它支持集特征的平均；照片归给最近的原型（Snell 等，2017）：
#
# $$\mu_c=\frac1k\sum_{i:\,y_i=c}\varphi(x_i),\qquad\hat y=\operatorname{argmin}_c\lVert\varphi(x)-\mu_c\rVert^2$$
#
# 展开平方：
#
# $$\lVert\varphi-\mu_c\rVert^2=\lVert\varphi\rVert^2-2\mu_c^\top\varphi+\lVert\mu_c\rVert^2$$
#
# $\lVert\varphi\rVert^2$ 对每个类别都一样，可以去掉。剩下的乘 $-\tfrac12$，就是一个**线性**分类头，$w_c=\mu_c$，$b_c=-\tfrac12\lVert\mu_c\rVert^2$，一步也没有训练。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The **prototype** of a class is the mean of its support features; a photo goes to the nearest one (Snell et al., 2017):
#
# $$\mu_c=\frac1k\sum_{i:\,y_i=c}\varphi(x_i),\qquad\hat y=\operatorname{argmin}_c\lVert\varphi(x)-\mu_c\rVert^2$$
#
# Multiply the square out:
#
# $$\lVert\varphi-\mu_c\rVert^2=\lVert\varphi\rVert^2-2\mu_c^\top\varphi+\lVert\mu_c\rVert^2$$
#
# $\lVert\varphi\rVert^2$ is the same for each class and drops out. Times $-\tfrac12$, the rest is a **linear** head, $w_c=\mu_c$ and $b_c=-\tfrac12\lVert\mu_c\rVert^2$, without a single step of training.
#
# </div>


# %%
def by_prototypes(support, y, query):
    prototypes = np.stack([support[y == c].mean(axis=0) for c in range(y.max() + 1)])
    z = query @ prototypes.T - (prototypes**2).sum(axis=1) / 2  # the linear head
    return z.argmax(axis=1)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 对手是**最近邻**（nearest neighbour，1-NN：最近的那一张照片是哪一类）和第 07 课的逻辑回归（慢一些，只在存下的结果里）。
#
# 猜：5 类、每类 1 张时，原型答对百分之几（瞎猜是 20）？这时原型和 1-NN 哪个好：A 原型，B 1-NN，C 完全一样？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Its rivals are the **nearest neighbour** (1-NN: the class of the one nearest photo) and lesson 07's logistic regression (slower, so in the stored results only).
#
# Guess: with 5 ways and 1 shot, what per cent do prototypes get right (chance is 20)? And which is better then: A prototypes, B 1-NN, C exactly the same?
#
# </div>

# %% tags=["exercise"]
predict("11-p3", ...)
predict("11-p4", ...)


# %%
def by_neighbour(support, y, query):  # 1-NN: the class of the nearest photo
    z = query @ support.T - (support**2).sum(axis=1) / 2
    return y[z.argmax(axis=1)]


def score(rule, shots, seed, table=phi, ways=5):
    known, of, asked, right = episode(seed, ways, shots)
    return np.mean(rule(table[known], of, table[asked]) == right)


# %% tags=["nbval-ignore-output"]
RULES = {"原型 prototypes": by_prototypes, "1-NN": by_neighbour}
live = {(name, shots): np.array([score(rule, shots, seed) for seed in range(40)])
        for name, rule in RULES.items() for shots in (1, 5)}  # fmt: skip
table(["规则 rule", "每类 1 张 · 1 shot", "每类 5 张 · 5 shots"],
      [[name, *(f"{live[name, shots].mean():.3f}" for shots in (1, 5))] for name in RULES])  # fmt: skip
outcome("11-p3", 100 * live["原型 prototypes", 1].mean())
gap = live["原型 prototypes", 1] - live["1-NN", 1]
outcome("11-p4", "A" if gap.mean() > 0 else "B" if gap.any() else "C")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 只有 1 张时，平均就是那一张：原型和 1-NN **完全一样**。到 5 张，平均把每张照片自己的偶然抵消掉一部分，原型就领先了。**存下的**曲线有 100 个回合（随机网络：9 个，各 40 个回合），区间是对回合的（随机网络：对 9 个网络），照片总是这 400 张：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With 1 shot the mean is that one photo: prototypes and 1-NN are **exactly the same**. With 5, the mean cancels part of what is accidental in each photo, and prototypes take the lead. The **stored** curves have 100 episodes (random networks: 9, of 40 episodes each); intervals are over episodes (for random networks, over the 9), always of these 400 photos:
#
# </div>

# %% tags=["setup", "result-table"]
first, fifth = ({name: live[name, shots] for name in RULES} for shots in (1, 5))
assert np.array_equal(first["原型 prototypes"], first["1-NN"])  # one photo is its own mean
assert first["原型 prototypes"].mean() > 0.45  # chance is 0.2
assert t_interval(fifth["原型 prototypes"] - fifth["1-NN"])[0] > 0.02

few_shot, shots_axis = measured["few_shot"], [1, 2, 5, 10, 20]


def kept(rule, shots, of="pretrained"):
    return np.array(few_shot[of][rule][str(shots)])


curves = {"原型 prototypes": ("prototypes", "pretrained"), "1-NN": ("1-NN", "pretrained"),
          "逻辑回归 logistic regression": ("logistic", "pretrained"),
          "原型，像素 prototypes, pixels": ("prototypes", "pixels"),
          "原型，随机骨干网络 prototypes, random backbone": ("prototypes", "random")}  # fmt: skip
fig, ax = plt.subplots(figsize=(6.6, 3.4), layout="constrained")
for k, (label, (rule, of)) in enumerate(curves.items()):
    bars(ax, np.arange(5) + 0.05 * k, [kept(rule, shots, of) for shots in shots_axis], label, k)
ax.axhline(0.2, color="#888888", lw=1, ls="--", marker="")
ax.set_xticks(range(5), shots_axis)
ax.set(xlabel="每类几张 shots", ylabel="准确率 accuracy", ylim=(0.15, 1))
ax.legend(fontsize=7, loc="upper left", ncols=2)
figures.show(
    fig,
    "准确率随每类张数 1、2、5、10、20 上升。预训练特征的三条规则在上方：1 张时约 0.6，20 张时 1-NN 约 0.83，原型和逻辑回归约 0.87，几乎重合；像素和随机骨干网络的原型远在下方，从约 0.26 到 0.37，只比虚线 0.2（瞎猜）高一点。",
    "Accuracy rises with 1, 2, 5, 10 and 20 shots. The three rules on pretrained features are at the top: about 0.6 with 1 shot, and with 20 about 0.83 for 1-NN, about 0.87 for prototypes and logistic regression, which almost coincide; prototypes on pixels and on a random backbone are far below, from about 0.26 to 0.37, little above the dashed line at 0.2 (chance).",
    names=("1-NN",),
)
against = {name: [kept("prototypes", shots) - kept(rule, shots) for shots in shots_axis]
           for name, rule in {"1-NN": "1-NN", "逻辑回归 logistic regression": "logistic"}.items()}  # fmt: skip
table(["原型减去 prototypes minus", "1 张 shot", *(f"{shots} 张 shots" for shots in shots_axis[1:])],
      [[name, *(shown(100 * gaps) for gaps in by_shots)] for name, by_shots in against.items()])  # fmt: skip
assert all(t_interval(gaps)[0] > 0.015 for gaps in against["1-NN"][1:])  # stored
assert -0.02 < np.mean(against["逻辑回归 logistic regression"][0]) < 0
assert all(abs(np.mean(gaps)) < 0.015 for gaps in against["逻辑回归 logistic regression"])
assert kept("prototypes", 20, "pixels").mean() < 0.4 > kept("prototypes", 20, "random").mean()

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 从 2 张起，原型比 1-NN 高 3 到 6 个百分点，区间都在 0 以上。
# * **原型并不比逻辑回归好**：1 张时低 0.9 个百分点 [0.4, 1.5]，其余低 0.2 到 0.5。它的好处是不用训练，也没有要调的惩罚。
# * 差别最大的不是规则，是特征：**原型**用预训练的特征是 0.6 到 0.87，用像素和随机网络不到 0.4。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * From 2 shots on prototypes are 3 to 6 percentage points above 1-NN, and all intervals are above 0.
# * **Prototypes are no better than logistic regression**: with 1 shot 0.9 points lower [0.4, 1.5], otherwise 0.2 to 0.5 lower. What speaks for them is that nothing is trained and no penalty has to be chosen.
# * The largest difference is not between the rules but between the features: **prototypes** reach 0.6 to 0.87 when these are pretrained, less than 0.4 with pixels and random networks.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 3**：Snell 等要的不只是类别，还有概率，$-\lVert\varphi-\mu_c\rVert^2$ 的 softmax。写出这个函数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: Snell et al. want more than the class: probabilities, the softmax of $-\lVert\varphi-\mu_c\rVert^2$. Write this function.
#
# </div>


# %% tags=["exercise"]
def prototype_probabilities(support, labels, query):
    """support (n, d), labels (n,) 0 … C − 1, query (m, d) -> probabilities (m, C)"""
    return ...


check("11-3", prototype_probabilities)

# %% [markdown]
# ## 单样本学习靠什么 · What one-shot learning lives on

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 每类只有 1 张，叫**单样本学习**（one-shot learning，Fei-Fei 等，2006）。它**不是**从零开始学：1 张照片里没有足够的信息。它靠的是以前从许多别的照片学到的知识。检验：同样的规则、同样的回合，只把骨干网络的权重换成随机的。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With 1 shot for each class it is **one-shot learning** (Fei-Fei et al., 2006). It does **not** start from scratch: one photo does not hold enough information. It lives on what was learned before, from many other photos. The test: the same rule and the same episodes, only the backbone's weights are random.
#
# </div>

# %% tags=["shows-one-shot", "nbval-ignore-output"]
by_pixels = np.array([score(by_prototypes, 1, seed, table=pixels) for seed in range(40)])
known_before = first["原型 prototypes"].mean()
never_trained = kept("prototypes", 1, "random")  # 9 random networks, stored
table_of = {"预训练 pretrained": known_before, "随机网络，存下的 random networks, stored": never_trained.mean(),
            "像素 pixels": by_pixels.mean()}  # fmt: skip
table(
    ["1 张，原型 · 1 shot, prototypes", "准确率 accuracy"],
    [[k, f"{v:.2f}"] for k, v in table_of.items()],
)
assert known_before > never_trained.max() + 0.15 and known_before > by_pixels.mean() + 0.15

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 同一个规则，特征换成随机的，就只比瞎猜（0.20）高一点，也不比像素好。所以“单样本学习从零训练”说反了：**它靠的正是以前学到的知识**。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With the same rule and random features it is little above chance (0.20), and no better than pixels. So “one-shot learning trains from scratch” has it the wrong way round: **it lives on what was learned before**.
#
# </div>
# %% [markdown]
# ## 拖一拖：张数增加，边界怎样变 · Drag it: how the regions change with the shots

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 三个类别各 40 张，只画前两个主成分。类别少，又用全部 120 张求主成分，所以准确率不能与上面比。先看 1 张，换几次抽签：边界跳来跳去。再加到 20 张：原型的边界几乎不动了。换成 1-NN：每张有标签的照片都有自己的一小块，边界曲曲折折。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Three classes with 40 photos each; only the first two principal components are drawn. There are fewer classes, and all 120 photos were used to find the components, so accuracies cannot be compared with those above. Begin with 1 shot and change the draw: the border jumps about. Then go up to 20: with prototypes it hardly moves any more. Change to 1-NN: each labelled photo has a small region of its own, and the border is ragged.
#
# </div>

# %% tags=["setup"]
assert known_before > 2 * never_trained.mean()  # what was learned before counts
flat = np.array(measured["points"]["points"].split(), dtype=float).reshape(-1, 2)
kinds = np.array(list(measured["points"]["labels"]), dtype=int)
fig, axes = plt.subplots(1, 2, figsize=(8, 3.2), sharex=True, sharey=True, layout="constrained")
xx, yy = np.meshgrid(np.linspace(-3, 3, 160), np.linspace(-2.25, 2.25, 120))
mesh = np.column_stack([xx.ravel(), yy.ravel()])
colors = plt.matplotlib.colors.ListedColormap(figures.PALETTE[:3])
for ax, shots in zip(axes, (1, 20), strict=True):
    chosen = np.concatenate([np.flatnonzero(kinds == c)[:shots] for c in range(3)])
    region = by_prototypes(flat[chosen], kinds[chosen], mesh).reshape(xx.shape)
    ax.imshow(
        region, extent=(-3, 3, -2.25, 2.25), origin="lower", cmap=colors, alpha=0.25, aspect="auto"
    )
    for c, label in enumerate(["飞机 airplane", "猫 cat", "马 horse"]):
        mark = {"marker": figures.MARKERS[c], "color": figures.PALETTE[c]}
        ax.scatter(*flat[kinds == c].T, s=12, alpha=0.6, label=label, **mark)
        ax.scatter(*flat[chosen][kinds[chosen] == c].T, s=45, edgecolor="#000000", **mark)
    ax.set(xlabel="主成分 component 1", title=f"每类 {shots} 张 · {shots} labelled of each class")
    ax.grid(visible=False)
axes[0].set_ylabel("主成分 component 2")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8)
explorables.show(
    "prototypes",
    fig,
    "三个类别的点和原型的区域：左边每类 1 张有标签，边界歪斜，许多点在别类的底色上；右边每类 20 张，边界把三类大致分开。",
    "Points of three classes and the regions of prototypes: left with 1 labelled photo of each class the borders are askew and many points lie on another class's colour; right with 20 the borders part the classes roughly.",
    points=flat,
    labels=measured["points"]["labels"],
    n=1,
)

# %% [markdown]
# ## 元学习：学一个起点 · Meta-learning: learn a start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第三种练习是**元学习**（meta-learning）：学习怎样学习。回到开头的正弦（Finn、Abbeel 与 Levine，2017）。一个任务是
#
# $$y=A\sin(x-\psi),\qquad A\in[0.1,5],\;\psi\in[0,\pi],\;x\in[-5,5]$$
#
# 都均匀抽取。网络是 1 → 40 → 40 → 1，ReLU。新任务给 10 个点，走几步梯度下降，然后在别的点上考。
#
# 最简单的练习是**联合训练**（joint training）：把所有任务的点混在一起，训练一个网络。它会学成什么？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The third kind of practice is **meta-learning**: learning how to learn. Back to the sines of the beginning (Finn, Abbeel and Levine, 2017). A task is
#
# $$y=A\sin(x-\psi),\qquad A\in[0.1,5],\;\psi\in[0,\pi],\;x\in[-5,5]$$
#
# all drawn uniformly. The network is 1 → 40 → 40 → 1 with ReLU. A new task gives 10 points; take a few steps of gradient descent, then be tested on other points.
#
# The simplest practice is **joint training**: mix the points of all tasks and train one network. What will it learn?
#
# </div>


# %%
def sines(rng, n_tasks, n_points, freq=1.0):
    """x and y, each (n_tasks, n_points, 1)"""
    amplitude, phase = rng.uniform(0.1, 5, (n_tasks, 1, 1)), rng.uniform(0, np.pi, (n_tasks, 1, 1))
    x = rng.uniform(-5, 5, (n_tasks, n_points, 1))
    y = amplitude * np.sin(freq * x - phase)
    return x.astype("float32"), y.astype("float32")


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 网络只看得到 $x$，不知道是哪个任务。同一个 $x$ 处有许多不同的 $y$；平方损失最小的一个数是平均（第 02 课）。振幅和相位独立，所以
#
# $$\text{平均}(y)=\bar A\cdot\frac1\pi\int_0^\pi\sin(x-\psi)\,d\psi=\bar A\cdot\frac1\pi\bigl[\cos(x-\psi)\bigr]_0^\pi=-\frac{2\bar A}{\pi}\cos x$$
#
# 最后一步用了 $\cos(x-\pi)=-\cos x$。$\bar A=2.55$，于是约 $-1.62\cos x$：**一条谁也不是的曲线**。任务再多也没有用。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The network sees $x$ and is not told which task. One $x$ has many different $y$, and the one number of least squared loss is their mean (lesson 02). Amplitude and phase are independent, so
#
# $$\text{mean}(y)=\bar A\cdot\frac1\pi\int_0^\pi\sin(x-\psi)\,d\psi=\bar A\cdot\frac1\pi\bigl[\cos(x-\psi)\bigr]_0^\pi=-\frac{2\bar A}{\pi}\cos x$$
#
# The last step used $\cos(x-\pi)=-\cos x$. With $\bar A=2.55$ it is about $-1.62\cos x$: **a curve that is nobody's**. More tasks do not help.
#
# </div>

# %% tags=["setup"]
many = np.random.default_rng(7)
amplitudes, phases = many.uniform(0.1, 5, (4000, 1)), many.uniform(0, np.pi, (4000, 1))
tasks = amplitudes * np.sin(grid - phases)
theirs = -2 * 2.55 / np.pi * np.cos(grid)
assert abs(tasks.mean(axis=0) - theirs).max() < 0.15
fig, ax = plt.subplots(figsize=(6, 2.6), layout="constrained")
ax.plot(grid, tasks[:40].T, "-", marker="", lw=0.8, color=figures.PALETTE[0], alpha=0.25)
ax.plot(
    grid,
    tasks.mean(axis=0),
    "-",
    marker="",
    lw=4,
    color="#bbbbbb",
    label="4,000 条的平均 mean of 4,000",
)
ax.plot(grid, theirs, "--", marker="", color="#000000", label="−1.62 cos x")
ax.set(xlabel="x", ylabel="y")
ax.legend(fontsize=8)
figures.show(
    fig,
    "40 条细的正弦曲线杂乱地交错；4,000 条的平均是一条粗线，与虚线 −1.62 cos x 重合，比多数任务的曲线矮。",
    "40 thin sine curves cross each other in confusion; the mean of 4,000 is a thick line that coincides with the dashed −1.62 cos x and is lower than the curves of most tasks.",
    names=("−1.62 cos x",),
)

# %% [markdown]
# ## MAML：让梯度穿过一步 · MAML: a gradient through a step

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# MAML 不问“起点 $\theta$ 好不好”，问“**从 $\theta$ 走一步以后**好不好”。任务 $i$ 有支持集和查询集，损失是 $L_i^{\text{s}}$ 和 $L_i^{\text{q}}$：
#
# $$\theta_i'=\theta-\eta\nabla L_i^{\text{s}}(\theta),\qquad\min_\theta\sum_iL_i^{\text{q}}(\theta_i')$$
#
# 走的那一步是**内循环**（inner loop），更新 $\theta$ 是**外循环**（outer loop）。链式法则给出**元梯度**（meta-gradient）。一个参数 $w$ 时：
#
# $$\frac{dL^{\text{q}}(w')}{dw}=\frac{dL^{\text{q}}}{dw'}\cdot\frac{dw'}{dw},\qquad\frac{dw'}{dw}=\frac{d}{dw}\Bigl(w-\eta\frac{dL^{\text{s}}}{dw}\Bigr)=1-\eta\frac{d^2L^{\text{s}}}{dw^2}$$
#
# 二阶导数从这里来。**一阶 MAML** 把 $\frac{dw'}{dw}$ 当作 1。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# MAML does not ask whether the start $\theta$ is good but whether things are good **one step away from $\theta$**. Task $i$ has a support and a query set, with losses $L_i^{\text{s}}$ and $L_i^{\text{q}}$:
#
# $$\theta_i'=\theta-\eta\nabla L_i^{\text{s}}(\theta),\qquad\min_\theta\sum_iL_i^{\text{q}}(\theta_i')$$
#
# That step is the **inner loop**, updating $\theta$ the **outer loop**. The chain rule gives the **meta-gradient**. With a single parameter $w$:
#
# $$\frac{dL^{\text{q}}(w')}{dw}=\frac{dL^{\text{q}}}{dw'}\cdot\frac{dw'}{dw},\qquad\frac{dw'}{dw}=\frac{d}{dw}\Bigl(w-\eta\frac{dL^{\text{s}}}{dw}\Bigr)=1-\eta\frac{d^2L^{\text{s}}}{dw^2}$$
#
# That is where second derivatives come from. **First-order MAML** takes $\frac{dw'}{dw}$ as 1.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 先看一个能算到底的例子。一个参数，任务 $i$ 的损失是 $\frac{\kappa_i}{2}(w-a_i)^2$，$\kappa$ 是曲率，$a_i$ 是它想要的权重。走一步，$w'-a_i=(1-\eta\kappa_i)(w-a_i)$，所以走完的损失是
#
# $$\frac{\kappa_i}{2}(1-\eta\kappa_i)^2(w-a_i)^2$$
#
# （两个集合损失相同，$\eta\kappa_i<1$。）三种做法都把起点放在各个 $a_i$ 的加权平均，只是权重不同：联合训练是 $\kappa_i$，MAML 是 $\kappa_i(1-\eta\kappa_i)^2$，一阶 MAML 是 $\kappa_i(1-\eta\kappa_i)$。**学得快的任务（曲率大），MAML 可以离它远一点**：一步就回来了。下图的黑色标记是三个起点，高度是两个任务的损失之和。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# First an example that can be worked out. One parameter; task $i$ has the loss $\frac{\kappa_i}{2}(w-a_i)^2$, where $\kappa$ is the curvature and $a_i$ the weight that it wants. After a step $w'-a_i=(1-\eta\kappa_i)(w-a_i)$, so the loss after it is
#
# $$\frac{\kappa_i}{2}(1-\eta\kappa_i)^2(w-a_i)^2$$
#
# (Both sets have the same loss, and $\eta\kappa_i<1$.) All three put the start at a weighted mean of the $a_i$, with other weights: $\kappa_i$ for joint training, $\kappa_i(1-\eta\kappa_i)^2$ for MAML, $\kappa_i(1-\eta\kappa_i)$ for first-order MAML. **From a task that learns fast (large curvature) MAML may stay farther away**: one step brings it back. The black marks below are the three starts, at the height of both losses added.
#
# </div>

# %%
curvature, wanted, eta = np.array([4.0, 0.5]), np.array([-1.0, 1.0]), 0.2
left = 1 - eta * curvature  # what a step leaves of the distance
powers = {"联合训练 joint": 0, "一阶 MAML · first-order MAML": 1, "MAML": 2}
places_of = {name: np.average(wanted, weights=curvature * left**k) for name, k in powers.items()}
stepped = {name: sum(curvature / 2 * (left * (w - wanted)) ** 2) for name, w in places_of.items()}
assert min(stepped, key=stepped.get) == "MAML"  # best after one step

# %% tags=["setup"]
fig, axes = plt.subplots(1, 2, figsize=(8, 3), sharey=True, layout="constrained")
axis = np.linspace(-1.6, 1.6, 161)
for ax, factor in zip(axes, (1, left**2), strict=True):
    for i, label in enumerate(["学得快 fast, κ = 4", "学得慢 slow, κ = 0.5"]):
        height = (curvature * factor)[i] / 2 * (axis - wanted[i]) ** 2
        ax.plot(axis, height, ("-", "--")[i], marker="", color=figures.PALETTE[i], label=label)
    for (name, w), marker in zip(places_of.items(), "s^o", strict=True):
        total = sum(curvature * factor / 2 * (w - wanted) ** 2)
        ax.plot(w, total, marker, color="#000000", markersize=7, markevery=1, label=name, ls="")
    ax.set(xlabel="w", ylim=(-0.1, 4.6))
axes[0].set(title="走以前 before the step", ylabel="损失 loss")
axes[1].set(title="走一步以后 after one step")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=7)
figures.show(
    fig,
    "左：走以前两个任务的抛物线，一陡一平，最低点在 −1 和 1；三个起点标出它们的总损失，联合训练的在 −0.78，最低。右：走一步以后，陡的那条变得很平；现在 MAML 的起点 0.43 总损失最低，一阶 MAML 在 −0.28，居中。",
    "Left: before the step, parabolas of two tasks, one steep, one flat, with lowest points at −1 and 1; three starts are marked at their total loss, and that of joint training, at −0.78, is lowest. Right: after one step the steep one has become very flat; now MAML's start at 0.43 has the lowest total, and first-order MAML, at −0.28, is in between.",
    names=("MAML", "κ = 4", "κ = 0.5", "w"),
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 4**：亲手算一次。模型 $f(x)=wx$，损失 $(wx-y)^2$，$w=1$，$\eta=0.1$。支持集只有一个点 $(x,y)=(1,3)$，查询集也只有一个，$(2,4)$。求走一步以后的 $w'$、元梯度，和一阶 MAML 的答案。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 4**: do it once by hand. The model is $f(x)=wx$, the loss $(wx-y)^2$, $w=1$ and $\eta=0.1$. The support set is one point, $(x,y)=(1,3)$, and so is the query set, $(2,4)$. Find $w'$ after the step, the meta-gradient, and the answer of first-order MAML.
#
# </div>

# %% tags=["exercise"]
answer_inner = {"w_fast": ..., "meta_gradient": ..., "first_order": ...}
check("11-4", answer_inner)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 代码里，权重是一个列表，走一步得到**新的列表**，所以梯度能穿过它。25 个任务一起算：每个权重前面多一个“任务”轴，矩阵乘法照样成立；各任务的损失相加，再对各自的副本求导，互不干扰。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In code the weights are a list and a step makes a **new list**, so a gradient can go through it. 25 tasks are computed at once: each weight gets a task axis in front, and matrix products still hold; the losses of the tasks are added, and each is differentiated by its own copy, without disturbing the others.
#
# </div>


# %%
def network(weights, x):
    w1, b1, w2, b2, w3, b3 = weights
    return tf.nn.relu(tf.nn.relu(x @ w1 + b1) @ w2 + b2) @ w3 + b3


def losses(weights, x, y):  # one for each task
    return tf.reduce_mean((network(weights, x) - y) ** 2, axis=(1, 2))


# %%
def copies(weights, n_tasks):
    return [tf.repeat(w[None], n_tasks, axis=0) for w in weights]


def adapt(weights, x, y, steps=1, second_order=False, rate=0.01):
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss = tf.reduce_sum(losses(weights, x, y))
        gradients = tape.gradient(loss, weights)
        if not second_order:  # take the gradient as a constant
            gradients = [tf.stop_gradient(g) for g in gradients]
        weights = [w - rate * g for w, g in zip(weights, gradients, strict=True)]
    return weights


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 外循环再包一层 `GradientTape`，**磁带里还有磁带**。三种做法只差 `adapt`：不调用是联合训练；`second_order=False` 是一阶 MAML；`True` 是 MAML。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The outer loop wraps another `GradientTape` around it: **a tape inside a tape**. Three ways differ in `adapt` only: not called, it is joint training; `second_order=False` is first-order MAML, `True` is MAML.
#
# </div>


# %%
def meta_gradient(way, weights, x, y):
    """x, y: 20 points of each task, 10 for the support set and 10 for the query set"""
    if way == "Reptile":
        return reptile_gradient(weights, x, y)
    with tf.GradientTape() as tape:
        fast = copies(weights, len(x))
        if way != "joint":
            fast = adapt(fast, x[:, :10], y[:, :10], second_order=way == "MAML")
        loss = tf.reduce_mean(losses(fast, x[:, 10:], y[:, 10:]))
    return tape.gradient(loss, weights)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 用练习 4 的数核对：把“网络”换成 $wx$，自动微分给出同样的两个元梯度吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Check it with the numbers of exercise 4: with $wx$ for a “network”, does automatic differentiation give the same two meta-gradients?
#
# </div>

# %%
found = {}
for second_order in (True, False):
    w = tf.Variable(1.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            support_loss = (w * 1.0 - 3.0) ** 2
        g = inner.gradient(support_loss, w)
        fast = w - 0.1 * (g if second_order else tf.stop_gradient(g))
        query_loss = (fast * 2.0 - 4.0) ** 2
    found[second_order] = float(outer.gradient(query_loss, w))
assert np.isclose(found[True], 0.8 * found[False], rtol=1e-5)  # dw'/dw
table(["元梯度 meta-gradient", "亲手算 by hand", "自动微分 automatic"],
      [["MAML", "0.8 × 2 × 2 × (2.8 − 4) = −3.84", f"{found[True]:.2f}"],
       ["一阶 MAML · first-order MAML", "2 × 2 × (2.8 − 4) = −4.80", f"{found[False]:.2f}"]])  # fmt: skip

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **Reptile**（Nichol、Achiam 与 Schulman，2018）更简单：每个任务走几步（这里 5 步），然后把起点朝走到的地方的平均挪一点，
#
# $$\theta\leftarrow\theta-\eta_0\Bigl(\theta-\frac1n\sum_i\theta_i'\Bigr)$$
#
# $\eta_0$ 是外循环的学习率。没有查询集，也没有穿过内循环的梯度。括号里的差当作“梯度”交给 Adam。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Reptile** (Nichol, Achiam and Schulman, 2018) is simpler: take a few steps on each task (5 here), then move the start a little towards the mean of where they ended,
#
# $$\theta\leftarrow\theta-\eta_0\Bigl(\theta-\frac1n\sum_i\theta_i'\Bigr)$$
#
# $\eta_0$ is the rate of the outer loop. There is no query set, and no gradient through the inner loop. The difference in brackets is handed to Adam as if it were a gradient.
#
# </div>


# %%
def reptile_gradient(weights, x, y):
    fast = adapt(copies(weights, len(x)), x, y, steps=5)
    return [w - tf.reduce_mean(f, axis=0) for w, f in zip(weights, fast, strict=True)]


# %% tags=["setup"]
def fresh(seed):
    rng, made = np.random.default_rng(seed), []
    for n_in, n_out in [(1, 40), (40, 40), (40, 1)]:
        made += [rng.normal(0, n_in**-0.5, (n_in, n_out)), np.zeros((1, n_out))]
    return [w.astype("float32") for w in made]


def practise(way, meta_steps, seed=0):
    weights = [tf.Variable(w) for w in fresh(seed)]
    adam = keras.optimizers.Adam(5e-3)
    adam.build(weights)

    @tf.function
    def train(x, y):
        for t in tf.range(len(x)):
            adam.apply(meta_gradient(way, weights, x[t], y[t]), weights)

    x, y = sines(np.random.default_rng(100 + seed), meta_steps * 25, n_points=20)
    train(*(tf.constant(v.reshape(meta_steps, 25, 20, 1)) for v in (x, y)))
    return [w.numpy() for w in weights]


def new_task_losses(weights, steps, freq=1.0):
    """Loss of each of 300 new tasks after so many steps"""
    x, y = sines(np.random.default_rng(5), 300, 110, freq)
    fast = adapt(copies(weights, 300), x[:, :10], y[:, :10], steps)
    return losses(fast, x[:, 10:], y[:, 10:]).numpy()


# %% [markdown]
# ## 走 0、1、10 步以后 · After 0, 1 and 10 steps

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四种练习各走 600 步，每步 25 个新任务、每个任务 20 个点：**抽到的任务和点相同**（联合训练只用每个任务的后 10 个点）。然后考 300 个新任务：10 个点用来走，另外 100 个点用来考，学习率都是 0.01。
#
# 猜：走**一步**以后，联合训练的损失是 MAML 的几倍？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The four kinds of practice take 600 steps each, with 25 new tasks a step and 20 points a task: **the same tasks and points are drawn** (joint training uses only the last 10 of each task). Then come 300 new tasks for the test: 10 points to take steps on, 100 others to be tested on, always with a rate of 0.01.
#
# Guess: after **one** step, how many times MAML's loss is that of joint training?
#
# </div>

# %% tags=["exercise"]
predict("11-p5", ...)


# %%
WAYS = {"joint": "联合训练 joint training", "MAML": "MAML", "first-order": "一阶 MAML · first-order MAML",
        "Reptile": "Reptile"}  # fmt: skip
starts = {"plain": fresh(0)}
for way in waiting.counted(list(WAYS), "练习", "ways to practise"):
    starts[way] = practise(way, 600)

# %% tags=["nbval-ignore-output"]
NAMES = {"plain": "不练习 no practice"} | WAYS
after = {way: {k: new_task_losses(start, k) for k in (0, 1, 10)} for way, start in starts.items()}
table(["起点 start", "0 步 steps", "1 步 step", "10 步 steps"],
      [[NAMES[way], *(f"{loss.mean():.2f}" for loss in by_step.values())]
       for way, by_step in after.items()])  # fmt: skip
outcome("11-p5", after["joint"][1].mean() / after["MAML"][1].mean())

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 走 0 步时，MAML 与联合训练几乎一样（存下的 3.00 和 3.02）：起点自己**不是**答案。差别在第一步。看开头的新任务：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# After 0 steps MAML and joint training are almost equal (stored: 3.00 and 3.02): the start itself is **not** the answer. The difference comes with the first step. Here is the new task of the beginning:
#
# </div>


# %% tags=["setup"]
assert (
    after["joint"][0].mean() > 2.5 and abs(after["MAML"][0].mean() - after["joint"][0].mean()) < 1
)
for way in ("MAML", "first-order", "Reptile"):
    gap = np.log(after["joint"][1].mean() / after[way][1].mean())
    assert gap > 0.4  # after one step: at least 1.5 times smaller
    assert after[way][10].mean() < 0.6 * after["joint"][10].mean()


def curve_after(weights, x, y, steps, rate=0.01):
    """The network's curve on the grid, after steps on the points x, y"""
    points = [v.reshape(1, -1, 1).astype("float32") for v in (x, y, grid)]
    fast = adapt(copies([tf.constant(w) for w in weights], 1), *points[:2], steps, rate=rate)
    return network(fast, points[2]).numpy().ravel()


new_y = 4 * np.sin(places - 0.8)
fig, axes = plt.subplots(1, 3, figsize=(8, 2.9), sharey=True, layout="constrained")
styles = {"plain": (":", "s", 6), "joint": ("--", "^", 3), "MAML": ("-", "D", 1)}
for ax, steps in zip(axes, (0, 1, 10), strict=True):
    ax.plot(grid, 4 * np.sin(grid - 0.8), "-", marker="", color="#bbbbbb", lw=4, label="真的 true")
    for way, (style, mark, k) in styles.items():
        line = curve_after(starts[way], places, new_y, steps)
        look = {"ls": style, "marker": mark, "ms": 4, "markevery": 0.2, "color": figures.PALETTE[k]}
        ax.plot(grid, line, **look, label=NAMES[way])
    if steps == 0:
        ax.plot(
            grid, -1.62 * np.cos(grid), "-.", marker="", lw=1, color="#000000", label="−1.62 cos x"
        )
    ax.plot(places, new_y, "o", color="#000000", markersize=4, markevery=1)
    ax.set(title=f"{steps} 步 steps", xlabel="x", ylabel="y", ylim=(-6.5, 6.5))
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=7)
figures.show(
    fig,
    "三幅：走 0、1、10 步以后。0 步时联合训练的曲线贴着 −1.62 cos x，MAML 的也离真的曲线很远；1 步以后 MAML 的曲线已接近真的正弦，联合训练的还差得远；10 步以后，除了两端，MAML 几乎重合。",
    "Three panels: after 0, 1 and 10 steps. At 0 the curve of joint training follows −1.62 cos x, and MAML's is far from the true curve, too; after 1 step MAML's is near the true sine and that of joint training is far off; after 10, MAML's almost covers it, except at both ends.",
    names=("MAML", "−1.62 cos x"),
)

# %% tags=["setup", "nbval-ignore-output"]
joint_curve = network(
    [tf.constant(w) for w in starts["joint"]], grid.reshape(-1, 1).astype("float32")
)
mean_curve = -2 * 2.55 / np.pi * np.cos(grid)
off = float(np.sqrt(np.mean((joint_curve.numpy().ravel() - mean_curve) ** 2)))
say(
    ("联合训练的曲线离 −1.62 cos x：", "joint training's curve is off −1.62 cos x by"), f"{off:.2f}"
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 自己试：换起点、任务和步数。在哪些任务上，联合训练走 20 步就追得上 MAML 的一步？在哪些任务上追不上？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Try it: change the start, the task and the steps. With which tasks does joint training catch up with one step of MAML within 20 steps, and with which does it not?
#
# </div>


# %% tags=["setup"]
assert off < 0.6 < mean_curve.std()  # it has learned the mean of all tasks


def draw_adaptation(way, task, steps):
    luck = np.random.default_rng(task)
    amplitude, phase, x = luck.uniform(0.1, 5), luck.uniform(0, np.pi), luck.uniform(-5, 5, 10)
    y = amplitude * np.sin(x - phase)
    fig, ax = plt.subplots(figsize=(6, 2.8), layout="constrained")
    true = amplitude * np.sin(grid - phase)
    ax.plot(grid, true, "-", marker="", color="#bbbbbb", lw=4, label="真的 true")
    line = curve_after(starts[way], x, y, steps)
    ax.plot(grid, line, "--", marker="", color=figures.PALETTE[1], label="网络 network")
    ax.plot(x, y, "o", color="#000000", markersize=4, markevery=1)
    loss = np.mean((line - true) ** 2)
    ax.set(
        xlabel="x",
        ylim=(-6.5, 6.5),
        title=f"步数 {steps}，损失 {loss:.2f} · steps {steps}, loss {loss:.2f}",
    )
    ax.legend(fontsize=8)
    return fig


Explorer(
    draw_adaptation,
    way=widgets.Dropdown(
        options=[(NAMES[way], way) for way in starts], value="MAML", description="起点 start"
    ),
    task=widgets.IntSlider(4, 0, 20, description="任务 task"),
    steps=widgets.IntSlider(1, 0, 20, description="内循环的步数 inner steps"),
    alt_zh="一条灰色的正弦曲线和它上面的 10 个点，还有网络走几步以后画出的曲线，标题里是损失。",
    alt_en="A grey sine curve with 10 points on it, and the curve that the network draws after some steps; the title gives the loss.",
)

# %% [markdown]
# ## 9 个种子、代价和界限 · 9 seeds, the cost, and the limits

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一次练习说明不了什么。**存下的** 9 个种子各练 1,000 步，都考同样的 300 个新任务。比较用成对的比值：对数相减，求区间，再取指数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One practice proves little. 9 **stored** seeds have practised for 1,000 steps each, and all face the same 300 new tasks. They are compared by paired ratios: subtract logarithms, take the interval, and go back by the exponential.
#
# </div>

# %% tags=["setup", "result-table"]
meta = pd.DataFrame(measured["meta"])


def stored_loss(way, steps=1000, key="loss"):
    """One row a seed: the loss after 0, 1 and 10 steps"""
    return np.array(meta[(meta.way == way) & (meta.steps == steps)][key].tolist())


def times(one, other, place):
    """How many times as large, with the 95% interval"""
    logs = np.log(stored_loss(one)[:, place]) - np.log(stored_loss(other)[:, place])
    return np.exp([logs.mean(), *t_interval(logs)])


STORED = {"none": "不练习 no practice", "joint": "联合训练 joint training", "maml": "MAML",
          "first-order": "一阶 MAML · first-order MAML", "reptile": "Reptile"}  # fmt: skip
found = {way: stored_loss(way, 0 if way == "none" else 1000) for way in STORED}
table(["起点 start", "0 步 steps", "1 步 step", "10 步 steps"],
      [[STORED[way], *(f"{v:.2f}" for v in losses_of.mean(axis=0))] for way, losses_of in found.items()])  # fmt: skip
ENGLISH = {"joint": "joint training", "first-order": "first-order MAML", "reptile": "Reptile"}
for way, zh in zip(ENGLISH, ["联合训练", "一阶 MAML", "Reptile"], strict=True):
    by_steps = [times(way, "maml", place) for place in (1, 2)]
    text = [f"{mean:.2f} [{low:.2f}, {high:.2f}]" for mean, low, high in by_steps]
    names = f"{zh} / MAML，1 步和 10 步：", f"{ENGLISH[way]} / MAML, 1 step and 10 steps:"
    say(names, ", ".join(text))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * **联合训练**走一步后的损失是 MAML 的 3.1 倍 [2.8, 3.5]，10 步后 4.8 倍 [3.9, 5.8]。给它换个更好的学习率（在别的任务上选，只量了 10 步）也追不上。
# * **一阶 MAML** 走一步后是 MAML 的 1.3 倍 [1.1, 1.5]，10 步后 1.5 倍 [1.1, 2.0]：二阶项有用。
# * **Reptile** 走一步后 1.25 倍 [1.1, 1.4]，10 步后看不出差别，0.9 倍 [0.7, 1.1]。它一个元训练步要走 5 个内循环步，还用全部 20 个点来走。
# * **不练习**走一步后平均 14.91，主要来自两个种子（66.0 和 28.7）：那里一步走得太大。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * After one step the loss of **joint training** is 3.1 times MAML's [2.8, 3.5], after 10 steps 4.8 times [3.9, 5.8]. A better rate for it (chosen on other tasks, for 10 steps) does not make up for that.
# * **First-order MAML** is at 1.3 times MAML's after one step [1.1, 1.5], at 1.5 times after 10 [1.1, 2.0]: second-order terms help.
# * **Reptile** is at 1.25 times after one step [1.1, 1.4]; after 10 there is no clear difference, 0.9 times [0.7, 1.1]. One meta-step of it takes 5 inner steps, and takes them on all 20 points.
# * **No practice**: the mean of 14.91 after one step comes mainly from two seeds (66.0 and 28.7); there the step was too large.
#
# </div>

# %% tags=["setup"]
assert len(stored_loss("maml")) == 9
assert times("joint", "maml", 1)[1] > 2 and times("joint", "maml", 2)[1] > 2.5
assert times("first-order", "maml", 2)[1] > 1
assert times("first-order", "maml", 1)[1] > 1 and times("first-order", "maml", 1)[0] < 1.8
assert (
    times("reptile", "maml", 1)[1] > 1
    and times("reptile", "maml", 2)[1] < 1 < times("reptile", "maml", 2)[2]
)
joint_rows = meta[meta.way == "joint"]
assert joint_rows.loss_best_rate.mean() > 3 * stored_loss("maml")[:, 2].mean()

ratio = measured["cost"]
say(
    (
        "MAML 的时间除以一阶 MAML 的，内循环 1 步：",
        "MAML's time over first-order MAML's, 1 inner step:",
    ),
    f"{np.median(ratio['1']):.2f}",
)
say(("内循环 5 步：", "5 inner steps:"), f"{np.median(ratio['5']):.2f}")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 二阶导数要付出时间：同一次测量里，MAML 和一阶 MAML 轮流走 200 个元训练步，9 遍，存下的是处理器时间的比值。中位数约为 2。机器当时很忙，所以各遍相差不小，只看“约两倍”。
#
# 界限更要紧。练习用的正弦频率都是 1。新任务的频率加倍，会怎样？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Second derivatives cost time: in one measurement MAML and first-order MAML took 200 meta-steps in turn, 9 times over; what is stored are ratios of processor time. The median is about 2. The machine was busy, so the repeats differ a good deal; take it as “about twice”.
#
# The limits matter more. All sines of practice have frequency 1. What if a new task has twice that?
#
# </div>
# %% tags=["nbval-ignore-output"]
elsewhere = {way: new_task_losses(starts[way], 10, freq=2.0).mean() for way in ("joint", "MAML")}
table(["10 步以后 after 10 steps", "练习过的那类任务 tasks as practised", "频率加倍 frequency doubled"],
      [[NAMES[way], f"{after[way][10].mean():.2f}", f"{elsewhere[way]:.2f}"] for way in elsewhere])  # fmt: skip

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 频率加倍，MAML 的起点就没有用了：走 10 步以后，损失比总是预测 0（约 4.25）还大（下图）。存下的 9 个种子里，它是**不练习**的 1.17 倍 [1.12, 1.22]：负迁移（第 05 课）；联合训练也是 1.10 倍 [1.09, 1.11]。**这里练习只对同一类任务有用。**
#
# 照片上呢？Raghu 等（2020）发现，MAML 在少样本照片上的成绩主要来自特征，不是快速改变主干。这与前面的原型相合：特征够好，新任务只要求几个平均。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With the frequency doubled MAML's start is of no use: after 10 steps the loss is larger than that of always predicting 0 (about 4.25; picture below). In the 9 stored seeds it is 1.17 times that of **no practice** [1.12, 1.22]: negative transfer (lesson 05); joint training, too, is at 1.10 times [1.09, 1.11]. **Here practice helped only with tasks of the same kind.**
#
# And with photos? Raghu et al. (2020) find that MAML owes its few-shot results on photos mostly to features, not to changing the trunk quickly. That agrees with the prototypes above: with good features a new task needs no more than a few means.
#
# </div>

# %% tags=["setup"]
assert elsewhere["MAML"] > 5 * after["MAML"][10].mean() and elsewhere["MAML"] > 4.25
far = {way: np.log(stored_loss(way, n, "faster")[:, 2]) for way, n in [("maml", 1000), ("none", 0)]}
assert t_interval(far["maml"] - far["none"])[0] > 0.05  # stored: worse than no practice

fig, axes = plt.subplots(1, 2, figsize=(8, 2.7), sharey=True, layout="constrained")
for ax, freq in zip(axes, (1, 2), strict=True):
    true, some_y = 4 * np.sin(freq * grid - 0.8), 4 * np.sin(freq * places - 0.8)
    line = curve_after(starts["MAML"], places, some_y, 10)
    ax.plot(grid, true, "-", marker="", color="#bbbbbb", lw=4, label="真的 true")
    ax.plot(
        grid, line, "--", marker="", color=figures.PALETTE[1], label="MAML，10 步 MAML, 10 steps"
    )
    ax.plot(places, some_y, "o", color="#000000", markersize=4, markevery=1)
    ax.set(title=f"频率 {freq} · frequency {freq}", xlabel="x", ylabel="y", ylim=(-6.5, 6.5))
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=8)
figures.show(
    fig,
    "左：频率 1，走 10 步以后，除了两端，MAML 的虚线几乎盖住真的正弦。右：频率加倍，虚线跟不上，只是一条平缓的曲线，离真的正弦很远。",
    "Left: with frequency 1 MAML's dashed line after 10 steps almost covers the true sine, except at both ends. Right: with the frequency doubled it cannot follow, and is a gentle curve far from the true sine.",
)

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四道练习在上文各节。卡住时运行 `hint("11-1")`，每次多说一步；`solution("11-1")` 给出完整解答。`progress()` 显示你完成了哪些。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The four exercises stand in the sections above. Stuck? `hint("11-1")` says one step more each time; `solution("11-1")` shows a worked answer, `progress()` what you have done.
#
# </div>

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("11-q1")
quiz("11-q2")
quiz("11-q3")
quiz("11-q4")
quiz("11-q5")

# %% tags=["exercise"]
guesses("11")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 硬共享：主干从两个任务得到 $\omega_1g_1+\omega_2g_2$。辅助任务帮不帮，要量；在我们量的四种标签数里，真标签都更好。
# * 平均来看，帮助大的任务梯度的余弦也大；单独一次几乎没有用。
# * 原型是不用训练的线性头；单样本学习靠以前学到的特征。
# * 联合训练学到的是所有任务的平均；MAML 学的是走一步以后好不好。
# * **回到问题**：在许多小任务上练习，能让下一个变容易，条件是它与练习过的相像。
#
# | 练习 | 留下什么 | 量到的 |
# |---|---|---|
# | 一起学相关的任务 | 主干 | +0.9 个百分点 [0.3, 1.5] |
# | 先学好特征 | 骨干网络 | 每类 1 张：约 0.6，随机网络 0.26 |
# | MAML | 起点 | 走一步后，联合训练的损失是它的 3.1 倍 [2.8, 3.5] |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Hard sharing: the trunk gets $\omega_1g_1+\omega_2g_2$ from two tasks. Whether an auxiliary task helps must be measured; with all four numbers of labels that we tried, real ones were better.
# * On average what helps has a larger cosine of the gradients; a single run says almost nothing.
# * Prototypes are a linear head that needs no training; one-shot learning lives on features learned before.
# * Joint training learns the mean of all tasks; MAML learns how good things are after a step.
# * **Back to the question**: practice on many small tasks can make the next one easier, if it is like those that were practised.
#
# | practice | what is kept | measured |
# |---|---|---|
# | learning a related task along | the trunk | +0.9 points [0.3, 1.5] |
# | features first | the backbone | 1 shot: about 0.6, with random networks 0.26 |
# | MAML | the start | after one step joint training's loss is 3.1 times as large [2.8, 3.5] |
#
# </div>
# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S5 §1.2 | “一元学习”不是通用的术语；如果指单样本学习（我们的猜测），它靠的正是以前学到的知识 | <q>而一元学习则需要从头开始训练模型</q> |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S5 §1.2 | “unary learning” is no established term; if one-shot learning is meant, which is our guess, it lives on knowledge learned before | <q>而一元学习则需要从头开始训练模型 [while “unary learning” has to train models from scratch]</q> |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Caruana, *Multitask Learning*, Machine Learning 28:41–75, 1997：硬共享
# * Yu, Kumar, Gupta, Levine, Hausman, Finn, *Gradient Surgery for Multi-Task Learning*, NeurIPS 2020, arXiv:2001.06782：梯度冲突
# * Kendall, Gal, Cipolla, *Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and Semantics*, CVPR 2018, 7482–7491, arXiv:1705.07115：不确定性加权
# * Snell, Swersky, Zemel, *Prototypical Networks for Few-shot Learning*, NIPS 2017, arXiv:1703.05175：原型
# * Fei-Fei, Fergus, Perona, *One-shot learning of object categories*, IEEE TPAMI 28(4):594–611, 2006：单样本学习
# * Finn, Abbeel, Levine, *Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks*, ICML 2017, PMLR 70:1126–1135, arXiv:1703.03400：MAML
# * Nichol, Achiam, Schulman, *On First-Order Meta-Learning Algorithms*, arXiv:1803.02999, 2018：Reptile
# * Raghu, Raghu, Bengio, Vinyals, *Rapid Learning or Feature Reuse? Towards Understanding the Effectiveness of MAML*, ICLR 2020, arXiv:1909.09157：MAML 学到的主要是特征
# * Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, technical report, University of Toronto, 2009：CIFAR-10
# * Hull, *A database for handwritten text recognition research*, IEEE TPAMI 16(5):550–554, 1994：USPS 数字
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Caruana, *Multitask Learning*, Machine Learning 28:41–75, 1997: hard sharing
# * Yu, Kumar, Gupta, Levine, Hausman, Finn, *Gradient Surgery for Multi-Task Learning*, NeurIPS 2020, arXiv:2001.06782: conflicts of gradients
# * Kendall, Gal, Cipolla, *Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and Semantics*, CVPR 2018, 7482–7491, arXiv:1705.07115: uncertainty weighting
# * Snell, Swersky, Zemel, *Prototypical Networks for Few-shot Learning*, NIPS 2017, arXiv:1703.05175: prototypes
# * Fei-Fei, Fergus, Perona, *One-shot learning of object categories*, IEEE TPAMI 28(4):594–611, 2006: one-shot learning
# * Finn, Abbeel, Levine, *Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks*, ICML 2017, PMLR 70:1126–1135, arXiv:1703.03400: MAML
# * Nichol, Achiam, Schulman, *On First-Order Meta-Learning Algorithms*, arXiv:1803.02999, 2018: Reptile
# * Raghu, Raghu, Bengio, Vinyals, *Rapid Learning or Feature Reuse? Towards Understanding the Effectiveness of MAML*, ICLR 2020, arXiv:1909.09157: what MAML learns is mostly features
# * Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, technical report, University of Toronto, 2009: CIFAR-10
# * Hull, *A database for handwritten text recognition research*, IEEE TPAMI 16(5):550–554, 1994: the USPS digits
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("11")
