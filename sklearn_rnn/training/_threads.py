"""The number of CPU threads that suits the size of a network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

# Up to this number of units, a step of a recurrence is too little work to be shared: a second
# thread gains nothing on an idle machine and loses much on a busy one.
MAX_SINGLE_THREAD_UNITS = 256


@contextmanager
def suitable_threads(hidden_size: int, device: torch.device | str) -> Iterator[None]:
    """Let small networks compute in one thread, and leave larger ones the threads of torch.

    Sums come out the same, bit for bit, for the same number of threads only: with one thread,
    a fit in a worker process equals a fit in the main process.
    """
    n_threads = torch.get_num_threads()
    if torch.device(device).type != "cpu" or hidden_size > MAX_SINGLE_THREAD_UNITS:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)
