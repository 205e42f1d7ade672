"""``check``, ``hint``, ``solution`` and ``reset``: they show what they have to say, never raise."""

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any

from course_utils.learning import deadline, definitions, judges, records, show, where
from course_utils.learning.definitions import Exercise, Text, Verdict, not_yet
from course_utils.learning.records import record_quietly
from course_utils.messages import CourseError, debugging

TITLES: dict[str, Text] = {
    "right": ("✓ 正确", "✓ Right"),
    "not yet": ("✗ 还不对", "✗ Not yet"),
    "not attempted": ("○ 还没有作答", "○ Not attempted"),
}
TEXT_NOT_ATTEMPTED = (
    "把 `...` 换成你的答案，再运行这个单元格。",
    "Put your answer where `...` stands, then run this cell again.",
)
# How a call is written.
EXAMPLES = {
    "check": 'check("03-2", answer)',
    "hint": 'hint("03-2")',
    "solution": 'solution("03-2")',
    "quiz": 'quiz("03-q1")',
    "reset": 'reset("03-2")',
    "predict": 'predict("03-p1", 20)',
    "outcome": 'outcome("03-p1", n_right)',
    "guesses": 'guesses("03")',
    "finish": 'finish("03")',
}
# What `course grade` reads in the metadata of an output.
METADATA_KEY = "course"


def never_raises(function: Callable) -> Callable:
    """Whatever goes wrong inside becomes a message.

    COURSE_DEBUG=1 lets an error of the course itself through, with its traceback.
    """

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            _refuse_other_arguments(function, args, kwargs)
            function(*args, **kwargs)
        except CourseError as error:
            show.show(("请看这里", "Please note"), (error.zh, error.en))
        except Exception as error:  # a lesson goes on whatever happens here
            if debugging():
                raise
            _show_own_fault(error)

    return wrapped


def _refuse_other_arguments(function: Callable, args: tuple, kwargs: dict) -> None:
    """CourseError where they are too few, too many or of other names: a slip, not a fault here."""
    try:
        inspect.signature(function).bind(*args, **kwargs)
    except TypeError:
        raise _how_to_write(function.__name__) from None


def _how_to_write(name: str) -> CourseError:
    """The call with an id of the lesson that is open, and what else there is in that lesson."""
    example, number = EXAMPLES.get(name, f"{name}()"), where.this_lesson()
    group, kind = (
        (definitions.quizzes, ("测验", "quizzes"))
        if name == "quiz"
        else (definitions.exercises, ("练习", "exercises"))
    )
    known = list(group(number)) if number and "-" in example else []
    zh, en = f"请这样写：`{example}`。", f"Write it like this: `{example}`."
    if not known:
        return CourseError(zh, en)
    example = re.sub(r'(?<=")03-q?\d', known[0], example)
    return CourseError(
        f"请这样写：`{example}`。这一课的{kind[0]}：{'、'.join(known)}。",
        f"Write it like this: `{example}`. The {kind[1]} of this lesson: {', '.join(known)}.",
    )


def _show_own_fault(error: Exception) -> None:
    zh = "这不是你的错，接着学就行。想看出错的位置：运行 `%env COURSE_DEBUG=1`，再运行这个单元格。"
    en = "This is no fault of yours; just go on. To see where it happened: run "
    en += "`%env COURSE_DEBUG=1`, then this cell again."
    what = f"`{judges.named(error)}`"
    title = ("课程自己出错了", "The course itself has failed")
    show.show(title, (f"{what}\n\n{zh}", f"{what}\n\n{en}"))


def assess(name: Any, answer: Any) -> Verdict:
    """Judge an answer without showing or recording anything. CourseError: no such exercise."""
    return judge(definitions.find_exercise(name), answer)


def judge(exercise: Exercise, answer: Any) -> Verdict:
    """The verdict on an answer, whatever the answer does: raise, never end, be nonsense."""
    try:
        return deadline.run(lambda: exercise.judge(answer), exercise.seconds)
    except deadline.TookTooLong as error:
        return _too_long(error)
    except KeyboardInterrupt:
        return not_yet("你中断了检查。", "You interrupted the check.")
    except BaseException as error:  # SystemExit in a learner's function too
        if debugging() and isinstance(error, Exception):
            raise  # what a learner's function raises is caught nearer to it
        return not_yet(*judges.describe_error(error, answer))


def _too_long(error: deadline.TookTooLong) -> Verdict:
    restart = ("", "")
    if not error.ended:
        restart = (
            "它停不下来，请重启内核（Kernel → Restart）。",
            " It cannot be stopped: restart the kernel (Kernel → Restart).",
        )
    return not_yet(
        f"{error.seconds:g} 秒后还没有结束，检查已停止。是不是有不会结束的循环？{restart[0]}",
        f"It had not finished after {error.seconds:g} s, so the check was stopped. "
        f"Is there a loop that never ends?{restart[1]}",
    )


@never_raises
def check(name: str, answer: Any = ...) -> None:
    """Say whether the answer to exercise ``name`` is right, and why or why not yet.

    Where a kernel runs, buttons below it give hints and the solution.
    """
    exercise = definitions.find_exercise(name)
    verdict = judge(exercise, answer)
    if verdict.state != "not attempted":
        record_quietly(records.note_exercise, exercise.id, verdict.state)
    zh, en = TITLES[verdict.state]
    title = (
        f"{zh} · {exercise.id} {exercise.title[0]}",
        f"{en} · {exercise.id} {exercise.title[1]}",
    )
    about = {METADATA_KEY: {"exercise": exercise.id, "state": verdict.state}}
    bundle = show.bundle(title, _reason(exercise, verdict), verdict.state)
    if show.in_notebook():
        from course_utils.learning.help_buttons import HelpForm

        bundle |= show.view(HelpForm(exercise, bundle["text/html"]).widget)
    show.publish(bundle, about)


def _reason(exercise: Exercise, verdict: Verdict) -> Text:
    """What is said below the verdict; to a right answer, why it is right and what that buys."""
    if verdict.state == "not attempted" and not verdict.zh:
        return TEXT_NOT_ATTEMPTED
    parts = [(verdict.zh, verdict.en)]
    if verdict.state == "right" and exercise.why:
        parts.append(exercise.why)
    zh, en = (
        "\n\n".join(part[language] for part in parts if part[language]) for language in (0, 1)
    )
    return zh, en


@never_raises
def hint(name: str) -> None:
    """Show the next hint of an exercise, after the ones that were shown before."""
    exercise = definitions.find_exercise(name)
    saved = records.read()["exercises"].get(exercise.id, {}).get("hints", 0)
    shown = min(max(saved, _shown_here.get(exercise.id, 0)) + 1, len(exercise.hints))
    note_hint(exercise, shown)
    show.show(*hints_up_to(exercise, shown))


# Hints shown by this kernel: they go on even where progress cannot be saved.
_shown_here: dict[str, int] = {}


def note_hint(exercise: Exercise, shown: int) -> None:
    """Remember that so many hints were shown; going back to an earlier one takes none away."""
    saved = records.read()["exercises"].get(exercise.id, {}).get("hints", 0)
    most = max(shown, saved, _shown_here.get(exercise.id, 0))
    _shown_here[exercise.id] = most
    record_quietly(records.note_help, exercise.id, hints=most)


def hints_up_to(exercise: Exercise, shown: int) -> tuple[Text, Text]:
    """Heading and text of the first ``shown`` hints."""
    total = len(exercise.hints)
    zh, en = (
        "\n".join(f"{n}. {text[language]}" for n, text in enumerate(exercise.hints[:shown], 1))
        for language in (0, 1)
    )
    if shown == total:
        zh += f'\n\n提示到此为止；`solution("{exercise.id}")` 给出完整解答。'
        en += f'\n\nThat was the last hint; `solution("{exercise.id}")` shows a worked answer.'
    heading = f"提示 {shown}/{total} · {exercise.id}", f"Hint {shown}/{total} · {exercise.id}"
    return heading, (zh, en)


@never_raises
def solution(name: str) -> None:
    """Show a worked answer; a student copy says that it has none."""
    show.show(*worked_answer(definitions.find_exercise(name)))


def worked_answer(exercise: Exercise) -> tuple[Text, Text]:
    """Heading and text of the solution, remembered as seen; a student copy has none."""
    text = exercise.solution
    if text is None:
        text = (
            "这份学生版不含解答。用 `hint` 看提示，或问你的老师。",
            "This student copy holds no solutions. Use `hint`, or ask your teacher.",
        )
    else:
        record_quietly(records.note_help, exercise.id, solution=True)
    zh, en = exercise.title
    return (f"解答 · {exercise.id} {zh}", f"Solution · {exercise.id} {en}"), text


RESETS = ('reset("03-2")', 'reset("03")', 'reset("all", confirm=True)')
RESETTABLE = re.compile(r"\d\d(-[qp]?\d+)?")


@never_raises
def reset(what: str = "", confirm: bool = False) -> None:
    """Forget progress: ``reset("03-2")``, ``reset("03")`` or ``reset("all", confirm=True)``."""
    title = ("重置进度", "Reset progress")
    everything = isinstance(what, str) and what == "all"
    if (everything and confirm) or (isinstance(what, str) and RESETTABLE.fullmatch(what)):
        n = records.forget("" if what == "all" else what)
        for name in list(_shown_here):
            if what == "all" or name == what or name.startswith(f"{what}-"):
                del _shown_here[name]
        show.show(title, (f"已清除 {n} 条记录。", f"Entries removed: {n}."))
    elif everything:
        text = '确实要清除全部进度，就运行 `reset("all", confirm=True)`。'
        show.show(title, (text, 'To clear all progress, run `reset("all", confirm=True)`.'))
    else:
        examples = [f"`{example}`" for example in RESETS]
        zh, en = "、".join(examples), ", ".join(examples)
        show.show(title, (f"说明要清除什么：{zh}。", f"Say what to clear: {en}."))
