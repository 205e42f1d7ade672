"""``course build --full --check NN``: measures a stored file anew and says which claims still hold.

A module lessons/full_NN.py that has claims declares ``CLAIMS``, a list of (Chinese, English, function);
the function takes what ``measure()`` gives and answers True or False, or an interval (low, high)
that holds where it lies above 0. ``measure(keep)`` calls ``keep(name, compute)`` for each part, and
``compute`` is called only where an interrupted run has not kept the part already.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from course.author.measure import load
from course.notebooks import machine
from course.notebooks.lessons import Lesson
from course.notebooks.needs import fetch_for
from course_utils import files, paths
from course_utils.messages import CourseError, both

Judged = bool | Sequence[float]
Claim = tuple[str, str, Callable[[dict], Judged]]


class Verdict(NamedTuple):
    """One claim, judged on the stored results and on the new ones."""

    zh: str
    en: str
    stored: Judged
    now: Judged


class Kept:
    """Parts of a measurement, in a file: a run that was cut off goes on where it stopped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        there = path.exists()
        self.parts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if there else {}

    def __call__(self, name: str, compute: Callable[[], Any]) -> Any:
        if name not in self.parts:
            self.parts[name] = compute()
            self.path.parent.mkdir(parents=True, exist_ok=True)
            files.write_atomically(self.path, json.dumps(self.parts))
        return self.parts[name]


def holds(judged: Judged) -> bool:
    """True, or an interval above 0. NaN does not hold."""
    if isinstance(judged, Sequence):
        return bool(judged[0] > 0)
    return bool(judged)


def judge(claims: Sequence[Claim], stored: dict, now: dict) -> list[Verdict]:
    """Each claim on the stored results and on the new ones."""
    return [Verdict(zh, en, claim(stored), claim(now)) for zh, en, claim in claims]


def report(verdicts: Sequence[Verdict]) -> str:
    """A line for each claim: whether it held when it was stored, and whether it holds now."""
    lines = []
    for verdict in verdicts:
        was, now = (_shown(judged) for judged in (verdict.stored, verdict.now))
        zh = f"{'成立' if holds(verdict.now) else '不再成立'}：{verdict.zh}（存下的 {was}，这次 {now}）"
        sign = "holds" if holds(verdict.now) else "no longer holds"
        lines.append(both(zh, f"{sign}: {verdict.en} (stored {was}, now {now})"))
    return "\n".join(lines)


def _shown(judged: Judged) -> str:
    if isinstance(judged, Sequence):
        return f"[{judged[0]:+.4f}, {judged[1]:+.4f}]"
    return "✓" if judged else "✗"


def check_stored(lesson: Lesson, seeds: int | None = None) -> int:
    """Measure anew, compare with data/results/NN.json, print; 1 where a claim no longer holds.

    seeds: fewer than the module's own, for a short run. What is measured is kept in the cache,
    apart for each kind of processor settings, until the run is through.
    """
    module = load(lesson.source.with_name(f"full_{lesson.number}.py"))
    if not (claims := getattr(module, "CLAIMS", None)):
        zh, en = f"full_{lesson.number}.py 没有 CLAIMS。", f"full_{lesson.number}.py has no CLAIMS."
        raise CourseError(zh, en)
    if seeds is not None:
        if not hasattr(module, "SEEDS"):
            raise CourseError("这个模块没有 SEEDS。", "This module has no SEEDS.")
        module.SEEDS = seeds
    fetch_for([lesson])
    stored = json.loads((paths.DATA / "results" / f"{lesson.number}.json").read_text("utf-8"))
    kept = Kept(kept_at(lesson.number, seeds))
    verdicts = judge(claims, stored["full"], module.measure(kept))
    print(report(verdicts))
    kept.path.unlink(missing_ok=True)
    return 0 if all(holds(verdict.now) for verdict in verdicts) else 1


def kept_at(number: str, seeds: int | None) -> Path:
    """Where an interrupted run lies: other settings of the processor are another run."""
    kind = "-".join(machine.settings()) or "default"
    return paths.cache_dir() / "remeasured" / f"{number}-{seeds or 'all'}-{kind}.json"
