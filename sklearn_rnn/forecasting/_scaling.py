"""Windows in the frame of reference that a forecast is made in, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ._smallest import SMALLEST_SHARE

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


class Frame(NamedTuple):
    """Frame of reference of each window of a batch.

    Parameters
    ----------
    size : ndarray of shape (n_windows, 1)
        Mean absolute value, in the units of the series.

    level, unit : ndarray of shape (n_windows, 1)
        Origin and unit, on the scale of the window: of values, or of their logarithms.
    """

    size: np.ndarray
    level: np.ndarray
    unit: np.ndarray


class ScaledWindows(NamedTuple):
    """Windows in their frames.

    Parameters
    ----------
    frame : Frame
        The frames.

    values : ndarray of shape (n_windows, look_back)
        Values, without gaps.

    rest : ndarray of shape (n_windows, look_back)
        Values without their season, without gaps.

    path : ndarray of shape (n_windows, horizon)
        What smoothing says comes next.

    error : ndarray of shape (n_windows, 1)
        What errors of forecasts grow with.

    features : ndarray of shape (n_windows, n_features)
        What else there is to tell of a window.
    """

    frame: Frame
    values: np.ndarray
    rest: np.ndarray
    path: np.ndarray
    error: np.ndarray
    features: np.ndarray


@dataclass(frozen=True)
class Scaling:
    """How windows are brought to a common scale.

    Parameters
    ----------
    kind : {"logarithm", "linear", "fixed"}
        Whether steps are differences of logarithms or of values, relative to each window; or
        whether values stay as they are, for targets that do not continue their window.

    seasons : tuple of int
        Lengths of the seasons.

    horizon : int
        Number of steps that follow.

    center, deviation : ndarray of shape (n_features,), default=None
        Mean and deviation of the features.

    largest_weight : float, default=inf
        Weights of windows are no larger.

    usual_unit : float, default=1.0
        Median unit of windows.
    """

    kind: str
    seasons: tuple[int, ...]
    horizon: int
    center: np.ndarray | None = None
    deviation: np.ndarray | None = None
    largest_weight: float = np.inf
    usual_unit: float = 1.0

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

        Parameters
        ----------
        windows : ndarray of shape (n_windows, look_back), dtype float64
            Values, NaN where one is missing; each window has one.

        smallest : ndarray of shape (n_windows, 1)
            Unit of windows that vary less.
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

    def effects(self, frame: Frame, smallest: np.ndarray) -> np.ndarray:
        """Measure, in the frames of windows, what is alike for all windows of a series.

        What a covariate adds does not grow with what a window happens to vary by: it is told in
        the scale of the series, or as a share of the values where logarithms are learnt.

        Returns
        -------
        effects : ndarray of shape (n_windows, 1)
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


def weighted_quantile(values: np.ndarray, level: float, weight: np.ndarray) -> float:
    """Find the smallest value that a share of the weight lies at or below."""
    order = np.argsort(values)
    share = np.cumsum(weight[order]) / weight.sum()
    # A little less, since sums of weights are not exact.
    return float(values[order][np.searchsorted(share, level - 1e-9)])
