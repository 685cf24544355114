from functools import partial

import pytest
import torch
from torch import nn

from sklearn_rnn.nn import ImageFrontEnd, Seed, SequenceNetwork

SHAPES = [(28, 28, 1), (16, 20, 3), (17, 23, 2), (5, 3, 1), (4, 4, 1), (1, 1, 1)]
all_shapes = pytest.mark.parametrize("shape", SHAPES, ids=str)


def front_end(shape=(17, 23, 2), seed=0, dtype=torch.float64):
    height, width, n_channels = shape
    return ImageFrontEnd(width * n_channels, height, Seed(seed), dtype, n_channels=n_channels)


def images(shape=(17, 23, 2), n_samples=6, dtype=torch.float64):
    generator = torch.Generator().manual_seed(1)
    return torch.rand(n_samples, *shape, generator=generator, dtype=dtype)


def network(shape=(17, 23, 2), **options):
    height, width, n_channels = shape
    n_features = width * n_channels
    options = {"dtype": torch.float64, "batch_norm": True, **options}
    return SequenceNetwork(
        torch.zeros(n_features),
        torch.ones(n_features),
        4,
        3,
        Seed(0),
        n_steps=height,
        front_end=partial(ImageFrontEnd, n_channels=n_channels),
        **options,
    )


def trained(net, shape=(17, 23, 2)):
    """Give the batch norms of a module averages other than those that they start with."""
    net.train()(images(shape).flatten(2), None)
    return net.eval()


def by_hand(front, pixels):
    """Convolve images of shape (n_samples, height, width, channels) by layers of torch."""
    x = pixels.permute(0, 3, 1, 2)
    for layer in front.layers:
        weight = layer.convolution.weight
        width = weight.shape[2]
        padded = nn.functional.pad(x, (width // 2,) * 4)
        x = nn.functional.conv2d(padded, weight, stride=layer.convolution.stride)
        if layer.n_merged > 1:
            x = nn.functional.max_pool2d(x, layer.n_merged, ceil_mode=True)
        norm = nn.BatchNorm2d(x.shape[1], dtype=x.dtype).eval()
        norm.load_state_dict(layer.norm.state_dict())
        x = norm(x).relu()
    return x.permute(0, 2, 3, 1)


@all_shapes
def test_sees_images_in_two_dimensions(shape):
    front = trained(front_end(shape), shape)

    outputs, lengths = front(images(shape).flatten(2))

    expected = by_hand(front, images(shape))
    torch.testing.assert_close(outputs, expected.flatten(2))
    assert lengths is None


@all_shapes
def test_four_lines_become_one(shape):
    front = front_end(shape)

    outputs, _ = front(images(shape).flatten(2))

    assert outputs.shape == (6, -(-shape[0] // 4), front.output_size)
    assert front.n_merged(shape[0]) == outputs.shape[1]
    assert front.output_size % front.n_merged(shape[1]) == 0


def test_what_moves_along_or_across_the_lines_is_seen_alike():
    front = trained(front_end((48, 48, 1)), (48, 48, 1))
    image = torch.zeros(1, 48, 48, 1, dtype=torch.float64)
    image[0, 16:24, 16:24] = images((8, 8, 1), n_samples=1)
    moved = image.roll((8, 4), dims=(1, 2))

    seen, seen_moved = (front(each.flatten(2))[0].unflatten(2, (12, -1)) for each in (image, moved))

    # The outermost two are seen together with what is beyond the edge.
    expected = seen[:, 2:8, 2:9]
    torch.testing.assert_close(seen_moved[:, 4:10, 3:10], expected)
    assert expected.std() > 0


@pytest.mark.parametrize("shape", [(17, 23, 2), (1, 1, 1)], ids=str)
def test_normalised_over_all_pixels_of_the_batch(shape):
    outputs, _ = front_end(shape).train()(images(shape, n_samples=200).flatten(2))

    # The positive part of normal values has a mean square of a half.
    assert outputs.square().mean().item() == pytest.approx(0.5, abs=0.1)


def test_a_single_pixel_is_normalised_by_moving_averages():
    outputs, _ = front_end((1, 1, 1)).train()(images((1, 1, 1), n_samples=1).flatten(2))

    assert outputs.isfinite().all()


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("poolings", [("last",), ("max", "mean")], ids=str)
def test_alone_as_in_a_batch(bidirectional, poolings):
    net = trained(network(bidirectional=bidirectional, poolings=poolings))

    outputs = net(images().flatten(2))

    for row, image in zip(outputs, images().flatten(2), strict=True):
        torch.testing.assert_close(row, net(image[None])[0])


def test_gradients_are_those_of_finite_differences():
    front = trained(front_end((5, 6, 2)), (5, 6, 2))
    x = images((5, 6, 2), n_samples=2).flatten(2).requires_grad_()

    assert torch.autograd.gradcheck(lambda x: front(x)[0][:, :, :5], x)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_of_the_network(dtype):
    net = network(dtype=dtype)

    assert {each.dtype for each in net.parameters()} == {dtype}
    assert net(images(dtype=dtype).flatten(2)).dtype == dtype


def test_seed_decides_the_filters():
    first, same, other = front_end(), front_end(), front_end(seed=1)

    for one, two, three in zip(*(each.parameters() for each in (first, same, other)), strict=True):
        assert torch.equal(one, two)
        assert one.ndim == 1 or not torch.allclose(one, three)


def test_global_generator_is_left_alone():
    before = torch.get_rng_state()

    front_end()

    assert torch.equal(torch.get_rng_state(), before)


def test_stages_are_the_answers_to_images_that_end_there():
    net = trained(network())
    x = images().flatten(2)

    stages = list(net.staged(x))

    assert len(stages) == 17
    for n_lines, stage in enumerate(stages, start=1):
        torch.testing.assert_close(stage, net(x[:, :n_lines]))
