"""Windows of the user, each with what follows it: rows of a table, as for any regressor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ._alignment import Units, align_future, find_units, to_units
from ._base_forecaster import Parts
from ._scaling import CovariateScaler, smallest_units
from ._window_data import GivenWindows

# A target that goes on this many times as far from its past as from its own mean is no
# continuation of it, or not in its units.
FAR_OFF = 3.0


@dataclass(frozen=True)
class GivenSource:
    """Where windows hold the past of the targets, and in which units and scales.

    Parameters
    ----------
    columns : list of int
        Column of each target.

    units : dict of int to Units
        How columns are brought to the units of their targets, where they were scaled.

    target_units : list of Units
        How each target is brought back from the units that it is learnt in.

    look_back, horizon : int
        Number of time steps of a window, and of what is forecast at once.

    future_shape : tuple of int
        Shape of what follows a window, as it was given.

    covariates : CovariateScaler
        Scale of the covariates.

    smallest : ndarray of shape (n_targets,)
        Smallest unit of the windows of each target.

    is_continued : bool
        Whether each target goes on where its windows end.
    """

    columns: list[int]
    units: dict[int, Units]
    target_units: list[Units]
    look_back: int
    horizon: int
    future_shape: tuple[int, ...]
    covariates: CovariateScaler
    smallest: np.ndarray
    is_continued: bool

    @classmethod
    def learn(
        cls, windows: np.ndarray, y: np.ndarray, weight: np.ndarray | None, look_back: int
    ) -> GivenSource:
        """Learn from all windows seen in fit, and what followed them."""
        future, columns = align_future(windows, y)
        units = {}
        for target, column in enumerate(columns):
            found = find_units(windows[:, -1, column], future[:, 0, target])
            if found is not None:
                units[column] = found
        newest = _newest(windows, look_back, units)
        n_samples, n_steps, n_targets = *newest.shape[:2], len(columns)
        others = np.delete(newest, columns, axis=2).reshape(n_samples * n_steps, -1)
        row_weight = np.ones(n_samples) if weight is None else weight
        covariates = CovariateScaler.learn(others, np.repeat(row_weight, n_steps))
        targets = np.moveaxis(future, 2, 0).reshape(n_targets, -1)
        value_weight = np.tile(np.repeat(row_weight, future.shape[1]), n_targets)
        smallest = smallest_units(
            targets.ravel(), np.full(n_targets, targets.shape[1]), value_weight
        )
        return cls(
            columns,
            units,
            [(1.0, 0.0)] * n_targets,
            look_back,
            future.shape[1],
            y.shape[1:],
            covariates,
            smallest,
            is_continued=set(units) == set(columns),
        )

    def standardized(
        self, windows: np.ndarray, y: np.ndarray, weight: np.ndarray | None
    ) -> GivenSource:
        """Learn targets by their own mean and deviation, and not by what comes before them."""
        future = y.reshape(len(y), self.horizon, -1)
        newest = windows[:, -self.look_back :]
        units = {}
        for column in self.columns:
            mean, deviation = _moments(newest[:, :, column], weight)
            units[column] = 1 / deviation, -mean / deviation
        targets = (_moments(each, weight) for each in np.moveaxis(future, 2, 0))
        target_units = [(deviation, mean) for mean, deviation in targets]
        smallest = np.ones_like(self.smallest)
        return replace(self, units=units, target_units=target_units, smallest=smallest)

    def windows(
        self,
        windows: np.ndarray,
        y: np.ndarray | None = None,
        weight: np.ndarray | None = None,
        rows: slice = slice(None),
    ) -> GivenWindows:
        """Take windows, and what followed them."""
        following = None
        if y is not None:
            slope, intercept = np.transpose(self.target_units)
            following = (y.reshape(len(y), self.horizon, -1) - intercept) / slope
        return GivenWindows(
            _newest(windows, self.look_back, self.units),
            self.columns,
            self.covariates,
            self.smallest,
            horizon=self.horizon,
            following=following,
            sample_weight=None if weight is None else weight / weight.mean(),
            rows=rows,
        )

    def parts(
        self, windows: np.ndarray, y: np.ndarray, weight: np.ndarray | None, fraction: float | None
    ) -> Parts:
        """Split windows in time order: the newest are held out, if any."""
        n_samples = len(windows)
        everything = self.windows(windows, y, weight)
        n_held_out = 0 if fraction is None else int(np.ceil(fraction * n_samples))
        # Windows whose future overlaps with that of held-out ones are left out.
        n_before = n_samples - n_held_out - (self.horizon - 1)
        size = None if self.is_continued else float(y.std() / self.target_units[0][0]) or None
        if n_held_out == 0 or n_before < 1:
            return Parts(everything, size=size)
        before = self.windows(windows, y, weight, slice(n_before))
        held_out = self.windows(windows, y, weight, slice(n_samples - n_held_out, None))
        return Parts(everything, (before, before, held_out), size)

    def is_far_off(self, windows: np.ndarray, y: np.ndarray) -> bool:
        """Tell whether a target goes on much farther from its past than from its own mean."""
        past = _newest(windows, self.look_back, self.units)[:, :, self.columns]
        first = y.reshape(len(y), self.horizon, -1)[:, 0]
        distance = np.abs(past - first[:, None]).min(axis=1).mean(axis=0)
        spread = np.abs(first - first.mean(axis=0)).mean(axis=0)
        return bool(((distance > FAR_OFF * spread) & (spread > 0)).any())

    def predict(self, forecaster: Callable, windows: np.ndarray) -> np.ndarray:
        """Forecast what follows windows, shape (n_windows, *future_shape, 1 + n_quantiles)."""
        n_windows, n_targets = len(windows), len(self.columns)
        found = forecaster(self.windows(windows), lambda number: f"X[{number % n_windows}]")
        values = found.to_units()
        # (n_targets * n_windows, horizon, n) -> (n_windows, horizon, n_targets, n)
        by_target = np.moveaxis(values.reshape(n_targets, n_windows, *values.shape[1:]), 0, 2)
        slope, intercept = (each[:, None] for each in np.transpose(self.target_units))
        return (by_target * slope + intercept).reshape(n_windows, *self.future_shape, -1)


def _newest(windows: np.ndarray, look_back: int, units: dict[int, Units]) -> np.ndarray:
    """Take the last steps of windows, the columns of targets in the units of those."""
    return to_units(windows[:, -look_back:].astype(np.float64, copy=False), units)


def _moments(values: np.ndarray, weight: np.ndarray | None) -> tuple[float, float]:
    """Compute mean and deviation of values of shape (n_samples, n_steps); 1 for no deviation."""
    mean = np.average(values.mean(axis=1), weights=weight)
    deviation = np.sqrt(np.average(np.square(values - mean).mean(axis=1), weights=weight))
    return float(mean), float(deviation) or 1.0
