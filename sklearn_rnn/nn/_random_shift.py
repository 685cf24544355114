"""Images shifted at random during training."""

from __future__ import annotations

import torch
from torch import Tensor

from ._layers import SeededModule
from ._seed import Seed


class RandomShift(SeededModule):
    """Shift each image by a random number of pixels during training, repeating its edges.

    Parameters
    ----------
    max_shift : int
        Largest number of pixels, in each direction.

    seed : Seed
        Seed of the choice.
    """

    def __init__(self, max_shift: int, seed: Seed) -> None:
        super().__init__(seed)
        self.max_shift = max_shift

    def forward(self, x: Tensor) -> Tensor:
        """Shift images of shape (n_samples, height, width, channels) in training mode."""
        if not self.training or self.max_shift == 0:
            return x
        samples = torch.arange(len(x), device=x.device)[:, None, None]
        rows, columns = self._shifted(x, 1), self._shifted(x, 2)
        return x[samples, rows[:, :, None], columns[:, None, :]]

    def _shifted(self, x: Tensor, axis: int) -> Tensor:
        """Number the pixels that are read along an axis, for each image."""
        bounds = (-self.max_shift, self.max_shift + 1)
        generator = self.generator_on(x.device)
        shift = torch.randint(*bounds, (len(x), 1), generator=generator, device=x.device)
        length = x.shape[axis]
        return (torch.arange(length, device=x.device) + shift).clamp(0, length - 1)
