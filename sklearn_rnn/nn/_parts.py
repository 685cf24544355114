"""Parts of a batch.

How a batch is divided depends on its size alone, so that sums are the same, bit for bit, for any
number of threads.
"""

from __future__ import annotations

from itertools import pairwise

# A part has as many rows at least, and more where a step multiplies with more weights than this:
# products of fewer rows are slow.
MIN_ROWS = 32
MIN_ROWS_OF_LARGE = 64
LARGE = 2**17
# Number of multiplications that are worth waking a thread: about half a millisecond.
MIN_MULTIPLICATIONS = 15 * 10**6


def split(n_steps: int, n_rows: int, n_weights: int) -> list[tuple[int, int]]:
    """Divide a batch of sequences that are multiplied with so many weights a step.

    Returns
    -------
    parts : list of tuple of (first, n_rows)
        The first row of each part, and its number of rows.
    """
    least = MIN_ROWS if n_weights <= LARGE else MIN_ROWS_OF_LARGE
    n_worth = n_steps * n_rows * n_weights // MIN_MULTIPLICATIONS
    n_parts = max(1, min(n_rows // least, n_worth))
    bounds = [number * n_rows // n_parts for number in range(n_parts + 1)]
    return [(first, stop - first) for first, stop in pairwise(bounds)]
