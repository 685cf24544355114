"""Forecaster of time series."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from sklearn.base import _fit_context
from sklearn.utils import Tags, check_array, check_consistent_length
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import _check_feature_names, check_is_fitted

from sklearn_rnn._constraints import Interval
from sklearn_rnn._scoring import GivenForecasts
from sklearn_rnn._warnings import warn
from sklearn_rnn.base import BaseRecurrentEstimator, documented
from sklearn_rnn.nn import SteppedLayer
from sklearn_rnn.sequences import validate_sequences

from ._batches import relative_kinds
from ._given_windows import GivenSource
from ._series_windows import SeriesSource, check_known, default_look_back, read_seasons
from ._table import Panel
from ._training import MIN_READ, BaseForecaster
from ._windows import check_count

# Windows of no more steps than this may be longer than all series.
MAX_PADDED = 1000
# Parameters that tell how series are read.
READING = ("series_id", "time", "target", "future", "missing")


@documented(
    hidden_size="64",
    dropout="0.1",
    optimizer='"adamw"',
    recipe="1e-2 for Adam and AdamW, a `weight_decay` of 0.01, a `max_grad_norm` of 1",
    auto_epochs="A pass over more than 100 batches is over 100 drawn at random. "
    '"auto" is 12, but as many as make 500 batches, or 1,500 where held-out data gain by that, '
    "up to 300, and no more than make 5,000.",
    batch_size='"auto"',
    auto_batch_size='"auto" is 256.',
    held_out="the newest time steps, or windows",
)
class LSTMForecaster(BaseForecaster):
    """Forecast time series with a recurrent neural network.

    Three parts make a forecast. Exponential smoothing tells what follows from the last `look_back`
    time steps alone, as an average of many candidates with and without trend and season [3]_, on
    all of them and on the newest alone [4]_. A ridge regression and a recurrent network, which
    learn from all series and all covariates, each tell what it misses. How much of what they say is
    added is told by how well they do on the newest part of the data, before all of them are learnt
    from. Windows are brought to a common scale, of their values or, if none is negative and that
    does better, of their logarithms.

    Parameters
    ----------
    look_back : int, default=None
        Number of past time steps that a forecast is made from. By default all steps of windows; for
        series a third of their median length, within 60 and 336 time steps, but three horizons and
        two seasons at least, in whole seasons and one step; three of a longer season where series
        have four; fewer if there are few windows. The recurrent network reads the last two seasons
        of them, the shortest ones, or 12 steps if that is more.

    horizon : int, default=1
        Number of time steps forecast at once. Used if fitted on series; windows come with
        their future, whose length is the horizon.

    season_length : int or sequence of int, default=1
        Number of time steps of a season: 12 for months with a yearly season. 1 stands for no
        season. Several may be given, such as [24, 168] for hours with days and weeks. A multiple of
        24 alone stands for a day, and weeks are looked for besides; [24] stands for days alone.
        A season is told from two of them in `look_back`. One that is longer is warned of.

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
        Share of the newest time steps of each series (at least three horizons, and 30 forecasts
        of all series together), or of the newest windows, that is held out at first, to choose
        the scale, the penalties of the regression and the shares of both corrections, and to tell
        how far off forecasts are [5]_. The final training is on all data. None holds nothing out
        and trains once; then there are no intervals and no quantiles.

    quantiles : list of float, default=None
        Probabilities of quantiles to forecast besides, in rising order, such as
        ``[0.1, 0.5, 0.9]``. They are those of the held-out errors, stretched by what the network
        tells about the spread of each window, where that lowers the pinball loss on held-out
        data. They never cross.

    lower_bound : float, default=None
        What no forecast, bound or quantile lies below, such as 0 for counts and prices. Values
        below it are refused. None sets no bound: forecasts of values none of which is negative
        may be, where logarithms did not serve to forecast them.

    cell : {%(cells)s}, default="lstm"
        Recurrent cell.

    %(encoder_parameters)s

    %(training_parameters)s

    %(renamed_parameters)s

    Attributes
    ----------
    look_back_ : int
        Number of past time steps that the network sees.

    horizon_ : int
        Number of time steps forecast at once.

    seasons_ : tuple of int
        Lengths of all seasons that are looked for.

    linear_ : Ridge
        The regression: its `weights`, the likeliest `penalty`, and its `loss` on held-out data.

    linear_share_, network_share_ : float
        Shares of what the regression and the network add that are used, together at most 1.

    spread_share_ : float or None
        Share of what the network tells about the spread of quantiles that is used, from 0 to 1;
        None without `quantiles`.

    last_window_ : Panel or None
        The last `look_back_` time steps of the series seen in fit, from which :meth:`forecast`
        starts, and those before them back to the last known value; None if fitted on windows.

    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.

    %(history_attribute)s

    loss_curve_ : list of float of shape (`n_iter_`,)
        Mean absolute error of the network on the training data in each epoch, in the scale of
        the windows.

    n_iter_ : int
        Number of epochs run.

    n_features_in_ : int
        Number of columns of the series, in long frames with those that name series and time
        stamps; of the windows if they were 2-D.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names seen in fit. Defined only if X has names that are all strings.

    See Also
    --------
    RNNRegressor : Tells other numbers from windows than what follows them.
    make_windows : Makes windows and their future from a series.
    LookBackWindow : Makes windows in a pipeline.
    PanelTimeSeriesSplit : Cross-validates panels.
    sklearn_rnn.metrics.make_forecast_scorer : Scores series by any metric in scikit-learn's tools.

    References
    ----------
    %(training_references)s
    .. [3] Kolassa, S. (2011). Combining exponential smoothing forecasts using Akaike weights.
       International Journal of Forecasting 27(2).
    .. [4] Pesaran, M. H. and Pick, A. (2011). Forecast combination across estimation windows.
       Journal of Business and Economic Statistics 29(2).
    .. [5] Vovk, V., Gammerman, A. and Shafer, G. (2005). Algorithmic learning in a random world.
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
        "season_length": [Interval(Integral, 1, None, closed="left"), "array-like"],
        "series_id": "no_validation",
        "time": "no_validation",
        "target": "no_validation",
        "future": "no_validation",
        "missing": [StrOptions({"error", "mask"})],
        "calibration_fraction": [Interval(Real, 0, 1, closed="neither"), None],
        "quantiles": ["array-like", None],
        "lower_bound": [Interval(Real, None, None, closed="neither"), None],
    }

    last_window_: Panel | None
    _source: SeriesSource | GivenSource

    def __init__(
        self,
        *,
        look_back: int | None = None,
        horizon: int = 1,
        season_length: int | Sequence[int] = 1,
        series_id: Any = None,
        time: Any = None,
        target: Any = None,
        future: Any = None,
        missing: str = "error",
        calibration_fraction: float | None = 0.2,
        quantiles: Sequence[float] | None = None,
        lower_bound: float | None = None,
        cell: str | type[SteppedLayer] = "lstm",
        hidden_size: int = 64,
        num_layers: int = 1,
        dropout: float = 0.1,
        optimizer: str | type[torch.optim.Optimizer] = "adamw",
        lr: float | str = "auto",
        lr_schedule: str | None = "auto",
        weight_decay: float | str = "auto",
        max_grad_norm: float | str | None = "auto",
        ema_decay: float | str | None = "auto",
        max_epochs: int | str = "auto",
        batch_size: int | str = "auto",
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
        gradient_clip_value: float | str | None = "deprecated",
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
        self.quantiles = quantiles
        self.lower_bound = lower_bound
        self.cell = cell
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.optimizer = optimizer
        self.lr = lr
        self.lr_schedule = lr_schedule
        self.weight_decay = weight_decay
        self.max_grad_norm = max_grad_norm
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
        self.gradient_clip_value = gradient_clip_value

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
            rows are in time order, or else the one whose last value comes nearest to it. Numbers
            of another kind, such as a mean of each window, are for :class:`RNNRegressor`.

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
            steps or windows, if a series has no value at all, if a time index cannot be
            continued, if values are too large, or if the loss and the weights do not stay
            finite.
        """
        with self._fitting():
            if y is None:
                self._fit_series(X, sample_weight)
            else:
                self._fit_windows(X, y, sample_weight)
        return self

    def _fit_series(self, X: Any, sample_weight: Any) -> None:
        if sample_weight is not None:
            raise ValueError(
                "sample_weight can only be given with windows X and their future y, which it "
                "weighs. Got it with series X, without y."
            )
        # What is set later counts from the next fit on.
        self._reading = {name: getattr(self, name) for name in READING}
        panel = self._read_panel(X)
        if panel.lengths.max() < 2:
            raise ValueError("X has series of 1 time step only; at least 2 are needed to fit.")
        _check_feature_names(self, X, reset=True)
        names = [each for each in (self.series_id, self.time) if each is not None]
        self.n_features_in_ = panel.table.shape[1] + len(names)
        check_known(panel, "X")
        lowest = self._check_lower_bound(panel.values)
        self.horizon_, self.seasons_ = int(self.horizon), read_seasons(self.season_length)
        self.look_back_ = int(
            self.look_back or default_look_back(panel.lengths, self.horizon_, self.seasons_)
        )
        longest = int(panel.lengths.max())
        if self.look_back_ > max(MAX_PADDED, 10 * longest):
            raise ValueError(
                f"look_back={self.look_back_} is more than ten times the longest series, which has "
                f"{longest} time steps. None chooses by the lengths of the series."
            )
        self._check_season()
        shortest = self.seasons_[0] if self.seasons_ else 1
        if longest < 2 * shortest:
            warn(
                f"season_length={shortest} takes series of {2 * shortest} time "
                f"steps or more to tell a season by. The longest has {longest}.",
            )
        source = SeriesSource.learn(panel, self.look_back_, self.horizon_, lowest)
        parts = source.parts(panel, shortest, self._held_out_fraction)
        self._check_held_out(parts, f"at most {panel.lengths.max()} time steps")
        n_read = min(self.look_back_, max(2 * shortest, MIN_READ))
        self._fit_network(dict.fromkeys(relative_kinds(panel.values), parts), n_read)
        self._source, self.last_window_ = source, source.history

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
        lowest = self._check_lower_bound([y])
        self.look_back_ = int(self.look_back or n_steps)
        self.seasons_ = read_seasons(self.season_length)
        self._check_season()
        source, samples = GivenSource.learn(windows, y, weight, self.look_back_, lowest)
        # Without a season, windows may be any table of numbers.
        if self.seasons_ and source.is_far_off(samples):
            warn(
                "y is far from all values of the windows X. Do X and y hold the same quantity in "
                "the same units?",
            )
        self.horizon_ = source.horizon
        fraction = self._held_out_fraction
        if source.is_continued:
            past = source.windows(samples).samples.windows[:, :, source.columns]
            sources = dict.fromkeys(relative_kinds([past, y]), source)
            parts_of = dict.fromkeys(sources, source.parts(samples, fraction))
        else:
            sources = {"fixed": source.standardized(samples), "linear": source}
            parts_of = {kind: each.parts(samples, fraction) for kind, each in sources.items()}
        self._check_held_out(parts_of["linear"], f"{len(windows)} windows")
        self._fit_network(parts_of, self.look_back_)
        self._source, self.last_window_ = sources[self._scaling.kind], None

    def _check_season(self) -> None:
        # The week of a day was not named.
        named = self.seasons_[:1] if isinstance(self.season_length, Integral) else self.seasons_
        for season in named:
            if self.look_back_ < 2 * season:
                warn(
                    f"season_length={season} is of no use: windows of {self.look_back_} time steps "
                    "do not hold two seasons, which tell one. Set look_back to "
                    f"{2 * season + 1} or more, or leave that season out.",
                )

    def _read_panel(self, X: Any, name: str = "X", like: Panel | None = None) -> Panel:
        return Panel.from_input(X, **self._reading, name=name, like=like)

    def _validate_windows(self, X: Any, *, reset: bool) -> np.ndarray:
        windows, lengths = validate_sequences(self, X, reset=reset)
        if lengths is not None:
            row = int(np.argmin(lengths))
            raise ValueError(
                "The windows X must all have the same number of steps, without NaN. Got "
                f"{lengths[row]} steps in X[{row}], and {windows.shape[1]} in others. Series of "
                "different lengths are given without y."
            )
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
            If X does not have the shape seen in fit, is too short, or holds values too large to
            compute with.
        """
        check_is_fitted(self)
        if isinstance(self._source, GivenSource):
            return self._predict_windows(X)[..., 0]
        return self._source.predict(self._forecast, self._read_others(X))

    def _predict_windows(self, X: Any) -> np.ndarray:
        assert isinstance(self._source, GivenSource)
        return self._source.predict(self._forecast, self._validate_windows(X, reset=False))

    def predict_quantiles(self, X: Any) -> np.ndarray:
        """Forecast quantiles of what follows each window.

        Parameters
        ----------
        X : array-like
            Windows of the shape seen in fit.

        Returns
        -------
        quantiles : ndarray of shape (n_samples, n_quantiles), (n_samples, horizon, n_quantiles) \
                or (n_samples, horizon, n_columns, n_quantiles)
            In the order of the parameter `quantiles`, for each value that :meth:`predict` gives.

        Raises
        ------
        ValueError
            If `quantiles` was None in fit, if the forecaster was fitted on series, whose
            quantiles :meth:`forecast` gives, or if X does not have the shape seen in fit or holds
            values too large to compute with.
        """
        check_is_fitted(self)
        if isinstance(self._source, SeriesSource):
            raise ValueError(
                "predict_quantiles needs a forecaster that was fitted on windows and y. If it was "
                "fitted on series, forecast gives their quantiles."
            )
        if not len(self.net_.module_.quantiles):
            raise ValueError(
                "predict_quantiles needs quantiles, which were None in fit: set them before, as in "
                "set_params(quantiles=[0.1, 0.5, 0.9]), and fit again."
            )
        return self._predict_windows(X)[..., 1:]

    def _read_others(self, X: Any) -> Panel:
        """Read series with the columns of those seen in fit."""
        panel = self._read_panel(X, like=self.last_window_)
        _check_feature_names(self, X, reset=False)
        return panel

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
            Share of values that the intervals are to cover, such as 0.9. They reach as far below
            and above as the errors on the newest part of the data, held out at first, step by step,
            in units of what smoothing errs by within a window, as far as these errors go by that;
            past the horizon they widen with the square root of the steps.

        Returns
        -------
        forecast : Series, DataFrame, ndarray or list
            Forecasts in the units and the form of the series, on their continued time index.
            With `coverage` or `quantiles`, a DataFrame with the columns "forecast", "lower" and
            "upper", and "q_0.1" for the quantile 0.1; of several targets, with pairs of target and
            such a name for columns, and in long frames "target_lower" and the like.

        Raises
        ------
        ValueError
            If a parameter is not as described, if the forecaster was fitted on windows, if
            covariates are missing, if values are too large to compute with, or if there was
            nothing held out to tell intervals by.
        """
        check_is_fitted(self)
        if isinstance(self._source, GivenSource):
            raise ValueError(
                "forecast needs a forecaster that was fitted on series, without y. This one was "
                "fitted on windows: predict(X) tells what follows each window."
            )
        n_steps = check_count("n_steps", self.horizon_ if n_steps is None else n_steps)
        interval = self._interval(coverage)
        source = self._source
        if series is not None:
            others = self._read_panel(series, "series", like=self.last_window_)
            check_known(others, "series")
            source = source.of_others(others)
        panel = source.history
        missing = self._reading["missing"]
        ahead = panel.read_future(future, n_steps, missing=missing, name="future")
        values = source.roll(self._forecast, ahead, n_steps, interval)
        levels = self.net_.module_.quantiles.tolist()
        names = ["forecast"] if interval is None else ["forecast", "lower", "upper"]
        names += [f"q_{level:.6g}" for level in levels]
        return panel.wrap(values[..., 0]) if len(names) == 1 else panel.wrap(values, parts=names)

    def score(
        self, X: Any, y: Any = None, sample_weight: Any = None, *, scoring: Any = None
    ) -> Any:
        """Score the forecasts, by default by their coefficient of determination.

        Parameters
        ----------
        X : array-like
            Windows, or without `y` series, as for :meth:`predict`.

        y : array-like, default=None
            What follows each window. Without it, each time step of the series X is compared
            with its forecasts, from one step to `horizon_` steps ahead.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each window.

        scoring : str, callable, list, tuple or dict, default=None
            What scikit-learn takes for `scoring`: the name of a scorer, such as
            "neg_mean_absolute_error", a scorer, or several of them. None stands for "r2".

        Returns
        -------
        score : float or dict of float
            The score, higher is better, over all steps of the horizon and all targets: those are
            the outputs of the metric. A dict of them for several scorers.

        See Also
        --------
        sklearn_rnn.metrics.make_forecast_scorer : The same, for cross-validation and searches.
        """
        check_is_fitted(self)
        if (y is None) != isinstance(self._source, SeriesSource):
            raise ValueError(
                "score takes windows and y where the forecaster was fitted on windows and y, and "
                "series without y where it was fitted on series. Got "
                f"{'no y' if y is None else 'y'}."
            )
        if isinstance(self._source, SeriesSource):
            y, predicted = self._source.beside_values(self._forecast, self._read_others(X))
        else:
            check_consistent_length(X, y)
            y, predicted = np.asarray(y), self.predict(X)
        n_samples = len(predicted)
        forecasts = GivenForecasts(predicted.reshape(n_samples, -1))
        return forecasts.score_by(scoring, X, y.reshape(n_samples, -1), sample_weight)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        tags.target_tags.multi_output = True
        return tags
