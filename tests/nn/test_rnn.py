import pytest
import torch
from cells import biases, initialized, sequences, sums, with_biases

from sklearn_rnn.nn._reading import read


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_steps(nonlinearity):
    layer, x = with_biases(initialized("rnn", nonlinearity=nonlinearity)), sequences()
    state, expected = torch.zeros(4, 16, dtype=torch.float64), []
    for inputs in x.unbind(1):
        (from_input,), (from_state,) = sums(layer, inputs, state)
        state = getattr(from_input + from_state, nonlinearity)()
        expected.append(state)

    outputs = read(layer, x)[:, :, :16]

    torch.testing.assert_close(outputs.detach(), torch.stack(expected, dim=1))


def test_recurrent_weights_of_a_relu_cell_are_the_identity():
    weights = initialized("rnn", nonlinearity="relu").state_dict()

    for name in ("weight_hh_l0", "weight_hh_l0_reverse"):
        expected = torch.eye(16, dtype=torch.float64)
        torch.testing.assert_close(weights[name], expected, atol=0, rtol=0)


@pytest.mark.parametrize("n_steps", [28, 785])
def test_biases_are_zero(n_steps):
    assert not any(total.any() for total in biases(initialized("rnn", n_steps)))
