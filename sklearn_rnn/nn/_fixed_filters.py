"""Fixed convolutions, and how often each of them sees its pattern."""

from __future__ import annotations

import math
from itertools import combinations

import torch
from torch import Tensor, nn

from ._pooling import step_mask
from ._seed import Seed

WIDTH = 9
# All ways to give three of nine steps a weight of 2, and the others -1.
PATTERNS = tuple(combinations(range(WIDTH), 3))
N_FEATURES = 60 * len(PATTERNS)
MAX_DILATIONS = 16
# Thresholds lie so far above what filters say of flat stretches, where rounding would decide.
FLAT = 1e-5


class FixedFilters(nn.Module):
    """Share of the steps at which filters exceed thresholds, as in MiniRocket [1]_.

    The filters are always the same, at several distances of the steps that they look at.
    Thresholds are quantiles of what they say of some sequences.

    Parameters
    ----------
    n_channels : int
        Number of features per step.

    n_steps : int
        Number of steps of the longest sequences to train on.

    seed : Seed
        Seed of what is drawn: the features that a filter adds up, and the sequences that its
        thresholds are taken from.

    dtype : torch.dtype
        Dtype of the sequences and of the shares.

    References
    ----------
    .. [1] Dempster, A., Schmidt, D. F. and Webb, G. I. (2021). MiniRocket: a very fast (almost)
       deterministic transform for time series classification. KDD.
    """

    weights: Tensor
    thresholds: Tensor

    def __init__(self, n_channels: int, n_steps: int, seed: Seed, dtype: torch.dtype) -> None:
        super().__init__()
        largest = math.log2(max((n_steps - 1) / (WIDTH - 1), 1))
        steps = torch.linspace(0, largest, MAX_DILATIONS)
        self.dilations = torch.unique((2**steps).int()).tolist()
        self.seed = seed
        patterns = torch.full((len(PATTERNS), WIDTH), -1.0)
        patterns.scatter_(1, torch.tensor(PATTERNS), 2.0)
        shape = (len(self.dilations), len(PATTERNS), n_channels)
        generator = seed.of("channels").generator()
        drawn = torch.rand(shape, generator=generator)
        # A filter adds up few features, or many, but at least one.
        n_added = (n_channels + 1) ** torch.rand(shape[:2], generator=generator)
        added = drawn.argsort(dim=2).argsort(dim=2) <= n_added[:, :, None] - 1
        weights = added[:, :, :, None] * patterns[:, None, :]
        self.register_buffer("weights", weights.to(dtype))
        n_thresholds = math.ceil(N_FEATURES / len(PATTERNS) / len(self.dilations))
        empty = torch.zeros(len(self.dilations), len(PATTERNS), n_thresholds, dtype=dtype)
        self.register_buffer("thresholds", empty)

    def draw_thresholds(self, x: Tensor, lengths: Tensor | None) -> None:
        """Take quantiles of what each filter says of one of some sequences."""
        generator = self.seed.of("thresholds").generator()
        ends = torch.full((len(x),), x.shape[1]) if lengths is None else lengths
        rows = torch.randint(len(x), self.thresholds.shape[:2], generator=generator)
        levels = torch.rand(self.thresholds.shape, generator=generator).to(self.thresholds)
        for number, answers in enumerate(self._filter(x)):
            for pattern, row in enumerate(rows[number].tolist()):
                said = answers[row, pattern, : int(ends[row])]
                between = said.quantile(levels[number, pattern], interpolation="midpoint")
                self.thresholds[number, pattern] = between + FLAT

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compute the shares for sequences of shape (n_samples, n_steps, n_channels).

        Those that are shorter, of so many steps as `lengths` says, are padded with zeros.
        """
        shares = []
        for answers, thresholds in zip(self._filter(x), self.thresholds, strict=True):
            if lengths is not None:
                valid = step_mask(lengths, x.shape[1], x.device).transpose(1, 2)
                answers = answers.masked_fill(~valid, -torch.inf)
            shares += [
                # Four times as fast as a sum in 64 bits.
                (answers > threshold[:, None]).sum(dim=2, dtype=torch.int32)
                for threshold in thresholds.unbind(1)
            ]
        n_steps = x.shape[1] if lengths is None else lengths.to(x.device)[:, None]
        return torch.cat(shares, dim=1).to(self.thresholds.dtype) / n_steps

    def line(self, x: Tensor, baseline: Tensor, lengths: Tensor | None, weights: Tensor) -> Tensor:
        """Compute a function linear in `x` that changes from a baseline on as the shares do.

        What a filter says at a step goes on a straight line from `baseline` to `x`. If it passes a
        threshold on the way, its share changes there, due to all values that it moves by. So this
        is the integral of the gradients of shares, of which each is zero or infinite.

        Parameters
        ----------
        x, baseline, lengths
            As for :meth:`forward`.

        weights : tensor of shape (n_samples, n_features)
            Weights of the shares.

        Returns
        -------
        line : tensor of shape (n_samples,)
        """
        n_steps = torch.full((len(x),), x.shape[1]) if lengths is None else lengths
        valid = step_mask(n_steps, x.shape[1], x.device).transpose(1, 2)
        weights = weights.unflatten(1, (*self.thresholds.shape[::2], -1)) / n_steps.to(
            weights
        ).view(-1, 1, 1, 1)
        total = x.new_zeros(len(x))
        for number, (said, start) in enumerate(
            zip(self._filter(x), self._filter(baseline), strict=True)
        ):
            passed = torch.zeros_like(said, dtype=weights.dtype)
            for threshold, weight in zip(
                self.thresholds[number].unbind(1), weights[:, number].unbind(1), strict=True
            ):
                after, before = (each > threshold[:, None] for each in (said, start))
                passed += weight[:, :, None] * (after.to(passed) - before.to(passed))
            slope = passed / (said - start).detach()
            slope = torch.where(valid & (passed != 0), slope, 0.0)
            total = total + (slope * said).sum(dim=(1, 2))
        return total

    def _filter(self, x: Tensor) -> list[Tensor]:
        """Apply the filters at each distance: (n_samples, n_patterns, n_steps) each."""
        x = x.transpose(1, 2).contiguous()
        return [
            nn.functional.conv1d(x, weights, dilation=dilation, padding=WIDTH // 2 * dilation)
            for weights, dilation in zip(self.weights, self.dilations, strict=True)
        ]
