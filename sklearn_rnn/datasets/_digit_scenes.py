"""Pictures of several handwritten digits, and sentences that say what is where."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.datasets import load_digits
from sklearn.utils import check_random_state

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
COLORS = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1), "yellow": (1, 1, 0)}
RELATIONS = ("left of", "above")
SIDE = 32
DIGIT_SIDE = 8
# Largest number of pixels by which digits beside each other are moved apart in the other direction.
MAX_OFFSET = 3
DIGIT_SUBSETS = {"all": slice(None), "train": slice(None, 1257), "test": slice(1257, None)}


def make_digit_scenes(
    n_samples: int = 1000,
    *,
    n_digits: int = 2,
    colors: bool = True,
    subset: str = "all",
    random_state: Any = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Make pictures of digits with a sentence for each: "a red five left of a green two".

    Each picture shows handwritten digits of :func:`sklearn.datasets.load_digits` beside or above
    each other, at random places on a black canvas. They are named from the left to the right, or
    from the top down, so that there is one true sentence.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of pictures.

    n_digits : int, default=2
        Number of digits in each picture, from 1 to 3.

    colors : bool, default=True
        Whether each digit is red, green, blue or yellow, and called so. Otherwise pictures are
        grey.

    subset : {"all", "train", "test"}, default="all"
        Which handwritten digits are drawn: all, the first 1,257 of them, or the others.

    random_state : int, RandomState instance or None, default=None
        Seed of all that is random. Pass an int for the same pictures in each call.

    Returns
    -------
    images : ndarray of shape (n_samples, 32, 32, 3) or (n_samples, 32, 32), dtype uint8
        Pictures, without channels where `colors` is False.

    captions : ndarray of str of shape (n_samples,)
        Sentence of each. To test on combinations that training has not seen, take them as groups:
        ``GroupShuffleSplit().split(images, groups=captions)``.

    Raises
    ------
    ValueError
        If a parameter is not as described.

    Examples
    --------
    >>> from sklearn_rnn.datasets import make_digit_scenes
    >>> images, captions = make_digit_scenes(2, random_state=0)
    >>> images.shape
    (2, 32, 32, 3)
    >>> captions.tolist()
    ['a red eight above a yellow seven', 'a red three left of a red six']
    """
    if n_samples < 1:
        raise ValueError(f"n_samples must be at least 1. Got {n_samples}.")
    if n_digits not in (1, 2, 3):
        raise ValueError(f"n_digits must be 1, 2 or 3. Got {n_digits}.")
    if subset not in DIGIT_SUBSETS:
        raise ValueError(f"subset must be one of {sorted(DIGIT_SUBSETS)}. Got {subset!r}.")
    rng = check_random_state(random_state)
    digits = load_digits()
    chosen = DIGIT_SUBSETS[subset]
    pixels = np.round(digits.images[chosen] * 255 / 16).astype(np.uint8)
    labels = digits.target[chosen]
    images = np.zeros((n_samples, SIDE, SIDE, 3 if colors else 1), dtype=np.uint8)
    captions = []
    for image in images:
        rows = rng.randint(len(pixels), size=n_digits)
        relation = RELATIONS[rng.randint(len(RELATIONS))]
        names = [WORDS[label] for label in labels[rows]]
        inks: list[tuple[int, ...]] = [(1,)] * n_digits
        if colors:
            called = [list(COLORS)[number] for number in rng.randint(len(COLORS), size=n_digits)]
            inks = [COLORS[color] for color in called]
            names = [f"{color} {name}" for color, name in zip(called, names, strict=True)]
        places = _draw_places(n_digits, rng)
        for (along, across), row, ink in zip(places, rows, inks, strict=True):
            top, left = (across, along) if relation == "left of" else (along, across)
            view = image[top : top + DIGIT_SIDE, left : left + DIGIT_SIDE]
            view[...] = pixels[row][:, :, None] * np.array(ink, dtype=np.uint8)
        captions.append(f" {relation} ".join(map(_with_article, names)))
    return images if colors else images[:, :, :, 0], np.array(captions)


def _draw_places(n_digits: int, rng: np.random.RandomState) -> list[tuple[int, int]]:
    """Draw where digits lie along their common direction, and across it."""
    width = SIDE // n_digits
    middle = rng.randint(MAX_OFFSET, SIDE - DIGIT_SIDE - MAX_OFFSET + 1)
    along = width * np.arange(n_digits) + rng.randint(width - DIGIT_SIDE + 1, size=n_digits)
    across = middle + rng.randint(-MAX_OFFSET, MAX_OFFSET + 1, size=n_digits)
    return list(zip(along.tolist(), across.tolist(), strict=True))


def _with_article(name: str) -> str:
    return f"{'an' if name == 'eight' else 'a'} {name}"
