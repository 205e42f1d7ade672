"""How long from a moved slider to the new picture: ``python benchmarks/explorer_latency.py``.

In the kernel: from the control's change to the Image widget's new value (the browser adds the way
there and back on loopback). Small examples must stay below 150 ms; each time is also given as a
ratio to drawing the bare figure in the same run, which other machines share.
"""

import statistics
import time
from collections.abc import Callable

import ipywidgets
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from course_utils import figures
from course_utils.widgets import Explorer

LIMIT = 0.150  # seconds
REPEATS = 15


def one_curve(k: int) -> plt.Figure:
    """A line with labels."""
    x = np.linspace(0, 1, 200)
    fig, ax = plt.subplots(figsize=(5, 3))
    ax.plot(x, np.sin(k * x), label="正弦 sine")
    ax.set(xlabel="时间 time", ylabel="高度 height")
    ax.legend()
    return fig


def two_panels(k: int) -> plt.Figure:
    """Points beside a picture of 28 × 28 pixels."""
    rng = np.random.default_rng(k)
    fig, (left, right) = plt.subplots(1, 2, figsize=(6.4, 3))
    left.scatter(*rng.normal(size=(2, 200)))
    right.imshow(rng.normal(size=(28, 28)))
    left.set(xlabel="第一维 first", ylabel="第二维 second")
    return fig


def seconds(action: Callable[[int], object]) -> float:
    """Median time of ``action(k)`` over changing k, after two calls that warm up."""
    times = []
    for i in range(REPEATS + 2):
        start = time.perf_counter()
        action(i % 7 + 1)
        times.append(time.perf_counter() - start)
    return statistics.median(times[2:])


def latency(draw: Callable[[int], plt.Figure]) -> float:
    """Seconds from the slider's new value to the new picture."""
    slider = ipywidgets.IntSlider(8, 1, 10)
    Explorer(draw, k=slider, alt_zh="测量", alt_en="measurement")
    return seconds(lambda k: setattr(slider, "value", k))


def bare(draw: Callable[[int], plt.Figure]) -> float:
    """Seconds to make and draw the figure, without PNG or widget."""

    def action(k: int) -> None:
        fig = draw(k)
        fig.canvas.draw()
        plt.close(fig)

    return seconds(action)


def main() -> None:
    """Print a table; exit with an error above the limit."""
    mpl.use("agg")
    figures.use_style()
    slow = []
    for draw in (one_curve, two_panels):
        found = latency(draw)
        print(f"{draw.__name__:<12}{found * 1000:6.0f} ms  {found / bare(draw):.2f} × bare drawing")
        slow += [draw.__name__] if found > LIMIT else []
    if slow:
        raise SystemExit(f"slower than {LIMIT * 1000:.0f} ms: {', '.join(slow)}")


if __name__ == "__main__":
    main()
