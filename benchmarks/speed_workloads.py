"""What is timed: networks, data, and the number of multiplications that a workload takes."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from image_systems import TRIO
from sklearn.datasets import load_digits

from sklearn_rnn import make_windows
from sklearn_rnn.datasets import fetch_mnist, load_airline

ADAM = {"optimizer": "adam", "lr": 1e-3, "batch_size": 128}
AIRLINE = {"cell": "lstm", "hidden_size": 4, "optimizer": "adam", "lr": 1e-3, "batch_size": 1}
RMSPROP = {**ADAM, "optimizer": "rmsprop"}
N_GATES = {"rnn": 1, "lstm": 4, "gru": 3}
TRAIN_MONTHS = 96  # two thirds, as in the tutorial
EVERYONE = ("ours", "torch", "skorch", "keras-jax", "keras-tensorflow")


@dataclass(frozen=True)
class Workload:
    """One row of the table.

    `task` is "train", "predict", "predict_one" or "search". A training is judged by its time per
    epoch, or as a `whole`.
    """

    name: str
    task: str
    data: str
    system: dict[str, Any]
    epochs: int
    whole: bool = False
    sides: tuple[str, ...] = EVERYONE
    shape: tuple[int, int] = (28, 28)  # steps, features
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def judged(self) -> str:
        """Name of the time that it is judged by."""
        return "whole" if self.whole else "epoch"

    @property
    def is_rated(self) -> bool:
        """Whether its operations are counted, to compare their rate with the limit."""
        return "counted" in self.rows

    def job(self, folder: Path, seed: int) -> dict[str, Any]:
        """Say to a worker what to do."""
        return {**asdict(self), "data": str(folder / f"{self.data}.npz"), "seed": seed}

    def operations(self) -> float:
        """Count floating point operations of all matrix products of an epoch, or a prediction."""
        steps, features = self.shape
        size = self.system["hidden_size"]
        gates = N_GATES[self.system["cell"]] * size
        forward = 2 * gates * (features + size)
        # The gradients of all weights, and of the states but not of the input.
        backward = 2 * gates * (features + size) + 2 * gates * size
        one = steps * (forward + backward if self.task == "train" else forward)
        return float(one * (1 if self.task == "predict_one" else self.rows["counted"]))

    def product(self) -> tuple[int, int, int]:
        """Sizes of the product of a step: rows, units, gates."""
        size = self.system["hidden_size"]
        rows = {"predict": 1000, "predict_one": 1}.get(self.task, self.system["batch_size"])
        return rows, size, size * N_GATES[self.system["cell"]]


def workloads(
    n_rows: int, n_pixel_rows: int, n_epochs: int, airline_epochs: int, search_epochs: int
) -> list[Workload]:
    """List the rows of the table."""
    trained = {"counted": n_rows}
    rows = [
        Workload(
            f"{cell.upper()} 64, batch norm", "train", "rows", {**TRIO, "cell": cell}, n_epochs
        )
        for cell in ("rnn", "lstm", "gru")
    ]
    lstm = {**ADAM, "cell": "lstm", "hidden_size": 128}
    rows.append(Workload("LSTM 128", "train", "rows", lstm, n_epochs))
    small = {**RMSPROP, "cell": "lstm", "hidden_size": 30}
    rows.append(Workload("LSTM 30", "train", "rows", small, n_epochs))
    found = [_with_rows(each, trained) for each in rows]
    for cell in ("gru", "rnn"):
        system = {**ADAM, "cell": cell, "hidden_size": 64}
        each = Workload(f"pixels, {cell.upper()} 64", "train", "pixels", system, n_epochs)
        found.append(_with_rows(each, {"counted": n_pixel_rows}, shape=(784, 1)))
    for look_back in (1, 12):
        name, data = f"airline LSTM 4, look-back {look_back}", f"airline_{look_back}"
        shape = (look_back, 1)
        found.append(
            Workload(name, "train", data, AIRLINE, airline_epochs, whole=True, shape=shape)
        )
    for task, name in (("predict", "predict 10,000 images"), ("predict_one", "predict one image")):
        each = Workload(f"{name}, LSTM 128", task, "rows", lstm, 1, whole=True)
        found.append(_with_rows(each, {"counted": 10_000, "train": 1280}))
    search = {**lstm, "hidden_size": 64}
    found.append(
        Workload(
            "grid search on digits, 8 candidates by 5 folds",
            "search",
            "digits",
            search,
            epochs=search_epochs,
            whole=True,
            sides=("ours", "skorch"),
            shape=(8, 8),
        )
    )
    return found


def _with_rows(workload: Workload, rows: dict[str, int], **changes: Any) -> Workload:
    return Workload(**{**workload.__dict__, "rows": rows, **changes})


def write_data(folder: Path, n_rows: int, n_pixel_rows: int) -> None:
    """Write the data where every worker, whatever it has installed, can read them."""
    X, y = fetch_mnist(return_X_y=True)
    X_test, y_test = fetch_mnist(subset="test", return_X_y=True)
    y, y_test = np.int64(y), np.int64(y_test)
    np.savez(folder / "rows", X=X[:n_rows], y=y[:n_rows], X_test=X_test, y_test=y_test)
    pixels = {"X": X[:n_pixel_rows], "y": y[:n_pixel_rows]}
    np.savez(folder / "pixels", **pixels, X_test=X_test[:500], y_test=y_test[:500])
    X, y = load_digits(return_X_y=True)
    np.savez(folder / "digits", X=np.uint8(X.reshape(-1, 8, 8)), y=np.int64(y))
    passengers = load_airline().to_numpy(dtype=float)
    for look_back in (1, 12):
        X, y = make_windows(passengers, look_back=look_back)
        n_train = TRAIN_MONTHS - look_back
        split = {"X": X[:n_train], "y": y[:n_train], "X_test": X[n_train:], "y_test": y[n_train:]}
        np.savez(folder / f"airline_{look_back}", **split)
