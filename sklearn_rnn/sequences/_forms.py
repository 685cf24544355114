"""The forms that sequences are kept apart in: lists of whatever holds one, and nested frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_array

from ._columns import narwhals_frame, read_columns, to_pandas
from ._frames import align_frames, is_frame


def to_array(X: Any) -> Any:
    """Turn a tensor of torch into an array, and leave all else as it is."""
    return X.detach().cpu().numpy() if isinstance(X, torch.Tensor) else X


def count_dimensions(X: Any) -> int:
    """Count the dimensions of an array, a frame, or a list of them, by its first item."""
    if is_frame(X):
        return 2
    if isinstance(X, (list, tuple)) or (isinstance(X, np.ndarray) and X.dtype == object):
        return 1 + (count_dimensions(X[0]) if len(X) else 0)
    return len(getattr(X, "shape", ()))


def as_items(X: Any) -> list[Any] | None:
    """Return sequences that are kept apart as a list; None for an array of all of them.

    Raises
    ------
    ValueError
        If X is a mapping, a set or an iterator, or a nested frame whose cells do not fit together.
    """
    if issparse(X):
        return None
    if isinstance(X, (Mapping, Set, Iterator)):
        values = ".values()" if isinstance(X, Mapping) else ""
        raise ValueError(f"X is of type {type(X).__name__}. Give its sequences as list(X{values}).")
    if isinstance(X, pd.api.typing.DataFrameGroupBy):
        raise ValueError(
            "X is a DataFrameGroupBy. Give the frame itself, and name the column that it is "
            "grouped by as series_id."
        )
    if hasattr(X, "collect"):
        raise ValueError(f"X is a {type(X).__name__}: collect() it first.")
    if is_frame(X):
        return _nested_items(X)
    if isinstance(X, np.ndarray):
        return list(X) if X.dtype == object and X.ndim == 1 and count_dimensions(X) > 1 else None
    if hasattr(X, "to_list") and len(X) and count_dimensions(X[_first(X)]):
        return list(X.to_list())  # a Series of pandas or polars, of sequences
    if not isinstance(X, (list, tuple)):
        return None
    dimensions = [count_dimensions(each) for each in X]
    if not any(dimensions):
        return None
    is_plain = max(dimensions) == 1 and all(isinstance(each, (list, tuple)) for each in X)
    # Lists of as many numbers each are rows of an array.
    return None if is_plain and len({len(each) for each in X}) == 1 else list(X)


def _first(X: Any) -> Any:
    return X.index[0] if isinstance(X, pd.Series) else 0


def _nested_items(X: Any) -> list[pd.DataFrame] | None:
    """Split a frame whose cells hold whole columns of sequences; None if they hold values."""
    if not isinstance(X, pd.DataFrame):
        schema = narwhals_frame(X, "X").schema
        if not any(dtype.is_nested() for dtype in schema.values()):
            return None
        X = pd.DataFrame({name: narwhals_frame(X, "X")[name].to_list() for name in schema})
    if not len(X) or not any(count_dimensions(cell) == 1 for cell in X.iloc[0]):
        return None
    items = []
    for row, cells in enumerate(X.itertuples(index=False, name=None)):
        lengths = [len(each) if count_dimensions(each) == 1 else None for each in cells]
        if None in lengths or len(set(lengths)) > 1:
            raise ValueError(
                f"X is a nested frame, each cell of which holds one column of a sequence, but row "
                f"{row} holds {dict(zip(X.columns, lengths, strict=True))} steps."
            )
        columns = [np.asarray(to_array(each)) for each in cells]
        items.append(pd.DataFrame(dict(zip(X.columns, columns, strict=True))))
    return items


def read_items(estimator: BaseEstimator, items: list[Any], *, reset: bool) -> list[np.ndarray]:
    """Read sequences that are kept apart as arrays of shape (n_steps, n_features).

    Raises
    ------
    ValueError
        If one is of another kind than the first, has no steps, or holds no numbers.
    """
    items = align_frames(estimator, items, reset=reset)
    dimensions = count_dimensions(items[0])
    arrays = []
    for position, item in enumerate(items):
        name, found = f"X[{position}]", count_dimensions(item)
        if found not in (1, 2) or found != dimensions:
            raise ValueError(
                f"{name} is of type {type(item).__name__}, of {found} dimensions. A list X holds "
                "sequences of shape (n_steps, n_features), or of shape (n_steps,) all of them."
            )
        arrays.append(read_item(item, name))
    return arrays


def read_item(item: Any, name: str) -> np.ndarray:
    """Read one sequence as an array of shape (n_steps, n_features)."""
    if is_frame(item):
        if not isinstance(item, pd.DataFrame):
            item = to_pandas(item, narwhals_frame(item, name).columns, name)
        array = item
        if item.shape[1]:
            array = read_columns(item, item.columns, name, item.index)
    else:
        array = to_array(item)
    options = {"ensure_2d": False, "ensure_all_finite": False, "ensure_min_samples": 0}
    try:
        array = check_array(array, **options, ensure_min_features=0, input_name=name)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} holds no numbers: {error}") from error
    if not len(array):
        raise ValueError(f"{name} has no steps: it has 0 samples (rows).")
    return array if array.ndim == 2 else array[:, None]
