"""Memory and speed of panels: thousands of series in one fit.

Run with ``python benchmarks/panels.py memory`` for the memory of a fit by the form of the series.
Each is measured in a process of its own, on Linux.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import torch

from sklearn_rnn import LSTMForecaster

NAMES = {"series_id": "unique_id", "time": "ds", "target": "y"}
LONG_FORMS = ("pandas", "polars")


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
    forecaster = LSTMForecaster(**options, **(NAMES if form in LONG_FORMS else {}))
    # What libraries allocate once belongs to none of the series.
    forecaster.fit(FORMS[form](make_values(50, 200, dtype)))
    X = FORMS[form](make_values(n_series, n_times, dtype))
    size = n_series * n_times * np.dtype(dtype).itemsize / 1e6
    read, fit = (growth(method, X) / size for method in (forecaster._read_panel, forecaster.fit))
    print(f"| {form} | {dtype} | {size:.0f} | {read:.2f} | {fit:.2f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["memory"])
    parser.add_argument("--forms", nargs="*", choices=FORMS, default=list(FORMS))
    parser.add_argument("--dtypes", nargs="*", default=["float32", "float64"])
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=1_000)
    parser.add_argument("--alone", action="store_true", help="measure in this process")
    options = parser.parse_args()
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
