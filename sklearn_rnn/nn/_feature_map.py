"""What a network of any kind sees of an image before it pools."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn


class FeatureMap(nn.Module):
    """The last map of features inside a convolutional network.

    Parameters
    ----------
    model : torch.nn.Module
        Network of images of shape (n_samples, n_channels, height, width). If its output is no map
        of shape (n_samples, n_features, n_rows, n_columns), the last one is taken that a part of it
        puts out and that has more than one cell.

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

        def keep(module: nn.Module, inputs: Any, output: Any) -> None:
            if isinstance(output, Tensor) and output.ndim == 4 and output.shape[2:].numel() > 1:
                last[:] = [output]

        handles = [each.register_forward_hook(keep) for each in self.model.modules()]
        try:
            output = self.model(x)
        finally:
            for handle in handles:
                handle.remove()
        if isinstance(output, Tensor) and output.ndim == 4:
            return output
        if not last:
            raise ValueError(
                f"The encoder {type(self.model).__name__} has no map of features of shape "
                "(n_samples, n_features, n_rows, n_columns) for images of shape "
                f"{tuple(x.shape)}."
            )
        return last[0]
