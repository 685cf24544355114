"""From where series are forecast, to learn from and to choose by."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

# Fewer horizons, or forecasts of all series together, would tell little of how forecasts err.
N_HORIZONS = 3
MIN_HELD_OUT = 30
MAX_HELD_OUT = 4096
# What is known before the first forecast of a series: two seasons, within these bounds.
MIN_KNOWN, MAX_KNOWN = 3, 12


@dataclass(frozen=True)
class Origins:
    """Forecasts of each series, by the number of time steps before them.

    Parameters
    ----------
    first, last : ndarray of shape (n_series,)
        Number of time steps before the first and the last forecast; there is none where the last
        comes before the first.

    known : ndarray of shape (n_series,)
        Number of time steps after which nothing is known.
    """

    first: np.ndarray
    last: np.ndarray
    known: np.ndarray

    def __len__(self) -> int:
        return int(self.counts.sum())

    @property
    def counts(self) -> np.ndarray:
        """Number of forecasts of each series."""
        return np.maximum(self.last - self.first + 1, 0)


@dataclass(frozen=True)
class Rehearsal:
    """Forecasts of a rehearsal: those to learn from, and those held out to choose by.

    Parameters
    ----------
    whole : Origins
        Forecasts whose horizon ends before what is held out.

    before : Origins
        Forecasts of which at least one step lies before what is held out.

    held_out : Origins
        Forecasts of what is held out.
    """

    whole: Origins
    before: Origins
    held_out: Origins


def all_origins(known: np.ndarray, season_length: int) -> Origins:
    """Take all forecasts of which at least one of so many known steps is forecast."""
    needed = min(max(2 * season_length, MIN_KNOWN), MAX_KNOWN)
    # A short series starts in its middle, rather than not at all.
    first = np.maximum(1, np.minimum(needed, known // 2))
    return Origins(np.minimum(first, np.maximum(known - 1, 1)), known - 1, known)


def hold_out(lengths: np.ndarray, horizon: int, season_length: int, fraction: float) -> Rehearsal:
    """Hold out the newest time steps of each series.

    Parameters
    ----------
    lengths : ndarray of shape (n_series,)
        Number of time steps of each.

    horizon, season_length : int
        Number of time steps to forecast, and of a season.

    fraction : float
        Share of the time steps to hold out; at least three horizons, at least 30 in all, and at
        most half of what can be forecast.
    """
    first = all_origins(lengths, season_length).first
    # No more than tell enough; so long series do not outweigh short ones either.
    most = horizon - 1 + max(2 * horizon, math.ceil(MAX_HELD_OUT / len(lengths)))
    fewest = max(N_HORIZONS * horizon, math.ceil(MIN_HELD_OUT / len(lengths)))
    n_held_out = np.maximum(fewest, np.minimum((fraction * lengths).astype(np.int64), most))
    n_held_out = np.clip(n_held_out, 1, np.maximum((lengths - first) // 2, 1))
    cut = lengths - n_held_out
    before = all_origins(cut, season_length)
    before = Origins(np.minimum(first, before.first), before.last, cut)
    start = np.maximum(first, cut)
    held_out = Origins(start, np.clip(lengths - horizon, start, lengths - 1), lengths)
    return Rehearsal(Origins(before.first, cut - horizon, cut), before, held_out)
