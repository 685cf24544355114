"""Gaps inside sequences: where they are, and what is put there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def check_gaps(
    X: np.ndarray,
    lengths: np.ndarray | None,
    labels: Sequence[str] | None,
    names: Sequence[str] | None,
    *,
    missing: str | None,
) -> None:
    """Check that there is no infinity, and unless gaps are masked no NaN, in any valid step.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_steps, n_features)
        Sequences, padded at their end.

    lengths : ndarray of shape (n_samples,) or None
        Number of valid steps of each sequence; None if all are valid.

    labels : sequence of str or None
        What an error calls the sequences; by default by their number.

    names : sequence of str or None
        Names of the features.

    missing : {"error", "mask"} or None
        Whether there may be NaN; None is for estimators that do not know the parameter.

    Raises
    ------
    ValueError
        If there is, naming sequence, step and feature.
    """
    if X.dtype.kind != "f" or np.isfinite(X.sum(dtype=np.float64)):
        return
    wrong = np.isinf(X) if missing == "mask" else ~np.isfinite(X)
    if lengths is not None:
        wrong &= (np.arange(X.shape[1]) < lengths[:, None])[:, :, None]
    if not wrong.any():
        return
    sample, step, feature = (int(each) for each in np.argwhere(wrong)[0])
    label = f"X[{sample}]" if labels is None else labels[sample]
    where = f"at step {step}"
    if X.shape[2] > 1 or names is not None:
        where += f" in feature {feature}" if names is None else f" in column {names[feature]!r}"
    if np.isinf(X[sample, step, feature]):
        raise ValueError(
            f"Input X contains infinity or a value too large for {X.dtype!r}: {label} contains "
            f"infinity {where}."
        )
    advice = "" if missing is None else " Gaps are filled by missing='mask'."
    raise ValueError(
        f"Input X contains NaN: {label} contains NaN {where}. Padding comes last: steps that are "
        f"NaN in all features, after all others.{advice}"
    )
