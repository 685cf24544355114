"""Features of a network that has learnt to see, as cells of a common size."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ._feature_map import FeatureMap
from ._initialization import build_empty, initialize_linear
from ._layers import SeededModule
from ._seed import Seed

# Features of such a network are many; a cell has this number of them.
CELL_SIZE = 256


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


class TunedEye(SeededModule):
    """A network that has learnt to see, and learns on.

    What it draws at random, as in dropout, it draws from a generator of its own.

    Parameters
    ----------
    feature_map : FeatureMap
        The network.

    image_shape : tuple of (height, width, channels)
        Shape of an image.

    seed : Seed
        Seed of what is random.

    dtype : torch.dtype
        Dtype of the weights.
    """

    def __init__(
        self,
        feature_map: FeatureMap,
        image_shape: tuple[int, int, int],
        seed: Seed,
        dtype: torch.dtype,
    ) -> None:
        super().__init__(seed.of("inside"))
        self.feature_map = feature_map.to("cpu", dtype)
        feature_map.eval()
        with torch.no_grad():
            seen = feature_map(torch.zeros(1, *image_shape, dtype=dtype).permute(0, 3, 1, 2))
        _, n_features, n_rows, n_columns = seen.shape
        self.reader = FeatureReader((n_rows, n_columns, n_features), seed.of("reader"), dtype)
        self.grid, self.output_size = self.reader.grid, self.reader.output_size

    def forward(self, x: Tensor) -> Tensor:
        """See images of shape (n_samples, n_channels, height, width)."""
        if not self.training:
            return self.reader(self.feature_map(x))
        generator = self.generator_on(x.device)
        number = torch.randint(2**31 - 1, (), generator=generator, device=x.device)
        # Layers of torch know the global generators only, which are put back as they were.
        with torch.random.fork_rng([x.device] if x.device.type == "cuda" else []):
            torch.manual_seed(int(number))
            seen = self.feature_map(x)
        return self.reader(seen)
