import subprocess
import sys
import threading

import pytest
import torch

from sklearn_rnn.nn._parts import LARGE, MIN_MULTIPLICATIONS, MIN_ROWS, share, split


@pytest.mark.parametrize("n_rows", [1, 31, 63, 64, 100, 1000])
def test_parts_are_of_about_the_same_size(n_rows):
    parts = split(10, n_rows, LARGE)

    sizes = [n for _, n in parts]
    assert [first for first, _ in parts] == [sum(sizes[:i]) for i in range(len(sizes))]
    assert sum(sizes) == n_rows
    assert len(parts) == max(1, min(n_rows // MIN_ROWS, n_rows * LARGE * 10 // MIN_MULTIPLICATIONS))
    assert max(sizes) - min(sizes) <= 1


def test_little_work_is_not_divided():
    assert split(1, 1000, MIN_MULTIPLICATIONS // 1000) == [(0, 1000)]
    assert len(split(2, 1000, MIN_MULTIPLICATIONS // 1000)) == 2


def test_products_of_few_rows_with_many_weights_are_not_made():
    assert len(split(100, 64, LARGE)) == 2
    assert len(split(100, 64, LARGE + 1)) == 1


@pytest.mark.parametrize("n_threads", [1, 2, 5])
def test_threads_share_calls(n_threads, threads):
    threads(n_threads)
    meeting = threading.Barrier(n_threads, timeout=10)
    seen = []

    def function(number, name):
        if number < n_threads:
            meeting.wait()
        seen.append((number, name, threading.get_ident()))

    calls = list(enumerate("abcdefg"))
    share(function, calls)

    assert sorted(seen)[0][:2] == (0, "a")
    assert sorted(each[:2] for each in seen) == calls
    assert len({ident for _, _, ident in seen}) == n_threads


@pytest.mark.parametrize("n_threads", [1, 2])
def test_errors_are_raised(n_threads, threads):
    threads(n_threads)

    def fail(number):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        share(fail, [(0,), (1,), (2,)])


def test_threads_are_those_of_torch():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    meeting = threading.Barrier(2, timeout=10)
    try:
        share(meeting.wait, [(), ()])
    finally:
        torch.set_num_threads(before)


FORK = """
import os
from sklearn_rnn.nn._parts import set_threads, share
set_threads(3)
share(print, [(0,), (1,), (2,)])
child = os.fork() if hasattr(os, "fork") else 0
share(print, [(3,), (4,), (5,)])
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


def test_threads_after_a_fork():
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK], check=True, timeout=60, capture_output=True
    )
