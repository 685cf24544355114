import numpy as np
import pandas as pd

from sklearn_rnn.datasets import load_airline


def test_passengers_are_those_of_box_and_jenkins():
    passengers = load_airline()
    assert passengers.shape == (144,)
    assert passengers.sum() == 40363
    assert passengers.iloc[0] == passengers["1949-01"] == 112
    assert passengers.iloc[-1] == passengers["1960-12"] == 432


def test_extremes_are_in_their_months():
    passengers = load_airline()
    assert (passengers.min(), str(passengers.idxmin())) == (104, "1949-11")
    assert (passengers.max(), str(passengers.idxmax())) == (622, "1960-07")


def test_index_is_monthly():
    expected = pd.period_range("1949-01", "1960-12", freq="M", name="month")
    pd.testing.assert_index_equal(load_airline().index, expected)


def test_series_is_named_and_of_floats():
    passengers = load_airline()
    assert passengers.name == "passengers"
    assert passengers.dtype == np.float64


def test_each_call_returns_its_own_series():
    passengers = load_airline()
    passengers.iloc[0] = -1
    assert load_airline().iloc[0] == 112
