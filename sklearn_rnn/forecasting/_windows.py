"""Look-back windows over time-ordered rows."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.utils.validation import assert_all_finite, check_array

from ._clock import check_time_index


def check_series(series: Any, name: str = "series") -> np.ndarray:
    """Validate a series in time order and return its values.

    Parameters
    ----------
    series : array-like of shape (n_times,) or (n_times, n_columns)
        The series.

    name : str, default="series"
        Name of the parameter, for error messages.

    Returns
    -------
    values : ndarray of shape (n_times, n_columns), dtype float64
    """
    if isinstance(series, pd.DataFrame):
        for column, dtype in series.dtypes.items():
            if not pd.api.types.is_numeric_dtype(dtype):
                raise ValueError(
                    f"Column {column!r} of {name} has dtype {dtype}, which cannot be forecast. If "
                    f"it holds the time stamps, make it the index: {name}.set_index({column!r})."
                )
    values = check_array(
        series, ensure_2d=False, ensure_all_finite=False, dtype=np.float64, input_name=name
    )
    missing = np.isnan(values)
    if missing.any():
        first = int(np.argmax(missing.reshape(len(values), -1).any(axis=1)))
        where = series.index[first] if hasattr(series, "iloc") else first
        raise ValueError(
            f"Input {name} contains NaN: {missing.sum()} of {missing.size} values are missing, the "
            f"first at {where}. Fill them first, for instance with interpolate()."
        )
    assert_all_finite(values, input_name=name)
    if values.ndim not in (1, 2):
        raise ValueError(
            f"{name} must have shape (n_times,) or (n_times, n_columns). Got {values.shape}."
        )
    return values.reshape(len(values), -1)


def check_count(name: str, value: Any) -> None:
    """Check that a parameter is a positive integer.

    Raises
    ------
    ValueError
        If it is not.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
        raise ValueError(
            f"The '{name}' parameter must be an int in the range [1, inf). Got {value!r} instead."
        )


def check_long_enough(n_times: int, look_back: int, horizon: int, name: str) -> None:
    """Check that a series holds at least one window.

    Raises
    ------
    ValueError
        If it is shorter than `look_back` + `horizon`.
    """
    needed = look_back + horizon
    if n_times < needed:
        raise ValueError(
            f"{name} has {n_times} time steps, but look_back={look_back} and "
            f"horizon={horizon} need at least {needed}."
        )


def sliding_windows(
    values: np.ndarray, n_steps: int, horizon: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cut a series into overlapping windows and what follows each.

    Parameters
    ----------
    values : ndarray of shape (n_times, n_columns)
        The series.

    n_steps, horizon : int
        Number of time steps of a window, and of what follows it.

    Returns
    -------
    X : ndarray of shape (n_windows, n_steps, n_columns)
        Windows, as a read-only view.

    y : ndarray of shape (n_windows, horizon, n_columns)
        What follows each window, as a read-only view.
    """
    # sliding_window_view puts the steps last: (n_windows, n_columns, steps)
    windows = sliding_window_view(values, n_steps + horizon, axis=0).swapaxes(1, 2)
    return windows[:, :n_steps], windows[:, n_steps:]


def make_windows(series: Any, look_back: int, horizon: int = 1) -> tuple[Any, Any]:
    """Cut a series into look-back windows `X` and the values `y` that follow them.

    Each window is whole, so that a later split by rows leaves no row without its history.

    Parameters
    ----------
    series : array-like of shape (n_times,) or (n_times, n_columns)
        Values in time order, at equal steps of time. A pandas index is checked for that.

    look_back : int
        Number of time steps of a window.

    horizon : int, default=1
        Number of time steps to forecast after each window.

    Returns
    -------
    X : ndarray of shape (n_windows, look_back) or (n_windows, look_back, n_columns)
        Windows, the oldest value first; 3-D if the series has several columns. From a pandas
        series or a frame of one column, a DataFrame with the columns "lag_<look_back>" to
        "lag_1", indexed by the first time step of each `y`.

    y : ndarray of shape (n_windows,), (n_windows, horizon), or \
            (n_windows, horizon, n_columns)
        What follows each window: 1-D for a horizon of 1 and a single column, 3-D for several
        columns. From a pandas series or a frame of one column, a Series, or a DataFrame with
        the columns "step_1" to "step_<horizon>".

    Raises
    ------
    ValueError
        If `look_back` or `horizon` is less than 1, or the series is shorter than their sum, or
        holds NaN or infinity, or its index is not at equal steps.

    See Also
    --------
    LookBackWindow : The same as a transformer that keeps the number of rows.

    Notes
    -----
    With a horizon of more than 1, the futures of neighbouring windows overlap. Leave a gap of
    ``horizon - 1`` rows between training and test rows, for instance by the parameter `gap` of
    :class:`sklearn.model_selection.TimeSeriesSplit`.

    Examples
    --------
    >>> from sklearn_rnn import make_windows
    >>> X, y = make_windows([1, 2, 3, 4, 5], look_back=3)
    >>> X
    array([[1., 2., 3.],
           [2., 3., 4.]])
    >>> y
    array([4., 5.])
    """
    check_count("look_back", look_back)
    check_count("horizon", horizon)
    index = None
    if isinstance(series, (pd.Series, pd.DataFrame)):
        index = check_time_index(series.index, "series")
    values = check_series(series)
    check_long_enough(len(values), look_back, horizon, "series")
    X, y = (part.copy() for part in sliding_windows(values, look_back, horizon))
    if values.shape[1] > 1:
        return X, y
    X, y = X[:, :, 0], y[:, :, 0]
    if index is None:
        return X, (y[:, 0] if horizon == 1 else y)
    index = index[look_back : look_back + len(X)]
    frame = pd.DataFrame(X, index, [f"lag_{lag}" for lag in range(look_back, 0, -1)])
    if horizon == 1:
        name = series.name if isinstance(series, pd.Series) else series.columns[0]
        return frame, pd.Series(y[:, 0], index, name=name)
    return frame, pd.DataFrame(y, index, [f"step_{step}" for step in range(1, horizon + 1)])
