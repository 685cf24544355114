"""The time index of a series: checked, and continued into the future."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

import numpy as np
import pandas as pd


def check_time_index(index: pd.Index, name: str = "X", freq: Any = None) -> pd.Index:
    """Check that an index runs forward in equal steps, and give it its frequency.

    Parameters
    ----------
    index : Index
        Index of a series.

    name : str, default="X"
        Name of the series, for error messages.

    freq : DateOffset, default=None
        Frequency of a DatetimeIndex that has none and is too short to infer it.

    Returns
    -------
    index : DatetimeIndex with a frequency, PeriodIndex or RangeIndex

    Raises
    ------
    ValueError
        If time stamps repeat, are out of order or are missing, or if the index is of another
        kind.
    """
    check_index_kind(index, name)
    if not len(index):
        raise ValueError(f"{name} is empty: it has no time steps.")
    if index.hasnans:
        raise ValueError(f"The index of {name} holds NaT, an unknown time stamp.")
    if index.has_duplicates:
        repeated = index[index.duplicated()][0]
        raise ValueError(f"The index of {name} holds {repeated} more than once.")
    if not index.is_monotonic_increasing:
        steps_back = index[1:] < index[:-1]
        where = int(np.argmax(steps_back))
        raise ValueError(
            f"The index of {name} is not in time order: {index[where + 1]} comes after "
            f"{index[where]}. Sort it first, for instance with sort_index()."
        )
    if isinstance(index, pd.DatetimeIndex):
        return _with_frequency(index, name, freq)
    if isinstance(index, pd.PeriodIndex):
        _check_no_gap(index, index.asi8, index.freq.n, name)
        return index
    step = getattr(index, "step", None) or int(min(np.diff(index), default=1))
    _check_no_gap(index, index.to_numpy(), step, name)
    return pd.RangeIndex(int(index[0]), int(index[-1]) + step, step, name=index.name)


def check_index_kind(index: pd.Index, name: str) -> None:
    """Check that an index is of a kind that has a next time stamp.

    Raises
    ------
    ValueError
        If it holds neither dates nor periods nor whole numbers.
    """
    regular = isinstance(index, (pd.DatetimeIndex, pd.PeriodIndex)) or (
        pd.api.types.is_integer_dtype(index.dtype)
    )
    if not regular:
        raise ValueError(
            f"The index of {name} is a {type(index).__name__} of dtype {index.dtype}, which "
            "cannot be continued into the future. Give it a DatetimeIndex with a frequency, a "
            "PeriodIndex or a RangeIndex."
        )


def _with_frequency(index: pd.DatetimeIndex, name: str, freq: Any) -> pd.DatetimeIndex:
    if index.freq is not None:
        return index
    inferred = pd.DatetimeIndex(index, freq="infer")
    if inferred.freq is not None:
        return inferred
    if len(index) < 3 and freq is not None:
        return pd.DatetimeIndex(index, freq=freq)
    if len(index) < 3:
        raise ValueError(
            f"The DatetimeIndex of {name} has no frequency, and too few time stamps to infer one. "
            "Set one, for instance with asfreq('D') for days."
        )
    irregular = bisect_left(
        range(3, len(index)),
        True,
        key=lambda n_times: pd.DatetimeIndex(index[:n_times], freq="infer").freq is None,
    )
    after, stamp = index[irregular + 1 : irregular + 3]
    raise ValueError(
        f"The DatetimeIndex of {name} has no frequency, and none can be inferred from its time "
        f"stamps: they are not at equal steps where {stamp} comes after {after}. Set one and "
        "fill the gaps, for instance with asfreq('D') for days."
    )


def _check_no_gap(index: pd.Index, positions: np.ndarray, step: int, name: str) -> None:
    irregular = np.diff(positions) != step
    if not irregular.any():
        return
    before = index[int(np.argmax(irregular))]
    missing = before + 1 if isinstance(index, pd.PeriodIndex) else before + step
    raise ValueError(
        f"The index of {name} is not at equal steps: {missing} is missing. Fill the gaps, for "
        "instance with reindex()."
    )
