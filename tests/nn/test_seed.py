import itertools

import numpy as np
import pytest
import torch
from weights import assert_unlike, matrices

from sklearn_rnn.nn import FrontEnd, Seed, SequenceNetwork


def test_same_name_same_numbers():
    first, second = (Seed(0).of("encoder").generator() for _ in range(2))

    assert torch.equal(torch.rand(9, generator=first), torch.rand(9, generator=second))


def test_names_and_roots_make_seeds_of_their_own():
    names = ["", "a", "b", "ab", "ba", "layer 1", "layer 2", "layer 11"]
    seeds = [Seed(root).of(one).of(other) for root in (0, 1) for one in names for other in names]

    assert len({seed.number for seed in seeds}) == len(seeds)


def test_draws_are_independent():
    draws = [
        torch.rand(1000, generator=Seed(root).of(name).generator()).numpy()
        for root, name in itertools.product(range(5), "abcd")
    ]

    correlations = np.corrcoef(draws)[np.triu_indices(len(draws), k=1)]
    assert np.abs(correlations).max() < 0.15


def test_numbers_serve_numpy_too():
    assert all(0 <= Seed(root).number < 2**32 for root in (0, 1, 2**31, 2**64))


@pytest.mark.parametrize(
    "options",
    [
        {"num_layers": 3, "bidirectional": True},
        {"num_layers": 2, "bidirectional": True, "cell": "gru", "residual": True},
        {"num_layers": 2, "cell": "rnn"},
        {"num_layers": 2, "front_end": FrontEnd},
    ],
    ids=str,
)
@pytest.mark.parametrize("sizes", [(1, 32, 32), (28, 32, 10)])
def test_no_two_weights_are_alike(sizes, options):
    n_features, hidden_size, n_outputs = sizes
    net = SequenceNetwork(
        torch.zeros(n_features),
        torch.ones(n_features),
        hidden_size,
        n_outputs,
        Seed(0),
        n_steps=12,
        **options,
    )

    assert_unlike(matrices(net))
