"""A network that answers after each step: rescale, convolve, read, answer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ._front_end import Convolution
from ._initialization import build_empty
from ._network import SequenceNetwork
from ._pooling import step_mask
from ._seed import Seed

# Filters of each layer, and the steps that each of them covers.
FILTERS = (64, 64)
WIDTHS = (9, 5)


class StepFrontEnd(nn.Module):
    """Convolutions over time that keep every step, beside the values of the step.

    Parameters
    ----------
    input_size : int
        Number of features per step.

    n_steps : int
        Number of steps of the longest sequences to train on.

    seed : Seed
        Seed of the initial weights.

    dtype : torch.dtype
        Dtype of the weights.

    looks_ahead : bool, default=True
        Whether filters see steps after the one that they answer for.
    """

    def __init__(
        self,
        input_size: int,
        n_steps: int,
        seed: Seed,
        dtype: torch.dtype,
        *,
        looks_ahead: bool = True,
    ) -> None:
        super().__init__()
        self.output_size = FILTERS[-1]
        sizes = zip((input_size, *FILTERS[:-1]), FILTERS, WIDTHS, strict=True)
        self.layers = nn.ModuleList(
            Convolution(
                *each,
                n_merged=1,
                generator=seed.of(f"layer {number}").generator(),
                dtype=dtype,
                looks_ahead=looks_ahead,
            )
            for number, each in enumerate(sizes)
        )

    def n_merged(self, n_steps: int) -> int:
        """Count the steps that are left of so many: all."""
        return n_steps

    def forward(self, x: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """Read a batch.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_steps, input_size)
            Sequences, padded with zeros at their end.

        lengths : tensor of shape (n_samples,)
            Number of valid steps of each sequence, on the CPU; None if all are valid.

        Returns
        -------
        x : tensor of shape (n_samples, n_steps, output_size)
            Values and outputs of the filters, padded with zeros at their end.

        lengths : tensor of shape (n_samples,)
            As given.
        """
        x = x.transpose(1, 2)
        for layer in self.layers:
            x, _ = layer(x, lengths)
        return x.transpose(1, 2), lengths


class StepNetwork(SequenceNetwork):
    """Map each step of each sequence of a batch to a vector of outputs.

    The output layer reads what the recurrence and the front end say of the step, and a linear
    function of the values around it has its say too [1]_.

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

    def __init__(self, *args: Any, n_steps: int, reach: int = 64, **options: Any) -> None:
        # One vector of each part: that of the step, in place of a pooled one.
        super().__init__(*args, n_steps=n_steps, poolings=("max",), **options)
        self.n_values, reach = len(self.rescale.shift), min(reach, n_steps - 1)
        looks_ahead = self.encoder.bidirectional
        self.window = build_empty(
            nn.Conv1d,
            self.n_values,
            self.n_outputs,
            2 * reach + 1 if looks_ahead else reach + 1,
            padding=reach,
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
        if self.front_end is not None:
            said = torch.cat([said, seen], dim=2)
        linear = self._read_windows(x, lengths)
        if lengths is None:
            return linear + self._answer_steps(said.flatten(0, 1)).view_as(linear)
        valid = step_mask(lengths, x.shape[1], x.device)[:, :, 0]
        outputs = torch.zeros_like(linear)
        outputs[valid] = linear[valid] + self._answer_steps(said[valid])
        return outputs

    def _read_windows(self, x: Tensor, lengths: Tensor | None) -> Tensor:
        values = self.rescale(x)
        if lengths is not None:
            values = values.masked_fill(~step_mask(lengths, x.shape[1], x.device), 0.0)
        # What looks back alone is padded at both ends, too.
        return self.window(values.transpose(1, 2))[:, :, : x.shape[1]].transpose(1, 2)

    def _answer_steps(self, said: Tensor) -> Tensor:
        return self.output(self.dropout(self.norm(said)))
