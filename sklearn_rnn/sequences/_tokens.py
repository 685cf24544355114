"""Sequences of tokens, such as words, and the numbers that stand for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_feature_names

from ._long import LongFrame

AUTO_DIM = 32
# Number of any token that was not seen in fit.
UNKNOWN = 0


class Vocabulary:
    """The tokens seen in fit, sorted, and their numbers from 1 on.

    Parameters
    ----------
    tokens : ndarray of shape (n_tokens,)
        Different tokens, sorted.
    """

    def __init__(self, tokens: np.ndarray) -> None:
        self.tokens = tokens

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, tokens: np.ndarray) -> np.ndarray:
        """Turn tokens of any shape into their numbers."""
        if tokens.dtype.kind != self.tokens.dtype.kind:
            raise ValueError(
                f"X holds tokens of the type {tokens.dtype}, but those seen in fit are of the type "
                f"{self.tokens.dtype}."
            )
        places = np.searchsorted(self.tokens, tokens).clip(max=len(self) - 1)
        return np.where(self.tokens[places] == tokens, places + 1, UNKNOWN)


def holds_text(X: Any) -> bool:
    """Tell whether the first step of the first sequence is a string."""
    if isinstance(X, LongFrame):
        X = X.features
    if isinstance(X, pd.DataFrame):
        # A column of names among others makes no sentence of a row.
        return bool(len(X.columns)) and all(
            pd.api.types.infer_dtype(X[each], skipna=True) == "string" for each in X.columns
        )
    while isinstance(X, (list, tuple, np.ndarray, pd.Series)):
        if isinstance(X, np.ndarray) and X.dtype.kind in "US":
            return True
        X = X.to_numpy() if isinstance(X, pd.Series) else X
        if not np.ndim(X) if isinstance(X, np.ndarray) else not len(X):
            return False
        X = X[0] if len(X) else None
    return isinstance(X, (str, bytes))


def validate_tokens(
    estimator: BaseEstimator, X: Any, vocabulary: Vocabulary | None
) -> tuple[np.ndarray, np.ndarray | None, Vocabulary]:
    """Read sequences of tokens, and learn the vocabulary if there is none yet.

    Sets `n_features_in_`, `feature_names_in_` and `sequence_shape_` where it is learnt.

    Returns
    -------
    numbers : ndarray of shape (n_samples, n_steps, 1)
        Numbers of the tokens, with zeros as padding.

    lengths : ndarray of shape (n_samples,) or None
        Number of tokens of each sequence; None if they are all the same.

    vocabulary : Vocabulary
        Known tokens.
    """
    reset = vocabulary is None
    if isinstance(X, LongFrame):
        X = X.read_tokens(estimator, reset=reset)
    else:
        _check_feature_names(estimator, X, reset=reset)
    rows = [_read_row(row, position) for position, row in enumerate(_rows(X))]
    if not rows:
        raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required.")
    _check_kinds(rows)
    if max(map(len, rows)) == 1 and any(_is_sentence(row[0]) for row in rows):
        is_column = isinstance(X, pd.DataFrame)
        code = f"X[{X.columns[0]!r}].str.split()" if is_column else "[text.split() for text in X]"
        raise ValueError(
            f"X[0] is the single token {str(rows[0][0])!r}, but a sequence is a list of tokens. "
            f"Split texts, as in {code}."
        )
    lengths = np.array([len(row) for row in rows])
    every = np.concatenate(rows)
    if vocabulary is None:
        vocabulary = Vocabulary(np.unique(every))
    numbers = np.zeros((len(rows), lengths.max()), dtype=np.float32)
    numbers[np.arange(lengths.max()) < lengths[:, None]] = vocabulary.encode(every)
    ragged = lengths.min() < lengths.max()
    n_steps = None if ragged else int(lengths[0])
    if reset:
        estimator.n_features_in_ = np.shape(X)[1] if getattr(X, "ndim", 1) == 2 else 1
        estimator.sequence_shape_ = (n_steps, 1)
    return numbers[:, :, None], (lengths if ragged else None), vocabulary


def _rows(X: Any) -> Iterable[Any]:
    """Take apart the forms that sequences of tokens come in."""
    if isinstance(X, pd.DataFrame):
        X = X.to_numpy(dtype=object)
    if isinstance(X, np.ndarray) and X.ndim == 3:
        if X.shape[2] != 1:
            raise ValueError(
                f"Tokens are one a step, but X of shape {X.shape} has {X.shape[2]} features. Set "
                "embedding_dim=None to read numbers."
            )
        X = X[:, :, 0]
    return X


def _read_row(row: Any, position: int) -> np.ndarray:
    """Read the tokens of a sequence; missing ones at its end are padding."""
    if isinstance(row, (str, bytes)) or not np.iterable(row):
        raise ValueError(
            f"X[{position}] is {row!r}, but each sequence must be a list of tokens. Split texts, "
            "as in [text.split() for text in X]."
        )
    tokens = list(row)
    while tokens and _is_missing(tokens[-1]):
        tokens.pop()
    for step, token in enumerate(tokens):
        if _is_missing(token):
            raise ValueError(f"X[{position}][{step}] is missing: only the end may be padded.")
        if not _is_token(token):
            raise ValueError(
                f"X[{position}][{step}] is {token!r}, but tokens are strings or whole numbers. "
                "Set embedding_dim=None to read numbers."
            )
    if not tokens:
        raise ValueError(f"X[{position}] has no steps: it has no tokens.")
    is_text = isinstance(tokens[0], (str, bytes))
    return np.asarray(tokens) if is_text else np.asarray(tokens).astype(np.int64)


def _is_token(token: Any) -> bool:
    if isinstance(token, (str, bytes, int, np.integer)):
        return True
    return isinstance(token, (float, np.floating)) and float(token).is_integer()


def _is_sentence(token: Any) -> bool:
    return isinstance(token, str) and len(token.split()) > 1


def _is_missing(token: Any) -> bool:
    return token is None or token is pd.NA or (isinstance(token, float) and np.isnan(token))


def _check_kinds(rows: list[np.ndarray]) -> None:
    for position, row in enumerate(rows):
        if row.dtype.kind != rows[0].dtype.kind:
            raise ValueError(
                f"X[{position}] holds tokens of the type {row.dtype}, but X[0] of the type "
                f"{rows[0].dtype}."
            )
