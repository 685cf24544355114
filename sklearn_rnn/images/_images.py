"""Images in their many forms, as one array of shape (n_samples, height, width, channels)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral
from os import PathLike
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_feature_names, check_array, validate_data

from sklearn_rnn._warnings import warn
from sklearn_rnn.sequences import (
    align_frames,
    as_items,
    count_dimensions,
    is_frame,
    read_item,
    to_array,
)

# From so many values on, those of 4 x 4 pixels in colour, flat images that are not square are no
# single column of pixels.
MIN_ASKED = 48


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
        square, and others of a few values are read as a column of single pixels.

    name : str
        Name of the estimator, for the error message.

    Raises
    ------
    ValueError
        If the array does not hold images of the given shape, or none is given of flat images that
        are not square.
    """
    if image_shape is None:
        if len(shape) == 2:
            return _infer_flat_shape(shape[1], name)
        height, width, channels = (*shape[1:], 1)[:3]
        return height, width, channels
    height, width, channels = (*map(int, image_shape), 1)[:3]
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


def _infer_flat_shape(n_values: int, name: str) -> tuple[int, int, int]:
    side = math.isqrt(n_values)
    if side * side == n_values:
        return side, side, 1
    if n_values < MIN_ASKED:
        return n_values, 1, 1
    colour_side = math.isqrt(n_values // 3)
    likely = colour_side, colour_side, 3
    example = f" such as {likely} for colour," if math.prod(likely) == n_values else ""
    raise ValueError(
        f"X has flat images of {n_values} values, which are not square. Tell {name} their shape "
        f"by image_shape=(height, width) or (height, width, channels),{example} or give an array "
        "of that shape."
    )


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
        isinstance(n, Integral) and not isinstance(n, bool) and n > 0 for n in image_shape
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
            f"(height, width, channels) as input.{_advise(image_shape) if X.ndim > 2 else ''}"
        )
    return X.reshape(len(X), *image_shape)


def _advise(image_shape: tuple[int, int, int]) -> str:
    """Tell how pictures are brought to a shape."""
    height, width, channels = image_shape
    mode = {1: "L", 3: "RGB", 4: "RGBA"}.get(channels)
    code = "image" if mode is None else f'image.convert("{mode}")'
    return f" PIL images are brought to it by PIL.ImageOps.fit({code}, ({width}, {height}))."


def _warn_of_channels_first(shape: tuple[int, ...]) -> None:
    if len(shape) == 4 and shape[1] in (1, 3) and shape[2] == shape[3] > 4:
        warn(
            f"X of shape {shape} is read as images of height {shape[1]} with {shape[3]} channels. "
            "If its second dimension holds the channels, move it to the end: "
            "np.moveaxis(X, 1, -1).",
        )


def _stack_images(estimator: BaseEstimator, items: list[Any], *, reset: bool) -> np.ndarray:
    """Put images that are kept apart into one array."""
    items = align_frames(estimator, items, reset=reset)
    arrays = [_read_image(item, f"X[{position}]") for position, item in enumerate(items)]
    for position, array in enumerate(arrays):
        if array.shape != arrays[0].shape:
            raise ValueError(
                f"X[{position}] is an image of shape {array.shape}, but X[0] is one of shape "
                f"{arrays[0].shape}. Bring all to the same height, width and number of channels: "
                "cut, pad or resize them, such as PIL images by PIL.ImageOps.fit(image, (width, "
                'height)), with image.convert("RGB") for the channels.'
            )
    return np.stack(arrays)


def _read_image(item: Any, name: str) -> np.ndarray:
    if is_frame(item):
        return read_item(item, name)
    if getattr(item, "mode", None) in ("P", "PA"):
        raise ValueError(
            f"{name} holds numbers of colours in a palette. Convert images such as this one by "
            'image.convert("RGB").'
        )
    try:
        return np.asarray(to_array(item))
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths.") from None


def _is_picture(X: Any) -> bool:
    """Tell whether X is an image of PIL or the like, which can be turned into an array."""
    return not hasattr(X, "shape") and hasattr(X, "__array_interface__")


def _check_album(X: Any, image_shape: tuple[int, int, int] | None) -> None:
    """Check that X holds images: that it is neither one of them nor names files."""
    shapes = set()
    if image_shape is not None and image_shape[0] > 1:
        shapes = {image_shape, image_shape if image_shape[2] > 1 else image_shape[:2]}
    if _is_picture(X) or getattr(X, "shape", None) in shapes:
        raise ValueError("X is a single image. Give a list of images: [X].")
    is_flat = isinstance(X, (list, tuple)) or getattr(X, "ndim", 0) == 1
    first = next(iter(X), None) if is_flat else X
    if isinstance(first, (str, PathLike)):
        raise ValueError(
            f"X names files, such as {str(first)!r}. Read them first, all in one size: "
            '[PIL.ImageOps.fit(PIL.Image.open(path).convert("RGB"), (width, height)) for path in '
            "paths]."
        )


def _read_all(estimator: BaseEstimator, X: Any, *, reset: bool) -> np.ndarray:
    """Read images in any form as an array of two to four dimensions."""
    is_album = isinstance(X, (list, tuple)) and any(map(_is_picture, X))
    items = list(X) if is_album else as_items(X)
    if items:
        X = _stack_images(estimator, items, reset=reset)
    n_dimensions = count_dimensions(X)
    if n_dimensions > 4:
        raise ValueError(
            f"X has {n_dimensions} dimensions, of shape {X.shape}. Images are an array of shape "
            "(n_samples, height, width), (n_samples, height, width, channels) or (n_samples, "
            "height * width * channels), or a list of images of the same shape."
        )
    options = {"ensure_all_finite": False}
    if n_dimensions < 3 and not items:
        return validate_data(estimator, X, reset=reset, **options)
    X = check_array(X, allow_nd=True, estimator=estimator, input_name="X", **options)
    if not items:
        _check_feature_names(estimator, X, reset=reset)
    _warn_of_channels_first(X.shape)
    return X


def _check_pixels(X: np.ndarray) -> None:
    """Check that there are pixels, and that all of them are finite."""
    if 0 in X.shape:
        raise ValueError(
            f"Found array with 0 feature(s) (shape={X.shape}) while a minimum of 1 is required."
        )
    if X.dtype.kind != "f" or np.isfinite(X.sum(dtype=np.float64)):
        return
    wrong = np.argwhere(~np.isfinite(X))
    if len(wrong):
        place = tuple(int(each) for each in wrong[0])
        kind = "NaN" if np.isnan(X[place]) else f"infinity or a value too large for {X.dtype!r}"
        shown = ", ".join(map(str, place))
        raise ValueError(f"Input X contains {kind}: X[{shown}] is {X[place]}.")


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
    X = to_array(X)
    _check_album(X, None if reset else estimator.image_shape_)
    X = _read_all(estimator, X, reset=reset)
    _check_pixels(X)
    if not reset:
        return as_images(X, estimator.image_shape_, name)
    image_shape = infer_image_shape(X.shape, estimator.image_shape, name)
    estimator.image_shape_ = image_shape
    estimator.n_features_in_ = math.prod(image_shape)
    return X.reshape(len(X), *image_shape)
