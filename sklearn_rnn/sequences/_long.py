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
                "parameter series_id."
            )
        if self.series_id is not None and not isinstance(X, pd.DataFrame):
            narwhals_frame(X, "X")

    def is_long(self, X: Any) -> bool:
        """Tell whether X is a frame of which these name columns."""
        return self.series_id is not None and is_frame(X)

    def read_ids(self, X: Any) -> pd.Index:
        """Read the names of the sequences, in the order in which they appear."""
        return self._number(self._with_columns(X))[1]

    def read(
        self, estimator: BaseEstimator, X: Any, *, reset: bool
    ) -> tuple[list[np.ndarray], pd.Index]:
        """Read the sequences, each in the order of time, and their names.

        Columns that name neither are features. They are matched by name with those of `fit`.

        Raises
        ------
        ValueError
            If a column is missing or holds no numbers, if a row has no name or no time stamp, or
            if a sequence has two rows of the same time stamp.
        """
        frame = self._with_columns(X)
        features = frame.drop(columns=[each for each in self if each is not None])
        self._check_times(features)
        if not features.shape[1]:
            raise ValueError(f"X has no columns of features, but {list(frame.columns)} alone.")
        features = align_frames(estimator, [features], reset=reset)[0]
        table = read_columns(features, features.columns, "X", pd.RangeIndex(len(frame)))
        order, borders, ids = self._arrange(frame)
        return np.split(table[order], borders), ids

    def _check_times(self, features: pd.DataFrame) -> None:
        """Check that no column of features holds the time that rows are to be ordered by."""
        for name in features.columns:
            if pd.api.types.is_datetime64_any_dtype(features[name]):
                raise ValueError(
                    f"Column {name!r} of X holds time stamps, which are no feature. If rows are to "
                    f"be put in their order, set time={name!r}; otherwise leave the column out."
                )

    def split(self, X: Any, values: Any) -> list[np.ndarray]:
        """Take what is given for each row to the steps of the sequences, as :meth:`read` does.

        Raises
        ------
        ValueError
            If there is another number of values, or a Series has another index than X.
        """
        if len(values) != len(X):
            raise ValueError(
                f"y holds {len(values)} labels, but X has {len(X)} rows: give a label for each row."
            )
        if isinstance(values, pd.Series) and not values.index.equals(X.index):
            raise ValueError("The index of y differs from that of X: give a label for each row.")
        order, borders, _ = self._arrange(self._with_columns(X))
        return np.split(np.asarray(values)[order], borders)

    def join(self, X: Any, values: np.ndarray, columns: Any = None) -> Any:
        """Bring what was told of all steps, one after another, to the rows of X."""
        order, _, _ = self._arrange(self._with_columns(X))
        rows = np.empty_like(values)
        rows[order] = values
        return name_rows(rows, X.index, columns) if isinstance(X, pd.DataFrame) else rows

    def _arrange(self, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, pd.Index]:
        """Order rows by sequence and time; tell where sequences end, and their names."""
        numbers, ids = self._number(frame)
        order = np.lexsort((self._order(frame, numbers, ids), numbers))
        return order, np.cumsum(np.bincount(numbers))[:-1], ids

    def _with_columns(self, X: Any) -> pd.DataFrame:
        """Return a frame of pandas that has the names of sequences and times in columns."""
        if not isinstance(X, pd.DataFrame):
            frame = to_pandas(X, narwhals_frame(X, "X").columns, "X")
        else:
            levels = [each for each in self if each in X.index.names and each not in X.columns]
            frame = X.reset_index(level=levels) if any(each is not None for each in levels) else X
        check_keys(frame.columns, *self, "X")
        if not len(frame):
            raise ValueError("X has 0 sample(s): it has no rows.")
        return frame

    def _number(self, frame: pd.DataFrame) -> tuple[np.ndarray, pd.Index]:
        numbers, ids = pd.factorize(frame[self.series_id])
        check_ids(numbers < 0, f"Column {self.series_id!r} of X")
        return numbers, pd.Index(ids, name=self.series_id)

    def _order(self, frame: pd.DataFrame, numbers: np.ndarray, ids: pd.Index) -> np.ndarray:
        """Number the time stamps of all rows in their order; without any, the rows."""
        if self.time is None:
            return np.arange(len(frame))
        times, where = frame[self.time], f"Column {self.time!r} of X"
        if isinstance(times.dtype, pd.CategoricalDtype):
            times = times.astype(times.cat.categories.dtype)
        kind = pd.api.types.infer_dtype(times, skipna=True)
        if kind in ("string", "bytes", "mixed", "mixed-integer"):
            raise ValueError(
                f"{where} holds time stamps as text, such as {times.iloc[0]!r}, which have no "
                f"order. Convert them by pd.to_datetime(X[{self.time!r}])."
            )
        codes, stamps = pd.factorize(times, sort=True)
        if (codes < 0).any():
            raise ValueError(
                f"{where} has no time stamp in {(codes < 0).sum()} of {len(codes)} rows, the "
                f"first of which is row {int(np.argmax(codes < 0))}."
            )
        repeated = pd.DataFrame({"series": numbers, "time": codes}).duplicated()
        if repeated.any():
            row = int(np.argmax(repeated))
            raise ValueError(
                f"X has two rows of series {ids[[numbers[row]]].tolist()[0]!r} at "
                f"{stamps[codes[row]]}, the second of which is row {row}. Remove one, or name "
                "the column that tells them apart by series_id or time."
            )
        return codes


NO_KEYS = Keys()


def match(values: Any, ids: pd.Index, n_rows: int, name: str) -> Any:
    """Put what is given for each sequence of a long frame in the order of their names.

    A Series or DataFrame whose index holds the names is matched by it. All else is in the order
    in which they appear.

    Raises
    ------
    ValueError
        If there is one for each row, or a number other than that of the sequences, or if the index
        holds other names.
    """
    n_values = len(values) if hasattr(values, "__len__") else None
    if n_values == n_rows != len(ids):
        raise ValueError(
            f"{name} holds {n_rows} values, one for each row of X, but X holds {len(ids)} "
            f"sequences. Give one for each, such as {name}.groupby(X[{ids.name!r}]).first(). To "
            "cross-validate, give a list of a frame for each sequence."
        )
    if isinstance(values, (pd.Series, pd.DataFrame)):
        index = values.index
        if isinstance(index, pd.RangeIndex) and not index.isin(ids).any():
            raise ValueError(
                f"The index of {name} holds row numbers, and not the names of the series, such as "
                f"{ids.tolist()[0]!r}. Make these its index, by .set_index({ids.name!r}), or give "
                f"{name}.to_numpy() if it is in the order in which they first appear in X."
            )
        _check_names(index, ids, name)
        return values.loc[ids]
    if n_values is not None and n_values != len(ids):
        raise ValueError(
            f"{name} holds {n_values} values, but X holds {len(ids)} sequences. Found input "
            f"variables with inconsistent numbers of samples: [{len(ids)}, {n_values}]."
        )
    return values


def check_rows(X: Any, y: Any) -> None:
    """Check that there is an answer for each row of a frame, where its rows are sequences."""
    if len(X) != len(y):
        raise ValueError(
            f"Found input variables with inconsistent numbers of samples: [{len(X)}, {len(y)}]. "
            "Each row of the DataFrame X is read as a sequence. If it is one step of a sequence, "
            "name the columns, or the levels of the index, that hold the names of the sequences "
            "and the time by series_id and time."
        )


def _check_names(index: pd.Index, ids: pd.Index, name: str) -> None:
    for names, words in (
        (index[index.duplicated()], "twice"),
        (ids.difference(index, sort=False), "not"),
    ):
        if len(names):
            others = f" and {len(names) - 1} others" if len(names) > 1 else ""
            raise ValueError(
                f"The index of {name} holds the series {names.tolist()[0]!r}{others} {words}. It "
                f"must hold each name of X once; {name}.to_numpy() goes by the order in which they "
                "appear in X."
            )
    if len(index) > len(ids):
        names = index.difference(ids, sort=False)
        raise ValueError(
            f"The index of {name} holds {len(names)} names that X does not, such as "
            f"{names.tolist()[0]!r}. Leave them out by {name}.loc[X[{ids.name!r}].unique()]."
        )


def name_rows(values: np.ndarray, ids: pd.Index, columns: Any = None) -> Any:
    """Return what was told of sequences, or of rows, with their names as the index."""
    if values.ndim == 1:
        return pd.Series(values, ids)
    return pd.DataFrame(values, ids, columns)
