"""Initial weights of recurrent and linear layers."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

# Over so many steps it pays to start with units that remember long, at the price of a slower start.
LONG = 40


def build_empty(module_class: type[nn.Module], *args: Any, **options: Any) -> Any:
    """Build a module with uninitialized weights, leaving the global generator alone."""
    return module_class(*args, device="meta", **options).to_empty(device="cpu")


@torch.no_grad()
def initialize_recurrent(rnn: nn.RNNBase, n_steps: int, generator: torch.Generator) -> None:
    """Draw Glorot input weights, orthogonal recurrent weights and zero biases, in place.

    Recurrent weights are orthogonal gate by gate, the range of input weights is that of all gates
    as one matrix. Gradients reach early steps from the first epoch on: the recurrent weights of a
    relu cell start as the identity [1]_, and the forget gate of an LSTM starts open, with a bias
    of 1 [2]_. Where there are many steps, the units of an LSTM or a GRU start with memories of
    1 to `n_steps` steps, as many of each order of magnitude; in [3]_ the spans themselves are
    uniform, so that few are short.

    References
    ----------
    .. [1] Le, Q. V., Jaitly, N. and Hinton, G. E. (2015). A simple way to initialize recurrent
       networks of rectified linear units. arXiv:1504.00941.
    .. [2] Jozefowicz, R., Zaremba, W. and Sutskever, I. (2015). An empirical exploration of
       recurrent network architectures. ICML.
    .. [3] Tallec, C. and Ollivier, Y. (2018). Can recurrent neural networks warp time? ICLR.
    """
    for name, parameter in rnn.named_parameters():
        if name.startswith("bias"):
            nn.init.zeros_(parameter)
        elif name.startswith("weight_ih"):
            nn.init.xavier_uniform_(parameter, generator=generator)
        elif rnn.mode == "RNN_RELU":
            nn.init.eye_(parameter)
        else:
            for gate in parameter.chunk(len(parameter) // rnn.hidden_size):
                nn.init.orthogonal_(gate, generator=generator)
    # torch adds two bias vectors: setting one of them sets the total.
    for name, parameter in rnn.named_parameters():
        if name.startswith("bias_ih") and rnn.mode in ("LSTM", "GRU"):
            _open_gates(rnn.mode, parameter.view(-1, rnn.hidden_size), n_steps, generator)


def _open_gates(mode: str, bias: Tensor, n_steps: int, generator: torch.Generator) -> None:
    """Set the biases of gates, of shape (n_gates, hidden_size), so that units remember."""
    # The second gate says what is kept, of both cells; the first one of an LSTM what is added.
    if n_steps >= LONG:
        bias[1].uniform_(0.0, math.log(n_steps - 1), generator=generator)
        if mode == "LSTM":
            bias[0] = -bias[1]
    elif mode == "LSTM":
        bias[1] = 1.0


@torch.no_grad()
def initialize_linear(linear: nn.Linear, generator: torch.Generator) -> None:
    """Draw Glorot weights and zero biases, in place."""
    nn.init.xavier_uniform_(linear.weight, generator=generator)
    nn.init.zeros_(linear.bias)
