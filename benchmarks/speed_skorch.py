"""skorch as it comes, for the speed benchmark.

All but two of its defaults: it trains on all rows (`train_split=None`), as the others do, and does
not print.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import skorch
import torch
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import Callback
from speed_clock import clock
from speed_torch import OPTIMIZERS, Scaling, build_network, targets
from torch import nn

GRID = {"module__hidden_size": [32, 64], "lr": [1e-3, 1e-2], "batch_size": [64, 128]}


def versions() -> str:
    return f"skorch {skorch.__version__}"


class EpochSeconds(Callback):
    """Seconds of each epoch, by the clock of the benchmark."""

    def on_train_begin(self, net: skorch.NeuralNet, **kwargs: Any) -> None:
        self.seconds: list[float] = []

    def on_epoch_begin(self, net: skorch.NeuralNet, **kwargs: Any) -> None:
        self.start = clock()

    def on_epoch_end(self, net: skorch.NeuralNet, **kwargs: Any) -> None:
        self.seconds.append(clock() - self.start)


def epoch_seconds(net: skorch.NeuralNet) -> list[float]:
    """Return what a trained net's :class:`EpochSeconds` has measured."""
    return next(each.seconds for _, each in net.callbacks_ if isinstance(each, EpochSeconds))


def network(hidden_size: int, system: dict[str, Any], n_features: int, is_airline: bool):
    """Build the module, with its size as a parameter of its own to be searched."""
    return build_network({**system, "hidden_size": hidden_size}, n_features, is_airline)


class build:
    """A net and what it is fitted on."""

    def __init__(self, job: dict[str, Any], data: dict[str, np.ndarray]) -> None:
        torch.manual_seed(job["seed"])
        system, self.is_airline = job["system"], "airline" in job["data"]
        net_class = skorch.NeuralNetRegressor if self.is_airline else skorch.NeuralNetClassifier
        self.scaling = Scaling(data, job["shape"])
        self.X, self.y = self.scaling(data["X"]).numpy(), targets(data, self.scaling).numpy()
        self.net = net_class(
            network,
            module__hidden_size=system["hidden_size"],
            module__system=system,
            module__n_features=job["shape"][1],
            module__is_airline=self.is_airline,
            criterion=nn.MSELoss if self.is_airline else nn.CrossEntropyLoss,
            optimizer=OPTIMIZERS[system["optimizer"]],
            lr=system["lr"],
            batch_size=system["batch_size"],
            max_epochs=job["epochs"],
            iterator_train__shuffle=True,
            train_split=None,
            callbacks=[EpochSeconds()],
            verbose=0,
        )

    def fit(self) -> list[float]:
        """Train, and return the seconds of each epoch."""
        return epoch_seconds(self.net.fit(self.X, self.y))

    def predict(self, X: np.ndarray) -> np.ndarray:
        predicted = self.net.predict(self.scaling(X).numpy())
        return self.scaling.back(predicted) if self.is_airline else predicted


def search(job: dict[str, Any], data: dict[str, np.ndarray]) -> float:
    """Search the grid, and return the best accuracy."""
    built = build(job, data)
    return GridSearchCV(built.net, GRID, cv=5, refit=False).fit(built.X, built.y).best_score_
