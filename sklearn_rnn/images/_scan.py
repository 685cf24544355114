"""Orders in which an image is read."""

from __future__ import annotations

import numpy as np

from ._pixel_paths import PIXEL_PATHS

# Scans of which each step is a whole line.
LINES = ("rows", "columns")
SCANS = (*LINES, "patches", *PIXEL_PATHS)


def scan_order(scan: str, image_shape: tuple[int, int, int], patch_size: int) -> np.ndarray:
    """Number the pixel values that each step of a scan reads.

    Parameters
    ----------
    scan : {"rows", "columns", "patches", "pixels", "snake", "spiral", "hilbert", "permuted"}
        What one step reads: a row, a column, a square patch, or a pixel on some path.

    image_shape : tuple of (height, width, channels)
        Shape of the image.

    patch_size : int
        Height and width of a patch; used by "patches" only.

    Returns
    -------
    order : ndarray of shape (n_steps, n_features)
        Positions in the flattened image. Every position occurs once; where patches reach over
        the right or lower edge, -1 stands for what is not there.
    """
    height, width, channels = image_shape
    positions = np.arange(height * width * channels).reshape(image_shape)
    if scan == "rows":
        return positions.reshape(height, width * channels)
    if scan == "columns":
        return positions.transpose(1, 0, 2).reshape(width, height * channels)
    if scan in PIXEL_PATHS:
        return positions.reshape(height * width, channels)[PIXEL_PATHS[scan](height, width)]
    size = patch_size
    edges = ((0, -height % size), (0, -width % size), (0, 0))
    padded = np.pad(positions, edges, constant_values=-1)
    n_rows, n_columns = -(-height // size), -(-width // size)
    # (rows, size, columns, size, channels) -> (rows, columns, size, size, channels)
    patches = padded.reshape(n_rows, size, n_columns, size, channels).swapaxes(1, 2)
    return patches.reshape(n_rows * n_columns, size * size * channels)


def read_images(images: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Read images in a given order; positions of -1 read zero.

    Parameters
    ----------
    images : ndarray of shape (n_samples, height, width, channels)
        Images.

    order : ndarray of shape (n_steps, n_features)
        From :func:`scan_order`.

    Returns
    -------
    sequences : ndarray of shape (n_samples, n_steps, n_features)
    """
    flat = images.reshape(len(images), -1)
    if np.array_equal(order.ravel(), np.arange(flat.shape[1])):
        return flat.reshape(len(flat), *order.shape)
    sequences = np.take(flat, order, axis=1)
    if order.min() < 0:
        sequences[:, order < 0] = 0
    return sequences


def shifted_orders(
    order: np.ndarray, image_shape: tuple[int, int, int], max_shift: int
) -> np.ndarray:
    """Number the sequence values that a shifted image reads, for each shift.

    Parameters
    ----------
    order : ndarray of shape (n_steps, n_features)
        From :func:`scan_order`.

    image_shape : tuple of (height, width, channels)
        Shape of the image.

    max_shift : int
        Largest shift in each direction, in pixels.

    Returns
    -------
    orders : ndarray of shape ((2 * max_shift + 1)**2, n_steps * n_features)
        Positions in the flattened sequence of the image that was not shifted; -1 stands for what
        lies beyond its edge.
    """
    flat_order = order.ravel()
    inside = flat_order >= 0
    # Where the sequence of an image that was not shifted holds each of its values.
    positions = np.empty(image_shape, dtype=np.int64)
    positions.ravel()[flat_order[inside]] = np.flatnonzero(inside)
    edge = (max_shift, max_shift)
    padded = np.pad(positions, (edge, edge, (0, 0)), constant_values=-1)
    height, width, _ = image_shape
    orders = []
    for down in range(2 * max_shift + 1):
        for right in range(2 * max_shift + 1):
            shifted = padded[down : down + height, right : right + width].ravel()
            orders.append(np.where(inside, shifted[flat_order], -1))
    return np.stack(orders)


def write_images(
    sequences: np.ndarray, order: np.ndarray, image_shape: tuple[int, int, int]
) -> np.ndarray:
    """Put sequences back into images: the inverse of :func:`read_images`."""
    flat = np.empty((len(sequences), int(np.prod(image_shape))), dtype=sequences.dtype)
    inside = order >= 0
    flat[:, order[inside]] = sequences[:, inside]
    return flat.reshape(len(sequences), *image_shape)
