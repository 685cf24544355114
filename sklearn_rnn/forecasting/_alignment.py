"""Which column of the windows a target continues, and in which units."""

from __future__ import annotations

import numpy as np

# Slope and intercept of a straight line.
Units = tuple[float, float]


def align_future(windows: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Bring y to three dimensions, and find the column that each target continues.

    Parameters
    ----------
    windows : ndarray of shape (n_samples, n_steps, n_columns)
        Windows.

    y : ndarray of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_columns)
        What follows each.

    Returns
    -------
    future : ndarray of shape (n_samples, horizon, n_targets)
        The same values.

    columns : list of int
        One for each target: all in their order. For a single target the one that it continues,
        be it in other units, or else the one whose last value comes nearest to it on average.

    Raises
    ------
    ValueError
        If 3-D y has other columns than the windows.
    """
    n_columns = windows.shape[2]
    if y.ndim > 3:
        raise ValueError(f"y must have at most 3 dimensions. Got shape {y.shape}.")
    if y.ndim == 3:
        if y.shape[2] != n_columns:
            raise ValueError(
                f"y has {y.shape[2]} columns in its last dimension, but the windows X have "
                f"{n_columns}. Give y of shape (n_samples, horizon) for a single target."
            )
        return y, list(range(n_columns))
    future = y.reshape(len(y), -1, 1)
    last, first = windows[:, -1], future[:, 0, 0]
    for column in range(n_columns):
        if find_units(last[:, column], first) is not None:
            return future, [column]
    distances = np.abs(last - first[:, None]).mean(axis=0)
    return future, [int(distances.argmin())]


def find_units(last: np.ndarray, first: np.ndarray) -> Units | None:
    """Find the units in which a target continues a column that was shifted or scaled.

    In time order, what follows a window is the last value of the next one. A scaler in front of
    the windows changes that to a straight line.

    Parameters
    ----------
    last : ndarray of shape (n_samples,)
        Last value of each window.

    first : ndarray of shape (n_samples,)
        What follows each window.

    Returns
    -------
    slope, intercept : float
        ``slope * last + intercept`` is in the units of the target.

    None : if the target does not continue the column.
    """
    x, y = last[1:].astype(np.float64), first[:-1].astype(np.float64)
    tolerance = 1e-6 * np.ptp(y) if len(y) else 0.0
    if len(np.unique(x)) < 3 or tolerance == 0.0:
        return None
    if np.abs(y - x).max() <= tolerance:
        return 1.0, 0.0
    centered = x - x.mean()
    slope = float(centered @ y / (centered @ centered))
    intercept = float(y.mean() - slope * x.mean())
    return (slope, intercept) if np.abs(y - slope * x - intercept).max() <= tolerance else None


def to_units(windows: np.ndarray, units: dict[int, Units]) -> np.ndarray:
    """Bring columns of windows, given by number, to other units."""
    if not units:
        return windows
    windows = windows.astype(np.float64)
    for column, (slope, intercept) in units.items():
        windows[:, :, column] = slope * windows[:, :, column] + intercept
    return windows
