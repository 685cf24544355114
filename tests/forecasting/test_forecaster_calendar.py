"""Calendar features, and covariates that describe a series."""

import numpy as np
import pandas as pd
import pytest

from sklearn_rnn import LSTMForecaster

RNG = np.random.default_rng(0)
HOURS = pd.date_range("2024-01-01", periods=600, freq="h", name="time")


def quick(**options):
    defaults = {"hidden_size": 4, "max_epochs": 1, "look_back": 5, "random_state": 0}
    return LSTMForecaster(**{**defaults, **options})


def daily(index, noise=0.1):
    """A wave a day long: five hours of it, with noise, do not tell where it goes."""
    wave = 10 * np.sin(2 * np.pi * index.hour.to_numpy() / 24)
    return pd.Series(wave + noise * RNG.normal(size=len(index)), index, name="load")


def error(forecast, clean):
    return np.abs(np.asarray(forecast) - np.asarray(clean)).max()


SERIES = daily(HOURS, noise=3.0)
AFTER = pd.date_range(HOURS[-1], periods=49, freq="h", name="time")[1:]
COMING = daily(AFTER, noise=0)


def test_the_hour_tells_where_the_day_goes():
    with_hour = quick(horizon=24, calendar=["hour"]).fit(SERIES).forecast()
    without = quick(horizon=24).fit(SERIES).forecast()
    assert with_hour.index.equals(AFTER[:24])
    assert error(with_hour, COMING[:24]) < 0.6 * error(without, COMING[:24])


def test_past_the_horizon_the_calendar_goes_on():
    forecast = quick(horizon=16, calendar="hour").fit(SERIES).forecast(48)
    for part in (slice(16), slice(16, 32), slice(32, 48)):
        assert np.corrcoef(forecast[part], COMING[part])[0, 1] > 0.8


@pytest.mark.parametrize("calendar", [["hour"], ["hour", "day_of_week"]])
def test_predictions_and_score(calendar):
    forecaster = quick(horizon=12, calendar=calendar).fit(SERIES[:500])
    predicted = forecaster.predict(SERIES[500:])
    assert predicted.index.equals(HOURS[500:])
    assert forecaster.score(SERIES[500:]) > 0.6


def test_forecasts_do_not_depend_on_how_far_they_go():
    forecaster = quick(horizon=6, calendar=["hour"]).fit(SERIES)
    longer = forecaster.forecast(9)
    pd.testing.assert_series_equal(forecaster.forecast(7), longer[:7], check_freq=False)


def test_new_series_have_a_calendar_of_their_own():
    forecaster = quick(horizon=24, calendar=["hour"]).fit(SERIES)
    shifted = SERIES.set_axis(SERIES.index + pd.Timedelta("6h"))
    assert error(forecaster.forecast(series=SERIES), forecaster.forecast()) == 0
    assert error(forecaster.forecast(series=shifted), forecaster.forecast()) > 1


def test_beside_covariates_known_ahead():
    frame = SERIES.to_frame().assign(holiday=RNG.integers(2, size=600))
    frame["load"] += 20 * frame["holiday"]
    coming = pd.DataFrame({"holiday": RNG.integers(2, size=24)}, AFTER[:24])
    options = {"target": "load", "future": ["holiday"], "horizon": 24}
    forecast = quick(calendar=["hour"], **options).fit(frame).forecast(future=coming)
    assert error(forecast, COMING[:24] + 20 * coming["holiday"]) < 8


def test_panels():
    long = pd.concat(
        [
            pd.DataFrame({"name": name, "at": HOURS[start:], "load": level + SERIES[start:].values})
            for name, start, level in (("a", 0, 0.0), ("b", 100, 50.0))
        ]
    )
    names = {"series_id": "name", "time": "at", "target": "load"}
    forecast = quick(horizon=24, calendar=["hour"], **names).fit(long).forecast()
    for name, level in (("a", 0.0), ("b", 50.0)):
        assert error(forecast["load"][forecast["name"] == name], COMING[:24] + level) < 7


def test_dates_are_needed():
    with pytest.raises(ValueError, match="needs dates, but X has no index"):
        quick(calendar=["hour"]).fit(SERIES.to_numpy())
    with pytest.raises(ValueError, match=r"calendar needs series with dates.* Windows have none"):
        quick(calendar=["hour"]).fit(np.zeros((9, 5)), np.zeros(9))
    with pytest.raises(ValueError, match="'calendar' parameter must name different ones among"):
        quick(calendar=["year"]).fit(SERIES)


def kinds(n_series=60, n_times=40):
    """Short walks, of which those of one kind rise and the others fall, with much noise."""
    kind = np.resize([0.0, 1.0], n_series)
    drift = np.where(kind == 1, 1.0, -1.0)[:, None] * np.arange(n_times)
    walks = drift + 3 * RNG.normal(size=(n_series, n_times)) + 100 * RNG.normal(size=(n_series, 1))
    frame = pd.DataFrame(
        {
            "name": np.repeat(np.arange(n_series), n_times),
            "day": np.tile(pd.date_range("2024-01-01", periods=n_times), n_series),
            "value": walks.ravel(),
            "kind": np.repeat(kind, n_times),
        }
    )
    return frame, drift[:, -1]


def test_a_column_that_is_constant_in_a_series_describes_it():
    frame, last = kinds()
    options = {"series_id": "name", "time": "day", "target": "value", "horizon": 8, "look_back": 3}
    described = quick(**options, future=["kind"]).fit(frame)
    coming = (
        frame.groupby("name")
        .head(8)
        .assign(day=np.tile(pd.date_range("2024-02-10", periods=8), 60))
    )
    ahead = described.forecast(future=coming)["value"].to_numpy().reshape(60, 8)
    past = quick(**options).fit(frame).forecast()["value"].to_numpy().reshape(60, 8)
    without = quick(**options).fit(frame.drop(columns="kind")).forecast()
    without = without["value"].to_numpy().reshape(60, 8)
    rises = np.where(last > 0, 1, -1)
    for forecast in (ahead, past):
        gain = rises * (forecast[:, 7] - forecast[:, 0])
        assert np.median(gain) > 4
    assert np.median(rises * (without[:, 7] - without[:, 0])) < 4
