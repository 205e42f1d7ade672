"""What commands take: argparse that answers in both languages, and arguments that have a range."""

import argparse
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from course_utils.messages import both

# What argparse says, and the same in Chinese; the first that matches counts.
CHINESE = (
    (r"the following arguments are required: (.*)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.*)", r"不认识的参数：\1"),
    (r"one of the arguments (.*) is required", r"这些参数至少要给一个：\1"),
    (r"ambiguous option: (\S+) could match (.*)", r"\1 有歧义，可能是：\2"),
    (r"expected one argument", r"后面要跟一个值"),
    (r"expected at (?:least|most) one argument", r"后面的值个数不对"),
    (r"expected (\d+) arguments?", r"后面要跟 \1 个值"),
    (r"invalid choice: (.*) \(choose from (.*)\)", r"不能是 \1，可选：\2"),
    (r"invalid \w+ value: (.*)", r"\1 不是有效的值"),
    (r"not allowed with argument (.*)", r"不能与 \1 一起使用"),
    (r"ignored explicit argument (.*)", r"不带值，却给了 \1"),
)


class Formatter(argparse.RawDescriptionHelpFormatter):
    """argparse's own headings, in both languages."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """The line above everything else."""
        super().add_usage(usage, actions, groups, prefix or "用法 · usage: ")


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose help and errors are in both languages."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_help=False, formatter_class=Formatter, **options)
        self._positionals.title, self._optionals.title = "参数 · arguments", "选项 · options"
        self.add_argument("-h", "--help", action="help", help="显示这些说明 · show this help")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, on stderr, and exit with 2."""
        self.print_usage(sys.stderr)
        zh, en = _translated(message)
        more = f"{self.prog} --help"
        text = both(f"{zh}。说明：{more}", f"{en}. For help: {more}")
        self.exit(2, text + "\n")


def _translated(message: str) -> tuple[str, str]:
    """argparse's message in both languages; those of ``within`` below are so already."""
    head, name, rest = "", "", message
    if found := re.fullmatch(r"argument ([^:]+): (.*)", message, re.DOTALL):
        name, rest = found.groups()
        head, name = f"参数 {name}：", f"argument {name}: "
    if "\n" in rest:
        zh, en = rest.split("\n", 1)
        return head + zh, name + en
    for pattern, chinese in CHINESE:
        if match := re.fullmatch(pattern, rest, re.DOTALL):
            return head + match.expand(chinese), name + rest
    return f"{head}命令的写法有误（{rest}）", name + rest


def within(kind: type[int] | type[float], low: float, high: float) -> Callable[[str], Any]:
    """A type for ``add_argument``: an int or a float from ``low`` to ``high``, both allowed."""
    zh_kind, en_kind = ("整数", "a whole number") if kind is int else ("数", "a number")
    first, last = (str(low), str(high)) if kind is int else (f"{low:g}", f"{high:g}")

    def parse(text: str) -> int | float:
        try:
            value = kind(text)
        except ValueError:
            value = None
        if value is None or not low <= value <= high:  # also what is no number: nan
            raise argparse.ArgumentTypeError(
                f"{text} 不行：要从 {first} 到 {last} 的{zh_kind}"
                f"\n{text} will not do: {en_kind} from {first} to {last} is needed"
            )
        return value

    return parse
