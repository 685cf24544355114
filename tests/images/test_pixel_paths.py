import numpy as np
import pytest

from sklearn_rnn import ImageToSequence
from sklearn_rnn.images import read_images, scan_order

SIZES = [(1, 1), (1, 5), (5, 1), (2, 2), (3, 4), (8, 8), (7, 5), (4, 11), (28, 28), (9, 30)]


def path(scan, size):
    return scan_order(scan, (*size, 1), patch_size=1)[:, 0]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("scan", ["pixels", "snake", "spiral", "hilbert", "permuted"])
def test_each_pixel_is_read_once(scan, size):
    np.testing.assert_array_equal(np.sort(path(scan, size)), np.arange(np.prod(size)))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("scan", ["snake", "spiral"])
def test_steps_go_to_a_neighbour(scan, size):
    row, column = np.divmod(path(scan, size), size[1])
    np.testing.assert_array_equal(np.abs(np.diff(row)) + np.abs(np.diff(column)), 1)


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_hilbert_curve_goes_to_neighbours_with_one_diagonal_step_at_most(size):
    row, column = np.divmod(path("hilbert", size), size[1])
    lengths = np.abs(np.diff(row)) + np.abs(np.diff(column))
    assert (np.maximum(np.abs(np.diff(row)), np.abs(np.diff(column))) <= 1).all()
    assert (lengths == 2).sum() <= 1


def test_snake_by_hand():
    assert path("snake", (3, 3)).tolist() == [0, 1, 2, 5, 4, 3, 6, 7, 8]


def test_spiral_by_hand():
    assert path("spiral", (3, 4)).tolist() == [0, 1, 2, 3, 7, 11, 10, 9, 8, 4, 5, 6]


def test_hilbert_curve_stays_in_quadrants():
    row, column = np.divmod(path("hilbert", (8, 8)), 8)
    quadrants = 2 * (row // 4) + column // 4
    assert np.count_nonzero(np.diff(quadrants)) == 3


def test_permutation_is_always_the_same():
    np.testing.assert_array_equal(path("permuted", (6, 6)), path("permuted", (6, 6)))
    assert not np.array_equal(path("permuted", (6, 6)), np.arange(36))


@pytest.mark.parametrize("scan", ["snake", "spiral", "hilbert", "permuted"])
def test_colours_of_a_pixel_stay_together(scan):
    images = np.arange(2 * 4 * 3 * 3).reshape(2, 4, 3, 3)
    order = scan_order(scan, (4, 3, 3), patch_size=1)
    sequences = read_images(images, order)
    assert sequences.shape == (2, 12, 3)
    np.testing.assert_array_equal(sequences[:, :, 1] - sequences[:, :, 0], 1)


@pytest.mark.parametrize("scan", ["snake", "spiral", "hilbert", "permuted"])
def test_inverse_transform(scan):
    images = np.random.default_rng(0).normal(size=(3, 5, 4, 2))
    transformer = ImageToSequence(scan=scan).fit(images)
    restored = transformer.inverse_transform(transformer.transform(images))
    np.testing.assert_array_equal(restored, images)
