import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import Callback

from sklearn_rnn import LookBackWindow, LSTMForecaster, make_windows
from sklearn_rnn.datasets import load_airline

SERIES = 50 + np.cumsum(np.random.default_rng(0).normal(size=80))
TABLE = SERIES[:, None] * [1.0, 1e-3, -50.0] + np.random.default_rng(1).normal(size=(80, 3))


def quick(**options):
    defaults = {"hidden_size": 4, "max_epochs": 2, "calibration_fraction": None, "random_state": 0}
    return LSTMForecaster(**{**defaults, **options})


def windows(series=SERIES, look_back=10, horizon=1):
    return make_windows(series, look_back, horizon)


@pytest.mark.parametrize("shape", [(70,), (70, 1)])
def test_future_of_one_step_keeps_its_shape(shape):
    X, y = windows()
    assert quick().fit(X, y.reshape(shape)).predict(X).shape == shape


@pytest.mark.parametrize("horizon", [2, 5])
def test_future_of_several_steps(horizon):
    X, y = windows(horizon=horizon)
    forecaster = quick().fit(X, y)
    assert forecaster.predict(X[:7]).shape == (7, horizon)
    assert forecaster.horizon_ == horizon


@pytest.mark.parametrize("horizon", [1, 3])
def test_future_of_several_columns(horizon):
    X, y = windows(TABLE, horizon=horizon)
    forecaster = quick().fit(X, y)
    assert forecaster.predict(X[:7]).shape == (7, horizon, 3)


@pytest.mark.parametrize("column", [0, 1, 2])
def test_single_target_of_several_columns(column):
    X, y = windows(TABLE)
    forecaster = quick().fit(X, y[:, 0, column])
    last = X[:, -1, column]
    assert np.abs(forecaster.predict(X) - last).max() < 5 * np.abs(np.diff(TABLE[:, column])).max()


def test_frames_and_arrays_agree():
    X, y = windows(load_airline()[:60])
    from_frames = quick().fit(X, y)
    from_arrays = quick().fit(X.to_numpy(), y.to_numpy())
    np.testing.assert_array_equal(from_frames.predict(X), from_arrays.predict(X.to_numpy()))
    assert from_frames.feature_names_in_[0] == "lag_10"


def test_all_forms_of_univariate_windows_agree():
    X, y = windows()
    expected = quick().fit(X, y).predict(X)
    np.testing.assert_array_equal(quick().fit(X[:, :, None], y).predict(X[:, :, None]), expected)
    as_lists = X[:, :, None].tolist()
    np.testing.assert_array_equal(quick().fit(as_lists, y).predict(as_lists), expected)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64])
def test_narrow_whole_numbers_do_not_overflow(dtype):
    values = np.random.default_rng(0).integers(0, 120, 60)
    X, y = windows(values)
    expected = quick().fit(X, y).predict(X)
    narrow = X.astype(dtype)
    np.testing.assert_array_equal(quick().fit(narrow, y).predict(narrow), expected)


def test_read_only_windows():
    X, y = windows()
    expected = quick().fit(X, y).predict(X)
    X.flags.writeable = y.flags.writeable = False
    np.testing.assert_array_equal(quick().fit(X, y).predict(X), expected)


def test_windows_stay_as_they_were():
    X, y = windows()
    before = X.copy(), y.copy()
    quick().fit(X, y).predict(X)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


def test_look_back_keeps_the_last_steps():
    X, y = windows(look_back=20)
    forecaster = quick(look_back=6).fit(X, y)
    assert forecaster.look_back_ == 6
    np.testing.assert_array_equal(
        forecaster.predict(X), quick().fit(X[:, -6:], y).predict(X[:, -6:])
    )


def test_all_steps_of_the_windows_are_seen_by_default():
    X, y = windows(look_back=20)
    forecaster = quick().fit(X, y)
    assert forecaster.look_back_ == 20
    changed = X.copy()
    changed[:, 0] += 10
    assert (forecaster.predict(changed) != forecaster.predict(X)).all()


def test_only_the_last_steps_matter():
    X, y = windows(look_back=20)
    forecaster = quick(look_back=6).fit(X, y)
    changed = X.copy()
    changed[:, : -forecaster.look_back_] = -1e6
    np.testing.assert_array_equal(forecaster.predict(changed), forecaster.predict(X))


@pytest.mark.parametrize("rows", [1, 2, 9])
def test_rows_are_forecast_alike_in_any_batch(rows):
    X, y = windows()
    forecaster = quick().fit(X, y)
    np.testing.assert_allclose(forecaster.predict(X[:rows]), forecaster.predict(X)[:rows])


def test_same_seed_same_forecasts():
    X, y = windows()
    first = quick(random_state=7).fit(X, y).predict(X)
    np.testing.assert_array_equal(quick(random_state=7).fit(X, y).predict(X), first)
    assert not np.array_equal(quick(random_state=8).fit(X, y).predict(X), first)


def test_pickled_forecaster_forecasts_the_same():
    X, y = windows()
    forecaster = quick().fit(X, y)
    copy = pickle.loads(pickle.dumps(forecaster))
    np.testing.assert_array_equal(copy.predict(X), forecaster.predict(X))


def test_clone_keeps_the_parameters():
    forecaster = quick(look_back=5, season_length=12, target="y", future=["x"], missing="mask")
    assert clone(forecaster).get_params() == forecaster.get_params()


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_cells_forecast(cell):
    X, y = windows()
    forecaster = quick(cell=cell, max_epochs=30, lr=1e-2).fit(X, y)
    assert forecaster.loss_curve_[-1] < forecaster.loss_curve_[0]
    assert np.isfinite(forecaster.predict(X)).all()


def test_tutorial_network():
    X, y = windows(load_airline()[:96], look_back=1)
    forecaster = quick(batch_size=1).fit(X, y)
    assert forecaster.look_back_ == 1
    assert forecaster.loss_curve_[1] < forecaster.loss_curve_[0]


def test_score_is_the_coefficient_of_determination():
    X, y = windows()
    weight = np.linspace(0, 1, len(X))
    forecaster = quick().fit(X, y)
    predicted = forecaster.predict(X)
    assert forecaster.score(X, y) == pytest.approx(r2_score(y, predicted))
    assert forecaster.score(X, y, weight) == pytest.approx(
        r2_score(y, predicted, sample_weight=weight)
    )


def test_score_averages_over_steps_and_columns():
    X, y = windows(TABLE, horizon=2)
    forecaster = quick().fit(X, y)
    predicted = forecaster.predict(X)
    each = [
        r2_score(y[:, step, column], predicted[:, step, column])
        for step in range(2)
        for column in range(3)
    ]
    assert forecaster.score(X, y) == pytest.approx(np.mean(each))


def test_look_back_is_tunable():
    X, y = windows(look_back=20)
    search = GridSearchCV(
        quick(), {"look_back": [2, 6, None]}, cv=TimeSeriesSplit(3), error_score="raise"
    )
    search.fit(X, y)
    assert search.predict(X).shape == y.shape
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_after_look_back_window_in_a_pipeline():
    X, y = SERIES[:-1, None], SERIES[1:]
    model = make_pipeline(StandardScaler(), LookBackWindow(12), quick())
    assert model.fit(X, y).predict(X).shape == y.shape


def test_weight_of_zero_is_the_same_as_no_row():
    X, y = windows()
    kept = np.arange(len(X)) % 3 > 0
    weighted = quick().fit(X, y, sample_weight=2.0 * kept)
    np.testing.assert_array_equal(
        weighted.predict(X), quick().fit(X[kept], y[kept], np.ones(kept.sum())).predict(X)
    )


def test_weights_decide_what_is_learnt():
    X = np.random.default_rng(0).normal(size=(200, 5))
    up = np.arange(200) % 2 == 0
    first, mirrored = X[:, 0], 2 * X[:, -1] - X[:, 0]
    y = np.where(up, first, mirrored)
    like_first, like_mirrored = (
        quick(max_epochs=20, calibration_fraction=0.2).fit(X, y, np.where(up, *weights)).predict(X)
        for weights in ((1.0, 1e-3), (1e-3, 1.0))
    )
    assert r2_score(first, like_first) > 0.9
    assert r2_score(mirrored, like_mirrored) > 0.9


def test_network_learns_what_a_linear_forecast_cannot():
    X = np.random.default_rng(0).normal(size=(600, 5))
    y = X[:, -1] + 3 * np.abs(X[:, 0] - X[:, -1])
    forecaster = LSTMForecaster(random_state=0, lr=1e-2).fit(X[:500], y[:500])
    assert forecaster.network_share_ > 0.9
    linear = LSTMForecaster(random_state=0, max_epochs=1, lr=1e-9).fit(X[:500], y[:500])
    assert forecaster.score(X[500:], y[500:]) > 0.9 > linear.score(X[500:], y[500:]) + 0.2


def test_shares_are_close_to_one_together_at_most():
    noise = np.random.default_rng(1).normal(size=300)
    series = np.zeros(300)
    for time in range(1, 300):
        series[time] = 0.5 * series[time - 1] + noise[time]
    forecaster = quick(calibration_fraction=0.2).fit(*windows(series, look_back=3))
    shares = forecaster.linear_share_, forecaster.network_share_
    assert min(shares) >= 0
    assert sum(shares) <= 1 + 1e-6


class Data(Callback):
    """Keep what the net was trained and validated on."""

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        self.train, self.valid = X


def values_of(data):
    """Windows and what follows them, in the units of the series."""
    taken = data.source.take(np.arange(len(data)))
    return np.hstack([taken.values, taken.following])


@pytest.mark.parametrize("horizon", [1, 4])
def test_newest_windows_are_validated_on_after_a_gap(horizon):
    X, y = windows(horizon=horizon)
    options = {"early_stopping": True, "validation_fraction": 0.2, "dtype": "float64"}
    net = quick(callbacks=[Data()], **options).fit(X, y).net_
    data = next(each for _, each in net.callbacks_ if isinstance(each, Data))
    expected = np.hstack([X, y.reshape(len(X), -1)])
    n_valid = int(np.ceil(0.2 * len(X)))
    np.testing.assert_allclose(values_of(data.valid), expected[-n_valid:])
    np.testing.assert_allclose(values_of(data.train), expected[: -n_valid - (horizon - 1)])


def test_all_windows_are_trained_on_after_the_rehearsal():
    X, y = windows()
    net = quick(callbacks=[Data()], calibration_fraction=0.2, dtype="float64").fit(X, y).net_
    data = next(each for _, each in net.callbacks_ if isinstance(each, Data))
    np.testing.assert_allclose(values_of(data.train), np.column_stack([X, y]))
    assert data.valid is None


def test_early_stopping_that_leaves_no_training_windows():
    X, y = windows(SERIES[:15], horizon=4)
    with pytest.raises(ValueError, match=r"validation_fraction=0.5 of 2 windows leaves none"):
        quick(early_stopping=True, validation_fraction=0.5).fit(X, y)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"look_back": 0}, "look_back"),
        ({"look_back": 2.0}, "look_back"),
        ({"horizon": 0}, "horizon"),
        ({"season_length": 0}, "season_length"),
        ({"missing": "drop"}, "missing"),
        ({"calibration_fraction": 0.0}, "calibration_fraction"),
        ({"calibration_fraction": 1.0}, "calibration_fraction"),
        ({"max_epochs": 0}, "max_epochs"),
        ({"max_epochs": "many"}, "max_epochs"),
        ({"cell": "mlp"}, "cell"),
    ],
)
def test_invalid_parameters(options, name):
    with pytest.raises(ValueError, match=name):
        quick(**options).fit(*windows())


def test_look_back_longer_than_the_windows():
    with pytest.raises(ValueError, match="look_back=11, but the windows have 10 steps"):
        quick(look_back=11).fit(*windows())


def test_season_longer_than_the_look_back():
    with pytest.warns(UserWarning, match="season_length=12 is of no use: windows of 10 time steps"):
        quick(season_length=12).fit(*windows())
    with pytest.warns(UserWarning, match="season_length=12 is of no use: windows of 11 time steps"):
        quick(season_length=12, look_back=11).fit(SERIES)
    with pytest.warns(UserWarning, match=r"do not hold two seasons.* Set look_back to 25 or more"):
        quick(season_length=12, look_back=23).fit(SERIES)
    quick(season_length=12, look_back=25).fit(SERIES)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_and_infinite_values(value):
    X, y = windows()
    for array, name in ((X, "X"), (y, "y")):
        changed = array.copy()
        changed[3] = value
        pair = (changed, y) if name == "X" else (X, changed)
        with pytest.raises(ValueError, match=f"{name} contains"):
            quick().fit(*pair)


def test_padded_windows():
    X, y = windows(TABLE)
    X[0, -1] = np.nan
    with pytest.raises(ValueError, match="same number of steps"):
        quick().fit(X, y)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((69,), "inconsistent numbers of samples"),
        ((70, 1, 2), "y has 2 columns"),
        ((70, 1, 1, 1), r"y .*shape|dim 4"),
    ],
)
def test_future_of_another_shape(shape, message):
    X, _ = windows()
    with pytest.raises(ValueError, match=message):
        quick().fit(X, np.zeros(shape))


@pytest.mark.parametrize("shape", [(5, 9), (5, 9, 1), (5, 10, 2)])
def test_predict_of_other_windows_than_fitted(shape):
    X, y = windows()
    forecaster = quick().fit(X[:, :, None] if len(shape) == 3 else X, y)
    with pytest.raises(ValueError, match="LSTMForecaster is expecting"):
        forecaster.predict(np.ones(shape))


def test_predict_of_shorter_windows_than_a_list_of_windows():
    X, y = windows()
    forecaster = quick().fit(list(X[:, :, None]), y)
    with pytest.raises(ValueError, match="steps"):
        forecaster.predict(X[:, -5:, None])


def test_weights_must_not_be_negative():
    X, y = windows()
    with pytest.raises(ValueError, match="Negative"):
        quick().fit(X, y, sample_weight=-np.ones(len(X)))


def test_weights_must_not_all_be_zero():
    X, y = windows()
    with pytest.raises(ValueError, match=r"weight"):
        quick().fit(X, y, sample_weight=np.zeros(len(X)))


def test_failed_fit_leaves_the_forecaster_as_it_was():
    X, y = windows()
    forecaster = quick().fit(X, y)
    expected = forecaster.predict(X)
    with pytest.raises(ValueError, match="y contains NaN"):
        forecaster.fit(X[:, :5], np.full(len(X), np.nan))
    np.testing.assert_array_equal(forecaster.predict(X), expected)


def test_forecast_needs_a_series():
    with pytest.raises(ValueError, match="fitted on series"):
        quick().fit(*windows()).forecast()


def test_score_of_windows_needs_their_future():
    X, y = windows()
    with pytest.raises(ValueError, match=r"\by\b"):
        quick().fit(X, y).score(X)


def test_score_of_windows_and_another_number_of_futures():
    X, y = windows()
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        quick().fit(X, y).score(X, y[1:])


def test_warm_start_continues():
    X, y = windows()
    forecaster = quick(warm_start=True).fit(X, y)
    first = forecaster.loss_curve_
    forecaster.fit(X, y)
    assert forecaster.loss_curve_[:2] == first
    assert forecaster.n_iter_ == 4
    assert forecaster.loss_curve_[2] < first[0]


def test_warm_start_goes_on_in_other_units():
    X, y = windows()
    losses = []
    for factor in (1, 100):
        forecaster = quick(warm_start=True, dtype="float64").fit(X, y)
        losses.append(forecaster.fit(factor * X, factor * y).loss_curve_)
    assert losses[1] == pytest.approx(losses[0])


def test_warm_start_goes_on_after_a_rehearsal():
    X, y = windows(np.random.default_rng(0).normal(size=80))
    options = {"warm_start": True, "calibration_fraction": 0.2, "max_epochs": 5, "lr": 1e-2}
    forecaster = quick(**options).fit(X, y)
    first = forecaster.loss_curve_
    forecaster.fit(X, y)
    assert len(forecaster.loss_curve_) == 10
    assert forecaster.loss_curve_[5] < first[0]


def test_warm_start_of_another_network():
    X, y = windows()
    forecaster = quick(warm_start=True).fit(X, y)
    with pytest.raises(ValueError, match="warm_start"):
        forecaster.set_params(hidden_size=8).fit(X, y)


@pytest.mark.parametrize("method", ["predict", "score", "forecast"])
def test_unfitted(method):
    arguments = () if method == "forecast" else (SERIES,)
    with pytest.raises(NotFittedError):
        getattr(quick(), method)(*arguments)


def test_auto_epochs_make_five_hundred_batches():
    X, y = windows()
    forecaster = quick(max_epochs="auto", batch_size=7).fit(X, y)
    assert forecaster.n_iter_ == 50  # of 10 batches each


def test_epoch_of_many_windows_ends_after_a_hundred_batches():
    X, y = windows(np.random.default_rng(0).normal(size=320), look_back=2)
    count = Count()
    forecaster = quick(max_epochs="auto", batch_size=2, callbacks=[count]).fit(X, y)
    count = next(each for _, each in forecaster.net_.callbacks_ if isinstance(each, Count))
    assert (forecaster.n_iter_, count.n_batches) == (12, 1200)


class Count(Callback):
    n_batches = 0

    def on_batch_end(self, net, **kwargs):
        self.n_batches += 1


@pytest.mark.parametrize(
    ("method", "arguments", "message"),
    [
        ("forecast", (), r"fitted on windows: predict\(X\) tells"),
        ("predict_quantiles", (np.zeros((2, 4)),), r"set_params\(quantiles=\[0.1, 0.5, 0.9\]\)"),
        ("score", (np.zeros((2, 4)),), "series without y where .* Got no y"),
        ("predict", ([np.zeros(4), np.zeros(3)],), r"Got 3 steps in X\[1\], and 4 in others"),
    ],
)
def test_what_windows_are_no_use_for(method, arguments, message):
    rng = np.random.default_rng(0)
    forecaster = LSTMForecaster(hidden_size=2, max_epochs=1, random_state=0)
    forecaster.fit(rng.normal(size=(20, 4)), rng.normal(size=20))

    with pytest.raises(ValueError, match=message):
        getattr(forecaster, method)(*arguments)
