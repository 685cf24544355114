"""Windows of the user, each with what follows it: rows of a table, as for any regressor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ._batches import CovariateScaler, Forecasts, Parts, RawWindows, WindowSource, smallest_units

# A target that goes on this many times as far from its past as from its own mean is no
# continuation of it, or not in its units.
FAR_OFF = 3.0
# Slope and intercept of a straight line.
Units = tuple[float, float]


class Samples(NamedTuple):
    """Windows of the user, and what is known of each."""

    windows: np.ndarray  # (n_samples, n_steps, n_columns)
    future: np.ndarray  # (n_samples, horizon, n_targets), what follows; NaN if it is not known
    weight: np.ndarray | None = None  # (n_samples,)

    def take(self, rows: slice | np.ndarray) -> Samples:
        """Take some of them."""
        weight = None if self.weight is None else self.weight[rows]
        return Samples(self.windows[rows], self.future[rows], weight)


class GivenWindows(WindowSource):
    """Windows as they were given, one target after the other; other columns are covariates."""

    def __init__(self, source: GivenSource, samples: Samples) -> None:
        self.source, self.samples = source, samples
        self.look_back, self.horizon = source.look_back, source.horizon
        self.n_targets, self.n_per_target = len(source.columns), len(samples.windows)

    def name(self, row: int) -> str:
        """Name a window, for error messages."""
        return f"X[{row % self.n_per_target}]"

    def take(self, rows: np.ndarray) -> RawWindows:
        """Take windows by their numbers."""
        target, rows = self.find_target(rows)
        windows, future, weight = self.samples.take(rows)
        columns = np.asarray(self.source.columns)
        values, following = (
            np.take_along_axis(each, column[:, None, None], axis=2)[:, :, 0]
            for each, column in ((windows, columns[target]), (future, target))
        )
        return RawWindows(
            values.astype(np.float64),
            following,
            self.source.smallest[target][:, None],
            past=self.source.covariates.scale(np.delete(windows, columns, axis=2)),
            future=np.zeros((len(rows), self.horizon, 0)),
            sample_weight=weight,
        )


@dataclass(frozen=True)
class GivenSource:
    """Where windows hold the past of the targets, and in which units and scales."""

    columns: list[int]  # column of each target
    units: dict[int, Units]  # that bring scaled columns to the units of their targets
    target_units: list[Units]  # that bring each target back from the units that it is learnt in
    look_back: int
    horizon: int
    future_shape: tuple[int, ...]  # of what follows a window, as it was given
    covariates: CovariateScaler
    smallest: np.ndarray  # (n_targets,), smallest unit of the windows of each
    is_continued: bool  # whether each target goes on where its windows end
    lowest: float  # what no forecast lies below

    @classmethod
    def learn(
        cls,
        windows: np.ndarray,
        y: np.ndarray,
        weight: np.ndarray | None,
        look_back: int,
        lowest: float,
    ) -> tuple[GivenSource, Samples]:
        """Learn from all windows seen in fit, and return these with what followed them."""
        future, columns = align_future(windows, y)
        units = {}
        for target, column in enumerate(columns):
            found = find_units(windows[:, -1, column], future[:, 0, target])
            if found is not None:
                units[column] = found
        newest = to_units(windows[:, -look_back:], units)
        n_samples, n_steps, n_targets = *newest.shape[:2], len(columns)
        others = np.delete(newest, columns, axis=2).reshape(n_samples * n_steps, -1)
        row_weight = np.ones(n_samples) if weight is None else weight
        targets = np.moveaxis(future, 2, 0).reshape(n_targets, -1)
        value_weight = np.tile(np.repeat(row_weight, future.shape[1]), n_targets)
        lengths = np.full(n_targets, targets.shape[1])
        source = cls(
            columns,
            units,
            [(1.0, 0.0)] * n_targets,
            look_back,
            future.shape[1],
            y.shape[1:],
            CovariateScaler.learn(others, np.repeat(row_weight, n_steps)),
            smallest_units(targets.ravel(), lengths, value_weight),
            is_continued=set(units) == set(columns),
            lowest=lowest,
        )
        return source, Samples(windows, future, weight)

    def standardized(self, samples: Samples) -> GivenSource:
        """Learn targets by their own mean and deviation, and not by what comes before them."""
        windows, future, weight = samples
        units = {}
        for column in self.columns:
            mean, deviation = _moments(windows[:, -self.look_back :, column], weight)
            units[column] = 1 / deviation, -mean / deviation
        targets = (_moments(each, weight) for each in np.moveaxis(future, 2, 0))
        target_units = [(deviation, mean) for mean, deviation in targets]
        smallest = np.ones_like(self.smallest)
        return replace(self, units=units, target_units=target_units, smallest=smallest)

    def windows(self, samples: Samples) -> GivenWindows:
        """Bring windows, and what followed them, to the units that they are learnt in."""
        windows, future, weight = samples
        slope, intercept = np.transpose(self.target_units)
        weight = None if weight is None else weight / weight.mean()
        newest = to_units(windows[:, -self.look_back :], self.units)
        return GivenWindows(self, Samples(newest, (future - intercept) / slope, weight))

    def parts(self, samples: Samples, fraction: float | None) -> Parts:
        """Split windows in time order: the newest are held out, if any."""
        n_samples = len(samples.windows)
        everything = self.windows(samples)
        n_held_out = 0 if fraction is None else int(np.ceil(fraction * n_samples))
        # Windows whose future overlaps with that of held-out ones are left out.
        n_before = n_samples - n_held_out - (self.horizon - 1)
        size = None
        if not self.is_continued:
            size = float(samples.future.std() / self.target_units[0][0]) or None
        if n_held_out == 0 or n_before < 1:
            return Parts(everything, size=size)
        before, held_out = (
            GivenWindows(self, everything.samples.take(rows))
            for rows in (slice(n_before), slice(n_samples - n_held_out, None))
        )
        return Parts(everything, (before, before, held_out), size)

    def is_far_off(self, samples: Samples) -> bool:
        """Tell whether a target goes on much farther from its past than from its own mean."""
        newest = to_units(samples.windows[:, -self.look_back :], self.units)
        past = newest[:, :, self.columns]
        first = samples.future[:, 0]
        distance = np.abs(past - first[:, None]).min(axis=1).mean(axis=0)
        spread = np.abs(first - first.mean(axis=0)).mean(axis=0)
        return bool(((distance > FAR_OFF * spread) & (spread > 0)).any())

    def predict(
        self, forecaster: Callable[[WindowSource], Forecasts], windows: np.ndarray
    ) -> np.ndarray:
        """Forecast what follows windows, shape (n_windows, *future_shape, 1 + n_quantiles)."""
        unknown = np.full((len(windows), self.horizon, len(self.columns)), np.nan)
        values = forecaster(self.windows(Samples(windows, unknown))).to_units()
        slope, intercept = (each[:, None] for each in np.transpose(self.target_units))
        bounded = np.maximum(values * slope + intercept, self.lowest)
        return bounded.reshape(len(windows), *self.future_shape, -1)


def _moments(values: np.ndarray, weight: np.ndarray | None) -> tuple[float, float]:
    """Compute mean and deviation of values of shape (n_samples, n_steps); 1 for no deviation."""
    mean = np.average(values.mean(axis=1), weights=weight)
    deviation = np.sqrt(np.average(np.square(values - mean).mean(axis=1), weights=weight))
    return float(mean), float(deviation) or 1.0


def align_future(windows: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Bring y to shape (n_samples, horizon, n_targets), and find the column of each target.

    Those are all columns in their order or, for a single target, the one that it continues, be it
    in other units, or else the one whose last value comes nearest to it on average.
    """
    n_columns = windows.shape[2]
    if y.ndim > 3:
        raise ValueError(f"y must have at most 3 dimensions. Got shape {y.shape}.")
    if y.ndim == 3:
        if y.shape[2] != n_columns:
            raise ValueError(
                f"y has {y.shape[2]} columns in its last dimension, but the windows X have "
                f"{n_columns}. Give y of shape (n_samples, horizon) for a single target."
            )
        return y, list(range(n_columns))
    future = y.reshape(len(y), -1, 1)
    last, first = windows[:, -1], future[:, 0, 0]
    for column in range(n_columns):
        if find_units(last[:, column], first) is not None:
            return future, [column]
    distances = np.abs(last - first[:, None]).mean(axis=0)
    return future, [int(distances.argmin())]


def find_units(last: np.ndarray, first: np.ndarray) -> Units | None:
    """Find the units in which a target continues a column that was shifted or scaled, if it does.

    In time order, what follows a window, here `first`, is the last value of the next one. A scaler
    in front of the windows changes that to a straight line.
    """
    x, y = last[1:].astype(np.float64), first[:-1].astype(np.float64)
    tolerance = 1e-6 * np.ptp(y) if len(y) else 0.0
    if len(np.unique(x)) < 3 or tolerance == 0.0:
        return None
    if np.abs(y - x).max() <= tolerance:
        return 1.0, 0.0
    centered = x - x.mean()
    slope = float(centered @ y / (centered @ centered))
    intercept = float(y.mean() - slope * x.mean())
    return (slope, intercept) if np.abs(y - slope * x - intercept).max() <= tolerance else None


def to_units(windows: np.ndarray, units: dict[int, Units]) -> np.ndarray:
    """Bring columns of windows, given by number, to other units."""
    windows = windows.astype(np.float64, copy=bool(units))
    for column, (slope, intercept) in units.items():
        windows[:, :, column] = slope * windows[:, :, column] + intercept
    return windows
