import numpy as np
import pandas as pd
import pytest

from sklearn_rnn.sequences import TimeSeries

MONTHS = pd.period_range("2020-01", periods=6, freq="M", name="month")
VALUES = np.arange(6.0)
TABLE = np.arange(12.0).reshape(6, 2)

FORMS = [
    VALUES,
    TABLE,
    VALUES[:, None],
    pd.Series(VALUES, MONTHS, name="sales"),
    pd.Series(VALUES, MONTHS),
    pd.DataFrame(TABLE, MONTHS, ["a", "b"]),
    pd.DataFrame(VALUES[:, None], MONTHS, ["a"]),
    pd.DataFrame(TABLE, MONTHS, pd.Index([10, 20], name="shop")),
]


def assert_same(left, right):
    if isinstance(right, pd.Series):
        pd.testing.assert_series_equal(left, right)
    elif isinstance(right, pd.DataFrame):
        pd.testing.assert_frame_equal(left, right)
    else:
        np.testing.assert_array_equal(left, right, strict=True)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{type(form).__name__}{form.shape}")
def test_wrap_gives_back_what_came_in(form):
    series = TimeSeries.from_input(form)
    assert_same(series.wrap(series.values, series.index), form)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{type(form).__name__}{form.shape}")
def test_tail_is_that_of_the_form(form):
    tail = TimeSeries.from_input(form).tail(2)
    assert_same(tail.wrap(tail.values, tail.index), form[-2:])


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{type(form).__name__}{form.shape}")
def test_append_puts_the_parts_together(form):
    whole = TimeSeries.from_input(form[:4]).append(TimeSeries.from_input(form[4:]))
    assert_same(whole.wrap(whole.values, whole.index), form)


def test_append_takes_the_form_of_the_other():
    first, second = TimeSeries.from_input(FORMS[3][:4]), TimeSeries.from_input(FORMS[6][4:])
    whole = first.append(second)
    assert_same(whole.wrap(whole.values, whole.index), FORMS[6])


def test_series_without_index_is_not_followed():
    array = TimeSeries.from_input(VALUES)
    series = TimeSeries.from_input(FORMS[3])
    assert not array.is_followed_by(array)
    assert not array.is_followed_by(series)
    assert not series.is_followed_by(array)


def test_series_is_followed_by_the_next_months():
    first, second = (TimeSeries.from_input(part) for part in (FORMS[3][:4], FORMS[3][4:]))
    assert first.is_followed_by(second)
    assert not second.is_followed_by(first)


def test_future_index_continues():
    index = TimeSeries.from_input(FORMS[3][:4]).future_index(2)
    pd.testing.assert_index_equal(index, MONTHS[4:])


def test_array_has_no_future_index():
    assert TimeSeries.from_input(VALUES).future_index(2) is None


def test_list_is_one_dimensional():
    series = TimeSeries.from_input([1, 2, 3])
    assert series.is_1d
    assert series.values.shape == (3, 1)
    assert series.values.dtype == np.float64


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("form", [FORMS[0], FORMS[3], FORMS[5]], ids=["array", "Series", "frame"])
def test_missing_and_infinite_values(form, value):
    form = form.copy()
    form[2:3] = value
    with pytest.raises(ValueError, match="X contains"):
        TimeSeries.from_input(form)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{type(form).__name__}{form.shape}")
def test_empty_series(form):
    with pytest.raises(ValueError, match=r"0 sample|empty|no time"):
        TimeSeries.from_input(form[:0])


def test_irregular_index():
    with pytest.raises(ValueError, match="2020-03 is missing"):
        TimeSeries.from_input(FORMS[3].drop(MONTHS[2]))
