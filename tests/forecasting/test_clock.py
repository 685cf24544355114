import re

import numpy as np
import pandas as pd
import pytest
from series_forms import every_panel_form, give, long_frame

from sklearn_rnn import LSTMForecaster, make_windows
from sklearn_rnn.forecasting import Panel, _clock
from sklearn_rnn.forecasting._clock import OFF_CLOCK, Clock, TimeAxis, check_time_index

FREQS = ["D", "W-SUN", "36h", "MS", "ME", "2QS", "B", "BYE", "30min"]
DAYS8 = pd.date_range("2020-01-01", periods=8, name="ds")
INDEXES = {
    "days": DAYS8,
    "months": pd.date_range("2020-01-31", periods=8, freq="ME", name="ds"),
    "years": pd.date_range("2020-01-01", periods=8, freq="YS", tz="Europe/Paris", name="ds"),
    "business days": pd.date_range("2020-01-01", periods=8, freq="B", name="ds"),
    "minutes": pd.date_range("2020-03-29", periods=8, freq="30min", tz="Europe/Paris", name="ds"),
    "days across a clock change": pd.date_range(
        "2020-03-27", periods=8, freq="D", tz="Europe/Paris", name="ds"
    ),
    "quarters": pd.period_range("2020Q1", periods=8, freq="Q", name="ds"),
    "two months": pd.period_range("2020-01", periods=8, freq="2M", name="ds"),
    "integers": pd.RangeIndex(10, 90, 10, name="ds"),
}
every_index = pytest.mark.parametrize("index", INDEXES.values(), ids=INDEXES)
DATES = [
    pd.date_range("2020-01-30", periods=9, freq="D"),
    pd.date_range("2020-01-31", periods=9, freq="h", tz="Europe/Paris"),
    pd.date_range("2020-01-01", periods=9, freq="MS"),
    pd.date_range("2020-01-31", periods=9, freq=pd.offsets.MonthEnd()),
    pd.date_range("2020-01-01", periods=9, freq="B"),
    pd.date_range("2020-01-05", periods=9, freq="W-SUN"),
    pd.date_range("2020-01-01", periods=9, freq="15min"),
    pd.date_range("2020-01-01", periods=9, freq="QS-JAN"),
]
PERIODS = [
    pd.period_range("2020-01", periods=9, freq="M"),
    pd.period_range("2020-01", periods=9, freq="2M"),
    pd.period_range("2020Q1", periods=9, freq="Q"),
    pd.period_range("2020-01-01", periods=9, freq="D"),
]
RANGES = [pd.RangeIndex(9), pd.RangeIndex(100, 190, 10), pd.Index(range(-4, 5))]
ALONE = [index.rename("time") for index in DATES + PERIODS + RANGES]
NAMES = {"series_id": "id", "time": "ds"}


def assert_same(left, right):
    """Compare all but the frequency, which a part of an index does not know."""
    pd.testing.assert_index_equal(
        pd.DatetimeIndex(left, freq=None), pd.DatetimeIndex(right, freq=None)
    )


@pytest.mark.parametrize("freq", FREQS)
@pytest.mark.parametrize("zone", [None, "Europe/Paris"])
@pytest.mark.parametrize("unit", ["s", "ns"])
def test_codes_stand_for_time_stamps(freq, zone, unit):
    stamps = pd.date_range("2019-12-20", periods=40, freq=freq, tz=zone, unit=unit, name="day")
    clock = Clock.of_dates(stamps[10:30], stamps.freq)
    codes = clock.encode(stamps[10:30])
    assert (np.diff(codes) == clock.step).all()
    assert_same(clock.decode(codes), stamps[10:30])
    assert_same(clock.index(codes[0], 30), stamps[10:])
    # Time stamps before the first one have codes, too.
    assert_same(clock.decode(codes[:1] - 10 * clock.step), stamps[:1])
    assert len(clock.index(codes[0], 0)) == 0


@pytest.mark.parametrize("freq", ["MS", "B", "YE"])
def test_time_stamps_between_the_steps_have_no_code(freq):
    stamps = pd.date_range("2019-12-20", periods=4, freq=freq)
    clock = Clock.of_dates(stamps, stamps.freq)
    codes = clock.encode(stamps.insert(2, stamps[0] - pd.Timedelta("12h")))
    assert (codes == OFF_CLOCK).tolist() == [False, False, True, False, False]


def test_days_across_clock_changes():
    days = pd.date_range("2020-03-28 02:30", periods=1, tz="Europe/Paris")
    clock = Clock.of_dates(days, pd.offsets.Day())
    assert clock.index(clock.encode(days)[0], 1)[0] == days[0]
    decoded = clock.decode(clock.encode(days)[0] + clock.step * np.arange(3))
    assert [stamp.strftime("%d %H:%M") for stamp in decoded] == ["28 02:30", "29 03:00", "30 02:30"]
    days = pd.date_range("2020-10-24 02:30", periods=1, tz="Europe/Paris")
    clock = Clock.of_dates(days, pd.offsets.Day())
    decoded = clock.decode(clock.encode(days)[0] + clock.step * np.arange(2))
    assert decoded[1].strftime("%d %H:%M %z") == "25 02:30 +0200"


def test_axis_of_many_series():
    days = pd.date_range("2020-01-01", periods=9)
    clock = Clock.of_dates(days, days.freq)
    axis = TimeAxis(clock, clock.encode(days[[0, 4]])).shift(np.array([1, 2]))
    assert axis.stamps([0, 1, 1], np.array([0, 0, 1])).tolist() == days[[1, 6, 7]].tolist()
    first, second = axis.indexes(np.array([2, 3]))
    pd.testing.assert_index_equal(first, days[1:3])
    pd.testing.assert_index_equal(second, days[6:9])


def test_steps_are_found_in_parts(monkeypatch):
    """Parts are smaller than the rows, and series end within them and at their borders."""
    monkeypatch.setattr(_clock, "N_ROWS_AT_ONCE", 3)
    codes = np.array([0, 2, 4, 5, 9, 1, 3, 3, 8, 9])
    inside = np.array([True, True, True, True, False, True, True, True, False])
    found = _clock.find_steps(codes, inside, lambda steps: steps != 2)
    assert found.tolist() == [2, 3, 6, 7]
    steps, counts = _clock.count_steps(codes, inside)
    assert dict(zip(steps.tolist(), counts.tolist(), strict=True)) == {0: 1, 1: 1, 2: 3, 4: 1, 5: 1}
    assert len(_clock.find_steps(codes[:1], inside[:0], lambda steps: steps > 0)) == 0


def describe(index):
    return f"{type(index).__name__}-{getattr(index, 'freqstr', index.dtype)}"


@pytest.mark.parametrize("index", ALONE, ids=describe)
def test_regular_index_keeps_its_time_stamps(index):
    pd.testing.assert_index_equal(check_time_index(index), index, exact="equiv")


@pytest.mark.parametrize("index", DATES, ids=describe)
def test_frequency_is_inferred(index):
    checked = check_time_index(pd.DatetimeIndex(list(index[:6])))
    assert checked.freq == index.freq


@pytest.mark.parametrize("index", ALONE, ids=describe)
def test_rows_taken_by_an_array_keep_the_frequency(index):
    taken = pd.Series(0.0, index).iloc[np.arange(2, 8)].index
    pd.testing.assert_index_equal(check_time_index(taken), index[2:8], exact="equiv")
    assert getattr(check_time_index(taken), "freq", None) == getattr(index, "freq", None)


@pytest.mark.parametrize("index", DATES + PERIODS, ids=describe)
def test_repeated_time_stamp_is_named(index):
    with pytest.raises(ValueError, match="more than once") as error:
        check_time_index(index[[0, 1, 2, 3, 3, 4]])
    assert str(index[3]) in str(error.value)


@pytest.mark.parametrize("index", ALONE, ids=describe)
def test_time_stamp_out_of_order_is_named(index):
    with pytest.raises(ValueError, match="not in time order") as error:
        check_time_index(index[[0, 1, 3, 2, 4]])
    assert f"{index[2]} comes after {index[3]}" in str(error.value)


@pytest.mark.parametrize("index", DATES + PERIODS + RANGES, ids=describe)
def test_missing_time_stamp_is_named(index):
    message = f"1 time stamps are missing, the first at {index[4]}. Fill them"
    with pytest.raises(ValueError, match=re.escape(message)):
        check_time_index(index[[0, 1, 2, 3, 5, 6, 7]])


@pytest.mark.parametrize("index", PERIODS + RANGES, ids=describe)
def test_gap_after_the_first_time_stamp_is_named(index):
    with pytest.raises(ValueError, match=f"1 time stamps are missing, the first at {index[1]}"):
        check_time_index(index[[0, 2, 3, 4]])


@pytest.mark.parametrize(
    "index",
    [
        pd.Index([0.0, 1.0, 2.0]),
        pd.Index(["2020-01", "2020-02", "2020-03"]),
        pd.Index([True, False]),
        pd.timedelta_range("1D", periods=3),
        pd.MultiIndex.from_product([["a"], [1, 2, 3]]),
    ],
    ids=lambda index: type(index).__name__,
)
def test_index_of_another_kind(index):
    with pytest.raises(ValueError, match="cannot be continued into the future"):
        check_time_index(index)


@pytest.mark.parametrize("index", [DATES[0], PERIODS[0]], ids=describe)
def test_unknown_time_stamp(index):
    with pytest.raises(ValueError, match="NaT"):
        check_time_index(index.insert(9, pd.NaT))


@pytest.mark.parametrize("n_times", [1, 2])
def test_too_few_dates_to_infer_a_frequency(n_times):
    with pytest.raises(ValueError, match="X has too few time stamps to infer their frequency"):
        check_time_index(pd.DatetimeIndex(list(DATES[0][:n_times])))


@pytest.mark.parametrize("index", [DATES[0], PERIODS[0], RANGES[0]], ids=describe)
def test_single_time_stamp_with_a_frequency(index):
    pd.testing.assert_index_equal(check_time_index(index[:1]), index[:1])


@pytest.mark.parametrize("index", [RANGES[2], DATES[0], PERIODS[0]], ids=describe)
def test_name_of_the_series_is_in_the_message(index):
    with pytest.raises(ValueError, match="sales is not in time order"):
        check_time_index(index[::-1], "sales")


def test_huge_index_gap_is_named_at_once():
    index = pd.Index([*range(99), 10**13])
    with pytest.raises(ValueError, match=r"the first at 99, 100, 101, 102, 103, \.\.\."):
        check_time_index(index)


def future_times(panel, n_steps):
    return panel.axis.shift(panel.lengths).indexes(np.full(len(panel.ids), n_steps))


def long_of(*indexes):
    frames = [pd.DataFrame({"id": key, "ds": index}) for key, index in enumerate(indexes)]
    return pd.concat(frames, ignore_index=True).assign(y=1.0)


@pytest.mark.parametrize(
    "freq", ["D", "h", "15min", "W-WED", "2W", "MS", "ME", "QS", "YE", "B", "BMS", "3D", "7h"]
)
@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_frequency_is_inferred_from_any_series(freq, zone):
    index = pd.date_range("2020-01-01", periods=30, freq=freq, tz=zone)
    panel = Panel.from_input(long_of(index[:1], index[4:6], index[:25], index[20:24]), **NAMES)
    for times, end in zip(future_times(panel, 5), [1, 6, 25, 24], strict=True):
        pd.testing.assert_index_equal(times, index[end : end + 5], check_names=False)
        assert times.freq == index.freq


@pytest.mark.parametrize("freq", ["D", "MS", "W-SUN"])
def test_frequency_is_inferred_from_all_series_together(freq):
    index = pd.date_range("2020-01-01", periods=8, freq=freq)
    panel = Panel.from_input(long_of(index[:2], index[2:4], index[4:5]), **NAMES)
    assert future_times(panel, 3)[1].tolist() == index[4:7].tolist()


def test_weeks_that_start_on_different_days():
    weeks = [pd.date_range(start, periods=5, freq="7D") for start in ("2020-01-05", "2020-01-07")]
    panel = Panel.from_input(long_of(*[week[:4] for week in weeks]), **NAMES)
    assert [times[0] for times in future_times(panel, 1)] == [week[4] for week in weeks]
    assert panel.times[1].freq == pd.offsets.Day(7)


def test_business_days_with_holidays():
    days = pd.date_range("2020-01-01", periods=40, freq="B")
    panel = Panel.from_input(
        long_of(days.delete([5, 17, 18, 31]), days.delete([6, 20])), **NAMES, missing="mask"
    )
    assert panel.lengths.tolist() == [40, 40]
    assert panel.times[0].freq == days.freq


def test_days_with_missing_weekends_of_other_series():
    days = pd.date_range("2020-01-01", periods=40, freq="D")
    panel = Panel.from_input(long_of(days[days.day_of_week < 5], days), **NAMES, missing="mask")
    assert panel.lengths.tolist() == [38, 40]  # the last two days are a weekend


def test_too_few_time_stamps():
    index = pd.date_range("2020-01-01", periods=2)
    with pytest.raises(ValueError, match="X has too few time stamps to infer their frequency"):
        Panel.from_input(long_of(index, index), **NAMES)
    for missing in ("error", "mask"):
        with pytest.raises(ValueError, match="X has too few time stamps to infer"):
            Panel.from_input(pd.Series(1.0, pd.DatetimeIndex(list(index))), missing=missing)


def test_too_few_time_stamps_take_the_frequency_of_others():
    index = pd.date_range("2020-01-01", periods=8, freq="MS")
    fitted = Panel.from_input(long_of(index[:5], index[:5]), **NAMES)
    panel = Panel.from_input(long_of(index[5:6], index[5:6]), **NAMES, like=fitted)
    assert future_times(panel, 2)[0].tolist() == index[6:].tolist()
    fitted = Panel.from_input(pd.Series(1.0, index[:5]))
    rest = pd.Series(1.0, pd.DatetimeIndex(list(index[5:6])))
    for missing in ("error", "mask"):
        panel = Panel.from_input(rest, like=fitted, missing=missing)
        assert future_times(panel, 2)[0].tolist() == index[6:].tolist()


def test_part_with_gaps_takes_the_frequency_of_fit():
    index = pd.date_range("2020-01-01", periods=12)
    fitted = Panel.from_input(long_of(index), **NAMES)
    part = long_of(index[::2])
    assert Panel.from_input(part, **NAMES, like=fitted, missing="mask").lengths == [11]
    assert Panel.from_input(part, **NAMES, missing="mask").lengths == [6]
    steps = long_of(np.arange(12))
    part = long_of(np.arange(0, 12, 2))
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
        Panel.from_input(long_of(months, irregular), **NAMES, missing=missing)


@pytest.mark.parametrize("missing", ["error", "mask"])
def test_period_between_the_steps(missing):
    steps = pd.period_range("2020-01", periods=5, freq="2M")
    irregular = pd.PeriodIndex(["2020-01", "2020-03", "2020-04"], freq="2M")
    with pytest.raises(ValueError, match="not at equal steps: at the frequency '2M', there is no"):
        Panel.from_input(long_of(steps, irregular), **NAMES, missing=missing)


def test_integers_at_any_distance():
    panel = Panel.from_input(long_of([0, 5, 10], [3, 8]), **NAMES)
    assert [times.tolist() for times in future_times(panel, 2)] == [[15, 20], [13, 18]]
    panel = Panel.from_input(pd.Series([1.0], pd.RangeIndex(10, 20, 10)))
    assert future_times(panel, 2)[0].tolist() == [20, 30]


@every_index
@every_panel_form
def test_gap_is_counted_and_named(index, form):
    if form == "polars" and isinstance(index, pd.PeriodIndex):
        form = "long"
    X, kwargs = give(long_frame(a=index, b=index.delete([3, 4, 6])), form)
    where = "of X[1]" if form == "list" else "of series 'b'"
    places = ", ".join(f"{index[number]} {where}" for number in (3, 4, 6))
    message = f"3 time stamps are missing, the first at {places}. Set "
    with pytest.raises(ValueError, match=re.escape(message)) as error:
        Panel.from_input(X, **kwargs)
    assert 'missing="mask"' in str(error.value)


@every_index
@every_panel_form
def test_gap_is_filled_with_nan(index, form):
    if form == "polars" and isinstance(index, pd.PeriodIndex):
        form = "long"
    frame = long_frame(a=index, b=index.delete([3, 4, 6]))
    X, kwargs = give(frame, form)
    panel = Panel.from_input(X, **kwargs, missing="mask", target="y")
    assert panel.lengths.tolist() == [8, 8]
    expected = frame.set_index("ds")["y"].iloc[8:].reindex(index).to_numpy()
    np.testing.assert_array_equal(panel.values[1][:, 0], expected)
    assert np.isnan(panel.table[panel.offsets[1] :, 1]).tolist() == np.isnan(expected).tolist()
    for times in panel.times:
        assert times.tolist() == index.tolist()


@every_index
def test_gap_of_a_single_series_is_filled_with_nan(index):
    series = pd.Series(1.0, index)
    shortened = series.drop(index[[3, 6]])
    panel = Panel.from_input(shortened, missing="mask")
    assert np.flatnonzero(np.isnan(panel.values[0])).tolist() == [3, 6]
    pd.testing.assert_index_equal(panel.times[0], index, exact="equiv")
    with pytest.raises(ValueError, match="equal steps"):
        Panel.from_input(shortened)


def test_gaps_in_every_series():
    weeks = pd.date_range("2020-01-05", periods=30, freq="W", name="ds")
    frame = long_frame(a=weeks.delete([4, 9, 13]), b=weeks.delete([1, 3]), c=weeks[[0, 1]])
    panel = Panel.from_input(frame, series_id="id", time="ds", missing="mask")
    assert panel.lengths.tolist() == [30, 30, 2]
    pd.testing.assert_index_equal(panel.times[0], weeks)
    with pytest.raises(ValueError, match="'W-SUN', 5 time stamps are missing"):
        Panel.from_input(frame, series_id="id", time="ds")


@every_index
@every_panel_form
def test_repeated_time_stamps_are_counted_and_named(index, form):
    if form == "polars" and isinstance(index, pd.PeriodIndex):
        form = "long"
    twice = index[[0, 1, 1, 2, 3, 3]]
    X, kwargs = give(long_frame(a=index, b=twice), form)
    where = "of X[1]" if form == "list" else "of series 'b'"
    message = f"X holds 2 rows whose time stamp is there more than once: {index[1]} {where}, "
    with pytest.raises(ValueError, match=re.escape(message)):
        Panel.from_input(X, **kwargs)


@every_index
def test_list_out_of_time_order(index):
    X, kwargs = give(long_frame(a=index, b=index[[0, 2, 1]]), "list")
    message = f"X is not in time order: {index[1]} comes after {index[2]} of X[1]. Sort it first"
    with pytest.raises(ValueError, match=re.escape(message)):
        Panel.from_input(X, **kwargs)


def test_single_series_out_of_time_order():
    with pytest.raises(ValueError, match="not in time order"):
        Panel.from_input(pd.Series(1.0, DAYS8[::-1]))
    with pytest.raises(ValueError, match=r"time order: 2020-01-07 .* after 2020-01-08 00:00:00\."):
        Panel.from_input(pd.Series(1.0, DAYS8[::-1]), missing="mask")


def test_series_of_one_row_has_the_frequency_of_the_others():
    index = pd.date_range("2020-01-01", periods=8, freq="MS", name="ds")
    panel = Panel.from_input(long_frame(a=index, b=index[3:4]), series_id="id", time="ds")
    assert future_times(panel, 2)[1].tolist() == index[4:6].tolist()
    panel = Panel.from_input([pd.Series(1.0, index[3:4]), pd.Series(1.0, index[:2])])
    assert future_times(panel, 2)[0].tolist() == index[4:6].tolist()


def quick(**options):
    return LSTMForecaster(hidden_size=2, max_epochs=1, random_state=0, **options)


def walk(index):
    return pd.Series(50 + np.random.default_rng(0).normal(size=len(index)).cumsum(), index)


GAPPY = {
    "'h'": pd.date_range("2024-01-01", periods=51, freq="h").delete(27),
    "'MS'": pd.date_range("2020-01-01", periods=40, freq="MS").delete([5, 17]),
    "'ME'": pd.date_range("2020-01-31", periods=40, freq="ME").delete(np.arange(2, 38, 3)),
    "'B'": pd.date_range("2020-01-01", periods=40, freq="B").delete([5, 17]),
    "'W-SUN'": pd.date_range("2020-01-01", periods=40, freq="W").delete([5, 17]),
    "'15min'": pd.date_range("2020-01-01", periods=40, freq="15min", tz="UTC").delete([1, 2, 9]),
    "'M'": pd.period_range("2020-01", periods=40, freq="M").delete([5, 17]),
    "10": pd.RangeIndex(0, 400, 10).delete([5, 17]),
}


@pytest.mark.parametrize(("freq", "index"), GAPPY.items(), ids=GAPPY)
def test_advice_about_gaps_names_the_frequency_that_is_there(freq, index):
    series = walk(index)
    with pytest.raises(ValueError, match=f"at the frequency {freq}, .* Set missing") as error:
        quick().fit(series)
    masked = quick(missing="mask").fit(series).forecast(2)
    code = re.search(r"for instance with (X.*)\.$", str(error.value))[1]
    filled = eval(code, {"X": series, "pd": pd})
    assert len(filled) > len(series)
    forecast = quick().fit(filled).forecast(2)
    pd.testing.assert_index_equal(forecast.index, masked.index)
    with pytest.raises(ValueError, match=f"at the frequency {freq}, .* Fill them") as error:
        make_windows(series, 3)
    code = re.search(r"for instance with (series.*)\.$", str(error.value))[1]
    make_windows(eval(code, {"series": series, "pd": pd}), 3)


@pytest.mark.parametrize("freq", ["h", "3h", "MS", "ME", "7D", "D"])
def test_advice_about_too_few_time_stamps_names_their_distance(freq):
    index = pd.date_range("2020-01-01", periods=2, freq=freq)
    series = pd.Series([1.0, 2.0], pd.DatetimeIndex(list(index)))
    with pytest.raises(ValueError, match=f"with X.asfreq\\('{freq}'\\)"):
        quick().fit(series)
    assert len(quick().fit(series.asfreq(freq)).forecast(2)) == 2


# Time stamps that a clock change skips, the first time stamp, and their frequency.
SKIPPED = {
    "days": ("America/Sao_Paulo", "2018-10-20", "2018-11-04", "D"),
    "nights": ("Europe/Paris", "2020-03-10 02:30", "2020-03-29", "D"),
    "weeks": ("Asia/Amman", "2020-01-03", "2020-03-27", "W-FRI"),
    "months": ("America/Asuncion", "2016-01-01", "2017-10-01", "MS"),
    "business days": ("Africa/Cairo", "2010-04-01", "2010-04-30", "B"),
}


@pytest.mark.parametrize(("zone", "start", "skipped", "freq"), SKIPPED.values(), ids=SKIPPED)
@pytest.mark.parametrize("form", ["one", "list", "index", "long"])
@pytest.mark.parametrize("missing", ["error", "mask"])
def test_clock_changes_skip_no_time_stamp(zone, start, skipped, freq, form, missing):
    wall = pd.date_range(start, periods=30, freq=freq)
    index = wall.tz_localize(zone, nonexistent="shift_forward")
    assert index.tz_localize(None)[wall.normalize() == skipped] != wall[wall.normalize() == skipped]
    before = int(np.flatnonzero(wall.normalize() == skipped)[0])
    series = walk(index)
    names = {"series_id": "id", "time": "ds", "target": "y"} if form == "long" else {}

    def convert(part):
        long = part.rename("y").rename_axis("ds").reset_index().assign(id="a")
        return {"one": part, "list": [part], "index": pd.concat({"a": part}), "long": long}[form]

    def stamps(answer):
        answer = answer[0] if form == "list" else answer
        return (
            answer["ds"].tolist() if form == "long" else answer.index.get_level_values(-1).tolist()
        )

    forecaster = quick(missing=missing, look_back=3, **names)
    for stop in (before, before + 1, 25):
        forecast = forecaster.fit(convert(series[:stop])).forecast(3)
        assert stamps(forecast) == index[stop : stop + 3].tolist()
        assert stamps(forecaster.predict(convert(series[stop:]))) == index[stop:].tolist()


def test_covariates_known_ahead_of_a_time_stamp_that_a_clock_change_skips():
    wall = pd.date_range("2018-10-20", periods=20)
    index = wall.tz_localize("America/Sao_Paulo", nonexistent="shift_forward")
    frame = walk(index).to_frame("y").assign(holiday=wall.day_of_week == 6)
    forecaster = quick(target="y", future=["holiday"]).fit(frame[:15])
    forecast = forecaster.forecast(1, future=frame[["holiday"]][15:])
    assert (
        forecast.index.tolist() == index[15:16].tolist() == [pd.Timestamp("2018-11-04 01:00-02:00")]
    )


@pytest.mark.parametrize("start", [2**63, 2**63 - 30, -(2**63)])
def test_whole_numbers_that_cannot_be_continued(start):
    dtype = np.uint64 if start >= 2**63 else np.int64
    stamps = np.arange(20).astype(dtype) + np.array(start, dtype)
    series = walk(pd.Index(stamps))
    with pytest.raises(ValueError, match=f"The index of X goes from {start} to .*: subtract"):
        quick().fit(series)
    with pytest.raises(ValueError, match=f"Column 't' of X goes from {start} to"):
        quick(time="t").fit(pd.DataFrame({"t": stamps, "y": series.to_numpy()}))
    with pytest.raises(ValueError, match=f"index of series goes from {start} to"):
        make_windows(series, 3)
    quick().fit(series.set_axis(series.index - series.index[0])).forecast(2)


def test_whole_numbers_of_a_small_type_go_on_in_a_larger_one():
    frame = pd.DataFrame({"t": np.arange(100, 128, dtype=np.int8), "y": np.arange(28.0)})
    assert quick(time="t").fit(frame).forecast(2)["t"].tolist() == [128, 129]


@pytest.mark.parametrize("freq", ["D", "h", "MS"])
def test_dates_that_end_are_an_error(freq):
    series = walk(pd.date_range(end="2262-04-01", periods=30, freq=freq, unit="ns"))
    with pytest.raises(ValueError, match=r"end before that many steps ahead|Out of bounds"):
        quick().fit(series).forecast(300)
    series.index = series.index.as_unit("s")
    assert quick().fit(series).forecast(300).index.is_monotonic_increasing
