"""Lists of data frames, whose columns are matched by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_feature_names


def is_frame(X: Any) -> bool:
    """Tell whether `X` is a data frame of pandas, polars or another library of narwhals."""
    if isinstance(X, pd.DataFrame):
        return True
    if isinstance(X, (np.ndarray, list, tuple)) or np.isscalar(X):
        return False
    import narwhals as nw

    return nw.dependencies.is_into_dataframe(X)


def holds_frames(X: Any) -> bool:
    """Tell whether `X` is a list of which some are data frames."""
    is_list = isinstance(X, (list, tuple)) or (isinstance(X, np.ndarray) and X.dtype == object)
    return bool(is_list and any(is_frame(each) for each in X))


def align_frames(estimator: BaseEstimator, X: Any, *, reset: bool) -> Any:
    """Bring the columns of all frames of a list to the order seen in fit.

    Sets `feature_names_in_` where `reset` is True, and checks against it otherwise. That of the
    first frame is the order to fit in. A list of arrays, or an array, has no names.

    Raises
    ------
    ValueError
        If only some are frames, if names of columns repeat, or if the columns of a frame, or
        those seen in fit, are others.
    """
    if not holds_frames(X):
        _check_feature_names(estimator, X, reset=reset)
        return X
    _check_kinds(X)
    names = _column_names(X[0])
    if len(set(names)) < len(names):
        raise ValueError(f"X[0] has the columns {names}, whose names must all be different.")
    if not reset:
        seen = list(getattr(estimator, "feature_names_in_", names))
        names = seen if _differ_in_order_only(seen, names) else names
    frames = [_take_columns(frame, names, position) for position, frame in enumerate(X)]
    _check_feature_names(estimator, frames[0], reset=reset)
    return frames


def _check_kinds(X: Any) -> None:
    """Check that all of a list are frames."""
    for position, each in enumerate(X):
        if is_frame(each) != is_frame(X[0]):
            raise ValueError(
                f"X[{position}] is of type {type(each).__name__}, but X[0] is of type "
                f"{type(X[0]).__name__}. Give data frames for all of X, or for none: their "
                "columns are matched by name."
            )


def _column_names(frame: Any) -> list[Any]:
    if isinstance(frame, pd.DataFrame):
        return list(frame.columns)
    import narwhals as nw

    return nw.from_native(frame, eager_only=True).columns


def _differ_in_order_only(names: list[Any], others: list[Any]) -> bool:
    return len(names) == len(others) and set(names) == set(others)


def _take_columns(frame: Any, names: list[Any], position: int) -> Any:
    """Bring the columns of a frame to the order of `names`."""
    found = _column_names(frame)
    if found == names:
        return frame
    if not _differ_in_order_only(names, found):
        raise ValueError(f"X[{position}] has the columns {found}, but X[0] has {names}.")
    if isinstance(frame, pd.DataFrame):
        return frame[names]
    import narwhals as nw

    return nw.from_native(frame, eager_only=True).select(names).to_native()
