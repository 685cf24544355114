"""Modules and their initial weights, without the global generator."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

# Over so many steps it pays to start with units that remember long, at the price of a slower start.
LONG = 40


def build_empty(module_class: type[nn.Module], *args: Any, **options: Any) -> Any:
    """Build a module with uninitialized weights, leaving the global generator alone."""
    return module_class(*args, device="meta", **options).to_empty(device="cpu")


def draw_memories(bias: Tensor, n_steps: int, generator: torch.Generator) -> bool:
    """Let units remember over 1 to `n_steps` steps, as many over each order of magnitude.

    In [1]_ the spans themselves are uniform, so that few are short.

    Parameters
    ----------
    bias : tensor of shape (hidden_size,)
        Bias of the gate that says what is kept, set in place.

    n_steps : int
        Number of steps of the longest sequences.

    generator : torch.Generator
        Source of the spans.

    Returns
    -------
    is_long : bool
        Whether there are many steps; if not, nothing is set.

    References
    ----------
    .. [1] Tallec, C. and Ollivier, Y. (2018). Can recurrent neural networks warp time? ICLR.
    """
    if n_steps < LONG:
        return False
    bias.uniform_(0.0, math.log(n_steps - 1), generator=generator)
    return True


@torch.no_grad()
def initialize_linear(linear: nn.Linear, generator: torch.Generator) -> None:
    """Draw Glorot weights and zero biases, in place."""
    nn.init.xavier_uniform_(linear.weight, generator=generator)
    nn.init.zeros_(linear.bias)
