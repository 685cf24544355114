"""How far a forecaster looks back, where it is not told."""

from __future__ import annotations

import math

import numpy as np

N_SEASONS = 14
MIN_STEPS = 60
# Fewer seasons are seen where they come to more steps than these, but three.
MAX_STEPS = 336
N_LONG_SEASONS = 3
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
        Whole seasons and one more step: so many as come to 60 steps, 14 seasons (fewer, but three,
        of more than 336 steps) or three horizons, whichever is more; fewer where there would be
        more values in a window than windows, but at least two.
    """
    season = season_length if season_length > 1 else SHORT_SEASON
    wanted = MIN_STEPS if season_length == 1 else N_SEASONS * season
    wanted = min(max(wanted, MIN_STEPS), max(MAX_STEPS, N_LONG_SEASONS * season))
    n_seasons = math.ceil(max(wanted, N_HORIZONS * horizon) / season)
    while n_seasons > 2:
        look_back = n_seasons * season + 1
        if np.maximum(lengths - horizon - look_back + 1, 0).sum() >= look_back:
            break
        n_seasons -= 1
    return n_seasons * season + 1
