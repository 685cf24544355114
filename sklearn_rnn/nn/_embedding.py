"""Vectors that stand for tokens."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ._initialization import build_empty
from ._seed import Seed


class TokenEmbedding(nn.Module):
    """A learnt vector for each token, and zeros for those that are not known.

    Parameters
    ----------
    n_tokens : int
        Number of known tokens, whose numbers start at 1; 0 stands for all others.

    embedding_dim : int
        Size of a vector.

    seed : Seed
        Seed of the initial vectors, which are normally distributed.

    dtype : torch.dtype
        Dtype of the vectors.
    """

    def __init__(self, n_tokens: int, embedding_dim: int, seed: Seed, dtype: torch.dtype) -> None:
        super().__init__()
        self.table = build_empty(
            nn.Embedding, n_tokens + 1, embedding_dim, padding_idx=0, dtype=dtype
        )
        with torch.no_grad():
            self.table.weight.normal_(generator=seed.generator())
            self.table.weight[0] = 0.0

    def forward(self, x: Tensor) -> Tensor:
        """Look up numbers of shape (n_samples, n_steps, 1)."""
        return self.table(x[:, :, 0].long())
