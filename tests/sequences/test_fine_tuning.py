import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.exceptions import NotFittedError

from sklearn_rnn import RNNClassifier, RNNRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 12, 2))
OLD = (X[:, :, 0].mean(axis=1) > 0).astype(int)
NEW = np.array(["low", "middle", "high"])[np.digitize(X[:, :, 0].mean(axis=1), [-0.1, 0.1])]
OPTIONS = {"device": "cpu", "random_state": 0, "hidden_size": 8, "max_epochs": 3}


def weights(clf):
    return {name: each.detach().clone() for name, each in clf.net_.module_.named_parameters()}


@pytest.mark.parametrize("options", [{}, {"n_estimators": 1, "front_end": False}])
@pytest.mark.parametrize("freeze", [False, True])
def test_networks_go_on_with_new_classes(options, freeze):
    clf = RNNClassifier(**OPTIONS, **options).fit(X, OLD)
    before, convolutions = weights(clf), clf.auto_params_["random_convolutions"]

    clf.fine_tune(X[:30], NEW[:30], freeze=freeze)

    assert_array_equal(clf.classes_, ["high", "low", "middle"])
    assert clf.predict_proba(X).shape == (60, 3)
    assert clf.auto_params_["random_convolutions"] == convolutions
    for name, weight in weights(clf).items():
        is_reading = "encoder" in name or "front_end" in name
        if is_reading:
            assert torch.equal(weight, before[name]) == freeze
        elif "output" in name:
            assert weight.shape[0] == 3


def test_scale_of_the_features_stays():
    clf = RNNClassifier(**OPTIONS, front_end=False).fit(X, OLD)
    scale = clf.net_.module_.rescale.scale.clone()

    clf.fine_tune(X * 100, NEW)

    assert torch.equal(clf.net_.module_.rescale.scale, scale)


def test_numbers_too():
    reg = RNNRegressor(**OPTIONS).fit(X, X[:, 0, 0])

    reg.fine_tune(X, X[:, :2, 1])

    assert reg.predict(X).shape == (60, 2)


def test_fitting_again_starts_anew():
    clf = RNNClassifier(**OPTIONS).fit(X, OLD)
    expected = clf.predict_proba(X)

    clf.fine_tune(X, NEW, freeze=True).fit(X, OLD)

    assert_array_equal(clf.predict_proba(X), expected)


def test_failure_leaves_the_fitted_estimator():
    clf = RNNClassifier(**OPTIONS).fit(X, OLD)
    expected = clf.predict_proba(X)

    with pytest.raises(ValueError, match="1 features per step"):
        clf.fine_tune(X[:, :, :1], NEW)

    assert_array_equal(clf.predict_proba(X), expected)


def test_not_fitted():
    with pytest.raises(NotFittedError):
        RNNClassifier().fine_tune(X, NEW)
