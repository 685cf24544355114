"""What all estimators share: their training parameters and the training itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn.utils import Tags, check_random_state
from sklearn.utils._param_validation import Hidden, StrOptions
from sklearn.utils.validation import _check_sample_weight

from sklearn_rnn._constraints import Interval, Names, NearestNameMixin
from sklearn_rnn._documentation_link import DocumentationLinkMixin
from sklearn_rnn._saved_version import SavedVersionMixin
from sklearn_rnn._warnings import warn
from sklearn_rnn.nn import CELLS, Seed, reproducible
from sklearn_rnn.training import (
    LR_SCHEDULES,
    OPTIMIZERS,
    BatchData,
    Recipe,
    RecurrentNet,
    check_callbacks,
    copy_callbacks,
    history_frame,
    optimizer_options,
    resolve_device,
    settle,
    training_callbacks,
)

from ._nested import NestedParametersMixin
from ._tasks import TasksMixin

DTYPES = {"float32": torch.float32, "float64": torch.float64}


class BaseRecurrentEstimator(
    DocumentationLinkMixin,
    SavedVersionMixin,
    NearestNameMixin,
    NestedParametersMixin,
    TasksMixin,
    ABC,
):
    """Base of the estimators: parameters in, a trained skorch net out."""

    _parameter_constraints: dict = {
        "cell": [Names(set(CELLS)), type],
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "num_layers": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "optimizer": [Names(set(OPTIMIZERS)), type],
        "lr": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
        "lr_schedule": [StrOptions({"auto", *LR_SCHEDULES}), None],
        "weight_decay": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
        "max_grad_norm": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"}), None],
        "gradient_clip_value": [
            Interval(Real, 0, None, closed="neither"),
            Hidden(StrOptions({"deprecated"})),
            None,
        ],
        "ema_decay": [Interval(Real, 0, 1, closed="left"), StrOptions({"auto"}), None],
        "max_epochs": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "batch_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "warm_start": ["boolean"],
        "callbacks": [list, None],
        "device": [str, torch.device],
        "dtype": [StrOptions(set(DTYPES))],
        "random_state": [
            Interval(Integral, 0, 2**32 - 1, closed="both"),
            np.random.RandomState,
            None,
        ],
        "verbose": ["verbose"],
    }

    _net_class: type[RecurrentNet] = RecurrentNet
    # What was laid out for the data that the estimator is made for.
    _recipe: Recipe

    net_: RecurrentNet
    history_: pd.DataFrame
    loss_curve_: list[float]
    auto_params_: dict[str, Any]

    @contextmanager
    def _fitting(self) -> Iterator[None]:
        """Leave the estimator as it was if the block raises, and let it compute in few threads."""
        with self._telling():
            before = self.__dict__.copy()
            try:
                # What is computed before the training depends on the number of threads, too.
                with reproducible(self.hidden_size, resolve_device(self.device)):
                    yield
            except BaseException:
                self.__dict__ = before
                raise

    def _tell(self, words: str) -> None:
        """Print what is being done, if the user wants to know."""
        if self.verbose:
            print(words, flush=True)

    def _check_weights(self, sample_weight: Any, X: Any) -> np.ndarray | None:
        if sample_weight is None:
            return None
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        if not weight.any():  # scikit-learn checks it from 1.9 on
            raise ValueError("Sample weights must contain at least one non-zero number.")
        return weight

    def _draw_seed(self) -> Seed:
        """Draw the one seed that all which is random in a fit derives its own from."""
        return Seed(int(check_random_state(self.random_state).randint(2**31 - 1)))

    def _build_net(
        self,
        n_samples: int,
        seed: Seed,
        module: type[torch.nn.Module],
        module_options: dict[str, Any],
        *,
        incremental: bool = False,
        rehearsal: bool = False,
    ) -> RecurrentNet:
        """Build a net that is ready to train on `n_samples` rows.

        A net that is trained incrementally knows no last step and no validation data: it is
        built without learning-rate schedule and early stopping. The callbacks of the user do not
        see one that is trained in rehearsal of the final training.
        """
        check_callbacks(self.callbacks)
        batch_size, max_epochs = self.batch_size, self.max_epochs
        # Numbers of NumPy may be of a type that holds no larger ones.
        batch_size = int(self._auto_batch_size(n_samples) if batch_size == "auto" else batch_size)
        n_batches = self._net_class.count_batches(n_samples, batch_size)
        max_epochs = int(self._auto_epochs(n_batches) if max_epochs == "auto" else max_epochs)
        optimizer = self._optimizer_class()
        recipe = self._settle(optimizer, incremental)
        options = optimizer_options(optimizer, recipe.weight_decay, self._nested("optimizer"))
        if self.weight_decay not in ("auto", 0) and "weight_decay" not in options:
            raise ValueError(
                f"weight_decay={self.weight_decay} cannot be used with the optimizer "
                f"{optimizer.__name__}, which knows no weight decay. Set weight_decay=0."
            )
        callbacks = training_callbacks(
            lr=recipe.lr,
            n_steps=max_epochs * n_batches,
            lr_schedule=recipe.lr_schedule,
            # One that is named stays, as a named rate does.
            keeps_momentum=not {"momentum", "betas"}.isdisjoint(self._nested("optimizer")),
            max_grad_norm=None if recipe.max_grad_norm is None else float(recipe.max_grad_norm),
            n_iter_no_change=self.n_iter_no_change if self.early_stopping else None,
            tol=self.tol,
        )
        module_options = {
            "seed": seed.of("network"),
            "dtype": DTYPES[self.dtype],
            **self._network_options(),
            **module_options,
        }
        net = self._net_class(
            module,
            ema_decay=recipe.ema_decay,
            seed=seed.of("training"),
            optimizer=optimizer,
            lr=recipe.lr,
            max_epochs=max_epochs,
            batch_size=batch_size,
            callbacks=callbacks + ([] if rehearsal else self._copy_callbacks()),
            device=resolve_device(self.device),
            verbose=int(self.verbose),
            **{f"module__{name}": value for name, value in module_options.items()},
            **{f"optimizer__{name}": value for name, value in options.items()},
            **self._criterion_options(recipe),
        )
        net.initialize()
        # What a net is made from is kept with it.
        net.callbacks_ += self._task_callbacks()
        settled = {**asdict(recipe), "max_epochs": max_epochs, "batch_size": batch_size}
        self.auto_params_ = {name: settled[name] for name in settled if hasattr(self, name)}
        return net

    def _copy_callbacks(self) -> list[Any]:
        return copy_callbacks(self.callbacks or [], self._nested("callbacks"))

    def _settle(self, optimizer: type[torch.optim.Optimizer], incremental: bool) -> Recipe:
        """Replace "auto" by what was laid out for the rate, or for a rate that a user names."""
        given = {name: getattr(self, name, "auto") for name in asdict(self._recipe)}
        renamed = getattr(self, "gradient_clip_value", "deprecated")
        if renamed != "deprecated":
            warn(
                "`gradient_clip_value` was renamed to `max_grad_norm` in 0.2, and will be "
                "removed in 0.4.",
                FutureWarning,
            )
            given["max_grad_norm"] = renamed
        if incremental:
            given["lr_schedule"] = None
        return settle(self._recipe, given, optimizer, self.callbacks)

    def _criterion_options(self, recipe: Recipe) -> dict[str, Any]:
        return {}

    @abstractmethod
    def _auto_batch_size(self, n_samples: int) -> int:
        """Choose the number of samples in a batch."""

    @abstractmethod
    def _auto_epochs(self, n_batches: int) -> int:
        """Choose the number of passes over so many batches."""

    def _network_options(self) -> dict[str, Any]:
        return {
            "cell": self.cell.lower() if isinstance(self.cell, str) else self.cell,
            "hidden_size": int(self.hidden_size),
            "num_layers": int(self.num_layers),
            "dropout": self.dropout,
        }

    def _optimizer_class(self) -> type[torch.optim.Optimizer]:
        if isinstance(self.optimizer, str):
            return OPTIMIZERS[self.optimizer.lower()]
        if not issubclass(self.optimizer, torch.optim.Optimizer):
            raise ValueError(
                f"The 'optimizer' parameter of {type(self).__name__} must be a str among "
                f"{sorted(OPTIMIZERS)} or a subclass of torch.optim.Optimizer. "
                f"Got {self.optimizer!r} instead."
            )
        return self.optimizer

    def _train(self, net: RecurrentNet, train: BatchData, valid: BatchData | None) -> None:
        """Train a net to its last epoch and make it the fitted one."""
        if self._is_warm():
            self._copy_weights(net)
        net.partial_fit((train, valid))
        self._keep(net, train)

    def _is_warm(self) -> bool:
        return self.warm_start and hasattr(self, "net_")

    def _keep(self, net: RecurrentNet, train: BatchData) -> None:
        """Make a net the fitted one after its last epoch."""
        net.settle_batch_norm(train)
        # It knows no step after the last one.
        net.drop_callbacks("lr_scheduler", "tasks")
        self._remember_epochs(net.history, goes_on=self._is_warm())
        self.net_ = net

    def _remember_epochs(self, epochs: list[dict[str, Any]], *, goes_on: bool) -> None:
        """Keep how the epochs of a training went, after those before if it goes on."""
        before = [self.history_] if goes_on else []
        after = history_frame(epochs, n_before=sum(map(len, before)))
        self.history_ = pd.concat([*before, after])
        self.loss_curve_ = self.history_["train_loss"].tolist()
        self.n_iter_ = len(self.history_)

    def _copy_weights(self, net: RecurrentNet) -> None:
        """Start a net from the weights of the fitted one."""
        learnt, fresh = (each.module_.learnt_state() for each in (self.net_, net))
        before, now = (
            {name: tuple(each.shape) for name, each in state.items()} for state in (learnt, fresh)
        )
        if before != now:
            names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
            raise ValueError(
                "warm_start can only be used where the network has the same shape as in the "
                "previous call to fit: the same features, layers, units and outputs. Of "
                f"{names[0]!r} the shape was {before.get(names[0], 'none')}, and is "
                f"{now.get(names[0], 'none')} now. Set warm_start=False to start anew."
            )
        net.module_.load_state_dict(learnt, strict=False)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
