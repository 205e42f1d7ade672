# ---
# jupyter:
#   course: {minutes: 70, needs: ["06", "07", "09"]}
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 交叉验证与调参 · Cross-validation and tuning

# %% tags=["setup"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import json
import math
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import sklearn
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    RepeatedStratifiedKFold,
    StratifiedKFold,
    cross_val_score,
)
from sklearn.neighbors import KNeighborsClassifier
from threadpoolctl import threadpool_limits

from course_utils import backbones, evaluation, explorables, features, figures, paths, photos
from course_utils.bilingual import say, table
from course_utils.learning import check, guesses, hint, outcome, predict, progress, quiz, solution

figures.use_style()
_ = threadpool_limits(1)  # thousands of small fits: threads would only get in each other's way
sklearn.set_config(assume_finite=True, skip_parameter_validation=True)  # quicker, too
BLUE, ORANGE, GREEN = figures.PALETTE[:3]
stored = json.loads((paths.DATA / "results" / "10.json").read_text(encoding="utf-8"))["full"]
SHAPES = {"accuracy": (60, 5), "loss": (60, -1), "true": (60, 2), "nested": (2,)}


def unpacked(text, *shape):
    """stored numbers, one text for an array"""
    return np.array(text.split(), float).reshape(shape)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你试了 60 种设置，最好的一种在验证照片上得 0.98。它真的最好吗？0.98 可信吗？
#
# 先看一个极端的例子：200 个“模型”，每个都对每张照片抛一枚硬币，什么也不会。用 200 张测试照片给它们打分，挑出最好的。图里每个方块是一个模型。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You have tried 60 settings, and the best of them scores 0.98 on the validation photos. Is it really the best? And can you believe the 0.98?
#
# Take an extreme case first: 200 “models”, each of which tosses a coin for every photo and knows nothing at all. Score them on 200 test photos and pick the best. Each square in the figure is one model.
#
# </div>

# %% tags=["setup", "keep-output"]
coins = np.random.default_rng(10).integers(0, 2, (200, 200))  # models × photos
truth = np.random.default_rng(11).integers(0, 2, 200)
n_right = (coins == truth).sum(axis=1)
sorted_right = np.sort(n_right)
height = np.arange(200) - np.searchsorted(sorted_right, sorted_right)  # how many stand below it
fig, ax = plt.subplots(figsize=(7.4, 2.6))
ax.plot(sorted_right[:-1] / 200, height[:-1] + 0.5, "s", color=BLUE, ms=4.2, markevery=1)
ax.plot(sorted_right[-1] / 200, height[-1] + 0.5, "D", color=ORANGE, ms=8, markevery=1)
ax.axvline(0.5, color="#000000", ls="--", lw=1, marker="")
ax.annotate(
    "最好的“模型”\nthe best “model”",
    (sorted_right[-1] / 200, 1.2),
    (0.585, 7),
    ha="center",
    fontsize=9,
    arrowprops={"arrowstyle": "->"},
)
ax.set(xlabel="200 张测试照片上的准确率 accuracy on 200 test photos", ylabel="模型 models",
       ylim=(0, height.max() + 2), xticks=[0.5], yticks=[0, 5, 10])  # fmt: skip
figures.show(
    fig,
    "200 个抛硬币的模型的准确率，叠成一座山，中心在虚线 0.5，多数在 0.45 与 0.55 之间；最右边的菱形是最好的一个。",
    "The accuracies of 200 coin-flip models, piled up around the dashed line at 0.5, most of them between 0.45 and 0.55; the diamond far right is the best one.",
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 算出“$m$ 个里最好的一个”会虚高多少，并据此不信被挑出来的成绩；
# * 亲手写出交叉验证，并为稀有的类别、近似重复的照片选对划分；
# * 说出一个交叉验证的成绩有多宽，为什么各折的标准差不能告诉你；
# * 用同样的预算比较网格搜索、随机搜索和逐次减半；
# * 写一份诚实的报告：在里面选择，在外面测一次。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * compute how much “the best of $m$” is too high, and distrust a selected score accordingly;
# * write cross-validation by hand, and choose the right split for rare classes and for near-duplicate photos;
# * say how wide a cross-validated score is, and why the folds' standard deviation cannot tell;
# * compare grid search, random search and successive halving at one budget;
# * write an honest report: choose inside, test once outside.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 06 课（划分、泄漏）、第 07 课（冻结的特征、逻辑回归）和第 09 课（验证、封起来的测试集、区间）。特征在缓存里时，全部单元格运行不到 1 分钟；读完并做练习大约 70 分钟。
#
# 猫是类别 0，狗是类别 1。“存下的”数来自 `data/results/10.json`，其余的现场计算。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need lessons 06 (splits, leakage), 07 (frozen features, logistic regression) and 09 (validation, the sealed test set, intervals). With the features in the cache all cells run in less than 1 minute; reading and doing the exercises takes about 70 minutes.
#
# Cats are class 0, dogs class 1. “Stored” numbers come from `data/results/10.json`, all others are computed here.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 上图没有写数。200 枚硬币，200 张照片：最好的一枚**平均**答对几张？写一个 100 到 200 的数。后面还有 4 个猜测。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The figure gives no number. 200 coins, 200 photos: how many does the best coin get right **on average**? Write a number from 100 to 200. 4 more guesses follow.
#
# </div>

# %% tags=["exercise"]
predict("10-p1", ...)  # 100–200

# %% [markdown]
# ## 最好的一个总是虚高 · The best one always looks too good

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一次抽签说明不了“平均”。把整个实验重复 500 次：每次 200 个模型，各答对的张数服从二项分布，取最大的。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One draw says nothing about an average. Repeat the whole experiment 500 times: each time 200 models, whose numbers of right answers follow the binomial distribution; take the largest.
#
# </div>

# %% tags=["nbval-ignore-output"]
simulated = np.random.default_rng(12).binomial(200, 0.5, (500, 200)).max(axis=1)
outcome("10-p1", round(simulated.mean()))
say(
    "最好的，平均 best, on average:", f"{simulated.mean():.1f} / 200 = {simulated.mean() / 200:.3f}"
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 不用模拟也能算。$F(k)$ 是**一个**模型至多答对 $k$ 张的概率（分布函数）。“最好的至多答对 $k$ 张”就是“**每一个**都至多答对 $k$ 张”；$m$ 个模型互不相干，概率相乘：
#
# $$P(\text{最好}\le k)=F(k)^m$$
#
# $F(k)$ 离 1 还差一点点，$m$ 次方就把这一点点放大。相邻两个 $k$ 的差，是最好的**恰好**答对 $k$ 张的概率；用它作权重求平均：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# It can be computed without simulating. $F(k)$ is the probability that **one** model gets at most $k$ right (the distribution function). “The best gets at most $k$ right” means “**every one** gets at most $k$ right”; the $m$ models have nothing to do with each other, so probabilities multiply:
#
# $$P(\text{best}\le k)=F(k)^m$$
#
# $F(k)$ falls short of 1 by a little, and the power of $m$ magnifies that little. The difference between neighbouring $k$ is the probability that the best gets **exactly** $k$ right; with these as weights, take the mean:
#
# </div>

# %% tags=["any-seed"]
k, N, m = np.arange(201), 200, 200
F = stats.binom.cdf(k, N, 0.5)  # one model: at most k right
exactly = np.diff(F**m, prepend=0)  # the best of m: exactly k right
mean_best = (k * exactly).sum()
print(f"{mean_best:.1f} / {N} = {mean_best / N:.3f}")
assert abs(simulated.mean() - mean_best) < 0.6 and 118.5 < mean_best < 119.5

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 0.597，却什么也不会。挑选一次，就白得了将近 10 个百分点。每个模型自己的成绩是公平的，平均 0.5；**最大值**不公平，因为你是看了成绩才选它的。
#
# 动手：测试照片只有 10 张时，最好的在 0.9 以上；1000 张时呢？再把真实准确率调到 0.95：靠近 1，能虚高的余地就小了。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 0.597, and it knows nothing. Choosing once has earned almost 10 points for free. Each model's own score is fair, 0.5 on average; the **maximum** is not, because you looked at the scores before you took it.
#
# Try it: with only 10 test photos the best one is above 0.9; and with 1000? Then set the true accuracy to 0.95: close to 1 there is little room for looking too good.
#
# </div>

# %% tags=["setup"]
few, many = (stats.binom.cdf(np.arange(n), n, 0.5) for n in (10, 1000))
assert (1 - few**200).sum() / 10 > 0.9 and (1 - many**200).sum() / 1000 < 0.55
fig, ax = plt.subplots(figsize=(6.8, 2.4))
ax.plot(k / N, np.diff(F, prepend=0), "--", marker="", color=BLUE, label="任意一个 any one")
ax.plot(k / N, exactly, "-", marker="", color=ORANGE, label="200 个里最好的 best of 200")
ax.hist(simulated / 200, np.arange(0.5025, 0.7, 0.005), density=False, color=ORANGE, alpha=0.3,
        weights=np.full(500, 1 / 500), hatch="//", label="模拟 simulated")  # fmt: skip
ax.axvline(mean_best / N, color="#000000", lw=1, ls=":", marker="")
ax.set(xlim=(0.38, 0.68), xlabel="测得的准确率 measured accuracy", ylabel="概率 probability")
ax.legend(fontsize=8)
explorables.show(
    "luck",
    fig,
    "两条分布曲线：任意一个模型的以 0.5 为中心；200 个里最好的窄得多，中心在 0.597，模拟的直方图与它重合。",
    "Two distributions: that of any one model is centred at 0.5; that of the best of 200 is much narrower and centred at 0.597, and the simulated histogram lies upon it.",
    m=200,
    n=200,
    p=0.5,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这就是为什么文章 S2 的 `validation_data=test_generator`（第 09 课更正过）不是小事：25 轮里每一轮都在测试集上打一次分，之后凭它改什么、挑哪个，成绩就成了“最好的一个”。
#
# **练习 1**：猜测的人有 $m$ 个，每人每题猜对的概率是 $p$（10 个类别就是 0.1），一共 $n$ 题。最好的一个平均猜对**几分之几**？写成函数。卡住时运行 `hint("10-1")`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# That is why `validation_data=test_generator` in article S2 (put right in lesson 09) is no trifle: each of 25 epochs is scored on the test set, and once anything is changed or picked by these scores, what is reported is “the best one”.
#
# **Exercise 1**: $m$ people guess, each right with probability $p$ on every question (0.1 with 10 classes), and there are $n$ questions. What **share** does the best of them get right on average? Write it as a function. When you are stuck: `hint("10-1")`.
#
# </div>


# %% tags=["exercise"]
def expected_best(m, n, p):
    """m guessers, n questions, each right with probability p -> mean share of the best"""
    return ...


check("10-1", expected_best)

# %% [markdown]
# ## 亲手写 K 折 · K folds by hand

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 照片很少时，舍不得留出一大块来验证。**交叉验证**（cross-validation）让每张照片都当一次验证：把 $n$ 张打乱，切成 $K$ 份，每份叫一**折**（fold）；第 $i$ 折由在其余 $K-1$ 折上训练的模型来判断。$n$ 张照片各得到一个没有见过它的模型的答案。
#
# 写出来只要几行。`KFold` 做的是同一件事：同样的随机数，得到同样的折。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With few photos it hurts to put a large part aside for validation. **Cross-validation** lets every photo validate once: shuffle the $n$ photos, cut them into $K$ parts, each called a **fold**; fold $i$ is judged by a model trained on the other $K-1$. Each of the $n$ photos gets an answer from a model that has not seen it.
#
# It takes a few lines. `KFold` does the same: with the same random numbers the folds are the same.
#
# </div>


# %% tags=["any-seed"]
def folds_by_hand(n, K, seed):
    """[(places to learn from, places to judge), …], K of them"""
    order = np.arange(n)
    np.random.RandomState(seed).shuffle(order)
    judge = [np.sort(part) for part in np.array_split(order, K)]
    return [(np.setdiff1d(order, part), part) for part in judge]


theirs = KFold(5, shuffle=True, random_state=7).split(np.zeros(203))
for ours, others in zip(folds_by_hand(203, 5, 7), theirs, strict=True):
    assert all(map(np.array_equal, ours, others))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# $n=203$ 除不尽，前 3 折有 41 张，后 2 折 40 张。平均分要按照片算，不要按折算：把 203 个答案放在一起，数对了几个。
#
# 打乱就够了吗？100 张照片里只有 5 张狗，切成 5 折。先猜：打乱 100 次，有几次至少有一折**一张狗也没有**？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# $n=203$ cannot be divided by 5: the first 3 folds have 41 photos, the last 2 have 40. Take the mean over photos, not over folds: put the 203 answers together and count those that are right.
#
# Is shuffling enough? Of 100 photos only 5 are dogs; cut them into 5 folds. Guess first: of 100 shuffles, in how many does at least one fold have **no dog at all**?
#
# </div>

# %% tags=["exercise"]
predict("10-p2", ...)  # 0–100

# %% tags=["nbval-ignore-output"]
rare = np.repeat([0, 1], [95, 5])
lost = [min(rare[judge].sum() for _, judge in folds_by_hand(100, 5, seed)) == 0
        for seed in range(400)]  # fmt: skip
outcome("10-p2", round(100 * np.mean(lost)))
say(("打乱后有一折没有狗：", "shuffles with a fold without dogs:"), f"{np.mean(lost):.1%}")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 几乎每次。数一数就知道：5 张狗在 100 个位置上有 $\binom{100}{5}$ 种放法，每折恰好一张的有 $20^5$ 种，只占 4.3%。没有狗的一折，算不出狗的召回率；而判断它的模型，训练时的狗比别的模型多。
#
# **分层交叉验证**（stratified cross-validation）先按类别分开，再把每一类像发牌一样轮流发给各折。类别不平衡时总要用它；各类一样多时也没有坏处。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Almost always. Counting shows it: 5 dogs can be placed on 100 places in $\binom{100}{5}$ ways, and in $20^5$ of them each fold has exactly one, only 4.3%. A fold without a dog has no recall of dogs, and the model that judges it was trained on more dogs than the other models.
#
# **Stratified cross-validation** first separates the classes and then deals each class out to the folds in turn, like cards. Always use it when classes are unequal; with equal ones it does no harm.
#
# </div>

# %% tags=["any-seed"]
share = 20**5 / math.comb(100, 5)  # each of the 5 folds gets exactly one dog
dealt = StratifiedKFold(5, shuffle=True, random_state=7).split(np.zeros(100), rare)
assert [rare[judge].sum() for _, judge in dealt] == [1, 1, 1, 1, 1]
assert round(share, 3) == 0.043 and abs(1 - share - np.mean(lost)) < 0.05

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(7.2, 1.9))
split = {"打乱\nshuffled": folds_by_hand(100, 5, 1),
         "分层\nstratified": list(StratifiedKFold(5, shuffle=True, random_state=7).split(np.zeros(100), rare))}  # fmt: skip
at = {0: [], 1: []}  # of cats, of dogs
for row, folds in enumerate(split.values()):
    for i, (_, judge) in enumerate(folds):
        for place, photo in enumerate(judge):
            at[rare[photo]].append((24 * i + place, -row))
ax.plot(*np.transpose(at[0]), "s", color="#bbbbbb", ms=3.5, markevery=1, label="猫 cat")
ax.plot(*np.transpose(at[1]), "^", color=ORANGE, ms=9, markevery=1, label="狗 dog")
ax.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 1.25), ncols=2)
ax.set_yticks([0, -1], list(split), fontsize=9)
ax.set(xticks=24 * np.arange(5) + 9.5, xticklabels=range(1, 6), ylim=(-1.5, 0.5), xlabel="折 fold")
ax.grid(False)
figures.show(
    fig,
    "两行，每行 5 折、每折 20 张照片，橙色三角是狗：打乱时第 2 折有三张，第 1、5 折一张也没有；分层时每折恰好一张。",
    "Two rows of 5 folds with 20 photos each, orange triangles are dogs: shuffled, fold 2 has three and folds 1 and 5 have none; stratified, each fold has exactly one.",
)
assert min(rare[judge].sum() for _, judge in folds_by_hand(100, 5, 1)) == 0

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 2**：自己发牌。输入类别 `y` 和折数 `K`，返回每个样本的折号（0 到 $K-1$）：每一类在任意两折里的个数至多差 1。不用打乱。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 2**: deal the cards yourself. Given the classes `y` and the number of folds `K`, return each sample's fold number (0 to $K-1$), so that in any two folds the numbers of a class differ by 1 at most. No shuffling needed.
#
# </div>


# %% tags=["exercise"]
def stratified_folds(y, K):
    """y: array (n,) of classes -> array (n,) of fold numbers 0 … K − 1"""
    return ...


check("10-2", stratified_folds)

# %% [markdown]
# ## 五块来自一张照片 · Five crops of one photo

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 有人把 60 张照片各裁成 5 块（四角和中央），得到 300 张“新”照片，切折，打分。他的模型很简单：把每块缩成 14×14 的小图，新的小图像谁就跟谁一类（**最近邻**，第 07 课）。
#
# 先猜：打乱后的 5 折交叉验证给出 0.9 以上。同一个模型在另外 256 张照片上，答对百分之几？瞎猜是 50。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Somebody cuts 5 crops out of each of 60 photos (the corners and the centre), calls them 300 photos, makes folds and scores. The model is simple: each crop is shrunk to 14×14 pixels, and a new one gets the class of the one that it resembles most (the **nearest neighbour**, lesson 07).
#
# Guess first: cross-validation with 5 shuffled folds gives more than 0.9. What per cent of the other 256 photos does the same model get right? Chance gives 50.
#
# </div>

# %% tags=["exercise"]
predict("10-p3", ...)  # 50–100

# %% tags=["setup"]
all_photos = photos.default("all")  # 200 training photos, then 116 others
y = all_photos.labels
CORNERS = [(0, 0), (0, 8), (8, 0), (8, 8), (4, 4)]


def five_crops(image):
    """(64, 64, 3) -> (5, 588): crops of 56 × 56, shrunk to 14 × 14"""
    cut = np.stack([image[i : i + 56, j : j + 56] for i, j in CORNERS]).astype("float32")
    return cut.reshape(5, 14, 4, 14, 4, 3).mean(axis=(2, 4)).reshape(5, -1)


crops = np.stack([five_crops(image) for image in all_photos.images(64)])  # (316, 5, 588)


def crop_scores(seed):
    """accuracies of the nearest neighbour: shuffled folds, folds of whole photos, other photos"""
    order, near = np.random.default_rng(seed).permutation(316), KNeighborsClassifier(1)
    mine, fresh = order[:60], order[60:]
    x, labels, photo = crops[mine].reshape(300, -1), np.repeat(y[mine], 5), np.repeat(mine, 5)
    shuffled = cross_val_score(near, x, labels, cv=KFold(5, shuffle=True, random_state=seed))
    grouped = cross_val_score(near, x, labels, cv=GroupKFold(5), groups=photo)
    other = near.fit(x, labels).score(crops[fresh].reshape(1280, -1), np.repeat(y[fresh], 5))
    return shuffled.mean(), grouped.mean(), other


# %% tags=["nbval-ignore-output"]
leak = np.array([crop_scores(seed) for seed in range(9)])
outcome("10-p3", round(100 * leak[:, 2].mean()))
WAYS = ["打乱 shuffled", "按照片成组 by photo", "另外的照片 other photos"]
table(
    ["划分 split", "准确率 accuracy"],
    [[w, f"{a:.2f}"] for w, a in zip(WAYS, leak.mean(0), strict=True)],
)

# %% tags=["setup"]
assert round(leak[:, 0].mean(), 2) == 0.97 and leak[:, 0].min() > 0.93
assert leak[:, 1:].max() < 0.75
assert (leak[:, 0] - leak[:, 1:].max(axis=1) > 0.2).all()
assert abs(leak[:, 1] - leak[:, 2]).mean() < 0.1 and 0.5 < leak[:, 2].mean() < 0.56
fig, ax = plt.subplots(figsize=(7, 2.3))
for row, marker in enumerate(figures.MARKERS[:3]):
    spread = -row + np.linspace(-0.2, 0.2, len(leak))
    ax.plot(leak[:, row], spread, marker, color=BLUE, ms=6, markevery=1)
ax.axvline(0.5, color="#000000", ls="--", lw=1, marker="")
ax.set_yticks([0, -1, -2], WAYS, fontsize=9)
ax.set(xlabel="准确率，9 次抽签 accuracy, 9 draws", xlim=(0.4, 1.01), ylim=(-2.5, 0.5))
figures.show(
    fig,
    "三行点，每行 9 次抽签：打乱的折全在 0.93 以上；按照片成组的折和另外的照片都散在虚线 0.5 附近。",
    "Three rows of dots, 9 draws each: shuffled folds are all above 0.93; folds of whole photos and the other photos scatter around the dashed line at 0.5.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 打乱的折说 0.97；在新照片上只有 0.53，比抛硬币好不了多少。验证的每一块，训练里都有同一张照片的另外几块，最近邻只要认出**照片**，不必认识猫。准确率看不出这种泄漏：它只是好得可疑。
#
# **成组的折**把同一张照片的 5 块放进同一折，于是它说的与新照片一致。“组”还可以是病人、说话的人、拍摄的那一天：凡是让两个样本比陌生的样本更像的东西。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Shuffled folds say 0.97; on new photos it is 0.53, hardly better than a coin. For each crop that is judged, training held other crops of the same photo: the nearest neighbour needs to recognise the **photo**, not a cat. No accuracy shows this leak; it is merely suspiciously good.
#
# **Folds of groups** put the 5 crops of a photo into one fold, and what they say agrees with new photos. A “group” may also be a patient, a speaker, the day of the recording: whatever makes two samples more alike than strangers.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 3**：写出成组的折。输入每个样本的组号 `groups` 和折数 `K`，返回每个样本的折号（0 到 $K-1$）：一组只在一折里，各折的组数至多差 1。不用打乱。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: write folds of groups. Given each sample's group, `groups`, and the number of folds `K`, return each sample's fold number (0 to $K-1$): a group lies in one fold only, and the folds' numbers of groups differ by 1 at most. No shuffling needed.
#
# </div>


# %% tags=["exercise"]
def group_folds(groups, K):
    """groups: array (n,), the group of each sample -> array (n,) of fold numbers 0 … K − 1:
    no group in two folds, and the groups spread over the folds as evenly as can be"""
    return ...


check("10-3", group_folds)

# %% [markdown]
# ## 一个成绩有多宽 · How wide is a score?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 从这里起用真实的分类头：冻结的骨干网络的特征，上面一个逻辑回归（第 07 课）。316 张照片里每次抽 $n$ 张当作“有标签的”，其余的当作“新的”。
#
# `rotated` 让后面的几千次训练快一些：316 个点至多占 316 维，转一转坐标轴，1280 列就能换成 316 列。除以一个数只改变 `C` 的单位；转动不改变距离和夹角，减去的平均值由偏置补回来，所以转动不改变答案。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# From here on the head is a real one: features of a frozen backbone, and logistic regression on them (lesson 07). Of the 316 photos, $n$ are drawn each time as “labelled”, and the others are the “new” ones.
#
# `rotated` makes the thousands of trainings that follow faster: 316 points fill at most 316 dimensions, so with the axes turned 316 columns do instead of 1280. Dividing by one number only changes the unit of `C`; turning keeps distances and angles, and the bias makes up for the subtracted mean, so turning changes no answer.
#
# </div>


# %%
def rotated(x):
    x = (x - x.mean(axis=0)) / x.std()  # one number for the whole table, no labels
    u, s, _ = np.linalg.svd(x.astype("float64"), full_matrices=False)
    return u * s


# %%
BACKBONES, POOLINGS = ["efficientnet_lite0", "mobilenet_v2", "squeezenet"], ["avg", "max"]
tables = {
    (b, pooling): rotated(features.extract(all_photos, b, pooling))
    for b in BACKBONES
    for pooling in POOLINGS
}


# %% tags=["setup"]
def answers(setting, learn, judge, labels=y):
    """logits of the photos at `judge`, from a head trained on those at `learn`"""
    backbone, pooling, C = setting
    x = tables[backbone, pooling]
    head = LogisticRegression(C=C, tol=1e-6, max_iter=1000).fit(x[learn], labels[learn])
    return head.decision_function(x[judge])


def draw(seed, n=60):
    """n places with labels, half of them cats, and the places of all other photos"""
    rng = np.random.default_rng(seed)
    mine = [rng.permutation(np.flatnonzero(y == c))[: n // 2] for c in (0, 1)]
    return np.concatenate(mine), np.setdiff1d(np.arange(len(y)), mine)


def folds_of(mine, seed, repeats=1, labels=y):
    """[(learn, judge), …]: 5 stratified folds of the photos at `mine`, dealt `repeats` times"""
    split = RepeatedStratifiedKFold(n_splits=5, n_repeats=repeats, random_state=seed)
    return [(mine[a], mine[b]) for a, b in split.split(mine, labels[mine])]


def fold_scores(setting, folds, labels=y):
    """of each fold: its accuracy and its mean log loss"""
    scores = []
    for learn, judge in folds:
        z, t = answers(setting, learn, judge, labels), labels[judge]
        scores.append([np.mean((z > 0) == t), np.logaddexp(0, np.where(t == 1, -z, z)).mean()])
    return np.array(scores)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 每一折有两个成绩：准确率，和**对数损失**（log loss，第 09 课）：真实类别的概率的负对数。准确率只看对错，损失还看把握多大，所以更细。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Each fold has two scores: the accuracy, and the **log loss** (lesson 09), minus the log of the probability given to the true class. Accuracy sees right or wrong only; the loss also sees how sure the answer was, so it is finer.
#
# </div>


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 固定一种设置（Lite0，平均池化，`C = 1`），只换照片：抽 $n$ 张，5 折交叉验证，得到一个成绩。现场每个 $n$ 抽 12 次，存下的是 200 次。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Fix one setting (Lite0, average pooling, `C = 1`) and change only the photos: draw $n$ of them, 5-fold cross-validation, one score. Live there are 12 draws for each $n$, stored there are 200.
#
# </div>

# %% tags=["nbval-ignore-output"]
FIXED = ("efficientnet_lite0", "avg", 1.0)
live = {}
for n in (20, 60, 200):
    chosen = [draw(seed, n)[0] for seed in range(12)]
    live[n] = [fold_scores(FIXED, folds_of(mine, 0))[:, 0].mean() for mine in chosen]
table(["照片 photos", "最低 lowest", "最高 highest"],
      [[n, f"{min(v):.3f}", f"{max(v):.3f}"] for n, v in live.items()])  # fmt: skip

# %% tags=["setup"]
widths = {
    n: unpacked(stored["widths"][str(n)], -1, 7) for n in sorted(map(int, stored["widths"]))
}  # 5 folds, right, true
estimates = {n: rows[:, 5] / n for n, rows in widths.items()}
spread = {n: e.std(ddof=1) for n, e in estimates.items()}
true = {n: rows[:, 6].mean() for n, rows in widths.items()}
binomial = {n: np.sqrt(p * (1 - p) / n) for n, p in true.items()}
assert np.ptp(live[20]) > np.ptp(live[200]) and min(map(min, live.values())) > 0.75
assert spread[20] > 2.2 * spread[200] and all(len(e) == 200 for e in estimates.values())
assert all(0.7 < spread[n] / binomial[n] < 1.3 for n in (20, 40, 60))
assert all(abs(e.mean() - true[n]) < 0.012 for n, e in estimates.items())
fig, ax = plt.subplots(figsize=(7.2, 3))
for i, (n, e) in enumerate(estimates.items()):
    low, high = np.quantile(e, [0.025, 0.975])
    ax.plot([i, i], [low, high], color=BLUE, lw=7, alpha=0.3, marker="",
            label="存下的 200 次的 95% · 95% of 200 stored draws" if not i else None)  # fmt: skip
    ax.plot(i, true[n], "D", color=ORANGE, ms=7, markevery=1,
            label="其余的照片，平均 other photos, mean" if not i else None)  # fmt: skip
    shown = live.get(n, [])
    ax.plot(i + np.linspace(-0.15, 0.15, len(shown)), shown, "o", color=BLUE, ms=4, markevery=1,
            label="现场的 12 次 12 live draws" if not i else None)  # fmt: skip
ax.set_xticks(range(5), list(widths))
ax.set(xlabel="有标签的照片 labelled photos", ylabel="准确率 accuracy", ylim=(0.78, 1.01))
ax.legend(fontsize=8, loc="lower right")
figures.show(
    fig,
    "20、40、60、100、200 张照片时交叉验证的准确率：竖条是 200 次抽签的 95%，从 20 张时的 0.9 到 1，缩到 200 张时约 0.97 到 1；菱形是其余照片上的平均，0.97 到 0.98，始终在条里。",
    "Cross-validated accuracy with 20, 40, 60, 100 and 200 photos: bars hold 95% of 200 draws, from 0.9 to 1 with 20 photos down to about 0.97 to 1 with 200; diamonds, the mean on the other photos, are at 0.97 to 0.98 and always inside.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 平均起来它是对的：200 次抽签的平均，就是其余照片上的准确率（菱形）。但一次抽签可以差很多。宽度与 $n$ 次独立的对错差不多：标准差约为 $\sqrt{p(1-p)/n}$，要窄一半，照片要 4 倍。（各次抽签都来自同样的 316 张，所以条都偏窄，$n=200$ 时最明显。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# On average it is right: the mean of the 200 draws is the accuracy on the other photos (diamond). But a single draw can be far off. The width is about that of $n$ independent rights and wrongs, a standard deviation of $\sqrt{p(1-p)/n}$: half the width takes 4 times the photos. (All draws come from the same 316 photos, so all bars are somewhat too narrow, most of all at $n=200$.)
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 手里只有一次抽签时，很多人这样估计宽度：5 折有 5 个成绩，取它们的标准差 $s$，写成“平均 $\pm1.96\,s/\sqrt5$”。先猜：$n=60$，做 100 次，有几次这个区间包含真实的准确率？它号称 95。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With one draw only, many people estimate the width like this: 5 folds give 5 scores; take their standard deviation $s$ and write “mean $\pm1.96\,s/\sqrt5$”. Guess first: with $n=60$, done 100 times, how often does this interval hold the true accuracy? It claims 95.
#
# </div>

# %% tags=["exercise"]
predict("10-p4", ...)  # 0–100


# %%
def from_folds(scores, n_right, n):
    half = 1.96 * scores.std(ddof=1) / np.sqrt(5)
    return scores.mean() - half, scores.mean() + half


def from_all_answers(scores, n_right, n):
    return evaluation.wilson_interval(n_right, n)


# %% tags=["setup"]
def share_inside(n, how):
    """share of the stored draws whose interval holds the mean accuracy on the other photos"""
    ends = np.array([how(row[:5], int(row[5]), n) for row in widths[n]])
    return np.mean((ends[:, 0] <= true[n]) & (true[n] <= ends[:, 1]))


HOW = {"从 5 折 from 5 folds": from_folds, "威尔逊 Wilson": from_all_answers}
inside = {how.__name__: {n: share_inside(n, how) for n in widths} for how in HOW.values()}
outcome("10-p4", round(100 * inside["from_folds"][60]))
table(["照片 photos", *map(str, widths)],
      [[name, *(f"{share:.2f}" for share in inside[how.__name__].values())] for name, how in HOW.items()])  # fmt: skip


def fold_correlation(scores):
    """of two folds, from (draws, folds) scores: how much of their variance they share"""
    n_folds = scores.shape[1]
    within, of_mean = scores.var(axis=1, ddof=1).mean(), scores.mean(axis=1).var(ddof=1)
    return (of_mean - within / n_folds) / (of_mean + within * (1 - 1 / n_folds))


shared = {n: fold_correlation(rows[:, :5]) for n, rows in widths.items() if n < 200}
perfect = {n: np.mean(rows[:, :5].std(axis=1) == 0) for n, rows in widths.items()}
assert inside["from_folds"][20] < 0.6 and inside["from_folds"][60] < 0.85
assert round(min(inside["from_all_answers"].values()), 2) == 0.93
assert perfect[20] > 0.4 and 0.15 < perfect[60] < 0.35
assert max(map(abs, shared.values())) < 0.05
some = 1 - perfect[60]  # draws whose interval is no point
assert inside["from_folds"][60] / some > 0.95
assert round(stats.t.ppf(0.975, 4), 2) == 2.78 and abs(1 - 2 * stats.t.sf(1.96, 4) - 0.878) < 0.001

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 远不到 95，20 张时不到一半。原因看得见：错的照片太少。60 张里平均只错一两张，将近四分之一的抽签 5 折全对，于是 $s=0$，区间是一个点。（只有 5 个数时 1.96 本来也偏小，应是 2.78。）把 $n$ 个答案合起来数对错，用威尔逊区间（第 09 课），包含率就不低于 0.93。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Far from 95, with 20 photos not even half. The reason can be seen: too few photos are wrong. Of 60 it is one or two on average; in almost a quarter of the draws all 5 folds are perfect, so $s=0$ and the interval is a point. (With only 5 numbers 1.96 is too small anyway; 2.78 would be right.) Pool the $n$ answers, count, take the Wilson interval (lesson 09), and the share is 0.93 or more.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 别处还可能有一个看不见的原因：各折不独立，任意两折的训练集共有四分之三的照片。设每折成绩**真实**的方差是 $s^2$（不是由 5 个数估计的），任意两折的相关系数是 $\rho$，$K$ 折平均的方差是
#
# $$\frac{s^2}{K}+\Bigl(1-\frac1K\Bigr)\rho\,s^2$$
#
# 第二项在一次交叉验证里看不见：各折**一起**偏高，互相的差别却不变。Bengio 和 Grandvalet（2004）证明：从一次 $K$ 折交叉验证，没有对所有分布都无偏的方差估计。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Elsewhere there may be a reason that cannot be seen: folds are not independent; the training sets of any two share three quarters of their photos. If a fold's score has the **true** variance $s^2$ (not the estimate from 5 numbers) and two folds the correlation $\rho$, the mean of $K$ folds has the variance
#
# $$\frac{s^2}{K}+\Bigl(1-\frac1K\Bigr)\rho\,s^2$$
#
# One cross-validation cannot see the second term: all folds are too high **together**, and their differences stay. Bengio and Grandvalet (2004) proved: from one $K$-fold cross-validation there is no estimate of the variance that is unbiased for all distributions.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 有了 200 次抽签，就能估计 $\rho$：这里 5 折之间几乎是 0（绝对值小于 0.05；共同的照片还会把它压低 0.04 到 0.07），不独立不是这里的原因。
#
# **重复**交叉验证就不同了。60 张照片，换 20 种分法，得到 100 个折的成绩；它们的标准误 $s/\sqrt{100}$ 小得诱人。可是换一批照片，平均成绩真正摆动多少？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With 200 draws $\rho$ can be estimated: between these 5 folds it is almost 0 (less than 0.05, up or down; shared photos also push it down by 0.04 to 0.07), so dependence is not the reason here.
#
# **Repeated** cross-validation is another matter. Deal 60 photos into folds in 20 ways, and there are 100 fold scores; their standard error $s/\sqrt{100}$ is temptingly small. But with other photos, how much does the mean really swing?
#
# </div>

# %% tags=["setup"]
repeated = unpacked(
    stored["repeated"], -1, 22
)  # of 100 draws: true, the means of 20 dealings, s of 100 folds
dealings, claimed = repeated[:, 1:21], repeated[:, 21].mean() / np.sqrt(100)
once, often = dealings[:, 0].std(ddof=1), dealings.mean(axis=1).std(ddof=1)
table(["60 张照片，存下的 60 photos, stored", ""],
      [["从 100 折算出的标准误 standard error from 100 folds", f"{claimed:.4f}"],
       ["真正的摆动，分 20 次 real swing, dealt 20 times", f"{often:.4f}"],
       ["真正的摆动，分 1 次 real swing, dealt 1 time", f"{once:.4f}"]])  # fmt: skip
within = np.mean(repeated[:, 21] ** 2)
rho = (often**2 - within / 100) / (often**2 + within * (1 - 1 / 100))
assert round(often / claimed, 1) == 4.5 and 0.85 < often / once < 0.93 and round(rho, 2) == 0.13

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 真正的摆动是 100 折算出来的 4.5 倍。重复只平均掉**分法**的运气（分 20 次比分 1 次只少摆动十分之一左右），照片还是那 60 张。100 折的 $\rho$ 约为 0.13：看似很小，可是公式里第一项只有 $s^2/100$，第二项是它的十几倍。重复无害，但不要拿它缩窄区间。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The real swing is 4.5 times what 100 folds suggest. Repeating averages out only the luck of **dealing** (dealt 20 times, it swings about one tenth less than 1 time); the photos are still the same 60. Of 100 folds, $\rho$ is about 0.13: it looks small, but in the formula the first term is only $s^2/100$, and the second more than ten times that. Repeating does no harm, but do not narrow an interval with it.
#
# </div>

# %% [markdown]
# ## 一张地图，60 种设置 · A map of 60 settings

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **超参数**（hyperparameter）是训练之前由人定的设置。我们的分类头有三个：3 个骨干网络 × 2 种池化（特征图的平均或最大值）× 10 个 `C`，一共 60 种。
#
# 空间这么小，可以全部算出来：抽 60 张照片，每种设置 5 折。搜索时看不到这张地图，我们先看：左边是 5 折的损失，右边是同样的设置用全部 60 张训练后，在其余 256 张上的损失。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A **hyperparameter** is a setting that people choose before training. Our head has three: 3 backbones × 2 kinds of pooling (mean or maximum of the feature map) × 10 values of `C`, 60 settings in all.
#
# So small a space can be computed completely: draw 60 photos and give each setting 5 folds. A search does not see this map; we look first. On the left is the loss from 5 folds, on the right that of the same settings, trained on all 60, on the 256 other photos.
#
# </div>

# %%
CS = 10.0 ** np.arange(-5, 5)  # strong penalty … weak penalty
SPACE = [(b, pooling, float(C)) for b in BACKBONES for pooling in POOLINGS for C in CS]


def mapped(folds, labels=y):
    """(60, folds, 2): accuracy and loss of every setting in every fold"""
    return np.array([fold_scores(setting, folds, labels) for setting in SPACE])


# %%
mine, rest = draw(0)
scores = mapped(folds_of(mine, 0))
other = mapped([(mine, rest)])[:, 0]  # trained on all 60, judged on the 256 others

# %% tags=["setup"]
flat_loss = scores[..., 1].mean(axis=1)
picked, really = flat_loss.argmin(), other[:, 1].argmin()
SHORT = {"efficientnet_lite0": "Lite0", "mobilenet_v2": "MobileNetV2", "squeezenet": "SqueezeNet"}
names = [f"{SHORT[b]}, {pooling}" for b in BACKBONES for pooling in POOLINGS]
assert np.allclose(
    scores[..., 1], unpacked(stored["draws"]["real"][0]["loss"], 60, -1)[:, :5], atol=0.02
)
assert picked % 10 >= 7 and really % 10 in (5, 6) and max(picked, really) < 20
assert other[really, 1] < other[picked, 1] and flat_loss[picked] < other[picked, 1]
assert np.ptp(other[:20, 0]) < 0.03 < np.ptp(other[:, 0])  # Lite0: accuracy hardly depends on C
assert other[other[:, 1].reshape(6, 10).argmin(axis=1) + 10 * np.arange(6), 1].max() < 0.2
assert other[::10, 1].min() > 0.6  # strongest penalty: probabilities near 0.5
fig, axes = plt.subplots(1, 2, figsize=(8.6, 2.9), sharey=True, layout="constrained")
for ax, values, best, title in zip(axes, [flat_loss, other[:, 1]], [picked, really],
                                   ["60 张，5 折 60 photos, 5 folds", "其余 256 张 256 other photos"], strict=True):  # fmt: skip
    grid_of = np.log10(values).reshape(6, 10)
    image = ax.imshow(grid_of, cmap="cividis_r", vmin=-1.5, vmax=-0.15, aspect="auto")
    ax.plot(best % 10, best // 10, "D", color="#ffffff", mec="#000000", ms=9, markevery=1)
    ax.set_xticks(range(10), [f"{exponent}" for exponent in range(-5, 5)], fontsize=8)
    ax.set_yticks(range(6), names, fontsize=8)
    ax.set_title(title, fontsize=10)
    ax.set_xlabel("$\\log_{10}C$")
    ax.grid(False)
bar = fig.colorbar(image, ax=axes, label="损失 loss")
bar.set_ticks(np.log10([0.03, 0.1, 0.3, 0.7]), labels=["0.03", "0.1", "0.3", "0.7"])
figures.show(
    fig,
    "两张热图，6 行是骨干网络和池化，10 列是 C，颜色越深损失越大。两张都是左边最差、Lite0 的两行最好；左图 Lite0 的两行越往右大体越好，菱形在 Lite0、max、很大的 C；右图的菱形在 C = 1，再往右又变差。",
    "Two heat maps, 6 rows for backbone and pooling, 10 columns for C, darker is a larger loss. In both the left is worst and the two rows of Lite0 are best; in the left map Lite0's rows mostly get better to the right, with the diamond at Lite0, max, a very large C; in the right map it is at C = 1, and it gets worse again beyond.",
    names=names,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 两张地图的大形状一样：惩罚最强时，概率都挤在 0.5 附近，损失接近 0.69（对错却常常已经分对）；最好的骨干网络都是 Lite0。细处不同：左边的最低点（菱形）在弱惩罚的一端，`C` 至少是 100；右边在 1 或 10。这 60 张照片容易分开，惩罚越弱，把握越大，左边的损失越小；遇到新的难题，同样的把握就要付出代价。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In the large the maps agree: under the strongest penalty all probabilities stay close to 0.5, so the loss is near 0.69 (though most answers are already right), and Lite0 is the best backbone in both. In the small they differ: the lowest point on the left (diamond) is where the penalty is weak, `C` of 100 or more; on the right it is at 1 or 10. These 60 photos are easy to separate; the weaker the penalty, the surer the head and the smaller the loss on the left. On a hard new photo the same certainty is expensive.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 还有一件事：Lite0 的两行，准确率几乎不随 `C` 变。“60 种设置”里有许多对错几乎一样，差别只在把握大小。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One more thing: in the two rows of Lite0 the accuracy hardly depends on `C`. Many of the “60 settings” are right and wrong on almost the same photos and differ only in how sure they are.
#
# </div>

# %% [markdown]
# ## 三种搜索，同样的预算 · Three searches, one budget

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 全图要 $60\times5=300$ 次训练。预算只有 60 次呢？一次训练就是一种设置在一折上训练并打分。
#
# * **网格搜索**（grid search）：12 种设置，每个骨干网络、每种池化、同样的 2 个 `C`，各 5 折。哪 2 个？事先得猜：有 $\binom{10}{2}=45$ 种网格；
# * **随机搜索**（random search）：随机抽 12 种，各 5 折（Bergstra 和 Bengio，2012）：网格只试 2 个 `C`，随机时平均 7.5 个；
# * **逐次减半**（successive halving；Jamieson 和 Talwalkar，2016）：20 种先看 1 折，留下好的一半再看 2 折，再留一半看 4 折（一共 7 折：5 折用完就再分一次），最后选一种。差的设置早早退出。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The whole map takes $60\times5=300$ fits. What if the budget is 60? A fit is one setting trained and scored on one fold.
#
# * **grid search**: 12 settings, each backbone with each pooling and the same 2 values of `C`, 5 folds each. Which 2 must be guessed beforehand: there are $\binom{10}{2}=45$ grids;
# * **random search**: 12 settings drawn at random, 5 folds each (Bergstra and Bengio, 2012): the grid tries 2 values of `C`, at random 7.5 on average;
# * **successive halving** (Jamieson and Talwalkar, 2016): 20 settings see 1 fold, the better half sees 2 more, half of those 4 more (7 in all: after 5, folds are dealt again), and one is chosen. Bad settings leave early.
#
# </div>


# %%
def grid(losses, two):
    """losses: (60, 10), a fit for each number that is looked at -> place of the chosen setting"""
    tried = [i for i in range(60) if i % 10 in two]  # the places of two values of C
    return min(tried, key=lambda i: losses[i, :5].mean())


def random_search(losses, rng):
    tried = rng.permutation(60)[:12]
    return min(tried, key=lambda i: losses[i, :5].mean())


# %%
def halving(fit, rng):
    """fit(i, a, b): losses of setting i on the folds a … b − 1 -> place of the chosen setting"""
    alive, a, new = rng.permutation(60)[:20], 0, 1
    losses = {i: [] for i in alive}
    while True:
        for i in alive:
            losses[i] += list(fit(i, a, a + new))  # 1 fold, then 2 more, then 4 more
        alive = sorted(alive, key=lambda i: np.mean(losses[i]))
        if len(alive) == 5:
            return alive[0]
        alive, a, new = alive[: len(alive) // 2], a + new, 2 * new


assert 12 * 5 == 20 * 1 + 10 * 2 + 5 * 4 == 60

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 比较：选中的设置在其余 256 张上的损失，比 60 种里最好的多多少？12 次抽签，每次的地图是存下的；在每张地图上，45 种网格都试，随机搜索和减半各用 100 个种子。
#
# 先猜：45 种网格里，有几种（按 12 次抽签的平均）比随机搜索好？写一个 0 到 45 的数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Compare: how much larger is the loss of the chosen setting on the 256 other photos than that of the best of the 60? There are 12 draws with stored maps; on each map all 45 grids are tried, and random search and halving run with 100 seeds.
#
# Guess first: of the 45 grids, how many (by the mean of 12 draws) are better than random search? Write a number from 0 to 45.
#
# </div>

# %% tags=["exercise"]
predict("10-p5", ...)  # 0–45


# %% tags=["setup"]
def stored_draws(labels):
    return [{key: unpacked(text, *SHAPES[key]) for key, text in found.items()}
            for found in stored["draws"][labels]]  # fmt: skip


def extra_loss(search):
    """(draws, choices): loss on the other photos, more than the best of the 60 has"""
    return np.array([d["true"][search(d["loss"]), 1] - d["true"][:, 1].min() for d in maps])


maps, seeds = stored_draws("real"), [np.random.default_rng(seed) for seed in range(100)]
grids = extra_loss(lambda x: [grid(x, two) for two in combinations(range(10), 2)])
extra = {
    "网格，45 种平均 grid, mean of 45": grids.mean(axis=1),
    "随机 random": extra_loss(lambda x: [random_search(x, rng) for rng in seeds]).mean(axis=1),
    "减半 halving": extra_loss(
        lambda x: [halving(lambda i, a, b: x[i, a:b], rng) for rng in seeds]
    ).mean(axis=1),
    "全部 300 次 all 300 fits": extra_loss(lambda x: x[:, :5].mean(axis=1).argmin()),
    "任意一种 any one": extra_loss(lambda x: range(60)).mean(axis=1),
}
outcome("10-p5", int((grids.mean(axis=0) < extra["随机 random"].mean()).sum()))


# %% tags=["setup"]
def interval(values):
    """mean over draws, and half of its 95% interval"""
    low, high = evaluation.t_interval(values)
    return (low + high) / 2, (high - low) / 2


blind, at_random, halved, all_fits, any_one = extra.values()
middle, half = interval(blind - at_random)
assert [f"{v:.3f}" for v in (middle, middle - half, middle + half)] == ["0.022", "0.018", "0.026"]
by = dict(zip(combinations(range(10), 2), grids.mean(axis=0), strict=True))
assert (
    max(v for (_, b), v in by.items() if b in (5, 6)) < at_random.mean() < min(by[5, 8], by[6, 8])
)
assert np.sort(grids.mean(axis=0))[:-3].mean() - at_random.mean() < 0.005
assert round(10 * (1 - math.comb(54, 12) / math.comb(60, 12)), 1) == 7.5
assert all(abs(m) < h for m, h in (interval(halved - at_random), interval(all_fits - at_random)))
assert 10 < (grids.mean(axis=0) < at_random.mean()).sum() < 25
assert grids.mean(axis=0).min() < 0.022 and grids.mean(axis=0).max() > 0.4
assert any_one.mean() > 3 * all_fits.mean()
weakest = [d["loss"][:, :5].mean(axis=1).argmin() % 10 >= 8 for d in maps]  # C of 1000 or more
assert np.sum(weakest) == 9 and all(d["true"][:, 1].argmin() % 10 in (5, 6) for d in maps)
fig, ax = plt.subplots(figsize=(7.2, 3))
each = grids.mean(axis=0)
ax.plot(each, np.linspace(1.2, 0.8, 45), "x", color="#999999", ms=5, markevery=1)
for i, values in enumerate(extra.values()):
    middle, half = interval(values)
    ax.plot(
        values, -i + np.linspace(-0.18, 0.18, len(values)), ".", color="#999999", ms=4, markevery=1
    )
    ax.errorbar(middle, -i, xerr=half, fmt=figures.MARKERS[i], color=figures.PALETTE[i], ms=7,
                capsize=4, markevery=1)  # fmt: skip
ax.set_yticks(1 - np.arange(6), ["网格，每种一个叉 grid, a cross each", *extra], fontsize=9)
ax.set(xlabel="比最好的多出的损失 extra loss over the best", xlim=(-0.005, 0.26), ylim=(-4.5, 1.5))
figures.show(
    fig,
    "六行。第一行 45 个叉，每种网格一个，从 0.02 散到 0.24，有一种在图外；下面每行是 12 次抽签的灰点、平均和 95% 区间：网格的平均约 0.056，随机约 0.03，减半和全部 300 次在 0.04 到 0.05，任意一种约 0.19。",
    "Six rows. The first has 45 crosses, one for each grid, from 0.02 to 0.24, one beyond the frame; each row below has grey dots for 12 draws, their mean and 95% interval: the mean of the grids is about 0.056, random about 0.03, halving and all 300 fits 0.04 to 0.05, any one setting about 0.19.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 网格是一个赌注：两个 `C` 里较大的是 1 或 10 的最好，再添一个 1000 就比随机差，只有最强的惩罚的最差。不知道该猜哪两个时，随机搜索更稳：12 次抽签配对，比 45 种网格的平均少 0.022（95% 区间 0.018 到 0.026），几乎全来自只有强惩罚（`C` 不超过 0.001）的 3 种。知道得多，好的网格又胜过随机。减半与随机分不出：第一步只看 12 张照片的一折，太吵。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A grid is a bet: those whose larger `C` is 1 or 10 are best; put 1000 beside it and they are worse than random; the two strongest penalties are worst. Without knowing which two to guess, random search is safer: paired over the 12 draws, its extra loss is 0.022 less than the mean of the 45 grids (95% interval 0.018 to 0.026), almost all of it due to 3 grids with strong penalties only (no `C` above 0.001). With knowledge, a good grid beats random. Halving and random cannot be told apart: its first step sees one fold of 12 photos, which is noisy.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 全图花了 5 倍的预算，也不比随机好：12 次里 9 次挑中 `C` 为 1000 以上，而其余照片上最好的总是 1 或 10。全图减随机是 0.017 ± 0.023，分不出。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The whole map takes 5 times the budget and is no better than random: in 9 of 12 draws it picks a `C` of 1000 or more, while on the other photos the best is always 1 or 10. The whole map minus random is 0.017 ± 0.023: not told apart.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 4**：`n_settings` 种设置开始，一共 `n_rungs` 轮：第一轮各看 1 折，之后每轮留下一半（除不尽时向下取整），看的**新**折加倍；旧的成绩留着用。一共训练多少次？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 4**: start with `n_settings` and take `n_rungs` rounds (“rungs”): 1 fold each in the first; after each round half of them stay (rounded down), and the number of **new** folds doubles; old scores are kept. How many fits are that in all?
#
# </div>


# %% tags=["exercise"]
def halving_fits(n_settings, n_rungs):
    """how many heads are trained, each on one fold"""
    return ...


check("10-4", halving_fits)

# %% [markdown]
# ## 平的和嵌套的 · Flat and nested

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 搜索选出了一种设置，就报告它在地图上的成绩吗？那是 60 个里最好的，和硬币一样：这些折已经用来**挑选**了。这叫**平的**（flat）交叉验证。
#
# **嵌套交叉验证**（nested cross-validation）把挑选也放进训练里。外层 5 折；对每一折，只用其余 4 折的照片做**整个**搜索（里层再分 5 折），选好、训练好，再判断这一折。外层的照片没有参与挑选。代价是 $5\times300$ 次训练；现场里层只看 3 折，存下的看 5 折。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The search has chosen a setting. Do we report its score on the map? That is the best of 60, as with the coins: these folds have been used for **choosing**. It is called **flat** cross-validation.
#
# **Nested cross-validation** makes choosing a part of training. Outside there are 5 folds; for each of them the **whole** search uses only the photos of the other 4 (inside, 5 folds again), chooses, trains, and then judges this fold. The outer photos took no part in choosing. The price is $5\times300$ fits; live, only 3 of the inner folds are seen, stored, all 5.
#
# </div>


# %%
def best_of(accuracy, loss, what):
    """place of the setting with the best mean; both (settings, folds)"""
    return accuracy.mean(axis=1).argmax() if what == "accuracy" else loss.mean(axis=1).argmin()


# %%
def nested(mine, seed, labels=y, n_inner=5):
    """logits of the photos at `mine`, each from a head chosen and trained without it"""
    z = {"accuracy": np.empty(len(y)), "loss": np.empty(len(y))}  # by what it is chosen
    for learn, judge in folds_of(mine, seed, labels=labels):
        inner = mapped(folds_of(learn, seed, labels=labels)[:n_inner], labels)
        for what in z:
            best = best_of(inner[..., 0], inner[..., 1], what)
            z[what][judge] = answers(SPACE[best], learn, judge, labels)
    return {what: logits[mine] for what, logits in z.items()}


# %% tags=["nbval-ignore-output"]
z = nested(mine, 0, n_inner=3)["loss"]  # 3 of the inner folds: quicker
nested_loss = np.logaddexp(0, np.where(y[mine] == 1, -z, z)).mean()
table(["损失 loss", ""], [["平的 flat", f"{flat_loss[picked]:.3f}"],
                         ["嵌套 nested", f"{nested_loss:.3f}"],
                         ["其余 256 张 256 other photos", f"{other[picked, 1]:.3f}"]])  # fmt: skip

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一次抽签可能是偶然。存下的 12 次抽签，每次把平的、嵌套的成绩与选中的设置在其余 256 张上的成绩相减：好看了多少，就是**乐观**（optimism）。两种挑法：按损失挑，比损失；按准确率挑，比准确率。
#
# 再加一个对照：同样的照片，标签**打乱**，什么也学不到。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One draw may be chance. For each of the 12 stored draws, compare the flat and the nested score with that of the chosen setting on the 256 other photos: by how much it looks too good is its **optimism**. There are two ways of choosing: by loss, compared in loss; by accuracy, compared in accuracy.
#
# And a control: the same photos with **shuffled** labels, where there is nothing to learn.
#
# </div>


# %% tags=["setup"]
def optimism(d, what, how):
    """how much better a stored draw's score looks than the other photos say"""
    best = best_of(d["accuracy"], d["loss"][:, :5], what)
    sign, column = (1, 0) if what == "accuracy" else (-1, 1)  # a small loss looks good
    flat = d[what][:, :5].mean(axis=1)[best]
    score = flat if how == "flat" else d["nested"][column]
    return sign * (score - d["true"][best, column])


assert flat_loss[picked] < nested_loss < 0.3
noise = stored_draws("noise")
SETS = {"损失 loss": (maps, "loss"), "准确率 accuracy": (maps, "accuracy"),
        "准确率，标签打乱 accuracy, labels shuffled": (noise, "accuracy")}  # fmt: skip
too_good = {(name, how): np.array([optimism(d, what, how) for d in draws])
            for name, (draws, what) in SETS.items() for how in ("flat", "nested")}  # fmt: skip
rows = [[name, *("{:+.3f} ± {:.3f}".format(*interval(too_good[name, how])) for how in ("flat", "nested"))]
        for name in SETS]  # fmt: skip
table(["挑选的依据 chosen by", "平的 flat", "嵌套 nested"], rows)

mean_of = {key: interval(values) for key, values in too_good.items()}
for (_, how), (middle, half) in mean_of.items():  # flat looks too good; nested: 0 is inside
    assert middle > half if how == "flat" else abs(middle) < half
coins60 = stats.binom.cdf(np.arange(60), 60, 0.5)
assert all(m > h for m, h in (interval(too_good[k, "flat"] - too_good[k, "nested"]) for k in SETS))
assert round((1 - coins60**60).sum() / 60 - 0.5, 2) == 0.15
assert "0.07 0.020 0.10".split() == [
    f"{mean_of[name, 'flat'][0]:.{digits}f}" for name, digits in zip(SETS, (2, 3, 2), strict=True)]  # fmt: skip
fig, ax = plt.subplots(figsize=(7, 2.8))
for row, name in enumerate(SETS):
    for how, shift, colour, marker in (("flat", 0.15, ORANGE, "o"), ("nested", -0.15, BLUE, "s")):
        values = too_good[name, how]
        middle, half = interval(values)
        at = shift - row
        ax.plot(
            values,
            at + np.linspace(-0.07, 0.07, len(values)),
            ".",
            color="#999999",
            ms=4,
            markevery=1,
        )
        ax.errorbar(middle, at, xerr=half, fmt=marker, color=colour, ms=7, capsize=4, markevery=1,
                    label={"flat": "平的 flat", "nested": "嵌套 nested"}[how] if not row else None)  # fmt: skip
ax.axvline(0, color="#000000", ls="--", lw=1, marker="")
ax.set_yticks(
    [0, -1, -2],
    ["损失\nloss", "准确率\naccuracy", "准确率，标签打乱\naccuracy, labels shuffled"],
    fontsize=8,
)
ax.set(xlabel="好看了多少 how much too good", ylim=(-2.8, 0.5))
ax.legend(fontsize=8, loc="lower left", ncols=2)
figures.show(
    fig,
    "三行，每行上面是平的，下面是嵌套的，灰点是 12 次抽签：平的平均都在虚线 0 的右边，嵌套的区间都含 0。",
    "Three rows, flat above and nested below in each, grey dots for 12 draws: the flat means are all right of the dashed line at 0, the nested intervals all contain it.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 按损失挑，平的成绩平均好看了 0.07；按准确率挑，好看了 0.020；区间都在 0 以上。标签打乱时，60 种里最好的准确率平均虚高 0.10。嵌套的三个区间都含 0，但按损失的那个很宽（0.034 ± 0.056）。成对相减，平的比嵌套的好看 0.04、0.02、0.09，三个区间都在 0 以上。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Chosen by loss, the flat score looks 0.07 too good on average; by accuracy, 0.020; both intervals lie above 0. With shuffled labels the best accuracy of the 60 settings is on average 0.10 too high. The three nested intervals contain 0, but that of the loss is wide (0.034 ± 0.056). Paired, flat looks better than nested by 0.04, 0.02 and 0.09, and all three intervals lie above 0.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 60 枚独立的硬币在 60 张照片上会虚高 0.15，这里是三分之二：60 种设置里许多种给出几乎一样的答案。所以**试过多少种**不是虚高的好尺子；嵌套直接把它测出来。
#
# 嵌套估计的是**整套做法**（搜索加训练），不是某一个模型：每个外层折选中的设置可以不同。交出去的模型，用全部照片再搜索一次来得到。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 60 independent coins on 60 photos would be 0.15 too high, and here it is two thirds of that: many of the 60 settings give almost the same answers. So **how many were tried** is a poor measure of optimism; nested cross-validation measures it directly.
#
# What it estimates is the **whole procedure**, search and training, and not one model: each outer fold may choose another setting. The model to be delivered comes from one more search, with all photos.
#
# </div>

# %% [markdown]
# ## 一个标准误之内，选简单的 · Within one standard error, take the simpler one

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 许多设置的成绩分不出高下，何必要那个最小的？**一个标准误法则**（one-standard-error rule；Breiman 等，1984）：把最好的设置的标准误 $s/\sqrt K$ 加到它的损失上；损失不超过这条线的，都算打平；在打平的里面取**最简单的**。这里“最简单”是惩罚最强的，再打平就取乘加次数最少的骨干网络。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Many settings cannot be told apart by their scores, so why insist on the smallest? The **one-standard-error rule** (Breiman et al., 1984): add the best setting's standard error $s/\sqrt K$ to its loss; all settings not above that line count as tied; of these take the **simplest**. Here “simplest” is the strongest penalty and, if still tied, the backbone with the fewest multiply-accumulate operations.
#
# </div>


# %% tags=["any-seed"]
def one_standard_error(losses):
    """losses (60, 5) -> place of the simplest setting within one standard error of the best"""
    means = losses.mean(axis=1)
    best = means.argmin()
    line = means[best] + losses[best].std(ddof=1) / np.sqrt(losses.shape[1])
    simplicity = [(C, backbones.SPECS[b].n_macs) for b, _, C in SPACE]
    return min(np.flatnonzero(means <= line), key=lambda i: simplicity[i])


# %% tags=["setup"]
pairs = [(best_of(d["accuracy"], d["loss"][:, :5], "loss"), one_standard_error(d["loss"][:, :5]))
         for d in maps]  # fmt: skip
weaker = [np.log10(SPACE[best][2] / SPACE[simple][2]) for best, simple in pairs]
cost = {what: [d["true"][simple, c] - d["true"][best, c] for d, (best, simple) in zip(maps, pairs, strict=True)]
        for c, what in enumerate(["准确率 accuracy", "损失 loss"])}  # fmt: skip
table(["简单的减最好的 simplest minus best", "12 次抽签 12 draws"],
      [[what, "{:+.3f} ± {:.3f}".format(*interval(values))] for what, values in cost.items()])  # fmt: skip
assert round(np.mean(weaker), 1) == 1.8
assert all(abs(middle) < half for middle, half in map(interval, cost.values()))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 惩罚平均强了 1.8 个数量级，准确率和损失的区间都含 0：看不出代价，也看不出好处。这个法则本来就不是为了更准，而是为了更简单、更稳。它用的标准误正是上面说不可靠的那种，所以它只是一个约定；要紧的是在看成绩**之前**就定下用哪条规则。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The penalty is on average 1.8 orders of magnitude stronger, and both intervals, of accuracy and loss, contain 0: no cost to be seen, and no gain. The rule never aimed at better scores but at simpler, steadier models. Its standard error is the unreliable kind from above, so it is a convention; what matters is to settle the rule **before** looking at the scores.
#
# </div>

# %% [markdown]
# ## 诚实的报告 · The honest report

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在从头做一遍，用课程的 200 张训练照片选，用另外三组共 116 张测一次。第 09 课的 `SealedTest` 又来了：每看一次，它记下名字。
#
# 这 116 张在第 07、09 课看过，所以它们不是全新的：这一课的地图也用过它们的标签；特征的平均值和刻度用了全部 316 张，但没有用标签。真正的报告里，这两样都只能来自训练照片。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now from the beginning: choose on the course's 200 training photos, test once on the 116 of the three other groups. `SealedTest` of lesson 09 is back: for each look it writes down a name.
#
# These 116 were looked at in lessons 07 and 09, so they are not entirely fresh: this lesson's maps used their labels, too, and the features' mean and scale come from all 316, without labels. In a real report both must come from training photos only.
#
# </div>


# %% tags=["setup"]
class SealedTest:
    """Held-out labels that remember every look."""

    def __init__(self, labels):
        self.labels, self.looks = labels, []

    def open(self, who):
        self.looks.append(who)
        if (again := self.looks.count(who)) > 1:
            say(f"{who}:", (f"第 {again} 次看测试集", f"look no. {again} at the test set"))
        return self.labels


train, held_out = np.arange(200), np.arange(200, 316)
sealed = SealedTest(y[held_out])

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 预算 60 次，用减半；规则在前，成绩在后。`fits` 记下每一次训练。选定以后，才用全部 200 张训练，打开测试集一次。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The budget is 60 fits, by halving; the rule comes first, the scores come after it. `fits` writes down each fit. Only when the choice is made, train on all 200 and open the test set once.
#
# </div>

# %%
seven, fits = folds_of(train, 10, repeats=2)[:7], []


def fit(i, a, b):
    fits.extend([SPACE[i]] * (b - a))
    return fold_scores(SPACE[i], seven[a:b])[:, 1]


setting = SPACE[halving(fit, np.random.default_rng(10))]

z_test = answers(setting, train, held_out)  # chosen: now train on all 200
n_right = int(((z_test > 0) == sealed.open("lesson 10")).sum())
low, high = evaluation.wilson_interval(n_right, len(held_out))

# %% tags=["nbval-ignore-output", "setup"]
elsewhere = stored["fresh"]["right"]
inside_score = fold_scores(setting, seven)[:, 0].mean()  # it was chosen by these folds
say(("选中：", "chosen:"), SHORT[setting[0]], setting[1], f"C = {setting[2]:g}")
table(["成绩 score", "准确率 accuracy"], [["里面，选它时 inside, when chosen", f"{inside_score:.3f}"],
      ["外面，一次 outside, once", f"{n_right}/116 = {n_right / 116:.3f} ({low:.3f}–{high:.3f})"],
      ["存下：别处的 1,000 张 stored: 1,000 from elsewhere", f"{elsewhere[SPACE.index(setting)] / 1000:.3f}"]])  # fmt: skip

# %%
assert max(elsewhere) == 987 and elsewhere[SPACE.index(setting)] > 955
assert len(fits) == 60 and sealed.looks == ["lesson 10"]
assert low > 0.9 and n_right >= 109 and inside_score > 0.93

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 报告只写外面的那个数，连同区间和做法：“60 种设置里减半搜索，60 次训练；116 张没有参与选择的照片上，准确率和 95% 区间如表。”里面的成绩参与了选择，不算数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The report gives only the number from outside, with its interval and how it was made: “60 settings, searched by halving, 60 fits; on 116 photos that took no part in choosing, the accuracy and its 95% interval are as in the table.” The score from inside took part in choosing and does not count.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 回到开头。**哪一种最好**？说不清，许多种打平，选打平里的任何一种都行。**它的成绩可信吗**？挑它的那个成绩不可信；外面测一次的，可信到区间那么宽。
#
# 最后一行是存下的核对：用这 200 张训练，60 种里最好的在 1,000 张别处的照片上对 987 张，与选中的差不多。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Back to the beginning. **Which one is best**? Nobody can say; many are tied, and any of these will do. **Can its score be believed**? Not the one that chose it; the one measured once outside can, within its interval.
#
# The last row is a stored check: trained on these 200, the best of the 60 is right on 987 of 1,000 photos from elsewhere, about as many as the chosen one.
#
# </div>

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四道练习就在上文各节，每道都有 `hint` 和 `solution`。`progress()` 显示你完成了哪些。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The four exercises stand in the sections above, each with `hint` and `solution`. `progress()` shows what you have done.
#
# </div>

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("10-q1")
quiz("10-q2")
quiz("10-q3")
quiz("10-q4")
quiz("10-q5")
progress()

# %% tags=["exercise"]
guesses("10")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 挑选就会虚高：200 枚硬币里最好的得 0.597。$P(\text{最好}\le k)=F(k)^m$。
# * 划分要像将来使用时那样：稀有的类别要分层，相似的样本要放在一起；打乱的裁剪得 0.97，新照片上只有 0.53。
# * 交叉验证的平均是对的，一次却可以差很多；各折的标准差常常碰巧是 0；重复的折算出的标准误太小。
# * 网格是赌注，随机搜索更稳；300 次全算也看不出更好。
# * 平的成绩是挑出来的，嵌套的不是。
# * 诚实的报告：封好，定下规则和预算，里面选择，外面测一次，写出区间。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Choosing makes scores too high: the best of 200 coins gets 0.597. $P(\text{best}\le k)=F(k)^m$.
# * Split as the model will be used: stratify for rare classes, keep like samples together; shuffled crops gave 0.97 where new photos give 0.53.
# * Cross-validation is right on average, once it may be far off; the folds' standard deviation is often 0 by chance; the standard error of repeated folds is too small.
# * A grid is a bet, random search is safer; all 300 fits are not seen to do better.
# * A flat score is selected, a nested one is not.
# * An honest report: seal, settle rule and budget, choose inside, test once outside, give the interval.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这一课没有新的更正。S1 把“交叉验证”和“超参数调优”列为关键词，正文没有讲；没有说的不算错，这一课补上了。把测试集当验证集用的代码（S2 §5）在第 09 课更正，这里测出了它的代价。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# This lesson has no new corrections. S1 lists “Cross-Validation” and “Hyperparameter Tuning” among its keywords and does not come back to them; what is not said is no mistake, and this lesson fills it in. The code that takes the test set for validation (S2 §5) is corrected in lesson 09; its price is measured here.
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Bengio, Grandvalet, *No Unbiased Estimator of the Variance of K-Fold Cross-Validation*, Journal of Machine Learning Research 5:1089–1105, 2004：为什么一次交叉验证说不出自己有多准
# * Bergstra、Bengio，“Random Search for Hyper-Parameter Optimization”，Journal of Machine Learning Research 13:281–305，2012：随机搜索
# * Breiman, Friedman, Olshen, Stone, *Classification and Regression Trees*, Wadsworth, 1984：一个标准误法则
# * Cawley、Talbot，“On Over-fitting in Model Selection and Subsequent Selection Bias in Performance Evaluation”，Journal of Machine Learning Research 11(70):2079–2107，2010：挑选也会过拟合
# * Jamieson, Talwalkar, *Non-stochastic Best Arm Identification and Hyperparameter Optimization*, AISTATS 2016, PMLR 51:240–248, arXiv:1502.07943：逐次减半
# * Kohavi, *A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection*, IJCAI 1995：分层的折，折数
# * Varma, Simon, *Bias in error estimation when using cross-validation for model selection*, BMC Bioinformatics 7:91, 2006, doi:10.1186/1471-2105-7-91：标签无意义时，平的和嵌套的
# * Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the American Statistical Association 22(158):209–212, 1927：区间
# * Barz, Denzler, *Do We Train on Test Data? Purging CIFAR of Near-Duplicates*, Journal of Imaging 6(6):41, 2020：有名的数据集里的近似重复
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Bengio, Grandvalet, *No Unbiased Estimator of the Variance of K-Fold Cross-Validation*, Journal of Machine Learning Research 5:1089–1105, 2004: why one cross-validation cannot say how exact it is
# * Bergstra, Bengio, “Random Search for Hyper-Parameter Optimization”, Journal of Machine Learning Research 13:281–305, 2012: random search
# * Breiman, Friedman, Olshen, Stone, *Classification and Regression Trees*, Wadsworth, 1984: the one-standard-error rule
# * Cawley, Talbot, “On Over-fitting in Model Selection and Subsequent Selection Bias in Performance Evaluation”, Journal of Machine Learning Research 11(70):2079–2107, 2010: choosing overfits, too
# * Jamieson, Talwalkar, *Non-stochastic Best Arm Identification and Hyperparameter Optimization*, AISTATS 2016, PMLR 51:240–248, arXiv:1502.07943: successive halving
# * Kohavi, *A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection*, IJCAI 1995: stratified folds, and how many
# * Varma, Simon, *Bias in error estimation when using cross-validation for model selection*, BMC Bioinformatics 7:91, 2006, doi:10.1186/1471-2105-7-91: flat and nested with labels that mean nothing
# * Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the American Statistical Association 22(158):209–212, 1927: the interval
# * Barz, Denzler, *Do We Train on Test Data? Purging CIFAR of Near-Duplicates*, Journal of Imaging 6(6):41, 2020: near-duplicates in a famous data set
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("10")
