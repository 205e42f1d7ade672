"""The check that what a lesson's code shows can be halved."""

import pytest

from course.author.checks import languages

GOOD = """\
say("准确率 accuracy", f"{score:.2f}")
say("猜对了。", "You guessed right.")
table(["网络 network", "损失 loss"], rows)
ax.plot(x, y, label="二元交叉熵 BCE")
ax.set(xlabel="步 step", title=f"{name}，准确率 accuracy {score}")
ax.set_title("目标：上司\\ntarget: bosses")
widgets.IntSlider(description="频率 frequency")
say(("狗的 logit", "logit of a dog"), z)
say("20 层 layers of 64", "3 张 photos")
print(x.shape)
print(f"{name}: {score}")
"""
BAD = {
    'table(["文件 file", "有 JFIF has JFIF"], rows)': "halves",
    'ax.set(xlabel="狗的 logit logit of a dog")': "halves",
    'say(f"与全 1 with ones {n}")': "halves",
    'ax.set(xlabel="十亿次乘加 G MACs")': "halves",
    'say("我们的：course train ours: course train")': "halves",
    'print("损失 loss", 0.3)': "say",
    'print(f"{n} 张 photos")': "say",
    'say("损失", 0.3)': "halves",
    'LABELS = {"loop": "有没有环 a loop or not"}': "halves",
    'NAMES = ["输出 output a", "没有狗的折 a fold without dogs:"]': "halves",
    'ax.set(xlabel="文件的大小 size of the file (MB)")': "halves",
    'ROWS = {"w": "权重 int8 weights int8"}': "halves",
    'ax.set(xlabel="步")': "halves",
    'ax.plot(x, y, label="loss 损失")': "halves",
    'widgets.IntSlider(description="a 频率 frequency 高 high 低")': "halves",
    'table(["网络", "损失 loss"], rows)': "halves",
}


def test_pairs_pass():
    assert languages.problems(GOOD, "x.py", 1) == []


@pytest.mark.parametrize(("code", "rule"), BAD.items())
def test_what_has_no_halves_is_found(code, rule):
    assert [problem.rule for problem in languages.problems(code, "x.py", 1)] == [rule]


def test_a_debt_that_was_paid_is_told(monkeypatch):
    """With fewer places than its number; that is no error."""
    from course.author.checks import debts
    from course.notebooks.lessons import select

    (lesson,) = select(["02"])
    assert languages.check_lesson(lesson) == ([], [])
    monkeypatch.setattr(debts, "of", lambda number: {"halves": 2})
    now, told = languages.check_lesson(lesson)
    assert now == [] and [problem.rule for problem in told] == ["halves"]
