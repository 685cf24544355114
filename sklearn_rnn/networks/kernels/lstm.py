"""The cell of :class:`torch.nn.LSTM`.

``i``, ``f`` and ``o`` are sigmoids, ``a`` is a tanh of input and state; the cell becomes
``c = f * c + i * a``, and the state ``h = o * tanh(c)``. Inner values are the cells.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from ._activations import sigmoid, tanh
from ._compiling import compiled
from ._products import add_bias_gradient, add_weight_gradient, block_size, multiply


@compiled
def forward(x, w_ih, w_hh, b_ih, b_hh, states, inner, gates):
    """Read all steps."""
    bias = b_ih + b_hh
    w_ih, w_hh = np.ascontiguousarray(w_ih.T), np.ascontiguousarray(w_hh.T)
    sums = np.empty_like(gates[0])
    for step in range(len(x)):
        out = gates[min(step, len(gates) - 1)]
        multiply(x[step], w_ih, out)
        multiply(states[step], w_hh, sums)
        _update(out, sums, bias, inner[step], inner[step + 1], states[step + 1])


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
def backward(gradient, x, w_ih, w_hh, states, inner, gates, d_x, d_w_ih, d_w_hh, d_b_ih, d_b_hh):
    """Compute all gradients."""
    n_steps, n_samples, width = gates.shape
    d_w_ih[:], d_w_hh[:], d_b_ih[:] = 0, 0, 0
    d_state, d_cell = np.zeros_like(gradient[0]), np.zeros_like(gradient[0])
    block = block_size(n_steps, n_samples * width)
    buffer = np.empty((block, n_samples, width), x.dtype)
    for stop in range(n_steps, 0, -block):
        start = max(0, stop - block)
        d_sums = buffer[: stop - start]
        for step in range(stop - 1, start - 1, -1):
            out = d_sums[step - start]
            _differentiate(
                gates[step], inner[step], inner[step + 1], gradient[step], d_state, d_cell, out
            )
            multiply(out, w_hh, d_state)
            if d_x.size:
                multiply(out, w_ih, d_x[step])
        add_weight_gradient(d_w_ih, d_sums, x[start:stop])
        add_weight_gradient(d_w_hh, d_sums, states[start:stop])
        add_bias_gradient(d_b_ih, d_sums)
    d_b_hh[:] = d_b_ih


@compiled
def _differentiate(gates, old, new, gradient, d_state, d_cell, out):
    """Compute the gradients with respect to the sums of a step, and to its old cells.

    One array is written in each loop, so that compilers see that they can vectorise it.
    """
    n_samples, size = d_state.shape
    one = gates.dtype.type(1)
    squashed = np.empty_like(d_state[0])
    for row in range(n_samples):
        for unit in range(size):
            squashed[unit] = tanh(new[row, unit])
        for unit in range(size):
            d_state[row, unit] += gradient[row, unit]
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
