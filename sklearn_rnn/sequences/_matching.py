"""What is given for each sequence of a long frame, or for each of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ._columns import narwhals_frame, to_pandas
from ._frames import is_frame
from ._long import Keys, LongFrame


def answer_names(y: Any, keys: Keys) -> list[Any] | None:
    """Tell what y calls the answers: the name of a Series, or those of the columns of a frame."""
    if hasattr(y, "columns"):
        return [each for each in y.columns if each not in keys]
    name = getattr(y, "name", None)
    return None if name is None else [name]


def match(values: Any, frame: LongFrame, name: str) -> Any:
    """Put what is given for each sequence of a long frame in the order of their names.

    A mapping, or a Series or DataFrame whose index or column of that name holds the names, is
    matched by them. What is given for each row is to be the same in all rows of a sequence. All
    else is in the order in which they appear.

    Raises
    ------
    ValueError
        If rows of a sequence differ, if there is a number other than that of the sequences, or if
        other sequences are named.
    """
    ids, where = frame.ids, f"The index of {name}"
    n_values = len(values) if hasattr(values, "__len__") else None
    if isinstance(values, Mapping):
        values, where = pd.Series(values), name
    if is_frame(values) and ids.name in values.columns:
        where = f"Column {ids.name!r} of {name}"
        values = _one_for_each(_name_by_column(values, frame.keys, name), name, repr(ids.name))
    elif n_values == len(frame) != len(ids):
        values = _one_for_each(_name_by_row(values, frame, name), name, f"X[{ids.name!r}]")
    if isinstance(values, (pd.Series, pd.DataFrame)):
        _check_names(values.index, ids, name, where)
        values = values.loc[ids]
        _check_no_missing(values, name)
        return values
    if n_values is not None and n_values != len(ids):
        raise ValueError(
            f"{name} holds {n_values} values, but X holds {len(ids)} sequences. Found input "
            f"variables with inconsistent numbers of samples: [{len(ids)}, {n_values}]."
        )
    return values


def by_row(values: Any, frame: LongFrame, name: str = "y") -> np.ndarray:
    """Check that there is a label for each row of a long frame.

    Raises
    ------
    ValueError
        If there is another number, if there are several, or if the index is not that of X.
    """
    given = values
    if is_frame(values):
        values = _without_keys(values, frame.keys, name)
    if len(values) != len(frame):
        raise ValueError(
            f"{name} holds {len(values)} labels, but X has {len(frame)} rows: give a label for "
            "each row. A class for each sequence is told by RNNClassifier."
        )
    if isinstance(values, pd.DataFrame):
        raise ValueError(
            f"{name} has the columns {list(values.columns)}: give a single label for each row."
        )
    _check_index(given, frame, name)
    return np.asarray(values)


def _name_by_column(values: Any, keys: Keys, name: str) -> Any:
    """Index the other columns of a frame by the one that names the sequences."""
    ids = _to_pandas(values, name)[keys.series_id]
    return _without_keys(values, keys, name).set_axis(pd.Index(ids, name=keys.series_id))


def _name_by_row(values: Any, frame: LongFrame, name: str) -> Any:
    """Index what is given for each row by the name of its sequence."""
    _check_index(values, frame, name)
    table = np.asarray(values)
    names = frame.ids[frame.numbers]
    if isinstance(values, pd.DataFrame):
        return values.set_axis(names)
    if table.ndim > 1:
        return pd.DataFrame(table, names)
    return pd.Series(table, names, name=getattr(values, "name", None))


def _one_for_each(values: Any, name: str, by: str) -> Any:
    """Take what all rows of a sequence agree on."""
    first = values[~values.index.duplicated()]
    given, agreed = (
        each.astype(object).where(each.notna(), None).to_numpy()
        for each in (values, first.loc[values.index])
    )
    differs = given != agreed
    if differs.any():
        row = int(np.argwhere(differs)[0][0])
        series = values.index[[row]].tolist()[0]
        raise ValueError(
            f"{name} holds several values for the series {series!r}: {agreed[row]!r}, and in row "
            f"{row} {given[row]!r}. Give one for each, such as {name}.groupby({by}).first(). A "
            "class for each step is told by RNNTagger."
        )
    return first


def _without_keys(values: Any, keys: Keys, name: str) -> Any:
    """Leave out the columns that name sequences and times, and make a Series of a single other."""
    values = _to_pandas(values, name)
    values = values.drop(columns=[each for each in keys if each in values.columns])
    if not values.shape[1]:
        raise ValueError(f"{name} has no columns but those of series_id and time.")
    return values.iloc[:, 0] if values.shape[1] == 1 else values


def _to_pandas(values: Any, name: str) -> pd.DataFrame:
    if isinstance(values, pd.DataFrame):
        return values
    return to_pandas(values, narwhals_frame(values, name).columns, name)


def _check_index(values: Any, frame: LongFrame, name: str) -> None:
    """Check that what is given for each row of a frame of pandas has its index."""
    is_named = isinstance(values, (pd.Series, pd.DataFrame)) and frame.index is not None
    if is_named and not values.index.equals(frame.index):
        raise ValueError(
            f"{name} holds a value for each row of X, but its index differs from that of X. Give "
            f"{name}.to_numpy() if both are in the same order."
        )


def _check_names(index: pd.Index, ids: pd.Index, name: str, where: str) -> None:
    """Check that an index, or what was a column, holds each name once, and no other."""
    own, in_order = f"X[{ids.name!r}]", ""
    if where.startswith("The index"):
        in_order = f" {name}.to_numpy() goes by the order in which they first appear in X."
    if isinstance(index, pd.RangeIndex) and not index.isin(ids).any():
        raise ValueError(
            f"{where} holds row numbers, and not the names of the series, such as "
            f"{ids.tolist()[0]!r}. Make these its index, by .set_index({ids.name!r}).{in_order}"
        )
    repeated, lacking = index[index.duplicated()], ids.difference(index, sort=False)
    if len(repeated):
        raise ValueError(
            f"{where} holds the series {_first(repeated)} twice. It must hold each name of X "
            f"once.{in_order}"
        )
    if len(lacking):
        raise ValueError(
            f"{where} does not hold the series {_first(lacking)}; it holds {_first(index)}. It "
            f"must hold each name of X.{in_order}"
        )
    others = index.difference(ids, sort=False)
    if len(others):
        kept = f".loc[{own}.unique()]" if in_order else f"[{name}[{ids.name!r}].isin({own})]"
        if where == name:
            kept = f" = {{key: {name}[key] for key in {own}}}"
        raise ValueError(
            f"{where} holds series that X does not: {_first(others)}. Leave them out: {name}{kept}."
        )


def _first(names: pd.Index) -> str:
    others = {1: "", 2: " and another"}.get(len(names), f" and {len(names) - 1} others")
    return f"{names.tolist()[0]!r}{others}"


def _check_no_missing(values: Any, name: str) -> None:
    missing = values.isna()
    lacking = missing.any(axis=1) if missing.ndim == 2 else missing
    if lacking.any():
        raise ValueError(
            f"{name} contains NaN: it has no value for the series "
            f"{_first(values.index[lacking])}. Leave such series out of X and {name}."
        )
