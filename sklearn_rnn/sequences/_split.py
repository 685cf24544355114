"""Which samples to learn from, and which to validate on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupShuffleSplit, train_test_split
from sklearn.utils import column_or_1d

# So many times groups are drawn, until each class is in both parts.
N_DRAWS = 100


def check_groups(groups: Any, X: np.ndarray) -> np.ndarray:
    """Check that there is a group for each sample.

    Raises
    ------
    ValueError
        If there is another number of groups, or one is missing.
    """
    groups = column_or_1d(groups)
    if len(groups) != len(X):
        raise ValueError(f"`groups` has {len(groups)} entries, but X holds {len(X)} samples.")
    missing = np.flatnonzero(pd.isna(groups))
    if len(missing):
        raise ValueError(f"groups[{missing[0]}] is missing: each sample needs a group.")
    return groups


def split_rows(
    n_samples: int,
    validation_fraction: float,
    strata: np.ndarray | None,
    groups: np.ndarray | None,
    random_state: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Choose at random the samples to learn from and those to validate on.

    Parameters
    ----------
    n_samples : int
        Number of samples.

    validation_fraction : float
        Share of the samples, or of the groups, to validate on.

    strata : ndarray of shape (n_samples,) or None
        Classes that are to be in both parts.

    groups : ndarray of shape (n_samples,) or None
        Groups whose samples stay together.

    random_state : int
        Seed.

    Raises
    ------
    ValueError
        If there are too few samples or groups.
    """
    rows = np.arange(n_samples)
    wanted = "both parts have some" if strata is None else "each class is in both parts"
    of = f"{n_samples} samples"
    try:
        if groups is None:
            return train_test_split(
                rows, test_size=validation_fraction, stratify=strata, random_state=random_state
            )
        of += f" in {len(np.unique(groups))} groups"
        drawn = GroupShuffleSplit(
            n_splits=N_DRAWS, test_size=validation_fraction, random_state=random_state
        )
        for train, valid in drawn.split(rows, groups=groups):
            if strata is None or set(strata[train]) == set(strata[valid]):
                return train, valid
        raise ValueError(f"none of {N_DRAWS} draws did.")
    except ValueError as error:
        raise ValueError(
            f"validation_fraction={validation_fraction} cannot split {of} so that {wanted}: {error}"
        ) from error
