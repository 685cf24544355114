import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_rnn import ImageToSequence
from sklearn_rnn.images import SCANS

IMAGES = np.random.default_rng(0).integers(0, 255, (5, 6, 6)).astype(np.uint8)


@pytest.mark.parametrize("scan", SCANS)
@pytest.mark.parametrize(
    "form",
    [
        lambda images: images.reshape(5, 36),
        lambda images: images[..., None],
        lambda images: images.tolist(),
        lambda images: pd.DataFrame(images.reshape(5, 36)),
        lambda images: pd.DataFrame(images.reshape(5, 36)).add_prefix("pixel"),
    ],
    ids=["flat", "4-D", "list", "DataFrame", "named DataFrame"],
)
def test_all_forms_of_the_same_images_agree(form, scan):
    transformer = ImageToSequence(scan=scan)
    expected = transformer.fit_transform(IMAGES)
    np.testing.assert_array_equal(transformer.fit_transform(form(IMAGES)), expected)
    assert transformer.n_features_in_ == 36
    assert transformer.image_shape_ == (6, 6, 1)


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"scan": "rows"}, (5, 4, 18)),
        ({"scan": "columns"}, (5, 6, 12)),
        ({"scan": "pixels"}, (5, 24, 3)),
        ({"scan": "patches"}, (5, 2, 48)),
        ({"scan": "patches", "patch_size": 3}, (5, 4, 27)),
    ],
)
def test_sequence_shapes_of_colour_images(options, shape):
    X = np.zeros((5, 4, 6, 3))
    assert ImageToSequence(**options).fit_transform(X).shape == shape


def test_flat_images_of_a_given_shape():
    X = np.arange(48.0).reshape(2, 24)
    sequences = ImageToSequence(image_shape=(4, 6)).fit_transform(X)
    np.testing.assert_array_equal(sequences, X.reshape(2, 4, 6))


def test_flat_images_that_cannot_be_square_are_columns_of_pixels():
    X = np.arange(20.0).reshape(2, 10)
    np.testing.assert_array_equal(ImageToSequence().fit_transform(X), X[:, :, None])


def test_images_need_not_be_those_of_fit():
    transformer = ImageToSequence().fit(IMAGES[:2])
    np.testing.assert_array_equal(transformer.transform(IMAGES[2:]), IMAGES[2:])


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("scan", SCANS)
def test_dtype_is_kept(scan, dtype):
    assert ImageToSequence(scan=scan).fit_transform(IMAGES.astype(dtype)).dtype == dtype


@pytest.mark.parametrize("scan", SCANS)
@pytest.mark.parametrize("shape", [(3, 6, 6, 1), (3, 5, 7, 1), (3, 5, 4, 3)])
def test_inverse_transform(scan, shape):
    X = np.random.default_rng(0).random(shape)
    transformer = ImageToSequence(scan=scan, patch_size=3)
    sequences = transformer.fit_transform(X)
    np.testing.assert_array_equal(transformer.inverse_transform(sequences), X, strict=True)


def test_feature_names_are_remembered():
    X = pd.DataFrame(IMAGES.reshape(5, 36)).add_prefix("pixel")
    assert ImageToSequence().fit(X).feature_names_in_[35] == "pixel35"


def test_set_output_is_not_available():
    assert not hasattr(ImageToSequence(), "set_output")


def test_sequences_stay_arrays_where_pandas_output_is_configured():
    with config_context(transform_output="pandas"):
        assert isinstance(ImageToSequence().fit_transform(IMAGES), np.ndarray)


def test_clone_keeps_the_parameters():
    transformer = ImageToSequence(scan="patches", patch_size=2, image_shape=(4, 9))
    assert clone(transformer).get_params() == transformer.get_params()


def test_in_a_pipeline():
    halve = FunctionTransformer(lambda X: X / 2)
    sequences = make_pipeline(halve, ImageToSequence(scan="columns")).fit_transform(IMAGES)
    np.testing.assert_array_equal(sequences, IMAGES.swapaxes(1, 2) / 2)


@pytest.mark.parametrize("scan", SCANS)
def test_read_only_images(scan):
    X = IMAGES.copy()
    X.flags.writeable = False
    np.testing.assert_array_equal(
        ImageToSequence(scan=scan).fit_transform(X),
        ImageToSequence(scan=scan).fit_transform(IMAGES),
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scan": "zigzag"}, "'scan' parameter"),
        ({"patch_size": 0}, "'patch_size' parameter"),
        ({"patch_size": 2.0}, "'patch_size' parameter"),
        ({"image_shape": 36}, "'image_shape' parameter"),
        ({"image_shape": (6,)}, "image_shape must be"),
        ({"image_shape": (6.0, 6)}, "image_shape must be"),
        ({"image_shape": (4, 6)}, r"image_shape=\(4, 6\)"),
    ],
)
def test_invalid_parameters(options, message):
    with pytest.raises(ValueError, match=message):
        ImageToSequence(**options).fit(IMAGES)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("shape", [(5, 36), (5, 6, 6), (5, 6, 6, 1)])
def test_missing_and_infinite_values(shape, value):
    X = IMAGES.astype(float).reshape(shape)
    X.flat[3] = value
    with pytest.raises(ValueError, match="X contains"):
        ImageToSequence().fit(X)


@pytest.mark.parametrize("shape", [(36,), (5, 6, 6, 1, 1)])
def test_neither_flat_nor_images(shape):
    with pytest.raises(ValueError, match="array"):
        ImageToSequence().fit(np.zeros(shape))


@pytest.mark.parametrize("shape", [(5, 35), (5, 6, 5), (5, 6, 6, 3)])
def test_transform_of_images_of_another_shape(shape):
    with pytest.raises(ValueError, match="ImageToSequence is expecting"):
        ImageToSequence().fit(IMAGES).transform(np.zeros(shape))


@pytest.mark.parametrize("shape", [(5, 6, 5), (5, 5, 6), (5, 36), (5, 6, 6, 1)])
def test_inverse_transform_of_sequences_of_another_shape(shape):
    with pytest.raises(ValueError, match=r"expecting sequences of shape \(6, 6\)"):
        ImageToSequence().fit(IMAGES).inverse_transform(np.zeros(shape))


@pytest.mark.parametrize("method", ["transform", "inverse_transform"])
def test_unfitted(method):
    with pytest.raises(NotFittedError):
        getattr(ImageToSequence(), method)(IMAGES)
