import numpy as np
import pytest

from sklearn_rnn.forecasting import naive_forecasts

CASES = [(1, 1, 1), (3, 2, 1), (10, 4, 3), (13, 5, 12), (25, 30, 12), (7, 2, 12), (60, 12, 12)]


@pytest.mark.parametrize(("look_back", "horizon", "season_length"), CASES)
def test_weights_sum_to_one(look_back, horizon, season_length):
    for weights in naive_forecasts(look_back, horizon, season_length).values():
        assert weights.shape == (look_back, horizon)
        np.testing.assert_allclose(weights.sum(axis=0), 1)


def forecasts(values, horizon, season_length):
    weights = naive_forecasts(len(values), horizon, season_length)
    return {name: values @ each for name, each in weights.items()}


def test_means_of_the_newest_values():
    values = np.arange(10.0) ** 2
    found = forecasts(values, 2, 1)
    assert list(found) == ["mean of 1", "mean of 4", "mean of 8", "mean of 10"]
    for name, forecast in found.items():
        expected = values[-int(name.split()[-1]) :].mean()
        np.testing.assert_allclose(forecast, [expected, expected])


def test_means_of_no_more_values_than_there_are():
    assert list(naive_forecasts(3, 1, 1)) == ["mean of 1", "mean of 3"]
    assert list(naive_forecasts(1, 1, 1)) == ["mean of 1"]


@pytest.mark.parametrize("look_back", [4, 7, 11])
@pytest.mark.parametrize("horizon", [1, 3, 10])
def test_every_seasonal_forecast_repeats_a_pure_season(look_back, horizon):
    season = np.resize([3.0, 1.0, 4.0, 1.5], look_back + horizon)
    found = forecasts(season[:look_back], horizon, 4)
    names = [name for name in found if "season" in name]
    assert {"last season", "mean season"} <= set(names)
    for name in names:
        np.testing.assert_allclose(found[name], season[look_back:])


def test_last_season_is_the_value_a_season_ago():
    values = np.random.default_rng(0).normal(size=9)
    found = forecasts(values, 6, 4)
    np.testing.assert_allclose(found["last season"], values[[5, 6, 7, 8, 5, 6]])
    mean = [values[[phase - 4, phase]].mean() for phase in (5, 6, 7, 8, 5, 6)]
    np.testing.assert_allclose(found["mean season"], mean)


def test_growth_over_a_season_is_added_to_the_last_one():
    values = np.random.default_rng(0).normal(size=25)
    found = forecasts(values, 2, 12)
    for n_values in (1, 3):
        growth = values[-n_values:].mean() - values[-12 - n_values : -12].mean()
        expected = values[[13, 14]] + growth
        np.testing.assert_allclose(found[f"last season and growth over {n_values}"], expected)


def test_trend_with_a_season_is_followed():
    time = np.arange(40)
    values = 2.0 * time + np.resize([3.0, 1.0, 4.0, 1.5], 40)
    found = forecasts(values[:36], 4, 4)
    np.testing.assert_allclose(found["last season and growth over 1"], values[36:])
    # Moved to the level of the newest season, which the next one is 4 steps ahead of.
    np.testing.assert_allclose(found["mean season and growth"], values[36:] - 8)


@pytest.mark.parametrize(("look_back", "n_seasonal"), [(11, 0), (12, 2), (13, 3), (15, 4), (24, 5)])
def test_only_what_the_window_holds_is_used(look_back, n_seasonal):
    names = [name for name in naive_forecasts(look_back, 1, 12) if "season" in name]
    assert len(names) == n_seasonal
