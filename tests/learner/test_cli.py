"""What every command does alike: old names, usage errors, encodings, refusals of the system, Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
import time

import processes
import pytest
from PIL import Image

from course import cli
from course.arguments import Parser, within
from course_utils.messages import CourseError, both, printable

# Everything that answers without TensorFlow, in one process: (arguments, exit code).
CHEAP = [
    *((name, "--help") for name in cli.COMMANDS),
    ("--help",),
    ("fetch",),
    ("progress",),
    ("teach", "03", "--lang", "zh"),
    ("run", "99"),
    ("update", "99"),
    ("start", "99"),
    ("build", "99"),
    ("test", "99"),
    ("try", "99"),
    ("release", "student", "99"),
    ("export", "pages", "99", "--lang", "zh"),
    ("new", "xx", "name"),
    ("collect", "猫"),
    ("train", "--data", "猫", "--out", "m.keras"),
    ("classify", "猫.keras", "猫.jpg"),
    ("evaluate", "猫.keras", "猫"),
    ("fetch", "猫"),
    ("progress", "--猫"),
    ("doctor",),
]
ALL_IN_ONE = f"""
import sys
from course import cli
for arguments in {CHEAP!r}:
    try:
        code = cli.main(list(arguments))
    except SystemExit as error:
        code = error.code
    print("::", arguments, code, flush=True)
"""


def has_han(text):
    return re.search("[\u4e00-\u9fff]", text)


@pytest.mark.parametrize("encoding", ["cp1252", "gbk", "ascii"])
def test_pipes_and_files_in_any_encoding(tmp_path, encoding):
    own = {"PYTHONIOENCODING": encoding, "COURSE_DATA": str(tmp_path), "HOME": str(tmp_path)}
    with (tmp_path / "out").open("wb") as out:
        where = {"cwd": tmp_path, "env": os.environ | own, "stdout": out}
        result = processes.python(ALL_IN_ONE, **where)
    out, err = (tmp_path / "out").read_text(encoding="utf-8"), result.stderr
    assert result.returncode == 0, err
    assert "Traceback" not in err
    assert out.count("\n:: (") == len(CHEAP)
    assert not re.search(r"^:: .* (None|-\d+)$", out, re.MULTILINE)
    assert has_han(out) and has_han(err)
    assert "没有编号为 99 的课" in err and "--猫" in err


def test_every_command_says_what_it_does_in_both_languages(capsys):
    for name in cli.COMMANDS:
        with pytest.raises(SystemExit):
            cli.main([name, "--help"])
        text = capsys.readouterr().out
        assert text.startswith("用法 · usage: course")
        assert "show this help message" not in text and "positional" not in text


def test_old_name_works_and_says_so(capsys, tmp_path):
    assert cli.main(["collect", str(tmp_path)]) == 1  # nothing in there
    error = capsys.readouterr().err
    assert "course grade" in error and "改名" in error
    assert "collect" not in cli.command_parser().format_help()
    assert set(cli.ALIASES.values()) <= set(cli.COMMANDS)


def test_module_is_the_command(run_course):
    command = [sys.executable, "-m", "course", "--help"]
    result = processes.run(command)
    assert result.returncode == 0
    assert result.stdout == run_course("--help").stdout


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (["traim"], "不能是 'traim'", "invalid choice"),
        (["train"], "缺少参数：--out", "required: --out"),
        (["train", "--out"], "后面要跟一个值", "expected one argument"),
        (["progress", "--nope"], "不认识的参数：--nope", "unrecognized"),
        (["grade", "--no-sandbox=1", "x"], "不带值", "ignored explicit"),
        (["grade", "x", "--seconds", "0"], "要从 1 到", "from 1 to"),
        (["grade", "x", "--seconds", "nan"], "要从 1 到", "from 1 to"),
        (["grade", "x", "--memory", "-1"], "要从 0.25", "from 0.25"),
        (["build", "--jobs", "0"], "整数", "whole number"),
        (["build", "--jobs", "two"], "整数", "whole number"),
        (["test", "--repeat", "0"], "整数", "whole number"),
        (["lab", "--port", "70000"], "65535", "65535"),
    ],
)
def test_usage_errors_are_in_both_languages(capsys, arguments, zh, en):
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == 2
    *_, chinese, english = capsys.readouterr().err.splitlines()
    assert zh in chinese and "--help" in chinese
    assert en in english and "--help" in english and not has_han(english)


def test_whatever_argparse_says_has_a_chinese_line(capsys):
    parser = Parser(prog="x")
    group = parser.add_mutually_exclusive_group(required=True)
    for name in ("--one", "--other"):
        group.add_argument(name, action="store_true")
    parser.add_argument("--pair", nargs=2)
    parser.add_argument("--n", type=int)
    for arguments in (
        [],
        ["--o"],
        ["--one", "--other"],
        ["--one", "--pair", "1"],
        ["--one", "--n", "?"],
    ):
        with pytest.raises(SystemExit):
            parser.parse_args(arguments)
        *_, chinese, english = capsys.readouterr().err.splitlines()
        assert has_han(chinese) and "有误" not in chinese and not has_han(english)


def test_numbers_keep_to_their_range():
    assert within(int, 1, 8)("8") == 8
    assert within(float, 0.5, 8)("0.5") == 0.5


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a full disk is Linux's /dev/full")
def test_full_disk_is_said(run_course):
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "course", "fetch"]
        result = processes.run(command, stdout=full)
    assert result.returncode == 1
    assert "磁盘满了" in result.stderr and "The disk is full" in result.stderr
    assert "Traceback" not in result.stderr and "Exception ignored" not in result.stderr


def test_what_the_system_refuses_is_no_traceback(capsys, tmp_path):
    (tmp_path / "file").touch()
    for arguments in (
        ["progress", "--export", str(tmp_path / "file" / "x.csv")],
        ["release", str(tmp_path / "file"), "03"],
        ["fetch", "font_chinese", "--to", str(tmp_path / "file" / "pack")],
        ["progress", "--export", str(tmp_path)],
    ):
        assert cli.main(arguments) == 1, arguments
        error = "".join(capsys.readouterr())
        assert has_han(error) and str(tmp_path) in error


INTERRUPTIBLE = """
import sys
from course import cli
from course.learner import train
real = train.load
def load(folder):
    print("ready", flush=True)
    return real(folder)
train.load = load
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
@pytest.mark.parametrize("times", [1, 4])
def test_ctrl_c_once_and_again(tmp_path, times):
    picture = tmp_path / "picture.png"
    Image.linear_gradient("L").resize((2000, 2000)).save(picture)
    for name in ("a", "b"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for i in range(300):
            os.link(picture, tmp_path / "photos" / name / f"{i}.png")
    out = tmp_path / "m.keras"
    command = [sys.executable, "-c", INTERRUPTIBLE, "train", "--data", tmp_path / "photos"]
    process = subprocess.Popen(
        [*command, "--out", out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdout.readline() == "ready\n"
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.02)
    _, error = process.communicate(timeout=60)
    # The last of four may come when Python has taken its handlers down: then the system ends it.
    assert process.returncode in ({130} if times == 1 else {130, -signal.SIGINT})
    assert "Traceback" not in error and "Exception ignored" not in error
    assert times > 1 or cli.INTERRUPTED in error
    assert not out.exists()


def test_names_cannot_steer_the_terminal():
    name = "\x1b[2J\x9b1m\u202egpj.\r\udc80猫 😺\t"
    shown = printable(name)
    assert shown == r"\x1b[2J\x9b1m\u202egpj.\r\udc80猫 😺\t"
    shown.encode("utf-8")
    assert both(name, name).count("\x1b") == 0
    assert "\x1b" not in str(CourseError(f"找不到 {name}", f"no {name}"))
    assert both("a\nb", "c") == "a\nb\nc"


def test_a_hostile_argument_is_shown_not_obeyed(run_course):
    for arguments in (("train", "--data", "\x1b[2J", "--out", "m.keras"), ("tr\x1b[2Jain",)):
        result = run_course(*arguments)
        assert result.returncode and "x1b[2J" in result.stderr and "\x1b" not in result.stderr
