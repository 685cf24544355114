"""A recurrent network that reads a window in segments and goes on over those ahead."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from sklearn_rnn.nn import RecurrentEncoder, Seed, build_empty, initialize_linear

# Recurrences of few steps learn fast, and take little time.
MAX_SEGMENTS = 4


class SegmentReader(nn.Module):
    """Read windows, and answer for each step of the horizon [1]_. Its answers start at zero.

    Parameters
    ----------
    look_back, horizon : int
        Number of steps of a window, and of what follows.

    n_past, n_future : int
        Number of covariates known up to the forecast, and of those known ahead.

    n_answers : int
        Number of answers for each step.

    hidden_size : int
        Number of units of each recurrent layer.

    seed : Seed
        Seed of initial weights and dropout masks.

    dtype : torch.dtype
        Dtype of weights and outputs.

    **encoder_options
        Passed to :class:`RecurrentEncoder`.

    References
    ----------
    .. [1] Lin, S. et al. (2023). SegRNN: segment recurrent neural network for long-term time
       series forecasting. arXiv:2308.11200.
    """

    position: Tensor

    def __init__(
        self,
        look_back: int,
        horizon: int,
        n_past: int,
        n_future: int,
        n_answers: int,
        hidden_size: int,
        seed: Seed,
        *,
        dtype: torch.dtype = torch.float32,
        **encoder_options: Any,
    ) -> None:
        super().__init__()
        self.horizon = horizon
        self.n_answers = n_answers
        self.segment = math.ceil(look_back / MAX_SEGMENTS)
        self.n_ahead = math.ceil(horizon / self.segment)
        self.register_buffer("position", torch.eye(self.n_ahead, dtype=dtype), persistent=False)

        def build_linear(name: str, n_inputs: int, n_outputs: int) -> nn.Linear:
            layer = build_empty(nn.Linear, n_inputs, n_outputs, dtype=dtype)
            initialize_linear(layer, seed.of(name).generator())
            return layer

        self.embed_past = build_linear("embed past", self.segment * (2 + n_past), hidden_size)
        n_ahead_inputs = self.segment * n_future + self.n_ahead
        self.embed_ahead = build_linear("embed ahead", n_ahead_inputs, hidden_size)
        n_steps = math.ceil(look_back / self.segment) + self.n_ahead
        self.encoder = RecurrentEncoder(
            hidden_size,
            hidden_size,
            seed.of("encoder"),
            n_steps=n_steps,
            dtype=dtype,
            **encoder_options,
        )
        self.output = build_linear("output", 2 * hidden_size, self.segment * n_answers)
        nn.init.zeros_(self.output.weight)

    def forward(
        self, values: Tensor, observed: Tensor, past: Tensor | None, future: Tensor | None
    ) -> Tensor:
        """Answer for each step, from the same as :class:`ForecastNetwork`.

        Returns
        -------
        answers : tensor of shape (n_windows, horizon, n_answers)
        """
        # Rare jumps would drown what the other steps say.
        steps = [values.clamp(-8.0, 8.0)[:, :, None], observed[:, :, None]]
        steps += [] if past is None else [past]
        behind = self._cut(torch.cat(steps, dim=2), at_start=True)
        queries = self._query(future).expand(len(values), -1, -1)
        encoded = self.encoder(torch.cat([self.embed_past(behind).relu(), queries], dim=1))
        # (n_windows, n_ahead, 2 * hidden_size) -> (n_windows, n_ahead, segment * n_answers)
        ahead = self.encoder.dropout(encoded[:, -self.n_ahead :])
        answers = self.output(torch.cat([ahead, queries], dim=2))
        return answers.reshape(len(values), -1, self.n_answers)[:, : self.horizon]

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
