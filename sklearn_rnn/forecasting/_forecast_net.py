"""The skorch net that trains a forecasting network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sklearn_rnn.training import BatchData, BatchIterator, RecurrentNet

from ._clock import name_some
from ._forecast_network import error_unit
from ._held_out import HELD_OUT_BATCH, MAX_HELD_OUT_BATCHES, HeldOut, pinball_loss
from ._linear_forecast import HUBER_DELTA
from ._window_data import WindowData

# An epoch of very many windows ends after this number of batches.
MAX_BATCHES_PER_EPOCH = 100
# What lies this many times the spread of its window away pulls no harder than what is nearer.
LARGEST_TARGET = 20.0


class ForecastNet(RecurrentNet):
    """A net fed with :class:`WindowData`, for a module that forecasts in the scale of the window.

    Steps that are not known do not count in the loss. To that of the forecast, the mean pinball
    loss of its quantiles is added, if there are any.

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
        dataset = dataset.drawn_once() if isinstance(dataset, WindowData) else dataset
        return BatchIterator(dataset, self.batch_size, self.generator_, MAX_BATCHES_PER_EPOCH)

    def _forward(self, module: torch.nn.Module, x: dict[str, Tensor]) -> Tensor:
        """Compute the forecasts of a batch, in the scale of the windows."""
        return module(*_arguments(x))

    def get_loss(
        self,
        y_pred: Tensor,
        y_true: Tensor,
        X: dict[str, Tensor] | None = None,
        training: bool = False,
    ) -> Tensor:
        """Average the loss over the steps that are known, times the weights of their windows."""
        X = {} if X is None else X
        target = y_true.nan_to_num() if "known" in X else y_true
        target = target.clamp(-LARGEST_TARGET, LARGEST_TARGET)
        loss = self.criterion_(y_pred[:, :, 0], target)
        if len(self.module_.quantiles):
            loss = loss + pinball_loss(y_pred[:, :, 1:], target, self.module_.quantiles)
        if "known" not in X and "sample_weight" not in X:
            return loss.mean()
        weight = X.get("known", torch.ones_like(loss))
        if "sample_weight" in X:
            weight = weight * X["sample_weight"][:, None]
        return (loss * weight).sum() / weight.sum().clamp(min=1e-12)

    @torch.inference_mode()
    def forecast(
        self, data: WindowData, place: Callable[[int], str] = "window {}".format
    ) -> tuple[np.ndarray, np.ndarray]:
        """Forecast what follows all windows, in order.

        Parameters
        ----------
        data : WindowData
            Windows.

        place : callable
            Names what follows a numbered window, for the error message.

        Returns
        -------
        forecast : ndarray of shape (n_windows, horizon, 1 + n_quantiles)
            The forecast and its quantiles, in the units of the series.

        unit : ndarray of shape (n_windows,)
            What the errors of each window grow with, in the same units.

        Raises
        ------
        ValueError
            If a forecast is not finite.
        """
        forecasts, units = [], []
        for inputs, n_rows in self._batches(data):
            anchor, scale = inputs["anchor"][:, :, None], inputs["scale"][:, :, None]
            forecasts.append((anchor + scale * self.infer(inputs).double())[:n_rows])
            unit = inputs["scale"] * _unit(inputs).double()
            units.append(unit[:n_rows, 0])
        forecast = torch.cat(forecasts).cpu().numpy()
        wrong = np.flatnonzero(~np.isfinite(forecast).all(axis=(1, 2)))
        if len(wrong):
            low, high = (each.item() for each in data.store.values.aminmax())
            places = name_some(map(place, wrong.tolist()), len(wrong))
            raise ValueError(
                f"There is no finite forecast for {places}: the values before, "
                f"from {low:.4g} to {high:.4g}, or their covariates are too large to compute with."
            )
        return forecast, torch.cat(units).cpu().numpy()

    @torch.inference_mode()
    def hold_out(self, data: WindowData) -> HeldOut:
        """Compute what the network says about held-out windows, or some of very many."""
        self._set_training(False)
        generator = self.seed.of("held out").generator()
        batches = BatchIterator(data, HELD_OUT_BATCH, generator, MAX_HELD_OUT_BATCHES)
        with self._threads():
            parts = [(_unit(x), *self.module_.parts(*_arguments(x)), y) for x, y in batches]
        return HeldOut(self.module_, *(torch.cat(part) for part in zip(*parts, strict=True)))

    @torch.inference_mode()
    def start_offsets(self, data: WindowData) -> np.ndarray:
        """Put quantiles where they are for the linear forecast of held-out windows.

        Returns
        -------
        errors : ndarray of shape (n_windows, horizon)
            Errors of the linear forecast, in the units of the windows; NaN where it is not known
            what followed.
        """
        held_out = self.hold_out(data)
        self.module_.share.fill_(0.0)
        errors = held_out.errors.cpu().numpy()
        held_out.set_offsets(0.0)
        self.module_.share.fill_(1.0)
        self.module_.spread_share.fill_(1.0)
        return errors

    @torch.inference_mode()
    def choose_shares(self, data: WindowData) -> np.ndarray:
        """Choose by held-out windows how much of what the network says is used.

        Returns
        -------
        errors : ndarray of shape (n_windows, horizon)
            Errors of the forecasts, in the units of their windows; NaN where it is not known
            what followed.
        """
        held_out = self.hold_out(data)
        held_out.choose_share(self.criterion_)
        if len(self.module_.quantiles):
            held_out.choose_spread_share()
        return held_out.errors.cpu().numpy()


def _unit(inputs: dict[str, Tensor]) -> Tensor:
    """Measure what the errors of each window of a batch grow with, in its scale."""
    return error_unit(inputs["values"], inputs["observed"])


def _arguments(inputs: dict[str, Tensor]) -> tuple[Tensor | None, ...]:
    """List what the module takes of a batch."""
    return tuple(inputs.get(name) for name in ("values", "mean", "observed", "past", "future"))
