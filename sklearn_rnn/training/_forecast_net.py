"""The skorch net that trains a forecasting network."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from ._data import BatchIterator
from ._net import RecurrentNet
from ._window_data import WindowData

# An epoch of very many windows ends after this number of batches.
MAX_BATCHES_PER_EPOCH = 100
# What lies this many times the spread of its window away pulls no harder than what is nearer.
LARGEST_TARGET = 20.0


class ForecastNet(RecurrentNet):
    """A net fed with :class:`WindowData`, for a module that forecasts in the scale of the window.

    Steps that are not known do not count in the loss.
    """

    def get_dataset(self, X: WindowData, y: Any = None) -> WindowData:
        """Return the windows, which hold what follows them."""
        return X

    def get_iterator(self, dataset: WindowData, training: bool = False) -> BatchIterator:
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
    def forecast(self, data: WindowData) -> np.ndarray:
        """Forecast what follows all windows, in order, in the units of the series.

        Returns
        -------
        forecast : ndarray of shape (n_windows, horizon, n_quantiles)
        """
        parts = []
        for inputs, n_rows in self._batches(data):
            scaled = self.infer(inputs).double()
            values = inputs["anchor"][:, :, None] + inputs["scale"][:, :, None] * scaled
            parts.append(values[:n_rows])
        return torch.cat(parts).cpu().numpy()
