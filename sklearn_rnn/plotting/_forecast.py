"""Forecasts after the series that they continue."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._warnings import warn
from sklearn_rnn.forecasting import Panel

from ._forecast_axes import add_title, draw_series, new_axes, tidy_grid
from ._series import (
    as_series,
    check_alike,
    choose_names,
    forecast_series,
    panel_series,
    read_series,
)
from ._style import given_axes

PARTS = ("history", "fitted", "actual", "forecast", "lower", "upper")


class ForecastDisplay:
    """Series, their forecasts and what came, in their right places.

    Use :meth:`from_estimator`, :meth:`from_predictions` or :meth:`from_train_test` to create a
    display. All parameters are kept as attributes. Each of several series has its own axes.

    Parameters
    ----------
    history : Series, or dict of Series
        The series up to the forecast; several by their names.

    forecast : Series, or dict of Series
        Their forecasts.

    lower, upper : Series, or dict of Series, default=None
        Bounds of an interval around the forecasts.

    actual : Series, or dict of Series, default=None
        What came.

    fitted : Series, or dict of Series, default=None
        Predictions within the history.

    coverage : float, default=None
        Coverage of the interval, for the legend.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Figure that was drawn on.

    ax_ : matplotlib Axes
        Axes of the first series.

    axes_ : ndarray of matplotlib Axes, of shape (n_series,)
        Axes of each series.

    lines_ : dict of str to matplotlib Line2D, or to a list of them
        The lines, by the name of what they show; those of several series in the order of
        `axes_`.

    band_ : matplotlib PolyCollection, list of them, or None
        The interval; those of several series in the order of `axes_`.

    See Also
    --------
    BacktestDisplay : Error by step of the horizon.

    Examples
    --------
    >>> from sklearn_rnn import LSTMForecaster
    >>> from sklearn_rnn.datasets import load_airline
    >>> from sklearn_rnn.plotting import ForecastDisplay
    >>> passengers = load_airline()
    >>> train, test = passengers[:132], passengers[132:]
    >>> forecaster = LSTMForecaster(season_length=12, max_epochs=1, random_state=0).fit(train)
    >>> display = ForecastDisplay.from_estimator(forecaster, n_steps=12, coverage=0.9, actual=test)
    >>> [text.get_text() for text in display.ax_.get_legend().get_texts()]
    ['history', 'actual', 'forecast', '90 % interval']
    """

    def __init__(
        self,
        *,
        history: Any,
        forecast: Any,
        lower: Any = None,
        upper: Any = None,
        actual: Any = None,
        fitted: Any = None,
        coverage: float | None = None,
    ) -> None:
        self.history = history
        self.forecast = forecast
        self.lower = lower
        self.upper = upper
        self.actual = actual
        self.fitted = fitted
        self.coverage = coverage

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any = None,
        *,
        n_steps: int | None = None,
        coverage: float | None = None,
        future: Any = None,
        actual: Any = None,
        series: Any = None,
        ax: Any = None,
    ) -> Any:
        """Plot what a forecaster expects after series.

        Parameters
        ----------
        estimator : LSTMForecaster
            Fitted on series.

        X : array-like, default=None
            Series to forecast, in any form that :meth:`LSTMForecaster.forecast` takes. None takes
            those seen in fit, of which the forecaster keeps the last `look_back_` time steps.

        n_steps : int, default=None
            Number of time steps to forecast; by default the horizon of the forecaster.

        coverage : float, default=None
            Coverage of the interval to draw; None draws none.

        future : DataFrame, default=None
            Values of the covariates known ahead, in the form of the series.

        actual : array-like, default=None
            What came afterwards, in the form of the series.

        series : object or list of object, default=None
            Names of the series to draw, if there are several; None draws the first nine. Those in
            a list without names are numbered from 0.

        ax : matplotlib Axes or array-like of them, default=None
            Axes to draw on, one for each series; new ones if None.

        Returns
        -------
        display : ForecastDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If the forecaster was not fitted on series, or if the forecast cannot be made.
        """
        check_is_fitted(estimator)
        panel = getattr(estimator, "last_window_", None)
        if panel is None:
            raise ValueError(
                "estimator must be a forecaster that was fitted on series, without y. Got "
                f"{estimator}. Draw forecasts of others by ForecastDisplay.from_predictions."
            )
        answer = estimator.forecast(n_steps, series=X, future=future, coverage=coverage)
        form = {"series_id": panel.form.series_id, "time": panel.form.time, "missing": "mask"}
        if X is not None:
            panel = Panel.from_input(X, **form, like=panel)
        names = ["forecast"] if coverage is None else ["forecast", "lower", "upper"]
        # Quantiles may follow.
        parts = dict(zip(names, forecast_series(panel, answer), strict=False))
        if actual is not None:
            parts["actual"] = panel_series(
                Panel.from_input(actual, **form, name="actual", like=panel)
            )
        history = panel_series(panel)
        return cls.from_predictions(history, **parts, coverage=coverage, series=series, ax=ax)

    @classmethod
    def from_forecaster(
        cls,
        forecaster: Any,
        history: Any,
        *,
        n_steps: int | None = None,
        coverage: float | None = None,
        actual: Any = None,
        ax: Any = None,
    ) -> Any:
        """Plot what a forecaster expects after the series that it was fitted on.

        .. deprecated:: 0.2
            Use :meth:`from_estimator`, or :meth:`from_predictions` for a forecaster of another
            kind. It will be removed in 0.4.

        Parameters
        ----------
        forecaster : LSTMForecaster or the like
            Fitted on a single series.

        history : array-like of shape (n_times,)
            That series, or its end, to draw before the forecast.

        n_steps : int, default=None
            Number of time steps to forecast; by default what the forecaster takes for None.

        coverage : float, default=None
            Coverage of the interval to draw; None draws none.

        actual : array-like of shape (n_later,), default=None
            What came afterwards.

        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : ForecastDisplay
            The display, drawn.
        """
        warn(
            "`from_forecaster` was renamed to `from_estimator` in 0.2, which needs no history, "
            "and will be removed in 0.4.",
            FutureWarning,
        )
        names = ["forecast"] if coverage is None else ["forecast", "lower", "upper"]
        options = {} if coverage is None else {"coverage": coverage}
        answer = forecaster.forecast(n_steps, **options)
        # With quantiles, there are columns without intervals too.
        is_frame = "forecast" in getattr(answer, "columns", ())
        bounds = {name: answer[name] if is_frame else answer for name in names}
        if not hasattr(history, "index"):
            # The positions of an array are counted from its own start.
            bounds = {name: np.asarray(values) for name, values in bounds.items()}
        return cls.from_predictions(history, **bounds, coverage=coverage, actual=actual, ax=ax)

    @classmethod
    def from_train_test(cls, forecaster: Any, train: Any, test: Any, *, ax: Any = None) -> Any:
        """Plot a series with the predictions of each time step from those before it.

        Parameters
        ----------
        forecaster : LSTMForecaster or the like
            Fitted on the training part.

        train : array-like of shape (n_train,)
            Training part of the series.

        test : array-like of shape (n_test,)
            The part after it. Of arrays, its first time steps are no more than history.

        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : ForecastDisplay
            The display, drawn: `history` is the training part and `fitted` its predictions,
            `actual` the test part and `forecast` its predictions.
        """
        history = as_series("train", train)
        actual = as_series("test", test, len(history))
        parts = {}
        for name, X, part in (("fitted", train, history), ("forecast", test, actual)):
            predicted = forecaster.predict(X)
            # Without history, the first time steps of an array have no prediction.
            n_missing = len(part) - len(predicted)
            start = n_missing + (0 if part is history else len(history))
            parts[name] = as_series("predict(X)", predicted, start)
        return cls(history=history, actual=actual, **parts).plot(ax=ax)

    @classmethod
    def from_predictions(
        cls,
        history: Any,
        forecast: Any,
        *,
        lower: Any = None,
        upper: Any = None,
        coverage: float | None = None,
        actual: Any = None,
        series: Any = None,
        ax: Any = None,
    ) -> Any:
        """Plot given forecasts.

        Several series are given by name: in a dict, as the columns of a DataFrame, or as a Series
        with an index of two levels, series and time. Those in a list have the names that its
        Series have, or are numbered from 0.

        Parameters
        ----------
        history : array-like of shape (n_times,), or several
            The series up to the forecast.

        forecast : array-like of shape (n_steps,), or several
            Its forecast. Series are placed by their index, arrays right after the history.

        lower, upper : array-like of shape (n_steps,), or several, default=None
            Bounds of an interval around the forecast.

        coverage : float, default=None
            Coverage of that interval, such as 0.9, for the legend.

        actual : array-like of shape (n_later,), or several, default=None
            What came.

        series : object or list of object, default=None
            Names of the series to draw, if there are several; None draws the first nine.

        ax : matplotlib Axes or array-like of them, default=None
            Axes to draw on, one for each series; new ones if None.

        Returns
        -------
        display : ForecastDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If only one of `lower` and `upper` is given, if a series has no forecast, or if
            indices are of different kinds.
        """
        if (lower is None) != (upper is None):
            missing = "lower" if lower is None else "upper"
            raise ValueError(f"lower and upper must be given together. {missing} is missing.")
        if coverage is not None and not (isinstance(coverage, Real) and 0 < coverage < 1):
            raise ValueError(f"coverage must be a float in the range (0.0, 1.0). Got {coverage!r}.")
        if coverage is not None and lower is None:
            raise ValueError(
                f"coverage={coverage} needs lower and upper, the interval it tells of."
            )
        before = read_series("history", history)
        names = choose_names(before, series)
        parts = {"history": {name: before[name] for name in names}}
        given = {"forecast": forecast, "lower": lower, "upper": upper, "actual": actual}
        for what, values in given.items():
            if values is not None:
                later = read_series(what, values, before)
                check_alike(what, later, parts["history"])
                parts[what] = {name: later[name] for name in names}
        # A single series has no name.
        found = {what: part.get(None, part) for what, part in parts.items()}
        return cls(**found, coverage=coverage).plot(ax=ax)

    def plot(self, *, ax: Any = None) -> ForecastDisplay:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of them, default=None
            Axes to draw on, one for each series; new ones if None.

        Returns
        -------
        display : ForecastDisplay
            The display itself.
        """
        is_single = not isinstance(self.history, dict)
        names = [None] if is_single else list(self.history)
        series = [self._parts(name) for name in names]
        if ax is None:
            # Series that end together have the same time axis.
            starts = {tuple(each["forecast"].index[:1]) for each in series}
            self.axes_ = new_axes(len(names), is_shared=len(starts) == 1)
        else:
            self.axes_ = given_axes(ax, len(names), f"of the {len(names)} series to draw")
        self.ax_ = self.axes_[0]
        self.figure_ = self.ax_.figure
        drawn = [
            draw_series(each, parts, self.coverage)
            for each, parts in zip(self.axes_, series, strict=True)
        ]
        self.lines_, self.band_ = drawn[0]
        if not is_single:
            self.lines_ = {what: [lines[what] for lines, _ in drawn] for what in drawn[0][0]}
            self.band_ = None if self.lower is None else [band for _, band in drawn]
            for each, name in zip(self.axes_, names, strict=True):
                add_title(each, name)
        if ax is None and len(names) > 1:
            tidy_grid(self.axes_)
        else:
            self.ax_.legend()
        return self

    def _parts(self, name: Any) -> dict[str, pd.Series]:
        """Return what there is of a series; of the only one, if its name is None."""
        given = {what: getattr(self, what) for what in PARTS}
        return {
            what: part if name is None else part[name]
            for what, part in given.items()
            if part is not None
        }
