import numpy as np
import pandas as pd
import pytest

from sklearn_rnn.forecasting import Panel, calendar_features, check_calendar


def features(index, calendar, n_ahead=0):
    panel = Panel.from_input(pd.Series(np.zeros(len(index)), index))
    return calendar_features(panel, calendar, n_ahead)


@pytest.mark.parametrize(
    ("index", "attribute", "position"),
    [
        (pd.date_range("2020-01-01", periods=48, freq="h"), "hour", np.arange(48) / 24),
        (pd.date_range("2020-01-06", periods=14), "day_of_week", np.arange(14) / 7),
        (pd.date_range("2020-01-31", periods=24, freq="ME"), "month", np.arange(24) / 12),
        (pd.period_range("2020-01", periods=24, freq="M"), "month", np.arange(24) / 12),
        (pd.period_range("2020-01", periods=8, freq="Q"), "quarter", np.arange(8) / 4),
        (pd.date_range("2020-01-01", periods=31), "day", np.arange(31) / 31),
        (pd.date_range("2020-01-01", periods=366), "day_of_year", np.arange(366) / 366),
        (pd.date_range("2020-01-01", periods=60, freq="min"), "minute", np.arange(60) / 60),
        (pd.date_range("2020-01-01", periods=60, freq="s"), "second", np.arange(60) / 60),
    ],
)
def test_features_are_sine_and_cosine_of_the_position(index, attribute, position):
    expected = np.stack([np.sin(2 * np.pi * position), np.cos(2 * np.pi * position)], axis=1)
    np.testing.assert_allclose(features(index, (attribute,)), expected, atol=1e-6)


def test_features_go_on_ahead():
    index = pd.date_range("2020-01-01", periods=30, freq="h")
    names = ("hour", "day_of_week")
    np.testing.assert_array_equal(features(index[:20], names, 10), features(index, names))


def test_local_time_counts():
    index = pd.date_range("2020-06-01", periods=24, freq="h", tz="Europe/Berlin")
    expected = features(index.tz_localize(None), ("hour",))
    np.testing.assert_array_equal(features(index, ("hour",)), expected)


def test_series_start_where_they_start():
    first = pd.Series(0.0, pd.date_range("2020-01-01", periods=4, freq="h"))
    second = pd.Series(0.0, pd.date_range("2020-01-01 03:00", periods=2, freq="h"))
    panel = Panel.from_input([first, second])
    both = calendar_features(panel, ("hour",), n_ahead=2)
    expected = [features(first.index, ("hour",), 2), features(second.index, ("hour",), 2)]
    np.testing.assert_array_equal(both, np.concatenate(expected))


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (np.arange(5.0), "X has no index"),
        (pd.Series(np.arange(5.0)), "X has an index of whole numbers"),
    ],
)
def test_dates_are_needed(series, message):
    with pytest.raises(ValueError, match=rf"calendar=\['hour'\] needs dates, but {message}"):
        calendar_features(Panel.from_input(series), ("hour",))


def test_names():
    assert check_calendar(None) == ()
    assert check_calendar("hour") == ("hour",)
    assert check_calendar(["hour", "month"]) == ("hour", "month")
    for calendar in (["year"], ["hour", "hour"], [3]):
        with pytest.raises(ValueError, match="'calendar' parameter must name different ones"):
            check_calendar(calendar)
