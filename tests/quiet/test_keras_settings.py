"""What a user has set for Keras elsewhere does not reach the course: each in a process of its own."""

import json
import os

import processes
import pytest

from course_utils import keras_settings

# Which settings Keras has, and how long it trains.
ASK = """
import keras, numpy as np
c = keras.config
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", "mse")
history = model.fit(np.ones((4, 2)), np.ones(4), epochs=2, verbose=0)
print(c.backend(), c.floatx(), c.epsilon(), c.image_data_format(), len(history.history["loss"]))
"""
USUAL = "tensorflow float32 1e-07 channels_last 2\n"
OTHER = {
    "floatx": "float64",
    "epsilon": 0.1,
    "backend": "torch",
    "image_data_format": "channels_first",
}
VARIABLES = {
    "KERAS_BACKEND": "torch",
    "KERAS_MAX_EPOCHS": "1",
    "KERAS_MAX_STEPS_PER_EPOCH": "none",
    "KERAS_NNX_ENABLED": "1",
    "TF_XLA_FLAGS": "--no_such_flag",
    "TF_USE_LEGACY_KERAS": "1",
}


@pytest.fixture
def run(tmp_path):
    """Code in a new process whose Keras has these settings."""

    def start(code, settings=None, **variables):
        if settings is not None:
            text = settings if isinstance(settings, str) else json.dumps(settings)
            (tmp_path / "keras.json").write_text(text, encoding="utf-8")
        return processes.python(
            code, env={**os.environ, "PYTHONUTF8": "1", "KERAS_HOME": str(tmp_path), **variables}
        )

    return start


def test_settings_and_variables_of_the_user_do_not_count(run, tmp_path):
    done = run("import course_utils\n" + ASK, OTHER, **VARIABLES)
    assert done.stdout == USUAL, done.stderr
    assert (
        json.loads((tmp_path / "keras.json").read_text(encoding="utf-8")) == OTHER
    )  # his file is his


def test_nor_where_keras_was_imported_before(run):
    settings = OTHER | {"backend": "tensorflow"}
    done = run("import keras, course_utils\n" + ASK, settings, KERAS_MAX_EPOCHS="1")
    assert done.stdout == USUAL, done.stderr


def test_tf_keras_is_keras(run):
    code = "import course_utils, tensorflow as tf, keras\nprint(tf.keras.layers.Dense is keras.layers.Dense)"
    assert run(code, TF_USE_LEGACY_KERAS="1").stdout == "True\n"


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"floatx": "float99"}, "floatx"),
        ({"epsilon": "small"}, "epsilon"),
        ({"image_data_format": "first"}, "image_data_format"),
        ({"nnx_enabled": True}, "nnx_enabled"),
        ("[1, 2]", "[1, 2]"),
    ],
)
def test_settings_that_stop_keras_are_named(run, tmp_path, settings, key):
    code = """
import course_utils
try:
    import keras
except Exception as first:
    print(type(first).__name__)
import keras  # a cell that failed is run once more
"""
    done = run(code, settings)
    assert done.returncode == 1 and done.stdout == "CourseError\n", done.stderr
    last = done.stderr
    assert "Traceback" not in last, "a learner sees the two sentences and nothing of the inside"
    assert last.count(str(tmp_path / "keras.json")) == 2
    assert last.count(key) >= 2
    assert "重启内核" in last and "restart the kernel" in last


def test_another_fault_is_not_blamed_on_the_settings(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    usual = {
        "floatx": "float32",
        "epsilon": 1e-07,
        "backend": "x",
        "image_data_format": "channels_last",
    }
    (tmp_path / "keras.json").write_text(json.dumps(usual), encoding="utf-8")
    with pytest.raises(ImportError, match="tensorflow"), keras_settings.settled():
        raise ImportError("tensorflow")


def test_another_backend_that_already_runs_is_said(run):
    code = """
import keras
keras.config.backend = lambda: "jax"
try:
    import course_utils
except Exception as error:
    print(type(error).__name__, error)
"""
    said = run(code).stdout
    assert said.startswith("CourseError")
    assert "jax" in said and "重启内核" in said and "Restart the kernel" in said
