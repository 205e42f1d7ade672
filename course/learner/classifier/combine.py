"""Which answer to trust: the features and their labels, what ImageNet says without any, or both.

Cross-validation on the given photos alone decides, in favour of caution: of all candidates that are
not clearly worse than the best (one standard error of the paired difference, after Breiman et al.,
Classification and Regression Trees, 1984), the one that changes the zero-shot answer least.

Before that the zero-shot answer is held against the labels: where they contradict it, folders were
swapped or a name means something else, and the features alone are asked as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from course.learner.classifier import head, stored, zero_shot
from course.learner.classifier.head import Choice
from course_utils import photos
from course_utils.messages import CourseError

METHODS = ("auto", "features", "zero-shot")
CLEARLY = 1.0  # standard errors
# A correct match agrees with at least so many labels: Lite2 is right on about 77 % of ImageNet's own
# photos among all 1,000 classes, and is asked to tell only a few apart here (cats and dogs: 98.9 %).
AGREEMENT = 0.8
# So few agreeing labels, or fewer, in a class or in all, have less than this probability: a match
# that is barely good enough is suspected once in a hundred times, cats and dogs practically never,
# while 3 labels that are all contradicted are already enough to see it.
SUSPICIOUS = 0.01


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
    Raises CourseError where "zero-shot" is asked for and ImageNet does not know the classes, and
    where a few labels contradict what it says.
    """
    network = backbone or zero_shot.BACKBONE
    networks = [backbone] if backbone else list(head.CANDIDATES)
    if method == "features":
        return _choose_features(photo_set, networks, progress, None)
    known = zero_shot.known(photo_set.class_names, network)
    if known is not None:
        return _choose_known(photo_set, network, networks, known, method, progress)
    why = zero_shot.why_not(photo_set.class_names, network)
    if method == "zero-shot":
        raise _unknown(*why)
    return _choose_features(photo_set, networks, progress, why)


def _choose_features(photo_set, networks, progress: bool, why: tuple[str, str] | None) -> Choice:
    head.check_classes(photo_set, why=why)
    return replace(head.choose(photo_set, networks, progress=progress), why=why)


def _choose_known(
    photo_set, network: str, networks, known: zero_shot.Known, method: str, progress: bool
) -> Choice:
    head.check_classes(photo_set, least=1)
    sample = head.sample(photo_set)
    groups = head.near_groups(sample)
    head.check_pictures(sample, groups, least=1)
    table, labels = stored.features_of(sample, network, progress=progress), sample.labels
    prior = known.logits(table)
    choice = _candidate(prior, labels, network, "zero-shot", 0.0)
    few = min(len(set(groups[labels == k])) for k in range(len(sample.class_names)))
    firsts = np.unique(groups, return_index=True)[1]  # nearly equal photos count once
    why = contradiction(prior[firsts].argmax(1), labels[firsts], sample.class_names)
    if method == "zero-shot":
        return replace(choice.choice, why=why, contradicted=why is not None)
    found = [choice]
    if few >= head.FEW:
        folds = list(head.folds().split(table, labels, groups))
        found += _learning(table, labels, prior, network, folds)
    if why is None:
        return most_cautious(found).choice
    return _where_contradicted(photo_set, networks, found, few, why, progress)


def _where_contradicted(photo_set, networks, found, few: int, why, progress: bool) -> Choice:
    """Features alone, or what learns the most of them: whatever cross-validation says is better."""
    if few < head.MIN_PER_CLASS:
        raise _contradicted(*why)
    plain = head.choose(photo_set, networks, progress=progress)
    best = min([plain, *(each.choice for each in found[1:])], key=lambda choice: choice.log_loss)
    return replace(best, why=why, contradicted=True)


def contradiction(
    answers: np.ndarray, labels: np.ndarray, class_names: Sequence[str]
) -> tuple[str, str] | None:
    """A sentence (中文, English) where zero-shot's answers (n,) agree with too few of the labels (n,).

    A binomial test over all photos and one over each class, these held to a stricter level so that
    many classes do not raise many false alarms.
    """
    from scipy.stats import binom

    n_classes = len(class_names)
    right = [int((answers[labels == k] == k).sum()) for k in range(n_classes)]
    counts = [int((labels == k).sum()) for k in range(n_classes)]
    p_all = binom.cdf(sum(right), len(labels), AGREEMENT)
    p_classes = binom.cdf(right, counts, AGREEMENT)
    if p_all >= SUSPICIOUS and min(p_classes) >= SUSPICIOUS / n_classes:
        return None
    shown = [f"{a} {b}/{c}" for a, b, c in zip(class_names, right, counts, strict=True)]
    return (
        f"零样本的回答和标签合不上，合得上的只有：{'、'.join(shown)}",
        f"zero-shot contradicts the labels; it agrees with only: {', '.join(shown)}",
    )


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
        table = stored.features_of(photo_set, choice.backbone)
        fitted = head.regression(choice.strength).fit(table, photo_set.labels)
        return *head.kernel_and_bias(fitted), None
    known = zero_shot.known(photo_set.class_names, choice.backbone)
    if known is None:
        raise _unknown(*zero_shot.why_not(photo_set.class_names, choice.backbone))
    shape = (len(known.kernel), len(photo_set.class_names))
    if choice.method == "zero-shot":
        return np.zeros(shape, np.float32), np.zeros(shape[1], np.float32), known
    table = stored.features_of(photo_set, choice.backbone)
    change = fit_around(known.logits(table), table, photo_set.labels, choice.strength)
    return *change, known


def _unknown(zh: str, en: str) -> CourseError:
    return CourseError(
        f"这些类别不能用零样本：{zh}。"
        "请用 --method features，或把文件夹改成 ImageNet 里的名字，例如 cat、猫、goldfish、金鱼。",
        f"Zero-shot cannot answer for these classes: {en}. Use --method features, or give the "
        "folders names that ImageNet has, such as cat, 猫, goldfish, 金鱼.",
    )


def _contradicted(zh: str, en: str) -> CourseError:
    least = head.MIN_PER_CLASS
    return CourseError(
        f"{zh}。文件夹是不是放反了？文件夹名是不是另有所指？请检查；"
        f"如果都没有错，请给每个类别至少 {least} 张照片，那时只用特征和标签（--method features）。",
        f"{en[0].upper()}{en[1:]}. Are folders swapped, or does a name mean something else? Please "
        f"check. If all is right, give each class at least {least} photos: then features and labels "
        "alone answer (--method features).",
    )
