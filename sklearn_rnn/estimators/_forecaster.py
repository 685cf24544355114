"""Forecaster of time series."""

from __future__ import annotations

import warnings
from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.base import _fit_context
from sklearn.metrics import r2_score
from sklearn.utils import Tags, check_array, check_consistent_length
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_feature_names, check_is_fitted

from sklearn_rnn.sequences import (
    Block,
    Panel,
    align_future,
    all_forecasts,
    check_count,
    default_look_back,
    find_units,
    hold_out,
    to_units,
    validate_sequences,
)
from sklearn_rnn.training import ForecastNet, resolve_device

from ._base import DTYPES, BaseRecurrentEstimator
from ._base_forecaster import BaseForecaster, Blocks
from ._documentation import documented
from ._stores import CovariateScaler, panel_scales, smallest_scales, store_panel, store_windows

# A target that goes on this many times as far from its past as from its own mean is no
# continuation of it, or not in its units.
FAR_OFF = 3.0


@documented(
    hidden_size="64",
    dropout="0.1",
    optimizer='"adamw"',
    lr="2e-3",
    lr_schedule='"one_cycle"',
    weight_decay="0.01",
    gradient_clip_value="1.0",
    max_epochs='"auto"',
    batch_size="128",
    held_out="the newest time steps, or windows",
)
class LSTMForecaster(BaseForecaster):
    """Forecast time series with a recurrent neural network.

    One network learns from all series. It sees the last `look_back` time steps, relative to the
    newest one and in units of their spread, so that series of any level and scale look alike. A
    linear forecast comes first: a ridge regression on the window, shrunk towards the naive
    forecast that does best, such as the last season and its growth. The recurrent network reads
    the window in segments, goes on over those of the horizon [3]_, and adds what the linear
    forecast misses, for all time steps at once. How much of both is used is decided on the newest
    part of the data, before all of them are learnt from.

    Parameters
    ----------
    look_back : int, default=None
        Number of past time steps that the network sees. By default all steps of windows; for a
        series five seasons or three horizons, whichever is more, and one step; fewer if there
        are few windows.

    horizon : int, default=1
        Number of time steps forecast at once. Used if fitted on series; windows come with
        their future, whose length is the horizon.

    season_length : int, default=1
        Number of time steps of a season: 12 for months with a yearly season. 1 stands for no
        season.

    series_id, time, target : str, default=None
        Columns of a long DataFrame that hold the names of the series, the time stamps, and the
        values to forecast. `target` may also name one or more columns of any other DataFrame;
        the other columns are covariates then. By default all columns are forecast.

    future : list of str, default=None
        Columns of a DataFrame with covariates that are known ahead, such as holidays. Other
        covariates are known up to the forecast.

    missing : {"error", "mask"}, default="error"
        Whether missing values and time stamps of a series are an error, or are left out of what
        the network learns from.

    calibration_fraction : float, default=0.2
        Share of the newest time steps of each series, or of the newest windows, that is held out
        at first, to choose the penalty of the linear forecast and the share of the network's
        correction, and to tell how far off forecasts are [4]_. The final training is on all data.
        None holds nothing out and trains once; then there are no intervals.

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

    linear_ : LinearForecast
        The linear forecast: its `weights`, the name of the `naive` forecast that it is shrunk
        towards, and the `penalty`.

    network_share_ : float
        Share of the network's correction that is added, from 0 to 1.

    history_ : Panel or None
        The last `look_back_` time steps of the series seen in fit, from which :meth:`forecast`
        starts, and those before them back to the last known value; None if fitted on windows.

    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.

    loss_curve_ : list of float of shape (`n_iter_`,)
        Mean Huber loss of each epoch on the training data, in the scale of the windows.

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
    .. [3] Lin, S. et al. (2023). SegRNN: segment recurrent neural network for long-term time
       series forecasting. arXiv:2308.11200.
    .. [4] Vovk, V., Gammerman, A. and Shafer, G. (2005). Algorithmic learning in a random world.
       Springer.

    Examples
    --------
    >>> from sklearn_rnn import LSTMForecaster
    >>> from sklearn_rnn.datasets import load_airline
    >>> passengers = load_airline()
    >>> forecaster = LSTMForecaster(horizon=12, season_length=12, random_state=0)
    >>> forecaster.fit(passengers).forecast(3).index
    PeriodIndex(['1961-01', '1961-02', '1961-03'], dtype='period[M]', name='month')
    >>> list(forecaster.forecast(24, coverage=0.9))
    ['forecast', 'lower', 'upper']

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
        "series_id": "no_validation",
        "time": "no_validation",
        "target": "no_validation",
        "future": "no_validation",
        "missing": [StrOptions({"error", "mask"})],
        "calibration_fraction": [Interval(Real, 0, 1, closed="neither"), None],
        "max_epochs": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
    }

    history_: Panel | None

    def __init__(
        self,
        *,
        look_back: int | None = None,
        horizon: int = 1,
        season_length: int = 1,
        series_id: Any = None,
        time: Any = None,
        target: Any = None,
        future: Any = None,
        missing: str = "error",
        calibration_fraction: float | None = 0.2,
        cell: str = "lstm",
        hidden_size: int = 64,
        num_layers: int = 1,
        dropout: float = 0.1,
        optimizer: str | type[torch.optim.Optimizer] = "adamw",
        lr: float = 2e-3,
        lr_schedule: str | None = "one_cycle",
        weight_decay: float = 0.01,
        gradient_clip_value: float | None = 1.0,
        ema_decay: float | None = None,
        max_epochs: int | str = "auto",
        batch_size: int | str = 128,
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
        self.series_id = series_id
        self.time = time
        self.target = target
        self.future = future
        self.missing = missing
        self.calibration_fraction = calibration_fraction
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
        """Train the network on windows and their future, or on series.

        Parameters
        ----------
        X : array-like
            With `y`, look-back windows of shape (n_samples, n_steps) or
            (n_samples, n_steps, n_columns), the oldest step first.

            Without `y`, a series of shape (n_times,) or (n_times, n_columns) in time order; many
            series as a list of those, as a Series or DataFrame with an index of two levels,
            (series, time), or as a long DataFrame of pandas, polars or another library that
            narwhals knows. Time stamps must be at equal steps.

        y : array-like of shape (n_samples,), (n_samples, horizon) or \
                (n_samples, horizon, n_columns), default=None
            What follows each window. One or two dimensions stand for a single target, whose
            past is a column of X: the one that it continues, also if that was scaled while the
            rows are in time order, or else the one whose last value comes nearest to it.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window; None gives all the same. Not for series.

        Returns
        -------
        self : LSTMForecaster
            Fitted forecaster.

        Raises
        ------
        ValueError
            If a parameter or the data are not as described, if there are fewer than two time
            steps or windows, if a time index cannot be continued, or if the loss does not stay
            finite.
        """
        with self._restored_on_error():
            if y is None:
                self._fit_series(X, sample_weight)
            else:
                self._fit_windows(X, y, sample_weight)
        return self

    def _fit_series(self, X: Any, sample_weight: Any) -> None:
        if sample_weight is not None:
            raise ValueError("sample_weight can only be given with windows X and their future y.")
        panel = self._read_panel(X)
        if panel.lengths.max() < 2:
            raise ValueError("X has series of 1 time step only; at least 2 are needed to fit.")
        _check_feature_names(self, X, reset=True)
        self.n_features_in_ = panel.table.shape[1]
        n_targets = panel.columns.bounds[0]
        if not np.isfinite(panel.table[:, :n_targets]).any(axis=0).all():
            raise ValueError("X has a column to forecast without any value.")
        self.look_back_ = self.look_back or default_look_back(
            panel.lengths, self.horizon, self.season_length
        )
        self._scaler = CovariateScaler.learn(panel.table[:, n_targets:])
        self._smallest = panel_scales(panel)
        store = store_panel(panel, self._scaler, self._smallest, **self._store_options())
        lengths = np.tile(panel.lengths, n_targets)
        self._fit_network(store, self._series_blocks(lengths), self.horizon)
        self.history_ = self._history(panel)

    def _series_blocks(self, lengths: np.ndarray) -> Blocks:
        """Split series in time: the newest time steps are held out, if any."""
        everything = all_forecasts(lengths, self.look_back_, self.season_length)
        fraction = self._held_out_fraction()
        if fraction is None:
            return Blocks(everything)
        rehearsal = hold_out(lengths, self.look_back_, self.horizon, self.season_length, fraction)
        if len(rehearsal[1]):
            return Blocks(everything, rehearsal)
        if self.early_stopping:
            raise ValueError(
                f"validation_fraction={self.validation_fraction} of at most {lengths.max()} time "
                "steps leaves none to train on."
            )
        return Blocks(everything)

    def _history(self, panel: Panel) -> Panel:
        """Keep the last `look_back_` time steps, and those before them back to a known value."""
        n_times = self.look_back_ + panel.count_missing(panel.lengths - self.look_back_ + 1)
        return panel.tail(n_times)

    def _read_panel(self, X: Any, like: Panel | None = None) -> Panel:
        return Panel.from_input(
            X,
            series_id=self.series_id,
            time=self.time,
            target=self.target,
            future=self.future,
            missing=self.missing,
            like=like,
        )

    def _held_out_fraction(self) -> float | None:
        return self.validation_fraction if self.early_stopping else self.calibration_fraction

    def _store_options(self, net: ForecastNet | None = None) -> dict[str, Any]:
        """Say how to store series: where a net is, or where to train one."""
        device = resolve_device(self.device) if net is None else net.device
        return {"dtype": DTYPES[self.dtype], "device": device}

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
        future, self._columns = align_future(windows, y)
        self._units = {}
        for target, column in enumerate(self._columns):
            units = find_units(windows[:, -1, column], future[:, 0, target])
            if units is not None:
                self._units[column] = units
        self.look_back_ = self.look_back or n_steps
        windows = to_units(windows[:, -self.look_back_ :].astype(np.float64), self._units)
        # Without a season, windows may be any table of numbers.
        if self.season_length > 1 and self._is_far_off(windows, future):
            warnings.warn(
                "y is far from all values of the windows X. Do X and y hold the same quantity in "
                "the same units?",
                UserWarning,
                stacklevel=3,
            )
        self._learn_scales(windows, future, weight)
        store = store_windows(
            windows,
            self._columns,
            self._scaler,
            self._smallest,
            future,
            None if weight is None else weight / weight.mean(),
            **self._store_options(),
        )
        blocks = self._window_blocks(len(windows), future.shape[1])
        self._fit_network(store, blocks, future.shape[1])
        self.history_ = None
        self._future_shape = y.shape[1:]

    def _is_far_off(self, windows: np.ndarray, future: np.ndarray) -> bool:
        """Tell whether a target goes on much farther from its past than from its own mean."""
        first, past = future[:, 0], windows[:, :, self._columns]
        distance = np.abs(past - first[:, None]).min(axis=1).mean(axis=0)
        spread = np.abs(first - first.mean(axis=0)).mean(axis=0)
        return bool(((distance > FAR_OFF * spread) & (spread > 0)).any())

    def _learn_scales(
        self, windows: np.ndarray, future: np.ndarray, weight: np.ndarray | None
    ) -> None:
        n_samples, n_steps = windows.shape[:2]
        others = np.delete(windows, self._columns, axis=2).reshape(n_samples * n_steps, -1)
        row_weight = np.ones(n_samples) if weight is None else weight
        self._scaler = CovariateScaler.learn(others, np.repeat(row_weight, n_steps))
        targets = np.moveaxis(future, 2, 0).reshape(future.shape[2], -1)
        value_weight = np.tile(np.repeat(row_weight, future.shape[1]), len(targets))
        lengths = np.full(len(targets), targets.shape[1])
        self._smallest = smallest_scales(targets.ravel(), lengths, value_weight)

    def _window_blocks(self, n_samples: int, horizon: int) -> Blocks:
        """Split windows in time order: the newest are held out, if any."""
        everything = self._rows_of_windows(n_samples, slice(None))
        fraction = self._held_out_fraction()
        n_held_out = 0 if fraction is None else int(np.ceil(fraction * n_samples))
        # Windows whose future overlaps with that of held-out ones are left out.
        n_before = n_samples - n_held_out - (horizon - 1)
        if n_held_out == 0 or n_before < 1:
            if self.early_stopping:
                raise ValueError(
                    f"validation_fraction={self.validation_fraction} of {n_samples} windows "
                    "leaves none to train on."
                )
            return Blocks(everything)
        before = self._rows_of_windows(n_samples, slice(n_before))
        held_out = self._rows_of_windows(n_samples, slice(n_samples - n_held_out, None))
        return Blocks(everything, (before, before, held_out))

    def _rows_of_windows(self, n_samples: int, rows: slice) -> Block:
        last = np.zeros((len(self._columns), n_samples), dtype=np.int64)
        last[:, rows] = self.look_back_
        return Block(np.full(last.size, self.look_back_), last.ravel())

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
        """Forecast what follows each window, or each time step of series from those before.

        Parameters
        ----------
        X : array-like
            If fitted on windows, windows of the same shape.

            If fitted on series, series with the same columns. Where the time stamps of one
            continue those of the series of the same name seen in fit, its first time steps are
            forecast from there.

        Returns
        -------
        y : ndarray, Series, DataFrame or list
            If fitted on windows, the future of each, in the shape of the `y` seen in fit.

            If fitted on series, the forecast of each time step from those before it, in the
            form of X; time steps without `look_back_` others before them are left out.

        Raises
        ------
        ValueError
            If X does not have the shape seen in fit, or is too short.
        """
        check_is_fitted(self)
        if self.history_ is None:
            windows = self._validate_windows(X, reset=False)
            return self._predict_windows(windows).reshape(len(windows), *self._future_shape)
        panel, first, smallest = self._after_history(X)
        forecast, _ = self._forecast_block(panel, first, panel.lengths - 1, smallest)
        counts = np.maximum(panel.lengths - first, 0)
        by_target = forecast[:, 0].reshape(panel.columns.bounds[0], -1)
        return panel.wrap(np.split(by_target.T, np.cumsum(counts)[:-1]), first)

    def _predict_windows(self, windows: np.ndarray) -> np.ndarray:
        """Forecast the future, shape (n_windows, horizon, n_targets), of windows."""
        windows = to_units(windows[:, -self.look_back_ :].astype(np.float64), self._units)
        store = store_windows(
            windows,
            self._columns,
            self._scaler,
            self._smallest,
            **self._store_options(self.net_),
        )
        block = self._rows_of_windows(len(windows), slice(None))
        forecast, _ = self.net_.forecast(self._windows(store, block))
        return np.moveaxis(forecast.reshape(len(self._columns), len(windows), -1), 0, 2)

    def _after_history(self, X: Any, horizon: int = 1) -> tuple[Panel, np.ndarray, np.ndarray]:
        """Read series, and put the history before those that continue it.

        Returns
        -------
        panel : Panel
            The series.

        first : ndarray of shape (n_series,)
            Number of time steps before the first one to forecast.

        smallest : ndarray of shape (n_targets * n_series,)
            Smallest scales of the windows, from what comes before it.
        """
        assert self.history_ is not None, "fitted on series"
        panel = self._read_panel(X, like=self.history_)
        _check_feature_names(self, X, reset=False)
        follows = self.history_.is_followed_by(panel)
        longer = self.history_.append(panel)
        first = np.where(follows, longer.lengths - panel.lengths, self.look_back_)
        if (longer.lengths - first < horizon).all():
            raise ValueError(
                f"X is too short: to forecast {horizon} time steps from {self.look_back_} before "
                f"them takes {self.look_back_ + horizon}. Got {panel.lengths.max()} time steps."
            )
        known = self._smallest.reshape(-1, len(self.history_.ids))
        known = known[:, self.history_.ids.get_indexer(panel.ids)]
        smallest = panel_scales(longer, first).reshape(len(known), -1)
        return longer, first, np.where(follows, known, smallest).ravel()

    def _forecast_block(
        self,
        panel: Panel,
        first: np.ndarray,
        last: np.ndarray,
        smallest: np.ndarray,
        ahead: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Forecast from a range of time steps of each series.

        Returns
        -------
        forecast : ndarray of shape (n_targets * n_forecasts, horizon)
            Target by target, series by series.

        scale : ndarray of shape (n_targets * n_forecasts,)
            Spread of the windows.
        """
        n_targets = panel.columns.bounds[0]
        options = self._store_options(self.net_)
        store = store_panel(panel, self._scaler, smallest, ahead, **options)
        block = Block(np.tile(first, n_targets), np.tile(last, n_targets))
        return self.net_.forecast(self._windows(store, block))

    def forecast(
        self,
        n_steps: int | None = None,
        *,
        series: Any = None,
        future: Any = None,
        coverage: float | None = None,
    ) -> Any:
        """Forecast what follows the series seen in fit, or other ones.

        Past the horizon, forecasts take the place of the values that are not known yet.

        Parameters
        ----------
        n_steps : int, default=None
            Number of time steps to forecast; `horizon_` by default.

        series : array-like, default=None
            Series to forecast instead of those seen in fit, in any form that :meth:`fit` takes,
            with the same columns. They need not have been in training.

        future : DataFrame, default=None
            Values of the covariates known ahead, for the time steps to forecast, in the form of
            the series.

        coverage : float, default=None
            Share of values that the intervals are to cover, such as 0.9. They are as wide as the
            errors on the newest part of the data, held out at first, step by step; past the
            horizon they widen with the square root of the steps.

        Returns
        -------
        forecast : Series, DataFrame, ndarray or list
            Forecasts in the units and the form of the series, on their continued time index.
            With `coverage`, a DataFrame with the columns "forecast", "lower" and "upper".

        Raises
        ------
        ValueError
            If a parameter is not as described, if the forecaster was fitted on windows, if
            covariates are missing, or if there was nothing held out to tell intervals by.
        """
        check_is_fitted(self)
        if self.history_ is None:
            raise ValueError("forecast needs a forecaster that was fitted on series, without y.")
        n_steps = self.horizon_ if n_steps is None else n_steps
        check_count("n_steps", n_steps)
        self._check_coverage(coverage)
        panel, smallest = self.history_, self._smallest
        if series is not None:
            whole = self._read_panel(series, like=self.history_)
            panel, smallest = self._history(whole), panel_scales(whole)
        ahead = panel.read_future(future, n_steps, missing=self.missing, name="future")
        values, scale = self._roll(panel, smallest, ahead, n_steps)
        if coverage is None:
            return panel.wrap(values)
        width = scale[:, None, :] * self._half_widths(coverage, n_steps)[:, None]
        parts = {"forecast": values, "lower": values - width, "upper": values + width}
        return panel.wrap_parts({name: list(part) for name, part in parts.items()})

    def _roll(
        self, panel: Panel, smallest: np.ndarray, ahead: np.ndarray, n_steps: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Forecast horizon by horizon, each from the forecasts before it.

        Returns
        -------
        values : ndarray of shape (n_series, n_steps, n_targets)
            Forecasts.

        scale : ndarray of shape (n_series, n_targets)
            Spread of the last windows that were observed.
        """
        n_targets = panel.columns.bounds[0]
        parts: list[np.ndarray] = []
        scale: np.ndarray = np.empty(0)
        for start in range(0, n_steps, self.horizon_):
            rolled = panel
            if parts:
                rolled = panel.extend(np.concatenate(parts, axis=1), ahead[:, :start])
            forecast, spread = self._forecast_block(
                rolled, rolled.lengths, rolled.lengths, smallest, ahead[:, start:]
            )
            # (n_targets * n_series, horizon) -> (n_series, horizon, n_targets)
            parts.append(forecast.reshape(n_targets, -1, self.horizon_).transpose(1, 2, 0))
            scale = scale if start else spread.reshape(n_targets, -1).T
        return np.concatenate(parts, axis=1)[:, :n_steps], scale

    def _check_coverage(self, coverage: float | None) -> None:
        if coverage is None:
            return
        if not isinstance(coverage, Real) or not 0 < coverage < 1:
            raise ValueError(
                "The 'coverage' parameter must be a float in the range (0.0, 1.0). Got "
                f"{coverage!r} instead."
            )
        if self._errors is None:
            raise ValueError(
                "coverage needs errors on held-out data: set calibration_fraction before fit."
            )
        n_known = np.isfinite(self._errors).sum(axis=0)
        if not n_known.all():
            raise ValueError(
                f"coverage needs errors on held-out data, but of step {n_known.argmin() + 1} of "
                f"the horizon none is known: the series seen in fit are too short for it."
            )

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:
        """Compute the coefficient of determination of the forecasts.

        Parameters
        ----------
        X : array-like
            Windows, or without `y` series, as for :meth:`predict`.

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
                "series without y where it was fitted on series."
            )
        if y is None:
            y, predicted = self._forecasts_beside_values(X)
        else:
            check_consistent_length(X, y)
            y, predicted = np.asarray(y), self.predict(X)
        n_samples = len(predicted)
        return r2_score(
            y.reshape(n_samples, -1), predicted.reshape(n_samples, -1), sample_weight=sample_weight
        )

    def _forecasts_beside_values(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """Collect what came, and its forecasts, shape (n_forecasts, n_targets * horizon)."""
        panel, first, smallest = self._after_history(X, self.horizon_)
        last = panel.lengths - self.horizon_
        n_targets = panel.columns.bounds[0]
        forecast, _ = self._forecast_block(panel, first, last, smallest)
        values = [
            sliding_window_view(each[start:], self.horizon_, axis=0)
            for each, start in zip(panel.values, first, strict=True)
            if len(each) - start >= self.horizon_
        ]
        actual = np.concatenate(values)
        by_target = forecast.reshape(n_targets, len(actual), -1)
        predicted = by_target.transpose(1, 0, 2).reshape(len(actual), -1)
        actual = actual.reshape(len(actual), -1)
        known = np.isfinite(actual).all(axis=1)
        if not known.any():
            raise ValueError(f"X holds no {self.horizon_} values in a row to compare with.")
        return actual[known], predicted[known]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        tags.target_tags.multi_output = True
        return tags
