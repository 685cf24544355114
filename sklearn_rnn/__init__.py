"""Recurrent neural networks as scikit-learn estimators."""

from ._version import __version__ as __version__
from .evaluation import PanelTimeSeriesSplit, backtest, score_backtest
from .forecasting import LookBackWindow, LSTMForecaster, make_windows
from .images import FeatureExtractor, ImageToSequence, RNNImageCaptioner, RNNImageClassifier
from .sequences import RNNClassifier, RNNRegressor, RNNTagger

__all__ = [
    "FeatureExtractor",
    "ImageToSequence",
    "LSTMForecaster",
    "LookBackWindow",
    "PanelTimeSeriesSplit",
    "RNNClassifier",
    "RNNImageCaptioner",
    "RNNImageClassifier",
    "RNNRegressor",
    "RNNTagger",
    "backtest",
    "make_windows",
    "score_backtest",
]
