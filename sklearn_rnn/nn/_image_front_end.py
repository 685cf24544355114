"""Convolutions over images before the recurrence: lines of pixels become fewer, richer ones."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from ._initialization import build_empty
from ._layers import BatchNorm
from ._seed import Seed

# Filters of each layer, the pixels a filter covers in each direction, and the step between two.
FILTERS = (32, 32, 32)
WIDTHS = (5, 3, 3)
STRIDES = (2, 1, 1)
# Of so many neighbours in each direction, the largest is left.
MERGED = (2, 1, 1)


class ImageFrontEnd(nn.Module):
    """Three convolutions over images that are read line by line, along lines and across them.

    Four lines become one, and four pixels of a line. The lines of what the filters see are the
    steps that are left.

    Parameters
    ----------
    input_size : int
        Number of values of a line: pixels times channels.

    n_steps : int
        Number of lines of an image, which makes no difference.

    seed : Seed
        Seed of the initial weights.

    dtype : torch.dtype
        Dtype of the weights.

    n_channels : int
        Number of values of a pixel.
    """

    stride = math.prod((*STRIDES, *MERGED))

    def __init__(
        self, input_size: int, n_steps: int, seed: Seed, dtype: torch.dtype, *, n_channels: int
    ) -> None:
        super().__init__()
        self.n_channels = n_channels
        self.output_size = self.n_merged(input_size // n_channels) * FILTERS[-1]
        sizes = zip((n_channels, *FILTERS[:-1]), FILTERS, WIDTHS, STRIDES, MERGED, strict=True)
        self.layers = nn.ModuleList(
            ImageConvolution(*each, seed.of(f"layer {number}").generator(), dtype)
            for number, each in enumerate(sizes)
        )

    def n_merged(self, n_lines: int) -> int:
        """Count the lines, or the pixels of a line, that are left of so many."""
        for n_merged in (*STRIDES, *MERGED):
            n_lines = math.ceil(n_lines / n_merged)
        return n_lines

    def forward(self, x: Tensor, lengths: None = None) -> tuple[Tensor, None]:
        """Read a batch.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_lines, input_size)
            Images, of any number of lines.

        lengths : None
            All lines of an image are read.

        Returns
        -------
        x : tensor of shape (n_samples, n_merged_lines, output_size)
            Images of fewer lines.

        lengths : None
        """
        # Channels stay last in memory, where convolutions are fastest and lines lie as they are.
        x = x.unflatten(2, (-1, self.n_channels)).permute(0, 3, 1, 2)
        for layer in self.layers:
            x = layer(x)
        return x.permute(0, 2, 3, 1).flatten(2), None


class ImageConvolution(nn.Module):
    """A convolution over images, the largest of neighbouring pixels, batch norm, and relu.

    Parameters
    ----------
    n_channels, n_filters : int
        Number of values of a pixel, before and after.

    width : int
        Height and width of a filter, odd.

    stride : int
        Pixels from one place of a filter to the next.

    n_merged : int
        Number of pixels in each direction of which one is left.

    generator : torch.Generator
        Source of the initial weights.

    dtype : torch.dtype
        Dtype of the weights.
    """

    def __init__(
        self,
        n_channels: int,
        n_filters: int,
        width: int,
        stride: int,
        n_merged: int,
        generator: torch.Generator,
        dtype: torch.dtype,
    ) -> None:
        super().__init__()
        shape = {"stride": stride, "padding": width // 2}
        self.convolution = build_empty(
            nn.Conv2d, n_channels, n_filters, width, **shape, bias=False, dtype=dtype
        )
        nn.init.kaiming_uniform_(self.convolution.weight, a=5**0.5, generator=generator)
        self.norm = BatchNorm(n_filters, dtype=dtype)
        self.n_merged = n_merged

    def forward(self, x: Tensor) -> Tensor:
        """Read a batch of shape (n_samples, n_channels, height, width)."""
        x = self.convolution(x.contiguous(memory_format=torch.channels_last))
        if self.n_merged > 1:
            # The fewer pixels are left, the less there is to normalise.
            x = nn.functional.max_pool2d(x, self.n_merged, ceil_mode=True)
        pixels = x.permute(0, 2, 3, 1)
        normed = self.norm(pixels.flatten(0, 2)).view_as(pixels)
        return normed.relu().permute(0, 3, 1, 2)
