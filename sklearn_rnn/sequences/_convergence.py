"""Whether a training has learnt anything."""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy

# A loss that is no smaller part than this of what needs no network is next to nothing learnt.
LEARNT = 0.98


def constant_cross_entropy(
    codes: np.ndarray,
    sample_weight: np.ndarray | None,
    *,
    n_classes: int,
    label_smoothing: float,
) -> float:
    """Compute the cross-entropy of the best constant answer, which is how often classes occur.

    Parameters
    ----------
    codes : ndarray of int of shape (n_samples,)
        Class of each sample, from 0 to `n_classes` - 1.

    sample_weight : ndarray of shape (n_samples,) or None
        Their weights.

    n_classes : int
        Number of classes.

    label_smoothing : float
        Share of each target that is spread evenly over all classes.
    """
    totals = np.bincount(codes, weights=sample_weight, minlength=n_classes)
    answer = (1 - label_smoothing) * totals / totals.sum() + label_smoothing / n_classes
    return float(-xlogy(answer, answer).sum())


def constant_binary_cross_entropy(
    labels: np.ndarray, sample_weight: np.ndarray | None, *, label_smoothing: float
) -> float:
    """Compute the binary cross-entropy of the best constant answer, averaged over labels.

    Parameters
    ----------
    labels : ndarray of shape (n_samples, n_labels)
        Zeros and ones.

    sample_weight : ndarray of shape (n_samples,) or None
        Weights of the samples.

    label_smoothing : float
        Share of each target that is spread evenly over zero and one.
    """
    share = np.average(labels, axis=0, weights=sample_weight)
    share = (1 - label_smoothing) * share + label_smoothing / 2
    return float(-(xlogy(share, share) + xlogy(1 - share, 1 - share)).mean())


def convergence_message(loss: float, constant: float, answer: str, n_steps: int) -> str | None:
    """Say what to do about a network that has learnt next to nothing.

    Parameters
    ----------
    loss : float
        Mean loss of the last epoch of training.

    constant : float
        That of the constant answer that does best on the same samples.

    answer : str
        What that is.

    n_steps : int
        Number of batches trained on.

    Returns
    -------
    message : str or None
        None if the network has learnt more than that, or if there is nothing to learn.
    """
    if constant == 0 or loss < LEARNT * constant:
        return None
    return (
        f"The network has learnt next to nothing in {n_steps} steps: its training loss of "
        f"{loss:.4g} is hardly below {constant:.4g}, that of always answering {answer}. Set a "
        "larger max_epochs, or another lr."
    )
