"""Series as what windows are drawn from: those seen in fit, and what was learnt of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ._net import Forecasts
from ._origins import Origins, all_origins, hold_out
from ._scaling import CovariateScaler, smallest_units
from ._scoring import warn_of_leakage
from ._table import Panel, panel_blocks
from ._window_data import Parts, RawWindows, WindowSource

# What forecasts windows; it names the window by a callable in error messages.
Forecaster = Callable[[WindowSource, Callable[[int], str]], Forecasts]


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

    def __len__(self) -> int:
        return len(self.smallest) * self.n_per_target

    @property
    def n_per_target(self) -> int:
        """Number of windows of each target."""
        return int(self.ends[-1])

    def place(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Tell target, series, and number of time steps before what follows, of windows."""
        target, rows = np.divmod(rows, max(self.n_per_target, 1))
        series = np.searchsorted(self.ends, rows, side="right")
        before = rows - self.ends[series] + self.origins.counts[series]
        return target, series, self.origins.first[series] + before

    def take(self, rows: np.ndarray) -> RawWindows:
        """Take windows by their numbers, one target after the other."""
        table, n_targets = self.panel.table, len(self.smallest)
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
        past = self.covariates.scale(table[behind, n_targets:])
        future = self._future(ahead, series, position[:, self.look_back :] - length)
        return RawWindows(window, following, self.smallest[target, series][:, None], past, future)

    def _future(self, row: np.ndarray, series: np.ndarray, beyond: np.ndarray) -> np.ndarray:
        """Take covariates known ahead from the table, and those beyond its end."""
        n_observed = self.panel.columns.bounds[1]
        known = self.panel.table[row, n_observed:].astype(np.float64)
        if self.ahead is not None and self.ahead.size:
            later = self.ahead[series[:, None], np.clip(beyond, 0, self.ahead.shape[1] - 1)]
            known = np.where((beyond >= 0)[:, :, None], later, known)
        return self.covariates.scale_last(known)

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
        units = panel_units(panel)
        return cls(history, covariates, units, look_back, horizon, panel.lengths, lowest)

    def of_others(self, panel: Panel) -> SeriesSource:
        """Start from the end of other series instead."""
        history = _newest(panel, self.look_back)
        return replace(self, history=history, smallest=panel_units(panel))

    def parts(self, panel: Panel, season_length: int, fraction: float | None) -> Parts:
        """Split series in time: the newest time steps are held out, if any."""
        origins = all_origins(panel.lengths, season_length)
        everything = SeriesWindows(self, panel, origins, self.smallest)
        if fraction is None:
            return Parts(everything)
        rehearsal = hold_out(panel.lengths, self.horizon, season_length, fraction)
        if not len(rehearsal[1]):  # nothing lies before what is held out
            return Parts(everything)
        whole, before, held_out = (
            SeriesWindows(self, panel, each, self.smallest) for each in rehearsal
        )
        return Parts(everything, (whole, before, held_out))

    def predict(self, forecaster: Forecaster, panel: Panel) -> Any:
        """Forecast each time step of series from those before it, in the form of the series."""
        longer, first, smallest = self._after_history(panel)
        found = self._forecast(forecaster, longer, first, longer.lengths - 1, smallest)
        counts = np.maximum(longer.lengths - first, 0)
        by_target = self._to_units(found)[:, 0, 0].reshape(longer.columns.bounds[0], -1)
        return longer.wrap(np.split(by_target.T, np.cumsum(counts)[:-1]), first)

    def roll(
        self,
        forecaster: Forecaster,
        ahead: np.ndarray,  # (n_series, n_steps, n_future), covariates known ahead
        n_steps: int,
        interval: np.ndarray | None,  # (horizon, 2), offsets of bounds, in what errors grow with
    ) -> np.ndarray:
        """Forecast what follows, horizon by horizon, each from the forecasts before it.

        Past the horizon, bounds and quantiles spread with the square root of the steps, as errors
        that add up.

        Returns
        -------
        values : ndarray of shape (n_series, n_steps, n_targets, n_values)
            Forecasts, the bounds of their intervals if there are any, and their quantiles.
        """
        panel = self.history
        n_targets = panel.columns.bounds[0]
        parts: list[np.ndarray] = []
        for start in range(0, n_steps, self.horizon):
            rolled = panel
            if parts:
                known = np.concatenate(parts, axis=1)[:, :, :, 0]
                rolled = panel.extend(known, ahead[:, :start])
            lengths = rolled.lengths
            found = self._forecast(
                forecaster, rolled, lengths, lengths, self.smallest, ahead[:, start:]
            )
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
            values = self._to_units(found, np.concatenate([point, point + others], axis=2))
            # (n_targets * n_series, horizon, n) -> (n_series, horizon, n_targets, n)
            by_target = values.reshape(n_targets, -1, *values.shape[1:])
            parts.append(by_target.transpose(1, 2, 0, 3))
        return np.concatenate(parts, axis=1)[:, :n_steps]

    def beside_values(self, forecaster: Forecaster, panel: Panel) -> tuple[np.ndarray, np.ndarray]:
        """Collect what came, and its forecasts, shape (n_forecasts, n_targets * horizon)."""
        longer, first, smallest = self._after_history(panel, self.horizon)
        start = first - (longer.lengths - panel.lengths)
        warn_of_leakage(self.history, self.n_seen, panel, start, self.horizon)
        found = self._forecast(forecaster, longer, first, longer.lengths - self.horizon, smallest)
        values = [
            sliding_window_view(each[start:], self.horizon, axis=0)
            for each, start in zip(longer.values, first, strict=True)
            if len(each) - start >= self.horizon
        ]
        actual = np.concatenate(values)
        forecast = self._to_units(found)[:, :, 0]
        by_target = forecast.reshape(longer.columns.bounds[0], len(actual), -1)
        predicted = by_target.transpose(1, 0, 2).reshape(len(actual), -1)
        actual = actual.reshape(len(actual), -1)
        known = np.isfinite(actual).all(axis=1)
        if not known.any():
            raise ValueError(f"X holds no {self.horizon} values in a row to compare with.")
        return actual[known], predicted[known]

    def _to_units(self, found: Forecasts, values: np.ndarray | None = None) -> np.ndarray:
        """Bring forecasts, or other values in their frames, to the units of the series."""
        return np.maximum(found.to_units(values), self.lowest)

    def _after_history(
        self, panel: Panel, horizon: int = 1
    ) -> tuple[Panel, np.ndarray, np.ndarray]:
        """Put the history before the series that continue it.

        Also returned are the number of time steps of each before the first one to forecast, and the
        smallest units of the windows, (n_targets, n_series), from what comes before it.
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
        return longer, first, np.where(follows, known, panel_units(longer, first))

    def _forecast(
        self,
        forecaster: Forecaster,
        panel: Panel,
        first: np.ndarray,
        last: np.ndarray,
        smallest: np.ndarray,
        ahead: np.ndarray | None = None,
    ) -> Forecasts:
        """Forecast from a range of time steps of each series, target by target."""
        origins = Origins(first, last, panel.lengths)
        windows = SeriesWindows(self, panel, origins, smallest, ahead)

        def place(number: int) -> str:
            _, series, origin = windows.place(np.array([number]))
            return panel.name_place(int(series[0]), int(origin[0]), "X")

        return forecaster(windows, place)


def panel_units(panel: Panel, n_known: np.ndarray | None = None) -> np.ndarray:
    """Choose the smallest unit of the windows, (n_targets, n_series), by the first known steps."""
    units = np.empty((panel.columns.bounds[0], len(panel.ids)))
    for series, rows in panel_blocks(panel.offsets):
        lengths, weight = panel.lengths[series], None
        if n_known is not None:
            step = np.arange(rows.start, rows.stop) - np.repeat(panel.offsets[series], lengths)
            weight = (step < np.repeat(n_known[series], lengths)).astype(np.float64)
        for target, values in enumerate(panel.table[rows, : len(units)].T):
            units[target, series] = smallest_units(values, lengths, weight)
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
