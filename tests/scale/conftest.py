"""Photos for ``course features``."""

from pathlib import Path

import pytest
from many_photos import make_photos


@pytest.fixture
def photos_folder(tmp_path) -> Path:
    """60 photos of 2 classes, one of them damaged."""
    return make_photos(tmp_path / "photos", 60)
