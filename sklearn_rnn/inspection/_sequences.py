"""What classifiers and regressors of sequences answer, and what is due to each value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sklearn_rnn.images import RNNImageClassifier
from sklearn_rnn.nn import integrate_gradients
from sklearn_rnn.sequences import RNNClassifier, RNNRegressor

# So many values of layers, at each of which gradients are kept.
MAX_BATCH_VALUES = 2**20
MAX_ROWS = 256


@dataclass(frozen=True)
class Question:
    """How an estimator comes to say of samples what it does not say of others."""

    estimator: RNNClassifier | RNNRegressor
    values: np.ndarray  # (n_samples, n_steps, n_features)
    baseline: np.ndarray  # of the same shape
    lengths: np.ndarray | None  # (n_samples,), number of valid steps, if they differ
    weights: np.ndarray  # (n_samples, n_outputs), of the outputs whose sum is asked for

    @classmethod
    def of(
        cls, estimator: RNNClassifier | RNNRegressor, X: Any, target: Any, baseline: Any
    ) -> Question:
        """Read samples, what is asked of them, and what they are compared with."""
        values, lengths = estimator._read_fitted(X)
        choose = _choose_class if isinstance(estimator, RNNClassifier) else _choose_number
        weights = choose(estimator, X, len(values), target)
        start = _read_baseline(estimator, X, values, baseline)
        if isinstance(estimator, RNNImageClassifier):
            # What lies beyond the edge is no pixel.
            start = np.where(estimator.order_ < 0, values, start)
        return cls(estimator, values, start, lengths, weights)

    def answer(self, n_points: int) -> np.ndarray:
        """Attribute what is asked to the values."""
        net = self.estimator.net_
        module = net.module_
        net._set_training(False)
        n_rows = MAX_BATCH_VALUES // (self.values.shape[1] * module.encoder.output_size)
        found = []
        with net.computing():
            for start in range(0, len(self.values), n_rows := int(np.clip(n_rows, 1, MAX_ROWS))):
                rows = slice(start, start + n_rows)
                parts = self._tensors(rows)
                found.append(integrate_gradients(module, *parts, n_points).cpu().numpy())
        attributions = np.concatenate(found)
        if self.lengths is not None:
            attributions[np.arange(attributions.shape[1]) >= self.lengths[:, None]] = 0.0
        return attributions

    def part(self, rows: np.ndarray) -> Question:
        """Ask it of some of the samples."""
        return replace(
            self,
            values=self.values[rows],
            baseline=self.baseline[rows],
            lengths=None if self.lengths is None else self.lengths[rows],
            weights=self.weights[rows],
        )

    def differences(self) -> np.ndarray:
        """Compute what attributions add up to: what is asked of samples, less of the baseline."""
        net = self.estimator.net_
        outputs = (
            net.outputs(self.estimator._sequence_data(each, lengths=self.lengths, net=net))
            for each in (self.values, self.baseline)
        )
        after, before = (each.astype(np.float64) for each in outputs)
        return ((after - before) * self.weights).sum(axis=1)

    def in_form_of(self, X: Any, attributions: np.ndarray) -> Any:
        """Bring attributions to the shape of what was given."""
        if isinstance(self.estimator, RNNImageClassifier):
            images = self.estimator._to_images(attributions)
            return images.reshape(np.shape(X) if hasattr(X, "shape") else images.shape)
        if hasattr(X, "shape") and len(X) == len(attributions) and len(X.shape) in (2, 3):
            return attributions.reshape(X.shape)
        ends = [None] * len(attributions) if self.lengths is None else self.lengths
        is_flat = not hasattr(X, "columns") and np.ndim(X[0]) == 1
        return [
            each[:end, 0] if is_flat else each[:end]
            for each, end in zip(attributions, ends, strict=True)
        ]

    def _tensors(self, rows: slice) -> tuple[Tensor, Tensor, Tensor | None, Tensor]:
        device, dtype = self.estimator.net_.device, self.estimator.net_.module_.dtype
        values, baseline = (
            torch.as_tensor(each[rows].astype(np.float64), device=device)
            for each in (self.values, self.baseline)
        )
        lengths = None if self.lengths is None else torch.as_tensor(self.lengths[rows])
        return values, baseline, lengths, torch.as_tensor(self.weights[rows]).to(device, dtype)


def _choose_class(clf: RNNClassifier, X: Any, n_samples: int, target: Any) -> np.ndarray:
    """Choose the score of a class for each sample; of two classes, how far it is above the other.

    Of labels there is one score each.
    """
    classes, is_single = clf.classes_, clf._labels.is_single
    if target is None:
        if not is_single:
            raise ValueError(f"target must be one of the labels {classes.tolist()}. Got None.")
        chosen = clf._outputs(X).argmax(axis=1)
    else:
        found = [number for number, each in enumerate(classes.tolist()) if each == target]
        if not found:
            raise ValueError(f"target must be one of {classes.tolist()}. Got {target!r}.")
        chosen = np.full(n_samples, found[0])
    weights = np.eye(len(classes))
    if is_single and len(classes) == 2:
        weights = weights - weights[::-1]
    return weights[chosen]


def _choose_number(reg: RNNRegressor, X: Any, n_samples: int, target: Any) -> np.ndarray:
    """Choose an output, in its own units."""
    scale = reg._target
    n_outputs = len(scale.shift)
    number = check_number("target", 0 if target is None and n_outputs == 1 else target, n_outputs)
    weights = np.eye(n_outputs) if scale.is_log else np.diag(scale.spread)
    return np.tile(weights[number], (n_samples, 1))


def check_number(name: str, number: Any, n_known: int, first: int = 0) -> int:
    """Check that a number is one of so many, and return it, counted from 0."""
    is_int = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
    if not is_int or not first <= number < first + n_known:
        raise ValueError(
            f"{name} must be an int from {first} to {first + n_known - 1}. Got {number!r}."
        )
    return int(number) - first


def _read_baseline(estimator: Any, X: Any, values: np.ndarray, baseline: Any) -> np.ndarray:
    if baseline is None:
        baseline = estimator.net_.module_.members[0].rescale.shift.cpu().numpy()
        return np.broadcast_to(baseline, values.shape)
    given = np.asarray(baseline)
    shape = np.shape(X) if hasattr(X, "shape") else ()
    if given.ndim and given.shape in (shape, shape[1:]):
        given, _ = estimator._read_fitted(given if given.shape == shape else given[None])
    return broadcast_baseline(given, values.shape, shape)


def broadcast_baseline(given: np.ndarray, shape: tuple, shape_of_X: tuple) -> np.ndarray:
    """Bring a baseline to the shape of sequences."""
    try:
        if not np.isfinite(given).all():
            raise ValueError
        return np.broadcast_to(given, shape)
    except (TypeError, ValueError):
        wanted = [f"the {shape[2]} values of a step", "a sample" if len(shape_of_X) else None]
        wanted += [f"samples of shape {shape_of_X}" if len(shape_of_X) else None]
        forms = ", or ".join(each for each in wanted if each)
        raise ValueError(
            f"baseline must be a number, {forms}, without NaN. Got an array of shape {given.shape} "
            f"and type {given.dtype}."
        ) from None
