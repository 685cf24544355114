"""The published sets of the forecasting benchmark: what to fit on, and what to forecast from where.

They are read from the folder ``series`` of the one that ``SKLEARN_RNN_DATA`` names, the airline
passengers from the package.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

# Designs were chosen on these sets, and checked on the others.
CHOSEN_ON = ("M1 quarterly", "M1 yearly", "Tourism quarterly", "NN3")


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

    season_length : int
        Number of time steps of a season.

    figures : tuple of str
        Names of the figures that tell how good forecasts are.

    columns : list of str, default=None
        Names of the columns, where not all are targets.

    ahead : list of ndarray of shape (horizon, n_future), default=None
        Covariates known ahead, the last columns, at each cutoff.

    scale_season : int, default=None
        Length of the season whose naive error is the unit of MASE; `season_length` by default.
    """

    train: list[np.ndarray]
    histories: list[np.ndarray]
    actual: np.ndarray
    season_length: int
    figures: tuple[str, ...]
    columns: list[str] | None = None
    ahead: list[np.ndarray] | None = None
    scale_season: int | None = None

    @property
    def horizon(self) -> int:
        return self.actual.shape[1]

    @property
    def n_targets(self) -> int:
        return self.actual.shape[2]

    def score(self, forecast: np.ndarray) -> dict[str, float]:
        """Compute the figures of forecasts of the shape of `actual`."""
        return {name: FIGURES[name](self, forecast) for name in self.figures}


def smape(task: Task, forecast: np.ndarray) -> float:
    """Mean over series of the absolute errors in percent of the mean of both sizes."""
    error, size = np.abs(forecast - task.actual), np.abs(forecast) + np.abs(task.actual)
    return float(np.nanmean(200 * error / np.where(size > 0, size, 1), axis=(1, 2)).mean())


def mase(task: Task, forecast: np.ndarray) -> float:
    """Mean over series of the absolute errors in units of those of the season before, in training.

    A series that repeats its season has no such unit, and is left out.
    """
    season = task.scale_season or task.season_length
    units = np.array([np.abs(each[season:] - each[:-season]).mean() for each in task.train])
    errors = np.nanmean(np.abs(forecast - task.actual), axis=(1, 2))
    return float((errors[units > 0] / units[units > 0]).mean())


def mse(task: Task, forecast: np.ndarray) -> float:
    return float(np.nanmean(np.square(forecast - task.actual)))


FIGURES: dict[str, Callable[[Task, np.ndarray], float]] = {
    "sMAPE": smape,
    "MASE": mase,
    "RMSE": lambda task, forecast: float(np.sqrt(mse(task, forecast))),
    "MSE": mse,
    "MAE": lambda task, forecast: float(np.nanmean(np.abs(forecast - task.actual))),
}


def folder() -> Path:
    """Return the folder of the series."""
    return Path(os.environ["SKLEARN_RNN_DATA"]) / "series"


def one_cutoff(
    past: list[np.ndarray], future: list, season_length: int, scale_season: int | None = None
) -> Task:
    """Forecast what follows each of many series of one column."""
    train, actual = [each[:, None] for each in past], np.stack(future)[:, :, None]
    figures = ("sMAPE", "MASE")
    return Task(train, train, actual, season_length, figures, scale_season=scale_season)


def many_cutoffs(
    table: np.ndarray, n_train: int, cutoffs: range, horizon: int, season_length: int, *figures: str
) -> Task:
    """Forecast the table, all columns of it, from each of the cutoffs, without training anew."""
    actual = np.stack([table[cutoff : cutoff + horizon] for cutoff in cutoffs])
    histories = [table[:cutoff] for cutoff in cutoffs]
    return Task([table[:n_train]], histories, actual, season_length, figures)


def published(file: str, period: str, season_length: int) -> Task:
    """Series of a competition, those of one period; gaps are filled forward."""
    frame = pd.read_csv(folder() / f"{file}.csv.gz").query("period == @period")
    past, future = (
        [series["y"] for _, series in part.groupby("unique_id", sort=False)]
        for part in (frame[~frame["test"]], frame[frame["test"]])
    )
    return one_cutoff([each.ffill().bfill().to_numpy() for each in past], future, season_length)


def m4_weekly() -> Task:
    """359 weekly series of 80 to 2,597 values; MASE is by steps, as in the competition."""
    past, future = (
        pd.read_csv(folder() / f"M4-Weekly-{part}").iloc[:, 1:].to_numpy(dtype=np.float64)
        for part in ("train.csv.gz", "test.csv")
    )
    return one_cutoff([row[np.isfinite(row)] for row in past], list(future), 52, scale_season=1)


def airline(n_train: int, horizon: int) -> Task:
    """Passengers, the last months to test; read so, the package is not needed."""
    path = Path(__file__).parents[1] / "sklearn_rnn" / "datasets" / "airline.csv"
    table = pd.read_csv(path)[["passengers"]].to_numpy(dtype=np.float64)
    cutoffs = range(n_train, len(table) - horizon + 1)
    return many_cutoffs(table, n_train, cutoffs, horizon, 12, "RMSE")


def ett_h1() -> Task:
    """Seven variables of a transformer, hourly, 12 months to train, every window of 4 months."""
    table = pd.read_csv(folder() / "ETTh1.csv").iloc[:14400, 1:].to_numpy(dtype=np.float64)
    train = table[:8640]
    scaled = (table - train.mean(axis=0)) / train.std(axis=0)
    return many_cutoffs(scaled, 8640, range(11520, 14400 - 96 + 1), 96, 24, "MSE", "MAE")


def pollution(known_ahead: bool) -> Task:
    """Fine dust in Beijing, hourly, from the weather, with gaps; the newest fifth to test."""
    frame = pd.read_csv(folder() / "pollution.csv")
    weather = frame[["DEWP", "TEMP", "PRES", "Iws", "Is", "Ir"]].astype(np.float64)
    wind = pd.get_dummies(frame["cbwd"], prefix="wind", dtype=np.float64)
    angle = 2 * np.pi * frame["hour"] / 24
    clock = pd.DataFrame({"hour_sin": np.sin(angle), "hour_cos": np.cos(angle)})
    table = pd.concat([frame[["pm2.5"]].astype(np.float64), weather, wind, clock], axis=1)
    n_train = int(0.8 * len(table))
    cutoffs = range(n_train, len(table) - 24 + 1)
    task = many_cutoffs(table.to_numpy(), n_train, cutoffs, 24, 24, "RMSE")
    task.columns = list(table.columns)
    task.ahead = list(task.actual[:, :, 1:]) if known_ahead else None
    task.actual = task.actual[:, :, :1]
    return task


PUBLISHED: dict[str, Callable[[], Task]] = {
    "M1 monthly": lambda: published("M1", "MONTHLY", 12),
    "M1 quarterly": lambda: published("M1", "QUARTERLY", 4),
    "M1 yearly": lambda: published("M1", "YEARLY", 1),
    "Tourism monthly": lambda: published("tourism", "MONTHLY", 12),
    "Tourism quarterly": lambda: published("tourism", "QUARTERLY", 4),
    "Tourism yearly": lambda: published("tourism", "YEARLY", 1),
    "NN3": lambda: published("nn3", "MONTHLY", 12),
    "NN5": lambda: published("nn5", "DAILY", 7),
    "M4 weekly": m4_weekly,
    "airline, 1 ahead": lambda: airline(96, 1),
    "airline, 12 ahead": lambda: airline(108, 12),
    "ETTh1": ett_h1,
    "pollution": lambda: pollution(known_ahead=False),
    "pollution, weather known": lambda: pollution(known_ahead=True),
}
