"""Run a function for a limited time, on every system.

A learner's function lives in the notebook and cannot be sent to another process, and signals are
not the same everywhere. So it runs in a thread, and when time is up Python raises an exception
inside that thread (``PyThreadState_SetAsyncExc``, C API documentation): it ends pure Python loops
and loops over NumPy calls, since it arrives between two bytecodes. One call into C that never
comes back cannot be ended; then the thread is left behind and the caller goes on all the same.
"""

import contextvars
import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any


class TimeUp(BaseException):
    """Raised inside the thread; no ``except Exception`` of a learner catches it."""


class TookTooLong(Exception):
    """Raised to the caller; ``ended`` tells whether the function could be stopped."""

    def __init__(self, seconds: float, ended: bool) -> None:
        super().__init__(f"not finished after {seconds:g} s")
        self.seconds, self.ended = seconds, ended


def run(function: Callable[[], Any], seconds: float, patience: float = 2.0) -> Any:
    """``function()``, or TookTooLong after ``seconds``; its exceptions are passed on.

    ``patience``: seconds for which the thread is asked to stop, again and again.
    """
    outcome: dict[str, Any] = {}
    context = contextvars.copy_context()
    arguments = (context, function, outcome)
    thread = threading.Thread(target=_work, args=arguments, daemon=True, name="course-check")
    thread.start()
    try:
        thread.join(seconds)
    except BaseException:  # the learner interrupts the kernel
        _stop(thread, patience)
        raise
    if thread.is_alive():
        raise TookTooLong(seconds, ended=_stop(thread, patience))
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]


def _work(context: contextvars.Context, function: Callable[[], Any], outcome: dict) -> None:
    try:
        try:
            outcome["result"] = context.run(function)
        except TimeUp:
            raise
        except BaseException as error:  # noqa: BLE001 (the caller gets it)
            outcome["error"] = error
    except TimeUp:
        pass


def _stop(thread: threading.Thread, patience: float) -> bool:
    """Ask until the thread ends: a bare ``except:`` in a loop swallows the first requests."""
    until = time.monotonic() + patience
    while thread.is_alive() and time.monotonic() < until:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(TimeUp)
        )
        thread.join(0.05)
    return not thread.is_alive()
