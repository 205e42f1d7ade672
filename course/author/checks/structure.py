"""Is a lesson built as the course's lessons are, and is its notebook fit to be compared and read?

``source_problems`` looks at the cells an author writes, ``notebook_problems`` at the built file.
"""

import ast
import base64
import re
import statistics

from nbformat import NotebookNode

from course.author.checks import header
from course.author.checks.problems import Problem
from course.author.checks.typography import has_han
from course.notebooks.execute import ANSI, IMAGES, WIDGET_VIEW, shown_texts
from course.notebooks.lessons import Lesson, python_only, read_notebook, read_source, tags
from course_utils.learning.checking import METADATA_KEY

TAGS = {
    "lang-zh", "lang-en", "nbval-ignore-output", "raises-exception", "photo-live", "live-timing",
    "result-table", "any-seed", "exercise", "quiz", "setup", "keep-output",
}  # fmt: skip
TAG_PREFIXES = ("time-", "shows-")
# Calls that make a cell an exercise, a quiz, a guess or a look at one's progress.
LEARNING_CALLS = {
    "check", "hint", "solution", "quiz", "finish", "progress", "reset", "predict", "guesses",
}  # fmt: skip
# Sections that every lesson has: (a word of the Chinese heading, a word of the English one).
SECTIONS = (
    ("你将学会", "What you will be able to do"),
    ("开始之前", "Before you start"),
    ("先猜一猜", "Predict first"),
    ("练习", "Exercises"),
    ("测验", "Quiz"),
    ("小结", "Take-away"),
    ("对原文章的更正", "Corrections to the source articles"),
    ("参考文献", "References"),
)
TEACHING_CELLS = (15, 25)
MAX_CODE_CELLS = 46  # the last one ends the lesson
MEDIAN_LINES, MOST_LINES = 6, 15
MAX_NOTEBOOK = 1_500_000
# Methods that change the object they are called on.
CHANGING = {"fit", "compile", "append", "extend", "update", "pop", "set_weights"}
MAX_IMAGE = {"image/png": 60_000, "image/jpeg": 100_000}
ABSOLUTE_PATH = re.compile(
    r"(?<![\w./])(?:/(?:home|root|Users|tmp|var|opt|mnt|private)/|[A-Z]:\\)\S*"
)
CLOCK = re.compile(r"\d+\s?(?:ms|us|µs|s)/(?:step|epoch)|Wall time|CPU times")
VERSION = re.compile(r"(?i)\b(?:python|tensorflow|keras|numpy|pandas)\W{1,4}v?\d+\.\d+\.\d+")
LONG_NUMBER = re.compile(r"(?<![\w.])\d+\.\d+(?:e[-+]?\d+)?(?![\w.])")
NBVAL_COMMENT = re.compile(r"^\s*#\s*(?:NBVAL_|PYTEST_VALIDATE)", re.MULTILINE)


class Findings(list):
    """Collects problems of one file."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def add(self, rule: str, cell: int, zh: str, en: str) -> None:
        """One more; ``cell`` counts from 1, 0 is the whole file."""
        self.append(Problem(rule, self.file, cell, zh, en))


def source_problems(notebook: NotebookNode, file: str) -> list[Problem]:
    """What is wrong with the cells that an author writes."""
    found = Findings(file)
    for number, cell in enumerate(notebook.cells, 1):
        _check_tags(cell, number, found)
        if "nbval-ignore-output" in tags(cell):
            _check_assertion_follows(notebook.cells[number:], number, found)
    _check_assertions_only_look(notebook, found)
    _check_answers_stay_open(notebook, found)
    _check_sections(notebook, found)
    _check_ending(notebook, found)
    _check_amount_of_code(notebook, found)
    return found


def _check_tags(cell: NotebookNode, number: int, found: Findings) -> None:
    for tag in sorted(tags(cell) - TAGS):
        if not tag.startswith(TAG_PREFIXES) or tag in TAG_PREFIXES:
            found.add("tags", number, f"没有标签 {tag}", f"there is no tag {tag}")
    if cell.cell_type == "code" and NBVAL_COMMENT.search(cell.source):
        found.add("tags", number, "用标签，不用 NBVAL 注释", "use tags, not NBVAL comments")
    if "live-timing" in tags(cell) and "nbval-ignore-output" not in tags(cell):
        found.add(
            "tags",
            number,
            "live-timing 还需要标签 nbval-ignore-output",
            "live-timing needs the tag nbval-ignore-output as well",
        )


def _check_assertion_follows(following: list[NotebookNode], number: int, found: Findings) -> None:
    code = next((cell for cell in following if cell.cell_type == "code"), None)
    ignored = {"nbval-ignore-output", "raises-exception"}
    if code is None or ignored & tags(code) or not has_assertion(code.source):
        found.add(
            "assertion",
            number,
            "输出不比较的单元格后面，下一个代码单元格要比较输出，并断言（assert）结论，留出余量",
            "its output is not compared: the next code cell must be compared and assert the "
            "claim, with a margin",
        )


def _check_assertions_only_look(notebook: NotebookNode, found: Findings) -> None:
    """With photos of one's own assertions are left out, and with them all that they did besides."""
    trees = [
        _parse(c.source) if c.cell_type == "code" else ast.Module([], []) for c in notebook.cells
    ]
    functions = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    acting: set[str] = set()
    for _ in functions:  # one that calls an acting one acts too
        acting |= {f.name for f in functions if _acts(f, acting)}
    for number, tree in enumerate(trees, 1):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assert) and _acts(node, acting):
                found.add(
                    "assertion acts",
                    number,
                    f"断言只能看，不能做事：先在它前面做完（{ast.unparse(node)[:60]}）",
                    f"an assertion must only look; do it on a line before ({ast.unparse(node)[:60]})",
                )


def _check_answers_stay_open(notebook: NotebookNode, found: Findings) -> None:
    """Who is about to guess reads the next cell, too: it must not assert what was asked."""
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code" or "setup" in tags(cell):  # set-up is folded
            continue
        nodes = list(ast.walk(_parse(cell.source)))
        outcomes = [n for n in nodes if isinstance(n, ast.Call) and _called(n) == "outcome"]
        asked = {name for call in outcomes for value in call.args[1:] for name in _names(value)}
        told = {name for n in nodes if isinstance(n, ast.Assert) for name in _names(n.test)}
        for name in sorted(asked & told):
            found.add(
                "answer in view",
                number,
                f"断言里的 {name} 在猜以前就说出了答案：把断言移到后面折叠的单元格",
                f"the assertion about {name} gives the answer away before the guess: move it to "
                "a folded cell further down",
            )


def _names(code: ast.AST) -> set[str]:
    """Names of values that the code reads; functions that it calls are left out."""
    called = {n.func for n in ast.walk(code) if isinstance(n, ast.Call)}
    return {n.id for n in ast.walk(code) if isinstance(n, ast.Name) and n not in called}


def _acts(code: ast.AST, acting: set[str]) -> bool:
    """Whether the code, or a function of ``acting`` that it calls, changes what others can see."""
    own = {n.arg for n in ast.walk(code) if isinstance(n, ast.arg)}
    own |= {n.id for n in ast.walk(code) if _is_stored(n) and isinstance(n, ast.Name)}
    for node in ast.walk(code):
        if isinstance(node, ast.Global | ast.Nonlocal):
            return True
        if isinstance(node, ast.NamedExpr) and isinstance(code, ast.Assert):
            return True
        if isinstance(node, ast.Subscript | ast.Attribute) and _is_stored(node):
            if _owner(node) not in own:
                return True
        elif isinstance(node, ast.Call):
            name, method = _called(node), isinstance(node.func, ast.Attribute)
            if name in (CHANGING if method else acting) and _owner(node.func) not in own:
                return True
    return False


def _is_stored(node: ast.AST) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Store)


def _owner(node: ast.AST) -> str:
    """``a`` of ``a.b[0].c``; nothing where it begins with something else than a name."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def has_assertion(source: str) -> bool:
    """Whether the code has an ``assert`` about something: ``assert True`` cannot fail.

    ``figures.assert_figure(…)`` and ``np.testing.assert_allclose(…)`` count too.
    """
    for node in ast.walk(_parse(source)):
        if isinstance(node, ast.Assert):
            if any(isinstance(part, ast.Name) for part in ast.walk(node.test)):
                return True
        elif isinstance(node, ast.Call) and node.args and _called(node).startswith("assert_"):
            return True
    return False


def _parse(source: str) -> ast.Module:
    return ast.parse(python_only(source))


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _check_sections(notebook: NotebookNode, found: Findings) -> None:
    headings = [c.source for c in notebook.cells if c.cell_type == "markdown" and not tags(c)]
    text = "\n".join(headings)
    if not notebook.cells or not re.match(r"# \d\d ", notebook.cells[0].source):
        found.add(
            "title",
            1,
            "第一个单元格是标题：# NN 中文 · English",
            "cell 1 is the title: # NN 中文 · English",
        )
    for zh, en in SECTIONS:
        if zh not in text or en.lower() not in text.lower():
            found.add("sections", 0, f"缺少一节：{zh}", f"a section is missing: {zh} · {en}")
    prose = [c.source for c in notebook.cells if "lang-en" in tags(c)]
    if not re.search(r"\d[^.\n]*\b(?:minutes?|seconds)\b", "\n".join(prose)):
        found.add("minutes", 0, "没有写这一课要几分钟", "it does not say how many minutes it takes")


def _check_ending(notebook: NotebookNode, found: Findings) -> None:
    """The last cell is ``finish("NN")`` with the lesson's own number."""
    title = re.match(r"# (\d\d) ", notebook.cells[0].source) if notebook.cells else None
    if title is None:
        return  # _check_sections has said so
    last = notebook.cells[-1]
    calls = ast.walk(_parse(last.source)) if last.cell_type == "code" else ()
    ends = (node for node in calls if isinstance(node, ast.Call) and _called(node) == "finish")
    numbers = [getattr(argument, "value", None) for call in ends for argument in call.args]
    if numbers != [title[1]]:
        call = f'finish("{title[1]}")'
        found.add(
            "ending",
            len(notebook.cells),
            f"最后一个单元格要是 {call}：你现在能做什么、一道以前的题、下一课",
            f"the last cell is {call}: what you can do now, an earlier question, the next lesson",
        )


def _check_amount_of_code(notebook: NotebookNode, found: Findings) -> None:
    code = [c for c in notebook.cells if c.cell_type == "code" and not _only_guesses(c.source)]
    teaching = [cell for cell in code if is_teaching(cell)]
    low, high = TEACHING_CELLS
    if not low <= len(teaching) <= high or len(code) > MAX_CODE_CELLS:
        found.add(
            "cell count",
            0,
            f"讲解代码单元格 {len(teaching)} 个（应为 {low}–{high}），共 {len(code)} 个（至多 {MAX_CODE_CELLS}）",
            f"{len(teaching)} teaching code cells (want {low}–{high}), {len(code)} code cells in "
            f"all (at most {MAX_CODE_CELLS})",
        )
    lengths = [code_lines(cell.source) for cell in teaching] or [0]
    short = sum(n <= MOST_LINES for n in lengths) / len(lengths)
    if statistics.median(lengths) > MEDIAN_LINES or short < 0.9:
        longest = max(lengths)
        found.add(
            "cell length",
            0,
            f"代码单元格太长：中位数 {statistics.median(lengths):g} 行（至多 {MEDIAN_LINES}），"
            f"{short:.0%} 不超过 {MOST_LINES} 行（至少 90%），最长 {longest} 行",
            f"code cells are long: median {statistics.median(lengths):g} lines (at most "
            f"{MEDIAN_LINES}), {short:.0%} within {MOST_LINES} (at least 90%), longest {longest}",
        )


def _only_guesses(source: str) -> bool:
    """A line for the learner's guess, or all guesses at the end, is not much to read."""
    calls = [getattr(line, "value", None) for line in _parse(source).body]
    return bool(calls) and all(
        isinstance(c, ast.Call) and _called(c) in ("predict", "guesses") for c in calls
    )


def is_teaching(cell: NotebookNode) -> bool:
    """Whether the code cell teaches: no exercise, quiz or set-up."""
    if {"exercise", "quiz", "setup"} & tags(cell):
        return False
    calls = (node for node in ast.walk(_parse(cell.source)) if isinstance(node, ast.Call))
    return not any(isinstance(c.func, ast.Name) and c.func.id in LEARNING_CALLS for c in calls)


def code_lines(source: str) -> int:
    """Lines that are neither empty nor only a comment."""
    lines = (line.strip() for line in source.splitlines())
    return sum(bool(line) and not line.startswith("#") for line in lines)


def notebook_problems(notebook: NotebookNode, file: str, size: int) -> list[Problem]:
    """What is wrong with a built notebook; ``size`` is the file's, in bytes."""
    found = Findings(file)
    if size > MAX_NOTEBOOK:
        found.add(
            "size", 0, f"{size} 字节，至多 {MAX_NOTEBOOK}", f"{size} bytes, not {MAX_NOTEBOOK}"
        )
    if "widgets" in notebook.metadata:
        found.add("widget state", 0, "存有小部件状态", "it stores widget state")
    if "version" in notebook.metadata.get("language_info", {}):
        found.add("version", 0, "存有 Python 的版本", "it stores Python's version")
    count = 0
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            count += 1
            if cell.execution_count != count:
                found.add(
                    "not executed",
                    number,
                    "没有按顺序执行：请重新生成",
                    "not executed in order: build again",
                )
            _check_outputs(cell, number, found)
    return found


def _check_outputs(cell: NotebookNode, number: int, found: Findings) -> None:
    if {"execution", "ExecuteTime"} & cell.metadata.keys():
        found.add("timing", number, "存有执行时间", "it stores execution times")
    for output in cell.outputs:
        if output.output_type == "stream" and output.name == "stderr":
            found.add(
                "stderr",
                number,
                "有警告或错误输出：请消除其原因",
                "it prints to stderr: remove the cause",
            )
        if WIDGET_VIEW in output.get("data", {}):
            found.add("widget state", number, "存有小部件的编号", "it stores a widget's id")
        _check_images(cell, output, number, found)
    _check_error(cell, number, found)
    _check_outcomes(cell, number, found)
    _check_texts(cell, number, found)


def _check_images(cell: NotebookNode, output: NotebookNode, number: int, found: Findings) -> None:
    for kind in IMAGES:
        if kind not in output.get("data", {}):
            continue
        if "photo-live" in tags(cell):
            found.add("photo-live", number, "这张图不应保存", "this picture must not be stored")
        alt = output.metadata.get(kind, {}).get("alt", "")
        if not has_han(alt) or not re.search(r"[A-Za-z]{3,}", alt):
            found.add(
                "alt text",
                number,
                "图片要有两种语言的替代文字：用 figures.show(fig, alt_zh, alt_en)",
                "the picture needs alt text in both languages: figures.show(fig, alt_zh, alt_en)",
            )
        if kind in MAX_IMAGE and (n := len(base64.b64decode(output.data[kind]))) > MAX_IMAGE[kind]:
            limit = MAX_IMAGE[kind]
            found.add(
                "image size",
                number,
                f"{kind}：{n} 字节，至多 {limit}",
                f"{kind}: {n} bytes, at most {limit}",
            )


def _check_error(cell: NotebookNode, number: int, found: Findings) -> None:
    failed = any(output.output_type == "error" for output in cell.outputs)
    if failed != ("raises-exception" in tags(cell)):
        found.add(
            "error",
            number,
            "有错误的单元格要有标签 raises-exception，有这个标签的单元格要有错误",
            "a cell that fails has the tag raises-exception, and one with that tag fails",
        )


def _check_outcomes(cell: NotebookNode, number: int, found: Findings) -> None:
    """``outcome`` never raises: what it could not use stands in its output, and nobody may notice."""
    about = [output.get("metadata", {}).get(METADATA_KEY, {}) for output in cell.outputs]
    known = {entry.get("prediction") for entry in about if "result" in entry}
    calls = (node for node in ast.walk(_parse(cell.source)) if isinstance(node, ast.Call))
    names = {getattr(c.args[0], "value", "") for c in calls if _called(c) == "outcome" and c.args}
    for name in sorted(names - known):
        zh = f"outcome({name!r}, …) 没有显示结果：编号或结果的类型不对"
        found.add("outcome", number, zh, f"outcome({name!r}, …) shows no result: see its output")
    if any("guess" in entry for entry in about):
        found.add("guess", number, "存有某个人的猜测", "it stores somebody's guess: build it again")


def _check_texts(cell: NotebookNode, number: int, found: Findings) -> None:
    text = ANSI.sub("", "\n".join(shown_texts(cell)))
    if match := ABSOLUTE_PATH.search(text):
        path = match[0]
        found.add("path", number, f"输出里有路径 {path}", f"its output shows the path {path}")
    if match := CLOCK.search(text):
        found.add(
            "timing", number, f"输出里有用时：{match[0]}", f"its output has a timing: {match[0]}"
        )
    if match := VERSION.search(text):
        found.add(
            "version", number, f"输出里有版本：{match[0]}", f"its output has a version: {match[0]}"
        )
    if not {"nbval-ignore-output", "raises-exception"} & tags(cell):
        _check_digits(text, number, found)


def _check_digits(text: str, number: int, found: Findings) -> None:
    for match in LONG_NUMBER.finditer(text):
        digits = match[0].split("e")[0].replace(".", "").lstrip("0")
        if len(digits) > 4:
            found.add(
                "digits",
                number,
                f"会被比较的输出里 {match[0]} 多于四位有效数字：请舍入",
                f"{match[0]} in compared output has more than four significant digits: round it",
            )
            return


def check_lesson(lesson: Lesson) -> list[Problem]:
    """The findings for a lesson and its notebook."""
    source, file = read_source(lesson), f"lessons/{lesson.source.name}"
    found = header.check(source, file) + source_problems(source, file)
    notebook = read_notebook(lesson.notebook)
    size = lesson.notebook.stat().st_size
    return found + notebook_problems(notebook, f"notebooks/{lesson.notebook.name}", size)
