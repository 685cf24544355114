"""The forms that series come in, and are given back in: arrays and frames of any library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sklearn_rnn.sequences import (
    check_ids,
    check_keys,
    common_dtype,
    holds_frames,
    is_frame,
    narwhals_frame,
    read_columns,
    to_numbers,
    to_pandas,
)

from ._clock import (
    check_stamps,
    declared_frequency,
    find_steps,
    index_kind,
    order_codes,
    row_parts,
)

if TYPE_CHECKING:
    from ._table import Panel

PANDAS = (pd.Series, pd.DataFrame)


class Rows(NamedTuple):
    """What was read: rows of series, one series after the other."""

    table: np.ndarray  # (n_rows, n_columns)
    offsets: np.ndarray  # (n_series + 1,), where each series starts, and where the last one ends
    ids: pd.Index  # names of the series
    stamps: pd.Index | None = None  # of each row; None for arrays
    freq: Any = None  # that came with the time stamps, if any


@dataclass(frozen=True)
class Form:
    """A form that series come in: how they are read, and how values are given back.

    Its kind is "one" series (a list of numbers, an array, a Series or a DataFrame), a "list" of
    those, a Series or DataFrame with an "index" of two levels, series and time stamp, or a "long"
    frame.
    """

    kind: str
    names: list[Any] | None = None  # of a list of Series
    is_pandas: bool = False  # one series, to which methods of pandas apply
    is_masked: bool = False  # with masked arrays
    series_id: Any = None  # columns of a long frame; that of one series has no names
    time: Any = None
    types: dict[str, Any] | None = None  # of its columns, for narwhals; None for pandas
    library: Any = None

    @property
    def is_single(self) -> bool:
        """Whether there is one series, without a name."""
        return self.kind == "one" or (self.kind == "long" and self.series_id is None)

    @property
    def is_named(self) -> bool:
        """Whether each series has a name, by which it is known again."""
        return not self.is_single and self.kind != "list"

    def label(self, ids: pd.Index, number: int, name: str) -> str:
        """Return the words that follow a time stamp in an error, to name its series."""
        if self.is_single:
            return ""
        if self.kind == "list":
            return f" of {name}[{number}]"
        return f" of series {ids[number : number + 1].tolist()[0]!r}"

    def column_names(self, X: Any) -> pd.Index | None:
        """Return the names of the columns that hold values; None if they have none."""
        if self.kind == "long":
            columns = pd.Index(X.columns if self.types is None else list(self.types))
            return columns[~columns.isin([self.series_id, self.time])]
        first = X[0] if self.kind == "list" else X
        return first.columns if isinstance(first, pd.DataFrame) else None

    def read(self, X: Any, names: pd.Index | None, name: str) -> Rows:
        """Read the named columns; those of an array, which have no names, all.

        Rows of a frame that names the series of each are put in the order of time, and the
        series in that in which they appear.
        """
        if self.kind == "long":
            return self._read_long(X, names, name)
        if self.kind == "index":
            stamps, numbers = self.read_stamps(X, name), np.asarray(X.index.codes[0])
            check_ids(numbers < 0, f"The index of {name}")
            return _in_order(_read_table(X, names, name), numbers, X.index.levels[0], stamps)
        tables, indexes = [], []
        for number, series in enumerate(X if self.kind == "list" else [X]):
            label = f"{name}[{number}]" if self.kind == "list" else name
            if isinstance(series, PANDAS):
                check_stamps(series.index, f"The index of {label}", label)
                indexes.append(series.index)
            if number:
                _check_alike(series, X[0], label, name)
            tables.append(_read_table(series, names, label))
        table = tables[0]
        if self.kind == "list":
            table = np.concatenate(tables, dtype=common_dtype({each.dtype for each in tables}))
        offsets = np.cumsum([0, *(len(each) for each in tables)])
        stamps = indexes[0].append(indexes[1:]) if indexes else None
        freq = next((freq for index in indexes if (freq := declared_frequency(index))), None)
        return Rows(table, offsets, pd.RangeIndex(len(tables)), stamps, freq)

    def read_stamps(self, X: Any, name: str) -> pd.Index:
        """Read the time stamp of each row of a Series or a frame, in the order of the rows."""
        if self.kind == "long":
            frame = X if self.types is None else to_pandas(X, [self.time], name)
            stamps, where = pd.Index(frame[self.time], name=self.time), f"Column {self.time!r}"
        elif self.kind == "index":
            stamps, where = _second_level(X.index), "The second level of the index"
        else:
            stamps, where = X.index, "The index"
        check_stamps(stamps, f"{where} of {name}", name)
        return stamps

    def _read_long(self, X: Any, names: Any, name: str) -> Rows:
        frame = X if self.types is None else to_pandas(X, [*names], name)
        stamps = self.read_stamps(X, name)
        numbers, ids = np.zeros(len(stamps), dtype=np.int8), pd.RangeIndex(1)
        if self.series_id is not None:
            numbers, ids = _factorize(X, self.series_id, name)
            check_ids(numbers < 0, f"Column {self.series_id!r} of {name}")
        table = read_columns(frame, names, name, pd.RangeIndex(len(frame)))
        return _in_order(table, numbers, ids.rename(self.series_id), stamps)

    def wrap(self, panel: Panel) -> Any:
        """Give the targets of a panel this form."""
        columns, table = panel.columns, panel.table

        def give(table: np.ndarray, index: pd.Index | None, names: Any) -> Any:
            if index is None and not columns.is_named:
                return table[:, 0] if columns.is_1d else table
            if columns.is_1d:
                return pd.Series(table[:, 0], index, name=names[0])
            return pd.DataFrame(table, index, names)

        if self.kind == "index":
            return give(table, pd.MultiIndex.from_arrays(panel.keys), columns.targets)
        if self.kind == "long":
            ids, stamps = panel.keys
            data = {} if self.series_id is None else {self.series_id: ids}
            data |= {self.time: stamps, **dict(zip(columns.targets, table.T, strict=True))}
            return pd.DataFrame(data) if self.types is None else self._to_library(data)
        tables = np.split(table, panel.offsets[1:-1])
        names = [columns.targets] * len(tables)
        if self.names is not None and columns.is_1d:
            names = [[each] for each in self.names]
        given = list(map(give, tables, panel.times, names))
        return given if self.kind == "list" else given[0]

    def _to_library(self, data: dict[Any, Any]) -> Any:
        """Make a frame of another library, with its types of series and time stamps."""
        import narwhals as nw

        assert self.types is not None
        columns = {}
        for key, values in data.items():
            if isinstance(values, pd.DatetimeIndex):
                values = values.tz_convert(None) if values.tz is not None else values
                values = values.as_unit("us" if values.unit == "s" else values.unit)
            columns[key] = values.to_numpy() if isinstance(values, pd.Index) else values
            if columns[key].dtype == object:
                columns[key] = columns[key].tolist()
        frame = nw.from_dict(columns, backend=self.library)
        if zone := getattr(self.types[self.time], "time_zone", None):
            time = nw.col(self.time).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
            frame = frame.with_columns(time)
        keys = [key for key in (self.series_id, self.time) if key is not None]
        return frame.with_columns(nw.col(key).cast(self.types[key]) for key in keys).to_native()


def find_form(
    X: Any, series_id: Any, time: Any, name: str, *, is_list_known: bool = False
) -> tuple[Form, Any]:
    """Find the form of data, and turn frames of other libraries that are not long into pandas'.

    It is a long frame if columns of it are named, unless it is a list and one is known by others
    read before: so that it is clear what is in the columns.
    """
    if isinstance(X, Mapping):
        is_pandas = all(isinstance(each, PANDAS) for each in X.values())
        advice = f"pd.concat({name})" if is_pandas and len(X) else f"list({name}.values())"
        raise ValueError(f"{name} is a {type(X).__name__}. Give its series as {advice}.")
    is_listed = is_list_known and isinstance(X, (list, tuple))
    if not is_listed and (series_id is not None or time is not None):
        return _find_long_form(X, series_id, time, name), X
    if not isinstance(X, np.ndarray) or X.ndim == 1:
        X = _with_pandas(X, name)
    if isinstance(X, PANDAS) and X.index.nlevels > 2:
        raise ValueError(
            f"The index of {name} has {X.index.nlevels} levels, {list(X.index.names)}, but takes "
            f"two, series and time stamp. Join the first ones, for instance by {name}.index = "
            f"[{name}.index.droplevel(-1).map(str), {name}.index.get_level_values(-1)]."
        )
    if isinstance(X, PANDAS):
        return (Form("index") if X.index.nlevels == 2 else Form("one", is_pandas=True)), X
    is_objects = isinstance(X, np.ndarray) and X.dtype == object and X.ndim == 1
    is_list = (isinstance(X, (list, tuple)) or is_objects) and len(X)
    if is_list and (isinstance(X[0], (list, tuple)) or len(getattr(X[0], "shape", ()))):
        X = [_as_array(each, f"{name}[{number}]") for number, each in enumerate(X)]
        named = isinstance(X[0], pd.Series)
        names = [getattr(each, "name", None) for each in X] if named else None
        is_masked = any(isinstance(each, np.ma.MaskedArray) for each in X)
        return Form("list", names, is_masked=is_masked), X
    return Form("one", is_masked=isinstance(X, np.ma.MaskedArray)), _as_array(X, name)


def row_stamps(X: Any, time: Any, name: str = "X") -> pd.Index:
    """Read the time stamp of each row of a Series or a frame: from a column or from its index."""
    form, given = find_form(X, None, time, name)
    if form.kind == "list":
        raise ValueError(
            f"{name} is a list of series, which is cut between series. To cut each at the same "
            f"time, join them, for instance by pd.concat({name}, keys=range(len({name})))."
        )
    if time is None and isinstance(getattr(given, "index", None), (pd.RangeIndex, type(None))):
        raise ValueError(
            f"{name} has no time stamps in its index. Name the column that holds them by the "
            "parameter time. If each row is a time step, use scikit-learn's TimeSeriesSplit."
        )
    return form.read_stamps(given, name)


def _find_long_form(X: Any, series_id: Any, time: Any, name: str) -> Form:
    """Find the library of a frame, and check that the columns exist."""
    if time is None:
        raise ValueError(
            f"series_id={series_id!r} names a column of {name}; name that of its time stamps, too, "
            "by the parameter time."
        )
    types, library = None, None
    if not isinstance(X, pd.DataFrame):
        frame = narwhals_frame(X, name)
        types, library = dict(frame.schema), frame.implementation
    columns = X.columns if types is None else pd.Index(list(types))
    check_keys(columns, series_id, time, name)
    return Form("long", series_id=series_id, time=time, types=types, library=library)


def _check_alike(series: Any, first: Any, label: str, name: str) -> None:
    """Check that a series of a list is of the kind of the first one."""
    kinds = [type(each) if isinstance(each, PANDAS) else np.ndarray for each in (series, first)]
    if kinds[0] is not kinds[1]:
        words = [kind.__name__ for kind in kinds]
        raise ValueError(f"{label} is of type {words[0]}, but {name}[0] is of type {words[1]}.")
    if isinstance(first, pd.DataFrame):
        if set(series.columns) != set(first.columns):
            raise ValueError(
                f"{label} has the columns {list(series.columns)}, but {name}[0] has "
                f"{list(first.columns)}."
            )
    elif series.shape[1:] != first.shape[1:]:
        raise ValueError(
            f"{label} has shape {series.shape}, but {name}[0] has shape {first.shape}."
        )
    if isinstance(first, PANDAS):
        dtypes = series.index.dtype, first.index.dtype
        if index_kind(dtypes[0]) != index_kind(dtypes[1]):
            raise ValueError(
                f"The index of {label} is of dtype {dtypes[0]}, but that of {name}[0] is of dtype "
                f"{dtypes[1]}."
            )


def _second_level(index: pd.MultiIndex) -> pd.Index:
    """Return the time stamp of each row; `get_level_values` would take twice the memory."""
    level, codes = index.levels[1], np.asarray(index.codes[1])
    if not len(codes) or codes.min() < 0:
        return index.get_level_values(1)
    stamps = level.array[:1].repeat(len(codes))
    for part in row_parts(len(codes)):
        stamps[part] = level.array[codes[part]]
    return pd.Index(stamps, name=level.name, copy=False)


def _in_order(table: np.ndarray, numbers: np.ndarray, ids: pd.Index, stamps: pd.Index) -> Rows:
    """Put series in the order in which they appear, by number, and rows in that of time."""
    codes, inside = order_codes(stamps), numbers[1:] == numbers[:-1]
    borders = np.flatnonzero(~inside) + 1
    series, found = pd.factorize(numbers[np.append(0, borders)])
    if len(series) > len(found) or len(find_steps(codes, inside, lambda steps: steps < 0)):
        numbers = np.repeat(series, np.diff(borders, prepend=0, append=len(numbers)))
        order = np.lexsort((codes, numbers))
        table, stamps = table[order], stamps[order]
        borders = np.cumsum(np.bincount(numbers))[:-1]
    return Rows(table, np.concatenate([[0], borders, [len(table)]]), ids.take(found), stamps)


def _as_array(series: Any, name: str) -> Any:
    """Return what is not of pandas as an array of one or two dimensions."""
    if isinstance(series, PANDAS):
        return series
    values = series
    if not isinstance(series, np.ndarray):
        try:
            values = np.asarray(series)
        except ValueError:
            raise ValueError(
                f"{name} has rows of different lengths. Series of different lengths are a list of "
                "arrays: [np.asarray(each) for each in X]."
            ) from None
        if values.dtype.kind in "US":  # numbers among text stay what they are
            values = np.asarray(series, dtype=object)
    if values.ndim == 0:
        raise ValueError(
            f"{name} is of type {type(series).__name__}. Give one series, as a list of numbers, "
            "an array, a Series or a DataFrame, or a list of those; a Series or DataFrame with "
            "an index of two levels, series and time stamp; or a long DataFrame, with series_id "
            "and time."
        )
    if values.ndim > 2:
        raise ValueError(
            f"{name} must have shape (n_times,) or (n_times, n_columns). Got {values.shape}."
        )
    if not len(values):
        raise ValueError(f"{name} is empty: it has no time steps.")
    return values


def _read_table(series: Any, names: pd.Index | None, name: str) -> np.ndarray:
    """Return the named columns, or an array or a Series, as an array (n_times, n_columns)."""
    if names is not None:
        return read_columns(series, names, name, series.index)
    index = series.index if isinstance(series, pd.Series) else pd.RangeIndex(len(series))
    return to_numbers(series, name, index).reshape(len(series), -1)


def _with_pandas(X: Any, name: str) -> Any:
    """Turn frames of other libraries, also in a list, into those of pandas, without time stamps."""
    if holds_frames(X):
        return [_with_pandas(each, f"{name}[{number}]") for number, each in enumerate(X)]
    if isinstance(X, pd.DataFrame) or not is_frame(X):
        return X
    return to_pandas(X, narwhals_frame(X, name).columns, name)


def _factorize(X: Any, column: Any, name: str) -> tuple[np.ndarray, pd.Index]:
    """Number the different values of a column of a frame of any library, -1 where it has none."""
    is_pandas = isinstance(X, pd.DataFrame)
    values = X[column].array if is_pandas else narwhals_frame(X, name)[column]
    if not is_pandas and values.is_null().any():
        return -values.is_null().to_numpy().astype(np.int32), pd.Index([])
    # In parts: the numbers of all rows at once, or their names, would take much memory.
    numbers, names = np.empty(len(values), dtype=np.int32), []
    for rows in row_parts(len(values)):
        numbers[rows], found = _factorize_part(values[rows])
        names.append(found)
    every, ids = pd.factorize(names[0].append(names[1:]))
    starts = np.cumsum([0, *map(len, names)])
    for rows, start in zip(row_parts(len(values)), starts, strict=False):
        codes = numbers[rows]
        codes[codes >= 0] = every[start + codes[codes >= 0]]
    return numbers, ids


def _factorize_part(values: Any) -> tuple[np.ndarray, pd.Index]:
    if isinstance(values, pd.api.extensions.ExtensionArray):
        codes, names = pd.factorize(values)
        return codes, pd.Index(names)
    names = values.unique(maintain_order=True)
    codes = values.replace_strict(names.to_list(), range(len(names))).to_numpy()
    # An array of strings would give each the width of the longest one.
    return codes, pd.Index(names.to_numpy() if names.dtype.is_numeric() else names.to_list())
