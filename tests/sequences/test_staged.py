import numpy as np
import pytest

from sklearn_rnn import RNNClassifier, RNNImageClassifier

rng = np.random.default_rng(0)
X = rng.normal(size=(30, 6, 2))
y = np.where(X[:, :, 0].sum(axis=1) > 0, "up", "down")
LENGTHS = rng.integers(1, 7, size=30)
RAGGED = [sequence[:length] for sequence, length in zip(X, LENGTHS, strict=True)]


def classifier(**options):
    return RNNClassifier(hidden_size=4, max_epochs=2, random_state=0, **options)


@pytest.mark.parametrize("pooling", ["last", "mean", "max"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_each_stage_is_the_answer_to_what_was_read(bidirectional, pooling):
    clf = classifier(bidirectional=bidirectional, pooling=pooling, num_layers=2).fit(RAGGED, y)
    stages = list(clf.staged_predict_proba(X))
    assert len(stages) == 6
    for n_steps, stage in enumerate(stages, start=1):
        ended = [sequence[:n_steps] for sequence in X]
        np.testing.assert_allclose(stage, clf.predict_proba(ended), atol=1e-6)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_shorter_sequences_keep_their_last_answer(bidirectional):
    clf = classifier(bidirectional=bidirectional).fit(RAGGED, y)
    stages = np.stack(list(clf.staged_predict_proba(RAGGED)))
    final = clf.predict_proba(RAGGED)
    for row, length in enumerate(LENGTHS):
        for stage in stages[length - 1 :, row]:
            np.testing.assert_allclose(stage, final[row], atol=1e-6)


def test_short_batch_among_longer_ones():
    clf = classifier().fit(RAGGED, y)
    short = [np.zeros((1, 2))] * 1024
    stages = list(clf.staged_predict_proba([*short, *RAGGED]))
    assert len(stages) == max(LENGTHS)
    np.testing.assert_array_equal(stages[0][0], stages[-1][0])


def test_images():
    images = rng.integers(0, 256, size=(20, 5, 4), dtype=np.uint8)
    clf = RNNImageClassifier(hidden_size=4, max_epochs=1, random_state=0)
    clf.fit(images, np.arange(20) % 2)
    *_, last = clf.staged_predict_proba(images)
    np.testing.assert_allclose(last, clf.predict_proba(images), atol=1e-6)
