import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import softmax
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, train_test_split

from sklearn_rnn import ImageToSequence, RNNImageClassifier
from sklearn_rnn.training import SequenceData

SCANS = ["rows", "columns", "pixels", "patches"]
SHAPES = [(6, 6), (6, 5), (6, 6, 3), (6, 5, 3), (6, 5, 1), (1, 7), (7, 1)]

all_scans = pytest.mark.parametrize("scan", SCANS)
all_shapes = pytest.mark.parametrize("shape", SHAPES, ids=str)


def small(**params):
    options = {
        "hidden_size": 8,
        "max_epochs": 2,
        "batch_size": 8,
        "lr": 1e-3,
        "max_grad_norm": 1.0,
        "ema_decay": None,
        "random_state": 0,
    }
    return RNNImageClassifier(**{**options, **params})


def make_images(shape=(6, 6), n_samples=40):
    """Images from 0 to 255, of two classes: those of one are brighter in their first half."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 128, size=(n_samples, *shape)).astype(np.uint8)
    y = rng.integers(0, 2, size=n_samples)
    flat = X.reshape(n_samples, -1)
    flat[:, : flat.shape[1] // 2] += (y[:, None] * 127).astype(np.uint8)
    X[0].flat[:2] = 0, 255
    return X, y


@pytest.mark.parametrize("scan", ["rows", "columns", "patches"])
def test_digits(scan):
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    clf = RNNImageClassifier(scan=scan, hidden_size=32, lr=0.01, max_epochs=8, random_state=0)

    assert clf.fit(X_train, y_train).score(X_test, y_test) > 0.9


@all_scans
@all_shapes
def test_learns_images_of_every_shape(scan, shape):
    X, y = make_images(shape)

    clf = small(scan=scan, patch_size=3, pooling="mean", lr=0.02, max_epochs=12).fit(X, y)

    assert clf.score(X, y) > 0.85


@all_scans
@all_shapes
def test_reads_what_image_to_sequence_makes(scan, shape):
    X, y = make_images(shape)
    clf = small(scan=scan, patch_size=4).fit(X, y)

    sequences = ImageToSequence(scan=scan, patch_size=4).fit_transform(X)

    outputs = clf.net_.outputs(SequenceData(sequences, device=clf.net_.device))
    assert_allclose(softmax(outputs.astype(np.float64), axis=1), clf.predict_proba(X))


@all_scans
def test_scan_decides_what_is_read(scan):
    X, y = make_images()
    others = [each for each in SCANS if each != scan]

    probabilities = small(scan=scan, patch_size=3).fit(X, y).predict_proba(X)

    for other in others:
        assert not np.allclose(
            small(scan=other, patch_size=3).fit(X, y).predict_proba(X), probabilities
        )


@all_shapes
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.uint16])
def test_pixels_of_any_dtype(shape, dtype):
    X, y = make_images(shape)
    clf = small().fit(X, y)

    other = small().fit(X.astype(dtype), y)

    assert_array_equal(other.predict_proba(X.astype(dtype)), clf.predict_proba(X))


@pytest.mark.parametrize(("shift", "scale"), [(0, 1 / 255), (-1, 2 / 255), (1e6, 1e3)])
def test_range_of_pixels_does_not_matter(shift, scale):
    X, y = make_images()
    clf = small().fit(X, y)

    scaled = X * scale + shift

    assert_allclose(small().fit(scaled, y).predict_proba(scaled), clf.predict_proba(X), atol=1e-5)


@all_shapes
def test_flat_images(shape):
    X, y = make_images(shape)
    clf = small().fit(X, y)
    flat = X.reshape(len(X), -1)

    other = small(image_shape=shape).fit(flat, y)

    assert_array_equal(other.predict_proba(flat), clf.predict_proba(X))
    assert other.image_shape_ == clf.image_shape_ == (*shape, 1)[:3]


def test_fitted_on_images_predicts_flat_images():
    X, y = make_images((6, 5, 3))
    clf = small().fit(X, y)

    assert_array_equal(clf.predict_proba(X.reshape(len(X), -1)), clf.predict_proba(X))


def test_grey_images_with_and_without_channel():
    X, y = make_images((6, 5))
    clf = small().fit(X, y)

    assert_array_equal(clf.predict_proba(X[:, :, :, None]), clf.predict_proba(X))


@pytest.mark.parametrize(
    ("n_pixels", "image_shape"), [(36, (6, 6, 1)), (1, (1, 1, 1)), (30, (30, 1, 1))]
)
def test_shape_of_flat_images_is_inferred(n_pixels, image_shape):
    X, y = make_images((n_pixels,))

    assert small().fit(X, y).image_shape_ == image_shape


def test_image_shape_may_be_a_list():
    X, y = make_images((30,))

    assert small(image_shape=[6, 5]).fit(X, y).image_shape_ == (6, 5, 1)


def test_frame_of_pixels():
    X, y = make_images((9,))
    names = [f"pixel{position}" for position in range(9)]
    frame = pd.DataFrame(X, columns=names)

    clf = small().fit(frame, y)

    assert_array_equal(clf.feature_names_in_, names)
    assert_array_equal(clf.predict_proba(frame), small().fit(X, y).predict_proba(X))


def test_frame_with_columns_in_another_order_raises():
    X, y = make_images((9,))
    frame = pd.DataFrame(X, columns=list("abcdefghi"))
    clf = small().fit(frame, y)

    with pytest.raises(ValueError, match="feature names should match"):
        clf.predict(frame[frame.columns[::-1]])


def test_lists_of_images():
    X, y = make_images()

    clf = small().fit(X.tolist(), y.tolist())

    assert_array_equal(clf.predict_proba(X.tolist()), small().fit(X, y).predict_proba(X))


def test_fitted_attributes():
    X, y = make_images((6, 5, 3))

    clf = small().fit(X, y)

    assert clf.image_shape_ == (6, 5, 3)
    assert clf.n_features_in_ == 90
    assert_array_equal(clf.classes_, [0, 1])


def test_same_images_in_all_layouts_of_memory():
    X, y = make_images((6, 5, 3))
    clf = small().fit(X, y)

    mirrored = X[:, ::-1][:, ::-1]
    transposed = np.asarray(X, order="F")

    for same in (mirrored, transposed):
        assert_array_equal(small().fit(same, y).predict_proba(same), clf.predict_proba(X))


def test_input_is_not_changed():
    X, y = make_images()
    before = X.copy()

    small(scan="patches", patch_size=4).fit(X, y).predict(X)

    assert_array_equal(X, before)


def test_images_of_one_value():
    X, y = make_images()

    assert np.isfinite(small().fit(np.full_like(X, 7), y).predict_proba(X)).all()


def test_scale_is_not_learnt_from_rows_of_zero_weight():
    X, y = make_images()
    weight = np.ones(len(X))
    weight[:4] = 0
    X = X.astype(float)
    X[:4] = 1e6

    clf = small().fit(X, y, sample_weight=weight)

    kept = small().fit(X[4:], y[4:], sample_weight=weight[4:])
    assert_array_equal(clf.predict_proba(X[4:]), kept.predict_proba(X[4:]))


def test_partial_fit():
    X, y = make_images()
    clf = small(lr=0.02)

    for _ in range(12):
        clf.partial_fit(X[:20], y[:20], classes=[0, 1]).partial_fit(X[20:], y[20:])

    assert clf.score(X, y) > 0.85


@pytest.mark.parametrize("image_shape", [(6,), (6, 5, 1, 1), (6, 0), (6, -5), (6.0, 5.0), ("6", 5)])
def test_invalid_image_shape_raises(image_shape):
    X, y = make_images((6, 5))

    with pytest.raises(ValueError, match=r"image_shape must be \(height, width\)"):
        small(image_shape=image_shape).fit(X, y)


@pytest.mark.parametrize("image_shape", [(6, 6), (5, 6), (6, 5, 3)], ids=str)
def test_images_of_another_than_the_given_shape_raise(image_shape):
    X, y = make_images((6, 5))

    with pytest.raises(ValueError, match=r"shape \(6, 5, 1\), but RNNImageClassifier was given"):
        small(image_shape=image_shape).fit(X, y)


def test_flat_images_of_another_than_the_given_shape_raise():
    X, y = make_images((30,))

    with pytest.raises(ValueError, match=r"30 values, but .* image_shape=\(6, 6\), that is 36"):
        small(image_shape=(6, 6)).fit(X, y)


@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_log_proba"])
@pytest.mark.parametrize("shape", [(5, 6), (6, 6), (6, 5, 3)], ids=str)
def test_other_images_than_in_fit_raise(method, shape):
    clf = small().fit(*make_images((6, 5)))

    with pytest.raises(ValueError, match=r"expecting images of shape \(6, 5, 1\)"):
        getattr(clf, method)(make_images(shape)[0])


def test_grey_images_after_colour_raise():
    clf = small().fit(*make_images((6, 5, 3)))

    with pytest.raises(ValueError, match=r"expecting images of shape \(6, 5, 3\)"):
        clf.predict(make_images((6, 5))[0])


def test_flat_images_of_another_width_raise():
    clf = small().fit(*make_images((30,)))

    with pytest.raises(ValueError, match=r"X has 36 features, but .* expecting 30 features"):
        clf.predict(make_images((36,))[0])


@pytest.mark.parametrize("shape", [(), (3, 3, 3, 2)], ids=str)
def test_wrong_number_of_dimensions_raises(shape):
    X, y = make_images(shape or (1,))

    with pytest.raises(ValueError, match=r"dim|1D"):
        small().fit(X.reshape(len(X), *shape), y)


@pytest.mark.parametrize("shape", [(9,), (3, 3)], ids=str)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_raise(shape, value):
    X, y = make_images(shape)
    X = X.astype(float)
    X[0].flat[3] = value

    with pytest.raises(ValueError, match="NaN" if np.isnan(value) else "infinity"):
        small().fit(X, y)


def test_not_fitted_raises():
    with pytest.raises(NotFittedError):
        small().predict(make_images()[0])


def test_unknown_scan_raises():
    with pytest.raises(ValueError, match="The 'scan' parameter of RNNImageClassifier must be"):
        small(scan="diagonals").fit(*make_images())


def test_other_params_after_fit_leave_the_reading_as_it_was():
    X, y = make_images()
    clf = small().fit(X, y)
    before = clf.predict_proba(X)

    clf.set_params(scan="columns", image_shape=(9, 4))

    assert_array_equal(clf.predict_proba(X), before)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_grid_search_over_cells_and_scans(n_jobs):
    X, y = make_images()
    grid = {"cell": ["rnn", "lstm", "gru"], "scan": ["rows", "columns"]}

    search = GridSearchCV(small(max_epochs=1), grid, cv=2, n_jobs=n_jobs, error_score="raise")
    search.fit(X, y)

    assert len(set(map(str, search.cv_results_["params"]))) == 6
    assert search.best_estimator_.get_params()["scan"] == search.best_params_["scan"]


def test_residual_lets_many_layers_train():
    X, y = load_digits(return_X_y=True)
    deep = {"num_layers": 6, "hidden_size": 16, "max_epochs": 5, "random_state": 0}

    plain, residual = (
        RNNImageClassifier(residual=each, **deep).fit(X[:1300], y[:1300]).score(X[1300:], y[1300:])
        for each in (False, True)
    )

    assert residual > 0.8 > plain


def test_residual_makes_another_network():
    X, y = make_images()
    fits = [small(num_layers=2, residual=each).fit(X, y) for each in (False, True)]

    assert not np.allclose(*(clf.predict_proba(X) for clf in fits))
