"""What a trained network makes of sequences, as features for other estimators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import Tags
from torch import Tensor, nn

from ._long import LongFrame
from ._padding import count_steps
from ._range import check_outputs


class StatesMixin(BaseEstimator):
    """Estimators of sequences that tell the states of their networks."""

    def transform_steps(self, X: Any) -> Any:
        """Compute the states of the recurrent layer after each step.

        Where a front end merges steps, each of them has the state of all. With `bidirectional`,
        states of the second direction have read the steps from the end to this one.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        states : ndarray of shape (n_samples, n_steps, n_states)
            States, of the dtype of the network; NaN after the last step of shorter sequences. Of
            a long frame, of shape (n_rows, n_states); of pandas, a DataFrame with its index.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        X = self._open(X)
        sequences, lengths = self._read_fitted(X)
        n_steps = sequences.shape[1]

        def states_of(x: Tensor, lengths: Tensor | None) -> Tensor:
            # A batch is trimmed to its longest sequence.
            states = self.net_.module_.states(x, lengths)
            return nn.functional.pad(states, (0, 0, 0, n_steps - states.shape[1]))

        states = self._compute(sequences, lengths, states_of)
        is_step = np.arange(n_steps) < count_steps(sequences, lengths)[:, None]
        if isinstance(X, LongFrame):
            names = [f"state{number}" for number in range(states.shape[2])]
            return self._name_steps(X, states[is_step], names)
        states[~is_step] = np.nan
        return states

    def _compute(
        self, X: np.ndarray, lengths: np.ndarray | None, function: Callable[..., Tensor]
    ) -> np.ndarray:
        data = self._sequence_data(X, lengths=lengths, net=self.net_)
        values = self.net_.outputs(data, function)
        check_outputs(values.reshape(len(values), -1), X, lengths, self._seen)
        return values


class FeaturesMixin(ClassNamePrefixFeaturesOutMixin, TransformerMixin):
    """Estimators with one answer a sequence, as transformers."""

    def transform(self, X: Any) -> np.ndarray:
        """Compute what the output layer sees of each sequence: its pooled states.

        Those of several networks stand side by side.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        features : ndarray of shape (n_samples, n_features_out)
            Features, of the dtype of the network. Of a long frame of pandas, a DataFrame.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        X = self._open(X)
        sequences, lengths = self._read_fitted(X)
        features = self._compute(sequences, lengths, self.net_.module_.features)
        return self._name_rows(X, features, self.get_feature_names_out())

    @property
    def _n_features_out(self) -> int:
        """Number of features, which scikit-learn names."""
        return sum(member.output.in_features for member in self.net_.module_.members)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags
