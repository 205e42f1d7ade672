"""Kernels for building and testing: the current interpreter, a clean environment, loopback only."""

import contextlib
import os
import tempfile
from collections.abc import Iterator, MutableMapping
from pathlib import Path

KERNEL_SITE = Path(__file__).parent / "kernel_site"
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
)
# Of the variables that Python itself obeys, those that say where things are. All others may change
# what a cell checks or prints (PYTHONOPTIMIZE: no assertion runs; PYTHONWARNINGS, PYTHONSTARTUP …).
PLACES = frozenset(
    f"PYTHON{name}"
    for name in (
        "PATH", "HOME", "PLATLIBDIR", "EXECUTABLE", "USERBASE", "NOUSERSITE", "SAFEPATH",
        "DONTWRITEBYTECODE", "PYCACHEPREFIX", "TZPATH",
    )
)  # fmt: skip
# What a person has set for Matplotlib, TensorFlow or this course and a kernel would obey: other
# pictures, other lines of text. The kernel chooses the inline backend itself.
NOT_FOR_KERNELS = (
    "MPLBACKEND",
    "MATPLOTLIBRC",
    "COURSE_DEBUG",
    "TF_CPP_MIN_LOG_LEVEL",
    "TF_CPP_MAX_VLOG_LEVEL",
    "TF_CPP_VMODULE",
)
# Tools that are not Python (npm, curl) obey these: nothing listens there.
NOWHERE = "http://127.0.0.1:9"


def forget_settings(environment: MutableMapping[str, str]) -> None:
    """Take out, in place, what would make a cell check, draw or print other things than it does."""
    for name in list(environment):
        # Windows gives names in capitals; elsewhere Python obeys only those
        of_python = name.startswith("PYTHON") and name not in PLACES
        if of_python or name in NOT_FOR_KERNELS:
            del environment[name]


def kernel_environment(folder: Path, network: bool = False) -> dict[str, str]:
    """Variables for a kernel, on top of the present ones after ``forget_settings``.

    ``folder`` is a temporary folder that takes the place of the person's own progress and
    IPython settings. COURSE_THREADS becomes the thread number of BLAS and TensorFlow;
    COURSE_SEED is added to every seed by ``course_utils.reproducible``.
    """
    variables = {
        "CUDA_VISIBLE_DEVICES": "-1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "COURSE_DATA": str(folder / "progress"),
        "IPYTHONDIR": str(folder / "ipython"),
        "COLUMNS": "80",
        "COURSE_PROGRESS": "0",
    }
    if threads := os.environ.get("COURSE_THREADS"):
        variables |= dict.fromkeys(THREAD_VARIABLES, threads)
    return variables | ({} if network else _offline())


def _offline() -> dict[str, str]:
    search = [str(KERNEL_SITE), *filter(None, [os.environ.get("PYTHONPATH")])]
    proxies = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    return {
        "PYTHONPATH": os.pathsep.join(search),
        "COURSE_LOOPBACK_ONLY": "1",
        "COURSE_OFFLINE": "1",
        **dict.fromkeys(proxies, NOWHERE),
        **dict.fromkeys(("no_proxy", "NO_PROXY"), "localhost,127.0.0.1,::1"),
    }


@contextlib.contextmanager
def temporary_environment(network: bool = False) -> Iterator[dict[str, str]]:
    """The whole environment for one kernel; its temporary folder is removed at the end."""
    # a kernel on Windows may keep a file open for a moment after it was told to stop
    with tempfile.TemporaryDirectory(prefix="course-", ignore_cleanup_errors=True) as folder:
        environment = dict(os.environ)
        forget_settings(environment)
        yield environment | kernel_environment(Path(folder), network)
