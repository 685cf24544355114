"""The skorch net that trains a captioner, and what it is fed with."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from sklearn_rnn.nn import beam_search
from sklearn_rnn.training import PADDING, Batch, RecurrentNet, SequenceData


class CaptionData(SequenceData):
    """Images with the words of their captions, one row for each caption.

    Parameters
    ----------
    X : ndarray of shape (n_images, height, width, channels)
        Images or features.

    before, after : ndarray of shape (n_captions, n_steps), default=None
        Codes of words, from :meth:`Vocabulary.encode`; None for images without captions.

    **options
        As for :class:`SequenceData`.
    """

    def __init__(
        self,
        X: np.ndarray,
        before: np.ndarray | None = None,
        after: np.ndarray | None = None,
        **options: Any,
    ) -> None:
        super().__init__(X, after, **options)
        self.before = None if before is None else torch.as_tensor(before).to(self.X.device)
        self.n_steps = self.X.shape[1:3].numel()

    def __getitem__(self, index: Any) -> Batch:
        """Take the rows at `index`, with captions as long as the longest one of them."""
        inputs, y = super().__getitem__(index)
        if self.before is None:
            return inputs, y
        n_steps = int((y != PADDING).sum(dim=-1).max())
        rows = index if isinstance(index, slice) else torch.as_tensor(index).to(y.device)
        inputs["words"] = self.before[rows][..., :n_steps]
        return inputs, y[..., :n_steps]


class CaptionLoss(nn.Module):
    """Cross-entropy of all words of a caption together, its end included.

    Parameters
    ----------
    label_smoothing : float
        Share of each target that is spread evenly over all words.

    reduction : {"none"}
        There is one loss for each caption.
    """

    def __init__(self, label_smoothing: float = 0.0, reduction: str = "none") -> None:
        super().__init__()
        self.of_words = nn.CrossEntropyLoss(
            ignore_index=PADDING, label_smoothing=label_smoothing, reduction=reduction
        )

    def forward(self, scores: Tensor, words: Tensor) -> Tensor:
        """Compute the loss of each caption.

        Parameters
        ----------
        scores : tensor of shape (n_captions, n_steps, n_words)
            Scores of each word.

        words : tensor of shape (n_captions, n_steps)
            Codes of the words.
        """
        losses = self.of_words(scores.flatten(0, 1), words.flatten())
        return losses.view_as(words).sum(dim=1)


def words_right(scores: Tensor, words: Tensor) -> Tensor:
    """Tell for each caption the share of words that are said where those before are given."""
    counted = words != PADDING
    right = (scores.argmax(dim=2) == words) & counted
    return right.sum(dim=1) / counted.sum(dim=1)


class CaptionNet(RecurrentNet):
    """A net that learns to say the next word, and searches for captions."""

    def __init__(
        self,
        module: type[nn.Module],
        criterion: type[nn.Module] = CaptionLoss,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("metrics", {"words_right": words_right})
        super().__init__(module, criterion, *args, **kwargs)

    def _forward(self, module: nn.Module, x: dict[str, Tensor]) -> Tensor:
        return module(x["x"], x["words"])

    @torch.inference_mode()
    def captions(
        self, data: CaptionData, *, beam_size: int, max_length: int
    ) -> tuple[list[list[int]], np.ndarray]:
        """Search for a caption of each image.

        Returns
        -------
        codes : list of list of int
            Codes of the words of each caption, and then of its end.

        log_proba : ndarray of shape (n_images,)
            Logarithms of their probabilities.
        """
        codes: list[list[int]] = []
        log_proba = []
        for inputs, n_rows in self._batches(data):
            cells = self.module_.see(inputs["x"]).repeat_interleave(beam_size, dim=0)
            words, totals = beam_search(
                partial(self._score_next, cells),
                len(cells) // beam_size,
                beam_size=beam_size,
                max_length=max_length,
                device=cells.device,
            )
            codes += words[:n_rows].tolist()
            log_proba.append(totals[:n_rows].cpu().numpy())
        return codes, np.concatenate(log_proba)

    def _score_next(self, cells: Tensor, words: Tensor) -> Tensor:
        """Score what comes after the last word."""
        scores, _ = self.module_.decoder(cells, words, 1)
        return scores[:, 0]

    @torch.inference_mode()
    def attention(self, data: CaptionData) -> np.ndarray:
        """Compute where each word of given captions looked.

        Returns
        -------
        weights : ndarray of shape (n_captions, n_steps, n_rows, n_columns)
        """
        assert data.before is not None, "there are captions"
        n_steps = data.before.shape[1]
        weights = []
        for inputs, n_rows in self._batches(data):
            cells = self.module_.see(inputs["x"])
            looked = self.module_.decoder(cells, inputs["words"])[1][:n_rows]
            missing = n_steps - looked.shape[1]
            weights.append(nn.functional.pad(looked, (0, 0, 0, missing)))
        return torch.cat(weights).unflatten(2, self.module_.grid).cpu().numpy()
