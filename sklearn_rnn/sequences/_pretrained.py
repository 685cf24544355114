"""Trained networks that are to learn another task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from sklearn_rnn.training import RecurrentNet

# What comes before pooling, by the names of parameters.
READING = {"embedding", "front_end", "encoder"}
# What depends on the number of outputs.
ANSWERING = {"output", "window"}


@dataclass(frozen=True)
class Pretrained:
    """Networks to start from.

    Parameters
    ----------
    net : RecurrentNet
        A trained net.

    freeze : bool
        Whether what reads the sequences is to stay as it is.
    """

    net: RecurrentNet
    freeze: bool

    def options(self, n_outputs: int) -> dict[str, Any]:
        """List what a module of the same kind is built with, for so many outputs."""
        options = {**self.net.get_params_for("module"), "n_outputs": n_outputs}
        # Each training draws from a seed of its own.
        del options["seed"]
        return options

    def load_into(self, module: torch.nn.Module) -> None:
        """Give a module all that was learnt, but for its output layers."""
        state = self.net.module_.state_dict()
        kept = {name: each for name, each in state.items() if ANSWERING.isdisjoint(name.split("."))}
        module.load_state_dict(kept, strict=False)
        for name, parameter in module.named_parameters():
            is_reading = not READING.isdisjoint(name.split("."))
            parameter.requires_grad_(not (self.freeze and is_reading))
