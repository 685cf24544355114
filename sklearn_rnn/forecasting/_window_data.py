"""Look-back windows and what follows them, as batches on a common scale."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import numpy as np
import torch

from sklearn_rnn.training import Batch, BatchData

from ._origins import Origins
from ._scaling import CovariateScaler, Frame, ScaledWindows, Scaling
from ._table import Panel

# So many windows are enough for the recurrent network to learn from.
MAX_DRAWN = 200_000
N_DRAWN_AT_ONCE = 1024


class RawWindows(NamedTuple):
    """Windows in the units of the series.

    Parameters
    ----------
    values : ndarray of shape (n_windows, look_back)
        Values, NaN where one is missing.

    following : ndarray of shape (n_windows, horizon)
        What follows; NaN where it is not known.

    smallest : ndarray of shape (n_windows, 1)
        Unit of windows that vary less.

    past : ndarray of shape (n_windows, look_back, n_past)
        Standardized covariates over the window.

    future : ndarray of shape (n_windows, horizon, n_future)
        Those known ahead, over the horizon.

    sample_weight : ndarray of shape (n_windows,), default=None
        Weights.
    """

    values: np.ndarray
    following: np.ndarray
    smallest: np.ndarray
    past: np.ndarray
    future: np.ndarray
    sample_weight: np.ndarray | None = None


class WindowSource(ABC):
    """What windows are taken from."""

    look_back: int
    horizon: int

    @abstractmethod
    def __len__(self) -> int:
        """Count the windows."""

    @abstractmethod
    def take(self, rows: np.ndarray) -> RawWindows:
        """Take windows by their numbers."""


class SeriesWindows(WindowSource):
    """Windows of series, cut where the series lie in memory when they are asked for.

    Parameters
    ----------
    panel : Panel
        Series, with their covariates.

    origins : Origins
        From where each series is forecast, for all of its targets alike.

    covariates : CovariateScaler
        Scale of the covariates.

    smallest : ndarray of shape (n_targets, n_series)
        Unit of windows that vary less.

    look_back, horizon : int
        Number of time steps of a window, and of what follows.

    ahead : ndarray of shape (n_series, n_steps, n_future), default=None
        Covariates known ahead, after the last time step of each series.
    """

    def __init__(
        self,
        panel: Panel,
        origins: Origins,
        covariates: CovariateScaler,
        smallest: np.ndarray,
        *,
        look_back: int,
        horizon: int,
        ahead: np.ndarray | None = None,
    ) -> None:
        self.panel, self.origins, self.covariates = panel, origins, covariates
        self.smallest, self.ahead = smallest, ahead
        self.look_back, self.horizon = look_back, horizon
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


class GivenWindows(WindowSource):
    """Windows as they were given, one target after the other.

    Parameters
    ----------
    windows : ndarray of shape (n_samples, look_back, n_columns)
        Windows; columns that are no targets are covariates.

    columns : list of int
        Column of each target.

    covariates : CovariateScaler
        Scale of the covariates.

    smallest : ndarray of shape (n_targets,)
        Unit of windows that vary less.

    horizon : int
        Number of time steps that follow.

    following : ndarray of shape (n_samples, horizon, n_targets), default=None
        What follows, if that is known.

    sample_weight : ndarray of shape (n_samples,), default=None
        Weights.

    rows : slice, default=slice(None)
        Windows to take.
    """

    def __init__(
        self,
        windows: np.ndarray,
        columns: list[int],
        covariates: CovariateScaler,
        smallest: np.ndarray,
        *,
        horizon: int,
        following: np.ndarray | None = None,
        sample_weight: np.ndarray | None = None,
        rows: slice = slice(None),
    ) -> None:
        self.windows, self.columns, self.covariates = windows[rows], columns, covariates
        self.following = None if following is None else following[rows]
        self.sample_weight = None if sample_weight is None else sample_weight[rows]
        self.smallest, self.horizon = smallest, horizon
        self.look_back = windows.shape[1]
        self.others = np.setdiff1d(np.arange(windows.shape[2]), columns)

    def __len__(self) -> int:
        return len(self.columns) * len(self.windows)

    def take(self, rows: np.ndarray) -> RawWindows:
        """Take windows by their numbers."""
        target, rows = np.divmod(rows, max(len(self.windows), 1))
        windows = self.windows[rows]
        column = np.asarray(self.columns)[target]
        values = np.take_along_axis(windows, column[:, None, None], axis=2)[:, :, 0]
        following = np.full((len(rows), self.horizon), np.nan)
        if self.following is not None:
            following = np.take_along_axis(self.following[rows], target[:, None, None], axis=2)
            following = following[:, :, 0]
        past = self.covariates.scale(windows[:, :, self.others])
        weight = None if self.sample_weight is None else self.sample_weight[rows]
        future = np.zeros((len(rows), self.horizon, 0))
        smallest = self.smallest[target][:, None]
        return RawWindows(values.astype(np.float64), following, smallest, past, future, weight)


class WindowData(BatchData):
    """Windows on a common scale, as tensors.

    Parameters
    ----------
    source : WindowSource
        What the windows are taken from.

    scaling : Scaling
        How they are scaled.

    dtype : torch.dtype
        Dtype of the network.

    device : torch.device
        Where it computes.
    """

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
        raw = source.take(np.zeros(min(1, len(source)), dtype=np.int64))
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
        """Take windows: a slice, a tensor of their numbers, or one number.

        Returns
        -------
        inputs : dict
            "values", "rest", "observed", "path", "error", "features" and where there are any
            "past" and "future", as :class:`ForecastNetwork` reads them; and the "weight" of each
            window in the loss, and its "frame", from which there is a way back.

        y : tensor of shape (n_windows, horizon)
            What follows, in the frame of the window; NaN where it is not known.
        """
        if isinstance(index, slice):
            index = np.arange(*index.indices(len(self)))
        raw = self.source.take(np.asarray(index).reshape(-1))
        return self._batch(raw, self.scaling.scale(raw.values, raw.smallest))

    def frame(self, inputs: dict[str, torch.Tensor]) -> Frame:
        """Read the frames of the windows of a batch."""
        return Frame(*np.split(inputs["frame"].cpu().numpy(), 3, axis=1))

    def _batch(self, raw: RawWindows, scaled: ScaledWindows) -> Batch:
        weight = self.scaling.weights(scaled.frame)
        if raw.sample_weight is not None:
            weight = weight * raw.sample_weight
        arrays = {
            "values": scaled.values,
            "rest": scaled.rest,
            "observed": np.isfinite(raw.values),
            "path": scaled.path,
            "error": scaled.error,
            "features": scaled.features,
            "weight": weight,
        }
        effects = self.scaling.effects(scaled.frame, raw.smallest)[:, :, None]
        covariates = {"past": raw.past, "future": raw.future}
        arrays |= {name: each * effects for name, each in covariates.items() if each.shape[2]}
        inputs = {name: self._tensor(each) for name, each in arrays.items()}
        # The way back needs all digits.
        inputs["frame"] = torch.as_tensor(np.concatenate(scaled.frame, axis=1))
        return inputs, self._tensor(self.scaling.to_frame(raw.following, scaled.frame))

    def _tensor(self, array: np.ndarray) -> torch.Tensor:
        return torch.as_tensor(array).to(self.device, self.dtype)


class DrawnWindows(BatchData):
    """Windows of :class:`WindowData` as tensors, with their newest steps.

    Parameters
    ----------
    windows : WindowData
        The windows.

    rows : tensor of shape (n_windows,)
        Numbers of those to keep.

    n_read : int
        Number of steps to keep.
    """

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
