"""Put the digest of ``static/`` into the name of the folder it is installed as.

JupyterLab tells browsers to keep what lies below ``static/`` for a year without asking again, so an
update would reach nobody under its old name. After any edit there: ``python labextension/stamp.py``,
then install the project again (``start.py`` does it by itself: pyproject.toml has changed).
"""

import hashlib
import re
from pathlib import Path

from course_utils.files import write_atomically

ROOT = Path(__file__).resolve().parents[1]
NAMED_IN = ("pyproject.toml", "labextension/package.json")
NAME = re.compile(r"(?<=static/)[0-9a-f]{12}\b")


def digest(root: Path) -> str:
    """Twelve hexadecimal digits that change with any name or content below ``static/``."""
    static = root / "labextension" / "static"
    found = hashlib.sha256()
    for path in sorted(static.rglob("*")):
        if path.is_file():
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            found.update(f"{path.relative_to(static).as_posix()} {content}\n".encode())
    return found.hexdigest()[:12]


def stamp(root: Path = ROOT) -> None:
    """Write the digest wherever it stands."""
    for name in NAMED_IN:
        text = (root / name).read_text(encoding="utf-8")
        write_atomically(root / name, NAME.sub(digest(root), text))


if __name__ == "__main__":
    stamp()
