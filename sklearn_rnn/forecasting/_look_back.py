"""How far a forecaster looks back, where it is not told."""

from __future__ import annotations

import math

import numpy as np

N_SEASONS = 5
N_HORIZONS = 3
# Of longer seasons, such as 52 weeks, fewer are seen.
LONG_SEASON = 40
N_LONG_SEASONS = 3
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
        Whole seasons and one more step: five seasons (three of more than 40 steps) or three
        horizons, whichever is more; fewer where there would be more values in a window than
        windows, but at least two.
    """
    season = season_length if season_length > 1 else SHORT_SEASON
    wanted = N_SEASONS if season <= LONG_SEASON else N_LONG_SEASONS
    n_seasons = max(wanted, math.ceil(N_HORIZONS * horizon / season))
    while n_seasons > 2:
        look_back = n_seasons * season + 1
        if np.maximum(lengths - horizon - look_back + 1, 0).sum() >= look_back:
            break
        n_seasons -= 1
    return n_seasons * season + 1
