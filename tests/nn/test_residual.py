import pytest
import torch
from torch import nn

from sklearn_rnn.nn import Seed
from sklearn_rnn.nn._encoder import RecurrentEncoder
from sklearn_rnn.nn._residual import LayerStack

X = torch.randn(5, 6, 4, generator=torch.Generator().manual_seed(1))


def test_plain_stack():
    stack = LayerStack(2, 4, residual=False, dtype=torch.float32)

    torch.testing.assert_close(stack(X, [torch.tanh, torch.exp]), X.tanh().exp())
    assert not list(stack.parameters())


def test_residual_stack_adds_to_what_it_has_normalised():
    stack = LayerStack(3, 4, residual=True, dtype=torch.float32)

    def normalise(x):
        return nn.functional.layer_norm(x, (4,))

    first = X.tanh()
    second = first + normalise(first).exp()
    third = second + normalise(second).sin()
    outputs = stack(X, [torch.tanh, torch.exp, torch.sin])

    torch.testing.assert_close(outputs, normalise(third))


@pytest.mark.parametrize("num_layers", [1, 3])
@pytest.mark.parametrize("residual", [False, True])
def test_last_steps_alone(num_layers, residual):
    encoder = RecurrentEncoder(4, 3, Seed(0), n_steps=6, num_layers=num_layers, residual=residual)

    torch.testing.assert_close(encoder(X, n_last=2), encoder(X)[:, -2:])
