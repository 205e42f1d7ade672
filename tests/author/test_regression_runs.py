"""docs/regression-runs.md and its CI example name commands, options and files that there are."""

import argparse
import importlib
import re
import shlex

import pytest
import yaml

from course.cli import COMMANDS
from course_utils import paths

DOC = (paths.ROOT / "docs" / "regression-runs.md").read_text(encoding="utf-8")
EXAMPLE = paths.ROOT / "docs" / "examples" / "regression.yml"
HALVES = dict(zip(("en", "zh"), DOC.split("\n---\n"), strict=True))


def commands(text: str) -> list[str]:
    """The lines of code blocks, without their comments."""
    blocks = re.findall(r"^```\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    return [line.split("  #")[0].strip() for line in "".join(blocks).splitlines()]


def steps() -> list[dict]:
    return yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))["jobs"]["notebooks"]["steps"]


def course_commands() -> set[str]:
    """Every ``course …`` of the document (code blocks and inline) and of the example."""
    inline = re.findall(r"`(course [a-z]+[^`]*)`", DOC)
    runs = [step["run"].replace("python start.py", "course") for step in steps() if "run" in step]
    found = [*commands(DOC), *inline, *runs]
    return {row for row in found if re.match(r"course [a-z]", row)}


def test_both_languages_show_the_same_commands():
    assert commands(HALVES["en"]) == commands(HALVES["zh"]) != []
    code = [sorted(set(re.findall(r"`[^`\n]+`", half))) for half in HALVES.values()]
    assert code[0] == code[1]


@pytest.mark.parametrize("command", sorted(course_commands()))
def test_course_commands_are_accepted(command):
    _, name, *arguments = shlex.split(command)
    parser = argparse.ArgumentParser(exit_on_error=False)
    importlib.import_module(COMMANDS[name][0]).add_arguments(parser)
    parser.parse_args(arguments)


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_is_changed_by_the_command_at_its_head(half, name):
    lock = (paths.ROOT / name).read_text(encoding="utf-8").splitlines()
    written = next(row for row in commands(half) if row.endswith(f"-o {name}")).split()
    added = written.index("--upgrade-package")
    del written[added : added + 2]
    assert " ".join(written).endswith(lock[1].lstrip("# "))


def test_the_example_keeps_downloads_and_no_features():
    (cache,) = (step["with"] for step in steps() if "cache" in step.get("uses", ""))
    assert cache["path"].endswith("/transfer-learning-course/assets")
    (manifest,) = re.findall(r"hashFiles\('(.+)'\)", cache["key"])
    assert (paths.ROOT / manifest).is_file()


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", DOC):
        assert (paths.ROOT / "docs" / target).exists(), target
