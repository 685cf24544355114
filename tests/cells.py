"""Layers of one cell, for the tests of each."""

import torch

from sklearn_rnn.nn._cells import find_cell


def initialized(cell, n_steps=28, *, nonlinearity="tanh"):
    """Build a layer of 3 inputs and 16 units in both directions, with its initial weights."""
    kind = find_cell(cell)
    layer = kind.build(3, 16, nonlinearity=nonlinearity, bidirectional=True, dtype=torch.float64)
    kind.initialize(layer, n_steps, torch.Generator().manual_seed(0))
    return layer


def biases(layer):
    """Sums of the two biases, of shape (n_gates, 16), by direction."""
    for end in ("l0", "l0_reverse"):
        total = getattr(layer, f"bias_ih_{end}") + getattr(layer, f"bias_hh_{end}")
        yield total.detach().view(-1, 16)


def sums(layer, x, state):
    """Sums of the gates, from the input and from the state, of shape (n_samples, 16) each."""
    w_ih, w_hh, b_ih, b_hh = (weight.detach() for weight in layer.all_weights[0])
    return (x @ w_ih.T + b_ih).split(16, dim=1), (state @ w_hh.T + b_hh).split(16, dim=1)


def with_biases(layer):
    """Draw biases other than zero, so that each counts."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            if name.startswith("bias"):
                parameter.uniform_(-0.5, 0.5, generator=generator)
    return layer


def sequences(n_steps=5):
    generator = torch.Generator().manual_seed(2)
    return torch.randn(4, n_steps, 3, generator=generator, dtype=torch.float64)
