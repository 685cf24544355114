import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_rnn import RNNClassifier, RNNRegressor, RNNTagger

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 8, 2))
Y = (X[:, :, 0].mean(axis=1) > 0).astype(int)
OPTIONS = {"device": "cpu", "random_state": 0, "hidden_size": 8, "max_epochs": 2}
FORWARD = {"bidirectional": False, "front_end": False}


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_answers_are_those_of_the_whole_sequence(cell, num_layers):
    options = {"pooling": ["last", "mean", "max"], "n_estimators": 2, "batch_norm": True}
    clf = RNNClassifier(**OPTIONS, **FORWARD, **options, cell=cell, num_layers=num_layers)
    stages = list(clf.set_params(residual=num_layers > 1).fit(X, Y).staged_predict_proba(X))

    stream = clf.start_stream(n_sequences=len(X))

    for first, last in [(0, 1), (1, 2), (2, 6), (6, 8)]:
        stream.read(X[:, first:last])
        assert stream.n_steps == last
        assert_allclose(stream.predict_proba(), stages[last - 1], rtol=1e-4, atol=1e-5)
        assert_array_equal(stream.predict(), stages[last - 1].argmax(axis=1))


def test_one_sequence_step_by_step():
    reg = RNNRegressor(**OPTIONS, **FORWARD, linear=False).fit(X, X[:, :, 0].mean(axis=1))
    stream = reg.start_stream()

    for step in X[0]:
        stream.read(step)

    assert_allclose(stream.predict(), reg.predict(X[:1]), rtol=1e-4, atol=1e-5)
    assert not hasattr(stream, "predict_proba")


def test_a_later_fit_leaves_a_stream_alone():
    clf = RNNClassifier(**OPTIONS, **FORWARD).fit(X, Y)
    stream = clf.start_stream().read(X[0])
    before = stream.predict_proba()

    clf.fit(X, np.arange(30) % 3)

    assert_array_equal(stream.predict_proba(), before)


def test_tokens():
    texts = [["no", "yes", "yes"], ["yes", "no"], ["no"], ["yes"]] * 3
    clf = RNNClassifier(**OPTIONS, **FORWARD).fit(texts, [1, 0, 0, 1] * 3)

    stream = clf.start_stream().read(["no"]).read(["yes", "never"])

    expected = clf.predict_proba([["no", "yes", "never"]])
    assert_allclose(stream.predict_proba(), expected, rtol=1e-4, atol=1e-5)


def test_columns_are_matched_by_name():
    frames = [pd.DataFrame(x, columns=["a", "b"]) for x in X]
    clf = RNNClassifier(**OPTIONS, **FORWARD).fit(frames, Y)
    turned = frames[0][["b", "a"]]

    by_frame, by_row = clf.start_stream().read(turned), clf.start_stream()
    for _, row in turned.iterrows():
        by_row.read(row)

    expected = clf.predict_proba(frames[:1])
    assert_allclose(by_frame.predict_proba(), expected, rtol=1e-4)
    assert_allclose(by_row.predict_proba(), expected, rtol=1e-4)


def test_gaps_are_filled_by_what_came_before():
    gappy = X.copy()
    gappy[0, [0, 4, 5], 1] = np.nan
    clf = RNNClassifier(**OPTIONS, **FORWARD, missing="mask").fit(gappy, Y)
    stream = clf.start_stream()

    for step in gappy[0]:
        stream.read(step)

    assert_allclose(stream.predict_proba(), clf.predict_proba(gappy[:1]), rtol=1e-4)


@pytest.mark.parametrize("front_end", [True, False])
@pytest.mark.parametrize("n_steps", [1, 20, 150])
def test_tags_of_the_steps_read_last(front_end, n_steps):
    signal = rng.normal(size=(4, n_steps, 2))
    options = {"bidirectional": False, "front_end": front_end, "num_layers": 2, "lr": 0.05}
    tagger = RNNTagger(**OPTIONS, **options, n_estimators=2, dtype="float64")
    expected = tagger.fit(signal, signal[:, :, 0] > 0).predict_proba(signal)
    stream = tagger.start_stream(n_sequences=4)

    for first in range(0, n_steps, 7):
        stream.read(signal[:, first : first + 7])

        assert_allclose(stream.predict_proba(), expected[:, first : first + 7], atol=1e-12)
    assert_array_equal(stream.predict(), tagger.predict(signal)[:, first:])


def test_tags_of_words_one_by_one():
    texts = [["no", "yes", "yes"], ["yes", "no"], ["no"], ["yes"]] * 3
    tagger = RNNTagger(**OPTIONS, bidirectional=False).fit(texts, texts)
    stream = tagger.start_stream()

    tags = [stream.read([word]).predict()[0, 0] for word in ["yes", "no", "never"]]

    assert_array_equal(tags, tagger.predict([["yes", "no", "never"]])[0])


def test_a_tagger_that_looks_ahead_has_no_stream():
    tagger = RNNTagger(**OPTIONS).fit(X, X[:, :, 0] > 0)

    with pytest.raises(ValueError, match="Fit RNNTagger with bidirectional=False"):
        tagger.start_stream()


def test_what_needs_the_whole_sequence_is_named():
    clf = RNNClassifier(**OPTIONS, front_end=True).fit(X, Y)

    with pytest.raises(ValueError, match="with bidirectional=False, front_end=False, random_conv"):
        clf.start_stream()


def test_advice_leads_to_a_stream():
    advice = {"bidirectional": False, "front_end": False, "random_convolutions": False}

    RNNClassifier(**OPTIONS, **advice).fit(X, Y).start_stream()


def test_bad_steps():
    stream = RNNClassifier(**OPTIONS, **FORWARD).fit(X, Y).start_stream(2)

    with pytest.raises(ValueError, match="Nothing has been read"):
        stream.predict()
    for steps in (X[0], X[:2, :, :1], X[:3]):
        with pytest.raises(ValueError, match=r"here \(2, n_steps, 2\)"):
            stream.read(steps)
    with pytest.raises(ValueError, match="too far"):
        stream.read(X[:2] * 1e300).predict()
