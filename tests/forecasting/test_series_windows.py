import numpy as np
import pytest

from sklearn_rnn import LSTMForecaster


def look_back(lengths, horizon=1, season_length=1):
    series = [np.random.default_rng(0).normal(size=n_times) for n_times in lengths]
    options = {"calibration_fraction": None, "max_epochs": 1, "hidden_size": 2, "batch_size": 64}
    forecaster = LSTMForecaster(horizon=horizon, season_length=season_length, **options)
    return forecaster.fit(series).look_back_


@pytest.mark.parametrize(
    ("n_times", "season_length", "expected"),
    [(210, 1, 73), (400, 12, 145), (1200, 24, 505), (1200, 7, 337), (400, 4, 137)],
)
def test_a_third_of_a_series_within_bounds_or_three_weeks(n_times, season_length, expected):
    assert look_back([n_times], season_length=season_length) == expected


def test_three_horizons():
    assert look_back([1000], horizon=120) == 361


def test_two_seasons_of_a_long_one():
    assert look_back([1200], season_length=365) == 731


@pytest.mark.parametrize(("n_times", "expected"), [(122, 61), (121, 49), (60, 25)])
def test_no_more_values_in_a_window_than_windows(n_times, expected):
    assert look_back([n_times], season_length=12) == expected


def test_windows_of_all_series_count():
    assert look_back([70], season_length=12) == 25
    assert look_back([70] * 10, season_length=12) == 61


def test_a_third_of_a_usual_series_counts():
    assert look_back([300, 300, 1000]) == look_back([300, 300, 300]) == 101


@pytest.mark.filterwarnings("ignore:season_length")
@pytest.mark.parametrize("lengths", [[2, 1], [12]])
def test_at_least_two_seasons(lengths):
    assert look_back(lengths, 6, 12) == 25
    assert look_back(lengths, 6, 1) == 9
