"""A linear classifier in closed form, of features that need no training."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import RidgeClassifierCV

PENALTIES = np.logspace(-3, 3, 10)
# Scores near 1 and -1 become differences of logits that networks come to as well.
LOGITS = 3.0
# Of shares, which lie between 0 and 1, this spread is rounding.
CONSTANT = 1e-8


def fit_ridge(
    features: np.ndarray, codes: np.ndarray, sample_weight: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a ridge classifier, with the penalty that does best when each sample is left out.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        Features.

    codes : ndarray of shape (n_samples,)
        Classes, as numbers from 0 on.

    sample_weight : ndarray of shape (n_samples,) or None
        Weights of the samples; None if all count the same.

    Returns
    -------
    weight : ndarray of shape (n_classes, n_features)
        Weights of the features for the logit of each class.

    intercept : ndarray of shape (n_classes,)
        What is added.
    """
    # In place from here on, since there are many features.
    features = features.astype(np.float64)
    mean = np.average(features, axis=0, weights=sample_weight)
    features -= mean
    spread = np.sqrt(np.average(np.square(features), axis=0, weights=sample_weight))
    spread[spread < CONSTANT] = 1.0
    features /= spread
    ridge = RidgeClassifierCV(alphas=PENALTIES)
    ridge.fit(features, codes, sample_weight=sample_weight)
    weight, intercept = np.atleast_2d(ridge.coef_), np.atleast_1d(ridge.intercept_)
    if len(weight) == 1:  # two classes have one score
        weight, intercept = np.vstack([-weight, weight]), np.append(-intercept, intercept)
    weight = weight / spread
    return LOGITS * weight, LOGITS * (intercept - weight @ mean)
