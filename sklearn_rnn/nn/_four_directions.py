"""Recurrent layers that sweep an image in four directions."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from ._layers import SeededDropout
from ._reading import read
from ._recurrent_layer import build_recurrent
from ._residual import LayerStack
from ._seed import Seed


class FourDirectionEncoder(nn.Module):
    """Read a grid of patches along its rows and then along its columns, both ways [1]_.

    Each layer reads every row from both ends, and then every column of what came out, so that
    each of its outputs depends on all patches.

    Parameters
    ----------
    input_size : int
        Number of features of a patch.

    hidden_size : int
        Number of units of each of the four directions of a layer.

    seed : Seed
        Seed of initial weights and dropout masks.

    grid : tuple of (n_rows, n_columns)
        Number of patches from top to bottom and from left to right.

    cell, nonlinearity, num_layers, residual, dropout, dtype
        As in :class:`RecurrentEncoder`; dropout follows each sweep.

    References
    ----------
    .. [1] Visin, F. et al. (2015). ReNet: a recurrent neural network based alternative to
       convolutional networks. arXiv:1505.00393.
    """

    bidirectional = True

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        seed: Seed,
        *,
        grid: tuple[int, int],
        cell: str = "lstm",
        nonlinearity: str = "tanh",
        num_layers: int = 1,
        residual: bool = False,
        dropout: float = 0.0,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__()
        self.grid = grid
        self.hidden_size = hidden_size
        self.output_size = 2 * hidden_size
        # Rows, columns, rows, columns, ...
        self.sweeps = nn.ModuleList(
            build_recurrent(
                cell,
                input_size if number == 0 else self.output_size,
                hidden_size,
                grid[1 - number % 2],
                seed.of(f"sweep {number}").generator(),
                nonlinearity=nonlinearity,
                bidirectional=True,
                dtype=dtype,
            )
            for number in range(2 * num_layers)
        )
        self.stack = LayerStack(num_layers, self.output_size, residual, dtype)
        self.dropout = SeededDropout(dropout, seed.of("dropout"))

    def forward(self, x: Tensor, lengths: None = None, n_last: None = None) -> Tensor:
        """Encode a batch.

        Parameters
        ----------
        x : tensor of shape (n_samples, n_rows * n_columns, input_size)
            Patches, row by row.

        lengths : None
            All images have all patches.

        n_last : None
            The outputs of all patches are wanted.

        Returns
        -------
        outputs : tensor of shape (n_samples, n_rows * n_columns, output_size)
            Outputs of the last sweep, one for each patch.
        """
        pairs = zip(self.sweeps[::2], self.sweeps[1::2], strict=True)
        return self.stack(x, (partial(self._read, across, down) for across, down in pairs))

    def _read(self, across: nn.Module, down: nn.Module, x: Tensor) -> Tensor:
        x = x.unflatten(1, self.grid)
        for sweep in (across, down):
            # (n_samples, n_lines, n_steps, size), and the lines across for the next sweep
            lines = read(sweep, x.flatten(0, 1)).unflatten(0, x.shape[:2])
            x = self.dropout(lines).transpose(1, 2)
        return x.flatten(1, 2)
