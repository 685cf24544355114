"""Parameters of what an estimator is put together from, the skorch way: ``optimizer__momentum``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from sklearn.base import BaseEstimator

PARTS = ("callbacks", "criterion", "optimizer")


class NestedParametersMixin(BaseEstimator):
    """Lets an estimator have parameters of its parts, those of `PARTS` that it has itself.

    They are attributes like all others, named by the part, two underscores and the name that the
    parameter has there.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        """Let the constructor of a subclass take them too, beside those of its signature."""
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = _take_nested(cls.__init__)  # type: ignore[method-assign]

    @classmethod
    def _is_nested(cls, name: str) -> bool:
        part, found, _ = name.partition("__")
        return bool(found) and part in PARTS and part in cls._get_param_names()

    def _nested(self, part: str) -> dict[str, Any]:
        """Collect the parameters of a part, by the name that they have there."""
        start = f"{part}__"
        return {
            name.removeprefix(start): value
            for name, value in vars(self).items()
            if name.startswith(start)
        }

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Get the parameters of the estimator, and those set of its parts.

        Parameters
        ----------
        deep : bool, default=True
            Whether to go into parameters that are estimators.

        Returns
        -------
        params : dict
            Values by name.
        """
        nested = {name: value for name, value in vars(self).items() if self._is_nested(name)}
        return {**super().get_params(deep), **nested}

    def set_params(self, **params: Any) -> NestedParametersMixin:
        """Set parameters of the estimator, and of its parts.

        Parameters
        ----------
        **params
            Values by name, such as ``optimizer__momentum=0.9`` or ``callbacks__es__patience=3``
            for a callback that is given as ``("es", EarlyStopping())``.

        Returns
        -------
        self : estimator
            The estimator itself.

        Raises
        ------
        ValueError
            If a name is not known.
        """
        nested = {name: value for name, value in params.items() if self._is_nested(name)}
        super().set_params(**{name: params[name] for name in params if name not in nested})
        self.__dict__.update(nested)
        return self


def _take_nested(init: Callable[..., None]) -> Callable[..., None]:
    """Wrap a constructor, whose signature stays as it is."""

    @wraps(init)
    def __init__(self: NestedParametersMixin, *args: Any, **params: Any) -> None:
        nested = {name: params.pop(name) for name in list(params) if self._is_nested(name)}
        init(self, *args, **params)
        self.__dict__.update(nested)

    return __init__
