"""Naive forecasts, as weights of the values in a look-back window."""

from __future__ import annotations

import numpy as np


def naive_forecasts(look_back: int, horizon: int, season_length: int) -> dict[str, np.ndarray]:
    """Write naive forecasts as weights of the last `look_back` values.

    Parameters
    ----------
    look_back : int
        Number of values, the newest last.

    horizon : int
        Number of steps to forecast.

    season_length : int
        Number of steps of a season; 1 if there is none.

    Returns
    -------
    forecasts : dict of str to ndarray of shape (look_back, horizon)
        The last value, means of the newest values, and where the window holds a season the last
        one, the mean of all, and both moved to the newest level. Each column sums to 1.
    """
    sizes = sorted({n for n in (1, 4, 8, look_back) if n <= look_back})
    forecasts = {f"mean of {n}": _mean(look_back, horizon, n) for n in sizes}
    if 1 < season_length <= look_back:
        forecasts.update(_seasonal(look_back, horizon, season_length))
    return forecasts


def _mean(look_back: int, horizon: int, n_values: int) -> np.ndarray:
    weights = np.zeros((look_back, horizon))
    weights[look_back - n_values :] = 1 / n_values
    return weights


def _seasonal(look_back: int, horizon: int, season_length: int) -> dict[str, np.ndarray]:
    steps = np.arange(horizon)
    phase = look_back - season_length + steps % season_length
    n_seasons = look_back // season_length
    last, mean = np.zeros((2, look_back, horizon))
    last[phase, steps] = 1
    for season in range(n_seasons):
        mean[phase - season * season_length, steps] += 1 / n_seasons
    forecasts = {"last season": last, "mean season": mean}
    # Level now less level a season ago, over a short and a longer stretch.
    for n_values in sorted({1, max(1, season_length // 4)}):
        if season_length + n_values <= look_back:
            change = np.zeros((look_back, 1))
            change[look_back - n_values :] += 1 / n_values
            before = look_back - season_length
            change[before - n_values : before] -= 1 / n_values
            forecasts[f"last season and growth over {n_values}"] = last + change
    if n_seasons > 1:
        change = np.zeros((look_back, 1))
        change[look_back - season_length :] += 1 / season_length
        change[look_back - n_seasons * season_length :] -= 1 / (n_seasons * season_length)
        forecasts["mean season and growth"] = mean + change
    return forecasts
