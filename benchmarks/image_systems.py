"""Image classifiers to compare: the tutorials' systems, the defaults, the recipes."""

from __future__ import annotations

from typing import Any

# What the tutorials set, spelled as a newcomer would.
RNN_100 = {
    "cell": "rnn",
    "hidden_size": 100,
    "optimizer": "sgd",
    "lr": 0.1,
    "batch_size": 100,
    "max_epochs": 5,
}
TRIO = {
    "hidden_size": 64,
    "batch_norm": True,
    "optimizer": "sgd",
    "lr": 0.01,
    "batch_size": 64,
    "max_epochs": 10,
}
TUTORIALS: dict[str, dict[str, Any]] = {
    "RNN 100 tanh, SGD 0.1, batch 100, 5 epochs": RNN_100,
    "RNN 100 relu, SGD 0.1, batch 100, 5 epochs": {**RNN_100, "nonlinearity": "relu"},
    "RNN 150, Adam 1e-3, batch 64, 10 epochs": {
        "cell": "rnn",
        "hidden_size": 150,
        "optimizer": "adam",
        "lr": 1e-3,
        "batch_size": 64,
        "max_epochs": 10,
    },
    "RNN 64 + batch norm, SGD 0.01, batch 64, 10 epochs": {**TRIO, "cell": "rnn"},
    "LSTM 64 + batch norm, SGD 0.01, batch 64, 10 epochs": {**TRIO, "cell": "lstm"},
    "GRU 64 + batch norm, SGD 0.01, batch 64, 10 epochs": {**TRIO, "cell": "gru"},
    "LSTM 30, RMSprop 1e-3, batch 128, 10 epochs": {
        "cell": "lstm",
        "hidden_size": 30,
        "optimizer": "rmsprop",
        "lr": 1e-3,
        "batch_size": 128,
        "max_epochs": 10,
    },
}
# Ours without what comes by itself: a front end, a moving average of the weights where the rate
# stays the same, the largest outputs of a simple RNN, which forgets, and batch norm where it is
# not named.
PLAIN: dict[str, Any] = {
    "front_end": False,
    "ema_decay": None,
    "pooling": "last",
    "batch_norm": False,
}
OURS_ALONE: dict[str, dict[str, Any]] = {
    "RNNImageClassifier()": {},
    "recipe: three networks, dropout, shifts, 20 epochs": {
        "n_estimators": 3,
        "dropout": 0.3,
        "max_shift": 1,
        "max_epochs": 20,
    },
    "without front end: both directions, max pooling, batch norm, shifts, 30 epochs": {
        "front_end": False,
        "bidirectional": True,
        "pooling": "max",
        "max_shift": 2,
        "max_epochs": 30,
    },
}
