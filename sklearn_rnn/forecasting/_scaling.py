"""Windows and covariates on common scales, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from sklearn_rnn.sequences import weighted_quantile

from ._clock import row_parts

# A logarithm is taken of values plus this share of their mean size, so that zeros have one.
OFFSET = 0.2
SMALLEST_LOG = 1e-3
# What lies this many units away pulls no harder than what is nearer.
LARGEST = 30.0
# A season may be this large beside what is left without it.
LARGEST_VALUE = 300.0
# The smoothed path is told to the network at so many of its steps.
N_PATH_STEPS = 5
TINY = 1e-12
# Scales of windows that differ more from that of their series are no measure of effects.
LARGEST_EFFECT = 10.0
# Windows that change less than their series by this factor do not count as varying more.
SMALLEST_SHARE = 0.05


class Frame(NamedTuple):
    """Frame of reference of each window of a batch; all have shape (n_windows, 1)."""

    size: np.ndarray  # mean absolute value, in the units of the series
    level: np.ndarray  # origin on the scale of the window: of values, or of their logarithms
    unit: np.ndarray  # unit on that scale


class ScaledWindows(NamedTuple):
    """Windows in their frames."""

    frame: Frame
    values: np.ndarray  # (n_windows, look_back), without gaps
    rest: np.ndarray  # (n_windows, look_back), values without their season, without gaps
    path: np.ndarray  # (n_windows, horizon), what smoothing says comes next
    error: np.ndarray  # (n_windows, 1), what errors of forecasts grow with
    features: np.ndarray  # (n_windows, n_features), what else there is to tell of a window


@dataclass(frozen=True)
class Scaling:
    """How windows are brought to a common scale.

    Its kind tells whether steps are differences of values ("linear") or of "logarithm"s, relative
    to each window, or whether values stay as they are ("fixed"), for targets that do not continue
    their window.
    """

    kind: str
    seasons: tuple[int, ...]  # their lengths
    horizon: int
    center: np.ndarray | None = None  # mean of the features
    deviation: np.ndarray | None = None  # and their deviation
    largest_weight: float = np.inf  # of windows
    usual_unit: float = 1.0  # median unit of windows
    error_power: float = 1.0  # how far errors go by what smoothing errs by in a window

    def learn(
        self, windows: np.ndarray, smallest: np.ndarray, sample_weight: np.ndarray | None = None
    ) -> Scaling:
        """Learn the scale of features and weights from windows seen in fit."""
        scaled = self.scale(windows, smallest)
        row_weight = np.ones(len(windows)) if sample_weight is None else sample_weight
        center = np.average(scaled.features, axis=0, weights=row_weight)
        variance = np.average((scaled.features - center) ** 2, axis=0, weights=row_weight)
        largest = weighted_quantile(self.weights(scaled.frame), 0.95, row_weight)
        return replace(
            self,
            center=center,
            deviation=np.sqrt(np.where(variance > 1e-12, variance, 1.0)),
            largest_weight=largest if largest > 0 else np.inf,
            usual_unit=weighted_quantile(scaled.frame.unit[:, 0], 0.5, row_weight),
        )

    def scale(self, windows: np.ndarray, smallest: np.ndarray) -> ScaledWindows:
        """Bring windows to their frames.

        They have shape (n_windows, look_back), NaN where a value is missing, but one value each.
        Those that vary less than `smallest`, of shape (n_windows, 1), have that for a unit.
        """
        # Numba, which compiles these, takes half a second to load.
        from ._decomposition import decompose
        from ._smoothing import smooth

        known = np.isfinite(windows)
        size = np.abs(np.where(known, windows, 0)).sum(axis=1, keepdims=True)
        size = np.maximum(size / np.maximum(known.sum(axis=1, keepdims=True), 1), smallest)
        start = self._transform(windows, size)
        filled, rest, level, unit = decompose(start, () if self.kind == "fixed" else self.seasons)
        if self.kind == "fixed":
            level, unit, error = np.zeros_like(level), np.ones_like(unit), np.ones_like(unit)
            path, features = np.zeros((len(windows), self.horizon)), np.zeros((len(windows), 0))
            frame = Frame(np.ones_like(size), level, unit)
            return ScaledWindows(frame, filled, rest, path, error, features)
        if self.kind == "logarithm":
            smallest = smallest / ((1 + OFFSET) * size)
        unit = np.maximum(unit, smallest)
        # Relative to the level, so that it takes no digits from what is small beside it.
        path, error = smooth(start - level, self.seasons, self.horizon)
        frame = Frame(size, level, unit)
        path = path / unit
        steps = np.linspace(0, self.horizon - 1, min(N_PATH_STEPS, self.horizon)).astype(int)
        error = np.maximum(error[:, None], smallest) / unit
        usual = self.usual(frame)
        error = usual * (error / usual) ** self.error_power
        features = np.concatenate(
            [
                np.log(self.weights(frame)[:, None] + TINY),
                known.mean(axis=1, keepdims=True),
                (rest[:, -1:] - level) / unit,
                path[:, steps],
            ],
            axis=1,
        ).clip(-LARGEST, LARGEST)
        if self.center is not None:
            features = (features - self.center) / self.deviation
        values, rest = (
            np.clip((each - level) / unit, -LARGEST_VALUE, LARGEST_VALUE) for each in (filled, rest)
        )
        return ScaledWindows(frame, values, rest, path, error, features)

    def weights(self, frame: Frame) -> np.ndarray:
        """Weigh windows, shape (n_windows,), by what their unit is relative to their size."""
        unit = frame.unit / frame.size if self.kind == "linear" else frame.unit
        return np.minimum(unit[:, 0], self.largest_weight)

    def usual(self, frame: Frame) -> np.ndarray:
        """Measure, in the frames of windows, what errors go by besides those of smoothing.

        That is what a value changes by from step to step: its usual share of the values where
        logarithms are learnt, and else that of each window.
        """
        return (
            self.usual_unit / frame.unit if self.kind == "logarithm" else np.ones_like(frame.unit)
        )

    def effects(self, frame: Frame, smallest: np.ndarray) -> np.ndarray:
        """Measure, in the frames of windows, what is alike for all windows of a series.

        What a covariate adds does not grow with what a window happens to vary by: it is told in
        the scale of the series, or as a share of the values where logarithms are learnt.
        """
        if self.kind == "fixed":
            return np.ones_like(frame.unit)
        usual = smallest / SMALLEST_SHARE if self.kind == "linear" else self.usual_unit
        return np.clip(usual / frame.unit, 1 / LARGEST_EFFECT, LARGEST_EFFECT)

    def to_frame(self, values: np.ndarray, frame: Frame) -> np.ndarray:
        """Bring what follows the windows, shape (n_windows, n_steps), to their frames."""
        return (self._transform(values, frame.size) - frame.level) / frame.unit

    def from_frame(self, values: np.ndarray, frame: Frame) -> np.ndarray:
        """Bring forecasts of shape (n_windows, ...) back to the units of the series."""
        size, level, unit = (each.reshape(len(values), *[1] * (values.ndim - 1)) for each in frame)
        values = level + unit * values
        if self.kind != "logarithm":
            return values
        with np.errstate(over="ignore"):
            # Nothing was below zero that it was learnt from.
            return np.maximum(size * (np.exp(values) - OFFSET), 0.0)

    def _transform(self, values: np.ndarray, size: np.ndarray) -> np.ndarray:
        if self.kind != "logarithm":
            return values
        with np.errstate(invalid="ignore"):
            return np.log(np.maximum(values / size + OFFSET, SMALLEST_LOG))


def smallest_units(
    values: np.ndarray, lengths: np.ndarray, weight: np.ndarray | None = None
) -> np.ndarray:
    """Choose the smallest unit of the windows of each of several series, one after another.

    Values and their weights have shape (n_times_in_all,), with NaN where a value is missing.
    """
    starts = np.cumsum(lengths) - lengths
    known = np.isfinite(values) * (1.0 if weight is None else weight)
    filled = np.nan_to_num(values.astype(np.float64))
    total = np.maximum(np.add.reduceat(known, starts), 1e-12)
    with np.errstate(over="ignore", invalid="ignore"):
        mean = np.add.reduceat(filled * known, starts) / total
        squares = np.square(filled - np.repeat(mean, lengths)) * known
        deviation = np.sqrt(np.add.reduceat(squares, starts) / total)
    if not np.isfinite(deviation).all():
        raise ValueError(
            f"Values from {filled.min():.4g} to {filled.max():.4g} are too large to forecast: "
            "their standard deviation cannot be computed."
        )
    # Of a constant series, what rounding errors are.
    smallest = np.maximum(SMALLEST_SHARE * deviation, 1e-12 * np.abs(mean))
    return np.maximum(smallest, 1e-300)


@dataclass(frozen=True)
class CovariateScaler:
    """Mean and deviation of those covariates that vary."""

    varies: np.ndarray  # (n_covariates,), which of them are not constant, and used
    mean: np.ndarray  # (n_used,)
    deviation: np.ndarray  # (n_used,)

    @classmethod
    def learn(cls, values: np.ndarray, weight: np.ndarray | None = None) -> CovariateScaler:
        """Learn from values of shape (n_rows, n_covariates), NaN where one is missing."""
        with np.errstate(over="ignore", invalid="ignore"):
            mean = _average(values, weight, lambda part: part)
            deviation = np.sqrt(_average(values, weight, lambda part: np.square(part - mean)))
        if not np.isfinite(deviation).all():
            raise ValueError(
                f"Covariates from {np.nanmin(values):.4g} to {np.nanmax(values):.4g} are too "
                "large: their standard deviation cannot be computed."
            )
        varies = deviation > 1e-12 * np.abs(mean)
        return cls(varies, mean[varies], deviation[varies])

    def scale(self, values: np.ndarray) -> np.ndarray:
        """Standardize values of shape (..., n_covariates); what is missing becomes the mean."""
        # What is too large to compute with has no finite forecast.
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (values[..., self.varies] - self.mean) / self.deviation
        return np.where(np.isnan(scaled), 0.0, scaled)

    def scale_last(self, values: np.ndarray) -> np.ndarray:
        """Standardize values of the last covariates alone, as :meth:`scale` does all."""
        n_before = len(self.varies) - values.shape[-1]
        n_used = self.varies[n_before:].sum()
        first = len(self.mean) - n_used
        last = CovariateScaler(self.varies[n_before:], self.mean[first:], self.deviation[first:])
        return last.scale(values)


def _average(
    values: np.ndarray, weight: np.ndarray | None, function: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Average a function of the known values of each column, part by part to save memory."""
    total, sums = np.zeros((2, values.shape[1]))
    for rows in row_parts(len(values)):
        known = np.isfinite(values[rows]) * (1.0 if weight is None else weight[rows, None])
        filled = np.nan_to_num(values[rows].astype(np.float64))
        total += known.sum(axis=0)
        sums += (function(filled) * known).sum(axis=0)
    return sums / np.maximum(total, 1e-12)
