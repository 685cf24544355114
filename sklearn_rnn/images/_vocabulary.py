"""The tokens that a captioner knows, and sentences as their codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from sklearn_rnn.nn import END, N_SPECIAL, START, UNKNOWN
from sklearn_rnn.training import PADDING

from ._tokens import Tokenizer


class Vocabulary:
    """Tokens with their codes.

    Parameters
    ----------
    tokenizer : Tokenizer
        Splits sentences into tokens, and joins them again.

    tokens : sequence of str
        Tokens that are known.
    """

    def __init__(self, tokenizer: Tokenizer, tokens: Sequence[str]) -> None:
        self.tokenizer = tokenizer
        self.tokens = tuple(tokens)
        self.codes = {token: code for code, token in enumerate(self.tokens, start=N_SPECIAL)}

    @classmethod
    def learn(cls, tokenizer: Tokenizer, captions: Sequence[str], min_df: int) -> Vocabulary:
        """Learn all tokens that at least `min_df` captions hold.

        Raises
        ------
        ValueError
            If there are fewer than two of them.
        """
        counts = Counter(token for each in captions for token in set(tokenizer.split(each)))
        tokens = sorted(token for token, count in counts.items() if count >= min_df)
        if len(tokens) < 2:
            raise ValueError(
                f"There is nothing to tell apart: of the {len(counts)} different words of `y`, "
                f"{len(tokens)} are in at least min_df={min_df} captions, and two are needed."
            )
        return cls(tokenizer, tokens)

    def __len__(self) -> int:
        """Count the codes, those of start, end and unknown tokens included."""
        return len(self.tokens) + N_SPECIAL

    def encode(self, captions: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Encode sentences, shifted by one: what has been said, and what comes next.

        Returns
        -------
        before : ndarray of shape (n_captions, n_steps)
            Codes of the tokens before each step, from the start on.

        after : ndarray of shape (n_captions, n_steps)
            Code of the token at each step, the end included; `PADDING` after it.
        """
        coded = [
            [self.codes.get(token, UNKNOWN) for token in self.tokenizer.split(each)]
            for each in captions
        ]
        n_steps = max(map(len, coded)) + 1
        before = np.full((len(coded), n_steps), END)
        after = np.full((len(coded), n_steps), PADDING)
        for row, codes in enumerate(coded):
            before[row, : len(codes) + 1] = [START, *codes]
            after[row, : len(codes) + 1] = [*codes, END]
        return before, after

    def tokens_of(self, codes: Sequence[int]) -> list[str]:
        """Look up the tokens of a sentence, up to its end."""
        codes = list(codes)
        n_tokens = codes.index(END) if END in codes else len(codes)
        return [self.tokens[code - N_SPECIAL] for code in codes[:n_tokens]]

    def decode(self, codes: Sequence[int]) -> str:
        """Write a sentence."""
        return self.tokenizer.join(self.tokens_of(codes))
