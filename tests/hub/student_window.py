"""What a student does in a browser window on the hub: with keys and clicks alone."""

import time
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

PATIENCE = 180_000  # milliseconds, on a busy machine
SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"


class Window:
    """One student's Chromium profile, at the notebook that a link led to."""

    def __init__(self, browser: Browser, name: str) -> None:
        self.name = name
        context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)

    def log_in(self, url: str) -> None:
        """Follow the link, fill in the form, wait for the lesson."""
        self.page.goto(url)
        self.page.fill("input[name=username]", self.name)
        self.page.fill("input[name=password]", "x")
        self.page.click("input[type=submit]")
        self.page.wait_for_selector(f"{SHOWN} .course-language [aria-pressed=true]")

    def language(self) -> str | None:
        """zh, en or both: the button that is pressed."""
        pressed = self.page.locator(f"{SHOWN} .course-language [aria-pressed=true]")
        return pressed.get_attribute("value")

    def type_and_run(self, words: str, code: str) -> Locator:
        """Replace what stands in the code cell that has these words; gives its output."""
        editor = self.page.locator(".cm-content", has_text=words)
        cell = self.page.locator(f"{SHOWN} .jp-CodeCell", has=editor).first
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Control+Enter")
        output = cell.locator(".jp-OutputArea-output")
        expect(output.first).to_be_visible(timeout=PATIENCE)
        return output.first

    def save(self, file: Path, words: str) -> None:
        """Save, as by the keys, and wait until the words are in the file."""
        self.page.keyboard.press("ControlOrMeta+s")
        end = time.monotonic() + PATIENCE / 1000
        while words not in file.read_text(encoding="utf-8"):
            assert time.monotonic() < end, f"{file} was not saved"
            self.page.wait_for_timeout(200)
