"""A ridge regression on windows, of what smoothing misses."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from sklearn_rnn.training import BatchIterator

from ._batches import WindowData
from ._choice import evidence
from ._network import linear_inputs

# Relative to the mean square of the inputs; infinity leaves the smoothed path as it is.
PENALTIES = torch.tensor([*np.logspace(-4.5, 2, 14), np.inf], dtype=torch.float64)
# The one, 0.03, where nothing is held out to tell which are good.
FIXED = 6
# Penalties are weighed as if so many windows told their losses: the best of a few is good by luck,
# and an average of all, where windows are few, bad.
N_TELLING = 130
BATCH_SIZE = 1024
# So many windows are enough to estimate a regression, and to compare two of them.
MAX_FIT_BATCHES = 60
MAX_SCORED_BATCHES = 4
# Windows that smoothing misses by this many times the usual count less.
LARGE_TARGET = 10.0


@dataclass(frozen=True)
class Ridge:
    """An average of ridge regressions with different penalties, and how it was chosen."""

    weights: Tensor  # (n_linear_inputs, horizon), of what :func:`linear_inputs` joins
    penalty: float  # the likeliest, relative to the mean square of the inputs
    loss: float  # mean absolute error on the windows that it was chosen by, times their weights


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

    def solve(self, trust: Tensor) -> Tensor:
        """Minimise the penalised squared error [1]_, and average by how much each penalty counts.

        References
        ----------
        .. [1] Hoerl, A. E. and Kennard, R. W. (1970). Ridge regression: biased estimation for
           nonorthogonal problems. Technometrics 12(1).
        """
        eigenvalues, vectors = self.spectrum
        penalties = PENALTIES * (eigenvalues.mean() + 1e-9)
        shrunk = (trust / (eigenvalues[:, None] + penalties)).sum(dim=1)
        return vectors @ (shrunk[:, None] * (vectors.T @ self.targets))


class Sample(NamedTuple):
    """Windows to estimate regressions on, or to compare them."""

    inputs: Tensor
    targets: Tensor  # what smoothing misses
    weights: Tensor

    def loss(self, weights: Tensor) -> float:
        """Average the weighted absolute error of a regression over the steps that are known."""
        errors = (self.targets - self.inputs @ weights).abs() * self.weights[:, None]
        return float(errors.nanmean())

    def moments(self) -> Moments:
        """Sum up the products, to estimate on these windows too."""
        known = self.targets.isfinite().all(dim=1)
        inputs, targets = self.inputs[known], self.targets[known]
        sizes = targets.abs().mean(dim=1)
        weights = self.weights[known]
        usual = ((sizes * weights).sum() / weights.sum()).clamp(min=1e-300)
        influence = 1 / (1 + (sizes / (LARGE_TARGET * usual)).square())
        weighted = inputs * (weights * influence)[:, None]
        return Moments(weighted.T @ inputs, weighted.T @ targets)


def fit_ridge(
    train: WindowData, held_out: WindowData | None, generator: torch.Generator
) -> tuple[Ridge, Ridge]:
    """Average penalties by how well they do on held-out windows, if there are any.

    Returned are a regression estimated on the training windows, and one estimated on those held
    out as well.
    """
    scored_on = train if held_out is None else held_out
    samples = _samples(scored_on, generator, MAX_SCORED_BATCHES)
    scored = Sample(*(torch.cat(part) for part in zip(*samples, strict=True)))
    if len(train) == 0:
        nothing = scored.inputs.new_zeros(scored.inputs.shape[1], scored.targets.shape[1])
        ridge = Ridge(nothing, np.inf, scored.loss(nothing))
        return ridge, ridge
    samples = _samples(train, generator, MAX_FIT_BATCHES)
    moments = reduce(operator.add, (each.moments() for each in samples))
    alone = torch.eye(len(PENALTIES), dtype=torch.float64)
    trust = alone[FIXED]
    if held_out is not None:
        losses = torch.tensor([scored.loss(moments.solve(each)) for each in alone])
        trust = evidence(losses, N_TELLING)
    weights, penalty = moments.solve(trust), PENALTIES[trust.argmax()].item()
    from_train = Ridge(weights, penalty, scored.loss(weights))
    if held_out is None:
        return from_train, from_train
    return from_train, replace(from_train, weights=(moments + scored.moments()).solve(trust))


def _samples(data: WindowData, generator: torch.Generator, n_batches: int) -> Iterator[Sample]:
    """Draw batches of windows."""
    for inputs, y in BatchIterator(data, BATCH_SIZE, generator, n_batches):
        parts = (linear_inputs(inputs), y - inputs["path"], inputs["weight"])
        yield Sample(*(each.double().cpu() for each in parts))
