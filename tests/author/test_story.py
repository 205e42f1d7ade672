"""Each rule of the story finds what is planted for it; debts only fall."""

import base64
import io
import tomllib

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from PIL import Image

from course.author import check
from course.author.checks import debts, languages, letters, story
from course.notebooks.lessons import all_lessons


def text(language, content):
    return new_markdown_cell(content, metadata={"tags": [f"lang-{language}"]})


def code(source, *cell_tags, outputs=()):
    return new_code_cell(source, metadata={"tags": list(cell_tags)}, outputs=list(outputs))


def picture(width=640, height=360):
    buffer = io.BytesIO()
    Image.new("L", (width, height)).save(buffer, "PNG")
    data = {"image/png": base64.b64encode(buffer.getvalue()).decode()}
    return code("draw()", outputs=[new_output("display_data", data)])


EXPLORABLE = code("x", outputs=[new_output("display_data", {story.EXPLORABLE: {}})])
TABLE = new_markdown_cell("| a | b |\n|---|---|\n| 1 | 2 |")
HTML_TABLE = code("t", outputs=[new_output("display_data", {"text/html": "<table></table>"})])
ASK = [text("zh", "先猜：会怎样？"), text("en", "Guess first: what will happen?")]
START = [code("import course_utils", "setup"), *ASK, picture()]
# 600 pixels of short cells that show nothing: a screen.
SCREEN = [code("\n".join(["a = 1"] * 10)) for _ in range(3)]


def rules(cells):
    return [p.rule for p in story.check(NotebookNode(cells=cells), "x")]


def test_a_story_has_no_problem():
    long_but_folded = text("en", f"Short.\n\n<details>\n\n{'word ' * 300}\n\n</details>")
    looked_up = [new_markdown_cell("## 参考文献 · References"), text("en", "word " * 300)]
    rows = text("en", "| a | b |\n|---|---|\n" + "| some words in a row | 2 |\n" * 60)
    formulas = text("en", r"$\frac{a b c}{d}$ and `a = b + c` " * 25)  # 75 words
    assert rules([*START, long_but_folded, rows, formulas, *SCREEN, *looked_up]) == []
    assert rules([*START, *SCREEN, EXPLORABLE, *SCREEN, TABLE, *SCREEN, HTML_TABLE]) == []
    assert rules([code("import a\n" * 40, "setup"), *ASK, *SCREEN, picture()]) == []


PLANTED = {
    "long English": (["long text"], [*START, text("en", "word " * 121)]),
    "long Chinese": (["long text"], [*START, text("zh", "字" * 201)]),
    "no picture": (["late picture"], ASK),
    "a late picture": (["late picture"], [*START[:3], *SCREEN * 3, picture()]),
    "a table is no picture": (["late picture"], [*START[:3], TABLE, *SCREEN * 3, picture()]),
    "figures far apart": (["nothing to see"], [*START, *SCREEN * 4, picture()]),
    "long outputs between": (
        ["nothing to see"],
        [*START, *[code("p", outputs=[new_output("stream", text="a\n" * 40)])] * 6, picture()],
    ),
    "imports first": (["opening"], [code("import a\n" * 7), *ASK, picture()]),
    "no question": (["opening"] * 2, [START[0], picture()]),
    "a question in one language": (["opening"], [ASK[0], text("en", "See."), picture()]),
    "a late question": (["opening"] * 2, [picture(), *SCREEN * 3, picture(), *ASK]),
}


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_found_and_named_in_both_languages(name):
    wanted, cells = PLANTED[name]
    found = story.check(NotebookNode(cells=cells), "x")
    assert [p.rule for p in found] == wanted
    for problem in found:
        assert story.han(problem.zh) > 5 and story.words(problem.en) > 5


def test_the_cell_is_the_one_to_mend():
    cells = [*START, text("en", "word " * 121), *SCREEN * 4, picture()]
    found = {p.rule: p.cell for p in story.check(NotebookNode(cells=cells), "x")}
    assert found == {"long text": 5, "nothing to see": 4}  # after the picture in cell 4


def findings(n):
    return story.check(NotebookNode(cells=[*START, *[text("en", "word " * 121)] * n]), "x")


@pytest.mark.parametrize(
    ("n", "debt", "now", "owed"),
    [
        (0, 0, 0, 0),
        (2, 2, 0, 2),
        (1, 0, 1, 0),  # a new lesson owes nothing
        (3, 2, 4, 0),  # all of them, one is too many, and how many there may be
        (1, 2, 1, 1),  # fewer: the table is to be lowered
        (0, 2, 1, 0),
    ],
)
def test_a_debt_can_only_fall(n, debt, now, owed):
    table = {"long text": debt} if debt else {}
    wrong, known = debts.settle(findings(n), table, "x", story.RULES)
    assert (len(wrong), len(known)) == (now, owed)
    if n < debt:
        assert f"from {debt} to {n}" in wrong[-1].en and f"从 {debt} 改成 {n}" in wrong[-1].zh


def test_the_table_names_rules_and_lessons_that_there_are():
    owed = tomllib.loads(debts.TABLE.read_text("utf-8"))
    rules = {*story.RULES, *languages.RULES, *letters.RULES}
    assert owed.keys() <= {lesson.number for lesson in all_lessons()}
    assert all(rows.keys() <= rules for rows in owed.values())
    assert all(n > 0 for rows in owed.values() for n in rows.values())


def test_the_command_tells_debts_and_fails_for_what_is_new(monkeypatch, capsys):
    monkeypatch.setattr(check.parity, "check_lesson", lambda *_: [])
    monkeypatch.setattr(check.structure, "check_lesson", lambda *_: [])
    monkeypatch.setattr(check.parity, "course_terms", list)
    found = findings(2)
    monkeypatch.setattr(story, "check", lambda *_: found)
    args = check.argparse.Namespace(lessons=["00"], confirm=False)
    for other in (check.languages, check.letters):
        monkeypatch.setattr(other, "check_lesson", lambda _: ([], []))
    monkeypatch.setattr(debts, "of", lambda _: {"long text": 2})
    assert check.run(args) == 0
    said = capsys.readouterr().out
    assert "cell 5 [long text]" in said and "欠着的" in said and said.endswith("ok\n")
    monkeypatch.setattr(debts, "of", lambda _: {})
    assert check.run(args) == 1
