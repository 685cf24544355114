import pytest
import torch

from sklearn_rnn.nn import LinearFunction, RandomConvolutions, Seed
from sklearn_rnn.nn._layers import Rescale

LENGTHS = torch.tensor([40, 17, 9, 33])


def make_sequences(n_features):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(4, 40, n_features, generator=generator, dtype=torch.float64).cumsum(dim=1)
    return x.masked_fill((torch.arange(40) >= LENGTHS[:, None])[:, :, None], torch.nan)


def make_shares(x, lengths, seed=0, dtype=torch.float64):
    ones = torch.ones(x.shape[2])
    shares = RandomConvolutions(Rescale(0 * ones, 2 * ones, dtype), x.shape[1], Seed(seed))
    shares.learn(x, lengths)
    return shares


def test_filters_see_the_sequence_and_its_changes():
    x = make_sequences(2)[:1]
    shares = make_shares(x, None)

    together = shares(x)

    changes = (x / 2).diff(dim=1, prepend=x[:, :1] / 2)
    wanted = shares.levels(x / 2), shares.changes(changes / changes.square().mean(dim=1).sqrt())
    torch.testing.assert_close(together, torch.cat(wanted, dim=1))


def test_filters_of_changes_know_no_level():
    x = make_sequences(1)[:1]
    shares = make_shares(x, None)

    lifted = shares.changes(shares._views(x + 5, None)[1] / shares.pace)

    torch.testing.assert_close(lifted, shares.changes(shares._views(x, None)[1] / shares.pace))


def test_changes_of_all_features_count_the_same():
    noise = torch.randn(4, 400, 2, generator=torch.Generator().manual_seed(0))
    smooth = noise[:, :, 1:].cumsum(dim=1) / 20
    shares = make_shares(torch.cat([noise[:, :, :1], smooth], dim=2), None, dtype=torch.float32)

    # Between independent values of deviation 1/2, and between those of a random walk.
    torch.testing.assert_close(shares.pace, torch.tensor([0.5 * 2**0.5, 0.025]), rtol=0.1, atol=0)


def test_a_constant_feature_and_sequences_of_one_step():
    x = torch.ones(3, 1, 2)
    shares = make_shares(x, None, dtype=torch.float32)

    assert shares(x).isfinite().all()
    assert shares.pace.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_neither_padding_nor_the_batch_counts(dtype):
    x = make_sequences(2)
    shares = make_shares(x, LENGTHS, dtype=dtype)

    together = shares(x, LENGTHS)

    assert together.dtype == dtype
    for row, length in enumerate(LENGTHS):
        alone = shares(x[row : row + 1, :length])[0]
        torch.testing.assert_close(together[row], alone)


def test_the_seed_decides():
    x = make_sequences(2)
    first, again, other = (make_shares(x, LENGTHS, seed)(x, LENGTHS) for seed in (0, 0, 1))

    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_linear_function_of_the_shares():
    x = make_sequences(1)
    shares = make_shares(x, LENGTHS, dtype=torch.float32)
    n_shares = shares(x, LENGTHS).shape[1]
    weight = torch.randn(3, n_shares, generator=torch.Generator().manual_seed(0))
    intercept = torch.arange(3.0)

    scores = LinearFunction(shares, weight, intercept, torch.float32)(x, LENGTHS)

    wanted = shares(x, LENGTHS).double() @ weight.T.double() + intercept
    torch.testing.assert_close(scores, wanted.float())
