"""What older lessons are known to owe, ``debts.toml``: one table for all rules that have debts.

A debt is only ever lowered: more findings than the debt are an error, fewer are one until the table
says so. A lesson that is not in the table owes nothing.
"""

import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from course.author.checks.problems import Problem

TABLE = Path(__file__).with_name("debts.toml")
Settled = tuple[list[Problem], list[Problem]]


def of(number: str) -> dict[str, int]:
    """rule: how often the lesson may break it."""
    return tomllib.loads(TABLE.read_text("utf-8")).get(number, {})


def settle(
    found: Sequence[Problem],
    debt: dict[str, int],
    file: str,
    rules: Sequence[str],
    exact: bool = True,
) -> Settled:
    """(findings of rules that are broken more or less often than the debt says, all others).

    Not ``exact``: less is only told among the others.
    """
    counts = Counter(problem.rule for problem in found)
    wrong = {rule for rule in rules if counts[rule] > debt.get(rule, 0)}
    now = [problem for problem in found if problem.rule in wrong]
    later = [problem for problem in found if problem.rule not in wrong]
    for rule in rules:
        if counts[rule] < debt.get(rule, 0):
            zh = (
                f"好了一些：把 {TABLE.name} 里这一课的 {rule!r} 从 {debt[rule]} 改成 {counts[rule]}"
            )
            en = f"better than it was: lower {rule!r} of this lesson in {TABLE.name} from {debt[rule]} to {counts[rule]}"
            (now if exact else later).append(Problem(rule, file, 0, zh, en))
        elif rule in wrong and rule in debt:
            zh = f"{counts[rule]} 处，这一课至多 {debt[rule]} 处（{TABLE.name}）；新写的不能再欠"
            en = f"{counts[rule]} places, and this lesson may have {debt[rule]} ({TABLE.name}); what is new owes nothing"
            now.append(Problem(rule, file, 0, zh, en))
    return now, later
