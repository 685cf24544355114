"""The cell of :class:`torch.nn.RNN`: ``h = f(W_ih x + b_ih + W_hh h + b_hh)``, f tanh or relu."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from ._activations import tanh
from ._compiling import compiled
from ._products import add_bias_gradient, add_weight_gradient, block_size, multiply


def _build(activation, slope):
    """Build both passes for an activation, and its slope told from its value."""

    @compiled
    def forward(x, w_ih, w_hh, b_ih, b_hh, states, inner, gates):
        bias = b_ih + b_hh
        w_ih, w_hh = np.ascontiguousarray(w_ih.T), np.ascontiguousarray(w_hh.T)
        n_samples, size = states[0].shape
        zero = x.dtype.type(0)
        sums = np.empty_like(states[0])
        for step in range(len(x)):
            new = states[step + 1]
            multiply(x[step], w_ih, new)
            multiply(states[step], w_hh, sums)
            for row in range(n_samples):
                for unit in range(size):
                    total = new[row, unit] + sums[row, unit] + bias[unit]
                    new[row, unit] = activation(total, zero)

    @compiled
    def backward(
        gradient, x, w_ih, w_hh, states, inner, gates, d_x, d_w_ih, d_w_hh, d_b_ih, d_b_hh
    ):
        n_steps, n_samples, size = gradient.shape
        one = gradient.dtype.type(1)
        d_w_ih[:], d_w_hh[:], d_b_ih[:] = 0, 0, 0
        d_state = np.zeros_like(gradient[0])
        block = block_size(n_steps, n_samples * size)
        buffer = np.empty((block, n_samples, size), x.dtype)
        for stop in range(n_steps, 0, -block):
            start = max(0, stop - block)
            d_sums = buffer[: stop - start]
            for step in range(stop - 1, start - 1, -1):
                out, new, d_new = d_sums[step - start], states[step + 1], gradient[step]
                for row in range(n_samples):
                    for unit in range(size):
                        total = d_new[row, unit] + d_state[row, unit]
                        out[row, unit] = total * slope(new[row, unit], one)
                multiply(out, w_hh, d_state)
                if d_x.size:
                    multiply(out, w_ih, d_x[step])
            add_weight_gradient(d_w_ih, d_sums, x[start:stop])
            add_weight_gradient(d_w_hh, d_sums, states[start:stop])
            add_bias_gradient(d_b_ih, d_sums)
        d_b_hh[:] = d_b_ih

    return forward, backward


@compiled
def _tanh(value, zero):
    return tanh(value)


@compiled
def _tanh_slope(value, one):
    return one - value * value


@compiled
def _relu(value, zero):
    # Written so that NaN stays NaN.
    return zero if value < zero else value


@compiled
def _relu_slope(value, one):
    return one if value > 0 else one - one


forward_tanh, backward_tanh = _build(_tanh, _tanh_slope)
forward_relu, backward_relu = _build(_relu, _relu_slope)
