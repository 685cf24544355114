"""What fixed convolutions see in sequences and in their changes."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ._fixed_filters import FixedFilters
from ._layers import Rescale
from ._pooling import step_mask
from ._seed import Seed


class RandomConvolutions(nn.Module):
    """What :class:`FixedFilters` see in sequences and in their changes from step to step [1]_.

    Parameters
    ----------
    rescale : Rescale
        What raw sequences are rescaled by.

    n_steps : int
        Number of steps of the longest sequences to train on.

    seed : Seed
        Seed of the filters.

    References
    ----------
    .. [1] Tan, C. W., Dempster, A., Bergmeir, C. and Webb, G. I. (2022). MultiRocket: multiple
       pooling operators and transformations for fast and effective time series classification.
       Data Mining and Knowledge Discovery 36.
    """

    pace: Tensor

    def __init__(self, rescale: Rescale, n_steps: int, seed: Seed) -> None:
        super().__init__()
        self.rescale = rescale
        n_channels, dtype = len(rescale.shift), rescale.dtype
        self.levels, self.changes = (
            FixedFilters(n_channels, n_steps, seed.of(name), dtype)
            for name in ("levels", "changes")
        )
        self.register_buffer("pace", torch.ones(n_channels, dtype=dtype))

    @torch.no_grad()
    def learn(self, x: Tensor, lengths: Tensor | None) -> None:
        """Learn the thresholds of the filters, and how fast features change, from raw sequences."""
        levels, changes = self._views(x, lengths)
        n_steps = len(x) * x.shape[1] if lengths is None else int(lengths.sum())
        pace = changes.square().sum(dim=(0, 1)).div(n_steps).sqrt()
        self.pace = torch.where(pace > 0, pace, torch.ones_like(pace))
        self.levels.draw_thresholds(levels, lengths)
        self.changes.draw_thresholds(changes / self.pace, lengths)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compute the shares for raw sequences of shape (n_samples, n_steps, n_features)."""
        levels, changes = self._views(x, lengths)
        shares = self.levels(levels, lengths), self.changes(changes / self.pace, lengths)
        return torch.cat(shares, dim=1)

    def line(self, x: Tensor, baseline: Tensor, lengths: Tensor | None, weights: Tensor) -> Tensor:
        """Compute what :meth:`FixedFilters.line` does, of levels and changes together."""
        levels, changes = self._views(x, lengths)
        start_levels, start_changes = self._views(baseline, lengths)
        of_levels, of_changes = weights.split(self.levels.thresholds.numel(), dim=1)
        return self.levels.line(levels, start_levels, lengths, of_levels) + self.changes.line(
            changes / self.pace, start_changes / self.pace, lengths, of_changes
        )

    def _views(self, x: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor]:
        """Rescale sequences, and subtract from each step the one before: from the first, itself."""
        levels = self.rescale(x)
        changes = levels.diff(dim=1, prepend=levels[:, :1])
        if lengths is None:
            return levels, changes
        padding = ~step_mask(lengths, x.shape[1], x.device)
        return levels.masked_fill(padding, 0.0), changes.masked_fill(padding, 0.0)
