import numpy as np
import pandas as pd
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge

from sklearn_rnn import LSTMForecaster, make_windows
from sklearn_rnn.datasets import load_airline

SEEDS = [0, 1]


def error(actual, forecast):
    return np.sqrt(np.mean(np.square(np.asarray(actual) - np.asarray(forecast))))


def monthly(seed=0, **options):
    # A tenth of the steps that are taken by default, which would be too slow here.
    return LSTMForecaster(
        **{"season_length": 12, "max_epochs": 150, "random_state": seed, **options}
    )


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


def test_a_single_series_with_a_season_is_told_by_its_lags_too():
    passengers = load_airline()
    forecaster = monthly(horizon=12, max_epochs=20).fit(passengers[:-12])
    forecast = forecaster.forecast()
    assert 0.3 < forecaster.linear_share_ < 0.9
    forecaster.net_.module_.shares.zero_()
    assert error(passengers[-12:], forecast) < error(passengers[-12:], forecaster.forecast())


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
    assert forecaster.network_share_ > 0.85
    assert forecaster.score(series[300:]) > 0.9


def test_dynamics_without_noise_are_trained_on_for_longer():
    # The first variable of the Lorenz equations.
    state, values = np.ones(3), []
    for step in range(4000):
        x, y, z = state
        state = state + 0.01 * np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])
        if step % 5 == 0:
            values.append(state[0])
    options = {"horizon": 3, "hidden_size": 32, "random_state": 0}
    clean = LSTMForecaster(**options).fit(np.array(values))
    noisy = LSTMForecaster(**options).fit(np.random.default_rng(0).normal(size=800))
    # Of four batches each, for which 1,500 would be more epochs than there may be.
    assert (clean.n_iter_, noisy.n_iter_) == (300, 125)


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


@pytest.mark.parametrize("level", [0.0, 1e3, 1e4])
def test_level_does_not_matter(level):
    x = [0.3]
    for _ in range(300):
        x.append(3.8 * x[-1] * (1 - x[-1]))
    X, y = make_windows(np.array(x) + level, 4)
    forecaster = LSTMForecaster(max_epochs=150, random_state=0).fit(X[:250], y[:250])
    assert forecaster.score(X[250:], y[250:]) > 0.9


def test_what_does_not_continue_its_window_is_learnt_as_by_ridge():
    X = np.random.default_rng(0).normal(size=(500, 10, 3))
    y = 100 * X[:, :, 0].mean(axis=1) + 5 * X[:, -1, 1]
    forecaster = LSTMForecaster(max_epochs=5, random_state=0).fit(X[:400], y[:400])
    assert forecaster.score(X[400:], y[400:]) > 0.99


def test_transformed_target_is_learnt_as_by_ridge():
    rng = np.random.default_rng(0)
    time = np.arange(150.0)
    X, y = make_windows(10 + time / 10 + 3 * np.sin(time / 2) + 0.3 * rng.normal(size=150), 12)
    options = {"func": np.log, "inverse_func": np.exp}
    ours, ridge = (
        TransformedTargetRegressor(each, **options).fit(X[:100], y[:100]).score(X[100:], y[100:])
        for each in (LSTMForecaster(max_epochs=50, random_state=0), Ridge())
    )
    assert ours > ridge


def test_a_level_far_from_zero_costs_no_digits():
    season = 10 * np.sin(2 * np.pi * np.arange(96) / 12)
    forecaster = LSTMForecaster(season_length=12, max_epochs=50, random_state=0)
    forecast = forecaster.fit(season + 1e7).forecast(6) - 1e7
    np.testing.assert_allclose(forecast, season[:6], atol=0.5)


def test_counts_have_intervals_of_counts():
    counts = np.random.default_rng(0).poisson(0.05, 300)
    forecaster = LSTMForecaster(horizon=7, max_epochs=5, random_state=0).fit(counts)
    frame = forecaster.forecast(coverage=0.9)
    assert (frame["lower"] >= 0).all()
    assert (frame["upper"] < 3).all()


@pytest.mark.parametrize("values", [[1.0, 2.0], [4.0, 4.0, 3.0, 1.0], [-0.034, -0.022, 1.936]])
def test_a_few_values_are_not_extrapolated(values):
    forecast = LSTMForecaster(max_epochs=20, random_state=0).fit(values).forecast(6)
    spread = np.ptp(values)
    assert (forecast > min(values) - 2 * spread).all()
    assert (forecast < max(values) + 2 * spread).all()


def test_time_steps_without_a_value_have_passed():
    line = np.arange(110) + np.random.default_rng(0).normal(scale=0.2, size=110)
    line[-5:] = np.nan
    forecaster = LSTMForecaster(missing="mask", horizon=3, max_epochs=100, random_state=0)
    # Right after the last value would come 105, 106 and 107.
    np.testing.assert_allclose(forecaster.fit(line).forecast(), [110, 111, 112], atol=1)


def test_a_constant_covariate_changes_nothing():
    values = 50 + np.random.default_rng(0).normal(size=80).cumsum()
    frame = pd.DataFrame({"y": values, "c": 1.0})
    options = {"max_epochs": 2, "random_state": 0}
    forecast = LSTMForecaster(target="y", **options).fit(frame).forecast(3)
    alone = LSTMForecaster(**options).fit(frame["y"]).forecast(3)
    np.testing.assert_array_equal(forecast, alone)


def test_two_seasons_are_needed():
    with pytest.warns(UserWarning, match="takes series of 24 time steps or more.*longest has 9"):
        LSTMForecaster(season_length=12, max_epochs=1).fit(np.arange(9.0))


def test_look_back_far_beyond_the_series():
    with pytest.raises(ValueError, match="look_back=100000 is more than ten times the longest"):
        LSTMForecaster(look_back=100_000, max_epochs=1).fit(np.arange(40.0))


def test_random_walks_are_not_explained():
    # Nothing tells more of a hundred values than the last one.
    errors, of_last, shares = [], [], []
    for seed in range(12):
        values = np.random.default_rng(seed).normal(size=106).cumsum()
        forecaster = LSTMForecaster(horizon=6, max_epochs=20, random_state=0).fit(values[:100])
        errors.append(error(values[100:], forecaster.forecast()))
        of_last.append(error(values[100:], values[99]))
        shares.append(forecaster.linear_share_ + forecaster.network_share_)
    assert error(errors, 0) < 1.06 * error(of_last, 0)
    assert np.mean(shares) < 0.07
