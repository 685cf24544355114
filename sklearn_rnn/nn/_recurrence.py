"""A recurrence over all steps, as one function to differentiate.

Torch has a fused path for LSTMs on the CPU, but runs its other cells step by step through
autograd. Here a direction is one call of compiled code, forward and backward.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import Function

from ._cell import Recurrence
from ._parts import split
from ._threads import share

# States, inner values and gates of a part of the batch.
Kept = tuple[Tensor, Tensor, Tensor]


def recur(how: Recurrence, x: Tensor, weights: Sequence[Tensor], n_last: int) -> Tensor:
    """Read sequences in one direction, from a state of zeros.

    Parameters
    ----------
    how : Recurrence
        How to read.

    x : tensor of shape (n_steps, n_samples, input_size)
        Sequences, contiguous.

    weights : sequence of tensor
        Input weights, recurrent weights, and their two biases, as in torch.

    n_last : int
        Number of steps to return.

    Returns
    -------
    states : tensor of shape (n_last, n_samples, hidden_size)
        State after each of the last steps.
    """
    if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in (x, *weights)):
        return _Recurrence.apply(how, n_last, x, *weights)
    return _join(_forward(how, x, weights, n_states=n_last, n_inner=1), n_last)


class _Recurrence(Function):
    @staticmethod
    def forward(ctx: Any, how: Recurrence, n_last: int, x: Tensor, *weights: Tensor) -> Tensor:
        kept = _forward(how, x, weights, n_states=len(x), n_inner=len(x))
        ctx.how = how
        ctx.save_for_backward(x, *weights, *chain.from_iterable(kept))
        return _join(kept, n_last)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, *weights = ctx.saved_tensors[:5]
        if torch.is_grad_enabled():
            return None, None, *_differentiable_backward(ctx.how, gradient, [x, *weights])
        of_parts = iter(ctx.saved_tensors[5:])
        kept = list(zip(of_parts, of_parts, of_parts, strict=True))
        needs_x = ctx.needs_input_grad[2]
        return None, None, *_backward(ctx.how, gradient, x, weights, kept, needs_x)


def _join(kept: list[Kept], n_last: int) -> Tensor:
    """Put the last states of all parts together."""
    last = [states[-n_last:] for states, _, _ in kept]
    return last[0] if len(last) == 1 else torch.cat(last, dim=1)


def _forward(
    how: Recurrence, x: Tensor, weights: Sequence[Tensor], n_states: int, n_inner: int
) -> list[Kept]:
    """Compute the newest states, with the one before, and as much of what lies inside cells."""
    size = weights[1].shape[1]
    given = [each.detach().numpy() for each in (x, *weights)]
    kept, calls = [], []
    n_weights = weights[0].numel() + weights[1].numel()
    for first, n_samples in split(x.shape[0], x.shape[1], n_weights):
        states = x.new_empty(n_states + 1, n_samples, size)
        inner = x.new_empty(n_inner + 1, n_samples, size) if how.n_gates else states
        gates = x.new_empty(n_inner, n_samples, how.n_gates * size)
        kept.append((states, inner, gates))
        calls.append((first, *given, *(each.numpy() for each in kept[-1])))
    share(how.forward, calls)
    return kept


def _backward(
    how: Recurrence,
    gradient: Tensor,
    x: Tensor,
    weights: Sequence[Tensor],
    kept: list[Kept],
    needs_x: bool,
) -> tuple[Tensor | None, ...]:
    """Compute the gradients with respect to `x`, if it is needed, and to the weights."""
    d_x = torch.empty_like(x) if needs_x else x.new_empty(0, 0, 0)
    given = [each.detach().numpy() for each in (gradient.contiguous(), x, *weights[:2])]
    found, calls, first = [], [], 0
    for tensors in kept:
        found.append([torch.empty_like(weight) for weight in weights])
        others = (each.detach().numpy() for each in (*tensors, d_x, *found[-1]))
        calls.append((first, *given, *others))
        first += tensors[0].shape[1]
    share(how.backward, calls)
    of_weights = (sum(parts[1:], start=parts[0]) for parts in zip(*found, strict=True))
    return d_x if needs_x else None, *of_weights


def _differentiable_backward(
    how: Recurrence, gradient: Tensor, inputs: list[Tensor]
) -> Iterator[Tensor | None]:
    """Compute gradients with a graph (`create_graph=True`), which takes the steps of torch."""
    x, *weights = inputs
    outputs = how.by_torch(x, weights)[-len(gradient) :]
    needed = [tensor for tensor in inputs if tensor.requires_grad]
    found = iter(torch.autograd.grad(outputs, needed, gradient, create_graph=True))
    return (next(found) if tensor.requires_grad else None for tensor in inputs)
