"""Exercises and quizzes of lesson 03: optimizers."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.definitions import Exercise, Option, Quiz


def momentum_step(theta, v, g, alpha, beta):
    v = beta * v - alpha * g
    return theta + v, v


def printed_step(theta, v, g, alpha, beta):
    return theta - alpha * g + beta * (1 - alpha) * theta, v


def bias_corrected(average, beta, t):
    return average / (1 - beta**t)


def warmup_cosine(step, peak=0.1, warmup_steps=10, total_steps=100):
    if step < warmup_steps:
        return peak * step / warmup_steps
    done = (step - warmup_steps) / (total_steps - warmup_steps)
    return peak * 0.5 * (1 + np.cos(np.pi * done))


def no_warmup(step, peak=0.1, warmup_steps=10, total_steps=100):
    return peak * 0.5 * (1 + np.cos(np.pi * step / total_steps))


def shifted_cosine(step, peak=0.1, warmup_steps=10, total_steps=100):
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * 0.5 * (1 + np.cos(np.pi * step / total_steps))


def wrong_length(step, peak=0.1, warmup_steps=10, total_steps=100):
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * 0.5 * (1 + np.cos(np.pi * (step - warmup_steps) / total_steps))


def linear_decay(step, peak=0.1, warmup_steps=10, total_steps=100):
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * (total_steps - step) / (total_steps - warmup_steps)


def random_step(rng):
    theta, v, g = rng.normal(size=(3, 4))
    return theta, v, g, float(rng.uniform(0.01, 0.5)), float(rng.uniform(0.1, 0.99))


EXERCISES = [
    Exercise(
        id="03-1",
        title=("学习率的上限", "The upper limit of the learning rate"),
        judge=judges.values(
            0.25,
            mistakes=[
                (
                    0.125,
                    (
                        "$1/\\lambda$ 是最快的学习率，一步到位；上限是它的两倍。",
                        "$1/\\lambda$ is the fastest rate, it arrives in one step; the limit is twice that.",
                    ),
                ),
                (
                    16,
                    (
                        "上限是 $2/\\lambda$，不是 $2\\lambda$：越陡，学习率要越小。",
                        "The limit is $2/\\lambda$, not $2\\lambda$: the steeper, the smaller the rate.",
                    ),
                ),
                (2, ("那是 $\\lambda=1$ 时的上限。", "That is the limit for $\\lambda=1$.")),
            ],
        ),
        hints=[
            (
                "写出一步：$\\theta\\leftarrow(1-\\alpha\\lambda)\\theta$，这里 $\\lambda=8$。",
                "Write one step: $\\theta\\leftarrow(1-\\alpha\\lambda)\\theta$ with $\\lambda=8$.",
            ),
            ("要 $|1-8\\alpha|<1$。", "It needs $|1-8\\alpha|<1$."),
        ],
        reference=0.25,
        solution=(
            "$|1-8\\alpha|<1$ 等价于 $0<\\alpha<2/8=0.25$。",
            "$|1-8\\alpha|<1$ means $0<\\alpha<2/8=0.25$.",
        ),
        wrong=[(0.125, "twice that"), (16, "the steeper"), (2, "the limit for"), ("a", "number")],
    ),
    Exercise(
        id="03-2",
        title=("一步动量", "One step of momentum"),
        judge=judges.function(
            momentum_step,
            inputs=[(np.array([1.0]), np.array([0.5]), np.array([2.0]), 0.1, 0.9)],
            random=random_step,
            mistakes=[
                (
                    printed_step,
                    (
                        "这是文章 S1 的式子：它加的是位置的倍数，会发散。要加的是速度 $v$。",
                        "That is article S1's formula: it adds a multiple of the position and diverges. Add the velocity $v$.",
                    ),
                ),
                (
                    lambda theta, v, g, alpha, beta: (theta - alpha * g + beta * v, v),
                    (
                        "还要返回新的 $v$，否则惯性不会积累。",
                        "Return the new $v$ as well, or inertia does not build up.",
                    ),
                ),
                (
                    lambda theta, v, g, alpha, beta: (
                        theta + beta * v + alpha * g,
                        beta * v + alpha * g,
                    ),
                    (
                        "符号：要沿梯度的反方向，$v=\\beta v-\\alpha g$。",
                        "The sign: go against the gradient, $v=\\beta v-\\alpha g$.",
                    ),
                ),
                (
                    lambda theta, v, g, alpha, beta: (theta + v, beta * v - alpha * g),
                    (
                        "先更新 $v$，再用**新的** $v$ 移动。",
                        "Update $v$ first, then move by the **new** $v$.",
                    ),
                ),
                (
                    lambda theta, v, g, alpha, beta: (
                        theta + beta * (beta * v - alpha * g) - alpha * g,
                        beta * v - alpha * g,
                    ),
                    (
                        "这是 Nesterov 动量；这里要普通的动量。",
                        "That is Nesterov momentum; plain momentum is asked.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "两行：先得到新的 $v$，再用它移动 $\\theta$。",
                "Two lines: first the new $v$, then move $\\theta$ by it.",
            ),
            (
                "$v_{t+1}=\\beta v_t-\\alpha g$，$\\theta_{t+1}=\\theta_t+v_{t+1}$。",
                "$v_{t+1}=\\beta v_t-\\alpha g$ and $\\theta_{t+1}=\\theta_t+v_{t+1}$.",
            ),
        ],
        reference=momentum_step,
        solution=(
            "`v = beta * v - alpha * g`，然后 `return theta + v, v`。",
            "`v = beta * v - alpha * g`, then `return theta + v, v`.",
        ),
        wrong=[
            (printed_step, "article S1's formula"),
            (lambda theta, v, g, alpha, beta: (theta - alpha * g + beta * v, v), "build up"),
            (
                lambda theta, v, g, alpha, beta: (
                    theta + beta * v + alpha * g,
                    beta * v + alpha * g,
                ),
                "against the gradient",
            ),
            (lambda theta, v, g, alpha, beta: (theta + v, beta * v - alpha * g), "Update"),
        ],
    ),
    Exercise(
        id="03-3",
        title=("偏差修正", "Bias correction"),
        judge=judges.function(
            bias_corrected,
            inputs=[(0.1, 0.9, 1), (0.001, 0.999, 1)],
            random=lambda rng: (
                float(rng.normal()),
                float(rng.uniform(0.5, 0.999)),
                int(rng.integers(1, 50)),
            ),
            mistakes=[
                (
                    lambda average, beta, t: average / (1 - beta),
                    (
                        "只在 $t=1$ 时对；分母里是 $\\beta^t$。",
                        "That is right for $t=1$ only: the denominator has $\\beta^t$.",
                    ),
                ),
                (
                    lambda average, beta, t: average * (1 - beta**t),
                    (
                        "平均值偏小，要除以 $1-\\beta^t$，不是乘。",
                        "The average is too small: divide by $1-\\beta^t$, do not multiply.",
                    ),
                ),
                (
                    lambda average, beta, t: average / beta**t,
                    (
                        "除以 $1-\\beta^t$，不是 $\\beta^t$。",
                        "Divide by $1-\\beta^t$, not by $\\beta^t$.",
                    ),
                ),
                (
                    lambda average, beta, t: average,
                    (
                        "没有修正：$t=1$ 时它只有应有的 $1-\\beta$ 倍。",
                        "Not corrected: at $t=1$ it is only $1-\\beta$ times what it should be.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "恒定梯度 $g$ 时，$t$ 步以后 $m_t=(1-\\beta^t)g$。",
                "Under a constant gradient $g$, $m_t=(1-\\beta^t)g$ after $t$ steps.",
            ),
            ("除以 $1-\\beta^t$ 就得到 $g$。", "Divide by $1-\\beta^t$ and you get $g$."),
        ],
        reference=bias_corrected,
        solution=("`return average / (1 - beta**t)`", "`return average / (1 - beta**t)`"),
        wrong=[
            (lambda average, beta, t: average / (1 - beta), "only"),
            (lambda average, beta, t: average * (1 - beta**t), "do not multiply"),
            (lambda average, beta, t: average / beta**t, "not by"),
            (lambda average, beta, t: average, "Not corrected"),
        ],
    ),
    Exercise(
        id="03-4",
        title=("预热加余弦", "Warm-up and cosine"),
        judge=judges.function(
            warmup_cosine,
            inputs=[(0,), (5,), (10,), (55,), (100,)],
            random=lambda rng: (
                int(rng.integers(0, 60)),
                float(rng.uniform(0.01, 1)),
                int(rng.integers(5, 20)),
                int(rng.integers(60, 200)),
            ),
            rtol=1e-6,
            mistakes=[
                (
                    no_warmup,
                    (
                        "缺少预热：第 0 步应当是 0，第 10 步到峰值。",
                        "Warm-up is missing: step 0 should give 0, and step 10 the peak.",
                    ),
                ),
                (
                    shifted_cosine,
                    (
                        "余弦要从预热结束时开始：用 `step - warmup_steps`。",
                        "The cosine starts where warm-up ends: use `step - warmup_steps`.",
                    ),
                ),
                (
                    wrong_length,
                    (
                        "余弦走完的是 `total_steps - warmup_steps` 步，不是 `total_steps` 步。",
                        "The cosine takes `total_steps - warmup_steps` steps, not `total_steps`.",
                    ),
                ),
                (
                    linear_decay,
                    (
                        "预热对了，但后半段是直线，不是余弦。",
                        "Warm-up is right, but the rest is a straight line, not a cosine.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "分两段：`step < warmup_steps` 时是直线。",
                "Two parts: a straight line while `step < warmup_steps`.",
            ),
            (
                "后半段先算走完的比例 `done = (step - warmup_steps) / (total_steps - warmup_steps)`。",
                "For the rest, first the fraction done: `done = (step - warmup_steps) / (total_steps - warmup_steps)`.",
            ),
            (
                "`peak * 0.5 * (1 + np.cos(np.pi * done))`。",
                "`peak * 0.5 * (1 + np.cos(np.pi * done))`.",
            ),
        ],
        reference=warmup_cosine,
        solution=(
            "`if step < warmup_steps: return peak * step / warmup_steps`；否则 `done = (step - warmup_steps) / (total_steps - warmup_steps)`，`return peak * 0.5 * (1 + np.cos(np.pi * done))`。",
            "`if step < warmup_steps: return peak * step / warmup_steps`; otherwise `done = (step - warmup_steps) / (total_steps - warmup_steps)` and `return peak * 0.5 * (1 + np.cos(np.pi * done))`.",
        ),
        wrong=[
            (no_warmup, "Warm-up is missing"),
            (shifted_cosine, "where warm-up ends"),
            (linear_decay, "straight line"),
        ],
    ),
]

QUIZZES = [
    Quiz(
        id="03-q1",
        question=(
            "梯度下降在一个方向很陡、另一个方向很平的峡谷里很慢，为什么？",
            "Why is gradient descent slow in a ravine that is steep one way and flat the other?",
        ),
        options=[
            Option(
                (
                    "平的方向梯度太小，应当只放大学习率",
                    "The gradient is small in the flat direction: just raise the learning rate",
                ),
                (
                    "放大以后陡的方向会发散：上限是 $2/\\lambda$，由最陡的方向决定。",
                    "Then the steep direction diverges: the limit $2/\\lambda$ is set by the steepest direction.",
                ),
            ),
            Option(
                (
                    "最陡的方向限制了学习率，平的方向只好慢慢走",
                    "The steepest direction limits the learning rate, the flat one has to crawl",
                ),
                (
                    "对。动量和 Adam 用不同的办法绕开它。",
                    "Yes. Momentum and Adam get round it in different ways.",
                ),
                right=True,
            ),
            Option(
                ("因为用的是小批次", "Because minibatches are used"),
                (
                    "本课的峡谷用的是精确的梯度，一样慢。",
                    "The ravine of this lesson used exact gradients and was just as slow.",
                ),
            ),
        ],
    ),
    Quiz(
        id="03-q2",
        question=(
            "动量公式里多出来的一项是什么？",
            "What is the extra term in the momentum formula?",
        ),
        options=[
            Option(
                ("$\\beta(1-\\alpha)\\theta_{t-1}$", "$\\beta(1-\\alpha)\\theta_{t-1}$"),
                (
                    "这是文章 S1 印的：即使梯度为 0，$\\theta$ 也会自己变大。",
                    "That is what article S1 prints: even with a zero gradient, $\\theta$ grows by itself.",
                ),
            ),
            Option(
                ("$\\beta(\\theta_t-\\theta_{t-1})$", "$\\beta(\\theta_t-\\theta_{t-1})$"),
                ("对：上一步的倍数。", "Yes: a multiple of the previous step."),
                right=True,
            ),
            Option(
                ("$\\beta\\nabla J(\\theta_{t-1})$", "$\\beta\\nabla J(\\theta_{t-1})$"),
                (
                    "只记得上一个梯度；动量记得所有以前的梯度。",
                    "That remembers one gradient; momentum remembers all earlier ones.",
                ),
            ),
        ],
    ),
    Quiz(
        id="03-q3",
        question=(
            "Adam 没有偏差修正时，前几步会怎样？",
            "Without bias correction, what are Adam's first steps like?",
        ),
        options=[
            Option(
                ("太短，因为 $m$ 从 0 开始", "Too short, because $m$ starts at 0"),
                (
                    "$m$ 确实偏小，但分母里的 $\\sqrt v$ 偏小得更多。",
                    "$m$ is too small indeed, but the $\\sqrt v$ in the denominator is too small by more.",
                ),
            ),
            Option(
                ("太长，最多是 6.57 倍", "Too long, up to 6.57 times"),
                (
                    "对：$v$ 的 $\\beta_2$ 更接近 1，偏小得更厉害。",
                    "Yes: $\\beta_2$ of $v$ is closer to 1, so it is too small by more.",
                ),
                right=True,
            ),
            Option(
                (
                    "没有区别，$m$ 和 $v$ 的偏差抵消了",
                    "No different, the biases of $m$ and $v$ cancel",
                ),
                (
                    "只有 $1-\\beta_1^t=\\sqrt{1-\\beta_2^t}$ 时才抵消；第一步是 0.1 对 0.0316。",
                    "They cancel only if $1-\\beta_1^t=\\sqrt{1-\\beta_2^t}$; at the first step it is 0.1 against 0.0316.",
                ),
            ),
        ],
    ),
    Quiz(
        id="03-q4",
        question=(
            "你在预训练的骨干网络上加了一个随机初始化的头。学习率怎么设？",
            "You put a randomly initialized head on a pretrained backbone. How do you set the learning rates?",
        ),
        options=[
            Option(
                ("都用大的，快一点", "Large for both, it is faster"),
                (
                    "随机的头会把骨干网络拖走：本课里骨干网络移动了自身长度的两成以上。",
                    "The random head carries the backbone away: in this lesson it moved by more than two tenths of its length.",
                ),
            ),
            Option(
                ("都用小的，安全一点", "Small for both, it is safer"),
                (
                    "本课里走 100 步，头还没学完，准确率更低。",
                    "In this lesson the head was not done after 100 steps, and the accuracy was lower.",
                ),
            ),
            Option(
                (
                    "头用大的，骨干网络用小的或先冻结",
                    "Large for the head; small for the backbone, or freeze it first",
                ),
                (
                    "对。一个调好的中间值准确率也差不多，但骨干网络会移动得更多。",
                    "Yes. One well-chosen rate in between is about as accurate, but moves the backbone more.",
                ),
                right=True,
            ),
        ],
    ),
]
