"""How much of the say each of several predictions has."""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

# How far shares may lie from those of equals, before there is anything to tell by.
PRIOR_DEVIATION = 0.3
# Weight of the condition that they add up to one, relative to all else.
STRICT = 1e4


def choose_shares(
    predictions: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None
) -> np.ndarray:
    """Choose how much of each prediction, and of the answer 0, is nearest to what came.

    Shares are not negative. Without data they are equal; the more there are, and the better the
    best prediction is, the less that counts [1]_.

    Parameters
    ----------
    predictions : ndarray of shape (n_predictions, n_samples)
        Predictions of samples that they have not learnt from.

    y : ndarray of shape (n_samples,)
        What came, with a mean of about 0.

    sample_weight : ndarray of shape (n_samples,) or None
        Weights of the samples; None if all count the same.

    Returns
    -------
    shares : ndarray of shape (n_predictions,)
        They add up to 1 at most.

    References
    ----------
    .. [1] Breiman, L. (1996). Stacked regressions. Machine Learning 24.
    """
    weight = np.ones(len(y)) if sample_weight is None else sample_weight
    errors = np.average(np.square(predictions - y), axis=1, weights=weight)
    n_predictions = len(predictions)
    tiny = np.finfo(np.float64).tiny
    prior = np.sqrt(max(errors.min(), tiny)) / PRIOR_DEVIATION
    root = np.sqrt(weight)
    rows = np.vstack([(root * predictions).T, prior * np.eye(n_predictions)])
    wanted = np.append(root * y, np.full(n_predictions, prior / n_predictions))
    # The answer 0 has what is left of a sum of one.
    rows = np.column_stack([rows, np.zeros(len(rows))])
    strict = STRICT * np.sqrt(np.square(rows).sum())
    shares, _ = nnls(
        np.vstack([rows, np.full(n_predictions + 1, strict)]), np.append(wanted, strict)
    )
    return shares[:-1]
