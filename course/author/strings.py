"""The lessons' texts as a table for translators, and the way back into lessons/*.py.

``course export --strings OUT.csv`` writes a row for each pair of texts; ``course export --take
IN.csv`` puts what was changed back, and what was confirmed is noted as compared. All rows are
looked at before anything is written; what no row changes stays as it is, to the byte.
"""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from course.author import pairs
from course.author.checks import parity
from course.author.checks.problems import report
from course.author.pairs import Pair
from course.notebooks.lessons import Lesson, read_source, select
from course.notebooks.markdown import SEPARATOR
from course_utils import files
from course_utils.messages import CourseError, both

COLUMNS = ("id", "lesson", "kind", "zh", "en", "changed", "confirmed")
YES = {"yes", "y", "x", "1", "ok", "true", "是", "对", "好", "√", "✓"}
CELL = re.compile(r"^# %%.*$", re.MULTILINE)
NAME = re.compile(r"(?P<lesson>\d\d)-(?P<zh>[0-9a-f]{10})-(?P<en>[0-9a-f]{10})")


def write(lessons: Sequence[Lesson], file: Path) -> int:
    """Write the table; how many rows it has. ``changed``: the half that changed since both were compared."""
    compared, out, n = pairs.known(), io.StringIO(newline=""), 0
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for lesson in lessons:
        for pair in pairs.of_notebook(read_source(lesson), lesson.number):
            changed = pairs.change(pair, compared.get(lesson.number, set()))
            table.writerow([pair.id, pair.lesson, pair.kind, pair.zh, pair.en, changed, ""])
            n += 1
    files.write_atomically(file, ("\ufeff" + out.getvalue()).encode())  # for Excel
    return n


def take(file: Path) -> int:
    """Bring the table's texts into the lessons; 1 where `course check` then finds something.

    Raises CourseError, before anything is written, for rows that cannot be used.
    """
    rows = read(file)
    wanted = sorted({row["id"][:2] for row in rows})
    n_changed, problems, confirmed = 0, [], []
    texts: list[tuple[Lesson, str]] = []
    for lesson in select(wanted) if wanted else []:
        mine = [row for row in rows if row["id"].startswith(lesson.number)]
        source = lesson.source.read_bytes().decode()
        new, n, done = with_rows(source, mine, lesson)
        texts.append((lesson, new))
        n_changed += n
        confirmed += done
    for lesson, new in texts:
        if new.encode() != lesson.source.read_bytes():
            files.write_atomically(lesson.source, new.encode())
            problems += parity.check_lesson(lesson)
    if confirmed:
        pairs.confirm(confirmed)
        for lesson, _ in texts:
            pairs.refresh(lesson)
    zh = f"改了 {n_changed} 段，确认了 {len(confirmed)} 段。改过的课要重新生成：course build"
    en = f"{n_changed} texts changed, {len(confirmed)} confirmed. Lessons that changed need building: course build"
    print(both(zh, en))
    if problems:
        print(report(problems).strip())
    return 1 if problems else 0


def read(file: Path) -> list[dict[str, str]]:
    """The rows of a table. Raises CourseError where it is none of ours, or a text is missing."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CourseError(
            f"{file.name} 不是 UTF-8 编码。请在表格软件里另存为“CSV UTF-8”。",
            f"{file.name} is not in UTF-8. Save it as “CSV UTF-8” in your spreadsheet.",
        ) from None
    lines = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in ("id", "zh", "en") if name not in (lines.fieldnames or ())]
    if missing:
        raise CourseError(
            f"{file.name} 缺少列 {missing[0]}。表头应是：{', '.join(COLUMNS)}",
            f"{file.name} has no column {missing[0]}. The head should be: {', '.join(COLUMNS)}",
        )
    rows = [{key: value or "" for key, value in row.items() if key} for row in lines]
    for number, row in enumerate(rows, 2):
        _check_row(row, f"{file.name}:{number}")
    return rows


def _check_row(row: dict[str, str], where: str) -> None:
    if not NAME.fullmatch(row["id"]):
        raise CourseError(
            f"{where}：id “{row['id']}” 不是导出时的样子。请不要改这一列。",
            f"{where}: the id “{row['id']}” is not as it was exported. Leave that column as it is.",
        )
    for name in ("zh", "en"):
        row[name] = row[name].replace("\r\n", "\n").replace("\r", "\n").strip()
        if not row[name]:
            raise CourseError(
                f"{where}（{row['id']}）：{name} 一栏是空的。",
                f"{where} ({row['id']}): the column {name} is empty.",
            )
        if any(line.startswith("%%") for line in row[name].split("\n")):
            raise CourseError(
                f"{where}（{row['id']}）：{name} 里有一行以 %% 开头，会被当成新的单元格。",
                f"{where} ({row['id']}): a line of {name} begins with %%, which would start a new cell.",
            )


def with_rows(
    source: str, rows: Sequence[dict[str, str]], lesson: Lesson
) -> tuple[str, int, list[Pair]]:
    """The lesson's source with the rows' texts, how many halves changed, and the pairs confirmed.

    Raises CourseError for a row whose text is not in the lesson any more.
    """
    here: dict[str, list[Pair]] = {}
    notebook = read_source(lesson)
    for pair in pairs.of_notebook(notebook, lesson.number):
        here.setdefault(pair.id, []).append(pair)
    ends = "\r\n" if "\r\n" in source else "\n"
    cells = _cells(source.replace("\r\n", "\n"))
    if len(cells) != len(notebook.cells) + 1:
        raise CourseError(
            f"lessons/{lesson.source.name} 的单元格数不清：有 # %% 之外的写法。请手工修改。",
            f"The cells of lessons/{lesson.source.name} cannot be told apart by # %%: edit it by hand.",
        )
    n_changed, confirmed = 0, []
    for row in rows:
        new = Pair(lesson.number, 0, "text", row["zh"], row["en"])
        waiting = here.get(row["id"])
        if waiting is None:
            if new.id in here:  # it was taken before
                confirmed += [new] if _yes(row) else []
                continue
            raise CourseError(
                f"{row['id']}：导出之后这一段在 lessons/{lesson.source.name} 里改过了。请重新导出，再译这一段。",
                f"{row['id']}: this text has changed in lessons/{lesson.source.name} since the export. "
                "Export again and translate it anew.",
            )
        pair = waiting[0] if len(waiting) == 1 else waiting.pop(0)
        n_changed += (row["zh"] != pair.zh) + (row["en"] != pair.en)
        if (row["zh"], row["en"]) != (pair.zh, pair.en):
            _replace(cells, pair, new)
        confirmed += [new] if _yes(row) else []
    return "".join(cells).replace("\n", ends), n_changed, confirmed


def _yes(row: dict[str, str]) -> bool:
    return row.get("confirmed", "").strip().casefold() in YES


def _cells(source: str) -> list[str]:
    """The file cut before each cell's marker; joined they are the file. The first piece is its header."""
    starts = [found.start() for found in CELL.finditer(source)]
    return [source[a:b] for a, b in zip([0, *starts], [*starts, len(source)], strict=True)]


def _replace(cells: list[str], old: Pair, new: Pair) -> None:
    if old.kind == "heading":
        before = f"{old.zh}{SEPARATOR}{old.en}\n"
        if "\n" in new.zh + new.en or SEPARATOR in new.zh + new.en:
            raise CourseError(
                f"{old.id}：标题只能是一行，里面不能有“{SEPARATOR}”。",
                f"{old.id}: a heading is one line without “{SEPARATOR}” in it.",
            )
        cells[old.cell] = cells[old.cell].replace(before, f"{new.zh}{SEPARATOR}{new.en}\n", 1)
        return
    for at, language, before, after in (
        (old.cell, "zh", old.zh, new.zh),
        (old.cell + 1, "en", old.en, new.en),
    ):
        if before != after:
            cells[at] = _with_text(cells[at], language, after)


def _with_text(cell: str, language: str, text: str) -> str:
    """The cell with another text in its <div>; its marker and the empty lines after it stay."""
    marker, _, rest = cell.partition("\n")
    end = rest[len(rest.rstrip("\n")) :]
    lines = [f'<div lang="{language}">', "", *text.split("\n"), "", "</div>"]
    body = "\n".join(f"# {line}".rstrip() for line in lines)
    return f"{marker}\n{body}{end}"
