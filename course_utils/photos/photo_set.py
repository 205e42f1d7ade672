"""Photos with labels: the course's own, and any folder of class folders."""

import csv
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from bootstrap.computer import processors
from course_utils import assets
from course_utils.messages import CourseError
from course_utils.paths import DATA
from course_utils.photos import reading
from course_utils.photos.reading import BadPhoto

SPLITS = ("train", "test", "web", "pets")
CLASS_NAMES = ("cat", "dog")
# What operating systems, network drives and viewers put into folders: no one's photos.
SYSTEM_FILES = {
    *("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r", "picasa.ini", "__macosx"),
    *("$recycle.bin", "recycler", "system volume information", "lost+found"),
    *("@eadir", "@tmp", "@recycle", "@recently-snapshot", "#recycle", "#snapshot"),
}


@dataclass(frozen=True)
class PhotoSet:
    """Photos and their classes.

    paths: files. labels: int64 (n,), places in class_names. skipped: (file, reason in both
    languages) of files left out.
    """

    paths: list[Path]
    labels: np.ndarray
    class_names: tuple[str, ...]
    skipped: list[tuple[Path, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.paths)

    def subset(self, places: Sequence[int] | np.ndarray) -> "PhotoSet":
        """The photos at these places, or where a mask is True."""
        places = np.arange(len(self))[np.asarray(places)]
        return PhotoSet([self.paths[i] for i in places], self.labels[places], self.class_names)

    def images(self, size: int | tuple[int, int]) -> np.ndarray:
        """All photos stretched to ``size``: uint8 (n, height, width, 3) in 0–255."""
        height, width = (size, size) if isinstance(size, int) else size
        images = np.empty((len(self), height, width, 3), np.uint8)
        with ThreadPoolExecutor(processors()) as pool:
            for i, image in enumerate(pool.map(lambda p: reading.read(p, size), self.paths)):
                images[i] = image
        return images


def default(split: str = "train") -> PhotoSet:
    """The course's cats (0) and dogs (1), downloaded when missing.

    split: "train" (200), "test" (40, same source), "web" (40, other photographers), "pets"
    (36, Oxford-IIIT Pet), or "all". data/photo_splits.csv fixes which photo is where.
    """
    if split not in (*SPLITS, "all"):
        raise CourseError(
            f"没有名为 {split!r} 的划分；可选：{'、'.join(SPLITS)}、all。",
            f"There is no split {split!r}; choose {', '.join(SPLITS)} or all.",
        )
    with (DATA / "photo_splits.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if _wanted(row["split"], split)]
    roots = {asset: assets.fetch(asset) for asset in {row["asset"] for row in rows}}
    paths = [Path(roots[row["asset"]], row["file"]) for row in rows]
    labels = np.array([CLASS_NAMES.index(row["label"]) for row in rows])
    return PhotoSet(paths, labels, CLASS_NAMES)


def _wanted(split: str, asked: str) -> bool:
    return split == asked or (asked == "all" and split in SPLITS)


def load_folder(
    folder: str | Path,
    on_bad: Literal["skip", "refuse"] = "skip",
    *,
    check: Literal["full", "header"] = "full",
) -> PhotoSet:
    """Every photo of a folder whose subfolders are classes; a class's own subfolders count too.

    on_bad: "skip" lists bad files in ``skipped``; "refuse" raises CourseError naming them all.
    check: "full" decodes every photo; "header" only looks at the beginning, for large folders:
    a file that is damaged further on is then found when it is read.
    """
    folder = Path(folder)
    classes = class_folders(folder)
    files = [(path, i) for i, sub in enumerate(classes) for path in photo_files(sub)]
    reasons = _check_all([path for path, _ in files], full=check == "full")
    good = [(path, label) for path, label in files if path not in reasons]
    if reasons and on_bad == "refuse":
        refuse(reasons.items())
    labels = np.array([label for _, label in good], np.int64)
    names = tuple(sub.name for sub in classes)
    return PhotoSet([path for path, _ in good], labels, names, list(reasons.items()))


def class_folders(folder: Path) -> list[Path]:
    """The class folders in alphabetical order. Raises CourseError where there are none."""
    if not folder.is_dir():
        raise CourseError(
            f"找不到文件夹 {folder}。请给出一个文件夹，其中每个类别各有一个子文件夹。",
            f"There is no folder {folder}. Give a folder that has one subfolder per class.",
        )
    found = sorted(p for p in folder.iterdir() if p.is_dir() and not _system(p.name))
    if not found:
        raise CourseError(
            f"{folder} 里没有子文件夹。请为每个类别建一个子文件夹，把照片放进去。",
            f"{folder} has no subfolders. Make one per class and put the photos into them.",
        )
    if odd := [p.name for p in found if not _is_text(p.name)]:
        raise CourseError(
            f"文件夹名不是有效的文字（UTF-8）：{'、'.join(odd)}。类别以文件夹命名：请改名。",
            f"Folder names that are no text (UTF-8): {', '.join(odd)}. "
            "Classes are named after their folders: rename them.",
        )
    return found


def _is_text(name: str) -> bool:
    """False for a name with bytes that are no UTF-8."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def photo_files(folder: Path) -> list[Path]:
    """All files below ``folder``, sorted, without what operating systems leave there.

    Links to folders are followed, each folder once: a link may lead back to where it stands.
    """
    found, seen = [], set()
    for root, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(root)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        real_first = sorted(folders, key=lambda name: (os.path.islink(Path(root, name)), name))
        folders[:] = [name for name in real_first if not _system(name)]
        found += [Path(root, name) for name in names if not _system(name)]
    return sorted(found)


def _system(name: str) -> bool:
    return name.startswith(".") or name.lower() in SYSTEM_FILES


def _check_all(paths: list[Path], *, full: bool) -> dict[Path, str]:
    """Bad files → reason."""
    with ThreadPoolExecutor(processors()) as pool:
        results = pool.map(lambda path: _reason(path, full), paths)
        return {path: reason for path, reason in zip(paths, results, strict=True) if reason}


def _reason(path: Path, full: bool) -> str | None:
    try:
        content = reading.read_bytes(path)
        (reading.decode if full else reading.open_image)(content, path)
    except BadPhoto as error:
        return error.reason
    return None


def refuse(bad: Iterable[tuple[Path, str]]) -> None:
    """Raise a CourseError that names every bad file with its reason."""
    every = [(path, *reason.splitlines()) for path, reason in bad]
    zh = [f"  {path}：{reason[0]}" for path, *reason in every]
    en = [f"  {path}: {reason[-1]}" for path, *reason in every]
    raise CourseError(
        "\n".join([f"{len(zh)} 个文件不能用作照片，请替换或移走：", *zh]),
        "\n".join([f"{len(en)} file(s) cannot be used as photos; replace or remove them:", *en]),
    )
