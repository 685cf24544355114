"""Look-back windows drawn from series as they lie in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from sklearn_rnn.networks import scale_windows


@dataclass(frozen=True)
class Covariates:
    """Values that go with the series, one after another.

    Parameters
    ----------
    values : ndarray of shape (n_times_in_all, n_covariates)
        Standardized values of all owners.

    lengths : ndarray of shape (n_owners,)
        Number of time steps of each owner.

    owner : ndarray of shape (n_series,)
        Which owner's covariates each series has.
    """

    values: np.ndarray
    lengths: np.ndarray
    owner: np.ndarray


def fill_forward(values: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Replace NaN by the last value before it, or at the start of a series by the first after it.

    Parameters
    ----------
    values : ndarray of shape (n_times_in_all,)
        Series, one after another.

    starts : ndarray of shape (n_series,)
        Where each begins.

    Returns
    -------
    filled : ndarray of shape (n_times_in_all,)
        Without NaN; zero where a series has no value at all.

    observed : ndarray of shape (n_times_in_all,)
        Where there was a value.
    """
    observed = np.isfinite(values)
    if observed.all():
        return values, observed
    steps = np.arange(len(values))
    is_start = np.zeros(len(values), dtype=bool)
    is_start[starts] = True
    # The newest step up to each that was observed, or where the series begins.
    newest = np.maximum.accumulate(np.where(observed | is_start, steps, 0))
    filled = values.copy()
    next_observed = np.minimum.accumulate(np.where(observed, steps, len(values))[::-1])[::-1]
    first, ends = next_observed[starts], np.append(starts[1:], len(values))
    filled[starts] = np.where(first < ends, values[np.minimum(first, len(values) - 1)], 0.0)
    return filled[newest], observed


class WindowData(Dataset):
    """Windows of series and what follows them, on a common scale.

    Nothing is materialized before it is asked for: a window is a few positions in the series,
    of which those before the start count as missing.

    Parameters
    ----------
    values : ndarray of shape (n_times_in_all,)
        Series, one after another; NaN where a value is missing.

    lengths : ndarray of shape (n_series,)
        Number of time steps of each series.

    origins : tuple of (first, last), each an ndarray of shape (n_series,)
        Number of time steps before the first and the last forecast of each series. A series
        whose last one comes before the first has no window.

    look_back, horizon : int
        Number of time steps of a window and of what follows.

    smallest_scale : ndarray of shape (n_series,)
        Scale of windows that vary less.

    past, future : Covariates, default=None
        Known up to the forecast, and known ahead. Those known ahead may be longer than the series.

    sample_weight : ndarray of shape (n_series,), default=None
        Weights of the series.

    dtype : torch.dtype
        Dtype of the scaled windows.

    device : torch.device
        Where the series are kept.
    """

    def __init__(
        self,
        values: np.ndarray,
        lengths: np.ndarray,
        origins: tuple[np.ndarray, np.ndarray],
        *,
        look_back: int,
        horizon: int,
        smallest_scale: np.ndarray,
        past: Covariates | None = None,
        future: Covariates | None = None,
        sample_weight: np.ndarray | None = None,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        starts = np.cumsum(lengths) - lengths
        filled, observed = fill_forward(values, starts)
        self.values = torch.as_tensor(filled).to(device)
        self.observed = torch.as_tensor(observed).to(device)
        self.lengths = torch.as_tensor(lengths).to(device)
        self.starts = torch.as_tensor(starts).to(device)
        first, last = origins
        counts = np.maximum(last - first + 1, 0)
        self.first = torch.as_tensor(first).to(device)
        self.ends = torch.as_tensor(np.cumsum(counts)).to(device)
        self.counts = torch.as_tensor(counts).to(device)
        self.look_back = look_back
        self.horizon = horizon
        self.smallest_scale = torch.as_tensor(smallest_scale).to(device)
        self.past = None if past is None else _CovariateTable(past, dtype, device)
        self.future = None if future is None else _CovariateTable(future, dtype, device)
        self.sample_weight = None
        if sample_weight is not None:
            self.sample_weight = torch.as_tensor(sample_weight).to(device, dtype)
        self.dtype = dtype

    @property
    def n_steps(self) -> int:
        """Number of steps that the network reads of a window."""
        return self.look_back

    def __len__(self) -> int:
        return int(self.ends[-1]) if len(self.ends) else 0

    def __getitem__(self, index: Any) -> tuple[dict[str, Tensor], Tensor]:
        """Take windows: a slice, or a tensor of their numbers.

        Returns
        -------
        inputs : dict
            "values", "mean", "observed" and where there are any "past" and "future", as
            :class:`ForecastNetwork` reads them; "anchor" and "scale", which lead back to the
            units of the series; and where there is one "sample_weight".

        y : tensor of shape (n_windows, horizon)
            What follows, in the scale of the window; NaN where it is not known.
        """
        device = self.values.device
        if isinstance(index, slice):
            index = torch.arange(*index.indices(len(self)))
        rows = torch.as_tensor(index).to(device)
        series = torch.searchsorted(self.ends, rows, right=True)
        origin = self.first[series] + rows - (self.ends[series] - self.counts[series])
        steps = torch.arange(-self.look_back, self.horizon, device=device)
        position = origin[:, None] + steps
        length = self.lengths[series][:, None]
        place = self.starts[series][:, None] + position.clamp(min=0).minimum(length - 1)
        known = self.observed[place] & (position >= 0) & (position < length)
        values = self.values[place].double()
        window, after = values[:, : self.look_back], values[:, self.look_back :]
        observed = known[:, : self.look_back].to(self.dtype)
        smallest = self.smallest_scale[series][:, None]
        scaled = scale_windows(window, observed, smallest)
        y = ((after - scaled.anchor) / scaled.scale).to(self.dtype)
        inputs = {
            "values": scaled.values.to(self.dtype),
            "mean": scaled.mean.to(self.dtype),
            "observed": observed,
            "anchor": scaled.anchor,
            "scale": scaled.scale,
        }
        if self.past is not None:
            inputs["past"] = self.past.take(series, position[:, : self.look_back])
        if self.future is not None:
            inputs["future"] = self.future.take(series, position[:, self.look_back :])
        if self.sample_weight is not None:
            inputs["sample_weight"] = self.sample_weight[series]
        return inputs, y.masked_fill(~known[:, self.look_back :], torch.nan)


class _CovariateTable:
    """Covariates as tensors."""

    def __init__(
        self, covariates: Covariates, dtype: torch.dtype, device: torch.device | str
    ) -> None:
        self.values = torch.as_tensor(covariates.values).to(device, dtype)
        self.lengths = torch.as_tensor(covariates.lengths).to(device)
        self.starts = self.lengths.cumsum(0) - self.lengths
        self.owner = torch.as_tensor(covariates.owner).to(device)

    def take(self, series: Tensor, position: Tensor) -> Tensor:
        """Take steps of shape (n_windows, n_steps); beyond the ends, the nearest ones."""
        owner = self.owner[series]
        place = position.clamp(min=0).minimum(self.lengths[owner][:, None] - 1)
        return self.values[self.starts[owner][:, None] + place]
