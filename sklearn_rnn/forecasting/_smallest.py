"""Units of windows that hardly vary."""

from __future__ import annotations

import numpy as np

# Windows that change less than their series by this factor do not count as varying more.
SMALLEST_SHARE = 0.05


def smallest_units(
    values: np.ndarray, lengths: np.ndarray, weight: np.ndarray | None = None
) -> np.ndarray:
    """Choose the smallest unit of the windows of each series.

    Parameters
    ----------
    values : ndarray of shape (n_times_in_all,)
        Series, one after another; NaN where a value is missing.

    lengths : ndarray of shape (n_series,)
        Number of time steps of each.

    weight : ndarray of shape (n_times_in_all,), default=None
        Weights of the values.

    Returns
    -------
    units : ndarray of shape (n_series,)

    Raises
    ------
    ValueError
        If the values are too large.
    """
    starts = np.cumsum(lengths) - lengths
    known = np.isfinite(values) * (1.0 if weight is None else weight)
    filled = np.nan_to_num(values.astype(np.float64))
    total = np.maximum(np.add.reduceat(known, starts), 1e-12)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.add.reduceat(filled * known, starts) / total
        squares = np.square(filled - np.repeat(mean, lengths)) * known
        deviation = np.sqrt(np.add.reduceat(squares, starts) / total)
    if not np.isfinite(deviation).all():
        raise ValueError(
            f"Values from {filled.min():.4g} to {filled.max():.4g} are too large to forecast: "
            "their standard deviation cannot be computed."
        )
    # Of a constant series, what rounding errors are.
    smallest = np.maximum(SMALLEST_SHARE * deviation, 1e-12 * np.abs(mean))
    return np.maximum(smallest, 1e-300)
