import copy
import itertools
import pickle

import pytest
import torch
from torch import nn
from torch.autograd import forward_ad

from sklearn_rnn.nn import _parts, _reading
from sklearn_rnn.nn._cells import CELLS, cell_of, find_cell
from sklearn_rnn.nn._reading import read

# By name and activation; those that let one choose come twice.
KINDS = [(name, "tanh") for name in CELLS] + [("rnn", "relu")]
LENGTHS = torch.tensor([6, 1, 3, 6, 2])

all_cells = pytest.mark.parametrize("cell", KINDS, ids="-".join)
both_directions = pytest.mark.parametrize("bidirectional", [False, True])
all_dtypes = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
all_lengths = pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["equal", "ragged"])


def build(cell, *sizes, **options):
    name, nonlinearity = cell
    return find_cell(name).build(*sizes, nonlinearity=nonlinearity, **options)


def layer(cell, dtype=torch.float64, **options):
    built = build(cell, 3, 4, dtype=dtype, **options)
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in built.parameters():
            parameter.uniform_(-0.5, 0.5, generator=generator)
    return built


def initialized(cell, *sizes, **options):
    built = build(cell, *sizes, **options)
    cell_of(built).initialize(built, 28, torch.Generator().manual_seed(0))
    return built


def sequences(dtype=torch.float64, n_samples=5, n_steps=7):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(n_samples, n_steps, 3, generator=generator, dtype=dtype)


def outputs_and_gradients(rnn, x, lengths, fast, monkeypatch, n_last=None):
    """Outputs, zero at padded steps, and gradients of a loss that weighs each in its own way."""
    monkeypatch.setattr(_reading, "FAST", fast)
    x = x.clone().requires_grad_()

    def read_valid():
        outputs = read(rnn, x, lengths, n_last)
        if lengths is None:
            return outputs
        padded = torch.arange(x.shape[1]) >= lengths[:, None]
        return outputs.masked_fill(padded[:, :, None], 0.0)

    outputs = read_valid()
    weight = torch.randn(outputs.shape, generator=torch.Generator().manual_seed(2)).to(x.dtype)
    gradients = torch.autograd.grad((outputs * weight).sum(), [x, *rnn.parameters()])
    with torch.no_grad():
        return [outputs, read_valid(), *gradients]


@pytest.fixture(params=[1, 3])
def small_parts(request, threads, monkeypatch):
    """Divide batches of 5 rows into 2 parts, for as many threads."""
    monkeypatch.setattr(_parts, "MIN_ROWS", 2)
    monkeypatch.setattr(_parts, "MIN_MULTIPLICATIONS", 1)
    assert len(_parts.split(7, 5, 1)) == 2
    threads(request.param)


@all_cells
@both_directions
@all_lengths
@all_dtypes
@pytest.mark.parametrize("bias", [True, False])
def test_equal_to_torch(cell, bidirectional, lengths, dtype, bias, monkeypatch):
    rnn = layer(cell, dtype, bidirectional=bidirectional, bias=bias)

    ours = outputs_and_gradients(rnn, sequences(dtype), lengths, True, monkeypatch)
    theirs = outputs_and_gradients(rnn, sequences(dtype), lengths, False, monkeypatch)

    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their)


@pytest.mark.usefixtures("small_parts")
@all_cells
@both_directions
@pytest.mark.parametrize(("lengths", "n_last"), [(None, 1), (None, 7), (LENGTHS, None)])
def test_divided_batches_are_equal_to_torch(cell, bidirectional, lengths, n_last, monkeypatch):
    inputs = layer(cell, bidirectional=bidirectional), sequences(), lengths

    ours = outputs_and_gradients(*inputs, True, monkeypatch, n_last)
    theirs = outputs_and_gradients(*inputs, False, monkeypatch, n_last)

    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their)


@all_cells
@both_directions
def test_sums_do_not_depend_on_the_number_of_threads(cell, bidirectional, threads, monkeypatch):
    rnn = initialized(cell, 8, 64, bidirectional=bidirectional)
    x = torch.randn(200, 40, 8, generator=torch.Generator().manual_seed(1))
    assert len(_parts.split(40, 200, 64 * 72)) > 1

    found = []
    for n_threads in (1, 3):
        threads(n_threads)
        found.append(outputs_and_gradients(rnn, x, None, True, monkeypatch))

    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


@all_cells
@both_directions
@all_lengths
@pytest.mark.parametrize("bias", [True, False])
def test_gradients_are_those_of_finite_differences(cell, bidirectional, lengths, bias):
    rnn = layer(cell, bidirectional=bidirectional, bias=bias)
    names = [name for name, _ in rnn.named_parameters()]
    valid = torch.arange(7) < (7 if lengths is None else lengths[:, None])

    def valid_outputs(x, *weights):
        def run(module, x):
            return read(module, x, lengths)[valid.expand(5, 7)]

        wrapped = Wrapped(rnn, run)
        named = {f"rnn.{name}": weight for name, weight in zip(names, weights, strict=True)}
        return torch.func.functional_call(wrapped, named, (x,))

    inputs = [sequences().requires_grad_(), *rnn.parameters()]
    assert torch.autograd.gradcheck(valid_outputs, inputs, fast_mode=True)


class Wrapped(nn.Module):
    def __init__(self, rnn, run):
        super().__init__()
        self.rnn = rnn
        self.run = run

    def forward(self, x):
        return self.run(self.rnn, x)


@all_cells
@pytest.mark.parametrize(("n_samples", "n_steps"), itertools.product([1, 5, 20], [1, 2, 7]))
def test_number_of_rows_and_steps(cell, n_samples, n_steps, monkeypatch):
    x = sequences(n_samples=n_samples, n_steps=n_steps)

    ours = outputs_and_gradients(layer(cell), x, None, True, monkeypatch)
    theirs = outputs_and_gradients(layer(cell), x, None, False, monkeypatch)

    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their)


@all_cells
@both_directions
@pytest.mark.parametrize("n_last", [1, 3, 7])
@pytest.mark.parametrize("fast", [True, False])
def test_last_steps_alone(cell, bidirectional, n_last, fast, monkeypatch):
    monkeypatch.setattr(_reading, "FAST", fast)
    rnn, x = layer(cell, bidirectional=bidirectional), sequences().requires_grad_()
    inputs = [x, *rnn.parameters()]

    last, expected = read(rnn, x, n_last=n_last), read(rnn, x)[:, -n_last:]
    once = torch.autograd.grad(last.square().sum(), inputs)
    with torch.no_grad():
        predicted = read(rnn, x, n_last=n_last)

    torch.testing.assert_close(last, expected)
    torch.testing.assert_close(predicted, expected)
    torch.testing.assert_close(once, torch.autograd.grad(expected.square().sum(), inputs))


@all_cells
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@both_directions
def test_prediction(cell, mode, bidirectional):
    rnn = layer(cell, bidirectional=bidirectional)
    expected = read(rnn, sequences())

    with mode():
        outputs = read(rnn, sequences())

    assert not outputs.requires_grad
    torch.testing.assert_close(outputs, expected.detach(), rtol=0, atol=0)


@all_cells
def test_own_recurrence_is_used(cell):
    rnn, function = layer(cell), "_RecurrenceBackward"

    assert read(rnn, sequences()).grad_fn.next_functions[0][0].name() == function


@all_cells
def test_long_sequences_in_blocks(cell, monkeypatch):
    rnn = initialized(cell, 3, 64, dtype=torch.float64)
    # At least 21 * 256 * 64 values of gates: more than one block, the last of which is not full.
    x = sequences(n_samples=256, n_steps=21)

    ours = outputs_and_gradients(rnn, x, None, True, monkeypatch)
    theirs = outputs_and_gradients(rnn, x, None, False, monkeypatch)

    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their)


@all_cells
def test_backward_twice_through_the_same_outputs(cell):
    rnn = layer(cell)
    loss = read(rnn, sequences()).square().sum()

    first = torch.autograd.grad(loss, list(rnn.parameters()), retain_graph=True)
    second = torch.autograd.grad(loss, list(rnn.parameters()))

    for one, other in zip(first, second, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


@all_cells
def test_input_is_left_as_it_was(cell):
    x = sequences().requires_grad_()

    read(layer(cell), x).sum().backward()

    torch.testing.assert_close(x.detach(), sequences(), rtol=0, atol=0)


@all_cells
@both_directions
def test_padding_has_no_gradient(cell, bidirectional):
    x = sequences().requires_grad_()

    outputs = read(layer(cell, bidirectional=bidirectional), x, LENGTHS)
    outputs[torch.arange(7) < LENGTHS[:, None]].sum().backward()

    padded = torch.arange(7) >= LENGTHS[:, None]
    assert not x.grad[padded].any()
    assert x.grad[~padded].all()


@all_cells
def test_zeros_stay_zeros(cell):
    outputs = read(layer(cell, bias=False), torch.zeros(5, 7, 3, dtype=torch.float64))

    assert not outputs.any()


@all_cells
def test_large_sums_saturate(cell):
    x = (1e6 * sequences(torch.float32)).requires_grad_()

    outputs = read(layer(cell, torch.float32), x)
    outputs.sum().backward()

    assert outputs.isfinite().all()
    assert x.grad.isfinite().all()


@all_cells
@all_dtypes
def test_nan_is_told(cell, dtype):
    x = sequences(dtype)
    x[2, 3] = torch.nan

    outputs = read(layer(cell, dtype), x)

    assert outputs[2, 3:].isnan().all()
    assert outputs[2, :3].isfinite().all()
    assert outputs[[0, 1, 3, 4]].isfinite().all()


@all_cells
@both_directions
@pytest.mark.parametrize("needed", [True, False])
@pytest.mark.parametrize(("lengths", "n_last"), [(LENGTHS, None), (None, 2)])
def test_second_derivatives(cell, bidirectional, needed, lengths, n_last, monkeypatch):
    rnn = layer(cell, bidirectional=bidirectional)

    def second_derivatives():
        x = sequences().requires_grad_(needed)
        loss = read(rnn, x, lengths, n_last)[:, 0].square().sum()
        slopes = torch.autograd.grad(loss, list(rnn.parameters()), create_graph=True)
        penalty = sum(slope.square().sum() for slope in slopes)
        return torch.autograd.grad(penalty, list(rnn.parameters()))

    ours = second_derivatives()
    monkeypatch.setattr(_reading, "FAST", False)
    for our, their in zip(ours, second_derivatives(), strict=True):
        torch.testing.assert_close(our, their)


@all_cells
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # torch's own use of it
def test_forward_mode(cell):
    tangent = torch.ones_like(sequences())
    with forward_ad.dual_level():
        outputs = read(layer(cell), forward_ad.make_dual(sequences(), tangent))

        assert forward_ad.unpack_dual(outputs).tangent.any()


@all_cells
@pytest.mark.filterwarnings("ignore:The tensor attributes self.rnn._flat_weights:UserWarning")
def test_export(cell):
    wrapped = Wrapped(layer(cell), read)

    exported = torch.export.export(wrapped, (sequences(),))

    torch.testing.assert_close(exported.module()(sequences()), wrapped(sequences()))


@all_cells
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda rnn: pickle.loads(pickle.dumps(rnn))])
def test_copies_read_alike(cell, copied):
    rnn = layer(cell)
    read(rnn, sequences()).sum().backward()

    torch.testing.assert_close(
        read(copied(rnn), sequences()), read(rnn, sequences()), rtol=0, atol=0
    )
