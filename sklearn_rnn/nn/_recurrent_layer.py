"""One recurrent layer, with the initial weights of this package."""

from __future__ import annotations

import torch
from torch import nn

from ._initialization import build_empty, initialize_recurrent

CELLS: dict[str, type[nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


def build_recurrent(
    cell: str,
    input_size: int,
    hidden_size: int,
    n_steps: int,
    generator: torch.Generator,
    *,
    nonlinearity: str,
    bidirectional: bool,
    dtype: torch.dtype,
) -> nn.RNNBase:
    """Build a recurrent layer that reads (n_samples, n_steps, input_size).

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
        Kind of recurrent cell.

    input_size, hidden_size : int
        Number of features per step, and of units per direction.

    n_steps : int
        Number of steps of the longest sequences to read.

    generator : torch.Generator
        Source of the initial weights.

    nonlinearity : {"tanh", "relu"}
        Activation of the "rnn" cell; the other cells do not use it.

    bidirectional : bool
        Whether the layer also reads the sequence from its end.

    dtype : torch.dtype
        Dtype of the weights.
    """
    options = {"nonlinearity": nonlinearity} if cell == "rnn" else {}
    layer = build_empty(
        CELLS[cell],
        input_size,
        hidden_size,
        batch_first=True,
        bidirectional=bidirectional,
        dtype=dtype,
        **options,
    )
    initialize_recurrent(layer, n_steps, generator)
    return layer
