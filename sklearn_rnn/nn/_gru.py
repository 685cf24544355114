"""The gated recurrent unit [1]_.

Of a reset gate r, an update gate z and a candidate
``n = tanh(w_ih @ x + b_ih + r * (w_hh @ state + b_hh))``, in this order in the weights, it makes a
new state ``(1 - z) * n + z * state``.

References
----------
.. [1] Cho, K. et al. (2014). Learning phrase representations using RNN encoder-decoder for
   statistical machine translation. EMNLP.
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


class GatedRecurrentUnit(Cell):
    """The gated recurrent unit. What it keeps of each step besides is what r is multiplied by."""

    layer_class = nn.GRU

    def open_gates(self, bias: Tensor, n_steps: int, generator: torch.Generator) -> None:
        """Start with memories of all lengths where steps are many: z says what is kept."""
        draw_memories(bias[1], n_steps, generator)

    def recurrence(self, layer: Layer) -> Recurrence:
        """Read with any layer alike."""
        return Recurrence(forward, backward, 3, read_by_torch)


CELL = GatedRecurrentUnit()


def read_by_torch(x: Tensor, weights: list[Tensor]) -> Tensor:
    """Read all steps, and return the state after each."""
    before = x.new_zeros(1, x.shape[1], weights[1].shape[1])
    return torch.gru(x, before, weights, *TORCH_OPTIONS)[0]


@compiled
def forward(first, x, w_ih, w_hh, b_ih, b_hh, states, inner, gates):
    """Read all steps."""
    n_steps, n_kept, n_samples = len(x), len(states), states.shape[1]
    w_ih, w_hh = np.ascontiguousarray(w_ih.T), np.ascontiguousarray(w_hh.T)
    sums = np.empty_like(gates[0])
    states[row_of(0, n_steps, n_kept)] = 0
    for step in range(n_steps):
        out = gates[row_of(step + 1, n_steps, len(gates))]
        old, new = states[row_of(step, n_steps, n_kept)], states[row_of(step + 1, n_steps, n_kept)]
        multiply(x[step][first : first + n_samples], w_ih, out)
        multiply(old, w_hh, sums)
        _update(out, sums, b_ih, b_hh, inner[row_of(step + 1, n_steps, len(inner))], old, new)


@compiled
def _update(gates, sums, b_ih, b_hh, inner, old, new):
    """Compute gates, inner values and states of a step."""
    n_samples, size = new.shape
    bias = b_ih + b_hh
    for row in range(n_samples):
        for unit in range(2 * size):
            gates[row, unit] = sigmoid(gates[row, unit] + sums[row, unit] + bias[unit])
        for unit in range(size):
            inner[row, unit] = sums[row, 2 * size + unit] + b_hh[2 * size + unit]
        for unit in range(size):
            total = gates[row, 2 * size + unit] + b_ih[2 * size + unit]
            gates[row, 2 * size + unit] = tanh(total + gates[row, unit] * inner[row, unit])
        for unit in range(size):
            z, n = gates[row, size + unit], gates[row, 2 * size + unit]
            new[row, unit] = n + z * (old[row, unit] - n)


@compiled
def backward(
    first, gradient, x, w_ih, w_hh, states, inner, gates, d_x, d_w_ih, d_w_hh, d_b_ih, d_b_hh
):
    """Compute all gradients."""
    n_steps, n_samples, width = gates.shape
    d_w_ih[:], d_w_hh[:], d_b_ih[:], d_b_hh[:] = 0, 0, 0, 0
    # What reaches a state directly, and through the gates of the next step.
    d_state, d_read = np.zeros_like(states[0]), np.zeros_like(states[0])
    block = block_size(n_steps, n_samples * width)
    buffer = np.empty((2, block, n_samples, width), x.dtype)
    for stop in range(n_steps, 0, -block):
        start = max(0, stop - block)
        by_input, by_state = buffer[0, : stop - start], buffer[1, : stop - start]
        for step in range(stop - 1, start - 1, -1):
            d_input, d_sums = by_input[step - start], by_state[step - start]
            if step >= n_steps - len(gradient):
                add(d_state, gradient[step - n_steps][first : first + n_samples])
            add(d_state, d_read)
            _differentiate(gates[step], inner[step + 1], states[step], d_state, d_input, d_sums)
            multiply(d_sums, w_hh, d_read)
            if d_x.size:
                multiply(d_input, w_ih, d_x[step][first : first + n_samples])
        input_rows, state_rows = rows_of(by_input, 0, n_samples), rows_of(by_state, 0, n_samples)
        add_weight_gradient(d_w_ih, input_rows, rows_of(x[start:stop], first, n_samples))
        add_weight_gradient(d_w_hh, state_rows, rows_of(states[start:stop], 0, n_samples))
        add_bias_gradient(d_b_ih, input_rows)
        add_bias_gradient(d_b_hh, state_rows)


@compiled
def _differentiate(gates, inner, old, d_state, by_input, by_state):
    """Compute the gradients with respect to the sums of a step, and to its old states."""
    n_samples, size = d_state.shape
    one = gates.dtype.type(1)
    for row in range(n_samples):
        for unit in range(size):
            z, n = gates[row, size + unit], gates[row, 2 * size + unit]
            by_input[row, 2 * size + unit] = d_state[row, unit] * (one - z) * (one - n * n)
        for unit in range(size):
            z, n = gates[row, size + unit], gates[row, 2 * size + unit]
            slope = (old[row, unit] - n) * z * (one - z)
            by_input[row, size + unit] = d_state[row, unit] * slope
        for unit in range(size):
            r = gates[row, unit]
            slope = inner[row, unit] * r * (one - r)
            by_input[row, unit] = by_input[row, 2 * size + unit] * slope
        for unit in range(2 * size):
            by_state[row, unit] = by_input[row, unit]
        for unit in range(size):
            by_state[row, 2 * size + unit] = by_input[row, 2 * size + unit] * gates[row, unit]
        for unit in range(size):
            d_state[row, unit] *= gates[row, size + unit]
