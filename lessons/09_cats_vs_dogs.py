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
# # 09 猫狗项目 · The cats-vs-dogs project

# %% tags=["setup"]
try:
    import course_utils  # first, so that TensorFlow starts without its messages
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

import tempfile
from pathlib import Path

import ipywidgets as widgets
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
import tensorflow as tf
from scipy import ndimage
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import RepeatedStratifiedKFold, train_test_split

from course_utils import backbones, features, figures, photos
from course_utils.learning import check, hint, progress, quiz, solution
from course_utils.widgets import Explorer, PhotoUpload

tf.get_logger().setLevel("ERROR")  # many small models: no warning about retracing
figures.use_style()
course_utils.reproducible(7)
CREDIT = "照片 photos: Oxford-IIIT Pet (Parkhi, Vedaldi, Zisserman, Jawahar), CC BY-SA 4.0"

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 从一个装着照片的文件夹走到一个可以交给别人用的分类器，每一步都说得出为什么这样做；
# * 用 200 张照片训练一个在新照片上很少出错的模型，并给出这个说法的置信区间；
# * 判断微调值不值得做，测试集该看几次，哪些错误是数据的错；
# * 把文章里的几种做法放在同一批照片上比较，说出差别从哪里来。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * go from a folder of photos to a classifier that others can use, and say at each step why you do it;
# * train a model on 200 photos that is seldom wrong on new ones, and give a confidence interval for that claim;
# * judge whether fine-tuning pays, how often to look at the test set, and which mistakes are the data's fault;
# * compare the articles' recipes on the same photos and say where the differences come from.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 有了第 06 课（数据管线）、第 07 课（特征提取）和第 08 课（微调）最好；没有也能跟上，每一步都会重新说明。特征已经在缓存里时，在 2 个 CPU 核上运行全部单元格大约 1 分钟；读完并做练习大约 90 分钟。
#
# 猫是类别 0，狗是类别 1。“文章 S1”到“S5”是这门课要核对的五篇教程。其中 S1、S3 和 S5 都以猫狗分类为例，但没有一篇给出测量结果。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Lessons 06 (data pipeline), 07 (feature extraction) and 08 (fine-tuning) help; without them you can still follow, since each step is explained again. With the features in the cache, running all cells takes about 1 minute on 2 CPU cores; reading and doing the exercises takes about 90 minutes.
#
# Cats are class 0, dogs class 1. “Article S1” to “S5” are the five tutorials that this course checks. Of these S1, S3 and S5 all use cats against dogs as their example, but none of them reports a measurement.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 训练照片 200 张，猫狗各半。写下你的猜测（0 到 1 之间的准确率）：
#
# 1. 文章 S2 的卷积神经网络从零训练，在新照片上的准确率；
# 2. 文章 S1 的做法：冻结的 VGG16，像素除以 255，再接一个有 6,423,041 个参数的分类头；
# 3. 我们的做法：冻结的 EfficientNet-Lite0，再接一个只有 1,281 个参数的分类头。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# There are 200 training photos, half cats and half dogs. Write down your guesses (accuracy, 0 to 1):
#
# 1. article S2's convolutional neural network, trained from scratch, on new photos;
# 2. article S1's recipe: a frozen VGG16, pixels divided by 255, and a head of 6,423,041 parameters;
# 3. ours: a frozen EfficientNet-Lite0 and a head of only 1,281 parameters.
#
# </div>

# %% tags=["exercise"]
guess_scratch, guess_vgg16, guess_ours = ..., ..., ...

# %% [markdown]
# ## 整条路线 · The whole route

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 文章 S1 写了五步：选模型、预处理、冻结、重新训练、在验证集和测试集上评估。文章 S3 画成一条直线：选择、调整、训练、评估，结束。真正的项目里有一个**回路**：验证结果不好，就回去改前面的某一步；只有验证集可以走这个回路。测试集在回路之外，最后看一次。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Article S1 lists five steps: choose a model, preprocess, freeze, retrain, evaluate on validation and test set. Article S3 draws a straight line: select, adjust, train, evaluate, done. A real project has a **loop**: when validation disappoints, you go back and change an earlier step; only the validation set may drive this loop. The test set stands outside and is looked at once, at the end.
#
# </div>

# %% tags=["setup"]
STEPS = ["看数据\nlook at data", "选骨干网络\nbackbone", "预处理\npreprocess", "冻结，取特征\nfreeze, features",
         "训练分类头\ntrain head", "验证\nvalidate", "测试一次\ntest once", "交付\ndeliver"]  # fmt: skip


def box(ax, x, y, text, colour):
    style = {"boxstyle": "round,pad=0.4", "fc": "white", "ec": colour, "lw": 1.6}
    ax.annotate(text, (x, y), ha="center", va="center", fontsize=8.5, bbox=style)


def arrow(ax, start, end, colour="#000000", bend=0.0):
    style = {"arrowstyle": "-|>", "color": colour, "lw": 1.4, "shrinkA": 32, "shrinkB": 32}
    ax.annotate("", end, start, arrowprops={**style, "connectionstyle": f"arc3,rad={bend}"})


fig, ax = plt.subplots(figsize=(7.6, 3.0))
places = [(i * 1.8, 0) for i in range(4)] + [(i * 1.8, -1.3) for i in (3, 2, 1, 0)]
for i, (place, text) in enumerate(zip(places, STEPS, strict=True)):
    box(ax, *place, text, figures.PALETTE[1] if i == 5 else figures.PALETTE[0])
    if i:
        arrow(ax, places[i - 1], place)
for earlier in (1, 2, 3):
    arrow(ax, places[5], places[earlier], figures.PALETTE[1])
ax.text(0.1, -0.72, "回路：只用验证集\nloop: validation only", color=figures.PALETTE[1], fontsize=8)
ax.set(xlim=(-0.7, 6.2), ylim=(-1.8, 0.5))
ax.axis("off")
figures.show(
    fig,
    "流程图：看数据、选骨干网络、预处理、冻结并取特征、训练分类头、验证、测试一次、交付；从验证有箭头回到前面的步骤，测试在这个回路之外。",
    "Flow chart: look at data, choose a backbone, preprocess, freeze and extract features, train the head, validate, test once, deliver; arrows lead from validation back to earlier steps, and the test is outside that loop.",
)

# %% [markdown]
# ## 第一步：看数据 · Step one: look at the data

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 照片分成 4 组，划分写在课程的一个文件里，谁运行都一样。`train` 用来训练和选择；另外 3 组留到最后：`test` 与训练照片同源，`web` 和 `pets` 来自别处。用你自己的照片时，把第一行换成 `photos.load_folder("my_photos")`，每个类别一个子文件夹。
#
# 先查一件事：有没有同一张照片（或几乎同一张）既在训练集又在测试集？有的话，测试成绩就是假的。`photos.near_duplicates` 比较照片的感知哈希：缩放、压缩、调亮之后仍然相近的两张算一组。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The photos come in 4 groups; the split is written in a file of the course and is the same for everybody. `train` is for training and choosing; the other 3 wait until the end: `test` has the same source as the training photos, `web` and `pets` come from elsewhere. For your own photos, replace the first line by `photos.load_folder("my_photos")`, with one subfolder per class.
#
# Check one thing first: is any photo (or almost the same photo) in both the training and the test set? If so, the test score is a sham. `photos.near_duplicates` compares perceptual hashes: two photos that stay alike after scaling, compression or brightening form a group.
#
# </div>

# %%
train = photos.default("train")
held_out = {name: photos.default(name) for name in ["test", "web", "pets"]}
for name, photo_set in {"train": train, **held_out}.items():
    n_cats, n_dogs = np.bincount(photo_set.labels)
    print(f"{name:6} {len(photo_set):4} = {n_cats} 猫 cats + {n_dogs} 狗 dogs")
everything = train.paths + [path for s in held_out.values() for path in s.paths]
assert len(everything) == 316 and photos.near_duplicates(everything) == []

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 数字之后看图。下面是 `pets` 组里的 8 张；训练照片没有写明许可证，所以只在你自己运行时显示，不存进笔记本。看的时候问自己：动物在画面的哪里？有没有两只？有没有连你也认不出的？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# After the numbers, the pictures. Below are 8 of the `pets` group; the training photos state no licence, so they appear only when you run the cell yourself and are not stored in the notebook. While looking, ask: where in the frame is the animal? Are there two? Is there one that you could not tell yourself?
#
# </div>

# %% tags=["setup"]
pets = held_out["pets"]
NAMES = ["猫 cat", "狗 dog"]
chosen = pets.subset([0, 4, 8, 12, 16, 22, 28, 34])
figures.show_photos(
    chosen.images(200),
    [NAMES[label] for label in chosen.labels],
    "8 张宠物照片：4 只猫和 4 只狗，大小、姿势、背景各不相同。",
    "8 pet photos: 4 cats and 4 dogs of different sizes, poses and backgrounds.",
    credit=CREDIT,
)

# %% tags=["photo-live", "setup"]
some = train.subset(np.arange(0, 200, 25))
figures.show_photos(
    some.images(200),
    [NAMES[label] for label in some.labels],
    "8 张训练照片：4 只猫和 4 只狗。",
    "8 training photos: 4 cats and 4 dogs.",
)

# %% [markdown]
# ## 第二步：选骨干网络 · Step two: choose a backbone

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **骨干网络**（backbone）是预训练模型去掉分类头之后的部分。选它看 3 件事：源任务像不像你的任务，它有多大，它算一张照片要多少**乘加次数**（multiply-accumulate operations）。乘加次数不随机器变，比秒数更适合写进课文。
#
# VGG16 是 2014 年的网络。下表说明为什么今天不必从它开始。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The **backbone** is the pretrained model without its head. Look at 3 things when you choose it: how like yours the source task is, how large it is, and how many **multiply-accumulate operations** it takes for one photo. That number does not change with the machine, so it suits a text better than seconds.
#
# VGG16 is a network of 2014. The table shows why nobody needs to start from it today.
#
# </div>

# %%
specs = [backbones.SPECS[name] for name in ["efficientnet_lite0", "mobilenet_v2", "vgg16"]]
for s in specs:
    million, billion = s.n_params / 1e6, s.n_macs / 1e9
    print(f"{s.name:18} {s.n_features:5} 特征 features {million:5.1f} M 参数 parameters "
          f"{billion:6.2f} G 乘加 MACs")  # fmt: skip
assert specs[2].n_macs > 35 * specs[0].n_macs

# %% [markdown]
# ## 第三步：预处理 · Step three: preprocessing

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 每个骨干网络只认识自己训练时见过的数值范围：Lite0 要 $(x-127)/128$，VGG16 要减去各通道的均值、再除以各自的尺度，MobileNetV2 又不同。忘记**预处理**（preprocessing），或者做了两遍，代码照样运行，只是成绩变差。
#
# 所以课程的骨干网络把预处理放在模型的第一层：你总是给它 0 到 255 的原始像素。下面故意多除一次 255，看看会怎样：所有照片的特征变得几乎一样，因为网络看到的全是一片黑。余弦相似度（cosine similarity）为 1 表示两个特征向量方向相同。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Each backbone knows only the range of values that it saw in training: Lite0 wants $(x-127)/128$, VGG16 wants each channel's mean subtracted and its scale divided out, MobileNetV2 is different again. Forget the **preprocessing**, or do it twice, and the code still runs; only the score suffers.
#
# So the course's backbones carry their preprocessing as the model's first layer: you always give them raw pixels from 0 to 255. Below we divide by 255 once too often on purpose: all photos get almost the same features, because all the network sees is black. A cosine similarity of 1 means that two feature vectors point the same way.
#
# </div>

# %%
backbone = backbones.load("efficientnet_lite0", pooling="avg")
raw = chosen.images(224).astype("float32")  # 0–255


def similarity(x):
    unit = keras.utils.normalize(backbone.predict(x, verbose=0), axis=1)
    return (unit @ unit.T)[np.triu_indices(len(unit), 1)].mean()  # mean over pairs of photos


assert similarity(raw) < 0.6 and similarity(raw / 255) > 0.95

# %% [markdown]
# ## 第四步：冻结，取特征 · Step four: freeze and extract features

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **特征提取**（feature extraction）：骨干网络一个数也不改，只训练新的**分类头**（head）。`trainable = False` 把它**冻结**（freeze）；有批归一化的网络还因此以推理模式运行。
#
# 冻结的网络对同一张照片总给出同样的特征，所以每张只算一次，存在磁盘上。`features.extract` 做的就是下面断言里的事：读照片，缩放到 224 像素，调用 `backbone`，再加一个缓存。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Feature extraction**: no number of the backbone changes, only a new **head** is trained. `trainable = False` **freezes** it; networks with batch normalization then also run in inference mode.
#
# A frozen network always gives the same features for the same photo, so each photo is computed once and kept on disk. `features.extract` does what the assertion below does: it reads the photos, scales them to 224 pixels and calls `backbone`, plus a cache.
#
# </div>

# %%
backbone.trainable = False
x, y = features.extract(train), train.labels
assert x.shape == (200, 1280) and not backbone.trainable_weights
by_hand = backbone.predict(train.subset(range(4)).images(224).astype("float32"), verbose=0)
cosine = (keras.utils.normalize(by_hand) * keras.utils.normalize(x[:4])).sum(axis=1)
assert cosine.min() > 0.99

# %% [markdown]
# ## 第五步：训练分类头，适时停下 · Step five: train the head, stop in time

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 从 200 张里留出 40 张做**验证集**（validation set），按类别分层。分类头是一层 `Dense(1)`：$1280+1$ 个参数，输出 logit $z$，狗的概率是 $\sigma(z)$。
#
# **早停**（early stopping）：验证损失连续 5 轮没有比最好的再小 0.002 以上就停，并取回损失最小那一轮的权重。`restore_best_weights` 意味着验证成绩是**挑出来的**，所以它偏乐观；要报告的数字只能来自测试集。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Of the 200 photos, 40 are put aside as the **validation set**, stratified by class. The head is one layer `Dense(1)`: $1280+1$ parameters; it gives a logit $z$, and the probability of a dog is $\sigma(z)$.
#
# **Early stopping**: stop when the validation loss has not fallen by more than 0.002 below its best for 5 epochs, and take back the weights of the epoch with the lowest loss. `restore_best_weights` means that the validation score is **selected**, so it is optimistic; the number to report can only come from the test set.
#
# </div>

# %%
fit, val = train_test_split(np.arange(len(y)), test_size=40, stratify=y, random_state=7)
head = keras.Sequential([keras.Input((1280,)), keras.layers.Dense(1, name="logit")])
bce = keras.losses.BinaryCrossentropy(from_logits=True)
accuracy = keras.metrics.BinaryAccuracy(threshold=0.0, name="accuracy")  # a logit above 0: dog
head.compile(keras.optimizers.Adam(1e-3), loss=bce, metrics=[accuracy])
assert head.count_params() == 1281 and not set(fit) & set(val)

# %% tags=["nbval-ignore-output"]
stop = keras.callbacks.EarlyStopping(patience=5, min_delta=0.002, restore_best_weights=True)
settings = {"epochs": 100, "verbose": 0, "callbacks": [stop]}
history = head.fit(x[fit], y[fit], validation_data=(x[val], y[val]), **settings).history
val_accuracy = head.evaluate(x[val], y[val], verbose=0)[1]
print(f"轮 epochs: {len(history['loss'])}  验证 validation: {val_accuracy:.3f}")

# %%
z_val = head.predict(x[val], verbose=0)[:, 0]
loss_of_each = np.logaddexp(0, np.where(y[val] == 1, -z_val, z_val))  # binary cross-entropy
assert val_accuracy > 0.9 and len(history["loss"]) < 100
assert np.sort(loss_of_each)[-4:].sum() > 0.5 * loss_of_each.sum()

# %% tags=["setup"]
curves = pd.DataFrame({"训练 training": history["loss"], "验证 validation": history["val_loss"]})
fig, ax = plt.subplots()
sns.lineplot(curves, ax=ax)
ax.set(xlabel="轮 epoch", ylabel="损失 loss", yscale="log")
figures.show(
    fig,
    "学习曲线：训练损失一直下降，验证损失先快后慢地下降，到下降变得很小时训练停下。",
    "Learning curves: the training loss keeps falling, the validation loss falls fast, then slowly; training stops where the fall has become very small.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 验证损失的一半以上来自 4 张难认的照片（上面的断言）：40 张里错 1 张，准确率就少 0.025。在这么小的验证集上，准确率说不清细微的差别。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# More than half of the validation loss comes from 4 hard photos (asserted above); with 40 photos, 1 mistake costs 0.025 of accuracy. So small a validation set cannot resolve fine differences in accuracy.
#
# </div>

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 1**：换成三类（猫、狗、兔），在同样的 1,280 个特征上放一个 `Dense(3)`，它有多少个参数？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 1**: with three classes (cat, dog, rabbit), a `Dense(3)` stands on the same 1,280 features. How many parameters does it have?
#
# </div>

# %% tags=["exercise"]
answer_parameters = ...  # parameters of a head Dense(3) on these 1,280 features (cat, dog, rabbit)
check("09-1", answer_parameters)

# %% [markdown]
# ## 第六步：微调值不值 · Step six: does fine-tuning pay?

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **微调**（fine-tuning）是继续更新骨干网络的一部分权重。做法分两段：先训练分类头（刚做完），再解冻最后一个块，用百分之一的学习率一起训练。批归一化层保持冻结，改了 `trainable` 之后必须重新 `compile`，否则改动不起作用（第 08 课测量过这两点）。
#
# 省时间的办法：解冻处以前的部分不变，它的输出也只算一次。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Fine-tuning** goes on updating some of the backbone's weights. It has two stages: train the head first (just done), then unfreeze the last block and train both with a learning rate a hundred times smaller. The batch normalization layers stay frozen, and after changing `trainable` you must `compile` again, or nothing changes (lesson 08 measures both).
#
# A way to save time: the part before the unfrozen block does not change, so its output is computed once as well.
#
# </div>

# %%
net = backbones.load("efficientnet_lite0", pooling="avg")  # a second one: the first stays frozen
cut = backbones.blocks(net)["block15"][0].input  # what enters the last block
trunk, top = keras.Model(net.input, cut), keras.Model(cut, net.output)
for layer in top.layers:
    layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
maps = trunk.predict(train.images(224).astype("float32"), verbose=0)

# %% tags=["nbval-ignore-output"]
tuned = keras.Sequential([top, keras.layers.Dense(1)])
tuned.build((None, *maps.shape[1:]))
tuned.layers[-1].set_weights(head.layers[-1].get_weights())  # start from the trained head
tuned.compile(keras.optimizers.Adam(1e-5), loss=bce, metrics=[accuracy])
before = tuned.evaluate(maps[val], y[val], verbose=0)
_ = tuned.fit(maps[fit], y[fit], epochs=4, verbose=0)
after = tuned.evaluate(maps[val], y[val], verbose=0)
print(f"验证 validation: 损失 loss {before[0]:.3f} → {after[0]:.3f}", end="  ")
print(f"准确率 accuracy {before[1]:.3f} → {after[1]:.3f}")

# %%
n_tuned = sum(int(np.prod(w.shape)) for w in tuned.trainable_weights)
print(f"{n_tuned:,} / {head.count_params():,}")
assert n_tuned > 700 * head.count_params()
assert abs(after[1] - before[1]) < 0.06  # at most 2 of 40 photos either way

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 训练的参数多了 700 多倍，验证准确率却没有明显变化。这是一个诚实的负面结果：准确率已经到顶，40 张验证照片分不出好坏，没有证据值得多训练这些参数。一个可能的原因：ImageNet 里本来就有 118 个狗类和 5 个家猫类，骨干网络大概已经会了。**规则：没有清楚的好处，就留下简单的那个**。目标离源任务更远时，微调可能更值得；要测量。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# More than 700 times as many parameters were trained, and validation accuracy did not clearly change. This is an honest negative result: accuracy is at its ceiling, 40 validation photos cannot tell, and nothing shows that these parameters are worth training. A possible reason: ImageNet already has 118 classes of dogs and 5 of house cats, so the backbone probably can do this already. **Rule: without a clear gain, keep the simpler one.** Further from the source task fine-tuning may pay more; measure it.
#
# </div>

# %% [markdown]
# ## 第七步：测试一次，给出区间 · Step seven: test once, with an interval

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 选择都做完了，现在才打开测试集。下面的 `SealedTest` 不阻止你多看，但把每一次都记下来：看得越多、挑得越多，成绩就越乐观（第 10 课会用抛硬币的模型演示）。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# All choices are made; only now the test set is opened. `SealedTest` below does not stop you from looking again, but it keeps count: the more you look and choose, the more optimistic the score (lesson 10 shows it with coin-flipping models).
#
# </div>


# %%
class SealedTest:
    """Held-out labels that remember every look."""

    def __init__(self, labels):
        self.labels, self.looks = labels, []

    def n_right(self, who, y_hat):
        self.looks.append(who)
        return {name: int((y_hat[name] == self.labels[name]).sum()) for name in self.labels}


sealed = SealedTest({name: s.labels for name, s in held_out.items()})
n_total = {name: len(s) for name, s in held_out.items()}

# %% tags=["nbval-ignore-output"]
x_held_out = {name: features.extract(s) for name, s in held_out.items()}
logits = {name: head.predict(v, verbose=0)[:, 0] for name, v in x_held_out.items()}
n_right = sealed.n_right("ours", {name: (z > 0).astype(int) for name, z in logits.items()})
for name, total in n_total.items():
    print(f"{name:5} {n_right[name]} / {total}")

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 40 张全对，准确率就是 100% 吗？不是：40 张太少了。**威尔逊区间**（Wilson interval）给出与数据相容的真实准确率的范围，$n$ 张里对了 $k$ 张，$\hat p=k/n$，$z=1.96$：
#
# $$\frac{1}{1+z^2/n}\left(\hat p+\frac{z^2}{2n}\pm z\sqrt{\frac{\hat p(1-\hat p)}{n}+\frac{z^2}{4n^2}}\right)$$
#
# 它在 $\hat p$ 接近 1 时也可靠；常见的 $\hat p\pm1.96\sqrt{\hat p(1-\hat p)/n}$ 在 40 张全对时给出宽度为 0 的区间，这显然不对。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# If all 40 are right, is the accuracy 100%? No: 40 are too few. The **Wilson interval** gives the range of true accuracies that agree with the data; with $k$ right out of $n$, $\hat p=k/n$ and $z=1.96$:
#
# $$\frac{1}{1+z^2/n}\left(\hat p+\frac{z^2}{2n}\pm z\sqrt{\frac{\hat p(1-\hat p)}{n}+\frac{z^2}{4n^2}}\right)$$
#
# It is reliable even when $\hat p$ is close to 1; the common $\hat p\pm1.96\sqrt{\hat p(1-\hat p)/n}$ gives an interval of width 0 when all 40 are right, which cannot be true.
#
# </div>


# %%
def wilson(k, n, z=1.96):
    p, w = k / n, z**2 / n
    half = np.sqrt(p * (1 - p) * w + w**2 / 4)
    return (p + w / 2 - half) / (1 + w), (p + w / 2 + half) / (1 + w)


assert [round(wilson(n, n)[0], 3) for n in (40, 116)] == [0.912, 0.968]
k, n = sum(n_right.values()), sum(n_total.values())
assert n == 116 and wilson(k, n)[0] > 0.92 and len(sealed.looks) == 1

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 40 张全对，只能说真实准确率大概在 0.912 以上；116 张全对，也只能说 0.968 以上。拖动滑块：错 0 张时，要多少张测试照片才敢说“99% 以上”？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# All 40 right only says that the true accuracy is probably above 0.912; all 116 right, above 0.968. Move the sliders: with 0 mistakes, how many test photos does it take before you may say “above 99%”?
#
# </div>


# %% tags=["exercise"]
def draw_interval(n=40, wrong=0):
    fig, ax = plt.subplots(figsize=(6.4, 1.7), layout="constrained")
    low, high = wilson(max(n - wrong, 0), n)
    ax.plot([low, high], [0, 0], lw=6, marker="")
    ax.plot([max(n - wrong, 0) / n], [0], "D", color=figures.PALETTE[1], markevery=[0])
    ax.set(xlim=(0.7, 1.005), yticks=[], xlabel="准确率 accuracy")
    ax.set_title(f"{n - wrong}/{n}: {low:.3f} – {high:.3f}", fontsize=10)
    return fig


Explorer(
    draw_interval,
    n=widgets.IntSlider(40, 20, 600, 1, description="测试照片 test photos"),
    wrong=widgets.IntSlider(0, 0, 10, 1, description="错 wrong"),
    alt_zh="一条横线表示 40 张全对时的威尔逊区间，从 0.912 到 1，菱形是测到的准确率 1。",
    alt_en="A bar shows the Wilson interval when all 40 are right, from 0.912 to 1; a diamond marks the measured accuracy 1.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 2**：一张也没有错时，至少要多少张照片，区间的下限才不低于 0.99？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 2**: with none wrong, how many photos at least does it take for the lower end of the interval to reach 0.99?
#
# </div>

# %% tags=["exercise"]
answer_photos = ...  # smallest n with 0 wrong for which the lower end is at least 0.99
check("09-2", answer_photos)

# %% [markdown]
# ## 用上每一张：重复的交叉验证 · Use every photo: repeated cross-validation

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 116 张测试照片还是太少。**分层交叉验证**（stratified cross-validation）让全部 316 张照片轮流当测试：分成 5 折，每一折由没见过它的模型来判断；换 5 种分法重复，看分法带来的波动。特征在缓存里，所以 25 次训练只要几秒。分类头用 scikit-learn 的逻辑回归：它与 `Dense(1)` 加 sigmoid 是同一个模型，只是多一个权重惩罚。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Even 116 test photos are few. **Stratified cross-validation** lets all 316 photos be test photos in turn: in 5 folds, each judged by a model that has not seen it; 5 repeats with other folds show how much the folding matters. The features are in the cache, so 25 trainings take seconds. The head is scikit-learn's logistic regression: the same model as `Dense(1)` with a sigmoid, plus a penalty on the weights.
#
# </div>

# %% tags=["nbval-ignore-output"]
x_all = np.concatenate([x, *x_held_out.values()])
y_all = np.concatenate([y, *sealed.labels.values()])
p_dog = np.zeros((5, len(y_all)))
folds = list(RepeatedStratifiedKFold(n_splits=5, n_repeats=5, random_state=7).split(x_all, y_all))
for i, (learn, judge) in enumerate(folds):
    model = LogisticRegression(C=0.1, max_iter=1000).fit(x_all[learn], y_all[learn])
    p_dog[i // 5, judge] = model.predict_proba(x_all[judge])[:, 1]
cv_accuracy = ((p_dog > 0.5) == y_all).mean(axis=1)
print("5 次重复 repeats:", cv_accuracy.round(3), " 平均 mean:", cv_accuracy.mean().round(3))

# %%
p_mean = p_dog.mean(axis=0)
counts = confusion_matrix(y_all, p_mean > 0.5)
low, high = wilson(np.trace(counts), 316)
assert low > 0.95 and np.ptp(cv_accuracy) < 0.02 and counts.sum() == 316

# %% [markdown]
# ## 错在哪里 · Where it goes wrong

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 平均准确率之后，看**混淆矩阵**（confusion matrix）：行是真实类别，列是预测类别，看哪一类更容易错。再看错得最自信的照片，这叫**错误分析**（error analysis）。常见的原因有 4 种：动物很小或被遮住，两种动物同框，画面里根本没有猫狗，标签写错了（**标签噪声**，label noise）。后两种改模型没有用，要改数据。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# After the mean accuracy, look at the **confusion matrix**: rows are true classes, columns are predictions; it shows which class is mistaken more often. Then look at the most confident mistakes; this is **error analysis**. There are 4 common causes: the animal is tiny or covered, both animals are in the frame, there is no cat or dog at all, or the label is wrong (**label noise**). For the last two no better model helps; the data must be corrected.
#
# </div>

# %% tags=["setup"]
fig, ax = plt.subplots(figsize=(3.8, 3.0), layout="constrained")
sns.heatmap(counts, annot=True, fmt="d", cmap="cividis", cbar=False, ax=ax)
ax.set(xlabel="预测 predicted", ylabel="真实 true", xticklabels=NAMES, yticklabels=NAMES)
figures.show(
    fig,
    "混淆矩阵：316 张照片里绝大多数在对角线上，只有几张猫被认成狗或狗被认成猫。",
    "Confusion matrix: almost all of the 316 photos are on the diagonal; only a few cats are taken for dogs or dogs for cats.",
)

# %% tags=["photo-live", "setup"]
all_photos = photos.default("all")
assert (all_photos.labels == y_all).all()  # the same order as above
worst = np.argsort(-np.abs(p_mean - y_all))[:8]
figures.show_photos(
    all_photos.subset(worst).images(200),
    [f"{NAMES[y_all[i]]}, P(dog)={p_mean[i]:.2f}" for i in worst],
    "交叉验证里错得最自信或最没把握的 8 张照片，标题是真实类别和狗的概率。",
    "The 8 photos with the most confident mistakes or least sure answers in cross-validation; titles give the true class and the probability of a dog.",
)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# **练习 3**：写出混淆矩阵：2 行 2 列的计数，行是真实类别，列是预测。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# **Exercise 3**: write the confusion matrix: counts in 2 rows and 2 columns, rows true, columns predicted.
#
# </div>


# %% tags=["exercise"]
def confusion(y, y_hat):
    """y, y_hat: arrays (n,) of 0 and 1 -> counts (2, 2): rows true, columns predicted"""
    return ...


check("09-3", confusion)


# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 说 90% 就有 90% 对吗？模型给出的最大概率叫置信度。把照片按置信度分成几个区间，每个区间里比较平均置信度 $\text{conf}_b$ 和答对的比例 $\text{acc}_b$，按张数加权，就是**期望校准误差**（expected calibration error，ECE），Guo 等用它检查现代网络：
#
# $$\text{ECE}=\sum_b\frac{n_b}{n}\left|\text{conf}_b-\text{acc}_b\right|$$
#
# **练习 4**：写出 ECE。置信度从 0.5 到 1 分成 5 个等宽的区间；空的区间不计。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Is 90% right in 90% of the cases? The largest probability that a model gives is its confidence. Sort the photos by confidence into bins, compare in each bin the mean confidence $\text{conf}_b$ with the share of right answers $\text{acc}_b$, and weight by the number of photos: that is the **expected calibration error** (ECE), with which Guo et al. examined modern networks:
#
# $$\text{ECE}=\sum_b\frac{n_b}{n}\left|\text{conf}_b-\text{acc}_b\right|$$
#
# **Exercise 4**: write the ECE, with 5 bins of equal width for a confidence from 0.5 to 1; empty bins do not count.
#
# </div>


# %% tags=["exercise"]
def calibration_error(confidence, is_right):
    """confidence: (n,) in 0.5–1; is_right: (n,) of 0 and 1 -> expected calibration error.

    5 equal bins from 0.5 to 1; |mean confidence - share right| of each bin, weighted by its size.
    """
    return ...


check("09-4", calibration_error)

# %% [markdown]
# ## 它在看哪里：Grad-CAM · What does it look at? Grad-CAM

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 答案对，理由也要对：它看的是动物，还是沙发？特征图 $A$ 有 7×7 个位置、1,280 个通道；分类头是线性的，所以位置 $(i,j)$ 对狗的支持就是 $\sum_c w_c A_{ijc}$，这叫**类激活图**（class activation map）。**Grad-CAM** 用梯度求每个通道的权重，适用于任何网络；对“全局平均池化 + 线性层”，两者只差一个常数 49。
#
# 热图总是好看的，所以要问它会不会骗人。两个检查：换成随机权重的骨干网络，热图应当变样；遮住最热的一块，logit 的变化应当比遮住最冷的一块大。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# The answer should be right for the right reason: does it look at the animal or at the sofa? The feature map $A$ has 7×7 positions and 1,280 channels; the head is linear, so position $(i,j)$ speaks for a dog by $\sum_c w_c A_{ijc}$: the **class activation map**. **Grad-CAM** finds each channel's weight by a gradient and works for any network; for “global average pooling + linear layer” the two differ by a constant, 49.
#
# A heat map always looks good, so ask whether it can mislead. Two checks: with a backbone of random weights the map should change; covering the hottest patch should change the logit more than covering the coldest.
#
# </div>

# %%
w, b = head.layers[-1].get_weights()
to_map = keras.Model(backbone.input, backbone.layers[-2].output)  # before global average pooling
with tf.GradientTape() as tape:
    maps8 = tf.constant(to_map.predict(raw, verbose=0))
    tape.watch(maps8)
    z = tf.reduce_mean(maps8, axis=(1, 2)) @ w + b
alpha = tf.reduce_mean(tape.gradient(z, maps8), axis=(1, 2))  # Grad-CAM's channel weights
cam = (maps8.numpy() @ w)[..., 0]
assert np.allclose(cam, 49 * np.einsum("nijc,nc->nij", maps8, alpha), atol=1e-3)

# %%
sign = np.where(z.numpy()[:, 0] > 0, 1, -1)  # for the class that was chosen
heat = cam * sign[:, None, None]
random_net = backbones.load("efficientnet_lite0", weights=None)
random_cam = (random_net.predict(raw, verbose=0) @ w)[..., 0] * sign[:, None, None]
same = [np.corrcoef(a.ravel(), r.ravel())[0, 1] for a, r in zip(heat, random_cam, strict=True)]
assert np.mean(same) < 0.5


# %%
def logit_without(n, place):
    covered, (i, j) = raw[n].copy(), np.unravel_index(place, (7, 7))
    covered[max(0, 32 * i - 32) : 32 * i + 64, max(0, 32 * j - 32) : 32 * j + 64] = 127
    return sign[n] * (backbone.predict(covered[None], verbose=0) @ w + b).item()


hot = np.mean([logit_without(n, heat[n].argmax()) for n in range(8)])
cold = np.mean([logit_without(n, heat[n].argmin()) for n in range(8)])
assert hot < cold - 0.5


# %% tags=["setup"]
def overlay(image, heat):
    """The photo, dimmed where the heat map is low."""
    big = ndimage.zoom(np.maximum(heat, 0) / heat.max(), 224 / 7, order=1)
    return (image * (0.25 + 0.75 * big[..., None]) / 255).clip(0, 1)


figures.show_photos(
    [overlay(image, h) for image, h in zip(raw, heat, strict=True)],
    [NAMES[int(s > 0)] for s in sign],
    "8 张宠物照片的 Grad-CAM：亮的地方支持所选类别，盖住动物，也溢到背景。",
    "Grad-CAM of 8 pet photos: the bright parts speak for the chosen class; they cover the animals and spill onto the background.",
    credit=CREDIT,
)

# %% [markdown]
# ## 照片变差时 · When photos get worse

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 用户的照片会更暗、更糊、更歪。**鲁棒性**（robustness）要测：把 36 张宠物照片一级一级弄坏，画出准确率。先猜：哪一种最伤？
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Users' photos are darker, blurrier and tilted. **Robustness** must be measured: spoil the 36 pet photos step by step and plot the accuracy. Guess first: which change hurts most?
#
# </div>

# %% tags=["setup"]
rng = np.random.default_rng(7)
spoil = {
    "变暗 darker": lambda x, s: x * (1 - 0.3 * s),
    "模糊 blur": lambda x, s: ndimage.gaussian_filter(x, (0, 3 * s, 3 * s, 0)),
    "噪声 noise": lambda x, s: (x + rng.normal(0, 60 * s, x.shape)).clip(0, 255),
    "旋转 rotation": lambda x, s: ndimage.rotate(x, 60 * s, (2, 1), False, order=1),
}

# %%
pet_images, robust = pets.images(224).astype("float32"), {}
for name, change in spoil.items():
    spoiled = [change(pet_images, s).astype("float32") for s in [0, 1, 2, 3]]
    z = [backbone.predict(v, verbose=0) @ w + b for v in spoiled]
    robust[name] = [((v[:, 0] > 0) == pets.labels).mean() for v in z]
assert robust["变暗 darker"][2] > 0.9 and robust["模糊 blur"][3] < 0.75
assert robust["变暗 darker"][0] > 0.9 and robust["噪声 noise"][3] < 0.75

# %% tags=["setup"]
fig, ax = plt.subplots()
for name, values in robust.items():
    ax.plot(values, label=name, markevery=1)
ax.set(xlabel="受损程度 severity", ylabel="准确率 accuracy", xticks=[0, 1, 2, 3])
ax.legend()
figures.assert_figure(fig, robust, xlabel="受损程度 severity", ylabel="准确率 accuracy")
figures.show(
    fig,
    "4 条曲线：变暗到很黑之前没有影响，旋转在第一级就降低准确率，之后不再变差，模糊和噪声越强，准确率越低，直到与抛硬币一样。",
    "4 curves: darkening does no harm until it is very dark, rotation costs accuracy at the first step and no more after it, and the stronger the blur or noise, the lower the accuracy, down to a coin's.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 变暗两级几乎无妨，模糊和噪声很快让模型失效。（各种变化的“级”没有共同的尺度，不能互相比较哪种最伤。）要用在这样的照片上，就把这样的变化加进训练（数据增强，第 06 课），再测一次。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Two steps of darkening do almost no harm; blur and noise soon break the model. (The steps of different changes have no common scale: which one hurts most cannot be said.) To use it on such photos, add these changes to the training (data augmentation, lesson 06) and measure again.
#
# </div>

# %% [markdown]
# ## 文章的做法，在同样的照片上 · The articles' recipes on the same photos

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 4 种做法，都用 200 张训练照片，都在同样的 116 张上评估。除注明的以外，前两种的超参数照文章原样，后两种用 Adam 1e-3 训练 50 轮，都是事先定好的，没有看着测试集挑选：
#
# * S2：卷积神经网络从零训练（64 像素，128 个单元，Dropout；两类只要一个输出；照原文训练 25 轮）。它不是迁移学习。
# * S1：VGG16，像素除以 255，`Flatten`，`Dense(256)`，`Dense(1)`，Adam 1e-4，10 轮。文章说这是微调；它冻结了全部层，所以是特征提取。
# * S1 改正：VGG16 配自己的预处理，全局平均池化，`Dense(1)`。
# * S4 的做法：冻结的现代网络，全局平均池化，一层；这里用 MobileNetV2。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# There are 4 recipes, all with the 200 training photos, all evaluated on the same 116. Except where noted, the first two have the articles' own hyperparameters, the last two Adam 1e-3 and 50 epochs; all were fixed beforehand and none was chosen by looking at the test set:
#
# * S2: a convolutional neural network trained from scratch (64 pixels, 128 units, dropout; one output is enough for two classes; 25 epochs as in the article). It is not transfer learning.
# * S1: VGG16, pixels divided by 255, `Flatten`, `Dense(256)`, `Dense(1)`, Adam 1e-4, 10 epochs. The article calls this fine-tuning; it freezes every layer, so it is feature extraction.
# * S1 repaired: VGG16 with its own preprocessing, global average pooling, `Dense(1)`.
# * S4's way: a frozen modern network, global average pooling, one layer; here with MobileNetV2.
#
# </div>

# %%
layers, data = keras.layers, {"train": train, **held_out}
s2 = keras.Sequential([
    keras.Input((64, 64, 3)), layers.Rescaling(1 / 255),
    layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
    layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
    layers.Dense(128, activation="relu"), layers.Dropout(0.5), layers.Dense(1, activation="sigmoid"),
])  # fmt: skip
s1 = keras.Sequential(
    [keras.Input((25_088,)), layers.Dense(256, "relu"), layers.Dense(1, "sigmoid")]
)  # on VGG16's flattened feature map, 7 × 7 × 512
linear = {n: keras.Sequential([keras.Input((n,)), layers.Dense(1, "sigmoid")]) for n in (512, 1280)}
assert s1.count_params() == 6_423_041

# %%
flat = {"pooling": "flatten", "scale": 1 / 255}  # pixels / 255 instead of VGG16's own
scaled = {k: features.extract(s, "vgg16", **flat) for k, s in data.items()}
small = {k: s.images(64) for k, s in data.items()}
pooled = {
    b: {k: features.extract(s, b) for k, s in data.items()} for b in ("vgg16", "mobilenet_v2")
}

# %%
recipes = {
    "S2 CNN, from scratch": (s2, small, 1e-3, 25),
    "S1 VGG16 as printed": (s1, scaled, 1e-4, 10),
    "S1 VGG16 repaired": (linear[512], pooled["vgg16"], 1e-3, 50),
    "S4 way, MobileNetV2": (linear[1280], pooled["mobilenet_v2"], 1e-3, 50),
}
for model, inputs, learning_rate, epochs in recipes.values():
    model.compile(keras.optimizers.Adam(learning_rate), loss="binary_crossentropy")
    _ = model.fit(inputs["train"], y, epochs=epochs, verbose=0)
assert ((s2.predict(small["train"], verbose=0)[:, 0] > 0.5) == y).mean() > 0.9  # by heart

# %% tags=["nbval-ignore-output", "result-table"]
results = {}
for who, (model, inputs, *_) in recipes.items():
    y_hat = {k: model.predict(inputs[k], verbose=0)[:, 0] > 0.5 for k in held_out}
    results[who] = [sum(sealed.n_right(who, y_hat).values()), model.count_params()]
results["ours: Lite0, frozen"] = [k, head.count_params()]
table = pd.DataFrame(results, ["right", "trained"]).T
table["accuracy"] = (table.right / n).round(3)
table["95 % interval"] = [f"{wilson(r, n)[0]:.3f}–{wilson(r, n)[1]:.3f}" for r in table.right]
print(table[["accuracy", "95 % interval", "trained"]].to_string())

# %%
share = table.accuracy
assert share.iloc[-1] > share["S2 CNN, from scratch"] + 0.25
assert min(share.iloc[-1], share["S1 VGG16 repaired"]) >= share["S1 VGG16 as printed"]
assert table.trained["S1 VGG16 as printed"] > 5000 * head.count_params()
assert len(sealed.looks) == 5  # four recipes fixed beforehand, and ours

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 从零训练的网络在 200 张照片上把训练集背了下来，对新照片与抛硬币分不出来。用预训练特征的三种都超过 0.9（网络和分辨率也不同，所以差别不全来自预训练；第 07 课单独比较）。S1 的做法也能用，但训练的参数是 5,000 倍以上、乘加次数多 35 倍以上，却没有更好；同一个 VGG16 配上自己的预处理，513 个参数就够了。注意区间：116 张照片分不清相差一两张的模型，`VGG16 repaired`、MobileNetV2 和我们的做法谁好，这里**没有证据**。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Trained from scratch, the network learned 200 photos by heart and on new ones cannot be told from a coin. The three with pretrained features all exceed 0.9 (network and resolution differ too, so not all of the gap is due to pretraining; lesson 07 compares it alone). S1's recipe works too, but with 5,000 times the parameters and over 35 times the multiply-accumulate operations it is no better; with its own preprocessing, 513 parameters are enough for the same VGG16. Mind the intervals: 116 photos cannot separate models that differ by one or two photos, so between `VGG16 repaired`, MobileNetV2 and ours there is **no evidence** which is best.
#
# </div>

# %% [markdown]
# ## 交付：一个文件，原始照片进，概率出 · Deliver: one file, raw photo in, probability out

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 把缩放、预处理、骨干网络、分类头和 sigmoid 装进一个模型，存成一个 `.keras` 文件。拿到它的人不需要这门课的代码，也不会忘记预处理：`keras.models.load_model` 就够了。命令 `course train --out my.keras` 和 `course classify my.keras photo.jpg` 对任何装着类别子文件夹的文件夹做同样的事。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Put scaling, preprocessing, backbone, head and sigmoid into one model and save it as one `.keras` file. Whoever gets it needs none of this course's code and cannot forget the preprocessing: `keras.models.load_model` is enough. The commands `course train --out my.keras` and `course classify my.keras photo.jpg` do the same for any folder of class folders.
#
# </div>

# %%
photo = keras.Input((None, None, 3))  # raw 0–255, any size
p = keras.activations.sigmoid(head(backbone(layers.Resizing(224, 224)(photo))))
classifier = keras.Model(photo, p)
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "cats_vs_dogs.keras"
    classifier.save(file)
    reloaded = keras.models.load_model(file)
p_pets = reloaded.predict(pet_images, verbose=0)[:, 0]
z = backbone.predict(pet_images, verbose=0) @ w + b  # step by step, as above
assert np.allclose(p_pets, 1 / (1 + np.exp(-z[:, 0])), atol=1e-3)


# %% tags=["setup"]
def tell(photo):
    """What the saved model says about a photo, uint8 (h, w, 3)."""
    p = reloaded.predict(photo[None].astype("float32"), verbose=0).item()
    return f"猫 cat: {1 - p:.0%}    狗 dog: {p:.0%}"


PhotoUpload(
    tell,
    example=pets.images(224)[0],
    alt_zh="示例：一只猫的照片。",
    alt_en="Example: a photo of a cat.",
)

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# （示例照片：Oxford-IIIT Pet，Parkhi、Vedaldi、Zisserman、Jawahar，CC BY-SA 4.0。）试试一张没有猫狗的照片：模型仍然会在两类里选一个，而且可能很自信。它只学过这两个词。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# (Example photo: Oxford-IIIT Pet, Parkhi, Vedaldi, Zisserman, Jawahar, CC BY-SA 4.0.) Try a photo without a cat or dog: the model still picks one of the two, perhaps confidently. They are the only words it has learned.
#
# </div>

# %% [markdown]
# ## 练习与测验 · Exercises and quizzes

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 上面已经有 4 个练习；把 `...` 换成你的答案再运行。需要时运行 `hint("09-1")`，每次多说一步。下面的测验不计时。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# There are 4 exercises above; put your answer where `...` stands and run the cell. Run `hint("09-1")` when you need it: each time it says one step more. Take your time with the quiz below.
#
# </div>

# %% tags=["quiz"]
quiz("09-q1")
quiz("09-q2")

# %% tags=["quiz"]
quiz("09-q3")
quiz("09-q4")
progress()

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 先看数据、查重复，再训练；预处理放进模型里，就不会忘。
# * 从最简单的开始：冻结的骨干网络加一个线性分类头。微调要证明自己值得。
# * 验证集做选择，测试集只报告一次，并附上区间；照片少的时候，区间很宽。
# * 猫狗分类几乎是 ImageNet 的子任务：这里的高准确率不保证别的任务也这样。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Look at the data and check for duplicates before you train; preprocessing inside the model cannot be forgotten.
# * Start with the simplest: a frozen backbone and a linear head. Fine-tuning has to prove that it pays.
# * The validation set makes choices, the test set reports once, with an interval; with few photos the interval is wide.
# * Cats against dogs is almost a subtask of ImageNet: high accuracy here promises nothing for other tasks.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S1 | 冻结全部 VGG16 层是特征提取；微调要解冻、用小学习率、重新 `compile` | 把这样的代码称为微调 |
# | S1、S3 | VGG16 有自己的预处理；除以 255 也能训练，但喂给网络的不是它认识的数值；上表里它不比改正版好，区间重叠 | `rescale=1./255` |
# | S2 | 随机初始化的网络没有用到任何源任务的知识，不是迁移学习 | “基于 CNN 的迁移学习模型” |
# | S2 | 微调是继续更新预训练权重；超参数只是控制它 | 微调等于调整学习率和批大小 |
# | S2 | 用于选择的数据不能再当测试集 | `validation_data=test_generator`，再 `evaluate` 它 |
# | S2 | 输出层的大小要等于类别数 | 猫狗两类却写 `Dense(10)` |
# | S1 | 结果要测量，并附上区间；`test_generator` 也要先定义 | “假设准确率 90%” |
# | S1 | `include_top=False` 去掉的是 `flatten`、`fc1`、`fc2` 和 `predictions` | 去掉“最后一层” |
# | S1、S3 | 全局平均池化之后 512 个数就够；展平要 25,088 个 | `Flatten` |
# | S1 | ImageNet 里已有 118 个狗类和 5 个家猫类 | 在“新数据集”上表现很好 |
# | S3 | 检测要给出框；源任务若已是猫狗分类，就没有可迁移的新东西 | 用“已会猫狗分类的模型”做猫狗检测 |
# | S3 | 流程里有验证的回路，测试在回路之外 | 一条直线 |
# | S1、S3 | 验证和测试要 `shuffle=False`，否则预测与标签对不上 | 生成器默认打乱 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S1 | freezing every VGG16 layer is feature extraction; fine-tuning unfreezes, uses a small learning rate and needs a new `compile` | calls such a listing fine-tuning |
# | S1, S3 | VGG16 has its own preprocessing; dividing by 255 still trains, but feeds the network values that it does not know; in the table above it is no better than the repaired recipe, with overlapping intervals | `rescale=1./255` |
# | S2 | a randomly initialised network uses nothing of any source task: it is not transfer learning | “a transfer-learning model based on a CNN” |
# | S2 | fine-tuning goes on updating pretrained weights; hyperparameters only control it | fine-tuning means adjusting learning rate and batch size |
# | S2 | data used for choosing cannot be the test set any more | `validation_data=test_generator`, then `evaluate` on it |
# | S2 | the output layer has as many units as there are classes | `Dense(10)` for two classes |
# | S1 | results are measured and come with an interval; `test_generator` must be defined first | “assume 90% accuracy” |
# | S1 | `include_top=False` removes `flatten`, `fc1`, `fc2` and `predictions` | removes “the last layer” |
# | S1, S3 | after global average pooling 512 numbers are enough; flattening needs 25,088 | `Flatten` |
# | S1 | ImageNet already has 118 classes of dogs and 5 of house cats | does well on a “new dataset” |
# | S3 | detection must give boxes; if the source task is cats against dogs already, nothing new is transferred | uses a model “that can already tell cats from dogs” for detection |
# | S3 | the process has a validation loop, and the test is outside it | a straight line |
# | S1, S3 | validation and test need `shuffle=False`, or predictions and labels do not match | generators shuffle by default |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * Chollet, *Building powerful image classification models using very little data*, The Keras Blog, 2016
# * Elson, Douceur, Howell, Saul, *Asirra: A CAPTCHA that Exploits Interest-Aligned Manual Image Categorization*, ACM CCS 2007, 366–374
# * Parkhi, Vedaldi, Zisserman, Jawahar, *Cats and Dogs*, CVPR 2012 (the Oxford-IIIT Pet data set)
# * Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, PMLR 97:6105–6114, arXiv:1905.11946
# * Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, *Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization*, ICCV 2017, 618–626
# * Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim, *Sanity Checks for Saliency Maps*, NeurIPS 2018, arXiv:1810.03292
# * Guo, Pleiss, Sun, Weinberger, *On Calibration of Modern Neural Networks*, ICML 2017, PMLR 70:1321–1330, arXiv:1706.04599
# * Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the American Statistical Association 22(158):209–212, 1927
# * 迁移并不总是有用：Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Chollet, *Building powerful image classification models using very little data*, The Keras Blog, 2016
# * Elson, Douceur, Howell, Saul, *Asirra: A CAPTCHA that Exploits Interest-Aligned Manual Image Categorization*, ACM CCS 2007, 366–374
# * Parkhi, Vedaldi, Zisserman, Jawahar, *Cats and Dogs*, CVPR 2012 (the Oxford-IIIT Pet data set)
# * Tan, Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, PMLR 97:6105–6114, arXiv:1905.11946
# * Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra, *Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization*, ICCV 2017, 618–626
# * Adebayo, Gilmer, Muelly, Goodfellow, Hardt, Kim, *Sanity Checks for Saliency Maps*, NeurIPS 2018, arXiv:1810.03292
# * Guo, Pleiss, Sun, Weinberger, *On Calibration of Modern Neural Networks*, ICML 2017, PMLR 70:1321–1330, arXiv:1706.04599
# * Wilson, *Probable inference, the law of succession, and statistical inference*, Journal of the American Statistical Association 22(158):209–212, 1927
# * Transfer does not always help: Raghu, Zhang, Kleinberg, Bengio, *Transfusion: Understanding Transfer Learning for Medical Imaging*, NeurIPS 2019, arXiv:1902.07208
#
# </div>
