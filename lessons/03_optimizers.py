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
# # 03 优化器：梯度下降、动量、Adam · Optimizers: gradient descent, momentum, Adam

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
from sklearn.datasets import make_moons

from course_utils import figures
from course_utils.learning import check, hint, progress, quiz, solution
from course_utils.widgets import Explorer

figures.use_style()
course_utils.reproducible(7)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 用几行 NumPy 写出梯度下降、动量、Nesterov、RMSProp、Adam 和 AdamW，并与 Keras 逐步对上；
# * 说出学习率的上限从哪里来，动量为什么能走得更快；
# * 看出一条更新公式会不会发散，并说明 Adam 为什么需要偏差修正；
# * 为新的分类头和预训练的骨干网络选择不同的学习率，并用测量说明理由。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * write gradient descent, momentum, Nesterov, RMSProp, Adam and AdamW in a few lines of NumPy and match Keras step by step;
# * say where the upper limit of the learning rate comes from, and why momentum is faster;
# * tell whether an update formula diverges, and why Adam needs bias correction;
# * choose different learning rates for a new head and a pretrained backbone, and give the reason by measurement.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 01 课：梯度从哪里来。“文章 S1”是这门课要核对的一篇教程。优化器（optimizer）只做一件事：拿到梯度，决定参数怎么走下一步。在 2 个 CPU 核上运行全部单元不到 1 分钟，读完并做练习大约 60 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need lesson 01: where gradients come from. “Article S1” is a tutorial that this course checks. An optimizer does one thing: given the gradient, it decides the parameters' next step. Running all cells takes less than 1 minute on 2 CPU cores, reading and doing the exercises about 60 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 1. 文章 S1 的动量公式是 $\theta_{t+1}=\theta_t-\alpha\nabla J+\beta(1-\alpha)\theta_{t-1}$。在最简单的 $J=\frac12\theta^2$ 上，从 $\theta=1$ 出发走 50 步（$\alpha=0.01$，$\beta=0.9$），$|\theta|$ 会是多少？
# 2. 去掉 Adam 的偏差修正，第一步会是正常步长的几倍？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 1. Article S1's momentum formula is $\theta_{t+1}=\theta_t-\alpha\nabla J+\beta(1-\alpha)\theta_{t-1}$. On the simplest $J=\frac12\theta^2$, starting at $\theta=1$, what is $|\theta|$ after 50 steps ($\alpha=0.01$, $\beta=0.9$)?
# 2. Leave out Adam's bias correction: how many times its usual length is the first step?
#
# </div>

# %% tags=["setup"]
guess_theta = ...
guess_first_step = ...

# %% [markdown]
# ## 梯度下降与学习率 · Gradient descent and the learning rate

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 梯度（gradient）指向上升最快的方向，所以朝反方向走一小步：
#
# $$\theta_{t+1}=\theta_t-\alpha\,\nabla J(\theta_t)$$
#
# $J$ 是损失，$\nabla J$ 是它对各个参数的偏导数排成的向量，$\alpha$ 是学习率（learning rate）。取多大？在 $J=\frac12\lambda\theta^2$ 上可以算清楚：$\nabla J=\lambda\theta$，于是 $\theta_{t+1}=(1-\alpha\lambda)\theta_t$，每一步乘同一个数。当且仅当 $|1-\alpha\lambda|<1$，也就是 $0<\alpha<2/\lambda$ 时收敛。曲率 $\lambda$ 越大，允许的学习率越小。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The gradient points in the direction of the fastest rise, so take a small step the other way:
#
# $$\theta_{t+1}=\theta_t-\alpha\,\nabla J(\theta_t)$$
#
# $J$ is the loss, $\nabla J$ the vector of its partial derivatives, $\alpha$ the learning rate. How large may it be? On $J=\frac12\lambda\theta^2$ it can be worked out: $\nabla J=\lambda\theta$, so $\theta_{t+1}=(1-\alpha\lambda)\theta_t$, the same factor at each step. It converges if and only if $|1-\alpha\lambda|<1$, that is, $0<\alpha<2/\lambda$. The larger the curvature $\lambda$, the smaller the learning rate must be.
#
# </div>


# %%
def descend(theta, alpha, curvature=1.0, n_steps=50):
    for _ in range(n_steps):
        theta = theta - alpha * curvature * theta
    return abs(theta)


after_50 = {alpha: descend(1.0, alpha) for alpha in [0.1, 1.0, 1.9, 2.1]}
assert after_50[0.1] < 0.01 and after_50[1.0] == 0 and after_50[1.9] < 0.01
assert after_50[2.1] > 100

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 真实的损失有许多方向，各有各的曲率。下面的“峡谷”一个方向平（曲率 1），一个方向陡（曲率 25）。学习率被陡的方向卡住（$\alpha<2/25=0.08$），平的方向只好慢慢挪。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A real loss has many directions, each with its own curvature. The “ravine” below is flat in one direction (curvature 1) and steep in the other (curvature 25). The steep direction limits the learning rate ($\alpha<2/25=0.08$), and the flat one has to crawl.
#
# </div>

# %%
curvatures = np.array([1.0, 25.0])
start = np.array([-4.0, 1.0])


def loss(theta):
    return 0.5 * np.sum(curvatures * theta**2, axis=-1)


def gradient(theta):
    return curvatures * theta


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# `walk` 重复调用一个优化器，记下走过的路。优化器是一个函数：收到位置、梯度、自己的记忆 `state` 和步数 `t`，返回新位置。这一课的每个优化器都写成这个样子。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# `walk` calls an optimizer again and again and records the path. An optimizer is a function: it receives the position, the gradient, its own memory `state` and the step number `t`, and returns the new position. All optimizers of this lesson are written this way.
#
# </div>


# %%
def walk(optimizer, gradient, theta, n_steps, **settings):
    path, state = [np.array(theta, dtype=float)], {}
    for t in range(1, n_steps + 1):
        path.append(optimizer(path[-1], gradient(path[-1]), state, t, **settings))
    return np.array(path)


def sgd(theta, g, state, t, alpha):
    return theta - alpha * g


# %% tags=["setup"]
def steps_needed(path, goal=1e-3):
    """The first step from which on the loss stays below the goal."""
    above = np.flatnonzero(loss(path) >= goal)
    return int(above[-1]) + 1 if len(above) else 0


# %%
plain = walk(sgd, gradient, start, 300, alpha=0.04)
print("steps:", steps_needed(plain))
assert loss(walk(sgd, gradient, start, 50, alpha=0.081)[-1]) > loss(start)  # beyond 2/25

# %% tags=["exercise"]
answer_limit = ...  # J = ½·8·θ²: below which learning rate does gradient descent converge?
check("03-1", answer_limit)

# %% [markdown]
# ## 随机梯度 · Stochastic gradients

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 真实训练不用全部数据算梯度，而用一个小批次（minibatch）。它的期望等于全量梯度，只是带噪声；批次变成 16 倍，噪声降到四分之一（$\frac{1}{\sqrt{16}}$）。这就是随机梯度下降（stochastic gradient descent，SGD）。文章里的所有代码都用大小为 32 的批次，写的却是全量公式。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Real training does not compute the gradient on all data but on a minibatch. Its expectation equals the full gradient, plus noise; a batch 16 times larger has a quarter of the noise ($\frac{1}{\sqrt{16}}$). This is stochastic gradient descent (SGD). All listings in the articles use batches of 32, while the formula they print is the full one.
#
# </div>

# %%
rng = np.random.default_rng(7)
x = rng.normal(size=4096)
per_sample = (0.5 * x - 2 * x) * x  # gradient of ½(wx - 2x)² at w = 0.5
noise = {}
for size in [4, 64]:
    batches = per_sample[rng.integers(0, 4096, size=(2000, size))].mean(axis=1)
    noise[size] = batches.std()
    assert abs(batches.mean() - per_sample.mean()) < 0.15
assert 3.5 < noise[4] / noise[64] < 4.5

# %% [markdown]
# ## 动量 · Momentum

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 峡谷里的梯度左右摇摆，只有一小部分指向出口。动量（momentum）让步子有惯性：摇摆的部分互相抵消，一致的部分越积越大。
#
# $$v_{t+1}=\beta v_t-\alpha\nabla J(\theta_t),\qquad \theta_{t+1}=\theta_t+v_{t+1}$$
#
# 把 $v$ 消去，就是 $\theta_{t+1}=\theta_t-\alpha\nabla J(\theta_t)+\beta(\theta_t-\theta_{t-1})$：多出来的一项是**上一步**（step），不是上一个位置。Nesterov 动量先按惯性走，再在那里看梯度；Keras 和下面的代码用等价的写法：记下的就是那个“往前看”的点。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In a ravine the gradient swings from side to side, and only a small part points to the exit. Momentum gives the steps inertia: what swings cancels, what agrees adds up.
#
# $$v_{t+1}=\beta v_t-\alpha\nabla J(\theta_t),\qquad \theta_{t+1}=\theta_t+v_{t+1}$$
#
# Eliminate $v$ and you have $\theta_{t+1}=\theta_t-\alpha\nabla J(\theta_t)+\beta(\theta_t-\theta_{t-1})$: the extra term is the **previous step**, not the previous position. Nesterov momentum first moves on by inertia and looks at the gradient there; Keras and the code below use an equivalent form that records this look-ahead point.
#
# </div>


# %%
def momentum(theta, g, state, t, alpha, beta=0.9):
    state["v"] = beta * state.get("v", 0) - alpha * g
    return theta + state["v"]


def nesterov(theta, g, state, t, alpha, beta=0.9):
    state["v"] = beta * state.get("v", 0) - alpha * g
    return theta + beta * state["v"] - alpha * g


# %%
flat_rate = 0.004  # ten times smaller than above
slow = walk(sgd, gradient, start, 3000, alpha=flat_rate)
fast = walk(momentum, gradient, start, 3000, alpha=flat_rate)
print("gradient descent:", steps_needed(slow), " momentum:", steps_needed(fast))
assert steps_needed(fast) < steps_needed(slow) / 5
tuned = [
    steps_needed(walk(sgd, gradient, start, 400, alpha=0.075)),
    steps_needed(walk(momentum, gradient, start, 400, alpha=0.01, beta=0.9)),
    steps_needed(walk(momentum, gradient, start, 400, alpha=0.1, beta=0.5)),
]
assert tuned == [58, 87, 15]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这个学习率故意取得太小。为什么动量快？梯度恒定时 $v$ 趋于 $-\alpha g/(1-\beta)$：$\beta=0.9$ 时大约相当于把步长放大 $1/(1-\beta)=10$ 倍。那么梯度下降也把学习率调好呢（$\alpha=0.075$）？它要 58 步，$\alpha=0.01$、$\beta=0.9$ 的动量要 87 步，$\alpha=0.1$、$\beta=0.5$ 只要 15 步：动量值得用，但 $\beta$ 也要调。下图用各自合适的学习率走 25 步：梯度下降来回摆；动量和 Nesterov 更早越过中心，但都会冲过头；25 步后只有 Nesterov 的损失明显更低。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# This rate was deliberately too small. Why is momentum faster? Under a constant gradient $v$ tends to $-\alpha g/(1-\beta)$: with $\beta=0.9$ that is like a step about $1/(1-\beta)=10$ times longer. And if gradient descent's rate is tuned too ($\alpha=0.075$)? It needs 58 steps, momentum with $\alpha=0.01$ and $\beta=0.9$ needs 87, and with $\alpha=0.1$ and $\beta=0.5$ only 15: momentum is worth having, but $\beta$ needs tuning too. Below, each takes 25 steps at a rate that suits it: gradient descent swings; momentum and Nesterov cross the centre sooner but overshoot; after 25 steps only Nesterov has a clearly lower loss.
#
# </div>


# %% tags=["setup"]
def draw_paths(paths, surface, box, levels):
    fig, ax = plt.subplots(figsize=(6.4, 3.0))
    grid = np.stack(np.meshgrid(np.linspace(*box[0], 80), np.linspace(*box[1], 80)), -1)
    ax.contour(grid[..., 0], grid[..., 1], surface(grid), levels, colors="#bbbbbb", linewidths=0.7)
    for (name, path), style in zip(paths.items(), ["-", "--", "-.", ":"], strict=False):
        ax.plot(*path.T, style, label=name, markevery=4)
    ax.set(xlim=box[0], ylim=box[1], xlabel="参数 parameter θ₁", ylabel="参数 parameter θ₂")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return fig


# %%
ravine_box = ((-4.6, 1.6), (-1.3, 1.3))
settings = {
    "梯度下降 gradient descent": (sgd, 0.07),
    "动量 momentum": (momentum, 0.03),
    "Nesterov": (nesterov, 0.04),
}
paths = {name: walk(f, gradient, start, 25, alpha=a) for name, (f, a) in settings.items()}
fig = draw_paths(paths, loss, ravine_box, [0.2, 1, 3, 6, 10, 15])
figures.show(
    fig,
    "峡谷上的三条路线：梯度下降在陡的方向来回摆，动量和 Nesterov 更早越过谷底中心，但都冲过了头。",
    "Three paths in a ravine: gradient descent swings across, momentum and Nesterov cross the centre sooner but overshoot.",
    names=["Nesterov"],
)
assert loss(paths["Nesterov"][-1]) < loss(paths["梯度下降 gradient descent"][-1]) / 10


# %% tags=["exercise"]
def momentum_step(theta, v, g, alpha, beta):
    """One step of momentum: returns the new theta and the new v."""
    return ..., ...


check("03-2", momentum_step)

# %% [markdown]
# ## 流言实测：印出来的动量 · The myth, measured: the printed momentum

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在看文章 S1 的公式 $\theta_{t+1}=\theta_t-\alpha\nabla J+\beta(1-\alpha)\theta_{t-1}$。它加的是上一个**位置**的倍数。在 $J=\frac12\lambda\theta^2$ 上，设 $\theta_t=r^t$ 代入，得到特征方程 $r^2-(1-\alpha\lambda)r-\beta(1-\alpha)=0$；只要最大的根 $|r|$（谱半径，spectral radius）超过 1，就会发散。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now article S1's formula $\theta_{t+1}=\theta_t-\alpha\nabla J+\beta(1-\alpha)\theta_{t-1}$. It adds a multiple of the previous **position**. On $J=\frac12\lambda\theta^2$, put in $\theta_t=r^t$: the characteristic equation is $r^2-(1-\alpha\lambda)r-\beta(1-\alpha)=0$; as soon as the largest root $|r|$ (the spectral radius) exceeds 1, it diverges.
#
# </div>


# %%
def printed(theta, g, state, t, alpha, beta=0.9):
    previous = state.get("previous", theta)
    state["previous"] = theta
    return theta - alpha * g + beta * (1 - alpha) * previous


# %%
theta_50 = walk(printed, lambda theta: theta, [1.0], 50, alpha=0.01)[-1, 0]
no_gradient = walk(printed, lambda theta: 0 * theta, [1.0], 20, alpha=0.01)[-1, 0]
print(f"after 50 steps {theta_50:.1e}, after 20 steps with zero gradient {no_gradient:.0f}")
assert theta_50 > 1e9 and round(no_gradient) == 9311


# %%
def radius(alpha, printed, beta=0.9):
    if printed:
        return max(abs(np.roots([1, -(1 - alpha), -beta * (1 - alpha)])))
    return max(abs(np.roots([1, -(1 - alpha + beta), beta])))


# %%
alphas = np.linspace(0.001, 1.5, 150)
radii = {p: np.array([radius(a, p) for a in alphas]) for p in [False, True]}
assert np.all(radii[False] < 1) and np.all(radii[True][alphas < 0.45] > 1)

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(5.6, 2.9))
ax.plot(alphas, radii[False], "-", label="动量 momentum")
ax.plot(alphas, radii[True], "--", label="S1 的公式 S1's formula")
ax.axhline(1, color="black", lw=0.8, marker="")
ax.set(xlabel="学习率 learning rate α", ylabel="谱半径 spectral radius")
ax.legend()
figures.show(
    fig,
    "谱半径随学习率变化：动量始终低于 1；S1 的公式在学习率小于约 0.47 时高于 1，因此发散。",
    "Spectral radius against learning rate: momentum stays below 1; S1's formula is above 1 for rates below about 0.47, so it diverges.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 常用的学习率（0.001 到 0.1）恰好全在发散区。即使在它收敛的地方，也会停在错误的点：最小值在 $\theta=3$，$\alpha=0.6$ 时它停在 7.5，$\alpha=0.8$ 时停在 3.871。因为它停下的条件是 $\alpha(\theta-3)=\beta(1-\alpha)\theta$，不是梯度为零。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The rates that people use (0.001 to 0.1) all lie where it diverges. Even where it converges, it stops at the wrong point: with the minimum at $\theta=3$ it stops at 7.5 for $\alpha=0.6$, and at 3.871 for $\alpha=0.8$, because it stops where $\alpha(\theta-3)=\beta(1-\alpha)\theta$, not where the gradient is zero.
#
# </div>


# %%
def towards_3(theta):
    return theta - 3


ends = {a: walk(printed, towards_3, [1.0], 400, alpha=a)[-1, 0] for a in [0.6, 0.8]}
right = walk(momentum, towards_3, [1.0], 400, alpha=0.6)[-1, 0]
assert np.isclose(ends[0.6], 7.5) and np.isclose(ends[0.8], 3.871, atol=1e-3)
assert np.isclose(right, 3)

# %% [markdown]
# ## 每个参数自己的步长：RMSProp 与 Adam · A step of its own for each parameter: RMSProp and Adam

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# RMSProp 记住每个参数梯度平方的滑动平均，用它的平方根去除梯度：
#
# $$v_t=\rho v_{t-1}+(1-\rho)g_t^2,\qquad\theta_t=\theta_{t-1}-\alpha\frac{g_t}{\sqrt{v_t+\epsilon}}$$
#
# 陡的方向步子自动变小，平的方向自动变大。Adam 再加上动量，并做偏差修正（bias correction）：
#
# $$m_t=\beta_1m_{t-1}+(1-\beta_1)g_t,\quad v_t=\beta_2v_{t-1}+(1-\beta_2)g_t^2,\quad \hat m_t=\frac{m_t}{1-\beta_1^t},\quad \hat v_t=\frac{v_t}{1-\beta_2^t}$$
#
# $$\theta_t=\theta_{t-1}-\alpha\frac{\hat m_t}{\sqrt{\hat v_t}+\epsilon}$$
#
# 默认 $\beta_1=0.9$，$\beta_2=0.999$；$\epsilon$ 在论文里是 $10^{-8}$，在 Keras 里是 $10^{-7}$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# RMSProp remembers a running average of each parameter's squared gradient and divides the gradient by its square root:
#
# $$v_t=\rho v_{t-1}+(1-\rho)g_t^2,\qquad\theta_t=\theta_{t-1}-\alpha\frac{g_t}{\sqrt{v_t+\epsilon}}$$
#
# Steps shrink by themselves where it is steep and grow where it is flat. Adam adds momentum, and bias correction:
#
# $$m_t=\beta_1m_{t-1}+(1-\beta_1)g_t,\quad v_t=\beta_2v_{t-1}+(1-\beta_2)g_t^2,\quad \hat m_t=\frac{m_t}{1-\beta_1^t},\quad \hat v_t=\frac{v_t}{1-\beta_2^t}$$
#
# $$\theta_t=\theta_{t-1}-\alpha\frac{\hat m_t}{\sqrt{\hat v_t}+\epsilon}$$
#
# The defaults are $\beta_1=0.9$ and $\beta_2=0.999$; $\epsilon$ is $10^{-8}$ in the paper and $10^{-7}$ in Keras.
#
# </div>


# %%
def rmsprop(theta, g, state, t, alpha, rho=0.9, epsilon=1e-7):
    state["v"] = rho * state.get("v", 0) + (1 - rho) * g**2
    return theta - alpha * g / np.sqrt(state["v"] + epsilon)


# %%
def adam(theta, g, state, t, alpha, beta1=0.9, beta2=0.999, epsilon=1e-7, correct=True):
    state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
    state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g**2
    m_hat = state["m"] / (1 - beta1**t) if correct else state["m"]
    v_hat = state["v"] / (1 - beta2**t) if correct else state["v"]
    return theta - alpha * m_hat / (np.sqrt(v_hat) + epsilon)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 为什么要修正？$m$ 和 $v$ 从 0 开始，头几步偏小；而 $v$ 的 $\beta_2$ 更接近 1，它偏小得更厉害，又在分母里，于是步子太大。梯度恒定时最清楚：正确的 Adam 每步正好走 $\alpha$。文章 S1 的公式没有修正。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Why correct? $m$ and $v$ start at 0 and are too small at first; $v$, whose $\beta_2$ is closer to 1, is too small by much more, and it is the denominator, so the steps are too long. A constant gradient shows it best: the right Adam moves by exactly $\alpha$ at each step. Article S1's formula has no correction.
#
# </div>


# %%
def constant(theta):
    return np.ones(1)


lengths = {}
for correct in [True, False]:
    path = walk(adam, constant, [0.0], 2000, alpha=1.0, correct=correct)
    lengths[correct] = np.abs(np.diff(path[:, 0]))


first, longest = lengths[False][0], lengths[False].max()
print(f"first step {first:.3f}, longest {longest:.3f} at step {lengths[False].argmax() + 1}")
assert np.allclose(lengths[True], 1, atol=1e-6)
assert 465 < lengths[False][:100].sum() < 467 and (lengths[False] > 2).sum() == 287

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(5.6, 2.9))
t = np.arange(1, 2001)
ax.semilogx(t, lengths[True], "-", label="有修正 corrected")
ax.semilogx(t, lengths[False], "--", label="无修正 not corrected")
ax.set(xlabel="步 step", ylabel="步长除以 α step length / α")
ax.legend()
figures.show(
    fig,
    "梯度恒定时的步长：有修正的始终是 1；没有修正的从 3.16 升到 6.57，一千多步以后才接近 1。",
    "Step length under a constant gradient: 1 throughout with correction; without it 3.16 at first, 6.57 at its peak, and near 1 only after more than a thousand steps.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第一步为什么是 3.162 倍？$t=1$ 时 $m$ 缩小到 0.1，$\sqrt v$ 缩小到 $\sqrt{0.001}=0.0316$，相除就是它。没有修正时，第 12 步达到 6.569 倍，头 100 步一共走了 465.7 倍而不是 100 倍。微调预训练网络时，这正是最怕大步子的阶段。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Why is the first step 3.162 times as long? At $t=1$ $m$ is shrunk to 0.1 and $\sqrt v$ to $\sqrt{0.001}=0.0316$; divide. Without correction step 12 reaches 6.569 times, and the first 100 steps cover 465.7 instead of 100 lengths. When a pretrained network is fine-tuned, this is just the phase in which long steps do the damage.
#
# </div>


# %% tags=["exercise"]
def bias_corrected(average, beta, t):
    """The bias-corrected value of a running average after t steps."""
    return ...


check("03-3", bias_corrected)

# %% [markdown]
# ## 和 Keras 逐步对上 · Step by step against Keras

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 权重衰减（weight decay）每步把参数缩小一点，让权重不要太大，减少过拟合。AdamW 把它从梯度里拿出来，直接作用在参数上：$\theta\leftarrow\theta-\alpha w\theta$。下面让六个优化器在峡谷上各走 50 步，与 Keras 比较。变量用 float64；两个 $\beta$ 也写成 float64，否则 Keras 先把 0.999 舍入成 float32，50 步以后误差就超过 $10^{-6}$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Weight decay shrinks the parameters a little at each step; small weights overfit less. AdamW takes it out of the gradient and applies it to the parameters directly: $\theta\leftarrow\theta-\alpha w\theta$. Below, six optimizers take 50 steps each in the ravine and are compared with Keras. The variables are float64; so are the two $\beta$, or else Keras rounds 0.999 to float32 first, and the error exceeds $10^{-6}$ after 50 steps.
#
# </div>


# %%
def adamw(theta, g, state, t, alpha, weight_decay=0.1):
    return adam(theta - alpha * weight_decay * theta, g, state, t, alpha)


# %% tags=["setup"]
def keras_walk(optimizer, n_steps=50):
    theta = keras.Variable(start, dtype="float64")
    path = [start]
    for _ in range(n_steps):
        g = keras.ops.convert_to_tensor(gradient(path[-1]))
        optimizer.apply([g], [theta])
        path.append(keras.ops.convert_to_numpy(theta).copy())
    return np.array(path)


# %%
betas = {"beta_1": np.float64(0.9), "beta_2": np.float64(0.999)}
pairs = {
    sgd: keras.optimizers.SGD(0.02),
    momentum: keras.optimizers.SGD(0.02, momentum=0.9),
    nesterov: keras.optimizers.SGD(0.02, momentum=0.9, nesterov=True),
    rmsprop: keras.optimizers.RMSprop(0.02),
    adam: keras.optimizers.Adam(0.02, **betas),
    adamw: keras.optimizers.AdamW(0.02, weight_decay=0.1, **betas),
}
for ours, theirs in pairs.items():
    difference = np.abs(walk(ours, gradient, start, 50, alpha=0.02) - keras_walk(theirs)).max()
    assert difference < 1e-6, ours.__name__

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 把衰减放进梯度里（Adam 加 L2 正则）有什么不同？Adam 会用 $\sqrt{\hat v}$ 除它，于是梯度大的参数几乎不衰减。下面两个参数的梯度来回翻转，一个大小是 1，一个是 100；走 500 步以后，AdamW 对两者一视同仁。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What changes if the decay is put into the gradient (Adam with L2 regularization)? Adam divides it by $\sqrt{\hat v}$, so parameters with large gradients hardly decay. Below the gradients of two parameters flip back and forth, one of size 1, one of size 100; after 500 steps AdamW has treated both alike.
#
# </div>


# %%
def adam_l2(theta, g, state, t, alpha, weight_decay=0.1):
    return adam(theta, g + weight_decay * theta, state, t, alpha)


def after_500(optimizer):
    theta, state = np.ones(2), {}
    for t in range(1, 501):
        theta = optimizer(theta, np.array([1.0, 100.0]) * (-1) ** t, state, t, alpha=0.01)
    return theta


# %%
print("AdamW", after_500(adamw).round(2), " Adam + L2", after_500(adam_l2).round(2))
assert np.ptp(after_500(adamw)) < 0.01 and np.ptp(after_500(adam_l2)) > 0.3

# %% [markdown]
# ## 鞍点，以及自己试一试 · Saddles, and a try of your own

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 鞍点（saddle point）处梯度为 0，却不是最小值。起点 $(1,10^{-4})$ 几乎正对着它：梯度先把你带到鞍点，然后才慢慢离开。学习率同是 0.1 时，动量更快离开，一部分原因是它的有效步长约大 10 倍；Adam 和 RMSProp 把小梯度放大，最快。有研究认为，高维损失里鞍点远比局部极小值常见（见参考文献）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# At a saddle point the gradient is 0, and yet it is no minimum. The start $(1,10^{-4})$ points almost straight at it: the gradient first takes you to the saddle, and only then slowly away. At the same rate of 0.1 momentum leaves sooner, partly because its effective step is about 10 times longer; Adam and RMSProp magnify the small gradient and are fastest. There is evidence that in high dimensions saddles are far more common than local minima (see the references).
#
# </div>


# %%
def saddle_gradient(theta):
    return theta * np.array([1.0, -1.0])


def steps_to_leave(optimizer):
    path = walk(optimizer, saddle_gradient, [1.0, 1e-4], 300, alpha=0.1)
    return int(np.argmax(np.abs(path[:, 1]) > 1))


leave = {f.__name__: steps_to_leave(f) for f in [sgd, momentum, adam, rmsprop]}
print(leave)
assert leave["sgd"] > 2 * leave["momentum"] > 4 * leave["adam"] > 4 * leave["rmsprop"] > 0

# %% tags=["setup"]
saddle_settings = {
    "梯度下降 gradient descent": sgd,
    "动量 momentum": momentum,
    "Adam": adam,
}
paths = {
    n: walk(f, saddle_gradient, [1.0, 1e-4], 40, alpha=0.1) for n, f in saddle_settings.items()
}
fig = draw_paths(
    paths,
    lambda theta: 0.5 * (theta[..., 0] ** 2 - theta[..., 1] ** 2),
    ((-0.8, 1.2), (-0.3, 1.2)),
    [-0.6, -0.3, -0.1, 0, 0.1, 0.3],
)
figures.show(
    fig,
    "鞍点旁的三条路线：40 步里梯度下降停在鞍点附近，动量和 Adam 都离开了。",
    "Three paths beside a saddle: in 40 steps gradient descent stays near it, momentum and Adam get away.",
    names=["Adam"],
)
assert abs(paths["梯度下降 gradient descent"][-1, 1]) < 0.1 < abs(paths["Adam"][-1, 1])


# %% tags=["setup"]
def explore(alpha, beta1, beta2):
    paths = {
        "动量 momentum": walk(momentum, gradient, start, 60, alpha=alpha / 10, beta=beta1),
        "Adam": walk(adam, gradient, start, 60, alpha=alpha, beta1=beta1, beta2=beta2),
    }
    fig = draw_paths(paths, loss, ravine_box, [0.2, 1, 3, 6, 10, 15])
    ends = "，".join(f"{name} {loss(path[-1]):.1e}" for name, path in paths.items())
    fig.axes[0].set_title(f"60 步后的损失 loss after 60 steps: {ends}", fontsize=9, y=1.14)
    return fig


def slider(value, low, high, text, step=0.01):
    return widgets.FloatSlider(value, min=low, max=high, step=step, description=text)


Explorer(
    explore,
    alpha=slider(0.3, 0.01, 1.0, "α"),
    beta1=slider(0.9, 0.0, 0.99, "β₁"),
    beta2=slider(0.999, 0.5, 0.999, "β₂", 0.001),
    alt_zh="峡谷上动量和 Adam 的路线；滑块改变学习率和两个 β。",
    alt_en="Paths of momentum and Adam in the ravine; the sliders change the learning rate and the two betas.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 滑块里动量用 $\alpha/10$，两者的步长才可比。试一试：$\beta_1=0$ 时两条路线各像谁？$\beta_1=0.99$ 时动量会怎样？（答案：像梯度下降和带偏差修正的 RMSProp；惯性太大，来回冲过头。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In the explorer momentum uses $\alpha/10$, so that the two step lengths compare. Try it: what do the two paths resemble at $\beta_1=0$? What does momentum do at $\beta_1=0.99$? (Answer: gradient descent and RMSProp with bias correction; too much inertia, it overshoots back and forth.)
#
# </div>

# %% [markdown]
# ## 学习率计划与预热 · Schedules and warm-up

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 学习率不必从头到尾一样。常见的计划：先用几步线性预热（warm-up）升到峰值，再按余弦降到 0。预热让最初还不可靠的梯度做不了大破坏；结尾的小步子让参数安定下来。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The learning rate need not stay the same. A common schedule: a few steps of linear warm-up to the peak, then down to 0 along a cosine. Warm-up keeps the first, unreliable gradients from doing harm; the small steps at the end let the parameters settle.
#
# </div>

# %%
schedule = keras.optimizers.schedules.CosineDecay(
    0.0, decay_steps=90, warmup_target=0.1, warmup_steps=10
)
rates = np.array([float(schedule(step)) for step in range(101)])
by_hand = [
    0.1 * t / 10 if t < 10 else 0.05 * (1 + np.cos(np.pi * (t - 10) / 90)) for t in range(101)
]
assert np.allclose(rates, by_hand, atol=1e-6) and rates.argmax() == 10

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(5, 2.4))
ax.plot(rates)
ax.set(xlabel="步 step", ylabel="学习率 learning rate")
figures.show(
    fig,
    "学习率先在 10 步内直线上升到 0.1，再按余弦降到 0。",
    "The learning rate rises in a straight line to 0.1 in 10 steps, then falls to 0 along a cosine.",
)


# %% tags=["exercise"]
def warmup_cosine(step, peak=0.1, warmup_steps=10, total_steps=100):
    """Learning rate at this step: linear from 0 to peak, then a cosine down to 0."""
    return ...


check("03-4", warmup_cosine)

# %% [markdown]
# ## 新的头和旧的骨干网络，要不同的学习率 · A new head and an old backbone want different rates

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 迁移学习（transfer learning）里，骨干网络（backbone）是预训练好的，分类头（head）是随机的。两者该用同一个学习率吗？用一个小实验看：骨干网络在两个月牙的数据上训练好；目标任务（target task）把类别对调，只有 12 个样本，头重新随机初始化。重复 20 次。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In transfer learning the backbone is pretrained and the head is random. Should both use the same rate? A small experiment: the backbone is trained on two moons; the target task swaps the classes, has only 12 samples, and the head starts at random. Repeat 20 times.
#
# </div>


# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gradients(x, y, p):
    hidden = np.tanh(x @ p["W1"] + p["b1"])
    delta = (sigmoid(hidden @ p["head"]) - y) / len(x)
    back = delta @ p["head"].T * (1 - hidden**2)
    return {"W1": x.T @ back, "b1": back.sum(0), "head": hidden.T @ delta}


def fit(x, y, p, n_steps, rate_base, rate_head):
    rates = {"W1": rate_base, "b1": rate_base, "head": rate_head}
    for _ in range(n_steps):
        g = gradients(x, y, p)
        p = {name: p[name] - rates[name] * g[name] for name in p}
    return p


# %% tags=["setup"]
def score(x, y, p):
    return np.mean((sigmoid(np.tanh(x @ p["W1"] + p["b1"]) @ p["head"]) > 0.5) == y)


def moons(n, seed):
    x, y = make_moons(n, noise=0.15, random_state=seed)
    return x, y[:, None]


first = {"W1": rng.normal(size=(2, 32)), "b1": rng.normal(size=32), "head": np.zeros((32, 1))}
pretrained = fit(*moons(1000, 0), first, 4000, 1.0, 1.0)
assert score(*moons(1000, 1), pretrained) > 0.95


# %% tags=["nbval-ignore-output"]
def transfer(seed, rate_base, rate_head, n_steps=100):
    head = np.random.default_rng(seed).normal(size=(32, 1))
    (x, y), (x_test, y_test) = moons(12, 100 + seed), moons(1000, 500 + seed)
    p = fit(x, 1 - y, {**pretrained, "head": head}, n_steps, rate_base, rate_head)
    moved = np.linalg.norm(p["W1"] - pretrained["W1"]) / np.linalg.norm(pretrained["W1"])
    return score(x_test, 1 - y_test, p), moved


rates = {
    "both 3": (3, 3),
    "both 0.3": (0.3, 0.3),
    "both 0.1": (0.1, 0.1),
    "base 0.03, head 3": (0.03, 3),
    "frozen, head 3": (0, 3),
}
table = {name: np.mean([transfer(s, *r) for s in range(20)], axis=0) for name, r in rates.items()}
for name, (accuracy, moved) in table.items():
    print(f"{name:18} accuracy {accuracy:.2f}   backbone moved by {moved:.0%}")

# %%
two_rates, large, tuned, small = (
    table[name] for name in ["base 0.03, head 3", "both 3", "both 0.3", "both 0.1"]
)
assert large[1] > 0.2 and two_rates[1] < 0.03  # one large rate carries the backbone away
assert two_rates[0] > small[0] + 0.005  # one small rate: the head is not done after 100 steps
assert abs(two_rates[0] - tuned[0]) < 0.01 and tuned[1] > 3 * two_rates[1]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 三个结果。一个大学习率，骨干网络被随机的头拖走，移动了自身长度的两成以上。一个小学习率，100 步里头还没学完。中间调好的一个学习率（0.3），准确率与分开设置相差不到 0.01：**在这个小任务上，分开设置的好处不在准确率，而在骨干网络几乎不动**（移动不到 3%）。骨干网络越大、标签越少，保住它学到的东西就越要紧；第 08 课在真实照片上再测一次。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Three results. With one large rate the backbone is carried away by the random head and moves by more than two tenths of its own length. With one small rate the head is not done after 100 steps. One rate in between, well chosen (0.3), is within 0.01 of separate rates: **on this small task the benefit of separate rates is not accuracy but a backbone that hardly moves** (by less than 3%). The larger the backbone and the fewer the labels, the more it matters to keep what it has learnt; lesson 08 measures it again on real photos.
#
# </div>

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四道练习就在上文各节。卡住时运行 `hint("03-1")`，每次多说一步；`solution("03-1")` 给出完整解答。`progress()` 显示你完成了哪些。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The four exercises stand in the sections above. When you are stuck, run `hint("03-1")`, one step more each time; `solution("03-1")` shows a worked answer. `progress()` shows what you have done.
#
# </div>

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("03-q1")

# %% tags=["quiz"]
quiz("03-q2")

# %% tags=["quiz"]
quiz("03-q3")

# %% tags=["quiz"]
quiz("03-q4")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 梯度下降的学习率必须小于 $2/\lambda$，$\lambda$ 是最陡方向的曲率。
# * 动量加的是上一步 $\theta_t-\theta_{t-1}$；加上一个位置，在常用的学习率下就会发散。
# * Adam 给每个参数自己的步长；没有偏差修正，开头的步子要长好几倍。
# * AdamW 的衰减与梯度大小无关，Adam 加 L2 不是这样。
# * 随机的头可以用大学习率，预训练的骨干网络要小学习率或先冻结，否则它会被头拖走。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * The learning rate of gradient descent must stay below $2/\lambda$, where $\lambda$ is the curvature of the steepest direction.
# * Momentum adds the previous step $\theta_t-\theta_{t-1}$; adding the previous position diverges at the usual rates.
# * Adam gives each parameter a step of its own; without bias correction the first steps are several times too long.
# * The decay of AdamW does not depend on the size of the gradients; that of Adam with L2 does.
# * A random head can take a large rate; a pretrained backbone wants a small one, or to be frozen first, or the head carries it away.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 原文 | 正确的说法 |
# |---|---|---|
# | S1 | 动量：$\theta_{t+1}=\theta_t-\alpha\nabla J+\beta(1-\alpha)\theta_{t-1}$ | $\theta_{t+1}=\theta_t-\alpha\nabla J(\theta_t)+\beta(\theta_t-\theta_{t-1})$；原式在常用的学习率下发散 |
# | S1 | Adam：$\theta\leftarrow\theta-\alpha m_t/(\sqrt{v_t}+\epsilon)$，没有默认值 | 要用 $\hat m_t$ 和 $\hat v_t$；默认 $\beta_1=0.9$，$\beta_2=0.999$ |
# | S1 | 梯度下降写成全量梯度 | 在 $\theta_t$ 处求值；代码里用的是大小为 32 的小批次 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | it says | what is right |
# |---|---|---|
# | S1 | momentum: $\theta_{t+1}=\theta_t-\alpha\nabla J+\beta(1-\alpha)\theta_{t-1}$ | $\theta_{t+1}=\theta_t-\alpha\nabla J(\theta_t)+\beta(\theta_t-\theta_{t-1})$; as printed it diverges at the usual learning rates |
# | S1 | Adam: $\theta\leftarrow\theta-\alpha m_t/(\sqrt{v_t}+\epsilon)$, no defaults given | use $\hat m_t$ and $\hat v_t$; the defaults are $\beta_1=0.9$, $\beta_2=0.999$ |
# | S1 | gradient descent is written with the full gradient | evaluate it at $\theta_t$; the listings use minibatches of 32 |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Polyak, *Some methods of speeding up the convergence of iteration methods*, USSR Computational Mathematics and Mathematical Physics 4(5):1–17, 1964：动量
# * Nesterov, *A method of solving a convex programming problem with convergence rate O(1/k²)*, Soviet Mathematics Doklady 27(2):372–376, 1983：Nesterov 动量
# * Sutskever, Martens, Dahl, Hinton, *On the importance of initialization and momentum in deep learning*, ICML 2013, PMLR 28:1139–1147：深度网络里的动量
# * Tieleman, Hinton, *Lecture 6.5 – RMSProp*, COURSERA: Neural Networks for Machine Learning, 2012：RMSProp
# * Kingma, Ba, *Adam: A Method for Stochastic Optimization*, ICLR 2015, arXiv:1412.6980：Adam 和偏差修正
# * Loshchilov, Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019, arXiv:1711.05101：AdamW
# * Loshchilov, Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, ICLR 2017, arXiv:1608.03983：余弦计划
# * Goyal et al., *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*, arXiv:1706.02677, 2017：预热
# * Dauphin et al., *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization*, NIPS 2014, arXiv:1406.2572：鞍点
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Polyak, *Some methods of speeding up the convergence of iteration methods*, USSR Computational Mathematics and Mathematical Physics 4(5):1–17, 1964: momentum
# * Nesterov, *A method of solving a convex programming problem with convergence rate O(1/k²)*, Soviet Mathematics Doklady 27(2):372–376, 1983: Nesterov momentum
# * Sutskever, Martens, Dahl, Hinton, *On the importance of initialization and momentum in deep learning*, ICML 2013, PMLR 28:1139–1147: momentum in deep networks
# * Tieleman, Hinton, *Lecture 6.5 – RMSProp*, COURSERA: Neural Networks for Machine Learning, 2012: RMSProp
# * Kingma, Ba, *Adam: A Method for Stochastic Optimization*, ICLR 2015, arXiv:1412.6980: Adam and bias correction
# * Loshchilov, Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019, arXiv:1711.05101: AdamW
# * Loshchilov, Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, ICLR 2017, arXiv:1608.03983: cosine schedules
# * Goyal et al., *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*, arXiv:1706.02677, 2017: warm-up
# * Dauphin et al., *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization*, NIPS 2014, arXiv:1406.2572: saddle points
#
# </div>
