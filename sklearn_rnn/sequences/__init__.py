"""Estimators of sequences, and what reads sequences of any form."""

from ._classifier import RNNClassifier
from ._frames import align_frames, holds_frames, is_frame
from ._padding import count_dimensions, pad_sequences, validate_sequences
from ._regressor import RNNRegressor
from ._scaling import row_chunks, standard_scale, weighted_quantile
from ._tagger import RNNTagger

__all__ = [
    "RNNClassifier",
    "RNNRegressor",
    "RNNTagger",
    "align_frames",
    "count_dimensions",
    "holds_frames",
    "is_frame",
    "pad_sequences",
    "row_chunks",
    "standard_scale",
    "validate_sequences",
    "weighted_quantile",
]
