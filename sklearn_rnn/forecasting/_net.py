"""The skorch net that trains a forecasting network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sklearn_rnn.training import BatchData, BatchIterator, RecurrentNet, pinball_loss

from ._clock import name_some
from ._scaling import LARGEST, Frame, Scaling
from ._window_data import WindowData

# An epoch of very many windows ends after this number of batches.
MAX_BATCHES_PER_EPOCH = 100
N_FORECAST_AT_ONCE = 1024


class ForecastNet(RecurrentNet):
    """A net fed with :class:`WindowData`, for a module that forecasts in the frames of windows.

    Steps that are not known do not count in the loss. To the mean absolute error of the forecast,
    the mean pinball loss of its quantiles is added, if there are any.
    """

    def __init__(
        self,
        module: type[torch.nn.Module],
        criterion: type[torch.nn.Module] = torch.nn.L1Loss,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(module, criterion, *args, **kwargs)

    @classmethod
    def count_batches(cls, n_rows: int, batch_size: int) -> int:
        """Count the batches of an epoch."""
        return min(super().count_batches(n_rows, batch_size), MAX_BATCHES_PER_EPOCH)

    def get_iterator(self, dataset: BatchData, training: bool = False) -> BatchIterator:
        """Iterate over batches: at most so many, at random, for training."""
        if not training:
            return BatchIterator(dataset, N_FORECAST_AT_ONCE)
        if isinstance(dataset, WindowData):
            dataset = dataset.drawn(self.module_.correction.n_read, self.generator_)
        return BatchIterator(dataset, self.batch_size, self.generator_, MAX_BATCHES_PER_EPOCH)

    def _forward(self, module: torch.nn.Module, x: dict[str, Tensor]) -> Tensor:
        """Compute the forecasts of a batch, in the frames of the windows."""
        return module(x)

    def get_loss(
        self,
        y_pred: Tensor,
        y_true: Tensor,
        X: dict[str, Tensor] | None = None,
        training: bool = False,
    ) -> Tensor:
        """Average the loss over the steps that are known, times the weights of their windows."""
        assert X is not None
        path = X["path"]
        known = y_true.isfinite()
        target = torch.where(known, (y_true - path).clamp(-LARGEST, LARGEST) + path, 0.0)
        loss = self.criterion_(y_pred[:, :, 0], target)
        if len(self.module_.quantiles):
            loss = loss + pinball_loss(y_pred[:, :, 1:], target, self.module_.quantiles)
        weight = known * X["weight"][:, None]
        return (loss * weight).sum() / weight.sum().clamp(min=1e-12)

    @torch.inference_mode()
    def forecast(self, data: WindowData, place: Callable[[int], str]) -> Forecasts:
        """Forecast what follows all windows, in order.

        What follows a numbered window is named by `place`, for the error message.
        """
        parts = []
        for inputs, n_rows in self._batches(data):
            outputs = self.infer(inputs).double()
            found = (outputs, inputs["error"].double(), *map(torch.as_tensor, data.frame(inputs)))
            parts.append([each[:n_rows].cpu().numpy() for each in found])
        values, error, *frame = (np.concatenate(part) for part in zip(*parts, strict=True))
        forecasts = Forecasts(data.scaling, Frame(*frame), values, error)
        wrong = np.flatnonzero(~np.isfinite(forecasts.to_units()).all(axis=(1, 2)))
        if len(wrong):
            places = name_some(map(place, wrong.tolist()), len(wrong))
            before = np.nanmax(np.abs(data.source.take(wrong).values))
            raise ValueError(
                f"There is no finite forecast for {places}: the values before, of up to "
                f"{before:.4g}, or their covariates are too large to compute with."
            )
        return forecasts


@dataclass(frozen=True)
class Forecasts:
    """Forecasts in the frames of their windows."""

    scaling: Scaling
    frame: Frame
    values: np.ndarray  # (n_windows, horizon, 1 + n_quantiles), forecasts and their quantiles
    error: np.ndarray  # (n_windows, 1), what errors of forecasts grow with

    def to_units(self, values: np.ndarray | None = None) -> np.ndarray:
        """Bring these values, or others of shape (n_windows, ...), to the units of the series."""
        return self.scaling.from_frame(self.values if values is None else values, self.frame)
