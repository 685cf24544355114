"""Whether a training has learnt anything."""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy

# A loss that is no smaller part than this of what needs no network is next to nothing learnt.
LEARNT = 0.98


def convergence_message(
    loss: float,
    codes: np.ndarray,
    sample_weight: np.ndarray | None,
    *,
    n_classes: int,
    label_smoothing: float,
    n_steps: int,
) -> str | None:
    """Say what to do about a network that has learnt next to nothing.

    It is compared with the constant answer that does best, which is how often each class occurs,
    with the smoothing of the targets.

    Parameters
    ----------
    loss : float
        Mean cross-entropy of the last epoch of training.

    codes : ndarray of int of shape (n_samples,)
        Class of each sample trained on, from 0 to `n_classes` - 1.

    sample_weight : ndarray of shape (n_samples,) or None
        Their weights.

    n_classes : int
        Number of classes.

    label_smoothing : float
        Share of each target that is spread evenly over all classes.

    n_steps : int
        Number of batches trained on.

    Returns
    -------
    message : str or None
        None if the network has learnt more than that, or if there is nothing to learn.
    """
    totals = np.bincount(codes, weights=sample_weight, minlength=n_classes)
    answer = (1 - label_smoothing) * totals / totals.sum() + label_smoothing / n_classes
    constant = -xlogy(answer, answer).sum()
    if constant == 0 or loss < LEARNT * constant:
        return None
    return (
        f"The network has learnt next to nothing in {n_steps} steps: its training loss of "
        f"{loss:.4g} is hardly below {constant:.4g}, that of always answering how often each "
        "class occurs. Set a larger max_epochs, or another lr."
    )
