"""A recurrence over all steps, as one function to differentiate.

Torch has a fused path for LSTMs on the CPU, but runs its other cells step by step through
autograd, and forms their weight gradients a step at a time. Here the input is multiplied once
for many steps, the steps themselves are computed in place, and so are the weight gradients
formed: in one product for many steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import Function

from ._cells import Cell, recurrent_order

# Values of gates that are worked on at a time: about what the cache of a core holds. What is not
# needed any longer is overwritten by the next block, so that long sequences need little memory
# beside the kept.
BLOCK_VALUES = 2**18


def recur(cell: Cell, x: Tensor, weights: tuple[Tensor, ...]) -> Tensor:
    """Read sequences in one direction, from a state of zeros.

    Parameters
    ----------
    cell : Cell
        What a step computes.

    x : tensor of shape (n_steps, n_samples, input_size)
        Sequences.

    weights : tuple of tensor
        Input weights, recurrent weights, and their two biases, as in torch.

    Returns
    -------
    states : tensor of shape (n_steps, n_samples, hidden_size)
        State after each step.
    """
    if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in (x, *weights)):
        return _Recurrence.apply(cell, x, *weights)
    return _forward(cell, x, weights, keep=False)[0][1:]


class _Recurrence(Function):
    @staticmethod
    def forward(ctx: Any, cell: Cell, x: Tensor, *weights: Tensor) -> Tensor:
        states, kept = _forward(cell, x, weights, keep=True)
        ctx.cell = cell
        ctx.save_for_backward(x, *weights, states, kept)
        return states[1:]

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        *inputs, states, kept = ctx.saved_tensors
        if torch.is_grad_enabled():
            return None, *_differentiable_backward(ctx.cell, gradient, inputs)
        x, w_ih, w_hh, *_ = inputs
        needs_x = ctx.needs_input_grad[1]
        return None, *_backward(ctx.cell, gradient, needs_x, x, w_ih, w_hh, states, kept)


def _differentiable_backward(
    cell: Cell, gradient: Tensor, inputs: list[Tensor]
) -> Iterator[Tensor | None]:
    """Compute gradients with a graph (`create_graph=True`), which takes the steps of torch."""
    x, *weights = inputs
    zeros = x.new_zeros(1, x.shape[1], weights[1].shape[1])
    outputs = cell.by_torch(x, zeros, weights, True, 1, 0.0, False, False, False)[0]
    needed = [tensor for tensor in inputs if tensor.requires_grad]
    found = iter(torch.autograd.grad(outputs, needed, gradient, create_graph=True))
    return (next(found) if tensor.requires_grad else None for tensor in inputs)


def _blocks(n_steps: int, size: int) -> Iterator[slice]:
    """Cut steps into ranges of `size` steps."""
    return (slice(start, min(start + size, n_steps)) for start in range(0, n_steps, size))


def _block_size(cell: Cell, x: Tensor, hidden_size: int) -> int:
    """Number of steps of a block: as many in each, and at most `BLOCK_VALUES` values."""
    values_per_step = x.shape[1] * hidden_size * cell.gradient_width
    largest = max(1, BLOCK_VALUES // values_per_step)
    n_blocks = -(-len(x) // largest)
    return -(-len(x) // n_blocks)


def _forward(
    cell: Cell, x: Tensor, weights: tuple[Tensor, ...], keep: bool
) -> tuple[Tensor, Tensor]:
    """Compute the states, the first one of which is zero, and what the backward pass needs."""
    n_samples, hidden_size = x.shape[1], weights[1].shape[1]
    states = x.new_empty(len(x) + 1, n_samples, hidden_size)
    states[0].zero_()
    size = _block_size(cell, x, hidden_size)
    n_kept = len(x) if keep else size
    kept = x.new_empty(n_kept, n_samples, cell.kept_width * hidden_size)
    for block in _blocks(len(x), size):
        here = block if keep else slice(block.stop - block.start)
        cell.forward(x[block], states[block.start : block.stop + 1], kept[here], weights)
    return states, kept


def _backward(
    cell: Cell,
    gradient: Tensor,
    x_needs_gradient: bool,
    x: Tensor,
    w_ih: Tensor,
    w_hh: Tensor,
    states: Tensor,
    kept: Tensor,
) -> tuple[Tensor | None, ...]:
    """Compute the gradients with respect to the input (None if not needed) and the weights."""
    width, size = w_hh.shape
    recurrent = recurrent_order(w_hh, size)
    d_x = torch.empty_like(x) if x_needs_gradient else None
    d_w_ih, d_w_hh = w_ih.new_zeros(w_ih.shape[::-1]), w_hh.new_zeros(size, width)
    d_bias = w_hh.new_zeros(cell.gradient_width * size)
    n_at_once = _block_size(cell, x, size)
    d_states = x.new_empty(n_at_once + 1, x.shape[1], size)
    d_sums = x.new_empty(n_at_once, x.shape[1], len(d_bias))
    d_states[0] = 0.0
    for block in reversed(list(_blocks(len(x), n_at_once))):
        n_steps = block.stop - block.start
        here, out = d_states[: n_steps + 1], d_sums[:n_steps]
        # What reaches back from the later block is the gradient of the state before it.
        carried = d_states[0].clone()
        here[1:] = gradient[block]
        here[-1] += carried
        here[0] = 0.0
        cell.backward(states[block.start : block.stop + 1], kept[block], here, out, recurrent)
        rows = out.flatten(0, 1)
        by_input, by_state = rows[:, -width:], rows[:, :width]
        d_w_ih.addmm_(x[block].flatten(0, 1).t(), by_input)
        d_w_hh.addmm_(states[block].flatten(0, 1).t(), by_state)
        d_bias += rows.sum(0)
        if d_x is not None:
            d_x[block] = (by_input @ w_ih).view_as(x[block])
    d_b_ih, d_b_hh = d_bias[-width:], recurrent_order(d_bias[:width], -size)
    return d_x, d_w_ih.t(), recurrent_order(d_w_hh.t(), -size), d_b_ih, d_b_hh
