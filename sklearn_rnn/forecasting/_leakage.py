"""Scores of time steps that were not ahead: training reached past them."""

from __future__ import annotations

import warnings

import numpy as np

from ._clock import index_kind
from ._table import Panel


def warn_of_leakage(
    history: Panel, n_seen: np.ndarray, panel: Panel, start: np.ndarray, horizon: int
) -> None:
    """Warn where training reached past time steps that are scored, as where rows were cut.

    Three kinds of scores are meant as they are: of the very series seen in fit, of what follows
    each of them though they end at different times, and of series without names or time stamps,
    of which nobody knows whether they are the same.

    Parameters
    ----------
    history : Panel
        The newest time steps of the series seen in fit.

    n_seen : ndarray of shape (n_series,)
        Number of time steps of each that were seen in fit.

    panel : Panel
        Series to score.

    start : ndarray of shape (n_others,)
        Number of time steps of each of them before the first one that is scored.

    horizon : int
        Number of time steps that are scored at once.
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
    warnings.warn(
        f"The score{label} starts at {scored_from[first]}, but training reached "
        f"{seen_until.max()}: the forecaster has learnt from what came later. If a "
        "cross-validation has cut X by rows, cut it by time: "
        f"cv=PanelTimeSeriesSplit({time}).",
        UserWarning,
        stacklevel=4,
    )
