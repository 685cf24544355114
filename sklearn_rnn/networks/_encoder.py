"""Stacked recurrent layers over sequences of equal or varying length."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ._initialization import build_empty, initialize_recurrent
from ._layers import SeededDropout
from ._reading import read

CELLS: dict[str, type[nn.RNNBase]] = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class RecurrentEncoder(nn.Module):
    """Read sequences with a stack of recurrent layers.

    Parameters
    ----------
    input_size : int
        Number of features per step.

    hidden_size : int
        Number of units of each layer and direction.

    seed : int
        Seed of initial weights and dropout masks.

    cell : {"rnn", "lstm", "gru"}
        Kind of recurrent cell.

    nonlinearity : {"tanh", "relu"}
        Activation of the "rnn" cell; the other cells do not use it.

    num_layers : int
        Number of layers, each reading the outputs of the one below.

    bidirectional : bool
        Whether each layer also reads the sequence from its end.

    dropout : float
        Dropout probability on the outputs of each layer.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        seed: int,
        *,
        cell: str = "lstm",
        nonlinearity: str = "tanh",
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.bidirectional = bidirectional
        self.output_size = hidden_size * (2 if bidirectional else 1)
        options = {"nonlinearity": nonlinearity} if cell == "rnn" else {}
        sizes = [input_size] + [self.output_size] * (num_layers - 1)
        generator = torch.Generator().manual_seed(seed)
        self.layers = nn.ModuleList()
        for size in sizes:
            layer = build_empty(
                CELLS[cell],
                size,
                hidden_size,
                batch_first=True,
                bidirectional=bidirectional,
                dtype=dtype,
                **options,
            )
            initialize_recurrent(layer, generator)
            self.layers.append(layer)
        self.dropout = SeededDropout(dropout, seed)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Encode a batch.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_steps, input_size)
            Sequences, padded at their end to `n_steps`.

        lengths : tensor of shape (n_samples,), default=None
            Number of valid steps of each sequence, on the CPU; None if all are valid.

        Returns
        -------
        outputs : tensor of shape (n_samples, n_steps, output_size)
            Outputs of the last layer. Those of padded steps are without meaning.
        """
        for layer in self.layers:
            assert isinstance(layer, nn.RNNBase)
            x = self.dropout(read(layer, x, lengths))
        return x
