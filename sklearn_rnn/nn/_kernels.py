"""Recurrences over all steps, forward and backward, compiled by Numba [1]_.

Each kind of cell has two functions on arrays of NumPy, for the samples from `first` on:

``forward(first, x, w_ih, w_hh, b_ih, b_hh, states, inner, gates)``
    reads `x` of shape (n_steps, n_all, input_size) from a state of zeros, and fills `states` of
    shape (n_steps + 1, n_samples, hidden_size), whose first step is the state before. `inner`, of
    the same shape, is filled with what else a cell needs of each step, and `gates`, of shape
    (n_steps, n_samples, n_gates * hidden_size), with its gates. Arrays of fewer steps keep the
    newest: without a backward pass, two are enough, and one of `gates`.

``backward(first, gradient, x, w_ih, w_hh, states, inner, gates, d_x, d_w_ih, d_w_hh, d_b_ih,
d_b_hh)``
    takes the gradient with respect to the last states, as many as it has steps, and fills those
    with respect to the rest, of shape (..., n_all, ...) where they are not of weights. An empty
    `d_x` is left alone.

Those of the simple cell take before all else whether its activation is relu instead of tanh.

Weights and biases are those of torch, gates in its order. Arrays are contiguous, all of the same
dtype, float32 or float64. Each loop writes one array, so that LLVM sees that it can vectorise it,
and constants have the dtype of the arrays, since others would turn float32 into float64.

All is in this file: Numba keeps machine code until the file of a function changes, and does not
look at those that it imports.

References
----------
.. [1] Lam, S. K., Pitrou, A. and Seibert, S. (2015). Numba: a LLVM-based Python JIT compiler.
   LLVM-HPC.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import scipy.linalg.cython_blas  # noqa: F401 (the library that Numba multiplies with)
from numba.extending import overload
from threadpoolctl import threadpool_info

# For AVX-512, OpenBLAS has kernels for products of up to so many multiplications, which are up to
# a third faster than those for large ones.
HAS_SMALL_KERNELS = any(
    library.get("architecture") in ("SkylakeX", "Cooperlake", "SapphireRapids")
    for library in threadpool_info()
)
SMALL_PRODUCT = 10**6 if HAS_SMALL_KERNELS else 0
# They need a few rows to be fast, and some more if their products are then added up.
MIN_ROWS = 8
MIN_ROWS_TO_ADD = 32
# More rows than this do not fit into the cache of a core, if they are added up.
MAX_ROWS_TO_ADD = 256
# Values of gates whose gradients are worked on at a time: about what the cache of a core holds.
BLOCK_VALUES = 2**18
HALF = np.float32(0.5)
# A rational function of x, as in Eigen and XLA: odd powers over even ones, from the highest.
BOUND = np.float32(7.90531110763549805)
ABOVE = tuple(
    np.float32(each)
    for each in (
        -2.76076847742355e-16,
        2.00018790482477e-13,
        -8.60467152213735e-11,
        5.12229709037114e-08,
        1.48572235717979e-05,
        6.37261928875436e-04,
        4.89352455891786e-03,
    )
)
BELOW = tuple(
    np.float32(each)
    for each in (1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, ABOVE[-1])
)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function when it is first called, and keep the machine code for later processes.

    Sums may be formed in another order and products fused, but NaN and infinity are respected.
    """
    options: dict[str, Any] = {
        "nogil": True,
        "error_model": "numpy",
        "fastmath": {"arcp", "contract", "nsz", "reassoc"},
    }
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:
        # There is no folder that may be written to.
        return numba.njit(**options)(function)


def tanh(x):
    """Compute the hyperbolic tangent, of a float32 up to 3e-7."""
    return math.tanh(x)


def sigmoid(x):
    """Compute the logistic function, of a float32 up to 2e-7."""
    return 0.5 * math.tanh(0.5 * x) + 0.5


@overload(tanh)
def _tanh_of_type(x):
    return _tanh32 if x == numba.types.float32 else _tanh64


@overload(sigmoid)
def _sigmoid_of_type(x):
    return _sigmoid32 if x == numba.types.float32 else _sigmoid64


def _tanh64(x):
    return math.tanh(x)


def _sigmoid64(x):
    return 0.5 * math.tanh(0.5 * x) + 0.5


def _tanh32(x):
    # Written so that NaN stays NaN.
    x = BOUND if x > BOUND else x
    x = -BOUND if x < -BOUND else x
    square = x * x
    above = ABOVE[0]
    for factor in ABOVE[1:]:
        above = above * square + factor
    below = BELOW[0]
    for factor in BELOW[1:]:
        below = below * square + factor
    return x * above / below


def _sigmoid32(x):
    return HALF * tanh(HALF * x) + HALF


@compiled
def block_size(n_steps, values_per_step):
    """Number of steps of a block: as many in each, and at most `BLOCK_VALUES` values."""
    largest = max(1, BLOCK_VALUES // values_per_step)
    n_blocks = -(-n_steps // largest)
    return -(-n_steps // n_blocks)


@compiled
def _rows_at_once(multiplications_per_row, least, otherwise):
    """Number of rows of a small product, in steps of `MIN_ROWS`."""
    at_once = SMALL_PRODUCT // multiplications_per_row // MIN_ROWS * MIN_ROWS
    return at_once if at_once >= least else otherwise


@compiled
def multiply(rows, weights, out):
    """Fill `out` with the product of `rows` and `weights`."""
    n_rows = len(rows)
    at_once = _rows_at_once(weights.size, MIN_ROWS, n_rows)
    for start in range(0, n_rows, at_once):
        stop = min(start + at_once, n_rows)
        # A row that is left over goes with the one before: alone, it would be summed otherwise.
        first = max(0, min(start, stop - 2))
        np.dot(rows[first:stop], weights, out[first:stop])


@compiled
def rows_of(values, first, n_samples):
    """Put the values of some samples into rows, one for each step and sample."""
    n_steps, n_all, size = values.shape
    if n_samples == n_all:
        return values.reshape(n_steps * n_samples, size)
    rows = np.empty((n_steps, n_samples, size), values.dtype)
    for step in range(n_steps):
        for sample in range(n_samples):
            for column in range(size):
                rows[step, sample, column] = values[step, first + sample, column]
    return rows.reshape(n_steps * n_samples, size)


@compiled
def add_weight_gradient(gradient, d_sums, inputs):
    """Add that of weights which turn `inputs` into sums.

    Parameters
    ----------
    gradient : array of shape (n_sums, n_inputs)
        What is added to.

    d_sums : array of shape (n_rows, n_sums)
        Gradient with respect to the sums.

    inputs : array of shape (n_rows, n_inputs)
        What was multiplied by the weights.
    """
    part = np.empty_like(gradient)
    at_once = _rows_at_once(gradient.size, MIN_ROWS_TO_ADD, MAX_ROWS_TO_ADD)
    for start in range(0, len(d_sums), at_once):
        stop = min(start + at_once, len(d_sums))
        np.dot(d_sums[start:stop].T, inputs[start:stop], part)
        add(gradient, part)


@compiled
def add_bias_gradient(gradient, d_sums):
    """Add that of a bias: see :func:`add_weight_gradient`."""
    for row in range(d_sums.shape[0]):
        for unit in range(d_sums.shape[1]):
            gradient[unit] += d_sums[row, unit]


@compiled
def row_of(step, n_steps, n_rows):
    """Find the row of what is known after a number of steps, where the newest are kept."""
    return (step - n_steps - 1) % n_rows


@compiled
def add(total, values):
    """Add values to a total, in place."""
    for row in range(total.shape[0]):
        for unit in range(total.shape[1]):
            total[row, unit] += values[row, unit]


@compiled
def rnn_forward(relu, first, x, w_ih, w_hh, b_ih, b_hh, states, inner, gates):
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
        _rnn_update(relu, new, sums, bias)


@compiled
def _rnn_update(relu, states, sums, bias):
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
def rnn_backward(
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
            _rnn_differentiate(relu, states[step + 1], d_state, out)
            multiply(out, w_hh, d_state)
            if d_x.size:
                multiply(out, w_ih, d_x[step][first : first + n_samples])
        d_rows = rows_of(d_sums, 0, n_samples)
        add_weight_gradient(d_w_ih, d_rows, rows_of(x[start:stop], first, n_samples))
        add_weight_gradient(d_w_hh, d_rows, rows_of(states[start:stop], 0, n_samples))
        add_bias_gradient(d_b_ih, d_rows)
    d_b_hh[:] = d_b_ih


@compiled
def _rnn_differentiate(relu, states, d_state, out):
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


@compiled
def lstm_forward(first, x, w_ih, w_hh, b_ih, b_hh, states, inner, gates):
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
        _lstm_update(out, sums, bias, old, new, states[row_of(step + 1, n_steps, n_kept)])


@compiled
def _lstm_update(gates, sums, bias, old, new, states):
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
def lstm_backward(
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
            _lstm_differentiate(gates[step], inner[step], inner[step + 1], d_state, d_cell, out)
            multiply(out, w_hh, d_state)
            if d_x.size:
                multiply(out, w_ih, d_x[step][first : first + n_samples])
        d_rows = rows_of(d_sums, 0, n_samples)
        add_weight_gradient(d_w_ih, d_rows, rows_of(x[start:stop], first, n_samples))
        add_weight_gradient(d_w_hh, d_rows, rows_of(states[start:stop], 0, n_samples))
        add_bias_gradient(d_b_ih, d_rows)
    d_b_hh[:] = d_b_ih


@compiled
def _lstm_differentiate(gates, old, new, d_state, d_cell, out):
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


@compiled
def gru_forward(first, x, w_ih, w_hh, b_ih, b_hh, states, inner, gates):
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
        _gru_update(out, sums, b_ih, b_hh, inner[row_of(step + 1, n_steps, len(inner))], old, new)


@compiled
def _gru_update(gates, sums, b_ih, b_hh, inner, old, new):
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
def gru_backward(
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
            _gru_differentiate(gates[step], inner[step + 1], states[step], d_state, d_input, d_sums)
            multiply(d_sums, w_hh, d_read)
            if d_x.size:
                multiply(d_input, w_ih, d_x[step][first : first + n_samples])
        input_rows, state_rows = rows_of(by_input, 0, n_samples), rows_of(by_state, 0, n_samples)
        add_weight_gradient(d_w_ih, input_rows, rows_of(x[start:stop], first, n_samples))
        add_weight_gradient(d_w_hh, state_rows, rows_of(states[start:stop], 0, n_samples))
        add_bias_gradient(d_b_ih, input_rows)
        add_bias_gradient(d_b_hh, state_rows)


@compiled
def _gru_differentiate(gates, inner, old, d_state, by_input, by_state):
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
