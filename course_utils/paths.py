"""Where things are: the course's own files, the cache, the learner's data."""

import os
import re
from importlib import metadata
from pathlib import Path

import platformdirs

APP = "transfer-learning-course"
# An editable install (what start.py makes) sits in the clone itself.
ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "lessons"
NOTEBOOKS = ROOT / "notebooks"
DATA = ROOT / "data"
# Where many learners share one course that nobody may write to, COURSE_WORK is each one's own place.
MY_COURSE = Path(os.environ.get("COURSE_WORK") or ROOT / "my_course").expanduser()

try:
    COURSE_VERSION = metadata.version(APP)
except metadata.PackageNotFoundError:  # a student copy, run from its folder
    COURSE_VERSION = "0+unknown"


def cache_dir() -> Path:
    """Folder for downloads and cached features; the variable COURSE_CACHE overrides it."""
    return Path(os.environ.get("COURSE_CACHE") or platformdirs.user_cache_dir(APP, appauthor=False))


def user_data_dir() -> Path:
    """Folder for what must not be lost (progress); the variable COURSE_DATA overrides it."""
    return Path(os.environ.get("COURSE_DATA") or platformdirs.user_data_dir(APP, appauthor=False))


def notebooks(folder: Path | None = None) -> list[Path]:
    """The lessons ``NN_name.ipynb`` of a folder (the course's own), in order; no copies of them."""
    found = (folder or NOTEBOOKS).glob("*.ipynb")
    return sorted(path for path in found if re.fullmatch(r"\d\d_\w+", path.stem))
