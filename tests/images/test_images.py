import numpy as np
import pytest

from sklearn_rnn import ImageToSequence
from sklearn_rnn.images._images import as_images, check_image_shape, infer_image_shape


@pytest.mark.parametrize(
    ("shape", "image_shape", "expected"),
    [
        ((5, 64), None, (8, 8, 1)),
        ((5, 1), None, (1, 1, 1)),
        ((5, 10), None, (10, 1, 1)),
        ((5, 4, 6), None, (4, 6, 1)),
        ((5, 4, 6, 3), None, (4, 6, 3)),
        ((5, 24), (4, 6), (4, 6, 1)),
        ((5, 72), (4, 6, 3), (4, 6, 3)),
        ((5, 4, 6), [4, 6], (4, 6, 1)),
        ((5, 4, 6), (4, 6, 1), (4, 6, 1)),
        ((5, 4, 6, 3), (4, 6, 3), (4, 6, 3)),
    ],
)
def test_infer_image_shape(shape, image_shape, expected):
    assert infer_image_shape(shape, image_shape, "Reader") == expected


@pytest.mark.parametrize(
    ("shape", "image_shape", "message"),
    [
        ((5, 64), (4, 6), r"has 64 values, but Reader was given image_shape=\(4, 6\), that is 24"),
        ((5, 4, 6), (6, 4), r"has shape \(4, 6, 1\), but Reader .* that is \(6, 4, 1\)"),
        ((5, 4, 6, 3), (4, 6), r"has shape \(4, 6, 3\), but Reader .* that is \(4, 6, 1\)"),
    ],
)
def test_images_of_another_shape_than_given(shape, image_shape, message):
    with pytest.raises(ValueError, match=message):
        infer_image_shape(shape, image_shape, "Reader")


@pytest.mark.parametrize("image_shape", [None, (8, 8), [8, 8, 3], tuple(np.array([4, 6]))])
def test_valid_image_shape_passes(image_shape):
    check_image_shape(image_shape)


@pytest.mark.parametrize(
    "image_shape", [(), (8,), (1, 2, 3, 4), (8.0, 8), (8, 0), (8, -8), ("8", "8"), (8, None)]
)
def test_invalid_image_shape(image_shape):
    with pytest.raises(ValueError, match="image_shape must be"):
        check_image_shape(image_shape)


@pytest.mark.parametrize("shape", [(2, 6), (2, 2, 3), (2, 2, 3, 1)])
def test_all_forms_become_four_dimensional(shape):
    images = as_images(np.arange(12).reshape(shape), (2, 3, 1), "Reader")
    np.testing.assert_array_equal(images, np.arange(12).reshape(2, 2, 3, 1), strict=True)


@pytest.mark.parametrize("shape", [(2, 5), (2, 3, 2), (2, 2, 3, 3)])
def test_images_of_another_shape_than_fitted(shape):
    with pytest.raises(ValueError, match=r"Reader is expecting images of shape"):
        as_images(np.zeros(shape), (2, 3, 1), "Reader")


def test_channels_first_are_warned_of():
    images = np.random.default_rng(0).random((4, 3, 8, 8))
    with pytest.warns(UserWarning, match="move it to the end"):
        ImageToSequence().fit(images)


def test_images_of_different_sizes_are_named():
    images = [np.zeros((4, 4)), np.zeros((4, 4)), np.zeros((5, 4))]

    with pytest.raises(ValueError, match=r"X\[2\] has the shape \(5, 4\), but X\[0\] has \(4, 4\)"):
        ImageToSequence().fit(images)
