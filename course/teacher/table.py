"""The table of marks: whole on disk after each notebook, whatever becomes of the next one."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course_utils import files
from course_utils.messages import CourseError, both

# also the wide forms, which Excel in Chinese and Japanese takes for the narrow ones
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Mark:
    """One row: exercise -> right, not yet, not attempted, missing; what went wrong; the guesses."""

    label: str
    states: dict[str, str]
    problem: str = ""
    guesses: dict[str, Any] = field(default_factory=dict)

    @property
    def n_right(self) -> int:
        """How many exercises are right."""
        return sum(state == "right" for state in self.states.values())


class Table:
    """The CSV file. While a spreadsheet holds it open, the marks go into a file beside it."""

    def __init__(self, target: Path) -> None:
        """CourseError, before anything is marked, where the file cannot be written."""
        self.target, self.spare = target, target.with_stem(f"{target.stem}.new")
        self.written: Path | None = None
        existed = target.exists()
        try:
            with open(target, "ab"):
                pass
        except OSError as error:
            raise CourseError(
                f"结果表 {target} 写不了（{error.strerror}）。文件夹要存在；表格软件打开着它就先关上；"
                "或者用 --csv 换一个文件。",
                f"The table {target} cannot be written ({error.strerror}). Its folder must exist; "
                "close it in the spreadsheet; or name another file with --csv.",
            ) from error
        if not existed:
            target.unlink()

    def write(self, marks: list[Mark]) -> None:
        """Replace the file by one with these rows; where that fails, write the one beside it."""
        content = text(marks).encode("utf-8-sig")  # the mark at its start lets Excel read Chinese
        for path in (self.target, self.spare):
            try:
                files.write_atomically(path, content)
            except OSError:
                continue
            if path == self.target and self.written == self.spare:
                self.spare.unlink(missing_ok=True)
            self.written = path
            return
        self.written = None

    def tell(self) -> None:
        """Say where the table is. CourseError where the last rows could not be written."""
        if self.written is None:
            raise CourseError(
                f"结果表 {self.target} 没有写完整（磁盘满了？）。完整的结果在上面。",
                f"The table {self.target} is not complete (is the disk full?). "
                "The lines above hold all results.",
            )
        if self.written == self.spare:
            print(
                both(
                    f"{self.target} 被别的程序占用，所以写到了旁边的文件。",
                    f"{self.target} is in use by another program, so the marks are beside it.",
                )
            )
        print(both(f"结果表：{self.written}", f"Table: {self.written}"))


def text(marks: list[Mark]) -> str:
    """A line for each notebook, a column for each exercise, and last one for each prediction."""
    names = sorted({name for mark in marks for name in mark.states}, key=_in_order)
    guessed = sorted({name for mark in marks for name in mark.guesses}, key=_in_order)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(["notebook", *names, "right", "of", "problem", *guessed])
    for mark in marks:
        cells = [mark.states.get(name, "") for name in names]
        label, problem = no_formula(mark.label), no_formula(mark.problem)
        counts = [mark.n_right, len(mark.states)]
        guesses = [mark.guesses.get(name, "") for name in guessed]
        writer.writerow([label, *cells, *counts, problem, *guesses])
    return stream.getvalue()


def _in_order(name: str) -> tuple[int, ...]:
    return tuple(map(int, name.replace("p", "").split("-")))  # 03-10 after 03-9


def no_formula(text: str) -> str:
    """Names and errors are the student's: no spreadsheet shall take them for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
