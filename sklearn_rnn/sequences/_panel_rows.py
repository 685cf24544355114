"""What the forms of a panel read, rows, and what they give back, blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ._time_grid import TimeAxis, order_codes

N_NAMED = 5  # of what an error counts, it names the first ones


@dataclass(frozen=True)
class Rows:
    """Rows of a panel as the user has ordered them.

    Parameters
    ----------
    table : ndarray of shape (n_rows, n_columns)
        Values: targets, past covariates, known-future covariates.

    series : ndarray of shape (n_rows,)
        Number of the series that a row belongs to.

    ids : Index of shape (n_series,)
        Names of the series.

    stamps : Index of shape (n_rows,), default=None
        Time stamps; None for arrays.

    freq : DateOffset or int, default=None
        Frequency that came with the time stamps.
    """

    table: np.ndarray
    series: np.ndarray
    ids: pd.Index
    stamps: Any = None
    freq: Any = None

    @property
    def inside(self) -> np.ndarray:
        """Whether a row and the next one belong to the same series."""
        return self.series[1:] == self.series[:-1]

    def sorted(self) -> Rows:
        """Put the series one after the other, each in time order, if they are not."""
        codes = order_codes(self.stamps)
        is_before = self.inside & (codes[1:] < codes[:-1])
        if not (is_before | (self.series[1:] < self.series[:-1])).any():
            return self
        order = np.lexsort((codes, self.series))
        return replace(
            self, table=self.table[order], series=self.series[order], stamps=self.stamps[order]
        )

    def check_order(self, name: str, label: Callable[[int], str]) -> None:
        """Check that no time stamp of a series comes before the row above, or twice.

        Raises
        ------
        ValueError
            If one does, naming it and its series.
        """
        stamps = self.stamps
        codes = order_codes(stamps)
        backward = np.flatnonzero(self.inside & (codes[1:] < codes[:-1])) + 1
        if len(backward):
            row = backward[0]
            raise ValueError(
                f"{name} is not in time order: {stamps[row]} comes after "
                f"{stamps[row - 1]}{label(row)}. Sort it first, for instance with sort_index()."
            )
        repeated = np.flatnonzero(self.inside & (codes[1:] == codes[:-1])) + 1
        if len(repeated):
            places = [f"{stamps[row]}{label(row)}" for row in repeated[:N_NAMED]]
            raise ValueError(
                f"{name} holds {len(repeated)} rows whose time stamp is there more than once: "
                f"{some(places, len(repeated))}."
            )


@dataclass(frozen=True)
class Block:
    """Values of some consecutive time steps of each series, to be given back to the user.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_columns)
        Values, one series after the other.

    columns : Index of shape (n_columns,)
        Names of the columns.

    is_1d : bool
        Whether the only column stands for itself, as a Series or a 1-D array.

    lengths : ndarray of shape (n_series,)
        Number of rows of each series.

    ids : Index of shape (n_series,)
        Names of the series.

    axis : TimeAxis, default=None
        Time stamps of the series, the first of each is that of its first row; None for arrays.

    is_frame : bool, default=False
        Whether the columns have names that arrays could not show.
    """

    values: np.ndarray
    columns: pd.Index
    is_1d: bool
    lengths: np.ndarray
    ids: pd.Index
    axis: TimeAxis | None = None
    is_frame: bool = False

    @property
    def series(self) -> np.ndarray:
        """Number of the series of each row."""
        return np.repeat(np.arange(len(self.ids)), self.lengths)

    @property
    def stamps(self) -> pd.Index:
        """Time stamp of each row."""
        assert self.axis is not None
        return self.axis.stamps(self.series, ranges(np.zeros_like(self.lengths), self.lengths))

    def indexes(self) -> list[pd.Index | None]:
        """Return the time index of each series, None for arrays."""
        if self.axis is None:
            return [None] * len(self.ids)
        return self.axis.indexes(self.lengths)


def ranges(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Join ranges of `lengths` numbers, each from its own start."""
    ends = np.cumsum(lengths)
    position = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
    return np.repeat(starts, lengths) + position


def some(places: list[str], n_places: int) -> str:
    """Name the first of many places."""
    return ", ".join(places) + (", ..." if n_places > len(places) else "")
