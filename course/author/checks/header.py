"""Does "Before you start" say the minutes and the lessons that the header of the lesson says?

The header (``course: {minutes: 60, needs: ["01"]}``) is what the map of the course is made from; the
text is what the learner reads. Its first sentence names the lessons needed, a later one the minutes.
"""

import re
from pathlib import Path

from nbformat import NotebookNode

from course.author.checks.problems import Problem
from course.notebooks.lessons import tags

MINUTES = {
    "zh": re.compile(r"做练习大约 (\d+) 分钟"),
    "en": re.compile(r"exercises (?:takes )?about (\d+) minutes"),
}
FIRST_SENTENCE = {
    "zh": re.compile(r".*?(?:。|$)", re.DOTALL),
    "en": re.compile(r".*?(?:\.\s|$)", re.DOTALL),
}
NUMBERS = re.compile(r"(?<![A-Za-z\d])(\d\d)(?: ?(?:–|到|to) ?(\d\d))?(?!\d)")
BEFORE = "Before you start"


def check(notebook: NotebookNode, file: str) -> list[Problem]:
    """What the text says otherwise than the header; ``file`` names it in messages."""
    about = notebook.metadata.get("course", {})
    minutes, needs = about.get("minutes"), about.get("needs")
    if not isinstance(minutes, int) or not isinstance(needs, list):
        zh = '文件头部要写 course: {minutes: 60, needs: ["01"]}'
        return [Problem("header", file, 0, zh, f"the header must say {zh[6:].strip()}")]
    number = Path(file).name[:2]
    found = []
    if late := [other for other in needs if other >= number]:
        zh, en = f"needs 只写前面的课，不写 {late}", f"needs names earlier lessons only, not {late}"
        found.append(Problem("header", file, 0, zh, en))
    texts = before_you_start(notebook)
    for language in ("zh", "en"):
        found += _compare(texts.get(language, ""), language, minutes, needs, file)
    return found


def _compare(text: str, language: str, minutes: int, needs: list[str], file: str) -> list[Problem]:
    said = MINUTES[language].search(text)
    problems = []
    if said is None or int(said[1]) != minutes:
        zh = f"“开始之前”（{language}）要写“读完并做练习大约 {minutes} 分钟”，与头部一致"
        en = f"“{BEFORE}” ({language}) must say “reading and doing the exercises about {minutes} minutes”"
        problems.append(Problem("minutes", file, 0, zh, en))
    first = FIRST_SENTENCE[language].match(text)
    named = numbers(first[0] if first else "")
    if named != tuple(sorted(needs)):
        zh = f"“开始之前”（{language}）的第一句说的是 {', '.join(named) or '–'}，头部是 {', '.join(needs) or '–'}"
        en = (
            f"the first sentence of “{BEFORE}” ({language}) names {', '.join(named) or '–'}, the "
            f"header {', '.join(needs) or '–'}"
        )
        problems.append(Problem("needs", file, 0, zh, en))
    return problems


def before_you_start(notebook: NotebookNode) -> dict[str, str]:
    """language -> its text after the heading "Before you start"."""
    texts: dict[str, str] = {}
    inside = False
    for cell in notebook.cells:
        if cell.source.startswith("#"):
            inside = BEFORE in cell.source
        for language in ("zh", "en"):
            if inside and f"lang-{language}" in tags(cell):
                text = re.sub(r"</?div[^>]*>", "", cell.source).strip()
                texts[language] = f"{texts.get(language, '')}\n{text}".strip()
    return texts


def numbers(sentence: str) -> tuple[str, ...]:
    """``"lessons 03 and 05–07"`` -> 03, 05, 06, 07."""
    found = {
        f"{number:02}"
        for first, last in NUMBERS.findall(sentence)
        for number in range(int(first), int(last or first) + 1)
    }
    return tuple(sorted(found))
