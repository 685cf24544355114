"""A minimal gated unit (Zhou et al. 2016), as a user would write it."""

import pickle

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn

from sklearn_rnn import LSTMForecaster, RNNClassifier
from sklearn_rnn.nn import SteppedLayer

rng = np.random.default_rng(0)
X = [rng.normal(size=(n_steps, 2)) for n_steps in rng.integers(4, 9, size=80)]
Y = np.array([int(x[:, 0].mean() > 0) for x in X])
OPTIONS = {"device": "cpu", "random_state": 0, "hidden_size": 8, "max_epochs": 15}


class MinimalGatedUnit(SteppedLayer):
    n_gates = 2

    @staticmethod
    def step(from_input, state, w_hh, b_hh):
        forget_x, new_x = from_input.chunk(2, dim=1)
        forget_h, new_h = nn.functional.linear(state, w_hh, b_hh).chunk(2, dim=1)
        forget = torch.sigmoid(forget_x + forget_h)
        return (1 - forget) * state + forget * torch.tanh(new_x + forget * new_h)


def test_it_learns_in_both_directions():
    clf = RNNClassifier(**OPTIONS, cell=MinimalGatedUnit).fit(X[:60], Y[:60])

    assert clf.score(X[60:], Y[60:]) > 0.7
    copied = pickle.loads(pickle.dumps(clf))
    assert_array_equal(copied.predict_proba(X), clf.predict_proba(X))


def test_same_seed_same_bits_and_no_global_generator():
    before = torch.get_rng_state()
    first, second = (RNNClassifier(**OPTIONS, cell=MinimalGatedUnit).fit(X, Y) for _ in range(2))

    assert_array_equal(first.predict_proba(X), second.predict_proba(X))
    assert torch.equal(torch.get_rng_state(), before)


def test_streams_and_forecasts():
    clf = RNNClassifier(**OPTIONS, cell=MinimalGatedUnit, bidirectional=False).fit(X, Y)
    stream = clf.start_stream().read(X[0])
    forecaster = LSTMForecaster(**OPTIONS, cell=MinimalGatedUnit).fit(np.sin(np.arange(60.0)))

    assert_allclose(stream.predict_proba(), clf.predict_proba(X[:1]), rtol=1e-4)
    assert np.isfinite(forecaster.forecast(3)).all()


@pytest.mark.parametrize("cell", [int, nn.GRU])
def test_other_classes_are_refused(cell):
    with pytest.raises(ValueError, match="subclass of sklearn_rnn"):
        RNNClassifier(**OPTIONS, cell=cell).fit(X, Y)
