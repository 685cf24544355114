"""A series with its time index, and the way back to the type it came in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ._time_index import check_time_index, continue_index, follows
from ._windows import check_series


@dataclass(frozen=True)
class TimeSeries:
    """Values in time order, and what is needed to return others in the same form.

    Parameters
    ----------
    values : ndarray of shape (n_times, n_columns)
        The values.

    index : Index, default=None
        Checked time index; None for arrays.

    columns : Index, default=None
        Column names of a DataFrame.

    name : object, default=None
        Name of a Series.

    is_1d : bool, default=True
        Whether the series came as a Series or a 1-D array.
    """

    values: np.ndarray
    index: pd.Index | None = None
    columns: pd.Index | None = None
    name: Any = None
    is_1d: bool = True

    @classmethod
    def from_input(cls, series: Any, name: str = "X", like: TimeSeries | None = None) -> TimeSeries:
        """Validate a series given by the user.

        Parameters
        ----------
        series : array-like of shape (n_times,) or (n_times, n_columns)
            The series.

        name : str, default="X"
            Name of the parameter, for error messages.

        like : TimeSeries, default=None
            Series whose frequency this one has if its own index does not tell.

        Raises
        ------
        ValueError
            If it holds NaN or infinity, or its index is not regular.
        """
        index = None
        if isinstance(series, (pd.Series, pd.DataFrame)):
            freq = getattr(like.index, "freq", None) if like is not None else None
            index = check_time_index(series.index, name, freq)
        values = check_series(series, name)
        return cls(
            values,
            index,
            columns=getattr(series, "columns", None),
            name=getattr(series, "name", None),
            is_1d=np.ndim(series) == 1,
        )

    def tail(self, n_times: int) -> TimeSeries:
        """Keep the last time steps."""
        index = None if self.index is None else self.index[-n_times:]
        return replace(self, values=self.values[-n_times:].copy(), index=index)

    def append(self, other: TimeSeries) -> TimeSeries:
        """Put another series after this one, in the form of the other."""
        values = np.concatenate([self.values, other.values])
        index = None
        if self.index is not None and other.index is not None:
            index = self.index.append(other.index)
        return replace(other, values=values, index=index)

    def is_followed_by(self, other: TimeSeries) -> bool:
        """Tell whether the time index of another series continues that of this one."""
        if self.index is None or other.index is None:
            return False
        return follows(other.index, self.index)

    def future_index(self, n_times: int) -> pd.Index | None:
        """Return the time steps after the last one; None for arrays."""
        return None if self.index is None else continue_index(self.index, n_times)

    def wrap(self, values: np.ndarray, index: pd.Index | None) -> Any:
        """Give values of shape (n_times, n_columns) the form of this series.

        Returns
        -------
        wrapped : Series, DataFrame or ndarray
            1-D if the series was.
        """
        if index is None:
            return values[:, 0] if self.is_1d else values
        if self.is_1d:
            return pd.Series(values[:, 0], index, name=self.name)
        return pd.DataFrame(values, index, self.columns)
