"""A figure as lessons draw it, for the tests of figures and of the author's checks of figures."""

from collections.abc import Iterator
from contextlib import contextmanager

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from course_utils import figures

X = np.linspace(0, 1, 30)
SERIES = {"训练 training": X**2, "验证 validation": 1 - X}


@contextmanager
def course_style() -> Iterator[None]:
    """The course's style, and no figure left open."""
    with mpl.rc_context({"backend": "agg"}):
        figures.use_style()
        yield
    plt.close("all")


def curves(**changes: str) -> Figure:
    """Two labelled curves; ``changes`` go to ``ax.set``."""
    fig, ax = plt.subplots()
    for label, y in SERIES.items():
        ax.plot(X, y, label=label)
    ax.set(**({"xlabel": "轮次 epoch", "ylabel": "损失 loss"} | changes))
    ax.legend()
    return fig
