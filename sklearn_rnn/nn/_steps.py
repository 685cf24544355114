"""Steps of a recurrence: which are kept, and how many are worked on at a time."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from ._compile import compiled

# Values of gates whose gradients are worked on at a time: about what the cache of a core holds.
BLOCK_VALUES = 2**18


@compiled
def block_size(n_steps, values_per_step):
    """Number of steps of a block: as many in each, and at most `BLOCK_VALUES` values."""
    largest = max(1, BLOCK_VALUES // values_per_step)
    n_blocks = -(-n_steps // largest)
    return -(-n_steps // n_blocks)


@compiled
def row_of(step, n_steps, n_rows):
    """Find the row of what is known after a number of steps, where the newest are kept."""
    return (step - n_steps - 1) % n_rows
