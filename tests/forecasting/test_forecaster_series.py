import pickle
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from skorch.callbacks import Callback

from sklearn_rnn import LSTMForecaster, make_windows

N_TIMES = 60
VALUES = 50 + np.cumsum(np.random.default_rng(0).normal(size=N_TIMES))
NOISE = np.random.default_rng(0).normal(size=N_TIMES)
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
    defaults = {
        "hidden_size": 4,
        "max_epochs": 2,
        "look_back": 6,
        "calibration_fraction": None,
        "random_state": 0,
    }
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
    forecaster = quick(horizon=3).fit(FORMS["DataFrame"])
    assert forecaster.n_features_in_ == 3
    assert forecaster.feature_names_in_.tolist() == ["a", "b", "c"]
    assert (forecaster.look_back_, forecaster.horizon_, forecaster.n_iter_) == (6, 3, 2)
    assert forecaster.linear_.weights.shape[1] == 3
    # Nothing was held out to choose by.
    assert forecaster.network_share_ == pytest.approx(2 * forecaster.linear_share_)


def test_windows_of_a_series_forecast_what_follows_it():
    series = quick(horizon=3, max_epochs=10).fit(VALUES)
    X, y = make_windows(VALUES, look_back=6, horizon=3)
    on_windows = quick(max_epochs=10).fit(X, y).predict(VALUES[None, -6:])[0]
    # A series is learnt from its start on, before which it has no whole window.
    np.testing.assert_allclose(series.forecast(), on_windows, atol=0.5 * VALUES.std())


@pytest.mark.parametrize(
    ("options", "n_times", "look_back"),
    [
        ({}, 60, 29),
        ({"season_length": 4}, 60, 29),
        ({"season_length": 7}, 60, 29),
        ({"horizon": 8}, 60, 25),
        ({}, 20, 9),
        ({}, 2, 9),
    ],
)
def test_default_look_back(options, n_times, look_back):
    forecaster = quick(look_back=None, **options)
    assert forecaster.fit(VALUES[:n_times]).look_back_ == look_back


@pytest.mark.parametrize(
    ("season_length", "seasons", "look_back"),
    [
        (24, (24, 168), 505),
        (48, (48, 336), 241),  # 700 time steps hold no three weeks of half hours
        ([24], (24,), 241),
        ([168, 24], (24, 168), 505),
        (1, (), 237),
    ],
)
def test_a_day_has_weeks(season_length, seasons, look_back):
    values = np.random.default_rng(0).normal(size=(4, 700))
    forecaster = quick(look_back=None, season_length=season_length, max_epochs=1, horizon=2)
    forecaster.fit(list(values))
    assert forecaster.seasons_ == seasons
    assert forecaster.look_back_ == look_back


def test_weeks_are_told_from_days():
    hours = np.arange(840)  # which end with a weekend
    is_weekend = hours // 24 % 7 >= 5
    values = np.sin(2 * np.pi * hours / 24) * np.where(is_weekend, 0.3, 1.0) - 2 * is_weekend
    values += np.random.default_rng(0).normal(scale=0.1, size=840)
    errors = {}
    for season_length in (24, (24,)):
        options = {"season_length": season_length, "horizon": 48, "look_back": None}
        forecast = quick(**options).fit(values[:-48]).forecast()
        errors[season_length] = np.abs(forecast - values[-48:]).mean()
    assert errors[24] < 0.15
    assert errors[24] < errors[(24,)] / 3


@pytest.mark.parametrize("season_length", [[], [24, 24], [1, 12], [12.0], [[12]], ["day"]])
def test_seasons_that_are_none(season_length):
    with pytest.raises(ValueError, match="'season_length' parameter must be an int, or hold"):
        quick(season_length=season_length).fit(VALUES)


def test_a_season_that_was_named_and_does_not_fit():
    with pytest.warns(UserWarning, match="season_length=12 is of no use: windows of 9 time steps"):
        quick(season_length=[4, 12], look_back=9).fit(VALUES)


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
    start = 50 - forecaster.look_back_
    pd.testing.assert_series_equal(
        forecaster.predict(sales()[50:]), forecaster.predict(sales()[start:])
    )


@each_index
def test_predict_of_another_series_leaves_out_its_first_steps(index):
    series = pd.Series(VALUES, index)
    forecaster = quick().fit(series[:30])
    predicted = forecaster.predict(series[31:])
    pd.testing.assert_index_equal(predicted.index, index[31 + forecaster.look_back_ :])


@pytest.mark.parametrize("values", [VALUES, VALUES[:, None], TABLE], ids=np.shape)
def test_predict_of_an_array_leaves_out_its_first_steps(values):
    forecaster = quick().fit(values[:40])
    assert forecaster.predict(values[40:]).shape == (20 - forecaster.look_back_, *values.shape[1:])


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
    changed.iloc[5:] += 1e6
    unchanged = forecaster.predict(sales()[50:])
    pd.testing.assert_series_equal(forecaster.predict(changed)[:6], unchanged[:6])
    assert forecaster.predict(changed).iloc[6] != unchanged.iloc[6]


def calm_at_the_end():
    """A series whose last windows vary far less than it did before."""
    rng = np.random.default_rng(0)
    return np.concatenate([100 * rng.normal(size=40), 0.1 * rng.normal(size=20)])


def test_predict_of_a_new_series_does_not_see_what_it_forecasts():
    values = calm_at_the_end()
    changed = np.append(values[40:], np.full(5, 1e6))
    forecaster = quick().fit(values)
    unchanged = forecaster.predict(values[40:])
    np.testing.assert_array_equal(forecaster.predict(changed)[:14], unchanged)


def test_first_prediction_is_the_forecast_also_after_calm():
    series = pd.Series(calm_at_the_end(), INDEXES["days"])
    forecaster = quick().fit(series[:50])
    pd.testing.assert_series_equal(forecaster.predict(series[50:])[:1], forecaster.forecast(1))


def test_score_is_the_coefficient_of_determination():
    forecaster = quick().fit(sales()[:40])
    expected = r2_score(sales()[40:], forecaster.predict(sales()[40:]))
    assert forecaster.score(sales()[40:]) == pytest.approx(expected)


def test_score_averages_over_the_horizon():
    forecaster = quick(horizon=2).fit(VALUES)
    _, y = make_windows(VALUES, look_back=6, horizon=2)
    predicted = [forecaster.forecast(series=VALUES[:end]) for end in range(6, N_TIMES - 1)]
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


# With so many epochs, the network has learnt that there is nothing to add.
THOROUGH = {"calibration_fraction": 0.2, "max_epochs": 200, "look_back": 12}


@pytest.mark.parametrize("slope", [1e-6, 1.0, 1e4])
def test_straight_line_is_continued(slope):
    line = slope * np.arange(60.0)
    forecast = quick(**THOROUGH).fit(line).forecast(3)
    np.testing.assert_allclose(forecast, slope * np.arange(60, 63), rtol=2e-3)


def test_season_without_noise_is_repeated():
    season = np.tile([3.0, 1.0, 4.0, 1.5], 15)
    forecast = quick(season_length=4, horizon=4, **THOROUGH).fit(season).forecast(6)
    np.testing.assert_allclose(forecast, [3.0, 1.0, 4.0, 1.5, 3.0, 1.0], rtol=2e-3)


def test_series_refitted_on_windows_and_back():
    forecaster = quick().fit(VALUES)
    X, y = make_windows(VALUES, look_back=8)
    assert forecaster.fit(X, y).predict(X).shape == y.shape
    assert forecaster.fit(sales()).forecast(2).shape == (2,)


@pytest.mark.parametrize("calibration_fraction", [None, 0.2])
@pytest.mark.parametrize("n_times", [2, 3, 4, 7])
def test_short_series(n_times, calibration_fraction):
    options = {"horizon": 3, "calibration_fraction": calibration_fraction}
    forecast = quick(**options).fit(VALUES[:n_times]).forecast(7)
    assert forecast.shape == (7,)
    assert np.abs(forecast - VALUES[n_times - 1]).max() < 20


def test_series_of_one_time_step():
    with pytest.raises(ValueError, match="1 time step only; at least 2 are needed"):
        quick().fit(VALUES[:1])


def test_early_stopping_that_leaves_nothing_to_train_on():
    message = "validation_fraction=0.1 of at most 2 time steps leaves none to train on"
    with pytest.raises(ValueError, match=message):
        quick(early_stopping=True).fit(VALUES[:2])


@pytest.mark.parametrize("n_times", [3, 10])
def test_too_short_series_to_predict(n_times):
    forecaster = quick(look_back=10).fit(VALUES)
    with pytest.raises(ValueError, match=f"from 10 before them takes 11. Got {n_times} time steps"):
        forecaster.predict(VALUES[:n_times])


def test_too_short_series_to_score():
    forecaster = quick(look_back=10, horizon=3).fit(VALUES)
    with pytest.raises(ValueError, match="3 time steps from 10 before them takes 13"):
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
    with pytest.raises(ValueError, match="X has 2 columns, but 3 were seen in fit"):
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


@pytest.mark.parametrize(
    ("index", "frequency"),
    [
        (INDEXES["days"], "'D'"),
        (INDEXES["quarters"], "'Q-DEC'"),
        (pd.date_range("2020", periods=N_TIMES, freq="YE"), "'YE-DEC'"),
    ],
)
def test_warns_where_time_steps_are_others(index, frequency):
    forecaster = quick().fit(pd.Series(VALUES, INDEXES["month starts"]))

    with pytest.warns(UserWarning, match=f"series has time steps of the frequency {frequency}"):
        forecaster.forecast(series=pd.Series(VALUES, index))


@pytest.mark.parametrize("freq", ["MS", "ME", "BME"])
def test_starts_and_ends_of_months_are_alike(freq):
    forecaster = quick().fit(pd.Series(VALUES, INDEXES["month starts"]))
    other = pd.Series(VALUES, pd.date_range("2021-01-31", periods=N_TIMES, freq=freq))

    assert forecaster.forecast(series=other).index.freq == freq
    assert len(forecaster.forecast(series=other.to_period("M"))) == 1
    assert len(forecaster.forecast(series=other.reset_index(drop=True))) == 1


@pytest.mark.parametrize("horizon", [1, 4])
def test_forecast_of_other_series_is_that_of_the_series_seen_in_fit(horizon):
    forecaster = quick(horizon=horizon).fit(sales())
    pd.testing.assert_series_equal(forecaster.forecast(6, series=sales()), forecaster.forecast(6))


def test_forecasts_of_a_growing_series_are_its_predictions():
    forecaster = quick().fit(sales()[:30])
    steps = [forecaster.forecast(series=sales()[:end]) for end in range(40, 60)]
    expected = forecaster.predict(sales()[30:])[10:]
    pd.testing.assert_series_equal(pd.concat(steps), expected, check_freq=False)


def test_forecast_of_another_series_keeps_the_fitted_one():
    forecaster = quick().fit(sales())
    expected = forecaster.forecast(3)
    forecaster.forecast(3, series=10 * sales()[:20])
    pd.testing.assert_series_equal(forecaster.forecast(3), expected)


def test_forecast_of_a_series_shorter_than_the_look_back():
    forecaster = quick().fit(sales())
    forecast = forecaster.forecast(2, series=sales()[:3])
    assert forecast.index.equals(INDEXES["quarters"][3:5])
    assert np.abs(forecast - sales().iloc[2]).max() < 10


def test_constant_series_forecast_by_what_was_learnt_from_others():
    forecaster = quick().fit(VALUES)
    np.testing.assert_allclose(forecaster.forecast(3, series=np.full(20, 7.0)), 7, rtol=1e-2)


def test_verbose_shows_both_trainings(capsys):
    quick(calibration_fraction=0.2, max_epochs=11, verbose=1).fit(NOISE)

    before, *lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"Smoothing \d+ windows, and ridge regression: the values\.", before)
    first, second = lines[:14], lines[14:]
    assert first[0].startswith("Training 1 of 2, on the older part of the data")
    assert second[0] == "Training 2 of 2, on all data."
    for header, rule, *epochs in (first[1:], second[1:]):
        assert header.split() == ["epoch", "train_loss", "dur"]
        assert [" ".join(line.split()[:3]) for line in epochs] == [
            f"{number} of 11" for number in range(1, 12)
        ]
        assert {len(re.sub(r"\x1b\[\d+m", "", line)) for line in epochs} == {len(rule)}


@pytest.mark.parametrize("options", [{"calibration_fraction": None}, {"early_stopping": True}])
def test_verbose_shows_the_only_training(options, capsys):
    quick(**options, max_epochs=2, verbose=1).fit(NOISE)

    assert len(capsys.readouterr().out.splitlines()) == 1 + 2 + 2


@pytest.mark.parametrize("quantiles", [None, [0.1, 0.9]])
def test_verbose_changes_no_bit(quantiles, capsys):
    options = {"calibration_fraction": 0.2, "quantiles": quantiles, "random_state": 0}
    states = [
        quick(**options, verbose=verbose).fit(NOISE).net_.module_.state_dict()
        for verbose in (0, 1, 2)
    ]

    for state in states[1:]:
        assert all(state[name].equal(weights) for name, weights in states[0].items())


def test_callbacks_see_the_final_training_only():
    epochs = []

    class Watch(Callback):
        def on_epoch_end(self, net, **kwargs):
            epochs.append(len(net.history))

    quick(calibration_fraction=0.2, max_epochs=2, callbacks=[Watch()]).fit(NOISE)

    assert epochs == [1, 2]


def test_same_seed_gives_the_same_bits_with_a_rehearsal():
    first, second, other = (
        quick(calibration_fraction=0.2, max_epochs=5, random_state=seed).fit(VALUES)
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first.forecast(9), second.forecast(9))
    modules = [each.net_.module_ for each in (first, second, other)]
    weights = [each.correction.output.weight.detach() for each in modules]
    assert weights[0].equal(weights[1])
    assert not weights[0].equal(weights[2])


def test_failed_fit_leaves_the_fitted_state():
    forecaster = quick().fit(sales())
    expected = forecaster.forecast(3)
    for bad in (sales()[:1], sales().iloc[::-1], sales().to_frame().assign(other="x")):
        with pytest.raises(ValueError, match=r"X has|X is|Column"):
            forecaster.fit(bad)
    pd.testing.assert_series_equal(forecaster.forecast(3), expected)


def test_early_stopping_ends_the_training_of_a_series():
    options = {"early_stopping": True, "max_epochs": 30, "n_iter_no_change": 2, "tol": 1e9}
    forecaster = quick(**options).fit(VALUES)
    assert forecaster.n_iter_ == 3
    assert np.isfinite(forecaster.forecast(3)).all()


def test_score_takes_no_y_after_a_series():
    with pytest.raises(ValueError, match="series without y where it was fitted on series"):
        quick().fit(VALUES).score(VALUES, VALUES)


def test_series_of_another_number_of_columns_cannot_be_forecast():
    with pytest.raises(ValueError, match="series has 2 columns, but 1 were seen in fit"):
        quick().fit(VALUES).forecast(series=TABLE[:, :2])


def polars_of(frame, *names):
    return pl.DataFrame({name: frame[name].to_numpy() for name in names})


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize(
    ("seen", "other"), [("pandas", "polars"), ("polars", "pandas"), ("polars", "polars")]
)
def test_columns_of_frames_are_matched_by_name(many, seen, other):
    values = np.random.default_rng(0).normal(size=(30, 2)).cumsum(axis=0)
    frame = pd.DataFrame(values, columns=["a", "b"])
    first = frame if seen == "pandas" else polars_of(frame, "a", "b")
    second = frame[["b", "a"]] if other == "pandas" else polars_of(frame, "b", "a")
    options = {"look_back": 4, "max_epochs": 1, "hidden_size": 4, "random_state": 0}
    forecaster = LSTMForecaster(**options).fit([first, first] if many else first)

    forecast = forecaster.forecast(3, series=[second, second] if many else second)

    expected = forecaster.forecast(3)
    for each, wanted in zip(*((x if many else [x]) for x in (forecast, expected)), strict=True):
        pd.testing.assert_frame_equal(each[["a", "b"]], wanted[["a", "b"]])
