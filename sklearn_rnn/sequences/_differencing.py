"""Differencing of one series: what a naive forecast misses, and the way back to levels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Differencing:
    """Differences at given lags, of the values or of their logarithms.

    Setting all future differences to zero is a naive forecast: the last value for the lag 1,
    last year's value for the lag 12 on months, last year's value with the latest growth for
    both. The differences are the errors that this forecast made one step ahead.

    Parameters
    ----------
    lags : tuple of int
        Lags, taken one after the other: ``(1, 12)`` is (1 - B)(1 - B^12) [1]_. Without lags
        the values stay as they are.

    log : bool
        Whether to difference the logarithms, so that the differences are growth rates.

    References
    ----------
    .. [1] Box, G. E. P. and Jenkins, G. M. (1970). Time series analysis: forecasting and
       control. Holden-Day.
    """

    lags: tuple[int, ...] = ()
    log: bool = False

    @property
    def n_lost(self) -> int:
        """Number of values at the start of a window that have no difference."""
        return sum(self.lags)

    def difference(self, windows: np.ndarray) -> np.ndarray:
        """Difference windows of shape (n, n_steps) to shape (n, n_steps - n_lost)."""
        values = self._to_scale(windows)
        for lag in self.lags:
            values = values[:, lag:] - values[:, :-lag]
        return values

    def residual(self, windows: np.ndarray, future: np.ndarray) -> np.ndarray:
        """Subtract the naive forecast from the future, shape (n, horizon)."""
        return self._to_scale(future) - self._naive(windows, future.shape[1])

    def restore(self, windows: np.ndarray, residual: np.ndarray) -> np.ndarray:
        """Add the naive forecast to a residual: the inverse of :meth:`residual`."""
        future = self._naive(windows, residual.shape[1]) + residual
        return np.exp(future) if self.log else future

    def _naive(self, windows: np.ndarray, horizon: int) -> np.ndarray:
        # The polynomial in B, of which the product with the series is its differences.
        polynomial = np.ones(1)
        for lag in self.lags:
            polynomial = np.convolve(polynomial, np.r_[1.0, np.zeros(lag - 1), -1.0])
        n_past = len(polynomial) - 1
        path = np.zeros((len(windows), n_past + horizon))
        if n_past:
            path[:, :n_past] = self._to_scale(windows[:, -n_past:])
            for step in range(n_past, n_past + horizon):
                path[:, step] = -path[:, step - n_past : step] @ polynomial[:0:-1]
        return path[:, n_past:]

    def _to_scale(self, values: np.ndarray) -> np.ndarray:
        if not self.log:
            return values
        if not (values > 0).all():
            raise ValueError(
                f"The logarithm needs positive values, but X or y holds {values.min()}. "
                "Set log=False."
            )
        return np.log(values)


def candidate_differencings(
    lags: str | tuple[int, ...], log: bool | str, season_length: int, positive: bool
) -> list[Differencing]:
    """List what the parameters of a forecaster leave to choose from, the simplest first.

    Parameters
    ----------
    lags : "auto" or tuple of int
        The lags, or "auto" for all sensible combinations of 1 and `season_length`.

    log : bool or "auto"
        Whether to take logarithms, or "auto" for both where the data are positive.

    season_length : int
        Number of time steps of a season.

    positive : bool
        Whether all data are positive.
    """
    if isinstance(lags, str):
        # For a season of 1 the last two say the same as the two before, or a linear trend.
        lags_choices = list(dict.fromkeys([(), (1,), (season_length,), (1, season_length)]))
    else:
        lags_choices = [tuple(lags)]
    log_choices = [log] if isinstance(log, bool) else ([False, True] if positive else [False])
    return [Differencing(lags, log) for log in log_choices for lags in lags_choices]


def weighted_mean(values: np.ndarray, sample_weight: np.ndarray | None) -> np.ndarray:
    """Average over the rows."""
    return np.average(values, axis=0, weights=sample_weight)


def choose_differencing(
    windows: np.ndarray,
    future: np.ndarray,
    candidates: Iterable[Differencing],
    sample_weight: np.ndarray | None = None,
) -> Differencing:
    """Choose the differencing whose naive forecast comes nearest to the future.

    Each naive forecast is corrected by its mean error at each step of the horizon, so that
    without lags it is the mean.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, n_steps)
        Past values.

    future : ndarray of shape (n_windows, horizon)
        What follows each window.

    candidates : iterable of Differencing
        The first of equally good ones is taken.

    sample_weight : ndarray of shape (n_windows,), default=None
        Weight of each window.

    Returns
    -------
    best : Differencing
        The one with the smallest mean absolute error, in the units of the series.
    """

    def error(candidate: Differencing) -> float:
        residual = candidate.residual(windows, future)
        mean = np.broadcast_to(weighted_mean(residual, sample_weight), residual.shape)
        misses = np.abs(candidate.restore(windows, mean) - future)
        return float(weighted_mean(misses, sample_weight).mean())

    # Rounded, so that equally good ones are not told apart by the last bits of their errors.
    return min(candidates, key=lambda candidate: float(f"{error(candidate):.9e}"))
