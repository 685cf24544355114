"""Copies of callbacks."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from skorch.callbacks import Callback

# What holds data, or callbacks, is copied.
COPIED = (Callback, list, tuple, dict, set, np.ndarray, torch.Tensor)


def shared_by_copies(callbacks: Iterable[Any]) -> dict[int, Any]:
    """Collect what copies of callbacks write to as well: open files, the writers of logs.

    Parameters
    ----------
    callbacks : iterable of Callback or (name, Callback)
        Callbacks.

    Returns
    -------
    memo : dict of int to object
        For :func:`copy.deepcopy`.
    """
    instances = (each[-1] if isinstance(each, tuple) else each for each in callbacks)
    parameters = (value for each in instances for value in getattr(each, "__dict__", {}).values())
    return {id(value): value for value in parameters if not isinstance(value, COPIED)}


def copy_callbacks(callbacks: list[Any]) -> list[Any]:
    """Copy callbacks, so that training leaves those of the caller as they are."""
    return copy.deepcopy(callbacks, shared_by_copies(callbacks))
