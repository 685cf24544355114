import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from sklearn_rnn.sequences import validate_sequences
from sklearn_rnn.sequences._padding import is_ragged, pad_sequences, padded_lengths


class Reader(BaseEstimator):
    pass


def fitted_on(X):
    reader = Reader()
    validate_sequences(reader, X, reset=True)
    return reader


def padded(*lengths, n_steps=4, n_features=2):
    X = np.ones((len(lengths), n_steps, n_features))
    for row, length in zip(X, lengths, strict=True):
        row[length:] = np.nan
    return X


def test_pad_sequences_at_their_end():
    X, lengths = pad_sequences([[[1, 2]], [[3, 4], [5, 6]]])
    np.testing.assert_array_equal(X, [[[1, 2], [0, 0]], [[3, 4], [5, 6]]])
    np.testing.assert_array_equal(lengths, [1, 2])


def test_sequences_of_equal_length_have_no_lengths():
    X, lengths = pad_sequences([np.ones((3, 2)), np.zeros((3, 2))])
    assert X.shape == (2, 3, 2)
    assert lengths is None


@pytest.mark.parametrize(
    ("dtypes", "expected"),
    [
        ((np.uint8, np.uint8), np.uint8),
        ((np.float32, np.float32), np.float32),
        ((np.float32, np.float64), np.float64),
        ((np.int64, np.float32), np.float64),
    ],
)
def test_padded_array_holds_all_values(dtypes, expected):
    X, _ = pad_sequences([np.ones((n, 1), dtype) for n, dtype in enumerate(dtypes, start=1)])
    assert X.dtype == expected


@pytest.mark.parametrize(
    ("sequences", "message"),
    [
        ([np.ones((2, 2)), np.ones(2)], r"got 1D array instead in X\[1\]"),
        ([np.ones((2, 2)), np.ones((2, 3))], r"X\[1\] has 3 features, but X\[0\] has 2"),
        ([np.ones((2, 2)), np.ones((0, 2))], "0 sample"),
        ([np.ones((2, 2)), np.full((1, 2), np.nan)], r"X\[1\] contains NaN"),
        ([np.ones((2, 2)), np.full((1, 2), np.inf)], r"X\[1\] contains infinity"),
    ],
)
def test_sequences_that_cannot_be_padded(sequences, message):
    with pytest.raises(ValueError, match=message):
        pad_sequences(sequences)


def test_trailing_all_nan_steps_are_padding():
    np.testing.assert_array_equal(padded_lengths(padded(4, 1, 3)), [4, 1, 3])


@pytest.mark.parametrize(
    "X", [np.ones((2, 3, 1)), np.ones((2, 3, 1), dtype=np.uint8), np.full((2, 3, 1), 1e308)]
)
def test_array_without_padding_has_no_lengths(X):
    with np.errstate(over="ignore"):
        assert padded_lengths(X) is None


def test_padding_of_all_rows_alike():
    np.testing.assert_array_equal(padded_lengths(padded(2, 2)), [2, 2])


@pytest.mark.parametrize("step", [(0, 0), (1, slice(None)), (3, 1)])
def test_nan_that_is_not_padding(step):
    X = padded(4, 4)
    X[(1, *step)] = np.nan
    with pytest.raises(ValueError, match="X contains NaN"):
        padded_lengths(X)


def test_infinity_is_not_padding():
    X = padded(4, 2)
    X[0, 3] = np.inf
    with pytest.raises(ValueError, match="X contains infinity"):
        padded_lengths(X)


def test_sequence_without_steps():
    with pytest.raises(ValueError, match=r"X\[1\] has no steps"):
        padded_lengths(padded(4, 0))


@pytest.mark.parametrize(
    ("X", "expected"),
    [
        ([np.ones((2, 1)), np.ones((3, 1))], True),
        ((np.ones((2, 1)),), True),
        ([[1.0, 2.0]], False),
        ([], False),
        (np.ones((2, 3, 1)), False),
    ],
)
def test_is_ragged(X, expected):
    assert is_ragged(X) is expected


def test_object_array_of_sequences_is_ragged():
    X = np.empty(2, dtype=object)
    X[:] = [np.ones((2, 1)), np.ones((3, 1))]
    assert is_ragged(X)


def test_rows_are_univariate_sequences():
    reader = Reader()
    X, lengths = validate_sequences(reader, np.ones((5, 3)), reset=True)
    assert X.shape == (5, 3, 1)
    assert lengths is None
    assert reader.n_features_in_ == 3
    assert reader.sequence_shape_ == (3, 1)


def test_frame_of_rows_has_names():
    X = pd.DataFrame(np.ones((5, 2)), columns=["lag_2", "lag_1"])
    assert fitted_on(X).feature_names_in_.tolist() == ["lag_2", "lag_1"]


@pytest.mark.parametrize(
    ("X", "shape"),
    [
        (np.ones((5, 4, 2)), (4, 2)),
        ([np.ones((4, 2)), np.ones((3, 2))], (None, 2)),
        (padded(4, 2), (None, 2)),
    ],
)
def test_features_of_sequences(X, shape):
    reader = fitted_on(X)
    assert reader.n_features_in_ == 2
    assert reader.sequence_shape_ == shape


def test_both_forms_of_varying_length_agree():
    X, lengths = validate_sequences(Reader(), [np.ones((4, 2)), np.ones((2, 2))], reset=True)
    _, expected = validate_sequences(Reader(), padded(4, 2), reset=True)
    np.testing.assert_array_equal(lengths, expected)
    assert X.shape == (2, 4, 2)


@pytest.mark.parametrize("X", [np.ones((1, 9, 2)), [np.ones((9, 2)), np.ones((1, 2))]])
def test_any_length_follows_varying_length(X):
    reader = fitted_on([np.ones((4, 2)), np.ones((3, 2))])
    sequences, _ = validate_sequences(reader, X, reset=False)
    assert sequences.shape[1] == 9


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.ones((5, 3, 2)), "3 steps, but Reader is expecting 4 steps"),
        (np.ones((5, 4, 1)), "1 features per step, but Reader is expecting 2 features"),
        ([np.ones((4, 3)), np.ones((2, 3))], "3 features per step, but Reader is expecting 2"),
    ],
)
def test_sequences_of_another_shape_than_fitted(X, message):
    reader = fitted_on(np.ones((5, 4, 2)))
    with pytest.raises(ValueError, match=message):
        validate_sequences(reader, X, reset=False)


def test_rows_of_another_width_than_fitted():
    with pytest.raises(ValueError, match="2 features, but Reader is expecting 3 features"):
        validate_sequences(fitted_on(np.ones((5, 3))), np.ones((5, 2)), reset=False)


@pytest.mark.parametrize("X", [[], np.ones(3), np.ones((0, 3)), [np.ones(3), np.ones(2)]])
def test_what_is_not_a_sequence(X):
    with pytest.raises(ValueError, match=r"array|sample"):
        validate_sequences(Reader(), X, reset=True)
