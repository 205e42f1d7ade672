"""Nothing in the tree assumes Linux: encodings, modules, signals, calls and names of files."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

import processes
import pytest
import yaml

from course_utils import paths

POSIX_MODULES = {
    "crypt", "curses", "fcntl", "grp", "nis", "posix", "pty", "pwd", "readline", "resource",
    "spwd", "syslog", "termios", "tty",
}  # fmt: skip
WINDOWS_SIGNALS = {
    "SIGABRT", "SIGBREAK", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM", "SIG_DFL", "SIG_IGN",
}  # fmt: skip
POSIX_CALLS = {
    "chown", "fork", "getegid", "geteuid", "getgid", "getloadavg", "getpgid", "getuid", "killpg",
    "lchown", "mkfifo", "mknod", "nice", "sched_getaffinity", "sched_setaffinity", "setpgid",
    "setpgrp", "setsid", "statvfs", "uname", "wait3", "wait4",
}  # fmt: skip
OPENERS = {"open", "fdopen", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"}
WAITING = {"subprocess.run", "subprocess.call", "subprocess.check_output", "subprocess.check_call"}
TEXT_MODE = re.compile(r"[rwxa]\+?t?\+?")
# What a condition or a skip mentions that keeps a line away from Windows.
GUARD = re.compile(r"os\.name|sys\.platform|platform\.system|hasattr\(|which\(|bwrap|ImportError")


def found_in(code: str) -> list[str]:
    """What would go wrong on another system, as "line: what"."""
    tree = ast.parse(code)
    around = Surroundings(tree)
    places = [node for node in ast.walk(tree) if isinstance(node, (ast.stmt, ast.expr))]
    found = [(node.lineno, what) for node in places for what in _about(node, around)]
    return [f"{line}: {what}" for line, what in sorted(found)]


def _about(node: ast.stmt | ast.expr, around: "Surroundings") -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _without_encoding(node)
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        if not around.in_function(node) and not around.guarded(node):
            yield from (f"import {name}" for name in sorted(_modules(node) & POSIX_MODULES))
    elif isinstance(node, ast.Attribute) and _windows_lacks(node) and not around.guarded(node):
        yield ast.unparse(node)


def _modules(node: ast.Import | ast.ImportFrom) -> set[str]:
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "").split(".")[0]}
    return {alias.name.split(".")[0] for alias in node.names}


def _windows_lacks(node: ast.Attribute) -> bool:
    module, name = ast.unparse(node.value), node.attr
    if module == "signal":
        return bool(re.fullmatch(r"SIG[A-Z_0-9]+", name)) and name not in WINDOWS_SIGNALS
    return module == "os" and name in POSIX_CALLS


def _without_encoding(call: ast.Call) -> Iterator[str]:
    """Text that is read or written in whatever encoding the machine has."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    if "encoding" in given or None in given:  # ** may hold it
        return
    if name == "read_text" and not call.args:
        yield "read_text without encoding"
    elif name == "write_text" and len(call.args) < 2:
        yield "write_text without encoding"
    elif _is_true(given.get("text")) or _is_true(given.get("universal_newlines")):
        yield "text=True without encoding"
    elif name in OPENERS and _opens_text(function, name, call, given.get("mode")):
        yield f"{name} without encoding"


def _is_true(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _opens_text(function: ast.AST, name: str, call: ast.Call, mode: ast.AST | None) -> bool:
    """``path.open()`` and ``open(path)`` read text; ``Image.open(path)`` has an open of its own."""
    method = isinstance(function, ast.Attribute)
    if mode is None:
        modes = call.args[:1] if name.endswith("TemporaryFile") or method else call.args[1:2]
        modes = call.args[1:2] if name == "fdopen" or (method and len(call.args) > 1) else modes
        mode = modes[0] if modes else None
    if isinstance(mode, ast.Constant):
        return isinstance(mode.value, str) and bool(TEXT_MODE.fullmatch(mode.value))
    if name.endswith("TemporaryFile") or mode is not None:
        return False  # bytes unless told otherwise; or unknown
    return not method or not call.args


class Surroundings:
    """What stands around each node of a file."""

    def __init__(self, tree: ast.Module) -> None:
        nodes = list(ast.walk(tree))
        self.parents = {child: node for node in nodes for child in ast.iter_child_nodes(node)}
        # names at the top that hold a condition about the system, such as marks that skip
        assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
        guarding = [node for node in assigned if GUARD.search(ast.unparse(node.value))]
        self.guards = {ast.unparse(target) for node in guarding for target in node.targets}

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self.parents:
            node = self.parents[node]
            yield node

    def in_function(self, node: ast.AST) -> bool:
        functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        return any(isinstance(each, functions) for each in self.above(node))

    def guarded(self, node: ast.AST) -> bool:
        """Whether a condition, an ``except ImportError`` or a mark that skips stands there."""
        text = " ".join(ast.unparse(part) for each in self.above(node) for part in _guards_of(each))
        named = self.guards & set(re.findall(r"\w+", text))
        return bool(GUARD.search(text) or named or "pytestmark" in self.guards)


def _guards_of(node: ast.AST) -> list[ast.expr]:
    """The expressions of a statement that decide whether what is in it runs."""
    if isinstance(node, (ast.If, ast.IfExp)):
        return [node.test]
    if isinstance(node, ast.BoolOp):
        return [node]
    if isinstance(node, ast.Try):
        return [handler.type for handler in node.handlers if handler.type]
    return list(getattr(node, "decorator_list", []))


def tracked() -> list[str]:
    """What git holds, or would after an ``add``; without git the whole tree's Python files."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        out = processes.run(command, cwd=paths.ROOT, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    names = out.split("\0")
    return [name for name in names if name and (paths.ROOT / name).exists()]


def test_python_files_hold_nothing_that_only_linux_has():
    found = {}
    for name in tracked():
        if name.endswith(".py"):
            problems = found_in((paths.ROOT / name).read_text(encoding="utf-8"))
            found |= {name: problems} if problems else {}
    assert not found, "\n".join(f"{name}:{p}" for name, ps in found.items() for p in ps)


def test_tests_wait_for_processes_through_one_helper():
    """Encodings, time limits and "no index answers" are decided in tests/processes.py."""
    own = {"tests/processes.py"}
    calls = {
        f"{name}:{node.lineno}"
        for name in set(tracked()) - own
        if name.startswith("tests/") and name.endswith(".py")
        for node in ast.walk(ast.parse((paths.ROOT / name).read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in WAITING
    }
    assert not calls


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("open(p)", "open"),
        ("open(p, 'a+')", "open"),
        ("open(p, mode='w')", "open"),
        ("p.open()", "open"),
        ("p.open('w')", "open"),
        ("io.open(p, 'r')", "open"),
        ("os.fdopen(3, 'w')", "fdopen"),
        ("tempfile.NamedTemporaryFile('w')", "NamedTemporaryFile"),
        ("p.read_text()", "read_text"),
        ("p.write_text(t)", "write_text"),
        ("subprocess.run(c, text=True)", "text=True"),
        ("check_output(c, universal_newlines=True)", "text=True"),
        ("import resource", "import resource"),
        ("from pwd import getpwnam", "import pwd"),
        ("def f(p): p.send_signal(signal.SIGKILL)", "signal.SIGKILL"),
        ("def f(): return os.wait4(1, 0)", "os.wait4"),
        ("if x:\n    os.getuid()", "os.getuid"),
    ],
)
def test_planted(code, what):
    assert len(found := found_in(code)) == 1 and what in found[0], found


@pytest.mark.parametrize(
    "code",
    [
        "open(p, 'rb'); open(p, encoding='utf-8'); p.open('rb'); p.open('w', encoding='utf-8')",
        "Image.open(p); archive.open(name); archive.open(name, 'rb'); webbrowser.open(url)",
        "tempfile.NamedTemporaryFile(); tempfile.TemporaryFile('w+b')",
        "p.read_text('utf-8'); p.write_text(t, 'utf-8'); p.write_bytes(b)",
        "subprocess.run(c, text=True, encoding='utf-8'); subprocess.run(c, **options)",
        "try:\n    import resource\nexcept ImportError:\n    resource = None",
        "if sys.platform != 'win32':\n    import fcntl",
        "def f():\n    import fcntl",
        "os.getuid() if hasattr(os, 'getuid') else 0",
        "hasattr(os, 'getuid') and os.getuid() == 0",
        "@pytest.mark.skipif(os.name == 'nt', reason='')\ndef f(): os.kill(1, signal.SIGKILL)",
        "posix = pytest.mark.skipif(os.name == 'nt', reason='')\n@posix\ndef f(): os.fork()",
        "signal.signal(signal.SIGTERM, signal.SIG_DFL); process.kill()",
    ],
)
def test_not_a_problem(code):
    assert found_in(code) == []


def unfit(names: list[str]) -> list[str]:
    """Names that Windows cannot hold, or that are one where case does not count."""
    times = Counter(name.casefold() for name in names)
    return [
        name
        for name in names
        if times[name.casefold()] > 1
        or len(name) > 150  # of 260, with the course's own folder before it
        or not all(map(_fits, PurePosixPath(name).parts))
    ]


def _fits(part: str) -> bool:
    device = re.fullmatch(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", part, re.IGNORECASE)
    return not device and not re.search(r'[<>:"|?*\\\x00-\x1f]|[. ]$', part)


def test_every_file_name_fits_every_system():
    assert unfit(tracked()) == []
    planted = ["aux.py", "a:b", "dir./c", "e ", "f?", "G.txt", "g.txt", "h/" * 80]
    assert unfit([*planted, "start.py", ".ci/run", "一.md"]) == planted


def test_line_ends_are_the_same_everywhere():
    """With autocrlf a clone's shell scripts would stop and its notebooks count as changed."""
    names = ["start.py", ".ci/run", "requirements.lock", "notebooks/00.ipynb", "labextension/a.js"]
    command = ["git", "check-attr", "-z", "text", "eol", "--", *names, "data/pictures/a.png"]
    if not (paths.ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    out = processes.run(command, cwd=paths.ROOT, check=True).stdout
    fields = out.split("\0")[:-1]
    found = {(name, key): value for name, key, value in zip(*[iter(fields)] * 3, strict=True)}
    assert {found[name, "eol"] for name in names} == {"lf"}
    assert found["data/pictures/a.png", "text"] == "unset"


def test_the_ci_example_runs_every_python_on_every_system():
    example = yaml.safe_load((paths.ROOT / "docs/examples/ci.yml").read_text(encoding="utf-8"))
    job = example["jobs"]["test"]
    systems = {name.split("-")[0] for name in job["strategy"]["matrix"]["system"]}
    assert systems == {"ubuntu", "macos", "windows"}
    project = tomllib.loads((paths.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    low, high = map(int, re.findall(r"3\.(\d+)", project["requires-python"]))
    assert job["strategy"]["matrix"]["python"] == [f"3.{minor}" for minor in range(low, high)]
    assert [step["run"] for step in job["steps"] if "run" in step] == ["python start.py test"]
