"""Places that data files name: headings with the code below them, tags of single cells."""

from course.author import places


def test_sections_and_tags_come_with_their_code(course):
    """A part's code is its section's, too; a new section ends both; a tag on two cells names no place."""
    lesson = course(
        " [markdown]\n# ## 一 · One",
        ' tags=["lonely", "twice"]\nx = 1',
        " [markdown]\n# ### 部分 · Part",
        ' tags=["twice", "shows-a"]\nassert x',
        " [markdown]\n# ## 二 · Two\n#\n# No ## here.",
        "\ny = 2",
    )
    found = places.all_places(lesson)
    assert {"## 一 · One", "### 部分 · Part", "## 二 · Two", "lonely", "shows-a"} <= set(found)
    assert "twice" not in found
    assert found["## 一 · One"].asserts and found["### 部分 · Part"].asserts
    assert found["shows-a"].asserts and not found["lonely"].asserts
    assert not found["## 二 · Two"].asserts and len(found["## 一 · One"].code) == 2
