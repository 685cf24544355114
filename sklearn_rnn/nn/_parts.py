"""Parts of a batch, and threads that share them.

How a batch is divided depends on its size alone, so that sums are the same, bit for bit, for any
number of threads.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

import torch

# A part has as many rows at least, and more where a step multiplies with more weights than this:
# products of fewer rows are slow.
MIN_ROWS = 32
MIN_ROWS_OF_LARGE = 64
LARGE = 2**17
# Number of multiplications that are worth waking a thread: about half a millisecond.
MIN_MULTIPLICATIONS = 15 * 10**6
# A batch has hardly more parts. Threads are started when they are needed.
MAX_THREADS = 64


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


class _Threads:
    """How many threads share the parts: those of torch, unless another number is set."""

    n_set: int | None = None

    @property
    def n(self) -> int:
        return torch.get_num_threads() if self.n_set is None else self.n_set


_threads = _Threads()


def set_threads(n_threads: int | None) -> None:
    """Set how many threads share the parts of a batch; None for as many as torch has."""
    _threads.n_set = n_threads


def share(function: Callable[..., None], calls: Sequence[tuple[Any, ...]]) -> None:
    """Call a function, which releases the interpreter lock, with each of some arguments."""
    left = deque(calls)

    def work() -> None:
        while left:
            try:
                arguments = left.popleft()
            except IndexError:  # another thread was faster
                return
            function(*arguments)

    n_others = min(_threads.n, len(calls), MAX_THREADS) - 1
    others = [_pool().submit(work) for _ in range(n_others)]
    work()
    for other in others:
        # Nothing is left for one that has not begun yet.
        if not other.cancel():
            other.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="sklearn_rnn")


if hasattr(os, "register_at_fork"):
    # Threads do not live on in a forked process.
    os.register_at_fork(after_in_child=_pool.cache_clear)
