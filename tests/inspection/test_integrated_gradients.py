import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import NotFittedError

from sklearn_rnn import (
    LSTMForecaster,
    RNNClassifier,
    RNNImageClassifier,
    RNNRegressor,
    RNNTagger,
    make_windows,
)
from sklearn_rnn.inspection import integrated_gradients

rng = np.random.default_rng(0)
X = rng.normal(size=(24, 12, 2))
Y = (X[:, 3, 1] > 0).astype(int)
MEAN = X.mean(axis=(0, 1))
NUMBERS = 5 + 3 * X[:, 3, 1]
SMALL = {"hidden_size": 4, "max_epochs": 2, "random_state": 0, "device": "cpu"}
ALONE = {"front_end": False, "n_estimators": 1, "random_convolutions": False}
# With all that may be beside a network, at a scale of its own.
WHOLE = {"n_estimators": 2, "random_convolutions": True, "front_end": True}
SCALED = X * np.exp(3 * rng.normal(size=(24, 1, 1)))


def totals(attributions):
    return np.array([each.sum() for each in attributions])


def difference(function, values, baseline):
    return function(values) - function(np.broadcast_to(baseline, values.shape))


@pytest.mark.parametrize("data", [X, SCALED])
def test_scores_of_one_of_two_classes(data):
    clf = RNNClassifier(**SMALL, **WHOLE).fit(data, Y)

    found = integrated_gradients(clf, data[:3], 1)

    baseline = data.mean(axis=(0, 1))
    assert found.shape == (3, 12, 2)
    expected = difference(clf.decision_function, data[:3], baseline)
    assert_allclose(totals(found), expected, rtol=1e-3, atol=1e-3)
    assert_allclose(integrated_gradients(clf, data[:3], 0), -found)
    assert not integrated_gradients(clf, data[:3], baseline=data[:3]).any()


def test_fixed_convolutions_explain_all_by_themselves():
    clf = RNNClassifier(**{**SMALL, **ALONE, "random_convolutions": True}).fit(X, Y)
    module = clf.net_.module_
    module.shares.copy_(module.shares.new_tensor([[0.0], [1.0]]).expand(2, 2))

    # Without gradients of networks, a single point is as good as many.
    found = integrated_gradients(clf, X[:6], 1, n_points=1)

    expected = difference(clf.decision_function, X[:6], MEAN)
    assert_allclose(totals(found), expected, rtol=1e-3, atol=1e-3)


def test_predicted_class_of_several():
    clf = RNNClassifier(**SMALL, **ALONE).fit(X, np.arange(24) % 3)

    found = integrated_gradients(clf, X[:6])

    changes = difference(clf.decision_function, X[:6], MEAN)
    chosen = clf.predict(X[:6])
    assert_allclose(totals(found), changes[np.arange(6), chosen], rtol=1e-3, atol=1e-4)


def test_several_labels():
    labels = np.column_stack([Y, X[:, 0, 0] > 0]).astype(int)
    clf = RNNClassifier(**SMALL, **ALONE).fit(X, labels)

    found = integrated_gradients(clf, X[:6], 1)

    changes = difference(clf.decision_function, X[:6], MEAN)
    assert_allclose(totals(found), changes[:, 1], rtol=1e-3, atol=1e-4)
    with pytest.raises(ValueError, match=r"one of the labels \[0, 1\]. Got None"):
        integrated_gradients(clf, X[:6])


@pytest.mark.parametrize("options", [ALONE, {**WHOLE, "linear": True}])
def test_numbers_in_their_units(options):
    reg = RNNRegressor(**SMALL, **options).fit(X, NUMBERS)

    found = integrated_gradients(reg, X[:6])

    assert_allclose(totals(found), difference(reg.predict, X[:6], MEAN), rtol=1e-3, atol=1e-4)


def test_one_of_several_numbers():
    reg = RNNRegressor(**SMALL, **ALONE).fit(X, np.column_stack([NUMBERS, -2 * NUMBERS]))

    found = integrated_gradients(reg, X[:6], 1)

    changes = difference(reg.predict, X[:6], MEAN)[:, 1]
    assert_allclose(totals(found), changes, rtol=1e-3, atol=1e-4)
    with pytest.raises(ValueError, match=r"target must be an int from 0 to 1\. Got None"):
        integrated_gradients(reg, X[:6])


def test_logarithms_of_counts():
    reg = RNNRegressor(**SMALL, **ALONE, loss="poisson").fit(X, rng.poisson(3, 24))

    found = integrated_gradients(reg, X[:6])

    changes = difference(lambda values: np.log(reg.predict(values)), X[:6], MEAN)
    assert_allclose(totals(found), changes, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("shape", [(6, 4), (6, 4, 3)])
@pytest.mark.parametrize("scan", ["rows", "patches", "spiral"])
def test_images(shape, scan):
    images = rng.integers(0, 4, size=(30, *shape)).astype(np.uint8)
    clf = RNNImageClassifier(**SMALL, scan=scan).fit(images, np.arange(30) % 2)

    found = integrated_gradients(clf, images[:6], 1)

    assert found.shape == (6, *shape)
    expected = difference(clf.decision_function, images[:6], images.min())
    assert_allclose(totals(found), expected, rtol=1e-3, atol=1e-3)
    flat = integrated_gradients(clf, images[:6].reshape(6, -1), 1, baseline=images.min())
    assert_allclose(flat.reshape(found.shape), found)


def test_list_of_several_lengths():
    sequences = [values[: 4 + number % 5] for number, values in enumerate(X)]
    clf = RNNClassifier(**SMALL, **WHOLE).fit(sequences, Y)

    found = integrated_gradients(clf, sequences[:6], 1)

    assert [each.shape for each in found] == [each.shape for each in sequences[:6]]
    baseline = clf.net_.module_.members[0].rescale.shift.numpy()
    zeros = [np.broadcast_to(baseline, each.shape) for each in sequences[:6]]
    expected = clf.decision_function(sequences[:6]) - clf.decision_function(zeros)
    assert_allclose(totals(found), expected, rtol=1e-3, atol=1e-3)


def test_padding_has_nothing_to_do_with_it():
    padded = X.copy()
    padded[::2, 7:] = np.nan
    clf = RNNClassifier(**SMALL, **ALONE).fit(padded, Y)

    found = integrated_gradients(clf, padded[:6])

    assert found.shape == (6, 12, 2)
    assert not found[::2, 7:].any()
    assert found[1::2, 7:].all()


def test_tokens():
    tokens = [["a", "b", str(number % 2)] for number in range(30)]
    clf = RNNClassifier(**SMALL, **ALONE).fit(tokens, np.arange(30) % 2)

    found = integrated_gradients(clf, tokens[:4], 1)

    unknown = [["?"] * 3] * 4
    expected = clf.decision_function(tokens[:4]) - clf.decision_function(unknown)
    assert [each.shape for each in found] == [(3,)] * 4
    assert_allclose(totals(found), expected, rtol=1e-3, atol=1e-4)


def test_long_frame():
    long = pd.DataFrame(X[:8].reshape(-1, 2), columns=["a", "b"]).assign(of=np.repeat(range(8), 12))
    clf = RNNClassifier(**SMALL, **ALONE, series_id="of").fit(long, Y[:8])

    found = integrated_gradients(clf, long)

    assert [each.shape for each in found] == [(12, 2)] * 8


@pytest.mark.parametrize("baseline", [0.5, [0.5, -1.0], X[7], X[6:12]])
def test_other_baselines(baseline):
    clf = RNNClassifier(**SMALL, **ALONE).fit(X, Y)

    found = integrated_gradients(clf, X[:6], 1, baseline=baseline)

    expected = difference(clf.decision_function, X[:6], baseline)
    assert_allclose(totals(found), expected, rtol=1e-3, atol=1e-4)


def test_too_few_points_are_warned_of():
    clf = RNNClassifier(**{**SMALL, "lr": 0.1, "max_epochs": 20}, **ALONE).fit(X, Y)

    with pytest.warns(UserWarning, match=r"Gradients at 1 points miss .* Take more n_points"):
        integrated_gradients(clf, X, n_points=1)


SERIES = 50 + 10 * np.sin(np.arange(60) / 2) + rng.normal(size=60)


def forecaster(**options):
    return LSTMForecaster(look_back=8, **{**SMALL, "max_epochs": 1}, **options)


def constant(values):
    return np.broadcast_to(values.mean(axis=1, keepdims=True), values.shape)


def test_windows():
    windows, y = make_windows(SERIES, 8, horizon=2)
    fitted = forecaster().fit(windows, y)

    for target, choose in ((None, lambda y: y.mean(axis=1)), (2, lambda y: y[:, 1])):
        found = integrated_gradients(fitted, windows[:5], target, n_points=4)
        changes = fitted.predict(windows[:5]) - fitted.predict(constant(windows[:5]))
        assert found.shape == (5, 8)
        assert_allclose(totals(found), choose(changes), atol=1e-4)


def test_windows_of_several_columns():
    windows = np.stack([SERIES[start : start + 8] for start in range(50)])
    table = np.stack([windows, rng.normal(size=windows.shape)], axis=2)
    fitted = forecaster().fit(table[:-1], table[1:, -1:])

    found = integrated_gradients(fitted, table[:3], (1, 0), baseline=table[5], n_points=4)

    expected = fitted.predict(table[:3]) - fitted.predict(table[5:6])
    assert found.shape == (3, 8, 2)
    assert_allclose(totals(found), expected[:, 0, 0], atol=1e-4)
    with pytest.raises(ValueError, match=r"a pair \(step, column\), since there are 2 columns"):
        integrated_gradients(fitted, table[:3], 1)


@pytest.mark.parametrize("form", [np.asarray, pd.Series])
def test_series(form):
    series = form(SERIES)
    fitted = forecaster(horizon=3).fit(series)

    found = integrated_gradients(fitted, series, 3, n_points=4)

    newest = SERIES[-8:].mean()
    flat = np.append(SERIES[:-8], np.full(8, newest))
    expected = fitted.forecast(series=form(SERIES)) - fitted.forecast(series=form(flat))
    assert found.shape == (60,)
    assert not found[:-8].any()
    assert_allclose(found.sum(), np.asarray(expected)[2], atol=1e-4)


def test_more_points_change_little():
    fitted = forecaster().fit(SERIES)

    few, many = (integrated_gradients(fitted, SERIES, n_points=n) for n in (16, 256))

    assert np.abs(few - many).sum() < 0.05 * np.abs(many).sum()


def test_panels_are_refused():
    fitted = forecaster().fit(np.column_stack([SERIES, SERIES]))

    with pytest.raises(ValueError, match=r"a single series of one column.*\(60, 2\), and 2 col"):
        integrated_gradients(fitted, np.column_stack([SERIES, SERIES]))


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        (2, {}, r"target must be one of \[0, 1\]. Got 2"),
        (0, {"baseline": "dark"}, "baseline must be a number, the 2 values of a step, or a sample"),
        (0, {"baseline": [1, 2, 3]}, r"Got an array of shape \(3,\) and type int64"),
        (0, {"baseline": np.nan}, "without NaN"),
        (0, {"n_points": 0}, "n_points must be an int from 1 on, or .auto.. Got 0"),
        (0, {"n_points": True}, "Got True"),
    ],
)
def test_what_cannot_be_attributed(target, options, message):
    clf = RNNClassifier(**SMALL, **ALONE).fit(X, Y)

    with pytest.raises(ValueError, match=message):
        integrated_gradients(clf, X[:2], target, **options)


@pytest.mark.parametrize("target", [0, 4, 1.0, True])
def test_steps_that_are_not_forecast(target):
    fitted = forecaster(horizon=3).fit(SERIES)

    with pytest.raises(ValueError, match=r"target must be an int from 1 to 3\. Got"):
        integrated_gradients(fitted, SERIES, target)


def test_other_estimators_are_refused():
    tagger = RNNTagger(**SMALL).fit(X, (X[:, :, 0] > 0).astype(int))

    with pytest.raises(TypeError, match=r"or LSTMForecaster\. Got RNNTagger"):
        integrated_gradients(tagger, X)
    with pytest.raises(NotFittedError):
        integrated_gradients(RNNClassifier(), X)
