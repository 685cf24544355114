"""Gaps within sequences, as an error or masked."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_rnn import RNNClassifier, RNNRegressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 6, 2)) + 10
Y = np.arange(24) % 2
SMALL = {"hidden_size": 4, "max_epochs": 2, "random_state": 0}
MASK = {**SMALL, "missing": "mask"}


def with_gaps(*places):
    gapped = X.copy()
    for place in places:
        gapped[place] = np.nan
    return gapped


def test_gap_is_filled_with_the_value_before():
    gapped = with_gaps((3, 2, 1), (3, 3, 1), (5, 4, 1), (6, 5))
    values = X.copy()
    values[3, 2:4, 1] = X[3, 1, 1]
    values[5, 4, 1] = X[5, 3, 1]
    values[6, 5] = X[6, 4]

    # All features of the last step are padding, and no gap.
    clf = RNNClassifier(**MASK).fit(gapped[:, :5], Y)

    expected = RNNClassifier(**SMALL).fit(values[:, :5], Y)
    assert_array_equal(clf.predict_proba(gapped[:, :5]), expected.predict_proba(values[:, :5]))
    assert clf.n_features_in_ == 2
    assert clf.sequence_shape_ == (5, 2)


def test_gap_at_the_start_is_filled_with_the_mean_of_the_training_rows():
    gapped = with_gaps((3, slice(2), 0))
    values = X.copy()
    values[3, :2, 0] = np.nanmean(gapped[:, :, 0])

    clf = RNNClassifier(**MASK).fit(gapped, Y)

    expected = RNNClassifier(**SMALL).fit(values, Y)
    assert_allclose(clf.predict_proba(gapped), expected.predict_proba(values), rtol=1e-5)


def test_stages_do_not_look_ahead():
    gapped = with_gaps((3, 2, 1), (4, slice(2), 0))
    clf = RNNClassifier(**MASK).fit(list(gapped), Y)

    stages = list(clf.staged_predict_proba(list(gapped)))

    for n, stage in enumerate(stages, start=1):
        early = clf.predict_proba(list(gapped[:, :n]))
        assert_allclose(stage, early, rtol=1e-4)


def test_row_of_zero_weight_is_no_row():
    gapped = with_gaps((3, 0, 0), (7, 2, 1))
    weight = np.ones(24)
    weight[7] = 0

    clf = RNNClassifier(**MASK).fit(gapped, Y, weight)

    expected = RNNClassifier(**MASK).fit(np.delete(gapped, 7, axis=0), np.delete(Y, 7))
    assert_array_equal(clf.predict_proba(gapped), expected.predict_proba(gapped))


def test_without_gaps_nothing_changes():
    clf = RNNClassifier(**MASK).fit(X, Y)

    expected = RNNClassifier(**SMALL).fit(X, Y)
    assert_array_equal(clf.predict_proba(X), expected.predict_proba(X))


def test_gaps_that_training_had_none_of():
    clf = RNNClassifier(**MASK).fit(X, Y)
    values = X.copy()
    values[3, 2] = X[3, 1]

    assert_array_equal(clf.predict_proba(with_gaps((3, 2))), clf.predict_proba(values))


@pytest.mark.parametrize(
    "make",
    [
        list,
        lambda X: [pd.DataFrame(each) for each in X],
        lambda X: np.concatenate([X, np.full((24, 3, 2), np.nan)], axis=1),
    ],
    ids=["list", "frames", "padded"],
)
def test_gaps_in_every_form(make):
    gapped = with_gaps((3, 2, 1), (5, 0))
    clf = RNNClassifier(**MASK).fit(make(gapped), Y)

    expected = RNNClassifier(**MASK).fit(gapped, Y)
    assert_allclose(clf.predict_proba(make(gapped)), expected.predict_proba(gapped), rtol=1e-4)


def test_gaps_in_a_long_frame():
    gapped = with_gaps((3, 2, 1), (5, 0))
    long = pd.DataFrame(gapped.reshape(-1, 2), columns=["a", "b"])
    long = long.assign(id=np.repeat(np.arange(24), 6), t=np.tile(np.arange(6), 24))

    clf = RNNClassifier(**MASK, series_id="id", time="t").fit(long, Y)

    expected = RNNClassifier(**MASK).fit(list(gapped), Y)
    assert_array_equal(clf.predict_proba(long), expected.predict_proba(list(gapped)))


def test_regressor_and_partial_fit():
    gapped = with_gaps((3, 2, 1))
    reg = RNNRegressor(**MASK).fit(gapped, X[:, :, 0].mean(axis=1))

    reg.partial_fit(gapped, X[:, 0, 0])

    assert np.isfinite(reg.predict(gapped)).all()


def test_whole_numbers_have_no_gaps():
    clf = RNNClassifier(**MASK).fit(X.astype(int), Y)

    values = X.copy()
    values[3, 2] = X[3, 1]
    assert_array_equal(clf.predict_proba(with_gaps((3, 2))), clf.predict_proba(values))


def test_what_cannot_be_filled():
    with pytest.raises(ValueError, match="Feature 1 of X has no value at all"):
        RNNClassifier(**MASK).fit(with_gaps((slice(None), slice(None), 1)), Y)
    with pytest.raises(ValueError, match=r"X\[3\] has no steps"):
        RNNClassifier(**MASK).fit(with_gaps((3,)), Y)
    with pytest.raises(ValueError, match=r"X\[3\] contains infinity at step 2 in feature 1"):
        RNNClassifier(**MASK).fit(np.where(np.isnan(with_gaps((3, 2, 1))), np.inf, X), Y)


def test_gaps_are_an_error_by_default():
    with pytest.raises(ValueError, match=r"X\[3\] contains NaN at step 2 .*missing='mask'"):
        RNNClassifier(**SMALL).fit(with_gaps((3, 2, 1)), Y)
