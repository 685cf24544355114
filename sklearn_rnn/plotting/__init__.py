"""Displays: compute, then plot. Needs matplotlib, the extra "plot"."""

from ._backtest import BacktestDisplay
from ._caption import CaptionDisplay
from ._forecast import ForecastDisplay
from ._staged_probability import StagedProbabilityDisplay

__all__ = ["BacktestDisplay", "CaptionDisplay", "ForecastDisplay", "StagedProbabilityDisplay"]
