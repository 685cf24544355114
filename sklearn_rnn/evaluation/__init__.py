"""How good forecasts are: rolling-origin evaluation and metrics."""

from ._backtest import backtest
from ._metrics import (
    coverage,
    mean_absolute_scaled_error,
    symmetric_mean_absolute_percentage_error,
)
from ._score import score_backtest

__all__ = [
    "backtest",
    "coverage",
    "mean_absolute_scaled_error",
    "score_backtest",
    "symmetric_mean_absolute_percentage_error",
]
