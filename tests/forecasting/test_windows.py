import numpy as np
import pandas as pd
import pytest

from sklearn_rnn import make_windows
from sklearn_rnn.forecasting._windows import sliding_windows

MONTHS = pd.period_range("2020-01", periods=6, freq="M", name="month")
SERIES = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], MONTHS, name="sales")


@pytest.mark.parametrize("form", [list, tuple, np.array, lambda x: np.array(x, dtype=np.int8)])
def test_arrays_one_step_ahead(form):
    X, y = make_windows(form([1, 2, 3, 4, 5]), look_back=3)
    np.testing.assert_array_equal(X, [[1.0, 2.0, 3.0], [2.0, 3.0, 4.0]], strict=True)
    np.testing.assert_array_equal(y, [4.0, 5.0], strict=True)


def test_arrays_several_steps_ahead():
    X, y = make_windows([1, 2, 3, 4, 5], look_back=2, horizon=2)
    np.testing.assert_array_equal(X, [[1, 2], [2, 3]])
    np.testing.assert_array_equal(y, [[3, 4], [4, 5]])


def test_array_of_one_column_is_a_series():
    X, y = make_windows(np.arange(5.0)[:, None], look_back=3)
    np.testing.assert_array_equal(X, [[0, 1, 2], [1, 2, 3]])
    np.testing.assert_array_equal(y, [3, 4])


@pytest.mark.parametrize("form", [np.asarray, pd.DataFrame])
@pytest.mark.parametrize("horizon", [1, 2])
def test_several_columns(form, horizon):
    values = np.arange(12.0).reshape(6, 2)
    X, y = make_windows(form(values), look_back=3, horizon=horizon)
    n_windows = 6 - 3 - horizon + 1
    assert X.shape == (n_windows, 3, 2)
    assert y.shape == (n_windows, horizon, 2)
    for row in range(n_windows):
        np.testing.assert_array_equal(X[row], values[row : row + 3])
        np.testing.assert_array_equal(y[row], values[row + 3 : row + 3 + horizon])


def test_series_one_step_ahead():
    X, y = make_windows(SERIES, look_back=4)
    index = MONTHS[4:]
    lags = ["lag_4", "lag_3", "lag_2", "lag_1"]
    expected = pd.DataFrame([[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, 5.0]], index, lags)
    pd.testing.assert_frame_equal(X, expected)
    pd.testing.assert_series_equal(y, SERIES.iloc[4:])


def test_series_several_steps_ahead():
    X, y = make_windows(SERIES, look_back=3, horizon=2)
    pd.testing.assert_index_equal(X.index, MONTHS[3:5])
    expected = pd.DataFrame([[4.0, 5.0], [5.0, 6.0]], MONTHS[3:5], ["step_1", "step_2"])
    pd.testing.assert_frame_equal(y, expected)


def test_frame_of_one_column_is_a_series():
    X, y = make_windows(SERIES.to_frame(), look_back=3)
    expected_X, expected_y = make_windows(SERIES, look_back=3)
    pd.testing.assert_frame_equal(X, expected_X)
    pd.testing.assert_series_equal(y, expected_y)


def test_lag_1_is_the_value_before():
    X, y = make_windows(SERIES, look_back=2)
    pd.testing.assert_series_equal(X["lag_1"].iloc[1:], y.shift(1).iloc[1:], check_names=False)


def test_shortest_series_gives_one_window():
    X, y = make_windows(range(5), look_back=3, horizon=2)
    assert X.shape == (1, 3)
    assert y.shape == (1, 2)


@pytest.mark.parametrize("shape", [(6,), (6, 2)])
def test_windows_can_be_written_to(shape):
    values = np.ones(shape)
    X, y = make_windows(values, look_back=2)
    X[:] = y[:] = -1
    np.testing.assert_array_equal(values, 1)


def test_windows_do_not_share_values():
    X, _ = make_windows(np.arange(6.0), look_back=3)
    X[0] = -1
    np.testing.assert_array_equal(X[1], [1, 2, 3])


def test_numpy_integers():
    X, _ = make_windows(np.arange(6.0), look_back=np.int64(3), horizon=np.int32(2))
    assert X.shape == (2, 3)


@pytest.mark.parametrize("value", [0, -1, 1.0, "3", None, True])
@pytest.mark.parametrize("name", ["look_back", "horizon"])
def test_invalid_look_back_and_horizon(name, value):
    with pytest.raises(ValueError, match=rf"{name}.* must be an int .* Got {value!r}"):
        make_windows(range(9), **{"look_back": 2, name: value})


def test_too_short_series():
    with pytest.raises(
        ValueError, match="4 time steps, but look_back=3 and horizon=2 need at least 5"
    ):
        make_windows(range(4), look_back=3, horizon=2)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_and_infinite_values(value):
    with pytest.raises(ValueError, match="series contains"):
        make_windows([1.0, 2.0, value, 4.0], look_back=2)


def test_three_dimensional_series():
    with pytest.raises(ValueError, match=r"dim 3|shape \(n_times,\)"):
        make_windows(np.zeros((5, 2, 2)), look_back=2)


def test_sliding_windows_are_read_only_views():
    values = np.zeros((5, 2))
    X, y = sliding_windows(values, 2, 1)
    assert np.shares_memory(X, values)
    assert not X.flags.writeable
    assert not y.flags.writeable
