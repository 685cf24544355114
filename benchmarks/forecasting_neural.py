"""Recurrent networks and others of forecasting libraries, for those that are installed.

With the libraries' own defaults, 1,000 steps of training, and the window of ours. Gaps are filled
with the last value, and each target is a series of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import pandas as pd
from forecasting_data import Task

N_STEPS = 1000
QUIET = {
    "accelerator": "cpu",
    "logger": False,
    "enable_progress_bar": False,
    "enable_checkpointing": False,
    "enable_model_summary": False,
}
Series = list[np.ndarray]


def split_targets(task: Task, tables: Series) -> Series:
    """Make a table of each target, the first column, and the covariates."""
    split = []
    for table in tables:
        filled = pd.DataFrame(table).ffill().bfill().to_numpy(dtype=np.float32)
        targets, covariates = filled[:, : task.n_targets], filled[:, task.n_targets :]
        split += [np.column_stack([target, covariates]) for target in targets.T]
    return split


def join_targets(task: Task, forecasts: np.ndarray) -> np.ndarray:
    """Bring forecasts of shape (n_cutoffs * n_targets, horizon) to the shape of `task.actual`."""
    return forecasts.reshape(-1, task.n_targets, task.horizon).transpose(0, 2, 1)


def recent(task: Task, look_back: int) -> Series:
    """Cut what networks see of the histories, with enough before it to fill gaps from."""
    histories = [each[-look_back - 200 :] for each in task.histories]
    return [each[-look_back:] for each in split_targets(task, histories)]


def long_frame(tables: Series, columns: list[str], starts: list[int]) -> pd.DataFrame:
    """Stack tables as the long frame of neuralforecast."""
    sizes = [len(each) for each in tables]
    times = [start + np.arange(size) for start, size in zip(starts, sizes, strict=True)]
    frame = pd.DataFrame(np.concatenate(tables), columns=columns)
    frame.insert(0, "unique_id", np.repeat(np.arange(len(tables)), sizes))
    frame.insert(1, "ds", np.concatenate(times))
    return frame


def neuralforecast(name: str) -> Callable[[Task, int], np.ndarray | None]:
    """Train a model of neuralforecast, with a robust scaling of each window."""

    def forecast(task: Task, look_back: int) -> np.ndarray | None:
        if find_spec("neuralforecast") is None:
            return None
        from neuralforecast import NeuralForecast, models

        logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
        covariates = [] if task.columns is None else task.columns[task.n_targets :]
        kind = "hist_exog_list" if task.ahead is None else "futr_exog_list"
        model = getattr(models, name)(
            h=task.horizon,
            input_size=look_back,
            max_steps=N_STEPS,
            scaler_type="robust",
            start_padding_enabled=True,
            random_seed=0,
            **({kind: covariates} if covariates else {}),
            **QUIET,
        )
        forecaster = NeuralForecast([model], freq=1)
        train, known = split_targets(task, task.train), recent(task, look_back)
        columns = ["y", *covariates]
        forecaster.fit(long_frame(train, columns, [0] * len(train)))
        ahead = None
        if task.ahead is not None:
            ahead = long_frame(task.ahead, covariates, [len(each) for each in known])
        answers = forecaster.predict(long_frame(known, columns, [0] * len(known)), futr_df=ahead)
        answers = answers.sort_values(["unique_id", "ds"])
        return join_targets(task, answers[name].to_numpy())

    return forecast


def darts(task: Task, look_back: int) -> np.ndarray | None:
    """Train the LSTM of darts that answers for the whole horizon, on standardized series.

    It reads no covariates that are known ahead.
    """
    if find_spec("darts") is None or task.ahead is not None:
        return None
    from darts import TimeSeries
    from darts.models import BlockRNNModel

    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    train, known = split_targets(task, task.train), recent(task, look_back)
    n_targets = task.n_targets
    stats = [(each.mean(axis=0), each.std(axis=0) + 1e-6) for each in train]
    of_history = [
        stats[number if len(task.train) > 1 else number % n_targets] for number in range(len(known))
    ]

    def as_series(tables: Series, stats: list) -> tuple[list, list | None]:
        scaled = [
            ((table - mean) / std).astype(np.float32)
            for table, (mean, std) in zip(tables, stats, strict=True)
        ]
        targets = [TimeSeries.from_values(each[:, :1]) for each in scaled]
        if scaled[0].shape[1] == 1:
            return targets, None
        return targets, [TimeSeries.from_values(each[:, 1:]) for each in scaled]

    shortest = min(len(each) for each in [*train, *known])
    model = BlockRNNModel(
        input_chunk_length=min(look_back, shortest - task.horizon),
        output_chunk_length=task.horizon,
        model="LSTM",
        n_epochs=N_STEPS,
        random_state=0,
        pl_trainer_kwargs={**QUIET, "max_steps": N_STEPS},
    )
    targets, covariates = as_series(train, stats)
    model.fit(targets, past_covariates=covariates)
    targets, covariates = as_series(known, of_history)
    answers = model.predict(task.horizon, series=targets, past_covariates=covariates)
    scaled = zip(answers, of_history, strict=True)
    rows = [each.values()[:, 0] * std[0] + mean[0] for each, (mean, std) in scaled]
    return join_targets(task, np.stack(rows))


NEURAL: dict[str, Callable[[Task, int], np.ndarray | None]] = {
    "darts LSTM": darts,
    "neuralforecast LSTM": neuralforecast("LSTM"),
    "neuralforecast NHITS": neuralforecast("NHITS"),
}
