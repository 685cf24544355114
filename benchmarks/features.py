"""What a trained network is worth for something else: its features, and another task.

Run with ``SKLEARN_RNN_DATA=<folder of the data> python benchmarks/features.py``. Prints the test
accuracy of logistic regression on ``transform`` beside that of the networks themselves, on five
sets of the UCR archive, and that of a network of the digits 0 to 4 which goes on with a few of the
digits 5 to 9 beside one that is trained anew.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from sequences_data import folder, load
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import RNNClassifier, RNNImageClassifier
from sklearn_rnn.datasets import fetch_mnist

NAMES = ("CBF", "ECG200", "MoteStrain", "TwoLeadECG", "ItalyPowerDemand")
OPTIONS: dict[str, Any] = {"random_state": 0, "device": "cpu"}
# Images of the first task and of the second, to train on and to test on.
N_OLD, N_NEW, N_TEST = 6000, 300, 3000


def compare_features() -> None:
    print("| set | classifier, % | its networks alone | logistic regression on features |")
    print("|---|---|---|---|")
    for name in NAMES:
        task = load(name)
        clf = RNNClassifier(**OPTIONS).fit(task.X_train, task.y_train)
        alone = RNNClassifier(**OPTIONS, random_convolutions=False)
        logistic = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
        logistic.fit(clf.transform(task.X_train), task.y_train)
        scores = [
            clf.score(task.X_test, task.y_test),
            alone.fit(task.X_train, task.y_train).score(task.X_test, task.y_test),
            logistic.score(clf.transform(task.X_test), task.y_test),
        ]
        print(
            f"| {name} | " + " | ".join(f"{100 * each:.1f}" for each in scores) + " |", flush=True
        )


def compare_tasks() -> None:
    X, y = fetch_mnist(data_home=folder(), return_X_y=True)
    old, new = np.flatnonzero(y < 5)[:N_OLD], np.flatnonzero(y >= 5)
    train, test = new[:N_NEW], new[N_OLD : N_OLD + N_TEST]
    fitted = RNNImageClassifier(**OPTIONS).fit(X[old], y[old])
    ways = {
        "anew": RNNImageClassifier(**OPTIONS).fit(X[train], y[train]),
        "fine_tune": copy.deepcopy(fitted).fine_tune(X[train], y[train]),
        "fine_tune, freeze=True": copy.deepcopy(fitted).fine_tune(X[train], y[train], freeze=True),
    }
    print("\n| digits 5 to 9, 300 images | accuracy, % |\n|---|---|")
    for name, clf in ways.items():
        print(f"| {name} | {100 * clf.score(X[test], y[test]):.1f} |", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(1)
    compare_features()
    compare_tasks()
