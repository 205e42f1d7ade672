"""The language switch, seen through a learner's browser."""

import pytest
from lab_page import ROOT

pytestmark = pytest.mark.browser

ZH, EN, HEADING = "我们先画图", "First we draw", "小课 · A small lesson"
BOTH = {"zh": (True, False), "en": (False, True), "both": (True, True)}


def seen(lab) -> tuple[bool, bool, bool]:
    return lab.sees(ZH), lab.sees(EN), lab.sees(HEADING)


def test_installed_copy_is_this_one():
    import sys
    from pathlib import Path

    installed = Path(sys.prefix, "share", "jupyter", "labextensions", "course-language")
    for name in ("package.json", "static/remoteEntry.js"):
        ours = (ROOT / "labextension" / name).read_bytes()
        assert (installed / name).read_bytes() == ours, f"install the project again: {name}"


def test_three_modes_without_a_kernel(open_lab):
    lab = open_lab()
    lab.open("small.ipynb")
    for mode, shown in BOTH.items():
        lab.button(mode).click()
        assert (lab.mode(), seen(lab)) == (mode, (*shown, True))
        lab.shot(f"switch_{mode}")


@pytest.mark.parametrize(
    ("locale", "mode"), [("zh-CN", "zh"), ("zh-TW", "zh"), ("en-GB", "en"), ("fr-FR", "en")]
)
def test_first_visit_follows_the_browser(open_lab, locale, mode):
    lab = open_lab(locale)
    lab.open("small.ipynb")
    assert (lab.mode(), seen(lab)) == (mode, (*BOTH[mode], True))
