"""The range of values seen in training, and answers to values far out of it."""

from __future__ import annotations

import numpy as np

from ._scaling import row_chunks

# Smallest and largest value.
Range = tuple[float, float]
N_NAMED = 3


def value_range(X: np.ndarray, lengths: np.ndarray | None) -> Range:
    """Find the smallest and the largest value of all valid steps.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_steps, n_features)
        Sequences, padded at their end.

    lengths : ndarray of shape (n_samples,) or None
        Number of valid steps of each sequence; None if all are valid.
    """
    ranges = []
    for chunk in row_chunks(X, None):
        values = X[chunk]
        if lengths is not None:
            values = values[np.arange(X.shape[1]) < lengths[chunk, None]]
        ranges.append((values.min(), values.max()))
    return float(min(low for low, _ in ranges)), float(max(high for _, high in ranges))


def check_outputs(
    outputs: np.ndarray, X: np.ndarray, lengths: np.ndarray | None, seen: Range
) -> None:
    """Check that the outputs of a network are finite.

    Parameters
    ----------
    outputs : ndarray of shape (..., n_samples, n_outputs)
        Outputs.

    X, lengths
        What they were computed from, as for :func:`value_range`.

    seen : tuple of (low, high)
        Range of the values seen in training.

    Raises
    ------
    ValueError
        If some are not, naming the samples and both ranges.
    """
    finite = np.isfinite(outputs).all(axis=-1).reshape(-1, len(X)).all(axis=0)
    if finite.all():
        return
    rows = np.flatnonzero(~finite)
    low, high = value_range(X[rows], None if lengths is None else lengths[rows])
    named = ", ".join(f"X[{row}]" for row in rows[:N_NAMED]) + ", ..." * (len(rows) > N_NAMED)
    raise ValueError(
        f"The network has no finite output for {len(rows)} of {len(X)} samples: {named}. They "
        f"hold values from {low:.4g} to {high:.4g}, too far from those seen in fit, from "
        f"{seen[0]:.4g} to {seen[1]:.4g}."
    )
