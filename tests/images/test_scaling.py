import numpy as np

from sklearn_rnn.images._scaling import pixel_scale


def test_pixels_of_all_features_alike():
    shift, scale = pixel_scale(np.array([[[3, 10]], [[5, 255]]], dtype=np.uint8))
    np.testing.assert_array_equal(shift, [3, 3])
    np.testing.assert_array_equal(scale, [252, 252])


def test_pixels_end_up_between_zero_and_one():
    X = np.random.default_rng(0).normal([0.0, 5.0, -3.0], [1.0, 10.0, 0.1], (50, 7, 3))
    shift, scale = pixel_scale(X)
    scaled = (X - shift) / scale
    assert scaled.min() == 0.0
    assert scaled.max() == 1.0


def test_constant_pixels_can_be_divided_by():
    shift, scale = pixel_scale(np.full((2, 3, 1), 7))
    assert shift == 7.0
    assert scale == 1.0
