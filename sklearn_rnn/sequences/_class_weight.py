"""Weights of classes, by their labels."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real

import numpy as np


def weigh_classes(
    class_weight: Mapping | str | None,
    classes: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray | None,
) -> np.ndarray | None:
    """Weigh what is to be told by its class.

    Parameters
    ----------
    class_weight : mapping or "balanced" or None
        Weights by label. "balanced" weighs them inversely to their frequency.

    classes : ndarray of shape (n_classes,)
        Class labels.

    y : ndarray of shape (n,)
        What is to be told.

    weight : ndarray of shape (n,) or None
        Weights that it has already.

    Returns
    -------
    weight : ndarray of shape (n,) or None
        None if all count the same.

    Raises
    ------
    ValueError
        If a weight is no finite number from 0 on, if all are zero, or if labels are named that
        there are not, while others are left out.
    """
    if class_weight is None:
        return weight
    codes = np.searchsorted(classes, y)
    if class_weight == "balanced":
        totals = np.bincount(codes, weights=weight)
        # Validation data may lack a class.
        by_class = totals.sum() / (len(totals) * totals[codes])
    else:
        assert not isinstance(class_weight, str), "there are no other names"
        by_class = _label_weights(class_weight, classes)[codes]
    return by_class if weight is None else by_class * weight


def _label_weights(class_weight: Mapping, classes: np.ndarray) -> np.ndarray:
    """List the weights of classes; those that are not named have a weight of 1."""
    for label, weight in class_weight.items():
        if not isinstance(weight, Real) or not 0 <= float(weight) < np.inf:
            raise ValueError(
                "The 'class_weight' parameter must give no class a weight that is negative or no "
                f"finite number. Got {weight!r} for {label!r}."
            )
    named = dict(class_weight)
    if classes.dtype.kind == "M":  # a date may be named as one of pandas or of Python
        named = {np.datetime64(label).astype(classes.dtype): each for label, each in named.items()}
    missing = [label for label in classes if label not in named]
    unknown = [label for label in named if label not in set(classes)]
    if missing and unknown:
        raise ValueError(
            f"The 'class_weight' parameter names the labels {unknown}, which y does not hold. It "
            f"holds {missing} besides, which have no weight."
        )
    weights = np.array([float(named.get(label, 1)) for label in classes])
    if not weights.any():
        raise ValueError(
            f"The 'class_weight' parameter must not give all classes no weight. Got {class_weight}."
        )
    return weights
