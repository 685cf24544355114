import math

import torch
from cells import biases, initialized, sequences, sums, with_biases

from sklearn_rnn.nn._reading import read


def test_steps():
    layer, x = with_biases(initialized("lstm")), sequences()
    state = memory = torch.zeros(4, 16, dtype=torch.float64)
    expected = []
    for inputs in x.unbind(1):
        i, f, a, o = map(sum, zip(*sums(layer, inputs, state), strict=True))
        memory = f.sigmoid() * memory + i.sigmoid() * a.tanh()
        state = o.sigmoid() * memory.tanh()
        expected.append(state)

    outputs = read(layer, x)[:, :, :16]

    torch.testing.assert_close(outputs.detach(), torch.stack(expected, dim=1))


def test_forget_gate_starts_open():
    expected = torch.tensor([[0.0], [1], [0], [0]], dtype=torch.float64).expand(4, 16)

    for total in biases(initialized("lstm")):
        torch.testing.assert_close(total, expected)


def test_units_start_with_memories_of_all_lengths_where_there_are_many_steps():
    totals = list(biases(initialized("lstm", n_steps=785)))

    # exp(bias) steps pass until a share of 1 / e of the state is left.
    kept = torch.stack([total[1] for total in totals])
    assert 0 <= kept.min() < 0.5
    assert math.log(784) - 0.5 < kept.max() <= math.log(784)
    assert abs(kept.mean() - math.log(784) / 2) < 0.7
    for total in totals:
        torch.testing.assert_close(total[0], -total[1])
        assert not total[2:].any()
