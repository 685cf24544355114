"""Images in their many forms, as one array of shape (n_samples, height, width, channels)."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_feature_names, check_array, validate_data

from sklearn_rnn.sequences import align_frames, count_dimensions, holds_frames, pad_sequences


def infer_image_shape(
    shape: tuple[int, ...], image_shape: Sequence[int] | None, name: str
) -> tuple[int, int, int]:
    """Work out (height, width, channels) of the images in an array.

    Parameters
    ----------
    shape : tuple of int
        Shape of the array: (n_samples, height * width * channels),
        (n_samples, height, width) or (n_samples, height, width, channels).

    image_shape : sequence of 2 or 3 int, default=None
        Shape that the user gave. Without it, flat images whose width is a square number are
        square, and others are read as a column of single pixels.

    name : str
        Name of the estimator, for the error message.

    Raises
    ------
    ValueError
        If the array does not hold images of the given shape.
    """
    if image_shape is None:
        if len(shape) == 2:
            side = math.isqrt(shape[1])
            return (side, side, 1) if side * side == shape[1] else (shape[1], 1, 1)
        height, width, channels = (*shape[1:], 1)[:3]
        return height, width, channels
    height, width, channels = (*image_shape, 1)[:3]
    given = shape[1] if len(shape) == 2 else (*shape[1:], 1)[:3]
    wanted = height * width * channels if len(shape) == 2 else (height, width, channels)
    if given != wanted:
        what = f"{given} values" if len(shape) == 2 else f"shape {given}"
        raise ValueError(
            f"Each image of X has {what}, but {name} was given "
            f"image_shape={tuple(image_shape)}, that is {wanted}"
            f"{' values' if len(shape) == 2 else ''}."
        )
    return height, width, channels


def check_image_shape(image_shape: Sequence[int] | None) -> None:
    """Check the `image_shape` parameter.

    Raises
    ------
    ValueError
        If it is not 2 or 3 positive integers.
    """
    if image_shape is None:
        return
    if len(image_shape) not in (2, 3) or not all(
        isinstance(n, (int, np.integer)) and n > 0 for n in image_shape
    ):
        raise ValueError(
            "image_shape must be (height, width) or (height, width, channels) in positive "
            f"integers. Got {image_shape!r} instead."
        )


def as_images(X: np.ndarray, image_shape: tuple[int, int, int], name: str) -> np.ndarray:
    """Bring flat, grey or colour images to shape (n_samples, height, width, channels).

    Raises
    ------
    ValueError
        If the images are not of the shape that the estimator was fitted on.
    """
    found = X.shape[1:] if X.ndim == 2 else (*X.shape[1:], 1)[:3]
    wanted = (math.prod(image_shape),) if X.ndim == 2 else image_shape
    if found != wanted:
        raise ValueError(
            f"X has images of shape {found}, but {name} is expecting images of shape {wanted} "
            "(height, width, channels) as input."
        )
    return X.reshape(len(X), *image_shape)


def _warn_of_channels_first(shape: tuple[int, ...]) -> None:
    if len(shape) == 4 and shape[1] in (1, 3) and shape[2] == shape[3] > 4:
        warnings.warn(
            f"X of shape {shape} is read as images of height {shape[1]} with {shape[3]} channels. "
            "If its second dimension holds the channels, move it to the end: "
            "np.moveaxis(X, 1, -1).",
            UserWarning,
            stacklevel=2,
        )


def _read_frames(frames: list[Any]) -> np.ndarray:
    images, heights = pad_sequences(frames)
    if heights is not None:
        other = int(np.argmax(heights != heights[0]))
        raise ValueError(
            f"X[{other}] has {heights[other]} rows, but X[0] has {heights[0]}. All images must "
            "have the same shape."
        )
    return images


def _check_same_shape(X: Any) -> None:
    if not isinstance(X, (list, tuple)) or not all(hasattr(image, "shape") for image in X):
        return
    for position, image in enumerate(X):
        if image.shape != X[0].shape:
            raise ValueError(
                f"X[{position}] has the shape {image.shape}, but X[0] has {X[0].shape}. All images "
                "must have the same shape: crop, pad or resize them before."
            )


def validate_images(estimator: BaseEstimator, X: Any, *, reset: bool) -> np.ndarray:
    """Validate the images given to an estimator that has an `image_shape` parameter.

    Sets `n_features_in_`, `feature_names_in_` and `image_shape_` where `reset` is True, and
    checks against them otherwise.

    Returns
    -------
    images : ndarray of shape (n_samples, height, width, channels)
    """
    name = type(estimator).__name__
    if reset:
        check_image_shape(estimator.image_shape)
    if not holds_frames(X):
        _check_same_shape(X)
    if holds_frames(X):
        X = _read_frames(align_frames(estimator, X, reset=reset))
    elif count_dimensions(X) in (3, 4):
        X = check_array(X, allow_nd=True, estimator=estimator, input_name="X")
        _check_feature_names(estimator, X, reset=reset)
        _warn_of_channels_first(X.shape)
    else:
        X = validate_data(estimator, X, reset=reset)
    if not reset:
        return as_images(X, estimator.image_shape_, name)
    image_shape = infer_image_shape(X.shape, estimator.image_shape, name)
    estimator.image_shape_ = image_shape
    estimator.n_features_in_ = math.prod(image_shape)
    return X.reshape(len(X), *image_shape)
