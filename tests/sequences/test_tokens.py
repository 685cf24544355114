import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_rnn import RNNClassifier, RNNRegressor, RNNTagger

rng = np.random.default_rng(0)
WORDS = np.array(["a", "bad", "film", "good", "not", "the", "very"])
TEXTS = [list(rng.choice(WORDS, size=rng.integers(3, 9))) for _ in range(200)]
IS_GOOD = np.array([text.count("good") > text.count("bad") for text in TEXTS])
CODES = rng.integers(10, size=(200, 8))
OPTIONS = {"device": "cpu", "random_state": 0, "max_epochs": 20}
SMALL = {"device": "cpu", "random_state": 0, "hidden_size": 4, "max_epochs": 1}


def test_words_are_learnt():
    clf = RNNClassifier(**OPTIONS).fit(TEXTS[:150], IS_GOOD[:150])

    assert clf.score(TEXTS[150:], IS_GOOD[150:]) > 0.9


def test_what_counts_of_words_tell_takes_no_training():
    balance = np.array([text.count("good") - text.count("bad") for text in TEXTS])

    reg = RNNRegressor(**SMALL).fit(TEXTS[:150], balance[:150])

    assert reg.auto_params_["linear"]
    assert reg.score(TEXTS[150:], balance[150:]) > 0.9
    assert list(reg.shares_) == ["networks", "linear"]
    assert_allclose(reg.predict([["good", "never"]]), reg.predict([["good", "seen"]]))


def test_unknown_tokens_are_allowed_and_alike():
    clf = RNNClassifier(**SMALL).fit(TEXTS, IS_GOOD)

    unknown = clf.predict_proba([["never", "good"], ["seen", "good"]])

    assert_array_equal(unknown[0], unknown[1])


@pytest.mark.parametrize("embedding_dim", [8, np.uint8(8)])
def test_whole_numbers_are_tokens_where_they_are_embedded(embedding_dim):
    threes = (CODES == 3).sum(axis=1)

    reg = RNNRegressor(**OPTIONS, embedding_dim=embedding_dim).fit(CODES[:150], threes[:150])

    assert reg.score(CODES[150:], threes[150:]) > 0.7
    assert reg.net_.module_.encoder.layers[0].input_size == 8
    assert reg.auto_params_["embedding_dim"] == 8


@pytest.mark.parametrize("estimator", [RNNClassifier, RNNTagger])
def test_size_of_the_vectors_of_words_is_told(estimator):
    y = IS_GOOD if estimator is RNNClassifier else [np.isin(text, ["good"]) for text in TEXTS]

    assert estimator(**SMALL).fit(TEXTS, y).auto_params_["embedding_dim"] == 32


@pytest.mark.parametrize(
    "form",
    [
        lambda text: text.to_numpy(),
        lambda text: text,
        lambda text: text.to_numpy().astype(str),
        lambda text: text.to_numpy().tolist(),
        lambda text: [row.to_numpy() for _, row in text.iterrows()],
        lambda text: [tuple(row) for row in text.to_numpy()],
    ],
    ids=["objects", "frame", "strings", "lists", "arrays", "tuples"],
)
def test_forms_of_equal_length(form):
    table = pd.DataFrame(rng.choice(WORDS, size=(20, 4)), columns=list("wxyz"))
    y = np.arange(20) % 2
    expected = RNNClassifier(**SMALL).fit(table.to_numpy().tolist(), y)

    found = RNNClassifier(**SMALL).fit(form(table), y)

    assert_array_equal(found.predict_proba(form(table)), expected.predict_proba(table.to_numpy()))


@pytest.mark.parametrize("padding", [None, np.nan, pd.NA])
def test_padding_at_the_end(padding):
    longest = max(map(len, TEXTS))
    padded = np.array([text + [padding] * (longest - len(text)) for text in TEXTS], dtype=object)
    expected = RNNClassifier(**SMALL).fit(TEXTS, IS_GOOD).predict_proba(TEXTS)

    found = RNNClassifier(**SMALL).fit(padded, IS_GOOD).predict_proba(padded)

    assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (["a good film", "a bad film"], r"Split texts, as in \[text.split\(\) for text in X\]"),
        (
            pd.DataFrame({"text": ["a good film", "bad"]}),
            r"single token .a good film.*X\[.text.\]\.str\.split",
        ),
        ([["a"], []], r"X\[1\] has no steps"),
        ([["a", None, "b"], ["a"]], r"X\[0\]\[1\] is missing"),
        ([["a"], [1]], r"X\[1\] holds tokens of the type int64"),
        ([[1.5], [2]], r"X\[0\]\[0\] is 1.5, but tokens are strings or whole numbers"),
        (np.zeros((2, 3, 2)), "Tokens are one a step"),
    ],
)
def test_bad_tokens(X, message):
    with pytest.raises(ValueError, match=message):
        RNNClassifier(**SMALL, embedding_dim=4).fit(X, [0, 1])


def test_tokens_of_another_type_than_in_fit():
    clf = RNNClassifier(**SMALL).fit(TEXTS, IS_GOOD)

    with pytest.raises(ValueError, match="those seen in fit are of the type <U"):
        clf.predict([[1, 2]])


def test_what_computes_with_numbers_is_refused():
    with pytest.raises(ValueError, match="random_convolutions=True needs sequences of numbers"):
        RNNClassifier(**SMALL, random_convolutions=True).fit(TEXTS, IS_GOOD)


def test_names_among_numbers_make_no_tokens():
    table = pd.DataFrame(
        {"id": ["a", "b"], "day": pd.Timestamp("2024-01-01"), "height": [1.0, 2.0]}
    )

    with pytest.raises(ValueError, match=r"Column 'id' of X.*series_id"):
        RNNClassifier(**SMALL).fit(table, [0, 1])
