"""``course run --data``: which folders it takes, and what it leaves out of the lesson."""

import shutil

import nbformat
import pytest

from course.learner.run import check_photos, check_takes_photos, run_lesson, without_assertions
from course.notebooks.lessons import all_lessons, read_source
from course_utils import paths, photos
from course_utils.messages import CourseError

CELLS = (
    "\nimport os\nfolder = os.environ['COURSE_PHOTOS']",
    "\nprint(sorted(os.listdir(folder)))\nassert folder == 'the course’s photos', 'wrong'",
    (
        ' tags=["photo-live"]\nfrom IPython.display import Image; import base64 as b\n'
        "Image(b.b64decode('iVBORw0KGgo='), format='png')"
    ),
)


@pytest.fixture
def own_photos(tmp_path):
    """A function that copies n photos of each kind into class folders; gives the folder."""

    def copy(n: int, *names: str):
        default = photos.default("train")
        for place, name in enumerate(names):
            (tmp_path / "own" / name).mkdir(parents=True)
            for path in default.subset(default.labels == place % 2).paths[:n]:
                shutil.copy(path, tmp_path / "own" / name)
        return tmp_path / "own"

    return copy


@pytest.mark.parametrize(
    "source",
    [
        "x = 1\nassert x == 2\nprint(x)",
        "assert (\n    x\n    == 2\n), 'x is 1'  # why",
        "字 = '字'; assert 字 == '猫', '不对'; print(字)",
        "if x:\n    assert x\nelse:\n    assert not x\n    print(x)",
        "def f(x):\n    assert x == 2; return x\nassert f(1); assert f(3)",
    ],
)
def test_assertions_are_left_out_and_all_else_stays(source):
    found = without_assertions(source)
    compile(found, "cell", "exec")
    assert "assert" not in found and found.count("pass") == source.count("assert")
    for kept in ("print(x)", "# why", "print(字)", "return x", "x = 1"):
        assert (kept in found) == (kept in source)


def test_code_without_assertions_is_the_same():
    source = "text = 'assert x'\r\n# assert y\nprint(text)\n"
    assert without_assertions(source) == source


def test_lesson_sees_the_folder_and_keeps_its_pictures(course, own_photos, tmp_path, capsys):
    folder = own_photos(1, "tabby", "spaniel")
    target = run_lesson(course(*CELLS), tmp_path / "results", folder)
    cells = nbformat.read(target, as_version=4).cells
    assert cells[1].outputs[0].text == "['spaniel', 'tabby']\n"
    assert "image/png" in cells[2].outputs[0].data
    assert "left out" in capsys.readouterr().out


def test_two_classes_with_enough_photos_are_fine(own_photos):
    check_photos(own_photos(20, "tabby", "spaniel"))


@pytest.mark.parametrize(
    ("n", "names", "reason"),
    [
        (19, ("tabby", "spaniel"), "at least 20"),
        (20, ("tabby", "spaniel", "poodle"), "has 3"),
        (20, ("tabby",), "has 1"),
    ],
)
def test_other_folders_are_sent_to_course_train(own_photos, n, names, reason):
    with pytest.raises(CourseError) as error:
        check_photos(own_photos(n, *names))
    assert reason in error.value.en
    assert "course train --data" in error.value.zh and "course train --data" in error.value.en


def test_only_a_lesson_that_reads_the_folder_takes_one(course):
    with pytest.raises(CourseError, match="course run 09 --data DIR"):
        check_takes_photos(course("\nprint('no photos')"))


def test_lesson_09_takes_photos():
    lesson = next(lesson for lesson in all_lessons() if lesson.number == "09")
    check_takes_photos(lesson)
    assert any("COURSE_PHOTOS" in cell.source for cell in read_source(lesson).cells)


def test_command_names_what_is_wrong(run_course, own_photos):
    own = {"COURSE_CACHE": paths.cache_dir()}
    few = run_course("run", "09", "--data", own_photos(2, "tabby", "spaniel"), env=own)
    assert few.returncode == 1 and "course train" in few.stderr and "Traceback" not in few.stderr
    other = run_course("run", "01", "--data", own_photos(0, "x"), env=own)
    assert other.returncode == 1 and "course run 09 --data DIR" in other.stderr
