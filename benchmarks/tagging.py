"""Tell the class of each step: ours with its defaults beside logistic regression on a window.

Run with ``SKLEARN_RNN_DATA=<folder of the data> python benchmarks/tagging.py``. Prints the accuracy
over the steps of the test part and the CPU seconds of fit and predict in one thread, of each method
on each task, beside the share of the most frequent class and the mistake made most often. Names
pick tasks. ``--output`` adds what was measured to a file, and takes from there what it has already.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from jobs import make_parser, measure
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tagging_data import NAMES, generate
from threadpoolctl import threadpool_limits

COLUMNS = ["name", "method", "seed", "accuracy", "most_frequent", "mistake", "seconds"]


class WindowRegression:
    """Logistic regression on the values of a step and of those around it, zeros beyond the ends."""

    def __init__(self, reach: int) -> None:
        self.reach = reach
        self.classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))

    def fit(self, X: list[np.ndarray], y: list[np.ndarray]) -> WindowRegression:
        self.classifier.fit(np.concatenate([self.windows(each) for each in X]), np.concatenate(y))
        return self

    def predict(self, X: list[np.ndarray]) -> list[np.ndarray]:
        return [self.classifier.predict(self.windows(each)) for each in X]

    def windows(self, sequence: np.ndarray) -> np.ndarray:
        padded = np.pad(sequence, ((self.reach, self.reach), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * self.reach + 1, axis=0)
        return windows.reshape(len(sequence), -1)


def ours(seed: int) -> Any:
    from sklearn_rnn import RNNTagger

    return RNNTagger(random_state=seed, device="cpu")


METHODS: dict[str, Callable[[int], Any] | None] = {
    "ours": ours,
    **{
        f"window of {2 * k + 1}": partial(lambda k, seed: WindowRegression(k), k)
        for k in (5, 10, 20, 50)
    },
}


def fit_and_score(name: str, method: str, seed: int) -> pd.DataFrame:
    """Return a row with the accuracy over the steps of the test part, in percent."""
    torch.set_num_threads(1)
    task, tagger = generate(name), METHODS[method](seed)
    start = time.process_time()
    with threadpool_limits(1):
        predicted = tagger.fit(task.X_train, task.y_train).predict(task.X_test)
    seconds = time.process_time() - start
    told, wanted = pd.Series(np.concatenate(predicted)), pd.Series(np.concatenate(task.y_test))
    most_frequent = wanted.value_counts(normalize=True).iloc[0]
    wrong = (wanted.astype(str) + " as " + told.astype(str))[told != wanted]
    mistake = wrong.value_counts().index[0] if len(wrong) else ""
    row = name, method, seed, 100 * (told == wanted).mean(), 100 * most_frequent, mistake, seconds
    return pd.DataFrame([row], columns=COLUMNS)


def main() -> None:
    parser = make_parser(__doc__.splitlines()[0], list(METHODS), n_seeds=1)
    options = parser.parse_args()
    jobs = [(name, method) for name in options.names or NAMES for method in options.methods]
    print("| task | by | accuracy, % | most frequent, % | most frequent mistake | CPU seconds |")
    print("|---|---|---|---|---|---|")
    for rows in measure(jobs, fit_and_score, METHODS, COLUMNS, options):
        if len(rows):
            first = rows.iloc[0]
            accuracy, seconds = rows["accuracy"].mean(), rows["seconds"].median()
            print(
                f"| {first['name']} | {first['method']} | {accuracy:.1f} "
                f"| {first['most_frequent']:.1f} | {first['mistake']} | {seconds:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
