"""Layers on top of each other, with or without connections around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn


class LayerStack(nn.Module):
    """Pass values through layers of equal size.

    With residual connections, each layer above the first reads the normalised values [1]_ below
    it and adds its own outputs to them [2]_, and the last values are normalised.

    Parameters
    ----------
    num_layers : int
        Number of layers.

    size : int
        Number of outputs of each layer and step.

    residual : bool
        Whether there are residual connections.

    dtype : torch.dtype
        Dtype of the normalisation.

    References
    ----------
    .. [1] Ba, J. L., Kiros, J. R. and Hinton, G. E. (2016). Layer normalization.
       arXiv:1607.06450.
    .. [2] He, K. et al. (2016). Deep residual learning for image recognition. CVPR.
    """

    def __init__(self, num_layers: int, size: int, residual: bool, dtype: torch.dtype) -> None:
        super().__init__()
        self.residual = residual
        n_norms = num_layers if residual else 0
        self.norms = nn.ModuleList(nn.LayerNorm(size, dtype=dtype) for _ in range(n_norms))

    def forward(self, x: Tensor, layers: Iterable[Callable[[Tensor], Tensor]]) -> Tensor:
        """Pass `x` of shape (n_samples, n_steps, n_features) through functions, one a layer.

        The last one may answer for some of the last steps alone.
        """
        for number, layer in enumerate(layers):
            if number == 0 or not self.residual:
                x = layer(x)
            else:
                added = layer(self.norms[number - 1](x))
                x = x[:, -added.shape[1] :] + added
        return self.norms[-1](x) if self.residual else x
