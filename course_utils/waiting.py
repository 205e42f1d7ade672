"""A line that says how far a long cell is, and about how long it still takes; then it is gone.

Where a notebook is built or compared (COURSE_PROGRESS=0) nothing is shown, so no output depends on it.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from bootstrap.progress import left

if TYPE_CHECKING:
    import keras

Item = TypeVar("Item")
AFTER = 2.0  # seconds: a quick cell shows nothing


class Line:
    """``3/20, 约 1 分钟 about 1 min`` below a running cell."""

    def __init__(self, zh: str, en: str) -> None:
        self.text, self.began, self.handle = f"{zh} {en}".strip(), time.monotonic(), None
        self.shown = "ipykernel" in sys.modules and os.environ.get("COURSE_PROGRESS") != "0"

    def tell(self, done: int, total: int) -> None:
        """So many steps of all are done."""
        seconds = time.monotonic() - self.began
        if self.shown and seconds >= AFTER:
            self._show({"text/plain": f"{self.text} {done}/{total}, {left(seconds, done / total)}"})

    def clear(self) -> None:
        """Take it away; what the cell has printed itself stays."""
        if self.handle is not None:
            self._show({})

    def _show(self, bundle: dict[str, Any]) -> None:
        from IPython.display import display

        if self.handle is None:
            self.handle = display(bundle, raw=True, display_id=True)
        else:
            self.handle.update(bundle, raw=True)


def counted(items: Sequence[Item], zh: str, en: str) -> Iterator[Item]:
    """The items one by one, with a line about how many are done: ``for fold in counted(folds, …)``."""
    line = Line(zh, en)
    try:
        for done, item in enumerate(items):
            if done:
                line.tell(done, len(items))
            yield item
    finally:
        line.clear()


def epochs(zh: str, en: str = "") -> keras.callbacks.Callback:
    """The same for ``model.fit(…, callbacks=[epochs("微调", "fine-tuning")])``: epochs are counted."""
    import keras

    line = Line(zh, en)
    callback: Any = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: line.tell(epoch + 1, callback.params["epochs"]),
        on_train_end=lambda logs: line.clear(),
    )
    return callback
