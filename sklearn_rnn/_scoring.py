"""Scores of forecasts that are there, by any scorer of scikit-learn."""

from __future__ import annotations

import inspect
from difflib import get_close_matches
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import check_scoring, get_scorer_names


class GivenForecasts(RegressorMixin, BaseEstimator):
    """Answer `predict` with given values, of shape (n_forecasts, n_outputs), whatever X is."""

    def __init__(self, values: np.ndarray) -> None:
        self.values = values

    def fit(self, X: Any, y: Any = None) -> GivenForecasts:
        """Learn nothing; scikit-learn takes for an estimator what has this method."""
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return the forecasts."""
        return self.values

    def score_by(self, scoring: Any, X: Any, y: np.ndarray, sample_weight: Any = None) -> Any:
        """Score the forecasts beside what came, by what scikit-learn takes for `scoring`."""
        check_scorers(scoring)
        options = {} if sample_weight is None else {"sample_weight": sample_weight}
        return check_scoring(self, scoring)(self, X, y, **options)


def check_scorers(scoring: Any) -> None:
    """Check that names are those of scorers, and that no metric is given in place of a scorer."""
    several = isinstance(scoring, (list, tuple, set, dict))
    scorers = scoring.values() if isinstance(scoring, dict) else scoring if several else [scoring]
    for scorer in scorers:
        if isinstance(scorer, str):
            _check_name(scorer)
        elif callable(scorer):
            _check_no_metric(scorer)
        elif scorer is not None or several:
            raise ValueError(
                "scoring takes the name of a scorer of scikit-learn, a scorer, or a list or dict "
                f"of those. Got {scorer!r}."
            )


def _check_name(name: str) -> None:
    known = get_scorer_names()
    if name not in known:
        # Errors are named "neg_mean_absolute_error", since a higher score is a better one.
        negative = f"neg_{name}"
        similar = [negative] if negative in known else get_close_matches(name, known, n=1)
        nearest = f" The nearest is {similar[0]!r}." if similar else ""
        raise ValueError(
            f"scoring={name!r} names no scorer of scikit-learn.{nearest} "
            "sklearn.metrics.get_scorer_names() lists all of them."
        )


def _check_no_metric(scorer: Any) -> None:
    if next(iter(inspect.signature(scorer).parameters), None) == "y_true":
        name = getattr(scorer, "__name__", scorer)
        raise ValueError(
            f"scoring takes a scorer, and {name} is a metric. Make a scorer of it by "
            f"sklearn.metrics.make_scorer({name}), with greater_is_better=False if it is an error."
        )
