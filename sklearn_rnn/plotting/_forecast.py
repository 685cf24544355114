"""A forecast after the series that it continues."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

COLORS = {"history": "0.3", "fitted": "tab:blue", "actual": "0.6", "forecast": "tab:orange"}


class ForecastDisplay:
    """A series, its forecast and what came, in their right places.

    Use :meth:`from_forecaster`, :meth:`from_train_test` or :meth:`from_predictions` to create a
    display. All parameters are kept as attributes.

    Parameters
    ----------
    history : Series
        The series up to the forecast.

    forecast : Series
        Its forecast.

    lower, upper : Series, default=None
        Bounds of an interval around the forecast.

    actual : Series, default=None
        What came.

    fitted : Series, default=None
        Predictions within the history.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Figure that was drawn on.

    ax_ : matplotlib Axes
        Axes that were drawn on.

    lines_ : dict of str to matplotlib Line2D
        The lines, by the name of what they show.

    band_ : matplotlib PolyCollection or None
        The interval.

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
    >>> display = ForecastDisplay.from_forecaster(forecaster, train, n_steps=12, actual=test)
    >>> list(display.lines_)
    ['history', 'actual', 'forecast']
    """

    def __init__(
        self,
        *,
        history: pd.Series,
        forecast: pd.Series,
        lower: pd.Series | None = None,
        upper: pd.Series | None = None,
        actual: pd.Series | None = None,
        fitted: pd.Series | None = None,
    ) -> None:
        self.history = history
        self.forecast = forecast
        self.lower = lower
        self.upper = upper
        self.actual = actual
        self.fitted = fitted

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
        names = ["forecast"] if coverage is None else ["forecast", "lower", "upper"]
        options = {} if coverage is None else {"coverage": coverage}
        answer = forecaster.forecast(n_steps, **options)
        # With quantiles, there are columns without intervals too.
        is_frame = "forecast" in getattr(answer, "columns", ())
        bounds = {name: answer[name] if is_frame else answer for name in names}
        if not hasattr(history, "index"):
            # The positions of an array are counted from its own start.
            bounds = {name: np.asarray(values) for name, values in bounds.items()}
        return cls.from_predictions(history, **bounds, actual=actual, ax=ax)

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
        history = _as_series("train", train)
        actual = _as_series("test", test, len(history))
        parts = {}
        for name, X, part in (("fitted", train, history), ("forecast", test, actual)):
            predicted = forecaster.predict(X)
            # Without history, the first time steps of an array have no prediction.
            n_missing = len(part) - len(predicted)
            start = n_missing + (0 if part is history else len(history))
            parts[name] = _as_series("predict(X)", predicted, start)
        return cls(history=history, actual=actual, **parts).plot(ax=ax)

    @classmethod
    def from_predictions(
        cls,
        history: Any,
        forecast: Any,
        *,
        lower: Any = None,
        upper: Any = None,
        actual: Any = None,
        ax: Any = None,
    ) -> Any:
        """Plot a given forecast.

        Parameters
        ----------
        history : array-like of shape (n_times,)
            The series up to the forecast.

        forecast : array-like of shape (n_steps,)
            Its forecast. Series are placed by their index, arrays right after the history.

        lower, upper : array-like of shape (n_steps,), default=None
            Bounds of an interval around the forecast.

        actual : array-like of shape (n_later,), default=None
            What came.

        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : ForecastDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If one of them is no single series, if only one of `lower` and `upper` is given, or
            if their indices are of different kinds.
        """
        if (lower is None) != (upper is None):
            raise ValueError("lower and upper must be given together.")
        before = _as_series("history", history)
        given = {"forecast": forecast, "lower": lower, "upper": upper, "actual": actual}
        later = {
            name: _as_series(name, values, len(before))
            for name, values in given.items()
            if values is not None
        }
        for name, series in later.items():
            kind, expected = series.index.inferred_type, before.index.inferred_type
            if kind != expected:
                raise ValueError(
                    f"All series must have the same kind of index. Got {kind} for {name} and "
                    f"{expected} for history."
                )
        return cls(history=before, **later).plot(ax=ax)

    def plot(self, *, ax: Any = None) -> ForecastDisplay:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : ForecastDisplay
            The display itself.
        """
        import matplotlib.pyplot as plt

        self.ax_ = plt.subplots(figsize=(9, 4.5), layout="constrained")[1] if ax is None else ax
        self.figure_ = self.ax_.figure
        self.lines_ = {}
        for name, color in COLORS.items():
            series = getattr(self, name)
            if series is not None:
                x = _positions(series.index)
                (self.lines_[name],) = self.ax_.plot(x, series, color=color, label=name)
        self.band_ = None
        if self.lower is not None and self.upper is not None:
            x = _positions(self.lower.index)
            self.band_ = self.ax_.fill_between(
                x, self.lower, self.upper, color=COLORS["forecast"], alpha=0.2, label="interval"
            )
        self.ax_.set(xlabel=self.history.index.name or "time", ylabel=self.history.name or "value")
        self.ax_.legend()
        return self


def _as_series(name: str, values: Any, start: int = 0) -> pd.Series:
    """Return a single series; values of an array are at positions from `start`."""
    n_columns = 1 if np.ndim(values) == 1 else np.shape(values)[-1]
    if n_columns != 1 or np.ndim(values) > 2:
        raise ValueError(
            f"{name} must be a single series. Got shape {np.shape(values)}: draw one at a time."
        )
    if isinstance(values, pd.DataFrame):
        return values.iloc[:, 0]
    if isinstance(values, pd.Series):
        return values
    values = np.asarray(values).ravel()
    return pd.Series(values, pd.RangeIndex(start, start + len(values)))


def _positions(index: pd.Index) -> pd.Index:
    """Return what matplotlib can place on an axis."""
    return index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index
