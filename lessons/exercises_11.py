"""Exercises and quizzes of lesson 11: multi-task and meta-learning."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number, OneOf
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

# --- 11-1: the cosine of two tasks' gradients ---


def flat(gradients):
    return np.concatenate([np.ravel(g) for g in gradients])


def gradient_cosine(one, other):
    a, b = flat(one), flat(other)
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


def cosine_mean_of_arrays(one, other):
    """The mean of the cosines of each array."""
    return np.mean([gradient_cosine([a], [b]) for a, b in zip(one, other, strict=True)])


def cosine_without_norms(one, other):
    return flat(one) @ flat(other)


def cosine_one_norm(one, other):
    return flat(one) @ flat(other) / np.linalg.norm(flat(one)) ** 2


def cosine_squares(one, other):
    """The norms without their roots."""
    a, b = flat(one), flat(other)
    return a @ b / ((a @ a) * (b @ b))


def cosine_first_array(one, other):
    return gradient_cosine(one[:1], other[:1])


def cosine_distance(one, other):
    return 1 - gradient_cosine(one, other)


def cosine_without_sign(one, other):
    return abs(gradient_cosine(one, other))


def cosine_of_sums(one, other):
    """Each array is added up to one number first."""
    a, b = (np.array([np.sum(g) for g in gradients]) for gradients in (one, other))
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


def random_gradients(rng):
    shapes = [(3, 2), (2,)]
    return tuple([rng.normal(size=shape) for shape in shapes] for _ in range(2))


# --- 11-3: probabilities from prototypes ---


def squared_distances(query, centres):
    return ((query[:, None] - centres) ** 2).sum(axis=2)


def means_of(support, labels):
    return np.stack([support[labels == c].mean(axis=0) for c in range(labels.max() + 1)])


def softmax(z, axis=1):
    powers = np.exp(z - z.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def prototype_probabilities(support, labels, query):
    return softmax(-squared_distances(query, means_of(support, labels)))


def probabilities_of_sums(support, labels, query):
    """Sums instead of means."""
    sums = np.stack([support[labels == c].sum(axis=0) for c in range(labels.max() + 1)])
    return softmax(-squared_distances(query, sums))


def probabilities_far(support, labels, query):
    """Without the minus: far classes get the large probabilities."""
    return softmax(squared_distances(query, means_of(support, labels)))


def probabilities_roots(support, labels, query):
    """Distances, not their squares."""
    return softmax(-np.sqrt(squared_distances(query, means_of(support, labels))))


def probabilities_half(support, labels, query):
    """The linear head as it stands: half of the squared distance."""
    return softmax(-squared_distances(query, means_of(support, labels)) / 2)


def probabilities_scalar_product(support, labels, query):
    """The prototypes' lengths are forgotten."""
    return softmax(2 * query @ means_of(support, labels).T)


def probabilities_not_normalized(support, labels, query):
    return np.exp(-squared_distances(query, means_of(support, labels)))


def probabilities_wrong_axis(support, labels, query):
    """Each column adds up to 1."""
    return softmax(-squared_distances(query, means_of(support, labels)), axis=0)


def probabilities_of_samples(support, labels, query):
    """One for each sample of the support set."""
    return softmax(-squared_distances(query, support))


def probabilities_classes(support, labels, query):
    return squared_distances(query, means_of(support, labels)).argmin(axis=1)


def probabilities_first_of_each(support, labels, query):
    first = np.stack([support[labels == c][0] for c in range(labels.max() + 1)])
    return softmax(-squared_distances(query, first))


FEW = (
    np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.5], [3.0, 1.0], [2.0, 1.0]]),
    np.array([0, 0, 0, 1, 1]),
    np.array([[1.5, 0.0], [2.0, 0.5], [1.0, 1.0]]),
)


def random_few(rng):
    labels = np.concatenate([np.arange(3), rng.integers(0, 3, 6)])
    return rng.normal(size=(9, 2)) + 0.5 * labels[:, None], labels, rng.normal(size=(7, 2)) + 0.5


# --- numbers ---

TRUNK, HEAD = 256 * 16 + 16, 16 + 1
HARD, SOFT = TRUNK + 3 * HEAD, 3 * (TRUNK + HEAD)
SHARING = {"hard": HARD, "soft": SOFT}
INNER = {"w_fast": 1.4, "meta_gradient": -3.84, "first_order": -4.8}


PREDICTIONS = [
    Prediction(
        "11-p1",
        (
            "相关的辅助任务（有没有环）让准确率变化几个百分点？",
            "The related auxiliary task (a loop or not): by how many points does accuracy change?",
        ),
        Number(-30, 30, ("个百分点", "points"), close=3),
    ),
    Prediction(
        "11-p2",
        ("不相关的辅助任务会怎样？", "And the unrelated auxiliary task?"),
        OneOf((("有帮助", "helps"), ("看不出差别", "no clear difference"), ("有害", "harms"))),
    ),
    Prediction(
        "11-p3",
        ("5 类、每类 1 张照片：答对百分之几？", "5 ways, 1 shot: what per cent is right?"),
        Number(0, 100, ("%", "%"), close=8),
    ),
    Prediction(
        "11-p4",
        ("只有 1 张时，原型和 1-NN 哪个好？", "With 1 shot, prototypes or 1-NN?"),
        OneOf((("原型", "prototypes"), ("1-NN", "1-NN"), ("完全一样", "exactly the same"))),
    ),
    Prediction(
        "11-p5",
        (
            "走一步以后，联合训练的损失是 MAML 的几倍？",
            "After one step, how many times MAML's loss is that of joint training?",
        ),
        Number(0.1, 1000, ("倍", "times"), factor=2),
    ),
]


EXERCISES = [
    Exercise(
        id="11-1",
        title=("梯度的余弦", "The cosine of gradients"),
        judge=judges.function(
            gradient_cosine,
            inputs=[
                (
                    [np.array([[1.0, 0.0], [2.0, -1.0]]), np.array([1.0])],
                    [np.array([[2.0, 1.0], [-3.0, 0.5]]), np.array([3.0])],
                )
            ],
            random=random_gradients,
            mistakes=[
                (
                    cosine_mean_of_arrays,
                    (
                        "先把所有的数排成一个向量，再求一个余弦；几个余弦的平均让小数组和大数组一样重。",
                        "Put all numbers into one vector, then take one cosine; a mean of cosines lets a small array count as much as a large one.",
                    ),
                ),
                (
                    cosine_without_norms,
                    (
                        "只有内积：还要除以两个长度，不然损失乘 10，“余弦”也乘 10。",
                        "That is the scalar product alone: divide by both lengths, or a loss times 10 makes the “cosine” 10 times as large.",
                    ),
                ),
                (
                    cosine_one_norm,
                    (
                        "两个长度各除一次，不是同一个除两次。",
                        "Divide by each of the two lengths once, not twice by the same.",
                    ),
                ),
                (
                    cosine_squares,
                    (
                        "除的是长度，不是长度的平方：忘了开方。",
                        "Divide by the lengths, not by their squares: the root is missing.",
                    ),
                ),
                (
                    cosine_first_array,
                    (
                        "只用了第一个数组，偏置的梯度也算共享参数的梯度。",
                        "Only the first array is used; the gradient by the biases belongs to the shared parameters, too.",
                    ),
                ),
                (
                    cosine_distance,
                    (
                        "这是 1 减余弦，一种距离；要的是余弦本身。",
                        "That is 1 minus the cosine, a distance; the cosine itself is asked for.",
                    ),
                ),
                (
                    cosine_without_sign,
                    (
                        "符号正是要看的：负的说明两个任务相反。",
                        "The sign is the very point: a negative one says that the tasks pull in opposite directions.",
                    ),
                ),
                (
                    cosine_of_sums,
                    (
                        "不要先把每个数组加起来：方向就丢了。用 `ravel` 排开。",
                        "Do not add each array up first: the direction is lost. Lay it out with `ravel`.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "把每个梯度的几个数组各自 `ravel`，再用 `np.concatenate` 接成一个向量。",
                "`ravel` each array of a gradient and join them into one vector with `np.concatenate`.",
            ),
            (
                "余弦 = 内积除以两个长度的乘积；长度是 `np.linalg.norm`。",
                "The cosine is the scalar product over the product of both lengths; a length is `np.linalg.norm`.",
            ),
        ],
        reference=gradient_cosine,
        solution=(
            "```python\na = np.concatenate([np.ravel(g) for g in one])\nb = np.concatenate([np.ravel(g) for g in other])\nreturn a @ b / (np.linalg.norm(a) * np.linalg.norm(b))\n```",
            "```python\na = np.concatenate([np.ravel(g) for g in one])\nb = np.concatenate([np.ravel(g) for g in other])\nreturn a @ b / (np.linalg.norm(a) * np.linalg.norm(b))\n```",
        ),
        why=(
            "它只看方向，不看大小，所以与损失的单位无关；单位由损失的权重管。它也只看此刻：走一小步以后，余弦会变。",
            "It looks at direction and not at size, so the units of the losses do not matter; weights of the losses deal with those. And it looks at this moment only: after a small step the cosine is another.",
        ),
        wrong=[
            (cosine_mean_of_arrays, "one vector"),
            (cosine_without_norms, "scalar product alone"),
            (cosine_one_norm, "twice by the same"),
            (cosine_squares, "root is missing"),
            (cosine_first_array, "Only the first array"),
            (cosine_distance, "1 minus the cosine"),
            (cosine_without_sign, "sign is the very point"),
            (cosine_of_sums, "direction is lost"),
        ],
    ),
    Exercise(
        id="11-2",
        title=("硬共享与软共享的参数", "Parameters of hard and soft sharing"),
        judge=judges.fields(
            {
                "hard": judges.values(
                    HARD,
                    rtol=1e-9,
                    mistakes=[
                        (
                            256 * 16 + 3 * 16,
                            (
                                "只数了权重：主干有 16 个偏置，每个头有 1 个。",
                                "These are weights alone: the trunk has 16 biases, each head has 1.",
                            ),
                        ),
                        (
                            TRUNK + HEAD,
                            (
                                "只有一个头：三个任务各要一个。",
                                "That is one head: each of the three tasks needs its own.",
                            ),
                        ),
                        (
                            TRUNK,
                            (
                                "这只是主干，头也要学。",
                                "That is the trunk alone; heads are learned as well.",
                            ),
                        ),
                        (
                            SOFT,
                            (
                                "这是三个完整的网络；硬共享的主干只有一个。",
                                "These are three whole networks; hard sharing has a single trunk.",
                            ),
                        ),
                    ],
                ),
                "soft": judges.values(
                    SOFT,
                    rtol=1e-9,
                    mistakes=[
                        (
                            HARD,
                            (
                                "软共享里每个任务有自己的主干：惩罚让它们靠近，并不让它们变成一个。",
                                "In soft sharing each task has a trunk of its own: the penalty keeps them close and does not make them one.",
                            ),
                        ),
                        (
                            3 * TRUNK + HEAD,
                            (
                                "主干数对了，头也是每个任务一个。",
                                "The trunks are counted right; there is one head for each task, too.",
                            ),
                        ),
                        (
                            3 * TRUNK,
                            (
                                "这是三个没有头的主干，或三个没有偏置的网络：头和偏置都要数。",
                                "That is three trunks without heads, or three whole networks without biases: count heads and biases.",
                            ),
                        ),
                        (
                            2 * (TRUNK + HEAD),
                            (
                                "有三个任务，不是两个。",
                                "There are three tasks, not two.",
                            ),
                        ),
                    ],
                ),
            }
        ),
        hints=[
            (
                "一个全连接层有“输入数 × 输出数”个权重，外加每个输出一个偏置。",
                "A dense layer has inputs × outputs weights, and one bias for each output.",
            ),
            (
                "主干：$256\\cdot16+16=4112$。一个头：$16+1=17$。",
                "The trunk: $256\\cdot16+16=4112$. A head: $16+1=17$.",
            ),
            (
                "硬共享：主干一次，头三次。软共享：整个网络三次。",
                "Hard sharing: the trunk once, heads three times. Soft sharing: the whole network three times.",
            ),
        ],
        reference=SHARING,
        solution=(
            "硬：$4112+3\\cdot17=4163$。软：$3\\cdot(4112+17)=12387$。",
            "Hard: $4112+3\\cdot17=4163$. Soft: $3\\cdot(4112+17)=12387$.",
        ),
        why=(
            "多一个任务，硬共享只多 17 个参数，软共享多 4,129 个。省下的参数也是约束：几个任务只能用同样的特征。任务要的特征不同时，哪一种更危险？",
            "One more task costs hard sharing 17 parameters and soft sharing 4,129. What is saved is also a constraint: all tasks have to live with the same features. When tasks want different features, which of the two is more dangerous?",
        ),
        wrong=[
            ({"hard": 4144, "soft": SOFT}, "weights alone"),
            ({"hard": 4129, "soft": SOFT}, "one head"),
            ({"hard": 4112, "soft": SOFT}, "trunk alone"),
            ({"hard": SOFT, "soft": SOFT}, "three whole networks"),
            ({"hard": HARD, "soft": HARD}, "trunk of its own"),
            ({"hard": HARD, "soft": 3 * TRUNK + HEAD}, "trunks are counted right"),
            ({"hard": HARD, "soft": 3 * TRUNK}, "three trunks without heads"),
            ({"hard": HARD, "soft": 8258}, "not two"),
            ([HARD, SOFT], "dict"),
        ],
    ),
    Exercise(
        id="11-3",
        title=("原型给出的概率", "Probabilities from prototypes"),
        judge=judges.function(
            prototype_probabilities,
            inputs=[FEW],
            random=random_few,
            mistakes=[
                (
                    probabilities_of_sums,
                    (
                        "原型是平均，不是和：和会随张数跑远。",
                        "A prototype is a mean, not a sum: a sum runs away as shots are added.",
                    ),
                ),
                (
                    probabilities_far,
                    (
                        "少了负号：这样离得越远，概率越大。",
                        "The minus is missing: like this the farther class gets the larger probability.",
                    ),
                ),
                (
                    probabilities_roots,
                    (
                        "公式里是距离的平方，这里开了方。",
                        "The formula has the squared distance; here its root was taken.",
                    ),
                ),
                (
                    probabilities_half,
                    (
                        "线性头的 $z$ 是 $-\\tfrac12$ 倍的距离平方。答案的类别一样，概率却不够果断：要乘 2。",
                        "The linear head's $z$ is $-\\tfrac12$ of the squared distance. It gives the same classes, but the probabilities are too timid: a factor of 2 is missing.",
                    ),
                ),
                (
                    probabilities_scalar_product,
                    (
                        "少了 $-\\lVert\\mu_c\\rVert^2$：内积最大不等于距离最小，长的原型占便宜。",
                        "A $-\\lVert\\mu_c\\rVert^2$ is missing: the largest scalar product is not the smallest distance, and long prototypes gain by it.",
                    ),
                ),
                (
                    probabilities_not_normalized,
                    (
                        "还要除以每一行的和，概率加起来才是 1。",
                        "Divide by the sum of each row, so that probabilities add up to 1.",
                    ),
                ),
                (
                    probabilities_wrong_axis,
                    (
                        "每一行是一张照片：沿类别的轴归一（`axis=1`），不是沿照片的轴。",
                        "Each row is a photo: normalize along the classes (`axis=1`), not along the photos.",
                    ),
                ),
                (
                    probabilities_first_of_each,
                    (
                        "每类只用了第一个样本；原型是这一类所有样本的平均。",
                        "Only the first sample of each class is used; a prototype is the mean of all of them.",
                    ),
                ),
                (
                    probabilities_of_samples,
                    (
                        "列数应是类别数：先把每类的样本平均成一个原型。",
                        "There should be a column for each class: average the samples of a class into one prototype first.",
                    ),
                ),
                (
                    probabilities_classes,
                    (
                        "这是答案的类别；要的是每个类别的概率，形状是 `(m, C)`。",
                        "Those are the classes of the answers; wanted are probabilities of all classes, of shape `(m, C)`.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "类别 `c` 的原型是 `support[labels == c].mean(axis=0)`；用 `np.stack` 把各类的叠起来。",
                "The prototype of class `c` is `support[labels == c].mean(axis=0)`; `np.stack` puts all of them together.",
            ),
            (
                "`query[:, None] - prototypes` 的形状是 `(m, C, d)`；平方，沿最后一个轴相加。",
                "`query[:, None] - prototypes` has the shape `(m, C, d)`; square it and add up along the last axis.",
            ),
            (
                "取 `np.exp` 之前加负号，之后除以每一行的和。",
                "Put a minus before `np.exp`, and divide by the sum of each row after it.",
            ),
        ],
        reference=prototype_probabilities,
        solution=(
            "```python\nprototypes = np.stack([support[labels == c].mean(axis=0) for c in range(labels.max() + 1)])\nz = -((query[:, None] - prototypes) ** 2).sum(axis=2)\npowers = np.exp(z - z.max(axis=1, keepdims=True))\nreturn powers / powers.sum(axis=1, keepdims=True)\n```",
            "```python\nprototypes = np.stack([support[labels == c].mean(axis=0) for c in range(labels.max() + 1)])\nz = -((query[:, None] - prototypes) ** 2).sum(axis=2)\npowers = np.exp(z - z.max(axis=1, keepdims=True))\nreturn powers / powers.sum(axis=1, keepdims=True)\n```",
        ),
        why=(
            "有了概率，就有交叉熵，也就有对特征的梯度：Snell 等正是在许多回合里这样训练骨干网络的。长度为 1 的特征之间，距离平方至多是 4：这样的概率会有多果断？",
            "With probabilities there is a cross-entropy, and so a gradient by the features: that is how Snell et al. train the backbone over many episodes. Between features of length 1 a squared distance is 4 at most: how decided can such probabilities be?",
        ),
        wrong=[
            (probabilities_of_sums, "not a sum"),
            (probabilities_far, "minus is missing"),
            (probabilities_roots, "root was taken"),
            (probabilities_half, "too timid"),
            (probabilities_scalar_product, "long prototypes"),
            (probabilities_not_normalized, "sum of each row"),
            (probabilities_wrong_axis, "along the classes"),
            (probabilities_first_of_each, "Only the first sample"),
            (probabilities_of_samples, "column for each class"),
            (probabilities_classes, "classes of the answers"),
        ],
    ),
    Exercise(
        id="11-4",
        title=("亲手走一步内循环", "One inner step by hand"),
        judge=judges.fields(
            {
                "w_fast": judges.values(
                    1.4,
                    mistakes=[
                        (
                            0.6,
                            (
                                "方向反了：支持集的梯度是 $-4$，下降要减去它，$w$ 变大。",
                                "The wrong way: the support gradient is $-4$; descent subtracts it, so $w$ grows.",
                            ),
                        ),
                        (
                            1.2,
                            (
                                "平方的导数有一个 2：$2x(wx-y)$。",
                                "The derivative of a square has a 2: $2x(wx-y)$.",
                            ),
                        ),
                        (
                            5.0,
                            (
                                "忘了乘学习率 0.1。",
                                "The learning rate 0.1 is missing.",
                            ),
                        ),
                        (
                            1.8,
                            (
                                "这一步用的是支持集 $(1,3)$，不是查询集。",
                                "This step uses the support point $(1,3)$, not the query.",
                            ),
                        ),
                    ],
                ),
                "meta_gradient": judges.values(
                    -3.84,
                    mistakes=[
                        (
                            -4.8,
                            (
                                "这是一阶近似：还要乘 $\\frac{dw'}{dw}=1-\\eta\\cdot2x^2=0.8$。",
                                "That is the first-order answer: multiply by $\\frac{dw'}{dw}=1-\\eta\\cdot2x^2=0.8$ as well.",
                            ),
                        ),
                        (
                            -6.4,
                            (
                                "查询损失的导数取在 $w=1$ 了：要取在走完一步的 $w'=1.4$。",
                                "The query loss was differentiated at $w=1$: it is to be at $w'=1.4$, after the step.",
                            ),
                        ),
                        (
                            -8.0,
                            (
                                "这是没有内循环的梯度，取在 $w=1$：MAML 看的是走完一步以后。",
                                "That is the gradient without any inner step, at $w=1$: MAML looks at what comes after the step.",
                            ),
                        ),
                        (
                            -5.76,
                            (
                                "$\\frac{dw'}{dw}$ 的符号反了：是 $1-0.2$，不是 $1+0.2$。",
                                "The sign in $\\frac{dw'}{dw}$ is the other one: $1-0.2$, not $1+0.2$.",
                            ),
                        ),
                        (
                            -0.96,
                            (
                                "乘成了 $0.2$；$w'=w-\\eta g(w)$ 对 $w$ 求导，还有第一项的 1。",
                                "That is times $0.2$; differentiate $w'=w-\\eta g(w)$ by $w$: the first term gives a 1.",
                            ),
                        ),
                        (
                            3.84,
                            (
                                "大小对，符号反了：$2.8-4$ 是负的。",
                                "The size is right, the sign is not: $2.8-4$ is negative.",
                            ),
                        ),
                    ],
                ),
                "first_order": judges.values(
                    -4.8,
                    mistakes=[
                        (
                            -3.84,
                            (
                                "一阶近似把 $\\frac{dw'}{dw}$ 当作 1，不再乘 0.8。",
                                "The first-order way takes $\\frac{dw'}{dw}$ as 1 and does not multiply by 0.8.",
                            ),
                        ),
                        (
                            -8.0,
                            (
                                "一阶近似也取在 $w'$，不是取在 $w$。",
                                "The first-order gradient, too, is taken at $w'$ and not at $w$.",
                            ),
                        ),
                        (
                            -2.4,
                            (
                                "$2x(w'x-y)$ 里有 $x=2$ 和平方的 2。",
                                "$2x(w'x-y)$ has both $x=2$ and the 2 of the square.",
                            ),
                        ),
                    ],
                ),
            }
        ),
        hints=[
            (
                "支持集的梯度：$g(w)=2x(wx-y)$，在 $(1,3)$、$w=1$。",
                "The support gradient is $g(w)=2x(wx-y)$ at $(1,3)$ and $w=1$.",
            ),
            (
                "$w'=w-0.1\\,g(w)=1+0.4$。再求查询损失 $(2w'-4)^2$ 对 $w'$ 的导数。",
                "$w'=w-0.1\\,g(w)=1+0.4$. Then differentiate the query loss $(2w'-4)^2$ by $w'$.",
            ),
            (
                "链式法则：$\\frac{dL}{dw}=\\frac{dL}{dw'}\\cdot\\frac{dw'}{dw}$，而 $\\frac{dw'}{dw}=1-0.1\\cdot2\\cdot1^2$。",
                "The chain rule: $\\frac{dL}{dw}=\\frac{dL}{dw'}\\cdot\\frac{dw'}{dw}$, and $\\frac{dw'}{dw}=1-0.1\\cdot2\\cdot1^2$.",
            ),
        ],
        reference=INNER,
        solution=(
            "$w'=1-0.1\\cdot2\\cdot(1-3)=1.4$；$\\frac{dL}{dw'}=2\\cdot2\\cdot(2.8-4)=-4.8$，这就是一阶的答案；$\\frac{dw'}{dw}=1-0.2=0.8$，所以元梯度是 $-4.8\\cdot0.8=-3.84$。",
            "$w'=1-0.1\\cdot2\\cdot(1-3)=1.4$; $\\frac{dL}{dw'}=2\\cdot2\\cdot(2.8-4)=-4.8$, which is the first-order answer; $\\frac{dw'}{dw}=1-0.2=0.8$, so the meta-gradient is $-4.8\\cdot0.8=-3.84$.",
        ),
        why=(
            "0.8 是曲率带来的：支持损失弯得越厉害，起点的改变留到 $w'$ 里的就越少。$\\eta$ 是多大时，这个因子是 0？",
            "The 0.8 comes from curvature: the more the support loss bends, the less of a change in the start is left in $w'$. For which $\\eta$ is the factor 0?",
        ),
        wrong=[
            (INNER | {"w_fast": 0.6}, "wrong way"),
            (INNER | {"w_fast": 1.2}, "has a 2"),
            (INNER | {"w_fast": 5.0}, "learning rate 0.1 is missing"),
            (INNER | {"w_fast": 1.8}, "not the query"),
            (INNER | {"meta_gradient": -4.8}, "That is the first-order answer"),
            (INNER | {"meta_gradient": -6.4}, "after the step"),
            (INNER | {"meta_gradient": -8.0}, "without any inner step"),
            (INNER | {"meta_gradient": -5.76}, "The sign in"),
            (INNER | {"first_order": -3.84}, "does not multiply"),
            (INNER | {"first_order": -8.0}, "taken at $w'$"),
        ],
    ),
]

QUIZZES = [
    Ordering(
        id="11-q1",
        question=(
            "MAML 的一步元训练，先后怎样？",
            "One meta-step of MAML: in which order?",
        ),
        steps=[
            Step(
                (
                    "抽一批任务，每个任务分支持集和查询集",
                    "draw tasks, each with support and query set",
                )
            ),
            Step(
                (
                    "从同一个起点，用支持集各走一步",
                    "from one start, take a step on each support set",
                ),
                ("还没有任务，也就没有支持集。", "There are no tasks yet, so no support sets."),
            ),
            Step(
                (
                    "用走完的权重，在查询集上算损失",
                    "with the weights after the step, compute the loss on the query sets",
                ),
                ("要用走完一步的权重。", "This needs the weights after the step."),
            ),
            Step(
                (
                    "让这个损失穿过那一步，对起点求导",
                    "differentiate this loss by the start, through that step",
                ),
                ("还没有查询集上的损失。", "There is no loss on the query sets yet."),
            ),
            Step(
                ("用这个梯度更新起点", "update the start by that gradient"),
                ("还没有对起点的梯度。", "There is no gradient by the start yet."),
            ),
        ],
        why=(
            "内循环的步子不留下来：留下的只是起点。",
            "The inner steps are not kept: only the start is.",
        ),
    ),
    Matching(
        id="11-q2",
        question=("哪个做法让什么变成共同的？", "Which method makes what common to the tasks?"),
        pairs=[
            Pair(
                item=("硬共享", "hard parameter sharing"),
                match=("同一个主干，各自的头", "one trunk, a head for each task"),
                why=(
                    "几个任务的梯度都落在同一个主干上。",
                    "The gradients of all tasks land on the same trunk.",
                ),
                elsewhere=(
                    "这里几个任务同时训练，用的是同一个主干。",
                    "Here several tasks train at the same time on one trunk.",
                ),
            ),
            Pair(
                item=("软共享", "soft parameter sharing"),
                match=(
                    "各自的主干，惩罚它们的距离",
                    "a trunk for each task, their distance penalized",
                ),
                why=(
                    "参数接近，但不相同。",
                    "The parameters are close, not equal.",
                ),
                elsewhere=(
                    "只有它为每个任务存一整套主干，再加惩罚。",
                    "Only one of them keeps a whole trunk for each task and adds a penalty.",
                ),
            ),
            Pair(
                item=("原型", "prototypes"),
                match=(
                    "冻结的特征，新任务只求平均",
                    "frozen features; a new task only takes means",
                ),
                why=(
                    "没有一步梯度：学习都在特征里，早已完成。",
                    "No gradient step: the learning is in the features and was done before.",
                ),
                elsewhere=(
                    "只求平均、不走一步梯度的只有一个。",
                    "Only one of them takes means and no gradient step.",
                ),
            ),
            Pair(
                item=("MAML", "MAML"),
                match=("同一个起点，走几步就到", "one start, from which a few steps are enough"),
                why=(
                    "起点按“走完以后好不好”来学。",
                    "The start is learned by how good things are after the steps.",
                ),
                elsewhere=(
                    "学一个起点的只有一个。",
                    "Only one of them learns a start.",
                ),
            ),
        ],
    ),
    Quiz(
        id="11-q3",
        question=(
            "在某一刻，辅助任务的梯度与主任务的梯度余弦是 $-0.3$。沿辅助任务的负梯度走很小一步，主任务的损失会怎样？",
            "At some moment the auxiliary gradient has a cosine of $-0.3$ with the main one. What does a very small step against the auxiliary gradient do to the main loss?",
        ),
        options=[
            Option(
                ("变大", "it rises"),
                (
                    "改变约是 $-\\eta\\,g_1^\\top g_2$；内积是负的，损失变大。",
                    "The change is about $-\\eta\\,g_1^\\top g_2$; the product is negative, so the loss rises.",
                ),
                right=True,
            ),
            Option(
                ("变小", "it falls"),
                (
                    "余弦是正的才变小：看改变量 $-\\eta\\,g_1^\\top g_2$ 的符号。",
                    "It falls when the cosine is positive: look at the sign of $-\\eta\\,g_1^\\top g_2$.",
                ),
            ),
            Option(
                ("不变，因为两个任务的标签不同", "it stays, as the tasks have different labels"),
                (
                    "标签不同，主干却是同一个：动了主干，两个损失都变。",
                    "The labels differ, the trunk is the same: moving it changes both losses.",
                ),
            ),
            Option(
                (
                    "变大，而且最后的准确率一定更低",
                    "it rises, and the final accuracy is sure to be lower",
                ),
                (
                    "前半句对。余弦只说此刻、训练损失的一小步，说不了最后的准确率。",
                    "The first half is right. The cosine speaks of one small step at this moment, not of the final accuracy.",
                ),
            ),
        ],
    ),
    Quiz(
        id="11-q4",
        question=(
            "相位在 $[0,\\pi]$ 里均匀的正弦，用一个网络一起训练（平方损失，不告诉它是哪个任务）。它最后预测什么？",
            "Sines with phases uniform in $[0,\\pi]$ are trained jointly in one network (squared loss, not told which task). What does it predict in the end?",
        ),
        options=[
            Option(
                (
                    "每个 $x$ 处所有任务的平均：一条余弦形的曲线",
                    "the mean over all tasks at each $x$: a curve of cosine shape",
                ),
                (
                    "平方损失最小的常数是平均值；这里的平均是 $-\\frac{2}{\\pi}\\bar A\\cos x$，不是 0。",
                    "The constant of least squared loss is the mean; here it is $-\\frac{2}{\\pi}\\bar A\\cos x$ and not 0.",
                ),
                right=True,
            ),
            Option(
                ("处处是 0", "0 everywhere"),
                (
                    "相位遍布整个 $[0,2\\pi]$ 才抵消成 0；这里只有一半。",
                    "Phases all over $[0,2\\pi]$ would cancel to 0; here it is half of them.",
                ),
            ),
            Option(
                ("最常见的那一条正弦", "the sine that is most common"),
                (
                    "没有哪一条最常见，而且平方损失给出的是平均，不是众数。",
                    "None is most common, and squared loss gives the mean, not the mode.",
                ),
            ),
            Option(
                ("正确的正弦：训练任务足够多", "the right sine: there are enough tasks"),
                (
                    "任务再多，同一个 $x$ 仍有许多不同的 $y$，网络只能给一个。",
                    "However many tasks there are, one $x$ has many different $y$, and the network can give only one.",
                ),
            ),
        ],
    ),
    Quiz(
        id="11-q5",
        question=(
            "单样本学习为什么能从 1 张照片学会一个类别？",
            "Why can one-shot learning learn a class from 1 photo?",
        ),
        options=[
            Option(
                (
                    "因为特征早已从别的许多数据学好",
                    "because the features were learned before, from much other data",
                ),
                (
                    "换成随机的骨干网络，准确率就掉下来。",
                    "With a random backbone the accuracy drops.",
                ),
                right=True,
            ),
            Option(
                ("因为它从零训练，训练得特别久", "because it trains from scratch for very long"),
                (
                    "1 张照片从零训练，只会记住这一张。",
                    "Training from scratch on 1 photo only learns that photo by heart.",
                ),
            ),
            Option(
                ("因为原型分类器有很多参数", "because a prototype classifier has many parameters"),
                (
                    "原型就是那 1 张照片的特征，没有别的参数。",
                    "The prototype is the features of that 1 photo; there are no other parameters.",
                ),
            ),
            Option(
                ("因为 1 张照片没有噪声", "because 1 photo has no noise"),
                (
                    "正相反：1 张照片的偶然最大，所以各回合相差很大。",
                    "Quite the opposite: with 1 photo chance is largest, so episodes differ much.",
                ),
            ),
        ],
    ),
]
