import numpy as np
import pytest
import torch

from sklearn_rnn.forecasting import PENALTIES, SeriesStore, WindowData, fit_linear, naive_forecasts

LOOK_BACK = 6


def windows(series, first, last, horizon=2, **options):
    """Windows of one series, or of several of the same length."""
    series = np.atleast_2d(series)
    n_series, n_times = series.shape
    store = SeriesStore(
        series.ravel(), np.full(n_series, n_times), np.full(n_series, 1e-6), **options
    )
    firsts, lasts = np.full(n_series, first), np.full(n_series, last)
    return WindowData(store, firsts, lasts, look_back=LOOK_BACK, horizon=horizon)


def fit(series, cut=None, season_length=1, horizon=2, penalties=PENALTIES, **options):
    n_times = np.shape(series)[-1]
    cut = n_times - n_times // 4 if cut is None else cut
    train = windows(series, LOOK_BACK, cut - horizon, horizon, **options)
    held_out = windows(series, cut, n_times - horizon, horizon, **options)
    naive = naive_forecasts(LOOK_BACK, horizon, season_length)
    generator = torch.Generator().manual_seed(0)
    return fit_linear(train, held_out, naive, generator, penalties)


def autoregression(n_times=300, weights=(1.2, -0.6), noise=0.1):
    rng = np.random.default_rng(0)
    values = [0.0, 0.0]
    for shock in rng.normal(scale=noise, size=n_times):
        values.append(weights[0] * values[-1] + weights[1] * values[-2] + shock)
    return np.array(values[2:])


def forecast(linear, window):
    """Forecast from a window, in its units."""
    scale, anchor = window.std(), window[-1]
    scaled = (window - anchor) / scale
    inputs = np.concatenate([scaled, [scaled.mean(), 1.0]])
    return anchor + scale * (inputs @ linear.weights.numpy())


def test_what_is_linear_is_found():
    series = np.sin(0.7 * np.arange(200)) + 5
    from_train, from_all = fit(series)
    for linear in (from_train, from_all):
        np.testing.assert_allclose(forecast(linear, series[100:106]), series[106:108], atol=1e-3)
    assert from_train.weights.shape == (LOOK_BACK + 2, 2)


def test_infinite_penalty_is_the_naive_forecast():
    series = autoregression()
    linear, _ = fit(series, penalties=(np.inf,))
    naive = naive_forecasts(LOOK_BACK, 2, 1)[linear.naive]
    np.testing.assert_array_equal(linear.weights[:LOOK_BACK], naive)
    np.testing.assert_array_equal(linear.weights[LOOK_BACK:], np.zeros((2, 2)))


def test_naive_forecast_that_does_best_is_the_start():
    walk = np.random.default_rng(0).normal(size=300).cumsum()
    assert fit(walk, penalties=(np.inf,))[0].naive == "mean of 1"
    noise = np.random.default_rng(0).normal(size=300)
    assert fit(noise, penalties=(np.inf,))[0].naive == "mean of 6"
    season = np.resize([3.0, 1.0, 4.0], 300) + 0.01 * noise
    assert "season" in fit(season, season_length=3, penalties=(np.inf,))[0].naive


def test_little_is_learnt_from_noise_and_much_from_a_rule():
    walks = np.random.default_rng(0).normal(size=(11, 60)).cumsum(axis=1)
    rules = autoregression(11 * 60).reshape(11, 60)
    from_walks, from_rules = ([fit(each)[0].penalty for each in part] for part in (walks, rules))
    assert np.median(from_walks) > 10 * np.median(from_rules)


def test_penalty_is_the_one_that_does_best_on_the_held_out_windows():
    series = autoregression()
    horizon = 2
    losses = {}
    for penalty in PENALTIES:
        linear, _ = fit(series, penalties=(penalty,))
        inputs, y = windows(series, 225, 298)[:]
        joined = torch.cat([inputs["values"], inputs["mean"], torch.ones(len(y), 1)], dim=1)
        errors = (joined.double() @ linear.weights - y.double()).abs()
        huber = torch.where(errors < 0.25, errors.square() / 2, 0.25 * (errors - 0.125))
        losses[penalty] = float(huber.mean())
    chosen = fit(series, horizon=horizon)[0].penalty
    assert losses[chosen] == pytest.approx(min(losses.values()), rel=1e-3)


def test_held_out_windows_are_learnt_from_in_the_end_only():
    series = autoregression()
    changed = series.copy()
    changed[225:] = np.random.default_rng(1).normal(size=75)
    before, after = (fit(each, penalties=(0.01,)) for each in (series, changed))
    torch.testing.assert_close(before[0].weights, after[0].weights)
    assert not torch.allclose(before[1].weights, after[1].weights)


def test_series_of_any_level_and_scale_are_learnt_together():
    series = autoregression(400).reshape(4, 100)
    linear, _ = fit(series)
    other, _ = fit(series * [[1.0], [1e3], [1e-3], [1.0]] + [[0.0], [1e5], [1.0], [-7.0]])
    torch.testing.assert_close(other.weights, linear.weights, rtol=1e-3, atol=1e-3)


def test_windows_with_an_unknown_future_are_left_out():
    series = autoregression()
    linear, _ = fit(series, penalties=(0.01,))
    store = SeriesStore(series, np.array([300]), np.array([1e-6]))
    options = {"look_back": LOOK_BACK, "horizon": 2, "known": np.array([225])}
    train = WindowData(store, np.array([LOOK_BACK]), np.array([224]), **options)
    held_out = windows(series, 225, 298)
    generator = torch.Generator().manual_seed(0)
    naive = naive_forecasts(LOOK_BACK, 2, 1)
    other, _ = fit_linear(train, held_out, naive, generator, (0.01,))
    torch.testing.assert_close(other.weights, linear.weights)


def test_weight_of_zero_is_the_same_as_no_series():
    series = autoregression(400).reshape(4, 100)
    weight = np.array([2.0, 0.0, 1.0, 0.0])
    linear, _ = fit(series, sample_weight=weight, dtype=torch.float64)
    other, _ = fit(series[::2], sample_weight=weight[::2], dtype=torch.float64)
    torch.testing.assert_close(linear.weights, other.weights)


def test_without_training_windows_the_best_naive_forecast_remains():
    series = np.random.default_rng(0).normal(size=20).cumsum()
    train, held_out = windows(series, 5, 4), windows(series, 10, 18)
    naive = naive_forecasts(LOOK_BACK, 2, 1)
    generator = torch.Generator().manual_seed(0)
    from_train, from_all = fit_linear(train, held_out, naive, generator)
    assert from_train.penalty == from_all.penalty == np.inf
    np.testing.assert_array_equal(from_train.weights[:LOOK_BACK], naive[from_train.naive])


def test_constant_series_have_a_forecast():
    linear, _ = fit(np.full(40, 3.0))
    assert torch.isfinite(linear.weights).all()


def test_generator_decides_which_of_very_many_windows_are_seen():
    rng = np.random.default_rng(0)
    series = rng.normal(size=30_000).cumsum()
    first, second = (fit(series, penalties=(0.01,))[0].weights for _ in range(2))
    assert torch.equal(first, second)
