# ---
# jupyter:
#   course: {minutes: 60, needs: ["02", "03", "07", "08", "09"]}
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
# # 17 PyTorch 对照、错误博物馆、问答与文献 · PyTorch counterpart, error museum, FAQ, bibliography

# %% tags=["setup"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import html
import importlib.util
import json
import re
import tomllib
from collections import Counter

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from scipy import stats

from course_utils import backbones, explorables, features, figures, paths, photos
from course_utils.bilingual import publish, say, table
from course_utils.learning import check, guesses, hint, outcome, predict, progress, quiz, solution

figures.use_style()
course_utils.reproducible(17)
BLUE, ORANGE, GREEN, YELLOW = figures.PALETTE[:4]
stored = json.loads((paths.DATA / "results" / "17.json").read_text(encoding="utf-8"))["full"]


def rows_of(name, key):
    """the tables of a file in data/"""
    return tomllib.loads((paths.DATA / name).read_text(encoding="utf-8"))[key]


mistakes = rows_of("corrections.toml", "correction")
entries = rows_of("bibliography.toml", "entry")
questions = rows_of("faq.toml", "question")
for row in mistakes:
    row["articles"] = row.get("articles", [row.get("article")])
    row["sections"] = row.get("sections", [row.get("section")])

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 5 篇文章教你迁移学习。一篇说 Adam 这样更新；另一篇说“迁移学习”这个名字始于 2009 年，还印了 PyTorch 代码：换掉 VGG16 的最后一层，就训练。
#
# **读到这样一句话，你怎么知道它对不对？**
#
# 办法只有三种：跑得起来的**跑一跑**，量得出来的**量一量**，有出处的**查一查**。下图是这门课这样找到的错误。这一课把它们放在一起，一件一件摆正。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 5 articles teach you transfer learning. One says that Adam updates like this; another says that the name “transfer learning” dates from 2009, and prints PyTorch code that exchanges VGG16's last layer and trains.
#
# **When you read such a sentence, how do you know whether it is true?**
#
# There are only three ways: **run** what can be run, **measure** what can be measured, **look up** what has a source. The picture shows the mistakes that this course found so. This lesson puts them side by side and sets them right, one by one.
#
# </div>


# %% tags=["setup", "keep-output"]
def draw_museum():
    """How many mistakes of each severity each article has."""
    names = ["S1", "S2", "S3", "S4", "S5"]
    fig, ax = plt.subplots(figsize=(6.4, 2.6))
    left = np.zeros(5)
    for level, name, colour, hatch in (
        ("H", "错，或跑不起来 false, or does not run", ORANGE, ""),
        ("M", "误导 misleading", YELLOW, "//"),
        ("L", "不精确 imprecise", GREEN, ".."),
    ):
        n = [sum(r["severity"] == level and a in r["articles"] for r in mistakes) for a in names]
        ax.barh(names, n, left=left, color=colour, hatch=hatch, edgecolor="white", label=name)
        left += n
    ax.invert_yaxis()
    ax.set(xlabel="错误的条数 number of mistakes", ylabel="文章 article")
    ax.legend(fontsize=8, loc="lower right")
    return fig


figures.show(
    draw_museum(),
    "横条图：五篇文章各有多少条错误，按程度分成三段；S1 最长，S4 最短。",
    "Bars: how many mistakes each of the five articles has, in three parts by severity; S1 has most, S4 fewest.",
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 查证一条文献：先查它在不在，再查作者、年份、出处；
# * 把 Keras 的卷积层和全连接层搬进 PyTorch，核对输出、梯度和训练以后的权重；
# * 说出两个框架的动量和 BatchNorm 约定有什么不同；
# * 说出 `eval()`、`no_grad()`、`requires_grad=False` 各管什么，不管什么；
# * 把一句可疑的话变成几行代码，让它自己露出错来；
# * 用自己的记录画一张结业证书，只在这台机器上。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * check a reference: first whether it exists, then its authors, year and place;
# * carry a convolution and a dense layer from Keras into PyTorch, and compare outputs, gradients and the weights after training;
# * say how the two frameworks' conventions for momentum and BatchNorm differ;
# * say what `eval()`, `no_grad()` and `requires_grad=False` do, each, and what they do not do;
# * turn a doubtful sentence into a few lines of code that show its mistake;
# * draw a certificate from your own records, on this machine only.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 02 课（交叉熵）、第 03 课（动量和 Adam）、第 07 课（冻结的特征）、第 08 课（BatchNorm）和第 09 课（区间）。全部单元格运行不到 1 分钟；读完并做练习大约 60 分钟。
#
# PyTorch 不是这门课的依赖。装了它，用到它的单元格现场运行；没有装，就显示存下的结果（`data/results/17.json`），两种情况下印出来的一样。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need lessons 02 (cross-entropy), 03 (momentum and Adam), 07 (frozen features), 08 (BatchNorm) and 09 (intervals). All cells run in less than 1 minute; reading and doing the exercises takes about 60 minutes.
#
# PyTorch is not a dependency of this course. Where it is installed, the cells that use it run live; where it is not, they show the stored result (`data/results/17.json`), and what they print is the same.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# S5 的末尾列了 47 条文献，作者、题目、出处样样齐全。去掉重复的，剩 31 条。其中几条是**不存在**的？写一个 0 到 31 的数。后面还有 2 个猜测。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# S5 ends with 47 references, complete with authors, titles and venues. Without repeats 31 are left. How many of these **do not exist**? Write a number from 0 to 31. 2 more guesses follow.
#
# </div>

# %% tags=["exercise"]
predict("17-p1", ...)  # 0–31

# %% [markdown]
# ## 查一查：47 条文献 · Look it up: 47 references

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 每一条都按题目、再按作者查过，三种结论：**正确**；**已修好**，确有其文，但作者、会议、年份或页码不对；**不存在**，没有找到。“没有找到”不是证明，只是我们查过的地方都没有。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Each was searched by title, then by authors, with three verdicts: **correct**; **repaired**, the work exists, but with other authors, venue, year or pages; **missing**, not found. “Not found” is no proof; it says that it was nowhere we looked.
#
# </div>

# %%
distinct = [entry for entry in entries if "same_as" not in entry]
verdicts = Counter(entry["verdict"] for entry in distinct)
names = {"correct": "正确 correct", "repaired": "已修好 repaired", "missing": "不存在 does not exist"}  # fmt: skip
table(["结论 verdict", "条数 entries"], [[names[v], verdicts[v]] for v in names])  # fmt: skip
n_missing = verdicts["missing"]
outcome("17-p1", n_missing)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 31 条里，只有 3 条和印的一样，16 条要修，12 条不存在。47 条里还有 16 条是重复的。
#
# 修好的 16 条错在哪里？把印的和对的放在一起，让程序比：印的姓，对的那一条里有没有；年份一样不一样。第 15 条的“对的”只写了第一作者，程序跳过它。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Of the 31 only 3 are as printed, 16 needed repair, 12 do not exist. And 16 of the 47 are repeats.
#
# What is wrong with the 16? Put printed and right side by side and let a program compare: is each printed surname among the right ones, is the year the same? Entry 15 is skipped: its right form names the first author only.
#
# </div>


# %% tags=["setup"]
def surnames(printed):
    """the capitalized words before the year, in lower case: surnames (initials are too short)"""
    before = re.split(r"\(?\b(?:19|20)\d\d\b", printed)[0]
    return [word.lower() for word in re.findall(r"[A-Z]\w{2,}", before)]


def years(text):
    return set(re.findall(r"\b(?:19|20)\d\d\b", re.sub(r"(arXiv|doi):\S+", "", text)))


# %%
repaired = [e for e in distinct if e["verdict"] == "repaired" and "et al." not in e["right"]]
strangers = {
    e["number"]: [name for name in surnames(e["printed"]) if name not in e["right"].lower()]
    for e in repaired
}
other_year = [e["number"] for e in repaired if years(e["printed"]) != years(e["right"])]
say("有外人 strangers:", *[n for n in strangers if strangers[n]])
say("年份不对 wrong year:", *other_year)
assert strangers[12] == ["zisserman"] and strangers[2] == []  # 2 leaves an author out

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 6 条的作者里有外人：第 12 条的 Zisserman 没有写过 YOLO。按姓比还漏了一个人：第 3 条多出的 A. Yang，与真正的作者同姓。3 条年份不同，其中第 10、33 条印的是预印本的年份，只有第 4 条是错的。其余的少了作者，或者会议、页码不对，要打开论文自己的页面。
#
# 规律很清楚：编出来的文献，**样子**多半像真的。看样子没有用，只有去找它。文章 S1 也一样：它把 4 篇论文记在了不相干的人名下。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 6 have strangers among their authors: Zisserman, in entry 12, did not write YOLO. Surnames miss one more: A. Yang, added in entry 3, is called like a real author. 3 have another year; in entries 10 and 33 it is the preprint's, only entry 4 is wrong. The others lack authors, or have another conference or other pages: one has to open the paper's own page.
#
# The pattern is plain: most invented references **look** real. Looking at them does not help; only looking for them does. Article S1 is no better: it gives 4 papers to people who did not write them.
#
# </div>

# %% tags=["setup", "shows-bibliography"]
by_id = {row["id"]: row for row in mistakes}
assert (len(entries), len(distinct), verdicts["correct"]) == (47, 31, 3)
assert (verdicts["repaired"], n_missing) == (16, 12)
assert sum(map(bool, strangers.values())) == 6 and len(other_year) == 3
for name, invented in (
    ("authors-dan", "Fei-Fei Li"),
    ("authors-maml", "Mitchell Stern"),
    ("authors-jigsaw", "Joshua B. Tenenbaum"),
    ("authors-learning-to-learn", "Jie Hu"),
):
    row = by_id[name]
    assert invented in row["quote_en"] and invented.split()[-1] not in row["right_en"]
repeats = [entry for entry in entries if "same_as" in entry]
assert len(repeats) == 16 and all(e["same_as"] < e["number"] for e in repeats)

# %% [markdown]
# ## 查一查：谁先说的 · Look it up: who said it first?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 三篇文章讲了三个不同的起源：1950 年代的心理学家；1960 年代的心理学家；1960 年代的机器学习，2009 年才命名。它们不可能都对。下图：圆点是有文献的年份，叉是文章的说法（年代画在头一年；S5 只画命名的那一年）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Three articles tell three different origins: psychologists of the 1950s; psychologists of the 1960s; machine learning of the 1960s, and a name given only in 2009. They cannot all be right. In the picture dots are years with a source, crosses what the articles say (a decade at its first year; of S5 only the year of the name).
#
# </div>

# %% tags=["setup"]
FOUND = {
    "Thorndike, Woodworth, Psychological Review 8, 1901": "心理学里的迁移 transfer in psychology",
    "Bozinovski, Fulgosi, 1976": "神经网络里的迁移 transfer in neural networks",
    "Pratt, Mostow, Kamm, AAAI 1991": "在网络之间搬权重 weights carried between networks",
    "Pratt, NIPS 5, 1992": "有选择地搬 carrying them by choice",
    "NIPS workshop, 1995": "研讨会 workshop on it",
    "Caruana, Machine Learning 28, 1997": "多任务学习 multi-task learning",
    "Rosenstein et al., NIPS workshop, 2005": "负迁移 negative transfer",
    "Hinton, Osindero, Teh, Neural Computation 18, 2006": "深度信念网络的预训练 deep belief nets pretrained",
    "Pan, Yang, IEEE TKDE 22, 2010": "综述 the survey",
    "Krizhevsky, Sutskever, Hinton, NIPS 25, 2012": "ImageNet 上的突破 breakthrough on ImageNet",
    "Yosinski et al., NIPS 27, 2014": "哪些层能迁移 which layers transfer",
    "He, Zhang, Ren, Sun, CVPR 2016": "从零训练的残差网络 ResNet, trained from scratch",
    "Vaswani et al., NIPS 2017": "注意力 attention",
    "Devlin et al., arXiv 2018": "预训练的语言模型 pretrained language model",
}


def said_in(name):
    """the years that an article names in a quotation: 20世纪50年代 is 1950"""
    quote = re.sub(r"20世纪(\d)0年代", r"19\g<1>0年", by_id[name]["quote"])
    return [int(year) for year in re.findall(r"(\d{4})年", quote)]


said = {"S1": said_in("origin-s1"), "S2": said_in("origin-s2"), "S5": said_in("origin-s5")}
year_of = {what: int(re.findall(r"\d{4}", source)[-1]) for source, what in FOUND.items()}

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(7.6, 4.6))
small = {"textcoords": "offset points", "va": "center", "fontsize": 8}
ax.scatter(list(year_of.values()), range(len(year_of)), color=BLUE, label="有文献 with a source")
for y, (what, year) in enumerate(year_of.items()):
    side, gap = ("left", 8) if year < 1960 else ("right", -8)
    ax.annotate(f"{year}  {what}", (year, y), (gap, 0), ha=side, **small)
crosses = [(year, y) for y, found in enumerate(said.values(), len(year_of)) for year in found]
ax.scatter(
    *zip(*crosses, strict=True), marker="X", color=ORANGE, label="文章的说法 what articles say"
)
for y, (article, found) in enumerate(said.items(), len(year_of)):
    ax.annotate(article, (found[0], y), (-8, 0), ha="right", **small)
ax.legend(fontsize=8, loc="lower left")
ax.set(xlim=(1895, 2024), yticks=[], xlabel="年份 year")
ax.invert_yaxis()
figures.show(
    fig,
    "时间线：1901 年心理学，1976 年神经网络，1991 年搬权重，然后每隔几年一件，到 2018 年的 BERT。下面三行叉是文章的说法：S1 在 1950，S2 在 1960 和 2012，S5 在 2009。",
    "Timeline: psychology in 1901, neural networks in 1976, weights carried over in 1991, then one event every few years up to BERT in 2018. The crosses in the three rows below are what articles say: S1 at 1950, S2 at 1960 and 2012, S5 at 2009.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 心理学里的迁移不始于 1950 年代：1901 年已有论文。神经网络里，Bozinovski 与 Fulgosi 1976 年就写过，作者自己称之为第一篇；1991 年的一篇论文在网络之间搬权重。所以到了 2009 年，它既不新，也早有名字。
#
# ResNet 做分类时是从零训练的；同一篇论文再把它微调，去做定位和检测，那才是迁移。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Transfer in psychology does not begin in the 1950s: there is a paper of 1901. In neural networks Bozinovski and Fulgosi wrote about it in 1976, by the author's own word the first; a paper of 1991 carries weights between networks. So by 2009 it was neither new nor without a name.
#
# For classification ResNet was trained from scratch; the same paper then fine-tunes it for localization and detection, and that is transfer.
#
# </div>

# %% tags=["setup"]
origins = sorted(year_of.values())
assert origins[0] < min(said["S1"]) and origins[0] < min(said["S2"])  # 1901, not 1950 or 1960
assert said["S5"] == [2009] and origins[1] == 1976 and origins[2] == 1991
assert all(origins[1] < year for year in (2009, 2012))  # older than the name, older than AlexNet
assert list(year_of.values()) == origins and len(FOUND) == 14
first_author = next(source for source in FOUND if "NIPS 25" in source).split(",")[0]
assert first_author in by_id["imagenet-2012"]["right_en"]

# %% [markdown]
# ## 跑一跑：同一个网络，两个框架 · Run it: one network, two frameworks

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# S5 的代码用 PyTorch。照原文，第一个批次就报错；修好以后，它应当和 Keras 算出**同样的**数。我们就这样查：同样的 VGG16 权重，放进两个框架，比输出，比梯度，比训练以后的权重。
#
# PyTorch 是可选的。要装，在课程的文件夹里运行一行，然后重启内核：
#
# | 系统 | 一行 |
# |---|---|
# | Linux x86_64（含 CUDA，约 3 GB） | `.venv/bin/python -m ensurepip && .venv/bin/python -m pip install torch` |
# | Linux arm64 | `.venv/bin/python -m ensurepip && .venv/bin/python -m pip install torch==2.8.0` |
# | macOS（苹果芯片） | `.venv/bin/python -m ensurepip && .venv/bin/python -m pip install torch` |
# | Windows（PowerShell） | `.venv\Scripts\python -m ensurepip; .venv\Scripts\python -m pip install torch` |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# S5's code uses PyTorch. As printed the first batch is an error; repaired, it should compute **the same** numbers as Keras. That is our check: the same VGG16 weights in both frameworks; compare outputs, gradients, and the weights after training.
#
# PyTorch is optional. To install it, run one line in the course's folder, then restart the kernel:
#
# | system | the line |
# |---|---|
# | Linux x86_64 (with CUDA, about 3 GB) | `.venv/bin/python -m ensurepip && .venv/bin/python -m pip install torch` |
# | Linux arm64 | `.venv/bin/python -m ensurepip && .venv/bin/python -m pip install torch==2.8.0` |
# | macOS (Apple silicon) | `.venv/bin/python -m ensurepip && .venv/bin/python -m pip install torch` |
# | Windows (PowerShell) | `.venv\Scripts\python -m ensurepip; .venv\Scripts\python -m pip install torch` |
#
# </div>

# %% tags=["nbval-ignore-output", "setup"]
TORCH = importlib.util.find_spec("torch") is not None
if TORCH:
    torch = importlib.import_module("torch")  # optional, so no import at the top
    nn = torch.nn


def live(measure):
    """What a function measures with PyTorch; without PyTorch, what it gave when it was stored."""
    return measure() if TORCH else stored["cells"][measure.__name__]


say(
    ("PyTorch 在这里：下面的单元格现场运行。", "PyTorch is here: the cells below run live.")
    if TORCH
    else ("这里没有 PyTorch：下面显示的是存下的结果。", "PyTorch is not here: stored results are shown below.")
)  # fmt: skip

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# `live` 把一个函数换成它的结果：有 PyTorch 就现场算，没有就取存下的。
#
# 先搬卷积。Keras 的卷积核是（高，宽，入，出），照片是（张，高，宽，通道）；PyTorch 的核是（出，入，高，宽），照片是（张，通道，高，宽）。数是同样的数，只是换了次序：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# `live` puts a function's result in its place: computed here where PyTorch is, taken from the store where it is not.
#
# Convolutions first. A kernel is (height, width, in, out) in Keras and photos are (photo, height, width, channel); in PyTorch kernels are (out, in, height, width) and photos (photo, channel, height, width). The numbers are the same, only their order is not:
#
# </div>

# %%
bare = backbones.load("vgg16", preprocessing=False)


def torch_vgg16():
    """VGG16's convolutional base in PyTorch, with the weights of the Keras model."""
    parts = []
    for layer in bare.layers:
        if "conv" in layer.name:
            kernel, bias = layer.get_weights()
            parts += [nn.Conv2d(*kernel.shape[2:], 3, padding=1), nn.ReLU()]
            parts[-2].weight.data = torch.tensor(kernel.transpose(3, 2, 0, 1).copy())
            parts[-2].bias.data = torch.tensor(bias)
        elif "pool" in layer.name:
            parts.append(nn.MaxPool2d(2))
    return nn.Sequential(*parts)


assert bare.count_params() == 14_714_688

# %%
two = photos.default("test").images(224)[[0, -1]] / 255  # a cat and a dog
batch = ((two - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).astype("float32")
theirs = bare.predict(batch, verbose=0)  # Keras


@live
def outputs():
    with torch.no_grad():
        maps = torch_vgg16().eval()(torch.tensor(batch.transpose(0, 3, 1, 2).copy()))
    gap = abs(maps.permute(0, 2, 3, 1).numpy() - theirs).max() / theirs.max()
    return {"shape": list(maps.shape), "gap": float(gap)}


shapes = [["Keras", str(list(theirs.shape))], ["PyTorch", str(outputs["shape"])]]
table(["框架 framework", "特征图的形状 shape of the maps"], shapes)
assert outputs["gap"] < 1e-4

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 14,714,688 个权重，13 层卷积，两个框架的输出相差不到最大值的万分之一，这是 float32 的舍入。
#
# 现在接分类头，第一个陷阱在这里。把特征图**展平**，Keras 的次序是行、列、通道，PyTorch 的是通道、行、列。形状都是 25,088，所以不会报错：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 14,714,688 weights, 13 convolutions, and the outputs of the two differ by less than one ten-thousandth of the largest: the rounding of float32.
#
# Now a head, and the first trap. **Flatten** the feature map: in Keras the order is row, column, channel, in PyTorch channel, row, column. Both have 25,088 numbers, so nothing raises an error:
#
# </div>

# %% tags=["any-seed"]
rng = np.random.default_rng(17)
w_flat = rng.normal(0, 0.01, (7 * 7 * 512, 2)).astype("float32")  # a Keras head for flat features
in_keras = theirs.reshape(2, -1) @ w_flat
as_it_is = theirs.transpose(0, 3, 1, 2).reshape(2, -1) @ w_flat  # PyTorch's order, same weights
say(("搬过去以后 logit 一样吗？", "Are the logits the same after the move?"), np.allclose(in_keras, as_it_is, rtol=0.05))  # fmt: skip
assert in_keras.shape == as_it_is.shape and abs(in_keras - as_it_is).max() > 0.1 * abs(in_keras).max()  # fmt: skip

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 不报错，答案却是乱的。要把权重的行也换成那个次序。
#
# **练习 1**：写出 `torch_dense`：输入 Keras 的权重（高·宽·通道，出）和特征图的形状（高，宽，通道），返回 PyTorch 的权重（出，通道·高·宽）。卡住时运行 `hint("17-1")`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# No error, and the answers are nonsense. The rows of the weights have to change their order, too.
#
# **Exercise 1**: write `torch_dense`: given Keras's weights (height·width·channels, out) and the shape of the feature map (height, width, channels), return PyTorch's weights (out, channels·height·width). When you are stuck: `hint("17-1")`.
#
# </div>


# %% tags=["exercise"]
def torch_dense(kernel, shape):
    """kernel (h·w·c, out), shape (h, w, c) -> array (out, c·h·w)"""
    return ...


check("17-1", torch_dense)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 先取平均，再接分类头，就没有这个次序问题：每张照片 512 个数。同样的头、同样的标签，交叉熵对权重的**梯度**一样吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Take the mean first, and the order does not matter: 512 numbers a photo. With the same head and the same labels, is the **gradient** of the cross-entropy the same?
#
# </div>

# %%
pooled, classes = theirs.mean(axis=(1, 2)), np.array([0, 1])
w0, b0 = rng.normal(0, 0.05, (512, 2)).astype("float32"), np.zeros(2, "float32")
w, b = tf.Variable(w0), tf.Variable(b0)
with tf.GradientTape() as tape:
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(classes, pooled @ w + b))  # fmt: skip
of_keras = [gradient.numpy() for gradient in tape.gradient(loss, [w, b])]


# %% tags=["setup"]
@live
def gradients():
    head = nn.Linear(512, 2)  # weight: (2, 512)
    head.weight.data, head.bias.data = torch.tensor(w0.T.copy()), torch.tensor(b0)
    nn.CrossEntropyLoss()(head(torch.tensor(pooled)), torch.tensor(classes)).backward()
    ours = [head.weight.grad.numpy().T, head.bias.grad.numpy()]
    return [float(abs(a - b).max() / abs(b).max()) for a, b in zip(ours, of_keras, strict=True)]


table(["梯度 gradient", "相差不到万分之一 less than 1e-4 apart"],
      [[of, gap < 1e-4] for of, gap in zip(("$w$", "$b$"), gradients, strict=True)])  # fmt: skip
assert max(gradients) < 1e-4

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一样。那么整个训练呢？同样的起点、同样的批次，S5 的优化器：SGD，学习率 0.001，动量 0.9，10 轮，70 步。这里用 200 张照片在缓存里的特征，来自默认的骨干网络（Lite0）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# It is. And a whole training? The same start, the same batches, S5's optimizer: SGD, learning rate 0.001, momentum 0.9, 10 epochs, 70 steps. It gets the cached features of 200 photos, those of the default backbone (Lite0).
#
# </div>

# %% tags=["setup"]
chosen = photos.default("train")
x, y = features.extract(chosen), chosen.labels.astype("int64")
batches = [part for _ in range(10) for part in np.array_split(rng.permutation(200), 7)]
start = rng.normal(0, 0.01, (x.shape[1], 2)).astype("float32")
head = keras.Sequential([keras.Input(x.shape[1:]), keras.layers.Dense(2)])
head.set_weights([start, b0])
head.compile(keras.optimizers.SGD(0.001, momentum=0.9),
             keras.losses.SparseCategoricalCrossentropy(from_logits=True))  # fmt: skip
for part in batches:
    head.train_on_batch(x[part], y[part])
trained = head.get_weights()[0]


# %%
@live
def training():
    head = nn.Linear(x.shape[1], 2)
    head.weight.data, head.bias.data = torch.tensor(start.T.copy()), torch.tensor(b0)
    optimizer = torch.optim.SGD(head.parameters(), lr=0.001, momentum=0.9)
    for part in batches:
        optimizer.zero_grad()
        nn.CrossEntropyLoss()(head(torch.tensor(x[part])), torch.tensor(y[part])).backward()
        optimizer.step()
    return float(abs(head.weight.detach().numpy().T - trained).max())


table(["70 步以后 after 70 steps", "答案 answer"], [["权重相差不到万分之一 weights less than 1e-4 apart", training < 1e-4]])  # fmt: skip
assert len(batches) == 70 and training < 1e-4 and abs(trained - start).max() > 0.005

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一样，只差舍入误差。可是两个框架的动量写法不同，$v$ 是速度，从 0 开始（第 03 课写成 $\Delta$）。Keras 把学习率放进速度：$v\leftarrow\beta v-\eta g$，$\theta\leftarrow\theta+v$；PyTorch 放在外面：$v\leftarrow\beta v+g$，$\theta\leftarrow\theta-\eta v$。学习率不变时是一回事；一变，就不同了。
#
# **练习 2**：用这里的写法，再写一遍第 03 课练习 2 的那一步，PyTorch 的 `torch_sgd`，返回新的 $\theta$ 和新的 $v$。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The same, up to rounding. Yet the two frameworks write momentum differently; $v$ is the velocity and starts at 0 ($\Delta$ in lesson 03). Keras puts the rate into the velocity: $v\leftarrow\beta v-\eta g$, $\theta\leftarrow\theta+v$; PyTorch leaves it outside: $v\leftarrow\beta v+g$, $\theta\leftarrow\theta-\eta v$. With a constant rate that is the same; when the rate changes, it is not.
#
# **Exercise 2**: in this notation write the step of lesson 03's exercise 2 once more, PyTorch's `torch_sgd`, and return the new $\theta$ and the new $v$.
#
# </div>


# %% tags=["exercise"]
def torch_sgd(theta, v, g, eta, beta):
    """arrays theta, v, g (n,), numbers eta and beta -> (new theta, new v)"""
    return ...


check("17-2", torch_sgd)

# %% [markdown]
# ## 跑一跑：清单里的错 · Run it: what is wrong in the listing

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在看 S5 的清单（它的 §1.4.1），照原文引几行。**第一处**：`model.classifier[6] = nn.Linear(512, 2)`。VGG16 的这一层前面是 4,096 个数，512 是别的网络的。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now S5's listing (its §1.4.1), a line or two at a time. **First**: `model.classifier[6] = nn.Linear(512, 2)`. In VGG16 this layer is given 4,096 numbers; 512 belongs to another network.
#
# </div>


# %% tags=["shows-torch-head"]
@live
def heads():
    found = []
    for n in (512, 4096):  # as printed; as model.classifier[6].in_features says
        try:
            found.append(str(list(nn.Linear(n, 2)(torch.zeros(32, 4096)).shape)))
        except RuntimeError as error:
            found.append(type(error).__name__)
    return found


table(["nn.Linear", "结果 result"], list(zip(("512, 2", "in_features, 2"), heads, strict=True)))
assert heads == ["RuntimeError", "[32, 2]"]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **第二处**：测试时没有 `model.eval()`。`torch.no_grad()` 只是不记梯度，不换模式。同样的 2 张照片连算两次：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Second**: no `model.eval()` before the test. `torch.no_grad()` only stops gradients from being recorded, it does not change the mode. The same 2 photos twice in a row:
#
# </div>


# %% tags=["shows-torch-eval"]
@live
def same_twice():
    head, answers = nn.Sequential(nn.Dropout(0.5), nn.Linear(512, 2)), {}
    for mode in ("eval", "train"):
        getattr(head, mode)()
        with torch.no_grad():  # as in the listing
            first, second = head(torch.tensor(pooled)), head(torch.tensor(pooled))
        answers[mode] = bool((first == second).all())
    return answers


table(["模式 mode", "两次一样 the same twice"], list(same_twice.items()))
assert same_twice == {"train": False, "eval": True}

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 训练模式里，Dropout 每次随机关掉大约一半。这要付多少代价？存下的 20 次抽签：VGG16 的 512 个特征，一个 Dropout（0.5），一个线性层；200 张训练，另外 116 张测试，照 S5 训练 10 轮，只有测试时的模式不同。表的下一行换的是 `Normalize`，后面说。**先猜**：忘了 `eval()`，100 张里少对几张？写 0 到 50 的数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In training mode Dropout switches off about half at random, each time anew. What does that cost? Stored, 20 draws: VGG16's 512 features, Dropout of 0.5, a linear layer; 200 photos for training, 116 others for testing, trained 10 epochs as S5 does; only the mode in testing differs. The table's next row changes `Normalize`; more on it below. **Guess first**: without `eval()`, how many fewer of 100 are right? Write a number from 0 to 50.
#
# </div>

# %% tags=["exercise"]
predict("17-p2", ...)  # 0–50


# %% tags=["setup"]
def interval(values):
    """mean and half of its 95% interval"""
    half = stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))
    return np.mean(values), half


draws = {key: np.array(values) for key, values in stored["draws"].items()}
costs = {
    "忘了 eval() · no eval()": draws["right"] - draws["no eval"],
    "Normalize 用 0.5 · Normalize with 0.5": draws["right"] - draws["half"],
}
say("修好的 repaired:", f"{draws['right'].mean():.3f}")
table(["错误（存下的） mistake (stored)", "准确率少 accuracy lost"], [[k, "{:+.3f} ± {:.3f}".format(*interval(v))] for k, v in costs.items()])  # fmt: skip
outcome("17-p2", round(100 * costs["忘了 eval() · no eval()"].mean(), 1))

# %% tags=["setup"]
(lost, wide), (lost_too, wide_too) = map(interval, costs.values())
assert len(draws["right"]) == 20 and round(draws["right"].mean(), 2) == 0.98
assert (round(lost, 3), round(wide, 3)) == (0.034, 0.010) and lost > wide
assert (round(lost_too, 3), round(wide_too, 3)) == (0.004, 0.007) and abs(lost_too) < wide_too

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 准确率少 0.034 ± 0.010：100 张里大约 3 张，不报错，也没有提示。`Normalize` 用 0.5 而不用这些权重自己的数（第 06 课），少 0.004 ± 0.007：区间含 0，这里量不出代价，照实写下。（20 次抽的是同样的 316 张，不算独立，区间偏窄。）
#
# **第三处**：冻结。S5 只把分类头交给优化器，卷积部分不动，可是 autograd（PyTorch 的自动求导）照样给它算梯度，白算。`requires_grad_(False)` 才省下来：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The accuracy is 0.034 ± 0.010 lower: about 3 photos of 100, without any error or warning. `Normalize` with 0.5 instead of these weights' own numbers (lesson 06) costs 0.004 ± 0.007: the interval contains 0, no cost can be measured here, and that is written down as well. (All 20 draws are from the same 316 photos, so they are not independent, and the intervals are somewhat narrow.)
#
# **Third**: freezing. S5 hands only the head to the optimizer, so the convolutions do not move, but autograd, PyTorch's automatic differentiation, computes their gradients all the same, for nothing. `requires_grad_(False)` saves that:
#
# </div>


# %%
@live
def gradient_tensors():
    counts = []
    for frozen in (False, True):
        net = torch_vgg16().requires_grad_(not frozen)
        nn.Linear(512, 2)(net(torch.zeros(1, 3, 32, 32)).mean((2, 3))).sum().backward()
        counts.append(sum(weights.grad is not None for weights in net.parameters()))
    return counts


table(["卷积 convolutions", "算出的梯度 gradients computed"],
      list(zip(("照印的 as printed", "冻结 frozen"), gradient_tensors, strict=True)))  # fmt: skip
assert gradient_tensors == [26, 0]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 13 个核、13 个偏置，26 个梯度全是白算的。那么 `requires_grad=False` 就是“冻结”了吗？VGG16 没有 BatchNorm，看不出来，所以单拿一层 BatchNorm。**先猜**：`requires_grad=False` 以后，在训练模式里算一遍，它的滑动平均（第 08 课的滑动均值）会**保持不变**吗？写 `True`（不变）或 `False`（变了）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 13 kernels and 13 biases: 26 gradients for nothing. So does `requires_grad=False` mean “frozen”? VGG16 has no BatchNorm, so it cannot tell: take a BatchNorm layer by itself. **Guess first**: after `requires_grad=False`, one pass in training mode: does its running mean (lesson 08's moving mean) **stay**? Write `True` (it stays) or `False` (it moves).
#
# </div>

# %% tags=["exercise"]
predict("17-p3", ...)  # True or False

# %%
layer = keras.layers.BatchNormalization()
layer.trainable = False
_ = layer(x, training=True)  # Keras: not trainable means inference mode


@live
def running_means():
    bn, means = nn.BatchNorm1d(x.shape[1]).requires_grad_(False), {}
    for mode in ("eval", "train"):  # each pass begins with running means of 0
        getattr(bn, mode)()(torch.tensor(x))
        means[mode] = float(bn.running_mean.abs().max())
    return means


stays = {"Keras, trainable=False": not np.any(layer.moving_mean)}
stays |= {f"PyTorch, requires_grad=False, {mode}()": m == 0 for mode, m in running_means.items()}
table(["冻结的办法 how it is frozen", "滑动平均不变 running mean stays"], list(stays.items()))
outcome("17-p3", running_means["train"] == 0)

# %% tags=["setup"]
assert list(stays.values()) == [True, True, False] and running_means["train"] > 0.01
assert (layer.momentum, layer.epsilon) == (0.99, 0.001)
assert not TORCH or (nn.BatchNorm1d(1).momentum, nn.BatchNorm1d(1).eps) == (0.1, 1e-5)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# `requires_grad=False` 只管梯度，滑动平均不是梯度算的，所以照样动；要 `eval()` 才停。Keras 的 BatchNorm 层，`trainable=False` 两样都管。带 BatchNorm 的 PyTorch 模型，就算这样“冻结”了，一调用 `model.train()`，骨干网络照样悄悄改变（第 08 课量过它的代价）。
#
# **练习 3**：写出 PyTorch 的 `running_after`：滑动平均 $\mu$、滑动方差、一个批次、动量（默认 0.1），返回两个新的。注意：PyTorch 的动量是**新**的那一份的权重，Keras 的是旧的；滑动方差用 $\frac{1}{n-1}$。（真要搬 BatchNorm，还要对 $\varepsilon$：默认 Keras 0.001，PyTorch 0.00001。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# `requires_grad=False` is about gradients only; running means do not come from gradients, so they go on moving, and only `eval()` stops them. Keras's `trainable=False` on a BatchNorm layer covers both. “Freeze” a PyTorch model with BatchNorm that way, call `model.train()`, and the backbone quietly changes (lesson 08 measured what that costs).
#
# **Exercise 3**: write PyTorch's `running_after`: from the running mean $\mu$, the running variance, a batch, and the momentum (by default 0.1), return both new ones. Mind: PyTorch's momentum is the weight of the **new** part, Keras's that of the old one; and the running variance uses $\frac{1}{n-1}$. (To move a whole BatchNorm, match $\varepsilon$, too: by default 0.001 in Keras, 0.00001 in PyTorch.)
#
# </div>


# %% tags=["exercise"]
def running_after(mean, var, batch, momentum):
    """mean, var (d,), batch (n, d), number -> (new mean, new var)"""
    return ...


check("17-3", running_after)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **第四处**在文字里：“每个周期训练 10 个批次数据”。一轮走完整个 `train_loader`，多少批由照片数决定；10 是轮数：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Fourth**, in the text: “each epoch trains on 10 batches”. An epoch runs through the whole `train_loader`, and how many batches that is depends on the photos; 10 is the number of epochs:
#
# </div>


# %% tags=["shows-ten-batches"]
@live
def batches_of():
    return {str(n): len(torch.utils.data.DataLoader(range(n), batch_size=32)) for n in (200, 2000)}


table(["照片 photos", "每轮的批次 batches in an epoch"], list(batches_of.items()))
assert batches_of == {str(n): -(-n // 32) for n in (200, 2000)} and 10 not in batches_of.values()

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **第五处**：`print('… %d %%' % (100 * correct / total))`。`%d` 去掉小数，不是四舍五入。还有一处清单没有犯、在 PyTorch 里却容易犯的错：`CrossEntropyLoss` 要 logit，有人给它概率，softmax 就做了两遍。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Fifth**: `print('… %d %%' % (100 * correct / total))`. `%d` cuts the decimals off, it does not round. And one that the listing avoids but that is easily made in PyTorch: `CrossEntropyLoss` wants logits; give it probabilities, and softmax is taken twice.
#
# </div>


# %%
@live
def softmax_twice():
    sure = torch.tensor([[1.0, 0.0]])  # probabilities: as right as an answer can be
    return float(nn.CrossEntropyLoss()(sure, torch.tensor([0])))


in_listing = "%d %%"
table(["`%d`", "`.1%`", "给它概率时的损失 loss, given probabilities"], [[in_listing % 99.9, f"{0.999:.1%}", f"{softmax_twice:.4f}"]])  # fmt: skip
assert in_listing % 99.9 == "99 %" and np.isclose(softmax_twice, np.log(1 + np.exp(-1)), atol=1e-4)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 全对的答案，损失却是 0.3133（$\log(1+e^{-1})$），降不到 0：训练不会报错，这个数却不再是交叉熵。
#
# <details><summary>修好的整份清单（要 torchvision 和它的权重，所以这里不运行；除了 torchvision 的 `weights` 这几行，每一处修改上面都单独跑过）</summary>
#
# ```python
# import torch
# from torch import nn
# from torchvision import datasets, models
#
# weights = models.VGG16_Weights.IMAGENET1K_V1
# model = models.vgg16(weights=weights)
# model.features.requires_grad_(False)
# model.classifier[6] = nn.Linear(model.classifier[6].in_features, 2)
#
# prepare = weights.transforms()
# train, test = (datasets.ImageFolder(f"photos/{part}", prepare) for part in ("train", "test"))
# loader = torch.utils.data.DataLoader(train, batch_size=32, shuffle=True)
# test_loader = torch.utils.data.DataLoader(test, batch_size=32)
# loss_of = nn.CrossEntropyLoss()
# optimizer = torch.optim.SGD(model.classifier.parameters(), lr=0.001, momentum=0.9)
#
# for epoch in range(10):
#     model.train()
#     for photos, labels in loader:
#         optimizer.zero_grad()
#         loss_of(model(photos), labels).backward()
#         optimizer.step()
#
# model.eval()
# with torch.no_grad():
#     right = sum((model(p).argmax(1) == c).sum().item() for p, c in test_loader)
# print(f"{right / len(test):.1%}")
# ```
#
# </details>
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# An answer as right as can be, and the loss is 0.3133 ($\log(1+e^{-1})$) instead of 0: training raises no error, but the number is no longer the cross-entropy.
#
# <details><summary>The whole listing, repaired (it needs torchvision and its weights, so it does not run here; except for torchvision's lines with `weights` each repair was run above by itself)</summary>
#
# ```python
# import torch
# from torch import nn
# from torchvision import datasets, models
#
# weights = models.VGG16_Weights.IMAGENET1K_V1
# model = models.vgg16(weights=weights)
# model.features.requires_grad_(False)
# model.classifier[6] = nn.Linear(model.classifier[6].in_features, 2)
#
# prepare = weights.transforms()
# train, test = (datasets.ImageFolder(f"photos/{part}", prepare) for part in ("train", "test"))
# loader = torch.utils.data.DataLoader(train, batch_size=32, shuffle=True)
# test_loader = torch.utils.data.DataLoader(test, batch_size=32)
# loss_of = nn.CrossEntropyLoss()
# optimizer = torch.optim.SGD(model.classifier.parameters(), lr=0.001, momentum=0.9)
#
# for epoch in range(10):
#     model.train()
#     for photos, labels in loader:
#         optimizer.zero_grad()
#         loss_of(model(photos), labels).backward()
#         optimizer.step()
#
# model.eval()
# with torch.no_grad():
#     right = sum((model(p).argmax(1) == c).sum().item() for p, c in test_loader)
# print(f"{right / len(test):.1%}")
# ```
#
# </details>
#
# </div>

# %% [markdown]
# ## 量一量：活的展品 · Measure it: live exhibits

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 错误博物馆里，每件展品是几行代码：先照印的，再照对的。上面几处之外，再看 7 件，每一件都断言两边。**Adam**（$\beta_1=0.9$，$\beta_2=0.999$）：梯度一直是 1，步长该是 $\eta$。S1 的公式不修正偏差，第 1 步走多远？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In the error museum an exhibit is a few lines of code: as printed, and as it should be. After the ones above here are 7 more; each asserts both. **Adam** ($\beta_1=0.9$, $\beta_2=0.999$): with a gradient that is always 1 a step should be $\eta$. S1's formula leaves the bias uncorrected; how far does it go in step 1?
#
# </div>

# %%
m, v = 0.1 * 1.0, 0.001 * 1.0**2  # after one step, from 0
as_printed, corrected = m / np.sqrt(v), (m / (1 - 0.9)) / np.sqrt(v / (1 - 0.999))
table(["Adam", "第 1 步 ÷ η · step 1 ÷ η"], [["印的 printed", f"{as_printed:.3f}"], ["对的 right", f"{corrected:.3f}"]])  # fmt: skip
assert round(as_printed, 3) == 3.162 and np.isclose(corrected, 1)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **动量**：S1 的式子加的是 $\beta(1-\eta)$ 乘上一次的**参数**，不是 $\beta$ 乘上一**步**。这里 $\beta=0.9$，$\eta=0.01$。梯度和速度都是 0 时，参数应当不动：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Momentum**: S1's formula adds $\beta(1-\eta)$ times the last **parameters**, not $\beta$ times the last **step**. Here $\beta=0.9$, $\eta=0.01$. Where gradient and velocity are 0, the parameter should stay:
#
# </div>

# %%
printed_path, right_path = [1.0, 1.0], [1.0, 1.0]  # the same value twice, so the velocity is 0
for _ in range(20):
    printed_path.append(printed_path[-1] + 0.9 * (1 - 0.01) * printed_path[-2])
    right_path.append(right_path[-1] + 0.9 * (right_path[-1] - right_path[-2]))
table(["动量 momentum", "20 步以后 after 20 steps"], [["印的 printed", f"{printed_path[-1]:.0f}"], ["对的 right", f"{right_path[-1]:.0f}"]])  # fmt: skip
assert printed_path[-1] > 5000 and right_path[-1] == 1

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **交叉熵**：S1 和 S3 少了 $(1-y)\log(1-p)$，而且是求和，不是平均。一个对谁都说“是”的模型，损失应当很大：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Cross-entropy**: S1 and S3 leave $(1-y)\log(1-p)$ out, and they sum where a mean is usual. A model that says “yes” to everybody should have a large loss:
#
# </div>

# %%
labels, always_yes = np.array([0, 1, 0, 1]), np.full(4, 0.999)
half_loss = -np.sum(labels * np.log(always_yes))
whole = -np.mean(labels * np.log(always_yes) + (1 - labels) * np.log(1 - always_yes))
table(["损失 loss", "对谁都说“是” · yes to all"], [["印的 printed", f"{half_loss:.3f}"], ["对的 right", f"{whole:.3f}"]])  # fmt: skip
assert half_loss < 0.01 and whole > 3

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **错切**：S1、S2 写 `shear_range=0.2`。0.2 若是弧度，照片会明显地斜；可是单位是度，224 像素的照片几乎不动：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Shear**: S1 and S2 write `shear_range=0.2`. In radians 0.2 would slant a photo visibly; but the unit is degrees, and a photo of 224 pixels hardly moves:
#
# </div>

# %%
shifts = {unit: 112 * np.sin(angle) for unit, angle in (("度 degrees", np.radians(0.2)), ("弧度 radians", 0.2))}  # fmt: skip
table(["0.2", "边上移动的像素 pixels at the edge"], [[u, f"{s:.1f}"] for u, s in shifts.items()])  # fmt: skip
assert shifts["度 degrees"] < 0.5 and shifts["弧度 radians"] > 20

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **`compile`**：不是文章的错，是 Keras 3 的陷阱。旧书里的 `compile("sgd", "mse", ["accuracy"])`，第三个参数如今是 `loss_weights`：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **`compile`**: no mistake of the articles, but a trap of Keras 3. In `compile("sgd", "mse", ["accuracy"])` of older books, the third argument is now `loss_weights`:
#
# </div>


# %% tags=["setup"]
def tried(*third, **named):
    """what happens when a small model is compiled so and trained for one step"""
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    try:
        model.compile("sgd", "mse", *third, **named)
        model.fit(np.ones((4, 3)), np.ones((4, 1)), verbose=0)
    except (ValueError, TypeError) as error:
        return type(error).__name__
    return "✓"


by_place, by_name = tried(["accuracy"]), tried(metrics=["accuracy"])
table(
    ["compile", "结果 result"],
    [['"sgd", "mse", ["accuracy"]', by_place], ['metrics=["accuracy"]', by_name]],
)
assert by_place.endswith("Error") and by_name == "✓"

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **“知识偏差”**：S1 的这个词，通用的名称是负迁移。几行就能看见：源任务说权重是 $-w$，目标是 $w$，只有 2 个样本，惩罚把它拉向源（没有源时拉向 0）；旁边再放一个像的源，$0.9w$。一次可能是碰巧，所以抽 200 次：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **“Knowledge bias”**: for this word of S1 the established name is negative transfer. It shows in a few lines: the source says that the weight is $-w$, the target's is $w$, there are just 2 samples, and a penalty pulls towards the source (towards 0 without one); beside it, a close source of $0.9w$. Once may be chance, so draw 200 times:
#
# </div>


# %% tags=["setup"]
def error_with(prior, rng):
    """squared error of w = 1 learned from 2 noisy samples, pulled towards a prior value"""
    u = rng.normal(size=2)
    target = u + 0.5 * rng.normal(size=2)
    return ((u @ target + prior) / (u @ u + 1) - 1) ** 2


means = {}
for name, prior in (
    ("没有源 no source", 0.0),
    ("像的源 close source", 0.9),
    ("反的源 opposite source", -1.0),
):
    means[name] = np.mean([error_with(prior, np.random.default_rng(k)) for k in range(200)])
table(
    ["源 source", "平方误差 squared error"],
    [[name, f"{value:.2f}"] for name, value in means.items()],
)
near, none_, far = (
    means["像的源 close source"],
    means["没有源 no source"],
    means["反的源 opposite source"],
)
assert near < none_ / 2 and far > 2 * none_

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **“传统深度学习要从头训练”**：S5 把迁移学习和深度学习对立起来。同一个网络、同一个函数、同样的层，差的只是**起点**：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **“Traditional deep learning has to train from scratch”**: S5 sets transfer learning against deep learning. The same network, the same function, the same layers; only the **start** differs:
#
# </div>

# %% tags=["shows-deep-from-scratch"]
fresh = backbones.load("vgg16", weights=None, preprocessing=False)  # from scratch
same_layers = [layer.get_config() for layer in fresh.layers] == [layer.get_config() for layer in bare.layers]  # fmt: skip
same_weights = np.allclose(fresh.get_weights()[0], bare.get_weights()[0])
table(["从零与迁移 scratch and transfer", "一样吗 the same?"], [["层 layers", same_layers], ["起点的权重 weights at the start", same_weights]])  # fmt: skip
assert same_layers and not same_weights and fresh.count_params() == bare.count_params()

# %% [markdown]
# ## 博物馆：全部展品 · The museum: all exhibits

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 三间屋子：**错误**，每条有印的、对的、哪一课的哪一节演示它（“本课”“上面”“这里”说的是那一课）；**文献**，47 条，印的和对的并排；**问题**，文章的 26 个问题，由量过的结果回答。
#
# 动手：在“文献”里选“最重”，剩几条（重复的也算）？在“错误”里找 `keras`，哪几篇文章在里面？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Three rooms: **mistakes**, each with what was printed, what is right, and the section of the lesson that shows it (“this lesson”, “above” and “here” are said of that lesson); **references**, all 47, printed beside right; **questions**, the articles' 26, answered by what was measured.
#
# Try it: in “references” choose “worst”: how many are left? (Repeats count.) In “mistakes” search for `keras`: which articles are there?
#
# </div>


# %% tags=["setup"]
def sections():
    """{(lesson, tag or heading): (notebook, heading)} of the course's other notebooks"""
    places = {}
    for path in paths.notebooks():
        number, heading = path.name[:2], ""
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "markdown" and source.startswith("## "):
                heading = source.split("\n")[0]
                places[number, heading] = (path.name, heading[3:])
            for tag in cell["metadata"].get("tags", []):
                places[number, tag] = (path.name, heading[3:])
    return places


PLACES = sections()


def where(lesson, cell):
    """(link, Chinese, English) of the place that shows something"""
    if lesson == "17" or (lesson, cell) not in PLACES:
        return "", f"第 {lesson} 课", f"lesson {lesson}"
    notebook, heading = PLACES[lesson, cell]
    zh, _, en = heading.partition(" · ")
    return (
        f"{notebook}#{heading.replace(' ', '-')}",
        f"第 {lesson} 课：{zh}",
        f"lesson {lesson}: {en or zh}",
    )


SIGNS = {"theta": "θ", "alpha": "α", "beta": "β", "lambda": "λ", "eta": "η", "nabla": "∇", "partial": "∂", "sum": "Σ",
         "cdot": "·", "delta": "δ", "varphi": "φ", "epsilon": "ε", "varepsilon": "ε", "log": " log ", "circ": "∘",
         "lVert": "‖", "rVert": "‖", "hat": "", "text": "", "mathcal": ""}  # fmt: skip
FRACTION = re.compile(r"\\frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}")


def plain(text):
    """formulas as plain text, for where nothing typesets them: a fraction becomes (a)/(b)"""
    text = text.replace("$", "").replace("`", "").replace("\\,", " ").replace("^\\top", "ᵀ")
    text = (
        text.replace("\\frac1n", "(1/n)")
        .replace("\\hat m", "m̂")
        .replace("\\hat v", "v̂")
        .replace("\\hat{y}", "ŷ")
    )
    while FRACTION.search(text):
        text = FRACTION.sub(r"(\1)/(\2)", text)
    text = re.sub(r"\\sqrt\{([^{}]*)\}", r"√\1", text)
    text = re.sub(r"([_^])\{([^{}]{2,})\}", r"\1(\2)", text)
    text = re.sub(r"\\([A-Za-z]+)", lambda found: SIGNS.get(found[1], found[1]), text)
    return re.sub(r"  +", " ", re.sub(r"[{}]", "", text))


def mistake_item(row):
    level = "HML".index(row["severity"])
    place = "、".join(f"{a} §{s}" for a, s in zip(row["articles"], row["sections"], strict=True))
    _, zh, en = where(row["lesson"], row.get("cell", ""))
    quote_en = row.get("quote_en") or row.get("translation") or row["quote"]
    printed = [plain(" ".join(text.split())) for text in (row["quote"], quote_en)]
    return [0, "".join(row["articles"]), level, [place, place.replace("、", ", ")], printed,
            [plain(row["right_zh"]), plain(row["right_en"])], [zh, en]]  # fmt: skip


def entry_item(entry):
    of = entries[entry["same_as"] - 1] if "same_as" in entry else entry
    again = (
        ("", "")
        if of is entry
        else (f"重复第 {of['number']} 条。", f"Repeats entry {of['number']}. ")
    )
    notes = [
        again[k] + "。 "[k].join(filter(None, (of.get("right"), of.get(("note_zh", "note_en")[k]))))
        for k in (0, 1)
    ]
    notes[1] = again[1] + ". ".join(filter(None, (of.get("right"), of.get("note_en"))))
    level = ("missing", "repaired", "correct").index(of["verdict"])
    return [
        1,
        "S5",
        level,
        [f"S5 [{entry['number']}]"] * 2,
        [entry["printed"]] * 2,
        notes,
        ["第 17 课", "lesson 17"],
    ]


def question_item(row):
    _, zh, en = where(row["lesson"], row["cell"])
    return [2, row["article"], 0, [f"{row['article']} {row['section']}"] * 2,
            [row["question_zh"], row["question_en"]], [plain(row["answer_zh"]), plain(row["answer_en"])], [zh, en]]  # fmt: skip


items = [*map(mistake_item, mistakes), *map(entry_item, entries), *map(question_item, questions)]

# %% tags=["setup"]
explorables.show(
    "museum",
    draw_museum(),
    "博物馆的目录：五篇文章各有多少条错误，按程度分段。在 JupyterLab 或导出的网页里，这里是可以筛选、搜索的表。",
    "The museum's catalogue: how many mistakes each article has, by severity. In JupyterLab and in exported pages this is a table to filter and search.",
    items=items,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 下面是同样的错误，按课排好，带链接：点开一课，再点它的一节，就到了演示它的单元格附近。字母是程度：H 错或跑不起来，M 误导，L 不精确。有些行只有文献、没有单元格：人名和年份跑不出来，只能查。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Below are the same mistakes by lesson, with links: open a lesson, click a section, and you are near the cell that shows it. The letters are severities: H false or does not run, M misleading, L imprecise. Some rows have a reference and no cell: names and years cannot be run, only looked up.
#
# </div>


# %% tags=["setup"]
def both(zh, en):
    """the two as HTML; what stands between ` is code"""
    halves = (
        re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False)) for text in (zh, en)
    )
    return " ".join(
        f'<span class="course-lang" lang="{k}">{t}</span>'
        for k, t in zip(("zh", "en"), halves, strict=True)
    )


def linked(lesson, cell):
    link, zh, en = where(lesson, cell)
    return f'<a href="{link}">{both(zh, en)}</a>' if link else both(zh, en)


def printed_html(row):
    if row.get("form") == "formula":
        return f"${html.escape(' '.join(row['quote'].split()))}$"
    if row.get("form") == "code":
        return "<code>" + html.escape(" ".join(row["quote"].split())) + "</code>"
    return both(row["quote"], row.get("quote_en") or f"[{row['translation']}]")


def folded(summary, body):
    return f"<details><summary>{summary}</summary>{body}</details>"


def museum_table(lesson):
    rows = [row for row in mistakes if row["lesson"] == lesson]
    head = "".join(
        f"<th>{both(*pair)}</th>"
        for pair in (("文章", "article"), ("印的", "printed"), ("对的", "right"), ("哪里", "where"))
    )
    body = "".join(
        f"<tr><td>{', '.join(map(' §'.join, zip(row['articles'], row['sections'], strict=True)))} {row['severity']}</td><td>{printed_html(row)}</td>"
        f"<td>{both(row['right_zh'], row['right_en'])}</td><td>{linked(lesson, row.get('cell', ''))}</td></tr>"
        for row in rows
    )
    return folded(
        both(f"第 {lesson} 课：{len(rows)} 条", f"Lesson {lesson}: {len(rows)}"),
        f"<table><tr>{head}</tr>{body}</table>",
    )


lessons = sorted({row["lesson"] for row in mistakes})
publish({"text/plain": f"{len(mistakes)}", "text/html": "".join(map(museum_table, lessons))})

# %% tags=["setup"]
assert all(row.get("cell") or row.get("cited") for row in mistakes)  # none waits any more
shown = [row for row in mistakes if row.get("cell") and row["lesson"] not in ("15", "16", "17")]
assert all((row["lesson"], row["cell"]) in PLACES for row in shown) and len(shown) > 30
assert len(items) == len(mistakes) + 47 + 26

# %% [markdown]
# ## 文章的 26 个问题 · The articles' 26 questions

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# S1 到 S5 的末尾都有问答。这里是全部 26 个问题，用课程量到的结果回答；点开问题看答案，点链接去看量它的那一节。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# S1 to S5 end with questions and answers. Here are all 26, answered by what the course measured; open a question for its answer, and follow the link to the section that measured it.
#
# </div>


# %% tags=["setup"]
def question_html(row):
    answer = f"<p>{both(row['answer_zh'], row['answer_en'])}</p><p>{linked(row['lesson'], row['cell'])}</p>"
    return folded(
        f"{row['article']} {row['section']}: " + both(row["question_zh"], row["question_en"]),
        answer,
    )


publish({"text/plain": f"{len(questions)}", "text/html": "".join(map(question_html, questions))})

# %%
asked = Counter(row["article"] for row in questions)
table(["文章 article", "问题 questions"], sorted(asked.items()))
assert asked == {"S1": 7, "S2": 5, "S3": 5, "S4": 3, "S5": 6} and len(questions) == 26
measured = [row for row in questions if row["lesson"] not in ("15", "16", "17")]
assert all((row["lesson"], row["cell"]) in PLACES for row in measured) and len(measured) > 20

# %% [markdown]
# ## 你的证书 · Your certificate

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 把名字写进引号里，运行这个单元格和下一个。证书由你自己的记录画成，只读这台机器上的一个小文件，什么也不发出去；它证明的只是：这些练习和测验，有人在这台机器上做对过。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Write your name between the quotes, and run this cell and the next. The certificate is drawn from your own records; it reads one small file on this machine and sends nothing anywhere. All it proves is that somebody got these exercises and quizzes right on this machine.
#
# </div>

# %% tags=["exercise"]
name = ""  # your name

# %% tags=["setup"]
from course_utils.learning import curriculum, progress_map, records

rows = progress_map.rows(records.read())
titles = {
    entry.number: (curriculum.short(entry.zh), curriculum.short(entry.en))
    for entry in curriculum.read()
}
done = [sum(row.exercises.values()) + sum(row.quizzes.values()) for row in rows]


def draw_certificate():
    """A bar for each lesson: the share of its exercises and quizzes that is done."""
    fig, ax = plt.subplots(figsize=(7.6, 5.6))
    ax.barh([row.number for row in rows], [100 * row.share for row in rows], color=GREEN)
    for y, row in enumerate(rows):
        ax.text(1, y, "  ·  ".join(titles.get(row.number, ("", ""))), va="center", fontsize=7)
    ax.invert_yaxis()
    ax.set(xlim=(0, 100), xlabel="做完的百分比 per cent done", ylabel="课 lesson")
    total = f"做对 right: {sum(done)}" if any(done) else "还没有记录 no records yet"
    ax.set_title(f"迁移学习课程 Transfer learning course   {name}\n{total}", fontsize=10)
    for side in ax.spines.values():
        side.set(visible=True, linewidth=2, color=BLUE)
    return fig


figures.show(
    draw_certificate(),
    "证书：每一课一条横条，长短是做完的百分比；没有记录时横条都是空的。",
    "The certificate: a bar for each lesson, as long as the share that is done; without records all bars are empty.",
)
assert rows and all(0 <= row.share <= 1 for row in rows)

# %% [markdown]
# ## 接下来 · What next

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * **做一件自己的**：用 `course train` 训练你的照片；先封起测试集，先猜，再量，附上区间。
# * **读**：综述看 Zhuang 等（2021）；书看 Yang 等（2020）和 Goodfellow 等（2016）；哪些层能迁移看 Yosinski 等（2014），什么时候没有用看 Raghu 等（2019），微调怎样不损坏特征看 Kumar 等（2022）。
# * **换一个框架再做一遍**：用 PyTorch 重写一课，逐层核对。
# * **继续找错**：下次读到一句可疑的话，跑一跑，量一量，查一查。找到这门课的错，也请告诉我们：印的、对的、怎样看出来。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * **Something of your own**: `course train` with your photos; seal the test set, guess, then measure, with an interval.
# * **Read**: for a survey Zhuang et al. (2021); for books Yang et al. (2020) and Goodfellow et al. (2016); which layers transfer, Yosinski et al. (2014); when it does not help, Raghu et al. (2019); how to fine-tune without spoiling features, Kumar et al. (2022).
# * **Do it again in another framework**: write a lesson in PyTorch and compare layer by layer.
# * **Go on finding mistakes**: at the next doubtful sentence, run it, measure it, look it up. If you find one of this course, tell us: what is printed, what is right, and how one sees it.
#
# </div>

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 三道练习就在上文各节，每道都有 `hint` 和 `solution`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The three exercises stand in the sections above, each with `hint` and `solution`.
#
# </div>

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("17-q1")
quiz("17-q2")
quiz("17-q3")
quiz("17-q4")
quiz("17-q5")
progress()

# %% tags=["exercise"]
guesses("17")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 三种办法：跑一跑，量一量，查一查。样子对，不算对。
# * 文献先问在不在：31 条里 12 条哪里都没有找到。
# * 换框架要搬的是次序：卷积核转置，展平以后全连接层的行重排，输出、梯度、训练以后的权重就相同，只差舍入误差。
# * 三个开关，互不代替（“是”：它管）：
#
# | | 记不记梯度 | Dropout、滑动平均 |
# |---|---|---|
# | `no_grad()` | 是 | 否 |
# | `requires_grad=False` | 是，只对这些参数 | 否 |
# | `eval()` | 否 | 是 |
#
# * 迁移学习不是深度学习的对手：同一个网络，可以从零开始，也可以从源任务的权重开始。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Three ways: run it, measure it, look it up. Looking right is not being right.
# * Of a reference ask first whether it exists: of 31, 12 were found nowhere.
# * What moves between frameworks is order: transpose kernels, reorder the rows of a dense layer after flattening, and outputs, gradients and trained weights agree up to rounding.
# * Three switches, none replaces another (“yes”: it takes care of that):
#
# | | whether gradients are kept | Dropout, running means |
# |---|---|---|
# | `no_grad()` | yes | no |
# | `requires_grad=False` | yes, for these parameters only | no |
# | `eval()` | no | yes |
#
# * Transfer learning is no rival of deep learning: the same network can start from scratch or from the weights of a source task.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S1 §1.1 | 心理学里的学习迁移：Thorndike 与 Woodworth，1901。Hebb 1949 年的书讲突触；“Bernard Berensdorf”我们没有查到 | <q>最早可以追溯到20世纪50年代。当时的心理学家如唐纳德·赫布（Donald Hebb）和伯纳德·伯斯福德（Bernard Berensdorf）</q> |
# | S2 §1 | 心理学 1901 年；神经网络之间搬权重，1991 年 | <q>迁移学习的概念可以追溯到20世纪60年代，最初由心理学家和认知科学家提出。然而，直到2012年左右，这一概念才在深度学习领域引起了广泛关注</q> |
# | S5 §1.1 | 名称早已有了：Bozinovski 与 Fulgosi，1976（作者称为神经网络里的第一篇），Pan 与 Yang 2010 年的综述也列出更早的用法；“Rasmus Villberg”我们没有查到 | <q>直到2009年，Rasmus Villberg等人才将这种方法命名为“迁移学习”</q> |
# | S4 §1.2 | 神经网络里的迁移，1976 年已有论文 | <q>作为一种新兴的机器学习方法</q> |
# | S1 §1.1 | 论文的作者依次是 Krizhevsky、Sutskever、Hinton，2012 | <q>随后，Hinton等人于2012年在ImageNet挑战赛中取得了突破性成绩</q> |
# | S1 §2.3 | 源任务的知识妨碍目标任务，通用的名称是负迁移（negative transfer） | <q>知识偏差（Knowledge Bias）</q> |
# | S2 §8 | 机器学习不是迁移学习还要去的地方：迁移学习是它的一部分 | <q>迁移学习将继续扩展到更多的任务和域，例如机器学习、计算生物学等</q> |
# | S5 §1.2 | 从零训练是一种选择，不是深度学习的定义；微调一个深度网络也是深度学习 | <q>而传统深度学习则需要从头开始训练模型</q> |
# | S5 §1.4.1 | 这一层的输入是 4,096 个数，照原文是 `RuntimeError`；写 `model.classifier[6].in_features` | `model.classifier[6] = nn.Linear(512, 2)` |
# | S5 §1.4.1 | 评估前要 `model.eval()`：`no_grad` 不改变模式，照原文 Dropout 在评估时仍然起作用 | `with torch.no_grad(): for data in test_loader: images, labels = data outputs = model.forward(images)` |
# | S5 §1.4.2 | 它的循环每一轮走完 `train_loader` 的所有批次；10 是轮数 | <q>每个周期训练10个批次数据</q> |
# | S5 §1.4.1 | 当时是对的，现在过时了：torchvision 从 0.13 起写 `weights=`，例如 `VGG16_Weights.IMAGENET1K_V1` | `torchvision.models.vgg16(pretrained=True)` |
# | S2 §6 | Deep Speech 出自百度研究院（Hannun 等，2014）；那篇论文的模型是端到端训练的，不是迁移的例子 | <q>Google的DeepSpeech模型可以在语音识别任务中取得优异的成绩</q> |
# | S5 §3 | 47 条里有 16 条是重复；不同的 31 条里，3 条正确，16 条确有其文、写错了，12 条没有查到。逐条见本课的书目 | <q>[1] Rasmus Villberg, Jouni Lämsä, and Sami Niemelä. 2012. Feature reuse: a survey…[47] Redmon, J., Farhadi, A., & Zisserman, A. (2016)</q> |
# | S1 §7.1 | 作者是 Long、Cao、Wang、Jordan，ICML 2015 | <q>"Learning Transferable Features with Deep Adaptation Networks"（Fei-Fei Li, et al.）</q> |
# | S1 §7.3、S1 §10 | 作者是 Finn、Abbeel、Levine，ICML 2017 | <q>"MAML: Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks"（Mitchell Stern, et al.）</q> |
# | S1 §7.1、S1 §10 | 这三位作者的书我们没有查到；叫这个名字的书是 Yang、Zhang、Dai、Pan 写的，剑桥大学出版社，2020 | <q>《迁移学习》（Kai Zhang, Jiashi Feng，Pieter Abbeel</q> |
# | S1 §7.1 | 英文书名是 Deep Learning with Python（文章的中文书名没有错） | <q>《Python深度学习》（François Chollet著）</q> |
# | S1 §7.1 | 作者是 Noroozi 与 Favaro，ECCV 2016 | <q>"Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles"（Joshua B. Tenenbaum, et al.）</q> |
# | S1 §10 | 题目是 Learning to learn by gradient descent by gradient descent，作者是 Andrychowicz 等人，NIPS 2016 | <q>"Learning to Learn via Gradient Descent by Gradient Descent"（Jie Hu, et al.）</q> |
# | S1 §7.3、S1 §10 | 没有查到这篇：几份书目里有这个题目，作者和年份各不相同。要找综述，读 Hospedales 等人的 | <q>"Meta-Learning the Meta-Learning Way: Training Neural Network Learners"（Jie Hu, et al.）</q> |
# | S1 §7.3 | 没有查到这篇；题目像 MAML 的论文，作者是 Finn、Abbeel、Levine | <q>"Learning to Learn: Fast Adaptation with Deep Models and Search"（Alexey Dosovitskiy, et al.）</q> |
# | S1 §10 | 主讲是 Andrew Ng，还有 Katanforoosh 和 Bensouda Mourri | <q>Coursera《深度学习特化课程》：由Ian Goodfellow等教授主讲</q> |
# | S3 §7.3 | 这是一本书，不是论文，第一作者是 Goodfellow；它的书单里已经有了 | <q>**论文**：《Deep Learning》（Yoshua Bengio、Ian Goodfellow、Aaron Courville 著）</q> |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S1 §1.1 | transfer of learning in psychology: Thorndike and Woodworth, 1901. Hebb's book of 1949 is about synapses; we found no record of “Bernard Berensdorf” | <q>can trace its origins back to the 1950s when psychologists like Donald Hebb and Bernard Berensdorf</q> |
# | S2 §1 | psychology 1901; weights carried from one neural network to another, 1991 | <q>迁移学习的概念可以追溯到20世纪60年代，最初由心理学家和认知科学家提出。然而，直到2012年左右，这一概念才在深度学习领域引起了广泛关注 [the concept can be traced back to the 1960s, when psychologists and cognitive scientists proposed it. Only about 2012 did it receive wide attention in deep learning]</q> |
# | S5 §1.1 | the name is older: Bozinovski and Fulgosi, 1976 (by its author the first in neural networks), and the survey by Pan and Yang, 2010, lists earlier uses; we found no record of “Rasmus Villberg” | <q>直到2009年，Rasmus Villberg等人才将这种方法命名为“迁移学习” [only in 2009 did Rasmus Villberg et al. name the method “transfer learning”]</q> |
# | S4 §1.2 | transfer in neural networks has a paper of 1976 | <q>作为一种新兴的机器学习方法 [as an emerging method of machine learning]</q> |
# | S1 §1.1 | the paper's authors are, in this order, Krizhevsky, Sutskever, Hinton, 2012 | <q>Hinton et al. achieved a breakthrough in the ImageNet Challenge in 2012</q> |
# | S1 §2.3 | where knowledge of the source task harms the target task the established name is negative transfer | <q>Knowledge Bias</q> |
# | S2 §8 | machine learning is no place for transfer learning to spread to: transfer learning is part of it | <q>迁移学习将继续扩展到更多的任务和域，例如机器学习、计算生物学等 [transfer learning will spread to more tasks and domains, such as machine learning and computational biology]</q> |
# | S5 §1.2 | training from scratch is a choice, not what defines deep learning; fine-tuning a deep network is deep learning, too | <q>而传统深度学习则需要从头开始训练模型 [while traditional deep learning has to train models from scratch]</q> |
# | S5 §1.4.1 | the layer's input has 4,096 numbers, and as printed it is a `RuntimeError`; write `model.classifier[6].in_features` | `model.classifier[6] = nn.Linear(512, 2)` |
# | S5 §1.4.1 | call `model.eval()` before evaluating: `no_grad` does not change the mode, and as printed Dropout is still at work in evaluation | `with torch.no_grad(): for data in test_loader: images, labels = data outputs = model.forward(images)` |
# | S5 §1.4.2 | its loop goes through all batches of `train_loader` in each epoch; 10 is the number of epochs | <q>每个周期训练10个批次数据 [each epoch trains on 10 batches of data]</q> |
# | S5 §1.4.1 | right in its time, out of date now: since torchvision 0.13 it is `weights=`, for instance `VGG16_Weights.IMAGENET1K_V1` | `torchvision.models.vgg16(pretrained=True)` |
# | S2 §6 | Deep Speech is by Baidu Research (Hannun et al., 2014); the model of that paper is trained end to end and is no example of transfer | <q>Google的DeepSpeech模型可以在语音识别任务中取得优异的成绩 [Google's DeepSpeech model achieves excellent results in speech recognition]</q> |
# | S5 §3 | of the 47 entries 16 are repeats; of the 31 that differ, 3 are correct, 16 are real works with mistakes, and 12 we could not find. This lesson's bibliography has them one by one | <q>[1] Rasmus Villberg, Jouni Lämsä, and Sami Niemelä. 2012. Feature reuse: a survey…[47] Redmon, J., Farhadi, A., & Zisserman, A. (2016)</q> |
# | S1 §7.1 | by Long, Cao, Wang, Jordan, ICML 2015 | <q>"Learning Transferable Features with Deep Adaptation Networks" by Fei-Fei Li, et al.</q> |
# | S1 §7.3, S1 §10 | by Finn, Abbeel, Levine, ICML 2017 | <q>"MAML: Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks" by Mitchell Stern, et al.</q> |
# | S1 §7.1, S1 §10 | we found no such book by these three; the book of that name is by Yang, Zhang, Dai, Pan, Cambridge University Press, 2020 | <q>"Transfer Learning" by Kai Zhang, Jiashi Feng, and Pieter Abbeel</q> |
# | S1 §7.1 | the book is called Deep Learning with Python (the article's Chinese title is right) | <q>"Python Deep Learning" by François Chollet</q> |
# | S1 §7.1 | by Noroozi and Favaro, ECCV 2016 | <q>"Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles" by Joshua B. Tenenbaum, et al.</q> |
# | S1 §10 | the title is Learning to learn by gradient descent by gradient descent, by Andrychowicz et al., NIPS 2016 | <q>"Learning to Learn via Gradient Descent by Gradient Descent" by Jie Hu, et al.</q> |
# | S1 §7.3, S1 §10 | we found no such paper: a few lists have the title, each with other authors and years. For a survey read that of Hospedales et al. | <q>"Meta-Learning the Meta-Learning Way: Training Neural Network Learners" by Jie Hu, et al.</q> |
# | S1 §7.3 | we found no such paper; the title resembles that of MAML, by Finn, Abbeel, Levine | <q>"Learning to Learn: Fast Adaptation with Deep Models and Search" by Alexey Dosovitskiy, et al.</q> |
# | S1 §10 | it is taught by Andrew Ng, with Katanforoosh and Bensouda Mourri | <q>Coursera's "Deep Learning Specialization": Led by professors Ian Goodfellow and others</q> |
# | S3 §7.3 | it is a book and no paper, and Goodfellow is its first author; the article's list of books has it already | <q>**论文**：《Deep Learning》（Yoshua Bengio、Ian Goodfellow、Aaron Courville 著） [paper: Deep Learning, by Yoshua Bengio, Ian Goodfellow, Aaron Courville]</q> |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Andrychowicz, Denil, Gómez, Hoffman, Pfau, Schaul, Shillingford, de Freitas, *Learning to learn by gradient descent by gradient descent*, NIPS 2016, 3981–3989, arXiv:1606.04474：S1 写错了题目和作者
# * Baxter, Caruana, Mitchell, Pratt, Silver, Thrun (organizers), *Learning to Learn: Knowledge Consolidation and Transfer in Inductive Systems*, NIPS\*95 post-conference workshop, 1995：专题讨论会
# * Bozinovski, *Reminder of the First Paper on Transfer Learning in Neural Networks, 1976*, Informatica 44(3):291–302, 2020：1976 年的论文
# * Caruana, *Multitask Learning*, Machine Learning 28:41–75, 1997：多任务学习
# * Chollet, *Deep Learning with Python*, Manning, 2017：书名
# * Devlin, Chang, Lee, Toutanova, *BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding*, NAACL-HLT 2019, 4171–4186, arXiv:1810.04805：BERT
# * Finn, Abbeel, Levine, *Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks*, ICML 2017, PMLR 70:1126–1135, arXiv:1703.03400：MAML 的作者
# * Goodfellow, Bengio, Courville, *Deep Learning*, MIT Press, 2016：深度学习的教科书
# * Hannun et al., *Deep Speech: Scaling up end-to-end speech recognition*, Baidu Research, arXiv:1412.5567, 2014：Deep Speech 是谁的
# * He, Zhang, Ren, Sun, *Deep Residual Learning for Image Recognition*, CVPR 2016, 770–778：ResNet，从零训练
# * Hinton, Osindero, Teh, *A fast learning algorithm for deep belief nets*, Neural Computation 18(7):1527–1554, 2006：深度信念网络
# * Hospedales, Antoniou, Micaelli, Storkey, *Meta-Learning in Neural Networks: A Survey*, IEEE TPAMI 44(9):5149–5169, 2022, arXiv:2004.05439：元学习的综述
# * Krizhevsky, Sutskever, Hinton, *ImageNet classification with deep convolutional neural networks*, NIPS 25, 1097–1105, 2012：AlexNet
# * Kumar, Raghunathan, Jones, Ma, Liang, *Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution*, ICLR 2022, arXiv:2202.10054：微调怎样不损坏特征
# * Long, Cao, Wang, Jordan, *Learning Transferable Features with Deep Adaptation Networks*, ICML 2015, arXiv:1502.02791：S1 写错了作者
# * Ng, Katanforoosh, Bensouda Mourri, *Deep Learning Specialization*, DeepLearning.AI, https://www.coursera.org/specializations/deep-learning：主讲人
# * Noroozi, Favaro, *Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles*, ECCV 2016, 69–84, arXiv:1603.09246：S1 写错了作者
# * Pan, Yang, *A Survey on Transfer Learning*, IEEE TKDE 22(10):1345–1359, 2010：综述
# * Pratt, *Discriminability-Based Transfer between Neural Networks*, NIPS 5 (1992), 204–211：有选择地搬
# * Pratt, Mostow, Kamm, *Direct Transfer of Learned Information Among Neural Networks*, AAAI 1991, 584–589：在网络之间搬权重
# * PyTorch, *Models and pre-trained weights* (documentation of torchvision), https://docs.pytorch.org/vision/stable/models.html：`weights=` 的写法
# * Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208：什么时候没有用
# * Rosenstein, Marx, Kaelbling, Dietterich, *To transfer or not to transfer*, NIPS 2005 workshop Inductive Transfer: 10 Years Later：负迁移
# * Simonyan, Zisserman, *Very Deep Convolutional Networks for Large-Scale Image Recognition*, ICLR 2015, arXiv:1409.1556：VGG16
# * Thorndike, Woodworth, *The influence of improvement in one mental function upon the efficiency of other functions*, Psychological Review 8:247–261, 1901：心理学里的迁移
# * Vaswani et al., *Attention Is All You Need*, NIPS 2017, arXiv:1706.03762：Transformer
# * Yang, Zhang, Dai, Pan, *Transfer Learning*, Cambridge University Press, 2020：书
# * Yosinski, Clune, Bengio, Lipson, *How transferable are features in deep neural networks?*, NIPS 27, 3320–3328, 2014：哪些层能迁移
# * Zhuang, Qi, Duan, Xi, Zhu, Zhu, Xiong, He, *A Comprehensive Survey on Transfer Learning*, Proceedings of the IEEE 109(1):43–76, 2021, arXiv:1911.02685：新的综述
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Andrychowicz, Denil, Gómez, Hoffman, Pfau, Schaul, Shillingford, de Freitas, *Learning to learn by gradient descent by gradient descent*, NIPS 2016, 3981–3989, arXiv:1606.04474: S1 has another title and another author
# * Baxter, Caruana, Mitchell, Pratt, Silver, Thrun (organizers), *Learning to Learn: Knowledge Consolidation and Transfer in Inductive Systems*, NIPS\*95 post-conference workshop, 1995: the workshop
# * Bozinovski, *Reminder of the First Paper on Transfer Learning in Neural Networks, 1976*, Informatica 44(3):291–302, 2020: the paper of 1976
# * Caruana, *Multitask Learning*, Machine Learning 28:41–75, 1997: multi-task learning
# * Chollet, *Deep Learning with Python*, Manning, 2017: the book's name
# * Devlin, Chang, Lee, Toutanova, “BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding”, NAACL-HLT 2019, 4171–4186, arXiv:1810.04805: BERT
# * Finn, Abbeel, Levine, *Model-Agnostic Meta-Learning for Fast Adaptation of Deep Networks*, ICML 2017, PMLR 70:1126–1135, arXiv:1703.03400: the authors of MAML
# * Goodfellow, Bengio, Courville, *Deep Learning*, MIT Press, 2016: the textbook of deep learning
# * Hannun et al., *Deep Speech: Scaling up end-to-end speech recognition*, Baidu Research, arXiv:1412.5567, 2014: whose Deep Speech is
# * He, Zhang, Ren, Sun, *Deep Residual Learning for Image Recognition*, CVPR 2016, 770–778: ResNet, trained from scratch
# * Hinton, Osindero, Teh, *A fast learning algorithm for deep belief nets*, Neural Computation 18(7):1527–1554, 2006: deep belief nets
# * Hospedales, Antoniou, Micaelli, Storkey, *Meta-Learning in Neural Networks: A Survey*, IEEE TPAMI 44(9):5149–5169, 2022, arXiv:2004.05439: a survey of meta-learning
# * Krizhevsky, Sutskever, Hinton, *ImageNet classification with deep convolutional neural networks*, NIPS 25, 1097–1105, 2012: AlexNet
# * Kumar, Raghunathan, Jones, Ma, Liang, *Fine-Tuning can Distort Pretrained Features and Underperform Out-of-Distribution*, ICLR 2022, arXiv:2202.10054: fine-tuning without spoiling features
# * Long, Cao, Wang, Jordan, *Learning Transferable Features with Deep Adaptation Networks*, ICML 2015, arXiv:1502.02791: S1 has another author
# * Ng, Katanforoosh, Bensouda Mourri, *Deep Learning Specialization*, DeepLearning.AI, https://www.coursera.org/specializations/deep-learning: who teaches it
# * Noroozi, Favaro, *Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles*, ECCV 2016, 69–84, arXiv:1603.09246: S1 has another author
# * Pan, Yang, *A Survey on Transfer Learning*, IEEE TKDE 22(10):1345–1359, 2010: the survey
# * Pratt, *Discriminability-Based Transfer between Neural Networks*, NIPS 5 (1992), 204–211: carrying them by choice
# * Pratt, Mostow, Kamm, *Direct Transfer of Learned Information Among Neural Networks*, AAAI 1991, 584–589: weights carried between networks
# * PyTorch, “Models and pre-trained weights” (documentation of torchvision), https://docs.pytorch.org/vision/stable/models.html: how `weights=` is written
# * Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208: when it does not help
# * Rosenstein, Marx, Kaelbling, Dietterich, *To transfer or not to transfer*, NIPS 2005 workshop Inductive Transfer: 10 Years Later: negative transfer
# * Simonyan, Zisserman, *Very Deep Convolutional Networks for Large-Scale Image Recognition*, ICLR 2015, arXiv:1409.1556: VGG16
# * Thorndike, Woodworth, *The influence of improvement in one mental function upon the efficiency of other functions*, Psychological Review 8:247–261, 1901: transfer in psychology
# * Vaswani et al., *Attention Is All You Need*, NIPS 2017, arXiv:1706.03762: the Transformer
# * Yang, Zhang, Dai, Pan, *Transfer Learning*, Cambridge University Press, 2020: the book
# * Yosinski, Clune, Bengio, Lipson, *How transferable are features in deep neural networks?*, NIPS 27, 3320–3328, 2014: which layers transfer
# * Zhuang, Qi, Duan, Xi, Zhu, Zhu, Xiong, He, *A Comprehensive Survey on Transfer Learning*, Proceedings of the IEEE 109(1):43–76, 2021, arXiv:1911.02685: a newer survey
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("17")
