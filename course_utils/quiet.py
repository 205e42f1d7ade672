"""Keep TensorFlow's start-up banner, and its remarks on retracing, out of notebooks.

TensorFlow's C++ code writes to file descriptor 2 while it is being imported, before any setting
can reach it. A strict regression run would see those lines as changed output, so the import
happens with descriptor 2 pointing at a temporary file, which is shown only if the import fails.
"""

import contextlib
import importlib.abc
import importlib.util
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from course_utils import keras_settings

Around = Callable[[], AbstractContextManager[None]]


@contextlib.contextmanager
def descriptor_2_to_file() -> Iterator[None]:
    """Collect what is written to file descriptor 2; write it out only when the block raises."""
    try:
        kept = os.dup(2)
    except OSError:  # no stderr at all (pythonw on Windows)
        yield
        return
    with tempfile.TemporaryFile() as collected:
        os.dup2(collected.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(kept, 2)
            collected.seek(0)
            os.write(2, collected.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


class _Loader(importlib.abc.Loader):
    """Another loader, whose work happens inside a context."""

    def __init__(self, loader: importlib.abc.Loader, around: Around) -> None:
        self.loader, self.around = loader, around

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module) -> None:
        try:
            with self.around():
                self.loader.exec_module(module)
        except BaseException:  # the next attempt shall say the same
            sys.meta_path.insert(0, _Finder(module.__name__, self.around))
            raise

    def __getattr__(self, name: str):  # resources, source lines: whatever else the loader offers
        return getattr(self.loader, name)


class _Finder(importlib.abc.MetaPathFinder):
    """Wraps the loader of one package, once."""

    def __init__(self, package: str, around: Around) -> None:
        self.package, self.around = package, around

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self.package:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self.around)
        return spec


def _says_something_else(record: logging.LogRecord) -> bool:
    """False for advice on speed that a notebook of many small models gets again and again."""
    return "triggered tf.function retracing" not in record.getMessage()


def install() -> None:
    """Make the next ``import tensorflow`` silent, and Keras's settings the course's own."""
    logging.getLogger("tensorflow").addFilter(_says_something_else)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    keras_settings.prepare()
    for package, around in (
        ("tensorflow", descriptor_2_to_file),
        ("keras", keras_settings.settled),
    ):
        known = any(isinstance(f, _Finder) and f.package == package for f in sys.meta_path)
        if package not in sys.modules and not known:
            sys.meta_path.insert(0, _Finder(package, around))
