"""What a backtest needs of a model: fitted on series, it forecasts from histories in a batch.

Forecasters know series; regressors know windows. Each is wrapped to answer the same two calls.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.utils import get_tags

from sklearn_rnn.sequences import make_windows

from ._panel import Panel

# Number of a series, and the time steps of it that are known.
History = tuple[int, slice]


class Model(Protocol):
    """A model to backtest."""

    names: tuple[str, ...]

    def fit(self, panel: Panel, spans: Sequence[slice]) -> None:
        """Fit a new clone on these time steps of each series."""

    def forecast(self, panel: Panel, histories: Sequence[History]) -> np.ndarray:
        """Forecast what follows each history.

        Returns
        -------
        forecasts : ndarray of shape (n_histories, horizon, n_targets, n_values)
            The values are those of `names`: the forecast, and the lower and upper bound and the
            quantiles if asked for.
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
        quantiles = getattr(forecaster, "quantiles", None)
        bounds = [] if coverage is None else ["lower", "upper"]
        levels = [] if quantiles is None else [f"q_{each:g}" for each in quantiles]
        self.names: tuple[str, ...] = ("forecast", *bounds, *levels)

    def fit(self, panel: Panel, spans: Sequence[slice]) -> None:
        """Fit a new clone on these time steps of each series."""
        self.fitted_ = clone(self.forecaster).fit(panel.parts(spans))
        self.seen_ = list(enumerate(spans))

    def forecast(self, panel: Panel, histories: Sequence[History]) -> np.ndarray:
        """Forecast what follows each history, all of them in one call."""
        options = {} if self.coverage is None else {"coverage": self.coverage}
        if panel.ids is None and list(histories) == self.seen_:
            answers = [self._call(**options)]
        else:
            recent = [panel.part(number, self._recent(span)) for number, span in histories]
            answers = self._call(series=recent, **options)
        if len(answers) != len(histories):
            raise ValueError(
                f"{self._name} answered {len(histories)} histories with {len(answers)} forecasts."
            )
        return np.stack([self._read(answer, len(panel.targets)) for answer in answers])

    def _recent(self, span: slice) -> slice:
        """Leave out what a forecaster says it does not look back on: many histories are long."""
        look_back = getattr(self.fitted_, "look_back_", None)
        if look_back is None:
            return span
        return slice(max(span.start, span.stop - look_back), span.stop)

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

    def _read(self, answer: Any, n_targets: int) -> np.ndarray:
        """Bring one answer to the shape (horizon, n_targets, n_values)."""
        columns = [answer]
        if len(self.names) > 1:
            # Of several targets, the columns have two levels: (target, value).
            columns = [
                answer[name] if answer.columns.nlevels == 1 else answer.xs(name, axis=1, level=1)
                for name in self.names
            ]
        arrays = [np.asarray(each, dtype=np.float64).reshape(len(each), -1) for each in columns]
        for each in arrays:
            if each.shape != (self.horizon, n_targets):
                raise ValueError(
                    f"{self._name} answered with shape {each.shape}, not "
                    f"{(self.horizon, n_targets)}, (n_steps, n_targets)."
                )
        return np.stack(arrays, axis=-1)


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

    names: tuple[str, ...] = ("forecast",)

    def __init__(self, regressor: Any, horizon: int, look_back: int) -> None:
        self.regressor = regressor
        self.horizon = horizon
        self.look_back = look_back

    def fit(self, panel: Panel, spans: Sequence[slice]) -> None:
        """Fit a new clone on the windows within these time steps of each series."""
        windows, future = zip(
            *(
                make_windows(panel.part(*each), self.look_back, self.horizon)
                for each in enumerate(spans)
            ),
            strict=True,
        )
        X, y = (np.concatenate([_flat(each) for each in parts]) for parts in (windows, future))
        y = y[:, 0] if y.shape[1] == 1 else y
        self.columns_ = getattr(windows[0], "columns", None)
        self.fitted_ = clone(self.regressor)
        try:
            self.fitted_.fit(self._named(X), y)
        except ValueError as error:
            if y.ndim == 1 or get_tags(self.fitted_).target_tags.multi_output:
                raise
            name = type(self.regressor).__name__
            raise ValueError(
                f"{name} could not be fitted on the {y.shape[1]} outputs of a window. If it takes "
                f"a single one, wrap it: MultiOutputRegressor({name}(...))."
            ) from error

    def forecast(self, panel: Panel, histories: Sequence[History]) -> np.ndarray:
        """Forecast what follows each history, all of them in one call."""
        windows = [panel.values[number][span][-self.look_back :] for number, span in histories]
        X = self._named(np.stack(windows).reshape(len(windows), -1))
        predicted = np.asarray(self.fitted_.predict(X), dtype=np.float64)
        return predicted.reshape(len(windows), self.horizon, len(panel.targets), 1)

    def _named(self, X: np.ndarray) -> Any:
        """Give windows the column names that `make_windows` gave those of pandas series."""
        return X if self.columns_ is None else pd.DataFrame(X, columns=self.columns_)


def _flat(values: Any) -> np.ndarray:
    """Put what belongs to a window in one row."""
    return np.asarray(values).reshape(len(values), -1)
