"""Weights of classes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.utils.class_weight import compute_sample_weight


def weigh_classes(
    class_weight: Mapping | str | None,
    classes: np.ndarray,
    y: np.ndarray,
    weight: np.ndarray | None,
) -> np.ndarray | None:
    """Weigh what is to be told by its class.

    Parameters
    ----------
    class_weight : dict or "balanced" or None
        Weights of the classes, by label. "balanced" weighs them inversely to their frequency.

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
        If a class has a negative weight, or all have none.
    """
    if class_weight is None:
        return weight
    by_label = class_weight
    if class_weight == "balanced":
        totals = np.bincount(np.searchsorted(classes, y), weights=weight)
        balanced = totals.sum() / (len(totals) * totals)
        by_label = dict(zip(classes, balanced, strict=True))
    by_class = compute_sample_weight(by_label, y)
    if by_class.min() < 0 or by_class.max() == 0:
        raise ValueError(
            "class_weight must give no class a negative weight, and not all of them zero. Got "
            f"{class_weight!r}."
        )
    return by_class if weight is None else by_class * weight
