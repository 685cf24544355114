"""How far a forecaster looks back, where it is not told."""

from __future__ import annotations

import math

import numpy as np

# A third of a usual series is seen, within these bounds.
MIN_STEPS, MAX_STEPS = 60, 336
N_HORIZONS = 3
# Stands in for a season where there is none.
SHORT_SEASON = 4


def default_look_back(lengths: np.ndarray, horizon: int, season_length: int) -> int:
    """Choose a number of past time steps.

    Parameters
    ----------
    lengths : ndarray of shape (n_series,)
        Number of time steps of each series.

    horizon, season_length : int
        Number of time steps to forecast, and of a season.

    Returns
    -------
    look_back : int
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
