"""Recurrent networks as scikit-learn estimators."""

from ._classifier import RNNClassifier
from ._forecaster import LSTMForecaster
from ._image_classifier import RNNImageClassifier

__all__ = ["LSTMForecaster", "RNNClassifier", "RNNImageClassifier"]
