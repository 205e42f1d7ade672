"""Exercises and quizzes of lesson 10: cross-validation and tuning."""

import math

import numpy as np

from course_utils.learning import judges
from course_utils.learning.answers import Number
from course_utils.learning.definitions import (
    NOT_ATTEMPTED,
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
    not_yet,
    right,
)

# --- 10-1: the best of m guessers ---


def at_most(n, p):
    """Probability that one guesser gets at most k of n right, for k = 0 … n."""
    return np.cumsum([math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)])


def expected_best(m, n, p):
    exactly = np.diff(at_most(n, p) ** m, prepend=0)
    return float((np.arange(n + 1) * exactly).sum() / n)


def best_as_count(m, n, p):
    return n * expected_best(m, n, p)


def best_fair_coins(m, n, p):
    """p is ignored."""
    return expected_best(m, n, 0.5)


def best_without_power(m, n, p):
    """One guesser: the same as p."""
    return expected_best(1, n, p)


def best_times_m(m, n, p):
    """F times m instead of F to the power of m."""
    exactly = np.diff(m * at_most(n, p), prepend=0)
    return float((np.arange(n + 1) * exactly).sum() / n)


def best_is_worst(m, n, p):
    """1 − (1 − F)^m: at least one gets at most k, which is about the worst."""
    exactly = np.diff(1 - (1 - at_most(n, p)) ** m, prepend=0)
    return float((np.arange(n + 1) * exactly).sum() / n)


def best_sum_of_powers(m, n, p):
    """Sum of F^m: how far the best is from the top, not from 0."""
    return float((at_most(n, p)[:-1] ** m).sum() / n)


def best_one_too_many(m, n, p):
    """Sum of P(best >= k) from k = 0 on: one term of 1 too many."""
    return expected_best(m, n, p) + 1 / n


def best_without_first_step(m, n, p):
    """np.diff without prepend, with k from 0 on: each step one place too low."""
    exactly = np.diff(at_most(n, p) ** m)
    return float((np.arange(n) * exactly).sum() / n)


def best_most_probable(m, n, p):
    """The mode instead of the mean."""
    return int(np.argmax(np.diff(at_most(n, p) ** m, prepend=0))) / n


def random_guessers(rng):
    return int(rng.integers(2, 60)), int(rng.integers(5, 120)), float(rng.uniform(0.05, 0.9))


# --- 10-2 and 10-3: fold numbers, any that keep the promise ---


def stratified_folds(y, K):
    y = np.asarray(y)
    fold = np.empty(len(y), int)
    for c in np.unique(y):
        places = np.flatnonzero(y == c)
        fold[places] = np.arange(len(places)) % K
    return fold


def folds_in_turn(y, K):
    """The classes are ignored."""
    return np.arange(len(y)) % K


def folds_as_blocks(y, K):
    return np.arange(len(y)) * K // len(y)


def folds_are_classes(y, K):
    return np.unique(y, return_inverse=True)[1] % K


def folds_of_sorted(y, K):
    """Dealt to the sorted classes, and never put back in the photos' order."""
    return stratified_folds(np.sort(y), K)


def folds_from_one(y, K):
    return stratified_folds(y, K) + 1


def folds_rest_in_last(y, K):
    """Each class in K blocks of equal size; what is left over joins the last one."""
    y = np.asarray(y)
    fold = np.empty(len(y), int)
    for c in np.unique(y):
        places = np.flatnonzero(y == c)
        fold[places] = np.minimum(np.arange(len(places)) // max(len(places) // K, 1), K - 1)
    return fold


def folds_rest_left_out(y, K):
    """As above, but what is left over gets a fold of its own, number K and more."""
    y = np.asarray(y)
    fold = np.empty(len(y), int)
    for c in np.unique(y):
        places = np.flatnonzero(y == c)
        fold[places] = np.arange(len(places)) // max(len(places) // K, 1)
    return fold


def folds_at_random(y, K):
    return np.random.default_rng(0).integers(0, K, len(y))


def group_folds(groups, K):
    place = np.unique(groups, return_inverse=True)[1]  # which of the different groups
    return np.ravel(place) % K


def groups_by_number(groups, K):
    return np.asarray(groups) % K


def groups_in_turn(groups, K):
    """The groups are ignored."""
    return np.arange(len(groups)) % K


def groups_as_blocks(groups, K):
    return np.arange(len(groups)) * K // len(groups)


def groups_stratified(groups, K):
    """Dealt out within each group, as if groups were classes."""
    return stratified_folds(groups, K)


def groups_one_each(groups, K):
    """A fold for each group: more than K folds."""
    return np.ravel(np.unique(groups, return_inverse=True)[1])


def groups_from_one(groups, K):
    return group_folds(groups, K) + 1


def groups_of_unique(groups, K):
    """One number for each group instead of one for each sample."""
    return np.arange(len(np.unique(groups))) % K


def groups_all_in_one(groups, K):
    return np.zeros(len(groups), int)


def folds_judge(tries, problem, mistakes):
    """A judge of functions (labels, K) -> fold numbers; any that keep the promise are right.

    problem(labels, K, fold): what is wrong with these fold numbers, (中文, English), or None.
    mistakes: (wrong function, text), for results that are exactly these.
    """

    def judge(answer):
        if not callable(answer):
            return not_yet(
                "答案应是函数：写函数名，不要加括号。",
                "The answer is a function: write its name, without brackets.",
            )
        results = []
        for labels, K in tries:
            given = labels.copy()
            try:
                results.append(answer(given, K))
            except NotImplementedError:
                return NOT_ATTEMPTED
            except Exception as error:  # noqa: BLE001 (a learner's function may raise anything)
                return not_yet(*judges.describe_error(error, answer))
            if results[-1] is ...:
                return NOT_ATTEMPTED
            if results[-1] is None:
                return not_yet(
                    "你的函数没有返回任何东西：是不是忘了 `return`？",
                    "Your function returns nothing: is a `return` missing?",
                )
            if not np.array_equal(given, labels):
                return not_yet(
                    "你的函数改动了传进来的数组：先 `.copy()`，再改。",
                    "Your function changes the array that it is given: `.copy()` it first.",
                )
        found = [_fold_problem(problem, *t, r) for t, r in zip(tries, results, strict=True)]
        wrong = next((p for p in found if p), None)
        if wrong is None:
            return right()
        for other, text in mistakes:
            expected = [other(labels.copy(), K) for labels, K in tries]
            if all(_equal(one, two) for one, two in zip(results, expected, strict=True)):
                return not_yet(
                    *(f"{a}{gap}{b}" for a, gap, b in zip(text, ("", " "), wrong, strict=True))
                )
        return not_yet(*wrong)

    return judges.judged(judge)


def _equal(one, two):
    return np.shape(one) == np.shape(two) and np.array_equal(np.asarray(one), two)


def _fold_problem(problem, labels, K, result):
    try:
        fold = np.asarray(result)
    except ValueError:  # lists of different lengths
        fold = np.empty(0)
    if fold.shape != labels.shape:
        return (
            f"每个样本一个折号：{len(labels)} 个样本要 {len(labels)} 个数，形状 `({len(labels)},)`。",
            f"A fold number for each sample: {len(labels)} samples take {len(labels)} numbers, shape `({len(labels)},)`.",
        )
    if fold.dtype.kind not in "iuf" or not np.isin(fold, np.arange(K)).all():
        return (
            f"折号只能是 0 到 {K - 1} 的整数；`K={K}` 时你有 `{np.unique(fold)[:8]}`。",
            f"Fold numbers are whole, 0 to {K - 1}; for `K={K}` you have `{np.unique(fold)[:8]}`.",
        )
    return problem(labels, K, fold)


def _not_stratified(y, K, fold):
    for c in np.unique(y):
        counts = np.bincount(fold[y == c].astype(int), minlength=K)
        if np.ptp(counts) > 1:
            return (
                f"`y={_short(y)}`、`K={K}` 时，类别 {c} 在各折里有 {counts.tolist()} 个：相差不能超过 1。",
                f"For `y={_short(y)}` and `K={K}`, class {c} has {counts.tolist()} in the folds: they may differ by 1 at most.",
            )
    return None


def _not_grouped(groups, K, fold):
    for g in np.unique(groups):
        if len(found := np.unique(fold[groups == g])) > 1:
            return (
                f"`groups={_short(groups)}`、`K={K}` 时，组 {g} 被拆到了折 {found.tolist()}：一组只能在一折里。",
                f"For `groups={_short(groups)}` and `K={K}`, group {g} is split between the folds {found.tolist()}: a group belongs to one fold.",
            )
    names, first = np.unique(groups, return_index=True)
    of_groups = np.bincount(fold[first].astype(int), minlength=K)
    of_samples = np.bincount(fold.astype(int), minlength=K)
    largest = max(np.sum(groups == g) for g in names)
    if of_groups.min() == 0 or (np.ptp(of_groups) > 1 and np.ptp(of_samples) > largest):
        return (
            f"`groups={_short(groups)}`、`K={K}` 时，各折有 {of_groups.tolist()} 组：要尽量一样多，也不能有空的。",
            f"For `groups={_short(groups)}` and `K={K}` the folds have {of_groups.tolist()} groups: make them as equal as can be, and none empty.",
        )
    return None


def _short(values):
    shown = ", ".join(map(str, values[:12].tolist()))
    return f"[{shown}{', …' if len(values) > 12 else ''}]"


_RNG = np.random.default_rng(20)
CLASS_TRIES = [
    (np.array([0, 0, 0, 1, 1, 1, 1, 0, 0, 1]), 2),
    (np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]), 5),
    (np.array([1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0]), 3),
    *((_RNG.permutation(np.repeat([0, 1, 2], [23, 9, 14])), K) for K in (3, 4, 5)),
]
GROUP_TRIES = [
    (np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]), 2),
    (np.array([3, 6, 9, 3, 6, 9, 12, 12]), 3),
    (np.array([10, 20, 30, 40, 10, 20, 30, 40]), 2),
    *((_RNG.permutation(np.repeat(5 * np.arange(12), 4)), K) for K in (3, 4, 5)),
]

# --- 10-4: successive halving's budget ---


def halving_fits(n_settings, n_rungs):
    total, n_folds = 0, 1
    for _ in range(n_rungs):
        total += n_settings * n_folds
        n_settings, n_folds = n_settings // 2, 2 * n_folds
    return total


def fits_without_halving(n_settings, n_rungs):
    return n_settings * (2**n_rungs - 1)


def fits_without_doubling(n_settings, n_rungs):
    return sum(n_settings // 2**r for r in range(n_rungs))


def fits_all_again(n_settings, n_rungs):
    """In each rung the earlier folds are fitted again: 1, 3, 7 …"""
    return sum(n_settings // 2**r * (2 ** (r + 1) - 1) for r in range(n_rungs))


def fits_times_rungs(n_settings, n_rungs):
    """As if n_settings could always be divided by 2."""
    return n_settings * n_rungs


def fits_rounded_up(n_settings, n_rungs):
    total, n_folds = 0, 1
    for _ in range(n_rungs):
        total += n_settings * n_folds
        n_settings, n_folds = -(-n_settings // 2), 2 * n_folds
    return total


def fits_one_rung_more(n_settings, n_rungs):
    return halving_fits(n_settings, n_rungs + 1)


def fits_halved_first(n_settings, n_rungs):
    return halving_fits(n_settings // 2, n_rungs)


def fits_of_last_rung(n_settings, n_rungs):
    return n_settings // 2 ** (n_rungs - 1) * 2 ** (n_rungs - 1)


def fits_one_fold_more(n_settings, n_rungs):
    """1, 2, 3 … new folds instead of 1, 2, 4 …"""
    return sum(n_settings // 2**r * (r + 1) for r in range(n_rungs))


def random_halving(rng):
    n_rungs = int(rng.integers(2, 5))
    return int(rng.integers(2 ** (n_rungs + 1), 100)), n_rungs


PREDICTIONS = [
    Prediction(
        "10-p1",
        ("200 枚硬币里最好的，平均对几张？", "The best of 200 coins: how many right on average?"),
        Number(100, 200, ("张", "right"), close=5),
    ),
    Prediction(
        "10-p2",
        (
            "打乱 100 次，几次有一折没有狗？",
            "Of 100 shuffles, how many leave a fold without a dog?",
        ),
        Number(0, 100, ("次", "shuffles"), close=8),
    ),
    Prediction(
        "10-p3",
        (
            "同一个模型，另外的照片对百分之几？",
            "The same model: what per cent of other photos are right?",
        ),
        Number(50, 100, ("%", "%"), close=7),
    ),
    Prediction(
        "10-p4",
        (
            "100 个这样的区间，几个包含真实值？",
            "Of 100 such intervals, how many hold the true value?",
        ),
        Number(0, 100, ("个", "intervals"), close=8),
    ),
    Prediction(
        "10-p5",
        ("45 种网格，几种胜过随机？", "Of 45 grids, how many beat random search?"),
        Number(0, 45, ("种", "grids"), close=5),
    ),
]

EXERCISES = [
    Exercise(
        id="10-1",
        title=("最好的猜测者", "The best guesser"),
        judge=judges.function(
            expected_best,
            inputs=[(200, 200, 0.5), (1, 50, 0.5), (10, 20, 0.1)],
            random=random_guessers,
            mistakes=[
                (
                    best_as_count,
                    (
                        "这是答对的题数；问的是几分之几，再除以 $n$。",
                        "That is the number of right answers; the share is asked, so divide by $n$.",
                    ),
                ),
                (
                    best_fair_coins,
                    (
                        "`p` 没有用到：不是每个人都抛硬币。",
                        "`p` is not used: not everybody tosses a coin.",
                    ),
                ),
                (
                    best_without_power,
                    (
                        "这是一个人的平均，也就是 $p$；最好的要用 $F(k)^m$。",
                        "That is the mean of one guesser, which is $p$; for the best it takes $F(k)^m$.",
                    ),
                ),
                (
                    best_times_m,
                    (
                        "概率要自乘，一共 $m$ 个：是次方，不是倍数。",
                        "Multiply the probability by itself, $m$ of them: a power, not a multiple.",
                    ),
                ),
                (
                    best_is_worst,
                    (
                        "$1-(1-F)^m$ 是“至少一个人至多对 $k$ 题”，那说的是最差的。",
                        "$1-(1-F)^m$ is “at least one gets at most $k$”, which speaks of the worst.",
                    ),
                ),
                (
                    best_sum_of_powers,
                    (
                        "$F(k)^m$ 之和是最好的离满分还差多少；要的是 $1-F(k)^m$ 之和。",
                        "The sum of $F(k)^m$ is how far the best is from the top; it takes the sum of $1-F(k)^m$.",
                    ),
                ),
                (
                    best_one_too_many,
                    (
                        "多加了一项：“至少 0 题”总是真的，从“至少 1 题”加起。",
                        "One term too many: “at least 0” is always true, so begin with “at least 1”.",
                    ),
                ),
                (
                    best_without_first_step,
                    (
                        "`np.diff` 少一项，每一步都错了一位：用 `prepend=0`。",
                        "`np.diff` gives one number less, and each step is one place off: use `prepend=0`.",
                    ),
                ),
                (
                    best_most_probable,
                    (
                        "这是最常见的结果；问的是平均。",
                        "That is the most frequent result; the mean is asked.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "先算一个人的 $F(k)$：`stats.binom.cdf(np.arange(n + 1), n, p)`。",
                "First $F(k)$ of one guesser: `stats.binom.cdf(np.arange(n + 1), n, p)`.",
            ),
            (
                "$F(k)^m$ 是“最好的至多对 $k$ 题”；相邻两项之差是“恰好 $k$ 题”。",
                "$F(k)^m$ is “the best gets at most $k$”; the difference of neighbours is “exactly $k$”.",
            ),
            (
                "用这些概率作权重，对 $k$ 求平均，再除以 $n$。",
                "Take the mean of $k$ with these probabilities as weights, and divide by $n$.",
            ),
        ],
        reference=expected_best,
        solution=(
            "```python\nk = np.arange(n + 1)\nexactly = np.diff(stats.binom.cdf(k, n, p) ** m, prepend=0)\nreturn (k * exactly).sum() / n\n```",
            "```python\nk = np.arange(n + 1)\nexactly = np.diff(stats.binom.cdf(k, n, p) ** m, prepend=0)\nreturn (k * exactly).sum() / n\n```",
        ),
        why=(
            "也可以写成 $\\frac1n\\sum_{k=0}^{n-1}\\bigl(1-F(k)^m\\bigr)$：最好的每超过一个 $k$，就多对一题。60 种设置、60 张验证照片，虚高多少？",
            "It can also be written as $\\frac1n\\sum_{k=0}^{n-1}\\bigl(1-F(k)^m\\bigr)$: the best has one more right for each $k$ that it exceeds. How much too high is it for 60 settings and 60 validation photos?",
        ),
        wrong=[
            (best_as_count, "the share is asked"),
            (best_fair_coins, "is not used"),
            (best_without_power, "mean of one guesser"),
            (best_times_m, "a power, not a multiple"),
            (best_is_worst, "speaks of the worst"),
            (best_sum_of_powers, "far the best is from the top"),
            (best_one_too_many, "One term too many"),
            (best_without_first_step, "prepend=0"),
            (best_most_probable, "the mean is asked"),
        ],
    ),
    Exercise(
        id="10-2",
        title=("分层的折", "Stratified folds"),
        judge=folds_judge(
            CLASS_TRIES,
            _not_stratified,
            mistakes=[
                (
                    folds_in_turn,
                    (
                        "你按位置轮流发，没有看 `y`：先把各类分开，再在每一类里轮流。",
                        "You deal by position and never look at `y`: separate the classes first, then deal within each.",
                    ),
                ),
                (
                    folds_as_blocks,
                    (
                        "你把照片切成连续的几段，没有看 `y`：照片按类别排好时，一折就只有一类。",
                        "You cut the photos into consecutive blocks without a look at `y`: if they are sorted by class, a fold has one class only.",
                    ),
                ),
                (
                    folds_are_classes,
                    (
                        "这样每一折只有一类；正相反，每一折都要有每一类。",
                        "Like this each fold is one class; on the contrary, each fold needs every class.",
                    ),
                ),
                (
                    folds_of_sorted,
                    (
                        "发牌时按类别排过序，折号却没有放回照片原来的位置。",
                        "The photos were sorted by class for dealing, and the numbers never went back to the photos' own places.",
                    ),
                ),
                (
                    folds_from_one,
                    ("折号从 0 开始，不从 1。", "Fold numbers begin with 0, not with 1."),
                ),
                (
                    folds_rest_in_last,
                    (
                        "除不尽的余数都进了最后一折：轮流发，余数就分给不同的折。",
                        "What is left over all goes to the last fold: dealt in turn, it goes to different folds.",
                    ),
                ),
                (
                    folds_rest_left_out,
                    (
                        "除不尽的余数得到了第 $K$ 号及以后的折，而折号只到 $K-1$：用 `%`，不用 `//`。",
                        "What is left over got fold number $K$ or more, and numbers end at $K-1$: use `%`, not `//`.",
                    ),
                ),
                (
                    folds_at_random,
                    (
                        "随机抽折号只是平均起来一样多，每一次都会有多有少：要轮流发。",
                        "Random fold numbers are equal only on average, and uneven each single time: deal in turn.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "对每个类别 `c`：`np.flatnonzero(y == c)` 是它的照片的位置。",
                "For each class `c`, `np.flatnonzero(y == c)` gives the places of its photos.",
            ),
            (
                "这些位置依次得到 0、1、……、$K-1$、0、1……：`np.arange(len(places)) % K`。",
                "In turn these places get 0, 1, …, $K-1$, 0, 1 …: `np.arange(len(places)) % K`.",
            ),
        ],
        reference=stratified_folds,
        solution=(
            "```python\nfold = np.empty(len(y), int)\nfor c in np.unique(y):\n    places = np.flatnonzero(y == c)\n    fold[places] = np.arange(len(places)) % K\nreturn fold\n```",
            "```python\nfold = np.empty(len(y), int)\nfor c in np.unique(y):\n    places = np.flatnonzero(y == c)\n    fold[places] = np.arange(len(places)) % K\nreturn fold\n```",
        ),
        why=(
            "每一类都从第 0 折发起，所以前几折会大一点；`StratifiedKFold` 还把余数错开。要打乱，就先打乱 `places`。",
            "Each class begins with fold 0, so the first folds get a little larger; `StratifiedKFold` also spreads the remainders. To shuffle, shuffle `places` first.",
        ),
        wrong=[
            (folds_in_turn, "never look at `y`"),
            (folds_as_blocks, "consecutive blocks"),
            (folds_are_classes, "each fold is one class"),
            (folds_of_sorted, "never went back"),
            (folds_from_one, "begin with 0"),
            (folds_rest_in_last, "goes to the last fold"),
            (folds_rest_left_out, "not `//`"),
            (folds_at_random, "only on average"),
        ],
    ),
    Exercise(
        id="10-3",
        title=("成组的折", "Folds of groups"),
        judge=folds_judge(
            GROUP_TRIES,
            _not_grouped,
            mistakes=[
                (
                    groups_in_turn,
                    (
                        "你按位置轮流发，没有看 `groups`：同一张照片的裁剪落进了不同的折。",
                        "You deal by position and never look at `groups`: crops of one photo land in different folds.",
                    ),
                ),
                (
                    groups_as_blocks,
                    (
                        "你把样本切成连续的几段：一段的边界会切开一组，组也不一定连在一起。",
                        "You cut the samples into consecutive blocks: a border may cut a group, and a group need not stand together.",
                    ),
                ),
                (
                    groups_stratified,
                    (
                        "你在每一组里轮流发，把组当成了类别：组要留在一起，类别才要分开。",
                        "You deal within each group, as if it were a class: groups stay together, classes are spread.",
                    ),
                ),
                (
                    groups_by_number,
                    (
                        "组号的余数：组号都是 $K$ 的倍数时，全进了第 0 折。先给不同的组编号 0、1、2……",
                        "The remainder of the group's own number: when all are multiples of $K$, fold 0 gets them all. Number the different groups 0, 1, 2 … first.",
                    ),
                ),
                (
                    groups_one_each,
                    (
                        "每组一折，折就太多了：编好号以后再用 `% K`。",
                        "A fold for each group makes too many: after numbering them, use `% K`.",
                    ),
                ),
                (
                    groups_from_one,
                    ("折号从 0 开始，不从 1。", "Fold numbers begin with 0, not with 1."),
                ),
                (
                    groups_of_unique,
                    (
                        "这是每**组**一个折号；还要把它发给组里的每个样本：`return_inverse=True`。",
                        "That is a number for each **group**; every sample of the group needs it: `return_inverse=True`.",
                    ),
                ),
                (
                    groups_all_in_one,
                    (
                        "全在一折里，就没有可以用来学的了。",
                        "With all in one fold nothing is left to learn from.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "`np.unique(groups, return_inverse=True)` 的第二个结果：每个样本属于第几个不同的组。",
                "The second result of `np.unique(groups, return_inverse=True)`: which of the different groups each sample belongs to.",
            ),
            (
                "把不同的组轮流发给各折：第 0 组到第 0 折，第 1 组到第 1 折……",
                "Deal the different groups out to the folds: group 0 to fold 0, group 1 to fold 1 …",
            ),
        ],
        reference=group_folds,
        solution=(
            "`return np.unique(groups, return_inverse=True)[1] % K`",
            "`return np.unique(groups, return_inverse=True)[1] % K`",
        ),
        why=(
            "组的大小相差很大时，轮流发会不均匀；`GroupKFold` 先发最大的组，每次发给眼下最小的折。你的数据里，什么是“组”？",
            "When groups differ much in size, dealing in turn gets uneven; `GroupKFold` deals the largest first, each to the fold that is smallest so far. What is a “group” in your data?",
        ),
        wrong=[
            (groups_in_turn, "never look at `groups`"),
            (groups_as_blocks, "consecutive blocks"),
            (groups_stratified, "as if it were a class"),
            (groups_by_number, "multiples of $K$"),
            (groups_one_each, "too many"),
            (groups_from_one, "begin with 0"),
            (groups_of_unique, "for each **group**"),
            (groups_all_in_one, "nothing is left"),
        ],
    ),
    Exercise(
        id="10-4",
        title=("减半的预算", "The budget of halving"),
        judge=judges.function(
            halving_fits,
            inputs=[(20, 3), (15, 3), (64, 4)],
            random=random_halving,
            mistakes=[
                (
                    fits_without_halving,
                    (
                        "没有减半：每一轮之后只留一半设置。",
                        "Nothing is halved: after each rung only half of the settings go on.",
                    ),
                ),
                (
                    fits_without_doubling,
                    (
                        "折数没有加倍：留下的每种设置，下一轮的新折是上一轮的两倍。",
                        "The folds are not doubled: those that stay get twice as many new folds in the next rung.",
                    ),
                ),
                (
                    fits_all_again,
                    (
                        "你把前面几折又训练了一遍；题目只数**新**的折，旧的成绩留着。",
                        "You train on the earlier folds again; only **new** folds count, and old scores are kept.",
                    ),
                ),
                (
                    fits_times_rungs,
                    (
                        "只有每次都除得尽时才这样；15 的一半是 7，不是 7.5。",
                        "True only when halving leaves no remainder; half of 15 is 7 here, not 7.5.",
                    ),
                ),
                (
                    fits_rounded_up,
                    (
                        "除不尽时向下取整：15 留下 7，不是 8。",
                        "Round down: of 15, 7 go on, not 8.",
                    ),
                ),
                (
                    fits_one_rung_more,
                    ("多了一轮。", "One rung too many."),
                ),
                (
                    fits_halved_first,
                    (
                        "第一轮所有设置都参加，之后才减半。",
                        "All settings take part in the first rung; halving comes after it.",
                    ),
                ),
                (
                    fits_of_last_rung,
                    (
                        "这只是最后一轮；前面几轮也花了预算。",
                        "That is the last rung only; the earlier ones cost something, too.",
                    ),
                ),
                (
                    fits_one_fold_more,
                    (
                        "新折是 1、2、4……每次加倍，不是每次加 1。",
                        "The new folds are 1, 2, 4 …: doubled each time, not one more.",
                    ),
                ),
            ],
        ),
        hints=[
            (
                "20 种设置、3 轮：$20\\times1+10\\times2+5\\times4$。",
                "20 settings, 3 rungs: $20\\times1+10\\times2+5\\times4$.",
            ),
            (
                "写成循环：加上 `n_settings * n_folds`，再 `n_settings //= 2`、`n_folds *= 2`。",
                "As a loop: add `n_settings * n_folds`, then `n_settings //= 2` and `n_folds *= 2`.",
            ),
        ],
        reference=halving_fits,
        solution=(
            "```python\ntotal, n_folds = 0, 1\nfor _ in range(n_rungs):\n    total += n_settings * n_folds\n    n_settings, n_folds = n_settings // 2, 2 * n_folds\nreturn total\n```",
            "```python\ntotal, n_folds = 0, 1\nfor _ in range(n_rungs):\n    total += n_settings * n_folds\n    n_settings, n_folds = n_settings // 2, 2 * n_folds\nreturn total\n```",
        ),
        why=(
            "除得尽时，每一轮的花费相同：设置减半，折数加倍。所以总预算是“轮数 × 第一轮”，这就是给定预算时怎样选起点。",
            "When nothing is left over, each rung costs the same: half the settings, twice the folds. The budget is “rungs × first rung”, and that tells how many settings to start with.",
        ),
        wrong=[
            (fits_without_halving, "Nothing is halved"),
            (fits_without_doubling, "not doubled"),
            (fits_all_again, "only **new** folds"),
            (fits_times_rungs, "leaves no remainder"),
            (fits_rounded_up, "Round down"),
            (fits_one_rung_more, "One rung too many"),
            (fits_halved_first, "All settings take part"),
            (fits_of_last_rung, "last rung only"),
            (fits_one_fold_more, "not one more"),
        ],
    ),
]


def draw_splits():
    """Twelve crops of four photos, dealt to three folds in three ways; only the last keeps photos whole."""
    import matplotlib.pyplot as plt

    from course_utils import figures

    photo = np.repeat(np.arange(4), 3)
    ways = [np.arange(12) % 3, np.arange(12) // 4, np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 0, 0])]
    fig, ax = plt.subplots(figsize=(6.4, 2.6))
    for row, fold in enumerate(ways):
        for column, crop in enumerate(np.argsort(fold, kind="stable")):
            x = column + 0.6 * np.sort(fold)[column]
            style = {"color": figures.PALETTE[photo[crop]], "ms": 13, "markevery": 1}
            ax.plot(x, -row, figures.MARKERS[photo[crop]], **style)
    ax.set(
        xlim=(-0.8, 13.4), ylim=(-2.6, 0.6), xticks=[], yticks=[]
    )  # no words: the question has them
    ax.grid(False)
    return fig


QUIZZES = [
    Quiz(
        id="10-q1",
        question=(
            "同事在同样的 100 张测试照片上试了 40 个模型，报告最好的：0.91。你怎么看？",
            "A colleague tried 40 models on the same 100 test photos and reports the best: 0.91. What do you think?",
        ),
        options=[
            Option(
                (
                    "换新的照片，这个模型多半会低一些",
                    "on new photos this model will probably score lower",
                ),
                (
                    "它是看着成绩挑出来的，最大值里有一部分是运气；要用没看过的照片再测一次。",
                    "It was picked by its score, and part of a maximum is luck; measure once more on photos not yet looked at.",
                ),
                right=True,
            ),
            Option(
                (
                    "没有问题：模型没有用测试照片训练过",
                    "no problem: no model was trained on the test photos",
                ),
                (
                    "抛硬币的模型也没有训练过，最好的照样得了 0.597。挑选也会泄漏。",
                    "The coin-flip models were not trained on them either, and the best got 0.597 all the same. Choosing leaks, too.",
                ),
            ),
            Option(
                (
                    "91/100 的威尔逊区间就说明了它有多准",
                    "the Wilson interval of 91 of 100 says how accurate it is",
                ),
                (
                    "那个区间是给一个事先定好的模型的；这里是 40 个里的最大值，它的分布不同。",
                    "That interval is for one model fixed beforehand; this is the maximum of 40, which has another distribution.",
                ),
            ),
            Option(
                (
                    "0.91 全是运气，模型什么也不会",
                    "0.91 is all luck, the model knows nothing",
                ),
                (
                    "100 张上 40 枚硬币最好的平均约 0.61；0.91 远在它之上。虚高的只是一部分。",
                    "The best of 40 coins on 100 photos is about 0.61 on average; 0.91 is far above. Only a part of it is too high.",
                ),
            ),
        ],
    ),
    Matching(
        id="10-q2",
        question=("哪种数据要哪种划分？", "Which data need which split?"),
        pairs=[
            Pair(
                item=("100 张照片里只有 5 张狗", "100 photos, only 5 of them dogs"),
                match=("分层", "stratified"),
                why=("每一折都要有狗。", "Each fold needs a dog."),
                elsewhere=(
                    "分层管的是类别的比例，别的它不管。",
                    "Stratifying sees to the shares of classes and to nothing else.",
                ),
            ),
            Pair(
                item=("每个病人有好几张 X 光片", "several X-rays of each patient"),
                match=("按组", "by groups"),
                why=(
                    "同一个病人的片子不能既在训练里又在验证里。",
                    "X-rays of one patient must not be in training and in validation.",
                ),
                elsewhere=(
                    "按组划分，是为了不让相似的样本分到两边。",
                    "Groups keep samples that resemble each other on one side.",
                ),
            ),
            Pair(
                item=("36 个月的销量，预测下个月", "36 months of sales, to forecast the next"),
                match=("过去训练，之后验证", "train on the past, validate on what follows"),
                why=(
                    "用的时候没有未来的数据，验证时也不能有。",
                    "In use there are no data from the future, so there must be none in validation.",
                ),
                elsewhere=(
                    "只有样本有时间先后时才要这样。",
                    "That is needed only where samples have an order in time.",
                ),
            ),
            Pair(
                item=(
                    "在 60 种设置里选，还要报告成绩",
                    "choose among 60 settings and report a score",
                ),
                match=("嵌套", "nested"),
                why=(
                    "里层选择，外层的照片没有参与选择。",
                    "The inner loop chooses, and the outer photos took no part in it.",
                ),
                elsewhere=(
                    "嵌套防的是挑选带来的虚高；这里没有挑选。",
                    "Nesting guards against what choosing adds; nothing is chosen here.",
                ),
            ),
        ],
    ),
    Ordering(
        id="10-q3",
        question=("一份诚实的报告，先后怎样？", "An honest report: in which order?"),
        steps=[
            Step(("封起测试照片", "seal the test photos")),
            Step(
                ("定下要试的设置和预算", "fix the settings to be tried, and the budget"),
                (
                    "先封测试集：否则设置就可能是看着它定的。",
                    "Seal the test set first, or the settings may be made with an eye on it.",
                ),
            ),
            Step(
                (
                    "在训练照片里面交叉验证每种设置",
                    "cross-validate each setting inside the training photos",
                ),
                (
                    "还没有定下要试什么；边看成绩边加设置，就没有预算可言了。",
                    "What to try is not fixed yet; adding settings while scores come in is no budget.",
                ),
            ),
            Step(
                ("按事先的规则选一种", "choose one by a rule made beforehand"),
                ("还没有成绩可比。", "There are no scores to compare yet."),
            ),
            Step(
                (
                    "用全部训练照片训练选中的设置",
                    "train the chosen setting on all training photos",
                ),
                ("还没有选。", "Nothing is chosen yet."),
            ),
            Step(
                (
                    "打开测试集一次，连同区间一起报告",
                    "open the test set once and report, with an interval",
                ),
                (
                    "最后的模型还没有训练好；现在打开，就会想再看一次。",
                    "The final model is not trained yet; opened now, it will tempt you to look again.",
                ),
            ),
        ],
        why=(
            "每一步都只用前面的结果，而测试集什么也没有决定。",
            "Each step uses only what came before it, and the test set has decided nothing.",
        ),
    ),
    Marking(
        id="10-q4",
        question=(
            "4 张照片，每张裁出 3 块（同样的记号）。每一行把这 12 块分成三折，折与折之间有空隙。哪一行的划分没有泄漏？",
            "4 photos, 3 crops of each (the same mark). Each row deals these 12 crops to three folds, with gaps between the folds. Which row's split does not leak?",
        ),
        picture=draw_splits,
        alt=(
            "三行，每行 12 个记号分成三折。第一行每折有全部四种记号；第二行每折 4 个记号，其中两种记号跨两折；第三行每种记号只在一折里，第一折有两种。",
            "Three rows, each with 12 marks in three folds. In row one each fold has all four kinds of marks; in row two each fold has 4 marks, and two kinds lie in two folds; in row three each kind is in one fold only, and the first fold has two kinds.",
        ),
        options=[
            Region(
                ("最上面一行", "the top row"),
                (
                    "这里每一折都有每张照片的一块：验证的照片，模型都见过它的另外两块。",
                    "Here each fold has a crop of every photo: the model has seen two other crops of each photo that it is judged on.",
                ),
                box=(-0.7, -0.45, 13.3, 0.45),
            ),
            Region(
                ("中间一行", "the middle row"),
                (
                    "切成相等的三段：中间两张照片被边界切开了，仍然泄漏。",
                    "Cut into three equal parts: the two photos in the middle are cut by the borders and still leak.",
                ),
                box=(-0.7, -1.45, 13.3, -0.55),
            ),
            Region(
                ("最下面一行", "the bottom row"),
                (
                    "每张照片的 3 块都在同一折里。折不一样大没有关系。",
                    "All 3 crops of a photo are in the same fold. That the folds differ in size does not matter.",
                ),
                right=True,
                box=(-0.7, -2.45, 13.3, -1.55),
            ),
        ],
    ),
    Quiz(
        id="10-q5",
        question=(
            "平的交叉验证说 0.98，嵌套的说 0.96。接下来呢？",
            "Flat cross-validation says 0.98, nested says 0.96. What now?",
        ),
        options=[
            Option(
                (
                    "报告 0.96；交出去的，是用全部训练照片选出并训练的那一个",
                    "report 0.96; hand over the one chosen and trained on all training photos",
                ),
                (
                    "嵌套估计的是“搜索加训练”这整套做法；交付时把这套做法在全部训练照片上再做一次。",
                    "Nested cross-validation estimates the whole procedure, search and training; to deliver, go through it once more with all training photos.",
                ),
                right=True,
            ),
            Option(
                (
                    "报告 0.98，因为它用的照片更多",
                    "report 0.98, since it used more photos",
                ),
                (
                    "0.98 是 60 个里的最大值：挑选用的照片和打分用的照片是同一批。",
                    "0.98 is the maximum of 60: the photos that scored it are those that chose it.",
                ),
            ),
            Option(
                (
                    "挑外层 5 折里成绩最好的那个模型交出去",
                    "hand over the model that scored best of the 5 outer folds",
                ),
                (
                    "那又是一次挑选，而且它少用了五分之一的照片。",
                    "That is choosing once more, and it trained on a fifth fewer photos.",
                ),
            ),
            Option(
                (
                    "再做几次嵌套，直到两个数一致",
                    "repeat the nested one until the two agree",
                ),
                (
                    "重做到满意为止也是挑选。重复可以，但要事先定好几次，然后取平均。",
                    "Repeating until you like it is choosing, too. Repeats are fine if their number is fixed beforehand, and all are averaged.",
                ),
            ),
        ],
    ),
]
