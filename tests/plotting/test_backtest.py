from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from sklearn_rnn import backtest, score_backtest
from sklearn_rnn.metrics import mean_absolute_scaled_error
from sklearn_rnn.plotting import BacktestDisplay

rng = np.random.default_rng(0)
SERIES = rng.normal(size=40)
FRAMES = {
    f"ridge of {look_back}": backtest(Ridge(), SERIES, look_back=look_back, horizon=3)
    for look_back in (2, 5)
}
FRAME = FRAMES["ridge of 2"]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def test_a_line_for_each_forecaster():
    display = BacktestDisplay.from_backtest(FRAMES)

    names = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert names == list(FRAMES) == [line.get_label() for line in display.lines_]
    for line, frame in zip(display.lines_, FRAMES.values(), strict=True):
        expected = score_backtest(frame, {"mae": mean_absolute_error}, by="step")["mae"]
        np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3])
        np.testing.assert_array_equal(line.get_ydata(), expected)
    assert display.ax_.get_ylabel() == "mean absolute error"


def test_one_forecaster_needs_no_legend():
    display = BacktestDisplay.from_backtest(FRAME, metric=root_mean_squared_error)

    assert display.ax_.get_legend() is None
    assert display.scores.shape == (3, 1)
    assert display.ax_.get_ylabel() == "root mean squared error"


def test_metrics_may_need_the_series():
    metric = partial(mean_absolute_scaled_error, season_length=4)

    display = BacktestDisplay.from_backtest(FRAME, metric=metric, series=SERIES)

    expected = score_backtest(FRAME, {"mase": metric}, by="step", series=SERIES)["mase"]
    np.testing.assert_array_equal(display.scores.iloc[:, 0], expected)
    assert display.ax_.get_ylabel() == "mean absolute scaled error"


def test_the_score_has_the_given_name():
    display = BacktestDisplay.from_backtest(
        FRAME, metric=lambda y_true, y_pred: 0.0, score_name="nothing"
    )

    assert display.ax_.get_ylabel() == "nothing"


def test_given_axes_are_used():
    figure, ax = plt.subplots()

    display = BacktestDisplay.from_backtest(FRAMES, ax=ax)

    assert display.ax_ is ax
    assert display.figure_ is figure
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        ([FRAME], "or a dict of them by the names of their forecasters. Got list"),
        (None, "Got NoneType"),
        ({}, "Got an empty dict"),
        ({"a": FRAME, "b": [FRAME]}, r"frames\['b'\] must be a DataFrame .* Got list"),
    ],
)
def test_what_is_no_backtest_is_named(frames, message):
    with pytest.raises(ValueError, match=message):
        BacktestDisplay.from_backtest(frames)
