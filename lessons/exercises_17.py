"""Exercises and quizzes of lesson 17: PyTorch counterpart, error museum, FAQ, bibliography."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number, YesNo
from course_utils.learning.definitions import (
    Exercise,
    Matching,
    Option,
    Ordering,
    Pair,
    Prediction,
    Quiz,
    Step,
)

# --- 17-1: a dense layer after flattening, from Keras to PyTorch ---


def torch_dense(kernel, shape):
    height, width, channels = shape
    return (
        kernel.reshape(height, width, channels, -1).transpose(3, 2, 0, 1).reshape(-1, len(kernel))
    )


def dense_transposed_only(kernel, shape):
    return kernel.T


def dense_not_transposed(kernel, shape):
    return torch_dense(kernel, shape).T


def dense_columns_first(kernel, shape):
    """Rows and columns of the picture are exchanged."""
    cells = kernel.reshape(*shape, -1)
    return cells.transpose(3, 2, 1, 0).reshape(-1, len(kernel))


def dense_backwards(kernel, shape):
    """From PyTorch's order to Keras's."""
    height, width, channels = shape
    return (
        kernel.reshape(channels, height, width, -1).transpose(3, 1, 2, 0).reshape(-1, len(kernel))
    )


def dense_reshaped(kernel, shape):
    """reshape instead of transpose: numbers stay where they are in memory."""
    return kernel.reshape(-1, len(kernel))


def dense_four_axes(kernel, shape):
    return kernel.reshape(*shape, -1).transpose(3, 2, 0, 1)


def dense_channels_between(kernel, shape):
    return kernel.reshape(*shape, -1).transpose(3, 0, 2, 1).reshape(-1, len(kernel))


def dense_fortran(kernel, shape):
    return torch_dense(kernel, shape).reshape(-1, len(kernel), order="F").copy(order="C")[:, ::-1]


def random_kernel(rng):
    shape = tuple(int(n) for n in rng.permutation([2, 3, 4]))
    return rng.normal(size=(24, int(rng.integers(2, 5)))), shape


KERNEL = random_kernel(np.random.default_rng(1))

# --- 17-2: one step of PyTorch's SGD ---


def torch_sgd(theta, v, g, eta, beta):
    v = beta * v + g
    return theta - eta * v, v


def sgd_of_keras(theta, v, g, eta, beta):
    v = beta * v - eta * g
    return theta + v, v


def sgd_old_velocity(theta, v, g, eta, beta):
    return theta - eta * v, beta * v + g


def sgd_damped(theta, v, g, eta, beta):
    v = beta * v + (1 - beta) * g
    return theta - eta * v, v


def sgd_nesterov(theta, v, g, eta, beta):
    v = beta * v + g
    return theta - eta * (g + beta * v), v


def sgd_uphill(theta, v, g, eta, beta):
    v = beta * v + g
    return theta + eta * v, v


def sgd_without_momentum(theta, v, g, eta, beta):
    return theta - eta * g, beta * v + g


def sgd_rate_twice(theta, v, g, eta, beta):
    v = beta * v + eta * g
    return theta - eta * v, v


def sgd_swapped(theta, v, g, eta, beta):
    return torch_sgd(theta, v, g, eta, beta)[::-1]


def random_step(rng):
    theta, v, g = rng.normal(size=(3, 4))
    return theta, v, g, float(rng.uniform(0.01, 0.2)), float(rng.uniform(0.5, 0.95))


STEP = random_step(np.random.default_rng(2))

# --- 17-3: BatchNorm's moving statistics ---


def running_after(mean, var, batch, momentum):
    new_mean = (1 - momentum) * mean + momentum * batch.mean(axis=0)
    return new_mean, (1 - momentum) * var + momentum * batch.var(axis=0, ddof=1)


def running_of_keras(mean, var, batch, momentum):
    new_mean = momentum * mean + (1 - momentum) * batch.mean(axis=0)
    return new_mean, momentum * var + (1 - momentum) * batch.var(axis=0)


def running_keras_momentum(mean, var, batch, momentum):
    return running_after(mean, var, batch, 1 - momentum)


def running_biased(mean, var, batch, momentum):
    new_mean = running_after(mean, var, batch, momentum)[0]
    return new_mean, (1 - momentum) * var + momentum * batch.var(axis=0)


def running_deviation(mean, var, batch, momentum):
    new_mean = running_after(mean, var, batch, momentum)[0]
    return new_mean, (1 - momentum) * var + momentum * batch.std(axis=0, ddof=1)


def running_replaced(mean, var, batch, momentum):
    return batch.mean(axis=0), batch.var(axis=0, ddof=1)


def running_added(mean, var, batch, momentum):
    """The old part keeps its whole weight."""
    return mean + momentum * batch.mean(axis=0), var + momentum * batch.var(axis=0, ddof=1)


def running_one_number(mean, var, batch, momentum):
    """One mean of all features."""
    new_mean = (1 - momentum) * mean + momentum * batch.mean()
    return new_mean, (1 - momentum) * var + momentum * batch.var(ddof=1)


def running_around_old(mean, var, batch, momentum):
    """The variance around the running mean instead of the batch's own."""
    new_mean = running_after(mean, var, batch, momentum)[0]
    spread = ((batch - mean) ** 2).sum(axis=0) / (len(batch) - 1)
    return new_mean, (1 - momentum) * var + momentum * spread


def running_swapped(mean, var, batch, momentum):
    return running_after(mean, var, batch, momentum)[::-1]


def random_batch(rng):
    mean, var = rng.normal(size=3), rng.uniform(0.5, 2, 3)
    batch = rng.normal(1, 2, size=(int(rng.integers(4, 9)), 3))
    return mean, var, batch, float(rng.uniform(0.05, 0.3))  # so that a fixed 0.1 is found out


BATCH = (*random_batch(np.random.default_rng(3))[:3], 0.1)  # PyTorch's default

EXERCISES = [
    Exercise(
        id="17-1",
        title=("展平以后的全连接层", "A dense layer after flattening"),
        judge=judges.function(
            torch_dense,
            inputs=[KERNEL],
            random=random_kernel,
            mistakes=[
                (
                    dense_transposed_only,
                    (
                        "转置对了，行的次序还是 Keras 的：先 `reshape(h, w, c, -1)`，再把通道移到前面。",
                        "The transpose is right, but the numbers are still in Keras's order: first `reshape(h, w, c, -1)`, then move channels to the front.",
                    ),
                ),
                (
                    dense_not_transposed,
                    (
                        "次序对了，但 PyTorch 的权重是（出，入）：还要转置。",
                        "The order is right, but PyTorch's weight is (out, in): transpose it.",
                    ),
                ),
                (
                    dense_columns_first,
                    (
                        "高和宽换了位置：PyTorch 是通道、行、列。",
                        "Height and width are exchanged: PyTorch has channel, row, column.",
                    ),
                ),
                (
                    dense_backwards,
                    (
                        "方向反了：给你的是 Keras 的次序（高，宽，通道），`reshape` 要照它拆。",
                        "The other way round: what you get is in Keras's order (height, width, channels), so `reshape` by that.",
                    ),
                ),
                (
                    dense_reshaped,
                    (
                        "`reshape` 不移动数，只换形状；换次序要 `transpose`。",
                        "`reshape` moves no number, it only changes the shape; a new order takes `transpose`.",
                    ),
                ),
                (
                    dense_four_axes,
                    (
                        "次序对了，还有四个轴：最后展平成（出，通道·高·宽）。",
                        "The order is right, but there are four axes: flatten to (out, channels·height·width).",
                    ),
                ),
                (
                    dense_channels_between,
                    (
                        "通道在高和宽之间了：它要在两个前面。",
                        "Channels are between height and width: they come before both.",
                    ),
                ),
                (
                    dense_fortran,
                    (
                        "数被倒过来了：轴换次序就够，不用 `[::-1]` 或 `order`。",
                        "The numbers are turned round: exchanging axes is enough, without `[::-1]` or `order`.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先拆开：`kernel.reshape(h, w, c, -1)` 是 Keras 的次序。",
                "Unfold it first: `kernel.reshape(h, w, c, -1)` is Keras's order.",
            ),
            (
                "再用 `transpose(3, 2, 0, 1)` 变成（出，通道，高，宽），和卷积核一样，最后展平后三个轴。",
                "Then `transpose(3, 2, 0, 1)` makes it (out, channels, height, width), like a convolution; flatten the last three axes.",
            ),
        ],
        reference=torch_dense,
        solution=(
            "```python\nheight, width, channels = shape\ncells = kernel.reshape(height, width, channels, -1)\nreturn cells.transpose(3, 2, 0, 1).reshape(-1, len(kernel))\n```",
            "```python\nheight, width, channels = shape\ncells = kernel.reshape(height, width, channels, -1)\nreturn cells.transpose(3, 2, 0, 1).reshape(-1, len(kernel))\n```",
        ),
        why=(
            "全连接层是一个盖住整张图的卷积：拆开以后，转置和卷积核的一模一样。先做全局平均池化，就只剩转置。",
            "A dense layer is a convolution that covers the whole map: unfolded, its transpose is that of a kernel. After global average pooling only the transpose is left.",
        ),
        wrong=[
            (dense_transposed_only, "still in Keras"),
            (dense_not_transposed, "transpose it"),
            (dense_columns_first, "exchanged"),
            (dense_backwards, "other way round"),
            (dense_reshaped, "moves no number"),
            (dense_four_axes, "four axes"),
            (dense_channels_between, "before both"),
            (dense_fortran, "turned round"),
        ],
    ),
    Exercise(
        id="17-2",
        title=("PyTorch 的一步动量", "A step of momentum in PyTorch"),
        judge=judges.function(
            torch_sgd,
            inputs=[STEP],
            random=random_step,
            returns=("theta", "v"),
            mistakes=[
                (
                    sgd_of_keras,
                    (
                        "这是 Keras 的写法：学习率在速度里。PyTorch 的速度里没有学习率。",
                        "This is Keras's way, with the rate inside the velocity. PyTorch's velocity has no rate in it.",
                    ),
                ),
                (
                    sgd_old_velocity,
                    (
                        "走的这一步用了旧的 $v$：先更新 $v$，再用新的走。",
                        "The step uses the old $v$: update $v$ first, then step with the new one.",
                    ),
                ),
                (
                    sgd_damped,
                    (
                        "梯度前面没有 $1-\\beta$：那是 Adam 的一阶矩。",
                        "There is no $1-\\beta$ before the gradient: that is Adam's first moment.",
                    ),
                ),
                (
                    sgd_nesterov,
                    (
                        "这是 Nesterov 的一步；这里要普通的动量。",
                        "This is Nesterov's step; plain momentum was asked for.",
                    ),
                ),
                (
                    sgd_uphill,
                    (
                        "方向反了：PyTorch 的速度沿梯度，所以要减。",
                        "Uphill: PyTorch's velocity points along the gradient, so subtract it.",
                    ),
                ),
                (
                    sgd_without_momentum,
                    (
                        "速度算了，却没有用：这一步只用了梯度。",
                        "The velocity is computed and not used: the step has the gradient only.",
                    ),
                ),
                (
                    sgd_rate_twice,
                    (
                        "学习率用了两次：里面一次，外面一次。PyTorch 只在外面。",
                        "The rate is there twice, inside and outside. PyTorch has it outside only.",
                    ),
                ),
                (
                    sgd_swapped,
                    (
                        "两个数组的次序反了：先 $\\theta$，后 $v$。",
                        "The two arrays are in the other order: first $\\theta$, then $v$.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先算新的速度：旧的乘 $\\beta$，加上梯度。",
                "First the new velocity: the old one times $\\beta$, plus the gradient.",
            ),
            (
                "再走一步：$\\theta$ 减去 $\\eta$ 乘**新的** $v$。两个都要返回。",
                "Then the step: $\\theta$ minus $\\eta$ times the **new** $v$. Return both.",
            ),
        ],
        reference=torch_sgd,
        solution=(
            "```python\nv = beta * v + g\nreturn theta - eta * v, v\n```",
            "```python\nv = beta * v + g\nreturn theta - eta * v, v\n```",
        ),
        why=(
            "学习率减半时，PyTorch 的下一步马上减半；Keras 的速度里还带着旧的学习率，要过几步才慢下来。",
            "When the rate is halved, PyTorch's next step is half as long at once; Keras's velocity still carries the old rate and takes some steps to slow down.",
        ),
        wrong=[
            (sgd_of_keras, "no rate in it"),
            (sgd_old_velocity, "old $v$"),
            (sgd_damped, "first moment"),
            (sgd_nesterov, "Nesterov"),
            (sgd_uphill, "Uphill"),
            (sgd_without_momentum, "gradient only"),
            (sgd_rate_twice, "twice"),
            (sgd_swapped, "other order"),
        ],
    ),
    Exercise(
        id="17-3",
        title=("PyTorch 的滑动平均", "Moving statistics in PyTorch"),
        judge=judges.function(
            running_after,
            inputs=[BATCH],
            random=random_batch,
            returns=("mean", "var"),
            mistakes=[
                (
                    running_of_keras,
                    (
                        "这是 Keras 的约定，两处都不同：PyTorch 的动量是新的那一份的权重，方差用 $n-1$。",
                        "This is Keras's convention, which differs twice: PyTorch's momentum is the weight of the new part, and its variance has $n-1$.",
                    ),
                ),
                (
                    running_keras_momentum,
                    (
                        "动量反了：PyTorch 的动量是**新**批次的权重；默认 0.1，旧的占 0.9。",
                        "The momentum is the wrong way round: PyTorch's is the weight of the **new** batch; by default 0.1, and 0.9 stays with the old.",
                    ),
                ),
                (
                    running_biased,
                    (
                        "平均对了。方差要除以 $n-1$：`var(axis=0, ddof=1)`。",
                        "The mean is right. Divide the variance by $n-1$: `var(axis=0, ddof=1)`.",
                    ),
                ),
                (
                    running_deviation,
                    (
                        "这是标准差；BatchNorm 存的是方差。",
                        "This is the standard deviation; BatchNorm stores the variance.",
                    ),
                ),
                (
                    running_replaced,
                    (
                        "旧的全丢了：这是批次自己的统计量。新的只占 `momentum` 那一份。",
                        "The old part is gone: these are the batch's own statistics. The new part has the weight `momentum`.",
                    ),
                ),
                (
                    running_added,
                    (
                        "旧的要先乘 $1-$ 动量，否则越加越大。",
                        "Multiply the old part by $1-$ momentum first, or it grows and grows.",
                    ),
                ),
                (
                    running_one_number,
                    (
                        "每个特征有自己的平均：沿 `axis=0`。",
                        "Each feature has a mean of its own: take `axis=0`.",
                    ),
                ),
                (
                    running_around_old,
                    (
                        "方差要围绕批次自己的平均算，不是围绕滑动平均。",
                        "Take the variance around the batch's own mean, not around the running one.",
                    ),
                ),
                (
                    running_swapped,
                    (
                        "次序反了：先平均，后方差。",
                        "In the other order: first the mean, then the variance.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "动量 0.1 时，新 = 0.9 × 旧 + 0.1 × 批次的，平均和方差都这样，沿 `axis=0`；用参数 `momentum` 写。",
                "With a momentum of 0.1, new = 0.9 × old + 0.1 × the batch's, for mean and variance alike, along `axis=0`; write it with `momentum`.",
            ),
            (
                "批次的方差用 `batch.var(axis=0, ddof=1)`，它除以 $n-1$。",
                "For the batch's variance use `batch.var(axis=0, ddof=1)`, which divides by $n-1$.",
            ),
        ],
        reference=running_after,
        solution=(
            "```python\nnew_mean = (1 - momentum) * mean + momentum * batch.mean(axis=0)\nnew_var = (1 - momentum) * var + momentum * batch.var(axis=0, ddof=1)\nreturn new_mean, new_var\n```",
            "```python\nnew_mean = (1 - momentum) * mean + momentum * batch.mean(axis=0)\nnew_var = (1 - momentum) * var + momentum * batch.var(axis=0, ddof=1)\nreturn new_mean, new_var\n```",
        ),
        why=(
            "Keras 默认的 0.99 就是 PyTorch 的 0.01；照抄数字，两个方向都太快：PyTorch 里写 0.99，新批次的权重成了 99 倍；Keras 里写 0.1，成了 9 倍。归一化批次本身时，两边都用 $\\frac1n$。",
            "Keras's default of 0.99 is PyTorch's 0.01; copy the number as it is, and the new batch weighs too much either way: 99 times with 0.99 in PyTorch, 9 times with 0.1 in Keras. For normalizing the batch itself both use $\\frac1n$.",
        ),
        wrong=[
            (running_of_keras, "differs twice"),
            (running_keras_momentum, "wrong way round"),
            (running_biased, "The mean is right"),
            (running_deviation, "standard deviation"),
            (running_replaced, "old part is gone"),
            (running_added, "grows and grows"),
            (running_one_number, "mean of its own"),
            (running_around_old, "own mean"),
            (running_swapped, "other order"),
        ],
    ),
]

PREDICTIONS = [
    Prediction(
        "17-p1",
        ("31 条文献里，几条不存在？", "Of 31 references, how many do not exist?"),
        Number(0, 31, ("条", "missing"), close=3),
    ),
    Prediction(
        "17-p2",
        ("忘了 eval()，100 张少对几张？", "No eval(): how many fewer of 100 are right?"),
        Number(0, 50, ("张", "fewer"), close=2),
    ),
    Prediction(
        "17-p3",
        ("滑动平均保持不变吗？", "Does the running mean stay?"),
        YesNo(),
    ),
]

QUIZZES = [
    Matching(
        id="17-q1",
        question=("四句可疑的话，各怎样查？", "Four doubtful sentences: how to check each?"),
        pairs=[
            Pair(
                item=(
                    "“最后一层改成 `nn.Linear(512, 2)`”",
                    "“make the last layer `nn.Linear(512, 2)`”",
                ),
                match=("送一个批次进去", "put one batch in"),
                why=(
                    "代码自己会说：形状不对就报错。",
                    "Code speaks for itself: a wrong shape is an error.",
                ),
                elsewhere=("一个批次只能查能跑的代码。", "A batch only checks code that runs."),
            ),
            Pair(
                item=(
                    "“迁移让标签少的任务更准”",
                    "“transfer makes tasks with few labels more accurate”",
                ),
                match=(
                    "成对训练，用与不用源，看区间",
                    "train in pairs, with and without the source, and look at the interval",
                ),
                why=(
                    "这是关于数据的话，只能量，而且要有对照和区间。",
                    "This is about data: it has to be measured, with a baseline and an interval.",
                ),
                elsewhere=(
                    "成对训练是给“更准”这种话的。",
                    "Training in pairs is for claims such as “more accurate”.",
                ),
            ),
            Pair(
                item=("“2009 年才有这个名字”", "“the name dates from 2009”"),
                match=("找更早的文献", "look for an earlier source"),
                why=("一个更早的例子就够推翻它。", "A single earlier example refutes it."),
                elsewhere=(
                    "更早的文献只对年份和名字有用。",
                    "Earlier sources are for years and names.",
                ),
            ),
            Pair(
                item=(
                    "“Adam 的更新是 $\\eta\\,m/\\sqrt v$”",
                    "“Adam's update is $\\eta\\,m/\\sqrt v$”",
                ),
                match=(
                    "梯度取 1，用手算第 1 步",
                    "set the gradient to 1 and work out step 1 by hand",
                ),
                why=(
                    "步长该是 $\\eta$，算出来是它的 3.162 倍：少了偏差修正。",
                    "The step should be $\\eta$ and comes out 3.162 times as long: the bias is not corrected.",
                ),
                elsewhere=("手算一步是给公式的。", "Working out a step is for formulas."),
            ),
        ],
    ),
    Ordering(
        id="17-q2",
        question=(
            "PyTorch 里训练一步，再测试：先后怎样？",
            "One step of training in PyTorch, then a test: in which order?",
        ),
        steps=[
            Step(("`model.train()`", "`model.train()`")),
            Step(
                ("取一个批次，算 logit 和损失", "take a batch, compute logits and loss"),
                ("还没有进训练模式。", "It is not in training mode yet."),
            ),
            Step(
                (
                    "`optimizer.zero_grad()`，`loss.backward()`",
                    "`optimizer.zero_grad()`, `loss.backward()`",
                ),
                ("还没有损失可以求导。", "There is no loss to differentiate yet."),
            ),
            Step(
                ("`optimizer.step()`", "`optimizer.step()`"),
                ("还没有新的梯度。", "There are no new gradients yet."),
            ),
            Step(
                ("`model.eval()`", "`model.eval()`"),
                ("这一步训练还没有走完。", "This step of training is not finished."),
            ),
            Step(
                (
                    "在 `torch.no_grad()` 里数对了几张",
                    "count the right ones inside `torch.no_grad()`",
                ),
                (
                    "模式还没有换：Dropout 还在工作。",
                    "The mode has not changed: Dropout is still at work.",
                ),
            ),
        ],
        why=(
            "S5 的清单少了头一步和第五步：它一直在训练模式里，默认就是。",
            "S5's listing lacks the first and the fifth: it stays in training mode, which is the default.",
        ),
    ),
    Quiz(
        id="17-q3",
        question=(
            "一个 PyTorch 的 ResNet，你对全部参数写了 `requires_grad_(False)`，换上新的头，每轮开头 `model.train()`。什么还在变？",
            "A PyTorch ResNet: you set `requires_grad_(False)` on all parameters, put on a new head, and call `model.train()` at each epoch. What still changes?",
        ),
        options=[
            Option(
                (
                    "头，和骨干里 BatchNorm 的滑动平均",
                    "the head, and BatchNorm's running means in the backbone",
                ),
                (
                    "滑动平均不是梯度算的，只有 `eval()` 停得住它。",
                    "Running means do not come from gradients; only `eval()` stops them.",
                ),
                right=True,
            ),
            Option(
                ("只有头", "only the head"),
                (
                    "在 Keras 的 `trainable=False` 下是这样；这里还有滑动平均。",
                    "So it would be with Keras's `trainable=False`; here the running means move, too.",
                ),
            ),
            Option(
                ("骨干的卷积核", "the kernels of the backbone"),
                (
                    "没有梯度，优化器动不了它们。",
                    "They have no gradient, so the optimizer cannot move them.",
                ),
            ),
            Option(
                ("BatchNorm 的缩放和平移", "BatchNorm's scale and shift"),
                (
                    "它们也是参数，`requires_grad_(False)` 管住了。",
                    "These are parameters as well, and `requires_grad_(False)` holds them.",
                ),
            ),
        ],
    ),
    Quiz(
        id="17-q4",
        question=(
            '`model.compile("sgd", "mse", ["accuracy"])` 在 Keras 3 里为什么出错？',
            'Why does `model.compile("sgd", "mse", ["accuracy"])` fail in Keras 3?',
        ),
        options=[
            Option(
                ("第三个位置是 `loss_weights`", "the third place is `loss_weights`"),
                (
                    "按位置给的名单成了损失的权重。写 `metrics=[…]`。",
                    "The list given by place becomes weights of the losses. Write `metrics=[…]`.",
                ),
                right=True,
            ),
            Option(
                ("Keras 3 没有准确率了", "Keras 3 has no accuracy any more"),
                ('有；写成 `metrics=["accuracy"]` 就行。', 'It has; `metrics=["accuracy"]` works.'),
            ),
            Option(
                ('`"sgd"` 要写成对象', '`"sgd"` has to be an object'),
                ("字符串仍然可以，展品里就是。", "Strings still do, as in the exhibit."),
            ),
            Option(
                ("均方误差不能配准确率", "mean squared error cannot go with accuracy"),
                (
                    "可以配，只是没有多大意思；错不在这里。",
                    "It can, though it means little; that is not the error.",
                ),
            ),
        ],
    ),
    Quiz(
        id="17-q5",
        question=(
            "一条文献有作者、题目、会议、页码，还有 arXiv 编号。先做什么？",
            "A reference has authors, title, conference, pages and an arXiv number. What do you do first?",
        ),
        options=[
            Option(
                ("打开那个编号，看题目对不对", "open that number and see whether the title agrees"),
                (
                    "S5 的第 6 条就露馅了：那个编号是一篇讲导航的论文。",
                    "That unmasks S5's entry 6: its number belongs to a paper on navigation.",
                ),
                right=True,
            ),
            Option(
                ("样样齐全，可以引用", "nothing is lacking, so cite it"),
                (
                    "编出来的也样样齐全：31 条里 12 条不存在。",
                    "Invented ones lack nothing either: of 31, 12 do not exist.",
                ),
            ),
            Option(
                ("看别的文章有没有引用它", "see whether other articles cite it"),
                (
                    "抄来抄去的书目会互相作证；要找论文本身。",
                    "Lists copied from one another bear each other out; find the paper itself.",
                ),
            ),
            Option(
                ("看作者有没有名气", "see whether the authors are famous"),
                (
                    "第 17 条的姓个个有名，论文却没有这一篇。",
                    "The surnames in entry 17 are all famous, and there is no such paper.",
                ),
            ),
        ],
    ),
]
