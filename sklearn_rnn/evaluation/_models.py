"""What a backtest needs of a model: fitted on series, it forecasts from histories in a batch.

Forecasters know series; regressors know windows. Each is wrapped to answer the same two calls.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.utils import get_tags

from sklearn_rnn.forecasting import Panel, ranges

# Histories are handed over from so many times before that a forecaster looks back on.
N_LOOK_BACKS = 10


@dataclass(frozen=True)
class Spans:
    """Parts of numbered series, in time steps.

    Parameters
    ----------
    series : ndarray of shape (n_spans,)
        Number of the series of each.

    start, stop : ndarray of shape (n_spans,)
        First time step of each, and that after the last one.
    """

    series: np.ndarray
    start: np.ndarray
    stop: np.ndarray

    def __len__(self) -> int:
        return len(self.series)


class Model(Protocol):
    """A model to backtest."""

    def fit(self, panel: Panel, spans: Spans) -> None:
        """Fit a new clone on a span of each series."""

    def forecast(self, panel: Panel, histories: Spans) -> dict[Any, np.ndarray]:
        """Forecast what follows each history.

        Returns
        -------
        forecasts : dict of ndarray of shape (n_histories, horizon, n_targets)
            "forecast", and "lower" and "upper" or quantiles where they are asked for.
        """


class SeriesModel:
    """A forecaster: `fit(series)` and `forecast(n_steps)`.

    Parameters
    ----------
    forecaster : estimator
        Unfitted.

    horizon : int
        Number of time steps to forecast.

    coverage : float, default=None
        Coverage of the intervals; None asks for none.
    """

    def __init__(self, forecaster: Any, horizon: int, coverage: float | None = None) -> None:
        self.forecaster = forecaster
        self.horizon = horizon
        self.coverage = coverage

    def fit(self, panel: Panel, spans: Spans) -> None:
        """Fit a new clone on a span of each series."""
        seen = panel.cut(spans.series, spans.start, spans.stop)
        self.fitted_ = clone(self.forecaster).fit(seen.restore())
        self.seen_ = spans

    def forecast(self, panel: Panel, histories: Spans) -> dict[Any, np.ndarray]:
        """Forecast what follows each history, all of them in one call."""
        options = {} if self.coverage is None else {"coverage": self.coverage}
        is_seen = panel.form.is_single and histories is self.seen_
        # A long frame would be answered by one, whose columns are not the forecasts alone.
        if is_seen and panel.form.kind != "long":
            answers = [self._call(**options, **self._future(panel, histories, apart=False))]
        else:
            recent = panel.cut(histories.series, self._recent(panel, histories), histories.stop)
            options |= self._future(panel, histories, apart=True)
            answers = self._call(series=recent.restore(apart=True), **options)
        if len(answers) != len(histories):
            raise ValueError(
                f"{self._name} answered {len(histories)} histories with {len(answers)} forecasts."
            )
        parts = [self._read(answer, panel) for answer in answers]
        return {name: np.stack([part[name] for part in parts]) for name in parts[0]}

    def _recent(self, panel: Panel, histories: Spans) -> np.ndarray:
        """Leave out what is far behind what a forecaster looks back on: many histories are long.

        It needs more than that for the usual spread of a series, and for the last value before
        a gap.
        """
        look_back = getattr(self.fitted_, "look_back_", None)
        if look_back is None:
            return histories.start
        n_missing = panel.count_missing(histories.stop - look_back + 1, histories.series)
        return np.maximum(histories.start, histories.stop - N_LOOK_BACKS * look_back - n_missing)

    def _future(self, panel: Panel, histories: Spans, *, apart: bool) -> dict[str, Any]:
        """Give covariates that are known ahead, for the time steps to forecast."""
        if not len(panel.columns.future):
            return {}
        ahead = panel.cut(histories.series, histories.stop, histories.stop + self.horizon)
        return {"future": ahead.restore(panel.columns.future, apart=apart)}

    @property
    def _name(self) -> str:
        return f"{type(self.forecaster).__name__}.forecast"

    def _call(self, **options: Any) -> Any:
        known = inspect.signature(self.fitted_.forecast).parameters
        for option in options:
            if option not in known:
                hint = " Backtest a single series, with refit=True." if option == "series" else ""
                raise ValueError(f"{self._name} has no parameter {option!r}.{hint}")
        return self.fitted_.forecast(self.horizon, **options)

    def _read(self, answer: Any, panel: Panel) -> dict[Any, np.ndarray]:
        """Bring each part of an answer to the shape (horizon, n_targets)."""
        n_targets = len(panel.columns.targets)
        arrays = {
            name: np.asarray(part, dtype=np.float64).reshape(len(part), -1)
            for name, part in self._parts(answer, n_targets).items()
        }
        for name in ("forecast",) if self.coverage is None else ("forecast", "lower", "upper"):
            if name not in arrays:
                raise ValueError(f"{self._name} answered without {name!r}: {list(arrays)}.")
        for each in arrays.values():
            if each.shape != (self.horizon, n_targets):
                raise ValueError(
                    f"{self._name} answered with shape {each.shape}, not "
                    f"{(self.horizon, n_targets)}, (n_steps, n_targets)."
                )
        return arrays

    def _parts(self, answer: Any, n_targets: int) -> dict[Any, Any]:
        """Split an answer with several values for each target by their names."""
        if not isinstance(answer, pd.DataFrame):
            return {"forecast": answer}
        if answer.columns.nlevels == 2:  # (target, part)
            names = answer.columns.get_level_values(1).unique()
            return {name: answer.xs(name, axis=1, level=1) for name in names}
        if n_targets == 1 < answer.shape[1]:
            return {name: answer[name] for name in answer}
        return {"forecast": answer}


class WindowModel:
    """A regressor, fitted on windows: all steps of the horizon are outputs.

    Parameters
    ----------
    regressor : estimator
        Unfitted.

    horizon : int
        Number of time steps to forecast.

    look_back : int
        Number of time steps of a window.
    """

    def __init__(self, regressor: Any, horizon: int, look_back: int) -> None:
        self.regressor = regressor
        self.horizon = horizon
        self.look_back = look_back

    def fit(self, panel: Panel, spans: Spans) -> None:
        """Fit a new clone on the windows within a span of each series."""
        counts = spans.stop - spans.start - self.look_back - self.horizon + 1
        X, y = self._windows(panel, ranges(panel.offsets[spans.series] + spans.start, counts))
        is_known = np.isfinite(y).all(axis=1)
        if not is_known.any():
            raise ValueError(
                f"No window is followed by {self.horizon} values in a row, which a regressor needs."
            )
        X, y = X[is_known], y[is_known]
        y = y[:, 0] if y.shape[1] == 1 else y
        self.fitted_ = clone(self.regressor)
        try:
            self.fitted_.fit(X, y)
        except ValueError as error:
            if y.ndim == 1 or get_tags(self.fitted_).target_tags.multi_output:
                raise
            name = type(self.regressor).__name__
            raise ValueError(
                f"{name} could not be fitted on the {y.shape[1]} outputs of a window. If it takes "
                f"a single one, wrap it: MultiOutputRegressor({name}(...))."
            ) from error

    def forecast(self, panel: Panel, histories: Spans) -> dict[Any, np.ndarray]:
        """Forecast what follows each history, all of them in one call."""
        first = panel.offsets[histories.series] + histories.stop - self.look_back
        X, y = self._windows(panel, first)
        predicted = np.asarray(self.fitted_.predict(X), dtype=np.float64)
        return {"forecast": predicted.reshape(len(y), self.horizon, -1)}

    def _windows(self, panel: Panel, first: np.ndarray) -> tuple[Any, np.ndarray]:
        """Take windows by the row of their first time step, and what follows them."""
        rows = first[:, None] + np.arange(self.look_back + self.horizon)
        n_targets, n_observed, _ = panel.columns.bounds
        windows = panel.table[rows]  # (n_windows, look_back + horizon, n_columns)
        ahead = windows[:, self.look_back :]
        parts = [windows[:, : self.look_back], ahead[:, :, n_observed:]]
        X = np.concatenate([part.reshape(len(rows), -1) for part in parts], axis=1)
        y = ahead[:, :, :n_targets].reshape(len(rows), -1)
        return (X if panel.axis is None else self._named(X, panel)), y

    def _named(self, X: np.ndarray, panel: Panel) -> pd.DataFrame:
        """Name lags as :func:`make_windows` does, with that of their column if it has others."""
        columns, lags = panel.columns.all.tolist(), range(self.look_back, 0, -1)
        if len(columns) == 1:
            return pd.DataFrame(X, columns=[f"lag_{lag}" for lag in lags])
        names = [f"{column}_lag_{lag}" for lag in lags for column in columns]
        steps = range(1, self.horizon + 1)
        names += [f"{column}_step_{step}" for step in steps for column in panel.columns.future]
        return pd.DataFrame(X, columns=names)
