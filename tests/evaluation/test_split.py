"""Cuts of panels by time."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from series_forms import long_frame
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score

from sklearn_rnn import LSTMForecaster, PanelTimeSeriesSplit

DAYS = pd.date_range("2020-01-01", periods=12)
# One series starts later, another one ends earlier.
LONG = long_frame(b=DAYS, a=DAYS[3:], c=DAYS[:8])
FORMS = {
    "long": (LONG, "ds"),
    "unsorted": (LONG.sample(frac=1, random_state=0), "ds"),
    "polars": (pl.DataFrame({name: LONG[name].to_list() for name in LONG}), "ds"),
    "periods": (LONG.assign(ds=LONG["ds"].dt.to_period("D")), "ds"),
    "zone": (LONG.assign(ds=LONG["ds"].dt.tz_localize("Europe/Paris")), "ds"),
    "integers": (LONG.assign(ds=LONG["ds"].dt.day), "ds"),
    "index": (LONG.set_index(["id", "ds"]), None),
    "Series": (LONG.set_index(["id", "ds"])["y"], None),
    "stamps in the index": (LONG.set_index("ds"), None),
}
each_form = pytest.mark.parametrize(("form", "time"), FORMS.values(), ids=FORMS)


def stamps_of(form, time):
    if time is not None:
        return pd.Series(form[time].to_list())
    return form.index.get_level_values(-1).to_series().reset_index(drop=True)


def rows(parts):
    return [[part.tolist() for part in pair] for pair in parts]


@each_form
def test_all_series_are_cut_at_the_same_time(form, time):
    stamps = stamps_of(form, time)
    parts = list(PanelTimeSeriesSplit(3, time=time).split(form))
    assert len(parts) == 3
    for train, test in parts:
        assert stamps[train].max() < stamps[test].min()
        # No row is left out within a part.
        assert len(train) == (stamps <= stamps[train].max()).sum()
        assert len(test) == stamps.between(stamps[test].min(), stamps[test].max()).sum()


@pytest.mark.parametrize(
    "options", [{}, {"test_size": 2}, {"gap": 1, "test_size": 2}, {"max_train_size": 3}]
)
def test_of_one_series_it_is_scikit_learns(options):
    wide = pd.DataFrame({"y": np.arange(12.0)}, DAYS)
    assert rows(PanelTimeSeriesSplit(3, **options).split(wide)) == rows(
        TimeSeriesSplit(3, **options).split(wide)
    )


@pytest.mark.parametrize("options", [{"test_size": 2, "gap": 2}, {"max_train_size": 4}])
def test_options_count_time_stamps(options):
    for train, test in PanelTimeSeriesSplit(2, time="ds", **options).split(LONG):
        stamps = LONG["ds"].iloc[train]
        assert LONG["ds"].iloc[test].nunique() == options.get("test_size", 4)
        assert (LONG["ds"].iloc[test].min() - stamps.max()).days == options.get("gap", 0) + 1
        assert stamps.nunique() <= options.get("max_train_size", 12)


def test_parameters_are_those_of_an_estimator():
    cv = PanelTimeSeriesSplit(2, time="ds", test_size=3)
    assert cv.get_n_splits() == 2
    assert "time='ds'" in repr(cv)
    assert "test_size=3" in repr(cv)


def quick(**options):
    return LSTMForecaster(
        hidden_size=4, max_epochs=1, calibration_fraction=None, random_state=0, **options
    )


def test_search_on_a_long_frame():
    forecaster = quick(series_id="id", time="ds", target="y")
    search = GridSearchCV(
        forecaster,
        {"look_back": [1, 2]},
        cv=PanelTimeSeriesSplit(2, time="ds"),
        error_score="raise",
    )
    assert np.isfinite(search.fit(LONG).cv_results_["mean_test_score"]).all()


def test_any_form_of_a_panel_has_the_same_scores():
    forecaster = quick(look_back=2)
    long = clone(forecaster).set_params(series_id="id", time="ds", target="y")
    frame = LONG.drop(columns="x")
    expected = cross_val_score(long, frame, cv=PanelTimeSeriesSplit(2, time="ds"))
    indexed = frame.set_index(["id", "ds"])
    scores = cross_val_score(forecaster, indexed, cv=PanelTimeSeriesSplit(2), error_score="raise")
    np.testing.assert_allclose(scores, expected)


def test_regressors_on_a_table_of_lags():
    table = LONG.assign(lag=LONG.groupby("id")["y"].shift()).dropna().set_index("ds")
    cv = PanelTimeSeriesSplit(2)
    scores = cross_val_score(Ridge(), table[["lag"]], table["y"], cv=cv, error_score="raise")
    assert (scores > 0.9).all()


@pytest.mark.parametrize(
    ("X", "options", "message"),
    [
        (LONG, {}, "Name the column that holds them by the parameter time"),
        (FORMS["polars"][0], {}, "Name the column that holds them by the parameter time"),
        (np.arange(9.0), {}, "If each row is a time step, use scikit-learn's TimeSeriesSplit"),
        (np.arange(9.0), {"time": "ds"}, "of type ndarray"),
        ([LONG["y"], LONG["y"]], {}, r"pd\.concat\(X"),
        (LONG, {"time": "day"}, "time='day' is not a column of X; columns are"),
        (LONG, {"time": "id"}, "Column 'id' of X"),
        (LONG, {"time": "ds", "n_splits": 20}, "X has 12 different time stamps"),
        (LONG, {"time": "ds", "test_size": 9}, "X has 12 different time stamps"),
    ],
)
def test_what_cannot_be_cut_is_told(X, options, message):
    with pytest.raises(ValueError, match=message):
        list(PanelTimeSeriesSplit(**options).split(X))
