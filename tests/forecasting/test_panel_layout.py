import re

import numpy as np
import pandas as pd
import polars as pl
import pytest

from sklearn_rnn.forecasting import Panel

DAYS = pd.date_range("2020-01-01", periods=8, name="ds")
INDEXES = {
    "days": DAYS,
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


def future_times(panel, n_steps):
    return panel.axis.shift(panel.lengths).indexes(np.full(len(panel.ids), n_steps))


def long_frame(**series):
    """Put series, given by their time stamps, into a long frame with random values."""
    frames = [pd.DataFrame({"id": key, "ds": index}) for key, index in series.items()]
    frame = pd.concat(frames, ignore_index=True)
    return frame.assign(y=np.arange(1.0, len(frame) + 1), x=-1.0)


def give(frame, form):
    """Give a long frame another form, and what `Panel.from_input` has to know about it."""
    if form == "long":
        return frame, {"series_id": "id", "time": "ds"}
    if form == "polars":
        columns = {name: frame[name].to_list() for name in frame}
        return pl.DataFrame(columns), {"series_id": "id", "time": "ds"}
    if form == "index":
        return frame.set_index(["id", "ds"]), {}
    groups = frame.set_index("ds").groupby("id", sort=False)
    return [group.drop(columns="id") for _, group in groups], {}


every_form = pytest.mark.parametrize("form", ["long", "polars", "index", "list"])


@every_index
@every_form
def test_gap_is_counted_and_named(index, form):
    if form == "polars" and isinstance(index, pd.PeriodIndex):
        form = "long"
    X, kwargs = give(long_frame(a=index, b=index.delete([3, 4, 6])), form)
    where = "of X[1]" if form == "list" else "of series 'b'"
    message = f"3 time stamps are missing, the first at {index[3]} {where}, {index[6]} {where}, ..."
    with pytest.raises(ValueError, match=re.escape(message)) as error:
        Panel.from_input(X, **kwargs)
    assert 'missing="mask"' in str(error.value)


@every_index
@every_form
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
@every_form
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
        Panel.from_input(pd.Series(1.0, DAYS[::-1]))
    with pytest.raises(ValueError, match=r"time order: 2020-01-07 .* after 2020-01-08 00:00:00\."):
        Panel.from_input(pd.Series(1.0, DAYS[::-1]), missing="mask")


@every_form
def test_nan_is_counted_and_located(form):
    frame = long_frame(a=DAYS, b=DAYS[:4])
    frame.loc[[2, 9], "y"] = np.nan
    frame.loc[9, "x"] = np.nan
    X, kwargs = give(frame, form)
    first, second = ("X[0]", "X[1]") if form == "list" else ("series 'a'", "series 'b'")
    message = (
        "Input X contains NaN: 3 of 24 values are missing, the first at 2020-01-03 00:00:00 in "
        f"column 'y' of {first}, 2020-01-02 00:00:00 in column 'y' of {second}, 2020-01-02 "
        f"00:00:00 in column 'x' of {second}. Fill"
    )
    with pytest.raises(ValueError, match=re.escape(message)) as error:
        Panel.from_input(X, **kwargs)
    assert 'missing="mask"' in str(error.value)
    panel = Panel.from_input(X, **kwargs, missing="mask")
    np.testing.assert_array_equal(panel.table, frame[["y", "x"]].to_numpy())


@pytest.mark.parametrize(
    ("X", "where"),
    [
        (np.array([1.0, np.nan, 2.0]), "1."),
        (np.array([[1.0, 2.0], [np.nan, 2.0]]), "1 in column 0."),
        ([np.ones(3), np.array([1.0, np.nan])], "1 of X[1]."),
        (pd.Series([1.0, np.nan], DAYS[:2].to_period("D")), "2020-01-02."),
    ],
)
def test_place_of_a_missing_value(X, where):
    with pytest.raises(ValueError, match=re.escape(f"are missing, the first at {where} Fill")):
        Panel.from_input(X)


def test_only_some_places_are_named():
    with pytest.raises(ValueError, match=r"9 of 9 .* at 0, 1, 2, 3, 4, \.\.\.\. Fill"):
        Panel.from_input(np.full(9, np.nan))


@pytest.mark.parametrize("missing", ["error", "mask"])
@every_form
def test_infinity_is_an_error(form, missing):
    frame = long_frame(a=DAYS, b=DAYS[:4])
    frame.loc[9, "x"] = -np.inf
    frame.loc[1, "y"] = np.nan
    X, kwargs = give(frame, form)
    message = r"X contains infinity or a value too large for dtype\('float64'\): 1 values, the "
    message += r"first at 2020-01-02 00:00:00 in column 'x' of (series 'b'|X\[1\])\."
    with pytest.raises(ValueError, match=message):
        Panel.from_input(X, **kwargs, missing=missing)


def test_name_is_in_the_messages():
    with pytest.raises(ValueError, match=r"Input series contains NaN.* at 0 of series\[1\]"):
        Panel.from_input([np.ones(1), np.full(1, np.nan)], name="series")


def test_series_of_one_row_has_the_frequency_of_the_others():
    index = pd.date_range("2020-01-01", periods=8, freq="MS", name="ds")
    panel = Panel.from_input(long_frame(a=index, b=index[3:4]), series_id="id", time="ds")
    assert future_times(panel, 2)[1].tolist() == index[4:6].tolist()
    panel = Panel.from_input([pd.Series(1.0, index[3:4]), pd.Series(1.0, index[:2])])
    assert future_times(panel, 2)[0].tolist() == index[4:6].tolist()
