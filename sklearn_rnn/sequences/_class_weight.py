"""Weights of classes, by their labels."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real

import numpy as np


def label_weights(class_weight: Mapping | str, classes: np.ndarray) -> np.ndarray:
    """List the weights of classes; those that are not named have a weight of 1.

    Parameters
    ----------
    class_weight : mapping
        Weights by label.

    classes : ndarray of shape (n_classes,)
        Class labels.

    Returns
    -------
    weights : ndarray of shape (n_classes,)

    Raises
    ------
    ValueError
        If one is no finite number from 0 on, if all are zero, or if labels are named that there
        are not, while others are left out.
    """
    assert not isinstance(class_weight, str), "balanced weights are none of labels"
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
