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

    Each gate is drawn as a matrix of its own. The forget gate of an LSTM starts open, with a
    bias of 1, so that gradients reach early steps from the first epoch on [1]_.

    References
    ----------
    .. [1] Jozefowicz, R., Zaremba, W. and Sutskever, I. (2015). An empirical exploration of
       recurrent network architectures. ICML.
    """
    n_gates = GATES[type(rnn)]
    for name, parameter in rnn.named_parameters():
        if name.startswith("bias"):
            nn.init.zeros_(parameter)
            continue
        draw = nn.init.orthogonal_ if name.startswith("weight_hh") else nn.init.xavier_uniform_
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
