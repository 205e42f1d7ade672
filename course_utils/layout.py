"""The layout of a picture that is drawn again and again: made anew only where it could change.

Finding places for the axes takes as long as drawing them. While a slider moves, the texts around the
axes mostly keep their width and their lines; then the axes stay where they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.layout_engine import ConstrainedLayoutEngine

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Places:
    """Where the axes of the last figure stood, for the next one of the same ``draw``."""

    def __init__(self) -> None:
        self._taken: Any = None
        self._boxes: list[Any] = []

    def settle(self, fig: Figure) -> bool:
        """Give the axes of ``fig`` their places; True where those of the last figure still fit.

        Figures without the course's layout, or with figures inside, are left as they are.
        """
        engine = fig.get_layout_engine()
        if not isinstance(engine, ConstrainedLayoutEngine) or fig.subfigs:
            return False
        taken = _takes_room(fig)
        kept = taken == self._taken
        if not kept:
            dpi, fig.dpi = fig.dpi, 72  # as layers.live_svg draws
            engine.execute(fig)
            fig.dpi = dpi
            self._taken = taken
            self._boxes = [ax.get_position(original=True) for ax in fig.axes]
        fig.set_layout_engine("none")
        for ax, box in zip(fig.axes, self._boxes, strict=True):
            ax.set_position(box, which="original")
        return kept


def _takes_room(fig: Figure) -> Any:
    """All that the layout depends on: the grid, and the texts that need room outside of axes."""
    around = [fig._suptitle, fig._supxlabel, fig._supylabel]  # type: ignore[attr-defined]
    texts = [_room(text) for text in [*around, *fig.texts] if text is not None]
    return tuple(fig.get_size_inches()), texts, [_axes_room(ax) for ax in fig.axes]


def _axes_room(ax: Any) -> Any:
    spec = ax.get_subplotspec()
    grid = spec.get_geometry() if spec else tuple(ax.get_position(original=True).bounds)
    if not (ax.get_visible() and ax.axison):
        return grid, [_room(ax.title)]
    names = [ax.title, ax._left_title, ax._right_title, ax.xaxis.label, ax.yaxis.label, *ax.texts]
    ticks = max((len(label.get_text()) for label in ax.get_yticklabels()), default=0)
    below = {_room(label)[1:] for label in ax.get_xticklabels()}
    legend = ax.get_legend()
    words = [text.get_text() for text in legend.get_texts()] if legend else []
    aspect = (ax.get_aspect(), ax.get_xlim(), ax.get_ylim()) if ax.get_aspect() != "auto" else None
    return grid, [_room(text) for text in names], ticks, below, words, aspect


def _room(text: Any) -> Any:
    """What changes the room of a text: lines, the number of their letters, size and turn."""
    lines = [len(line) for line in text.get_text().split("\n")]
    return lines, len(lines), text.get_fontsize(), text.get_rotation(), text.get_visible()
