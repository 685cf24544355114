"""Memory and speed of panels: thousands of series in one fit.

Run with ``python benchmarks/panels.py memory`` for the memory of a fit by the form of the series,
each measured in a process of its own, on Linux; with ``python benchmarks/panels.py speed`` for the
windows a second of fit and of forecasts, beside neuralforecast's LSTM of the same size where that
is installed.
"""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
import torch

from sklearn_rnn import LSTMForecaster

NAMES = {"series_id": "unique_id", "time": "ds", "target": "y"}
LONG_FORMS = ("pandas", "polars")
# Of the comparison of speed.
HORIZON, N_STEPS, N_WINDOWS = 12, 400, 128
QUIET = {
    "accelerator": "cpu",
    "logger": False,
    "enable_progress_bar": False,
    "enable_checkpointing": False,
    "enable_model_summary": False,
}


def make_values(n_series: int, n_times: int, dtype: str) -> np.ndarray:
    """Draw random walks with a season of a week."""
    rng = np.random.default_rng(0)
    values = rng.standard_normal((n_series, n_times), dtype=np.float32)
    np.cumsum(values, axis=1, out=values)
    values += 5 * np.sin(2 * np.pi * np.arange(n_times, dtype=np.float32) / 7)
    return values.astype(dtype)


def make_list(values: np.ndarray) -> list[np.ndarray]:
    return list(values)


def make_indexed(values: np.ndarray) -> pd.Series:
    """A Series with an index of series and time stamp."""
    days = pd.date_range("2020-01-01", periods=values.shape[1])
    names = [f"series {number}" for number in range(len(values))]
    index = pd.MultiIndex.from_product([names, days], names=["unique_id", "ds"])
    return pd.Series(values.ravel(), index, name="y")


def make_covariates(values: np.ndarray) -> pd.DataFrame:
    """A DataFrame with such an index, and two covariates."""
    return make_indexed(values).to_frame().assign(a=values[::-1].ravel(), b=-values.ravel())


def make_pandas(values: np.ndarray) -> pd.DataFrame:
    return make_indexed(values).reset_index()


def make_polars(values: np.ndarray) -> Any:
    import polars as pl

    n_series, n_times = values.shape
    days = pd.date_range("2020-01-01", periods=n_times).as_unit("us").to_numpy()
    names = pl.Series("unique_id", [f"series {number}" for number in range(n_series)])
    return pl.DataFrame(
        {
            "unique_id": names.gather(np.repeat(np.arange(n_series), n_times)),
            "ds": np.tile(days, n_series),
            "y": values.ravel(),
        }
    )


FORMS: dict[str, Callable[[np.ndarray], Any]] = {
    "list": make_list,
    "index": make_indexed,
    "covariates": make_covariates,
    "pandas": make_pandas,
    "polars": make_polars,
}


def resident(field: str) -> float:
    """Read the resident memory of this process, now ("VmRSS") or at most ("VmHWM"), in MB."""
    with open("/proc/self/status") as lines:
        line = next(line for line in lines if line.startswith(field))
    return int(line.split()[1]) / 1000


def growth(method: Callable[[Any], Any], X: Any) -> float:
    """Return by how many MB the memory grows at most.

    That is the growth of the process, or of what Python and numpy have allocated, whichever is
    more: memory that was freed before may be used again, and torch's is not counted by Python.
    """
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # forgets the largest size so far
    tracemalloc.start()
    before = resident("VmRSS")
    method(X)
    allocated = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return max(resident("VmHWM") - before, allocated)


def measure_memory(form: str, dtype: str, n_series: int, n_times: int) -> None:
    """Print by how much the memory grows in reading the series, and in a fit."""
    torch.set_num_threads(1)
    options = {"horizon": 12, "season_length": 7, "max_epochs": 1, "random_state": 0}
    names = {"covariates": {"target": "y"}} | dict.fromkeys(LONG_FORMS, NAMES)
    forecaster = LSTMForecaster(**options, **names.get(form, {}))
    # What libraries allocate once belongs to none of the series.
    forecaster.fit(FORMS[form](make_values(50, 200, dtype)))
    X = FORMS[form](make_values(n_series, n_times, dtype))
    n_columns = 3 if form == "covariates" else 1
    size = n_columns * n_series * n_times * np.dtype(dtype).itemsize / 1e6
    read, fit = (growth(method, X) / size for method in (forecaster._read_panel, forecaster.fit))
    print(f"| {form} | {dtype} | {size:.0f} | {read:.2f} | {fit:.2f} |", flush=True)


def build_ours(look_back: int, calibration_fraction: float | None) -> LSTMForecaster:
    return LSTMForecaster(
        **NAMES,
        look_back=look_back,
        horizon=HORIZON,
        season_length=7,
        max_epochs=N_STEPS // 100,  # epochs have at most 100 batches
        batch_size=N_WINDOWS,
        calibration_fraction=calibration_fraction,
        random_state=0,
    )


def time_ours(
    train: pd.DataFrame, new: pd.DataFrame, look_back: int, calibration_fraction: float | None
) -> tuple[float, float]:
    """Return the windows a second of a fit and of the forecasts of new series."""
    forecaster = build_ours(look_back, calibration_fraction)
    start = time.perf_counter()
    forecaster.fit(train)
    fitted = time.perf_counter()
    forecaster.forecast(series=new)
    forecast = time.perf_counter()
    # A rehearsal trains with as many windows; what is not used is not trained again.
    n_trainings = 1 if calibration_fraction is None else 2
    n_windows = n_trainings * N_STEPS * N_WINDOWS
    return n_windows / (fitted - start), new["unique_id"].nunique() / (forecast - fitted)


def time_neuralforecast(
    train: pd.DataFrame, new: pd.DataFrame, look_back: int
) -> tuple[float, float]:
    """Return the same of neuralforecast's LSTM."""
    from neuralforecast import NeuralForecast
    from neuralforecast.models import LSTM

    model = LSTM(
        h=HORIZON,
        input_size=look_back,
        encoder_n_layers=1,
        encoder_hidden_size=64,
        decoder_hidden_size=64,
        decoder_layers=1,
        max_steps=N_STEPS,
        windows_batch_size=N_WINDOWS,
        valid_batch_size=1024,
        **QUIET,
    )
    forecaster = NeuralForecast([model], freq="D")
    start = time.perf_counter()
    forecaster.fit(train)
    fitted = time.perf_counter()
    forecaster.predict(df=new)
    forecast = time.perf_counter()
    n_windows = N_STEPS * N_WINDOWS
    return n_windows / (fitted - start), new["unique_id"].nunique() / (forecast - fitted)


def measure_speed(n_runs: int) -> None:
    """Print medians of runs, ours and theirs in turn."""
    torch.set_num_threads(1)
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    train, new = (make_pandas(make_values(n, 100, "float32")) for n in (1_000, 10_000))
    print("| steps of a window | by | windows a second of fit | series a second of forecasts |")
    print("|---|---|---|---|", flush=True)
    for look_back in (24, 61):
        systems = {
            "ours": partial(time_ours, train, new, look_back, 0.2),
            "ours, nothing held out": partial(time_ours, train, new, look_back, None),
        }
        if find_spec("neuralforecast") is not None:
            systems["neuralforecast's LSTM"] = partial(time_neuralforecast, train, new, look_back)
        runs = [[system() for system in systems.values()] for _ in range(n_runs)]
        for name, (fit, forecast) in zip(systems, np.median(runs, axis=0), strict=True):
            print(f"| {look_back} | {name} | {fit:.0f} | {forecast:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["memory", "speed"])
    parser.add_argument("--forms", nargs="*", choices=FORMS, default=list(FORMS))
    parser.add_argument("--dtypes", nargs="*", default=["float32", "float64"])
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=1_000)
    parser.add_argument("--alone", action="store_true", help="measure in this process")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    if options.what == "speed":
        measure_speed(options.runs)
        return
    if options.alone:
        measure_memory(options.forms[0], options.dtypes[0], options.series, options.times)
        return
    print("| form | values | MB | reading | fit |", flush=True)
    print("|---|---|---|---|---|", flush=True)
    for form in options.forms:
        for dtype in options.dtypes:
            alone = ["--alone", "--forms", form, "--dtypes", dtype]
            sizes = ["--series", str(options.series), "--times", str(options.times)]
            subprocess.run([sys.executable, __file__, "memory", *alone, *sizes], check=True)


if __name__ == "__main__":
    main()
