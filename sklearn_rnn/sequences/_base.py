"""What the estimators of sequences share: their network, and what it is fed with."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np
import torch
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn.base import DTYPES, BaseRecurrentEstimator
from sklearn_rnn.nn import (
    POOLINGS,
    ConvolutionScores,
    FrontEnd,
    RandomConvolutions,
    Seed,
    SequenceEnsemble,
    SequenceNetwork,
)
from sklearn_rnn.training import RecurrentNet, SequenceData, resolve_device

from ._auto import choose_batch_size, choose_epochs, choose_network
from ._padding import validate_sequences
from ._range import Range, check_outputs, value_range
from ._ridge import fit_ridge
from ._scaling import scales_differ, standard_scale

# Fixed convolutions learn their thresholds from so many samples at most.
MAX_THRESHOLD_SAMPLES = 256


class BaseSequenceEstimator(BaseRecurrentEstimator):
    """Base of the estimators of sequences: any sequences in, outputs of a network for each."""

    _parameter_constraints: dict = {
        **BaseRecurrentEstimator._parameter_constraints,
        "nonlinearity": [StrOptions({"tanh", "relu"})],
        "front_end": ["boolean", StrOptions({"auto"})],
        "bidirectional": ["boolean"],
        "pooling": [StrOptions(set(POOLINGS)), list, tuple],
        "batch_norm": ["boolean", StrOptions({"auto"})],
        "residual": ["boolean"],
        "n_estimators": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "random_convolutions": ["boolean", StrOptions({"auto"})],
    }

    def _build_sequence_net(
        self,
        n_samples: int,
        scale: tuple[np.ndarray, np.ndarray],
        seed: Seed,
        *,
        own_scale: bool,
        n_steps: int,
        n_outputs: int,
        incremental: bool = False,
    ) -> RecurrentNet:
        """Build a net to train on sequences of up to `n_steps` steps, scaled in the network."""
        shift, spread = scale
        module_options = {
            "shift": torch.as_tensor(shift),
            "scale": torch.as_tensor(spread),
            "own_scale": own_scale,
            "n_steps": n_steps,
            "n_outputs": n_outputs,
        }
        names = ("front_end", "batch_norm", "n_estimators", "random_convolutions")
        given = {name: getattr(self, name) for name in names}
        given["front_end"] = self._choose_front_end()
        if incremental:
            # It is fitted to all samples at once.
            given["random_convolutions"] = False
        chosen = choose_network(n_samples, n_steps, **given)
        module_options["front_end"] = self._front_end_builder() if chosen["front_end"] else None
        module_options["batch_norm"] = chosen["batch_norm"]
        module: type[torch.nn.Module] = SequenceNetwork
        if chosen["n_estimators"] > 1 or chosen["random_convolutions"]:
            module, module_options["n_members"] = SequenceEnsemble, chosen["n_estimators"]
        net = self._build_net(n_samples, seed, module, module_options, incremental=incremental)
        self.auto_params_ = {**chosen, **self.auto_params_}
        return net

    def _add_convolutions(self, train: SequenceData, n_steps: int, seed: Seed) -> None:
        """Put a linear classifier beside the trained networks, fitted to the same rows."""
        assert train.y is not None, "there is something to learn"
        net = self.net_
        rescale = net.module_.members[0].rescale
        shares = RandomConvolutions(rescale, n_steps, seed.of("convolutions")).to(net.device)
        order = torch.randperm(len(train), generator=seed.of("thresholds").generator())
        some, _ = train[order[:MAX_THRESHOLD_SAMPLES]]
        shares.learn(some["x"], some.get("lengths"))
        weight = None if train.sample_weight is None else train.sample_weight.cpu().numpy()
        fitted = fit_ridge(net.outputs(train, shares), train.y.cpu().numpy(), weight)
        net.module_.beside = ConvolutionScores(shares, *map(torch.as_tensor, fitted))

    def _choose_front_end(self) -> bool | str:
        """Tell whether there is a front end; "auto" leaves it to the number of steps."""
        return self.front_end

    def _front_end_builder(self) -> Callable[..., torch.nn.Module]:
        return FrontEnd

    def _auto_batch_size(self, n_samples: int) -> int:
        return choose_batch_size(n_samples)

    def _auto_epochs(self, n_batches: int) -> int:
        return choose_epochs(n_batches)

    def _validate_X(self, X: Any, *, reset: bool) -> tuple[np.ndarray, np.ndarray | None]:
        return validate_sequences(self, X, reset=reset)

    def _learn_scale(
        self,
        X: np.ndarray,
        lengths: np.ndarray | None,
        sample_weight: np.ndarray | None,
        rows: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        return standard_scale(X, lengths, sample_weight, rows)

    def _scales_differ(
        self,
        X: np.ndarray,
        lengths: np.ndarray | None,
        sample_weight: np.ndarray | None,
        rows: np.ndarray | None = None,
    ) -> bool:
        """Tell whether the front end is to see sequences at their own scale."""
        if self._is_warm():
            # Networks go on as they are, whatever they are given now.
            return self.net_.module_.members[0].own_scale is not None
        return scales_differ(X, lengths, sample_weight, rows)

    def _remember_range(
        self, X: np.ndarray, lengths: np.ndarray | None, before: tuple[Range, ...] = ()
    ) -> None:
        """Remember the range of the values that are trained on, for :func:`check_outputs`."""
        lows, highs = zip(value_range(X, lengths), *before, strict=True)
        self._seen = min(lows), max(highs)

    def _outputs(self, X: Any, *, staged: bool = False) -> np.ndarray:
        """Compute the outputs after the last step, or after each."""
        check_is_fitted(self)
        X, lengths = self._validate_X(X, reset=False)
        data = self._sequence_data(X, lengths=lengths, net=self.net_)
        outputs = self.net_.staged_outputs(data) if staged else self.net_.outputs(data)
        check_outputs(outputs, X, lengths, self._seen)
        return outputs.astype(np.float64)

    def _sequence_data(
        self,
        X: np.ndarray,
        y: np.ndarray | None = None,
        *,
        lengths: np.ndarray | None = None,
        sample_weight: np.ndarray | None = None,
        rows: np.ndarray | None = None,
        net: RecurrentNet | None = None,
    ) -> SequenceData:
        """Put the given rows, or all, where a net is, or where one is to be trained."""
        if rows is not None:
            y, lengths, sample_weight = (
                None if part is None else part[rows] for part in (y, lengths, sample_weight)
            )
        return SequenceData(
            X,
            y,
            lengths=lengths,
            sample_weight=None if sample_weight is None else sample_weight / sample_weight.mean(),
            rows=rows,
            dtype=DTYPES[self.dtype] if net is None else net.module_.dtype,
            device=resolve_device(self.device) if net is None else net.device,
        )

    def _network_options(self) -> dict[str, Any]:
        return {
            **super()._network_options(),
            "nonlinearity": self.nonlinearity,
            "bidirectional": self.bidirectional,
            "residual": self.residual,
            "poolings": self._poolings(),
        }

    def _poolings(self) -> tuple[str, ...]:
        poolings = (self.pooling,) if isinstance(self.pooling, str) else tuple(self.pooling)
        if not poolings or not set(poolings) <= set(POOLINGS):
            raise ValueError(
                f"The 'pooling' parameter of {type(self).__name__} must be a str among "
                f"{sorted(POOLINGS)} or a list of them. Got {self.pooling!r} instead."
            )
        return poolings


def longest(X: np.ndarray, lengths: np.ndarray | None) -> int:
    """Count the steps of the longest sequence, without what all are padded by."""
    return X.shape[1] if lengths is None else int(lengths.max())
