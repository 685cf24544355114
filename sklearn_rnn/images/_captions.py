"""Captions in their forms, as a list of sentences for each image."""

from __future__ import annotations

from typing import Any

import numpy as np


def check_captions(y: Any, n_images: int, name: str) -> list[list[str]]:
    """Check captions and bring them to one form.

    Parameters
    ----------
    y : sequence of str or of sequence of str, of length n_images
        One sentence or several for each image.

    n_images : int
        Number of images.

    name : str
        Name of the estimator, for the error message.

    Returns
    -------
    captions : list of list of str
        At least one sentence for each image.

    Raises
    ------
    ValueError
        If there is not at least one sentence for each image, or if one holds no word.

    TypeError
        If they are not strings.
    """
    if y is None:
        raise ValueError(f"{name} requires y to be passed, but the target y is None.")
    if isinstance(y, (str, bytes, dict)) or not hasattr(y, "__len__"):
        raise TypeError(
            "y must hold the captions of each image: a sequence of strings, or of lists of "
            f"strings. Got {type(y).__name__}."
        )
    captions = [_as_list(each) for each in (y.tolist() if isinstance(y, np.ndarray) else y)]
    if len(captions) != n_images:
        raise ValueError(
            f"Found input variables with inconsistent numbers of samples: X has {n_images} images, "
            f"y has captions for {len(captions)}."
        )
    for position, sentences in enumerate(captions):
        _check_sentences(sentences, f"y[{position}]")
    return captions


def _as_list(sentences: Any) -> list[Any]:
    return list(sentences) if isinstance(sentences, (list, tuple, np.ndarray)) else [sentences]


def _check_sentences(sentences: list[Any], name: str) -> None:
    if not sentences:
        raise ValueError(f"{name} holds no caption. Each image needs at least one.")
    for sentence in sentences:
        if not isinstance(sentence, str):
            raise TypeError(
                f"{name} must be a string or a list of strings, the captions of an image. Got "
                f"{sentence!r} of type {type(sentence).__name__}."
            )
        if not sentence.strip():
            raise ValueError(f"{name} is an empty caption: {sentence!r}.")
