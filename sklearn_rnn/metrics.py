"""Metrics of forecasts, beside those of :mod:`sklearn.metrics`."""

from .evaluation import (
    coverage,
    mean_absolute_scaled_error,
    symmetric_mean_absolute_percentage_error,
)

__all__ = [
    "coverage",
    "mean_absolute_scaled_error",
    "symmetric_mean_absolute_percentage_error",
]
