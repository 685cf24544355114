"""Time stamps: their order, gaps and frequency, and what comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, islice
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

OFF_CLOCK = np.iinfo(np.int64).min  # code of a time stamp that is between the steps
LARGEST = 2**62  # whole number as a time stamp, so that as many can follow
N_ROWS_AT_ONCE = 2**16
# Steps of a frequency that are measured, and what two of the same pace may differ by: month starts
# and month ends, for instance.
N_MEASURED, LARGEST_RATIO = 12, 1.1


def row_parts(n_rows: int) -> Iterator[slice]:
    """Cut rows in parts, so that what is computed for them takes little memory."""
    for start in range(0, n_rows, N_ROWS_AT_ONCE):
        yield slice(start, start + N_ROWS_AT_ONCE)


def name_some(places: Iterable[str], n_places: int) -> str:
    """Name the first of many places, for an error that counts them."""
    return ", ".join(islice(places, 5)) + (", ..." if n_places > 5 else "")


def index_kind(dtype: Any) -> tuple[Any, ...]:
    """Return what the types of two indexes share where their time stamps can be compared."""
    if isinstance(dtype, pd.PeriodDtype):
        return ("period", dtype)
    return ("date", str(getattr(dtype, "tz", None))) if dtype.kind == "M" else ("integer",)


def check_stamps(stamps: pd.Index, where: str, name: str) -> None:
    """Check that there are time stamps, all known, of a kind that can be continued."""
    is_date = isinstance(stamps, (pd.DatetimeIndex, pd.PeriodIndex))
    if not is_date and not pd.api.types.is_integer_dtype(stamps.dtype):
        raise ValueError(
            f"{where} is of dtype {stamps.dtype}, which cannot be continued into the future. Time "
            "stamps are dates, as pd.to_datetime() makes them, periods or whole numbers."
        )
    if not len(stamps):
        raise ValueError(f"{name} is empty: it has no time steps.")
    if stamps.hasnans:
        raise ValueError(f"{where} holds NaT, an unknown time stamp.")
    if not is_date and max(-int(stamps.min()), int(stamps.max())) > LARGEST:
        raise ValueError(
            f"{where} goes from {stamps.min()} to {stamps.max()}. Whole numbers beyond 2**62 "
            "cannot be continued into the future: subtract the first one."
        )


def order_codes(stamps: pd.Index) -> np.ndarray:
    """Return numbers of type int64 that are in the same order as the time stamps."""
    if isinstance(stamps, (pd.DatetimeIndex, pd.PeriodIndex)):
        return stamps.asi8
    return stamps.to_numpy(dtype=np.int64)


def find_steps(
    codes: np.ndarray, inside: np.ndarray, test: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Find the rows from which the step to the next row passes a test, inside the same series."""
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


def fixed_distance(freq: Any) -> pd.Timedelta | None:
    """Return the distance between dates; None if it depends on the calendar."""
    if isinstance(freq, (pd.offsets.Day, pd.offsets.Week)):
        return pd.Timedelta(days=freq.n * (7 if isinstance(freq, pd.offsets.Week) else 1))
    return pd.Timedelta(freq) if isinstance(freq, pd.offsets.Tick) else None


def _is_wall_time(freq: Any) -> bool:
    """Tell whether steps are those of the calendar, in which some days have 23 or 25 hours."""
    return isinstance(freq, (pd.offsets.Day, pd.offsets.Week)) or fixed_distance(freq) is None


def _from_wall(wall: pd.DatetimeIndex, zone: Any) -> pd.DatetimeIndex:
    """Put wall times in a zone: if its clocks repeat one the first, if they skip it the next."""
    first = np.ones(len(wall), dtype=bool)
    return wall.tz_localize(zone, ambiguous=first, nonexistent="shift_forward")


def _to_wall(stamps: pd.DatetimeIndex, usual: pd.Timedelta) -> pd.DatetimeIndex:
    """Return wall times; the usual time of day where a clock change has skipped it."""
    wall = stamps.tz_localize(None)
    meant = wall.normalize() + usual
    return wall.where(_from_wall(meant, stamps.tz) != stamps, meant)


def _usual_time(stamps: pd.DatetimeIndex) -> pd.Timedelta:
    """Return the time of day that most dates have."""
    wall = stamps[:N_ROWS_AT_ONCE].tz_localize(None)
    times, counts = np.unique(wall - wall.normalize(), return_counts=True)
    return pd.Timedelta(times[np.argmax(counts)])


@dataclass(frozen=True)
class Clock:
    """What the time stamps of all series have in common: their kind and their frequency.

    Time stamps are counted by int64 codes, of which consecutive ones differ by `step`, so that
    order, gaps and the future are integer arithmetic, for all series at once. Codes are the whole
    numbers themselves, the ordinals of periods, the ticks of dates at a fixed distance (of wall
    time for days and weeks, which may have 23 hours, else of UTC), and the number of those of the
    calendar, such as month ends, since `origin`. That is a wall time, whose time of day those have
    that a clock change skips.
    """

    freq: Any  # DateOffset or int
    step: int
    dtype: Any  # of an index of time stamps, as the name
    name: Any
    origin: pd.Timestamp | None = None  # where it matters

    @classmethod
    def of_dates(cls, stamps: pd.DatetimeIndex, freq: Any) -> Clock:
        """Return the clock of a frequency that dates may have."""
        distance, origin = fixed_distance(freq), None
        if stamps.tz is not None and _is_wall_time(freq):
            origin = _to_wall(stamps[[stamps.argmin()]], _usual_time(stamps))[0]
        if distance is None:
            origin = freq.rollforward(stamps.min() if origin is None else origin)
            return cls(freq, 1, stamps.dtype, stamps.name, origin)
        if isinstance(freq, pd.offsets.Week) and (stamps.day_of_week != freq.weekday).any():
            freq = pd.offsets.Day(7 * freq.n)  # series of different days of the week
        step = max(1, distance // pd.Timedelta(1, unit=stamps.unit))
        return cls(freq, step, stamps.dtype, stamps.name, origin)

    @property
    def kind(self) -> str:
        """Kind of the time stamps: "date", "period" or "integer"."""
        return index_kind(self.dtype)[0]

    @property
    def key(self) -> tuple[Any, ...]:
        """What two clocks share where one can continue the other."""
        distance = fixed_distance(self.freq) if self.kind == "date" else None
        pace = self.freq if distance is None else (distance, _is_wall_time(self.freq))
        return (*index_kind(self.dtype), pace)

    def keeps_pace(self, other: Clock) -> bool:
        """Tell whether the steps of another clock are as long; of whole numbers it is not known."""
        if "integer" in (self.kind, other.kind):
            return True
        start = pd.Timestamp(2000, 1, 1)
        distances = [start + N_MEASURED * each.freq - start for each in (self, other)]
        return max(distances) < LARGEST_RATIO * min(distances)

    @property
    def freq_name(self) -> str:
        """Name of the frequency, for error messages."""
        if self.kind == "period":
            return repr(self.dtype.name.removeprefix("period[").removesuffix("]"))
        return repr(getattr(self.freq, "freqstr", self.freq))

    @property
    def _unit(self) -> str:
        return getattr(self.dtype, "unit", None) or np.datetime_data(self.dtype)[0]

    def encode(self, stamps: pd.Index) -> np.ndarray:
        """Return the codes of time stamps, `OFF_CLOCK` where one has none."""
        if not isinstance(stamps, pd.DatetimeIndex):
            return order_codes(stamps)
        if stamps.tz is None or self.origin is None:
            return self._encode_wall(stamps.tz_convert(None) if stamps.tz else stamps)
        codes, usual = np.empty(len(stamps), dtype=np.int64), self.origin - self.origin.normalize()
        for part in row_parts(len(stamps)):
            codes[part] = self._encode_wall(_to_wall(stamps[part], usual))
        return codes

    def _encode_wall(self, wall: pd.DatetimeIndex) -> np.ndarray:
        if fixed_distance(self.freq) is not None:
            return (wall if wall.unit == self._unit else wall.as_unit(self._unit)).asi8
        stop = max(wall.max(), self.origin)
        codes = pd.date_range(self.origin, stop, freq=self.freq).get_indexer(wall)
        codes[codes < 0] = OFF_CLOCK
        return codes

    def decode(self, codes: np.ndarray) -> pd.Index:
        """Return the time stamps that codes stand for."""
        if self.kind == "period":
            return pd.PeriodIndex(pd.arrays.PeriodArray(codes, dtype=self.dtype), name=self.name)
        if self.kind == "integer":
            limits = np.iinfo(getattr(self.dtype, "numpy_dtype", self.dtype))
            fits = ((limits.min <= codes) & (codes <= limits.max)).all()
            return pd.Index(codes, dtype=self.dtype if fits else np.int64, name=self.name)
        if fixed_distance(self.freq) is not None or not len(codes):
            wall = pd.DatetimeIndex(codes.view(f"M8[{self._unit}]"))
        else:
            low, high = int(codes.min()), int(codes.max())
            start = self.origin + low * self.freq if low else self.origin
            every = pd.date_range(start, periods=high - low + 1, freq=self.freq)
            wall = every[codes - low].as_unit(self._unit)
        zone = getattr(self.dtype, "tz", None)
        if zone is not None and self.origin is None:
            wall = wall.tz_localize("UTC").tz_convert(zone)
        elif zone is not None:
            wall = _from_wall(wall, zone)
        return wall.rename(self.name)

    def later(self, codes: Any, steps: Any) -> Any:
        """Return the codes that are some steps later."""
        later = codes + self.step * steps
        if np.any((later < codes) != (np.asarray(steps) < 0)):  # beyond the largest int64
            raise ValueError(
                f"Time stamps of dtype {self.dtype} end before that many steps ahead. Dates go "
                'further in another unit, as as_unit("s") gives.'
            )
        return later

    def index(self, code: int, n_times: int) -> pd.Index:
        """Return `n_times` time stamps from a code on, as an index that knows its frequency."""
        if self.kind == "integer":
            stop = int(code) + n_times * self.step
            return pd.RangeIndex(int(code), stop, self.step, name=self.name)
        index = self.decode(self.later(code, np.arange(n_times)))
        try:
            return pd.DatetimeIndex(index, freq=self.freq) if self.kind == "date" else index
        except ValueError:  # pandas knows no frequency of days of which a clock change moves one
            return index

    def first_misfit(self, codes: np.ndarray, inside: np.ndarray) -> int | None:
        """Find the first row without a code, or not whole steps after the one before it."""
        off_clock = np.flatnonzero(codes == OFF_CLOCK)[:1]
        between = find_steps(codes, inside, lambda steps: steps % self.step != 0)[:1] + 1
        return min([*off_clock.tolist(), *between.tolist()], default=None)

    def fill_code(self, name: str) -> str:
        """Return the code that fills the gaps of a single series of pandas, for advice."""
        first, last = f"{name}.index[0]", f"{name}.index[-1]"
        how = {
            "date": f"asfreq({self.freq_name})",
            "period": f"reindex(pd.period_range({first}, {last}))",
            "integer": f"reindex(range({first}, {last} + 1, {self.step}))",
        }
        return f"{name}.{how[self.kind]}.interpolate()"


@dataclass(frozen=True)
class Stamps:
    """Time stamps of the rows of series, one series after the other, and their names in errors."""

    index: pd.Index
    offsets: np.ndarray  # row where each series starts, and where the last one ends
    name: str  # of the data
    label: Callable[[int], str]  # words that name a series by its number; "" for one alone

    @cached_property
    def inside(self) -> np.ndarray:
        """Whether a row and the next one belong to the same series."""
        inside = np.ones(len(self.index) - 1, dtype=bool)
        inside[self.offsets[1:-1] - 1] = False
        return inside

    def _place(self, row: int, stamp: Any = None) -> str:
        """Name a time stamp, by default that of the row, and the series of the row."""
        number = int(np.searchsorted(self.offsets, row, side="right")) - 1
        return f"{self.index[row] if stamp is None else stamp}{self.label(number)}"

    def check_order(self, advice: str = "") -> None:
        """Check that no time stamp of a series comes before the row above, or twice."""
        codes = order_codes(self.index)
        backward = find_steps(codes, self.inside, lambda steps: steps < 0)
        repeated = find_steps(codes, self.inside, lambda steps: steps == 0) + 1
        if len(backward) and len(self.offsets) == 2:  # of several series, those of each in order
            repeated = np.flatnonzero(self.index.duplicated())
        if len(repeated):
            raise ValueError(
                f"{self.name} holds {len(repeated)} rows whose time stamp is there more than once: "
                f"{name_some(map(self._place, repeated), len(repeated))}.{advice}"
            )
        if len(backward):
            raise ValueError(
                f"{self.name} is not in time order: {self.index[backward[0] + 1]} comes after "
                f"{self._place(backward[0])}. Sort it first, for instance with sort_index()."
            )

    def find_clock(self, freq: Any = None, like: Clock | None = None) -> tuple[Clock, np.ndarray]:
        """Find a clock of all rows, and their codes, between which some may be missing.

        It has the frequency that was declared, or else that of a clock that it may be like, where
        that fits, or else one that is inferred.
        """
        tried: list[tuple[Clock, int]] = []
        for clock in self._clocks(freq, like):
            codes = clock.encode(self.index)
            row = clock.first_misfit(codes, self.inside)
            if row is None:
                return clock, codes
            tried.append((clock, row))
        if not tried:
            advice = "Use periods, such as pd.period_range gives."
            if not self.label(0):
                freq = self._smallest_step()
                advice = "'D') for days" if freq is None else f"{freq.freqstr!r})"
                advice = f"Set it, for instance with {self.name}.asfreq({advice}."
            raise ValueError(
                f"{self.name} has too few time stamps to infer their frequency, which takes three "
                f"at equal steps. {advice}"
            )
        clock, row = tried[0]
        after = f" after {self.index[row - 1]}" if row and self.inside[row - 1] else ""
        raise ValueError(
            f"The time stamps of {self.name} are not at equal steps: at the frequency "
            f"{clock.freq_name}, there is no {self._place(row, f'{self.index[row]}{after}')}."
        )

    def find_gaps(self, clock: Clock, codes: np.ndarray) -> str:
        """Count and name the time stamps that are missing; "" if there are none."""
        gaps = find_steps(codes, self.inside, lambda steps: steps != clock.step)
        if not len(gaps):
            return ""
        n_missing = np.sum((codes[gaps + 1] - codes[gaps]) // clock.step - 1)
        places = (
            self._place(row, clock.decode(np.array([code]))[0])
            for row in gaps
            for code in range(codes[row] + clock.step, codes[row + 1], clock.step)
        )
        return (
            f"{self.name} is not at equal steps: at the frequency {clock.freq_name}, {n_missing} "
            f"time stamps are missing, the first at {name_some(places, n_missing)}."
        )

    def _clocks(self, freq: Any, like: Clock | None) -> Iterator[Clock]:
        """Yield clocks that may fit, the likeliest first."""
        stamps = self.index
        if isinstance(stamps, pd.PeriodIndex):
            yield Clock(stamps.freq, stamps.freq.n, stamps.dtype, stamps.name)
        elif not isinstance(stamps, pd.DatetimeIndex):
            steps, _ = count_steps(order_codes(stamps), self.inside)
            step = like.step if like is not None and like.kind == "integer" else None
            if len(steps) and (step is None or (steps % step != 0).any()):
                step = int(np.gcd.reduce(steps))
            step = freq or step or 1
            yield Clock(step, step, stamps.dtype, stamps.name)
        elif freq is not None:
            yield Clock.of_dates(stamps, freq)
        else:
            guesses = [like.freq] if like is not None and like.kind == "date" else []
            for freq in chain(guesses, self._infer_frequencies()):
                if freq is not None:
                    yield Clock.of_dates(stamps, freq)

    def _infer_frequencies(self) -> Iterator[Any]:
        """Infer from the longest series, its longest part without a gap, and all together."""
        stamps, last = self.index, np.flatnonzero(~self.inside)
        yield self._infer(_longest_part(stamps, last))
        steps, counts = count_steps(stamps.asi8, self.inside)
        if len(steps):
            median = steps[np.searchsorted(counts.cumsum(), counts.sum() / 2)]
            gaps = find_steps(stamps.asi8, self.inside, lambda steps: steps > 1.5 * median)
            yield self._infer(_longest_part(stamps, np.union1d(last, gaps)))
        every = stamps.unique().sort_values()
        yield self._infer(every)
        if len(every) > 2:  # of which no three are at equal steps
            yield self._smallest_step()

    def _infer(self, part: pd.DatetimeIndex) -> Any:
        """Infer the frequency of a part of the time stamps; None if it cannot be done."""
        if len(part) < 3:
            return None
        freq = pd.DatetimeIndex(part, freq="infer").freq
        if freq is None and part.tz is not None:  # a clock change may have moved one
            freq = pd.DatetimeIndex(_to_wall(part, _usual_time(part)), freq="infer").freq
            freq = freq if _is_wall_time(freq) else None
        # Between Monday and Friday, business days look like days: others tell, if there are.
        days = (self.index[rows].day_of_week for rows in row_parts(len(self.index)))
        if freq != pd.offsets.Day() or any(each.max() > 4 for each in days):
            return freq
        steps = np.diff(self.index.tz_localize(None).to_numpy())[self.inside]
        return pd.offsets.BusinessDay() if steps.max() > np.timedelta64(1, "D") else freq

    def _smallest_step(self) -> Any:
        """Take the smallest step for a frequency, in months between starts or ends of months."""
        steps, _ = count_steps(self.index.asi8, self.inside)
        if not len(steps):
            return None
        step = pd.Timedelta(int(steps[0]), unit=self.index.unit)
        n_months = round(step.days / 30.44)
        if n_months and self.index.is_month_start.all():
            return pd.offsets.MonthBegin(n_months)
        if n_months and self.index.is_month_end.all():
            return pd.offsets.MonthEnd(n_months)
        return to_offset(step) if step % pd.Timedelta(days=1) else pd.offsets.Day(step.days)


def _longest_part(stamps: pd.DatetimeIndex, last: np.ndarray) -> pd.DatetimeIndex:
    """Take the longest of the parts that end with the given rows."""
    bounds = np.concatenate([[0], last + 1, [len(stamps)]])
    longest = int(np.argmax(np.diff(bounds)))
    return stamps[bounds[longest] : bounds[longest + 1]]


def declared_frequency(index: pd.Index) -> Any:
    """Return the frequency that an index came with, or None."""
    if isinstance(index, pd.DatetimeIndex):
        return index.freq
    return index.step if isinstance(index, pd.RangeIndex) and len(index) == 1 else None


def check_time_index(index: pd.Index, name: str = "X") -> pd.Index:
    """Check that an index runs forward in equal steps, and give it its frequency."""
    check_stamps(index, f"The index of {name}", name)
    stamps = Stamps(index, np.array([0, len(index)]), name, lambda number: "")
    stamps.check_order()
    clock, codes = stamps.find_clock(declared_frequency(index))
    if gaps := stamps.find_gaps(clock, codes):
        raise ValueError(f"{gaps} Fill them, for instance with {clock.fill_code(name)}.")
    return clock.index(codes[0], len(index))


@dataclass(frozen=True)
class TimeAxis:
    """Time stamps of many series."""

    clock: Clock
    first: np.ndarray  # codes of the first time stamp of each series

    def shift(self, steps: Any) -> TimeAxis:
        """Let series start later by some steps, one number for all or one for each."""
        return replace(self, first=self.clock.later(self.first, steps))

    def stamps(self, series: Any, steps: Any) -> pd.Index:
        """Return the time stamps at steps, counted from the start, of the numbered series."""
        return self.clock.decode(np.atleast_1d(self.clock.later(self.first[series], steps)))

    def indexes(self, lengths: np.ndarray) -> list[pd.Index]:
        """Return the first `lengths` time stamps of each series."""
        keys = list(zip(self.first.tolist(), lengths.tolist(), strict=True))
        known = {key: self.clock.index(*key) for key in set(keys)}
        return [known[key] for key in keys]
