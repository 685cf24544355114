"""Series as what windows are drawn from: those seen in fit, and what was learnt of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ._base_forecaster import Blocks, draw_windows
from ._blocks import Block, all_forecasts, hold_out
from ._forecast_net import ForecastNet
from ._series_store import SeriesStore
from ._stores import CovariateScaler, panel_scales, store_panel
from ._table import Panel


@dataclass(frozen=True)
class SeriesSource:
    """The newest time steps of series, from which forecasts start, and their scales.

    Parameters
    ----------
    history : Panel
        The last `look_back` time steps of each series, and those before them back to the last
        known value.

    scaler : CovariateScaler
        Scale of the covariates.

    smallest : ndarray of shape (n_targets * n_series,)
        Smallest scales of the windows.

    look_back, horizon : int
        Number of time steps of a window, and of what is forecast at once.
    """

    history: Panel
    scaler: CovariateScaler
    smallest: np.ndarray
    look_back: int
    horizon: int

    @classmethod
    def learn(cls, panel: Panel, look_back: int, horizon: int) -> SeriesSource:
        """Learn from all series seen in fit."""
        scaler = CovariateScaler.learn(panel.table[:, panel.columns.bounds[0] :])
        history = _newest(panel, look_back)
        return cls(history, scaler, panel_scales(panel), look_back, horizon)

    def of_others(self, panel: Panel) -> SeriesSource:
        """Start from the end of other series instead."""
        history = _newest(panel, self.look_back)
        return replace(self, history=history, smallest=panel_scales(panel))

    def store(self, panel: Panel, **options: Any) -> SeriesStore:
        """Store the series seen in fit, to learn from them."""
        return self._store(panel, self.smallest, **options)

    def _store(
        self,
        panel: Panel,
        smallest: np.ndarray,
        ahead: np.ndarray | None = None,
        **options: Any,
    ) -> SeriesStore:
        return store_panel(panel, self.scaler, smallest, ahead, **options)

    def blocks(self, panel: Panel, season_length: int, fraction: float | None) -> Blocks:
        """Split series in time: the newest time steps are held out, if any."""
        lengths = np.tile(panel.lengths, panel.columns.bounds[0])
        everything = all_forecasts(lengths, self.look_back, season_length)
        if fraction is None:
            return Blocks(everything)
        rehearsal = hold_out(lengths, self.look_back, self.horizon, season_length, fraction)
        return Blocks(everything, rehearsal if len(rehearsal[1]) else None)

    def predict(self, net: ForecastNet, panel: Panel) -> Any:
        """Forecast each time step of series from those before it, in the form of the series."""
        longer, first, smallest = self._after_history(panel)
        forecast, _ = self._forecast(net, longer, first, longer.lengths - 1, smallest)
        counts = np.maximum(longer.lengths - first, 0)
        by_target = forecast[:, 0, 0].reshape(longer.columns.bounds[0], -1)
        return longer.wrap(np.split(by_target.T, np.cumsum(counts)[:-1]), first)

    def roll(
        self, net: ForecastNet, ahead: np.ndarray, n_steps: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Forecast what follows, horizon by horizon, each from the forecasts before it.

        Parameters
        ----------
        net : ForecastNet
            What forecasts.

        ahead : ndarray of shape (n_series, n_steps, n_future)
            Covariates known ahead.

        n_steps : int
            Number of time steps to forecast.

        Returns
        -------
        values : ndarray of shape (n_series, n_steps, n_targets, 1 + n_quantiles)
            Forecasts and their quantiles. Past the horizon, quantiles spread with the square root
            of the steps, as errors that add up.

        unit : ndarray of shape (n_series, n_targets)
            What the errors of the last windows that were observed grow with.
        """
        panel = self.history
        n_targets = panel.columns.bounds[0]
        parts: list[np.ndarray] = []
        unit: np.ndarray = np.empty(0)
        for start in range(0, n_steps, self.horizon):
            rolled = panel
            if parts:
                known = np.concatenate(parts, axis=1)[:, :, :, 0]
                rolled = panel.extend(known, ahead[:, :start])
            lengths = rolled.lengths
            forecast, units = self._forecast(
                net, rolled, lengths, lengths, self.smallest, ahead[:, start:]
            )
            # (n_targets * n_series, horizon, n) -> (n_series, horizon, n_targets, n)
            by_target = forecast.reshape(n_targets, -1, *forecast.shape[1:])
            parts.append(by_target.transpose(1, 2, 0, 3))
            unit = unit if start else units.reshape(n_targets, -1).T
        values = np.concatenate(parts, axis=1)[:, :n_steps]
        offsets = parts[0][:, -1:, :, 1:] - parts[0][:, -1:, :, :1]
        growth = np.sqrt(np.arange(self.horizon + 1, n_steps + 1) / self.horizon)
        later = values[:, self.horizon :]
        later[..., 1:] = later[..., :1] + offsets * growth[:, None, None]
        return values, unit

    def beside_values(self, net: ForecastNet, panel: Panel) -> tuple[np.ndarray, np.ndarray]:
        """Collect what came, and its forecasts, shape (n_forecasts, n_targets * horizon)."""
        panel, first, smallest = self._after_history(panel, self.horizon)
        last = panel.lengths - self.horizon
        n_targets = panel.columns.bounds[0]
        forecast, _ = self._forecast(net, panel, first, last, smallest)
        values = [
            sliding_window_view(each[start:], self.horizon, axis=0)
            for each, start in zip(panel.values, first, strict=True)
            if len(each) - start >= self.horizon
        ]
        actual = np.concatenate(values)
        by_target = forecast[:, :, 0].reshape(n_targets, len(actual), -1)
        predicted = by_target.transpose(1, 0, 2).reshape(len(actual), -1)
        actual = actual.reshape(len(actual), -1)
        known = np.isfinite(actual).all(axis=1)
        if not known.any():
            raise ValueError(f"X holds no {self.horizon} values in a row to compare with.")
        return actual[known], predicted[known]

    def _after_history(
        self, panel: Panel, horizon: int = 1
    ) -> tuple[Panel, np.ndarray, np.ndarray]:
        """Put the history before the series that continue it.

        Returns
        -------
        panel : Panel
            The series.

        first : ndarray of shape (n_series,)
            Number of time steps before the first one to forecast.

        smallest : ndarray of shape (n_targets * n_series,)
            Smallest scales of the windows, from what comes before it.
        """
        follows = self.history.is_followed_by(panel)
        longer = self.history.append(panel)
        first = np.where(follows, longer.lengths - panel.lengths, self.look_back)
        if (longer.lengths - first < horizon).all():
            raise ValueError(
                f"X is too short: to forecast {horizon} time steps from {self.look_back} before "
                f"them takes {self.look_back + horizon}. Got {panel.lengths.max()} time steps."
            )
        known = self.smallest.reshape(-1, len(self.history.ids))
        known = known[:, self.history.ids.get_indexer(panel.ids)]
        smallest = panel_scales(longer, first).reshape(len(known), -1)
        return longer, first, np.where(follows, known, smallest).ravel()

    def _forecast(
        self,
        net: ForecastNet,
        panel: Panel,
        first: np.ndarray,
        last: np.ndarray,
        smallest: np.ndarray,
        ahead: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Forecast from a range of time steps of each series.

        Returns
        -------
        forecast : ndarray of shape (n_targets * n_forecasts, horizon, 1 + n_quantiles)
            Target by target, series by series.

        unit : ndarray of shape (n_targets * n_forecasts,)
            What the errors of the windows grow with.
        """
        n_targets = panel.columns.bounds[0]
        store = self._store(panel, smallest, ahead, **net.store_options)
        block = Block(np.tile(first, n_targets), np.tile(last, n_targets))
        ends = np.cumsum(np.maximum(last - first + 1, 0))

        def place(number: int) -> str:
            number %= ends[-1]
            series = int(np.searchsorted(ends, number, side="right"))
            return panel.name_place(series, last[series] + 1 - ends[series] + number, "X")

        return net.forecast(draw_windows(store, block, self.look_back, self.horizon), place)


def check_known(panel: Panel, name: str) -> None:
    """Check that each target of each series has a value.

    Raises
    ------
    ValueError
        If one has none, naming it.
    """
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
