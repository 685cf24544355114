"""Convolutions before the recurrence: many raw steps become fewer, richer ones."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ._initialization import build_empty
from ._layers import BatchNorm
from ._pooling import step_mask
from ._seed import Seed

# Filters of each layer, and the steps that each of them covers.
FILTERS = (64, 128, 64)
WIDTHS = (9, 5, 3)
# So many steps become one, and more where more than this would be left.
N_MERGED = 4
MAX_STEPS = 1024


class FrontEnd(nn.Module):
    """Convolutions over time [1]_, after the first two of which steps may be merged.

    Parameters
    ----------
    input_size : int
        Number of features per step.

    n_steps : int
        Number of steps of the longest sequences to train on.

    seed : Seed
        Seed of the initial weights.

    dtype : torch.dtype
        Dtype of the weights.

    filters, widths : sequence of int
        Number of filters of each layer, and the steps that each of them covers.

    merges : bool, default=True
        Whether steps are merged, which takes three layers.

    looks_ahead : bool, default=True
        Whether filters see steps after the one that they answer for.

    References
    ----------
    .. [1] Karim, F., Majumdar, S., Darabi, H. and Chen, S. (2018). LSTM fully convolutional
       networks for time series classification. IEEE Access 6.
    """

    def __init__(
        self,
        input_size: int,
        n_steps: int,
        seed: Seed,
        dtype: torch.dtype,
        *,
        filters: Sequence[int] = FILTERS,
        widths: Sequence[int] = WIDTHS,
        merges: bool = True,
        looks_ahead: bool = True,
    ) -> None:
        super().__init__()
        self.output_size, self.merged = filters[-1], (1,) * len(filters)
        if merges:
            n_halvings = math.ceil(math.log2(max(N_MERGED, n_steps / MAX_STEPS)))
            self.merged = (2 ** math.ceil(n_halvings / 2), 2 ** (n_halvings // 2), 1)
        self.stride = math.prod(self.merged)
        sizes = zip((input_size, *filters[:-1]), filters, widths, self.merged, strict=True)
        self.layers = nn.ModuleList(
            Convolution(
                *each,
                seed.of(f"layer {number}").generator(),
                dtype,
                looks_ahead=looks_ahead,
            )
            for number, each in enumerate(sizes)
        )

    def n_merged(self, n_steps: int) -> int:
        """Count the steps that are left of so many."""
        for n_merged in self.merged:
            n_steps = math.ceil(n_steps / n_merged)
        return n_steps

    def forward(self, x: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Read a batch.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_steps, input_size)
            Sequences, padded with zeros at their end.

        lengths : tensor of shape (n_samples,)
            Number of valid steps of each sequence, on the CPU; None if all are valid.

        Returns
        -------
        x : tensor of shape (n_samples, n_merged_steps, output_size)
            Sequences of fewer steps, padded with zeros at their end.

        lengths : tensor of shape (n_samples,)
            Their numbers of valid steps; None if all are valid.
        """
        x = x.transpose(1, 2)
        for layer in self.layers:
            x, lengths = layer(x, lengths)
        return x.transpose(1, 2), lengths


class Convolution(nn.Module):
    """A convolution over time, batch norm, relu, and the largest of neighbouring steps.

    Parameters
    ----------
    input_size, n_filters : int
        Number of features per step, before and after.

    width : int
        Number of steps that a filter covers, odd.

    n_merged : int
        Number of steps of which one is left.

    generator : torch.Generator
        Source of the initial weights.

    dtype : torch.dtype
        Dtype of the weights.

    looks_ahead : bool, default=True
        Whether a filter sees as many steps after one as before, or none after it.
    """

    def __init__(
        self,
        input_size: int,
        n_filters: int,
        width: int,
        n_merged: int,
        generator: torch.Generator,
        dtype: torch.dtype,
        *,
        looks_ahead: bool = True,
    ) -> None:
        super().__init__()
        padding = width // 2 if looks_ahead else width - 1
        self.convolution = build_empty(
            nn.Conv1d, input_size, n_filters, width, padding=padding, bias=False, dtype=dtype
        )
        nn.init.kaiming_uniform_(self.convolution.weight, a=5**0.5, generator=generator)
        self.norm = BatchNorm(n_filters, dtype=dtype)
        self.n_merged = n_merged

    def forward(self, x: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Read a batch of shape (n_samples, input_size, n_steps), padded with zeros."""
        # What looks back alone is padded at both ends, too.
        x = self.convolution(x)[:, :, : x.shape[2]]
        if lengths is None:
            x = self.norm(x).relu()
        else:
            # Padding is to be left out of the averages, and to be zero for the next convolution.
            valid = step_mask(lengths, x.shape[2], x.device)[:, :, 0]
            steps = x.transpose(1, 2)
            x = torch.zeros_like(steps)
            x[valid] = self.norm(steps[valid]).relu()
            x = x.transpose(1, 2)
        if self.n_merged > 1:
            # Nothing is below zero, so that padding is never the largest.
            x = nn.functional.max_pool1d(x, self.n_merged, ceil_mode=True)
            lengths = None if lengths is None else -(-lengths // self.n_merged)
        return x, lengths
