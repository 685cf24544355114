"""Recurrent neural networks as scikit-learn estimators."""

from .evaluation import PanelTimeSeriesSplit, backtest, score_backtest
from .forecasting import LookBackWindow, LSTMForecaster, make_windows
from .images import ImageToSequence, RNNImageClassifier
from .sequences import RNNClassifier, RNNRegressor, RNNTagger

__version__ = "0.1.0"

__all__ = [
    "ImageToSequence",
    "LSTMForecaster",
    "LookBackWindow",
    "PanelTimeSeriesSplit",
    "RNNClassifier",
    "RNNImageClassifier",
    "RNNRegressor",
    "RNNTagger",
    "backtest",
    "make_windows",
    "score_backtest",
]
