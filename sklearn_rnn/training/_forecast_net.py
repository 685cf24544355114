"""The skorch net that trains a forecasting network."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from ._data import BatchData, BatchIterator
from ._linear_forecast import HUBER_DELTA
from ._net import RecurrentNet
from ._window_data import WindowData

# An epoch of very many windows ends after this number of batches.
MAX_BATCHES_PER_EPOCH = 100
# What lies this many times the spread of its window away pulls no harder than what is nearer.
LARGEST_TARGET = 20.0

# Shares of the network's correction to choose from, by so many windows.
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
HELD_OUT_BATCH = 1024
MAX_HELD_OUT_BATCHES = 4


class ForecastNet(RecurrentNet):
    """A net fed with :class:`WindowData`, for a module that forecasts in the scale of the window.

    Steps that are not known do not count in the loss.

    Parameters
    ----------
    module : class
        As in skorch.

    criterion : class, default=torch.nn.HuberLoss
        As in skorch; it is built with ``delta=0.25``.

    **kwargs
        Other parameters of :class:`RecurrentNet`.
    """

    def __init__(
        self,
        module: type[torch.nn.Module],
        criterion: type[torch.nn.Module] = torch.nn.HuberLoss,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if criterion is torch.nn.HuberLoss:
            kwargs.setdefault("criterion__delta", HUBER_DELTA)
        super().__init__(module, criterion, *args, **kwargs)

    @property
    def store_options(self) -> dict[str, Any]:
        """How to store series to forecast."""
        return {"dtype": self.module_.dtype, "device": self.device}

    @classmethod
    def count_batches(cls, n_rows: int, batch_size: int) -> int:
        """Count the batches of an epoch."""
        return min(super().count_batches(n_rows, batch_size), MAX_BATCHES_PER_EPOCH)

    def get_iterator(self, dataset: BatchData, training: bool = False) -> BatchIterator:
        """Iterate over batches: at most so many, at random, for training."""
        if not training:
            return super().get_iterator(dataset)
        return BatchIterator(dataset, self.batch_size, self.generator_, MAX_BATCHES_PER_EPOCH)

    def infer(self, x: dict[str, Tensor], **fit_params: Any) -> Tensor:
        """Compute the forecasts of a batch, in the scale of the windows."""
        return self.module_(x["values"], x["mean"], x["observed"], x.get("past"), x.get("future"))

    def get_loss(
        self,
        y_pred: Tensor,
        y_true: Tensor,
        X: dict[str, Tensor] | None = None,
        training: bool = False,
    ) -> Tensor:
        """Average the loss over the steps that are known, times the weights of their windows."""
        known = y_true.isfinite()
        target = y_true.nan_to_num().clamp(-LARGEST_TARGET, LARGEST_TARGET)
        weight = known.to(y_pred.dtype)
        if X is not None and "sample_weight" in X:
            weight = weight * X["sample_weight"][:, None]
        loss = self.criterion_(y_pred, target[:, :, None].expand_as(y_pred)).mean(dim=2)
        return (loss * weight).sum() / weight.sum().clamp(min=1e-12)

    @torch.inference_mode()
    def forecast(self, data: WindowData) -> tuple[np.ndarray, np.ndarray]:
        """Forecast what follows all windows, in order.

        Returns
        -------
        forecast : ndarray of shape (n_windows, horizon)
            In the units of the series.

        scale : ndarray of shape (n_windows,)
            Spread of each window, in the same units.
        """
        forecasts, scales = [], []
        for inputs, n_rows in self._batches(data):
            values = inputs["anchor"] + inputs["scale"] * self.infer(inputs)[:, :, 0].double()
            forecasts.append(values[:n_rows])
            scales.append(inputs["scale"][:n_rows, 0])
        return torch.cat(forecasts).cpu().numpy(), torch.cat(scales).cpu().numpy()

    @torch.inference_mode()
    def choose_share(self, held_out: WindowData) -> tuple[float, np.ndarray]:
        """Choose how much of what the network says is added to the linear forecast.

        Returns
        -------
        share : float
            That which surely has the smallest loss on the held-out windows, or on some of very
            many.

        errors : ndarray of shape (n_windows, horizon)
            Errors of the forecasts with this share, in the scale of their windows; NaN where it
            is not known what followed.
        """
        self._set_training(False)
        generator = torch.Generator().manual_seed(self.seed)
        batches = BatchIterator(held_out, HELD_OUT_BATCH, generator, MAX_HELD_OUT_BATCHES)
        linear, corrections, targets = [], [], []
        with self._threads():
            for inputs, y in batches:
                answers = []
                for share in (0.0, 1.0):
                    self.module_.share.fill_(share)
                    answers.append(self.infer(inputs))
                linear.append(answers[0])
                corrections.append(answers[1] - answers[0])
                targets.append(y)
        y, start, step = torch.cat(targets), torch.cat(linear), torch.cat(corrections)
        losses = torch.stack([self._window_losses(start + share * step, y) for share in SHARES])
        share = SHARES[_surely_lowest(losses - losses[0], max(len(y) / y.shape[1], 1.0))]
        return share, (y - (start + share * step)[:, :, 0]).cpu().numpy()

    def _window_losses(self, y_pred: Tensor, y_true: Tensor) -> Tensor:
        """Average the loss of each window over the steps that are known."""
        known = y_true.isfinite()
        loss = self.criterion_(y_pred[:, :, 0], y_true.nan_to_num()) * known
        return loss.sum(dim=1) / known.sum(dim=1).clamp(min=1)


def _surely_lowest(differences: Tensor, n_apart: float) -> int:
    """Find the row with the lowest mean, after one standard error is added to each.

    Parameters
    ----------
    differences : tensor of shape (n_candidates, n_windows)
        Differences of losses to those of the first candidate.

    n_apart : float
        Number of windows that do not overlap, which are what counts for the error.
    """
    errors = differences.std(dim=1, correction=0) / n_apart**0.5
    return int((differences.mean(dim=1) + errors).argmin())
