"""One recurrent layer, with the initial weights of this package."""

from __future__ import annotations

import torch

from ._cell import Layer
from ._cells import find_cell
from ._stepped_layer import SteppedLayer


def build_recurrent(
    cell: str | type[SteppedLayer],
    input_size: int,
    hidden_size: int,
    n_steps: int,
    generator: torch.Generator,
    *,
    nonlinearity: str,
    bidirectional: bool,
    dtype: torch.dtype,
) -> Layer:
    """Build a recurrent layer that reads (n_samples, n_steps, input_size).

    Parameters
    ----------
    cell : str or class
        Kind of recurrent cell, one of `CELLS` or a subclass of :class:`SteppedLayer`.

    input_size, hidden_size : int
        Number of features per step, and of units per direction.

    n_steps : int
        Number of steps of the longest sequences to read.

    generator : torch.Generator
        Source of the initial weights.

    nonlinearity : {"tanh", "relu"}
        Activation, of cells that let one choose.

    bidirectional : bool
        Whether the layer also reads the sequence from its end.

    dtype : torch.dtype
        Dtype of the weights.
    """
    kind = find_cell(cell)
    layer = kind.build(
        input_size,
        hidden_size,
        nonlinearity=nonlinearity,
        bidirectional=bidirectional,
        dtype=dtype,
    )
    kind.initialize(layer, n_steps, generator)
    return layer
