"""Intervals of the forecasts: how many values they cover, and how they are laid out."""

import numpy as np
import pandas as pd
import pytest

from sklearn_rnn import LSTMForecaster, make_windows
from sklearn_rnn.datasets import load_airline

RNG = np.random.default_rng(0)
SEASON = np.array([3.0, 1.0, 4.0, 1.5])
DAYS = pd.date_range("2020-01-01", periods=200)
TABLE = pd.DataFrame(
    {"a": 50 + RNG.normal(size=200), "b": 1e3 * RNG.normal(size=200).cumsum()}, DAYS
)


def quick(**options):
    defaults = {"hidden_size": 4, "max_epochs": 1, "look_back": 8, "random_state": 0}
    return LSTMForecaster(**{**defaults, **options})


def noisy_season(n_series=60, n_times=60, n_future=4, noise=1.0):
    """Series of a known season and noise, each at a level and a scale of its own."""
    clean = np.resize(SEASON, (n_times + n_future))
    level, scale = (
        RNG.normal(scale=100, size=(n_series, 1)),
        10 ** RNG.uniform(-2, 2, (n_series, 1)),
    )
    table = level + 10**scale * (clean + noise * RNG.normal(size=(n_series, len(clean))))
    return table[:, :n_times], table[:, n_times:]


def covered(forecasts, actual):
    """Share of values inside, for each step of the horizon."""
    lower, upper = (np.stack([each[name] for each in forecasts]) for name in ("lower", "upper"))
    return ((lower <= actual) & (actual <= upper)).mean(axis=0)


PAST, COMING = noisy_season(n_series=400)
ON_A_PANEL = quick(horizon=4, season_length=4).fit(list(PAST[:200]))


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.99])
@pytest.mark.parametrize("series", ["seen in fit", "new"])
def test_as_many_values_are_covered_as_asked_for(coverage, series):
    if series == "new":
        forecasts = ON_A_PANEL.forecast(series=list(PAST[200:]), coverage=coverage)
        inside = covered(forecasts, COMING[200:])
    else:
        inside = covered(ON_A_PANEL.forecast(coverage=coverage), COMING[:200])
    # Of 200 values, three standard errors.
    tolerance = 3 * np.sqrt(coverage * (1 - coverage) / 200) + 0.01
    assert abs(inside - coverage).max() < tolerance


def test_single_series_of_noise():
    inside = []
    for seed in range(60):
        values = np.random.default_rng(seed).normal(size=110)
        pasts = [values[:n_times] for n_times in range(90, 110)]
        forecasts = quick().fit(pasts[0]).forecast(1, series=pasts, coverage=0.9)
        inside.append(covered(forecasts, values[90:, None])[0])
    # Of 60 values with a deviation of 0.07, three standard errors.
    assert np.mean(inside) == pytest.approx(0.9, abs=0.03)


def test_a_single_series_with_trend_and_season():
    # Windows of three years hardly know what their own errors are.
    passengers = load_airline().to_numpy()
    pasts = [passengers[:n_times] for n_times in range(96, 144)]
    forecaster = LSTMForecaster(season_length=12, max_epochs=20, random_state=0).fit(pasts[0])
    forecasts = forecaster.forecast(series=pasts, coverage=0.9)
    assert 0.8 < covered(forecasts, passengers[96:, None])[0] < 0.95


def test_intervals_are_as_wide_as_the_noise():
    widths = []
    for noise in (0.1, 1.0):
        past, _ = noisy_season(100, noise=noise)
        scale = np.ptp(past, axis=1)
        options = {"horizon": 2, "season_length": 4, "random_state": 0}
        forecasts = quick(**options).fit(list(past)).forecast(coverage=0.8)
        width = np.stack([each["upper"] - each["lower"] for each in forecasts])
        widths.append(np.median(width / scale[:, None]))
    # The range of values is that of the season where there is little noise.
    assert widths[0] < 0.4 * widths[1]


def test_one_long_series():
    values = 7 + RNG.normal(size=1300)
    forecaster = quick().fit(values[:300])
    frames = forecaster.forecast(1, series=[values[:end] for end in range(300, 1300)], coverage=0.9)
    inside = covered(frames, values[300:, None])
    assert 0.85 < inside[0] < 0.95
    width = np.mean([frame["upper"] - frame["lower"] for frame in frames])
    deviation = np.std([frame["forecast"] for frame in frames] - values[300:, None])
    # 90 % of a normal distribution lie within 1.64 deviations.
    assert width == pytest.approx(2 * 1.645 * deviation, rel=0.2)


def test_more_coverage_is_wider():
    widths = [
        np.ptp(ON_A_PANEL.forecast(coverage=each)[0][["lower", "upper"]].to_numpy(), axis=1)
        for each in (0.1, 0.5, 0.9)
    ]
    assert (widths[0] < widths[1]).all()
    assert (widths[1] < widths[2]).all()


def test_intervals_lie_about_the_forecast_without_them():
    frame = quick(horizon=3).fit(TABLE["a"]).forecast(5, coverage=0.8)
    plain = quick(horizon=3).fit(TABLE["a"]).forecast(5)
    assert frame.columns.tolist() == ["forecast", "lower", "upper"]
    pd.testing.assert_series_equal(frame["forecast"], plain, check_names=False)
    assert (frame["lower"] < plain).all()
    assert (plain < frame["upper"]).all()


@pytest.mark.parametrize("horizon", [1, 3])
def test_intervals_widen_past_the_horizon_with_the_square_root_of_the_steps(horizon):
    # Of values below zero, no logarithm is taken.
    frame = quick(horizon=horizon).fit(TABLE["a"] - 200).forecast(4 * horizon, coverage=0.8)
    width = (frame["upper"] - frame["lower"]).to_numpy()
    steps = np.arange(horizon, 4 * horizon)
    np.testing.assert_allclose(width[horizon:], width[horizon - 1] * np.sqrt((steps + 1) / horizon))


def test_intervals_of_a_random_walk_widen_within_the_horizon():
    frame = quick(horizon=8).fit(TABLE["b"]).forecast(coverage=0.8)
    width = (frame["upper"] - frame["lower"]).to_numpy()
    assert width[-1] > 1.5 * width[0]


def test_columns_of_several_targets():
    forecaster = quick(horizon=2).fit(TABLE)
    frame = forecaster.forecast(3, coverage=0.8)
    expected = pd.MultiIndex.from_product([["a", "b"], ["forecast", "lower", "upper"]])
    pd.testing.assert_index_equal(frame.columns, expected)
    assert frame.index.tolist() == pd.date_range(DAYS[-1], periods=4)[1:].tolist()
    plain = forecaster.forecast(3)
    for name in TABLE:
        np.testing.assert_allclose(frame[name]["forecast"], plain[name])
        assert (frame[name]["lower"] < plain[name]).all()
        assert (plain[name] < frame[name]["upper"]).all()
    # Each in its own units.
    width = frame.xs("upper", axis=1, level=1) - frame.xs("lower", axis=1, level=1)
    assert (width["b"] > 50 * width["a"]).all()


def test_columns_of_several_targets_of_a_long_frame():
    long = TABLE.rename_axis("day").reset_index().assign(id="x")
    forecaster = quick(series_id="id", time="day").fit(long)
    frame = forecaster.forecast(1, coverage=0.8)
    names = [f"{target}_{part}" for target in "ab" for part in ("forecast", "lower", "upper")]
    assert frame.columns.tolist() == ["id", "day", *names]


def test_scale_of_the_series_is_that_of_its_intervals():
    forecaster = quick(max_epochs=3)
    values = TABLE["a"].to_numpy()
    one = forecaster.fit(values).forecast(4, coverage=0.8)
    other = forecaster.fit(1e3 * values).forecast(4, coverage=0.8)
    np.testing.assert_allclose(other, 1e3 * one, rtol=1e-4)


def test_early_stopping_keeps_the_intervals():
    forecaster = quick(early_stopping=True, validation_fraction=0.3, calibration_fraction=None)
    values = 50 + RNG.normal(size=500)
    forecaster.fit(values[:200])
    pasts = [values[:n_times] for n_times in range(200, 500)]
    forecasts = forecaster.forecast(1, series=pasts, coverage=0.9)
    assert covered(forecasts, values[200:, None])[0] == pytest.approx(0.9, abs=0.07)


def test_intervals_one_step_ahead_follow_the_change_from_step_to_step():
    # The same spread, once from slow waves and once from noise.
    steps = np.arange(200)
    waves = [10 * np.sin(steps / 20 + shift) + 0.1 * RNG.normal(size=200) for shift in range(20)]
    noise = [10 * RNG.normal(size=200) for _ in range(20)]
    forecaster = quick(look_back=100).fit([*waves, *noise])
    frames = forecaster.forecast(coverage=0.9)
    widths = [(each["upper"] - each["lower"]).iloc[0] for each in frames]
    assert np.mean(widths[:20]) < 0.6 * np.mean(widths[20:])


def test_nothing_held_out_leaves_no_intervals():
    forecaster = quick(calibration_fraction=None).fit(TABLE["a"])
    with pytest.raises(ValueError, match="none were held out: set calibration_fraction before fit"):
        forecaster.forecast(2, coverage=0.9)
    assert len(forecaster.forecast(2)) == 2


@pytest.mark.parametrize(
    "series",
    [np.arange(3.0), [np.arange(3.0), np.ones(1)], np.append(np.arange(20.0), [np.nan] * 15)],
)
def test_too_little_held_out_leaves_no_intervals(series):
    forecaster = quick(horizon=12, missing="mask").fit(series)
    with pytest.raises(ValueError, match=r"of step \d+ of the horizon none is known"):
        forecaster.forecast(coverage=0.9)
    forecast = forecaster.forecast()
    assert np.isfinite(np.concatenate(forecast) if isinstance(series, list) else forecast).all()


@pytest.mark.parametrize("coverage", [0, 1, 0.0, 1.0, -0.5, 90, "0.9", True, np.nan, [0.9]])
def test_coverage_that_is_no_share(coverage):
    forecaster = quick().fit(TABLE["a"])
    with pytest.raises(ValueError, match=r"'coverage' parameter must be a float in the range"):
        forecaster.forecast(2, coverage=coverage)


@pytest.mark.parametrize("coverage", [np.float32(0.5), np.float64(0.5)])
def test_coverage_may_be_a_numpy_number(coverage):
    forecaster = quick().fit(TABLE["a"])
    pd.testing.assert_frame_equal(
        forecaster.forecast(2, coverage=coverage), forecaster.forecast(2, coverage=0.5)
    )


def test_windows_have_no_intervals():
    X, y = make_windows(TABLE["a"], 8)
    with pytest.raises(ValueError, match="fitted on series, without y"):
        quick().fit(X, y).forecast(1, coverage=0.9)
