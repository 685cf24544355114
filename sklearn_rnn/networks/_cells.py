"""The steps of a simple and of a gated recurrent cell, forward and backward, in place.

Both activations are sigmoids, since torch computes a sigmoid several times faster than a tanh:
``tanh(a) = 2 * sigmoid(2 * a) - 1``. The factor 2 within is exact, and goes with the products.

Buffers are time-major, and hold the gates of a step side by side: a step is one product of the
last state with all recurrent weights, whose gates are in the order of :func:`recurrent_order`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor


class Cell(Protocol):
    """The part of a recurrence that depends on the kind of its cell."""

    kept_width: int
    gradient_width: int
    by_torch: Callable[..., tuple[Tensor, Tensor]]

    def forward(self, x: Tensor, states: Tensor, kept: Tensor, weights: tuple[Tensor, ...]) -> None:
        """Compute the states of a few steps.

        Parameters
        ----------
        x : tensor of shape (n_steps, n_samples, input_size)
            Input.

        states : tensor of shape (n_steps + 1, n_samples, hidden_size)
            The state before the first step; filled with those after each step.

        kept : tensor of shape (n_steps, n_samples, kept_width * hidden_size)
            Filled with what the backward pass needs beside the states.

        weights : tuple of tensor
            Input weights, recurrent weights, and their two biases, as in torch.
        """

    def backward(
        self,
        states: Tensor,
        kept: Tensor,
        gradients: Tensor,
        out: Tensor,
        recurrent: Tensor,
    ) -> None:
        """Compute the gradients with respect to the sums that enter the gates of a few steps.

        Parameters
        ----------
        states, kept
            As left by :meth:`forward`.

        gradients : tensor of shape (n_steps + 1, n_samples, hidden_size)
            Gradients with respect to the states, by what follows these steps. Those of earlier
            states are completed on the way; the first one is that of the state before.

        out : tensor of shape (n_steps, n_samples, gradient_width * hidden_size)
            Filled with the gradients. The first gates are those of the recurrent weights, in
            their order here; the last gates are those of the input weights, in torch's order.

        recurrent : tensor of shape (n_gates * hidden_size, hidden_size)
            Recurrent weights, in their order here.
        """


def recurrent_order(weight: Tensor, hidden_size: int) -> Tensor:
    """Move the last gate of a recurrent weight or bias to the front.

    A GRU, whose last gate reads input and state apart, then has one contiguous range of gates
    that read the state, and one of gates that read the input. A single gate stays as it is.
    """
    return weight.roll(hidden_size, 0)


class SimpleCell:
    """The cell of :class:`torch.nn.RNN`: ``h = tanh(W_ih x + b_ih + W_hh h + b_hh)``, or relu."""

    kept_width = 0
    gradient_width = 1

    def __init__(self, nonlinearity: str) -> None:
        self.relu = nonlinearity == "relu"
        self.by_torch = torch.rnn_relu if self.relu else torch.rnn_tanh

    def forward(self, x: Tensor, states: Tensor, kept: Tensor, weights: tuple[Tensor, ...]) -> None:
        """Compute the states of a few steps, as described in :class:`Cell`."""
        w_ih, w_hh, b_ih, b_hh = weights
        scale = 1 if self.relu else 2
        w_hh = w_hh.t()
        torch.addmm(
            b_ih + b_hh,
            x.flatten(0, 1),
            w_ih.t(),
            beta=scale,
            alpha=scale,
            out=states[1:].flatten(0, 1),
        )
        minus_one = x.new_full((), -1.0)
        for last, state in pairwise(states.unbind()):
            state.addmm_(last, w_hh, alpha=scale)
            if self.relu:
                state.relu_()
            else:
                torch.add(minus_one, state.sigmoid_(), alpha=2, out=state)

    def backward(
        self,
        states: Tensor,
        kept: Tensor,
        gradients: Tensor,
        out: Tensor,
        recurrent: Tensor,
    ) -> None:
        """Compute the gradients of a few steps, as described in :class:`Cell`."""
        states = states[1:]
        # The slope of the activation, told from its value.
        if self.relu:
            torch.sign(states, out=out)
        else:
            torch.addcmul(states.new_ones(()), states, states, value=-1, out=out)
        d_states, d_sums = gradients.unbind(), out.unbind()
        for step in reversed(range(len(d_sums))):
            d_sum = d_sums[step].mul_(d_states[step + 1])
            d_states[step].addmm_(d_sum, recurrent)


class GatedCell:
    """The cell of :class:`torch.nn.GRU`.

    ``r`` and ``z`` are sigmoids of input and state, ``s = W_hn h + b_hn`` reads the state alone,
    ``n = tanh(W_in x + b_in + r * s)`` and ``h = n + z * (h - n)``. Kept are s, r, z and n.
    """

    kept_width = 4
    gradient_width = 4
    by_torch = staticmethod(torch.gru)

    def forward(self, x: Tensor, states: Tensor, kept: Tensor, weights: tuple[Tensor, ...]) -> None:
        """Compute the states of a few steps, as described in :class:`Cell`."""
        size = states.shape[2]
        self._read_input(x, kept.flatten(0, 1), weights)
        w_hh = recurrent_order(weights[1], size).t()
        minus_one = x.new_full((), -1.0)
        sums = kept[:, :, : 3 * size].unbind()
        rz = kept[:, :, size : 3 * size].unbind()
        gates = [gate.unbind() for gate in kept.unflatten(2, (4, size)).unbind(2)]
        for (last, state), sums_t, rz_t, s, r, z, n in zip(
            pairwise(states.unbind()), sums, rz, *gates, strict=True
        ):
            sums_t.addmm_(last, w_hh)
            rz_t.sigmoid_()
            n.addcmul_(r, s, value=2).sigmoid_()
            torch.add(minus_one, n, alpha=2, out=n)
            torch.lerp(n, last, z, out=state)

    @staticmethod
    def _read_input(x: Tensor, sums: Tensor, weights: tuple[Tensor, ...]) -> None:
        """Fill the sums of all gates, doubled for n, with biases and products of the input."""
        w_ih, w_hh, b_ih, b_hh = weights
        rz, n = slice(2 * w_hh.shape[1]), slice(2 * w_hh.shape[1], None)
        size = w_hh.shape[1]
        sums[:, :size] = b_hh[n]
        bias = torch.cat([b_ih[rz] + b_hh[rz], 2 * b_ih[n]])
        weight = torch.cat([w_ih[rz], 2 * w_ih[n]])
        torch.addmm(bias, x.flatten(0, 1), weight.t(), out=sums[:, size:])

    def backward(
        self,
        states: Tensor,
        kept: Tensor,
        gradients: Tensor,
        out: Tensor,
        recurrent: Tensor,
    ) -> None:
        """Compute the gradients of a few steps, as described in :class:`Cell`."""
        size = states.shape[2]
        gates = out.unflatten(2, (4, size))
        self._slopes(states[:-1], kept, gates)
        z = kept[:, :, 2 * size : 3 * size].unbind()
        d_states, d_new = gradients.unbind(), gradients[1:].unsqueeze(2).unbind()
        srz, d_sums = gates[:, :, :3].unbind(), out[:, :, : 3 * size].unbind()
        for step in reversed(range(len(z))):
            srz[step].mul_(d_new[step])
            d_states[step].addcmul_(d_states[step + 1], z[step]).addmm_(d_sums[step], recurrent)
        gates[:, :, 3].mul_(gradients[1:])

    @staticmethod
    def _slopes(last: Tensor, kept: Tensor, out: Tensor) -> None:
        """Differentiate the new state by the sum of each gate, for all steps at once.

        Parameters
        ----------
        last : tensor of shape (n_steps, n_samples, hidden_size)
            The state before each step.

        kept : tensor of shape (n_steps, n_samples, 4 * hidden_size)
            The gates.

        out : tensor of shape (n_steps, n_samples, 4, hidden_size)
            Filled with the derivatives.
        """
        s, r, z, n = kept.unflatten(2, (4, -1)).unbind(2)
        d_s, d_r, d_z, d_n = out.unbind(2)
        sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input
        torch.sub(last, n, out=d_r)
        sigmoid_backward(d_r, z, grad_input=d_z)
        torch.sub(1, z, out=d_r)
        torch.ops.aten.tanh_backward.grad_input(d_r, n, grad_input=d_n)
        torch.mul(d_n, r, out=d_s)
        torch.mul(d_n, s, out=d_r)
        sigmoid_backward(d_r, r, grad_input=d_r)
