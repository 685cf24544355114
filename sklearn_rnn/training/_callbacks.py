"""What a user may give as callbacks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from skorch.callbacks import Callback


def check_callbacks(callbacks: Iterable[Any] | None) -> None:
    """Check that callbacks are those of skorch, or pairs of a name and one.

    Raises
    ------
    ValueError
        If one is something else, or if two have the same name.
    """
    names = []
    for position, each in enumerate(callbacks or []):
        is_pair = isinstance(each, tuple) and len(each) == 2 and isinstance(each[0], str)
        callback = each[1] if is_pair else each
        if not isinstance(callback, Callback) and not _is_callback_class(callback):
            advice = ""
            if hasattr(callback, "on_fit_task_end"):
                advice = f" Callbacks of scikit-learn go to set_callbacks({callback!r})."
            raise ValueError(
                "The 'callbacks' parameter must hold skorch callbacks, or (name, callback) pairs. "
                f"Got callbacks[{position}]={each!r}.{advice}"
            )
        names += [each[0]] if is_pair else []
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        raise ValueError(f"The 'callbacks' parameter holds several named {repeated[0]!r}.")


def _is_callback_class(callback: Any) -> bool:
    return isinstance(callback, type) and issubclass(callback, Callback)
