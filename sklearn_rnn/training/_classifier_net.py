"""The skorch net that trains a classifier."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.base import ClassifierMixin
from skorch import NeuralNet
from torch import Tensor

from ._data import SequenceData
from ._losses import BinaryCrossEntropy
from ._net import RecurrentNet


def accuracy(outputs: Tensor, y: Tensor) -> Tensor:
    """Tell for each row whether the largest output is that of its class, or all labels are right.

    Of labels there are zeros and ones in rows.
    """
    if y.ndim == 2:
        return ((outputs > 0) == (y > 0.5)).all(dim=1)
    return outputs.argmax(dim=1) == y


class RecurrentClassifierNet(ClassifierMixin, RecurrentNet):
    """A net of class scores: records the accuracy, and lets skorch's scoring callbacks predict."""

    def __init__(
        self,
        module: type[torch.nn.Module],
        criterion: type[torch.nn.Module] = torch.nn.CrossEntropyLoss,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("metrics", {"accuracy": accuracy})
        super().__init__(module, criterion, *args, **kwargs)

    def on_epoch_end(self, net: NeuralNet, *args: Any, **kwargs: Any) -> None:
        """Record the accuracy of validation by the name that it has in skorch, too."""
        super().on_epoch_end(net, *args, **kwargs)
        for end in ("", "_best"):
            if f"valid_accuracy{end}" in self.history[-1]:
                self.history.record(f"valid_acc{end}", self.history[-1, f"valid_accuracy{end}"])

    @property
    def classes_(self) -> np.ndarray:
        """Class codes, which scikit-learn's scorers ask for."""
        return np.arange(self.module_.n_outputs)

    def predict(self, X: SequenceData | np.ndarray) -> np.ndarray:
        """Predict class codes: the position of the largest output, or zeros and ones of labels."""
        outputs = self.predict_proba(X)
        if isinstance(self.criterion_, BinaryCrossEntropy):
            return (outputs > 0).astype(np.int64)
        return outputs.argmax(axis=1)
