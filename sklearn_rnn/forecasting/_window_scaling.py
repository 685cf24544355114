"""Look-back windows on a common scale."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class ScaledWindows(NamedTuple):
    """Windows relative to their last value, in units of their spread.

    Parameters
    ----------
    values : tensor of shape (n_windows, look_back)
        ``(window - anchor) / scale``.

    mean : tensor of shape (n_windows, 1)
        Mean of `values` over the observed steps.

    anchor, scale : tensor of shape (n_windows, 1)
        Last value and spread of each window, in the units of the series.
    """

    values: Tensor
    mean: Tensor
    anchor: Tensor
    scale: Tensor


def scale_windows(windows: Tensor, observed: Tensor, smallest_scale: Tensor) -> ScaledWindows:
    """Scale each window by what it holds itself, so that all series look alike.

    Parameters
    ----------
    windows : tensor of shape (n_windows, look_back)
        Values, those that are missing filled with earlier ones.

    observed : tensor of shape (n_windows, look_back)
        1 where a value was observed and 0 where it was filled in.

    smallest_scale : tensor of shape (n_windows, 1)
        Scale of windows that vary less, such as constant ones.
    """
    n_observed = observed.sum(dim=1, keepdim=True).clamp(min=1)
    anchor = windows[:, -1:]
    # A window without any observed value has the anchor for its mean.
    relative = windows - anchor
    mean = (relative * observed).sum(dim=1, keepdim=True) / n_observed
    variance = ((relative - mean).square() * observed).sum(dim=1, keepdim=True) / n_observed
    scale = torch.maximum(variance.sqrt(), smallest_scale)
    return ScaledWindows(relative / scale, mean / scale, anchor, scale)
