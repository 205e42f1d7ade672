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
# # 02 损失函数 · Loss functions

# %% tags=["setup"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import ipywidgets as widgets
import keras
import matplotlib.pyplot as plt
import numpy as np

from course_utils import features, figures, photos
from course_utils.learning import check, hint, progress, quiz, solution
from course_utils.widgets import Explorer

figures.use_style()
course_utils.reproducible(7)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 从似然推出均方误差、二元交叉熵和多类交叉熵，并用 NumPy 写出来，与 Keras 一致；
# * 直接用 logits 计算损失，避开上溢和被截断的梯度；
# * 说出求和与求平均的差别，以及分类为什么不用均方误差；
# * 一眼看出少了一半的交叉熵，并知道它什么时候会藏起来。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * derive mean squared error, binary and categorical cross-entropy from the likelihood, write them in NumPy and agree with Keras;
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
# 你需要第 01 课的 $\delta$ 和 sigmoid。损失函数（loss function）把“错了多少”变成一个数；训练就是让这个数变小，所以选错损失，网络会认真地学会错误的事。“文章 S1”和“S3”是这门课要核对的两篇教程。在 2 个 CPU 核上运行全部单元不到 1 分钟，读完并做练习大约 50 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need $\delta$ and the sigmoid from lesson 01. A loss function turns “how wrong” into one number; training makes that number small, so with the wrong loss a network diligently learns the wrong thing. “Article S1” and “S3” are two tutorials that this course checks. Running all cells takes less than 1 minute on 2 CPU cores, reading and doing the exercises about 50 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 1. 文章 S1 和 S3 的交叉熵是 $-\sum_i y_i\log\hat y_i$，标签 $y_i$ 是 0 或 1。用它训练猫狗分类器（狗是 1），会有多大比例的照片被判为狗？
# 2. 损失用求和。批次从 8 变成 128，梯度的长度变成几倍？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 1. The cross-entropy of articles S1 and S3 is $-\sum_i y_i\log\hat y_i$ with labels $y_i$ of 0 or 1. Train a cats-vs-dogs classifier with it (a dog is 1): what share of the photos is called a dog?
# 2. The loss is a sum. The batch goes from 8 to 128: how many times longer does the gradient get?
#
# </div>

# %% tags=["setup"]
guess_share_of_dogs = ...
guess_times_longer = ...

# %% [markdown]
# ## 损失从哪里来：似然 · Where losses come from: likelihood

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 抛 10 次硬币，7 次正面。正面的概率 $p$ 是多少？看哪个 $p$ 让这组结果最有可能出现：似然（likelihood）是 $p^7(1-p)^3$。取负对数，乘积变成和，“最大”变成“最小”，就是损失：
#
# $$-\log\left[p^7(1-p)^3\right]=-7\log p-3\log(1-p)$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 10 coin tosses, 7 heads. What is the probability $p$ of heads? Ask which $p$ makes this outcome most likely: the likelihood is $p^7(1-p)^3$. Take the negative logarithm: the product becomes a sum, “largest” becomes “smallest”, and that is a loss:
#
# $$-\log\left[p^7(1-p)^3\right]=-7\log p-3\log(1-p)$$
#
# </div>

# %%
p = np.linspace(0.01, 0.99, 99)
negative_log_likelihood = -7 * np.log(p) - 3 * np.log(1 - p)
best = p[np.argmin(negative_log_likelihood)]
print(f"most likely p = {best:.2f}")
assert np.isclose(best, 0.7)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **二元交叉熵**（binary cross-entropy，BCE）就是它的一般形式。每个样本有自己的标签 $y_i\in\{0,1\}$ 和自己的预测概率 $p_i$，再对 $n$ 个样本取平均：
#
# $$\mathrm{BCE}=-\frac1n\sum_{i=1}^n\left[y_i\log p_i+(1-y_i)\log(1-p_i)\right]$$
#
# 对每个样本，两项里只有一项起作用：标签是 1 时惩罚太小的 $p$，标签是 0 时惩罚太大的 $p$。两项缺一不可。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Binary cross-entropy** (BCE) is its general form. Each sample has its own label $y_i\in\{0,1\}$ and its own predicted probability $p_i$; average over the $n$ samples:
#
# $$\mathrm{BCE}=-\frac1n\sum_{i=1}^n\left[y_i\log p_i+(1-y_i)\log(1-p_i)\right]$$
#
# For each sample just one of the two terms acts: with label 1 it punishes a $p$ that is too small, with label 0 a $p$ that is too large. Neither can be left out.
#
# </div>


# %%
def bce(y, p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


y = np.array([1.0, 0.0, 1.0, 0.0])
p = np.array([0.9, 0.2, 0.6, 0.4])
print(f"BCE = {bce(y, p):.4f}")
assert np.isclose(bce(y, p), keras.losses.BinaryCrossentropy()(y, p), atol=1e-6)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **均方误差**（mean squared error，MSE）也来自似然：假设误差服从正态分布，$y_i\sim\mathcal N(\hat y_i,\sigma^2)$，密度与 $e^{-(y_i-\hat y_i)^2/2\sigma^2}$ 成正比，负对数似然就是 $\frac{1}{2\sigma^2}\sum_i(y_i-\hat y_i)^2$ 加一个常数。所以 MSE 适合预测一个连续的数，最好的常数预测是平均值。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Mean squared error** (MSE) comes from a likelihood too: if errors are normal, $y_i\sim\mathcal N(\hat y_i,\sigma^2)$, the density is proportional to $e^{-(y_i-\hat y_i)^2/2\sigma^2}$ and the negative log-likelihood is $\frac{1}{2\sigma^2}\sum_i(y_i-\hat y_i)^2$ plus a constant. So MSE fits the prediction of a continuous number, and the best constant prediction is the mean.
#
# </div>


# %%
def mse(y, y_hat):
    return np.mean((y - y_hat) ** 2)


prices = np.array([1.0, 2.0, 3.0, 10.0])
candidates = np.linspace(0, 10, 1001)
best = candidates[np.argmin([mse(prices, c) for c in candidates])]
assert np.isclose(best, prices.mean())
assert np.isclose(mse(y, p), keras.losses.MeanSquaredError()(y, p), atol=1e-6)

# %% tags=["exercise"]
# y = 1, p = 0.25, natural logarithm:
answer_loss = ...  # what is the binary cross-entropy? 3 decimals (卡住了 stuck: hint("02-1"))
check("02-1", answer_loss)

# %% [markdown]
# ## 流言实测：少了一半的交叉熵 · The myth, measured: half a cross-entropy

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 文章 S1 和 S3 写的是 $\mathrm{CE}=-\sum_i y_i\log\hat y_i$。标签是 0 的样本，损失永远是 0，于是“全部判为 1”就是最优解。我们在真实照片上看：200 张猫狗照片经过预训练好、不再改动的网络 EfficientNet-Lite0，每张变成 1280 个特征（第 07 课讲为什么这样做），在上面训练逻辑回归，只换损失。
#
# 训练需要损失对 $z$（sigmoid 之前的数）的导数 $\delta$。正确的 BCE 有 $\frac{\partial L}{\partial p}=\frac{p-y}{p(1-p)}$，而 $\frac{\partial p}{\partial z}=p(1-p)$，乘起来正好约掉：$\delta=p-y$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Articles S1 and S3 print $\mathrm{CE}=-\sum_i y_i\log\hat y_i$. A sample with label 0 always has loss 0, so “call everything 1” is optimal. Watch it on real photos: 200 photos of cats and dogs go through EfficientNet-Lite0, a network that is already trained and stays as it is, and become 1280 features each (lesson 07 says why); a logistic regression is trained on them, and only the loss changes.
#
# Training needs the derivative $\delta$ of the loss with respect to $z$, the number before the sigmoid. The right BCE has $\frac{\partial L}{\partial p}=\frac{p-y}{p(1-p)}$, and $\frac{\partial p}{\partial z}=p(1-p)$; the product cancels: $\delta=p-y$.
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
    return p - y  # derivative of the right loss with respect to z


def printed_delta(p, y):
    return -y * (1 - p)  # derivative of the printed one: zero for every cat


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
for name, delta in {"right": bce_delta, "printed": printed_delta}.items():
    share, accuracy = share_and_accuracy(x_test, y_test, train(x_train, y_train, delta))
    print(f"{name:8} called a dog {share:.0%}   accuracy {accuracy:.0%}")

# %%
right, printed = (train(x_train, y_train, delta) for delta in [bce_delta, printed_delta])
p_dog = sigmoid(x_train @ printed[0] + printed[1])
assert -np.sum(y_train * np.log(p_dog)) < 0.5  # its own loss is nearly zero: it looks finished
assert share_and_accuracy(x_test, y_test, printed) == (1.0, 0.5)
assert share_and_accuracy(x_test, y_test, right)[1] > 0.9

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 原文的损失几乎降到 0，看上去训练得很好，却把每一张照片都叫作狗，准确率正好 50%。
#
# 原因：这些特征都不小于 0，抬高狗的 logit，也就抬高了猫的。
#
# **它什么时候会藏起来**？只要先从特征里减去总平均，准确率就超过 85%。这里两类一样多，减去总平均后，猫的平均正好是狗的相反数，把“狗”推高就等于把“猫”压低：公式还是错的，数据替它遮掩了。所以“在我这里能用”不能证明公式是对的。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The printed loss falls to almost 0 and looks well trained, yet it calls every photo a dog: its accuracy is exactly 50%.
#
# The reason: these features are never negative, so raising the dogs' logits raises the cats' too.
#
# **When does the mistake hide?** Subtract the overall mean from the features first, and the accuracy exceeds 85%. With as many cats as dogs, the cats' mean is then exactly minus the dogs', and pushing “dog” up pushes “cat” down: the formula is still wrong, the data cover for it. So “it works for me” does not prove a formula.
#
# </div>

# %%
assert x_train.min() >= 0
mean = x_train.mean(axis=0)
centred = x_train - mean
hidden = train(centred, y_train, printed_delta)
_, accuracy = share_and_accuracy(x_test - mean, y_test, hidden)
assert accuracy > 0.85
assert np.allclose(centred[y_train == 0].mean(axis=0), -centred[y_train == 1].mean(axis=0))

# %% [markdown]
# ## 直接用 logits · Straight from the logits

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 网络最后一层的输出叫 logit，记作 $z$，概率是 $p=\sigma(z)$。先算 $p$ 再取对数，数学上没错，计算机上会出事：float32 里 $z=20$ 时 $p$ 已经等于 1，$\log(1-p)$ 是负无穷。把两步合起来：代入 $p=\sigma(z)$，损失等于 $\log(1+e^z)-yz$；再用 $\log(1+e^z)=\max(z,0)+\log(1+e^{-|z|})$，就没有危险的步骤了：
#
# $$\mathrm{BCE}(y,z)=\max(z,0)-yz+\log\left(1+e^{-|z|}\right)$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The output of the last layer is called the logit, $z$, and the probability is $p=\sigma(z)$. First $p$, then the logarithm: right on paper, wrong on a computer. In float32 $p$ is already 1 at $z=20$, and $\log(1-p)$ is minus infinity. Join the two steps: with $p=\sigma(z)$ the loss equals $\log(1+e^z)-yz$; then use $\log(1+e^z)=\max(z,0)+\log(1+e^{-|z|})$, and no dangerous step is left:
#
# $$\mathrm{BCE}(y,z)=\max(z,0)-yz+\log\left(1+e^{-|z|}\right)$$
#
# </div>


# %%
def bce_from_logits(y, z):
    return np.mean(np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z))))


z = np.float32(20)
with np.errstate(divide="ignore"):
    two_steps = -np.log(1 - 1 / (1 + np.exp(-z)))
print("two steps:", two_steps, "  from the logit:", bce_from_logits(0.0, z))
assert np.isinf(two_steps) and np.isclose(bce_from_logits(0.0, z), 20)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 如果 Keras 只拿到概率（例如 `tf.sigmoid` 的结果），它不会给你无穷大，而是悄悄地截断：$p$ 被限制在 $10^{-7}$ 和 $1-10^{-7}$ 之间，损失最多 16 左右，**梯度变成 0**。错得最厉害的样本，反而什么也学不到。传入 logits 并写明 `from_logits=True` 就没有这个问题。（最后一层是 `Dense(1, activation="sigmoid")` 时，Keras 常能找回 logits，但别依赖它。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# If Keras sees only probabilities (from `tf.sigmoid`, say), it does not return infinity but clips in silence: it keeps $p$ between $10^{-7}$ and $1-10^{-7}$, the loss stops at about 16, and the **gradient becomes 0**. The samples that are most wrong teach nothing. Pass logits and say `from_logits=True`, and the problem is gone. (After `Dense(1, activation="sigmoid")` Keras can often recover the logits; do not rely on it.)
#
# </div>

# %%
import tensorflow as tf

logit = tf.Variable([[30.0]])  # very sure of 1, but the label is 0
slopes = {}
for from_logits in [True, False]:
    loss = keras.losses.BinaryCrossentropy(from_logits=from_logits)
    with tf.GradientTape() as tape:
        value = loss(np.zeros((1, 1)), logit if from_logits else tf.sigmoid(logit))
    slopes[from_logits] = float(tape.gradient(value, logit)[0, 0])
    print(f"from_logits={from_logits}: loss {float(value):.1f}, gradient {slopes[from_logits]:.1f}")
assert slopes[True] == 1.0 and slopes[False] == 0.0


# %% tags=["exercise"]
def stable_bce(y, z):
    """Binary cross-entropy of one label y and one logit z, safe for z = 1000 and z = -1000."""
    return ...


check("02-2", stable_bce)

# %% [markdown]
# ## 多个类别：softmax · Many classes: softmax

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# $C$ 个类别时，网络输出 $C$ 个 logits，softmax 把它们变成概率，损失只看正确类别的概率：
#
# $$p_{ic}=\frac{e^{z_{ic}}}{\sum_k e^{z_{ik}}},\qquad \mathrm{CE}=-\frac1n\sum_{i=1}^n\sum_{c=1}^C y_{ic}\log p_{ic}$$
#
# 给所有 logits 加同一个数，概率不变；所以先减去最大值，$e^z$ 就不会上溢。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With $C$ classes the network gives $C$ logits, softmax turns them into probabilities, and the loss looks at the probability of the right class:
#
# $$p_{ic}=\frac{e^{z_{ic}}}{\sum_k e^{z_{ik}}},\qquad \mathrm{CE}=-\frac1n\sum_{i=1}^n\sum_{c=1}^C y_{ic}\log p_{ic}$$
#
# Adding the same number to all logits does not change the probabilities; so subtract the largest first, and $e^z$ cannot overflow.
#
# </div>


# %%
def log_softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def cross_entropy(one_hot, z):
    return -np.mean(np.sum(one_hot * log_softmax(z), axis=-1))


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 标签有两种写法：独热编码（one-hot）`[0, 1, 0]` 用 `CategoricalCrossentropy`，整数 `1` 用 `SparseCategoricalCrossentropy`。两者的值相同，别用混。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Labels are written in two ways: one-hot, `[0, 1, 0]`, goes with `CategoricalCrossentropy`; an integer, `1`, with `SparseCategoricalCrossentropy`. The values are equal; do not mix them up.
#
# </div>

# %%
z3 = np.array([[2.0, 1.0, -1.0], [0.5, 1000.0, 0.0]])
integers, one_hot = np.array([0, 1]), np.eye(3)[[0, 1]]
ours = cross_entropy(one_hot, z3)
dense = keras.losses.CategoricalCrossentropy(from_logits=True)(one_hot, z3)
sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(integers, z3)
assert np.allclose([dense, sparse], ours, atol=1e-6)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 两个类别的 softmax 和一个 sigmoid 是同一回事：$p_1=\sigma(z_1-z_0)$。所以“猫还是狗”可以用 1 个输出加 BCE，也可以用 2 个输出加 CE；用 1 个输出加 $-\sum y\log p$ 则不行。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A softmax over two classes and one sigmoid are the same thing: $p_1=\sigma(z_1-z_0)$. So “cat or dog” may use 1 output with BCE or 2 outputs with CE; 1 output with $-\sum y\log p$ will not do.
#
# </div>

# %%
two = np.array([[0.3, 1.7], [2.0, -1.0]])
labels = np.array([1, 0])
assert np.isclose(
    cross_entropy(np.eye(2)[labels], two), bce_from_logits(labels, two[:, 1] - two[:, 0])
)


# %% tags=["exercise"]
def softmax(z):
    """Probabilities of each row of z (n, C); safe for large logits."""
    return ...


check("02-3", softmax)

# %% [markdown]
# ## 求和还是平均 · Sum or mean

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# S1 的公式也没有 $\frac1n$。求和与平均的最小值在同一处，梯度却差 $n$ 倍：批次一变大，步子就跟着变大，原来合适的学习率可能发散。求和的梯度，期望与 $n$ 成正比；小批次的长度里还有噪声，所以批次从 8 变成 128（16 倍），长度变成不到 16 倍。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# S1's formula has no $\frac1n$ either. A sum and a mean have their minimum at the same place, but their gradients differ by the factor $n$: a larger batch makes longer steps, and a learning rate that was fine may diverge. The expectation of a summed gradient is proportional to $n$; the length of a small batch's gradient also holds noise, so from 8 to 128 (16 times) the length grows by less than 16.
#
# </div>

# %%
rng = np.random.default_rng(7)
sizes, lengths = [8, 16, 32, 64, 128], {"sum": [], "mean": []}
for size in sizes:
    rows = [rng.permutation(200)[:size] for _ in range(30)]
    sums = [np.linalg.norm(x_train[r].T @ (0.5 - y_train[r])) for r in rows]  # p = 0.5 at w = 0
    lengths["sum"].append(np.mean(sums))
    lengths["mean"].append(np.mean(sums) / size)
times = lengths["sum"][-1] / lengths["sum"][0]
print(f"sum: {times:.0f} times longer")
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
    "梯度长度随批大小变化：求和时几乎按比例上升，平均时略降后持平。",
    "Gradient norm against batch size: with a sum it rises almost in proportion, with a mean it falls slightly and levels off.",
)

# %% tags=["exercise"]
# The loss is a sum, the batch grows from 32 to 256, the learning rate was 0.1:
answer_rate = ...  # which rate keeps the step as long as before, in expectation?
check("02-4", answer_rate)

# %% [markdown]
# ## 分类为什么不用均方误差 · Why not mean squared error for classification

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 用 sigmoid 输出时，两种损失对 logit 的导数是
#
# $$\frac{\partial\,\mathrm{BCE}}{\partial z}=p-y,\qquad \frac{\partial\,\mathrm{MSE}}{\partial z}=2(p-y)\,p(1-p)$$
#
# 差别在 $p(1-p)$。网络自信满满却错了的时候（$y=1$，$z=-8$），这个因子几乎是 0：错得越厉害，MSE 学得越慢；BCE 的导数接近 $-1$，全力纠正。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With a sigmoid output the two losses have these derivatives with respect to the logit:
#
# $$\frac{\partial\,\mathrm{BCE}}{\partial z}=p-y,\qquad \frac{\partial\,\mathrm{MSE}}{\partial z}=2(p-y)\,p(1-p)$$
#
# The difference is $p(1-p)$. When the network is confidently wrong ($y=1$, $z=-8$), this factor is almost 0: the more wrong, the slower MSE learns; the derivative of BCE is close to $-1$ and corrects with full force.
#
# </div>


# %%
def steps_to_recover(slope, z=-8.0, learning_rate=1.0):
    """Gradient steps until a logit that starts confidently wrong (y = 1) crosses 0."""
    steps = 0
    while z < 0:
        z -= learning_rate * slope(sigmoid(z))
        steps += 1
    return steps


slope = (bce_from_logits(1.0, 0.3 + 1e-6) - bce_from_logits(1.0, 0.3 - 1e-6)) / 2e-6
assert np.isclose(slope, sigmoid(0.3) - 1, atol=1e-6)
by_bce = steps_to_recover(lambda p: p - 1)
by_mse = steps_to_recover(lambda p: 2 * (p - 1) * p * (1 - p))
print("steps: BCE", by_bce, " MSE", by_mse)
assert by_bce < 12 and by_mse > 1000

# %% [markdown]
# ## 标签平滑与 focal loss · Label smoothing and focal loss

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **标签平滑**（label smoothing）把目标从 0 和 1 挪到 $s/2$ 和 $1-s/2$。没有它，完美预测要求 $z\to\infty$；有了它，最优 logit 是有限的：$z^*=\log\frac{1-s/2}{s/2}$，$s=0.1$ 时是 2.944。
#
# **Focal loss** 给 BCE 乘上 $(1-p_t)^\gamma$，$p_t$ 是正确类别的概率：$p_t=0.9$ 的容易样本，$\gamma=2$ 时权重只有 0.01，训练就集中在难的样本上。类别极不平衡时（第 14 课）会用到。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Label smoothing** moves the targets from 0 and 1 to $s/2$ and $1-s/2$. Without it, a perfect prediction needs $z\to\infty$; with it, the best logit is finite: $z^*=\log\frac{1-s/2}{s/2}$, which is 2.944 for $s=0.1$.
#
# **Focal loss** multiplies BCE by $(1-p_t)^\gamma$, where $p_t$ is the probability of the right class: an easy sample with $p_t=0.9$ has a weight of only 0.01 at $\gamma=2$, and training concentrates on the hard ones. It is used when classes are very unbalanced (lesson 14).
#
# </div>

# %%
logits = np.linspace(0, 8, 8001)
smoothed = [bce_from_logits(0.95, z) for z in logits]  # y = 1 and s = 0.1
assert np.isclose(logits[np.argmin(smoothed)], np.log(0.95 / 0.05), atol=1e-3)
assert np.isclose(np.log(0.95 / 0.05), 2.944, atol=1e-3)
theirs = keras.losses.BinaryCrossentropy(label_smoothing=0.1)([[1.0]], [[0.8]])
assert np.isclose(bce(np.array([0.95]), np.array([0.8])), theirs, atol=1e-6)


# %%
def focal(y, p, gamma=2.0):
    p_right = np.where(y == 1, p, 1 - p)
    return np.mean(-((1 - p_right) ** gamma) * np.log(p_right))


theirs = keras.losses.BinaryFocalCrossentropy(gamma=2.0)(y, p)
assert np.isclose(focal(y, p), theirs, atol=1e-6)
assert np.isclose((1 - 0.9) ** 2, 0.01)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 最后，自己看一看：横轴是 logit，滑块是标签（可以是 0 和 1 之间的任何数，像平滑后的标签）。标签是 0 时，S1 的曲线在哪里？把标签拖到 1，哪条曲线在错得离谱的一侧变平？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Finally, see for yourself: the horizontal axis is the logit, the slider the label (any number between 0 and 1, like a smoothed label). With label 0, where is S1's curve? Drag the label to 1: which curve goes flat on the very wrong side?
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
    ax.plot(z, -label * np.log(p), ":", label="S1 和 S3 印的 as printed in S1, S3")
    ax.set(xlabel="logit z（对数几率 log-odds）", ylabel="损失 loss", ylim=(-0.2, 8))
    ax.legend(loc="upper center")
    return fig


Explorer(
    draw_losses,
    label=widgets.FloatSlider(0.0, min=0, max=1, step=0.05, description="标签 label"),
    alt_zh="三种损失随 logit 变化的曲线；滑块改变标签。标签为 0 时，S1 和 S3 的损失处处是 0。",
    alt_en="Three losses against the logit; the slider changes the label. With label 0 the loss of S1 and S3 is 0 everywhere.",
)

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
# * 损失是负对数似然：正态误差给出 MSE，0/1 标签给出 BCE，多个类别给出 CE。
# * BCE 有两项。只写 $-\sum y\log p$，“全部判为 1”就是最优解。
# * 最后一层不加激活函数，用 `from_logits=True`；只传概率，错得离谱的样本可能没有梯度。
# * 用平均，不用求和：学习率才不会随批大小变化。
# * 分类用交叉熵：错得越厉害，纠正得越有力；MSE 在错得最厉害时几乎不纠正。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * A loss is a negative log-likelihood: normal errors give MSE, 0/1 labels BCE, many classes CE.
# * BCE has two terms. With $-\sum y\log p$ alone, “call everything 1” is optimal.
# * No activation on the last layer, and `from_logits=True`; given only probabilities, samples that are very wrong may have no gradient.
# * Use a mean, not a sum: then the learning rate does not depend on the batch size.
# * Classify with cross-entropy: the more wrong, the stronger the correction; when most wrong, MSE hardly corrects.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 原文 | 正确的说法 |
# |---|---|---|
# | S1 | $\mathrm{CE}=-\sum_{i=1}^n y_i\log\hat y_i$，$y_i$ 是 $n$ 个样本的标签 | 二元：$-\frac1n\sum_i[y_i\log p_i+(1-y_i)\log(1-p_i)]$；多类：还要对类别 $c$ 求和。原式把所有照片判为同一类，准确率 50% |
# | S3 | $L(\theta_2)=-\sum_i y_i\log p_i$，而模型只有 1 个 sigmoid 输出 | 同上，$(1-y_i)\log(1-p_i)$ 不能省 |
# | S1 | 没有 $\frac1n$ | 取平均；求和时梯度随批次变长 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | it says | what is right |
# |---|---|---|
# | S1 | $\mathrm{CE}=-\sum_{i=1}^n y_i\log\hat y_i$ with $y_i$ the labels of $n$ samples | binary: $-\frac1n\sum_i[y_i\log p_i+(1-y_i)\log(1-p_i)]$; many classes: sum over classes $c$ too. As printed, all photos are put in one class and the accuracy is 50% |
# | S3 | $L(\theta_2)=-\sum_i y_i\log p_i$, while the model has 1 sigmoid output | as above: $(1-y_i)\log(1-p_i)$ cannot be left out |
# | S1 | no $\frac1n$ | take the mean; with a sum the gradient grows with the batch |
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
# * Lin, Goyal, Girshick, He, Dollár, *Focal Loss for Dense Object Detection*, ICCV 2017, 2980–2988, arXiv:1708.02002：focal loss 的出处
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Goodfellow, Bengio, Courville, *Deep Learning*, MIT Press, 2016: losses from maximum likelihood
# * Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, *Rethinking the Inception Architecture for Computer Vision*, CVPR 2016, 2818–2826, arXiv:1512.00567: label smoothing
# * Müller, Kornblith, Hinton, *When Does Label Smoothing Help?*, NeurIPS 2019, arXiv:1906.02629: when label smoothing helps
# * Lin, Goyal, Girshick, He, Dollár, *Focal Loss for Dense Object Detection*, ICCV 2017, 2980–2988, arXiv:1708.02002: where focal loss comes from
#
# </div>
