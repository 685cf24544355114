"""Early stopping that ends with the best weights."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from skorch import NeuralNet
from skorch.callbacks import EarlyStopping


class BestWeightsEarlyStopping(EarlyStopping):
    """Stop as skorch does, and restore the weights of the lowest loss that was monitored.

    skorch restores those of the last improvement by more than the threshold.
    """

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        """Forget the weights of an earlier training."""
        super().on_train_begin(net, **kwargs)
        self.lowest_ = np.inf
        self.weights_ = None

    def on_epoch_end(self, net: NeuralNet, **kwargs: Any) -> None:
        """Keep the weights if they are the best so far, and stop if it is time."""
        loss = net.history[-1, self.monitor]
        if loss < self.lowest_:
            self.lowest_ = loss
            self.weights_ = copy.deepcopy(net.module_.state_dict())
        super().on_epoch_end(net, **kwargs)

    def on_train_end(self, net: NeuralNet, **kwargs: Any) -> None:
        """Restore the best weights."""
        if self.weights_ is not None:
            net.module_.load_state_dict(self.weights_)
        self.weights_ = None
