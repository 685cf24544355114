"""The forecasting network, and the skorch net that trains it.

To a smoothed path, it adds shares of what linear regression and recurrence say.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from sklearn_rnn.nn import RecurrentEncoder, Seed, build_empty, initialize_linear
from sklearn_rnn.training import BatchData, BatchIterator, RecurrentNet, pinball_loss

from ._batches import LARGEST, Forecasts, Frame, WindowData
from ._clock import name_some

# Quantiles spread at most so much more or less than usual, as a logarithm.
LARGEST_LOG = 3.0
# Longer windows are read several steps at a time: recurrences of few steps learn fast.
MAX_SEGMENTS = 36
# Rare jumps would drown what the other steps say.
LARGEST_STEP = 10.0
# The regression reads no more values, since its cost is cubic in their number.
MAX_LAGS = 512
# An epoch of very many windows ends after this number of batches.
MAX_BATCHES_PER_EPOCH = 100
N_FORECAST_AT_ONCE = 1024


def linear_inputs(inputs: dict[str, Tensor]) -> Tensor:
    """Join what the linear regression reads of a batch, to shape (n_windows, n_linear_inputs).

    That is the newest values, the smoothed path, features, covariates, and a constant.
    """
    parts = [inputs["values"][:, -MAX_LAGS:], inputs["path"], inputs["features"]]
    parts += [inputs[name].flatten(1) for name in ("past", "future") if name in inputs]
    return torch.cat([*parts, torch.ones_like(parts[0][:, :1])], dim=1)


class ForecastNetwork(nn.Module):
    """Forecast all steps of the horizon from scaled windows.

    To the path that smoothing goes, a share of what a linear regression says is added, and a share
    of what a recurrent network says. Each was learnt to add what the path alone misses.

    Quantiles lie at fixed offsets from the forecast, in units of the errors of each window. Those
    below it are stretched by a factor that a second recurrent network tells, those above it by
    another one, so that they never cross. The forecast is the same as without quantiles.
    """

    linear: Tensor
    shares: Tensor
    quantiles: Tensor
    offsets: Tensor
    spread_share: Tensor

    def __init__(
        self,
        linear: Tensor,  # (n_linear_inputs, horizon), weights that are not trained
        n_read: int,  # number of the newest steps that recurrent networks read
        n_columns: dict[str, int],  # of "features", and of covariates "past" and "future", if any
        hidden_size: int,
        seed: Seed,
        *,
        quantiles: Sequence[float] = (),
        dtype: torch.dtype = torch.float32,
        **encoder_options: Any,
    ) -> None:
        super().__init__()
        self.dtype = dtype
        horizon = linear.shape[1]
        self.register_buffer("linear", linear.to(dtype))
        # Shares of the regression and of the recurrent network; in training, that alone.
        self.register_buffer("shares", torch.tensor([0.0, 1.0], dtype=dtype))
        self.register_buffer("quantiles", torch.tensor(quantiles, dtype=dtype))
        self.register_buffer("offsets", torch.zeros(horizon, len(quantiles), dtype=dtype))
        self.register_buffer("spread_share", torch.ones((), dtype=dtype))

        def build_reader(n_answers: int, seed: Seed) -> WindowReader:
            options = {"dtype": dtype, **encoder_options}
            return WindowReader(n_read, n_columns, horizon, n_answers, hidden_size, seed, **options)

        self.correction = build_reader(1, seed.of("correction"))
        self.spread = build_reader(2, seed.of("spread")) if len(quantiles) else None

    @property
    def members(self) -> list[ForecastNetwork]:
        """The networks that are trained each for itself: this one alone."""
        return [self]

    @property
    def encoder(self) -> RecurrentEncoder:
        """What reads the windows."""
        return self.correction.encoder

    def forward(self, inputs: dict[str, Tensor]) -> Tensor:
        """Forecast a batch of :class:`WindowData`, in the frames of the windows.

        The forecast and its quantiles in rising order have shape (n_windows, horizon,
        1 + n_quantiles).
        """
        return self.combine(inputs, *self.parts(inputs))

    def parts(self, inputs: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Compute what a forecast is made of, from the same as :meth:`forward`.

        That is what regression and recurrence add, both of shape (n_windows, horizon), and the
        logarithms of how far quantiles below and above spread, shape (n_windows, horizon, 2), or
        (n_windows, 0) without quantiles.
        """
        correction = self.correction(inputs)[:, :, 0]
        # In training, the recurrent network reads the newest steps alone.
        is_whole = "values" in inputs
        linear = linear_inputs(inputs) @ self.linear if is_whole else torch.zeros_like(correction)
        if self.spread is None:
            return linear, correction, correction.new_empty(len(correction), 0)
        return linear, correction, self.spread(inputs).clamp(-LARGEST_LOG, LARGEST_LOG)

    def combine(
        self, inputs: dict[str, Tensor], linear: Tensor, correction: Tensor, spread: Tensor
    ) -> Tensor:
        """Put together what :meth:`parts` computes, to what :meth:`forward` returns."""
        added = self.shares[0] * linear + self.shares[1] * correction
        forecast = (inputs["path"] + added)[:, :, None]
        if self.spread is None:
            return forecast
        below, above = (self.spread_share * spread).exp().split(1, dim=2)
        # The forecast itself is not to serve its quantiles.
        stretch = torch.where(self.offsets < 0, below, above)
        offsets = self.offsets * inputs["error"][:, :, None] * stretch
        return torch.cat([forecast, forecast.detach() + offsets], dim=2)

    def copy_chosen(self, other: ForecastNetwork) -> None:
        """Use as much of each part as another network does."""
        for name in ("shares", "spread_share", "offsets"):
            getattr(self, name).copy_(getattr(other, name))

    def learnt_state(self) -> dict[str, Tensor]:
        """Return what training changes: all but what is taken from the data beforehand."""
        return dict(self.named_parameters())


class WindowReader(nn.Module):
    """Read the newest steps of windows, and answer for each step of the horizon, at first zero."""

    def __init__(
        self,
        n_read: int,
        n_columns: dict[str, int],
        horizon: int,
        n_answers: int,
        hidden_size: int,
        seed: Seed,
        *,
        dtype: torch.dtype = torch.float32,
        **encoder_options: Any,
    ) -> None:
        super().__init__()
        self.n_read, self.horizon, self.n_answers = n_read, horizon, n_answers
        self.segment = math.ceil(n_read / MAX_SEGMENTS)

        def build_linear(name: str, n_inputs: int, n_outputs: int) -> nn.Linear:
            layer = build_empty(nn.Linear, n_inputs, n_outputs, dtype=dtype)
            initialize_linear(layer, seed.of(name).generator())
            return layer

        self.encoder = RecurrentEncoder(
            self.segment * (2 + n_columns.get("past", 0)),
            hidden_size,
            seed.of("encoder"),
            n_steps=math.ceil(n_read / self.segment),
            dtype=dtype,
            **encoder_options,
        )
        size = self.encoder.output_size + n_columns["features"]
        self.embed_future: nn.Linear | None = None
        if "future" in n_columns:
            # Each step of the horizon sees the covariates of its own step.
            self.embed_future = build_linear("future", size + n_columns["future"], hidden_size)
            self.position = nn.Parameter(torch.zeros(horizon, hidden_size, dtype=dtype))
            self.output = build_linear("output", hidden_size, n_answers)
        else:
            self.output = build_linear("output", size, horizon * n_answers)
        nn.init.zeros_(self.output.weight)

    def forward(self, inputs: dict[str, Tensor]) -> Tensor:
        """Answer for each step, shape (n_windows, horizon, n_answers), from the same inputs."""
        steps = [inputs["rest"].clamp(-LARGEST_STEP, LARGEST_STEP), inputs["observed"]]
        newest = [each[:, -self.n_read :, None] for each in steps]
        if "past" in inputs:
            newest.append(inputs["past"][:, -self.n_read :])
        state = self.encoder(self._cut(torch.cat(newest, dim=2)), None, 1)[:, -1]
        state = torch.cat([self.encoder.dropout(state), inputs["features"]], dim=1)
        if self.embed_future is not None:
            by_step = state[:, None].expand(-1, self.horizon, -1)
            by_step = self.embed_future(torch.cat([by_step, inputs["future"]], dim=2))
            return self.output((by_step + self.position).relu())
        return self.output(state).reshape(len(state), self.horizon, self.n_answers)

    def _cut(self, steps: Tensor) -> Tensor:
        """Cut steps of shape (n, n_steps, n_features) into segments, padded with zeros."""
        missing = -steps.shape[1] % self.segment
        if missing:
            steps = pad(steps, (0, 0, missing, 0))
        return steps.reshape(len(steps), -1, self.segment * steps.shape[2])


class ForecastNet(RecurrentNet):
    """A net fed with :class:`WindowData`, for a module that forecasts in the frames of windows.

    Steps that are not known do not count in the loss. To the mean absolute error of the forecast,
    the mean pinball loss of its quantiles is added, if there are any.
    """

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

    def _forward(self, module: nn.Module, x: dict[str, Tensor]) -> Tensor:
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
    def forecast(self, data: WindowData) -> Forecasts:
        """Forecast what follows all windows, in order."""
        parts = []
        for inputs, n_rows in self._batches(data):
            outputs = self.infer(inputs).double()
            found = (outputs, inputs["error"].double(), *map(torch.as_tensor, data.frame(inputs)))
            parts.append([each[:n_rows].cpu().numpy() for each in found])
        values, error, *frame = (np.concatenate(part) for part in zip(*parts, strict=True))
        source, in_units = data.source, data.scaling.from_frame(values, Frame(*frame))
        wrong = np.flatnonzero(~np.isfinite(in_units).all(axis=(1, 2)))
        if len(wrong):
            places = name_some(map(source.name, wrong.tolist()), len(wrong))
            before = np.nanmax(np.abs(source.take(wrong).values))
            raise ValueError(
                f"There is no finite forecast for {places}: the values before, of up to "
                f"{before:.4g}, or their covariates are too large to compute with."
            )
        return Forecasts(source.n_targets, data.scaling, Frame(*frame), values, error)
