"""``course evaluate``: how good a classifier is on a folder of class folders."""

import argparse
from pathlib import Path

import numpy as np

from course.learner.classifier import folders, model_file
from course.learner.classifier.labelling import label_all, report_skipped
from course_utils.evaluation import wilson_interval
from course_utils.messages import CourseError, both, printable

N_WORST = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """MODEL and DIR."""
    parser.add_argument(
        "model", type=Path, metavar="MODEL.keras", help="course train 保存的模型 · a trained model"
    )
    parser.add_argument(
        "folder", type=Path, metavar="DIR", help="每个类别一个子文件夹 · one subfolder per class"
    )


def run(args: argparse.Namespace) -> int:
    """Accuracy first, then its interval, the confusion matrix and the worst mistakes."""
    names = model_file.class_names(args.model)
    photo_set = folders.load(args.folder, check="header")
    places = _places(photo_set.class_names, names)  # before the slow part
    classifier = model_file.Classifier(args.model)
    table, bad = label_all(classifier, photo_set.paths)
    report_skipped(photo_set.skipped + list(bad.items()))
    good = np.array([path not in bad for path in photo_set.paths], bool)
    if not good.any():
        raise CourseError(
            f"{args.folder} 里没有可用的照片。", f"There is no usable photo in {args.folder}."
        )
    truth = places[photo_set.labels[good]]
    paths = [path for path, fine in zip(photo_set.paths, good, strict=True) if fine]
    report(paths, truth, table[good], names)
    return 0


def _places(folders: tuple[str, ...], names: tuple[str, ...]) -> np.ndarray:
    """Each folder's class. "Cats" is taken for "cat"; anything less alike is an error."""
    places = {_plain(name): i for i, name in enumerate(names)}
    exact = {name: i for i, name in enumerate(names)}
    found = [exact.get(folder, places.get(_plain(folder))) for folder in folders]
    unknown = [folder for folder, place in zip(folders, found, strict=True) if place is None]
    if unknown:
        raise CourseError(
            f"文件夹 {'、'.join(unknown)} 不是模型的类别。模型的类别：{'、'.join(names)}。"
            "请让文件夹与类别同名。",
            f"The model has no class for {', '.join(unknown)}. Its classes: {', '.join(names)}. "
            "Name the folders as the classes.",
        )
    return np.array(found)


def _plain(name: str) -> str:
    return name.casefold().removesuffix("s")


def report(paths: list[Path], truth: np.ndarray, table: np.ndarray, names: tuple[str, ...]) -> None:
    """Print everything for photos whose true classes are ``truth`` (n,), table (n, classes)."""
    guesses = table.argmax(1)
    n_right = int((guesses == truth).sum())
    low, high = wilson_interval(n_right, len(truth))
    print(f"准确率 · accuracy: {n_right / len(truth):.2%}  ({n_right}/{len(truth)})")
    print(f"95% 区间 · 95% interval (Wilson): {low:.2%} – {high:.2%}")
    _matrix(truth, guesses, names)
    _mistakes(paths, truth, table, names)


def _matrix(truth: np.ndarray, guesses: np.ndarray, names: tuple[str, ...]) -> None:
    import pandas as pd
    from sklearn.metrics import confusion_matrix

    counts = confusion_matrix(truth, guesses, labels=range(len(names)))
    print(
        both(
            "\n混淆矩阵：行是真实类别，列是预测",
            "Confusion matrix: rows are the truth, columns the guess",
        )
    )
    with pd.option_context("display.unicode.east_asian_width", True):
        shown = [printable(name) for name in names]
        print(pd.DataFrame(counts, index=shown, columns=shown).to_string())


def _mistakes(
    paths: list[Path], truth: np.ndarray, table: np.ndarray, names: tuple[str, ...]
) -> None:
    wrong = np.flatnonzero(table.argmax(1) != truth)
    worst = wrong[np.argsort(-table[wrong].max(1), kind="stable")][:N_WORST]
    if len(worst):
        print(both("\n最自信的错误", "The most confident mistakes"))
    for i in worst:
        guess = table[i].argmax()
        line = f"{names[guess]} {table[i, guess]:.2%} ← {names[truth[i]]}: {paths[i]}"
        print("  " + printable(line))
