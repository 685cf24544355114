"""Scorers of forecasts, for scikit-learn's cross-validation and searches."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from sklearn.metrics import check_scoring

from sklearn_rnn._scoring import check_scorers


@dataclass(frozen=True)
class ForecastScorer:
    """Score an estimator that was fitted on series; with y, any estimator.

    Parameters
    ----------
    scoring : str, callable, list, tuple or dict
        What scikit-learn takes for `scoring`.
    """

    scoring: Any

    def __call__(self, estimator: Any, X: Any, y: Any = None) -> Any:
        """Score, as scikit-learn calls it: without y where it was given none."""
        if y is not None:
            return check_scoring(estimator, self.scoring)(estimator, X, y)
        # A search that is cross-validated itself.
        forecaster = getattr(estimator, "best_estimator_", estimator)
        if "scoring" not in inspect.signature(forecaster.score).parameters:
            raise ValueError(
                f"{type(forecaster).__name__} takes no series without y: its method score has no "
                "parameter scoring, as that of LSTMForecaster has. Give y, too."
            )
        return forecaster.score(X, scoring=self.scoring)


def make_forecast_scorer(scoring: Any) -> ForecastScorer:
    """Make a scorer of forecasts of whole series, by any of scikit-learn's metrics.

    Scikit-learn's own scorers compare predictions with a `y`, which there is none of where
    :class:`LSTMForecaster` is fitted on series: ``scoring="neg_mean_absolute_error"`` fails there.
    These call the method `score` of the forecaster instead, which compares each time step of the
    series with its forecasts, from one step to the whole horizon ahead.

    Parameters
    ----------
    scoring : str, callable, list, tuple or dict
        What scikit-learn takes for `scoring`: the name of a scorer, a scorer, such as
        :func:`sklearn.metrics.make_scorer` makes of any metric, or several of them. Of several,
        forecasts are made once.

    Returns
    -------
    scorer : callable
        For the parameter `scoring` of :func:`sklearn.model_selection.cross_val_score`,
        :func:`~sklearn.model_selection.cross_validate`,
        :class:`~sklearn.model_selection.GridSearchCV` and others. Called with a `y`, it does what
        scikit-learn's own do.

    Raises
    ------
    ValueError
        If a name is none of :func:`sklearn.metrics.get_scorer_names`, or if a metric is given in
        place of a scorer.

    See Also
    --------
    sklearn_rnn.PanelTimeSeriesSplit : Splits panels by time.
    sklearn_rnn.score_backtest : Metrics by step, cutoff or series; those that take `y_train`.

    Notes
    -----
    The steps of the horizon and the targets are the outputs of a metric, all series together its
    samples.

    Examples
    --------
    >>> from sklearn.model_selection import TimeSeriesSplit, cross_val_score
    >>> from sklearn_rnn import LSTMForecaster
    >>> from sklearn_rnn.datasets import load_airline
    >>> from sklearn_rnn.metrics import make_forecast_scorer
    >>> forecaster = LSTMForecaster(season_length=12, max_epochs=2, random_state=0)
    >>> scorer = make_forecast_scorer("neg_mean_absolute_error")
    >>> cross_val_score(forecaster, load_airline(), cv=TimeSeriesSplit(2), scoring=scorer).shape
    (2,)
    """
    check_scorers(scoring)
    return ForecastScorer(scoring)
