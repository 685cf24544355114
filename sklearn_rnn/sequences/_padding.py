"""Sequences of equal or varying length, as one padded array and its lengths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_feature_names, check_array, validate_data

from ._columns import narwhals_frame, read_columns, to_pandas
from ._forms import as_items, count_dimensions, read_items, to_array
from ._frames import is_frame
from ._gaps import check_gaps
from ._long import LongFrame

FORMS = (
    "Sequences are an array of shape (n_samples, n_steps, n_features), of shape (n_samples, "
    "n_steps) for a single feature, or a list of arrays or frames of one sequence each."
)


def pad_sequences(arrays: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray | None]:
    """Pad sequences of varying length at their end.

    Parameters
    ----------
    arrays : list of ndarray of shape (n_steps, n_features)
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
        If a sequence has another number of features than the first.
    """
    n_features = arrays[0].shape[1]
    for position, array in enumerate(arrays):
        if array.shape[1] != n_features:
            raise ValueError(
                f"X[{position}] has {array.shape[1]} features, but X[0] has {n_features}."
            )
    lengths = np.array([len(array) for array in arrays])
    dtype = np.result_type(*{array.dtype for array in arrays})
    padded = np.zeros((len(arrays), lengths.max(), n_features), dtype=dtype)
    for row, array in zip(padded, arrays, strict=True):
        row[: len(array)] = array
    return padded, (lengths if lengths.min() < lengths.max() else None)


def count_steps(X: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
    """Count the steps of each sequence, whether they vary or not."""
    return np.full(len(X), X.shape[1]) if lengths is None else lengths


def padded_lengths(
    X: np.ndarray, lengths: np.ndarray | None, labels: Sequence[str] | None
) -> np.ndarray | None:
    """Count the steps of each sequence before its trailing all-NaN steps.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_steps, n_features)
        Sequences.

    lengths : ndarray of shape (n_samples,) or None
        Number of steps of each sequence; None if they are all the same.

    labels : sequence of str or None
        What an error calls the sequences; by default by their number.

    Returns
    -------
    lengths : ndarray of shape (n_samples,) or None
        None if no sequence is padded.

    Raises
    ------
    ValueError
        If a sequence has no steps.
    """
    if X.dtype.kind != "f" or np.isfinite(X.sum(dtype=np.float64)):
        return lengths
    n_steps = X.shape[1]
    valid = ~np.isnan(X).all(axis=2)
    if lengths is not None:
        valid &= np.arange(n_steps) < lengths[:, None]
    # The last valid step is the first one from the end.
    found = np.where(valid.any(axis=1), n_steps - np.argmax(valid[:, ::-1], axis=1), 0)
    if found.min() == 0:
        row = int(np.argmin(found))
        label = f"X[{row}]" if labels is None else labels[row]
        raise ValueError(f"Input X contains NaN: {label} has no steps, it is all NaN.")
    return found if found.min() < n_steps else None


def validate_sequences(
    estimator: BaseEstimator,
    X: Any,
    *,
    reset: bool,
    missing: str | None = None,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Validate the sequences given to an estimator.

    Sets `n_features_in_`, `feature_names_in_` and `sequence_shape_` where `reset` is True, and
    checks against them otherwise.

    Parameters
    ----------
    estimator : BaseEstimator
        The estimator.

    X : array-like or LongFrame
        Sequences in any form.

    reset : bool
        Whether the estimator is being fitted.

    missing : {"error", "mask"} or None, default=None
        Whether NaN within sequences is an error, or stays as it is. None is an error too, of an
        estimator that does not know the other.

    Returns
    -------
    sequences : ndarray of shape (n_samples, n_steps, n_features)
        Sequences, padded at their end.

    lengths : ndarray of shape (n_samples,) or None
        Number of valid steps of each sequence; None if all are valid.
    """
    lengths, labels, is_flat = None, None, False
    X = to_array(X)
    if isinstance(X, LongFrame):
        sequences, lengths = pad_sequences(X.read(estimator, reset=reset))
        labels = [f"series {each!r}" for each in X.ids.tolist()]
        is_varying = True
    elif items := as_items(X):
        sequences, lengths = pad_sequences(read_items(estimator, items, reset=reset))
        is_varying = True
    elif (n_dimensions := count_dimensions(X)) > 2:
        sequences = _read_array(estimator, X, n_dimensions, reset=reset)
        is_varying = False
    else:
        sequences, is_flat = _read_rows(estimator, X, reset=reset), True
        is_varying = False
    _check_not_empty(sequences)
    lengths = padded_lengths(sequences, lengths, labels)
    names = getattr(estimator, "feature_names_in_", None)
    check_gaps(sequences, lengths, labels, None if is_flat else names, missing=missing)
    n_steps, n_features = sequences.shape[1:]
    shape = (None if is_varying or lengths is not None else n_steps, n_features)
    if not reset:
        _check_sequence_shape(estimator, *shape)
        return sequences, lengths
    if not is_flat:
        estimator.n_features_in_ = n_features
    estimator.sequence_shape_ = shape
    return sequences, lengths


def _read_array(estimator: BaseEstimator, X: Any, n_dimensions: int, *, reset: bool) -> np.ndarray:
    if n_dimensions > 3:
        raise ValueError(f"X has {n_dimensions} dimensions, of shape {np.shape(X)}. {FORMS}")
    sequences = check_array(
        X, allow_nd=True, ensure_all_finite=False, estimator=estimator, input_name="X"
    )
    _check_feature_names(estimator, sequences, reset=reset)
    return sequences


def _read_rows(estimator: BaseEstimator, X: Any, *, reset: bool) -> np.ndarray:
    """Read rows of numbers, each of them a sequence of one feature."""
    if is_frame(X):
        _check_columns(X)
    shape = getattr(estimator, "sequence_shape_", None)
    if reset or shape == (estimator.n_features_in_, 1):
        rows = validate_data(estimator, X, reset=reset, ensure_all_finite=False)
    else:
        # They were fitted in another form, or to varying lengths.
        _check_feature_names(estimator, X, reset=False)
        rows = check_array(X, ensure_all_finite=False, estimator=estimator, input_name="X")
    return rows[:, :, None]


def _check_columns(X: Any) -> None:
    """Check that all columns of a frame hold numbers."""
    frame = X
    if not isinstance(X, pd.DataFrame):
        frame = to_pandas(X, narwhals_frame(X, "X").columns, "X")
    others = frame.loc[:, [not pd.api.types.is_numeric_dtype(each) for each in frame.dtypes]]
    if others.shape[1]:
        read_columns(others, others.columns, "X", frame.index)


def _check_not_empty(sequences: np.ndarray) -> None:
    for axis, what in ((1, "step"), (2, "feature")):
        if not sequences.shape[axis]:
            raise ValueError(
                f"Found array with 0 {what}(s) (shape={sequences.shape}) while a minimum of 1 is "
                "required."
            )


def _check_sequence_shape(estimator: BaseEstimator, n_steps: int | None, n_features: int) -> None:
    name = type(estimator).__name__
    expected_steps, expected_features = estimator.sequence_shape_
    if n_features != expected_features:
        is_single = n_features == 1 and n_steps == expected_features
        advice = " If X is a single sequence, give a list of it: [X]." if is_single else ""
        raise ValueError(
            f"X has {n_features} features per step, but {name} is expecting "
            f"{expected_features} features per step as input.{advice}"
        )
    if n_steps is not None and expected_steps not in (None, n_steps):
        raise ValueError(
            f"X has {n_steps} steps, but {name} is expecting {expected_steps} steps as input. "
            "Give sequences of varying length as a list of 2-D arrays."
        )
