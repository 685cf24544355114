import re

import numpy as np
import pandas as pd
import polars as pl
import pytest

from sklearn_rnn.forecasting import Panel

INDEXES = {
    "days": pd.date_range("2020-01-01", periods=9, name="ds"),
    "months": pd.date_range("2020-01-01", periods=9, freq="MS", name="ds"),
    "hours": pd.date_range("2020-01-01", periods=9, freq="h", tz="Asia/Tokyo", name="ds"),
    "quarters": pd.period_range("2020Q1", periods=9, freq="Q", name="ds"),
    "integers": pd.RangeIndex(9, name="ds"),
}
LONG_NAMES = {"series_id": "id", "time": "ds"}


def long_frame(index):
    """Series "b" has 6 time steps, "a" the last 4 of them; 3 more are ahead."""
    frame = pd.DataFrame({"id": np.repeat(["b", "a"], [9, 7]), "ds": index.append(index[2:])})
    values = np.arange(16.0)
    return frame.assign(y=values, weather=values - 1, price=10 * values, promo=values % 2 == 0)


def give(frame, form):
    if form == "long":
        return frame
    if form == "polars":
        return pl.DataFrame({name: frame[name].to_list() for name in frame})
    if form == "index":
        return frame.set_index(["id", "ds"])
    groups = [
        group.drop(columns="id") for _, group in frame.set_index("ds").groupby("id", sort=False)
    ]
    return groups if form == "list" else groups[0]


def fit(frame, form):
    """Make a panel of the past, and what lies ahead."""
    is_past = frame["ds"].isin(frame["ds"][:6])
    kwargs = LONG_NAMES if form in ("long", "polars") else {}
    future = ["promo", "price"]
    X = give(frame[is_past], form)
    panel = Panel.from_input(X, target="y", future=future, **kwargs)
    return panel, frame.loc[~is_past].drop(columns=["y", "weather"])


CASES = [
    (index, form)
    for index in INDEXES
    for form in ["one", "list", "index", "long", "polars"]
    if (index, form) != ("quarters", "polars")
]
every_case = pytest.mark.parametrize(("index", "form"), CASES)
every_form = pytest.mark.parametrize("form", ["one", "list", "index", "long", "polars"])


@every_case
def test_covariates_ahead_are_those_of_the_next_steps(index, form):
    panel, ahead = fit(long_frame(INDEXES[index]), form)
    assert panel.columns.future.tolist() == ["price", "promo"]
    expected = ahead[["price", "promo"]].to_numpy(dtype=float).reshape(2, 3, 2)[: len(panel.ids)]
    future = panel.read_future(give(ahead, form), 3)
    np.testing.assert_array_equal(future, expected, strict=True)
    fewer = panel.read_future(give(ahead, form), 2)
    np.testing.assert_array_equal(fewer, expected[:, :2])


@every_form
def test_more_rows_and_columns_than_needed(form):
    frame = long_frame(INDEXES["days"])
    panel, ahead = fit(frame, form)
    expected = panel.read_future(give(ahead, form), 3)
    np.testing.assert_array_equal(panel.read_future(give(frame, form), 3), expected)


@pytest.mark.parametrize("form", ["index", "long", "polars"])
def test_rows_of_other_series_and_in_any_order(form):
    panel, ahead = fit(long_frame(INDEXES["days"]), form)
    expected = panel.read_future(give(ahead, form), 3)
    more = pd.concat([ahead.assign(id="c"), ahead]).sample(frac=1, random_state=0)
    np.testing.assert_array_equal(panel.read_future(give(more, form), 3), expected)


@every_case
def test_missing_combination_is_named(index, form):
    panel, ahead = fit(long_frame(INDEXES[index]), form)
    label = {"one": "", "list": " of future[1]"}.get(form, " of series 'a'")
    missing = INDEXES[index][7]
    number = 0 if form == "one" else 1
    kept = (ahead["id"] != "ba"[number]) | (ahead["ds"] != missing)
    total = 3 if form == "one" else 6
    message = f"1 of the {total} combinations of series and time stamp that the forecast needs "
    message += f"are missing in future: {missing}{label}."
    with pytest.raises(ValueError, match=re.escape(message)):
        panel.read_future(give(ahead[kept], form), 3, name="future")


@every_form
def test_many_missing_combinations(form):
    frame = long_frame(INDEXES["months"])
    panel, _ = fit(frame, form)
    with pytest.raises(ValueError, match=r"are missing in X: 2020-07-01.* 2020-11-01.*, \.\.\.\."):
        panel.read_future(give(frame[frame["ds"] < "2020-07-01"], form), 20)


@every_form
def test_repeated_combination_is_named(form):
    panel, ahead = fit(long_frame(INDEXES["days"]), form)
    twice = pd.concat([ahead, ahead.iloc[1:2]])
    with pytest.raises(ValueError, match=r"1 of the .* more than once in X: 2020-01-08 00:00:00"):
        panel.read_future(give(twice, form), 3)


@every_form
def test_missing_column_is_named(form):
    panel, ahead = fit(long_frame(INDEXES["days"]), form)
    with pytest.raises(ValueError, match="future='price' is not a column of X; columns are"):
        panel.read_future(give(ahead.drop(columns="price"), form), 3)


@every_form
def test_missing_value_is_located(form):
    panel, ahead = fit(long_frame(INDEXES["days"]), form)
    ahead = ahead.assign(price=ahead["price"].where(ahead["ds"] != "2020-01-08"))
    with pytest.raises(ValueError, match=r"NaN: . of .* at 2020-01-08 00:00:00 in column 'price'"):
        panel.read_future(give(ahead, form), 3)
    future = panel.read_future(give(ahead, form), 3, missing="mask")
    assert np.isnan(future).sum(axis=(1, 2)).tolist() == [1] * len(panel.ids)


@every_form
def test_infinite_value_is_located(form):
    panel, ahead = fit(long_frame(INDEXES["days"]), form)
    ahead = ahead.assign(price=ahead["price"].where(ahead["ds"] != "2020-01-08", np.inf))
    with pytest.raises(ValueError, match=r"infinity .* at 2020-01-08 00:00:00 in column 'price'"):
        panel.read_future(give(ahead, form), 3, missing="mask")


def test_no_covariates_to_read():
    panel = Panel.from_input([1.0, 2.0])
    assert panel.read_future(None, 3).shape == (1, 3, 0)
    with pytest.raises(ValueError, match="X was given, but there are no known-future covariates"):
        panel.read_future(np.ones((3, 1)), 3)


@every_form
def test_covariates_are_needed(form):
    panel, _ = fit(long_frame(INDEXES["days"]), form)
    with pytest.raises(ValueError, match=r"X is None, .* \['price', 'promo'\] of the next 3 time"):
        panel.read_future(None, 3)


@pytest.mark.parametrize("form", ["one", "list", "index"])
def test_another_form(form):
    panel, ahead = fit(long_frame(INDEXES["days"]), form)
    for other in (give(ahead, "list" if form == "one" else "one"), np.ones((3, 2)), [1, 2, 3]):
        with pytest.raises(ValueError, match="X must be a DataFrame in the form of the series"):
            panel.read_future(other, 3)


@pytest.mark.parametrize("libraries", [("long", "polars"), ("polars", "long")])
def test_long_frame_of_another_library(libraries):
    panel, ahead = fit(long_frame(INDEXES["days"]), libraries[0])
    expected = panel.read_future(give(ahead, libraries[0]), 3)
    np.testing.assert_array_equal(panel.read_future(give(ahead, libraries[1]), 3), expected)


def test_another_kind_of_time_stamps():
    panel, ahead = fit(long_frame(INDEXES["days"]), "long")
    ahead = ahead.assign(ds=ahead["ds"].dt.to_period("D"))
    with pytest.raises(ValueError, match=r"are of dtype period\[D\], but those seen in fit of"):
        panel.read_future(ahead, 3)
