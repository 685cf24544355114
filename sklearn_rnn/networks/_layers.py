"""Small layers that the sequence network is made of."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class Rescale(nn.Module):
    """Shift and scale the raw input, then cast it to the dtype of the network.

    Floating point input is shifted in its own precision, so that float64 data with a large
    offset keeps its digits; integers (uint8 pixels) are cast first.

    Parameters
    ----------
    shift, scale : tensor of shape (n_features,) or ()
        The output is ``(x - shift) / scale``.

    dtype : torch.dtype
        Dtype of the output.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, shift: Tensor, scale: Tensor, dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype = dtype
        self.register_buffer("shift", shift.to(torch.float64))
        self.register_buffer("scale", scale.to(torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Rescale `x` of shape (n_samples, n_steps, n_features)."""
        if not x.is_floating_point():
            x = x.to(self.dtype)
        return ((x - self.shift.to(x.dtype)) / self.scale.to(x.dtype)).to(self.dtype)


class BatchNorm(nn.BatchNorm1d):
    """Batch norm that takes a batch of one row, which has no spread, by its moving averages."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalise `x` of shape (n_samples, n_features)."""
        if not self.training or len(x) > 1:
            return super().forward(x)
        return nn.functional.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
        )


class SeededDropout(nn.Module):
    """Dropout that draws its masks from a generator of its own, not from the global one.

    Parameters
    ----------
    p : float
        Probability that an element is set to zero during training.

    seed : int
        Seed of the generator, which is made on the device of the first input.
    """

    def __init__(self, p: float, seed: int) -> None:
        super().__init__()
        self.p = p
        self.seed = seed
        self.generator: torch.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        """Drop elements of `x` in training mode; return it unchanged otherwise."""
        if not self.training or self.p == 0.0:
            return x
        if self.generator is None or self.generator.device != x.device:
            self.generator = torch.Generator(x.device).manual_seed(self.seed)
        keep = torch.empty_like(x).bernoulli_(1.0 - self.p, generator=self.generator)
        return x * keep / (1.0 - self.p)

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        if self.generator is not None and self.generator.device.type != "cpu":
            # A GPU generator cannot be unpickled where there is no GPU.
            state = {**state, "generator": None}
        return state
