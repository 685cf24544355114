import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_rnn import LSTMForecaster, RNNClassifier, RNNImageClassifier
from sklearn_rnn.inspection import integrated_gradients
from sklearn_rnn.plotting import AttributionDisplay

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 6, 2))
Y = np.where(X[:, 2, 0] > 0, "up", "down")
SMALL = {"hidden_size": 2, "max_epochs": 1, "random_state": 0}
ALONE = {"front_end": False, "n_estimators": 1, "random_convolutions": False}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def rows(display):
    return [text.get_text() for text in display.ax_.get_yticklabels()]


def bar_label(display):
    return display.figure_.axes[-1].get_ylabel()


def test_sequence():
    frames = [pd.DataFrame(each, columns=["speed", "height"]) for each in X]
    clf = RNNClassifier(**SMALL, **ALONE).fit(frames, Y)

    display = AttributionDisplay.from_estimator(clf, frames[:1], n_points=4)

    expected = integrated_gradients(clf, frames[:1], n_points=4)[0]
    assert_allclose(display.attributions, expected)
    assert_array_equal(display.image_.get_array(), display.attributions.T)
    low, high = display.image_.get_clim()
    assert low == -high
    assert rows(display) == ["speed", "height"]
    assert display.ax_.get_xlabel() == "step"
    assert bar_label(display) == f"attribution of class {clf.predict(frames[:1])[0]}"
    assert len(display.lines_) == 2
    for number, line in enumerate(display.lines_):
        # Upwards is less, as in an image.
        assert np.corrcoef(line.get_ydata(), X[0, :, number])[0, 1] == pytest.approx(-1)
        assert abs(line.get_ydata() - number).max() < 0.5


@pytest.mark.parametrize("shape", [(5, 4), (5, 4, 3)])
def test_image(shape):
    images = rng.random((12, *shape))
    clf = RNNImageClassifier(**SMALL).fit(images, np.arange(12) % 2)

    display = AttributionDisplay.from_estimator(clf, images[:1], target=1, n_points=4)

    expected = integrated_gradients(clf, images[:1], 1, n_points=4).reshape(5, 4, -1).sum(axis=2)
    assert_allclose(display.attributions, expected)
    assert bar_label(display) == "attribution of class 1"
    assert display.lines_ == []


def test_series():
    series = pd.Series(rng.normal(size=40), pd.date_range("2024-01-01", periods=40))
    forecaster = LSTMForecaster(look_back=5, horizon=2, **SMALL).fit(series)

    display = AttributionDisplay.from_estimator(forecaster, series, target=2, n_points=2)

    assert display.attributions.shape == (5, 1)
    assert_array_equal(display.values[:, 0], series[-5:])
    assert bar_label(display) == "attribution of step 2 ahead"


def test_tokens_have_no_values():
    tokens = [["a", "b", str(number % 2)] for number in range(12)]
    clf = RNNClassifier(**SMALL, **ALONE).fit(tokens, np.arange(12) % 2)

    display = AttributionDisplay.from_estimator(clf, tokens[:1])

    assert display.values is None
    assert display.attributions.shape == (3, 1)


def test_given_axes_are_used():
    figure, ax = plt.subplots()

    display = AttributionDisplay.from_predictions([0.0, 1.0, -2.0], ax=ax)

    assert display.ax_ is ax
    assert display.figure_ is figure
    assert display.image_.get_clim() == (-2, 2)


@pytest.mark.parametrize(
    ("attributions", "options", "message"),
    [
        (1.0, {}, r"of one sample, .* Got shape \(\)"),
        (np.zeros((2, 2)), {"values": [1.0]}, r"the shape of attributions, \(2, 2\). Got \(1,\)"),
        (np.zeros((3, 2)), {"feature_names": ["a"]}, "must hold 2 names, .* Got 1"),
    ],
)
def test_what_cannot_be_drawn(attributions, options, message):
    with pytest.raises(ValueError, match=message):
        AttributionDisplay.from_predictions(attributions, **options)


def test_a_single_sample():
    with pytest.raises(ValueError, match=r"a single sample\. Got 2"):
        AttributionDisplay.from_estimator(RNNClassifier(), X[:2])
