import numpy as np
import pandas as pd
import pytest

from sklearn_rnn import LSTMForecaster, make_windows
from sklearn_rnn.datasets import load_airline

SEEDS = [0, 1]


def error(actual, forecast):
    return np.sqrt(np.mean(np.square(np.asarray(actual) - np.asarray(forecast))))


def monthly(seed=0, **options):
    return LSTMForecaster(season_length=12, random_state=seed, **options)


def trending_season(n_times=120):
    time = np.arange(n_times)
    noise = np.random.default_rng(0).normal(scale=0.5, size=n_times)
    values = 100 + 0.5 * time + 10 * np.sin(2 * np.pi * time / 12) + noise
    return pd.Series(values, pd.period_range("2010-01", periods=n_times, freq="M"))


def test_error_of_last_years_value():
    passengers = load_airline()
    assert error(passengers[96:], passengers[84:132]) == pytest.approx(41.9, abs=0.05)


@pytest.mark.parametrize("seed", SEEDS)
def test_airline_one_month_ahead(seed):
    passengers = load_airline()
    predicted = monthly(seed).fit(passengers[:96]).predict(passengers[96:])
    assert len(predicted) == 48
    assert error(passengers[96:], predicted) < 20


def test_airline_windows_are_forecast_as_well_as_the_series():
    passengers = load_airline()
    X, y = make_windows(passengers, look_back=25)
    predicted = monthly().fit(X[:71], y[:71]).predict(X[71:])
    assert error(y[71:], predicted) < 20


@pytest.mark.parametrize("horizon", [1, 12])
@pytest.mark.parametrize("seed", SEEDS)
def test_airline_one_year_ahead_beats_last_year(seed, horizon):
    passengers = load_airline()
    forecast = monthly(seed, horizon=horizon).fit(passengers[:132]).forecast(12)
    assert error(passengers[132:], forecast) < 0.7 * error(passengers[132:], passengers[120:132])


def test_no_persistence_in_disguise():
    series = trending_season()
    predicted = monthly().fit(series[:96]).predict(series[96:])
    assert error(series[96:], predicted) < 0.5 * error(series[96:], series[95:-1])
    assert error(series[96:], predicted) < 0.5 * error(series[96:], series[84:-12])


def test_trend_and_season_are_continued():
    series = trending_season()
    forecast = monthly(horizon=12).fit(series[:96]).forecast(24)
    last_season = np.tile(series[84:96], 2)
    assert error(series[96:], forecast) < 0.5 * error(series[96:], np.full(24, series.iloc[95]))
    assert error(series[96:], forecast) < 0.5 * error(series[96:], last_season)


def test_what_a_naive_forecast_misses_is_learnt():
    # A logistic map: the next value is a function of the last that no difference explains.
    values = [0.3]
    for _ in range(399):
        values.append(3.9 * values[-1] * (1 - values[-1]))
    series = np.array(values)
    options = {"look_back": 16, "lr": 1e-2, "max_epochs": 60, "random_state": 0}
    forecaster = LSTMForecaster(**options).fit(series[:300])
    assert forecaster.network_share_ == 1.0
    assert forecaster.score(series[300:]) > 0.85


def test_level_is_learnt_from_other_series():
    # Each series returns to its own mean, which a short one does not tell.
    rng = np.random.default_rng(0)
    panel = []
    for level in rng.normal(scale=100, size=60):
        deviations = [0.0]
        for noise in rng.normal(size=30):
            deviations.append(0.5 * deviations[-1] + noise)
        panel.append(level + np.array(deviations))
    options = {"look_back": 8, "hidden_size": 8, "random_state": 0}
    together = LSTMForecaster(**options).fit(panel[:40])
    actual = np.concatenate([series[8:] for series in panel[40:]])
    last = np.concatenate([series[7:-1] for series in panel[40:]])
    predicted = np.concatenate(together.predict(panel[40:]))
    # The best forecast leaves the noise, of deviation 1.
    assert error(actual, predicted) < 1.1
    assert error(actual, predicted) < 0.97 * error(actual, last)
