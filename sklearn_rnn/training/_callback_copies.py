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


def copy_callbacks(callbacks: list[Any], parameters: dict[str, Any]) -> list[Any]:
    """Copy callbacks, so that training leaves those of the caller as they are.

    Parameters
    ----------
    callbacks : list of Callback or (name, Callback)
        Callbacks; those without a name have that of their class, as in skorch.

    parameters : dict
        What is set of them: a value by the name of a callback, two underscores and the name of its
        parameter, or None by the name of a callback that is left out.

    Raises
    ------
    ValueError
        If there is no such callback, or it has no such parameter.
    """
    copies = copy.deepcopy(callbacks, shared_by_copies(callbacks))
    pairs = [each if isinstance(each, tuple) else (type(each).__name__, each) for each in copies]
    named: dict[str, Any] = dict(pairs)
    for name, value in parameters.items():
        of, _, parameter = name.partition("__")
        if of not in named:
            raise ValueError(f"callbacks__{name}: there is no callback {of!r} in {list(named)}.")
        if parameter:
            named[of].set_params(**{parameter: value})
        elif value is None:
            pairs = [(known, each) for known, each in pairs if known != of]
        else:
            raise ValueError(
                f"callbacks__{name} must be None, which leaves that callback out. Got {value!r}."
            )
    return copies if len(pairs) == len(copies) else pairs
