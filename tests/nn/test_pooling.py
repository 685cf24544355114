import pytest
import torch

from sklearn_rnn.nn import POOLINGS
from sklearn_rnn.nn._pooling import step_mask

N_STEPS = 4
LENGTHS = torch.tensor([4, 1, 3])

all_poolings = pytest.mark.parametrize("pooling", POOLINGS)
both_directions = pytest.mark.parametrize("bidirectional", [False, True])


def outputs():
    return torch.randn(3, N_STEPS, 6, generator=torch.Generator().manual_seed(0)) - 2


def test_names():
    assert set(POOLINGS) == {"last", "mean", "max"}


def test_step_mask():
    mask = step_mask(LENGTHS, N_STEPS, torch.device("cpu"))

    assert mask.shape == (3, N_STEPS, 1)
    assert mask.sum(dim=1).flatten().tolist() == [4, 1, 3]
    assert mask[:, 0].all()


def test_last_of_one_direction():
    torch.testing.assert_close(POOLINGS["last"](outputs(), None, False), outputs()[:, -1])


def test_last_of_two_directions():
    pooled = POOLINGS["last"](outputs(), None, True)

    torch.testing.assert_close(pooled[:, :3], outputs()[:, -1, :3])
    torch.testing.assert_close(pooled[:, 3:], outputs()[:, 0, 3:])


@both_directions
def test_mean(bidirectional):
    torch.testing.assert_close(
        POOLINGS["mean"](outputs(), None, bidirectional), outputs().mean(dim=1)
    )


@both_directions
def test_max(bidirectional):
    torch.testing.assert_close(
        POOLINGS["max"](outputs(), None, bidirectional), outputs().amax(dim=1)
    )


@all_poolings
@both_directions
def test_padding_is_left_out(pooling, bidirectional):
    padded = outputs()
    padded[~step_mask(LENGTHS, N_STEPS, padded.device)[:, :, 0]] = torch.nan

    pooled = POOLINGS[pooling](padded, LENGTHS, bidirectional)

    for row, length in enumerate(LENGTHS):
        alone = POOLINGS[pooling](padded[row : row + 1, :length], None, bidirectional)
        torch.testing.assert_close(pooled[row : row + 1], alone)


@all_poolings
def test_gradient_does_not_reach_padding(pooling):
    padded = outputs().requires_grad_()

    POOLINGS[pooling](padded, LENGTHS, False).sum().backward()

    assert not padded.grad[1, 1:].any()
    assert padded.grad[1, 0].all()
