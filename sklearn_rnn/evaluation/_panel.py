"""One series or several, in whatever form they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_array

from sklearn_rnn.sequences import check_time_index

from ._metrics import is_list_of_series


@dataclass(frozen=True)
class Panel:
    """Each series alone, and the way back to the form in which they came.

    Parameters
    ----------
    items : list of ndarray, Series or DataFrame
        Each series alone, with a checked time index if it has one.

    values : list of ndarray of shape (n_times, n_targets)
        What is to be forecast of each series.

    targets : list
        Name of each column of the values.

    ids : list or None
        Name of each series; None for a single series.

    frame : Series, DataFrame or None
        The frame with all series, if they came in one.

    rows : list of ndarray
        The rows of each series in that frame.
    """

    items: list[Any]
    values: list[np.ndarray]
    targets: list[Any]
    ids: list[Any] | None
    frame: Any
    rows: list[np.ndarray]

    @classmethod
    def from_input(cls, series: Any, forecaster: Any = None) -> Panel:
        """Read series in any form.

        Parameters
        ----------
        series : array-like, Series, DataFrame or list of them
            One series: a 1-D array, a 2-D array with a column for each target, a Series or a
            DataFrame. Several: a list of those, a Series or DataFrame with an index of two
            levels (series, time), or a long frame.

        forecaster : object, default=None
            Its attributes `series_id`, `time` and `target`, if any, name columns of a frame.

        Raises
        ------
        ValueError
            If a series is empty, not numeric, or not at equal steps of time, or if series have
            different numbers of targets.
        """
        names = ("series_id", "time", "target")
        series_id, time, target = (getattr(forecaster, name, None) for name in names)
        items, ids, rows = _split(series, series_id, time)
        labels = ["series"] if ids is None else [f"series {each!r}" for each in ids]
        items = [_check_item(*each) for each in zip(items, labels, strict=True)]
        columns = [_target_columns(item, target) for item in items]
        for label, each in zip(labels, columns, strict=True):
            if len(each) != len(columns[0]):
                raise ValueError(
                    f"All series must have as many columns as {labels[0]}, {len(columns[0])}. "
                    f"Got {len(each)} in {label}."
                )
        values = [_values(*each) for each in zip(items, columns, labels, strict=True)]
        return cls(items, values, columns[0], ids, series if rows else None, rows)

    def part(self, number: int, span: slice) -> Any:
        """Cut one series, in time steps."""
        item = self.items[number]
        return item.iloc[span] if hasattr(item, "iloc") else item[span]

    def parts(self, spans: Sequence[slice]) -> Any:
        """Cut each series, and return all of them in the form in which they came."""
        if self.frame is not None:
            kept = [rows[span] for rows, span in zip(self.rows, spans, strict=True)]
            return self.frame.iloc[np.sort(np.concatenate(kept))]
        parts = [self.part(number, span) for number, span in enumerate(spans)]
        return parts[0] if self.ids is None else parts

    def times(self, number: int) -> pd.Index:
        """Time steps of one series; of an array, its positions."""
        return getattr(self.items[number], "index", pd.RangeIndex(len(self.values[number])))


def _split(
    series: Any, series_id: Any, time: Any
) -> tuple[list[Any], list[Any] | None, list[np.ndarray]]:
    """Return each series alone, their names, and their rows in the frame that holds them."""
    if isinstance(series, pd.DataFrame) and series_id is not None:
        ids, rows = _group(series.groupby(series_id, sort=False, observed=True))
        items = [series.iloc[each].drop(columns=series_id).set_index(time) for each in rows]
        return items, ids, rows
    if isinstance(series, (pd.Series, pd.DataFrame)) and series.index.nlevels == 2:
        ids, rows = _group(series.groupby(level=0, sort=False, observed=True))
        return [series.iloc[each].droplevel(0) for each in rows], ids, rows
    if isinstance(series, pd.DataFrame) and time is not None:
        return [series.set_index(time)], None, [np.arange(len(series))]
    if is_list_of_series(series):
        return list(series), list(range(len(series))), []
    return [series], None, []


def _group(groups: Any) -> tuple[list[Any], list[np.ndarray]]:
    ids = [key for key, _ in groups]
    return ids, [groups.indices[key] for key in ids]


def _check_item(item: Any, name: str) -> Any:
    if isinstance(item, (pd.Series, pd.DataFrame)):
        # With its frequency, which a part of the index may be too short to tell.
        return item.set_axis(check_time_index(item.index, name))
    item = check_array(
        item, ensure_2d=False, allow_nd=True, ensure_all_finite=False, dtype=np.float64
    )
    if item.ndim > 2:
        raise ValueError(
            f"{name} must have shape (n_times,) or (n_times, n_columns). Got {item.shape}."
        )
    return item


def _target_columns(item: Any, target: Any) -> list[Any]:
    if isinstance(item, pd.DataFrame):
        if target is None:
            return list(item.columns)
        return list(target) if isinstance(target, (list, tuple)) else [target]
    return [getattr(item, "name", None)] if item.ndim == 1 else list(range(item.shape[1]))


def _values(item: Any, columns: list[Any], name: str) -> np.ndarray:
    if isinstance(item, np.ndarray):
        return item.reshape(len(item), -1)
    frame = item.to_frame() if item.ndim == 1 else item[columns]
    for column, dtype in frame.dtypes.items():
        if not pd.api.types.is_numeric_dtype(dtype):
            raise ValueError(
                f"Column {column!r} of {name} has dtype {dtype}, which cannot be forecast."
            )
    return frame.to_numpy(dtype=np.float64, na_value=np.nan)
