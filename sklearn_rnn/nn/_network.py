"""The whole network: rescale, convolve, read, pool, normalise, answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ._embedding import TokenEmbedding
from ._encoder import RecurrentEncoder
from ._initialization import build_empty, initialize_linear
from ._layers import BatchNorm, Linear, OwnScale, RandomReorder, Rescale, SeededDropout
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

    front_end : callable, default=None
        Builds what comes before the recurrence, such as :class:`FrontEnd`, from the number of
        features per step, `n_steps`, a seed and a dtype. Its outputs are pooled too.

    own_scale : bool
        Whether the front end sees each sequence at its own scale too, beside the common one.

    n_tokens, embedding_dim : int, default=None
        Number of known tokens, and size of the vectors that stand for them; None where sequences
        are of numbers.

    poolings : sequence of {"last", "mean", "max"}
        How the outputs of all steps become one vector: those of each, side by side.

    batch_norm : bool
        Whether that vector is batch-normalised before the output layer.

    dropout : float
        Dropout probability on the pooled vector, and on the outputs of recurrent layers below
        others.

    dtype : torch.dtype
        Dtype of weights and outputs.

    orders : tensor of shape (n_orders, n_steps * n_features), default=None
        Orders to read sequences in at random during training, as in :class:`RandomReorder`.

    **encoder_options
        Passed to :class:`RecurrentEncoder`.
    """

    def __init__(
        self,
        shift: Tensor,
        scale: Tensor,
        hidden_size: int,
        n_outputs: int,
        seed: Seed,
        *,
        n_steps: int,
        front_end: Callable[[int, int, Seed, torch.dtype], Any] | None = None,
        own_scale: bool = False,
        n_tokens: int | None = None,
        embedding_dim: int | None = None,
        poolings: Sequence[str] = ("last",),
        batch_norm: bool = False,
        dropout: float = 0.0,
        dtype: torch.dtype = torch.float32,
        orders: Tensor | None = None,
        **encoder_options: Any,
    ) -> None:
        super().__init__()
        self.reorder: nn.Module = nn.Identity()
        if orders is not None:
            self.reorder = RandomReorder(orders, shift, seed.of("reorder"))
        self.rescale = Rescale(shift, scale, dtype)
        self.dtype, self.n_outputs = dtype, n_outputs
        input_size, self.embedding = len(shift), None
        if n_tokens is not None and embedding_dim is not None:
            input_size = embedding_dim
            self.embedding = TokenEmbedding(n_tokens, input_size, seed.of("embedding"), dtype)
        # Number of values of a step once it is prepared.
        self.input_size = input_size
        self.front_end, self.own_scale = None, None
        if front_end is not None:
            if own_scale:
                self.own_scale, input_size = OwnScale(dtype), 2 * input_size
            self.front_end = front_end(input_size, n_steps, seed.of("front_end"), dtype)
            input_size, n_steps = self.front_end.output_size, self.front_end.n_merged(n_steps)
        self.encoder = RecurrentEncoder(
            input_size,
            hidden_size,
            seed.of("encoder"),
            n_steps=n_steps,
            dropout=dropout,
            dtype=dtype,
            **encoder_options,
        )
        self.poolings = tuple(poolings)
        size = self.encoder.output_size * len(self.poolings)
        size += input_size * len(self._front_poolings)
        self.norm = BatchNorm(size, dtype=dtype) if batch_norm else nn.Identity()
        self.dropout = SeededDropout(dropout, seed.of("dropout"))
        self.output = build_empty(Linear, size, n_outputs, dtype=dtype)
        initialize_linear(self.output, seed.of("output").generator())

    @property
    def members(self) -> list[SequenceNetwork]:
        """The networks that are trained each for itself: this one alone."""
        return [self]

    @property
    def _front_poolings(self) -> list[str]:
        """What is done with the outputs of the front end, of which none has read all steps."""
        return [] if self.front_end is None else [each for each in self.poolings if each != "last"]

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
        return self.output(self.dropout(self.features(x, lengths)))

    def features(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compute what the output layer sees, of shape (n_samples, size)."""
        return self._read(self.look(x, lengths), lengths)

    def answer(self, looked_at: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compute the outputs from what :meth:`look` returns."""
        return self.output(self.dropout(self._read(looked_at, lengths)))

    def _read(self, looked_at: Tensor, lengths: Tensor | None) -> Tensor:
        seen, lengths = self._convolve(looked_at, lengths)
        # Sequences that are shorter, and the backward direction, end at another step than the last.
        is_last = self.poolings == ("last",) and lengths is None and not self.encoder.bidirectional
        encoded = self.encoder(seen, lengths, 1 if is_last else None)
        return self._pool(seen, encoded, lengths)

    def states(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compute the outputs of the encoder at each step of `x`.

        Where a front end merges steps, all of them have the same. Those of padded steps are without
        meaning.
        """
        seen, merged_lengths = self._see(x, lengths)
        encoded = self.encoder(seen, merged_lengths)
        if self.front_end is None:
            return encoded
        return encoded.repeat_interleave(self.front_end.stride, dim=1)[:, : x.shape[1]]

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
        # Filters look ahead, and the backward direction starts from the end: read anew for each.
        is_anew = self.encoder.bidirectional or self.front_end is not None
        if not is_anew:
            seen, _ = self._see(x, lengths)
            encoded = self.encoder(seen, lengths)
        for n_steps in range(1, x.shape[1] + 1):
            known = None if lengths is None else lengths.clamp(max=n_steps)
            if is_anew:
                yield self(x[:, :n_steps], known)
            else:
                pooled = self._pool(seen[:, :n_steps], encoded[:, :n_steps], known)
                yield self.output(self.dropout(pooled))

    def learnt_state(self) -> dict[str, Tensor]:
        """Return what training changes: all but what is taken from the data beforehand."""
        state = self.state_dict()
        return {name: each for name, each in state.items() if not name.startswith(FROM_DATA)}

    def prepare(self, x: Tensor) -> Tensor:
        """Bring raw values to the scale that the network computes with, or tokens to vectors."""
        if self.embedding is not None:
            return self.embedding(x)
        return self.rescale(self.reorder(x))

    def look(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Prepare raw values: at the common scale and, if the network does so, at their own, too.

        Padding becomes zero.
        """
        x, raw = self.prepare(x), x
        if self.own_scale is not None:
            x = torch.cat([x, self.own_scale(raw, lengths)], dim=2)
        if lengths is not None:
            # Padding may hold NaN, which would spread through the products of the encoder.
            x = x.masked_fill(~step_mask(lengths, x.shape[1], x.device), 0.0)
        return x

    def _see(self, x: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Prepare what the encoder reads."""
        return self._convolve(self.look(x, lengths), lengths)

    def _convolve(self, looked_at: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        if self.front_end is None:
            return looked_at, lengths
        return self.front_end(looked_at, lengths)

    def _pool(self, seen: Tensor, encoded: Tensor, lengths: Tensor | None) -> Tensor:
        two_ways = self.encoder.bidirectional
        pooled = [POOLINGS[each](encoded, lengths, two_ways) for each in self.poolings]
        pooled += [POOLINGS[each](seen, lengths, False) for each in self._front_poolings]
        return self.norm(torch.cat(pooled, dim=1))
