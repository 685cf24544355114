"""The whole network: rescale, read, pool, normalise, answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from ._encoder import RecurrentEncoder
from ._four_directions import FourDirectionEncoder
from ._initialization import build_empty, initialize_linear
from ._layers import BatchNorm, RandomReorder, Rescale
from ._pooling import POOLINGS, step_mask
from ._seed import Seed

FROM_DATA = ("rescale.", "reorder.")


class SequenceNetwork(nn.Module):
    """Map each sequence of a batch to a vector of outputs.

    Parameters
    ----------
    shift, scale : tensor of shape (n_features,)
        What the raw input is shifted and divided by.

    hidden_size : int
        Number of units of each recurrent layer and direction.

    n_outputs : int
        Number of outputs per sequence.

    seed : Seed
        Seed of initial weights and dropout masks.

    n_steps : int
        Number of steps of the longest sequences to train on.

    pooling : {"last", "mean", "max"}
        How the outputs of all steps become one vector.

    batch_norm : bool
        Whether that vector is batch-normalised before the output layer.

    truncated_bptt_steps : int, default=None
        Number of steps through which gradients go back during training; None lets them go back
        to the first step. The encoder must read in one direction.

    dtype : torch.dtype
        Dtype of weights and outputs.

    orders : tensor of shape (n_orders, n_steps * n_features), default=None
        Orders to read sequences in at random during training, as in :class:`RandomReorder`.

    **encoder_options
        Passed to :class:`FourDirectionEncoder` if there is a `grid` among them, and to
        :class:`RecurrentEncoder` otherwise.
    """

    encoder: RecurrentEncoder | FourDirectionEncoder

    def __init__(
        self,
        shift: Tensor,
        scale: Tensor,
        hidden_size: int,
        n_outputs: int,
        seed: Seed,
        *,
        n_steps: int,
        pooling: str = "last",
        batch_norm: bool = False,
        truncated_bptt_steps: int | None = None,
        dtype: torch.dtype = torch.float32,
        orders: Tensor | None = None,
        **encoder_options: Any,
    ) -> None:
        super().__init__()
        self.reorder: nn.Module = nn.Identity()
        if orders is not None:
            self.reorder = RandomReorder(orders, shift, seed.of("reorder"))
        self.rescale = Rescale(shift, scale, dtype)
        self.dtype = dtype
        sizes = (len(shift), hidden_size, seed.of("encoder"))
        if "grid" in encoder_options:
            self.encoder = FourDirectionEncoder(*sizes, dtype=dtype, **encoder_options)
        else:
            self.encoder = RecurrentEncoder(*sizes, n_steps=n_steps, dtype=dtype, **encoder_options)
        self.pooling = pooling
        self.truncated_bptt_steps = truncated_bptt_steps
        size = self.encoder.output_size
        self.norm = BatchNorm(size, dtype=dtype) if batch_norm else nn.Identity()
        self.output = build_empty(nn.Linear, size, n_outputs, dtype=dtype)
        initialize_linear(self.output, seed.of("output").generator())

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
        outputs : tensor of shape (n_samples, n_outputs)
        """
        # Sequences that are shorter, and the backward direction, end at another step than the last.
        others = self.pooling != "last" or lengths is not None or self.encoder.bidirectional
        return self._answer(self._encode(x, lengths, n_last=None if others else 1), lengths)

    def staged(self, x: Tensor, lengths: Tensor | None = None) -> Iterator[Tensor]:
        """Compute the outputs as if the sequences had ended after each step.

        Parameters
        ----------
        x, lengths
            As in :meth:`forward`.

        Yields
        ------
        outputs : tensor of shape (n_samples, n_outputs)
            Sequences that are shorter keep their last outputs.
        """
        encoded = None if self.encoder.bidirectional else self._encode(x, lengths)
        for n_steps in range(1, x.shape[1] + 1):
            seen = None if lengths is None else lengths.clamp(max=n_steps)
            # The backward direction starts anew from each end.
            start = self._encode(x[:, :n_steps], seen) if encoded is None else encoded[:, :n_steps]
            yield self._answer(start, seen)

    def learnt_state(self) -> dict[str, Tensor]:
        """Return what training changes: all but what is taken from the data beforehand."""
        state = self.state_dict()
        return {name: each for name, each in state.items() if not name.startswith(FROM_DATA)}

    def _encode(self, x: Tensor, lengths: Tensor | None, n_last: int | None = None) -> Tensor:
        x = self.rescale(self.reorder(x))
        if lengths is not None:
            # Padding may hold NaN, which would spread through the products of the encoder.
            x = x.masked_fill(~step_mask(lengths, x.shape[1], x.device), 0.0)
        if self.training and self.truncated_bptt_steps is not None:
            return self._encode_in_spans(x, lengths, self.truncated_bptt_steps)
        return self.encoder(x, lengths, n_last)

    def _encode_in_spans(self, x: Tensor, lengths: Tensor | None, span: int) -> Tensor:
        # The last span is a full one, since the last output counts most.
        n_first = x.shape[1] % span
        sizes = [n_first] * (n_first > 0) + [span] * (x.shape[1] // span)
        assert isinstance(self.encoder, RecurrentEncoder), "read in one direction"
        outputs, states = [], None
        for number, steps in enumerate(x.split(sizes, dim=1), start=1):
            # Where only the last output is used, no gradient reaches the spans before.
            used = number == len(sizes) or self.pooling != "last" or lengths is not None
            with torch.set_grad_enabled(used):
                encoded, states = self.encoder.read_on(steps, states)
            outputs.append(encoded)
        return torch.cat(outputs, dim=1)

    def _answer(self, encoded: Tensor, lengths: Tensor | None) -> Tensor:
        pooled = POOLINGS[self.pooling](encoded, lengths, self.encoder.bidirectional)
        return self.output(self.norm(pooled))
