"""Windows of the user, each with what follows it: rows of a table, as for any regressor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ._alignment import align_future, find_units, to_units
from ._base_forecaster import Blocks, draw_windows
from ._blocks import Block
from ._forecast_net import ForecastNet
from ._series_store import SeriesStore
from ._stores import CovariateScaler, smallest_scales, store_windows

# A target that goes on this many times as far from its past as from its own mean is no
# continuation of it, or not in its units.
FAR_OFF = 3.0


@dataclass(frozen=True)
class WindowSource:
    """Where windows hold the past of the targets, and in which units and scales.

    Parameters
    ----------
    columns : list of int
        Column of each target.

    units : dict of int to Units
        How columns are brought to the units of their targets, where they were scaled.

    look_back, horizon : int
        Number of time steps of a window, and of what is forecast at once.

    future_shape : tuple of int
        Shape of what follows a window, as it was given.

    scaler : CovariateScaler
        Scale of the covariates.

    smallest : ndarray of shape (n_targets,)
        Smallest scale of the windows of each target.
    """

    columns: list[int]
    units: dict[int, tuple[float, float]]
    look_back: int
    horizon: int
    future_shape: tuple[int, ...]
    scaler: CovariateScaler
    smallest: np.ndarray

    @classmethod
    def learn(
        cls, windows: np.ndarray, y: np.ndarray, weight: np.ndarray | None, look_back: int
    ) -> WindowSource:
        """Learn from all windows seen in fit, and what followed them."""
        future, columns = align_future(windows, y)
        units = {}
        for target, column in enumerate(columns):
            found = find_units(windows[:, -1, column], future[:, 0, target])
            if found is not None:
                units[column] = found
        newest = _newest(windows, look_back, units)
        scales = _learn_scales(newest, columns, future, weight)
        return cls(columns, units, look_back, future.shape[1], y.shape[1:], *scales)

    def store(
        self, windows: np.ndarray, y: np.ndarray, weight: np.ndarray | None, **options: Any
    ) -> SeriesStore:
        """Store the windows seen in fit and what followed them, to learn from them."""
        return store_windows(
            _newest(windows, self.look_back, self.units),
            self.columns,
            self.scaler,
            self.smallest,
            y.reshape(len(y), self.horizon, -1),
            None if weight is None else weight / weight.mean(),
            **options,
        )

    def blocks(self, n_samples: int, fraction: float | None) -> Blocks:
        """Split windows in time order: the newest are held out, if any."""
        everything = self._block(n_samples)
        n_held_out = 0 if fraction is None else int(np.ceil(fraction * n_samples))
        # Windows whose future overlaps with that of held-out ones are left out.
        n_before = n_samples - n_held_out - (self.horizon - 1)
        if n_held_out == 0 or n_before < 1:
            return Blocks(everything)
        before = self._block(n_samples, slice(n_before))
        held_out = self._block(n_samples, slice(n_samples - n_held_out, None))
        return Blocks(everything, (before, before, held_out))

    def _block(self, n_samples: int, rows: slice = slice(None)) -> Block:
        last = np.zeros((len(self.columns), n_samples), dtype=np.int64)
        last[:, rows] = self.look_back
        return Block(np.full(last.size, self.look_back), last.ravel())

    def is_far_off(self, windows: np.ndarray, y: np.ndarray) -> bool:
        """Tell whether a target goes on much farther from its past than from its own mean."""
        past = _newest(windows, self.look_back, self.units)[:, :, self.columns]
        first = y.reshape(len(y), self.horizon, -1)[:, 0]
        distance = np.abs(past - first[:, None]).min(axis=1).mean(axis=0)
        spread = np.abs(first - first.mean(axis=0)).mean(axis=0)
        return bool(((distance > FAR_OFF * spread) & (spread > 0)).any())

    def predict(self, net: ForecastNet, windows: np.ndarray) -> np.ndarray:
        """Forecast what follows windows, shape (n_windows, *future_shape, 1 + n_quantiles)."""
        newest = _newest(windows, self.look_back, self.units)
        store = store_windows(newest, self.columns, self.scaler, self.smallest, **net.store_options)
        block = self._block(len(windows))
        drawn = draw_windows(store, block, self.look_back, self.horizon)
        forecast, _ = net.forecast(drawn, lambda number: f"X[{number % len(windows)}]")
        # (n_targets * n_windows, horizon, n) -> (n_windows, horizon, n_targets, n)
        by_target = forecast.reshape(len(self.columns), len(windows), *forecast.shape[1:])
        return np.moveaxis(by_target, 0, 2).reshape(len(windows), *self.future_shape, -1)


def _newest(
    windows: np.ndarray, look_back: int, units: dict[int, tuple[float, float]]
) -> np.ndarray:
    """Take the last steps of windows, the columns of targets in the units of those."""
    return to_units(windows[:, -look_back:].astype(np.float64, copy=False), units)


def _learn_scales(
    windows: np.ndarray, columns: list[int], future: np.ndarray, weight: np.ndarray | None
) -> tuple[CovariateScaler, np.ndarray]:
    """Learn the scale of the covariates, and the smallest ones of the windows."""
    n_samples, n_steps = windows.shape[:2]
    others = np.delete(windows, columns, axis=2).reshape(n_samples * n_steps, -1)
    row_weight = np.ones(n_samples) if weight is None else weight
    scaler = CovariateScaler.learn(others, np.repeat(row_weight, n_steps))
    targets = np.moveaxis(future, 2, 0).reshape(future.shape[2], -1)
    value_weight = np.tile(np.repeat(row_weight, future.shape[1]), len(targets))
    lengths = np.full(len(targets), targets.shape[1])
    return scaler, smallest_scales(targets.ravel(), lengths, value_weight)
