"""The history of a training, as a frame with a row for each epoch."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import Any

import pandas as pd

# What skorch keeps of each epoch beside its results.
INNER = ("_best", "_batch_count")
# By the names that they have in skorch.
RENAMED = {"train_accuracy": "train_acc", "valid_accuracy": "valid_acc"}


def history_frame(epochs: Iterable[dict[str, Any]], n_before: int = 0) -> pd.DataFrame:
    """Put what was recorded of epochs into a frame.

    Parameters
    ----------
    epochs : iterable of dict
        Those of a skorch history.

    n_before : int, default=0
        Number of epochs before them.

    Returns
    -------
    history : DataFrame
        A row for each epoch, numbered from 1. The columns are those that skorch has, losses
        first and durations, in seconds, last.
    """
    rows = [_results(epoch) for epoch in epochs]
    found = pd.DataFrame(rows, index=pd.RangeIndex(n_before + 1, n_before + 1 + len(rows)))
    names = sorted(found, key=lambda name: (name == "dur", not name.endswith("_loss")))
    return found[names].rename_axis("epoch")


def _results(epoch: dict[str, Any]) -> dict[str, float]:
    """Take the numbers of an epoch."""
    return {
        RENAMED.get(name, name): float(value)
        for name, value in epoch.items()
        if isinstance(value, Real) and name != "epoch" and not name.endswith(INNER)
    }
