"""A decoder that says word by word what is in an image."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ._attention import CellAttention
from ._encoder import RecurrentEncoder
from ._initialization import build_empty, initialize_linear
from ._layers import SeededDropout
from ._seed import Seed

N_HEADS = 4


class CaptionDecoder(nn.Module):
    """Read the words so far, look at the cells of an image, and score each next word.

    A recurrent encoder reads the words, each beside the mean and the largest features of all cells
    [1]_; its state looks at the cells [2]_, and both together score the words. What is looked at
    does not flow back into the recurrence, so that all words of a caption are read at once.

    Parameters
    ----------
    n_words : int
        Number of words that are known.

    grid : tuple of (n_rows, n_columns)
        Number of cells in each direction.

    cell_size : int
        Number of features of a cell, a multiple of 4.

    hidden_size : int
        Number of units of each recurrent layer.

    seed : Seed
        Seed of initial weights and dropout masks.

    attention : bool
        Whether to look at the cells, instead of at their mean and largest features alone.

    embedding_size : int
        Number of features of a word.

    dropout : float
        Dropout probability on states, on what is seen, and before the output.

    word_dropout : float
        Probability that a word is not read during training [3]_, so that what comes next is told
        by the image rather than by the words before.

    dtype : torch.dtype
        Dtype of the weights.

    **encoder_options
        Passed to :class:`RecurrentEncoder`.

    References
    ----------
    .. [1] Vinyals, O. et al. (2015). Show and tell: a neural image caption generator. CVPR.
    .. [2] Luong, M.-T., Pham, H. and Manning, C. D. (2015). Effective approaches to
       attention-based neural machine translation. EMNLP.
    .. [3] Bowman, S. R. et al. (2016). Generating sentences from a continuous space. CoNLL.
    """

    def __init__(
        self,
        n_words: int,
        grid: tuple[int, int],
        cell_size: int,
        hidden_size: int,
        seed: Seed,
        *,
        attention: bool,
        embedding_size: int,
        dropout: float,
        word_dropout: float,
        dtype: torch.dtype,
        **encoder_options: Any,
    ) -> None:
        super().__init__()
        self.embedding = build_empty(nn.Embedding, n_words, embedding_size, dtype=dtype)
        nn.init.normal_(self.embedding.weight, generator=seed.of("embedding").generator())
        self.word_dropout = WordDropout(word_dropout, seed.of("word dropout"))
        self.encoder = RecurrentEncoder(
            embedding_size + 2 * cell_size,
            hidden_size,
            seed.of("encoder"),
            dropout=dropout,
            dtype=dtype,
            **encoder_options,
        )
        size = hidden_size + 2 * cell_size
        self.attention = None
        if attention:
            places = torch.empty(grid[0] * grid[1], cell_size, dtype=dtype)
            nn.init.normal_(places, std=0.02, generator=seed.of("places").generator())
            self.places = nn.Parameter(places)
            self.attention = CellAttention(
                hidden_size, cell_size, N_HEADS, seed.of("attention"), dtype
            )
            size += cell_size
        self.hidden = build_empty(nn.Linear, size, 2 * hidden_size, dtype=dtype)
        initialize_linear(self.hidden, seed.of("hidden").generator())
        self.output = build_empty(nn.Linear, 2 * hidden_size, n_words, dtype=dtype)
        initialize_linear(self.output, seed.of("output").generator())
        self.dropout = SeededDropout(dropout, seed.of("dropout"))

    def forward(
        self, cells: Tensor, words: Tensor, n_last: int | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """Score what comes after each word.

        Parameters
        ----------
        cells : tensor of shape (n_samples, n_cells, cell_size)
            What the image is seen as.

        words : tensor of shape (n_samples, n_steps)
            Codes of the words so far, from the start on.

        n_last : int, default=None
            Number of steps at the end whose scores are wanted; None for all.

        Returns
        -------
        scores : tensor of shape (n_samples, n_last, n_words)
            Scores of each word, whose softmax are probabilities.

        weights : tensor of shape (n_samples, n_last, n_cells) or None
            Where was looked, if there is attention.
        """
        n_steps = words.shape[1]
        overview = torch.cat([cells.mean(dim=1), cells.amax(dim=1)], dim=1)
        overview = self.dropout(overview)[:, None]
        read = self.word_dropout(self.embedding(words))
        read = torch.cat([read, overview.expand(-1, n_steps, -1)], dim=2)
        states = self.dropout(self.encoder(read, None, n_last))
        parts, weights = [states, overview.expand(-1, states.shape[1], -1)], None
        if self.attention is not None:
            seen, weights = self.attention(states, cells + self.places)
            parts.append(self.dropout(seen))
        hidden = self.hidden(torch.cat(parts, dim=2)).relu()
        return self.output(self.dropout(hidden)), weights


class WordDropout(SeededDropout):
    """Leave out whole words.

    Parameters
    ----------
    p : float
        Probability that all features of a word are set to zero during training.

    seed : Seed
        Seed of the choice.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Drop words of `x` of shape (n_samples, n_steps, n_features) in training mode."""
        if not self.training or self.p == 0.0:
            return x
        generator = self.generator_on(x.device)
        keep = torch.empty_like(x[:, :, :1]).uniform_(generator=generator).ge_(self.p)
        return x * keep
