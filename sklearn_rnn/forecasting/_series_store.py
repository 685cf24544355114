"""Series and their covariates as tensors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sklearn_rnn.training import as_tensor


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


class SeriesStore:
    """Series of any length, one after another.

    Parameters
    ----------
    values : ndarray of shape (n_times_in_all,)
        The series; NaN where a value is missing.

    lengths : ndarray of shape (n_series,)
        Number of time steps of each.

    smallest_scale : ndarray of shape (n_series,)
        Scale of windows that vary less.

    past, future : Covariates, default=None
        Known up to a forecast, and known ahead. Those known ahead may be longer than the series.

    sample_weight : ndarray of shape (n_series,), default=None
        Weights of the series.

    dtype : torch.dtype
        Dtype to compute with.

    device : torch.device
        Where the series are kept.
    """

    def __init__(
        self,
        values: np.ndarray,
        lengths: np.ndarray,
        smallest_scale: np.ndarray,
        *,
        past: Covariates | None = None,
        future: Covariates | None = None,
        sample_weight: np.ndarray | None = None,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        starts = np.cumsum(lengths) - lengths
        filled, observed = fill_forward(values, starts)
        self.values = as_tensor(filled).to(device)
        self.observed = torch.as_tensor(observed).to(device)
        self.is_complete = bool(observed.all())
        self.lengths = torch.as_tensor(lengths).to(device)
        self.starts = torch.as_tensor(starts).to(device)
        self.smallest_scale = torch.as_tensor(smallest_scale).to(device)
        self.past = None if past is None else CovariateTable(past, dtype, device)
        self.future = None if future is None else CovariateTable(future, dtype, device)
        self.sample_weight = None
        if sample_weight is not None:
            self.sample_weight = torch.as_tensor(sample_weight).to(device, dtype)
        self.dtype = dtype

    @property
    def n_future(self) -> int:
        """Number of covariates known ahead."""
        return 0 if self.future is None else self.future.values.shape[1]


class CovariateTable:
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
