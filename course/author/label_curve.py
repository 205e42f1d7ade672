"""README's first figure: how many of 1,000 photos are answered wrongly after 0 to 200 labels.

``course readme --pictures`` draws docs/pictures/labels_zh.png and labels_en.png from
data/results/07.json and recipes.json. Each file says which numbers it shows, so a test knows
whether it is current without comparing pixels.
"""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from course_utils import bilingual, figures, files, paths

PICTURES = paths.ROOT / "docs" / "pictures"
NUMBERS = "Numbers"  # the key of the PNG's text that names them
WAYS = {
    "scratch": "从零训练 trained from scratch",
    "fine_tuned": "微调 fine-tuned",
    "frozen": "冻结的网络加分类头 frozen network and head",
    "frozen_zero_shot": "同上，从零样本出发 the same, starting from zero-shot",
}
UNCORRECTED = "零样本，不改正 zero-shot, uncorrected"
AXES = "标签 labels", "1,000 张里错几张（对数刻度） wrong of 1,000 (logarithmic)"


def file(language: str) -> Path:
    """Where the picture is kept."""
    return PICTURES / f"labels_{language}.png"


def numbers() -> dict[str, Any]:
    """What is shown: for each way (mean, half its 95 % interval) of wrong answers at each count."""
    from scipy import stats

    labels = _results("07")["full"]["labels"]
    wide = stats.t.ppf(0.975, labels["draws"] - 1) / np.sqrt(labels["draws"])
    shown = {}
    for way in WAYS:
        wrong = 1000 * (1 - np.array(labels["methods"][way]["accuracy"]))  # (counts, draws)
        halves = wide * wrong.std(axis=1, ddof=1)
        shown[way] = np.stack([wrong.mean(axis=1), halves], axis=1).round(2).tolist()
    zero_shot = _results("recipes")["recipes"]["zero_shot"]
    return {
        "counts": labels["counts"],
        "ways": shown,
        "uncorrected": zero_shot["local_n"] - zero_shot["local_right"],
    }


def _results(name: str) -> dict[str, Any]:
    return json.loads((paths.DATA / "results" / f"{name}.json").read_text(encoding="utf-8"))


def digest() -> str:
    """A name of these numbers."""
    return hashlib.sha256(json.dumps(numbers(), sort_keys=True).encode()).hexdigest()[:16]


def draw(language: str) -> bytes:
    """The picture as PNG, ``zh`` or ``en``."""
    import matplotlib.pyplot as plt
    from matplotlib.ticker import ScalarFormatter

    figures.use_style()
    shown, half = numbers(), ("zh", "en").index(language)
    fig, ax = plt.subplots(figsize=(8, 4.2), layout="constrained")
    for i, (way, name) in enumerate(WAYS.items()):
        mean, wide = np.array(shown["ways"][way]).T
        at = np.arange(len(mean)) + 0.07 * (i - 1.5)  # side by side, not on top of each other
        style: dict[str, Any] = {
            "color": figures.PALETTE[i],
            "marker": figures.MARKERS[i],
            "markevery": 1,
        }
        ax.errorbar(at, mean, wide, label=bilingual.halves(name)[half], capsize=3, **style)
    name = bilingual.halves(UNCORRECTED)[half]
    ax.axhline(shown["uncorrected"], color="#000000", ls=":", marker="", label=name)
    ax.set_xticks(range(len(shown["counts"])), shown["counts"])
    ax.set_yscale("log")
    ax.set_yticks([10, 20, 50, 100, 200, 500])
    ax.yaxis.set_major_formatter(ScalarFormatter())
    ax.yaxis.set_minor_formatter("")
    xlabel, ylabel = (bilingual.halves(text)[half] for text in AXES)
    ax.set(xlabel=xlabel, ylabel=ylabel, ylim=(10, 620))
    fig.legend(loc="outside lower center", ncols=2, fontsize=9)
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=150, metadata={"Software": None, NUMBERS: digest()})
    plt.close(fig)
    return buffer.getvalue()


def write() -> None:
    """Both pictures."""
    for language in ("zh", "en"):
        files.write_atomically(file(language), draw(language))
