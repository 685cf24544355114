"""Metrics of captions, metrics and scorers of forecasts, beside those of :mod:`sklearn.metrics`."""

from .evaluation import (
    coverage,
    make_forecast_scorer,
    mean_absolute_scaled_error,
    symmetric_mean_absolute_percentage_error,
)
from .images import corpus_bleu

__all__ = [
    "corpus_bleu",
    "coverage",
    "make_forecast_scorer",
    "mean_absolute_scaled_error",
    "symmetric_mean_absolute_percentage_error",
]
