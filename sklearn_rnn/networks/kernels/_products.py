"""Products of matrices, at the size that suits the BLAS library."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np
import scipy.linalg.cython_blas  # noqa: F401 (the library that Numba multiplies with)
from threadpoolctl import threadpool_info

from ._compiling import compiled

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
        np.dot(rows[start:stop], weights, out[start:stop])


@compiled
def add_weight_gradient(gradient, d_sums, inputs):
    """Add that of weights which turn `inputs` into sums, over all steps and samples.

    Parameters
    ----------
    gradient : array of shape (n_sums, n_inputs)
        What is added to.

    d_sums : array of shape (n_steps, n_samples, n_sums)
        Gradient with respect to the sums.

    inputs : array of shape (n_steps, n_samples, n_inputs)
        What was multiplied by the weights.
    """
    n_rows = d_sums.shape[0] * d_sums.shape[1]
    d_sums = d_sums.reshape(n_rows, d_sums.shape[2])
    inputs = inputs.reshape(n_rows, inputs.shape[2])
    part = np.empty_like(gradient)
    at_once = _rows_at_once(gradient.size, MIN_ROWS_TO_ADD, MAX_ROWS_TO_ADD)
    for start in range(0, n_rows, at_once):
        stop = min(start + at_once, n_rows)
        np.dot(d_sums[start:stop].T, inputs[start:stop], part)
        for row in range(part.shape[0]):
            for column in range(part.shape[1]):
                gradient[row, column] += part[row, column]


@compiled
def add_bias_gradient(gradient, d_sums):
    """Add that of a bias, over all steps and samples: see :func:`add_weight_gradient`."""
    n_steps, n_samples, n_sums = d_sums.shape
    for step in range(n_steps):
        for row in range(n_samples):
            for unit in range(n_sums):
                gradient[unit] += d_sums[step, row, unit]
