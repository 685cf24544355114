"""Metrics of a backtest."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pandas as pd
from sklearn.metrics import mean_absolute_error, mean_pinball_loss, root_mean_squared_error
from sklearn.utils._param_validation import validate_parameter_constraints

from sklearn_rnn.forecasting import Panel

from ._metrics import coverage, symmetric_mean_absolute_percentage_error

# What a metric may ask for, and the column that holds it.
COLUMNS = {"y_true": "actual", "y_pred": "forecast", "lower": "lower", "upper": "upper"}


CONSTRAINTS = {
    "frame": [pd.DataFrame],
    "metrics": [dict, None],
    "by": [str, list, None],
    "series": ["array-like", None],
}


def score_backtest(
    frame: pd.DataFrame,
    metrics: dict[str, Callable | tuple[Any, Callable]] | None = None,
    *,
    by: str | list[str] | None = None,
    series: Any = None,
) -> pd.Series | pd.DataFrame:
    """Compute metrics of a backtest.

    Parameters
    ----------
    frame : DataFrame
        What :func:`backtest` returned, or several of those as one. Rows without an actual value
        are left out.

    metrics : dict of str to callable, default=None
        Metrics by name. A metric is a function with any of the parameters `y_true`, `y_pred`,
        `lower`, `upper` and `y_train`, which are given by their names: so are scikit-learn's and
        those of :mod:`sklearn_rnn.metrics`. Use :func:`functools.partial` for others. A pair of a
        column and a metric gives that column as `y_pred`, such as a quantile. By default the
        mean absolute, the root mean squared and the symmetric mean absolute percentage error,
        the coverage of intervals, if any, and the mean pinball loss of each quantile, if any, as
        "pinball_0.1" and the like.

    by : str or list of str, default=None
        Columns or index levels by which rows are grouped, such as "step", "cutoff" or "series".

    series : array-like, Series, DataFrame or list of them, default=None
        The series that were backtested, but not as a long frame. For metrics that take
        `y_train`: they are given lists with an entry for each series and target, of `y_train`
        the part up to the first cutoff in the frame.

    Returns
    -------
    scores : Series or DataFrame
        A score for each metric; with `by`, a row of them for each group.

    Raises
    ------
    ValueError
        If `by` names no column, if there is nothing to score, if a metric has another parameter
        without a default, if it needs a column or `series` and they are missing, or if the series
        are not those of the frame.

    See Also
    --------
    backtest : Makes such a frame.

    Examples
    --------
    >>> from functools import partial
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn_rnn import backtest, score_backtest
    >>> from sklearn_rnn.datasets import load_airline
    >>> from sklearn_rnn.metrics import mean_absolute_scaled_error
    >>> passengers = load_airline()
    >>> frame = backtest(Ridge(), passengers, look_back=24, horizon=12, n_windows=3)
    >>> score_backtest(frame).round(1)
    mae      24.5
    rmse     29.2
    smape     5.6
    dtype: float64
    >>> mase = partial(mean_absolute_scaled_error, season_length=12)
    >>> score_backtest(frame, {"mase": mase}, by="cutoff", series=passengers).round(2)
             mase
    cutoff
    1957-12  1.24
    1958-12  0.49
    1959-12  0.68
    """
    validate_parameter_constraints(CONSTRAINTS, locals(), caller_name="score_backtest")
    _check_groups(frame, by)
    chosen = {
        name: _as_pair(name, metric)
        for name, metric in (_default_metrics(frame) if metrics is None else metrics).items()
    }
    wanted = {
        name: _wanted(name, column, metric, frame) for name, (column, metric) in chosen.items()
    }
    histories = None
    for name, inputs in wanted.items():
        if "y_train" in inputs and series is None:
            raise ValueError(f"The metric {name!r} takes y_train: pass series, those backtested.")
    if series is not None:
        histories = _histories(frame, Panel.from_input(series, missing="mask", name="series"))
    frame = frame[frame["actual"].notna()]
    if not len(frame):
        raise ValueError("There is nothing to score: no row of the frame has an actual value.")

    _check_forecasts(frame, wanted)

    def score(group: pd.DataFrame) -> dict[str, Any]:
        return {
            name: metric(**_inputs(group, wanted[name], histories))
            for name, (_, metric) in chosen.items()
        }

    if by is None:
        return pd.Series(score(frame))
    keys, groups = zip(*frame.groupby(by, sort=False, observed=True), strict=True)
    if isinstance(by, str):
        index = pd.Index(keys, name=by, tupleize_cols=False)
    else:
        index = pd.MultiIndex.from_tuples(keys, names=by)
    return pd.DataFrame([score(group) for group in groups], index)


def _check_groups(frame: pd.DataFrame, by: str | list[str] | None) -> None:
    """Check that there are columns or index levels of the given names."""
    available = [*frame.columns, *(each for each in frame.index.names if each is not None)]
    names = [by] if isinstance(by, str) else by
    for name in names or []:
        if name not in available:
            raise ValueError(
                f"by={by!r} names {name!r}, but the frame has the columns {available}."
            )
    if names is not None and (not names or len(set(names)) < len(names)):
        raise ValueError(f"by must name one column or several different ones. Got {by!r}.")


def _as_pair(name: str, metric: Any) -> tuple[Any, Callable]:
    """Return a metric with the column that it takes as y_pred."""
    column, function = metric if _is_pair(metric) else ("forecast", metric)
    if not callable(function):
        raise ValueError(
            f"The metric {name!r} must be a function, or a pair of a column and a function. Got "
            f"{metric!r}."
        )
    return column, function


def _is_pair(metric: Any) -> bool:
    return isinstance(metric, tuple) and len(metric) == 2


def _default_metrics(frame: pd.DataFrame) -> dict[str, Any]:
    """Choose metrics by what there is: forecasts, intervals, quantiles."""
    metrics: dict[str, Any] = {
        "mae": mean_absolute_error,
        "rmse": root_mean_squared_error,
        "smape": symmetric_mean_absolute_percentage_error,
    }
    if "lower" in frame:
        metrics["coverage"] = coverage
    for column in frame:
        if isinstance(column, str) and column.startswith("q_"):
            level = column.removeprefix("q_")
            loss = partial(mean_pinball_loss, alpha=float(level))
            metrics[f"pinball_{level}"] = (column, loss)
    return metrics


def _wanted(name: str, column: Any, metric: Callable, frame: pd.DataFrame) -> dict[str, Any]:
    """Find the column of each input that a metric takes; y_train has none."""
    parameters = inspect.signature(metric).parameters
    columns = {**COLUMNS, "y_pred": column, "y_train": None}
    wanted = {each: columns[each] for each in parameters if each in columns}
    for each, parameter in parameters.items():
        is_required = parameter.default is parameter.empty and parameter.kind not in (
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        )
        if is_required and each not in wanted:
            raise ValueError(
                f"The metric {name!r} has the parameter {each!r}, which a backtest cannot give: "
                f"only {', '.join(COLUMNS)} and y_train. Set it by functools.partial."
            )
        if each in wanted and each != "y_train" and wanted[each] not in frame:
            advice = ": backtest with coverage=" if each in ("lower", "upper") else ""
            raise ValueError(
                f"The metric {name!r} takes {each}, but the frame has no column "
                f"{wanted[each]!r}{advice}."
            )
    return wanted


def _check_forecasts(frame: pd.DataFrame, wanted: dict[str, dict[str, Any]]) -> None:
    """Check that there are forecasts of all that is scored."""
    for column in {inputs["y_pred"] for inputs in wanted.values() if "y_pred" in inputs}:
        missing = frame[column].isna().to_numpy()
        if missing.any():
            first = frame.index[missing].tolist()[0]
            raise ValueError(
                f"Column {column!r} of the frame is NaN in {missing.sum()} of {len(frame)} rows "
                f"with an actual value, the first of which is {first!r}. To score all others, "
                f"leave them out: frame.dropna(subset=[{column!r}])."
            )


def _by_series(frame: pd.DataFrame) -> Iterator[tuple[Any, pd.DataFrame]]:
    """Go through the rows of each series and target; the key is that of `_histories`."""
    names = [name for name in ("series", "target") if name in frame]
    if not names:
        return iter([((), frame)])
    return iter(frame.groupby(names, sort=False, observed=True))


def _histories(frame: pd.DataFrame, panel: Panel) -> dict[Any, pd.Series]:
    """Find the values up to the first cutoff of each series and target."""
    targets = panel.columns.targets.tolist()
    several = len(targets) > 1
    known = {
        (() if panel.form.is_single else (name,)) + ((target,) if several else ()): (number, column)
        for number, name in enumerate(panel.ids.tolist())
        for column, target in enumerate(targets)
    }
    times = [
        pd.RangeIndex(length) if index is None else index
        for index, length in zip(panel.times, panel.lengths, strict=True)
    ]
    histories = {}
    for key, group in _by_series(frame):
        number, column = known.get(key, (None, 0))
        cutoff = group["cutoff"].min()
        if number is None or cutoff not in times[number]:
            name = " of " + ", ".join(map(repr, key)) if key else ""
            raise ValueError(f"The frame has a cutoff{name} at {cutoff}, but series has not.")
        stop = times[number].get_loc(cutoff) + 1
        values = panel.values[number][:stop, column]
        names = key if len(key) > 1 else next(iter(key), None)
        histories[key] = pd.Series(values, times[number][:stop], name=names)
    return histories


def _inputs(
    group: pd.DataFrame, wanted: dict[str, Any], histories: dict[Any, pd.Series] | None
) -> dict[str, Any]:
    """Take what a metric wants; with y_train, as lists with an entry for each series."""
    columns = {name: column for name, column in wanted.items() if name != "y_train"}
    if histories is None or "y_train" not in wanted:
        return {name: group[column].to_numpy() for name, column in columns.items()}
    parts = dict(_by_series(group))
    inputs = {
        name: [part[column].to_numpy() for part in parts.values()]
        for name, column in columns.items()
    }
    return inputs | {"y_train": [histories[key] for key in parts]}
