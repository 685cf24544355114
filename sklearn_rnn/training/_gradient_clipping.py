"""Gradients scaled down to a largest norm."""

from __future__ import annotations

from typing import Any

from skorch import NeuralNet
from skorch.callbacks import Callback
from torch.nn.utils import clip_grad_norm_


class GradientClipping(Callback):
    """Clip the norm of all gradients together [1]_.

    It does what :class:`skorch.callbacks.GradientNormClipping` does, for all weights at once.

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
        clip_grad_norm_(weights, self.max_norm, foreach=True)
