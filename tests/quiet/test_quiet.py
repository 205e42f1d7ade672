"""What is silent, and what is not: each in a process of its own."""

import processes
import pytest

SMALL_MODELS = """
import course_utils, keras, numpy as np, tensorflow as tf
for n in range(1, 9):
    keras.Sequential([keras.Input((n,)), keras.layers.Dense(1)]).predict(np.ones((2, n)), verbose=0)
"""


def stderr_of(code: str) -> str:
    """What a process that runs the code writes to stderr."""
    answer = processes.python(code)
    assert answer.returncode == 0, answer.stderr
    return answer.stderr


@pytest.mark.slow
def test_only_the_remarks_on_retracing_are_silent():
    warn = "tf.get_logger().warning('something else')"
    lines = stderr_of(SMALL_MODELS + warn).splitlines()
    assert len(lines) == 1 and lines[0].endswith("something else")


def test_without_the_course_tensorflow_would_say_it():
    """The control: the same models do trigger the remark."""
    assert "retracing" in stderr_of(SMALL_MODELS.replace("course_utils, ", ""))
