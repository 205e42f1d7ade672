"""``progress``: a map of the course with what is done."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils import paths
from course_utils.learning import definitions, records, show
from course_utils.learning.checking import never_raises

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Row:
    """One lesson of the map: id -> done, for its exercises and for its quizzes."""

    number: str
    title: str
    exercises: dict[str, bool]
    quizzes: dict[str, bool]


def rows(record: records.Record) -> list[Row]:
    """The lessons that have exercises or quizzes, in order."""
    found = []
    for number in definitions.definition_files():
        parts = [
            {name: bool(record[kind].get(name, {}).get("done")) for name in group(number)}
            for kind, group in (
                ("exercises", definitions.exercises),
                ("quizzes", definitions.quizzes),
            )
        ]
        if any(parts):
            found.append(Row(number, lesson_title(number), *parts))
    return found


def lesson_title(number: str) -> str:
    """``"04 卷积 · Convolution"``, from the notebook's first cell; the number where there is none."""
    for file in (file for file in paths.notebooks() if file.name.startswith(number)):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        first = "".join(cells[0]["source"]) if cells else ""
        if first.startswith("# "):
            return first.splitlines()[0][2:].strip()
    return number


@never_raises
def progress() -> None:
    """Draw the course map: squares are exercises, circles quizzes, filled ones are done."""
    table = rows(records.read())
    zh, en = _summary(table)
    if not show.in_notebook():
        print(as_text(table))
        return
    try:
        from course_utils import figures

        figures.use_style()
        figures.show(draw(table), alt_zh=zh, alt_en=en, name="course-map")
    except Exception:  # noqa: BLE001 (no font, no matplotlib: the text says the same)
        show.show(("进度", "Progress"), (f"{zh}\n\n{as_text(table)}", en))


def _summary(table: list[Row]) -> tuple[str, str]:
    """Alt text. With nothing done it names no totals, so that a saved one never goes stale."""
    exercises = [done for row in table for done in row.exercises.values()]
    quizzes = [done for row in table for done in row.quizzes.values()]
    if not any(exercises + quizzes):
        return "课程地图：还没有完成的练习和测验。", "Course map: no exercise or quiz done yet."
    counts = [sum(exercises), len(exercises), sum(quizzes), len(quizzes)]
    return (
        "课程地图：完成练习 {}/{}，测验 {}/{}。".format(*counts),
        "Course map: exercises done {}/{}, quizzes {}/{}.".format(*counts),
    )


def as_text(table: list[Row]) -> str:
    """One line for each lesson: ``01 ■□□ ●○``."""
    return "\n".join(
        f"{row.number} {''.join('■' if d else '□' for d in row.exercises.values())} "
        f"{''.join('●' if d else '○' for d in row.quizzes.values())}".strip()
        for row in table
    )


def draw(table: list[Row]) -> "Figure":
    """The map as a figure: a row for each lesson, a mark for each exercise and quiz."""
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots(figsize=(8.0, 1.0 + 0.46 * max(len(table), 1)), layout="constrained")
    most = max([len(row.exercises) for row in table], default=0)
    for y, row in enumerate(table):
        _marks(ax, y, list(row.exercises.values()), 0, "s", "#0072B2")
        _marks(ax, y, list(row.quizzes.values()), most + 2, "o", "#009E73")
    # two lines for each lesson: one would leave no room for the marks
    titles = [row.title.replace(" · ", "\n") for row in table]
    ax.set_yticks(range(len(table)), titles, fontsize=9)
    ax.set_ylim(len(table) - 0.5, -0.5)
    ax.set_xticks([0, most + 2], ["练习 exercises", "测验 quizzes"], ha="left")
    ax.set_xlim(-0.7, most + 2 + max([len(row.quizzes) for row in table], default=1))
    ax.xaxis.tick_top()
    ax.set_ylabel("课 lesson")
    ax.tick_params(length=0)
    ax.grid(False)
    _add_legend(fig)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return fig


def _add_legend(fig) -> None:
    from matplotlib.lines import Line2D

    looks = {"没做 to do": "none", "完成 done": "#0072B2"}
    signs = [
        Line2D([], [], ls="", marker="s", markevery=None, mec="#0072B2", mfc=face, label=label)
        for label, face in looks.items()
    ]
    fig.legend(handles=signs, loc="outside lower right", ncols=2, fontsize=8)


def _marks(ax, y: int, done: list[bool], start: int, marker: str, colour: str) -> None:
    x = [start + i for i in range(len(done))]
    faces = [colour if d else "white" for d in done]
    ax.scatter(x, [y] * len(x), s=110, marker=marker, c=faces, edgecolors=colour, linewidths=1.5)
