import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from torch import nn

from sklearn_rnn import FeatureExtractor, RNNImageCaptioner
from sklearn_rnn.datasets import make_digit_scenes
from sklearn_rnn.plotting import CaptionDisplay

X, Y = make_digit_scenes(12, random_state=0)
WORDS = ["a", "red", "five"]
WEIGHTS = np.random.default_rng(0).random((3, 4, 5))


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def quick(**parameters):
    return RNNImageCaptioner(hidden_size=4, max_epochs=1, random_state=0, **parameters)


def titles(display):
    return [ax.get_title() for ax in display.axes_]


def test_image_and_each_word():
    captioner = quick().fit(X, Y)

    display = CaptionDisplay.from_estimator(captioner, X[2:3])

    caption = captioner.predict(X[2:3])[0]
    (words,), (weights,) = captioner.attend(X[2:3])
    assert titles(display) == [caption, *words]
    for ax in display.axes_:
        assert_array_equal(ax.images[0].get_array(), X[2])
    for ax, expected in zip(display.axes_[1:], weights, strict=True):
        assert_array_equal(ax.images[1].get_array(), expected)
        assert ax.images[1].get_extent() == ax.images[0].get_extent()


def test_given_caption():
    display = CaptionDisplay.from_estimator(quick().fit(X, Y), X[:1], caption=Y[0])

    assert titles(display)[0] == Y[0]


def test_without_attention_there_is_the_image_alone():
    display = CaptionDisplay.from_estimator(quick(attention=False).fit(X, Y), X[:1])

    assert len(display.figure_.axes) == 1
    assert display.weights is None


def test_features_need_an_image():
    features = FeatureExtractor(nn.Conv2d(3, 6, 3, stride=8)).fit_transform(X)
    captioner = quick().fit(features, Y)

    display = CaptionDisplay.from_estimator(captioner, features[:1], image=X[0])

    assert_array_equal(display.image, X[0])
    with pytest.raises(ValueError, match=r"1, 3 or 4 channels. Got \(4, 4, 6\)"):
        CaptionDisplay.from_estimator(captioner, features[:1])


@pytest.mark.parametrize("shape", [(7, 8), (7, 8, 1), (7, 8, 3)])
@pytest.mark.parametrize("factor", [1.0, 255.0])
def test_images_of_floats(shape, factor):
    image = factor * np.random.default_rng(0).random(shape)

    display = CaptionDisplay.from_predictions(image, WORDS, weights=WEIGHTS)

    drawn = display.axes_[0].images[0].get_array()
    assert drawn.min() == 0
    assert drawn.max() == 1
    assert titles(display) == ["a red five", *WORDS]


def test_given_axes_are_used():
    figure, axes = plt.subplots(2, 3)

    display = CaptionDisplay.from_predictions(X[0], WORDS, weights=WEIGHTS, axes=axes)

    assert display.figure_ is figure
    assert_array_equal(display.axes_, axes.ravel()[:4])
    assert not axes[1, 2].axison
    assert len(plt.get_fignums()) == 1


def test_too_few_axes():
    with pytest.raises(ValueError, match="There must be 4 axes"):
        CaptionDisplay.from_predictions(X[0], WORDS, weights=WEIGHTS, axes=plt.subplots(1, 3)[1])


@pytest.mark.parametrize("weights", [WEIGHTS[:2], WEIGHTS[0]])
def test_weights_of_other_words(weights):
    with pytest.raises(ValueError, match=r"shape \(3, n_rows, n_columns\)"):
        CaptionDisplay.from_predictions(X[0], WORDS, weights=weights)


def test_several_images():
    with pytest.raises(ValueError, match="a single image"):
        CaptionDisplay.from_estimator(None, X[:2])
