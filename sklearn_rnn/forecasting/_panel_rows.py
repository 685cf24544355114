"""What the forms of a panel read, rows, and what they give back, blocks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ._time_grid import N_ROWS_AT_ONCE, TimeAxis, find_steps, order_codes

N_NAMED = 5  # of what an error counts, it names the first ones


@dataclass(frozen=True)
class Rows:
    """Rows of a panel as the user has ordered them: runs of rows of one series each.

    Parameters
    ----------
    table : ndarray of shape (n_rows, n_columns)
        Values: targets, past covariates, known-future covariates.

    offsets : ndarray of shape (n_runs + 1,)
        Row where each run starts, and where the last one ends.

    series : ndarray of shape (n_runs,)
        Number of the series of each run. Series are numbered as they appear.

    ids : Index of shape (n_series,)
        Names of the series.

    stamps : Index of shape (n_rows,), default=None
        Time stamps; None for arrays.

    freq : DateOffset or int, default=None
        Frequency that came with the time stamps.
    """

    table: np.ndarray
    offsets: np.ndarray
    series: np.ndarray
    ids: pd.Index
    stamps: Any = None
    freq: Any = None

    @cached_property
    def inside(self) -> np.ndarray:
        """Whether a row and the next one belong to the same series."""
        inside = np.ones(max(self.offsets[-1] - 1, 0), dtype=bool)
        inside[self.offsets[1:-1] - 1] = False
        return inside

    @property
    def numbers(self) -> np.ndarray:
        """Number of the series of each row."""
        return np.repeat(self.series, np.diff(self.offsets))

    def sorted(self) -> Rows:
        """Put the series one after the other, each in time order, if they are not."""
        codes, n_series = order_codes(self.stamps), len(self.ids)
        is_grouped = len(self.series) == n_series
        if is_grouped and not len(find_steps(codes, self.inside, lambda steps: steps < 0)):
            return self
        numbers = self.numbers
        order = np.lexsort((codes, numbers))
        return replace(
            self,
            table=self.table[order],
            offsets=np.concatenate([[0], np.cumsum(np.bincount(numbers, minlength=n_series))]),
            series=np.arange(n_series),
            stamps=self.stamps[order],
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
        backward = find_steps(codes, self.inside, lambda steps: steps < 0) + 1
        if len(backward):
            row = backward[0]
            raise ValueError(
                f"{name} is not in time order: {stamps[row]} comes after "
                f"{stamps[row - 1]}{label(row)}. Sort it first, for instance with sort_index()."
            )
        repeated = find_steps(codes, self.inside, lambda steps: steps == 0) + 1
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


def find_runs(numbers: np.ndarray) -> np.ndarray:
    """Find where runs of equal numbers start, and where the last one ends."""
    borders = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    return np.concatenate([[0] if len(numbers) else [], borders, [len(numbers)]]).astype(np.int64)


def panel_blocks(offsets: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Cut a panel between series in parts of so many rows; yield their series and their rows."""
    bounds = np.searchsorted(offsets, np.arange(0, offsets[-1], N_ROWS_AT_ONCE))
    bounds = np.unique([*bounds, len(offsets) - 1])
    for start, stop in itertools.pairwise(bounds.tolist()):
        yield slice(start, stop), slice(offsets[start], offsets[stop])


def ranges(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Join ranges of `lengths` numbers, each from its own start."""
    ends = np.cumsum(lengths)
    position = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
    return np.repeat(starts, lengths) + position


def alternate(*parts: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Join ranges, given by their starts and lengths, one of each part in turn."""
    starts, lengths = (np.stack(each, axis=1).ravel() for each in zip(*parts, strict=True))
    return ranges(starts, lengths)


def some(places: list[str], n_places: int) -> str:
    """Name the first of many places."""
    return ", ".join(places) + (", ..." if n_places > len(places) else "")
