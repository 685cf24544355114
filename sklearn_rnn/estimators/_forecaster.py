"""Forecaster of time series."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import torch
from sklearn.base import _fit_context
from sklearn.metrics import r2_score
from sklearn.utils import Tags, check_array, check_consistent_length
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_feature_names, check_is_fitted

from sklearn_rnn.sequences import (
    TimeSeries,
    WindowDifferencer,
    align_future,
    check_count,
    check_long_enough,
    find_units,
    sliding_windows,
    to_units,
    validate_sequences,
)

from ._base import BaseRecurrentEstimator
from ._base_forecaster import BaseWindowForecaster
from ._documentation import documented


@documented(
    hidden_size="32",
    lr="1e-3",
    lr_schedule="None",
    gradient_clip_value="None",
    max_epochs="100",
    batch_size="32",
    held_out="the newest windows, those before them whose future overlaps left out",
)
class LSTMForecaster(BaseWindowForecaster):
    """Forecast time series with a recurrent neural network.

    The network corrects a naive forecast. Differencing [3]_ turns the series into the errors
    that the naive forecast made so far; the network reads the last `look_back` of them and
    forecasts the next ones, for all steps of the horizon at once; adding the naive forecast
    leads back to the units of the series. What is learnt from the data, such as their scale,
    is learnt from the training data only.

    Parameters
    ----------
    look_back : int, default=None
        Number of past time steps that the network sees, after differencing; lag 1 may take one
        or two of them where windows are not longer. By default all steps of the windows that
        differencing leaves; for a series the largest of 12, `season_length` and twice the
        horizon, or less if the series is short.

    horizon : int, default=1
        Number of time steps forecast at once. Used if fitted on a series; windows come with
        their future, whose length is the horizon.

    season_length : int, default=1
        Number of time steps of a season: 12 for months with a yearly season. 1 stands for no
        season.

    differencing : "auto" or tuple of int, default="auto"
        Lags at which the series is differenced, one after the other. "auto" takes what gives
        the naive forecast with the smallest mean absolute error on the training data: none
        (the mean), 1 (the last value), `season_length` (the value a season ago), or both (that
        value with the latest growth; without a season the line through the last two values).
        An empty tuple takes none.

    log : bool or "auto", default="auto"
        Whether to take logarithms first, which makes growth rates of differences. "auto" takes
        them where the data are positive and the naive forecast becomes better.

    cell : {"rnn", "lstm", "gru"}, default="lstm"
        Recurrent cell.

    %(encoder_parameters)s

    %(training_parameters)s

    Attributes
    ----------
    look_back_ : int
        Number of past time steps that the network sees.

    horizon_ : int
        Number of time steps forecast at once.

    n_steps_ : int
        Number of past time steps that a forecast needs: `look_back_` and those that
        differencing takes.

    history_ : TimeSeries or None
        The last `n_steps_` time steps of the series seen in fit, from which :meth:`forecast`
        starts; None if fitted on windows.

    differencing_ : list of Differencing
        For each target, the `lags` at which it is differenced and whether its `log` is taken.

    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.

    loss_curve_ : list of float of shape (`n_iter_`,)
        Mean squared error of each epoch on the training data, in units of the variance that
        the naive forecast leaves.

    n_iter_ : int
        Number of epochs run.

    n_features_in_ : int
        Number of columns of the series; of the windows if they were 2-D.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names seen in fit. Defined only if X has names that are all strings.

    See Also
    --------
    make_windows : Makes windows and their future from a series.
    LookBackWindow : Makes windows in a pipeline.

    References
    ----------
    %(training_references)s
    .. [3] Box, G. E. P. and Jenkins, G. M. (1970). Time series analysis: forecasting and
       control. Holden-Day.

    Examples
    --------
    >>> from sklearn_rnn import LSTMForecaster
    >>> from sklearn_rnn.datasets import load_airline
    >>> passengers = load_airline()
    >>> forecaster = LSTMForecaster(season_length=12, random_state=0).fit(passengers)
    >>> forecaster.forecast(3).index
    PeriodIndex(['1961-01', '1961-02', '1961-03'], dtype='period[M]', name='month')

    On windows, as any other regressor:

    >>> from sklearn_rnn import make_windows
    >>> X, y = make_windows(passengers, look_back=25)
    >>> forecaster = LSTMForecaster(season_length=12, random_state=0).fit(X[:71], y[:71])
    >>> forecaster.score(X[71:], y[71:]) > 0.9
    True
    """

    _parameter_constraints: dict = {
        **BaseRecurrentEstimator._parameter_constraints,
        "look_back": [Interval(Integral, 1, None, closed="left"), None],
        "horizon": [Interval(Integral, 1, None, closed="left")],
        "season_length": [Interval(Integral, 1, None, closed="left")],
        "differencing": [StrOptions({"auto"}), tuple, list],
        "log": ["boolean", StrOptions({"auto"})],
    }

    history_: TimeSeries | None

    def __init__(
        self,
        *,
        look_back: int | None = None,
        horizon: int = 1,
        season_length: int = 1,
        differencing: str | tuple[int, ...] = "auto",
        log: bool | str = "auto",
        cell: str = "lstm",
        hidden_size: int = 32,
        num_layers: int = 1,
        dropout: float = 0.0,
        optimizer: str | type[torch.optim.Optimizer] = "adam",
        lr: float = 1e-3,
        lr_schedule: str | None = None,
        weight_decay: float = 0.0,
        gradient_clip_value: float | None = None,
        ema_decay: float | None = None,
        max_epochs: int = 100,
        batch_size: int | str = 32,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 5,
        tol: float = 1e-4,
        warm_start: bool = False,
        callbacks: list | None = None,
        device: str | torch.device = "auto",
        dtype: str = "float32",
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.look_back = look_back
        self.horizon = horizon
        self.season_length = season_length
        self.differencing = differencing
        self.log = log
        self.cell = cell
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.optimizer = optimizer
        self.lr = lr
        self.lr_schedule = lr_schedule
        self.weight_decay = weight_decay
        self.gradient_clip_value = gradient_clip_value
        self.ema_decay = ema_decay
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.device = device
        self.dtype = dtype
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> LSTMForecaster:
        """Train the network on windows and their future, or on a series.

        Parameters
        ----------
        X : array-like
            With `y`, look-back windows of shape (n_samples, n_steps) or
            (n_samples, n_steps, n_columns), the oldest step first.

            Without `y`, a series of shape (n_times,) or (n_times, n_columns) in time order,
            each column of which is forecast. A Series or DataFrame needs a DatetimeIndex with
            a frequency, a PeriodIndex or a RangeIndex.

        y : array-like of shape (n_samples,), (n_samples, horizon) or \
                (n_samples, horizon, n_columns), default=None
            What follows each window. One or two dimensions stand for a single target, whose
            past is a column of X: the one that it continues, also if that was scaled while the
            rows are in time order, or else the one whose last value comes nearest to it.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window; None gives all the same. Not for a series.

        Returns
        -------
        self : LSTMForecaster
            Fitted forecaster.

        Raises
        ------
        ValueError
            If a parameter or the data are not as described, if the series is shorter than
            `look_back` + `horizon`, if its index cannot be continued, or if the loss does not
            stay finite.
        """
        for lag in [] if self.differencing == "auto" else self.differencing:
            check_count("differencing", lag)
        with self._restored_on_error():
            if y is None:
                self._fit_series(X, sample_weight)
            else:
                self._fit_windows(X, y, sample_weight)
        return self

    def _fit_series(self, X: Any, sample_weight: Any) -> None:
        if sample_weight is not None:
            raise ValueError("sample_weight can only be given with windows X and their future y.")
        series = TimeSeries.from_input(X)
        n_times, n_columns = series.values.shape
        lags = self.differencing
        if isinstance(lags, str):
            n_lost, loser = self.season_length, f"season_length={self.season_length}"
        else:
            n_lost, loser = sum(lags), "differencing"
        look_back = self.look_back
        if look_back is None:
            wanted = max(12, self.season_length, 2 * self.horizon)
            look_back = max(1, min(wanted, (n_times - n_lost - self.horizon) // 2))
        n_needed = n_lost if n_lost > 1 else 0
        check_long_enough(n_times, look_back, self.horizon, "X", n_needed, loser)
        columns = list(range(n_columns))
        self._units = {}
        # Short windows are enough to compare naive forecasts, and there are more of them.
        n_steps = min(n_lost + 2, n_times - self.horizon)
        windows, future = sliding_windows(series.values, n_steps, self.horizon)
        # None of those to be validated on, however many steps differencing will take.
        n_most = n_times - look_back - self.horizon + 1
        train_rows, _ = self._split(len(windows), self.horizon, self._count_valid(n_most))
        chosen = self._choose_differencings(windows, future, columns, 1, train_rows, None)
        differencer = WindowDifferencer(columns, chosen, look_back)
        check_long_enough(n_times, look_back, self.horizon, "X", differencer.n_lost)
        # Now that it is known what differencing takes, there may be room for more windows.
        windows, future = sliding_windows(series.values, differencer.n_steps, self.horizon)
        self._fit_network(windows, future, differencer, None)
        _check_feature_names(self, X, reset=True)
        self.n_features_in_ = n_columns
        self.history_ = series.tail(differencer.n_steps)

    def _fit_windows(self, X: Any, y: Any, sample_weight: Any) -> None:
        windows = self._validate_windows(X, reset=True)
        n_steps = windows.shape[1]
        if self.look_back is not None and self.look_back > n_steps:
            raise ValueError(f"look_back={self.look_back}, but the windows have {n_steps} steps.")
        y = check_array(
            y, dtype=np.float64, ensure_2d=False, allow_nd=True, input_name="y", estimator=self
        )
        check_consistent_length(windows, y)
        weight = self._check_weights(sample_weight, windows)
        if weight is not None and not weight.all():
            # A weight of zero is the same as no row, also for what is learnt from the data.
            kept = weight > 0
            windows, y, weight = windows[kept], y[kept], weight[kept]
        horizon = y.shape[1] if y.ndim > 1 else 1
        train_rows, _ = self._split(len(y), horizon)
        future, columns = align_future(windows, y, train_rows)
        self._units = {}
        for target, column in enumerate(columns):
            units = find_units(windows[train_rows, -1, column], future[train_rows, 0, target])
            if units is not None:
                self._units[column] = units
        windows = to_units(windows, self._units)
        look_back = self.look_back or 1
        chosen = self._choose_differencings(windows, future, columns, look_back, train_rows, weight)
        n_left = n_steps - max(each.n_lost for each in chosen)
        if self.look_back is None or self.look_back > n_left:
            look_back = n_left
        self._fit_network(windows, future, WindowDifferencer(columns, chosen, look_back), weight)
        self.history_ = None
        self._future_shape = y.shape[1:]

    def _validate_windows(self, X: Any, *, reset: bool) -> np.ndarray:
        windows, lengths = validate_sequences(self, X, reset=reset)
        if lengths is not None:
            raise ValueError("The windows X must all have the same number of steps, without NaN.")
        n_steps = windows.shape[1]
        if reset:
            self.sequence_shape_ = windows.shape[1:]
        elif n_steps != self.sequence_shape_[0]:
            raise ValueError(
                f"X has {n_steps} steps, but LSTMForecaster is expecting "
                f"{self.sequence_shape_[0]} steps as input."
            )
        return windows

    def predict(self, X: Any) -> Any:
        """Forecast what follows each window, or each time step of a series from those before.

        Parameters
        ----------
        X : array-like
            If fitted on windows, windows of the same shape.

            If fitted on a series, a series with the same columns. Where its index continues
            that of the series seen in fit, its first time steps are forecast from there.

        Returns
        -------
        y : ndarray, Series or DataFrame
            If fitted on windows, the future of each, in the shape of the `y` seen in fit.

            If fitted on a series, the forecast of each time step from those before it, in the
            form of X; time steps without `n_steps_` others before them are left out.

        Raises
        ------
        ValueError
            If X does not have the shape seen in fit, or is too short.
        """
        check_is_fitted(self)
        if self.history_ is None:
            windows = self._validate_windows(X, reset=False)
            return self._predict_windows(windows).reshape(len(windows), *self._future_shape)
        series = self._after_history(X)
        self._check_series_length(series, 1)
        windows, _ = sliding_windows(series.values, self.n_steps_, 1)
        values = self._predict_windows(windows)[:, 0]
        index = None if series.index is None else series.index[self.n_steps_ :]
        return series.wrap(values, index)

    def _after_history(self, X: Any) -> TimeSeries:
        """Validate a series, and put the history before it where its index continues that."""
        series = TimeSeries.from_input(X, like=self.history_)
        _check_feature_names(self, X, reset=False)
        n_columns = series.values.shape[1]
        if n_columns != self.n_features_in_:
            raise ValueError(
                f"X has {n_columns} columns, but LSTMForecaster is expecting "
                f"{self.n_features_in_} columns as input."
            )
        if self.history_ is not None and self.history_.is_followed_by(series):
            series = self.history_.append(series)
        return series

    def _check_series_length(self, series: TimeSeries, horizon: int) -> None:
        n_lost = self._differencer.n_lost
        check_long_enough(len(series.values), self.look_back_, horizon, "X", n_lost)

    def forecast(self, n_steps: int | None = None) -> Any:
        """Forecast what follows the series seen in fit.

        Past the horizon, forecasts take the place of the values that are not known yet.

        Parameters
        ----------
        n_steps : int, default=None
            Number of time steps to forecast; `horizon_` by default.

        Returns
        -------
        forecast : Series, DataFrame or ndarray
            Forecasts in the units and the form of the series seen in fit, on the continued
            index.

        Raises
        ------
        ValueError
            If `n_steps` is less than 1, or if the forecaster was fitted on windows.
        """
        check_is_fitted(self)
        if self.history_ is None:
            raise ValueError("forecast needs a forecaster that was fitted on a series, without y.")
        n_steps = self.horizon_ if n_steps is None else n_steps
        check_count("n_steps", n_steps)
        path = self.history_.values
        for _ in range(-(-n_steps // self.horizon_)):
            path = np.concatenate([path, self._predict_windows(path[None])[0]])
        forecast = path[self.n_steps_ : self.n_steps_ + n_steps]
        return self.history_.wrap(forecast, self.history_.future_index(n_steps))

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Compute the coefficient of determination of the forecasts.

        Parameters
        ----------
        X : array-like
            Windows, or without `y` a series, as for :meth:`predict`.

        y : array-like, default=None
            What follows each window. Without it, each time step of the series X is compared
            with its forecasts, from one step to `horizon_` steps ahead.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window.

        Returns
        -------
        score : float
            R2, averaged over steps of the horizon and targets.
        """
        check_is_fitted(self)
        if (y is None) != (self.history_ is not None):
            raise ValueError(
                "score takes windows and y where the forecaster was fitted on windows and y, and "
                "a series without y where it was fitted on a series."
            )
        if y is None:
            series = self._after_history(X)
            self._check_series_length(series, self.horizon_)
            windows, y = sliding_windows(series.values, self.n_steps_, self.horizon_)
            predicted = self._predict_windows(windows)
        else:
            check_consistent_length(X, y)
            y, predicted = np.asarray(y), self.predict(X)
        n_samples = len(predicted)
        return r2_score(
            y.reshape(n_samples, -1), predicted.reshape(n_samples, -1), sample_weight=sample_weight
        )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        tags.target_tags.multi_output = True
        return tags
