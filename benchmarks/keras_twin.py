"""The systems as one writes them in Keras, with its own initial weights."""

from __future__ import annotations

import time
from typing import Any

import keras
import numpy as np


def build(system: dict[str, Any]) -> keras.Model:
    """Build recurrent layer, batch norm if asked for, dense layer."""
    cells = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
    options = {}
    if system["cell"] == "rnn":
        options["activation"] = system.get("nonlinearity", "tanh")
    network = keras.Sequential([keras.Input((28, 28))])
    network.add(cells[system["cell"]](system["hidden_size"], **options))
    if system.get("batch_norm"):
        network.add(keras.layers.BatchNormalization())
    network.add(keras.layers.Dense(10))
    return network


def train_and_score(
    system: dict[str, Any], train: tuple, test: tuple, seed: int
) -> tuple[float, float, int]:
    """Train in Keras: test accuracy in percent, seconds, number of parameters."""
    keras.utils.set_random_seed(seed)
    network = build(system)
    optimizers = {
        "sgd": keras.optimizers.SGD,
        "adam": keras.optimizers.Adam,
        "rmsprop": keras.optimizers.RMSprop,
    }
    network.compile(
        optimizer=optimizers[system["optimizer"]](system["lr"]),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    X, X_test = (np.float32(images) / 255 for images in (train[0], test[0]))
    start = time.perf_counter()
    network.fit(
        X, train[1], batch_size=system["batch_size"], epochs=system["max_epochs"], verbose=0
    )
    seconds = time.perf_counter() - start
    predicted = network.predict(X_test, batch_size=1000, verbose=0).argmax(axis=1)
    return 100 * float(np.mean(predicted == test[1])), seconds, network.count_params()
