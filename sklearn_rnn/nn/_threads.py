"""The one owner of how torch computes: CPU threads, those that share a batch, GPU algorithms."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any

import torch
from threadpoolctl import ThreadpoolController

# Up to this number of units, what torch computes is too little work to be shared: a second thread
# gains nothing on an idle machine, and loses much on a busy one, since it waits actively.
MAX_SINGLE_THREAD_UNITS = 256
# A batch has hardly more parts. Threads are started when they are needed.
MAX_THREADS = 64


@contextmanager
def reproducible(hidden_size: int, device: torch.device | str) -> Iterator[None]:
    """Compute the same bits each time, with threads that share what is large enough to be shared.

    On a GPU, cuDNN takes algorithms that sum in the same order each time. On the CPU, compiled
    recurrences read parts of a batch in as many threads as torch has, each of which multiplies in
    one thread. What torch computes it computes in one thread where there are few units.

    Sums of torch come out the same, bit for bit, for the same number of threads only: with one
    thread, a fit in a worker process equals a fit in the main process.
    """
    if torch.device(device).type != "cpu":
        with _cudnn:
            yield
        return
    is_small = hidden_size <= MAX_SINGLE_THREAD_UNITS
    with _blas, _one_thread_of_torch() if is_small else nullcontext():
        yield


def share(
    function: Callable[..., None], calls: Sequence[tuple[Any, ...]], *, by_torch: bool = False
) -> None:
    """Call a function, which releases the interpreter lock, with each of some arguments.

    What a function computes `by_torch` is computed in one thread of torch for each call, where
    there are several: it does not matter then which thread makes which call.
    """
    left = deque(calls)

    def work() -> None:
        while left:
            try:
                arguments = left.popleft()
            except IndexError:  # another thread was faster
                return
            function(*arguments)

    n_threads = getattr(_of_thread, "n_threads", None) or torch.get_num_threads()
    n_others = min(n_threads, len(calls), MAX_THREADS) - 1
    pool = _pool_of_torch() if by_torch else _pool()
    others = [pool.submit(work) for _ in range(n_others)]
    with _one_thread_of_torch() if by_torch and len(calls) > 1 else nullcontext():
        work()
    for other in others:
        # Nothing is left for one that has not begun yet.
        if not other.cancel():
            other.result()


# Of a thread in which torch computes in one thread: how many threads share its parts nevertheless.
_of_thread = threading.local()


@contextmanager
def _one_thread_of_torch() -> Iterator[None]:
    """Let torch compute in one thread what the calling thread asks for."""
    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    _of_thread.n_threads = before
    torch.set_num_threads(1)
    try:
        # Each thread has its own number, and one that starts later takes the last set by any.
        _pool().submit(torch.set_num_threads, before).result()
        yield
    finally:
        torch.set_num_threads(before)
        _of_thread.n_threads = None


class _WhileInside:
    """A setting of the whole process that holds while any thread is inside.

    Parameters
    ----------
    setting : callable
        Returns a context manager that sets it, and restores what was before.
    """

    def __init__(self, setting: Callable[[], AbstractContextManager[Any]]) -> None:
        self.setting = setting
        self.lock = threading.Lock()
        self.n_inside = 0

    def __enter__(self) -> None:
        with self.lock:
            if self.n_inside == 0:
                self.current = self.setting()
                self.current.__enter__()
            self.n_inside += 1

    def __exit__(self, *error: object) -> None:
        with self.lock:
            self.n_inside -= 1
            if self.n_inside == 0:
                self.current.__exit__(None, None, None)


@contextmanager
def _deterministic_cudnn() -> Iterator[None]:
    cudnn = torch.backends.cudnn
    before = cudnn.benchmark, cudnn.deterministic
    cudnn.benchmark, cudnn.deterministic = False, True
    try:
        yield
    finally:
        cudnn.benchmark, cudnn.deterministic = before


@cache
def _blas_libraries() -> ThreadpoolController:
    """Find the BLAS libraries, which takes some milliseconds."""
    return ThreadpoolController().select(user_api="blas")


# One thread for products, and one algorithm for each.
_blas = _WhileInside(lambda: _blas_libraries().limit(limits=1))
_cudnn = _WhileInside(_deterministic_cudnn)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="sklearn_rnn")


@cache
def _pool_of_torch() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAX_THREADS, "sklearn_rnn_torch", initializer=_start_alone)


def _start_alone() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    # As above: threads that start later are to take the number of before.
    _pool().submit(torch.set_num_threads, before).result()


if hasattr(os, "register_at_fork"):
    # Threads do not live on in a forked process.
    os.register_at_fork(after_in_child=_pool.cache_clear)
    os.register_at_fork(after_in_child=_pool_of_torch.cache_clear)
