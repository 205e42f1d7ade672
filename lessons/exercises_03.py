"""Exercises and quizzes of lesson 03: optimizers."""

import math

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number
from course_utils.learning.definitions import Exercise, Option, Prediction, Quiz

# --- 03-2: momentum whose memory does not contain the learning rate ---


def momentum_step(theta, u, g, eta, beta):
    u = beta * u + g
    return theta - eta * u, u


def copied_step(theta, u, g, eta, beta):
    u = beta * u - eta * g
    return theta + u, u


def half_copied_step(theta, u, g, eta, beta):
    u = beta * u + eta * g
    return theta - u, u


def rate_twice(theta, u, g, eta, beta):
    u = beta * u + eta * g
    return theta - eta * u, u


def averaged_step(theta, u, g, eta, beta):
    u = beta * u + (1 - beta) * g
    return theta - eta * u, u


def old_memory(theta, u, g, eta, beta):
    return theta - eta * u, beta * u + g


def forgotten_memory(theta, u, g, eta, beta):
    return theta - eta * (beta * u + g), u


def uphill(theta, u, g, eta, beta):
    u = beta * u + g
    return theta + eta * u, u


def sign_not_removed(theta, u, g, eta, beta):
    u = beta * u - g
    return theta - eta * u, u


def look_ahead(theta, u, g, eta, beta):
    u = beta * u + g
    return theta - eta * (beta * u + g), u


def swapped_results(theta, u, g, eta, beta):
    theta, u = momentum_step(theta, u, g, eta, beta)
    return u, theta


def random_step(rng):
    theta, u, g = rng.normal(size=(3, 4))
    return theta, u, g, float(rng.uniform(0.01, 0.5)), float(rng.uniform(0.1, 0.99))


# --- 03-3: how long the bias lasts ---


def steps_until(beta, share):
    return math.ceil(math.log(1 - share) / math.log(beta))


# --- 03-4: a trapezoid ---


def trapezoid(step, peak=0.1, warmup_steps=10, decay_steps=30, total_steps=100):
    return peak * min(1, step / warmup_steps, (total_steps - step) / decay_steps)


def no_warmup(step, peak=0.1, warmup_steps=10, decay_steps=30, total_steps=100):
    return peak * min(1, (total_steps - step) / decay_steps)


def no_plateau(step, peak=0.1, warmup_steps=10, decay_steps=30, total_steps=100):
    return peak * min(step / warmup_steps, (total_steps - step) / (total_steps - warmup_steps))


def early_decay(step, peak=0.1, warmup_steps=10, decay_steps=30, total_steps=100):
    if step < decay_steps:
        return peak * min(1, step / warmup_steps)
    return peak * (total_steps - step) / (total_steps - decay_steps)


def no_decay(step, peak=0.1, warmup_steps=10, decay_steps=30, total_steps=100):
    return peak * min(1, step / warmup_steps)


def cosine_decay(step, peak=0.1, warmup_steps=10, decay_steps=30, total_steps=100):
    left = min(1, (total_steps - step) / decay_steps)
    return peak * min(step / warmup_steps, 0.5 * (1 - math.cos(math.pi * left)))


def last_index(step, peak=0.1, warmup_steps=10, decay_steps=30, total_steps=100):
    return peak * min(1, step / warmup_steps, (total_steps - 1 - step) / decay_steps)


def without_peak(step, peak=0.1, warmup_steps=10, decay_steps=30, total_steps=100):
    return trapezoid(step, 1, warmup_steps, decay_steps, total_steps)


def counted_from_one(step, peak=0.1, warmup_steps=10, decay_steps=30, total_steps=100):
    return peak * min(1, (step + 1) / warmup_steps, (total_steps - step) / decay_steps)


def rises_at_the_end(step, peak=0.1, warmup_steps=10, decay_steps=30, total_steps=100):
    done = step - (total_steps - decay_steps)
    return peak * (done / decay_steps if done > 0 else min(1, step / warmup_steps))


def product(step, peak=0.1, warmup_steps=10, decay_steps=30, total_steps=100):
    return peak * (step / warmup_steps) * (total_steps - step) / decay_steps


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
                        "$1/\\kappa$ 是最快的学习率，一步到位；上限是它的两倍。",
                        "$1/\\kappa$ is the fastest rate, it arrives in one step; the limit is twice that.",
                    ),
                ),
                (
                    16,
                    (
                        "上限是 $2/\\kappa$，不是 $2\\kappa$：越陡，学习率要越小。",
                        "The limit is $2/\\kappa$, not $2\\kappa$: the steeper, the smaller the rate.",
                    ),
                ),
                (2, ("那是 $\\kappa=1$ 时的上限。", "That is the limit for $\\kappa=1$.")),
                (
                    0.08,
                    (
                        "那是峡谷的上限，那里 $\\kappa=25$；这里 $\\kappa=8$。",
                        "That is the limit in the ravine, where $\\kappa=25$; here $\\kappa=8$.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "写出一步：$\\theta\\leftarrow(1-\\eta\\kappa)\\theta$，这里 $\\kappa=8$。",
                "Write one step: $\\theta\\leftarrow(1-\\eta\\kappa)\\theta$ with $\\kappa=8$.",
            ),
            ("要 $|1-8\\eta|<1$。", "It needs $|1-8\\eta|<1$."),
        ],
        reference=0.25,
        solution=(
            "$|1-8\\eta|<1$ 等价于 $0<\\eta<2/8=0.25$。",
            "$|1-8\\eta|<1$ means $0<\\eta<2/8=0.25$.",
        ),
        why=(
            "每一步把 $\\theta$ 乘上 $1-8\\eta$，绝对值小于 1 才会收敛。再想想：$\\eta=0.125$ 时乘数是 0，一步就到底；为什么在峡谷里做不到？",
            "Each step multiplies $\\theta$ by $1-8\\eta$, and it shrinks only while that is below 1 in size. Think on: at $\\eta=0.125$ the factor is 0 and one step arrives; why can a ravine not have that?",
        ),
        wrong=[
            (0.125, "twice that"),
            (16, "the steeper"),
            (2, "the limit for"),
            (0.08, "in the ravine"),
            ("a", "number"),
        ],
    ),
    Exercise(
        id="03-2",
        title=("不含学习率的记忆", "A memory without the learning rate"),
        judge=judges.function(
            momentum_step,
            inputs=[(np.array([1.0]), np.array([0.5]), np.array([2.0]), 0.1, 0.9)],
            random=random_step,
            returns=("theta", "u"),
            mistakes=[
                (
                    copied_step,
                    (
                        "这是上面的 `momentum`：它的记忆 $\\Delta$ 含有 $\\eta$ 和负号。把 $\\Delta=-\\eta u$ 代进那两行。",
                        "That is `momentum` from above: its memory $\\Delta$ holds $\\eta$ and the minus sign. Put $\\Delta=-\\eta u$ into its two lines.",
                    ),
                ),
                (
                    half_copied_step,
                    (
                        "符号移出来了，$\\eta$ 还在记忆里。$u$ 只由梯度组成，移动 $\\theta$ 时才乘 $\\eta$。",
                        "The sign is out, but $\\eta$ is still in the memory. $u$ is made of gradients only; multiply by $\\eta$ when $\\theta$ moves.",
                    ),
                ),
                (
                    rate_twice,
                    (
                        "$\\eta$ 乘了两次：记忆里不要它。",
                        "You multiply by $\\eta$ twice: leave it out of the memory.",
                    ),
                ),
                (
                    averaged_step,
                    (
                        "这是滑动平均，Adam 的 $m$ 是这样记的；它的步子只有动量的 $1-\\beta$ 倍。这里梯度前面没有 $1-\\beta$。",
                        "That is a moving average, as in Adam's $m$; its steps are only $1-\\beta$ times those of momentum. Here no $1-\\beta$ stands before the gradient.",
                    ),
                ),
                (
                    old_memory,
                    (
                        "先更新 $u$，再用**新的** $u$ 移动。",
                        "Update $u$ first, then move by the **new** $u$.",
                    ),
                ),
                (
                    forgotten_memory,
                    (
                        "还要返回新的 $u$，否则惯性不会积累。",
                        "Return the new $u$ as well, or inertia does not build up.",
                    ),
                ),
                (
                    uphill,
                    (
                        "符号：$u$ 沿着梯度累积，所以 $\\theta$ 要**减去** $\\eta u$。",
                        "The sign: $u$ adds gradients up, so **subtract** $\\eta u$ from $\\theta$.",
                    ),
                ),
                (
                    sign_not_removed,
                    (
                        "$\\Delta=-\\eta u$ 已经有负号，所以 $u$ 里的梯度是正的：再代一次。",
                        "$\\Delta=-\\eta u$ has the minus sign already, so the gradient enters $u$ with a plus: put it in once more.",
                    ),
                ),
                (
                    look_ahead,
                    (
                        "这是 Nesterov 动量；这里要的是普通动量：只走 $-\\eta u$。",
                        "That is Nesterov momentum; plain momentum is asked: move by $-\\eta u$ only.",
                    ),
                ),
                (
                    swapped_results,
                    (
                        "两个结果的顺序反了：先 $\\theta$，再 $u$。",
                        "The two results are in the wrong order: first $\\theta$, then $u$.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "把 $\\Delta=-\\eta u$ 代进 $\\theta_{t+1}=\\theta_t+\\Delta_{t+1}$，就知道怎样移动。",
                "Put $\\Delta=-\\eta u$ into $\\theta_{t+1}=\\theta_t+\\Delta_{t+1}$, and you see how to move.",
            ),
            (
                "再代进 $\\Delta_{t+1}=\\beta\\Delta_t-\\eta g$，两边都除以 $-\\eta$。",
                "Then put it into $\\Delta_{t+1}=\\beta\\Delta_t-\\eta g$ and divide both sides by $-\\eta$.",
            ),
            (
                "得到 $u_{t+1}=\\beta u_t+g$：所有梯度的和，越早的越小。",
                "The result is $u_{t+1}=\\beta u_t+g$: a sum of all gradients, smaller the older they are.",
            ),
        ],
        reference=momentum_step,
        solution=(
            "`u = beta * u + g`，然后 `return theta - eta * u, u`。学习率不变时，两种写法走同一条路；中途把 $\\eta$ 调小，这种写法从下一步起整步都变小，而 $\\Delta$ 里还留着旧的 $\\eta$。",
            "`u = beta * u + g`, then `return theta - eta * u, u`. While the learning rate is constant, both forms take the same path; if $\\eta$ is lowered on the way, this form shortens the whole next step at once, while $\\Delta$ still holds the old $\\eta$.",
        ),
        why=(
            "两种写法只差一个 $-\\eta$，路线相同；改学习率时才看得出差别。PyTorch 的 SGD 用这一种，Keras 的用 $\\Delta$：照搬学习率调度时要留意。",
            "The two forms differ by $-\\eta$ alone and take the same path, until the rate changes. SGD in PyTorch is written this way, in Keras with $\\Delta$: mind that when you copy a schedule from one to the other.",
        ),
        wrong=[
            (copied_step, "its memory"),
            (half_copied_step, "still in the memory"),
            (rate_twice, "twice"),
            (averaged_step, "moving average"),
            (old_memory, "Update"),
            (forgotten_memory, "build up"),
            (uphill, "subtract"),
            (sign_not_removed, "with a plus"),
            (look_ahead, "Nesterov"),
            (swapped_results, "wrong order"),
        ],
    ),
    Exercise(
        id="03-3",
        title=("偏差持续多久", "How long the bias lasts"),
        judge=judges.function(
            steps_until,
            inputs=[(0.9, 0.99), (0.999, 0.99), (0.9, 0.5), (0.5, 0.75)],
            random=lambda rng: (float(rng.uniform(0.3, 0.999)), float(rng.uniform(0.2, 0.95))),
            rtol=1e-9,
            mistakes=[
                (
                    lambda beta, share: math.log(1 - share) / math.log(beta),
                    (
                        "步数是整数：到达的那一步要向上取整。",
                        "Steps are whole numbers: round up to the step that gets there.",
                    ),
                ),
                (
                    lambda beta, share: math.floor(math.log(1 - share) / math.log(beta)),
                    (
                        "你向下取整了：那一步还差一点，要向上取整。",
                        "You rounded down: that step falls just short. Round up.",
                    ),
                ),
                (
                    lambda beta, share: math.floor(math.log(1 - share) / math.log(beta)) + 1,
                    (
                        "刚好达到也算：$\\beta=0.5$ 时第 2 步正好是 0.75，不必再走一步。",
                        "Just enough is enough: at $\\beta=0.5$ step 2 is exactly 0.75, no further step is needed.",
                    ),
                ),
                (
                    lambda beta, share: math.ceil(math.log(share) / math.log(beta)),
                    (
                        "$\\beta^t$ 是还**缺**的份额：它要小到 $1-\\text{share}$。",
                        "$\\beta^t$ is the share still **missing**: it has to fall to $1-\\text{share}$.",
                    ),
                ),
                (
                    lambda beta, share: math.ceil(share / (1 - beta)),
                    (
                        "平均值不是匀速上升的，越接近 $g$ 越慢：从 $(1-\\beta^t)g$ 算。",
                        "The average does not rise at a steady pace, it slows down near $g$: work from $(1-\\beta^t)g$.",
                    ),
                ),
                (
                    lambda beta, share: round(1 / (1 - beta)),
                    (
                        "$1/(1-\\beta)$ 是记忆的大致长度，与要求的份额无关：解 $1-\\beta^t\\ge\\text{share}$。",
                        "$1/(1-\\beta)$ is about how long the memory is, whatever share is asked: solve $1-\\beta^t\\ge\\text{share}$.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "恒定梯度 $g$ 时，$t$ 步以后 $m_t=(1-\\beta^t)g$：这就是 Adam 除以 $1-\\beta^t$ 的原因。",
                "Under a constant gradient $g$, $m_t=(1-\\beta^t)g$ after $t$ steps: that is why Adam divides by $1-\\beta^t$.",
            ),
            (
                "找最小的 $t$，使 $1-\\beta^t\\ge\\text{share}$；一个循环就够，也可以取对数。",
                "Find the smallest $t$ with $1-\\beta^t\\ge\\text{share}$; a loop will do, or take logarithms.",
            ),
            (
                "$t\\ge\\ln(1-\\text{share})/\\ln\\beta$（除以负数，不等号反向），再向上取整。",
                "$t\\ge\\ln(1-\\text{share})/\\ln\\beta$ (dividing by a negative number turns the sign round), then round up.",
            ),
        ],
        reference=steps_until,
        solution=(
            "`return int(np.ceil(np.log(1 - share) / np.log(beta)))`。要到 99%，$\\beta=0.9$ 需要 44 步，$\\beta=0.999$ 需要 4,603 步：$v$ 的偏差比 $m$ 的持续得久得多，所以没有修正时步子长时间太大。",
            "`return int(np.ceil(np.log(1 - share) / np.log(beta)))`. To reach 99%, $\\beta=0.9$ takes 44 steps and $\\beta=0.999$ takes 4,603: the bias of $v$ lasts far longer than that of $m$, so without correction the steps stay too long for a long time.",
        ),
        why=(
            "$1-\\beta^t$ 是平均值已经“装满”的份额，$\\beta$ 越接近 1 装得越慢。Adam 除以它，第一步就能用；代价只是每步一次除法。",
            "$1-\\beta^t$ is how full the average is, and the closer $\\beta$ is to 1 the slower it fills. Adam divides by it and can use the average from the first step on, at the price of one division.",
        ),
        wrong=[
            (lambda beta, share: math.log(1 - share) / math.log(beta), "whole numbers"),
            (lambda beta, share: math.floor(math.log(1 - share) / math.log(beta)), "rounded down"),
            (lambda beta, share: math.ceil(math.log(share) / math.log(beta)), "missing"),
            (lambda beta, share: math.ceil(share / (1 - beta)), "steady pace"),
            (lambda beta, share: round(1 / (1 - beta)), "whatever share"),
            (lambda beta, share: int(math.log(1 - share) / math.log(beta)) + 1, "exactly 0.75"),
            (lambda beta, share: 1 - beta**share, "is expected"),
        ],
    ),
    Exercise(
        id="03-4",
        title=("梯形的学习率", "A trapezoid of learning rates"),
        judge=judges.function(
            trapezoid,
            inputs=[(0,), (5,), (10,), (55,), (70,), (85,), (100,)],
            random=lambda rng: (
                int(rng.integers(0, 60)),
                float(rng.uniform(0.01, 1)),
                int(rng.integers(5, 20)),
                int(rng.integers(20, 40)),
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
                    no_plateau,
                    (
                        "你从预热结束就开始下降；应先停在峰值，最后 `decay_steps` 步才下降。",
                        "Yours falls from the end of warm-up on; stay at the peak first, and fall in the last `decay_steps` steps only.",
                    ),
                ),
                (
                    early_decay,
                    (
                        "你在第 `decay_steps` 步开始下降；`decay_steps` 是下降要走的步数：下降从第 `total_steps - decay_steps` 步开始。",
                        "Yours starts to fall at step `decay_steps`; but `decay_steps` is how many steps the fall takes: it starts at step `total_steps - decay_steps`.",
                    ),
                ),
                (
                    no_decay,
                    (
                        "缺少最后的下降：第 100 步应当是 0。",
                        "The fall at the end is missing: step 100 should give 0.",
                    ),
                ),
                (
                    cosine_decay,
                    (
                        "下降的一段应是直线，不是余弦。",
                        "The fall should be a straight line, not a cosine.",
                    ),
                ),
                (
                    last_index,
                    (
                        "你在第 `total_steps - 1` 步就到 0 了；应是第 `total_steps` 步。",
                        "Yours is at 0 at step `total_steps - 1` already; it should be at step `total_steps`.",
                    ),
                ),
                (
                    counted_from_one,
                    (
                        "预热早了一步：第 0 步应是 0，第 `warmup_steps` 步才到峰值。",
                        "Warm-up is one step early: step 0 gives 0, and the peak comes at step `warmup_steps`.",
                    ),
                ),
                (
                    rises_at_the_end,
                    (
                        "最后一段反了：它从 0 上升到峰值。数离结束还**剩**几步。",
                        "The last part is upside down: it rises from 0 to the peak. Count the steps that are **left**.",
                    ),
                ),
                (
                    without_peak,
                    (
                        "形状对了，还要乘上峰值 `peak`。",
                        "The shape is right; it still has to be multiplied by `peak`.",
                    ),
                ),
                (
                    product,
                    (
                        "两条斜边不能相乘：取三者（1、上升的、下降的）中最小的一个。",
                        "Do not multiply the two slopes: take the smallest of the three (1, the rising one, the falling one).",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "分三段：上升、停在峰值、下降。先写出每一段是峰值的几分之几。",
                "Three parts: rising, staying at the peak, falling. First write each as a share of the peak.",
            ),
            (
                "上升是 `step / warmup_steps`；下降要数离结束还有几步。",
                "The rise is `step / warmup_steps`; for the fall count the steps left to the end.",
            ),
            (
                "下降是 `(total_steps - step) / decay_steps`；三段中最小的就是答案。",
                "The fall is `(total_steps - step) / decay_steps`; the smallest of the three is the answer.",
            ),
        ],
        reference=trapezoid,
        solution=(
            "`return peak * min(1, step / warmup_steps, (total_steps - step) / decay_steps)`",
            "`return peak * min(1, step / warmup_steps, (total_steps - step) / decay_steps)`",
        ),
        why=(
            "三条线取最小值，不必写 `if`，接头处也自然相连。平的一段随时可以延长，想停时再下降：余弦调度要先定好总步数，这种写法不用。",
            "The smallest of three lines needs no `if` and has no gap where they meet. The flat part can be made longer at any time, with the fall whenever you want to stop; a cosine has to know its length beforehand.",
        ),
        wrong=[
            (no_warmup, "Warm-up is missing"),
            (no_plateau, "stay at the peak"),
            (early_decay, "starts to fall"),
            (no_decay, "at the end is missing"),
            (cosine_decay, "straight line"),
            (product, "Do not multiply"),
            (last_index, "already"),
            (counted_from_one, "one step early"),
            (rises_at_the_end, "upside down"),
            (without_peak, "multiplied by"),
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
                    "放大以后陡的方向会发散：上限是 $2/\\kappa$，由最陡的方向决定。",
                    "Then the steep direction diverges: the limit $2/\\kappa$ is set by the steepest direction.",
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
                ("因为用的是小批量", "Because mini-batches are used"),
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
                ("$\\beta(1-\\eta)\\theta_{t-1}$", "$\\beta(1-\\eta)\\theta_{t-1}$"),
                (
                    "这是加上一个位置：即使梯度为 0，$\\theta$ 也会自己变大。",
                    "That adds the previous position: even with a gradient of 0, $\\theta$ grows by itself.",
                ),
            ),
            Option(
                ("$\\beta(\\theta_t-\\theta_{t-1})$", "$\\beta(\\theta_t-\\theta_{t-1})$"),
                ("对：上一步的倍数。", "Yes: a multiple of the previous step."),
                right=True,
            ),
            Option(
                ("$\\beta\\nabla L(\\theta_{t-1})$", "$\\beta\\nabla L(\\theta_{t-1})$"),
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
                (
                    "太长，最多是 6.57 倍（默认的 $\\beta$）",
                    "Too long, up to 6.57 times (with the default $\\beta$)",
                ),
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
            "你在预训练的骨干网络上加了一个随机初始化的分类头。学习率怎么设？",
            "You put a randomly initialized head on a pretrained backbone. How do you set the learning rates?",
        ),
        options=[
            Option(
                ("都用大的，快一点", "Large for both, it is faster"),
                (
                    "准确率相差不多，但随机的分类头会把骨干网络拖走：本课里骨干网络移动了自身长度的两成以上。",
                    "The accuracy is about the same, but the random head carries the backbone away: in this lesson it moved by more than two tenths of its length.",
                ),
            ),
            Option(
                ("都用小的，安全一点", "Small for both, it is safer"),
                (
                    "本课里走 100 步，分类头还没学完，准确率更低。",
                    "In this lesson the head was not done after 100 steps, and the accuracy was lower.",
                ),
            ),
            Option(
                (
                    "分类头用大的，骨干网络用小的或先冻结",
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

PREDICTIONS = [
    Prediction(
        "03-p1",
        (
            "学习率从 0.1 改成 2.1，50 步后 |θ| 是多少？",
            "Learning rate 2.1 instead of 0.1: what is |θ| after 50 steps?",
        ),
        Number(1e-6, 1e6, factor=10),
    ),
    Prediction(
        "03-p2",
        (
            "加上一个位置的公式，50 步后 |θ| 是多少？",
            "By the formula that adds the position, what is |θ| after 50 steps?",
        ),
        Number(1e-12, 1e12, factor=100),
    ),
    Prediction(
        "03-p3",
        (
            "没有偏差修正，第一步是正确步长的几倍？",
            "Without bias correction, how many times the right length is the first step?",
        ),
        Number(0.1, 1000, ("倍", "times"), factor=1.5),
    ),
]
