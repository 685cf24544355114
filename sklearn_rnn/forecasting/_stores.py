"""Series and windows of the user as a store of series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ._clock import row_parts
from ._series_store import Covariates, SeriesStore
from ._table import Panel, panel_blocks

# Windows that vary less than their series by these factors do not count as varying more.
SMALLEST_SPREAD = 0.05
SMALLEST_LEVEL = 1e-3
TINY = 1e-9


@dataclass(frozen=True)
class CovariateScaler:
    """Mean and deviation of covariates, as learnt from the training data.

    Parameters
    ----------
    mean, deviation : ndarray of shape (n_covariates,)
        Deviations of constant covariates are 1.
    """

    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def learn(cls, values: np.ndarray, weight: np.ndarray | None = None) -> CovariateScaler:
        """Learn from values of shape (n_rows, n_covariates), NaN where one is missing.

        Raises
        ------
        ValueError
            If they are too large.
        """

        def average(function: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
            total, sums = np.zeros(values.shape[1]), np.zeros(values.shape[1])
            for rows in row_parts(len(values)):
                known = np.isfinite(values[rows]) * (1.0 if weight is None else weight[rows, None])
                filled = np.nan_to_num(values[rows].astype(np.float64))
                total += known.sum(axis=0)
                sums += (function(filled) * known).sum(axis=0)
            return sums / np.maximum(total, TINY)

        with np.errstate(over="ignore", invalid="ignore"):
            mean = average(lambda part: part)
            deviation = np.sqrt(average(lambda part: np.square(part - mean)))
        if not np.isfinite(deviation).all():
            raise ValueError(
                f"Covariates from {np.nanmin(values):.4g} to {np.nanmax(values):.4g} are too "
                "large: their standard deviation cannot be computed."
            )
        is_constant = deviation <= 1e-12 * np.abs(mean)
        return cls(mean, np.where(is_constant | (deviation == 0.0), 1.0, deviation))

    def scale(self, values: np.ndarray) -> np.ndarray:
        """Standardize; what is missing becomes the mean."""
        scaled = np.empty(values.shape, dtype=np.float32)
        for rows in row_parts(len(values)):
            # What is too large for this dtype has no finite forecast.
            with np.errstate(over="ignore"):
                scaled[rows] = np.nan_to_num((values[rows] - self.mean) / self.deviation)
        return scaled


def smallest_scales(
    values: np.ndarray, lengths: np.ndarray, weight: np.ndarray | None = None
) -> np.ndarray:
    """Choose the smallest scale of the windows of each series.

    Parameters
    ----------
    values : ndarray of shape (n_times_in_all,)
        Series, one after another; NaN where a value is missing.

    lengths : ndarray of shape (n_series,)
        Number of time steps of each.

    weight : ndarray of shape (n_times_in_all,), default=None
        Weights of the values.

    Raises
    ------
    ValueError
        If the values are too large.
    """
    starts = np.cumsum(lengths) - lengths
    known = np.isfinite(values) * (1.0 if weight is None else weight)
    filled = np.nan_to_num(values.astype(np.float64))
    total = np.maximum(np.add.reduceat(known, starts), TINY)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.add.reduceat(filled * known, starts) / total
        squares = np.square(filled - np.repeat(mean, lengths)) * known
        deviation = np.sqrt(np.add.reduceat(squares, starts) / total)
    if not np.isfinite(deviation).all():
        raise ValueError(
            f"Values from {filled.min():.4g} to {filled.max():.4g} are too large to forecast: "
            "their standard deviation cannot be computed."
        )
    floor = np.maximum(SMALLEST_SPREAD * deviation, SMALLEST_LEVEL * np.abs(mean))
    return np.maximum(floor, TINY)


def _target_series(panel: Panel) -> tuple[np.ndarray, np.ndarray]:
    """Put each target of each series after another: their values and their lengths."""
    n_targets = panel.columns.bounds[0]
    values = np.ascontiguousarray(panel.table[:, :n_targets].T).ravel()
    return values, np.tile(panel.lengths, n_targets)


def panel_scales(panel: Panel, n_known: np.ndarray | None = None) -> np.ndarray:
    """Choose the smallest scale of the windows of each target of each series.

    Parameters
    ----------
    panel : Panel
        The series.

    n_known : ndarray of shape (n_series,), default=None
        Number of time steps of each to choose by; None for all.
    """
    scales = np.empty((panel.columns.bounds[0], len(panel.ids)))
    for series, rows in panel_blocks(panel.offsets):
        lengths, weight = panel.lengths[series], None
        if n_known is not None:
            step = np.arange(rows.start, rows.stop) - np.repeat(panel.offsets[series], lengths)
            weight = (step < np.repeat(n_known[series], lengths)).astype(np.float64)
        for target, values in enumerate(panel.table[rows, : len(scales)].T):
            scales[target, series] = smallest_scales(values, lengths, weight)
    return scales.ravel()


def store_panel(
    panel: Panel,
    scaler: CovariateScaler,
    smallest: np.ndarray,
    ahead: np.ndarray | None = None,
    **options: Any,
) -> SeriesStore:
    """Store each target of each series as a series of its own, with the covariates they share.

    Parameters
    ----------
    panel : Panel
        The series.

    scaler : CovariateScaler
        Scale of the covariates, past and future ones.

    smallest : ndarray of shape (n_targets * n_series,)
        Smallest scales of the windows.

    ahead : ndarray of shape (n_series, n_steps, n_future), default=None
        Covariates known ahead, for the time steps after the last ones.

    **options
        Passed to :class:`SeriesStore`.
    """
    n_targets, n_observed = panel.columns.bounds[:2]
    values, lengths = _target_series(panel)
    owner = np.tile(np.arange(len(panel.ids)), n_targets)
    covariates = Covariates(scaler.scale(panel.table[:, n_targets:]), panel.lengths, owner)
    # Of those known ahead, the past tells something too.
    past = covariates if covariates.values.shape[1] else None
    future = None
    if panel.table.shape[1] > n_observed:
        future = replace(covariates, values=covariates.values[:, n_observed - n_targets :])
    if future is not None and ahead is not None:
        future = _append(future, scaler, ahead)
    return SeriesStore(values, lengths, smallest, past=past, future=future, **options)


def _append(future: Covariates, scaler: CovariateScaler, ahead: np.ndarray) -> Covariates:
    """Put the covariates of later time steps after those of each owner."""
    n_future = ahead.shape[2]
    mean, deviation = scaler.mean[-n_future:], scaler.deviation[-n_future:]
    scaled = CovariateScaler(mean, deviation).scale(ahead)
    parts = np.split(future.values, np.cumsum(future.lengths)[:-1])
    joined = [part for pair in zip(parts, scaled, strict=True) for part in pair]
    lengths = future.lengths + ahead.shape[1]
    return replace(future, values=np.concatenate(joined), lengths=lengths)


def store_windows(
    windows: np.ndarray,
    columns: list[int],
    scaler: CovariateScaler,
    smallest: np.ndarray,
    future: np.ndarray | None = None,
    sample_weight: np.ndarray | None = None,
    **options: Any,
) -> SeriesStore:
    """Store each window, with what follows it if that is known, as a short series.

    Parameters
    ----------
    windows : ndarray of shape (n_samples, n_steps, n_columns)
        Windows; the columns that are no targets are covariates.

    columns : list of int
        Column of each target.

    scaler : CovariateScaler
        Scale of the covariates.

    smallest : ndarray of shape (n_targets,)
        Smallest scale of each target.

    future : ndarray of shape (n_samples, horizon, n_targets), default=None
        What follows each window.

    sample_weight : ndarray of shape (n_samples,), default=None
        Weight of each window.

    **options
        Passed to :class:`SeriesStore`.
    """
    n_samples, n_steps = windows.shape[:2]
    values = np.moveaxis(windows[:, :, columns], 2, 0)
    if future is not None:
        values = np.concatenate([values, np.moveaxis(future, 2, 0)], axis=2)
    n_targets = len(columns)
    past = None
    others = np.delete(windows, columns, axis=2).reshape(n_samples * n_steps, -1)
    if others.shape[1]:
        owner = np.tile(np.arange(n_samples), n_targets)
        past = Covariates(scaler.scale(others), np.full(n_samples, n_steps), owner)
    return SeriesStore(
        np.ascontiguousarray(values).ravel(),
        np.full(n_targets * n_samples, values.shape[2]),
        np.repeat(smallest, n_samples),
        past=past,
        sample_weight=None if sample_weight is None else np.tile(sample_weight, n_targets),
        **options,
    )
