"""Train image classifiers on MNIST: ours, and beside it torch by hand and Keras.

Run with ``SKLEARN_RNN_DATA=<folder of the data> python benchmarks/images.py``. Prints test
accuracy, seconds of training and number of parameters of each system. ``--systems`` picks some
of them, ``--seeds`` trains each more than once, ``--plain`` leaves out what we add on the
tutorial's budget, ``--rivals`` names those to train beside ours ("keras" needs the extra "bench").
All compute in one thread.
"""

from __future__ import annotations

import argparse
import importlib
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from image_systems import OURS_ALONE, PLAIN, TUTORIALS

from sklearn_rnn import RNNImageClassifier
from sklearn_rnn.datasets import fetch_fashion_mnist, fetch_mnist

DATA = {"mnist": fetch_mnist, "fashion": fetch_fashion_mnist}


def train_and_score(
    system: dict[str, Any], train: tuple, test: tuple, seed: int, *, extra: dict[str, Any]
) -> tuple[float, float, int]:
    """Train ours: test accuracy in percent, seconds, number of parameters."""
    classifier = RNNImageClassifier(**{**extra, **system}, random_state=seed)
    start = time.perf_counter()
    classifier.fit(*train)
    seconds = time.perf_counter() - start
    n_parameters = sum(weight.numel() for weight in classifier.net_.module_.parameters())
    return 100 * classifier.score(*test), seconds, n_parameters


def contestants(name: str, rivals: list[str], plain: bool) -> dict[str, Callable]:
    """Pick who trains a system: ours, and the rivals where it is one of a tutorial."""
    if name in OURS_ALONE:
        return {"ours": partial(train_and_score, extra={})}
    extra = PLAIN if plain else {}
    trainers: dict[str, Callable] = {"ours": partial(train_and_score, extra=extra)}
    for rival in rivals:
        trainers[rival] = importlib.import_module(f"{rival}_twin").train_and_score
    return trainers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=sorted(DATA), default="mnist")
    parser.add_argument("--systems", type=int, nargs="*", help="numbers of systems, from 0")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--rivals", nargs="*", choices=["torch", "keras"], default=["torch"])
    parser.add_argument("--plain", action="store_true", help="ours without what we add")
    options = parser.parse_args()
    torch.set_num_threads(1)
    train = DATA[options.data](return_X_y=True)
    test = DATA[options.data](subset="test", return_X_y=True)
    systems = list({**TUTORIALS, **OURS_ALONE}.items())
    print("| system | by | test accuracy, % | seconds | parameters |")
    print("|---|---|---|---|---|")
    for number in range(len(systems)) if options.systems is None else options.systems:
        name, system = systems[number]
        trainers = contestants(name, options.rivals, options.plain)
        runs: dict[str, list] = {by: [] for by in trainers}
        for seed in range(options.seeds):
            for by, trainer in trainers.items():
                runs[by].append(trainer(system, train, test, seed))
        for by, results in runs.items():
            accuracy, seconds, n_parameters = np.transpose(results)
            spread = f" ± {accuracy.std():.2f}" if options.seeds > 1 else ""
            print(
                f"| {name} | {by} | {accuracy.mean():.2f}{spread} | {np.median(seconds):.0f} | "
                f"{int(n_parameters[0]):,} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
