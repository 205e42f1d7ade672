"""The browser of this machine that the tests drive: never one that Playwright downloads."""

import os
import shutil

import pytest

# The headless shell first: the same engine, a fifth less processor.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
# What Chromium would otherwise ask the network for.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


def find() -> str:
    """Path of Chromium, or of the one that the variable CHROMIUM names; skips where there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.skip("no Chromium on this machine (the variable CHROMIUM can name one)")
    return found
