from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from PIL import Image, ImageOps

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


RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, size=(6, 5, 4, 3)).astype(np.uint8)
FORMS = {
    "list of arrays": list,
    "tuple of arrays": tuple,
    "nested lists": lambda images: images.tolist(),
    "tensor": torch.as_tensor,
    "list of tensors": lambda images: [torch.as_tensor(image) for image in images],
    "PIL images": lambda images: [Image.fromarray(image) for image in images],
    "object array": lambda images: np.fromiter(images, dtype=object),
}


@pytest.mark.parametrize("form", FORMS)
def test_images_in_every_form(form):
    reader = ImageToSequence().fit(FORMS[form](IMAGES))

    assert reader.image_shape_ == (5, 4, 3)
    np.testing.assert_array_equal(reader.transform(IMAGES), IMAGES.reshape(6, 5, 12))
    np.testing.assert_array_equal(reader.transform(FORMS[form](IMAGES)), IMAGES.reshape(6, 5, 12))


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_frames_of_images(make):
    frames = [make({"a": image[:, 0, 0], "b": image[:, 1, 0]}) for image in IMAGES]

    np.testing.assert_array_equal(ImageToSequence().fit_transform(frames), IMAGES[:, :, :2, 0])


def test_grey_pictures():
    pictures = [Image.fromarray(image).convert("L") for image in IMAGES]

    assert ImageToSequence().fit(pictures).image_shape_ == (5, 4, 1)


def with_other(other):
    return [*IMAGES[:5], other]


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (with_other(IMAGES[5, :3]), r"X\[5\] is an image of shape \(3, 4, 3\), but X\[0\] .*fit\("),
        (with_other(Image.new("RGB", (5, 5))), r"X\[5\] is an image of shape \(5, 5, 3\)"),
        (with_other(Image.new("L", (4, 5))), r"X\[5\] is an image of shape \(5, 4\), .*convert"),
        (with_other(Image.new("P", (4, 5))), r"X\[5\] holds numbers of colours in a palette"),
        (with_other([[1, 2], [3]]), r"X\[5\] has rows of different lengths"),
        (dict(enumerate(IMAGES)), r"X is of type dict\. .*list\(X\.values\(\)\)"),
        (Image.fromarray(IMAGES[0]), r"X is a single image\. Give a list of images: \[X\]"),
        ("cat.png", r"X names files, such as 'cat\.png'\. Read them first"),
        ([Path("cat.png"), Path("dog.png")], r"X names files, such as 'cat\.png'"),
        (np.array(["cat.png", "dog.png"]), r"X names files, such as 'cat\.png'"),
        (pd.Series(["cat.png", "dog.png"]), r"X names files, such as 'cat\.png'"),
        (IMAGES[None], r"X has 5 dimensions, of shape \(1, 6, 5, 4, 3\)\. Images are"),
        (IMAGES[:, :0], r"0 feature\(s\) \(shape=\(6, 0, 4, 3\)\)"),
        (IMAGES[:, :, :0], r"0 feature\(s\) \(shape=\(6, 5, 0, 3\)\)"),
        (
            np.where(IMAGES[2, 1, 3, 0] == IMAGES, np.nan, IMAGES),
            r"NaN: X\[.* is nan",
        ),
        (np.full((3, 4), np.inf), r"infinity .*: X\[0, 0\] is inf"),
        (RNG.normal(size=(6, 32 * 32 * 3)), r"3072 values, .* such as \(32, 32, 3\) for colour"),
        (RNG.normal(size=(6, 72)), r"72 values, which are not square\. Tell ImageToSequence"),
    ],
)
def test_what_is_no_image_is_named(X, message):
    with pytest.raises(ValueError, match=message):
        ImageToSequence().fit(X)


@pytest.mark.parametrize("images", [IMAGES, IMAGES[..., 0], IMAGES[..., :1]])
@pytest.mark.parametrize("form", [np.asarray, torch.as_tensor])
def test_a_single_image_is_asked_for_in_a_list(images, form):
    reader = ImageToSequence().fit(images)

    with pytest.raises(ValueError, match=r"X is a single image\. Give a list of images: \[X\]"):
        reader.transform(form(images[0]))
    assert len(reader.transform([form(images[0])])) == 1


def test_images_of_one_row_are_no_single_image():
    rows = RNG.normal(size=(1, 4))

    assert ImageToSequence(image_shape=(1, 4)).fit(rows).transform(rows).shape == (1, 1, 4)


@pytest.mark.parametrize(("images", "mode"), [(IMAGES, "RGB"), (IMAGES[..., 0], "L")])
def test_another_shape_than_fitted_is_mended_as_told(images, mode):
    reader = ImageToSequence().fit(images)
    other = Image.new("RGBA", (9, 8))

    message = rf'ImageOps\.fit\(image\.convert\("{mode}"\), \(4, 5\)\)'
    with pytest.raises(ValueError, match=message):
        reader.transform([other])
    assert len(reader.transform([ImageOps.fit(other.convert(mode), (4, 5))])) == 1


def test_flat_colour_by_image_shape():
    reader = ImageToSequence(image_shape=(4, 4, 3)).fit(RNG.normal(size=(6, 48)))

    assert reader.image_shape_ == (4, 4, 3)
