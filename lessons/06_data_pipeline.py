# ---
# jupyter:
#   course: {minutes: 90, needs: ["04"]}
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
# # 06 数据管线 · Data pipeline

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 同一张猫的照片，同一个网络，4 种写法的预处理。每种写法都照常运行，没有一种报错。下面是网络真正看到的 4 张图：哪几张还能让它认出猫？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One photo of a cat, one network, four ways of writing the preprocessing. All of them run, and none reports an error. Here are the 4 pictures that the network really sees: from which of them can it still recognize a cat?
#
# </div>

# %% tags=["setup", "keep-output"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import contextlib
import io
import json
import shutil
import tempfile
import zlib
from pathlib import Path

import ipywidgets as widgets
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GroupShuffleSplit,
    ShuffleSplit,
    StratifiedShuffleSplit,
    cross_val_score,
    train_test_split,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tensorflow.keras.preprocessing.image import ImageDataGenerator  # the old one

from course_utils import backbones, detectors, features, figures, paths, photos, waiting
from course_utils.bilingual import say, table
from course_utils.learning import check, guesses, hint, outcome, predict, progress, quiz, solution
from course_utils.widgets import Explorer

figures.use_style()
course_utils.reproducible(7)
rng = np.random.default_rng(7)
folder = photos.default("train").paths[0].parents[1]  # holds the folders cats/ and dogs/
CREDIT = "照片 photos: Oxford-IIIT Pet (Parkhi, Vedaldi, Zisserman, Jawahar), CC BY-SA 4.0"
FULL = json.loads((paths.DATA / "results" / "06.json").read_text(encoding="utf-8"))


def fires(detector, *what):
    """Whether a detector finds its mistake."""
    try:
        detector(*what)
    except detectors.SilentMistake:
        return True
    return False


pet = photos.default("pets").images(224)
cat = pet[4].astype("float32")
WRITTEN = {  # translated back to pixels
    "(x-127)/128": cat,
    "x/255": 128 * cat / 255 + 127,
    "什么也不做 nothing at all": 128 * cat + 127,
    "做了两遍 done twice": cat / 255,
}


def framed(image):
    """Pixels 0–255 with a grey frame: a white picture cannot be seen on white."""
    shown = np.clip(image, 0, 255).astype("uint8")
    shown[[0, -1]] = shown[:, [0, -1]] = 128
    return shown


figures.show_photos(
    [framed(image) for image in WRITTEN.values()],
    list(WRITTEN),
    "网络看到的同一张猫的照片：第 1 种写法是原样，第 2 种发白，第 3 种几乎全白，第 4 种全黑。",
    "The same cat photo as the network sees it: unchanged with the first way, pale with the second, almost all white with the third, all black with the fourth.",
    columns=2,
    credit=CREDIT,
)

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 把一个文件夹变成一批批张量，说得出每一步为什么排在那里；
# * 给每个骨干网络它自己的预处理，并测出做错一步会损失多少准确率；
# * 选择不改变标签的数据增强，测出 `shear_range=0.2` 到底做了什么；
# * 把 `cache()` 放对地方，数一数省下多少次解码；
# * 划分数据而不泄漏：重复照片、变动的划分、打乱之后的 `predict`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * turn a folder into batches of tensors, and say why each step comes where it does;
# * give each backbone its own preprocessing, and measure what a wrong step costs in accuracy;
# * choose data augmentation that keeps the label, and measure what `shear_range=0.2` really does;
# * put `cache()` in the right place, and count the decodings it saves;
# * split data without leaks: duplicate photos, splits that move, `predict` after shuffling.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要第 04 课的特征和线性探测。**骨干网络**（backbone）是预训练好的网络去掉分类层；**分类头**（head）接在它后面，为新任务训练。**数据管线**（data pipeline）是从文件到一批批张量的过程。这里的错误很少报错：准确率悄悄变差，或者高得不真实。所以多数小节先让一个错误发生，再测它；能用一行**检测器**（detector）抓住的，就给出这一行。
#
# 在 2 个 CPU 核上运行全部单元格大约 1 分钟（VGG16 的特征第一次要多算 1 到 2 分钟，之后在缓存里）；读完并做练习大约 90 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# You need the features and linear probing of lesson 04. A **backbone** is a pretrained network without its classification layers; a **head** comes after it and is trained for the new task. The **data pipeline** is the way from files to batches of tensors. Mistakes here seldom raise an error: accuracy quietly suffers, or is too good to be true. So most sections let one mistake happen and measure it; where a one-line **detector** can catch it, we show it.
#
# Running all cells takes about 1 minute on 2 CPU cores (the first time 1 to 2 minutes more for VGG16's features, which are then cached); reading and doing the exercises about 90 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 准确率都在 0 到 1 之间，瞎猜是 0.5。
#
# 1. VGG16 要一种预处理。分类器用 60 张做对了预处理的照片训练；使用时误写成像素除以 255。准确率是多少？
# 2. 同样的错误发生在 EfficientNet-Lite0 上（训练用它自己的预处理），准确率是多少？
# 3. 有人训练时把照片推斜 0.2 度，上面往一边移，下面往另一边移。照片 224 像素高，最上面一行移动几个像素？
# 4. 60 张照片，一半标 0、一半标 1，随机发给照片；每张还有 4 个略微改动的副本。随机分成训练和验证两份，验证准确率是多少？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Accuracies lie between 0 and 1, and chance is 0.5.
#
# 1. VGG16 wants one preprocessing. A classifier is trained on 60 photos that were preprocessed right; in use somebody divides the pixels by 255 instead. What is its accuracy?
# 2. The same mistake with EfficientNet-Lite0 (trained with its own preprocessing): what is the accuracy?
# 3. Somebody slants the training photos by 0.2 degrees: the top moves to one side, the bottom to the other. A photo is 224 pixels high: by how many pixels does its top row move?
# 4. 60 photos get labels at random, half of them 0 and half 1, and each has 4 slightly changed copies. All are split at random into training and validation: what is the validation accuracy?
#
# </div>

# %% tags=["exercise"]
predict("06-p1", ...)  # 0–1
predict("06-p2", ...)  # 0–1
predict("06-p3", ...)  # pixels
predict("06-p4", ...)  # 0–1

# %% [markdown]
# ## 从文件夹到批 · From a folder to batches

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 文件夹的约定：每个类别一个子文件夹。`image_dataset_from_directory` 找到文件，解码，缩放，按**批**（batch）给出。三件要看清的事：像素是 `float32`，范围仍是 0 到 255，没有替你做任何**预处理**（preprocessing）；照片被拉成正方形（也可以裁剪或补边，见下图）；最后一批可能不满。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The convention: one subfolder per class. `image_dataset_from_directory` finds the files, decodes, resizes and delivers them one **batch** at a time. Three things to notice: pixels are `float32` and still from 0 to 255, no **preprocessing** has been done for you; photos are squeezed into a square (they can be cropped or padded instead, see the picture below); the last batch may be smaller.
#
# </div>

# %%
dataset = keras.utils.image_dataset_from_directory(folder, image_size=(224, 224), batch_size=32,
                                                   shuffle=False, verbose=False)  # fmt: skip
sizes = [len(labels) for _, labels in dataset]
images, labels = next(iter(dataset))
print(dataset.class_names, sizes, images.shape, images.dtype.name)
assert sum(sizes) == 200 and images.numpy().max() > 200

# %% tags=["setup"]
wide = photos.read(photos.default("pets").paths[4])
SQUARES = {
    "拉伸 squeezed\n默认 default": {},
    "裁剪 cropped\ncrop_to_aspect_ratio": {"crop_to_aspect_ratio": True},
    "补边 padded\npad_to_aspect_ratio": {"pad_to_aspect_ratio": True},
}
squares = [
    np.array(keras.layers.Resizing(224, 224, **how)(wide.astype("float32")))
    .clip(0, 255)
    .astype("uint8")
    for how in SQUARES.values()
]
assert wide.shape == (300, 448, 3) and squares[2][0].max() == 0  # padding is black
assert np.abs(squares[1].astype(float) - squares[0]).mean() > 10  # cropping is not squeezing
figures.show_photos(
    [wide, *squares],
    ["原图 original\n300×448", *SQUARES],
    "一张宽照片里的猫，和变成正方形的三种办法：拉伸使猫变瘦，裁剪切掉左右两边，补边在上下加黑边。",
    "A cat in a wide photo, and three ways to make it square: squeezing makes the cat thinner, cropping cuts off left and right, padding adds black bars above and below.",
    columns=2,
    credit=CREDIT.replace(" (", "\n("),
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 三种办法各丢一样：拉伸丢了比例，裁剪丢了边上的内容，补边把一部分像素浪费在黑边上。选哪一种都行，但训练和使用要同一种。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Squeezing loses the proportions, cropping what is at the sides, and padding wastes pixels on black bars. Take any of them, but the same in training and in use.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 1**：有人写死了 `steps_per_epoch=100`。设有 316 张照片，批大小 24：一**轮**（epoch）有几批？最后一批几张？100 步相当于把照片过几遍（可以是小数；最后一批不满也算一批）？填进字典 `answer_steps`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 1**: somebody hard-codes `steps_per_epoch=100`. Say there are 316 photos, in batches of 24: how many batches make one **epoch**? How many photos are in the last batch? How many passes over the photos are 100 steps (not always a whole number; a last batch that is not full counts as one)? Fill in the dictionary `answer_steps`.
#
# </div>

# %% tags=["exercise"]
answer_steps = {"batches": ..., "last_batch": ..., "passes": ...}
check("06-1", answer_steps)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 写死的步数会让“一轮”不再是一轮；Keras 自己会数，不要写它。
#
# 类别的编号是文件夹名**按文字排序**的位置：`cats` 是 0，`dogs` 是 1。所以名叫 1、2、10 的文件夹，顺序是 1、10、2。把类别名另外手写一遍、写成别的顺序，所有答案就反了，而没有任何报错。`detectors.class_order` 拿文件夹名与标签核对；检测器平时不说话，抓到错误就抛出 `SilentMistake`，说明错在哪里、怎么改。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With a fixed number of steps an “epoch” is no epoch any more; Keras counts by itself, so leave it out.
#
# A class's number is its folder's place **sorted as text**: `cats` is 0, `dogs` is 1. So folders called 1, 2 and 10 come in the order 1, 10, 2. Write the class names by hand a second time, in another order, and every answer is reversed without any error. `detectors.class_order` compares folder names with labels; a detector keeps quiet until it finds its mistake, then it raises `SilentMistake`, which says what is wrong and what to do.
#
# </div>

# %% tags=["any-seed"]
y_in_order = np.concatenate([labels for _, labels in dataset])
detectors.class_order(dataset.file_paths, y_in_order, dataset.class_names)  # silent: all is well
try:
    detectors.class_order(dataset.file_paths, y_in_order, ["dogs", "cats"])
except detectors.SilentMistake as error:
    say((error.zh, error.en))

# %% [markdown]
# ## 坏文件 · Broken files

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 真实的文件夹里常有坏文件：下载到一半的、空的、改了后缀的。我们在 4 张好照片旁边放 3 个坏的，看会发生什么。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Real folders often hold broken files: half a download, an empty file, a wrong suffix. We put 3 broken ones next to 4 good photos and see what happens.
#
# </div>

# %% tags=["setup"]
broken = Path(tempfile.mkdtemp())
for path in map(Path, dataset.file_paths[:2] + dataset.file_paths[-2:]):
    (broken / path.parent.name).mkdir(exist_ok=True)
    shutil.copy(path, broken / path.parent.name)
whole_file = Path(dataset.file_paths[0]).read_bytes()
(broken / "cats" / "cut.jpg").write_bytes(whole_file[: len(whole_file) // 2])
(broken / "cats" / "empty.jpg").write_bytes(b"")
(broken / "dogs" / "text.jpg").write_text("not a photo", encoding="utf-8")
assert len(photos.photo_files(broken)) == 7
loaded = photos.load_folder(broken)
Image.open(dataset.file_paths[0]).save(broken / "cats" / "good.png")
n_jfif = int.from_bytes(whole_file[4:6])  # length of the JFIF segment, which cameras leave out
(broken / "cats" / "camera.jpg").write_bytes(whole_file[:2] + whole_file[4 + n_jfif :])
assert sorted(["1", "2", "10"]) == ["1", "10", "2"]  # folder names are text

# %%
loader = keras.utils.image_dataset_from_directory(broken, batch_size=1, verbose=False)
stopped = False
try:
    list(loader)
except tf.errors.InvalidArgumentError:
    stopped = True
say("中途停下 stopped half-way:", stopped)
assert stopped

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一个坏文件就让训练中途停下。常见的“过滤”只看开头几个字节里有没有 `JFIF`（Keras 的官方例子 *Image classification from scratch* 就这样删文件）。它漏掉后半截丢失的照片，又会错删好的 PNG 和没有 JFIF 段的相机照片。可靠的办法是真的解码一遍，并且用训练时的同一个解码器：别的程序读得了的文件，TensorFlow 不一定读得了。课程的 `photos.load_folder(folder).skipped` 列出 Pillow 读不了的文件和原因；用 `tf.data` 训练时，再像下面这样用 `tf.io.decode_image` 过一遍。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One broken file stops training half-way. The usual “filter” only looks for `JFIF` among the first bytes (Keras's own example *Image classification from scratch* deletes files that way). It misses a photo whose second half is lost, and would delete a good PNG or a camera's photo without a JFIF segment. The reliable way is to decode each file once, with the very decoder used in training: what another program can read, TensorFlow may not. The course's `photos.load_folder(folder).skipped` lists the files that Pillow cannot read, and why; when you train with `tf.data`, go through them with `tf.io.decode_image` as well, as below.
#
# </div>


# %% tags=["any-seed"]
def header_is_good(path):
    return b"JFIF" in path.read_bytes()[:10]


def decodes(path):
    try:
        tf.io.decode_image(path.read_bytes(), channels=3, expand_animations=False)
    except tf.errors.InvalidArgumentError:
        return False
    return True


judged = ["cats/cut.jpg", "cats/empty.jpg", "dogs/text.jpg", "cats/good.png", "cats/camera.jpg"]
MARK = {True: "✓", False: "✗"}
table(
    ["文件 file", "有 JFIF · has JFIF", "解得开 decodes"],
    [[f, MARK[header_is_good(broken / f)], MARK[decodes(broken / f)]] for f in judged],
)
assert header_is_good(broken / "cats/cut.jpg") and not decodes(broken / "cats/cut.jpg")
good_files = [path for path in sorted(broken.rglob("*.*")) if decodes(path)]
assert len(good_files) == 6 and not header_is_good(broken / "cats/camera.jpg")
assert {p.name for p, _ in loaded.skipped} == {"cut.jpg", "empty.jpg", "text.jpg"}

# %% [markdown]
# ## 整条管线 · The whole pipeline

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 下面是这一课的地图。两条规则决定顺序：**每次都一样的步骤放在 `cache()` 前面，每轮都要不同的放在后面**；预处理放进模型里，训练和使用就不会不一致。在“缓存放在哪里”一节，我们把它写成代码。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Here is the map of this lesson. Two rules give the order: **steps that are the same every time come before `cache()`, those that must differ in each epoch after it**; preprocessing goes into the model, so that training and use cannot disagree. The section “Where the cache belongs” writes it as code.
#
# </div>

# %% tags=["setup"]
STEPS = ["文件\nfiles", "解码，缩放\ndecode, resize", "缓存\ncache", "打乱\nshuffle",
         "成批\nbatch", "增强\naugment", "预取\nprefetch", "预处理\npreprocess",
         "骨干网络\nbackbone"]  # fmt: skip
PLACES = [(0, 0), (1, 0), (2, 0), (3, 0), (3, -1), (2, -1), (1, -1), (1, -2), (2, -2)]
boxes = []
fig, ax = plt.subplots(figsize=(8.0, 3.6))
for i, ((x, y), text) in enumerate(zip(PLACES, STEPS, strict=True)):
    colour = figures.PALETTE[1] if i in (3, 5) else figures.PALETTE[0 if i < 7 else 2]
    box = ax.annotate(text, (x, y), ha="center", va="center", fontsize=9,
                bbox={"boxstyle": "round,pad=0.4", "fc": "white", "ec": colour, "lw": 1.6})  # fmt: skip
    boxes.append(box.get_bbox_patch())
for i in range(1, len(boxes)):
    style = {"arrowstyle": "-|>", "color": "#000000", "shrinkA": 4, "shrinkB": 4}
    style |= {"patchA": boxes[i - 1], "patchB": boxes[i]}  # from edge to edge
    ax.annotate("", PLACES[i], PLACES[i - 1], arrowprops=style)
ax.text(
    3.45,
    -0.5,
    "橙色：每轮不同\norange: differs\nin each epoch",
    color=figures.PALETTE[1],
    fontsize=8,
    va="center",
)
ax.text(-0.35, -0.5, "蓝色：每轮相同 blue: same in each epoch", color=figures.PALETTE[0], fontsize=8, va="center")  # fmt: skip
ax.text(2.5, -2, "在模型里 inside the model", color=figures.PALETTE[2], fontsize=8, va="center")
ax.set(xlim=(-0.5, 4.2), ylim=(-2.4, 0.4))
ax.axis("off")
figures.show(
    fig,
    "流程图：文件、解码和缩放、缓存，然后是打乱、成批、增强、预取，其中打乱和增强（橙色）每轮不同，其余（蓝色）每轮相同；预处理和骨干网络在模型里。",
    "Flow chart: files, decode and resize, cache; then shuffle, batch, augment and prefetch, of which shuffle and augment (orange) differ in each epoch and the others (blue) do not; preprocessing and backbone are inside the model.",
)

# %% [markdown]
# ## 每个骨干网络有自己的预处理 · Each backbone has its own preprocessing

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 网络只认识它训练时见过的数。同一个纯红像素 $(255,0,0)$，不同的网络要的是不同的三个数：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A network knows only the numbers that it saw in training. One pure red pixel $(255,0,0)$ has to become a different triple for each network:
#
# </div>

# %% tags=["any-seed", "shows-normalize"]
red = np.float32([[[[255, 0, 0]]]])
vgg16 = keras.applications.vgg16.preprocess_input(red.copy())  # BGR, mean subtracted
torchvision = (red / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)  # another VGG16
mobilenet_v2 = keras.applications.mobilenet_v2.preprocess_input(red.copy())
shown = {"VGG16, Keras": vgg16, "VGG16, torchvision": torchvision, "MobileNetV2": mobilenet_v2}
for name, pixel in {**shown, "x/255": red / 255}.items():
    print(f"{name:20}", np.ravel(pixel).round(1))
assert np.allclose(vgg16, [-103.94, -116.78, 131.32], atol=0.01)
assert np.allclose(torchvision, [2.249, -2.036, -1.804], atol=0.001)
assert abs(torchvision - (red / 255 - 0.5) / 0.5).max() > 1  # S5's 0.5 is MobileNetV2's

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# Keras 自带的 VGG16 权重来自 Caffe（一个更早的框架）：通道倒成 BGR，每个通道减去均值，尺度仍是 0 到 255。课程用的 VGG16 权重来自 torchvision，要 RGB，除以 255，再减均值 $(0.485,0.456,0.406)$、除以标准差 $(0.229,0.224,0.225)$；减均值、除以标准差，叫**标准化**（standardization）。网络同名，预处理不同：跟着**权重**走，不是跟着名字走。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The VGG16 weights that Keras ships come from Caffe, an older framework: channels reversed to BGR, each channel's mean subtracted, scale still 0 to 255. The VGG16 weights of this course come from torchvision and want RGB, divided by 255, minus the means $(0.485,0.456,0.406)$, divided by the standard deviations $(0.229,0.224,0.225)$; subtracting the mean and dividing by the standard deviation is called **standardization**. One name, two preprocessings: follow the **weights**, not the name.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 2**：反过来，网络收到了标准化之后的数 `v`，它看见的是哪些像素？写 `pixels_seen(v, mean, std)`：`v` 的形状是 `(..., 3)`，最后一轴是 R、G、B；`mean`、`std` 各有 3 个数，是给 0 到 1 的像素用的；返回 0 到 255 的像素，不取整。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 2**: the other way round, a network has received standardized numbers `v`: which pixels does it see? Write `pixels_seen(v, mean, std)`: `v` has the shape `(..., 3)`, the last axis is R, G, B; `mean` and `std` hold 3 numbers each, for pixels from 0 to 1; return pixels from 0 to 255, not rounded.
#
# </div>


# %% tags=["exercise"]
def pixels_seen(v, mean, std):
    """v: standardized (..., 3); mean, std: three numbers each, for pixels 0–1 -> pixels 0–255"""
    return ...


check("06-2", pixels_seen)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在做**消融实验**（ablation study）：同一个网络，同样的照片，只换进入网络之前的变换。`preprocessing=False` 给出不带预处理的裸网络，于是可以喂给它 5 种东西：
#
# | 变换 | 是什么 |
# |---|---|
# | $(x-127)/128$ | Lite0 自己的 |
# | x/255 | 许多教程里的 `rescale=1./255` |
# | 红蓝互换 | Lite0 自己的，但红蓝互换：OpenCV 读出的照片就是 BGR |
# | 什么也不做 | 原始像素，0 到 255 |
# | 做了两遍 | 先除以 255，再做一遍 Lite0 的 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now an **ablation study**: the same network, the same photos, only the transformation before the network changes. `preprocessing=False` gives the bare network, so that it can be fed 5 different things:
#
# | transformation | what it is |
# |---|---|
# | $(x-127)/128$ | Lite0's own |
# | x/255 | `rescale=1./255` in many tutorials |
# | swapped | Lite0's own, but red and blue swapped: photos read by OpenCV are BGR |
# | nothing at all | raw pixels, 0 to 255 |
# | done twice | divided by 255 first, then Lite0's as well |
#
# </div>

# %%
transformations = {
    "(x-127)/128": lambda x: (x - 127) / 128,
    "x/255": lambda x: x / 255,
    "红蓝互换 swapped": lambda x: (x[..., ::-1] - 127) / 128,
    "什么也不做 nothing at all": lambda x: x,
    "做了两遍 done twice": lambda x: (x / 255 - 127) / 128,
}

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 三种测法，测试都用训练以外的 116 张：
#
# * **零样本分类**（zero-shot classification）：不训练。118 个狗类的概率之和大于 5 个猫类的，就答“狗”；网络毫无头绪时，118 对 5 会偏向狗。
# * **线性探测**：训练和测试用同一种变换；从 70 张里抽 60 张训练，抽 10 次。
# * **不一致**（mismatch）：用对的特征训练，测试时换成别的变换。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Three ways to measure, all tested on the 116 photos outside the training set:
#
# * **Zero-shot classification**: no training. If the probabilities of the 118 dog classes add up to more than those of the 5 cat classes, the answer is “dog”; with 118 against 5 a clueless network leans towards dogs.
# * **Linear probing**: training and test with the same transformation; 60 of 70 photos are drawn for training, 10 times.
# * **Mismatch**: trained on the right features, tested with another transformation.
#
# </div>

# %% tags=["setup"]
SWAPPED, NOTHING, TWICE = list(transformations)[2:]
HEARD = {True: "响 fires", False: "不响 silent"}
SAME = {True: "相同 the same", False: "不同 different"}
bare = backbones.load("efficientnet_lite0", include_top=True, preprocessing=False)
head_weights, head_bias = bare.layers[-1].get_weights()  # features -> the 1,000 ImageNet classes
network = backbones.predictor(keras.Model(bare.input, bare.get_layer("head_pool").output))


def features_of(pixels, transform=lambda x: x, network=network):
    starts = waiting.counted(range(0, len(pixels), 4), "取特征", "features")
    batches = (pixels[i : i + 4].astype("float32") for i in starts)
    return np.concatenate([network(transform(batch)) for batch in batches])


train = photos.default("train").subset(np.r_[0:35, 100:135])
held_out = photos.default("all").subset(range(200, 316))
y, y_test = train.labels, held_out.labels
x_test = held_out.images(224)
some = x_test[:8].astype("float32")  # 8 photos, 0 to 255, for the detectors
found = {  # two of the five are features that the course keeps once they are computed
    "(x-127)/128": tuple(features.extract(part) for part in (train, held_out)),
    "x/255": tuple(features.extract(part, scale=1 / 255) for part in (train, held_out)),
}
for name in (SWAPPED, NOTHING, TWICE):
    pixels = (train.images(224), x_test)
    found[name] = tuple(features_of(each, transformations[name]) for each in pixels)
kept, anew = found["x/255"][1][:8], features_of(x_test[:8], transformations["x/255"])
assert np.corrcoef(kept.ravel(), anew.ravel())[0, 1] > 0.98  # but for how photos were resized


def probe():
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))


def zero_shot(x):
    score = np.exp(x @ head_weights + head_bias)  # softmax's numerators are enough to compare
    return (score[:, backbones.DOGS].sum(axis=1) > score[:, backbones.CATS].sum(axis=1)).astype(int)


DRAWS = list(ShuffleSplit(10, train_size=60, random_state=7).split(y))
right_train = found["(x-127)/128"][0]
trained_right = [probe().fit(right_train[i], y[i]) for i, _ in DRAWS]


def three_ways(x, x_held):
    same = np.array([probe().fit(x[i], y[i]).score(x_held, y_test) for i, _ in DRAWS])
    other = np.array([trained.score(x_held, y_test) for trained in trained_right])
    return {"zero-shot": (zero_shot(x_held) == y_test).mean(), "probe": same, "mismatch": other}


def difference(new, old):
    """Mean of paired differences and half its 95% interval: 10 draws, t = 2.26."""
    return (new - old).mean(), 2.26 * (new - old).std(ddof=1) / len(new) ** 0.5


def lite0_rows(results, own):
    for name, of in results.items():
        cells = [f"{of['zero-shot']:.2f}"]
        for way in ("probe", "mismatch"):
            mean, half = difference(of[way], own[way])
            against = "" if of is own else f" ({mean:+.3f} ± {half:.3f})"
            cells.append(f"{of[way].mean():.2f}{against}")
        yield [name, *cells]


# %% tags=["nbval-ignore-output", "result-table"]
lite0 = {name: three_ways(*pair) for name, pair in found.items()}
own = lite0["(x-127)/128"]
head = ["变换 transformation", "零样本 zero-shot", "探测 probe", "不一致 mismatch"]
table(head, lite0_rows(lite0, own))
outcome("06-p2", lite0["x/255"]["mismatch"].mean())

# %%
for way in ("probe", "mismatch"):
    for name in ("x/255", SWAPPED):  # hardly any harm: less than 3 points, interval included
        mean, half = difference(lite0[name][way], own[way])
        assert mean - half > -0.03
    assert lite0[NOTHING][way].mean() < own[way].mean() - 0.2
    assert 0.4 < lite0[TWICE][way].mean() < 0.65  # close to guessing

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 括号里是与自己的预处理相比的差：同一次抽样成对相减，再平均。± 是 **95% 区间**（95% interval）：重新抽 10 次，差会变一点；这样算出的区间，约 95% 会盖住抽无数次的平均。它只管抽样的偶然，不管换一批照片。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# In brackets stands the difference from the network's own preprocessing: subtracted in pairs from the same draw, then averaged. ± is the **95% interval**: another 10 draws would give a slightly different number, and about 95% of intervals made this way hold the mean of endlessly many draws. It covers the chance of the draw only, not other photos.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 老实说，结果出乎意料：在这个网络和这 116 张照片上，探测和不一致时，x/255 和红蓝互换**几乎没有害处**，损失都不到 3 个百分点；零样本多一些：x/255 约 2 个，红蓝互换约 4 个（只有一次测量，没有区间）。一个可能的解释：
#
# $$\frac{x}{255}=0.502\cdot\frac{x-127}{128}+0.498$$
#
# x/255 只是对比度减半、变亮一些，猫还是认得出来。真正有害的是另外两种：什么也不做（输入的数大了约 128 倍），三种测法都损失 20 个百分点以上；做两遍，接近瞎猜。把网络收到的数乘以 128、再加 127，翻译回像素，就看见了它看见的，标题下是它给出的类别：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Unexpectedly, with this network and these 116 photos x/255 and swapping red and blue do **hardly any harm** as a probe and as a mismatch, less than 3 percentage points each. Zero-shot they cost more: x/255 about 2, swapping about 4 (one measurement, without an interval). A possible explanation:
#
# $$\frac{x}{255}=0.502\cdot\frac{x-127}{128}+0.498$$
#
# x/255 only halves the contrast and brightens the photo; the cat can still be recognized. The harm is done by the other two: nothing at all (inputs about 128 times too large) loses 20 percentage points or more in all three ways, and done twice is close to guessing. Multiply what it receives by 128 and add 127 for pixels: you see what it sees, and the class that it names:
#
# </div>

# %% tags=["setup"]
lost = {name: own["zero-shot"] - of["zero-shot"] for name, of in lite0.items()}
assert 0 < lost["x/255"] < 0.04 and 0.02 < lost[SWAPPED] < 0.06  # one measurement each
assert lost[NOTHING] > 0.2 and abs(lite0[TWICE]["zero-shot"] - 0.5) < 0.1
imagenet = backbones.imagenet_classes()
lines = (paths.DATA / "imagenet_classes_zh.txt").read_text(encoding="utf-8").splitlines()
chinese = [line for line in lines if line and not line.startswith("#")]
assert len(chinese) == len(imagenet) == 1000


def as_seen(pixels, transform):
    return framed(128 * transform(pixels.astype("float32")) + 127)


def both_names(number):
    """An ImageNet class as a pair, a line for each language."""
    return f"{chinese[number]}\n{imagenet[number].split(',')[0]}"


def probabilities(pixels, transform):
    z = features_of(pixels[None], transform)[0] @ head_weights + head_bias
    return np.exp(z - z.max()) / np.exp(z - z.max()).sum()


named = {name: np.argmax(probabilities(pet[4], f)) for name, f in transformations.items()}
assert len(set(list(named.values())[:3])) == 1 and "cat" in imagenet[named["x/255"]]
figures.show_photos(
    [as_seen(pet[4], transform) for transform in transformations.values()],
    [f"{name}\n{both_names(number)}" for name, number in named.items()],
    "同一张猫的照片，网络在 5 种变换下看到的样子：自己的预处理是原样，x/255 发白，红蓝互换后偏蓝，这 3 张都认作埃及猫；什么也不做全白，做了两遍全黑，认作别的东西。标题下是网络给出的类别。",
    "The same cat photo as the network sees it after 5 transformations: unchanged with its own, pale with x/255, bluish with red and blue swapped, all 3 named an Egyptian cat; all white with nothing at all, all black when done twice, named other things. Below each title stands the class that the network names.",
    columns=3,
    credit=CREDIT,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 自己翻一翻：换照片，换变换，看网络最相信的 5 个类别怎样变。哪种变换下，答案与照片已经没有关系？下面打印 116 张照片一共得到几种答案。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Browse for yourself: change the photo and the transformation and watch the 5 classes that the network believes in most. With which transformation has the answer lost all relation to the photo? Printed below: how many different answers the 116 photos get.
#
# </div>


# %% tags=["setup"]
n_answers = {
    name: len(set(np.argmax(x_held @ head_weights + head_bias, axis=1)))
    for name, (_, x_held) in found.items()
}
table(["变换 transformation", "不同的答案 different answers"], n_answers.items())
assert n_answers[TWICE] <= 3 and n_answers["(x-127)/128"] > 40  # out of 116 photos


everything = photos.default("all")  # for the next table
y_all = everything.labels
SHOWN = {  # VGG16's own first; how the file's rows are called here
    "mean/std": "自己的 own: mean/std",
    "own, BGR": SWAPPED,
    "(x-127)/128": "(x-127)/128",
    "x/255": "x/255",
    "raw": NOTHING,
}
WAYS_60_200 = ["探测 60 probe", "不一致 60 mismatch", "探测 200 probe", "不一致 200 mismatch"]


def accuracy_of(x_train, x_test):
    return probe().fit(x_train[:200], y_all[:200]).score(x_test[200:], y_all[200:])


def as_rows(stored):
    """Means as text, with the standard deviation where photos were drawn more than once."""
    for name, row in stored.items():
        drawn = [f"{m:.2f} (sd {sd:.2f})" for m, sd in (row["probe_60"], row["mismatch_60"])]
        once = [f"{row[way][0]:.2f}" for way in ("probe_200", "mismatch_200")]
        yield [SHOWN[name], *drawn, *once]


def draw_seen(photo, name):
    p = probabilities(pet[photo], transformations[name])
    best = np.argsort(-p)[:5]
    fig, axes = plt.subplots(1, 2, figsize=(6.2, 2.4), width_ratios=[1, 1.1])
    axes[0].imshow(as_seen(pet[photo], transformations[name]))
    axes[0].axis("off")
    axes[1].barh(range(5), p[best][::-1])
    axes[1].set_yticks(range(5), [both_names(i) for i in best[::-1]], fontsize=7)
    axes[1].set(xlim=(0, 1), xlabel="概率 probability")
    fig.supxlabel(CREDIT, fontsize=6, color="#555555")
    return fig


Explorer(
    draw_seen,
    photo=widgets.IntSlider(4, min=0, max=len(pet) - 1, description="照片 photo"),
    name=widgets.Dropdown(
        options=list(transformations), value="x/255", description="变换 transformation"
    ),
    alt_zh="左：网络看到的照片，x/255 使它发白。右：网络最相信的 5 个 ImageNet 类别和概率。",
    alt_en="Left: the photo as the network sees it, pale with x/255. Right: the 5 ImageNet classes that the network believes in most, with probabilities.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 换一个网络。按课程的 VGG16（torchvision 的权重）自己的尺度，x/255 的对比度只剩约 0.22 倍，比在 Lite0 上灰得多。它会损失多少？你已经猜过了。
#
# VGG16 在 2 个核上很慢，所以表和图是**存下的**（`data/results/06.json`，`course build --full 06` 重新生成）；表下面的三个数在这里用缓存的特征重测，与文件核对。60 和 200 是训练照片的张数；sd 是 20 次抽样的标准差，200 张只有一种抽法，没有 sd。
#
# <details><summary>没有测的</summary>
#
# 这份权重没有分类层，所以没有零样本。用 Keras 自带的权重时，x/255 只剩 $1/255$ 的对比度。
#
# </details>
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now another network. On the scale of this course's VGG16 (torchvision's weights) x/255 leaves about 0.22 of the contrast, far greyer than on Lite0. What does it lose? You have guessed already.
#
# VGG16 is slow on 2 cores, so table and figure are **stored** (`data/results/06.json`; `course build --full 06` makes it anew); the three numbers below the table are measured here again on cached features and compared with the file. 60 and 200 are the numbers of training photos; sd is the standard deviation over 20 draws, and 200 photos can be drawn in one way only, without sd.
#
# <details><summary>What was not measured</summary>
#
# These weights have no classification layers, so there is no zero-shot. With the weights that Keras ships, x/255 leaves $1/255$ of the contrast.
#
# </details>
#
# </div>


# %% tags=["nbval-ignore-output", "result-table"]
right_vgg16 = features.extract(everything, "vgg16")  # with its own preprocessing
flat = features.extract(everything, "vgg16", "flatten", scale=1 / 255)  # 7×7×512 numbers
by_255 = flat.reshape(316, 7, 7, 512).mean(axis=(1, 2))
again = {
    "自己的 own": accuracy_of(right_vgg16, right_vgg16),
    "x/255": accuracy_of(by_255, by_255),
    "不一致，x/255 mismatch, x/255": accuracy_of(right_vgg16, by_255),
}
stored = {name: FULL["full"]["preprocessing"]["vgg16"][name] for name in SHOWN}
table(["变换 transformation", *WAYS_60_200], as_rows(stored))
table(
    ["重测，200 张 again, 200 photos", "准确率 accuracy"],
    [[k, f"{v:.2f}"] for k, v in again.items()],
)
outcome("06-p1", stored["x/255"]["mismatch_60"][0])

# %% tags=["setup", "shows-rescale"]
means = pd.DataFrame(stored).T.map(lambda pair: pair[0])
file_says = [*means.loc[["mean/std", "x/255"], "probe_200"], means.loc["x/255", "mismatch_200"]]
assert np.allclose(list(again.values()), file_says, atol=0.03)  # the file tells the truth
assert means.loc["mean/std", "probe_60"] - means.loc["x/255", "probe_60"] > 0.02
assert means.loc["mean/std", "mismatch_60"] - means.loc["x/255", "mismatch_60"] > 0.15
assert means.loc["x/255", "mismatch_60"] < means.loc["(x-127)/128", "mismatch_60"] < 0.95
assert 0.02 < means.loc["mean/std", "mismatch_60"] - means.loc["own, BGR", "mismatch_60"] < 0.1
assert means.loc["raw", "mismatch_60"] < 0.6
fig, ax = plt.subplots(figsize=(6.4, 3.2))
WAYS = {"probe_60": "探测，60 张 probe, 60", "mismatch_60": "不一致，60 张 mismatch, 60"}
for k, (way, text) in enumerate(WAYS.items()):
    mean, sd = np.array([stored[name][way] for name in SHOWN]).T
    ax.errorbar(mean, np.arange(5) + 0.2 * k - 0.1, xerr=sd, fmt="os"[k], label=text, capsize=2,
                color=figures.PALETTE[k], markersize=6, markevery=1)  # fmt: skip
ax.axvline(0.5, color="#888888", linewidth=1, linestyle="--", marker="")
ax.set_yticks(range(5), list(SHOWN.values()))
ax.set(xlabel="VGG16 的准确率（横线：sd） accuracy of VGG16 (lines: sd)", xlim=(0.45, 1.01))
ax.invert_yaxis()
ax.legend(fontsize=8, loc="lower right")
figures.show(
    fig,
    "VGG16 的准确率。自己的预处理：探测和不一致都约 0.97。红蓝互换、(x-127)/128：探测约 0.96，不一致约 0.93。x/255：探测约 0.93，不一致约 0.74。什么也不做：约 0.65 和 0.54，接近 0.5 的虚线。",
    "Accuracy of VGG16. Its own preprocessing: about 0.97 as a probe and as a mismatch. Red and blue swapped, and (x-127)/128: probe about 0.96, mismatch about 0.93. x/255: probe about 0.93, mismatch about 0.74. Nothing at all: about 0.65 and 0.54, close to the dashed line at 0.5.",
    names=["VGG16", "sd", "mean/std", "(x-127)/128", "x/255"],
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 在这个 VGG16 上，x/255 让探测损失几个百分点，代码照样训练。训练对、使用错的**不一致**才是灾难：准确率损失 0.15 以上。红蓝互换对 Lite0 的探测几乎无害，在这里不一致时损失几个百分点；原始像素不一致时接近瞎猜。给每个网络它自己的预处理，就不用问会损失多少了。
#
# 一行检测器：`detectors.input_range(model, images)` 拿网络真正收到的数与它训练时的范围比较。它有盲点：只看范围，所以红蓝互换时不响。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# On this VGG16, x/255 costs a probe a few percentage points, and the code still trains. The disaster is the **mismatch**, right in training and wrong in use: more than 0.15 of accuracy. Swapping red and blue, almost harmless to a probe on Lite0, costs a few percentage points here as a mismatch; raw pixels as a mismatch come close to guessing. Give each network its own preprocessing and the question does not arise.
#
# The one-line detector: `detectors.input_range(model, images)` compares the numbers that the network really receives with the range it was trained on. It has a blind spot: it sees the range only, so it stays silent when red and blue are swapped.
#
# </div>

# %%
ready = backbones.load("efficientnet_lite0", pooling="avg")  # preprocessing inside: give it 0–255
detectors.input_range(ready, some)  # silent
assert fires(detectors.input_range, ready, some / 255)  # twice
rings = {name: fires(detectors.input_range, bare, f(some)) for name, f in transformations.items()}
table(["变换 transformation", "检测器 detector"], [[k, HEARD[v]] for k, v in rings.items()])
assert [name for name, fired in rings.items() if not fired] == ["(x-127)/128", SWAPPED]

# %% [markdown]
# ## 数据增强：改变照片，不改变标签 · Augmentation: change the photo, keep the label

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **数据增强**（data augmentation）在训练时随机变换输入：翻转、旋转、缩放、明暗（Shorten 与 Khoshgoftaar，2019 是一篇综述）。它不产生新的照片，只告诉网络“这样变了，标签也不变”。所以先问：这个变换真的不改变标签吗？猫左右翻转还是猫；数字 6 转 180° 就成了 9；胸片左右翻转，心脏就到了错的一边。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Data augmentation** changes inputs at random during training: flips, rotation, zoom, brightness (Shorten and Khoshgoftaar, 2019, is a survey). It makes no new photos, it only tells the network “changed like this, the label stays”. So ask first: does the change really keep the label? A mirrored cat is a cat; a digit 6 turned by 180° is a 9; in a mirrored chest X-ray the heart is on the wrong side.
#
# </div>

# %% tags=["setup"]
layers = keras.layers
GALLERY = {
    "原图 original": layers.Identity(),
    "翻转 flip": layers.RandomFlip("horizontal", seed=3),
    "旋转 rotation": layers.RandomRotation((0.06, 0.06)),
    "缩放 zoom": layers.RandomZoom((-0.3, -0.3)),
    "平移 translation": layers.RandomTranslation((0.15, 0.15), (0.2, 0.2)),
    "亮度 brightness": layers.RandomBrightness((0.25, 0.25), value_range=(0, 255)),
    "对比度 contrast": layers.RandomContrast((0.6, 0.6), seed=3),
    "错切 shear": layers.RandomShear((0.2, 0.2), seed=1),
}
keras.utils.set_random_seed(2)
batch = pet[:4].astype("float32")  # 4 photos for the next cell
changed = [
    np.array(layer(pet[[4]].astype("float32"), training=True))[0] for layer in GALLERY.values()
]
assert np.array_equal(changed[1], pet[4][:, ::-1])  # it did flip
figures.show_photos(
    [np.clip(image, 0, 255).astype("uint8") for image in changed],
    list(GALLERY),
    "一张猫的照片和 7 种增强：翻转、旋转、缩放、平移、亮度、对比度、错切；空出的地方用镜像填满。",
    "A cat photo and 7 augmentations: flip, rotation, zoom, translation, brightness, contrast, shear; empty places are filled by mirroring.",
    credit=CREDIT,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# Keras 的增强层只在 `training=True` 时起作用，`predict` 和 `evaluate` 时什么也不做。上图里空出的地方用镜像填满，所以会多出半只耳朵。一个陷阱：`RandomBrightness` 要知道像素的范围。对 0 到 255 的照片写 `value_range=(0, 1)`，像素全被截到 1 以下：`imshow` 画出来是白的，要 0 到 255 的网络看到的却几乎全黑。数字的意思也要看清：`RandomRotation(0.05)` 是一整圈的 0.05，即最多 ±18°。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Keras's augmentation layers act with `training=True` only; in `predict` and `evaluate` they do nothing. Empty places in the picture above are filled by mirroring, hence the second ear tip. One trap: `RandomBrightness` has to know the range of the pixels. With `value_range=(0, 1)` on photos from 0 to 255, all pixels are cut down to 1 at most: `imshow` draws them white, yet a network that wants 0 to 255 sees almost black. Read what a number means, too: `RandomRotation(0.05)` is 0.05 of a full turn, at most ±18°.
#
# </div>

# %% tags=["any-seed"]
augment = keras.Sequential([keras.Input((224, 224, 3)), layers.RandomFlip("horizontal"),
                            layers.RandomRotation(0.05), layers.RandomZoom(0.1)])  # fmt: skip
assert np.array_equal(augment(batch, training=False), batch)
assert np.abs(augment(batch, training=True) - batch).mean() > 5  # grey levels
clipped = np.array(layers.RandomBrightness((0.2, 0.2), value_range=(0, 1))(batch, training=True))
assert clipped.max() < 1.001 and batch.max() > 200

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 拖动强度。从哪里开始，你自己都认不出是猫还是狗？那里就太强了。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Move the strength. From where on can you no longer tell cat from dog yourself? That is too strong.
#
# </div>


# %% tags=["setup"]
def stronger(strength):
    s = strength
    chain = [
        layers.RandomFlip("horizontal", seed=1),
        layers.RandomRotation(0.25 * s, seed=2),
        layers.RandomZoom((-0.5 * s, 0.5 * s), seed=3),
        layers.RandomTranslation(0.2 * s, 0.2 * s, seed=4),
        layers.RandomContrast(0.8 * s, seed=5),
        layers.RandomBrightness(0.5 * s, value_range=(0, 255), seed=6),
    ]

    def change(images):
        for layer in chain:
            images = layer(images, training=True)
        return np.array(images)

    return change


def draw_augmented(strength, photo):
    versions = stronger(strength)(np.repeat(pet[[photo]], 6, axis=0).astype("float32"))
    fig, axes = plt.subplots(1, 6, figsize=(7.2, 1.6))
    for ax, image in zip(axes, versions, strict=True):
        ax.imshow(np.clip(image, 0, 255).astype("uint8"))
        ax.axis("off")
    fig.supxlabel(CREDIT, fontsize=6, color="#555555")
    return fig


Explorer(
    draw_augmented,
    strength=widgets.FloatSlider(0.4, min=0, max=1.5, step=0.1, description="强度 strength"),
    photo=widgets.IntSlider(4, min=0, max=len(pet) - 1, description="照片 photo"),
    alt_zh="同一张猫的照片随机增强 6 次，强度 0.4：角度、大小、位置、明暗各不相同，仍认得出是猫。",
    alt_en="The same cat photo augmented at random 6 times, strength 0.4: angle, size, place and brightness differ, and it is still recognizably a cat.",
)

# %% [markdown]
# ## 误区实测：0.2 的错切 · The myth, measured: a shear of 0.2

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 许多教程（文章 S1、S2 也是）写 `shear_range=0.2`，本意大概是 20%。Keras 2 后来的文档说它以**度**为单位，每张照片在 ±0.2° 之间随机取（今天这个类的文档只剩 DEPRECATED）；早期的 Keras 文档写的是弧度。**错切**（shear）把图推斜：$h$ 是照片的高，$\psi$ 是角度；离中线 $h/2$ 的最上面一行移动 $\frac{h}{2}\sin\psi$。测一条竖直的边：
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Many tutorials (articles S1 and S2 among them) write `shear_range=0.2`, probably meaning 20%. Keras 2's later documentation says **degrees**, drawn at random between −0.2° and 0.2° for each photo (today the class's documentation is just DEPRECATED); Keras's early documentation said radians. **Shear** slants the picture: with height $h$ and angle $\psi$ the top row, $h/2$ from the middle, moves by $\frac{h}{2}\sin\psi$. Measure a vertical edge:
#
# </div>

# %% tags=["shows-shear"]
upright = np.tile(np.arange(224)[:, None] >= 112, (224, 1, 1)).astype("float32")  # edge at 112
for degrees in [0.2, 11.46, 20]:
    slanted = ImageDataGenerator().apply_transform(upright, {"shear": degrees})
    moved = slanted[0].sum() - 112  # pixels, in the top row
    print(f"{degrees:5}°: {moved:.1f} px")
    assert np.isclose(moved, 112 * np.sin(np.radians(degrees)), atol=0.3)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 0.2 度时，最上面一行移动不到半个像素：眼睛看不出来，下图放大 20 倍才看得见差别。0.2 **弧度**是 11.46 度，才是 22 像素，上下两头相差 $2\times22=44$。新的层用比例：`RandomShear(x_factor=0.2)` 让最下面一行比最上面一行最多移动约 $0.2\times224\approx45$ 像素，几乎一样；下面用 `(0.2, 0.2)` 固定取最大。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# At 0.2 degrees the top row moves by less than half a pixel: the eye sees nothing, and the picture below has to enlarge the difference 20 times. 0.2 **radians** are 11.46 degrees, and that is 22 pixels, or $2\times22=44$ between top and bottom. The new layer takes a share: `RandomShear(x_factor=0.2)` moves the bottom row against the top row by at most about $0.2\times224\approx45$ pixels, almost the same; below, `(0.2, 0.2)` fixes it at the maximum.
#
# </div>

# %% tags=["setup", "shows-folders"]
outcome("06-p3", 112 * np.sin(np.radians(0.2)))
colour_edge = np.repeat(upright, 3, axis=2)[None]
share = layers.RandomShear(x_factor=(0.2, 0.2), fill_mode="nearest", seed=1)(
    colour_edge, training=True
)
rows = np.array(share)[0, :, :, 0].sum(axis=1)
print(f"RandomShear(0.2): {abs(rows[-1] - rows[0]):.0f} px")
assert 40 < abs(rows[-1] - rows[0]) < 50 and ImageDataGenerator.__doc__.startswith("DEPRECATED")
old = ImageDataGenerator()
with contextlib.redirect_stdout(io.StringIO()):  # it says how many photos it found
    flow = old.flow_from_directory(folder)
assert flow.samples == len(list(folder.glob("*/*.*"))) == 200  # all of them: nothing is split off
missing = None
try:
    eval("model.evaluate(test_generator, steps=50)", {"model": ready})  # as S1 prints it
except NameError as error:
    missing = error.name
assert missing == "test_generator"
slanted_pets = [old.apply_transform(pet[4], {"shear": d}) for d in (0.2, 11.46, 20)]
slight = np.abs(slanted_pets[0].astype(float) - pet[4]) * 20
new_layer = np.array(layers.RandomShear((0.2, 0.2), seed=1)(pet[[4]], training=True))[0]
assert not hasattr(keras.preprocessing.image, "ImageDataGenerator")  # an import that S2 prints
figures.show_photos(
    [np.clip(image, 0, 255).astype("uint8")
     for image in (pet[4], slanted_pets[0], slight, *slanted_pets[1:], new_layer)],
    ["原图 original", "0.2°", "差 ×20 difference ×20", "11.46° = 0.2 rad", "20°", "RandomShear(0.2)"],
    "一张猫的照片：原图与 0.2 度的错切看不出差别，两者之差放大 20 倍才显出轮廓；11.46 度、20 度和 RandomShear(0.2) 明显倾斜。",
    "A cat photo: the original and 0.2 degrees of shear look the same, their difference shows outlines only when enlarged 20 times; 11.46 degrees, 20 degrees and RandomShear(0.2) slant it clearly.",
    columns=3,
    credit=CREDIT,
)  # fmt: skip

# %% [markdown]
# ## 增强只用在训练上 · Augment training only

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 一个生成器同时给训练和验证用，验证照片也被增强了。测一下代价：分类器（用 100 张照片训练）和照片都不变，只把 116 张测试照片随机增强，2 种强度。再回答一个常见的希望：训练时加上翻转的照片，用 20 张训练时有帮助吗？（为了快，这里用 128 像素的 Lite0。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One generator for training and validation also augments the validation photos. Measure the cost: classifier (trained on 100 photos) and photos stay, only the 116 test photos are augmented at random, at 2 strengths. And answer a common hope: do mirrored photos help, added to 20 training photos? (For speed, Lite0 with 128 pixels here.)
#
# </div>

# %% tags=["setup"]
small = backbones.predictor(backbones.load("efficientnet_lite0", pooling="avg", size=128))
hundred = photos.default("train").subset(np.r_[0:50, 100:150])
x_small, x_small_test, y_small = hundred.images(128), held_out.images(128), hundred.labels
f_small, f_mirror = (features_of(x, network=small) for x in (x_small, x_small[:, :, ::-1]))
f_test = features_of(x_small_test, network=small)
judge = probe().fit(f_small, y_small)
f_mirror_test = features_of(x_small_test[:, :, ::-1], network=small)
changes = {strength: stronger(strength) for strength in (0.2, 1.0)}
augmented = {s: features_of(x_small_test, f, small) for s, f in changes.items()}
few = [
    i for i, _ in StratifiedShuffleSplit(10, train_size=20, random_state=7).split(f_small, y_small)
]
plain = [probe().fit(f_small[i], y_small[i]).score(f_test, y_test) for i in few]
mirrored = [
    probe().fit(np.r_[f_small[i], f_mirror[i]], np.r_[y_small[i], y_small[i]]).score(f_test, y_test)
    for i in few
]
classifier = keras.Sequential(
    [backbones.load("efficientnet_lite0", pooling="avg", size=128), layers.Dense(1)]
)
scaler, regression = judge[0], judge[-1]  # the probe of above, as a Dense layer
w = regression.coef_ / scaler.scale_
classifier.layers[-1].set_weights([w.T, regression.intercept_ - w @ scaler.mean_])
clean = judge.score(f_test, y_test)
same = np.mean(judge.predict(f_mirror_test) == judge.predict(f_test))

# %% tags=["nbval-ignore-output"]
noisy = {strength: judge.score(f, y_test) for strength, f in augmented.items()}
rows = [[strength, f"{score:.2f}"] for strength, score in {"0": clean, **noisy}.items()]
table(["强度 strength", "准确率 accuracy"], rows)
say(f"翻转后答案不变 same answer for the mirrored photo: {same:.2f}")
gain, half_width = difference(np.array(mirrored), np.array(plain))
say(f"20 张照片 photos: {np.mean(plain):.2f}, 加翻转 with mirrors {gain:+.3f} ± {half_width:.3f}")

# %%
assert clean > 0.93 and clean - noisy[1.0] > 0.15  # the same classifier
assert clean - noisy[0.2] < 0.06 and same > 0.93
assert abs(gain) < half_width < 0.03  # no gain is seen from mirrors

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 增强很弱时，成绩几乎不动，所以不容易发觉；强度 1 时，同一个分类器损失 15 个百分点以上。即使强度很小，测的也不再是原来的照片。训练时加上翻转，在这里看不出增益（± 是 95% 区间）：翻转一张照片，分类器的答案本来就很少变。训练很多权重时（从零训练、微调）增强有多大用，这一课没有测。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With mild augmentation the score hardly moves, so it is easily overlooked; at strength 1 the same classifier loses more than 15 percentage points. However mild, you no longer measure the photos you care about. From mirrors added in training no gain is seen here (± is the 95% interval): mirror a photo, and the classifier seldom changes its answer anyway. What augmentation is worth when many weights are trained (from scratch, fine-tuning) is not measured in this lesson.
#
# </div>

# %% [markdown]
# ## 缓存放在哪里 · Where the cache belongs

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# `cache()` 记住第一轮经过它的一切，以后直接给出。放在增强**后面**，它就记住第一轮的随机结果：每一轮都是同样的“随机”照片，增强等于没有，也没有报错。下图上面两行：先缓存、后增强，两轮不同；下面两行：先增强、后缓存，两轮一模一样。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# `cache()` remembers all that passes through it in the first epoch and hands it out from then on. **After** augmentation it remembers the first epoch's random results: every epoch shows the same “random” photos, so in effect there is no augmentation, and no error. Below, the upper two rows cache first and augment afterwards: two epochs differ; the lower two rows augment first and cache afterwards: two epochs are the same.
#
# </div>

# %% tags=["setup"]
four = tf.data.Dataset.from_tensor_slices(pet[4:8].astype("float32")).batch(4)
keras.utils.set_random_seed(5)
tilt = keras.Sequential([keras.Input((224, 224, 3)), layers.RandomFlip("horizontal"),
                         layers.RandomRotation(0.12), layers.RandomZoom(0.2)])  # fmt: skip
good = four.cache().map(lambda x: tilt(x, training=True))
bad = four.map(lambda x: tilt(x, training=True)).cache()
epochs = [next(iter(pipeline)).numpy() for pipeline in (good, good, bad, bad)]
assert np.abs(epochs[0] - epochs[1]).mean() > 5 and np.array_equal(epochs[2], epochs[3])


def draw_splits(splits):
    """Which of the 200 photos are in the test set, before and after one photo is added."""
    everyone = [Path(path).name for path in dataset.file_paths]
    fig, axes = plt.subplots(len(splits), 1, figsize=(7, 2.2), sharex=True, layout="constrained")
    for ax, (name, (old, new)) in zip(axes, splits.items(), strict=True):
        in_test = [[photo in side for photo in everyone] for side in (old, new)]
        ax.imshow(in_test, aspect="auto", cmap="Greys", interpolation="nearest", vmax=1.3)
        ax.set_yticks([0, 1], ["之前 before", "之后 after"])
        ax.set_title(name, fontsize=9)
        ax.grid(False)
    ax.set_xlabel("第几张照片（深色：在测试集里） photo (dark: in the test set)")
    figures.show(
        fig,
        "两组条纹，每组两行：加一张照片之前和之后，200 张照片里哪些在测试集。by_seed 的两行对不上，by_name 的两行一样。",
        "Two groups of two striped rows: which of the 200 photos are in the test set before and after one photo is added. The two rows of by_seed do not match, those of by_name are the same.",
        names=list(splits),
    )


WHEN = [f"{how}\n第 {n} 轮 epoch {n}" for how in ("先缓存 cache first", "后缓存 cache last") for n in (1, 2)]  # fmt: skip
figures.show_photos(
    [image.clip(0, 255).astype("uint8") for epoch in epochs for image in epoch],
    [title for when in WHEN for title in (when, " ", " ", " ")],
    "4 行，每行 4 张宠物照片。先缓存：第 1 轮和第 2 轮的角度、大小不同。后缓存：两轮一模一样。",
    "4 rows of 4 pet photos. Cache first: angles and sizes differ between epoch 1 and epoch 2. Cache last: both epochs are exactly the same.",
    credit=CREDIT,
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 现在把整条管线写成代码（`map` 对每个元素调用一个函数）。`image_dataset_from_directory` 默认替你打乱、成批，后面的 `cache()` 会把两样都冻结，所以我们要它按顺序给单张照片。验证的管线没有打乱，也没有增强（真正用时，它的照片来自另一份）。两个检测器各看一边：训练数据两轮应当不同，验证数据两轮应当相同。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Now the whole pipeline as code (`map` calls a function for each element). By default `image_dataset_from_directory` shuffles and batches for you, and a `cache()` after it would freeze both; so we ask for single photos in order. The validation pipeline neither shuffles nor augments (in earnest its photos come from another split). Two detectors look at the two sides: training data must differ between two epochs, validation data must not.
#
# </div>


# %% tags=["any-seed"]
def augmented_batch(images, labels):
    return augment(images, training=True), labels


AUTO = tf.data.AUTOTUNE  # as many at once as pays
single = keras.utils.image_dataset_from_directory(
    folder, image_size=(224, 224), batch_size=None, shuffle=False, verbose=False
)
ready_once = single.take(32).cache().shuffle(32).batch(16)  # 32 photos, to be quick
train_ds = ready_once.map(augmented_batch, num_parallel_calls=AUTO).prefetch(AUTO)
detectors.augmentation_varies(train_ds)  # silent: two epochs differ
trap = single.take(12).batch(6).map(augmented_batch).cache()
assert fires(detectors.augmentation_varies, trap)
val_ds = single.take(40).batch(32).cache().prefetch(AUTO)
detectors.augmentation_off(val_ds)  # silent: two passes are the same
assert fires(detectors.augmentation_off, train_ds)  # the training pipeline used for validation

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 省下多少？秒数因机器而异，**解码**的次数与机器无关，所以我们数它。3 轮，50 张照片；`tf.Variable` 在每次解码时加 1。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What does it save? Seconds depend on the machine, the number of **decodings** does not, so we count those. 3 epochs, 50 photos; a `tf.Variable` goes up by 1 at each decoding.
#
# </div>

# %% tags=["any-seed"]
n_decoded = tf.Variable(0)


def decode(path):
    n_decoded.assign_add(1)
    return tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(path), channels=3), (96, 96))


names = tf.data.Dataset.from_tensor_slices(dataset.file_paths[:50])
counts = {}
for order, pipeline in {
    "map": names.map(decode), "map, cache": names.map(decode).cache(), "cache, map": names.cache().map(decode)
}.items():  # fmt: skip
    n_decoded.assign(0)
    _ = [len(list(pipeline)) for epoch in range(3)]
    counts[order] = int(n_decoded)
table(["管线 pipeline", "解码 decodings"], counts.items())
assert counts == {"map": 150, "map, cache": 50, "cache, map": 150}

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 同样，`shuffle()` 放在 `cache()` 前面，顺序就冻结了。另外两样省的是等待，不是工作：`num_parallel_calls=tf.data.AUTOTUNE` 同时解码几张，`prefetch` 在网络计算时准备下一批（Murray 等，2021）。值不值得，要看照片的大小、核数和机器忙不忙；在你的机器上测一测再决定。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Likewise, with `shuffle()` before `cache()` the order is frozen. Two more settings save waiting, not work: `num_parallel_calls=tf.data.AUTOTUNE` decodes several photos at once, and `prefetch` prepares the next batch while the network computes (Murray et al., 2021). Whether that pays depends on the size of the photos, the number of cores and how busy the machine is; measure on yours before you decide.
#
# </div>

# %%
numbers = tf.data.Dataset.range(20)
frozen, fresh = numbers.shuffle(20).cache(), numbers.cache().shuffle(20)
same = [list(d.as_numpy_iterator()) == list(d.as_numpy_iterator()) for d in (frozen, fresh)]
rows = [["shuffle, cache", SAME[same[0]]], ["cache, shuffle", SAME[same[1]]]]
table(["管线 pipeline", "两轮的顺序 order in two epochs"], rows)
assert same == [True, False]

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 3**：50 张照片，4 轮。A 是 `names.map(decode).cache().map(augment)`，B 是 `names.map(decode).map(augment).cache()`，C 是 `names.cache().map(decode).map(augment)`。各解码几次、增强几次？每个字母填一个列表：先写解码次数，再写增强次数。
#
# **练习 4**：`cache()` 把照片放在内存里。25,000 张 224×224 的 RGB 照片存成 `float32` 要几 GB（1 GB = 1,000,000,000 字节）？存成 `uint8` 呢？写一位小数就够。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: 50 photos, 4 epochs. A is `names.map(decode).cache().map(augment)`, B is `names.map(decode).map(augment).cache()`, C is `names.cache().map(decode).map(augment)`. How often does each decode, and augment? Each letter gets a list: the decodings first, then the augmentations.
#
# **Exercise 4**: `cache()` keeps photos in memory. How many GB (1 GB = 1,000,000,000 bytes) do 25,000 RGB photos of 224×224 take as `float32`? And as `uint8`? One decimal will do.
#
# </div>

# %% tags=["exercise"]
answer_counts = {"A": [..., ...], "B": [..., ...], "C": [..., ...]}
check("06-3", answer_counts)

answer_memory = {"float32": ..., "uint8": ...}
check("06-4", answer_memory)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 管线给的是 `float32`，所以缓存前先变成 `uint8`：`map(lambda x, y: (tf.cast(tf.round(x), tf.uint8), y)).cache()`，缓存之后再用 `tf.cast` 变回来。内存还是放不下，就写到磁盘：`cache(filename)`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The pipeline delivers `float32`, so turn photos into `uint8` before the cache: `map(lambda x, y: (tf.cast(tf.round(x), tf.uint8), y)).cache()`, and back after it with `tf.cast`. If memory still is too small, write to disk: `cache(filename)`.
#
# </div>

# %% [markdown]
# ## 固定的划分 · Splits that stay

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **划分**（split）成训练、验证、测试之后，一张照片不该再换边。两种常见的做法都会让它换边。第一，`validation_split` 在两次调用里用了不同的种子：两份数据重叠。第二，种子固定，但文件夹里多了一张照片：抽到的就是另一些照片。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# After the **split** into training, validation and test, no photo should change sides. Two usual ways make it do so. First, `validation_split` with different seeds in its two calls: the two parts overlap. Second, the seed is fixed, but there is one photo more in the folder: the shuffle picks other photos.
#
# </div>

# %%
options = {"validation_split": 0.2, "image_size": (32, 32), "verbose": False}
load = keras.utils.image_dataset_from_directory
with contextlib.redirect_stdout(io.StringIO()):  # Keras counts the files, in English
    part_1 = load(folder, subset="training", seed=1, **options)
    part_2 = load(folder, subset="validation", seed=2, **options)
overlap = set(part_1.file_paths) & set(part_2.file_paths)
say("重叠 overlap:", f"{len(overlap)} / {len(part_2.file_paths)}")
assert len(overlap) > 20

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 可靠的办法有两个。**清单**：划分写进文件，连同每张照片的校验和，课程的 `data/photo_splits.csv` 就是。或者由照片自己决定：从文件名（更好是内容）算一个固定的数，例如 CRC32，看它除以 5 的余数。加照片、删照片，别的照片都不换边。代价：大小只约为 1/5，类别也不保证各占多少；改了名字就换边，所以内容比名字好。照片少时用清单。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Two ways are reliable. A **manifest**: the split is written in a file, with each photo's checksum, like the course's `data/photo_splits.csv`. Or let the photo decide: compute a fixed number from its name (better: its content), for example CRC32, and look at the remainder after division by 5. Add or delete photos, and no other photo changes sides. The price: the share is only roughly 1/5, and classes are not balanced; renaming a photo moves it, which is why the content is better than the name. With few photos use a manifest.
#
# </div>


# %% tags=["any-seed"]
def by_seed(files):
    return set(train_test_split(sorted(files), test_size=0.2, random_state=7)[1])


def by_name(files):
    return {name for name in files if zlib.crc32(name.encode()) % 5 == 0}


before = [Path(path).name for path in dataset.file_paths]
after = [*before, "cat.0.jpg"]  # one photo more
n_moved = {}
for split in [by_seed, by_name]:  # ^: in one of the two test sets, not in both
    n_moved[split.__name__] = len((split(before) ^ split(after)) - {"cat.0.jpg"})
draw_splits({f"{split.__name__}": (split(before), split(after)) for split in [by_seed, by_name]})
chosen = sorted(by_name(before))
table(["划分 split", "换边 changed sides"], [[k, f"{n} / 200"] for k, n in n_moved.items()])
say("by_name:", f"{len(chosen)} / 200,", f"猫 cats {sum(name < 'd' for name in chosen)}")
assert n_moved["by_seed"] > 20 and n_moved["by_name"] == 0 and 25 < len(chosen) < 55

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 5**：`cat.7.jpg`、`cat.7_small.jpg`、`cat.7_q20.jpg` 是同一张照片的几个版本，必须在同一边。所以由**组**决定：组是 `_` 前面的部分，不带 `.jpg`，这里是 `cat.7`。写 `split_of(name)`：组的 CRC32 除以 100 的余数小于 10 是 `"test"`，10 到 29 是 `"validation"`，其余是 `"train"`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 5**: `cat.7.jpg`, `cat.7_small.jpg` and `cat.7_q20.jpg` are versions of one photo and must be on the same side. So let the **group** decide: what is before `_`, without `.jpg`, here `cat.7`. Write `split_of(name)`: if the remainder of the group's CRC32 after division by 100 is less than 10, `"test"`; from 10 to 29, `"validation"`; otherwise `"train"`.
#
# </div>


# %% tags=["exercise"]
def split_of(name):
    """name: a file's name, text -> "train", "validation" or "test" """
    return ...


check("06-5", split_of)

# %% [markdown]
# ## 误区实测：随机划分就公平 · The myth, measured: a random split is fair

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 网上收集的照片常有**近似重复**（near-duplicate）：同一张照片，另一种大小、压缩或亮度。随机划分把它们分到两边，这就是**数据泄漏**（data leakage；Kaufman 等，2012）。用最极端的办法测：60 张照片，每张 5 个版本，标签一半 0、一半 1，**随机**发给照片。没有任何东西可学，没有泄漏时准确率应是 0.5。比较随机划分与**按组划分**（一张照片的所有版本在同一边），换 20 次标签；sd 是这 20 次的标准差。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Photos collected on the web often hold **near-duplicates**: the same picture in another size, compression or brightness. A random split puts them on both sides, and that is **data leakage** (Kaufman et al., 2012). Measure it in the most extreme way: 60 photos in 5 versions each, with labels given **at random**, half of them 0 and half 1. There is nothing to learn; without a leak the accuracy should be 0.5. Compare a random split with a **split by group** (all versions of a photo on the same side), for 20 such labellings; sd is the standard deviation over these 20.
#
# </div>

# %% tags=["setup"]
resize = keras.ops.image.resize


def opened(path):
    return Image.open(path).convert("RGB")


def five_versions(x):
    return {
        "原图 original": x,
        "亮 15% brighter": np.clip(x * 1.15, 0, 255),
        "颗粒 grain": np.clip(x + rng.normal(0, 6, x.shape), 0, 255),  # like compression
        "裁边 cropped": np.array(resize(x[:, 4:-4, 4:-4], (128, 128))),  # a little off each side
        "缩小一半 halved": np.array(resize(resize(x, (64, 64)), (128, 128))),
    }


originals = x_small[rng.permutation(100)[:60]].astype("float32")
versions = five_versions(originals).values()
of_a_pet = five_versions(photos.default("pets").images(128)[[4]].astype("float32"))
figures.show_photos(
    [np.clip(x[0], 0, 255).astype("uint8") for x in of_a_pet.values()],
    list(of_a_pet),
    "一张猫的照片和它的 4 个副本：亮一点、有颗粒、裁掉一点边、缩小一半再放大；一眼看去几乎一样。",
    "A cat photo and 4 copies: a little brighter, with grain, slightly cropped, halved and enlarged again; at a glance they look almost the same.",
    columns=3,
    credit=CREDIT,
)
f_versions = np.concatenate([features_of(version, network=small) for version in versions])
group = np.tile(np.arange(60), 5)


def toss_and_score(split, seed):
    coin = np.random.default_rng(seed).permutation(np.repeat([0, 1], 30))[group]
    return cross_val_score(
        probe(), f_versions, coin, groups=group, cv=split(1, test_size=0.2, random_state=seed)
    )[0]


# %% tags=["nbval-ignore-output", "result-table"]
by_photo = np.array([toss_and_score(ShuffleSplit, seed) for seed in range(20)])
by_group = np.array([toss_and_score(GroupShuffleSplit, seed) for seed in range(20)])
for name, scores in {"随机 random": by_photo, "按组 by group": by_group}.items():
    say(f"{name}: {scores.mean():.2f} (sd {scores.std(ddof=1):.2f})")
half = 2.09 * by_group.std(ddof=1) / 20**0.5  # 95% interval for 20 labellings: t = 2.09
say(
    f"按组，95% 区间 by group, 95% interval: {by_group.mean() - half:.2f}–{by_group.mean() + half:.2f}"
)
outcome("06-p4", by_photo.mean())

# %%
assert by_photo.mean() > 0.95  # “almost perfect”, with nothing to learn
assert abs(by_group.mean() - 0.5) < half < 0.12  # the truth lies inside

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 随机划分报告接近 1 的准确率，而事实是 0.5：按组划分的 95% 区间里就有它。分类器没有学会任何规律，它只认出了见过的照片。这不是人造的问题：CIFAR-10 和 CIFAR-100 的测试集里，分别有 3.3% 和 10% 的图在训练集里有重复（Barz 与 Denzler，2020）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The random split reports an accuracy close to 1; the truth is 0.5, and the 95% interval of the split by group contains it. The classifier has learned no rule, it recognizes photos that it has seen. The problem is not made up: in the test sets of CIFAR-10 and CIFAR-100, 3.3% and 10% of the pictures have a duplicate in the training set (Barz and Denzler, 2020).
#
# </div>

# %% [markdown]
# ## 找出近似重复 · Finding near-duplicates

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 文件的校验和只找得到完全相同的。**差分哈希**（difference hash）看内容：把照片缩成 9×8 的灰度小图，每行相邻两格比较“右边更亮吗”，得到 64 个是或否，就是下图的黑白格。两张照片之间不同的位数叫**汉明距离**（Hamming distance）：同一张的不同版本只差几位，不同的照片差几十位。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# A file's checksum finds exact copies only. A **difference hash** looks at the content: shrink the photo to a grey picture of 9×8, ask of neighbours in each row “is the right one brighter?”, and keep 64 times yes or no (the black and white squares in the picture below). The number of answers in which two photos differ is their **Hamming distance**: versions of one photo differ in a few, different photos in dozens.
#
# </div>


# %%
def difference_hash(image):
    grey = np.asarray(image.convert("L").resize((9, 8)), float)
    return (grey[:, 1:] > grey[:, :-1]).ravel()


hashes = np.array([difference_hash(opened(path)) for path in everything.paths])
distance = (hashes[:, None] != hashes).sum(axis=2)
others = distance[np.triu_indices(316, k=1)]  # each pair once
say(f"两两比较 pairs compared: {others.size:,}")
say(f"距离的中位数 median distance: {np.median(others):.0f} / 64")
assert np.mean(others <= 10) < 0.001 and not distance.diagonal().any()  # 0 from itself


# %% tags=["setup"]
def saved(image, **options):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", **options)
    return Image.open(buffer)


def cropped(image, share):
    w, h = image.size
    return image.crop((w * share, h * share, w * (1 - share), h * (1 - share)))


CHANGES = {
    "缩小一半，JPEG 20 half the size, JPEG 20": lambda i: saved(i.reduce(2), quality=20),
    "四边各裁一点 slightly cropped": lambda i: cropped(i, 0.04),
    "左右翻转 mirrored": lambda i: i.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
}

pet_paths = photos.default("pets").paths
trio = [
    opened(pet_paths[4]),
    saved(opened(pet_paths[4]).reduce(2), quality=20),
    opened(pet_paths[6]),
]
bits = [difference_hash(image) for image in trio]
apart = [int((b != bits[0]).sum()) for b in bits]
assert apart[1] <= 10 < apart[2]
pictures = [[np.asarray(image.resize((128, 128))),
             np.kron(np.asarray(image.convert("L").resize((9, 8))), np.ones((16, 14), "uint8")),
             np.kron(b.reshape(8, 8), np.ones((16, 16))).astype("uint8") * 255]
            for image, b in zip(trio, bits, strict=True)]  # fmt: skip
KINDS = ["原图 original", "缩小，压缩 halved, compressed", "另一张 another photo"]
figures.show_photos(
    [pictures[k][row] for row in range(3) for k in range(3)],
    [*KINDS, *["9×8"] * 3, *[f"距离 distance {n}" for n in apart]],
    f"3 列：一张猫的照片、缩小并压缩的副本、另一张照片；第 2 行是 9×8 的灰度小图，第 3 行是 64 个黑白格。副本的黑白格与原图差 {apart[1]} 格，另一张差 {apart[2]} 格。",
    f"3 columns: a cat photo, its halved and compressed copy, another photo; row 2 holds the grey pictures of 9×8, row 3 the 64 black or white squares. The copy's squares differ from the original's in {apart[1]}, the other photo's in {apart[2]}.",
    columns=3,
    credit=CREDIT,
)
near = {
    name: (np.array([difference_hash(f(opened(p))) for p in everything.paths]) != hashes).sum(
        axis=1
    )
    for name, f in CHANGES.items()
}
fig, ax = plt.subplots(figsize=(6.6, 3.3))
bins = np.arange(0, 66)
for name, values in {**near, "不同的照片 different photos": others}.items():
    share = np.histogram(values, bins)[0] / len(values)
    ax.plot(bins[:-1], share, markevery=3, label=name)
table(
    ["改动 change", "距离 distance ≤ 10"], [[k, f"{np.mean(v <= 10):.0%}"] for k, v in near.items()]
)
ax.axvline(10.5, color="#888888", linewidth=0.8, marker="")
ax.text(10.8, ax.get_ylim()[1] * 0.45, "界线 threshold", color="#555555", fontsize=8)
ax.set(xlabel="汉明距离 Hamming distance", ylabel="比例 share", xlim=(-1, 56))
ax.legend(fontsize=8)
figures.show(
    fig,
    "汉明距离的分布：缩小并压缩的副本大多在 0 到 4，略微裁剪的多在 2 到 14；翻转的和不同的照片一样，大多在 16 到 45 之间。灰线是界线，在 10 与 11 之间。",
    "Distribution of Hamming distances: halved and compressed copies lie mostly between 0 and 4, slightly cropped ones mostly between 2 and 14; mirrored ones lie where different photos do, mostly between 16 and 45. The grey line is the threshold, between 10 and 11.",
    names=("JPEG",),
)
half, crop, mirror = near.values()
assert np.mean(half <= 10) > 0.99 and np.mean(crop <= 10) > 0.7 and np.mean(mirror <= 10) < 0.05
manifest = pd.read_csv(paths.DATA / "photo_splits.csv")
assert len(manifest) == 316 and manifest["sha256"].is_unique
test_photos = photos.default("test")
leak, test_photo = broken / "leak.jpg", opened(test_photos.paths[0])

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 界线划在 10，压缩和缩小的几乎全部找到，略微裁剪的（每边 4%）找到大部分，**翻转的几乎一张也找不到**：这种哈希看不出翻转，要找就把翻转的也算一遍。`photos.near_duplicates` 同时用两种哈希；`detectors.no_shared_photos(train, test)` 问的是训练和测试有没有同一张。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# With the threshold at 10, nearly all compressed and halved copies are found, most of the slightly cropped ones (4% off each side), and **hardly any mirrored one**: this hash does not see through mirroring; to find those, hash the mirror images as well. `photos.near_duplicates` uses two hashes together; `detectors.no_shared_photos(train, test)` asks whether training and test hold the same picture.
#
# </div>

# %% tags=["any-seed"]
assert photos.near_duplicates(everything.paths) == []  # the course's 316 photos: none
detectors.no_shared_photos(train, test_photos)  # silent
test_photo.reduce(2).save(leak, quality=40)  # a test photo, smaller
assert fires(detectors.no_shared_photos, [*train.paths, leak], test_photos)
test_photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(leak)
assert not fires(detectors.no_shared_photos, [*train.paths, leak], test_photos)  # its blind spot

# %% [markdown]
# ## 打乱与预测 · Shuffling and predicting

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 最后一个无声的错误。`image_dataset_from_directory` 默认打乱，而且**每走一遍都重新打乱**。`predict` 走一遍，取标签再走一遍：两次的顺序不同，答案与标签对不上。分类器一点没坏，准确率却像抛硬币。（用的是“增强只用在训练上”一节那个 128 像素的分类器，照片有一半是它训练用过的：这里只看顺序。）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# One last silent mistake. `image_dataset_from_directory` shuffles by default, and **anew in each pass**. `predict` makes one pass, collecting the labels another: the orders differ, and answers no longer belong to labels. Nothing is wrong with the classifier, yet its accuracy looks like tossing a coin. (The classifier is the one of 128 pixels from “Augment training only”, on photos half of which it was trained on: here only the order matters.)
#
# </div>

# %% tags=["nbval-ignore-output"]
accuracy = {}
for shuffle in [True, False]:
    photos_again = keras.utils.image_dataset_from_directory(
        folder, image_size=(128, 128), batch_size=8, shuffle=shuffle, seed=7, verbose=False
    )
    is_dog = classifier.predict(photos_again, verbose=0)[:, 0] > 0
    y_again = np.concatenate([labels for _, labels in photos_again])
    accuracy[shuffle] = (is_dog == y_again).mean()
    say(f"shuffle={shuffle}:", f"准确率 accuracy {accuracy[shuffle]:.2f}")

# %%
assert accuracy[True] < 0.65 and accuracy[False] > 0.95

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 验证和测试一律 `shuffle=False`，或者在同一遍里取出照片和标签。训练要打乱：文件夹先猫后狗，不打乱，一批里往往只有一类。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# For validation and test always `shuffle=False`, or take photos and labels in the same pass. Shuffle the training data: folders come cats first, then dogs, and without shuffling a batch often holds one class only.
#
# </div>

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 五道练习就在上文各节。卡住时点检查下面的提示按钮，或运行 `hint("06-1")`，每次多说一步；`solution("06-1")` 给出完整解答。`progress()` 显示你完成了哪些。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The five exercises are in the sections above. When you are stuck, use the hint buttons below a check, or run `hint("06-1")`, one step more each time; `solution("06-1")` shows a worked answer. `progress()` shows what you have done.
#
# </div>

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("06-q1")
quiz("06-q2")
quiz("06-q3")
quiz("06-q4")
guesses("06")
progress()

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 顺序：解码、缩放 → `cache` → `shuffle` → `batch` → 增强 → `prefetch`；预处理放进模型。
# * 预处理跟着权重走。x/255 在 Lite0 上几乎无害，在课程的 VGG16 上训练与使用不一致时损失 0.15 以上；做两遍，接近瞎猜。范围不对可以检测；红蓝互换，只看范围的检测器查不出。
# * 增强要保持标签，只用在训练上；0.2 度的错切移动不到半个像素。
# * 随机划分加上近似重复：没有东西可学，也能报告接近 1。先找重复，再按组划分，把划分写进清单。
# * 验证和测试不打乱。五个检测器各占一行：`input_range`，`augmentation_varies` 与 `augmentation_off`，`no_shared_photos`，`class_order`。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * The order: decode, resize → `cache` → `shuffle` → `batch` → augment → `prefetch`; preprocessing inside the model.
# * Preprocessing follows the weights. x/255 is almost harmless on Lite0; on this course's VGG16 it costs more than 0.15 where training and use disagree; preprocessing twice is close to chance. A wrong range can be detected; swapped colours escape a detector that sees the range only.
# * Augmentation keeps the label and is for training only; a shear of 0.2 degrees moves less than half a pixel.
# * A random split with near-duplicates reports almost 1 where there is nothing to learn. Find duplicates, split by group, write the split down.
# * Validation and test are not shuffled. Five detectors, one line each: `input_range`, `augmentation_varies` and `augmentation_off`, `no_shared_photos`, `class_order`.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S1 §5.2、S3 §5.2 | VGG16 要用它自己的预处理：Keras 的权重要 BGR、减均值、0 到 255，纯红是 $(-103.9,-116.8,131.3)$，不是 $(1,0,0)$。除以 255 也能训练，但喂给网络的不是它认识的数值 | `rescale=1./255` |
# | S5 §1.4.1 | torchvision 的 VGG16 要均值 $(0.485,0.456,0.406)$、标准差 $(0.229,0.224,0.225)$；代价第 17 课量过 | `transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))` |
# | S1 §5.2、S2 §5.1 | 单位是度：224 像素的照片，边上至多移动 0.4 像素，等于没有错切 | `shear_range=0.2` |
# | S1 §5.3 | `flow_from_directory` 只读文件夹，不划分：文章自己的代码读的是两个文件夹 | <q>这个函数会自动读取指定目录下的图像，并将其划分为训练集和验证集</q> |
# | S1 §5.4 | `test_generator` 没有定义，这一行是 `NameError`；要由测试文件夹建立它 | `model.evaluate(test_generator, steps=50)` |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S1 §5.2, S3 §5.2 | VGG16 has its own preprocessing: Keras's weights want BGR, means subtracted, 0 to 255, so pure red is $(-103.9,-116.8,131.3)$, not $(1,0,0)$. Divided by 255 it still trains, but the network is fed values that it does not know | `rescale=1./255` |
# | S5 §1.4.1 | torchvision's VGG16 wants means $(0.485,0.456,0.406)$, standard deviations $(0.229,0.224,0.225)$; lesson 17 measured the cost | `transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))` |
# | S1 §5.2, S2 §5.1 | the unit is degrees: in a photo of 224 pixels the edge moves by 0.4 pixels at most, which is no shear at all | `shear_range=0.2` |
# | S1 §5.3 | `flow_from_directory` only reads folders and does not split: the article's own code reads two folders | <q>This function automatically reads images from the specified directory and splits them into training and validation sets</q> |
# | S1 §5.4 | `test_generator` is not defined anywhere, and the line is a `NameError`; make it from the test folder | `model.evaluate(test_generator, steps=50)` |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Shorten, Khoshgoftaar, *A survey on Image Data Augmentation for Deep Learning*, Journal of Big Data, 2019, doi:10.1186/s40537-019-0197-0：数据增强的综述
# * Barz, Denzler, *Do We Train on Test Data? Purging CIFAR of Near-Duplicates*, Journal of Imaging 6(6):41, 2020：测试集里的近似重复
# * Kaufman, Rosset, Perlich, Stitelman, *Leakage in data mining: Formulation, detection, and avoidance*, ACM Transactions on Knowledge Discovery from Data 6(4):15, 2012, doi:10.1145/2382577.2382579：什么是泄漏
# * Murray, Simsa, Klimovic, Indyk, *tf.data: A Machine Learning Data Processing Framework*, VLDB 2021, arXiv:2101.12127：tf.data 的设计
# * Chollet, *Building powerful image classification models using very little data*, The Keras Blog, 2016：较早把 `rescale=1./255` 用于 VGG16 的教程
# * Parkhi, Vedaldi, Zisserman, Jawahar, *Cats and Dogs*, CVPR 2012：存图的照片（Oxford-IIIT Pet 数据集）
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Shorten, Khoshgoftaar, *A survey on Image Data Augmentation for Deep Learning*, Journal of Big Data, 2019, doi:10.1186/s40537-019-0197-0: a survey of augmentation
# * Barz, Denzler, *Do We Train on Test Data? Purging CIFAR of Near-Duplicates*, Journal of Imaging 6(6):41, 2020: near-duplicates in test sets
# * Kaufman, Rosset, Perlich, Stitelman, *Leakage in data mining: Formulation, detection, and avoidance*, ACM Transactions on Knowledge Discovery from Data 6(4):15, 2012, doi:10.1145/2382577.2382579: what leakage is
# * Murray, Simsa, Klimovic, Indyk, *tf.data: A Machine Learning Data Processing Framework*, VLDB 2021, arXiv:2101.12127: the design of tf.data
# * Chollet, *Building powerful image classification models using very little data*, The Keras Blog, 2016: an early tutorial that uses `rescale=1./255` with VGG16
# * Parkhi, Vedaldi, Zisserman, Jawahar, *Cats and Dogs*, CVPR 2012: the photos in the stored pictures (the Oxford-IIIT Pet data set)
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("06")
