import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score

from sklearn_rnn import LSTMForecaster, make_windows

N_TIMES = 60
VALUES = 50 + np.cumsum(np.random.default_rng(0).normal(size=N_TIMES))
TABLE = np.column_stack([VALUES, 1e-4 * VALUES[::-1], -1e3 * VALUES])

INDEXES = {
    "range": pd.RangeIndex(N_TIMES, name="step"),
    "tens": pd.RangeIndex(100, 100 + 10 * N_TIMES, 10),
    "days": pd.date_range("2020-01-01", periods=N_TIMES, name="day"),
    "business days": pd.date_range("2020-01-01", periods=N_TIMES, freq="B"),
    "month starts": pd.date_range("2020-01-01", periods=N_TIMES, freq="MS"),
    "quarters": pd.period_range("2020Q1", periods=N_TIMES, freq="Q", name="quarter"),
}
each_index = pytest.mark.parametrize("index", INDEXES.values(), ids=INDEXES)

FORMS = {
    "list": VALUES.tolist(),
    "1-D array": VALUES,
    "2-D array": TABLE,
    "2-D array of one column": VALUES[:, None],
    "Series": pd.Series(VALUES, INDEXES["quarters"], name="sales"),
    "DataFrame": pd.DataFrame(TABLE, INDEXES["days"], ["a", "b", "c"]),
    "DataFrame of one column": pd.DataFrame({"a": VALUES}, INDEXES["range"]),
}
each_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def quick(**options):
    defaults = {"hidden_size": 4, "max_epochs": 2, "look_back": 6, "random_state": 0}
    return LSTMForecaster(**{**defaults, **options})


def sales(index="quarters"):
    return pd.Series(VALUES, INDEXES[index], name="sales", copy=True)


@each_form
def test_forecast_has_the_form_of_the_series(form):
    forecast = quick().fit(form[:50]).forecast(10)
    expected = np.asarray(form[:50]) if isinstance(form, list) else form[:50]
    assert type(forecast) is type(expected)
    assert forecast.shape == (10, *expected.shape[1:])
    assert np.asarray(forecast).dtype == np.float64


@each_form
def test_forecast_stays_near_the_last_value_of_each_column(form):
    forecast = np.asarray(quick().fit(form[:50]).forecast(3)).reshape(3, -1)
    last = np.reshape(form[49:50] if isinstance(form, list) else np.asarray(form)[49], -1)
    np.testing.assert_allclose(forecast, np.tile(last, (3, 1)), rtol=0.2)


@each_index
def test_forecast_continues_the_index(index):
    forecast = quick().fit(pd.Series(VALUES, index, name="sales")[:50]).forecast(10)
    pd.testing.assert_index_equal(forecast.index, index[50:])
    assert forecast.name == "sales"


@each_index
def test_forecast_of_a_frame_continues_the_index(index):
    frame = pd.DataFrame(TABLE, index, ["a", "b", "c"])
    forecast = quick().fit(frame[:50]).forecast(10)
    pd.testing.assert_index_equal(forecast.index, index[50:])
    assert forecast.columns.tolist() == ["a", "b", "c"]


def test_frequency_is_inferred():
    series = sales("days")
    series.index = pd.DatetimeIndex(list(series.index), name="day")
    forecast = quick().fit(series[:50]).forecast(10)
    pd.testing.assert_series_equal(forecast, quick().fit(sales("days")[:50]).forecast(10))
    assert len(quick().fit(series[:50]).predict(series[50:])) == 10
    scores = cross_val_score(quick(), series, cv=TimeSeriesSplit(2), error_score="raise")
    assert np.isfinite(scores).all()


def test_all_forms_of_a_series_agree():
    expected = quick().fit(VALUES).forecast(5)
    for form in (VALUES.tolist(), sales(), sales("days"), VALUES.astype(object)):
        np.testing.assert_array_equal(quick().fit(form).forecast(5), expected)
    for form in (VALUES[:, None], sales().to_frame()):
        np.testing.assert_array_equal(np.ravel(quick().fit(form).forecast(5)), expected)


def test_fitted_attributes():
    forecaster = quick(horizon=3, differencing=(1,)).fit(FORMS["DataFrame"])
    assert forecaster.n_features_in_ == 3
    assert forecaster.feature_names_in_.tolist() == ["a", "b", "c"]
    assert (forecaster.look_back_, forecaster.n_steps_, forecaster.horizon_) == (6, 7, 3)
    assert [each.lags for each in forecaster.differencing_] == [(1,)] * 3


def test_series_is_the_same_as_its_windows():
    series = quick(horizon=3, differencing=(1,)).fit(VALUES)
    X, y = make_windows(VALUES, look_back=7, horizon=3)
    on_windows = quick(differencing=(1,)).fit(X, y)
    np.testing.assert_array_equal(series.forecast(), on_windows.predict(VALUES[None, -7:])[0])


@pytest.mark.parametrize(
    ("options", "n_times", "look_back"),
    [
        ({}, 60, 12),
        ({"season_length": 14}, 60, 14),
        ({"horizon": 8}, 60, 16),
        ({}, 20, 9),
        ({"differencing": ()}, 2, 1),
    ],
)
def test_default_look_back(options, n_times, look_back):
    forecaster = quick(look_back=None, differencing=(1,)).set_params(**options)
    if "season_length" in options:
        forecaster.set_params(differencing=(14,))
    assert forecaster.fit(VALUES[:n_times]).look_back_ == look_back


def test_forecast_is_as_long_as_the_horizon_by_default():
    assert quick(horizon=4).fit(VALUES).forecast().shape == (4,)


@pytest.mark.parametrize("horizon", [1, 3, 10])
def test_shorter_forecast_is_the_start_of_a_longer_one(horizon):
    forecaster = quick(horizon=horizon).fit(sales())
    forecast = forecaster.forecast(10)
    for n_steps in (1, 3, 4):
        pd.testing.assert_series_equal(forecaster.forecast(n_steps), forecast[:n_steps])


@pytest.mark.parametrize("horizon", [1, 3])
def test_forecast_past_the_horizon_feeds_forecasts_back(horizon):
    forecaster = quick(horizon=horizon, max_epochs=20).fit(sales()[:50])
    forecast = forecaster.forecast(10)
    one_step_ahead = forecaster.predict(forecast)
    pd.testing.assert_series_equal(one_step_ahead[::horizon], forecast[::horizon])


def test_forecast_of_several_columns_feeds_all_back():
    frame = FORMS["DataFrame"]
    forecaster = quick(max_epochs=20).fit(frame[:50])
    forecast = forecaster.forecast(5)
    pd.testing.assert_frame_equal(forecaster.predict(forecast), forecast)


def test_forecast_twice_gives_the_same():
    forecaster = quick().fit(sales())
    pd.testing.assert_series_equal(forecaster.forecast(5), forecaster.forecast(5))


def test_pickled_forecaster_forecasts_the_same():
    forecaster = quick().fit(sales())
    copy = pickle.loads(pickle.dumps(forecaster))
    pd.testing.assert_series_equal(copy.forecast(5), forecaster.forecast(5))


def test_later_changes_of_the_series_do_not_reach_the_forecaster():
    values = VALUES.copy()
    forecaster = quick().fit(values)
    expected = forecaster.forecast(5)
    values += 1
    np.testing.assert_array_equal(forecaster.forecast(5), expected)


@each_index
def test_predict_of_a_continuing_series_starts_at_its_start(index):
    series = pd.Series(VALUES, index, name="sales")
    predicted = quick().fit(series[:50]).predict(series[50:])
    pd.testing.assert_index_equal(predicted.index, index[50:])
    assert predicted.name == "sales"


def test_predict_of_a_continuing_series_knows_its_past():
    forecaster = quick().fit(sales()[:50])
    start = 50 - forecaster.n_steps_
    pd.testing.assert_series_equal(
        forecaster.predict(sales()[50:]), forecaster.predict(sales()[start:])
    )


@each_index
def test_predict_of_another_series_leaves_out_its_first_steps(index):
    series = pd.Series(VALUES, index)
    forecaster = quick().fit(series[:30])
    predicted = forecaster.predict(series[31:])
    pd.testing.assert_index_equal(predicted.index, index[31 + forecaster.n_steps_ :])


@pytest.mark.parametrize("values", [VALUES, VALUES[:, None], TABLE], ids=np.shape)
def test_predict_of_an_array_leaves_out_its_first_steps(values):
    forecaster = quick().fit(values[:40])
    assert forecaster.predict(values[40:]).shape == (20 - forecaster.n_steps_, *values.shape[1:])


def test_predict_of_a_frame():
    frame = FORMS["DataFrame"]
    predicted = quick().fit(frame[:50]).predict(frame[50:])
    pd.testing.assert_index_equal(predicted.index, frame.index[50:])
    pd.testing.assert_index_equal(predicted.columns, frame.columns)


@pytest.mark.parametrize("index", ["range", "days", "business days", "quarters"])
def test_predict_of_a_single_new_time_step(index):
    series = sales(index)
    forecaster = quick().fit(series[:50])
    pd.testing.assert_series_equal(
        forecaster.predict(series[50:51]), forecaster.predict(series[50:])[:1]
    )


def test_predict_does_not_see_what_it_forecasts():
    forecaster = quick().fit(sales()[:50])
    changed = sales()[50:]
    changed.iloc[5:] += 100
    unchanged = forecaster.predict(sales()[50:])
    pd.testing.assert_series_equal(forecaster.predict(changed)[:6], unchanged[:6])
    assert forecaster.predict(changed).iloc[6] != unchanged.iloc[6]


def test_score_is_the_coefficient_of_determination():
    forecaster = quick().fit(sales()[:40])
    expected = r2_score(sales()[40:], forecaster.predict(sales()[40:]))
    assert forecaster.score(sales()[40:]) == pytest.approx(expected)


def test_score_averages_over_the_horizon():
    forecaster = quick(horizon=2, differencing=(1,)).fit(VALUES)
    X, y = make_windows(VALUES, look_back=7, horizon=2)
    predicted = quick(differencing=(1,)).fit(X, y).predict(X)
    assert forecaster.score(VALUES) == pytest.approx(r2_score(y, predicted))


@pytest.mark.parametrize("index", INDEXES)
def test_look_back_is_tunable_without_y(index):
    search = GridSearchCV(
        quick(), {"look_back": [2, 6]}, cv=TimeSeriesSplit(3), error_score="raise"
    )
    search.fit(sales(index))
    assert search.best_estimator_.look_back_ == search.best_params_["look_back"]
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@each_form
def test_cross_validation_without_y(form):
    scores = cross_val_score(quick(), form, cv=TimeSeriesSplit(2), error_score="raise")
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("factor", [1e-6, 1e3, 1e6])
def test_forecasts_are_in_the_units_of_the_series(factor):
    expected = quick(max_epochs=10).fit(VALUES).forecast(5)
    forecast = quick(max_epochs=10).fit(factor * VALUES).forecast(5)
    np.testing.assert_allclose(forecast, factor * expected, rtol=1e-3)


def test_each_column_is_in_its_own_units():
    expected = quick(max_epochs=10).fit(TABLE).forecast(5)
    forecast = quick(max_epochs=10).fit(TABLE * [1, 1e6, 1]).forecast(5)
    np.testing.assert_allclose(forecast, expected * [1, 1e6, 1], rtol=1e-3)


@pytest.mark.parametrize("value", [0.0, 1e-6, 0.1, -7.0, 5e6])
def test_constant_series_stays_constant(value):
    forecast = quick().fit(np.full(40, value)).forecast(3)
    np.testing.assert_allclose(forecast, value, rtol=1e-6)


@pytest.mark.parametrize("slope", [1e-6, 1.0, 1e4])
def test_straight_line_is_continued(slope):
    line = slope * np.arange(40.0)
    np.testing.assert_allclose(
        quick(log=False).fit(line).forecast(3), slope * np.arange(40, 43), rtol=1e-6
    )


def test_season_without_noise_is_repeated():
    season = np.tile([3.0, 1.0, 4.0, 1.5], 12)
    forecast = quick(season_length=4, horizon=4).fit(season).forecast(6)
    np.testing.assert_allclose(forecast, [3.0, 1.0, 4.0, 1.5, 3.0, 1.0], rtol=1e-6)


@pytest.mark.parametrize("horizon", [1, 4])
def test_scale_is_learnt_before_the_newest_block(horizon):
    options = {"horizon": horizon, "differencing": (1,), "log": False, "early_stopping": True}
    n_valid = int(np.ceil(0.1 * (N_TIMES - 7 - horizon + 1)))
    changed = VALUES.copy()
    changed[-(n_valid + horizon - 1) :] *= 100
    first, second = quick(**options).fit(VALUES), quick(**options).fit(changed)
    assert second.net_.history[0, "train_loss"] == first.net_.history[0, "train_loss"]
    assert second.net_.history[0, "valid_loss"] > first.net_.history[0, "valid_loss"]


def test_differencing_is_chosen_before_the_newest_block():
    noise = np.random.default_rng(0).normal(size=N_TIMES)
    changed = noise.copy()
    changed[-6:] += 1000
    forecaster = quick(early_stopping=True, validation_fraction=0.2)
    assert forecaster.fit(noise).differencing_[0].lags == ()
    assert forecaster.fit(changed).differencing_[0].lags == ()


def test_series_refitted_on_windows_and_back():
    forecaster = quick().fit(VALUES)
    X, y = make_windows(VALUES, look_back=8)
    assert forecaster.fit(X, y).predict(X).shape == y.shape
    assert forecaster.fit(sales()).forecast(2).shape == (2,)


@pytest.mark.parametrize(
    ("options", "n_times", "message"),
    [
        ({"look_back": 9}, 9, "X has 9 time steps, but look_back=9 and horizon=1 need at least 10"),
        ({"horizon": 5}, 10, "X has 10 time steps, but look_back=6 and horizon=5 need at least 11"),
        ({"differencing": (1, 12)}, 19, "the 13 that differencing takes, need at least 20"),
    ],
)
def test_too_short_series(options, n_times, message):
    with pytest.raises(ValueError, match=message):
        quick(**options).fit(VALUES[:n_times])


def test_shortest_series():
    assert np.isfinite(quick(horizon=3, differencing=(1,)).fit(VALUES[:10]).forecast()).all()


def test_season_too_long_for_the_series():
    with pytest.raises(ValueError, match="season_length=70"):
        quick(season_length=70).fit(VALUES)


@pytest.mark.parametrize("n_times", [3, 10])
def test_too_short_series_to_predict(n_times):
    forecaster = quick(look_back=10, differencing=()).fit(VALUES)
    with pytest.raises(ValueError, match=f"X has {n_times} time steps.* need at least 11"):
        forecaster.predict(VALUES[:n_times])


def test_too_short_series_to_score():
    forecaster = quick(look_back=10, horizon=3, differencing=()).fit(VALUES)
    with pytest.raises(ValueError, match=r"X has 12 time steps.* need at least 13"):
        forecaster.score(VALUES[:12])


@pytest.mark.parametrize("index", ["days", "quarters", "tens"])
def test_time_steps_out_of_order(index):
    with pytest.raises(ValueError, match=r"not in time order.*sort_index"):
        quick().fit(sales(index).iloc[::-1])


@pytest.mark.parametrize("index", ["days", "quarters", "tens"])
def test_repeated_time_steps(index):
    series = sales(index)
    with pytest.raises(ValueError, match="more than once"):
        quick().fit(pd.concat([series[:30], series[29:]]))


@pytest.mark.parametrize("index", ["days", "quarters", "tens"])
def test_missing_time_steps(index):
    series = sales(index)
    with pytest.raises(ValueError, match="equal steps"):
        quick().fit(series.drop(series.index[30]))


@pytest.mark.parametrize("index", [np.arange(60) / 2, [f"day {day}" for day in range(60)]])
def test_index_that_cannot_be_continued(index):
    with pytest.raises(ValueError, match="cannot be continued"):
        quick().fit(pd.Series(VALUES, index))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_and_infinite_values(value):
    series = sales()
    series.iloc[10] = value
    with pytest.raises(ValueError, match="X contains"):
        quick().fit(series)
    with pytest.raises(ValueError, match="X contains"):
        quick().fit(sales()).predict(series)


def test_three_dimensional_series():
    with pytest.raises(ValueError, match=r"dim 3|must have shape"):
        quick().fit(np.zeros((20, 10, 1)))


def test_predict_of_another_number_of_columns():
    with pytest.raises(ValueError, match="2 columns, but LSTMForecaster is expecting 3"):
        quick().fit(TABLE).predict(TABLE[:, :2])


def test_predict_of_other_column_names():
    frame = FORMS["DataFrame"]
    with pytest.raises(ValueError, match="feature names"):
        quick().fit(frame).predict(frame[["b", "a", "c"]])


def test_weights_are_for_windows():
    with pytest.raises(ValueError, match="sample_weight can only be given with windows"):
        quick().fit(VALUES, sample_weight=np.ones(60))


@pytest.mark.parametrize("n_steps", [0, -1, 1.5, "3"])
def test_invalid_number_of_steps(n_steps):
    with pytest.raises(ValueError, match=r"n_steps.* must be an int"):
        quick().fit(VALUES).forecast(n_steps)
