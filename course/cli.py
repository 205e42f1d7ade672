"""The ``course`` command: argument handling and nothing else.

Each command's module is imported only when it is asked for, so that help, fetch and doctor answer
without TensorFlow. A command module has ``add_arguments(parser)`` and ``run(args) -> int | None``.
"""

import argparse
import importlib
import importlib.util
import os
import sys
from types import ModuleType

from course_utils.messages import CourseError, both

# command: (module, 中文, English)
COMMANDS = {
    "lab": ("course.learner.lab", "打开课程（JupyterLab）", "open the course in JupyterLab"),
    "start": ("course.learner.start", "把课程笔记本复制到 my_course/ 并打开", "copy lessons to my_course/ and open them"),
    "update": ("course.learner.update", "把新版课程放到你改过的笔记本旁边", "bring new versions beside the lessons you changed"),
    "run": ("course.learner.run", "执行一课并显示结果", "execute a lesson and show its result"),
    "fetch": ("course.learner.fetch", "下载照片、权重和语料", "get photos, weights and corpora"),
    "doctor": ("course.learner.doctor", "检查这台电脑能否运行课程", "check that this computer can run the course"),
    "train": ("course.learner.train", "用照片文件夹训练分类器", "train a classifier on folders of photos"),
    "classify": ("course.learner.classify", "给照片分类", "label photos"),
    "evaluate": ("course.learner.evaluate", "评估分类器", "evaluate a classifier"),
    "progress": ("course.learner.progress", "显示或导出学习进度", "show or export your progress"),
    "test": ("course.author.test", "运行全部检查", "run all checks"),
    "try": ("course.author.try_", "用别的软件包版本检查笔记本", "check the notebooks with other package versions"),
    "build": ("course.author.build", "从 lessons/ 生成笔记本", "build notebooks from lessons/"),
    "new": ("course.author.new", "用模板新建一课", "start a lesson from the template"),
    "export": ("course.author.export", "导出单语笔记本、网页或幻灯片", "export monolingual notebooks, web pages or slides"),
    "release": ("course.teacher.release", "制作学生版课程包", "make a student copy"),
    "teach": ("course.teacher.teach", "打印给教师的备课页", "print a lesson's sheet for the teacher"),
    "grade": ("course.teacher.grade", "批改收上来的笔记本", "mark handed-in notebooks"),
}  # fmt: skip


def command_parser() -> argparse.ArgumentParser:
    """The top-level parser; it knows the commands' names and one line about each."""
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:<{width}}{zh} · {en}" for name, (_, zh, en) in COMMANDS.items()]
    parser = argparse.ArgumentParser(
        prog="course",
        description="双语迁移学习课程 · the bilingual transfer-learning course",
        epilog="命令 · commands:\n" + "\n".join(lines),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", nargs="?", default="lab", choices=COMMANDS, metavar="COMMAND")
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


def main(argv: list[str] | None = None) -> int:
    """Run one command; a CourseError is printed without a traceback."""
    argv = sys.argv[1:] if argv is None else argv
    first, rest = argv[:1], argv[1:]
    name = command_parser().parse_args(first).command
    module_name, zh, en = COMMANDS[name]
    try:
        module = command_module(name, module_name)
        parser = argparse.ArgumentParser(prog=f"course {name}", description=f"{zh} · {en}")
        module.add_arguments(parser)
        return module.run(parser.parse_args(rest)) or 0
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(both("已中断。", "Interrupted."), file=sys.stderr)
        return 130
    except BrokenPipeError:  # `course … | head`: whoever read has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
