"""Scores of forecasts: by any scorer of scikit-learn, and where training reached past them."""

from __future__ import annotations

import inspect
from difflib import get_close_matches
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.metrics import check_scoring, get_scorer_names

from sklearn_rnn._warnings import warn

from ._clock import index_kind
from ._table import Panel


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


def warn_of_leakage(
    history: Panel, n_seen: np.ndarray, panel: Panel, start: np.ndarray, horizon: int
) -> None:
    """Warn where training reached past time steps that are scored, as where rows were cut.

    Three kinds of scores are meant as they are: of the very series seen in fit, of what follows
    each of them though they end at different times, and of series without names or time stamps,
    of which nobody knows whether they are the same. Of each series in fit, `n_seen` time steps were
    seen; of each one to score, `start` lie before the first one that is scored.
    """
    series = np.flatnonzero(panel.lengths - start >= horizon)
    if not (history.form.is_named and panel.form.is_named):
        return
    assert history.axis is not None  # that of a frame
    assert panel.axis is not None
    if index_kind(history.axis.clock.dtype) != index_kind(panel.axis.clock.dtype):
        return
    seen_until = history.axis.stamps(np.arange(len(history.ids)), history.lengths - 1)
    scored_from = panel.axis.stamps(series, start[series])
    own = history.ids.get_indexer(panel.ids.take(series))
    is_known, last = own >= 0, panel.axis.stamps(series, panel.lengths[series] - 1)
    is_after = is_known & (scored_from > seen_until[own])
    if is_after.all() and len(own) == len(history.ids):
        return
    is_training = is_known & (last == seen_until[own]) & (panel.lengths[series] == n_seen[own])
    leaked = np.flatnonzero(~is_training & (scored_from <= seen_until.max()))
    if not len(leaked):
        return
    first = leaked[0]
    label = panel.form.label(panel.ids, series[first], "X")
    time = "" if history.form.time is None else f"time={history.form.time!r}"
    warn(
        f"The score{label} starts at {scored_from[first]}, but training reached "
        f"{seen_until.max()}: the forecaster has learnt from what came later. If a "
        "cross-validation has cut X by rows, cut it by time: "
        f"cv=PanelTimeSeriesSplit({time}).",
    )
