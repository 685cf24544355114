import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import config_context
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import LookBackWindow

ROWS = np.arange(12.0).reshape(6, 2)


def test_windows_by_hand():
    windows = LookBackWindow(look_back=3).fit_transform([[1.0], [2.0], [3.0], [4.0]])
    np.testing.assert_array_equal(
        windows[:, :, 0], [[1, 1, 1], [1, 1, 2], [1, 2, 3], [2, 3, 4]], strict=False
    )


@pytest.mark.parametrize("look_back", [1, 2, 4])
def test_window_holds_the_row_and_those_before(look_back):
    windows = LookBackWindow(look_back).fit_transform(ROWS)
    assert windows.shape == (6, look_back, 2)
    for row in range(look_back - 1, 6):
        np.testing.assert_array_equal(windows[row], ROWS[row - look_back + 1 : row + 1])


def test_first_row_is_repeated_where_the_rows_are_fewer_than_look_back():
    windows = LookBackWindow(look_back=5).fit_transform(ROWS[:2])
    np.testing.assert_array_equal(windows, [ROWS[[0, 0, 0, 0, 0]], ROWS[[0, 0, 0, 0, 1]]])


@pytest.mark.parametrize("flatten", [False, True])
def test_transform_without_fit(flatten):
    transformer = LookBackWindow(look_back=3, flatten=flatten)
    np.testing.assert_array_equal(
        transformer.transform(ROWS), LookBackWindow(3, flatten=flatten).fit_transform(ROWS)
    )


def test_nothing_is_learnt():
    fitted = LookBackWindow(look_back=3).fit(ROWS + 100)
    np.testing.assert_array_equal(
        fitted.transform(ROWS), LookBackWindow(look_back=3).transform(ROWS)
    )


def test_table_is_the_flattened_window():
    table = LookBackWindow(look_back=3, flatten=True).fit_transform(ROWS)
    windows = LookBackWindow(look_back=3).fit_transform(ROWS)
    np.testing.assert_array_equal(table, windows.reshape(6, -1))


def test_windows_can_be_written_to():
    rows = ROWS.copy()
    windows = LookBackWindow(look_back=1).fit_transform(rows)
    windows[:] = -1
    np.testing.assert_array_equal(rows, ROWS)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_dtype_is_kept(dtype):
    assert LookBackWindow(look_back=3).fit_transform(ROWS.astype(dtype)).dtype == dtype


def test_names_of_an_array():
    table = LookBackWindow(look_back=2, flatten=True).set_output(transform="pandas")
    names = ["x0_lag1", "x1_lag1", "x0_lag0", "x1_lag0"]
    assert table.fit_transform(ROWS).columns.tolist() == names


def test_names_and_index_of_a_frame():
    X = pd.DataFrame(ROWS, pd.period_range("2020-01", periods=6, freq="M"), ["a", "b"])
    frame = (
        LookBackWindow(look_back=2, flatten=True).set_output(transform="pandas").fit_transform(X)
    )
    assert frame.columns.tolist() == ["a_lag1", "b_lag1", "a_lag0", "b_lag0"]
    pd.testing.assert_index_equal(frame.index, X.index)
    np.testing.assert_array_equal(frame["a_lag1"], X["a"].shift(1).bfill())
    np.testing.assert_array_equal(frame["b_lag0"], X["b"])


def test_windows_have_no_names():
    transformer = LookBackWindow(look_back=2)
    assert not hasattr(transformer, "get_feature_names_out")
    assert not hasattr(transformer, "set_output")


def test_windows_stay_arrays_where_pandas_output_is_configured():
    with config_context(transform_output="pandas"):
        assert isinstance(LookBackWindow(look_back=2).fit_transform(ROWS), np.ndarray)


def test_table_in_a_pipeline_with_a_regressor():
    y = np.array([0.0, 1.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 34.0])
    model = make_pipeline(
        StandardScaler(), LookBackWindow(look_back=2, flatten=True), LinearRegression()
    )
    model.fit(y[:-1, None], y[1:])
    assert model.predict(y[:, None])[-1] == pytest.approx(55, abs=1)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"look_back": 0}, "look_back"),
        ({"look_back": 1.5}, "look_back"),
        ({"flatten": 2}, "flatten"),
    ],
)
def test_invalid_parameters(options, name):
    with pytest.raises(ValueError, match=f"'{name}' parameter"):
        LookBackWindow(**options).fit(ROWS)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_and_infinite_values(value):
    rows = ROWS.copy()
    rows[3, 1] = value
    with pytest.raises(ValueError, match="contains"):
        LookBackWindow().transform(rows)


def test_another_number_of_columns_than_in_fit():
    with pytest.raises(ValueError, match="expecting 2 features"):
        LookBackWindow().fit(ROWS).transform(ROWS[:, :1])


def test_series_must_be_rows():
    with pytest.raises(ValueError, match="Expected 2D array"):
        LookBackWindow().fit(ROWS[:, 0])


PRESENT = np.arange(6.0) ** 2
TABLE = pd.DataFrame({"price": ROWS[:, 0], "sold": PRESENT})


@pytest.mark.parametrize(
    ("X", "y", "column"),
    [
        (TABLE, TABLE["sold"], "'sold'"),
        (TABLE, TABLE[["price"]], "'price'"),
        (TABLE, TABLE, "'price'"),
        (TABLE.to_numpy(), PRESENT, "1"),
        (TABLE.to_numpy(dtype=np.float32), PRESENT.tolist(), "1"),
        (TABLE.astype(int), PRESENT, "'sold'"),
        (pl.DataFrame({"sold": PRESENT}), pl.Series(PRESENT), "'sold'"),
    ],
)
def test_present_value_as_y_is_warned_of(X, y, column):
    with pytest.warns(UserWarning, match=rf"y is column {column} of X.*fit\(X\[:-1\], y\[1:\]\)"):
        LookBackWindow(2).fit(X, y)
    with pytest.warns(UserWarning, match=f"y is column {column} of X"):
        make_pipeline(LookBackWindow(2, flatten=True), LinearRegression()).fit(X, y)
    # What the warning says to do.
    pipeline = make_pipeline(LookBackWindow(2, flatten=True), LinearRegression())
    assert len(pipeline.fit(X[:-1], y[1:]).predict(X)) == 6


@pytest.mark.parametrize(
    "y",
    [
        None,
        PRESENT + 0.5,
        np.append(PRESENT[:-1], 0),
        PRESENT[1:],
        np.ones(6),
        [str(each) for each in PRESENT],
        ROWS.reshape(6, 2, 1),
    ],
)
def test_other_y_is_not(y):
    X = TABLE.assign(one=1.0).astype(int)
    LookBackWindow(2).fit(X, y)
