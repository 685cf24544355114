"""The data sets of the forecasting benchmark: what to fit on, and what to forecast from where.

The series are read from a folder named by ``SKLEARN_RNN_DATA``, those of airline passengers from
the package.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sklearn_rnn.datasets import load_airline


@dataclass
class Task:
    """Series to fit on, histories to forecast from, and what came.

    Parameters
    ----------
    train : list of ndarray of shape (n_times, n_columns)
        Series to fit on; the first columns are the targets.

    histories : list of ndarray of shape (n_times, n_columns)
        What is known at each cutoff.

    actual : ndarray of shape (n_cutoffs, horizon, n_targets)
        What came; NaN where it is not known.

    horizon, season_length : int
        Number of time steps to forecast, and of a season.

    scores : dict of str to callable
        Figures, from forecasts of the shape of `actual`.

    columns : list of str
        Names of the columns, where not all are targets.

    n_targets : int
        Number of targets.

    ahead : list of ndarray of shape (horizon, n_future), default=None
        Covariates known ahead, the last columns, at each cutoff.
    """

    train: list[np.ndarray]
    histories: list[np.ndarray]
    actual: np.ndarray
    horizon: int
    season_length: int
    scores: dict[str, Callable[[np.ndarray], float]] = field(default_factory=dict)
    columns: list[str] | None = None
    n_targets: int = 1
    ahead: list[np.ndarray] | None = None


def folder() -> Path:
    """Return the folder of the series."""
    return Path(os.environ["SKLEARN_RNN_DATA"]) / "series"


def rmse(actual: np.ndarray) -> Callable[[np.ndarray], float]:
    """Build the root mean squared error over the values that are known."""
    known = np.isfinite(actual)
    return lambda forecast: float(np.sqrt(np.mean(np.square(forecast - actual)[known])))


def cut(series: np.ndarray, cutoffs: np.ndarray, horizon: int) -> tuple[list, np.ndarray]:
    """Cut histories, and what came after them."""
    actual = np.stack([series[cutoff : cutoff + horizon] for cutoff in cutoffs])
    return [series[:cutoff] for cutoff in cutoffs], actual


def airline(n_train: int, horizon: int) -> Task:
    """Passengers: each forecast from the true history, without training anew."""
    series = load_airline().to_numpy(dtype=np.float64)[:, None]
    cutoffs = np.arange(n_train, len(series) - horizon + 1)
    histories, actual = cut(series, cutoffs, horizon)
    return Task([series[:n_train]], histories, actual, horizon, 12, {"RMSE": rmse(actual)})


def m4_weekly() -> Task:
    """359 weekly series of 80 to 2,597 values."""
    table = pd.read_csv(folder() / "M4-Weekly-train.csv.gz").iloc[:, 1:].to_numpy(dtype=np.float64)
    train = [row[np.isfinite(row)][:, None] for row in table]
    test = pd.read_csv(folder() / "M4-Weekly-test.csv").iloc[:, 1:].to_numpy(dtype=np.float64)
    actual = test[:, :, None]
    steps = np.array([np.abs(np.diff(each[:, 0])).mean() for each in train])

    def smape(forecast: np.ndarray) -> float:
        error = np.abs(forecast - actual)
        return float(np.mean(200 * error / (np.abs(forecast) + np.abs(actual))))

    def mase(forecast: np.ndarray) -> float:
        return float(np.mean(np.abs(forecast - actual).mean(axis=(1, 2)) / steps))

    return Task(train, train, actual, 13, 52, {"sMAPE": smape, "MASE": mase})


def ett_h1() -> Task:
    """Seven variables of a transformer, hourly, 12 months to train, every window of 4 months."""
    table = pd.read_csv(folder() / "ETTh1.csv").iloc[:14400, 1:].to_numpy(dtype=np.float64)
    train = table[:8640]
    scaled = (table - train.mean(axis=0)) / train.std(axis=0)
    histories, actual = cut(scaled, np.arange(11520, 14400 - 96 + 1), 96)
    scores = {
        "MSE": lambda forecast: float(np.mean(np.square(forecast - actual))),
        "MAE": lambda forecast: float(np.mean(np.abs(forecast - actual))),
    }
    return Task([scaled[:8640]], histories, actual, 96, 24, scores, n_targets=7)


def pollution(known_ahead: bool) -> Task:
    """Fine dust in Beijing, hourly, from the weather, with gaps; the newest fifth to test."""
    frame = pd.read_csv(folder() / "pollution.csv")
    weather = frame[["DEWP", "TEMP", "PRES", "Iws", "Is", "Ir"]].astype(np.float64)
    wind = pd.get_dummies(frame["cbwd"], prefix="wind", dtype=np.float64)
    angle = 2 * np.pi * frame["hour"] / 24
    clock = pd.DataFrame({"hour_sin": np.sin(angle), "hour_cos": np.cos(angle)})
    table = pd.concat([frame[["pm2.5"]].astype(np.float64), weather, wind, clock], axis=1)
    series, n_train = table.to_numpy(), int(0.8 * len(table))
    cutoffs = np.arange(n_train, len(series) - 24 + 1)
    histories, after = cut(series, cutoffs, 24)
    actual = after[:, :, :1]
    ahead = list(after[:, :, 1:]) if known_ahead else None
    return Task(
        [series[:n_train]],
        histories,
        actual,
        24,
        24,
        {"RMSE": rmse(actual)},
        list(table.columns),
        ahead=ahead,
    )


TASKS: dict[str, Callable[[], Any]] = {
    "airline, 1 ahead": lambda: airline(96, 1),
    "airline, 12 ahead": lambda: airline(108, 12),
    "M4 Weekly, 13 ahead": m4_weekly,
    "ETTh1, 96 ahead": ett_h1,
    "pollution, 24 ahead": lambda: pollution(known_ahead=False),
    "pollution, 24 ahead, weather known": lambda: pollution(known_ahead=True),
}
