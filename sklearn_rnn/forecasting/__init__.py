"""Forecasting: the forecaster, look-back windows, and series in their many forms."""

from ._forecaster import LSTMForecaster
from ._frames import row_stamps
from ._table import Panel, ranges
from ._windows import LookBackWindow, make_windows

__all__ = [
    "LSTMForecaster",
    "LookBackWindow",
    "Panel",
    "make_windows",
    "ranges",
    "row_stamps",
]
