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

from course_utils import backbones, paths

BACKBONE = "efficientnet_lite2"  # of those with ImageNet's own head the most accurate on ImageNet
TINY = 1e-12  # so that a probability of 0 has a logarithm
CATS, DOGS = tuple(backbones.CATS), tuple(backbones.DOGS)
OTHER_NAMES = {
    "猫": CATS,
    "猫咪": CATS,
    "cat": CATS,
    "狗": DOGS,
    "狗狗": DOGS,
    "犬": DOGS,
    "dog": DOGS,
}
IRREGULAR = {"kitty": "cat", "kitten": "cat", "puppy": "dog", "fish": "fish", "mice": "mouse"}


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
    found = [classes_of(name) for name in class_names]
    every = [place for group in found for place in group]
    return found if all(found) and len(set(every)) == len(every) else None


def classes_of(name: str) -> tuple[int, ...]:
    """ImageNet's classes that a folder's name means, in English or Chinese; () where it has none.

    Cats and dogs are known by name; otherwise a class of that very name ("goldfish", "金鱼"), or
    all whose last word it is ("bear"). Singular and plural, case, _ and - make no difference.
    """
    for form in _forms(name):
        if form in OTHER_NAMES:
            return OTHER_NAMES[form]
        if found := _by_name().get(form) or _by_last_word().get(form):
            return found
    return ()


def _forms(name: str) -> list[str]:
    """The name as ImageNet may write it: as it stands, and without its plural ending."""
    plain = " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
    forms = [plain, plain.removesuffix("s"), plain.removesuffix("es")]
    if plain.endswith("ies"):
        forms.append(plain.removesuffix("ies") + "y")
    return [IRREGULAR.get(form, form) for form in forms]


@lru_cache(maxsize=1)
def chinese_names() -> list[str]:
    """The 1,000 Chinese names, in the order of ``backbones.imagenet_classes()``."""
    text = (paths.DATA / "imagenet_classes_zh.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[int, ...]]:
    places: dict[str, tuple[int, ...]] = {}
    for names in (backbones.imagenet_classes(), chinese_names()):
        for place, name in enumerate(names):
            plain = name.casefold().replace("-", " ")
            places[plain] = tuple(dict.fromkeys((*places.get(plain, ()), place)))
    return places


@lru_cache(maxsize=1)
def _by_last_word() -> dict[str, tuple[int, ...]]:
    places: dict[str, tuple[int, ...]] = {}
    for name, group in _by_name().items():
        last = name.split()[-1]
        places[last] = (*places.get(last, ()), *group)
    return places


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
