import pytest
import torch
from torch import nn

from sklearn_rnn.nn import Seed
from sklearn_rnn.nn._cells import CELLS
from sklearn_rnn.nn._encoder import RecurrentEncoder
from sklearn_rnn.nn._initialization import build_empty, initialize_linear

all_cells = pytest.mark.parametrize("cell", CELLS)


def encoder(cell, number=0, *, n_steps=28, **options):
    return RecurrentEncoder(
        3, 16, Seed(number), n_steps=n_steps, cell=cell, num_layers=2, bidirectional=True, **options
    )


def gates(cell, kind):
    """Weights of each gate, layer and direction."""
    for name, parameter in encoder(cell).named_parameters():
        if kind in name:
            yield from parameter.detach().split(16)


@all_cells
def test_recurrent_weights_of_each_gate_are_orthogonal(cell):
    for gate in gates(cell, "weight_hh"):
        torch.testing.assert_close(gate @ gate.T, torch.eye(16), atol=1e-5, rtol=0)


@all_cells
def test_input_weights_fill_the_glorot_range_of_all_gates(cell):
    for name, parameter in encoder(cell).named_parameters():
        if "weight_ih" in name:
            limit = (6 / sum(parameter.shape)) ** 0.5
            for gate in parameter.detach().split(16):
                assert 0.8 * limit < gate.abs().max() <= limit


@all_cells
def test_no_two_gates_are_the_same(cell):
    sums = [float(gate.sum()) for kind in ("weight_ih", "weight_hh") for gate in gates(cell, kind)]

    assert len(set(sums)) == len(sums)


@all_cells
def test_seed_decides_the_weights(cell):
    first, same, other = (encoder(cell, seed).state_dict() for seed in (0, 0, 1))

    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not torch.equal(first["layers.0.weight_ih_l0"], other["layers.0.weight_ih_l0"])


def test_global_generator_is_left_alone():
    before = torch.get_rng_state()

    encoder("lstm")
    initialize_linear(build_empty(nn.Linear, 3, 2), torch.Generator().manual_seed(0))

    assert torch.equal(torch.get_rng_state(), before)


def test_linear_layer():
    linear = build_empty(nn.Linear, 30, 20)

    initialize_linear(linear, torch.Generator().manual_seed(0))

    limit = (6 / 50) ** 0.5
    assert 0.9 * limit < linear.weight.abs().max() <= limit
    assert not linear.bias.any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype(dtype):
    assert {parameter.dtype for parameter in encoder("gru", dtype=dtype).parameters()} == {dtype}
