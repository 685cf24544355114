"""Warnings are about the line of the user."""

import inspect

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import make_pipeline

from sklearn_rnn import (
    ImageToSequence,
    LookBackWindow,
    LSTMForecaster,
    RNNClassifier,
    RNNImageClassifier,
)

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(30, 5, 2)), np.arange(30) % 2
IMAGES, SERIES = RNG.normal(size=(30, 3, 6, 6)), RNG.normal(size=40).cumsum()
SMALL = {"hidden_size": 4, "max_epochs": 1, "random_state": 0}


def fit_in_a_pipeline():
    steps = LookBackWindow(4, flatten=True), RNNClassifier(**SMALL)
    make_pipeline(*steps).fit(Y[:, None].astype(float), Y)


@pytest.mark.parametrize(
    ("call", "category", "message"),
    [
        (lambda: LSTMForecaster(**SMALL, season_length=30).fit(SERIES), UserWarning, "60 time st"),
        (
            lambda: LSTMForecaster(**SMALL, season_length=9, look_back=4).fit(SERIES),
            UserWarning,
            "is of no use",
        ),
        (
            lambda: RNNClassifier(**SMALL, gradient_clip_value=1.0).fit(X, Y),
            FutureWarning,
            "renamed",
        ),
        (
            lambda: RNNClassifier(**SMALL, front_end=False, lr=1e-9).fit(X, Y),
            ConvergenceWarning,
            "next to nothing",
        ),
        (lambda: ImageToSequence().fit(IMAGES), UserWarning, "move it to the end"),
        (lambda: RNNImageClassifier(**SMALL).fit(IMAGES, Y), UserWarning, "move it to the end"),
        (fit_in_a_pipeline, UserWarning, "row by row"),
    ],
)
def test_warnings_point_at_the_line_of_the_user(call, category, message):
    with pytest.warns(category, match=message) as caught:
        call()

    [each, *_] = [each for each in caught if message in str(each.message)]
    lines, first = inspect.getsourcelines(call)
    assert each.filename == __file__
    assert first <= each.lineno < first + len(lines)
