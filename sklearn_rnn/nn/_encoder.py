"""Stacked recurrent layers over sequences of equal or varying length."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from ._layers import SeededDropout
from ._reading import read
from ._recurrent_layer import build_recurrent
from ._residual import LayerStack
from ._seed import Seed
from ._stepped_layer import SteppedLayer


class RecurrentEncoder(nn.Module):
    """Read sequences with a stack of recurrent layers.

    Parameters
    ----------
    input_size : int
        Number of features per step.

    hidden_size : int
        Number of units of each layer and direction.

    seed : Seed
        Seed of initial weights and dropout masks.

    n_steps : int
        Number of steps of the longest sequences to read, which initial weights depend on.

    cell : str or class
        Kind of recurrent cell, one of `CELLS` or a subclass of :class:`SteppedLayer`.

    nonlinearity : {"tanh", "relu"}
        Activation, of cells that let one choose.

    num_layers : int
        Number of layers, each reading the outputs of the one below.

    bidirectional : bool
        Whether each layer also reads the sequence from its end.

    residual : bool
        Whether there are residual connections around the layers above the first.

    dropout : float
        Dropout probability on the outputs of each layer below another.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        seed: Seed,
        *,
        n_steps: int,
        cell: str | type[SteppedLayer] = "lstm",
        nonlinearity: str = "tanh",
        num_layers: int = 1,
        bidirectional: bool = False,
        residual: bool = False,
        dropout: float = 0.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.bidirectional = bidirectional
        self.output_size = hidden_size * (2 if bidirectional else 1)
        sizes = [input_size] + [self.output_size] * (num_layers - 1)
        self.layers = nn.ModuleList(
            build_recurrent(
                cell,
                size,
                hidden_size,
                n_steps,
                seed.of(f"layer {number}").generator(),
                nonlinearity=nonlinearity,
                bidirectional=bidirectional,
                dtype=dtype,
            )
            for number, size in enumerate(sizes)
        )
        self.stack = LayerStack(num_layers, self.output_size, residual, dtype)
        self.dropout = SeededDropout(dropout, seed.of("dropout"))

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        # The weights of a copy lie apart, and cuDNN would put them together for every batch.
        for layer in self.layers:
            if isinstance(layer, nn.RNNBase):
                layer.flatten_parameters()

    def forward(
        self, x: Tensor, lengths: Tensor | None = None, n_last: int | None = None
    ) -> Tensor:
        """Encode a batch.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_steps, input_size)
            Sequences, padded at their end to `n_steps`.

        lengths : tensor of shape (n_samples,), default=None
            Number of valid steps of each sequence, on the CPU; None if all are valid.

        n_last : int, default=None
            Number of steps at the end whose outputs are wanted; None for all.

        Returns
        -------
        outputs : tensor of shape (n_samples, n_last, output_size)
            Outputs of the last layer. Those of padded steps are without meaning.
        """
        *below, last = self.layers
        readers = [partial(self._read_and_drop, layer, lengths) for layer in below]
        return self.stack(x, [*readers, lambda x: read(last, x, lengths, n_last)])

    def read_on(self, x: Tensor, states: list[Any]) -> Tensor:
        """Read the next steps of sequences, in evaluation.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_steps, input_size)
            The steps.

        states : list of length num_layers
            State of each layer after the steps before, None in the beginning; replaced by the
            state after these.

        Returns
        -------
        outputs : tensor of shape (n_samples, n_steps, output_size)
        """

        def read_layer(number: int, x: Tensor) -> Tensor:
            outputs, states[number] = self.layers[number](x, states[number])
            return outputs

        return self.stack(x, [partial(read_layer, number) for number in range(len(states))])

    def _read_and_drop(self, layer: nn.Module, lengths: Tensor | None, x: Tensor) -> Tensor:
        return self.dropout(read(layer, x, lengths))
