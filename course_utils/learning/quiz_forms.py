"""The buttons of quizzes and checks. Tab and Enter reach all of them; what they say is announced.

Made of ipywidgets alone, without an Output widget: nothing is printed into the cell. An option is a
button as large as its text: both lie in one cell of a grid, the button, which one can see through,
above the text, where formulas and the language switch work.
"""

from collections.abc import Callable
from typing import Any

from course_utils.learning import records, show
from course_utils.learning.questions import LETTERS, Answer, Marking, Matching, Ordering, Quiz, Text
from course_utils.learning.records import record_quietly

SAME_PLACE = "1 / 1 / 2 / 2"  # of a grid: what lies there lies upon each other
EDGE = "1px solid var(--jp-border-color1, #bdbdbd)"


def title_of(question: Any) -> Text:
    """The heading of a quiz's box."""
    return f"测验 {question.id}", f"Quiz {question.id}"


class Pressable:
    """A text, (中文, English) in Markdown, all of which is a button; its name is read aloud."""

    def __init__(self, text: Text, name: str, tooltip: str, press: Callable[[], None]) -> None:
        import ipywidgets

        place = {"grid_area": SAME_PLACE, "margin": "0"}
        self.text = ipywidgets.HTMLMath(layout={**place, "padding": "0 10px", "min_width": "0"})
        self.button = ipywidgets.Button(
            description=name,
            tooltip=tooltip,
            layout={**place, "width": "100%", "height": "100%", "border": EDGE},
            style={"button_color": "transparent", "text_color": "transparent"},
        )
        self.button.on_click(lambda _: press())
        self.widget = ipywidgets.GridBox([self.text, self.button], layout={"margin": "2px 0"})
        self.widget.add_class("course-option")
        self.write(text)

    def write(self, text: Text) -> None:
        """Change the text."""
        # a long name in code may break anywhere: columns are narrow
        self.text.value = f'<div style="overflow-wrap:anywhere">{show.in_both(text)}</div>'

    def mark(self, state: str = "") -> None:
        """Show by its edge that it was right or not, or (``"chosen"``) that it is the one chosen."""
        colour = show.COLOURS["" if state == "chosen" else state]
        self.button.layout.border = f"2px solid {colour}" if state else EDGE


class Form:
    """A box with the question, then ``rows``, then the feedback to the last choice."""

    def __init__(self, question: Any) -> None:
        import ipywidgets

        self.question = question
        self.recall, self._missed = False, False
        self.feedback = ipywidgets.HTMLMath()
        head = show.box(title_of(question), show.in_both(question.question))
        rows = [*self._rows(), self.feedback]
        if isinstance(question, Marking):  # what is said stands near the picture, too
            rows.insert(0, rows.pop())
        self.widget = ipywidgets.VBox([ipywidgets.HTMLMath(head), *rows])
        self.widget.add_class("course-quiz")

    def _rows(self) -> list[Any]:
        raise NotImplementedError

    @staticmethod
    def _named(name: str, text: Text, press: Callable[[str], None]) -> Pressable:
        """A text with its letter or number before it, which is what ``press`` gets."""
        zh, en = text
        shown = f"**{name}**  {zh}", f"**{name}**  {en}"
        return Pressable(shown, name, f"{name}: {zh} · {en}", lambda: press(name))

    def say(self, answer: Answer) -> None:
        """Show the feedback of a choice and remember it: a wrong one, or the end of the quiz."""
        edge = show.edge("right" if answer.right else "not yet")
        self.feedback.value = f'<div role="status" {edge}>{show.in_both(answer.feedback)}</div>'
        self._missed |= not answer.right
        if answer.done or not answer.right:
            settled = self.recall and not self._missed
            record_quietly(records.note_quiz, self.question.id, answer.right, settled=settled)


class QuizForm(Form):
    """A button for each option."""

    question: Quiz

    def _rows(self) -> list[Any]:
        self.options = [
            self._named(letter, option.text, self.choose)
            for letter, option in zip(LETTERS, self.question.options, strict=False)
        ]
        self.buttons = [option.button for option in self.options]
        return [option.widget for option in self.options]

    def choose(self, letter: str) -> None:
        """Show the feedback of an option and remember it."""
        answer = self.question.choose(letter)
        self.options[LETTERS.index(letter)].mark("right" if answer.right else "not yet")
        self.say(answer)


class OrderForm(Form):
    """Steps to be pressed in the right order; each one that is too early says why."""

    question: Ordering

    def _rows(self) -> list[Any]:
        self.placed = ""
        self.steps = [
            self._named(letter, step.text, self.choose)
            for letter, step in zip(LETTERS, self.question.shown, strict=False)
        ]
        self.buttons = [step.button for step in self.steps]
        return [step.widget for step in self.steps]

    def choose(self, letter: str) -> None:
        """Place the step if it is its turn."""
        answer = self.question.choose(self.placed, letter)
        if answer.right and letter not in self.placed:
            self.placed += letter
            self._number(letter)
        elif not answer.right:
            self.steps[LETTERS.index(letter)].mark("not yet")
        self.say(answer)

    def _number(self, letter: str) -> None:
        n, step = len(self.placed), self.steps[LETTERS.index(letter)]
        zh, en = self.question.shown[LETTERS.index(letter)].text
        step.write((f"**{letter}**  第 {n} 步 ✓　{zh}", f"**{letter}**  step {n} ✓  {en}"))
        step.mark("right")


class MatchForm(Form):
    """Two columns: choose an item at the left (the first is chosen already), then its match."""

    question: Matching

    def _rows(self) -> list[Any]:
        import ipywidgets

        self.item, self.found = 0, dict[int, str]()
        texts = [pair.item for pair in self.question.pairs]
        self.items = [self._named(str(n), text, self._take) for n, text in enumerate(texts, 1)]
        pairs = zip(LETTERS, self.question.matches, strict=False)
        self.matches = [self._named(letter, text, self.choose) for letter, text in pairs]
        self.buttons = [thing.button for thing in (*self.items, *self.matches)]
        self.items[0].mark("chosen")
        column = {"flex": "1 1 18em", "min_width": "0", "margin": "0 8px 0 0"}
        columns = [
            ipywidgets.VBox([thing.widget for thing in things], layout=column)
            for things in (self.items, self.matches)
        ]
        return [ipywidgets.HBox(columns, layout={"flex_flow": "row wrap"})]

    def _take(self, number: str) -> None:
        self.take(int(number) - 1)

    def take(self, n: int) -> None:
        """The item that the next letter is for."""
        if self.item not in self.found:
            self.items[self.item].mark()
        self.item = n
        self.items[n].mark("chosen")

    def choose(self, letter: str) -> None:
        """Match it with the item that is taken, and go on to the next one when it fits."""
        answer, n = self.question.choose(self.item, letter), self.item
        if answer.right:
            self.found[n] = letter
            zh, en = self.question.pairs[n].item
            self.items[n].write(
                (f"**{n + 1} → {letter} ✓**  {zh}", f"**{n + 1} → {letter} ✓**  {en}")
            )
            self.items[n].mark("right")
            answer = self._go_on(answer)
        self.say(answer)

    def _go_on(self, answer: Answer) -> Answer:
        left = [n for n in range(len(self.items)) if n not in self.found]
        if not left:
            return answer._replace(done=True)
        self.take(left[0])
        zh, en = answer.feedback
        n = left[0] + 1
        return answer._replace(
            feedback=(f"{zh}\n\n现在选 **{n}** 的。", f"{en}\n\nNow for **{n}**.")
        )


def form_of(question: Any) -> Form:
    """The form for a quiz of any kind."""
    kinds = {Ordering: OrderForm, Matching: MatchForm}
    return kinds.get(type(question), QuizForm)(question)


# --- the picture of a Marking -------------------------------------------------------------------


def drawn(question: Marking) -> tuple[bytes, list[tuple[float, float, float, float]]]:
    """PNG bytes with a lettered frame on each region, and where the regions are in it.

    Each place is (left, top, width, height) as a share of the picture's width; height too.
    """
    import matplotlib.pyplot as plt

    from course_utils import figures

    figures.use_style()
    fig = question.picture()
    ax = fig.axes[0]
    fig.canvas.draw()  # or the layout is not what it will be
    places = [_place(ax, option.box) for option in question.options]
    for letter, option in zip(LETTERS, question.options, strict=False):
        _frame(ax, letter, option.box)
    content = figures.to_png(fig)
    plt.close(fig)
    return content, places


def _place(ax: Any, box: tuple[float, ...]) -> tuple[float, float, float, float]:
    """The box in shares of the figure's width, from its upper left corner."""
    width, height = ax.figure.get_size_inches() * ax.figure.dpi
    corners = ax.transData.transform([box[:2], box[2:]])  # an axis may point down
    left, low = corners.min(axis=0)
    right, high = corners.max(axis=0)
    return left / width, (height - high) / width, (right - left) / width, (high - low) / height


def _frame(ax: Any, letter: str, box: tuple[float, ...]) -> None:
    import matplotlib.patheffects as effects
    from matplotlib.patches import Rectangle

    left, bottom, right, top = box
    glow = [effects.withStroke(linewidth=4, foreground="white")]
    frame = Rectangle((left, bottom), right - left, top - bottom, fill=False, ec="black", lw=1.5)
    frame.set(in_layout=False, path_effects=glow, zorder=5)
    ax.add_patch(frame)
    ax.annotate(
        letter,
        (left, max(bottom, top) if not ax.yaxis_inverted() else min(bottom, top)),
        xytext=(4, -3),
        textcoords="offset points",
        ha="left",
        va="top",
        fontsize=13,
        zorder=6,
        in_layout=False,
        path_effects=glow,
    )


class PictureForm:
    """The picture with a button on each region; they answer in the form below it."""

    def __init__(self, form: QuizForm, png: bytes, places: list, alt: Text) -> None:
        import ipywidgets

        from course_utils.widgets import Picture

        picture = Picture("png", *alt, png)
        picture.layout = {"grid_area": SAME_PLACE, "margin": "0", "overflow": "hidden"}
        letters = LETTERS[: len(places)]
        self.buttons = [self._button(form, *pair) for pair in zip(letters, places, strict=True)]
        self.widget = ipywidgets.GridBox(
            [picture, *self.buttons],
            layout={
                "align_items": "flex-start",
                "justify_items": "flex-start",
                "width": "fit-content",
            },
        )
        self.widget.layout.max_width = "100%"
        self.widget.add_class("course-marking")

    def _button(self, form: QuizForm, letter: str, place: tuple[float, ...]) -> Any:
        import ipywidgets

        left, top, width, height = (f"{100 * share:.2f}%" for share in place)
        where = {"width": width, "height": height, "margin": f"{top} 0 0 {left}"}
        zh, en = form.question.options[LETTERS.index(letter)].text
        button = ipywidgets.Button(
            description=letter,
            tooltip=f"{letter}: {zh} · {en}",
            layout={"grid_area": SAME_PLACE, "padding": "0", **where},
            style={"button_color": "transparent", "text_color": "transparent"},
        )
        button.on_click(lambda _: form.choose(letter))
        return button
