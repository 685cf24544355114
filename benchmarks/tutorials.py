"""Train the MNIST systems of the tutorials through the public estimators.

Run with ``SKLEARN_RNN_DATA=<folder of the data> python benchmarks/tutorials.py``. Prints test
accuracy, seconds and number of parameters of each system. ``--systems`` picks some of them,
``--seeds`` trains each more than once, ``--plain`` leaves the averaging of weights out.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from sklearn_rnn import RNNImageClassifier
from sklearn_rnn.datasets import fetch_mnist

# The tutorials keep the learning rate as it is: where it does not fall, averaging the weights does
# what falling would have done. Gradients are clipped, the default here, where it trained better.
CONSTANT = {"lr_schedule": None, "ema_decay": 0.99}
RNN_100 = {
    **CONSTANT,
    "cell": "rnn",
    "hidden_size": 100,
    "optimizer": "sgd",
    "lr": 0.1,
    "batch_size": 100,
    "max_epochs": 5,
}
RNN_150 = {**CONSTANT, "cell": "rnn", "hidden_size": 150, "lr": 1e-3, "batch_size": 64}
TRIO = {
    **CONSTANT,
    "hidden_size": 64,
    "batch_norm": True,
    "optimizer": "sgd",
    "lr": 0.01,
    "gradient_clip_value": None,
    "batch_size": 64,
}
LSTM_30 = {**CONSTANT, "hidden_size": 30, "optimizer": "rmsprop", "lr": 1e-3, "batch_size": 128}
SYSTEMS = {
    "RNN 100 tanh, SGD 0.1, batch 100, 5 epochs": RNN_100,
    "RNN 100 relu, SGD 0.1, batch 100, 5 epochs": {**RNN_100, "nonlinearity": "relu"},
    "RNN 150, Adam 1e-3, batch 64, 10 epochs": RNN_150,
    "RNN 64 + batch norm, SGD 0.01, batch 64, 10 epochs": {**TRIO, "cell": "rnn"},
    "LSTM 64 + batch norm, SGD 0.01, batch 64, 10 epochs": {**TRIO, "cell": "lstm"},
    "GRU 64 + batch norm, SGD 0.01, batch 64, 10 epochs": {**TRIO, "cell": "gru"},
    "LSTM 30, RMSprop 1e-3, batch 128, 10 epochs": LSTM_30,
    "RNNImageClassifier()": {},
    "both directions, shifts, max pooling, 30 epochs": {
        "bidirectional": True,
        "max_shift": 2,
        "pooling": "max",
        "max_epochs": 30,
    },
}


def measure(parameters: dict, seed: int, verbose: int) -> tuple[float, float, int]:
    """Train one system: test accuracy in percent, seconds, number of parameters."""
    X_train, y_train = fetch_mnist(return_X_y=True)
    X_test, y_test = fetch_mnist(subset="test", return_X_y=True)
    classifier = RNNImageClassifier(**parameters, random_state=seed, verbose=verbose)
    start = time.perf_counter()
    classifier.fit(X_train, y_train)
    seconds = time.perf_counter() - start
    n_parameters = sum(weight.numel() for weight in classifier.net_.module_.parameters())
    return 100 * classifier.score(X_test, y_test), seconds, n_parameters


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--systems", type=int, nargs="*", help="numbers of systems, from 0")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--plain", action="store_true", help="without averaging the weights")
    parser.add_argument("--verbose", type=int, default=0)
    options = parser.parse_args()
    numbers = range(len(SYSTEMS)) if options.systems is None else options.systems
    print("| system | test accuracy, % | seconds | parameters |")
    print("|---|---|---|---|")
    for number in numbers:
        name, parameters = list(SYSTEMS.items())[number]
        if options.plain:
            parameters = {**parameters, "ema_decay": None}
        runs = [measure(parameters, seed, options.verbose) for seed in range(options.seeds)]
        accuracies = [accuracy for accuracy, _, _ in runs]
        seconds = np.median([seconds for _, seconds, _ in runs])
        spread = f" ± {np.std(accuracies):.2f}" if options.seeds > 1 else ""
        print(
            f"| {name} | {np.mean(accuracies):.2f}{spread} | {seconds:.0f} | {runs[0][2]:,} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
