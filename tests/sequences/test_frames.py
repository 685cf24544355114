import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal

from sklearn_rnn import ImageToSequence, LSTMForecaster, RNNClassifier, RNNImageClassifier

Y = np.arange(24) % 2
NAMES = list("abc")
SMALL = {"hidden_size": 4, "max_epochs": 1, "random_state": 0}
classifiers = pytest.mark.parametrize("make", [RNNClassifier, RNNImageClassifier])
libraries = pytest.mark.parametrize("library", ["pandas", "polars"])


def make_frames(n_frames=24, names=NAMES, library="pandas"):
    X = np.random.default_rng(0).normal(size=(n_frames, 4, len(names)))
    frames = [pd.DataFrame(each, columns=names) for each in X]
    return frames if library == "pandas" else [to_polars(frame) for frame in frames]


def to_polars(frame):
    return pl.DataFrame({name: frame[name].to_numpy() for name in frame})


def reorder(frames, *orders):
    """Give frames columns in orders that take turns."""
    return [frame[list(orders[n % len(orders)])] for n, frame in enumerate(frames)]


@libraries
@classifiers
def test_columns_are_matched_by_name(make, library):
    frames = make_frames(library=library)
    clf = make(**SMALL).fit(frames, Y)

    others = reorder(frames, "cab", "bca", "abc")

    assert_array_equal(clf.feature_names_in_, NAMES)
    assert_array_equal(clf.predict(others), clf.predict(frames))
    assert_array_equal(clf.predict_proba(others), clf.predict_proba(frames))
    assert_array_equal(clf.predict_log_proba(others), clf.predict_log_proba(frames))
    assert_array_equal(
        list(clf.staged_predict_proba(others)), list(clf.staged_predict_proba(frames))
    )


@libraries
@classifiers
def test_columns_seen_in_fit_are_matched_by_name(make, library):
    frames = make_frames(library=library)

    clf = make(**SMALL).fit(reorder(frames, "abc", "cba"), Y)

    expected = make(**SMALL).fit([frame.to_numpy() for frame in frames], Y)
    with pytest.warns(UserWarning, match="fitted without feature names"):
        assert_array_equal(clf.predict_proba(frames), expected.predict_proba(frames))


def test_frames_of_another_library_than_in_fit():
    frames = make_frames()
    clf = RNNClassifier(**SMALL).fit(frames, Y)

    others = reorder([to_polars(frame) for frame in frames], "bca")

    assert_array_equal(clf.predict_proba(others), clf.predict_proba(frames))


@classifiers
def test_partial_fit_matches_columns_by_name(make):
    frames = make_frames()
    there, back = (
        make(**SMALL).partial_fit(frames, Y, classes=[0, 1]).partial_fit(second, Y)
        for second in (frames, reorder(frames, "cba"))
    )

    assert_array_equal(there.predict_proba(frames), back.predict_proba(frames))


def test_columns_of_varying_length_and_whole_numbers_for_names():
    frames = [frame.iloc[: 1 + n % 4] for n, frame in enumerate(make_frames(names=[0, 1, 2]))]

    clf = RNNClassifier(**SMALL).fit(frames, Y)

    shuffled = RNNClassifier(**SMALL).fit(reorder(frames, [0, 1, 2], [2, 0, 1]), Y)
    assert not hasattr(clf, "feature_names_in_")
    assert_array_equal(shuffled.predict_proba(frames), clf.predict_proba(frames))


def test_image_to_sequence_matches_columns_by_name():
    frames = make_frames()
    transformer = ImageToSequence().fit(frames)

    assert_array_equal(transformer.feature_names_in_, NAMES)
    assert_array_equal(
        transformer.transform(reorder(frames, "bac", "cab")), transformer.transform(frames)
    )


def test_windows_match_columns_by_name():
    frames = make_frames()
    y = np.random.default_rng(1).normal(size=24)
    forecaster = LSTMForecaster(**SMALL).fit(frames, y)

    others = reorder(frames, "bca", "cba")

    assert_array_equal(forecaster.predict(others), forecaster.predict(frames))
    assert forecaster.score(others, y) == forecaster.score(frames, y)


@classifiers
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame[["a", "b"]], "now missing:\n- c"),
        (lambda frame: frame.assign(d=1.0), "unseen at fit time:\n- d"),
        (lambda frame: frame.rename(columns={"a": "z"}), "unseen at fit time:\n- z"),
        (lambda frame: frame.set_axis(list("aab"), axis=1), "names must all be different"),
    ],
)
def test_other_columns_than_in_fit(make, change, message):
    frames = make_frames()
    clf = make(**SMALL).fit(frames, Y)

    with pytest.raises(ValueError, match=message):
        clf.predict([change(frame) for frame in frames])


@classifiers
def test_other_columns_within_a_list(make):
    frames = make_frames()
    frames[3] = frames[3].rename(columns={"a": "z"})

    with pytest.raises(ValueError, match=r"X\[3\] has the columns \['z', .* X\[0\] has \['a', "):
        make(**SMALL).fit(frames, Y)


@classifiers
@pytest.mark.parametrize("first", ["frames", "arrays"])
def test_frames_and_arrays_in_one_list(make, first):
    frames = make_frames()
    arrays = [frame.to_numpy() for frame in frames]
    X = frames[:5] + arrays[5:] if first == "frames" else arrays[:5] + frames[5:]

    with pytest.raises(ValueError, match=r"X\[5\] is of type \w+, but X\[0\] is of type \w+\. "):
        make(**SMALL).fit(X, Y)


@classifiers
def test_arrays_after_frames_are_warned_of(make):
    frames = make_frames()
    clf = make(**SMALL).fit(frames, Y)

    for X in ([frame.to_numpy() for frame in frames], np.array(frames)):
        with pytest.warns(UserWarning, match="X does not have valid feature names"):
            assert_array_equal(clf.predict_proba(X), clf.predict_proba(frames))


def test_frames_of_images_of_different_heights():
    frames = make_frames()
    frames[2] = frames[2].iloc[:3]

    with pytest.raises(ValueError, match=r"X\[2\] is an image of shape \(3, 3\), but"):
        RNNImageClassifier(**SMALL).fit(frames, Y)
