import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from skorch.callbacks import Callback
from threadpoolctl import threadpool_info, threadpool_limits

from sklearn_rnn import RNNClassifier
from sklearn_rnn.nn._threads import MAX_SINGLE_THREAD_UNITS, reproducible, share


@pytest.fixture
def three_threads(threads):
    threads(3)


@pytest.mark.usefixtures("three_threads")
@pytest.mark.parametrize(
    ("hidden_size", "device", "n_threads"),
    [
        (MAX_SINGLE_THREAD_UNITS, "cpu", 1),
        (MAX_SINGLE_THREAD_UNITS + 1, "cpu", 3),
        (1, "cuda", 3),
    ],
)
def test_small_networks_take_one_thread(hidden_size, device, n_threads):
    with reproducible(hidden_size, device):
        assert torch.get_num_threads() == n_threads

    assert torch.get_num_threads() == 3


def test_gpus_take_algorithms_that_sum_in_the_same_order():
    cudnn = torch.backends.cudnn
    with reproducible(1, "cuda"), reproducible(1, "cuda"):
        assert cudnn.deterministic
        assert not cudnn.benchmark

    assert not cudnn.deterministic


@pytest.mark.usefixtures("three_threads")
def test_threads_come_back_after_an_error():
    with pytest.raises(KeyboardInterrupt), reproducible(1, "cpu"):
        raise KeyboardInterrupt

    assert torch.get_num_threads() == 3


def blas_threads():
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


@pytest.mark.parametrize("hidden_size", [1, MAX_SINGLE_THREAD_UNITS + 1])
def test_blas_library_takes_one_thread(hidden_size):
    with threadpool_limits(3, "blas"):
        with reproducible(hidden_size, "cpu"), reproducible(2, "cpu"):
            inside = blas_threads()
        after = blas_threads()

    assert inside == {1}
    assert after == {3}


@pytest.mark.usefixtures("three_threads")
@pytest.mark.parametrize("hidden_size", [1, MAX_SINGLE_THREAD_UNITS + 1])
def test_recurrences_are_shared_by_all_threads(hidden_size):
    meeting = threading.Barrier(3, timeout=10)
    with reproducible(hidden_size, "cpu"):
        share(meeting.wait, [()] * 3)


class CountThreads(Callback):
    seen = set()

    def on_train_begin(self, net, **kwargs):
        self.seen.clear()
        net.module_.register_forward_pre_hook(lambda *_: self.seen.add(torch.get_num_threads()))


@pytest.mark.usefixtures("three_threads")
def test_small_estimators_compute_in_one_thread():
    clf = RNNClassifier(
        hidden_size=4, max_epochs=1, batch_norm=True, device="cpu", callbacks=[CountThreads()]
    )

    clf.fit([[0.0, 1.0], [1.0, 0.0]] * 8, [0, 1] * 8).predict([[0.0, 1.0]])

    assert CountThreads.seen == {1}


@pytest.mark.usefixtures("three_threads")
def test_estimators_leave_the_number_of_threads_alone():
    X = [[0.0, 1.0], [1.0, 0.0]] * 8

    RNNClassifier(hidden_size=4, max_epochs=1).fit(X, [0, 1] * 8).predict(X)

    assert torch.get_num_threads() == 3


def in_thread(function):
    """Call a function in a thread of its own, and return what it returns."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(function).result(timeout=20)


@pytest.mark.usefixtures("three_threads")
@pytest.mark.parametrize("first_out", ["first in", "second in"])
def test_threads_come_back_whoever_leaves_first(first_out):
    inside, left = threading.Barrier(2, timeout=10), threading.Event()

    def enter_and_leave(name):
        with reproducible(1, "cpu"):
            inside.wait()
            if name != first_out:
                left.wait(10)
            n_inside = torch.get_num_threads()
        left.set()
        return n_inside, torch.get_num_threads()

    with ThreadPoolExecutor(1) as executor:
        other = executor.submit(enter_and_leave, "second in")
        found = [enter_and_leave("first in"), other.result(timeout=20)]

    assert found == [(1, 3), (1, 3)]
    assert in_thread(torch.get_num_threads) == 3


@pytest.mark.usefixtures("three_threads")
def test_other_threads_keep_theirs():
    with reproducible(1, "cpu"):
        assert in_thread(torch.get_num_threads) == 3


@pytest.mark.usefixtures("three_threads")
def test_limits_within_limits():
    meeting = threading.Barrier(3, timeout=10)
    with reproducible(1, "cpu"):
        with reproducible(2, "cpu"):
            share(meeting.wait, [()] * 3)
        share(meeting.wait, [()] * 3)
        assert torch.get_num_threads() == 1

    assert torch.get_num_threads() == 3


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


@pytest.mark.usefixtures("three_threads")
@pytest.mark.parametrize("hidden_size", [1, MAX_SINGLE_THREAD_UNITS + 1])
def test_calls_by_torch_have_one_thread_each(hidden_size):
    meeting, seen = threading.Barrier(3, timeout=10), []

    def function():
        meeting.wait()
        seen.append(torch.get_num_threads())

    with reproducible(hidden_size, "cpu"):
        before = torch.get_num_threads()
        share(function, [()] * 3, by_torch=True)
        assert torch.get_num_threads() == before

    assert seen == [1, 1, 1]
    assert torch.get_num_threads() == in_thread(torch.get_num_threads) == 3


@pytest.mark.usefixtures("three_threads")
def test_single_call_by_torch_has_all_threads():
    seen = []
    share(lambda: seen.append(torch.get_num_threads()), [()], by_torch=True)

    assert seen == [3]


@pytest.mark.parametrize("n_threads", [1, 2])
def test_errors_are_raised(n_threads, threads):
    threads(n_threads)

    def fail(number):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        share(fail, [(0,), (1,), (2,)])


FORK = """
import os
import torch
from sklearn_rnn.nn._threads import share
torch.set_num_threads(3)
share(print, [(0,), (1,), (2,)])
child = os.fork() if hasattr(os, "fork") else None
share(print, [(3,), (4,), (5,)])
if child == 0:
    # As children of multiprocessing do: libraries that were forked do not clean up safely.
    os._exit(0)
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


def test_threads_after_a_fork():
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK], check=True, timeout=60, capture_output=True
    )
