"""The number of CPU threads that suits the size of a network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch
from threadpoolctl import ThreadpoolController

# Up to this number of units, a step of a recurrence is too little work to be shared: a second
# thread gains nothing on an idle machine and loses much on a busy one.
MAX_SINGLE_THREAD_UNITS = 256


@contextmanager
def suitable_threads(hidden_size: int, device: torch.device | str) -> Iterator[None]:
    """Let small networks compute in one thread, and leave larger ones the threads there are.

    These are the threads of torch and of the BLAS library that compiled recurrences use.

    Sums come out the same, bit for bit, for the same number of threads only: with one thread,
    a fit in a worker process equals a fit in the main process.
    """
    if torch.device(device).type != "cpu" or hidden_size > MAX_SINGLE_THREAD_UNITS:
        yield
        return
    _single_thread.enter()
    try:
        yield
    finally:
        _single_thread.leave()


class _SingleThread:
    """Counts who wants one thread: the first one sets it, the last one restores what was."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.n_inside = 0

    def enter(self) -> None:
        with self.lock:
            if self.n_inside == 0:
                self.n_threads = torch.get_num_threads()
                self.blas = _blas().limit(limits=1)
            self.n_inside += 1
            torch.set_num_threads(1)

    def leave(self) -> None:
        with self.lock:
            self.n_inside -= 1
            if self.n_inside == 0:
                self.blas.restore_original_limits()
            # Each thread that was set to one is set back; new ones follow the last call.
            torch.set_num_threads(self.n_threads if self.n_inside == 0 else 1)


@cache
def _blas() -> ThreadpoolController:
    """Find the BLAS libraries, which takes some milliseconds."""
    return ThreadpoolController().select(user_api="blas")


_single_thread = _SingleThread()
