"""The simple cell of Elman [1]_.

Its new state is ``tanh(w_ih @ x + b_ih + w_hh @ state + b_hh)``, or relu instead of tanh.

References
----------
.. [1] Elman, J. L. (1990). Finding structure in time. Cognitive Science 14(2).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ._activations import tanh
from ._cell import TORCH_OPTIONS, Cell, Layer, Recurrence
from ._compile import compiled
from ._initialization import build_empty
from ._products import add, add_bias_gradient, add_weight_gradient, multiply, rows_of
from ._steps import block_size, row_of


class SimpleCell(Cell):
    """The simple cell, with tanh or relu."""

    layer_class = nn.RNN

    def build(self, *sizes: int, nonlinearity: str, **options: Any) -> Layer:
        """Build a layer with the given activation."""
        options |= {"nonlinearity": nonlinearity, "batch_first": True}
        return build_empty(self.layer_class, *sizes, **options)

    def draw_recurrent(self, layer: Layer, weight: Tensor, generator: torch.Generator) -> None:
        """Draw orthogonal weights, or start relu from the identity [1]_.

        References
        ----------
        .. [1] Le, Q. V., Jaitly, N. and Hinton, G. E. (2015). A simple way to initialize recurrent
           networks of rectified linear units. arXiv:1504.00941.
        """
        if layer.nonlinearity == "relu":
            nn.init.eye_(weight)
        else:
            super().draw_recurrent(layer, weight, generator)

    def recurrence(self, layer: Layer) -> Recurrence:
        """Read with the activation of a layer, of which the state after each step tells all."""
        relu = layer.nonlinearity == "relu"
        by_torch = partial(read_by_torch, torch.rnn_relu if relu else torch.rnn_tanh)
        return Recurrence(partial(forward, relu), partial(backward, relu), 0, by_torch)


CELL = SimpleCell()


def read_by_torch(function: Any, x: Tensor, weights: list[Tensor]) -> Tensor:
    """Read all steps, and return the state after each."""
    before = x.new_zeros(1, x.shape[1], weights[1].shape[1])
    return function(x, before, weights, *TORCH_OPTIONS)[0]


@compiled
def forward(relu, first, x, w_ih, w_hh, b_ih, b_hh, states, inner, gates):
    """Read all steps, with relu instead of tanh if asked for."""
    n_steps, n_kept, n_samples = len(x), len(states), states.shape[1]
    bias = b_ih + b_hh
    w_ih, w_hh = np.ascontiguousarray(w_ih.T), np.ascontiguousarray(w_hh.T)
    sums = np.empty_like(states[0])
    states[row_of(0, n_steps, n_kept)] = 0
    for step in range(n_steps):
        old, new = states[row_of(step, n_steps, n_kept)], states[row_of(step + 1, n_steps, n_kept)]
        multiply(x[step][first : first + n_samples], w_ih, new)
        multiply(old, w_hh, sums)
        _update(relu, new, sums, bias)


@compiled
def _update(relu, states, sums, bias):
    """Complete the states of a step, which hold the products with the input."""
    n_samples, size = states.shape
    zero = states.dtype.type(0)
    for row in range(n_samples):
        for unit in range(size):
            states[row, unit] += sums[row, unit] + bias[unit]
        if relu:
            for unit in range(size):
                # Written so that NaN stays NaN.
                states[row, unit] = zero if states[row, unit] < zero else states[row, unit]
        else:
            for unit in range(size):
                states[row, unit] = tanh(states[row, unit])


@compiled
def backward(
    relu, first, gradient, x, w_ih, w_hh, states, inner, gates, d_x, d_w_ih, d_w_hh, d_b_ih, d_b_hh
):
    """Compute all gradients."""
    n_steps, n_samples, size = len(x), states.shape[1], states.shape[2]
    d_w_ih[:], d_w_hh[:], d_b_ih[:] = 0, 0, 0
    d_state = np.zeros_like(states[0])
    block = block_size(n_steps, n_samples * size)
    buffer = np.empty((block, n_samples, size), x.dtype)
    for stop in range(n_steps, 0, -block):
        start = max(0, stop - block)
        d_sums = buffer[: stop - start]
        for step in range(stop - 1, start - 1, -1):
            out = d_sums[step - start]
            if step >= n_steps - len(gradient):
                add(d_state, gradient[step - n_steps][first : first + n_samples])
            _differentiate(relu, states[step + 1], d_state, out)
            multiply(out, w_hh, d_state)
            if d_x.size:
                multiply(out, w_ih, d_x[step][first : first + n_samples])
        d_rows = rows_of(d_sums, 0, n_samples)
        add_weight_gradient(d_w_ih, d_rows, rows_of(x[start:stop], first, n_samples))
        add_weight_gradient(d_w_hh, d_rows, rows_of(states[start:stop], 0, n_samples))
        add_bias_gradient(d_b_ih, d_rows)
    d_b_hh[:] = d_b_ih


@compiled
def _differentiate(relu, states, d_state, out):
    """Compute the gradients with respect to the sums of a step."""
    n_samples, size = states.shape
    zero, one = states.dtype.type(0), states.dtype.type(1)
    for row in range(n_samples):
        if relu:
            for unit in range(size):
                out[row, unit] = d_state[row, unit] if states[row, unit] > zero else zero
        else:
            for unit in range(size):
                slope = one - states[row, unit] * states[row, unit]
                out[row, unit] = d_state[row, unit] * slope
