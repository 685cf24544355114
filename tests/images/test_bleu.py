"""BLEU beside what sacrebleu 2.6 computes, with ``BLEU(effective_order=True, tokenize="none")``."""

import pytest

from sklearn_rnn.metrics import corpus_bleu

CASES = {
    "identical": (
        [["a red five left of a green two"], ["flag : Wales"]],
        ["a red five left of a green two", "flag : Wales"],
        1.0,
    ),
    "shorter": (
        [["a red five left of a green two", "there is a red five"], ["flag : Wales"]],
        ["a red five left of a", "flag Wales"],
        0.9554427922043672,
    ),
    "longer": (
        [["a red five"], ["the dog runs over the grass", "a dog is running on grass"]],
        ["a red five five five", "the the dog runs fast over the grass today"],
        0.27862586998700395,
    ),
    "single words": ([["dog"], ["cat"], ["cow"]], ["dog", "dog", "cow"], 2 / 3),
    "no pairs": ([["dog runs fast"], ["a cat"]], ["runs dog", "cat a"], 0.38940039153570255),
    "nothing": ([["dog"], ["a cat"]], ["cow", "horse"], 0.0),
    "case": ([["Santa Claus walks home"]], ["santa Claus walks home now"], 0.39763536438352515),
}


@pytest.mark.parametrize("case", CASES)
def test_equals_sacrebleu(case):
    references, hypotheses, expected = CASES[case]

    assert corpus_bleu(references, hypotheses) == pytest.approx(expected, rel=1e-12)


def test_punctuation_is_a_word_of_its_own():
    assert corpus_bleu([["flag: Wales"]], ["flag : Wales"]) == pytest.approx(1.0)


def test_lengths_that_differ():
    with pytest.raises(ValueError, match="zip"):
        corpus_bleu([["a"]], ["a", "b"])
