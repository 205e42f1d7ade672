"""``course readme``: README.md from its template, the lessons and the result files.

The template reads as README does; what it names is made here, so no figure in README is copied by
hand. ``--pictures`` draws its first figure, too. ``--check`` says whether README is what it would be; a test asks the same.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from course.author import assertions, label_curve
from course.notebooks.lessons import all_lessons
from course_utils import evaluation, files, paths
from course_utils.learning import curriculum, definitions
from course_utils.messages import both

README = paths.ROOT / "README.md"
TEMPLATE = Path(__file__).parent / "templates" / "README.md.jinja"
# Recipes of tutorials as they are printed; README shows those that have been measured.
PRINTED = ("s1_printed", "s3_printed", "s4_printed", "tf_tutorial", "keras_guide_30", "s2_scratch")
# Recipes of articles with their mistakes mended.
REPAIRED = ("s1_repaired", "s3_repaired")
HOW = ("as printed", "照原文", "repaired", "改正后")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course readme``."""
    parser.add_argument(
        "--pictures", action="store_true", help="也画页首的图 · also draw its first figure"
    )
    parser.add_argument(
        "--check", action="store_true", help="只检查 · only say whether it is current"
    )


def run(args: argparse.Namespace, file: Path = README) -> int:
    """Write README, or with ``--check`` say whether it is current; 1 where it is not."""
    if args.pictures and not args.check:
        label_curve.write()
    text = render()
    if not args.check:
        files.write_atomically(file, text)
    elif file.read_text(encoding="utf-8") != text:
        print(both("请运行 course readme。", "Run course readme."))
        return 1
    return 0


def render() -> str:
    """README as it should be."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, undefined=StrictUndefined
    )
    environment.filters |= {
        "share": share,
        "interval": interval,
        "shares": shares,
        "short": curriculum.short,
        "thousands": "{:,}".format,
        "of_80": lambda accuracy: round(80 * accuracy),
    }
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(**values())


def values() -> dict[str, Any]:
    """What the template names."""
    recipes, speed = results("recipes")["recipes"], results("speed")
    lessons, claims = curriculum.read(), assertions.count(all_lessons())
    return {
        "lessons": lessons,
        "hours": f"{sum(lesson.minutes for lesson in lessons) / 60:.0f}",
        "arrows": curriculum.arrows(lessons),
        "table": curriculum.table(lessons, "notebooks/"),
        "ours": recipes["ours"],
        "zero_shot": recipes["zero_shot"],
        "corrected": {
            "lite0": recipes["zero_shot_prior"],
            "lite2": recipes["zero_shot_prior_lite2"],
        },
        "printed": [recipes[name] for name in PRINTED if name in recipes],
        "repaired": [recipes[name] for name in REPAIRED if name in recipes],
        # Rounded down, so that README does not change with every lesson's every edit.
        "claims": (claims.all - claims.stored) // 100 * 100,
        "stored_claims": claims.stored // 20 * 20,
        "mistakes": n_wrong_answers() // 100 * 100,
        **{part: speed[part] for part in ("recipe", "train", "stream", "newcomer", "machine")},
    }


def results(name: str) -> dict:
    """The content of data/results/NAME.json."""
    return json.loads((paths.DATA / "results" / f"{name}.json").read_text(encoding="utf-8"))


def share(row: dict) -> str:
    """How many of the local photos a recipe got right, in per cent."""
    return f"{row['local_right'] / row['local_n']:.1%}"


def interval(row: dict) -> str:
    """The 95 % interval of that share."""
    low, high = evaluation.wilson_interval(row["local_right"], row["local_n"])
    return f"{100 * low:.1f}–{high:.1%}"


def shares(rows: list[dict], language: str) -> str:
    """Who and how many are right, for each; best first."""
    rows = sorted(rows, key=lambda row: row["local_right"], reverse=True)
    comma, semicolon = ("，", "；") if language == "zh" else (", ", "; ")
    named = (f"{_who(row[f'who_{language}'], comma)} {share(row)}" for row in rows)
    return semicolon.join(named)


def _who(label: str, comma: str) -> str:
    """The label without "as printed" or "repaired": the row says that."""
    who, _, how = label.partition(comma)
    return who if how in HOW else label


def n_wrong_answers() -> int:
    """That the exercises of all lessons know."""
    numbers = definitions.definition_files()
    exercises = (e for number in numbers for e in definitions.exercises(number).values())
    return sum(len(exercise.wrong) for exercise in exercises)
