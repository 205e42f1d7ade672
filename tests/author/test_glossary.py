"""The glossary is complete and contradicts neither itself nor the rules for text."""

from collections import Counter

import pytest

from course.author.checks import glossary, typography
from course_utils import paths
from course_utils.messages import CourseError

PATH = paths.ROOT / "docs" / "glossary.md"
HEAD = "| 中文 | English | 说明 | meaning | 避免 | avoid |\n|---|---|---|---|---|---|\n"


def test_rows_are_read(tmp_path):
    path = tmp_path / "glossary.md"
    path.write_text(
        HEAD + "| 微调 | fine-tuning | 甲 | a | 精调、细调 | finetuning, fine tune |\n",
        encoding="utf-8",
    )
    (term,) = glossary.load(path)
    assert (term.zh, term.en) == ("微调", "fine-tuning")
    assert term.avoid_zh == ("精调", "细调")
    assert term.avoid_en == ("finetuning", "fine tune")


def test_table_of_another_width_is_refused(tmp_path):
    path = tmp_path / "glossary.md"
    path.write_text("| 中文 | English |\n|---|---|\n| 微调 | fine-tuning |\n", encoding="utf-8")
    with pytest.raises(CourseError, match="6 columns"):
        glossary.load(path)


def test_variants_are_found_as_words():
    terms = [glossary.Term("微调", "fine-tuning", ("精调",), ("tune",))]
    assert [v for v, _ in glossary.forbidden_en("We tune it.", terms)] == ["tune"]
    assert [v for v, _ in glossary.forbidden_en("Tunes.", terms)] == ["tune"]
    assert not list(glossary.forbidden_en("Fortune and fine-tuning.", terms))
    assert [v for v, _ in glossary.forbidden_zh("要精调它。", terms)] == ["精调"]


@pytest.fixture(scope="module")
def terms():
    if not PATH.exists():
        pytest.skip("docs/glossary.md is not written yet")
    return glossary.load(PATH)


def test_there_are_enough_terms(terms):
    assert len(terms) >= 150


def test_terms_are_unique(terms):
    for language in ("zh", "en"):
        counted = Counter(getattr(term, language) for term in terms)
        assert [name for name, n in counted.items() if n > 1] == []


def test_every_cell_is_filled(terms):
    rows = glossary.table_rows(PATH.read_text(encoding="utf-8"))
    assert [row[0] for row in rows if not all(row[:4])] == []


def test_no_right_term_is_forbidden(terms):
    """What one row calls right, no other row may forbid."""
    right_zh, right_en = {t.zh for t in terms}, {t.en.lower() for t in terms}
    assert [v for t in terms for v in t.avoid_zh if v in right_zh] == []
    assert [v for t in terms for v in t.avoid_en if v.lower() in right_en] == []


def test_explanations_obey_the_rules(terms):
    """说明 and meaning are text like a lesson's: typography, and no forbidden variant."""
    problems = []
    for zh, _, explained, meaning, *_ in glossary.table_rows(PATH.read_text(encoding="utf-8"))[1:]:
        found = [*typography.chinese(_without_code(explained))]
        found += [*glossary.forbidden_zh(explained, terms), *glossary.forbidden_en(meaning, terms)]
        problems += [(zh, *map(str, problem)) for problem in found]
    assert problems == []


def _without_code(text):
    """The sentence with placeholders for code and formulas, as the rules expect it."""
    from course.notebooks.markdown import read

    return " ".join(read(text).sentences)
