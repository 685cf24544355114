"""Columns of frames of any library, as numbers."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import narwhals as nw


def check_column(available: pd.Index, parameter: str, column: Any, name: str) -> None:
    """Check that a parameter names a column."""
    is_name = isinstance(column, Hashable)
    if not is_name or column not in available:
        what = "a column" if is_name else "the name of one column"
        raise ValueError(
            f"{parameter}={column!r} is not {what} of {name}; columns are {list(available)}."
        )


def check_keys(columns: pd.Index, series_id: Any, time: Any, name: str) -> None:
    """Check that the parameters `series_id` and `time` name different columns of a long frame."""
    if isinstance(series_id, list):
        raise ValueError(
            f"series_id={series_id!r} must name a single column of {name}. Join these, for "
            f"instance by {name}['series'] = {name}[{series_id!r}].astype(str).agg('/'.join, "
            "axis=1), and drop them."
        )
    if series_id is not None:
        check_column(columns, "series_id", series_id, name)
    if time is not None:
        check_column(columns, "time", time, name)
    if series_id == time:
        raise ValueError(f"series_id and time name the same column, {time!r}.")


def check_ids(missing: np.ndarray, where: str) -> None:
    """Check that each row belongs to a series."""
    if missing.any():
        raise ValueError(
            f"{where} names no series in {missing.sum()} of {len(missing)} rows, the first of "
            f"which is row {int(np.argmax(missing))}."
        )


def common_dtype(dtypes: Any) -> Any:
    """Return float32 if all types are, else float64."""
    return np.float32 if all(str(dtype).lower() == "float32" for dtype in dtypes) else np.float64


def read_columns(frame: pd.DataFrame, names: pd.Index, name: str, index: pd.Index) -> np.ndarray:
    """Return columns of a DataFrame as one array; float32 if all are."""
    if frame.columns.is_unique:
        columns = [frame[column] for column in names]
    else:  # all of them are taken, since they cannot be named
        columns = [frame.iloc[:, position] for position in range(frame.shape[1])]
    if len(columns) == 1:  # as it lies, where that is possible
        return to_numbers(columns[0], name, index, names[0])[:, None]
    table = np.empty((len(frame), len(columns)), common_dtype(each.dtype for each in columns))
    for position, (label, column) in enumerate(zip(names, columns, strict=True)):
        table[:, position] = to_numbers(column, name, index, label)
    return table


def to_numbers(values: Any, name: str, index: pd.Index, *column: Any) -> np.ndarray:
    """Return the numbers of an array or a column, NaN for those that are missing or masked."""
    dtype, kind = common_dtype([values.dtype]), values.dtype
    if pd.api.types.is_bool_dtype(kind) or pd.api.types.is_any_real_numeric_dtype(kind):
        if isinstance(values, np.ma.MaskedArray):
            return np.ma.filled(values.astype(dtype), np.nan)
        if isinstance(kind, np.dtype):
            return np.asarray(values, dtype)
        return values.to_numpy(dtype, na_value=np.nan)
    objects = pd.Series(np.ravel(values) if isinstance(values, np.ndarray) else values)
    objects = objects.astype(object).to_numpy()
    wrong = next((n for n, each in enumerate(objects) if not _is_number(each)), None)
    if wrong is None:
        numbers = [np.nan if each is None or each is pd.NA else float(each) for each in objects]
        return np.reshape(numbers, np.shape(values))
    row, value = wrong * len(values) // len(objects), objects[wrong]
    place, where, advice = f"row {row}", name, "Give real numbers."
    if not isinstance(index, pd.RangeIndex):
        place += f" ({', '.join(map(str, np.atleast_1d(index[row])))})"
    if column:
        where = f"Column {column[0]!r} of {name}"
        if isinstance(value, (date, pd.Period)):
            code = f"{name}.set_index({column[0]!r})"
            advice = (
                f"If it holds the time stamps, make it the index: {code}. In a long frame, name "
                "them and the series by time and series_id, or make both the index, the series "
                "first."
            )
    if isinstance(value, str):
        code = f"{name}[{column[0]!r}]" if column else name
        advice = f'Convert it by pd.to_numeric({code}, errors="coerce"), which makes NaN of words'
        if column:
            advice += (
                f", make columns of its values by pd.get_dummies({name}, columns=[{column[0]!r}])"
            )
            advice += ", or leave it out. If it holds names of series or time stamps, name it by "
            advice += "series_id or time"
        advice += "."
    raise ValueError(
        f"{where} has dtype {kind}, which cannot be computed with. In {place}, it holds {value!r}. "
        f"{advice}"
    )


def _is_number(value: Any) -> bool:
    return value is None or value is pd.NA or isinstance(value, (Real, Decimal, np.bool_))


def narwhals_frame(X: Any, name: str) -> nw.DataFrame[Any]:
    # narwhals is loaded when there is use for it.
    import narwhals as nw

    frame = nw.from_native(X, pass_through=True)
    if isinstance(frame, nw.LazyFrame):
        raise ValueError(f"{name} is a {type(X).__name__}: collect() it first.")
    if not isinstance(frame, nw.DataFrame):
        raise ValueError(
            f"series_id and time name columns of a DataFrame, but {name} is of type "
            f"{type(X).__name__}."
        )
    return frame


def to_pandas(X: Any, names: list[Any], name: str) -> pd.DataFrame:
    """Take columns out of a frame of another library."""
    import narwhals as nw

    frame, data = narwhals_frame(X, name), {}
    for each in names:
        column = frame[each]
        if column.dtype == nw.Boolean or column.dtype.is_decimal():
            column = column.cast(nw.Float64)
        data[each] = pd.Series(column.to_numpy(), copy=False)
        if zone := getattr(column.dtype, "time_zone", None):
            data[each] = data[each].dt.tz_localize("UTC").dt.tz_convert(zone)
    return pd.DataFrame(data, copy=False)
