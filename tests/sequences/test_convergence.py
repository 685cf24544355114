"""A network that has learnt next to nothing warns."""

import warnings

import numpy as np
import pytest
import torch
from scipy.optimize import minimize_scalar
from sklearn.exceptions import ConvergenceWarning
from torch.nn.functional import cross_entropy

from sklearn_rnn import RNNClassifier, RNNImageClassifier
from sklearn_rnn.sequences._convergence import constant_cross_entropy, convergence_message
from sklearn_rnn.sequences._split import split_rows

rng = np.random.default_rng(0)
X = rng.normal(size=(48, 5, 2))
Y = np.where(X[:, 0, 0] > 0, "up", "down")

all_classifiers = pytest.mark.parametrize("classifier_class", [RNNClassifier, RNNImageClassifier])


def message(loss, codes, weight=None, label_smoothing=0.0):
    constant = constant_cross_entropy(codes, weight, n_classes=2, label_smoothing=label_smoothing)
    return convergence_message(loss, constant, "how often each class occurs", n_steps=7)


@pytest.mark.parametrize("label_smoothing", [0.0, 0.1, 0.9])
@pytest.mark.parametrize("weight", [None, [1.0, 3.0, 0.5, 0.0, 2.0]], ids=str)
def test_bound_is_a_little_below_the_best_constant_answer(label_smoothing, weight):
    codes = np.array([0, 1, 1, 0, 1])
    weights = torch.ones(5) if weight is None else torch.tensor(weight)

    def loss_of(logit):
        logits = torch.tensor([0.0, logit]).expand(5, 2)
        losses = cross_entropy(
            logits, torch.as_tensor(codes), reduction="none", label_smoothing=label_smoothing
        )
        return float((losses * weights).sum() / weights.sum())

    bound = 0.98 * minimize_scalar(loss_of).fun

    assert message(bound * 0.9999, codes, weight, label_smoothing) is None
    assert message(bound * 1.0001, codes, weight, label_smoothing) is not None


def test_message_names_losses_steps_and_advice():
    said = message(0.6912345, np.array([0, 1]))

    assert "in 7 steps" in said
    assert "0.6912" in said
    assert "0.6931" in said
    assert "max_epochs" in said
    assert "lr" in said


def test_nothing_to_learn_is_no_failure():
    assert message(1e-3, np.array([1, 1, 0]), np.array([1.0, 1.0, 0.0])) is None


@all_classifiers
def test_fit_that_learns_nothing_warns(classifier_class):
    clf = classifier_class(lr=1e-9, max_epochs=2, batch_size=8, random_state=0)

    with pytest.warns(ConvergenceWarning, match="learnt next to nothing in 12 steps") as warned:
        clf.fit(X, Y)

    assert len(warned) == 1
    shares = np.unique(Y, return_counts=True)[1] / 48
    constant = -(shares * np.log(shares)).sum()
    losses = f"loss of {clf.loss_curve_[-1]:.4g} is hardly below {constant:.4g}, that of"
    assert losses in str(warned[0].message)
    # It is fitted nevertheless.
    assert clf.predict(X).shape == (48,)


@all_classifiers
@pytest.mark.parametrize("lr", ["auto", 0.02])
def test_fit_that_learns_is_silent(classifier_class, lr):
    clf = classifier_class(lr=lr, max_epochs=15, batch_size=8, random_state=0)
    clear = X + np.where(Y == "up", 2.0, -2.0)[:, None, None]

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clf.fit(clear, Y)

    assert clf.score(clear, Y) == 1


def test_rare_class_that_is_not_found_warns():
    # Its loss is small, but no smaller than without a look at the sequences.
    rare = np.repeat([0, 1], [46, 2])
    options = {"lr": 5e-3, "max_epochs": 20, "batch_size": 48, "hidden_size": 2, "dropout": 0.0}

    with pytest.warns(ConvergenceWarning):
        RNNClassifier(**options, random_state=0).fit(np.zeros_like(X), rare)


@pytest.mark.parametrize("weight", [None, np.linspace(0, 1, 48)], ids=["alike", "weighted"])
@pytest.mark.parametrize("options", [{}, {"early_stopping": True, "validation_fraction": 0.25}])
def test_constant_answer_is_that_for_the_samples_trained_on(weight, options):
    clf = RNNClassifier(lr=1e-9, max_epochs=1, random_state=0, label_smoothing=0.3, **options)

    with pytest.warns(ConvergenceWarning) as warned:
        clf.fit(X, Y, sample_weight=weight)

    kept = np.ones(48) if weight is None else weight
    rows = np.flatnonzero(kept)
    if options:
        codes = np.searchsorted(clf.classes_, Y)[rows]
        seed = clf._draw_seed().of("split").number
        rows = rows[split_rows(len(codes), 0.25, codes, None, seed)[0]]
    totals = [kept[rows][Y[rows] == name].sum() for name in clf.classes_]
    answer = 0.7 * np.array(totals) / sum(totals) + 0.15
    constant = -(answer * np.log(answer)).sum()
    assert f"hardly below {constant:.4g}," in str(warned[0].message)


def test_partial_fit_is_silent():
    clf = RNNClassifier(lr=1e-9, random_state=0)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        clf.partial_fit(X, Y, classes=["down", "up"]).partial_fit(X, Y)
