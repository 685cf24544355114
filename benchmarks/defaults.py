"""Measure the defaults of the estimators beside what else they could be.

``python benchmarks/defaults.py`` compares settings of `RNNImageClassifier` on digits (accuracy,
five splits) and of `LSTMForecaster` on the airline passengers (RMSE one month ahead, three seeds).
"""

from __future__ import annotations

import time

import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import train_test_split

from sklearn_rnn import LSTMForecaster, RNNImageClassifier
from sklearn_rnn.datasets import load_airline

# What goes with the rate of the estimators, and not with one that is named.
CYCLE = {"lr_schedule": "one_cycle", "max_grad_norm": 1.0}
DECAYED = {**CYCLE, "weight_decay": 0.01}
CLASSIFIERS = [
    {},
    {"lr": 1e-3, "max_grad_norm": None, "ema_decay": None},
    {"lr": 2e-3, "lr_schedule": "one_cycle", "max_grad_norm": None},
    {"max_grad_norm": None},
    {"lr": 1e-2, **CYCLE},
    {"batch_size": 8},
    {"max_epochs": 20},
    {"cell": "gru"},
    {"cell": "rnn"},
    {"cell": "rnn", "nonlinearity": "relu"},
]
FORECASTERS = [
    {},
    {"calibration_fraction": None},
    {"look_back": 13},
    {"look_back": 25},
    {"look_back": 61},
    {"hidden_size": 16},
    {"hidden_size": 64},
    {"lr": 1e-3, **DECAYED},
    {"lr": 5e-3, **DECAYED},
    {"cell": "gru"},
    {"cell": "rnn"},
    {"early_stopping": True},
]


def digits_accuracy(parameters: dict, seed: int) -> float:
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=seed)
    classifier = RNNImageClassifier(random_state=seed, **parameters).fit(X_train, y_train)
    return 100 * classifier.score(X_test, y_test)


def airline_error(parameters: dict, seed: int) -> float:
    passengers = load_airline()
    train, test = passengers[:96], passengers[96:]
    forecaster = LSTMForecaster(season_length=12, random_state=seed, **parameters).fit(train)
    return root_mean_squared_error(test, forecaster.predict(test))


def print_table(title, settings, measure, n_runs):
    print(f"\n| {title} | mean | lowest | highest | seconds |\n|---|---|---|---|---|")
    for parameters in settings:
        start = time.perf_counter()
        scores = [measure(parameters, seed) for seed in range(n_runs)]
        seconds = (time.perf_counter() - start) / n_runs
        name = ", ".join(f"{key}={value}" for key, value in parameters.items()) or "defaults"
        print(
            f"| {name} | {np.mean(scores):.1f} | {min(scores):.1f} | {max(scores):.1f} "
            f"| {seconds:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    print_table("digits, accuracy in %", CLASSIFIERS, digits_accuracy, 5)
    print_table("airline, RMSE", FORECASTERS, airline_error, 3)
