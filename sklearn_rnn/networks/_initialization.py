"""Initial weights of recurrent and linear layers."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

GATES = {nn.RNN: 1, nn.LSTM: 4, nn.GRU: 3}


def build_empty(module_class: type[nn.Module], *args: Any, **options: Any) -> Any:
    """Build a module with uninitialized weights, leaving the global generator alone."""
    return module_class(*args, device="meta", **options).to_empty(device="cpu")


@torch.no_grad()
def initialize_recurrent(rnn: nn.RNNBase, generator: torch.Generator) -> None:
    """Draw Glorot input weights, orthogonal recurrent weights and zero biases, in place.

    Each gate is drawn as a matrix of its own. Gradients reach early steps from the first epoch
    on: the recurrent weights of a relu cell start as the identity [1]_, and the forget gate of
    an LSTM starts open, with a bias of 1 [2]_.

    References
    ----------
    .. [1] Le, Q. V., Jaitly, N. and Hinton, G. E. (2015). A simple way to initialize recurrent
       networks of rectified linear units. arXiv:1504.00941.
    .. [2] Jozefowicz, R., Zaremba, W. and Sutskever, I. (2015). An empirical exploration of
       recurrent network architectures. ICML.
    """
    n_gates = GATES[type(rnn)]
    for name, parameter in rnn.named_parameters():
        is_recurrent = name.startswith("weight_hh")
        if name.startswith("bias"):
            nn.init.zeros_(parameter)
        elif is_recurrent and rnn.mode == "RNN_RELU":
            nn.init.eye_(parameter)
        else:
            draw = nn.init.orthogonal_ if is_recurrent else nn.init.xavier_uniform_
            for gate in parameter.chunk(n_gates):
                draw(gate, generator=generator)
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
