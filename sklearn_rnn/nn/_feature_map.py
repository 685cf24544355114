"""What a network of any kind sees of an image before it pools."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

# Tokens of a transformer that stand for no part of the image, such as that of the class.
MAX_OTHER_TOKENS = 8


class FeatureMap(nn.Module):
    """The last map of features inside a network of images.

    Parameters
    ----------
    model : torch.nn.Module
        Network of images of shape (n_samples, n_channels, height, width). If its output is no map,
        the last one is taken that a part of it puts out and that has more than one cell. Maps are
        of shape (n_samples, n_features, n_rows, n_columns), (n_samples, n_rows, n_columns,
        n_features) if that alone has the proportions of the image, or (n_samples, n_tokens,
        n_features) with a token for each cell of a map before.

    size : tuple of (height, width), default=None
        Pixels that images are brought to before.
    """

    def __init__(self, model: nn.Module, size: tuple[int, int] | None = None) -> None:
        super().__init__()
        self.model, self.size = model, size

    def forward(self, x: Tensor) -> Tensor:
        """See images of shape (n_samples, n_channels, height, width).

        Returns
        -------
        features : tensor of shape (n_samples, n_features, n_rows, n_columns)

        Raises
        ------
        ValueError
            If there is no map.
        """
        if self.size is not None:
            x = nn.functional.interpolate(x, self.size, mode="bilinear", align_corners=False)
        last: list[Tensor] = []
        grids: list[torch.Size] = []

        def keep(module: nn.Module, inputs: Any, output: Any) -> None:
            cells = _read_map(output, x.shape, grids)
            if cells is not None and (module is self.model or cells.shape[2:].numel() > 1):
                last[:] = [cells]
                grids.append(cells.shape[2:])

        handles = [each.register_forward_hook(keep) for each in self.model.modules()]
        try:
            self.model(x)
        finally:
            for handle in handles:
                handle.remove()
        if not last:
            raise ValueError(
                f"The encoder {type(self.model).__name__} has no map of features of shape "
                "(n_samples, n_features, n_rows, n_columns) for images of shape "
                f"{tuple(x.shape)}."
            )
        return last[0]


def _read_map(output: Any, shape: torch.Size, grids: list[torch.Size]) -> Tensor | None:
    """Bring an output to (n_samples, n_features, n_rows, n_columns); None if it is no map.

    `shape` is that of the images, and `grids` are the numbers of rows and columns of maps before.
    """
    if not isinstance(output, Tensor) or len(output) != shape[0]:
        return None
    if output.ndim == 4:
        is_last = not _in_proportion(output.shape[2:], shape) and _in_proportion(
            output.shape[1:3], shape
        )
        return output.permute(0, 3, 1, 2) if is_last else output
    if output.ndim == 3:
        for grid in reversed(grids):
            n_others = output.shape[1] - grid.numel()
            if 0 <= n_others <= MAX_OTHER_TOKENS:
                return output[:, n_others:].transpose(1, 2).unflatten(2, grid)
    return None


def _in_proportion(grid: torch.Size, shape: torch.Size) -> bool:
    """Tell whether cells may be squares of an image, up to one cell that is cut off."""
    height, width = shape[2:]
    side = (height * width / grid.numel()) ** 0.5
    return abs(grid[0] - height / side) < 1 and abs(grid[1] - width / side) < 1
