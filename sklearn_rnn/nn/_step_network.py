"""A network that answers after each step: rescale, convolve, read, answer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ._front_end import FrontEnd
from ._initialization import build_empty
from ._network import SequenceNetwork
from ._pooling import step_mask

# Filters of each layer, and the steps that each of them covers.
FILTERS = (64, 64)
WIDTHS = (9, 5)
# So many steps before one they see together.
FRONT_REACH = sum(width - 1 for width in WIDTHS)
# So many steps before and after a step the linear function reads.
REACH = 64
# Adam moves all weights alike. What is linear is to be learnt before the rest learns it by heart.
GAIN = 10.0


class StepFrontEnd(FrontEnd):
    """Convolutions over time that keep every step.

    Parameters
    ----------
    *args
        As for :class:`FrontEnd`.

    looks_ahead : bool, default=True
        Whether filters see steps after the one that they answer for.
    """

    def __init__(self, *args: Any, looks_ahead: bool = True) -> None:
        super().__init__(
            *args, filters=FILTERS, widths=WIDTHS, merges=False, looks_ahead=looks_ahead
        )


class StepNetwork(SequenceNetwork):
    """Map each step of each sequence of a batch to a vector of outputs.

    The output layer reads what the recurrence and the front end say of the step. A linear function
    of the values around it, which says nothing at first, is added to that [1]_.

    Parameters
    ----------
    *args, **options
        As for :class:`SequenceNetwork`, without `poolings`.

    reach : int
        Number of steps before and after a step that the linear function reads.

    References
    ----------
    .. [1] Cheng, H.-T. et al. (2016). Wide and deep learning for recommender systems. DLRS.
    """

    def __init__(self, *args: Any, n_steps: int, reach: int = REACH, **options: Any) -> None:
        # One vector of each part is what the output layer reads here, too: that of the step.
        super().__init__(*args, n_steps=n_steps, poolings=("max",), **options)
        self.reach = reach = min(reach, n_steps - 1)
        # So many steps before the next ones are needed to read on.
        self.memory = max(reach, FRONT_REACH)
        self.window = build_empty(
            nn.Conv1d,
            self.input_size,
            self.n_outputs,
            2 * reach + 1 if self.encoder.bidirectional else reach + 1,
            padding=reach if self.encoder.bidirectional else 0,
            bias=False,
            dtype=self.dtype,
        )
        nn.init.zeros_(self.window.weight)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compute the outputs of a batch.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_steps, n_features)
            Raw sequences, padded at their end.

        lengths : tensor of shape (n_samples,), default=None
            Number of valid steps of each sequence, on the CPU; None if all are valid.

        Returns
        -------
        outputs : tensor of shape (n_samples, n_steps, n_outputs)
            Those of padded steps are zero.
        """
        seen, _ = self._see(x, lengths)
        said = self.encoder(seen, lengths)
        linear = self._read_windows(x, lengths)
        if lengths is None:
            return linear + self._answer_steps(seen, said)
        valid = step_mask(lengths, x.shape[1], x.device)[:, :, 0]
        outputs = torch.zeros_like(linear)
        outputs[valid] = linear[valid] + self._answer_steps(seen[valid], said[valid])
        return outputs

    def read_on(self, x: Tensor, n_new: int, states: list[Any]) -> Tensor:
        """Compute the outputs of the next steps, in evaluation, where nothing looks ahead.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_steps, n_features)
            These steps, and before them all earlier ones, or `memory` of them at least.

        n_new : int
            How many the next steps are.

        states : list of length num_layers
            As for :meth:`RecurrentEncoder.read_on`.

        Returns
        -------
        outputs : tensor of shape (n_samples, n_new, n_outputs)
        """
        seen, _ = self._see(x[:, -FRONT_REACH - n_new :])
        seen, linear = seen[:, -n_new:], self._read_windows(x, n_last=n_new)
        return linear + self._answer_steps(seen, self.encoder.read_on(seen, states))

    def _read_windows(
        self, x: Tensor, lengths: Tensor | None = None, n_last: int | None = None
    ) -> Tensor:
        values = self.prepare(x)
        if lengths is not None:
            values = values.masked_fill(~step_mask(lengths, x.shape[1], x.device), 0.0)
        values = values.transpose(1, 2)
        if not self.encoder.bidirectional:
            values = nn.functional.pad(values, (self.reach, 0))
            values = values if n_last is None else values[:, :, -self.reach - n_last :]
        return GAIN * self.window(values).transpose(1, 2)

    def _answer_steps(self, seen: Tensor, said: Tensor) -> Tensor:
        """Answer from what front end and encoder say of steps, of shape (..., size)."""
        if self.front_end is not None:
            said = torch.cat([said, seen], dim=-1)
        outputs = self.output(self.dropout(self.norm(said.flatten(0, -2))))
        return outputs.unflatten(0, said.shape[:-1])
