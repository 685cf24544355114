"""How far series are looked back on, and from where they are forecast, to learn and to choose."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

# Fewer horizons, or forecasts of all series together, would tell little: of what comes next, where
# they are looked back on, and of how forecasts err, where they are held out.
N_HORIZONS = 3
MIN_HELD_OUT = 30
MAX_HELD_OUT = 4096
# A third of a usual series is seen, within these bounds.
MIN_STEPS, MAX_STEPS = 60, 336
# Stands in for a season where there is none.
SHORT_SEASON = 4
# What is known before the first forecast of a series: two seasons, within these bounds.
MIN_KNOWN, MAX_KNOWN = 3, 12


def default_look_back(lengths: np.ndarray, horizon: int, season_length: int) -> int:
    """Choose a number of past time steps for series of such lengths.

    Whole seasons and one more step: a third of the median length, but at least 60 steps, two
    seasons and three horizons, and no more than 336 steps unless these ask for it; fewer where
    there would be more values in a window than whole windows, but at least two seasons.
    """
    season = season_length if season_length > 1 else SHORT_SEASON
    third = int(np.clip(np.median(lengths) // 3, MIN_STEPS, MAX_STEPS))
    n_seasons = max(math.ceil(max(third, N_HORIZONS * horizon) / season), 2)
    while n_seasons > 2:
        look_back = n_seasons * season + 1
        if np.maximum(lengths - horizon - look_back + 1, 0).sum() >= look_back:
            break
        n_seasons -= 1
    return n_seasons * season + 1


@dataclass(frozen=True)
class Origins:
    """Forecasts of each series, by the number of time steps before them.

    There is none where the last comes before the first.
    """

    first: np.ndarray  # (n_series,), number of time steps before the first forecast
    last: np.ndarray  # (n_series,), before the last one
    known: np.ndarray  # (n_series,), number of time steps after which nothing is known

    def __len__(self) -> int:
        return int(self.counts.sum())

    @property
    def counts(self) -> np.ndarray:
        """Number of forecasts of each series."""
        return np.maximum(self.last - self.first + 1, 0)


def all_origins(known: np.ndarray, season_length: int) -> Origins:
    """Take all forecasts of which at least one of so many known steps is forecast."""
    needed = min(max(2 * season_length, MIN_KNOWN), MAX_KNOWN)
    # A short series starts in its middle, rather than not at all.
    first = np.maximum(1, np.minimum(needed, known // 2))
    return Origins(np.minimum(first, np.maximum(known - 1, 1)), known - 1, known)


def hold_out(
    lengths: np.ndarray, horizon: int, season_length: int, fraction: float
) -> tuple[Origins, Origins, Origins]:
    """Hold out a share of the newest time steps of each series.

    That is at least three horizons, at least 30 in all, and at most half of what can be forecast.

    Returns
    -------
    whole, before, held_out : Origins
        Forecasts whose horizon ends before what is held out, those of which at least one step lies
        before it, and those of what is held out.
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
    return Origins(before.first, cut - horizon, cut), before, held_out
