import numpy as np
import pandas as pd
import pytest

from sklearn_rnn.forecasting._time_index import check_time_index

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
INDEXES = [index.rename("time") for index in DATES + PERIODS + RANGES]


def describe(index):
    return f"{type(index).__name__}-{getattr(index, 'freqstr', index.dtype)}"


@pytest.mark.parametrize("index", INDEXES, ids=describe)
def test_regular_index_keeps_its_time_stamps(index):
    pd.testing.assert_index_equal(check_time_index(index), index, exact="equiv")


@pytest.mark.parametrize("index", DATES, ids=describe)
def test_frequency_is_inferred(index):
    checked = check_time_index(pd.DatetimeIndex(list(index[:6])))
    assert checked.freq == index.freq


@pytest.mark.parametrize("index", INDEXES, ids=describe)
def test_rows_taken_by_an_array_keep_the_frequency(index):
    taken = pd.Series(0.0, index).iloc[np.arange(2, 8)].index
    pd.testing.assert_index_equal(check_time_index(taken), index[2:8], exact="equiv")
    assert getattr(check_time_index(taken), "freq", None) == getattr(index, "freq", None)


@pytest.mark.parametrize("index", DATES + PERIODS, ids=describe)
def test_repeated_time_stamp_is_named(index):
    with pytest.raises(ValueError, match="more than once") as error:
        check_time_index(index[[0, 1, 2, 3, 3, 4]])
    assert f"X holds {index[3]}" in str(error.value)


@pytest.mark.parametrize("index", INDEXES, ids=describe)
def test_time_stamp_out_of_order_is_named(index):
    with pytest.raises(ValueError, match="not in time order") as error:
        check_time_index(index[[0, 1, 3, 2, 4]])
    assert f"{index[2]} comes after {index[3]}" in str(error.value)


@pytest.mark.parametrize("index", PERIODS + RANGES, ids=describe)
def test_missing_time_stamp_is_named(index):
    with pytest.raises(ValueError, match=f"equal steps: {index[4]} is missing"):
        check_time_index(index[[0, 1, 2, 3, 5, 6, 7]])


@pytest.mark.parametrize("index", DATES, ids=describe)
def test_missing_date_is_named(index):
    with pytest.raises(ValueError, match="equal steps") as error:
        check_time_index(index[[0, 1, 2, 3, 5, 6, 7]])
    assert any(str(index[near]) in str(error.value) for near in (3, 4, 5))


@pytest.mark.parametrize("index", PERIODS + RANGES, ids=describe)
def test_gap_after_the_first_time_stamp_is_named(index):
    with pytest.raises(ValueError, match=f"equal steps: {index[1]} is missing"):
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
    with pytest.raises(ValueError, match="has no frequency"):
        check_time_index(pd.DatetimeIndex(list(DATES[0][:n_times])))


@pytest.mark.parametrize("index", [DATES[0], PERIODS[0], RANGES[0]], ids=describe)
def test_single_time_stamp_with_a_frequency(index):
    pd.testing.assert_index_equal(check_time_index(index[:1]), index[:1])


@pytest.mark.parametrize("index", [RANGES[2], DATES[0], PERIODS[0]], ids=describe)
def test_name_of_the_series_is_in_the_message(index):
    with pytest.raises(ValueError, match="index of sales"):
        check_time_index(index[::-1], "sales")


def test_huge_index_gap_is_named_at_once():
    index = pd.Index([*range(99), 10**13])
    with pytest.raises(ValueError, match="99 is missing"):
        check_time_index(index)
