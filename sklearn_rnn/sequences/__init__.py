"""Estimators of sequences, and what reads sequences of any form."""

from ._classifier import RNNClassifier
from ._frames import align_frames, holds_frames, is_frame
from ._padding import count_dimensions, pad_sequences, validate_sequences
from ._range import check_outputs, value_range
from ._scaling import row_chunks, standard_scale

__all__ = [
    "RNNClassifier",
    "align_frames",
    "check_outputs",
    "count_dimensions",
    "holds_frames",
    "is_frame",
    "pad_sequences",
    "row_chunks",
    "standard_scale",
    "validate_sequences",
    "value_range",
]
