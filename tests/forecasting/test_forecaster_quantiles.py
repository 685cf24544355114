"""Quantiles of the forecasts: that they are calibrated and sorted, and how they are laid out."""

import numpy as np
import pandas as pd
import pytest

from sklearn_rnn import LSTMForecaster, backtest, make_windows, score_backtest

RNG = np.random.default_rng(0)
QUANTILES = [0.1, 0.5, 0.9]
NAMES = ["q_0.1", "q_0.5", "q_0.9"]
DAYS = pd.date_range("2020-01-01", periods=120)
TABLE = pd.DataFrame({"a": RNG.normal(size=120), "b": RNG.normal(size=120).cumsum()}, DAYS)
X, Y = make_windows(TABLE["b"].to_numpy(), look_back=8, horizon=3)


def quick(**options):
    defaults = {"hidden_size": 4, "max_epochs": 1, "look_back": 8, "random_state": 0}
    return LSTMForecaster(**{"quantiles": QUANTILES, **defaults, **options})


def skewed(n_series=200, n_times=60):
    """Series of a known season and skewed noise, each at a level of its own."""
    season = np.resize([3.0, 1.0, 4.0, 1.5], n_times)
    noise = RNG.exponential(size=(n_series, n_times))
    return 100 * RNG.normal(size=(n_series, 1)) + season + noise


def test_each_quantile_lies_above_its_share_of_values():
    table = skewed()
    forecaster = quick(horizon=4, season_length=4).fit(list(table[:, :-4]))
    forecasts = np.stack([each[NAMES].to_numpy() for each in forecaster.forecast()])
    below = (table[:, -4:, None] < forecasts).mean(axis=(0, 1))
    np.testing.assert_allclose(below, QUANTILES, atol=0.07)
    # The noise is skewed: the upper quantile is farther away.
    lower, median, upper = np.moveaxis(forecasts, 2, 0)
    assert (upper - median > 1.3 * (median - lower)).mean() > 0.9


@pytest.mark.parametrize("n_steps", [2, 3, 8])
def test_quantiles_are_columns_and_never_cross(n_steps):
    forecast = quick(horizon=3).fit(TABLE["b"]).forecast(n_steps)
    assert list(forecast) == ["forecast", *NAMES]
    assert len(forecast) == n_steps
    assert (forecast[NAMES].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_past_the_horizon_quantiles_spread():
    forecast = quick(horizon=2).fit(TABLE["b"]).forecast(8)
    width = forecast["q_0.9"] - forecast["q_0.1"]
    np.testing.assert_allclose(width.iloc[2:] / width.iloc[1], np.sqrt(np.arange(3, 9) / 2))


def test_beside_intervals():
    forecaster = quick().fit(TABLE["b"])
    both, alone = forecaster.forecast(coverage=0.8), forecaster.forecast()
    assert list(both) == ["forecast", "lower", "upper", *NAMES]
    pd.testing.assert_frame_equal(both[["forecast", *NAMES]], alone)


def test_several_targets():
    forecast = quick(horizon=2).fit(TABLE).forecast(5)
    expected = pd.MultiIndex.from_product([["a", "b"], ["forecast", *NAMES]])
    assert forecast.columns.equals(expected)
    scale = forecast["b"]["q_0.9"] - forecast["b"]["q_0.1"]
    assert (scale > 0).all()


def test_long_frame():
    long = TABLE.reset_index(names="day").melt("day", var_name="name")
    options = {"series_id": "name", "time": "day", "target": "value"}
    forecast = quick(**options).fit(long).forecast()
    assert list(forecast) == ["name", "day", "forecast", *NAMES]


def test_one_quantile():
    forecaster = quick(quantiles=[0.75]).fit(TABLE["b"])
    assert list(forecaster.forecast()) == ["forecast", "q_0.75"]


def test_without_quantiles_nothing_changes():
    forecaster = quick(quantiles=None).fit(TABLE["b"])
    assert isinstance(forecaster.forecast(), pd.Series)
    assert forecaster.spread_share_ is None
    assert quick().fit(TABLE["b"]).spread_share_ == pytest.approx(0.5, abs=0.5)


@pytest.mark.parametrize("future", [Y, Y[:, 0]])
def test_quantiles_of_windows(future):
    forecaster = quick().fit(X, future)
    quantiles = forecaster.predict_quantiles(X)
    assert quantiles.shape == (*future.shape, 3)
    assert (np.diff(quantiles, axis=-1) >= 0).all()
    assert forecaster.predict(X).shape == future.shape
    below = (future[..., None] < quantiles).reshape(-1, 3).mean(axis=0)
    np.testing.assert_allclose(below, QUANTILES, atol=0.12)


def test_quantiles_of_windows_of_several_targets():
    windows, future = make_windows(TABLE.to_numpy(), look_back=8, horizon=3)
    quantiles = quick().fit(windows, future).predict_quantiles(windows)
    assert quantiles.shape == (len(windows), 3, 2, 3)
    below = (future[..., None] < quantiles).mean(axis=(0, 1))
    np.testing.assert_allclose(below, [QUANTILES, QUANTILES], atol=0.15)


@pytest.mark.parametrize("options", [{"early_stopping": True}, {"warm_start": True}])
def test_other_ways_to_train(options):
    forecaster = quick(**options).fit(TABLE["b"])
    forecast = forecaster.fit(TABLE["b"]).forecast()
    assert (forecast[NAMES].diff(axis=1).iloc[:, 1:] > 0).all(axis=None)


def test_same_seed_same_quantiles():
    first, second = (quick(horizon=2).fit(TABLE["b"]).forecast() for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize(
    "quantiles", [[0.5, 0.1], [0.1, 0.1], [0.0, 0.5], [0.5, 1.0], [], [[0.5]], ["a"], [1]]
)
def test_quantiles_must_rise_between_0_and_1(quantiles):
    with pytest.raises(ValueError, match=r"'quantiles' parameter must hold .* in rising order"):
        quick(quantiles=quantiles).fit(TABLE["b"])


@pytest.mark.parametrize(
    ("options", "data", "message"),
    [
        ({"calibration_fraction": None}, TABLE["b"], "quantiles needs errors on held-out data"),
        ({"horizon": 50}, TABLE["b"][:12], "of step .* of the horizon none is known"),
    ],
)
def test_quantiles_need_held_out_data(options, data, message):
    with pytest.raises(ValueError, match=message):
        quick(**options).fit(data)


@pytest.mark.parametrize(
    ("forecaster", "message"),
    [
        (quick().fit(TABLE["b"]), "was fitted on windows and y"),
        (quick(quantiles=None).fit(X, Y), "set them before"),
    ],
)
def test_quantiles_of_windows_need_windows_and_quantiles(forecaster, message):
    with pytest.raises(ValueError, match=message):
        forecaster.predict_quantiles(X)


@pytest.mark.parametrize("refit", [False, True])
@pytest.mark.parametrize("coverage", [None, 0.9])
def test_backtest(refit, coverage):
    frame = backtest(quick(horizon=2), TABLE["b"], n_windows=2, refit=refit, coverage=coverage)
    bounds = [] if coverage is None else ["lower", "upper"]
    assert list(frame)[-3 - len(bounds) :] == [*bounds, *NAMES]
    scores = score_backtest(frame)
    assert {"pinball_0.1", "pinball_0.5", "pinball_0.9"} <= set(scores.index)
    error = (frame["actual"] - frame["q_0.9"]).to_numpy()
    assert scores["pinball_0.9"] == pytest.approx(np.maximum(0.9 * error, -0.1 * error).mean())


def test_backtest_of_several_targets():
    frame = backtest(quick(horizon=2), TABLE, n_windows=2)
    assert list(frame)[-4:] == ["forecast", *NAMES]
    assert set(frame["target"]) == {"a", "b"}
