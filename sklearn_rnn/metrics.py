"""Metrics and scorers of forecasts, beside those of :mod:`sklearn.metrics`."""

from .evaluation import (
    coverage,
    make_forecast_scorer,
    mean_absolute_scaled_error,
    symmetric_mean_absolute_percentage_error,
)

__all__ = [
    "coverage",
    "make_forecast_scorer",
    "mean_absolute_scaled_error",
    "symmetric_mean_absolute_percentage_error",
]
