"""The forms that series come in: alone, in a list, in a frame with a (series, time) index."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ._panel_columns import common_dtype, read_table
from ._panel_rows import Block, Rows, find_runs
from ._time_grid import index_kind, row_parts
from ._time_index import check_index_kind


class Form(ABC):
    """A form that a panel comes in, and is given back in."""

    @property
    def is_single(self) -> bool:
        """Whether there is one series, without a name."""
        return False

    def column_names(self, X: Any) -> pd.Index | None:
        """Return the names of the columns that hold values; None if they have none."""
        return X.columns if isinstance(X, pd.DataFrame) else None

    def of_other(self, X: Any, name: str) -> Form:
        """Find the form of other data that are to be read as these were."""
        return find_form(X)

    @abstractmethod
    def read(self, X: Any, names: pd.Index | None, covariates: pd.Index, name: str) -> Rows:
        """Read the rows, in the order in which they are.

        Parameters
        ----------
        X : object
            Data in this form.

        names : Index or None
            Columns to read; None where they have no names.

        covariates : Index
            Those of them that are covariates.

        name : str
            Name of the data, for error messages.

        Raises
        ------
        ValueError
            If there are no rows, values that are not numbers, or time stamps of a kind that
            cannot be continued.
        """

    @abstractmethod
    def wrap(self, block: Block) -> Any:
        """Give values this form."""

    def label(self, ids: pd.Index, number: int, name: str) -> str:
        """Return the words that follow a time stamp in an error, to name its series."""
        return f" of series {ids[number : number + 1].tolist()[0]!r}"


class SingleForm(Form):
    """One series: a list or an array, a Series, or a DataFrame."""

    @property
    def is_single(self) -> bool:
        return True

    def read(self, X: Any, names: pd.Index | None, covariates: pd.Index, name: str) -> Rows:
        index = X.index if isinstance(X, (pd.Series, pd.DataFrame)) else None
        if index is not None:
            check_index_kind(index, name)
            check_stamps(index, f"The index of {name}", name)
        table = read_table(X, names, covariates, name)
        offsets, series = np.array([0, len(table)]), np.zeros(1, dtype=np.int64)
        return Rows(table, offsets, series, pd.RangeIndex(1), index, declared_frequency(index))

    def wrap(self, block: Block) -> Any:
        return wrap_series(block.values, block, block.indexes()[0], block.columns)

    def label(self, ids: pd.Index, number: int, name: str) -> str:
        return ""


@dataclass(frozen=True)
class ListForm(Form):
    """A list of series.

    Parameters
    ----------
    names : list of object, default=None
        Names of the series, where they are of type Series.
    """

    names: list[Any] | None = None

    def column_names(self, X: Any) -> pd.Index | None:
        return super().column_names(X[0])

    def read(self, X: Any, names: pd.Index | None, covariates: pd.Index, name: str) -> Rows:
        tables, indexes = [], []
        for number, series in enumerate(X):
            label = f"{name}[{number}]"
            if isinstance(series, (pd.Series, pd.DataFrame)):
                check_index_kind(series.index, label)
                check_stamps(series.index, f"The index of {label}", label)
                indexes.append(series.index)
            _check_alike(series, X[0], label, name)
            tables.append(_list_table(series, names, covariates, label))
        dtype = common_dtype({table.dtype for table in tables})
        offsets = np.cumsum([0, *(len(table) for table in tables)])
        numbers = np.arange(len(tables))
        freq = next((freq for index in indexes if (freq := declared_frequency(index))), None)
        stamps = indexes[0].append(indexes[1:]) if indexes else None
        table = np.concatenate(tables, dtype=dtype)
        return Rows(table, offsets, numbers, pd.RangeIndex(len(tables)), stamps, freq)

    def wrap(self, block: Block) -> list[Any]:
        parts = np.split(block.values, np.cumsum(block.lengths)[:-1])
        names = self.names if self.names is not None and block.is_1d else None
        return [
            wrap_series(part, block, index, block.columns if names is None else [names[number]])
            for number, (part, index) in enumerate(zip(parts, block.indexes(), strict=True))
        ]

    def label(self, ids: pd.Index, number: int, name: str) -> str:
        return f" of {name}[{number}]"


class IndexForm(Form):
    """A Series or DataFrame whose index has two levels: series and time stamps."""

    def read(self, X: Any, names: pd.Index | None, covariates: pd.Index, name: str) -> Rows:
        # Levels are sorted; what counts is the order in which the series appear.
        codes = np.asarray(X.index.codes[0])
        check_ids(codes < 0, f"The index of {name}")
        offsets = find_runs(codes)
        series, levels = pd.factorize(codes[offsets[:-1]])
        ids = X.index.levels[0].take(levels)
        stamps = _time_stamps(X.index)
        check_index_kind(stamps, name)
        check_stamps(stamps, f"The index of {name}", name)
        table = read_table(X, names, covariates, name)
        return Rows(table, offsets, series, ids, stamps)

    def wrap(self, block: Block) -> Any:
        index = pd.MultiIndex.from_arrays([block.ids.take(block.series), block.stamps])
        return wrap_series(block.values, block, index, block.columns)


def _time_stamps(index: pd.MultiIndex) -> pd.Index:
    """Return the second level for each row; `get_level_values` would take twice the memory."""
    level, codes = index.levels[1], np.asarray(index.codes[1])
    if not len(codes) or codes.min() < 0:
        return index.get_level_values(1)
    stamps = level.array[:1].repeat(len(codes))
    for part in row_parts(len(codes)):
        stamps[part] = level.array[codes[part]]
    return pd.Index(stamps, name=level.name, copy=False)


def find_form(X: Any) -> Form:
    """Find the form of data without named columns of series and time stamps."""
    if isinstance(X, (pd.Series, pd.DataFrame)):
        return IndexForm() if X.index.nlevels == 2 else SingleForm()
    is_objects = isinstance(X, np.ndarray) and X.dtype == object and X.ndim == 1
    is_list = isinstance(X, (list, tuple)) or is_objects
    if is_list and len(X) and (isinstance(X[0], (list, tuple)) or getattr(X[0], "ndim", 0)):
        is_series = isinstance(X[0], pd.Series)
        return ListForm([getattr(series, "name", None) for series in X] if is_series else None)
    return SingleForm()


def wrap_series(values: np.ndarray, block: Block, index: pd.Index | None, columns: Any) -> Any:
    """Give values of shape (n_rows, n_columns) an index and the names of their columns."""
    if index is None and block.is_frame:
        index = pd.RangeIndex(len(values))
    if index is None:
        return values[:, 0] if block.is_1d else values
    if block.is_1d:
        return pd.Series(values[:, 0], index, name=columns[0])
    return pd.DataFrame(values, index, columns)


def declared_frequency(index: pd.Index | None) -> Any:
    """Return the frequency that an index came with, or None."""
    if isinstance(index, pd.DatetimeIndex):
        return index.freq
    return index.step if isinstance(index, pd.RangeIndex) and len(index) == 1 else None


def check_stamps(stamps: pd.Index, where: str, name: str) -> None:
    """Check that there are time stamps, and none is unknown.

    Raises
    ------
    ValueError
        If there are none, or NaT is among them.
    """
    if not len(stamps):
        raise ValueError(f"{name} is empty: it has no time steps.")
    if stamps.hasnans:
        raise ValueError(f"{where} holds NaT, an unknown time stamp.")


def check_ids(missing: np.ndarray, where: str) -> None:
    """Check that each row belongs to a series.

    Raises
    ------
    ValueError
        If the name of one is missing.
    """
    if missing.any():
        raise ValueError(
            f"{where} names no series in {missing.sum()} of {len(missing)} rows, the first of "
            f"which is row {int(np.argmax(missing))}."
        )


def _check_alike(series: Any, first: Any, label: str, name: str) -> None:
    """Check that a series of a list is of the kind of the first one."""
    if hasattr(series, "__len__") and not len(series):
        raise ValueError(f"{label} is empty: it has no time steps.")
    if type(series) is not type(first):
        kinds = [type(each).__name__ for each in (series, first)]
        raise ValueError(f"{label} is of type {kinds[0]}, but {name}[0] is of type {kinds[1]}.")
    if isinstance(first, pd.DataFrame):
        same = series.columns.equals(first.columns) or (
            not series.columns.symmetric_difference(first.columns).size
        )
        if not same:
            raise ValueError(
                f"{label} has the columns {list(series.columns)}, but {name}[0] has "
                f"{list(first.columns)}."
            )
    elif np.shape(series)[1:] != np.shape(first)[1:]:
        raise ValueError(
            f"{label} has shape {np.shape(series)}, but {name}[0] has shape {np.shape(first)}."
        )
    has_index = isinstance(first, (pd.Series, pd.DataFrame))
    if has_index and index_kind(series.index.dtype) != index_kind(first.index.dtype):
        raise ValueError(
            f"The index of {label} is of dtype {series.index.dtype}, but that of {name}[0] is of "
            f"dtype {first.index.dtype}."
        )


def _list_table(
    series: Any, names: pd.Index | None, covariates: pd.Index, label: str
) -> np.ndarray:
    """Read one series of a list, past slow checks where its values are plain numbers."""
    if names is not None and series.columns.equals(names):
        table = series.to_numpy()
        if table.dtype.kind == "f":
            return table
    return read_table(series, names, covariates, label)
