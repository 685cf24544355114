import re
from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import polars.testing
import pytest
from series_forms import (
    DAYS,
    LISTS,
    MONTHS,
    SHOP_NAMES,
    SHOPS,
    SHOPS_POLARS,
    SINGLE,
    TABLE,
    VALUES,
    assert_same,
    every_form,
    multi,
)

from sklearn_rnn import LSTMForecaster
from sklearn_rnn.forecasting import Panel, _clock

FOUR_DAYS = pd.date_range("2020-01-01", periods=4, name="ds")
FRAME = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "x": [0.0, 1.0, 0.0, 1.0]}, FOUR_DAYS)
LONG = pd.concat([FRAME.assign(id=name) for name in "ab"]).reset_index()
LONG_NAMES = {"series_id": "id", "time": "ds", "target": "y"}
INDEXED = LONG.set_index(["id", "ds"])
DATES = [date(2020, 1, day) for day in (1, 2, 3, 4)]


@every_form
def test_wrap_gives_back_what_came_in(case):
    form, kwargs = case
    panel = Panel.from_input(form, **kwargs)
    assert_same(panel.wrap(panel.values, start=0), form)


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
    shuffled = SHOPS.sample(frac=1, random_state=0)
    panel = Panel.from_input(shuffled, **SHOP_NAMES)
    order = shuffled["shop"].unique().tolist()
    assert panel.ids.tolist() == order
    expected = Panel.from_input(SHOPS, **SHOP_NAMES)
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
    names = SHOP_NAMES if "shop" in frame else {}
    assert np.shares_memory(Panel.from_input(frame, **names).table, frame["y"].to_numpy())


@pytest.mark.parametrize("frame", [SHOPS, SHOPS_POLARS, SHOPS.set_index(["shop", "day"])], ids=type)
def test_part_of_each_column(frame):
    kwargs = SHOP_NAMES if "shop" in frame.columns else {}
    if isinstance(frame, pl.DataFrame):
        frame = frame.with_columns(pl.lit(value=True).alias("x"))
    else:
        frame = frame.assign(x=True)
    panel = Panel.from_input(frame, **kwargs, target="z", future=["y"])
    assert [panel.columns.targets.tolist(), panel.columns.past.tolist()] == [["z"], ["x"]]
    assert panel.columns.future.tolist() == ["y"]
    expected = SHOPS[["z", "y"]].assign(x=1)[["z", "x", "y"]]
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
    panel = Panel.from_input(SHOPS, **SHOP_NAMES, target="z")
    assert_same(panel.wrap(panel.values, start=0), SHOPS[["shop", "day", "z"]])


def test_parts_of_one_series():
    parts = ["forecast", "lower", "upper"]
    columns = np.column_stack([VALUES[:2], VALUES[:2] - 1, VALUES[:2] + 1])
    values = [columns[:, None]]
    wrapped = Panel.from_input(pd.Series(VALUES[:4], MONTHS[:4])).wrap(values, parts=parts)
    assert_same(wrapped, pd.DataFrame(columns, MONTHS[4:], parts))
    wrapped = Panel.from_input(VALUES).wrap(values, parts=parts)
    assert_same(wrapped, pd.DataFrame(columns, columns=parts))


def test_parts_of_a_list():
    panel = Panel.from_input([VALUES, VALUES])
    wrapped = panel.wrap(np.broadcast_to([0.0, 1.0], (2, 3, 1, 2)), parts=[0.1, 0.9])
    expected = pd.DataFrame({0.1: np.zeros(3), 0.9: np.ones(3)})
    assert_same(wrapped, [expected, expected])
    panel = Panel.from_input(LISTS[-1])
    assert panel.wrap(np.zeros((2, 3, 1, 1)), parts=[0.5])[1].columns.tolist() == [0.5]


@pytest.mark.parametrize("start", [None, 0])
def test_parts_of_several_targets(start):
    panel = Panel.from_input(pd.DataFrame(TABLE[:5], MONTHS[:5], ["x", "y"]))
    values = [np.stack([TABLE[:1], TABLE[1:2]], axis=2)]
    wrapped = panel.wrap(values, start, parts=["lower", "upper"])
    columns = pd.MultiIndex.from_product([["x", "y"], ["lower", "upper"]])
    index = MONTHS[5:] if start is None else MONTHS[:1]
    assert_same(wrapped, pd.DataFrame([[0.0, 2.0, 1.0, 3.0]], index, columns))
    assert_same(wrapped["x"], pd.DataFrame([[0.0, 2.0]], index, ["lower", "upper"]))


@pytest.mark.parametrize("frame", [SHOPS, SHOPS_POLARS], ids=type)
def test_parts_of_a_long_frame(frame):
    values = np.broadcast_to([0.0, 1.0], (2, 1, 1, 2))
    wrapped = Panel.from_input(frame, **SHOP_NAMES, target="y").wrap(values, parts=[0.1, 0.9])
    next_day = pd.Timestamp("2020-01-07")
    expected = {"shop": ["b", "a"], "day": [next_day] * 2, "0.1": [0.0, 0.0], "0.9": [1.0, 1.0]}
    assert {column: list(wrapped[column]) for column in wrapped.columns} == expected
    values = np.broadcast_to([0.0, 1.0], (2, 1, 2, 2))
    wrapped = Panel.from_input(frame, **SHOP_NAMES).wrap(values, parts=["lower", "upper"])
    names = ["shop", "day", "y_lower", "y_upper", "z_lower", "z_upper"]
    assert list(wrapped.columns) == names


def test_list_after_a_long_frame():
    panel = Panel.from_input(SHOPS, **SHOP_NAMES)
    parts = [part.set_index("day")[["z", "y"]] for _, part in SHOPS.groupby("shop", sort=False)]
    others = Panel.from_input(parts, **SHOP_NAMES, like=panel)
    for values, expected in zip(others.values, panel.values, strict=True):
        np.testing.assert_array_equal(values, expected)
    with pytest.raises(ValueError, match="X is of type list"):
        Panel.from_input(parts, **SHOP_NAMES)


@pytest.mark.parametrize("X", [FRAME, [FRAME, FRAME], INDEXED], ids=["one", "list", "index"])
@pytest.mark.parametrize("parameter", ["target", "future"])
def test_unknown_column(X, parameter):
    message = f"{parameter}='t' is not a column of X; columns are ['y', 'x']."
    with pytest.raises(ValueError, match=re.escape(message)):
        Panel.from_input(X, **{"target": "y", parameter: ["t"] if parameter == "future" else "t"})


@pytest.mark.parametrize("X", [LONG, pl.DataFrame(LONG.to_dict("list"))], ids=type)
@pytest.mark.parametrize("parameter", ["series_id", "time"])
def test_unknown_column_of_a_long_frame(X, parameter):
    message = f"{parameter}='t' is not a column of sales; columns are ['ds', 'y', 'x', 'id']."
    with pytest.raises(ValueError, match=re.escape(message)):
        Panel.from_input(X, **{**LONG_NAMES, parameter: "t"}, name="sales")


def test_time_stamps_are_no_target():
    with pytest.raises(ValueError, match=r"target='ds' is not a column of X.* \['y', 'x'\]"):
        Panel.from_input(LONG, **{**LONG_NAMES, "target": "ds"})


def test_long_frame_needs_time():
    with pytest.raises(ValueError, match=r"series_id='id'.* by the parameter time"):
        Panel.from_input(LONG, series_id="id")


def test_series_and_time_are_different_columns():
    with pytest.raises(ValueError, match="series_id and time name the same column, 'ds'"):
        Panel.from_input(LONG, series_id="ds", time="ds")


@pytest.mark.parametrize("X", [np.ones(3), [1.0, 2.0], FRAME["y"]], ids=type)
def test_columns_of_something_else(X):
    with pytest.raises(ValueError, match=f"X is of type {type(X).__name__}"):
        Panel.from_input(X, series_id="id", time="ds")
    with pytest.raises(ValueError, match=r"name columns of a DataFrame, which X is not"):
        Panel.from_input(X, target="y")
    with pytest.raises(ValueError, match=r"name columns of a DataFrame, which X is not"):
        Panel.from_input([X, X], future=["y"])


def test_lazy_frame():
    with pytest.raises(ValueError, match=r"X is a LazyFrame: collect\(\) it first"):
        Panel.from_input(pl.LazyFrame({"ds": [1]}), time="ds")


@pytest.mark.parametrize("kwargs", [{"target": ["y", "y"]}, {"target": "y", "future": "y"}])
def test_column_named_twice(kwargs):
    with pytest.raises(ValueError, match="name the column 'y' more than once"):
        Panel.from_input(FRAME, **kwargs)


def test_two_columns_of_one_name():
    frame = pd.concat([FRAME, FRAME["y"]], axis=1)
    with pytest.raises(ValueError, match="X has more than one column 'y'"):
        Panel.from_input(frame, target="x")


def test_nothing_to_forecast():
    with pytest.raises(ValueError, match=r"no column to forecast; its columns are \['y', 'x'\]"):
        Panel.from_input(FRAME, future=["y", "x"])
    with pytest.raises(ValueError, match="no column to forecast"):
        Panel.from_input(FRAME[[]])


@pytest.mark.parametrize("X", [FRAME, [FRAME], INDEXED], ids=["one", "list", "index"])
@pytest.mark.parametrize("values", ["text", "category", "complex", "date"])
def test_column_that_is_not_numeric(X, values):
    kinds = {"text": "a", "category": "a", "complex": 1j, "date": FOUR_DAYS[0]}
    frame = X[0] if isinstance(X, list) else X
    frame = frame.assign(x=kinds[values])
    if values == "category":
        frame = frame.astype({"x": "category"})
    X = [frame] if isinstance(X, list) else frame
    where = r"Column 'x' of X(\[0\])? has dtype .*, which "
    for target in (None, "y"):
        with pytest.raises(
            ValueError, match=where + r"cannot be computed with. In row 0 \(.*\), it"
        ):
            Panel.from_input(X, target=target)


def test_polars_column_that_is_not_numeric():
    frame = pl.DataFrame({**LONG.to_dict("list"), "x": ["a"] * 8})
    with pytest.raises(ValueError, match=r"Column 'x' of X has dtype .* In row 0, it holds 'a'"):
        Panel.from_input(frame, **LONG_NAMES)


@pytest.mark.parametrize("dtype", ["Int64", "Float32", "boolean", "Float64", "int8", "bool"])
@pytest.mark.parametrize("form", ["one", "list", "index", "Series", "list of Series"])
def test_numeric_dtypes(dtype, form):
    frame = INDEXED if form == "index" else FRAME
    frame = frame.assign(x=frame["x"].astype(dtype))
    X = frame["x"] if "Series" in form else frame
    panel = Panel.from_input([X] if "list" in form else X)
    np.testing.assert_array_equal(panel.values[0][:, -1], FRAME["x"])
    assert panel.table.dtype == (np.float32 if dtype == "Float32" and "Series" in form else float)


@pytest.mark.parametrize("dtype", ["Int64", "Float32", "boolean"])
@pytest.mark.parametrize("form", ["frame", "Series", "polars"])
def test_missing_value_of_a_nullable_column(dtype, form):
    X = FRAME.assign(x=pd.array([1, None, 0, 1], dtype=dtype)).reset_index()
    expected = [1.0, np.nan, 0.0, 1.0]
    if form == "polars":
        types = {"Int64": pl.Int64, "Float32": pl.Float32, "boolean": pl.Boolean}
        values = pl.Series([1, None, 0, 1]).cast(types[dtype])
        X = pl.DataFrame({"ds": X["ds"].to_list(), "x": values})
    elif form == "Series":
        X = X.set_index("ds")["x"]
    kwargs = {} if form == "Series" else {"time": "ds"}
    panel = Panel.from_input(X, **kwargs, missing="mask")
    np.testing.assert_array_equal(panel.values[0][:, -1], expected)
    with pytest.raises(ValueError, match="contains NaN: 1 of"):
        Panel.from_input(X, **kwargs)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([], "X is empty"),
        (np.ones(0), "X is empty"),
        (FRAME[:0], "X is empty"),
        (FRAME["y"][:0], "X is empty"),
        (INDEXED[:0], "X is empty"),
        ([np.ones(3), np.ones(0)], r"X\[1\] is empty"),
        ([FRAME, FRAME[:0]], r"X\[1\] is empty"),
        ([[]], r"X\[0\] is empty"),
    ],
)
def test_nothing_there(X, message):
    with pytest.raises(ValueError, match=message):
        Panel.from_input(X)


@pytest.mark.parametrize("X", [LONG, pl.DataFrame(LONG.to_dict("list"))], ids=type)
def test_empty_long_frame(X):
    with pytest.raises(ValueError, match="X is empty"):
        Panel.from_input(X[:0], **LONG_NAMES)


@pytest.mark.parametrize(
    ("series", "message"),
    [
        (FRAME["y"], r"X\[1\] is of type Series, but X\[0\] is of type DataFrame"),
        (FRAME.to_numpy(), r"X\[1\] is of type ndarray, but X\[0\] is of type DataFrame"),
        (1.0, r"X\[1\] is of type float. Give one series"),
        (FRAME[["y"]], r"X\[1\] has the columns \['y'\], but X\[0\] has \['y', 'x'\]"),
        (FRAME.set_axis(range(4)), r"The index of X\[1\] is of dtype int64, but that of X\[0\]"),
        (FRAME.tz_localize("UTC"), r"The index of X\[1\] is of dtype datetime.*UTC"),
        (FRAME.set_axis(list("abcd")), r"The index of X\[1\] .* cannot be continued"),
    ],
)
def test_list_of_different_frames(series, message):
    with pytest.raises(ValueError, match=message):
        Panel.from_input([FRAME, series])


@pytest.mark.parametrize(("first", "second"), [((3,), (3, 1)), ((3, 2), (3, 1)), ((3, 1), (3,))])
def test_list_of_different_arrays(first, second):
    message = re.escape(f"X[1] has shape {second}, but X[0] has shape {first}")
    with pytest.raises(ValueError, match=message):
        Panel.from_input([np.ones(first), np.ones(second)])


@pytest.mark.parametrize("X", [np.ones((3, 2, 2)), [np.ones((3, 2, 2))]], ids=["one", "list"])
def test_three_dimensions(X):
    with pytest.raises(ValueError, match=r"must have shape \(n_times,\) or \(n_times, n_columns\)"):
        Panel.from_input(X)


@pytest.mark.parametrize("dtype", ["str", "float64"])
def test_index_that_has_no_next_time_stamp(dtype):
    index = pd.Index(["1", "2", "3", "4"]).astype(dtype)
    for X in (FRAME.set_axis(index), INDEXED.set_axis([["a"] * 8, index.append(index)])):
        with pytest.raises(ValueError, match="cannot be continued into the future"):
            Panel.from_input(X)
    with pytest.raises(ValueError, match=r"Column 'ds' of X is of dtype .* cannot be continued"):
        Panel.from_input(LONG.assign(ds=index.append(index)), **LONG_NAMES)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_unknown_series_and_time_stamps(library):
    def convert(frame):
        if library == "pandas":
            return frame
        frame = frame.astype(object).where(frame.notna(), None)
        return pl.DataFrame(frame.to_dict("list"))

    unnamed = LONG.assign(id=["a", None] * 4)
    with pytest.raises(ValueError, match=r"'id' of X names no series in 4 of 8 rows.* row 1\."):
        Panel.from_input(convert(unnamed), **LONG_NAMES)
    untimed = LONG.assign(ds=LONG["ds"].where(LONG["ds"] != FOUR_DAYS[1]))
    with pytest.raises(ValueError, match="Column 'ds' of X holds NaT"):
        Panel.from_input(convert(untimed), **LONG_NAMES)


def test_unknown_series_and_time_stamps_of_an_index():
    unnamed = LONG.assign(id=["a", None] * 4).set_index(["id", "ds"])
    with pytest.raises(ValueError, match=r"The index of X names no series in 4 of 8 rows"):
        Panel.from_input(unnamed)
    untimed = LONG.assign(ds=LONG["ds"].where(LONG["ds"] != FOUR_DAYS[1])).set_index(["id", "ds"])
    with pytest.raises(ValueError, match="index of X holds NaT"):
        Panel.from_input(untimed)


def test_columns_are_found_by_name_as_in_fit():
    fitted = Panel.from_input(FRAME, target="y")
    panel = Panel.from_input(FRAME[["x", "y"]], target="y", like=fitted)
    np.testing.assert_array_equal(panel.table, fitted.table)
    fitted = Panel.from_input(FRAME)
    panel = Panel.from_input(FRAME[["x", "y"]], like=fitted)
    np.testing.assert_array_equal(panel.table, fitted.table)


def test_other_columns_than_in_fit():
    fitted = Panel.from_input(FRAME, target="y")
    with pytest.raises(ValueError, match=r"unseen at fit time:\n- z\n.*now missing:\n- x\n"):
        Panel.from_input(FRAME.rename(columns={"x": "z"}), target="y", like=fitted)
    with pytest.raises(ValueError, match=r"unseen at fit time:\n- z\n$"):
        Panel.from_input(FRAME.assign(z=1), target="y", like=fitted)


def test_other_number_of_columns_than_in_fit():
    fitted = Panel.from_input(np.ones((3, 2)))
    Panel.from_input(FRAME, like=fitted)
    with pytest.raises(ValueError, match="X has 1 columns, but 2 were seen in fit"):
        Panel.from_input(np.ones(3), like=fitted)
    with pytest.raises(ValueError, match="X has 1 columns, but 2 were seen in fit"):
        Panel.from_input([FRAME["y"]], like=Panel.from_input(FRAME))


def test_array_instead_of_columns_of_fit():
    fitted = Panel.from_input(FRAME, target="y")
    with pytest.raises(ValueError, match=r"must be a DataFrame with the columns .*\['y', 'x'\]"):
        Panel.from_input(FRAME.to_numpy(), like=fitted)


@pytest.mark.parametrize(
    "dtype",
    [
        pl.Date,
        pl.Datetime("ms"),
        pl.Datetime("us"),
        pl.Datetime("ns"),
        pl.Datetime("us", "UTC"),
        pl.Datetime("us", "America/New_York"),
        pl.Int32,
        pl.UInt64,
    ],
    ids=str,
)
@pytest.mark.parametrize("id_type", [pl.String, pl.Categorical, pl.Int16, pl.Date], ids=str)
def test_polars_types_stay(dtype, id_type):
    times = pl.Series(DATES * 2).cast(pl.Datetime("us"))
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        times = times.dt.replace_time_zone(dtype.time_zone)
    elif dtype not in (pl.Int32, pl.UInt64):
        times = times.cast(dtype)
    else:
        times = pl.Series([1, 2, 3, 4] * 2, dtype=dtype)
    names = pl.Series(["a", "b"] if id_type in (pl.String, pl.Categorical) else [2, 1])
    names = names.cast(id_type).gather([0] * 4 + [1] * 4)
    frame = pl.DataFrame({"ds": times, "y": np.arange(8.0), "id": names})
    panel = Panel.from_input(frame, series_id="id", time="ds")
    expected = frame.select("id", "ds", "y")
    pl.testing.assert_frame_equal(panel.wrap(panel.values, start=0), expected)
    forecast = panel.wrap([np.ones((2, 1))] * 2)
    assert forecast.schema == expected.schema
    step = frame["ds"][1] - frame["ds"][0]
    assert forecast["ds"].to_list() == [frame["ds"][3] + step * k for k in (1, 2)] * 2


@pytest.mark.parametrize(
    "ids", [["x", "y"], [2, 1], [2.5, 1.5], pd.Categorical(["y", "x"]), pd.array([2, 1], "Int64")]
)
@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_pandas_types_stay(ids, unit):
    days = pd.date_range("2020-01-01", periods=4, unit=unit)
    ids = pd.Series(ids).repeat(4).reset_index(drop=True)
    frame = pd.DataFrame({"id": ids, "ds": days.append(days), "y": np.arange(8.0)})
    panel = Panel.from_input(frame, series_id="id", time="ds")
    pd.testing.assert_frame_equal(panel.wrap(panel.values, start=0), frame)
    assert panel.wrap([np.ones((2, 1))] * 2).dtypes.equals(frame.dtypes)


def test_integer_time_stamps_keep_their_type():
    frame = pd.DataFrame({"t": np.arange(4, dtype=np.int16), "y": 1.0})
    panel = Panel.from_input(frame, time="t")
    pd.testing.assert_frame_equal(panel.wrap(panel.values, start=0), frame)


def test_index_of_a_long_frame_does_not_matter():
    frame = pd.DataFrame({"t": [1, 2, 3], "y": 1.0}, index=[5, 5, 7])
    panel = Panel.from_input(frame, time="t")
    pd.testing.assert_frame_equal(panel.wrap(panel.values, start=0), frame.reset_index(drop=True))


def test_decimal_column():
    frame = pl.DataFrame({"t": [1, 2], "y": pl.Series([1, 2]).cast(pl.Decimal(10, 2))})
    np.testing.assert_array_equal(Panel.from_input(frame, time="t").table, [[1.0], [2.0]])


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize("kind", [str, int])
def test_series_are_numbered_in_parts(monkeypatch, library, kind):
    """As many rows are numbered at once as there are, or fewer."""
    names = [kind(number) for number in [3, 3, 1, 3, 2, 2, 1, 3]]
    frame = library({"id": names, "ds": [1, 2, 1, 3, 1, 2, 2, 4], "y": np.arange(8.0)})

    def read():
        panel = Panel.from_input(frame, series_id="id", time="ds")
        return panel.ids.tolist(), panel.table.ravel().tolist()

    whole = read()
    assert whole == ([kind(3), kind(1), kind(2)], [0, 1, 3, 7, 2, 6, 4, 5])
    for n_rows in (1, 3):
        monkeypatch.setattr(_clock, "N_ROWS_AT_ONCE", n_rows)
        assert read() == whole


def quick(**options):
    return LSTMForecaster(hidden_size=2, max_epochs=1, random_state=0, **options)


def failure(X, **options):
    """Return the words of the error of a fit."""
    with pytest.raises(ValueError, match="X") as error:
        quick(**options).fit(X)
    return str(error.value)


def follow(advice, X):
    """Run the code that an error advises, and return what it makes of the data."""
    names = {"X": X.copy(), "pd": pd}
    exec(f"X = {advice}" if " = " not in advice else advice, names)
    return names["X"]


WALK = 50 + np.random.default_rng(0).normal(size=40).cumsum()
HOURS = pd.date_range("2024-01-01", periods=40, freq="h", name="hour")
LOAD = pd.Series(WALK, HOURS, name="load")
MASKED = np.ma.array(np.where(np.arange(40) % 10 == 3, 1e9, WALK), mask=np.arange(40) % 10 == 3)


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("dtype", ["float64", "float32", "int64", "object"])
def test_masked_values_are_missing_values(many, dtype):
    masked = MASKED.astype(dtype)
    X, holes = ([each, each] if many else each for each in (masked, masked.astype(float)))
    assert "values are missing or masked, the first at 3" in failure(X)
    holes = [np.where(each.mask, np.nan, each.data) for each in (holes if many else [holes])]
    forecast = quick(missing="mask").fit(X).forecast(2)
    expected = quick(missing="mask").fit(holes if many else holes[0]).forecast(2)
    np.testing.assert_allclose(forecast, expected, rtol=1e-5)
    quick().fit(np.ma.array(WALK)).forecast(2)  # nothing is masked


@pytest.mark.parametrize("where", ["start", "inside", "both", "end"])
def test_advice_about_missing_values_depends_on_where_they_are(where):
    rows = {"start": [0], "inside": [5, 6], "both": [0, 1, 7], "end": [38, 39]}[where]
    holes = LOAD.copy()
    holes.iloc[rows] = np.nan
    message = failure(holes)
    fill, drop = "for instance with interpolate()", "for instance with dropna()"
    assert (fill in message, drop in message) == (where != "start", where in ("start", "both"))
    advised = holes.interpolate() if fill in message else holes
    advised = advised.dropna() if drop in message else advised
    quick().fit(advised).forecast(2)
    assert 'missing="mask"' in message
    quick(missing="mask").fit(holes).forecast(2)


def test_advice_after_growth_rates():
    assert "Leave out the rows before the first value" in failure(LOAD.pct_change().interpolate())
    quick().fit(LOAD.pct_change().interpolate().dropna()).forecast(2)
    panel = pd.concat({"a": LOAD.diff(), "b": LOAD})
    assert "Leave out the rows before the first value, or set missing" in failure(panel)
    panel = [WALK, np.array([np.nan, 1.0])]
    assert "Leave out the rows before the first value, or set missing" in failure(panel)


@pytest.mark.parametrize("form", ["list", "array", "Series", "frame", "index", "list of Series"])
def test_text_among_numbers_is_named_by_its_row(form):
    values = [*WALK[:30].tolist(), "1,2", *WALK[31:].tolist()]
    X = pd.Series(values, HOURS)
    forms = {
        "list": values,
        "array": np.array(values, dtype=object),
        "Series": X,
        "frame": X.to_frame("y"),
        "index": pd.concat({"a": X}),
        "list of Series": [LOAD, X],
    }
    places = {"list": "30", "array": "30", "index": "30 (a, 2024-01-02 06:00:00)"}
    message = failure(forms[form])
    place = places.get(form, "30 (2024-01-02 06:00:00)")
    assert (
        f"has dtype object, which cannot be computed with. In row {place}, it holds '1,2'"
        in message
    )
    if form in ("Series", "frame", "array"):
        code = re.search(r"by (pd.to_numeric\(.*\)), which", message)[1]
        quick(missing="mask").fit(follow(code, forms[form])).forecast(2)


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_target_of_text(dtype):
    frame = LOAD.astype(str).astype(dtype).to_frame().assign(weather=WALK)
    message = failure(frame, target="load")
    assert f"Column 'load' of X has dtype {dtype}" in message
    assert f"In row 0 (2024-01-01 00:00:00), it holds {frame['load'].iloc[0]!r}" in message
    code = re.search(r"by (pd.to_numeric\(.*\)), which", message)[1]
    numbers = frame.assign(load=follow(code, frame))
    expected = quick(target="load").fit(frame.assign(load=LOAD)).forecast(2)
    pd.testing.assert_series_equal(quick(target="load").fit(numbers).forecast(2), expected)


def test_objects_that_are_numbers():
    expected = quick(missing="mask").fit(np.where(np.arange(40) == 4, np.nan, WALK)).forecast(2)
    values = [None if row == 4 else value for row, value in enumerate(WALK.tolist())]
    for X in (values, pd.Series(values, dtype=object), pd.DataFrame({"y": values}, dtype=object)):
        forecast = quick(missing="mask").fit(X).forecast(2)
        np.testing.assert_array_equal(np.ravel(forecast), expected)


BY_TWO = pd.DataFrame({"a": ["x", "z"], "b": ["u", "u"]}).loc[[0] * 20 + [1] * 20]
BY_TWO = BY_TWO.reset_index(drop=True).assign(hour=HOURS[:20].append(HOURS[:20]), load=WALK)
NAMED = {"time": "hour", "target": "load"}


def test_several_columns_for_series():
    message = failure(BY_TWO, series_id=["a", "b"], **NAMED)
    assert "series_id=['a', 'b'] must name a single column of X." in message
    code = re.search(r"for instance by (.*), and drop them", message)[1]
    joined = follow(code, BY_TWO).drop(columns=["a", "b"])
    forecast = quick(series_id="series", **NAMED).fit(joined).forecast(1)
    assert forecast["series"].tolist() == ["x/u", "z/u"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"series_id": {"a"}}, "series_id={'a'} is not the name of one column of X"),
        ({"time": ["hour"]}, r"time=\['hour'\] is not the name of one column of X"),
        ({"target": [["load"]]}, r"target=\['load'\] is not the name of one column of X"),
        ({"future": {"load": 1}}, "future={'load': 1} is not the name of one column of X"),
        ({"series_id": ("a", "b")}, r"series_id=\('a', 'b'\) is not a column of X"),
    ],
)
def test_what_names_no_column(options, message):
    with pytest.raises(ValueError, match=message):
        quick(**{"series_id": "a", **NAMED, **options}).fit(BY_TWO.drop(columns="b"))


@pytest.mark.parametrize("is_series", [True, False])
def test_index_of_three_levels(is_series):
    X = BY_TWO.set_index(["a", "b", "hour"])
    X = X["load"] if is_series else X
    message = failure(X)
    assert "The index of X has 3 levels, ['a', 'b', 'hour'], but takes two" in message
    joined = follow(re.search(r"for instance by (.*)\.$", message)[1], X)
    forecast = quick().fit(joined).forecast(1)
    assert forecast.index.get_level_values(0).tolist() == ["('x', 'u')", "('z', 'u')"]


def test_levels_in_another_order():
    message = failure(LOAD.to_frame().assign(id="a").set_index("id", append=True))
    assert "The second level of the index of X is of dtype" in message


@pytest.mark.parametrize("kind", [pd.Series, pd.DataFrame, np.array])
def test_dict_of_series(kind):
    parts = {"b": WALK[:20], "a": WALK[20:]}
    parts = {name: kind(values) for name, values in parts.items()}
    message = failure(parts)
    code = re.search(r"X is a dict. Give its series as (.*)\.$", message)[1]
    assert code == ("list(X.values())" if kind is np.array else "pd.concat(X)")
    forecast = quick().fit(follow(code, parts)).forecast(1)
    if kind is np.array:
        assert len(forecast) == 2
    else:
        assert forecast.index.get_level_values(0).tolist() == ["b", "a"]


@pytest.mark.parametrize(
    "X", [None, 5, "abc", {1.0, 2.0}, iter([1.0]), np.array({"a": 1}), np.array(1.0)], ids=type
)
def test_no_series_at_all(X):
    message = failure(X)
    assert message.startswith(f"X is of type {type(X).__name__}. Give one series")


@pytest.mark.parametrize("X", [[1.0, [2.0, 3.0]], [[[1.0, 2.0], [3.0]]], [[1.0], [[2.0], 3.0]]])
def test_rows_of_different_lengths(X):
    assert "has rows of different lengths" in failure(X)


def test_list_of_arrays_of_any_kind():
    forecast = quick().fit([WALK, np.ma.array(WALK), WALK.tolist()]).forecast(2)
    np.testing.assert_array_equal(forecast[1:], forecast[:1] * 2)


def test_dict_of_covariates_known_ahead():
    frame = LOAD.to_frame().assign(weather=WALK)
    forecaster = quick(target="load", future=["weather"]).fit(frame)
    with pytest.raises(ValueError, match="future must be a DataFrame in the form of the series"):
        forecaster.forecast(1, future={"weather": [1.0]})


@pytest.mark.parametrize("shuffled", [False, True])
def test_forgotten_series_id(shuffled):
    frame = BY_TWO.drop(columns=["a", "b"])
    frame = frame.sample(frac=1, random_state=0) if shuffled else frame
    advice = "If X holds several series, tell them apart: by the parameters series_id and time"
    for X, options in ((frame, NAMED), (frame.set_index("hour"), {"target": "load"})):
        message = failure(X, **options)
        assert "20 rows whose time stamp is there more than once" in message
        assert advice in message
    text = failure(BY_TWO.drop(columns="b"), **NAMED)
    assert "If it holds names of series or time stamps, name it by series_id or time." in text
    named = quick(series_id="a", **NAMED).fit(BY_TWO.drop(columns="b"))
    assert len(named.forecast(1)) == 2
