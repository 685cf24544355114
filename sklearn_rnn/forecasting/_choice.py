"""What held-out windows decide: how much of each part of a forecast is used, and how it errs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sklearn_rnn.training import BatchIterator, pinball_loss

from ._batches import WindowData
from ._network import ForecastNet, ForecastNetwork, linear_inputs

HELD_OUT_BATCH = 1024
MAX_HELD_OUT_BATCHES = 4
# Shares of the regression and the network to choose from, which together are no more than one.
STEPS = np.linspace(0, 1, 5)
SHARES = np.array([(a, b) for a in STEPS for b in STEPS if a + b <= 1])
# What is likely before anything is held out: shares near these or, which is as likely where so many
# windows that do not overlap are learnt from, half of the regression alone, which of a season knows
# more than smoothing does. Where there is no season, there is nothing to learn from few windows.
LIKELY_SHARES = np.array([0.25, 0.5])
PRIOR_WIDTH = 0.2
N_TO_LEARN_FROM = 70
SHARES_OF_FEW = {True: (0.5, 0.0), False: (0.0, 0.0)}
# What held-out windows share, the time at which they lie, is seen once: any number of them says no
# more than so many would that share nothing.
MAX_APART = 400.0
TINY = 1e-6
# Shares of what the network tells about the spread of quantiles.
SPREAD_SHARES = STEPS
# How far errors go by what smoothing errs by within a window.
ERROR_POWERS = STEPS
# A few windows that do not overlap do not tell on which side forecasts err: quantiles lie on both
# sides alike as if so many more windows had said so.
N_MIRRORED = 30


@dataclass(frozen=True)
class HeldOut:
    """What a network says about held-out windows, and what came, in the frames of the windows."""

    module: ForecastNetwork
    inputs: dict[str, Tensor]  # "path", "error" and "weight" of the windows
    parts: list[Tensor]  # what :meth:`ForecastNetwork.parts` makes of them
    y: Tensor  # (n_windows, horizon), what came; NaN where it is not known
    n_apart: float  # number of held-out windows that do not overlap, of which these may be some

    @classmethod
    @torch.inference_mode()
    def of(cls, net: ForecastNet, data: WindowData) -> HeldOut:
        """Compute what a net says about held-out windows, or some of very many."""
        net._set_training(False)
        generator = net.seed.of("held out").generator()
        parts = []
        with net.computing():
            for inputs, y in BatchIterator(data, HELD_OUT_BATCH, generator, MAX_HELD_OUT_BATCHES):
                kept = (inputs["path"], inputs["error"], inputs["weight"])
                parts.append((*kept, *net.module_.parts(inputs), y))
        path, error, weight, *told, y = (torch.cat(part) for part in zip(*parts, strict=True))
        inputs = {"path": path, "error": error, "weight": weight}
        return cls(net.module_, inputs, told, y, count_apart(len(data), data.source.horizon))

    @property
    def errors(self) -> Tensor:
        """Errors of the forecasts, in what they grow with; NaN where they are not known."""
        return (self.y - self._outputs()[:, :, 0]) / self.inputs["error"]

    def _outputs(self) -> Tensor:
        return self.module.combine(self.inputs, *self.parts)

    @torch.inference_mode()
    def choose_shares(self, prior: np.ndarray) -> float:
        """Average shares by how well they do, and by how likely each was before.

        The mean absolute error with these is returned.
        """
        losses = [self._loss(torch.as_tensor(shares)) for shares in SHARES]
        weight = self._evidence(losses, torch.as_tensor(-np.log(prior)))
        return float(self._loss(weight @ torch.as_tensor(SHARES)).mean())

    def _loss(self, shares: Tensor) -> Tensor:
        """Use such shares, and tell the absolute error of each window."""
        self.module.shares.copy_(shares)
        return self._average((self.y - self._outputs()[:, :, 0]).abs())

    @torch.inference_mode()
    def choose_spread_share(self) -> None:
        """Average how much the network tells about the spread, and put the offsets at that."""
        losses = []
        for share in SPREAD_SHARES:
            self.set_offsets(share)
            quantiles = self._outputs()[:, :, 1:]
            loss = pinball_loss(quantiles, self.y, self.module.quantiles)
            losses.append(self._average(loss))
        weight = self._evidence(losses)
        self.set_offsets(float(weight @ torch.as_tensor(SPREAD_SHARES)))

    @torch.inference_mode()
    def set_offsets(self, share: float) -> None:
        """Put the offsets of the quantiles at those of the errors, in units of their spread."""
        self.module.spread_share.fill_(share)
        *_, spread = self.parts
        below, above = (share * spread).exp().unbind(dim=2)
        errors = self.errors
        relative = (errors / torch.where(errors < 0, below, above)).double().cpu().numpy()
        offsets = error_quantiles(relative, self.module.quantiles.double().cpu().numpy())
        self.module.offsets.copy_(torch.as_tensor(offsets))

    def _average(self, losses: Tensor) -> Tensor:
        """Average the losses of each window over the steps that are known, times its weight."""
        known = losses.isfinite() & self.y.isfinite()
        sums = torch.where(known, losses, 0.0).sum(dim=1) / known.sum(dim=1).clamp(min=1)
        return (sums * self.inputs["weight"]).double().cpu()

    def _evidence(self, losses: list[Tensor], distance: Tensor | float = 0.0) -> Tensor:
        return evidence(torch.stack(losses).mean(dim=1), self.n_apart, distance)


def evidence(sizes: Tensor, n_apart: float, distance: Tensor | float = 0.0) -> Tensor:
    """Weigh candidates by how likely what came is, if errors follow a Laplace distribution.

    They are given by their mean absolute errors, and by how far they are from what is likely.
    """
    n_apart = n_apart / (1 + n_apart / MAX_APART)
    likelihood = -n_apart * torch.log(sizes + TINY * sizes.max() + 1e-300)
    return torch.softmax(likelihood - distance, dim=0).double()


def share_prior(n_windows: int, horizon: int, has_season: bool) -> np.ndarray:
    """Tell how likely each of `SHARES` is where so many windows are learnt from."""
    distance = ((SHARES - LIKELY_SHARES) ** 2).sum(axis=1) / (2 * PRIOR_WIDTH**2)
    near = np.exp(-distance)
    few = np.equal(SHARES, SHARES_OF_FEW[has_season]).all(axis=1)
    learnt = learnable(n_windows, horizon)
    return learnt * near / near.sum() + (1 - learnt) * few


def learnable(n_windows: int, horizon: int) -> float:
    """Tell how likely it is that so many windows tell more than each of them tells of itself."""
    ratio = (count_apart(n_windows, horizon) / N_TO_LEARN_FROM) ** 2
    return ratio / (1 + ratio)


def count_apart(n_windows: int, horizon: int) -> float:
    """Count how many windows do not overlap: overlapping ones err together."""
    return max(n_windows / horizon, 1.0)


def error_quantiles(errors: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Tell how far off forecasts are, by conformal prediction [1]_.

    Of errors of shape (n_windows, horizon), NaN where they are not known, the quantiles have shape
    (horizon, n_levels): what these shares of the errors are to lie below.

    References
    ----------
    .. [1] Vovk, V., Gammerman, A. and Shafer, G. (2005). Algorithmic learning in a random world.
       Springer.
    """
    n_apart = count_apart(*errors.shape)
    # A few windows know little of the tails: quantiles lie a little farther out there.
    levels = np.clip(0.5 + (levels - 0.5) * (1 + 1 / n_apart), 0, 1)
    both = np.concatenate([errors, -errors])
    # Of n errors, the k-th lies at (k - 0.5) / n: the next one is then covered as often as asked.
    as_they_are, mirrored = (
        np.nanquantile(each, levels, axis=0, method="hazen").T for each in (errors, both)
    )
    weight = n_apart / (n_apart + N_MIRRORED)
    return mirrored + weight * (as_they_are - mirrored)


@torch.inference_mode()
def choose_error_power(data: WindowData, generator: torch.Generator) -> float:
    """Choose how far errors on held-out windows go by what smoothing errs by within each.

    A window of a few seasons hardly knows that. What values usually change by stands against it, as
    far as that makes what smoothing misses more likely.
    """
    parts = []
    for inputs, y in BatchIterator(data, HELD_OUT_BATCH, generator, MAX_HELD_OUT_BATCHES):
        usual = torch.as_tensor(data.scaling.usual(data.frame(inputs)))
        parts.append(((y - inputs["path"]).abs().cpu(), inputs["error"].cpu(), usual))
    missed, error, usual = (torch.cat(part).double() for part in zip(*parts, strict=True))
    sizes = []
    for power in ERROR_POWERS:
        unit = usual * (error / usual) ** power
        sizes.append((missed / unit).nanmean() * unit.log().mean().exp())
    n_apart = count_apart(len(data), data.source.horizon)
    return float(evidence(torch.stack(sizes), n_apart) @ torch.as_tensor(ERROR_POWERS))


@torch.inference_mode()
def loss_in_units(
    data: WindowData, weights: Tensor, generator: torch.Generator, size: float | None = None
) -> float:
    """Average the absolute errors of a regression relative to a size, or to that of each window.

    Unlike losses in the frames of windows, it compares one kind of frame with another.
    """
    total, n_known = 0.0, 0
    for inputs, y in BatchIterator(data, HELD_OUT_BATCH, generator, MAX_HELD_OUT_BATCHES):
        added = linear_inputs(inputs).double() @ weights.to(y.device)
        frame = data.frame(inputs)
        predicted, actual = (
            data.scaling.from_frame(each.cpu().numpy(), frame)
            for each in (inputs["path"].double() + added, y.double())
        )
        errors = np.abs(predicted - actual) / (frame.size if size is None else size)
        total += float(np.nansum(errors))
        n_known += int(np.isfinite(errors).sum())
    return total / max(n_known, 1)
