"""Look-back windows drawn from series as they lie in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from sklearn_rnn.training import BLOCK_BYTES, Batch, BatchData

from ._series_store import SeriesStore
from ._window_scaling import scale_windows


class WindowData(BatchData):
    """Windows of series and what follows them, on a common scale.

    Nothing is materialized before it is asked for: a window is a few positions in the series,
    of which those before the start count as missing.

    Parameters
    ----------
    store : SeriesStore
        The series.

    first, last : ndarray of shape (n_series,)
        Number of time steps before the first and before the last forecast of each series. One
        whose last forecast comes before its first has no window.

    look_back, horizon : int
        Number of time steps of a window, and of what follows.

    known : ndarray of shape (n_series,), default=None
        Number of time steps after which nothing is known; None for the whole series.
    """

    def __init__(
        self,
        store: SeriesStore,
        first: np.ndarray,
        last: np.ndarray,
        *,
        look_back: int,
        horizon: int,
        known: np.ndarray | None = None,
    ) -> None:
        self.store = store
        device = store.values.device
        counts = np.maximum(last - first + 1, 0)
        self.first = torch.as_tensor(first).to(device)
        self.ends = torch.as_tensor(np.cumsum(counts)).to(device)
        self.counts = torch.as_tensor(counts).to(device)
        self.known = store.lengths if known is None else torch.as_tensor(known).to(device)
        ends = torch.as_tensor(last + horizon).to(device)
        self.is_complete = store.is_complete and bool((ends <= self.known)[self.counts > 0].all())
        self.n_steps = self.look_back = look_back
        self.horizon = horizon
        n_past = 0 if store.past is None else store.past.values.shape[1]
        n_columns = 2 + n_past + store.n_future
        self.row_bytes = (look_back + horizon) * n_columns * store.dtype.itemsize

    def __len__(self) -> int:
        return int(self.ends[-1]) if len(self.ends) else 0

    def drawn_once(self) -> BatchData:
        """Draw all windows, to be used again in each epoch, if they take little memory."""
        if len(self) * self.row_bytes > BLOCK_BYTES:
            return self
        return DrawnWindows(self)

    def __getitem__(self, index: Any) -> Batch:
        """Take windows: a slice, a tensor of their numbers, or one number.

        Returns
        -------
        inputs : dict
            "values", "mean", "observed" and where there are any "past" and "future", as
            :class:`ForecastNetwork` reads them; "anchor" and "scale", which lead back to the
            units of the series; where not all of `y` is known "known", 1 where it is; and where
            there is one "sample_weight".

        y : tensor of shape (n_windows, horizon)
            What follows, in the scale of the window; NaN where it is not known.
        """
        store, dtype, device = self.store, self.store.dtype, self.store.values.device
        if isinstance(index, slice):
            index = torch.arange(*index.indices(len(self)))
        rows = torch.as_tensor(index).reshape(-1).to(device)
        series = torch.searchsorted(self.ends, rows, right=True)
        origin = self.first[series] + rows - (self.ends[series] - self.counts[series])
        position = origin[:, None] + torch.arange(-self.look_back, self.horizon, device=device)
        behind, ahead = position.split([self.look_back, self.horizon], dim=1)
        length = self.known[series][:, None]
        place = store.starts[series][:, None] + position.clamp(min=0).minimum(length - 1)
        is_known = store.observed[place] & (position >= 0) & (position < length)
        values = store.values[place].double()
        observed = is_known[:, : self.look_back].to(dtype)
        smallest = store.smallest_scale[series][:, None]
        scaled = scale_windows(values[:, : self.look_back], observed, smallest)
        y = ((values[:, self.look_back :] - scaled.anchor) / scaled.scale).to(dtype)
        is_known = is_known[:, self.look_back :]
        inputs = {
            "values": scaled.values.to(dtype),
            "mean": scaled.mean.to(dtype),
            "observed": observed,
            "anchor": scaled.anchor,
            "scale": scaled.scale,
        }
        if store.past is not None:
            inputs["past"] = store.past.take(series, behind)
        if store.future is not None:
            inputs["future"] = store.future.take(series, ahead)
        if store.sample_weight is not None:
            inputs["sample_weight"] = store.sample_weight[series]
        if not self.is_complete:
            inputs["known"] = is_known.to(dtype)
            y = y.masked_fill(~is_known, torch.nan)
        return inputs, y


class DrawnWindows(BatchData):
    """All windows of :class:`WindowData`, as tensors."""

    def __init__(self, windows: WindowData) -> None:
        self.inputs, self.y = windows[:]
        self.n_steps = windows.n_steps
        self.row_bytes = windows.row_bytes

    def __len__(self) -> int:
        return len(self.y)

    def __getitem__(self, index: Any) -> Batch:
        """Take windows: a slice, or a tensor of their numbers."""
        rows = index if isinstance(index, slice) else index.to(self.y.device)
        return {name: each[rows] for name, each in self.inputs.items()}, self.y[rows]
