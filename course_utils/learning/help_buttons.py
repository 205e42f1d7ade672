"""Below a check's verdict: a button for each hint and one for the solution."""

from typing import Any

from course_utils.learning import show
from course_utils.learning.checking import hints_up_to, note_hint, worked_answer
from course_utils.learning.definitions import Exercise, Text
from course_utils.learning.quiz_forms import Pressable


class HelpForm:
    """The verdict, its buttons, and what the last one that was pressed has shown.

    Without a solution (a student's copy) there is no button for it.
    """

    def __init__(self, exercise: Exercise, verdict: str) -> None:
        import ipywidgets

        self.exercise = exercise
        self.help = ipywidgets.HTMLMath()
        self._all = [self._hint(n) for n in range(1, len(exercise.hints) + 1)]
        if exercise.solution is not None:
            self._all.append(self._pressable("解答", "Solution", self.show_solution))
        self.buttons = [one.button for one in self._all]
        row = ipywidgets.HBox([one.widget for one in self._all], layout={"flex_flow": "row wrap"})
        self.widget = ipywidgets.VBox([ipywidgets.HTMLMath(verdict), row, self.help])
        self.widget.add_class("course-check")

    def _hint(self, n: int) -> Pressable:
        return self._pressable(f"提示 {n}", f"Hint {n}", lambda: self.show_hint(n))

    def _pressable(self, zh: str, en: str, press: Any) -> Pressable:
        name = f"{zh} · {en}"
        made = Pressable((zh, en), name, f"{name} ({self.exercise.id})", press)
        made.widget.layout = {"margin": "2px 8px 2px 0"}
        return made

    def show_hint(self, n: int) -> None:
        """The first n hints, as ``hint`` shows them."""
        note_hint(self.exercise, n)
        self._show(*hints_up_to(self.exercise, n))

    def show_solution(self) -> None:
        """The worked answer."""
        self._show(*worked_answer(self.exercise))

    def _show(self, heading: Text, text: Text) -> None:
        body = show.box(heading, show.in_both(text))
        self.help.value = f'<div role="status">{body}</div>'
