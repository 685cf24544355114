"""The skorch nets that train the networks, and what they are fed with."""

from ._callback_copies import copy_callbacks
from ._callbacks import check_callbacks
from ._classifier_net import RecurrentClassifierNet, accuracy
from ._criterion import accepts, check_criterion, criterion_options
from ._data import BLOCK_BYTES, Batch, BatchData, BatchIterator, SequenceData, as_tensor
from ._device import resolve_device
from ._history import history_frame
from ._losses import BinaryCrossEntropy, PinballLoss, PoissonDeviance, pinball_loss
from ._net import RecurrentNet, StopTraining
from ._optimization import OPTIMIZERS, optimizer_options, training_callbacks
from ._recipe import Recipe, settle
from ._schedule import LR_SCHEDULES
from ._tagger_net import PADDING, RecurrentTaggerNet
from ._weight_average import WeightAverage

__all__ = [
    "BLOCK_BYTES",
    "LR_SCHEDULES",
    "OPTIMIZERS",
    "PADDING",
    "Batch",
    "BatchData",
    "BatchIterator",
    "BinaryCrossEntropy",
    "PinballLoss",
    "PoissonDeviance",
    "Recipe",
    "RecurrentClassifierNet",
    "RecurrentNet",
    "RecurrentTaggerNet",
    "SequenceData",
    "StopTraining",
    "WeightAverage",
    "accepts",
    "accuracy",
    "as_tensor",
    "check_callbacks",
    "check_criterion",
    "copy_callbacks",
    "criterion_options",
    "history_frame",
    "optimizer_options",
    "pinball_loss",
    "resolve_device",
    "settle",
    "training_callbacks",
]
