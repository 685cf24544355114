"""Time stamps as whole numbers that grow by the same step, and the way back to an index."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

OFF_GRID = np.iinfo(np.int64).min  # code of a time stamp that is between the steps
N_ROWS_AT_ONCE = 2**16


def row_parts(n_rows: int) -> Iterator[slice]:
    """Cut rows in parts, so that what is computed for them takes little memory."""
    for start in range(0, n_rows, N_ROWS_AT_ONCE):
        yield slice(start, start + N_ROWS_AT_ONCE)


def order_codes(stamps: pd.Index) -> np.ndarray:
    """Return numbers of type int64 that are in the same order as the time stamps."""
    if isinstance(stamps, (pd.DatetimeIndex, pd.PeriodIndex)):
        return stamps.asi8
    return stamps.to_numpy(dtype=np.int64)


def index_kind(dtype: Any) -> tuple[Any, ...]:
    """Return what the types of two indexes share where their time stamps can be compared."""
    if isinstance(dtype, pd.PeriodDtype):
        return ("period", dtype)
    return ("date", str(getattr(dtype, "tz", None))) if dtype.kind == "M" else ("integer",)


def find_steps(
    codes: np.ndarray, inside: np.ndarray, test: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Find the rows from which the step to the next row of the same series passes a test.

    Parameters
    ----------
    codes : ndarray of shape (n_rows,)
        Time stamps as whole numbers.

    inside : ndarray of shape (n_rows - 1,)
        Whether a row and the next one belong to the same series.

    test : callable
        Tells which of some steps, differences of codes, pass.
    """
    found = [np.empty(0, dtype=np.int64)]
    for part in row_parts(len(inside)):
        steps = np.diff(codes[part.start : part.stop + 1])
        found.append(part.start + np.flatnonzero(inside[part] & test(steps)))
    return np.concatenate(found)


def count_steps(codes: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different steps between rows of the same series, and how often each is there."""
    counts: Counter[int] = Counter()
    for part in row_parts(len(inside)):
        steps = np.diff(codes[part.start : part.stop + 1])
        steps, n_times = np.unique(steps[inside[part]], return_counts=True)
        counts.update(dict(zip(steps.tolist(), n_times.tolist(), strict=True)))
    steps = np.array(sorted(counts), dtype=np.int64)
    return steps, np.array([counts[step] for step in steps.tolist()], dtype=np.int64)


@dataclass(frozen=True)
class TimeGrid(ABC):
    """Time stamps of one kind and one frequency, as codes.

    The codes of consecutive time stamps differ by `step`, so that order, gaps and the future are
    integer arithmetic, for all series of a panel at once.

    Parameters
    ----------
    freq : DateOffset or int
        Frequency.

    step : int
        Difference between the codes of consecutive time stamps.

    dtype : dtype
        Type of an index of time stamps.

    name : object, default=None
        Name of an index of time stamps.
    """

    freq: Any
    step: int
    dtype: Any
    name: Any = None

    @abstractmethod
    def encode(self, stamps: pd.Index) -> np.ndarray:
        """Return the int64 codes of time stamps, `OFF_GRID` where one has none."""

    @abstractmethod
    def decode(self, codes: np.ndarray) -> pd.Index:
        """Return the time stamps that codes stand for."""

    @property
    def key(self) -> tuple[Any, ...]:
        """What two grids share where one can continue the other."""
        return (*index_kind(self.dtype), self.freq)

    @property
    def freq_name(self) -> str:
        """Name of the frequency, for error messages."""
        return repr(getattr(self.freq, "freqstr", self.freq))

    def index(self, code: int, n_times: int) -> pd.Index:
        """Return `n_times` time stamps from a code on, as an index that knows its frequency."""
        return self.decode(code + self.step * np.arange(n_times))

    def first_misfit(self, codes: np.ndarray, inside: np.ndarray) -> int | None:
        """Find the first row without a code, or not whole steps after the one before it."""
        off_grid = np.flatnonzero(codes == OFF_GRID)[:1]
        between = find_steps(codes, inside, lambda steps: steps % self.step != 0)[:1] + 1
        return min([*off_grid.tolist(), *between.tolist()], default=None)


class IntegerGrid(TimeGrid):
    """Whole numbers, which are their own codes."""

    def encode(self, stamps: pd.Index) -> np.ndarray:
        return order_codes(stamps)

    def decode(self, codes: np.ndarray) -> pd.Index:
        return pd.Index(codes, dtype=self.dtype, name=self.name)

    def index(self, code: int, n_times: int) -> pd.Index:
        stop = int(code) + n_times * self.step
        return pd.RangeIndex(int(code), stop, self.step, name=self.name)


class PeriodGrid(TimeGrid):
    """Periods, as their ordinals."""

    @property
    def freq_name(self) -> str:
        return repr(self.dtype.name.removeprefix("period[").removesuffix("]"))

    def encode(self, stamps: pd.Index) -> np.ndarray:
        return stamps.asi8

    def decode(self, codes: np.ndarray) -> pd.Index:
        return pd.PeriodIndex(pd.arrays.PeriodArray(codes, dtype=self.dtype), name=self.name)


class FixedGrid(TimeGrid):
    """Time stamps at a fixed distance, as their ticks; series may start at any tick."""

    @property
    def is_wall_time(self) -> bool:
        """Whether steps are calendar days, of which some have 23 or 25 hours."""
        return isinstance(self.freq, (pd.offsets.Day, pd.offsets.Week))

    @property
    def key(self) -> tuple[Any, ...]:
        return (*index_kind(self.dtype), fixed_distance(self.freq), self.is_wall_time)

    def encode(self, stamps: pd.Index) -> np.ndarray:
        if stamps.tz is not None:
            stamps = stamps.tz_localize(None) if self.is_wall_time else stamps.tz_convert(None)
        unit = _unit(self.dtype)
        return (stamps if stamps.unit == unit else stamps.as_unit(unit)).asi8

    def decode(self, codes: np.ndarray) -> pd.Index:
        stamps = pd.DatetimeIndex(codes.view(f"M8[{_unit(self.dtype)}]"), name=self.name)
        zone = getattr(self.dtype, "tz", None)
        if zone is None:
            return stamps
        if not self.is_wall_time:
            return stamps.tz_localize("UTC").tz_convert(zone)
        # A wall time that a clock change repeats is the first one, one that it skips the next.
        first = np.ones(len(stamps), dtype=bool)
        return stamps.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")

    def index(self, code: int, n_times: int) -> pd.Index:
        return pd.DatetimeIndex(super().index(code, n_times), freq=self.freq)


@dataclass(frozen=True)
class CalendarGrid(TimeGrid):
    """Months, business days and the like, as their number since the stamp `origin`."""

    origin: Any = None

    def encode(self, stamps: pd.Index) -> np.ndarray:
        stop = max(stamps.max(), self.origin)
        codes = pd.date_range(self.origin, stop, freq=self.freq).get_indexer(stamps)
        codes[codes < 0] = OFF_GRID
        return codes

    def decode(self, codes: np.ndarray) -> pd.Index:
        if not len(codes):
            return pd.DatetimeIndex([], dtype=self.dtype, name=self.name)
        low, high = int(codes.min()), int(codes.max())
        start = self.origin + low * self.freq if low else self.origin
        stamps = pd.date_range(start, periods=high - low + 1, freq=self.freq, name=self.name)
        return stamps[codes - low].as_unit(_unit(self.dtype))

    def index(self, code: int, n_times: int) -> pd.Index:
        return pd.DatetimeIndex(super().index(code, n_times), freq=self.freq)


def fixed_distance(freq: Any) -> pd.Timedelta | None:
    """Return the distance between time stamps; None if it depends on the calendar."""
    if isinstance(freq, pd.offsets.Week):
        return pd.Timedelta(days=7 * freq.n)
    if isinstance(freq, pd.offsets.Day):
        return pd.Timedelta(days=freq.n)
    return pd.Timedelta(freq) if isinstance(freq, pd.offsets.Tick) else None


def date_grid(stamps: pd.DatetimeIndex, freq: Any) -> TimeGrid:
    """Return the grid of a frequency that time stamps may lie on."""
    distance = fixed_distance(freq)
    if distance is None:
        start = freq.rollforward(stamps.min())
        return CalendarGrid(freq, 1, stamps.dtype, stamps.name, origin=start)
    if isinstance(freq, pd.offsets.Week) and (stamps.day_of_week != freq.weekday).any():
        freq = pd.offsets.Day(7 * freq.n)  # series of different days of the week
    tick = pd.Timedelta(1, unit=_unit(stamps.dtype))
    return FixedGrid(freq, max(1, distance // tick), stamps.dtype, stamps.name)


def _unit(dtype: Any) -> str:
    return getattr(dtype, "unit", None) or np.datetime_data(dtype)[0]


@dataclass(frozen=True)
class TimeAxis:
    """Time stamps of many series.

    Parameters
    ----------
    grid : TimeGrid
        Kind and frequency of the time stamps.

    first : ndarray of shape (n_series,), dtype int64
        Code of the first time stamp of each series.
    """

    grid: TimeGrid
    first: np.ndarray

    def shift(self, steps: Any) -> TimeAxis:
        """Let series start later by some steps, one number for all or one for each."""
        return replace(self, first=self.first + self.grid.step * steps)

    def stamps(self, series: Any, steps: Any) -> pd.Index:
        """Return the time stamps at steps, counted from the start, of the numbered series."""
        return self.grid.decode(np.atleast_1d(self.first[series] + self.grid.step * steps))

    def indexes(self, lengths: np.ndarray) -> list[pd.Index]:
        """Return the first `lengths` time stamps of each series."""
        keys = list(zip(self.first.tolist(), lengths.tolist(), strict=True))
        known = {key: self.grid.index(*key) for key in set(keys)}
        return [known[key] for key in keys]
