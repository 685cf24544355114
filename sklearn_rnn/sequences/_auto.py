"""What "auto" stands for, where sequences are read: chosen by their number and length."""

from __future__ import annotations

import math
from typing import Any

# From so many steps on, sequences have a front end, and several networks read them.
MIN_FRONT_END_STEPS = 12
N_ESTIMATORS = 2
# Of more samples, networks learn enough, and a ridge regression takes long.
MAX_RIDGE_SAMPLES = 10_000
# A batch is so small a part of the samples, within bounds, and a quarter of very few.
BATCHES = 100
MIN_BATCH_SIZE, MAX_BATCH_SIZE = 16, 128
# Number of passes over the samples, and bounds of the steps that they come to.
EPOCHS, MIN_EPOCHS = 100, 10
MIN_STEPS, MAX_STEPS = 600, 1500


def choose_network(
    n_samples: int,
    n_steps: int,
    *,
    front_end: bool | str,
    batch_norm: bool | str,
    n_estimators: int | str,
    random_convolutions: bool | str,
) -> dict[str, Any]:
    """Replace each "auto" by what suits so many sequences of up to so many steps."""
    if front_end == "auto":
        front_end = n_steps >= MIN_FRONT_END_STEPS
    if batch_norm == "auto":
        batch_norm = front_end
    if n_estimators == "auto":
        n_estimators = N_ESTIMATORS if front_end else 1
    if random_convolutions == "auto":
        random_convolutions = front_end and n_samples <= MAX_RIDGE_SAMPLES
    return {
        "front_end": front_end,
        "batch_norm": batch_norm,
        "n_estimators": n_estimators,
        "random_convolutions": random_convolutions,
    }


def choose_batch_size(n_samples: int) -> int:
    """Choose the number of samples in a batch: a power of two, unless there are few samples."""
    if n_samples < 4 * MIN_BATCH_SIZE:
        return max(2, n_samples // 4)
    share = 2 ** int(math.log2(max(n_samples / BATCHES, 1)))
    return min(max(share, MIN_BATCH_SIZE), MAX_BATCH_SIZE)


def choose_epochs(n_batches: int) -> int:
    """Choose the number of passes over so many batches."""
    n_steps = min(max(EPOCHS * n_batches, MIN_STEPS), MAX_STEPS)
    return max(MIN_EPOCHS, math.ceil(n_steps / n_batches))
