"""All explorables on one page, without a kernel: each shows what its lesson says the reader will see."""

import base64
import io
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pytest
from lab_page import KERNEL, NOTEBOOKS, TOKEN
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from course.author import explorables, export
from course.notebooks.lessons import all_lessons, read_notebook
from course_utils import paths
from course_utils.explorables import MIME

pytestmark = pytest.mark.browser
HAN = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{4,}")
NAMES = re.compile(
    r"Nesterov|Adam|Sobel|logit|tanh|Oxford-IIIT Pet, Parkhi et al\. 2012|CC BY-SA"
    r"|JupyterLab|doctor|nurse|work|hospital"  # the first sentence of "attention": the head reads English
)
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Explorable:
    """One explorable of a page, by its lesson's name for it."""

    def __init__(self, page: Page, name: str, root: Locator) -> None:
        self.page, self.name, self.root = page, name, root

    def control(self, key: str) -> Locator:
        return self.root.locator(f"[data-key={key}]").first

    def slide(self, key: str, value: float) -> str:
        """Move a slider as a mouse does; gives the sentence below it."""
        self.control(key).evaluate(
            "(node, value) => { node.value = value;"
            " node.dispatchEvent(new Event('input', { bubbles: true })); }",
            value,
        )
        return self.said()

    def press(self, key: str) -> str:
        self.control(key).click()
        return self.said()

    def said(self) -> str:
        self.page.evaluate(FRAMES)
        return self.root.locator(".said").inner_text().strip()

    def numbers(self) -> list[float]:
        said = self.said().replace("−", "-")
        return [float(n.replace(",", "")) for n in re.findall(r"-?[\d,]*\d(?:\.\d+)?", said)]

    def text(self, pattern: str) -> list[str]:
        return re.findall(pattern, self.root.inner_text())


def neuron(it: Explorable) -> None:
    """A very good line by itself, and still some points are on the wrong side."""
    it.slide("w1", 1)
    it.slide("w2", -5)
    it.slide("b", 1)
    accuracy, wrong = it.numbers()[:2]
    assert 0.8 < accuracy < 0.93 and wrong > 20
    rings = it.root.locator("svg path[stroke-width='12']")
    assert rings.get_attribute("d").count("M") == wrong
    tip, box = it.root.locator("circle.grab"), it.root.locator("svg").first.bounding_box()
    at = tip.bounding_box()
    before = it.control("w1").get_attribute("aria-valuetext")
    it.page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    it.page.mouse.down()
    it.page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2, steps=3)
    it.page.mouse.up()
    it.said()
    dragged = it.control("w1").get_attribute("aria-valuetext")
    assert dragged != before, "the arrow does not drag"
    at = tip.bounding_box()
    start = (at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    finger(it.page, start, (start[0] - 60, start[1] - 30))
    it.said()
    assert it.control("w1").get_attribute("aria-valuetext") != dragged, "a finger does not drag"


def finger(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A finger drags from one place of the page to another; the page must not take it for scrolling."""
    hand = page.context.new_cdp_session(page)
    for kind, share in [("Start", 0), ("Move", 0.3), ("Move", 0.7), ("Move", 1), ("End", None)]:
        points = []
        if share is not None:
            x, y = (a + share * (b - a) for a, b in zip(start, end, strict=True))
            points = [{"x": x, "y": y}]
        hand.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
    hand.detach()


def attention(it: Explorable) -> None:
    """A sentence of one's own gives what NumPy gives; unknown words are named; divided by 1, by 50."""
    assert "“hospital” looks most at “nurse”: 75%" in it.slide("row", 9)
    assert shown_weights(it)[0] == shown_weights(it)[3], "places are left out"

    def largest(divisor: float) -> int:
        said = it.slide("divisor", np.log10(divisor))
        return int(re.search(r"of a row is (\d+)% on average", said)[1])

    assert largest(1) == 67 and largest(50) == 13
    it.press("reset")
    it.control("sentence").fill("My money: the BANK gave xyzzy money!")
    assert "xyzzy" in it.said() and not it.root.locator("input[type=radio]:checked").count()
    words = ["my", "money", "the", "bank", "gave", "money"]
    assert it.root.locator("tbody th").all_inner_texts() == words
    assert np.abs(np.array(shown_weights(it)) - 100 * of_numpy(words)).max() < 0.51
    it.root.locator("tbody tr").nth(1).click()
    assert "“money” looks most at “bank”" in it.said()
    it.control("sentence").fill("xyzzy")
    assert "at least two words" in it.said() and not shown_weights(it)[1:]
    it.control("sentence").fill("cat " * 13)
    assert "after the 12th word" in it.said() and len(shown_weights(it)) == 12


def shown_weights(it: Explorable) -> list[list[int]]:
    """The table's numbers, in per cent."""
    rows = it.root.locator("tbody tr").all()
    return [[int(n) for n in row.locator("td").all_inner_texts() if n] for row in rows]


def of_numpy(words: list[str]) -> np.ndarray:
    """softmax(QK/√32) of the stored bytes."""
    stored = json.loads((paths.DATA / "results" / "13.json").read_text(encoding="utf-8"))
    head, known = stored["full"]["attention"], stored["full"]["attention"]["words"].split()
    codes = np.frombuffer(base64.b64decode(head["codes"]), "uint8").reshape(-1, 2, 32)
    q, k = ((codes[[known.index(w) for w in words]] - 128.0) * head["step"]).swapaxes(0, 1)
    raised = np.exp(q @ k.T / np.sqrt(32))
    return raised / raised.sum(axis=1, keepdims=True)


def network(it: Explorable) -> None:
    """No error comes back through a weight of 0, which has a gradient itself; steps lower L."""
    assert "Forward" in it.slide("t", 1)
    assert "Backward" in it.slide("t", 4)
    it.slide("t", 6)
    assert it.slide("u2", 0).endswith("δ of h₂ = 0.0000.")
    above, behind = it.text(r"[−\d.]+, [−\d.]+")[0].split(", ")
    assert float(behind) == 0 and above.strip("−0.")
    errors = [float(re.search(r"L = ([\d.]+)", it.press("step"))[1]) for _ in range(3)]
    assert errors == sorted(errors, reverse=True) and errors[0] > errors[2]


def boundary(it: Explorable) -> None:
    """From almost straight to above 0.95; with equal weights it is a straight line for ever."""
    end = "Step 3,000"
    it.slide("t", 3000)
    expect(it.root.locator(".said")).to_contain_text(end, timeout=30_000)
    _, loss, accuracy = it.numbers()
    assert loss < 0.1 and accuracy > 0.95  # as the lesson's own training
    assert bend(it) > 20
    it.press("equal")
    it.slide("t", 3000)
    expect(it.root.locator(".said")).to_contain_text(end, timeout=30_000)
    assert bend(it) < 3 and it.numbers()[2] < 0.92


def bend(it: Explorable) -> float:
    """How far, in pixels, the boundary goes from the straight line between its ends."""
    d = it.root.locator("svg path[stroke-width='2.5']").get_attribute("d")
    points = [tuple(map(float, p)) for p in re.findall(r"([\d.]+),([\d.]+)", d)]
    (ax, ay), (bx, by) = min(points), max(points)
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
    return max(abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length for x, y in points)


def clouds(it: Explorable) -> None:
    """Moved all the way: right; with 90% of one class too far; with the classes traded all wrong."""
    pattern = r"A-distance (\d\.\d+), target accuracy (\d\.\d+).* is (\d\.\d+), at (\d+)%"

    def seen(said: str) -> list[float]:
        return [float(number) for number in re.search(pattern, said).groups()]

    far, before, *_ = seen(it.said())
    near, after, *_ = seen(it.slide("moved", 100))
    assert far > 1 and near < 0.3 and before < 0.7 and after > 0.95
    _, pushed, best, at = seen(it.slide("share", 90))
    assert pushed < 0.85 and best > pushed + 0.1 and at < 100
    it.press("reset")
    it.slide("moved", 100)
    near, traded, *_ = seen(it.press("swap"))
    assert near < 0.3 and traded < 0.1


def losses(it: Explorable) -> None:
    """Cross-entropy recovers within 12 steps, squared error not in 60; half of it is 0 everywhere."""
    crossed = re.search(r"BCE.*step (\d+); .*MSE .*z = −(\d+\.\d+)", it.slide("t", 60))
    assert int(crossed[1]) < 12 and 7.9 < float(crossed[2]) < 8
    it.slide("label", 0)
    assert it.text(r"log p\s+(\S+)") == ["0.000"]
    assert it.slide("z", 5) and it.text(r"log p\s+(\S+)") == ["0.000"]


def ravine(it: Explorable) -> None:
    """Above 0.08 gradient descent diverges (Nesterov before); without memory three paths are one."""
    assert "0.080" in it.said() and "Nobody diverges" in it.said()
    it.slide("eta", -1.08)  # 0.083, and the slider's scale is logarithmic
    assert "Diverging (↗): gradient descent, Nesterov." in it.said()
    it.press("reset")
    it.slide("beta", 0)
    values = it.text(r"L = ([\d.]+)")
    assert values[0] == values[1] == values[2] != values[3]
    it.slide("beta", 0.99)
    picture = it.root.locator(".plot svg").first
    trail = picture.locator("path[stroke='var(--c1)']").first.get_attribute("d")
    overshoot = max(float(x) for x in re.findall(r"[ML]([−\d.-]+),", trail))
    assert overshoot > picture.bounding_box()["width"], "momentum does not leave the picture"


def kernel(it: Explorable) -> None:
    """Where numbers add up to 0 flat is 0; which kernels flipping changes; 9 equal ones blur."""
    picks = it.root.locator("input[type=radio]")
    for index, (total, flip) in enumerate(
        [
            ("0", "the sign"),
            ("0", "the sign"),
            ("0", "nothing"),
            ("1", "nothing"),
            ("0.999", "nothing"),
        ]
    ):
        picks.nth(index).check()
        assert f"add up to {total}:" in it.said()
        assert f"Flipping changes {flip}" in it.said()
    picks.nth(0).check()
    plain = it.numbers()[2]
    it.press("flip")
    assert it.numbers()[2] == -plain != 0
    it.control("k4").fill("7")
    assert "Flipping gives another result" in it.said()
    expect(picks.nth(5)).to_be_checked()


def space(it: Explorable) -> None:
    """5 labels do for cats and dogs; with 10 classes they do not, and 20 win back only a little."""
    scores = [float(re.search(r": ([\d.]+) of", it.slide("n", 5))[1])]
    for classes, n in ((2, 5), (10, 5), (10, 20)):
        it.slide("classes", classes)
        scores.append(float(re.search(r": ([\d.]+) of", it.slide("n", n))[1]))
    pets, two, ten, more = scores
    assert min(pets, two) > 0.9 and ten < more < 0.8
    lucky = it.slide("n", 1)
    assert it.slide("draw", 7) != lucky


def labels(it: Explorable) -> None:
    """What the tables say: against frozen, against zero-shot left alone, 200 labels; one draw; none."""
    picks = it.root.locator("input[type=radio]")
    said = {}
    for place, n in enumerate((0, 2, 4, 10, 20, 50, 100, 200)):
        picks.nth(place).check()
        said[n] = it.said()
        assert said[n].startswith(f"{n} labels")
    assert "gives 15.5 points more" in said[2] and "9.4 to 21.5" in said[2]
    assert (
        "5.7 points more" in said[4] and "0.9 points more" in said[10] and "0.2 to 1.7" in said[10]
    )
    assert (
        "0.6 points less" in said[10] and "−1.0 to −0.2" in said[10] and "left alone" not in said[0]
    )
    assert "interval" not in said[0] and "0.2 points less" in said[200] and "same 200" in said[200]
    assert len(it.text("± 0")) == 4
    it.slide("draw", 1)
    assert not it.text("± 0")


def interval(it: Explorable) -> None:
    """381 photos without a mistake for “above 99%”; the threshold; 4 times the photos, half as wide."""
    from math import log10

    assert "may not say" in it.slide("n", log10(380)) and "of 380" in it.said()
    assert "You may say" in it.slide("n", log10(381)) and "0 of 381 wrong" in it.said()
    it.press("reset")
    it.slide("apart", 2)
    cats, dogs = (int(n) for n in re.search(r"cats (\d+), dogs (\d+)", it.said()).groups())
    right = re.search(r"cats (\d+), dogs (\d+)", it.slide("threshold", 1))
    assert int(right[1]) < cats and int(right[2]) > dogs
    it.slide("threshold", 0)
    it.slide("n", 2)
    before, after = (
        float(re.search(r"width (\d\.\d+)", s)[1]) for s in (it.said(), it.press("four"))
    )
    assert 1.8 < before / after < 2.2


def luck(it: Explorable) -> None:
    """200 coins on 200 photos: 0.596; on 10 above 0.9, on 1000 below 0.55; near 1 there is no room."""
    from math import log10

    def best(said: str) -> float:
        return float(re.search(r"measures (\d\.\d+) on average", said)[1])

    assert 0.595 < best(it.said()) < 0.598
    assert best(it.slide("n", 1)) > 0.9
    assert best(it.slide("n", 3)) < 0.55
    it.press("reset")
    assert best(it.slide("m", 0)) == 0.5
    assert best(it.slide("m", log10(200))) > 0.59
    assert best(it.slide("p", 0.95)) - 0.95 < 0.05


def noise(it: Explorable) -> None:
    """0 decibels: equal powers; each 10 decibels a tenth; the less noise the more words."""

    def words(said: str) -> list[int]:
        return [int(n) for n in re.findall(r"(?:quiet|too,|spectrogram) (\d+)%", said)]

    assert "100% of the sound's power and 100% of its amplitude" in it.slide("snr", 0)
    loud = words(it.said())
    assert "10% of the sound's power and 32% of its amplitude" in it.slide("snr", 10)
    some = words(it.said())
    quiet = words(it.slide("snr", 20))
    assert len(quiet) == 3 and all(
        a < b < c for a, b, c in zip(loud[:2], some, quiet, strict=False)
    )
    assert loud[1] > loud[0] > loud[2]


def prototypes(it: Explorable) -> None:
    """With 1 photo both rules agree, and the draw decides; 20 are better on the whole."""
    rules = it.root.locator("input[type=radio]")

    def right(n: int, draw: int, rule: int) -> float:
        rules.nth(rule).check()
        it.slide("draw", draw)
        return float(re.search(r": ([\d.]+) of the other", it.slide("n", n))[1])

    draws = range(8)
    ones = [right(1, draw, 0) for draw in draws]
    assert ones == [right(1, draw, 1) for draw in draws]
    twenties = [right(20, draw, 0) for draw in draws]
    assert max(ones) - min(ones) > max(twenties) - min(twenties)
    assert sum(twenties) > sum(ones) and sum(twenties) > sum(right(20, d, 1) for d in draws)


def prevalence(it: Explorable) -> None:
    """Rarer illness leaves the ROC curve as it is, and most alarms are false; a threshold helps at a price."""
    from math import log10

    def real(said: str) -> float:
        return float(re.search(r"([\d.]+)% of the alarms are real", said)[1])

    curve = it.root.locator("svg path[stroke='var(--c0)']").first
    before, common = curve.get_attribute("d"), it.said()
    rare = it.slide("prevalence", log10(0.01))
    assert curve.get_attribute("d") == before, "the ROC curve moves"
    assert real(common) > 90 and real(rare) < 25
    rates = r"sensitivity ([\d.]+), specificity ([\d.]+)"
    assert re.search(rates, common).groups() == re.search(rates, rare).groups()
    strict = it.slide("threshold", 4)
    assert real(strict) > 50
    assert 0.5 < float(re.search(rates, strict)[1]) < float(re.search(rates, rare)[1]) - 0.1


def lake(it: Explorable) -> None:
    """Walls at both exits of the start take its value; without slips it is worth more."""

    def start() -> float:
        return float(re.search(r"the start is worth ([\d.]+)", it.said())[1])

    before = start()
    it.slide("slip", 0)
    assert start() > before > 0.1
    it.slide("slip", 0.2)
    it.slide("row", 0)
    it.slide("column", 1)  # wall A to the right of the start
    half = start()  # one exit is left
    it.root.locator("[data-key=wall]").nth(1).click()
    it.slide("column", 0)
    it.slide("row", 1)  # wall B below it
    assert half > 0 and start() == 0


def museum(it: Explorable) -> None:
    """Rooms, severities and words choose; 12 references and their repeats do not exist."""

    def choose(key: str, number: int) -> str:
        it.root.locator(f"[data-key={key}]").nth(number).check()
        return it.said()

    def search(words: str) -> str:
        it.control("search").fill(words)
        return it.said()

    entries = tomllib.loads((paths.DATA / "bibliography.toml").read_text(encoding="utf-8"))["entry"]
    verdicts = [entries[e.get("same_as", e["number"]) - 1]["verdict"] for e in entries]
    assert "47 of 47 references" in choose("room", 1)
    assert f"{verdicts.count('missing')} of 47" in choose("level", 1)
    assert f"{verdicts.count('correct')} of 47" in choose("level", 3)
    assert "26 of 26 questions" in (choose("level", 0), choose("room", 2))[1]
    assert "5 of 26" in choose("article", 2)  # of S2
    assert "0 of 26" in search("no such words anywhere")
    it.press("reset")
    assert "page 2 of" in it.slide("page", 2)
    assert not search("Adam").startswith("0 of") and it.text("bias")
    assert search("更新模型参数").startswith("1 of")  # stays: a card without names in Latin letters


def quantization(it: Explorable) -> None:
    """One scale of 4 bits leaves the narrow channel nothing but 0; a scale of its own mends it."""
    schemes = it.root.locator("input[type=radio]")

    def narrow(bits: int, scheme: int) -> tuple[int, float]:
        schemes.nth(scheme).check()
        said = it.slide("bits", bits)
        found = re.search(r"narrow channel uses (\d+) values, error ([\d.]+)%", said)
        return int(found[1]), float(found[2])

    assert narrow(4, 0) == (1, 100)
    assert narrow(8, 0)[0] <= 15 and narrow(8, 0)[1] > 5 * narrow(8, 1)[1]
    assert narrow(4, 2)[1] < narrow(4, 1)[1] < 30


# What a lesson's English text promises, word for word, and what a reader then sees.
PROMISES: dict[str, tuple[str, str, Callable[[Explorable], None]]] = {
    "attention": ("13", "“hospital” gives 75% to “nurse”", attention),
    "boundary": ("01", "the boundary is one straight line", boundary),
    "clouds": ("12", "the A-distance falls to about 0, and the accuracy rises above 0.95", clouds),
    "interval": ("09", "the interval is half as wide", interval),
    "kernel": ("04", "with which kernels does nothing change?", kernel),
    "labels": ("07", "with 10 it is 0.9 (0.2 to 1.7)", labels),
    "lake": ("16", "and the start is worth 0", lake),
    "losses": ("02", "crosses 0 in fewer than 12 steps", losses),
    "luck": ("10", "with only 10 test photos the best one is above 0.9", luck),
    "museum": ("17", "in “references” choose “worst”: how many are left?", museum),
    "network": ("01", "the $\\delta$ of $h_2$ becomes 0", network),
    "neuron": ("01", "circled points are on the wrong side", neuron),
    "noise": ("13", "each 10 decibels less cost a good part of the words", noise),
    "prevalence": ("14", "the ROC curve does not move", prevalence),
    "prototypes": ("11", "change the draw: the border jumps about", prototypes),
    "quantization": (
        "15",
        "all weights of the narrow channel become 0",
        quantization,
    ),
    "ravine": ("03", "Who diverges with $\\eta$ just above 0.08?", ravine),
    "space": ("07", "with the same 5 labels each the accuracy falls below 0.8", space),
}


@pytest.fixture(scope="module")
def all_of_them() -> nbformat.NotebookNode:
    """A notebook with every explorable that the lessons store, by name."""
    cells = [cell for path in NOTEBOOKS for cell in read_notebook(path).cells]
    stored = {o.data[MIME]["name"]: o for o in explorables.outputs(cells)}
    shown = [
        new_code_cell("", execution_count=1, outputs=[stored[name]]) for name in sorted(stored)
    ]
    metadata = {"kernelspec": KERNEL}
    return new_notebook(cells=[new_markdown_cell("# 试 · Trial"), *shown], metadata=metadata)


def on_the_page(page: Page) -> dict[str, Explorable]:
    """Those that live, in the notebook's order, which is that of their names."""
    roots = page.locator(".course-explorable:has(.said)")
    expect(roots).to_have_count(len(PROMISES))
    return {name: Explorable(page, name, roots.nth(i)) for i, name in enumerate(sorted(PROMISES))}


def test_every_promise_stands_in_a_lesson_and_has_an_explorable(all_of_them):
    modules = {path.stem for path in explorables.FOLDER.glob("*.js")} - {"kit"}
    assert modules == PROMISES.keys()
    assert {o.data[MIME]["name"] for o in explorables.outputs(all_of_them.cells)} == modules, (
        "build the lessons again"
    )
    sources = {lesson.number: lesson.source for lesson in all_lessons()}
    for name, (number, promise, _) in PROMISES.items():
        text = sources[number].read_text(encoding="utf-8")
        assert promise in text and f'show(\n    "{name}"' in text, name


@pytest.mark.slow
def test_in_jupyterlab(open_lab, course_folder, all_of_them):
    """Without a kernel: promises, keys, names for screen readers, one language at a time."""
    nbformat.write(all_of_them, course_folder / "explorables.ipynb")
    lab = open_lab("en-US")
    lab.open("explorables.ipynb", f"token={TOKEN}&lang=en")
    everyone = on_the_page(lab.page)
    cells = lab.do("notebook.widgets.length")
    for name, it in everyone.items():
        it.root.scroll_into_view_if_needed()
        before = it.said()
        assert_keys_work(it)
        it.press("reset")
        assert it.said() == before, f"{name}: reset"
        PROMISES[name][2](it)
        assert not HAN.search(it.root.inner_text()), f"{name}: Chinese in English"
        lab.shot(f"explorable-{name}")
    assert lab.do("notebook.widgets.length") == cells, "D, D deleted a cell"
    lab.button("zh").click()
    for name, it in everyone.items():
        it.root.scroll_into_view_if_needed()  # JupyterLab draws no text that is out of sight
        it.said()
        text = it.root.inner_text()
        assert HAN.search(text)
        assert not ENGLISH.search(NAMES.sub("", text)), f"{name}: English in Chinese"
    spoken = everyone["neuron"].root.locator("[role=status]")
    expect(spoken).to_contain_text("准确率")  # what a screen reader says, once it has come to rest


def assert_keys_work(it: Explorable) -> None:
    """Tab reaches every control, each has a name, and the keys it is given stay with it."""
    controls = it.root.locator("button, input:not([hidden])")
    unnamed = """nodes => nodes.filter(node =>
        !(node.ariaLabel || node.labels?.length || node.innerText.trim())
        || node.tabIndex < 0 || !node.dataset.lmSuppressShortcuts).map(node => node.outerHTML)"""
    assert controls.evaluate_all(unnamed) == [], it.name
    slider = it.root.locator("input[type=range]").first
    slider.focus()
    value = slider.get_attribute("aria-valuetext")
    for key in ("Home", "ArrowRight", "d", "d"):
        it.page.keyboard.press(key)
    it.said()
    first = slider.get_attribute("aria-valuetext")
    it.page.keyboard.press("End")
    it.said()
    assert len({value, first, slider.get_attribute("aria-valuetext")}) > 1, f"{it.name}: keys"


def test_in_an_exported_page(browser, tmp_path, all_of_them):
    """A file on the disk, on a phone, without network, motion or Chinese; and one's own photo."""
    target: Path = tmp_path / "all.html"
    export.write(export.monolingual(all_of_them, "en"), target, "html", "en")
    size = {"width": 420, "height": 800}
    context = browser.new_context(offline=True, viewport=size, reduced_motion="reduce")
    try:
        page, errors, asked = context.new_page(), [], []
        page.on("pageerror", lambda error: errors.append(error))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(target.as_uri())
        everyone = on_the_page(page)
        page.on("request", lambda request: asked.append(request.url))
        for name, it in everyone.items():
            assert it.said() and not HAN.search(it.root.inner_text()), name
            assert it.root.evaluate("node => node.scrollWidth <= node.clientWidth"), name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        everyone["ravine"].slide("t", 3)
        everyone["ravine"].press("play")
        assert everyone["ravine"].control("t").get_attribute("aria-valuetext") == "60"
        use_own_photo(everyone["kernel"])
        assert errors == [] and asked == []
    finally:
        context.close()


def use_own_photo(it: Explorable) -> None:
    """White on the left, black on the right: Sobel answers −4 · 255 at the edge and 0 elsewhere."""
    photo = Image.new("RGB", (300, 200), "white")
    photo.paste("black", (150, 0, 300, 200))
    content = io.BytesIO()
    photo.save(content, "PNG")
    files = it.root.locator("input[type=file]")
    files.set_input_files(
        {"name": "own.png", "mimeType": "image/png", "buffer": content.getvalue()}
    )
    expect(it.root.get_by_text("Oxford")).to_be_hidden()
    it.slide("column", 10)
    assert it.numbers()[2] == 0
    assert it.slide("column", 46) and it.numbers()[2] == -1020
    files.set_input_files({"name": "own.heic", "mimeType": "image/heic", "buffer": b"no photo"})
    expect(it.root.get_by_text("cannot read this photo")).to_be_visible()
