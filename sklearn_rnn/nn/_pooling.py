"""Reduce the outputs of all steps to one vector per sequence."""

from __future__ import annotations

import torch
from torch import Tensor


def step_mask(lengths: Tensor, n_steps: int, device: torch.device) -> Tensor:
    """Tell valid steps from padding: True at the first `lengths[i]` steps of row i.

    Returns
    -------
    mask : tensor of shape (n_samples, n_steps, 1)
    """
    steps = torch.arange(n_steps, device=device)
    return (steps < lengths.to(device)[:, None])[:, :, None]


def pool_last(outputs: Tensor, lengths: Tensor | None, bidirectional: bool) -> Tensor:
    """Take the output of each direction after it has read the whole sequence."""
    if lengths is None:
        last = outputs[:, -1]
    else:
        rows = torch.arange(len(outputs), device=outputs.device)
        last = outputs[rows, lengths.to(outputs.device) - 1]
    if not bidirectional:
        return last
    half = outputs.shape[-1] // 2
    # The backward direction ends at the first step.
    return torch.cat([last[:, :half], outputs[:, 0, half:]], dim=1)


def pool_mean(outputs: Tensor, lengths: Tensor | None, bidirectional: bool) -> Tensor:
    """Average the outputs over the valid steps."""
    if lengths is None:
        return outputs.mean(dim=1)
    mask = step_mask(lengths, outputs.shape[1], outputs.device)
    total = outputs.masked_fill(~mask, 0.0).sum(dim=1)
    return total / lengths.to(outputs.device, outputs.dtype)[:, None]


def pool_max(outputs: Tensor, lengths: Tensor | None, bidirectional: bool) -> Tensor:
    """Take the largest output over the valid steps."""
    if lengths is not None:
        mask = step_mask(lengths, outputs.shape[1], outputs.device)
        outputs = outputs.masked_fill(~mask, -torch.inf)
    return outputs.amax(dim=1)


POOLINGS = {"last": pool_last, "mean": pool_mean, "max": pool_max}
