"""A small convolutional network that sees an image as a grid of cells."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ._image_front_end import ImageConvolution
from ._initialization import build_empty
from ._seed import Seed

# Filters of the first convolution and of the stage after it; each stage that halves height and
# width has twice as many.
N_FILTERS = 32
MAX_FILTERS = 256
# Images are halved until there are at most so many cells in each direction.
MAX_CELLS = 8
MIN_STAGES = 2
# A first convolution that takes each second pixel sees enough of images of this side.
MIN_STRIDED_SIDE = 48


class ImageEncoder(nn.Module):
    """Residual convolutions [1]_ over images, halved until few cells are left.

    Parameters
    ----------
    image_shape : tuple of (height, width, channels)
        Shape of an image.

    seed : Seed
        Seed of the initial weights.

    dtype : torch.dtype
        Dtype of the weights.

    Attributes
    ----------
    grid : tuple of (n_rows, n_columns)
        Number of cells in each direction.

    output_size : int
        Number of features of a cell.

    References
    ----------
    .. [1] He, K. et al. (2016). Deep residual learning for image recognition. CVPR.
    """

    def __init__(self, image_shape: tuple[int, int, int], seed: Seed, dtype: torch.dtype) -> None:
        super().__init__()
        *grid, n_channels = image_shape
        is_large = max(grid) >= MIN_STRIDED_SIDE
        width, stride = (5, 2) if is_large else (3, 1)
        generator = seed.of("first").generator()
        layers: list[nn.Module] = [
            ImageConvolution(n_channels, N_FILTERS, width, stride, 1, generator, dtype)
        ]
        grid, size = halved(grid) if is_large else grid, N_FILTERS
        while len(layers) <= MIN_STAGES or max(grid) > MAX_CELLS:
            is_halved = max(grid) > MAX_CELLS and not (len(layers) == 1 and is_large)
            n_filters = size if len(layers) == 1 else min(2 * size, MAX_FILTERS)
            stage_seed = seed.of(f"stage {len(layers)}")
            layers.append(ResidualStage(size, n_filters, 1 + is_halved, stage_seed, dtype))
            grid, size = halved(grid) if is_halved else grid, n_filters
        self.layers = nn.Sequential(*layers)
        self.grid, self.output_size = (grid[0], grid[1]), size

    def forward(self, x: Tensor) -> Tensor:
        """See a batch.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_channels, height, width)
            Images.

        Returns
        -------
        features : tensor of shape (n_samples, output_size, n_rows, n_columns)
        """
        return self.layers(x)


class ResidualStage(nn.Module):
    """The largest of neighbouring pixels, and two convolutions added to them.

    Parameters
    ----------
    n_channels, n_filters : int
        Number of values of a pixel, before and after.

    n_merged : int
        Number of pixels in each direction of which one is left.

    seed : Seed
        Seed of the initial weights.

    dtype : torch.dtype
        Dtype of the weights.
    """

    def __init__(
        self, n_channels: int, n_filters: int, n_merged: int, seed: Seed, dtype: torch.dtype
    ) -> None:
        super().__init__()
        self.n_merged = n_merged
        sizes = ((n_channels, n_filters), (n_filters, n_filters))
        self.convolutions = nn.Sequential(
            *(
                ImageConvolution(*size, 3, 1, 1, seed.of(f"layer {number}").generator(), dtype)
                for number, size in enumerate(sizes)
            )
        )
        self.around: nn.Module = nn.Identity()
        if n_channels != n_filters:
            around = build_empty(nn.Conv2d, n_channels, n_filters, 1, bias=False, dtype=dtype)
            generator = seed.of("around").generator()
            nn.init.kaiming_uniform_(around.weight, a=5**0.5, generator=generator)
            self.around = around

    def forward(self, x: Tensor) -> Tensor:
        """Read a batch of shape (n_samples, n_channels, height, width)."""
        if self.n_merged > 1:
            x = nn.functional.max_pool2d(x, self.n_merged, ceil_mode=True)
        return self.around(x) + self.convolutions(x)


def halved(grid: list[int]) -> list[int]:
    """Count what is left of rows and columns where two become one."""
    return [math.ceil(n_cells / 2) for n_cells in grid]
