"""The whole network from images to words: shift, rescale, see, say."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ._decoder import CaptionDecoder
from ._encoder import RecurrentEncoder
from ._image_encoder import ImageEncoder
from ._initialization import build_empty, initialize_linear
from ._layers import Rescale, SeededModule
from ._seed import Seed

# Features of a pretrained network are many; a cell has this number of them.
CELL_SIZE = 256
FROM_DATA = ("rescale.",)


class CaptionNetwork(nn.Module):
    """Score each word of captions, given the images and the words before.

    Parameters
    ----------
    shift, scale : tensor of shape (n_channels,)
        What the raw input is shifted and divided by.

    image_shape : tuple of (height, width, channels)
        Shape of an image, or of the features of one.

    n_words : int
        Number of words that are known.

    hidden_size : int
        Number of units of each recurrent layer.

    seed : Seed
        Seed of initial weights and of what is random in training.

    sees : bool
        Whether convolutions see the images; otherwise they are features already.

    max_shift : int
        Largest number of pixels by which an image is shifted during training.

    dtype : torch.dtype
        Dtype of weights and scores.

    **decoder_options
        Passed to :class:`CaptionDecoder`.
    """

    def __init__(
        self,
        shift: Tensor,
        scale: Tensor,
        image_shape: tuple[int, int, int],
        n_words: int,
        hidden_size: int,
        seed: Seed,
        *,
        sees: bool,
        max_shift: int,
        dtype: torch.dtype = torch.float32,
        **decoder_options: Any,
    ) -> None:
        super().__init__()
        self.dtype = dtype
        self.move = RandomShift(max_shift if sees else 0, seed.of("shift"))
        self.rescale = Rescale(shift, scale, dtype)
        self.eye: ImageEncoder | FeatureReader
        if sees:
            self.eye = ImageEncoder(image_shape, seed.of("eye"), dtype)
        else:
            self.eye = FeatureReader(image_shape, seed.of("eye"), dtype)
        self.decoder = CaptionDecoder(
            n_words,
            self.eye.grid,
            self.eye.output_size,
            hidden_size,
            seed.of("decoder"),
            dtype=dtype,
            **decoder_options,
        )

    @property
    def members(self) -> list[CaptionNetwork]:
        """The networks that are trained each for itself: this one alone."""
        return [self]

    @property
    def encoder(self) -> RecurrentEncoder:
        """What reads the words."""
        return self.decoder.encoder

    @property
    def grid(self) -> tuple[int, int]:
        """Number of rows and columns of cells."""
        return self.eye.grid

    def see(self, x: Tensor) -> Tensor:
        """See images as cells.

        Parameters
        ----------
        x : tensor of shape (n_samples, height, width, channels)
            Raw images or features.

        Returns
        -------
        cells : tensor of shape (n_samples, n_cells, cell_size)
        """
        x = self.move(x)
        pixels = self.rescale(x.flatten(1, 2)).view_as(x)
        return self.eye(pixels.permute(0, 3, 1, 2)).flatten(2).transpose(1, 2)

    def forward(self, x: Tensor, words: Tensor) -> Tensor:
        """Score what comes after each word.

        Parameters
        ----------
        x : tensor of shape (n_samples, height, width, channels)
            Raw images or features.

        words : tensor of shape (n_samples, n_steps)
            Codes of the words so far, from the start on.

        Returns
        -------
        scores : tensor of shape (n_samples, n_steps, n_words)
        """
        return self.decoder(self.see(x), words)[0]

    def learnt_state(self) -> dict[str, Tensor]:
        """Return what training changes: all but what is taken from the data beforehand."""
        state = self.state_dict()
        return {name: each for name, each in state.items() if not name.startswith(FROM_DATA)}


class FeatureReader(nn.Module):
    """Bring the features of a network that has seen images to a common size.

    Parameters
    ----------
    image_shape : tuple of (n_rows, n_columns, n_features)
        Shape of the features of an image.

    seed : Seed
        Seed of the initial weights.

    dtype : torch.dtype
        Dtype of the weights.
    """

    def __init__(self, image_shape: tuple[int, int, int], seed: Seed, dtype: torch.dtype) -> None:
        super().__init__()
        self.grid, self.output_size = image_shape[:2], CELL_SIZE
        self.layer = build_empty(nn.Conv2d, image_shape[2], CELL_SIZE, 1, dtype=dtype)
        initialize_linear(self.layer, seed.generator())

    def forward(self, x: Tensor) -> Tensor:
        """Read features of shape (n_samples, n_features, n_rows, n_columns)."""
        return self.layer(x).relu()


class RandomShift(SeededModule):
    """Shift each image by a random number of pixels during training, repeating its edges.

    Parameters
    ----------
    max_shift : int
        Largest number of pixels, in each direction.

    seed : Seed
        Seed of the choice.
    """

    def __init__(self, max_shift: int, seed: Seed) -> None:
        super().__init__(seed)
        self.max_shift = max_shift

    def forward(self, x: Tensor) -> Tensor:
        """Shift images of shape (n_samples, height, width, channels) in training mode."""
        if not self.training or self.max_shift == 0:
            return x
        samples = torch.arange(len(x), device=x.device)[:, None, None]
        rows, columns = self._shifted(x, 1), self._shifted(x, 2)
        return x[samples, rows[:, :, None], columns[:, None, :]]

    def _shifted(self, x: Tensor, axis: int) -> Tensor:
        """Number the pixels that are read along an axis, for each image."""
        bounds = (-self.max_shift, self.max_shift + 1)
        generator = self.generator_on(x.device)
        shift = torch.randint(*bounds, (len(x), 1), generator=generator, device=x.device)
        length = x.shape[axis]
        return (torch.arange(length, device=x.device) + shift).clamp(0, length - 1)
