"""Attention over the cells of an image."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ._initialization import build_empty, initialize_linear
from ._seed import Seed


class CellAttention(nn.Module):
    """Look at the cells of an image, at each step at others: several heads side by side.

    Each head weighs the cells by the product of a query, made of the state, and of a key, made of
    a cell [1]_; what is seen is the weighted mean of the cells [2]_.

    Parameters
    ----------
    state_size, cell_size : int
        Number of features of a state and of a cell.

    n_heads : int
        Number of heads, a divisor of `cell_size`.

    seed : Seed
        Seed of the initial weights.

    dtype : torch.dtype
        Dtype of the weights.

    References
    ----------
    .. [1] Vaswani, A. et al. (2017). Attention is all you need. NeurIPS.
    .. [2] Xu, K. et al. (2015). Show, attend and tell: neural image caption generation with visual
       attention. ICML.
    """

    def __init__(
        self, state_size: int, cell_size: int, n_heads: int, seed: Seed, dtype: torch.dtype
    ) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.query = build_empty(nn.Linear, state_size, cell_size, dtype=dtype)
        self.key = build_empty(nn.Linear, cell_size, cell_size, dtype=dtype)
        self.value = build_empty(nn.Linear, cell_size, cell_size, dtype=dtype)
        for name in ("query", "key", "value"):
            initialize_linear(getattr(self, name), seed.of(name).generator())

    def forward(self, states: Tensor, cells: Tensor) -> tuple[Tensor, Tensor]:
        """Look once for each state.

        Parameters
        ----------
        states : tensor of shape (n_samples, n_steps, state_size)
            States of the decoder.

        cells : tensor of shape (n_samples, n_cells, cell_size)
            What there is to look at.

        Returns
        -------
        seen : tensor of shape (n_samples, n_steps, cell_size)
            What each state has seen.

        weights : tensor of shape (n_samples, n_steps, n_cells)
            Where it looked: the mean of the heads, which adds up to 1.
        """
        query = self._split(self.query(states))
        keys, values = self._split(self.key(cells)), self._split(self.value(cells))
        scores = query @ keys.transpose(2, 3) / math.sqrt(query.shape[-1])
        weights = scores.softmax(dim=-1)
        seen = (weights @ values).transpose(1, 2).flatten(2)
        return seen, weights.mean(dim=1)

    def _split(self, x: Tensor) -> Tensor:
        """Split features of shape (n_samples, n, size) into those of each head."""
        return x.unflatten(2, (self.n_heads, -1)).transpose(1, 2)
