"""What ours is compared with: naive forecasts, ridge on the same lags, classical methods.

Each yields its forecasts by name, one after another as they are computed, and what else there is
to tell about them, which is nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec

import numpy as np
import pandas as pd
from forecasting_data import Task

Forecasts = Iterator[tuple[str, np.ndarray, dict[str, float]]]


def naive(task: Task, seed: int) -> Forecasts:
    """Repeat the last season, or the last value."""
    histories = [
        pd.DataFrame(history[:, : task.n_targets]).ffill().to_numpy() for history in task.histories
    ]
    steps = np.arange(task.horizon)
    for name, n_last in {"last season": task.season_length, "last value": 1}.items():
        yield name, np.stack([each[len(each) - n_last + steps % n_last] for each in histories]), {}


def ridge(task: Task, seed: int) -> Forecasts:
    """Regress the horizon on as many lags of each target as ours reads, and on covariates.

    Series are standardized each on its own, and targets are read and forecast from the last value
    on. Gaps are filled with the value before, what is before a series with its first value.
    Covariates are those of a season, since more would take long, and those known ahead.
    """
    # Imported here, so that other rivals can run in an environment of their own.
    from sklearn.linear_model import RidgeCV

    from sklearn_rnn.forecasting._series_windows import default_look_back, read_seasons

    lengths = np.array([len(each) for each in task.train])
    look_back = default_look_back(lengths, task.horizon, read_seasons(task.season_length))
    scales = [Scale(each) for each in task.train]
    parts = [lags(task, *each, look_back) for each in zip(task.train, scales, strict=True)]
    X, y = (np.concatenate(part) for part in zip(*parts, strict=True))
    model = RidgeCV(alphas=np.logspace(-1, 5, 13)).fit(X, y)
    answers = []
    for number, history in enumerate(task.histories):
        scale = scales[number if len(scales) > 1 else 0]
        recent = padded(scale.to(history[-look_back:]), look_back)[-look_back:]
        ahead = np.empty((task.horizon, 0))
        if task.ahead is not None:
            ahead = (task.ahead[number] - scale.mean[1:]) / scale.deviation[1:]
        answer = model.predict(row(task, recent, ahead)).reshape(task.n_targets, -1).T
        answers.append(scale.back(answer + recent[-1, : task.n_targets]))
    yield "ridge", np.stack(answers), {}


class Scale:
    """Mean and deviation of each column of a series."""

    def __init__(self, series: np.ndarray) -> None:
        self.mean, deviation = np.nanmean(series, axis=0), np.nanstd(series, axis=0)
        self.deviation = np.where(deviation > 0, deviation, 1.0)

    def to(self, series: np.ndarray) -> np.ndarray:
        return (series - self.mean) / self.deviation

    def back(self, targets: np.ndarray) -> np.ndarray:
        n_targets = targets.shape[1]
        return targets * self.deviation[:n_targets] + self.mean[:n_targets]


def padded(scaled: np.ndarray, n_before: int) -> np.ndarray:
    """Fill gaps, and put the first value before the beginning."""
    filled = np.nan_to_num(pd.DataFrame(scaled).ffill().bfill().to_numpy())
    return np.pad(filled, ((n_before, 0), (0, 0)), mode="edge")


def lags(
    task: Task, series: np.ndarray, scale: Scale, look_back: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cut windows and what follows them, where all of that is known.

    A series that is too short for a whole window has one that begins before it.
    """
    scaled = scale.to(series)
    filled = padded(scaled, look_back)
    last = len(series) - task.horizon
    X, y = [], []
    for cutoff in range(min(look_back, last), last + 1):
        after = scaled[cutoff : cutoff + task.horizon, : task.n_targets]
        if np.isfinite(after).all():
            end = cutoff + look_back
            n_ahead = 0 if task.ahead is None else task.horizon
            X.append(row(task, filled[cutoff:end], filled[end : end + n_ahead, task.n_targets :]))
            y.append((after - filled[end - 1, : task.n_targets]).T)
    return np.concatenate(X), np.concatenate(y)


def row(task: Task, window: np.ndarray, ahead: np.ndarray) -> np.ndarray:
    """Put the steps of each target to the last beside the covariates, of then and known ahead."""
    newest = window[-task.season_length :, task.n_targets :]
    covariates = np.concatenate([newest.ravel(), ahead.ravel()])
    targets = (window - window[-1])[:, : task.n_targets].T
    return np.hstack([targets, np.tile(covariates, (task.n_targets, 1))]).astype(np.float32)


def classical(task: Task, seed: int) -> Forecasts:
    """Fit each history anew; series of several columns at thousands of cutoffs would take hours."""
    if task.train[0].shape[1] > 1:
        return
    from statsforecast import models

    forecasts = []
    for name, kind in {"Theta": models.DynamicOptimizedTheta, "AutoETS": models.AutoETS}.items():
        model = kind(season_length=task.season_length)
        answers = [model.forecast(y=each[:, 0], h=task.horizon)["mean"] for each in task.histories]
        forecasts.append(np.stack(answers)[:, :, None])
        yield name, forecasts[-1], {}
    yield "mean of both", np.mean(forecasts, axis=0), {}


RIVALS: dict[str, Callable[[Task, int], Forecasts] | None] = {
    "naive": naive,
    "ridge": ridge,
    "statsforecast": classical if find_spec("statsforecast") else None,
}
