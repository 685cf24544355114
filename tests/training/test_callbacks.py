import numpy as np
import pytest
from skorch.callbacks import EpochTimer

from sklearn_rnn import LSTMForecaster, RNNClassifier

X, Y = np.random.default_rng(0).normal(size=(30, 5)), np.arange(30) % 2
SMALL = {"hidden_size": 4, "max_epochs": 1, "random_state": 0}


@pytest.mark.parametrize(
    ("callbacks", "given"),
    [
        ([1], r"callbacks\[0\]=1"),
        ([EpochTimer(), "timer"], r"callbacks\[1\]='timer'"),
        ([("timer", 1)], r"callbacks\[0\]=\('timer', 1\)"),
        ([(1, EpochTimer())], r"callbacks\[0\]=\(1, "),
        ([int], r"callbacks\[0\]=<class 'int'>"),
    ],
)
@pytest.mark.parametrize("estimator_class", [RNNClassifier, LSTMForecaster])
def test_what_is_no_callback_is_named(estimator_class, callbacks, given):
    with pytest.raises(ValueError, match=f"'callbacks' parameter must hold skorch .*{given}"):
        estimator_class(**SMALL, callbacks=callbacks).fit(X, Y)


def test_names_of_callbacks_are_different():
    with pytest.raises(ValueError, match="holds several named 'timer'"):
        RNNClassifier(**SMALL, callbacks=[("timer", EpochTimer())] * 2).fit(X, Y)


@pytest.mark.parametrize(
    "callbacks", [None, [], [EpochTimer], [EpochTimer()], [("timer", EpochTimer())]]
)
def test_callbacks_of_skorch(callbacks):
    assert RNNClassifier(**SMALL, callbacks=callbacks).fit(X, Y).n_iter_ == 1
