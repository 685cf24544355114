"""Optimizers and learning-rate schedules by name, and the skorch callbacks they need."""

from __future__ import annotations

import inspect
from typing import Any

import torch
from skorch.callbacks import Callback

from ._early_stopping import BestWeightsEarlyStopping
from ._gradient_clipping import GradientClipping
from ._schedule import LearningRateSchedule

OPTIMIZERS: dict[str, type[torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
}
# What estimators have parameters of their own for.
OF_ESTIMATORS = ("lr", "weight_decay")
# How many times the rate of Adam suits each, in one cycle.
RATES: dict[type[torch.optim.Optimizer], float] = {
    torch.optim.SGD: 20.0,
    torch.optim.Adam: 1.0,
    torch.optim.AdamW: 1.0,
    torch.optim.RMSprop: 0.4,
}


def optimizer_options(
    optimizer: type[torch.optim.Optimizer], weight_decay: float, given: dict[str, Any]
) -> dict[str, Any]:
    """List what an optimizer is built with beside the learning rate.

    Parameters
    ----------
    optimizer : class
        The optimizer.

    weight_decay : float
        Strength of the L2 penalty.

    given : dict
        Further parameters that the user gives, by name.

    Raises
    ------
    ValueError
        If the optimizer has no such parameter, or estimators have their own for it.
    """
    known = inspect.signature(optimizer).parameters
    options: dict[str, Any] = {}
    # AdamW decays weights by default, and some optimizers do not know how to.
    if "weight_decay" in known:
        options["weight_decay"] = weight_decay
    # All weights in one call, instead of one by one; others than torch's may not know how to.
    if optimizer in OPTIMIZERS.values():
        options["fused" if "fused" in known else "foreach"] = True
    for name in given:
        if name in OF_ESTIMATORS:
            raise ValueError(f"Set {name}={given[name]!r} instead of optimizer__{name}.")
        if name not in known:
            others = sorted(set(known) - {"params", *OF_ESTIMATORS})
            raise ValueError(
                f"optimizer__{name} is not a parameter of {optimizer.__name__}, which has {others}."
            )
    return {**options, **given}


def training_callbacks(
    *,
    lr: float,
    n_steps: int,
    lr_schedule: str | None,
    keeps_momentum: bool,
    max_grad_norm: float | None,
    n_iter_no_change: int | None,
    tol: float,
) -> list[tuple[str, Callback]]:
    """List the callbacks that a training run with these parameters needs."""
    callbacks: list[tuple[str, Callback]] = []
    if max_grad_norm is not None:
        callbacks.append(("gradient_clipping", GradientClipping(max_grad_norm)))
    if lr_schedule is not None:
        schedule = LearningRateSchedule(lr_schedule, lr, n_steps, keeps_momentum=keeps_momentum)
        callbacks.append(("lr_scheduler", schedule))
    if n_iter_no_change is not None:
        early_stopping = BestWeightsEarlyStopping(
            monitor="valid_loss", patience=n_iter_no_change, threshold=tol, threshold_mode="abs"
        )
        callbacks.append(("early_stopping", early_stopping))
    return callbacks
