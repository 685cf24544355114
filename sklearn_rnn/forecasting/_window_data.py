"""Look-back windows and what follows them, as batches on a common scale."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch

from sklearn_rnn.training import Batch, BatchData

from ._scaling import Frame, Scaling

# So many windows are enough for the recurrent network to learn from.
MAX_DRAWN = 200_000
N_DRAWN_AT_ONCE = 1024


class RawWindows(NamedTuple):
    """Windows in the units of the series; NaN where a value is missing or not known."""

    values: np.ndarray  # (n_windows, look_back)
    following: np.ndarray  # (n_windows, horizon), what follows
    smallest: np.ndarray  # (n_windows, 1), unit of windows that vary less
    past: np.ndarray  # (n_windows, look_back, n_past), standardized covariates over the window
    future: np.ndarray  # (n_windows, horizon, n_future), those known ahead, over the horizon
    sample_weight: np.ndarray | None = None  # (n_windows,)


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


@dataclass(frozen=True)
class Parts:
    """Windows to learn from: all, and those to rehearse with, if some are held out.

    Those are windows whose horizon ends before what is held out, windows of which at least one step
    lies before it, and windows held out.
    """

    everything: WindowSource
    rehearsal: tuple[WindowSource, WindowSource, WindowSource] | None = None
    size: float | None = None  # that errors are compared in; None for the size of each window


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
        """Take windows, by a slice, a tensor of their numbers, or one number, and what follows.

        The inputs are those that :class:`ForecastNetwork` reads, the "weight" of each window in the
        loss, and its "frame", from which there is a way back. What follows has shape (n_windows,
        horizon), in the frame of the window; NaN where it is not known.
        """
        if isinstance(index, slice):
            index = np.arange(*index.indices(len(self)))
        raw = self.source.take(np.asarray(index).reshape(-1))
        scaled = self.scaling.scale(raw.values, raw.smallest)
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
