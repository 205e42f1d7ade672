"""What ``course classify`` prints without a model: cat or dog, and ImageNet's own names."""

import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from course.learner.classifier.imagenet import N_NAMES, NAMES, NEITHER, Answer
from course_utils.messages import both, printable

CHINESE = dict(zip(NAMES, ("猫", "狗"), strict=True))
EXPLAINED = both(
    "没有训练：由 ImageNet 的 5 种猫和 118 种狗的平均概率回答。最后一列是 ImageNet 自己的类别。",
    "Nothing was trained: the mean probabilities of ImageNet's 5 cats and 118 dogs answer. The last "
    "column shows ImageNet's own classes.",
)
DOUBT = both(
    f"带 ? 的照片里，所有猫类和狗类的概率加起来不到 {NEITHER:.0%}：多半两样都不是。",
    f"Photos marked with ?: all cats and dogs together have less than {NEITHER:.0%}; most likely it is neither.",
)


def write(form: str, files: Sequence[str], answers: Sequence[Answer]) -> None:
    """Print the answers to the files as "table", "csv" or "json"."""
    {"table": _table, "csv": _csv, "json": _json}[form](files, answers)


def _table(files: Sequence[str], answers: Sequence[Answer]) -> None:
    import pandas as pd

    doubtful = [answer.neither for answer in answers]
    frame = pd.DataFrame(
        {
            "照片 · photo": [printable(file) for file in files],
            "类别 · label": [
                f"{CHINESE[answer.label]} {answer.label}" + " ?" * doubt
                for answer, doubt in zip(answers, doubtful, strict=True)
            ],
            "概率 · probability": [f"{answer.probability:.4f}" for answer in answers],
            "ImageNet": [_names(answer) for answer in answers],
        }
    )
    with pd.option_context("display.unicode.east_asian_width", True, "display.max_colwidth", None):
        print(frame.to_string(index=False))
    print(EXPLAINED, file=sys.stderr)
    if any(doubtful):
        print(DOUBT, file=sys.stderr)


def _names(answer: Answer) -> str:
    return ", ".join(f"{zh} {en} {p:.2f}" for zh, en, p in answer.names)


def _csv(files: Sequence[str], answers: Sequence[Answer]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    imagenet = [f"{c}_{k + 1}" for k in range(N_NAMES) for c in ("name_zh", "name_en", "p_name")]
    writer.writerow(["photo", "label", "probability", "neither", "cat_or_dog", *imagenet])
    for file, answer in zip(files, answers, strict=True):
        neither = "yes" if answer.neither else "no"
        found = [cell for zh, en, p in answer.names for cell in (zh, en, f"{p:.6f}")]
        numbers = f"{answer.probability:.6f}", neither, f"{answer.cat_or_dog:.6f}"
        writer.writerow([printable(file), answer.label, *numbers, *found])


def _json(files: Sequence[str], answers: Sequence[Answer]) -> None:
    rows = [
        {"photo": file} | asdict(answer) | {"neither": answer.neither}
        for file, answer in zip(files, answers, strict=True)
    ]
    hidden = any(file != printable(file) for file in files)  # as in classify
    json.dump(rows, sys.stdout, ensure_ascii=hidden, indent=1)
    print()
