"""Explorables: pictures that readers move in the browser, without a kernel.

A cell's output holds the explorable's name and data for the course's JupyterLab extension and for
``course export``, beside them a PNG and its alt text for everybody else. What moves, and how, stands
in labextension/static/explorables/NAME.js; docs/authoring.md says how to write one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import figures
from course_utils.messages import CourseError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MIME = "application/vnd.course.explorable+json"
DIGITS = 3  # of an array's numbers: strict nbval compares the stored data exactly


def show(
    name: str, fig: Figure, alt_zh: str, alt_en: str, *, names: Sequence[str] = (), **data: Any
) -> None:
    """Show the explorable ``name`` (letters) with its data; other viewers show ``fig`` as PNG.

    ``data``: text, finite numbers, and arrays. An array becomes one text, row after row: uint8 in
    base64, bool as digits, other numbers rounded to 3 decimals with spaces between; the same on
    every machine, and one line of the notebook. ``names``: as in ``figures.show``. Raises CourseError
    when an alt text is empty, the picture is over 60 kB, or a number is not finite.
    """
    import matplotlib.pyplot as plt
    from IPython.display import display

    about = figures.alt_metadata(alt_zh, alt_en)
    figures.assert_figure(fig, names)
    picture = base64.b64encode(figures.to_png(fig)).decode()
    plt.close(fig)
    bundle = {MIME: stored(name, data), "image/png": picture, "text/plain": about["alt"]}
    display(bundle, raw=True, metadata={"image/png": about})


def stored(name: str, data: dict[str, Any]) -> dict[str, Any]:
    """What the output keeps for the browser, strict JSON: name and data. CourseError as ``show``."""
    values = {key: _plain(value) for key, value in data.items()}
    try:
        json.dumps(values, allow_nan=False)
    except ValueError as error:
        raise CourseError(
            f"可动图 {name} 的数据里有 NaN 或无穷大：请先去掉。",
            f"The data of the explorable {name} hold NaN or infinity: leave them out.",
        ) from error
    return {"name": name, "data": values}


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if not isinstance(value, np.ndarray):
        return value
    flat = value.ravel()
    if value.dtype == np.uint8:
        return base64.b64encode(flat.tobytes()).decode()
    if value.dtype == bool:
        return "".join("01"[number] for number in flat.astype(int))
    if not np.isfinite(flat).all():
        return float("nan")  # refused with the rest
    return " ".join(f"{round(float(v), DIGITS) + 0.0:.10g}" for v in flat)  # + 0.0: never "-0"
