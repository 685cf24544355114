"""Parameters of optimizer and callbacks, the skorch way."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from skorch.callbacks import EarlyStopping, EpochTimer

from sklearn_rnn import LSTMForecaster, RNNClassifier, RNNImageClassifier, RNNRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 4, 4))
Y = np.arange(40) % 2
OPTIONS = {"device": "cpu", "random_state": 0, "hidden_size": 4, "max_epochs": 2}
STOPPING = {"callbacks": [("es", EarlyStopping()), EpochTimer()], "early_stopping": True}


@pytest.mark.parametrize(
    ("kind", "y"),
    [(RNNClassifier, Y), (RNNImageClassifier, Y), (RNNRegressor, Y), (LSTMForecaster, X[:, 0, :1])],
)
def test_parameters_of_the_optimizer(kind, y):
    est = kind(**OPTIONS, optimizer="sgd", optimizer__momentum=0.5, optimizer__nesterov=True)

    est.fit(X[:, :, 0] if kind is LSTMForecaster else X, y)

    for group in est.net_.optimizer_.param_groups:
        assert group["momentum"] == 0.5  # though one cycle would move it
        assert group["nesterov"]


def test_parameters_of_callbacks_by_name_and_by_class():
    clf = RNNClassifier(**OPTIONS, **STOPPING, callbacks__es__patience=3)
    clf.set_params(callbacks__EpochTimer=None).fit(X, Y)

    callbacks = clf.net_.callbacks_
    assert dict(callbacks)["es"].patience == 3
    assert STOPPING["callbacks"][0][1].patience == 5
    assert sum(isinstance(each, EpochTimer) for _, each in callbacks) == 1  # the net's own


def test_they_are_parameters_like_others():
    clf = RNNClassifier(**OPTIONS, optimizer__eps=1e-6)

    assert clf.get_params()["optimizer__eps"] == 1e-6
    assert "optimizer__eps=1e-06" in repr(clf)
    assert clone(clf).set_params(optimizer__eps=1e-5).get_params()["optimizer__eps"] == 1e-5
    found = GridSearchCV(clf, {"optimizer__eps": [1e-8, 1e-7]}, cv=2).fit(X, Y)
    assert set(found.best_params_) == {"optimizer__eps"}
    assert_array_equal(clone(clf).fit(X, Y).predict_proba(X), clf.fit(X, Y).predict_proba(X))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizer__foo": 1}, "optimizer__foo is not a parameter of AdamW, which has"),
        ({"optimizer__lr": 1}, "Set lr=1 instead of optimizer__lr"),
        ({"callbacks__x__y": 1}, r"there is no callback 'x' in \[\]"),
        ({**STOPPING, "callbacks__es": 1}, "callbacks__es must be None"),
    ],
)
def test_bad_values(options, message):
    with pytest.raises(ValueError, match=message):
        RNNClassifier(**OPTIONS, **options).fit(X, Y)


def test_unknown_names():
    with pytest.raises(TypeError, match="unexpected keyword argument 'optimiser__lr'"):
        RNNClassifier(optimiser__lr=1)
    with pytest.raises(TypeError, match="unexpected keyword argument 'criterion__margin'"):
        RNNRegressor(criterion__margin=1)
    with pytest.raises(ValueError, match="Invalid parameter 'optimiser'"):
        RNNClassifier().set_params(optimiser__lr=1)
