"""Index settings: pip's as pip itself resolves them, then uv's."""

import os
import shutil
import subprocess
import sys

import pytest

from course_utils.assets import settings

URL = "https://{}.invalid/simple"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def ask_pip(*arguments: str) -> list[str]:
    """Lines that a pip on this machine prints; skips where there is none."""
    pip = shutil.which("pip")
    if pip is None:
        pytest.skip("no pip on this machine to compare with")
    done = subprocess.run(
        [pip, *arguments], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return done.stdout.splitlines()


@pytest.fixture
def pip_says(clean_settings):
    """What pip itself finds in its files and variables, by ``pip config list``."""
    clean_settings.delenv("PIP_CONFIG_FILE")

    def ask() -> dict[str, str]:
        pairs = (line.partition("=") for line in ask_pip("config", "list"))
        return {key: value.strip("'") for key, _, value in pairs}

    return ask


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="paths of Linux")
def test_pips_files_are_the_ones_that_pip_reads(clean_settings):
    clean_settings.delenv("PIP_CONFIG_FILE")
    lines = [line.strip().partition(",")[0] for line in ask_pip("config", "debug")]
    theirs = {line for line in lines if line.endswith("pip.conf")}
    *ours, of_this_environment = map(str, settings.pip_files())
    assert of_this_environment == f"{sys.prefix}/pip.conf"
    # The pip that answers may live in another environment, whose own file is its last one.
    assert set(ours) < theirs
    assert len(theirs) == len(ours) + 1


def test_later_files_sections_and_variables_win_as_in_pip(pip_says, clean_settings, tmp_path):
    system = f"[global]\nindex-url = {URL.format('system')}\nextra_index_url = {URL.format('x')}\n"
    user = (
        f"[global]\nindex-url = {URL.format('user')}\ntimeout = 31\n[install]\nno-index = false\n"
    )
    write(tmp_path / "etc/pip/pip.conf", system)
    write(tmp_path / "home/.config/pip/pip.conf", user)
    clean_settings.setenv("PIP_TRUSTED_HOST", "a.invalid b.invalid:8080")
    found, theirs = settings.pip_settings(), pip_says()
    assert found.index_urls == (theirs["global.index-url"],)
    assert found.index_urls == (URL.format("user"),)
    assert " ".join(found.extra_index_urls).startswith(theirs["global.extra-index-url"])
    assert found.trusted_hosts == tuple(theirs[":env:.trusted-host"].split())
    assert found.timeout == float(theirs["global.timeout"])


def test_command_section_beats_global_and_environment_beats_both(clean_settings, tmp_path):
    text = f"[install]\nindex-url = {URL.format('section')}\n[global]\nindex-url = {URL.format('all')}\n"
    clean_settings.setenv("PIP_CONFIG_FILE", str(write(tmp_path / "own.conf", text)))
    assert settings.pip_settings().index_urls == (URL.format("section"),)
    clean_settings.setenv("PIP_INDEX_URL", URL.format("variable"))
    assert settings.pip_settings().index_urls == (URL.format("variable"),)


def test_own_file_replaces_the_users_but_not_the_systems(clean_settings, tmp_path):
    write(tmp_path / "home/.config/pip/pip.conf", f"[global]\nindex-url = {URL.format('user')}\n")
    write(
        tmp_path / "etc/pip/pip.conf",
        f"[global]\nextra-index-url =\n  {URL.format('a')}\n  {URL.format('b')}\n",
    )
    own = write(tmp_path / "own.conf", "[global]\ntimeout = 5\n")
    clean_settings.setenv("PIP_CONFIG_FILE", str(own))
    found = settings.pip_settings()
    assert URL.format("user") not in found.index_urls
    assert found.extra_index_urls == (URL.format("a"), URL.format("b"))
    assert found.timeout == 5


def test_an_unreadable_file_counts_as_none(clean_settings, tmp_path):
    own = write(tmp_path / "own.conf", "index-url = without a section\n")
    clean_settings.setenv("PIP_CONFIG_FILE", str(own))
    assert settings.pip_settings().timeout == settings.IndexSettings().timeout


def test_uv_toml_of_user_and_variables(clean_settings, tmp_path):
    clean_settings.delenv("UV_NO_CONFIG")
    lines = [
        f'[[index]]\nname = "school"\nurl = "{URL.format("school")}"\ndefault = true',
        f'[[index]]\nurl = "{URL.format("more")}"',
        f'[[index]]\nname = "torch"\nurl = "{URL.format("torch")}"\nexplicit = true',
        '[pip]\nallow-insecure-host = ["school.invalid"]',
    ]
    write(tmp_path / "home/.config/uv/uv.toml", "\n".join(lines))
    found = settings.uv_settings()
    assert (found.index_urls, found.extra_index_urls) == (
        (URL.format("school"),),
        (URL.format("more"),),
    )
    assert found.trusted_hosts == ("school.invalid",)
    clean_settings.setenv("UV_INDEX_URL", URL.format("old"))
    assert settings.uv_settings().index_urls == (URL.format("old"),)
    clean_settings.setenv("UV_DEFAULT_INDEX", URL.format("new"))
    assert settings.uv_settings().index_urls == (URL.format("new"),)


def test_pip_comes_before_uv_and_extras_add_up(clean_settings):
    clean_settings.setenv("UV_DEFAULT_INDEX", URL.format("uv"))
    clean_settings.setenv("UV_INDEX", f"one={URL.format('one')} {URL.format('two')}")
    clean_settings.setenv("PIP_EXTRA_INDEX_URL", URL.format("pip-extra"))
    found = settings.current()
    assert found.index_urls == (URL.format("uv"),)
    assert found.extra_index_urls == tuple(map(URL.format, ("pip-extra", "one", "two")))
    clean_settings.setenv("PIP_INDEX_URL", URL.format("pip"))
    assert settings.current().index_urls == (URL.format("pip"),)


def test_credentials_are_redacted():
    text = "GET https://me:p%40ss@host.invalid/simple and http://token@other/x"
    assert settings.redacted(text) == "GET https://***@host.invalid/simple and http://***@other/x"
