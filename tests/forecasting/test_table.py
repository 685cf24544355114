import pickle
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from series_forms import (
    MONTHS,
    SHOP_NAMES,
    SHOPS,
    SHOPS_POLARS,
    SINGLE,
    TABLE,
    VALUES,
    assert_same,
    cut,
    every_form,
    every_panel_form,
    give,
    long_frame,
    multi,
)

from sklearn_rnn.forecasting import Panel

DAYS8 = pd.date_range("2020-01-01", periods=8, name="ds")
INDEXES = {
    "days": pd.date_range("2020-01-01", periods=9, name="ds"),
    "months": pd.date_range("2020-01-01", periods=9, freq="MS", name="ds"),
    "hours": pd.date_range("2020-01-01", periods=9, freq="h", tz="Asia/Tokyo", name="ds"),
    "quarters": pd.period_range("2020Q1", periods=9, freq="Q", name="ds"),
    "integers": pd.RangeIndex(9, name="ds"),
}
LONG_NAMES = {"series_id": "id", "time": "ds"}


@every_form
def test_forecast_of_the_last_steps_continues_the_first(case):
    form, kwargs = case
    history = Panel.from_input(cut(form, kwargs, None, -1), **kwargs)
    rest = Panel.from_input(cut(form, kwargs, -1, None), **kwargs, like=history)
    assert_same(history.wrap(rest.values), cut(form, kwargs, -1, None))


@every_form
def test_tail_keeps_the_last_steps(case):
    form, kwargs = case
    panel = Panel.from_input(form, **kwargs)
    tail = panel.tail(2)
    assert_same(tail.wrap(tail.values, start=0), cut(form, kwargs, -2, None))
    assert not np.shares_memory(tail.table, panel.table)


@every_form
def test_restored_panel_is_what_came_in(case):
    form, kwargs = case
    panel = Panel.from_input(form, **kwargs)
    restored = panel.restore()
    assert_same(Panel.from_input(restored, **kwargs).wrap(panel.values), panel.wrap(panel.values))
    if not kwargs:
        assert_same(restored, form)


@every_form
def test_parts_are_restored_one_by_one(case):
    form, kwargs = case
    panel = Panel.from_input(form, **kwargs)
    series, start, stop = np.array([0, 0]), np.array([1, 2]), np.array([4, 5])
    parts = panel.cut(series, start, stop).restore(apart=True)
    for number, part in enumerate(parts):
        expected = panel.cut(series[:1], start[[number]], stop[[number]])
        np.testing.assert_array_equal(np.asarray(part).reshape(3, -1), expected.table)
        if panel.axis is not None:
            assert part.index.tolist() == panel.times[0][start[number] : stop[number]].tolist()


def test_some_columns_are_restored():
    panel = Panel.from_input(SHOPS.set_index(["shop", "day"]), target="z", future=["y"])
    pd.testing.assert_frame_equal(
        panel.restore(panel.columns.future), SHOPS.set_index(["shop", "day"])[["y"]]
    )


@every_form
def test_tail_of_more_than_there_is(case):
    form, kwargs = case
    tail = Panel.from_input(form, **kwargs).tail(100)
    assert_same(tail.wrap(tail.values, start=0), form)


@every_form
def test_append_puts_the_parts_together(case):
    form, kwargs = case
    first = Panel.from_input(cut(form, kwargs, None, -1), **kwargs)
    second = Panel.from_input(cut(form, kwargs, -1, None), **kwargs, like=first)
    whole = first.append(second)
    if first.axis is None:
        assert whole is second
    else:
        assert_same(whole.wrap(whole.values, start=0), form)


@every_form
def test_panel_can_be_pickled(case):
    form, kwargs = case
    panel = pickle.loads(pickle.dumps(Panel.from_input(form, **kwargs)))
    assert_same(panel.wrap(panel.values, start=0), form)


@pytest.mark.parametrize(
    "form",
    [form for form in SINGLE if isinstance(form, (pd.Series, pd.DataFrame))],
    ids=lambda form: str(form.index.dtype),
)
def test_single_series_keeps_its_frequency(form):
    panel = Panel.from_input(form[:4])
    pd.testing.assert_index_equal(panel.times[0], form.index[:4])
    forecast = panel.wrap([panel.values[0][:2]])
    pd.testing.assert_index_equal(forecast.index, form.index[4:])
    assert getattr(forecast.index, "freq", None) == getattr(form.index, "freq", None)


def test_arrays_have_no_times():
    panel = Panel.from_input([VALUES, VALUES])
    assert panel.times == [None, None]


def test_values_are_views():
    panel = Panel.from_input(multi(MONTHS, ["y", "z"]), target="y")
    assert all(np.shares_memory(each, panel.table) for each in panel.values)


def test_values_may_start_anywhere_and_differ_in_number():
    panel = Panel.from_input(multi(MONTHS))
    wrapped = panel.wrap([panel.values[0][3:], panel.values[1][3:]], start=3)
    index = [("b", month) for month in MONTHS[3:]] + [("a", MONTHS[5])]
    assert wrapped.index.tolist() == index
    wrapped = panel.wrap([panel.values[0][3:], panel.values[1][:0]], start=np.array([3, 4]))
    assert wrapped.index.tolist() == index[:3]


def test_series_that_do_not_continue_are_not_followed():
    frame = multi(MONTHS)
    first = Panel.from_input(frame[frame.index.get_level_values(1) <= MONTHS[3]])
    later = frame[frame.index.get_level_values(1) > MONTHS[3]].loc[["b"]]
    new = later.rename(index={"b": "c"})
    assert first.is_followed_by(Panel.from_input(later, like=first)).tolist() == [True]
    assert first.is_followed_by(Panel.from_input(new, like=first)).tolist() == [False]
    both = Panel.from_input(pd.concat([new, later]), like=first)
    assert first.is_followed_by(both).tolist() == [False, True]
    assert first.append(both).lengths.tolist() == [2, 6]
    skipped = Panel.from_input(later.iloc[1:], like=first)
    assert first.is_followed_by(skipped).tolist() == [False]
    assert first.append(skipped) is skipped


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (VALUES, VALUES),
        (SINGLE[4], VALUES),
        (VALUES, SINGLE[4]),
        (SINGLE[4][:4], SINGLE[5][4:]),
        (SINGLE[5][:4], SINGLE[5][4:].tz_localize("UTC")),
        (SINGLE[5][:4], SINGLE[5][4:].asfreq("2D")),
        (pd.Series(VALUES[:2], MONTHS[:2]), pd.Series(VALUES[:2], MONTHS[:2])),
    ],
)
def test_other_kinds_of_series_do_not_follow(first, second):
    first, second = Panel.from_input(first), Panel.from_input(second)
    assert first.is_followed_by(second).tolist() == [False]
    assert first.append(second) is second


def test_append_takes_the_form_of_the_other():
    first, second = Panel.from_input(SINGLE[4][:4]), Panel.from_input(SINGLE[9][4:])
    whole = first.append(second)
    assert_same(whole.wrap(whole.values, start=0), SINGLE[9])


def test_history_of_fit_goes_before_a_polars_frame():
    first = Panel.from_input(SHOPS[SHOPS["day"] < "2020-01-05"], **SHOP_NAMES)
    second = SHOPS_POLARS.filter(pl.col("day") >= pd.Timestamp("2020-01-05"))
    second = Panel.from_input(second, **SHOP_NAMES, like=first)
    whole = first.append(second)
    assert_same(whole.wrap(whole.values, start=0), SHOPS_POLARS)


@every_form
def test_extend_puts_steps_after_the_last_ones(case):
    form, kwargs = case
    whole = Panel.from_input(form, **kwargs)
    first = Panel.from_input(cut(form, kwargs, None, -1), **kwargs)
    last = np.stack([values[-1:] for values in whole.values])
    extended = first.extend(last, np.empty((len(last), 1, 0), last.dtype))
    assert_same(extended.wrap(extended.values, start=0), form)


def test_extend_of_series_of_different_lengths():
    panel = Panel.from_input([VALUES, VALUES[:1], VALUES[:3]])
    targets = -np.arange(1.0, 7.0).reshape(3, 2, 1)
    extended = panel.extend(targets, np.empty((3, 2, 0)))
    expected = [[*VALUES, -1, -2], [0, -3, -4], [0, 1, 2, -5, -6]]
    assert [values[:, 0].tolist() for values in extended.values] == expected
    assert panel.lengths.tolist() == [6, 1, 3]


def test_extend_keeps_past_covariates_as_they_were_last_and_takes_those_known_ahead():
    frame = multi(MONTHS, ["y", "past", "ahead"])
    panel = Panel.from_input(frame, target="y", future=["ahead"])
    ahead = 1000 + np.arange(4.0).reshape(2, 2, 1)
    extended = panel.extend(np.full((2, 2, 1), -1.0), ahead)
    before = np.split(panel.table, panel.offsets[1:-1])
    after = np.split(extended.table, extended.offsets[1:-1])
    for number in range(2):
        expected = [[-1, before[number][-1, 1], *each] for each in ahead[number]]
        np.testing.assert_array_equal(after[number], [*before[number], *expected])


def test_tail_may_differ_between_series():
    panel = Panel.from_input([VALUES, VALUES])
    assert panel.tail(np.array([1, 3])).lengths.tolist() == [1, 3]


def test_missing_steps_are_counted_down():
    nan = np.nan
    series = [
        [1, nan, nan, 4, nan, nan],
        [nan, nan, 3, 4],
        [1, 2],
        [nan, nan, nan],
    ]
    panel = Panel.from_input([np.array(each, dtype=float) for each in series], missing="mask")
    assert panel.count_missing(panel.lengths).tolist() == [2, 0, 0, 0]
    assert panel.count_missing(panel.lengths - 1).tolist() == [1, 0, 0, 0]
    assert panel.count_missing(panel.lengths - 3).tolist() == [2, 0, 0, 0]


def test_missing_steps_of_the_target_that_is_missing_for_longest_are_counted():
    table = TABLE.copy()
    table[4:, 0] = table[2:, 1] = np.nan
    panel = Panel.from_input(table, missing="mask")
    assert panel.count_missing(panel.lengths).tolist() == [4]


@every_panel_form
def test_nan_is_counted_and_located(form):
    frame = long_frame(a=DAYS8, b=DAYS8[:4])
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
        (pd.Series([1.0, np.nan], DAYS8[:2].to_period("D")), "2020-01-02."),
    ],
)
def test_place_of_a_missing_value(X, where):
    with pytest.raises(ValueError, match=re.escape(f"are missing, the first at {where} Fill")):
        Panel.from_input(X)


def test_only_some_places_are_named():
    with pytest.raises(ValueError, match=r"9 of 9 .* at 0, 1, 2, 3, 4, \.\.\.\. Leave"):
        Panel.from_input(np.full(9, np.nan))


@pytest.mark.parametrize("missing", ["error", "mask"])
@every_panel_form
def test_infinity_is_an_error(form, missing):
    frame = long_frame(a=DAYS8, b=DAYS8[:4])
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


def with_covariates(index):
    """Series "b" has 6 time steps, "a" the last 4 of them; 3 more are ahead."""
    frame = pd.DataFrame({"id": np.repeat(["b", "a"], [9, 7]), "ds": index.append(index[2:])})
    values = np.arange(16.0)
    return frame.assign(y=values, weather=values - 1, price=10 * values, promo=values % 2 == 0)


def give_covariates(frame, form):
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
    X = give_covariates(frame[is_past], form)
    panel = Panel.from_input(X, target="y", future=future, **kwargs)
    return panel, frame.loc[~is_past].drop(columns=["y", "weather"])


FUTURE_CASES = [
    (index, form)
    for index in INDEXES
    for form in ["one", "list", "index", "long", "polars"]
    if (index, form) != ("quarters", "polars")
]
every_future_case = pytest.mark.parametrize(("index", "form"), FUTURE_CASES)
every_future_form = pytest.mark.parametrize("form", ["one", "list", "index", "long", "polars"])


@every_future_case
def test_covariates_ahead_are_those_of_the_next_steps(index, form):
    panel, ahead = fit(with_covariates(INDEXES[index]), form)
    assert panel.columns.future.tolist() == ["price", "promo"]
    expected = ahead[["price", "promo"]].to_numpy(dtype=float).reshape(2, 3, 2)[: len(panel.ids)]
    future = panel.read_future(give_covariates(ahead, form), 3)
    np.testing.assert_array_equal(future, expected, strict=True)
    fewer = panel.read_future(give_covariates(ahead, form), 2)
    np.testing.assert_array_equal(fewer, expected[:, :2])


@every_future_form
def test_more_rows_and_columns_than_needed(form):
    frame = with_covariates(INDEXES["days"])
    panel, ahead = fit(frame, form)
    expected = panel.read_future(give_covariates(ahead, form), 3)
    np.testing.assert_array_equal(panel.read_future(give_covariates(frame, form), 3), expected)


@pytest.mark.parametrize("form", ["index", "long", "polars"])
def test_rows_of_other_series_and_in_any_order(form):
    panel, ahead = fit(with_covariates(INDEXES["days"]), form)
    expected = panel.read_future(give_covariates(ahead, form), 3)
    more = pd.concat([ahead.assign(id="c"), ahead]).sample(frac=1, random_state=0)
    np.testing.assert_array_equal(panel.read_future(give_covariates(more, form), 3), expected)


@every_future_case
def test_missing_combination_is_named(index, form):
    panel, ahead = fit(with_covariates(INDEXES[index]), form)
    label = {"one": "", "list": " of future[1]"}.get(form, " of series 'a'")
    missing = INDEXES[index][7]
    number = 0 if form == "one" else 1
    kept = (ahead["id"] != "ba"[number]) | (ahead["ds"] != missing)
    total = 3 if form == "one" else 6
    message = f"1 of the {total} combinations of series and time stamp that the forecast needs "
    message += f"are missing in future: {missing}{label}."
    with pytest.raises(ValueError, match=re.escape(message)):
        panel.read_future(give_covariates(ahead[kept], form), 3, name="future")


@every_future_form
def test_many_missing_combinations(form):
    frame = with_covariates(INDEXES["months"])
    panel, _ = fit(frame, form)
    with pytest.raises(ValueError, match=r"are missing in X: 2020-07-01.* 2020-11-01.*, \.\.\.\."):
        panel.read_future(give_covariates(frame[frame["ds"] < "2020-07-01"], form), 20)


@every_future_form
def test_repeated_combination_is_named(form):
    panel, ahead = fit(with_covariates(INDEXES["days"]), form)
    twice = pd.concat([ahead, ahead.iloc[1:2]])
    with pytest.raises(ValueError, match=r"1 of the .* more than once in X: 2020-01-08 00:00:00"):
        panel.read_future(give_covariates(twice, form), 3)


@every_future_form
def test_missing_column_is_named(form):
    panel, ahead = fit(with_covariates(INDEXES["days"]), form)
    with pytest.raises(ValueError, match="future='price' is not a column of X; columns are"):
        panel.read_future(give_covariates(ahead.drop(columns="price"), form), 3)


@every_future_form
def test_missing_value_is_located(form):
    panel, ahead = fit(with_covariates(INDEXES["days"]), form)
    ahead = ahead.assign(price=ahead["price"].where(ahead["ds"] != "2020-01-08"))
    with pytest.raises(ValueError, match=r"NaN: . of .* at 2020-01-08 00:00:00 in column 'price'"):
        panel.read_future(give_covariates(ahead, form), 3)
    future = panel.read_future(give_covariates(ahead, form), 3, missing="mask")
    assert np.isnan(future).sum(axis=(1, 2)).tolist() == [1] * len(panel.ids)


@every_future_form
def test_infinite_value_is_located(form):
    panel, ahead = fit(with_covariates(INDEXES["days"]), form)
    ahead = ahead.assign(price=ahead["price"].where(ahead["ds"] != "2020-01-08", np.inf))
    with pytest.raises(ValueError, match=r"infinity .* at 2020-01-08 00:00:00 in column 'price'"):
        panel.read_future(give_covariates(ahead, form), 3, missing="mask")


def test_no_covariates_to_read():
    panel = Panel.from_input([1.0, 2.0])
    assert panel.read_future(None, 3).shape == (1, 3, 0)
    with pytest.raises(ValueError, match="X was given, but there are no known-future covariates"):
        panel.read_future(np.ones((3, 1)), 3)


@every_future_form
def test_covariates_are_needed(form):
    panel, _ = fit(with_covariates(INDEXES["days"]), form)
    with pytest.raises(ValueError, match=r"X is None, .* \['price', 'promo'\] of the next 3 time"):
        panel.read_future(None, 3)


@pytest.mark.parametrize("form", ["one", "list", "index"])
def test_another_form(form):
    panel, ahead = fit(with_covariates(INDEXES["days"]), form)
    for other in (
        give_covariates(ahead, "list" if form == "one" else "one"),
        np.ones((3, 2)),
        [1, 2, 3],
    ):
        with pytest.raises(ValueError, match="X must be a DataFrame in the form of the series"):
            panel.read_future(other, 3)


@pytest.mark.parametrize("libraries", [("long", "polars"), ("polars", "long")])
def test_long_frame_of_another_library(libraries):
    panel, ahead = fit(with_covariates(INDEXES["days"]), libraries[0])
    expected = panel.read_future(give_covariates(ahead, libraries[0]), 3)
    np.testing.assert_array_equal(
        panel.read_future(give_covariates(ahead, libraries[1]), 3), expected
    )


def test_another_kind_of_time_stamps():
    panel, ahead = fit(with_covariates(INDEXES["days"]), "long")
    ahead = ahead.assign(ds=ahead["ds"].dt.to_period("D"))
    with pytest.raises(ValueError, match=r"are of dtype period\[D\], but those seen in fit of"):
        panel.read_future(ahead, 3)
