import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_rnn.sequences._shares import choose_shares, nested_shares

EQUAL = np.array([0.5, 0.5])


def make_predictions(errors, n_samples=200, seed=0):
    """What came, and predictions that differ from it by independent errors of these deviations."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=n_samples)
    return y, y + np.array(errors)[:, None] * rng.normal(size=(len(errors), n_samples))


@pytest.mark.parametrize("place", [0, 1])
def test_what_is_always_right_has_all_of_the_say(place):
    y, predictions = make_predictions([0.0, 1.0] if place == 0 else [1.0, 0.0], n_samples=20)

    shares = choose_shares(predictions, y, None, EQUAL)

    assert_allclose(shares, np.eye(2)[place], atol=1e-6)


def test_equals_share():
    y, predictions = make_predictions([0.5, 0.5])

    assert_allclose(choose_shares(predictions, y, None, EQUAL), 0.45, atol=0.1)


def test_noise_leaves_the_say_to_the_mean():
    rng = np.random.default_rng(0)
    y, predictions = rng.normal(size=2000), rng.normal(size=(2, 2000))

    assert choose_shares(predictions, y, None, EQUAL).sum() < 0.1


def test_few_samples_leave_the_expected_shares():
    y, predictions = make_predictions([1.0, 1.1], n_samples=2)
    expected = np.array([0.2, 0.8])

    assert_allclose(choose_shares(predictions, y, None, expected), expected, atol=0.25)


def test_weights_are_repetitions():
    y, predictions = make_predictions([0.5, 0.7], n_samples=30)
    counts = np.random.default_rng(1).integers(1, 4, size=30)

    weighted = choose_shares(predictions, y, counts.astype(float), EQUAL)

    repeated = np.repeat(predictions, counts, axis=1)
    assert_allclose(weighted, choose_shares(repeated, np.repeat(y, counts), None, EQUAL))


def test_a_prediction_that_is_right_of_all_that_was_held_out():
    y, (told, *left_out) = make_predictions([0.0, 0.5, 0.5])
    rows = np.arange(200) < 40

    shares = nested_shares(np.where(rows, told, 99), np.array(left_out), y, rows, None)

    assert_allclose(shares, [1, 0, 0], atol=1e-6)
