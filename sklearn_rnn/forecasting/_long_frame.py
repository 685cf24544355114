"""A long frame, whose columns name the series and the time stamp of each row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sklearn_rnn.sequences import holds_frames, is_frame

from ._panel_columns import check_column, frame_table
from ._panel_forms import Form, check_ids, check_stamps
from ._panel_rows import Block, Rows, find_runs

if TYPE_CHECKING:
    import narwhals as nw

N_IDS_AT_ONCE = 2**18
# Of a slice of rows: the first row of each run of rows of one series, and the names of the series.
ReadRuns = Callable[[slice], tuple[np.ndarray, Any]]


@dataclass(frozen=True)
class LongForm(Form):
    """A long frame of pandas, or of a library that narwhals knows.

    Parameters
    ----------
    series_id : object
        Column that names the series; None for a single one.

    time : object
        Column of time stamps.

    types : dict of str to DType, default=None
        Types of the columns, as narwhals calls them; None for pandas.

    library : Implementation, default=None
        Library of the frame, as narwhals calls it; None for pandas.
    """

    series_id: Any
    time: Any
    types: dict[str, Any] | None = None
    library: Any = None

    @classmethod
    def of(cls, X: Any, series_id: Any, time: Any, name: str) -> LongForm:
        """Find the library of a frame, and check that the columns exist.

        Raises
        ------
        ValueError
            If X is no frame, or does not have the columns.
        """
        if time is None:
            raise ValueError(
                f"series_id={series_id!r} names a column of {name}; name that of its time stamps, "
                "too, by the parameter time."
            )
        if isinstance(X, pd.DataFrame):
            form = cls(series_id, time)
            columns = X.columns
        else:
            frame = _narwhals_frame(X, name)
            form = cls(series_id, time, dict(frame.schema), frame.implementation)
            columns = pd.Index(frame.columns)
        if series_id is not None:
            check_column(columns, "series_id", series_id, name)
        check_column(columns, "time", time, name)
        if series_id == time:
            raise ValueError(f"series_id and time name the same column, {time!r}.")
        return form

    @property
    def is_single(self) -> bool:
        return self.series_id is None

    def of_other(self, X: Any, name: str) -> LongForm:
        return LongForm.of(X, self.series_id, self.time, name)

    def column_names(self, X: Any) -> pd.Index:
        columns = pd.Index(X.columns if self.types is None else list(self.types))
        return columns[~columns.isin([self.series_id, self.time])]

    def read(self, X: Any, names: pd.Index | None, covariates: pd.Index, name: str) -> Rows:
        assert names is not None
        frame = X if isinstance(X, pd.DataFrame) else _to_pandas(X, self, names, name)
        stamps = pd.Index(frame[self.time], name=self.time)
        where = f"Column {self.time!r} of {name}"
        _check_time_kind(stamps, where)
        check_stamps(stamps, where, name)
        if self.series_id is None:
            offsets, series = np.array([0, len(frame)]), np.zeros(1, dtype=np.int64)
            ids = pd.RangeIndex(1)
        else:
            offsets, series, ids = number_series(len(frame), self._read_runs(X, name))
            if (series < 0).any():
                missing = np.repeat(series < 0, np.diff(offsets))
                check_ids(missing, f"Column {self.series_id!r} of {name}")
            ids = ids.rename(self.series_id)
        table = frame_table(frame, names, covariates, name)
        return Rows(table, offsets, series, ids, stamps)

    def _read_runs(self, X: Any, name: str) -> ReadRuns:
        """Return a function that finds the runs within some rows, and the names of their series."""

        def read_pandas(rows: slice) -> tuple[np.ndarray, Any]:
            part = X[self.series_id].iloc[rows]
            first = np.flatnonzero(part.ne(part.shift()).to_numpy(dtype=bool, na_value=True))
            return first, part.iloc[first]

        if isinstance(X, pd.DataFrame):
            return read_pandas
        ids = _narwhals_frame(X, name)[self.series_id]
        # An array of strings would give each the width of the longest one.
        is_number = ids.dtype.is_numeric()

        def read_others(rows: slice) -> tuple[np.ndarray, Any]:
            part = ids[rows]
            is_first = (part != part.shift(1)).fill_null(value=True)
            names = part.filter(is_first)
            names = names.to_numpy() if is_number else pd.Series(names.to_list())
            return np.flatnonzero(is_first.to_numpy()), names

        return read_others

    def wrap(self, block: Block) -> Any:
        data = {} if self.series_id is None else {self.series_id: block.ids.take(block.series)}
        data[self.time] = block.stamps
        for column, values in zip(block.columns, block.values.T, strict=True):
            if block.is_frame:
                column = "_".join(map(str, column)) if isinstance(column, tuple) else str(column)
            data[column] = values
        if self.library is None:
            return pd.DataFrame(data)
        return _from_pandas(data, self)

    def label(self, ids: pd.Index, number: int, name: str) -> str:
        return "" if self.series_id is None else super().label(ids, number, name)


def number_series(n_rows: int, read: ReadRuns) -> tuple[np.ndarray, np.ndarray, pd.Index]:
    """Number the series of rows in the order in which they appear.

    Parameters
    ----------
    n_rows : int
        Number of rows.

    read : callable
        Finds runs of rows of one series in a slice of the rows, and reads the names of their
        series. The names of all rows as Python objects would take many times the memory of the
        data.

    Returns
    -------
    offsets : ndarray of shape (n_runs + 1,)
        Row where each run starts, and where the last one ends.

    series : ndarray of shape (n_runs,)
        Number of the series of each run, -1 where its name is missing.

    ids : Index of shape (n_series,)
        Names of the series.
    """
    starts, codes, names = [], [], []
    for start in range(0, n_rows, N_IDS_AT_ONCE):
        first, read_names = read(slice(start, start + N_IDS_AT_ONCE))
        code, found = pd.factorize(read_names)
        starts.append(start + first)
        codes.append(code)
        names.append(pd.Index(found))
    numbers, ids = pd.factorize(names[0].append(names[1:]))
    ends = np.cumsum([len(found) for found in names])
    series = np.concatenate(
        [
            np.where(code >= 0, numbers[end - len(found) : end][code], -1)
            for code, found, end in zip(codes, names, ends, strict=True)
        ]
    )
    # What was read in two slices may be one run.
    runs = find_runs(series)[:-1]
    return np.append(np.concatenate(starts)[runs], n_rows), series[runs], ids


def _check_time_kind(stamps: pd.Index, where: str) -> None:
    is_date = isinstance(stamps, (pd.DatetimeIndex, pd.PeriodIndex))
    if not is_date and not pd.api.types.is_integer_dtype(stamps.dtype):
        raise ValueError(
            f"{where} has dtype {stamps.dtype}, which is not one of time stamps. Convert it to "
            "datetimes, for instance with to_datetime(), to periods or to whole numbers."
        )


def _narwhals_frame(X: Any, name: str) -> nw.DataFrame[Any]:
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


def _to_pandas(X: Any, form: LongForm, names: pd.Index, name: str) -> pd.DataFrame:
    """Take time stamps and values out of a frame of another library."""
    frame = _narwhals_frame(X, name)
    data: dict[Any, Any] = {}
    stamps = frame[form.time]
    data[form.time] = pd.Series(stamps.to_numpy(), copy=False)
    if zone := getattr(stamps.dtype, "time_zone", None):
        data[form.time] = data[form.time].dt.tz_localize("UTC").dt.tz_convert(zone)
    return pd.DataFrame(data | _read_values(frame, names), copy=False)


def _read_values(frame: nw.DataFrame[Any], names: Any) -> dict[Any, np.ndarray]:
    import narwhals as nw

    values = {name: frame[name] for name in names}
    for name, column in values.items():
        if column.dtype == nw.Boolean or column.dtype.is_decimal():
            values[name] = column.cast(nw.Float64)
    return {name: column.to_numpy() for name, column in values.items()}


def with_pandas(X: Any, name: str) -> Any:
    """Turn frames of other libraries, also in a list, into those of pandas, without time stamps.

    So their columns are matched by name.
    """
    if holds_frames(X):
        return [with_pandas(each, f"{name}[{number}]") for number, each in enumerate(X)]
    if isinstance(X, pd.DataFrame) or not is_frame(X):
        return X
    frame = _narwhals_frame(X, name)
    return pd.DataFrame(_read_values(frame, frame.columns), copy=False)


def _from_pandas(data: dict[Any, Any], form: LongForm) -> Any:
    """Make a frame of another library, with its types of series and time stamps."""
    import narwhals as nw

    assert form.types is not None
    keys = {key: form.types[key] for key in (form.series_id, form.time) if key is not None}
    columns = {}
    for key, values in data.items():
        if isinstance(values, pd.DatetimeIndex):
            values = values.tz_convert(None) if values.tz is not None else values
            values = values.as_unit("us" if values.unit == "s" else values.unit)
        columns[key] = values.to_numpy() if isinstance(values, pd.Index) else values
        if columns[key].dtype == object:
            columns[key] = columns[key].tolist()
    frame = nw.from_dict(columns, backend=form.library)
    if zone := getattr(keys[form.time], "time_zone", None):
        time = nw.col(form.time).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        frame = frame.with_columns(time)
    return frame.with_columns(nw.col(key).cast(dtype) for key, dtype in keys.items()).to_native()
