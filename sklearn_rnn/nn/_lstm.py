"""Long short-term memory [1]_, with a forget gate [2]_.

Of an input gate i, a forget gate f, a candidate a and an output gate o, each of the form
``activation(w_ih @ x + b_ih + w_hh @ state + b_hh)`` and in this order in the weights, it makes a
new cell ``f * cell + i * a`` and a new state ``o * tanh(cell)``.

References
----------
.. [1] Hochreiter, S. and Schmidhuber, J. (1997). Long short-term memory. Neural Computation 9(8).
.. [2] Gers, F. A., Schmidhuber, J. and Cummins, F. (2000). Learning to forget: continual
   prediction with LSTM. Neural Computation 12(10).
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ._activations import sigmoid, tanh
from ._cell import TORCH_OPTIONS, Cell, Layer, Recurrence
from ._compile import compiled
from ._initialization import draw_memories
from ._products import add, add_bias_gradient, add_weight_gradient, multiply, rows_of
from ._steps import block_size, row_of


class LongShortTermMemory(Cell):
    """Long short-term memory. What it keeps of each step besides are its cells."""

    layer_class = nn.LSTM

    def open_gates(self, bias: Tensor, n_steps: int, generator: torch.Generator) -> None:
        """Open the forget gate [1]_, or, where steps are many, start with memories of all lengths.

        What is kept and what is added then make up the whole.

        References
        ----------
        .. [1] Jozefowicz, R., Zaremba, W. and Sutskever, I. (2015). An empirical exploration of
           recurrent network architectures. ICML.
        """
        if draw_memories(bias[1], n_steps, generator):
            bias[0] = -bias[1]
        else:
            bias[1] = 1.0

    def recurrence(self, layer: Layer) -> Recurrence:
        """Read with any layer alike."""
        return Recurrence(forward, backward, 4, read_by_torch)


CELL = LongShortTermMemory()


def read_by_torch(x: Tensor, weights: list[Tensor]) -> Tensor:
    """Read all steps, and return the state after each."""
    before = x.new_zeros(1, x.shape[1], weights[1].shape[1])
    return torch.lstm(x, (before, before), weights, *TORCH_OPTIONS)[0]


@compiled
def forward(first, x, w_ih, w_hh, b_ih, b_hh, states, inner, gates):
    """Read all steps."""
    n_steps, n_samples, n_kept, n_inner = len(x), states.shape[1], len(states), len(inner)
    bias = b_ih + b_hh
    w_ih, w_hh = np.ascontiguousarray(w_ih.T), np.ascontiguousarray(w_hh.T)
    sums = np.empty_like(gates[0])
    states[row_of(0, n_steps, n_kept)] = 0
    inner[row_of(0, n_steps, n_inner)] = 0
    for step in range(n_steps):
        out = gates[row_of(step + 1, n_steps, len(gates))]
        multiply(x[step][first : first + n_samples], w_ih, out)
        multiply(states[row_of(step, n_steps, n_kept)], w_hh, sums)
        old, new = inner[row_of(step, n_steps, n_inner)], inner[row_of(step + 1, n_steps, n_inner)]
        _update(out, sums, bias, old, new, states[row_of(step + 1, n_steps, n_kept)])


@compiled
def _update(gates, sums, bias, old, new, states):
    """Compute gates, cells and states of a step."""
    n_samples, size = states.shape
    for row in range(n_samples):
        for unit in range(2 * size):
            gates[row, unit] = sigmoid(gates[row, unit] + sums[row, unit] + bias[unit])
        for unit in range(size):
            a = gates[row, 2 * size + unit] + sums[row, 2 * size + unit]
            gates[row, 2 * size + unit] = tanh(a + bias[2 * size + unit])
        for unit in range(size):
            o = gates[row, 3 * size + unit] + sums[row, 3 * size + unit]
            gates[row, 3 * size + unit] = sigmoid(o + bias[3 * size + unit])
        for unit in range(size):
            i, f, a = gates[row, unit], gates[row, size + unit], gates[row, 2 * size + unit]
            new[row, unit] = f * old[row, unit] + i * a
        for unit in range(size):
            states[row, unit] = gates[row, 3 * size + unit] * tanh(new[row, unit])


@compiled
def backward(
    first, gradient, x, w_ih, w_hh, states, inner, gates, d_x, d_w_ih, d_w_hh, d_b_ih, d_b_hh
):
    """Compute all gradients."""
    n_steps, n_samples, width = gates.shape
    d_w_ih[:], d_w_hh[:], d_b_ih[:] = 0, 0, 0
    d_state, d_cell = np.zeros_like(states[0]), np.zeros_like(states[0])
    block = block_size(n_steps, n_samples * width)
    buffer = np.empty((block, n_samples, width), x.dtype)
    for stop in range(n_steps, 0, -block):
        start = max(0, stop - block)
        d_sums = buffer[: stop - start]
        for step in range(stop - 1, start - 1, -1):
            out = d_sums[step - start]
            if step >= n_steps - len(gradient):
                add(d_state, gradient[step - n_steps][first : first + n_samples])
            _differentiate(gates[step], inner[step], inner[step + 1], d_state, d_cell, out)
            multiply(out, w_hh, d_state)
            if d_x.size:
                multiply(out, w_ih, d_x[step][first : first + n_samples])
        d_rows = rows_of(d_sums, 0, n_samples)
        add_weight_gradient(d_w_ih, d_rows, rows_of(x[start:stop], first, n_samples))
        add_weight_gradient(d_w_hh, d_rows, rows_of(states[start:stop], 0, n_samples))
        add_bias_gradient(d_b_ih, d_rows)
    d_b_hh[:] = d_b_ih


@compiled
def _differentiate(gates, old, new, d_state, d_cell, out):
    """Compute the gradients with respect to the sums of a step, and to its old cells."""
    n_samples, size = d_state.shape
    one = gates.dtype.type(1)
    squashed = np.empty_like(d_state[0])
    for row in range(n_samples):
        for unit in range(size):
            squashed[unit] = tanh(new[row, unit])
        for unit in range(size):
            o = gates[row, 3 * size + unit]
            out[row, 3 * size + unit] = d_state[row, unit] * squashed[unit] * o * (one - o)
        for unit in range(size):
            slope = gates[row, 3 * size + unit] * (one - squashed[unit] * squashed[unit])
            d_cell[row, unit] += d_state[row, unit] * slope
        for unit in range(size):
            i, a = gates[row, unit], gates[row, 2 * size + unit]
            out[row, unit] = d_cell[row, unit] * a * i * (one - i)
        for unit in range(size):
            f = gates[row, size + unit]
            out[row, size + unit] = d_cell[row, unit] * old[row, unit] * f * (one - f)
        for unit in range(size):
            i, a = gates[row, unit], gates[row, 2 * size + unit]
            out[row, 2 * size + unit] = d_cell[row, unit] * i * (one - a * a)
        for unit in range(size):
            d_cell[row, unit] *= gates[row, size + unit]
