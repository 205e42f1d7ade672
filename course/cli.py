"""The ``course`` command: argument handling and nothing else.

Each command's module is imported only when it is asked for, so that help, fetch and doctor answer
without TensorFlow. A command module has ``add_arguments(parser)`` and ``run(args) -> int | None``.
"""

import errno
import importlib
import importlib.util
import io
import os
import signal
import subprocess
import sys
import threading
from types import ModuleType

from course.arguments import Parser
from course_utils.messages import CourseError, both, debugging

INTERRUPTED = both("已中断。", "Interrupted.")

# command: (module, 中文, English)
COMMANDS = {
    "lab": ("course.learner.lab", "打开课程（JupyterLab）", "open the course in JupyterLab"),
    "start": ("course.learner.start", "把课程笔记本复制到 my_course/ 并打开", "copy lessons to my_course/ and open them"),
    "update": ("course.learner.update", "把新版课程放到你改过的笔记本旁边", "bring new versions beside the lessons you changed"),
    "run": ("course.learner.run", "执行一课并显示结果", "execute a lesson and show its result"),
    "fetch": ("course.learner.fetch", "下载照片、权重和语料", "get photos, weights and corpora"),
    "doctor": ("course.learner.doctor", "检查这台电脑能否运行课程", "check that this computer can run the course"),
    "features": ("course.learner.features", "把很多照片的特征存成 Parquet", "features of very many photos as Parquet"),
    "train": ("course.learner.train", "用照片文件夹训练分类器", "train a classifier on folders of photos"),
    "classify": ("course.learner.classify", "给照片分类", "label photos"),
    "evaluate": ("course.learner.evaluate", "评估分类器", "evaluate a classifier"),
    "progress": ("course.learner.progress", "显示或导出学习进度", "show or export your progress"),
    "test": ("course.author.test", "运行全部检查", "run all checks"),
    "try": ("course.author.try_", "用别的软件包版本检查笔记本", "check the notebooks with other package versions"),
    "build": ("course.author.build", "从 lessons/ 生成笔记本", "build notebooks from lessons/"),
    "check": ("course.author.check", "检查课文：两种语言、术语、结构", "check lessons: languages, terms, structure"),
    "mutate": ("course.author.mutate", "在一课的代码里放入错误，看断言能否发现", "plant faults in a lesson: do its assertions see them?"),
    "corrections": ("course.author.corrections", "更新各课末尾的更正表", "make the lessons' tables of corrections anew"),
    "readme": ("course.author.readme", "重新生成 README.md", "make README.md anew"),
    "new": ("course.author.new", "用模板新建一课", "start a lesson from the template"),
    "export": ("course.author.export", "导出单语笔记本、网页或幻灯片", "export monolingual notebooks, web pages or slides"),
    "site": ("course.author.site", "把课程做成网站：阅读、搜索、动手拖", "make the course a website: read, search, touch"),
    "release": ("course.teacher.release", "制作学生版课程包", "make a student copy"),
    "teach": ("course.teacher.teach", "打印给教师的备课页", "print a lesson's sheet for the teacher"),
    "grade": ("course.teacher.grade", "批改收上来的笔记本", "mark handed-in notebooks"),
}  # fmt: skip
ALIASES = {"collect": "grade"}  # old name: today's; they go with the next release


def command_parser() -> Parser:
    """The top-level parser; it knows the commands' names and one line about each."""
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:<{width}}{zh} · {en}" for name, (_, zh, en) in COMMANDS.items()]
    parser = Parser(
        prog="course",
        description="双语迁移学习课程 · the bilingual transfer-learning course",
        epilog="命令 · commands:\n" + "\n".join(lines),
    )
    parser.add_argument(
        "command",
        nargs="?",
        default="lab",
        type=todays_name,
        choices=list(COMMANDS),
        metavar="COMMAND",
    )
    return parser


def command_module(name: str, module: str) -> ModuleType:
    """The command's module. CourseError in a student copy, which has those for learners only."""
    if importlib.util.find_spec(module.rpartition(".")[0]) is None:
        raise CourseError(
            f"这份学生版里没有 course {name}。要看这台电脑能不能运行课程：course doctor --deep",
            f"This student copy has no `course {name}`. To see whether the course runs on this "
            "computer: course doctor --deep",
        )
    if module.startswith("course.author.") and importlib.util.find_spec("jupytext") is None:
        raise CourseError(
            f"`course {name}` 要用课程作者的软件包，这里还没有装。请运行：python start.py {name}",
            f"`course {name}` needs the packages for the course's authors, which are not installed "
            f"here. Run: python start.py {name}",
        )
    return importlib.import_module(module)


def again_with_assertions(argv: list[str]) -> int:
    """The same command in a Python without ``-O`` and PYTHONOPTIMIZE, where assertions count."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONOPTIMIZE"}
    options = ["-P"] if sys.flags.safe_path else []
    command = [sys.executable, *options, "-m", "course.cli", *argv]
    if os.name != "nt":
        sys.stdout.flush()
        os.execve(command[0], command, env)
    return subprocess.call(command, env=env)


def main(argv: list[str] | None = None) -> int:
    """Run one command; what is wrong is said in both languages, without a traceback."""
    any_text_can_be_written()
    end_at_once_when_interrupted_again()
    argv = sys.argv[1:] if argv is None else argv
    if sys.flags.optimize:
        return again_with_assertions(argv)
    try:
        return _run(command_parser().parse_args(argv[:1]).command, argv[1:])
    except CourseError as error:
        if debugging():
            raise
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(INTERRUPTED, file=sys.stderr)
        return 130
    except BrokenPipeError:  # `course … | head`: whoever read has seen enough
        _drop_output()
        return 0
    except OSError as error:
        print(about_system(error), file=sys.stderr)
        try:
            sys.stdout.flush()
        except OSError:  # it was the output itself: Python would try, and complain, once more
            _drop_output()
        return 1


def _drop_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(name: str, rest: list[str]) -> int:
    module_name, zh, en = COMMANDS[name]
    module = command_module(name, module_name)
    parser = Parser(prog=f"course {name}", description=f"{zh} · {en}")
    module.add_arguments(parser)
    mixed = getattr(module, "OPTIONS_BETWEEN_PATHS", False)
    parse = parser.parse_intermixed_args if mixed else parser.parse_args
    code = module.run(parse(rest)) or 0
    sys.stdout.flush()  # a full disk or a closed pipe is noticed here, not at the interpreter's end
    return code


def todays_name(name: str) -> str:
    """The command's name; an old one is said to be old."""
    if name in ALIASES:
        new = ALIASES[name]
        zh = f"course {name} 改名为 course {new}；旧名字到下一版为止。"
        en = f"`course {name}` is now `course {new}`; the old name ends with the next release."
        print(both(zh, en), file=sys.stderr)
    return ALIASES.get(name, name)


def any_text_can_be_written() -> None:
    """Files and pipes get UTF-8, whatever the system's encoding; a terminal gets what it can show."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def end_at_once_when_interrupted_again() -> None:
    """The first Ctrl-C ends the work in order; one more does not wait for that, nor leave a trace."""
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return  # somebody else decides, or the shell that started this in the background
    if threading.current_thread() is not threading.main_thread():
        return

    def again(*_: object) -> None:
        os._exit(130)

    def first(*_: object) -> None:
        signal.signal(signal.SIGINT, again)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, first)


def about_system(error: OSError) -> str:
    """What the system refused, to which file, and what may help."""
    names = " → ".join(str(name) for name in (error.filename, error.filename2) if name)
    what = f"{error.strerror or error}" + (f": {names}" if names else "")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        zh, en = "磁盘满了：请腾出空间，或换一个位置", "The disk is full: free some space"
    else:
        zh = "请检查这个位置是否存在、能否写入、有没有被别的程序占用"
        en = "Check that the place exists, may be written to and is not held by another program"
    return both(f"系统拒绝了（{what}）。{zh}。", f"The system refused ({what}). {en}.")


if __name__ == "__main__":
    sys.exit(main())
