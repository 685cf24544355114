"""What all estimators share."""

from ._documentation import documented
from ._estimator import DTYPES, BaseRecurrentEstimator

__all__ = ["DTYPES", "BaseRecurrentEstimator", "documented"]
