"""Index settings: pip's as pip itself resolves them, then uv's."""

import json
import os
import shutil
import sys

import processes
import pytest

from bootstrap import settings
from course_utils import paths

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
    done = processes.run([pip, *arguments], check=True)
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
    *ours, of_the_base, of_this_environment = map(str, settings.pip_files())
    assert of_the_base == f"{sys.base_prefix}/pip.conf"
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


def test_of_two_system_folders_the_one_wins_that_wins_in_pip(pip_says, clean_settings, tmp_path):
    for name in ("a", "b"):
        write(tmp_path / name / "pip/pip.conf", f"[global]\nindex-url = {URL.format(name)}\n")
    folders = os.pathsep.join(str(tmp_path / name) for name in ("a", "b"))
    clean_settings.setenv("XDG_CONFIG_DIRS", folders)
    assert settings.pip_settings().index_urls == (pip_says()["global.index-url"],)


BROKEN = {
    "PIP_CONFIG_FILE": [
        "index-url = https://me:secret@host.invalid without a section\n",
        "[global]\nsecret\n",
        "[global]\ntimeout = 5\n[global]\n",
    ],
    "UV_CONFIG_FILE": [
        'index-url = "https://me:secret@host.invalid',
        "index = 3\n",
        '[[index]]\nname = "no url"\n',
        "pip = 1\n",
        "find-links = 'no list'\n",
    ],
}


@pytest.mark.parametrize(
    ("variable", "text"), [(name, text) for name, texts in BROKEN.items() for text in texts]
)
def test_a_broken_file_is_named_and_counts_as_none(clean_settings, tmp_path, variable, text):
    clean_settings.delenv("UV_NO_CONFIG")
    clean_settings.setenv(variable, str(write(tmp_path / "own", text)))
    found, nothing = settings.current(), settings.IndexSettings()
    assert (found.index_urls, found.extra_index_urls) == ((), ())
    assert (found.find_links, found.timeout) == ((), nothing.timeout)
    ((path, reason),) = settings.unreadable()
    assert path == tmp_path / "own" and reason
    assert "secret" not in reason


def test_a_folder_in_a_files_place_is_named(clean_settings, tmp_path):
    (tmp_path / "pip.conf").mkdir()
    clean_settings.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    assert [path for path, _ in settings.unreadable()] == [tmp_path / "pip.conf"]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_byte_order_mark_is_no_fault(clean_settings, tmp_path, end):
    clean_settings.delenv("UV_NO_CONFIG")
    uv, pip = tmp_path / "uv.toml", tmp_path / "pip.ini"
    uv.write_bytes(f'# 索引{end}index-url = "{URL.format("uv")}"{end}'.encode("utf-8-sig"))
    pip.write_bytes(f"[global]{end}timeout = 44{end}# 镜像".encode("utf-8-sig"))
    clean_settings.setenv("UV_CONFIG_FILE", str(uv))
    clean_settings.setenv("PIP_CONFIG_FILE", str(pip))
    found = settings.current()
    assert (found.index_urls, found.timeout) == ((URL.format("uv"),), 44)
    assert settings.unreadable() == []


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


@pytest.mark.parametrize("kind", ["", "explicit = true", "default = false"])
def test_only_an_index_that_says_so_is_the_default(clean_settings, tmp_path, kind):
    """PyTorch's own index, which many have in uv.toml, must not become everybody's."""
    clean_settings.delenv("UV_NO_CONFIG")
    text = f'[[index]]\nname = "torch"\nurl = "{URL.format("torch")}"\n{kind}\n'
    clean_settings.setenv("UV_CONFIG_FILE", str(write(tmp_path / "uv.toml", text)))
    env = settings.installer_environment()
    assert settings.current().index_urls == ()
    assert "PIP_INDEX_URL" not in env and "UV_DEFAULT_INDEX" not in env
    assert (URL.format("torch") in env.get("UV_INDEX", "")) == (kind != "explicit = true")


def test_pips_settings_reach_uv(clean_settings, tmp_path):
    text = f"[global]\nindex-url = {URL.format('mirror')}\ntimeout = 77\nproxy = p.invalid:1\n"
    text += f"[install]\nextra-index-url =\n    {URL.format('a')}\n    {URL.format('b')}\n"
    clean_settings.setenv("PIP_CONFIG_FILE", str(write(tmp_path / "pip.conf", text)))
    env = settings.installer_environment()
    assert env["UV_DEFAULT_INDEX"] == env["PIP_INDEX_URL"] == URL.format("mirror")
    assert env["UV_INDEX"].split() == [URL.format("a"), URL.format("b")]
    assert env["UV_HTTP_TIMEOUT"] == env["PIP_DEFAULT_TIMEOUT"] == "77"
    assert env["HTTPS_PROXY"] == env["HTTP_PROXY"] == "p.invalid:1"


@pytest.mark.parametrize(
    "text",
    ['[[index]]\nurl = "{}"\ndefault = true\n', 'index-url = "{}"\n', '[pip]\nindex-url = "{}"\n'],
)
def test_uvs_settings_reach_pip(clean_settings, tmp_path, text):
    clean_settings.delenv("UV_NO_CONFIG")
    file = write(tmp_path / "uv.toml", text.format(URL.format("mirror")))
    clean_settings.setenv("UV_CONFIG_FILE", str(file))
    env = settings.installer_environment()
    assert env["PIP_INDEX_URL"] == env["UV_DEFAULT_INDEX"] == URL.format("mirror")


def test_what_each_is_configured_for_stays(clean_settings):
    clean_settings.setenv("UV_DEFAULT_INDEX", URL.format("uv"))
    clean_settings.setenv("PIP_INDEX_URL", URL.format("pip"))
    env = settings.installer_environment()
    assert env["UV_DEFAULT_INDEX"] == URL.format("uv")
    assert env["PIP_INDEX_URL"] == URL.format("pip")


def test_installers_keep_how_they_fetch_and_lose_what_changes_the_result(clean_settings, tmp_path):
    text = "[global]\nretries = 9\ncache-dir = /c\nconstraint = c.txt\nno-binary = :all:\n"
    clean_settings.setenv("PIP_CONFIG_FILE", str(write(tmp_path / "pip.conf", text)))
    clean_settings.delenv("UV_NO_CONFIG")
    text = (
        'link-mode = "copy"\nno-cache = true\nexclude-newer = "2001-01-01"\n[pip]\ntarget = "t"\n'
    )
    clean_settings.setenv("UV_CONFIG_FILE", str(write(tmp_path / "uv.toml", text)))
    for name in ("PIP_REQUIRE_HASHES", "PIP_CONSTRAINT", "UV_CONSTRAINT", "UV_SYSTEM_PYTHON"):
        clean_settings.setenv(name, "1")
    clean_settings.setenv("UV_INDEX_SCHOOL_PASSWORD", "p")
    env = settings.installer_environment()
    told = {k: v for k, v in env.items() if k.startswith(("PIP_", "UV_"))}
    told.pop("PIP_CERT", None)  # this machine's own pip.conf may name one
    assert told == {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_USER": "0",
        "PIP_RETRIES": "9",
        "PIP_CACHE_DIR": "/c",
        "PIP_DEFAULT_TIMEOUT": "120",
        "UV_NO_CONFIG": "1",
        "UV_LINK_MODE": "copy",
        "UV_NO_CACHE": "true",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_INDEX_SCHOOL_PASSWORD": "p",
        "UV_HTTP_TIMEOUT": "120",
    }


def test_folders_given_relative_to_where_one_stands_are_found_from_elsewhere(clean_settings):
    clean_settings.setenv("UV_FIND_LINKS", "pack")
    os.mkdir("pack")
    env = settings.installer_environment()
    assert env["PIP_FIND_LINKS"] == env["UV_FIND_LINKS"] == (settings.Path.cwd() / "pack").as_uri()


def test_the_same_answers_when_start_py_reads_this_file_by_its_path(clean_settings, tmp_path):
    """Whatever is configured, from whatever folder it is asked."""
    clean_settings.delenv("UV_NO_CONFIG")
    text = f'[[index]]\nurl = "{URL.format("school")}"\ndefault = true\n'
    write(tmp_path / "home/.config/uv/uv.toml", text)
    clean_settings.setenv("PIP_EXTRA_INDEX_URL", URL.format("extra"))
    here = settings.installer_environment()
    code = (
        "import importlib.util, json, sys; "
        "spec = importlib.util.spec_from_file_location('settings', sys.argv[1]); "
        "module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module); "
        "print(json.dumps(module.installer_environment()))"
    )
    command = [sys._base_executable, "-I", "-S", "-c", code, settings.__file__]
    there = processes.run(command, cwd=tmp_path, check=True).stdout
    assert settings.ROOT == paths.ROOT
    assert json.loads(there).items() >= here.items()
