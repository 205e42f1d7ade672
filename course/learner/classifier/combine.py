"""Which answer to trust: the features and their labels, what ImageNet says without any, or both.

Cross-validation on the given photos alone decides, in favour of caution: of all candidates that are
not clearly worse than the best (one standard error of the paired difference, after Breiman et al.,
Classification and Regression Trees, 1984), the one that changes the zero-shot answer least.
"""

from dataclasses import dataclass

import numpy as np

from course.learner.classifier import head, zero_shot
from course.learner.classifier.head import Choice
from course_utils import features, photos
from course_utils.messages import CourseError

METHODS = ("auto", "features", "zero-shot")
CLEARLY = 1.0  # standard errors


@dataclass(frozen=True)
class Candidate:
    """A choice, and its log loss on each photo (n,) by a model that had not seen the photo."""

    choice: Choice
    losses: np.ndarray


def choose(
    photo_set: photos.PhotoSet, backbone: str | None, method: str, *, progress: bool = False
) -> Choice:
    """The method, backbone and strength to train with. No other photo is looked at.

    method: one of METHODS; "auto" takes zero-shot into account where ImageNet knows every class.
    Raises CourseError where "zero-shot" is asked for and ImageNet does not know the classes.
    """
    network = backbone or zero_shot.BACKBONE
    known = None if method == "features" else zero_shot.known(photo_set.class_names, network)
    if known is None:
        if method == "zero-shot":
            raise _unknown(photo_set.class_names, network)
        head.check_classes(photo_set)
        return head.choose(
            photo_set, [backbone] if backbone else head.CANDIDATES, progress=progress
        )
    return _choose_known(photo_set, network, known, method, progress)


def _choose_known(
    photo_set, network, known: zero_shot.Known, method: str, progress: bool
) -> Choice:
    head.check_classes(photo_set, least=1)
    sample = head.sample(photo_set)
    groups = head.near_groups(sample)
    head.check_pictures(sample, groups, least=1)
    table, labels = features.extract(sample, network, progress=progress), sample.labels
    prior = known.logits(table)
    found = [_candidate(prior, labels, network, "zero-shot", 0.0)]
    n_pictures = [len(set(groups[labels == k])) for k in range(len(sample.class_names))]
    if method == "auto" and min(n_pictures) >= head.FEW:
        folds = list(head.folds().split(table, labels, groups))
        found += _learning(table, labels, prior, network, folds)
    return most_cautious(found).choice


def _learning(table, labels, prior, network, folds) -> list[Candidate]:
    """Those that learn from the labels, the most cautious first."""
    found = []
    for hold_back in head.HOLD_BACK:
        logits = np.zeros_like(prior)
        for train, test in folds:
            kernel, bias = fit_around(prior[train], table[train], labels[train], hold_back)
            logits[test] = table[test] @ kernel + bias + prior[test]
        found.append(_candidate(logits, labels, network, "both", hold_back))
    return found


def _candidate(logits, labels, network: str, method: str, strength: float) -> Candidate:
    from scipy.special import log_softmax

    losses = -log_softmax(logits, axis=1)[np.arange(len(labels)), labels]
    n_right = int((logits.argmax(1) == labels).sum())
    choice = Choice(network, strength, float(losses.mean()), n_right, len(labels), method)
    return Candidate(choice, losses)


def most_cautious(found: list[Candidate]) -> Candidate:
    """The first candidate that is not clearly worse than the best; they come most cautious first."""
    best = min(found, key=lambda candidate: candidate.losses.mean())
    for candidate in found:
        worse = candidate.losses - best.losses
        error = worse.std(ddof=1) / len(worse) ** 0.5 if len(worse) > 1 else 0.0
        if worse.mean() <= CLEARLY * error:
            return candidate
    return best


def fit_around(
    prior: np.ndarray, table: np.ndarray, labels: np.ndarray, hold_back: float
) -> tuple[np.ndarray, np.ndarray]:
    """Kernel (d, classes) and bias (classes,) to be added to the logits ``prior`` (n, classes).

    Logistic regression on standardised features whose starting point is not 0 but what is known
    already: the mean log loss plus hold_back / 2 times the squared length of the change.
    """
    from scipy.optimize import minimize
    from scipy.special import log_softmax
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(table)
    x = np.hstack([scaler.transform(table), np.ones((len(table), 1))])
    truth = np.eye(prior.shape[1])[labels]

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        change = flat.reshape(x.shape[1], -1)
        log_p = log_softmax(x @ change + prior, axis=1)
        slope = x.T @ (np.exp(log_p) - truth) / len(x) + hold_back * change
        loss = -(truth * log_p).sum() / len(x) + hold_back / 2 * (change**2).sum()
        return loss, slope.ravel()

    start = np.zeros(x.shape[1] * prior.shape[1])
    change = minimize(objective, start, jac=True, method="L-BFGS-B").x.reshape(x.shape[1], -1)
    kernel = change[:-1] / scaler.scale_[:, None]
    bias = change[-1] - scaler.mean_ @ kernel
    return kernel.astype(np.float32), bias.astype(np.float32)


def fit(photo_set: photos.PhotoSet, choice: Choice):
    """(kernel, bias, known) of the head for all photos; known is None without zero-shot."""
    if choice.method == "features":
        table = features.extract(photo_set, choice.backbone)
        fitted = head.regression(choice.strength).fit(table, photo_set.labels)
        return *head.kernel_and_bias(fitted), None
    known = zero_shot.known(photo_set.class_names, choice.backbone)
    if known is None:
        raise _unknown(photo_set.class_names, choice.backbone)
    shape = (len(known.kernel), len(photo_set.class_names))
    if choice.method == "zero-shot":
        return np.zeros(shape, np.float32), np.zeros(shape[1], np.float32), known
    table = features.extract(photo_set, choice.backbone)
    change = fit_around(known.logits(table), table, photo_set.labels, choice.strength)
    return *change, known


def _unknown(names: tuple[str, ...], network: str) -> CourseError:
    missing = ", ".join(name for name in names if not zero_shot.classes_of(name)) or network
    return CourseError(
        f"零样本要 ImageNet 认识每个类别，这些它不认识（或有重叠）：{missing}。"
        "请用 --method features，或把文件夹改成英文类别名，例如 cat、dog、goldfish。",
        f"Zero-shot needs classes that ImageNet knows; unknown, or overlapping: {missing}. Use "
        "--method features, or give the folders English class names such as cat, dog, goldfish.",
    )
