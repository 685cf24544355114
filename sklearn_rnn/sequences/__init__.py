"""Estimators of sequences, and what reads sequences of any form."""

from ._classifier import RNNClassifier
from ._columns import (
    check_column,
    check_ids,
    check_keys,
    common_dtype,
    narwhals_frame,
    read_columns,
    to_numbers,
    to_pandas,
)
from ._forms import as_items, count_dimensions, read_item, to_array
from ._frames import align_frames, holds_frames, is_frame
from ._padding import validate_sequences
from ._range import check_outputs, value_range
from ._reading import READING_CONSTRAINTS
from ._regressor import RNNRegressor
from ._scaling import row_chunks, standard_scale, weighted_quantile
from ._split import split_rows
from ._stream import Stream
from ._tagger import RNNTagger

__all__ = [
    "READING_CONSTRAINTS",
    "RNNClassifier",
    "RNNRegressor",
    "RNNTagger",
    "Stream",
    "align_frames",
    "as_items",
    "check_column",
    "check_ids",
    "check_keys",
    "check_outputs",
    "common_dtype",
    "count_dimensions",
    "holds_frames",
    "is_frame",
    "narwhals_frame",
    "read_columns",
    "read_item",
    "row_chunks",
    "split_rows",
    "standard_scale",
    "to_array",
    "to_numbers",
    "to_pandas",
    "validate_sequences",
    "value_range",
    "weighted_quantile",
]
