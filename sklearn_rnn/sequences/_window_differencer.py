"""Differencing of windows of several columns, and the scale of what is to be forecast."""

from __future__ import annotations

import warnings
from collections.abc import Iterable

import numpy as np

from ._differencing import (
    Differencing,
    candidate_differencings,
    choose_differencing,
    weighted_mean,
)


def choose_differencings(
    windows: np.ndarray,
    future: np.ndarray,
    columns: list[int],
    *,
    lags: str | tuple[int, ...],
    log: bool | str,
    season_length: int,
    look_back: int = 1,
    rows: slice = slice(None),
    sample_weight: np.ndarray | None = None,
) -> list[Differencing]:
    """Choose the differencing of each target by its naive forecasts.

    Parameters
    ----------
    windows : ndarray of shape (n_samples, n_steps, n_columns)
        Windows, in the units of the targets.

    future : ndarray of shape (n_samples, horizon, n_targets)
        What follows each.

    columns : list of int
        Column of the windows that each target continues.

    lags, log, season_length
        As in :func:`candidate_differencings`.

    look_back : int, default=1
        Number of steps that a season must leave.

    rows : slice, default=slice(None)
        Windows to choose by: those to train on.

    sample_weight : ndarray of shape (n_samples,), default=None
        Weight of each window.

    Returns
    -------
    chosen : list of Differencing
        One for each target.

    Raises
    ------
    ValueError
        If the windows are too short for the given lags or season.
    """
    n_steps = windows.shape[1]
    auto = isinstance(lags, str)
    n_lost = season_length if isinstance(lags, str) else sum(lags)
    if n_steps < n_lost + look_back and not (auto and n_lost == 1):
        given = f"season_length={season_length}" if auto else f"differencing={lags}"
        raise ValueError(
            f"{given} with look_back={look_back} needs windows of at least {n_lost + look_back} "
            f"time steps, but there are only {n_steps}."
        )
    weight = None if sample_weight is None else sample_weight[rows]
    chosen = []
    for target, column in enumerate(columns):
        past, coming = windows[:, :, column], future[:, :, target]
        # Judged on all rows: the logarithms of all are needed.
        positive = bool((past > 0).all() and (coming > 0).all())
        candidates = candidate_differencings(lags, log, season_length, positive)
        feasible = [each for each in candidates if each.n_lost < n_steps]
        chosen.append(choose_differencing(past[rows], coming[rows], feasible, weight))
    if auto and season_length > 1 and not any(each.lags for each in chosen):
        warnings.warn(
            f"No naive forecast with season_length={season_length} is better than the mean. Do X "
            "and y hold the same quantity in the same units?",
            UserWarning,
            stacklevel=2,
        )
    return chosen


class WindowDifferencer:
    """Difference the target columns of windows, and scale what is to be forecast.

    Parameters
    ----------
    columns : list of int
        Column of the windows that each target continues.

    differencings : list of Differencing
        One for each target.

    look_back : int
        Number of steps that are kept after differencing.

    Attributes
    ----------
    center_, scale_ : ndarray of shape (horizon, n_targets)
        Mean and standard deviation of what the naive forecast misses in the training windows.
        A scale of 0 stands for a residual that is always the same.
    """

    def __init__(
        self, columns: list[int], differencings: list[Differencing], look_back: int
    ) -> None:
        self.columns = columns
        self.differencings = differencings
        self.look_back = look_back

    @property
    def n_lost(self) -> int:
        """Number of steps that differencing takes from a window."""
        return max(each.n_lost for each in self.differencings)

    @property
    def n_steps(self) -> int:
        """Number of steps that a window must have."""
        return self.look_back + self.n_lost

    def fit(
        self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None
    ) -> WindowDifferencer:
        """Learn the scale of the targets from windows and what follows them."""
        residual = self._residual(X, y)
        # Relative to the first one, a constant residual is zero without rounding errors.
        first = residual[0]
        self.center_ = first + weighted_mean(residual - first, sample_weight)
        variance = weighted_mean(np.square(residual - self.center_), sample_weight)
        # A constant residual may show a variance of rounding errors.
        constant = variance <= np.square(10 * np.finfo(np.float64).eps * self.center_)
        self.scale_ = np.where(constant, 0.0, np.sqrt(variance))
        return self

    def inputs(self, X: np.ndarray) -> np.ndarray:
        """Difference windows of shape (n, n_steps, n_columns) to (n, look_back, n_columns)."""
        inputs = X[:, -self.look_back :].astype(np.float64)
        for column, each in self._pairs():
            past = X[:, -(self.look_back + each.n_lost) :, column].astype(np.float64)
            inputs[:, :, column] = each.difference(past)
        return inputs

    def targets(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Turn the future of shape (n, horizon, n_targets) into scaled residuals."""
        return (self._residual(X, y) - self.center_) / np.where(self.scale_ > 0, self.scale_, 1.0)

    def restore(self, X: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Turn scaled residuals of shape (n, horizon, n_targets) into the future."""
        residual = targets * self.scale_ + self.center_
        futures = [
            each.restore(X[:, :, column], residual[:, :, target])
            for target, (column, each) in enumerate(self._pairs())
        ]
        return np.stack(futures, axis=2)

    def _residual(self, X: np.ndarray, y: np.ndarray) -> np.ndarray:
        residuals = [
            each.residual(X[:, :, column], y[:, :, target])
            for target, (column, each) in enumerate(self._pairs())
        ]
        return np.stack(residuals, axis=2)

    def _pairs(self) -> Iterable[tuple[int, Differencing]]:
        return zip(self.columns, self.differencings, strict=True)
