"""What is shown of a training: a line an epoch, and a bar of its batches."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from skorch import NeuralNet
from skorch.callbacks import PrintLog, ProgressBar

# Of an epoch of up to 999 seconds.
DURATION_WIDTH = 6


class EpochLog(PrintLog):
    """skorch's table with a line an epoch, which tells of how many, if that is known."""

    def __init__(self) -> None:
        super().__init__(keys_ignored=["train_batch_count", "valid_batch_count", "valid_acc"])

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        """Learn how many epochs there are, and leave out the losses of each of several networks."""
        self.keys_ignored_.update(f"train_loss_{n}" for n in range(len(net.module_.members)))
        self.of_n_epochs_ = "" if net.n_epochs_ is None else f" of {net.n_epochs_}"
        widest = f"{net.n_epochs_}{self.of_n_epochs_}"
        # Lines are laid out one by one: wide headers keep a column as wide in all of them.
        self.widths_ = {"epoch": len(widest), "dur": DURATION_WIDTH}

    def _yield_keys_formatted(self, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for key, value in super()._yield_keys_formatted(row):
            shown = f"{value}{self.of_n_epochs_}" if key == "epoch" else value
            yield key.rjust(self.widths_.get(key, 0)), shown


class BatchBar(ProgressBar):
    """skorch's bar of the batches there are, as text where ipywidgets is missing."""

    def _use_notebook(self) -> bool:
        return self.in_ipynb() and find_spec("ipywidgets") is not None

    def _get_batches_per_epoch(self, net: NeuralNet, dataset_train: Any, dataset_valid: Any) -> int:
        n_batches = net.count_batches(len(dataset_train), net.batch_size)
        return n_batches + (0 if dataset_valid is None else len(net.get_iterator(dataset_valid)))
