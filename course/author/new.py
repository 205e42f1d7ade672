"""``course new NN name``: a lesson with every section that all lessons share."""

import argparse
import re
from pathlib import Path

from course.notebooks.lessons import all_lessons
from course_utils import paths
from course_utils.messages import CourseError, both

TEMPLATES = Path(__file__).parent / "templates"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course new``."""
    parser.add_argument("number", metavar="NN", help="课的编号 · the lesson's number, 00–99")
    parser.add_argument("name", help="文件名，如 data_pipeline · file name, lower_case")
    parser.add_argument("--zh", default="课的标题", help="中文标题 · Chinese title")
    parser.add_argument("--en", default="The lesson's title", help="英文标题 · English title")


def run(args: argparse.Namespace) -> int:
    """Write the lesson and its exercises; nothing that exists is touched."""
    for path in new_lesson(args.number, args.name, args.zh, args.en):
        print(path.relative_to(paths.ROOT))
    number = args.number.zfill(2)
    print(
        both(
            f"填写内容，然后运行：course build {number}，course test {number}。见 docs/authoring.md。",
            f"Write the content, then run: course build {number}, course test {number}. "
            "See docs/authoring.md.",
        )
    )
    return 0


def new_lesson(number: str, name: str, zh: str, en: str, root: Path = paths.ROOT) -> list[Path]:
    """Write lessons/NN_name.py and lessons/exercises_NN.py under ``root``; gives their paths.

    Raises CourseError for a bad number or name, and where the number is taken.
    """
    number = number.zfill(2)
    if not re.fullmatch(r"\d\d", number) or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise CourseError(
            "编号是两位数字，文件名用小写字母、数字和下划线，例如：course new 06 data_pipeline",
            "The number has two digits, the name lower-case letters, digits and underscores, "
            "for example: course new 06 data_pipeline",
        )
    if taken := [lesson for lesson in all_lessons(root) if lesson.number == number]:
        raise CourseError(
            f"编号 {number} 已是 {taken[0].source.name}。请用别的编号，或直接编辑它。",
            f"{number} is {taken[0].source.name} already. Choose another number, or edit that file.",
        )
    words = {"@NUMBER@": number, "@ZH@": zh, "@EN@": en}
    made = [
        _write(root / "lessons" / f"{number}_{name}.py", "lesson.txt", words),
        _write(root / "lessons" / f"exercises_{number}.py", "exercises.txt", words),
    ]
    return [path for path in made if path]


def _write(path: Path, template: str, words: dict[str, str]) -> Path | None:
    if path.exists():
        return None
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    for mark, word in words.items():
        text = text.replace(mark, word)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path
