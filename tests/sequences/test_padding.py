import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from sklearn_rnn.sequences import validate_sequences


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


def read(X):
    return validate_sequences(Reader(), X, reset=True)


def test_lists_are_padded_at_their_end():
    X, lengths = read([[[1, 2]], [[3, 4], [5, 6]]])
    np.testing.assert_array_equal(X, [[[1, 2], [0, 0]], [[3, 4], [5, 6]]])
    np.testing.assert_array_equal(lengths, [1, 2])


def test_sequences_of_equal_length_have_no_lengths():
    X, lengths = read([np.ones((3, 2)), np.zeros((3, 2))])
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
    X, _ = read([np.ones((n, 1), dtype) for n, dtype in enumerate(dtypes, start=1)])
    assert X.dtype == expected


@pytest.mark.parametrize(
    ("sequences", "message"),
    [
        ([np.ones((2, 2)), np.ones(2)], r"X\[1\] is of type ndarray, of 1 dimensions"),
        ([np.ones((2, 2)), np.ones((2, 2, 1))], r"X\[1\] is of type ndarray, of 3 dimensions"),
        ([np.ones((2, 2)), np.ones((2, 3))], r"X\[1\] has 3 features, but X\[0\] has 2"),
        ([np.ones((2, 2)), np.ones((0, 2))], "0 sample"),
        ([np.ones((2, 2)), np.full((1, 2), np.nan)], r"X\[1\] has no steps, it is all NaN"),
        ([np.ones((2, 2)), np.full((1, 2), np.inf)], r"X\[1\] contains infinity at step 0 in fea"),
        ([np.ones((2, 2)), [["a", "b"]]], r"X\[1\] holds no numbers"),
        ([np.ones((2, 0)), np.ones((2, 0))], r"Found array with 0 feature\(s\)"),
        (np.ones((2, 0, 2)), r"Found array with 0 step\(s\) \(shape=\(2, 0, 2\)\)"),
        (np.ones((2, 2, 0)), r"Found array with 0 feature\(s\) \(shape=\(2, 2, 0\)\)"),
        (np.ones((2, 2, 1, 1)), r"X has 4 dimensions, of shape \(2, 2, 1, 1\)\. Sequences are"),
    ],
)
def test_what_cannot_be_read(sequences, message):
    with pytest.raises(ValueError, match=message):
        read(sequences)


@pytest.mark.parametrize("make", [np.asarray, list, lambda X: X[:, :, 0]], ids=["3d", "list", "2d"])
def test_trailing_all_nan_steps_are_padding(make):
    X = padded(4, 1, 3, n_features=1)
    sequences, lengths = read(make(X))
    np.testing.assert_array_equal(lengths, [4, 1, 3])
    assert sequences.shape == (3, 4, 1)


@pytest.mark.parametrize(
    "X", [np.ones((2, 3, 1)), np.ones((2, 3, 1), dtype=np.uint8), np.full((2, 3, 1), 1e308)]
)
def test_array_without_padding_has_no_lengths(X):
    with np.errstate(over="ignore"):
        assert read(X)[1] is None


def test_padding_of_all_rows_alike():
    np.testing.assert_array_equal(read(padded(2, 2))[1], [2, 2])


@pytest.mark.parametrize(
    ("step", "place"),
    [((0, 0), "step 0 in feature 0"), ((1, slice(None)), "step 1 in f"), ((3, 1), "step 3 in f")],
)
def test_nan_that_is_not_padding(step, place):
    X = padded(4, 4)
    X[(1, *step)] = np.nan
    with pytest.raises(ValueError, match=rf"X\[1\] contains NaN at {place}.*Padding comes last"):
        read(X)


def test_nan_in_rows_that_is_not_padding():
    X = np.ones((4, 3))
    X[2, 1] = np.nan
    with pytest.raises(ValueError, match=r"X\[2\] contains NaN at step 1\. Padding comes last"):
        read(X)


def test_nan_in_frames_names_the_column():
    frames = [pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, each]}) for each in (4.0, np.nan)]
    with pytest.raises(ValueError, match=r"X\[1\] contains NaN at step 1 in column 'b'"):
        read(frames)


def test_infinity_is_not_padding():
    X = padded(4, 2)
    X[0, 3] = np.inf
    with pytest.raises(ValueError, match="X contains infinity"):
        read(X)


def test_sequence_without_steps():
    with pytest.raises(ValueError, match=r"X\[1\] has no steps"):
        read(padded(4, 0))


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


@pytest.mark.parametrize("X", [np.ones((5, 4, 2)), [np.ones((3, 2)), np.ones((4, 2))]])
def test_a_single_sequence_is_asked_for_in_a_list(X):
    reader, sequence = fitted_on(X), np.ones((4, 2))

    with pytest.raises(ValueError, match=r"If X is a single sequence, give a list of it: \[X\]"):
        validate_sequences(reader, sequence, reset=False)
    assert len(validate_sequences(reader, [sequence], reset=False)[0]) == 1


@pytest.mark.parametrize("X", [[], np.ones(3), np.ones((0, 3))])
def test_what_is_not_a_sequence(X):
    with pytest.raises(ValueError, match=r"array|sample"):
        validate_sequences(Reader(), X, reset=True)


ROWS = np.arange(12.0).reshape(3, 4)


@pytest.mark.parametrize("first", [ROWS, ROWS[:, :, None], list(ROWS)], ids=["2d", "3d", "list"])
@pytest.mark.parametrize("then", [ROWS, ROWS[:, :, None], list(ROWS)], ids=["2d", "3d", "list"])
def test_forms_of_one_feature_stand_for_each_other(first, then):
    sequences, _ = validate_sequences(fitted_on(first), then, reset=False)
    np.testing.assert_array_equal(sequences, ROWS[:, :, None])
