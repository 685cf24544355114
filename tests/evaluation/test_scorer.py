"""Whole series in scikit-learn's tools, by any metric."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import make_scorer, mean_absolute_error
from sklearn.model_selection import (
    GridSearchCV,
    TimeSeriesSplit,
    cross_val_score,
    cross_validate,
)

from sklearn_rnn import LSTMForecaster, PanelTimeSeriesSplit, make_windows
from sklearn_rnn.metrics import make_forecast_scorer, symmetric_mean_absolute_percentage_error

MONTHS = pd.period_range("2015-01", periods=60, freq="M", name="month")
SERIES = pd.Series(20 + 5 * np.sin(np.arange(60)) + np.arange(60) / 10, MONTHS, name="sold")
WIDE = pd.DataFrame({"sold": SERIES, "price": 1 / SERIES})
LONG = pd.concat({name: factor * SERIES for name, factor in [("a", 1), ("b", 3)]}, names=["shop"])
LONG = LONG.rename("sold").reset_index()
NAMES = {"series_id": "shop", "time": "month", "target": "sold"}
FORMS = {
    "array": (SERIES.to_numpy(), {}),
    "Series": (SERIES, {}),
    "wide": (WIDE, {"target": "sold"}),
    "several targets": (WIDE, {}),
    "long": (LONG, NAMES),
}
each_form = pytest.mark.parametrize(("form", "names"), FORMS.values(), ids=FORMS)
MAE = "neg_mean_absolute_error"
SMAPE = make_scorer(symmetric_mean_absolute_percentage_error, greater_is_better=False)


def quick(**options):
    defaults = {
        "hidden_size": 4,
        "max_epochs": 1,
        "look_back": 6,
        "calibration_fraction": None,
        "random_state": 0,
    }
    return LSTMForecaster(**{**defaults, **options})


def splits(names):
    return PanelTimeSeriesSplit(2, time="month") if "time" in names else TimeSeriesSplit(2)


@each_form
def test_cross_validation_by_name(form, names):
    scorer = make_forecast_scorer(MAE)
    scores = cross_val_score(
        quick(horizon=2, **names), form, cv=splits(names), scoring=scorer, error_score="raise"
    )
    assert (scores < 0).all()


@each_form
def test_r2_is_the_default_score(form, names):
    options = {"cv": splits(names), "error_score": "raise"}
    expected = cross_val_score(quick(horizon=2, **names), form, **options)
    scorer = make_forecast_scorer("r2")
    scores = cross_val_score(quick(horizon=2, **names), form, scoring=scorer, **options)
    np.testing.assert_array_equal(scores, expected)


def test_score_by_hand():
    forecaster = quick().fit(SERIES[:40])
    predicted = forecaster.predict(SERIES[40:])
    assert forecaster.score(SERIES[40:], scoring=MAE) == pytest.approx(
        -mean_absolute_error(SERIES[40:], predicted)
    )


def test_score_goes_over_all_steps_of_the_horizon():
    forecaster = quick(horizon=3).fit(SERIES[:40])
    _, y = make_windows(SERIES, look_back=40, horizon=3)
    predicted = [forecaster.forecast(series=SERIES[:stop]) for stop in range(40, 58)]
    assert forecaster.score(SERIES[40:], scoring=MAE) == pytest.approx(
        -mean_absolute_error(y, predicted), rel=1e-5
    )


def test_search_chooses_by_the_metric():
    scorer = make_forecast_scorer(MAE)
    search = GridSearchCV(
        quick(**NAMES),
        {"look_back": [2, 6]},
        cv=splits(NAMES),
        scoring=scorer,
        error_score="raise",
    )
    search.fit(LONG)
    assert search.best_score_ == search.cv_results_["mean_test_score"].max() < 0
    assert search.score(LONG) == search.best_estimator_.score(LONG, scoring=MAE)


def test_a_search_can_be_cross_validated():
    scorer = make_forecast_scorer(MAE)
    search = GridSearchCV(quick(), {"look_back": [2, 6]}, cv=TimeSeriesSplit(2), scoring=scorer)
    scores = cross_val_score(
        search, SERIES, cv=TimeSeriesSplit(2), scoring=scorer, error_score="raise"
    )
    assert (scores < 0).all()


@pytest.mark.parametrize(
    "scoring",
    [
        make_forecast_scorer({"mae": MAE, "smape": SMAPE}),
        {"mae": make_forecast_scorer(MAE), "smape": make_forecast_scorer(SMAPE)},
    ],
    ids=["one for several", "several"],
)
def test_several_metrics(scoring):
    scores = cross_validate(
        quick(), SERIES, cv=TimeSeriesSplit(2), scoring=scoring, error_score="raise"
    )
    assert (scores["test_mae"] < 0).all()
    assert (scores["test_smape"] < 0).all()


def test_scorer_with_y_is_that_of_scikit_learn():
    X, y = make_windows(SERIES, look_back=6)
    options = {"cv": TimeSeriesSplit(2), "error_score": "raise"}
    for estimator in (Ridge(), quick()):
        expected = cross_val_score(estimator, X, y, scoring=MAE, **options)
        scores = cross_val_score(estimator, X, y, scoring=make_forecast_scorer(MAE), **options)
        np.testing.assert_array_equal(scores, expected)


def test_windows_are_scored_by_name_as_by_the_scorer():
    X, y = make_windows(SERIES, look_back=6, horizon=2)
    forecaster = quick().fit(X, y)
    weight = np.arange(len(X))
    assert forecaster.score(X, y, weight, scoring=MAE) == pytest.approx(
        -mean_absolute_error(y, forecaster.predict(X), sample_weight=weight)
    )


def test_scorer_can_be_pickled():
    scorer = pickle.loads(pickle.dumps(make_forecast_scorer(SMAPE)))
    forecaster = quick().fit(SERIES[:40])
    assert scorer(forecaster, SERIES[40:]) == forecaster.score(SERIES[40:], scoring=SMAPE)


@pytest.mark.parametrize("name", ["neg_mean_poisson_deviance", "d2_absolute_error_score"])
def test_metrics_of_one_output(name):
    forecaster = quick().fit(SERIES[:40])
    assert np.isfinite(forecaster.score(SERIES[40:], scoring=name))


@pytest.mark.parametrize(
    ("scoring", "message"),
    [
        ("mean_absolute_error", "The nearest is 'neg_mean_absolute_error'"),
        ("r", "scoring='r' names no scorer of scikit-learn"),
        (mean_absolute_error, r"make_scorer\(mean_absolute_error\)"),
        ({"smape": symmetric_mean_absolute_percentage_error}, "symmetric.* is a metric"),
        (3, "Got 3"),
        ([None], "Got None"),
    ],
)
def test_wrong_scoring_is_told_at_once(scoring, message):
    with pytest.raises(ValueError, match=message):
        make_forecast_scorer(scoring)
    with pytest.raises(ValueError, match=message):
        quick().fit(SERIES[:40]).score(SERIES[40:], scoring=scoring)


def test_estimator_that_takes_no_series_is_told():
    X, y = make_windows(SERIES, look_back=6)
    with pytest.raises(ValueError, match="Ridge takes no series without y"):
        make_forecast_scorer(MAE)(Ridge().fit(X, y), X)
