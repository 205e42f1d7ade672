"""Exercises and quizzes of lesson 08: fine-tuning and BatchNorm."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number, OneOf, YesNo
from course_utils.learning.definitions import Exercise, Option, Prediction, Quiz

# --- 08-2: the two paths of BatchNorm ---


def batch_norm_means(batch_mean, moving_mean, trainable, training, momentum):
    if trainable and training:
        return batch_mean, momentum * moving_mean + (1 - momentum) * batch_mean
    return moving_mean, moving_mean


def means_only_training(batch_mean, moving_mean, trainable, training, momentum):
    """trainable is ignored."""
    return batch_norm_means(batch_mean, moving_mean, True, training, momentum)


def means_only_trainable(batch_mean, moving_mean, trainable, training, momentum):
    """training is ignored."""
    return batch_norm_means(batch_mean, moving_mean, trainable, True, momentum)


def means_half_frozen(batch_mean, moving_mean, trainable, training, momentum):
    """Frozen: no update, but the batch's mean is subtracted all the same."""
    _, after = batch_norm_means(batch_mean, moving_mean, trainable, training, momentum)
    return (batch_mean if training else moving_mean), after


def means_always_batch(batch_mean, moving_mean, trainable, training, momentum):
    _, after = batch_norm_means(batch_mean, moving_mean, trainable, training, momentum)
    return batch_mean, after


def means_momentum_swapped(batch_mean, moving_mean, trainable, training, momentum):
    return batch_norm_means(batch_mean, moving_mean, trainable, training, 1 - momentum)


def means_updated_first(batch_mean, moving_mean, trainable, training, momentum):
    """What is subtracted is the moving mean after the update."""
    _, after = batch_norm_means(batch_mean, moving_mean, trainable, training, momentum)
    return after, after


def means_never_updated(batch_mean, moving_mean, trainable, training, momentum):
    return (batch_mean if trainable and training else moving_mean), moving_mean


def means_replaced(batch_mean, moving_mean, trainable, training, momentum):
    """The moving mean is replaced by the batch's."""
    mean = batch_mean if trainable and training else moving_mean
    return mean, mean


def means_swapped(batch_mean, moving_mean, trainable, training, momentum):
    return batch_norm_means(batch_mean, moving_mean, trainable, training, momentum)[::-1]


def means_either(batch_mean, moving_mean, trainable, training, momentum):
    """One of the two is enough."""
    return batch_norm_means(batch_mean, moving_mean, trainable or training, True, momentum)


def random_means(rng):
    batch_mean, moving_mean = (float(mean) for mean in rng.normal(0, 3, 2))
    trainable, training = (bool(flag) for flag in rng.integers(0, 2, 2))
    return batch_mean, moving_mean, trainable, training, float(rng.choice([0.9, 0.99]))


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


def stop_swapped(val_losses, patience):
    return early_stop(val_losses, patience)[::-1]


def stop_from_one(val_losses, patience):
    stop, best = early_stop(val_losses, patience)
    return stop + 1, best + 1


def stop_never(val_losses, patience):
    return len(val_losses) - 1, int(np.argmin(val_losses))


def stop_ties_count(val_losses, patience):
    """An equal loss counts as lower."""
    best = 0
    for epoch, loss in enumerate(val_losses):
        if loss <= val_losses[best]:
            best = epoch
        if epoch - best >= patience:
            return epoch, best
    return len(val_losses) - 1, best


def stop_past_the_end(val_losses, patience):
    stop, best = early_stop(val_losses, patience)
    ended = stop == len(val_losses) - 1 and stop - best < patience
    return (len(val_losses), best) if ended else (stop, best)


def random_losses(rng):
    return [round(float(v), 3) for v in rng.uniform(0.1, 1, 20)], int(rng.integers(2, 5))


# --- 08-4: L2-SP ---


def l2_sp_step(w, start, gradient, learning_rate, strength):
    return w - learning_rate * (gradient + strength * (w - start))


def step_to_zero(w, start, gradient, learning_rate, strength):
    return w - learning_rate * (gradient + strength * w)


def step_away(w, start, gradient, learning_rate, strength):
    return w - learning_rate * (gradient - strength * (w - start))


def step_half(w, start, gradient, learning_rate, strength):
    return w - learning_rate * (gradient + strength / 2 * (w - start))


def step_without_data(w, start, gradient, learning_rate, strength):
    return w - learning_rate * strength * (w - start)


def step_adds_penalty(w, start, gradient, learning_rate, strength):
    return w - learning_rate * (gradient + strength / 2 * np.sum((w - start) ** 2))


def step_without_rate(w, start, gradient, learning_rate, strength):
    return w - learning_rate * gradient - strength * (w - start)


def step_double(w, start, gradient, learning_rate, strength):
    return w - learning_rate * (gradient + 2 * strength * (w - start))


def step_uphill(w, start, gradient, learning_rate, strength):
    return w + learning_rate * (gradient + strength * (w - start))


def random_step(rng):
    return *(rng.normal(size=4) for _ in range(3)), 0.1, 0.5


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
                                "768 是全部 4 个向量；只有 $\\gamma$ 和 $\\beta$ 靠梯度学。",
                                "768 is all 4 vectors; only $\\gamma$ and $\\beta$ are learned by the gradient.",
                            ),
                        ),
                        (
                            2,
                            (
                                "每个通道有 2 个；一共 192 个通道。",
                                "2 for each channel; there are 192 channels.",
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
                            768,
                            (
                                "768 是全部 4 个向量；滑动的只有均值和方差。",
                                "768 is all 4 vectors; only the mean and the variance are moving.",
                            ),
                        ),
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
        why=(
            "$\\gamma$、$\\beta$ 靠梯度学，均值和方差靠累计，优化器不碰后两样。所以“冻结”要管住两件事，只降低学习率管不住第二件。",
            "$\\gamma$ and $\\beta$ learn by gradient, mean and variance are collected, and the optimizer never touches those. So freezing has to stop two things, and a small learning rate does not stop the second.",
        ),
        wrong=[
            (
                {"trainable": 768, "moving": 384, "trainable_when_frozen": 0},
                "768 is all 4 vectors; only $\\gamma$",
            ),
            ({"trainable": 384, "moving": 768, "trainable_when_frozen": 0}, "variance are moving"),
            ({"trainable": 192, "moving": 384, "trainable_when_frozen": 0}, "has two"),
            ({"trainable": 2, "moving": 384, "trainable_when_frozen": 0}, "for each channel"),
            ({"trainable": 384, "moving": 0, "trainable_when_frozen": 0}, "no gradient"),
            ({"trainable": 384, "moving": 384, "trainable_when_frozen": 384}, "statistics stay"),
            ([384, 384, 0], "dict"),
        ],
    ),
    Exercise(
        id="08-2",
        title=("BatchNorm 的两条路", "The two paths of BatchNorm"),
        judge=judges.function(
            batch_norm_means,
            inputs=[
                (5.0, 0.0, True, True, 0.9),
                (5.0, 0.0, True, False, 0.9),
                (5.0, 0.0, False, True, 0.9),
                (5.0, 0.0, False, False, 0.9),
            ],
            random=random_means,
            mistakes=[
                (
                    means_swapped,
                    (
                        "次序反了：先是减去的均值，再是之后的滑动均值。",
                        "The other order: first the mean that is subtracted, then the moving mean afterwards.",
                    ),
                ),
                (
                    means_only_training,
                    (
                        "`trainable` 没有用到：冻结的层说了 `training=True` 也在推理模式。",
                        "`trainable` is not used: a frozen layer is in inference mode even with `training=True`.",
                    ),
                ),
                (
                    means_only_trainable,
                    (
                        "`training` 没有用到：可训练的层，在 `training=False` 时也是推理模式。",
                        "`training` is not used: a trainable layer, too, is in inference mode with `training=False`.",
                    ),
                ),
                (
                    means_either,
                    (
                        "一个是 `True` 还不够：两个都是 `True` 才是训练模式。",
                        "One `True` is not enough: it is training mode only when both are `True`.",
                    ),
                ),
                (
                    means_half_frozen,
                    (
                        "冻结管两件事：不更新滑动均值，减去的也是滑动均值，不是这一批的。",
                        "Freezing does two things: the moving mean is not updated, and it is also the one that is subtracted, not the batch's.",
                    ),
                ),
                (
                    means_always_batch,
                    (
                        "推理模式减去的是滑动均值：答案不该取决于同一批里的别的照片。",
                        "Inference mode subtracts the moving mean: an answer must not depend on the other photos of the batch.",
                    ),
                ),
                (
                    means_momentum_swapped,
                    (
                        "动量乘在旧的滑动均值上：动量 0.9 时，旧的占 0.9，新的占 0.1。",
                        "The momentum multiplies the old moving mean: with a momentum of 0.9, the old one counts 0.9 and the new one 0.1.",
                    ),
                ),
                (
                    means_updated_first,
                    (
                        "训练模式减去的是这一批的均值；滑动均值只是存起来，留给推理用。",
                        "Training mode subtracts the batch's mean; the moving one is only kept for inference.",
                    ),
                ),
                (
                    means_never_updated,
                    (
                        "训练模式还要更新滑动均值。",
                        "Training mode also updates the moving mean.",
                    ),
                ),
                (
                    means_replaced,
                    (
                        "一批只占 1 − 动量；旧的滑动均值乘动量，留下大半。",
                        "One batch counts for 1 − momentum only; most of the old moving mean stays.",
                    ),
                ),
            ],
            returns=("subtracted", "moving"),
        ),
        hints=[
            (
                "先问是不是训练模式：看上面的表，哪一行的滑动均值动了？",
                "First ask whether it is training mode: in which row of the table above did the moving mean move?",
            ),
            (
                "训练模式减去 `batch_mean`，推理模式减去 `moving_mean`，并且不更新。",
                "Training mode subtracts `batch_mean`; inference mode subtracts `moving_mean` and updates nothing.",
            ),
            (
                "更新：`momentum * moving_mean + (1 - momentum) * batch_mean`。",
                "The update: `momentum * moving_mean + (1 - momentum) * batch_mean`.",
            ),
        ],
        reference=batch_norm_means,
        solution=(
            "```python\nif trainable and training:\n    return batch_mean, momentum * moving_mean + (1 - momentum) * batch_mean\nreturn moving_mean, moving_mean\n```",
            "```python\nif trainable and training:\n    return batch_mean, momentum * moving_mean + (1 - momentum) * batch_mean\nreturn moving_mean, moving_mean\n```",
        ),
        why=(
            "冻结一层卷积，只是不更新；冻结 BatchNorm 还换了一条路。所以解冻以后，光看 `trainable` 或者光看 `training` 都不够。",
            "Freezing a convolution only stops updates; freezing BatchNorm also takes the other path. So after unfreezing neither `trainable` nor `training` alone tells you what happens.",
        ),
        wrong=[
            (means_swapped, "The other order"),
            (means_only_training, "`trainable` is not used"),
            (means_only_trainable, "`training` is not used"),
            (means_either, "One `True` is not enough"),
            (means_half_frozen, "Freezing does two things"),
            (means_always_batch, "must not depend"),
            (means_momentum_swapped, "multiplies the old"),
            (means_updated_first, "only kept for inference"),
            (means_never_updated, "also updates"),
            (means_replaced, "1 − momentum only"),
            (
                lambda batch_mean, moving_mean, trainable, training, momentum: 0.5,
                "return 2 results",
            ),
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
                ([0.5, 0.5, 0.5, 0.4], 2),
            ],
            random=random_losses,
            mistakes=[
                (
                    stop_swapped,
                    (
                        "次序反了：返回 `(stop, best)`，先停下的一轮，再最好的一轮。",
                        "Return `(stop, best)`, in this order.",
                    ),
                ),
                (
                    stop_from_one,
                    ("轮从 0 数，不从 1 数。", "Epochs count from 0, not from 1."),
                ),
                (
                    stop_never,
                    (
                        "它从来不停：等够 `patience` 轮就返回。",
                        "It never stops: return as soon as `patience` epochs have passed.",
                    ),
                ),
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
                    stop_ties_count,
                    (
                        "相等不算更小：更新 `best` 时用 `<`。",
                        "An equal loss is not lower: use `<` when you update `best`.",
                    ),
                ),
                (
                    stop_past_the_end,
                    (
                        "没有早停时，停下的是最后一轮，它的编号是 `len(val_losses) - 1`。",
                        "Without an early stop it ends at the last epoch, whose number is `len(val_losses) - 1`.",
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
        why=(
            "停的那一轮和最好的那一轮不同，所以要取回最好的权重。这个最好的验证成绩是挑出来的，偏高：报告要用没有参与挑选的测试集。",
            "The epoch that stops is not the best one, so the best weights are put back. Their validation score was picked and is too good: report a test set that picked nothing.",
        ),
        wrong=[
            (stop_swapped, "in this order"),
            (stop_from_one, "count from 0"),
            (stop_never, "never stops"),
            (stop_keeps_last, "lowest validation loss"),
            (stop_looks_ahead, "not known yet"),
            (stop_any_rise, "best one"),
            (stop_one_late, "One epoch late"),
            (stop_ties_count, "not lower"),
            (stop_past_the_end, "last epoch"),
            (lambda val_losses, patience: 3, "shape"),
        ],
    ),
    Exercise(
        id="08-4",
        title=("拉回起点的一步", "A step that is pulled back"),
        judge=judges.function(
            l2_sp_step,
            inputs=[
                (np.array([1.0, 3.0]), np.array([1.0, 1.0]), np.zeros(2), 0.1, 0.5),
                (np.array([1.0, 3.0]), np.array([1.0, 3.0]), np.array([1.0, -1.0]), 0.1, 0.5),
            ],
            random=random_step,
            mistakes=[
                (
                    step_to_zero,
                    (
                        "这是普通的权重衰减，它往 0 拉；L2-SP 往起点 `start` 拉。",
                        "That is ordinary weight decay and pulls towards 0; L2-SP pulls towards `start`.",
                    ),
                ),
                (
                    step_away,
                    (
                        "它把权重推离起点：看看惩罚的梯度的符号。",
                        "It pushes the weights away from the start: look at the sign of the penalty's gradient.",
                    ),
                ),
                (
                    step_half,
                    (
                        "求导时平方的 2 与 $\\tfrac12$ 约掉了。",
                        "In the derivative the 2 of the square cancels the $\\tfrac12$.",
                    ),
                ),
                (
                    step_double,
                    (
                        "公式里有 $\\tfrac12$：它与求导的 2 约掉，剩下 $\\lambda$。",
                        "The formula has a $\\tfrac12$: it cancels the 2 of the derivative and leaves $\\lambda$.",
                    ),
                ),
                (
                    step_uphill,
                    (
                        "方向反了：一步是**减去**学习率乘梯度。",
                        "The wrong direction: a step **subtracts** the learning rate times the gradient.",
                    ),
                ),
                (
                    step_without_data,
                    (
                        "还要加上数据损失的梯度 `gradient`。",
                        "The gradient of the data's loss, `gradient`, belongs to it, too.",
                    ),
                ),
                (
                    step_adds_penalty,
                    (
                        "要的是惩罚的**梯度**，每个权重一个数，不是惩罚的值。",
                        "What is needed is the penalty's **gradient**, a number for each weight, not its value.",
                    ),
                ),
                (
                    step_without_rate,
                    (
                        "惩罚的梯度也要乘学习率。",
                        "The penalty's gradient is multiplied by the learning rate, too.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "目标函数是数据损失加惩罚，所以梯度是两个梯度的和。",
                "The objective is the data's loss plus the penalty, so its gradient is the sum of two.",
            ),
            (
                "对一个权重，$\\tfrac{\\lambda}{2}(w-w_S)^2$ 的导数是什么？",
                "For one weight, what is the derivative of $\\tfrac{\\lambda}{2}(w-w_S)^2$?",
            ),
            (
                "惩罚的梯度是 $\\lambda(w-w_S)$；一步是权重减去学习率乘梯度。",
                "The penalty's gradient is $\\lambda(w-w_S)$; a step is the weights minus the learning rate times the gradient.",
            ),
        ],
        reference=l2_sp_step,
        solution=(
            "`return w - learning_rate * (gradient + strength * (w - start))`",
            "`return w - learning_rate * (gradient + strength * (w - start))`",
        ),
        why=(
            "惩罚的梯度指回起点，离得越远拉得越紧。普通的权重衰减拉向 0，会把预训练学到的一起拉掉：区别只在从 $w$ 里减去了什么。",
            "The gradient of the penalty points back to the start, and the further away the stronger. Plain weight decay pulls towards 0, and takes away what pretraining has learned: the difference is what is subtracted from $w$.",
        ),
        wrong=[
            (step_to_zero, "pulls towards 0"),
            (step_away, "away from the start"),
            (step_half, "cancels"),
            (step_double, "leaves"),
            (step_uphill, "subtracts"),
            (step_without_data, "belongs to it"),
            (step_adds_penalty, "not its value"),
            (step_without_rate, "learning rate, too"),
            (lambda w, start, gradient, learning_rate, strength: 0.0, "shape"),
        ],
    ),
]

QUIZZES = [
    Quiz(
        id="08-q1",
        question=(
            "函数式模型里写了 `base(x, training=False)`，后来解冻 `base`，滑动统计量在 `fit` 时动了。哪一种修法管用？（Keras 3.15）",
            "A functional model has `base(x, training=False)`; later `base` is unfrozen, and its moving statistics move during `fit`. Which repair works? (Keras 3.15)",
        ),
        options=[
            Option(
                (
                    "把每个 BatchNorm 层设为 `trainable = False`，再 `compile`",
                    "set `trainable = False` on each BatchNorm layer, then `compile`",
                ),
                (
                    "对：冻结的 BatchNorm 总在推理模式，`fit` 也改不了它。",
                    "Yes: a frozen BatchNorm is always in inference mode, whatever `fit` says.",
                ),
                right=True,
            ),
            Option(
                (
                    "把模型重新构造一遍，再写一次 `training=False`",
                    "build the model again, with `training=False` once more",
                ),
                (
                    "没有用：`fit` 以 `training=True` 调用整个模型，盖过构造时的标记，多少次都一样。",
                    "No use: `fit` calls the whole model with `training=True`, which overrides the flag given at construction, however often it is given.",
                ),
            ),
            Option(
                ("把学习率设为 0", "set the learning rate to 0"),
                (
                    "滑动统计量不靠梯度更新，学习率是 0 也会动。",
                    "Moving statistics are not updated by the gradient; they move even at a rate of 0.",
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
                    "That is true of SGD; with Adam the constant cancels.",
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
                    "第一次 `fit` 时生成的训练函数仍然只更新分类头。`detectors.recompiled(model)` 会在训练之前发现它。",
                    "The training step made at the first `fit` still updates the head only. `detectors.recompiled(model)` finds it before you train.",
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
                    "上文测过：权重一点没有变。",
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
                    "冻结骨干网络，训练一个线性头，测它的准确率",
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

PREDICTIONS = [
    Prediction(
        "08-p1",
        ("写了 training=False，统计量会动吗？", "With training=False, do the statistics move?"),
        YesNo(),
    ),
    Prediction(
        "08-p2",
        (
            "200 张 X 光片，微调高几个百分点？",
            "200 X-rays: how many points better is fine-tuning?",
        ),
        Number(-20, 40, ("个百分点", "points"), close=1.5),
    ),
    Prediction(
        "08-p3",
        ("BatchNorm 怎样更准？", "What is better for BatchNorm?"),
        OneOf(
            (
                ("冻结", "frozen"),
                ("一起训练", "trained along"),
                ("分不出", "cannot be told"),
            )
        ),
    ),
    Prediction(
        "08-p4",
        ("学 X 光片后，多大比例的答案不变？", "After X-rays, what share of answers is unchanged?"),
        Number(0, 1, close=0.1),
    ),
]
