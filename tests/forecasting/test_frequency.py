import numpy as np
import pandas as pd
import pytest

from sklearn_rnn.forecasting import Panel

NAMES = {"series_id": "id", "time": "ds"}


def future_times(panel, n_steps):
    return panel.axis.shift(panel.lengths).indexes(np.full(len(panel.ids), n_steps))


def long_frame(*indexes):
    frames = [pd.DataFrame({"id": key, "ds": index}) for key, index in enumerate(indexes)]
    return pd.concat(frames, ignore_index=True).assign(y=1.0)


@pytest.mark.parametrize(
    "freq", ["D", "h", "15min", "W-WED", "2W", "MS", "ME", "QS", "YE", "B", "BMS", "3D", "7h"]
)
@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_frequency_is_inferred_from_any_series(freq, zone):
    index = pd.date_range("2020-01-01", periods=30, freq=freq, tz=zone)
    panel = Panel.from_input(long_frame(index[:1], index[4:6], index[:25], index[20:24]), **NAMES)
    for times, end in zip(future_times(panel, 5), [1, 6, 25, 24], strict=True):
        pd.testing.assert_index_equal(times, index[end : end + 5], check_names=False)
        assert times.freq == index.freq


@pytest.mark.parametrize("freq", ["D", "MS", "W-SUN"])
def test_frequency_is_inferred_from_all_series_together(freq):
    index = pd.date_range("2020-01-01", periods=8, freq=freq)
    panel = Panel.from_input(long_frame(index[:2], index[2:4], index[4:5]), **NAMES)
    assert future_times(panel, 3)[1].tolist() == index[4:7].tolist()


def test_weeks_that_start_on_different_days():
    weeks = [pd.date_range(start, periods=5, freq="7D") for start in ("2020-01-05", "2020-01-07")]
    panel = Panel.from_input(long_frame(*[week[:4] for week in weeks]), **NAMES)
    assert [times[0] for times in future_times(panel, 1)] == [week[4] for week in weeks]
    assert panel.times[1].freq == pd.offsets.Day(7)


def test_business_days_with_holidays():
    days = pd.date_range("2020-01-01", periods=40, freq="B")
    panel = Panel.from_input(
        long_frame(days.delete([5, 17, 18, 31]), days.delete([6, 20])), **NAMES, missing="mask"
    )
    assert panel.lengths.tolist() == [40, 40]
    assert panel.times[0].freq == days.freq


def test_days_with_missing_weekends_of_other_series():
    days = pd.date_range("2020-01-01", periods=40, freq="D")
    panel = Panel.from_input(long_frame(days[days.day_of_week < 5], days), **NAMES, missing="mask")
    assert panel.lengths.tolist() == [38, 40]  # the last two days are a weekend


def test_too_few_time_stamps():
    index = pd.date_range("2020-01-01", periods=2)
    with pytest.raises(ValueError, match="X has too few time stamps to infer their frequency"):
        Panel.from_input(long_frame(index, index), **NAMES)
    with pytest.raises(ValueError, match="no frequency, and too few"):
        Panel.from_input(pd.Series(1.0, pd.DatetimeIndex(list(index))))


def test_too_few_time_stamps_take_the_frequency_of_others():
    index = pd.date_range("2020-01-01", periods=8, freq="MS")
    fitted = Panel.from_input(long_frame(index[:5], index[:5]), **NAMES)
    panel = Panel.from_input(long_frame(index[5:6], index[5:6]), **NAMES, like=fitted)
    assert future_times(panel, 2)[0].tolist() == index[6:].tolist()
    fitted = Panel.from_input(pd.Series(1.0, index[:5]))
    rest = pd.Series(1.0, pd.DatetimeIndex(list(index[5:6])))
    for missing in ("error", "mask"):
        panel = Panel.from_input(rest, like=fitted, missing=missing)
        assert future_times(panel, 2)[0].tolist() == index[6:].tolist()


def test_part_with_gaps_takes_the_frequency_of_fit():
    index = pd.date_range("2020-01-01", periods=12)
    fitted = Panel.from_input(long_frame(index), **NAMES)
    part = long_frame(index[::2])
    assert Panel.from_input(part, **NAMES, like=fitted, missing="mask").lengths == [11]
    assert Panel.from_input(part, **NAMES, missing="mask").lengths == [6]
    steps = long_frame(np.arange(12))
    part = long_frame(np.arange(0, 12, 2))
    fitted = Panel.from_input(steps, **NAMES)
    assert Panel.from_input(part, **NAMES, like=fitted, missing="mask").lengths == [11]
    assert Panel.from_input(part, **NAMES, missing="mask").lengths == [6]


def test_declared_frequency_of_a_list_counts():
    index = pd.date_range("2020-01-01", periods=4)
    every_second = pd.DatetimeIndex(list(index[::2]))
    series = [pd.Series(1.0, every_second), pd.Series(1.0, index[:1])]
    assert Panel.from_input(series, missing="mask").lengths.tolist() == [3, 1]


@pytest.mark.parametrize("missing", ["error", "mask"])
def test_time_stamp_between_the_steps(missing):
    months = pd.date_range("2020-01-01", periods=8, freq="MS")
    irregular = months[:4].append(pd.DatetimeIndex(["2020-04-17"]))
    message = (
        "time stamps of X are not at equal steps: at the frequency 'MS', there is no 2020-04-17 "
        "00:00:00 after 2020-04-01 00:00:00 of series 1"
    )
    with pytest.raises(ValueError, match=message):
        Panel.from_input(long_frame(months, irregular), **NAMES, missing=missing)


@pytest.mark.parametrize("missing", ["error", "mask"])
def test_period_between_the_steps(missing):
    steps = pd.period_range("2020-01", periods=5, freq="2M")
    irregular = pd.PeriodIndex(["2020-01", "2020-03", "2020-04"], freq="2M")
    with pytest.raises(ValueError, match="not at equal steps: at the frequency '2M', there is no"):
        Panel.from_input(long_frame(steps, irregular), **NAMES, missing=missing)


def test_integers_at_any_distance():
    panel = Panel.from_input(long_frame([0, 5, 10], [3, 8]), **NAMES)
    assert [times.tolist() for times in future_times(panel, 2)] == [[15, 20], [13, 18]]
    panel = Panel.from_input(pd.Series([1.0], pd.RangeIndex(10, 20, 10)))
    assert future_times(panel, 2)[0].tolist() == [20, 30]
