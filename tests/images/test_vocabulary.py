import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_rnn.images._tokens import build_tokenizer
from sklearn_rnn.images._vocabulary import PADDING, Vocabulary
from sklearn_rnn.nn import END, START, UNKNOWN

SENTENCES = [
    "flag: Wales",
    "kiss: man, man, dark skin tone",
    "rescue worker’s helmet",  # noqa: RUF001
    "Japanese “acceptable” button",
    "a medium-dark, half-open door (red).",
    "100 °C",
]


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("name", ["words", "characters"])
def test_sentences_come_back_as_they_were(name, sentence):
    tokenizer = build_tokenizer(name)

    assert tokenizer.join(tokenizer.split(sentence)) == sentence


def test_words_and_punctuation():
    assert build_tokenizer("words").split("kiss: man, medium-dark") == [
        " kiss",
        ":",
        " man",
        ",",
        " medium-dark",
    ]


def test_white_space_is_one_space():
    tokenizer = build_tokenizer("words")

    assert tokenizer.join(tokenizer.split("  a\tred \n five ")) == "a red five"


def test_given_tokens_are_joined_by_spaces():
    tokenizer = build_tokenizer(lambda sentence: sentence.lower().split())

    assert tokenizer.join(tokenizer.split("A  Red FIVE")) == "a red five"


def test_codes_are_shifted_by_one():
    words = Vocabulary.learn(build_tokenizer("words"), ["b a", "a c"], 1)

    before, after = words.encode(["a b c", "c d"])

    a, b, c = 3, 4, 5
    assert_array_equal(before, [[START, a, b, c], [START, c, UNKNOWN, END]])
    assert_array_equal(after, [[a, b, c, END], [c, UNKNOWN, END, PADDING]])
    assert len(words) == 6


def test_codes_become_sentences():
    words = Vocabulary.learn(build_tokenizer("words"), ["b a", "a c"], 1)

    assert words.decode([3, 5, END, END]) == "a c"
    assert words.decode([4]) == "b"


def test_rare_words_are_left_out():
    words = Vocabulary.learn(build_tokenizer("words"), ["a a b", "b a", "c c c"], 2)

    assert words.tokens == (" a", " b")
    assert words.encode(["c"])[1].tolist() == [[UNKNOWN, END]]


def test_codes_are_integers():
    before, _ = Vocabulary.learn(build_tokenizer("words"), ["a b"], 1).encode(["a"])

    assert before.dtype == np.int64
