"""How much of the say each of several predictions has."""

from __future__ import annotations

import numpy as np
from scipy.optimize import nnls

# How far shares may lie from those that are expected, before there is anything to tell by.
PRIOR_DEVIATION = 0.3
# Weight of the condition that they add up to one, relative to all else.
STRICT = 1e4


def choose_shares(
    predictions: np.ndarray,
    y: np.ndarray,
    sample_weight: np.ndarray | None,
    expected: np.ndarray,
) -> np.ndarray:
    """Choose how much of each prediction, and of the answer 0, is nearest to what came [1]_.

    Shares are not negative. Without data they are as expected; the more there are, and the better
    the best prediction is, the less that counts.

    Parameters
    ----------
    predictions : ndarray of shape (n_predictions, n_samples)
        Predictions of samples that they have not learnt from.

    y : ndarray of shape (n_samples,)
        What came, with a mean of about 0.

    sample_weight : ndarray of shape (n_samples,) or None
        Weights of the samples; None if all count the same.

    expected : ndarray of shape (n_predictions,)
        Shares to expect before anything came, with a sum of 1.

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
    wanted = np.append(root * y, prior * expected)
    # The answer 0 has what is left of a sum of one.
    rows = np.column_stack([rows, np.zeros(len(rows))])
    strict = STRICT * np.sqrt(np.square(rows).sum())
    shares, _ = nnls(
        np.vstack([rows, np.full(n_predictions + 1, strict)]), np.append(wanted, strict)
    )
    return shares[:-1]


def nested_shares(
    told: np.ndarray,
    left_out: np.ndarray,
    y: np.ndarray,
    rows: np.ndarray,
    sample_weight: np.ndarray | None,
) -> np.ndarray:
    """Choose shares of linear functions by all samples, and that of networks by some.

    Parameters
    ----------
    told : ndarray of shape (n_samples,)
        What networks say of the samples that were held out of their training.

    left_out : ndarray of shape (n_functions, n_samples)
        What linear functions say of each sample if it is left out.

    y : ndarray of shape (n_samples,)
        What came, with a mean of about 0.

    rows : ndarray of bool of shape (n_samples,)
        Which samples were held out.

    sample_weight : ndarray of shape (n_samples,) or None
        Weights of the samples; None if all count the same.

    Returns
    -------
    shares : ndarray of shape (1 + n_functions,)
        That of the networks first. They add up to 1 at most.
    """
    n_functions = len(left_out)
    equal = np.full(n_functions, 1 / n_functions)
    of_functions = choose_shares(left_out, y, sample_weight, equal)
    weight = None if sample_weight is None else sample_weight[rows]
    both = np.stack([told, of_functions @ left_out])[:, rows]
    of_networks, of_rest = choose_shares(
        both, y[rows], weight, np.array([1, n_functions]) / (1 + n_functions)
    )
    return np.append(of_networks, of_rest * of_functions)
