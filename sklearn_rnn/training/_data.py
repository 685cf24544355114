"""Sequences kept in memory as tensors, and the batches taken from them."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

# dtypes that torch computes with as they lie; others are converted once.
KEPT_DTYPES = (np.uint8, np.float32, np.float64)
# Small batches are taken from memory together, as many as fit into about this number of bytes.
BLOCK_BYTES = 2**20

Batch = tuple[dict[str, Tensor], Tensor]


def as_tensor(array: np.ndarray) -> Tensor:
    """Wrap an array without a copy where torch allows it."""
    if array.dtype not in KEPT_DTYPES:
        array = array.astype(np.float32 if array.dtype.itemsize <= 2 else np.float64)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    with warnings.catch_warnings():
        # Read-only arrays, such as those that joblib maps into memory, are read only here too.
        warnings.filterwarnings("ignore", "The given NumPy array is not writable")
        return torch.from_numpy(np.ascontiguousarray(array))


class BatchData(Dataset, ABC):
    """What batches are taken from."""

    # Number of steps that the network reads of the longest row.
    n_steps: int
    # Number of bytes that a row takes in a batch, roughly.
    row_bytes: int

    @abstractmethod
    def __len__(self) -> int:
        """Count the rows."""

    @abstractmethod
    def __getitem__(self, index: Any) -> Batch:
        """Take the rows at `index`: a slice, or a tensor of row numbers on the CPU."""


class SequenceData(BatchData):
    """Sequences with their lengths, targets and weights, as tensors on one device.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_steps, n_features)
        Sequences, padded at their end.

    y : ndarray of shape (n_samples,) or (n_samples, n_outputs), default=None
        Class codes or scaled targets.

    lengths : ndarray of shape (n_samples,), default=None
        Number of valid steps of each sequence; None if all are valid.

    sample_weight : ndarray of shape (n_samples,), default=None
        Weights with a mean of 1.

    held_out : ndarray of int of shape (n_samples,), default=None
        Number of the network that does not learn from a row; -1 where all do.

    rows : ndarray of shape (n_rows,), default=None
        The rows of `X` that the other arrays go with; None for all. Two parts of the data share
        the memory of `X`.

    dtype : torch.dtype
        Dtype of weights and of real-valued targets.

    device : torch.device
        Where the tensors are kept.
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray | None = None,
        *,
        lengths: np.ndarray | None = None,
        sample_weight: np.ndarray | None = None,
        held_out: np.ndarray | None = None,
        rows: np.ndarray | None = None,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> None:
        self.X = as_tensor(X).to(device)
        self.rows = None if rows is None else torch.as_tensor(rows).to(device)
        self.n_steps = self.X.shape[1]
        self.row_bytes = self.X.shape[1:].numel() * self.X.element_size()
        # Lengths stay on the CPU: torch packs sequences by lengths that it can read there.
        self.lengths = None if lengths is None else torch.as_tensor(lengths)
        self.y = None if y is None else torch.as_tensor(y).to(device)
        if self.y is not None and self.y.is_floating_point():
            self.y = self.y.to(dtype)
        self.sample_weight = (
            None if sample_weight is None else torch.as_tensor(sample_weight).to(device, dtype)
        )
        self.held_out = None if held_out is None else torch.as_tensor(held_out).to(device)

    def __len__(self) -> int:
        return len(self.X if self.rows is None else self.rows)

    def __getitem__(self, index: Any) -> Batch:
        """Take the rows at `index`: a slice, or a tensor of row numbers on the CPU.

        Returns
        -------
        inputs : dict
            "x", trimmed to the longest sequence taken, and where there are any "lengths",
            "sample_weight" and "held_out".

        y : tensor
            Targets; zeros where there are none, as skorch expects.
        """
        rows = index if isinstance(index, slice) else torch.as_tensor(index).to(self.X.device)
        inputs = {"x": self.X[rows if self.rows is None else self.rows[rows]]}
        if self.lengths is not None:
            inputs["lengths"] = self.lengths[index]
            trim(inputs)
        if self.sample_weight is not None:
            inputs["sample_weight"] = self.sample_weight[rows]
        if self.held_out is not None:
            inputs["held_out"] = self.held_out[rows]
        y = torch.zeros(inputs["x"].shape[:-2]) if self.y is None else self.y[rows]
        return inputs, y


def trim(inputs: dict[str, Tensor]) -> None:
    """Cut sequences of varying length to the longest one of them, in place."""
    lengths = inputs.get("lengths")
    if lengths is not None and lengths.ndim:
        inputs["x"] = inputs["x"][:, : int(lengths.max())]


def count_batches(n_rows: int, batch_size: int) -> int:
    """Count the batches that :class:`BatchIterator` takes from `n_rows` rows."""
    n_full, n_left = divmod(n_rows, batch_size)
    return max(n_full + (n_left > 1), 1)


class BatchIterator:
    """Batches of a data set, in a new random order each time if asked for.

    Parameters
    ----------
    data : BatchData
        What the batches are taken from: :class:`SequenceData` or :class:`WindowData`.

    batch_size : int
        Number of rows in a batch. The last one may be smaller, but a single row that is left
        over goes with the batch before: a batch of one has no spread to normalise by.

    generator : torch.Generator, default=None
        Source of the order; None keeps the rows in their order.

    max_batches : int, default=None
        Where there are more batches, that many are drawn at random, with replacement. It needs a
        generator.
    """

    def __init__(
        self,
        data: BatchData,
        batch_size: int,
        generator: torch.Generator | None = None,
        max_batches: int | None = None,
    ) -> None:
        self.data = data
        self.batch_size = batch_size
        self.generator = generator
        self.n_rows, self.n_batches = len(data), count_batches(len(data), batch_size)
        self.is_drawn = False
        if max_batches is not None and self.n_batches > max_batches:
            self.n_rows, self.n_batches = max_batches * batch_size, max_batches
            self.is_drawn = True

    def __len__(self) -> int:
        return self.n_batches

    def __iter__(self) -> Iterator[Batch]:
        order = None
        if self.is_drawn:
            order = torch.randint(len(self.data), (self.n_rows,), generator=self.generator)
        elif self.generator is not None:
            order = torch.randperm(self.n_rows, generator=self.generator)
        ends = [*range(0, self.n_batches * self.batch_size, self.batch_size), self.n_rows]
        for start in range(0, self.n_batches, self._batches_per_block):
            bounds = ends[start : start + self._batches_per_block + 1]
            rows = slice(bounds[0], bounds[-1])
            block = self.data[rows if order is None else order[rows]]
            yield from split(block, [stop - first for first, stop in pairwise(bounds)])

    @property
    def _batches_per_block(self) -> int:
        batch_bytes = max(self.data.row_bytes * self.batch_size, 1)
        return max(BLOCK_BYTES // batch_bytes, 1)


def split(batch: Batch, sizes: list[int]) -> Iterator[Batch]:
    """Split a batch into smaller ones, without a copy."""
    if len(sizes) == 1:
        yield batch
        return
    inputs, y = batch
    parts = [each.split(sizes) for each in inputs.values()]
    for *tensors, target in zip(*parts, y.split(sizes), strict=True):
        smaller = dict(zip(inputs, tensors, strict=True))
        trim(smaller)
        yield smaller, target
