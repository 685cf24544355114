"""What the estimators of sequences share: their network, and what it is fed with."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from numbers import Integral
from typing import Any

import numpy as np
import torch
from sklearn.base import _fit_context
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._constraints import Interval
from sklearn_rnn._warnings import warn
from sklearn_rnn.base import DTYPES, BaseRecurrentEstimator
from sklearn_rnn.nn import FrontEnd, Seed, SequenceEnsemble, SequenceNetwork
from sklearn_rnn.training import RecurrentNet, SequenceData, resolve_device

from ._auto import choose_batch_size, choose_epochs, choose_network
from ._convergence import convergence_message
from ._pretrained import Pretrained
from ._reading import ReadingMixin
from ._scaling import scales_differ, standard_scale
from ._split import check_groups, split_rows
from ._states import StatesMixin
from ._stream import StreamMixin

# X, y and weights of no validation data.
NOTHING = (None, None, None)


class BaseSequenceEstimator(StatesMixin, StreamMixin, ReadingMixin, BaseRecurrentEstimator):
    """Base of the estimators of sequences: any sequences in, outputs of a network for each."""

    _parameter_constraints: dict = {
        **BaseRecurrentEstimator._parameter_constraints,
        "nonlinearity": [StrOptions({"tanh", "relu"})],
        "front_end": ["boolean", StrOptions({"auto"})],
        "bidirectional": ["boolean"],
        "batch_norm": ["boolean", StrOptions({"auto"})],
        "residual": ["boolean"],
        "n_estimators": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
    }

    # Parameters that put a linear function beside the networks.
    _linear_choices: tuple[str, ...] = ()
    _network: type[SequenceNetwork] = SequenceNetwork
    # What needs no network.
    _constant_answer: str

    @_fit_context(prefer_skip_nested_validation=True)
    def fine_tune(
        self, X: Any, y: Any, sample_weight: Any = None, *, freeze: bool = False
    ) -> BaseSequenceEstimator:
        """Train on for another task: the fitted networks read, and new output layers answer.

        Sequences must have the same features as before; classes, or the number of outputs, may be
        others. What was learnt of the scale of the features stays. Fitting again starts anew.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        y : array-like
            Answers of the new task.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each sample; None gives all the same.

        freeze : bool, default=False
            Whether front end and recurrent layers stay as they are, and the layers after them alone
            learn, which suits tasks of very few samples.

        Returns
        -------
        self : object
            The estimator.

        Raises
        ------
        ValueError
            If X and y are not as :meth:`fit` wants them, or X has other features than before.
        """
        check_is_fitted(self)
        with self._fitting():
            pretrained = Pretrained(self.net_, freeze=freeze)
            # What follows is a new training, of other answers.
            for name in ("net_", "_labels"):
                self.__dict__.pop(name, None)
            self._fit(X, y, sample_weight, pretrained=pretrained)
        return self

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        groups: Any = None,
        validation: Any = NOTHING,
        pretrained: Pretrained | None = None,
    ) -> None:
        if pretrained is None:
            self._remember_reading(X)
        X = self._open(X)
        self._remember_names(X, y)
        y, sample_weight, groups = self._match(X, y=y, sample_weight=sample_weight, groups=groups)
        X, lengths = self._validate_X(X, reset=pretrained is None)
        y, weight = self._validate_y(y, X, lengths), self._check_weights(sample_weight, X)
        groups = None if groups is None else check_groups(groups, X)
        if weight is not None and not weight.all():
            # A weight of zero is the same as no row, also for what is learnt from the data.
            kept = weight > 0
            X, y, weight = X[kept], y[kept], weight[kept]
            lengths, groups = (None if part is None else part[kept] for part in (lengths, groups))
        self._learn_classes(y)
        seed = self._draw_seed()
        train_rows, valid_rows = None, None
        if self.early_stopping and validation[0] is None:
            train_rows, valid_rows = split_rows(
                len(y), self.validation_fraction, self._strata(y), groups, seed.of("split").number
            )
        X = self._fill_gaps(X, lengths, train_rows, reset=pretrained is None)
        self._remember_range(X, lengths, () if pretrained is None else (self._seen,))
        targets, weight = self._encode(y, weight, train_rows, reset=True)
        n_outputs = self._count_outputs()
        if pretrained is None:
            net = self._build_sequence_net(
                X, lengths, weight, train_rows, seed, n_outputs=n_outputs
            )
        else:
            n_samples = len(X) if train_rows is None else len(train_rows)
            net = self._build_pretrained_net(pretrained, n_samples, seed, n_outputs)
        parts: dict[str, Any] = {"lengths": lengths, "sample_weight": weight}
        train = self._sequence_data(X, targets, rows=train_rows, **parts)
        valid = self._validation_data(*validation)
        if valid_rows is not None:
            valid = self._sequence_data(X, targets, rows=valid_rows, **parts)
        self._hold_out(train, net, seed)
        self._train(net, train, valid)
        self._add_linear(train, longest(X, lengths), seed)
        rows = slice(None) if train_rows is None else train_rows
        self._warn_unless_learnt(targets[rows], None if weight is None else weight[rows])

    def _validation_data(self, X: Any, y: Any, sample_weight: Any) -> SequenceData | None:
        """Prepare the validation data of the user, if there are any."""
        if X is None and y is None:
            return None
        if X is None or y is None:
            given, missing = ("y_val", "X_val") if X is None else ("X_val", "y_val")
            raise ValueError(f"{given} was given without {missing}: both are needed to validate.")
        try:
            parts = self._read_all(X, y, sample_weight, reset=False)
        except ValueError as error:
            raise ValueError(f"X_val and y_val do not go with X and y: {error}") from error
        X, lengths, targets, weight = parts
        return self._sequence_data(X, targets, lengths=lengths, sample_weight=weight)

    def _read_all(
        self, X: Any, y: Any, sample_weight: Any, *, reset: bool
    ) -> tuple[np.ndarray, np.ndarray | None, np.ndarray, np.ndarray | None]:
        """Read sequences of which none is held out: their values, lengths, targets and weights."""
        X = self._open(X)
        if reset:
            self._remember_names(X, y)
        y, sample_weight = self._match(X, y=y, sample_weight=sample_weight)
        X, lengths = self._validate_X(X, reset=reset)
        X = self._fill_gaps(X, lengths, reset=reset)
        y, weight = self._validate_y(y, X, lengths), self._check_weights(sample_weight, X)
        return X, lengths, *self._encode(y, weight, None, reset=reset)

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any, *, first: bool) -> None:
        if first:
            self._remember_reading(X)
        X, lengths, targets, weight = self._read_all(X, y, sample_weight, reset=first)
        self._remember_range(X, lengths, () if first else (self._seen,))
        if first:
            net = self._build_sequence_net(
                X,
                lengths,
                weight,
                None,
                self._draw_seed(),
                n_outputs=self._count_outputs(),
                incremental=True,
            )
        else:
            net = self.net_.copy_without_plan()
        data = self._sequence_data(X, targets, lengths=lengths, sample_weight=weight, net=net)
        net.partial_fit((data, None), epochs=1)
        net.drop_callbacks("tasks")
        self.net_ = net
        self._remember_epochs([net.history[-1]], goes_on=not first)

    def _check_partial_fit(self, **others: bool) -> None:
        """Refuse what needs all data at once."""
        for name, used in {"early_stopping=True": self.early_stopping, **others}.items():
            if used:
                raise ValueError(
                    f"partial_fit does not support {name}, which needs all data at once. Call fit, "
                    f"or leave {name.partition('=')[0]} as it is by default."
                )

    @abstractmethod
    def _validate_y(self, y: Any, X: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
        """Check that there is something to learn for each sequence."""

    def _check_y(self, y: Any) -> None:
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None."
            )

    def _learn_classes(self, y: np.ndarray) -> None:
        """Learn which answers there are, before a part of the rows is held out."""

    @abstractmethod
    def _encode(
        self,
        y: np.ndarray,
        sample_weight: np.ndarray | None,
        rows: np.ndarray | None,
        *,
        reset: bool,
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Turn y into what the outputs of a network are compared with, and weigh it.

        What is learnt from y where `reset` is True is learnt from the given rows, or from all.
        """

    @abstractmethod
    def _count_outputs(self) -> int:
        """Count the outputs of a network."""

    def _strata(self, y: np.ndarray) -> np.ndarray | None:
        """Tell which answers are to be in both parts of a split."""
        return None

    def _hold_out(self, train: SequenceData, net: RecurrentNet, seed: Seed) -> None:
        """Hold some rows out of the training of each network, to tell how well it does."""

    def _warn_unless_learnt(self, targets: np.ndarray, sample_weight: np.ndarray | None) -> None:
        """Warn if the network does no better than a constant answer."""
        history = self.net_.history
        message = convergence_message(
            history[-1, "train_loss"],
            self._constant_loss(targets, sample_weight),
            self._constant_answer,
            n_steps=sum(history[:, "train_batch_count"]),
        )
        if message is not None:
            warn(message, ConvergenceWarning)

    @abstractmethod
    def _constant_loss(self, targets: np.ndarray, sample_weight: np.ndarray | None) -> float:
        """Compute the loss of the constant answer that does best."""

    def _build_sequence_net(
        self,
        X: np.ndarray,
        lengths: np.ndarray | None,
        sample_weight: np.ndarray | None,
        rows: np.ndarray | None,
        seed: Seed,
        *,
        n_outputs: int,
        incremental: bool = False,
    ) -> RecurrentNet:
        """Build a net to train on the given rows, or on all, scaled in the network."""
        n_samples, n_steps = len(X) if rows is None else len(rows), longest(X, lengths)
        shift, spread = self._learn_scale(X, lengths, sample_weight, rows)
        module_options = {
            "shift": torch.as_tensor(shift),
            "scale": torch.as_tensor(spread),
            "own_scale": self._scales_differ(X, lengths, sample_weight, rows),
            "n_steps": n_steps,
            "n_outputs": n_outputs,
        }
        chosen = self._choose_network(n_samples, n_steps)
        if self._vocabulary is not None:
            module_options["n_tokens"] = len(self._vocabulary)
            module_options["embedding_dim"] = chosen["embedding_dim"]
        if incremental:
            # They are fitted to all samples at once.
            chosen.update(dict.fromkeys(self._linear_choices, False))
        module_options["front_end"] = self._front_end_builder() if chosen["front_end"] else None
        module_options["batch_norm"] = chosen["batch_norm"]
        module: type[torch.nn.Module] = self._network
        if chosen["n_estimators"] > 1 or any(chosen[name] for name in self._linear_choices):
            module, module_options["n_members"] = SequenceEnsemble, chosen["n_estimators"]
            module_options["network"] = self._network
        net = self._build_net(n_samples, seed, module, module_options, incremental=incremental)
        self.auto_params_ = {**chosen, **self.auto_params_}
        return net

    def _build_pretrained_net(
        self, pretrained: Pretrained, n_samples: int, seed: Seed, n_outputs: int
    ) -> RecurrentNet:
        """Build a net of trained networks with new output layers."""
        chosen = {name: self.auto_params_[name] for name in self._network_choices}
        options = pretrained.options(n_outputs)
        net = self._build_net(n_samples, seed, type(pretrained.net.module_), options)
        pretrained.load_into(net.module_)
        self.auto_params_ = {**chosen, **self.auto_params_}
        return net

    @property
    def _network_choices(self) -> tuple[str, ...]:
        """Name the parameters of the network that may be "auto"."""
        names = ("embedding_dim", "front_end", "batch_norm", "n_estimators", *self._linear_choices)
        return tuple(name for name in names if hasattr(self, name))

    def _choose_network(self, n_samples: int, n_steps: int) -> dict[str, Any]:
        """Replace each "auto" of the network by what suits so many sequences and steps."""
        chosen = choose_network(
            n_samples,
            n_steps,
            front_end=self._choose_front_end(),
            batch_norm=self.batch_norm,
            n_estimators=self.n_estimators,
            random_convolutions=getattr(self, "random_convolutions", False),
        )
        chosen["embedding_dim"] = self._choose_embedding_dim()
        return {name: chosen[name] for name in self._network_choices if name in chosen}

    def _add_linear(self, train: SequenceData, n_steps: int, seed: Seed) -> None:
        """Put linear functions beside the trained networks, fitted to the same rows."""

    def _choose_front_end(self) -> bool | str:
        """Tell whether there is a front end; "auto" leaves it to the number of steps."""
        return self.front_end

    def _front_end_builder(self) -> Callable[..., torch.nn.Module]:
        return FrontEnd

    def _auto_batch_size(self, n_samples: int) -> int:
        return choose_batch_size(n_samples)

    def _auto_epochs(self, n_batches: int) -> int:
        return choose_epochs(n_batches)

    def _learn_scale(
        self,
        X: np.ndarray,
        lengths: np.ndarray | None,
        sample_weight: np.ndarray | None,
        rows: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        if self._vocabulary is not None:
            return np.zeros(1), np.ones(1)
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
        return self._vocabulary is None and scales_differ(X, lengths, sample_weight, rows)

    def _to_units(self, outputs: np.ndarray) -> np.ndarray:
        """Bring outputs of the network to the units of the answers."""
        return outputs

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
        }


def longest(X: np.ndarray, lengths: np.ndarray | None) -> int:
    """Count the steps of the longest sequence, without what all are padded by."""
    return X.shape[1] if lengths is None else int(lengths.max())
