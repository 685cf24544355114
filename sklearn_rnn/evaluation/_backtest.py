"""Rolling-origin evaluation: forecasts from several points in time, beside what came."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import HasMethods, validate_parameter_constraints

from sklearn_rnn._constraints import Interval
from sklearn_rnn.forecasting import Panel

from ._models import Model, SeriesModel, Spans, WindowModel

COUNT = Interval(Integral, 1, None, closed="left")

# Not for `validate_params`, which would claim errors in the parameters of the forecaster.
CONSTRAINTS = {
    "forecaster": [HasMethods(["fit", "forecast"]), HasMethods(["fit", "predict"])],
    "series": ["array-like"],
    "horizon": [COUNT, None],
    "look_back": [COUNT, None],
    "series_id": "no_validation",
    "time": "no_validation",
    "target": "no_validation",
    "future": "no_validation",
    "n_windows": [COUNT],
    "step_size": [COUNT, None],
    "refit": ["boolean"],
    "train_size": [COUNT, None],
    "coverage": [Interval(Real, 0, 1, closed="neither"), None],
}


def backtest(
    forecaster: Any,
    series: Any,
    *,
    horizon: int | None = None,
    look_back: int | None = None,
    series_id: Any = None,
    time: Any = None,
    target: Any = None,
    future: Any = None,
    n_windows: int = 5,
    step_size: int | None = None,
    refit: bool = False,
    train_size: int | None = None,
    coverage: float | None = None,
) -> pd.DataFrame:
    """Forecast a series from several points of its past, beside the values that came.

    At each cutoff, the forecaster knows the series up to there and forecasts the next `horizon`
    time steps [1]_. The last cutoff leaves just these; the others lie before it at equal
    distances. Scikit-learn's regressors meet forecasters on equal terms: they are fitted on the
    windows of :func:`make_windows`, with all steps of the horizon as outputs, and give the same
    rows.

    Parameters
    ----------
    forecaster : estimator
        A forecaster such as :class:`LSTMForecaster`, with the methods `fit(series)` and
        `forecast(n_steps)`, or any regressor or pipeline, with `fit(X, y)` and `predict(X)`.
        It is cloned, and stays as it is.

    series : array-like, Series, DataFrame or list of them
        One series: a 1-D array or a Series, or a 2-D array or a DataFrame with a column for each
        target. Several series: a list of those, a Series or DataFrame with an index of two
        levels, (series, time), or a long DataFrame of pandas, polars or another library that
        narwhals knows. Where a forecaster has the parameters `series_id`, `time`, `target` and
        `future`, they name columns of it; `missing` says whether values may be missing.

    horizon : int, default=None
        Number of time steps to forecast from each cutoff. None takes the parameter `horizon` of
        the forecaster.

    look_back : int, default=None
        Number of time steps of a window. For regressors only, which need it.

    series_id, time : str, default=None
        Columns of a long DataFrame with the names of the series and the time stamps. These and
        the next two are for regressors: forecasters have parameters of these names.

    target : str or list of str, default=None
        Columns of a DataFrame to forecast; None for all that are not in `future`. The others are
        covariates.

    future : list of str, default=None
        Covariates that are known ahead, over the horizon.

    n_windows : int, default=5
        Number of cutoffs of each series.

    step_size : int, default=None
        Number of time steps from one cutoff to the next. None takes the horizon, so that each
        time step is forecast once.

    refit : bool, default=False
        Whether to fit anew at each cutoff. By default, the forecaster is fitted once, on what
        comes before the first cutoff, and forecasts from all cutoffs in one call.

    train_size : int, default=None
        Number of time steps before each cutoff that are known to the forecaster: a sliding
        window. None takes all of them: an expanding window.

    coverage : float, default=None
        Coverage of the intervals to forecast, such as 0.9; None asks for no intervals.

    Returns
    -------
    frame : DataFrame
        A row for each time step forecast from each cutoff, with the columns

        - "series": name of the series, or its position in a list; if there are several;
        - "cutoff": last time step known to the forecaster; of arrays, its position;
        - "time": time step that is forecast;
        - "step": its number in the horizon, from 1;
        - "target": name of the column; if there are several;
        - "actual" and "forecast": what came, and what was forecast;
        - "lower" and "upper": bounds of the interval, with `coverage`;
        - others that the forecaster answers with, such as the quantiles "q_0.1" and "q_0.9".

    Raises
    ------
    ValueError
        If a series is too short for all cutoffs, which names the series, if a parameter is
        missing or does not belong to the forecaster, or if it cannot forecast from histories.

    See Also
    --------
    score_backtest : Metrics of such a frame, by step, cutoff or series.
    sklearn_rnn.plotting.BacktestDisplay : Draws the error by step of the horizon.

    Notes
    -----
    Cutoffs are counted from the end of each series. If series of a panel end at different times,
    so do their training parts.

    Without `refit`, a forecaster needs `forecast(n_steps, series=histories)`, which answers a
    list of histories (arrays, Series or DataFrames with a time index) with as many forecasts.
    Covariates known ahead are its parameter `future`, a list of DataFrames for the horizon. With
    `coverage`, the forecasts are DataFrames with the columns "forecast", "lower" and
    "upper"; of several targets, with two levels of columns, (target, value).

    Of several columns, a regressor reads the windows side by side in one row, the oldest time
    step first, then the covariates known ahead, and forecasts all targets at once. Windows that
    are followed by missing values are left out of what it is fitted on; what is missing within
    windows is for it to judge.

    References
    ----------
    .. [1] Tashman, L. J. (2000). Out-of-sample tests of forecasting accuracy: an analysis and
       review. International Journal of Forecasting 16(4).

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn_rnn import backtest
    >>> from sklearn_rnn.datasets import load_airline
    >>> frame = backtest(Ridge(), load_airline(), look_back=24, horizon=2, n_windows=2)
    >>> frame.round({"forecast": 1})
        cutoff     time  step  actual  forecast
    0  1960-08  1960-09     1   508.0     521.3
    1  1960-08  1960-10     2   461.0     431.1
    2  1960-10  1960-11     1   390.0     403.1
    3  1960-10  1960-12     2   432.0     439.8
    """
    validate_parameter_constraints(CONSTRAINTS, locals(), caller_name="backtest")
    names = {"series_id": series_id, "time": time, "target": target, "future": future}
    if hasattr(forecaster, "forecast"):
        names = _names_of(forecaster, names)
    panel = Panel.from_input(
        series, **names, missing=getattr(forecaster, "missing", "mask"), name="series"
    )
    horizon, n_windows = int(_check_horizon(forecaster, horizon)), int(n_windows)
    look_back, step_size, train_size = (
        None if each is None else int(each) for each in (look_back, step_size, train_size)
    )
    model = _wrap(forecaster, horizon, look_back, coverage)
    n_needed = _count_needed(look_back, horizon, train_size)
    stops = _stops(panel, horizon, n_windows, step_size or horizon, n_needed)
    starts = np.zeros_like(stops) if train_size is None else stops - train_size
    numbers = np.arange(len(stops))
    windows = [Spans(numbers, *each) for each in zip(starts.T, stops.T, strict=True)]
    forecasts = []
    for window in windows if refit else windows[:1]:
        model.fit(panel, window)
        histories = window if refit or n_windows == 1 else _joined(windows)
        forecasts.append(model.forecast(panel, histories))
    # From (n_windows * n_series, horizon, n_targets), windows first, to (n_series, n_windows, ...)
    values = {
        name: np.concatenate([each[name] for each in forecasts])
        .reshape(n_windows, len(stops), horizon, -1)
        .swapaxes(0, 1)
        for name in forecasts[0]
    }
    return _tidy(panel, stops, values)


def _names_of(forecaster: Any, names: dict[str, Any]) -> dict[str, Any]:
    """Take the names of columns from the parameters of a forecaster."""
    for parameter, given in names.items():
        if given is not None:
            raise ValueError(
                f"{parameter} is for regressors. {type(forecaster).__name__} reads series: set it "
                "there, if it has one."
            )
    return {parameter: getattr(forecaster, parameter, None) for parameter in names}


def _joined(windows: list[Spans]) -> Spans:
    parts = ((each.series, each.start, each.stop) for each in windows)
    return Spans(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _check_horizon(forecaster: Any, horizon: int | None) -> int:
    horizon = getattr(forecaster, "horizon", None) if horizon is None else horizon
    if horizon is None:
        raise ValueError(
            f"horizon must be given: {type(forecaster).__name__} has no parameter of that name."
        )
    return horizon


def _wrap(forecaster: Any, horizon: int, look_back: int | None, coverage: float | None) -> Model:
    name = type(forecaster).__name__
    if hasattr(forecaster, "forecast"):
        if look_back is not None:
            raise ValueError(
                f"look_back is for regressors. {name} reads series: set it there, if it has one."
            )
        return SeriesModel(forecaster, horizon, coverage)
    if look_back is None:
        raise ValueError(
            f"look_back must be given: {name} has no method forecast, and reads windows instead."
        )
    if coverage is not None:
        raise ValueError(
            f"coverage is for forecasters. {name} has no method forecast, and no intervals."
        )
    return WindowModel(forecaster, horizon, look_back)


def _count_needed(look_back: int | None, horizon: int, train_size: int | None) -> int:
    """Count the time steps that a series needs before its first cutoff."""
    n_fit = 1 if look_back is None else look_back + horizon
    if train_size is None:
        return n_fit
    if train_size < n_fit:
        raise ValueError(
            f"train_size={train_size} holds no window: look_back={look_back} and "
            f"horizon={horizon} need at least {n_fit}."
        )
    return train_size


def _stops(panel: Panel, horizon: int, n_windows: int, step_size: int, n_needed: int) -> np.ndarray:
    """Count the known time steps at each cutoff, shape (n_series, n_windows)."""
    lengths = panel.lengths
    n_future = horizon + step_size * (n_windows - 1)
    short = np.flatnonzero(lengths < n_future + n_needed)
    if len(short):
        names = "series" if panel.form.is_single else _name_some(panel.ids[short].tolist())
        raise ValueError(
            f"{names} is too short: n_windows={n_windows} with a horizon of {horizon}, "
            f"{step_size} apart, after at least {n_needed} time steps to train on, need "
            f"{n_future + n_needed}. Got {lengths[short[0]]}."
        )
    return lengths[:, None] - n_future + step_size * np.arange(n_windows)


def _name_some(ids: list[Any]) -> str:
    others = f" (and {len(ids) - 1} more)" if len(ids) > 1 else ""
    return f"series {ids[0]!r}{others}"


def _tidy(panel: Panel, stops: np.ndarray, forecasts: dict[Any, np.ndarray]) -> pd.DataFrame:
    """Put forecasts, each of shape (n_series, n_windows, horizon, n_targets), in rows."""
    shape = forecasts["forecast"].shape
    # Numbers of series, steps ahead and targets of all rows.
    series, window, ahead, target = (each.ravel() for each in np.indices(shape))
    stop = stops[series, window]
    columns: dict[Any, Any] = {}
    if not panel.form.is_single:
        columns["series"] = panel.ids.take(series)
    columns["cutoff"] = _times(panel, series, stop - 1)
    columns["time"] = _times(panel, series, stop + ahead)
    columns["step"] = ahead + 1
    if shape[3] > 1:
        columns["target"] = panel.columns.targets.take(target)
    columns["actual"] = panel.table[panel.offsets[series] + stop + ahead, target]
    columns |= {name: values.ravel() for name, values in forecasts.items()}
    return pd.DataFrame(columns)


def _times(panel: Panel, series: np.ndarray, steps: np.ndarray) -> Any:
    """Time stamps at steps of numbered series; of arrays, the steps."""
    return steps if panel.axis is None else panel.axis.stamps(series, steps)
