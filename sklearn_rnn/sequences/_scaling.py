"""Location and spread of sequence features, for their standardisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

CHUNK_ROWS = 1024
# Scales differ where they lie apart by a factor of e, as the deviation of their logarithms says.
MIN_LOG_SPREAD = 1.0


def row_chunks(X: np.ndarray, rows: np.ndarray | None) -> Iterator[Any]:
    """Index the given rows, or all, a few at a time, without a copy of them all."""
    n_rows = len(X) if rows is None else len(rows)
    for start in range(0, n_rows, CHUNK_ROWS):
        chunk = slice(start, start + CHUNK_ROWS)
        yield chunk if rows is None else rows[chunk]


def standard_scale(
    X: np.ndarray,
    lengths: np.ndarray | None,
    sample_weight: np.ndarray | None,
    rows: np.ndarray | None = None,
    *,
    name: str = "X",
) -> tuple[np.ndarray, np.ndarray]:
    """Compute weighted mean and standard deviation of each feature over all valid steps.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_steps, n_features)
        Sequences, padded at their end.

    lengths : ndarray of shape (n_samples,) or None
        Number of valid steps of each sequence; None if all are valid.

    sample_weight : ndarray of shape (n_samples,) or None
        Weight of each sequence; None if all count the same.

    rows : ndarray of shape (n_rows,), default=None
        The sequences to use; None for all.

    name : str, default="X"
        What an error calls them.

    Returns
    -------
    mean, std : ndarray of shape (n_features,)
        The deviation of a constant feature is 1, so that it can be divided by.

    Raises
    ------
    ValueError
        If the values are too large.
    """
    steps = np.full(len(X), X.shape[1]) if lengths is None else lengths
    weight = np.ones(len(X)) if sample_weight is None else sample_weight
    used = slice(None) if rows is None else rows
    n_steps = weight[used] @ steps[used]
    # Relative to the first step, a constant feature is zero without rounding errors.
    first = X[0 if rows is None else rows[0], 0].astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = first + _weighted_sum(X, lengths, weight, rows, lambda x: x - first) / n_steps
        variance = _weighted_sum(X, lengths, weight, rows, lambda x: np.square(x - mean)) / n_steps
    if not np.isfinite(variance).all():
        raise ValueError(
            f"{name} holds values too large for their standard deviation to be computed, such as "
            f"{np.abs(X[used]).max():.4g}. Divide them by a number first."
        )
    # A constant feature may show a variance of rounding errors.
    constant = variance <= np.square(10 * np.finfo(np.float64).eps * mean)
    return mean, np.where(constant, 1.0, np.sqrt(variance))


def scales_differ(
    X: np.ndarray,
    lengths: np.ndarray | None,
    sample_weight: np.ndarray | None,
    rows: np.ndarray | None = None,
) -> bool:
    """Tell whether one scale cannot suit all sequences: the small ones would look flat.

    Parameters
    ----------
    X, lengths, sample_weight, rows
        As for :func:`standard_scale`.
    """
    deviations = np.concatenate(
        [
            _own_deviations(X[each], None if lengths is None else lengths[each])
            for each in row_chunks(X, rows)
        ]
    )
    weight = np.ones(len(X)) if sample_weight is None else sample_weight
    weight = np.where(deviations > 0, weight[slice(None) if rows is None else rows, None], 0.0)
    total = np.maximum(weight.sum(axis=0), np.finfo(np.float64).tiny)
    logs = np.log(np.where(deviations > 0, deviations, 1.0))
    mean = (weight * logs).sum(axis=0) / total
    spread = np.sqrt((weight * np.square(logs - mean)).sum(axis=0) / total)
    return bool(spread.mean() > MIN_LOG_SPREAD)


def _own_deviations(X: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
    """Compute the standard deviation of each feature of each sequence; that of a constant is 0."""
    X = X.astype(np.float64)
    valid = np.ones(X.shape[:2], dtype=bool)
    if lengths is not None:
        valid = np.arange(X.shape[1]) < lengths[:, None]
    valid = valid[:, :, None]
    mean = X.mean(axis=1, keepdims=True, where=valid)
    deviations = X.std(axis=1, where=valid)
    return np.where(deviations <= 10 * np.finfo(np.float64).eps * np.abs(mean[:, 0]), 0, deviations)


def _weighted_sum(
    X: np.ndarray,
    lengths: np.ndarray | None,
    weight: np.ndarray,
    rows: np.ndarray | None,
    function: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    total = np.zeros(X.shape[2])
    for chunk in row_chunks(X, rows):
        values = function(X[chunk].astype(np.float64))
        if lengths is not None:
            valid = np.arange(X.shape[1]) < lengths[chunk, None]
            values = np.where(valid[:, :, None], values, 0.0)
        total += weight[chunk] @ values.sum(axis=1)
    return total


def weighted_quantile(values: np.ndarray, level: float, weight: np.ndarray) -> float:
    """Find the smallest value that a share of the weight lies at or below."""
    order = np.argsort(values)
    share = np.cumsum(weight[order]) / weight.sum()
    # A little less, since sums of weights are not exact.
    return float(values[order][np.searchsorted(share, level - 1e-9)])
