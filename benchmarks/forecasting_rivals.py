"""What ours is compared with: naive forecasts, ridge on the same lags, classical methods."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import pandas as pd
from forecasting_data import Task
from sklearn.linear_model import RidgeCV

# Classical methods fit each history anew; more than this would take hours.
MAX_CLASSICAL = 400


def naive(task: Task, look_back: int) -> np.ndarray:
    """Repeat the last value."""
    return _repeat(task, 1)


def seasonal_naive(task: Task, look_back: int) -> np.ndarray:
    """Repeat the last season."""
    return _repeat(task, task.season_length)


def _repeat(task: Task, n_last: int) -> np.ndarray:
    steps = np.arange(task.horizon)
    filled = [
        pd.DataFrame(history[:, : task.n_targets]).ffill().to_numpy() for history in task.histories
    ]
    return np.stack([each[len(each) - n_last + steps % n_last] for each in filled])


def ridge(task: Task, look_back: int) -> np.ndarray:
    """Regress the horizon on the same lags of each target, and of all covariates.

    Series are standardized each on its own; gaps are filled with the last value.
    """
    look_back = min(look_back, min(len(each) for each in task.train) - task.horizon)
    parts, stats = [], []
    for series in task.train:
        mean, deviation = np.nanmean(series, axis=0), np.nanstd(series, axis=0)
        stats.append((mean, np.where(deviation > 0, deviation, 1.0)))
    for series, (mean, deviation) in zip(task.train, stats, strict=True):
        known = np.isfinite(series[:, : task.n_targets])
        scaled = (pd.DataFrame(series).ffill().bfill().to_numpy() - mean) / deviation
        parts.append(_lags(task, scaled, known, look_back))
    X, y = (np.concatenate(part) for part in zip(*parts, strict=True))
    model = RidgeCV(alphas=np.logspace(-1, 5, 13)).fit(X, y)
    several = len(task.train) > 1
    answers = []
    for number, history in enumerate(task.histories):
        mean, deviation = stats[number if several else 0]
        recent = pd.DataFrame(history[-look_back - 200 :]).ffill().bfill().to_numpy()
        scaled = (recent - mean) / deviation
        ahead = None
        if task.ahead is not None:
            ahead = (task.ahead[number] - mean[task.n_targets :]) / deviation[task.n_targets :]
        rows = _row(task, scaled[-look_back:], ahead)
        forecast = model.predict(rows).reshape(task.n_targets, task.horizon).T
        answers.append(forecast * deviation[: task.n_targets] + mean[: task.n_targets])
    return np.stack(answers)


def _lags(
    task: Task, scaled: np.ndarray, known: np.ndarray, look_back: int
) -> tuple[np.ndarray, np.ndarray]:
    X, y = [], []
    for cutoff in range(look_back, len(scaled) - task.horizon + 1):
        after = slice(cutoff, cutoff + task.horizon)
        if not known[after].all():
            continue
        ahead = scaled[after, task.n_targets :] if task.ahead is not None else None
        X.append(_row(task, scaled[cutoff - look_back : cutoff], ahead))
        y.append(scaled[after, : task.n_targets].T)
    return np.concatenate(X), np.concatenate(y)


def _row(task: Task, window: np.ndarray, ahead: np.ndarray | None) -> np.ndarray:
    covariates = window[:, task.n_targets :].ravel()
    if ahead is not None:
        covariates = np.concatenate([covariates, ahead.ravel()])
    targets = window[:, : task.n_targets].T
    return np.hstack([targets, np.tile(covariates, (task.n_targets, 1))]).astype(np.float32)


def _classical(model: str) -> Callable[[Task, int], np.ndarray | None]:
    def forecast(task: Task, look_back: int) -> np.ndarray | None:
        if find_spec("statsforecast") is None or task.n_targets > 1 or task.columns is not None:
            return None
        if len(task.histories) > MAX_CLASSICAL:
            return None
        from statsforecast import models

        method = getattr(models, model)(season_length=min(task.season_length, 24))
        return np.stack(
            [
                method.forecast(y=history[:, 0], h=task.horizon)["mean"][:, None]
                for history in task.histories
            ]
        )

    return forecast


CLASSICAL: dict[str, Callable[[Task, int], np.ndarray | None]] = {
    "AutoETS": _classical("AutoETS"),
    "AutoTheta": _classical("AutoTheta"),
    "naive": naive,
    "ridge": ridge,
    "seasonal naive": seasonal_naive,
}
