"""How good forecasts are: rolling-origin evaluation, metrics, scorers and splits."""

from ._backtest import backtest
from ._metrics import (
    coverage,
    mean_absolute_scaled_error,
    symmetric_mean_absolute_percentage_error,
)
from ._score import score_backtest
from ._scorer import make_forecast_scorer
from ._split import PanelTimeSeriesSplit

__all__ = [
    "PanelTimeSeriesSplit",
    "backtest",
    "coverage",
    "make_forecast_scorer",
    "mean_absolute_scaled_error",
    "score_backtest",
    "symmetric_mean_absolute_percentage_error",
]
