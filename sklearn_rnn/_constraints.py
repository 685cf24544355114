"""What a parameter may be, and what is said of one that is something else."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import _param_validation
from sklearn.utils._param_validation import InvalidParameterError, StrOptions

# What an index of 32 bits can count.
MAX_INTEGER = 2**31 - 1


class Interval(_param_validation.Interval):
    """Interval of numbers that can be computed with, and no booleans.

    Parameters
    ----------
    type : {Integral, Real}
        Kind of the numbers.

    left, right : int, float or None
        Ends; None stands for none, but integers end at 2**31 - 1.

    closed : {"left", "right", "both", "neither"}
        Which ends belong to it.
    """

    def __init__(self, type: Any, left: Any, right: Any, *, closed: str) -> None:
        if type is Integral and right is None:
            right, closed = MAX_INTEGER, {"left": "both", "neither": "right"}[closed]
        super().__init__(type, left, right, closed=closed)

    def is_satisfied_by(self, val: Any) -> bool:
        """Tell whether a value lies within."""
        if isinstance(val, (bool, np.bool_)) or not isinstance(val, self.type):
            return False
        try:
            float(val)
        except OverflowError:
            return False
        return super().is_satisfied_by(val)


class Names(StrOptions):
    """Names of which the case does not matter.

    Parameters
    ----------
    options : set of str
        The names, in lower case.
    """

    def is_satisfied_by(self, val: Any) -> bool:
        """Tell whether a value is one of the names."""
        return isinstance(val, str) and val.lower() in self.options


class NearestNameMixin(BaseEstimator):
    """Answers a name that is not known with the nearest one that is."""

    def _validate_params(self) -> None:
        try:
            super()._validate_params()
        except InvalidParameterError as error:
            for name, value in self.get_params(deep=False).items():
                if f"The {name!r} parameter" in str(error) and isinstance(value, str):
                    nearest = _nearest(value, self._parameter_constraints[name])
                    raise InvalidParameterError(f"{error}{nearest}") from None
            raise


def _nearest(value: str, constraints: Iterable[Any]) -> str:
    options = [each for option in constraints for each in getattr(option, "options", ())]
    found = get_close_matches(value.lower(), filter(_is_text, options), n=1, cutoff=0.5)
    return f" Did you mean {found[0]!r}?" if found else ""


def _is_text(option: Any) -> bool:
    return isinstance(option, str) and option != "auto"
