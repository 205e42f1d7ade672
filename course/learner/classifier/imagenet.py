"""Without any model of one's own: cat or dog by what ImageNet says, and ImageNet's own names."""

from dataclasses import dataclass

import numpy as np

from course.learner.classifier import names, zero_shot
from course_utils import backbones

NAMES = ("cat", "dog")
# Cats and dogs together below this: the photo most likely shows something else. Measured with Lite2:
#                                      below 0.05   below 0.1   below 0.2
#   1,316 photos of cats and dogs               1          10          36
#   877 photos of ImageNet's other classes    743         869         875
# (500 + 500 local ones and 316 of the course; ImageNet's may have been in the network's training.)
NEITHER = 0.1
N_NAMES = 3
# Names that no class wants to read under somebody's photo; the next best name is shown.
MASKED = {"nipple", "brassiere", "bikini", "maillot"}


@dataclass(frozen=True)
class Answer:
    """What is said of a photo. cat_or_dog: all classes of both together, 0–1.

    names: ImageNet's best ones, (Chinese, English, probability).
    """

    label: str
    probability: float
    cat_or_dog: float
    names: tuple[tuple[str, str, float], ...]

    @property
    def neither(self) -> bool:
        """Whether the photo most likely shows neither a cat nor a dog."""
        return self.cat_or_dog < NEITHER


class Classifier:
    """The pretrained network with its own 1,000 classes, ready for many photos."""

    def __init__(self, backbone: str = zero_shot.BACKBONE) -> None:
        self.class_names = tuple(backbones.imagenet_classes())
        self.size = (backbones.spec(backbone).size,) * 2
        self.probabilities = backbones.predictor(backbones.load(backbone, include_top=True))


def answers(table: np.ndarray) -> list[Answer]:
    """One for each row of ImageNet probabilities (n, 1000)."""
    cats, dogs = table[:, list(names.CATS)], table[:, list(names.DOGS)]
    # The mean over a group's classes: 118 classes of dogs shall not outvote 5 of cats.
    means = np.stack([cats.mean(axis=1), dogs.mean(axis=1)], axis=1) + zero_shot.TINY
    shares = means / means.sum(axis=1, keepdims=True)
    together = cats.sum(axis=1) + dogs.sum(axis=1)
    return [
        Answer(NAMES[p.argmax()], float(p.max()), float(both), best_names(row))
        for p, both, row in zip(shares, together, table, strict=True)
    ]


def best_names(row: np.ndarray) -> tuple[tuple[str, str, float], ...]:
    """The best names that may be shown, with their probabilities."""
    english, chinese = backbones.imagenet_classes(), names.chinese_names()
    shown = (i for i in np.argsort(-row, kind="stable") if english[i] not in MASKED)
    best = [i for _, i in zip(range(N_NAMES), shown, strict=False)]
    return tuple((chinese[i], english[i], float(row[i])) for i in best)
