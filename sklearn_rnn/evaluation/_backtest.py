"""Rolling-origin evaluation: forecasts from several points in time, beside what came."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import HasMethods, Interval, validate_parameter_constraints

from ._models import Model, SeriesModel, WindowModel
from ._panel import Panel

COUNT = Interval(Integral, 1, None, closed="left")

# Not for `validate_params`, which would claim errors in the parameters of the forecaster.
CONSTRAINTS = {
    "forecaster": [HasMethods(["fit", "forecast"]), HasMethods(["fit", "predict"])],
    "series": ["array-like"],
    "horizon": [COUNT, None],
    "look_back": [COUNT, None],
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
        target. Several series: a list of those, or a Series or DataFrame with an index of two
        levels, (series, time). Where a forecaster has the attributes `series_id`, `time` and
        `target`, they name these columns of a long DataFrame.

    horizon : int, default=None
        Number of time steps to forecast from each cutoff. None takes the parameter `horizon` of
        the forecaster.

    look_back : int, default=None
        Number of time steps of a window. For regressors only, which need it.

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
        - "q_0.1" and the like: quantiles, if the forecaster has a parameter `quantiles` that
          asks for them.

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
    With `coverage`, the forecasts are DataFrames with the columns "forecast", "lower" and
    "upper", and with a parameter `quantiles`, with the columns "forecast", "q_0.1" and the like;
    of several targets, with two levels of columns, (target, value).

    Of several columns, a regressor reads the windows side by side in one row, the oldest time
    step first, and forecasts all columns at once.

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
    panel = Panel.from_input(series, forecaster)
    horizon = _check_horizon(forecaster, horizon)
    model = _wrap(forecaster, horizon, look_back, coverage)
    n_needed = _count_needed(look_back, horizon, train_size)
    stops = _stops(panel, horizon, n_windows, step_size or horizon, n_needed)
    # Shape (n_windows, n_series).
    spans = [
        [slice(0 if train_size is None else stop - train_size, stop) for stop in row]
        for row in stops.T.tolist()
    ]
    groups = [[each] for each in spans] if refit else [spans]
    forecasts = []
    for group in groups:
        model.fit(panel, group[0])
        histories = [each for row in group for each in enumerate(row)]
        forecasts.append(model.forecast(panel, histories))
    # From (n_windows * n_series, ...), windows first, to (n_series, n_windows, ...).
    values = np.concatenate(forecasts)
    values = values.reshape(n_windows, len(stops), *values.shape[1:]).swapaxes(0, 1)
    return _tidy(panel, stops, values, model.names)


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
    lengths = np.array([len(each) for each in panel.values])
    n_future = horizon + step_size * (n_windows - 1)
    short = np.flatnonzero(lengths < n_future + n_needed)
    if len(short):
        names = "series" if panel.ids is None else _name_some([panel.ids[i] for i in short])
        raise ValueError(
            f"{names} is too short: n_windows={n_windows} with a horizon of {horizon}, "
            f"{step_size} apart, after at least {n_needed} time steps to train on, need "
            f"{n_future + n_needed}. Got {lengths[short[0]]}."
        )
    return lengths[:, None] - n_future + step_size * np.arange(n_windows)


def _name_some(ids: list[Any]) -> str:
    others = f" (and {len(ids) - 1} more)" if len(ids) > 1 else ""
    return f"series {ids[0]!r}{others}"


def _tidy(
    panel: Panel, stops: np.ndarray, forecasts: np.ndarray, names: tuple[str, ...]
) -> pd.DataFrame:
    """Put forecasts, shape (n_series, n_windows, horizon, n_targets, n_values), in rows."""
    n_series, n_windows, horizon, n_targets, n_values = forecasts.shape
    ahead = np.arange(horizon)
    # Position of each time step that is forecast: (n_series, n_windows, horizon).
    positions = stops[:, :, None] + ahead
    columns: dict[str, Any] = {}
    if panel.ids is not None:
        ids = pd.Index(panel.ids, tupleize_cols=False)
        columns["series"] = ids.repeat(n_windows * horizon * n_targets)
    columns["cutoff"] = _times(panel, (stops - 1).repeat(horizon * n_targets, axis=1))
    columns["time"] = _times(panel, positions.reshape(n_series, -1).repeat(n_targets, axis=1))
    columns["step"] = np.tile((ahead + 1).repeat(n_targets), n_series * n_windows)
    if n_targets > 1:
        n_repeats = n_series * n_windows * horizon
        targets = pd.Index(panel.targets, tupleize_cols=False)
        columns["target"] = targets.take(np.tile(np.arange(n_targets), n_repeats))
    actual = [values[at] for values, at in zip(panel.values, positions, strict=True)]
    columns["actual"] = np.concatenate([each.ravel() for each in actual])
    columns |= dict(zip(names, forecasts.reshape(-1, n_values).T, strict=True))
    return pd.DataFrame(columns)


def _times(panel: Panel, positions: np.ndarray) -> pd.Index:
    """Time steps at these positions, shape (n_series, n), of each series."""
    times = [panel.times(number).take(at) for number, at in enumerate(positions)]
    return times[0].append(times[1:])
