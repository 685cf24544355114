import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits

from sklearn_rnn.datasets import make_digit_scenes

CHANNELS = {"red": [0], "green": [1], "blue": [2], "yellow": [0, 1]}


def ink(image):
    return np.argwhere(image.reshape(32, 32, -1).max(axis=2))


def test_shapes():
    images, captions = make_digit_scenes(5, random_state=0)

    assert (images.shape, images.dtype) == ((5, 32, 32, 3), np.uint8)
    assert captions.shape == (5,)
    grey, captions = make_digit_scenes(5, colors=False, random_state=0)
    assert grey.shape == (5, 32, 32)


def test_colors_are_those_that_are_named():
    images, captions = make_digit_scenes(50, n_digits=1, random_state=0)

    for image, caption in zip(images, captions, strict=True):
        _, color, _ = caption.split()
        assert np.flatnonzero(image.any(axis=(0, 1))).tolist() == CHANNELS[color]


@pytest.mark.parametrize(("relation", "axis"), [("left of", 1), ("above", 0)])
def test_relations_are_true(relation, axis):
    images, captions = make_digit_scenes(200, random_state=0)

    n_checked = 0
    for image, caption in zip(images, captions, strict=True):
        if f" {relation} " not in caption:
            continue
        first, second = (CHANNELS[each.split()[1]] for each in caption.split(f" {relation} "))
        if {*first}.isdisjoint(second):
            n_checked += 1
            place, other_place = (ink(image[:, :, channels]) for channels in (first, second))
            assert place[:, axis].mean() < other_place[:, axis].mean()
    assert n_checked > 20


def test_digits_are_those_that_are_named():
    images, captions = make_digit_scenes(20, n_digits=1, colors=False, random_state=0)
    digits = load_digits()
    names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

    for image, caption in zip(images, captions, strict=True):
        wanted = digits.images[digits.target == names.index(caption.split()[1])]
        patches = np.lib.stride_tricks.sliding_window_view(image, (8, 8)).reshape(-1, 64)
        drawn = np.round(wanted * 255 / 16).reshape(len(wanted), -1).astype(np.uint8)
        assert any((patches == each).all(axis=1).any() for each in drawn)


def test_articles():
    _, captions = make_digit_scenes(50, n_digits=1, colors=False, random_state=0)

    assert "an eight" in captions
    assert "a one" in captions


def test_three_digits():
    _, captions = make_digit_scenes(20, n_digits=3, random_state=0)

    assert all(caption.count(" above ") + caption.count(" left of ") == 2 for caption in captions)


def test_same_seed_same_scenes():
    one, other = make_digit_scenes(5, random_state=3), make_digit_scenes(5, random_state=3)

    assert_array_equal(one[0], other[0])
    assert_array_equal(one[1], other[1])
    assert not np.array_equal(one[0], make_digit_scenes(5, random_state=4)[0])


def test_subsets_share_no_digit():
    drawn = [
        {
            image[image > 0].tobytes()
            for image in make_digit_scenes(
                300, n_digits=1, colors=False, subset=subset, random_state=0
            )[0]
        }
        for subset in ("train", "test")
    ]

    assert drawn[0].isdisjoint(drawn[1])


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_samples": 0}, "n_samples must be at least 1. Got 0"),
        ({"n_digits": 4}, "n_digits must be 1, 2 or 3. Got 4"),
        ({"subset": "valid"}, "subset must be one of .* Got 'valid'"),
    ],
)
def test_parameters_that_are_not_as_described(parameters, message):
    with pytest.raises(ValueError, match=message):
        make_digit_scenes(**parameters)
