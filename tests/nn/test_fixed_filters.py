import numpy as np
import pytest
import torch

from sklearn_rnn.nn import Seed
from sklearn_rnn.nn._fixed_filters import FixedFilters

LENGTHS = torch.tensor([40, 17, 9, 33])


def make_sequences(n_channels):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(4, 40, n_channels, generator=generator, dtype=torch.float64).cumsum(dim=1)
    return x.masked_fill((torch.arange(40) >= LENGTHS[:, None])[:, :, None], 0.0)


def make_filters(x, lengths, seed=0):
    filters = FixedFilters(x.shape[2], x.shape[1], Seed(seed), x.dtype)
    filters.draw_thresholds(x, lengths)
    return filters


@pytest.mark.parametrize("n_channels", [1, 3])
def test_shares_are_counts_of_steps(n_channels):
    x = make_sequences(n_channels)[:1]
    filters = make_filters(x, None)

    found = filters(x)[0].numpy()

    wanted = []
    padded = np.pad(x[0].numpy(), ((200, 200), (0, 0)))
    for weights, thresholds, dilation in zip(
        filters.weights.numpy(), filters.thresholds.numpy(), filters.dilations, strict=True
    ):
        said = np.zeros((84, 40))
        for step in range(40):
            seen = padded[200 + step + dilation * np.arange(-4, 5)]  # (9, n_channels)
            said[:, step] = (weights * seen.T).sum(axis=(1, 2))
        wanted += [(said > each[:, None]).mean(axis=1) for each in thresholds.T]
    np.testing.assert_allclose(found, np.concatenate(wanted), atol=1e-12)
    assert len(np.unique(found)) > 20


def test_neither_padding_nor_the_batch_counts():
    x = make_sequences(2)
    filters = make_filters(x, LENGTHS)

    together = filters(x, LENGTHS)

    for row, length in enumerate(LENGTHS):
        torch.testing.assert_close(together[row], filters(x[row : row + 1, :length])[0])


def test_flat_stretches_are_no_pattern():
    filters = make_filters(make_sequences(1), None)
    flat = torch.full((1, 400, 1), 1 / 3, dtype=torch.float64)

    inside = filters(flat)[0] - filters(flat[:, :300])[0] * 300 / 400

    # Both have the same ends; what lies between is above a threshold everywhere, or nowhere.
    assert all(min(abs(each), abs(each - 0.25)) < 1e-9 for each in inside.tolist())


def test_each_filter_adds_up_at_least_one_channel_and_its_weights_sum_to_zero():
    filters = make_filters(make_sequences(3), LENGTHS)

    used = (filters.weights != 0).any(dim=3).sum(dim=2)

    assert used.min() == 1
    assert used.max() == 3
    assert filters.weights.sum(dim=3).abs().max() == 0


def test_the_seed_decides():
    x = make_sequences(2)
    first, again, other = (make_filters(x, LENGTHS, seed)(x, LENGTHS) for seed in (0, 0, 1))

    assert torch.equal(first, again)
    assert not torch.equal(first, other)
