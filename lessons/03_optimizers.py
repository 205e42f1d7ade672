# ---
# jupyter:
#   course: {minutes: 60, needs: ["01"]}
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

import keras
import matplotlib.pyplot as plt
import numpy as np
from scipy import stats
from sklearn.datasets import make_moons

from course_utils import explorables, figures
from course_utils.bilingual import say, table
from course_utils.learning import check, guesses, hint, outcome, predict, progress, quiz, solution

figures.use_style()
course_utils.reproducible(7)
rng = np.random.default_rng(np.random.randint(2**31))  # follows the course's seed

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 同一个谷，同一个起点，只有学习率不同。步子太小走得慢，太大会跳过谷底。怎样走才又快又稳？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One valley, one start, and only the learning rate differs. Small steps are slow, large ones jump across the bottom. How can steps be fast and safe?
#
# </div>


# %% tags=["setup", "keep-output"]
STYLES = ["-", "--", "-.", ":"]


def steps_needed(path, goal=1e-3):
    """The first step from which on the loss stays below the goal."""
    above = np.flatnonzero(loss(path) >= goal)
    return int(above[-1]) + 1 if len(above) else 0


def draw_lines(x, lines, **texts):
    fig, ax = plt.subplots(figsize=(5.6, 2.7))
    for (name, y), style in zip(lines.items(), STYLES, strict=False):
        ax.plot(x, y, style, label=name)
    ax.set(**texts)
    if len(lines) > 1:
        ax.legend()
    return fig


def draw_paths(paths, surface, box, levels):
    fig, ax = plt.subplots(figsize=(6.4, 3.0))
    grid = np.stack(np.meshgrid(np.linspace(*box[0], 80), np.linspace(*box[1], 80)), -1)
    ax.contour(grid[..., 0], grid[..., 1], surface(grid), levels, colors="#bbbbbb", linewidths=0.7)
    for (name, path), style in zip(paths.items(), STYLES, strict=False):
        (line,) = ax.plot(*path.T, style, label=name, markevery=4)
        ax.scatter(*path[-1], s=45, color=line.get_color(), zorder=5)  # where it ends
    ax.set(xlim=box[0], ylim=box[1], xlabel="参数 parameter θ₁", ylabel="参数 parameter θ₂")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return fig


def draw_descent(etas):
    fig, axes = plt.subplots(1, len(etas), figsize=(2.3 * len(etas), 2.4), sharey=True)
    grid = np.linspace(-3, 3, 100)
    for ax, eta in zip(axes, etas, strict=True):
        path = (1 - eta) ** np.arange(9)
        ax.plot(grid, grid**2 / 2, color="#888888", marker="", label="损失 loss")
        ax.plot(path, path**2 / 2, "-o", color="C1", markersize=4, markevery=1, label="路线 path")
        ax.legend(fontsize=7, loc="upper center")
        ax.set(title=f"η = {eta}", xlabel="参数 parameter θ")
    axes[0].set_ylabel("损失 loss L")
    return fig


figures.show(
    draw_descent([0.1, 1.5]),
    "同一个谷，从 1 出发走 8 步：学习率 0.1 慢慢靠近最低点，学习率 1.5 在两边来回跳。",
    "One valley, 8 steps from 1: at the learning rate 0.1 slowly towards the lowest point, at 1.5 jumping from side to side.",
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 用几行 NumPy 写出梯度下降、动量、Nesterov、RMSProp、Adam、AdamW 和 Muon，并与 Keras 逐步对上；
# * 说出学习率的上限从哪里来，动量为什么能走得更快；
# * 看出一条更新公式会不会发散，并说明 Adam 为什么需要偏差修正；
# * 为新的分类头和预训练的骨干网络选择不同的学习率，并用测量说明理由。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * write gradient descent, momentum, Nesterov, RMSProp, Adam, AdamW and Muon in a few lines of NumPy and match Keras step by step;
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
# 你需要第 01 课：梯度从哪里来。优化器（optimizer）只做一件事：拿到梯度，决定参数怎么走下一步。在 2 个 CPU 核上运行全部单元格不到 1 分钟，读完并做练习大约 60 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need lesson 01: where gradients come from. An optimizer does one thing: given the gradient, it decides the parameters' next step. Running all cells takes less than 1 minute on 2 CPU cores, reading and doing the exercises about 60 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第 01 课的梯度下降：$\theta\leftarrow\theta-\eta\,\partial L/\partial\theta$。在最简单的 $L=\frac12\theta^2$ 上（导数就是 $\theta$），从 $\theta=1$ 出发，学习率 $\eta=0.1$，50 步后 $|\theta|$ 约为 0.005，离最小值 0 很近。把学习率改成 2.1，50 步后 $|\theta|$ 是多少？写一个数。这一课后面还有两个猜测，各在自己的实验之前。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Gradient descent from lesson 01: $\theta\leftarrow\theta-\eta\,\partial L/\partial\theta$. On the simplest $L=\frac12\theta^2$ (its derivative is $\theta$ itself), start at $\theta=1$; with the learning rate $\eta=0.1$, $|\theta|$ is about 0.005 after 50 steps, close to the minimum at 0. Change the learning rate to 2.1: what is $|\theta|$ after 50 steps? Write a number. Two more guesses follow in this lesson, each before its own experiment.
#
# </div>

# %% tags=["exercise"]
predict("03-p1", ...)

# %% [markdown]
# ## 梯度下降与学习率 · Gradient descent and the learning rate

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 梯度（gradient）指向上升最快的方向，所以朝反方向走一小步：
#
# $$\theta_{t+1}=\theta_t-\eta\,\nabla L(\theta_t)$$
#
# $L$ 是损失，$\nabla L$ 是它对各个参数的偏导数排成的向量，$\eta$ 是学习率（learning rate）。取多大？在 $L=\frac12\kappa\theta^2$（$\kappa>0$）上可以算清楚：$\nabla L=\kappa\theta$，于是 $\theta_{t+1}=(1-\eta\kappa)\theta_t$，每一步乘同一个数。当且仅当 $|1-\eta\kappa|<1$，也就是 $0<\eta<2/\kappa$ 时收敛。$\kappa=L''(\theta)$ 是二阶导数，叫曲率（curvature）：越大，允许的学习率越小。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The gradient points in the direction of the fastest rise, so take a small step the other way:
#
# $$\theta_{t+1}=\theta_t-\eta\,\nabla L(\theta_t)$$
#
# $L$ is the loss, $\nabla L$ the vector of its partial derivatives, $\eta$ the learning rate. How large may it be? On $L=\frac12\kappa\theta^2$ with $\kappa>0$ it can be worked out: $\nabla L=\kappa\theta$, so $\theta_{t+1}=(1-\eta\kappa)\theta_t$, the same factor at each step. It converges if and only if $|1-\eta\kappa|<1$, that is, $0<\eta<2/\kappa$. $\kappa=L''(\theta)$, the second derivative, is the curvature: the larger it is, the smaller the learning rate must be.
#
# </div>


# %%
def descend(theta, eta, curvature=1.0, n_steps=50):
    for _ in range(n_steps):
        theta = theta - eta * curvature * theta
    return abs(theta)


after_50 = {eta: descend(1.0, eta) for eta in [0.1, 1.0, 1.9, 2.1]}
outcome("03-p1", after_50[2.1])

# %% tags=["setup"]
figures.show(
    draw_descent([0.1, 1.0, 2.1]),
    "曲率为 1，从 1 出发走 8 步：学习率 0.1 太小，1.0 一步到底，2.1 超过上限 2，越跳越远。",
    "At curvature 1, 8 steps from 1: the rate 0.1 is too small, 1.0 arrives in one step, and 2.1, above the limit 2, jumps further and further away.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 真实的损失有许多方向，各有各的曲率。下面的“峡谷”$L=\frac12(\theta_1^2+25\,\theta_2^2)$ 一个方向平（曲率 1），一个方向陡（曲率 25）。陡的方向限制了学习率（$\eta<2/25=0.08$），平的方向只好慢慢挪。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A real loss has many directions, each with its own curvature. The “ravine” $L=\frac12(\theta_1^2+25\,\theta_2^2)$ below is flat in one direction (curvature 1) and steep in the other (curvature 25). The steep direction limits the learning rate ($\eta<2/25=0.08$), and the flat one has to crawl.
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
# `walk` 重复调用一个优化器，记下走过的路。优化器是一个函数：收到位置、梯度、自己的记忆 `state` 和步数 `t`，返回新位置。这一课的每个优化器都写成这个样子；`sgd` 就是梯度下降，名字的来历见下一节。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# `walk` calls an optimizer again and again and records the path. An optimizer is a function: it receives the position, the gradient, its own memory `state` and the step number `t`, and returns the new position. All optimizers of this lesson are written this way; `sgd` is gradient descent, and the next section says where the name comes from.
#
# </div>


# %%
def walk(optimizer, gradient, theta, n_steps, **settings):
    path, state = [np.array(theta, dtype=float)], {}
    for t in range(1, n_steps + 1):
        path.append(optimizer(path[-1], gradient(path[-1]), state, t, **settings))
    return np.array(path)


def sgd(theta, g, state, t, eta):
    return theta - eta * g


# %%
plain = walk(sgd, gradient, start, 300, eta=0.04)
say("几步后损失保持在 0.001 以下 steps until the loss stays below 0.001:", steps_needed(plain))
assert loss(walk(sgd, gradient, start, 50, eta=0.081)[-1]) > loss(start)  # beyond 2/25

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 1**：$L=\frac12\cdot8\,\theta^2$。学习率小于多少时，梯度下降才收敛？写一个数。卡住了就运行 `hint("03-1")`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 1**: $L=\frac12\cdot8\,\theta^2$. Below which learning rate does gradient descent converge? Write a number. When you are stuck, run `hint("03-1")`.
#
# </div>

# %% tags=["exercise"]
answer_limit = ...
check("03-1", answer_limit)

# %% [markdown]
# ## 随机梯度 · Stochastic gradients

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 真实训练不用全部数据算梯度，每步只用一个**小批量**（mini-batch）。它的期望等于全量梯度，只是带噪声；批大小变成 16 倍，噪声的标准差降到四分之一（$\frac{1}{\sqrt{16}}$）。这就是随机梯度下降（stochastic gradient descent，SGD）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Real training does not compute the gradient on all data but, at each step, on a **mini-batch**. Its expectation equals the full gradient, plus noise; with a batch 16 times as large the noise has a quarter of the standard deviation ($\frac{1}{\sqrt{16}}$). This is stochastic gradient descent (SGD).
#
# </div>

# %% tags=["any-seed"]
x = rng.normal(size=4096)
per_sample = (0.5 * x - 2 * x) * x  # gradient of ½(wx - 2x)² at w = 0.5
noise = {}
for size in [4, 64]:
    batches = per_sample[rng.integers(0, 4096, size=(2000, size))].mean(axis=1)
    noise[size] = batches.std()
    assert abs(batches.mean() - per_sample.mean()) < 0.15
say("噪声之比 ratio of the noise:", f"{noise[4] / noise[64]:.0f}")
assert 3.5 < noise[4] / noise[64] < 4.5

# %% tags=["setup"]
noisy = walk(
    lambda *step, **rate: sgd(step[0], step[1] + rng.normal(size=2), *step[2:], **rate),
    gradient,
    start,
    60,
    eta=0.04,
)
exact = walk(sgd, gradient, start, 60, eta=0.04)
figures.show(
    draw_paths(
        {"全量梯度 full gradient": exact, "带噪声的梯度 noisy gradient": noisy},
        loss,
        ((-4.6, 1.6), (-1.3, 1.3)),
        [0.2, 1, 3, 6, 10, 15],
    ),
    "峡谷上的两条路线，各走 60 步：全量梯度走得平滑；带噪声的梯度一路抖动，大方向相同，终点也相近。",
    "Two paths of 60 steps in the ravine: with the full gradient it is smooth; with noise it trembles all the way in the same general direction and ends near by.",
)

# %% [markdown]
# ## 动量 · Momentum

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 峡谷里的梯度左右摇摆，只有一小部分指向最低点。动量（momentum）让步子有惯性：摇摆的部分互相抵消，一致的部分越积越大。
#
# $$\Delta_{t+1}=\beta\Delta_t-\eta g_t,\qquad \theta_{t+1}=\theta_t+\Delta_{t+1}$$
#
# $g_t=\nabla L(\theta_t)$ 是第 $t$ 步的梯度，$\Delta_t$ 是“速度”，从 $\Delta_0=0$ 开始。因为 $\Delta_t=\theta_t-\theta_{t-1}$，代入就是 $\theta_{t+1}=\theta_t-\eta\nabla L(\theta_t)+\beta(\theta_t-\theta_{t-1})$：多出来的一项是**上一步**（step），不是上一个位置。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In a ravine the gradient swings from side to side, and only a small part points to the lowest point. Momentum gives the steps inertia: swings cancel each other, and steps that agree add up.
#
# $$\Delta_{t+1}=\beta\Delta_t-\eta g_t,\qquad \theta_{t+1}=\theta_t+\Delta_{t+1}$$
#
# $g_t=\nabla L(\theta_t)$ is the gradient at step $t$, $\Delta_t$ the “velocity”, with $\Delta_0=0$. As $\Delta_t=\theta_t-\theta_{t-1}$, this is $\theta_{t+1}=\theta_t-\eta\nabla L(\theta_t)+\beta(\theta_t-\theta_{t-1})$: the extra term is the **previous step**, not the previous position.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# Nesterov 动量先按惯性走到 $\theta_t+\beta\Delta_t$，在那里看梯度：
#
# $$\Delta_{t+1}=\beta\Delta_t-\eta\nabla L(\theta_t+\beta\Delta_t),\qquad \theta_{t+1}=\theta_t+\Delta_{t+1}$$
#
# Keras 和下面的代码用等价的写法，记下的是“往前看”的点 $\tilde\theta_t=\theta_t+\beta\Delta_t$，于是 $\tilde\theta_{t+1}=\tilde\theta_t+\beta\Delta_{t+1}-\eta\nabla L(\tilde\theta_t)$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Nesterov momentum first moves on by inertia to $\theta_t+\beta\Delta_t$ and looks at the gradient there:
#
# $$\Delta_{t+1}=\beta\Delta_t-\eta\nabla L(\theta_t+\beta\Delta_t),\qquad \theta_{t+1}=\theta_t+\Delta_{t+1}$$
#
# Keras and the code below use an equivalent form that records the look-ahead point $\tilde\theta_t=\theta_t+\beta\Delta_t$, so that $\tilde\theta_{t+1}=\tilde\theta_t+\beta\Delta_{t+1}-\eta\nabla L(\tilde\theta_t)$.
#
# </div>


# %%
def momentum(theta, g, state, t, eta, beta=0.9):
    state["delta"] = beta * state.get("delta", 0) - eta * g
    return theta + state["delta"]


def nesterov(theta, g, state, t, eta, beta=0.9):
    state["delta"] = beta * state.get("delta", 0) - eta * g
    return theta + beta * state["delta"] - eta * g


slow = walk(sgd, gradient, start, 3000, eta=0.004)  # a rate ten times smaller than above
fast = walk(momentum, gradient, start, 3000, eta=0.004)
say("梯度下降的步数 steps of gradient descent:", steps_needed(slow))
say("动量的步数 steps of momentum:", steps_needed(fast))
assert (steps_needed(slow), steps_needed(fast)) == (1122, 99)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 学习率 0.004 故意取得太小。为什么动量快？梯度恒定时 $\Delta$ 趋于 $-\eta g/(1-\beta)$：$\beta=0.9$ 时大约相当于把步长放大 $1/(1-\beta)=10$ 倍。那么梯度下降也把学习率调好呢（$\eta=0.075$）？它要 58 步，$\eta=0.01$、$\beta=0.9$ 的动量要 87 步，$\eta=0.1$、$\beta=0.5$ 只要 15 步：动量值得用，但 $\beta$ 也要调。下图用各自合适的学习率走 25 步，圆点是终点：梯度下降来回摆，25 步还没到中心；动量和 Nesterov 早就越过了中心，但都冲过了头；最后 Nesterov 离中心最近。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The rate 0.004 was deliberately too small. Why is momentum faster? Under a constant gradient $\Delta$ tends to $-\eta g/(1-\beta)$: with $\beta=0.9$ that is like a step about $1/(1-\beta)=10$ times longer. And if gradient descent's rate is tuned too ($\eta=0.075$)? It needs 58 steps, momentum with $\eta=0.01$ and $\beta=0.9$ needs 87, and with $\eta=0.1$ and $\beta=0.5$ only 15: momentum is worth having, but $\beta$ needs tuning too. Below, each takes 25 steps at a rate that suits it, and a dot marks the end: gradient descent swings from side to side and has not reached the centre after 25 steps; momentum and Nesterov have crossed it long before, but both overshoot; Nesterov ends nearest to it.
#
# </div>

# %% tags=["setup"]
assert after_50[1.0] == 0 and np.isclose(after_50[0.1], 0.005, atol=5e-4)
assert after_50[1.9] < 0.01 and after_50[2.1] > 100  # on both sides of the limit, 2
tuned_steps = [
    steps_needed(walk(sgd, gradient, start, 400, eta=0.075)),
    steps_needed(walk(momentum, gradient, start, 400, eta=0.01, beta=0.9)),
    steps_needed(walk(momentum, gradient, start, 400, eta=0.1, beta=0.5)),
]
assert tuned_steps == [58, 87, 15]
ravine_box = ((-4.6, 1.6), (-1.3, 1.3))
settings = {
    "梯度下降 gradient descent": (sgd, 0.07),
    "动量 momentum": (momentum, 0.03),
    "Nesterov": (nesterov, 0.04),
}
paths = {name: walk(f, gradient, start, 25, eta=a) for name, (f, a) in settings.items()}
fig = draw_paths(paths, loss, ravine_box, [0.2, 1, 3, 6, 10, 15])
figures.show(
    fig,
    "峡谷上的三条路线：梯度下降在陡的方向来回摆，25 步还没到中心；动量和 Nesterov 越过了中心，都冲过了头。",
    "Three paths in a ravine: gradient descent swings across and has not reached the centre after 25 steps; momentum and Nesterov have crossed it, and both overshoot.",
    names=["Nesterov"],
)
furthest = [path[:, 0].max() for path in paths.values()]
assert furthest[0] < 0 and min(furthest[1:]) > 1
assert np.argmin([loss(path[-1]) for path in paths.values()]) == 2


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 2**：有些库（例如 PyTorch）的动量，记忆里不含学习率：它记的是 $u=-\Delta/\eta$。写出这样的一步，学习率不变时要与上面的 `momentum` 走同一条路。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 2**: in some libraries (PyTorch, for example) the memory of momentum does not contain the learning rate: it is $u=-\Delta/\eta$. Write one such step; while the learning rate is constant it must take the same path as `momentum` above.
#
# </div>


# %% tags=["exercise"]
def momentum_step(theta, u, g, eta, beta):
    """One step of momentum with the memory u: returns the new theta and the new u."""
    return ..., ...


check("03-2", momentum_step)

# %% [markdown]
# ## 误区实测：加上一个位置 · The myth, measured: adding the previous position

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 有的教程（课末的表里是 S1）把动量写成 $\theta_{t+1}=\theta_t-\eta\nabla L+\beta(1-\eta)\theta_{t-1}$：加的是上一个**位置**的倍数。看起来差不多，能用吗？
#
# 先猜：照这个公式，在 $L=\frac12\theta^2$ 上从 $\theta=1$ 走 50 步（$\eta=0.01$，$\beta=0.9$），$|\theta|$ 是多少？写一个数，例如 `0.6` 或 `1e3`（一千）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Some tutorials (S1 in the table at the lesson's end) write momentum as $\theta_{t+1}=\theta_t-\eta\nabla L+\beta(1-\eta)\theta_{t-1}$: they add a multiple of the previous **position**. It looks much the same; does it work?
#
# Guess first: by this formula, 50 steps on $L=\frac12\theta^2$ from $\theta=1$ ($\eta=0.01$, $\beta=0.9$): what is $|\theta|$? Write a number such as `0.6` or `1e3` (a thousand).
#
# </div>

# %% tags=["exercise"]
predict("03-p2", ...)


# %%
def printed(theta, g, state, t, eta, beta=0.9):
    previous = state.get("previous", theta)
    state["previous"] = theta
    return theta - eta * g + beta * (1 - eta) * previous


# %% tags=["shows-momentum"]
theta_50 = walk(printed, lambda theta: theta, [1.0], 50, eta=0.01)[-1, 0]
no_gradient = walk(printed, lambda theta: 0 * theta, [1.0], 20, eta=0.01)[-1, 0]
outcome("03-p2", theta_50)
say(f"梯度为零，20 步后 with zero gradient, after 20 steps: {no_gradient:.0f}")
assert no_gradient != 1  # where there is no slope it should stay


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 梯度为零，本该停着不动，它却从 1 走到 9,311。为什么？在 $L=\frac12\kappa\theta^2$ 上，每一步都是前两个位置的固定组合，所以试 $\theta_t=r^t$。代入，两边除以 $r^{t-1}$，得到特征方程 $r^2-(1-\eta\kappa)r-\beta(1-\eta)=0$。它有两个根，走过的路是两个 $r^t$ 的组合；起点取 $\theta_{-1}=\theta_0$。最大的 $|r|$ 叫谱半径（spectral radius）：超过 1 就会发散。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With zero gradient it should stay where it is, yet it went from 1 to 9,311. Why? On $L=\frac12\kappa\theta^2$ each step is a fixed combination of the two positions before it, so try $\theta_t=r^t$. Put it in and divide both sides by $r^{t-1}$: the characteristic equation is $r^2-(1-\eta\kappa)r-\beta(1-\eta)=0$. It has two roots, and the path combines two $r^t$; the start is $\theta_{-1}=\theta_0$. The largest $|r|$ is the spectral radius: above 1 the formula diverges.
#
# </div>


# %% tags=["setup"]
assert theta_50 > 1e9 and round(no_gradient) == 9311


def radius(eta, printed, curvature=1.0, beta=0.9):
    last = -beta * (1 - eta) if printed else beta  # the terms of r² + middle·r + last
    middle = eta * curvature - 1 if printed else eta * curvature - 1 - beta
    return max(abs(np.roots([1, middle, last])))


etas = np.linspace(0.001, 1.5, 150)
radii = {which: np.array([radius(a, which) for a in etas]) for which in [False, True]}
assert np.all(radii[False] < 1) and np.all(radii[True][etas < 0.45] > 1)
stable = [c for c in range(1, 201) if radius(0.01, True, c) < 1]
assert (stable[0], stable[-1]) == (90, 110) and all(radius(0.01, False, c) < 1 for c in stable)

lines = {"动量 momentum": radii[False], "加上一个位置 adding the position": radii[True]}
fig = draw_lines(etas, lines, xlabel="学习率 learning rate η", ylabel="谱半径 spectral radius")
fig.axes[0].axhline(1, color="black", lw=0.8, marker="")
figures.show(
    fig,
    "曲率为 1 时，谱半径随学习率变化：动量始终低于 1；加上一个位置的公式在学习率小于约 0.47 时高于 1，因此发散。",
    "Spectral radius against learning rate at curvature 1: momentum stays below 1; the formula that adds the position is above 1 for rates below about 0.47, so it diverges.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 图上曲率是 1：常用的学习率（0.001 到 0.1）全在发散区。曲率大一些也救不了它：$\eta=0.01$ 时，它只在曲率 90 到 110 之间收敛，峡谷的两个方向（1 和 25）都在外面。即使在它收敛的地方，也会停在错误的点：换成 $L=\frac12(\theta-3)^2$，最小值在 $\theta=3$，$\eta=0.6$ 时它停在 7.5，$\eta=0.8$ 时停在 3.871。因为它停下的条件是 $\eta(\theta-3)=\beta(1-\eta)\theta$，不是梯度为零。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The figure has curvature 1: the rates that people use (0.001 to 0.1) all lie where it diverges. A larger curvature does not save it: at $\eta=0.01$ it converges between curvatures 90 and 110 only, and both directions of the ravine (1 and 25) lie outside. Even where it converges, it stops at the wrong point: on $L=\frac12(\theta-3)^2$, with the minimum at $\theta=3$, it stops at 7.5 for $\eta=0.6$, and at 3.871 for $\eta=0.8$, because it stops where $\eta(\theta-3)=\beta(1-\eta)\theta$, not where the gradient is zero.
#
# </div>


# %%
def end_at(optimizer, eta):  # the gradient of ½(θ - 3)², 400 steps
    return walk(optimizer, lambda theta: theta - 3, [1.0], 400, eta=eta)[-1, 0]


ends = {eta: [end_at(momentum, eta), end_at(printed, eta)] for eta in (0.6, 0.8)}
rows = [[eta, f"{right:.3f}", f"{theirs:.3f}"] for eta, (right, theirs) in ends.items()]
table(
    [
        "学习率 learning rate η",
        "动量停在 momentum stops at",
        "加位置停在 adding the position stops at",
    ],
    rows,
)
assert np.allclose([*ends[0.6], *ends[0.8]], [3, 7.5, 3, 3.871], atol=1e-3)

# %% [markdown]
# ## 每个参数自己的步长：RMSProp 与 Adam · A step of its own for each parameter: RMSProp and Adam

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 峡谷里两个方向要不同的步长，一个学习率怎么够？AdaGrad 的办法：每个参数除以它自己至今所有梯度平方之和的平方根，$\theta_{t+1}=\theta_t-\eta\,g_t/\sqrt{g_1^2+\dots+g_t^2}$。平方、除法和开方都**逐元素**（element-wise）。新的问题：和只增不减，步子越走越小。怎样忘掉旧的梯度？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The two directions of a ravine want different steps: how can one rate serve both? AdaGrad divides each parameter's gradient by the root of the sum of all its squared gradients so far, $\theta_{t+1}=\theta_t-\eta\,g_t/\sqrt{g_1^2+\dots+g_t^2}$. Squares, division and root are **element-wise**. A new question: the sum only grows, so steps only shrink. How can old gradients be forgotten?
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# RMSProp 给每个参数记一个滑动平均（moving average）：梯度的平方的平均，越近的值权重越大。然后把梯度除以它的平方根：
#
# $$v_t=\rho v_{t-1}+(1-\rho)g_t^2,\qquad\theta_{t+1}=\theta_t-\eta\frac{g_t}{\sqrt{v_t+\varepsilon}}$$
#
# 陡的方向步子自动变小，平的方向自动变大。Adam 再加上动量，并做偏差修正（bias correction）：
#
# $$m_t=\beta_1m_{t-1}+(1-\beta_1)g_t,\quad v_t=\beta_2v_{t-1}+(1-\beta_2)g_t^2,\quad \hat m_t=\frac{m_t}{1-\beta_1^t},\quad \hat v_t=\frac{v_t}{1-\beta_2^t}$$
#
# $$\theta_{t+1}=\theta_t-\eta\frac{\hat m_t}{\sqrt{\hat v_t}+\varepsilon}$$
#
# 默认 $\beta_1=0.9$，$\beta_2=0.999$；$\varepsilon$ 在论文里是 $10^{-8}$，在 Keras 里是 $10^{-7}$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# RMSProp keeps a moving average for each parameter: of its squared gradients, the recent ones with more weight. It divides the gradient by the square root of that:
#
# $$v_t=\rho v_{t-1}+(1-\rho)g_t^2,\qquad\theta_{t+1}=\theta_t-\eta\frac{g_t}{\sqrt{v_t+\varepsilon}}$$
#
# Steps shrink by themselves where it is steep and grow where it is flat. Adam adds momentum, and bias correction:
#
# $$m_t=\beta_1m_{t-1}+(1-\beta_1)g_t,\quad v_t=\beta_2v_{t-1}+(1-\beta_2)g_t^2,\quad \hat m_t=\frac{m_t}{1-\beta_1^t},\quad \hat v_t=\frac{v_t}{1-\beta_2^t}$$
#
# $$\theta_{t+1}=\theta_t-\eta\frac{\hat m_t}{\sqrt{\hat v_t}+\varepsilon}$$
#
# The defaults are $\beta_1=0.9$ and $\beta_2=0.999$; $\varepsilon$ is $10^{-8}$ in the paper and $10^{-7}$ in Keras.
#
# </div>


# %%
def rmsprop(theta, g, state, t, eta, rho=0.9, epsilon=1e-7):
    state["v"] = rho * state.get("v", 0) + (1 - rho) * g**2
    return theta - eta * g / np.sqrt(state["v"] + epsilon)


def adam(theta, g, state, t, eta, beta1=0.9, beta2=0.999, epsilon=1e-7, correct=True):
    state["m"] = beta1 * state.get("m", 0) + (1 - beta1) * g
    state["v"] = beta2 * state.get("v", 0) + (1 - beta2) * g**2
    m_hat = state["m"] / (1 - beta1**t) if correct else state["m"]
    v_hat = state["v"] / (1 - beta2**t) if correct else state["v"]
    return theta - eta * m_hat / (np.sqrt(v_hat) + epsilon)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 滑动平均从 $m_0=0$ 开始，一步步展开：$m_1=(1-\beta)g_1$，$m_2=(1-\beta)(\beta g_1+g_2)$，一般地
#
# $$m_t=(1-\beta)\sum_{i=1}^{t}\beta^{t-i}g_i$$
#
# 这里 $i$ 数步子。越早的梯度权重越小。权重之和是等比数列：$(1-\beta)(1+\beta+\dots+\beta^{t-1})=1-\beta^t$，小于 1。除以它，权重之和才是 1。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A moving average starts at $m_0=0$. Unroll it: $m_1=(1-\beta)g_1$, $m_2=(1-\beta)(\beta g_1+g_2)$, and in general
#
# $$m_t=(1-\beta)\sum_{i=1}^{t}\beta^{t-i}g_i$$
#
# Here $i$ counts steps. The older a gradient, the smaller its weight. The weights add up to a geometric series: $(1-\beta)(1+\beta+\dots+\beta^{t-1})=1-\beta^t$, less than 1. Divide by it, and the weights add up to 1.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 为什么要修正？$m$ 和 $v$ 从 0 开始，前几步偏小；$\beta_2$ 比 $\beta_1$ 更接近 1，所以 $v$ 偏小得更厉害，它又在分母里，于是步子太大。梯度恒定时最清楚：正确的 Adam 每步正好走 $\eta$。有的教程省去了修正。先猜：没有修正，第一步有 $\eta$ 的几倍长？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Why correct? $m$ and $v$ start at 0 and are too small at first; $\beta_2$ is closer to 1 than $\beta_1$, so $v$ is too small by much more, and it is the denominator: the steps are too long. A constant gradient shows it best: the right Adam moves by exactly $\eta$ at each step. Some tutorials leave the correction out. Guess first: without it, how many times $\eta$ is the first step?
#
# </div>

# %% tags=["exercise"]
predict("03-p3", ...)


# %% tags=["shows-adam"]
lengths = {}
for correct in [True, False]:
    path = walk(adam, lambda theta: np.ones(1), [0.0], 2000, eta=1.0, correct=correct)
    lengths[correct] = np.abs(np.diff(path[:, 0]))

first_step = lengths[False][0]
outcome("03-p3", first_step)
say(f"最长 longest: {lengths[False].max():.3f}   第几步 at step: {lengths[False].argmax() + 1}")
assert np.allclose(lengths[True], 1, atol=1e-6)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第一步为什么是 3.162 倍？$t=1$ 时 $m=0.1\,g$，$\sqrt v=\sqrt{0.001}\,|g|=0.0316\,|g|$，相除就是它。梯度不恒定呢？修正只是把 $m_t$ 和 $v_t$ 各除以一个数，所以（不计 $\varepsilon$）不论梯度怎样变，
#
# $$\frac{\text{没有修正的一步}}{\text{有修正的一步}}=\frac{m_t/\sqrt{v_t}}{\hat m_t/\sqrt{\hat v_t}}=\frac{1-\beta_1^t}{\sqrt{1-\beta_2^t}}$$
#
# 用 2,000 个随机的梯度核对。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Why is the first step 3.162 times as long? At $t=1$, $m=0.1\,g$ and $\sqrt v=\sqrt{0.001}\,|g|=0.0316\,|g|$; divide. And if the gradient changes? The correction only divides $m_t$ and $v_t$ by a number each, so ($\varepsilon$ aside), whatever the gradients,
#
# $$\frac{\text{step without correction}}{\text{step with correction}}=\frac{m_t/\sqrt{v_t}}{\hat m_t/\sqrt{\hat v_t}}=\frac{1-\beta_1^t}{\sqrt{1-\beta_2^t}}$$
#
# Check it with 2,000 random gradients.
#
# </div>

# %% tags=["setup"]
assert 465 < lengths[False][:100].sum() < 467 and (lengths[False] > 2).sum() == 287
lines = {"有修正 corrected": lengths[True], "无修正 not corrected": lengths[False]}
texts = {"xlabel": "步 step", "ylabel": "步长 ÷ η · step length / η", "xscale": "log"}
fig = draw_lines(np.arange(1, 2001), lines, **texts)
figures.show(
    fig,
    "梯度恒定时的步长：有修正的始终是 1；没有修正的从 3.16 升到 6.57，一千多步以后才接近 1。",
    "Step length under a constant gradient: 1 throughout with correction; without it 3.16 at first, 6.57 at its peak, and near 1 only after more than a thousand steps.",
)

random_gradients = rng.normal(size=2000)


def moves(correct):
    given = iter(random_gradients)
    return np.diff(walk(adam, lambda theta: next(given), 0.0, 2000, eta=1.0, correct=correct))


t = np.arange(1, 2001)
factor = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
measured = moves(False) / moves(True)
rows = [[n, f"{factor[n - 1]:.3f}", f"{measured[n - 1]:.3f}"] for n in [1, 12, 100, 1000]]
table(["步 step", "公式 formula", "随机的梯度 random gradients"], rows)
assert np.allclose(measured, factor, rtol=0.01) and np.allclose(lengths[False], factor, rtol=1e-4)
assert factor.argmax() == 11 and round(factor.max(), 3) == 6.569

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第 12 步最大，6.569 倍。梯度恒定时，前 100 步一共走了 465.7 个 $\eta$ 而不是 100 个。微调预训练网络时，多走的路会带着骨干网络一起走；本课最后一节会测。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# It is largest at step 12, 6.569 times. Under a constant gradient the first 100 steps cover 465.7 times $\eta$ instead of 100. When a pretrained network is fine-tuned, the extra distance carries the backbone along; the last section of this lesson measures it.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 3**：偏差要持续多久？梯度恒为 $g$，没有修正的滑动平均 $m_t$ 从 0 开始，第几步第一次达到 $g$ 的某个份额（比如 0.99）？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: how long does the bias last? The gradient is always $g$, and the moving average $m_t$, not corrected, starts at 0. At which step does it first reach a given share of $g$ (0.99, for example)?
#
# </div>


# %% tags=["exercise"]
def steps_until(beta, share):
    """The first step t at which m_t is at least share × g: an integer."""
    return ...


check("03-3", steps_until)

# %% [markdown]
# ## 和 Keras 逐步对上 · Step by step against Keras

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 权重衰减（weight decay）每步把参数缩小一点，让权重不要太大，常用来防止过拟合（只对训练数据好）。AdamW 把它从梯度里拿出来，直接作用在参数上：$\theta\leftarrow\theta-\eta\lambda\theta$，$\lambda$ 是衰减的强度。下面让六个优化器在峡谷上各走 50 步，与 Keras 比较。变量用 float64；两个 $\beta$ 也写成 float64，否则 Keras 先把 0.999 舍入成 float32，50 步以后误差就超过 $10^{-6}$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Weight decay shrinks the parameters a little at each step, so that weights stay small; it is often used against overfitting (being good on the training data only). AdamW takes it out of the gradient and applies it to the parameters directly: $\theta\leftarrow\theta-\eta\lambda\theta$, where $\lambda$ is the strength of the decay. Below, six optimizers take 50 steps each in the ravine and are compared with Keras. The variables are float64; so are the two $\beta$, or else Keras rounds 0.999 to float32 first, and the error exceeds $10^{-6}$ after 50 steps.
#
# </div>


# %%
def adamw(theta, g, state, t, eta, weight_decay=0.1):
    return adam(theta - eta * weight_decay * theta, g, state, t, eta)


# %% tags=["setup"]
def saddle_gradient(theta):
    return theta * np.array([1.0, -1.0])


def keras_walk(optimizer, n_steps=50):
    theta = keras.Variable(start, dtype="float64")
    path = [start]
    for _ in range(n_steps):
        g = keras.ops.convert_to_tensor(gradient(path[-1]))
        optimizer.apply([g], [theta])
        path.append(keras.ops.convert_to_numpy(theta).copy())
    return np.array(path)


betas = {"beta_1": np.float64(0.9), "beta_2": np.float64(0.999)}
pairs = {
    sgd: keras.optimizers.SGD(0.02),
    momentum: keras.optimizers.SGD(0.02, momentum=0.9),
    nesterov: keras.optimizers.SGD(0.02, momentum=0.9, nesterov=True),
    rmsprop: keras.optimizers.RMSprop(0.02),
    adam: keras.optimizers.Adam(0.02, **betas),
    adamw: keras.optimizers.AdamW(0.02, weight_decay=0.1, **betas),
}
difference = {
    ours.__name__: np.abs(walk(ours, gradient, start, 50, eta=0.02) - keras_walk(theirs)).max()
    for ours, theirs in pairs.items()
}
float32_betas = keras_walk(keras.optimizers.Adam(0.02))
assert np.abs(walk(adam, gradient, start, 50, eta=0.02) - float32_betas).max() > 1e-6


# %%
differs = [[name, "✓" if most < 1e-6 else "✗"] for name, most in difference.items()]
table(
    ["优化器 optimizer", "50 步相差不到 0.000001 differs by less than 0.000001 in 50 steps"],
    differs,
)
assert max(difference.values()) < 1e-6 and {mark for _, mark in differs} == {"✓"}

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 把衰减放进梯度里，用 $g+\lambda\theta$ 代替 $g$（Adam 加 L2 正则化），有什么不同？Adam 会用 $\sqrt{\hat v}$ 除它，于是梯度大的参数几乎不衰减。下面两个参数都从 1 出发，梯度来回翻转，一个大小是 1，一个是 100；走 500 步以后，AdamW 对两者一视同仁，Adam 加 L2 只让第一个变小。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What changes if the decay is put into the gradient, $g+\lambda\theta$ instead of $g$ (Adam with L2 regularization)? Adam divides it by $\sqrt{\hat v}$, so parameters with large gradients hardly decay. Below two parameters start at 1, and their gradients flip back and forth, one of size 1, one of size 100; after 500 steps AdamW has treated both alike, while Adam with L2 has shrunk the first only.
#
# </div>


# %%
def adam_l2(theta, g, state, t, eta, weight_decay=0.1):
    return adam(theta, g + weight_decay * theta, state, t, eta)


def after_500(optimizer):
    theta, state = np.ones(2), {}
    for t in range(1, 501):
        theta = optimizer(theta, np.array([1.0, 100.0]) * (-1) ** t, state, t, eta=0.01)
    return theta


say("AdamW", after_500(adamw).round(2), " Adam + L2", after_500(adam_l2).round(2))
assert np.ptp(after_500(adamw)) < 0.01 and np.ptp(after_500(adam_l2)) > 0.3

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# Adam 把一层的权重当成一列数。**Muon** 记得它是矩阵：先像动量那样累积梯度，得到矩阵 $M$，再把 $M$ **正交化**。奇异值分解 $M=U\Sigma V^\top$ 把矩阵拆成三步：旋转，沿各方向伸缩，再旋转；$\Sigma$ 里伸缩的倍数叫奇异值（singular value）。去掉 $\Sigma$，更新就是 $-\eta UV^\top$：方向都保留，步长都一样，弱的方向也能走。`keras.optimizers.Muon` 不算分解，用几次矩阵乘法（牛顿–舒尔茨迭代，Newton–Schulz iteration）近似它：奇异值变得相近，不正好是 1。偏置自动用 AdamW，最后一层要写进 `exclude_layers`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Adam treats the weights of a layer as a list of numbers. **Muon** remembers that they are a matrix: add up gradients as momentum does, which gives a matrix $M$, then **orthogonalise** $M$. The singular value decomposition $M=U\Sigma V^\top$ makes three steps of a matrix: a rotation, a stretch along each direction by the singular values in $\Sigma$, a rotation. Drop $\Sigma$: the update is $-\eta UV^\top$. All directions stay, with equal lengths, so weak ones move too. `keras.optimizers.Muon` computes no decomposition; a few matrix products (Newton–Schulz iteration) approximate it: singular values become similar, not exactly 1. Biases take AdamW by themselves; the last layer must be named in `exclude_layers`.
#
# </div>


# %%
def orthogonalised(m, n_steps=5, a=3.4445, b=-4.775, c=2.0315):
    x = m / (np.linalg.norm(m) + 1e-7)
    for _ in range(n_steps):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x


def muon(weights, g, state, t, eta, beta=0.95):
    state["M"] = beta * state.get("M", 0) + g
    return weights - eta * orthogonalised(g + beta * state["M"])  # Nesterov, as in Keras


m = np.diag([10.0, 3.0, 1.0])  # singular values 10, 3 and 1
table(
    ["奇异值 singular values", "正交化以后 orthogonalised"],
    zip([10, 3, 1], np.diag(orthogonalised(m)).round(2), strict=True),
)
assert np.all(abs(np.diag(orthogonalised(m)) - 1) < 0.4)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 正交化和整个 `muon` 都与 Keras 一致（`rms_rate=None`、不衰减时；见下面折叠的单元格）。它更快吗？比一比：找回 16×16 的矩阵 $W^*$，$L$ 是 $\frac12|Wx-W^*x|^2$ 的平均，梯度是 $(W-W^*)$ 乘以 $xx^\top$ 的平均，后者的特征值就是各方向的曲率。“温和”：曲率从 1 到 1/10；“病态”：从 1 到 1/1000。学习率用 5 个种子选好，再用另外 9 个种子比较，每步直线下降，最后到 0。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The orthogonalisation and all of `muon` agree with Keras (with `rms_rate=None` and no decay; folded cell below). Is it faster? Compare: recover a 16×16 matrix $W^*$. $L$ is the mean of $\frac12|Wx-W^*x|^2$, the gradient $(W-W^*)$ times the mean of $xx^\top$, whose eigenvalues are the curvatures. “Mild”: curvatures from 1 to 1/10; “ill-conditioned”: from 1 to 1/1000. Rates are chosen on 5 seeds, then 9 other seeds compare; each rate falls in a straight line, to 0 at last.
#
# </div>


# %% tags=["setup", "any-seed"]
any_matrix, theirs = rng.normal(size=(6, 9)), keras.optimizers.Muon()
given = keras.ops.convert_to_tensor(any_matrix)
assert np.allclose(theirs.zeropower_via_newtonschulz5(given, 5), orthogonalised(any_matrix))

theirs = keras.optimizers.Muon(0.02, rms_rate=None, weight_decay=None)
weights, memory = rng.normal(size=(6, 9)), {}
variable = keras.Variable(weights, dtype="float64")
for t in range(1, 11):
    g = rng.normal(size=(6, 9))
    weights = muon(weights, g, memory, t, eta=0.02)
    theirs.apply([keras.ops.convert_to_tensor(g)], [variable])
assert np.allclose(variable, weights, atol=1e-6)  # 10 steps like those of Keras


def interval(differences):
    """Mean ± t standard errors of paired differences: 95% by Student's t."""
    n = len(differences)
    error = np.std(differences, ddof=1) / np.sqrt(n) * stats.t.ppf(0.975, n - 1)
    return np.mean(differences) - error, np.mean(differences) + error


def log_loss(optimizer, seed, ratio, n_steps, eta):
    draw = np.random.default_rng(seed)
    goal, turn = draw.normal(size=(16, 16)), np.linalg.qr(draw.normal(size=(16, 16)))[0]
    inputs = turn * np.geomspace(1, 1 / ratio, 16) @ turn.T  # the mean of x xᵀ
    weights, state = np.zeros((16, 16)), {}
    for t in range(1, n_steps + 1):
        g, rate = (weights - goal) @ inputs, eta * (1 - (t - 1) / n_steps)
        weights = optimizer(weights, g, state, t, rate)
    return np.log10(np.sum((weights - goal) @ inputs * (weights - goal)) / 2)


def tuned(optimizer, *problem):
    def mean(eta):
        return np.mean([log_loss(optimizer, seed, *problem, eta) for seed in range(100, 105)])

    eta = min(10.0 ** np.arange(-1, 1.01, 0.25), key=mean)
    return eta, np.array([log_loss(optimizer, seed, *problem, eta) for seed in range(9)])


def compare(problems, ways):
    """Rows of a table, and the interval of Muon minus each optimizer on each problem."""
    rows, against = [], {}
    for problem, settings in problems.items():
        with np.errstate(all="ignore"):  # rates that diverge are not chosen
            results = {way: tuned(optimizer, *settings) for way, optimizer in ways.items()}
        for way, (eta, losses) in results.items():
            low, high = against[problem, way] = interval(results["Muon"][1] - losses)
            shown = "" if way == "Muon" else f"{(low + high) / 2:+.2f} [{low:+.2f}, {high:+.2f}]"
            rows.append([problem, way, f"{eta:.2g}", f"{losses.mean():.2f}", shown])
    return rows, against


problems = {  # how much the curvatures differ, and steps
    "温和，100 步 · mild, 100 steps": (10, 100),
    "病态，100 步 · ill-conditioned, 100 steps": (1000, 100),
    "病态，200 步 · ill-conditioned, 200 steps": (1000, 200),
}
ways = {"梯度下降 gradient descent": sgd, "动量 momentum": momentum, "Adam": adam, "Muon": muon}

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 怎样读下面的表：损失写成 $\log_{10}L$，$-2$ 就是 0.01，越小越好。末列是“Muon 减去它”的平均和 95% 区间（9 个配对的差，平均 ± 2.31 个标准误）：区间在 0 以下，Muon 更好。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# How to read the table: the loss is written as $\log_{10}L$, so $-2$ is 0.01, and smaller is better. The last column is “Muon minus it”, mean and 95% interval (9 paired differences, mean ± 2.31 standard errors): below 0, Muon is better.
#
# </div>

# %% tags=["nbval-ignore-output"]
rows, against = compare(problems, ways)
table(["问题 problem", "优化器 optimizer", "η", "log₁₀ L", "Muon 减去它 · Muon minus it"], rows)
mild, ill, ill_longer = ([against[p, w] for w in list(ways)[:3]] for p in problems)
assert mild[0][0] > 5 and mild[2][0] > 0  # mild: worse than descent (by far) and than Adam
assert max(high for _, high in ill) < 0  # ill-conditioned, few steps: better than all three
assert ill_longer[0][1] < 0 and ill_longer[2][1] < 0 < ill_longer[1][0]  # more: momentum wins

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 病态、步数少：Muon 最好，它不等弱的方向慢慢来。温和：普通的梯度下降好得多，因为它的步子随梯度缩小，而 Muon 的步长总由学习率定；它也略输 Adam。病态但走 200 步：调好的动量反超。（梯度下降选中的 3.2 超过了上限 $2/\kappa=2$：学习率一路降到 0，开头放大的部分后来又缩回去。）这是一个没有噪声的小问题，只说明没有处处最好的优化器；Muon 在大语言模型里的好处见参考文献。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Ill-conditioned, few steps: Muon is best; it does not wait for weak directions. Mild: plain gradient descent is far better, because its steps shrink with the gradient, while the length of Muon's is always set by the rate; Adam is slightly better, too. Ill-conditioned, 200 steps: momentum, well tuned, overtakes it. (The rate 3.2 chosen for gradient descent is above the limit $2/\kappa=2$: as rates fall to 0, what grew at first shrinks again later.) This is one small problem without noise and only shows that no optimizer is best everywhere; for Muon's merits in language models see the references.
#
# </div>


# %% [markdown]
# ## 鞍点，以及自己试一试 · Saddles, and a try of your own

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 鞍点（saddle point）处梯度为 0，却不是最小值：$L=\frac12(\theta_1^2-\theta_2^2)$ 的原点，沿 $\theta_1$ 是谷底，沿 $\theta_2$ 是山顶。起点 $(1,10^{-4})$ 几乎正对着它：梯度先把你带到鞍点，然后才慢慢离开（下表：几步以后 $|\theta_2|>1$）。学习率同是 0.1 时，动量更快离开，一部分原因是它的有效步长约大 10 倍；Adam 和 RMSProp 把小梯度放大，最快。有研究认为，高维损失里鞍点远比局部最小值常见（见参考文献）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# At a saddle point the gradient is 0, and yet it is no minimum: the origin of $L=\frac12(\theta_1^2-\theta_2^2)$ is the bottom of a valley along $\theta_1$ and the top of a hill along $\theta_2$. From the start $(1,10^{-4})$ descent heads almost straight for it: the gradient first takes you to the saddle, and only then slowly away (table: steps until $|\theta_2|>1$). At the same rate of 0.1 momentum leaves sooner, partly because its effective step is about 10 times longer; Adam and RMSProp magnify the small gradient and are fastest. Research argues that in high-dimensional losses saddles are far more common than local minima (see the references).
#
# </div>


# %%
def steps_to_leave(optimizer):
    path = walk(optimizer, saddle_gradient, [1.0, 1e-4], 300, eta=0.1)
    return int(np.argmax(np.abs(path[:, 1]) > 1))


leave = {f.__name__: steps_to_leave(f) for f in [sgd, momentum, adam, rmsprop]}
table(["优化器 optimizer", "几步离开 steps to leave"], leave.items())
assert leave["sgd"] > 2 * leave["momentum"] > 4 * leave["adam"] > 4 * leave["rmsprop"] > 0

# %% tags=["setup"]
named = {"梯度下降 gradient descent": sgd, "动量 momentum": momentum, "Adam": adam}
paths = {n: walk(f, saddle_gradient, [1.0, 1e-4], 40, eta=0.1) for n, f in named.items()}
fig = draw_paths(
    paths,
    lambda theta: 0.5 * (theta[..., 0] ** 2 - theta[..., 1] ** 2),
    ((-0.8, 1.2), (-0.3, 1.2)),
    [-0.6, -0.3, -0.1, 0, 0.1, 0.3],
)
figures.show(
    fig,
    "鞍点旁的三条路线：40 步后梯度下降的终点（圆点）还在鞍点旁，动量和 Adam 都走出了图。",
    "Three paths beside a saddle: after 40 steps gradient descent ends (dot) beside the saddle, momentum and Adam have left the picture.",
    names=["Adam"],
)
assert abs(paths["梯度下降 gradient descent"][-1, 1]) < 0.1 < abs(paths["Adam"][-1, 1])


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 自己试一试：还是那个峡谷，四个优化器从同一个起点出发，每步一个点。拖动空心圆换起点，调 $\eta$ 和 $\beta$，再按播放。$\eta$ 刚超过 0.08，谁会发散？$\beta=0$ 时哪几条路线重合？$\beta=0.99$ 时动量会怎样？Adam 用 $10\eta$，步长才可比。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Try it: the same ravine, four optimizers from one start, a dot for each step. Drag the open circle to another start, set $\eta$ and $\beta$, and press play. Who diverges with $\eta$ just above 0.08? Which paths coincide at $\beta=0$? What does momentum do at $\beta=0.99$? Adam uses $10\eta$, so that the lengths of their steps can be compared.
#
# </div>

# %% tags=["setup"]
four = {
    "梯度下降 gradient descent": sgd,
    "动量 momentum": momentum,
    "Nesterov": nesterov,
    "Adam": adam,
}
paths = {n: walk(f, gradient, start, 60, eta=0.3 if f is adam else 0.03) for n, f in four.items()}
inert = walk(momentum, gradient, start, 60, eta=0.03, beta=0.99)[:, 0]
for optimizer in [momentum, nesterov]:
    no_memory = walk(optimizer, gradient, start, 60, eta=0.03, beta=0)
    assert np.allclose(no_memory, walk(sgd, gradient, start, 60, eta=0.03))
assert inert.max() > 3  # it overshoots
limits = {sgd: 2 / 25, momentum: 2 * 1.9 / 25, nesterov: 2 * 1.9 / 2.8 / 25}  # beta = 0.9
for f, limit in limits.items():
    below, above = (walk(f, gradient, start, 500, eta=limit * r)[-1, 1] for r in (0.97, 1.03))
    assert abs(below) < 1e-3 and abs(above) > 1e3

explorables.show(
    "ravine",
    draw_paths(paths, loss, ravine_box, [0.2, 1, 3, 6, 10, 15]),
    "峡谷上的四条路线，都从左上角出发：梯度下降慢慢走向中心，动量、Nesterov 和 Adam 走得快，冲过中心再回来。",
    "Four paths in the ravine, all from the upper left: gradient descent walks slowly to the centre; momentum, Nesterov and Adam are faster, overshoot it and come back.",
    names=["Nesterov", "Adam"],
    curvatures=curvatures,
    start=start,
    eta=0.03,
    beta=0.9,
    steps=60,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# $\eta$ 超过 $2/25=0.08$，梯度下降发散；Nesterov 在 $\beta=0.9$ 时的上限更低，约 0.054，动量的更高，0.152。$\beta=0$ 时动量和 Nesterov 就是梯度下降，Adam 成了带偏差修正的 RMSProp。$\beta=0.99$ 时惯性太大，动量来回冲过头。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With $\eta$ above $2/25=0.08$ gradient descent diverges; at $\beta=0.9$ the limit of Nesterov is lower, about 0.054, that of momentum higher, 0.152. At $\beta=0$ momentum and Nesterov are gradient descent, and Adam becomes RMSProp with bias correction. At $\beta=0.99$ there is too much inertia, and momentum overshoots back and forth.
#
# </div>

# %% [markdown]
# ## 学习率调度与预热 · Learning-rate schedules and warm-up

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 学习率不必从头到尾一样。学习率怎样变，叫**学习率调度**（learning-rate schedule）。常见的一种：先用几步线性**预热**（warm-up）升到峰值，再按余弦降到 0。下面把它写出来，与 Keras 的 `CosineDecay` 核对。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The learning rate need not stay the same; how it changes is the **learning-rate schedule**. A common one: a few steps of linear **warm-up** to the peak, then down to 0 along a cosine. Here it is, checked against `CosineDecay` of Keras.
#
# </div>


# %%
def scheduled(step, peak=0.1, warmup_steps=10, total_steps=100):
    if step < warmup_steps:
        return peak * step / warmup_steps
    done = (step - warmup_steps) / (total_steps - warmup_steps)
    return peak * 0.5 * (1 + np.cos(np.pi * done))


schedule = keras.optimizers.schedules.CosineDecay(
    0.0, decay_steps=90, warmup_target=0.1, warmup_steps=10
)
by_hand = [scheduled(step) for step in range(101)]
assert np.allclose([float(schedule(step)) for step in range(101)], by_hand, atol=1e-6)

# %% tags=["setup"]
texts = {"xlabel": "步 step", "ylabel": "学习率 learning rate"}
figures.show(
    draw_lines(range(101), {"": by_hand}, **texts),
    "学习率先在 10 步内直线上升到 0.1，再按余弦降到 0。",
    "The learning rate rises in a straight line to 0.1 in 10 steps, then falls to 0 along a cosine.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 预热有什么用？测一测。下一个单元格是第 01 课的反向传播，这里有三个 ReLU 隐藏层，每层 32 个神经元。用 20 个随机种子训练它分开两个月牙，各走 200 步梯度下降，用上面的调度：峰值取 0.5 或 3，预热 0 步或 40 步。数一数有几次学会（准确率超过 0.9；瞎猜是 0.5）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What is warm-up good for? Measure it. The next cell is backpropagation from lesson 01, here with three hidden ReLU layers of 32 neurons each. With 20 random seeds it learns to separate two moons in 200 steps of gradient descent with the schedule above, at a peak rate of 0.5 or 3, with 0 or 40 steps of warm-up. Count how often it succeeds (accuracy above 0.9; guessing gives 0.5).
#
# </div>


# %% tags=["setup"]
def moons(n, seed):
    x, y = make_moons(n, noise=0.15, random_state=seed)
    return x, y[:, None]


def sigmoid(logits):
    return 0.5 * (1 + np.tanh(logits / 2))  # never overflows


def deep_forward(x, layers):
    inputs = [np.hstack([x, np.ones((len(x), 1))])]  # the column of ones is the bias
    for weights in layers[:-1]:
        inputs.append(np.maximum(inputs[-1] @ weights, 0))
    return inputs, inputs[-1] @ layers[-1]


def deep_gradients(x, y, layers):
    inputs, logits = deep_forward(x, layers)
    delta, found = (sigmoid(logits) - y) / len(x), []
    for given, weights in zip(inputs[::-1], layers[::-1], strict=True):
        found.append(given.T @ delta)
        delta = delta @ weights.T * (given > 0)
    return found[::-1]


def learns(seed, peak, warmup_steps):
    (x, y), he = moons(200, seed), np.random.default_rng(seed)
    sizes = [(3, 32), (32, 32), (32, 32), (32, 1)]
    layers = [he.normal(size=size) * np.sqrt(2 / size[0]) for size in sizes]
    for step in range(200):
        rate = scheduled(step, peak, warmup_steps, 200)
        g = deep_gradients(x, y, layers)
        layers = [weights - rate * each for weights, each in zip(layers, g, strict=True)]
    return np.mean((deep_forward(x, layers)[1] > 0) == y) > 0.9


# %% tags=["nbval-ignore-output"]
seeds, learned = rng.integers(10_000, size=20), {}
with np.errstate(all="ignore"):  # where training diverges, numbers overflow
    for peak, warmup_steps in [(0.5, 0), (0.5, 40), (3, 0), (3, 40)]:
        learned[peak, warmup_steps] = sum(learns(s, peak, warmup_steps) for s in seeds)
rows = [[peak, warmup_steps, f"{n} / 20"] for (peak, warmup_steps), n in learned.items()]
table(["峰值 peak", "预热 warm-up", "学会 learned"], rows)

# %% tags=["any-seed"]
assert learned[0.5, 0] >= 19 and learned[0.5, 40] >= 19  # a moderate peak needs no warm-up
assert learned[3, 0] <= 2 and learned[3, 40] > 10  # almost every run fails; most succeed

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 峰值 0.5 时，有没有预热都学得会。峰值 3 时，没有预热，20 次里学会的不超过 2 次：开头几步太大，网络再也回不来；有预热，20 次里学会超过 10 次。所以预热不是必需的，它让你能用更大的学习率；Kalra 和 Barkeshli（2024）在更大的网络上用 SGD 和 Adam 得到同样的结论。
#
# **练习 4**：换一种调度，“梯形”：先线性预热到峰值，停在峰值，最后 `decay_steps` 步再直线降到 0。`step` 从 0 到 `total_steps`，第 0 步和第 `total_steps` 步都返回 0；返回这一步的学习率。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# At a peak of 0.5 the network learns with or without warm-up. At 3, without warm-up, at most 2 of 20 runs succeed: the first steps are too long, and the network never comes back; with warm-up more than 10 of 20 do. So warm-up is no necessity: it lets you use a larger learning rate. Kalra and Barkeshli (2024) come to the same conclusion for larger networks, with SGD and with Adam.
#
# **Exercise 4**: another schedule, the “trapezoid”: linear warm-up to the peak, stay at the peak, then in the last `decay_steps` steps down to 0 in a straight line. `step` runs from 0 to `total_steps`, 0 and `total_steps` give 0; return the learning rate of this step.
#
# </div>


# %% tags=["exercise"]
def trapezoid(step, peak=0.1, warmup_steps=10, decay_steps=30, total_steps=100):
    """Learning rate at this step: up to the peak, stay there, down to 0 at the end."""
    return ...


check("03-4", trapezoid)

# %% [markdown]
# ## 新的分类头和旧的骨干网络，要不同的学习率 · A new head and an old backbone want different rates

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 迁移学习（transfer learning）里，骨干网络（backbone）是预训练好的，分类头（head）是随机的。两者该用同一个学习率吗？用一个小实验看（下图）：骨干网络是一个 tanh 隐藏层，在两个月牙的数据上训练好（源任务，source task）；目标任务（target task）把类别对调，只有 12 个样本，分类头重新随机初始化。走 100 步，重复 20 次，看两件事：准确率，以及骨干网络移动了多少（权重变化的长度除以原来的长度）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In transfer learning the backbone is pretrained and the head is random. Should both use the same rate? A small experiment (figure below): the backbone is one hidden tanh layer, trained on two moons (the source task); the target task swaps the classes, has only 12 samples, and the head starts at random. Take 100 steps, repeat 20 times, and look at two things: the accuracy, and how far the backbone has moved (the length of the change of its weights, divided by their length before).
#
# </div>


# %%
def fit(x, y, parameters, n_steps, rates, optimizer=sgd, warmup_steps=1, **settings):
    states = {name: {} for name in parameters}
    for t in range(1, n_steps + 1):
        g, share = gradients(x, y, parameters), min(1, t / warmup_steps)
        for name in parameters:  # each with a rate of its own
            eta = share * rates[name]
            new = optimizer(parameters[name], g[name], states[name], t, eta, **settings)
            parameters = {**parameters, name: new}
    return parameters


# %% tags=["setup"]
fig, axes = plt.subplots(1, 2, figsize=(6.4, 2.5), sharey=True)
tasks = [("源任务 source task", *moons(1000, 0)), ("目标任务 target task", *moons(12, 100))]
for ax, (title, x, y), swapped in zip(axes, tasks, [False, True], strict=True):
    for label, marker in [(0, "o"), (1, "^")]:
        chosen = (y[:, 0] == label) != swapped
        ax.scatter(*x[chosen].T, s=8 if len(x) > 100 else 40, marker=marker, label=f"y = {label}")
    ax.set(title=title, xlabel="特征 feature x₁")
    ax.legend(fontsize=8)
axes[0].set_ylabel("特征 feature x₂")
figures.show(
    fig,
    "左：源任务，1,000 个点，上面的月牙是 0，下面的是 1。右：目标任务，只有 12 个点，两个月牙的类别对调。",
    "Left: the source task, 1,000 points, the upper moon is 0 and the lower 1. Right: the target task, just 12 points, and the classes of the two moons are swapped.",
)


def gradients(x, y, parameters):
    hidden = np.tanh(x @ parameters["W1"] + parameters["b1"])
    delta = (sigmoid(hidden @ parameters["head"]) - y) / len(x)
    back = delta @ parameters["head"].T * (1 - hidden**2)
    return {"W1": x.T @ back, "b1": back.sum(0), "head": hidden.T @ delta}


def score(x, y, parameters):
    hidden = np.tanh(x @ parameters["W1"] + parameters["b1"])
    return np.mean((hidden @ parameters["head"] > 0) == y)


first = {"W1": rng.normal(size=(2, 32)), "b1": rng.normal(size=32), "head": np.zeros((32, 1))}
pretrained = fit(*moons(1000, 0), first, 4000, dict.fromkeys(first, 1.0))
assert score(*moons(1000, 1), pretrained) > 0.95


def transfer(seed, rate_base, rate_head, n_steps=100, probe_steps=0, **settings):
    begin = {**pretrained, "head": np.random.default_rng(seed).normal(size=(32, 1))}
    (x, y), (x_test, y_test) = moons(12, 100 + seed), moons(1000, 500 + seed)
    rates = {"W1": rate_base, "b1": rate_base, "head": rate_head}
    begin = fit(x, 1 - y, begin, probe_steps, {**rates, "W1": 0, "b1": 0})  # the head alone
    ended = fit(x, 1 - y, begin, n_steps, rates, **settings)
    moved = np.linalg.norm(ended["W1"] - pretrained["W1"]) / np.linalg.norm(pretrained["W1"])
    return score(x_test, 1 - y_test, ended), moved


starts = {
    "随机 random": {},
    "随机，预热 40 步 · random, 40 steps of warm-up": {"warmup_steps": 40},
    "训练过 probed": {"probe_steps": 100},
    "训练过，预热 40 步 · probed, 40 steps of warm-up": {"probe_steps": 100, "warmup_steps": 40},
}

# %% tags=["nbval-ignore-output"]
choices = {
    "都是 3 · both 3": (3, 3),
    "都是 0.3 · both 0.3": (0.3, 0.3),
    "都是 0.1 · both 0.1": (0.1, 0.1),
    "骨干 0.03，分类头 3 · base 0.03, head 3": (0.03, 3),
    "骨干冻结，分类头 3 · frozen, head 3": (0, 3),
}
runs = {name: np.array([transfer(s, *r) for s in range(20)]) for name, r in choices.items()}
means = {name: found.mean(axis=0) for name, found in runs.items()}
rows = [[name, f"{accuracy:.2f}", f"{moved:.0%}"] for name, (accuracy, moved) in means.items()]
table(["学习率 learning rates", "准确率 accuracy", "骨干移动 backbone moved by"], rows)

# %% tags=["any-seed"]
large, medium, small, two_rates, frozen = means.values()
longer = [transfer(s, 0.1, 0.1, n_steps=400)[0] for s in range(20)]
gain = interval(longer - runs["都是 0.1 · both 0.1"][:, 0])
assert large[1] > 0.2 and abs(large[0] - two_rates[0]) < 0.02  # carried away, hardly less accurate
assert two_rates[1] < 0.03 and frozen[1] == 0 and small[0] < two_rates[0] - 0.005 and gain[0] > 0
assert abs(two_rates[0] - medium[0]) < 0.01 and medium[1] > 3 * two_rates[1]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 三个结果。一个大学习率（3），骨干网络被随机的分类头拖着走，移动了自身长度的两成以上。一个小学习率（0.1），100 步不够，走 400 步准确率更高。中间调好的一个学习率（0.3），准确率与分开设置相差不到 0.01：**在这个小任务上，分开设置的好处不在准确率，而在骨干网络几乎不动**（移动不到 3%）。换成大的骨干网络和真实照片，这要不要紧？第 08 课会测。
#
# 真是随机的分类头造成的吗？做个对照：先冻结骨干网络，只训练分类头 100 步（**线性探测**，linear probing），再用同一个大学习率 3 训练全部。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Three results. With one large rate (3) the random head drags the backbone along, by more than two tenths of its own length. With one small rate (0.1) 100 steps are not enough; 400 steps are more accurate. One rate in between, well chosen (0.3), is within 0.01 of separate rates: **on this small task the benefit of separate rates is not accuracy but a backbone that hardly moves** (by less than 3%). Does that matter for a large backbone and real photos? Lesson 08 measures it.
#
# Is the random head really the cause? A control: freeze the backbone and train the head alone for 100 steps (**linear probing**), then train everything at the same large rate of 3.
#
# </div>

# %% tags=["nbval-ignore-output"]
begun = {
    name: np.array([transfer(s, 3, 3, **way) for s in range(20)]) for name, way in starts.items()
}
rows = [[name, f"{r[:, 0].mean():.2f}", f"{r[:, 1].mean():.0%}"] for name, r in begun.items()]
table(["分类头的起点 start of the head", "准确率 accuracy", "骨干移动 backbone moved by"], rows)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 是的：分类头先训练好，同样的学习率，骨干网络平均少移动一大半，不用预热，也比“随机加预热”少（20 个种子，配对区间都在 0 以下）。再加预热还能少一点。四种做法的准确率几乎一样：在这里，起点决定骨干网络走多远，不决定答对多少。
#
# 最后回到 Adam：不做偏差修正，前 12 步里骨干网络会移动到几倍远？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Yes: with a head trained first, at the same rate, the backbone moves less than half as far on average, and without warm-up less than with “random plus warm-up” (20 seeds, both paired intervals below 0). Warm-up on top saves a little more. All four are almost equally accurate: here the start decides how far the backbone goes, not how many answers are right.
#
# Back to Adam at last: without bias correction, how many times as far does the backbone move in the first 12 steps?
#
# </div>

# %% tags=["any-seed"]
random_head, warmed, probed, both = begun.values()
assert interval(probed[:, 1] - random_head[:, 1])[1] < -0.05  # paired, 20 seeds
assert interval(probed[:, 1] - warmed[:, 1])[1] < 0  # less even than with warm-up
assert both[:, 1].mean() < probed[:, 1].mean() < random_head[:, 1].mean() / 2
assert np.ptp([found[:, 0].mean() for found in begun.values()]) < 0.02

adam_moved = {
    correct: np.mean(
        [transfer(s, 0.01, 0.01, 12, optimizer=adam, correct=correct)[1] for s in range(20)]
    )
    for correct in [True, False]
}
names = {"有修正 corrected": True, "无修正 not corrected": False}
rows = [[name, f"{adam_moved[correct]:.1%}"] for name, correct in names.items()]
table(["偏差修正 bias correction", "12 步后骨干移动 backbone moved in 12 steps by"], rows)
assert adam_moved[False] > 3 * adam_moved[True]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 同一个学习率，骨干网络移动了 3 倍以上：没有修正时，第 1 到 12 步的步长是应有的 3.16 到 6.57 倍。结果不一定更差（这里没有比准确率），但你设的学习率，不再是你得到的步长。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# At the same learning rate the backbone moves more than 3 times as far: without correction, steps 1 to 12 are 3.16 to 6.57 times as long as they should be. The result need not be worse (accuracy is not compared here), but the rate you set is no longer the step you get.
#
# </div>

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四道练习就在上文各节，编号是 `03-1` 到 `03-4`。卡住时，在新的单元格里运行：
#
# | 输入 | 你会看到 |
# |---|---|
# | `hint("03-1")` | 一个提示，每次多说一步 |
# | `solution("03-1")` | 完整的解答 |
# | `progress()` | 你完成了哪些 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The four exercises stand in the sections above, `03-1` to `03-4`. When you are stuck, run in a new cell:
#
# | type | and you see |
# |---|---|
# | `hint("03-1")` | a hint, one step more each time |
# | `solution("03-1")` | a worked answer |
# | `progress()` | which ones you have done |
#
# </div>

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("03-q1")
quiz("03-q2")

# %% tags=["quiz"]
quiz("03-q3")
quiz("03-q4")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这一课你猜得怎么样？把每个猜测和结果放在一起看。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# How good were your guesses? See each beside its result.
#
# </div>

# %% tags=["exercise"]
guesses("03")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 优化器 | 记忆 | $\theta$ 的改变 |
# |---|---|---|
# | 梯度下降 | 无 | $-\eta g$ |
# | 动量 | $\Delta$ | $\beta\Delta-\eta g$ |
# | RMSProp | $v$ | $-\eta g/\sqrt{v+\varepsilon}$ |
# | Adam | $m$, $v$ | $-\eta\hat m/(\sqrt{\hat v}+\varepsilon)$ |
# | Muon | $M$ | $-\eta UV^\top$ |
#
# * 梯度下降的学习率必须小于 $2/\kappa$，$\kappa$ 是最陡方向的曲率。
# * 动量加的是上一步 $\theta_t-\theta_{t-1}$；加上一个位置，在常用的学习率下就会发散。
# * Adam 给每个参数自己的步长；没有偏差修正，开头的步子要长好几倍。
# * AdamW 的衰减与梯度大小无关，Adam 加 L2 不是这样。Muon 让矩阵的每个方向走一样长的一步：曲率相差悬殊、步数又少时有利。
# * 预热让你能用更大的学习率；学习率适中时，没有它也行。
# * 随机的分类头可以用大学习率，预训练的骨干网络要小学习率，或者先只训练分类头，否则它会被分类头拖着走。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | optimizer | memory | change of $\theta$ |
# |---|---|---|
# | gradient descent | none | $-\eta g$ |
# | momentum | $\Delta$ | $\beta\Delta-\eta g$ |
# | RMSProp | $v$ | $-\eta g/\sqrt{v+\varepsilon}$ |
# | Adam | $m$, $v$ | $-\eta\hat m/(\sqrt{\hat v}+\varepsilon)$ |
# | Muon | $M$ | $-\eta UV^\top$ |
#
# * Gradient descent needs a rate below $2/\kappa$; $\kappa$ is the steepest direction's curvature.
# * Momentum adds the previous step $\theta_t-\theta_{t-1}$; adding the position diverges at the usual rates.
# * Adam gives each parameter its own step; without bias correction the first ones are several times too long.
# * The decay of AdamW does not depend on the size of the gradients; that of Adam with L2 does. Muon moves a matrix equally far in all directions: good for very different curvatures and few steps.
# * Warm-up allows a larger learning rate; a moderate one does without.
# * A random head can take a large rate; a pretrained backbone wants a small one, or a head trained first, or the head drags it along.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S1 §4.3 | 加的是上一步，不是上一次的参数：$\theta_{t+1}=\theta_t-\eta\nabla L(\theta_t)+\beta(\theta_t-\theta_{t-1})$（原文的 $\alpha$、$J$ 就是 $\eta$、$L$）。原式在常用的学习率下发散 | $\theta_{t+1} = \theta_{t} - \alpha \cdot \nabla_\theta J(\theta) + \beta \cdot (1 - \alpha) \cdot \theta_{t-1}$ |
# | S1 §4.3 | Adam 要先修正偏差：用 $\hat m_t=m_t/(1-\beta_1^t)$ 和 $\hat v_t=v_t/(1-\beta_2^t)$。不修正，前几百步都太长（它的代码用的是 Keras 里正确的 `Adam`） | $\theta_{t+1} = \theta_{t} - \alpha \cdot \frac{m_t}{\sqrt{v_t} + \epsilon}$ |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S1 §4.3 | what is added is the last step, not the last parameters: $\theta_{t+1}=\theta_t-\eta\nabla L(\theta_t)+\beta(\theta_t-\theta_{t-1})$ (its $\alpha$ and $J$ are our $\eta$ and $L$). As printed it diverges at the usual learning rates | $\theta_{t+1} = \theta_{t} - \alpha \cdot \nabla_\theta J(\theta) + \beta \cdot (1 - \alpha) \cdot \theta_{t-1}$ |
# | S1 §4.3 | Adam first corrects the bias: it uses $\hat m_t=m_t/(1-\beta_1^t)$ and $\hat v_t=v_t/(1-\beta_2^t)$. Without that the first hundreds of steps are too long (its code uses Keras's correct `Adam`) | $\theta_{t+1} = \theta_{t} - \alpha \cdot \frac{m_t}{\sqrt{v_t} + \epsilon}$ |
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
# * Duchi, Hazan, Singer, *Adaptive Subgradient Methods for Online Learning and Stochastic Optimization*, Journal of Machine Learning Research 12:2121–2159, 2011：AdaGrad
# * Tieleman, Hinton, *Lecture 6.5 – RMSProp: Divide the gradient by a running average of its recent magnitude*, COURSERA: Neural Networks for Machine Learning, 2012：RMSProp
# * Kingma, Ba, *Adam: A Method for Stochastic Optimization*, ICLR 2015, arXiv:1412.6980：Adam 和偏差修正
# * Loshchilov, Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019, arXiv:1711.05101：AdamW
# * Loshchilov, Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, ICLR 2017, arXiv:1608.03983：余弦退火
# * Goyal et al., *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*, arXiv:1706.02677, 2017：预热
# * Kalra, Barkeshli, *Why Warmup the Learning Rate? Underlying Mechanisms and Improvements*, NeurIPS 2024, arXiv:2406.09405：预热为什么有用
# * Jordan et al., [*Muon: An optimizer for hidden layers in neural networks*](https://kellerjordan.github.io/posts/muon/), 2024：Muon
# * Liu, Su et al., *Muon is Scalable for LLM Training*, arXiv:2502.16982, 2025：Muon 用于大语言模型
# * Kumar, Raghunathan, Jones, Ma, Liang, *Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution*, ICLR 2022, arXiv:2202.10054：先线性探测，再微调
# * PyTorch, [`torch.optim.SGD`](https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html)：不含学习率的动量
# * Dauphin, Pascanu, Gulcehre, Cho, Ganguli, Bengio, *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization*, NIPS 2014, arXiv:1406.2572：鞍点
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Polyak, *Some methods of speeding up the convergence of iteration methods*, USSR Computational Mathematics and Mathematical Physics 4(5):1–17, 1964: momentum
# * Nesterov, *A method of solving a convex programming problem with convergence rate O(1/k²)*, Soviet Mathematics Doklady 27(2):372–376, 1983: Nesterov momentum
# * Sutskever, Martens, Dahl, Hinton, *On the importance of initialization and momentum in deep learning*, ICML 2013, PMLR 28:1139–1147: momentum in deep networks
# * Duchi, Hazan, Singer, *Adaptive Subgradient Methods for Online Learning and Stochastic Optimization*, Journal of Machine Learning Research 12:2121–2159, 2011: AdaGrad
# * Tieleman, Hinton, *Lecture 6.5 – RMSProp: Divide the gradient by a running average of its recent magnitude*, COURSERA: Neural Networks for Machine Learning, 2012: RMSProp
# * Kingma, Ba, *Adam: A Method for Stochastic Optimization*, ICLR 2015, arXiv:1412.6980: Adam and bias correction
# * Loshchilov, Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019, arXiv:1711.05101: AdamW
# * Loshchilov, Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, ICLR 2017, arXiv:1608.03983: cosine annealing
# * Goyal et al., *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*, arXiv:1706.02677, 2017: warm-up
# * Kalra, Barkeshli, “Why Warmup the Learning Rate? Underlying Mechanisms and Improvements”, NeurIPS 2024, arXiv:2406.09405: why warm-up helps
# * Jordan et al., [*Muon: An optimizer for hidden layers in neural networks*](https://kellerjordan.github.io/posts/muon/), 2024: Muon
# * Liu, Su et al., *Muon is Scalable for LLM Training*, arXiv:2502.16982, 2025: Muon for large language models
# * Kumar, Raghunathan, Jones, Ma, Liang, *Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution*, ICLR 2022, arXiv:2202.10054: linear probing first, then fine-tuning
# * PyTorch, [`torch.optim.SGD`](https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html): momentum without the learning rate
# * Dauphin, Pascanu, Gulcehre, Cho, Ganguli, Bengio, *Identifying and attacking the saddle point problem in high-dimensional non-convex optimization*, NIPS 2014, arXiv:1406.2572: saddle points
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("03")
