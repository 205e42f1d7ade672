# ---
# jupyter:
#   course: {minutes: 60, needs: ["01"]}
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
# # 15 压缩与隐私 · Compression and privacy

# %% tags=["setup"]
try:
    import course_utils
except ModuleNotFoundError:
    message = "请先安装课程 · install the course first: python start.py"
    raise SystemExit(message) from None

# %% [markdown]
# ## 你将学会 · What you will be able to do

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 第一件你学完能做的事。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * The first thing that you will be able to do.
#
# </div>

# %% [markdown]
# ## 开始之前 · Before you start

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 你需要什么，从哪一课来（例如：你需要第 01 课的梯度）。在 2 个 CPU 核上运行全部单元大约 1 分钟，读完并做练习大约 60 分钟。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# What you need, and which lesson it comes from (for example: you need the gradient from lesson 01). Running all cells takes about 1 minute on 2 CPU cores, reading and doing the exercises about 60 minutes.
#
# </div>

# %% [markdown]
# ## 先猜一猜 · Predict first

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 运行之前，先写下你的猜测：下面的数加起来是多少？猜错没有关系，写下来才学得到。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Before you run it, write down your guess: what do the numbers below add up to? A wrong guess is fine: writing it down is what teaches you.
#
# </div>

# %% tags=["exercise"]
from course_utils.learning import guesses, outcome, predict

predict("15-p1", ...)

# %% [markdown]
# ## 第一步 · First step

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 先讲道理，再用代码说明。数字出现在文字里，近旁就要有断言。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Say why, then show it by code. A number in the text has an assertion near by.
#
# </div>

# %%
import numpy as np

course_utils.reproducible(7)
x = np.linspace(-1, 1, 5)
print(x)
outcome("15-p1", x.sum())

# %%
assert abs(x.mean()) < 1e-12

# %% [markdown]
# ## 流言实测 · The myth, measured

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 常听说的一句话，以及怎样测量它。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Something that people often say, and how to measure it.
#
# </div>

# %% [markdown]
# ## 练习 · Exercises

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# 把 `...` 换成你的答案，再运行检查。需要时运行提示，每次多说一步。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# Put your answer where `...` stands, then run the check. Run the hint when you need it: each time it says one step more.
#
# </div>

# %% tags=["exercise"]
from course_utils.learning import check, quiz

answer_1 = ...
check("15-1", answer_1)

# %% [markdown]
# ## 测验 · Quiz

# %% tags=["quiz"]
quiz("15-q1")

# %% tags=["exercise"]
guesses("15")

# %% [markdown]
# ## 小结 · Take-away

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 该记住的一句话。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * One sentence to remember.
#
# </div>

# %% [markdown]
# ## 对原文章的更正 · Corrections to the source articles

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# | 文章 | 正确的说法 | 原文 |
# |---|---|---|
# | S1 | 更正 | 原话 |
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# | article | what is right | it says |
# |---|---|---|
# | S1 | the correction | its words |
#
# </div>

# %% [markdown]
# ## 参考文献 · References

# %% [markdown] tags=["lang-zh"]
# <div lang="zh">
#
# * 作者，题目，出处，年份。每条都要查证。
#
# </div>

# %% [markdown] tags=["lang-en"]
# <div lang="en">
#
# * Author, title, place, year. Look each of them up.
#
# </div>

# %% tags=["quiz"]
from course_utils.learning import finish

finish("15")
