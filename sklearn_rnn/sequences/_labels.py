"""What a classifier tells: one class of several, or any number of labels at once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy.sparse import issparse
from scipy.special import expit, log_expit, log_softmax, softmax
from sklearn.base import BaseEstimator
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn.training import BinaryCrossEntropy

from ._convergence import constant_binary_cross_entropy, constant_cross_entropy

# Scores of a ridge classifier that become logits which networks come to as well.
LOGITS = 3.0


class Labels(ABC):
    """What the outputs of a network mean.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Classes, or numbers of the labels.
    """

    criterion: type[torch.nn.Module]
    # Whether each sample has one of them.
    is_single: bool

    def __init__(self, classes: np.ndarray) -> None:
        self.classes = classes

    @abstractmethod
    def encode(self, y: np.ndarray) -> np.ndarray:
        """Turn answers into the targets of the criterion."""

    @abstractmethod
    def scores(self, targets: np.ndarray) -> np.ndarray:
        """Turn targets into the outputs, of shape (n_samples, n_classes), that would suit them."""

    @abstractmethod
    def decide(self, outputs: np.ndarray) -> np.ndarray:
        """Turn outputs of shape (..., n_classes) into answers."""

    @abstractmethod
    def probabilities(self, outputs: np.ndarray) -> np.ndarray:
        """Turn outputs into probabilities of the same shape."""

    @abstractmethod
    def log_probabilities(self, outputs: np.ndarray) -> np.ndarray:
        """Turn outputs into logarithms of probabilities, of the same shape."""

    @abstractmethod
    def constant_loss(
        self, targets: np.ndarray, sample_weight: np.ndarray | None, label_smoothing: float
    ) -> float:
        """Compute the loss of the best constant answer."""


class OneClass(Labels):
    """Each sample has one class of several."""

    criterion = torch.nn.CrossEntropyLoss
    is_single = True

    def encode(self, y: np.ndarray) -> np.ndarray:
        """Turn classes into their positions."""
        unknown = np.setdiff1d(y, self.classes)
        if len(unknown):
            raise ValueError(
                f"`y` holds the labels {unknown}, which are not among the classes "
                f"{self.classes}: those of the training data, or `classes` of the first call "
                "to partial_fit."
            )
        return np.searchsorted(self.classes, y)

    def scores(self, targets: np.ndarray) -> np.ndarray:
        """Turn positions into scores."""
        own = targets[:, None] == np.arange(len(self.classes))
        return np.where(own, LOGITS, -LOGITS)

    def decide(self, outputs: np.ndarray) -> np.ndarray:
        """Find the class of the largest output."""
        return self.classes[outputs.argmax(axis=-1)]

    def probabilities(self, outputs: np.ndarray) -> np.ndarray:
        """Compute probabilities that add up to one."""
        return softmax(outputs, axis=-1)

    def log_probabilities(self, outputs: np.ndarray) -> np.ndarray:
        """Compute their logarithms."""
        return log_softmax(outputs, axis=-1)

    def constant_loss(
        self, targets: np.ndarray, sample_weight: np.ndarray | None, label_smoothing: float
    ) -> float:
        """Compute the loss of how often each class occurs."""
        return constant_cross_entropy(
            targets, sample_weight, n_classes=len(self.classes), label_smoothing=label_smoothing
        )


class SeveralLabels(Labels):
    """Each sample has any number of labels: a row of zeros and ones."""

    criterion = BinaryCrossEntropy
    is_single = False

    def encode(self, y: np.ndarray) -> np.ndarray:
        """Turn zeros and ones into floats."""
        if y.shape[1] != len(self.classes):
            raise ValueError(
                f"`y` has {y.shape[1]} columns of labels, where {len(self.classes)} are expected."
            )
        return y.astype(np.float64)

    def scores(self, targets: np.ndarray) -> np.ndarray:
        """Turn zeros and ones into scores."""
        return np.where(targets > 0.5, LOGITS, -LOGITS)

    def decide(self, outputs: np.ndarray) -> np.ndarray:
        """Find the labels that are more probable than not."""
        return (outputs > 0).astype(np.int64)

    def probabilities(self, outputs: np.ndarray) -> np.ndarray:
        """Compute the probability of each label for itself."""
        return expit(outputs)

    def log_probabilities(self, outputs: np.ndarray) -> np.ndarray:
        """Compute their logarithms."""
        return log_expit(outputs)

    def constant_loss(
        self, targets: np.ndarray, sample_weight: np.ndarray | None, label_smoothing: float
    ) -> float:
        """Compute the loss of how often each label occurs."""
        return constant_binary_cross_entropy(
            targets, sample_weight, label_smoothing=label_smoothing
        )


def validate_labels(y: Any) -> np.ndarray:
    """Check that y holds a class or a row of labels for each sample.

    Returns
    -------
    y : ndarray of shape (n_samples,) or (n_samples, n_labels)
        Classes, or zeros and ones.

    Raises
    ------
    ValueError
        If it holds anything else, saying what.
    """
    y = y.toarray() if issparse(y) else y
    _check_no_lists(y)
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] > 1:
        kind = type_of_target(labels, input_name="y")
        if kind == "multilabel-indicator":
            return labels.astype(np.int64)
        raise ValueError(
            f"y of shape {labels.shape} holds several answers for each sample ({kind}), which are "
            "no zeros and ones. Give labels as zeros and ones, or wrap the classifier in "
            "sklearn.multioutput.MultiOutputClassifier."
        )
    # Among the strings of a list, a missing label would become one.
    _check_no_missing(np.asarray(y, object) if isinstance(y, (list, tuple)) else labels)
    y = column_or_1d(labels, warn=True)
    assert_all_finite(y, input_name="y")
    check_classification_targets(y)
    return y


def _check_no_missing(labels: np.ndarray) -> None:
    missing = np.flatnonzero(pd.isna(labels))
    if len(missing):
        raise ValueError(
            f"Input y contains NaN: y[{missing[0]}] is {labels.ravel()[missing[0]]!r}. A label is "
            "needed for each sample."
        )


def _check_no_lists(y: Any) -> None:
    """Check that y holds no lists of the labels of each sample."""
    if not (
        isinstance(y, (list, tuple, pd.Series)) or (isinstance(y, np.ndarray) and y.dtype == object)
    ):
        return
    kept = [each for each in y if isinstance(each, (list, tuple, set, frozenset))]
    is_set = any(isinstance(each, (set, frozenset)) for each in kept)
    is_text = any(isinstance(label, str) for each in kept for label in each)
    if is_set or is_text or len({len(each) for each in kept}) > 1:
        raise ValueError(
            f"y holds lists of labels, such as {kept[0]!r}. Turn them into zeros and ones by "
            "sklearn.preprocessing.MultiLabelBinarizer().fit_transform(y)."
        )


def learn_labels(y: np.ndarray, name: str, of: str = "samples") -> Labels:
    """Learn from valid answers which there are; the name is that of the estimator.

    Errors say that they are those `of` samples or of steps.
    """
    if y.ndim == 2:
        return SeveralLabels(np.arange(y.shape[1]))
    classes = np.unique(y)
    if len(classes) < 2:
        raise ValueError(
            f"{name} needs {of} of at least 2 classes in the data, but the data contains only "
            f"one class: {classes.tolist()[0]!r}."
        )
    return OneClass(classes)


class LabelsMixin(BaseEstimator):
    """Estimators that tell classes or labels."""

    _labels: Labels
    _answer_names: list[Any] | None
    classes_: np.ndarray

    def _set_labels(self, labels: Labels) -> None:
        self._labels, self.classes_ = labels, labels.classes

    def _change_labels(self, labels: Labels) -> None:
        """Set the labels of a new fit, which a warm start takes from the one before."""
        before = getattr(self, "_labels", None)
        self._set_labels(labels)
        if not self.warm_start or before is None:
            return
        same_kind = type(before) is type(labels)
        if not (same_kind and np.array_equal(before.classes, self.classes_)):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous "
                f"call to fit. Previously got {before.classes}, `y` has {self.classes_}."
            )

    @property
    def _columns(self) -> Any:
        """What the columns of probabilities are called: classes, or labels by their names in y."""
        check_is_fitted(self)
        of_labels = isinstance(self._labels, SeveralLabels) and self._answer_names
        return self._answer_names if of_labels else self.classes_

    def _decide(self, outputs: np.ndarray) -> np.ndarray:
        return self._labels.decide(outputs)

    def _probabilities(self, outputs: np.ndarray) -> np.ndarray:
        return self._labels.probabilities(outputs)

    def _log_probabilities(self, outputs: np.ndarray) -> np.ndarray:
        return self._labels.log_probabilities(outputs)

    def _count_outputs(self) -> int:
        return len(self.classes_)
