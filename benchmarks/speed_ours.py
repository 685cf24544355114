"""Our side of the speed benchmark: the public `fit` and `predict`."""

from __future__ import annotations

from typing import Any

import image_systems
import numpy as np
import sklearn
from sklearn.model_selection import GridSearchCV
from speed_skorch import EpochSeconds, epoch_seconds
from speed_torch import product_rates

import sklearn_rnn
from sklearn_rnn import LSTMForecaster, RNNImageClassifier

# Nothing that only one side has.
PLAIN = {**image_systems.PLAIN, "max_grad_norm": None}
# What the forecaster is laid out for.
CYCLE = {"lr_schedule": "one_cycle", "weight_decay": 0.01, "max_grad_norm": 1.0}
GRID = {"hidden_size": [32, 64], "lr": [1e-3, 1e-2], "batch_size": [64, 128]}
__all__ = ["build", "product_rates", "search", "versions"]


def versions() -> str:
    return f"sklearn_rnn {sklearn_rnn.__version__}, scikit-learn {sklearn.__version__}"


class build:
    """An estimator and what it is fitted on."""

    def __init__(self, job: dict[str, Any], data: dict[str, np.ndarray]) -> None:
        self.data = data
        shared = {**job["system"], "max_epochs": job["epochs"], "random_state": job["seed"]}
        if not job["whole"]:
            shared["callbacks"] = [EpochSeconds()]
        if "airline" in job["data"]:
            self.estimator = LSTMForecaster(**shared, **CYCLE)
        else:
            scan = "pixels" if job["shape"][1] == 1 else "rows"
            self.estimator = RNNImageClassifier(**{**PLAIN, **shared}, scan=scan)

    def fit(self) -> list[float]:
        """Train, and return the seconds of each epoch, unless the whole is judged."""
        self.estimator.fit(self.data["X"], self.data["y"])
        return epoch_seconds(self.estimator.net_) if self.estimator.callbacks else []

    def predict(self, X: np.ndarray) -> np.ndarray:
        return self.estimator.predict(X)


def search(job: dict[str, Any], data: dict[str, np.ndarray]) -> float:
    """Search the grid, and return the best accuracy."""
    estimator = build(job, data).estimator
    return GridSearchCV(estimator, GRID, cv=5, refit=False).fit(data["X"], data["y"]).best_score_
