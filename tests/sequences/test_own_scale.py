"""Sequences of very different scales."""

import numpy as np
import pytest

from sklearn_rnn import RNNClassifier, RNNImageClassifier

rng = np.random.default_rng(0)
Y = np.arange(120) % 2
N_STEPS = rng.integers(30, 60, size=120)
QUICK = {"max_epochs": 8, "random_state": 0, "device": "cpu", "random_convolutions": False}


def make_sequences(spread):
    """Make slow and fast waves of which most are tiny beside the largest."""
    scales = np.exp(spread * rng.normal(size=120))
    return [
        scale * np.sin(np.arange(n_steps)[:, None] * (0.5 if code else 0.8) + rng.normal())
        for n_steps, scale, code in zip(N_STEPS, scales, Y, strict=True)
    ]


def member(clf):
    return clf.net_.module_.members[0]


def test_small_sequences_are_seen_too():
    X = make_sequences(4.0)

    clf = RNNClassifier(**QUICK).fit(X[:80], Y[:80])

    assert member(clf).own_scale is not None
    assert clf.score(X[80:], Y[80:]) > 0.9
    last = list(clf.staged_predict_proba(X[80:82]))[-1]
    np.testing.assert_allclose(last, clf.predict_proba(X[80:82]), atol=1e-6)


def test_one_scale_suits_sequences_that_are_alike():
    clf = RNNClassifier(**{**QUICK, "max_epochs": 1}).fit(make_sequences(0.3), Y)

    assert member(clf).own_scale is None


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_images_keep_their_brightness():
    images = np.exp(4 * rng.normal(size=(20, 1, 1))) * rng.random((20, 16, 16))

    clf = RNNImageClassifier(max_epochs=1, random_state=0).fit(images, Y[:20])

    assert clf.net_.module_.members[0].own_scale is None


def test_a_warm_start_goes_on_with_the_same_network():
    X = make_sequences(4.0)
    clf = RNNClassifier(**QUICK, warm_start=True).fit(X[:80], Y[:80])

    clf.fit(make_sequences(0.1), Y)

    assert member(clf).own_scale is not None


def test_what_follows_partial_fit_has_the_scales_of_its_first_call():
    X = make_sequences(4.0)
    clf = RNNClassifier(**QUICK).partial_fit(X[:80], Y[:80], classes=[0, 1])

    clf.partial_fit(make_sequences(0.1), Y)

    assert member(clf).own_scale is not None
