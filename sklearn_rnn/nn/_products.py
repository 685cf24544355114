"""Products of matrices by a BLAS library, for compiled code."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
import scipy.linalg.cython_blas  # noqa: F401 (the library that Numba multiplies with)
from threadpoolctl import threadpool_info

from ._compile import compiled

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
def add(total, values):
    """Add values to a total, in place."""
    for row in range(total.shape[0]):
        for unit in range(total.shape[1]):
            total[row, unit] += values[row, unit]
