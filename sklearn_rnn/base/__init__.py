"""What all estimators share."""

from ._documentation import CLASS_WORDS, SEQUENCE_WORDS, documented
from ._estimator import DTYPES, BaseRecurrentEstimator

__all__ = [
    "CLASS_WORDS",
    "DTYPES",
    "SEQUENCE_WORDS",
    "BaseRecurrentEstimator",
    "documented",
]
