import numpy as np
import pytest

from sklearn_rnn.forecasting._given_windows import align_future, find_units, to_units
from sklearn_rnn.forecasting._windows import sliding_windows

SERIES = np.cumsum(np.random.default_rng(0).normal(size=(50, 2)), axis=0)


def windows_and_future():
    windows, future = sliding_windows(SERIES, 6, 1)
    return windows, future[:, 0, 1]


def test_scaled_column_is_found_with_its_units():
    windows, future = windows_and_future()
    scaled = 0.25 * windows - 7
    slope, intercept = find_units(scaled[:, -1, 1], future)
    assert slope == pytest.approx(4)
    assert intercept == pytest.approx(28)
    np.testing.assert_allclose(to_units(scaled, {1: (slope, intercept)})[:, :, 1], windows[:, :, 1])


def test_column_in_its_own_units_stays_exactly_as_it_is():
    windows, future = windows_and_future()
    assert find_units(windows[:, -1, 1], future) == (1.0, 0.0)


@pytest.mark.parametrize("order", ["shuffled", "other"])
def test_no_units_where_the_target_does_not_continue_the_column(order):
    windows, future = windows_and_future()
    rows = np.random.default_rng(0).permutation(len(windows))
    last = windows[:, -1, 0] if order == "other" else windows[rows, -1, 1]
    assert find_units(last, future if order == "other" else future[rows]) is None


@pytest.mark.parametrize("value", [0.0, 5.0])
def test_constant_column_has_no_units(value):
    assert find_units(np.full(9, value), np.full(9, 3.0)) is None


def test_continued_column_wins_over_a_nearer_one():
    windows, future = windows_and_future()
    scaled = windows.copy()
    scaled[:, :, 1] = 1000 * scaled[:, :, 1] + 1e5
    assert align_future(scaled, future)[1] == [1]


def test_other_columns_and_the_input_stay_as_they_are():
    windows, _ = windows_and_future()
    before = windows.copy()
    converted = to_units(windows, {1: (2.0, 1.0)})
    np.testing.assert_array_equal(converted[:, :, 0], windows[:, :, 0])
    np.testing.assert_array_equal(windows, before)
