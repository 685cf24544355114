"""Forecasting: the forecaster, look-back windows, and series in their many forms."""

from ._alignment import align_future, find_units, to_units
from ._blocks import Block, all_forecasts, hold_out
from ._forecast_net import ForecastNet
from ._forecast_network import ForecastNetwork
from ._forecaster import LSTMForecaster
from ._linear_forecast import PENALTIES, fit_linear
from ._look_back import default_look_back
from ._look_back_window import LookBackWindow
from ._naive import naive_forecasts
from ._series_store import Covariates, SeriesStore
from ._table import Panel, ranges
from ._window_data import WindowData
from ._window_scaling import scale_windows
from ._windows import make_windows

__all__ = [
    "PENALTIES",
    "Block",
    "Covariates",
    "ForecastNet",
    "ForecastNetwork",
    "LSTMForecaster",
    "LookBackWindow",
    "Panel",
    "SeriesStore",
    "WindowData",
    "align_future",
    "all_forecasts",
    "default_look_back",
    "find_units",
    "fit_linear",
    "hold_out",
    "make_windows",
    "naive_forecasts",
    "ranges",
    "scale_windows",
    "to_units",
]
