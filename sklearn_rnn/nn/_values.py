"""The values of sequences, side by side."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ._layers import Rescale
from ._pooling import step_mask


class Values(nn.Module):
    """The values of all steps, as features of a sequence.

    Where lengths vary, they are counted from both ends; sums, means and the length come with them.

    Parameters
    ----------
    shift, scale : tensor of shape (n_features,)
        What raw values are shifted and divided by.

    n_steps : int
        Number of steps from each end.

    is_varying : bool
        Whether lengths vary.
    """

    def __init__(self, shift: Tensor, scale: Tensor, n_steps: int, *, is_varying: bool) -> None:
        super().__init__()
        self.rescale = Rescale(shift, scale, torch.float64)
        self.n_steps, self.is_varying = n_steps, is_varying

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compute the features of raw sequences of shape (n_samples, n_steps, n_features)."""
        x = self.rescale(x)
        if lengths is not None:
            x = x.masked_fill(~step_mask(lengths, x.shape[1], x.device), 0.0)
        if not self.is_varying:
            return self._fit(x).flatten(1)
        n_steps = torch.full((len(x),), x.shape[1]) if lengths is None else lengths
        length = n_steps.to(x)[:, None]
        # Padding comes after the first step here, too.
        places = n_steps.to(x.device)[:, None] - 1 - torch.arange(x.shape[1], device=x.device)
        backward = x.gather(1, places.clamp(min=0)[:, :, None].expand_as(x))
        backward = backward.masked_fill((places < 0)[:, :, None], 0.0)
        total = x.sum(dim=1)
        parts = self._fit(x).flatten(1), self._fit(backward).flatten(1)
        return torch.cat([*parts, total, total / length, length], dim=1)

    def line(self, x: Tensor, baseline: Tensor, lengths: Tensor | None, weights: Tensor) -> Tensor:
        """Compute the weighted sum of the features, which is linear in `x`."""
        return (self(x, lengths) * weights).sum(dim=1)

    def _fit(self, x: Tensor) -> Tensor:
        """Cut sequences to the number of steps, or fill up with zeros, the mean."""
        missing = max(self.n_steps - x.shape[1], 0)
        return nn.functional.pad(x[:, : self.n_steps], (0, 0, 0, missing))
