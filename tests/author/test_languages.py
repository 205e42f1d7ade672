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
print(x.shape)
print(f"{name}: {score}")
"""
BAD = {
    'print("损失 loss", 0.3)': "say",
    'print(f"{n} 张 photos")': "say",
    'say("损失", 0.3)': "halves",
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


def test_debts_can_only_fall(monkeypatch):
    """With fewer places than its number a lesson asks for a lower number."""
    from course.author.checks import debts
    from course.notebooks.lessons import select

    (lesson,) = select(["02"])
    assert languages.check_lesson(lesson) == ([], [])
    monkeypatch.setattr(debts, "of", lambda number: {"halves": 2})
    now, _ = languages.check_lesson(lesson)
    assert [problem.rule for problem in now] == ["halves"]
