import math

import torch
from cells import biases, initialized, sequences, sums, with_biases

from sklearn_rnn.nn._reading import read


def test_steps():
    layer, x = with_biases(initialized("gru")), sequences()
    state, expected = torch.zeros(4, 16, dtype=torch.float64), []
    for inputs in x.unbind(1):
        (r, z, n), (r_state, z_state, n_state) = sums(layer, inputs, state)
        candidate = (n + (r + r_state).sigmoid() * n_state).tanh()
        kept = (z + z_state).sigmoid()
        state = (1 - kept) * candidate + kept * state
        expected.append(state)

    outputs = read(layer, x)[:, :, :16]

    torch.testing.assert_close(outputs.detach(), torch.stack(expected, dim=1))


def test_biases_are_zero():
    assert not any(total.any() for total in biases(initialized("gru")))


def test_units_start_with_memories_of_all_lengths_where_there_are_many_steps():
    totals = list(biases(initialized("gru", n_steps=785)))

    # exp(bias) steps pass until a share of 1 / e of the state is left.
    kept = torch.stack([total[1] for total in totals])
    assert 0 <= kept.min() < 0.5
    assert math.log(784) - 0.5 < kept.max() <= math.log(784)
    assert abs(kept.mean() - math.log(784) / 2) < 0.7
    for total in totals:
        assert not total[[0, 2]].any()
