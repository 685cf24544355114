"""A moving average of the weights of a network in training."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import get_ema_multi_avg_fn


class WeightAverage:
    """Exponential moving average of all weights, and of the moving averages of batch norm.

    The average starts short, so that the first steps are soon forgotten, and grows to `decay`.

    Parameters
    ----------
    module : torch.nn.Module
        Network in training.

    decay : float
        Share of the average that a step keeps, once it has grown.
    """

    def __init__(self, module: nn.Module, decay: float) -> None:
        statistics = [buffer for name, buffer in module.named_buffers() if "running_" in name]
        self.weights: list[Tensor] = [*module.parameters(), *statistics]
        self.average = [weight.detach().clone() for weight in self.weights]
        self.decay = decay
        self.n_steps = 0

    @torch.no_grad()
    def update(self) -> None:
        """Take the weights after a step into the average."""
        self.n_steps += 1
        decay = min(self.decay, (1 + self.n_steps) / (10 + self.n_steps))
        get_ema_multi_avg_fn(decay)(self.average, self.weights, self.n_steps)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchange the weights of the network and their average."""
        for weight, average in zip(self.weights, self.average, strict=True):
            kept = weight.clone()
            weight.copy_(average)
            average.copy_(kept)

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Let the network compute with the average inside the block."""
        self.swap()
        try:
            yield
        finally:
            self.swap()
