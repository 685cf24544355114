"""Which columns of a panel are targets and which are covariates, and their values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_array


@dataclass(frozen=True)
class Columns:
    """Columns of a panel by the part they play.

    Parameters
    ----------
    targets : Index
        Columns to forecast.

    past : Index, default=empty
        Covariates that are known up to the origin of a forecast.

    future : Index, default=empty
        Covariates that are known ahead.

    is_named : bool, default=True
        Whether the names are those of a DataFrame.

    is_1d : bool, default=False
        Whether a forecast of the only target is a Series or a 1-D array.
    """

    targets: pd.Index
    past: pd.Index = field(default_factory=lambda: pd.Index([]))
    future: pd.Index = field(default_factory=lambda: pd.Index([]))
    is_named: bool = True
    is_1d: bool = False

    @property
    def covariates(self) -> pd.Index:
        """Covariates of both kinds."""
        return self.past.append(self.future)

    @property
    def all(self) -> pd.Index:
        """Columns in their order in a table."""
        covariates = self.covariates
        return self.targets.append(covariates) if len(covariates) else self.targets

    @property
    def bounds(self) -> list[int]:
        """Where the parts of a table end."""
        return np.cumsum([len(self.targets), len(self.past), len(self.future)]).tolist()


def as_list(names: Any) -> list[Any]:
    """Turn one column name, or several, or None, into a list."""
    if names is None:
        return []
    return list(names) if isinstance(names, (list, tuple, pd.Index, np.ndarray)) else [names]


def choose_columns(
    available: pd.Index, target: Any, future: Any, name: str, like: Columns | None
) -> Columns:
    """Give each column of a DataFrame its part.

    Parameters
    ----------
    available : Index
        Columns of the DataFrame, without those of series and time stamps.

    target : object or list of object or None
        Column or columns to forecast; None for all that are not in `future`.

    future : object or list of object
        Covariates that are known ahead.

    name : str
        Name of the data, for error messages.

    like : Columns or None
        Columns that the data must have.

    Raises
    ------
    ValueError
        If a column is not there, plays two parts, or is not in `like`.
    """
    is_1d = target is not None and not isinstance(target, (list, tuple, pd.Index, np.ndarray))
    if like is not None and like.is_named:
        _check_same_names(available, like.all)
        return Columns(like.targets, like.past, like.future, True, is_1d)
    if target is None and not as_list(future):
        columns = Columns(available)
    else:
        columns = _named_columns(available, as_list(target), as_list(future), name, is_1d)
    if not len(columns.targets):
        raise ValueError(f"{name} has no column to forecast; its columns are {list(available)}.")
    return columns


def _named_columns(
    available: pd.Index, targets: list[Any], future: list[Any], name: str, is_1d: bool
) -> Columns:
    if not available.is_unique:
        repeated = available[available.duplicated()][0]
        raise ValueError(f"{name} has more than one column {repeated!r}.")
    for each in targets:
        check_column(available, "target", each, name)
    for each in future:
        check_column(available, "future", each, name)
    chosen = [*targets, *future]
    for each in chosen:
        if chosen.count(each) > 1:
            raise ValueError(f"target and future name the column {each!r} more than once.")
    is_future = available.isin(future)
    if not targets:
        return Columns(available[~is_future], future=available[is_future])
    is_target = available.isin(targets)
    ordered = available[available.get_indexer(pd.Index(targets))]
    past = available[~is_target & ~is_future]
    return Columns(ordered, past, available[is_future], is_1d=is_1d)


def check_column(available: Any, parameter: str, column: Any, name: str) -> None:
    """Check that a parameter names a column.

    Raises
    ------
    ValueError
        If it does not.
    """
    if column not in available:
        raise ValueError(
            f"{parameter}={column!r} is not a column of {name}; columns are {list(available)}."
        )


def _check_same_names(available: pd.Index, expected: pd.Index) -> None:
    unseen = available.difference(expected, sort=False)
    missing = expected.difference(available, sort=False)
    message = "The feature names should match those that were passed during fit.\n"
    if len(unseen):
        message += "Feature names unseen at fit time:\n"
        message += "".join(f"- {each}\n" for each in unseen)
    if len(missing):
        message += "Feature names seen at fit time, yet now missing:\n"
        message += "".join(f"- {each}\n" for each in missing)
    if len(unseen) or len(missing):
        raise ValueError(message)


def frame_table(frame: pd.DataFrame, names: pd.Index, covariates: Any, name: str) -> np.ndarray:
    """Return columns of a DataFrame as one array.

    Parameters
    ----------
    frame : DataFrame of shape (n_rows, n_all_columns)
        The data.

    names : Index of shape (n_columns,)
        Columns to take.

    covariates : Index
        Those of them that are not forecast, for error messages.

    name : str
        Name of the data, for error messages.

    Returns
    -------
    table : ndarray of shape (n_rows, n_columns), dtype float32 or float64
        float32 if all columns are.

    Raises
    ------
    ValueError
        If a column does not hold numbers.
    """
    if frame.columns.is_unique:
        columns = [frame[column] for column in names]
    else:  # all of them are taken, since they cannot be named
        columns = [frame.iloc[:, position] for position in range(frame.shape[1])]
    for label, column in zip(names, columns, strict=True):
        if not _is_numeric(column.dtype):
            advice = "cannot be forecast. If it holds the time stamps, make it the index: "
            advice += f"{name}.set_index({label!r})."
            if label in covariates:
                advice = "is not numeric. Encode it as numbers first, or leave it out."
            raise ValueError(f"Column {label!r} of {name} has dtype {column.dtype}, which {advice}")
    dtype = common_dtype(column.dtype for column in columns)
    if len(columns) == 1:  # as it lies, where that is possible
        return np.asarray(_to_numpy(columns[0]), dtype)[:, None]
    table = np.empty((len(frame), len(columns)), dtype)
    for position, column in enumerate(columns):
        table[:, position] = _to_numpy(column)
    return table


def _to_numpy(column: pd.Series) -> np.ndarray:
    """Return the numbers of a column, NaN for those that are missing."""
    if isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    return column.to_numpy(common_dtype([column.dtype]), na_value=np.nan)


def _is_numeric(dtype: Any) -> bool:
    is_bool = pd.api.types.is_bool_dtype(dtype)
    return is_bool or pd.api.types.is_any_real_numeric_dtype(dtype)


def common_dtype(dtypes: Any) -> Any:
    """Return float32 if all types are, else float64."""
    return np.float32 if all(str(dtype).lower() == "float32" for dtype in dtypes) else np.float64


def read_table(X: Any, names: pd.Index | None, covariates: Any, name: str) -> np.ndarray:
    """Return the values of an array or a Series, or the named columns of a DataFrame."""
    if names is None:
        return array_table(X, name)
    return frame_table(X, names, covariates, name)


def array_table(series: Any, name: str) -> np.ndarray:
    """Return a series as an array of shape (n_times, n_columns).

    Parameters
    ----------
    series : array-like of shape (n_times,) or (n_times, n_columns)
        Values in time order.

    name : str
        Name of the series, for error messages.

    Raises
    ------
    ValueError
        If it has another shape, or does not hold numbers.
    """
    if isinstance(series, pd.Series) and _is_numeric(series.dtype):
        series = _to_numpy(series)
    # The checks of scikit-learn take a second for 10,000 series: only where there is need.
    if isinstance(series, np.ndarray) and series.dtype.kind in "fiub" and series.size:
        series = np.asarray(series, dtype=common_dtype([series.dtype]))
    else:
        series = check_array(
            series,
            ensure_2d=False,
            allow_nd=True,
            ensure_all_finite=False,
            dtype=[np.float64, np.float32],
            input_name=name,
        )
    if series.ndim not in (1, 2):
        raise ValueError(
            f"{name} must have shape (n_times,) or (n_times, n_columns). Got {series.shape}."
        )
    return series.reshape(len(series), -1)
