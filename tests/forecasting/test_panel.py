import pickle

import numpy as np
import pandas as pd
import polars as pl
import polars.testing
import pytest

from sklearn_rnn.forecasting import Panel

MONTHS = pd.period_range("2020-01", periods=6, freq="M", name="month")
DAYS = pd.date_range("2020-01-01", periods=6, freq="D", name="day")
NEW_YEARS = pd.date_range("2020-01-01", periods=6, freq="YS", name="year")
VALUES = np.arange(6.0)
TABLE = np.arange(12.0).reshape(6, 2)
LETTERS = pd.Index(["b", "a"], name="shop")


def multi(index, columns=("y",)):
    """Series "b" has all time stamps, "a" those but the first two."""
    keys = pd.MultiIndex.from_arrays(
        [LETTERS.repeat([6, 4]), index.append(index[2:])], names=["shop", index.name]
    )
    values = np.arange(10.0 * len(columns)).reshape(10, -1)
    return pd.DataFrame(values, keys, pd.Index(columns))


LONG = multi(DAYS, ["y", "z"]).reset_index()
POLARS = pl.DataFrame({column: LONG[column].to_list() for column in LONG})
LONG_NAMES = {"series_id": "shop", "time": "day"}

SINGLE = [
    VALUES,
    VALUES.astype(np.float32),
    TABLE,
    VALUES[:, None],
    pd.Series(VALUES, MONTHS, name="sales"),
    pd.Series(VALUES, DAYS),
    pd.Series(VALUES),
    pd.Series(VALUES, pd.RangeIndex(10, 70, 10)),
    pd.DataFrame(TABLE, NEW_YEARS, ["a", "b"]),
    pd.DataFrame(VALUES[:, None], MONTHS, ["a"]),
    pd.DataFrame(TABLE, MONTHS, pd.Index([10, 20], name="shop")),
    pd.DataFrame(TABLE, DAYS.tz_localize("Europe/Paris"), ["a", "a"]),
    pd.DataFrame(TABLE, DAYS, pd.MultiIndex.from_product([["a"], ["b", "c"]])),
]
LISTS = [[form, form[:4]] for form in SINGLE] + [
    [pd.Series(VALUES, MONTHS, name="x"), pd.Series(VALUES[:2], MONTHS[4:], name="y")]
]
INDEXED = [
    multi(MONTHS),
    multi(DAYS),
    multi(NEW_YEARS, ["y", "z"]),
    multi(DAYS)["y"],
    multi(pd.RangeIndex(6, name="step")),
]
FRAMES = [
    (LONG, LONG_NAMES),
    (POLARS, LONG_NAMES),
    (LONG.rename(columns={"shop": 1, "day": 2, "y": 3}), {"series_id": 1, "time": 2}),
    (LONG.iloc[:6].drop(columns="shop"), {"time": "day"}),
    (POLARS[:6].drop("shop"), {"time": "day"}),
]
CASES = [(form, {}) for form in SINGLE + LISTS + INDEXED] + FRAMES


def describe(case):
    form = case[0]
    return f"{type(form).__name__}{getattr(form, 'shape', '')}"


every_form = pytest.mark.parametrize("case", CASES, ids=describe)


def assert_same(left, right):
    if isinstance(right, list):
        assert isinstance(left, list)
        for each, other in zip(left, right, strict=True):
            assert_same(each, other)
    elif isinstance(right, pd.Series):
        pd.testing.assert_series_equal(left, right)
    elif isinstance(right, pd.DataFrame):
        pd.testing.assert_frame_equal(left, right)
    elif isinstance(right, pl.DataFrame):
        pl.testing.assert_frame_equal(left, right)
    else:
        np.testing.assert_array_equal(left, right, strict=True)


def cut(form, kwargs, start, stop):
    """Take a slice of the time steps of each series from data in any form."""
    if isinstance(form, list):
        return [cut(each, kwargs, start, stop) for each in form]
    if isinstance(form, pl.DataFrame):
        keys = ["shop"] if "series_id" in kwargs else pl.lit(1)
        return pl.concat(part[start:stop] for _, part in form.group_by(keys, maintain_order=True))
    if "series_id" in kwargs:
        groups = form.groupby(kwargs["series_id"], sort=False, group_keys=False)
        return pd.concat([group.iloc[start:stop] for _, group in groups], ignore_index=True)
    if "time" in kwargs:
        return form.iloc[start:stop].reset_index(drop=True)
    if getattr(getattr(form, "index", None), "nlevels", 1) == 2:
        groups = form.groupby(level=0, sort=False)
        return pd.concat([group.iloc[start:stop] for _, group in groups])
    return form[start:stop]


@every_form
def test_wrap_gives_back_what_came_in(case):
    form, kwargs = case
    panel = Panel.from_input(form, **kwargs)
    assert_same(panel.wrap(panel.values, start=0), form)


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
    panel = Panel.from_input(LONG.set_index(["shop", "day"]), target="z", future=["y"])
    pd.testing.assert_frame_equal(
        panel.restore(panel.columns.future), LONG.set_index(["shop", "day"])[["y"]]
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


def test_list_of_numbers_is_one_series():
    panel = Panel.from_input([1, 2, 3])
    assert len(panel.ids) == 1
    np.testing.assert_array_equal(panel.values[0], [[1.0], [2.0], [3.0]], strict=True)


@pytest.mark.parametrize("form", [[[1, 2, 3], [4, 5]], ((1, 2, 3), (4, 5))])
def test_list_of_lists_is_a_panel(form):
    panel = Panel.from_input(form)
    assert panel.lengths.tolist() == [3, 2]
    assert_same(panel.wrap(panel.values), [np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0])])


def test_object_array_of_arrays_is_a_panel():
    form = np.empty(2, dtype=object)
    form[:] = [VALUES, VALUES[:2]]
    assert Panel.from_input(form).lengths.tolist() == [6, 2]


def test_object_array_of_numbers_is_one_series():
    panel = Panel.from_input(TABLE.astype(object))
    np.testing.assert_array_equal(panel.values[0], TABLE, strict=True)


def test_series_come_in_order_of_appearance_and_rows_in_order_of_time():
    shuffled = LONG.sample(frac=1, random_state=0)
    panel = Panel.from_input(shuffled, **LONG_NAMES)
    order = shuffled["shop"].unique().tolist()
    assert panel.ids.tolist() == order
    expected = Panel.from_input(LONG, **LONG_NAMES)
    for name, values in zip(panel.ids, panel.values, strict=True):
        np.testing.assert_array_equal(values, expected.values[expected.ids.get_loc(name)])


def test_rows_of_an_index_are_sorted_by_time():
    frame = multi(MONTHS, ["y", "z"])
    panel = Panel.from_input(frame.iloc[::-1])
    assert panel.ids.tolist() == ["a", "b"]
    assert_same(panel.wrap(panel.values, start=0), frame.loc[["a", "b"]])


@pytest.mark.parametrize(
    "form",
    [VALUES, TABLE, [VALUES, VALUES], SINGLE[4], LISTS[-1]],
    ids=["1-D", "2-D", "list", "Series", "list of Series"],
)
def test_float32_stays(form):
    def convert(each):
        return each.astype(np.float32)

    form = [convert(each) for each in form] if isinstance(form, list) else convert(form)
    assert Panel.from_input(form).table.dtype == np.float32


def test_float32_and_float64_are_float64():
    frame = multi(MONTHS, ["y", "z"]).astype({"y": np.float32})
    assert Panel.from_input(frame).table.dtype == np.float64
    assert Panel.from_input(frame[["y"]]).table.dtype == np.float32


def test_array_is_not_copied():
    assert np.shares_memory(Panel.from_input(TABLE).table, TABLE)


@pytest.mark.parametrize("frame", [multi(DAYS), multi(DAYS).reset_index()], ids=["index", "long"])
def test_single_column_is_not_copied(frame):
    names = LONG_NAMES if "shop" in frame else {}
    assert np.shares_memory(Panel.from_input(frame, **names).table, frame["y"].to_numpy())


def test_values_are_views():
    panel = Panel.from_input(multi(MONTHS, ["y", "z"]), target="y")
    assert all(np.shares_memory(each, panel.table) for each in panel.values)


@pytest.mark.parametrize("frame", [LONG, POLARS, LONG.set_index(["shop", "day"])], ids=type)
def test_part_of_each_column(frame):
    kwargs = LONG_NAMES if "shop" in frame.columns else {}
    if isinstance(frame, pl.DataFrame):
        frame = frame.with_columns(pl.lit(value=True).alias("x"))
    else:
        frame = frame.assign(x=True)
    panel = Panel.from_input(frame, **kwargs, target="z", future=["y"])
    assert [panel.columns.targets.tolist(), panel.columns.past.tolist()] == [["z"], ["x"]]
    assert panel.columns.future.tolist() == ["y"]
    expected = LONG[["z", "y"]].assign(x=1)[["z", "x", "y"]]
    np.testing.assert_array_equal(panel.table, expected)


def test_future_without_target_leaves_the_others_as_targets():
    panel = Panel.from_input(multi(MONTHS, ["x", "y", "z"]), future="y")
    assert panel.columns.targets.tolist() == ["x", "z"]
    assert panel.columns.past.tolist() == []


@pytest.mark.parametrize("series", ["one", "several"])
def test_named_target_is_that_column(series):
    frame = pd.DataFrame(TABLE, MONTHS, ["x", "y"])
    if series == "several":
        frame = multi(MONTHS, ["x", "y"])
    panel = Panel.from_input(frame, target="y")
    assert_same(panel.wrap(panel.values, start=0), frame["y"])
    panel = Panel.from_input(frame, target=["y"])
    assert_same(panel.wrap(panel.values, start=0), frame[["y"]])
    panel = Panel.from_input(frame, target=["y", "x"])
    assert_same(panel.wrap(panel.values, start=0), frame[["y", "x"]])


def test_named_target_of_a_list():
    frames = [pd.DataFrame(TABLE, MONTHS, ["x", "y"]), pd.DataFrame(TABLE, MONTHS, ["y", "x"])]
    panel = Panel.from_input(frames, target="y")
    assert_same(panel.wrap(panel.values, start=0), [frame["y"] for frame in frames])


def test_long_frame_has_only_its_targets_afterwards():
    panel = Panel.from_input(LONG, **LONG_NAMES, target="z")
    assert_same(panel.wrap(panel.values, start=0), LONG[["shop", "day", "z"]])


def test_values_may_start_anywhere_and_differ_in_number():
    panel = Panel.from_input(multi(MONTHS))
    wrapped = panel.wrap([panel.values[0][3:], panel.values[1][3:]], start=3)
    index = [("b", month) for month in MONTHS[3:]] + [("a", MONTHS[5])]
    assert wrapped.index.tolist() == index
    wrapped = panel.wrap([panel.values[0][3:], panel.values[1][:0]], start=np.array([3, 4]))
    assert wrapped.index.tolist() == index[:3]


def test_parts_of_one_series():
    forecast = [VALUES[:2, None]]
    parts = {"forecast": forecast, "lower": [forecast[0] - 1], "upper": [forecast[0] + 1]}
    columns = np.column_stack([VALUES[:2], VALUES[:2] - 1, VALUES[:2] + 1])
    wrapped = Panel.from_input(pd.Series(VALUES[:4], MONTHS[:4])).wrap_parts(parts)
    assert_same(wrapped, pd.DataFrame(columns, MONTHS[4:], list(parts)))
    wrapped = Panel.from_input(VALUES).wrap_parts(parts)
    assert_same(wrapped, pd.DataFrame(columns, columns=list(parts)))


def test_parts_of_a_list():
    panel = Panel.from_input([VALUES, VALUES])
    wrapped = panel.wrap_parts({0.1: np.zeros((2, 3, 1)), 0.9: np.ones((2, 3, 1))})
    expected = pd.DataFrame({0.1: np.zeros(3), 0.9: np.ones(3)})
    assert_same(wrapped, [expected, expected])
    panel = Panel.from_input(LISTS[-1])
    assert panel.wrap_parts({0.5: np.zeros((2, 3, 1))})[1].columns.tolist() == [0.5]


@pytest.mark.parametrize("start", [None, 0])
def test_parts_of_several_targets(start):
    parts = {"lower": [TABLE[:1]], "upper": [TABLE[1:2]]}
    panel = Panel.from_input(pd.DataFrame(TABLE[:5], MONTHS[:5], ["x", "y"]))
    wrapped = panel.wrap_parts(parts, start=start)
    columns = pd.MultiIndex.from_product([["x", "y"], ["lower", "upper"]])
    index = MONTHS[5:] if start is None else MONTHS[:1]
    assert_same(wrapped, pd.DataFrame([[0.0, 2.0, 1.0, 3.0]], index, columns))
    assert_same(wrapped["x"], pd.DataFrame([[0.0, 2.0]], index, ["lower", "upper"]))


@pytest.mark.parametrize("frame", [LONG, POLARS], ids=type)
def test_parts_of_a_long_frame(frame):
    parts = {0.1: np.zeros((2, 1, 1)), 0.9: np.ones((2, 1, 1))}
    wrapped = Panel.from_input(frame, **LONG_NAMES, target="y").wrap_parts(parts)
    next_day = pd.Timestamp("2020-01-07")
    expected = {"shop": ["b", "a"], "day": [next_day] * 2, "0.1": [0.0, 0.0], "0.9": [1.0, 1.0]}
    assert {column: list(wrapped[column]) for column in wrapped.columns} == expected
    parts = {"lower": np.zeros((2, 1, 2)), "upper": np.ones((2, 1, 2))}
    wrapped = Panel.from_input(frame, **LONG_NAMES).wrap_parts(parts)
    names = ["shop", "day", "y_lower", "y_upper", "z_lower", "z_upper"]
    assert list(wrapped.columns) == names


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
    first = Panel.from_input(LONG[LONG["day"] < "2020-01-05"], **LONG_NAMES)
    second = POLARS.filter(pl.col("day") >= pd.Timestamp("2020-01-05"))
    second = Panel.from_input(second, **LONG_NAMES, like=first)
    whole = first.append(second)
    assert_same(whole.wrap(whole.values, start=0), POLARS)


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


def test_list_after_a_long_frame():
    panel = Panel.from_input(LONG, **LONG_NAMES)
    parts = [part.set_index("day")[["z", "y"]] for _, part in LONG.groupby("shop", sort=False)]
    others = Panel.from_input(parts, **LONG_NAMES, like=panel)
    for values, expected in zip(others.values, panel.values, strict=True):
        np.testing.assert_array_equal(values, expected)
    with pytest.raises(ValueError, match="X is of type list"):
        Panel.from_input(parts, **LONG_NAMES)


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
