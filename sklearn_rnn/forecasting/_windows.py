"""Look-back windows over time-ordered rows: cut from a series, or one for each row."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils import Tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import (
    _check_feature_names_in,
    assert_all_finite,
    check_array,
    check_is_fitted,
    validate_data,
)

from sklearn_rnn._constraints import Interval
from sklearn_rnn._documentation_link import DocumentationLinkMixin
from sklearn_rnn._warnings import warn

from ._clock import check_time_index


def _read_series(series: Any) -> np.ndarray:
    """Validate a series in time order and return its values, shape (n_times, n_columns)."""
    if isinstance(series, pd.DataFrame):
        for column, dtype in series.dtypes.items():
            if not pd.api.types.is_numeric_dtype(dtype):
                raise ValueError(
                    f"Column {column!r} of series has dtype {dtype}, which cannot be forecast. If "
                    f"it holds the time stamps, make it the index: series.set_index({column!r})."
                )
    values = check_array(
        series, ensure_2d=False, ensure_all_finite=False, dtype=np.float64, input_name="series"
    )
    missing = np.isnan(values)
    if missing.any():
        first = int(np.argmax(missing.reshape(len(values), -1).any(axis=1)))
        where = series.index[first] if hasattr(series, "iloc") else first
        raise ValueError(
            f"Input series contains NaN: {missing.sum()} of {missing.size} values are missing, the "
            f"first at {where}. Fill them first, for instance with interpolate()."
        )
    assert_all_finite(values, input_name="series")
    if values.ndim not in (1, 2):
        raise ValueError(
            f"series must have shape (n_times,) or (n_times, n_columns). Got {values.shape}."
        )
    return values.reshape(len(values), -1)


def check_count(name: str, value: Any) -> int:
    """Check that a parameter is a positive integer, and return it as one of Python."""
    interval = Interval(Integral, 1, None, closed="left")
    if not interval.is_satisfied_by(value):
        raise ValueError(f"The '{name}' parameter must be {interval}. Got {value!r} instead.")
    return int(value)


def sliding_windows(
    values: np.ndarray, n_steps: int, horizon: int
) -> tuple[np.ndarray, np.ndarray]:
    """Cut a series of shape (n_times, n_columns) into windows and what follows, read-only views.

    They have shape (n_windows, n_steps, n_columns) and (n_windows, horizon, n_columns).
    """
    # sliding_window_view puts the steps last: (n_windows, n_columns, steps)
    windows = sliding_window_view(values, n_steps + horizon, axis=0).swapaxes(1, 2)
    return windows[:, :n_steps], windows[:, n_steps:]


def make_windows(series: Any, look_back: int, horizon: int = 1) -> tuple[Any, Any]:
    """Cut a series into look-back windows `X` and the values `y` that follow them.

    Each window is whole, so that a later split by rows leaves no row without its history.

    Parameters
    ----------
    series : array-like of shape (n_times,) or (n_times, n_columns)
        Values in time order, at equal steps of time. A pandas index is checked for that.

    look_back : int
        Number of time steps of a window.

    horizon : int, default=1
        Number of time steps to forecast after each window.

    Returns
    -------
    X : ndarray of shape (n_windows, look_back) or (n_windows, look_back, n_columns)
        Windows, the oldest value first; 3-D if the series has several columns. From a pandas
        series or a frame of one column, a DataFrame with the columns "lag_<look_back>" to
        "lag_1", indexed by the first time step of each `y`.

    y : ndarray of shape (n_windows,), (n_windows, horizon), or \
            (n_windows, horizon, n_columns)
        What follows each window: 1-D for a horizon of 1 and a single column, 3-D for several
        columns. From a pandas series or a frame of one column, a Series, or a DataFrame with
        the columns "step_1" to "step_<horizon>".

    Raises
    ------
    ValueError
        If `look_back` or `horizon` is less than 1, or the series is shorter than their sum, or
        holds NaN or infinity, or its index is not at equal steps.

    See Also
    --------
    LookBackWindow : The same as a transformer that keeps the number of rows.

    Notes
    -----
    With a horizon of more than 1, the futures of neighbouring windows overlap. Leave a gap of
    ``horizon - 1`` rows between training and test rows, for instance by the parameter `gap` of
    :class:`sklearn.model_selection.TimeSeriesSplit`.

    Examples
    --------
    >>> from sklearn_rnn import make_windows
    >>> X, y = make_windows([1, 2, 3, 4, 5], look_back=3)
    >>> X
    array([[1., 2., 3.],
           [2., 3., 4.]])
    >>> y
    array([4., 5.])
    """
    look_back, horizon = check_count("look_back", look_back), check_count("horizon", horizon)
    index = None
    if isinstance(series, (pd.Series, pd.DataFrame)):
        index = check_time_index(series.index, "series")
    values = _read_series(series)
    if len(values) < look_back + horizon:
        raise ValueError(
            f"series has {len(values)} time steps, but look_back={look_back} and "
            f"horizon={horizon} need at least {look_back + horizon}."
        )
    X, y = (part.copy() for part in sliding_windows(values, look_back, horizon))
    if values.shape[1] > 1:
        return X, y
    X, y = X[:, :, 0], y[:, :, 0]
    if index is None:
        return X, (y[:, 0] if horizon == 1 else y)
    index = index[look_back : look_back + len(X)]
    frame = pd.DataFrame(X, index, [f"lag_{lag}" for lag in range(look_back, 0, -1)])
    if horizon == 1:
        name = series.name if isinstance(series, pd.Series) else series.columns[0]
        return frame, pd.Series(y[:, 0], index, name=name)
    return frame, pd.DataFrame(y, index, [f"step_{step}" for step in range(1, horizon + 1)])


class LookBackWindow(DocumentationLinkMixin, TransformerMixin, BaseEstimator):
    """Give each row the rows before it.

    The rows are taken to be in time order. The number of rows stays the same, so that the
    transformer fits into a pipeline: the window of row `i` holds rows ``i - look_back + 1`` to
    `i`. Before the first row, the first row is repeated. Nothing is learnt.

    Parameters
    ----------
    look_back : int, default=1
        Number of rows in a window, the row itself included.

    flatten : bool, default=False
        If True, return a 2-D table of lags, for regressors that do not read sequences. It has
        named columns and supports :meth:`set_output`.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen in fit.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names seen in fit. Defined only if X has names that are all strings.

    See Also
    --------
    make_windows : Windows without a cold start, made before a split.

    Notes
    -----
    A test part that is transformed on its own starts with repeated rows, since the transformer
    does not remember the training part. Where that matters, use :func:`make_windows` first.

    A window ends with its own row, so that a forecast wants for `y` what comes after each row:
    ``fit(X[:-1], y[1:])``. In `fit`, a `y` that is a column of X is warned of.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_rnn import LookBackWindow
    >>> X = np.array([[1.0], [2.0], [3.0]])
    >>> LookBackWindow(look_back=2).fit_transform(X).shape
    (3, 2, 1)
    >>> table = LookBackWindow(look_back=2, flatten=True).set_output(transform="pandas")
    >>> table.fit_transform(X)
       x0_lag1  x0_lag0
    0      1.0      1.0
    1      1.0      2.0
    2      2.0      3.0
    """

    _parameter_constraints: dict = {
        "look_back": [Interval(Integral, 1, None, closed="left")],
        "flatten": ["boolean"],
    }

    def __init__(self, look_back: int = 1, *, flatten: bool = False) -> None:
        self.look_back = look_back
        self.flatten = flatten

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> LookBackWindow:
        """Check the parameters and remember the columns.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in time order.

        y : array-like of shape (n_samples,), default=None
            Not used, but compared with the columns of X: a window that ends with the very value to
            forecast is warned of.

        Returns
        -------
        self : LookBackWindow
            The transformer.
        """
        self._warn_of_present(validate_data(self, X), y)
        self._seen = {"look_back": int(self.look_back), "flatten": self.flatten}
        return self

    def _warn_of_present(self, X: np.ndarray, y: Any) -> None:
        """Warn where y is a column of X at the same rows: it is among the inputs."""
        y = np.asarray(y)
        if y.dtype.kind not in "iuf" or y.ndim not in (1, 2) or len(y) != len(X):
            return
        y = y.astype(X.dtype) if X.dtype.kind == "f" else y
        names = getattr(self, "feature_names_in_", range(X.shape[1]))
        for target in y.reshape(len(X), -1).T:
            present = np.flatnonzero((target[:, None] == X).all(axis=0))
            # What never changes is no series: any column may hold it.
            if len(present) and np.ptp(target) > 0:
                warn(
                    f"y is column {names[present[0]]!r} of X, row by row: the last value of each "
                    "window is the one to forecast. To forecast the next one, shift y: "
                    "fit(X[:-1], y[1:]).",
                )
                return

    def _parameter(self, name: str) -> Any:
        """Return a parameter as it was in fit, or as it is if there was none."""
        return getattr(self, "_seen", vars(self))[name]

    def transform(self, X: Any) -> np.ndarray:
        """Collect the window of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows in time order.

        Returns
        -------
        windows : ndarray of shape (n_samples, look_back, n_features) or \
                (n_samples, look_back * n_features)
            Windows, the oldest row first; 2-D if `flatten`.
        """
        X = validate_data(self, X, reset=False)
        look_back = self._parameter("look_back")
        start = np.repeat(X[:1], look_back - 1, axis=0)
        windows, _ = sliding_windows(np.concatenate([start, X]), look_back, 0)
        return windows.reshape(len(X), -1) if self._parameter("flatten") else windows.copy()

    @available_if(lambda self: self._parameter("flatten"))
    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Name the columns of the table of lags; available if `flatten`.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the input columns; those seen in fit by default.

        Returns
        -------
        feature_names_out : ndarray of str
            "<column>_lag<k>", where lag 0 is the row itself.
        """
        check_is_fitted(self, "n_features_in_")
        names = _check_feature_names_in(self, input_features)
        lags = range(self._parameter("look_back") - 1, -1, -1)
        return np.asarray([f"{name}_lag{lag}" for lag in lags for name in names], dtype=object)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
