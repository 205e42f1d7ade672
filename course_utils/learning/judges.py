"""Judges: each function here returns one, a function ``answer -> Verdict``.

They accept every reasonable form of an answer (list, array, tensor; int or float), never run
strings, and say why an answer is not right yet. ``mistakes`` are pairs (wrong value or function,
(中文, English)): the reason for mistakes that learners are known to make.
"""

import copy
import inspect
import math
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.learning import explained
from course_utils.learning.definitions import NOT_ATTEMPTED, Text, Verdict, not_yet, right

Judge = Callable[[Any], Verdict]
Mistakes = Sequence[tuple[Any, Text]]


class Reason(Exception):
    """Why an answer is not right yet; ``judged`` turns it into a Verdict."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def untouched(answer: Any) -> bool:
    """Whether the stub is as the lesson wrote it: ``...``, None, "", or a collection of these."""
    if answer is None or answer is ...:
        return True
    if isinstance(answer, str):
        return answer.strip() in ("", "...", "…")
    if isinstance(answer, Mapping):
        return bool(answer) and all(map(untouched, answer.values()))
    return isinstance(answer, list | tuple) and bool(answer) and all(map(untouched, answer))


def values(expected: Any, rtol: float = 1e-3, atol: float = 1e-8, mistakes: Mistakes = ()) -> Judge:
    """A number, or numbers in the shape of ``expected``."""

    def judge(answer: Any) -> Verdict:
        compare(answer, expected, rtol, atol, mistakes)
        return right()

    return judged(judge)


number = values


def shape(expected: Sequence[int], mistakes: Mistakes = ()) -> Judge:
    """A shape such as ``(32, 8)``; the reason speaks of its dimensions."""

    def judge(answer: Any) -> Verdict:
        given = to_array(answer).ravel()
        if given.size != len(expected):
            _raise_known(given, mistakes)
            shown = _shown_shape(given)
            raise Reason(
                f"`{shown}` 有 {given.size} 维；它应有 {len(expected)} 维，每一维写一个数。",
                f"`{shown}` has {given.size} dimension{'s' * (given.size != 1)}; it should have "
                f"{len(expected)}, a number for each.",
            )
        for place, (got, want) in enumerate(zip(given, expected, strict=True), 1):
            if got != want:
                _raise_known(given, mistakes)
                zh, en = _direction(got, want)
                raise Reason(
                    f"`{_shown_shape(given)}` 的第 {place} 维{zh}。",
                    f"dimension {place} of `{_shown_shape(given)}` is {en}.",
                )
        return right()

    return judged(judge)


def _shown_shape(given: np.ndarray) -> str:
    return str(tuple(given.tolist()))


def _raise_known(given: np.ndarray, mistakes: Mistakes) -> None:
    for wrong, text in mistakes:
        if np.array_equal(given, np.ravel(wrong)):
            raise Reason(*text)


def choice(correct: str, feedback: Mapping[str, Text]) -> Judge:
    """One of the letters or words in ``feedback``; upper and lower case count the same."""
    known = {key.strip().lower(): text for key, text in feedback.items()}

    def judge(answer: Any) -> Verdict:
        if not isinstance(answer, str) or answer.strip().lower() not in known:
            names = ", ".join(f"`{key!r}`" for key in feedback)
            raise Reason(f"答案应是 {names} 之一。", f"The answer is one of {names}.")
        key = answer.strip().lower()
        return (right if key == correct.strip().lower() else not_yet)(*known[key])

    return judged(judge)


def words(accepted: Iterable[str], mistakes: Mistakes = ()) -> Judge:
    """A word or name; upper and lower case, spaces, ``-`` and ``_`` count the same."""
    good = {_plain(word) for word in accepted}
    wrong = {_plain(word): text for word, text in mistakes}

    def judge(answer: Any) -> Verdict:
        if not isinstance(answer, str):
            raise Reason("答案应是带引号的文字。", "The answer is text, in quotes.")
        if _plain(answer) in good:
            return right()
        zh_en = ("这个词不对，再读一遍题目。", "Not this word: read the question once more.")
        return not_yet(*wrong.get(_plain(answer), zh_en))

    return judged(judge)


def _plain(word: str) -> str:
    return "".join(ch for ch in word.lower() if ch not in " -_\t\n")


def fields(judges: Mapping[str, Judge]) -> Judge:
    """A dict with these keys, each judged by its own judge."""

    def judge(answer: Any) -> Verdict:
        if not isinstance(answer, Mapping):
            names = ", ".join(map(repr, judges))
            raise Reason(f"答案应是字典，键为 {names}。", f"The answer is a dict with {names}.")
        for key, part in judges.items():
            verdict = part(answer[key]) if key in answer else NOT_ATTEMPTED
            if verdict.state == "not attempted":
                return not_yet(f"`{key}` 还没有填。", f"`{key}` is not filled in yet.")
            if verdict.state == "not yet":
                return not_yet(f"`{key}`：{verdict.zh}", f"`{key}`: {verdict.en}")
        return right()

    return judged(judge)


def function(
    reference: Callable,
    inputs: Sequence[tuple] = (),
    random: Callable[[np.random.Generator], tuple] | None = None,
    n_random: int = 10,
    rtol: float = 1e-3,
    atol: float = 1e-6,
    mistakes: Mistakes = (),
    returns: Sequence[str] = (),
) -> Judge:
    """A function that returns what ``reference`` returns, and leaves its arguments as they are.

    It is called with each tuple of ``inputs`` and with ``n_random`` tuples from ``random(rng)``, a
    generator with a fixed seed. Results may be a number, an array, a tuple or dict of these, text.
    ``returns``: what the parts of a tuple are called, ``("dW", "db")``. A mistake that raises is
    recognised by its exception.
    """

    def judge(answer: Any) -> Verdict:
        if not callable(answer):
            raise Reason(
                f"答案应是函数，而你给的是{_kind(answer)[0]}。写函数名，不要加括号。",
                f"The answer is a function, and yours is {_kind(answer)[1]}. "
                "Write its name, without brackets.",
            )
        rng = np.random.default_rng(20)
        tries = [*inputs, *(random(rng) for _ in range(n_random))] if random else [*inputs]
        results, changed = [], ""
        for arguments in tries:
            given = copy.deepcopy(arguments)
            results.append(_call(answer, given, arguments, mistakes))
            changed = changed or _changed(answer, given, arguments)
            if untouched(results[-1]) and results[-1] is not None:
                return NOT_ATTEMPTED
        known = _known_mistake(results, tries, mistakes, rtol, atol)
        if changed:  # what comes of it may look like another mistake
            known = _about_change(changed)
        for arguments, result in zip(tries, results, strict=True):
            shown = _shown_call(answer, arguments)
            _check_result(result, reference, arguments, shown, known, rtol, atol, returns)
        return not_yet(*_about_change(changed)) if changed else right()

    return judged(judge)


def _known_mistake(
    results: list, tries: list[tuple], mistakes: Mistakes, rtol: float, atol: float
) -> Text | None:
    """The text of the first wrong function that gives exactly these results."""
    for wrong, text in mistakes:
        try:
            for result, arguments in zip(results, tries, strict=True):
                compare(result, wrong(*copy.deepcopy(arguments)), rtol, atol)
        except Exception:  # noqa: BLE001 (it differs or cannot be computed: not this mistake)
            continue
        return text
    return None


def _check_result(
    result: Any,
    reference: Callable,
    arguments: tuple,
    shown: str,
    known: Text | None,
    rtol: float,
    atol: float,
    returns: Sequence[str],
) -> None:
    expected = reference(*copy.deepcopy(arguments))
    if result is None:
        raise Reason(
            f"{shown} 时你的函数没有返回任何东西：是不是忘了 `return`？",
            f"For {shown} your function returns nothing: is a `return` missing?",
        )
    try:
        compare(result, expected, rtol, atol, tell=True, returns=returns)
    except Reason as reason:
        extra = known or ("", "")
        raise Reason(
            f"{extra[0]}{shown} 时：{reason.zh}", f"{extra[1]} For {shown}: {reason.en}".strip()
        ) from None


def _call(answer: Callable, given: tuple, arguments: tuple, mistakes: Mistakes) -> Any:
    """Call the learner's function with copies; what it raises becomes a readable reason."""
    try:
        return answer(*given)
    except NotImplementedError:
        return ...
    except Exception as error:  # noqa: BLE001 (a learner's function may raise anything)
        zh, en = _known_exception(error, arguments, mistakes) or ("", "")
        what = describe_error(error, answer, _shown_call(answer, arguments))
        raise Reason(f"{zh}{what[0]}", f"{en} {what[1]}".strip()) from None


def _known_exception(error: Exception, arguments: tuple, mistakes: Mistakes) -> Text | None:
    """The text of the first wrong function that fails in the same words here."""
    for wrong, text in mistakes:
        try:
            wrong(*copy.deepcopy(arguments))
        except Exception as other:  # noqa: BLE001 (that is what is compared)
            if named(other) == named(error):
                return text
    return None


def _changed(answer: Callable, given: tuple, arguments: tuple) -> str:
    """The name of the first argument that the call has changed; "" where none was."""
    for place, (after, before) in enumerate(zip(given, arguments, strict=True)):
        if isinstance(before, np.ndarray | list | dict) and not _same(after, before):
            return _parameter(answer, place)
    return ""


def _same(one: Any, other: Any) -> bool:
    try:
        np.testing.assert_equal(one, other)  # NaN, nested lists and dicts too
    except AssertionError:
        return False
    return True


def _parameter(answer: Callable, place: int) -> str:
    try:
        return list(inspect.signature(answer).parameters)[place]
    except (TypeError, ValueError, IndexError):  # a built-in, *args
        return f"#{place + 1}"


def _about_change(name: str) -> Text:
    return (
        (
            f"你的函数改动了传进来的 `{name}`，调用它的人手里的数据也就变了。`=` 不会复制："
            f"要改动，先写 `{name} = {name}.copy()`。"
        ),
        (
            f"Your function changes the `{name}` that it is given, and so the caller's own data. "
            f"`=` makes no copy: before you change it, write `{name} = {name}.copy()`."
        ),
    )


def describe_error(error: BaseException, answer: Any = None, shown: str = "") -> Text:
    """An exception in the learner's function: what, with which input, in which of its lines."""
    file = getattr(getattr(answer, "__code__", None), "co_filename", None)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    line = (frames[-1].line or "").strip() if frames else ""
    zh_line, en_line = (f"，出错的一行：`{line}`", f", in the line `{line}`") if line else ("", "")
    what = named(error).replace("\n", " ").strip(": ")[:300]
    zh_input, en_input = (f"{shown} 时", f" for {shown}") if shown else ("", "")
    zh_help, en_help = explained.meaning(named(error))
    return (
        f"{zh_input}你的函数报错了：`{what}`{zh_line}。{zh_help}",
        f"Your function fails{en_input}: `{what}`{en_line}. {en_help}".strip(),
    )


def named(error: BaseException) -> str:
    """``ValueError: why``; an exception whose text cannot be made is named by its type alone."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 (a learner's own class of exceptions)
        return type(error).__name__


def judged(judge: Judge) -> Judge:
    """Wrap a judge of one's own: untouched answers are not attempted, a Reason becomes a Verdict."""

    def wrapped(answer: Any) -> Verdict:
        if untouched(answer):
            return NOT_ATTEMPTED
        try:
            return judge(answer)
        except Reason as reason:
            return not_yet(reason.zh, reason.en)

    return wrapped


# --- comparing ----------------------------------------------------------------------------------


def compare(
    answer: Any,
    expected: Any,
    rtol: float,
    atol: float,
    mistakes: Mistakes = (),
    tell: bool = False,
    returns: Sequence[str] = (),
) -> None:
    """Raise Reason unless ``answer`` equals ``expected``; ``tell`` names the value expected.

    ``returns``: names of a tuple's parts.
    """
    if isinstance(expected, str | bool | np.bool_ | None):
        _compare_exactly(answer, expected, tell)
    elif isinstance(expected, Mapping):
        _compare_keys(answer, expected, rtol, atol, tell)
    elif isinstance(expected, tuple) and (returns or not _numbers(expected)):
        _compare_parts(answer, expected, rtol, atol, tell, returns)
    else:
        array = to_array(answer)
        _compare_arrays(array, np.asarray(to_array(expected)), rtol, atol, mistakes, tell)


def _numbers(items: tuple) -> bool:
    return all(isinstance(item, int | float | np.number) for item in items)


def _compare_exactly(answer: Any, expected: Any, tell: bool) -> None:
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer.item()
    single = not isinstance(answer, list | tuple | Mapping | np.ndarray)
    same_kind = isinstance(answer, str) == isinstance(expected, str)
    if single and same_kind and answer == expected:
        return
    zh_want, en_want = (f"，应是 `{expected!r}`", f", not `{expected!r}`") if tell else ("", "")
    raise Reason(f"得到 `{_short(answer)}`{zh_want}。", f"It gives `{_short(answer)}`{en_want}.")


def _compare_keys(answer: Any, expected: Mapping, rtol: float, atol: float, tell: bool) -> None:
    if not isinstance(answer, Mapping) or set(answer) != set(expected):
        names = ", ".join(map(repr, expected))
        raise Reason(f"应是字典，键为 {names}。", f"It should be a dict with the keys {names}.")
    for key in expected:
        _part(f"`{key}`", answer[key], expected[key], rtol, atol, tell)


def _compare_parts(
    answer: Any, expected: tuple, rtol: float, atol: float, tell: bool, returns: Sequence[str]
) -> None:
    names = [f"`{name}`" for name in returns] or [f"#{n}" for n in range(1, len(expected) + 1)]
    if _is_array(answer) and answer.ndim:
        answer = list(answer)
    if not isinstance(answer, list | tuple) or len(answer) != len(expected):
        n = len(answer) if isinstance(answer, list | tuple) else 1
        zh, en = (f"（{'、'.join(names)}）", f" ({', '.join(names)})") if returns else ("", "")
        raise Reason(
            f"应返回 {len(expected)} 个结果{zh}，你的是 {n} 个。",
            f"It should return {len(expected)} results{en}, and yours are {n}.",
        )
    for name, one, other in zip(names, answer, expected, strict=True):
        _part(name, one, other, rtol, atol, tell)


def _part(name: str, one: Any, other: Any, rtol: float, atol: float, tell: bool) -> None:
    try:
        compare(one, other, rtol, atol, tell=tell)
    except Reason as reason:
        raise Reason(f"{name}：{reason.zh}", f"{name}: {reason.en}") from None


def to_array(answer: Any) -> np.ndarray:
    """Lists, tuples, arrays and tensors as an array of numbers; Reason where that is not possible."""
    if callable(answer) and not hasattr(answer, "__array__"):
        raise Reason("答案应是数，而不是函数。", "The answer is numbers, not a function.")
    if any(item is ... or item is None for item in _flat(answer)):
        raise Reason("还有没填的地方（`...`）。", "Some places are not filled in yet (`...`).")
    if any(isinstance(item, str | bytes) for item in _flat(answer)):
        raise Reason(
            "答案应是数，而你给的是文字：去掉引号。",
            "The answer is numbers, and yours is text: leave out the quotes.",
        )
    try:
        array = np.asarray(answer)
    except Exception as error:  # noqa: BLE001 (so may an object that calls itself an array)
        raise Reason(
            f"这些数排不成数组：各行长度要相同。（{error}）",
            f"These numbers make no array: rows must have equal lengths. ({error})",
        ) from None
    if array.dtype.kind not in "biufc":
        zh, en = _kind(answer)
        raise Reason(f"答案应是数，而你给的是{zh}。", f"The answer is numbers, and yours is {en}.")
    return array


def _flat(answer: Any) -> Iterable[Any]:
    if isinstance(answer, list | tuple):
        for item in answer:
            yield from _flat(item)
    else:
        yield answer


def _compare_arrays(
    array: np.ndarray,
    expected: np.ndarray,
    rtol: float,
    atol: float,
    mistakes: Mistakes,
    tell: bool,
) -> None:
    if array.size == expected.size == 1:  # 3, [3] and array([[3]]) are the same answer
        array, expected = array.reshape(()), expected.reshape(())
    for wrong, text in mistakes:
        wrong = np.asarray(wrong)
        if wrong.shape == array.shape and np.allclose(array, wrong, rtol, atol, equal_nan=True):
            raise Reason(*text)
    if array.shape != expected.shape:
        raise Reason(
            f"{_asked_shape(expected)[0]}，你的是 `{array.shape}`。",
            f"{_asked_shape(expected)[1]}, and yours is `{array.shape}`.",
        )
    if not np.isfinite(array).all() and np.isfinite(expected).all():
        _raise_not_finite(array, expected)
    if not np.allclose(array, expected, rtol, atol, equal_nan=True):
        _raise_different(array, expected, rtol, atol, tell)


def _raise_not_finite(array: np.ndarray, expected: np.ndarray) -> None:
    bad = "NaN" if np.isnan(array).any() else "inf"
    n = int((~np.isfinite(array)).sum())
    shape = f" `{expected.shape}` " if expected.shape else ""
    raise Reason(
        f"答案里有 {n} 个 {bad}；应是{shape or ''}有限的数。找找除以 0、`log(0)` 或溢出的地方。",
        f"The answer has {n} × {bad}; it should be{shape or ' a '}finite number"
        f"{'s' if shape else ''}. Look for a division by 0, `log(0)` or an overflow.",
    )


def _asked_shape(expected: np.ndarray) -> Text:
    if expected.ndim == 0:
        return "要的是一个数（形状 `()`）", "One number is asked (shape `()`)"
    return f"形状应是 `{expected.shape}`", f"The shape should be `{expected.shape}`"


def _raise_different(
    array: np.ndarray, expected: np.ndarray, rtol: float, atol: float, tell: bool
) -> None:
    apart = ~np.isclose(array, expected, rtol, atol, equal_nan=True)
    place = np.unravel_index(int(np.argmax(apart)), apart.shape)
    got, want = array[place], expected[place]
    where = f"[{', '.join(map(str, map(int, place)))}]" if place else ""
    zh_where, en_where = (f"`{where}` 处", f"at `{where}` ") if place else ("", "")
    if tell:
        shown, wanted = _tell_apart(got, want)
        raise Reason(
            f"{zh_where}得到 `{shown}`，应是 `{wanted}`。",
            f"{en_where}it gives `{shown}`, and `{wanted}` is expected.",
        )
    zh, en = _direction(got, want)
    n, size = int(apart.sum()), apart.size
    if size > 1:
        verb = "is" if n == 1 else "are"
        raise Reason(
            f"形状对了，但 {size} 个数里有 {n} 个不对；第一处在 `{where}`，{zh}。",
            f"The shape is right, but {n} of {size} numbers {verb} wrong; "
            f"the first is at `{where}`: {en}.",
        )
    raise Reason(f"`{_short(got)}` 不对，{zh}。", f"`{_short(got)}` is not right: {en}.")


def _direction(got: Any, want: Any) -> Text:
    if np.iscomplexobj(got) or np.iscomplexobj(want):
        return "值不同", "the value differs"
    if want != 0 and got != 0 and math.isclose(float(got), -float(want), rel_tol=1e-3):
        return "符号反了", "the sign is the other way round"
    too_big = float(got) > float(want)
    return ("太大了", "too large") if too_big else ("太小了", "too small")


def _tell_apart(got: Any, want: Any) -> tuple[str, str]:
    """Both values with as many digits as it takes to see that they differ."""
    for digits in (4, 6, 9, 12):
        shown, wanted = _short(got, digits), _short(want, digits)
        if shown != wanted:
            break
    return shown, wanted


def _short(value: Any, digits: int = 4) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    text = np.array2string(value, precision=4, threshold=20) if _is_array(value) else repr(value)
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:79] + "…"


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray)


def _shown_call(answer: Callable, arguments: tuple) -> str:
    """The input in a message, as code; ``photo.shape=(2, 4, 3)`` for big arrays."""
    if not any(map(_is_big, arguments)):
        return f"`({', '.join(map(_shown_argument, arguments))})`"
    parts = (
        f"{_parameter(answer, place)}{'.shape' * _is_big(one)}={_shown_argument(one)}"
        for place, one in enumerate(arguments)
    )
    return f"`{', '.join(parts)}`"


def _is_big(argument: Any) -> bool:
    return _is_array(argument) and argument.size > 6


def _shown_argument(argument: Any) -> str:
    if _is_big(argument):
        return str(argument.shape)
    if callable(argument):
        return getattr(argument, "__name__", type(argument).__name__)
    return _short(argument)


def _kind(value: Any) -> Text:
    known: dict[type, Text] = {
        str: ("文字", "text"),
        dict: ("字典", "a dict"),
        list: ("列表", "a list"),
        tuple: ("元组", "a tuple"),
        set: ("集合", "a set"),
    }
    name = f"`{type(value).__name__}`"
    return known.get(type(value), (f"类型 {name}", f"of type {name}"))
