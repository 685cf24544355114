import math

import pytest
import torch
from torch import nn

from sklearn_rnn.nn._encoder import RecurrentEncoder
from sklearn_rnn.nn._initialization import build_empty, initialize_linear

N_GATES = {"rnn": 1, "lstm": 4, "gru": 3}

all_cells = pytest.mark.parametrize("cell", N_GATES)


def encoder(cell, seed=0, *, n_steps=28, **options):
    return RecurrentEncoder(
        3, 16, seed, n_steps=n_steps, cell=cell, num_layers=2, bidirectional=True, **options
    )


def biases(cell, n_steps):
    """Sums of the two biases torch has, of shape (n_gates, 16), by layer and direction."""
    for layer in encoder(cell, n_steps=n_steps).layers:
        for end in ("l0", "l0_reverse"):
            total = getattr(layer, f"bias_ih_{end}") + getattr(layer, f"bias_hh_{end}")
            yield total.detach().view(N_GATES[cell], 16)


def gates(cell, kind):
    """Weights of each gate, layer and direction."""
    for name, parameter in encoder(cell).named_parameters():
        if kind in name:
            yield from parameter.detach().chunk(N_GATES[cell])


@all_cells
def test_recurrent_weights_of_each_gate_are_orthogonal(cell):
    for gate in gates(cell, "weight_hh"):
        torch.testing.assert_close(gate @ gate.T, torch.eye(16), atol=1e-5, rtol=0)


def test_recurrent_weights_of_a_relu_cell_are_the_identity():
    weights = encoder("rnn", nonlinearity="relu").state_dict()

    for name in ("weight_hh_l0", "weight_hh_l0_reverse"):
        torch.testing.assert_close(weights[f"layers.1.{name}"], torch.eye(16), atol=0, rtol=0)


@all_cells
def test_input_weights_fill_the_glorot_range_of_all_gates(cell):
    for name, parameter in encoder(cell).named_parameters():
        if "weight_ih" in name:
            limit = (6 / sum(parameter.shape)) ** 0.5
            for gate in parameter.detach().chunk(N_GATES[cell]):
                assert 0.8 * limit < gate.abs().max() <= limit


@all_cells
def test_no_two_gates_are_the_same(cell):
    sums = [float(gate.sum()) for kind in ("weight_ih", "weight_hh") for gate in gates(cell, kind)]

    assert len(set(sums)) == len(sums)


@pytest.mark.parametrize("cell", ["rnn", "gru"])
def test_biases_are_zero(cell):
    assert not any(gate.any() for gate in gates(cell, "bias"))


def test_forget_gate_of_an_lstm_starts_open():
    for total in biases("lstm", n_steps=28):
        torch.testing.assert_close(total, torch.tensor([[0.0], [1], [0], [0]]).expand(4, 16))


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_units_start_with_memories_of_all_lengths_where_there_are_many_steps(cell):
    totals = list(biases(cell, n_steps=785))

    # exp(bias) steps pass until a share of 1 / e of the state is left.
    kept = torch.stack([total[1] for total in totals])
    assert 0 <= kept.min() < 0.5
    assert math.log(784) - 0.5 < kept.max() <= math.log(784)
    assert abs(kept.mean() - math.log(784) / 2) < 0.5
    for total in totals:
        added = -total[1] if cell == "lstm" else torch.zeros(16)
        torch.testing.assert_close(total[0], added)
        assert not total[2:].any()


def test_a_simple_cell_starts_without_biases_where_there_are_many_steps():
    assert not any(total.any() for total in biases("rnn", n_steps=785))


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
