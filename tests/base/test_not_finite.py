"""What a network cannot compute is an error, not NaN."""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from sklearn_rnn import LSTMForecaster, RNNClassifier, RNNImageClassifier, RNNRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 4, 4))
Y = np.arange(30) % 2
SERIES = rng.normal(size=60).cumsum()
SMALL = {"hidden_size": 4, "max_epochs": 1, "random_state": 0}
classifiers = pytest.mark.parametrize("make", [RNNClassifier, RNNImageClassifier])


def ragged(X):
    return [sequence[: 1 + row % 4] for row, sequence in enumerate(X)]


@classifiers
@pytest.mark.parametrize(
    "answer",
    [
        lambda clf, X: clf.predict(X),
        lambda clf, X: clf.predict_proba(X),
        lambda clf, X: clf.predict_log_proba(X),
        lambda clf, X: clf.staged_predict_proba(X),
        lambda clf, X: clf.score(X, Y),
    ],
)
def test_classifier(make, answer):
    clf = make(**SMALL).fit(X, Y)
    far = X.copy()
    far[[2, 9]] *= 1e300
    (low, high), seen = ((each.min(), each.max()) for each in (far[[2, 9]], X))
    message = (
        f"no finite output for 2 of 30 samples: X[2], X[9]. They hold values from {low:.4g} to "
        f"{high:.4g}, too far from those seen in fit, from {seen[0]:.4g} to {seen[1]:.4g}."
    )

    with pytest.raises(ValueError, match=re.escape(message)):
        answer(clf, far)


@pytest.mark.parametrize("loss", ["squared_error", "poisson"])
def test_regressor(loss):
    reg = RNNRegressor(**SMALL, loss=loss).fit(X, Y)

    with pytest.raises(ValueError, match=r"no finite output for 1 of 30 samples: X\[2\]\."):
        reg.predict(np.where(np.arange(30)[:, None, None] == 2, X * 1e300, X))


def test_first_of_many_samples_are_named():
    clf = RNNClassifier(**SMALL).fit(X, Y)

    with pytest.raises(ValueError, match=r"30 of 30 samples: X\[0\], X\[1\], X\[2\], \.\.\.\."):
        clf.predict(X * 1e300)


def test_padding_is_out_of_no_range():
    clf = RNNClassifier(**SMALL).fit(ragged(X + 100.0), Y)
    low, high = (f(np.concatenate(ragged(X + 100.0))) for f in (np.min, np.max))

    with pytest.raises(ValueError, match=f"seen in fit, from {low:.4g} to {high:.4g}"):
        clf.predict(ragged(X * 1e300))


def test_range_of_all_calls_of_partial_fit():
    clf = RNNClassifier(**SMALL).partial_fit(X, Y, classes=[0, 1]).partial_fit(3.0 * X, Y)
    clf.partial_fit(X, Y)

    with pytest.raises(ValueError, match=f"from {3 * X.min():.4g} to {3 * X.max():.4g}\\."):
        clf.predict(X * 1e300)


@pytest.mark.parametrize(
    "answer",
    [
        lambda forecaster, X, y: forecaster.predict(X),
        lambda forecaster, X, y: forecaster.predict_quantiles(X),
        lambda forecaster, X, y: forecaster.score(X, y),
    ],
)
@pytest.mark.parametrize("n_targets", [1, 2])
def test_windows(answer, n_targets):
    windows, y = (X[:, :, 0], X[:, 0, 1]) if n_targets == 1 else (X[:, :, :2], X[:, :2, 2:])
    forecaster = LSTMForecaster(**SMALL, quantiles=[0.2, 0.8]).fit(windows, y)
    far = windows.copy()
    far[[2, 9]] *= 1e200

    with pytest.raises(ValueError, match=r"no finite forecast for X\[2\], X\[9\].*e\+200"):
        answer(forecaster, far, y)


@pytest.mark.parametrize(
    "answer",
    [
        lambda forecaster, X: forecaster.forecast(3, series=X),
        lambda forecaster, X: forecaster.forecast(3, series=X, coverage=0.5),
        lambda forecaster, X: forecaster.predict(X),
        lambda forecaster, X: forecaster.score(X),
        lambda forecaster, X: forecaster.fit(X),
    ],
)
@pytest.mark.parametrize("factor", [1e154, 1e155, 1e300])
def test_series(answer, factor):
    forecaster = LSTMForecaster(**SMALL).fit(SERIES)

    with pytest.raises(ValueError, match=r"Values from -.*e\+(15.|30.) .* are too large"):
        answer(forecaster, 20 * SERIES * factor)


def test_covariates():
    dates = pd.date_range("2024-01-01", periods=60)
    frame = pd.DataFrame({"a": SERIES, "b": SERIES[::-1]}, index=dates)
    far = pd.DataFrame({"a": SERIES, "b": 1e300 * SERIES}, index=dates)
    forecaster = LSTMForecaster(**SMALL, target="a", look_back=4).fit([frame, frame])

    with pytest.raises(ValueError, match=r"no finite forecast for 2024-03-01 .* of X\[1\]"):
        forecaster.forecast(series=[frame, far])
    with pytest.raises(ValueError, match=r"no finite forecast for 2024-01-05 .* of X\[1\], 2024-"):
        forecaster.predict([frame.set_index(dates), far])
    with pytest.raises(ValueError, match=r"Covariates from .*e\+300 are too large"):
        forecaster.fit([far])


@classifiers
@pytest.mark.parametrize("lr", [1e39, 1e300])
def test_last_step_of_training(make, lr):
    clf = make(**SMALL).fit(X, Y)
    before = dict(vars(clf)), clf.predict_proba(X)
    # A single step: no loss is computed after it.
    clf.set_params(lr=lr, lr_schedule=None, batch_size=30)
    message = rf"weights are too large after epoch 1 with lr=1e\+{int(np.log10(lr))}\. Try a sm"

    with pytest.raises(ValueError, match=message):
        clf.fit(X, Y)

    clf.set_params(**{name: before[0][name] for name in ("lr", "lr_schedule", "batch_size")})
    assert vars(clf) == before[0]
    assert_array_equal(clf.predict_proba(X), before[1])


def test_finite_weights_that_are_too_large():
    with pytest.raises(ValueError, match=r"weights are too large after epoch 1 with lr=3e\+38"):
        RNNClassifier(**SMALL, lr=3e38, lr_schedule=None, batch_size=30).fit(X, Y)


@pytest.mark.parametrize("early_stopping", [False, True])
def test_last_step_of_training_a_forecaster(early_stopping):
    options = {**SMALL, "lr_schedule": None, "early_stopping": early_stopping}
    forecaster = LSTMForecaster(**options).fit(SERIES)
    expected = forecaster.forecast(3)
    forecaster.set_params(lr=1e300)

    with pytest.raises(ValueError, match=r"epoch 1 with lr=1e\+300\. Try a smaller lr"):
        forecaster.fit(SERIES)

    assert_array_equal(forecaster.forecast(3), expected)


def test_loss_names_the_learning_rate():
    with pytest.raises(ValueError, match=r"train loss became nan in epoch \d+ with lr=1e\+300\. "):
        LSTMForecaster(hidden_size=4, random_state=0, lr=1e300).fit(SERIES)
