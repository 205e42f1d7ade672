# ---
# jupyter:
#   course: {minutes: 60, needs: ["01", "04"]}
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
# # 05 什么是迁移学习 · What transfer learning is

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一个分类器只见过 `train` 里的猫和狗。现在来了另外三批照片：`test`、`web` 和 `pets`，问的仍是“猫还是狗”。下面每批各取 4 张。哪几批对它是陌生的？怎样才能不靠眼睛、用一个数回答？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A classifier has seen the cats and dogs of `train` only. Now three more collections arrive, `test`, `web` and `pets`, and the question is still “cat or dog?”. Here are 4 photos from each. Which of the collections are strange to it? And how could a number answer that, instead of our eyes?
#
# </div>

# %% tags=["setup", "photo-live"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import functools
import gzip

import h5py
import keras
import matplotlib.pyplot as plt
import numpy as np
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from course_utils import assets, features, figures, photos
from course_utils.bilingual import say, table
from course_utils.learning import check, guesses, hint, outcome, predict, progress, quiz, solution

_ = threadpool_limits(1, user_api="blas")  # small matrices: threads only get in each other's way
figures.use_style()
course_utils.reproducible(7)

sets = {name: photos.default(name) for name in ["train", "test", "web", "pets"]}
some = [0, 1, -2, -1]  # 2 cats, 2 dogs
assert all(list(each.labels[some]) == [0, 0, 1, 1] for each in sets.values())
figures.show_photos(
    [tile for each in sets.values() for tile in each.images(160)[some]],
    [name if i == 0 else "" for name in sets for i in range(4)],
    "四批照片 train、test、web、pets，一批一行，每批 2 张猫、2 张狗。",
    "The four collections train, test, web and pets, one in each row, with 2 cats and 2 dogs from each.",
    columns=4,
    credit="最后一行 last row: Oxford-IIIT Pet (Parkhi, Vedaldi, Zisserman, Jawahar), CC BY-SA 4.0",
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 用领域和任务说清楚什么是迁移学习，并判断一个问题属于哪一种设定；
# * 把“迁移有没有用”变成一个数：迁移增益，带区间，可正可负；
# * 分开四种可以搬走的知识，说出“只搬结构”到底搬了什么；
# * 用测得的增益判断：源有用、有害，还是看不出来。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * say what transfer learning is in terms of domain and task, and tell which setting a problem belongs to;
# * turn “does transfer help?” into a number: the transfer gain, with an interval, positive or negative;
# * tell apart the four kinds of knowledge that can be carried over, and say what “transferring the structure” really carries;
# * judge by a measured gain: does a source help, does it harm, or can neither be told?
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 01 课的梯度下降和第 04 课的“特征”。这一课只用很小的模型，为的是把概念一个一个分开；第 06 到 09 课再用真实照片一步一步做。在 2 个 CPU 核上运行全部单元格大约 1 到 2 分钟，读完并做练习大约 60 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need gradient descent from lesson 01 and “features” from lesson 04. This lesson uses very small models only, to keep the ideas apart; lessons 06 to 09 then go step by step on real photos. Running all cells takes about 1 to 2 minutes on 2 CPU cores, reading and doing the exercises about 60 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 1. 猫狗分类，只有 20 张带标签的照片。用在 ImageNet 上学到的特征，比直接用像素，准确率高多少（两个准确率之差）？
# 2. 目标是认手写数字 5 到 9，每类只有 5 个标签。从一个在数字 0 到 4 上训练好的网络开始，比从随机权重开始，准确率高多少（可以是负数）？
# 3. 换一个源：同样的网络学的是“这个数字用了多少笔墨”。从它开始，比从随机权重开始，准确率高多少（可以是负数）？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 1. Cats against dogs with just 20 labelled photos. With features learned on ImageNet, how much higher is the accuracy than with raw pixels (the difference of the two)?
# 2. The target is to read handwritten digits 5 to 9, with just 5 labels for each class. How much higher is the accuracy with a start from a network trained on digits 0 to 4 than from random weights (it may be negative)?
# 3. Another source: the same network has learned “how much ink is in this digit”. How much higher is the accuracy with a start from it than from random weights (it may be negative)?
#
# </div>

# %% tags=["exercise"]
predict("05-p1", ...)  # -1 to 1
predict("05-p2", ...)  # -1 to 1
predict("05-p3", ...)  # -1 to 1

# %% [markdown]
# ## 陌生，是可以测的 · Strangeness can be measured

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 混合两批照片，让第二个分类器猜每张来自哪一批。猜不出，就看不出两批有什么不同；猜得出，就不同。
#
# 怎样打分：从两批各随机取一张，看这个分类器能不能说对哪张来自第二批。说对的比例就是下面的数：0.5 是瞎猜，1 是每一对都说对。（这个比例通常叫 **AUC**：来自第二批的那张得分更高的概率。）
#
# 每张照片用 1,280 个数来描述：EfficientNet-Lite0 在 ImageNet 上学到的特征（第 00 课用过这个网络）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Mix two collections and let a second classifier guess which one each photo comes from. If it cannot, no difference between them is seen; if it can, they differ.
#
# How to score it: take one photo at random from each collection, and see whether the classifier can tell which of the two is from the second. The share of pairs it gets right is the number below: 0.5 is guessing, 1 is every pair. (That share is usually called **AUC**: the probability that the photo from the second collection gets the higher score.)
#
# Each photo is described by 1,280 numbers: the features that EfficientNet-Lite0 learned on ImageNet (lesson 00 used that network).
#
# </div>

# %% tags=["setup"]
learned = {name: features.extract(each) for name, each in sets.items()}  # Lite0, (n, 1280)
pixels = {name: each.images(32).reshape(len(each), -1) / 255 for name, each in sets.items()}
labels = {name: each.labels for name, each in sets.items()}  # 0 cat, 1 dog
held_out = ["test", "web", "pets"]
y_test = np.concatenate([labels[name] for name in held_out])
assert learned["train"].shape == (200, 1280) and len(y_test) == 116


# %%
def told_apart(a, b):
    # share of pairs, by 5-fold cross-validation
    x, is_b = np.concatenate([a, b]), np.repeat([0, 1], [len(a), len(b)])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
    return cross_val_score(classifier, x, is_b, cv=5, scoring="roc_auc").mean()


# %% tags=["nbval-ignore-output"]
strange = {name: told_apart(learned["train"], learned[name]) for name in held_out}
table(["与训练照片相比 against training photos", "说对的比例 share told apart"],
      [[name, f"{share:.2f}"] for name, share in strange.items()])  # fmt: skip

# %% tags=["any-seed"]
assert strange["test"] < 0.65 and min(strange["web"], strange["pets"]) > 0.75

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# `train` 和 `test` 来自同一批照片，看不出差别（`test` 只有 40 张；没有差别时，这个数在 0.5 上下摆动，略低也不表示能分辨）。`web` 和 `pets` 是别处来的：问题完全一样，照片不同。在一家医院训练、到另一家用，在模拟器里训练、到路上开，都是这种情形。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# `train` and `test` come from the same collection and no difference is seen (`test` has just 40 photos; where there is no difference this number swings around 0.5, and a little below it is still guessing). `web` and `pets` come from elsewhere: exactly the same question, other photos. A model trained in one hospital and used in another, or trained in a simulator and driven on the road, meets the same.
#
# </div>

# %% [markdown]
# ## 领域与任务 · Domain and task

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在可以起名字了（Pan 与 Yang，2010）。学东西的地方叫**源**（source），要用的地方叫**目标**（target）。两者之间可能不同的只有两样：
#
# * **领域**（domain）是输入的空间和输入的分布，$\mathcal{D}=\{\mathcal{X},\,P(X)\}$：有些什么样的照片，各有多常见。刚才测的就是它。
# * **任务**（task）是答案的空间和要学的函数，$\mathcal{T}=\{\mathcal{Y},\,f\}$：问什么问题。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now for the names (Pan and Yang, 2010). Where something is learned is the **source**, where it is to be used the **target**. Just two things can differ between them:
#
# * a **domain** is the space of inputs and their distribution, $\mathcal{D}=\{\mathcal{X},\,P(X)\}$: which photos there are, and how common each kind is. This is what we have just measured.
# * a **task** is the space of answers and the function to learn, $\mathcal{T}=\{\mathcal{Y},\,f\}$: which question is asked.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 源写成 $(\mathcal{D}_S,\mathcal{T}_S)$，目标写成 $(\mathcal{D}_T,\mathcal{T}_T)$。用源学到的东西帮助学目标的 $f_T$，而且
#
# $$\mathcal{D}_S\ne\mathcal{D}_T\quad\text{或}\quad\mathcal{T}_S\ne\mathcal{T}_T,$$
#
# 就是**迁移学习**（transfer learning）。两者都相同，就是普通的机器学习：训练集和测试集来自同一分布。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Write the source as $(\mathcal{D}_S,\mathcal{T}_S)$ and the target as $(\mathcal{D}_T,\mathcal{T}_T)$. Using what was learned from the source to help learning the target's $f_T$, where
#
# $$\mathcal{D}_S\ne\mathcal{D}_T\quad\text{or}\quad\mathcal{T}_S\ne\mathcal{T}_T,$$
#
# is **transfer learning**. If both are the same, it is ordinary machine learning: training and test set come from the same distribution.
#
# </div>

# %% [markdown]
# ## 迁移增益：一个数 · The gain of transfer: one number

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# “迁移学习提高效果”是一句话，不是测量。**迁移增益**（transfer gain）是
#
# $$\text{增益}=\text{指标}_\text{用源}-\text{指标}_\text{不用源},$$
#
# 指标例如准确率；同样的目标标签、同样的测试集、同样的**分类头**（head，接在特征后面、为新任务训练的层），差别应只在用不用源。它可以是负的，那就是**负迁移**（negative transfer）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# “Transfer improves results” is a sentence, not a measurement. The **transfer gain** is
#
# $$\text{gain}=\text{metric}_\text{with}-\text{metric}_\text{without},$$
#
# where the metric is accuracy, for example, with the same target labels, the same test set and the same **head** (the layers after the features, trained for the new task); the only difference should be whether the source is used. It can be negative: that is **negative transfer**.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 20 张训练照片换一批，结果就不同。所以抽 $R$ 次，每一次让两种方法用**同一批**照片，成对相减：一批好学的照片会让两种方法都变好，这份共同的运气在差里消去。
#
# 差的平均就是增益；它的**标准误**是 $s/\sqrt{R}$，$s$ 是 $R$ 个差的标准差（除以 $R-1$）。平均加减约 2 个标准误，就是 **95% 区间**。“约 2 个”：$R$ 很大时是 1.96 个；$R$ 小时 $s$ 本身也不准，要多一些，$R=10$ 时是 2.26 个。`half_width` 来算。区间只含训练照片的抽样；116 张测试照片（`test`、`web`、`pets` 合起来）始终是同一批。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Another 20 training photos give another result. So draw $R$ times, with the **same** photos for both methods each time, and subtract in pairs: photos that are easy to learn from help both, and this shared luck cancels.
#
# The mean difference is the gain; its **standard error** is $s/\sqrt{R}$, $s$ being the standard deviation of the $R$ differences (dividing by $R-1$). The mean plus or minus about 2 standard errors is the **95% interval**: 1.96 for a large $R$; for a small $R$, $s$ is uncertain too and it takes more, 2.26 for $R=10$. `half_width` works it out. It covers the draw of the training photos only; the 116 test photos (`test`, `web` and `pets` together) stay the same.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 1**：写出这个函数。输入两个形状为 `(R,)` 的数组：用源的准确率和不用源的准确率，一次抽样一个数，次序相同。返回两个数：平均增益，和它的标准误。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 1**: write this function. It takes two arrays of shape `(R,)`: the accuracies with the source and without it, one number for each draw, in the same order. It returns two numbers: the mean gain and its standard error.
#
# </div>


# %% tags=["exercise"]
def transfer_gain(with_source, without_source):
    """Two arrays (R,) of accuracies, draw by draw -> (mean gain, its standard error)"""
    return ...


check("05-1", transfer_gain)


# %% tags=["setup"]
def draw(n, seed):
    """Numbers of n training photos, half cats and half dogs."""
    rng = np.random.default_rng(seed)
    return np.concatenate(
        [rng.permutation(np.flatnonzero(labels["train"] == c))[: n // 2] for c in (0, 1)]
    )


def accuracy(x, chosen):
    """Logistic regression on the chosen training photos, evaluated on all 116 held out."""
    classifier = LogisticRegression(max_iter=500).fit(x["train"][chosen], labels["train"][chosen])
    return classifier.score(np.concatenate([x[name] for name in held_out]), y_test)


def half_width(differences):
    """Half of the 95% interval of their mean: about 2 standard errors."""
    low, high = stats.ttest_1samp(differences, 0).confidence_interval(0.95)
    return (high - low) / 2


def interval(differences):
    return f"{np.mean(differences):+.2f} ± {half_width(differences):.2f}"


assert 2.26 < stats.t.ppf(0.975, 10 - 1) < 2.27  # R = 10: this many standard errors


# %%
gains, by_features, by_pixels = {}, {}, {}
for n in [2, 20, 50]:
    draws = [draw(n, seed) for seed in range(20)]
    by_features[n] = np.array([accuracy(learned, chosen) for chosen in draws])
    by_pixels[n] = np.array([accuracy(pixels, chosen) for chosen in draws])
    gains[n] = by_features[n] - by_pixels[n]

# %% tags=["nbval-ignore-output"]
table(["照片数 photos", "特征 features", "像素 pixels", "增益 gain"],
      [[n, f"{by_features[n].mean():.2f}", f"{by_pixels[n].mean():.2f}", interval(gains[n])]
       for n in gains])  # fmt: skip
outcome("05-p1", gains[20].mean())

# %% tags=["any-seed"]
assert min(gain.mean() - half_width(gain) for gain in gains.values()) > 0.15
assert gains[20].mean() - gains[2].mean() > 0.05  # with 2 labels the gain is smaller
assert max(gain.mean() for gain in gains.values()) < 0.55  # from guessing to right is 0.5
assert by_pixels[2].mean() < 0.6 and by_pixels[50].mean() < 0.65  # almost guessing
assert by_features[2].mean() > by_pixels[2].mean() + 0.15

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# $n=2$ 的增益反而小于 $n=20$：标签太少，再好的特征也不能充分发挥。像素到 $n=50$ 仍近乎瞎猜，所以这里看不到“标签多了，增益消失”。还要记得：ImageNet 里本来就有猫和狗，别处的增益不会都这么大；像素这个对照也没有网络，只差权重的对照在后面的数字实验里。
#
# 每类只有 1 张照片（$n=2$）时，这叫**单样本学习**（one-shot learning）。表的第一行靠的全是以前学到的特征，直接用像素几乎是瞎猜。Fei-Fei 等 2006 年系统阐述单样本学习，说的正是利用以前学过的类别，而不是从零开始。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# At $n=2$ the gain is smaller than at $n=20$: with so few labels even good features are not put to full use. Pixels are almost guessing up to $n=50$, so “with more labels the gain vanishes” is not seen here. And ImageNet has cats and dogs in it: gains elsewhere need not be as large; and pixels have no network at all, comparisons that differ in the weights alone follow with the digits.
#
# With 1 photo for each class ($n=2$) this is **one-shot learning**. The first row lives on features learned before; raw pixels are almost guessing. Fei-Fei et al. set out one-shot learning in 2006; the point was to use categories learned earlier, not to start from scratch.
#
# </div>

# %% [markdown]
# ## 三种设定：哪里有标签 · Three settings: where the labels are

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# Pan 与 Yang（2010）按“什么不同、哪里有标签”分三种。图里左右是领域，上下是任务；实心是有标签，空心是没有。每种设定的箭头从源指到目标：哪个方向变了，就是什么不同（归纳式和无监督的领域也可以相同）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Pan and Yang (2010) tell three settings apart by what differs and where there are labels. In the picture left and right are domains, up and down are tasks; filled means labelled, hollow means no labels. Each arrow goes from source to target: the way it moves shows what differs (in the inductive and the unsupervised setting the domains may also be the same).
#
# </div>

# %% tags=["setup"]
SETTINGS = {  # target's place (domain, task), source labelled, target labelled
    "归纳式 inductive": ((1, 1), True, True),
    "直推式 transductive": ((1, 0), True, False),
    "无监督 unsupervised": ((1, 1), False, False),
}
fig, axes = plt.subplots(1, 3, figsize=(6.8, 2.9), layout="constrained")
for ax, (name, (place, source, target)) in zip(axes, SETTINGS.items(), strict=True):
    arrow = {"arrowstyle": "->", "color": "#666666", "shrinkA": 12, "shrinkB": 12}
    ax.annotate("", place, (0, 0), arrowprops=arrow)
    for (x, y), filled, colour in [((0, 0), source, 0), (place, target, 1)]:
        colour = figures.PALETTE[colour]
        ax.scatter(x, y, s=170, marker="o" if colour == figures.PALETTE[0] else "s",
                   facecolor=colour if filled else "white", edgecolor=colour, linewidth=2)  # fmt: skip
    ax.set(xlim=(-0.5, 1.5), ylim=(-0.6, 1.6), title=name, xlabel="领域 domain", ylabel="任务 task")
    ax.set_xticks([0, 1], ["A", "B"])
    ax.set_yticks([0, 1], ["1", "2"])
for text, mark, colour in [("源 source", "o", 0), ("目标 target", "s", 1)]:
    axes[0].scatter([], [], s=60, marker=mark, color=figures.PALETTE[colour], label=text)
fig.legend(loc="outside lower center", ncols=2, fontsize=8)
figures.show(
    fig,
    "三幅图，横轴是领域 A、B，纵轴是任务 1、2，源是圆，目标是方块。归纳式：箭头从 A1 到 B2，源和目标都实心。直推式：从 A1 到 B1，源实心，目标空心。无监督：从 A1 到 B2，两个都空心。",
    "Three panels with domains A and B across and tasks 1 and 2 upwards; the source is a disc, the target a square. Inductive: the arrow goes from A1 to B2, both are filled. Transductive: from A1 to B1, the source filled, the target hollow. Unsupervised: from A1 to B2, both hollow.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 设定 | 任务 | 领域 | 标签在哪里 | 例子 |
# |---|---|---|---|---|
# | **归纳式**（inductive） | 不同 | 相同或不同 | 目标要有一些 | 上面的猫狗；下面的数字 0–4 → 5–9 |
# | **直推式**（transductive） | 相同 | 不同 | 只有源有 | 下面的 MNIST → USPS |
# | **无监督**（unsupervised） | 不同但相关，目标任务也是无监督的 | 相同或不同 | 两边都没有 | 聚类，第 16 课 |
#
# 有一种常见情形不在表里：任务相同、领域不同，目标也有少量标签，今天通常叫有监督的领域自适应；下文的 `same` 就是。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | setting | task | domain | where labels are | example |
# |---|---|---|---|---|
# | **inductive** | differs | same or not | some in the target | cats and dogs above; digits 0–4 → 5–9 below |
# | **transductive** | same | differs | in the source only | MNIST → USPS below |
# | **unsupervised** | differs but is related, and the target task is unsupervised too | same or not | in neither | clustering, lesson 16 |
#
# One common case is not in the table: the same task, another domain, and a few labels in the target too. Today it is usually called supervised domain adaptation; `same` below is a case of it.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 看一次**直推式**：源是 MNIST 的数字，带标签；目标是 USPS 的邮编数字，一个标签也没有。任务相同（5 到 9 是哪一个），领域不同。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# See a **transductive** case: the source is MNIST's digits, with labels; the target is USPS's postcode digits, without a single label. The task is the same (which one of 5 to 9), the domains differ.
#
# </div>


# %% tags=["setup"]
def first_idx(name, header, shape):
    """The first items of one of MNIST's idx files: a header, then bytes."""
    with gzip.open(assets.fetch("mnist") / name) as file:
        content = file.read(header + int(np.prod(shape)))[header:]
    return np.frombuffer(content, np.uint8).reshape(shape)


mnist_y = first_idx("train-labels-idx1-ubyte.gz", 8, (6000,))
mnist = first_idx("train-images-idx3-ubyte.gz", 16, (6000, 28, 28, 1))[:, 4:24, 4:24] / 255
mnist = np.array(keras.ops.image.resize(mnist, (16, 16)))  # without the margin, as in USPS
with h5py.File(assets.fetch("usps")) as file:
    usps, usps_y = file["train/data"][:].reshape(-1, 16, 16, 1), file["train/target"][:]
    usps_test, usps_test_y = file["test/data"][:].reshape(-1, 16, 16, 1), file["test/target"][:]
high = mnist_y >= 5
x_s, y_s = mnist[high], mnist_y[high] - 5  # source: MNIST, digits 5 to 9
x_t, y_t = usps[usps_y >= 5], usps_y[usps_y >= 5] - 5  # target: USPS, digits 5 to 9
x_test, y_t_test = usps_test[usps_test_y >= 5], usps_test_y[usps_test_y >= 5] - 5
assert x_s.shape == (2925, 16, 16, 1) and len(x_t) == 3051 and len(x_test) == 820
fig, axes = plt.subplots(2, 10, figsize=(6.6, 1.6))
for row, (x, y, name) in zip(axes, [(x_s, y_s, "MNIST"), (x_t, y_t, "USPS")], strict=True):
    for ax, picture in zip(row, x[np.argsort(y, kind="stable")[:: len(y) // 10][:10]], strict=True):
        ax.imshow(picture[..., 0], cmap="gray", vmin=0, vmax=1)
        ax.axis("off")
    row[0].set_title(name, fontsize=9, loc="left")
figures.show(
    fig,
    "上排 MNIST 的数字 5 到 9，笔画细；下排 USPS 的数字 5 到 9，笔画粗、模糊一些。",
    "Top: MNIST's digits 5 to 9, with thin strokes. Bottom: USPS's digits 5 to 9, with thicker, softer strokes.",
    names=["MNIST", "USPS"],
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 没有目标标签，仍然可以用目标的**输入**：每个像素减去均值、除以标准差时，源用源的统计量，目标用**目标自己的**统计量。两个分布就靠近了一点。（除数加 0.1，免得几乎不变的像素被放大。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Without target labels you can still use the target's **inputs**: when each pixel has its mean subtracted and is divided by its standard deviation, take the source's statistics for the source and the **target's own** for the target. The two distributions move a little closer. (0.1 is added to the divisor, or pixels that hardly vary would be blown up.)
#
# </div>


# %%
def standardize(x, like):
    x, like = x.reshape(len(x), -1), like.reshape(len(like), -1)
    return (x - like.mean(axis=0)) / (like.std(axis=0) + 0.1)


# %%
x_fit, y_fit = x_s[:2000], y_s[:2000]  # the rest of MNIST is kept for the test
reader = LogisticRegression(C=0.1, max_iter=200).fit(standardize(x_fit, x_fit), y_fit)
unseen = reader.score(standardize(x_s[2000:], x_fit), y_s[2000:])
hits = [reader.predict(standardize(x_test, like)) == y_t_test for like in (x_fit, x_t)]
won_back = np.subtract(hits[1], hits[0], dtype=float)  # digit by digit: 1, 0 or -1

# %% tags=["nbval-ignore-output"]
table(["测在哪里 tested on", "统计量 statistics", "准确率 accuracy"],
      [["MNIST", "源 source", f"{unseen:.2f}"], ["USPS", "源 source", f"{np.mean(hits[0]):.2f}"],
       ["USPS", "目标 target", f"{np.mean(hits[1]):.2f}"]])  # fmt: skip
say("收回 won back:", interval(won_back))

# %% tags=["any-seed"]
assert unseen > 0.9 and np.mean(hits[0]) < 0.72  # good on the source's domain only
assert won_back.mean() - half_width(won_back) > 0.01 and np.mean(hits[1]) < unseen - 0.1

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 在没有见过的 MNIST 图上超过 0.9，到了 USPS 只有约 2/3；只看目标的输入就收回几个百分点。（两边都用了源，所以这不是迁移增益；区间来自 820 张测试图，模型只训练了一次。）第 12 课讲更强的领域自适应，也讲怎样给源样本加权。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# On MNIST pictures that it has not seen it exceeds 0.9, on USPS it is right only about 2/3 of the time; looking at the target's inputs alone wins a few percentage points back. (Both sides use the source, so this is no transfer gain; the interval is over the 820 test pictures, the model was trained just once.) Lesson 12 has stronger domain adaptation, and how to weight the source's samples.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 2**：判断 4 个问题属于哪一种设定。输入 `"inductive"`、`"transductive"`、`"unsupervised"`，或 `"none"`（不是迁移学习），填进字典 `answer_settings`。
#
# * `hospital`：一个认肺炎的网络用 A 医院的 X 光片和诊断训练；B 医院换了一种机器，手里只有片子，也要认肺炎。
# * `birds`：ImageNet 的网络；目标是 200 种鸟，每种有 10 张带标签的照片。
# * `customers`：两家商店的购物记录，都没有标签；用第一家学到的表示，把第二家的顾客分群。
# * `split`：把一批照片随机分成训练集和测试集，训练，再测试。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 2**: which setting does each of these 4 problems belong to? Fill `"inductive"`, `"transductive"`, `"unsupervised"`, or `"none"` (not transfer learning) into the dictionary `answer_settings`.
#
# * `hospital`: a network that finds pneumonia is trained on X-rays of hospital A with their diagnoses; hospital B uses another kind of machine, has only the pictures, and wants pneumonia found, too.
# * `birds`: a network of ImageNet; the target is 200 kinds of birds with 10 labelled photos each.
# * `customers`: purchases of two shops, no labels for either; the representation learned from the first is used to group the second shop's customers.
# * `split`: a collection of photos is split at random into training and test set; train, then test.
#
# </div>

# %% tags=["exercise"]
answer_settings = {"hospital": ..., "birds": ..., "customers": ..., "split": ...}
check("05-2", answer_settings)

# %% [markdown]
# ## 搬的是什么：四种知识 · What is carried over: four kinds of knowledge

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 另一种分法不问哪里有标签，只问**搬的是什么**（Pan 与 Yang，2010）：
#
# | 搬什么 | 怎么搬 | 例子 |
# |---|---|---|
# | **样本**（instance） | 源样本加权后直接用于训练目标 | 第 12 课 |
# | **特征表示**（feature representation） | 用源学到的 $\varphi$ 描述目标的输入 | 猫狗的特征；数字的特征 |
# | **参数**（parameter） | 从源的权重开始，或拉向源的权重 | 数字的微调；第 08 课 |
# | **关系知识**（relational knowledge） | 源里对象之间的规律，换上目标里的对象 | 家谱里的规律用到公司里 |
#
# “用不用源”与“信号是什么”（标签、没有标签、奖励）是两个问题：用标签微调**就是**监督学习，只是起点不同。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Another taxonomy does not ask where the labels are, only **what is carried over** (Pan and Yang, 2010):
#
# | what | how | example |
# |---|---|---|
# | **instances** | source samples, weighted, train the target directly | lesson 12 |
# | **feature representation** | a $\varphi$ learned from the source describes the target's inputs | features of cats and dogs; features of digits |
# | **parameters** | start from the source's weights, or be pulled towards them | fine-tuning on digits; lesson 08 |
# | **relational knowledge** | how things in the source are related, with the target's things put in | rules of a family tree used in a company |
#
# “Is a source used?” and “what is the signal?” (labels, none, reward) are two questions: fine-tuning on labels **is** supervised learning, with another start.
#
# </div>

# %% [markdown]
# ## 数字实验：三个源 · The digits: three sources

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 目标：USPS 的 5 到 9，每类 5 个标签。同一个小网络，三个源任务，图都来自 MNIST，只是问题不同：
#
# * `same`：认 5 到 9，任务与目标相同；
# * `0-4`：认 0 到 4；
# * `ink`：笔墨多少，按平均亮度分 5 档（下图：每档一张，同一张图有两个不同的答案）。
#
# 哪一个源最有用？哪一个会有害？先训练源。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The target: USPS's 5 to 9, with 5 labels for each class. One small network and three source tasks, all on pictures of MNIST; only the question differs:
#
# * `same`: read 5 to 9, the target's own task;
# * `0-4`: read 0 to 4;
# * `ink`: how much ink, mean brightness in 5 grades (the picture below shows one of each grade; one and the same picture has two different answers).
#
# Which source is of most use? Which one harms? First train the sources.
#
# </div>

# %%
layers = keras.layers
model = keras.Sequential([
    keras.Input((16, 16, 1)), layers.Conv2D(16, 3, activation="relu"), layers.MaxPooling2D(),
    layers.Conv2D(32, 3, activation="relu"), layers.Flatten(),
    layers.Dense(64, activation="relu"), layers.Dense(5),
])  # fmt: skip
backbone = keras.Model(model.inputs, model.layers[-2].output)  # all but the head

# %%
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
# plain SGD keeps no memory between trainings; 25 steps in one call: the same numbers, sooner
model.compile(keras.optimizers.SGD(0.1), loss, steps_per_execution=25)


# %% tags=["setup"]
@functools.cache
def fresh(seed):
    keras.utils.set_random_seed(seed)
    return keras.models.clone_model(model).get_weights()  # same structure, new random weights


def flat(weights):
    return np.concatenate([w.ravel() for w in weights])


def train(start, x, y, epochs=1):
    model.set_weights(start)
    _ = model.fit(x, y, epochs=epochs, batch_size=25, verbose=0, shuffle=epochs > 1)
    return model.get_weights()


def right(x, y):
    return np.mean(np.argmax(model(x, training=False), axis=1) == y)


ink = x_s.mean(axis=(1, 2, 3))
grade = np.searchsorted(np.quantile(ink, [0.2, 0.4, 0.6, 0.8]), ink)
fig, axes = plt.subplots(1, 5, figsize=(6.6, 1.9), layout="constrained")
for g, ax in enumerate(axes):
    chosen = np.flatnonzero((grade == g) & (y_s == (7 * g + 3) % 5))[0]
    ax.imshow(x_s[chosen, ..., 0], cmap="gray", vmin=0, vmax=1)
    ax.set_title(f"笔墨 ink: {g}\n数字 digit: {y_s[chosen] + 5}", fontsize=9)
    ax.axis("off")
figures.show(
    fig,
    "5 张 MNIST 的数字，笔墨从少到多是 0 到 4 档；它们的数字是 8、5、7、9、6，与档次无关。",
    "5 MNIST digits with more and more ink, grades 0 to 4; as digits they read 8, 5, 7, 9, 6, which has nothing to do with the grade.",
)


# %%
sources = {"same": (x_s, y_s), "0-4": (mnist[~high], mnist_y[~high]), "ink": (x_s, grade)}
w_source, at_home = {}, {}
for name, (x, y) in sources.items():
    # the grades of ink take longer to learn
    w_source[name] = train(fresh(7), x[:2500], y[:2500], epochs=20 if name == "ink" else 5)
    at_home[name] = right(x[2500:], y[2500:])

# %% tags=["nbval-ignore-output"]
table(["源 source", "在自己的任务上 on its own task"],
      [[name, f"{share:.2f}"] for name, share in at_home.items()])  # fmt: skip

# %% tags=["any-seed"]
assert min(at_home["same"], at_home["0-4"]) > 0.8 and at_home["ink"] > 0.45  # chance is 0.2

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 用源有两种办法，各有自己的对照：
#
# | | 从哪里开始 | 最小化什么 | 对照 |
# |---|---|---|---|
# | **参数** | $\theta=\theta_S$（新的分类头随机） | $\frac1n\sum_i L(y_i,f_\theta(x_i))$ | 整个网络从零训练：$\theta$ 随机 |
# | **特征** | 只有分类头 $h$，从 0 | $\frac1n\sum_i L(y_i,h(\varphi(x_i)))$，$\varphi$ 来自源，冻结 | 随机的 $\varphi$，冻结 |
#
# $\theta$ 是全部权重，$\theta_S$ 是源的权重，$\varphi$ 是去掉分类头的网络。两个对照都与“用源”只差权重从哪里来。冻结特征与从零训练相比，连训练办法也不同（带惩罚项的逻辑回归与 SGD），只作参考。`same` 连分类头也能搬，还能一步也不训练就直接用。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# There are two ways to use a source, each with its own comparison:
#
# | | start | minimize | compared with |
# |---|---|---|---|
# | **parameters** | $\theta=\theta_S$ (new head random) | $\frac1n\sum_i L(y_i,f_\theta(x_i))$ | whole network from scratch: $\theta$ random |
# | **features** | only a head $h$, at 0 | $\frac1n\sum_i L(y_i,h(\varphi(x_i)))$, $\varphi$ from the source, frozen | a random $\varphi$, frozen |
#
# $\theta$ are all weights, $\theta_S$ the source's, $\varphi$ the network without its head. Each comparison differs only in where the weights come from. Frozen features against scratch differ in training too (logistic regression with a penalty, SGD): for orientation only. `same` can hand over its head, and be used without training.
#
# </div>


# %% tags=["setup"]
def start(name, seed):
    """Weights to start from, with a new head unless the source's task is the target's."""
    w = fresh(seed)
    if name == "random":
        return w
    return w_source[name] if name == "same" else w_source[name][:-2] + w[-2:]


def run(name, kind, seed):
    rng = np.random.default_rng(seed)
    chosen = np.concatenate([rng.permutation(np.flatnonzero(y_t == c))[:5] for c in range(5)])
    if kind == "features":  # the backbone is frozen: compute its output once
        model.set_weights(start(name, seed))
        phi = np.array(backbone(x_t[chosen]))
        head = LogisticRegression(max_iter=300).fit(phi, y_t[chosen])
        return head.score(np.array(backbone(x_test)), y_t_test)
    steps = np.tile(chosen, 100)  # 100 steps, each with all 25 samples
    train(start(name, seed), x_t[steps], y_t[steps])
    return right(x_test, y_t_test)


# %%
reached = {(name, kind): np.array([run(name, kind, seed) for seed in range(10)])
           for name in ["random", *w_source] for kind in ["parameters", "features"]}  # fmt: skip
scratch, frozen = reached["random", "parameters"], reached["random", "features"]
model.set_weights(w_source["same"])
source_as_it_is = right(x_test, y_t_test)  # without any training

# %% tags=["nbval-ignore-output"]
say("从零训练 from scratch:", f"{scratch.mean():.2f}")
say("随机的冻结特征 random frozen features:", f"{frozen.mean():.2f}")
say(("same 不训练直接用：", "same used without training:"), f"{source_as_it_is:.2f}")

# %% tags=["any-seed"]
assert reached["same", "parameters"].mean() > source_as_it_is + 0.02
assert scratch.mean() > frozen.mean() + 0.02  # so the two comparisons are not the same

# %%
rows = []
for name in w_source:
    tuned, fixed = reached[name, "parameters"], reached[name, "features"]
    rows.append([name, "参数 parameters", interval(tuned - scratch), "–"])
    rows.append([name, "特征 features", interval(fixed - scratch), interval(fixed - frozen)])

# %% tags=["nbval-ignore-output"]
table(["源 source", "搬什么 what", "与从零训练相比 against scratch",
       "与随机的冻结特征相比 against random frozen"], rows)  # fmt: skip
outcome("05-p2", np.mean(reached["0-4", "parameters"] - scratch))
outcome("05-p3", np.mean(reached["ink", "parameters"] - scratch))


# %% tags=["setup", "shows-inductive"]
def gain_of(name, kind, baseline):
    """Mean gain on the digits and half of its interval."""
    differences = reached[name, kind] - baseline
    return differences.mean(), half_width(differences)


for case in [("same", "parameters", scratch), ("same", "features", frozen), ("0-4", "features", frozen)]:  # fmt: skip
    assert np.subtract(*gain_of(*case)) > 0.01  # a gain
for case in [("0-4", "parameters", scratch), ("ink", "features", frozen)]:
    assert abs(gain_of(*case)[0]) < gain_of(*case)[1]  # no difference is seen
for kind in ["parameters", "features"]:
    assert np.add(*gain_of("ink", kind, scratch)) < -0.02  # negative transfer, fine-tuned or frozen
    same, other, ink_task = (reached[name, kind].mean() for name in w_source)
    assert same > other > ink_task  # the more similar the task, the better
assert gain_of("0-4", "features", scratch)[0] < 0.01  # no better than the whole network
assert max(abs(float(row[2].split()[0])) for row in rows) < 0.3  # as the table shows them

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * **源任务相同**（`same`）：微调比从零训练好，也比源模型直接用好；冻结特征比随机的冻结特征好得多。
# * **0–4 → 5–9**：与随机的冻结特征相比，有明显的增益；与整个网络从零训练相比，10 次里微调看不出差别，冻结特征也不更好。
# * **笔墨多少**（`ink`）：用的是与 `same` 同样的图，只是问题不同。它的冻结特征与随机的相比，10 次里看不出差别；与整个网络从零训练相比，冻结和微调都更差，是**负迁移**。微调 100 步也没有救回来。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * **The same task** (`same`): fine-tuning beats training from scratch, and the source's model as it is; frozen features are much better than random frozen ones.
# * **0–4 → 5–9**: a clear gain over random frozen features; against the whole network from scratch, fine-tuning makes no difference that 10 draws can show, and frozen features are no better.
# * **Ink** (`ink`): its pictures are the very ones of `same`, only the question differs. Between its frozen features and random ones 10 draws show no difference; against the whole network from scratch both frozen and fine-tuned are worse. That is **negative transfer**. The 100 steps of fine-tuning did not repair it.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# `ink` 为什么有害？一个可能的原因：认数字要的形状，它从来不需要。但它也多训练了 15 轮，自己的任务做得也差一些；这些没有分开测。
#
# 同样的冻结特征，与一个对照相比是增益，与另一个相比不是：说“有用”时，要说清楚“不用源”是什么。在这三个源里，任务越像，增益越大；但每个源只训练了一次，区间含有 25 个标签和新权重的抽样，不含这一层随机。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Why does `ink` harm? A likely reason: it never needed the shapes that digits are read by. But it was also trained for 15 epochs more and is less good at its own task; these were not told apart.
#
# The same frozen features are a gain over one baseline and none over the other: whoever says “it helps” must say what “no source” means. Among these three sources, the more similar the task, the larger the gain; but each source was trained just once, and the interval covers the draw of the 25 labels and the new weights, not the training of the source.
#
# </div>

# %% [markdown]
# ## 误区：“搬结构” · A myth: “transferring the structure”

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 上面两行公式里都有来自源的东西：$\theta_S$，或冻结的 $\varphi$。如果只照搬网络的**结构**，权重重新随机呢？`clone_model` 照搬一个训练好的网络的结构。从三个源各搬一次，随机种子相同。想一想再往下看：三份起始权重会相同吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Both formulas above have something of the source in them: $\theta_S$, or the frozen $\varphi$. What if only the network's **structure** is copied, with new random weights? `clone_model` copies the structure of a trained network. Do so once for each of the three sources, with the same random seed. Think before you read on: will the three starting weights be the same?
#
# </div>


# %% tags=["any-seed"]
copies = []
for w in w_source.values():
    model.set_weights(w)  # the trained source
    copies.append(flat(fresh(0)))  # and a clone of it: its structure only
alike = all(np.array_equal(copies[0], each) for each in copies)
say("三个起点完全相同 the three starts are equal:", ("否 no", "是 yes")[alike])
assert alike

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 三个不同的源，给出完全相同的随机数：源学到的东西一点也没有过来。所以“只有结构”就是“没有源”，增益是 0，不必训练。（结构本身含着人的经验，例如第 04 课的卷积；但那来自设计者，不是从源数据学来的。）
#
# **误区**：文章 S5 列出参数迁移、结构迁移和特征迁移，三处印的是同一个公式 $\min_w\frac1n\sum_i L(y_i,f(x_i;w))+\lambda R(w)$。$R(w)$ 是正则项。这是普通的正则化训练，里面没有来自源的东西。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Three different sources give exactly the same random numbers: nothing that a source learned has come over. So “structure only” is “no source”, its gain is 0, and no training is needed. (A structure does hold human experience, such as convolution in lesson 04; but that comes from its designer, not from the source's data.)
#
# **Myth**: article S5 lists parameter transfer, structure transfer and feature transfer, and prints the same formula for all three, $\min_w\frac1n\sum_i L(y_i,f(x_i;w))+\lambda R(w)$. $R(w)$ is a penalty. That is ordinary regularized training, with nothing in it that comes from a source.
#
# </div>

# %% [markdown]
# ## 什么时候有用，什么时候没有 · When it helps and when it does not

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 把本课测得的增益放在一张图里，从大到小（横线是 95% 区间；记号说明与什么相比）：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Put the gains that this lesson measured into one picture, largest first (lines are 95% intervals; markers say what each is compared with):
#
# </div>

# %% tags=["setup"]
SCRATCH = "与从零训练相比 against scratch"
STRICT = "与随机的冻结特征相比 against random frozen features"
COLLECTED = [("猫狗，20 张\ncats, dogs, 20 photos", [("与像素相比 against pixels", gains[20])])]
for zh, name in {"同样任务": "same", "0–4": "0-4", "笔墨": "ink"}.items():
    tuned, fixed = reached[name, "parameters"], reached[name, "features"]
    COLLECTED += [(f"{zh}，参数\n{name}: parameters", [(SCRATCH, tuned - scratch)]),
                  (f"{zh}，特征\n{name}: features", [(SCRATCH, fixed - scratch), (STRICT, fixed - frozen)])]  # fmt: skip
COLLECTED.sort(key=lambda row: -row[1][0][1].mean())
kinds = list(dict.fromkeys(kind for _, row in COLLECTED for kind, _ in row))
fig, ax = plt.subplots(figsize=(6.8, 4.6))
ax.axvline(0, color="#888888", linewidth=1, marker="")
for row, (_, entries) in enumerate(COLLECTED):
    for kind, values in entries:
        k, at = kinds.index(kind), row + 0.25 * (kind == STRICT)
        ax.errorbar(values.mean(), at, xerr=half_width(values), fmt="osD"[k],
                    color=figures.PALETTE[[0, 4, 1][k]], markersize=6, markevery=1, capsize=2)  # fmt: skip
for k, kind in enumerate(kinds):
    ax.plot([], [], "osD"[k], color=figures.PALETTE[[0, 4, 1][k]], label=kind)
ax.set_yticks(range(len(COLLECTED)), [text for text, _ in COLLECTED], fontsize=8)
ax.invert_yaxis()
ax.set(xlabel="准确率的增益 gain in accuracy")
ax.legend(fontsize=8, loc="lower right")
figures.show(
    fig,
    "迁移增益，从大到小：猫狗约 +0.45；数字同样任务与从零训练相比略大于 0，与随机的冻结特征相比约 +0.2；数字 0–4 与从零训练相比约为 0，与随机的冻结特征相比约 +0.1；笔墨与从零训练相比约 −0.1，与随机的冻结特征相比约为 0。",
    "Transfer gains, largest first: cats and dogs about +0.45; digits with the same task a little above 0 against scratch and about +0.2 against random frozen features; digits 0–4 about 0 against scratch and about +0.1 against random frozen features; ink about −0.1 against scratch and about 0 against random frozen features.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * **有用**：源任务要用到的东西，目标也要用；一般认为源还要又大又好（本课没有测）。
# * **没有用**：源没有多出什么（从数字 0–4 微调）。一般的看法是，目标标签多了，自己就能学好；本课没有测。Raghu 等（2019）在两个大的医学任务上测到，ImageNet 迁移帮助很小。
# * **有害**：源任务忽略了目标需要的东西（笔墨）。这就是负迁移（Rosenstein 等，2005；Wang 等，2019）。
#
# 所以先说清楚基线是什么，测增益，带区间；也试试“源模型直接用”；源不确定时，把“从零训练”也放进比较，用目标的验证集选。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * **It helps** when the target needs what the source task needed; a large, good source is held to help (not measured here).
# * **It does not help** when the source adds nothing (fine-tuning from digits 0–4). With enough labels a target is held to learn well alone (not measured here). On two large medical tasks Raghu et al. (2019) measured little benefit from ImageNet.
# * **It harms** when the source task ignores what the target needs (ink): negative transfer (Rosenstein et al., 2005; Wang et al., 2019).
#
# Name the baseline and measure the gain, with an interval; try “the source's model as it is”; for a doubtful source keep “from scratch” in the comparison and choose on the target's validation set.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 3**：4 份报告，各说明了多少？输入 `"helps"`（有用）、`"harms"`（有害）或 `"unclear"`（看不出来），填进字典 `answer_verdicts`。加减号后是 95% 区间的一半。
#
# * `shop`：增益 +0.05 ± 0.02。
# * `farm`：增益 +0.04 ± 0.06。
# * `clinic`：增益 −0.08 ± 0.03。
# * `bank`：用源的准确率 0.91；没有说不用源是多少。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: 4 reports; what does each of them show? Fill `"helps"`, `"harms"` or `"unclear"` into the dictionary `answer_verdicts`. After the plus-or-minus comes half of the 95% interval.
#
# * `shop`: gain +0.05 ± 0.02.
# * `farm`: gain +0.04 ± 0.06.
# * `clinic`: gain −0.08 ± 0.03.
# * `bank`: accuracy 0.91 with the source; nothing is said about the accuracy without it.
#
# </div>

# %% tags=["exercise"]
answer_verdicts = {"shop": ..., "farm": ..., "clinic": ..., "bank": ...}
check("05-3", answer_verdicts)

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 3 道练习就在上文各节。卡住时运行 `hint("05-1")`，每次多说一步；`solution("05-1")` 给出完整解答。`progress()` 显示你完成了哪些，`guesses("05")` 显示你猜得怎样。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The 3 exercises are in the sections above. When you are stuck, run `hint("05-1")`, one step more each time; `solution("05-1")` shows a worked answer. `progress()` shows what you have done, and `guesses("05")` how your guesses went.
#
# </div>

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("05-q1")
quiz("05-q2")
quiz("05-q3")
guesses("05")
progress()

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 领域是 $\{\mathcal{X},P(X)\}$，任务是 $\{\mathcal{Y},f\}$；至少一样不同，又用源帮助目标，才是迁移学习。领域不同可以用一个分类器测出来。
# * 迁移增益 = 用源减去不用源，同样的标签、同样的测试集，成对重复，带区间；它可以是负的。对照不同，结论可以不同。
# * 三种设定看标签在哪里：归纳式要一些目标标签，直推式只有源标签，无监督两边都没有。
# * 四种知识：样本、特征、参数、关系。只搬结构等于没有源。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * A domain is $\{\mathcal{X},P(X)\}$, a task $\{\mathcal{Y},f\}$; it is transfer learning when at least one differs and the source is used to help the target. Whether domains differ can be measured with a classifier.
# * The transfer gain is with the source minus without, same labels, same test set, repeated in pairs, with an interval; it can be negative. With another baseline the conclusion can be another.
# * The three settings differ in where labels are: inductive needs some of the target's, transductive has the source's only, unsupervised none at all.
# * Four kinds of knowledge: instances, features, parameters, relations. Carrying only the structure is having no source.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S4 §2.2 | 归纳式：任务不同，目标有一些标签；领域可同可异 | <q>源域和目标域的任务不同，但领域相似</q> |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S4 §2.2 | inductive: the tasks differ, and some of the target's data are labelled; the domains may be the same or not | <q>源域和目标域的任务不同，但领域相似 [the tasks of source and target differ, but the domains are similar]</q> |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 下面各条都在公开书目或出版者的页面上查证过。
#
# * Pan, Yang, *A Survey on Transfer Learning*, IEEE TKDE 22(10):1345–1359, 2010
# * Rosenstein, Marx, Kaelbling, Dietterich, *To transfer or not to transfer*, NIPS 2005 workshop Inductive Transfer: 10 Years Later
# * Fei-Fei, Fergus, Perona, *One-shot learning of object categories*, IEEE TPAMI 28(4):594–611, 2006
# * Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208
# * Wang, Dai, Póczos, Carbonell, *Characterizing and Avoiding Negative Transfer*, CVPR 2019, doi:10.1109/CVPR.2019.01155, arXiv:1811.09751
# * Hull, *A database for handwritten text recognition research*, IEEE TPAMI 16(5):550–554, 1994：USPS 数字
# * LeCun, Bottou, Bengio, Haffner, *Gradient-based learning applied to document recognition*, Proceedings of the IEEE 86(11):2278–2324, 1998
# * Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, PMLR 97:6105–6114, arXiv:1905.11946
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Each entry was looked up in public bibliographies or on its publisher's page.
#
# * Pan, Yang, *A Survey on Transfer Learning*, IEEE TKDE 22(10):1345–1359, 2010
# * Rosenstein, Marx, Kaelbling, Dietterich, *To transfer or not to transfer*, NIPS 2005 workshop Inductive Transfer: 10 Years Later
# * Fei-Fei, Fergus, Perona, *One-shot learning of object categories*, IEEE TPAMI 28(4):594–611, 2006
# * Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208
# * Wang, Dai, Póczos, Carbonell, *Characterizing and Avoiding Negative Transfer*, CVPR 2019, doi:10.1109/CVPR.2019.01155, arXiv:1811.09751
# * Hull, *A database for handwritten text recognition research*, IEEE TPAMI 16(5):550–554, 1994: the USPS digits
# * LeCun, Bottou, Bengio, Haffner, *Gradient-based learning applied to document recognition*, Proceedings of the IEEE 86(11):2278–2324, 1998
# * Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, PMLR 97:6105–6114, arXiv:1905.11946
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("05")
