"""TensorFlow begins to load when a notebook opens, while its first lines are read.

An IPython extension, named to the kernels that this course's own JupyterLab starts (``server``), and
to no others: not to those of the builder, of nbval, or of a hub. It says nothing and changes nothing;
Python's locks make a cell that imports TensorFlow wait for the rest of the same import. Whoever
interrupts a cell interrupts the cell; the loading goes on.
"""

import contextlib
import importlib
import os
import threading

MODULE = __name__
# Of memory that can be had, in bytes: a notebook that is only read shall not push others out.
NEEDED = 3_000_000_000


def wanted() -> bool:
    """Whether memory is this person's own, and there is enough of it."""
    if any(name.startswith("JUPYTERHUB_") for name in os.environ):
        return False
    if os.environ.get("COURSE_PRELOAD") == "0":
        return False
    import psutil

    return psutil.virtual_memory().available > NEEDED


def load_ipython_extension(shell: object) -> None:
    """Called by IPython as the kernel starts; comes back at once."""
    threading.Thread(target=load, name="course-preload", daemon=True).start()


def load() -> None:
    """Import as a first cell does; what is wrong will be said by that cell."""
    with contextlib.suppress(Exception):
        # The course first, so that TensorFlow is silent; Keras last, which itself imports TensorFlow.
        for name in ("course_utils", "tensorflow", "keras"):
            importlib.import_module(name)
