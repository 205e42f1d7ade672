"""Numbers in a sentence, written as people write them in Chinese and in English."""

import re
import unicodedata
from decimal import Decimal

# Digits that belong to a name (VGG16, L2, float32) are not numbers.
NUMBER = re.compile(
    r"(?<![A-Za-z0-9_])(?P<digits>\d{1,3}(?:[,\u2009\u202f]\d{3})+(?!\d)|\d+)"
    r"(?P<fraction>\.\d+)?(?P<exponent>[eE][-+]?\d+)?"
    r"\s*(?P<scale>%|‰|万亿|亿|万|千|百万|thousand\b|million\b|billion\b|trillion\b)?"
)
SCALES = {
    "%": Decimal("0.01"),
    "‰": Decimal("0.001"),
    "千": Decimal(10) ** 3,
    "万": Decimal(10) ** 4,
    "百万": Decimal(10) ** 6,
    "亿": Decimal(10) ** 8,
    "万亿": Decimal(10) ** 12,
    "thousand": Decimal(10) ** 3,
    "million": Decimal(10) ** 6,
    "billion": Decimal(10) ** 9,
    "trillion": Decimal(10) ** 12,
}
# English says "June 2015" where Chinese says "2015 年 6 月"
MONTH = re.compile(r"(?<=年)\s*\d{1,2}\s*月")


def numbers(sentences: list[str]) -> set[Decimal]:
    """The values in the sentences; 12 万 = 120,000, 97.5 % = 0.975, number words do not count."""
    found = set()
    for sentence in sentences:
        # NFKC turns full-width digits into plain ones, and the narrow spaces into plain spaces
        text = MONTH.sub("", "".join(map(_half_width, sentence)))
        for match in NUMBER.finditer(text):
            found.add(_value(match).normalize())
    return found


def _half_width(character: str) -> str:
    is_wide = "\uff10" <= character <= "\uff19" or character == "％"
    return unicodedata.normalize("NFKC", character) if is_wide else character


def _value(match: re.Match) -> Decimal:
    digits = re.sub(r"\D", "", match["digits"])
    value = Decimal(digits + (match["fraction"] or "") + (match["exponent"] or ""))
    return value * SCALES.get(match["scale"] or "", Decimal(1))


def shown(values: set[Decimal]) -> str:
    """The values in a message."""
    return ", ".join(f"{v:f}" if abs(v.adjusted()) < 12 else str(v) for v in sorted(values)) or "–"
