import numpy as np
import pandas as pd
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.metrics import root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import LookBackWindow, LSTMForecaster, make_windows
from sklearn_rnn.datasets import load_airline

PASSENGERS = load_airline()


def airline_error(pipeline):
    X, y = PASSENGERS.to_frame()[:-1], PASSENGERS.shift(-1)[:-1]
    predicted = pipeline.fit(X[:95], y[:95]).predict(X)
    return root_mean_squared_error(y[95:], predicted[95:])


def test_scaled_rows_in_a_pipeline_are_brought_back_to_the_units_of_y():
    forecaster = LSTMForecaster(season_length=12, max_epochs=20, random_state=0)
    scaled = airline_error(make_pipeline(StandardScaler(), LookBackWindow(25), forecaster))
    plain = airline_error(make_pipeline(LookBackWindow(25), forecaster))
    assert scaled == pytest.approx(plain, rel=1e-3)
    assert scaled < 25


def test_target_in_other_units_than_the_windows_is_warned_of():
    X, y = make_windows(PASSENGERS, look_back=25)
    forecaster = LSTMForecaster(season_length=12, max_epochs=1, random_state=0)
    model = TransformedTargetRegressor(forecaster, func=np.log, inverse_func=np.exp)
    with pytest.warns(UserWarning, match="the same quantity in the same units"):
        model.fit(X, y)


def test_time_stamps_in_a_column_are_named():
    frame = pd.DataFrame({"date": pd.date_range("2020", periods=60), "load": np.arange(60.0)})
    with pytest.raises(ValueError, match=r"Column 'date' .* X.set_index\('date'\)"):
        LSTMForecaster().fit(frame)


def test_missing_values_of_a_series_are_counted_and_located():
    series = PASSENGERS.copy()
    series.iloc[[7, 30]] = np.nan
    with pytest.raises(ValueError, match="2 of 144 values are missing, the first at 1949-08"):
        LSTMForecaster().fit(series)


def test_make_windows_refuses_an_index_out_of_order():
    with pytest.raises(ValueError, match="not in time order"):
        make_windows(PASSENGERS.sample(frac=1, random_state=0), 3)
