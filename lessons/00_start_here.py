# ---
# jupyter:
#   course: {minutes: 50, needs: []}
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
# # 00 从这里开始 · Start here

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这是一张照片：草地上一只白色的小狗。下面有一个网络，从来没有人教过它“猫还是狗”这道题。你猜，它会怎么说这张照片？怎么说**你的**照片？
#
# 点照片下面的“运行到这里”（没有这个按钮，就单击照片，按 Shift+Enter），再点“选择照片”，选一张有猫或狗的照片。第一次要等一会儿。照片只在你这台电脑上处理，不会发到别处。（示例照片：Oxford-IIIT Pet，Parkhi、Vedaldi、Zisserman、Jawahar，CC BY-SA 4.0。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Here is a photo: a small white dog on grass. And here is a network that nobody ever taught the question “cat or dog?”. What do you think it will say to this photo? And to **your** photo?
#
# Press “Run up to here” below the photo (no such button? click on the photo and press Shift+Enter), then “Choose a photo”, and take one with a cat or a dog. The first time takes a moment. Your photo is processed on this computer and sent nowhere. (Example photo: Oxford-IIIT Pet, Parkhi, Vedaldi, Zisserman, Jawahar, CC BY-SA 4.0.)
#
# </div>

# %% tags=["setup", "keep-output"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import keras

from course_utils import backbones, paths, photos
from course_utils.widgets import PhotoUpload

model = backbones.load("efficientnet_lite0", include_top=True)  # trained by others, on ImageNet
names = backbones.imagenet_classes()  # what it can name: 1,000 things, in English
lines = (paths.DATA / "imagenet_classes_zh.txt").read_text(encoding="utf-8").splitlines()
chinese = [line for line in lines if line and not line.startswith("#")]  # the same, translated
NEITHER = 0.05  # a rule of thumb; nobody has measured it


def three_names(p):
    """The three most probable of the 1,000 names, 两种语言 in both languages."""
    best = p.argsort()[::-1][:3]
    zh, en = (", ".join(f"{n[c]} {p[c]:.0%}" for c in best) for n in (chinese, names))
    return f"{zh} · {en}"


def who_is_it(photo):
    """Photo, uint8 (h, w, 3) -> 模型的回答，两种语言 the model's answer in both languages."""
    batch = photo[None].astype("float32")  # a batch that holds this one photo
    small = keras.ops.image.resize(batch, (224, 224), antialias=True)
    p = model.predict(small, verbose=0)[0]  # 1,000 probabilities
    cat, dog = p[backbones.CATS].sum(), p[backbones.DOGS].sum()
    answer = "猫 cat" if cat > dog else "狗 dog"
    if cat + dog < NEITHER:
        answer = "大概都不是 probably neither"
    return f"{answer}    (猫 cat {cat:.0%}, 狗 dog {dog:.0%})\n{three_names(p)}"


PhotoUpload(
    who_is_it,
    example=lambda: photos.default("pets").images(224)[22],
    alt_zh="示例照片：一只白色的博美犬站在草地上。照片：Oxford-IIIT Pet，CC BY-SA 4.0。",
    alt_en="Example photo: a white Pomeranian dog on grass. Photo: Oxford-IIIT Pet, CC BY-SA 4.0.",
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 让一个预训练模型认出你自己照片里的猫或狗，一张训练照片也不用（第一分钟就能做）；
# * 运行课程的单元格，切换语言，检查自己的答案，要提示，看自己的进度；
# * 让两次运行得到同样的数字，并知道什么时候得不到；
# * 看懂课程地图，知道下一步学什么。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * let a pretrained model recognise the cat or dog in your own photo, without a single training photo (in the first minute);
# * run the course's cells, switch languages, check your answers, ask for hints and see your progress;
# * make two runs give the same numbers, and know when they will not;
# * read the map of the course and know where to go next.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你只需要一点 Python：变量、列表、函数，最好见过 NumPy 数组；不需要学过神经网络，也不需要显卡。在 2 个 CPU 核上运行全部单元格不到 1 分钟（不算第一次启动和下载）；读完并做练习大约 50 分钟。
#
# **运行**：单击一个灰色的单元格，按 Shift+Enter，从上到下。左边的 `[*]` 表示正在运行。有的单元格折叠成一行，例如“准备工作的代码”：点一下就展开；折叠着也要运行，运行过的行首有 ✓。
#
# **语言**：上方有三个按钮：中文、English、双语。标题、正文和图立刻换语言，打印出来的字大多也换；代码、数组和名称只有一份。
#
# <details>
# <summary>要下载什么（点开）</summary>
#
# 模型已经随课程装好。36 张示例照片只下载一次，约 1 MB（如果你的软件包索引不能只取文件的一部分，就是约 7 MB）；没有网络，只是少了示例照片。
#
# </details>
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need a little Python: variables, lists, functions, ideally NumPy arrays. No neural networks, no graphics card. Running all cells takes less than 1 minute on 2 CPU cores, without the first start and downloads; reading and doing the exercises takes about 50 minutes.
#
# **Running**: click on a grey cell and press Shift+Enter, from top to bottom. `[*]` on its left means that it is running. Some cells are folded into one line, such as “Set-up code”: click to unfold, and run them as well; then the line begins with ✓.
#
# **Language**: above are three buttons: 中文, English, 双语. Text, headings and figures change at once, and so do most printed lines; code, arrays and names exist once.
#
# <details>
# <summary>What is downloaded (click to open)</summary>
#
# The model is installed already. 36 example photos are downloaded once, about 1 MB (about 7 MB where your package index cannot send a part of a file); without a network only the example photos are missing.
#
# </details>
#
# </div>

# %% tags=["setup"]
import json
import sys

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from IPython.display import Markdown, display

from course_utils import assets, backbones, figures
from course_utils.bilingual import say, spans
from course_utils.learning import (
    check,
    curriculum,
    guesses,
    hint,
    outcome,
    predict,
    progress,
    quiz,
    solution,
)
from course_utils.widgets import PhotoUpload

figures.use_style()
CREDIT = "照片 photos: Oxford-IIIT Pet (Parkhi, Vedaldi, Zisserman, Jawahar), CC BY-SA 4.0"

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这门课的每个实验都分三步：**先猜**（写下来），**再运行**，**最后解释**为什么一样或不一样。猜错的地方就是你学到东西的地方。
#
# 先把 36 张宠物照片（16 张猫，20 张狗）读进来，看其中几张：`x` 里是它们的像素。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Each experiment of this course has three steps: **predict** (write it down), **run**, and **explain** why it did or did not come out that way. Where your guess was wrong is where you learn.
#
# First read 36 pet photos (16 cats, 20 dogs) and look at some: `x` holds their pixels.
#
# </div>

# %%
pets = photos.default("pets")
x = pets.images(224)  # 36 example photos, raw pixels 0–255

# %% tags=["setup", "keep-output"]
some = [0, 4, 22, 26]
figures.show_photos(
    [x[i] for i in some],
    [f"照片 photo {i}" for i in some],
    "4 张照片：一只围着黄围巾、旁边有一个网球的虎斑猫，一只黑猫，一只白色的博美犬，一只牵着绳子的白色长毛狗。",
    "4 photos: a tabby cat with a yellow scarf and a tennis ball beside it, a black cat, a white Pomeranian dog, a white long-haired dog on a lead.",
    columns=4,
    credit=CREDIT,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 那个网络学过 1,000 种东西的名字，其中有猫的品种和狗的品种，但没有人教过它“猫还是狗”。36 张里它会答对多少张？把你猜的数写在 `...` 的位置，再运行：`predict` 记下它，结果出来时与它放在一起。不想猜，就让 `...` 留着。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The network has learned the names of 1,000 things, among them breeds of cats and breeds of dogs, but nobody taught it “cat or dog?”. How many of the 36 will it get right? Write your guess where `...` stands, and run the cell: `predict` notes it and sets it beside the result later. If you would rather not guess, leave `...` as it is.
#
# </div>

# %% tags=["exercise"]
predict("00-p1", ...)  # 0–36

# %% [markdown]
# ## 按钮背后 · Behind the button

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 按钮那一格的代码折叠着，点最上面那张照片下面的“按钮背后的代码”就能看到；一步一步的解释在下一节。下面这一格做同样的事，不用按钮。
#
# <details>
# <summary>没有按钮，或者按钮不管用？（点开）</summary>
#
# 把照片（JPEG 或 PNG；手机的 HEIC 要先转成 JPEG）拖进左边的文件列表，放在与这个笔记本相同的文件夹里，再把文件名写进下面的引号里。引号里空着，就看示例照片。
#
# </details>
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The code of the button's cell is folded: click on “Code behind the button” below the photo at the top to see it; the next section explains it step by step. The next cell does the same without a button.
#
# <details>
# <summary>No button, or one that does nothing? (click to open)</summary>
#
# Drag the photo (JPEG or PNG; convert a phone's HEIC to JPEG first) into the list of files on the left, into the same folder as this notebook, and write its name between the quotation marks below. With nothing between them it looks at the example photo.
#
# </details>
#
# </div>

# %% tags=["nbval-ignore-output"]
my_photo = ""  # 你的照片，例如 your photo, for example: "my_cat.jpg"
say(who_is_it(photos.read(my_photo) if my_photo else x[22]))

# %%
assert who_is_it(x[22]).startswith("狗 dog") and "Pomeranian" in who_is_it(x[22])

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你刚刚用的是一个**预训练模型**（pretrained model）：EfficientNet-Lite0。别人用 ImageNet 训练了它，那里有 1,000 种东西的照片；打印出来的第二行是它最有把握的三个名字（中文名由课程翻译）。
#
# 这门课里有很多 `assert`（断言）：它检查课文里的话是不是真的，不成立就报错。点开上面“1 条结论已核对”那一行，里面就是一个。
#
# “大概都不是”是怎么来的？猫类、狗类的概率全部加起来不到 5% 时就这么说。这个界限是随手定的。先猜：一张全灰的图，它会说什么？写 `"A"`（猫）、`"B"`（狗）或 `"C"`（大概都不是）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You have just used a **pretrained model**: EfficientNet-Lite0. Others trained it on ImageNet, photos of 1,000 kinds of things; the second printed line has the three names it is most confident of (the Chinese ones are the course's translation).
#
# You will see many an `assert` (assertion): it checks whether what the text says is true and fails if it is not; there is one behind the line “1 claim checked” above.
#
# Where does “probably neither” come from? It is said when the probabilities of all cat and dog classes together make less than 5%, a rule of thumb. Guess first: what will it say to a plain grey picture? Write `"A"` (cat), `"B"` (dog) or `"C"` (probably neither).
#
# </div>

# %% tags=["exercise"]
predict("00-p2", ...)

# %% tags=["nbval-ignore-output"]
grey = np.full((224, 224, 3), 128, "uint8")
said = who_is_it(grey)
say(said)
outcome("00-p2", said.split()[0])

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 它说“狗”，不说“大概都不是”：模型没有学过“都不是”，这第三个回答只是我们加的界限，而灰图的两组概率加起来超过了 5%（打印的第一行）：每个名字都不到 1%（第二行），可是狗类有 118 个。一张随机的噪点图倒低于它。所以对一把椅子、一张自拍，三种回答都靠不住。试试看。
#
# 对猫和狗呢？它从来没有学过“猫还是狗”这道题。它怎么会答的？先回到上面的问题：36 张里能对几张？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# It says “dog”, not “probably neither”: the model has never learned “neither”, this third answer is only a limit that we added, and on grey the two groups of probabilities make more than 5% (first printed line): no name has as much as 1% (second line), but there are 118 dog classes. A picture of random noise stays below. So about a chair or a selfie none of the three answers can be trusted. Try it.
#
# And for cats and dogs? Nobody ever taught it the question “cat or dog?”. How can it answer? Back to the question above first: how many of the 36 will it get right?
#
# </div>

# %%
noise = np.random.default_rng(0).integers(0, 256, (224, 224, 3))
assert who_is_it(noise).startswith("大概都不是")  # noise: below the limit
assert who_is_it(grey).startswith("狗 dog")  # grey: above it
assert model.predict(grey[None].astype("float32"), verbose=0).max() < 0.01

# %% [markdown]
# ## 一千个名字，一个问题 · A thousand names, one question

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 模型对每张照片返回 1,000 个概率，加起来等于 1。36 张一起交给它，再看其中 3 张：先看照片，猜一猜它最有把握的名字。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# For each photo the model returns 1,000 probabilities that add up to 1. Give it all 36 at once, then look at 3 of them: photos first, so that you can guess the name it is most confident of.
#
# </div>

# %%
probabilities = model.predict(x.astype("float32"), verbose=0)
assert probabilities.shape == (36, 1000) and np.allclose(probabilities.sum(axis=1), 1, atol=1e-4)

# %% tags=["setup", "keep-output"]
figures.show_photos(
    [x[0], x[4], x[22]],
    ["照片 photo 0", "照片 photo 4", "照片 photo 22"],
    "3 张照片：一只围着黄围巾、旁边有一个网球的虎斑猫，一只黑猫，一只白色的博美犬。",
    "3 photos: a tabby cat with a yellow scarf and a tennis ball beside it, a black cat, a white Pomeranian dog.",
    columns=3,
    credit=CREDIT,
)

# %% tags=["nbval-ignore-output"]
for i in [0, 4, 22]:
    say(f"照片 photo {i}:", three_names(probabilities[i]))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 照片 0 是一只猫，模型最有把握的答案却是网球：那里真有一个网球。可是我们只问“猫还是狗”。把 5 个家猫类（281–285）的概率加起来，再把 118 个狗类（151–268）的概率加起来，谁大就选谁。这常叫**零样本分类**（zero-shot classification）：我们这道题的训练照片，一张也没用。（严格的零样本指训练时没有见过的类；这些品种模型都见过，只是名字更细。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Photo 0 is a cat, but the model's best answer is a tennis ball: there really is one. But all we ask is “cat or dog?”. Add up the probabilities of the 5 house cat classes (281–285), then those of the 118 dog classes (151–268), and take the larger. This is often called **zero-shot classification**: no training photo of our task is used. (Strictly, zero-shot means classes never seen in training; ours were seen, under finer names.)
#
# </div>

# %%
assert names[probabilities[0].argmax()] == "tennis ball"
assert names[probabilities[22].argmax()] == "Pomeranian"

# %%
cat = probabilities[:, backbones.CATS].sum(axis=1)
dog = probabilities[:, backbones.DOGS].sum(axis=1)
y_hat = (dog > cat).astype(int)  # 0 cat, 1 dog
assert len(backbones.CATS) == 5 and len(backbones.DOGS) == 118 and y_hat[0] == 0

# %% tags=["nbval-ignore-output"]
n_right = int((y_hat == pets.labels).sum())
say(f"{n_right} / {len(pets)}")
outcome("00-p1", n_right)

# %%
originals = [photos.read(path) for path in pets.paths]  # as they are on disk, up to 500 pixels
answers = [who_is_it(photo).startswith("狗 dog") for photo in originals]
assert np.array_equal(answers, y_hat == 1)  # the button and the count give the same answers

# %% tags=["setup", "nbval-ignore-output"]
figures.show_photos(
    [x[1], x[26]],
    ["照片 photo 1", "照片 photo 26"],
    "2 张照片：昏暗处一只浅色的猫，脸和耳朵是深色的；草地上一只牵着绳子的白色长毛狗。",
    "2 photos: in dim light a pale cat with a dark face and dark ears; a white long-haired dog on a lead, on grass.",
    columns=2,
    credit="Oxford-IIIT Pet, CC BY-SA 4.0",
)
say(f"照片 photo 1: {who_is_it(x[1])}")

# %%
assert y_hat[1] == 1 and pets.labels[1] == 0  # a cat that is called a dog
assert y_hat[26] == pets.labels[26] == 1  # this dog is right
assert n_right >= 34

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 36 张里至少对 34 张，没有训练，没有显卡。这是**迁移学习**（transfer learning）最简单的一种：在一个任务上学到的东西，用到另一个任务上；这里连训练都不用。它认错的一张是照片 1：一只猫，最有把握的名字却是一种狗，蝴蝶犬（papillon），后面才是两种猫。
#
# 它为什么会错？再试另外 40 张照片，20 张猫，20 张狗，编号也从 0 开始（现在下载，约 6 MB；不能只取一部分时约 42 MB）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# At least 34 of 36 right, without training and without a graphics card. This is the simplest kind of **transfer learning**: what was learned on one task is used on another; here even without any training. The one it gets wrong is photo 1: a cat, but the name it is most confident of is a breed of dog, papillon, followed by two of cats.
#
# Why is it ever wrong? Try 40 other photos, 20 cats and 20 dogs, numbered from 0 as well (downloaded now, about 6 MB; about 42 MB where no part of a file can be sent).
#
# </div>

# %%
test = photos.default("test")
p_test = model.predict(test.images(224).astype("float32"), verbose=0)
p_dogs, p_cats = p_test[:, backbones.DOGS], p_test[:, backbones.CATS]
says_dog = p_dogs.sum(axis=1) > p_cats.sum(axis=1)
wrong = says_dog != test.labels
n_cats = (test.labels[wrong] == 0).sum()
say(f"错 wrong: {wrong.sum()} / {len(test)}    其中猫 of these cats: {n_cats}")
assert len(test) == 40 and test.labels.sum() == 20 and wrong.sum() == n_cats == 4

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 4 张错了，4 张都是猫。是因为狗类有 118 个、猫类只有 5 个，加起来偏向狗吗？两种试法：只比两组里最大的一类；或者把两组的和各除以类的个数，比平均。先猜：改成比平均，错的张数会变少吗？写 `True` 或 `False`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# 4 are wrong, and all 4 are cats. Is it because there are 118 dog classes and 5 cat classes, so that sums lean towards dogs? Two things to try: compare the largest class of each group only; or divide each sum by its number of classes and compare the means. Guess first: comparing means, will there be fewer mistakes? Write `True` or `False`.
#
# </div>

# %% tags=["exercise"]
predict("00-p3", ...)

# %% tags=["nbval-ignore-output"]
largest = p_dogs.max(axis=1) > p_cats.max(axis=1)
mean = p_dogs.mean(axis=1) > p_cats.mean(axis=1)
for rule, says in {"和 sum": says_dog, "最大 largest": largest, "平均 mean": mean}.items():
    say(f"{rule}: 错的照片 wrong photos {np.flatnonzero(says != test.labels).tolist()}")
for i in np.flatnonzero(wrong):
    best = p_test[i].argmax()
    say(f"照片 photo {i}:", (chinese[best], names[best]))
outcome("00-p3", (mean != test.labels).sum() < wrong.sum())

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 只比最大的一类，错的是同样 4 张。这说明不了什么：从 118 个数里挑最大的，也比从 5 个数里挑占便宜。比平均，只错 2 张。
#
# 下图把每张照片放在一条轴上：狗类之和除以猫类之和，取对数。实线 0 是“比和”的分界，虚线 $\log(118/5)\approx3.16$ 是“比平均”的分界：比平均，就是把分界向右移。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Comparing the largest class only, the same 4 photos are wrong. This shows nothing: the largest of 118 numbers has an advantage over the largest of 5, too. Comparing means, just 2 are wrong.
#
# The picture puts each photo on an axis: the logarithm of the dogs' sum divided by the cats' sum. The solid line at 0 is the border for sums, the dashed line at $\log(118/5)\approx3.16$ that for means: comparing means just moves the border to the right.
#
# </div>

# %% tags=["setup"]
lean = np.log(p_dogs.sum(axis=1) / p_cats.sum(axis=1))
assert np.array_equal(largest, says_dog) and np.array_equal(lean > 0, says_dog)
assert np.array_equal(lean > np.log(118 / 5), mean) and (mean != test.labels).sum() == 2
best = {names[c] for c in p_test[wrong].argmax(axis=1)}
assert best == {"skunk", "Angora", "Pomeranian", "Cardigan"}
assert np.array_equal(lean > 5, test.labels == 1)
fig, ax = plt.subplots(figsize=(6.4, 2.3))
for label, name, marker in [(0, "猫 cat", "o"), (1, "狗 dog", "^")]:
    heights = label + np.linspace(-0.25, 0.25, 20)
    ax.scatter(lean[test.labels == label], heights, color=f"C{label}", marker=marker, label=name)
ax.axvline(0, color="black")
ax.axvline(np.log(118 / 5), color="black", linestyle="--")
ax.set(xlabel="狗 ÷ 猫，取对数 log(dog / cat)", ylabel="照片 photo", ylim=(-0.6, 1.6), yticks=[])
ax.legend(loc="upper left")
figures.show(
    fig,
    "40 张照片在一条轴上：狗都在实线 0 的右边，猫大多在左边，4 只猫越过了实线，其中 2 只也越过虚线 3.16；狗都在 5 的右边。",
    "40 photos on an axis: all dogs lie to the right of the solid line at 0, most cats to the left; 4 cats are past the solid line, 2 of them also past the dashed one at 3.16; all dogs are to the right of 5.",
)

# %%
mean_36 = dog / len(backbones.DOGS) > cat / len(backbones.CATS)
for rule, says in {"和 sum": y_hat == 1, "平均 mean": mean_36}.items():
    say(f"36 张 photos · {rule}: 错 wrong {np.flatnonzero(says != pets.labels).tolist()}")
assert (mean_36 != pets.labels).sum() == 1 and mean_36[1] == 0 and not mean_36[26]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 在那 36 张上，平均照样错 1 张：照片 1 对了，照片 26 那只狗却错了。图里把分界移到 5，40 张全对；可是这个 5 是看过答案才挑的。类的个数可能有影响，但只有几张错，定不下来：**样本太少时，不要急着下结论**。一个标签也不用，最好能做到多好？这个问题先留着：第 07 课在多得多的照片上测出一个标签值多少，第 09 课再定下来。
#
# 每张错的照片最有把握的名字也值得看，4 个都不是猫：一只臭鼬，一只安哥拉兔，一种博美犬，一种柯基犬。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# On the 36, the mean gets 1 wrong as well: photo 1 is right now, but photo 26, a dog, is wrong. A border at 5 in the picture gets all 40 right; but 5 was picked after seeing the answers. The number of classes may matter, but a few mistakes cannot settle it: **with so few, do not rush to a conclusion**. How good can it get without any label? The question stays open here: lesson 07 measures on far more photos what one label is worth, and lesson 09 settles it.
#
# The 4 wrong photos' names are worth a look, too, none a cat: a skunk, an Angora rabbit, a Pomeranian, a Cardigan corgi.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 那 36 张对它算是容易的。再看一次大得多的测量，结果存在课程里：另外 1,000 张猫狗照片。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The 36 are kind to it. Here is a much larger measurement, stored with the course: 1,000 other photos of cats and dogs.
#
# </div>

# %%
text = (paths.DATA / "results" / "recipes.json").read_text(encoding="utf-8")
stored = json.loads(text)["recipes"]
rows = {
    "zero_shot": ("Lite0，零样本", "Lite0, zero-shot"),
    "ours_lite2": ("Lite2，200 个标签", "Lite2, 200 labels"),
}
for who, title in rows.items():
    say(title, f"  {stored[who]['local_right']} / {stored[who]['local_n']}")
assert stored["zero_shot"]["local_right"] == 905 and stored["ours_lite2"]["local_right"] == 995
assert stored["zero_shot"]["photos"] == 0 and stored["ours_lite2"]["photos"] == 200

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 存下的结果：Lite0 零样本答对 905 张。换成大一些的 EfficientNet-Lite2，再用 200 张有标签的照片训练一个小小的**分类头**（head，接在网络后面、给出答案的那一层），995 张。两样都换了，各有多少功劳，这里分不出来，第 09 课再比。怎样做到、为什么能做到，就是这门课要讲的。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The stored result: zero-shot, Lite0 gets 905 right. With the larger EfficientNet-Lite2 and 200 labelled photos to train a small **head** (the layer behind a network that gives the answer), it is 995. Both were changed, and how much each contributes cannot be told from this; lesson 09 compares. How to get there, and why, is what this course is about.
#
# </div>

# %% [markdown]
# ## 误区实测：没有显卡和海量照片，就做不了图像识别 · The myth, measured: no image recognition without a graphics card and masses of photos

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这句话对了一半。海量照片确实有人用过：训练这类模型的人。ImageNet 的训练集有 1,281,167 张有标签的照片（Russakovsky 等，2015）。而使用训练好的模型，两样都不需要，你刚刚看到了；不过猫和狗恰好在那 1,000 种里。你的类别不在里面时，要训练一个分类头：第 07 课讲，普通 CPU 就够。
#
# 还有一个疑问：36 张里对 34 张以上，会不会是碰巧？全靠抛硬币，答对至少 34 张的概率有多大？永远答“狗”能对几张？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# This is half true. Somebody did use masses of photos: those who trained models like this one. ImageNet's training set has 1,281,167 labelled photos (Russakovsky et al. 2015). Using the trained model takes neither, as you have just seen; but cats and dogs happen to be among its 1,000 kinds. Where your classes are not, you train a head: lesson 07 shows how, and an ordinary CPU will do.
#
# One doubt is left: may 34 or more right of 36 be luck? How likely is it to get at least 34 right by tossing a coin? And how many are right if you always answer “dog”?
#
# </div>

# %%
from math import comb

chance = sum(comb(36, k) for k in range(34, 37)) / 2**36
say(f"抛硬币 coin: {chance:.1e}    永远答狗 always dog: {pets.labels.sum()} / {len(pets)}")
assert chance < 1e-7 and pets.labels.sum() == 20

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 所以不是碰巧。但这也只能排除碰巧，不能说明别的任务同样容易。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# So it was no luck. This only rules out luck; it does not say that other tasks are as easy.
#
# </div>

# %% [markdown]
# ## 照片就是数字 · A photo is numbers

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一张照片是一个数组：高 × 宽 × 3 个通道（红、绿、蓝），每个数在 0（暗）到 255（亮）之间。一批照片再多一维，放在最前面：`(n, 224, 224, 3)`。这门课里的大多数错误信息都与**形状**（shape）或**数值范围**有关，所以先看这两样。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A photo is an array: height × width × 3 channels (red, green, blue), each number between 0 (dark) and 255 (bright). A batch of photos has one more dimension, in front: `(n, 224, 224, 3)`. Most error messages of this course are about the **shape** or the **range** of values, so look at these two first.
#
# </div>

# %%
photo = x[0]
print(photo.shape, photo.dtype, x.shape)
print(photo[100, 112])  # one pixel: red, green, blue
assert photo.shape == (224, 224, 3) and photo.min() >= 0 and photo.max() <= 255

# %% tags=["setup"]
fig, axes = plt.subplots(1, 4, figsize=(8, 2.7), layout="constrained")
titles = ["照片 photo", "红 red", "绿 green", "蓝 blue"]
pictures = [photo, *np.moveaxis(photo, -1, 0)]
for ax, title, picture in zip(axes, titles, pictures, strict=True):
    ax.imshow(picture, cmap="gray", vmin=0, vmax=255)
    ax.set(title=title, xticks=[], yticks=[])
fig.supxlabel(CREDIT, fontsize=7)
figures.show(
    fig,
    "一张猫的照片，旁边是它的红、绿、蓝三个通道，各是一幅灰度图；黄围巾在蓝色通道里最暗。",
    "One cat photo and beside it its red, green and blue channel, each a grey picture; the yellow scarf is darkest in the blue channel.",
    photo=True,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 黄色是红加绿：黄围巾在这两个通道里亮，在蓝色通道里暗。
#
# **检查自己**。练习的答案当场检查：把 `...` 换成你的答案，再运行，`check` 会说对，或还不对（并说明为什么）。先故意写一个错的，例如 `224 * 224`。卡住了，就新开一个单元格（按 Esc，再按 B），运行 `hint("00-1")`，每次多说一步；`solution("00-1")` 给出完整的解答。答案不会离开你的电脑。
#
# **练习 1**：一张形状为 `(224, 224, 3)` 的照片里有多少个数？写一个整数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Yellow is red plus green: the scarf is bright in these two channels and dark in the blue one.
#
# **Check yourself**. Answers are checked at once: put yours where `...` stands and run the cell; `check` says right or not yet (and why). First write a wrong one on purpose, such as `224 * 224`. When you are stuck, open a new cell (press Esc, then B) and run `hint("00-1")`, one step more each time; `solution("00-1")` shows a worked answer. Your answers never leave your computer.
#
# **Exercise 1**: how many numbers does one photo of shape `(224, 224, 3)` hold? Write an integer.
#
# </div>

# %% tags=["exercise"]
answer_numbers = ...  # how many numbers does one photo of shape (224, 224, 3) hold?
check("00-1", answer_numbers)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 出错不要紧。下一个单元格故意出错：两张大小不同的照片叠不成一批。读错误信息时**先看最后一行**。修法在它下面：先缩放到同样的大小，再叠起来。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Errors do no harm. The next cell fails on purpose: two photos of different sizes cannot be stacked into a batch. When you read an error, **read the last line first**. The cure is below it: scale both to one size first, then stack them.
#
# </div>

# %% tags=["raises-exception"]
np.stack([photo, photo[:100]])

# %%
different = [photo.astype("float32"), photo[:100].astype("float32")]
same_size = [keras.ops.image.resize(p, (64, 64), antialias=True) for p in different]
assert np.stack(same_size).shape == (2, 64, 64, 3)

# %% [markdown]
# ## 随机种子：两次运行，同样的数字 · Seeds: two runs, the same numbers

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **训练**就是反复调整网络里的数（**权重**，weights），让它错得少一些。错得多不多，由一个数来衡量，叫**损失**（loss）：越小越好。下面的 `train_once` 训练一个小网络，返回最后的损失；第 01–03 课解释它怎么做到。
#
# 训练里有随机数，例如权重的初始值。**随机种子**（random seed）决定随机数从哪里开始；`course_utils.reproducible(7)` 给 Python、NumPy 和 Keras 设同一个种子。先猜两件事：同一个种子训练两次，损失完全相等吗？换一个种子，损失还完全相等吗？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Training** means adjusting the numbers inside a network (its **weights**) again and again so that it errs less. One number says how badly it does, the **loss**: smaller is better. `train_once` below trains a small network and returns its last loss; lessons 01–03 explain how.
#
# Training has random numbers in it, such as the initial weights. A **random seed** says where they start; `course_utils.reproducible(7)` seeds Python, NumPy and Keras. Guess two things: trained twice with one seed, is the loss exactly the same? And with another seed, is it still exactly the same?
#
# </div>

# %% tags=["exercise"]
predict("00-p4", ...)  # the same seed
predict("00-p5", ...)  # another seed


# %%
def train_once(seed):
    """Train a small network on the 1,000 probabilities of the pet photos; give its last loss."""
    course_utils.reproducible(seed)
    layers = [keras.layers.Dense(8, "relu"), keras.layers.Dense(1, "sigmoid")]
    net = keras.Sequential([keras.Input((1000,)), *layers])
    net.compile("sgd", loss="binary_crossentropy")
    return net.fit(probabilities, pets.labels, epochs=2, verbose=0).history["loss"][-1]


first, again, other = train_once(7), train_once(7), train_once(8)

# %% tags=["nbval-ignore-output"]
say(f"种子 seed 7: {first:.4f}   7: {again:.4f}   8: {other:.4f}")
outcome("00-p4", first == again)
outcome("00-p5", first == other)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这个小网络用同样的种子训练两次，一位不差。换一台电脑或换一个版本，加法的先后次序可能不同，舍入也就不同，训练出来的数会略有不同；这里只有一台电脑，没有测。所以课程断言的是**有余量的结论**（`n_right >= 34`），不是某个精确的小数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Trained twice with the same seed, this small network gives the same loss to the last digit. On another computer or with other versions, additions may come in a different order and round differently, and trained numbers differ a little; with just one computer here, this was not measured. So the course asserts **claims with a margin** (`n_right >= 34`), not one exact decimal.
#
# </div>

# %% tags=["any-seed"]
assert first == again and first != other

# %% [markdown]
# ## 课程地图 · The map of the course

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这张图由每一课的笔记本生成：标题、需要的分钟和要先学的课。左边的弧线从先学的课连到后学的课；别的弧线已经说明的不再画，表里才全。00 没有弧线：哪一课都不依赖它。右边的方块是练习，圆圈是测验；做对一个，就填满一个，全部做完，弧线上的圆点也填满。表里的编号是链接。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# This map is made from each lesson's notebook: its title, the minutes it takes and the lessons to take first. The arcs at the left lead from a lesson to those that build on it; what other arcs say already is left out, and the table has them all. 00 has no arc: no lesson depends on it. The squares at the right are exercises, the circles quizzes; each is filled when you get it right, and the dot on the arcs when the whole lesson is done. The numbers in the table are links.
#
# </div>

# %% tags=["setup", "nbval-ignore-output", "keep-output"]
lessons = curriculum.read()
progress()
display(Markdown(curriculum.switched_table(lessons)))
hours = sum(lesson.minutes for lesson in lessons) / 60
say(f"{len(lessons)} 课 lessons · {hours:.0f} 小时 hours")


# %% tags=["setup"]
needs = {lesson.number: set(lesson.needs) for lesson in lessons}


def before(number):
    """All lessons that this one builds on, directly or not."""
    return needs[number].union(*map(before, needs[number]))


assert all(earlier < number for number in needs for earlier in before(number))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 想知道某一课之前要学哪些，新开一个单元格，运行 `before("08")`。想先看成果，现在就可以去第 09 课：那里每一步都会重新说明。
#
# 你的进度存在你自己的电脑上，重启**内核**（kernel，在后台运行代码、记住变量的程序）或更新课程都不会丢。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# To see which lessons come before another one, open a new cell and run `before("08")`. If you want to see results first, go to lesson 09 now: each step is explained again there.
#
# Your progress is kept on your own computer and survives restarts of the **kernel** (the program that runs the code and remembers the variables) and updates of the course.
#
# </div>

# %% [markdown]
# ## 你的环境 · Your environment

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 新开一个单元格，运行 `!course doctor`（或者在终端里运行 `course doctor`）：它用两种语言说出哪些没问题，哪些有问题，该怎么办。下面只看三样：Python 和 Keras 的版本，以及 Keras 的后端（backend）：真正做计算的库，这里是 TensorFlow。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Open a new cell and run `!course doctor` (or `course doctor` in a terminal): it says in both languages what is right, what is not, and what to do. Here are just three things: the versions of Python and Keras, and Keras's backend, the library that does the computing, here TensorFlow.
#
# </div>

# %% tags=["nbval-ignore-output"]
keras_version = tuple(map(int, keras.__version__.split(".")[:2]))
python, backend = sys.version_info[:2], keras.backend.backend()
say(f"Python {python}   Keras {keras_version}   后端 backend: {backend}")
print("keras:", hasattr(keras.preprocessing.image, "ImageDataGenerator"))
old = tf.keras.preprocessing.image.ImageDataGenerator
print("tensorflow.keras:", old.__module__)

# %% tags=["shows-versions"]
assert python >= (3, 11) and keras_version >= (3, 15)
assert not hasattr(keras.preprocessing.image, "ImageDataGenerator") and "legacy" in old.__module__

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 打印出的后两行关系到旧教程：`from keras.preprocessing.image import ImageDataGenerator` 在这里会报错，因为 `keras` 里已经没有它（`False`）。从 `tensorflow.keras` 目前还能导入，得到的是留给旧程序的副本，模块名里有 `legacy`（旧的）。课程只用一种写法：`import keras`；读照片的新写法在第 06 课。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The last two printed lines concern old tutorials: `from keras.preprocessing.image import ImageDataGenerator` fails here, because `keras` no longer has it (`False`). From `tensorflow.keras` it can still be imported; what you get is a copy for old programs, with `legacy` in its module's name. The course uses one form only: `import keras`; the new way to read photos is in lesson 06.
#
# </div>

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 练习 1 在上面“照片就是数字”一节。
#
# **练习 2**：写一个函数，把一张照片变成只含这一张的批次。输入 `photo`：形状为 `(h, w, 3)` 的数组，大小不一定是 224 × 224；返回形状为 `(1, h, w, 3)` 的数组，不是列表。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Exercise 1 is above, in the section “A photo is numbers”.
#
# **Exercise 2**: write a function that turns one photo into a batch that holds just this one. Input `photo`: an array of shape `(h, w, 3)`, not always 224 × 224; return an array of shape `(1, h, w, 3)`, not a list.
#
# </div>


# %% tags=["exercise"]
def to_batch(photo):
    """photo: array (h, w, 3) -> a batch with this one photo, (1, h, w, 3)"""
    return ...


check("00-2", to_batch)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 3**：写出有三种回答的零样本判断。输入 `probabilities` 的形状是 `(n, 1000)`；返回 `(n,)` 的整数数组。猫类是 281 到 285，狗类是 151 到 268，两端都含。两组的概率之和加在一起不到 0.05 时给 −1（大概都不是）；否则狗类之和更大时给 1，不然给 0。例如：
#
# | 猫类之和 | 狗类之和 | 回答 |
# |--:|--:|--:|
# | 0.34 | 0.48 | 1 |
# | 0.30 | 0.02 | 0 |
# | 0.01 | 0.03 | −1 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: write the zero-shot decision with three answers. Input `probabilities` of shape `(n, 1000)`; return an integer array of shape `(n,)`. Cats are classes 281 to 285, dogs are classes 151 to 268, both ends included. Give −1 (probably neither) where the two sums of probabilities together are less than 0.05; elsewhere 1 where the dog classes have the larger sum, else 0. For example:
#
# | sum of cats | sum of dogs | answer |
# |--:|--:|--:|
# | 0.34 | 0.48 | 1 |
# | 0.30 | 0.02 | 0 |
# | 0.01 | 0.03 | −1 |
#
# </div>


# %% tags=["exercise"]
def cat_dog_or_neither(probabilities):
    """probabilities: (n, 1000) -> (n,): 1 dog, 0 cat, -1 where both sums together are < 0.05.

    Cats are classes 281 to 285, dogs are classes 151 to 268, both ends included.
    """
    return ...


check("00-3", cat_dog_or_neither)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 4**：写出准确率。输入 `y`（标签）和 `y_hat`（回答）：长度相同的数组，里面是 0 和 1；返回答对的比例，一个 0 和 1 之间的数。例如下面 4 张里对 3 张，准确率是 0.75：
#
# | 照片 | 1 | 2 | 3 | 4 |
# |---|--:|--:|--:|--:|
# | `y` | 0 | 1 | 1 | 0 |
# | `y_hat` | 0 | 1 | 0 | 0 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 4**: write the accuracy. Inputs `y` (labels) and `y_hat` (answers): arrays of the same length with 0 and 1; return the share of right answers, a number between 0 and 1. Of the 4 photos below 3 are right, so the accuracy is 0.75:
#
# | photo | 1 | 2 | 3 | 4 |
# |---|--:|--:|--:|--:|
# | `y` | 0 | 1 | 1 | 0 |
# | `y_hat` | 0 | 1 | 0 | 0 |
#
# </div>


# %% tags=["exercise"]
def accuracy(y, y_hat):
    """y, y_hat: arrays (n,) of 0 and 1 -> share of right answers, 0–1"""
    return ...


check("00-4", accuracy)

# %% [markdown]
# ## 测验 · Quiz

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 点一个字母，就知道它为什么对或不对；可以再点别的。没有可点的字母时，把答案写进括号，例如 `quiz("00-q1", "B")`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Click a letter to learn why it is right or not; the others can be clicked, too. Where there are no letters to click, write the answer between the brackets, for example `quiz("00-q1", "B")`.
#
# </div>

# %% tags=["quiz"]
quiz("00-q1")

# %% tags=["quiz"]
quiz("00-q2")

# %% tags=["quiz"]
quiz("00-q3")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 随时可以运行 `progress()`，看看地图上又填满了哪些。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Run `progress()` at any time to see what has been filled on the map.
#
# </div>

# %% tags=["quiz"]
progress()

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你猜得怎么样？`guesses("00")` 把这一课的每个猜测和结果放在一起。后面的课要猜更多的数：有的偏高，有的偏低，都差得不远，说明心里有数；总是偏向一边，就值得想想为什么。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# How good were your guesses? `guesses("00")` sets each guess of this lesson beside its result. Later lessons ask for more numbers: some too high, some too low, none by far means that you know what to expect; always to one side is worth asking why.
#
# </div>

# %% tags=["exercise"]
guesses("00")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 预训练模型已经知道很多；先问它，再决定要不要训练。
# * 先猜，再运行，再解释；出错时先看最后一行，再看形状和范围。
# * 同样的种子、同样的版本在同一台机器上给出同样的数字；换了机器，只有留了余量的结论才可靠。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * A pretrained model knows a lot already: ask it first, then decide whether to train.
# * Predict, run, explain; when something fails, read the last line first, then look at shape and range.
# * The same seed and the same versions give the same numbers on the same machine; on another one only claims with a margin hold.
#
# </div>

# %% [markdown]
# ## 给教师：在课堂上用 · For teachers: using it in class

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# <details>
# <summary>给教师的命令（点开）</summary>
#
# * **一个链接一种语言**：JupyterLab 的网址末尾加上 `?lang=zh`，打开就是中文；`?lang=en` 是英文。
# * **没有网络的教室**：有网络时运行一次 `python start.py fetch --all --to PACK/assets`，做成课堂资源包；学生用 `COURSE_ASSETS=PACK/assets python start.py` 启动，不再下载照片和权重。软件包也能这样带进教室：见 `docs/teaching.md`。
# * **备课**：`course teach 03` 加上 `--lang zh` 或 `--lang en`，打印一课的备课页：先问学生什么、板书、测验，以及每种常见的错误答案和它得到的反馈。
# * **发和收**：`course release OUT 03 04` 做出一个没有解答的学生版压缩文件；`course grade HANDED_IN` 在沙箱里运行收上来的笔记本，列出谁做对了哪些练习。
# * **学期中途更新**：`course update` 绝不覆盖学生写的东西，新版放在旁边。
#
# </details>
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# <details>
# <summary>Commands for teachers (click to open)</summary>
#
# * **One link, one language**: put `?lang=en` at the end of JupyterLab's address and it opens in English; `?lang=zh` is Chinese.
# * **A classroom without a network**: run `python start.py fetch --all --to PACK/assets` once where there is one; this makes the class pack. Students start by `COURSE_ASSETS=PACK/assets python start.py` and download no photos and weights. Packages can be brought to class the same way: see `docs/teaching.md`.
# * **Preparing**: `course teach 03` with `--lang zh` or `--lang en` prints a lesson's sheet: what to ask first, a board plan, the quiz, and each common wrong answer with the feedback it gets.
# * **Handing out, handing in**: `course release OUT 03 04` makes one zip file for students, without solutions; `course grade HANDED_IN` runs the notebooks that come back in a sandbox and lists who got which exercises right.
# * **Updating in the middle of a term**: `course update` never overwrites what a student wrote; the new version is put beside it.
#
# </details>
#
# </div>

# %% [markdown]
# ## 给好奇的人：每个文件从哪里来 · For the curious: where each file comes from

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 照片、权重、语料和字体全部从你自己设定的 Python 软件包索引（或镜像）取得。文件都核对过校验和（checksum，由内容算出的一个数，内容变了它就变）才使用。不用注册账号，也不用网盘。点开下表：它由资源清单 `data/assets.toml` 生成，列出整门课（包括还没写的课）用到的全部资源；“载体”是装着它的软件包。`data/README.md` 还写着它们最初的来源。某一课需要的，运行到那里才会下载。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# All photos, weights, corpora and fonts come from the Python package index (or mirror) that you have configured. Files are used only after their checksums have been verified (a number computed from the content, which changes with it). No account, no cloud drive. Open the table: it is made from the list of assets, `data/assets.toml`, and has everything that the whole course uses, lessons yet to be written included; a “carrier” is the package that holds it. `data/README.md` adds where each came from at first. What a lesson needs is downloaded when you get there.
#
# </div>

# %% tags=["setup", "nbval-ignore-output", "keep-output"]
rows = [
    f"| {spans(a.title_zh, a.title_en)} | `{a.carrier}` | {a.licence} | {a.size / 1e6:.0f} "
    f"| {', '.join(a.lessons)} |"
    for a in assets.manifest().values()
]
heads = [("内容", "content"), ("载体", "carrier"), ("许可证", "licence"), ("课", "lessons")]
content, carrier, licence, where = (spans(*pair) for pair in heads)
head = [f"| {content} | {carrier} | {licence} | MB | {where} |", "|---|---|---|--:|---|"]
click = spans(f"{len(rows)} 项资源（点开）", f"{len(rows)} assets (click to open)")
total = f"<summary>{click}</summary>"
display(Markdown("\n".join(["<details>", total, "", *head, *rows, "", "</details>"])))

# %% tags=["setup"]
manifest = assets.manifest()
unstated = [name for name, a in manifest.items() if not a.licence_stated]
assert unstated == ["default_photos"] and "CC BY-SA" in manifest["pet_photos"].licence
assert {a.kind for a in manifest.values()} == {"wheel", "sdist", "installed"}
assert manifest["efficientnet_lite0"].kind == "installed"
assert all(a.carrier and a.licence and a.size > 0 for a in manifest.values())
assert [n for n, a in manifest.items() if not a.lessons] == [
    "fashion_mnist",
    "minilm_int8",
    "spoken_words",
]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# “(package)”表示只查过载体软件包自己写的许可证。默认照片没有写明许可证，所以课程只在你运行时取来，存下来的图里没有它们；你看到的存图都来自 Oxford-IIIT Pet。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# “(package)” means that only the licence which the carrier package states was read. The default photos state no licence, so the course only fetches them when you run it, and no stored picture shows them; the stored pictures that you see are from Oxford-IIIT Pet.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这门课从五篇讲迁移学习的文章出发，逐条核对。课程不写作者和网址：要更正的是说法，不是人。
#
# * **S1**：中英双语长文，讲前向和反向传播、损失、优化器，以及用 VGG16 分两类的项目。
# * **S2**：讲卷积网络的公式，从零训练一个 Keras 卷积网络。
# * **S3**：“深度学习、迁移学习、Python 实战”，用 VGG16。
# * **S4**：讲迁移学习的分类和领域自适应，用 ResNet50。
# * **S5**：讲参数、结构和特征的迁移，用 PyTorch 的 VGG16，附 47 条参考文献。
#
# 每一课的末尾有这样一张表：先说正确的。S1 写的版本要求在当时是对的，现在过时了。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# This course starts from five articles on transfer learning and checks them point by point. It names neither authors nor addresses: statements are corrected, not people.
#
# * **S1**: a long article in Chinese and English: forward and backward propagation, losses, optimizers, and a project that tells two classes apart by VGG16.
# * **S2**: the formulas of convolutional networks, and a Keras one trained from scratch.
# * **S3**: “deep learning, transfer learning, Python practice”, with VGG16.
# * **S4**: kinds of transfer learning and domain adaptation, with ResNet50.
# * **S5**: transfer of parameters, structure and features, with PyTorch's VGG16 and 47 references.
#
# Each lesson ends with such a table, what is right first. The versions that S1 asks for were right in their time and are out of date now.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S1 §5.1 | 当时是对的，现在过时了：TensorFlow 2.21 需要 Python 3.10 以上，Keras 3.15 需要 3.11 以上 | <q>Python 3.7或更高版本</q> |
# | S2 §5.1 | `keras` 3 里已没有它，这一行是 `ImportError`；读照片用 `image_dataset_from_directory`，增强用层（第 06 课） | `from keras.preprocessing.image import ImageDataGenerator` |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S1 §5.1 | right in its time, out of date now: TensorFlow 2.21 needs Python 3.10 or later, Keras 3.15 needs 3.11 or later | <q>Python 3.7 or higher</q> |
# | S2 §5.1 | `keras` 3 no longer has it, and the line is an `ImportError`; read photos by `image_dataset_from_directory` and augment by layers (lesson 06) | `from keras.preprocessing.image import ImageDataGenerator` |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, PMLR 97:6105–6114, arXiv:1905.11946
# * Parkhi, Vedaldi, Zisserman, Jawahar, *Cats and Dogs*, CVPR 2012：Oxford-IIIT Pet 数据集
# * Russakovsky et al., *ImageNet Large Scale Visual Recognition Challenge*, International Journal of Computer Vision 115(3):211–252, 2015
# * 迁移学习的综述：Pan, Yang, *A Survey on Transfer Learning*, IEEE TKDE 22(10):1345–1359, 2010
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, PMLR 97:6105–6114, arXiv:1905.11946
# * Parkhi, Vedaldi, Zisserman, Jawahar, *Cats and Dogs*, CVPR 2012: the Oxford-IIIT Pet data set
# * Russakovsky et al., *ImageNet Large Scale Visual Recognition Challenge*, International Journal of Computer Vision 115(3):211–252, 2015
# * A survey of transfer learning: Pan, Yang, *A Survey on Transfer Learning*, IEEE TKDE 22(10):1345–1359, 2010
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("00")
