"""What deploy/, .devcontainer/ and binder/ name exists: none of them can be run here."""

import importlib
import json
import re
import sys

import pytest
import yaml

from course.cli import COMMANDS
from course_utils import paths

DEVCONTAINER = paths.ROOT / ".devcontainer" / "devcontainer.json"
VALUES = paths.ROOT / "deploy" / "hub" / "values.yaml"
DOCKERFILE = (paths.ROOT / "deploy" / "hub" / "Dockerfile").read_text(encoding="utf-8")
CONFIG = paths.ROOT / "deploy" / "hub" / "jupyterhub_config.py"
BINDER = paths.ROOT / "binder"
PAGES = ("scale", "hub", "one-click")
# What the chart's own schema (values.schema.yaml, July 2026) allows for the keys that values.yaml sets; below
# hub.config and singleuser.extraEnv any key may stand. The schema refuses every other key by its name.
NUMBER = (int, float)
CHART = {
    "hub.config": dict,
    "proxy.https.enabled": bool,
    "proxy.https.hosts": list,
    "proxy.https.letsencrypt.contactEmail": str,
    "singleuser.image.name": str,
    "singleuser.image.tag": str,
    "singleuser.cmd": list,
    "singleuser.defaultUrl": str,
    "singleuser.startTimeout": int,
    "singleuser.memory.guarantee": (*NUMBER, str),
    "singleuser.memory.limit": (*NUMBER, str),
    "singleuser.cpu.guarantee": NUMBER,
    "singleuser.cpu.limit": NUMBER,
    "singleuser.extraEnv": dict,
    "singleuser.storage.capacity": str,
    "singleuser.networkPolicy.enabled": bool,
    "singleuser.networkPolicy.egressAllowRules.privateIPs": bool,
    "singleuser.networkPolicy.egressAllowRules.nonPrivateIPs": bool,
    "cull.enabled": bool,
    "cull.timeout": int,
    "cull.every": int,
    "scheduling.userScheduler.enabled": bool,
    "prePuller.continuous.enabled": bool,
}


class Strict(yaml.SafeLoader):
    """Refuses a key that stands twice, which YAML itself would let the last one win."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"twice: {sorted(keys)}"
        return super().construct_mapping(node, deep)


def values() -> dict:
    return yaml.load(VALUES.read_text(encoding="utf-8"), Loader=Strict)


def commands(text: str) -> set[str]:
    """The words behind `course`, as typed in a shell; comments left out."""
    text = re.sub(r"#.*", "", text)
    return set(
        re.findall(r"(?<![\w/-])(?:\.venv/bin/)?course ([a-z]+)(?=[ ;`)'\"]|$)", text, re.MULTILINE)
    )


@pytest.mark.parametrize(
    "file",
    [
        VALUES,
        CONFIG,
        DEVCONTAINER,
        BINDER / "postBuild",
        *(paths.ROOT / f"docs/{p}.md" for p in PAGES),
    ],
    ids=lambda path: path.name,
)
def test_commands_that_are_named_exist(file):
    text = file.read_text(encoding="utf-8")
    code = (
        "\n".join(re.findall(r"```\n(.*?)```", text, re.DOTALL)) if file.suffix == ".md" else text
    )
    assert commands(code) <= set(COMMANDS)


def test_the_chart_and_the_image_have_one_jupyterhub():
    (image,) = re.findall(r"^ARG JUPYTERHUB=(\S+)", DOCKERFILE, re.MULTILINE)
    chart = re.findall(r"chart ([\d.]+)", DOCKERFILE + VALUES.read_text(encoding="utf-8"))
    assert len(set(chart)) == 1
    assert f"JupyterHub {image}" in VALUES.read_text(encoding="utf-8")
    assert values()["singleuser"]["image"]["tag"] != "latest"


def leaves(value, place=""):
    """("proxy.https.enabled", value) for each value of the chart's file."""
    for key, below in value.items():
        name = f"{place}.{key}".lstrip(".")
        if isinstance(below, dict) and CHART.get(name) is not dict:
            yield from leaves(below, name)
        else:
            yield name, below


def test_the_charts_schema_allows_each_value():
    for name, value in leaves(values()):
        assert name in CHART, f"not a key that was compared with the chart's schema: {name}"
        assert isinstance(value, CHART[name]), name
        assert isinstance(value, bool) == (CHART[name] is bool), name  # True is an int to Python
    assert all(isinstance(v, str) for v in values()["singleuser"]["extraEnv"].values())


def test_the_servers_extension_is_there():
    name = "course.learner.workspace.hub"
    assert any(name in each for each in values()["singleuser"]["cmd"])
    assert name in CONFIG.read_text(encoding="utf-8")
    assert importlib.import_module(name)._jupyter_server_extension_points() == [{"module": name}]


def test_both_ways_set_the_same_threads_and_folders():
    config = CONFIG.read_text(encoding="utf-8")
    for name in values()["singleuser"]["extraEnv"]:
        assert f'"{name}"' in config
    for name in re.findall(r"(COURSE_[A-Z]+|JUPYTER_[A-Z_]+)=", DOCKERFILE):
        assert f'"{name}"' in config
    (place,) = re.findall(r"JUPYTER_CONFIG_PATH=/srv/course/(\S+)", DOCKERFILE)
    assert (paths.ROOT / place / "labconfig").is_dir()


def test_the_dev_container():
    found = json.loads(DEVCONTAINER.read_text(encoding="utf-8"))
    minor = int(re.fullmatch(r".*python:3\.(\d+)-\w+", found["image"])[1])
    assert 11 <= minor <= 13
    for key in ("memory", "storage"):
        assert re.fullmatch(r"\d+([tgmk]b)?", found["hostRequirements"][key])
    assert found["postCreateCommand"].split()[1] == "start.py"


def test_binder():
    text = (BINDER / "requirements.txt").read_text(encoding="utf-8")
    (lock,) = re.findall(r"^-r (\S+)", text, re.MULTILINE)
    assert (BINDER / lock).resolve() == paths.ROOT / "requirements.lock"
    assert re.fullmatch(r"python-3\.1[123]\n", (BINDER / "runtime.txt").read_text(encoding="utf-8"))
    if sys.platform != "win32":
        for name in ("postBuild", "start"):
            assert (BINDER / name).stat().st_mode & 0o111


def test_pip_is_not_held_to_a_hashed_lock():
    """As soon as a constraint has hashes, pip refuses whatever has none: `-e .`, a bare name."""
    assert "--hash=sha256:" in (paths.ROOT / "requirements.lock").read_text(encoding="utf-8")
    pages = [*paths.ROOT.glob("*.md"), *(paths.ROOT / "docs").glob("**/*.md")]
    texts = [page.read_text(encoding="utf-8") for page in pages] + [DOCKERFILE]
    lines = [line for text in texts for line in text.replace("\\\n", " ").splitlines()]
    commands = [part for line in lines for part in re.split(r"&&|;|`", line)]
    found = [each.strip() for each in commands if re.search(r"\bpip install\b", each)]
    assert len(found) >= 5
    held = [
        each for each in found if re.search(r"(-c|--constraint)[ =]requirements\S*\.lock", each)
    ]
    assert [each for each in held if "uv pip" not in each] == []


def test_accounts_made_as_the_page_says_may_log_in_and_its_tools_are_installed():
    """Not so on a clean server once: nobody was allowed, and `course grade` lacked bubblewrap."""
    config = CONFIG.read_text(encoding="utf-8")
    (group,) = re.findall(r'^c\.PAMAuthenticator\.allowed_groups = {"(\w+)"}', config, re.MULTILINE)
    for half in (paths.ROOT / "docs" / "hub.md").read_text(encoding="utf-8").split("\n---\n"):
        assert re.search(rf"^groupadd {group}\b", half, re.MULTILINE)
        assert re.search(rf"useradd .*--groups {group}\b", half)
        packages = re.findall(r"apt-get install (.+)", half)[0].split()
        assert {"bubblewrap", "git", "npm", "python3-venv"} <= set(packages)


@pytest.mark.parametrize("page", PAGES)
def test_both_halves_of_a_page_have_the_same_commands(page):
    """As everywhere in the course: each language says everything."""
    text = (paths.ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    halves = text.split("\n---\n")
    assert len(halves) == 2
    plain = [
        [
            re.sub(r" +#.*", "", line)
            for block in re.findall(r"```\n(.*?)```", half, re.DOTALL)
            for line in block.splitlines()
        ]
        for half in halves
    ]
    assert plain[0] == plain[1]
    assert plain[0]
