"""Weights of classes, of labels of every kind."""

import datetime

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from sklearn_rnn import RNNClassifier

X = np.random.default_rng(0).normal(size=(30, 5, 2))
CODES = np.arange(30) % 3 // 2
DAYS = np.array(["2024-01-01", "2024-01-02"], dtype="datetime64[ns]")
SMALL = {"hidden_size": 4, "max_epochs": 2, "random_state": 0}


def probabilities(y, class_weight):
    return RNNClassifier(**SMALL, class_weight=class_weight).fit(X, y).predict_proba(X)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["a", "longer"], ["a", "longer"]),
        ([False, True], [False, True]),
        ([1.0, 2.0], [1.0, 2.0]),
        (DAYS, DAYS),
        (DAYS, list(map(pd.Timestamp, DAYS))),
        (DAYS.astype("datetime64[D]"), [datetime.date(2024, 1, 1), datetime.date(2024, 1, 2)]),
        (pd.Series(DAYS), list(DAYS)),
    ],
)
def test_labels_of_every_kind(labels, names):
    y = np.asarray(labels)[CODES]

    found = probabilities(y, dict(zip(names, [1, 3.0], strict=True)))

    assert_array_equal(found, probabilities(CODES, {0: 1, 1: 3}))
    assert_array_equal(probabilities(y, "balanced"), probabilities(CODES, "balanced"))


def test_label_that_is_not_named_counts_once():
    assert_array_equal(probabilities(CODES, {1: 3}), probabilities(CODES, {0: 1, 1: 3}))


@pytest.mark.parametrize(
    ("class_weight", "message"),
    [
        ({0: np.nan, 1: 1}, "Got nan for 0"),
        ({0: np.inf, 1: 1}, "Got inf for 0"),
        ({0: -1, 1: 1}, "Got -1 for 0"),
        ({0: "a", 1: 1}, "Got 'a' for 0"),
        ({0: None, 1: 1}, "Got None for 0"),
        ({7: 2, 1: 1}, r"names the labels \[7\], which y does not hold"),
        ({0: 0, 1: 0}, "must not give all classes no weight"),
    ],
)
def test_weights_that_are_none_are_named(class_weight, message):
    with pytest.raises(ValueError, match=f"'class_weight' parameter .*{message}"):
        probabilities(CODES, class_weight)
