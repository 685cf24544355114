"""The cell of :class:`torch.nn.GRU`.

``r`` and ``z`` are sigmoids of input and state, ``s = W_hn h + b_hn`` reads the state alone,
``n = tanh(W_in x + b_in + r * s)`` and ``h = n + z * (h - n)``. Inner values are s.
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
    w_ih, w_hh = np.ascontiguousarray(w_ih.T), np.ascontiguousarray(w_hh.T)
    sums = np.empty_like(gates[0])
    for step in range(len(x)):
        out = gates[min(step, len(gates) - 1)]
        multiply(x[step], w_ih, out)
        multiply(states[step], w_hh, sums)
        _update(out, sums, b_ih, b_hh, inner[step + 1], states[step], states[step + 1])


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
def backward(gradient, x, w_ih, w_hh, states, inner, gates, d_x, d_w_ih, d_w_hh, d_b_ih, d_b_hh):
    """Compute all gradients."""
    n_steps, n_samples, width = gates.shape
    d_w_ih[:], d_w_hh[:], d_b_ih[:], d_b_hh[:] = 0, 0, 0, 0
    # What reaches a state directly, and through the gates of the next step.
    d_state, d_read = np.zeros_like(gradient[0]), np.zeros_like(gradient[0])
    block = block_size(n_steps, n_samples * width)
    buffer = np.empty((2, block, n_samples, width), x.dtype)
    for stop in range(n_steps, 0, -block):
        start = max(0, stop - block)
        by_input, by_state = buffer[0, : stop - start], buffer[1, : stop - start]
        for step in range(stop - 1, start - 1, -1):
            d_input, d_sums = by_input[step - start], by_state[step - start]
            _add_gradients(d_state, gradient[step], d_read)
            _differentiate(gates[step], inner[step + 1], states[step], d_state, d_input, d_sums)
            multiply(d_sums, w_hh, d_read)
            if d_x.size:
                multiply(d_input, w_ih, d_x[step])
        add_weight_gradient(d_w_ih, by_input, x[start:stop])
        add_weight_gradient(d_w_hh, by_state, states[start:stop])
        add_bias_gradient(d_b_ih, by_input)
        add_bias_gradient(d_b_hh, by_state)


@compiled
def _add_gradients(d_state, gradient, d_read):
    """Complete the gradient with respect to the states of a step."""
    n_samples, size = d_state.shape
    for row in range(n_samples):
        for unit in range(size):
            d_state[row, unit] += gradient[row, unit] + d_read[row, unit]


@compiled
def _differentiate(gates, inner, old, d_state, by_input, by_state):
    """Compute the gradients with respect to the sums of a step, and to its old states.

    One array is written in each loop, so that compilers see that they can vectorise it.
    """
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
