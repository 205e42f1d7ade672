"""What a network pretrained on ImageNet already says about classes that ImageNet knows: no label needed.

ImageNet has 118 classes of dogs and 5 of cats, so the probabilities of all dogs together outweigh
those of all cats before anything is seen of the photo. Averaged over the classes of a group instead
of added up, they give each group the same chance: for two groups this takes log(118 / 5) from the
logit, which is Bayes' rule for a new prior (Saerens, Latinne, Decaestecker, Adjusting the Outputs of
a Classifier to New a Priori Probabilities, Neural Computation 14(1), 2002).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from course.learner.classifier import names
from course_utils import backbones

BACKBONE = "efficientnet_lite2"  # of those with ImageNet's own head the most accurate on ImageNet
TINY = 1e-12  # so that a probability of 0 has a logarithm


@dataclass(frozen=True)
class Known:
    """The part of ImageNet's head that belongs to some groups of its classes.

    kernel (d, m) and bias (m,): the head's columns of the m classes in these groups; members (m,
    groups): 1 / (classes of the group) where the class belongs to it, else 0.
    """

    kernel: np.ndarray
    bias: np.ndarray
    members: np.ndarray

    def logits(self, features: np.ndarray) -> np.ndarray:
        """(n, groups): the logarithm of the mean probability of each group's classes."""
        scores = features @ self.kernel + self.bias
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return np.log(shares @ self.members + TINY)


def groups(class_names: Sequence[str]) -> list[tuple[int, ...]] | None:
    """ImageNet's classes of each name; None unless all are known and no two share a class."""
    found = [names.classes_of(name) for name in class_names]
    return found if all(found) and not names.overlapping(class_names) else None


def why_not(class_names: Sequence[str], backbone: str) -> tuple[str, str]:
    """Why ``known`` is None: a sentence in Chinese, and one in English."""
    if not backbones.spec(backbone).has_top:
        return f"{backbone} 的权重没有 ImageNet 的分类层", f"{backbone} has no ImageNet head"
    ambiguous = [name for name in class_names if names.is_ambiguous(name)]
    unknown = [name for name in class_names if not names.classes_of(name)]
    kinds = (
        (
            "ImageNet 没有这样的类别：{}",
            "ImageNet has no class of that name: {}",
            [name for name in unknown if name not in ambiguous],
        ),
        ("名字有多种意思，不去猜：{}", "names of several meanings are not guessed: {}", ambiguous),
        (
            "在 ImageNet 里重叠：{}",
            "these overlap in ImageNet: {}",
            names.overlapping(class_names),
        ),
    )
    return (
        "；".join(zh.format("、".join(found)) for zh, _, found in kinds if found),
        "; ".join(en.format(", ".join(found)) for _, en, found in kinds if found),
    )


@lru_cache(maxsize=2)
def imagenet_head(backbone: str) -> tuple[np.ndarray, np.ndarray]:
    """Kernel (d, 1000) and bias (1000,) of the backbone's own classifier."""
    return tuple(backbones.load(backbone, include_top=True).layers[-1].get_weights())


def known(class_names: Sequence[str], backbone: str) -> Known | None:
    """What the backbone knows of these classes; None where ImageNet or its weights do not."""
    found = groups(class_names)
    if found is None or not backbones.spec(backbone).has_top:
        return None
    kernel, bias = imagenet_head(backbone)
    places = [place for group in found for place in group]
    members = np.zeros((len(places), len(found)), np.float32)
    start = 0
    for column, group in enumerate(found):
        members[start : start + len(group), column] = 1 / len(group)
        start += len(group)
    return Known(kernel[:, places], bias[places], members)
