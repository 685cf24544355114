"""Displays: compute, then plot. Needs matplotlib, the extra "plot"."""

from ._attribution import AttributionDisplay
from ._backtest import BacktestDisplay
from ._caption import CaptionDisplay
from ._forecast import ForecastDisplay
from ._learning_curve import LearningCurveDisplay
from ._scan import ScanDisplay
from ._staged_probability import StagedProbabilityDisplay

__all__ = [
    "AttributionDisplay",
    "BacktestDisplay",
    "CaptionDisplay",
    "ForecastDisplay",
    "LearningCurveDisplay",
    "ScanDisplay",
    "StagedProbabilityDisplay",
]
