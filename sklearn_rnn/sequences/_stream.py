"""Sequences that go on: each answer takes the new steps alone."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.utils import check_array
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn.nn import ContinuedReading, ContinuedSteps

from ._frames import align_frames, is_frame


def _has_probabilities(stream: Stream) -> bool:
    return hasattr(stream.estimator, "predict_proba")


class Stream:
    """Sequences of which a fitted estimator reads a few steps at a time.

    The answers are those that the estimator has, up to rounding, for all steps read so far, at the
    cost of the new ones. It is made by ``start_stream``.

    Parameters
    ----------
    estimator : RNNClassifier, RNNRegressor or RNNTagger
        The fitted estimator, whose networks read forward only.

    n_sequences : int
        Number of sequences that go on side by side.

    Attributes
    ----------
    n_steps : int
        Number of steps read so far.
    """

    def __init__(self, estimator: Any, n_sequences: int) -> None:
        check_is_fitted(estimator)
        in_the_way = [name for name in estimator._needs_whole if _has_used(estimator, name)]
        if in_the_way:
            wanted = ", ".join(f"{name}=False" for name in in_the_way)
            raise ValueError(
                "A stream needs a network that reads forward, and nothing beside it. Fit "
                f"{type(estimator).__name__} with {wanted}."
            )
        # A later fit of the estimator makes a new net, and is none of this.
        self.estimator, self.n_sequences = copy.copy(estimator), n_sequences
        self.n_steps = 0
        self._last = np.empty((n_sequences, 0, estimator.sequence_shape_[1]))
        members = estimator.net_.module_.eval().members
        self._readings = [estimator._continued(member, n_sequences) for member in members]

    @torch.inference_mode()
    def read(self, X: Any) -> Stream:
        """Read the next step, or a few.

        Parameters
        ----------
        X : array-like of shape (n_sequences, n_steps, n_features)
            The next steps. Of a single sequence also of shape (n_steps, n_features) or
            (n_features,). Tokens have the shape (n_sequences, n_steps), those of a single sequence
            also (n_steps,). Columns of a DataFrame, or the index of a Series, are matched by name.

        Returns
        -------
        self : Stream
            The stream itself.

        Raises
        ------
        ValueError
            If X has another shape, or holds infinity, or NaN without ``missing="mask"``.
        """
        steps = self._validate_tokens(X) if self.estimator._vocabulary else self._validate(X)
        net = self.estimator.net_
        with net.computing():
            for reading in self._readings:
                reading.read(torch.as_tensor(steps, device=net.device))
        self.n_steps += steps.shape[1]
        return self

    def _validate(self, X: Any) -> np.ndarray:
        if isinstance(X, pd.Series):
            X = X.to_frame().T
        if is_frame(X):
            X = align_frames(self.estimator, [X], reset=False)[0]
        masked = self.estimator._reading["missing"] == "mask"
        finite = "allow-nan" if masked else True
        X = check_array(
            X, ensure_2d=False, allow_nd=True, ensure_all_finite=finite, input_name="X", copy=True
        )
        if self.n_sequences == 1 and X.ndim < 3:
            X = np.atleast_2d(X)[None]
        n_features = self.estimator.sequence_shape_[1]
        if X.ndim != 3 or len(X) != self.n_sequences or X.shape[2] != n_features:
            raise ValueError(
                f"The next steps must have the shape (n_sequences, n_steps, n_features), here "
                f"({self.n_sequences}, n_steps, {n_features}). Got {X.shape} instead."
            )
        return self._fill_gaps(X) if masked else X

    def _fill_gaps(self, X: np.ndarray) -> np.ndarray:
        """Fill gaps by the values before, which may have come in an earlier call."""
        n_before = self._last.shape[1]
        filled = self.estimator._gaps.fill(np.concatenate([self._last, X], axis=1), None)
        self._last = filled[:, -1:]
        return filled[:, n_before:]

    def _validate_tokens(self, X: Any) -> np.ndarray:
        tokens = np.asarray(X)
        if self.n_sequences == 1:
            tokens = tokens.reshape(1, -1)
        if tokens.ndim != 2 or len(tokens) != self.n_sequences or not tokens.size:
            raise ValueError(
                "The next tokens must have the shape (n_sequences, n_steps), here "
                f"({self.n_sequences}, n_steps). Got {np.shape(X)} instead."
            )
        return self.estimator._vocabulary.encode(tokens)[:, :, None]

    def predict(self) -> np.ndarray:
        """Predict from the steps read so far, as the estimator does.

        Returns
        -------
        y : ndarray of shape (n_sequences,) or (n_sequences, n_outputs)
            Classes, labels or numbers. Of a tagger classes of the steps that were read last, of
            shape (n_sequences, n_steps).

        Raises
        ------
        ValueError
            If nothing has been read, or values were too far from those seen in fit.
        """
        return self.estimator._decide(self._outputs())

    @available_if(_has_probabilities)
    def predict_proba(self) -> np.ndarray:
        """Predict the probability of each class from the steps read so far.

        Returns
        -------
        probabilities : ndarray of shape (n_sequences, n_classes)
            Probabilities, in the order of `classes_`. Of a tagger those of the steps that were
            read last, of shape (n_sequences, n_steps, n_classes).

        Raises
        ------
        ValueError
            If nothing has been read, or values were too far from those seen in fit.
        """
        return self.estimator._probabilities(self._outputs())

    @torch.inference_mode()
    def _outputs(self) -> np.ndarray:
        if not self.n_steps:
            raise ValueError("Nothing has been read yet: call read with the first steps.")
        with self.estimator.net_.computing():
            outputs = torch.stack([reading.outputs() for reading in self._readings]).mean(dim=0)
        outputs = self.estimator._to_units(outputs.cpu().numpy().astype(np.float64))
        if not np.isfinite(outputs).all():
            raise ValueError(
                "The network has no finite output for the steps read: some of their values are "
                "too far from those seen in fit."
            )
        return outputs


def _has_used(estimator: Any, name: str) -> bool:
    """Tell whether the network of an estimator was built with a part."""
    if name == "bidirectional":
        return estimator.net_.module_.encoder.bidirectional
    return bool(estimator.auto_params_.get(name, False))


class StreamMixin:
    """Estimators that read on and on."""

    _continued: type[ContinuedReading] | type[ContinuedSteps] = ContinuedReading
    _needs_whole: tuple[str, ...] = ("bidirectional", "front_end", "random_convolutions", "linear")

    def start_stream(self, n_sequences: int = 1) -> Stream:
        """Start to read sequences a few steps at a time, with an answer after each.

        The state is carried along: an answer costs the new steps alone, however many came before.
        This needs a network that reads forward, and nothing beside it: ``bidirectional=False``,
        and but for a tagger ``front_end=False``, ``random_convolutions=False``, and of numbers
        ``linear=False``.

        Parameters
        ----------
        n_sequences : int, default=1
            Number of sequences that go on side by side.

        Returns
        -------
        stream : Stream
            Has ``read`` for the next steps and the prediction methods, without X.

        Raises
        ------
        ValueError
            If the fitted network needs the whole sequence.
        """
        return Stream(self, n_sequences)
