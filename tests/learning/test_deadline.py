"""Endless answers end: pure Python, NumPy, ``while True: pass``, and one that swallows everything."""

import threading
import time

import numpy as np
import pytest

from course_utils.learning import deadline


def pure_python():
    n = 0
    while True:
        n += 1


def numpy_loop():
    x = np.ones((200, 200))
    while True:
        x = x @ x / 200


def nothing():
    while True:
        pass


def swallows():
    while True:
        try:
            while True:
                pass
        except BaseException:  # noqa: BLE001 (a learner's bare except)
            continue


@pytest.mark.parametrize("endless", [pure_python, numpy_loop, nothing, swallows])
def test_endless_function_is_stopped(endless):
    before = threading.active_count()
    with pytest.raises(deadline.TookTooLong) as caught:
        deadline.run(endless, seconds=0.3)
    assert caught.value.ended
    assert threading.active_count() == before


def test_one_that_cannot_be_stopped_is_left_behind():
    start = time.monotonic()
    with pytest.raises(deadline.TookTooLong) as caught:
        deadline.run(lambda: time.sleep(3), seconds=0.1, patience=0.2)
    assert not caught.value.ended
    assert time.monotonic() - start < 2


def test_results_and_exceptions_come_back():
    assert deadline.run(lambda: 7, seconds=5) == 7
    for error in (ZeroDivisionError, SystemExit, RecursionError):

        def fail(error=error):
            raise error

        with pytest.raises(error):
            deadline.run(fail, seconds=5)
