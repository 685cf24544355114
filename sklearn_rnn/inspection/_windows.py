"""What forecasters answer, and what is due to each step of a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sklearn_rnn.forecasting import LSTMForecaster

from ._sequences import broadcast_baseline, check_number

# Forecasts of windows, of shape (n_windows, horizon, n_targets).
Forecast = Callable[[np.ndarray], np.ndarray]


def attribute_windows(
    forecaster: LSTMForecaster, X: Any, target: Any, baseline: Any, n_moves: int
) -> np.ndarray:
    """Attribute forecasts to the values of windows, in the shape of X.

    From the baseline on, values move towards those of the window in `n_moves` moves, in each of
    them one after another. Each has the changes of the forecast that follow. In every other move
    the last one comes first.
    """
    windows, forecast = _read(forecaster, X)
    n_read = forecaster.look_back_
    newest = windows[:, -n_read:]
    if baseline is None:
        start = np.broadcast_to(np.nanmean(newest, axis=1, keepdims=True), newest.shape)
    else:
        start = _read_baseline(baseline, windows.shape, np.shape(X))[:, -n_read:]
    choose = _choose_step(forecaster, forecast(windows[:1]), target)
    attributions = np.zeros(windows.shape)
    for number, (before, after) in enumerate(zip(start, newest, strict=True)):
        moved = np.repeat(windows[number : number + 1], n_moves * after.size + 1, axis=0)
        places = _move(moved[:, -n_read:], before, after, n_moves)
        changes = np.diff(choose(forecast(moved)))
        own = attributions[number, -n_read:].reshape(-1)
        np.add.at(own, places, changes)
    return attributions.reshape(np.shape(X))


def _read_baseline(baseline: Any, shape: tuple, shape_of_X: tuple) -> np.ndarray:
    given = np.asarray(baseline)
    if given.ndim and given.shape in (shape_of_X, shape_of_X[1:]):
        given = given.reshape(-1, *shape[1:])
    return broadcast_baseline(given, shape, shape_of_X)


def _move(states: np.ndarray, start: np.ndarray, end: np.ndarray, n_moves: int) -> np.ndarray:
    """Write the states on the way from one window to another, and return which value moves."""
    state, flat = start.ravel().copy(), states.reshape(len(states), -1)
    places = np.concatenate(
        [np.arange(end.size)[:: -1 if move % 2 else 1] for move in range(n_moves)]
    )
    steps = (end - start).ravel() / n_moves
    for number, place in enumerate(places):
        flat[number] = state
        state[place] += steps[place]
    flat[len(places)] = end.ravel()
    states[:] = flat.reshape(states.shape)
    return places


def _read(forecaster: LSTMForecaster, X: Any) -> tuple[np.ndarray, Forecast]:
    """Read windows of shape (n_samples, n_steps, n_columns), and tell how they are forecast."""
    source: Any = forecaster._source
    panel = forecaster.last_window_
    if panel is None:  # it was fitted on windows
        windows = forecaster._validate_windows(X, reset=False).astype(np.float64)

        def forecast(windows: np.ndarray) -> np.ndarray:
            found = source.predict(forecaster._forecast, windows)[..., 0]
            return found.reshape(len(windows), forecaster.horizon_, -1)

        return windows, forecast
    if panel.table.shape[1] != 1 or np.ndim(X) not in (1, 2) or hasattr(X, "columns"):
        raise ValueError(
            "Of a forecaster that was fitted on series, X must be a single series of one column, "
            "or an array of windows of shape (n_samples, n_steps). Got "
            f"{type(X).__name__} of shape {np.shape(X)}, and {panel.table.shape[1]} column(s) in "
            "fit. Fit on windows, from make_windows, for others."
        )
    windows = np.atleast_2d(np.asarray(X, dtype=np.float64))[:, :, None]

    def forecast_series(windows: np.ndarray) -> np.ndarray:
        found = forecaster.forecast(series=list(windows[:, :, 0]))
        return np.stack([np.asarray(each).reshape(len(each), -1)[:, :1] for each in found])

    return windows, forecast_series


def _choose_step(forecaster: LSTMForecaster, example: np.ndarray, target: Any) -> Callable:
    """Choose a step of the horizon, of one of several columns, or the mean over all steps."""
    horizon, n_columns = example.shape[1:]
    if target is None and n_columns == 1:
        return lambda forecasts: forecasts[:, :, 0].mean(axis=1)
    if n_columns == 1:
        step, column = check_number("target", target, horizon, first=1), 0
    else:
        if not isinstance(target, tuple) or len(target) != 2:
            raise ValueError(
                f"target must be a pair (step, column), since there are {n_columns} columns. Got "
                f"{target!r}."
            )
        step = check_number("target[0]", target[0], horizon, first=1)
        column = check_number("target[1]", target[1], n_columns)
    return lambda forecasts: forecasts[:, step, column]
