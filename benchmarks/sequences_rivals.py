"""What ours is compared with on sequences: nearest neighbour, MiniRocket, an LSTM by hand.

All read X of shape (n, n_steps, n_channels), NaN after the end of a sequence, with channels
standardized over the training data, and zeros, their mean, after the end.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from sklearn.neighbors import KNeighborsClassifier
from torch import nn

N_UNITS, LR, BATCH_SIZE = 128, 1e-3, 32
MAX_EPOCHS, MAX_STEPS = 100, 1000


class Standardizer:
    """Standardize each channel, and fill with zeros."""

    def __init__(self, X: np.ndarray) -> None:
        self.mean = np.nanmean(X, axis=(0, 1))
        deviation = np.nanstd(X, axis=(0, 1))
        self.deviation = np.where(deviation > 0, deviation, 1)

    def __call__(self, X: np.ndarray) -> np.ndarray:
        return np.nan_to_num((X - self.mean) / self.deviation).astype(np.float32)


class Prepared:
    """A classifier of another library, on standardized values in a form that it reads."""

    def __init__(self, classifier: Any, arrange: Callable[[np.ndarray], np.ndarray]) -> None:
        self.classifier, self.arrange = classifier, arrange

    def fit(self, X: np.ndarray, y: np.ndarray) -> Prepared:
        self.standardize = Standardizer(X)
        self.classifier.fit(self.arrange(self.standardize(X)), y)
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        return self.classifier.predict(self.arrange(self.standardize(X)))


def nearest(seed: int) -> Prepared:
    """Take the class of the nearest training sequence."""
    return Prepared(KNeighborsClassifier(1), lambda X: X.reshape(len(X), -1))


def minirocket(seed: int) -> Prepared:
    """Fit a ridge classifier to the features of 10,000 convolutions."""
    if find_spec("aeon"):
        from aeon.classification.convolution_based import MiniRocketClassifier

        classifier = MiniRocketClassifier(random_state=seed)
    else:
        from sktime.classification.kernel_based import RocketClassifier

        classifier = RocketClassifier(rocket_transform="minirocket", random_state=seed)
    return Prepared(classifier, lambda X: X.transpose(0, 2, 1))


class LastOutput(nn.Module):
    """An LSTM, and a linear layer on its output at the end of each sequence."""

    def __init__(self, n_channels: int, n_classes: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(n_channels, N_UNITS, batch_first=True)
        self.head = nn.Linear(N_UNITS, n_classes)

    def forward(self, X: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        outputs, _ = self.lstm(X[:, : int(lengths.max())])
        return self.head(outputs[torch.arange(len(X)), lengths - 1])


class LSTMByHand:
    """An LSTM the way it is usually written and trained."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> LSTMByHand:
        torch.manual_seed(self.seed)
        self.standardize = Standardizer(X)
        self.classes, codes = np.unique(y, return_inverse=True)
        self.network = LastOutput(X.shape[2], len(self.classes))
        optimizer = torch.optim.Adam(self.network.parameters(), LR)
        inputs, lengths, targets = *self.as_tensors(X), torch.tensor(codes)
        n_batches = -(-len(X) // BATCH_SIZE)
        for _ in range(min(MAX_EPOCHS, -(-MAX_STEPS // n_batches))):
            for batch in torch.randperm(len(X)).split(BATCH_SIZE):
                optimizer.zero_grad()
                scores = self.network(inputs[batch], lengths[batch])
                nn.functional.cross_entropy(scores, targets[batch]).backward()
                optimizer.step()
        return self

    @torch.no_grad()
    def predict(self, X: np.ndarray) -> np.ndarray:
        batches = zip(*(part.split(256) for part in self.as_tensors(X)), strict=True)
        codes = torch.cat([self.network(*batch).argmax(dim=1) for batch in batches])
        return self.classes[codes.numpy()]

    def as_tensors(self, X: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """Make tensors of the values and of the numbers of steps."""
        lengths = np.isfinite(X).any(axis=2).sum(axis=1)
        return torch.from_numpy(self.standardize(X)), torch.from_numpy(lengths)


RIVALS: dict[str, Callable[[int], Any] | None] = {
    "1-NN": nearest,
    "LSTM by hand": LSTMByHand,
    "MiniRocket": minirocket if find_spec("aeon") or find_spec("sktime") else None,
}
