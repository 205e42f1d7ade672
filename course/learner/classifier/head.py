"""The head: regularised logistic regression on frozen features, chosen by cross-validation.

Where ImageNet knows the classes, what the network already says about them (zero_shot.py) competes,
alone or with a regression on the features that only learns what is to be changed of it.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from course.learner.classifier import stored
from course_utils import photos
from course_utils.messages import CourseError, both

CANDIDATES = ("efficientnet_lite0", "efficientnet_lite2")
STRENGTHS = tuple(10.0**k for k in range(-5, 1))  # scikit-learn's C, on standardised features
FOLDS = 5
MIN_PER_CLASS = 5
SHOWN = 10  # pairs that a message names
FEW = 10  # photos of a class: with fewer there is nothing to cross-validate
# How strongly a change of the zero-shot answer is held back, the most cautious first.
HOLD_BACK = (2000.0, 600.0, 200.0, 60.0, 20.0, 6.0, 2.0, 0.6, 0.2)
SAMPLE = 2000  # choices are made on at most so many photos; the final fit sees all


@dataclass(frozen=True)
class Choice:
    """What cross-validation on the training photos chose, and how good it was there.

    n_right of n_total: photos that were classified right by a model that had not seen them.
    """

    backbone: str
    strength: float
    log_loss: float
    n_right: int
    n_total: int
    method: str = (
        "features"  # or "zero-shot", "both": then strength is how much a change is held back
    )
    why: tuple[str, str] | None = None  # what is to be said of the choice: 中文, English
    contradicted: bool = False  # zero-shot knows the classes, and the labels contradict it


def check_classes(
    photo_set: photos.PhotoSet,
    least: int = MIN_PER_CLASS,
    why: tuple[str, str] | None = None,
) -> None:
    """Raise CourseError for fewer than two classes, or classes with fewer than ``least`` photos.

    why: 中文, English; what keeps ImageNet, for which fewer photos do, from answering.
    """
    names = photo_set.class_names
    if len(names) < 2:
        raise CourseError(
            f"只有一个类别（{names[0]}）。分类至少需要两个类别：请再建一个类别文件夹。",
            f"There is only one class ({names[0]}). Classifying takes two or more: add a folder.",
        )
    counts = np.bincount(photo_set.labels, minlength=len(names))
    few = [f"{n}: {c}" for n, c in zip(names, counts, strict=True) if c < least]
    if few:
        listed = ", ".join(few)
        empty = not counts.all()
        zh, en = ("空文件夹请删掉。", " Delete empty folders.") if empty else ("", "")
        if why:
            zh += f"ImageNet 认识所有类别时才可以更少：{why[0]}。"
            en += f" Fewer do only where ImageNet knows every class: {why[1]}."
        raise CourseError(
            f"每个类别至少需要 {least} 张可用的照片，这些类别不够：{listed}。{zh}",
            f"Each class needs at least {least} usable photos; too few in {listed}.{en}",
        )


def choose(
    photo_set: photos.PhotoSet, backbones: Sequence[str] = CANDIDATES, *, progress: bool = False
) -> Choice:
    """Backbone and strength with the lowest cross-validated log loss; no other photo is looked at.

    Photos that show nearly the same picture stay in the same fold.
    """
    chosen_from = sample(photo_set)
    groups = near_groups(chosen_from)
    check_pictures(chosen_from, groups)
    found = []
    for backbone in backbones:
        table = stored.features_of(chosen_from, backbone, progress=progress)
        labels = chosen_from.labels
        found += [_cross_validate(table, labels, groups, backbone, c) for c in STRENGTHS]
    return min(found, key=lambda choice: choice.log_loss)


def check_pictures(
    photo_set: photos.PhotoSet, groups: np.ndarray, least: int = MIN_PER_CLASS
) -> None:
    """Raise CourseError where a class shows too few different pictures, or the classes show the same.

    groups: (n,), equal for photos of nearly the same picture. A few pictures in two classes are
    only named, on stderr.
    """
    labels = photo_set.labels
    few = []
    for label, name in enumerate(photo_set.class_names):
        found = groups[labels == label]
        if len(set(found)) < least:
            few.append((name, len(found), len(set(found))))
    if few:
        zh = "，".join(f"{name} 的 {n} 张照片里只有 {k} 张" for name, n, k in few)
        en = ", ".join(f"the {n} photos of {name} show {k}" for name, n, k in few)
        raise CourseError(
            f"每个类别至少需要 {least} 张不同的照片，几乎相同的只算一张：{zh}。",
            f"Each class needs at least {least} different pictures, and nearly equal ones "
            f"count once: {en}.",
        )
    clashing = _clashing(groups, labels)
    if clashing.any():
        _report_clashes(photo_set, groups, clashing)


def _clashing(groups: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Which photos (n,) show a picture that lies in another class too."""
    _, group = np.unique(groups, return_inverse=True)
    in_class = np.zeros((group.max() + 1, labels.max() + 1), bool)
    in_class[group, labels] = True
    return in_class.sum(1)[group] > 1


def _report_clashes(photo_set: photos.PhotoSet, groups: np.ndarray, clashing: np.ndarray) -> None:
    """Name pairs on stderr; raise where they are half of a class: nothing can be learnt from that."""
    labels, lines = photo_set.labels, []
    for group in dict.fromkeys(groups[clashing]):
        _, firsts = np.unique(np.where(groups == group, labels, -1), return_index=True)
        places = [i for i in firsts if groups[i] == group][:2]
        lines.append("  " + " = ".join(str(photo_set.paths[i]) for i in places))
    listed = "\n".join(lines[:SHOWN] + ["  …"] * (len(lines) > SHOWN))
    zh = f"{len(lines)} 张照片（几乎）相同，却放在不同的类别里：\n{listed}\n请把放错的移走。"
    en = f"{len(lines)} picture(s) lie, nearly equal, in two classes:\n{listed}\nMove the wrong ones away."
    if any(clashing[labels == label].mean() >= 0.5 for label in set(labels)):
        raise CourseError(zh, en)
    print(both(zh, en), file=sys.stderr)


def sample(photo_set: photos.PhotoSet) -> photos.PhotoSet:
    """At most SAMPLE photos to make choices on, unless a rare class would vanish."""
    from sklearn.model_selection import train_test_split

    if len(photo_set) <= SAMPLE:
        return photo_set
    places = np.arange(len(photo_set))
    size = max(SAMPLE, MIN_PER_CLASS * len(photo_set.class_names))
    if np.bincount(photo_set.labels).min() * size < MIN_PER_CLASS * len(photo_set):
        return photo_set  # a rare class would vanish from the sample
    kept, _ = train_test_split(places, train_size=size, stratify=photo_set.labels, random_state=0)
    return photo_set.subset(np.sort(kept))


def near_groups(photo_set: photos.PhotoSet) -> np.ndarray:
    """One number per photo; near-duplicates share it. Stored ones: only copies are recognised."""
    if isinstance(photo_set, stored.StoredPhotos):
        return np.unique(np.array(photo_set.digests), return_inverse=True)[1]
    place = {path: i for i, path in enumerate(photo_set.paths)}
    groups = np.arange(len(photo_set))
    for same in photos.near_duplicates(photo_set.paths):
        groups[[place[path] for path in same]] = place[same[0]]
    return groups


def folds():
    """scikit-learn's splitter: five folds, classes in proportion, near-duplicates together."""
    from sklearn.model_selection import StratifiedGroupKFold

    return StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)


def _cross_validate(
    table: np.ndarray, labels: np.ndarray, groups: np.ndarray, backbone: str, strength: float
) -> Choice:
    from sklearn.metrics import log_loss
    from sklearn.model_selection import cross_val_predict

    guesses = cross_val_predict(
        regression(strength), table, labels, groups=groups, cv=folds(), method="predict_proba"
    )
    n_right = int((guesses.argmax(1) == labels).sum())
    return Choice(backbone, strength, log_loss(labels, guesses), n_right, len(labels))


def regression(strength: float):
    """scikit-learn pipeline: each feature to mean 0 and deviation 1, then logistic regression."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=2000))


def kernel_and_bias(fitted) -> tuple[np.ndarray, np.ndarray]:
    """The pipeline as one matrix (d, classes) and bias (classes,) for a softmax on raw features."""
    scaler, logistic = fitted[0], fitted[-1]
    kernel = logistic.coef_.T / scaler.scale_[:, None]
    bias = logistic.intercept_ - scaler.mean_ @ kernel
    if kernel.shape[1] == 1:  # two classes: scikit-learn keeps the second one's logit alone
        kernel = np.hstack([np.zeros_like(kernel), kernel])
        bias = np.hstack([np.zeros_like(bias), bias])
    return kernel.astype(np.float32), bias.astype(np.float32)
