"""Sequences of equal or varying length, as one padded array and its lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import (
    _check_feature_names,
    assert_all_finite,
    check_array,
    validate_data,
)

from ._frames import align_frames, holds_frames, is_frame


def pad_sequences(sequences: Any) -> tuple[np.ndarray, np.ndarray | None]:
    """Pad sequences of varying length at their end.

    Parameters
    ----------
    sequences : list of array-like of shape (n_steps, n_features)
        Sequences; their numbers of steps may differ.

    Returns
    -------
    padded : ndarray of shape (n_samples, max_steps, n_features)
        Sequences, with zeros at their end.

    lengths : ndarray of shape (n_samples,) or None
        Number of steps of each sequence; None if they are all the same.

    Raises
    ------
    ValueError
        If a sequence is not 2-D, has no steps, or another number of features than the first.
    """
    arrays = []
    for position, sequence in enumerate(sequences):
        name = f"X[{position}]"
        if np.ndim(sequence) != 2:
            raise ValueError(
                f"Expected 2D arrays (n_steps, n_features) in the list X, got {np.ndim(sequence)}D "
                f"array instead in {name}."
            )
        array = check_array(sequence, ensure_min_samples=0, input_name=name)
        if not len(array):
            raise ValueError(f"{name} has no steps: it has 0 samples (rows).")
        arrays.append(array)
    n_features = arrays[0].shape[1]
    for position, array in enumerate(arrays):
        if array.shape[1] != n_features:
            raise ValueError(
                f"X[{position}] has {array.shape[1]} features, but X[0] has {n_features}."
            )
    lengths = np.array([len(array) for array in arrays])
    dtype = np.result_type(*arrays)
    padded = np.zeros((len(arrays), lengths.max(), n_features), dtype=dtype)
    for row, array in zip(padded, arrays, strict=True):
        row[: len(array)] = array
    return padded, (lengths if lengths.min() < lengths.max() else None)


def padded_lengths(X: np.ndarray) -> np.ndarray | None:
    """Count the steps of each sequence before its trailing all-NaN steps.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_steps, n_features)
        Sequences.

    Returns
    -------
    lengths : ndarray of shape (n_samples,) or None
        None if no sequence is padded.

    Raises
    ------
    ValueError
        If there is NaN elsewhere, or a sequence has no steps.
    """
    if X.dtype.kind != "f" or np.isfinite(X.sum(dtype=np.float64)):
        return None
    valid = ~np.isnan(X).all(axis=2)
    n_steps = X.shape[1]
    # The last valid step is the first one from the end.
    lengths = np.where(valid.any(axis=1), n_steps - np.argmax(valid[:, ::-1], axis=1), 0)
    if lengths.min() == 0:
        raise ValueError(f"X[{int(np.argmin(lengths))}] has no steps: it is all NaN.")
    assert_all_finite(X[np.arange(n_steps) < lengths[:, None]], input_name="X")
    return lengths if lengths.min() < n_steps else None


def count_dimensions(X: Any) -> int:
    """Count the dimensions of anything that can be turned into an array."""
    if holds_frames(X):
        return 3
    return X.ndim if hasattr(X, "ndim") else np.asarray(X).ndim


def has_two_dimensions(sequence: Any) -> bool:
    """Tell a sequence from a number, a row of numbers or a batch of sequences."""
    if hasattr(sequence, "ndim"):
        return bool(sequence.ndim == 2)
    if is_frame(sequence):
        return True
    return isinstance(sequence, (list, tuple)) and np.ndim(sequence[0] if sequence else 0) == 1


def is_ragged(X: Any) -> bool:
    """Tell whether `X` is a list of 2-D arrays."""
    is_list = isinstance(X, (list, tuple)) or (isinstance(X, np.ndarray) and X.dtype == object)
    return bool(is_list and any(has_two_dimensions(sequence) for sequence in X))


def validate_sequences(
    estimator: BaseEstimator, X: Any, *, reset: bool
) -> tuple[np.ndarray, np.ndarray | None]:
    """Validate the sequences given to an estimator.

    Sets `n_features_in_`, `feature_names_in_` and `sequence_shape_` where `reset` is True, and
    checks against them otherwise.

    Returns
    -------
    sequences : ndarray of shape (n_samples, n_steps, n_features)
        Sequences, padded at their end.

    lengths : ndarray of shape (n_samples,) or None
        Number of valid steps of each sequence; None if all are valid.
    """
    ragged = is_ragged(X)
    flat = False
    if ragged:
        sequences, lengths = pad_sequences(align_frames(estimator, X, reset=reset))
    elif count_dimensions(X) == 3:
        sequences = check_array(
            X, allow_nd=True, ensure_all_finite=False, estimator=estimator, input_name="X"
        )
        _check_feature_names(estimator, sequences, reset=reset)
        lengths = padded_lengths(sequences)
        ragged = lengths is not None
    else:
        flat = True
        sequences, lengths = validate_data(estimator, X, reset=reset)[:, :, None], None
    n_steps, n_features = sequences.shape[1:]
    if not reset:
        _check_sequence_shape(estimator, None if ragged else n_steps, n_features)
        return sequences, lengths
    if not flat:
        estimator.n_features_in_ = n_features
    estimator.sequence_shape_ = (None if ragged else n_steps, n_features)
    return sequences, lengths


def _check_sequence_shape(estimator: BaseEstimator, n_steps: int | None, n_features: int) -> None:
    name = type(estimator).__name__
    expected_steps, expected_features = estimator.sequence_shape_
    if n_features != expected_features:
        raise ValueError(
            f"X has {n_features} features per step, but {name} is expecting "
            f"{expected_features} features per step as input."
        )
    if n_steps is not None and expected_steps not in (None, n_steps):
        raise ValueError(
            f"X has {n_steps} steps, but {name} is expecting {expected_steps} steps as input. "
            "Give sequences of varying length as a list of 2-D arrays."
        )
