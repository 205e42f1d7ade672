"""Quizzes of every kind, the buttons below a check and a lesson's end, answered by keyboard."""

import nbformat
import pytest
from lab_page import KERNEL, serious_findings
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import expect

from course_utils.learning import definitions

pytestmark = pytest.mark.browser
CALLS = [
    'check("01-1", 0.25)',
    'quiz("01-q1")',
    'quiz("01-q5")',
    'quiz("02-q4")',
    'quiz("04-q5")',
    'finish("01")',
]


@pytest.fixture
def questions(open_lab, course_folder):
    """A notebook with one of each, run in a kernel; its output areas, one for each call."""
    start = "from course_utils.learning import check, finish, quiz"
    cells = [new_markdown_cell("# 题 · Questions"), new_code_cell(start)]
    cells += [new_code_cell(call) for call in CALLS]
    book = new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    nbformat.write(book, course_folder / "01_questions.ipynb")
    lab = open_lab("en-US", kernel=True)
    lab.open("01_questions.ipynb")
    lab.button("en").click()
    lab.run_all()
    cells = lab.panel().locator(".jp-CodeCell")
    return lab, {call[:-1].split('"')[1]: cells.nth(n) for n, call in enumerate(CALLS, 1)}


@pytest.mark.slow
def test_everything_is_answered_by_keyboard(questions, axe):
    lab, cells = questions
    lab.page.add_script_tag(content=axe)
    assert serious_findings(lab.page) == []  # as they are asked
    hints_and_solution(lab, cells["01-1"])
    options(lab, cells["01-q1"])
    order(lab, cells["01-q5"])
    pairs(lab, cells["02-q4"])
    picture(lab, cells["04-q5"])
    assert serious_findings(lab.page) == []  # as they are answered
    nothing_is_cut_off(lab)
    ending(lab, cells["01"])


# Text that is wider than the box that hides what runs out; a button's own name lies unseen.
CUT_OFF = """() => [...document.querySelectorAll(
        ':is(.course-quiz, .course-check), :is(.course-quiz, .course-check) div')]
    .filter(node => node.clientWidth && node.scrollWidth > node.clientWidth + 1
        && getComputedStyle(node).overflowX !== 'visible')
    .map(node => node.textContent.slice(0, 60))"""


def nothing_is_cut_off(lab) -> None:
    """In a narrow window with the file list open, in each language."""
    lab.page.set_viewport_size({"width": 780, "height": 900})
    for mode in ("zh", "en"):
        lab.button(mode).click()
        lab.page.wait_for_function(f"() => !({CUT_OFF})().length")
    lab.shot("quiz_narrow")


def press(lab, area, name: str) -> None:
    """Reach the button by its name, and press Enter."""
    button = area.get_by_role("button", name=name, exact=True).last
    button.focus()
    expect(button).to_be_focused()
    lab.page.keyboard.press("Enter")


def said(area):
    return area.get_by_role("status")


def hints_and_solution(lab, area) -> None:
    expect(area).to_contain_text("Not yet")
    area.scroll_into_view_if_needed()
    press(lab, area, "Hint 1")
    expect(said(area)).to_contain_text("Hint 1/3")
    lab.page.keyboard.press("Tab")  # to the next button
    lab.page.keyboard.press("Space")
    expect(said(area)).to_contain_text("Hint 2/3")
    press(lab, area, "Solution")
    expect(said(area)).to_contain_text("Solution · 01-1")
    expect(said(area).locator("[lang=en] mjx-container").first).to_be_visible()
    lab.shot("check_buttons")


def options(lab, area) -> None:
    """A click anywhere on an option chooses it, and letters stand level with their texts."""
    question = definitions.find_quiz("01-q1")
    area.scroll_into_view_if_needed()
    option = area.locator(".course-option").first
    letter, words = (option.locator(f"[lang=en] {part}") for part in ("strong", "p"))
    lab.shot("quiz_options_first")
    assert abs(letter.bounding_box()["y"] - words.bounding_box()["y"]) < 4
    box = option.bounding_box()
    lab.page.mouse.click(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)
    expect(said(area)).to_contain_text(question.options[0].feedback[1][:20])
    right = "ABC"[next(n for n, o in enumerate(question.options) if o.right)]
    press(lab, area, right)
    expect(said(area)).to_contain_text("✓ Right")
    assert not area.get_by_text("反向传播做什么").first.is_visible()  # the switch reaches it
    lab.shot("quiz_options")


def order(lab, area) -> None:
    first, *_, last = letters = definitions.find_quiz("01-q5").letters
    area.scroll_into_view_if_needed()
    press(lab, area, last)
    expect(said(area)).to_contain_text("as step 1")
    for letter in letters:
        press(lab, area, letter)
        expect(said(area)).to_contain_text(f"{letter} ✓" if letter != last else "✓ Right")
    expect(area).to_contain_text("step 5 ✓")
    assert first != last
    lab.shot("quiz_order")


def pairs(lab, area) -> None:
    letters = definitions.find_quiz("02-q4").letters
    area.scroll_into_view_if_needed()
    press(lab, area, letters[1])
    expect(said(area)).to_contain_text(f"1 → {letters[1]} ✗")
    for n, letter in enumerate(letters, 1):
        press(lab, area, letter)
        expect(said(area)).to_contain_text(f"{n} → {letter} ✓")
        lab.shot("quiz_pairs") if n == 2 else None


def picture(lab, area) -> None:
    """The buttons lie on their frames: by mouse in the middle of one, by keyboard on another."""
    question = definitions.find_quiz("04-q5")
    shown = area.locator(".course-marking img")
    shown.scroll_into_view_if_needed()
    whole = shown.bounding_box()
    for letter, option in zip("ABCDE", question.options, strict=True):
        button = area.locator(".course-marking").get_by_role("button", name=letter, exact=True)
        box = button.bounding_box()
        left, _, right, _ = option.box
        middle = (box["x"] + box["width"] / 2 - whole["x"]) / whole["width"]
        assert middle == pytest.approx((left + right) / 2 / 120, abs=0.03), letter
        assert whole["y"] <= box["y"] and box["y"] + box["height"] <= whole["y"] + whole["height"]
        if not option.right:
            lab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            expect(said(area)).to_contain_text(option.feedback[1].partition("**")[0][:30])
        else:
            button.focus()
            lab.page.keyboard.press("Enter")
            expect(said(area)).to_contain_text("✓ Right")
    lab.shot("quiz_picture")


def ending(lab, area) -> None:
    area.scroll_into_view_if_needed()
    expect(area).to_contain_text("now you can")
    expect(area).to_contain_text("Do you remember?")
    options = area.locator(".course-option")
    expect(options).to_have_count(3)
    options.first.get_by_role("button").focus()
    lab.page.keyboard.press("Enter")
    expect(said(area)).to_be_visible()
    link = area.get_by_role("link", name="02 Loss functions →")
    lab.shot("ending")
    link.click()
    is_there = "() => jupyterapp.shell.currentWidget?.context?.path === '02_losses.ipynb'"
    lab.page.wait_for_function(is_there)
