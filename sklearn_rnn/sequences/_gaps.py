"""Gaps inside sequences: where they are, and what is put there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    wrong &= _valid(X, lengths)
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


@dataclass(frozen=True)
class Gaps:
    """What is put into the gaps of sequences: the value before, at the start the mean.

    So nothing depends on what comes later.

    Parameters
    ----------
    means : ndarray of shape (n_features,)
        Mean of each feature.
    """

    means: np.ndarray

    @classmethod
    def learn(cls, X: np.ndarray, lengths: np.ndarray | None, rows: np.ndarray | None) -> Gaps:
        """Learn from sequences of shape (n_samples, n_steps, n_features), or the given rows."""
        if rows is not None:
            X, lengths = X[rows], None if lengths is None else lengths[rows]
        known = _valid(X, lengths) & ~np.isnan(X)
        empty = ~known.any(axis=(0, 1))
        if empty.any():
            raise ValueError(
                f"Feature {int(np.argmax(empty))} of X has no value at all: it is all NaN. Leave "
                "it out."
            )
        return cls(X.mean(axis=(0, 1), where=known, dtype=np.float64))

    def fill(self, X: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
        """Fill the gaps of sequences."""
        missing = np.isnan(X) & _valid(X, lengths)
        if not missing.any():
            return X
        # The last step up to each that is known; where there is none, step 0.
        last = np.maximum.accumulate(np.where(missing, 0, np.arange(X.shape[1])[:, None]), axis=1)
        filled = np.take_along_axis(X, last, axis=1)
        is_start = np.take_along_axis(missing, last, axis=1)
        return np.where(is_start, self.means.astype(X.dtype), filled)


def _valid(X: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
    """Tell which steps are no padding, shape (n_samples, n_steps, 1)."""
    if lengths is None:
        return np.ones((*X.shape[:2], 1), dtype=bool)
    return (np.arange(X.shape[1]) < lengths[:, None])[:, :, None]
