"""What a window is made of: season, level, unit and the rest."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sklearn_rnn.nn._compile import compiled

LEVEL_RATE = 0.5


class Decomposition(NamedTuple):
    """Windows, and what they are made of.

    What is missing is filled with the value before, or at the start with the first one.
    """

    filled: np.ndarray  # (n_windows, look_back)
    rest: np.ndarray  # (n_windows, look_back), values without their season
    level: np.ndarray  # (n_windows, 1), smoothed level of the rest at the end of each window
    unit: np.ndarray  # (n_windows, 1), mean absolute change of the rest from step to step


def decompose(windows: np.ndarray, seasons: tuple[int, ...]) -> Decomposition:
    """Take windows of shape (n_windows, look_back), NaN where a value is missing, apart.

    A season is the mean deviation from a straight line at each of its steps, shrunk by how little
    it stands out of the noise [1]_.

    References
    ----------
    .. [1] Miller, D. M. and Williams, D. (2003). Shrinkage estimators of time series seasonal
       factors and their effect on forecasting accuracy. International Journal of Forecasting 19(4).
    """
    filled, rest = windows.copy(), windows.copy()
    for season in sorted(seasons):
        if 2 * season <= windows.shape[1]:
            remove_season(rest, season)
    level, unit = np.zeros((2, len(windows), 1))
    measure(filled, rest, level, unit, LEVEL_RATE)
    return Decomposition(filled, rest, level, unit)


@compiled
def remove_season(windows, season):
    """Subtract the season of each window, in place."""
    sums, counts = np.empty(season), np.empty(season)
    n_steps = windows.shape[1]
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
        product, square = 0.0, 0.0
        for t in range(n_steps):
            if np.isfinite(x[t]):
                product += (t - t_mean) * (x[t] - x_mean)
                square += (t - t_mean) ** 2
        slope = product / square if square > 0 else 0.0
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
        for t in range(n_steps):
            x[t] -= share * pattern[t % season]


@compiled
def measure(filled, rest, level, unit, rate):
    """Fill what is missing, in place, and measure level and unit of each window."""
    n_steps = filled.shape[1]
    for row in range(len(filled)):
        first = 0
        while first < n_steps and not np.isfinite(filled[row, first]):
            first += 1
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
                smoothed += rate * (rest[row, t] - smoothed)
                if was_known:
                    change += abs(rest[row, t] - rest[row, t - 1])
                    n_changes += 1
            was_known = is_known
        level[row, 0], unit[row, 0] = smoothed, change / max(n_changes, 1)
