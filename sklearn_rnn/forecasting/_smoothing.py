"""Exponential smoothing of windows: what each tells of itself about what comes next.

A candidate has a level, with or without a trend [1]_ and a season [2]_, and fixed rates. A trend
may be damped, or half the slope of a straight line, as in the theta method [3]_. Each candidate
reads a window backwards first, which tells where it starts, and then forwards. The forecasts of all
are averaged by how well they did, less their number of parameters [4]_: on a short window, an
average of many is safer than the best of them.

References
----------
.. [1] Gardner, E. S. and McKenzie, E. (1985). Forecasting trends in time series. Management
   Science 31(10).
.. [2] Winters, P. R. (1960). Forecasting sales by exponentially weighted moving averages.
   Management Science 6(3).
.. [3] Assimakopoulos, V. and Nikolopoulos, K. (2000). The theta model. International Journal of
   Forecasting 16(4).
.. [4] Kolassa, S. (2011). Combining exponential smoothing forecasts using Akaike weights.
   International Journal of Forecasting 27(2).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np

from sklearn_rnn.nn._compile import compiled

LEVEL_RATES = (0.05, 0.15, 0.35, 0.6, 0.9)
# The rate relative to that of the level, what is kept in a step, the share of the slope of a
# straight line that it starts from, and the number of parameters.
TRENDS = (
    (0.0, 1.0, 0.0, 0.0),
    (0.0, 1.0, 0.5, 1.0),
    (0.1, 0.85, 1.0, 3.0),
    (0.1, 0.95, 1.0, 3.0),
    (0.05, 1.0, 1.0, 2.0),
)
SEASON_RATES = (0.0, 0.1, 0.3)
# A season is told from so many of them.
MIN_SEASONS = 2
# Of the mean squared change of a window, the mean squared error is taken to be no less.
SMALLEST_SHARE = 0.03
N_TURNS = 3
# Errors of a window are not independent: likelihoods count half.
TEMPERATURE = 0.5


@cache
def candidates(has_season: bool) -> np.ndarray:
    """List the candidates.

    Returns
    -------
    candidates : ndarray of shape (6, n_candidates)
        Rates of the level, the trend and the season; what is kept of a trend in a step, the share
        of the slope that it starts from, and the number of parameters.
    """
    rows = []
    season_rates = SEASON_RATES if has_season else (0.0,)
    for level, trend, season in product(LEVEL_RATES, TRENDS, season_rates):
        rate, kept, slope, n_parameters = trend
        n_parameters += 1 + (season > 0)
        rows.append((level, level * rate, (1 - level) * season, kept, slope, n_parameters))
    return np.ascontiguousarray(np.transpose(rows))


def smooth(
    windows: np.ndarray, seasons: tuple[int, ...], horizon: int
) -> tuple[np.ndarray, np.ndarray]:
    """Forecast what follows each window from that window alone.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, look_back), dtype float64
        Values, NaN where one is missing.

    seasons : tuple of int
        Lengths of the seasons to try; each is used where a window holds two of them.

    horizon : int
        Number of steps to forecast.

    Returns
    -------
    path : ndarray of shape (n_windows, horizon)
        Forecasts; NaN for windows without any value.

    error : ndarray of shape (n_windows,)
        Root mean squared error of the candidates one step ahead, within the window.
    """
    n_windows = len(windows)
    windows = np.ascontiguousarray(windows)
    path = np.zeros((n_windows, horizon))
    error, weight, best = np.zeros(n_windows), np.zeros(n_windows), np.full(n_windows, -np.inf)
    for season in (1, *seasons):
        if season == 1 or windows.shape[1] >= MIN_SEASONS * season:
            add_candidates(windows, season, candidates(season > 1), path, error, weight, best)
    with np.errstate(invalid="ignore"):
        return path / weight[:, None], np.sqrt(error / weight)


@compiled
def add_candidates(windows, season, candidates, path, error, weight, best):
    """Add forecasts and squared errors times weights, which are relative to that of the best."""
    n = candidates.shape[1]
    alpha, beta, gamma, kept, start, n_parameters = candidates
    level, trend, squares, score = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    pattern, states = np.empty(season), np.empty((season, n))
    for row in range(len(windows)):
        window = windows[row]
        first = 0
        while first < len(window) and not np.isfinite(window[first]):
            first += 1
        x = window[first:]
        if len(x) == 0 or (season > 1 and len(x) < MIN_SEASONS * season):
            continue
        n_known, slope, end, change = describe(x, season, pattern)
        for phase in range(season):
            states[phase] = pattern[phase]
        for c in range(n):
            level[c], trend[c] = end, -start[c] * slope
        read(x[::-1], len(x) - 1, -1, alpha, beta, gamma, kept, level, trend, states, squares)
        for c in range(n):
            trend[c] = -trend[c]
            level[c] -= trend[c]
        read(x, 0, 1, alpha, beta, gamma, kept, level, trend, states, squares)
        top = best[row]
        for c in range(n):
            # A part of a usual change besides: errors that vanish say no more than small ones.
            squares[c] = (squares[c] + SMALLEST_SHARE * change / n_known) / n_known + 1e-300
            likelihood = -0.5 * n_known * np.log(squares[c])
            # A few values say nothing of many parameters.
            n_left = max(n_known - n_parameters[c] - 1, 1e-3)
            penalty = n_parameters[c] * n_known / n_left + season - 1
            score[c] = TEMPERATURE * (likelihood - penalty)
            top = max(top, score[c])
        shrink = np.exp(best[row] - top)
        best[row] = top
        weight[row] *= shrink
        error[row] *= shrink
        path[row] *= shrink
        for c in range(n):
            share = np.exp(score[c] - top)
            weight[row] += share
            error[row] += share * squares[c]
            ahead, step_trend = level[c], trend[c]
            for step in range(path.shape[1]):
                step_trend *= kept[c]
                ahead += step_trend
                path[row, step] += share * (ahead + states[(len(x) + step) % season, c])


@compiled
def describe(x, season, pattern):
    """Fit a straight line and the pattern of a season, and measure the end and the changes."""
    n_known, t_mean = 0, 0.0
    for t in range(len(x)):
        if np.isfinite(x[t]):
            n_known += 1
            t_mean += t
    t_mean /= n_known
    pattern[:] = 0.0
    # Each is fitted to what the other leaves, in turns.
    for _ in range(N_TURNS if season > 1 else 1):
        x_mean, product, square = 0.0, 0.0, 0.0
        for t in range(len(x)):
            if np.isfinite(x[t]):
                x_mean += (x[t] - pattern[t % season]) / n_known
        for t in range(len(x)):
            if np.isfinite(x[t]):
                product += (t - t_mean) * (x[t] - pattern[t % season] - x_mean)
                square += (t - t_mean) ** 2
        slope = product / square if square > 0 else 0.0
        if season == 1:
            break
        for phase in range(season):
            total, count = 0.0, 0
            for t in range(phase, len(x), season):
                if np.isfinite(x[t]):
                    total += x[t] - x_mean - slope * (t - t_mean)
                    count += 1
            pattern[phase] = total / max(count, 1)
        pattern -= pattern.mean()
    end, n_end, change, n_changes, after, is_after = 0.0, 0, 0.0, 0, 0.0, False
    for t in range(len(x) - 1, -1, -1):
        is_known = np.isfinite(x[t])
        if is_known:
            value = x[t] - pattern[t % season]
            if n_end < max(season, 4):
                end += value
                n_end += 1
            if is_after:
                change += (after - value) ** 2
                n_changes += 1
            after = value
        is_after = is_known
    return n_known, slope, end / n_end, change / max(n_changes, 1)


@compiled
def read(x, first, direction, alpha, beta, gamma, kept, level, trend, states, squares):
    """Read a window by all candidates: states and sums of squared errors, in place."""
    squares[:] = 0.0
    n, season = len(alpha), len(states)
    for step in range(len(x)):
        state, value = states[(first + direction * step) % season], x[step]
        for c in range(n):
            trend[c] *= kept[c]
            level[c] += trend[c]
        if np.isfinite(value):
            for c in range(n):
                error = value - level[c] - state[c]
                squares[c] += error * error
                level[c] += alpha[c] * error
                trend[c] += beta[c] * error
                state[c] += gamma[c] * error
