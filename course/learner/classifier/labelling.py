"""Many photos through a saved classifier; what the three commands say about bad ones."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from tqdm import tqdm

from bootstrap.computer import processors
from course.learner.classifier import imagenet, model_file
from course_utils import photos
from course_utils.messages import printable
from course_utils.photos import reading

BATCH = 16


def label_all(
    classifier: model_file.Classifier | imagenet.Classifier, files: list[Path]
) -> tuple[np.ndarray, dict[Path, str]]:
    """Probabilities (n, classes) of the files, NaN for bad ones, and these with their reasons.

    A bar on stderr counts them where that is a terminal.
    """
    table = np.full((len(files), len(classifier.class_names)), np.nan)
    bad: dict[Path, str] = {}
    bar = tqdm(total=len(files), unit="photo", disable=None, leave=False)
    with ThreadPoolExecutor(processors()) as pool, bar:
        for start in range(0, len(files), BATCH):
            chunk = files[start : start + BATCH]
            results = list(pool.map(lambda path: _pixels(path, classifier.size), chunk))
            good = [start + k for k, result in enumerate(results) if not isinstance(result, str)]
            bad |= {p: r for p, r in zip(chunk, results, strict=True) if isinstance(r, str)}
            if good:
                images = np.stack([results[i - start] for i in good])
                table[good] = classifier.probabilities(images)
            bar.update(len(chunk))
    return table, bad


def _pixels(path: Path, size: tuple[int, int]) -> np.ndarray | str:
    """The photo as the network wants it, or why not."""
    try:
        return reading.resized(reading.decode(reading.read_bytes(path), path), size)
    except photos.BadPhoto as error:
        return error.reason


def report_skipped(skipped: list[tuple[Path, str]]) -> None:
    """Bad files by name, on stderr."""
    for path, reason in skipped:
        line = f"跳过 · skipped {path}: " + " · ".join(reason.splitlines())
        print(printable(line), file=sys.stderr)
