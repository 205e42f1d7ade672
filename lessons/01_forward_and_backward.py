# ---
# jupyter:
#   course: {minutes: 60, needs: []}
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
# # 01 前向传播与反向传播 · Forward and backward propagation

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
import tensorflow as tf
from sklearn.datasets import make_moons
from sklearn.linear_model import LogisticRegression

from course_utils import explorables, figures
from course_utils.bilingual import say, table
from course_utils.learning import check, guesses, hint, outcome, predict, progress, quiz, solution
from course_utils.widgets import Explorer

figures.use_style()
course_utils.reproducible(7)
seed = np.random.randint(1000)  # another COURSE_SEED gives other data and other weights

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 400 个点排成两个互相咬合的月牙，每个月牙是一个类别。没有人告诉网络边界在哪里，只给它这些点和它们的类别；它从随机的数出发，自己把边界弯进两个月牙之间。它怎么知道每个数该变大还是变小？这一课从一个神经元开始，一步一步用手算、用 NumPy 做出来。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 400 points form two crescents that interlock, each of them one class. Nobody tells the network where the boundary runs; it is given only the points and their classes. It starts from random numbers and bends a boundary in between the moons by itself. How does it know which of its numbers should grow and which should shrink? This lesson starts with one neuron and builds the answer step by step, by hand and in NumPy.
#
# </div>

# %% tags=["setup", "keep-output"]
moons, labels = make_moons(400, noise=0.2, random_state=seed)
labels = labels[:, None].astype(float)  # a column: one row for each sample


def scatter(ax):
    for label, marker in [(0, "o"), (1, "^")]:
        points = moons[labels[:, 0] == label]
        ax.scatter(*points.T, s=9, color=f"C{label}", marker=marker, label=f"类别 class {label}")
    ax.set(xlim=(-2, 3), ylim=(-1.6, 2.7), xlabel="特征 feature x₁", ylabel="特征 feature x₂")
    ax.legend(loc="upper left", frameon=True, framealpha=1)


fig, ax = plt.subplots(figsize=(4.6, 3.2))
scatter(ax)
figures.show(
    fig,
    "400 个点，两种记号，排成两个互相咬合的月牙。",
    "400 points with two kinds of markers, in two crescents that interlock.",
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 写出一个神经元、一层、一个批次的前向传播，并说出每个数组的形状；
# * 用链式法则推出 $\delta$ 递推，其中 $W^\top\delta$ 把梯度传回前一层；
# * 用 NumPy 从零训练一个两层网络，并用有限差分检查每一个梯度；
# * 说出反向传播做什么、不做什么，以及为什么很深的 sigmoid 网络前面几层几乎学不动。
#
# 带 `assert` 的单元格在你的电脑上核对旁边的说法，说法不成立就报错。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * write the forward pass of one neuron, one layer and one batch, and name the shape of every array;
# * derive the $\delta$ recursion from the chain rule, in which $W^\top\delta$ carries the gradient back to the previous layer;
# * train a two-layer network from scratch in NumPy and check every gradient by finite differences;
# * say what backpropagation does and does not do, and why the first layers of a very deep sigmoid network hardly learn.
#
# A cell with `assert` tests the sentence beside it on your computer and raises an error if it does not hold.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你会 Python 和 NumPy 的基本操作，学过导数和链式法则，见过矩阵乘法；不需要任何深度学习知识。在 2 个 CPU 核上运行全部单元格不到 1 分钟，读完并做练习大约 60 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You know basic Python and NumPy, derivatives and the chain rule, and have seen a matrix product; no deep learning is needed. Running all cells takes less than 1 minute on 2 CPU cores, reading and doing the exercises about 60 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 先别用网络。画一条放得很好的直线，把上图的 400 个点分成两边：大约能把百分之几的点分对？瞎猜是 50。写一个数，例如 `60`；猜错没有关系，结果出来时会和它放在一起。这一课后面还有三个猜测，各在自己的实验之前。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# No network yet. Put one straight line between the 400 points of the picture above, as well as you can: about how many per cent of them does it get right? Chance would be 50. Write a number such as `60`; a wrong guess costs nothing, and the result will be set beside it. Three more guesses follow in this lesson, each before its own experiment.
#
# </div>

# %% tags=["exercise"]
predict("01-p1", ...)  # 50–100

# %% [markdown]
# ## 一个神经元 · One neuron

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 神经元（neuron）先把输入加权求和，再加上偏置（bias），得到 $z=w_1x_1+w_2x_2+b$；然后通过激活函数（activation function），得到 $a=\sigma(z)$。这里用 sigmoid 函数 $\sigma(z)=\dfrac{1}{1+e^{-z}}$，它把任何数压到 0 和 1 之间。
#
# 先用手算一遍：$x=(1,2)$，$w=(0.6,-0.4)$，$b=0.5$，所以 $z=0.6-0.8+0.5=0.3$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A neuron first takes the weighted sum of its inputs plus a bias, $z=w_1x_1+w_2x_2+b$; then an activation function turns it into $a=\sigma(z)$. Here we use the sigmoid $\sigma(z)=\dfrac{1}{1+e^{-z}}$, which squeezes any number between 0 and 1.
#
# By hand first: $x=(1,2)$, $w=(0.6,-0.4)$, $b=0.5$, so $z=0.6-0.8+0.5=0.3$.
#
# </div>


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


x, w, b = np.array([1.0, 2.0]), np.array([0.6, -0.4]), 0.5
z = w @ x + b
print(f"z = {z:.3f}   a = {sigmoid(z):.3f}")
assert np.isclose(z, 0.3) and 0.5 < sigmoid(z) < 0.6

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一个神经元能做什么？它在平面上画一条直线：$z=0$ 的地方 $a=0.5$，一侧更大，另一侧小于 0.5。权重（weight）决定直线的方向，偏置让直线平移。
#
# 下面的数据是“两个月牙”。拖动直线、箭头尖或滑块，把这条线放到你认为最好的地方：圈出来的点分错了，下面写着准确率；两条虚线上 $a$ 是 0.1 和 0.9。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What can one neuron do? It draws a straight line in the plane: where $z=0$, $a=0.5$; it is larger on one side, smaller than 0.5 on the other. The weights set the line's direction, the bias shifts it.
#
# The data below are “two moons”. Drag the line, the tip of its arrow or the sliders, and put the line where you think it is best: circled points are on the wrong side, and the accuracy is written below; on the two dotted lines $a$ is 0.1 and 0.9.
#
# </div>


# %% tags=["setup"]
def draw_line(w1, w2, b):
    fig, ax = plt.subplots(figsize=(4.6, 3.4))
    scatter(ax)
    accuracy = np.mean((sigmoid(moons @ [w1, w2] + b) > 0.5) == labels[:, 0])
    grid = np.meshgrid(np.linspace(-2, 3, 60), np.linspace(-1.6, 2.7, 60))
    values = sigmoid(w1 * grid[0] + w2 * grid[1] + b)
    ax.contour(*grid, values, levels=[0.1, 0.5, 0.9], colors="black", linestyles=[":", "-", ":"])
    ax.set_title(f"准确率 accuracy {accuracy:.3f}")
    return fig


explorables.show(
    "neuron",
    draw_line(1.0, 1.0, 0.0),
    "两个月牙形的点群，一个神经元画出的直线把平面分成两半；标题是准确率。",
    "Two crescents of points; the line that one neuron draws halves the plane; the title is its accuracy.",
    points=moons,
    labels=labels[:, 0] == 1,
    w1=1.0,
    w2=1.0,
    b=0.0,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 无论怎么拖，一条直线都分不干净：两个月牙互相咬合。下面的单元格用逻辑回归（logistic regression，就是由程序来调权重的一个 sigmoid 神经元）找出一条很好的直线；比准确率，你也许能略胜它。要做得好得多，需要更多神经元。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# However you drag, a straight line cannot separate them: the moons interlock. The next cell finds a very good line by logistic regression (one sigmoid neuron whose weights a program adjusts); in accuracy you may beat it slightly. To do much better we need more neurons.
#
# </div>

# %%
one_line = LogisticRegression().fit(moons, labels[:, 0])
line_accuracy = one_line.score(moons, labels[:, 0])
say(f"一条直线的准确率 accuracy of one line: {line_accuracy:.2f}")
outcome("01-p1", round(100 * line_accuracy))

# %% [markdown]
# ## 一层，一个批次 · A layer, a batch

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 把几个神经元排在一起就是一层。每个神经元的权重占矩阵 $W$ 的一行，所以 $W$ 的形状是（输出数，输入数）；第 $i$ 个神经元算 $z_i=\sum_jW_{ij}x_j+b_i$，$Wx+b$ 一次算出全部：
#
# $$z=Wx+b,\qquad a=\sigma(z)$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Put several neurons side by side and you have a layer. Each neuron's weights fill one row of the matrix $W$, so $W$ has the shape (outputs, inputs); neuron $i$ computes $z_i=\sum_jW_{ij}x_j+b_i$, and $Wx+b$ gives all of them at once:
#
# $$z=Wx+b,\qquad a=\sigma(z)$$
#
# </div>


# %% tags=["setup"]
assert 0.8 < line_accuracy < 0.93  # what a straight line reaches


def draw_layer(back):
    """Two inputs, three neurons: x₂ fans out to all z, and the gradients sum up on the way back."""
    fig, ax = plt.subplots(figsize=(5.8, 2.7))
    inputs, sums_ = [(0, 1.5), (0, 0.5)], [(2, 2), (2, 1), (2, 0)]
    for j, (x0, y0) in enumerate(inputs):
        for x1, y1 in sums_:
            colour = ("C1" if back else "C0") if j == 1 else "#999999"
            ends = (
                [(x1 - 0.17, y1), (x0 + 0.17, y0)] if back else [(x0 + 0.17, y0), (x1 - 0.17, y1)]
            )
            arrow = {"arrowstyle": "->", "color": colour, "lw": 1.6 if j == 1 else 0.8}
            ax.annotate("", ends[1], ends[0], arrowprops=arrow)
    names = [(*p, f"$x_{j + 1}$") for j, p in enumerate(inputs)]
    for x0, y0, name in [*names, *((*p, f"$z_{i + 1}$") for i, p in enumerate(sums_))]:
        ax.text(
            x0, y0, name, size=13, ha="center", va="center", bbox={"boxstyle": "circle", "fc": "w"}
        )
    for i, (x1, y1) in enumerate(sums_, 1):
        words = rf"$\delta_{i}$" if back else rf"$W_{{{i}1}}x_1+W_{{{i}2}}x_2+b_{i}$"
        ax.text(x1 + 0.25, y1, words, color="C1" if back else "C0", va="center")
    if back:
        total = r"$W_{12}\delta_1+W_{22}\delta_2+W_{32}\delta_3$"
        ax.text(-0.25, 0.5, total, color="C1", ha="right", va="center")
    ax.set(xlim=(-2.2 if back else -0.4, 2.6 if back else 3.9), ylim=(-0.4, 2.4))
    ax.axis("off")
    return fig


figures.show(
    draw_layer(back=False),
    "前向：两个输入，三个神经元。每个输入都有箭头指向 z₁、z₂、z₃；x₂ 的三个箭头是蓝色的。",
    "Forward: two inputs, three neurons. Arrows lead from each input to z₁, z₂ and z₃; the three from x₂ are blue.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 真正计算时我们一次送进 $n$ 个样本：一个样本占一行，$X$ 的形状是（n，输入数），于是 $Z=XW^\top+b$，形状是（n，输出数）。$W^\top$ 是 $W$ 的转置：行变成列。$b$ 只有一行，NumPy 把它加到 $Z$ 的**每一行**：每个样本加的是同一组偏置。写代码时先写形状，再写公式，大多数错误就不会发生。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In practice we send $n$ samples at once: one sample is one row, $X$ has the shape (n, inputs), so $Z=XW^\top+b$ has the shape (n, outputs). $W^\top$ is $W$ transposed: rows become columns. $b$ is a single row, and NumPy adds it to **every row** of $Z$: each sample gets the same biases. Write the shapes first and the formula second, and most errors never happen.
#
# </div>

# %%
rng = np.random.default_rng(seed)
n, n_in, n_out = 32, 2, 3
X, W, biases = (rng.normal(size=shape) for shape in [(n, n_in), (n_out, n_in), n_out])
Z = X @ W.T + biases
print("X", X.shape, " W", W.shape, " b", biases.shape, " Z", Z.shape)
assert np.allclose(Z[5], W @ X[5] + biases)  # row 5 is sample 5, with the same biases

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# Keras 的 `Dense` 层把同一个矩阵转置存放：`kernel` 的形状是（输入数，输出数），所以它计算 $XK+b$，其中 $K=W^\top$。两种写法的结果相同，见下面的断言。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Keras's `Dense` layer stores the same matrix transposed: its `kernel` has the shape (inputs, outputs), so it computes $XK+b$ with $K=W^\top$. Both ways give the same result; the assertion below checks it.
#
# </div>

# %% tags=["any-seed"]
dense = keras.layers.Dense(n_out)
dense.build((None, n_in))
dense.set_weights([W.T, biases])
assert np.allclose(dense(X.astype("float32")), Z, atol=1e-5)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **一个不报错的错误**。预测的形状是 `(n, 1)`，标签的形状却是 `(n,)`。相减时 NumPy 和 TensorFlow 都会广播成 `(n, n)`：每个预测减去了每个标签。程序不报错，损失却错了：下面的预测和标签一模一样，“损失”却不是 0。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **An error without an error message.** The predictions have the shape `(n, 1)`, the labels `(n,)`. When you subtract them, NumPy and TensorFlow broadcast to `(n, n)`: every label is subtracted from every prediction. Nothing is reported, and the loss is wrong: the predictions below equal the labels, yet the “loss” is not 0.
#
# </div>

# %%
prediction, flat = labels.copy(), labels[:, 0]  # a perfect prediction (n, 1), labels (n,)
say("相减后的形状 shape of the difference:", (prediction - flat).shape)
assert np.mean((prediction - flat) ** 2) == 0.5  # half of all pairs differ
assert (tf.constant(prediction) - flat).shape == (400, 400)
assert np.mean((prediction - labels) ** 2) == 0

# %% [markdown]
# ## 为什么要有激活函数 · Why an activation function

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 深度学习常被说成“多层非线性变换”。“非线性”三个字不能省：没有激活函数，两层叠起来是 $W_2(W_1x)=(W_2W_1)x$，仍然只是一层（偏置也合成一个）。再深的线性网络，在平面上也只能画一条直线。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Deep learning is often called “many layers of non-linear transforms”. The word non-linear cannot be dropped: without an activation function, two layers are $W_2(W_1x)=(W_2W_1)x$, still one layer (the biases merge into one as well). However deep, a linear network draws one straight line in the plane.
#
# </div>

# %% tags=["any-seed"]
W1, W2 = rng.normal(size=(16, 2)), rng.normal(size=(1, 16))
two_layers = (moons @ W1.T) @ W2.T
one_layer = moons @ (W2 @ W1).T
assert np.allclose(two_layers, one_layer)
with_tanh = np.tanh(moons @ W1.T) @ W2.T
assert not np.allclose(with_tanh, one_layer, atol=0.1)

# %% tags=["setup"]
grid = np.stack(np.meshgrid(np.linspace(-2, 3, 120), np.linspace(-1.6, 2.7, 120)), -1)
fig, axes = plt.subplots(1, 2, figsize=(8, 2.9))
for ax, f, title in [
    (axes[0], lambda z: z, "没有激活函数 no activation"),
    (axes[1], np.tanh, "tanh 在中间 tanh in between"),
]:
    scatter(ax)
    ax.contour(*np.moveaxis(grid, -1, 0), (f(grid @ W1.T) @ W2.T)[..., 0], [0], colors="black")
    ax.set_title(title)
figures.show(
    fig,
    "同样的随机权重，两层。左：没有激活函数，边界是一条直线。右：中间有 tanh，边界是弯的。",
    "Two layers with the same random weights. Left: without an activation the border is straight. Right: with tanh in between it is curved.",
)

# %% [markdown]
# ## 链式法则：一个神经元的梯度 · The chain rule: one neuron's gradient

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 回到手算的那个神经元。设目标（也就是标签）是 $y=1$，损失（loss）是 $L=(a-y)^2$：它说错了多少，训练要让它变小。我们想知道：别的都不动，只把 $w_1$ 调大一点点，$L$ 的变化是 $w_1$ 的变化的多少倍？变化趋于 0 时的这个比值就是偏导数 $\partial L/\partial w_1$，所有偏导数合起来叫梯度（gradient）。
#
# 计算是一串步骤 $w\to z\to a\to L$，链式法则把每一步的导数相乘：
#
# $$\frac{\partial L}{\partial w_1}=\underbrace{\frac{\partial L}{\partial a}}_{2(a-y)}\cdot\underbrace{\frac{\partial a}{\partial z}}_{a(1-a)}\cdot\underbrace{\frac{\partial z}{\partial w_1}}_{x_1}$$
#
# 中间的 $a(1-a)$ 就是 sigmoid 的导数：$\sigma'(z)=\dfrac{e^{-z}}{(1+e^{-z})^2}=a(1-a)$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Back to the neuron that we worked out by hand. Let the target (the label) be $y=1$ and the loss $L=(a-y)^2$: it says how wrong the answer is, and training is to make it small. If $w_1$ alone grows a little and all else stays, how many times the change of $w_1$ is the change of $L$? As the change goes to 0, this ratio is the partial derivative $\partial L/\partial w_1$; all of them together are the gradient.
#
# The computation is a chain of steps $w\to z\to a\to L$, and the chain rule multiplies the derivatives of the steps:
#
# $$\frac{\partial L}{\partial w_1}=\underbrace{\frac{\partial L}{\partial a}}_{2(a-y)}\cdot\underbrace{\frac{\partial a}{\partial z}}_{a(1-a)}\cdot\underbrace{\frac{\partial z}{\partial w_1}}_{x_1}$$
#
# The $a(1-a)$ in the middle is the sigmoid's derivative: $\sigma'(z)=\dfrac{e^{-z}}{(1+e^{-z})^2}=a(1-a)$.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 前两个因子与 $x_1$ 无关，$w_2$、$b$ 和 $x$ 的导数也都要用到它们。所以给它们的乘积一个名字：$\delta=\partial L/\partial z$，叫**误差信号**（error signal）。只算一次 $\delta$，其余各个偏导数，都是 $\delta$ 乘以一个已经算出的数：
#
# $$\frac{\partial L}{\partial w_j}=\delta\,x_j,\qquad\frac{\partial L}{\partial b}=\delta,\qquad\frac{\partial L}{\partial x_j}=\delta\,w_j$$
#
# 最后一个叫**传回的梯度**：$x$ 若是前一层的输出，前一层就从它接着算。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The first two factors have nothing to do with $x_1$; the derivatives by $w_2$, $b$ and $x$ need them as well. So their product gets a name: $\delta=\partial L/\partial z$, the **error signal**. Compute $\delta$ once, and every other partial derivative is $\delta$ times a number that is known already:
#
# $$\frac{\partial L}{\partial w_j}=\delta\,x_j,\qquad\frac{\partial L}{\partial b}=\delta,\qquad\frac{\partial L}{\partial x_j}=\delta\,w_j$$
#
# The last is the **gradient that is passed back**: if $x$ is the output of a previous layer, that layer goes on from it.
#
# </div>


# %%
def neuron(x, w, b, y):
    z = w @ x + b
    a = sigmoid(z)
    delta = 2 * (a - y) * a * (1 - a)
    return {"z": z, "a": a, "L": (a - y) ** 2, "delta": delta, "dw": delta * x, "dx": delta * w}


# %% tags=["shows-gradient-of-what"]
one = neuron(x, w, b, y=1.0)
tried = (neuron(x, w + [1e-6, 0], b, 1.0)["L"] - one["L"]) / 1e-6
say(f"链式法则 chain rule {one['dw'][0]:.4f}   试出来 by trying {tried:.4f}")
assert np.isclose(one["dw"][0], tried, rtol=1e-4)
flat = [neuron(x, w, far, 1.0)["delta"] for far in [-5.0, 5.0]]  # a is near 0 or near 1
assert np.abs(flat).max() < abs(one["delta"]) / 10


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 下图就是计算图（computational graph）：每个框是一个数，蓝色的值从左往右算（前向），橙色的梯度从右往左算（反向）。$z$ 旁边橙色的数就是 $\delta$；$w_1$ 旁边的是 $\delta x_1$，$b$ 旁边的就是 $\delta$。反向要用到前向算出的 $x$、$w$ 和 $a$，所以前向的值必须留着。
#
# 拖动 $b$：往右，$a$ 接近目标 1，$\delta$ 变小，理应如此；往左到底，$a$ 接近 0，错得最厉害，$\delta$ 却也几乎是 0，因为 $a(1-a)$ 太小。下一课换一个损失来治它。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# This is the computational graph: each box is a number, the blue values are computed from left to right (forward), the orange gradients from right to left (backward). The orange number at $z$ is $\delta$; at $w_1$ it is $\delta x_1$, at $b$ just $\delta$. Going backward uses the $x$, $w$ and $a$ of the forward pass, so forward values have to be kept.
#
# Drag $b$: to the right, $a$ approaches its target 1 and $\delta$ shrinks, as it should; all the way to the left, $a$ is near 0, as wrong as can be, and yet $\delta$ is almost 0 too, because $a(1-a)$ is so small. The next lesson cures that with another loss.
#
# </div>


# %% tags=["setup"]
def draw_graph(b):
    v = neuron(x, w, b, y=1.0)
    slope = 2 * (v["a"] - 1)
    leaves = [("$x_1$", x[0], v["dx"][0]), ("$w_1$", w[0], v["dw"][0]), ("$x_2$", x[1], v["dx"][1])]
    leaves += [("$w_2$", w[1], v["dw"][1]), ("$b$", b, v["delta"])]
    nodes = [(0, y, *leaf) for y, leaf in zip([4, 3, 2, 1, -0.5], leaves, strict=True)]
    nodes += [(1.3, 3.5, "$w_1x_1$", w[0] * x[0], v["delta"])]
    nodes += [(1.3, 1.5, "$w_2x_2$", w[1] * x[1], v["delta"]), (2.6, 2, "$z$", v["z"], v["delta"])]
    nodes += [(3.7, 2, "$a$", v["a"], slope), (4.8, 2, "$L$", v["L"], 1.0)]
    lines = [(0, 5), (1, 5), (2, 6), (3, 6), (5, 7), (6, 7), (4, 7), (7, 8), (8, 9)]
    fig, ax = plt.subplots(figsize=(7, 3.9))
    for start, end in lines:
        (x0, y0), (x1, y1) = nodes[start][:2], nodes[end][:2]
        ax.plot([x0, x1], [y0, y1], "-", color="#999999", lw=1, marker="", zorder=1)
    for x0, y0, name, value, gradient in nodes:
        ax.text(
            x0, y0, name, size=12, ha="center", va="center", bbox={"boxstyle": "round", "fc": "w"}
        )
        at = {"ha": "right" if x0 == 0 else "center", "va": "center", "size": 9}
        dx, dy = (-0.25, 0.16) if x0 == 0 else (0, 0.42)
        ax.text(x0 + dx, y0 + dy, f"{value:.3f}", color="C0", **at)
        ax.text(x0 + dx, y0 - dy, f"{gradient:.3f}", color="C1", **at)
    ax.text(3.7, 4.3, "数值 value", color="C0", va="center")
    ax.text(3.7, 3.9, "梯度 gradient", color="C1", va="center")
    ax.set(xlim=(-0.9, 5.2), ylim=(-0.9, 4.7))
    ax.axis("off")
    return fig


Explorer(
    draw_graph,
    b=widgets.FloatSlider(0.5, min=-5, max=5, step=0.1, description="b"),
    alt_zh="从左到右：x₁、w₁、x₂、w₂、b，乘积 w₁x₁ 和 w₂x₂，和 z，再是 a 和 L；每个节点旁边有两个数：上面是前向的数值，下面是反向的梯度。",
    alt_en="From left to right: x₁, w₁, x₂, w₂, b; the products w₁x₁ and w₂x₂; the sum z; then a and L. Beside each node two numbers: above, the forward value; below, the backward gradient.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 1**：另一个神经元，$x=(2,-1)$，$w=(0.5,1)$，$b=0$，目标 $y=0$，仍然是 $L=(a-y)^2$。用手算：$\partial L/\partial w_2$ 是多少？卡住了就运行 `hint("01-1")`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 1**: another neuron, $x=(2,-1)$, $w=(0.5,1)$, $b=0$, target $y=0$, and again $L=(a-y)^2$. By hand: what is $\partial L/\partial w_2$? When you are stuck, run `hint("01-1")`.
#
# </div>

# %% tags=["exercise"]
answer_gradient = ...  # dL/dw2
check("01-1", answer_gradient)

# %% [markdown]
# ## 一层的反向传播，完整的四个式子 · Backpropagation through a layer, all four equations

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一层有许多神经元，$x_j$ 流向每一个神经元，所以 $\partial L/\partial x_j$ 要把各个神经元传回的部分加起来：看下图里 $x_2$ 的三个橙色箭头。写成向量，正好四个式子（$\odot$ 是逐元素相乘）：
#
# $$\delta=\frac{\partial L}{\partial a}\odot\sigma'(z),\qquad \frac{\partial L}{\partial W}=\delta\,x^\top,\qquad \frac{\partial L}{\partial b}=\delta,\qquad \frac{\partial L}{\partial x}=W^\top\delta$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A layer has many neurons and $x_j$ flows into every one of them, so $\partial L/\partial x_j$ adds up what each neuron passes back: see the three orange arrows at $x_2$ in the picture below. In vectors, there are exactly four equations ($\odot$ multiplies element by element):
#
# $$\delta=\frac{\partial L}{\partial a}\odot\sigma'(z),\qquad \frac{\partial L}{\partial W}=\delta\,x^\top,\qquad \frac{\partial L}{\partial b}=\delta,\qquad \frac{\partial L}{\partial x}=W^\top\delta$$
#
# </div>

# %% tags=["setup"]
figures.show(
    draw_layer(back=True),
    "反向：从 δ₁、δ₂、δ₃ 各有一个橙色箭头回到 x₂，那里三项相加。",
    "Backward: an orange arrow leads from each of δ₁, δ₂, δ₃ back to x₂, where the three terms add up.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 它们从哪里来？看 $z_i=\sum_jW_{ij}x_j+b_i$。$W_{ij}$ 只影响 $z_i$，所以 $\partial L/\partial W_{ij}=\delta_ix_j$，排成矩阵就是 $\delta\,x^\top$。$x_j$ 影响每一个 $z_i$，所以 $\partial L/\partial x_j=\sum_i\delta_iW_{ij}$，这正是 $W^\top\delta$ 的第 $j$ 个分量。
#
# “反向传播”的名字由这第四个式子而来。用上标 $(l)$ 表示第 $l$ 层，它的输入就是第 $l-1$ 层的输出 $a^{(l-1)}$，所以传回的梯度 $W^{(l)\top}\delta^{(l)}$ 正是 $\partial L/\partial a^{(l-1)}$，代入第一个式子就得到递推：
#
# $$\delta^{(l-1)}=\left(W^{(l)\top}\delta^{(l)}\right)\odot\sigma'(z^{(l-1)})$$
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Where do they come from? Look at $z_i=\sum_jW_{ij}x_j+b_i$. $W_{ij}$ affects $z_i$ alone, so $\partial L/\partial W_{ij}=\delta_ix_j$, as a matrix $\delta\,x^\top$. $x_j$ affects every $z_i$, so $\partial L/\partial x_j=\sum_i\delta_iW_{ij}$, which is component $j$ of $W^\top\delta$.
#
# This fourth equation gives backpropagation its name. Let the superscript $(l)$ stand for layer $l$: its input is the output $a^{(l-1)}$ of layer $l-1$, so the gradient passed back, $W^{(l)\top}\delta^{(l)}$, is $\partial L/\partial a^{(l-1)}$; put it into the first equation, and there is the recursion:
#
# $$\delta^{(l-1)}=\left(W^{(l)\top}\delta^{(l)}\right)\odot\sigma'(z^{(l-1)})$$
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 对一个批次：$X$ 和 $\delta$ 都是一行一个样本（各样本的 $\delta$ 叠成一个矩阵），各样本对 $W$ 和 $b$ 的梯度相加，于是 $\partial L/\partial W=\delta^\top X$，$\partial L/\partial b$ 是 $\delta$ 各行之和，$\partial L/\partial X=\delta W$。损失若取平均，$\frac1n$ 已经在 $\delta$ 里。
#
# **练习 2**：把这三个结果写成代码。输入：`X` 的形状是 `(n, n_in)`，`W` 是 `(n_out, n_in)`，`delta` 是 `(n, n_out)`；依次返回三个数组 `dW`、`db`、`dX`，形状与 `W`、`b`、`X` 相同。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# For a batch, $X$ and $\delta$ hold one sample in each row (the samples' $\delta$, stacked into a matrix), and the samples' gradients for $W$ and $b$ add up, so $\partial L/\partial W=\delta^\top X$, $\partial L/\partial b$ is the sum of the rows of $\delta$, and $\partial L/\partial X=\delta W$. If the loss is a mean, the $\frac1n$ is already in $\delta$.
#
# **Exercise 2**: write these three results as code. Inputs: `X` of shape `(n, n_in)`, `W` of shape `(n_out, n_in)`, `delta` of shape `(n, n_out)`; return three arrays in this order, `dW`, `db`, `dX`, of the shapes of `W`, `b`, `X`.
#
# </div>


# %% tags=["exercise"]
def dense_backward(X, W, delta):
    """X (n, n_in), W (n_out, n_in), delta (n, n_out) -> dW, db, dX"""
    return ...


check("01-2", dense_backward)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 在一个小网络上把四个式子走一遍：2 个输入，3 个隐藏单元（夹在输入和输出之间的神经元，激活函数用 $\tanh$，输出是 $h$，导数是 $1-h^2$），1 个输出，权重叫 $u_1,u_2,u_3$。按播放：蓝色的数先往右流，一直到损失 $L$；橙色的 $\delta$ 再沿同样的线往左流，线越粗，梯度越大。把 $u_2$ 拖到 0：$h_2$ 的 $\delta$ 变成 0，它左边的权重一点梯度也收不到，$u_2$ 自己却仍然有。再按几次“按梯度走一步”，$L$ 一次比一次小。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Walk through all four equations in a small network: 2 inputs, 3 hidden units (neurons between input and output, with the activation $\tanh$, output $h$, derivative $1-h^2$), 1 output with weights $u_1,u_2,u_3$. Press play: first the blue numbers flow to the right, as far as the loss $L$; then the orange $\delta$ flow to the left along the same lines, and a thicker line is a larger gradient. Drag $u_2$ to 0: the $\delta$ of $h_2$ becomes 0, the weights on its left receive no gradient at all, and $u_2$ itself still does. Then press “One step down the gradient” a few times: $L$ shrinks each time.
#
# </div>

# %% tags=["setup"]
sample, target = np.array([1.0, 2.0]), 1.0
units = np.array([[0.6, -0.4, 0.5], [-0.8, 0.5, 0.4], [0.4, -0.7, 0.2]])  # w, w, b of each
top = np.array([1.2, -0.7, 0.9, -0.1])  # u, u, u, c
hidden = np.tanh(units @ [*sample, 1])
output = sigmoid(top @ [*hidden, 1])
delta_top = 2 * (output - target) * output * (1 - output)
delta_hidden = delta_top * top[:3] * (1 - hidden**2)  # the fourth equation
nodes = {"x₁": (0, 1.5, sample[0], None), "x₂": (0, 0.5, sample[1], None)}
nodes |= {f"h{'₁₂₃'[i]}": (1, 2 - i, hidden[i], delta_hidden[i]) for i in range(3)}
nodes |= {"a": (2, 1, output, delta_top), "L": (2.7, 1, (output - target) ** 2, None)}
fig, ax = plt.subplots(figsize=(6.2, 3.4))
columns = [list(nodes.values())[i:j] for i, j in [(0, 2), (2, 5), (5, 6), (6, 7)]]
for before, after in zip(columns[:-1], columns[1:], strict=True):
    for (x0, y0, *_), (x1, y1, *_) in ((p, q) for p in before for q in after):
        ax.plot([x0, x1], [y0, y1], "-", color="#888888", lw=1, marker="", zorder=1)
for name, (x0, y0, value, back) in nodes.items():
    circle = {"boxstyle": "circle", "fc": "w"}
    ax.text(x0, y0, name, size=12, ha="center", va="center", bbox=circle)
    ax.text(x0, y0 + 0.28, f"{value:.3f}", color="C0", ha="center")
    if back is not None:
        ax.text(x0, y0 - 0.42, f"δ {back:.4f}", color="C1", ha="center")
ax.set(xlim=(-0.3, 3), ylim=(-0.6, 2.6))
ax.axis("off")
explorables.show(
    "network",
    fig,
    "2-3-1 网络：两个输入，三个隐藏单元，一个输出 a，损失 L。每个节点上方是前向的数值，隐藏单元和输出下方是反向的 δ。",
    "A 2-3-1 network: two inputs, three hidden units, one output a, the loss L. Above each node its forward value; below hidden units and output the backward δ.",
    x=sample,
    y=target,
    v=np.append(units, top),
    rate=0.5,
)

# %% [markdown]
# ## 两层网络，从零开始 · A two-layer network from scratch

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在把两层接起来：2 个输入，16 个 tanh 隐藏单元，1 个 sigmoid 输出。损失用二元交叉熵（binary cross-entropy），下一课会推导它；这里只需要知道，它和 sigmoid 配在一起时，输出层的 $\delta$ 特别简单，就是 $(a-y)/n$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now connect two layers: 2 inputs, 16 tanh hidden units, 1 sigmoid output. The loss is binary cross-entropy, which the next lesson derives; here it is enough that, together with a sigmoid, it makes the output layer's $\delta$ very simple: $(a-y)/n$.
#
# </div>


# %%
def initial_parameters(n_hidden=16, start=seed):
    rng = np.random.default_rng(start)
    return {
        "W1": rng.normal(size=(n_hidden, 2)),
        "b1": np.zeros(n_hidden),
        "W2": rng.normal(size=(1, n_hidden)) / np.sqrt(n_hidden),
        "b2": np.zeros(1),
    }


def forward(x, params):
    h = np.tanh(x @ params["W1"].T + params["b1"])
    return h, sigmoid(h @ params["W2"].T + params["b2"])


# %%
def binary_cross_entropy(x, y, params):
    a = forward(x, params)[1]
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


def backward(x, y, params):
    h, a = forward(x, params)
    delta2 = (a - y) / len(x)  # (n, 1)
    delta1 = (delta2 @ params["W2"]) * (1 - h**2)  # (n, 16): tanh' = 1 - tanh²
    return {"W1": delta1.T @ x, "b1": delta1.sum(0), "W2": delta2.T @ h, "b2": delta2.sum(0)}


params = initial_parameters()
gradient = backward(moons, labels, params)
assert all(params[name].shape == gradient[name].shape for name in params)
print({name: g.shape for name, g in gradient.items()})

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 每个梯度的形状和它的参数一样，这是第一道检查。
#
# **反向传播不更新参数**。上面的 `backward` 只算出梯度，`params` 一个数也没变。更新是优化器的事，最简单的一种是梯度下降：$\theta\leftarrow\theta-\eta\,\partial L/\partial\theta$，其中 $\theta$ 是任何一个参数，$\eta$ 是学习率（learning rate）。把两件事分开记，以后换优化器时就不会糊涂。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Every gradient has the shape of its parameter: that is the first check.
#
# **Backpropagation does not update parameters.** `backward` only computed gradients; not one number in `params` has changed. Updating is the optimizer's job, in its simplest form gradient descent: $\theta\leftarrow\theta-\eta\,\partial L/\partial\theta$, where $\theta$ is any parameter and $\eta$ the learning rate. Keep the two apart, and changing the optimizer later will not confuse you.
#
# </div>


# %% tags=["nbval-ignore-output", "shows-who-updates"]
def train(backward, params, n_steps=3000, learning_rate=1.0):
    losses = [binary_cross_entropy(moons, labels, params)]
    for _ in range(n_steps):
        gradient = backward(moons, labels, params)
        params = {name: params[name] - learning_rate * gradient[name] for name in params}
        losses.append(binary_cross_entropy(moons, labels, params))
    return params, losses


def accuracy(params):
    return np.mean((forward(moons, params)[1] > 0.5) == labels)


unchanged = initial_parameters()
assert all(np.array_equal(params[name], unchanged[name]) for name in params)
trained, losses = train(backward, params)
say(f"损失 loss {losses[0]:.2f} → {losses[-1]:.2f}   准确率 accuracy {accuracy(trained):.2f}")


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 同样的训练，在你的浏览器里再做一遍。按播放，看边界怎样从近乎直线弯进两个月牙之间；3,000 步以后，准确率超过 0.95。再勾上“所有权重从同一个数开始”：不管训练多久，边界都是一条直线，像只有一个神经元。为什么？这一课后面会回答。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The same training once more, in your browser. Press play and watch the boundary, almost straight at first, bend in between the moons; after 3,000 steps the accuracy is above 0.95. Then tick “all weights start equal”: however long it trains, the boundary is one straight line, as if there were a single neuron. Why? A later section answers that.
#
# </div>


# %% tags=["setup"]
assert losses[-1] < 0.1 and accuracy(trained) > line_accuracy + 0.08


def boundary(ax, params):
    scatter(ax)
    grid = np.meshgrid(np.linspace(-2, 3, 120), np.linspace(-1.6, 2.7, 120))
    values = forward(np.stack(grid, -1).reshape(-1, 2), params)[1].reshape(120, 120)
    ax.contour(*grid, values, levels=[0.5], colors="black")
    ax.set_title(f"准确率 accuracy {accuracy(params):.2f}")


fig, (left, right) = plt.subplots(1, 2, figsize=(8.4, 3.2))
left.plot(losses, marker="")
left.set(xlabel="步 step", ylabel="损失 loss", yscale="log")
boundary(right, trained)
explorables.show(
    "boundary",
    fig,
    "左：损失随步数下降。右：两层网络画出的弯曲边界把两个月牙分开。",
    "Left: the loss falls with the steps. Right: the curved boundary of the two-layer network separates the two moons.",
    points=moons,
    labels=labels[:, 0] == 1,
    w1=params["W1"],
    w2=params["W2"],
    steps=3000,
    rate=1.0,
)

# %% [markdown]
# ## 怎么知道梯度是对的：有限差分 · How to know that a gradient is right: finite differences

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 导数的定义就是检查的方法，叫作梯度检验（gradient check）：把一个参数加减 $\epsilon$，看损失变多少。两边各取一点的中心差分，误差是 $\epsilon^2$ 量级：
#
# $$\frac{\partial L}{\partial\theta}\approx\frac{L(\theta+\epsilon)-L(\theta-\epsilon)}{2\epsilon}$$
#
# 比较时看相对误差 $\|g-\hat g\|/(\|g\|+\|\hat g\|)$，它在 0 和 1 之间；$\|\cdot\|$ 是向量的长度。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The definition of the derivative is the test, the gradient check: move one parameter up and down by $\epsilon$ and see how the loss changes. Central differences, with a point on each side, have an error of the order $\epsilon^2$:
#
# $$\frac{\partial L}{\partial\theta}\approx\frac{L(\theta+\epsilon)-L(\theta-\epsilon)}{2\epsilon}$$
#
# Compare by the relative error $\|g-\hat g\|/(\|g\|+\|\hat g\|)$, which lies between 0 and 1; $\|\cdot\|$ is the length of a vector.
#
# </div>


# %%
def numeric_gradient(params, name, epsilon=1e-5):
    estimate = np.zeros_like(params[name])
    for index in np.ndindex(estimate.shape):
        change = np.zeros_like(params[name])
        change[index] = epsilon
        up = binary_cross_entropy(moons, labels, {**params, name: params[name] + change})
        down = binary_cross_entropy(moons, labels, {**params, name: params[name] - change})
        estimate[index] = (up - down) / (2 * epsilon)
    return estimate


def relative_error(g, g_hat):
    return np.linalg.norm(g - g_hat) / (np.linalg.norm(g) + np.linalg.norm(g_hat))


# %% tags=["any-seed", "nbval-ignore-output"]
def gradient_check(backward, params):
    g = backward(moons, labels, params)
    return {name: relative_error(g[name], numeric_gradient(params, name)) for name in params}


errors = gradient_check(backward, params)
print({name: f"{error:.0e}" for name, error in errors.items()})
assert max(errors.values()) < 1e-6

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 全部相对误差都低于 $10^{-6}$。$\epsilon$ 是不是越小越好？不是。太大，公式本身不准；太小，两个几乎相等的数相减，只剩舍入误差。最低点大约在 $10^{-5}$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# All relative errors are below $10^{-6}$. Is a smaller $\epsilon$ always better? No. Too large, and the formula is inexact; too small, and subtracting two nearly equal numbers leaves rounding error. The lowest point is near $10^{-5}$.
#
# </div>

# %% tags=["any-seed"]
epsilons = 10.0 ** -np.arange(1, 13)
check_errors = [relative_error(gradient["W1"], numeric_gradient(params, "W1", e)) for e in epsilons]
assert 3e-7 < epsilons[np.argmin(check_errors)] < 3e-4
assert check_errors[0] > 1e-4 and check_errors[-1] > 1e-5

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(4.6, 2.8))
ax.loglog(epsilons, check_errors, "o-", markevery=1)
ax.set(xlabel="差分步长 step ε", ylabel="相对误差 relative error")
figures.show(
    fig,
    "相对误差随步长变化：先随步长变小而下降，过了最低点又因舍入误差上升。",
    "Relative error against the step: it falls as the step shrinks, then rises again from rounding error.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第二位裁判是自动微分：TensorFlow 的 `tf.GradientTape` 记下前向的每一步，再替你反向走一遍。它和我们的四个式子应当一致。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The second referee is automatic differentiation: TensorFlow's `tf.GradientTape` records each step of the forward pass and walks it backwards for you. It should agree with our four equations.
#
# </div>

# %% tags=["any-seed"]
v = {name: tf.Variable(value) for name, value in params.items()}
with tf.GradientTape() as tape:
    h = tf.tanh(moons @ tf.transpose(v["W1"]) + v["b1"])
    logits = h @ tf.transpose(v["W2"]) + v["b2"]  # what goes into the last sigmoid
    loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels, logits))
for name, by_tape in tape.gradient(loss, v).items():
    print(name, relative_error(gradient[name], by_tape) < 1e-6)
    assert relative_error(gradient[name], by_tape) < 1e-6


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 3**：找错。函数 `f` 把向量 `x` 变成一个数，同事给了你它在 `x` 处的梯度 `claimed`（与 `x` 一样长），其中正好有一个数是错的。用有限差分找出它：返回它的位置，一个整数，从 0 数起。不要改动调用者的 `x`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: find the bug. The function `f` turns a vector `x` into one number, and a colleague gives you its gradient at `x`, `claimed` (as long as `x`), in which exactly one number is wrong. Find it by finite differences: return its position, an integer counted from 0. Leave the caller's `x` as it is.
#
# </div>


# %% tags=["exercise"]
def wrong_entry(f, x, claimed, epsilon=1e-5):
    """f: vector (n,) -> number; x, claimed: (n,) -> the index of the wrong number in claimed"""
    return ...


check("01-3", wrong_entry)

# %% [markdown]
# ## 错误的梯度也会学习 · A wrong gradient learns too

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四个式子里少写一点，会怎样？三种错误的写法：
#
# * `stops`：不往回传，只有最后一层在学；
# * `no_WT`：漏掉 $W^\top$，把同一个 $\delta$ 直接发给每个隐藏单元；
# * `no_slope`：漏掉激活函数的导数 $\sigma'(z)$。
#
# 先猜：没有 $W^\top$（`no_WT`），训练损失还会下降吗？写 `True` 或 `False`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What if a part of the four equations is left out? Three ways to get it wrong:
#
# * `stops`: nothing is passed back, only the last layer learns;
# * `no_WT`: $W^\top$ is left out, every hidden unit is sent the same $\delta$;
# * `no_slope`: the derivative $\sigma'(z)$ of the activation is left out.
#
# Guess first: without $W^\top$ (`no_WT`), does the training loss still go down? Write `True` or `False`.
#
# </div>

# %% tags=["exercise"]
predict("01-p2", ...)


# %%
def wrong(kind):
    def backward_wrong(x, y, params):
        h, a = forward(x, params)
        delta2 = (a - y) / len(x)
        back = delta2 @ params["W2"]
        slope = 1 - h**2
        delta1 = {"stops": 0 * back, "no_WT": delta2 * slope, "no_slope": back}[kind]
        return {"W1": delta1.T @ x, "b1": delta1.sum(0), "W2": delta2.T @ h, "b2": delta2.sum(0)}

    return backward_wrong


# %% tags=["nbval-ignore-output"]
results = {"right": (losses, accuracy(trained))}
for kind in ["stops", "no_WT", "no_slope"]:
    badly_trained, wrong_losses = train(wrong(kind), params)
    results[kind] = (wrong_losses, accuracy(badly_trained))
NAMES = {"right": "正确 right"}  # the others are names in the code
rows = [
    [NAMES.get(kind, kind), f"{curve[0]:.2f} → {curve[-1]:.2f}", f"{score:.2f}"]
    for kind, (curve, score) in results.items()
]
table(["写法 version", "损失 loss", "准确率 accuracy"], rows)
falls = results["no_WT"][0][-1] < results["no_WT"][0][0]
outcome("01-p2", falls)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# （只训练了一次，准确率在训练数据上算。）`no_slope` 最差，和一条直线差不多。tanh 的输出接近 ±1、导数几乎是 0 时，叫**饱和**（saturated）：少了 $1-h^2$，饱和的单元照样被用力推，最后大多停在 ±1 附近。`stops` 的隐藏层一直是随机的，只有最后一层在学，也明显变差。
#
# 真正危险的是 `no_WT`：它的梯度与正确的相差很大，损失却照样下降，准确率几乎一样。**“损失在下降”不能证明梯度是对的**。有限差分一下子就看出来：$W_1$ 的梯度，正确写法的相对误差低于 $10^{-6}$，三种错误写法的都超过 0.1。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# (One training each; accuracies on the training data.) `no_slope` is worst, about as good as one straight line. A tanh near ±1, whose derivative is almost 0, is **saturated**: without $1-h^2$ such units are still pushed with full force, and most end up near ±1. In `stops` the hidden layer stays random and only the last layer learns; it is clearly worse too.
#
# The dangerous one is `no_WT`: its gradient is far from right, yet the loss falls and the accuracy is almost the same. **“The loss goes down” does not prove a gradient right.** Finite differences see it at once: for $W_1$ the right gradient has a relative error below $10^{-6}$, the three wrong ones exceed 0.1.
#
# </div>

# %% tags=["setup", "shows-one-neuron"]
scores = {kind: result[1] for kind, result in results.items()}
assert scores["stops"] < scores["right"] - 0.05
assert scores["no_WT"] > 0.95 and results["no_WT"][0][-1] < results["no_WT"][0][0] / 4
assert abs(scores["no_slope"] - line_accuracy) < 0.1
slopeless = train(wrong("no_slope"), params)[0]
assert (
    np.median(np.abs(forward(moons, slopeless)[0]))
    > 0.95
    > np.median(abs(forward(moons, params)[0]))
)
fig, ax = plt.subplots(figsize=(5.4, 3))
for (kind, (curve, _)), style in zip(results.items(), ["-", ":", "--", "-."], strict=True):
    ax.plot(curve, style, marker="", label=NAMES.get(kind, kind))
ax.set(xlabel="步 step", ylabel="损失 loss", yscale="log")
ax.legend()
figures.show(
    fig,
    "四种写法的损失随步数变化：正确的和 no_WT 都降到 0.1 以下，stops 降得少，no_slope 停在高处。",
    "The loss of four versions against the steps: the right one and no_WT fall below 0.1, stops falls less, no_slope stays high.",
    names=["stops", "no_WT", "no_slope"],
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 没有 $W^\top$，为什么还能学？因为前向的权重会**迁就**它：$W_2$ 的每个数都往正的方向长，越来越像被冒充的那个全是 1 的矩阵，错误的梯度因此越来越接近对的。这叫反馈对齐（feedback alignment）；Lillicrap 等（2016）送回误差用的是固定的随机矩阵，这里是全 1。下面从 10 组随机权重出发，测三样：$W_2$ 与全 1 向量的余弦（1 表示同向），错误梯度与正确梯度的余弦，$W_2$ 里正数占多少。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Why does it learn without $W^\top$? Because the forward weights **give way**: all of $W_2$ grows in the positive direction, more and more like the ones that stand in for it, so the wrong gradient comes closer to the right one. This is called feedback alignment; Lillicrap et al. (2016) send the error back through a fixed random matrix, here it is all ones. Below, from 10 sets of random weights, three things are measured: the cosine between $W_2$ and a vector of ones (1 means the same direction), that between the wrong gradient and the right one, and how much of $W_2$ is positive.
#
# </div>


# %% tags=["setup", "any-seed"]
def cosine(u, v):
    return np.sum(u * v) / np.linalg.norm(u) / np.linalg.norm(v)


def alignment(params):
    right, sent = (back(moons, labels, params)["W1"] for back in [backward, wrong("no_WT")])
    return cosine(params["W2"], np.ones((1, 16))), cosine(right, sent), np.mean(params["W2"] > 0)


starts = [initial_parameters(start=s) for s in range(10)]
ends = [train(wrong("no_WT"), start, n_steps=1000)[0] for start in starts]
at_start, at_end = np.array([list(map(alignment, nets)) for nets in [starts, ends]])
table(
    ["何时 when", "与全 1 的余弦 cosine with ones", "两个梯度的余弦 cosine of gradients", "W₂ 里的正数 positive in W₂"],
    [
        [when, f"{ones:z.1f}", f"{gradients:z.1f}", f"{positive:.0%}"]
        for when, (ones, gradients, positive) in [
            ("开始 start", at_start.mean(0)),
            ("1,000 步 steps", at_end.mean(0)),
        ]
    ],
)  # fmt: skip

assert falls
for kind in ["stops", "no_WT", "no_slope"]:
    assert gradient_check(wrong(kind), params)["W1"] > 0.1 > 1e5 * errors["W1"]
assert (at_end > at_start).all() and at_end.min() > 0.5 > at_start[:, :2].mean(0).max()
assert at_start[:, 2].mean() < 0.7 and at_end[:, 2].min() > 0.8  # W₂ has turned positive

sent = wrong("no_WT")(moons, labels, params)
g = np.column_stack([sent["W1"], sent["b1"]])  # what each unit is sent
step = {name: params[name] - 1e-4 * sent[name] for name in ["W1", "b1"]}  # η = 1e-4
(h, a), h_after = forward(moons, params), forward(moons, params | step)[0]
change = (a - labels).T @ (h_after - h) / len(moons)  # of W₂'s gradient, δ held fixed
assert np.allclose(change, -1e-4 * np.sum(g**2, axis=1), rtol=1e-2)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 为什么往正的方向？单元 $i$ 收到的错误梯度是 $g_i=\sum_k\delta_kh'_{ik}(x_k,1)$：$k$ 是样本，$h'$ 是 $\tanh$ 的导数，1 属于偏置。走一步 $-\eta g_i$ 以后，它在样本 $k$ 的输出大约变化 $-\eta h'_{ik}(x_k,1)\cdot g_i$。先把 $\delta$ 当作不变，$W_2$ 第 $i$ 个数的梯度 $\sum_k\delta_kh_{ik}$ 就变化（上面的单元格核对了它）
#
# $$-\eta\sum_k\delta_kh'_{ik}(x_k,1)\cdot g_i=-\eta\|g_i\|^2\le0$$
#
# 它从不是正数：每走这样一步，$W_2$ 的梯度都变小一点，减去梯度时，$W_2$ 的每个数就被多推向正的一边。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Why positive? Unit $i$ is sent the wrong gradient $g_i=\sum_k\delta_kh'_{ik}(x_k,1)$: $k$ is a sample, $h'$ the derivative of $\tanh$, the 1 belongs to the bias. After the step $-\eta g_i$ its output on sample $k$ has changed by about $-\eta h'_{ik}(x_k,1)\cdot g_i$. With $\delta$ held fixed, the gradient $\sum_k\delta_kh_{ik}$ of number $i$ in $W_2$ changes by (the cell above checks it)
#
# $$-\eta\sum_k\delta_kh'_{ik}(x_k,1)\cdot g_i=-\eta\|g_i\|^2\le0$$
#
# This is never positive: each such step makes the gradient of $W_2$ a little smaller, and subtracting it pushes each number of $W_2$ further to the positive side.
#
# </div>

# %% [markdown]
# ## 激活函数和消失的梯度 · Activations and vanishing gradients

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 梯度每往回传一层，就乘一次 $W^\top$，再乘一次 $\sigma'(z)$。先看第二个因子。sigmoid 的导数 $\sigma'=\sigma(1-\sigma)$ 最大只有 0.25，tanh 的最大是 1；ReLU 是 $\max(z,0)$，导数不是 0 就是 1（$z=0$ 处没有导数，约定取 0）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Each layer that the gradient passes back through multiplies it by $W^\top$ and then by $\sigma'(z)$. The second factor first. The sigmoid's derivative $\sigma'=\sigma(1-\sigma)$ is at most 0.25, that of tanh at most 1; ReLU is $\max(z,0)$, and its derivative is either 0 or 1 (at $z=0$ there is none, and 0 is taken).
#
# </div>

# %%
activations = {
    "sigmoid": (sigmoid, lambda a: a * (1 - a)),  # derivatives in terms of the output a
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "ReLU": (lambda z: np.maximum(z, 0), lambda a: (a > 0).astype(float)),
}
sums = np.linspace(-4, 4, 401)
slopes = {name: derivative(f(sums)) for name, (f, derivative) in activations.items()}
assert np.isclose(slopes["sigmoid"].max(), 0.25) and np.isclose(slopes["tanh"].max(), 1)
assert set(slopes["ReLU"]) == {0.0, 1.0}

# %% tags=["setup"]
fig, axes = plt.subplots(1, 2, figsize=(8, 2.8))
for (name, (f, _)), style in zip(activations.items(), ["-", "--", "-."], strict=True):
    axes[0].plot(sums, f(sums), style, label=name)
    axes[1].plot(sums, slopes[name], style, label=name)
axes[0].set(xlabel="加权和 weighted sum z", ylabel="输出 output a", ylim=(-1.2, 2))
axes[1].set(xlabel="加权和 weighted sum z", ylabel="导数 da/dz · derivative da/dz")
for ax in axes:
    ax.legend()
figures.show(
    fig,
    "左：sigmoid、tanh、ReLU 的曲线。右：它们的导数，sigmoid 的最高点只有 0.25。",
    "Left: sigmoid, tanh and ReLU. Right: their derivatives; the sigmoid's peak is only 0.25.",
    names=["sigmoid", "tanh", "ReLU"],
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 再看 $W^\top$。每层 64 个单元，取随机权重：平均 0，方差 $\gamma^2/64$，其中 $\gamma$ 叫**增益**（gain）。那么 $W^\top\delta$ 的每个分量是 64 个独立项之和，方差是 $64\cdot\frac{\gamma^2}{64}=\gamma^2$ 乘以 $\delta$ 各分量平方的平均。所以 $\gamma=1$ 时，长度平均不变，剩下的变化全来自 $\sigma'$；ReLU 的导数有一半是 0，平方和减半，取 $\gamma=\sqrt2$ 正好补回来。$\gamma=1$ 是 Glorot 的做法，$\gamma=\sqrt2$ 是 He 的做法。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now $W^\top$. Take 64 units in each layer and random weights with mean 0 and variance $\gamma^2/64$, where $\gamma$ is called the **gain**. Then each component of $W^\top\delta$ is a sum of 64 independent terms; its variance is $64\cdot\frac{\gamma^2}{64}=\gamma^2$ times the mean square of the components of $\delta$. So with $\gamma=1$ the length stays the same on average, and all that is left to change it is $\sigma'$; half of ReLU's derivatives are 0, which halves the sum of squares, and $\gamma=\sqrt2$ makes up for it. $\gamma=1$ is Glorot's choice, $\gamma=\sqrt2$ He's.
#
# </div>

# %%
signal = rng.normal(size=(1000, 64))
kept = [np.mean((signal @ (rng.normal(size=(64, 64)) * gain / 8)) ** 2) for gain in [1, np.sqrt(2)]]
say(f"平方的平均 mean square: γ = 1: {kept[0]:.1f}   γ = √2: {kept[1]:.1f}")
assert 0.9 < kept[0] < 1.1 and 1.8 < kept[1] < 2.2

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在测量：宽 64 的网络，从 1 层到 30 层，让一个梯度从后往前穿过所有的层，记下长度还剩几分之几。先猜两个数，例如 `0.5`、`1e-3`（千分之一）或 `1e3`：穿过 20 层 sigmoid（$\gamma=1$），还剩几分之几？穿过 20 层 ReLU，权重很大（$\gamma=4$），变成几倍？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now measure: networks 64 wide and 1 to 30 layers deep; send a gradient backwards through all layers and record what fraction of its length is left. Guess two numbers first, such as `0.5`, `1e-3` (a thousandth) or `1e3`: after 20 layers of sigmoid ($\gamma=1$), what fraction is left? After 20 layers of ReLU with large weights ($\gamma=4$), how many times as long is it?
#
# </div>

# %% tags=["exercise"]
predict("01-p3", ...)  # sigmoid, gain 1
predict("01-p4", ...)  # ReLU, gain 4


# %%
def what_is_left(name, depth, gain, width=64):
    f, derivative = activations[name]
    rng = np.random.default_rng(seed)
    h, layers = rng.normal(size=(256, width)), []
    for _ in range(depth):
        W = rng.normal(size=(width, width)) * gain / np.sqrt(width)
        h = f(h @ W.T)
        layers.append((W, derivative(h)))
    back = first = rng.normal(size=(256, width))
    for W, slope in reversed(layers):  # the forward values, kept in `layers`
        back = (back * slope) @ W  # δ = back ⊙ σ', then Wᵀδ
    return np.linalg.norm(back) / np.linalg.norm(first)


# %% tags=["nbval-ignore-output"]
depths = [1, 2, 3, 5, 8, 12, 20, 30]
gains = {"sigmoid": 1.0, "tanh": 1.0, "ReLU": np.sqrt(2)}
left_over = {name: [what_is_left(name, d, g) for d in depths] for name, g in gains.items()}
at_20 = {name: values[depths.index(20)] for name, values in left_over.items()}
for name, fraction in at_20.items():
    say((f"20 层 {name}", f"20 layers, {name}"), f"{fraction:.1g}")
grown = what_is_left("ReLU", 20, gain=4.0)
say(("20 层 ReLU，γ = 4：", "20 layers, ReLU, γ = 4:"), f"{grown:.0e}")
outcome("01-p3", at_20["sigmoid"])
outcome("01-p4", grown)

# %% tags=["setup", "any-seed"]
assert 1e8 < grown < 1e10 and np.isclose((4 / np.sqrt(2)) ** 20, 2**30)
assert at_20["sigmoid"] < 1e-11 and 0.05 < at_20["tanh"] < 0.5 and 0.3 < at_20["ReLU"] < 3
assert what_is_left("ReLU", 20, gain=1.0) < 0.01  # the right gain is half of the cure
fig, ax = plt.subplots(figsize=(5, 3.2))
for (name, values), marker in zip(left_over.items(), "o^s", strict=True):
    ax.semilogy(depths, values, f"-{marker}", markevery=1, label=name)
ax.set(xlabel="层数 number of layers", ylabel="剩下的比例 fraction left")
ax.legend()
figures.show(
    fig,
    "传回的梯度剩下的比例随层数变化：sigmoid 直线坠落到 10 的负 19 次方，tanh 缓慢下降，ReLU 保持在 1 的量级。",
    "Fraction of the gradient left against depth: sigmoid falls straight to ten to the minus nineteen, tanh slowly, ReLU stays of the order of 1.",
    names=["sigmoid", "tanh", "ReLU"],
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 穿过 20 层 sigmoid，剩下不到 $10^{-11}$：最前面的层几乎收不到信号。这就是**梯度消失**（vanishing gradients）。把激活函数换成 ReLU、初始化换成 He 的，20 层之后剩下的在 0.3 倍到 3 倍之间；只换 ReLU 不换初始化（$\gamma=1$），剩不到 0.01。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# After 20 sigmoid layers less than $10^{-11}$ is left: the first layers receive almost no signal. This is called **vanishing gradients**. With ReLU and He's initialization, between 0.3 and 3 times the gradient is left after 20 layers; with ReLU alone ($\gamma=1$) less than 0.01.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 反过来也会出事：$\gamma=4$ 时变成一亿倍以上。$W^\top$ 平均每层乘 $4$，ReLU 又乘 $1/\sqrt2$，20 层就是 $(4/\sqrt2)^{20}=2^{30}\approx10^9$，和测得的同一量级。这叫**梯度爆炸**（exploding gradients）：一步更新就把权重推到很远，损失可能变成 `nan`。
#
# 深度网络今天能训练，离不开这几样：激活函数、初始化，还有后面会遇到的归一化和残差连接。迁移学习（transfer learning）用的预训练网络（pretrained network）大多含有其中几样。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The opposite happens, too: with $\gamma=4$ it is more than a hundred million times as long. On average $W^\top$ multiplies by $4$ in each layer and ReLU by $1/\sqrt2$, and 20 layers make $(4/\sqrt2)^{20}=2^{30}\approx10^9$, of the same order as measured. This is called **exploding gradients**: one update throws the weights far away, and the loss may become `nan`.
#
# Deep networks can be trained today thanks to these: activations, initialization, and the normalization and residual connections that you will meet later. The pretrained networks that transfer learning uses mostly contain several of them.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **为什么不把所有权重初始化为同一个数**？因为那样每个隐藏单元收到的梯度完全相同，训练 100 步之后，16 个单元仍然是同一个单元的复制品。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Why not start with all weights equal?** Because then every hidden unit receives the same gradient: after 100 steps of training the 16 units are still copies of one.
#
# </div>

# %% tags=["setup", "any-seed"]
equal = {name: np.full_like(value, 0.5) for name, value in params.items()}
copies = train(backward, equal, n_steps=100)[0]["W1"]
assert np.allclose(copies, copies[0]) and not np.allclose(copies, 0.5)  # 16 rows, all alike
assert not np.allclose(trained["W1"], trained["W1"][0])
fig, ax = plt.subplots(figsize=(4.4, 2.9))
ax.scatter(*trained["W1"].T, s=26, marker="o", label="随机开始 random start")
ax.scatter(*copies.T, s=60, marker="X", label="相同开始 equal start")
ax.set(xlabel="权重 weight w₁", ylabel="权重 weight w₂")
ax.legend()
figures.show(
    fig,
    "16 个隐藏单元各自的两个权重：随机开始的散在平面上，相同开始的 16 个叠成一个点。",
    "The two weights of each of 16 hidden units: from a random start they are spread out, from an equal start all 16 lie on one point.",
)

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 前面已经有三道练习。**练习 4** 是写代码前的好习惯：先把形状写出来。一个批次有 32 个样本，网络是 5 个输入、8 个隐藏单元、3 个输出，权重按（输出数，输入数）存放。把字典里的四个 `...` 换成形状，每个是一个元组，例如 `(2, 7)`：
#
# | 键 | 是什么 |
# |---|---|
# | `W1` | 第一层的权重 |
# | `delta1` | 第一层的 $\partial L/\partial Z$ |
# | `dW2` | 第二层权重的梯度 |
# | `dX` | 对输入批次的梯度 |
#
# 卡住时运行 `hint("01-4")`，每次多说一步；`solution("01-4")` 给出完整解答。前面三道的编号是 `01-1`、`01-2`、`01-3`，用法一样。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Three exercises stand above. **Exercise 4** is a good habit before writing code: write the shapes first. A batch has 32 samples; the network has 5 inputs, 8 hidden units and 3 outputs; weights are stored as (outputs, inputs). Put a shape in place of each of the four `...` in the dictionary, a tuple such as `(2, 7)`:
#
# | key | what it is |
# |---|---|
# | `W1` | the first layer's weights |
# | `delta1` | $\partial L/\partial Z$ of the first layer |
# | `dW2` | the gradient of the second layer's weights |
# | `dX` | the gradient with respect to the input batch |
#
# When you are stuck, run `hint("01-4")`, one step more each time; `solution("01-4")` shows a worked answer. The three above are `01-1`, `01-2` and `01-3`, and work the same way.
#
# </div>

# %% tags=["exercise"]
shapes = {"W1": ..., "delta1": ..., "dW2": ..., "dX": ...}
check("01-4", shapes)

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("01-q1")

# %% tags=["quiz"]
quiz("01-q2")

# %% tags=["quiz"]
quiz("01-q3")

# %% tags=["quiz"]
quiz("01-q4")

# %% tags=["quiz"]
quiz("01-q5")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 方向 | 算什么 | 形状 |
# |---|---|---|
# | 前向 | $Z=XW^\top+b$，再过激活函数 | （n，输出数） |
# | 反向 | $\partial L/\partial W=\delta^\top X$ | 和 $W$ 一样 |
# | 反向 | $\partial L/\partial b$：$\delta$ 各行之和 | 和 $b$ 一样 |
# | 反向 | $\partial L/\partial X=\delta W$，传给前一层 | 和 $X$ 一样 |
#
# * 反向传播只算梯度，要用前向留下的值；更新参数的是优化器。
# * 损失下降不能证明梯度正确；有限差分或 `tf.GradientTape` 可以。
# * 梯度每过一层就乘一次 $\sigma'$ 和 $W^\top$，会消失，也会爆炸：激活函数和初始化决定很深的网络能不能学。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | direction | what is computed | shape |
# |---|---|---|
# | forward | $Z=XW^\top+b$, then the activation | (n, outputs) |
# | backward | $\partial L/\partial W=\delta^\top X$ | that of $W$ |
# | backward | $\partial L/\partial b$: the sum of the rows of $\delta$ | that of $b$ |
# | backward | $\partial L/\partial X=\delta W$, for the previous layer | that of $X$ |
#
# * Backpropagation only computes gradients, with the values kept from the forward pass; the optimizer updates the parameters.
# * A falling loss does not prove a gradient right; finite differences or `tf.GradientTape` do.
# * Each layer multiplies the gradient by $\sigma'$ and $W^\top$, so it may vanish or explode: activation and initialization decide whether a very deep network can learn.
#
# </div>

# %% tags=["exercise"]
guesses("01")

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S1 §4.1 | 三个标量相乘只够一个神经元，文章却说是多层感知机。一层里 $\partial L/\partial W=\delta x^\top$；还要有 $\partial L/\partial x=W^\top\delta$，梯度才能传回前一层（上面的实验里不传，准确率低 0.05 以上） | $\frac{\partial E}{\partial W} = \frac{\partial E}{\partial a} \cdot \frac{\partial a}{\partial z} \cdot \frac{\partial z}{\partial W}$ |
# | S1 §4.1 | 反了：$\partial z/\partial W$ 是 $z$ 对 $W$ 的梯度，等于输入 $x$（文章的英文没有写反） | <q>分别是权重和偏置对中间层的输出的梯度</q> |
# | S1 §4.1 | 反向传播只计算梯度，优化器才更新参数 | <q>并使用这个误差来更新模型参数</q> |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S1 §4.1 | a product of three scalars is enough for one neuron; the article says multilayer perceptron. In a layer $\partial L/\partial W=\delta x^\top$, and it takes $\partial L/\partial x=W^\top\delta$ to carry the gradient back to the layer before (not carried back above, the accuracy is lower by more than 0.05) | $\frac{\partial E}{\partial W} = \frac{\partial E}{\partial a} \cdot \frac{\partial a}{\partial z} \cdot \frac{\partial z}{\partial W}$ |
# | S1 §4.1 | the wrong way round: $\partial z/\partial W$ is the gradient of $z$ with respect to $W$, which is the input $x$ (the article's English has it right) | <q>分别是权重和偏置对中间层的输出的梯度 [are the gradients of weights and biases with respect to the intermediate layer's output]</q> |
# | S1 §4.1 | backpropagation only computes gradients; the optimizer updates the parameters | <q>and use this error to update the model parameters</q> |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Rumelhart, Hinton, Williams, *Learning representations by back-propagating errors*, Nature 323:533–536, 1986, doi:10.1038/323533a0：反向传播的经典论文
# * Glorot, Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS 2010, PMLR 9:249–256：方差如何随层传播
# * He, Zhang, Ren, Sun, *Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification*, ICCV 2015, 1026–1034, arXiv:1502.01852：ReLU 的初始化
# * Lillicrap, Cownden, Tweed, Akerman, *Random synaptic feedback weights support error backpropagation for deep learning*, Nature Communications 7:13276, 2016, doi:10.1038/ncomms13276：反馈对齐
# * Goodfellow, Bengio, Courville, *Deep Learning*, MIT Press, 2016：第 6 章推导反向传播
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Rumelhart, Hinton, Williams, *Learning representations by back-propagating errors*, Nature 323:533–536, 1986, doi:10.1038/323533a0: the classic paper on backpropagation
# * Glorot, Bengio, *Understanding the difficulty of training deep feedforward neural networks*, AISTATS 2010, PMLR 9:249–256: how variance travels through layers
# * He, Zhang, Ren, Sun, *Delving Deep into Rectifiers: Surpassing Human-Level Performance on ImageNet Classification*, ICCV 2015, 1026–1034, arXiv:1502.01852: initialization for ReLU
# * Lillicrap, Cownden, Tweed, Akerman, *Random synaptic feedback weights support error backpropagation for deep learning*, Nature Communications 7:13276, 2016, doi:10.1038/ncomms13276: feedback alignment
# * Goodfellow, Bengio, Courville, *Deep Learning*, MIT Press, 2016: chapter 6 derives backpropagation
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("01")
