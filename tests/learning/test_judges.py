"""Judges accept every reasonable form of an answer and say why others are not right."""

import sys
import types

import numpy as np
import pytest

from course_utils.learning import judges
from course_utils.learning.definitions import Verdict

MATRIX = np.array([[1.0, 2.0], [3.0, 4.0]])


class Tensor:
    """What NumPy sees of a tensor of any framework."""

    def __init__(self, array):
        self.array = np.asarray(array)

    def __array__(self, dtype=None, copy=None):
        return self.array if dtype is None else self.array.astype(dtype)


@pytest.mark.parametrize(
    "answer",
    [MATRIX, MATRIX.tolist(), ((1, 2), (3, 4)), Tensor(MATRIX), MATRIX.astype("float32") * 1.00001],
    ids=["array", "list", "tuple", "tensor", "rounded"],
)
def test_forms_of_an_array(answer):
    assert judges.values(MATRIX)(answer).state == "right"


@pytest.mark.parametrize(
    "answer", [3, 3.0, np.float32(3), [3], np.array([[3.0]]), Tensor(3), True + 2]
)
def test_forms_of_a_number(answer):
    assert judges.number(3)(answer).state == "right"


def test_a_range_is_its_numbers():
    assert judges.values([0, 1, 2])(range(3)).state == "right"


def test_keras_tensor():
    keras = pytest.importorskip("keras")
    assert judges.values(MATRIX)(keras.ops.convert_to_tensor(MATRIX)).state == "right"
    assert judges.values(MATRIX)(keras.Variable(MATRIX)).state == "right"


@pytest.mark.parametrize(
    ("answer", "zh", "en"),
    [
        ([1, 2, 3], "`(2, 2)`，你的是 `(3,)`", "should be `(2, 2)`, and yours is `(3,)`"),
        (MATRIX * [[1, 1], [1, np.nan]], "1 个 NaN", "1 × NaN"),
        (MATRIX * [[1, 1], [np.inf, np.inf]], "2 个 inf", "2 × inf"),
        ([["1", "2"], ["3", "4"]], "去掉引号", "leave out the quotes"),
        ([[1, 2], [3]], "各行长度", "rows must have equal lengths"),
        ([[1, 2], [3, ...]], "没填", "not filled in"),
        ({1, 2}, "集合", "a set"),
        ({"a": 1}, "字典", "a dict"),
        (range(3), "`(2, 2)`，你的是 `(3,)`", "yours is `(3,)`"),
        (object(), "`object`", "`object`"),
        (np.sum, "不是函数", "function"),
        (MATRIX + [[0, 0], [1, 1]], "4 个数里有 2 个不对", "2 of 4 numbers are wrong"),
        (MATRIX - [[0, 0], [1, 0]], "`[1, 0]`", "too small"),
    ],
)
def test_reasons_for_arrays(answer, zh, en):
    verdict = judges.values(MATRIX)(answer)
    assert verdict.state == "not yet"
    if zh != "不是函数":
        assert zh in verdict.zh
    assert en in verdict.en


def test_a_number_that_is_wrong_is_not_told_the_answer():
    verdict = judges.number(0.1234)(0.9)
    assert (verdict.state, "too large" in verdict.en) == ("not yet", True)
    assert "0.1234" not in verdict.zh + verdict.en
    assert "sign" in judges.number(-5)(5).en


def test_known_mistake_gets_its_own_reason():
    judge = judges.number(2, mistakes=[(4, ("忘了开方", "the square root is missing"))])
    assert judge(4) == Verdict("not yet", "忘了开方", "the square root is missing")
    assert "square root" not in judge(5).en


@pytest.mark.parametrize("stub", [..., None, "", "...", [..., ...], {"a": ..., "b": None}, (None,)])
def test_untouched_stubs_are_not_attempted(stub):
    fields = judges.fields({"a": judges.number(1)})
    for judge in (
        judges.number(1),
        judges.words(["x"]),
        judges.choice("a", {"a": ("", "")}),
        fields,
    ):
        assert judge(stub).state == "not attempted"


def test_zero_and_empty_are_answers():
    assert judges.number(1)(0).state == "not yet"
    assert judges.values([1, 2])([]).state == "not yet"
    assert judges.number(0)(0).state == "right"


def test_fields_name_the_key():
    judge = judges.fields({"W": judges.values((8, 5)), "b": judges.values((8,))})
    assert judge({"W": (8, 5), "b": [8]}).state == "right"
    assert "`W`" in judge({"W": (5, 8), "b": (8,)}).en
    assert judge({"W": (8, 5), "b": ...}).en == "`b` is not filled in yet."
    assert "'W', 'b'" in judge([8, 5]).en


def test_words_and_choices():
    judge = judges.words(["batch norm"], mistakes=[("dropout", ("不是它", "not that one"))])
    assert judge("Batch-Norm ").state == "right"
    assert judge("dropout").en == "not that one"
    assert judge(3).state == "not yet"
    choice = judges.choice("b", {"a": ("甲错", "a is wrong"), "b": ("对", "yes")})
    assert (choice(" B").state, choice("a").en) == ("right", "a is wrong")
    assert "`'a'`, `'b'`" in choice("c").en


# --- functions ----------------------------------------------------------------------------------


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum()


def softmax_judge(**more):
    return judges.function(softmax, random=lambda rng: (rng.normal(size=4) * 3,), **more)


def test_another_way_to_write_it_is_right():
    verdict = softmax_judge()(lambda z: [float(v) for v in np.exp(z) / sum(np.exp(z))])
    assert verdict.state == "right"


def test_a_function_that_fits_the_given_input_only_is_found_by_random_ones():
    given = np.zeros(4)
    judge = softmax_judge(inputs=[(given,)])
    assert judge(lambda z: np.full(4, 0.25)).state == "not yet"
    assert judges.function(softmax, inputs=[(given,)])(lambda z: np.full(4, 0.25)).state == "right"


def test_wrong_result_names_input_result_and_what_is_expected():
    judge = judges.function(lambda a, b: a + b, inputs=[(2, 5)])
    verdict = judge(lambda a, b: a * b)
    assert all(piece in verdict.en for piece in ("`(2, 5)`", "`10`", "`7`"))
    assert all(piece in verdict.zh for piece in ("`(2, 5)`", "`10`", "`7`"))


def test_exception_names_type_message_and_line():
    def broken(z):
        n = 0
        return z / n["x"]

    verdict = softmax_judge()(broken)
    assert "TypeError" in verdict.en
    assert '`return z / n["x"]`' in verdict.en


def test_missing_return_wrong_signature_and_no_function():
    assert "return" in softmax_judge()(lambda z: None).en
    assert "TypeError" in softmax_judge()(lambda: 1).en
    assert "without brackets" in softmax_judge()(3).en
    assert softmax_judge()(lambda z: ...).state == "not attempted"

    def stub(z):
        raise NotImplementedError

    assert softmax_judge()(stub).state == "not attempted"


def test_a_changed_input_is_noticed_and_changes_nothing_for_others():
    def in_place(z):
        z -= z.max()
        np.exp(z, out=z)
        z /= z.sum()
        return z

    given = np.array([1.0, 2.0])
    verdict = judges.function(softmax, inputs=[(given,), (given,)])(in_place)
    assert verdict.state == "not yet" and "`z = z.copy()`" in verdict.en and "`z`" in verdict.zh
    assert given.tolist() == [1.0, 2.0]

    def grows(names):
        names.append("dog")
        return len(names)

    verdict = judges.function(lambda names: len(names) + 1, inputs=[(["cat"],)])(grows)
    assert "changes the `names`" in verdict.en
    assert softmax_judge()(lambda z: softmax(np.array(z))).state == "right"


def test_what_numpy_says_is_explained():
    said = {
        "np.where": lambda z: 0 if z < 0.1 else z,
        "as many columns in A as rows in B": lambda z: z[None] @ np.ones((3, 2)),
        "from right to left": lambda z: z + np.ones(3),
        "np.exp": lambda z: __import__("math").exp(z),
    }
    for words, answer in said.items():
        verdict = softmax_judge()(answer)
        assert words in verdict.en, verdict.en
        assert "课程" not in verdict.zh


def test_a_mistake_that_raises_is_recognised_by_its_words():
    about = ("反了。", "The order is turned round.")
    judge = judges.function(
        lambda a, b: a @ b,
        inputs=[(np.ones((2, 3)), np.ones((3, 4)))],
        mistakes=[(lambda a, b: b @ a, about)],
    )
    assert judge(lambda first, second: second @ first).en.startswith(about[1])
    assert about[1] not in judge(lambda a, b: a @ b.T).en


def test_a_shape_is_told_by_its_dimensions():
    judge = judges.shape((32, 8), mistakes=[((8, 32), ("次序反了。", "Samples come first."))])
    assert judge((32, 8)).state == judge([32, 8]).state == "right"
    assert judge((8, 32)).en == "Samples come first."
    assert "`(32,)` has 1 dimension;" in judge((32,)).en and "2 维" in judge((32,)).zh
    assert "dimension 2" in judge((32, 9)).en and "too large" in judge((32, 9)).en
    assert judge(...).state == "not attempted"


def test_parts_of_a_result_have_their_names():
    judge = judges.function(lambda x: (x, 2 * x), inputs=[(3,)], returns=("dW", "db"))
    assert "`db`" in judge(lambda x: (x, x)).en and "#2" not in judge(lambda x: (x, x)).en
    assert "(`dW`, `db`)" in judge(lambda x: x).en
    assert judge(lambda x: np.array([x, 2 * x])).state == "right"


def test_several_results():
    judge = judges.function(lambda x: (x.sum(), {"n": x.size, "name": "x"}), inputs=[(MATRIX,)])
    assert judge(lambda x: [10, {"n": 4, "name": "x"}]).state == "right"
    assert "2 results" in judge(lambda x: 10).en
    assert "#1" in judge(lambda x: (11, {"n": 4, "name": "x"})).en
    assert "`n`" in judge(lambda x: (10, {"n": 5, "name": "x"})).en
    assert "keys" in judge(lambda x: (10, {"n": 4})).en


def test_strings_are_never_run(monkeypatch):
    monkeypatch.setattr(sys, "ran", types.SimpleNamespace(it=False), raising=False)
    code = "setattr(__import__('sys').ran, 'it', True)"
    for judge in (
        judges.number(1),
        softmax_judge(),
        judges.words(["x"]),
        judges.fields({"a": None}),
    ):
        assert judge(code).state == "not yet"
    assert sys.ran.it is False


def test_a_judge_of_ones_own_may_raise_a_reason():
    def even(answer):
        if answer % 2:
            raise judges.Reason("要偶数", "even, please")
        return Verdict("right")

    judge = judges.judged(even)
    assert [judge(a).state for a in (2, 3, ...)] == ["right", "not yet", "not attempted"]
