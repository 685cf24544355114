"""What is chosen by held-out windows: how much of the network's answers to use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ._forecast_network import ForecastNetwork

# Shares of what the network says to choose from, by so many windows.
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
HELD_OUT_BATCH = 1024
MAX_HELD_OUT_BATCHES = 4
# A few windows that do not overlap do not tell on which side forecasts err: quantiles lie on both
# sides alike as if so many more windows had said so.
N_MIRRORED = 30


@dataclass(frozen=True)
class HeldOut:
    """What a network says about held-out windows, and what came, in the scale of the windows.

    Parameters
    ----------
    module : ForecastNetwork
        The network.

    unit : tensor of shape (n_windows, 1)
        What errors grow with.

    linear, correction : tensor of shape (n_windows, horizon)
        Linear forecasts, and what the network adds.

    spread : tensor of shape (n_windows, horizon, 2)
        What the network tells about the spread of quantiles, if there are any.

    y : tensor of shape (n_windows, horizon)
        What came; NaN where it is not known.
    """

    module: ForecastNetwork
    unit: Tensor
    linear: Tensor
    correction: Tensor
    spread: Tensor
    y: Tensor

    @property
    def n_apart(self) -> float:
        """Number of windows that do not overlap."""
        return count_apart(*self.y.shape)

    @property
    def errors(self) -> Tensor:
        """Errors of the forecasts in their units, NaN where they are not known."""
        return (self.y - self.outputs()[:, :, 0]) / self.unit

    def outputs(self) -> Tensor:
        """Compute forecasts and quantiles with the present shares and offsets."""
        return self.module.combine(self.unit, self.linear, self.correction, self.spread)

    def choose_share(self, criterion: Callable[[Tensor, Tensor], Tensor]) -> None:
        """Choose how much of the correction to add: what surely has the smallest loss."""
        losses = []
        for share in SHARES:
            self.module.share.fill_(share)
            losses.append(self._average(criterion(self.outputs()[:, :, 0], self.y.nan_to_num())))
        self.module.share.fill_(self._best(losses))

    def choose_spread_share(self) -> None:
        """Choose how much the network tells about the spread, and put the offsets at that."""
        losses = []
        for share in SHARES:
            self.set_offsets(share)
            quantiles = self.outputs()[:, :, 1:]
            loss = pinball_loss(quantiles, self.y.nan_to_num(), self.module.quantiles)
            losses.append(self._average(loss))
        self.set_offsets(self._best(losses))

    def set_offsets(self, share: float) -> None:
        """Put the offsets of the quantiles at those of the errors, in units of their spread."""
        self.module.spread_share.fill_(share)
        below, above = (share * self.spread).exp().unbind(dim=2)
        errors = self.errors
        relative = (errors / torch.where(errors < 0, below, above)).double()
        # A few windows know little of the tails: quantiles lie a little farther out there.
        levels = (0.5 + (self.module.quantiles.double() - 0.5) * (1 + 1 / self.n_apart)).clamp(0, 1)
        as_they_are = relative.nanquantile(levels, dim=0).T
        mirrored = torch.cat([relative, -relative]).nanquantile(levels, dim=0).T
        weight = self.n_apart / (self.n_apart + N_MIRRORED)
        self.module.offsets.copy_(mirrored + weight * (as_they_are - mirrored))

    def _average(self, losses: Tensor) -> Tensor:
        """Average the losses of each window over the steps that are known."""
        known = self.y.isfinite()
        return (losses * known).sum(dim=1) / known.sum(dim=1).clamp(min=1)

    def _best(self, losses: list[Tensor]) -> float:
        differences = torch.stack(losses) - losses[0]
        return SHARES[surely_lowest(differences, self.n_apart)]


def count_apart(n_windows: int, horizon: int) -> float:
    """Count how many windows do not overlap: overlapping ones err together."""
    return max(n_windows / horizon, 1.0)


def surely_lowest(differences: Tensor, n_apart: float) -> int:
    """Find the row with the lowest mean, after one standard error is added to each.

    Parameters
    ----------
    differences : tensor of shape (n_candidates, n_windows)
        Differences of losses to those of the first candidate.

    n_apart : float
        Number of windows that do not overlap, which are what counts for the error.
    """
    errors = differences.std(dim=1, correction=0) / n_apart**0.5
    return int((differences.mean(dim=1) + errors).argmin())


def pinball_loss(predicted: Tensor, y: Tensor, quantiles: Tensor) -> Tensor:
    """Average the pinball loss [1]_ over quantiles.

    Parameters
    ----------
    predicted : tensor of shape (n_windows, horizon, n_quantiles)
        Quantiles as they are forecast.

    y : tensor of shape (n_windows, horizon)
        What came.

    quantiles : tensor of shape (n_quantiles,)
        Their probabilities.

    Returns
    -------
    losses : tensor of shape (n_windows, horizon)

    References
    ----------
    .. [1] Koenker, R. and Bassett, G. (1978). Regression quantiles. Econometrica 46(1).
    """
    error = y[:, :, None] - predicted
    return torch.maximum(quantiles * error, (quantiles - 1) * error).mean(dim=2)
