"""Sequences read from their end."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import Function


def reversed_order(lengths: Tensor | None, n_steps: int, n_samples: int) -> Tensor:
    """Number the rows of sequences that are reversed, each within its valid steps.

    Returns
    -------
    order : tensor of shape (n_steps * n_samples,)
        Where to find each row of the flattened steps. To reverse twice is to do nothing.
    """
    steps = torch.arange(n_steps)[:, None]
    ends = torch.full((n_samples,), n_steps) if lengths is None else lengths
    mirrored = torch.where(steps < ends, ends - 1 - steps, steps)
    return (mirrored * n_samples + torch.arange(n_samples)).flatten()


class Reorder(Function):
    """Put the rows of all steps in an order that is its own inverse."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, order: Tensor) -> Tensor:
        ctx.save_for_backward(order)
        return x.flatten(0, 1).index_select(0, order).view(x.shape)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        return Reorder.apply(gradient, *ctx.saved_tensors), None
