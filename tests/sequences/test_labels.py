import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix
from sklearn.preprocessing import MultiLabelBinarizer

from sklearn_rnn import RNNClassifier, RNNImageClassifier

rng = np.random.default_rng(0)
X = rng.normal(size=(120, 6, 2))
LABELS = np.column_stack([X[:, :, 0].mean(axis=1) > 0, X[:, -1, 1] > 0]).astype(int)
CLASSES = LABELS[:, 0]
OPTIONS = {"device": "cpu", "random_state": 0, "hidden_size": 16, "max_epochs": 20}


def test_several_labels_are_learnt_each_for_itself():
    clf = RNNClassifier(**OPTIONS).fit(X[:90], LABELS[:90])

    predicted, probabilities = clf.predict(X[90:]), clf.predict_proba(X[90:])
    assert (predicted == LABELS[90:]).mean(axis=0).min() > 0.8
    assert_array_equal(predicted, probabilities > 0.5)
    assert_array_equal(predicted, clf.decision_function(X[90:]) > 0)
    assert_allclose(np.exp(clf.predict_log_proba(X[90:])), probabilities)
    assert clf.score(X[90:], LABELS[90:]) == (predicted == LABELS[90:]).all(axis=1).mean()
    assert_array_equal(clf.classes_, [0, 1])


def test_labels_may_be_sparse_and_stand_beside_a_ridge_classifier():
    options = {**OPTIONS, "max_epochs": 2, "front_end": True, "random_convolutions": True}
    clf = RNNClassifier(**options).fit(X, LABELS)

    assert_array_equal(
        RNNClassifier(**options).fit(X, csr_matrix(LABELS)).predict(X), clf.predict(X)
    )


def test_accuracy_of_labels_is_recorded():
    clf = RNNClassifier(**OPTIONS, early_stopping=True).fit(X, LABELS)

    assert 0.5 < clf.net_.history[-1, "valid_accuracy"] <= 1


def test_labels_of_images():
    clf = RNNImageClassifier(**OPTIONS).fit(X, LABELS)

    assert clf.predict(X).shape == LABELS.shape


def test_labels_in_parts():
    clf = RNNClassifier(**OPTIONS)
    for _ in range(10):
        clf.partial_fit(X, LABELS, classes=[0, 1])

    assert (clf.predict(X) == LABELS).mean() > 0.7
    with pytest.raises(ValueError, match="3 columns of labels, where 2 are expected"):
        clf.partial_fit(X, np.eye(3, dtype=int)[rng.integers(3, size=120)] | 1 - LABELS[:, :1])


def test_class_weight_is_refused_of_labels():
    with pytest.raises(ValueError, match="class_weight is for one class a sample"):
        RNNClassifier(**OPTIONS, class_weight="balanced").fit(X, LABELS)


@pytest.mark.parametrize(
    "y", [[["a"], ["a", "b"]], [["a"], ["b"]], [{1}, {1, 2}], pd.Series([[1], [1, 2]]), [[], [1]]]
)
def test_lists_of_labels_are_refused_by_advice(y):
    with pytest.raises(ValueError, match=r"y holds lists of labels.*MultiLabelBinarizer\(\)"):
        RNNClassifier(**OPTIONS).fit(X[:2], y)

    advised = MultiLabelBinarizer().fit_transform([["a"], ["a", "b"]] * 10)
    RNNClassifier(**{**OPTIONS, "max_epochs": 1}).fit(X[:20], advised)


@pytest.mark.parametrize("y", [["a", np.nan, "b"], pd.Series([0, None, 1], dtype="Int64")])
def test_missing_labels_are_named(y):
    with pytest.raises(ValueError, match=r"y contains NaN: y\[1\] is"):
        RNNClassifier(**OPTIONS).fit(X[:3], y)


def test_nullable_integers_stay_integers():
    clf = RNNClassifier(**{**OPTIONS, "max_epochs": 1}).fit(X, pd.Series(CLASSES, dtype="Int64"))

    assert clf.predict(X).dtype == np.int64


def test_several_classes_at_once_are_refused_by_advice():
    with pytest.raises(ValueError, match="MultiOutputClassifier"):
        RNNClassifier(**OPTIONS).fit(X, LABELS * 3 + np.arange(120)[:, None] % 3)


def test_warm_start_takes_no_other_kind_of_answer():
    clf = RNNClassifier(**OPTIONS, warm_start=True).fit(X, CLASSES)

    with pytest.raises(ValueError, match="warm_start"):
        clf.fit(X, LABELS)


def test_decision_function_of_two_classes_and_of_three():
    two = RNNClassifier(**OPTIONS).fit(X, CLASSES)
    three = RNNClassifier(**OPTIONS).fit(X, np.arange(120) % 3)

    assert_array_equal(two.decision_function(X) > 0, two.predict(X))
    assert_array_equal(three.decision_function(X).argmax(axis=1), three.predict(X))


def test_own_criterion():
    clf = RNNClassifier(**OPTIONS, criterion=torch.nn.MultiMarginLoss, criterion__margin=0.5)

    clf.fit(X[:90], CLASSES[:90])

    assert isinstance(clf.net_.criterion_, torch.nn.MultiMarginLoss)
    assert clf.net_.criterion_.margin == 0.5
    assert clf.auto_params_["label_smoothing"] == 0
    assert clf.score(X[90:], CLASSES[90:]) > 0.8


class Weightless(torch.nn.Module):
    def forward(self, outputs, y):
        return (outputs[:, 0] - y).square().mean()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"criterion": torch.nn.NLLLoss}, "Take torch.nn.CrossEntropyLoss"),
        ({"criterion": Weightless}, "must have a parameter `reduction`"),
        ({"criterion": int}, "must be a subclass of torch.nn.Module"),
        ({"criterion__reduction": "mean"}, "criterion__reduction cannot be set"),
        ({"criterion__label_smoothing": 0.1}, "Set label_smoothing instead"),
        (
            {"criterion": torch.nn.MultiMarginLoss, "label_smoothing": 0.1},
            "MultiMarginLoss, which knows no label smoothing",
        ),
    ],
)
def test_criterion_that_cannot_be_used(options, message):
    with pytest.raises(ValueError, match=message):
        RNNClassifier(**OPTIONS, **options).fit(X, CLASSES)
