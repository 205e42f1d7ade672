"""``finish``: how a lesson ends: what you can do now, a question from an earlier lesson, the next one.

Which question is asked depends on the learner's own progress. With none, as where notebooks are
built and compared, it is always the same one, so no output depends on anybody's records.
"""

import json
import re
from pathlib import Path

from course_utils import paths
from course_utils.learning import curriculum, definitions, quizzes, records, show, where
from course_utils.learning.checking import never_raises
from course_utils.learning.questions import Question, Text
from course_utils.messages import CourseError

ABILITIES = "## 你将学会"


@never_raises
def finish(number: str) -> None:
    """End lesson ``number`` ("03"): abilities, one earlier question to be recalled, the next lesson."""
    notebooks = {file.name[:2]: file for file in paths.notebooks()}
    number = _known(number, list(notebooks))
    record = records.read()
    _show_abilities(number, record)
    if (question := recalled(number, record)) is not None:
        _announce(question)
        quizzes.ask(question, recall=True)
    _show_next(notebooks.get(next((n for n in notebooks if n > number), "")))


def _known(number: object, known: list[str]) -> str:
    """``3`` and ``"3"`` mean "03"; CourseError for a lesson that is not there."""
    wanted = str(number).strip().zfill(2)
    if wanted in known:
        return wanted
    example = where.this_lesson() or "03"
    listed = ", ".join(known)
    raise CourseError(
        f'写上这一课的编号，带引号，例如 `finish("{example}")`。现有：{listed}。',
        f'Write the number of this lesson, in quotes: `finish("{example}")`. There are: {listed}.',
    )


def _show_abilities(number: str, record: records.Record) -> None:
    texts = abilities(number)
    zh, en = ("\n".join(f"* {text[language]}" for text in texts) for language in (0, 1))
    done = {n: record["exercises"].get(n, {}).get("done") for n in definitions.exercises(number)}
    left = [name for name, is_done in done.items() if not is_done]
    if left:
        zh += f"\n\n还没做完的练习：{'、'.join(left)}。"
        en += f"\n\nExercises that are left: {', '.join(left)}."
    show.show(
        (f"第 {number} 课到此结束：你应该已经能", f"The end of lesson {number}: by now you can"),
        (zh, en),
    )


def recalled(number: str, record: records.Record) -> Question | None:
    """The question to recall in lesson ``number``; None in the first.

    Of the earlier lessons that were worked on: what was wrong last time, and then what has not been
    seen for longest. Where none was, the first question of the lesson before.
    """
    earlier = [n for n in definitions.definition_files() if n < number and definitions.quizzes(n)]
    entries = record["quizzes"]
    begun = {name[:2] for kind in ("exercises", "quizzes") for name in record[kind]}
    asked = [q for n in earlier if n in begun for q in definitions.quizzes(n).values()]
    if not asked:
        asked = list(definitions.quizzes(earlier[-1]).values())[:1] if earlier else []
    return min(asked, key=lambda question: _urgency(entries.get(question.id, {})), default=None)


def _urgency(entry: dict) -> tuple[bool, str]:
    """Smallest for what was answered wrong, then for what has not been seen for longest."""
    return not entry.get("wrong"), entry.get("seen", "")


def _announce(question: Question) -> None:
    zh, en = title(question.id[:2])
    show.show(
        ("还记得吗？", "Do you remember?"),
        (
            f"这个问题来自第 {question.id[:2]} 课（{curriculum.short(zh)}）。隔一段时间再想一次，才记得牢。",
            (
                f"This question comes from lesson {question.id[:2]} ({curriculum.short(en)}). "
                "What you recall after a while is what stays."
            ),
        ),
    )


def _show_next(notebook: Path | None) -> None:
    if notebook is None:
        zh = "后面没有别的课了。运行 `progress()`，看看整张地图。"
        en = "There is no lesson after this one. Run `progress()` to see the whole map."
        return show.show(("最后一课", "The last lesson"), (zh, en))
    number = notebook.name[:2]
    zh, en = title(number)
    heading = f"下一课：{number} →", f"Next: {number} →"
    link = f"[{number} {zh} →]({notebook.name})", f"[{number} {en} →]({notebook.name})"
    return show.show(heading, link)


# --- what the lessons say about themselves ------------------------------------------------------


def title(number: str) -> Text:
    """The title of a lesson, without its number."""
    found = curriculum.TITLE.match(next(iter(_texts(number)), ""))
    return (found["zh"], found["en"]) if found else (number, number)


def abilities(number: str) -> list[Text]:
    """What its section "你将学会 · What you will be able to do" lists."""
    texts = _texts(number)
    place = next((n for n, text in enumerate(texts) if text.startswith(ABILITIES)), len(texts))
    zh, en = (_list_items(text) for text in (texts[place + 1 : place + 3] + ["", ""])[:2])
    return list(zip(zh, en, strict=False))


def _list_items(text: str) -> list[str]:
    items = re.findall(r"^\* (.+)$", text, re.MULTILINE)
    return [item.rstrip("。；;. ") for item in items]


def _texts(number: str) -> list[str]:
    """The text cells of a lesson, from its source; a student's copy has the notebook only.

    Not from the notebook where there is a source: building a lesson would show what the last
    build knew.
    """
    for source in paths.LESSONS.glob(f"{number}_*.py"):
        cells = re.split(r"^# %%", source.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
        return [_uncommented(cell) for cell in cells if cell.startswith(" [markdown]")]
    for notebook in paths.NOTEBOOKS.glob(f"{number}_*.ipynb"):
        content = json.loads(notebook.read_text(encoding="utf-8"))
        texts = [c["source"] for c in content["cells"] if c["cell_type"] == "markdown"]
        return ["".join(text) for text in texts]
    return []


def _uncommented(cell: str) -> str:
    lines = cell.splitlines()[1:]  # the first has the cell's tags
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines).strip()
