import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.exceptions import NotFittedError

from sklearn_rnn import RNNClassifier
from sklearn_rnn.plotting import LearningCurveDisplay

rng = np.random.default_rng(0)
HISTORY = pd.DataFrame(
    rng.random((4, 6)),
    index=pd.RangeIndex(1, 5, name="epoch"),
    columns=["train_loss", "valid_loss", "train_loss_0", "train_loss_1", "valid_acc", "dur"],
)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_training_and_validation():
    display = LearningCurveDisplay.from_history(HISTORY)

    loss, acc = display.axes_
    assert [each.get_ylabel() for each in display.axes_] == ["loss", "accuracy"]
    assert [each.get_xlabel() for each in display.axes_] == ["epoch", "epoch"]
    assert legend(loss) == ["each network", "training", "validation"]
    assert legend(acc) == ["validation"]
    assert display.ax_ is loss
    assert set(display.lines_) == set(HISTORY) - {"dur"}
    for column, line in display.lines_.items():
        assert_array_equal(line.get_xdata(), HISTORY.index)
        assert_array_equal(line.get_ydata(), HISTORY[column])


def test_fitted_estimator():
    X = rng.normal(size=(30, 4, 2))
    clf = RNNClassifier(hidden_size=2, max_epochs=2, front_end=False, random_state=0)

    display = LearningCurveDisplay.from_estimator(clf.fit(X, np.arange(30) % 2), metrics="acc")

    assert display.metrics == ["acc"]
    assert_array_equal(display.lines_["train_acc"].get_ydata(), clf.history_["train_acc"])


def test_a_single_epoch_is_seen():
    display = LearningCurveDisplay.from_history(HISTORY[:1], metrics=["loss"])

    assert display.lines_["train_loss"].get_marker() == "o"


def test_given_axes_are_used():
    figure, axes = plt.subplots(2)

    display = LearningCurveDisplay.from_history(HISTORY, ax=axes)

    assert display.axes_.tolist() == axes.tolist()
    assert display.figure_ is figure
    with pytest.raises(ValueError, match=r"one Axes for each metric, 2 here\. Got 1"):
        LearningCurveDisplay.from_history(HISTORY, ax=axes[0])


@pytest.mark.parametrize("metrics", ["f1", ["loss", "dur"], []])
def test_what_was_not_recorded(metrics):
    with pytest.raises(ValueError, match=r"some of \['loss', 'acc'\], as recorded. Got"):
        LearningCurveDisplay.from_history(HISTORY, metrics=metrics)


def test_estimator_must_be_fitted():
    with pytest.raises(NotFittedError):
        LearningCurveDisplay.from_estimator(RNNClassifier())
