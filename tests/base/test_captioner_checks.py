"""The checks of scikit-learn that a captioner's kind of `y` allows: numbers are told as words."""

from functools import partial

import numpy as np
import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

from sklearn_rnn import FeatureExtractor, RNNImageCaptioner
