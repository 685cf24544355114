"""How much of what a network says is due to each value of a sequence."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from ._ensemble import SequenceEnsemble
from ._network import SequenceNetwork


def integrate_gradients(
    module: SequenceNetwork | SequenceEnsemble,
    x: Tensor,
    baseline: Tensor,
    lengths: Tensor | None,
    weights: Tensor,
    n_points: int,
) -> Tensor:
    """Attribute a weighted sum of outputs to the values of sequences, by integrated gradients [1]_.

    They add up to what the sum is for `x` less what it is for `baseline`. The straight path from
    one to the other runs in what a network reads: rescaled values, those at the own scale of each
    sequence, vectors of tokens. Of what linear functions of fixed convolutions say, whose gradient
    is zero nearly everywhere, the integral is known in closed form.

    Parameters
    ----------
    module : SequenceNetwork or SequenceEnsemble
        What computes the outputs, in evaluation mode.

    x, baseline : tensor of shape (n_samples, n_steps, n_features)
        Raw sequences.

    lengths : tensor of shape (n_samples,) or None
        Number of valid steps of each sequence, on the CPU; None if all are valid.

    weights : tensor of shape (n_samples, n_outputs)
        Weights of the outputs.

    n_points : int
        Number of points of the path at which gradients are computed.

    Returns
    -------
    attributions : tensor of shape (n_samples, n_steps, n_features)

    References
    ----------
    .. [1] Sundararajan, M., Taly, A. and Yan, Q. (2017). Axiomatic attribution for deep networks.
       ICML.
    """
    shares, beside = getattr(module, "shares", None), getattr(module, "beside", ())
    networks = [cast(SequenceNetwork, each) for each in module.members]
    own = weights if shares is None else weights * shares[0]
    found = sum(_along_path(each, x, baseline, lengths, own, n_points) for each in networks)
    found = cast(Tensor, found) / len(networks)
    for number, function in enumerate(beside, start=1):
        assert shares is not None, "what is beside networks has a share"
        found = found + _of_line(function, x, baseline, lengths, weights * shares[number])
    return found


def _along_path(
    network: SequenceNetwork,
    x: Tensor,
    baseline: Tensor,
    lengths: Tensor | None,
    weights: Tensor,
    n_points: int,
) -> Tensor:
    with torch.no_grad():
        start, end = network.look(baseline, lengths), network.look(x, lengths)
    change, total = end - start, torch.zeros_like(end, dtype=torch.float64)
    places, shares = np.polynomial.legendre.leggauss(n_points)
    for place, share in zip((places + 1) / 2, shares / 2, strict=True):
        point = (start + place * change).requires_grad_()
        with torch.enable_grad():
            outputs = network.answer(point, lengths)
            (gradient,) = torch.autograd.grad((outputs * weights).sum(), point)
        total += share * gradient
    # Views of the same value lie apart by the number of features.
    return (total * change).unflatten(2, (-1, x.shape[2])).sum(dim=2)


def _of_line(
    function: nn.Module, x: Tensor, baseline: Tensor, lengths: Tensor | None, weights: Tensor
) -> Tensor:
    point = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        line = cast(Any, function).line(point, baseline, lengths, weights.to(torch.float64))
        (gradient,) = torch.autograd.grad(line.sum(), point)
    # Padding may hold NaN.
    return (gradient * (x - baseline)).nan_to_num(0.0)
