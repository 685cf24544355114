"""A label for each step of each sequence, in any form, as one masked array."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd


def read_tags(y: Any, lengths: np.ndarray, n_steps: int, name: str) -> np.ma.MaskedArray:
    """Read the labels of all steps.

    Parameters
    ----------
    y : list of array-like of shape (n_steps,) or array-like of shape (n_samples, n_steps)
        Labels: integers or strings. In an array, what stands after the end of a sequence counts
        for nothing.

    lengths : ndarray of shape (n_samples,)
        Number of steps of each sequence.

    n_steps : int
        Number of steps that they are padded to.

    name : str
        What an error calls the estimator.

    Returns
    -------
    tags : masked array of shape (n_samples, n_steps)
        Labels; steps that do not exist are masked.

    Raises
    ------
    ValueError
        If there is not one label for each step, or if a label is missing or no label.
    """
    labels = _join(_as_rows(y, lengths, n_steps, name))
    check_labels(labels, lambda number: _place(number, lengths))
    if labels.dtype == object:
        labels = np.array(labels.tolist())
    valid = np.arange(n_steps) < lengths[:, None]
    tags = np.ma.masked_all(valid.shape, dtype=labels.dtype)
    tags[valid] = labels
    return tags


def _as_rows(y: Any, lengths: np.ndarray, n_steps: int, name: str) -> list[np.ndarray]:
    """Take the labels of each sequence."""
    if not isinstance(y, (list, tuple)):
        y = np.asarray(y)
        if y.ndim == 2:
            return _rows_of_array(y, lengths, n_steps)
        if y.dtype != object or y.ndim != 1:
            raise ValueError(_what_is_wanted(name, f"y is of shape {y.shape}"))
    # Among strings, a missing label would become one.
    rows = [np.asarray(row, object if isinstance(row, (list, tuple)) else None) for row in y]
    for position, row in enumerate(rows):
        if row.ndim != 1:
            given = (
                f"y[{position}] is of shape {row.shape}" if row.ndim else f"y is {len(y)} labels"
            )
            raise ValueError(_what_is_wanted(name, given))
    _check_count(len(rows), len(lengths))
    for position, (row, length) in enumerate(zip(rows, lengths, strict=True)):
        if len(row) != length:
            raise ValueError(
                f"y[{position}] holds {len(row)} labels, but X[{position}] has {length} steps."
            )
    return rows


def _rows_of_array(y: np.ndarray, lengths: np.ndarray, n_steps: int) -> list[np.ndarray]:
    _check_count(len(y), len(lengths))
    if y.shape[1] != n_steps:
        raise ValueError(
            f"y holds {y.shape[1]} labels for each sequence, but the sequences of X have {n_steps} "
            "steps, those that are padding counted."
        )
    return [row[:length] for row, length in zip(y, lengths, strict=True)]


def _check_count(n_given: int, n_samples: int) -> None:
    if n_given != n_samples:
        raise ValueError(
            f"y holds the labels of {n_given} sequences, but X holds {n_samples} sequences."
        )


def _what_is_wanted(name: str, given: str) -> str:
    return (
        f"{name} needs a label for each step: y as a list of 1-D arrays, or as an array of shape "
        f"(n_samples, n_steps). Got: {given}. A class for each sequence is told by RNNClassifier."
    )


def _join(rows: list[np.ndarray]) -> np.ndarray:
    """Join labels; numbers among strings stay numbers, to be found."""
    is_text = {row.dtype.kind == "U" for row in rows}
    if len(is_text) > 1:
        rows = [row.astype(object) for row in rows]
    return np.concatenate(rows)


def check_labels(labels: np.ndarray, place: Callable[[int], str]) -> None:
    """Check that all are integers, or all strings.

    Raises
    ------
    ValueError
        If not, with the place of the first that is not.
    """
    is_missing = pd.isna(labels)
    if is_missing.any():
        raise ValueError(
            f"{place(int(np.argmax(is_missing)))} is missing: got {labels[is_missing][0]!r} in "
            "place of a label."
        )
    if labels.dtype.kind in "biuU":
        return
    if labels.dtype.kind == "f":
        is_wrong = labels != np.round(labels)
    else:
        is_number = [_is_whole(each) for each in labels]
        is_text = [isinstance(each, str) for each in labels]
        is_wrong = ~np.array(is_text if is_text[0] else is_number)
    if is_wrong.any():
        first = int(np.argmax(is_wrong))
        others = f", but others are such as {labels.tolist()[0]!r}" if first else ""
        raise ValueError(
            f"{place(first)} is {labels.tolist()[first]!r}{others}. Labels are all integers, or "
            "all strings."
        )


def _is_whole(label: Any) -> bool:
    return isinstance(label, Real) and float(label).is_integer()


def _place(number: int, lengths: np.ndarray) -> str:
    """Name a step by its sequence, from its number among all."""
    ends = np.cumsum(lengths)
    row = int(np.searchsorted(ends, number, side="right"))
    return f"y[{row}][{number - (ends[row] - lengths[row])}]"
