"""A loop written by hand in torch, for the speed benchmark, and the products of the machine."""

from __future__ import annotations

import statistics
from typing import Any

import numpy as np
import torch
from speed_clock import clock
from torch import Tensor, nn
from torch_twin import CELLS, OPTIMIZERS, Network

LARGE = 2048


def versions() -> str:
    return f"torch {torch.__version__}"


class Forecaster(nn.Module):
    """LSTM and linear layer, as in the airline tutorials."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(1, hidden_size, batch_first=True)
        self.output = nn.Linear(hidden_size, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.output(self.recurrent(x)[0][:, -1])


def build_network(system: dict[str, Any], n_features: int, is_airline: bool) -> nn.Module:
    """Build the network of a workload, with torch's own initial weights."""
    if is_airline:
        return Forecaster(system["hidden_size"])
    network = Network(system)
    if n_features != network.recurrent.input_size:
        network.recurrent = CELLS[system["cell"]](
            n_features, system["hidden_size"], batch_first=True
        )
    return network


class Scaling:
    """Bring pixels, or passengers, to [0, 1] by the training data."""

    def __init__(self, data: dict[str, np.ndarray], shape: list[int]) -> None:
        self.shift, self.scale = float(data["X"].min()), float(np.ptp(data["X"]))
        self.shape = shape

    def __call__(self, X: np.ndarray) -> Tensor:
        scaled = torch.from_numpy(X).to(torch.float32).sub_(self.shift).div_(self.scale)
        return scaled.reshape(-1, *self.shape)

    def back(self, y: np.ndarray) -> np.ndarray:
        return y * self.scale + self.shift


def targets(data: dict[str, np.ndarray], scaling: Scaling) -> Tensor:
    """Class codes, or scaled values of shape (n_samples, 1)."""
    y = torch.from_numpy(data["y"])
    if y.is_floating_point():
        return ((y - scaling.shift) / scaling.scale).to(torch.float32).reshape(-1, 1)
    return y


class build:
    """A network, its optimizer, and tensors in memory."""

    def __init__(self, job: dict[str, Any], data: dict[str, np.ndarray]) -> None:
        torch.manual_seed(job["seed"])
        self.job, self.system = job, job["system"]
        self.is_airline = "airline" in job["data"]
        self.network = build_network(self.system, job["shape"][1], self.is_airline)
        self.scaling = Scaling(data, job["shape"])
        self.X, self.y = self.scaling(data["X"]), targets(data, self.scaling)

    def fit(self) -> list[float]:
        """Train, and return the seconds of each epoch."""
        optimizer = OPTIMIZERS[self.system["optimizer"]](
            self.network.parameters(), lr=self.system["lr"]
        )
        criterion = nn.MSELoss() if self.is_airline else nn.CrossEntropyLoss()
        seconds = []
        for _ in range(self.job["epochs"]):
            start = clock()
            for rows in torch.randperm(len(self.X)).split(self.system["batch_size"]):
                optimizer.zero_grad()
                loss = criterion(self.network(self.X[rows]), self.y[rows])
                loss.backward()
                optimizer.step()
            seconds.append(clock() - start)
        return seconds

    def predict(self, X: np.ndarray) -> np.ndarray:
        self.network.eval()
        with torch.inference_mode():
            outputs = torch.cat([self.network(part) for part in self.scaling(X).split(1000)])
        return self.scaling.back(outputs.numpy()) if self.is_airline else outputs.argmax(1).numpy()


def product_rates(sizes: list[list[int]]) -> list[float]:
    """Measure products (rows, inner) @ (inner, columns), the last one large, in operations/s."""
    return [_product_rate(*each) for each in [*sizes, [LARGE] * 3]]


def _product_rate(rows: int, inner: int, columns: int) -> float:
    a, b, out = torch.rand(rows, inner), torch.rand(inner, columns), torch.empty(rows, columns)
    operations = 2.0 * rows * inner * columns
    n_calls = max(1, int(2e8 / operations))
    seconds = []
    for _ in range(9):
        start = clock()
        for _ in range(n_calls):
            torch.mm(a, b, out=out)
        seconds.append(clock() - start)
    return n_calls * operations / statistics.median(seconds)
