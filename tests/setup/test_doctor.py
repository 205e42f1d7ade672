"""course doctor: right on a good computer, and each kind of trouble is found and explained."""

import re
import shutil
import sys
from argparse import Namespace
from importlib import metadata
from pathlib import Path

import processes
import pytest

from bootstrap import computer
from course.learner import doctor
from course.learner.doctor import BAD, GOOD, WARN
from course_utils import paths

CJK = re.compile(r"[\u4e00-\u9fff]")


def marks(check) -> set[str]:
    return {finding.mark for finding in doctor.findings_of(check)}


def test_every_finding_is_in_both_languages():
    for check in doctor.CHECKS:
        for finding in doctor.findings_of(check):
            assert not CJK.search(finding.en.replace(str(paths.ROOT), "")), finding
            assert finding.zh
            assert "could not check" not in finding.en, finding


def test_it_imports_nothing_heavy():
    code = (
        "import sys; from course.learner import doctor; "
        "[doctor.findings_of(check) for check in doctor.CHECKS]; "
        "print({'tensorflow', 'keras', 'numpy', 'matplotlib', 'pandas'} & set(sys.modules))"
    )
    done = processes.python(code, check=True)
    assert done.stdout.strip() == "set()"


def test_the_exit_code_says_whether_the_course_will_run(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "CHECKS", (lambda: iter([doctor.Finding(WARN, "注意", "mind")]),))
    assert doctor.run(Namespace(deep=False)) == 0
    monkeypatch.setattr(doctor, "CHECKS", (lambda: iter([doctor.Finding(BAD, "坏了", "broken")]),))
    assert doctor.run(Namespace(deep=False)) == 1
    assert "✗ 坏了\n  broken" in capsys.readouterr().out


def test_a_check_that_stumbles_does_not_end_the_report():
    def check_something():
        raise ValueError("odd computer")
        yield

    assert marks(check_something) == {WARN}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A small installed package, made as pip leaves one, that doctor takes for TensorFlow."""
    wheel_home = tmp_path / "site"
    source = tmp_path / "source"
    (source / "tensorflow").mkdir(parents=True)
    (source / "tensorflow" / "__init__.py").write_text("x = 1\n", encoding="utf-8")
    (source / "tensorflow" / "core.so").write_bytes(bytes(1000))
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "tensorflow"\nversion = "2.21.0"\n'
        '[tool.hatch.build.targets.wheel]\npackages = ["tensorflow"]\n',
        encoding="utf-8",
    )
    uv = [sys.executable, "-m", "uv", "pip", "install", "-q", "--no-build-isolation", "--no-deps"]
    processes.run([*uv, "--target", wheel_home, source], check=True)
    monkeypatch.setattr(doctor, "CORE", ("tensorflow",))
    monkeypatch.setattr(doctor, "IMPORTED", ("tensorflow",))
    monkeypatch.syspath_prepend(wheel_home)
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    return wheel_home / "tensorflow"


def test_a_complete_package_passes(package):
    assert marks(doctor.check_files) == {GOOD}


@pytest.mark.parametrize("damage", ["library missing", "library cut short", "code replaced"])
def test_a_broken_tensorflow_is_found_without_importing_it(package, damage):
    if damage == "library missing":
        (package / "core.so").unlink()
    elif damage == "library cut short":
        (package / "core.so").write_bytes(bytes(999))
    else:
        (package / "__init__.py").write_text("x = 2\n", encoding="utf-8")  # as long as before
    findings = doctor.findings_of(doctor.check_files)
    assert [f.mark for f in findings] == [BAD]
    assert "start.py" in findings[0].en


def test_a_file_named_tensorflow_is_found(package, tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "tensorflow.py").write_text("raise SystemError", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "mine")
    findings = doctor.findings_of(doctor.check_files)
    assert [f.mark for f in findings] == [BAD]
    assert str(tmp_path / "mine" / "tensorflow.py") in findings[0].en


def lock_of(tmp_path, monkeypatch, *rows):
    text = "".join(f"{row} \\\n    --hash=sha256:00\n    # via\n" for row in rows)
    (tmp_path / "requirements.lock").write_text(text, encoding="utf-8")
    monkeypatch.setattr(doctor.paths, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))  # no stamp there: the learners' lock


def test_packages_against_the_lock(tmp_path, monkeypatch):
    numpy = metadata.version("numpy")
    lock_of(tmp_path, monkeypatch, f"numpy=={numpy}", "never==1 ; sys_platform == 'nowhere'")
    assert marks(doctor.check_packages) == {GOOD}
    lock_of(tmp_path, monkeypatch, "numpy==2.0.1")  # allowed by pyproject, not the lock's
    assert marks(doctor.check_packages) == {WARN}
    lock_of(tmp_path, monkeypatch, f"numpy=={numpy}", "no-such-package==1.0")
    assert marks(doctor.check_packages) == {BAD}


def test_the_whole_lock_is_read():
    text = (paths.ROOT / "requirements.lock").read_text("utf-8")
    found = doctor.locked(paths.ROOT / "requirements.lock")
    assert len(found) == len(re.findall(r"^\S+==", text, re.MULTILINE)) > 100


def test_the_lock_to_compare_with_is_the_one_that_is_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert doctor.installed_lock().name == "requirements.lock"  # conda makes no stamp
    stamp = tmp_path / "course-stamp.json"
    stamp.write_text('{"lock": "requirements-dev.lock"}', encoding="utf-8")
    assert doctor.installed_lock() == paths.ROOT / "requirements-dev.lock"
    lock_of(tmp_path, monkeypatch, f"numpy=={metadata.version('numpy')}")
    (tmp_path / "requirements.lock").rename(tmp_path / "requirements-dev.lock")
    (finding,) = doctor.findings_of(doctor.check_packages)
    assert finding.mark == GOOD and "requirements-dev.lock" in finding.en


@pytest.mark.parametrize("name", ["sqlite3", "ctypes", "ssl", "lzma"])
def test_a_python_without_a_part_is_told_and_the_report_goes_on(name):
    code = (
        f"import sys; sys.modules['_{name}'] = None; from course.cli import main; "
        "sys.exit(main(['doctor']))"
    )
    done = processes.python(code)
    assert done.returncode == 1
    assert f"✗ 这个 Python 缺少 {name}" in done.stdout
    assert f"This Python lacks {name}" in done.stdout
    assert done.stdout.count(f"apt install {computer.PARTS[name][0]}") == 2
    assert "notebooks/" in done.stdout


@pytest.mark.parametrize("variable", ["COURSE_CACHE", "COURSE_DATA"])
def test_a_folder_that_cannot_be_written_gets_its_remedy(variable, monkeypatch, tmp_path):
    """A file in its place: not even an administrator can write below it."""
    (tmp_path / "file").touch()
    monkeypatch.setenv(variable, str(tmp_path / "file"))
    (finding,) = (f for f in doctor.findings_of(doctor.check_disk) if f.mark == BAD)
    assert f"环境变量 {variable}" in finding.zh
    assert f"set the variable {variable}" in finding.en


def test_keras_settings_of_other_programs_are_named(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert doctor.findings_of(doctor.check_keras) == []
    file = tmp_path / "keras.json"
    file.write_text("no table {", encoding="utf-8")
    assert doctor.findings_of(doctor.check_keras) == []  # Keras leaves it aside, too
    file.write_text('{"image_data_format": "channels_first"}', encoding="utf-8")
    (finding,) = doctor.findings_of(doctor.check_keras)
    assert finding.mark == GOOD
    for text in (finding.zh, finding.en):
        assert str(file) in text
        assert "image_data_format" in text


@pytest.mark.slow
def test_deep_is_not_misled_by_settings_for_other_programs(monkeypatch, tmp_path):
    (tmp_path / "keras.json").write_text('{"backend": "torch", "floatx": "float16"}', "utf-8")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert marks(doctor.check_deep) == {GOOD}


def test_settings_files_that_say_nothing_are_named(no_index, monkeypatch, tmp_path):
    config = tmp_path / "pip.conf"
    config.write_text("no section\n", encoding="utf-8")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    broken, elsewhere, good = doctor.findings_of(doctor.check_index)
    assert (broken.mark, elsewhere.mark, good.mark) == (WARN, WARN, GOOD)
    assert str(config) in broken.zh and str(config) in broken.en
    assert "PIP_TARGET = /elsewhere" in elsewhere.en


def test_a_full_disk_a_small_memory_a_missing_font(monkeypatch):
    usage = shutil.disk_usage(paths.ROOT)
    with monkeypatch.context() as patch:
        patch.setattr(doctor.shutil, "disk_usage", lambda _: usage._replace(free=10**8))
        assert marks(doctor.check_disk) == {BAD}
    monkeypatch.setattr(doctor, "container_limit", lambda: 1.0e9)
    assert marks(doctor.check_memory) == {BAD}
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda _: None)
    assert marks(doctor.check_fonts) == {BAD}


@pytest.fixture
def no_index(monkeypatch, tmp_path):
    for name in ("PIP_INDEX_URL", "PIP_CONFIG_FILE", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_CONFIG_FILE", str(tmp_path / "none.toml"))


def test_a_mirror_that_uv_lacks_is_told_without_the_password(no_index, monkeypatch, tmp_path):
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://me:secret@mirror.example/simple\n", encoding="utf-8"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    findings = doctor.findings_of(doctor.check_index)
    assert [f.mark for f in findings] == [WARN]
    assert "mirror.example/simple" in findings[0].en
    assert "secret" not in findings[0].en + findings[0].zh
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://mirror.example/simple/")
    assert marks(doctor.check_index) == {GOOD}


def test_a_taken_port_is_no_trouble_but_no_loopback_is(monkeypatch):
    assert marks(doctor.check_ports) == {GOOD}

    def refused(*_):
        raise OSError("blocked")

    monkeypatch.setattr(doctor.socket.socket, "connect", refused)
    assert marks(doctor.check_ports) == {BAD}


def test_a_class_pack_that_is_not_plugged_in(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_ASSETS", str(tmp_path / "stick"))
    assert WARN in marks(doctor.check_assets)


def test_without_lessons_the_course_does_not_run(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor.paths, "NOTEBOOKS", tmp_path)
    assert marks(doctor.check_lessons) == {BAD}
    Path(tmp_path, "00_start.ipynb").touch()
    assert marks(doctor.check_lessons) == {GOOD}
