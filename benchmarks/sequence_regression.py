"""Tell a number from a sequence: ours with its defaults beside other methods.

Run with ``SKLEARN_RNN_DATA=<folder of the data> python benchmarks/sequence_regression.py``. Prints
R2 on the test part, and the CPU seconds of fit and predict in one thread, of each method on each
set. Names pick sets. ``--output`` adds what was measured to a file, and takes from there what it
has already. MiniRocket and Rocket take part where aeon is installed, or their rows are in that
file.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from sequence_regression_data import NAMES, load_numbers
from sequences_rivals import Prepared
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from threadpoolctl import threadpool_limits

COLUMNS = ["name", "method", "seed", "r2", "seconds"]


def flat(X: np.ndarray) -> np.ndarray:
    return X.reshape(len(X), -1)


def channels_first(X: np.ndarray) -> np.ndarray:
    return X.transpose(0, 2, 1)


def ours(seed: int) -> Any:
    # Imported here, so that rivals can run in an environment of their own.
    from sklearn_rnn import RNNRegressor

    return RNNRegressor(random_state=seed, device="cpu")


def ridge(seed: int) -> Prepared:
    return Prepared(RidgeCV(np.logspace(-4, 4, 17)), flat)


def forest(seed: int) -> Prepared:
    return Prepared(RandomForestRegressor(random_state=seed), flat)


def minirocket(seed: int) -> Prepared:
    from aeon.regression.convolution_based import MiniRocketRegressor

    return Prepared(MiniRocketRegressor(random_state=seed), channels_first)


def rocket(seed: int) -> Prepared:
    from aeon.regression.convolution_based import RocketRegressor

    return Prepared(RocketRegressor(random_state=seed), channels_first)


METHODS: dict[str, Callable[[int], Any] | None] = {
    "ours": ours,
    "ridge": ridge,
    "random forest": forest,
    "MiniRocket": minirocket if find_spec("aeon") else None,
    "Rocket": rocket if find_spec("aeon") else None,
}


def fit_and_score(name: str, method: str, seed: int) -> tuple[float, float]:
    """Return R2 on the test part, and the CPU seconds of fit and predict."""
    torch.set_num_threads(1)
    task, regressor = load_numbers(name), METHODS[method](seed)
    start = time.process_time()
    with threadpool_limits(1):
        predicted = regressor.fit(task.X_train, task.y_train).predict(task.X_test)
    return r2_score(task.y_test, predicted), time.process_time() - start


def measure(name: str, method: str, seed: int, rows: pd.DataFrame, output: Path | None) -> Any:
    """Return the row of a method on a set, as measured now or before; None if it cannot be."""
    is_known = (rows["name"] == name) & (rows["method"] == method) & (rows["seed"] == seed)
    if is_known.any():
        return rows[is_known].iloc[-1]
    if METHODS[method] is None:
        return None
    row = pd.Series([name, method, seed, *fit_and_score(name, method, seed)], index=COLUMNS)
    if output:
        row.to_frame().T.to_csv(output, mode="a", header=not output.exists(), index=False)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="sets, instead of all")
    parser.add_argument("--methods", nargs="*", choices=list(METHODS), default=list(METHODS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, help="CSV file to take rows from and to add to")
    options = parser.parse_args()
    rows = pd.DataFrame(columns=COLUMNS)
    if options.output and options.output.exists():
        rows = pd.read_csv(options.output)
    print("| set | by | R2 | CPU seconds |\n|---|---|---|---|")
    for name in options.names or NAMES:
        for method in options.methods:
            row = measure(name, method, options.seed, rows, options.output)
            if row is not None:
                print(f"| {name} | {method} | {row['r2']:.4f} | {row['seconds']:.1f} |", flush=True)


if __name__ == "__main__":
    main()
