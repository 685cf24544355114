import pickle

import numpy as np
import pytest
from scipy.special import log_softmax

from sklearn_rnn import RNNClassifier

rng = np.random.default_rng(0)
N_STEPS = rng.integers(30, 60, size=60)
# A short wave somewhere, slow or fast.
Y = np.arange(60) % 2
X = [rng.normal(scale=0.3, size=(n_steps, 2)) for n_steps in N_STEPS]
for sequence, code in zip(X, Y, strict=True):
    start = rng.integers(len(sequence) - 20)
    sequence[start : start + 20, 0] += np.sin(np.arange(20) * (0.5 if code else 1.0))
QUICK = {"max_epochs": 5, "random_state": 0, "device": "cpu"}


@pytest.fixture(scope="module")
def fitted():
    return RNNClassifier(**QUICK).fit(X[:40], Y[:40])


def test_half_of_the_say(fitted):
    together = fitted.predict_log_proba(X[40:])
    module = pickle.loads(pickle.dumps(fitted))
    (beside,) = fitted.net_.module_.beside
    module.net_.module_.shares = None
    networks = module.predict_log_proba(X[40:])

    data = fitted._sequence_data(*fitted._validate_X(X[40:], reset=False)[:1], lengths=N_STEPS[40:])
    linear = fitted.net_.outputs(data, beside)

    np.testing.assert_allclose(together, log_softmax((networks + linear) / 2, axis=1), atol=1e-5)


def test_it_learns_from_few_samples(fitted):
    assert fitted.auto_params_["random_convolutions"]
    assert fitted.score(X[40:], Y[40:]) > 0.9


def test_without():
    clf = RNNClassifier(**QUICK, random_convolutions=False).fit(X[:40], Y[:40])

    assert not clf.auto_params_["random_convolutions"]
    assert clf.net_.module_.shares is None


def test_one_network_and_the_ridge_classifier():
    clf = RNNClassifier(**QUICK, n_estimators=1).fit(X[:40], Y[:40])

    assert len(clf.net_.module_.members) == 1
    assert clf.score(X[40:], Y[40:]) > 0.9


def test_stages_end_with_the_answer(fitted):
    last = list(fitted.staged_predict_proba(X[40:44]))[-1]

    np.testing.assert_allclose(last, fitted.predict_proba(X[40:44]), atol=1e-6)


def test_bits_are_those_of_the_seed_and_survive_pickling(fitted):
    again = RNNClassifier(**QUICK).fit(X[:40], Y[:40])
    copied = pickle.loads(pickle.dumps(again))

    wanted = fitted.predict_proba(X[40:])
    assert np.array_equal(again.predict_proba(X[40:]), wanted)
    assert np.array_equal(copied.predict_proba(X[40:]), wanted)


def test_rows_of_weight_zero_are_no_rows():
    weight = (np.arange(60) < 40).astype(float)

    weighted = RNNClassifier(**QUICK).fit(X, Y, weight)
    without = RNNClassifier(**QUICK).fit(X[:40], Y[:40])

    assert np.allclose(weighted.predict_proba(X[40:]), without.predict_proba(X[40:]), atol=1e-5)


def test_partial_fit_knows_the_networks_alone():
    clf = RNNClassifier(**QUICK).partial_fit(X, Y, classes=[0, 1])

    assert not clf.auto_params_["random_convolutions"]
    assert clf.net_.module_.shares is None
