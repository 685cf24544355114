import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from sklearn_rnn import RNNClassifier, RNNImageClassifier, RNNRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 9, 2))
Y = (X[:, :, 0].mean(axis=1) > 0).astype(int)
RAGGED = [x[: 3 + number % 7] for number, x in enumerate(X)]
OPTIONS = {"device": "cpu", "random_state": 0, "hidden_size": 8, "max_epochs": 3}
PLAIN = {"bidirectional": False, "front_end": False, "pooling": "last"}


def test_features_are_what_the_output_layer_sees():
    clf = RNNClassifier(**OPTIONS).fit(X, Y)

    features = clf.transform(X)

    output = clf.net_.module_.output
    logits = features @ output.weight.detach().numpy().T + output.bias.detach().numpy()
    scores = clf.decision_function(X)
    assert_allclose(logits[:, 1] - logits[:, 0], scores, rtol=1e-4, atol=1e-5)


def test_networks_of_an_ensemble_stand_side_by_side():
    clf = RNNClassifier(**OPTIONS, n_estimators=3, front_end=True).fit(X, Y)

    assert clf.transform(X).shape == (60, 3 * 2 * (16 + 64))


def test_features_have_names_and_become_frames():
    reg = RNNRegressor(**OPTIONS).fit(X, X[:, 0])

    frame = reg.set_output(transform="pandas").transform(X)

    assert list(frame.columns) == list(reg.get_feature_names_out())
    assert frame.columns[0] == "rnnregressor0"


def test_features_feed_another_classifier():
    pipeline = make_pipeline(RNNClassifier(**OPTIONS), LogisticRegression())

    assert pipeline.fit(X, Y).score(X, Y) > 0.7


def test_states_after_the_last_step_are_the_features():
    clf = RNNClassifier(**OPTIONS, **PLAIN).fit(RAGGED, Y)

    states, features = clf.transform_steps(RAGGED), clf.transform(RAGGED)

    for row, sequence in enumerate(RAGGED):
        assert_array_equal(states[row, len(sequence) - 1], features[row])
        assert np.isnan(states[row, len(sequence) :]).all()


def test_each_step_has_a_state_where_a_front_end_merges_steps():
    clf = RNNClassifier(**OPTIONS, front_end=True, n_estimators=2).fit(RAGGED, Y)

    states = clf.transform_steps(RAGGED)

    assert states.shape == (60, 9, 2 * 16)
    assert_array_equal(np.isnan(states[:, :, 0]).sum(axis=1), [9 - len(x) for x in RAGGED])


def test_images_too():
    images = rng.integers(256, size=(20, 16, 16))
    clf = RNNImageClassifier(**OPTIONS).fit(images, np.arange(20) % 2)

    assert clf.transform(images).shape == (20, 8)
    assert clf.transform_steps(images).shape == (20, 16, 8)


def test_values_far_out_are_refused():
    clf = RNNClassifier(**OPTIONS).fit(X, Y)

    with pytest.raises(ValueError, match="no finite output"):
        clf.transform(X * 1e300)


def test_not_fitted():
    with pytest.raises(NotFittedError):
        RNNClassifier().transform(X)
