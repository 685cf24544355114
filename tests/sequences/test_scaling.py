import numpy as np
import pytest

from sklearn_rnn.sequences import standard_scale
from sklearn_rnn.sequences._scaling import CHUNK_ROWS, scales_differ


def random_sequences(n_samples=50, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal([0.0, 5.0, -3.0], [1.0, 10.0, 0.1], (n_samples, 7, 3))


@pytest.mark.parametrize("n_samples", [1, 50, CHUNK_ROWS + 1])
def test_mean_and_deviation_over_all_steps(n_samples):
    X = random_sequences(n_samples)
    steps = X.reshape(-1, 3)
    mean, std = standard_scale(X, None, None)
    np.testing.assert_allclose(mean, steps.mean(axis=0))
    np.testing.assert_allclose(std, steps.std(axis=0))


def test_only_valid_steps_count():
    X = random_sequences()
    lengths = np.random.default_rng(1).integers(1, 8, len(X))
    steps = np.concatenate([row[:length] for row, length in zip(X, lengths, strict=True)])
    X[np.arange(7) >= lengths[:, None]] = np.nan
    mean, std = standard_scale(X, lengths, None)
    np.testing.assert_allclose(mean, steps.mean(axis=0))
    np.testing.assert_allclose(std, steps.std(axis=0))


@pytest.mark.parametrize("lengths", [None, np.arange(50) % 7 + 1])
def test_integer_weights_repeat_rows(lengths):
    X = random_sequences()
    times = np.arange(50) % 3
    repeated_lengths = None if lengths is None else np.repeat(lengths, times)
    expected = standard_scale(np.repeat(X, times, axis=0), repeated_lengths, None)
    np.testing.assert_allclose(standard_scale(X, lengths, times.astype(float)), expected)


def test_scale_of_weights_does_not_matter():
    X, weight = random_sequences(), np.linspace(0.1, 2.0, 50)
    np.testing.assert_allclose(
        standard_scale(X, None, 100 * weight), standard_scale(X, None, weight)
    )


@pytest.mark.parametrize("value", [0.0, 0.1, -3e7, 1e-9])
def test_constant_feature_can_be_divided_by(value):
    mean, std = standard_scale(np.full((50, 7, 1), value), None, None)
    assert mean == pytest.approx(value)
    assert std == 1.0


@pytest.mark.parametrize("n_samples", [10, 1000])
def test_constant_feature_shows_no_rounding_errors(n_samples):
    values = np.random.default_rng(0).lognormal(0.0, 10.0, 50)
    _, std = standard_scale(np.broadcast_to(values, (n_samples, 7, 50)), None, None)
    np.testing.assert_array_equal(std, 1.0)


@pytest.mark.parametrize("offset", [1e6, -1e9])
def test_deviation_is_precise_at_large_offsets(offset):
    X = random_sequences()[:, :, :1] + offset
    _, std = standard_scale(X, None, None)
    np.testing.assert_allclose(std, X.std(axis=(0, 1)), rtol=1e-9)


@pytest.mark.parametrize("factor", [1e-12, 1e12])
def test_small_and_large_units(factor):
    X = random_sequences()
    _, std = standard_scale(X, None, None)
    np.testing.assert_allclose(standard_scale(factor * X, None, None)[1], factor * std)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_narrow_dtypes_do_not_overflow(dtype):
    X = np.full((2000, 7, 1), 200, dtype)
    X[::2] = 100
    mean, std = standard_scale(X, None, None)
    assert mean == 150.0
    assert std == 50.0


def sequences_of_scales(spread, n_samples=50):
    rng = np.random.default_rng(0)
    return random_sequences(n_samples) * np.exp(spread * rng.normal(size=(n_samples, 1, 1)))


def test_scales_that_differ():
    assert not scales_differ(random_sequences(), None, None)
    assert not scales_differ(sequences_of_scales(0.3), None, None)
    assert scales_differ(sequences_of_scales(3.0), None, None)
    assert scales_differ(sequences_of_scales(3.0, CHUNK_ROWS + 1).astype(np.float32), None, None)


def test_scales_are_those_of_valid_steps_of_rows_that_count():
    X = np.concatenate([random_sequences(), sequences_of_scales(3.0)])
    lengths = np.full(100, 5)
    X[:50, 5:] = np.nan

    assert scales_differ(X, lengths, None)
    assert not scales_differ(X, lengths, None, rows=np.arange(50))
    assert not scales_differ(X, lengths, (np.arange(100) < 50).astype(float))


def test_constant_sequences_have_no_scale():
    X = random_sequences()
    X[:20] = 1 / 3

    assert not scales_differ(X, None, None)
    assert not scales_differ(X[:20], None, None)
