"""``progress``: the map of the course with what is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.learning import curriculum, definitions, predictions, records, show
from course_utils.learning.checking import never_raises
from course_utils.learning.curriculum import Entry

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, GREEN = "#0072B2", "#009E73"
MARKS_FROM = 1.0  # where the marks begin, to the right of the lessons' dots


@dataclass(frozen=True)
class Row:
    """One lesson of the map: id -> done, for its exercises and for its quizzes."""

    number: str
    exercises: dict[str, bool]
    quizzes: dict[str, bool]

    @property
    def share(self) -> float:
        """How much of the lesson is done, 0 to 1."""
        done = [*self.exercises.values(), *self.quizzes.values()]
        return sum(done) / max(len(done), 1)


def rows(record: records.Record) -> list[Row]:
    """The lessons that have exercises or quizzes, in order."""
    found = []
    for number in definitions.definition_files():
        exercises, quizzes = (
            {name: bool(record[kind].get(name, {}).get("done")) for name in group(number)}
            for kind, group in (
                ("exercises", definitions.exercises),
                ("quizzes", definitions.quizzes),
            )
        )
        if exercises or quizzes:
            found.append(Row(number, exercises, quizzes))
    return found


@never_raises
def progress() -> None:
    """Draw the course map: squares are exercises, circles quizzes, filled ones are done.

    Below it, where something was guessed, how near the guesses were.
    """
    table = rows(records.read())
    zh, en = _summary(table)
    if not show.in_notebook():
        print(as_text(table))
    else:
        _show_map(table, zh, en)
    predictions.show_all(records.predictions())


def _show_map(table: list[Row], zh: str, en: str) -> None:
    try:
        from course_utils import figures

        figures.use_style()
        figures.show(draw(table, curriculum.read()), alt_zh=zh, alt_en=en, name="course-map")
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


def draw(table: Sequence[Row], entries: Sequence[Entry]) -> "Figure":
    """The map as a figure: a line for each lesson, a mark for each exercise and quiz.

    An arc at the left leads from a lesson to a later one that builds on it.
    """
    import matplotlib.pyplot as plt

    done = {row.number: row for row in table}
    fig, ax = plt.subplots(figsize=(7.6, 1.0 + 0.38 * max(len(entries), 1)), layout="constrained")
    most = max((len(row.exercises) for row in table), default=0)
    quizzes_from = MARKS_FROM + most + 1
    for y, entry in enumerate(entries):
        row = done.get(entry.number, Row(entry.number, {}, {}))
        _dot(ax, y, row.share)
        _marks(ax, y, list(row.exercises.values()), MARKS_FROM, "s", BLUE)
        _marks(ax, y, list(row.quizzes.values()), quizzes_from, "o", GREEN)
    _arcs(ax, entries)
    _frame(ax, entries)
    ax.set_xticks([MARKS_FROM, quizzes_from], ["练习 exercises", "测验 quizzes"], ha="left")
    ax.set_xlim(right=quizzes_from + max((len(row.quizzes) for row in table), default=1))
    _add_legend(fig)
    return fig


def _arcs(ax: "Axes", entries: Sequence[Entry]) -> None:
    """Half circles to the left of the dots; the further apart two lessons, the wider."""
    from matplotlib.patches import Arc

    place = {entry.number: y for y, entry in enumerate(entries)}
    for first, then in curriculum.arrows(entries):
        middle, height = (place[first] + place[then]) / 2, place[then] - place[first]
        width = 0.5 + 0.45 * height
        ax.add_patch(Arc((0, middle), width, height, theta1=90, theta2=270, color="#888888"))
    longest = max((place[b] - place[a] for a, b in curriculum.arrows(entries)), default=1)
    ax.set_xlim(left=-0.6 - 0.225 * longest)


def _frame(ax: "Axes", entries: Sequence[Entry]) -> None:
    # two lines for each lesson: one would leave no room for the marks
    titles = [
        f"{e.number} {curriculum.short(e.zh)} · {e.minutes} 分钟\n"
        f"{e.number} {curriculum.short(e.en)} · {e.minutes} min"
        for e in entries
    ]
    ax.set_yticks(range(len(entries)), titles, fontsize=8)
    ax.set_ylim(len(entries) - 0.5, -0.5)
    ax.xaxis.tick_top()
    ax.set_ylabel("课 lesson")
    ax.tick_params(length=0)
    ax.grid(False)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _add_legend(fig: "Figure") -> None:
    from matplotlib.lines import Line2D

    looks = {"没做 to do": "none", "完成 done": BLUE}
    signs = [
        Line2D([], [], ls="", marker="s", markevery=None, mec=BLUE, mfc=face, label=label)
        for label, face in looks.items()
    ]
    fig.legend(handles=signs, loc="outside lower right", ncols=2, fontsize=8)


def _dot(ax: "Axes", y: int, share: float) -> None:
    """A lesson's place on the map: empty, half or full."""
    style = "full" if share == 1 else "left" if share else "none"
    look = {"ms": 9, "color": BLUE, "mfcalt": "white", "fillstyle": style, "markevery": [0]}
    ax.plot([0], [y], "o", **look)  # type: ignore[arg-type]  # of several types


def _marks(ax: "Axes", y: int, done: list[bool], start: float, marker: str, colour: str) -> None:
    x = [start + i for i in range(len(done))]
    faces = [colour if d else "white" for d in done]
    ax.scatter(x, [y] * len(x), s=110, marker=marker, c=faces, edgecolors=colour, linewidths=1.5)
