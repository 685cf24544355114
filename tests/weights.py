"""Weights of fresh networks, for the tests of more than one room."""

import itertools

import numpy as np


def matrices(net):
    """Weights of layers by name, without those that start at zero."""
    return {
        name: weight.detach().cpu().flatten().numpy()
        for name, weight in net.named_parameters()
        if weight.ndim > 1 and weight.any()
    }


def assert_unlike(weights):
    """Check that no two matrices begin alike."""
    assert len(weights) > 1
    for (one, first), (other, second) in itertools.combinations(weights.items(), 2):
        n_values = min(len(first), len(second))
        correlation = np.corrcoef(first[:n_values], second[:n_values])[0, 1]
        assert abs(correlation) < 0.5, (one, other)
