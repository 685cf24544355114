"""The systems as one writes them by hand in torch, with torch's own initial weights."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "rmsprop": torch.optim.RMSprop}
CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class Network(nn.Module):
    """Recurrent layer, batch norm if asked for, linear layer."""

    def __init__(self, system: dict[str, Any]) -> None:
        super().__init__()
        size = system["hidden_size"]
        options = {}
        if system["cell"] == "rnn":
            options["nonlinearity"] = system.get("nonlinearity", "tanh")
        self.recurrent = CELLS[system["cell"]](28, size, batch_first=True, **options)
        self.norm = nn.BatchNorm1d(size) if system.get("batch_norm") else nn.Identity()
        self.output = nn.Linear(size, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Answer for rows of images of shape (n_samples, 28, 28)."""
        return self.output(self.norm(self.recurrent(x)[0][:, -1]))


def train_and_score(
    system: dict[str, Any], train: tuple, test: tuple, seed: int
) -> tuple[float, float, int]:
    """Train by hand: test accuracy in percent, seconds, number of parameters."""
    torch.manual_seed(seed)
    X, y = (torch.from_numpy(part) for part in (np.float32(train[0]) / 255, train[1]))
    X_test = torch.from_numpy(np.float32(test[0]) / 255)
    network = Network(system)
    optimizer = OPTIMIZERS[system["optimizer"]](network.parameters(), lr=system["lr"])
    start = time.perf_counter()
    for _ in range(system["max_epochs"]):
        for rows in torch.randperm(len(X)).split(system["batch_size"]):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(network(X[rows]), y[rows])
            loss.backward()
            optimizer.step()
    seconds = time.perf_counter() - start
    network.eval()
    with torch.inference_mode():
        predicted = torch.cat([network(part).argmax(1) for part in X_test.split(1000)]).numpy()
    n_parameters = sum(weight.numel() for weight in network.parameters())
    return 100 * float(np.mean(predicted == test[1])), seconds, n_parameters
