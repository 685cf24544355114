"""Small layers that the sequence network is made of."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ._pooling import step_mask
from ._seed import Seed


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
        # Recurrences read steps one after another: so they lie in memory from here on.
        x = x.transpose(0, 1).contiguous()
        if not x.is_floating_point():
            x = x.to(self.dtype)
        x = (x - self.shift.to(x.dtype)).div_(self.scale.to(x.dtype)).to(self.dtype)
        return x.transpose(0, 1)


class OwnScale(nn.Module):
    """Standardise each feature of each sequence by its own mean and standard deviation.

    Parameters
    ----------
    dtype : torch.dtype
        Dtype of the output.
    """

    def __init__(self, dtype: torch.dtype) -> None:
        super().__init__()
        self.dtype = dtype

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Standardise `x` of shape (n_samples, n_steps, n_features), padded at its end.

        What is constant becomes zero.
        """
        x = x.to(torch.float64)
        n_steps: int | Tensor = x.shape[1]
        if lengths is not None:
            valid = step_mask(lengths, x.shape[1], x.device)
            x = torch.where(valid, x, 0.0)
            n_steps = lengths.to(x.device, x.dtype)[:, None, None]
        mean = x.sum(dim=1, keepdim=True) / n_steps
        centred = x - mean if lengths is None else torch.where(valid, x - mean, 0.0)
        variance = centred.square().sum(dim=1, keepdim=True) / n_steps
        # A constant may show a variance of rounding errors.
        constant = variance <= (10 * torch.finfo(x.dtype).eps * mean).square()
        return (centred / variance.masked_fill(constant, torch.inf).sqrt()).to(self.dtype)


class BatchNorm(nn.BatchNorm1d):
    """Batch norm that takes a single value of each feature, without spread, by moving averages."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalise `x` of shape (n_samples, n_features) or (n_samples, n_features, n_steps)."""
        if not self.training or x.numel() > self.num_features:
            return super().forward(x)
        return nn.functional.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
        )


class Linear(nn.Linear):
    """A linear layer whose single output has the same bits in any batch, as several have."""

    def forward(self, x: Tensor) -> Tensor:
        """Compute the outputs for `x` of shape (n_samples, n_features)."""
        if self.out_features > 1:
            return super().forward(x)
        # A product with one column sums in an order that depends on the number of rows.
        return (x * self.weight).sum(dim=1, keepdim=True) + self.bias


class SeededModule(nn.Module):
    """A module with a random generator of its own, that leaves the global one alone.

    Parameters
    ----------
    seed : Seed
        Seed of the generator, which is made on the device of the first input.
    """

    def __init__(self, seed: Seed) -> None:
        super().__init__()
        self.seed = seed
        self.generator: torch.Generator | None = None

    def generator_on(self, device: torch.device) -> torch.Generator:
        """Return the generator, made anew if the device is another."""
        if self.generator is None or self.generator.device != device:
            self.generator = self.seed.generator(device)
        return self.generator

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        if self.generator is not None and self.generator.device.type != "cpu":
            # A GPU generator cannot be unpickled where there is no GPU.
            state = {**state, "generator": None}
        return state


class SeededDropout(SeededModule):
    """Dropout.

    Parameters
    ----------
    p : float
        Probability that an element is set to zero during training.

    seed : Seed
        Seed of the masks.
    """

    def __init__(self, p: float, seed: Seed) -> None:
        super().__init__(seed)
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        """Drop elements of `x` in training mode; return it unchanged otherwise."""
        if not self.training or self.p == 0.0:
            return x
        # Much faster than `bernoulli_`.
        keep = torch.empty_like(x).uniform_(generator=self.generator_on(x.device)).ge_(self.p)
        return x * keep.div_(1.0 - self.p)


class RandomReorder(SeededModule):
    """Read each sequence of a batch in one of several orders during training.

    Parameters
    ----------
    orders : tensor of shape (n_orders, n_steps * n_features)
        Positions in the flattened sequence; -1 reads the background.

    background : tensor of shape (n_features,)
        Value of what is not in the sequence.

    seed : Seed
        Seed of the choice.
    """

    orders: Tensor
    background: Tensor

    def __init__(self, orders: Tensor, background: Tensor, seed: Seed) -> None:
        super().__init__(seed)
        self.register_buffer("orders", orders)
        self.register_buffer("background", background)

    def forward(self, x: Tensor) -> Tensor:
        """Reorder `x` of shape (n_samples, n_steps, n_features) in training mode."""
        if not self.training:
            return x
        generator = self.generator_on(x.device)
        chosen = torch.randint(len(self.orders), (len(x),), generator=generator, device=x.device)
        positions = self.orders[chosen].view_as(x)
        values = x.flatten(1).gather(1, positions.clamp(min=0).flatten(1)).view_as(x)
        return torch.where(positions < 0, self.background.to(x.dtype), values)
