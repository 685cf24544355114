import numpy as np
import pytest
import torch

from sklearn_rnn.nn import ConvolutionScores, RandomConvolutions, Seed
from sklearn_rnn.nn._layers import Rescale

LENGTHS = torch.tensor([40, 17, 9, 33])


def make_sequences(n_features):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(4, 40, n_features, generator=generator, dtype=torch.float64).cumsum(dim=1)
    return x.masked_fill((torch.arange(40) >= LENGTHS[:, None])[:, :, None], torch.nan)


def make_shares(x, lengths, seed=0):
    ones = torch.ones(x.shape[2])
    shares = RandomConvolutions(Rescale(0 * ones, 2 * ones, x.dtype), x.shape[1], Seed(seed))
    shares.learn(x, lengths)
    return shares


@pytest.mark.parametrize("n_features", [1, 3])
def test_shares_are_counts_of_steps(n_features):
    x = make_sequences(n_features)[:1]
    shares = make_shares(x, None)

    found = shares(x)[0].numpy()

    wanted = []
    padded = np.pad(x[0].numpy() / 2, ((200, 200), (0, 0)))
    for weights, thresholds, dilation in zip(
        shares.weights.numpy(), shares.thresholds.numpy(), shares.dilations, strict=True
    ):
        said = np.zeros((84, 40))
        for step in range(40):
            seen = padded[200 + step + dilation * np.arange(-4, 5)]  # (9, n_features)
            said[:, step] = (weights * seen.T).sum(axis=(1, 2))
        wanted += [(said > each[:, None]).mean(axis=1) for each in thresholds.T]
    np.testing.assert_allclose(found, np.concatenate(wanted), atol=1e-12)
    assert len(np.unique(found)) > 20


def test_neither_padding_nor_the_batch_counts():
    x = make_sequences(2)
    shares = make_shares(x, LENGTHS)

    together = shares(x, LENGTHS)

    for row, length in enumerate(LENGTHS):
        alone = shares(x[row : row + 1, :length])[0]
        torch.testing.assert_close(together[row], alone)


def test_flat_stretches_are_no_pattern():
    x = make_sequences(1)
    shares = make_shares(x.nan_to_num(), None)
    flat = torch.full((1, 400, 1), 1 / 3, dtype=torch.float64)

    inside = shares(flat)[0] - shares(flat[:, :300])[0] * 300 / 400

    # Both have the same ends; what lies between is above a threshold everywhere, or nowhere.
    assert all(min(abs(each), abs(each - 0.25)) < 1e-9 for each in inside.tolist())


def test_each_filter_adds_up_at_least_one_feature_and_its_weights_sum_to_zero():
    shares = make_shares(make_sequences(3), LENGTHS)

    used = (shares.weights != 0).any(dim=3).sum(dim=2)

    assert used.min() == 1
    assert used.max() == 3
    assert shares.weights.sum(dim=3).abs().max() == 0


def test_the_seed_decides():
    x = make_sequences(2)
    first, again, other = (make_shares(x, LENGTHS, seed)(x, LENGTHS) for seed in (0, 0, 1))

    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_scores_are_linear_in_the_shares():
    x = make_sequences(1)
    shares = make_shares(x, LENGTHS)
    n_shares = shares.thresholds.numel()
    weight = torch.randn(3, n_shares, generator=torch.Generator().manual_seed(0))
    intercept = torch.arange(3.0)

    scores = ConvolutionScores(shares, weight, intercept)(x, LENGTHS)

    torch.testing.assert_close(scores, shares(x, LENGTHS) @ weight.double().T + intercept)
