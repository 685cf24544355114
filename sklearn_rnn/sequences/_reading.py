"""How the estimators of sequences read what they are given."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._constraints import Interval
from sklearn_rnn._warnings import warn

from ._frames import is_frame
from ._gaps import Gaps
from ._long import Keys, LongFrame, check_rows, name_rows
from ._matching import answer_names, match
from ._padding import validate_sequences
from ._range import Range, value_range
from ._tokens import AUTO_DIM, Vocabulary, holds_text, validate_tokens

# Parameters that tell how sequences are read, of estimators that take any.
READING_CONSTRAINTS: dict = {
    "series_id": "no_validation",
    "time": "no_validation",
    "missing": [StrOptions({"error", "mask"})],
    "embedding_dim": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"}), None],
}


class ReadingMixin(BaseEstimator):
    """Reads sequences in any form, and puts what is told of them into that form."""

    _reading: dict[str, Any]
    # Whether sequences are of tokens, and which are known.
    _reads_tokens = False
    _vocabulary: Vocabulary | None = None

    def _remember_reading(self, X: Any) -> None:
        """Keep how sequences are read: what is set later counts from the next fit on."""
        self._reading = {name: getattr(self, name, None) for name in READING_CONSTRAINTS}
        self._keys.check_form(X)

    @property
    def _keys(self) -> Keys:
        return Keys(self._reading["series_id"], self._reading["time"])

    def _open(self, X: Any) -> Any:
        """Take a long frame apart, once for all that is to be done with it."""
        check_is_fitted(self, "_reading")
        return self._keys.open(X)

    def _match(self, X: Any, **given: Any) -> list[Any]:
        """Put what is given for each sequence in their order, where a long frame names them."""
        if isinstance(X, LongFrame):
            return [None if each is None else match(each, X, name) for name, each in given.items()]
        y = given["y"]
        if hasattr(self, "series_id") and is_frame(X) and hasattr(y, "__len__"):
            check_rows(X, y)
        return list(given.values())

    def _remember_names(self, X: Any, y: Any) -> None:
        """Keep what y calls the answers, and how many rows of which sequences there are."""
        self._answer_names = answer_names(y, self._keys)
        self._row_counts = X.count_rows() if isinstance(X, LongFrame) else None

    def _open_to_score(self, X: Any) -> Any:
        """Take a long frame apart, and warn where its sequences were cut by rows for fit."""
        X = self._open(X)
        if isinstance(X, LongFrame) and self._row_counts is not None:
            in_fit, here = self._row_counts.align(X.count_rows(), join="inner")
            torn = in_fit.index[in_fit != here].tolist()
            if torn:
                warn(
                    f"The series {torn[0]!r} is scored, but a part of it, or more of it, was in "
                    "the training data. Cross-validation must keep series whole: "
                    f"cv=GroupKFold(), groups=X[{X.ids.name!r}].",
                    UserWarning,
                )
        return X

    def _name_rows(self, X: Any, values: np.ndarray, columns: Any = None) -> Any:
        """Give what was told of the sequences of a long frame of pandas their names."""
        if isinstance(X, LongFrame) and X.index is not None:
            return name_rows(values, X.ids, self._answer_names, columns)
        return values

    def _name_steps(self, X: LongFrame, values: np.ndarray, columns: Any) -> Any:
        """Bring what was told of all steps to the rows of a long frame, with its index."""
        rows = X.join(values)
        return rows if X.index is None else name_rows(rows, X.index, self._answer_names, columns)

    def _validate_X(self, X: Any, *, reset: bool) -> tuple[np.ndarray, np.ndarray | None]:
        if reset:
            is_text = self.embedding_dim == "auto" and holds_text(X)
            self._reads_tokens = is_text or isinstance(self.embedding_dim, Integral)
            self._vocabulary = None
        if self._reads_tokens:
            X, lengths, self._vocabulary = validate_tokens(self, X, self._vocabulary)
            return X, lengths
        missing = self._reading["missing"]
        return validate_sequences(self, X, reset=reset, missing=missing)

    def _choose_embedding_dim(self) -> int | None:
        """Tell the size of the vectors that stand for tokens; None for sequences of numbers."""
        if self._vocabulary is None:
            return None
        return AUTO_DIM if self.embedding_dim == "auto" else int(self.embedding_dim)

    def _read_fitted(self, X: Any) -> tuple[np.ndarray, np.ndarray | None]:
        """Read sequences to answer for: their values, without gaps, and their lengths."""
        check_is_fitted(self)
        X, lengths = self._validate_X(self._open(X), reset=False)
        return self._fill_gaps(X, lengths), lengths

    def _fill_gaps(
        self,
        X: np.ndarray,
        lengths: np.ndarray | None,
        rows: np.ndarray | None = None,
        *,
        reset: bool = False,
    ) -> np.ndarray:
        """Fill NaN within sequences by what was learnt from the training rows."""
        if self._reading["missing"] != "mask":
            return X
        if reset:
            self._gaps = Gaps.learn(X, lengths, rows)
        return self._gaps.fill(X, lengths)

    def _remember_range(
        self, X: np.ndarray, lengths: np.ndarray | None, before: tuple[Range, ...] = ()
    ) -> None:
        """Remember the range of the values that are trained on, for :func:`check_outputs`."""
        lows, highs = zip(value_range(X, lengths), *before, strict=True)
        self._seen = min(lows), max(highs)
