"""Paths through all pixels of an image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


def snake_path(height: int, width: int) -> np.ndarray:
    """Walk along the rows in turns: from left to right, then from right to left.

    Returns
    -------
    path : ndarray of shape (height * width,)
        Positions in the flattened image, in the order of the walk.
    """
    grid = np.arange(height * width).reshape(height, width)
    grid[1::2] = grid[1::2, ::-1].copy()
    return grid.ravel()


def spiral_path(height: int, width: int) -> np.ndarray:
    """Walk clockwise from the upper left corner along the edge, and on towards the centre.

    Returns
    -------
    path : ndarray of shape (height * width,)
        Positions in the flattened image, in the order of the walk.
    """
    grid = np.arange(height * width).reshape(height, width)
    sides = []
    while grid.size:
        sides.append(grid[0])
        # Turned counterclockwise, what is left begins with the side that comes next.
        grid = np.rot90(grid[1:])
    return np.concatenate(sides)


def hilbert_path(height: int, width: int) -> np.ndarray:
    """Walk along a Hilbert curve, which stays near where it has been; any size [1]_.

    Returns
    -------
    path : ndarray of shape (height * width,)
        Positions in the flattened image, in the order of the walk.

    References
    ----------
    .. [1] Cerveny, J. (2018). Generalized Hilbert space-filling curve for rectangular domains of
       arbitrary sizes.
    """
    along, across = ((0, width), (height, 0)) if width >= height else ((height, 0), (0, width))
    cells = _hilbert(np.zeros(2, int), np.array(along), np.array(across))
    return np.array([row * width + column for row, column in cells])


def _hilbert(start: np.ndarray, along: np.ndarray, across: np.ndarray) -> Iterator[tuple[int, int]]:
    """Walk through the rectangle spanned by two vectors, ending at the far end of the first."""
    length, breadth = abs(along.sum()), abs(across.sum())
    forward, sideways = np.sign(along), np.sign(across)
    if breadth == 1 or length == 1:
        step, n_steps = (forward, length) if breadth == 1 else (sideways, breadth)
        for number in range(n_steps):
            yield tuple(start + number * step)
        return
    half_along, half_across = along // 2, across // 2
    if 2 * length > 3 * breadth:
        if abs(half_along.sum()) % 2 and length > 2:
            half_along = half_along + forward
        yield from _hilbert(start, half_along, across)
        yield from _hilbert(start + half_along, along - half_along, across)
        return
    if abs(half_across.sum()) % 2 and breadth > 2:
        half_across = half_across + sideways
    yield from _hilbert(start, half_across, half_along)
    yield from _hilbert(start + half_across, along, across - half_across)
    turn = start + (along - forward) + (half_across - sideways)
    yield from _hilbert(turn, -half_across, -(along - half_along))


def permuted_path(height: int, width: int) -> np.ndarray:
    """Jump from pixel to pixel in a random order, always the same for the same size [1]_.

    Returns
    -------
    path : ndarray of shape (height * width,)
        Positions in the flattened image, in the order of the walk.

    References
    ----------
    .. [1] Le, Q. V., Jaitly, N. and Hinton, G. E. (2015). A simple way to initialize recurrent
       networks of rectified linear units. arXiv:1504.00941.
    """
    return np.random.RandomState(0).permutation(height * width)


PIXEL_PATHS = {
    "pixels": lambda height, width: np.arange(height * width),
    "snake": snake_path,
    "spiral": spiral_path,
    "hilbert": hilbert_path,
    "permuted": permuted_path,
}
