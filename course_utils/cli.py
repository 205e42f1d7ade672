"""The ``course`` command: argument handling and nothing else.

Each command's module is imported only when it is asked for, so that help, fetch and doctor answer
without TensorFlow. A command module has ``add_arguments(parser)`` and ``run(args) -> int | None``.
"""

import argparse
import importlib
import os
import sys

from course_utils.messages import CourseError, both

# command: (module, 中文, English)
COMMANDS = {
    "lab": ("course_utils.workspace.lab", "打开课程（JupyterLab）", "open the course in JupyterLab"),
    "start": ("course_utils.workspace.start", "把课程笔记本复制到 my_course/ 并打开", "copy lessons to my_course/ and open them"),
    "update": ("course_utils.workspace.update", "把新版课程放到你改过的笔记本旁边", "bring new versions beside the lessons you changed"),
    "run": ("authoring.run", "执行一课并显示结果", "execute a lesson and show its result"),
    "fetch": ("course_utils.assets.command", "下载照片、权重和语料", "get photos, weights and corpora"),
    "doctor": ("course_utils.doctor", "检查这台电脑能否运行课程", "check that this computer can run the course"),
    "train": ("course_utils.classifier.train", "用照片文件夹训练分类器", "train a classifier on folders of photos"),
    "classify": ("course_utils.classifier.classify", "给照片分类", "label photos"),
    "evaluate": ("course_utils.classifier.evaluate", "评估分类器", "evaluate a classifier"),
    "progress": ("course_utils.learning.command", "显示或导出学习进度", "show or export your progress"),
    "test": ("authoring.testing", "运行全部检查", "run all checks"),
    "try": ("authoring.trial", "用别的软件包版本检查笔记本", "check the notebooks with other package versions"),
    "build": ("authoring.build", "从 lessons/ 生成笔记本", "build notebooks from lessons/"),
    "new": ("authoring.new", "用模板新建一课", "start a lesson from the template"),
    "export": ("authoring.export", "导出单语笔记本、网页或幻灯片", "export monolingual notebooks, web pages or slides"),
    "release": ("authoring.classroom.release", "制作学生版课程包", "make a student copy"),
    "teach": ("authoring.classroom.sheet", "打印给教师的备课页", "print a lesson's sheet for the teacher"),
    "collect": ("authoring.classroom.collect", "批改收上来的笔记本", "mark handed-in notebooks"),
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


def main(argv: list[str] | None = None) -> int:
    """Run one command; a CourseError is printed without a traceback."""
    argv = sys.argv[1:] if argv is None else argv
    first, rest = argv[:1], argv[1:]
    name = command_parser().parse_args(first).command
    module_name, zh, en = COMMANDS[name]
    try:
        module = importlib.import_module(module_name)
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
