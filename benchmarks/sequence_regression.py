"""Tell a number from a sequence: ours with its defaults beside other methods.

Run with ``SKLEARN_RNN_DATA=<folder of the data> python benchmarks/sequence_regression.py``. Prints
R2 on the test part, and the CPU seconds of fit and predict in one thread, of each method on each
set. Names pick sets. ``--output`` adds what was measured to a file, and takes from there what it
has already. MiniRocket and Rocket take part where aeon is installed, or their rows are in that
file.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
import torch
from jobs import make_parser, measure
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


def fit_and_score(name: str, method: str, seed: int) -> pd.DataFrame:
    """Return a row with R2 on the test part, and the CPU seconds of fit and predict."""
    torch.set_num_threads(1)
    task, regressor = load_numbers(name), METHODS[method](seed)
    start = time.process_time()
    with threadpool_limits(1):
        predicted = regressor.fit(task.X_train, task.y_train).predict(task.X_test)
    seconds = time.process_time() - start
    return pd.DataFrame(
        [(name, method, seed, r2_score(task.y_test, predicted), seconds)], columns=COLUMNS
    )


def main() -> None:
    parser = make_parser(__doc__.splitlines()[0], list(METHODS), n_seeds=1)
    options = parser.parse_args()
    jobs = [(name, method) for name in options.names or NAMES for method in options.methods]
    print("| set | by | R2 | CPU seconds |\n|---|---|---|---|")
    for rows in measure(jobs, fit_and_score, METHODS, COLUMNS, options):
        if len(rows):
            name, method = rows.iloc[0][["name", "method"]]
            r2, seconds = rows["r2"].mean(), rows["seconds"].median()
            print(f"| {name} | {method} | {r2:.4f} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main()
