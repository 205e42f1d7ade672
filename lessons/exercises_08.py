"""Exercises and quizzes of lesson 08: fine-tuning and BatchNorm."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.definitions import Exercise, Option, Quiz

# --- 08-2: warm-up and cosine ---


def rate_at(step, warm_up, total, peak):
    if step < warm_up:
        return peak * (step + 1) / warm_up
    return peak * (1 + np.cos(np.pi * (step - warm_up) / (total - warm_up))) / 2


def rate_from_zero(step, warm_up, total, peak):
    if step < warm_up:
        return peak * step / warm_up
    return rate_at(step, warm_up, total, peak)


def rate_without_warm_up(step, warm_up, total, peak):
    return peak * (1 + np.cos(np.pi * step / total)) / 2


def rate_without_fall(step, warm_up, total, peak):
    return peak * min(1.0, (step + 1) / warm_up)


def rate_cosine_not_restarted(step, warm_up, total, peak):
    if step < warm_up:
        return peak * (step + 1) / warm_up
    return peak * (1 + np.cos(np.pi * step / total)) / 2


def random_schedule(rng):
    total = int(rng.integers(20, 60))
    return int(rng.integers(0, total)), int(rng.integers(2, 10)), total, float(rng.choice([0.1, 1]))


# --- 08-3: early stopping ---


def early_stop(val_losses, patience):
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss < val_losses[best]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(val_losses) - 1, best


def stop_keeps_last(val_losses, patience):
    stop, _ = early_stop(val_losses, patience)
    return stop, stop


def stop_looks_ahead(val_losses, patience):
    best = int(np.argmin(val_losses))
    return min(best + patience, len(val_losses) - 1), best


def stop_any_rise(val_losses, patience):
    """Counts epochs since the last fall, not since the best."""
    best, waited = 0, 0
    for epoch in range(1, len(val_losses)):
        waited = 0 if val_losses[epoch] < val_losses[epoch - 1] else waited + 1
        if val_losses[epoch] < val_losses[best]:
            best = epoch
        if waited >= patience:
            return epoch, best
    return len(val_losses) - 1, best


def stop_one_late(val_losses, patience):
    return early_stop(val_losses, patience + 1)


def random_losses(rng):
    return [round(float(v), 3) for v in rng.uniform(0.1, 1, 20)], int(rng.integers(2, 5))


# --- 08-4: L2-SP ---


def l2_sp(weights, start, alpha):
    return alpha / 2 * sum(np.sum((w - w0) ** 2) for w, w0 in zip(weights, start, strict=True))


def l2_to_zero(weights, start, alpha):
    return alpha / 2 * sum(np.sum(w**2) for w in weights)


def l2_sp_without_half(weights, start, alpha):
    return 2 * l2_sp(weights, start, alpha)


def l2_sp_mean(weights, start, alpha):
    pairs = zip(weights, start, strict=True)
    return alpha / 2 * sum(np.mean((w - w0) ** 2) for w, w0 in pairs)


def l2_sp_root(weights, start, alpha):
    pairs = zip(weights, start, strict=True)
    return alpha / 2 * np.sqrt(sum(np.sum((w - w0) ** 2) for w, w0 in pairs))


def random_weights(rng):
    shapes = [(3, 4), (4,), (2, 2, 3)]
    first, second = ([rng.normal(size=shape) for shape in shapes] for _ in range(2))
    return first, second, 0.1


EXERCISES = [
    Exercise(
        id="08-1",
        title=("数一数 BatchNorm", "Count a BatchNorm layer"),
        judge=judges.fields(
            {
                "trainable": judges.values(
                    384,
                    rtol=1e-9,
                    mistakes=[
                        (
                            768,
                            (
                                "4 个向量里，只有 $\\gamma$ 和 $\\beta$ 靠梯度学。",
                                "Of the 4 vectors only $\\gamma$ and $\\beta$ are learned by the gradient.",
                            ),
                        ),
                        (
                            192,
                            (
                                "每个通道有 $\\gamma$ 和 $\\beta$ 两个。",
                                "Each channel has two: $\\gamma$ and $\\beta$.",
                            ),
                        ),
                    ],
                ),
                "moving": judges.values(
                    384,
                    rtol=1e-9,
                    mistakes=[
                        (
                            192,
                            (
                                "均值和方差都要存。",
                                "Both the mean and the variance are kept.",
                            ),
                        ),
                        (
                            0,
                            (
                                "滑动统计量也是权重，虽然没有梯度。",
                                "Moving statistics are weights, too, although they get no gradient.",
                            ),
                        ),
                    ],
                ),
                "trainable_when_frozen": judges.values(
                    0,
                    mistakes=[
                        (
                            384,
                            (
                                "`trainable = False` 时，这一层没有可训练参数；滑动统计量也不动。",
                                "With `trainable = False` the layer has no trainable parameters; the moving statistics stay, too.",
                            ),
                        )
                    ],
                ),
            }
        ),
        hints=[
            (
                "BatchNorm 有 4 个向量：$\\gamma$、$\\beta$、滑动均值、滑动方差。",
                "BatchNorm has 4 vectors: $\\gamma$, $\\beta$, moving mean and moving variance.",
            ),
            (
                "每个向量的长度是通道数 192；前两个靠梯度学，后两个靠数据累计。",
                "Each is as long as there are channels, 192; the first two learn by gradient, the others are collected from data.",
            ),
        ],
        reference={"trainable": 384, "moving": 384, "trainable_when_frozen": 0},
        solution=(
            "$2\\cdot192=384$ 个靠梯度，$2\\cdot192=384$ 个靠累计；冻结后可训练的是 0。",
            "$2\\cdot192=384$ by gradient, $2\\cdot192=384$ collected; frozen, 0 are trainable.",
        ),
        wrong=[
            ({"trainable": 768, "moving": 384, "trainable_when_frozen": 0}, "Of the 4 vectors"),
            ({"trainable": 192, "moving": 384, "trainable_when_frozen": 0}, "has two"),
            ({"trainable": 384, "moving": 0, "trainable_when_frozen": 0}, "no gradient"),
            ({"trainable": 384, "moving": 384, "trainable_when_frozen": 384}, "statistics stay"),
            ([384, 384, 0], "dict"),
        ],
    ),
    Exercise(
        id="08-2",
        title=("预热与余弦", "Warm-up and cosine"),
        judge=judges.function(
            rate_at,
            inputs=[(0, 5, 25, 1.0), (4, 5, 25, 1.0), (15, 5, 25, 1.0), (24, 5, 25, 1.0)],
            random=random_schedule,
            mistakes=[
                (
                    rate_from_zero,
                    (
                        "第 0 步的学习率是 0，这一步白走了：用 `step + 1`。",
                        "At step 0 the rate is 0, a wasted step: use `step + 1`.",
                    ),
                ),
                (
                    rate_without_warm_up,
                    (
                        "没有预热：前 `warm_up` 步要从小到大。",
                        "There is no warm-up: the first `warm_up` steps must grow.",
                    ),
                ),
                (
                    rate_without_fall,
                    (
                        "预热之后没有下降：接上余弦。",
                        "It does not fall after the warm-up: add the cosine.",
                    ),
                ),
                (
                    rate_cosine_not_restarted,
                    (
                        "余弦从预热结束时算起：用 `step - warm_up` 和 `total - warm_up`。",
                        "The cosine counts from the end of the warm-up: `step - warm_up` of `total - warm_up`.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先写 `if step < warm_up:`，返回 `peak` 的 `(step + 1) / warm_up`。",
                "Begin with `if step < warm_up:` and return the share `(step + 1) / warm_up` of `peak`.",
            ),
            (
                "之后走过的比例是 `(step - warm_up) / (total - warm_up)`，叫它 `done`。",
                "After it, the share done is `(step - warm_up) / (total - warm_up)`; call it `done`.",
            ),
            (
                "`peak * (1 + np.cos(np.pi * done)) / 2`。",
                "`peak * (1 + np.cos(np.pi * done)) / 2`.",
            ),
        ],
        reference=rate_at,
        solution=(
            "```python\nif step < warm_up:\n    return peak * (step + 1) / warm_up\ndone = (step - warm_up) / (total - warm_up)\nreturn peak * (1 + np.cos(np.pi * done)) / 2\n```",
            "```python\nif step < warm_up:\n    return peak * (step + 1) / warm_up\ndone = (step - warm_up) / (total - warm_up)\nreturn peak * (1 + np.cos(np.pi * done)) / 2\n```",
        ),
        wrong=[
            (rate_from_zero, "wasted step"),
            (rate_without_warm_up, "no warm-up"),
            (rate_without_fall, "add the cosine"),
            (rate_cosine_not_restarted, "end of the warm-up"),
            (lambda step, warm_up, total, peak: "0.1", "is text"),
        ],
    ),
    Exercise(
        id="08-3",
        title=("早停", "Early stopping"),
        judge=judges.function(
            early_stop,
            inputs=[
                ([0.9, 0.7, 0.8, 0.75, 0.72, 0.6, 0.5], 3),
                ([0.9, 0.8, 0.7], 5),
                ([0.5, 0.6, 0.4, 0.5, 0.45, 0.6], 2),
            ],
            random=random_losses,
            mistakes=[
                (
                    stop_keeps_last,
                    (
                        "要取回的是验证损失最小的那一轮，不是停下的那一轮。",
                        "Take back the epoch with the lowest validation loss, not the one where you stopped.",
                    ),
                ),
                (
                    stop_looks_ahead,
                    (
                        "你看了停下以后的损失：训练时还不知道它们。",
                        "You looked at losses after the stop: while training they are not known yet.",
                    ),
                ),
                (
                    stop_any_rise,
                    (
                        "要数的是离**最好的一轮**过了几轮，不是连续上升了几轮。",
                        "Count epochs since the **best one**, not how often the loss rose in a row.",
                    ),
                ),
                (
                    stop_one_late,
                    (
                        "晚停了一轮：等够 `patience` 轮就停。",
                        "One epoch late: stop as soon as `patience` epochs have passed.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "用 `best` 记住到目前为止损失最小的一轮。",
                "Let `best` remember the epoch with the lowest loss so far.",
            ),
            (
                "每一轮先更新 `best`，再问 `epoch - best >= patience`。",
                "In each epoch update `best` first, then ask `epoch - best >= patience`.",
            ),
            (
                "循环走完还没有停：返回最后一轮和 `best`。",
                "If the loop ends without stopping, return the last epoch and `best`.",
            ),
        ],
        reference=early_stop,
        solution=(
            "```python\nbest = 0\nfor epoch, loss in enumerate(val_losses):\n    if loss < val_losses[best]:\n        best = epoch\n    if epoch - best >= patience:\n        return epoch, best\nreturn len(val_losses) - 1, best\n```",
            "```python\nbest = 0\nfor epoch, loss in enumerate(val_losses):\n    if loss < val_losses[best]:\n        best = epoch\n    if epoch - best >= patience:\n        return epoch, best\nreturn len(val_losses) - 1, best\n```",
        ),
        wrong=[
            (stop_keeps_last, "lowest validation loss"),
            (stop_looks_ahead, "not known yet"),
            (stop_any_rise, "best one"),
            (stop_one_late, "One epoch late"),
            (lambda val_losses, patience: 3, "shape"),
        ],
    ),
    Exercise(
        id="08-4",
        title=("拉回起点", "Pull towards the start"),
        judge=judges.function(
            l2_sp,
            inputs=[
                ([np.array([1.0, 3.0])], [np.array([1.0, 1.0])], 0.5),
                ([np.ones((2, 2)), np.zeros(2)], [np.ones((2, 2)), np.zeros(2)], 1.0),
            ],
            random=random_weights,
            mistakes=[
                (
                    l2_to_zero,
                    (
                        "这是普通的权重惩罚，它往 0 拉；L2-SP 往起点 `start` 拉。",
                        "That is the usual penalty and pulls towards 0; L2-SP pulls towards `start`.",
                    ),
                ),
                (
                    l2_sp_without_half,
                    ("少了 $\\tfrac12$。", "The factor $\\tfrac12$ is missing."),
                ),
                (
                    l2_sp_mean,
                    (
                        "要求和，不要平均：大的层权重多，罚得也多。",
                        "Add up, do not average: a large layer has many weights and counts more.",
                    ),
                ),
                (
                    l2_sp_root,
                    (
                        "不要开方：惩罚是距离的平方。",
                        "No square root: the penalty is the squared distance.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "用 `zip(weights, start)` 一对一对地走。",
                "Go through the pairs with `zip(weights, start)`.",
            ),
            (
                "每一对加上 `np.sum((w - w0) ** 2)`，最后乘 `alpha / 2`。",
                "Add `np.sum((w - w0) ** 2)` for each pair, then multiply by `alpha / 2`.",
            ),
        ],
        reference=l2_sp,
        solution=(
            "`return alpha / 2 * sum(np.sum((w - w0) ** 2) for w, w0 in zip(weights, start))`",
            "`return alpha / 2 * sum(np.sum((w - w0) ** 2) for w, w0 in zip(weights, start))`",
        ),
        wrong=[
            (l2_to_zero, "pulls towards 0"),
            (l2_sp_without_half, "is missing"),
            (l2_sp_mean, "do not average"),
            (l2_sp_root, "No square root"),
            (lambda weights, start, alpha: [w - w0 for w, w0 in zip(weights, start)], "shape"),
        ],
    ),
]

QUIZZES = [
    Quiz(
        id="08-q1",
        question=(
            "函数式模型里写了 `base(x, training=False)`，后来 `base.trainable = True`，重新编译，再 `fit`。BatchNorm 的滑动统计量会怎样？（Keras 3.15）",
            "A functional model has `base(x, training=False)`; later `base.trainable = True`, compiled again, and `fit`. What happens to BatchNorm's moving statistics? (Keras 3.15)",
        ),
        options=[
            Option(
                ("会动", "they move"),
                (
                    "`fit` 以 `training=True` 调用模型，盖过了构造时的标记。要把 BatchNorm 层自己设为 `trainable = False`。",
                    "`fit` calls the model with `training=True`, which overrides the flag given at construction. Set `trainable = False` on the BatchNorm layers themselves.",
                ),
                right=True,
            ),
            Option(
                ("不动，标记写死了", "they stay: the flag is built in"),
                (
                    "TensorFlow 2 时代的 Keras 如此；上文的表里量到的是会动。",
                    "So it was in the Keras of the TensorFlow 2 days; the table above measures that they move.",
                ),
            ),
            Option(
                ("不动，因为学习率很小", "they stay: the learning rate is small"),
                (
                    "滑动统计量不靠梯度更新，与学习率无关。",
                    "Moving statistics are not updated by the gradient; the learning rate has no say.",
                ),
            ),
        ],
    ),
    Quiz(
        id="08-q2",
        question=(
            "用 Adam 训练。你想让骨干网络的步子是分类头的十分之一，于是把骨干网络的梯度乘以 0.1。结果？",
            "You train with Adam and want the backbone's steps to be a tenth of the head's, so you multiply the backbone's gradients by 0.1. What happens?",
        ),
        options=[
            Option(
                ("几乎没有变化", "almost nothing changes"),
                (
                    "Adam 用梯度除以梯度自己的大小，乘的常数约掉了。要用两个优化器，各有各的学习率。",
                    "Adam divides the gradient by its own size, so a constant factor cancels. Use two optimizers, each with its own learning rate.",
                ),
                right=True,
            ),
            Option(
                ("步子变成十分之一", "the steps become a tenth"),
                (
                    "对 SGD 是这样；对 Adam，常数会约掉。",
                    "So it is for SGD; with Adam the constant cancels.",
                ),
            ),
            Option(
                ("骨干网络不再训练", "the backbone stops training"),
                (
                    "梯度变小，但不是 0；Adam 又把它放大回来。",
                    "The gradient gets smaller, not 0; and Adam scales it up again.",
                ),
            ),
        ],
    ),
    Quiz(
        id="08-q3",
        question=(
            "训练到一半解冻了骨干网络，却没有重新 `compile`，继续 `fit`。会看到什么？",
            "Half way you unfreeze the backbone, forget to `compile` again, and go on with `fit`. What do you see?",
        ),
        options=[
            Option(
                ("一切正常，骨干网络却没有动", "all looks well, and the backbone has not moved"),
                (
                    "已经造好的训练步仍然只更新分类头。`detectors.recompiled(model)` 会在训练之前发现它。",
                    "The training step that was made before still updates the head only. `detectors.recompiled(model)` finds it before you train.",
                ),
                right=True,
            ),
            Option(
                ("Keras 报错", "Keras raises an error"),
                (
                    "它不报错，这正是危险之处。",
                    "It does not, and that is the danger.",
                ),
            ),
            Option(
                ("骨干网络开始训练", "the backbone starts to train"),
                (
                    "上文量过：权重一点没有变。",
                    "It was measured above: not one weight changed.",
                ),
            ),
        ],
    ),
    Quiz(
        id="08-q4",
        question=(
            "猫狗照片 20 张，任务离 ImageNet 很近。先做什么？",
            "You have 20 photos of cats and dogs, a task close to ImageNet. What first?",
        ),
        options=[
            Option(
                (
                    "冻结骨干网络，训练一个线性头，量它的准确率",
                    "freeze the backbone, train a linear head, measure it",
                ),
                (
                    "对。这是微调必须超过的基线；这里它没有被明显超过。",
                    "Yes. It is the baseline that fine-tuning has to beat; here it was not clearly beaten.",
                ),
                right=True,
            ),
            Option(
                ("马上微调全部的层", "fine-tune all layers at once"),
                (
                    "20 张照片对几百万个参数；而且没有基线，你不知道值不值。",
                    "20 photos for millions of parameters; and without a baseline you cannot know whether it paid.",
                ),
            ),
            Option(
                ("换掉输入层", "replace the input layer"),
                (
                    "那会丢掉最通用的第一层卷积核。照片已经是 3 个通道，输入层不用换。",
                    "That throws away the first layer's kernels, the most general of all. The photos have 3 channels already: leave the input as it is.",
                ),
            ),
        ],
    ),
]
