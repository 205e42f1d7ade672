"""Numbers that go into a stored file: as many digits as a reader needs."""

from typing import Any


def rounded(value: Any) -> Any:
    """The same with 4 significant digits in each float of its dicts and lists, so that a file stays short."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value
