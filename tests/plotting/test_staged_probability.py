import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from sklearn_rnn import RNNClassifier, RNNImageClassifier
from sklearn_rnn.plotting import StagedProbabilityDisplay

rng = np.random.default_rng(0)
PROBABILITIES = np.array([[0.5, 0.45, 0.05], [0.3, 0.65, 0.05], [0.0, 0.98, 0.02]])


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_lines_are_the_probabilities():
    display = StagedProbabilityDisplay.from_predictions(PROBABILITIES, classes=["a", "b", "c"])
    drawn = np.column_stack([line.get_ydata() for line in display.lines_])
    np.testing.assert_array_equal(drawn, PROBABILITIES)
    np.testing.assert_array_equal(display.lines_[0].get_xdata(), [1, 2, 3])


def test_legend_names_the_classes_that_matter():
    display = StagedProbabilityDisplay.from_predictions(PROBABILITIES, classes=["a", "b", "c"])
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == ["a", "b"]


@pytest.mark.parametrize("shape", [(5, 4), (5, 4, 3)])
def test_image_classifier(shape):
    X = rng.random((12, *shape))
    clf = RNNImageClassifier(hidden_size=3, max_epochs=1, random_state=0)
    clf.fit(X, np.arange(12) % 3)
    display = StagedProbabilityDisplay.from_estimator(clf, X[2:3])
    np.testing.assert_allclose(display.probabilities[-1], clf.predict_proba(X[2:3])[0], atol=1e-6)
    np.testing.assert_array_equal(display.image_ax_.images[0].get_array(), X[2])


def test_sequences_have_no_image():
    X = rng.normal(size=(12, 5, 2))
    clf = RNNClassifier(hidden_size=3, max_epochs=1, random_state=0).fit(X, np.arange(12) % 2)
    display = StagedProbabilityDisplay.from_estimator(clf, X[:1])
    assert display.image_ax_ is None
    assert len(display.figure_.axes) == 1


def test_given_axes_are_used():
    figure, axes = plt.subplots(1, 2)
    display = StagedProbabilityDisplay.from_predictions(
        PROBABILITIES, classes=["a", "b", "c"], image=np.eye(4), axes=axes
    )
    assert display.figure_ is figure
    assert display.ax_ is axes[1]
    assert len(plt.get_fignums()) == 1


def test_more_than_one_sample_is_refused():
    with pytest.raises(ValueError, match="a single sample"):
        StagedProbabilityDisplay.from_estimator(None, np.zeros((2, 3)))


@pytest.mark.parametrize("probabilities", [PROBABILITIES[:, :2], PROBABILITIES[0]])
def test_probabilities_of_another_shape_are_refused(probabilities):
    with pytest.raises(ValueError, match=r"shape \(n_steps, 3\)"):
        StagedProbabilityDisplay.from_predictions(probabilities, classes=["a", "b", "c"])


def test_image_in_a_frame_is_drawn_in_the_order_of_fit():
    X = np.random.default_rng(0).random((20, 4, 3))
    frames = [pd.DataFrame(each, columns=list("abc")) for each in X]
    clf = RNNImageClassifier(hidden_size=4, max_epochs=1).fit(frames, np.arange(20) % 2)

    display = StagedProbabilityDisplay.from_estimator(clf, [frames[0][list("cab")]])

    assert_array_equal(display.image[:, :, 0], X[0])
