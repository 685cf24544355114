"""The skorch net that trains a tagger: a class for each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ._classifier_net import RecurrentClassifierNet
from ._data import Batch, SequenceData

# Stands for the class of steps that do not exist, in torch's losses too.
PADDING = -100


def step_accuracy(outputs: Tensor, y: Tensor) -> Tensor:
    """Tell for each step whether the largest output is that of its class."""
    return outputs.argmax(dim=2) == y[:, : outputs.shape[1]]


class RecurrentTaggerNet(RecurrentClassifierNet):
    """A net of class scores for each step, whose loss is averaged over the steps that exist."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("metrics", {"accuracy": step_accuracy})
        super().__init__(*args, **kwargs)

    def get_loss(
        self,
        y_pred: Tensor,
        y_true: Tensor,
        X: dict[str, Tensor] | None = None,
        training: bool = False,
    ) -> Tensor:
        """Average the loss of each step, times its weight, over the steps that exist.

        Weights, one for each step, have a mean of 1 over the training data.
        """
        # A batch is trimmed to its longest sequence.
        y_true = y_true[:, : y_pred.shape[1]]
        loss = self.criterion_(y_pred.transpose(1, 2), y_true)
        if X is not None and "sample_weight" in X:
            loss = loss * X["sample_weight"][:, : y_pred.shape[1]]
        return loss.sum() / (y_true != PADDING).sum()

    def _count_answers(self, batch: Batch) -> Tensor:
        return (batch[1] != PADDING).sum()

    @torch.inference_mode()
    def outputs(
        self, data: SequenceData, function: Callable[..., Tensor] | None = None
    ) -> np.ndarray:
        """Compute the outputs of all steps of all rows, in order.

        Returns
        -------
        outputs : ndarray of shape (n_samples, n_steps, n_outputs)
            Those of steps that do not exist are without meaning.
        """
        function = self.module_ if function is None else function
        outputs = []
        for inputs, n_rows in self._batches(data):
            steps = self._forward(function, inputs)[:n_rows]
            # A batch is trimmed to its longest sequence.
            outputs.append(nn.functional.pad(steps, (0, 0, 0, data.n_steps - steps.shape[1])))
        return torch.cat(outputs).cpu().numpy()
