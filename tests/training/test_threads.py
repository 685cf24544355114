import threading

import pytest
import torch
from skorch.callbacks import Callback
from threadpoolctl import threadpool_info, threadpool_limits

from sklearn_rnn import RNNClassifier
from sklearn_rnn.nn._parts import share
from sklearn_rnn.training._threads import MAX_SINGLE_THREAD_UNITS, suitable_threads


@pytest.fixture
def three_threads():
    n_threads = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(n_threads)


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
    with suitable_threads(hidden_size, device):
        assert torch.get_num_threads() == n_threads

    assert torch.get_num_threads() == 3


@pytest.mark.usefixtures("three_threads")
def test_threads_come_back_after_an_error():
    with pytest.raises(KeyboardInterrupt), suitable_threads(1, "cpu"):
        raise KeyboardInterrupt

    assert torch.get_num_threads() == 3


def blas_threads():
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


@pytest.mark.parametrize("hidden_size", [1, MAX_SINGLE_THREAD_UNITS + 1])
def test_blas_library_takes_one_thread(hidden_size):
    with threadpool_limits(3, "blas"):
        with suitable_threads(hidden_size, "cpu"), suitable_threads(2, "cpu"):
            inside = blas_threads()
        after = blas_threads()

    assert inside == {1}
    assert after == {3}


@pytest.mark.usefixtures("three_threads")
@pytest.mark.parametrize("hidden_size", [1, MAX_SINGLE_THREAD_UNITS + 1])
def test_recurrences_are_shared_by_all_threads(hidden_size):
    meeting = threading.Barrier(3, timeout=10)
    with suitable_threads(hidden_size, "cpu"):
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
