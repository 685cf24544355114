"""What a window tells of itself: its season, level and unit, and what comes next by smoothing.

A value that is missing, within a window or at its end, is filled with the one before for those who
read the window; smoothing itself goes on without it.

Of exponential smoothing, a candidate has a level, with or without a trend [1]_ and a season [2]_,
and fixed rates. A trend may be damped, or half the slope of a straight line, as in the theta method
[3]_. Each candidate reads a window backwards first, which tells where it starts, and then forwards.
The forecasts of all are averaged by how well they did, less their number of parameters [4]_: on a
short window, an average of many is safer than the best of them. Since trends and seasons change, a
share of the average is that of the newest part of the window [5]_.

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
.. [5] Pesaran, M. H. and Pick, A. (2011). Forecast combination across estimation windows. Journal
   of Business and Economic Statistics 29(2).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

from sklearn_rnn.nn._compile import compiled
from sklearn_rnn.nn._threads import share

# Of the level that windows are seen relative to.
LEVEL_RATE = 0.5
# Of the levels of the candidates.
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
SEASON_RATES = (0.0, 0.1, 0.3, 0.6)
# A season is told from so many of them.
MIN_SEASONS = 2
# Of the mean squared change of a window, the mean squared error is taken to be no less.
SMALLEST_SHARE = 0.03
N_TURNS = 3
# The newest part of a window is this share of it, at least so many steps and two seasons, and at
# most so many.
NEWEST_PART, MIN_NEWEST, MAX_NEWEST = 0.4, 12, 24
NEWEST_SHARE = 0.5
# Errors of a window are not independent: likelihoods count half.
TEMPERATURE = 0.5
# Windows that a thread smooths before it takes others.
N_AT_ONCE = 64


class Decomposition(NamedTuple):
    """Windows, and what they are made of.

    What is missing is filled with the value before, or at the start with the first one.
    """

    filled: np.ndarray  # (n_windows, look_back)
    rest: np.ndarray  # (n_windows, look_back), values without their seasons
    longer: np.ndarray  # (n_windows or 1, look_back + horizon), all seasons but the shortest
    level: np.ndarray  # (n_windows, 1), smoothed level of the rest at the end of each window
    unit: np.ndarray  # (n_windows, 1), mean absolute change of the rest from step to step


def decompose(windows: np.ndarray, seasons: tuple[int, ...], horizon: int) -> Decomposition:
    """Take windows of shape (n_windows, look_back), NaN where a value is missing, apart.

    A season is the mean deviation from a straight line at each of its steps, shrunk by how little
    it stands out of the noise [1]_. A longer one is told from what shorter ones leave.

    References
    ----------
    .. [1] Miller, D. M. and Williams, D. (2003). Shrinkage estimators of time series seasonal
       factors and their effect on forecasting accuracy. International Journal of Forecasting 19(4).
    """
    filled, rest = windows.copy(), windows.copy()
    steps = np.arange(windows.shape[1] + horizon)
    longer = np.zeros((1, len(steps)))
    for number, season in enumerate(seasons):
        if MIN_SEASONS * season <= windows.shape[1]:
            pattern = np.zeros((len(windows), season))
            # A line through all values would take a part of a season that is seen a few times.
            remove_season(rest, pattern, season if number else 1)
            if number:
                longer = longer + pattern[:, steps % season]
    level, unit = np.zeros((2, len(windows), 1))
    fill_and_measure(filled, rest, level, unit)
    return Decomposition(filled, rest, longer, level, unit)


@compiled
def remove_season(windows, patterns, n_phases):
    """Subtract the season of each window, in place, and tell its pattern, if it has one.

    The season goes up and down along a straight line, fitted within so many phases.
    """
    n_steps, season = windows.shape[1], patterns.shape[1]
    sums, counts = np.empty(season), np.empty(season)
    for row in range(len(windows)):
        x = windows[row]
        n_known, t_mean, x_mean = 0, 0.0, 0.0
        for t in range(n_steps):
            if np.isfinite(x[t]):
                n_known += 1
                t_mean += t
                x_mean += x[t]
        if n_known < 2 * season:
            continue
        t_mean /= n_known
        x_mean /= n_known
        slope = fit_slope(x, n_phases)
        sums[:], counts[:] = 0.0, 0.0
        for t in range(n_steps):
            if np.isfinite(x[t]):
                sums[t % season] += x[t] - x_mean - slope * (t - t_mean)
                counts[t % season] += 1
        if counts.min() < 2:
            continue
        pattern = sums / counts
        pattern -= pattern.mean()
        noise = 0.0
        for t in range(n_steps):
            if np.isfinite(x[t]):
                noise += (x[t] - x_mean - slope * (t - t_mean) - pattern[t % season]) ** 2
        # What the pattern would vary by if it were noise alone.
        noise *= season / (max(n_known - season - 1, 1) * n_known)
        signal = (pattern * pattern).sum() / (season - 1)
        share = max(1 - noise / signal, 0.0) if signal > 0 else 0.0
        patterns[row] = share * pattern
        for t in range(n_steps):
            x[t] -= patterns[row, t % season]


@compiled
def fit_slope(x, n_phases):
    """Fit straight lines of the same slope to the values of each phase."""
    x_mean, t_mean, counts = np.zeros(n_phases), np.zeros(n_phases), np.zeros(n_phases)
    for t in range(len(x)):
        if np.isfinite(x[t]):
            x_mean[t % n_phases] += x[t]
            t_mean[t % n_phases] += t
            counts[t % n_phases] += 1
    x_mean /= np.maximum(counts, 1)
    t_mean /= np.maximum(counts, 1)
    product, square = 0.0, 0.0
    for t in range(len(x)):
        if np.isfinite(x[t]):
            product += (t - t_mean[t % n_phases]) * (x[t] - x_mean[t % n_phases])
            square += (t - t_mean[t % n_phases]) ** 2
    return product / square if square > 0 else 0.0


@compiled
def find_known(x, first):
    """Find the first value that is known, from a step on; the length if there is none."""
    while first < len(x) and not np.isfinite(x[first]):
        first += 1
    return first


@compiled
def fill_and_measure(filled, rest, level, unit):
    """Fill what is missing, in place, and measure level and unit of each window."""
    n_steps = filled.shape[1]
    for row in range(len(filled)):
        first = find_known(filled[row], 0)
        if first == n_steps:
            filled[row], rest[row] = 0.0, 0.0
            continue
        for t in range(first):
            filled[row, t], rest[row, t] = filled[row, first], rest[row, first]
        smoothed, change, n_changes, was_known = rest[row, first], 0.0, 0, True
        for t in range(first + 1, n_steps):
            is_known = np.isfinite(filled[row, t])
            if not is_known:
                filled[row, t], rest[row, t] = filled[row, t - 1], rest[row, t - 1]
            else:
                smoothed += LEVEL_RATE * (rest[row, t] - smoothed)
                if was_known:
                    change += abs(rest[row, t] - rest[row, t - 1])
                    n_changes += 1
            was_known = is_known
        level[row, 0], unit[row, 0] = smoothed, change / max(n_changes, 1)


@cache
def candidates(has_season: bool) -> np.ndarray:
    """List the candidates, shape (6, n_candidates).

    That is the rates of the level, the trend and the season; what is kept of a trend in a step, the
    share of the slope that it starts from, and the number of parameters.
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
    """Forecast what follows each window, shape (n_windows, look_back), from that window alone.

    Each of the seasons is tried where a window holds two of them. Returned are the path, shape
    (n_windows, horizon), NaN for a window without any value, and the root mean squared error of the
    candidates one step ahead within the window, shape (n_windows,).
    """
    windows = np.ascontiguousarray(windows)
    look_back = windows.shape[1]
    held = [each for each in (1, *seasons) if each == 1 or MIN_SEASONS * each <= look_back]
    path, error = _average_candidates(windows, held, look_back, horizon)
    least = max(MIN_SEASONS * held[-1], MIN_NEWEST) + 1
    if least >= look_back:  # the newest part is the whole
        return path, error
    newest, _ = _average_candidates(windows, held, least, horizon)
    # A window whose newest part holds no value is told from the whole.
    return path + NEWEST_SHARE * np.nan_to_num(newest - path), error


def _average_candidates(
    windows: np.ndarray, seasons: list[int], least: int, horizon: int
) -> tuple[np.ndarray, np.ndarray]:
    """Forecast from the newest part of each window, of at least so many steps."""
    n_windows = len(windows)
    path = np.zeros((n_windows, horizon))
    error, weight, best = np.zeros(n_windows), np.zeros(n_windows), np.full(n_windows, -np.inf)
    sums = (path, error, weight, best)
    parts = [slice(start, start + N_AT_ONCE) for start in range(0, n_windows, N_AT_ONCE)]
    for season in seasons:
        options = (season, least, candidates(season > 1))
        calls = [(windows[part], *options, *(each[part] for each in sums)) for part in parts]
        share(add_candidates, calls)
    with np.errstate(invalid="ignore"):
        return path / weight[:, None], np.sqrt(error / weight)


@compiled
def add_candidates(windows, season, least, candidates, path, error, weight, best):
    """Add forecasts and squared errors times weights, which are relative to that of the best."""
    n = candidates.shape[1]
    # Rows that are unpacked would not be known to be contiguous, and not be vectorised.
    alpha, beta, gamma = candidates[0], candidates[1], candidates[2]
    kept, start, n_parameters = candidates[3], candidates[4], candidates[5]
    level, trend, missed = np.empty(n), np.empty(n), np.empty(n)
    squares, score = np.empty(n), np.empty(n)
    pattern, states = np.empty(season), np.empty((season, n))
    for row in range(len(windows)):
        window = windows[row]
        n_told = len(window) - find_known(window, 0)
        n_read = max(least, min(int(NEWEST_PART * n_told), MAX_NEWEST) + 1)
        x = window[find_known(window, max(len(window) - n_read, 0)) :]
        if len(x) == 0 or (season > 1 and len(x) < MIN_SEASONS * season):
            continue
        n_known, slope = describe(x, season, pattern)
        end, change = measure_end(x, season, pattern)
        for phase in range(season):
            states[phase] = pattern[phase]
        for c in range(n):
            level[c], trend[c] = end, -start[c] * slope
        read(x, len(x) - 1, -1, alpha, beta, gamma, kept, level, trend, states, missed, squares)
        for c in range(n):
            trend[c] = -trend[c]
            level[c] -= trend[c]
        read(x, 0, 1, alpha, beta, gamma, kept, level, trend, states, missed, squares)
        score_candidates(n_parameters, n_known, season, change, squares, score)
        top = best[row]
        for c in range(n):
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
def score_candidates(n_parameters, n_known, season, change, squares, score):
    """Score candidates by their sums of squared errors, which become mean squares, in place."""
    for c in range(len(score)):
        # A part of a usual change besides: errors that vanish say no more than small ones.
        squares[c] = (squares[c] + SMALLEST_SHARE * change / n_known) / n_known + 1e-300
        likelihood = -0.5 * n_known * np.log(squares[c])
        # A few values say nothing of many parameters.
        n_left = max(n_known - n_parameters[c] - 1, 1e-3)
        penalty = n_parameters[c] * n_known / n_left + season - 1
        score[c] = TEMPERATURE * (likelihood - penalty)


@compiled
def describe(x, season, pattern):
    """Fit a straight line and the pattern of a season, in place; count values, tell the slope."""
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
    return n_known, slope


@compiled
def measure_end(x, season, pattern):
    """Measure the newest values without their season, and the mean square of all changes."""
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
    return end / n_end, change / max(n_changes, 1)


@compiled
def read(x, first, direction, alpha, beta, gamma, kept, level, trend, states, missed, squares):
    """Read a window by all candidates, from a step on in a direction.

    Their states and sums of squared errors change in place. What a step is missed by moves level
    and trend when the next one is read: each array is written once a step.
    """
    missed[:], squares[:] = 0.0, 0.0
    n, season = len(alpha), len(states)
    for step in range(len(x)):
        t = first + direction * step
        state = states[t % season]
        for c in range(n):
            trend[c] = (trend[c] + beta[c] * missed[c]) * kept[c]
        for c in range(n):
            level[c] = level[c] + alpha[c] * missed[c] + trend[c]
        if not np.isfinite(x[t]):
            missed[:] = 0.0
            continue
        for c in range(n):
            missed[c] = x[t] - level[c] - state[c]
        for c in range(n):
            squares[c] += missed[c] * missed[c]
        for c in range(n):
            state[c] += gamma[c] * missed[c]
    for c in range(n):
        trend[c] += beta[c] * missed[c]
    for c in range(n):
        level[c] += alpha[c] * missed[c]
