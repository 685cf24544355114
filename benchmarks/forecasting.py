"""Forecast real series: ours beside naive and classical methods, ridge and other networks.

Run with ``SKLEARN_RNN_DATA=<folder of the data> python benchmarks/forecasting.py``. Prints the
figures of each method on each data set, the seconds of fit and forecasts, and for ours the share
of values within 90 % intervals: in all, and the lowest and highest of a step. One configuration
serves all data sets; only `horizon` and `season_length` are given. ``--seeds`` trains ours more
than once, ``--tasks`` picks data sets. Rivals of statsforecast, neuralforecast and darts take part
where these are installed.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd
import torch
from forecasting_data import TASKS, Task
from forecasting_neural import NEURAL
from forecasting_rivals import CLASSICAL

from sklearn_rnn import LSTMForecaster

RIVALS = CLASSICAL | NEURAL


def as_frames(task: Task, tables: list[np.ndarray]) -> list:
    """Name the columns where some of them are covariates."""
    if task.columns is None:
        return [table[:, 0] if task.n_targets == 1 else table for table in tables]
    return [pd.DataFrame(table, columns=task.columns) for table in tables]


def ours(task: Task, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, LSTMForecaster]:
    """Fit ours, and forecast from all cutoffs at once, with bounds."""
    names = task.columns or [None]
    forecaster = LSTMForecaster(
        horizon=task.horizon,
        season_length=task.season_length,
        target=names[0],
        future=names[1:] if task.ahead is not None else None,
        missing="mask" if np.isnan(task.train[0]).any() else "error",
        random_state=seed,
    )
    forecaster.fit(as_frames(task, task.train))
    histories = [history[-forecaster.look_back_ :] for history in task.histories]
    future = None
    if task.ahead is not None:
        future = [
            pd.DataFrame(each, columns=names[1:]).set_axis(
                pd.RangeIndex(len(history), len(history) + task.horizon)
            )
            for history, each in zip(histories, task.ahead, strict=True)
        ]
    answers = forecaster.forecast(series=as_frames(task, histories), future=future, coverage=0.9)
    table = np.stack([answer.to_numpy() for answer in answers])
    # The columns are pairs (target, part), the parts being forecast, lower and upper.
    parts = table.reshape(*table.shape[:2], task.n_targets, 3)
    return (*np.moveaxis(parts, 3, 0), forecaster)


def report(task: Task, name: str, by: str, runs: list[tuple], note: str = "") -> None:
    """Print a line of the table: means of the figures over the runs."""
    figures = []
    for score, function in task.scores.items():
        values = [function(forecast) for forecast, _ in runs]
        spread = f" ± {np.std(values):.3f}" if len(runs) > 1 else ""
        figures.append(f"{score} {np.mean(values):.3f}{spread}")
    seconds = np.median([seconds for _, seconds in runs])
    print(f"| {name} | {by} | {', '.join(figures)} | {seconds:.0f} | {note} |", flush=True)


def covered(task: Task, lower: np.ndarray, upper: np.ndarray) -> str:
    """Describe the share of values within bounds: in all, and the lowest and highest of a step."""
    known = np.isfinite(task.actual)
    inside = (task.actual >= lower) & (task.actual <= upper) & known
    by_step = inside.sum(axis=(0, 2)) / known.sum(axis=(0, 2))
    share = inside.sum() / known.sum()
    return f"{100 * share:.0f} % ({100 * by_step.min():.0f} to {100 * by_step.max():.0f} %)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, nargs="*", help="numbers of data sets, from 0")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--rivals", nargs="*", choices=sorted(RIVALS), default=sorted(RIVALS))
    options = parser.parse_args()
    torch.set_num_threads(1)
    names = list(TASKS)
    print("| data | by | figures | seconds | within 90 % intervals |")
    print("|---|---|---|---|---|")
    for number in range(len(names)) if options.tasks is None else options.tasks:
        name = names[number]
        task = TASKS[name]()
        runs, notes = [], []
        for seed in range(options.seeds):
            start = time.perf_counter()
            forecast, lower, upper, forecaster = ours(task, seed)
            runs.append((forecast, time.perf_counter() - start))
            shares = f"{forecaster.linear_share_:.2f}, {forecaster.network_share_:.2f}"
            notes.append(f"{covered(task, lower, upper)}; shares {shares}")
        report(task, name, "ours", runs, notes[0])
        for rival in options.rivals:
            start = time.perf_counter()
            forecast = RIVALS[rival](task, forecaster.look_back_)
            if forecast is not None:
                report(task, name, rival, [(forecast, time.perf_counter() - start)])


if __name__ == "__main__":
    main()
