"""Run a function for a limited time, on every system.

A learner's function lives in the notebook and cannot be sent to another process, and signals are
not the same everywhere. So it runs in a thread, and when time is up Python raises an exception
inside that thread (``PyThreadState_SetAsyncExc``, C API documentation): it ends pure Python loops
and loops over NumPy calls, since it arrives between two bytecodes. One call into C that never
comes back cannot be ended; then the thread is left behind and the caller goes on all the same.
"""

import contextvars
import ctypes
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any


class TimeUp(BaseException):
    """Raised inside the thread; no ``except Exception`` of a learner catches it.

    A bare ``except:`` does. So a TimeUp, which is made in the thread that it shall end, sees to it
    that the next line there raises another one: the handler's own line, where nothing catches it.
    """

    def __init__(self) -> None:
        super().__init__()
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != __file__:
            frame.f_trace = _raise_again
            frame = frame.f_back
        sys.settrace(_raise_again)  # of this thread only; Python takes it away when it raises


def _raise_again(frame: FrameType, event: str, argument: object) -> Any:
    if event == "line" and frame.f_code.co_filename not in (__file__, threading.__file__):
        raise _Again
    return _raise_again


class _Again(TimeUp):
    def __init__(self) -> None:
        BaseException.__init__(self)


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
    finally:
        sys.settrace(None)


def _stop(thread: threading.Thread, patience: float) -> bool:
    """Ask again and again until the thread ends; whether it did."""
    until = time.monotonic() + patience
    while thread.is_alive() and time.monotonic() < until:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeUp)
        )
        thread.join(0.1)
    return not thread.is_alive()
