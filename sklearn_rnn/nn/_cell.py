"""What every kind of cell says of itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ._initialization import build_empty
from ._stepped_layer import SteppedLayer

Layer = nn.RNNBase | SteppedLayer

# What torch's functions are told: biases, one layer, no dropout, no training, one way, steps first.
TORCH_OPTIONS = (True, 1, 0.0, False, False, False)


class Recurrence(NamedTuple):
    """How to read all steps in one direction, from a state of zeros.

    Weights and biases are those of the layer: of shape (n_gates * hidden_size, ...), input weights,
    recurrent weights, input biases and recurrent biases. The compiled functions take arrays of
    NumPy, and work on the samples from `first` on.

    Parameters
    ----------
    forward : callable
        ``forward(first, x, w_ih, w_hh, b_ih, b_hh, states, inner, gates)`` reads `x` of shape
        (n_steps, n_all, input_size), and fills `states` of shape (n_steps + 1, n_samples,
        hidden_size), whose first step is the state before. `inner`, of the same shape, is filled
        with what else a cell needs of each step, and `gates`, of shape (n_steps, n_samples,
        n_gates * hidden_size), with its gates. Arrays of fewer steps keep the newest: without a
        backward pass, two are enough, and one of `gates`.

    backward : callable
        ``backward(first, gradient, x, w_ih, w_hh, states, inner, gates, d_x, d_w_ih, d_w_hh,
        d_b_ih, d_b_hh)`` takes the gradient with respect to the last states, as many as it has
        steps, and fills those with respect to the rest, of shape (..., n_all, ...) where they are
        not of weights. An empty `d_x` is left alone.

    n_gates : int
        Number of gates to keep of each step and unit. Without any, `inner` is not kept either.

    by_torch : callable
        ``by_torch(x, weights)`` returns the state after each step, by operations of torch.
    """

    forward: Callable[..., None]
    backward: Callable[..., None]
    n_gates: int
    by_torch: Callable[[Tensor, list[Tensor]], Tensor]


class Cell(ABC):
    """A kind of recurrent cell: its layer, its initial weights, and its recurrence.

    A layer has the interface of :class:`torch.nn.RNN` with one layer, and names its weights
    likewise: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, and the same with
    `_reverse` of a second direction. Those of all gates lie in one matrix, one below the other.
    """

    layer_class: type[Layer]

    @abstractmethod
    def recurrence(self, layer: Layer) -> Recurrence | None:
        """Tell how to read with a layer of this cell; None if only torch can."""

    def build(self, *sizes: int, nonlinearity: str, **options: Any) -> Layer:
        """Build a layer with uninitialized weights.

        Parameters
        ----------
        *sizes : int
            Number of features per step, and of units per direction.

        nonlinearity : {"tanh", "relu"}
            Activation, of cells that let one choose.

        **options
            Further options of the layer.
        """
        return build_empty(self.layer_class, *sizes, batch_first=True, **options)

    @torch.no_grad()
    def initialize(self, layer: Layer, n_steps: int, generator: torch.Generator) -> None:
        """Draw initial weights, in place, to read sequences of up to `n_steps` steps.

        Input weights are in the range of Glorot for all gates as one matrix, recurrent weights are
        orthogonal gate by gate, biases are zero, unless a cell has its own.
        """
        for name, parameter in layer.named_parameters():
            if name.startswith("bias"):
                nn.init.zeros_(parameter)
            elif name.startswith("weight_ih"):
                nn.init.xavier_uniform_(parameter, generator=generator)
            else:
                self.draw_recurrent(layer, parameter, generator)
        # There are two bias vectors, which are added: setting one of them sets the total.
        for name, parameter in layer.named_parameters():
            if name.startswith("bias_ih"):
                self.open_gates(parameter.view(-1, layer.hidden_size), n_steps, generator)

    def draw_recurrent(self, layer: Layer, weight: Tensor, generator: torch.Generator) -> None:
        """Draw the recurrent weights of a direction, in place."""
        for gate in weight.split(weight.shape[1]):
            nn.init.orthogonal_(gate, generator=generator)

    def open_gates(  # noqa: B027 (many cells leave them at zero)
        self, bias: Tensor, n_steps: int, generator: torch.Generator
    ) -> None:
        """Set the biases of a direction, of shape (n_gates, hidden_size), which are zero so far."""
