"""Smallest value and range of pixels, for their scaling."""

from __future__ import annotations

import numpy as np

from sklearn_rnn.sequences import row_chunks


def pixel_scale(X: np.ndarray, rows: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Compute what brings pixels to [0, 1]: the smallest value and the range, for all alike.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_steps, n_features)
        Images read as sequences.

    rows : ndarray of shape (n_rows,), default=None
        The images to use; None for all.

    Returns
    -------
    shift, scale : ndarray of shape (n_features,)
        The range of a constant image is 1, so that it can be divided by.

    Raises
    ------
    ValueError
        If the values are too large.
    """
    ranges = [(X[chunk].min(), X[chunk].max()) for chunk in row_chunks(X, rows)]
    low, high = float(min(each for each, _ in ranges)), float(max(each for _, each in ranges))
    if not np.isfinite(high - low):
        raise ValueError(
            f"X holds values too large for their range to be computed, from {low:.4g} to "
            f"{high:.4g}. Divide them by a number first."
        )
    n_features = X.shape[2]
    return np.full(n_features, low), np.full(n_features, high - low or 1.0)
