"""Exercises and quizzes of lesson 01: forward and backward propagation."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number, YesNo
from course_utils.learning.definitions import Exercise, Option, Ordering, Prediction, Quiz, Step


def dense_backward(X, W, delta):
    return delta.T @ X, delta.sum(axis=0), delta @ W


def weights_divided(X, W, delta):
    return delta.T @ X / len(X), delta.sum(axis=0), delta @ W


def parameters_divided(X, W, delta):
    return delta.T @ X / len(X), delta.mean(axis=0), delta @ W


def all_divided(X, W, delta):
    return delta.T @ X / len(X), delta.mean(axis=0), delta @ W / len(X)


def input_divided(X, W, delta):
    return delta.T @ X, delta.sum(axis=0), delta @ W / len(X)


def all_negative(X, W, delta):
    return tuple(-result for result in dense_backward(X, W, delta))


def order_reversed(X, W, delta):
    return dense_backward(X, W, delta)[::-1]


def shifted(x, i, by):
    moved = np.array(x, dtype=float)
    moved[i] += by
    return moved


def differences(f, x, epsilon):
    pairs = [(f(shifted(x, i, epsilon)), f(shifted(x, i, -epsilon))) for i in range(len(x))]
    return np.array([up - down for up, down in pairs])


def wrong_entry(f, x, claimed, epsilon=1e-5):
    numeric = differences(f, x, epsilon) / (2 * epsilon)
    return int(np.argmax(np.abs(claimed - numeric)))


def without_abs(f, x, claimed, epsilon=1e-5):
    return int(np.argmax(claimed - differences(f, x, epsilon) / (2 * epsilon)))


def aliased(f, x, claimed, epsilon=1e-5):
    numeric = np.zeros(len(x))
    for i in range(len(x)):
        up = x
        up[i] += epsilon
        down = x
        down[i] -= 2 * epsilon
        numeric[i] = (f(up) - f(down)) / (2 * epsilon)
    return int(np.argmax(np.abs(claimed - numeric)))


def put_back(f, x, claimed, epsilon=1e-5):
    numeric = np.zeros(len(x))
    for i in range(len(x)):
        up, down = x, x
        up[i] += epsilon
        down[i] -= epsilon
        numeric[i] = (f(up) - f(down)) / (2 * epsilon)
    return int(np.argmax(np.abs(claimed - numeric)))


def left_changed(f, x, claimed, epsilon=1e-5):
    answer = wrong_entry(f, x, claimed, epsilon)
    x[0] += epsilon
    return answer


def half_the_distance(f, x, claimed, epsilon=1e-5):
    return int(np.argmax(np.abs(claimed - differences(f, x, epsilon) / epsilon)))


def all_at_once(f, x, claimed, epsilon=1e-5):
    numeric = (f(x + epsilon) - f(x - epsilon)) / (2 * epsilon)
    return int(np.argmax(np.abs(claimed - numeric)))


def random_layer(rng):
    n, n_in, n_out = rng.integers(2, 6, size=3)
    return rng.normal(size=(n, n_in)), rng.normal(size=(n_out, n_in)), rng.normal(size=(n, n_out))


def bowl(x):
    return x[0] ** 2 + 3 * x[1] * x[2] + np.sin(x[3])


def random_gradient(rng):
    matrix, x = rng.normal(size=(5, 5)), rng.normal(size=5)

    def f(x):
        return x @ matrix @ x

    claimed = (matrix + matrix.T) @ x
    claimed[rng.integers(5)] += rng.choice([-1, 1]) * rng.uniform(0.3, 1.0)
    return f, x, claimed


EXERCISES = [
    Exercise(
        id="01-1",
        title=("一个神经元的梯度", "The gradient of one neuron"),
        judge=judges.values(
            -0.25,
            rtol=1e-3,
            mistakes=[
                (
                    0.5,
                    (
                        "这是用 $x_1$ 算的 $\\partial L/\\partial w_1$；这里要的是 $w_2$。",
                        "That is $\\partial L/\\partial w_1$, computed with $x_1$; $w_2$ is asked.",
                    ),
                ),
                (
                    -1.0,
                    (
                        "漏掉了激活函数的导数 $a(1-a)$。",
                        "The derivative $a(1-a)$ of the activation is missing.",
                    ),
                ),
                (
                    0.25,
                    (
                        "这是 $\\delta$ 本身；还要乘以 $x_2=-1$，别丢了负号。",
                        "That is $\\delta$ itself: multiply by $x_2=-1$, minus sign included.",
                    ),
                ),
                (
                    -0.125,
                    (
                        "$(a-y)^2$ 的导数有一个因子 2。",
                        "The derivative of $(a-y)^2$ has a factor of 2.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先算 $z=w_1x_1+w_2x_2+b$，再算 $a=\\sigma(z)$。",
                "First $z=w_1x_1+w_2x_2+b$, then $a=\\sigma(z)$.",
            ),
            (
                "$z=0$，所以 $a=0.5$；$\\delta=2(a-y)a(1-a)$。",
                "$z=0$, so $a=0.5$; $\\delta=2(a-y)a(1-a)$.",
            ),
            (
                "最后 $\\partial L/\\partial w_2=\\delta x_2$。",
                "Finally $\\partial L/\\partial w_2=\\delta x_2$.",
            ),
        ],
        reference=-0.25,
        solution=(
            (
                "$z=0.5\\cdot2+1\\cdot(-1)+0=0$，$a=0.5$，$\\delta=2\\cdot0.5\\cdot0.25=0.25$，"
                "$\\partial L/\\partial w_2=0.25\\cdot(-1)=-0.25$。"
            ),
            (
                "$z=0.5\\cdot2+1\\cdot(-1)+0=0$, $a=0.5$, $\\delta=2\\cdot0.5\\cdot0.25=0.25$, "
                "$\\partial L/\\partial w_2=0.25\\cdot(-1)=-0.25$."
            ),
        ),
        why=(
            "链式法则从后往前一段一段乘，$\\delta$ 算一次，所有权重都能用：这就是反向传播省下的功夫。导数的符号也有意义：$w_2$ 变大，误差变小。",
            "The chain rule multiplies piece by piece from the back, and every weight uses the same $\\delta$: that is the work backpropagation saves. The sign says something too: a larger $w_2$ makes the error smaller.",
        ),
        wrong=[
            (0.5, "computed with"),
            (-1.0, "activation is missing"),
            (0.25, "multiply by"),
            (-0.125, "factor of 2"),
            ([-0.25, 0.5], "shape"),
        ],
    ),
    Exercise(
        id="01-2",
        title=("一层的反向传播", "Backpropagation through a layer"),
        judge=judges.function(
            dense_backward,
            inputs=[
                (
                    np.array([[1.0, 2.0]]),
                    np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
                    np.array([[1.0, -1.0, 2.0]]),
                )
            ],
            random=random_layer,
            returns=("dW", "db", "dX"),
            mistakes=[
                (
                    lambda X, W, delta: (delta.T @ X, delta.mean(axis=0), delta @ W),
                    (
                        "$\\partial L/\\partial b$ 是各行之和，不是平均；$1/n$ 已经在 $\\delta$ 里了。",
                        (
                            "$\\partial L/\\partial b$ is the sum of the rows, not their mean; "
                            "the $1/n$ is already in $\\delta$."
                        ),
                    ),
                ),
                (
                    lambda X, W, delta: (X.T @ delta, delta.sum(axis=0), delta @ W),
                    (
                        "$dW$ 转置了：它的形状要和 $W$ 一样，是（输出数，输入数）。",
                        "$dW$ is transposed: it must have the shape of $W$, (outputs, inputs).",
                    ),
                ),
                *[
                    (
                        wrong,  # these two fail in the same words
                        (
                            "公式里一个样本是一列（$W^\\top\\delta$、$\\delta x^\\top$），批次里一个样本是一行：所以公式里的 $\\delta$ 在这里是 `delta.T`，$x$ 是 `X.T`。结果若是一个样本一列，最后再转置一次。",
                            "In the formulas one sample is a column ($W^\\top\\delta$, $\\delta x^\\top$), in a batch it is a row: so $\\delta$ is `delta.T` here and $x$ is `X.T`. A result with a column for each sample is transposed once more.",
                        ),
                    )
                    for wrong in (
                        lambda X, W, delta: (delta.T @ X, delta.sum(axis=0), W.T @ delta),
                        lambda X, W, delta: (delta @ X, delta.sum(axis=0), delta @ W),
                    )
                ],
                *[
                    (
                        wrong,
                        (
                            "`delta` 的列是输出，右边只能是行也是输出的数组：`W` 本身就是这样，不用 `.T`；`X` 和 `X.T` 都不是，算 $dW$ 要转置的是 `delta`。",
                            "The columns of `delta` are outputs, so what stands to its right must have outputs as rows: `W` has, as it stands, without `.T`; `X` and `X.T` have not, so for $dW$ it is `delta` that is transposed.",
                        ),
                    )
                    for wrong in (
                        lambda X, W, delta: (delta.T @ X, delta.sum(axis=0), delta @ W.T),
                        lambda X, W, delta: (delta @ X.T, delta.sum(axis=0), delta @ W),
                    )
                ],
                (
                    lambda X, W, delta: (X @ delta, delta.sum(axis=0), delta @ W),
                    (
                        "$dW$ 把各个样本加起来：相乘时消去的是样本那一维，它在 `X` 和 `delta` 里都是行，所以要把其中一个转置。",
                        "$dW$ adds up the samples: they are what the product sums over. In `X` and in `delta` they are the rows, so one of the two has to be transposed.",
                    ),
                ),
                (
                    all_negative,
                    (
                        "符号反了：要的是梯度本身；减号属于更新。",
                        "The sign is the other way round: the gradient itself is asked; the minus belongs to the update.",
                    ),
                ),
                (
                    order_reversed,
                    (
                        "次序反了：依次返回 `dW`、`db`、`dX`。",
                        "The order is reversed: return `dW`, `db`, `dX`.",
                    ),
                ),
                (
                    lambda X, W, delta: (delta.T @ X, delta, delta @ W),
                    (
                        "偏置对所有样本是同一个：把各行加起来。",
                        "The bias is shared by all samples: add up the rows.",
                    ),
                ),
                *[
                    (
                        wrong,
                        (
                            "不要再除以 $n$：$\\frac1n$ 已经在 $\\delta$ 里了。",
                            "Do not divide by $n$ again: the $\\frac1n$ is already in $\\delta$.",
                        ),
                    )
                    for wrong in (weights_divided, parameters_divided, input_divided, all_divided)
                ],
            ],
        ),
        hints=[
            (
                "先写下三个结果的形状：和 $W$、$b$、$X$ 各自相同。",
                "Write the shapes of the three results first: those of $W$, $b$ and $X$.",
            ),
            (
                "$dW$ 要（输出数，输入数）：哪两个矩阵相乘能得到它？",
                "$dW$ must be (outputs, inputs): which two matrices multiply to that?",
            ),
            (
                "`delta.T @ X`，`delta.sum(axis=0)`，`delta @ W`。",
                "`delta.T @ X`, `delta.sum(axis=0)`, `delta @ W`.",
            ),
        ],
        reference=dense_backward,
        solution=(
            "`return delta.T @ X, delta.sum(axis=0), delta @ W`",
            "`return delta.T @ X, delta.sum(axis=0), delta @ W`",
        ),
        why=(
            "每个结果的形状都和它对应的 $W$、$b$、$X$ 一样，形状就几乎决定了式子。`delta @ W` 就是传给前一层的信号，再多的层也只是把这三行重复一遍。",
            "Each result has the shape of its own $W$, $b$ or $X$, and the shapes all but dictate the formulas. `delta @ W` is the signal for the previous layer; a deeper network only repeats these three lines.",
        ),
        wrong=[
            (lambda X, W, delta: (delta.T @ X, delta.mean(axis=0), delta @ W), "not their mean"),
            (lambda X, W, delta: (X.T @ delta, delta.sum(axis=0), delta @ W), "transposed"),
            (lambda X, W, delta: (delta.T @ X, delta, delta @ W), "add up the rows"),
            (lambda X, W, delta: (delta.T @ X, delta.sum(axis=0), delta @ W.T), "outputs as rows"),
            (
                lambda X, W, delta: (delta.T @ X, delta.sum(axis=0), W.T @ delta),
                "one sample is a column",
            ),
            (lambda X, W, delta: (X.T @ delta, delta.sum(axis=0), W.T @ delta), "is a column"),
            (lambda X, W, delta: (delta @ X, delta.sum(axis=0), delta @ W), "is a column"),
            (lambda X, W, delta: (X @ delta, delta.sum(axis=0), delta @ W), "sums over"),
            (lambda X, W, delta: (delta.T @ X, delta.max(axis=0), delta @ W), "`db`"),
            (weights_divided, "by $n$ again"),
            (parameters_divided, "by $n$ again"),
            (input_divided, "by $n$ again"),
            (all_divided, "by $n$ again"),
            (all_negative, "belongs to the update"),
            (order_reversed, "order is reversed"),
        ],
    ),
    Exercise(
        id="01-3",
        title=("找出错的那个梯度", "Find the wrong gradient"),
        judge=judges.function(
            wrong_entry,
            inputs=[(bowl, np.array([1.0, 2.0, -1.0, 0.0]), np.array([2.0, -3.0, 6.0, 0.0]))],
            random=random_gradient,
            mistakes=[
                (
                    without_abs,
                    (
                        "错的数也可能偏小：比较差的绝对值。",
                        "The wrong number may be too small as well: compare absolute differences.",
                    ),
                ),
                (
                    half_the_distance,
                    (
                        "两点相距 $2\\epsilon$，要除以 $2\\epsilon$。",
                        "The two points are $2\\epsilon$ apart: divide by $2\\epsilon$.",
                    ),
                ),
                (
                    all_at_once,
                    (
                        "你让所有分量一起动了；偏导数只动一个，别的不动。",
                        "You move all components at once; a partial derivative moves one and keeps the others.",
                    ),
                ),
                (
                    lambda f, x, claimed, epsilon=1e-5: int(np.argmax(np.abs(claimed))),
                    (
                        "最大的数不一定是错的：和有限差分比较。如果你的差分全是 0，看看有没有 `xx = x`：它不复制，两个名字是同一个数组，要写 `x.copy()`。",
                        "The largest number need not be the wrong one: compare with finite differences. If yours are all 0, look for `xx = x`: it makes no copy, both names are one array; write `x.copy()`.",
                    ),
                ),
                (
                    lambda f, x, claimed, epsilon=1e-5: claimed[wrong_entry(f, x, claimed)],
                    (
                        "要的是位置（从 0 数起），不是那个数。",
                        "The position is asked (counted from 0), not the number.",
                    ),
                ),
                (
                    lambda f, x, claimed, epsilon=1e-5: wrong_entry(f, x, claimed) + 1,
                    ("位置从 0 数起。", "Positions are counted from 0."),
                ),
            ],
        ),
        hints=[
            (
                "对每个位置 `i`：把 `x` 复制一份，只给 `x[i]` 加上 `epsilon`，算 `f`；再减去 `epsilon`，算 `f`。",
                "For each position `i`: copy `x`, add `epsilon` to `x[i]` alone and compute `f`; then subtract `epsilon` and compute `f`.",
            ),
            (
                "两个结果之差除以 $2\\epsilon$，和 `claimed[i]` 比较。",
                "Divide the difference of the two results by $2\\epsilon$ and compare with `claimed[i]`.",
            ),
            (
                "差的绝对值最大的位置：`np.argmax(np.abs(claimed - numeric))`。",
                "The position with the largest absolute difference: `np.argmax(np.abs(claimed - numeric))`.",
            ),
        ],
        reference=wrong_entry,
        solution=(
            (
                "`steps = epsilon * np.eye(len(x))`（每行只动一个分量），"
                "`numeric = [(f(x + s) - f(x - s)) / (2 * epsilon) for s in steps]`，"
                "`return np.argmax(np.abs(claimed - numeric))`。"
            ),
            (
                "`steps = epsilon * np.eye(len(x))` (each row moves one component), "
                "`numeric = [(f(x + s) - f(x - s)) / (2 * epsilon) for s in steps]`, "
                "`return np.argmax(np.abs(claimed - numeric))`."
            ),
        ),
        why=(
            "有限差分不知道梯度是怎么推出来的，所以能查出任何推导的错；代价是每个分量要算两次 $f$，一百万个参数就要两百万次。因此只用它来检查。",
            "Finite differences know nothing of how the gradient was derived, so they find a mistake in any derivation; the price is two calls of $f$ for each component, two million for a million parameters. So they serve as a check only.",
        ),
        wrong=[
            (without_abs, "absolute differences"),
            (half_the_distance, "apart"),
            (all_at_once, "moves one"),
            (lambda f, x, claimed, epsilon=1e-5: int(np.argmax(np.abs(claimed))), "need not be"),
            (lambda f, x, claimed: claimed - differences(f, x, 1e-5), "shape"),
            (aliased, "`=` makes no copy"),
            (put_back, "makes no copy"),
            (left_changed, "changes the `x`"),
        ],
    ),
    Exercise(
        id="01-4",
        title=("先写形状", "Shapes first"),
        judge=judges.fields(
            {
                "W1": judges.shape(
                    (8, 5),
                    mistakes=[
                        (
                            (5, 8),
                            (
                                "这是 Keras 的存法；本课按（输出数，输入数）。",
                                "That is how Keras stores it; here it is (outputs, inputs).",
                            ),
                        )
                    ],
                ),
                "delta1": judges.shape(
                    (32, 8),
                    mistakes=[
                        (
                            (8, 32),
                            (
                                "一个样本占一行，所以样本数在前。",
                                "One sample is one row, so the number of samples comes first.",
                            ),
                        ),
                        (
                            (32, 3),
                            (
                                "这是第二层的：第一层有 8 个神经元。",
                                "That is the second layer's: the first has 8 neurons.",
                            ),
                        ),
                        (
                            (8, 5),
                            (
                                "这是权重的形状；$\\delta$ 的形状和 $Z$ 一样。",
                                "That is the shape of the weights; $\\delta$ has the shape of $Z$.",
                            ),
                        ),
                    ],
                ),
                "dW2": judges.shape(
                    (3, 8),
                    mistakes=[
                        (
                            (8, 3),
                            (
                                "梯度的形状和参数一样：（输出数，输入数）。",
                                "A gradient has the shape of its parameter: (outputs, inputs).",
                            ),
                        ),
                        (
                            (32, 3),
                            (
                                "这是 $\\delta$ 的形状；权重的梯度把各个样本加起来，样本那一维不见了。",
                                "That is the shape of $\\delta$; the gradient of the weights adds up the samples, and their dimension is gone.",
                            ),
                        ),
                    ],
                ),
                "dX": judges.shape(
                    (32, 5),
                    mistakes=[
                        (
                            (5,),
                            (
                                "每个样本都有自己的输入梯度。",
                                "Each sample has an input gradient of its own.",
                            ),
                        ),
                        (
                            (5, 32),
                            (
                                "一个样本占一行，所以样本数在前。",
                                "One sample is one row, so the number of samples comes first.",
                            ),
                        ),
                    ],
                ),
            }
        ),
        hints=[
            (
                "梯度的形状和它的参数（或输入）一样。",
                "A gradient has the shape of its parameter (or input).",
            ),
            (
                "$\\delta$ 和 $Z$ 一样：每个样本一行，每个神经元一列。",
                "$\\delta$ is like $Z$: a row for each sample, a column for each neuron.",
            ),
        ],
        reference={"W1": (8, 5), "delta1": (32, 8), "dW2": (3, 8), "dX": (32, 5)},
        solution=(
            "`W1` (8, 5)；`delta1` (32, 8)；`dW2` (3, 8)；`dX` (32, 5)。",
            "`W1` (8, 5); `delta1` (32, 8); `dW2` (3, 8); `dX` (32, 5).",
        ),
        why=(
            "梯度和它的参数同形，$\\delta$ 和 $Z$ 同形：先写形状，大多数转置的错误在运行之前就看得出来。",
            "A gradient has the shape of its parameter, $\\delta$ the shape of $Z$: write the shapes first, and most misplaced transposes show before you run anything.",
        ),
        wrong=[
            ({"W1": (5, 8), "delta1": (32, 8), "dW2": (3, 8), "dX": (32, 5)}, "Keras stores"),
            (
                {"W1": (8, 5), "delta1": (8, 5), "dW2": (3, 8), "dX": (32, 5)},
                "shape of the weights",
            ),
            ({"W1": (8, 5), "delta1": (32, 8), "dW2": (8, 3), "dX": (32, 5)}, "its parameter"),
            ({"W1": (8, 5), "delta1": (32, 8), "dW2": (3, 8), "dX": (5,)}, "of its own"),
            ({"W1": (8, 5), "delta1": (32, 8), "dW2": (3, 8), "dX": (5, 32)}, "comes first"),
            ({"W1": (8, 5), "delta1": (32, 3), "dW2": (3, 8), "dX": (32, 5)}, "second layer's"),
            ({"W1": (8, 5), "delta1": (32, 8), "dW2": (32, 3), "dX": (32, 5)}, "adds up"),
            (
                {"W1": (8,), "delta1": (32, 8), "dW2": (3, 8), "dX": (32, 5)},
                "`(8,)` has 1 dimension",
            ),
            ({"W1": (8, 4), "delta1": (32, 8), "dW2": (3, 8), "dX": (32, 5)}, "dimension 2"),
        ],
    ),
]

QUIZZES = [
    Quiz(
        id="01-q1",
        question=("反向传播做什么？", "What does backpropagation do?"),
        options=[
            Option(
                ("更新权重，让损失变小", "It updates the weights so that the loss falls"),
                (
                    "那是优化器做的。本课中调用 `backward` 之后，参数一个也没变。",
                    "The optimizer does that. In this lesson not one parameter changed when `backward` was called.",
                ),
            ),
            Option(
                (
                    "从后往前用链式法则计算梯度",
                    "It computes gradients by the chain rule, from back to front",
                ),
                (
                    "对：只算梯度，更新由优化器完成。",
                    "Yes: only gradients; the optimizer does the update.",
                ),
                right=True,
            ),
            Option(
                (
                    "用有限差分估计每个参数的梯度",
                    "It estimates each parameter's gradient by finite differences",
                ),
                (
                    "有限差分要为每个参数算两次损失，只用来检查。",
                    "Finite differences need two losses for each parameter; they serve as a check.",
                ),
            ),
        ],
    ),
    Quiz(
        id="01-q2",
        question=(
            "你的网络训练损失稳步下降。梯度一定写对了吗？",
            "Your network's training loss falls steadily. Is the gradient right for certain?",
        ),
        options=[
            Option(
                ("对，错误的梯度不会让损失下降", "Yes, a wrong gradient cannot lower the loss"),
                (
                    "本课的 `no_WT` 梯度错得很远，损失照样下降，准确率超过 0.95。",
                    "In this lesson the gradient `no_WT` was far off, yet the loss fell and the accuracy passed 0.95.",
                ),
            ),
            Option(
                (
                    "不一定，要用有限差分或自动微分检查",
                    "No, check it by finite differences or automatic differentiation",
                ),
                (
                    "对：正确的相对误差低于 $10^{-6}$，错误的超过 0.1。",
                    "Yes: the right one has a relative error below $10^{-6}$, the wrong ones above 0.1.",
                ),
                right=True,
            ),
            Option(
                ("不一定，但换一个随机种子再试就知道", "No, but another random seed will tell"),
                ("换种子查不出系统性的错误。", "Another seed does not reveal a systematic error."),
            ),
        ],
    ),
    Quiz(
        id="01-q3",
        question=(
            "一层有权重 $W$，误差信号是 $\\delta$。传给前一层的是哪个？",
            "A layer has weights $W$ and error signal $\\delta$. What is passed to the previous layer?",
        ),
        options=[
            Option(
                ("$\\delta x^\\top$", "$\\delta x^\\top$"),
                (
                    "这是权重的梯度，留在本层。",
                    "That is the gradient of the weights; it stays in this layer.",
                ),
            ),
            Option(
                ("$W^\\top\\delta$", "$W^\\top\\delta$"),
                (
                    "对：前一层再乘上自己的 $\\sigma'(z)$，得到它的 $\\delta$。",
                    "Yes: the previous layer multiplies by its own $\\sigma'(z)$ to get its $\\delta$.",
                ),
                right=True,
            ),
            Option(
                ("$\\delta$ 本身", "$\\delta$ itself"),
                (
                    "这就是 `no_WT` 的错误，形状一般也对不上。",
                    "That is the mistake `no_WT`; in general not even the shapes fit.",
                ),
            ),
            Option(
                ("$W\\delta$", "$W\\delta$"),
                (
                    "形状不对：$W$ 是（输出数，输入数），$\\delta$ 有输出数那么长。",
                    "The shapes do not fit: $W$ is (outputs, inputs), $\\delta$ is as long as there are outputs.",
                ),
            ),
        ],
    ),
    Quiz(
        id="01-q4",
        question=(
            "一个 20 层的 sigmoid 网络，第一层几乎不学习。哪一项最有效？",
            "In a sigmoid network of 20 layers the first layer hardly learns. What helps most?",
        ),
        options=[
            Option(
                ("把学习率放大一千倍", "A learning rate a thousand times larger"),
                (
                    "剩下的梯度不到 $10^{-11}$，放大一千倍还是太小；而最后几层收到的信号没有变小，它们的步子会大一千倍。",
                    "Less than $10^{-11}$ of the gradient is left: a thousand times that is still too small; and the last layers, whose signal has not shrunk, take steps a thousand times as long.",
                ),
            ),
            Option(
                ("换成 ReLU，并用 He 初始化", "ReLU together with He's initialization"),
                (
                    "对：20 层之后剩下 0.3 倍到 3 倍；只换 ReLU 不换初始化则不到 0.01。",
                    "Yes: between 0.3 and 3 times the gradient is left after 20 layers; with ReLU alone less than 0.01.",
                ),
                right=True,
            ),
            Option(
                ("把所有权重初始化为同一个数", "Start with all weights equal"),
                (
                    "那样隐藏单元永远是彼此的复制品。",
                    "Then the hidden units remain copies of each other.",
                ),
            ),
        ],
    ),
    Ordering(
        id="01-q5",
        question=(
            "训练网络的一步，由哪几件事组成，先后怎样？",
            "What makes up one step of training, and in which order?",
        ),
        steps=[
            Step(("取一批样本和它们的标签", "take a batch of samples with their labels")),
            Step(
                (
                    "前向传播：从第一层到最后一层，记下每层的 $Z$ 和输出",
                    "forward: from the first layer to the last, keeping the $Z$ and the output of each",
                ),
                (
                    "还没有样本，拿什么往前传？",
                    "There are no samples yet: what would you send forward?",
                ),
            ),
            Step(
                (
                    "由预测和标签算出损失，以及最后一层的 $\\delta$",
                    "from predictions and labels: the loss, and the $\\delta$ of the last layer",
                ),
                (
                    "损失比较预测和标签；预测要等前向传播走完才有。",
                    "A loss compares predictions with labels, and there is no prediction before the forward pass is done.",
                ),
            ),
            Step(
                (
                    "反向传播：从最后一层到第一层，算出每层的 $dW$ 和 $db$",
                    "backward: from the last layer to the first, computing $dW$ and $db$ of each",
                ),
                (
                    "反向传播从最后一层的 $\\delta$ 开始，还要用前向时记下的 $Z$ 和输出；现在还没有齐。",
                    "Going backward starts from the $\\delta$ of the last layer and uses the $Z$ and the outputs kept on the way forward; not all of that is there yet.",
                ),
            ),
            Step(
                (
                    "优化器按学习率更新所有权重和偏置",
                    "the optimizer updates all weights and biases by the learning rate",
                ),
                (
                    "梯度还没有算完。先改权重，后面算出的 $W^\\top\\delta$ 用的就是新的 $W$，与前向时的不是同一个网络。",
                    "The gradients are not complete yet. With weights changed now, $W^\\top\\delta$ would use the new $W$: not the network that the forward pass went through.",
                ),
            ),
        ],
        why=(
            "每一件都要用到前一件的结果。更新放在最后：同一步里，前向和反向走的是同一组权重。",
            "Each needs what the one before it has made. The update comes last: within a step, forward and backward go through the same weights.",
        ),
    ),
]

PREDICTIONS = [
    Prediction(
        "01-p1",
        (
            "一条放得很好的直线能把百分之几的点分对？",
            "How many per cent of the points does a well-placed straight line get right?",
        ),
        Number(50, 100, ("%", "%"), close=4),
    ),
    Prediction(
        "01-p2",
        ("没有 Wᵀ，损失还会下降吗？", "Without Wᵀ, does the loss still fall?"),
        YesNo(),
    ),
    Prediction(
        "01-p3",
        (
            "穿过 20 层 sigmoid，梯度的长度还剩几分之几？",
            "What fraction of the gradient is left after 20 sigmoid layers?",
        ),
        Number(1e-16, 1, factor=1000),
    ),
    Prediction(
        "01-p4",
        (
            "20 层 ReLU，γ = 4，梯度的长度变成几倍？",
            "20 ReLU layers, γ = 4: how many times as long is the gradient?",
        ),
        Number(1e-3, 1e15, ("倍", "times"), factor=100),
    ),
]
