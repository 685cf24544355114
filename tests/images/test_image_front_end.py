import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_rnn import RNNImageClassifier

SHAPES = [(16, 16), (17, 23, 3), (19, 16, 1)]
all_shapes = pytest.mark.parametrize("shape", SHAPES, ids=str)
both_scans = pytest.mark.parametrize("scan", ["rows", "columns"])


def small(**params):
    options = {"hidden_size": 8, "max_epochs": 3, "batch_size": 8, "random_state": 0}
    return RNNImageClassifier(**{**options, **params})


def make_images(shape=(16, 16), n_samples=64):
    """Images of noise, every second of which holds a bright spot somewhere."""
    rng = np.random.default_rng(0)
    X = rng.integers(0, 150, size=(n_samples, *shape)).astype(np.uint8)
    y = np.arange(n_samples) % 2
    for image in X[1::2]:
        row, column = rng.integers(0, 12, size=2)
        image[row : row + 4, column : column + 4] += 100
    return X, y


@pytest.mark.parametrize(
    ("scan", "shape", "expected"),
    [
        ("rows", (16, 16), True),
        ("columns", (17, 40, 3), True),
        ("rows", (15, 40), False),
        ("rows", (40, 15), False),
        ("columns", (8, 8), False),
        ("patches", (16, 16), False),
        ("spiral", (16, 16), False),
    ],
)
def test_auto_goes_by_scan_and_size(scan, shape, expected):
    clf = small(scan=scan, max_epochs=1, lr=0.1).fit(*make_images(shape, n_samples=16))

    assert clf.auto_params_["front_end"] is expected


@pytest.mark.parametrize("scan", ["patches", "pixels", "snake", "spiral", "hilbert", "permuted"])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_other_scans_have_none(scan, method):
    options = {"classes": [0, 1]} if method == "partial_fit" else {}

    with pytest.raises(ValueError, match=f"front_end=True needs .* Got scan='{scan}'"):
        getattr(small(scan=scan, front_end=True), method)(*make_images(), **options)


@both_scans
@all_shapes
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_finds_what_lies_anywhere(shape, scan, cell):
    X, y = make_images(shape, n_samples=200)

    clf = small(scan=scan, cell=cell, max_epochs=8).fit(X[:150], y[:150])

    assert clf.score(X[150:], y[150:]) > 0.9


def test_small_images_have_one_if_asked():
    X, y = make_images((6, 5))

    clf = small(front_end=True).fit(X, y)

    assert clf.auto_params_["front_end"] is True
    assert not np.array_equal(clf.predict_proba(X), small().fit(X, y).predict_proba(X))


def test_none_leaves_the_recurrence_alone():
    X, y = make_images()

    names = small(front_end=False).fit(X, y).net_.module_.state_dict()

    assert not any("front_end" in name for name in names)


@all_shapes
def test_columns_are_the_rows_of_the_image_on_its_side(shape):
    X, y = make_images(shape)
    on_its_side = np.swapaxes(X, 1, 2)

    clf = small(scan="columns").fit(on_its_side, y)

    expected = small().fit(X, y).predict_proba(X)
    assert_array_equal(clf.predict_proba(on_its_side), expected)


def test_shifts_reach_the_training_alone():
    X, y = make_images()

    clf = small(max_shift=2).fit(X, y)

    assert not np.array_equal(clf.predict_proba(X), small().fit(X, y).predict_proba(X))
    assert_array_equal(clf.predict_proba(X), clf.predict_proba(X))


@both_scans
@pytest.mark.parametrize("n_estimators", [1, 2])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_last_stage_is_the_answer(scan, n_estimators, bidirectional):
    X, y = make_images((16, 19))
    clf = small(scan=scan, n_estimators=n_estimators, bidirectional=bidirectional).fit(X, y)

    stages = list(clf.staged_predict_proba(X))

    assert len(stages) == (16 if scan == "rows" else 19)
    assert_allclose(stages[-1], clf.predict_proba(X), atol=1e-6)


def test_stages_know_nothing_of_what_is_below():
    X, y = make_images()
    clf = small().fit(X, y)
    other = X.copy()
    other[:, 10:] = 0

    stages, stages_of_other = (list(clf.staged_predict_proba(each)) for each in (X, other))

    assert_array_equal(stages[9], stages_of_other[9])
    assert not np.array_equal(stages[10], stages_of_other[10])


@pytest.mark.parametrize(
    "options",
    [{}, {"n_estimators": 2}, {"dtype": "float64"}, {"pooling": ["max", "mean"]}],
    ids=str,
)
def test_same_seed_same_bits(options):
    X, y = make_images((17, 18, 3))
    clf = small(**options).fit(X, y)

    assert_array_equal(small(**options).fit(X, y).predict_proba(X), clf.predict_proba(X))
    assert_array_equal(pickle.loads(pickle.dumps(clf)).predict_proba(X), clf.predict_proba(X))


def test_range_of_pixels_does_not_matter():
    X, y = make_images()
    clf = small(dtype="float64").fit(X, y)

    scaled = X / 255 - 3

    other = small(dtype="float64").fit(scaled, y)
    assert_allclose(other.predict_proba(scaled), clf.predict_proba(X), atol=1e-6)


def test_goes_on_from_the_last_weights():
    X, y = make_images()
    clf = small(warm_start=True).fit(X, y)
    before = clf.net_.module_.state_dict()

    clf.set_params(max_epochs=1, optimizer="sgd", lr=1e-12, ema_decay=None).fit(X, y)

    for name, weights in clf.net_.module_.state_dict().items():
        if name.endswith("weight"):
            assert_allclose(weights.numpy(), before[name].numpy(), atol=1e-6)


def test_partial_fit():
    X, y = make_images(n_samples=200)
    clf = small(lr=0.01)

    for _ in range(8):
        clf.partial_fit(X[:100], y[:100], classes=[0, 1]).partial_fit(X[100:], y[100:])

    assert clf.score(X, y) > 0.9
