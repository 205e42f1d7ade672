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
from collections.abc import Iterator


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


class _QuietLoader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader) -> None:
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module) -> None:
        with descriptor_2_to_file():
            self.loader.exec_module(module)

    def __getattr__(self, name: str):  # resources, source lines: whatever else the loader offers
        return getattr(self.loader, name)


class _QuietFinder(importlib.abc.MetaPathFinder):
    """Wraps the loader of the one package ``tensorflow``, once."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _QuietLoader(spec.loader)
        return spec


def _says_something_else(record: logging.LogRecord) -> bool:
    """False for advice on speed that a notebook of many small models gets again and again."""
    return "triggered tf.function retracing" not in record.getMessage()


def install() -> None:
    """Make the next ``import tensorflow`` silent. Does nothing where it is already imported."""
    logging.getLogger("tensorflow").addFilter(_says_something_else)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if "tensorflow" in sys.modules or any(isinstance(f, _QuietFinder) for f in sys.meta_path):
        return
    sys.meta_path.insert(0, _QuietFinder())
