"""The whole network from images to words: shift, rescale, see, say."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ._decoder import CaptionDecoder
from ._encoder import RecurrentEncoder
from ._feature_map import FeatureMap
from ._feature_reader import FeatureReader, TunedEye
from ._image_encoder import ImageEncoder
from ._layers import Rescale
from ._random_shift import RandomShift
from ._seed import Seed

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
        Whether convolutions see the images; otherwise they are features already, or there is a
        `feature_map`.

    feature_map : FeatureMap, default=None
        What sees the images instead, and learns along.

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
        feature_map: FeatureMap | None = None,
        max_shift: int,
        dtype: torch.dtype = torch.float32,
        **decoder_options: Any,
    ) -> None:
        super().__init__()
        self.dtype = dtype
        self.move = RandomShift(max_shift if sees or feature_map else 0, seed.of("shift"))
        self.rescale = Rescale(shift, scale, dtype)
        self.eye: ImageEncoder | FeatureReader | TunedEye
        if feature_map is not None:
            # Each channel that it wants, of grey images too.
            channels = (*image_shape[:2], len(shift))
            self.eye = TunedEye(feature_map, channels, seed.of("eye"), dtype)
        elif sees:
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
        pixels = self.rescale(x.flatten(1, 2)).unflatten(1, x.shape[1:3])
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
