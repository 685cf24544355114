"""Sentences as tokens, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

WORD = re.compile(r" ?\w+(?:[-'’]\w+)*| ?[^\w ]")  # noqa: RUF001 (apostrophes as people write them)


class WordTokenizer:
    """Split a sentence into words and punctuation, each with the space before it.

    So they can be joined again as they were: "flag: Wales" is " flag", ":", " Wales".
    """

    def split(self, caption: str) -> list[str]:
        """Split a sentence."""
        return WORD.findall(" " + " ".join(caption.split()))

    def join(self, tokens: Sequence[str]) -> str:
        """Join tokens to a sentence."""
        return "".join(tokens).strip()


class CharacterTokenizer:
    """Split a sentence into its characters."""

    def split(self, caption: str) -> list[str]:
        """Split a sentence."""
        return list(" ".join(caption.split()))

    def join(self, tokens: Sequence[str]) -> str:
        """Join tokens to a sentence."""
        return "".join(tokens).strip()


class GivenTokenizer:
    """Split a sentence as a user's function does, and join its tokens by spaces.

    Parameters
    ----------
    function : callable
        Returns the tokens of a sentence, as strings.
    """

    def __init__(self, function: Callable[[str], Sequence[str]]) -> None:
        self.function = function

    def split(self, caption: str) -> list[str]:
        """Split a sentence.

        Raises
        ------
        ValueError
            If the function does not return strings.
        """
        tokens = self.function(caption)
        is_list = isinstance(tokens, (list, tuple))
        if not is_list or not all(isinstance(token, str) for token in tokens):
            raise ValueError(
                "The 'tokenizer' of RNNImageCaptioner must return a list of strings. For "
                f"{caption!r} it returned {tokens!r}."
            )
        return list(tokens)

    def join(self, tokens: Sequence[str]) -> str:
        """Join tokens to a sentence."""
        return " ".join(tokens)


Tokenizer = WordTokenizer | CharacterTokenizer | GivenTokenizer
TOKENIZERS: dict[str, type[WordTokenizer] | type[CharacterTokenizer]] = {
    "words": WordTokenizer,
    "characters": CharacterTokenizer,
}


def build_tokenizer(tokenizer: str | Callable[[str], Sequence[str]]) -> Tokenizer:
    """Build what a `tokenizer` parameter names."""
    if isinstance(tokenizer, str):
        return TOKENIZERS[tokenizer]()
    return GivenTokenizer(tokenizer)
