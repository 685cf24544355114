"""The kinds of recurrent cells, by name. To add one takes its file, its test and a line here."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from ._cell import Cell, Layer

# Each cell is the `CELL` of the file of its name.
CELLS = {
    "rnn": "the simple (Elman) cell",
    "lstm": "long short-term memory",
    "gru": "the gated recurrent unit",
}


@cache
def find_cell(name: str) -> Cell:
    """Load a cell when it is needed: Numba, which compiles it, takes half a second to load."""
    return import_module(f"._{name}", __package__).CELL


def cell_of(layer: Layer) -> Cell:
    """Find the cell of a layer."""
    return next(each for each in map(find_cell, CELLS) if isinstance(layer, each.layer_class))
