"""Windows of any source as batches on a common scale, and the way back of what is forecast."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import torch

from sklearn_rnn.sequences import weighted_quantile
from sklearn_rnn.training import Batch, BatchData

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
# So many windows are enough for the recurrent network to learn from.
MAX_DRAWN = 100_000
N_DRAWN_AT_ONCE = 1024


class RawWindows(NamedTuple):
    """Windows in the units of the series, NaN where a value is missing or not known."""

    values: np.ndarray  # (n_windows, look_back)
    following: np.ndarray  # (n_windows, horizon), what follows
    smallest: np.ndarray  # (n_windows, 1), unit of windows that vary less
    past: np.ndarray  # (n_windows, look_back, n_past), standardized covariates over the window
    future: np.ndarray  # (n_windows, horizon, n_future), those known ahead, over the horizon
    sample_weight: np.ndarray | None = None  # (n_windows,)


class WindowSource(ABC):
    """What windows are taken from: as many of each target, one target after the other."""

    look_back: int
    horizon: int
    n_targets: int
    n_per_target: int  # windows of each

    def __len__(self) -> int:
        return self.n_targets * self.n_per_target

    def find_target(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Tell the targets of numbered windows, and their numbers among those of the target."""
        return np.divmod(rows, max(self.n_per_target, 1))

    @abstractmethod
    def take(self, rows: np.ndarray) -> RawWindows:
        """Take windows by their numbers."""

    @abstractmethod
    def name(self, row: int) -> str:
        """Name what follows a window, for error messages."""


# Windows whose horizon ends before what is held out, those of which at least one step lies before
# it, and those held out.
Rehearsal = tuple[WindowSource, WindowSource, WindowSource]


@dataclass(frozen=True)
class Parts:
    """Windows to learn from: all, and those to rehearse with, if some are held out."""

    everything: WindowSource
    rehearsal: Rehearsal | None = None
    size: float | None = None  # that errors are compared in; None for the size of each window


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
    seasons: tuple[int, ...]  # their lengths, in rising order
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
        from ._smoothing import decompose, smooth

        if self.kind == "fixed":
            filled, rest, _, level, _ = decompose(windows, (), self.horizon)
            zero, one = np.zeros_like(level), np.ones_like(level)
            path, features = np.zeros((len(windows), self.horizon)), np.zeros((len(windows), 0))
            return ScaledWindows(Frame(one, zero, one), filled, rest, path, one, features)
        known = np.isfinite(windows)
        size = np.abs(np.where(known, windows, 0)).sum(axis=1, keepdims=True)
        size = np.maximum(size / np.maximum(known.sum(axis=1, keepdims=True), 1), smallest)
        start = self._transform(windows, size)
        filled, rest, longer, level, unit = decompose(start, self.seasons, self.horizon)
        if self.kind == "logarithm":
            smallest = smallest / ((1 + OFFSET) * size)
        frame = Frame(size, level, np.maximum(unit, smallest))
        filled, rest = ((each - level) / frame.unit for each in (filled, rest))
        # Relative to the level, so that it takes no digits from what is small beside it.
        before, after = np.split(longer, [windows.shape[1]], axis=1)
        path, error = smooth(start - level - before, self.seasons[:1], self.horizon)
        path, error = (path + after) / frame.unit, np.maximum(error[:, None], smallest) / frame.unit
        usual = self.usual(frame)
        error = usual * (error / usual) ** self.error_power
        features = self._features(frame, known, rest, path)
        values, rest = (np.clip(each, -LARGEST_VALUE, LARGEST_VALUE) for each in (filled, rest))
        return ScaledWindows(frame, values, rest, path, error, features)

    def _features(
        self, frame: Frame, known: np.ndarray, rest: np.ndarray, path: np.ndarray
    ) -> np.ndarray:
        """Tell the weight, the share of known values, the end of a window, and the path."""
        steps = np.linspace(0, self.horizon - 1, min(N_PATH_STEPS, self.horizon)).astype(int)
        weight = np.log(self.weights(frame)[:, None] + TINY)
        parts = [weight, known.mean(axis=1, keepdims=True), rest[:, -1:], path[:, steps]]
        features = np.concatenate(parts, axis=1).clip(-LARGEST, LARGEST)
        return features if self.center is None else (features - self.center) / self.deviation

    def weights(self, frame: Frame) -> np.ndarray:
        """Weigh windows, shape (n_windows,), by what their unit is relative to their size."""
        unit = frame.unit / frame.size if self.kind == "linear" else frame.unit
        return np.minimum(unit[:, 0], self.largest_weight)

    def usual(self, frame: Frame) -> np.ndarray:
        """Measure, in the frames of windows, what a value usually changes by from step to step.

        That is a usual share of the values where logarithms are learnt, and else that of each.
        """
        if self.kind == "logarithm":
            return self.usual_unit / frame.unit
        return np.ones_like(frame.unit)

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


def relative_kinds(targets: list[np.ndarray]) -> tuple[str, ...]:
    """List the kinds of :class:`Scaling` to try for targets that continue their windows."""
    lowest = min(np.nanmin(each) for each in targets)
    highest = max(np.nanmax(each) for each in targets)
    return ("logarithm", "linear") if lowest >= 0 and highest > 0 else ("linear",)


def smallest_units(values: np.ndarray, lengths: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Choose the smallest unit of the windows of each of several series, one after another.

    Values and their weights have shape (n_times_in_all,), with NaN where a value is missing.
    """
    starts = np.cumsum(lengths) - lengths
    known = np.isfinite(values) * weight.astype(np.float64)
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
    """Mean and deviation of covariates, and which of them are not constant, and used."""

    mean: np.ndarray  # (n_covariates,)
    deviation: np.ndarray  # (n_covariates,)
    varies: np.ndarray  # (n_covariates,)

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
        return cls(mean, deviation, deviation > 1e-12 * np.abs(mean))

    def scale(self, values: np.ndarray) -> np.ndarray:
        """Standardize values of shape (..., n_covariates), those of all or of the last ones.

        What is missing becomes the mean.
        """
        first = len(self.varies) - values.shape[-1]
        used = first + np.flatnonzero(self.varies[first:])
        # What is too large to compute with has no finite forecast.
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (values[..., used - first] - self.mean[used]) / self.deviation[used]
        return np.where(np.isnan(scaled), 0.0, scaled)


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


class WindowData(BatchData):
    """Windows on a common scale, as tensors of the dtype and on the device of the network."""

    def __init__(
        self,
        source: WindowSource,
        scaling: Scaling,
        *,
        dtype: torch.dtype,
        device: torch.device | str,
    ) -> None:
        self.source, self.scaling, self.dtype, self.device = source, scaling, dtype, device
        self.n_steps = source.look_back
        raw = source.take(np.arange(min(1, len(source))))
        n_columns = 3 + raw.past.shape[2] + raw.future.shape[2]
        self.row_bytes = (source.look_back + source.horizon) * n_columns * dtype.itemsize

    def __len__(self) -> int:
        return len(self.source)

    def drawn(self, n_read: int, generator: torch.Generator) -> DrawnWindows:
        """Draw windows once, to learn from their newest steps in each epoch.

        Of very many, one of each stretch of neighbours is drawn at random.
        """
        rows = torch.arange(min(len(self), MAX_DRAWN))
        if len(self) > MAX_DRAWN:
            place = torch.rand(MAX_DRAWN, generator=generator, dtype=torch.float64)
            rows = ((rows + place) * (len(self) / MAX_DRAWN)).long()
        return DrawnWindows(self, rows, n_read)

    def __getitem__(self, index: Any) -> Batch:
        """Take windows, by a slice, their numbers, or one number, and what follows them.

        The inputs are those that :class:`ForecastNetwork` reads, the "weight" of each window in the
        loss, and its "frame". What follows, shape (n_windows, horizon), is in that frame.
        """
        if isinstance(index, slice):
            index = np.arange(*index.indices(len(self)))
        raw = self.source.take(np.asarray(index).reshape(-1))
        scaled = self.scaling.scale(raw.values, raw.smallest)
        weight = self.scaling.weights(scaled.frame)
        if raw.sample_weight is not None:
            weight = weight * raw.sample_weight
        arrays = {**scaled._asdict(), "observed": np.isfinite(raw.values), "weight": weight}
        del arrays["frame"]
        effects = self.scaling.effects(scaled.frame, raw.smallest)[:, :, None]
        covariates = {"past": raw.past, "future": raw.future}
        arrays |= {name: each * effects for name, each in covariates.items() if each.shape[2]}
        inputs = {name: self._tensor(each) for name, each in arrays.items()}
        # The way back needs all digits.
        inputs["frame"] = torch.as_tensor(np.concatenate(scaled.frame, axis=1))
        return inputs, self._tensor(self.scaling.to_frame(raw.following, scaled.frame))

    def frame(self, inputs: dict[str, torch.Tensor]) -> Frame:
        """Read the frames of the windows of a batch."""
        return Frame(*np.split(inputs["frame"].cpu().numpy(), 3, axis=1))

    def _tensor(self, array: np.ndarray) -> torch.Tensor:
        return torch.as_tensor(array).to(self.device, self.dtype)


class DrawnWindows(BatchData):
    """Numbered windows of :class:`WindowData` as tensors, with their newest `n_read` steps."""

    def __init__(self, windows: WindowData, rows: torch.Tensor, n_read: int) -> None:
        like, y = _newest(windows[:1], n_read)
        self.inputs = {
            name: each.new_empty(len(rows), *each.shape[1:]) for name, each in like.items()
        }
        self.y = y.new_empty(len(rows), *y.shape[1:])
        for start in range(0, len(rows), N_DRAWN_AT_ONCE):
            part = slice(start, start + N_DRAWN_AT_ONCE)
            inputs, self.y[part] = _newest(windows[rows[part]], n_read)
            for name, each in inputs.items():
                self.inputs[name][part] = each
        self.n_steps = n_read
        self.row_bytes = sum(each[0].nbytes for each in self.inputs.values()) + self.y[0].nbytes

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, index: Any) -> Batch:
        """Take windows: a slice, or a tensor of their numbers."""
        rows = index if isinstance(index, slice) else index.to(self.y.device)
        return {name: each[rows] for name, each in self.inputs.items()}, self.y[rows]


def _newest(batch: Batch, n_read: int) -> Batch:
    """Keep the newest steps of a batch, and leave out what the recurrent network does not read."""
    inputs, y = batch
    kept = {name: each for name, each in inputs.items() if name not in ("values", "frame")}
    for name in ("rest", "observed", "past"):
        if name in kept:
            kept[name] = kept[name][:, -n_read:]
    return kept, y


@dataclass(frozen=True)
class Forecasts:
    """Forecasts in the frames of their windows, and the way back to the units of the series."""

    n_targets: int
    scaling: Scaling
    frame: Frame
    values: np.ndarray  # (n_windows, horizon, 1 + n_quantiles), forecasts and their quantiles
    error: np.ndarray  # (n_windows, 1), what errors of forecasts grow with

    def to_units(self) -> np.ndarray:
        """Bring the values back.

        Targets get an axis: the shape is (n_windows_per_target, horizon, n_targets, n_values).
        """
        values = self.scaling.from_frame(self.values, self.frame)
        return np.moveaxis(values.reshape(self.n_targets, -1, *values.shape[1:]), 0, 2)
