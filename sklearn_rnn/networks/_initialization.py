"""Initial weights of recurrent and linear layers."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


def build_empty(module_class: type[nn.Module], *args: Any, **options: Any) -> Any:
    """Build a module with uninitialized weights, leaving the global generator alone."""
    return module_class(*args, device="meta", **options).to_empty(device="cpu")


@torch.no_grad()
def initialize_recurrent(rnn: nn.RNNBase, generator: torch.Generator) -> None:
    """Draw Glorot input weights, orthogonal recurrent weights and zero biases, in place.

    Recurrent weights are orthogonal gate by gate, the range of input weights is that of all gates
    as one matrix. Gradients reach early steps from the first epoch on: the recurrent weights of a
    relu cell start as the identity [1]_, and the forget gate of an LSTM starts open, with a bias
    of 1 [2]_.

    References
    ----------
    .. [1] Le, Q. V., Jaitly, N. and Hinton, G. E. (2015). A simple way to initialize recurrent
       networks of rectified linear units. arXiv:1504.00941.
    .. [2] Jozefowicz, R., Zaremba, W. and Sutskever, I. (2015). An empirical exploration of
       recurrent network architectures. ICML.
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
    if isinstance(rnn, nn.LSTM):
        forget = slice(rnn.hidden_size, 2 * rnn.hidden_size)
        # torch adds two bias vectors: setting one of them to 1 gives a total of 1.
        for name, parameter in rnn.named_parameters():
            if name.startswith("bias_ih"):
                parameter[forget] = 1.0


@torch.no_grad()
def initialize_linear(linear: nn.Linear, generator: torch.Generator) -> None:
    """Draw Glorot weights and zero biases, in place."""
    nn.init.xavier_uniform_(linear.weight, generator=generator)
    nn.init.zeros_(linear.bias)
