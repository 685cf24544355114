"""Sequences that are read a few steps at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ._network import SequenceNetwork
from ._step_network import StepNetwork

# How the outputs of all steps become one, from those of the first steps and those of the next.
CONTINUED: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "last": lambda before, outputs: outputs[:, -1],
    "mean": lambda before, outputs: before + outputs.sum(dim=1),
    "max": lambda before, outputs: torch.maximum(before, outputs.amax(dim=1)),
}
STARTS = {"last": 0.0, "mean": 0.0, "max": -torch.inf}


class ContinuedReading:
    """What a network that reads forward has read so far.

    Parameters
    ----------
    network : SequenceNetwork
        The network, without a front end or a second direction.

    n_sequences : int
        Number of sequences that are read side by side.
    """

    def __init__(self, network: SequenceNetwork, n_sequences: int) -> None:
        self.network, self.n_steps = network, 0
        self.states: list[Any] = [None] * len(network.encoder.layers)
        self.pooled = {
            name: network.output.weight.new_full(
                (n_sequences, network.encoder.output_size), STARTS[name]
            )
            for name in network.poolings
        }

    def read(self, x: Tensor) -> None:
        """Read on, raw sequences of shape (n_sequences, n_steps, n_features)."""
        encoded = self.network.encoder.read_on(self.network.prepare(x), self.states)
        self.n_steps += x.shape[1]
        for name, before in self.pooled.items():
            self.pooled[name] = CONTINUED[name](before, encoded)

    def outputs(self) -> Tensor:
        """Compute the outputs, of shape (n_sequences, n_outputs), as if this were the end."""
        pooled = [
            each / self.n_steps if name == "mean" else each for name, each in self.pooled.items()
        ]
        return self.network.output(self.network.norm(torch.cat(pooled, dim=1)))


class ContinuedSteps:
    """What a network that answers after each step, and looks back alone, has read so far.

    Parameters
    ----------
    network : StepNetwork
        The network, without a second direction.

    n_sequences : int
        Number of sequences that are read side by side.
    """

    def __init__(self, network: StepNetwork, n_sequences: int) -> None:
        self.network = network
        self.states: list[Any] = [None] * len(network.encoder.layers)
        self.before: Tensor | None = None

    def read(self, x: Tensor) -> None:
        """Read on, raw sequences of shape (n_sequences, n_steps, n_features)."""
        known = x if self.before is None else torch.cat([self.before, x], dim=1)
        self.answers = self.network.read_on(known, x.shape[1], self.states)
        self.before = known[:, max(0, known.shape[1] - self.network.memory) :]

    def outputs(self) -> Tensor:
        """Return those of the steps read last, of shape (n_sequences, n_steps, n_outputs)."""
        return self.answers
