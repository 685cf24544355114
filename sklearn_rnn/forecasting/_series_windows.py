"""Windows of series: which time steps are forecast, how windows are cut, what follows the last."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any

import numpy as np

from sklearn_rnn._warnings import warn

from ._batches import CovariateScaler, Forecasts, Parts, RawWindows, WindowSource, smallest_units
from ._clock import N_ROWS_AT_ONCE, index_kind
from ._table import Panel, ranges

# What forecasts windows.
Forecaster = Callable[[WindowSource], Forecasts]
# Fewer horizons, or forecasts of all series together, would tell little: of what comes next, where
# they are looked back on, and of how forecasts err, where they are held out.
N_HORIZONS = 3
MIN_HELD_OUT = 30
MAX_HELD_OUT = 4096
# A third of a usual series is seen, within these bounds.
MIN_STEPS, MAX_STEPS = 60, 336
# A season of so many time steps, or of a multiple of it, is a day.
DAY = 24
# Stands in for a season where there is none.
SHORT_SEASON = 4
# What is known before the first forecast of a series: two seasons, within these bounds.
MIN_KNOWN, MAX_KNOWN = 3, 12


def read_seasons(season_length: int | Sequence[int]) -> tuple[int, ...]:
    """Return the lengths of all seasons, in rising order: where a day is given, of weeks too."""
    if isinstance(season_length, Integral):
        shortest = int(season_length)
        if shortest == 1:
            return ()
        return (shortest, 7 * shortest) if shortest % DAY == 0 else (shortest,)
    lengths = np.asarray(season_length)
    is_valid = lengths.ndim == 1 and len(lengths) and lengths.dtype.kind in "iu"
    if not is_valid or lengths.min() < 2 or len(np.unique(lengths)) < len(lengths):
        raise ValueError(
            "The 'season_length' parameter must be an int, or hold different ints of at least 2, "
            f"such as [24, 168]. Got {season_length!r} instead."
        )
    return tuple(sorted(lengths.tolist()))


def default_look_back(lengths: np.ndarray, horizon: int, seasons: tuple[int, ...]) -> int:
    """Choose a number of past time steps for series of such lengths.

    Whole seasons, the shortest ones, and one more step: a third of the median length, but at least
    60 steps, two seasons and three horizons, and no more than 336 steps unless these ask for it;
    three longer seasons, or two, where a usual series has one more of them. Fewer where there would
    be more values in a window than whole windows, but at least two seasons.
    """
    shortest, *longer = seasons or (SHORT_SEASON,)
    usual = np.median(lengths)
    third = int(np.clip(usual // 3, MIN_STEPS, MAX_STEPS))
    most = max(third, N_HORIZONS * horizon)
    choices = [n * shortest for n in range(2, max(math.ceil(most / shortest), 2) + 1)]
    choices += [n * each for each in longer for n in (2, 3) if (n + 1) * each <= usual]
    for look_back in sorted(choices, reverse=True):
        if np.maximum(lengths - horizon - look_back, 0).sum() > look_back:
            break
    return look_back + 1


@dataclass(frozen=True)
class Origins:
    """Forecasts of each series, by the number of time steps before them, of shape (n_series,).

    There is none where the last comes before the first.
    """

    first: np.ndarray  # number of time steps before the first forecast
    last: np.ndarray  # and before the last one
    known: np.ndarray  # number of time steps after which nothing is known

    @property
    def counts(self) -> np.ndarray:
        """Number of forecasts of each series."""
        return np.maximum(self.last - self.first + 1, 0)


def all_origins(known: np.ndarray, season_length: int) -> Origins:
    """Take all forecasts of which at least one of so many known steps is forecast."""
    needed = min(max(2 * season_length, MIN_KNOWN), MAX_KNOWN)
    # A short series starts in its middle, rather than not at all.
    first = np.maximum(1, np.minimum(needed, known // 2))
    return Origins(np.minimum(first, np.maximum(known - 1, 1)), known - 1, known)


def hold_out(
    lengths: np.ndarray, horizon: int, season_length: int, fraction: float
) -> tuple[Origins, Origins, Origins]:
    """Hold out a share of the newest time steps of each series.

    That is at least three horizons, at least 30 in all, and at most half of what can be forecast.
    Returned are forecasts whose horizon ends before what is held out, those of which at least one
    step lies before it, and those of what is held out.
    """
    first = all_origins(lengths, season_length).first
    # No more than tell enough; so long series do not outweigh short ones either.
    most = horizon - 1 + max(2 * horizon, math.ceil(MAX_HELD_OUT / len(lengths)))
    fewest = max(N_HORIZONS * horizon, math.ceil(MIN_HELD_OUT / len(lengths)))
    n_held_out = np.maximum(fewest, np.minimum((fraction * lengths).astype(np.int64), most))
    n_held_out = np.clip(n_held_out, 1, np.maximum((lengths - first) // 2, 1))
    cut = lengths - n_held_out
    before = all_origins(cut, season_length)
    before = Origins(np.minimum(first, before.first), before.last, cut)
    start = np.maximum(first, cut)
    held_out = Origins(start, np.clip(lengths - horizon, start, lengths - 1), lengths)
    return Origins(before.first, cut - horizon, cut), before, held_out


class SeriesWindows(WindowSource):
    """Windows of series, cut where the series lie in memory when they are asked for."""

    def __init__(
        self,
        source: SeriesSource,
        panel: Panel,
        origins: Origins,  # from where each series is forecast, for all of its targets alike
        smallest: np.ndarray,  # (n_targets, n_series), unit of windows that vary less
        ahead: np.ndarray | None = None,  # (n_series, n_steps, n_future), covariates known ahead
    ) -> None:
        self.panel, self.origins, self.covariates = panel, origins, source.covariates
        self.smallest, self.ahead = smallest, ahead
        self.look_back, self.horizon = source.look_back, source.horizon
        self.ends = np.cumsum(origins.counts)
        self.n_targets, self.n_per_target = len(smallest), int(self.ends[-1])

    def place(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Tell target, series, and number of time steps before what follows, of windows."""
        target, rows = self.find_target(rows)
        series = np.searchsorted(self.ends, rows, side="right")
        before = rows - self.ends[series] + self.origins.counts[series]
        return target, series, self.origins.first[series] + before

    def name(self, row: int) -> str:
        """Name the time step that follows a window, for error messages."""
        _, series, origin = self.place(np.array([row]))
        return self.panel.name_place(int(series[0]), int(origin[0]), "X")

    def take(self, rows: np.ndarray) -> RawWindows:
        """Take windows by their numbers."""
        table = self.panel.table
        target, series, origin = self.place(rows)
        start, length = self.panel.offsets[series][:, None], self.panel.lengths[series][:, None]
        position = origin[:, None] + np.arange(-self.look_back, self.horizon)
        row = start + np.clip(position, 0, length - 1)
        is_inside = (position >= 0) & (position < self.origins.known[series][:, None])
        values = np.where(is_inside, table[row, target[:, None]], np.nan).astype(np.float64)
        window, following = np.split(values, [self.look_back], axis=1)
        for number in np.flatnonzero(~np.isfinite(window).any(axis=1)):
            window[number, 0] = self._nearest(target[number], series[number], origin[number])
        behind, ahead = np.split(row, [self.look_back], axis=1)
        past = self.covariates.scale(table[behind, self.n_targets :])
        future = self._future(ahead, series, position[:, self.look_back :] - length)
        return RawWindows(window, following, self.smallest[target, series][:, None], past, future)

    def _future(self, row: np.ndarray, series: np.ndarray, beyond: np.ndarray) -> np.ndarray:
        """Take covariates known ahead from the table, and those beyond its end."""
        n_observed = self.panel.columns.bounds[1]
        known = self.panel.table[row, n_observed:].astype(np.float64)
        if self.ahead is not None and self.ahead.size:
            later = self.ahead[series[:, None], np.clip(beyond, 0, self.ahead.shape[1] - 1)]
            known = np.where((beyond >= 0)[:, :, None], later, known)
        return self.covariates.scale(known)

    def _nearest(self, target: int, series: int, origin: int) -> float:
        """Find the last value before a window that holds none, or the first after it."""
        start, stop = self.panel.offsets[series : series + 2]
        values = self.panel.table[start:stop, target]
        known = np.flatnonzero(np.isfinite(values))
        if not len(known):
            return 0.0
        before = known[known < origin]
        return float(values[before[-1] if len(before) else known[0]])


@dataclass(frozen=True)
class SeriesSource:
    """The newest time steps of series, from which forecasts start, and their scales."""

    history: Panel  # the last `look_back` time steps, and those back to the last known value
    covariates: CovariateScaler
    smallest: np.ndarray  # (n_targets, n_series), smallest units of the windows
    look_back: int
    horizon: int
    n_seen: np.ndarray  # (n_series,), number of time steps of each seen in fit
    lowest: float  # what no forecast lies below

    @classmethod
    def learn(cls, panel: Panel, look_back: int, horizon: int, lowest: float) -> SeriesSource:
        """Learn from all series seen in fit."""
        covariates = CovariateScaler.learn(panel.table[:, panel.columns.bounds[0] :])
        history = _newest(panel, look_back)
        units = panel_units(panel, panel.lengths)
        return cls(history, covariates, units, look_back, horizon, panel.lengths, lowest)

    def of_others(self, panel: Panel) -> SeriesSource:
        """Start from the end of other series instead."""
        history = _newest(panel, self.look_back)
        return replace(self, history=history, smallest=panel_units(panel, panel.lengths))

    def parts(self, panel: Panel, season_length: int, fraction: float | None) -> Parts:
        """Split series in time: the newest time steps are held out, if any."""
        origins = all_origins(panel.lengths, season_length)
        everything = SeriesWindows(self, panel, origins, self.smallest)
        if fraction is None:
            return Parts(everything)
        whole, before, held_out = (
            SeriesWindows(self, panel, each, self.smallest)
            for each in hold_out(panel.lengths, self.horizon, season_length, fraction)
        )
        # Nothing may lie before what is held out.
        return Parts(everything, (whole, before, held_out) if len(before) else None)

    def predict(self, forecaster: Forecaster, panel: Panel) -> Any:
        """Forecast each time step of series from those before it, in the form of the series."""
        windows = self._after_history(panel)
        values = self._to_units(forecaster(windows))[:, 0, :, 0]
        parts = np.split(values, windows.ends[:-1])
        return windows.panel.wrap(parts, windows.origins.first)

    def roll(
        self,
        forecaster: Forecaster,
        ahead: np.ndarray,  # (n_series, n_steps, n_future), covariates known ahead
        n_steps: int,
        interval: np.ndarray | None,  # (horizon, 2), offsets of bounds, in what errors grow with
    ) -> np.ndarray:
        """Forecast what follows, horizon by horizon, each from the forecasts before it.

        Forecasts, the bounds of their intervals if there are any, and their quantiles have shape
        (n_series, n_steps, n_targets, n_values). Past the horizon, bounds and quantiles spread with
        the square root of the steps, as errors that add up.
        """
        parts: list[np.ndarray] = []
        for start in range(0, n_steps, self.horizon):
            rolled = self.history
            if parts:
                known = np.concatenate(parts, axis=1)[..., 0]
                rolled = rolled.extend(known, ahead[:, :start])
            lengths = rolled.lengths
            origins = Origins(lengths, lengths, lengths)
            windows = SeriesWindows(self, rolled, origins, self.smallest, ahead[:, start:])
            found = forecaster(windows)
            point, others = found.values[:, :, :1], found.values[:, :, 1:] - found.values[:, :, :1]
            if interval is not None:
                bounds = interval * found.error[:, :, None]
                others = np.concatenate([bounds, others], axis=2)
            # In units that are the same for the window that was observed and those that were not.
            others = others * found.frame.unit[:, :, None]
            if start == 0:
                last = others[:, -1:]
            else:
                steps = start + 1 + np.arange(self.horizon)
                others = last * np.sqrt(steps / self.horizon)[:, None]
            others = others / found.frame.unit[:, :, None]
            values = np.concatenate([point, point + others], axis=2)
            parts.append(self._to_units(replace(found, values=values)))
        return np.concatenate(parts, axis=1)[:, :n_steps]

    def beside_values(self, forecaster: Forecaster, panel: Panel) -> tuple[np.ndarray, np.ndarray]:
        """Collect what came, and its forecasts, shape (n_forecasts, n_targets * horizon)."""
        windows = self._after_history(panel, self.horizon)
        longer, origins = windows.panel, windows.origins
        self._warn_of_leakage(panel, origins.first - (longer.lengths - panel.lengths))
        predicted = self._to_units(forecaster(windows))[..., 0]
        rows = ranges(longer.offsets[:-1] + origins.first, origins.counts)
        actual = longer.table[rows[:, None] + np.arange(self.horizon), : windows.n_targets]
        # From (n_forecasts, horizon, n_targets).
        actual, predicted = (
            each.swapaxes(1, 2).reshape(len(rows), -1) for each in (actual, predicted)
        )
        known = np.isfinite(actual).all(axis=1)
        if not known.any():
            raise ValueError(f"X holds no {self.horizon} values in a row to compare with.")
        return actual[known], predicted[known]

    def _to_units(self, found: Forecasts) -> np.ndarray:
        """Bring forecasts to the units of the series, above their lower bound."""
        return np.maximum(found.to_units(), self.lowest)

    def _after_history(self, panel: Panel, horizon: int = 1) -> SeriesWindows:
        """Take the windows of series, behind the history where they continue it.

        So many known time steps follow each window.
        """
        follows = self.history.is_followed_by(panel)
        longer = self.history.append(panel)
        first = np.where(follows, longer.lengths - panel.lengths, self.look_back)
        if (longer.lengths - first < horizon).all():
            raise ValueError(
                f"X is too short: to forecast {horizon} time steps from {self.look_back} before "
                f"them takes {self.look_back + horizon}. Got {panel.lengths.max()} time steps."
            )
        known = self.smallest[:, self.history.ids.get_indexer(panel.ids)]
        smallest = np.where(follows, known, panel_units(longer, first))
        origins = Origins(first, longer.lengths - horizon, longer.lengths)
        return SeriesWindows(self, longer, origins, smallest)

    def _warn_of_leakage(self, panel: Panel, start: np.ndarray) -> None:
        """Warn where training reached past time steps that are scored, as where rows were cut.

        Three kinds of scores are meant as they are: of the very series seen in fit, of what follows
        each of them though they end at different times, and of series without names or time stamps,
        of which nobody knows whether they are the same. Of each series to score, `start` time steps
        lie before the first one that is scored.
        """
        history, axis, others = self.history, self.history.axis, panel.axis
        if axis is None or others is None or not (history.form.is_named and panel.form.is_named):
            return
        if index_kind(axis.clock.dtype) != index_kind(others.clock.dtype):
            return
        series = np.flatnonzero(panel.lengths - start >= self.horizon)
        lengths, own = panel.lengths[series], history.ids.get_indexer(panel.ids.take(series))
        seen_until = axis.stamps(np.arange(len(history.ids)), history.lengths - 1)
        scored_from, last = others.stamps(series, start[series]), others.stamps(series, lengths - 1)
        is_after = (own >= 0) & (scored_from > seen_until[own])
        if is_after.all() and len(own) == len(history.ids):
            return
        is_training = (own >= 0) & (last == seen_until[own]) & (lengths == self.n_seen[own])
        for row in np.flatnonzero(~is_training & (scored_from <= seen_until.max()))[:1]:
            label = panel.form.label(panel.ids, series[row], "X")
            time = "" if history.form.time is None else f"time={history.form.time!r}"
            warn(
                f"The score{label} starts at {scored_from[row]}, but training reached "
                f"{seen_until.max()}: the forecaster has learnt from what came later. If a "
                "cross-validation has cut X by rows, cut it by time: "
                f"cv=PanelTimeSeriesSplit({time}).",
            )


def panel_units(panel: Panel, n_known: np.ndarray) -> np.ndarray:
    """Choose the smallest unit of the windows, (n_targets, n_series), by the first known steps."""
    units = np.empty((panel.columns.bounds[0], len(panel.ids)))
    # Some series at a time, which takes little memory.
    bounds = np.searchsorted(panel.offsets, np.arange(0, panel.offsets[-1], N_ROWS_AT_ONCE))
    for start, stop in itertools.pairwise(np.unique([*bounds, len(panel.ids)]).tolist()):
        lengths = panel.lengths[start:stop]
        is_known = ranges(np.zeros_like(lengths), lengths) < np.repeat(n_known[start:stop], lengths)
        rows = panel.table[panel.offsets[start] : panel.offsets[stop], : len(units)]
        for target, values in enumerate(rows.T):
            units[target, start:stop] = smallest_units(values, lengths, is_known)
    return units


def check_known(panel: Panel, name: str) -> None:
    """Check that each target of each series has a value."""
    known = np.isfinite(panel.table[:, : panel.columns.bounds[0]])
    unknown = np.argwhere(~np.logical_or.reduceat(known, panel.offsets[:-1], axis=0))
    if len(unknown):
        number, column = unknown[0].tolist()
        several = len(panel.columns.targets) > 1
        where = f" in column {panel.columns.targets[column]!r}" if several else ""
        label = panel.form.label(panel.ids, number, name) or f" of {name}"
        others = f" {len(unknown)} such series in all." if len(unknown) > 1 else ""
        raise ValueError(
            f"All values{where}{label} are NaN, but a forecast needs at least one.{others}"
        )


def _newest(panel: Panel, look_back: int) -> Panel:
    """Take the last `look_back` time steps, and those before them back to a known value."""
    return panel.tail(look_back + panel.count_missing(panel.lengths - look_back + 1))
