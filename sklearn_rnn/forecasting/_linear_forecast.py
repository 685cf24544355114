"""A linear forecast from scaled windows, shrunk towards the naive forecast that does best."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import huber_loss

from sklearn_rnn.training import BatchIterator

from ._forecast_network import linear_inputs
from ._window_data import WindowData

# Relative to the mean square of the inputs; infinity is the naive forecast itself.
PENALTIES = (*np.logspace(-4.5, 1, 12), np.inf)
BATCH_SIZE = 1024
# So many windows are enough to estimate a linear forecast, and to compare two of them.
MAX_FIT_BATCHES = 20
MAX_SCORED_BATCHES = 2
# Windows followed by larger values than this, on average, count less.
LARGE_TARGET = 4.0
# Where the squared error becomes an absolute one, in the scale of the window.
HUBER_DELTA = 0.25


@dataclass(frozen=True)
class LinearForecast:
    """A linear forecast and how it was chosen.

    Parameters
    ----------
    weights : tensor of shape (n_linear_inputs, horizon)
        Weights of what :func:`linear_inputs` joins.

    naive : str
        Name of the naive forecast that it was shrunk towards.

    penalty : float
        Strength of the shrinkage, relative to the mean square of the inputs.
    """

    weights: Tensor
    naive: str
    penalty: float


@dataclass(frozen=True)
class Moments:
    """Sums of products of inputs, and of inputs and targets."""

    inputs: Tensor
    targets: Tensor

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.inputs + other.inputs, self.targets + other.targets)

    @cached_property
    def spectrum(self) -> tuple[Tensor, Tensor]:
        """Eigenvalues and eigenvectors of the inputs, which serve all solutions."""
        eigenvalues, vectors = torch.linalg.eigh(self.inputs)
        return eigenvalues.clamp(min=0), vectors

    def solve(self, naive: Tensor, penalties: tuple[float, ...]) -> list[Tensor]:
        """Minimise the squared error plus the penalised distance to the naive forecast [1]_.

        References
        ----------
        .. [1] Hoerl, A. E. and Kennard, R. W. (1970). Ridge regression: biased estimation for
           nonorthogonal problems. Technometrics 12(1).
        """
        eigenvalues, vectors = self.spectrum
        size = eigenvalues.mean() + 1e-9
        missing = vectors.T @ (self.targets - self.inputs @ naive)
        shrunk = [1 / (eigenvalues + penalty * size) for penalty in penalties]
        return [naive + vectors @ (each[:, None] * missing) for each in shrunk]


def fit_linear(
    train: WindowData,
    held_out: WindowData | None,
    naive: dict[str, np.ndarray],
    generator: torch.Generator,
    penalties: tuple[float, ...] = PENALTIES,
) -> tuple[LinearForecast, LinearForecast]:
    """Choose naive forecast and penalty on held-out windows.

    Parameters
    ----------
    train : WindowData
        Windows to estimate on.

    held_out : WindowData or None
        Windows to choose by; None chooses by those to estimate on.

    naive : dict of str to ndarray of shape (look_back, horizon)
        Naive forecasts by name, as weights of the values of a window that sum to 1.

    generator : torch.Generator
        Source of the choice of windows, where there are very many.

    penalties : tuple of float
        Strengths to choose from.

    Returns
    -------
    from_train, from_all : LinearForecast
        Estimated on the training windows, and on those held out as well.
    """
    scored = _gather(train if held_out is None else held_out, generator)
    n_inputs = scored.inputs.shape[1]
    candidates = {name: _widen(weights, n_inputs) for name, weights in naive.items()}
    losses = {name: scored.loss(weights) for name, weights in candidates.items()}
    # A bad naive forecast may still be a good start, but the best ones hardly miss it.
    names = sorted(losses, key=losses.__getitem__)[:2]
    names += [] if "mean of 1" in names else ["mean of 1"]
    moments = _moments(train, generator)
    if moments is None:
        best = LinearForecast(candidates[names[0]], names[0], np.inf)
        return best, best
    found = [
        (scored.loss(weights), name, penalty)
        for name in names
        for penalty, weights in zip(
            penalties, moments.solve(candidates[name], penalties), strict=True
        )
    ]
    _, name, penalty = min(found)
    both = [moments] if held_out is None else [moments, moments + scored.moments()]
    solved = [
        LinearForecast(each.solve(candidates[name], (penalty,))[0], name, penalty) for each in both
    ]
    return solved[0], solved[-1]


def _widen(weights: np.ndarray, n_inputs: int) -> Tensor:
    """Add zero weights for the inputs that are not values of the window."""
    wide = torch.zeros((n_inputs, weights.shape[1]), dtype=torch.float64)
    wide[: len(weights)] = torch.as_tensor(weights)
    return wide


@dataclass(frozen=True)
class _Scored:
    """Windows that forecasts are compared on."""

    inputs: Tensor
    targets: Tensor
    weights: Tensor

    def loss(self, weights: Tensor) -> float:
        """Average the Huber loss of a linear forecast over the steps that are known."""
        losses = huber_loss(
            self.inputs @ weights,
            self.targets.nan_to_num(),
            reduction="none",
            delta=HUBER_DELTA,
        )
        weight = self.targets.isfinite() * self.weights[:, None]
        return float((losses * weight).sum() / weight.sum().clamp(min=1e-12))

    def moments(self) -> Moments:
        """Sum up the products, to estimate on these windows too."""
        return _batch_moments(self.inputs, self.targets, self.weights)


def _gather(data: WindowData, generator: torch.Generator) -> _Scored:
    batches = _batches(data, generator, MAX_SCORED_BATCHES)
    return _Scored(*(torch.cat(part) for part in zip(*batches, strict=True)))


def _moments(data: WindowData, generator: torch.Generator) -> Moments | None:
    if len(data) == 0:
        return None
    batches = _batches(data, generator, MAX_FIT_BATCHES)
    return reduce(operator.add, (_batch_moments(*batch) for batch in batches))


def _batches(
    data: WindowData, generator: torch.Generator, n_batches: int
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Draw windows, and yield their inputs, their targets and their weights."""
    for inputs, y in BatchIterator(data, BATCH_SIZE, generator, n_batches):
        yield _join(inputs), y.double().cpu(), _row_weights(inputs)


def _join(inputs: dict[str, Tensor]) -> Tensor:
    past, future = inputs.get("past"), inputs.get("future")
    return linear_inputs(inputs["values"], inputs["mean"], past, future).double().cpu()


def _row_weights(inputs: dict[str, Tensor]) -> Tensor:
    weights = inputs.get("sample_weight")
    if weights is None:
        return torch.ones(len(inputs["values"]), dtype=torch.float64)
    return weights.double().cpu()


def _batch_moments(joined: Tensor, y: Tensor, weights: Tensor) -> Moments:
    known = y.isfinite().all(dim=1)
    joined, y, weights = joined[known], y[known], weights[known]
    influence = 1 / (1 + (y.abs().mean(dim=1) / LARGE_TARGET).square())
    weighted = joined * (weights * influence)[:, None]
    return Moments(weighted.T @ joined, weighted.T @ y)
