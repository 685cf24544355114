"""Torch modules: recurrent encoders and the networks around them."""

from ._forecast_network import ForecastNetwork, error_unit, linear_inputs
from ._network import SequenceNetwork
from ._parts import set_threads
from ._pooling import POOLINGS
from ._window_scaling import scale_windows

__all__ = [
    "POOLINGS",
    "ForecastNetwork",
    "SequenceNetwork",
    "error_unit",
    "linear_inputs",
    "scale_windows",
    "set_threads",
]
