"""Keras, on the backend that KERAS_BACKEND names, for the speed benchmark."""

from __future__ import annotations

import importlib.metadata
from typing import Any

import keras
import numpy as np
from keras_twin import build as build_rows
from speed_clock import clock

OPTIMIZERS = {
    "sgd": keras.optimizers.SGD,
    "adam": keras.optimizers.Adam,
    "rmsprop": keras.optimizers.RMSprop,
}
CELLS = {"rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}


def versions() -> str:
    backend = keras.backend.backend()
    # TensorFlow for the CPU alone has a name of its own.
    names = {each.name.lower() for each in importlib.metadata.distributions()}
    package = next(name for name in (backend, f"{backend}_cpu", f"{backend}-cpu") if name in names)
    return f"Keras {keras.__version__} on {backend} {importlib.metadata.version(package)}"


class EpochTimes(keras.callbacks.Callback):
    """Seconds of each epoch."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.seconds: list[float] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.start = clock()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.seconds.append(clock() - self.start)


def build_network(system: dict[str, Any], shape: list[int], n_outputs: int) -> keras.Model:
    if shape == [28, 28]:
        return build_rows(system)
    recurrent = CELLS[system["cell"]](system["hidden_size"])
    return keras.Sequential([keras.Input(shape), recurrent, keras.layers.Dense(n_outputs)])


class build:
    """A compiled model and what it is fitted on."""

    def __init__(self, job: dict[str, Any], data: dict[str, np.ndarray]) -> None:
        keras.utils.set_random_seed(job["seed"])
        self.job, self.is_airline = job, "airline" in job["data"]
        self.shift, self.scale = float(data["X"].min()), float(np.ptp(data["X"]))
        self.X, self.y = self.scaled(data["X"]), data["y"]
        if self.is_airline:
            self.y = np.float32((self.y - self.shift) / self.scale).reshape(-1, 1)
        self.network = build_network(job["system"], job["shape"], 1 if self.is_airline else 10)

    def scaled(self, X: np.ndarray) -> np.ndarray:
        return ((np.float32(X) - self.shift) / self.scale).reshape(-1, *self.job["shape"])

    def fit(self) -> list[float]:
        """Train, and return the seconds of each epoch."""
        system, epochs = self.job["system"], self.job["epochs"]
        classes = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.network.compile(
            optimizer=OPTIMIZERS[system["optimizer"]](system["lr"]),
            loss=keras.losses.MeanSquaredError() if self.is_airline else classes,
        )
        times, batch_size = EpochTimes(), system["batch_size"]
        options = {"batch_size": batch_size, "epochs": epochs, "verbose": 0, "callbacks": [times]}
        self.network.fit(self.X, self.y, **options)
        return times.seconds

    def predict(self, X: np.ndarray) -> np.ndarray:
        X = self.scaled(X)
        if len(X) == 1:  # the quicker way, without a loop over batches
            outputs = self.network.predict_on_batch(X)
        else:
            outputs = self.network.predict(X, batch_size=1000, verbose=0)
        outputs = np.asarray(outputs)
        return outputs * self.scale + self.shift if self.is_airline else outputs.argmax(axis=1)
