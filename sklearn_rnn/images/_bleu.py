"""BLEU: how much of sentences is in others."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from ._tokens import WordTokenizer

MAX_ORDER = 4

NGrams = Counter[tuple[str, ...]]


def corpus_bleu(references: Sequence[Sequence[str]], hypotheses: Sequence[str]) -> float:
    """Compute the BLEU of sentences, all together.

    It is the geometric mean of the shares of words, of pairs, of triples and of fours of
    neighbours in the hypotheses that are in a reference too, times a penalty where hypotheses are
    shorter [1]_. Words and punctuation are compared as they are written. Orders that no hypothesis
    is long enough for do not count, and if there are no matches of one, half a match is taken, a
    quarter of the next, and so on [2]_, as the library sacrebleu does with
    ``BLEU(effective_order=True)``.

    Parameters
    ----------
    references : sequence of sequence of str
        For each hypothesis one sentence or more that are right.

    hypotheses : sequence of str
        Sentences to judge.

    Returns
    -------
    bleu : float
        Between 0 and 1, the higher the better.

    References
    ----------
    .. [1] Papineni, K., Roukos, S., Ward, T. and Zhu, W.-J. (2002). BLEU: a method for automatic
       evaluation of machine translation. ACL.
    .. [2] Chen, B. and Cherry, C. (2014). A systematic comparison of smoothing techniques for
       sentence-level BLEU. WMT.

    Examples
    --------
    >>> from sklearn_rnn.metrics import corpus_bleu
    >>> corpus_bleu([["a red five", "a five in red"]], ["a red five"])
    1.0
    """
    matches, totals = [0] * MAX_ORDER, [0] * MAX_ORDER
    n_words = n_reference_words = 0
    for sentences, hypothesis in zip(references, hypotheses, strict=True):
        words, right = _split(hypothesis), [_split(each) for each in sentences]
        n_words += len(words)
        # The length that is nearest, of two the shorter.
        n_reference_words += min(map(len, right), key=lambda n: (abs(n - len(words)), n))
        for order in range(MAX_ORDER):
            grams = _count(words, order + 1)
            allowed: NGrams = Counter()
            for each in right:
                allowed |= _count(each, order + 1)
            matches[order] += (grams & allowed).total()
            totals[order] += grams.total()
    precisions = _precisions(matches, totals)
    if not matches[0]:
        return 0.0
    brevity = min(1.0, math.exp(1 - n_reference_words / n_words))
    return brevity * math.exp(sum(map(math.log, precisions)) / len(precisions))


def _split(sentence: str) -> list[str]:
    return [token.strip() for token in WordTokenizer().split(sentence)]


def _count(words: list[str], order: int) -> NGrams:
    """Count the runs of neighbouring words."""
    return Counter(zip(*(words[start:] for start in range(order)), strict=False))


def _precisions(matches: list[int], totals: list[int]) -> list[float]:
    """Compute the shares of matches, of each order that there is."""
    precisions, smallest = [], 1.0
    for n_matches, n_grams in zip(matches, totals, strict=True):
        if not n_grams:
            break
        if not n_matches:
            smallest /= 2
        precisions.append((n_matches or smallest) / n_grams)
    return precisions
