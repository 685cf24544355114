"""How often tokens occur in sequences."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class TokenCounts(nn.Module):
    """How often each known token occurs, as features of a sequence.

    Parameters
    ----------
    n_tokens : int
        Number of known tokens, whose numbers start at 1; 0 stands for all others, and for padding.
    """

    def __init__(self, n_tokens: int) -> None:
        super().__init__()
        self.n_tokens = n_tokens

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Count numbers of shape (n_samples, n_steps, 1)."""
        numbers = x[:, :, 0].long()
        counts = x.new_zeros(len(x), self.n_tokens + 1)
        return counts.scatter_add(1, numbers, torch.ones_like(x[:, :, 0]))[:, 1:]
