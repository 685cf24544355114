import numpy as np
import pytest

from sklearn_rnn.images import SCANS, read_images, scan_order
from sklearn_rnn.images._scan import write_images

SHAPES = [(4, 4, 1), (3, 5, 1), (5, 4, 3)]


def make_images(shape, dtype=np.float64):
    return np.arange(2 * np.prod(shape)).reshape(2, *shape).astype(dtype)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scan", SCANS)
def test_each_position_is_read_once(scan, shape):
    order = scan_order(scan, shape, patch_size=2)
    assert sorted(order[order >= 0]) == list(range(np.prod(shape)))


@pytest.mark.parametrize("scan", ["rows", "columns", "pixels"])
def test_only_patches_are_padded(scan):
    assert scan_order(scan, (3, 5, 2), patch_size=4).min() == 0


@pytest.mark.parametrize(
    ("shape", "patch_size", "n_patches"),
    [((4, 4, 1), 2, 4), ((3, 5, 1), 2, 6), ((5, 4, 3), 3, 4), ((2, 3, 1), 7, 1)],
)
def test_patches_cover_the_image(shape, patch_size, n_patches):
    order = scan_order("patches", shape, patch_size)
    assert order.shape == (n_patches, patch_size**2 * shape[2])
    assert (order < 0).sum() == order.size - np.prod(shape)


def test_padding_lies_beyond_the_right_and_lower_edge():
    order = scan_order("patches", (3, 3, 1), patch_size=2)
    np.testing.assert_array_equal(
        order, [[0, 1, 3, 4], [2, -1, 5, -1], [6, 7, -1, -1], [8] + [-1] * 3]
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scan", SCANS)
def test_write_inverts_read(scan, shape, dtype):
    images = make_images(shape, dtype)
    order = scan_order(scan, shape, patch_size=3)
    written = write_images(read_images(images, order), order, shape)
    np.testing.assert_array_equal(written, images, strict=True)


@pytest.mark.parametrize(
    ("scan", "step"),
    [
        ("rows", lambda image, t: image[t]),
        ("columns", lambda image, t: image[:, t]),
        ("pixels", lambda image, t: image[t // 6, t % 6]),
        ("patches", lambda image, t: image[t // 3 * 2 :][:2, t % 3 * 2 :][:, :2]),
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_steps_are_slices_of_the_image(scan, step, channels):
    images = make_images((4, 6, channels))
    sequences = read_images(images, scan_order(scan, (4, 6, channels), patch_size=2))
    for image, sequence in zip(images, sequences, strict=True):
        for t, values in enumerate(sequence):
            np.testing.assert_array_equal(values, step(image, t).ravel())


def test_positions_beyond_the_edge_read_zero():
    order = scan_order("patches", (3, 3, 1), patch_size=2)
    sequences = read_images(np.full((2, 3, 3, 1), 7), order)
    np.testing.assert_array_equal(sequences[:, order < 0], 0)
    np.testing.assert_array_equal(sequences[:, order >= 0], 7)


@pytest.mark.parametrize("scan", SCANS)
def test_read_keeps_uint8(scan):
    images = make_images((3, 5, 1), np.uint8)
    assert read_images(images, scan_order(scan, (3, 5, 1), patch_size=2)).dtype == np.uint8


@pytest.mark.parametrize("scan", SCANS)
def test_read_only_images_are_read(scan):
    images = make_images((3, 5, 1))
    order = scan_order(scan, (3, 5, 1), patch_size=2)
    expected = read_images(images.copy(), order)
    images.flags.writeable = False
    np.testing.assert_array_equal(read_images(images, order), expected)
