"""The skorch net that trains the networks, and what it is fed with."""

from ._data import SequenceData, count_batches
from ._device import resolve_device
from ._net import RecurrentClassifierNet, RecurrentNet, accuracy
from ._optimization import LR_SCHEDULES, OPTIMIZERS, training_callbacks
from ._weight_average import WeightAverage

__all__ = [
    "LR_SCHEDULES",
    "OPTIMIZERS",
    "RecurrentClassifierNet",
    "RecurrentNet",
    "SequenceData",
    "WeightAverage",
    "accuracy",
    "count_batches",
    "resolve_device",
    "training_callbacks",
]
