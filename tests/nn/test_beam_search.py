import itertools

import pytest
import torch

from sklearn_rnn.nn import END, N_SPECIAL, START, UNKNOWN, beam_search

N_WORDS = 6
MAX_LENGTH = 3


class Table:
    """Scores that depend on the word before, other ones for each sample."""

    def __init__(self, n_samples, seed=0):
        generator = torch.Generator().manual_seed(seed)
        self.scores = 2 * torch.randn(n_samples, N_WORDS, N_WORDS, generator=generator)

    def __call__(self, words):
        samples = torch.arange(len(words)) // (len(words) // len(self.scores))
        return self.scores[samples, words[:, -1]]


def all_sentences():
    known = range(N_SPECIAL, N_WORDS)
    for length in range(1, MAX_LENGTH + 1):
        for words in itertools.product(known, repeat=length):
            yield [*words, END] if length < MAX_LENGTH else [*words]


def log_probability(table, sample, sentence):
    steps = zip([START, *sentence[:-1]], sentence, strict=True)
    scores = table.scores[sample].log_softmax(dim=1)
    return sum(scores[before, word].item() for before, word in steps)


@pytest.mark.parametrize("seed", range(3))
def test_wide_beam_finds_the_most_probable_sentence(seed):
    table = Table(4, seed)

    words, log_proba = beam_search(table, 4, beam_size=60, max_length=MAX_LENGTH)

    for sample in range(4):
        best = max(all_sentences(), key=lambda each: log_probability(table, sample, each))
        found = words[sample].tolist()
        assert found[: len(best)] == best
        assert set(found[len(best) :]) <= {END}
        assert log_proba[sample].item() == pytest.approx(
            log_probability(table, sample, best), rel=1e-5
        )


def test_greedy_takes_the_most_probable_word_each_time():
    table = Table(5)

    words, _ = beam_search(table, 5, beam_size=1, max_length=MAX_LENGTH)

    for sample, sentence in enumerate(words.tolist()):
        before = START
        for step, word in enumerate(sentence):
            scores = table.scores[sample, before].clone()
            scores[[START, UNKNOWN] + [END] * (step == 0)] = -torch.inf
            assert word == scores.argmax()
            if word == END:
                break
            before = word


def test_never_empty_never_unknown_never_endless():
    scores = torch.zeros(N_WORDS)
    scores[[START, UNKNOWN, END]] = torch.tensor([9.0, 8.0, 7.0])

    words, _ = beam_search(
        lambda words: scores.expand(len(words), -1).clone(), 2, beam_size=2, max_length=9
    )
    endless, _ = beam_search(
        lambda words: torch.eye(N_WORDS)[3].expand(len(words), -1) * 50,
        2,
        beam_size=2,
        max_length=9,
    )

    assert words.tolist() == [[3, END]] * 2 or (words[:, 0] >= N_SPECIAL).all()
    assert not torch.isin(words, torch.tensor([START, UNKNOWN])).any()
    assert endless.tolist() == [[3] * 9] * 2
