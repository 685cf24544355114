"""What estimators with one answer a sequence share: pooled states, and what stands beside them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from sklearn.utils._param_validation import StrOptions

from sklearn_rnn.nn import POOLINGS, LinearFunction, RandomConvolutions, Seed, TokenCounts
from sklearn_rnn.training import SequenceData

from ._base import BaseSequenceEstimator
from ._range import check_outputs
from ._ridge import Ridge
from ._states import FeaturesMixin

# Fixed convolutions learn their thresholds from so many samples at most.
MAX_THRESHOLD_SAMPLES = 256
# What linear functions are fitted to, by the parameter that puts them beside the networks.
LINEAR_WORDS = {"random_convolutions": "fixed convolutions", "linear": "the values"}


class PooledEstimator(FeaturesMixin, BaseSequenceEstimator):
    """Base of the estimators with one answer a sequence."""

    _parameter_constraints: dict = {
        **BaseSequenceEstimator._parameter_constraints,
        "pooling": [StrOptions(set(POOLINGS)), list, tuple],
        "random_convolutions": ["boolean", StrOptions({"auto"})],
    }

    _linear_choices: tuple[str, ...] = ("random_convolutions",)

    def _choose_network(self, n_samples: int, n_steps: int) -> dict[str, Any]:
        chosen = super()._choose_network(n_samples, n_steps)
        if self._vocabulary is not None:
            reason = "needs sequences of numbers, but X holds tokens."
            chosen |= self._without(("random_convolutions",), reason)
        return chosen

    def _without(self, names: tuple[str, ...], reason: str) -> dict[str, bool]:
        """Choose none of some linear functions, and refuse those that are asked for."""
        for name in names:
            if getattr(self, name) is True:
                raise ValueError(f"{name}=True {reason}")
        return dict.fromkeys(names, False)

    def _add_linear(self, train: SequenceData, n_steps: int, seed: Seed) -> None:
        """Put linear functions beside the trained networks, fitted to the same rows."""
        assert train.y is not None, "there is something to learn"
        net, module = self.net_, self.net_.module_
        features = self._linear_features(train, n_steps, seed)
        if not features:
            return
        used = " and of ".join(LINEAR_WORDS[each] for each in self._used_linear())
        self._tell(f"Ridge regression of {used}, for {len(train):,} sequences.")
        y = train.y.cpu().numpy()
        weight = None if train.sample_weight is None else train.sample_weight.cpu().numpy()
        fits = [
            # Rare tokens tell less than others.
            self._fit_ridge(
                net.outputs(train, each), y, weight, standardize=not isinstance(each, TokenCounts)
            )
            for each in features
        ]
        functions = [
            LinearFunction(
                each, torch.as_tensor(fit.weight), torch.as_tensor(fit.intercept), module.dtype
            )
            for each, fit in zip(features, fits, strict=True)
        ]
        shares = self._choose_shares(train, [fit.left_out for fit in fits], weight)
        module.put_beside(functions, torch.as_tensor(shares))
        module.to(net.device)

    def _used_linear(self) -> list[str]:
        """Name the parameters that put linear functions beside the networks of this fit."""
        return [name for name in self._linear_choices if self.auto_params_[name]]

    def _linear_features(
        self, train: SequenceData, n_steps: int, seed: Seed
    ) -> list[torch.nn.Module]:
        """Build what linear functions are fitted to."""
        if not self.auto_params_["random_convolutions"]:
            return []
        net = self.net_
        rescale = net.module_.members[0].rescale
        shares = RandomConvolutions(rescale, n_steps, seed.of("convolutions")).to(net.device)
        order = torch.randperm(len(train), generator=seed.of("thresholds").generator())
        some, _ = train[order[:MAX_THRESHOLD_SAMPLES]]
        shares.learn(some["x"], some.get("lengths"))
        return [shares]

    @abstractmethod
    def _fit_ridge(
        self,
        features: np.ndarray,
        y: np.ndarray,
        sample_weight: np.ndarray | None,
        *,
        standardize: bool,
    ) -> Ridge:
        """Fit a linear function of features to the targets of the network."""

    @abstractmethod
    def _choose_shares(
        self, train: SequenceData, left_out: list[np.ndarray], sample_weight: np.ndarray | None
    ) -> np.ndarray:
        """Choose how much of the say networks and linear functions have.

        The latter come with what they predict for each row if it is left out. Shares are of shape
        (1 + n_functions, n_outputs).
        """

    def _answer(
        self, X: Any, function: Callable[[np.ndarray], np.ndarray], columns: Any = None
    ) -> Any:
        """Compute a function of the outputs, and name what it tells as X names the sequences."""
        X = self._open(X)
        return self._name_rows(X, function(self._outputs(X)), columns)

    def _outputs(self, X: Any, *, staged: bool = False) -> np.ndarray:
        """Compute the outputs after the last step, or after each."""
        X, lengths = self._read_fitted(X)
        data = self._sequence_data(X, lengths=lengths, net=self.net_)
        outputs = self.net_.staged_outputs(data) if staged else self.net_.outputs(data)
        outputs = self._to_units(outputs.astype(np.float64))
        check_outputs(outputs, X, lengths, self._seen)
        return outputs

    def _network_options(self) -> dict[str, Any]:
        return {**super()._network_options(), "poolings": self._poolings()}

    def _poolings(self) -> tuple[str, ...]:
        poolings = (self.pooling,) if isinstance(self.pooling, str) else tuple(self.pooling)
        if not poolings or not set(poolings) <= set(POOLINGS):
            raise ValueError(
                f"The 'pooling' parameter of {type(self).__name__} must be a str among "
                f"{sorted(POOLINGS)} or a list of them. Got {self.pooling!r} instead."
            )
        return poolings
