"""The skorch nets that train the networks, and what they are fed with."""

from ._data import BatchData, SequenceData
from ._device import resolve_device
from ._forecast_net import ForecastNet
from ._held_out import count_apart
from ._linear_forecast import HUBER_DELTA, PENALTIES, LinearForecast, fit_linear
from ._net import RecurrentClassifierNet, RecurrentNet, accuracy
from ._optimization import OPTIMIZERS, optimizer_options, training_callbacks
from ._schedule import LR_SCHEDULES
from ._series_store import Covariates, SeriesStore
from ._threads import suitable_threads
from ._weight_average import WeightAverage
from ._window_data import WindowData

__all__ = [
    "HUBER_DELTA",
    "LR_SCHEDULES",
    "OPTIMIZERS",
    "PENALTIES",
    "BatchData",
    "Covariates",
    "ForecastNet",
    "LinearForecast",
    "RecurrentClassifierNet",
    "RecurrentNet",
    "SequenceData",
    "SeriesStore",
    "WeightAverage",
    "WindowData",
    "accuracy",
    "count_apart",
    "fit_linear",
    "optimizer_options",
    "resolve_device",
    "suitable_threads",
    "training_callbacks",
]
