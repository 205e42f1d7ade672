"""A folder of class folders as the commands take it: what is no class is said before the work."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from course_utils import photos
from course_utils.messages import CourseError
from course_utils.photos.photo_set import class_folders

SPLIT = re.compile(
    r"(train(ing)?|val(id(ation)?)?|dev|eval|test(ing)?)([_ -]?(set|data|images))?|(训练|验证|测试)集?",
    re.IGNORECASE,
)


def load(folder: Path, check: Literal["full", "header"] = "full") -> photos.PhotoSet:
    """``photos.load_folder``, after a look at what the folder's subfolders are."""
    check_layout(folder)
    return photos.load_folder(folder, check=check)


def check_layout(folder: Path) -> None:
    """Raise CourseError for train/ and validation/ as classes, and for a folder one too far out."""
    classes = class_folders(folder)
    if len(classes) == 1 and _holds_classes(classes[0]):
        raise CourseError(
            f"{folder} 里只有一个文件夹 {classes[0].name}，类别文件夹像是在它里面。请给出：{classes[0]}",
            f"{folder} holds only one folder, {classes[0].name}, and the class folders seem to be "
            f"in there. Perhaps you mean {classes[0]}",
        )
    splits = [path for path in classes if SPLIT.fullmatch(path.name)]
    if len(splits) > 1 and any(map(_holds_classes, splits)):
        train = next((p for p in splits if p.name.lower().startswith(("train", "训练"))), splits[0])
        others = [path for path in splits if path != train]
        raise CourseError(
            f"{folder} 里的 {_names(splits, '、')} 是数据的划分，不是类别。训练请给出 {train}，"
            f"评估请给出 {others[0]}。",
            f"{_names(splits, ', ')} in {folder} are splits of the data, not classes. To train give "
            f"{train}; evaluate on {others[0]}.",
        )


def _names(folders: Iterable[Path], between: str) -> str:
    return between.join(path.name for path in folders)


def _holds_classes(folder: Path) -> bool:
    """Two or more folders and nothing else."""
    direct = {path.relative_to(folder).parts[:-1][:1] for path in photos.photo_files(folder)}
    return len(direct) > 1 and () not in direct
