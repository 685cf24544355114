"""Long frames: a row for each step of each sequence, the names of both in columns."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ._columns import check_ids, check_keys, narwhals_frame, read_columns, to_pandas
from ._frames import align_frames, is_frame


class Keys(NamedTuple):
    """Columns, or levels of the index, that name the sequence and the time of a row."""

    series_id: Any = None
    time: Any = None

    def check_form(self, X: Any) -> None:
        """Check that X is a frame if these name columns."""
        if self.series_id is None and self.time is not None:
            raise ValueError(
                f"time={self.time!r} names a column of X; name that of the series, too, by the "
                "parameter series_id. If X is a single sequence, give a list of it without that "
                f"column: [X.drop(columns={self.time!r})]."
            )
        if self.series_id is not None and not isinstance(X, pd.DataFrame):
            narwhals_frame(X, "X")

    def open(self, X: Any) -> Any:
        """Take a frame of which these name columns apart, and leave all else as it is."""
        if self.series_id is None or isinstance(X, LongFrame) or not is_frame(X):
            return X
        return LongFrame(X, self)


class LongFrame:
    """A long frame whose rows are known by sequence and time.

    Parameters
    ----------
    X : DataFrame
        The frame.

    keys : Keys
        What names sequences and times in it.

    Attributes
    ----------
    ids : Index
        Names of the sequences, in the order in which they appear.

    numbers : ndarray of shape (n_rows,)
        Place among them of the sequence of each row.

    Raises
    ------
    ValueError
        If a column is missing, if a row has no name or no time stamp, or if a sequence has two
        rows of the same time stamp.
    """

    def __init__(self, X: Any, keys: Keys) -> None:
        frame = _with_columns(X, keys)
        self.keys = keys
        # Only what comes from pandas goes back with its index.
        self.index = X.index if isinstance(X, pd.DataFrame) else None
        self.numbers, ids = pd.factorize(frame[keys.series_id])
        check_ids(self.numbers < 0, f"Column {keys.series_id!r} of X")
        self.ids = pd.Index(ids, name=keys.series_id)
        self._order = np.lexsort((self._order_times(frame), self.numbers))
        self._borders = np.cumsum(np.bincount(self.numbers))[:-1]
        self.features = frame.drop(columns=[each for each in keys if each is not None])

    def __len__(self) -> int:
        return len(self.features)

    def read(self, estimator: BaseEstimator, *, reset: bool) -> list[np.ndarray]:
        """Read the sequences, each in the order of time.

        Columns that name neither are features. They are matched by name with those of `fit`.

        Raises
        ------
        ValueError
            If a column is missing, or holds no numbers.
        """
        for name in self.features.columns:
            if pd.api.types.is_datetime64_any_dtype(self.features[name]):
                raise ValueError(
                    f"Column {name!r} of X holds time stamps, which are no feature. If rows are to "
                    f"be put in their order, set time={name!r}; otherwise leave the column out."
                )
        features = self._align(estimator, reset=reset)
        return self.split(
            read_columns(features, features.columns, "X", pd.RangeIndex(len(features)))
        )

    def read_tokens(self, estimator: BaseEstimator, *, reset: bool) -> list[np.ndarray]:
        """Read the sequences of tokens, which stand in the only other column.

        Raises
        ------
        ValueError
            If there are several other columns, or if a token is missing.
        """
        features = self._align(estimator, reset=reset)
        if features.shape[1] > 1:
            raise ValueError(
                f"Tokens are one a step, but X has the columns {list(features.columns)}. Leave "
                "out all but that of the tokens."
            )
        tokens = features.iloc[:, 0]
        missing = np.flatnonzero(tokens.isna())
        if len(missing):
            raise ValueError(
                f"Column {tokens.name!r} of X holds no token in {len(missing)} of {len(self)} rows,"
                f" the first of which is row {missing[0]}."
            )
        return self.split(tokens.to_numpy(dtype=object))

    def count_rows(self) -> pd.Series:
        """Count the rows of each sequence."""
        return pd.Series(np.bincount(self.numbers), self.ids)

    def split(self, rows: np.ndarray) -> list[np.ndarray]:
        """Take what there is for each row to the steps of the sequences."""
        return np.split(rows[self._order], self._borders)

    def join(self, steps: np.ndarray) -> np.ndarray:
        """Bring what was told of all steps, one sequence after another, to the rows."""
        rows = np.empty_like(steps)
        rows[self._order] = steps
        return rows

    def place(self, row: int) -> str:
        """Tell where a row stands."""
        return f"row {row} (series {self.ids[[self.numbers[row]]].tolist()[0]!r})"

    def _align(self, estimator: BaseEstimator, *, reset: bool) -> pd.DataFrame:
        if not self.features.shape[1]:
            names = [each for each in self.keys if each is not None]
            raise ValueError(f"X has no columns of features, but {names} alone.")
        return align_frames(estimator, [self.features], reset=reset)[0]

    def _order_times(self, frame: pd.DataFrame) -> np.ndarray:
        """Number the time stamps of all rows in their order; without any, the rows."""
        time = self.keys.time
        if time is None:
            return np.arange(len(frame))
        times, where = frame[time], f"Column {time!r} of X"
        if isinstance(times.dtype, pd.CategoricalDtype):
            times = times.astype(times.cat.categories.dtype)
        kind = pd.api.types.infer_dtype(times, skipna=True)
        if kind in ("string", "bytes", "mixed", "mixed-integer"):
            raise ValueError(
                f"{where} holds time stamps as text, such as {times.iloc[0]!r}, which have no "
                f"order. Convert them by pd.to_datetime(X[{time!r}])."
            )
        codes, stamps = pd.factorize(times, sort=True)
        if (codes < 0).any():
            raise ValueError(
                f"{where} has no time stamp in {(codes < 0).sum()} of {len(codes)} rows, the "
                f"first of which is row {int(np.argmax(codes < 0))}."
            )
        repeated = pd.DataFrame({"series": self.numbers, "time": codes}).duplicated()
        if repeated.any():
            row = int(np.argmax(repeated))
            series = self.ids[[self.numbers[row]]].tolist()[0]
            raise ValueError(
                f"X has two rows of series {series!r} at {stamps[codes[row]]}, the second of which "
                "is row "
                f"{row}. Remove one, or name the column that tells them apart by series_id or time."
            )
        return codes


def _with_columns(X: Any, keys: Keys) -> pd.DataFrame:
    """Return a frame of pandas that has the names of sequences and times in columns."""
    if not isinstance(X, pd.DataFrame):
        frame = to_pandas(X, narwhals_frame(X, "X").columns, "X")
    else:
        levels = [each for each in keys if each in X.index.names and each not in X.columns]
        frame = X.reset_index(level=levels) if any(each is not None for each in levels) else X
    check_keys(frame.columns, *keys, "X")
    if not len(frame):
        raise ValueError("X has 0 sample(s): it has no rows.")
    return frame


def check_rows(X: Any, y: Any) -> None:
    """Check that there is an answer for each row of a frame, where its rows are sequences."""
    if len(X) != len(y):
        raise ValueError(
            f"Found input variables with inconsistent numbers of samples: [{len(X)}, {len(y)}]. "
            "Each row of the DataFrame X is read as a sequence. If it is one step of a sequence, "
            "name the columns, or the levels of the index, that hold the names of the sequences "
            "and the time by series_id and time."
        )


def name_rows(
    values: np.ndarray, index: pd.Index, names: list[Any] | None, columns: Any = None
) -> Any:
    """Return what was told of sequences, or of rows, with their index.

    Parameters
    ----------
    values : ndarray of shape (n,) or (n, n_values)
        What was told.

    index : Index of shape (n,)
        Names of sequences, or index of rows.

    names : list or None
        What the answers are called in `y`.

    columns : array-like of shape (n_values,), default=None
        Names of the values of each; by default those of the answers.
    """
    if values.ndim == 1:
        return pd.Series(values, index, name=names[0] if names and len(names) == 1 else None)
    return pd.DataFrame(values, index, names if columns is None else columns)
