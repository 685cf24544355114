"""Layers of cells that torch has no layer for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from ._reversal import reversed_order


class SteppedLayer(nn.Module, ABC):
    """A recurrent layer that torch reads step by step, with the interface of :class:`torch.nn.RNN`.

    It is what GPUs compute and what is traced; on the CPU, compiled code reads in its place. A
    cell states the number of gates, and what a step computes.

    Parameters
    ----------
    input_size, hidden_size : int
        Number of features per step, and of units per direction.

    bias : bool, default=True
        Whether there are biases.

    batch_first : bool, default=False
        Whether samples come before steps in input and outputs.

    bidirectional : bool, default=False
        Whether the layer also reads the sequence from its end.

    **options
        Device and dtype of the weights.
    """

    n_gates: int

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        bias: bool = True,
        batch_first: bool = False,
        bidirectional: bool = False,
        **options: Any,
    ) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.bias = bias
        self.batch_first = batch_first
        self.bidirectional = bidirectional
        shapes: dict[str, tuple[int, ...]] = {"weight_ih": (input_size,)}
        shapes |= {"weight_hh": (hidden_size,), "bias_ih": (), "bias_hh": ()}
        if not bias:
            del shapes["bias_ih"], shapes["bias_hh"]
        self._names = [
            [f"{name}_l0{direction}" for name in shapes]
            for direction in ("", "_reverse")[: 1 + bidirectional]
        ]
        limit = hidden_size**-0.5
        for of_direction in self._names:
            for name, shape in zip(of_direction, shapes.values(), strict=True):
                values = torch.empty(self.n_gates * hidden_size, *shape, **options)
                setattr(self, name, nn.Parameter(values.uniform_(-limit, limit)))

    @staticmethod
    @abstractmethod
    def step(from_input: Tensor, state: Tensor, w_hh: Tensor, b_hh: Tensor | None) -> Tensor:
        """Compute the new state.

        Parameters
        ----------
        from_input : tensor of shape (n_samples, n_gates * hidden_size)
            What the input of the step contributes, with the input biases.

        state : tensor of shape (n_samples, hidden_size)
            The state before.

        w_hh, b_hh : tensor of shape (n_gates * hidden_size, ...)
            Recurrent weights and biases, if there are any.
        """

    @classmethod
    def read(cls, x: Tensor, weights: Sequence[Tensor], state: Tensor | None = None) -> Tensor:
        """Read sequences in one direction.

        Parameters
        ----------
        x : tensor of shape (n_steps, n_samples, input_size)
            Sequences.

        weights : sequence of tensors
            Input and recurrent weights and, if there are any, their biases, as in `all_weights`.

        state : tensor of shape (n_samples, hidden_size), default=None
            State before the first step; None for zeros.

        Returns
        -------
        states : tensor of shape (n_steps, n_samples, hidden_size)
            State after each step.
        """
        w_ih, w_hh = weights[:2]
        b_ih, b_hh = weights[2:] or (None, None)
        state = x.new_zeros(x.shape[1], w_hh.shape[1]) if state is None else state
        states = []
        for from_input in nn.functional.linear(x, w_ih, b_ih):
            state = cls.step(from_input, state, w_hh, b_hh)
            states.append(state)
        return torch.stack(states)

    @property
    def all_weights(self) -> list[list[Tensor]]:
        """Weights and biases of each direction."""
        return [[getattr(self, name) for name in names] for names in self._names]

    def forward(
        self, x: Tensor | PackedSequence, state: Tensor | None = None
    ) -> tuple[Tensor | PackedSequence, Tensor]:
        """Read sequences as torch's layers do.

        Parameters
        ----------
        x : tensor of shape (n_steps, n_samples, input_size) or PackedSequence
            Sequences.

        state : tensor of shape (n_directions, n_samples, hidden_size), default=None
            State before the first step; None for zeros.

        Returns
        -------
        outputs : tensor of shape (n_steps, n_samples, n_directions * hidden_size) or PackedSequence
            States after each step.

        state : tensor of shape (n_directions, n_samples, hidden_size)
            State of each direction after all steps.
        """
        if isinstance(x, PackedSequence):
            steps, lengths = pad_packed_sequence(x)
            outputs, after = self._read_all(steps, state, lengths)
            return pack_padded_sequence(outputs, lengths, enforce_sorted=False), after
        outputs, after = self._read_all(x.transpose(0, 1) if self.batch_first else x, state)
        return outputs.transpose(0, 1) if self.batch_first else outputs, after

    def _read_all(
        self, x: Tensor, state: Tensor | None, lengths: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Read steps in all directions."""
        outputs, after = [], []
        samples = torch.arange(x.shape[1])
        last = len(x) - 1 if lengths is None else lengths - 1
        for number, weights in enumerate(self.all_weights):
            order = reversed_order(lengths, *x.shape[:2]).to(x.device) if number else None
            before = None if state is None else state[number]
            states = self.read(_reorder(x, order), weights, before)
            outputs.append(_reorder(states, order))
            after.append(states[last, samples])
        return torch.cat(outputs, dim=2), torch.stack(after)


def _reorder(x: Tensor, order: Tensor | None) -> Tensor:
    return x if order is None else x.flatten(0, 1)[order].view_as(x)
