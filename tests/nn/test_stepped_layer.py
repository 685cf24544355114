import copy

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from sklearn_rnn.nn._reading import _read_with_torch
from sklearn_rnn.nn._stepped_layer import SteppedLayer

LENGTHS = torch.tensor([6, 1, 3, 6, 2])

both_directions = pytest.mark.parametrize("bidirectional", [False, True])
with_and_without_bias = pytest.mark.parametrize("bias", [True, False])


class SteppedGRU(SteppedLayer):
    """The gated recurrent unit, which torch has a layer for to compare with."""

    n_gates = 3

    @staticmethod
    def step(from_input, state, w_hh, b_hh):
        r, z, n = from_input.chunk(3, dim=1)
        r_state, z_state, n_state = nn.functional.linear(state, w_hh, b_hh).chunk(3, dim=1)
        candidate = (n + (r + r_state).sigmoid() * n_state).tanh()
        z = (z + z_state).sigmoid()
        return (1 - z) * candidate + z * state


def layers(**options):
    """Ours and that of torch, with the same weights."""
    options |= {"batch_first": True, "dtype": torch.float64}
    ours, theirs = SteppedGRU(3, 4, **options), nn.GRU(3, 4, **options)
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def sequences():
    generator = torch.Generator().manual_seed(1)
    return torch.randn(5, 6, 3, generator=generator, dtype=torch.float64)


def assert_all_close(ours, theirs):
    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their)


@both_directions
@with_and_without_bias
def test_outputs_and_states_are_those_of_torch(bidirectional, bias):
    ours, theirs = layers(bidirectional=bidirectional, bias=bias)

    assert_all_close(ours(sequences()), theirs(sequences()))


@both_directions
def test_reading_goes_on_from_a_state(bidirectional):
    ours, theirs = layers(bidirectional=bidirectional)
    state = torch.full((1 + bidirectional, 5, 4), 0.5, dtype=torch.float64)

    assert_all_close(ours(sequences(), state), theirs(sequences(), state))


@both_directions
def test_packed_sequences(bidirectional):
    packed = pack_padded_sequence(sequences(), LENGTHS, batch_first=True, enforce_sorted=False)

    (our, our_state), (their, their_state) = (
        layer(packed) for layer in layers(bidirectional=bidirectional)
    )

    assert_all_close(pad_packed_sequence(our), pad_packed_sequence(their))
    torch.testing.assert_close(our_state, their_state)


@both_directions
@with_and_without_bias
def test_gradients_are_those_of_torch(bidirectional, bias):
    ours, theirs = (
        torch.autograd.grad(
            _read_with_torch(layer, sequences(), LENGTHS).square().sum(), list(layer.parameters())
        )
        for layer in layers(bidirectional=bidirectional, bias=bias)
    )

    assert_all_close(ours, theirs)


def test_steps_come_first_by_default():
    ours, theirs = SteppedGRU(3, 4), nn.GRU(3, 4)
    ours.load_state_dict(theirs.state_dict())
    x = sequences().float().transpose(0, 1)

    assert_all_close(ours(x), theirs(x))


def test_weights_are_listed_as_by_torch():
    ours, theirs = layers(bidirectional=True)

    for our, their in zip(ours.all_weights, theirs.all_weights, strict=True):
        assert_all_close(our, their)


def test_copy_has_weights_of_its_own():
    ours, _ = layers()
    copied = copy.deepcopy(ours)

    with torch.no_grad():
        copied.weight_hh_l0.zero_()

    assert copied.all_weights[0][1] is copied.weight_hh_l0
    assert ours.weight_hh_l0.all()


def test_export():
    ours, _ = layers()

    exported = torch.export.export(ours, (sequences(),))

    assert_all_close(exported.module()(sequences()), ours(sequences()))
