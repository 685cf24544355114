"""The number of CPU threads that suits the size of a network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import torch
from threadpoolctl import ThreadpoolController

from sklearn_rnn.nn import set_threads

# Up to this number of units, what torch computes is too little work to be shared: a second thread
# gains nothing on an idle machine, and loses much on a busy one, since it waits actively.
MAX_SINGLE_THREAD_UNITS = 256


@contextmanager
def suitable_threads(hidden_size: int, device: torch.device | str) -> Iterator[None]:
    """Let threads share the parts of a batch, and not what is too small to be shared.

    Compiled recurrences read parts of a batch in as many threads as torch has, each of which
    multiplies in one thread. What torch computes it computes in one thread where there are few
    units.

    Sums of torch come out the same, bit for bit, for the same number of threads only: with one
    thread, a fit in a worker process equals a fit in the main process.
    """
    if torch.device(device).type != "cpu":
        yield
        return
    is_small = hidden_size <= MAX_SINGLE_THREAD_UNITS
    _limits.enter(is_small)
    try:
        yield
    finally:
        _limits.leave(is_small)


class _Limits:
    """Counts who wants limits: the first one sets them, the last one restores what was."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.n_inside = 0
        self.n_small = 0

    def enter(self, is_small: bool) -> None:
        with self.lock:
            if self.n_inside == 0:
                self.n_threads = torch.get_num_threads()
                self.blas = _blas().limit(limits=1)
                set_threads(self.n_threads)
            self.n_inside += 1
            if is_small:
                self.n_small += 1
                torch.set_num_threads(1)

    def leave(self, is_small: bool) -> None:
        with self.lock:
            self.n_inside -= 1
            if self.n_inside == 0:
                self.blas.restore_original_limits()
                set_threads(None)
            if is_small:
                self.n_small -= 1
                # Each thread that was set to one is set back; new ones follow the last call.
                torch.set_num_threads(self.n_threads if self.n_small == 0 else 1)


@cache
def _blas() -> ThreadpoolController:
    """Find the BLAS libraries, which takes some milliseconds."""
    return ThreadpoolController().select(user_api="blas")


_limits = _Limits()
