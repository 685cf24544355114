"""Which forecasts of a series to learn from, and which to hold out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

# Fewer horizons, or forecasts of all series together, would tell little of how forecasts err.
N_HORIZONS = 3
MIN_HELD_OUT = 30
MAX_HELD_OUT = 4096


@dataclass(frozen=True)
class Block:
    """Forecasts of each series, by the number of time steps before them.

    Parameters
    ----------
    first, last : ndarray of shape (n_series,)
        Number of time steps before the first and the last forecast; there is none where the last
        comes before the first.

    known : ndarray of shape (n_series,), default=None
        Number of time steps after which nothing is known; None for the whole series.
    """

    first: np.ndarray
    last: np.ndarray
    known: np.ndarray | None = None

    def __len__(self) -> int:
        return int(np.maximum(self.last - self.first + 1, 0).sum())


def all_forecasts(
    lengths: np.ndarray, look_back: int, season_length: int, known: np.ndarray | None = None
) -> Block:
    """Take all forecasts of which at least one step is known, from half a window on.

    A short series starts in its middle, rather than not at all.
    """
    lengths = lengths if known is None else known
    enough = min(max(season_length + 1, look_back // 2), look_back)
    first = np.maximum(1, np.minimum(enough, lengths // 2))
    return Block(np.minimum(first, np.maximum(lengths - 1, 1)), lengths - 1, known)


def hold_out(
    lengths: np.ndarray, look_back: int, horizon: int, season_length: int, fraction: float
) -> tuple[Block, Block, Block]:
    """Hold out the newest time steps of each series.

    Parameters
    ----------
    lengths : ndarray of shape (n_series,)
        Number of time steps of each.

    look_back, horizon, season_length : int
        Number of time steps of a window, of what follows, and of a season.

    fraction : float
        Share of the time steps to hold out; at least three horizons, at least 30 in all, and at
        most half of what can be forecast.

    Returns
    -------
    whole : Block
        Forecasts whose horizon ends before the held-out time steps.

    before : Block
        Forecasts of which at least one step lies before them.

    held_out : Block
        Forecasts of the held-out time steps.
    """
    first = all_forecasts(lengths, look_back, season_length).first
    # No more windows than tell enough; so long series do not outweigh short ones either.
    most = horizon - 1 + max(2 * horizon, math.ceil(MAX_HELD_OUT / len(lengths)))
    fewest = max(N_HORIZONS * horizon, math.ceil(MIN_HELD_OUT / len(lengths)))
    n_held_out = np.maximum(fewest, np.minimum((fraction * lengths).astype(np.int64), most))
    n_held_out = np.clip(n_held_out, 1, np.maximum((lengths - first) // 2, 1))
    cut = lengths - n_held_out
    before = all_forecasts(lengths, look_back, season_length, known=cut)
    start = np.maximum(first, cut)
    held_out = Block(start, np.clip(lengths - horizon, start, lengths - 1))
    return Block(before.first, cut - horizon, cut), before, held_out
