"""Transformer from time-ordered rows to look-back windows."""

from __future__ import annotations

import warnings
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin, _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import _check_feature_names_in, check_is_fitted, validate_data

from ._windows import sliding_windows


class LookBackWindow(TransformerMixin, BaseEstimator):
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
        self._seen = {"look_back": self.look_back, "flatten": self.flatten}
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
                warnings.warn(
                    f"y is column {names[present[0]]!r} of X, row by row: the last value of each "
                    "window is the one to forecast. To forecast the next one, shift y: "
                    "fit(X[:-1], y[1:]).",
                    UserWarning,
                    stacklevel=4,
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
