"""Exercises and quizzes of lesson 16: self-supervision, multimodal, RL."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number, OneOf, YesNo
from course_utils.learning.definitions import (
    Exercise,
    Marking,
    Matching,
    Option,
    Ordering,
    Pair,
    Prediction,
    Quiz,
    Region,
    Step,
)

# --- 16-1: NT-Xent ---


def log_sum_exp(s):
    top = s.max(axis=1, keepdims=True)
    return (top + np.log(np.exp(s - top).sum(axis=1, keepdims=True)))[:, 0]


def nt_xent_of(z, tau, *, unit=True, blind=True, shift=None, mean=True, negatives_only=False):
    """The loss with each of its parts switchable: what the plausible mistakes leave out."""
    if unit:
        z = z / np.linalg.norm(z, axis=1, keepdims=True)
    n = len(z) // 2
    s = z @ z.T / tau
    partner = np.roll(np.arange(2 * n), n if shift is None else shift)
    right = s[np.arange(2 * n), partner]
    if blind:
        s = np.where(np.eye(2 * n) == 1, -np.inf, s)
    if negatives_only:
        s = s.copy()
        s[np.arange(2 * n), partner] = -np.inf
    losses = log_sum_exp(s) - right
    return float(losses.mean() if mean else losses.sum())


def nt_xent(z, tau):
    return nt_xent_of(z, tau)


def nt_without_length(z, tau):
    return nt_xent_of(z, tau, unit=False)


def nt_with_itself(z, tau):
    return nt_xent_of(z, tau, blind=False)


def nt_neighbour(z, tau):
    """The partner of row i is taken to be row i - 1."""
    return nt_xent_of(z, tau, shift=1)


def nt_sum(z, tau):
    return nt_xent_of(z, tau, mean=False)


def nt_without_temperature(z, tau):
    return nt_xent_of(z, 1.0)


def nt_times_temperature(z, tau):
    return nt_xent_of(z, 1 / tau)


def nt_negatives_only(z, tau):
    """The positive is missing below the line."""
    return nt_xent_of(z, tau, negatives_only=True)


def nt_sign(z, tau):
    return -nt_xent(z, tau)


def nt_attraction(z, tau):
    """Only the pull of the partner."""
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    return float(-(z * np.roll(z, len(z) // 2, axis=0)).sum(axis=1).mean() / tau)


def random_views(rng):
    n, d = int(rng.integers(3, 7)), int(rng.integers(2, 6))
    first = rng.normal(size=(n, d)) * 2
    return np.vstack([first, first + 0.5 * rng.normal(size=(n, d))]), float(rng.uniform(0.2, 0.8))


VIEWS = random_views(np.random.default_rng(5))

# --- 16-2: which pseudo-labels are taken ---


def pseudo_labels(p, threshold):
    places = np.flatnonzero(p.max(axis=1) >= threshold)
    return places, p[places].argmax(axis=1)


def pseudo_all(p, threshold):
    return np.arange(len(p)), p.argmax(axis=1)


def pseudo_unsure(p, threshold):
    places = np.flatnonzero(p.max(axis=1) < threshold)
    return places, p[places].argmax(axis=1)


def pseudo_long_labels(p, threshold):
    """The labels of all rows beside the places of some."""
    return np.flatnonzero(p.max(axis=1) >= threshold), p.argmax(axis=1)


def pseudo_mask(p, threshold):
    mask = p.max(axis=1) >= threshold
    return mask, p[mask].argmax(axis=1)


def pseudo_probabilities(p, threshold):
    places = np.flatnonzero(p.max(axis=1) >= threshold)
    return places, p[places].max(axis=1)


def pseudo_by_class(p, threshold):
    """axis=0: the most certain row of each class."""
    return np.flatnonzero(p.max(axis=0) >= threshold), p.argmax(axis=0)


def pseudo_swapped(p, threshold):
    return pseudo_labels(p, threshold)[::-1]


def pseudo_strict(p, threshold):
    """Strictly above the threshold."""
    places = np.flatnonzero(p.max(axis=1) > threshold)
    return places, p[places].argmax(axis=1)


def random_probabilities(rng):
    z = rng.normal(size=(12, 4)) * rng.uniform(1.5, 3)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return p, float(np.sort(p.max(axis=1))[6])  # a value that occurs: > and >= differ


PROBABILITIES = random_probabilities(np.random.default_rng(6))

# --- 16-3: ConSE ---


def conse(p, names, k):
    top = np.argsort(-p, axis=1)[:, :k]
    weight = np.take_along_axis(p, top, axis=1)
    mixed = (weight[..., None] * names[top]).sum(axis=1)
    return mixed / np.linalg.norm(mixed, axis=1, keepdims=True)


def conse_all(p, names, k):
    return conse(p, names, p.shape[1])


def conse_least(p, names, k):
    """np.argsort without the minus: the k least likely classes."""
    top = np.argsort(p, axis=1)[:, :k]
    mixed = (np.take_along_axis(p, top, axis=1)[..., None] * names[top]).sum(axis=1)
    return mixed / np.linalg.norm(mixed, axis=1, keepdims=True)


def conse_unweighted(p, names, k):
    mixed = names[np.argsort(-p, axis=1)[:, :k]].sum(axis=1)
    return mixed / np.linalg.norm(mixed, axis=1, keepdims=True)


def conse_long(p, names, k):
    top = np.argsort(-p, axis=1)[:, :k]
    return (np.take_along_axis(p, top, axis=1)[..., None] * names[top]).sum(axis=1)


def conse_shares(p, names, k):
    """Divided by the sum of the weights, not by the length."""
    top = np.argsort(-p, axis=1)[:, :k]
    weight = np.take_along_axis(p, top, axis=1)
    return (weight[..., None] * names[top]).sum(axis=1) / weight.sum(axis=1, keepdims=True)


def conse_first(p, names, k):
    return conse(p, names, 1)


def conse_one_length(p, names, k):
    """One length for all rows: np.linalg.norm without an axis."""
    mixed = conse_long(p, names, k)
    return mixed / np.linalg.norm(mixed)


def random_names(rng):
    names = rng.normal(size=(9, 5))
    names /= np.linalg.norm(names, axis=1, keepdims=True)
    return rng.dirichlet(np.ones(9), size=4), names, int(rng.integers(2, 5))


NAMES = random_names(np.random.default_rng(7))

# --- 16-4: one step of Q-learning ---


def q_step(q, s, a, reward, s_next, over, rate, discount):
    later = 0.0 if over else q[s_next].max()
    return float(q[s, a] + rate * (reward + discount * later - q[s, a]))


def q_never_over(q, s, a, reward, s_next, over, rate, discount):
    return q_step(q, s, a, reward, s_next, False, rate, discount)


def q_same_state(q, s, a, reward, s_next, over, rate, discount):
    return q_step(q, s, a, reward, s, over, rate, discount)


def q_jump(q, s, a, reward, s_next, over, rate, discount):
    return q_step(q, s, a, reward, s_next, over, 1.0, discount)


def q_without_discount(q, s, a, reward, s_next, over, rate, discount):
    return q_step(q, s, a, reward, s_next, over, rate, 1.0)


def q_mean(q, s, a, reward, s_next, over, rate, discount):
    later = 0.0 if over else q[s_next].mean()
    return float(q[s, a] + rate * (reward + discount * later - q[s, a]))


def q_same_action(q, s, a, reward, s_next, over, rate, discount):
    """The next square's value of the action that was just taken."""
    later = 0.0 if over else q[s_next, a]
    return float(q[s, a] + rate * (reward + discount * later - q[s, a]))


def q_without_old(q, s, a, reward, s_next, over, rate, discount):
    """The old value is not subtracted."""
    later = 0.0 if over else q[s_next].max()
    return float(q[s, a] + rate * (reward + discount * later))


def q_only_change(q, s, a, reward, s_next, over, rate, discount):
    return q_step(q, s, a, reward, s_next, over, rate, discount) - float(q[s, a])


def q_no_reward(q, s, a, reward, s_next, over, rate, discount):
    return q_step(q, s, a, 0.0, s_next, over, rate, discount)


def random_step(rng):
    q = rng.uniform(0.1, 1, size=(5, 4))
    s, t = rng.choice(5, 2, replace=False)
    over = bool(rng.random() < 0.5)
    reward = float(rng.uniform(0.2, 1))
    rate, discount = rng.uniform(0.1, 0.5), rng.uniform(0.7, 0.95)
    return q, int(s), int(rng.integers(4)), reward, int(t), over, float(rate), float(discount)


STEP = random_step(np.random.default_rng(2))
STEP_OVER = (*STEP[:5], True, *STEP[6:])
STEP_ON = (*STEP[:5], False, *STEP[6:])


EXERCISES = [
    Exercise(
        id="16-1",
        title=("NT-Xent 损失", "The NT-Xent loss"),
        judge=judges.function(
            nt_xent,
            inputs=[VIEWS],
            random=random_views,
            mistakes=[
                (
                    nt_without_length,
                    (
                        "每一行要先除以自己的长度：相似度是夹角的余弦。",
                        "Divide each row by its length first: similarity is the cosine of the angle.",
                    ),
                ),
                (
                    nt_with_itself,
                    (
                        "一行和它自己最像，但那不算数：把对角线设成 `-np.inf`。",
                        "A row is most similar to itself, which does not count: set the diagonal to `-np.inf`.",
                    ),
                ),
                (
                    nt_neighbour,
                    (
                        "第 $i$ 行的另一半是第 $i+n$ 行，不是相邻的一行。",
                        "The partner of row $i$ is row $i+n$, not the row beside it.",
                    ),
                ),
                (
                    nt_sum,
                    (
                        "要平均，不是求和：$2n$ 行的平均。",
                        "Take the mean over the $2n$ rows, not the sum.",
                    ),
                ),
                (
                    nt_without_temperature,
                    (
                        "没有用温度：相似度要除以 $\\tau$。",
                        "The temperature is not used: divide similarities by $\\tau$.",
                    ),
                ),
                (
                    nt_times_temperature,
                    ("相似度要除以 $\\tau$，不是乘。", "Divide by $\\tau$, do not multiply."),
                ),
                (
                    nt_negatives_only,
                    (
                        "分母里也有另一半：$j\\ne i$ 的所有行都要加。",
                        "The partner belongs below the line, too: sum over all rows $j\\ne i$.",
                    ),
                ),
                (
                    nt_sign,
                    (
                        "符号反了：损失是 $-\\log$ 概率。",
                        "The sign is turned round: the loss is $-\\log$ of a probability.",
                    ),
                ),
                (
                    nt_attraction,
                    (
                        "只有另一半的吸引，没有别的行的排斥：还要加分母的对数。",
                        "Only the partner's pull is there, without the push of the other rows: add the logarithm of what stands below the line.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先把每行的长度变成 1，`s = u @ u.T / tau` 就是全部相似度。对角线设成 `-np.inf`。",
                "First make each row's length 1; `s = u @ u.T / tau` are all similarities. Set the diagonal to `-np.inf`.",
            ),
            (
                "一行的损失：`np.log(np.exp(s).sum(axis=1))` 减去它与另一半的相似度。另一半的编号：`np.roll(np.arange(2 * n), n)`。",
                "The loss of a row: `np.log(np.exp(s).sum(axis=1))` minus its similarity to the partner. The partners' numbers: `np.roll(np.arange(2 * n), n)`.",
            ),
        ],
        reference=nt_xent,
        solution=(
            "```python\nn = len(u) // 2\nu = u / np.linalg.norm(u, axis=1, keepdims=True)\ns = u @ u.T / tau\nright = s[np.arange(2 * n), np.roll(np.arange(2 * n), n)]\ns[np.arange(2 * n), np.arange(2 * n)] = -np.inf\nreturn np.mean(np.log(np.exp(s).sum(axis=1)) - right)\n```",
            "```python\nn = len(u) // 2\nu = u / np.linalg.norm(u, axis=1, keepdims=True)\ns = u @ u.T / tau\nright = s[np.arange(2 * n), np.roll(np.arange(2 * n), n)]\ns[np.arange(2 * n), np.arange(2 * n)] = -np.inf\nreturn np.mean(np.log(np.exp(s).sum(axis=1)) - right)\n```",
        ),
        why=(
            "它就是第 02 课的交叉熵：$2n-1$ 个“类别”，正确的一类是同一张照片的另一个样子。全部一样时是 $\\log(2n-1)$，和瞎猜一样。",
            "It is the cross-entropy of lesson 02: $2n-1$ “classes”, and the right one is the other view of the same photo. When all rows are equal it is $\\log(2n-1)$, as for guessing.",
        ),
        wrong=[
            (nt_without_length, "cosine of the angle"),
            (nt_with_itself, "most similar to itself"),
            (nt_neighbour, "not the row beside"),
            (nt_sum, "not the sum"),
            (nt_without_temperature, "temperature is not used"),
            (nt_times_temperature, "do not multiply"),
            (nt_negatives_only, "below the line, too"),
            (nt_sign, "turned round"),
            (nt_attraction, "without the push"),
        ],
    ),
    Exercise(
        id="16-2",
        title=("挑出有把握的伪标签", "Choose the certain pseudo-labels"),
        judge=judges.function(
            pseudo_labels,
            inputs=[PROBABILITIES],
            random=random_probabilities,
            returns=("places", "labels"),
            mistakes=[
                (
                    pseudo_all,
                    (
                        "全都收下了：没有用阈值。",
                        "All are taken: the threshold is not used.",
                    ),
                ),
                (
                    pseudo_unsure,
                    (
                        "收下的是没有把握的：比较的方向反了。",
                        "The uncertain ones are taken: the comparison is the other way round.",
                    ),
                ),
                (
                    pseudo_long_labels,
                    (
                        "标签是全部行的，编号只是收下的：两个要一样长。",
                        "The labels are those of all rows, the places those taken: both must have the same length.",
                    ),
                ),
                (
                    pseudo_mask,
                    (
                        "第一个是真假值，要的是行号：`np.flatnonzero`。",
                        "The first is true or false; row numbers were asked for: `np.flatnonzero`.",
                    ),
                ),
                (
                    pseudo_probabilities,
                    (
                        "第二个是概率本身，要的是类别：`argmax`。",
                        "The second is the probability itself; the class was asked for: `argmax`.",
                    ),
                ),
                (
                    pseudo_by_class,
                    (
                        "轴反了：每一行是一张照片，最大值要沿 `axis=1` 取。",
                        "The wrong axis: a row is a photo, so take the largest along `axis=1`.",
                    ),
                ),
                (
                    pseudo_swapped,
                    (
                        "两个的次序反了：先行号，后类别。",
                        "The two are in the other order: places first, then classes.",
                    ),
                ),
                (
                    pseudo_strict,
                    (
                        "恰好等于阈值的也要收下：“不低于”是 `>=`。",
                        "A probability equal to the threshold is taken, too: “at least” is `>=`.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "每一行的把握是它最大的概率：`p.max(axis=1)`。",
                "How certain a row is, is its largest probability: `p.max(axis=1)`.",
            ),
            (
                "`np.flatnonzero(p.max(axis=1) >= …)` 给行号；再对这些行取 `argmax(axis=1)`。",
                "`np.flatnonzero(p.max(axis=1) >= …)` gives row numbers; then take `argmax(axis=1)` of these rows.",
            ),
        ],
        reference=pseudo_labels,
        solution=(
            "```python\nplaces = np.flatnonzero(p.max(axis=1) >= threshold)\nreturn places, p[places].argmax(axis=1)\n```",
            "```python\nplaces = np.flatnonzero(p.max(axis=1) >= threshold)\nreturn places, p[places].argmax(axis=1)\n```",
        ),
        why=(
            "两行就是 Lee（2013）挑伪标签的一步，只多了阈值。难的不是代码，是阈值：概率要可信（第 09、14 课），“有把握”才等于“多半对”。",
            "These two lines are how Lee (2013) chooses pseudo-labels, with a threshold added. The code is not the hard part, the threshold is: only where probabilities can be believed (lessons 09, 14) does “certain” mean “probably right”.",
        ),
        wrong=[
            (pseudo_all, "All are taken"),
            (pseudo_unsure, "other way round"),
            (pseudo_long_labels, "same length"),
            (pseudo_mask, "row numbers were asked"),
            (pseudo_probabilities, "probability itself"),
            (pseudo_by_class, "wrong axis"),
            (pseudo_swapped, "other order"),
            (pseudo_strict, "at least"),
        ],
    ),
    Exercise(
        id="16-3",
        title=("把概率变成句子空间里的点", "From probabilities to a point among sentences"),
        judge=judges.function(
            conse,
            inputs=[NAMES],
            random=random_names,
            mistakes=[
                (
                    conse_all,
                    (
                        "所有类别都算进去了：只取最可能的 $k$ 个。",
                        "All classes are mixed in: take the $k$ most likely ones only.",
                    ),
                ),
                (
                    conse_least,
                    (
                        "取的是最不可能的：`np.argsort` 从小到大排。",
                        "These are the least likely: `np.argsort` sorts from small to large.",
                    ),
                ),
                (
                    conse_unweighted,
                    (
                        "没有用概率作权重。",
                        "The probabilities are not used as weights.",
                    ),
                ),
                (
                    conse_long,
                    (
                        "还要把每行的长度变成 1。",
                        "Make the length of each row 1 at the end.",
                    ),
                ),
                (
                    conse_shares,
                    (
                        "除以权重之和，方向对，长度不是 1；要除以每行的长度。",
                        "Divided by the sum of the weights: the direction is right, the length is not 1. Divide each row by its length.",
                    ),
                ),
                (
                    conse_first,
                    (
                        "只用了第一名：取 $k$ 个。",
                        "Only the first place is used: take $k$ of them.",
                    ),
                ),
                (
                    conse_one_length,
                    (
                        "`np.linalg.norm` 没有写 `axis=1`：所有行除以了同一个数。",
                        "`np.linalg.norm` without `axis=1`: all rows are divided by the same number.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "`top = np.argsort(-p, axis=1)[:, :k]` 是每行最可能的 $k$ 类；`np.take_along_axis(p, top, axis=1)` 是它们的概率。",
                "`top = np.argsort(-p, axis=1)[:, :k]` are each row's $k$ most likely classes; `np.take_along_axis(p, top, axis=1)` their probabilities.",
            ),
            (
                "`names[top]` 的形状是 `(n, k, d)`：乘上 `(n, k, 1)` 的权重，沿轴 1 加，再除以长度。",
                "`names[top]` has shape `(n, k, d)`: multiply by weights `(n, k, 1)`, sum over axis 1, then divide by the length.",
            ),
        ],
        reference=conse,
        solution=(
            "```python\ntop = np.argsort(-p, axis=1)[:, :k]\nweight = np.take_along_axis(p, top, axis=1)\nmixed = (weight[..., None] * names[top]).sum(axis=1)\nreturn mixed / np.linalg.norm(mixed, axis=1, keepdims=True)\n```",
            "```python\ntop = np.argsort(-p, axis=1)[:, :k]\nweight = np.take_along_axis(p, top, axis=1)\nmixed = (weight[..., None] * names[top]).sum(axis=1)\nreturn mixed / np.linalg.norm(mixed, axis=1, keepdims=True)\n```",
        ),
        why=(
            "没有训练一个参数。照片落在它最像的几个名字之间，句子编码器知道哪句话离那里近，中文、英文都行。",
            "Not a single parameter is trained. The photo lands between the names it resembles most, and the sentence encoder knows which caption is near, Chinese or English.",
        ),
        wrong=[
            (conse_all, "All classes are mixed in"),
            (conse_least, "least likely"),
            (conse_unweighted, "not used as weights"),
            (conse_long, "length of each row 1"),
            (conse_shares, "sum of the weights"),
            (conse_first, "Only the first place"),
            (conse_one_length, "same number"),
        ],
    ),
    Exercise(
        id="16-4",
        title=("Q 学习的一步", "One step of Q-learning"),
        judge=judges.function(
            q_step,
            inputs=[STEP_ON, STEP_OVER],
            random=random_step,
            mistakes=[
                (
                    q_never_over,
                    (
                        "一局结束以后没有以后：`over` 为真时，下一格的价值是 0。",
                        "When the episode is over nothing follows: with `over` true the next square is worth 0.",
                    ),
                ),
                (
                    q_same_state,
                    (
                        "最大值要在下一格 `s_next` 上取，不在 `s` 上。",
                        "Take the largest value at the next square, `s_next`, not at `s`.",
                    ),
                ),
                (
                    q_jump,
                    (
                        "直接跳到了目标：只走 `rate` 那么一部分。",
                        "This jumps to the target: go only the part `rate` of the way.",
                    ),
                ),
                (
                    q_without_discount,
                    (
                        "下一格的价值没有乘折扣。",
                        "The value of the next square is not discounted.",
                    ),
                ),
                (
                    q_mean,
                    (
                        "取了平均；Q 学习假定以后走**最好**的，用最大值。",
                        "This takes the mean; Q-learning supposes the **best** move from then on, the largest value.",
                    ),
                ),
                (
                    q_same_action,
                    (
                        "下一格不必走同一个方向：取 4 个里最大的。",
                        "At the next square the same move need not be made: take the largest of the 4.",
                    ),
                ),
                (
                    q_without_old,
                    (
                        "目标要先减去旧值，再乘 `rate`。",
                        "Subtract the old value from the target before multiplying by `rate`.",
                    ),
                ),
                (
                    q_only_change,
                    (
                        "这是改变量；题目要新的值，还要加上旧的。",
                        "This is the change; the new value was asked for, so add the old one.",
                    ),
                ),
                (
                    q_no_reward,
                    ("奖励没有用上。", "The reward is not used."),
                ),
            ],
        ),
        hints=[
            (
                "目标是 `reward + discount * later`，`later` 是下一格最大的 $Q$；一局结束了，它是 0。",
                "The target is `reward + discount * later`, where `later` is the largest $Q$ of the next square, and 0 when the episode is over.",
            ),
            (
                "新值 = 旧值 + `rate` ×（目标 − 旧值）。",
                "New value = old value + `rate` × (target − old value).",
            ),
        ],
        reference=q_step,
        solution=(
            "```python\nlater = 0.0 if over else q[s_next].max()\nreturn q[s, a] + rate * (reward + discount * later - q[s, a])\n```",
            "```python\nlater = 0.0 if over else q[s_next].max()\nreturn q[s, a] + rate * (reward + discount * later - q[s, a])\n```",
        ),
        why=(
            "括号里的差就是梯度下降里的误差，`rate` 就是学习率。不同的是没有人给标签：目标是用表自己算的。",
            "The difference in brackets is the error of gradient descent, and `rate` the learning rate. What differs: nobody gives a label; the target is computed from the table itself.",
        ),
        wrong=[
            (q_never_over, "nothing follows"),
            (q_same_state, "not at `s`"),
            (q_jump, "jumps to the target"),
            (q_without_discount, "not discounted"),
            (q_mean, "takes the mean"),
            (q_same_action, "same move"),
            (q_without_old, "Subtract the old value"),
            (q_only_change, "This is the change"),
            (q_no_reward, "reward is not used"),
        ],
    ),
]

PREDICTIONS = [
    Prediction(
        "16-p1",
        (
            "200 个标签：SimCLR 的特征，100 张对几张？",
            "200 labels, SimCLR's features: how many of 100 right?",
        ),
        Number(0, 100, ("张", "right"), close=6),
    ),
    Prediction(
        "16-p2",
        ("只拉近：损失会降到 −0.95 以下吗？", "Pulling only: does the loss fall below −0.95?"),
        YesNo(),
    ),
    Prediction(
        "16-p3",
        ("0 张训练照片：100 张猫狗对几张？", "0 training photos: how many of 100 cats and dogs?"),
        Number(0, 100, ("张", "right"), close=8),
    ),
    Prediction(
        "16-p4",
        (
            "200 张图，用中文问，第一名对几张？",
            "200 pictures, asked in Chinese: how often is the first name right?",
        ),
        Number(0, 200, ("张", "right"), close=20),
    ),
    Prediction(
        "16-p5",
        (
            "洞和目标对调，前 100 局：搬来的表？",
            "Hole and goal swapped, first 100 episodes: the carried table?",
        ),
        OneOf(
            (
                ("比从零开始好", "better than from scratch"),
                ("差不多", "about the same"),
                ("比从零开始差", "worse than from scratch"),
            )
        ),
    ),
]


def draw_lakes():
    """Three corridors of five squares, with what each square is worth; the goal is at the right."""
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(7.4, 2.6))
    rows = ([0.9**3, 0.9**2, 0.9, 1, 1], [0.5**3, 0.5**2, 0.5, 1, 1], [0, 0, 0, 0, 1])
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            box = plt.Rectangle((column, 2 - row), 0.95, 0.85, color=plt.cm.Blues(0.75 * value))
            ax.add_patch(box)
            text = "★" if column == 4 else f"{value:.2f}"
            ax.text(column + 0.47, 2.4 - row, text, ha="center", va="center", color="#000000")
    ax.set(xlim=(-0.1, 5.1), ylim=(-0.1, 3), xticks=[], yticks=[])
    ax.grid(False)
    return fig


QUIZZES = [
    Quiz(
        id="16-q1",
        question=(
            "训练只把同一张照片的两个样子拉近。损失降到最低，线性探测却不比没训练过的网络好。发生了什么？",
            "Training only pulls the two views of a photo together. The loss reaches its lowest value, and linear probing does no better than with an untrained network. What has happened?",
        ),
        options=[
            Option(
                (
                    "坍缩：所有照片得到几乎同一个向量",
                    "collapse: all photos get almost the same vector",
                ),
                (
                    "向量都一样，每一对自然也一样。看每个方向的标准差：接近 0。",
                    "With one vector for all, each pair agrees as well. Look at the standard deviation of each direction: close to 0.",
                ),
                right=True,
            ),
            Option(
                ("过拟合：背下了训练照片", "overfitting: it has learned the photos by heart"),
                (
                    "背下来的照片彼此不同；这里连训练照片的嵌入也几乎一样。",
                    "Photos learned by heart differ from each other; here even those of training have almost the same embedding.",
                ),
            ),
            Option(
                ("学习率太小", "the learning rate is too small"),
                (
                    "损失已经降到最低，走得够远了。",
                    "The loss has reached its lowest value: it has gone far enough.",
                ),
            ),
            Option(
                ("标签太少，分类头学不会", "too few labels for the head"),
                (
                    "同样的标签，SimCLR 的特征就好一些。毛病在特征里。",
                    "With the same labels SimCLR's features do better. The fault is in the features.",
                ),
            ),
        ],
    ),
    Ordering(
        id="16-q2",
        question=("SimCLR 的一步，先后怎样？", "One step of SimCLR: in which order?"),
        steps=[
            Step(("取一批没有标签的照片", "take a batch of photos without labels")),
            Step(
                (
                    "每张随机做出两个样子",
                    "make two random views of each",
                ),
                ("还没有照片。", "There are no photos yet."),
            ),
            Step(
                (
                    "经过网络和投影头，长度变成 1",
                    "send them through network and projection head, and make the length 1",
                ),
                (
                    "两个样子还没有做出来，没有东西可比。",
                    "The two views are not made yet, so nothing can be compared.",
                ),
            ),
            Step(
                (
                    "算全部相似度和交叉熵",
                    "compute all similarities and the cross-entropy",
                ),
                ("还没有向量。", "There are no vectors yet."),
            ),
            Step(
                ("沿负梯度更新权重", "update the weights against the gradient"),
                ("还没有损失，也就没有梯度。", "There is no loss yet, and so no gradient."),
            ),
        ],
        why=(
            "标签从没有出现；哪两行是一对，是我们自己造的。投影头训练完就扔掉。",
            "No label appears anywhere; which two rows belong together is of our own making. The projection head is thrown away after training.",
        ),
    ),
    Matching(
        id="16-q3",
        question=(
            "训练信号从哪里来？",
            "Where does the training signal come from?",
        ),
        pairs=[
            Pair(
                item=("转角度的前置任务", "the rotation pretext"),
                match=("我们自己转了几度", "by how much we turned it ourselves"),
                why=(
                    "0、90、180、270 度：答案是我们造的，不要人标。",
                    "0, 90, 180, 270 degrees: the answer is of our making, nobody labels.",
                ),
                elsewhere=(
                    "“自己转了几度”只在转过照片时才有。",
                    "“How much we turned it” exists only where photos are turned.",
                ),
            ),
            Pair(
                item=("伪标签", "pseudo-labels"),
                match=("模型自己的、有把握的答案", "the model's own certain answers"),
                why=(
                    "所以错误会被自己确认：阈值和校准要紧。",
                    "So mistakes confirm themselves: threshold and calibration matter.",
                ),
                elsewhere=(
                    "模型自己的答案当标签，叫伪标签。",
                    "The model's own answers used as labels are pseudo-labels.",
                ),
            ),
            Pair(
                item=("迷你 CLIP", "mini-CLIP"),
                match=("图和它的名字是一对", "a picture and its name belong together"),
                why=(
                    "一批里的其他名字都是错的答案，要推开。",
                    "The other names of the batch are wrong answers, to be pushed away.",
                ),
                elsewhere=(
                    "图和名字成对，是图文模型的信号。",
                    "Pairs of picture and name are the signal of image-text models.",
                ),
            ),
            Pair(
                item=("Q 学习", "Q-learning"),
                match=("奖励，和下一格的估计", "the reward and the estimate at the next square"),
                why=(
                    "目标一部分来自世界，一部分来自自己的表。",
                    "Part of the target comes from the world, part from its own table.",
                ),
                elsewhere=(
                    "奖励只在强化学习里有。",
                    "Rewards exist in reinforcement learning only.",
                ),
            ),
        ],
    ),
    Marking(
        id="16-q4",
        question=(
            "三条走廊，走到 ★ 得 1 分，不打滑，格里写着价值。哪一条的折扣是 $\\gamma=0.5$？",
            "Three corridors, reaching ★ pays 1, no slipping, each square shows its value. Which one has the discount $\\gamma=0.5$?",
        ),
        picture=draw_lakes,
        alt=(
            "三条走廊，每条五格，最右是目标。上：0.73、0.81、0.90、1.00。中：0.12、0.25、0.50、1.00。下：四格都是 0.00。",
            "Three corridors of five squares with the goal at the right. Top: 0.73, 0.81, 0.90, 1.00. Middle: 0.12, 0.25, 0.50, 1.00. Bottom: 0.00 four times.",
        ),
        options=[
            Region(
                ("上面一条", "the top one"),
                (
                    "这里每远一步乘 0.9：1、0.9、0.81、0.73。",
                    "Here each further step multiplies by 0.9: 1, 0.9, 0.81, 0.73.",
                ),
                box=(-0.05, 1.95, 5.02, 2.92),
            ),
            Region(
                ("中间一条", "the middle one"),
                (
                    "每远一步减半：1、0.5、0.25、0.125。",
                    "Each further step halves it: 1, 0.5, 0.25, 0.125.",
                ),
                right=True,
                box=(-0.05, 0.96, 5.02, 1.93),
            ),
            Region(
                ("下面一条", "the bottom one"),
                (
                    "全是 0：还没有走到过目标。折扣再小，★ 旁边一格也是 1。",
                    "All 0: the goal has never been reached yet. However small the discount, the square beside ★ is worth 1.",
                ),
                box=(-0.05, -0.05, 5.02, 0.94),
            ),
        ],
    ),
    Quiz(
        id="16-q5",
        question=(
            "不打折扣（$\\gamma=1$），步数不限，每走近目标一步就奖励 0.1（走远不罚）。最优的走法变成了什么？",
            "No discount ($\\gamma=1$), as many steps as you like, and each step closer to the goal pays 0.1 (steps away cost nothing). What does the best policy become?",
        ),
        options=[
            Option(
                ("来回走，一直领奖", "to walk back and forth and collect for ever"),
                (
                    "走近一步领 0.1，退一步不花钱，再领一次。要用势能之差：退一步就还回去。",
                    "A step closer pays 0.1, a step back is free, then it pays again. Use differences of a potential: a step back returns the money.",
                ),
                right=True,
            ),
            Option(
                ("还是原来的，只是学得更快", "the same as before, only learned faster"),
                (
                    "只有奖励是势能之差 $\\gamma\\Phi(s')-\\Phi(s)$ 时才保证不变。",
                    "That is guaranteed only where the extra reward is a difference of a potential, $\\gamma\\Phi(s')-\\Phi(s)$.",
                ),
            ),
            Option(
                ("站在起点不动", "to stay at the start"),
                (
                    "不动领不到钱；走近才领。",
                    "Standing still earns nothing; steps closer do.",
                ),
            ),
            Option(
                ("走最短的路，不管洞", "the shortest way, holes or not"),
                (
                    "掉进洞就领不到了；来回走可以一直领。",
                    "In a hole nothing more is paid; back and forth pays for ever.",
                ),
            ),
        ],
    ),
]
