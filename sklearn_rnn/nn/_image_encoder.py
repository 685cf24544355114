"""A small convolutional network that sees an image as a grid of cells."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ._image_front_end import ImageConvolution
from ._initialization import build_empty
from ._seed import Seed

# Filters of the first convolution and of the stages after it; each stage halves height and width.
FILTERS = (32, 32, 64, 128)
MAX_FILTERS = 256
# Images are halved until there are at most so many cells in each direction.
MAX_CELLS = 8
# A first convolution that takes each second pixel sees enough of images of this side.
MIN_STRIDED_SIDE = 32


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
        height, width, n_channels = image_shape
        is_large = max(height, width) >= MIN_STRIDED_SIDE
        generator = seed.of("first").generator()
        first = ImageConvolution(
            n_channels, FILTERS[0], 5 if is_large else 3, 1 + is_large, 1, generator, dtype
        )
        grid = halved(height, width) if is_large else (height, width)
        layers: list[nn.Module] = [first]
        size, n_filters = FILTERS[0], list(FILTERS[1:])
        while n_filters or max(grid) > MAX_CELLS:
            wanted = n_filters.pop(0) if n_filters else MAX_FILTERS
            merges = len(layers) > 1 and max(grid) > MAX_CELLS
            grid = halved(*grid) if merges else grid
            stage = ResidualStage(size, wanted, 1 + merges, seed.of(f"stage {len(layers)}"), dtype)
            layers.append(stage)
            size = wanted
        self.layers = nn.Sequential(*layers)
        self.grid, self.output_size = grid, size

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
            self.around = build_empty(nn.Conv2d, n_channels, n_filters, 1, bias=False, dtype=dtype)
            generator = seed.of("around").generator()
            nn.init.kaiming_uniform_(self.around.weight, a=5**0.5, generator=generator)

    def forward(self, x: Tensor) -> Tensor:
        """Read a batch of shape (n_samples, n_channels, height, width)."""
        if self.n_merged > 1:
            x = nn.functional.max_pool2d(x, self.n_merged, ceil_mode=True)
        return self.around(x) + self.convolutions(x)


def halved(height: int, width: int) -> tuple[int, int]:
    """Count what is left of rows and columns where two become one."""
    return math.ceil(height / 2), math.ceil(width / 2)
