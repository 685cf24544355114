"""Gradients scaled down to a largest norm."""

from __future__ import annotations

from typing import Any

import torch
from skorch import NeuralNet
from skorch.callbacks import Callback


class GradientClipping(Callback):
    """Clip the norm of all gradients together [1]_.

    It does what :class:`skorch.callbacks.GradientNormClipping` does, in fewer and larger steps,
    and without waiting for a GPU.

    Parameters
    ----------
    max_norm : float
        Largest norm.

    References
    ----------
    .. [1] Pascanu, R., Mikolov, T. and Bengio, Y. (2013). On the difficulty of training recurrent
       neural networks. ICML.
    """

    def __init__(self, max_norm: float) -> None:
        self.max_norm = max_norm

    def on_grad_computed(self, net: NeuralNet, *args: Any, **kwargs: Any) -> None:
        """Scale all gradients by the same factor, if their norm is too large."""
        weights = (weight for group in net.optimizer_.param_groups for weight in group["params"])
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        norm = torch.stack(torch._foreach_norm(gradients)).norm()
        torch._foreach_mul_(gradients, (self.max_norm / (norm + 1e-6)).clamp(max=1.0))
