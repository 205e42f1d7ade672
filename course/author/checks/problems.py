"""What the checks of lessons report: where something is wrong and what to change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One finding. ``rule`` is its short name; ``cell`` counts from 1, 0 means the whole file."""

    rule: str
    file: str
    cell: int
    zh: str
    en: str

    def __str__(self) -> str:
        where = f"{self.file}, cell {self.cell}" if self.cell else self.file
        return f"{where} [{self.rule}]: {self.en}\n    {self.zh}"


def report(problems: list[Problem]) -> str:
    """All findings, one below the other, for a failed assertion."""
    return "\n" + "\n".join(map(str, problems))
