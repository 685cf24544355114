"""The one frequency of all series of a panel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from ._time_grid import (
    IntegerGrid,
    PeriodGrid,
    TimeGrid,
    count_steps,
    date_grid,
    find_steps,
    index_kind,
    order_codes,
)


def find_grid(
    stamps: pd.Index,
    inside: np.ndarray,
    *,
    freq: Any,
    like: TimeGrid | None,
    name: str,
    label: Callable[[int], str],
) -> tuple[TimeGrid, np.ndarray]:
    """Find the frequency of the time stamps of all series.

    Parameters
    ----------
    stamps : Index of shape (n_rows,)
        Time stamps, in time order, one series after the other.

    inside : ndarray of shape (n_rows - 1,)
        Whether a row and the next one belong to the same series.

    freq : DateOffset or int or None
        Frequency that the user has declared.

    like : TimeGrid or None
        Grid that is taken where it fits.

    name : str
        Name of the data, for error messages.

    label : callable
        Gives the words that name the series of a row.

    Returns
    -------
    grid : TimeGrid
        The grid; time stamps may be missing on it.

    codes : ndarray of shape (n_rows,)
        The time stamps on it.

    Raises
    ------
    ValueError
        If there are too few time stamps to infer a frequency, or some fit none.
    """
    tried: list[tuple[TimeGrid, int]] = []
    for grid in _grids(stamps, inside, freq, like):
        codes = grid.encode(stamps)
        row = grid.first_misfit(codes, inside)
        if row is None:
            return grid, codes
        tried.append((grid, row))
    if not tried:
        raise ValueError(
            f"{name} has too few time stamps to infer their frequency, which takes three at equal "
            "steps. Use periods, such as pd.period_range gives, or an index with a frequency, "
            "such as asfreq('D') gives for days."
        )
    grid, row = tried[0]
    after = f" after {stamps[row - 1]}" if row and inside[row - 1] else ""
    raise ValueError(
        f"The time stamps of {name} are not at equal steps: at the frequency {grid.freq_name}, "
        f"there is no {stamps[row]}{after}{label(row)}."
    )


def _grids(
    stamps: pd.Index, inside: np.ndarray, freq: Any, like: TimeGrid | None
) -> Iterator[TimeGrid]:
    if isinstance(stamps, pd.PeriodIndex):
        yield PeriodGrid(stamps.freq, stamps.freq.n, stamps.dtype, stamps.name)
        return
    if not isinstance(stamps, pd.DatetimeIndex):
        steps, _ = count_steps(order_codes(stamps), inside)
        hints = [hint.step for hint in (like,) if isinstance(hint, IntegerGrid)]
        if len(steps) and not (hints and (steps % hints[0] == 0).all()):
            hints = [int(np.gcd.reduce(steps))]
        step = freq or next(iter(hints), 1)
        yield IntegerGrid(step, step, stamps.dtype, stamps.name)
        return
    if freq is not None:
        yield date_grid(stamps, freq)
        return
    if like is not None and index_kind(like.dtype)[0] == "date":
        yield date_grid(stamps, like.freq)
    for each in _inferred(stamps, inside):
        if each is not None:
            yield date_grid(stamps, each)


def _inferred(stamps: pd.DatetimeIndex, inside: np.ndarray) -> Iterator[Any]:
    """Infer from the longest series, its longest part without a gap, all series together."""
    last = np.flatnonzero(~inside)
    yield _infer(_longest_part(stamps, last), stamps, inside)
    steps, counts = count_steps(stamps.asi8, inside)
    if len(steps):
        median = steps[np.searchsorted(counts.cumsum(), counts.sum() / 2)]
        gaps = find_steps(stamps.asi8, inside, lambda steps: steps > 1.5 * median)
        yield _infer(_longest_part(stamps, np.union1d(last, gaps)), stamps, inside)
    every = stamps.unique().sort_values()
    yield _infer(every, stamps, inside)


def _longest_part(stamps: pd.DatetimeIndex, last: np.ndarray) -> pd.DatetimeIndex:
    """Take the longest of the parts that end with the given rows."""
    bounds = np.concatenate([[0], last + 1, [len(stamps)]])
    longest = int(np.argmax(np.diff(bounds)))
    return stamps[bounds[longest] : bounds[longest + 1]]


def _infer(part: pd.DatetimeIndex, stamps: pd.DatetimeIndex, inside: np.ndarray) -> Any:
    """Infer the frequency of a part of time stamps; None if it cannot be done."""
    if len(part) < 3:
        return None
    freq = pd.DatetimeIndex(part, freq="infer").freq
    # Between Monday and Friday, business days look like days: others tell, if there are.
    if freq == pd.offsets.Day() and part.day_of_week.max() < 5 and stamps.day_of_week.max() < 5:
        days = np.diff(stamps.tz_localize(None).to_numpy())[inside] / np.timedelta64(1, "D")
        return pd.offsets.BusinessDay() if days.max() > 1 else freq
    return freq
