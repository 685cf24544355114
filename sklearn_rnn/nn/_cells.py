"""The kinds of recurrent cells, by name. To add one takes its file, its test and a line here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import cast

from ._cell import Cell, Layer
from ._own_cell import OwnCell
from ._stepped_layer import SteppedLayer

# Each cell is the `CELL` of the file of its name. What it is stands in the docs of the estimators.
CELLS = {
    "rnn": "the simple cell (Elman, 1990)",
    "lstm": "long short-term memory (Hochreiter and Schmidhuber, 1997)",
    "gru": "the gated recurrent unit (Cho et al., 2014)",
}


@cache
def find_cell(name: str | type[SteppedLayer]) -> Cell:
    """Find a cell by its name, or make one of a layer that a user brings.

    It is loaded when it is needed: Numba, which compiles it, takes half a second to load.
    """
    if not isinstance(name, str):
        return OwnCell(name)
    return import_module(f"._{name}", __package__).CELL


def cell_of(layer: Layer) -> Cell:
    """Find the cell of a layer."""
    known = (each for each in map(find_cell, CELLS) if isinstance(layer, each.layer_class))
    return next(known, None) or OwnCell(cast(type[SteppedLayer], type(layer)))
