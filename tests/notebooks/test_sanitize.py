"""What nbval is told to overlook: few things, and none that could hide a number."""

import re
from pathlib import Path

import pytest
from nbval.plugin import get_sanitize_patterns

TEXT = (Path(__file__).parent / "sanitize.cfg").read_text(encoding="utf-8")
PATTERNS = get_sanitize_patterns(TEXT)


def sanitized(text: str) -> str:
    for pattern, replacement in PATTERNS:
        text = re.sub(pattern, replacement, text)
    return text


def test_nbval_reads_every_entry():
    assert len(PATTERNS) == sum(line.startswith("[") for line in TEXT.splitlines())


@pytest.mark.parametrize(
    ("stored", "computed"),
    [
        ("<f at 0xADDRESS>", "<f at 0x7f00deadbeef>"),
        ("\x1b[31mValueError\x1b[39m", "ValueError"),
        ("keras/src/x.py:3", "/a/venv/lib/python3.12/site-packages/keras/src/x.py:3"),
        ("IPYKERNEL:1", "/tmp/ipykernel_12/345.py:1"),
    ],
)
def test_what_means_nothing_is_overlooked(stored, computed):
    assert sanitized(stored) == sanitized(computed)


@pytest.mark.parametrize(
    "text", ["0.9375", "accuracy 97.5%", "(200, 1280)", "1e-06", "12 s", "0x1f"]
)
def test_numbers_are_never_overlooked(text):
    assert sanitized(text) == text
