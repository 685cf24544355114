"""How good forecasts are: metrics."""

from ._metrics import (
    coverage,
    mean_absolute_scaled_error,
    symmetric_mean_absolute_percentage_error,
)

__all__ = [
    "coverage",
    "mean_absolute_scaled_error",
    "symmetric_mean_absolute_percentage_error",
]
