"""The forecasting network: a linear forecast, corrected by a recurrent network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from sklearn_rnn.nn import RecurrentEncoder, Seed

from ._segment_reader import SegmentReader

# Quantiles spread at most so much more or less than usual, as a logarithm.
LARGEST_LOG = 3.0
# Windows that change less from step to step count as changing so much.
SMALLEST_CHANGE = 0.01


def linear_inputs(
    values: Tensor, mean: Tensor, past: Tensor | None = None, future: Tensor | None = None
) -> Tensor:
    """Join what the linear forecast reads: values, their mean, a constant, the covariates.

    Returns
    -------
    inputs : tensor of shape (n_windows, look_back + 2 + n_covariate_values)
    """
    parts = [values, mean, torch.ones_like(mean)]
    parts += [each.flatten(1) for each in (past, future) if each is not None]
    return torch.cat(parts, dim=1)


def error_unit(values: Tensor, observed: Tensor) -> Tensor:
    """Measure what errors of forecasts grow with, in the scale of the windows.

    Parameters
    ----------
    values, observed : tensor of shape (n_windows, look_back)
        As for :class:`ForecastNetwork`.

    Returns
    -------
    unit : tensor of shape (n_windows, 1)
        Geometric mean of the spread of a window, which is 1, and of its mean absolute change from
        one step to the next. Errors one step ahead go with the latter, those far ahead with the
        former.
    """
    known = observed[:, 1:] * observed[:, :-1]
    change = (values.diff(dim=1).abs() * known).sum(dim=1, keepdim=True)
    change = change / known.sum(dim=1, keepdim=True).clamp(min=1)
    return change.clamp(min=SMALLEST_CHANGE).sqrt()


class ForecastNetwork(nn.Module):
    """Forecast all steps of the horizon from scaled windows.

    What a recurrent network says is added to a linear forecast.

    Quantiles lie at fixed offsets from the forecast, in the unit of :func:`error_unit`. Those
    below it are stretched by a factor that a second recurrent network tells, those above it by
    another one, so that they never cross. The forecast is the same as without quantiles.

    Parameters
    ----------
    linear : tensor of shape (n_linear_inputs, horizon)
        Weights of the linear forecast, for what :func:`linear_inputs` joins. They are not trained.

    look_back : int
        Number of steps of a window.

    n_past, n_future : int
        Number of covariates known up to the forecast, and of those known ahead.

    hidden_size : int
        Number of units of each recurrent layer.

    seed : Seed
        Seed of initial weights and dropout masks.

    quantiles : sequence of float
        Probabilities of the quantiles to forecast besides the forecast itself, in rising order.

    dropout : float
        Dropout probability on the outputs of each layer.

    dtype : torch.dtype
        Dtype of weights and outputs.

    **encoder_options
        Passed to :class:`RecurrentEncoder`.
    """

    linear: Tensor
    share: Tensor
    quantiles: Tensor
    offsets: Tensor
    spread_share: Tensor

    def __init__(
        self,
        linear: Tensor,
        look_back: int,
        n_past: int,
        n_future: int,
        hidden_size: int,
        seed: Seed,
        *,
        quantiles: Sequence[float] = (),
        dropout: float = 0.0,
        dtype: torch.dtype = torch.float32,
        **encoder_options: Any,
    ) -> None:
        super().__init__()
        self.dtype = dtype
        horizon = linear.shape[1]
        self.register_buffer("linear", linear.to(dtype))
        self.register_buffer("share", torch.ones((), dtype=dtype))
        self.register_buffer("quantiles", torch.tensor(quantiles, dtype=dtype))
        self.register_buffer("offsets", torch.zeros(horizon, len(quantiles), dtype=dtype))
        self.register_buffer("spread_share", torch.ones((), dtype=dtype))

        def build_reader(n_answers: int, seed: Seed) -> SegmentReader:
            options = {"dropout": dropout, "dtype": dtype, **encoder_options}
            sizes = (look_back, horizon, n_past, n_future, n_answers, hidden_size)
            return SegmentReader(*sizes, seed, **options)

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

    def forward(
        self,
        values: Tensor,
        mean: Tensor,
        observed: Tensor,
        past: Tensor | None = None,
        future: Tensor | None = None,
    ) -> Tensor:
        """Forecast, in the scale of the windows.

        Parameters
        ----------
        values : tensor of shape (n_windows, look_back)
            Scaled windows.

        mean : tensor of shape (n_windows, 1)
            Their means.

        observed : tensor of shape (n_windows, look_back)
            1 where a value was observed.

        past : tensor of shape (n_windows, look_back, n_past), default=None
            Covariates over the window.

        future : tensor of shape (n_windows, horizon, n_future), default=None
            Covariates over the horizon.

        Returns
        -------
        forecast : tensor of shape (n_windows, horizon, 1 + n_quantiles)
            The forecast, and its quantiles in rising order.
        """
        linear, correction, spread = self.parts(values, mean, observed, past, future)
        unit = None if self.spread is None else error_unit(values, observed)
        return self.combine(unit, linear, correction, spread)

    def parts(
        self,
        values: Tensor,
        mean: Tensor,
        observed: Tensor,
        past: Tensor | None = None,
        future: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Compute what a forecast is made of, from the same as :meth:`forward`.

        Returns
        -------
        linear, correction : tensor of shape (n_windows, horizon)
            Linear forecast, and what the recurrent network adds.

        spread : tensor of shape (n_windows, horizon, 2)
            Logarithms of how far quantiles below and above spread; of shape (n_windows, 0)
            without quantiles.
        """
        linear = linear_inputs(values, mean, past, future) @ self.linear
        correction = self.correction(values, observed, past, future)[:, :, 0]
        if self.spread is None:
            return linear, correction, linear.new_empty(len(linear), 0)
        spread = self.spread(values, observed, past, future)
        return linear, correction, spread.clamp(-LARGEST_LOG, LARGEST_LOG)

    def combine(
        self, unit: Tensor | None, linear: Tensor, correction: Tensor, spread: Tensor
    ) -> Tensor:
        """Put together what :meth:`parts` computes and, for quantiles, :func:`error_unit`.

        Returns
        -------
        forecast : tensor of shape (n_windows, horizon, 1 + n_quantiles)
        """
        forecast = (linear + self.share * correction)[:, :, None]
        if self.spread is None:
            return forecast
        assert unit is not None, "quantiles lie at distances in this unit"
        below, above = (self.spread_share * spread).exp().split(1, dim=2)
        # The forecast itself is not to serve its quantiles.
        offsets = self.offsets * unit[:, :, None] * torch.where(self.offsets < 0, below, above)
        return torch.cat([forecast, forecast.detach() + offsets], dim=2)

    @property
    def is_linear(self) -> bool:
        """Whether nothing that the recurrent networks say is used."""
        has_spread = self.spread is not None and self.spread_share != 0
        return bool(self.share == 0) and not has_spread

    def copy_chosen(self, other: ForecastNetwork) -> None:
        """Use as much of what the recurrent networks say as another one does."""
        for name in ("share", "spread_share", "offsets"):
            getattr(self, name).copy_(getattr(other, name))

    def learnt_state(self) -> dict[str, Tensor]:
        """Return what training changes: all but what is taken from the data beforehand."""
        return dict(self.named_parameters())
