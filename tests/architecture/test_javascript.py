"""The extension's JavaScript, its JSDoc types and the surface of JupyterLab that it uses."""

import re
import shutil
from pathlib import Path

import processes
import pytest

from course_utils import paths

# A misspelt member of JupyterLab's, which no browser test need come across.
PLANTED = """\
// @ts-check
/** @param {Panel} panel */
export const open = (panel) => panel.content.activeCel;
"""


def errors(folder: Path) -> list[str]:
    """What `npm run check` finds; npm fetches the compiler that package.json names, once."""
    npm = shutil.which("npm")
    if not npm:
        pytest.skip("no npm on this machine")
    command = [npm, "run", "--silent", "--fetch-retries=1", "check"]
    done = processes.run(command, cwd=folder, timeout=300)
    processes.skip_without_index(done)  # else the compiler's own words
    return done.stdout.splitlines()


@pytest.mark.index
def test_javascript_has_no_type_errors_but_the_planted_one(tmp_path):
    copy = shutil.copytree(paths.ROOT / "labextension", tmp_path / "labextension")
    (copy / "static" / "planted.js").write_text(PLANTED, encoding="utf-8")
    guide = (paths.ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```js\n(.*?)```", guide, re.DOTALL)
    (copy / "static" / "explorables" / "wave.js").write_text(example, encoding="utf-8")
    found = errors(copy)
    assert len(found) == 1 and found[0].startswith("static/planted.js(3,"), found
