# ---
# jupyter:
#   course: {minutes: 50, needs: ["01"]}
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
# # 02 损失函数 · Loss functions

# %% tags=["setup"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from course_utils import explorables, features, figures, photos
from course_utils.bilingual import say
from course_utils.learning import check, guesses, hint, outcome, predict, progress, quiz, solution
from course_utils.widgets import Explorer

figures.use_style()
course_utils.reproducible(7)
rng = np.random.default_rng(np.random.randint(1000))  # another COURSE_SEED: other numbers

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一个网络说：“99% 是狗。”照片上是一只猫。另一个网络说：“60% 是狗。”两个都错了，错得一样多吗？**损失函数**（loss function）把“错了多少”变成一个数，训练就是让这个数变小；所以选错损失，网络会认真地学会错误的事。下图是这一课最常用的一种损失：横轴是网络说“是狗”的概率，纵轴是要付的代价，狗和猫各一条曲线。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One network says: “99% dog.” The photo shows a cat. Another says: “60% dog.” Both are wrong; are they equally wrong? A **loss function** turns “how wrong” into one number, and training makes that number small; so with the wrong loss a network diligently learns the wrong thing. The picture shows the loss that this lesson uses most: along the axis the probability that the network gives to “dog”, upwards what it costs, one curve for a dog and one for a cat.
#
# </div>

# %% tags=["setup", "keep-output"]
chances = np.linspace(0.002, 0.998, 400)
fig, ax = plt.subplots(figsize=(5.2, 3))
ax.plot(chances, -np.log(chances), "-", marker="", label="照片是狗 it is a dog: −log p")
ax.plot(chances, -np.log(1 - chances), "--", marker="", label="照片是猫 it is a cat: −log(1−p)")
ax.set(xlabel="网络说“是狗”的概率 p probability p of “dog”", ylabel="损失 loss", ylim=(0, 6))
ax.legend(loc="upper center")
figures.show(
    fig,
    "两条曲线：照片是狗时，代价从左边的很高降到 p = 1 处的 0；照片是猫时正好左右相反。",
    "Two curves: for a dog, the cost falls from very high at the left to 0 at p = 1; for a cat it is the mirror image.",
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 从似然推出均方误差、二元交叉熵和多类交叉熵，并用 NumPy 写出来，与 Keras 相差不到 $10^{-6}$；
# * 直接用 logits 计算损失，避开上溢和被截断的梯度；
# * 说出求和与求平均的差别，以及分类为什么不用均方误差；
# * 一眼看出少了一半的交叉熵，并知道它什么时候会藏起来。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * derive mean squared error, binary and categorical cross-entropy from the likelihood, write them in NumPy and agree with Keras to within $10^{-6}$;
# * compute a loss from logits directly and avoid overflow and clipped gradients;
# * say what differs between a sum and a mean, and why classification does not use mean squared error;
# * spot a cross-entropy with half of it missing, and know when the mistake hides.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 01 课的 $\delta$ 和 sigmoid。$i$ 总是样本的编号，$c$ 总是类别的编号，$\log$ 是自然对数。在 2 个 CPU 核上运行全部单元格不到 1 分钟，读完并做练习大约 50 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need $\delta$ and the sigmoid from lesson 01. $i$ always numbers samples, $c$ always numbers classes, and $\log$ is the natural logarithm. Running all cells takes less than 1 minute on 2 CPU cores, reading and doing the exercises about 50 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 照片是猫。一个网络说“90% 是狗”，另一个说“99% 是狗”。按上图的损失，第二个的代价是第一个的几倍？写一个数。后面还有两个猜测，各在自己的实验之前。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The photo shows a cat. One network says “90% dog”, another “99% dog”. By the loss of the picture, how many times as much does the second one cost as the first? Write a number. Two more guesses follow, each before its own experiment.
#
# </div>

# %% tags=["exercise"]
predict("02-p3", ...)  # times

# %% [markdown]
# ## 损失从哪里来：似然 · Where losses come from: likelihood

# %% tags=["nbval-ignore-output"]
times = np.log(1 - 0.99) / np.log(1 - 0.9)
say(f"p = 0.9: {-np.log(1 - 0.9):.2f}   p = 0.99: {-np.log(1 - 0.99):.2f}   倍 times: {times:.2f}")
outcome("02-p3", times)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 正好 2 倍：猫的概率从 $0.1$ 变成 $0.01$，而 $\log0.01=2\log0.1$。正确答案的概率每小到十分之一，代价就加上同样多。为什么是对数？从抛硬币看起。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Exactly 2 times: the probability of the cat goes from $0.1$ to $0.01$, and $\log0.01=2\log0.1$. Each time the probability of the right answer shrinks to a tenth, the same cost is added. Why a logarithm? Start with a coin.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 抛 10 次硬币，7 次正面。正面的概率 $p$ 是多少？看哪个 $p$ 让这一串结果最有可能出现：它的概率叫似然（likelihood），等于 $p^7(1-p)^3$。取负对数，乘积变成和，“最大”变成“最小”，就是损失：
#
# $$-\log\left[p^7(1-p)^3\right]=-7\log p-3\log(1-p)$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 10 coin tosses, 7 heads. What is the probability $p$ of heads? Ask which $p$ makes this sequence of outcomes most probable: its probability is called the likelihood, $p^7(1-p)^3$. Take the negative logarithm: the product becomes a sum, “largest” becomes “smallest”, and that is a loss:
#
# $$-\log\left[p^7(1-p)^3\right]=-7\log p-3\log(1-p)$$
#
# </div>

# %%
heads = np.linspace(0.01, 0.99, 99)  # every probability of heads that we try
negative_log_likelihood = -7 * np.log(heads) - 3 * np.log(1 - heads)
best_p = heads[np.argmin(negative_log_likelihood)]
say(f"最好的 best p = {best_p:.2f}")
assert np.isclose(best_p, 0.7)

# %% tags=["setup"]
fig, (left, right) = plt.subplots(1, 2, figsize=(8, 2.7))
left.plot(heads, heads**7 * (1 - heads) ** 3, "-", marker="")
left.set(xlabel="正面的概率 p probability p of heads", ylabel="似然 likelihood")
right.plot(heads, negative_log_likelihood, "-", marker="")
right.set(xlabel="正面的概率 p probability p of heads", ylabel="负对数似然 −log likelihood")
for ax in (left, right):
    ax.axvline(0.7, color="C1", linestyle="--")
figures.show(
    fig,
    "左：似然随 p 变化，在 0.7 处最高。右：负对数似然在同一处最低。",
    "Left: the likelihood against p, highest at 0.7. Right: its negative logarithm, lowest at the same place.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **二元交叉熵**（binary cross-entropy，BCE）就是它的一般形式。每个样本有自己的标签 $y_i\in\{0,1\}$ 和自己的预测概率 $p_i$。标签是 1 的概率为 $p_i$，是 0 的概率为 $1-p_i$；两种情形合写成 $p_i^{y_i}(1-p_i)^{1-y_i}$。取负对数，再对 $n$ 个样本取平均：
#
# $$\mathrm{BCE}=-\frac1n\sum_{i=1}^n\left[y_i\log p_i+(1-y_i)\log(1-p_i)\right]$$
#
# 对每个样本，两项里只有一项起作用：标签是 1 时惩罚太小的 $p_i$，标签是 0 时惩罚太大的 $p_i$。两项缺一不可。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Binary cross-entropy** (BCE) is its general form. Each sample has its own label $y_i\in\{0,1\}$ and its own predicted probability $p_i$. Label 1 has the probability $p_i$, label 0 has $1-p_i$; both cases in one are $p_i^{y_i}(1-p_i)^{1-y_i}$. Take the negative logarithm and average over the $n$ samples:
#
# $$\mathrm{BCE}=-\frac1n\sum_{i=1}^n\left[y_i\log p_i+(1-y_i)\log(1-p_i)\right]$$
#
# For each sample just one of the two terms acts: with label 1 it punishes a $p_i$ that is too small, with label 0 a $p_i$ that is too large. Neither can be left out.
#
# </div>


# %%
def bce(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


labels = np.array([1.0, 0.0, 1.0, 0.0])
probabilities = np.array([0.9, 0.2, 0.6, 0.4])
print(f"BCE = {bce(labels, probabilities):.4f}")
by_keras = keras.losses.BinaryCrossentropy()(labels, probabilities)
assert np.isclose(bce(labels, probabilities), by_keras, rtol=0, atol=1e-6)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **为什么叫交叉熵**？概率为 $p$ 的事发生了，$-\log p$ 可以读作“意外的程度”。结果按概率 $q_c$ 出现，预测是 $p_c$，平均的意外就是 $-\sum_cq_c\log p_c$。用真实的概率自己去预测（$p=q$），这个平均叫**熵**（entropy）；用另一组概率去预测，两组交叉着用，就叫交叉熵。它在 $p=q$ 时最小。标签是确定的时候，$q$ 只有一个 1，正好剩下 $-\log p$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Why the name cross-entropy?** When something of probability $p$ happens, $-\log p$ can be read as the surprise. If outcomes come with probabilities $q_c$ and the forecast is $p_c$, the average surprise is $-\sum_cq_c\log p_c$. With the true probabilities as their own forecast ($p=q$) this average is the **entropy**; with another set as the forecast, the two are crossed: cross-entropy. It is smallest at $p=q$. With a certain label, $q$ has a single 1, and just $-\log p$ is left.
#
# </div>

# %%
for forecast in [0.5, 0.7, 0.9]:  # of a coin whose heads have the probability 0.7
    surprise = -(0.7 * np.log(forecast) + 0.3 * np.log(1 - forecast))
    say(f"预测 forecast {forecast}:", f" 交叉熵 cross-entropy {surprise:.3f}")
crossed = -0.7 * np.log(heads) - 0.3 * np.log(1 - heads)
assert np.isclose(heads[np.argmin(crossed)], 0.7)

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(5, 2.7))
ax.plot(heads, crossed, "-", marker="", label="交叉熵 cross-entropy")
ax.axhline(crossed.min(), color="C1", linestyle="--", label="熵 entropy")
ax.set(xlabel="预测的概率 p forecast p", ylabel="平均的意外 mean surprise", ylim=(0, 3))
ax.legend()
figures.show(
    fig,
    "硬币正面的概率是 0.7：交叉熵随预测变化，在 0.7 处碰到熵的虚线，别处都更高。",
    "A coin whose heads have probability 0.7: the cross-entropy against the forecast touches the dashed line of the entropy at 0.7 and is higher elsewhere.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **均方误差**（mean squared error，MSE）也来自似然：假设误差服从正态分布，$y_i\sim\mathcal N(\hat y_i,\tau^2)$，平均值是 $\hat y_i$，方差记作 $\tau^2$，密度与 $e^{-(y_i-\hat y_i)^2/2\tau^2}$ 成正比，负对数似然就是 $\frac{1}{2\tau^2}\sum_i(y_i-\hat y_i)^2$ 加一个常数。所以 MSE 适合预测一个连续的数，最好的常数预测是平均值。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Mean squared error** (MSE) comes from a likelihood too: if errors are normal, $y_i\sim\mathcal N(\hat y_i,\tau^2)$ with mean $\hat y_i$ and variance $\tau^2$, the density is proportional to $e^{-(y_i-\hat y_i)^2/2\tau^2}$ and the negative log-likelihood is $\frac{1}{2\tau^2}\sum_i(y_i-\hat y_i)^2$ plus a constant. So MSE fits the prediction of a continuous number, and the best constant prediction is the mean.
#
# </div>


# %%
def mse(y, y_hat):
    return np.mean((y - y_hat) ** 2)


prices = np.array([1.0, 2.0, 3.0, 10.0])
candidates = np.linspace(0, 10, 1001)
best_price = candidates[np.argmin([mse(prices, c) for c in candidates])]
say(f"最好的常数 best constant {best_price:.2f}   平均值 mean {prices.mean():.2f}")
assert np.isclose(best_price, prices.mean())
by_keras = keras.losses.MeanSquaredError()(labels, probabilities)
assert np.isclose(mse(labels, probabilities), by_keras, rtol=0, atol=1e-6)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 1**：一个样本，$y=1$，$p=0.25$，用自然对数。二元交叉熵是多少？把 `...` 换成一个数，写 3 位小数；卡住了就运行 `hint("02-1")`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 1**: one sample, $y=1$, $p=0.25$, natural logarithm. What is the binary cross-entropy? Put a number in place of `...`, with 3 decimals; when you are stuck, run `hint("02-1")`.
#
# </div>

# %% tags=["exercise"]
answer_loss = ...
check("02-1", answer_loss)

# %% [markdown]
# ## 误区实测：少了一半的交叉熵 · The myth, measured: half a cross-entropy

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **误区**：有的教程把 0 和 1 两类的交叉熵写成 $-\sum_i y_i\log p_i$，没有 $(1-y_i)$ 那一项。文章 S1 §4.2 写 $CE=-\sum_{i=1}^{n}y_i\log(\hat{y}_i)$，S3 §4.2 写 $L(\theta_2)=-\sum_{i=1}^{N}y_i\log(p_i)$（它们的代码用的是 Keras 里正确的 `binary_crossentropy`）。差一半要紧吗？
#
# 在真实照片上试：200 张猫狗照片（狗是 1，猫是 0）经过预训练好、不再改动的网络 EfficientNet-Lite0，每张变成 1,280 个特征（第 07 课讲为什么这样做），在上面训练一个 sigmoid 神经元，用这个只有一半的损失。先猜：40 张没见过的照片，猫狗各半，它会把百分之几判为狗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Myth**: some tutorials print the cross-entropy of two classes 0 and 1 as $-\sum_i y_i\log p_i$, without the term of $(1-y_i)$. Article S1 §4.2 has $CE=-\sum_{i=1}^{n}y_i\log(\hat{y}_i)$ and S3 §4.2 $L(\theta_2)=-\sum_{i=1}^{N}y_i\log(p_i)$ (their code uses Keras's correct `binary_crossentropy`). Does half of it matter?
#
# Try it on real photos: 200 photos of cats and dogs (dog is 1, cat is 0) go through EfficientNet-Lite0, a network that is already trained and stays as it is, and become 1,280 features each (lesson 07 says why); one sigmoid neuron is trained on them with this half of the loss. Guess first: of 40 new photos, half of them cats, what per cent will it call a dog?
#
# </div>

# %% tags=["exercise"]
predict("02-p1", ...)  # 0–100

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 训练需要损失 $L$ 对 $z$（sigmoid 之前的数，也叫 logit 或对数几率）的导数 $\delta$。完整的 BCE 有 $\frac{\partial L}{\partial p}=\frac{p-y}{p(1-p)}$，而 $\frac{\partial p}{\partial z}=p(1-p)$，乘起来正好约掉：$\delta=p-y$。一半的 $-y\log p$ 有 $\frac{\partial L}{\partial p}=-\frac yp$，于是 $\delta=-y(1-p)$。
#
# | | 狗，$y=1$ | 猫，$y=0$ |
# |---|---|---|
# | BCE | $-\log p$ | $-\log(1-p)$ |
# | 它的 $\delta$ | $p-1$ | $p$ |
# | 一半 | $-\log p$ | $0$ |
# | 它的 $\delta$ | $-(1-p)$ | $0$ |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Training needs the derivative $\delta$ of the loss $L$ with respect to $z$, the number before the sigmoid, also called the logit or log-odds. The whole BCE has $\frac{\partial L}{\partial p}=\frac{p-y}{p(1-p)}$, and $\frac{\partial p}{\partial z}=p(1-p)$; the product cancels: $\delta=p-y$. The half, $-y\log p$, has $\frac{\partial L}{\partial p}=-\frac yp$, hence $\delta=-y(1-p)$.
#
# | | dog, $y=1$ | cat, $y=0$ |
# |---|---|---|
# | BCE | $-\log p$ | $-\log(1-p)$ |
# | its $\delta$ | $p-1$ | $p$ |
# | half | $-\log p$ | $0$ |
# | its $\delta$ | $-(1-p)$ | $0$ |
#
# </div>

# %%
train_photos, test_photos = photos.default("train"), photos.default("test")
x_train = features.extract(train_photos, backbone="efficientnet_lite0").astype(float)
x_test = features.extract(test_photos, backbone="efficientnet_lite0").astype(float)
y_train, y_test = train_photos.labels, test_photos.labels  # 0 cat, 1 dog
print(x_train.shape, x_test.shape, train_photos.class_names)


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def bce_delta(p, y):
    return p - y


def half_delta(p, y):
    return -y * (1 - p)  # zero for every cat


# %%
def train(x, y, delta, learning_rate=0.05, n_steps=1000):
    w, b = np.zeros(x.shape[1]), 0.0
    for _ in range(n_steps):
        d = delta(sigmoid(x @ w + b), y)
        w -= learning_rate * x.T @ d / len(x)
        b -= learning_rate * d.mean()
    return w, b


def share_and_accuracy(x, y, parameters):
    dogs = x @ parameters[0] + parameters[1] > 0
    return dogs.mean(), np.mean(dogs == y)


# %% tags=["nbval-ignore-output"]
right, half = (train(x_train, y_train, delta) for delta in [bce_delta, half_delta])
for name, trained in {"对的 right": right, "一半 half": half}.items():
    share, accuracy = share_and_accuracy(x_test, y_test, trained)
    say(f"{name}:", f" 判为狗 called a dog {share:.0%}   准确率 accuracy {accuracy:.0%}")
outcome("02-p1", 100 * share)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一半的损失几乎降到 0，看上去训练得很好，却把每一张照片都判为狗，准确率正好 50%。
#
# 原因：猫（$y=0$）的 $\delta$ 永远是 0，狗的 $\delta$ 永远小于 0；这些特征又都不小于 0，所以权重和偏置从 0 开始只增不减，没有一张照片的 $z$ 能小于 0。
#
# **它什么时候会藏起来**？只要先从特征里减去总平均，准确率就超过 85%。这里两类一样多，减去总平均后，猫的平均正好是狗的相反数，把“狗”推高就等于把“猫”压低：公式还是错的，数据替它遮掩了。所以“在我这里能用”不能证明公式是对的。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The half loss falls to almost 0 and looks well trained, yet it calls every photo a dog: its accuracy is exactly 50%.
#
# The reason: for a cat ($y=0$) $\delta$ is always 0, and for a dog $\delta$ is always negative; these features are never negative, so weights and bias start at 0 and only grow, and no photo's $z$ can be below 0.
#
# **When does the mistake hide?** Subtract the overall mean from the features first, and the accuracy exceeds 85%. With as many cats as dogs, the cats' mean is then minus the dogs', and pushing “dog” up pushes “cat” down: the data cover for a wrong formula. So “it works for me” does not prove a formula.
#
# </div>

# %% tags=["setup", "shows-half-cross-entropy"]
p_dog = sigmoid(x_train @ half[0] + half[1])
assert -np.sum(y_train * np.log(p_dog)) < 0.5  # its own loss is nearly zero: it looks finished
assert share_and_accuracy(x_test, y_test, half) == (1.0, 0.5)
assert share_and_accuracy(x_test, y_test, right)[1] > 0.9
fig, axes = plt.subplots(1, 2, figsize=(8, 2.3), sharey=True)
for ax, (w, b), title in [(axes[0], right, "完整的 whole"), (axes[1], half, "一半 half")]:
    for label, name, marker in [(0, "猫 cat", "o"), (1, "狗 dog", "^")]:
        shown = (x_test @ w + b)[y_test == label]
        heights = label + np.linspace(-0.3, 0.3, len(shown))
        ax.scatter(shown, heights, color=f"C{label}", marker=marker, label=name)
    ax.axvline(0, color="black")
    ax.set(xlabel="对数几率 z logit z", ylabel="照片 photo", yticks=[], title=title, ylim=(-0.6, 2))
    ax.legend(loc="upper left")
figures.show(
    fig,
    "40 张照片的 z。左：完整的 BCE，猫大多在 0 的左边，狗在右边。右：一半的损失，全部在 0 的右边。",
    "The z of 40 photos. Left, the whole BCE: most cats lie left of 0, dogs right. Right, half of it: all lie right of 0.",
)

# %%
assert x_train.min() >= 0 and half[0].min() >= 0 and half[1] > 0
mean = x_train.mean(axis=0)
centred = x_train - mean
hidden = train(centred, y_train, half_delta)
assert share_and_accuracy(x_test - mean, y_test, hidden)[1] > 0.85
assert np.allclose(centred[y_train == 0].mean(axis=0), -centred[y_train == 1].mean(axis=0))

# %% [markdown]
# ## 分类为什么不用均方误差 · Why not mean squared error for classification

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# sigmoid 之前的数 $z$ 是 **logit**，也叫对数几率，因为由 $p=\sigma(z)$ 解得 $z=\log\frac{p}{1-p}$。两种损失对它的导数是
#
# $$\frac{\partial\,\mathrm{BCE}}{\partial z}=p-y,\qquad \frac{\partial\,\mathrm{MSE}}{\partial z}=2(p-y)\,p(1-p)$$
#
# 差别在 $p(1-p)$。网络自信满满却错了的时候（$y=1$，$z=-8$），这个因子几乎是 0：$z$ 越负，MSE 学得越慢；BCE 的导数接近 $-1$，全力纠正。第 01 课的计算图里，偏置拖到最左边时 $\delta$ 几乎是 0，就是这个原因。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The number $z$ before the sigmoid is the **logit**, or log-odds, because solving $p=\sigma(z)$ gives $z=\log\frac{p}{1-p}$. The two losses have these derivatives with respect to it:
#
# $$\frac{\partial\,\mathrm{BCE}}{\partial z}=p-y,\qquad \frac{\partial\,\mathrm{MSE}}{\partial z}=2(p-y)\,p(1-p)$$
#
# The difference is $p(1-p)$. When the network is confidently wrong ($y=1$, $z=-8$), this factor is almost 0, and the more negative $z$, the more slowly MSE learns; the derivative of BCE is close to $-1$ and corrects with full force. That is why $\delta$ was almost 0 in the graph of lesson 01 with the bias far to the left.
#
# </div>


# %%
def mse_delta(p, y):
    return 2 * (p - y) * p * (1 - p)


above, below = 0.3 + 1e-6, 0.3 - 1e-6  # three formulas against finite differences at z = 0.3
tried = (bce(1.0, sigmoid(above)) - bce(1.0, sigmoid(below))) / 2e-6
assert np.isclose(tried, bce_delta(sigmoid(0.3), 1.0), atol=1e-6)
tried = (mse(1.0, sigmoid(above)) - mse(1.0, sigmoid(below))) / 2e-6
assert np.isclose(tried, mse_delta(sigmoid(0.3), 1.0), atol=1e-6)
tried = (np.log(sigmoid(below)) - np.log(sigmoid(above))) / 2e-6  # of -y log p with y = 1
assert np.isclose(tried, half_delta(sigmoid(0.3), 1.0), atol=1e-6)

# %% tags=["setup"]
z = np.linspace(-8, 8, 321)
fig, ax = plt.subplots(figsize=(5.4, 2.9))
ax.plot(z, bce_delta(sigmoid(z), 1.0), "-", marker="", label="二元交叉熵 BCE")
ax.plot(z, mse_delta(sigmoid(z), 1.0), "--", marker="", label="均方误差 MSE")
ax.set(xlabel="对数几率 z logit z", ylabel="导数 derivative")
ax.legend(loc="lower right")
figures.show(
    fig,
    "标签是 1 时两个导数随 z 变化：左边交叉熵的接近 −1，均方误差的接近 0；右边两个都接近 0。",
    "The two derivatives against z with label 1: at the left that of cross-entropy is near −1, that of squared error near 0; at the right both are near 0.",
)


# %%
def steps_to_recover(delta, z=-8.0, learning_rate=1.0):
    """Gradient steps until a logit that starts confidently wrong (y = 1) crosses 0."""
    steps = 0
    while z < 0:
        z -= learning_rate * delta(sigmoid(z), 1.0)
        steps += 1
    return steps


by_bce, by_mse = steps_to_recover(bce_delta), steps_to_recover(mse_delta)
say("步数 steps: BCE", by_bce, " MSE", by_mse)
assert by_bce < 12 and by_mse > 1000
assert bce_delta(sigmoid(-8), 1) < -0.999 and -0.001 < mse_delta(sigmoid(-8), 1) < 0

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 自己看一看：上面是损失，下面是梯度，横轴是 logit。标签是 1，网络却自信地错了（$z=-8$）。按播放，两个球各按自己的梯度走：交叉熵的球不到 12 步就越过 0，均方误差的球走了 60 步，还在 $-7.9$ 的左边。
#
# 拖动竖线：均方误差的梯度在哪里几乎是 0？再把标签拖到 0（中间的数像稍后讲的平滑标签）：少了一半的交叉熵变成什么？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# See for yourself: losses above, gradients below, the logit along the axis. The label is 1, and the network is confidently wrong ($z=-8$). Press play, and each ball follows its own gradient: that of cross-entropy crosses 0 in fewer than 12 steps, that of squared error is still to the left of $-7.9$ after 60 steps.
#
# Drag the upright line: where is the gradient of squared error almost 0? Then drag the label to 0 (numbers between are like the smoothed labels further down): what becomes of half a cross-entropy?
#
# </div>


# %% tags=["setup"]
def draw_losses(label):
    z = np.linspace(-8, 8, 161)
    p = sigmoid(z)
    fig, ax = plt.subplots(figsize=(5.6, 3.0))
    curve = np.maximum(z, 0) - label * z + np.log1p(np.exp(-np.abs(z)))
    ax.plot(z, curve, "-", label="二元交叉熵 BCE")
    ax.plot(z, (label - p) ** 2, "--", label="均方误差 MSE")
    ax.plot(z, -label * np.log(p), ":", label="一半的 BCE · half of BCE")
    ax.set(xlabel="对数几率 z logit z", ylabel="损失 loss", ylim=(-0.2, 8))
    ax.legend(loc="upper center")
    return fig


assert steps_to_recover(bce_delta) < 12
z_mse = -8.0
for _ in range(60):
    z_mse -= mse_delta(sigmoid(z_mse), 1.0)
assert -8 < z_mse < -7.9
explorables.show(
    "losses",
    draw_losses(1.0),
    "标签是 1 时三种损失随 logit 变化的曲线：左边，交叉熵一直上升，均方误差变平在 1。",
    "Three losses against the logit with label 1: on the left cross-entropy keeps rising, squared error goes flat at 1.",
    label=1.0,
    z=-8.0,
    steps=60,
    rate=1.0,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 标签是 1 时，均方误差的梯度在**两头**都几乎是 0：右边已经对了，理应如此；左边错得最厉害，那里本该最大。它的大小从不超过 0.3，最大处 $p=\frac13$。标签是 0 时，一半的交叉熵处处是 0，梯度也是：猫的照片什么也教不了它。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With label 1 the gradient of squared error is almost 0 at **both ends**: at the right the answer is right, so it should be; at the left it is most wrong, and there the gradient should be largest. It never exceeds 0.3 in size and is largest at $p=\frac13$. With label 0, half a cross-entropy is 0 everywhere, and so is its gradient: photos of cats teach it nothing.
#
# </div>

# %%
size = np.abs(mse_delta(chances, 1.0))
say(f"最大的梯度 largest gradient: {size.max():.3f}   p = {chances[np.argmax(size)]:.2f}")
assert size.max() < 0.3 and np.isclose(chances[np.argmax(size)], 1 / 3, atol=0.01)
assert half_delta(0.5, 0.0) == 0


# %% [markdown]
# ## 直接用 logits · Straight from the logits

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 最后一层还没有经过 sigmoid 的数就是 logit，$p=\sigma(z)$。先算 $p$ 再取对数，数学上没错，计算机上会出事：float32 里 $z=20$ 时 $p$ 已经等于 1，$\log(1-p)$ 是负无穷。把两步合起来：$\log p=z-\log(1+e^z)$，$\log(1-p)=-\log(1+e^z)$，代入 BCE，损失等于 $\log(1+e^z)-yz$。
#
# $z$ 很大时 $e^z$ 还会上溢（overflow，数大得装不下）。$z>0$ 时提出因子 $e^z$：$\log(1+e^z)=\log\left[e^z(e^{-z}+1)\right]=z+\log(1+e^{-z})$，指数不再为正；$z\le0$ 时原式就安全。合写成一个式子：
#
# $$\mathrm{BCE}(y,z)=\max(z,0)-yz+\log\left(1+e^{-|z|}\right)$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The number of the last layer before the sigmoid is the logit, $p=\sigma(z)$. First $p$, then the logarithm: right on paper, wrong on a computer. In float32 $p$ is already 1 at $z=20$, and $\log(1-p)$ is minus infinity. Join the two steps: $\log p=z-\log(1+e^z)$ and $\log(1-p)=-\log(1+e^z)$, and with these BCE becomes $\log(1+e^z)-yz$.
#
# For large $z$, $e^z$ may still overflow (be too large to store). Where $z>0$, factor out $e^z$: $\log(1+e^z)=\log\left[e^z(e^{-z}+1)\right]=z+\log(1+e^{-z})$, and the exponent is no longer positive; where $z\le0$ the formula is safe as it is. Both in one:
#
# $$\mathrm{BCE}(y,z)=\max(z,0)-yz+\log\left(1+e^{-|z|}\right)$$
#
# </div>


# %%
def bce_from_logits(y, z):
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))


logit = np.float32(20)
with np.errstate(divide="ignore"):
    two_steps = -np.log(1 - 1 / (1 + np.exp(-logit)))
one_step = bce_from_logits(0.0, logit)
say(f"分两步 two steps: {two_steps}   一步 one step: {one_step:.1f}")
assert np.isinf(two_steps) and np.isclose(one_step, 20)
assert bce_from_logits(0.0, 1000.0) == 1000

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 如果 Keras 只拿到概率（例如 `tf.sigmoid` 的结果），它不会给你无穷大，而是悄悄地截断：$p$ 被限制在 $10^{-7}$ 和 $1-10^{-7}$ 之间，损失最多 16 左右，**梯度变成 0**。错得最厉害的样本，反而什么也学不到。传入 logits 并写明 `from_logits=True` 就没有这个问题。$z=30$、标签是 0 时：
#
# | 传给损失的 | 损失 | 对 $z$ 的梯度 |
# |---|--:|--:|
# | logits，`from_logits=True` | 30.0 | 1.0 |
# | 概率 | 16 左右 | 0.0 |
#
# <details>
# <summary>概率直接出自 Keras 自己的 sigmoid 呢？（点开）</summary>
#
# Keras 记得它的 logit，梯度还在；中间只要再乘一个 1，就记不得了。别依赖它。
#
# </details>
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# If Keras sees only probabilities (from `tf.sigmoid`, say), it does not return infinity but clips in silence: it keeps $p$ between $10^{-7}$ and $1-10^{-7}$, the loss stops at about 16, and the **gradient becomes 0**. The samples that are most wrong teach nothing. Pass logits and say `from_logits=True`, and the problem is gone. With $z=30$ and label 0:
#
# | what the loss is given | loss | gradient by $z$ |
# |---|--:|--:|
# | logits, `from_logits=True` | 30.0 | 1.0 |
# | probabilities | about 16 | 0.0 |
#
# <details>
# <summary>And probabilities straight from Keras's own sigmoid? (click to open)</summary>
#
# Keras remembers their logits and the gradient is still there; multiply by 1 in between, and it does not. Do not rely on it.
#
# </details>
#
# </div>


# %%
def loss_and_slope(output, from_logits=False, logit=30.0):
    """Very sure of 1, but the label is 0."""
    z = tf.Variable([[logit]])
    with tf.GradientTape() as tape:  # automatic differentiation, as in lesson 01
        loss = keras.losses.BinaryCrossentropy(from_logits=from_logits)(tf.zeros((1, 1)), output(z))
    return float(loss), float(tape.gradient(loss, z)[0, 0])


by_logit, by_probability = loss_and_slope(tf.identity, True), loss_and_slope(tf.sigmoid)
for name, (loss, slope) in {"logit": by_logit, "概率 probability": by_probability}.items():
    say(f"{name}:", f" 损失 loss {loss:.1f}   梯度 gradient {slope:.1f}")

# %%
assert by_logit == (30.0, 1.0)
assert 15.5 < by_probability[0] < 16.5 and by_probability[1] == 0.0
assert keras.losses.BinaryCrossentropy()([[1.0]], [[-0.5]]) > 15  # a logit taken for p = 0
assert loss_and_slope(keras.activations.sigmoid)[1] == 1.0
assert loss_and_slope(lambda z: 1.0 * keras.activations.sigmoid(z))[1] == 0.0

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 2**：狗很少，所以把狗（标签 1）的那一项损失乘以权重 $w$：$L=-\left[w\,y\log p+(1-y)\log(1-p)\right]$，$p=\sigma(z)$。写函数 `weighted_bce(y, z, w)`：三个输入都是一个数，返回损失，一个数。直接用 logit 算，$z=1000$ 和 $z=-1000$ 时也要对。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 2**: dogs are rare, so the term of a dog (label 1) is multiplied by a weight $w$: $L=-\left[w\,y\log p+(1-y)\log(1-p)\right]$ with $p=\sigma(z)$. Write the function `weighted_bce(y, z, w)`: each of the three inputs is one number, and it returns the loss, one number. Compute straight from the logit; it must be right for $z=1000$ and $z=-1000$ as well.
#
# </div>


# %% tags=["exercise"]
def weighted_bce(y, z, w):
    """y: label 0 or 1, z: logit, w: weight of label 1 (all numbers) -> the loss"""
    return ...


check("02-2", weighted_bce)

# %% [markdown]
# ## 多个类别：softmax · Many classes: softmax

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# $C$ 个类别时，网络给样本 $i$ 输出 $C$ 个 logits $z_{ic}$，softmax 把它们变成概率：先取指数，都成为正数，再除以总和。标签写成一行 $y_{ic}$，正确的类别处是 1，其余是 0；这个标签的似然就是正确类别的概率。取负对数，得到**多类交叉熵**（categorical cross-entropy）：
#
# $$p_{ic}=\frac{e^{z_{ic}}}{\sum_k e^{z_{ik}}},\qquad \mathrm{CE}=-\frac1n\sum_{i=1}^n\sum_{c=1}^C y_{ic}\log p_{ic}$$
#
# 给一行 logits 都加同一个数，概率不变；所以先减去这一行的最大值，$e^z$ 就不会上溢。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With $C$ classes the network gives $C$ logits $z_{ic}$ for sample $i$, and softmax turns them into probabilities: exponentials make them positive, then each is divided by their sum. The label is a row $y_{ic}$ with 1 at the right class and 0 elsewhere; its likelihood is the probability of the right class. The negative logarithm is **categorical cross-entropy**:
#
# $$p_{ic}=\frac{e^{z_{ic}}}{\sum_k e^{z_{ik}}},\qquad \mathrm{CE}=-\frac1n\sum_{i=1}^n\sum_{c=1}^C y_{ic}\log p_{ic}$$
#
# Adding the same number to all logits of a row does not change the probabilities; so subtract the row's largest first, and $e^z$ cannot overflow.
#
# </div>


# %%
def log_softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def cross_entropy(one_hot, z):
    return -np.mean(np.sum(one_hot * log_softmax(z), axis=-1))


# %% tags=["setup"]
three = np.array([2.0, 1.0, -1.0])
fig, axes = plt.subplots(1, 2, figsize=(6.4, 2.4))
for ax, heights, name in [
    (axes[0], three, "logit"),
    (axes[1], np.exp(log_softmax(three)), "概率 probability"),
]:
    ax.bar(range(3), heights, color="C0")
    ax.axhline(0, color="black", lw=0.8)
    ax.set(xlabel="类别 class", ylabel=name, xticks=range(3))
figures.show(
    fig,
    "左：三个类别的 logits 2、1、−1。右：softmax 之后的概率，都是正的，加起来是 1，次序不变。",
    "Left: the logits 2, 1, −1 of three classes. Right: the probabilities after softmax, all positive, adding up to 1, in the same order.",
    names=["logit"],
)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 标签有两种写法，损失的值相同；别用混：
#
# | 标签 | 例 | Keras 的损失 |
# |---|---|---|
# | 独热编码（one-hot） | `[0, 1, 0]` | `CategoricalCrossentropy` |
# | 整数 | `1` | `SparseCategoricalCrossentropy` |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Labels are written in two ways, and the loss has the same value; do not mix them up:
#
# | label | example | loss in Keras |
# |---|---|---|
# | one-hot | `[0, 1, 0]` | `CategoricalCrossentropy` |
# | integer | `1` | `SparseCategoricalCrossentropy` |
#
# </div>

# %%
logits = np.array([[2.0, 1.0, -1.0], [0.5, 1000.0, 0.0]])
integers, one_hot = np.array([0, 1]), np.eye(3)[[0, 1]]
ours = cross_entropy(one_hot, logits)
print(np.exp(log_softmax(logits)).round(3), f"CE = {ours:.4f}")
categorical = keras.losses.CategoricalCrossentropy(from_logits=True)(one_hot, logits)
sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(integers, logits)
assert np.allclose([categorical, sparse], ours, rtol=0, atol=1e-6)
assert np.allclose(log_softmax(logits + 5), log_softmax(logits))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 两个类别的 softmax 和一个 sigmoid 是同一回事：$p_1=\sigma(z_1-z_0)$。所以“猫还是狗”可以用 1 个输出加 BCE，也可以用 2 个输出加 CE；用 1 个输出加一半的 $-\sum y\log p$ 则不行。
#
# 求导也和 BCE 一样简单。设正确的类别是 $r$，一个样本的损失是 $-\log p_r=\log\sum_ke^{z_k}-z_r$。第一项的导数由链式法则得 $\frac{\partial}{\partial z_c}\log\sum_ke^{z_k}=\frac{e^{z_c}}{\sum_ke^{z_k}}=p_c$；第二项的导数在 $c=r$ 时是 $-1$，否则是 0，也就是 $-y_c$。所以 $\frac{\partial\,\mathrm{CE}}{\partial z_c}=p_c-y_c$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A softmax over two classes and one sigmoid are the same thing: $p_1=\sigma(z_1-z_0)$. So “cat or dog” may use 1 output with BCE or 2 outputs with CE; 1 output with the half $-\sum y\log p$ will not do.
#
# The derivative is as simple as that of BCE. With $r$ the right class, the loss of one sample is $-\log p_r=\log\sum_ke^{z_k}-z_r$. By the chain rule the first term has the derivative $\frac{\partial}{\partial z_c}\log\sum_ke^{z_k}=\frac{e^{z_c}}{\sum_ke^{z_k}}=p_c$; the second has $-1$ where $c=r$ and 0 elsewhere, that is $-y_c$. So $\frac{\partial\,\mathrm{CE}}{\partial z_c}=p_c-y_c$.
#
# </div>

# %% tags=["any-seed"]
two_logits, dog_or_cat = rng.normal(size=(50, 2)), rng.integers(0, 2, size=50)
by_softmax = cross_entropy(np.eye(2)[dog_or_cat], two_logits)
assert np.isclose(by_softmax, bce_from_logits(dog_or_cat, two_logits[:, 1] - two_logits[:, 0]))

y, z, change = np.array([0, 1, 0]), rng.normal(size=3), np.array([0, 1e-6, 0])  # one sample
tried = (cross_entropy(y, z + change) - cross_entropy(y, z - change)) / 2e-6
assert np.isclose(tried, np.exp(log_softmax(z))[1] - 1, atol=1e-6)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 3**：写出一个批次的 $\delta$。输入：`integers` 是整数标签，形状 `(n,)`；`logits` 的形状是 `(n, C)`。损失对 $n$ 个样本取平均；返回它对 `logits` 的导数，形状与 `logits` 相同。logits 很大时也要对。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: write $\delta$ for a batch. Inputs: `integers`, the labels, of shape `(n,)`, and `logits` of shape `(n, C)`. The loss is the mean over $n$ samples; return its derivative with respect to `logits`, in the shape of `logits`. It must be right for large logits, too.
#
# </div>


# %% tags=["exercise"]
def cross_entropy_delta(integers, logits):
    """integers (n,), logits (n, C) -> derivative of the mean loss (n, C); safe for large logits"""
    return ...


check("02-3", cross_entropy_delta)

# %% [markdown]
# ## 求和还是平均 · Sum or mean

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 损失是一批照片各自损失的**和**，还是**平均**？两者的最小值在同一处，梯度却差 $n$ 倍。先猜：损失用求和，批次从 8 张变成 128 张（16 倍），梯度的长度变成几倍？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Is the loss the **sum** of the losses of a batch, or their **mean**? Both have their minimum at the same place, but their gradients differ by the factor $n$. Guess first: with a sum, the batch goes from 8 to 128 photos (16 times): how many times as long does the gradient become?
#
# </div>

# %% tags=["exercise"]
predict("02-p2", ...)  # times

# %% tags=["nbval-ignore-output"]
sizes, lengths = [8, 16, 32, 64, 128], {"sum": [], "mean": []}
for size in sizes:
    rows = [rng.permutation(200)[:size] for _ in range(30)]
    sums = [np.linalg.norm(x_train[r].T @ (0.5 - y_train[r])) for r in rows]  # p = 0.5 at w = 0
    lengths["sum"].append(np.mean(sums))
    lengths["mean"].append(np.mean(sums) / size)
times = lengths["sum"][-1] / lengths["sum"][0]
say(f"求和 sum: {times:.1f} 倍 times")
outcome("02-p2", times)

# %% tags=["any-seed"]
assert 8 < times < 16
assert 0.5 < lengths["mean"][-1] / lengths["mean"][0] < 1

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(5, 2.9))
ax.loglog(sizes, lengths["sum"], "-o", label="求和 sum")
ax.loglog(sizes, lengths["mean"], "--s", label="平均 mean")
ax.set(xlabel="批大小 batch size", ylabel="梯度的长度 gradient norm")
ax.legend()
figures.show(
    fig,
    "梯度长度随批大小变化：求和时一路上升，但比 16 倍少；平均时略降。",
    "Gradient norm against batch size: with a sum it keeps rising, by less than 16 times; with a mean it falls slightly.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 求和的梯度，期望与 $n$ 成正比；小批次的长度里还有噪声，所以 16 倍的批次，长度变成不到 16 倍。步子跟着变大，原来合适的学习率可能走过头。在我们的特征上，用学习率 0.05 从 0 走一步：把平均梯度放大 8 倍（8 张照片的梯度之和，平均起来正是这么大），损失从 0.69（$\log2$，即 $p=0.5$ 时）降到 0.4 以下；放大 200 倍（全部照片之和），却升到 1.5 以上。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The expectation of a summed gradient is proportional to $n$; the length of a small batch's gradient also holds noise, so with a batch 16 times as large it grows by less than 16. Steps get longer, and with a learning rate that was fine they may go too far. On our features, take one step from 0 at learning rate 0.05: with 8 times the mean gradient (what the sum over 8 photos is on average) the loss falls from 0.69 ($\log2$, where $p=0.5$) to below 0.4; with 200 times (the sum over all photos) it rises above 1.5.
#
# </div>

# %%
after = {}
for n in [8, 200]:  # a sum over n photos: n times the mean, like n times the learning rate
    w, b = train(x_train, y_train, bce_delta, learning_rate=0.05 * n, n_steps=1)
    after[n] = bce_from_logits(y_train, x_train @ w + b)
say(f"走之前的损失 loss before: {np.log(2):.2f}")
for n, loss_after in after.items():
    say((f"放大 {n} 倍，一步之后：", f"after one step, {n} times as long:"), f"{loss_after:.1f}")
assert after[8] < 0.4 < np.log(2) < 1.5 < after[200]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 所以框架默认取平均：一步的**期望**不随批大小变化。这不等于最好的学习率不变：批次大，梯度的噪声小，常常可以用更大的学习率（第 03 课）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# So frameworks take the mean by default: the **expected** step does not depend on the batch size. This does not mean that the best learning rate stays the same: a large batch has a less noisy gradient and often allows a larger rate (lesson 03).
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 4**：损失用求和，批次从 32 变成 256，原来的学习率是 0.1。哪个学习率让参数一步的平均变化和原来一样？把 `...` 换成一个数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 4**: the loss is a sum, the batch grows from 32 to 256, and the learning rate was 0.1. Which rate keeps the average change of the parameters in one step as it was? Put a number in place of `...`.
#
# </div>

# %% tags=["exercise"]
answer_rate = ...
check("02-4", answer_rate)

# %% [markdown]
# ## 标签平滑与 focal loss · Label smoothing and focal loss

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **标签平滑**（label smoothing）治的是过度自信。标签是 1 时，BCE 要到 $z\to\infty$ 才是 0，训练会一直把 logit 推大；标签里若有几个标错的，也会被记得太牢。于是把 1 换成稍小的数：$C$ 个类别时目标是 $(1-s)\,y_c+\frac sC$，$s$ 是平滑的强度；两类时就是 $s/2$ 和 $1-s/2$。这样最优 logit 是有限的：$z^*=\log\frac{1-s/2}{s/2}$，$s=0.1$ 时是 2.944。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Label smoothing** is against overconfidence. With label 1, BCE is 0 only as $z\to\infty$, so training keeps pushing the logit up; and a few wrong labels are learned too firmly. So replace the 1 by something smaller: with $C$ classes the target is $(1-s)\,y_c+\frac sC$, where $s$ is the strength of smoothing; with two classes these are $s/2$ and $1-s/2$. Then the best logit is finite: $z^*=\log\frac{1-s/2}{s/2}$, which is 2.944 for $s=0.1$.
#
# </div>

# %% tags=["setup"]
tried_logits = np.linspace(0, 8, 8001)
smoothed = [bce_from_logits(0.95, z) for z in tried_logits]  # y = 1 and s = 0.1
best_logit = tried_logits[np.argmin(smoothed)]
say("最优 best", f"logit {best_logit:.3f}")
fig, ax = plt.subplots(figsize=(5, 2.6))
ax.plot(tried_logits, smoothed, "-", marker="", label="平滑 smoothed: 0.95")
ax.plot(tried_logits, np.log1p(np.exp(-tried_logits)), "--", marker="", label="不平滑 plain: 1")
ax.axvline(best_logit, color="black", lw=0.8)
ax.set(xlabel="对数几率 z logit z", ylabel="损失 loss")
ax.legend()
figures.show(
    fig,
    "标签 1 的损失随 z 变化：不平滑的一直下降；平滑的在 2.944 处最低，之后上升。",
    "The loss of label 1 against z: the plain one keeps falling; the smoothed one is lowest at 2.944 and rises beyond.",
)

# %%
assert np.isclose(best_logit, np.log(0.95 / 0.05), atol=1e-3)
by_keras = keras.losses.BinaryCrossentropy(label_smoothing=0.1)([[1.0]], [[0.8]])
assert np.isclose(bce(0.95, 0.8), by_keras, rtol=0, atol=1e-6)
soft = 0.9 * one_hot + 0.1 / 3  # three classes
by_keras = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
assert np.isclose(by_keras(one_hot, logits), cross_entropy(soft, logits), rtol=1e-6)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **Focal loss** 给 BCE 乘上 $(1-p_r)^\gamma$，$p_r$ 是正确类别的概率，$\gamma$ 通常取 2：容易的样本权重小，难的样本相对更重。类别极不平衡时会用到。
#
# | $p_r$ | 0.9 | 0.5 | 0.1 |
# |---|--:|--:|--:|
# | $(1-p_r)^2$ | 0.01 | 0.25 | 0.81 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Focal loss** multiplies BCE by $(1-p_r)^\gamma$, where $p_r$ is the probability of the right class and $\gamma$ mostly 2: easy samples get a small weight, so hard ones count for relatively more. It is used when classes are very unbalanced.
#
# | $p_r$ | 0.9 | 0.5 | 0.1 |
# |---|--:|--:|--:|
# | $(1-p_r)^2$ | 0.01 | 0.25 | 0.81 |
#
# </div>


# %%
def focal(y, p, gamma=2.0):
    p_right = np.where(y == 1, p, 1 - p)
    return np.mean(-((1 - p_right) ** gamma) * np.log(p_right))


by_keras = keras.losses.BinaryFocalCrossentropy(gamma=2.0)(labels, probabilities)
assert np.isclose(focal(labels, probabilities), by_keras, rtol=0, atol=1e-6)
say(f"容易的样本的权重 weight of an easy sample {focal(1, 0.9) / bce(1, 0.9):.2f}")
assert np.isclose(focal(1, 0.9) / bce(1, 0.9), 0.01)

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四道练习就在上文各节。卡住时运行 `hint("02-1")`，每次多说一步；`solution("02-1")` 给出完整解答。`progress()` 显示你完成了哪些。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The four exercises stand in the sections above. When you are stuck, run `hint("02-1")`, one step more each time; `solution("02-1")` shows a worked answer. `progress()` shows what you have done.
#
# </div>

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("02-q1")

# %% tags=["quiz"]
quiz("02-q2")

# %% tags=["quiz"]
quiz("02-q3")

# %% tags=["quiz"]
quiz("02-q4")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 许多损失是负对数似然：
#
# | 任务 | 似然 | 损失 | 最后一层 |
# |---|---|---|---|
# | 一个连续的数 | 正态误差 | MSE | 1 个输出 |
# | 是或否 | $p$ 或 $1-p$ | BCE，两项都要 | 1 个 logit |
# | $C$ 个类别 | 正确类别的概率 | CE | $C$ 个 logits |
#
# * 最后一层不加激活函数，用 `from_logits=True`；只传概率，错得离谱的样本可能没有梯度。
# * 用平均，不用求和：一步的期望才不会随批大小变化。
# * 分类用交叉熵：错得越厉害，纠正得越有力；MSE 在错得最厉害时几乎不纠正。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Many losses are negative log-likelihoods:
#
# | task | likelihood | loss | last layer |
# |---|---|---|---|
# | a continuous number | normal errors | MSE | 1 output |
# | yes or no | $p$ or $1-p$ | BCE, both terms | 1 logit |
# | $C$ classes | probability of the right class | CE | $C$ logits |
#
# * No activation on the last layer, and `from_logits=True`; given only probabilities, samples that are very wrong may have no gradient.
# * Use a mean, not a sum: then the expected step does not depend on the batch size.
# * Classify with cross-entropy: the more wrong, the stronger the correction; when most wrong, MSE hardly corrects.
#
# </div>

# %% tags=["exercise"]
guesses("02")

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S1 §4.2 | $n$ 是样本数，所以二元是 $-\frac1n\sum_i[y_i\log p_i+(1-y_i)\log(1-p_i)]$，多类还要对类别 $c$ 求和。在本课的特征上（没有负数）照原式训练，所有照片判为同一类，准确率 50%。取平均：求和时梯度随批次变长 | $CE = -\sum_{i=1}^{n} y_i \log(\hat{y}_i)$ |
# | S3 §4.2 | 只有 1 个 sigmoid 输出时也用上一行的二元式：$(1-y_i)\log(1-p_i)$ 不能省（它的代码用的是 Keras 里正确的 `binary_crossentropy`） | $L(\theta_2) = -\sum_{i=1}^{N} y_i \log(p_i)$ |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S1 §4.2 | $n$ is the number of samples, so with two classes it is $-\frac1n\sum_i[y_i\log p_i+(1-y_i)\log(1-p_i)]$, and with many a sum over classes $c$ too. Trained as printed on this lesson's features (never negative), all photos are put in one class and the accuracy is 50%. Take the mean: with a sum the gradient grows with the batch | $CE = -\sum_{i=1}^{n} y_i \log(\hat{y}_i)$ |
# | S3 §4.2 | with 1 sigmoid output it is the form for two classes of the row above: $(1-y_i)\log(1-p_i)$ cannot be left out (its code uses Keras's correct `binary_crossentropy`) | $L(\theta_2) = -\sum_{i=1}^{N} y_i \log(p_i)$ |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Goodfellow, Bengio, Courville, *Deep Learning*, MIT Press, 2016：从最大似然推出损失
# * Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, *Rethinking the Inception Architecture for Computer Vision*, CVPR 2016, 2818–2826, arXiv:1512.00567：标签平滑
# * Müller, Kornblith, Hinton, *When Does Label Smoothing Help?*, NeurIPS 2019, arXiv:1906.02629：标签平滑何时有用
# * Lin, Goyal, Girshick, He, Dollár, *Focal Loss for Dense Object Detection*, ICCV 2017, 2999–3007, arXiv:1708.02002：focal loss 的出处
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Goodfellow, Bengio, Courville, *Deep Learning*, MIT Press, 2016: losses from maximum likelihood
# * Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, *Rethinking the Inception Architecture for Computer Vision*, CVPR 2016, 2818–2826, arXiv:1512.00567: label smoothing
# * Müller, Kornblith, Hinton, *When Does Label Smoothing Help?*, NeurIPS 2019, arXiv:1906.02629: when label smoothing helps
# * Lin, Goyal, Girshick, He, Dollár, *Focal Loss for Dense Object Detection*, ICCV 2017, 2999–3007, arXiv:1708.02002: where focal loss comes from
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("02")
