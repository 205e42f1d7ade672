"""Each rule finds the violation planted for it, and leaves the clean twin alone."""

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course.author.checks import parity
from course.author.checks.glossary import Term

TERMS = [
    Term("微调", "fine-tuning", ("精调", "细调"), ("finetuning", "fine tuning")),
    Term("批归一化", "batch normalization", ("批标准化",), ("batch norm layer",)),
    Term("归一化", "normalization", ("正规化",), ()),
    Term("预训练模型", "pretrained model", (), ()),
    Term("训练", "training", ("练模型",), ()),
]


def cell(language, text, tag=None, div=None):
    body = f'<div lang="{div or language}">\n\n{text}\n\n</div>'
    return new_markdown_cell(body, metadata={"tags": [tag or f"lang-{language}"]})


def pair(zh, en):
    return [cell("zh", zh), cell("en", en)]


def shared(text):
    return [new_markdown_cell(text)]


def found(cells):
    return {p.rule for p in parity.check(new_notebook(cells=cells), "lessons/99_x.py", TERMS)}


CLEAN = {
    "plain": pair("你好，世界。", "Hello, world."),
    "term": pair("**微调**（fine-tuning）很快。", "**Fine-tuning** is fast."),
    "formula": pair("损失 $L(w)=w^2$ 很小。", "The loss $L(w) = w^2$ is small."),
    "formula words": pair(r"$x_{\text{新}}$ 变了。", r"$x_{\text{new}}$ changed."),
    "display formula": pair("如下：\n\n$$a=b$$", "As follows:\n\n$$a = b$$"),
    "code": pair("用 `model.fit` 训练。", "Train with `model.fit`."),
    "link": pair("见[文档](https://keras.io)。", "See the [docs](https://keras.io)."),
    "wan": pair("有 12 万张照片。", "There are 120,000 photos."),
    "yi": pair("有 1.38 亿个参数。", "There are 138 million parameters."),
    "percent": pair("准确率 97.5%。", "The accuracy is 0.975."),
    "thousands": pair("共 12,288 个数。", "12288 numbers in all."),
    "month": pair("发表于 2015 年 6 月。", "Published in June 2015."),
    "names with digits": pair("VGG16 比 ResNet50 大。", "VGG16 is larger than ResNet50."),
    "number words": pair("两次都一样。", "Both times the same."),
    "list": pair("* 一\n* 二", "* one\n* two"),
    "nested list": pair("* 一\n  * 甲\n* 二", "* one\n  * a\n* two"),
    "table": pair("| 甲 | 乙 |\n|---|---|\n| 一 | 二 |", "| a | b |\n|---|---|\n| one | two |"),
    "heading": shared("## 一步更新 · One update step"),
    "title": shared("# 09 猫狗项目 · The cats-vs-dogs project"),
    "heading with number": shared("## 试 3 次 · Try 3 times"),
    "punctuation in code": pair("写 `f(x), y: int` 即可。", "Write `f(x), y: int`."),
    "latin sentence part": pair(
        "论文是 Attention, please 一文。", "The paper is Attention, please."
    ),
    "quotes": pair("他说“好”。", "He said “好”。"[:-1] + "."),
    "long term": pair("批归一化与归一化不同。", "Batch normalization is not normalization."),
    "right term around a variant": pair("用预训练模型。", "Use a pretrained model."),
    "quoted variant": pair("文章写作“精调”。", 'The article says "finetuning".'),
    "one line per language": pair("第一段。\n\n第二段。", "First\nparagraph.\n\nSecond."),
    "dash": pair("它——也许——更快。", "It is – perhaps – faster."),
    "decimals": pair("学习率是 0.001。", "The learning rate is 0.001."),
    "exponent": pair("误差小于 1e-6。", "The error is below 1e-6."),
}

PLANTED = {
    "missing English cell": ("pair", [cell("zh", "你好。")]),
    "missing Chinese cell": ("pair", [cell("en", "Hello.")]),
    "wrong order": ("pair", [cell("en", "Hello."), cell("zh", "你好。")]),
    "heading between the two": (
        "pair",
        [cell("zh", "你好。"), *shared("## 一 · One"), cell("en", "Hello.")],
    ),
    "tag and div disagree": ("div", [cell("zh", "你好。", div="en"), cell("en", "Hello.")]),
    "no div": (
        "div",
        [new_markdown_cell("你好。", metadata={"tags": ["lang-zh"]}), cell("en", "Hello.")],
    ),
    "no blank lines in the div": (
        "div",
        [
            new_markdown_cell('<div lang="zh">\n你好。\n</div>', metadata={"tags": ["lang-zh"]}),
            cell("en", "Hello."),
        ],
    ),
    "text after the div": (
        "div",
        [
            new_markdown_cell(
                '<div lang="zh">\n\n你好。\n\n</div>\n\n又及。', metadata={"tags": ["lang-zh"]}
            ),
            cell("en", "Hello."),
        ],
    ),
    "div without a tag": ("tags", shared('<div lang="zh">\n\n你好。\n\n</div>')),
    "both tags": (
        "tags",
        [new_markdown_cell("你好。", metadata={"tags": ["lang-zh", "lang-en"]})],
    ),
    "English in the Chinese cell": ("language", pair("Hello.", "Hello.")),
    "text without a language": ("orphan", shared("Some text.")),
    "list without a language": ("orphan", shared("## 一 · One\n\n* x")),
    "heading inside a language cell": ("heading", pair("## 一\n\n你好。", "Hello.")),
    "heading in one language": ("heading", shared("## One update step")),
    "heading without spaces at the dot": ("heading", shared("## 一步更新·One update step")),
    "heading the wrong way round": ("heading", shared("## One update step · 一步更新")),
    "heading's numbers": ("numbers", shared("## 试 3 次 · Try 4 times")),
    "formula": ("formulas", pair("损失 $L(w)=w^2$。", "The loss $L(w)=w^3$.")),
    "formula left out": ("formulas", pair("损失 $L$ 很小。", "The loss is small.")),
    "formula twice": ("formulas", pair("$x$ 与 $x$ 相同。", "$x$ is the same.")),
    "display formula": ("formulas", pair("如下：\n\n$$a=b$$", "As follows:\n\n$$a=c$$")),
    "code": ("code", pair("用 `model.fit`。", "Use `model.predict`.")),
    "code block": ("code", pair("```python\na = 1\n```\n\n好。", "```python\na = 2\n```\n\nGood.")),
    "link": ("links", pair("[文档](https://keras.io)。", "[Docs](https://keras.io/api).")),
    "picture": ("links", pair("好。![图](a.png)", "Good.")),
    "html": ("html_tags", pair("<details>\n\n你好。\n\n</details>", "Hello.")),
    "number": ("numbers", pair("准确率 0.97。", "The accuracy is 0.98.")),
    "number left out": ("numbers", pair("有 200 张照片。", "There are photos.")),
    "wan wrong": ("numbers", pair("有 12 万张。", "There are 12,000.")),
    "yi wrong": ("numbers", pair("有 1.38 亿个。", "There are 1.38 million.")),
    "percent wrong": ("numbers", pair("准确率 97.5%。", "The accuracy is 97.5.")),
    "list longer": ("shape", pair("* 一\n* 二\n* 三", "* one\n* two")),
    "list nested otherwise": ("shape", pair("* 一\n  * 二", "* one\n* two")),
    "ordered or not": ("shape", pair("1. 一\n2. 二", "* one\n* two")),
    "table's columns": (
        "shape",
        pair("| 甲 | 乙 |\n|---|---|\n| 一 | 二 |", "| a |\n|---|\n| one |"),
    ),
    "table's rows": (
        "shape",
        pair("| 甲 |\n|---|\n| 一 |\n| 二 |", "| a |\n|---|\n| one |"),
    ),
    "half-width comma": ("half-width punctuation", pair("你好, 世界。", "Hello.")),
    "half-width colon after Latin": ("half-width punctuation", pair("用 Keras: 很好。", "Keras.")),
    "half-width brackets": ("half-width punctuation", pair("微调(fine-tuning)。", "Hello.")),
    "half-width full stop": ("half-width punctuation", pair("你好.", "Hello.")),
    "half-width full stop after Latin": ("half-width punctuation", pair("我们用 Keras.", "Keras.")),
    "straight quotes": ("half-width punctuation", pair('他说"好"。', "He said so.")),
    "polite you": ("polite you", pair("您好。", "Hello.")),
    "no space before Latin": ("missing space", pair("使用Keras 训练。", "Train with Keras.")),
    "no space after a digit": ("missing space", pair("有 200张照片。", "There are 200 photos.")),
    "no space after per cent": ("missing space", pair("约 5%的照片。", "About 5% of photos.")),
    "no space beside code": ("missing space", pair("用`fit` 训练。", "Train with `fit`.")),
    "no space beside a formula": ("missing space", pair("损失 $L$很小。", "The loss $L$ is small.")),
    "no space across bold": ("missing space", pair("使用**Keras** 吧。", "Use **Keras**.")),
    "two spaces": ("several spaces", pair("使用  Keras 吧。", "Use Keras.")),
    "space before punctuation": ("space beside punctuation", pair("你好 ，世界。", "Hello.")),
    "space after punctuation": ("space beside punctuation", pair("你好， 世界。", "Hello.")),
    "line break after punctuation": ("space beside punctuation", pair("你好，\n世界。", "Hello.")),
    "line break between characters": ("space between characters", pair("你好\n世界。", "Hello.")),
    "space between characters": ("space between characters", pair("你 好。", "Hello.")),
    "full-width digits": ("full-width letters", pair("有 ２００ 张。", "There are 200.")),
    "Chinese punctuation in English": ("full-width punctuation", pair("你好。", "Hello，world.")),
    "lost emphasis": ("emphasis", pair("**微调（fine-tuning）**很快。", "**Fine-tuning** is fast.")),
    "glossary, Chinese": ("glossary", pair("精调很快。", "Fine-tuning is fast.")),
    "glossary, English": ("glossary", pair("微调很快。", "Finetuning is fast.")),
    "glossary, plural": ("glossary", pair("批归一化。", "Two batch norm layers.")),
    "glossary, in a heading": ("glossary", shared("## 细调 · Fine-tuning")),
    "glossary, in a list": ("glossary", pair("* 正规化", "* Normalization")),
    "typography in a heading": ("missing space", shared("## 用Keras 训练 · Training with Keras")),
    "typography in a table": (
        "missing space",
        pair("| 用Keras |\n|---|\n| 一 |", "| Keras |\n|---|\n| one |"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLEAN)
def test_clean_text_is_left_alone(name):
    assert found(CLEAN[name]) == set()


@pytest.mark.parametrize("name", PLANTED)
def test_planted_violation_is_found(name):
    rule, cells = PLANTED[name]
    assert rule in found(cells)


def test_every_rule_has_a_planted_violation():
    """Rules are those that parity can report: its own and those of typography."""
    from course.author.checks import typography

    own = {"pair", "div", "tags", "language", "orphan", "heading", "glossary", "emphasis"}
    compared = {"formulas", "code", "links", "html_tags", "shape", "numbers"}
    typographic = {rule for rule, *_ in typography.RULES} | {"full-width punctuation"}
    assert {rule for rule, _ in PLANTED.values()} == own | compared | typographic


def test_message_says_file_cell_and_what_to_change():
    cells = [*shared("## 一 · One"), *pair("准确率 0.97。", "The accuracy is 0.98.")]
    (problem,) = parity.check(new_notebook(cells=cells), "lessons/99_x.py", TERMS)
    text = str(problem)
    assert "lessons/99_x.py, cell 2" in text
    assert "0.97" in text
    assert "0.98" in text


EXERCISES = """
QUIZZES = [
    Quiz(question=("学习率 0.1，步长 $0.1g$？", "Rate 0.1, step $0.1g$?"), options=[]),
    judges.not_yet("少了一半。", "Half is missing."),
    values(1, mistakes=[(2, ("用 `np.mean`。", "Use `np.mean`."))]),
    ("text", "no pair"),
]
"""


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("", "", None),
        ("Rate 0.1", "Rate 0.2", "numbers"),
        ("$0.1g$?", "$0.1h$?", "formulas"),
        ("Use `np.mean`", "Use `np.sum`", "code"),
        ("少了一半。", "少了一半.", "half-width punctuation"),
        ("Half is missing.", "Half is missing。", "full-width punctuation"),
    ],
)
def test_exercise_texts_are_compared_too(tmp_path, old, new, rule):
    file = tmp_path / "exercises_99.py"
    file.write_text(EXERCISES.replace(old, new) if old else EXERCISES, encoding="utf-8")
    problems = parity.check_definitions(file, TERMS)
    assert {problem.rule for problem in problems} == ({rule} if rule else set())
    assert all(problem.file.startswith("lessons/exercises_99.py:") for problem in problems)
