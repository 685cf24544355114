"""Search for the most probable sentence, word by word."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

# Codes of what is no word: the start and the end of a sentence, and a word that is not known.
START, END, UNKNOWN = 0, 1, 2
N_SPECIAL = 3


def beam_search(
    score: Callable[[Tensor], Tensor],
    n_samples: int,
    *,
    beam_size: int,
    max_length: int,
    device: torch.device | str = "cpu",
) -> tuple[Tensor, Tensor]:
    """Go on with the sentences that are most probable so far, until each has ended.

    No sentence is empty, and none holds a word that is not known. One that is too long is cut.

    Parameters
    ----------
    score : callable
        Returns the scores of each word, of shape (n_samples * beam_size, n_words), after sentences
        of shape (n_samples * beam_size, n_steps). Those of a sample follow each other.

    n_samples : int
        Number of samples.

    beam_size : int
        Number of sentences that are kept of each sample. With 1, the search is greedy.

    max_length : int
        Largest number of words.

    device : torch.device or str, default="cpu"
        Where the scores are.

    Returns
    -------
    words : tensor of shape (n_samples, n_steps)
        Codes of the words of the best sentence of each sample. After its end, there are further
        `END`.

    log_proba : tensor of shape (n_samples,)
        Logarithm of the probability of each sentence, its end included, if it has one.
    """
    sentences = torch.full((n_samples, beam_size, 1), START, device=device)
    totals = torch.full((n_samples, beam_size), -torch.inf, device=device)
    totals[:, 0] = 0.0
    samples = torch.arange(n_samples, device=device)[:, None]
    for step in range(max_length):
        scores = score(sentences.flatten(0, 1)).log_softmax(dim=1)
        scores = scores.unflatten(0, (n_samples, beam_size))
        scores[:, :, [START, UNKNOWN]] = -torch.inf
        if step == 0:
            scores[:, :, END] = -torch.inf
        ended = sentences[:, :, -1] == END
        scores[ended] = -torch.inf
        scores[:, :, END].masked_fill_(ended, 0.0)
        n_words = scores.shape[2]
        candidates = (totals.to(scores.dtype)[:, :, None] + scores).flatten(1)
        totals, best = candidates.topk(beam_size, dim=1)
        kept, words = sentences[samples, best // n_words], best % n_words
        sentences = torch.cat([kept, words[:, :, None]], dim=2)
        if (words == END).all():
            break
    chosen = totals.argmax(dim=1)
    first = samples[:, 0]
    return sentences[first, chosen, 1:], totals[first, chosen]
