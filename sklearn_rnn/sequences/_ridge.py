"""Ridge regression in closed form, of features that need no training."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

# Of shares, which lie between 0 and 1, this spread is rounding.
CONSTANT = 1e-8
# Directions of so small a part of the largest variance are rounding.
ROUNDING = 1e-14


class Ridge(NamedTuple):
    """A ridge regression.

    Parameters
    ----------
    weight : ndarray of shape (n_outputs, n_features)
        Weights of the features.

    intercept : ndarray of shape (n_outputs,)
        What is added.

    left_out : ndarray of shape (n_samples, n_outputs)
        What is predicted for each sample if that is left out.
    """

    weight: np.ndarray
    intercept: np.ndarray
    left_out: np.ndarray


def fit_ridge(
    features: np.ndarray,
    targets: np.ndarray,
    sample_weight: np.ndarray | None,
    *,
    penalties: np.ndarray,
    common: bool,
    standardize: bool = True,
) -> Ridge:
    """Fit a ridge regression, with the penalty that does best when each sample is left out.

    Parameters
    ----------
    features : ndarray of shape (n_samples, n_features)
        Features.

    targets : ndarray of shape (n_samples, n_outputs)
        Targets.

    sample_weight : ndarray of shape (n_samples,) or None
        Weights of the samples; None if all count the same.

    penalties : ndarray of shape (n_penalties,)
        Penalties to choose from.

    common : bool
        Whether all outputs have the same penalty.

    standardize : bool, default=True
        Whether all features are brought to the same spread, so that rare ones count as much.
    """
    root = np.sqrt(np.ones(len(features)) if sample_weight is None else sample_weight)[:, None]
    # In place from here on, since there are many features.
    features = features.astype(np.float64)
    mean = np.average(features, axis=0, weights=root[:, 0] ** 2)
    features -= mean
    spread = np.sqrt(np.average(np.square(features), axis=0, weights=root[:, 0] ** 2))
    spread[(spread < CONSTANT) | (not standardize)] = 1.0
    features /= spread
    features *= root
    offset = np.average(targets, axis=0, weights=root[:, 0] ** 2)
    wanted = root * (targets - offset)
    variance, directions = _left_directions(features)
    projected = directions.T @ wanted
    leverage = np.square(root) / np.square(root).sum()

    def errors(penalty: float) -> np.ndarray:
        """Compute the error of each sample if it is left out, times the root of its weight."""
        kept = variance / (variance + penalty)
        seen = leverage + (np.square(directions) @ kept)[:, None]
        left = wanted - directions @ (kept[:, None] * projected)
        return left / np.maximum(1 - seen, ROUNDING)

    losses = np.array([np.square(errors(penalty)).mean(axis=0) for penalty in penalties])
    if common:
        losses = np.broadcast_to(losses.mean(axis=1, keepdims=True), losses.shape)
    chosen = penalties[losses.argmin(axis=0)]
    weight = (features.T @ (directions @ (projected / (variance[:, None] + chosen)))).T / spread
    left_out = np.column_stack([errors(each)[:, place] for place, each in enumerate(chosen)])
    left_out = targets - left_out / np.maximum(root, ROUNDING)
    return Ridge(weight, offset - weight @ mean, left_out)


def _left_directions(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compute squared singular values and left singular vectors from the smaller Gram matrix."""
    n_samples, n_features = features.shape
    if n_samples <= n_features:
        variance, directions = np.linalg.eigh(features @ features.T)
        return np.maximum(variance, 0), directions
    variance, right = np.linalg.eigh(features.T @ features)
    is_kept = variance > ROUNDING * variance.max(initial=0)
    variance = variance[is_kept]
    return variance, features @ (right[:, is_kept] / np.sqrt(variance))
