"""Classify sequences of many kinds: ours with its defaults beside other methods.

Run with ``SKLEARN_RNN_DATA=<folder of the data> python benchmarks/sequences.py``. Prints the test
accuracy, and the CPU seconds of fit and predict in one thread, of each method on each set, and in
the end the means over sets. Defaults may have been chosen on half of the sets; the others have a
mean of their own. Names pick sets, ``--multivariate`` adds those of several channels or varying
lengths that are shipped with aeon or sktime. ``--output`` adds what was measured to a file, and
takes from there what it has already. MiniRocket takes part where aeon or sktime is installed, or
its rows are in that file. ``--ablation`` leaves out one part of ours after the other. Seconds are
larger by some where Numba has yet to compile a method.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from jobs import make_parser, measure
from sequences_data import SHIPPED, development, load, published
from sequences_rivals import RIVALS
from threadpoolctl import threadpool_limits

COLUMNS = ["name", "method", "seed", "accuracy", "seconds"]
MAX_SECONDS = 300  # of all seeds together, on one set


# What each part is worth: ours with one of them left out, and all else as it comes.
LEFT_OUT = {
    "front end": {
        "front_end": False,
        "batch_norm": True,
        "n_estimators": 2,
        "random_convolutions": True,
    },
    "ridge classifier": {"random_convolutions": False},
    "networks but one": {"n_estimators": 1},
    "second direction": {"bidirectional": False},
    "poolings but the last output": {"pooling": "last"},
    "batch norm before the output": {"batch_norm": False},
    "label smoothing": {"label_smoothing": 0.0},
    "nine tenths of the epochs": {"max_epochs": 12},
}


def ours(seed: int, **options: Any) -> Any:
    # Imported here, so that rivals can run in an environment of their own.
    from sklearn_rnn import RNNClassifier

    return RNNClassifier(random_state=seed, device="cpu", **options)


ABLATIONS = {f"no {part}": partial(ours, **options) for part, options in LEFT_OUT.items()}
METHODS = {"ours": ours, **RIVALS, **ABLATIONS}


def fit_and_score(name: str, method: str, seed: int) -> pd.DataFrame:
    """Return a row with the test accuracy in percent, and the CPU seconds of fit and predict."""
    torch.set_num_threads(1)
    task, classifier = load(name), METHODS[method](seed)
    start = time.process_time()
    with threadpool_limits(1):
        predicted = classifier.fit(task.X_train, task.y_train).predict(task.X_test)
    seconds = time.process_time() - start
    accuracy = 100 * float(np.mean(predicted == task.y_test))
    return pd.DataFrame([(name, method, seed, accuracy, seconds)], columns=COLUMNS)


def figure(value: float, form: str) -> str:
    return "" if np.isnan(value) else format(value, form)


def print_line(rows: pd.DataFrame, inception: pd.Series) -> None:
    """Print a method on a set: mean and deviation over seeds, and the median of the seconds."""
    name, method = rows.iloc[0][["name", "method"]]
    accuracy = rows["accuracy"]
    spread = f" ± {accuracy.std(ddof=0):.1f}" if len(rows) > 1 else ""
    theirs = figure(inception.get(name, np.nan), ".1f")
    seconds = rows["seconds"].median()
    print(
        f"| {name} | {method} | {accuracy.mean():.1f}{spread} | {theirs} | {seconds:.1f} |",
        flush=True,
    )


def print_means(rows: pd.DataFrame, inception: pd.Series) -> None:
    """Print means over the sets: over all, those chosen on, and the others."""
    chosen_on, one_channel = (rows["name"].isin(each) for each in (development(), inception.index))
    groups = {
        "all of one channel": one_channel,
        "chosen on": chosen_on,
        "others": one_channel & ~chosen_on,
        "shipped with libraries": ~one_channel,
    }
    print("\n| sets | number | by | accuracy, % | above InceptionTime | CPU seconds |")
    print("|---|---|---|---|---|---|")
    for group, within in groups.items():
        for method, part in rows[within].groupby("method", sort=False):
            means = part.groupby("name")[["accuracy", "seconds"]].mean()
            above = (means["accuracy"] - inception.reindex(means.index)).mean()
            print(
                f"| {group} | {len(means)} | {method} | {means['accuracy'].mean():.2f} "
                f"| {figure(above, '+.2f')} | {means['seconds'].sum():.0f} |"
            )


def main() -> None:
    parser = make_parser(__doc__.splitlines()[0], list(METHODS), n_seeds=3)
    parser.set_defaults(methods=["ours", *RIVALS])
    parser.add_argument("--multivariate", action="store_true", help="those of other shapes too")
    parser.add_argument("--ablation", action="store_true", help="leave out parts of ours instead")
    options = parser.parse_args()
    inception = 100 * published()["InceptionTime"]
    names = [*(options.names or inception.index), *(SHIPPED if options.multivariate else ())]
    print("| set | by | accuracy, % | InceptionTime, % | CPU seconds |\n|---|---|---|---|---|")
    methods = ["ours", *ABLATIONS] if options.ablation else options.methods
    jobs = [(name, method) for name in names for method in methods]
    found = []
    for measured in measure(jobs, fit_and_score, METHODS, COLUMNS, options, seconds=MAX_SECONDS):
        if len(measured):
            print_line(measured, inception)
            found.append(measured)
    if found:
        print_means(pd.concat(found, ignore_index=True), inception)


if __name__ == "__main__":
    main()
