from types import SimpleNamespace

import pytest
import torch
from torch.nn.utils import clip_grad_norm_

from sklearn_rnn.training._gradient_clipping import GradientClipping


def weights_with_gradients():
    weights = [torch.zeros(2, 3), torch.zeros(4), torch.zeros(5)]
    for number, weight in enumerate(weights[:2]):
        weight.grad = torch.arange(weight.numel()).view_as(weight) - float(number)
    return weights  # the last one has no gradient


@pytest.mark.parametrize("max_norm", [0.5, 3.0, 1e6])
def test_gradients_are_clipped_as_by_torch(max_norm):
    clipped, expected = weights_with_gradients(), weights_with_gradients()
    net = SimpleNamespace(optimizer_=torch.optim.SGD(clipped))

    GradientClipping(max_norm).on_grad_computed(net)
    clip_grad_norm_(expected, max_norm)

    for weight, same in zip(clipped[:2], expected[:2], strict=True):
        torch.testing.assert_close(weight.grad, same.grad)
    assert clipped[2].grad is None
