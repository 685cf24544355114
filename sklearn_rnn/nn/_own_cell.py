"""A cell that a user brings."""

from __future__ import annotations

from ._cell import Cell, Layer, Recurrence
from ._stepped_layer import SteppedLayer


class OwnCell(Cell):
    """A cell of which there is a layer and nothing else: torch reads with it, step by step.

    Parameters
    ----------
    layer_class : class
        Subclass of :class:`SteppedLayer`.
    """

    def __init__(self, layer_class: type[SteppedLayer]) -> None:
        if not issubclass(layer_class, SteppedLayer):
            raise ValueError(
                "The 'cell' parameter must be the name of a cell or a subclass of "
                f"sklearn_rnn.nn.SteppedLayer. Got {layer_class!r} instead."
            )
        self.layer_class = layer_class

    def recurrence(self, layer: Layer) -> Recurrence | None:
        """There is no compiled code."""
        return None
