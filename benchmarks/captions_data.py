"""The sets of the caption benchmark, and what their captions are judged by."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupShuffleSplit

from sklearn_rnn.datasets import make_digit_scenes
from sklearn_rnn.metrics import corpus_bleu

N_SCENES, N_NEW_SCENES = 5000, 1000


@dataclass
class Task:
    """Images and captions to train on and to test on, of which the latter are others."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def load(name: str, seed: int = 0) -> Task:
    """Load a set by its name, with other captions held out for each seed."""
    images, captions = SETS[name]()
    splitter = GroupShuffleSplit(1, test_size=0.1, random_state=seed)
    if name != "openmoji":
        splitter = GroupShuffleSplit(1, test_size=N_NEW_SCENES / len(images), random_state=seed)
    train, test = next(splitter.split(images, groups=captions))
    train, test = train[:N_SCENES], test[:N_NEW_SCENES]
    return Task(images[train], captions[train], images[test], captions[test])


def load_openmoji() -> tuple[np.ndarray, np.ndarray]:
    """Read pictures of 48 x 48 pixels and their names, which all differ."""
    with np.load(Path(os.environ["SKLEARN_RNN_DATA"]) / "captions" / "openmoji48.npz") as data:
        return data["images"], data["captions"]


def make_scenes(n_digits: int) -> tuple[np.ndarray, np.ndarray]:
    return make_digit_scenes(8 * N_NEW_SCENES, n_digits=n_digits, random_state=0)


SETS = {
    "openmoji": load_openmoji,
    "scenes": lambda: make_scenes(2),
    "scenes of three": lambda: make_scenes(3),
}


def judge(captions: Sequence[str], true: Sequence[str]) -> dict[str, float]:
    """Compare captions with true ones, in percent."""
    pairs = [(_words(one), _words(other)) for one, other in zip(captions, true, strict=True)]
    return {
        "bleu": 100 * corpus_bleu([[each] for each in true], list(captions)),
        "f1": 100 * float(np.mean([_f1(*pair) for pair in pairs])),
        "all right": 100 * float(np.mean([one == other for one, other in pairs])),
    }


def _words(caption: str) -> list[str]:
    return re.findall(r"[\w'’-]+", caption.lower())  # noqa: RUF001 (as it is written)


def _f1(words: list[str], true: list[str]) -> float:
    shared = (Counter(words) & Counter(true)).total()
    return 2 * shared / (len(words) + len(true))
