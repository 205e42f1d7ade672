"""NumPy's errors in words that a beginner can act on."""

import re

from course_utils.learning.questions import Text

# NumPy's words, and what they mean to somebody who has not met them before.
EXPLAINED: tuple[tuple[str, Text], ...] = (
    (
        r"truth value of an array",
        (
            (
                "`if`、`and`、`or` 只能问一个真假，而这里的条件是一整个数组：逐个选值用 "
                "`np.where(condition, a, b)`，合并条件用 `&` 和 `|`。"
            ),
            (
                "`if`, `and` and `or` ask one yes or no, and this condition is a whole array: choose "
                "element by element with `np.where(condition, a, b)`, join conditions with `&` and `|`."
            ),
        ),
    ),
    (
        r"matmul: .*size (\d+) is different from (\d+)",
        (
            (
                "`A @ B` 要求 A 的列数等于 B 的行数；这里 B 有 {0} 行，A 有 {1} 列。把每个数组的形状写在旁边，"
                "看哪个要转置（`.T`）、次序要不要换。"
            ),
            (
                "`A @ B` needs as many columns in A as rows in B; here B has {0} rows and A has {1} "
                "columns. Write each shape beside its array: which one has to be transposed (`.T`), "
                "and is the order right?"
            ),
        ),
    ),
    (
        r"could not be broadcast together with shapes (\(.*?\)) (\(.*?\))",
        (
            "形状 `{0}` 和 `{1}` 不能逐个相配：从右往左看，每一维要相等，或者其中一个是 1。",
            (
                "The shapes `{0}` and `{1}` do not fit element by element: from right to left, each "
                "dimension must be equal, or one of the two must be 1."
            ),
        ),
    ),
    (
        r"only (?:length-1|0-dimensional|size-1) arrays can be converted",
        (
            "`math` 里的函数和 `float()` 只收一个数；数组用 `np.exp`、`np.log` 这些。",
            (
                "Functions of `math`, and `float()`, take one number; for arrays use `np.exp`, `np.log` "
                "and their like."
            ),
        ),
    ),
)


def meaning(error: str) -> Text:
    """What an error of NumPy's means and what to do about it; empty for others."""
    for pattern, (zh, en) in EXPLAINED:
        if found := re.search(pattern, error):
            return zh.format(*found.groups()), en.format(*found.groups())
    return "", ""
