"""Estimators of sequences, and what reads sequences of any form."""

from ._classifier import RNNClassifier
from ._padding import count_dimensions, validate_sequences
from ._scaling import row_chunks, standard_scale

__all__ = [
    "RNNClassifier",
    "count_dimensions",
    "row_chunks",
    "standard_scale",
    "validate_sequences",
]
