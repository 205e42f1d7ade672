"""Pairs and their halves; lines and tables that carry them."""

import json
from pathlib import Path

import pytest

from course_utils import bilingual
from course_utils.bilingual import MIME, halves, say, table

PAIRS = json.loads((Path(__file__).parent / "pairs.json").read_text(encoding="utf-8"))


@pytest.fixture
def published(monkeypatch):
    """What say and table show."""
    found: list[dict] = []
    monkeypatch.setattr(bilingual, "publish", found.append)
    return found


@pytest.mark.parametrize(("text", "zh", "en"), PAIRS)
def test_halves(text, zh, en):
    assert halves(text) == (zh, en)


def test_say_is_print_with_halves(published):
    say("准确率 accuracy", 0.97)
    say("猜对了。", "You guessed right.", 3)
    say("20 层 layers,", "sigmoid", "1e-12")
    say("形状 shape:", (2, 3))
    say(("Keras 指南，`course train`", "the guide, `course train`"), 5)
    assert [(b["text/plain"], b[MIME]["zh"], b[MIME]["en"]) for b in published] == [
        ("准确率 accuracy 0.97", "准确率 0.97", "accuracy 0.97"),
        ("猜对了。 You guessed right. 3", "猜对了。 3", "You guessed right. 3"),
        ("20 层 layers, sigmoid 1e-12", "20 层 sigmoid 1e-12", "20 layers, sigmoid 1e-12"),
        ("形状 shape: (2, 3)", "形状：(2, 3)", "shape: (2, 3)"),
        (
            "Keras 指南，`course train` the guide, `course train` 5",
            "Keras 指南，`course train` 5",
            "the guide, `course train` 5",
        ),
    ]


def test_a_table_is_aligned_and_split(published):
    table(["网络 network", "损失 loss"], [["VGG16", "0.25"], ["平均 mean", 12]])
    assert published[0]["text/plain"].splitlines() == [
        "网络 network  损失 loss",
        "VGG16              0.25",
        "平均 mean            12",
    ]
    assert published[0][MIME]["table"][2] == [("平均", "mean"), ("12", "12")]


def test_in_a_terminal_it_is_print(capsys):
    say("损失 loss", 0.5)
    assert capsys.readouterr().out == "损失 loss 0.5\n"
