import subprocess
import sys
import threading

import pytest
import torch
from torch import nn

from sklearn_rnn.networks import _parts, _reading, set_threads
from sklearn_rnn.networks._parts import LARGE, MIN_MULTIPLICATIONS, MIN_ROWS, share, split
from sklearn_rnn.networks._reading import read


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(_parts, "MIN_ROWS", 3)
    monkeypatch.setattr(_parts, "MIN_MULTIPLICATIONS", 1)


@pytest.fixture
def threads():
    yield set_threads
    set_threads(None)


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


LAYERS = [
    (nn.RNN, {"nonlinearity": "tanh"}),
    (nn.RNN, {"nonlinearity": "relu"}),
    (nn.LSTM, {}),
    (nn.GRU, {"bidirectional": True}),
]


def outputs_and_gradients(layer, x, n_last):
    x = x.clone().requires_grad_()
    outputs = read(layer, x, n_last=n_last)
    weight = torch.randn(outputs.shape, generator=torch.Generator().manual_seed(2))
    gradients = torch.autograd.grad((outputs * weight.to(x.dtype)).sum(), [x, *layer.parameters()])
    with torch.no_grad():
        return [outputs, read(layer, x, n_last=n_last), *gradients]


def build(module_class, options):
    layer = module_class(3, 4, batch_first=True, dtype=torch.float64, **options)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.uniform_(-0.5, 0.5, generator=generator)
    x = torch.randn(11, 5, 3, generator=generator, dtype=torch.float64)
    return layer, x


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize(("module_class", "options"), LAYERS)
@pytest.mark.parametrize("n_last", [1, 5])
@pytest.mark.parametrize("n_threads", [1, 3])
def test_equal_to_torch(module_class, options, n_last, n_threads, threads, monkeypatch):
    layer, x = build(module_class, options)
    threads(n_threads)

    ours = outputs_and_gradients(layer, x, n_last)
    monkeypatch.setattr(_reading, "FAST", False)

    assert len(split(5, len(x), 1)) == 3
    for our, their in zip(ours, outputs_and_gradients(layer, x, n_last), strict=True):
        torch.testing.assert_close(our, their)


@pytest.mark.parametrize(("module_class", "options"), LAYERS)
def test_sums_do_not_depend_on_the_number_of_threads(module_class, options, threads):
    torch.manual_seed(0)
    layer, x = module_class(8, 64, batch_first=True, **options), torch.randn(200, 40, 8)
    assert len(split(40, 200, 64 * 72)) > 1

    threads(1)
    alone = outputs_and_gradients(layer, x, 40)
    threads(3)
    shared = outputs_and_gradients(layer, x, 40)

    assert all(torch.equal(one, other) for one, other in zip(alone, shared, strict=True))


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
from sklearn_rnn.networks._parts import set_threads, share
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
