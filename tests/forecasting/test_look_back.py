import numpy as np
import pytest

from sklearn_rnn.forecasting import default_look_back


@pytest.mark.parametrize(
    ("horizon", "season_length", "look_back"),
    [(1, 1, 21), (10, 1, 33), (1, 12, 61), (24, 12, 73), (30, 7, 92), (1, 2, 11)],
)
def test_five_seasons_or_three_horizons_and_a_step(horizon, season_length, look_back):
    assert default_look_back(np.array([10_000]), horizon, season_length) == look_back


@pytest.mark.parametrize(("n_times", "look_back"), [(200, 61), (122, 61), (121, 49), (60, 25)])
def test_no_more_values_in_a_window_than_windows(n_times, look_back):
    assert default_look_back(np.array([n_times]), 1, 12) == look_back


def test_windows_of_all_series_count():
    assert default_look_back(np.array([70]), 1, 12) == 25
    assert default_look_back(np.full(10, 70), 1, 12) == 61


@pytest.mark.parametrize("lengths", [[1], [2, 1], [12]])
def test_at_least_two_seasons(lengths):
    assert default_look_back(np.array(lengths), 6, 12) == 25
    assert default_look_back(np.array(lengths), 6, 1) == 9
