"""Forecast many short series of every frequency: ours beside naive and classical methods.

Run with ``SKLEARN_RNN_DATA=<folder of the data> python benchmarks/robustness.py``. Prints the mean
absolute scaled error (MASE) of the end of each series, averaged over series, and its median. Only
`horizon` and `season_length` are given. Part of the series are drawn at random, so that what they
are made of is known; the others are real ones at a lower frequency, cut in parts. AutoETS and
AutoTheta need statsforecast.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import pandas as pd
import torch
from forecasting_data import folder

from sklearn_rnn import LSTMForecaster

N_SERIES = 100
Series = list[np.ndarray]


def trends(rng: np.random.Generator, shortest: int, longest: int, season_length: int) -> Series:
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


def days(rng: np.random.Generator) -> Series:
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


def counts(rng: np.random.Generator) -> Series:
    """Intermittent demand: most counts are zero."""
    series = []
    for _ in range(N_SERIES):
        n_times = rng.integers(60, 120)
        is_sold = rng.random(n_times) < rng.uniform(0.1, 0.5)
        series.append(1.0 * is_sold * (1 + rng.poisson(rng.uniform(0, 4), n_times)))
    return series


def parts(name: str, columns: list[str], hours: int, n_times: int) -> Series:
    """Means over some hours of the columns of a file, cut in parts without a gap."""
    table = pd.read_csv(folder() / name)[columns].to_numpy(dtype=np.float64)
    table = table[: len(table) // hours * hours].reshape(-1, hours, len(columns)).mean(axis=1)
    pieces = [
        table[start : start + n_times, column]
        for column in range(len(columns))
        for start in range(0, len(table) - n_times + 1, n_times)
    ]
    return [each for each in pieces if np.isfinite(each).all()]


TRANSFORMER = ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"]
WEATHER = ["pm2.5", "DEWP", "TEMP", "PRES"]

# Series, horizon, length of a season.
DATA: dict[str, tuple[Callable[[np.random.Generator], Series], int, int]] = {
    "years, 20 to 40": (lambda rng: trends(rng, 20, 40, 1), 6, 1),
    "quarters, 24 to 80": (lambda rng: trends(rng, 24, 80, 4), 8, 4),
    "months, 60 to 140": (lambda rng: trends(rng, 60, 140, 12), 18, 12),
    "days with weeks, 150 to 400": (days, 14, 7),
    "counts, 60 to 120": (counts, 12, 1),
    "ETTh1 by 3 hours, 400": (lambda rng: parts("ETTh1.csv", TRANSFORMER, 3, 400), 24, 8),
    "ETTh1 by day, 180": (lambda rng: parts("ETTh1.csv", TRANSFORMER, 24, 180), 14, 7),
    "weather by 3 hours, 240": (lambda rng: parts("pollution.csv", WEATHER, 3, 240), 8, 8),
    "weather by day, 120": (lambda rng: parts("pollution.csv", WEATHER, 24, 120), 14, 7),
}


def ours(train: Series, horizon: int, season_length: int) -> np.ndarray:
    forecaster = LSTMForecaster(horizon=horizon, season_length=season_length, random_state=0)
    answers = forecaster.fit(train).forecast()
    chosen = f"{forecaster.linear_.naive}, share {forecaster.network_share_}"
    print(f"  {chosen}, penalty {forecaster.linear_.penalty:.2g}", flush=True)
    return np.stack(answers)


def last_season(train: Series, horizon: int, season_length: int) -> np.ndarray:
    return np.stack([np.resize(each[-season_length:], horizon) for each in train])


def last_value(train: Series, horizon: int, season_length: int) -> np.ndarray:
    return last_season(train, horizon, 1)


def drift(train: Series, horizon: int, season_length: int) -> np.ndarray:
    steps = np.arange(1, horizon + 1)
    return np.stack([each[-1] + steps * np.diff(each).mean() for each in train])


def classical(name: str) -> Callable[[Series, int, int], np.ndarray]:
    def forecast(train: Series, horizon: int, season_length: int) -> np.ndarray:
        from statsforecast import models

        method = getattr(models, name)(season_length=season_length)
        return np.stack([method.forecast(y=each, h=horizon)["mean"] for each in train])

    return forecast


METHODS = {"ours": ours, "last value": last_value, "last season": last_season, "drift": drift}
if find_spec("statsforecast") is not None:
    METHODS |= {name: classical(name) for name in ("AutoETS", "AutoTheta")}


def scaled_errors(train: Series, test: np.ndarray, forecast: np.ndarray, season: int) -> np.ndarray:
    """MASE of each series; a series that repeats its season has none, and is left out."""
    scales = np.array([np.abs(each[season:] - each[:-season]).mean() for each in train])
    return (np.abs(test - forecast).mean(axis=1) / np.where(scales > 0, scales, np.nan))[scales > 0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=int, nargs="*", default=range(len(DATA)), help="numbers")
    parser.add_argument("--methods", nargs="*", choices=METHODS, default=list(METHODS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("always")
    print(f"| data | {' | '.join(options.methods)} |")
    print(f"|---|{'---|' * len(options.methods)}", flush=True)
    for number in options.data:
        name = list(DATA)[number]
        make, horizon, season_length = DATA[name]
        series = make(np.random.default_rng(number))
        train = [each[:-horizon] for each in series]
        test = np.stack([each[-horizon:] for each in series])
        cells, seconds = [], []
        for method in options.methods:
            start = time.perf_counter()
            forecast = METHODS[method](train, horizon, season_length)
            seconds.append(f"{time.perf_counter() - start:.0f}")
            errors = scaled_errors(train, test, forecast, season_length)
            cells.append(f"{errors.mean():.2f} ({np.median(errors):.2f})")
        print(
            f"| {name}, {horizon} ahead, {len(series)} series | {' | '.join(cells)} |", flush=True
        )
        print(f"  seconds: {', '.join(seconds)}", flush=True)


if __name__ == "__main__":
    main()
