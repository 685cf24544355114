"""The forecasting network: a linear forecast, corrected by a recurrent network."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from ._encoder import RecurrentEncoder
from ._initialization import build_empty, initialize_linear

# The network reads windows in segments, since recurrences of few steps learn fast.
MAX_SEGMENTS = 24


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


class ForecastNetwork(nn.Module):
    """Forecast all steps of the horizon from scaled windows.

    The recurrent network reads the window in segments and goes on over the segments of the
    horizon, for which it is given the covariates that are known ahead [1]_. What it says is added
    to a linear forecast. It starts at zero.

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

    seed : int
        Seed of initial weights and dropout masks.

    n_quantiles : int
        Number of outputs per step.

    dropout : float
        Dropout probability on the outputs of each layer.

    dtype : torch.dtype
        Dtype of weights and outputs.

    **encoder_options
        Passed to :class:`RecurrentEncoder`.

    References
    ----------
    .. [1] Lin, S. et al. (2023). SegRNN: segment recurrent neural network for long-term time
       series forecasting. arXiv:2308.11200.
    """

    linear: Tensor
    share: Tensor
    position: Tensor

    def __init__(
        self,
        linear: Tensor,
        look_back: int,
        n_past: int,
        n_future: int,
        hidden_size: int,
        seed: int,
        *,
        n_quantiles: int = 1,
        dropout: float = 0.0,
        dtype: torch.dtype = torch.float32,
        **encoder_options: Any,
    ) -> None:
        super().__init__()
        self.dtype = dtype
        self.horizon = linear.shape[1]
        self.n_quantiles = n_quantiles
        self.segment = math.ceil(look_back / MAX_SEGMENTS)
        self.n_ahead = math.ceil(self.horizon / self.segment)
        self.register_buffer("linear", linear.to(dtype))
        self.register_buffer("share", torch.ones((), dtype=dtype))
        self.register_buffer("position", torch.eye(self.n_ahead, dtype=dtype), persistent=False)
        generator = torch.Generator().manual_seed(seed)

        def build_linear(n_inputs: int, n_outputs: int) -> nn.Linear:
            layer = build_empty(nn.Linear, n_inputs, n_outputs, dtype=dtype)
            initialize_linear(layer, generator)
            return layer

        self.embed_past = build_linear(self.segment * (2 + n_past), hidden_size)
        self.embed_ahead = build_linear(self.segment * n_future + self.n_ahead, hidden_size)
        self.encoder = RecurrentEncoder(
            hidden_size, hidden_size, seed, dropout=dropout, dtype=dtype, **encoder_options
        )
        self.output = build_linear(2 * hidden_size, self.segment * n_quantiles)
        nn.init.zeros_(self.output.weight)

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
        forecast : tensor of shape (n_windows, horizon, n_quantiles)
        """
        linear = linear_inputs(values, mean, past, future) @ self.linear
        return linear[:, :, None] + self.share * self._correct(values, observed, past, future)

    def learnt_state(self) -> dict[str, Tensor]:
        """Return what training changes: all but what is taken from the data beforehand."""
        return dict(self.named_parameters())

    def _correct(
        self, values: Tensor, observed: Tensor, past: Tensor | None, future: Tensor | None
    ) -> Tensor:
        # Rare jumps would drown what the other steps say.
        steps = [values.clamp(-8.0, 8.0)[:, :, None], observed[:, :, None]]
        steps += [] if past is None else [past]
        behind = self._cut(torch.cat(steps, dim=2), at_start=True)
        queries = self._query(future).expand(len(values), -1, -1)
        encoded = self.encoder(torch.cat([self.embed_past(behind).relu(), queries], dim=1))
        # (n_windows, n_ahead, 2 * hidden_size) -> (n_windows, n_ahead, segment * n_quantiles)
        answers = self.output(torch.cat([encoded[:, -self.n_ahead :], queries], dim=2))
        return answers.reshape(len(values), -1, self.n_quantiles)[:, : self.horizon]

    def _query(self, future: Tensor | None) -> Tensor:
        """Embed the segments of the horizon: their number, and the covariates known ahead."""
        if future is None:
            # Alike for all windows.
            return self.embed_ahead(self.position).relu()
        position = self.position.expand(len(future), -1, -1)
        return self.embed_ahead(torch.cat([position, self._cut(future, at_start=False)], 2)).relu()

    def _cut(self, steps: Tensor, *, at_start: bool) -> Tensor:
        """Cut steps of shape (n, n_steps, n_features) into segments, padded with zeros."""
        missing = -steps.shape[1] % self.segment
        if missing:
            steps = pad(steps, (0, 0, missing, 0) if at_start else (0, 0, 0, missing))
        return steps.reshape(len(steps), -1, self.segment * steps.shape[2])
