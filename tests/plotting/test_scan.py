import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_rnn import ImageToSequence, RNNImageClassifier
from sklearn_rnn.plotting import ScanDisplay

X = np.random.default_rng(0).random((12, 5, 4, 3))
PATHS = {
    "rows": [(1.5, row) for row in range(5)],
    "columns": [(column, 2) for column in range(4)],
    "patches": [(0.5, 0.5), (2.5, 0.5), (0.5, 2.5), (2.5, 2.5), (0.5, 4), (2.5, 4)],
    "snake": [
        (column if row % 2 == 0 else 3 - column, row) for row in range(5) for column in range(4)
    ],
}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("scan", PATHS)
def test_path_goes_through_the_centres_of_steps(scan):
    reader = ImageToSequence(scan=scan, patch_size=2).fit(X)

    display = ScanDisplay.from_estimator(reader, X[:1])

    assert_allclose(display.line_.get_xydata(), PATHS[scan])
    shown, steps = (each.get_array() for each in display.ax_.images)
    assert shown.shape == steps.shape == (5, 4)
    assert_array_equal(np.unique(steps), np.arange(1, len(PATHS[scan]) + 1))
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert labels == ["first step", "last step"]


def test_classifier_without_an_image():
    clf = RNNImageClassifier(hidden_size=2, max_epochs=1, scan="columns").fit(X, np.arange(12) % 2)

    display = ScanDisplay.from_estimator(clf)

    assert_array_equal(display.ax_.images[0].get_array()[0], [1, 2, 3, 4])


def test_given_axes_are_used():
    figure, ax = plt.subplots()

    display = ScanDisplay.from_predictions([[0, 1], [2, 3]], (2, 2), ax=ax)

    assert display.ax_ is ax
    assert display.figure_ is figure


@pytest.mark.parametrize("order", [[[0, 4]], [0, 1], [[0.0, 1.0]], [[-2, 0]]])
def test_what_is_no_order(order):
    with pytest.raises(ValueError, match=r"from -1 to 3, the last position .* Got shape"):
        ScanDisplay.from_predictions(order, (2, 2))


def test_a_single_image_of_the_shape_of_fit():
    reader = ImageToSequence().fit(X)

    with pytest.raises(ValueError, match=r"a single image\. Got 2"):
        ScanDisplay.from_estimator(reader, X[:2])
    with pytest.raises(
        ValueError, match=r"shape \(5, 4, 3\), as seen in fit. Got shape \(1, 5, 4\)"
    ):
        ScanDisplay.from_estimator(reader, X[:1, :, :, 0])
