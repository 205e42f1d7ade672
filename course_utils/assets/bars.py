"""The progress bar of a transfer: on a terminal, and in a notebook, where nothing stays of it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from course_utils.assets.catalogue import Asset


@contextmanager
def downloading(asset: Asset, progress: bool | None) -> Iterator[Callable[[int], None]]:
    """A bar in bytes; yields what is to be told of every n bytes.

    ``progress``: shown or not; by default on a terminal and in a notebook.
    """
    notebook = "ipykernel" in sys.modules
    shown = (sys.stderr.isatty() or notebook) if progress is None else progress
    # an estimate where ranges may save most of the file
    total = min(asset.size, asset.member_size) if asset.kind == "wheel" else asset.size
    options = {"desc": asset.name, "total": total, "unit": "B", "unit_scale": True}
    with _in_notebook(**options) if shown and notebook else _plain(not shown, **options) as bar:

        def advance(n: int) -> None:
            bar.total = max(bar.total, bar.n + n)  # or tqdm forgets it: "11.7M/?"
            bar.update(n)

        yield advance


def _plain(disable: bool, **options: Any) -> Any:
    from tqdm import tqdm

    return tqdm(disable=disable, **options)


@contextmanager
def _in_notebook(**options: Any) -> Iterator[Any]:
    """The bar as a widget. A saved notebook would keep its place, and show an error there later."""
    from IPython.display import display
    from tqdm.notebook import tqdm_notebook

    bar = tqdm_notebook(display=False, **options)
    place = display(bar.container, display_id=True)
    try:
        yield bar
    finally:
        bar.close()
        if place is not None:  # None outside IPython
            place.update({}, raw=True)
