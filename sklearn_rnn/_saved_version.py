"""The version that an estimator was saved by."""

from __future__ import annotations

from typing import Any

from sklearn.base import BaseEstimator
from sklearn.exceptions import InconsistentVersionWarning

from ._version import __version__
from ._warnings import warn


class SavedVersionMixin(BaseEstimator):
    """Keep the version in what is pickled, and warn where another one loads it."""

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_sklearn_rnn_version": __version__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        saved = state.pop("_sklearn_rnn_version", "unknown")
        if saved != __version__:
            warn(
                InconsistentVersionWarning(
                    estimator_name=f"{type(self).__name__} of sklearn_rnn",
                    current_sklearn_version=__version__,
                    original_sklearn_version=saved,
                )
            )
        super().__setstate__(state)
