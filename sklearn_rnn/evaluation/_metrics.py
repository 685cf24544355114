"""Metrics that forecasters use and scikit-learn lacks."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.metrics import mean_absolute_error
from sklearn.utils import assert_all_finite, check_array, check_consistent_length
from sklearn.utils._param_validation import StrOptions, validate_params
from sklearn.utils.validation import _check_sample_weight

from sklearn_rnn._constraints import Interval

MULTIOUTPUT = [StrOptions({"raw_values", "uniform_average"}), "array-like"]


def is_list_of_series(series: Any) -> bool:
    """Tell a list of arrays, Series or DataFrames from the values of a single series."""
    return isinstance(series, (list, tuple)) and any(getattr(each, "ndim", 0) for each in series)


@validate_params(
    {
        "y_true": ["array-like"],
        "y_pred": ["array-like"],
        "y_train": ["array-like"],
        "season_length": [Interval(Integral, 1, None, closed="left")],
        "sample_weight": ["array-like", None],
        "multioutput": MULTIOUTPUT,
    },
    prefer_skip_nested_validation=True,
)
def mean_absolute_scaled_error(
    y_true: Any,
    y_pred: Any,
    *,
    y_train: Any,
    season_length: int = 1,
    sample_weight: Any = None,
    multioutput: Any = "uniform_average",
) -> Any:
    """Mean absolute error in units of that of the seasonal naive forecast (MASE).

    The scale is the mean absolute error that the value a season ago makes within the training
    series [1]_. Below 1, forecasts are better than those, one season ahead.

    Parameters
    ----------
    y_true : array-like of shape (n_times,) or (n_times, n_outputs), or list of them
        True values; of a panel, a list of arrays, Series or DataFrames, one for each series.

    y_pred : array-like of shape (n_times,) or (n_times, n_outputs), or list of them
        Forecasts.

    y_train : array-like of shape (n_train,) or (n_train, n_outputs), or list of them
        The series before the forecasts, in time order. NaN is a gap, whose steps do not count.

    season_length : int, default=1
        Number of time steps of a season. 1 compares with the last value.

    sample_weight : array-like of shape (n_times,), or list of them, default=None
        Weight of each time step.

    multioutput : {"raw_values", "uniform_average"} or array-like of shape (n_outputs,), \
            default="uniform_average"
        Whether to return the error of each output, or their mean, by these weights if given.

    Returns
    -------
    loss : float or ndarray of shape (n_outputs,)
        Non-negative; the best value is 0. Of a panel, the mean over its series.

    Raises
    ------
    ValueError
        If a training series is not longer than a season, or repeats a single season exactly:
        its naive forecast makes no errors to scale by; or if no two of its values are a season
        apart. In a panel, the message says which.

    References
    ----------
    .. [1] Hyndman, R. J. and Koehler, A. B. (2006). Another look at measures of forecast
       accuracy. International Journal of Forecasting 22(4).

    Examples
    --------
    >>> from sklearn_rnn.metrics import mean_absolute_scaled_error
    >>> mean_absolute_scaled_error([5, 6], [4, 8], y_train=[1, 2, 4, 3])
    1.125
    """
    if not is_list_of_series(y_train):
        y_true, y_pred, y_train = [y_true], [y_pred], [y_train]
        sample_weight = None if sample_weight is None else [sample_weight]
        labels = [""]
    else:
        labels = [_label(*each) for each in enumerate(y_train)]
    weights = [None] * len(y_train) if sample_weight is None else sample_weight
    check_consistent_length(y_true, y_pred, y_train, weights)
    parts = [
        _scaled_pair(
            y_true[i], y_pred[i], weights[i], _naive_errors(y_train[i], season_length, label)
        )
        for i, label in enumerate(labels)
    ]
    # Once for all series: each has a weight of one.
    y_true, y_pred, weights = (np.concatenate(each) for each in zip(*parts, strict=True))
    return mean_absolute_error(y_true, y_pred, sample_weight=weights, multioutput=multioutput)


def _label(number: int, series: Any) -> str:
    name = getattr(series, "name", None)
    return f" {number}" if name is None else f" {number} ({name!r})"


def _naive_errors(y_train: Any, season_length: int, series: str) -> np.ndarray:
    """Mean absolute error, shape (n_outputs,), of the seasonal naive forecast in a series."""
    y_train = _columns(y_train)
    assert_all_finite(y_train, input_name="y_train", allow_nan=True)
    if len(y_train) <= season_length:
        raise ValueError(
            f"The training series{series} has {len(y_train)} time steps; with "
            f"season_length={season_length} it needs at least {season_length + 1}."
        )
    errors = np.abs(y_train[season_length:] - y_train[:-season_length])
    if np.isnan(errors).all(axis=0).any():
        raise ValueError(
            f"The training series{series} has gaps: no two of its values are season_length="
            f"{season_length} time steps apart, to scale errors by."
        )
    scale = np.nanmean(errors, axis=0)
    if not scale.all():
        same = "is constant" if season_length == 1 else "repeats the same season"
        raise ValueError(
            f"The training series{series} {same}: with season_length={season_length}, its naive "
            "forecast makes no errors to scale by. Leave the series out, or take another metric."
        )
    return scale


def _scaled_pair(
    y_true: Any, y_pred: Any, sample_weight: Any, scale: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scale what is compared, shape (n_times, n_outputs), and let its weights sum up to one."""
    weights = _check_weights(sample_weight, y_true, y_pred)
    arrays = {"y_true": _columns(y_true), "y_pred": _columns(y_pred)}
    for name, array in arrays.items():
        if array.shape[1] != len(scale):
            raise ValueError(
                f"{name} and y_train have different number of output "
                f"({array.shape[1]}!={len(scale)})"
            )
    return arrays["y_true"] / scale, arrays["y_pred"] / scale, weights / weights.sum()


def _check_weights(sample_weight: Any, y_true: Any, *others: Any) -> np.ndarray:
    """Check that there is a weight for each time step, none negative and not all of them zero."""
    check_consistent_length(y_true, *others, sample_weight)
    if sample_weight is None:
        return np.ones(len(y_true))
    weights = _check_sample_weight(
        sample_weight, np.zeros(len(y_true)), dtype=np.float64, ensure_non_negative=True
    )
    if not weights.any():
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return weights


def _columns(y: Any) -> np.ndarray:
    return np.asarray(y, dtype=np.float64).reshape(len(y), -1)


@validate_params(
    {
        "y_true": ["array-like"],
        "y_pred": ["array-like"],
        "sample_weight": ["array-like", None],
        "multioutput": MULTIOUTPUT,
    },
    prefer_skip_nested_validation=True,
)
def symmetric_mean_absolute_percentage_error(
    y_true: Any, y_pred: Any, *, sample_weight: Any = None, multioutput: Any = "uniform_average"
) -> Any:
    """Mean absolute error in percent of the mean of value and forecast (sMAPE).

    That is ``200 * mean(|y_true - y_pred| / (|y_true| + |y_pred|))``, as in the M4 competition
    [1]_: from 0 to 200 percent, unlike scikit-learn's mean absolute percentage error, which is
    a fraction. Where both are zero, the error is zero.

    Parameters
    ----------
    y_true : array-like of shape (n_times,) or (n_times, n_outputs)
        True values.

    y_pred : array-like of shape (n_times,) or (n_times, n_outputs)
        Forecasts.

    sample_weight : array-like of shape (n_times,), default=None
        Weight of each time step.

    multioutput : {"raw_values", "uniform_average"} or array-like of shape (n_outputs,), \
            default="uniform_average"
        Whether to return the error of each output, or their mean, by these weights if given.

    Returns
    -------
    loss : float or ndarray of shape (n_outputs,)
        Between 0, the best value, and 200 percent.

    Raises
    ------
    ValueError
        If the inputs differ in shape, or hold NaN or infinity.

    References
    ----------
    .. [1] Makridakis, S., Spiliotis, E. and Assimakopoulos, V. (2020). The M4 competition:
       100,000 time series and 61 forecasting methods. International Journal of Forecasting
       36(1).

    Examples
    --------
    >>> from sklearn_rnn.metrics import symmetric_mean_absolute_percentage_error
    >>> symmetric_mean_absolute_percentage_error([100, 0], [60, 0])
    25.0
    """
    weights = _check_weights(sample_weight, y_true, y_pred)
    options = {"sample_weight": weights, "multioutput": multioutput}
    mean_absolute_error(y_true, y_pred, **options)  # validates them together
    y_true, y_pred = _columns(y_true), _columns(y_pred)
    error, size = np.abs(y_true - y_pred), np.abs(y_true) + np.abs(y_pred)
    percent = 200 * np.divide(error, size, out=np.zeros_like(size), where=size > 0)
    return mean_absolute_error(percent, np.zeros_like(percent), **options)


@validate_params(
    {
        "y_true": ["array-like"],
        "lower": ["array-like"],
        "upper": ["array-like"],
        "sample_weight": ["array-like", None],
    },
    prefer_skip_nested_validation=True,
)
def coverage(y_true: Any, lower: Any, upper: Any, *, sample_weight: Any = None) -> float:
    """Share of the values that lie within their intervals.

    Parameters
    ----------
    y_true : array-like of shape (n_times,) or (n_times, n_outputs)
        True values.

    lower : array-like of shape (n_times,) or (n_times, n_outputs)
        Lower bounds, which belong to the intervals.

    upper : array-like of shape (n_times,) or (n_times, n_outputs)
        Upper bounds, which belong to the intervals.

    sample_weight : array-like of shape (n_times,), default=None
        Weight of each time step.

    Returns
    -------
    share : float
        Between 0 and 1. The best value is the coverage that the intervals promise.

    Raises
    ------
    ValueError
        If the inputs differ in shape, hold NaN, or if a lower bound is above its upper bound.

    Examples
    --------
    >>> from sklearn_rnn.metrics import coverage
    >>> coverage([1, 2, 3, 4], lower=[0, 0, 0, 0], upper=[1, 2, 3, 3])
    0.75
    """
    weights = _check_weights(sample_weight, y_true, lower, upper)
    bounds = {"y_true": y_true, "lower": lower, "upper": upper}
    y_true, lower, upper = (
        # An interval may be open to one side.
        check_array(
            values, ensure_2d=False, dtype=np.float64, ensure_all_finite=False, input_name=name
        ).reshape(len(values), -1)
        for name, values in bounds.items()
    )
    if not y_true.shape == lower.shape == upper.shape:
        raise ValueError(
            "y_true, lower and upper must have the same shape. "
            f"Got {y_true.shape}, {lower.shape} and {upper.shape}."
        )
    for name, values in zip(bounds, (y_true, lower, upper), strict=True):
        if np.isnan(values).any():
            row = int(np.argmax(np.isnan(values).any(axis=1)))
            raise ValueError(f"Input {name} contains NaN, first in row {row}.")
    if (lower > upper).any():
        row = int(np.argmax((lower > upper).any(axis=1)))
        raise ValueError(f"lower is above upper in {(lower > upper).sum()} places, first at {row}.")
    inside = (lower <= y_true) & (y_true <= upper)
    return float(np.average(inside.mean(axis=1), weights=weights))
