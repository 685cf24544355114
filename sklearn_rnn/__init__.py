"""Recurrent neural networks as scikit-learn estimators."""

from .estimators import LSTMForecaster, RNNClassifier, RNNImageClassifier
from .evaluation import backtest, score_backtest
from .sequences import ImageToSequence, LookBackWindow, make_windows

__version__ = "0.1.0"

__all__ = [
    "ImageToSequence",
    "LSTMForecaster",
    "LookBackWindow",
    "RNNClassifier",
    "RNNImageClassifier",
    "backtest",
    "make_windows",
    "score_backtest",
]
