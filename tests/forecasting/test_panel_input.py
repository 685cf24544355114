import re

import numpy as np
import pandas as pd
import polars as pl
import pytest

from sklearn_rnn.forecasting import Panel

DAYS = pd.date_range("2020-01-01", periods=4, name="ds")
FRAME = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "x": [0.0, 1.0, 0.0, 1.0]}, DAYS)
LONG = pd.concat([FRAME.assign(id=name) for name in "ab"]).reset_index()
LONG_NAMES = {"series_id": "id", "time": "ds", "target": "y"}
INDEXED = LONG.set_index(["id", "ds"])


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
    kinds = {"text": "a", "category": "a", "complex": 1j, "date": DAYS[0]}
    frame = X[0] if isinstance(X, list) else X
    frame = frame.assign(x=kinds[values])
    if values == "category":
        frame = frame.astype({"x": "category"})
    X = [frame] if isinstance(X, list) else frame
    where = r"Column 'x' of X(\[0\])? has dtype .*, which "
    with pytest.raises(ValueError, match=where + "cannot be forecast"):
        Panel.from_input(X)
    with pytest.raises(ValueError, match=where + "is not numeric. Encode it"):
        Panel.from_input(X, target="y")


def test_polars_column_that_is_not_numeric():
    frame = pl.DataFrame({**LONG.to_dict("list"), "x": ["a"] * 8})
    with pytest.raises(ValueError, match=r"Column 'x' of X has dtype .* is not numeric"):
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
        ([], "0 sample"),
        (np.ones(0), "0 sample"),
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
        (1.0, r"X\[1\] is of type float, but X\[0\] is of type DataFrame"),
        (FRAME[["y"]], r"X\[1\] has the columns \['y'\], but X\[0\] has \['y', 'x'\]"),
        (FRAME.set_axis(range(4)), r"The index of X\[1\] is of dtype int64, but that of X\[0\]"),
        (FRAME.tz_localize("UTC"), r"The index of X\[1\] is of dtype datetime.*UTC"),
        (FRAME.set_axis(list("abcd")), r"The index of X\[1\] .* cannot be continued"),
    ],
)
def test_list_of_different_frames(series, message):
    with pytest.raises(ValueError, match=message):
        Panel.from_input([FRAME, series])


@pytest.mark.parametrize(
    ("first", "second"), [((3,), (3, 1)), ((3, 2), (3, 1)), ((3, 1), (3,)), ((3,), (3, 2, 2))]
)
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
    with pytest.raises(
        ValueError, match=r"Column 'ds' of X has dtype .*, which is not one of time"
    ):
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
    untimed = LONG.assign(ds=LONG["ds"].where(LONG["ds"] != DAYS[1]))
    with pytest.raises(ValueError, match="Column 'ds' of X holds NaT"):
        Panel.from_input(convert(untimed), **LONG_NAMES)


def test_unknown_series_and_time_stamps_of_an_index():
    unnamed = LONG.assign(id=["a", None] * 4).set_index(["id", "ds"])
    with pytest.raises(ValueError, match=r"The index of X names no series in 4 of 8 rows"):
        Panel.from_input(unnamed)
    untimed = LONG.assign(ds=LONG["ds"].where(LONG["ds"] != DAYS[1])).set_index(["id", "ds"])
    with pytest.raises(ValueError, match="The index of X holds NaT"):
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
