"""Exercises and quizzes of lesson 14: medical imaging, imbalance, explainability."""

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number, OneOf
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

# --- 14-1: what alarms and silence are worth ---


def predictive_values(sensitivity, specificity, prevalence):
    ill, well = prevalence, 1 - prevalence
    found, missed = sensitivity * ill, (1 - sensitivity) * ill
    let_go, alarmed = specificity * well, (1 - specificity) * well
    return found / (found + alarmed), let_go / (let_go + missed)


def values_swapped(sensitivity, specificity, prevalence):
    return predictive_values(sensitivity, specificity, prevalence)[::-1]


def values_are_rates(sensitivity, specificity, prevalence):
    return sensitivity, specificity


def values_at_half(sensitivity, specificity, prevalence):
    return predictive_values(sensitivity, specificity, 0.5)


def values_specificity_alarms(sensitivity, specificity, prevalence):
    """The healthy who are let go are counted as alarms."""
    return predictive_values(sensitivity, 1 - specificity, prevalence)


def values_without_well(sensitivity, specificity, prevalence):
    """The factor 1 - prevalence is missing."""
    found, missed = sensitivity * prevalence, (1 - sensitivity) * prevalence
    return found / (found + 1 - specificity), specificity / (specificity + missed)


def values_not_divided(sensitivity, specificity, prevalence):
    return sensitivity * prevalence, specificity * (1 - prevalence)


def values_complement(sensitivity, specificity, prevalence):
    first = predictive_values(sensitivity, specificity, prevalence)[0]
    return first, 1 - first


def values_ill_without_alarm(sensitivity, specificity, prevalence):
    """The second is the share of those without an alarm who are ill."""
    first, second = predictive_values(sensitivity, specificity, prevalence)
    return first, 1 - second


def values_percent(sensitivity, specificity, prevalence):
    first, second = predictive_values(sensitivity, specificity, prevalence)
    return 100 * first, 100 * second


def random_shares(rng):
    return tuple(float(v) for v in (*rng.uniform(0.55, 0.98, 2), rng.uniform(0.01, 0.4)))


# --- 14-2: a threshold for costs and for another prevalence ---


def log_odds(p):
    return np.log(p / (1 - p))


def logit_threshold(trained, used, miss, false_alarm):
    return float(np.log(false_alarm / miss) + log_odds(trained) - log_odds(used))


def threshold_prior_reversed(trained, used, miss, false_alarm):
    return float(np.log(false_alarm / miss) - log_odds(trained) + log_odds(used))


def threshold_costs_reversed(trained, used, miss, false_alarm):
    return float(np.log(miss / false_alarm) + log_odds(trained) - log_odds(used))


def threshold_without_prior(trained, used, miss, false_alarm):
    return float(np.log(false_alarm / miss))


def threshold_without_costs(trained, used, miss, false_alarm):
    return float(log_odds(trained) - log_odds(used))


def threshold_as_probability(trained, used, miss, false_alarm):
    return float(1 / (1 + np.exp(-logit_threshold(trained, used, miss, false_alarm))))


def threshold_of_costs(trained, used, miss, false_alarm):
    """The threshold for a probability, from the costs alone."""
    return float(false_alarm / (false_alarm + miss))


def threshold_of_shares(trained, used, miss, false_alarm):
    """The logarithm of the shares, not of the odds."""
    return float(np.log(false_alarm / miss) + np.log(trained / used))


def threshold_log_of_p(trained, used, miss, false_alarm):
    """The logarithm of p, not of p / (1 - p)."""
    return float(np.log(false_alarm / (false_alarm + miss)) + log_odds(trained) - log_odds(used))


def random_costs(rng):
    trained, used = rng.uniform(0.2, 0.6), rng.uniform(0.01, 0.15)
    return float(trained), float(used), float(rng.uniform(2, 40)), float(rng.uniform(0.5, 1.5))


# --- 14-3: temperature ---


def losses_of(z, y, ts):
    return np.array([np.logaddexp(0, np.where(y == 1, -z, z) / T).mean() for T in ts])


def temperature(z, y):
    ts = np.geomspace(0.1, 10, 2000)
    return float(ts[losses_of(z, y, ts).argmin()])


def temperature_inverse(z, y):
    return 1 / temperature(z, y)


def temperature_loss(z, y):
    """The smallest loss instead of where it is."""
    return float(losses_of(z, y, np.geomspace(0.1, 10, 2000)).min())


def temperature_whole_numbers(z, y):
    ts = np.arange(1, 11)
    return float(ts[losses_of(z, y, ts).argmin()])


def temperature_place(z, y):
    """The place in the list instead of the temperature there."""
    return float(losses_of(z, y, np.geomspace(0.1, 10, 2000)).argmin())


def temperature_labels_reversed(z, y):
    return temperature(z, 1 - y)


def temperature_of_accuracy(z, y):
    """Accuracy does not depend on T: the first of the list wins."""
    return 0.1


def temperature_logarithm(z, y):
    return float(np.log(temperature(z, y)))


def random_logits(rng):
    """A model that is too sure of itself, or not sure enough."""
    true = rng.normal(0, 2, 400)
    y = (rng.random(400) < 1 / (1 + np.exp(-true))).astype(int)
    return true * float(rng.choice([0.4, 0.6, 1.8, 2.7])), y


LOGITS = random_logits(np.random.default_rng(3))

# --- 14-4: heat inside an outline ---


def share_inside(heat, mask):
    heat = np.maximum(heat, 0)
    part = mask.reshape(7, 32, 7, 32).mean((1, 3))
    return float((heat * part).sum() / heat.sum())


def share_absolute(heat, mask):
    return share_inside(np.abs(heat), mask)


def share_signed(heat, mask):
    part = mask.reshape(7, 32, 7, 32).mean((1, 3))
    return float((heat * part).sum() / heat.sum())


def share_negative(heat, mask):
    return share_inside(-heat, mask)


def share_of_cells(heat, mask):
    """A cell counts whole where more than half of it is inside."""
    heat = np.maximum(heat, 0)
    part = mask.reshape(7, 32, 7, 32).mean((1, 3)) > 0.5
    return float((heat * part).sum() / heat.sum())


def share_shuffled(heat, mask):
    """reshape(7, 7, 32, 32) puts together pixels that are not neighbours."""
    heat = np.maximum(heat, 0)
    part = mask.reshape(7, 7, 32, 32).mean((2, 3))
    return float((heat * part).sum() / heat.sum())


def share_not_divided(heat, mask):
    heat = np.maximum(heat, 0)
    return float((heat * mask.reshape(7, 32, 7, 32).mean((1, 3))).sum())


def share_of_mask(heat, mask):
    """Which share of the outline is hot, instead of which share of the heat is inside."""
    hot = np.kron(heat > 0, np.ones((32, 32)))
    return float((hot * mask).sum() / mask.sum())


def share_tiled(heat, mask):
    """np.tile repeats the whole map, not each cell."""
    heat = np.maximum(np.tile(heat, (32, 32)), 0)
    return float((heat * mask).sum() / heat.sum())


def share_area(heat, mask):
    return float(mask.mean())


def random_map(rng):
    rows, columns = np.mgrid[:224, :224]
    (i, j), (a, b) = rng.uniform(60, 160, 2), rng.uniform(25, 75, 2)
    return rng.normal(size=(7, 7)), ((rows - i) / a) ** 2 + ((columns - j) / b) ** 2 < 1


MAP = random_map(np.random.default_rng(4))


EXERCISES = [
    Exercise(
        id="14-1",
        title=("报警和不报警的价值", "What alarms and silence are worth"),
        judge=judges.function(
            predictive_values,
            inputs=[(0.9, 0.8, 0.1)],
            random=random_shares,
            returns=("of_alarms", "of_the_rest"),
            mistakes=[
                (
                    values_swapped,
                    (
                        "两个数的次序反了：先报警的，后不报警的。",
                        "The two are in the other order: alarms first, then the rest.",
                    ),
                ),
                (
                    values_are_rates,
                    (
                        "这是灵敏度和特异度本身：它们问“有病的人里”，这里问“报警的人里”。",
                        "These are sensitivity and specificity themselves: they ask “of the ill”, here it is “of the alarms”.",
                    ),
                ),
                (
                    values_at_half,
                    (
                        "患病率没有用上：这是一半有病时的答案。",
                        "The prevalence is not used: this is the answer when half are ill.",
                    ),
                ),
                (
                    values_specificity_alarms,
                    (
                        "健康人里报警的比例是 1 减特异度，不是特异度。",
                        "Of the healthy, 1 minus specificity have an alarm, not specificity.",
                    ),
                ),
                (
                    values_without_well,
                    (
                        "健康的人占 1 减患病率，这个因子漏了。",
                        "The healthy are 1 minus the prevalence: that factor is missing.",
                    ),
                ),
                (
                    values_not_divided,
                    (
                        "还没有除：这是在所有人里的比例，不是在报警的人里的。",
                        "Not divided yet: these are shares of all people, not of the alarms.",
                    ),
                ),
                (
                    values_complement,
                    (
                        "第二个不是 1 减第一个：不报警的是另外一群人。",
                        "The second is not 1 minus the first: those without an alarm are other people.",
                    ),
                ),
                (
                    values_ill_without_alarm,
                    (
                        "第一个对。第二个问没有报警的人里**没病**的比例，不是有病的。",
                        "The first is right. The second asks which share of those without an alarm is **well**, not ill.",
                    ),
                ),
                (
                    values_percent,
                    (
                        "写成 0 到 1 的比例，不乘 100。",
                        "Write shares from 0 to 1, without the factor 100.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "把所有人当作 1：有病的占 $\\pi$，没病的占 $1-\\pi$。各有多少报警？",
                "Take all people together as 1: $\\pi$ are ill, $1-\\pi$ are well. How many of each have an alarm?",
            ),
            (
                "报警的人 = 灵敏度 × $\\pi$ +（1 − 特异度）×（$1-\\pi$）。不报警的人也这样数。",
                "Alarms = sensitivity × $\\pi$ + (1 − specificity) × ($1-\\pi$). Count those without one in the same way.",
            ),
        ],
        reference=predictive_values,
        solution=(
            "```python\nfound, missed = sensitivity * prevalence, (1 - sensitivity) * prevalence\nlet_go = specificity * (1 - prevalence)\nalarmed = (1 - specificity) * (1 - prevalence)\nreturn found / (found + alarmed), let_go / (let_go + missed)\n```",
            "```python\nfound, missed = sensitivity * prevalence, (1 - sensitivity) * prevalence\nlet_go = specificity * (1 - prevalence)\nalarmed = (1 - specificity) * (1 - prevalence)\nreturn found / (found + alarmed), let_go / (let_go + missed)\n```",
        ),
        why=(
            "病越少见，报警越不可信，不报警越可信。灵敏度 0.95、特异度 0.95、患病率 1%：第二个数是 0.9995。只看第二个数，一个从不报警的模型也有 0.99。",
            "The rarer the illness, the less an alarm means and the more silence does. Sensitivity 0.95, specificity 0.95, prevalence 1%: the second number is 0.9995. By that number alone a model that never raises an alarm gets 0.99.",
        ),
        wrong=[
            (values_swapped, "other order"),
            (values_are_rates, "of the ill"),
            (values_at_half, "half are ill"),
            (values_specificity_alarms, "not specificity"),
            (values_without_well, "factor is missing"),
            (values_not_divided, "Not divided yet"),
            (values_complement, "other people"),
            (values_ill_without_alarm, "The first is right"),
            (values_percent, "factor 100"),
        ],
    ),
    Exercise(
        id="14-2",
        title=("换一群人，换一个阈值", "Other people, another threshold"),
        judge=judges.function(
            logit_threshold,
            inputs=[(0.45, 0.05, 19.0, 1.0)],
            random=random_costs,
            mistakes=[
                (
                    threshold_prior_reversed,
                    (
                        "先验的方向反了：用的地方病人更少，阈值应当更高。",
                        "The prior goes the wrong way: where fewer are ill the threshold must be higher.",
                    ),
                ),
                (
                    threshold_costs_reversed,
                    (
                        "代价反了：漏诊越贵，阈值应当越低。",
                        "The costs are turned round: the dearer a miss, the lower the threshold.",
                    ),
                ),
                (
                    threshold_without_prior,
                    (
                        "患病率没有用上：logit 还是训练时那群人的。",
                        "The prevalences are not used: the logit is still about the people of training.",
                    ),
                ),
                (
                    threshold_without_costs,
                    (
                        "代价没有用上：这是两种错误一样贵时的阈值。",
                        "The costs are not used: this is the threshold when both mistakes cost the same.",
                    ),
                ),
                (
                    threshold_as_probability,
                    ("这是概率；题目要 logit。", "This is a probability; a logit was asked for."),
                ),
                (
                    threshold_of_costs,
                    (
                        "这是改好以后的概率 $p$ 的阈值；还要变成 logit，再把先验的差放回去。",
                        "This is the threshold for the corrected probability $p$; turn it into a logit, then put the difference of the priors back.",
                    ),
                ),
                (
                    threshold_of_shares,
                    (
                        "要用比 $\\frac{p}{1-p}$ 的对数，不是比例 $p$ 的对数。",
                        "Take the logarithm of the odds $\\frac{p}{1-p}$, not of the share $p$.",
                    ),
                ),
                (
                    threshold_log_of_p,
                    (
                        "代价给出概率 $p$；它的 logit 是 $\\log\\frac{p}{1-p}$，不是 $\\log p$。",
                        "The costs give a probability $p$; its logit is $\\log\\frac{p}{1-p}$, not $\\log p$.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先定改过的 logit 的阈值：$p>\\frac{a}{a+m}$ 的 logit 是什么？$a$ 是误报的代价，$m$ 是漏诊的。",
                "First the threshold for the corrected logit: what is the logit of $p>\\frac{a}{a+m}$? $a$ is the cost of a false alarm, $m$ that of a miss.",
            ),
            (
                "改过的 logit = 原来的 −（训练的先验 − 使用的先验），都用 $\\log\\frac{p}{1-p}$。把减去的搬到不等式另一边。",
                "Corrected logit = own logit − (prior in training − prior in use), both as $\\log\\frac{p}{1-p}$. Move what is subtracted to the other side.",
            ),
        ],
        reference=logit_threshold,
        solution=(
            "```python\nprior = np.log(trained / (1 - trained)) - np.log(used / (1 - used))\nreturn np.log(false_alarm / miss) + prior\n```",
            "```python\nprior = np.log(trained / (1 - trained)) - np.log(used / (1 - used))\nreturn np.log(false_alarm / miss) + prior\n```",
        ),
        why=(
            "两项常常互相抵消：训练一半有病、用时 5%、漏诊 19 倍，阈值正好回到 0。阈值 0 对不对，要看这三个数，不看习惯。",
            "The two terms often cancel: half ill in training, 5% in use, a miss 19 times as dear, and the threshold is 0 again. Whether 0 is right depends on these three numbers, not on habit.",
        ),
        wrong=[
            (threshold_prior_reversed, "wrong way"),
            (threshold_costs_reversed, "turned round"),
            (threshold_without_prior, "people of training"),
            (threshold_without_costs, "cost the same"),
            (threshold_as_probability, "a logit was asked"),
            (threshold_of_costs, "corrected probability"),
            (threshold_of_shares, "not of the share"),
            (threshold_log_of_p, "costs give a probability"),
        ],
    ),
    Exercise(
        id="14-3",
        title=("温度", "Temperature"),
        judge=judges.function(
            temperature,
            inputs=[LOGITS],
            random=random_logits,
            rtol=0.02,
            mistakes=[
                (
                    temperature_inverse,
                    (
                        "这是 $1/T$：题目是 logit **除以** $T$。",
                        "This is $1/T$: the logits are **divided** by $T$.",
                    ),
                ),
                (
                    temperature_loss,
                    (
                        "这是最小的交叉熵；要的是它在哪个 $T$。",
                        "This is the smallest cross-entropy; asked for is the $T$ where it is.",
                    ),
                ),
                (
                    temperature_whole_numbers,
                    (
                        "格子太粗：只试了整数。用 `np.geomspace(0.1, 10, 2000)`。",
                        "The grid is too coarse: whole numbers only. Use `np.geomspace(0.1, 10, 2000)`.",
                    ),
                ),
                (
                    temperature_place,
                    (
                        "这是列表里的位置；取那个位置上的 $T$。",
                        "This is the place in the list; take the $T$ at that place.",
                    ),
                ),
                (
                    temperature_labels_reversed,
                    (
                        "得到最大的 $T$：标签反了，或者除的是损失，不是 logit。肺炎（1）的损失是 $-\\log\\sigma(z/T)$。",
                        "The largest $T$ comes out when labels are reversed, or when the loss is divided, not the logit. Pneumonia (1) has the loss $-\\log\\sigma(z/T)$.",
                    ),
                ),
                (
                    temperature_of_accuracy,
                    (
                        "准确率不随 $T$ 变，挑不出 $T$；要让交叉熵最小。",
                        "Accuracy does not change with $T$, so no $T$ can be chosen by it; make the cross-entropy smallest.",
                    ),
                ),
                (
                    temperature_logarithm,
                    ("这是 $\\log T$；还要取指数。", "This is $\\log T$; take its exponential."),
                ),
            ],
        ),
        hints=[
            (
                "写出一个 $T$ 的交叉熵：`np.logaddexp(0, np.where(y == 1, -z, z) / T).mean()`。",
                "Write the cross-entropy of one $T$: `np.logaddexp(0, np.where(y == 1, -z, z) / T).mean()`.",
            ),
            (
                "在 0.1 到 10 之间试许多个 $T$，用 `np.argmin` 找最小的。",
                "Try many $T$ from 0.1 to 10 and find the smallest with `np.argmin`.",
            ),
        ],
        reference=temperature,
        solution=(
            "```python\nts = np.geomspace(0.1, 10, 2000)\nlosses = [np.logaddexp(0, np.where(y == 1, -z, z) / T).mean() for T in ts]\nreturn ts[np.argmin(losses)]\n```",
            "```python\nts = np.geomspace(0.1, 10, 2000)\nlosses = [np.logaddexp(0, np.where(y == 1, -z, z) / T).mean() for T in ts]\nreturn ts[np.argmin(losses)]\n```",
        ),
        why=(
            "只有一个 $T$，一条只有 1 个谷的曲线：乱不到哪里去，200 张验证片子就够。要修每一类、每一段，就需要多得多的片子。",
            "A single $T$, and a curve with only 1 valley: little can go wrong, and 200 validation films are enough. To mend each class or each bin takes many more films.",
        ),
        wrong=[
            (temperature_inverse, "divided"),
            (temperature_loss, "smallest cross-entropy; asked"),
            (temperature_whole_numbers, "too coarse"),
            (temperature_place, "place in the list"),
            (temperature_labels_reversed, "labels are reversed"),
            (temperature_of_accuracy, "can be chosen by it"),
            (temperature_logarithm, "exponential"),
        ],
    ),
    Exercise(
        id="14-4",
        title=("热图落在轮廓里的比例", "The share of a map inside an outline"),
        judge=judges.function(
            share_inside,
            inputs=[MAP],
            random=random_map,
            mistakes=[
                (
                    share_absolute,
                    (
                        "负的部分也算进去了：它是反对的依据。先用 `np.maximum(heat, 0)`。",
                        "The negative part counts, too, and it speaks against. First `np.maximum(heat, 0)`.",
                    ),
                ),
                (
                    share_signed,
                    (
                        "正负抵消了：先把负的变成 0，分子和分母都要。",
                        "Positive and negative cancel: set negatives to 0 first, in numerator and denominator.",
                    ),
                ),
                (
                    share_negative,
                    (
                        "取的是负的部分；题目要正的。",
                        "This takes the negative part; the positive one was asked for.",
                    ),
                ),
                (
                    share_of_cells,
                    (
                        "一格可以一半在里面：用比例，不要四舍五入成全在或全不在。",
                        "A cell may lie half inside: use its share, do not round it to all or nothing.",
                    ),
                ),
                (
                    share_shuffled,
                    (
                        "`reshape(7, 7, 32, 32)` 把不相邻的像素放进一格；要 `reshape(7, 32, 7, 32)`，平均轴 1 和 3。",
                        "`reshape(7, 7, 32, 32)` puts pixels into a cell that are not neighbours; use `reshape(7, 32, 7, 32)` and the mean over axes 1 and 3.",
                    ),
                ),
                (
                    share_not_divided,
                    ("还要除以全部正的热。", "Divide by all of the positive heat."),
                ),
                (
                    share_of_mask,
                    (
                        "这是轮廓里热的面积占轮廓几成；题目问热的几成在轮廓里。",
                        "This is the hot share of the outline; asked for is the share of the heat that lies in the outline.",
                    ),
                ),
                (
                    share_tiled,
                    (
                        "`np.tile` 重复整张图；每格要放大成 32×32，用 `np.kron` 或 `np.repeat`。",
                        "`np.tile` repeats the whole map; each cell has to grow to 32×32, by `np.kron` or `np.repeat`.",
                    ),
                ),
                (
                    share_area,
                    (
                        "这只是轮廓的面积，没有用热图。",
                        "This is the outline's area alone, the map is not used.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先把负的变成 0。再算每一格有几成在轮廓里：224 = 7 × 32。",
                "First set negatives to 0. Then find how much of each cell is inside: 224 = 7 × 32.",
            ),
            (
                "`mask.reshape(7, 32, 7, 32).mean((1, 3))` 是 7×7 的比例。热乘比例，加起来，除以热的总和。",
                "`mask.reshape(7, 32, 7, 32).mean((1, 3))` are the 7×7 shares. Heat times share, summed, divided by the sum of the heat.",
            ),
        ],
        reference=share_inside,
        solution=(
            "```python\nheat = np.maximum(heat, 0)\npart = mask.reshape(7, 32, 7, 32).mean((1, 3))\nreturn (heat * part).sum() / heat.sum()\n```",
            "```python\nheat = np.maximum(heat, 0)\npart = mask.reshape(7, 32, 7, 32).mean((1, 3))\nreturn (heat * part).sum() / heat.sum()\n```",
        ),
        why=(
            "一个比例要有比较才有意义。下面用它来量，与肺的面积、别人的热图、随机的头比；单独一个数，听上去像证明。",
            "A share means something only by comparison. Below it is measured and compared with the area of the lungs, another's map and a random head; a number alone sounds like proof.",
        ),
        wrong=[
            (share_absolute, "speaks against"),
            (share_signed, "cancel"),
            (share_negative, "negative part; the positive"),
            (share_of_cells, "all or nothing"),
            (share_shuffled, "not neighbours"),
            (share_not_divided, "all of the positive heat"),
            (share_of_mask, "hot share of the outline"),
            (share_tiled, "repeats the whole map"),
            (share_area, "area alone"),
        ],
    ),
]

PREDICTIONS = [
    Prediction(
        "14-p1",
        ("32×32 像素：100 张对几张？", "32×32 pixels: how many of 100 are right?"),
        Number(50, 100, ("张", "right"), close=3),
    ),
    Prediction(
        "14-p2",
        ("患病率 1%：100 次报警几次是真的？", "Prevalence 1%: how many of 100 alarms are real?"),
        Number(0, 100, ("次", "real"), close=6),
    ),
    Prediction(
        "14-p3",
        ("95:5 时哪种办法最便宜？", "At 95:5, which remedy is cheapest?"),
        OneOf(
            (
                ("类别权重", "class weights"),
                ("过采样", "oversampling"),
                ("欠采样", "undersampling"),
                ("聚焦损失", "focal loss"),
                ("移动阈值", "moving the threshold"),
            )
        ),
    ),
    Prediction(
        "14-p4",
        ("“正常”的依据在肺里的比例？", "What speaks for “normal”: its share inside the lungs?"),
        OneOf(
            (
                ("比面积多", "more than the area"),
                ("差不多", "about the same"),
                ("比面积少", "less than the area"),
            )
        ),
    ),
    Prediction(
        "14-p5",
        ("标签对调：100 张对几张？", "Tags swapped: how many of 100 are right?"),
        Number(0, 100, ("张", "right"), close=8),
    ),
]


def draw_reliability():
    """Three reliability diagrams side by side, from a formula: T = 3 needed, none, T = 1/3 needed."""
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(7.4, 2.6))
    p = np.linspace(0.02, 0.98, 40)
    for k, factor in enumerate((1, 1 / 3, 3)):
        share = 1 / (1 + np.exp(-factor * np.log(p / (1 - p))))
        ax.plot(1.3 * k + p, share, "-", marker="", lw=2.5)
        ax.plot([1.3 * k, 1.3 * k + 1], [0, 1], "--", marker="", color="#000000", lw=1)
    ax.set(
        xlim=(-0.12, 3.72), ylim=(-0.05, 1.05), xticks=[], yticks=[0, 1]
    )  # no words: the question has them
    ax.grid(False)
    return fig


QUIZZES = [
    Quiz(
        id="14-q1",
        question=(
            "一个模型灵敏度 0.99、特异度 0.95。患病率 0.1% 的普查里，它报警了。最合理的说法？",
            "A model has sensitivity 0.99 and specificity 0.95. In a screening with a prevalence of 0.1% it raises an alarm. What is the most reasonable thing to say?",
        ),
        options=[
            Option(
                ("多半是误报，需要再查", "probably a false alarm; examine further"),
                (
                    "1,000 人里约 1 个真报警，50 个误报：大约 2% 是真的。比普查前的 0.1% 已经高了 20 倍。",
                    "Of 1,000 people about 1 alarm is real and 50 are false: about 2%. That is 20 times the 0.1% from before.",
                ),
                right=True,
            ),
            Option(
                ("有 99% 的可能有病", "99% likely to be ill"),
                (
                    "0.99 是“有病的人里”报警的比例，不是“报警的人里”有病的。",
                    "0.99 is the share of alarms among the ill, not of the ill among the alarms.",
                ),
            ),
            Option(
                ("有 95% 的可能有病", "95% likely to be ill"),
                (
                    "0.95 是健康人里被放过的比例，没有用到患病率。",
                    "0.95 is the share of the healthy who are let go; the prevalence is not in it.",
                ),
            ),
            Option(
                ("报警没有用，可以不理", "the alarm is useless and may be ignored"),
                (
                    "可能性从 0.1% 升到约 2%，值得再查；只是不能当诊断。",
                    "The chance rises from 0.1% to about 2%, which is worth a further test; it just is no diagnosis.",
                ),
            ),
        ],
    ),
    Matching(
        id="14-q2",
        question=("哪种做法对概率做什么？", "What does each do to the probabilities?"),
        pairs=[
            Pair(
                item=("类别权重 19", "class weights of 19"),
                match=("把它们推高，次序几乎不变", "pushes them up and hardly changes the order"),
                why=(
                    "加了权的数据里一半是肺炎；logit 减 $\\log 19$ 放回去。",
                    "Half of the weighted data is pneumonia; subtract $\\log 19$ from the logit to put it right.",
                ),
                elsewhere=(
                    "推高而次序几乎不变的，只有改变两类的分量而不丢数据的做法。",
                    "Up, with hardly any change of order: only what changes the weight of the classes and drops no data.",
                ),
            ),
            Pair(
                item=("移动阈值", "moving the threshold"),
                match=("什么也不做", "nothing at all"),
                why=("概率原样，只是别处下刀。", "They stay, only the cut is elsewhere."),
                elsewhere=("这里概率变了。", "Here probabilities do change."),
            ),
            Pair(
                item=("温度缩放，$T=2$", "temperature scaling, $T=2$"),
                match=("都往 0.5 拉，次序不变", "pulls all towards 0.5, in the same order"),
                why=(
                    "所有 logit 减半：概率靠近 0.5，排名、AUC 不变。",
                    "All logits are halved: probabilities move towards 0.5, ranking and AUC stay.",
                ),
                elsewhere=(
                    "往 0.5 拉而次序不变，是所有 logit 除以同一个数。",
                    "Towards 0.5 in the same order is what dividing all logits by one number does.",
                ),
            ),
            Pair(
                item=("只留 50 张正常的", "keep 50 normal films only"),
                match=("推高，而且次序变差", "pushes them up and spoils the order"),
                why=(
                    "丢掉 900 张，也就丢掉它们教的东西：AUC 降了。",
                    "900 films are dropped, and with them what they teach: AUC falls.",
                ),
                elsewhere=(
                    "次序变差，是因为丢了数据。",
                    "The order gets worse because data are dropped.",
                ),
            ),
        ],
    ),
    Ordering(
        id="14-q3",
        question=("评估一个医学模型，先后怎样？", "Judging a medical model: in which order?"),
        steps=[
            Step(("按病人分组，封起测试集", "group by patient and seal the test set")),
            Step(
                ("在训练片子上训练", "train on the training films"),
                (
                    "还没有分组：同一个病人可能两边都有。",
                    "Nothing is grouped yet: a patient may be on both sides.",
                ),
            ),
            Step(
                ("在验证片子上定温度", "set the temperature on validation films"),
                ("还没有模型，没有 logit。", "There is no model yet, and no logits."),
            ),
            Step(
                (
                    "由代价和那里的患病率定阈值",
                    "set the threshold by costs and the prevalence there",
                ),
                (
                    "概率还不可信，代价的公式用不得。",
                    "Probabilities cannot be believed yet, so the formula of costs does not hold.",
                ),
            ),
            Step(
                ("打开测试集一次", "open the test set once"),
                (
                    "阈值还没有定；看着测试集定，就不是测试了。",
                    "The threshold is not set; set with an eye on the test set, it would be no test.",
                ),
            ),
            Step(
                ("到另一家医院再测", "test again in another hospital"),
                ("在自己的测试集上还没有过关。", "It has not passed its own test set yet."),
            ),
        ],
        why=(
            "每一步只用前面的；最后一步是前面哪一步都代替不了的。",
            "Each step uses only what came before; and none of these replaces the last one.",
        ),
    ),
    Marking(
        id="14-q4",
        question=(
            "三张可靠性图：横轴是预测的概率，纵轴是实际的比例，都从 0 到 1。哪一张的模型要用 $T>1$ 来修？",
            "Three reliability diagrams: the predicted probability across, the actual share up, both from 0 to 1. Which model needs $T>1$?",
        ),
        picture=draw_reliability,
        alt=(
            "三张可靠性图，虚线是对角线。左：曲线与对角线重合。中：曲线比对角线平，左端在上、右端在下。右：曲线比对角线陡，左端在下、右端在上。",
            "Three reliability diagrams, the diagonal dashed. Left: the curve lies on the diagonal. Middle: it is flatter, above the diagonal at the left and below it at the right. Right: it is steeper, below at the left and above at the right.",
        ),
        options=[
            Region(
                ("左边一张", "the left one"),
                (
                    "曲线就是对角线：概率与比例相符，$T=1$。",
                    "The curve is the diagonal: probabilities agree with shares, $T=1$.",
                ),
                box=(-0.08, -0.03, 1.08, 1.03),
            ),
            Region(
                ("中间一张", "the middle one"),
                (
                    "说 0.9 的只有约 0.68 是真的，说 0.1 的却有约 0.32：太自信，要除以大于 1 的数。",
                    "Of those called 0.9 only about 0.68 are ill, of those called 0.1 about 0.32: too sure, so divide by more than 1.",
                ),
                right=True,
                box=(1.22, -0.03, 2.38, 1.03),
            ),
            Region(
                ("右边一张", "the right one"),
                (
                    "说 0.7 的有 0.9 以上是真的：太胆小，要用 $T<1$。",
                    "Of those called 0.7 more than 0.9 are ill: too timid, which needs $T<1$.",
                ),
                box=(2.52, -0.03, 3.68, 1.03),
            ),
        ],
    ),
    Quiz(
        id="14-q5",
        question=(
            "把网络的卷积核全部打乱，热图几乎没有变。这说明什么？",
            "All kernels of the network are shuffled and the heat map hardly changes. What does that say?",
        ),
        options=[
            Option(
                (
                    "热图画的是片子，不是模型学到的东西",
                    "the map draws the film, not what the model has learned",
                ),
                (
                    "模型已经什么也不会了，图还一样：它说不出模型为什么这样判。",
                    "The model knows nothing any more and the map is the same: it cannot tell why the model decides.",
                ),
                right=True,
            ),
            Option(
                ("模型很稳健", "the model is robust"),
                (
                    "打乱以后模型的答案变了；不变的是图。",
                    "The model's answers have changed; it is the map that has not.",
                ),
            ),
            Option(
                ("热图是对的：病灶本来就在那里", "the map is right: that is where the illness is"),
                (
                    "病灶也许在那里，但打乱的模型不知道，图却照画。图与模型无关。",
                    "It may be, but the shuffled model does not know, and the map is drawn all the same. It does not depend on the model.",
                ),
            ),
            Option(
                ("应当多打乱几次再取平均", "shuffle more often and take the mean"),
                (
                    "多打乱几次能看得更准，但问题不在噪声：图不随模型变。",
                    "More shuffles measure it better, but noise is not the trouble: the map does not follow the model.",
                ),
            ),
        ],
    ),
]
