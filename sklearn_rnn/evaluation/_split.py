"""Cross-validation of panels: every series is cut at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.model_selection import TimeSeriesSplit

from sklearn_rnn.forecasting import row_stamps


class PanelTimeSeriesSplit(TimeSeriesSplit):
    """Cross-validator that cuts the time stamps of a panel, not its rows.

    Scikit-learn's :class:`~sklearn.model_selection.TimeSeriesSplit` takes each row for a time
    step. The rows of a panel are those of many series: cut by rows, training takes in the future
    of some series to forecast the past of others. This one splits the time stamps in the same
    way, and each row goes with its own, so that all series are cut at the same time.

    Parameters
    ----------
    n_splits : int, default=5
        Number of splits.

    time : str, default=None
        Column of a DataFrame, of pandas, polars or another library, that holds the time stamps.
        None takes those of the index, of two levels the second: (series, time).

    max_train_size : int, default=None
        Most time stamps of a training part; None for all before the test part.

    test_size : int, default=None
        Number of time stamps of a test part; None for
        ``n_stamps // (n_splits + 1)``.

    gap : int, default=0
        Number of time stamps to leave out between training and test part: for lags and targets
        that overlap, one less than the steps that are forecast at once. A whole series continues
        its training part, and needs none.

    See Also
    --------
    sklearn.model_selection.TimeSeriesSplit : For a single series, of which each row is a time step.
    backtest : Forecasts from cutoffs that are counted from the end of each series.
    sklearn_rnn.metrics.make_forecast_scorer : Scores whole series by any metric.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_rnn import PanelTimeSeriesSplit
    >>> sales = pd.DataFrame(
    ...     {
    ...         "shop": ["north"] * 4 + ["south"] * 3,
    ...         "year": [2020, 2021, 2022, 2023, 2021, 2022, 2023],
    ...         "sold": [5, 6, 7, 8, 1, 2, 3],
    ...     }
    ... )
    >>> for train, test in PanelTimeSeriesSplit(2, time="year", test_size=1).split(sales):
    ...     print(train, test, sales["year"][test].unique())
    [0 1 4] [2 5] [2022]
    [0 1 2 4 5] [3 6] [2023]
    """

    def __init__(
        self,
        n_splits: int = 5,
        *,
        time: Any = None,
        max_train_size: int | None = None,
        test_size: int | None = None,
        gap: int = 0,
    ) -> None:
        super().__init__(n_splits, max_train_size=max_train_size, test_size=test_size, gap=gap)
        self.time = time

    def split(
        self, X: Any, y: Any = None, groups: Any = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Generate the rows of the training and the test part of each split.

        Parameters
        ----------
        X : Series or DataFrame
            A panel: a DataFrame with a column of time stamps, or with an index that holds them.

        y : object, default=None
            Ignored.

        groups : object, default=None
            Ignored.

        Yields
        ------
        train : ndarray of shape (n_train,)
            Positions of the rows to train on.

        test : ndarray of shape (n_test,)
            Positions of the rows to test on, all later than those.

        Raises
        ------
        ValueError
            If X has no time stamps, or too few for the splits.
        """
        stamps, position = np.unique(row_stamps(X, self.time), return_inverse=True)
        try:
            parts = list(super().split(stamps))
        except ValueError as error:
            raise ValueError(
                f"X has {len(stamps)} different time stamps, which are the samples here. {error}"
            ) from None
        for train, test in parts:
            is_train, is_test = np.isin(position, train), np.isin(position, test)
            yield np.flatnonzero(is_train), np.flatnonzero(is_test)
