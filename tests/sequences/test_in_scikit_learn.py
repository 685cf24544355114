"""Estimators of sequences inside scikit-learn's own."""

import numpy as np
from sklearn import config_context
from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    cross_val_predict,
    cross_val_score,
)
from sklearn.multioutput import MultiOutputClassifier

from sklearn_rnn import RNNClassifier, RNNRegressor, RNNTagger

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 6, 2))
MEAN = X[:, :, 0].mean(axis=1)
Y = (MEAN > 0).astype(int)
GROUPS = np.repeat(np.arange(12), 5)
OPTIONS = {"device": "cpu", "random_state": 0, "hidden_size": 8, "max_epochs": 15}


def test_grid_search_over_parts_of_parts():
    grid = {"hidden_size": np.array([4, 8]), "optimizer__amsgrad": [False, True]}

    search = GridSearchCV(RNNClassifier(**OPTIONS), grid, cv=2).fit(X, Y)

    assert search.best_score_ > 0.7
    assert set(search.best_params_) == set(grid)


def test_cross_val_predict_of_classes_probabilities_and_numbers():
    clf, reg = RNNClassifier(**OPTIONS), RNNRegressor(**OPTIONS)

    predicted = cross_val_predict(clf, X, Y, cv=3)
    probabilities = cross_val_predict(clf, X, Y, cv=3, method="predict_proba")

    np.testing.assert_array_equal(probabilities.argmax(axis=1), predicted)
    assert accuracy_score(Y, predicted) > 0.7
    assert np.corrcoef(cross_val_predict(reg, X, MEAN, cv=3), MEAN)[0, 1] > 0.9


def test_stacking_on_another_classifier():
    parts = [("gru", RNNClassifier(**OPTIONS)), ("rnn", RNNClassifier(**OPTIONS, cell="rnn"))]

    stacked = StackingClassifier(parts, LogisticRegression(), cv=2).fit(X, Y)

    assert stacked.score(X, Y) > 0.8


def test_one_classifier_for_each_of_several_classes():
    several = np.column_stack([Y, np.digitize(X[:, :, 1].mean(axis=1), [-0.2, 0.2])])

    both = MultiOutputClassifier(RNNClassifier(**OPTIONS)).fit(X, several)

    assert both.predict(X).shape == (60, 2)
    assert (both.predict(X)[:, 0] == Y).mean() > 0.8


def test_weights_and_groups_are_routed():
    with config_context(enable_metadata_routing=True):
        reg = RNNRegressor(**OPTIONS, early_stopping=True)
        reg.set_fit_request(sample_weight=True, groups=True).set_score_request(sample_weight=True)
        params = {"sample_weight": np.ones(60), "groups": GROUPS}

        scores = cross_val_score(reg, X, MEAN, params=params, cv=GroupKFold(2))

    assert scores.min() > 0.5


def test_a_tagger_is_searched_by_its_score():
    tags = (X[:, :, 0] > 0).astype(int)

    search = GridSearchCV(RNNTagger(**OPTIONS), {"num_layers": [1, 2]}, cv=2).fit(X, tags)

    assert search.best_score_ > 0.8
