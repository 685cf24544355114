"""Warnings at the line of the user."""

from __future__ import annotations

import sys
import warnings

# What may lie between the line of the user and the one that warns.
INNER = ("sklearn_rnn", "sklearn", "skorch", "joblib", "pickle", "contextlib")


def warn(message: str | Warning, category: type[Warning] = UserWarning) -> None:
    """Warn as `warnings.warn` does, at the nearest line that is of none of these packages."""
    frame, stacklevel = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] in INNER:
        frame, stacklevel = frame.f_back, stacklevel + 1
    warnings.warn(message, category, stacklevel=stacklevel)
