import numpy as np
import pytest
import torch

from sklearn_rnn.forecasting import Covariates, SeriesStore
from sklearn_rnn.forecasting._series_store import CovariateTable, fill_forward

NAN = np.nan


@pytest.mark.parametrize(
    ("series", "filled"),
    [
        ([[1, 2, 3]], [1, 2, 3]),
        ([[1, NAN, NAN, 4, NAN]], [1, 1, 1, 4, 4]),
        ([[NAN, NAN, 3, NAN, 5]], [3, 3, 3, 3, 5]),
        ([[NAN, NAN]], [0, 0]),
        ([[1, NAN], [NAN, 2]], [1, 1, 2, 2]),
        ([[1, NAN], [NAN, NAN], [NAN, 3, NAN]], [1, 1, 0, 0, 3, 3, 3]),
        ([[5, 6], [NAN]], [5, 6, 0]),
        ([[NAN], [7]], [0, 7]),
    ],
)
def test_missing_values_are_filled_within_their_series(series, filled):
    values = np.concatenate(series).astype(float)
    before = values.copy()
    lengths = np.array([len(each) for each in series])
    found, observed = fill_forward(values, np.cumsum(lengths) - lengths)
    np.testing.assert_array_equal(found, filled)
    np.testing.assert_array_equal(observed, ~np.isnan(before))
    np.testing.assert_array_equal(values, before)


def test_filling_agrees_with_pandas():
    import pandas as pd

    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 9, size=200)
    values = np.where(rng.random(lengths.sum()) < 0.6, NAN, rng.normal(size=lengths.sum()))
    names = np.repeat(np.arange(200), lengths)
    grouped = pd.Series(values).groupby(names)
    expected = grouped.ffill().fillna(grouped.bfill()).fillna(0.0)
    filled, _ = fill_forward(values, np.cumsum(lengths) - lengths)
    np.testing.assert_array_equal(filled, expected)


def test_values_without_gaps_are_not_copied():
    values = np.arange(5.0)
    assert fill_forward(values, np.array([0, 2]))[0] is values


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_series_keep_their_dtype(dtype):
    values = np.array([1, NAN, 3], dtype=dtype)
    store = SeriesStore(values, np.array([3]), np.ones(1))
    assert store.values.numpy().dtype == dtype
    assert store.values.tolist() == [1, 1, 3]
    assert store.observed.tolist() == [True, False, True]


def test_series_are_found_by_start_and_length():
    store = SeriesStore(np.arange(6.0), np.array([2, 1, 3]), np.ones(3))
    assert store.starts.tolist() == [0, 2, 3]
    assert store.lengths.tolist() == [2, 1, 3]
    assert (store.past, store.future, store.sample_weight) == (None, None, None)


def test_weights_have_the_dtype_of_the_network():
    weight = np.array([0.5, 1.5])
    store = SeriesStore(
        np.arange(2.0), np.ones(2, dtype=int), np.ones(2), sample_weight=weight, dtype=torch.float64
    )
    assert store.sample_weight.dtype == torch.float64
    assert store.sample_weight.tolist() == [0.5, 1.5]


def table():
    values = np.arange(5.0)[:, None] * [1.0, -1.0]
    covariates = Covariates(values, np.array([2, 3]), np.array([0, 1, 0]))
    return CovariateTable(covariates, torch.float64, "cpu")


def test_covariates_are_those_of_the_owner():
    series, position = torch.tensor([0, 1, 2]), torch.tensor([[0, 1], [0, 1], [1, 0]])
    taken = table().take(series, position)
    assert taken.shape == (3, 2, 2)
    assert taken[:, :, 0].tolist() == [[0, 1], [2, 3], [1, 0]]
    assert torch.equal(taken[:, :, 1], -taken[:, :, 0])


def test_covariates_beyond_the_ends_are_the_nearest_ones():
    taken = table().take(torch.tensor([1, 0]), torch.tensor([[-9, 0, 2, 3, 99]] * 2))
    assert taken[:, :, 0].tolist() == [[2, 2, 4, 4, 4], [0, 0, 1, 1, 1]]
