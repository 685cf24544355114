import copy
import pickle

import pytest
import torch

from sklearn_rnn.nn import Seed
from sklearn_rnn.nn._layers import OwnScale, Rescale, SeededDropout


def rescale(shift, scale, dtype=torch.float32):
    return Rescale(torch.tensor(shift), torch.tensor(scale), dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("input_dtype", [torch.uint8, torch.int64, torch.float32, torch.float64])
def test_rescale(dtype, input_dtype):
    x = torch.tensor([[[10, 20], [30, 60]]], dtype=input_dtype)

    out = rescale([10.0, 20.0], [10.0, 20.0], dtype)(x)

    torch.testing.assert_close(out, torch.tensor([[[0, 0], [2, 2]]], dtype=dtype))


def test_rescale_by_one_number_for_all():
    out = rescale(10.0, 5.0)(torch.tensor([[[10.0, 20.0]]]))

    torch.testing.assert_close(out, torch.tensor([[[0.0, 2.0]]]))


def test_rescale_keeps_the_digits_of_float64_with_a_large_offset():
    x = torch.tensor([[[1e9 + 1]], [[1e9 + 2]]], dtype=torch.float64)

    out = Rescale(torch.tensor(1e9, dtype=torch.float64), torch.tensor(1.0), torch.float32)(x)

    torch.testing.assert_close(out.flatten(), torch.tensor([1.0, 2.0]))


def test_rescale_takes_uint8_below_the_shift():
    out = rescale(200.0, 1.0)(torch.tensor([[[100]]], dtype=torch.uint8))

    assert out.item() == -100


def test_rescale_is_saved_with_the_network():
    assert set(rescale(0.0, 1.0).state_dict()) == {"shift", "scale"}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_own_scale(dtype):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(3, 20, 2, generator=generator, dtype=torch.float64)
    scales = torch.tensor([1e-6, 1.0, 1e6]).double()[:, None, None]

    out = OwnScale(dtype)(7 + x * scales)

    assert out.dtype == dtype
    wanted = (x - x.mean(dim=1, keepdim=True)) / x.std(dim=1, correction=0, keepdim=True)
    torch.testing.assert_close(out, wanted.to(dtype), atol=1e-5, rtol=1e-5)


def test_own_scale_knows_no_padding():
    x = torch.randn(3, 20, 2, generator=torch.Generator().manual_seed(0))
    lengths = torch.tensor([20, 1, 7])
    layer = OwnScale(torch.float32)

    out = layer(
        x.masked_fill((torch.arange(20) >= lengths[:, None])[:, :, None], torch.nan), lengths
    )

    for row, length in enumerate(lengths):
        torch.testing.assert_close(out[row, :length], layer(x[row : row + 1, :length])[0])
        assert not out[row, length:].any()


@pytest.mark.parametrize("dtype", [torch.int64, torch.float32, torch.float64])
def test_what_is_constant_has_no_scale(dtype):
    x = torch.full((2, 7, 1), 1e6 / 3).to(dtype)

    assert not OwnScale(torch.float32)(x).any()


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_dropout_drops_a_share_and_keeps_the_mean(p):
    out = SeededDropout(p, Seed(0))(torch.ones(100_000))

    assert (out == 0).float().mean() == pytest.approx(p, abs=0.01)
    assert out.mean() == pytest.approx(1, abs=0.05)
    assert out.max() == pytest.approx(1 / (1 - p))


def test_dropout_draws_anew_each_time():
    dropout, x = SeededDropout(0.5, Seed(0)), torch.ones(100)

    assert not torch.equal(dropout(x), dropout(x))


def test_dropout_is_decided_by_its_seed():
    x = torch.ones(100)

    assert torch.equal(SeededDropout(0.5, Seed(0))(x), SeededDropout(0.5, Seed(0))(x))
    assert not torch.equal(SeededDropout(0.5, Seed(0))(x), SeededDropout(0.5, Seed(1))(x))


def test_dropout_leaves_the_global_generator_alone():
    before = torch.get_rng_state()

    SeededDropout(0.5, Seed(0))(torch.ones(100))

    assert torch.equal(torch.get_rng_state(), before)


def test_dropout_is_the_identity_in_eval_mode():
    x = torch.ones(100)

    assert SeededDropout(0.5, Seed(0)).eval()(x) is x


def test_no_dropout_is_the_identity():
    x = torch.ones(100)

    assert SeededDropout(0.0, Seed(0))(x) is x


def test_dropout_drops_the_gradient_alike():
    x = torch.ones(100, requires_grad=True)

    out = SeededDropout(0.5, Seed(0))(x)
    out.sum().backward()

    torch.testing.assert_close(x.grad, out.detach())


@pytest.mark.parametrize("n_before", [0, 1])
@pytest.mark.parametrize("copied", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_dropout_goes_on_after_a_copy(copied, n_before):
    dropout, x = SeededDropout(0.5, Seed(0)), torch.ones(100)
    for _ in range(n_before):
        dropout(x)

    other = copied(dropout)

    assert torch.equal(other(x), dropout(x))
    assert torch.equal(other(x), dropout(x))
