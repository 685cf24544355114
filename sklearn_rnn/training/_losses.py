"""Losses that torch does not have."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class PinballLoss(nn.Module):
    """Pinball loss of a quantile [1]_.

    Parameters
    ----------
    quantile : float
        Its probability.

    reduction : {"none"}
        Losses stay apart.

    References
    ----------
    .. [1] Koenker, R. and Bassett, G. (1978). Regression quantiles. Econometrica 46(1).
    """

    def __init__(self, quantile: float, reduction: str = "none") -> None:
        super().__init__()
        self.quantile = quantile

    def forward(self, predicted: Tensor, y: Tensor) -> Tensor:
        """Compute the loss of each value."""
        return pinball_loss(predicted[..., None], y, predicted.new_tensor([self.quantile]))


class BinaryCrossEntropy(nn.Module):
    """Cross-entropy of each of several labels, of which the logit is told.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        Share of each target that is spread evenly over zero and one.

    reduction : {"none"}
        Losses stay apart.
    """

    def __init__(self, label_smoothing: float = 0.0, reduction: str = "none") -> None:
        super().__init__()
        self.label_smoothing = label_smoothing

    def forward(self, predicted: Tensor, y: Tensor) -> Tensor:
        """Compute the loss of each label."""
        wanted = torch.lerp(y, torch.full_like(y, 0.5), self.label_smoothing)
        return nn.functional.binary_cross_entropy_with_logits(predicted, wanted, reduction="none")


class PoissonDeviance(nn.Module):
    """Half the deviance of a Poisson distribution, of which the logarithm of the mean is told.

    Parameters
    ----------
    reduction : {"none"}
        Losses stay apart.
    """

    def __init__(self, reduction: str = "none") -> None:
        super().__init__()

    def forward(self, predicted: Tensor, y: Tensor) -> Tensor:
        """Compute the loss of each value."""
        return torch.xlogy(y, y) - y * predicted - y + predicted.exp()


def pinball_loss(predicted: Tensor, y: Tensor, quantiles: Tensor) -> Tensor:
    """Average the pinball loss over quantiles.

    Parameters
    ----------
    predicted : tensor of shape (n_samples, n_outputs, n_quantiles)
        Quantiles as they are predicted.

    y : tensor of shape (n_samples, n_outputs)
        What came.

    quantiles : tensor of shape (n_quantiles,)
        Their probabilities.

    Returns
    -------
    losses : tensor of shape (n_samples, n_outputs)
    """
    error = y[:, :, None] - predicted
    return torch.maximum(quantiles * error, (quantiles - 1) * error).mean(dim=2)
