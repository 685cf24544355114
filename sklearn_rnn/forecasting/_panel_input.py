"""What the user gives as a panel: its form, its columns, its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ._long_frame import LongForm
from ._panel_columns import Columns, as_list, choose_columns
from ._panel_forms import Form, ListForm, SingleForm, find_form
from ._panel_rows import Rows
from ._time_grid import TimeGrid, index_kind
from ._time_index import check_time_index


def read_columns(
    form: Form, X: Any, target: Any, future: Any, name: str, like: Columns | None
) -> Columns:
    """Find out which part each column of the data plays.

    Parameters
    ----------
    form : Form
        Form of the data.

    X : object
        Data.

    target, future : object or list of object
        Columns to forecast, and columns known ahead.

    name : str
        Name of the data, for error messages.

    like : Columns or None
        Columns that the data must have.

    Raises
    ------
    ValueError
        If there is no such column.
    """
    available = form.column_names(X)
    if available is not None:
        columns = choose_columns(available, target, future, name, like)
    elif target is not None or as_list(future):
        raise ValueError(f"target and future name columns of a DataFrame, which {name} is not.")
    else:
        columns = _unnamed_columns(X[0] if isinstance(form, ListForm) else X)
    if like is None or (columns.is_named and like.is_named):
        return columns
    if len(like.covariates):
        raise ValueError(f"{name} must be a DataFrame with the columns of fit, {list(like.all)}.")
    if len(columns.all) != len(like.all):
        raise ValueError(
            f"{name} has {len(columns.all)} columns, but {len(like.all)} were seen in fit."
        )
    return columns


def _unnamed_columns(series: Any) -> Columns:
    """Return the columns of an array or a Series: all are targets."""
    shape = np.shape(series)
    names = [series.name] if isinstance(series, pd.Series) else range(*shape[1:2] or [1])
    return Columns(pd.Index(names), is_named=False, is_1d=len(shape) == 1)


def read_rows(
    form: Form, X: Any, columns: Columns, missing: str, name: str, like: TimeGrid | None
) -> Rows:
    """Read the rows of the data, one series after the other, each in time order.

    Parameters
    ----------
    form : Form
        Form of the data.

    X : object
        Data.

    columns : Columns
        Columns to read.

    missing : {"error", "mask"}
        Whether missing values are an error.

    name : str
        Name of the data, for error messages.

    like : TimeGrid or None
        Kind and frequency of series that these may continue.

    Raises
    ------
    ValueError
        If there are none, or if the index of a single series cannot be continued.
    """
    names = columns.all if columns.is_named else None
    rows = form.read(X, names, columns.covariates, name)
    if rows.stamps is None or isinstance(form, ListForm):
        return rows
    if not isinstance(form, SingleForm):
        return rows.sorted()
    if missing == "mask":
        return rows
    freq = like.freq if like is not None and index_kind(like.dtype)[0] == "date" else None
    index = check_time_index(rows.stamps, name, freq)
    return replace(rows, stamps=index, freq=getattr(index, "step", None) or index.freq)


def find_any_form(X: Any, series_id: Any, time: Any, name: str, is_list_known: bool) -> Form:
    """Find the form of data; it is a long frame if columns of it are named.

    Where others were read before, so that it is clear what is in its columns, it may also be a
    list of series.

    Raises
    ------
    ValueError
        If there is no such column.
    """
    if (series_id is None and time is None) or (is_list_known and isinstance(X, (list, tuple))):
        return find_form(X)
    return LongForm.of(X, series_id, time, name)
