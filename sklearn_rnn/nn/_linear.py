"""A linear function of features that need no training."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn


class LinearFunction(nn.Module):
    """A linear function of features of a sequence.

    Parameters
    ----------
    features : module
        Computes features of shape (n_samples, n_features) from raw sequences and their lengths.

    weight : tensor of shape (n_outputs, n_features)
        Weights of the features.

    intercept : tensor of shape (n_outputs,)
        What is added.

    dtype : torch.dtype
        Dtype of the outputs.
    """

    weight: Tensor
    intercept: Tensor

    def __init__(
        self, features: nn.Module, weight: Tensor, intercept: Tensor, dtype: torch.dtype
    ) -> None:
        super().__init__()
        self.features, self.dtype = features, dtype
        # Features that are much alike have large weights, whose digits count.
        self.register_buffer("weight", weight.to(torch.float64))
        self.register_buffer("intercept", intercept.to(torch.float64))

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compute the outputs for raw sequences of shape (n_samples, n_steps, n_features)."""
        features = self.features(x, lengths).to(self.weight)
        return (features @ self.weight.T + self.intercept).to(self.dtype)

    def line(self, x: Tensor, baseline: Tensor, lengths: Tensor | None, weights: Tensor) -> Tensor:
        """Compute a function linear in `x` that changes from a baseline on as the outputs do.

        That is their sum, times `weights` of shape (n_samples, n_outputs).
        """
        features = cast(Any, self.features)
        return features.line(x, baseline, lengths, weights @ self.weight)
