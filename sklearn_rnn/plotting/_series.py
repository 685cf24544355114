"""Series to draw: the forms that they come in, as one Series each, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sklearn_rnn.forecasting import Panel

# A single one has the name None.
Named = dict[Any, pd.Series]
MAX_DRAWN = 9


def read_series(what: str, values: Any, after: Named | None = None) -> Named:
    """Read one series, or several in a dict, a list, columns, or an index of two levels.

    Parameters
    ----------
    what : str
        What they are, for error messages.

    values : array-like, Series, DataFrame, or dict or list of them
        The series.

    after : dict of Series, default=None
        Series that they come after: arrays, which have no index, are placed there.
    """
    starts = {} if after is None else {name: len(series) for name, series in after.items()}
    return {
        name: as_series(what if name is None else f"{what}[{name!r}]", part, starts.get(name, 0))
        for name, part in _by_name(values).items()
    }


def _by_name(values: Any) -> dict[Any, Any]:
    """Tell several series apart."""
    if isinstance(values, Mapping):
        return dict(values)
    if isinstance(values, (list, tuple)) and len(values) and np.ndim(values[0]):
        names = [getattr(each, "name", None) for each in values]
        return dict(zip(names if _are_names(names) else range(len(names)), values, strict=True))
    if isinstance(values, (pd.Series, pd.DataFrame)) and values.index.nlevels == 2:
        groups = values.groupby(level=0, sort=False)
        return {name: part.droplevel(0) for name, part in groups}
    if np.ndim(values) == 2 and np.shape(values)[1] > 1:
        return dict(pd.DataFrame(values).items())
    return {None: values}


def _are_names(names: list[Any]) -> bool:
    return None not in names and len(set(names)) == len(names)


def as_series(what: str, values: Any, start: int = 0) -> pd.Series:
    """Return a single series; values of an array are at positions from `start`."""
    if np.ndim(values) > 2 or (np.ndim(values) == 2 and np.shape(values)[1] != 1):
        raise ValueError(f"{what} must be a single series. Got shape {np.shape(values)}.")
    series = values.iloc[:, 0] if isinstance(values, pd.DataFrame) else values
    if not isinstance(series, pd.Series):
        array = np.asarray(values).ravel()
        series = pd.Series(array, pd.RangeIndex(start, start + len(array)))
    if not pd.api.types.is_numeric_dtype(series.dtype):
        raise ValueError(
            f"{what} must hold numbers. Got dtype {series.dtype}. Give the series of a long frame "
            "by name: frame.set_index([series, time])[target]."
        )
    return series


def choose_names(history: Named, series: Any) -> list[Any]:
    """Return the names of the series to draw; a series of several targets has pairs for names."""
    if series is None:
        return list(history)[:MAX_DRAWN]
    names: list[Any] = []
    for wanted in series if isinstance(series, (list, np.ndarray, pd.Index)) else [series]:
        found = [each for each in history if wanted in (each, _without_target(each))]
        if not found:
            raise ValueError(
                f"series={wanted!r} cannot be found in history, which holds {_tell(history)}."
            )
        names += found
    return names


def _without_target(name: Any) -> Any:
    return name[0] if isinstance(name, tuple) else name


def check_alike(what: str, later: Named, history: Named) -> None:
    """Check that series continue those of the history."""
    if any(name not in later for name in history):
        raise ValueError(f"{what} must hold {_tell(history)}, as history does. Got {_tell(later)}.")
    for name, series in history.items():
        kind, expected = later[name].index.inferred_type, series.index.inferred_type
        if kind != expected:
            raise ValueError(
                f"All series must have the same kind of index. Got {kind} for {what} and "
                f"{expected} for history."
            )


def _tell(series: Named) -> str:
    return "a single series" if list(series) == [None] else f"the series {list(series)[:MAX_DRAWN]}"


def panel_series(panel: Panel) -> dict[Any, Any]:
    """Take the targets of a panel apart, as Series, or arrays if they have no time stamps."""
    return _apart(panel, panel.values, panel.times)


def forecast_series(panel: Panel, answer: Any) -> list[dict[Any, Any]]:
    """Take apart what a forecaster answered on a panel: forecasts, bounds if any, and so on."""
    n_series, n_targets = len(panel.ids), len(panel.columns.targets)
    table = _answer_table(panel, answer)
    values = table.reshape(n_series, -1, n_targets, table.shape[1] // n_targets)
    times: list[Any] = [None] * n_series
    if panel.axis is not None:
        n_steps = np.full(n_series, values.shape[1])
        times = panel.axis.shift(panel.lengths).indexes(n_steps)
    return [_apart(panel, part, times) for part in np.moveaxis(values, -1, 0)]


def _answer_table(panel: Panel, answer: Any) -> np.ndarray:
    """Return the values of an answer, one series below the other."""
    if panel.form.kind == "long":
        # narwhals is loaded when there is use for it.
        import narwhals as nw

        keys = [key for key in (panel.form.series_id, panel.form.time) if key is not None]
        return nw.from_native(answer, eager_only=True).drop(keys).to_numpy()
    parts = answer if panel.form.kind == "list" else [answer]
    return np.concatenate([np.asarray(part).reshape(len(part), -1) for part in parts])


def _apart(panel: Panel, values: Any, times: Any) -> dict[Any, Any]:
    """Name each target of each series, of shape (n_times, n_targets) each."""
    targets, names, given = panel.columns.targets.tolist(), panel.ids.tolist(), panel.form.names
    if given is not None and _are_names(given):
        names = given
    found = {}
    for name, part, index in zip(names, values, times, strict=True):
        for target, column in zip(targets, part.T, strict=True):
            if panel.form.is_single:
                key = None if len(targets) == 1 else target
            else:
                key = name if len(targets) == 1 else (name, target)
            found[key] = column if index is None else pd.Series(column, index, name=target)
    return found
