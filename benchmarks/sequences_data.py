"""The sets of the sequence benchmarks: sequences to train on and to test on, with their classes.

Those of one channel are read from the folder ``ucr`` of the one that ``SKLEARN_RNN_DATA`` names.
Others are shipped with aeon or sktime, and read from where these are installed, or else from the
folder ``shipped``, to which ``python benchmarks/sequences_data.py`` writes all that are found.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

# Of several channels (the first two), of varying lengths (all but the first).
SHIPPED = ("BasicMotions", "JapaneseVowels", "PLAID", "PickupGestureWiimoteZ")
# Further ones of one channel and one length that are not in the folder of the others.
MORE = ("ArrowHead", "Covid3Month_disc", "GunPoint", "OSULeaf", "UnitTest")
# With a number in place of a class.
NUMBERS = ("Covid3Month", "CardanoSentiment", "Tecator")


@dataclass
class Task:
    """Sequences of shape (n, n_steps, n_channels), NaN after their end, and their classes."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def folder() -> Path:
    """Return the folder of the data."""
    return Path(os.environ["SKLEARN_RNN_DATA"])


def published() -> pd.DataFrame:
    """Read the sets of one channel, in alphabetical order, with the accuracies of others."""
    return pd.read_csv(folder() / "ucr" / "published.csv", index_col="name").sort_index()


def development() -> list[str]:
    """Name the sets on which defaults may be chosen: of each four, the first and the last.

    The others tell what these defaults are worth on sets that nobody looked at. Two and two, since
    names that follow each other are often of one kind, such as those of outlines of bones.
    """
    return [name for place, name in enumerate(published().index) if place % 4 in (0, 3)]


def load(name: str) -> Task:
    """Load a set by its name."""
    paths = [folder() / part / f"{name}.npz" for part in ("ucr", "shipped")]
    path = next((path for path in paths if path.exists()), None)
    if path is None:
        return read_shipped(name)
    with np.load(path) as data:
        task = Task(**data)
    if task.X_train.ndim == 2:
        task.X_train, task.X_test = task.X_train[:, :, None], task.X_test[:, :, None]
    return task


def read_shipped(name: str) -> Task:
    """Read a set from the files of aeon or sktime, without importing them."""
    for package in ("aeon", "sktime"):
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        files = Path(spec.origin).parent / "datasets" / "data" / name
        if files.exists():
            return join(*(read_ts(files / f"{name}_{part}.ts") for part in ("TRAIN", "TEST")))
    raise FileNotFoundError(f"{name} is neither in {folder()} nor shipped with aeon or sktime")


def read_ts(path: Path) -> tuple[list[np.ndarray], np.ndarray]:
    """Read sequences of shape (n_steps, n_channels) and their classes.

    A line holds a sequence: the values of each channel, and its class at the end, between colons.
    """
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [line.split(":") for line in lines if line and line[0] not in "#@%"]
    sequences = [
        np.array([channel.split(",") for channel in channels], dtype=np.float32).T
        for *channels, _ in rows
    ]
    return sequences, np.array([label.strip() for *_, label in rows])


def join(train: tuple[list, np.ndarray], test: tuple[list, np.ndarray]) -> Task:
    """Pad both parts to the longest sequence of them."""
    n_steps = max(len(sequence) for sequence in train[0] + test[0])
    return Task(pad(train[0], n_steps), train[1], pad(test[0], n_steps), test[1])


def pad(sequences: list[np.ndarray], n_steps: int) -> np.ndarray:
    padded = np.full((len(sequences), n_steps, sequences[0].shape[1]), np.nan, np.float32)
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence
    return padded


def main() -> None:
    target = folder() / "shipped"
    target.mkdir(exist_ok=True)
    for name in SHIPPED + MORE + NUMBERS:
        task = read_shipped(name)
        np.savez_compressed(target / f"{name}.npz", **asdict(task))
        print(name, task.X_train.shape, task.X_test.shape)


if __name__ == "__main__":
    main()
